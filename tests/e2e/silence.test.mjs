/** A chain sleeps while the other goes on, for longer than a node keeps its states. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { until } from '../../scripts/js/nodes.mjs';
import { comeBack, endPair } from '../../scripts/js/pair.mjs';
import { EPOCH_BLOCKS, register, trade } from '../../scripts/js/ribp.mjs';
import { NEAR, startKnownPair, swap, untilBoth, untilLocked } from './support.mjs';

/** Blocks whose states a node keeps: as many as if it is told nothing. */
const KEPT_STATES = 256;
/** Blocks of the silence: longer than that, and than the expiry of an exchange. */
const SILENCE = KEPT_STATES + 64;
/** Of a message, however long the silence: far fewer than a hash for each block of it. */
const MOST_BYTES = 8_192;

let pair;
before(async () => {
	pair = await startKnownPair({ flags: ['--state-pruning', KEPT_STATES] });
});
after(() => pair && endPair(Object.values(pair)));

test('exchanges settle after a long silence, which one message bridges', async () => {
	const { alpha, beta } = pair;
	const settled = swap(pair, NEAR);
	await trade(settled);
	await untilBoth(settled, 'settled');
	const committed = swap(pair, NEAR, 'AtExpiry');
	await trade(committed);
	await untilLocked(committed);
	const [delivery, payment] = swap(pair);
	await register(delivery);

	await alpha.disconnect();
	await alpha.node.stop();
	const asleep = alpha.history.last.number;
	const awake = beta.best + SILENCE;
	await until(`beta's block ${awake}`, () => beta.best > awake);
	const { chain, id, expiry } = settled[1];
	const sweepable = expiry + EPOCH_BLOCKS + beta.api.consts.ribp.retention.toNumber();
	assert.ok(beta.history.last.number > sweepable, 'alpha would have to say that it needs it no more');
	assert.equal(await chain.status(id), 'settled', 'it is kept for who sleeps');
	// The answer is registered while nobody listens.
	await register(payment, 'Now');

	await comeBack(alpha);
	await untilBoth(committed, 'settled');
	await untilBoth([delivery, payment], 'settled');
	const views = alpha.history.allNewsOf('ViewAdvanced', beta.system).map(({ number }) => number);
	const steps = views.slice(1).map((number, i) => number - views[i]);
	assert.ok(Math.max(...steps) > SILENCE, `views of beta in steps of ${steps}`);
	const brought = alpha.history.after(asleep).flatMap(({ evidence }) => evidence);
	const sizes = brought.map(({ bytes }) => bytes);
	assert.ok(Math.max(...sizes) < MOST_BYTES, `messages of ${sizes} bytes`);
});
