/** Exchanges while the other chain changes its validators: from one to three to the two new ones. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { join } from '../../scripts/js/network.mjs';
import { Node, paced, rpc, until } from '../../scripts/js/nodes.mjs';
import { endPair } from '../../scripts/js/pair.mjs';
import { Chain } from '../../scripts/js/ribp.mjs';
import {
	authoritySet,
	believedSet,
	nameValidators,
	registerKeys,
} from '../../scripts/js/validators.mjs';
import {
	FAR,
	NEAR,
	PACE,
	producesBlocks,
	refused,
	registerBoth,
	startKnownPair,
	swap,
	untilBoth,
} from './support.mjs';

/** Beta's first validator and those that join it. */
const FIRST = 'BetaValidator';
const JOINING = ['Charlie', 'Dave'];

const nodes = [];
let alpha;
/** Beta, through the node of its first validator, which stops in the middle. */
let first;
/** Beta, through a node that joins. */
let beta;

before(async () => {
	const joining = [await Node.create(paced('beta', PACE)), await Node.create(paced('beta', PACE))];
	const urls = joining.map(({ http }) => http);
	({ alpha, beta: first } = await startKnownPair({
		endpoint: (chain, url) => (chain === 'alpha' ? [url, ...urls] : url),
	}));
	nodes.push(alpha.node, first.node, ...joining);
	// Alpha's node is none that they could join: it is of another chain.
	const bootnodes = [await alpha.node.address(), await first.node.address()];
	await join(joining, JOINING, { startup: first.startup, bootnodes });
	beta = await Chain.open(joining[0]);
});
after(() => endPair([alpha, first, beta].filter(Boolean), nodes));

/** Registers both legs of an exchange. */
async function begin(settlement, distance) {
	const legs = swap({ alpha, beta }, distance, settlement);
	await registerBoth(legs);
	return legs;
}

/** Waits until beta finalizes blocks by the votes of a new set. */
async function untilSet(id, size) {
	const changed = async () => (await authoritySet(beta)).id === id;
	await until(`authority set ${id} of beta`, changed);
	assert.deepEqual(await authoritySet(beta), { id, size });
	const { number } = beta.history.last;
	await until('a block by its votes', () => beta.history.last.number > number);
}

test('an account without session keys cannot validate', async () => {
	await refused(nameValidators(beta, JOINING), 'validators.NoSessionKeys');
	await refused(nameValidators(beta, []), 'validators.NoValidators');
	await refused(nameValidators(beta, [FIRST, FIRST]), 'validators.DuplicateValidator');
});

test('exchanges settle while beta changes its validators, and alpha follows each change', async () => {
	const { id } = await authoritySet(beta);
	assert.equal(await believedSet(alpha, beta), id);
	await Promise.all(JOINING.map((name) => registerKeys(beta, name)));
	const exchanges = [];

	exchanges.push(await begin('AtExpiry', NEAR), await begin('Early', FAR));
	await nameValidators(beta, [FIRST, ...JOINING]);
	await untilSet(id + 1, 3);

	exchanges.push(await begin('AtExpiry', NEAR), await begin('Early', FAR));
	await nameValidators(beta, JOINING);
	await untilSet(id + 2, 2);

	await first.disconnect();
	await first.node.stop();
	exchanges.push(await begin('Early', FAR), await begin('AtExpiry', NEAR));
	for (const legs of exchanges) {
		await untilBoth(legs, 'settled');
	}
	assert.equal(await believedSet(alpha, beta), id + 2);
});

test('nodes of different chains do not become peers', async () => {
	const peers = async ({ node }) => (await rpc(node.http, 'system_health')).peers;
	assert.equal(await peers(alpha), 0);
	assert.equal(await peers(beta), 1);
});

test('naming the same validators again changes nothing', async () => {
	const before = await authoritySet(beta);
	await nameValidators(beta, [...JOINING].reverse());
	await producesBlocks(beta, 3);
	assert.deepEqual(await authoritySet(beta), before);
});
