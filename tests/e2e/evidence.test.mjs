import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
	concludeUnsigned,
	corridorKey,
	fetchEvidence,
	fetchView,
	forgeCorridor,
	legKey,
	misplaced,
	sortedIds,
	submitSigned,
	submitUnsigned,
	wantedKeys,
} from '../../scripts/js/evidence.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { endPair, restart } from '../../scripts/js/pair.mjs';
import {
	cancel,
	conclude,
	EPOCH_BLOCKS,
	epochOf,
	finalStatus,
	register,
	trade,
} from '../../scripts/js/ribp.mjs';
import { charlie, FAR, NEAR, refused, registerBoth, startKnownPair, swap } from './support.mjs';

/** Blocks below a known head of which the hashes are not kept one by one. */
const FAR_ABOVE = 40;

/** What root has count as a long silence, and as time to object, in blocks. */
const SHORT = 20;

/** Nobody but the tests carries evidence: both nodes run without their offchain workers. */
let pair;
/** An exchange that beta has settled and forgets in the end, before alpha hears of it. */
let unheard;
before(async () => {
	pair = await startKnownPair({ flags: ['--offchain-worker', 'never'] });
});
after(() => pair && endPair(Object.values(pair)));

async function registered(distance) {
	const legs = swap(pair, distance);
	await registerBoth(legs);
	return legs;
}

/** An exchange that is answered, as traders do. */
async function traded() {
	const legs = swap(pair);
	await trade(legs);
	return legs;
}

const untilState = (leg, state) =>
	until(state, async () => (await finalStatus(leg)) === state);

test('anybody may carry the evidence of an exchange, signed or not', async () => {
	const [delivery, payment] = await registered();

	await submitSigned(delivery, await fetchEvidence(delivery), charlie);
	assert.equal(await finalStatus(delivery), 'committed');

	await submitUnsigned(payment, await fetchEvidence(payment));
	await untilState(payment, 'settled');
	assert.equal(payment.chain.history.blockOf('Committed', payment.id), undefined, 'in one step');

	await submitSigned(delivery, await fetchEvidence(delivery), charlie);
	assert.equal(await finalStatus(delivery), 'settled');
});

test('a leg that is firm takes one piece of evidence each way', async () => {
	const [delivery, payment] = await traded();
	assert.equal(await finalStatus(payment), 'committed');
	await submitUnsigned(delivery, await fetchEvidence(delivery));
	await untilState(delivery, 'settled');
	await submitUnsigned(payment, await fetchEvidence(payment));
	await untilState(payment, 'settled');
});

test('one leg settles by what is firm, while the other chain hears of nothing', async () => {
	const [delivery, payment] = (unheard = swap(pair, NEAR));
	await register(delivery, 'Now');
	await register(payment);
	await submitUnsigned(payment, await fetchEvidence(payment));
	await untilState(payment, 'settled');
	assert.equal(await finalStatus(delivery), 'committed');
});

test('an answer within the notice holds', async () => {
	const [delivery, payment] = await traded();
	await cancel(delivery);
	assert.equal(await finalStatus(delivery), 'cancelling');
	await refused(conclude(delivery, charlie), 'ribp.NotOver');
	await refused(cancel(payment), 'ribp.AlreadyCommitted');
	await submitUnsigned(delivery, await fetchEvidence(delivery));
	await untilState(delivery, 'settled');
});

test('useful evidence costs its signer nothing', async () => {
	const { history } = pair.alpha;
	const [delivery] = await registered();
	const { number } = history.last;
	await submitSigned(delivery, await fetchEvidence(delivery), charlie);
	assert.equal(history.feesOf(charlie.address, number, history.last.number), 0n);
});

test('evidence that proves nothing new is refused', async () => {
	const [delivery, payment] = await registered();
	const evidence = await fetchEvidence(delivery);
	await submitUnsigned(delivery, evidence);
	await untilState(delivery, 'committed');
	await assert.rejects(submitUnsigned(delivery, evidence));
	await assert.rejects(submitSigned(delivery, evidence, charlie), { name: /^ribp\./ });
	const [{ id }] = swap(pair);
	await refused(submitUnsigned({ ...payment, id }, await fetchEvidence(payment)), 'ribp.UnknownContract');
});

test('a block is shown long after it was final, by the path to it', async () => {
	const [[delivery], [late]] = [await traded(), await registered()];
	const { chain, peer } = delivery;
	const { hash, number } = peer.history.last;
	await until('a block far above', () => peer.history.last.number > number + FAR_ABOVE);
	await refused(submitUnsigned(delivery, await fetchEvidence(delivery), []), 'ribp.UnusedProofNodes');
	await submitUnsigned(delivery, await fetchView(delivery), []);
	await until('a view far above', async () => (await chain.viewOf(peer)) > number + FAR_ABOVE);

	const evidence = await fetchEvidence(delivery, { block: hash });
	const { header, link, proof } = evidence;
	const { under, path } = link.asBelow.toJSON();
	const linked = (changed) =>
		chain.argument('submitEvidence', 'evidence', { header, link: changed, proof });
	await refused(submitUnsigned(delivery, linked('Known')), 'ribp.HeaderNotKnown');
	for (const wrong of [path.slice(1), [...path, hash], [...path].reverse()]) {
		const below = { Below: { under, path: wrong } };
		await refused(submitUnsigned(delivery, linked(below)), 'ribp.NotInHistory');
	}
	// What is committed never changes; what was registered may have been cancelled since.
	await submitUnsigned(delivery, evidence);
	await untilState(delivery, 'settled');
	const stale = await fetchEvidence(late, { block: hash });
	await refused(submitUnsigned(late, stale), 'ribp.EvidenceStale');
	assert.equal(await finalStatus(late), 'registered');
});

test('a contract with other terms is another one', async () => {
	const [delivery] = swap(pair, FAR);
	const [, other] = swap(pair, FAR + 1);
	await registerBoth([delivery, other]);
	await refused(
		submitUnsigned(delivery, await fetchEvidence(delivery)),
		'ribp.PeerNotRegistered',
	);
	assert.equal(await finalStatus(delivery), 'registered');
});

test('evidence that was tampered with is refused by name', async (t) => {
	const [delivery, payment] = await registered();
	const evidence = await fetchEvidence(delivery);
	const { header, link, proof } = evidence;
	const { justification, extension } = link.asAbove.toJSON();
	const above = (changed) => ({ link: { Above: { justification, extension, ...changed } } });
	const withVotes = (votes) => above({ justification: { ...justification, votes } });
	const [vote] = justification.votes;
	const bad = [{ ...vote, signature: `0x${'42'.repeat(64)}` }];
	const { nodes, tail } = extension;
	const hash = header.hash.toHex();
	const under = (await delivery.chain.viewOf(delivery.peer)) - 1;
	const cases = {
		HeaderNotKnown: { link: 'Known' },
		NotInHistory: { link: { Below: { under, path: [hash] } } },
		JustificationForOtherBlock: { header: { ...header.toJSON(), stateRoot: hash } },
		TooFewVotes: withVotes([]),
		BadSignature: withVotes(bad),
		ExtensionMiscounted: above({ extension: { nodes: [...nodes, hash], tail } }),
		OtherHistory: above({ extension: { nodes, tail: [hash, ...tail.slice(1)] } }),
		DuplicateProofNode: { proof: [...proof, proof[0]] },
		UnusedProofNodes: { proof: [...proof, '0x00'] },
		IncompleteProof: { proof: proof.slice(0, -1) },
		ProofEmpty: { proof: [] },
	};
	for (const [name, change] of Object.entries(cases)) {
		await t.test(name, async () => {
			const fields = { header, link, proof, ...change };
			const changed = delivery.chain.argument('submitEvidence', 'evidence', fields);
			await refused(submitUnsigned(delivery, changed), `ribp.${name}`);
		});
	}
	await t.test('evidence of another chain', async () => {
		const own = await fetchEvidence(payment);
		await refused(submitUnsigned(delivery, own), 'ribp.HeaderOfOtherSystem');
	});
	await t.test('a signed account pays for forged evidence and moves nothing', async () => {
		const changed = delivery.chain.argument('submitEvidence', 'evidence', {
			...{ header, proof },
			...withVotes(bad),
		});
		await refused(submitSigned(delivery, changed, charlie), 'ribp.BadSignature');
	});
	await t.test('a proof says what the peer has of all contracts, and nothing is made of it', async () => {
		const bare = await fetchEvidence(delivery, { keys: [legKey(delivery)] });
		await refused(submitUnsigned(delivery, bare), 'ribp.IncompleteProof');
		const forged = await forgeCorridor(delivery, evidence);
		await refused(submitUnsigned(delivery, forged), 'ribp.IncompleteProof');
	});
	await t.test('a proof of all contracts shows no contract', async () => {
		const without = await fetchEvidence(delivery, { keys: [corridorKey(delivery)] });
		await refused(submitUnsigned(delivery, without), 'ribp.IncompleteProof');
	});
	await t.test('contracts are named in order, once, and where they are', async () => {
		const [other] = await registered();
		const keys = wantedKeys(delivery, other);
		const ids = sortedIds([delivery.id, other.id]);
		const both = await fetchEvidence(delivery, { keys });
		for (const wrong of [[...ids].reverse(), [ids[0], ids[0]]]) {
			await refused(submitUnsigned(delivery, both, wrong), 'ribp.ContractsNotSorted');
		}
		const elsewhere = [misplaced(delivery)];
		await refused(submitUnsigned(delivery, evidence, elsewhere), 'ribp.UnknownContract');
		assert.equal(await finalStatus(delivery), 'registered');
		await submitUnsigned(delivery, both, ids);
		await untilState(other, 'committed');
	});
	assert.equal(await finalStatus(delivery), 'committed', 'together with the other one');
});

test('an absent leg is no answer before its expiry, and then undoes what is committed', async () => {
	const [delivery, payment] = await registered(NEAR);
	const [firm] = swap(pair, NEAR);
	await register(firm, 'Now');
	await submitUnsigned(delivery, await fetchEvidence(delivery));
	await untilState(delivery, 'committed');
	for (const leg of [delivery, firm]) {
		await refused(submitUnsigned(leg, await fetchEvidence(leg)), 'ribp.PeerNotCommitted');
	}
	await refused(conclude(payment, charlie), 'ribp.NotOver');
	await refused(concludeUnsigned(payment), 'ribp.NotOver');
	const isOver = ({ peer, peerExpiry }) => peer.history.last.number > peerExpiry;
	await until('the expiries there', () => [delivery, firm].every(isOver));

	for (const leg of [delivery, firm]) {
		await submitUnsigned(leg, await fetchEvidence(leg));
		await untilState(leg, 'reversed');
	}
	assert.equal(await finalStatus(payment), 'registered', 'nobody has said that its time is over');
	await concludeUnsigned(payment);
	await untilState(payment, 'expired');
	await refused(conclude(payment, charlie), 'ribp.NotOver');
});

test('what witnesses count is of no use while there is no fork', async () => {
	const { alpha, beta } = pair;
	const { reportTally, refuteTally } = alpha.api.tx.ribp;
	const evidence = await fetchView({ chain: alpha, peer: beta });
	const report = reportTally(beta.system, evidence, beta.system, null, []);
	await refused(alpha.send(report, charlie), 'ribp.NotForked');
	const refutation = refuteTally(beta.system, beta.system, null, []);
	await refused(alpha.send(refutation, charlie), 'ribp.NotForked');
});

/** Sets parameters of a chain to `SHORT` blocks. */
function shorten(chain, ...names) {
	const short = chain.api.createType('u32', SHORT);
	return chain.setParameters(Object.fromEntries(names.map((name) => [name, short])));
}

test('root gives up a dead chain in two steps, which a sign of life makes void', async () => {
	const [, { chain, peer, id, expiry }] = unheard;
	const { history } = chain;
	const { forceResolve, pause } = chain.api.tx.ribp;
	const forget = () => chain.sudo(forceResolve(peer.system, id, 'Forget'));
	const stands = () => chain.status(id, history.last.hash);
	const since = (number) => until(`${SHORT} blocks`, () => history.last.number >= number + SHORT);
	const end = (epochOf(expiry) + 1) * EPOCH_BLOCKS;
	await until('the end of its epoch', () => history.last.number >= end);
	await shorten(chain, 'Silence', 'PolicyDelay');
	await refused(forget(), 'ribp.SystemNotPaused');
	await chain.sudo(pause(peer.system));
	await forget();
	await refused(forget(), 'ribp.AnnouncedRecently');

	const { number } = history.last;
	await submitUnsigned({ chain, peer }, await fetchView({ chain, peer }), []);
	const sign = () => history.newsOf('ViewAdvanced', peer.system, number);
	const { block } = await until('a sign of life', sign);
	await refused(forget(), 'ribp.SystemNotSilent');
	await since(block);
	const again = await forget();
	assert.equal(await stands(), 'settled', 'it is only announced, once more');
	await since(again.number);
	await forget();
	assert.equal(await stands(), 'absent');
});

test('a leg that the other chain has forgotten is unknown, not absent, until root ends it', async () => {
	const [{ chain, peer, id }] = unheard;
	const stands = () => chain.leg(id, chain.history.last.hash);
	await shorten(chain, 'PolicyDelay');
	// By the block that is known so far its worker would settle it: beta keeps all states.
	const head = peer.history.last.number;
	await submitUnsigned({ chain, peer }, await fetchView({ chain, peer }), []);
	await until('a younger block', async () => (await chain.viewOf(peer)) >= head);
	chain.startup.flags = [];
	await restart(chain);
	await until('the worker says so', () => chain.history.blockOf('Forgotten', id));
	assert.deepEqual(await stands(), { stands: 'committed', fact: 'Forgotten' });

	const { forceResolve } = chain.api.tx.ribp;
	const settle = () => chain.sudo(forceResolve(peer.system, id, 'Settle'));
	const clock = async () => (await chain.api.query.ribp.systems(peer.system)).unwrap().clock.toNumber();
	const { hash } = await settle();
	const state = await chain.api.at(hash);
	const announced = (await state.query.ribp.resolutions(peer.system, id)).unwrap();
	await refused(settle(), 'ribp.AnnouncedRecently');
	const due = announced.clock.toNumber() + SHORT;
	await until('time to object, while beta is heard of', async () => (await clock()) >= due);
	assert.deepEqual(await stands(), { stands: 'committed', fact: 'Forgotten' });
	const { number } = await settle();
	assert.equal(chain.history.blockOf('Settled', id).number, number);
});
