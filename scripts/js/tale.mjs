/** What every attack of Eve's is told and judged by. */
import { BALANCE_HEADING, balanceRows, created, gained, snapshot } from './amounts.mjs';
import { formatAmount } from './display.mjs';
import { toldBy } from './logs.mjs';
import { until } from './nodes.mjs';
import { finalStatus, isLocked, refusalOf, register } from './ribp.mjs';

/** Expiries of exchanges, in blocks: they leave gossip its time. */
export const DISTANCE = 240;
/** The same of one that is to be locked still after a long time apart. */
export const FAR = 320;
/** The events by which evidence moves contracts. */
const MOVES = ['Committed', 'VerdictPending', 'Settled', 'Reversed'];

/** @typedef {import('./eve.mjs').World} World */
/** @typedef {import('./ribp.mjs').Chain} Chain */
/** @typedef {import('./ribp.mjs').Leg} Leg */

/** What is told of one attack, and which promises it has broken. */
export class Tale {
	problems = [];
	figures = {};

	/**
	 * @param {World} world
	 * @param {import('./display.mjs').Display} display
	 */
	constructor(world, display) {
		this.world = world;
		this.display = display;
	}

	tell(text) {
		this.display.event(text);
	}

	/** A promise: `text` says what must hold. */
	check(text, holds) {
		this.display.event(holds ? text : `BROKEN: ${text}`);
		if (!holds) {
			this.problems.push(text);
		}
	}

	/** Waits, with the heights of all chains in sight. */
	async wait(what, probe) {
		const chains = this.world.chains;
		const look = () => {
			const living = chains.filter((chain) => chain.connected);
			const heights = living.map(({ name, best }) => `${name} #${best}`).join(', ');
			this.display.live(`${heights}; waiting: ${what}`);
			return probe();
		};
		return until(what, look);
	}

	/** Waits until all legs stand at `state`, by what is final. */
	async settle(legs, state) {
		const all = async () =>
			(await Promise.all(legs.map(finalStatus))).every((found) => found === state);
		await this.wait(`${legs.length} legs ${state}`, all);
	}

	/** Waits until all legs are locked. */
	async lock(legs) {
		const all = async () => (await Promise.all(legs.map(isLocked))).every(Boolean);
		await this.wait(`${legs.length} legs locked`, all);
	}
}

export const snapshots = ({ chains, people }) =>
	Promise.all(chains.map((chain) => snapshot(chain, people)));

/** Best heights of the honest chains, to count blocks from. */
export const heights = ({ honest }) => new Map(honest.map((chain) => [chain, chain.best]));

/** Sizes of the logs of the honest chains' nodes, to read on from. */
export const marks = ({ honest }) => new Map(honest.map(({ node }) => [node, node.logSize]));

export const short = (hash) => `${hash.slice(0, 10)}…`;

/** What the nodes of the honest chains have told others since then. */
export function gossip(since) {
	const told = [...since].flatMap(([node, from]) => toldBy(node, from));
	return {
		messages: told.length,
		taken: told.filter(({ taken }) => taken).length,
		histories: told.filter(({ what }) => what.startsWith('another history')).length,
		bytes: told.reduce((sum, { bytes }) => sum + bytes, 0),
	};
}

/** Both legs of exchanges of a buyer with Eve, on a history of hers. */
export function exchanges(world, count, chain, buyer, history, distance = DISTANCE, settlement) {
	const made = Array.from({ length: count }, () =>
		world.exchange(chain, buyer, history, distance, settlement),
	);
	return made.flat();
}

/**
 * Waits until chains know of a fork; returns how many blocks each took, from the heights `shown`,
 * at which `branch` was first shown to an honest chain.
 *
 * @param {Map<Chain, number>} shown
 */
export async function exposed(world, tale, shown, chains = world.honest, branch = 'b2') {
	const blocks = {};
	for (const chain of chains) {
		const news = () => chain.history.newsOf('Forked', world.eve.system, shown.get(chain));
		await tale.wait(`${chain.name} knows of the fork`, news);
		const { block, number, common } = news();
		blocks[chain.name] = block - shown.get(chain);
		tale.tell(
			`${chain.name} has proof of two histories, the same up to #${common ?? '?'} and not at ` +
				`#${number}: ribp.Forked, ${blocks[chain.name]} blocks after ${branch} was first shown`,
		);
	}
	return blocks;
}

/** The same numbers of blocks, counted from later heights. */
export function countedFrom(later, shown, blocks) {
	const counted = [...shown.keys()].map((chain) => [
		chain.name,
		blocks[chain.name] - (later.get(chain) - shown.get(chain)),
	]);
	return Object.fromEntries(counted);
}

/** Nobody trades with Eve's chain: the refusal has this name. */
export async function checkNoBusiness(world, tale, refusal, chains = world.honest) {
	await Promise.all(
		chains.map(async (chain) => {
			const buyer = chain === world.alpha ? world.alice : world.bob;
			const [leg] = world.exchange(chain, buyer, world.eve, DISTANCE);
			const name = await refusalOf(register(leg));
			const words = `${chain.name} does no business with Eve's chain: ${buyer.name} meets`;
			tale.check(`${words} ${name}`, name === refusal);
		}),
	);
}

/** What evidence has changed on a chain after block `from` and before block `to`. */
export function movedBetween({ history }, from, to) {
	const events = history.after(from).filter(({ number }) => number < to).flatMap((b) => b.events);
	return events.filter(({ name }) => MOVES.includes(name));
}

/**
 * What everybody has gained since `before`, in whole tokens: by chain, then by person; nothing
 * where nothing is said. Shows it, and that no token has come into being or been lost.
 */
export async function checkAmounts(world, tale, before, expected) {
	const { chains, people } = world;
	const after = await snapshots(world);
	const known = tale.problems.length;
	const rows = [BALANCE_HEADING];
	for (const [i, chain] of chains.entries()) {
		rows.push(...balanceRows(chain, people, before[i], after[i]));
		for (const person of people) {
			const due = chain.tokens(expected[chain.node.name]?.[person.name] ?? 0);
			const gain = gained(chain, person, before[i], after[i]);
			if (gain !== due) {
				const words = [gain, due].map((amount) => formatAmount(amount, chain)).join(', not ');
				tale.check(`on ${chain.name} ${person.name} has gained ${words}`, false);
			}
		}
		if (after[i].taken !== before[i].taken) {
			tale.check(`on ${chain.name} contracts have given what they had taken`, false);
		}
		const surplus = created(chain, before[i], after[i]);
		if (surplus !== 0n) {
			tale.check(`on ${chain.name} ${formatAmount(surplus, chain)} came into being`, false);
		}
	}
	tale.display.table(rows);
	tale.figures.amounts = rows.slice(1).map((cells) =>
		Object.fromEntries(cells.map((cell, i) => [BALANCE_HEADING[i], cell])),
	);
	const right = tale.problems.length === known;
	tale.check('everybody has what is due, and no token is lost or made', right);
}
