/** What the tests share: the parties, the exchange that they make, and how a refusal is expected. */
import assert from 'node:assert/strict';

import { Front, withoutGossip } from '../../scripts/js/front.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { endPair, startPair } from '../../scripts/js/pair.mjs';
import { account, finalStatus, introduce, isLocked, makeExchange, register } from '../../scripts/js/ribp.mjs';

/** How long blocks take where nothing depends on it: what is waited for is blocks, mostly. */
export const PACE = '250ms';
/** Blocks until an expiry that nothing waits for, far enough for whatever comes in between. */
export const FAR = 2_400;
/** Blocks until one that is waited for: far enough for two registrations and two commits. */
export const NEAR = 120;

export const alice = await account('Alice');
export const bob = await account('Bob');
export const charlie = await account('Charlie');

/** Two chains that know each other. */
export async function startKnownPair(options) {
	const { alpha, beta } = await startPair({ paces: [PACE, PACE], ...options });
	try {
		await introduce(alpha, beta);
		return { alpha, beta };
	} catch (error) {
		await endPair([alpha, beta]);
		throw error;
	}
}

/**
 * Two chains that know each other, of which alpha finds beta behind a front and is told nothing: it
 * has to ask. Behind another front, `back`, beta finds alpha.
 *
 * @returns {Promise<{pair: {alpha: object, beta: object}, back: Front}>}
 */
export async function startBehind(front) {
	const back = await Front.listen();
	const endpoint = (chain, url) => {
		if (chain === 'alpha') {
			return front.url;
		}
		back.behave(withoutGossip(url));
		return back.url;
	};
	try {
		return { pair: await startKnownPair({ endpoint }), back };
	} catch (error) {
		back.close();
		throw error;
	}
}

/** 100 ALPHA from Alice to Bob against 40 BETA from Bob to Alice, `distance` blocks from now. */
export function swap({ alpha, beta }, distance, settlement, changes) {
	return swapBetween(alpha, beta, distance, settlement, changes);
}

/**
 * 100 tokens from Alice to Bob on one chain against 40 from Bob to Alice on another. `changes` are of
 * the first leg.
 */
export function swapBetween(first, second, distance = FAR, settlement = 'Early', changes = {}) {
	const delivery = { chain: first, payer: alice, receiver: bob, amount: first.tokens(100) };
	const payment = { chain: second, payer: bob, receiver: alice, amount: second.tokens(40) };
	return makeExchange(
		{ ...delivery, expiry: first.best + distance, ...changes },
		{ ...payment, expiry: second.best + distance },
		settlement,
	);
}

/** Waits until the finalized state of both legs is `state`. */
export async function untilBoth(legs, state) {
	let found = [];
	const both = async () => {
		found = await Promise.all(legs.map(finalStatus));
		return found.every((one) => one === state);
	};
	try {
		await until(`both legs ${state}`, both);
	} catch (error) {
		throw new Error(`${error.message}; they are ${found.join(' and ')}`);
	}
}

/** Registers both legs at once: each commits when it is shown the other one. */
export const registerBoth = (legs) => Promise.all(legs.map((leg) => register(leg)));

/** Waits until both legs are locked, by what is final. */
export async function untilLocked(legs) {
	const all = async () => (await Promise.all(legs.map(isLocked))).every(Boolean);
	await until('both legs locked', all);
}

/** Asserts that the chain refuses with the error `name`. */
export function refused(promise, name) {
	return assert.rejects(promise, { name });
}

/** Asserts that the chain goes on producing blocks. */
export async function producesBlocks(chain, count = 4) {
	const start = chain.best;
	const grown = () => chain.best >= start + count;
	await until(`${count} more blocks of ${chain.name}`, grown);
}
