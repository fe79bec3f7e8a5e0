/** Networks, not nodes: chains of three validators, any one of which is killed during exchanges. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { created, gained, snapshot } from '../../scripts/js/amounts.mjs';
import { messagesOf } from '../../scripts/js/logs.mjs';
import { endNetworks, startNetworks } from '../../scripts/js/network.mjs';
import { rpc, until } from '../../scripts/js/nodes.mjs';
import { comeBack } from '../../scripts/js/pair.mjs';
import { finalStatus, introduce } from '../../scripts/js/ribp.mjs';
import { alice, bob, NEAR, PACE, registerBoth, swapBetween, untilBoth } from './support.mjs';

/** Exchanges in which more than one node of a chain has to have a turn. */
const TURNS = 8;
/** Blocks without a final one by which it is seen that there is no finality. */
const STANDSTILL = 12;

const PARTIES = [{ name: 'Alice', pair: alice }, { name: 'Bob', pair: bob }];

let networks = [];
/** The chains alpha, beta and eve, each as seen through its first validator's node. */
let chains;
/** What everybody owns before all exchanges. */
let start;
/** The legs of every exchange. */
const exchanges = [];

before(async () => {
	networks = await startNetworks({ alpha: 3, beta: 3, eve: 1 }, PACE);
	chains = networks.map((network) => network.chains[0]);
	await introduce(...chains);
	start = await Promise.all(chains.map((chain) => snapshot(chain, PARTIES)));
});
after(() => endNetworks(networks));

/** Registers both legs of an exchange between two chains. */
async function begin(first, second, settlement, distance) {
	const legs = swapBetween(first, second, distance, settlement);
	exchanges.push(legs);
	await registerBoth(legs);
	return legs;
}

async function finalHeight({ node }) {
	const hash = await rpc(node.http, 'chain_getFinalizedHead');
	return Number((await rpc(node.http, 'chain_getHeader', [hash])).number);
}

/** Waits until a chain has had many blocks and none of them final: its last votes are counted by then. */
async function standsStill(chain) {
	let [final, since] = [0, 0];
	const still = async () => {
		const height = await finalHeight(chain);
		if (height > final) {
			[final, since] = [height, chain.best];
		}
		return chain.best >= since + STANDSTILL;
	};
	await until(`${chain.name} goes on, and two of three votes finalize nothing`, still);
}

const describe = ({ system, number, what }) => `${what} of ${system} at #${number}`;

test('the validators take turns in carrying messages', async (t) => {
	const [alpha, beta] = networks;
	const marks = new Map(networks.flatMap(({ nodes }) => nodes).map((node) => [node, node.logSize]));
	const blocks = networks.map(({ chains: [{ history }] }) => history.last.number);
	const madeBy = (node) => messagesOf(node, marks.get(node));
	const oneDoesAll = ({ nodes }) => nodes.filter((node) => madeBy(node).length > 0).length < 2;
	// Whose turn it is when something can move is chance.
	for (let count = 0; count < 3 || (count < TURNS && [alpha, beta].some(oneDoesAll)); count++) {
		await untilBoth(await begin(alpha.chains[0], beta.chains[0]), 'settled');
	}
	for (const [i, { name, nodes, chains: [{ history }] }] of [alpha, beta].entries()) {
		const made = nodes.map((node) => madeBy(node).map(describe));
		const needed = history.after(blocks[i]).flatMap(({ evidence }) => evidence).length;
		const count = made.flat().length;
		const twice = made.flat().filter((one, index, all) => all.indexOf(one) !== index);
		const shares = made.map(({ length }) => length).join(', ');
		// The message of a block's author may reach the next author too late: how often, the machine says.
		t.diagnostic(
			`${name}: ${needed} messages in blocks; its nodes have made ${shares}, ` +
				`${twice.length} of ${count} again`,
		);
		const makers = made.filter(({ length }) => length > 0);
		assert.ok(makers.length > 1, `${name}: one node does it all`);
	}
});

test('three chains trade with each other at the same time', async () => {
	const [alpha, beta, eve] = chains;
	const circle = [[alpha, beta], [beta, eve], [eve, alpha]];
	for (const legs of await Promise.all(circle.map((pair) => begin(...pair)))) {
		await untilBoth(legs, 'settled');
	}
});

/**
 * Kills a validator while one exchange is under way, begins another one, and starts it again.
 *
 * Two of three votes are no finality: on its chain nothing becomes final while it is dead, and
 * blocks go on.
 */
async function survive(network, other, index, t) {
	const victim = network.chains[index];
	const own = network.chains[(index + 1) % network.chains.length];
	const peer = other.chains[0];
	const underWay = await begin(own, peer);

	await victim.disconnect();
	assert.equal(await victim.node.kill(), 'SIGKILL');
	const [delivery, payment] = swapBetween(own, peer);
	exchanges.push([delivery, payment]);
	const registered = registerBoth([delivery, payment]);
	registered.catch(() => {});
	const commits = async () => (await own.status(delivery.id)) === 'committed';
	await until(`${own.name} commits by the message of another node`, commits);
	await standsStill(own);
	const waits = async () => (await finalStatus(payment)) === 'registered';
	await until('the payment waits: nothing final says more', waits);

	const dead = Date.now();
	await comeBack(victim);
	await registered;
	await untilBoth(underWay, 'settled');
	await untilBoth([delivery, payment], 'settled');
	t.diagnostic(`settled ${((Date.now() - dead) / 1000).toFixed(1)} s after the restart`);
}

test('no exchange is lost when a validator is killed, whichever', async (t) => {
	const [alpha, beta] = networks;
	const locked = await begin(alpha.chains[0], beta.chains[0], 'AtExpiry', 2 * NEAR);
	await untilBoth(locked, 'committed');
	for (const [network, other] of [[alpha, beta], [beta, alpha]]) {
		for (const index of network.nodes.keys()) {
			await t.test(`${network.name}'s validator ${index + 1}`, (t) =>
				survive(network, other, index, t),
			);
		}
	}
	await untilBoth(locked, 'settled');
});

test('what was exchanged is all that anybody has gained', async () => {
	const ofChain = (chain) => exchanges.flat().filter((leg) => leg.chain.system === chain.system);
	// As seen through the first node of each chain, which may have read less than those that traded.
	for (const chain of chains) {
		await untilBoth(ofChain(chain).map((leg) => ({ ...leg, chain })), 'settled');
	}
	const ends = await Promise.all(chains.map((chain) => snapshot(chain, PARTIES)));
	for (const [i, chain] of chains.entries()) {
		const legs = ofChain(chain);
		for (const party of PARTIES) {
			const change = ({ payer, amount }) => (payer === party.pair ? -amount : amount);
			const expected = legs.reduce((sum, leg) => sum + change(leg), 0n);
			const words = `${party.name} on ${chain.name}`;
			assert.equal(gained(chain, party, start[i], ends[i]), expected, words);
		}
		assert.equal(ends[i].taken, start[i].taken, chain.name);
		assert.equal(created(chain, start[i], ends[i]), 0n, chain.name);
	}
});
