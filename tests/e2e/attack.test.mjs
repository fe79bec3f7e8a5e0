/** The attacks as a user runs them, but for the build. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { PACE } from './support.mjs';

const ATTACK = fileURLToPath(new URL('../../scripts/js/attack.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'attack-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs some attacks, which must all be repelled, and returns what they have come to. */
async function attacks(names) {
	const file = join(scratch, `${names.join('-')}.json`);
	const only = names.flatMap((name) => ['--only', name]);
	const args = [ATTACK, ...only, '--pace', PACE, '--json', file];
	const run = promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
	const { stdout } = await run.catch((error) => {
		throw new Error(`The attacks failed (${error.code ?? error.signal}):\n${error.stdout}`);
	});
	const count = names.length;
	assert.match(stdout, new RegExp(`^Attacks: ${count} of ${count} repelled$`, 'm'));
	assert.doesNotMatch(stdout, /BROKEN|RPC-CORE|API-WS/);
	const figures = JSON.parse(readFileSync(file, 'utf8'));
	assert.deepEqual([figures.passed, figures.total, figures.attacks.length], [count, count, count]);
	assert.deepEqual(figures.attacks.map(({ attack }) => attack), names);
	for (const { amounts, problems } of figures.attacks) {
		assert.equal(amounts.length, 9, 'three people on three chains');
		assert.deepEqual(problems, []);
	}
	return figures.attacks;
}

/** Another of Eve's histories was told of; both chains have stopped for it, and root has refused it. */
function checkExposed(t, { name, blocks, gossip }) {
	t.diagnostic(`${name}: ${JSON.stringify({ blocks, gossip })}`);
	assert.ok(gossip.histories > 0, `${name}: no gossip of another history`);
	for (const chain of ['alpha', 'beta']) {
		const [exposed, refused] = [blocks.sinceShown[chain], blocks.untilRefused[chain]];
		assert.ok(exposed > 0, `${name}: ${exposed} blocks on ${chain}`);
		assert.ok(refused > exposed, `${name}: ${refused} on ${chain}`);
		assert.ok(exposed <= blocks.untilAllStopped, `${name}: ${chain} is the later one`);
	}
}

/** Alpha was shown what Eve has signed. */
function checkShown(t, { name, blocks }) {
	assert.ok(blocks.sinceShown.alpha > 0, name);
	t.diagnostic(`${name}: ${JSON.stringify(blocks)}`);
}

/** The attacks that take longest to wait for, flush, pause and expired, are scripts/attack.sh's alone. */
describe("every attack of Eve's is repelled", { concurrency: 2 }, () => {
	test('her chain dies; she finalizes two branches', async (t) => {
		const [stop, branches] = await attacks(['stop', 'branches']);
		assert.equal(stop.gossip, undefined);
		checkExposed(t, branches);
	});

	test('she reveals a branch after an early settlement; she hides one from alpha', async (t) => {
		const [early, partition] = await attacks(['early', 'partition']);
		checkExposed(t, early);
		checkExposed(t, partition);
	});

	test('she reports decoys, and signs with old keys', async (t) => {
		const [decoy, retired] = await attacks(['decoy', 'retired']);
		checkShown(t, decoy);
		checkShown(t, retired);
		const { sinceShown, untilAllStopped } = retired.blocks;
		assert.equal(untilAllStopped, Math.max(sinceShown.alpha, sinceShown.beta));
	});

	test('she shows less than there is; she lies about her history', async (t) => {
		const [proofs, lie] = await attacks(['proofs', 'false-root']);
		assert.equal(proofs.gossip, undefined);
		checkShown(t, lie);
	});
});
