/** What a chain knows of another one's forks, a fork's report made by hand, and root's verdict. */
import { finalHead } from './finality.mjs';
import { Past } from './past.mjs';

/** Whether there is business with a system: `Active`, `Paused` or `Forked`, by the best block. */
export async function statusOf({ api }, { system }) {
	return (await api.query.ribp.systems(system)).unwrap().get('status').type;
}

/**
 * The branches of a system that a chain has refused for good, the oldest first: of each the highest
 * block that it knew.
 *
 * @returns {Promise<{number: number, hash: string}[]>}
 */
export async function refusedBranches({ api, history }, { system }) {
	const state = await api.at(history.last.hash);
	return tipsOf(await state.query.ribp.refusedBranches(system));
}

/** The branches of a system that are open on a chain, besides the one that it follows. */
export async function openBranches({ api, history }, { system }) {
	const state = await api.at(history.last.hash);
	const open = await state.query.ribp.forks(system);
	return open.isSome ? tipsOf(open.unwrap().branches) : [];
}

/** As JSON, fields have the names of the runtime: a codec's own `hash` is that of its encoding. */
const tipsOf = (branches) => marksOf(branches.map(({ tip }) => tip));

const marksOf = (marks) => marks.map((mark) => mark.toJSON()).map(({ number, hash }) => ({ number, hash }));

/** Whether a block is on the history that `branch` has. */
export async function isOn({ api }, { number, hash }) {
	return (await api.rpc.chain.getBlockHash(number)).toHex() === hash;
}

/** Whether what a chain knows of a system is the history that `branch` has. */
export async function follows(chain, branch) {
	const view = (await chain.api.call.ribpApi.peerView(branch.system)).unwrap();
	return isOn(branch, { number: view.number.toNumber(), hash: view.recent.at(-1).toHex() });
}

/** All that a chain knows of another one's history. */
export async function knownOf(chain, { system }) {
	return (await chain.api.call.ribpApi.known(system)).unwrap();
}

/**
 * Reports to `chain` that a system has one more history, `other`; returns the finalized block. It
 * takes a chain that knows a block which `other` does not have.
 */
export async function reportFork(chain, other, signer) {
	const [past, head] = [await Past.of(other), await finalHead(other)];
	const fields = await contradiction(await knownOf(chain, other), past, head);
	const report = chain.argument('reportFork', 'report', fields);
	return chain.send(chain.api.tx.ribp.reportFork(other.system, report), signer);
}

/**
 * Why a final header is on no branch that is known, with all that its branch tells of its past.
 *
 * @param {import('./past.mjs').Past} past of the branch
 */
export async function contradiction(known, past, head) {
	const { number } = head.header;
	const [common, at] = await parting(blocksOf(known.system, known.marks), number.toNumber(), past);
	const path = () => past.path(common, number.toNumber());
	return {
		...(await reportAt(known, past, head, at)),
		common: common === undefined ? null : { height: common, path: await path() },
		peaks: await past.peaks(number.toNumber()),
	};
}

/** The same, with nothing of the past but one block by which it differs from each branch. */
export async function reportAt({ system, open, refused }, past, { header, justification }, at) {
	const number = header.number.toNumber();
	return {
		header: header.toHex(),
		justification: justification.toHex(),
		signers: { setId: system.get('set').setId, authorities: null },
		ancestors: [],
		common: null,
		differences: [
			await differsAt(past, number, at),
			...(await differencesFrom([...open, ...refused], past, { number, at })),
		],
		peaks: null,
	};
}

/** Why a header, which leaves the followed branch at a height, is on none of these others. */
export function differencesFrom(branches, past, { number, at }) {
	return Promise.all(branches.map((branch) => unlike(branch.toJSON(), past, { number, at })));
}

async function unlike({ tip, parting, common }, past, { number, at }) {
	const isLower =
		common === null ? number < tip.number && (!parting || at < parting.height) : at <= common;
	if (isLower) {
		return 'Lower';
	}
	for (const { height, hash } of [{ height: tip.number, hash: tip.hash }, parting ?? []].flat()) {
		if (height <= number && (await past.hashAt(height)) !== hash) {
			return differsAt(past, number, height);
		}
	}
	// It is on that branch, and will be refused for it.
	return differsAt(past, number, Math.min(tip.number, number));
}

/** By what the history of a header differs at a height. */
async function differsAt(past, number, height) {
	if (height === number) {
		return 'Height';
	}
	const [hash, path] = await Promise.all([past.hashAt(height), past.path(height, number)]);
	return { Below: { height, hash, path } };
}

/** The known blocks of the branch that is followed, the lowest first. */
function blocksOf({ view }, marks) {
	const { first, frontier } = view.get('history');
	const head = first.toNumber() + frontier.get('size_').toNumber();
	const recent = view.recent.map((hash, i) => ({
		number: head - view.recent.length + 1 + i,
		hash: hash.toHex(),
	}));
	const older = marksOf(marks).filter(({ number }) => number < recent[0].number);
	return [...older, ...recent];
}

/**
 * The highest of known blocks that `past` has as well, if it has any, and the lowest that it has not, by
 * height.
 */
async function parting(blocks, end, past) {
	let common;
	for (const { number, hash } of blocks.filter((block) => block.number <= end)) {
		if ((await past.hashAt(number)) !== hash) {
			return [common, number];
		}
		common = number;
	}
	throw new Error(`Up to #${end} the other history has all the blocks that are known`);
}

/**
 * Has root choose what a forked system is on a chain: the history that `branch` has. Returns the
 * finalized block.
 */
export async function chooseBranch(chain, branch) {
	const tips = (await follows(chain, branch)) ? [null] : await tipsOn(chain, branch);
	if (tips.length !== 1) {
		throw new Error(`${tips.length} branches that are open on ${chain.name} are ${branch.name}`);
	}
	return chain.sudo(chain.api.tx.ribp.chooseBranch(branch.system, tips[0]));
}

/** The tips of open branches that are on the history that `branch` has. */
async function tipsOn(chain, branch) {
	const tips = [];
	for (const tip of await openBranches(chain, branch)) {
		if (await isOn(branch, tip)) {
			tips.push(tip.hash);
		}
	}
	return tips;
}
