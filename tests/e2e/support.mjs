/** What the tests share: the parties, the exchange that they make, and how a refusal is expected. */
import assert from 'node:assert/strict';

import { until } from '../../scripts/js/nodes.mjs';
import { endPair, startPair } from '../../scripts/js/pair.mjs';
import { account, finalStatus, introduce, makeExchange } from '../../scripts/js/ribp.mjs';

export const alice = await account('Alice');
export const bob = await account('Bob');
export const charlie = await account('Charlie');

/** Two chains that know each other. */
export async function startKnownPair(options) {
	const { alpha, beta } = await startPair(options);
	try {
		await introduce(alpha, beta);
		return { alpha, beta };
	} catch (error) {
		await endPair([alpha, beta]);
		throw error;
	}
}

/** 100 ALPHA from Alice to Bob against 40 BETA from Bob to Alice, `distance` blocks from now. */
export function swap({ alpha, beta }, distance, changes = {}) {
	const delivery = { chain: alpha, payer: alice, receiver: bob, amount: alpha.tokens(100) };
	const payment = { chain: beta, payer: bob, receiver: alice, amount: beta.tokens(40) };
	return makeExchange(
		{ ...delivery, expiry: alpha.best + distance, ...changes },
		{ ...payment, expiry: beta.best + distance },
	);
}

/** Waits until the finalized state of both legs is `state`. */
export function untilBoth(legs, state, timeout = 60_000) {
	const both = async () =>
		(await Promise.all(legs.map(finalStatus))).every((found) => found === state);
	return until(`both legs ${state}`, both, { timeout });
}

/** Asserts that the chain refuses with the error `name`. */
export function refused(promise, name) {
	return assert.rejects(promise, { name });
}

/** Asserts that the chain goes on producing blocks. */
export async function producesBlocks(chain, count = 4) {
	const start = chain.best;
	const grown = () => chain.best >= start + count;
	await until(`${count} more blocks of ${chain.name}`, grown, { timeout: count * 3_000 });
}
