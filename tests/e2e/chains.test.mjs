import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';

import { trustAnchor } from '../../scripts/js/finality.mjs';
import { genesisHash, nodeBinary, paced, PATIENCE_MS, rpc, until } from '../../scripts/js/nodes.mjs';
import { endPair, startPair } from '../../scripts/js/pair.mjs';
import { Past } from '../../scripts/js/past.mjs';
import { digestItem, hex, rootOf } from '../golden/format.mjs';
import { PACE, producesBlocks, refused } from './support.mjs';

/** Twox-128 of the name under which the runtime has the pallet: Ribp. */
const PREFIX = '0x21b95346a136aae436f0b4e7b9cf7b19';

const bytes = (text) => Buffer.from(text.slice(2), 'hex');

/** Conditions under which exchanges of two chains are safe, with some of them changed. */
function conditions(changes) {
	const pace = { blockMs: 250, inclusionMs: 500, finalityMs: 1_000, evidenceMs: 1_000 };
	const [half, thousandth] = [10n ** 18n / 2n, 10n ** 15n];
	const gossip = { rate: half, connected: 5 };
	return { own: pace, peer: pace, gossip, roundMs: 500, hidden: thousandth, ...changes };
}

let pair;
before(async () => {
	pair = await startPair({ paces: [PACE, PACE] });
});
after(() => pair && endPair(Object.values(pair)));

test('alpha, beta and eve are different chains, and the node tells which before it runs', async () => {
	const names = ['alpha', 'beta', 'eve'];
	const all = [...names.map((name) => paced(name, PACE)), ...names];
	const hashes = await Promise.all(all.map(genesisHash));
	assert.equal(new Set(hashes).size, 6);
	assert.deepEqual([pair.alpha.system, pair.beta.system], hashes.slice(0, 2));
});

test('each chain has a token and a validator of its own', async () => {
	const { alpha, beta } = pair;
	assert.deepEqual([alpha.token, beta.token], ['ALPHA', 'BETA']);
	const anchors = await Promise.all([alpha, beta].map(trustAnchor));
	const [[[first]], [[second]]] = anchors.map(({ authorities }) => authorities);
	assert.notEqual(first.toHex(), second.toHex());
});

test('one node alone authors blocks and finalizes them', async () => {
	for (const chain of [pair.alpha, pair.beta]) {
		const { number } = chain.history.last;
		await producesBlocks(chain);
		await until('finality', () => chain.history.last.number >= number + 3);
	}
});

test('the system id is the genesis hash, and the own view ends at the parent', async () => {
	const { api, system, history } = pair.alpha;
	assert.equal((await api.call.ribpApi.systemId()).toHex(), system);
	const { hash, number } = history.last;
	const view = (await (await api.at(hash)).call.ribpApi.ownView()).unwrap();
	assert.equal(view.number.toNumber(), number - 1);
	const parent = await api.rpc.chain.getBlockHash(number - 1);
	assert.equal(view.recent.at(-1).toHex(), parent.toHex());
});

test('an anchor is the header that is asked for, and the history that it states', async () => {
	const { alpha, beta } = pair;
	const { header, history } = await trustAnchor(alpha);
	const number = header.number.toNumber();
	const heights = Array.from({ length: number }, (_, height) => height);
	const hashes = await rpc(alpha.node.http, 'chain_getBlockHash', [heights]);
	const own = await Past.of(alpha);
	assert.deepEqual(history.frontier.peaks.map((peak) => peak.toHex()), await own.peaks(number));
	assert.equal((await alpha.api.rpc.chain.getHeader(header.hash)).toHex(), header.toHex());
	assert.ok(header.digest.logs.some((log) => log.toHex().endsWith(hex(rootOf(hashes.map(bytes))))));

	const state = await alpha.api.at(header.hash);
	for (const other of [header.parentHash, alpha.system]) {
		const asked = await state.call.ribpApi.trustAnchor(await alpha.api.rpc.chain.getHeader(other));
		assert.ok(asked.isNone, 'a header of another block');
	}
	const foreign = await beta.api.rpc.chain.getHeader();
	assert.ok((await state.call.ribpApi.trustAnchor(foreign)).isNone);
	const genesis = await alpha.api.at(alpha.system);
	const first = await alpha.api.rpc.chain.getHeader(alpha.system);
	assert.ok((await genesis.call.ribpApi.trustAnchor(first)).isNone, 'the first block states nothing');
});

test('each header states its chain, its time and all of its past', async () => {
	for (const { api, system, history, node } of [pair.alpha, pair.beta]) {
		const { number, hash } = history.last;
		const { digest, parentHash } = await api.rpc.chain.getHeader(hash);
		const heights = Array.from({ length: number }, (_, height) => height);
		const hashes = await rpc(node.http, 'chain_getBlockHash', [heights]);
		const parent = await api.at(parentHash);
		const time = (await parent.query.timestamp.now()).toNumber();
		const stated = digestItem({
			...{ system: bytes(system), prefix: bytes(PREFIX), first: 0, completeFrom: 1 },
			...{ time, root: rootOf(hashes.map(bytes)) },
		});
		const items = digest.logs.filter(
			(log) => log.isConsensus && log.asConsensus[0].toUtf8() === 'ribp',
		);
		assert.deepEqual(
			items.map((item) => item.toHex()),
			[`0x${hex(stated)}`],
		);
	}
});

test('finality is proven over RPC', async () => {
	const proof = await rpc(pair.alpha.node.http, 'grandpa_proveFinality', [1]);
	assert.match(proof, /^0x[0-9a-f]+$/);
});

test('root makes a chain known, says when exchanges with it are safe, and forgets it', async () => {
	const { alpha, beta } = pair;
	const { removeSystem, setConditions } = alpha.api.tx.ribp;
	const least = async () => (await alpha.api.call.ribpApi.leastExpiry(beta.system)).toJSON();
	const under = (changes) => alpha.sudo(setConditions(beta.system, changes && conditions(changes)));
	await refused(under({}), 'ribp.UnknownSystem');
	await alpha.registerSystem(beta);
	const unconditioned = await least();
	await refused(under({ hidden: 0 }), 'ribp.NoSafeExpiry');
	await under({});
	const { own, peer, notice } = await least();
	assert.ok(own > unconditioned.own && peer > 0 && notice >= unconditioned.notice);
	await under(null);
	assert.deepEqual(await least(), unconditioned);
	await alpha.sudo(removeSystem(beta.system));
	await refused(alpha.sudo(removeSystem(beta.system)), 'ribp.UnknownSystem');
	assert.equal(await alpha.viewOf(beta), undefined);
});

test('the node refuses a chain and a peer that it cannot understand', () => {
	const failure = (...args) => {
		const { status, stderr } = spawnSync(nodeBinary(), args, {
			encoding: 'utf8',
			timeout: PATIENCE_MS,
		});
		assert.notEqual(status, 0);
		return stderr;
	};
	assert.match(failure('genesis-hash', '--chain', 'nowhere'), /nowhere/);
	assert.match(failure('--chain', 'alpha', '--tmp', '--ribp-peer', 'beta'), /ribp-peer/);
});

test('the node prints its version', () => {
	assert.match(execFileSync(nodeBinary(), ['--version'], { encoding: 'utf8' }), /\d+\.\d+\.\d+/);
});

test('SIGINT ends a node cleanly', async () => {
	await pair.alpha.disconnect();
	await pair.alpha.node.stop();
});
