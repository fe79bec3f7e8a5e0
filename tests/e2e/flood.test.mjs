/** Ten thousand forged messages a minute against a live node. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { evidenceExtrinsic, fetchEvidence } from '../../scripts/js/evidence.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { endPair } from '../../scripts/js/pair.mjs';
import { register } from '../../scripts/js/ribp.mjs';
import { distantEvidence, Flood, randomHash } from '../../scripts/js/flood.mjs';
import { startKnownPair, swap, untilBoth } from './support.mjs';

const MESSAGES = 10_000;
const MINUTE = 60_000;

let pair;
before(async () => {
	pair = await startKnownPair();
});
after(() => pair && endPair(Object.values(pair)));

test('a flood of forged evidence is refused, and neither blocks nor settlement wait for it', async () => {
	const { alpha, beta } = pair;
	const [first, ...firstPeer] = swap(pair, 200);
	await Promise.all([first, ...firstPeer].map((leg) => register(leg, 'Early')));
	const stale = await evidenceExtrinsic(first, await fetchEvidence(first));
	await untilBoth([first, ...firstPeer], 'settled');

	// Everything about it is in order but the signatures, and these are asked for last.
	const distant = await distantEvidence(first);
	const template = await evidenceExtrinsic({ ...first, id: randomHash() }, distant.evidence);
	const unnamed = await evidenceExtrinsic(first, distant.evidence, []);
	const id = template.slice(-64);
	const kinds = {
		'forged votes': () => unnamed.replaceAll(distant.signature, randomHash(64).slice(2)),
		'unknown contracts': () => template.replace(id, randomHash().slice(2)),
		'what was useful once': () => stale,
		'the same again': () => unnamed,
	};
	const start = [alpha, beta].map(({ best }) => best);
	const flood = new Flood(alpha.node.http, Object.values(kinds), { messages: MESSAGES, over: MINUTE });
	// It is awaited further down; until then, a failure must not end what is shown before.
	flood.over.catch(() => {});
	const legs = swap(pair, 200);
	await Promise.all(legs.map((leg) => register(leg, 'Early')));
	await untilBoth(legs, 'settled');
	assert.ok(!flood.isOver, 'the exchange settled during the flood');
	const { refused, accepted } = await flood.over;
	const [flooded, control] = [alpha, beta].map(({ best }, i) => best - start[i]);
	assert.deepEqual({ refused, accepted }, { refused: MESSAGES, accepted: 0 });
	assert.ok(flooded >= 0.9 * control, `${flooded} blocks against beta's ${control}`);
	await until('an empty pool', async () => {
		const pending = await alpha.api.rpc.author.pendingExtrinsics();
		return pending.length === 0;
	});
});
