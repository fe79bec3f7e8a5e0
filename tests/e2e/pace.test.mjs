import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { until } from '../../scripts/js/nodes.mjs';
import { endPair } from '../../scripts/js/pair.mjs';
import { makeExchange, registerAll } from '../../scripts/js/ribp.mjs';
import { alice, bob, NEAR, startKnownPair, untilBoth } from './support.mjs';

/** Milliseconds a block of each chain, and how many times slower beta is. */
const SLOTS = [250, 1_000];
const SLOWER = SLOTS[1] / SLOTS[0];

let pair;
before(async () => {
	pair = await startKnownPair({ paces: [`${SLOTS[0]}ms`, undefined] });
});
after(() => pair && endPair(Object.values(pair)));

/** Milliseconds a slot of both chains. */
async function slots() {
	const chains = [pair.alpha, pair.beta];
	const answers = chains.map(({ api }) => api.call.auraApi.slotDuration());
	return (await Promise.all(answers)).map((slot) => slot.toNumber());
}

/**
 * An exchange whose expiries lie as far away in time, not in blocks, if a block lies that far. On beta it
 * settles early: its blocks are slow, and a fork has many of them to be exposed.
 */
function exchange(distance, settlement) {
	const { alpha, beta } = pair;
	return makeExchange(
		{
			...{ chain: alpha, payer: alice, receiver: bob, amount: alpha.tokens(100) },
			expiry: alpha.best + distance * SLOWER,
			settlement,
		},
		{
			...{ chain: beta, payer: bob, receiver: alice, amount: beta.tokens(40) },
			expiry: beta.best + distance,
		},
	);
}

test('the name of a chain tells how long its blocks take', async () => {
	assert.deepEqual(await slots(), SLOTS);
	// A block is made some time within its slot, and no slot has two.
	const [first, ...blocks] = pair.beta.history.blocks;
	const seconds = (blocks.at(-1).time - first.time) / 1_000;
	const slower = `${blocks.length} blocks of beta in ${seconds} seconds`;
	assert.ok(seconds > ((blocks.length - 1) * SLOTS[1]) / 1_000, slower);
	assert.equal(pair.beta.token, 'BETA');
});

for (const settlement of ['Early', 'AtExpiry']) {
	test(`chains of different pace settle (${settlement})`, async () => {
		const { alpha, beta } = pair;
		const isFarAhead = () => alpha.best > 2 * beta.best;
		await until('alpha is far ahead', isFarAhead);
		const legs = exchange(NEAR / SLOWER, settlement);
		const expiries = legs.map(({ expiry }) => expiry);
		await registerAll(legs);
		await untilBoth(legs, 'settled');
		const happened = (name) => legs.map(({ chain, id }) => chain.history.blockOf(name, id)?.number);
		const settled = happened('Settled');
		// Whoever is shown that the other one is committed settles at once.
		const committed = happened('Committed').map((number, i) => number ?? settled[i]);
		assert.ok(committed.every((number, i) => number <= expiries[i]), 'both committed in time');
		// Neither chain mistakes the other one's heights for its own.
		assert.ok(expiries[0] > 2 * expiries[1], 'the same number is another time there');
		if (settlement === 'AtExpiry') {
			assert.ok(settled[0] > expiries[0], `${settled}, ${expiries}`);
		}
	});
}
