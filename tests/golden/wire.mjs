/**
 * Values that follow from pallets/ribp/WIRE.md.
 *
 * Prints those with which the Rust tests compare; `--check` compares them with wire.json instead.
 */
import { readFileSync } from 'node:fs';

import { digestItem, extension, hash, hex, list, pathOf, rootOf } from './format.mjs';

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

const text = `${JSON.stringify({ items, roots, paths, extensions }, null, '\t')}\n`;
if (process.argv[2] === '--check') {
	const known = readFileSync(new URL('wire.json', import.meta.url), 'utf8');
	if (known !== text) {
		console.error('tests/golden/wire.json is not what tests/golden/wire.mjs prints');
		process.exit(1);
	}
} else {
	process.stdout.write(text);
}
