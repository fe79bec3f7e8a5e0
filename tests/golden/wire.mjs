/**
 * Values that follow from pallets/ribp/WIRE.md.
 *
 * Prints those with which the Rust tests compare; `--check` compares them with wire.json instead.
 */
import { readFileSync } from 'node:fs';

import {
	contractBytes,
	contractId,
	corridor,
	corridorKey,
	digestItem,
	extension,
	hash,
	hex,
	legKey,
	list,
	logHash,
	pathOf,
	reversalHash,
	rootOf,
	stage,
	tallyKey,
} from './format.mjs';

const BLOCKS = Array.from({ length: 300 }, (_, index) => hash(Buffer.from(`block ${index}`)));
const SIZES = [...Array(18).keys(), 63, 64, 65, 127, 128, 129, 300];
/** Indices of the known head and of the newer header. */
const GAPS = [
	...[[0, 1], [0, 2], [0, 3], [5, 6], [5, 7], [5, 22], [5, 23], [5, 24], [5, 40], [0, 300]],
	...[[7, 64], [8, 64], [63, 64], [63, 65], [63, 81], [63, 82], [64, 257], [99, 256], [100, 299]],
];

const roots = SIZES.map((size) => ({ size, root: hex(rootOf(BLOCKS.slice(0, size))) }));

const paths = SIZES.filter((size) => size > 0).flatMap((size) =>
	[0, 1, Math.floor(size / 2), size - 2, size - 1]
		.filter((index, place, all) => index >= 0 && index < size && all.indexOf(index) === place)
		.map((index) => ({ index, size, path: pathOf(index, BLOCKS.slice(0, size)).map(hex) })),
);

const extensions = GAPS.map(([known, next]) => {
	const { nodes, tail } = extension(BLOCKS, known, next);
	return { known, next, bytes: hex(Buffer.concat([list(nodes), list(tail)])) };
});

const items = [
	{ first: 0, completeFrom: 1, time: 0, size: 1 },
	{ first: 7, completeFrom: 500, time: 1_764_460_800_123, size: 300 },
	{ first: 0xfffffffe, completeFrom: 0xffffffff, time: 2 ** 53 - 1, size: 0 },
].map(({ size, ...said }) => {
	const [system, prefix] = [Buffer.alloc(32, 0xb2), Buffer.alloc(16, 0x5a)];
	const root = Buffer.from(rootOf(BLOCKS.slice(0, size)));
	return { ...said, size, bytes: hex(digestItem({ system, prefix, root, ...said })) };
});

const STAGES = [
	...[['registered'], ['cancelling', 7], ['committed', 0x01020304], ['committed', 0xffffffff]],
	...[['settled'], ['reversed'], ['expired'], ['cancelled']],
];
const stages = STAGES.map(([name, height]) => ({ name, height, bytes: hex(stage(name, height)) }));

const NOTHING = { below: 0, gaps: [] };
const EVERY_OTHER = Array.from({ length: 33 }, (_, index) => 2 * index);
const corridors = [
	{ through: NOTHING, swept: NOTHING },
	{ through: { below: 0x0102, gaps: [] }, swept: { below: 3, gaps: [1] } },
	{ through: { below: 70, gaps: EVERY_OTHER.slice(1) }, swept: { below: 64, gaps: [0, 62] } },
	{ through: { below: 0xffffffff, gaps: [7, 0xfffffffd] }, swept: { below: 1, gaps: [] } },
].map((said) => ({ ...said, bytes: hex(corridor(said)) }));

/** Gaps that are too many, out of order, twice, not below the bound, or just below it. */
const malformedCorridors = [
	{ below: 70, gaps: EVERY_OTHER },
	{ below: 9, gaps: [5, 3] },
	{ below: 9, gaps: [3, 3] },
	{ below: 9, gaps: [3, 9] },
	{ below: 9, gaps: [0xffffffff] },
	{ below: 9, gaps: [3, 8] },
	{ below: 0, gaps: [0] },
].flatMap((set) => [
	{ through: set, swept: NOTHING },
	{ through: NOTHING, swept: set },
]).map((said) => ({ ...said, bytes: hex(corridor(said)) }));

const fill = (byte) => Buffer.alloc(32, byte);

/** An action of 32 bytes on each of two chains. */
const logs = [[0xa1, 0x11], [0xb2, 0x22]].map(([system, action]) => {
	const log = logHash(fill(system), fill(action));
	return { system, action, hash: hex(log), reversal: hex(reversalHash(log)) };
});

/** The legs in the order in which their parties name them: systems and logs are one byte, 32 times. */
const contracts = [
	[
		{ system: 0xa1, log: 1, expiry: 31, notice: 0, settlement: 'early' },
		{ system: 0xb2, log: 2, expiry: 32, notice: 24, settlement: 'atExpiry' },
	],
	[
		{ system: 0xb2, log: 1, expiry: 0x01020304, notice: 5, settlement: 'early' },
		{ system: 0xa1, log: 1, expiry: 0, notice: 0x0102, settlement: 'early' },
	],
	[
		{ system: 0x7f, log: 3, expiry: 0xffffffff, notice: 0xffffffff, settlement: 'atExpiry' },
		{ system: 0x80, log: 4, expiry: 95, notice: 24, settlement: 'atExpiry' },
	],
].map((legs, index) => {
	const named = legs.map((leg) => ({ ...leg, system: fill(leg.system), log: fill(leg.log) }));
	const reference = fill(index);
	const [bytes, id] = [contractBytes, contractId].map((of) => hex(of(named, reference)));
	return { legs, reference: index, bytes, id };
});

/** For a reader, a leg's expiry and a contract's hash, or a forked system. */
const keys = [
	{ item: 'Legs', system: 0xa1, expiry: 31, contract: 9 },
	{ item: 'Legs', system: 0xb2, expiry: 0x01020304, contract: 8 },
	{ item: 'Corridors', system: 0xa1 },
	{ item: 'Tallies', system: 0xb2 },
].map(({ item, system, ...rest }) => {
	const prefix = Buffer.alloc(16, 0x5a);
	const of = {
		Legs: () => legKey(prefix, fill(system), rest.expiry, fill(rest.contract)),
		Corridors: () => corridorKey(prefix, fill(system)),
		Tallies: () => tallyKey(prefix, fill(system)),
	};
	return { item, system, ...rest, bytes: hex(of[item]()) };
});

const all = {
	...{ items, roots, paths, extensions, stages, corridors, malformedCorridors },
	...{ logs, contracts, keys },
};
const text = `${JSON.stringify(all, null, '\t')}\n`;
if (process.argv[2] === '--check') {
	const known = readFileSync(new URL('wire.json', import.meta.url), 'utf8');
	if (known !== text) {
		console.error('tests/golden/wire.json is not what tests/golden/wire.mjs prints');
		process.exit(1);
	}
} else {
	process.stdout.write(text);
}
