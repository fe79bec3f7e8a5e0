/**
 * Runs test files of tests/e2e several at a time, those first that take longest: `node --test` begins
 * with the first by name. Writes a line for each test that has ended.
 *
 * Usage: node e2e.mjs [--stage STAGE] RESULTS FILE...
 */
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** Files that run at a time: they wait for their chains most of the time, unless there are too many. */
const AT_A_TIME = 4;
/** Only what never ends takes longer, in milliseconds. */
const TIMEOUT = 3_600_000;
const LONGEST = [
	...['attack', 'networks', 'hostile', 'demo', 'evidence', 'silence', 'sdk', 'sdk-cli'],
	...['operate', 'exchange', 'validators', 'flood', 'endpoints'],
];

const given = process.argv.slice(2);
const stage = given[0] === '--stage' ? given.splice(0, 2)[1] : 'e2e';
const [results, ...files] = given;

const rank = (file) => {
	const index = LONGEST.indexOf(basename(file, '.test.mjs'));
	return index < 0 ? LONGEST.length : index;
};

/** Seconds, outcome, stage and name, with tabs between. */
function keep(outcome, { name, file, details }) {
	// A group of tests counts by its tests.
	if (details.type !== 'suite') {
		const seconds = (details.duration_ms / 1_000).toFixed(3);
		appendFileSync(results, `${[seconds, outcome, stage, `${basename(file)} ${name}`].join('\t')}\n`);
	}
}

run({
	files: files.sort((a, b) => rank(a) - rank(b)),
	concurrency: AT_A_TIME,
	timeout: TIMEOUT,
})
	.on('test:pass', (test) => keep('ok', test))
	.on('test:fail', (test) => {
		process.exitCode = 1;
		keep('failed', test);
	})
	.compose(new spec())
	.pipe(process.stdout);
