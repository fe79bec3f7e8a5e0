/**
 * Runs Rust's test programs one after the other and keeps what each test took: `cargo test` does not
 * tell. Reads on its input what `cargo test --no-run --message-format=json` says of the programs.
 *
 * Usage: node rust-tests.mjs STAGE RESULTS [FILTER...]
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const [stage, results, ...filters] = process.argv.slice(2);

/** With it, the test programs of the stable compiler take the option that tells the time. */
const env = { ...process.env, RUSTC_BOOTSTRAP: '1' };
const options = ['-Z', 'unstable-options', '--report-time', ...filters];

/** The test programs in the order in which they were built, which is by no means always the same. */
async function programs() {
	const found = [];
	for await (const line of createInterface({ input: process.stdin })) {
		const { reason, executable, profile, manifest_path: manifest, target } = JSON.parse(line);
		if (reason === 'compiler-artifact' && executable && profile.test) {
			const room = dirname(manifest);
			found.push({ executable, room, name: `${target.name} (${target.kind[0]})` });
		}
	}
	return found.sort((a, b) => (a.room + a.name < b.room + b.name ? -1 : 1));
}

/** Runs a program and keeps a line for each of its tests; whether it ended well. */
async function run({ executable, room, name }) {
	console.log(`\n     ${name}`);
	const stdio = ['ignore', 'pipe', 'inherit'];
	const child = spawn(executable, options, { cwd: room, env, stdio });
	const exit = new Promise((resolve) => {
		child.once('error', (error) => resolve(error.message));
		child.once('close', (code, signal) => resolve(signal ?? code));
	});
	for await (const line of createInterface({ input: child.stdout })) {
		console.log(line);
		const [, test, outcome, seconds] =
			/^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED) <([\d.]+)s>$/.exec(line) ?? [];
		if (test) {
			tests += 1;
			keep(seconds, outcome === 'ok' ? 'ok' : 'failed', `${name} ${test}`);
		}
	}
	const status = await exit;
	if (status !== 0) {
		console.log(`${name} ended with ${status}`);
	}
	return status === 0;
}

function keep(seconds, outcome, name) {
	appendFileSync(results, `${[seconds, outcome, stage, name].join('\t')}\n`);
}

let tests = 0;
const ended = [];
for (const program of await programs()) {
	ended.push(await run(program));
}
if (tests === 0) {
	console.log(`There is no test${filters.length > 0 ? ` with ${filters.join(' or ')} in its name` : ''}.`);
}
process.exitCode = tests > 0 && ended.every(Boolean) ? 0 : 1;
