/** The demo as a user runs it, but for the build. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { until } from '../../scripts/js/nodes.mjs';
import { PACE } from './support.mjs';

const DEMO = fileURLToPath(new URL('../../scripts/js/demo.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'demo-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

test('every exchange of the demo ends as promised', async (t) => {
	const file = join(scratch, 'figures.json');
	const args = [DEMO, '--pace', PACE, '--json', file];
	const run = promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
	const { stdout } = await run.catch((error) => {
		throw new Error(`The demo failed (${error.code ?? error.signal}):\n${error.stdout}`);
	});
	assert.match(stdout, /^DvP demo: 9 of 9 exchanges ended as promised$/m);
	assert.doesNotMatch(stdout, /RPC-CORE|API-WS/, 'the noise of polkadot.js');

	const { passed, total, left, exchanges } = JSON.parse(readFileSync(file, 'utf8'));
	assert.deepEqual([passed, total, exchanges.length], [9, 9, 9]);
	const nothing = { open: 0, owed: 0 };
	assert.deepEqual(left, { alpha: nothing, beta: nothing });
	const early = exchanges.find(({ name }) => name === 'settle early');
	assert.deepEqual(early.outcome, { alpha: 'settled', beta: 'settled' });
	assert.equal(early.extrinsics, 2);
	assert.ok(early.blocks > 0 && early.seconds > 0, JSON.stringify(early));
	t.diagnostic(`settled early in ${early.blocks} blocks`);
	for (const { messages, bytes } of Object.values(early.evidence)) {
		assert.ok(messages >= 1 && bytes.every((size) => size > 0), JSON.stringify(early));
	}
});

test('Ctrl-C in the middle leaves neither nodes nor folders', async (t) => {
	const folder = join(scratch, 'interrupted');
	mkdirSync(folder);
	const demo = spawn(process.execPath, [DEMO], { env: { ...process.env, TMPDIR: folder } });
	t.after(() => demo.kill('SIGINT'));
	const exit = once(demo, 'exit');
	let written = '';
	demo.stdout.on('data', (data) => (written += data));
	await until('the first exchange', () => written.includes('expires after'));
	const nodes = await nodesIn(folder);
	assert.equal(nodes.length, 2);

	demo.kill('SIGINT');
	assert.deepEqual(await exit, [130, null]);
	await until('no nodes', async () => (await nodesIn(folder)).length === 0);
	assert.deepEqual(readdirSync(folder), []);
});

/** Processes that live and were started with a path in `folder`. */
async function nodesIn(folder) {
	const living = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
	return living.filter((pid) => {
		const file = `/proc/${pid}/cmdline`;
		try {
			return existsSync(file) && readFileSync(file, 'utf8').includes(`${folder}/`);
		} catch {
			return false;
		}
	});
}
