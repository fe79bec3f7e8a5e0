/** A chain sleeps while the other goes on, for longer than a node keeps its states. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { until } from '../../scripts/js/nodes.mjs';
import { comeBack, endPair } from '../../scripts/js/pair.mjs';
import { finalStatus, register } from '../../scripts/js/ribp.mjs';
import { NEAR, startKnownPair, swap, untilBoth } from './support.mjs';

/** In windows of beta's view, and in states that a node keeps: as many as if it is told nothing. */
const SILENCE = 20;
const KEPT_STATES = 256;

let pair;
before(async () => {
	pair = await startKnownPair({ flags: ['--state-pruning', KEPT_STATES] });
});
after(() => pair && endPair(Object.values(pair)));

test('exchanges settle after a silence of more than twenty windows', async () => {
	const { alpha, beta } = pair;
	const window = alpha.api.consts.ribp.window.toNumber();
	const committed = swap(pair, NEAR);
	await Promise.all(committed.map((leg) => register(leg, 'AtExpiry')));
	await untilBoth(committed, 'committed');
	const [delivery, payment] = swap(pair);
	await register(delivery, 'Early');

	const known = await alpha.viewOf(beta);
	await alpha.disconnect();
	await alpha.node.stop();
	const awake = known + Math.max(SILENCE * window, KEPT_STATES) + 10;
	await until(`beta's block ${awake}`, () => beta.best > awake);
	// Its mirror is registered while nobody listens.
	await register(payment, 'Early');

	await comeBack(alpha);
	await untilBoth(committed, 'settled');
	await untilBoth([delivery, payment], 'settled');
	const gap = (await alpha.viewOf(beta)) - known;
	assert.ok(gap > SILENCE * window, `alpha missed ${gap} blocks`);
	assert.equal(await finalStatus(delivery), 'settled');
});
