/** Forged evidence, and a tap that lets it run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';

import { compactToU8a, hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsHex, blake2AsU8a, xxhashAsU8a } from '@polkadot/util-crypto';

import { rpc } from './nodes.mjs';

/** Requests that are on their way at the same time. */
const AT_ONCE = 8;

/** Invalid; refused a moment ago, and not looked at again; being looked at just now. */
const REFUSALS = [1010, 1012, 1013];

export const randomHash = (bytes = 32) => u8aToHex(randomBytes(bytes));

/**
 * Evidence of a block of the leg's peer that does not exist, a window above the known one, so that
 * nothing but the signatures of its votes speaks against it until the known view moves. Returns it
 * with the hex digits of those signatures; none while the known view is shorter than a window.
 */
export async function forgedEvidence({ chain, peer }) {
	const { api } = peer;
	const { storagePrefix, authorities } = await api.call.ribpApi.trustAnchor();
	const known = (await chain.api.call.ribpApi.peerView(peer.system)).unwrap();
	if (known.accumulator.isNone) {
		return undefined;
	}
	const [head, ...older] = [...known.recent].reverse();
	const folded = older.reverse().reduce(
		(sum, hash) => blake2AsU8a(u8aConcat(sum, hash.toU8a()), 256),
		known.accumulator.unwrap().toU8a(),
	);
	// The known head, and blocks above it that nobody has made: the block itself takes one more place.
	const invented = older.map(() => randomHash());
	const number = known.number.toNumber() + known.recent.length;
	const { digest } = await api.rpc.chain.getHeader();
	const parentHash = invented.at(-1);
	const view = chain.api.createType(
		'(H256, u32, Option<H256>, Vec<H256>)',
		[peer.system, number - 1, u8aToHex(folded), [head, ...invented]],
	);
	const key = u8aConcat(storagePrefix.toU8a(), xxhashAsU8a('OwnView', 128));
	const node = leaf(key, view.toU8a());
	const header = api.createType('Header', {
		...{ parentHash, number, stateRoot: blake2AsHex(node, 256) },
		...{ extrinsicsRoot: randomHash(), digest },
	});
	const signature = randomHash(64);
	const target = { targetHash: header.hash, targetNumber: number };
	const votes = [...authorities].map(([voter]) => ({ ...target, signature, voter }));
	const evidence = chain.argument('submitEvidence', 'evidence', {
		header,
		justification: { round: 1, ...target, votes, ancestries: [] },
		proof: [u8aToHex(node)],
		missed: [],
	});
	return { evidence, signature: signature.slice(2) };
}

/** The only node of a trie that has one key, of 32 bytes, and one value. */
function leaf(key, value) {
	// A leaf, 63 nibbles and one more; then the nibbles; then the value behind its length.
	return u8aConcat([0x7f, 0x01], key, compactToU8a(value.length), value);
}

/** Sends extrinsics to a node, evenly, of each kind in turn, until it is stopped. */
export class Flood {
	#stopped = false;
	#over;
	#failure;
	#refused = 0;
	#accepted = 0;

	/** @param {number} everyMs the time from one extrinsic to the next */
	constructor(url, kinds, everyMs) {
		this.#over = this.#run(url, kinds, everyMs).catch((error) => (this.#failure = error));
	}

	/** How many have been answered. */
	get answered() {
		if (this.#failure) {
			throw this.#failure;
		}
		return this.#refused + this.#accepted;
	}

	/** Ends the flood; returns what became of it. */
	async stop() {
		this.#stopped = true;
		await this.#over;
		return { answered: this.answered, refused: this.#refused, accepted: this.#accepted };
	}

	async #run(url, kinds, everyMs) {
		const start = Date.now();
		let sent = 0;
		const tap = async () => {
			while (!this.#stopped) {
				const index = sent++;
				await sleep(Math.max(0, start + index * everyMs - Date.now()));
				await this.#send(url, kinds[index % kinds.length]());
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, tap));
	}

	async #send(url, extrinsic) {
		try {
			await rpc(url, 'author_submitExtrinsic', [extrinsic]);
			this.#accepted += 1;
		} catch (error) {
			if (!REFUSALS.includes(error.code)) {
				throw error;
			}
			this.#refused += 1;
		}
	}
}
