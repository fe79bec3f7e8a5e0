/**
 * Compares what it takes to move an item of each kind, from results of `benchmark pallet` in the file
 * that the command line names: time, storage accesses, and both together as weights count them.
 */
import { readFileSync } from 'node:fs';

/** Nanoseconds that weights count for a storage access besides the time (`ParityDbWeight`). */
const READ_NS = 8_000;
const WRITE_NS = 50_000;
/** The kinds of the dev runtime, in the order of its `BenchmarkHelper`. */
const NAMES = ['token', 'asset', 'nft'];

function median(values) {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}

/** What one benchmark says of each kind. */
function rows({ benchmark, time_results: times, db_results: accesses }) {
	const kindOf = ({ components: [[, kind]] }) => kind;
	return NAMES.map((name, kind) => {
		const own = accesses.filter((result) => kindOf(result) === kind);
		const time = median(times.filter((r) => kindOf(r) === kind).map((r) => r.extrinsic_time));
		const [reads, writes] = ['reads', 'writes'].map((what) => median(own.map((r) => r[what])));
		const weight = time + reads * READ_NS + writes * WRITE_NS;
		return { step: benchmark.replace('kind_', ''), name, time, reads, writes, weight };
	});
}

const cells = (values) => console.log(values.map((value) => String(value).padStart(10)).join(''));

const results = JSON.parse(readFileSync(process.argv[2], 'utf8'));
cells(['step', 'kind', 'µs', 'reads', 'writes', 'time', 'weight']);
for (const benchmark of results) {
	const [token, ...others] = rows(benchmark);
	for (const row of [token, ...others]) {
		const ratios = ['time', 'weight'].map((what) => `x ${(row[what] / token[what]).toFixed(2)}`);
		cells([row.step, row.name, (row.time / 1_000).toFixed(1), row.reads, row.writes, ...ratios]);
	}
}
