import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { timeToUnlock } from '../../scripts/js/exchange.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { endPair } from '../../scripts/js/pair.mjs';
import {
	account,
	cancel,
	crossCheck,
	epochOf,
	hasEpoch,
	makeContract,
	register,
	trade,
	transferLog,
} from '../../scripts/js/ribp.mjs';
import {
	alice,
	bob,
	charlie,
	FAR,
	NEAR,
	refused,
	registerBoth,
	startKnownPair,
	swap,
	untilBoth,
	untilLocked,
} from './support.mjs';

/** Blocks to the expiry of the exchange whose sweeping is waited for, last of all. */
const SOON = 90;
/** A chain that nobody knows. */
const NOBODY = `0x${'11'.repeat(32)}`;

let pair;
/** The consts of the pallet, the same on both chains. */
let least;
/** The legs that are swept in the end. */
let sweepable;
before(async () => {
	pair = await startKnownPair();
	const { minExpiry, minNotice } = pair.alpha.api.consts.ribp;
	least = { expiry: minExpiry.toNumber(), notice: minNotice.toNumber() };
});
after(() => pair && endPair(Object.values(pair)));

/** The first leg of a swap with its own leg and the peer's changed in the contract, and another log. */
function changed({ own = {}, peer = {}, log, distance = FAR, side } = {}) {
	const [leg] = swap(pair, distance, 'Early', side);
	const { legs, reference } = leg.contract.toJSON();
	const isOwn = ({ system }) => system === leg.chain.system;
	const terms = legs.map((one) => ({ ...one, ...(isOwn(one) ? own : peer) }));
	const contract = makeContract(leg.chain, terms, reference);
	return { ...leg, contract, log: log ?? leg.log };
}

const registerChanged = (changes) => register(changed(changes));

test('both runtimes compute the hashes that the tools compute', async () => {
	const legs = swap(pair);
	await crossCheck(legs);
	await crossCheck(legs.reverse());
});

test('an exchange settles early, on two signed extrinsics', async (t) => {
	const { alpha, beta } = pair;
	const legs = swap(pair, SOON);
	sweepable = legs;
	const begin = [alpha, beta].map(({ history }) => history.last);
	const taken = await Promise.all(begin.map(({ hash }, i) => [alpha, beta][i].taken(hash)));
	await trade(legs);
	await untilBoth(legs, 'settled');
	const { blocks } = timeToUnlock(legs);
	t.diagnostic(`${blocks} blocks after the later registration`);
	const signed = [alpha, beta].flatMap(({ history }, i) =>
		history.after(begin[i].number).flatMap(({ signers }) => signers),
	);
	assert.deepEqual(signed.sort(), [alice.address, bob.address].sort());
	for (const [chain, payer, receiver, amount] of [
		[alpha, alice, bob, alpha.tokens(100)],
		[beta, bob, alice, beta.tokens(40)],
	]) {
		const from = begin[[alpha, beta].indexOf(chain)];
		const to = chain.history.last;
		assert.equal(await chain.taken(to.hash), taken[[alpha, beta].indexOf(chain)]);
		for (const [party, expected] of [[payer, -amount], [receiver, amount]]) {
			const [old, now] = await Promise.all(
				[from, to].map(({ hash }) => chain.balance(party.address, hash)),
			);
			const fees = chain.history.feesOf(party.address, from.number, to.number);
			assert.equal(now - old + fees, expected);
		}
	}
});

test('both legs may be registered at once, and commit when they match', async () => {
	const legs = swap(pair);
	await registerBoth(legs);
	await untilBoth(legs, 'settled');
});

test('a leg at expiry gives its value once that has passed, and forks had time to show', async () => {
	const legs = swap(pair, NEAR, 'AtExpiry');
	const { alpha, beta } = pair;
	const before = await alpha.taken(alpha.history.last.hash);
	await registerBoth(legs);
	await untilLocked(legs);
	const now = await alpha.taken(alpha.history.last.hash);
	assert.equal(now - before, alpha.tokens(100));
	const [slow, quick] = swap(pair, NEAR, 'Early', { settlement: 'AtExpiry' });
	await trade([slow, quick]);
	await until('the early leg settles', () => beta.history.blockOf('Settled', quick.id));
	assert.equal(await alpha.status(slow.id), 'committed');
	await untilBoth([...legs, slow], 'settled');
	const exposure = alpha.api.consts.ribp.exposure.toNumber();
	for (const { chain, id, expiry } of [...legs, slow]) {
		const [proven, settled] = ['VerdictPending', 'Settled'].map(
			(name) => chain.history.blockOf(name, id)?.number,
		);
		// What is shown to be committed commits and proves in one step.
		const since = proven ?? chain.history.blockOf('Committed', id).number;
		assert.ok(settled > Math.max(expiry, since + exposure), `${[expiry, since, settled]}`);
	}
});

test('a paused system has no business until it is resumed', async () => {
	const { alpha, beta } = pair;
	const root = await alpha.sudoKey();
	const { pause, resume } = alpha.api.tx.ribp;
	const legs = swap(pair);
	await alpha.send(alpha.api.tx.sudo.sudo(pause(beta.system)), root);
	await refused(register(legs[0]), 'ribp.SystemPaused');
	await refused(alpha.send(alpha.api.tx.sudo.sudo(pause(beta.system)), root), 'ribp.SystemPaused');
	await alpha.send(alpha.api.tx.sudo.sudo(resume(beta.system)), root);
	await trade(legs);
	await untilBoth(legs, 'settled');
});

test('a system that is closed ends what is open and begins nothing, until it is reopened', async () => {
	const { alpha, beta } = pair;
	const { close, removeSystem, reopen } = alpha.api.tx.ribp;
	const [open, late] = [swap(pair), swap(pair)];
	await register(open[0]);
	await alpha.sudo(close(beta.system));
	await refused(register(late[0]), 'ribp.SystemClosing');
	await refused(alpha.sudo(close(beta.system)), 'ribp.SystemClosing');
	// Beta does not know of it: what was registered before is answered, and that counts.
	await register(open[1], 'Now');
	await untilBoth(open, 'settled');
	await refused(alpha.sudo(removeSystem(beta.system)), 'ribp.SystemInUse');
	await alpha.sudo(reopen(beta.system));
	await refused(alpha.sudo(reopen(beta.system)), 'ribp.SystemNotClosing');
	await trade(late);
	await untilBoth(late, 'settled');
});

test('a contract cannot be registered twice, neither while it is open nor after its end', async () => {
	const legs = swap(pair);
	await register(legs[0]);
	await refused(register(legs[0]), 'ribp.AlreadyRegistered');
	await register(legs[1], 'Now');
	await untilBoth(legs, 'settled');
	await refused(register(legs[0]), 'ribp.AlreadyRegistered');
});

test('a payer takes the value back when the notice is over, unless the log is committed', async () => {
	const [leg] = swap(pair);
	const { chain, peer, id } = leg;
	const taken = await chain.taken(chain.history.last.hash);
	await register(leg);
	await refused(cancel({ ...leg, payer: charlie }), 'ribp.NotThePayer');
	const { hash, number } = await cancel(leg);
	assert.equal(await chain.status(id, hash), 'cancelling');
	assert.equal((await chain.taken(hash)) - taken, chain.tokens(100));
	await refused(cancel(leg), 'ribp.AlreadyCancelling');
	const ended = () => chain.history.blockOf('Cancelled', id);
	const block = await until('the notice is over', ended);
	assert.ok(block.number > number + least.notice, `${block.number - number} blocks`);
	assert.equal(await chain.taken(block.hash), taken);
	await refused(cancel(leg), 'ribp.AlreadyEnded');
	const views = chain.history.allNewsOf('ViewAdvanced', peer.system, number);
	assert.ok(views.length > 1, 'the notice runs while the peer is heard of');
});

test('a system cannot be registered twice', () =>
	refused(pair.alpha.registerSystem(pair.beta), 'ribp.SystemAlreadyRegistered'));

test('an unknown system is refused', () =>
	refused(registerChanged({ peer: { system: NOBODY } }), 'ribp.UnknownSystem'));

test('the own system is refused as a peer', async () => {
	const { alpha } = pair;
	await refused(registerChanged({ peer: { system: alpha.system } }), 'ribp.LegsNotOrdered');
	await refused(alpha.registerSystem(alpha), 'ribp.OwnSystem');
});

test('a contract of other chains, or whose legs are not in order, is refused', async () => {
	await refused(registerChanged({ own: { system: NOBODY } }), 'ribp.ContractOfOthers');
	const leg = changed();
	const { legs, reference } = leg.contract.toJSON();
	const reversed = { legs: legs.toReversed(), reference };
	const contract = leg.chain.argument('register', 'contract', reversed);
	await refused(register({ ...leg, contract }), 'ribp.LegsNotOrdered');
});

test('a log that is not the one of the contract is refused', async () => {
	const { alpha, beta } = pair;
	const log = (chain) => transferLog(chain, { from: alice, to: bob, amount: alpha.tokens(1) });
	await refused(registerChanged({ log: log(alpha) }), 'ribp.LogHashMismatch');
	await refused(registerChanged({ log: log(beta) }), 'ribp.LogOfOtherSystem');
});

test('a payer without enough free value is refused', () =>
	refused(
		registerChanged({ side: { amount: pair.alpha.tokens(10_000_000) } }),
		'ribp.InsufficientValue',
	));

test('somebody else cannot register what a payer would have to pay', () => {
	const [leg] = swap(pair);
	return refused(register({ ...leg, payer: charlie }), 'ribp.NotThePayer');
});

test('an expiry that has passed, or is nearer than the minimum, is refused', async () => {
	await refused(registerChanged({ distance: -1 }), 'ribp.ExpiryPassed');
	await refused(registerChanged({ distance: least.expiry - 1 }), 'ribp.ExpiryTooSoon');
});

test('a notice that leaves no time to answer is refused', () =>
	refused(registerChanged({ own: { notice: least.notice - 1 } }), 'ribp.NoticeTooShort'));

test('what has ended is swept once the other chain says that it needs it no more', async () => {
	const chains = [pair.alpha, pair.beta];
	const isSwept = async ({ chain, id }) =>
		(await chain.status(id, chain.history.last.hash)) === 'absent';
	const areSwept = async () => (await Promise.all(sweepable.map(isSwept))).every(Boolean);
	await until('both swept', areSwept);
	for (const [i, leg] of sweepable.entries()) {
		const { through } = await chains[1 - i].corridor(chains[i]);
		const { swept } = await chains[i].corridor(chains[1 - i]);
		const epoch = epochOf(leg.expiry);
		const isSaid = [through, swept].every((epochs) => hasEpoch(epochs, epoch));
		assert.ok(isSaid, JSON.stringify({ epoch, through, swept }));
		await refused(register(leg), 'ribp.ExpiryPassed');
	}
});
