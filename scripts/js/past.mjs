/** A chain's past as one of its nodes tells it: what extensions and paths are made of (WIRE.md). */
import { hexToU8a, u8aToHex } from '@polkadot/util';

import { node as joined, rootOf, split, subtrees } from '../../tests/golden/format.mjs';
import { rpc } from './nodes.mjs';

/** Subtrees of so many leaves stay in the state; smaller ones are made of block hashes. */
const STORED_LEAVES = 2 ** 10;
/** Hashes of the newest blocks that an extension brings one by one. */
const MAX_TAIL = 16;

/** The blocks before others on one history of a chain. */
export class Past {
	#chain;
	#first;

	/** @param {import('./ribp.mjs').Chain} chain through a node that is on this history */
	static async of(chain) {
		const past = new Past();
		past.#chain = chain;
		const history = (await chain.api.call.ribpApi.ownHistory()).unwrap();
		past.#first = history.get('first').toNumber();
		return past;
	}

	/** The hash of a block, in hexadecimal. */
	async hashAt(height) {
		return (await this.#chain.api.rpc.chain.getBlockHash(height)).toHex();
	}

	/** What leads from the known head at height `known` to the header `number`. */
	async extension(known, number) {
		const [from, parent] = [known + 1, number - 1].map((height) => height - this.#first);
		const tail = Math.min(parent, Math.max(from, parent - MAX_TAIL));
		const nodes = subtrees(Math.min(from, tail), tail).map((range) => this.#root(range));
		const hashes = await this.#hashes([tail, parent]);
		return { nodes: (await Promise.all(nodes)).map((hash) => u8aToHex(hash)), tail: hashes.map((hash) => u8aToHex(hash)) };
	}

	/** The path to the block at `height` under the root that the header `number` states. */
	async path(height, number) {
		const index = height - this.#first;
		let [start, end] = [0, number - this.#first];
		const siblings = [];
		while (end - start > 1) {
			const middle = start + split(end - start);
			if (index < middle) {
				siblings.unshift([middle, end]);
				end = middle;
			} else {
				siblings.unshift([start, middle]);
				start = middle;
			}
		}
		const roots = await Promise.all(siblings.map((range) => this.#root(range)));
		return roots.map((hash) => u8aToHex(hash));
	}

	/** The subtrees that the history before the header `number` consists of. */
	async peaks(number) {
		const all = subtrees(0, number - this.#first).map((range) => this.#root(range));
		return (await Promise.all(all)).map((hash) => u8aToHex(hash));
	}

	/** The root over the blocks with the indices `start..end`, which are those of a node of the tree. */
	async #root([start, end]) {
		const peaks = await Promise.all(subtrees(start, end).map((range) => this.#subtree(range)));
		return peaks.reduceRight((right, left) => joined(left, right));
	}

	async #subtree([start, end]) {
		const leaves = end - start;
		if (leaves < STORED_LEAVES) {
			return rootOf(await this.#hashes([start, end]));
		}
		const wanted = [{ level: Math.log2(leaves), index: start / leaves }];
		const [root] = await this.#chain.api.call.ribpApi.historyNodes(wanted);
		return root.unwrap().toU8a();
	}

	/** The hashes of blocks by their indices, fewer than a node answers at once. */
	async #hashes([start, end]) {
		if (start === end) {
			return [];
		}
		const heights = Array.from({ length: end - start }, (_, i) => this.#first + start + i);
		const hashes = await rpc(this.#chain.node.http, 'chain_getBlockHash', [heights]);
		return hashes.map((hash) => hexToU8a(hash));
	}
}
