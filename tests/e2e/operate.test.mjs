/** Relays in place of validators without a way out, and what an operator sees, checks and is told. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';

import { World } from '../../scripts/js/eve.mjs';
import { statusOf } from '../../scripts/js/forks.mjs';
import { messagesOf, toldBy } from '../../scripts/js/logs.mjs';
import { nodeBinary, rpc, until } from '../../scripts/js/nodes.mjs';
import { freePorts } from '../../scripts/js/ports.mjs';
import { register } from '../../scripts/js/ribp.mjs';
import { PACE, registerBoth, swapBetween, untilBoth } from './support.mjs';

/** Stands for a key in an address. */
const SECRET = 'a-key-that-nobody-may-see';

/** What is good about an endpoint, however busy the machine is. */
const PROVEN_GOOD = [
	...['reachable', 'genesis', 'methods', 'head', 'finality', 'set', 'states'],
	...['history', 'known set'],
];

let world;
/** Port of the metrics of alpha's relay. */
let metricsPort;

before(async () => {
	[metricsPort] = await freePorts(1);
	const metrics = ['--prometheus-port', String(metricsPort)];
	world = await World.start(PACE, { relayFlags: [metrics, []] });
});
after(() => world?.end());

/** Runs `ribp-node ribp` to its end. */
function run(...args) {
	return new Promise((resolve) => {
		execFile(nodeBinary(), ['ribp', ...args], (error, stdout, stderr) =>
			resolve({ status: error ? error.code : 0, stdout, stderr }),
		);
	});
}

/** What alpha's relay says of beta or eve. */
async function statusAtRelay(system) {
	const { peers } = await rpc(world.relays[0].http, 'ribp_status');
	return peers.find((peer) => peer.system === system);
}

/** The metrics of alpha's relay that are of exchanges: values by name and labels. */
async function metrics() {
	const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
	const lines = (await response.text()).split('\n').filter((line) => line.startsWith('ribp_'));
	return new Map(
		lines.map((line) => {
			const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line);
			const own = labels.split(',').filter((label) => !label.startsWith('chain='));
			return [`${name} ${own.sort().join(' ')}`.trim(), Number(value)];
		}),
	);
}

/** An address of a node under which nobody may show more than its host. */
const secret = (url) => `${url}/${SECRET}?key=${SECRET}`;

/** Findings of a chain's check in JSON, by what they are about. */
const levels = (findings) => Object.fromEntries(findings.map(({ about, level }) => [about, level]));

test('an exchange settles by relays, and validators that are off do nothing and say so', async () => {
	const { alpha, beta, relays } = world;
	const legs = swapBetween(alpha, beta);
	await registerBoth(legs);
	await untilBoth(legs, 'settled');
	for (const { node } of [alpha, beta]) {
		assert.match(node.logSince(0), /off: this node asks no other chain/);
		assert.deepEqual(messagesOf(node), []);
		assert.deepEqual(toldBy(node), []);
	}
	assert.ok(relays.every((relay) => messagesOf(relay).length > 0));
	assert.equal((await rpc(alpha.node.http, 'ribp_status')).role, 'off');
});

test('what waits is told with its reason by RPC, by metrics and for people', async () => {
	const { alpha, beta, relays } = world;
	const [delivery] = swapBetween(alpha, beta);
	await register(delivery);
	const listed = async () => {
		const pending = await rpc(relays[0].http, 'ribp_pending', [beta.system]);
		return pending.find(({ id }) => id === delivery.id);
	};
	const found = await until('the relay lists it', listed);
	assert.equal(found.stage, 'registered');
	assert.equal(found.waits, 'peerRegistration');
	assert.match(found.reason, /not proven that the other leg is registered/);
	assert.equal(found.expiry, delivery.expiry);
	assert.deepEqual(await rpc(relays[0].http, 'ribp_pending', [world.eve.system]), []);

	const { open, business } = await statusAtRelay(beta.system);
	assert.deepEqual({ open, business }, { open: 1, business: 'active' });
	const peer = `peer="${beta.system}"`;
	const counted = async () => {
		const values = await metrics();
		const seen = [`ribp_contracts ${peer} stage="registered"`, `ribp_open ${peer}`];
		return seen.every((name) => values.get(name) === 1) && values;
	};
	const values = await until('metrics that count it', counted);
	assert.equal(values.get(`ribp_business ${peer} status="active"`), 1);
	assert.equal(values.get(`ribp_waiting ${peer} waits="peerRegistration"`), 1);
	assert.equal(values.get('ribp_role role="relay"'), 1);
	assert.ok(values.get(`ribp_view_height ${peer}`) > 0);
	assert.ok(values.get(`ribp_trust_left_seconds ${peer}`) > 0);

	const { status, stdout } = await run('status', '--url', relays[0].http);
	assert.equal(status, 0);
	assert.match(stdout, /role relay/);
	assert.ok(stdout.includes(beta.system) && stdout.includes(delivery.id), stdout);
	const json = JSON.parse((await run('status', '--url', relays[0].http, '--json')).stdout);
	assert.equal(json.pending.length, 1);
	assert.equal(json.status.system, alpha.system);
});

test('a check finds right endpoints good, and names what is wrong with others', async () => {
	const { alpha, beta, eve, relays } = world;
	const check = (...peers) =>
		run(
			...['check', '--json', '--url', relays[0].http],
			...peers.flatMap(([{ system }, url]) => ['--ribp-peer', `${system}=${url}`]),
		);
	const good = await check([beta, secret(beta.node.http)], [beta, relays[1].http]);
	const { peers } = JSON.parse(good.stdout);
	assert.equal(good.status, 0, good.stdout);
	const report = peers.find(({ system }) => system === beta.system);
	assert.deepEqual(levels(report.findings), { registered: 'good', agreement: 'good' });
	for (const { findings } of report.endpoints) {
		const found = levels(findings);
		for (const about of PROVEN_GOOD) {
			assert.equal(found[about], 'good', `${about}: ${JSON.stringify(findings)}`);
		}
		assert.ok('latency' in found);
	}
	// Eve's chain is known, and no address of it was given.
	const unset = peers.find(({ system }) => system === eve.system);
	assert.deepEqual(levels(unset.findings), { endpoints: 'doubtful' });
	assert.ok(![good.stdout, good.stderr].some((text) => text.includes(SECRET)));

	const [closed] = await freePorts(1);
	const bad = await check(
		[beta, secret(`http://127.0.0.1:${closed}`)],
		[beta, secret(alpha.node.http)],
	);
	assert.equal(bad.status, 1);
	const [unreachable, other] = JSON.parse(bad.stdout).peers[0].endpoints;
	assert.equal(levels(unreachable.findings).reachable, 'bad');
	assert.equal(levels(other.findings).genesis, 'bad');
	assert.ok(![bad.stdout, bad.stderr].some((text) => text.includes(SECRET)));
});

test('a node logs at its start what it finds about its endpoints', async () => {
	const logged = /check of 2 chain\(s\): \d+ findings good/;
	await until('findings', () => logged.test(world.relays[0].logSince(0)));
});

test('root takes the anchor that the node makes, and none is made of what is not right', async () => {
	const { alpha, beta, eve, relays } = world;
	const made = await run('anchor', '--ribp-peer', `${eve.system}=${secret(eve.node.http)}`);
	assert.equal(made.status, 0, made.stderr);
	assert.match(made.stderr, /final by 1 authorities of set \d+/);
	assert.ok(!made.stderr.includes(SECRET));
	await alpha.sudo(alpha.api.tx.ribp.renewSystem(eve.system, made.stdout.trim()));
	const wrong = await run('anchor', '--ribp-peer', `${eve.system}=${beta.node.http}`);
	assert.notEqual(wrong.status, 0);
	assert.equal(wrong.stdout, '');
	assert.match(wrong.stderr, /node of another chain/);
	const two = [`${eve.system}=${eve.node.http}`, `${beta.system}=${relays[1].http}`];
	const mixed = await run('anchor', ...two.flatMap((peer) => ['--ribp-peer', peer]));
	assert.match(mixed.stderr, /an anchor is of one chain/);
});

test('relays alone expose a fork', async () => {
	const { alpha, beta, eve, relays } = world;
	const hidden = await world.fork();
	world.show(eve, [alpha]);
	world.show(hidden, [beta]);
	const isForked = async (chain) => (await statusOf(chain, eve)) === 'Forked';
	const exposed = async () => (await Promise.all([alpha, beta].map(isForked))).every(Boolean);
	await until('both chains know that there are two histories', exposed);
	for (const { node } of [alpha, beta]) {
		assert.deepEqual([messagesOf(node), toldBy(node)], [[], []]);
	}
	assert.ok(relays.some((relay) => toldBy(relay).length > 0));
	const seen = async () => (await statusAtRelay(eve.system)).business === 'forked';
	await until("alpha's relay says so", seen);
	const { stdout } = await run('status', '--url', relays[0].http);
	assert.match(stdout, /fork: \d other branch/);
});
