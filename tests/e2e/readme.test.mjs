/**
 * README.md as a reader follows it: what it says in code is run as it stands, or is found in the
 * sources.
 */
import assert from 'node:assert/strict';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { gained, snapshot } from '../../scripts/js/amounts.mjs';
import { cleanUp, nodeBinary, rpc, temporaryFolder, until } from '../../scripts/js/nodes.mjs';
import { claim, freePorts, isFree } from '../../scripts/js/ports.mjs';
import { Chain } from '../../scripts/js/ribp.mjs';
import { codeRows, fencedBlocks, inlineCode } from './markdown.mjs';
import { Command, endCommands } from './shell.mjs';
import { alice, bob } from './support.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const README = read('README.md');

const blocks = fencedBlocks(README);
const [entry, runAlpha, runBeta, operate, manifest, code, kit, program, runProgram, trade] = blocks.map(
	({ text }) => text,
);
/** The file that the program is saved as, by the command that runs it. */
const [, programFile] = /^node (\S+)$/m.exec(runProgram ?? '') ?? [];

/** Who listens on this port has the ports that the README names. */
const CLAIM_OF_PORTS = 9_943;
/** How long a busy machine may take for what happens at once on others. */
const PATIENCE_MS = 900_000;

test('every fenced block is known here, by what is done with it below', () => {
	assert.deepEqual(
		blocks.map(({ heading, language }) => `${heading}: ${language}`),
		[
			'Two commands: sh', // asked for their help: they run all tests, this one too
			'Running two chains by hand: sh', // run
			'Running two chains by hand: sh', // run
			'Run it: sh', // run
			'Adding the pallet to a chain: toml', // found in the sources
			'Adding the pallet to a chain: rust', // found in the sources
			'Adding the pallet to a chain: rust', // found in the sources
			'From polkadot.js: js', // run
			'From polkadot.js: sh', // run
			'Trade: sh', // run
		],
	);
});

test('every command exists, and its help names the flags that the README does', async () => {
	const rows = codeRows(README).filter(({ code }) => /^scripts\/\w/.test(code));
	assert.ok(rows.length > 0);
	const lines = entry.trimEnd().split('\n').map((line) => ({ code: line.split('#')[0], line }));
	for (const { code, line } of [...lines, ...rows]) {
		const help = await new Command(`${code} --help`, { folder: ROOT }).ended;
		assert.equal(help.status, 0, `${help}`);
		for (const [flag] of line.matchAll(/--[a-z-]+/g)) {
			assert.ok(help.stdout.includes(flag), `${flag} is missing in the help of ${code}`);
		}
	}
});

test('every file that the README names exists, but the one that the reader makes', () => {
	const files = inlineCode(README)
		.filter((text) => /^(pallets|runtime|node|scripts|tests)\//.test(text))
		.map((text) => text.split(' ')[0]);
	assert.ok(files.includes(programFile), `${programFile} is named`);
	const missing = files.filter((file) => file !== programFile && !existsSync(join(ROOT, file)));
	assert.deepEqual(missing, []);
});

test('what a manifest needs is what the manifests here have', () => {
	const sources = ['Cargo.toml', 'runtime/Cargo.toml'].map(read).join('\n');
	const lines = manifest.split('\n').filter((line) => line && !line.startsWith('['));
	for (const line of lines) {
		const [, list] = /^std = \[(.*)\]/.exec(line) ?? [];
		for (const item of list?.split(', ') ?? [line.replace('…/', '')]) {
			assert.ok(sources.includes(item), item);
		}
	}
});

describe('the code of a runtime', () => {
	const bare = (text) => text.replace(/\/\/.*$|\s/gm, '');
	const sources = readdirSync(join(ROOT, 'runtime/src'));
	const runtime = bare(sources.map((file) => read(`runtime/src/${file}`)).join('\n'));
	const [config, kinds, index, extensions] = code.split('\n\n').map(bare);
	/** The types of the pallet's configuration, by name. */
	const types = (text) => {
		const [, body] = /implpallet_ribp::ConfigforRuntime{(.*?)}(?!>)/.exec(text);
		return new Map([...body.matchAll(/type(\w+)=(.*?);/g)].map(([, ...pair]) => pair));
	};

	test('configures the pallet as the runtime here does, but for the numbers', () => {
		const [said, done] = [config, runtime].map(types);
		done.delete('BenchmarkHelper');
		assert.deepEqual([...said.keys()], [...done.keys()]);
		for (const [name, type] of said) {
			if (!type.startsWith('ConstU32<')) {
				assert.equal(type, done.get(name), name);
			}
		}
	});

	test('has the kinds, the index and the first extension of the runtime here', () => {
		assert.equal(code.split('\n\n').length, 4);
		const [, first] = /^pubtypeTxExtension=\((.*),\/\*…\*\/\);$/.exec(extensions);
		const beginning = `Extension<T>=(${first.replace('Runtime', 'T')},`;
		for (const fragment of [kinds, index, beginning]) {
			assert.ok(runtime.includes(fragment), fragment);
		}
	});
});

test('a node takes in the service by lines that the node here has, fewer than 20', () => {
	const bare = (text) => text.replace(/\/\/.*$|\s/gm, '');
	const sources = readdirSync(join(ROOT, 'node/src'));
	const node = bare(sources.map((file) => read(`node/src/${file}`)).join('\n'));
	const lines = kit.split('\n').filter((line) => bare(line));
	assert.ok(lines.length > 0 && lines.length < 20, `${lines.length} lines`);
	for (const fragment of kit.split('\n\n').map(bare)) {
		assert.ok(node.includes(fragment), fragment);
	}
});

describe('two chains that are run by hand', () => {
	const folder = temporaryFolder();
	const env = {
		PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
		TMPDIR: join(folder, 'tmp'),
	};
	const parties = [
		{ name: 'alice', pair: alice },
		{ name: 'bob', pair: bob },
	];
	const nodes = [];
	const chains = [];
	/** The text of a block with the ports that are used here. */
	let ported;

	before(async () => {
		ported = await portsToUse();
		layOut(folder);
		const run = (text) => new Command(ported(text), { folder, env });
		nodes.push(run(runAlpha), run(runBeta));
		for (const node of nodes) {
			const { chain, rpcPort } = placeOf(node.text);
			await untilAnswers(node, rpcPort);
			chains.push(await Chain.open({ name: chain, ws: `ws://127.0.0.1:${rpcPort}` }));
		}
	});
	const disconnect = () => Promise.all(chains.map((chain) => chain.disconnect()));
	after(async () => {
		await disconnect();
		await endCommands();
		await cleanUp([]);
	});

	/** Runs the program, changed or not, to its end; fails if a node ends before it. */
	async function runSaved(text) {
		writeFileSync(join(folder, programFile), text);
		const run = new Command(runProgram, { folder, env });
		const early = nodes.map(async ({ ended }) =>
			assert.fail(`a node ended while the program ran: ${await ended}`),
		);
		return Promise.race([run.ended, ...early]);
	}

	test('trade with each other by the program', async () => {
		const look = () => Promise.all(chains.map((chain) => snapshot(chain, parties)));
		const before = await look();
		const run = await runSaved(ported(program));
		assert.equal(run.status, 0, `${run}`);
		assert.equal(run.stdout, 'alpha: Settled, beta: Settled\n');
		assert.ok(inlineCode(README).includes(run.stdout.trim()), 'the README says how it ends');
		assert.equal(run.stderr, '', 'the noise of polkadot.js');

		const settled = ({ history: { blocks } }) =>
			blocks.some(({ events }) => events.some(({ name }) => name === 'Settled'));
		const both = () => chains.every(settled);
		await until('both chains have settled', both, { timeout: PATIENCE_MS });
		const after = await look();
		const gains = chains.map((chain, i) =>
			parties.map((party) => gained(chain, party, before[i], after[i])),
		);
		const [delivery, payment] = [chains[0].tokens(100), chains[1].tokens(40)];
		assert.deepEqual(gains, [[-delivery, delivery], [payment, -payment]]);
	});

	test('trade with each other by the command line', async () => {
		const { status, stdout } = await new Command(ported(trade), { folder, env }).ended;
		assert.equal(status, 0, stdout);
		const last = stdout.trimEnd().split('\n').at(-1);
		assert.ok(inlineCode(README).includes(last), `the README says how it ends: ${last}`);
	});

	for (const [what, from, to, name] of [
		['an extrinsic', '+ 300,', '+ 300_000_000,', 'ExpiryTooFar'],
		['what a sudo calls', 'peer.genesisHash', 'own.genesisHash', 'OwnSystem'],
	]) {
		test(`refuse ${what} in a block, and the program ends with the refusal`, async () => {
			assert.ok(program.includes(from));
			const run = await runSaved(ported(program).replaceAll(from, to));
			assert.equal(run.status, 1, `${run}`);
			assert.match(run.stderr, new RegExp(`^Error: ${name}$`, 'm'));
		});
	}

	test('are checked, and tell how they stand', async () => {
		const { ended } = new Command(`set -e\n${ported(operate)}`, { folder, env });
		const run = await ended;
		assert.equal(run.status, 0, `${run}`);
		assert.match(run.stdout, /good +genesis/);
		assert.match(run.stdout, /^0x[0-9a-f]{300,}$/m);
		assert.match(run.stdout, /role author/);
	});

	test('end with Ctrl-C', async () => {
		await disconnect();
		for (const { stderr } of await Promise.all(nodes.map((node) => node.interrupt()))) {
			assert.doesNotMatch(stderr, /panicked/);
		}
	});
});

/** A folder that looks like the project once the node is built and the packages are installed. */
function layOut(folder) {
	const [node, packages, tmp] = [
		'target/release/ribp-node',
		'scripts/js/node_modules',
		'tmp',
	].map((path) => join(folder, path));
	mkdirSync(dirname(node), { recursive: true });
	symlinkSync(nodeBinary(), node);
	mkdirSync(dirname(packages), { recursive: true });
	const tools = ['package.json', 'package-lock.json', 'node_modules'].map((name) => `js/${name}`);
	for (const name of [...tools, 'sdk', 'ribp.sh', 'setup.sh', 'lib.sh']) {
		symlinkSync(join(ROOT, 'scripts', name), join(folder, 'scripts', name));
	}
	mkdirSync(tmp);
}

/** The chain and the ports of the node that a block starts. */
function placeOf(text) {
	const flags = /--chain (?<chain>\w+) --tmp --port (?<port>\d+) --rpc-port (?<rpcPort>\d+)/;
	return flags.exec(text).groups;
}

/**
 * The ports that the README names, as they stand; others in their place, which is said, while
 * something else on this machine has one of them.
 *
 * @returns {Promise<(text: string) => string>} the text of a block with the ports to use
 */
async function portsToUse() {
	const [first, second] = [runAlpha, runBeta].map(placeOf);
	for (const [text, expected] of [
		[runAlpha, [second.rpcPort]],
		[runBeta, [first.rpcPort]],
		[operate, [second.rpcPort, first.rpcPort, first.rpcPort]],
		[program, [first.rpcPort, second.rpcPort]],
		[trade, [first.rpcPort, second.rpcPort]],
	]) {
		const dialled = [...text.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => port);
		assert.deepEqual(dialled, expected, `nobody listens where this looks:\n${text}`);
	}
	const ports = [first, second].flatMap(({ port, rpcPort }) => [port, rpcPort]);
	assert.equal(new Set(ports).size, ports.length, `each node has ports of its own: ${ports}`);
	const ours = await claim(CLAIM_OF_PORTS);
	if (ours && (await Promise.all(ports.map(isFree))).every(Boolean)) {
		return (text) => text;
	}
	const others = await freePorts(ports.length);
	console.log(`Some of the README's ports ${ports} are taken; the test uses ${others} instead.`);
	return (text) => ports.reduce((changed, port, i) => changed.replaceAll(port, others[i]), text);
}

/** Waits until a node answers calls; fails if it ends instead. */
async function untilAnswers(node, rpcPort) {
	const answer = () => {
		assert.equal(node.status, undefined, `a node ended at once: ${node}`);
		return rpc(`http://127.0.0.1:${rpcPort}`, 'system_chain').catch(() => undefined);
	};
	await until(`an answer of ${node}`, answer, { timeout: PATIENCE_MS });
}
