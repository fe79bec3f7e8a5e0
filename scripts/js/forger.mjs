/** What Eve's keys sign and no node has made: headers at any height, on top of any past. */
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { cryptoWaitReady, randomAsU8a, xxhashAsU8a } from '@polkadot/util-crypto';

import {
	digestItem,
	extension,
	integer,
	pathOf,
	rootOf,
	subtrees,
} from '../../tests/golden/format.mjs';
import { rpc } from './nodes.mjs';

/** The secrets of those who have ever validated Eve's chain. */
const VALIDATORS = ['EveValidator', 'Charlie'];
/** Hashes of blocks that are asked for at once. */
const AT_ONCE = 1_000;
/** What a vote is called in what voters sign. */
const PRECOMMIT = Uint8Array.of(1);
/** Signatures cover the round, and nobody who reads them knows which rounds there were. */
const ROUND = 1;

const hexOf = (hashes) => hashes.map((hash) => u8aToHex(hash));

/**
 * Who signs: the authority set's id, and its only voter's key.
 *
 * @typedef {{setId: number, voter: import('@polkadot/keyring/types').KeyringPair}} Signer
 */

/** Who finalizes Eve's chain, by its last final block. @returns {Promise<Signer>} */
export async function signerOf({ api, history }) {
	await cryptoWaitReady();
	const state = await api.at(history.last.hash);
	const [id, [[authority]]] = await Promise.all([
		state.query.grandpa.currentSetId(),
		state.query.grandpa.authorities(),
	]);
	const keyring = new Keyring({ type: 'ed25519' });
	const voters = VALIDATORS.map((name) => keyring.addFromUri(`//${name}`));
	const voter = voters.find(({ publicKey }) => u8aToHex(publicKey) === authority.toHex());
	return { setId: id.toNumber(), voter };
}

/** A history of Eve's chain, as `Past` tells that of a node, with blocks that nobody has made. */
export class Forgery {
	/** Its newest header, and the votes for it. */
	head;
	#chain;
	#signer;
	#statement;
	/** Hashes of all blocks from the first on. */
	#blocks;

	/**
	 * One that has the blocks of Eve's chain up to a height and goes on from there.
	 *
	 * @param {import('./ribp.mjs').Chain} chain
	 * @param {Signer} [signer] who is in charge, unless another is named
	 */
	static async of(chain, height, signer) {
		const forgery = new Forgery();
		const history = (await chain.api.call.ribpApi.ownHistory()).unwrap();
		const first = history.get('first').toNumber();
		const completeFrom = (await chain.api.query.ribp.completeFrom()).toNumber();
		const prefix = xxhashAsU8a('Ribp', 128);
		forgery.#chain = chain;
		forgery.#signer = signer ?? (await signerOf(chain));
		forgery.#statement = { system: hexToU8a(chain.system), prefix, first, completeFrom };
		forgery.#blocks = await blocksOf(chain, first, height);
		return forgery;
	}

	/** One that has the same blocks up to a height. */
	upTo(height) {
		const forgery = new Forgery();
		forgery.#chain = this.#chain;
		forgery.#signer = this.#signer;
		forgery.#statement = this.#statement;
		forgery.#blocks = this.#blocks.slice(0, this.#index(height) + 1);
		return forgery;
	}

	/** Has another block at a height than before; returns this. */
	replace(height, hash) {
		this.#blocks[this.#index(height)] = hexToU8a(hash);
		return this;
	}

	/** Goes on with the blocks of Eve's chain, up to a height. */
	async extend(height) {
		const next = this.#statement.first + this.#blocks.length;
		this.#blocks.push(...(await blocksOf(this.#chain, next, height)));
	}

	/** What the chain's state has of the blocks before a height, in hexadecimal. */
	history(number) {
		const { first } = this.#statement;
		const fields = [first, number - first, this.peaks(number)];
		return this.#chain.api.createType('(u32, u32, Vec<H256>)', fields).toHex();
	}

	/** Finalizes a block at a height, which says that its parent is of that time; returns this. */
	finalize(number, time) {
		while (this.#blocks.length < this.#index(number)) {
			this.#blocks.push(randomAsU8a(32));
		}
		const root = rootOf(this.#blocks);
		const header = this.#chain.api.createType('Header', {
			parentHash: this.#blocks.at(-1),
			number,
			stateRoot: randomAsU8a(32),
			extrinsicsRoot: randomAsU8a(32),
			digest: { logs: [u8aToHex(digestItem({ ...this.#statement, time, root }))] },
		});
		this.head = { header, justification: this.#votesFor(header) };
		this.#blocks.push(header.hash.toU8a());
		return this;
	}

	hashAt(height) {
		return u8aToHex(this.#blocks[this.#index(height)]);
	}

	extension(known, number) {
		const { nodes, tail } = extension(this.#blocks, this.#index(known), this.#index(number));
		return { nodes: hexOf(nodes), tail: hexOf(tail) };
	}

	path(height, number) {
		return hexOf(pathOf(this.#index(height), this.#blocks.slice(0, this.#index(number))));
	}

	peaks(number) {
		const all = subtrees(0, this.#index(number));
		return hexOf(all.map(([start, end]) => rootOf(this.#blocks.slice(start, end))));
	}

	#index(height) {
		return height - this.#statement.first;
	}

	/** The justification of a header. */
	#votesFor({ hash, number }) {
		const { setId, voter } = this.#signer;
		const block = u8aConcat(hash.toU8a(), integer(number.toNumber(), 4));
		const signed = u8aConcat(PRECOMMIT, block, integer(ROUND, 8), integer(setId, 8));
		const target = { targetHash: hash, targetNumber: number.toNumber() };
		const signature = u8aToHex(voter.sign(signed));
		return this.#chain.api.createType('RibpLightClientJustification', {
			...{ round: ROUND, ...target, ancestries: [] },
			votes: [{ ...target, signature, voter: u8aToHex(voter.publicKey) }],
		});
	}
}

/** The hashes of a chain's blocks between two heights, these included. */
async function blocksOf({ node }, from, to) {
	const hashes = [];
	for (let at = from; at <= to; at += AT_ONCE) {
		const length = Math.min(AT_ONCE, to - at + 1);
		const heights = Array.from({ length }, (_, i) => at + i);
		hashes.push(...(await rpc(node.http, 'chain_getBlockHash', [heights])));
	}
	return hashes.map((hash) => hexToU8a(hash));
}
