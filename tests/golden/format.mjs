/** What other chains rely on, written from pallets/ribp/WIRE.md alone: nothing of the project is used. */
// By its path: packages are installed for the scripts alone.
import {
	blake2AsU8a,
	xxhashAsU8a,
} from '../../scripts/js/node_modules/@polkadot/util-crypto/index.js';

export const hash = (...parts) => blake2AsU8a(Buffer.concat(parts), 256, null, true);
export const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** Section 1. */
export function integer(value, bytes) {
	const buffer = Buffer.alloc(8);
	buffer.writeBigUInt64LE(BigInt(value));
	return buffer.subarray(0, bytes);
}

export function compact(value) {
	return value < 64 ? integer(value * 4, 1) : integer(value * 4 + 1, 2);
}

export const list = (entries) => Buffer.concat([compact(entries.length), ...entries]);

/** Section 2. */
export function digestItem({ system, prefix, first, completeFrom, time, root }) {
	const statement = Buffer.concat([
		integer(1, 2),
		system,
		prefix,
		integer(first, 4),
		integer(completeFrom, 4),
		integer(time, 8),
		root,
	]);
	return Buffer.concat([integer(4, 1), Buffer.from('ribp'), compact(statement.length), statement]);
}

/** Section 3. */
export const leaf = (block) => hash(Buffer.of(0), block);
export const node = (left, right) => hash(Buffer.of(1), left, right);

/** The greatest power of two that is less than a number. */
export function split(length) {
	let half = 1;
	while (2 * half < length) {
		half *= 2;
	}
	return half;
}

export function rootOf(blocks) {
	switch (blocks.length) {
		case 0:
			return hash(Buffer.of());
		case 1:
			return leaf(blocks[0]);
		default: {
			const half = split(blocks.length);
			return node(rootOf(blocks.slice(0, half)), rootOf(blocks.slice(half)));
		}
	}
}

/** Section 4. */
export function pathOf(index, blocks) {
	if (blocks.length < 2) {
		return [];
	}
	const half = split(blocks.length);
	const [left, right] = [blocks.slice(0, half), blocks.slice(half)];
	return index < half
		? [...pathOf(index, left), rootOf(right)]
		: [...pathOf(index - half, right), rootOf(left)];
}

/** Section 5: where the subtrees lie. */
export function subtrees(start, end) {
	const found = [];
	while (start < end) {
		let size = 1;
		while (start % (2 * size) === 0 && start + 2 * size <= end) {
			size *= 2;
		}
		found.push([start, start + size]);
		start += size;
	}
	return found;
}

export function extension(blocks, known, next) {
	const [from, parent] = [known + 1, next - 1];
	const tail = Math.min(parent, Math.max(from, parent - 16));
	const nodes = subtrees(Math.min(from, tail), tail);
	return {
		nodes: nodes.map(([start, end]) => rootOf(blocks.slice(start, end))),
		tail: blocks.slice(tail, parent),
	};
}

/** Section 6. */
export const epochOf = (height) => Math.floor(height / 32);

const key = (prefix, item, ...keys) => Buffer.concat([prefix, xxhashAsU8a(item, 128), ...keys]);

export const legKey = (prefix, reader, expiry, contract) =>
	key(prefix, 'Legs', reader, integer(epochOf(expiry), 4), contract);
export const corridorKey = (prefix, reader) => key(prefix, 'Corridors', reader);
export const tallyKey = (prefix, forked) => key(prefix, 'Tallies', forked);

const HEIGHTS = { registered: 0, cancelling: 1, committed: 2 };
const OUTCOMES = { settled: 0, reversed: 1, expired: 2, cancelled: 3 };

/** A stage by its name, with its height if it has one. */
export function stage(name, height) {
	if (name in OUTCOMES) {
		return Buffer.of(3, OUTCOMES[name]);
	}
	const rest = height === undefined ? Buffer.of() : integer(height, 4);
	return Buffer.concat([Buffer.of(HEIGHTS[name]), rest]);
}

/** All epochs below a bound but for some. */
export const epochSet = ({ below, gaps }) =>
	Buffer.concat([integer(below, 4), list(gaps.map((gap) => integer(gap, 4)))]);

export const corridor = ({ through, swept }) => Buffer.concat([through, swept].map(epochSet));

/** Section 7. */
export const logHash = (system, action) => hash(Buffer.from('ribp/log'), system, action);
export const reversalHash = (log) => hash(Buffer.from('ribp/reversal'), log);

const SETTLEMENTS = { atExpiry: 0, early: 1 };

export function legBytes({ system, log, expiry, notice, settlement }) {
	const numbers = [integer(expiry, 4), integer(notice, 4), Buffer.of(SETTLEMENTS[settlement])];
	return Buffer.concat([system, log, ...numbers]);
}

/** Two legs in the order of their systems. */
export const inOrder = (legs) => [...legs].sort((a, b) => Buffer.compare(a.system, b.system));

export const contractBytes = (legs, reference) =>
	Buffer.concat([...inOrder(legs).map(legBytes), reference]);

export const contractHash = (legs, reference) =>
	hash(Buffer.from('ribp/contract/2'), contractBytes(legs, reference));

export function contractId(legs, reference) {
	const epochs = inOrder(legs).map(({ expiry }) => integer(epochOf(expiry), 4));
	return Buffer.concat([...epochs, contractHash(legs, reference)]);
}
