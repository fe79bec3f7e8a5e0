/** Eve's attacks on two honest chains, told as stories and judged by what the chains finalized. */
import { formatAmount } from './display.mjs';
import { GOODS, PRICE } from './eve.mjs';
import { decoy, flush, pause } from './forgeries.mjs';
import { chooseBranch, follows, isOn, refusedBranches, reportFork, statusOf } from './forks.mjs';
import { comeBack } from './pair.mjs';
import { proofs } from './proofs.mjs';
import { ENDED, finalStatus, refusalOf, registerAll } from './ribp.mjs';
import {
	checkAmounts,
	checkNoBusiness,
	countedFrom,
	DISTANCE,
	exchanges,
	exposed,
	FAR,
	gossip,
	heights,
	marks,
	movedBetween,
	short,
	snapshots,
	Tale,
} from './tale.mjs';
import { expired, falseRoot, retired } from './trust.mjs';

/** Expiries of exchanges with a chain that dies. */
const NEAR = 140;
/** Blocks after all expiries in which value that is locked against a dead chain does not move. */
const LONG_AFTER = 15;
/** How long a silence is that counts, and the time to object, where root says so; in blocks. */
const SHORT = 20;
/** Blocks in which alpha does not hear of beta, and Eve's other history stays hidden from it. */
const APART = 12;

/** Eve's chain becomes two, b1 and b2. */
async function fork(world, tale) {
	const hidden = await world.fork();
	const { at, hash, otherHash } = hidden.parted;
	tale.tell(`Eve finalizes two blocks #${at}: b1 is ${short(hash)}, b2 is ${short(otherHash)}`);
	return hidden;
}

/**
 * Root's verdicts: b1 is Eve's chain, on all chains alike. Returns how many blocks each took, from
 * the heights `shown`, and waits until the time is over in which nothing moves after them.
 */
async function checkChosen(world, tale, hidden, shown) {
	const { eve, honest, alpha } = world;
	const blocks = {};
	const verdicts = new Map();
	for (const chain of honest) {
		tale.check(
			`${chain.name} has chosen nothing by itself`,
			(await statusOf(chain, eve)) === 'Forked' &&
				!chain.history.newsOf('BranchChosen', eve.system, shown.get(chain)),
		);
		const { number } = await chooseBranch(chain, eve);
		verdicts.set(chain, number);
		blocks[chain.name] = number - shown.get(chain);
		const [chosen, refused] = ['BranchChosen', 'BranchRefused'].map((name) =>
			chain.history.allNewsOf(name, eve.system, number - 1).map(({ branch }) => branch),
		);
		const remembered = await refusedBranches(chain, eve);
		const last = remembered.at(-1);
		tale.check(
			`${chain.name} #${number}: b1 is Eve's chain from now on, by root's word`,
			chosen.length === 1 && (await follows(chain, eve)),
		);
		tale.check(
			`${chain.name} remembers b2 as refused`,
			refused.length === 1 && refused[0] === last.hash && (await isOn(hidden, last)),
		);
	}
	const exposure = alpha.api.consts.ribp.exposure.toNumber();
	await checkNoBusiness(world, tale, 'ribp.CoolingDown');
	tale.tell(`${exposure} blocks are left to all to show one more contradiction`);
	for (const [chain, number] of verdicts) {
		const end = number + exposure;
		await tale.wait(`${chain.name} #${end}`, () => chain.history.last.number >= end);
		const opened = chain.history.newsOf('Forked', eve.system, shown.get(chain)).block;
		tale.check(
			`nothing that waits for Eve has moved on ${chain.name} since #${opened}`,
			movedBetween(chain, opened, end).length === 0,
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
				name = await refusalOf(reportFork(chain, hidden, bob.pair));
				// What the chain knows may have grown since the report was made.
				return name === 'ribp.BranchKnown' || (await chain.viewOf(eve)) === known;
			};
			await tale.wait('a report of b2 is answered', answered);
			const words = `${chain.name} does not hear of b2 again: ${name}`;
			tale.check(words, name === 'ribp.BranchKnown');
			tale.check(
				`${chain.name} follows b1, and does business with it`,
				(await follows(chain, eve)) && (await statusOf(chain, eve)) === 'Active',
			);
		}),
	);
}

/** Beta asks b1 from now on: what was traded there settles, and what was to be on b2 is undone. */
async function honour(world, tale, legs, bobsLeg) {
	const { eve, beta } = world;
	world.show(eve, [beta]);
	tale.tell("beta's operators find a node of b1");
	await tale.settle(legs, 'settled');
	tale.tell('what was traded on b1 is honoured on both sides');
	let end;
	const hasEnded = async () => ENDED.includes((end = await finalStatus(bobsLeg)));
	await tale.wait("Bob's contract ends", hasEnded);
	const words = `what Bob would have paid for on b2 is his again: ${end}`;
	tale.check(words, ['reversed', 'expired'].includes(end));
}

/** From the verdicts on until everybody has what is due. */
async function judged(world, tale, { hidden, shown, legs, bobsLeg, before, due }) {
	const { blocks } = tale.figures;
	blocks.untilAllStopped = Math.max(...Object.values(blocks.sinceShown));
	tale.tell(`every honest chain has stopped ${blocks.untilAllStopped} blocks after b2 was shown`);
	blocks.untilRefused = await checkChosen(world, tale, hidden, shown);
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
	await registerAll([...alices, ...bobs]);
	await tale.lock([...alices, ...bobs]);
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
	await checkNoBusiness(world, tale, 'ribp.SystemForked');
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
	const alices = exchanges(world, 2, alpha, alice, eve, DISTANCE, 'Early');
	const bobs = exchanges(world, 1, beta, bob, hidden);
	await registerAll([...alices, ...bobs]);
	await tale.settle(alices, 'settled');
	tale.tell(`Alice buys twice ${GOODS} EVE for ${PRICE} ALPHA on b1, early: Eve has the ALPHA`);

	const shown = heights(world);
	world.show(hidden, [beta]);
	tale.tell('at once Eve shows beta b2, where Alice gets nothing and the EVE is sold to Bob');
	const sinceShown = await exposed(world, tale, shown);
	Object.assign(tale.figures, { blocks: { sinceShown }, gossip: gossip(told) });
	await checkNoBusiness(world, tale, 'ribp.SystemForked');
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
	await registerAll(trades);
	await tale.lock(trades);
	tale.tell('Alice and Bob both trade with Eve on b1: committed, and locked until the expiries');

	world.part();
	const bobs = exchanges(world, 1, beta, bob, hidden);
	await registerAll(bobs);
	const shown = heights(world);
	world.show(hidden, [beta]);
	tale.tell('Eve cuts alpha off from beta, and sells to Bob on b2 as well');
	const ofBeta = await exposed(world, tale, shown, [beta]);
	await checkNoBusiness(world, tale, 'ribp.SystemForked', [beta]);
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
	await checkNoBusiness(world, tale, 'ribp.SystemForked', [alpha]);
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
	const { alpha, beta, eve, alice } = world;
	const before = await snapshots(world);
	const paid = world.exchange(alpha, alice, eve, NEAR);
	await registerAll(paid);
	await tale.lock(paid);
	tale.tell(`Alice buys ${GOODS} EVE for ${PRICE} ALPHA: committed on both chains, and locked`);
	world.lookAway();
	const unpaid = world.exchange(alpha, alice, eve, NEAR);
	await registerAll(unpaid);
	await tale.settle(unpaid.slice(0, 1), 'committed');
	tale.tell("Alice buys the same once more: committed on alpha, but Eve's chain looks away");
	await eve.disconnect();
	await eve.node.kill();
	tale.tell("Eve's chain stops");

	const late = unpaid[0].expiry + LONG_AFTER;
	const waited = () => alpha.history.last.number >= late;
	await tale.wait(`alpha #${late}`, waited);
	await tale.settle(paid.slice(0, 1), 'settled');
	tale.tell('what was proven before settles: Eve has been paid for what she has delivered');
	const taken = (await alpha.taken(alpha.history.last.hash)) - before[0].taken;
	tale.check(
		`${LONG_AFTER} blocks after the last expiry ${formatAmount(taken, alpha)} are with the chain still: ` +
			'no clock decides',
		taken === alpha.tokens(PRICE) && (await finalStatus(unpaid[0])) === 'committed',
	);
	await resolve(world, tale, unpaid[0]);
	await tale.settle(unpaid.slice(0, 1), 'reversed');
	// By an older block, of which beta could tell, Eve's chain would still see it committed.
	const { number } = alpha.history.blockOf('Reversed', unpaid[0].id);
	const isTold = async () => (await beta.viewOf(alpha)) >= number;
	await tale.wait(`beta's view of alpha #${number}`, isTold);
	world.lookAgain();
	await comeBack(eve);
	tale.tell("Eve's chain comes back after all, and finds what has become of the exchanges");
	await tale.settle(paid, 'settled');
	const ended = async () => ['reversed', 'expired'].includes(await finalStatus(unpaid[1]));
	await tale.wait('the other half of what root has undone', ended);
	await checkAmounts(world, tale, before, {
		alpha: { Alice: -PRICE, Eve: PRICE },
		eve: { Alice: GOODS, Eve: -GOODS },
	});
	tale.figures.blocks = { lockedAfterExpiry: number - unpaid[0].expiry };
}

/** Root frees what is locked against a dead chain: it says so, waits, and says it again. */
async function resolve({ alpha, eve }, tale, { id }) {
	const { forceResolve, pause, resume } = alpha.api.tx.ribp;
	const reverse = () => alpha.sudo(forceResolve(eve.system, id, 'Reverse'));
	const isRefused = async (words, name) => {
		const refusal = await refusalOf(reverse());
		tale.check(`${words}: ${refusal}`, refusal === `ribp.${name}`);
	};
	await isRefused('root cannot free it while there is business with Eve', 'SystemNotPaused');
	await alpha.sudo(pause(eve.system));
	await isRefused('nor as long as her chain may come back', 'SystemNotSilent');
	const short = alpha.api.createType('u32', SHORT);
	await alpha.setParameters({ Silence: short, PolicyDelay: short });
	tale.tell(`on this chain root has ${SHORT} blocks count as a long silence, and as time to object`);
	const { number } = await reverse();
	await isRefused('it is announced, and nobody can object in no time', 'AnnouncedRecently');
	await tale.wait('objections', () => alpha.history.last.number >= number + SHORT);
	const stands = (await alpha.status(id, alpha.history.last.hash)) === 'committed';
	tale.check('until then it stays as it is', stands);
	await reverse();
	tale.check("it is Alice's again", (await alpha.status(id)) === 'reversed');
	await alpha.sudo(resume(eve.system));
}

/** The attacks, in the order in which they are told: the chain that dies comes back. */
export const ATTACKS = {
	stop: { name: "Eve's chain stops", run: stopsForGood },
	proofs: { name: 'Eve shows less than there is', run: proofs },
	'false-root': { name: "Eve's runtime lies about its history", run: falseRoot },
	branches: { name: 'Eve finalizes two branches', run: twoBranches },
	early: { name: 'Eve reveals a branch after an early settlement', run: afterSettlement },
	partition: { name: 'Eve hides a branch from alpha', run: partition },
	flush: { name: "Eve has alpha's view run ahead", run: flush },
	decoy: { name: 'Eve reports decoys before the public branch', run: decoy },
	pause: { name: 'Root pauses while a fork is open', run: pause },
	retired: { name: 'Keys of the past sign what comes after them', run: retired },
	expired: { name: 'Nobody hears of Eve for too long', run: expired },
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
