/** Eve's attacks on two honest chains, told as stories and judged by what the chains finalized. */
import { BALANCE_HEADING, balanceRows, created, gained, snapshot } from './amounts.mjs';
import { formatAmount } from './display.mjs';
import { GOODS, PRICE } from './eve.mjs';
import { follows, refusedBranches, reportFork, statusOf } from './forks.mjs';
import { toldBy } from './logs.mjs';
import { until } from './nodes.mjs';
import { comeBack } from './pair.mjs';
import { finalStatus, refusalOf, register, registerAll } from './ribp.mjs';

/** Expiries of exchanges, in blocks: they leave gossip its time. */
const DISTANCE = 100;
/** The same of one that is to be locked still after a long time apart. */
const FAR = 200;
/** Expiries of exchanges with a chain that dies. */
const NEAR = 140;
/** Blocks after all expiries in which value that is locked against a dead chain does not move. */
const LONG_AFTER = 15;
/** Blocks in which alpha does not hear of beta, and Eve's other history stays hidden from it. */
const APART = 12;

/** @typedef {import('./eve.mjs').World} World */
/** @typedef {import('./ribp.mjs').Chain} Chain */
/** @typedef {import('./ribp.mjs').Leg} Leg */

/** What is told of one attack, and which promises it has broken. */
class Tale {
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
}

const snapshots = ({ chains, people }) =>
	Promise.all(chains.map((chain) => snapshot(chain, people)));

/** Best heights of the honest chains, to count blocks from. */
const heights = ({ honest }) => new Map(honest.map((chain) => [chain, chain.best]));

/** Sizes of the logs of the honest chains' nodes, to read on from. */
const marks = ({ honest }) => new Map(honest.map(({ node }) => [node, node.logSize]));

const short = (hash) => `${hash.slice(0, 10)}…`;

/** What the nodes of the honest chains have told others since then. */
function gossip(since) {
	const told = [...since].flatMap(([node, from]) => toldBy(node, from));
	return {
		messages: told.length,
		taken: told.filter(({ taken }) => taken).length,
		histories: told.filter(({ what }) => what.startsWith('another history')).length,
		bytes: told.reduce((sum, { bytes }) => sum + bytes, 0),
	};
}

/** Eve's chain becomes two, b1 and b2. */
async function fork(world, tale) {
	const hidden = await world.fork();
	const { at, hash, otherHash } = hidden.parted;
	tale.tell(`Eve finalizes two blocks #${at}: b1 is ${short(hash)}, b2 is ${short(otherHash)}`);
	return hidden;
}

/** Both legs of exchanges of a buyer with Eve, on a history of hers. */
function exchanges(world, count, chain, buyer, history, distance = DISTANCE) {
	const made = Array.from({ length: count }, () =>
		world.exchange(chain, buyer, history, distance),
	);
	return made.flat();
}

/**
 * Waits until chains know of a fork; returns how many blocks each took, from the heights `shown`,
 * at which b2 was first shown to an honest chain.
 *
 * @param {Map<Chain, number>} shown
 */
async function exposed(world, tale, shown, chains = world.honest) {
	const blocks = {};
	for (const chain of chains) {
		const news = () => chain.history.newsOf('Forked', world.eve.system, shown.get(chain));
		await tale.wait(`${chain.name} knows of the fork`, news);
		blocks[chain.name] = news().block - shown.get(chain);
		tale.tell(
			`${chain.name} has proof of two histories, which part at #${news().at}: ` +
				`ribp.Forked, ${blocks[chain.name]} blocks after b2 was first shown`,
		);
	}
	return blocks;
}

/** The same numbers of blocks, counted from later heights. */
function countedFrom(later, shown, blocks) {
	const counted = [...shown.keys()].map((chain) => [
		chain.name,
		blocks[chain.name] - (later.get(chain) - shown.get(chain)),
	]);
	return Object.fromEntries(counted);
}

/** Nobody trades with a system that has two histories. */
async function checkHalted(world, tale, chains = world.honest) {
	await Promise.all(
		chains.map(async (chain) => {
			const buyer = chain === world.alpha ? world.alice : world.bob;
			const [leg] = world.exchange(chain, buyer, world.eve, DISTANCE);
			const name = await refusalOf(register(leg, 'Early'));
			const words = `${chain.name} does no business with Eve's chain: ${buyer.name} meets`;
			tale.check(`${words} ${name}`, name === 'ribp.SystemForked');
		}),
	);
}

/**
 * Waits for the verdicts after the grace period: b1 is Eve's chain, on all chains alike. Returns how
 * many blocks each took, from the heights `shown`.
 */
async function checkChosen(world, tale, hidden, shown) {
	const { eve } = world;
	const blocks = {};
	const grace = world.alpha.api.consts.ribp.forkGrace.toNumber();
	tale.tell(`${grace} blocks are left to all to tell what they know`);
	for (const chain of world.honest) {
		const news = () => chain.history.newsOf('BranchChosen', eve.system, shown.get(chain));
		await tale.wait(`${chain.name}'s verdict`, news);
		const { block, at, surviving, refused } = news();
		blocks[chain.name] = block - shown.get(chain);
		const opened = chain.history.newsOf('Forked', eve.system, shown.get(chain)).block;
		tale.check(`${chain.name} has not waited longer than that`, block - opened <= grace);
		const [b1, b2] = await Promise.all(
			[eve, hidden].map(({ api }) => api.rpc.chain.getBlockHash(at)),
		);
		tale.check(
			`${chain.name} #${block}: b1, which most contracts rely on, is Eve's chain from now on`,
			surviving.hash === b1.toHex() && refused.hash === b2.toHex(),
		);
		const remembered = await refusedBranches(chain, eve);
		tale.check(
			`${chain.name} remembers b2 as refused`,
			remembered.some((one) => one.at === at && one.branch === b2.toHex()),
		);
	}
	return blocks;
}

/** Nobody gets b2 believed any more, whoever brings its proof. */
async function checkRefused(world, tale, hidden) {
	const { eve, honest, bob } = world;
	await Promise.all(
		honest.map(async (chain) => {
			let name;
			const answered = async () => {
				const known = await chain.viewOf(eve);
				name = await refusalOf(reportFork(chain, eve, hidden, hidden.parted.at, bob.pair));
				// What the chain knows may have grown since the report was made.
				return name === 'ribp.BranchRefused' || (await chain.viewOf(eve)) === known;
			};
			await tale.wait('a report of b2 is answered', answered);
			const words = `${chain.name} does not hear of b2 again: ${name}`;
			tale.check(words, name === 'ribp.BranchRefused');
			tale.check(
				`${chain.name} follows b1, and does business with it`,
				(await follows(chain, eve)) && (await statusOf(chain, eve)) === 'Active',
			);
		}),
	);
}

/**
 * What everybody has gained since `before`, in whole tokens: by chain, then by person; nothing
 * where nothing is said. Shows it, and that no token has come into being or been lost.
 */
async function checkAmounts(world, tale, before, expected) {
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
			const { held } = after[i].owned[person.name];
			if (held !== before[i].owned[person.name].held) {
				tale.check(`on ${chain.name} nothing of ${person.name}'s is held any more`, false);
			}
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

/** Beta asks b1 from now on: what was traded there settles, and what was to be on b2 is undone. */
async function honour(world, tale, legs, bobsLeg) {
	const { eve, beta } = world;
	world.show(eve, [beta]);
	tale.tell("beta's operators find a node of b1");
	await tale.settle(legs, 'settled');
	tale.tell('what was traded on b1 is honoured on both sides');
	const undone = async () => ['reversed', 'expired'].includes(await finalStatus(bobsLeg));
	await tale.wait("Bob's contract ends", undone);
	tale.tell(`what Bob would have paid for on b2 is his again: ${await finalStatus(bobsLeg)}`);
}

/** From the verdicts on until everybody has what is due. */
async function judged(world, tale, { hidden, shown, legs, bobsLeg, before, due }) {
	tale.figures.blocks.untilRefused = await checkChosen(world, tale, hidden, shown);
	await checkRefused(world, tale, hidden);
	await honour(world, tale, legs, bobsLeg);
	await world.bury();
	await checkAmounts(world, tale, before, due);
}

/** Two exchanges of Alice's on b1 are due, and Bob has lost nothing. */
const DUE = {
	alpha: { Alice: -2 * PRICE, Eve: 2 * PRICE },
	beta: {},
	eve: { Alice: 2 * GOODS, Eve: -2 * GOODS },
};

/** So is one of Bob's. */
const DUE_TO_BOTH = {
	alpha: DUE.alpha,
	beta: { Bob: -PRICE, Eve: PRICE },
	eve: { Alice: 2 * GOODS, Bob: GOODS, Eve: -3 * GOODS },
};

/** a) Eve finalizes two branches, and sells the same tokens on both. */
async function twoBranches(world, tale) {
	const { alpha, beta, eve, alice, bob } = world;
	const before = await snapshots(world);
	world.part();
	world.hideFrom([beta]);
	const hidden = await fork(world, tale);
	const told = marks(world);
	tale.tell('Eve shows b1 to alpha and b2 to beta, which do not hear of each other just now');
	const shown = heights(world);
	world.show(hidden, [beta]);
	const alices = exchanges(world, 2, alpha, alice, eve);
	const bobs = exchanges(world, 1, beta, bob, hidden);
	await registerAll([...alices, ...bobs], 'AtExpiry');
	await tale.settle([...alices, ...bobs], 'committed');
	tale.tell(`Alice buys twice ${GOODS} EVE for ${PRICE} ALPHA on b1, and Bob once for ${PRICE} BETA`);
	tale.tell('on b2: all of it is committed, and locked until the expiries');
	tale.check(
		'alpha believes b1, and beta believes b2',
		(await follows(alpha, eve)) && (await follows(beta, hidden)),
	);

	const linked = heights(world);
	world.connect();
	tale.tell('alpha and beta hear of each other again, and their nodes gossip');
	const sinceShown = await exposed(world, tale, shown);
	const sinceLinked = countedFrom(linked, shown, sinceShown);
	Object.assign(tale.figures, { blocks: { sinceShown, sinceLinked }, gossip: gossip(told) });
	await checkHalted(world, tale);
	await judged(world, tale, {
		...{ hidden, shown, before, legs: alices, bobsLeg: bobs[0], due: DUE },
	});
	const adopted = beta.history.newsOf('BranchAdopted', eve.system, shown.get(beta)) !== undefined;
	tale.check('beta, which had followed b2, has adopted b1: ribp.BranchAdopted', adopted);
}

/** b) Eve reveals the second branch right after alpha has settled early against the first. */
async function afterSettlement(world, tale) {
	const { alpha, beta, eve, alice, bob } = world;
	const before = await snapshots(world);
	const hidden = await fork(world, tale);
	const told = marks(world);
	const alices = exchanges(world, 2, alpha, alice, eve);
	const bobs = exchanges(world, 1, beta, bob, hidden);
	await Promise.all([registerAll(alices, 'Early'), registerAll(bobs, 'AtExpiry')]);
	await tale.settle(alices, 'settled');
	tale.tell(`Alice buys twice ${GOODS} EVE for ${PRICE} ALPHA on b1, early: Eve has the ALPHA`);

	const shown = heights(world);
	world.show(hidden, [beta]);
	tale.tell('at once Eve shows beta b2, where Alice gets nothing and the EVE is sold to Bob');
	const sinceShown = await exposed(world, tale, shown);
	Object.assign(tale.figures, { blocks: { sinceShown }, gossip: gossip(told) });
	await checkHalted(world, tale);
	await judged(world, tale, {
		...{ hidden, shown, before, legs: alices, bobsLeg: bobs[0], due: DUE },
	});
}

/** c) Eve hides the second branch from alpha alone, which is cut off from beta. */
async function partition(world, tale) {
	const { alpha, beta, eve, alice, bob } = world;
	const before = await snapshots(world);
	const hidden = await fork(world, tale);
	const told = marks(world);
	const trades = [
		...exchanges(world, 2, alpha, alice, eve, FAR),
		...exchanges(world, 1, beta, bob, eve, FAR),
	];
	await registerAll(trades, 'AtExpiry');
	await tale.settle(trades, 'committed');
	tale.tell('Alice and Bob both trade with Eve on b1: committed, and locked until the expiries');

	world.part();
	const bobs = exchanges(world, 1, beta, bob, hidden);
	await registerAll(bobs, 'AtExpiry');
	const shown = heights(world);
	world.show(hidden, [beta]);
	tale.tell('Eve cuts alpha off from beta, and sells to Bob on b2 as well');
	const ofBeta = await exposed(world, tale, shown, [beta]);
	await checkHalted(world, tale, [beta]);
	const apart = alpha.best + APART;
	await tale.wait('alpha goes on alone', () => alpha.history.last.number >= apart);
	tale.check(
		`alpha sees b1 only, and knows nothing after ${apart - shown.get(alpha)} blocks`,
		!alpha.history.newsOf('Forked', eve.system, shown.get(alpha)) &&
			(await statusOf(alpha, eve)) === 'Active' &&
			(await follows(alpha, eve)),
	);

	const linked = heights(world);
	world.connect();
	tale.tell('alpha hears of beta again');
	const sinceShown = { ...(await exposed(world, tale, shown, [alpha])), ...ofBeta };
	await checkHalted(world, tale, [alpha]);
	const sinceLinked = { alpha: countedFrom(linked, shown, sinceShown).alpha };
	Object.assign(tale.figures, { blocks: { sinceShown, sinceLinked }, gossip: gossip(told) });
	const states = await Promise.all(trades.map(finalStatus));
	const locked = trades.every((leg, i) => leg.chain === eve || states[i] === 'committed');
	tale.check('what was locked on alpha and beta is locked still: Eve has none of it', locked);
	await judged(world, tale, {
		...{ hidden, shown, before, legs: trades, bobsLeg: bobs[0], due: DUE_TO_BOTH },
	});
}

/** d) Eve's chain stops for good. */
async function stopsForGood(world, tale) {
	const { alpha, eve, alice, villain } = world;
	const before = await snapshots(world);
	const paid = world.exchange(alpha, alice, eve, NEAR);
	await registerAll(paid, 'AtExpiry');
	await tale.settle(paid, 'committed');
	tale.tell(`Alice buys ${GOODS} EVE for ${PRICE} ALPHA: committed on both chains, and locked`);
	world.lookAway();
	const unpaid = world.exchange(alpha, alice, eve, NEAR);
	await registerAll(unpaid, 'AtExpiry');
	await tale.settle(unpaid.slice(0, 1), 'committed');
	tale.tell("Alice buys the same once more: committed on alpha, but Eve's chain looks away");
	await eve.disconnect();
	await eve.node.kill();
	tale.tell("Eve's chain stops");

	const late = unpaid[0].expiry + LONG_AFTER;
	const waited = () => alpha.history.last.number >= late;
	await tale.wait(`alpha #${late}`, waited);
	const { held } = await alpha.balance(villain.pair.address, alpha.history.last.hash);
	const states = await Promise.all([paid[0], unpaid[0]].map(finalStatus));
	tale.check(
		`${LONG_AFTER} blocks after the last expiry ${formatAmount(held, alpha)} are locked still: ` +
			'no clock decides',
		held === alpha.tokens(2 * PRICE) && states.every((state) => state === 'committed'),
	);

	const { forceResolve } = alpha.api.tx.ribp;
	await alpha.sudo(forceResolve(eve.system, paid[0].id, 'Unlock'));
	await alpha.sudo(forceResolve(eve.system, unpaid[0].id, 'Reverse'));
	tale.check(
		'root frees it: what Eve has paid for is hers, the rest is Alice\'s again',
		(await finalStatus(paid[0])) === 'settled' && (await finalStatus(unpaid[0])) === 'reversed',
	);
	world.lookAgain();
	await comeBack(eve);
	tale.tell("Eve's chain comes back after all, and finds what root has decided");
	await tale.settle(paid, 'settled');
	const ended = async () => ['reversed', 'expired'].includes(await finalStatus(unpaid[1]));
	await tale.wait('the other half of what root has undone', ended);
	await checkAmounts(world, tale, before, {
		alpha: { Alice: -PRICE, Eve: PRICE },
		eve: { Alice: GOODS, Eve: -GOODS },
	});
	tale.figures.blocks = {
		lockedAfterExpiry: { paid: late - paid[0].expiry, unpaid: late - unpaid[0].expiry },
	};
}

/** The attacks, in the order in which they are told: the chain that dies comes back. */
export const ATTACKS = {
	stop: { name: "Eve's chain stops", run: stopsForGood },
	branches: { name: 'Eve finalizes two branches', run: twoBranches },
	early: { name: 'Eve reveals a branch after an early settlement', run: afterSettlement },
	partition: { name: 'Eve hides a branch from alpha', run: partition },
};

/** Runs the attack of that key; whatever goes wrong becomes part of its result. */
export async function attack(key, world, display) {
	const { name, run } = ATTACKS[key];
	display.heading(name);
	const tale = new Tale(world, display);
	const start = Date.now();
	try {
		await run(world, tale);
	} catch (error) {
		tale.problems.push(error.message);
		tale.tell(`BROKEN: ${error.message}`);
		await world.recover();
	}
	const seconds = (Date.now() - start) / 1000;
	return { attack: key, name, seconds, ...tale.figures, problems: tale.problems };
}
