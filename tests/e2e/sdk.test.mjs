/** Two people trade by scripts/sdk on real nodes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';

import { until } from '../../scripts/js/nodes.mjs';
import { comeBack, endPair, startPair } from '../../scripts/js/pair.mjs';
import { introduce } from '../../scripts/js/ribp.mjs';
import { issueAsset, issueThing, ownerOf } from '../../scripts/js/things.mjs';
import {
	cancel,
	Chain,
	check,
	claim,
	list,
	makeProposal,
	owed,
	propose,
	proposalLink,
	readProposal,
	register,
	REMEDIES,
	systems,
	tokenItem,
	verify,
	watch,
	writeProposal,
} from '../../scripts/sdk/dist/index.js';
import { alice, bob, charlie, FAR, NEAR, PACE } from './support.mjs';

/** Longer than the tests take, in milliseconds. */
const LONG = 1_200_000;

let pair;
/** The same chains as the SDK sees them. */
let alpha;
let beta;
let chains;
/** Ends what still waits when a test has failed. */
const ending = new AbortController();

const open = () => Promise.all(Object.values(pair).map(({ node }) => Chain.connect(node.ws)));

before(async () => {
	// They do not know each other yet.
	pair = await startPair({ paces: [PACE, PACE] });
	chains = await open();
	[alpha, beta] = chains;
});
after(async () => {
	ending.abort();
	await Promise.all((chains ?? []).map((chain) => chain.disconnect()));
	await (pair && endPair(Object.values(pair)));
});

/** 100 ALPHA from Alice to Bob for 40 BETA from Bob to Alice; `changes` are of the first leg. */
async function offer(changes = {}, terms = {}) {
	const { proposal } = await propose({
		legs: [
			{ chain: alpha, from: alice.address, to: bob.address, amount: '100', ...changes },
			{ chain: beta, from: bob.address, to: alice.address, amount: '40' },
		],
		within: LONG,
		...terms,
	});
	return proposal;
}

/** The same, with heights instead of a time. */
async function offerFor(distance, changes = {}) {
	const [one, two] = await Promise.all(chains.map((chain) => chain.best()));
	const legs = [
		{ chain: alpha, from: alice.address, to: bob.address, amount: '100', ...changes },
		{ chain: beta, from: bob.address, to: alice.address, amount: '40' },
	].map((leg, i) => ({ ...leg, expiry: [one, two][i].number + distance }));
	return (await propose({ legs })).proposal;
}

/** The last view of an exchange that is followed to its end, and all phases of each chain. */
async function follow(proposal, options) {
	const phases = new Map(chains.map(({ system }) => [system, []]));
	let last;
	for await (const view of watch(proposal, chains, options)) {
		for (const { chain, phase } of view.legs) {
			if (phases.get(chain).at(-1) !== phase) {
				phases.get(chain).push(phase);
			}
		}
		last = view;
	}
	return { last, phases };
}

const refused = (promise, code) => assert.rejects(promise, { code });

/** How many registrations of a contract have been in a block since. */
const registrations = (chain, id, since) =>
	chain.history
		.after(since)
		.flatMap(({ events }) => events)
		.filter((event) => event.name === 'Registered' && event.id === id).length;

test('chains that do not know each other are said so in words, until they do', async () => {
	const proposal = await offer();
	const report = await check(proposal, chains);
	assert.deepEqual(report.findings.map(({ code }) => code), Array(2).fill('ribp.UnknownSystem'));
	assert.match(report.findings[0].message, /does not know RIBP/);
	await refused(register(proposal, chains, alice), 'ribp.UnknownSystem');
	await introduce(...Object.values(pair));
	assert.equal((await check(proposal, chains)).isReady, true);
});

test('the chains say what they are, and that they are ready for each other', async () => {
	const found = await systems(chains);
	assert.deepEqual(found.map(({ token }) => token.symbol), ['ALPHA', 'BETA']);
	for (const { business } of found) {
		assert.equal(business.length, 1);
		assert.equal(business[0].hindrance, undefined);
		assert.ok(business[0].known > 0);
	}
});

test('every refusal with a remedy is one of the pallet', () => {
	const { registry } = alpha.api;
	const errors = registry.metadata.pallets.find(({ name }) => name.eq('Ribp')).errors.unwrap();
	const names = registry.lookup.getSiType(errors.type).def.asVariant.variants.map(({ name }) => `${name}`);
	const said = Object.keys(REMEDIES).filter((code) => code.startsWith('ribp.'));
	assert.deepEqual(said.filter((code) => !names.includes(code.slice('ribp.'.length))), []);
	assert.ok(said.every((code) => alpha.errorDocs(code)), 'and the chain documents it');
	assert.equal(alpha.errorDocs('ribp.NoSuchError'), '');
});

test('two people settle by the SDK: propose, link, check, register twice, watch', async () => {
	const proposal = await offer({}, { reference: 'Order 1' });
	const read = readProposal(proposalLink(proposal));
	const report = await check(read, chains);
	assert.deepEqual([report.isReady, report.findings], [true, []]);
	for (const { fee, rent, expiry } of report.legs) {
		assert.ok(fee > 0n && rent >= 0n);
		const off = Math.abs(expiry.time.getTime() - Date.now() - LONG);
		assert.ok(off < LONG / 4, `${expiry.time} is ${off} ms off`);
	}
	const steps = [];
	const watched = follow(proposal);
	const first = await register(proposal, chains, alice, { onProgress: ({ step }) => steps.push(step) });
	assert.deepEqual([first.commit, first.wasThere], ['OnMatch', false]);
	assert.deepEqual(steps, ['signed', 'sent', 'final']);
	const second = await register(read, chains, bob);
	assert.deepEqual([second.commit, second.wasThere], ['Now', false]);
	const { last, phases } = await watched;
	assert.equal(last.outcome, 'settled');
	assert.equal(phases.get(alpha.system)[0], 'absent');
	assert.ok(phases.get(alpha.system).includes('registered'));
	assert.ok(!phases.get(beta.system).includes('registered'), 'who answers is firm at once');
	assert.ok([...phases.values()].every((all) => all.at(-1) === 'settled'));
	await refused(register(proposal, chains, alice), 'sdk.AlreadyUsed');
});

test('who is to be paid by nobody does not sign, unless the account that is paid is named', async () => {
	const { proposal } = await propose({
		legs: [
			{ chain: alpha, from: alice.address, to: bob.address, amount: '1' },
			{ chain: beta, from: bob.address, to: charlie.address, amount: '1' },
		],
		within: LONG,
	});
	await refused(register(proposal, chains, alice), 'sdk.PaysAnother');
	await refused(register(proposal, chains, alice, { receiver: bob.address }), 'sdk.PaysAnother');
	const done = await register(proposal, chains, alice, { receiver: charlie.address });
	assert.equal(done.wasThere, false);
});

test('an API that somebody else has made will do', async () => {
	const own = await Promise.all(Object.values(pair).map(({ api }) => Chain.of(api)));
	const proposal = await offer({ chain: own[0] });
	assert.equal((await check(proposal, own)).isReady, true);
	await Promise.all(own.map((chain) => chain.disconnect()));
	assert.ok(pair.alpha.api.isConnected, 'who made it disconnects it');
});

test('who watches can stop', async () => {
	const proposal = await offer();
	const stop = new AbortController();
	let views = 0;
	for await (const { legs } of watch(proposal, chains, { signal: stop.signal })) {
		views += 1;
		assert.deepEqual(legs.map(({ phase }) => phase), ['absent', 'absent']);
		stop.abort();
	}
	assert.equal(views, 1);
});

test('what waits says for what, on both chains', async () => {
	const proposal = await offer();
	await register(proposal, chains, alice);
	const { last } = await follow(proposal, {
		until: ({ legs }) => legs.some(({ phase }) => phase === 'registered'),
	});
	const reasons = new Map(last.legs.map(({ chain, reason }) => [chain, reason]));
	assert.match(reasons.get(alpha.system), /^Waits for the other party to answer on RIBP beta/);
	assert.match(reasons.get(beta.system), /^Waits for its payer to register, until block \d+ in \d+/);
	const [mine] = (await list(chains, alice.address)).filter(({ id }) => id === proposal.id);
	assert.deepEqual(mine.legs.map(({ role, state }) => [role, state.stage]), [['pays', 'registered']]);
	await cancel(proposal, chains, alice);
	await refused(register(proposal, chains, bob), 'sdk.OtherLegCancelling');
	const { last: end } = await follow(proposal, {
		until: ({ legs }) => legs.some(({ phase }) => phase === 'cancelled'),
	});
	assert.ok(end.legs.some(({ phase }) => phase === 'cancelled'));
	await assert.rejects(cancel(proposal, chains, alice), ({ code, pallet, docs, remedy }) => {
		assert.deepEqual([code, pallet], ['ribp.AlreadyEnded', 'ribp']);
		assert.deepEqual([docs, remedy], [alpha.errorDocs(code), REMEDIES[code]]);
		return true;
	});
	await refused(cancel(proposal, chains, bob), 'ribp.UnknownContract');
});

test('a proposal that is altered is not accepted', async () => {
	const proposal = await offer();
	const text = writeProposal(proposal);
	for (const [from, to, code] of [
		['"Token":"100000000000000"', '"Token":"900000000000000"', 'sdk.ProposalAltered'],
		['"Early"', '"AtExpiry"', 'sdk.ProposalAltered'],
		['"decimals":12', '"decimals":10', 'sdk.ProposalAltered'],
		['RIBP alpha', 'RIBP gamma', 'sdk.ProposalAltered'],
		['"notice":24', '"notice":23', 'sdk.ProposalAltered'],
		[alpha.system, `${alpha.system.slice(0, -2)}00`, 'sdk.'],
	]) {
		const altered = text.replace(from, to);
		assert.notEqual(altered, text, from);
		const tried = async () => register(readProposal(altered), chains, bob);
		await assert.rejects(tried, ({ code: found }) => found.startsWith(code));
	}
	// With hashes and an id of its own it is another proposal, of which nobody else has registered a leg.
	await register(proposal, chains, alice);
	const legs = proposal.legs.map((leg) => ({ ...leg, notice: leg.notice + 1 }));
	const forged = makeProposal(legs, proposal.reference);
	assert.notEqual(forged.id, proposal.id);
	const report = await check(forged, chains);
	assert.deepEqual(report.legs.map(({ state }) => state), [undefined, undefined]);
	const items = [{ Asset: { id: '7', amount: '1', more: '1' } }];
	assert.throws(() => alpha.logHash({ ...proposal.legs[0].log, items }), { code: 'sdk.ProposalMalformed' });
	const tooMuch = [{ Token: `${2n ** 130n}` }];
	assert.throws(() => alpha.logHash({ ...proposal.legs[0].log, items: tooMuch }), {
		code: 'sdk.AmountTooLarge',
	});
});

test('other chains than the connected ones are refused, and so are nodes that do not answer', async () => {
	const proposal = await offer();
	await refused(register(proposal, [alpha], bob), 'sdk.WrongChain');
	const other = makeProposal(
		proposal.legs.map((leg) =>
			leg.chain.genesis === alpha.system
				? { ...leg, chain: { ...leg.chain, genesis: `0x${'00'.repeat(32)}` } }
				: leg,
		),
		proposal.reference,
	);
	await refused(verify(other, chains), 'sdk.WrongChain');
	await refused(Chain.connect('ws://127.0.0.1:9'), 'sdk.NoConnection');
});

test('an expiry that has passed, is too near, or too far is said before anything is signed', async () => {
	const passed = await offerFor(FAR, {});
	const legs = passed.legs.map((leg) => ({ ...leg, expiry: 1 }));
	const old = makeProposal(legs, passed.reference);
	const codes = ({ findings }) => new Set(findings.map(({ code }) => code));
	const report = await check(old, chains);
	assert.equal(report.isReady, false);
	assert.deepEqual(codes(report), new Set(['ribp.ExpiryPassed', 'ribp.PeerExpiryPassed']));
	await refused(register(old, chains, bob), 'sdk.NotReady');
	const far = makeProposal(passed.legs.map((leg) => ({ ...leg, expiry: 100_000_000 })), passed.reference);
	await refused(register(far, chains, bob), 'ribp.ExpiryTooFar');
	await refused(offer({}, { within: 1 }), 'sdk.TooLittleTime');
	await refused(offer({}, { until: new Date(NaN) }), 'sdk.TimeMalformed');
	const short = makeProposal(passed.legs.map((leg) => ({ ...leg, notice: 1 })), passed.reference);
	await refused(register(short, chains, bob), 'ribp.NoticeTooShort');
});

test('who has too little is told so, on either chain, and signs nothing', async () => {
	const nonce = () => alpha.api.rpc.system.accountNextIndex(alice.address);
	const before = (await nonce()).toNumber();
	const rich = await offer({ amount: '90000000' });
	await refused(register(rich, chains, alice), 'ribp.InsufficientValue');
	await refused(register(rich, chains, bob), 'ribp.InsufficientValue');
	const dust = await offer({ amount: 1n });
	await refused(register(dust, chains, alice), 'ribp.AmountTooSmall');
	const nobodys = await offer({ amount: undefined, items: [{ Nft: { collection: '99', item: '1' } }] });
	await refused(register(nobodys, chains, alice), 'ribp.InsufficientValue');
	const unknown = await offer({ amount: undefined, items: [{ Asset: { id: '99', amount: '5' } }] });
	await refused(register(unknown, chains, alice), 'ribp.UnknownAsset');
	assert.equal((await nonce()).toNumber(), before);
});

test('an asset whose receiver cannot receive it is refused, and one that is frozen is owed', async () => {
	await issueAsset(pair.alpha, alice, 7, 500n);
	const items = [{ Asset: { id: '7', amount: '60' } }];
	const nobody = `0x${'5a'.repeat(32)}`;
	const lost = await offer({ amount: undefined, items, to: nobody });
	await refused(register(lost, chains, alice), 'token.CannotCreate');
	const { assets } = pair.alpha.api.tx;
	await pair.alpha.send(assets.freeze(7, alice.address), alice);
	const frozen = await offer({ amount: undefined, items });
	await refused(register(frozen, chains, alice), 'ribp.InsufficientValue');
	await pair.alpha.send(assets.thaw(7, alice.address), alice);
	await pair.alpha.send(assets.mint(7, bob.address, 1), alice);
	await pair.alpha.send(assets.block(7, bob.address), alice);
	await refused(register(frozen, chains, alice), 'token.Blocked');
	await pair.alpha.send(assets.thaw(7, bob.address), alice);

	const proposal = await offerFor(NEAR, { amount: undefined, items });
	await register(proposal, chains, alice);
	await pair.alpha.send(pair.alpha.api.tx.assets.freezeAsset(7), alice);
	const { last } = await follow(proposal, {
		until: ({ legs }) => legs.some(({ owed: debts }) => debts.length > 0),
	});
	assert.ok(last.legs.some(({ phase }) => phase === 'expired'));
	assert.equal((await owed(proposal, chains)).length, 1);
	await refused(claim(proposal, chains, alice), 'ribp.ValueCannotMove');
	await refused(claim(proposal, chains, bob), 'ribp.NothingOwed');
	await refused(register(proposal, chains, bob), 'sdk.NotReady');
	await pair.alpha.send(pair.alpha.api.tx.assets.thawAsset(7), alice);
	const paid = await claim(proposal, chains, alice);
	assert.deepEqual(paid.map(({ item }) => item), items);
	await refused(claim(proposal, chains, alice), 'ribp.NothingOwed');
	const { last: end, phases } = await follow(proposal);
	assert.equal(end.outcome, 'undone', `${[...phases.values()]}`);
});

/** An account as an extension gives it: an address, and a signer that is asked. */
function injected(pair, api) {
	const signPayload = async (payload) => {
		assert.equal(payload.genesisHash, api.genesisHash.toHex());
		const { version } = payload;
		return { id: 1, ...api.createType('ExtrinsicPayload', payload, { version }).sign(pair) };
	};
	return { address: pair.address, signer: { signPayload } };
}

test('a thing is exchanged for tokens, one of the parties signs by an extension', async () => {
	const thing = await issueThing(pair.alpha, alice);
	const { collection, item } = thing.Nft;
	const items = [{ Nft: { collection: `${collection}`, item: `${item}` } }, tokenItem('1', alpha)];
	const proposal = await offer({ amount: undefined, items });
	await register(proposal, chains, bob);
	const { commit } = await register(proposal, chains, injected(alice, alpha.api));
	assert.equal(commit, 'Now');
	const { last } = await follow(proposal);
	assert.equal(last.outcome, 'settled');
	await until('the thing has moved', async () => (await ownerOf(pair.alpha, thing)) === bob.address);
});

test('who accepts twice, from two devices at once, registers once', async () => {
	const proposal = await offer();
	const { number } = pair.beta.history.last;
	const devices = await Promise.all([open(), open()]);
	try {
		const both = await Promise.all(devices.map((own) => register(proposal, own, bob)));
		assert.equal(new Set(both.map(({ id }) => id)).size, 1);
		const third = await register(proposal, chains, bob);
		assert.equal(third.wasThere, true);
	} finally {
		await Promise.all(devices.flat().map((chain) => chain.disconnect()));
	}
	await until('the history has it', () => registrations(pair.beta, proposal.id, number) > 0);
	assert.equal(registrations(pair.beta, proposal.id, number), 1);
});

/** A way to a node that can be cut, and takes new connections all the same, to another `node` if one is set. */
async function wayTo(node) {
	const sockets = new Set();
	const way = { node };
	const server = createServer((near) => {
		const far = connect(way.node.rpcPort, '127.0.0.1');
		for (const [one, other] of [[near, far], [far, near]]) {
			sockets.add(one);
			one.on('error', () => other.destroy()).on('close', () => other.destroy());
			one.pipe(other);
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	way.url = `ws://127.0.0.1:${server.address().port}`;
	way.cut = () => sockets.forEach((socket) => socket.destroy());
	way.close = () => {
		server.close();
		way.cut();
	};
	return way;
}

test('a connection that breaks between signature and inclusion registers once', async () => {
	for (const when of ['signed', 'sent']) {
		const proposal = await offer();
		const { number } = pair.alpha.history.last;
		const way = await wayTo(pair.alpha.node);
		const own = await Chain.connect(way.url);
		const steps = [];
		const onProgress = ({ step }) => {
			steps.push(step);
			if (step === when && steps.length < 3) {
				way.cut();
			}
		};
		try {
			const done = await register(proposal, [own, beta], alice, { onProgress });
			assert.equal(done.wasThere, false);
			assert.ok(own.pulse.breaks > 0, 'it has broken');
		} finally {
			await own.disconnect();
			way.close();
		}
		await until('the history has it', () => registrations(pair.alpha, proposal.id, number) > 0);
		assert.equal(registrations(pair.alpha, proposal.id, number), 1, `${steps}`);
	}
});

test('a node of another chain that answers after a break is found out', async () => {
	const proposal = await offer();
	const way = await wayTo(pair.alpha.node);
	const own = await Chain.connect(way.url);
	try {
		way.node = pair.beta.node;
		const back = new Promise((resolve) => own.api.once('connected', resolve));
		way.cut();
		await back;
		await refused(register(proposal, [own, beta], alice), 'sdk.WrongChain');
		await refused(check(proposal, [own, beta]), 'sdk.WrongChain');
		await refused(watch(proposal, [own, beta]).next(), 'sdk.WrongChain');
	} finally {
		await own.disconnect();
		way.close();
	}
});

test('a node that goes away in the middle, with its pool, delays a registration and no more', async () => {
	const proposal = await offer();
	await register(proposal, chains, alice);
	const { number } = pair.beta.history.last;
	const steps = [];
	let leaving;
	const onProgress = ({ step }) => {
		steps.push(step);
		leaving ??= (async () => {
			await pair.beta.disconnect();
			await pair.beta.node.kill();
		})();
	};
	const done = register(proposal, chains, bob, { onProgress, signal: ending.signal });
	await until('it is signed', () => steps.length > 0);
	await leaving;
	const seen = watch(proposal, chains);
	const first = await seen.next();
	assert.match(first.value.legs.find(({ chain }) => chain === beta.system).reason, /No node of RIBP beta/);
	await seen.return();
	await comeBack(pair.beta);
	assert.equal((await done).commit, 'Now');
	const { last } = await follow(proposal);
	assert.equal(last.outcome, 'settled');
	assert.equal(registrations(pair.beta, proposal.id, number), 1);
});

test('a chain that has paused, closed or never known the other is said so in words', async () => {
	const { ribp: calls } = pair.alpha.api.tx;
	const proposal = await offer();
	const hindered = async (code, words) => {
		const report = await check(proposal, chains);
		assert.deepEqual(report.findings.map((finding) => finding.code), [code]);
		assert.match(report.findings[0].message, words);
		await refused(register(proposal, chains, alice), code);
		const found = (await systems(chains)).find(({ system }) => system === alpha.system);
		assert.match(found.business[0].hindrance.message, words);
	};
	await pair.alpha.sudo(calls.pause(beta.system));
	await hindered('ribp.SystemPaused', /has paused all business with RIBP beta/);
	const view = (await watch(proposal, chains).next()).value;
	assert.match(view.legs.find(({ chain }) => chain === alpha.system).reason, /has paused all business/);
	await pair.alpha.sudo(calls.resume(beta.system));
	await pair.alpha.sudo(calls.close(beta.system));
	await hindered('ribp.SystemClosing', /is closing its business with RIBP beta/);
	await pair.alpha.sudo(calls.reopen(beta.system));
	assert.equal((await check(proposal, chains)).isReady, true);
});
