/** What the package promises of itself. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { isSecret } from '../dist/cli/keys.js';
import { parseDuration, REMEDIES, showDuration } from '../dist/index.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const MNEMONIC = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk';
const COMMANDS = ['systems', 'propose', 'show', 'accept', 'watch', 'list', 'cancel', 'claim', 'reject'];

const ribp = (...args) => spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], {
	encoding: 'utf8',
	env: { ...process.env, RIBP_NODES: '' },
});

test('the library needs nothing of Node, so that browsers can load it', () => {
	const files = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.js'));
	assert.ok(files.length > 10);
	for (const file of files) {
		const text = read(`dist/${file}`);
		assert.doesNotMatch(text, /from 'node:|\bprocess\.|\bBuffer\b|require\(/, file);
		for (const [, imported] of text.matchAll(/from '([^.'][^']*)'/g)) {
			const { peerDependencies } = JSON.parse(read('package.json'));
			const [scope, name] = imported.split('/');
			assert.ok(Object.hasOwn(peerDependencies, `${scope}/${name}`), `${file}: ${imported}`);
		}
	}
});

test('each refusal of the library says what to do', () => {
	const sources = ['', 'cli/'].flatMap((folder) =>
		readdirSync(join(ROOT, 'src', folder), { withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map(({ name }) => read(`src/${folder}${name}`)),
	);
	const names = sources.join('\n').matchAll(/refuse\(\s*'(\w+)'/g);
	const withRemedy = ['SecretInArguments'];
	const missing = [...names]
		.map(([, name]) => name)
		.filter((name) => !REMEDIES[`sdk.${name}`] && !withRemedy.includes(name));
	assert.deepEqual(missing, []);
});

test('there is help for all, and for each command', () => {
	for (const command of COMMANDS) {
		assert.match(ribp('--help').stdout, new RegExp(`^  ${command} `, 'm'));
		const { status, stdout } = ribp(command, '--help');
		assert.equal(status, 0);
		assert.match(stdout, new RegExp(`^Usage: ribp ${command}`));
	}
});

test('secrets among the arguments are refused, and not repeated', () => {
	for (const secret of ['//Alice', `--seed=${MNEMONIC}`, MNEMONIC, '--key-file=//Bob', '--password=x']) {
		const { status, stderr, stdout } = ribp('list', secret);
		assert.equal(status, 1, secret);
		assert.match(stderr, /sdk\.SecretInArguments/);
		assert.ok(!`${stderr}${stdout}`.includes('bottom drive') && !stderr.includes('//'), stderr);
	}
});

test('a refusal does not pass on what a terminal would obey', () => {
	const folder = mkdtempSync(join(tmpdir(), 'ribp-'));
	try {
		const file = join(folder, 'offer.json');
		writeFileSync(file, JSON.stringify({ '\u001b[2J\u009bm': 1 }));
		const { status, stderr } = ribp('show', file);
		assert.equal(status, 1);
		assert.match(stderr, /sdk\.ProposalMalformed/);
		writeFileSync(file, '{"x\u009b":1,"format":"ribp-proposal"}');
		assert.doesNotMatch(ribp('show', file).stderr, /[\u001b\u009b]/);
		assert.doesNotMatch(stderr, /[\u001b\u009b]/);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('a wrong command line is named, and nothing is done', () => {
	for (const [args, says] of [
		[['trade'], /no command 'trade'/],
		[['list', '--no-such'], /no-such/],
		[['list'], /Name the nodes/],
		[['show'], /takes one proposal/],
		[['show', 'a', 'b'], /takes one proposal/],
		[['show', '/no/such/file'], /cannot be read/],
	]) {
		const { status, stderr } = ribp(...args);
		assert.equal(status, 2, stderr);
		assert.match(stderr, says);
	}
});

test('a word that is no secret is no key', () => {
	for (const secret of ['//Alice', '//Alice//stash', MNEMONIC, `${MNEMONIC}//1`, `0x${'ab'.repeat(32)}`]) {
		assert.ok(isSecret(secret), secret);
	}
	for (const typo of ['Alice', '/Alice', 'host.name', 'two words', '0xabcd', '']) {
		assert.ok(!isSecret(typo), typo);
	}
});

test('of an address nothing is shown but its host', () => {
	for (const node of ['http://node.example/SECRET', 'SECRET', 'wss://']) {
		const { status, stdout, stderr } = ribp('systems', '--node', node, '--node', node);
		assert.notEqual(status, 0);
		assert.match(stderr, /sdk\.NodeAddress/);
		assert.doesNotMatch(`${stdout}${stderr}`, /SECRET|\n    at /);
	}
});

test('durations are read and said', () => {
	assert.equal(parseDuration('90s'), 90_000);
	assert.equal(parseDuration('2h'), 7_200_000);
	for (const text of ['', '0m', '1.5h', '-1m', '5 m', '1w', 'soon']) {
		assert.throws(() => parseDuration(text), { code: 'sdk.TimeMalformed' }, text);
	}
	assert.equal(showDuration(3_725_000), '1 h 2 m');
	assert.equal(showDuration(0), 'no time');
});
