import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { fetchEvidence, fetchView, submitSigned, submitUnsigned } from '../../scripts/js/evidence.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { endPair } from '../../scripts/js/pair.mjs';
import { finalStatus, register } from '../../scripts/js/ribp.mjs';
import { charlie, FAR, NEAR, refused, startKnownPair, swap } from './support.mjs';

/** Blocks below a known head of which the hashes are not kept one by one. */
const FAR_ABOVE = 40;

/** Nobody but the tests carries evidence: both nodes run without their offchain workers. */
let pair;
before(async () => {
	pair = await startKnownPair({ flags: ['--offchain-worker', 'never'] });
});
after(() => pair && endPair(Object.values(pair)));

async function registered(distance) {
	const legs = swap(pair, distance);
	await Promise.all(legs.map((leg) => register(leg, 'Early')));
	return legs;
}

const untilState = (leg, state) =>
	until(state, async () => (await finalStatus(leg)) === state);

test('anybody may carry the evidence of an exchange, signed or not', async () => {
	const [delivery, payment] = await registered();

	await submitSigned(delivery, await fetchEvidence(delivery), charlie);
	assert.equal(await finalStatus(delivery), 'committed');

	await submitUnsigned(payment, await fetchEvidence(payment));
	await untilState(payment, 'committed');
	await submitUnsigned(payment, await fetchEvidence(payment));
	await untilState(payment, 'settled');

	await submitSigned(delivery, await fetchEvidence(delivery), charlie);
	assert.equal(await finalStatus(delivery), 'settled');
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
	await refused(
		submitUnsigned({ ...payment, id: delivery.id }, await fetchEvidence(payment)),
		'ribp.NotWaiting',
	);
});

test('a block is shown long after it was final, by the path to it', async () => {
	const [delivery] = await registered();
	const { chain, peer } = delivery;
	const { hash, number } = peer.history.last;
	await until('a block far above', () => peer.history.last.number > number + FAR_ABOVE);
	await refused(submitUnsigned(delivery, await fetchEvidence(delivery), []), 'ribp.UnusedProofNodes');
	await submitUnsigned(delivery, await fetchView(delivery), []);
	await until('a view far above', async () => (await chain.viewOf(peer)) > number + FAR_ABOVE);

	const evidence = await fetchEvidence(delivery, hash);
	const { header, link, proof } = evidence;
	const { under, path } = link.asBelow.toJSON();
	const linked = (changed) =>
		chain.argument('submitEvidence', 'evidence', { header, link: changed, proof });
	await refused(submitUnsigned(delivery, linked('Known')), 'ribp.HeaderNotKnown');
	for (const wrong of [path.slice(1), [...path, hash], [...path].reverse()]) {
		const below = { Below: { under, path: wrong } };
		await refused(submitUnsigned(delivery, linked(below)), 'ribp.NotInHistory');
	}
	await submitUnsigned(delivery, evidence);
	await untilState(delivery, 'committed');
});

test('a mirror with other fields is no mirror', async () => {
	const [delivery] = swap(pair, FAR);
	const [, other] = swap(pair, FAR + 1);
	await Promise.all([delivery, other].map((leg) => register(leg, 'Early')));
	await refused(
		submitUnsigned(delivery, await fetchEvidence(delivery)),
		'ribp.MirrorNotRegistered',
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
	assert.equal(await finalStatus(delivery), 'registered');
});

test('an absent peer log is only believed after both expiries, and then undoes the commit', async () => {
	const [delivery, payment] = await registered(NEAR);
	await submitUnsigned(delivery, await fetchEvidence(delivery));
	await untilState(delivery, 'committed');
	await refused(
		submitUnsigned(delivery, await fetchEvidence(delivery)),
		'ribp.PeerLogNotCommitted',
	);
	await until(
		'both expiries',
		() => [delivery, payment].every(({ chain, expiry }) => chain.history.last.number > expiry),
	);
	await submitUnsigned(delivery, await fetchEvidence(delivery));
	await untilState(delivery, 'reversed');
	assert.equal(await finalStatus(payment), 'expired');
	await submitSigned(delivery, await fetchEvidence(delivery), charlie);
	assert.equal(await delivery.chain.status(delivery.id), 'absent', 'the mirror has ended');
});
