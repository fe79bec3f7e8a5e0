/** One exchange on two chains: run it, watch it, and judge it by what the chains finalized. */
import { setTimeout as sleep } from 'node:timers/promises';

import { gained, snapshot } from './amounts.mjs';
import { PATIENCE_MS } from './nodes.mjs';
import {
	contractHash,
	crossCheck,
	ENDED,
	finalStatus,
	makeExchange,
	trade,
} from './ribp.mjs';

const LOOK_MS = 300;

/** What a leg knows of the other one. */
const KNOWN = {
	Committed: 'is committed',
	NotCommitted: 'will never be committed',
	Forgotten: 'is forgotten',
};

/** @typedef {import('./ribp.mjs').Leg} Leg */

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {'AtExpiry' | 'Early'} settlement
 * @property {number} distance of both expiries, in blocks
 * @property {{alpha: string, beta: string}} promised state of the contract at the end
 * @property {(world: object) => object[][]} [items] what is delivered and paid, instead of tokens
 * @property {(world: object, legs: Leg[]) => Promise<string[]>} [judge] what is wrong with that in
 *   the end
 * @property {(legs: Leg[]) => Leg[]} [registered] the legs that are registered; all by default
 * @property {(legs: Leg[], world: object) => Promise<void>} [begin] how; as traders do by default
 * @property {number} [signed] how many extrinsics users sign; one for each such leg by default
 * @property {(world: object) => Promise<void>} [before]
 * @property {(world: object) => Promise<void>} [onCommit] once both logs are committed
 * @property {(legs: Leg[], world: object) => Promise<void>} [onEnd] once both have ended
 * @property {(world: object) => Promise<void>} [afterwards]
 */

/** Runs one exchange to its end; returns its figures and every way in which it broke its promise. */
export async function runExchange(world, scenario, display) {
	const { alpha, beta, alice, bob, delivery, payment } = world;
	const chains = [alpha, beta];
	const parties = [alice, bob];
	await scenario.before?.(world);
	const before = await Promise.all(chains.map((chain) => snapshot(chain, parties)));

	const [delivered, paid] = scenario.items?.(world) ?? [];
	const [given, got] = [tokensIn(delivered, delivery), tokensIn(paid, payment)];
	const side = (chain, payer, receiver, amount, items) => ({
		chain,
		payer: payer.pair,
		receiver: receiver.pair,
		amount,
		items,
		expiry: chain.best + scenario.distance,
	});
	const legs = makeExchange(
		side(alpha, alice, bob, delivery, delivered),
		side(beta, bob, alice, payment, paid),
		scenario.settlement,
	);
	await Promise.all([crossCheck(legs), crossCheck([...legs].reverse())]);
	const expiries = legs.map(({ chain, expiry }) => `${chain.name} #${expiry}`);
	const hash = contractHash(legs[0].contract);
	display.event(`contract ${hash.slice(0, 10)}… expires after ${expiries.join(' and ')}`);

	const registered = scenario.registered?.(legs) ?? legs;
	const refused = new AbortController();
	await Promise.all([
		watch(world, scenario, legs, registered, display, refused.signal),
		(scenario.begin ?? trade)(legs, world),
	]).finally(() => refused.abort());
	await scenario.onEnd?.(legs, world);
	const outcome = Object.fromEntries(
		await Promise.all(legs.map(async (leg) => [leg.chain.name, await finalStatus(leg)])),
	);
	const after = await Promise.all(chains.map((chain) => snapshot(chain, parties)));

	const settled = Object.values(outcome).every((state) => state === 'settled');
	const result = {
		name: scenario.name,
		settlement: scenario.settlement,
		outcome,
		promised: scenario.promised,
		extrinsics: signedBy(chains, parties, before),
		evidence: {
			alphaToBeta: evidenceFigures(legs[1], before[1]),
			betaToAlpha: evidenceFigures(legs[0], before[0]),
		},
		...(settled ? timeToUnlock(legs) : { blocks: null, seconds: null }),
	};
	const expected = settled ? [[-given, given], [got, -got]] : [[0n, 0n], [0n, 0n]];
	result.problems = [
		...judgeOutcome(result, scenario.signed ?? registered.length),
		...((await scenario.judge?.(world, legs)) ?? []),
		...chains.flatMap((chain, i) => [
			...parties.flatMap((party, j) =>
				judgeGain(chain, party, before[i], after[i], expected[i][j]),
			),
			...judgeTaken(chain, before[i], after[i]),
		]),
	];
	return result;
}

/** How much of the token is among these items; `amount` if none are named. */
function tokensIn(items, amount) {
	return items?.reduce((sum, { Token = 0n }) => sum + Token, 0n) ?? amount;
}

/** Shows both chains until the contract has ended on every chain where it is to be registered. */
async function watch(world, scenario, legs, registered, display, refused) {
	const phases = new Map();
	const deadline = Date.now() + PATIENCE_MS;
	let interruption;
	while (!refused.aborted) {
		const looks = await Promise.all(legs.map((leg) => look(leg)));
		for (const { leg, phase, text } of looks) {
			if (!['down', 'absent', phases.get(leg)].includes(phase)) {
				phases.set(leg, phase);
				display.event(text);
			}
		}
		display.live(looks.map(({ text }) => text).join(' | '));
		if (!interruption && looks.every(({ phase }) => phase === 'committed')) {
			interruption = scenario.onCommit?.(world) ?? Promise.resolve();
			interruption.catch(() => {});
		}
		if (registered.every((leg) => ENDED.includes(phases.get(leg)))) {
			await interruption;
			const final = await Promise.all(registered.map(finalStatus));
			if (final.every((state) => ENDED.includes(state))) {
				return;
			}
		}
		if (Date.now() > deadline) {
			await interruption;
			const stand = looks.map(({ leg, phase }) => `${leg.chain.name}: ${phase}`);
			throw new Error(`'${scenario.name}' has not ended in time (${stand.join(', ')})`);
		}
		await sleep(LOOK_MS);
	}
}

async function look(leg) {
	const { chain, peer, id } = leg;
	try {
		const [found, view] = await Promise.all([chain.leg(id), chain.viewOf(peer)]);
		const phase = found?.stands ?? chain.history.outcomeOf(id) ?? 'absent';
		const { best, history } = chain;
		const sees = `sees ${peer.name} ${view === undefined ? 'not yet' : `#${view}`}`;
		const proven = found?.fact ? `, ${peer.name}'s leg ${KNOWN[found.fact]}` : '';
		const text = `${chain.name} #${best}, final #${history.last.number}, ${sees}: ${phase}${proven}`;
		return { leg, phase, text };
	} catch (error) {
		if (chain.connected) {
			throw error;
		}
		return { leg, phase: 'down', text: `${chain.name} is down` };
	}
}

function signedBy(chains, parties, before) {
	const addresses = parties.map(({ pair }) => pair.address);
	return chains
		.flatMap((chain, i) => chain.history.after(before[i].number))
		.flatMap(({ signers }) => signers)
		.filter((signer) => addresses.includes(signer)).length;
}

/** Evidence that a leg's chain took in for its contract, refused ones included. */
function evidenceFigures({ chain, id }, { number }) {
	const bytes = chain.history
		.after(number)
		.flatMap(({ evidence }) => evidence)
		.filter(({ contracts }) => contracts.includes(id))
		.map((message) => message.bytes);
	return { messages: bytes.length, bytes };
}

/** Blocks and seconds from the later registration until both chains have unlocked. */
export function timeToUnlock(legs) {
	const blocksOf = (name) => legs.map(({ chain, id }) => chain.history.blockOf(name, id));
	const start = Math.max(...blocksOf('Registered').map(({ time }) => time));
	const unlocked = blocksOf('Settled');
	const blocks = legs.map(({ chain }, i) => {
		const { number } = unlocked[i];
		return chain.history.blocks.filter((b) => b.time > start && b.number <= number).length;
	});
	const end = Math.max(...unlocked.map(({ time }) => time));
	return { blocks: Math.max(...blocks), seconds: (end - start) / 1000 };
}

function judgeOutcome({ outcome, promised, extrinsics }, expectedExtrinsics) {
	const problems = Object.keys(promised)
		.filter((chain) => outcome[chain] !== promised[chain])
		.map((chain) => `on ${chain} the contract is ${outcome[chain]}, not ${promised[chain]}`);
	if (extrinsics !== expectedExtrinsics) {
		problems.push(`users signed ${extrinsics} extrinsics, not ${expectedExtrinsics}`);
	}
	return problems;
}

function judgeGain(chain, party, before, after, expected) {
	const change = gained(chain, party, before, after);
	return change === expected
		? []
		: [`on ${chain.name} ${party.name} gained ${change}, not ${expected} (fees aside)`];
}

function judgeTaken(chain, before, after) {
	const change = after.taken - before.taken;
	return change === 0n ? [] : [`on ${chain.name} ${change} is still taken`];
}
