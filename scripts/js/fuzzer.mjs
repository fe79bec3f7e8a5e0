/** One run of libFuzzer on one target, and what came of it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const room = fileURLToPath(new URL('../../tests/fuzz', import.meta.url));

/** What the repository holds for all targets, one folder each. */
export const CORPUS = join(room, 'corpus');
const REGRESSIONS = join(room, 'regressions');

/** Most seconds that one input may take, most MiB of the process, most bytes of an input. */
const LIMITS = ['-timeout=20', '-rss_limit_mb=1024', '-max_len=16384'];
/** Most bytes of an input that are printed. */
const MAX_PRINTED = 4_096;
/** Exit codes of a run that found nothing: its time was over, or it was interrupted. */
const CLEAN = [0, 72];

const running = new Set();
let stopped = false;

/** Ends all runs; they still say how far they came. Nothing is started from here on. */
export function stopAll() {
	stopped = true;
	for (const child of running) {
		child.kill('SIGINT');
	}
}

export const isStopped = () => stopped;

process.on('exit', () => {
	for (const child of running) {
		child.kill('SIGKILL');
	}
});

/**
 * Fuzzes a target for some seconds.
 *
 * @param {{target: string, seconds: number, corpus: string, findings: string}} run
 *   `corpus` is the folder that new inputs go to, `findings` that of inputs at which it fails
 * @returns {Promise<{executions: number, seconds: number, coverage: number, features: number,
 *   inputs: number, seed?: number,
 *   finding?: {says: string, input?: string, base64?: string, replay?: string}}>}
 */
export async function fuzz({ target, seconds, corpus, findings }) {
	mkdirSync(corpus, { recursive: true });
	mkdirSync(findings, { recursive: true });
	const given = [CORPUS, REGRESSIONS].map((folder) => join(folder, target)).filter(existsSync);
	const args = [
		...[corpus, ...given],
		...LIMITS,
		`-max_total_time=${seconds}`,
		`-artifact_prefix=${join(findings, `${target}-`)}`,
		'-print_final_stats=1',
	];
	const outcome = { executions: 0, seconds: 0, coverage: 0, features: 0, inputs: 0 };
	const seen = new Seen(outcome);
	const start = Date.now();
	const { code, binary } = await startProgram(target, args, (line) => seen.line(line));
	outcome.seconds = (Date.now() - start) / 1_000;
	if (!CLEAN.includes(code) || seen.input) {
		const { input } = seen;
		const base64 = input && readBase64(input);
		const replay = input && `${binary} ${input}`;
		outcome.finding = { says: seen.words(code), input, base64, replay };
	}
	return outcome;
}

/** A file's bytes, where they are few enough to be printed: the file may be on another machine. */
function readBase64(file) {
	const bytes = readFileSync(file);
	return bytes.length <= MAX_PRINTED ? bytes.toString('base64') : undefined;
}

/** Runs the program `name` of the fuzzers, and hands on what it writes. */
export async function startProgram(name, args, onLine = () => {}, env = {}) {
	const binary = join(process.env.RIBP_FUZZERS, name);
	const stdio = ['ignore', 'ignore', 'pipe'];
	const child = spawn(binary, args, { stdio, env: { ...process.env, ...env } });
	running.add(child);
	const lines = createInterface({ input: child.stderr }).on('line', onLine);
	const read = new Promise((resolve) => lines.once('close', resolve));
	const code = await new Promise((resolve) => {
		child.once('error', (error) => resolve(error.message));
		child.once('exit', (code, signal) => resolve(signal ?? code));
	});
	running.delete(child);
	await read;
	return { code, binary };
}

/** What libFuzzer writes, line by line. */
class Seen {
	/** The file with the input at which the target failed. */
	input;
	#outcome;
	#panic = [];
	#last = '';

	constructor(outcome) {
		this.#outcome = outcome;
	}

	line(line) {
		const progress = /^#(\d+)\s.* cov: (\d+) ft: (\d+) corp: (\d+)/.exec(line);
		if (progress) {
			const [executions, coverage, features, inputs] = progress.slice(1).map(Number);
			Object.assign(this.#outcome, { executions, coverage, features, inputs });
			return;
		}
		const [, seed] = /^INFO: Seed: (\d+)/.exec(line) ?? [];
		if (seed) {
			this.#outcome.seed = Number(seed);
		}
		const [, count] = /^stat::number_of_executed_units:\s*(\d+)/.exec(line) ?? [];
		if (count) {
			this.#outcome.executions = Number(count);
		}
		this.input ??= /Test unit written to (.+)$/.exec(line)?.[1];
		if (this.#panic.length > 0 ? this.#panic.length < 4 : line.includes(' panicked at ')) {
			this.#panic.push(line);
		}
		this.#last = /(?:ERROR|SUMMARY): libFuzzer: (.*)/.exec(line)?.[1] ?? this.#last;
	}

	/** Why the run ended. */
	words(code) {
		const panic = this.#panic.filter((line) => !/^(stack backtrace|note)/.test(line));
		return panic.join('\n') || this.#last || `it ended with ${code}`;
	}
}
