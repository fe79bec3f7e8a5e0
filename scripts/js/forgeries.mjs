/** Eve's attacks with what her keys sign and her nodes have not made, told as stories. */
import { reportUnsigned, submitUnsigned } from './evidence.mjs';
import { GOODS, PRICE } from './eve.mjs';
import { trustAnchor } from './finality.mjs';
import { Forgery } from './forger.mjs';
import {
	chooseBranch,
	contradiction,
	follows,
	isOn,
	knownOf,
	openBranches,
	refusedBranches,
	reportAt,
	statusOf,
} from './forks.mjs';
import { refusalOf, registerAll } from './ribp.mjs';
import {
	checkAmounts,
	checkNoBusiness,
	exchanges,
	exposed,
	gossip,
	heights,
	marks,
	movedBetween,
	snapshots,
} from './tale.mjs';

/** @typedef {import('./eve.mjs').World} World */

/** Heights by which Eve's decoys are above everything that anybody has seen. */
const FAR_ABOVE = 200;
/** More blocks than any chain makes in a minute, and a time that is more than a minute ahead. */
const TOO_MANY = 1_000;
const TOO_LATE = 600_000;

/** One exchange of Alice's with Eve is due. */
export const DUE = {
	alpha: { Alice: -PRICE, Eve: PRICE },
	eve: { Alice: GOODS, Eve: -GOODS },
};

/** Waits until there is business with Eve's chain; returns what everybody owns. */
export async function opening(world, tale) {
	const { eve, honest } = world;
	const isOpen = async (chain) => {
		const { system } = await knownOf(chain, eve);
		return system.get('status').isActive && chain.best >= system.get('quietUntil').toNumber();
	};
	const areOpen = async () => (await Promise.all(honest.map(isOpen))).every(Boolean);
	await tale.wait("there is business with Eve's chain", areOpen);
	return snapshots(world);
}

/**
 * Root begins anew with Eve's chain where branches of it were refused. A header of whose past
 * nobody tells cannot be told from those: the report of one would not be taken.
 */
export async function forgetRefused(world, tale) {
	const { eve, honest } = world;
	for (const chain of honest) {
		if ((await refusedBranches(chain, eve)).length > 0) {
			const anchor = await trustAnchor(eve);
			await chain.sudo(chain.api.tx.ribp.renewSystem(eve.system, anchor));
			tale.tell(`root of ${chain.name} begins anew with Eve's chain, and forgets what it has refused`);
		}
	}
}

/** Alice buys from Eve, and what she pays is locked until the expiries. */
export async function locked(world, tale) {
	const legs = exchanges(world, 1, world.alpha, world.alice, world.eve);
	await registerAll(legs);
	await tale.lock(legs);
	tale.tell(`Alice buys ${GOODS} EVE for ${PRICE} ALPHA: committed on both chains, and locked`);
	return legs;
}

/** By how many blocks a header must be ahead of what is known to be news. */
export async function stepOf({ api }) {
	return (await api.call.ribpApi.listDigest()).get('step').toNumber();
}

/** Hands alpha a header, as news of what follows the block that it knows at height `known`. */
export function submitNews({ alpha, eve }, past, { header, justification }, known) {
	const extension = past.extension(known, header.number.toNumber());
	const link = { Above: { justification: justification.toHex(), extension } };
	const fields = { header: header.toHex(), link, proof: [] };
	const evidence = alpha.argument('submitEvidence', 'evidence', fields);
	return submitUnsigned({ chain: alpha, peer: eve }, evidence, []);
}

/** Whether a header is the newest that alpha knows of Eve's chain. */
export async function isHead({ alpha, eve }, { header }) {
	const view = (await alpha.api.call.ribpApi.peerView(eve.system)).unwrap();
	return view.recent.at(-1).eq(header.hash);
}

/**
 * Alpha, which hears of Eve's chain from nobody but her, believes one block that no node has made.
 * Returns the forgery, and the height of the last block before it that there is.
 *
 * @param {World} world
 */
async function mislead(world, tale) {
	const { alpha, eve } = world;
	const step = await stepOf(alpha);
	let forgery;
	let last;
	const believed = async () => {
		if (forgery && (await isHead(world, forgery.head))) {
			return true;
		}
		// What was on its way when alpha was cut off may come first.
		const known = await alpha.viewOf(eve);
		if (known !== last) {
			last = known;
			forgery = (await Forgery.of(eve, last)).finalize(last + step, Date.now());
			await submitNews(world, forgery, forgery.head, last).catch(() => (last = undefined));
		}
		return false;
	};
	await tale.wait('alpha believes a block that nobody has made', believed);
	const { number } = forgery.head.header;
	tale.tell(`alpha, cut off, believes a forgery of Eve's: #${number} after #${last}`);
	return { forgery, last };
}

/** Root's verdicts: Eve's chain is the one that her nodes show. Returns the blocks of these. */
export async function choosePublic(world, tale, chains) {
	const { eve } = world;
	const verdicts = new Map();
	for (const chain of chains) {
		const { number } = await chooseBranch(chain, eve);
		verdicts.set(chain, number);
		const words = `${chain.name} #${number}: Eve's public chain is hers from now on, by root's word`;
		tale.check(words, await follows(chain, eve));
	}
	return verdicts;
}

/** Waits until the time is over in which nothing moves after verdicts. */
export async function coolDown(world, tale, verdicts, opened) {
	const exposure = world.alpha.api.consts.ribp.exposure.toNumber();
	for (const [chain, number] of verdicts) {
		const end = number + exposure;
		await tale.wait(`${chain.name} #${end}`, () => chain.history.last.number >= end);
		checkUnmoved(tale, chain, opened.get(chain), end);
	}
}

/** Nothing that waits has moved on a chain from a block on, and before another one. */
export function checkUnmoved(tale, chain, from, to = chain.history.last.number + 1) {
	const words = `nothing that waits for Eve has moved on ${chain.name} since #${from}`;
	tale.check(words, movedBetween(chain, from, to).length === 0);
}

/** The blocks with which chains stopped, by how many there were since the heights `shown`. */
export function stopsOf(chains, shown, blocks) {
	return new Map(chains.map((chain) => [chain, shown.get(chain) + blocks[chain.name]]));
}

/** e) Eve has alpha's view run ahead, so that it forgets where she has left the public branch. */
export async function flush(world, tale) {
	const { alpha, beta, eve, honest } = world;
	const before = await opening(world, tale);
	await forgetRefused(world, tale);
	const legs = await locked(world, tale);
	// Every other head that is marked is forgotten after sixteen more; the first is not to be it.
	const isOdd = async () => {
		const heads = (await knownOf(alpha, eve)).system.get('marks').toNumber();
		return heads > 1 && heads % 2 === 1;
	};
	await tale.wait('a head that will be forgotten', isOdd);
	world.cutOff();
	const { forgery, last } = await mislead(world, tale);
	const step = await stepOf(alpha);
	let at = last + step;
	let headers = 1;
	while (await remembers(alpha, eve, last)) {
		forgery.finalize(at + step, Date.now());
		await submitNews(world, forgery, forgery.head, at);
		await tale.wait(`alpha believes #${at + step}`, () => isHead(world, forgery.head));
		at += step;
		headers++;
	}
	tale.tell(
		`with ${headers} headers Eve leads alpha on to #${at}, while her chain is at #${eve.best}: ` +
			`alpha has forgotten #${last}, where she has left it`,
	);
	for (const [name, number, time] of [
		['ribp.TooFast', at + TOO_MANY, Date.now()],
		['ribp.TimeAhead', at + step, Date.now() + TOO_LATE],
	]) {
		const next = forgery.upTo(at).finalize(number, time);
		const refusal = await refusalOf(submitNews(world, next, next.head, at));
		tale.check(`alpha does not follow her to #${number} at once: ${refusal}`, refusal === name);
	}

	const [shown, told] = [heights(world), marks(world)];
	world.reunite();
	tale.tell('alpha is shown what everybody else sees, and hears of beta again');
	const sinceShown = await exposed(world, tale, shown, honest, 'the public branch');
	const untilAllStopped = Math.max(...Object.values(sinceShown));
	tale.figures.blocks = { sinceShown, untilAllStopped };
	tale.figures.gossip = gossip(told);
	const { common } = alpha.history.newsOf('Forked', eve.system, shown.get(alpha));
	tale.check(
		`the block that alpha remembers below the fork is #${common}`,
		common !== null && common < last,
	);
	await checkNoBusiness(world, tale, 'ribp.SystemForked');
	const verdicts = await choosePublic(world, tale, honest);
	await checkNoBusiness(world, tale, 'ribp.CoolingDown');
	await coolDown(world, tale, verdicts, stopsOf([alpha, beta], shown, sinceShown));
	await tale.settle(legs, 'settled');
	tale.tell('what Alice has traded on the public chain is honoured on both sides');
	await checkAmounts(world, tale, before, DUE);
}

/** Whether a chain remembers the hash of Eve's block at a height. */
async function remembers(chain, eve, height) {
	const view = (await chain.api.call.ribpApi.peerView(eve.system)).unwrap();
	const { marks } = await knownOf(chain, eve);
	const lowest = view.number.toNumber() - view.recent.length + 1;
	return height >= lowest || marks.some(({ number }) => number.toNumber() === height);
}

/** f) Eve reports branches of which nobody has more than one high block, before the public one. */
export async function decoy(world, tale) {
	const { alpha, eve } = world;
	const before = await opening(world, tale);
	world.cutOff();
	const { forgery, last } = await mislead(world, tale);
	const head = forgery.head.header.number.toNumber();
	const from = alpha.best;
	const report = async (fields) => {
		const open = (await openBranches(alpha, eve)).length;
		await reportUnsigned(alpha, eve, fields);
		const isOpen = async () => (await openBranches(alpha, eve)).length > open;
		await tale.wait('alpha takes a decoy for a branch', isOpen);
	};

	const high = forgery.upTo(head - 6).finalize(head + FAR_ABOVE, Date.now());
	await report(await contradiction(await knownOf(alpha, eve), high, high.head));
	tale.tell(`Eve reports a decoy, #${head + FAR_ABOVE}, which leaves that branch at #${head - 5}`);
	const bare = forgery.upTo(head - 5).finalize(head + FAR_ABOVE + 1, Date.now());
	await report(await reportAt(await knownOf(alpha, eve), bare, bare.head, head - 4));
	tale.tell(`and one of which she tells nothing but #${head - 4} and #${head + FAR_ABOVE + 1}`);
	await checkNoBusiness(world, tale, 'ribp.SystemForked', [alpha]);

	const shown = heights(world);
	world.show(eve, [alpha]);
	tale.tell('alpha is shown the public branch: it leaves the forged one before they do');
	let found;
	const isReported = async () => {
		for (const news of alpha.history.allNewsOf('Forked', eve.system, shown.get(alpha))) {
			found = (await isOn(eve, { number: news.number, hash: news.branch })) && news;
			if (found) {
				return true;
			}
		}
		return false;
	};
	await tale.wait('alpha has the public branch reported', isReported);
	tale.figures.blocks = { sinceShown: { alpha: found.block - shown.get(alpha) } };
	const differences = await differencesIn(alpha, found.block);
	tale.check(
		`alpha has reported it by itself, the same up to #${found.common}: ${differences.join(', ')}`,
		found.common === last && differences.slice(1).every((one) => one === 'Lower'),
	);
	const { number } = await chooseBranch(alpha, eve);
	const refused = alpha.history.allNewsOf('BranchRefused', eve.system, number - 1);
	tale.check(
		`alpha #${number}: root has chosen the public chain, and refused the ${refused.length} others`,
		(await follows(alpha, eve)) && refused.length === 3,
	);
	await checkNoBusiness(world, tale, 'ribp.CoolingDown', [alpha]);
	checkUnmoved(tale, alpha, from);
	world.reunite();
	await checkAmounts(world, tale, before, {});
}

/** Why the report in a block says that its header is on none of the known branches. */
async function differencesIn({ api, history }, number) {
	const { hash } = history.blocks.find((block) => block.number === number);
	const { block } = await api.rpc.chain.getBlock(hash);
	const { method } = block.extrinsics.find((one) => api.tx.ribp.reportFork.is(one.method));
	return method.args[1].differences.map(({ type }) => type);
}

/** g) Root pauses in the middle of an open fork. */
export async function pause(world, tale) {
	const { alpha, eve } = world;
	const before = await opening(world, tale);
	const legs = await locked(world, tale);
	world.cutOff();
	await mislead(world, tale);
	const shown = heights(world);
	world.show(eve, [alpha]);
	const sinceShown = await exposed(world, tale, shown, [alpha], 'the public branch');
	tale.figures.blocks = { sinceShown };
	const calls = alpha.api.tx.ribp;
	await alpha.sudo(calls.pause(eve.system));
	const words = 'root pauses the business with Eve, while a fork is open: it stays open';
	tale.check(words, (await statusOf(alpha, eve)) === 'Forked');
	const verdicts = await choosePublic(world, tale, [alpha]);
	const [{ expiry }] = legs;
	await tale.wait("Alice's expiry", () => alpha.history.last.number > expiry);
	await coolDown(world, tale, verdicts, stopsOf([alpha], shown, sinceShown));
	await checkNoBusiness(world, tale, 'ribp.SystemPaused', [alpha]);
	await alpha.sudo(calls.resume(eve.system));
	world.reunite();
	tale.tell('root resumes it');
	await tale.settle(legs, 'settled');
	await checkAmounts(world, tale, before, DUE);
}
