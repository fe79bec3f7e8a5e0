/** The attacks as a user runs them, but for the build. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { PACE } from './support.mjs';

const ATTACK = fileURLToPath(new URL('../../scripts/js/attack.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'attack-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

test("every attack of Eve's is repelled", async (t) => {
	const file = join(scratch, 'figures.json');
	const args = [ATTACK, '--pace', PACE, '--json', file];
	const run = promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
	const { stdout } = await run.catch((error) => {
		throw new Error(`The attacks failed (${error.code ?? error.signal}):\n${error.stdout}`);
	});
	assert.match(stdout, /^Attacks: 4 of 4 repelled$/m);
	assert.doesNotMatch(stdout, /BROKEN|RPC-CORE|API-WS/);

	const { passed, total, attacks } = JSON.parse(readFileSync(file, 'utf8'));
	assert.deepEqual([passed, total, attacks.length], [4, 4, 4]);
	assert.ok(attacks.every(({ amounts }) => amounts.length === 9), 'three people on three chains');
	assert.deepEqual(attacks.flatMap(({ problems }) => problems), []);
	const branches = attacks.filter(({ gossip }) => gossip);
	assert.equal(branches.length, 3);
	for (const { name, blocks, gossip } of branches) {
		t.diagnostic(`${name}: ${JSON.stringify({ blocks, gossip })}`);
		assert.ok(gossip.histories > 0, `${name}: no gossip of another history`);
		for (const chain of ['alpha', 'beta']) {
			const [exposed, refused] = [blocks.sinceShown[chain], blocks.untilRefused[chain]];
			assert.ok(exposed > 0, `${name}: ${exposed} blocks on ${chain}`);
			assert.ok(refused > exposed, `${name}: ${refused} on ${chain}`);
		}
	}
});
