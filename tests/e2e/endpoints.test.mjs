import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { behaviours, Front } from '../../scripts/js/front.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { comeBack, endPair } from '../../scripts/js/pair.mjs';
import { finalStatus } from '../../scripts/js/ribp.mjs';
import { producesBlocks, registerBoth, startBehind, swap, untilBoth } from './support.mjs';

/** Alpha finds beta behind the front. */
let front;
let back;
let pair;
before(async () => {
	front = await Front.listen();
	({ pair, back } = await startBehind(front));
});
after(async () => {
	if (pair) {
		await endPair(Object.values(pair));
	}
	back?.close();
	front?.close();
});

test('wrong endpoints stop neither the chain nor, once a right one answers, the exchange', async (t) => {
	const { alpha, beta } = pair;
	front.behave(behaviours.refuse);
	const anchored = await alpha.viewOf(beta);
	const legs = swap(pair);
	await registerBoth(legs);

	const wrong = {
		...behaviours,
		forward: behaviours.forward(alpha.node.http),
	};
	for (const [name, behaviour] of Object.entries(wrong)) {
		await t.test(name === 'forward' ? 'another chain' : name, async () => {
			front.behave(behaviour);
			await producesBlocks(alpha, 5);
			await until('a question', () => front.requests > 0);
			assert.equal(await finalStatus(legs[0]), 'registered');
			assert.equal(await alpha.viewOf(beta), anchored);
		});
	}

	front.behave(behaviours.forward(beta.node.http));
	await untilBoth(legs, 'settled');
});

test('an exchange goes on when its peer was down', async () => {
	const { alpha, beta } = pair;
	front.behave(behaviours.forward(beta.node.http));
	const legs = swap(pair);
	await registerBoth(legs);
	await beta.disconnect();
	await beta.node.stop();
	await producesBlocks(alpha, 6);
	await comeBack(beta);
	await untilBoth(legs, 'settled');
});

test('an exchange goes on when a node is killed', async () => {
	const { alpha, beta } = pair;
	const legs = swap(pair);
	await registerBoth(legs);
	// In the middle: perhaps only one of them is committed.
	const hasMoved = async ({ chain, id }) => (await chain.status(id)) !== 'registered';
	const anyHasMoved = async () => (await Promise.all(legs.map(hasMoved))).includes(true);
	await until('one leg committed', anyHasMoved, { every: 50 });
	await alpha.disconnect();
	assert.equal(await alpha.node.kill(), 'SIGKILL');
	await sleep(3_000);
	await producesBlocks(beta);
	await comeBack(alpha);
	await untilBoth(legs, 'settled');
});
