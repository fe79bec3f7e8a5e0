/** What a chain knows of another one's forks, and a fork's proof made by hand. */
import { u8aConcat } from '@polkadot/util';

import { finalHead, storageKeys } from './evidence.mjs';
import { rpc } from './nodes.mjs';

/** Whether there is business with a system: `Active`, `Paused` or `Forked`, by the best block. */
export async function statusOf({ api }, { system }) {
	return (await api.query.ribp.systems(system)).unwrap().get('status').type;
}

/** The branches of a system that a chain has refused for good, as `{at, branch}`, oldest first. */
export async function refusedBranches({ api, history }, { system }) {
	const state = await api.at(history.last.hash);
	const refused = await state.query.ribp.refusedBranches(system);
	// A codec's own `hash` is that of its encoding; as JSON, fields have the names of the runtime.
	return refused.toJSON().map(({ at, branch }) => ({ at, branch: branch.hash }));
}

/** Whether what a chain knows of a system is the history that `branch` has. */
export async function follows(chain, branch) {
	const view = (await chain.api.call.ribpApi.peerView(branch.system)).unwrap();
	const hash = await branch.api.rpc.chain.getBlockHash(view.number.toNumber());
	return view.recent.at(-1).toHex() === hash.toHex();
}

/**
 * Reports to `chain` that a system has two histories: `followed`, which the chain knows, and
 * `other`. They must have the block before `at` in common. Returns the finalized block.
 */
export async function reportFork(chain, followed, other, at, signer) {
	const view = (await chain.api.call.ribpApi.peerView(followed.system)).unwrap();
	const window = other.api.consts.ribp.window.toNumber();
	const { header, justification } = await finalHead(other);
	const keys = await storageKeys(other, [['OwnView']]);
	const { proof } = await rpc(other.node.http, 'state_getReadProof', [keys, header.hash.toHex()]);
	const number = header.number.toNumber();
	const bytes = u8aConcat(
		header.toU8a(),
		justification,
		// By the view in its state.
		[1],
		other.api.createType('Vec<Bytes>', proof).toU8a(),
		await olderHashes(other, at - 1, number - window),
	);
	const known = await olderHashes(
		followed,
		at - 1,
		view.number.toNumber() - view.recent.length,
	);
	const call = chain.api.tx.ribp.reportFork(
		followed.system,
		chain.argument('reportFork', 'proof', bytes),
		chain.argument('reportFork', 'known', known),
	);
	return chain.send(call, signer);
}

/** The hashes of a chain from block `first` to `last`, behind what all older ones fold to; encoded. */
async function olderHashes({ api }, first, last) {
	const window = api.consts.ribp.window.toNumber();
	// The view in the state of this block has `first` as the oldest hash of its window.
	const state = await api.at(await api.rpc.chain.getBlockHash(first + window));
	const { accumulator } = (await state.call.ribpApi.ownView()).unwrap();
	const hashes = [];
	for (let number = first; number <= last; number++) {
		hashes.push(await api.rpc.chain.getBlockHash(number));
	}
	return u8aConcat(accumulator.toU8a(), api.createType('Vec<H256>', hashes).toU8a());
}
