/** Runs the fuzzers that scripts/fuzz.sh has built, and sums up. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { optionsOrExit } from './fuzz-options.mjs';
import { CORPUS, fuzz, isStopped, startProgram, stopAll } from './fuzzer.mjs';

/** Most seconds that a target runs before another has its turn. */
const TURN = 60;
/** Seconds within which the planted fault is found: it takes less than one. */
const PLANTED = 30;

const cores = availableParallelism();
const options = optionsOrExit();
if (!process.env.RIBP_FUZZERS) {
	console.error('RIBP_FUZZERS does not say where the fuzzers are. Run scripts/fuzz.sh instead.');
	process.exit(2);
}
const cacheHome = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const kept = join(process.env.RIBP_CACHE ?? join(cacheHome, 'pallet-ribp'), 'fuzz');
const findings = join(kept, 'findings');
const scratch = mkdtempSync(join(tmpdir(), 'ribp-fuzz-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
let interrupted;
for (const [signal, code] of Object.entries(signals)) {
	process.on(signal, () => {
		interrupted ??= code;
		stopAll();
	});
}

const count = (number) => Math.round(number).toLocaleString('en');

const results = new Map(
	options.targets.map((target) => [
		target,
		{ target, executions: 0, seconds: 0, coverage: 0, features: 0, inputs: 0, findings: [] },
	]),
);

/** One turn of a target, added to what it did before. */
async function turn(target, seconds, corpus) {
	const outcome = await fuzz({ target, seconds, corpus: join(corpus, target), findings });
	const result = results.get(target);
	result.executions += outcome.executions;
	result.seconds += outcome.seconds;
	for (const figure of ['coverage', 'features', 'inputs']) {
		result[figure] = Math.max(result[figure], outcome[figure]);
	}
	const pace = outcome.executions / Math.max(outcome.seconds, 0.001);
	console.log(
		[
			target.padEnd(14),
			`${outcome.seconds.toFixed()} s`.padStart(6),
			`${count(outcome.executions)} executions`.padStart(22),
			`${count(pace)}/s`.padStart(10),
			`   coverage ${outcome.coverage}, features ${outcome.features}, seed ${outcome.seed}`,
		].join(''),
	);
	if (outcome.finding) {
		result.findings.push(outcome.finding);
		console.log(describe(outcome.finding));
	}
}

const describe = ({ says, input, base64, replay }) =>
	[
		`  FOUND ${says}`,
		input && `  input:  ${input}`,
		base64 && `  base64: ${base64}`,
		replay && `  replay: ${replay}`,
	]
		.filter(Boolean)
		.join('\n');

/** Runs turns on all cores until there are no more. */
async function onAllCores(next) {
	const work = async () => {
		for (let job = next(); job && !isStopped(); job = next()) {
			await job();
		}
	};
	await Promise.all(Array.from({ length: cores }, work));
}

/** The targets in turn until the time is over; one at which something was found has no more. */
async function forMinutes(minutes) {
	const end = Date.now() + minutes * 60_000;
	const share = (minutes * 60 * cores) / results.size;
	const length = Math.max(1, Math.floor(share / Math.ceil(share / TURN)));
	console.log(`${results.size} target(s), ${cores} core(s), turns of ${length} s`);
	let turns = 0;
	await onAllCores(() => {
		const open = options.targets.filter((target) => results.get(target).findings.length === 0);
		const left = Math.floor((end - Date.now()) / 1_000);
		if (open.length === 0 || left < 1) {
			return undefined;
		}
		const target = open[turns++ % open.length];
		return () => turn(target, Math.min(length, left), join(kept, 'corpus'));
	});
}

async function forBurst(seconds) {
	const jobs = options.targets.map((target) => () => turn(target, Math.ceil(seconds), scratch));
	await onAllCores(() => jobs.shift());
}

/** What must hold of the fuzzers themselves: why not, or nothing. */
const checks = {
	async 'the planted fault is found'() {
		const corpus = join(scratch, 'planted');
		const run = { target: 'planted', seconds: PLANTED, corpus, findings: scratch };
		const { finding } = await fuzz(run);
		return /planted fault/.test(finding?.says) ? undefined : 'it is not: coverage does not work';
	},
	async 'the corpus is what seeds writes'() {
		const folder = join(scratch, 'seeds');
		await startProgram('seeds', ['-runs=0'], undefined, { RIBP_CORPUS: folder });
		const read = (folder) =>
			readdirSync(folder, { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile())
				.map(({ parentPath, name }) => join(parentPath, name))
				.map((file) => [file.slice(folder.length), readFileSync(file, 'hex')].join(' '))
				.sort()
				.join('\n');
		const same = read(folder) === read(CORPUS);
		return same ? undefined : 'it is not: RIBP_CORPUS=tests/fuzz/corpus <fuzzers>/seeds -runs=0';
	},
};

async function check() {
	const outcomes = [];
	for (const [name, attempt] of Object.entries(checks)) {
		const begin = Date.now();
		const error = await attempt();
		outcomes.push({ name, error, seconds: (Date.now() - begin) / 1_000 });
		console.log(`${error ? 'FAILED' : 'ok'}  ${name}${error ? `: ${error}` : ''}`);
	}
	return outcomes;
}

function table(rows) {
	const width = (column) => Math.max(...rows.map((row) => row[column].length));
	return rows
		.map((row) => row.map((cell, i) => (i ? cell.padStart(width(i)) : cell.padEnd(width(i)))))
		.map((row) => row.join('  '))
		.join('\n');
}

function sum(all) {
	const total = (figure) => all.reduce((sum, result) => sum + result[figure], 0);
	const row = ({ target, executions, seconds, coverage, features, inputs, findings }) => [
		target,
		count(executions),
		count(executions / Math.max(seconds, 0.001)),
		count(coverage),
		count(features),
		count(inputs),
		String(findings.length),
	];
	const names = 'target,executions,per second,coverage,features,inputs,findings'.split(',');
	const found = all.flatMap(({ target, findings }) => findings.map((f) => ({ target, ...f })));
	console.log(`\n${table([names, ...all.map(row)])}\n`);
	console.log(
		`${count(total('executions'))} executions in ${count(total('seconds'))} s of computing,`,
		`${found.length} finding(s)`,
	);
	for (const finding of found) {
		console.log(`\n${finding.target}\n${describe(finding)}`);
	}
	return { executions: total('executions'), findings: found.length };
}

/** How many targets and checks are as they should be, and how many are not. */
function tally(all, checked) {
	const failed =
		all.filter(({ findings }) => findings.length > 0).length +
		checked.filter(({ error }) => error).length;
	return { passed: all.length + checked.length - failed, failed };
}

const start = Date.now();
const checked = options.burst && !isStopped() ? await check() : [];
await (options.burst ? forBurst(options.burst) : forMinutes(options.minutes));
const all = [...results.values()];
const totals = { ...sum(all), ...tally(all, checked) };
if (options.json) {
	const seconds = (Date.now() - start) / 1_000;
	writeFileSync(
		options.json,
		`${JSON.stringify({ seconds, ...totals, checks: checked, targets: all }, null, '\t')}\n`,
	);
}
process.exit(totals.failed > 0 ? 1 : (interrupted ?? 0));
