import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

import { Front, isGossip } from '../../scripts/js/front.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { endPair, restart } from '../../scripts/js/pair.mjs';
import { trade } from '../../scripts/js/ribp.mjs';
import { hostile, nothing } from './hostile.mjs';
import { producesBlocks, startBehind, swap, untilBoth } from './support.mjs';

/** Most requests of one round. */
const ROUND_REQUESTS = 4;
/** Most memory that the node may take in one case, and keep of all of them. */
const MEMORY_MIB = 64;

/** Alpha knows only the hostile server as a node of beta. */
let server;
let back;
let pair;
before(async () => {
	server = await Front.listen();
	server.behave(nothing);
	({ pair, back } = await startBehind(server));
});
after(async () => {
	if (pair) {
		await endPair(Object.values(pair));
	}
	back?.close();
	server?.close();
});

/** A node's memory in MiB: now, or the most since it was last asked to forget. */
function memory({ pid }, what) {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	return Number(new RegExp(`^${what}:\\s*(\\d+) kB`, 'm').exec(status)[1]) / 1_024;
}

/** Whether a node asks nothing more in the same round if it is answered that there is nothing. */
const endsRound = (body) => body.includes('grandpa_proveFinality');

const forgetPeak = ({ pid }) => writeFileSync(`/proc/${pid}/clear_refs`, '5');

test('no server harms the node that asks it', async (t) => {
	const { alpha, beta } = pair;
	const { node } = alpha;
	await until('questions', () => server.requests > 2);
	const start = memory(node, 'VmRSS');
	const anchored = await alpha.viewOf(beta);
	for (const [name, { behave, says }] of Object.entries(hostile)) {
		await t.test(name, async (t) => {
			// First a round without fault, so that the fault that follows is met at once: whoever asks
			// again after the answer that ends a round has begun another.
			let begin;
			let [isCalm, best, from, requests, before] = [false, 0, 0, 0, 0];
			server.behave((body, response) => {
				const isCheck = !isGossip(body);
				if (!begin && !(isCheck && isCalm)) {
					isCalm ||= isCheck && endsRound(body);
					return nothing(body, response);
				}
				if (!begin) {
					[begin, best, from] = [Date.now(), alpha.best, node.logSize];
					forgetPeak(node);
					before = memory(node, 'VmRSS');
				}
				requests++;
				return behave(body, response);
			});
			await until('a round', () => begin, { every: 50 });
			const named = `at ${new URL(server.url).host}: `;
			const warnings = () =>
				node.logSince(from).split('\n').filter((line) => line.includes(named));
			await until(`the end of the round: ${says}`, () => warnings().length > 0, { every: 50 });
			const took = Date.now() - begin;
			assert.match(warnings()[0], says);
			assert.match(warnings()[0], /; trying again in 1 block/);
			assert.ok(requests <= ROUND_REQUESTS, `${requests} requests`);
			await until('a block', () => alpha.best > best);
			const grown = memory(node, 'VmHWM') - before;
			t.diagnostic(`${took} ms, ${grown.toFixed()} MiB`);
			assert.ok(grown < MEMORY_MIB, `${grown} MiB more`);
			assert.equal(await alpha.viewOf(beta), anchored);
		});
	}
	const kept = memory(node, 'VmRSS') - start;
	t.diagnostic(`${kept.toFixed()} MiB kept`);
	assert.ok(kept < MEMORY_MIB, `${kept} MiB kept`);
	assert.ok(!/panicked/.test(node.logSince(0)));
});

test('an exchange settles while one of two servers is everything but a node', async () => {
	const { alpha, beta } = pair;
	await restart(alpha, ['--ribp-peer', `${beta.system}=${beta.node.http}`]);
	const behaviours = Object.values(hostile);
	let turn = 0;
	server.behave((...exchange) => behaviours[turn++ % behaviours.length].behave(...exchange));
	const legs = swap(pair);
	await trade(legs);
	await untilBoth(legs, 'settled');
	assert.ok(turn > 0);
	await producesBlocks(alpha);
});
