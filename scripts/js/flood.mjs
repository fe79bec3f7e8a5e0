/** Forged evidence, and a tap that lets it run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';

import { u8aToHex } from '@polkadot/util';

import { digestItem, leaf, node } from '../../tests/golden/format.mjs';
import { trustAnchor } from './finality.mjs';
import { rpc } from './nodes.mjs';

/** Requests that are on their way at the same time. */
const AT_ONCE = 8;

/** Invalid; refused a moment ago, and not looked at again; being looked at just now. */
const REFUSALS = [1010, 1012, 1013];

/** The hashes that an extension over so many blocks and two more brings, and nothing else. */
const TAIL = 16;

export const randomHash = (bytes = 32) => u8aToHex(randomBytes(bytes));

/**
 * Makes evidence of blocks of a leg's peer that do not exist, far enough above the known head to be
 * a step, so that nothing but the signatures of its votes speaks against it until that head moves.
 *
 * @param {import('./ribp.mjs').Leg} leg
 */
export async function forger({ chain, peer }) {
	const { authorities } = await trustAnchor(peer);
	return async () => {
		const { system } = (await chain.api.call.ribpApi.known(peer.system)).unwrap();
		const { header, tail } = forgedHeader(peer, system);
		const signature = randomHash(64);
		const target = { targetHash: header.hash.toHex(), targetNumber: header.number.toNumber() };
		const votes = authorities.map(([voter]) => ({ ...target, signature, voter }));
		const evidence = chain.argument('submitEvidence', 'evidence', {
			header: header.toHex(),
			link: {
				Above: {
					justification: { round: 1, ...target, votes, ancestries: [] },
					extension: { nodes: [], tail: tail.map((hash) => u8aToHex(hash)) },
				},
			},
			proof: [],
		});
		// Each vote has the same.
		return { evidence, signature: signature.slice(2) };
	};
}

/** A header above the known head, and the invented blocks between the two but for its parent. */
function forgedHeader({ api }, record) {
	const { view, storagePrefix, completeFrom } = record;
	const { first, frontier } = view.get('history');
	const tail = Array.from({ length: TAIL }, () => randomBytes(32));
	const parent = randomBytes(32);
	const blocks = [view.recent.at(-1).toU8a(), ...tail, parent];
	const known = {
		size: frontier.get('size_').toNumber(),
		peaks: frontier.peaks.map((peak) => peak.toU8a()),
	};
	const { size, peaks } = blocks.reduce(grown, known);
	const item = digestItem({
		...{ system: api.genesisHash.toU8a(), prefix: storagePrefix.toU8a() },
		...{ first: first.toNumber(), completeFrom: completeFrom.toNumber() },
		time: Date.now(),
		root: peaks.reduceRight((right, left) => node(left, right)),
	});
	const header = api.createType('Header', {
		...{ parentHash: parent, number: first.toNumber() + size },
		...{ stateRoot: randomHash(), extrinsicsRoot: randomHash() },
		digest: { logs: [u8aToHex(item)] },
	});
	return { header, tail };
}

/** A tree, as far as it takes to add leaves, with one more block. */
function grown({ size, peaks }, block) {
	const others = [...peaks];
	let root = leaf(block);
	for (let left = size; left % 2 === 1; left = (left - 1) / 2) {
		root = node(others.pop(), root);
	}
	return { size: size + 1, peaks: [...others, root] };
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
