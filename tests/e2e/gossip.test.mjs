/** Chains that ask nobody, and are told by those that know them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { cleanUp, genesisHash, Node, paced, temporaryFolder, until } from '../../scripts/js/nodes.mjs';
import { Chain } from '../../scripts/js/ribp.mjs';
import { PACE } from './support.mjs';

/** Blocks by which a view has to advance. */
const STEP = 16;

/**
 * Who has the address of whom: eve of alpha, alpha of both, beta of nobody. What leads to a head of
 * eve's from one that alpha never had takes a node of eve's, unless it is a few blocks away.
 */
const ENDPOINTS = { alpha: ['beta', 'eve'], beta: [], eve: ['alpha'] };
const NAMES = Object.keys(ENDPOINTS);

const nodes = {};
const chains = {};

before(async () => {
	const folder = temporaryFolder();
	for (const name of NAMES) {
		nodes[name] = await Node.create(paced(name, PACE), folder);
	}
	const open = async (name) => {
		const peers = ENDPOINTS[name].map(async (peer) => ({
			system: await genesisHash(paced(peer, PACE)),
			url: nodes[peer].http,
		}));
		await nodes[name].start({ peers: await Promise.all(peers) });
		chains[name] = await Chain.open(nodes[name]);
	};
	await Promise.all(NAMES.map(open));
	const { alpha, beta, eve } = chains;
	for (const [chain, peer] of [[alpha, beta], [alpha, eve], [beta, alpha], [beta, eve], [eve, alpha]]) {
		await chain.registerSystem(peer);
	}
});
after(async () => {
	await Promise.all(Object.values(chains).map((chain) => chain.disconnect()));
	await cleanUp(Object.values(nodes));
});

/** Waits until a chain knows another one at least up to a height. */
function untilKnown(chain, peer, height) {
	const known = async () => (await chain.viewOf(peer)) >= height;
	return until(`${chain.name} knows block ${height} of ${peer.name}`, known);
}

test('a chain is told of another one by its own node, and by third parties', async () => {
	const { alpha, beta, eve } = chains;
	await untilKnown(alpha, eve, 1);
	await untilKnown(beta, alpha, 1);
	await untilKnown(beta, eve, 1);
	// Eve asks alpha itself.
	await untilKnown(eve, alpha, 1);
});

test('what a chain was told is kept up to date', async () => {
	const { alpha, beta, eve } = chains;
	const height = eve.history.last.number + STEP;
	await untilKnown(alpha, eve, height);
	await untilKnown(beta, eve, height);
});

test('nobody pays for it', () => {
	// One that another has made useless in the same block fails there, and is free as well.
	const { beta } = chains;
	const free = beta.history.blocks.filter(({ evidence, signers }) => evidence.length > 0 && signers.length === 0);
	assert.ok(free.length > 0);
	assert.ok(free.every(({ fees }) => fees.length === 0));
});
