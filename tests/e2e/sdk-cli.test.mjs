/** Two people trade by the command line of scripts/sdk on real nodes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { temporaryFolder } from '../../scripts/js/nodes.mjs';
import { endPair } from '../../scripts/js/pair.mjs';
import { readProposal } from '../../scripts/sdk/dist/index.js';
import { Command, endCommands } from './shell.mjs';
import { alice, bob, startKnownPair } from './support.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RIBP = `"${process.execPath}" "${join(ROOT, 'scripts/sdk/dist/cli/main.js')}"`;

let pair;
/** Where the commands run: keys and proposals are files there. */
let folder;

before(async () => {
	pair = await startKnownPair();
	folder = temporaryFolder();
	for (const name of ['Alice', 'Bob', 'Charlie']) {
		const file = join(folder, `${name.toLowerCase()}.key`);
		writeFileSync(file, `//${name}\n`);
		chmodSync(file, 0o600);
	}
});
after(async () => {
	await endCommands();
	await (pair && endPair(Object.values(pair)));
});

/** Runs a command to its end. */
async function ribp(line, { status = 0, offline = false } = {}) {
	const nodes = Object.values(pair).map(({ node }) => node.ws);
	const env = { RIBP_NODES: offline ? '' : nodes.join() };
	const run = await new Command(`exec ${RIBP} ${line}`, { folder, env }).ended;
	assert.equal(run.status, status, `${run}`);
	return run;
}

test('two people settle, in two processes', async () => {
	const give = "--give '100 ALPHA' --get '40 BETA' --reference 'Order 2'";
	const made = await ribp(
		`propose ${give} --with ${bob.address} --within 20m --key-file alice.key --out offer.json` +
			' --register --yes',
	);
	assert.match(made.stdout, /100 ALPHA.*\n.*40 BETA|40 BETA.*\n.*100 ALPHA/);
	assert.match(made.stdout, /Pace: /);
	assert.match(made.stdout, /Your leg is registered; it waits for the other party/);
	const shown = await ribp('show offer.json');
	assert.match(shown.stdout, /Reference Order 2/);
	assert.match(shown.stdout, /Both chains are ready for it/);
	const watching = ribp('watch offer.json --json');
	const accepted = await ribp('accept offer.json --key-file bob.key --yes --watch');
	assert.match(accepted.stdout, /Pace: [^]*firm: the other leg is final/, 'times come before signing');
	assert.match(accepted.stdout, /The exchange is settled on both chains/);
	const views = (await watching).stdout.trim().split('\n').map((line) => JSON.parse(line));
	assert.equal(views.at(-1).outcome, 'settled');
	const listed = JSON.parse((await ribp('list --key-file bob.key --json')).stdout);
	const { id } = readProposal(readFileSync(join(folder, 'offer.json'), 'utf8'));
	assert.equal(listed.find((one) => one.id === id).legs.length, 2);
	await ribp(`list --account ${bob.address}`);
	const { stdout } = await ribp('systems');
	assert.match(stdout, /RIBP alpha.*ready/);
	const again = await ribp('accept offer.json --key-file bob.key --yes --json', { status: 1 });
	assert.equal(JSON.parse(again.stdout).error.code, 'sdk.AlreadyUsed');
});

test('what is typed becomes a proposal, exactly or not at all', async () => {
	const between = `--with ${bob.address} --me ${alice.address}`;
	const made = await ribp(
		`propose --give '1.5 ALPHA@alpha' --give '60 asset:7@alpha' --give nft:1/5@alpha --get '2 BETA'` +
			` ${between} --until ${new Date(Date.now() + 3_600_000).toISOString()} --page https://desk.example/ --json`,
	);
	const { proposal, link, expiries } = JSON.parse(made.stdout);
	const { log } = proposal.legs.find(({ chain }) => chain.token.symbol === 'ALPHA');
	assert.deepEqual(log.items, [
		{ Token: '1500000000000' },
		{ Asset: { id: '7', amount: '60' } },
		{ Nft: { collection: '1', item: '5' } },
	]);
	assert.equal(expiries.length, 2);
	assert.match(link, /^https:\/\/desk\.example\/#ribp=/);
	assert.deepEqual(readProposal(link), proposal);
	const shown = await ribp(`show '${link}'`, { offline: true });
	assert.match(shown.stdout, /1\.5 ALPHA \+ 60 of asset 7 \+ thing 5 of collection 1/);
	const checked = await ribp(`show '${link}'`, { status: 1 });
	assert.match(checked.stdout, /It cannot be registered as it is/);
	assert.match(checked.stdout, /ribp\.UnknownAsset/);
	const piped = await ribp(`show - --json <<'END'\n${link}\nEND`, { offline: true });
	assert.deepEqual(JSON.parse(piped.stdout), { proposal });

	const get = `--get '2 BETA' ${between}`;
	for (const [wrong, status, says] of [
		[`--give '0.1234567890123 ALPHA' ${get}`, 1, /sdk\.AmountInexact/],
		[`--give '1 GAMMA' ${get}`, 2, /No connected chain goes by 'GAMMA'/],
		[`--give '1 asset:7@gamma' ${get}`, 2, /No connected chain goes by 'gamma'/],
		[`--give 'some ALPHA' ${get}`, 1, /sdk\.AmountMalformed/],
		[`--give '1 ALPHA' --give '1 BETA' ${get}`, 2, /on one chain/],
		[`--give '1 ALPHA' ${get} --within 1s`, 1, /sdk\.TooLittleTime/],
		[`--give '1 ALPHA' ${get} --within soon`, 1, /sdk\.TimeMalformed/],
		[`--give '1 ALPHA' ${get} --within 1h --until 2031-01-01`, 2, /give one of them/],
		[`--give '1 ALPHA' ${get} --settlement later`, 2, /Early or AtExpiry/],
		[`--give '1 ALPHA' --get '2 BETA' --me ${alice.address}`, 2, /--with is missing/],
	]) {
		assert.match((await ribp(`propose ${wrong}`, { status })).stderr, says);
	}
});

test('a leg is cancelled, a proposal rejected, and who is not a party is told so', async () => {
	await ribp(
		`propose --give '5 ALPHA' --get '2 BETA' --with ${bob.address} --key-file alice.key` +
			' --out mine.json --register --yes',
	);
	const rejected = await ribp("reject mine.json --reason amount --note 'too little' --out no.json");
	assert.match(rejected.stdout, /no\.json/);
	assert.match((await ribp('show no.json')).stdout, /Rejected, amount: too little/);
	await ribp('reject mine.json --reason whim', { status: 1 });
	const foreign = await ribp('accept mine.json --key-file charlie.key --yes', { status: 1 });
	assert.match(foreign.stderr, /sdk\.NotAParty/);
	await ribp('accept mine.json --key-file bob.key', { status: 2 });
	await ribp('cancel mine.json --key-file alice.key');
	const owing = await ribp('claim mine.json --key-file alice.key', { status: 1 });
	assert.match(owing.stderr, /ribp\.NothingOwed/);
});

test('a key that is asked for is not shown', async () => {
	const list = `${RIBP} list --node ${pair.alpha.node.ws}`;
	// `script` gives the command a terminal, and writes what that shows.
	const terminal = spawn('script', ['--quiet', '--return', '--command', list, '/dev/null']);
	let shown = '';
	terminal.stdout.setEncoding('utf8').on('data', (data) => {
		shown += data;
		if (shown.endsWith('Secret phrase or URI: ')) {
			terminal.stdin.write('//Charlie//secret\n');
		}
	});
	const [status] = await once(terminal, 'exit');
	assert.equal(status, 0, shown);
	assert.match(shown, /No exchange of this account/);
	assert.doesNotMatch(shown, /secret\b.*\/|\/\/Charlie/);
});
