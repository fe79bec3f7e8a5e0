/**
 * Exchanges while the other chain changes its validators: from one to three to the two new ones. And the
 * trust anchors that are made of it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { fetchView, submitUnsigned } from '../../scripts/js/evidence.mjs';
import { checkAnchor, finalHead, trustAnchor } from '../../scripts/js/finality.mjs';
import { stepOf } from '../../scripts/js/forgeries.mjs';
import { knownOf } from '../../scripts/js/forks.mjs';
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
	alice,
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

test('an anchor at the block with which validators hand over names those who follow', async () => {
	const { id, size } = await authoritySet(beta);
	const { pastSets } = await knownOf(alpha, beta);
	const { end } = pastSets.find(([past]) => past.toNumber() === id - 1)[1];
	const hash = await beta.api.rpc.chain.getBlockHash(end.number.toNumber());
	const header = await beta.api.rpc.chain.getHeader(hash);
	const state = await beta.api.at(hash);
	const anchor = (await state.call.ribpApi.trustAnchor(header)).unwrap();
	assert.deepEqual([anchor.setId.toNumber(), anchor.authorities.length], [id, size]);
	assert.equal(await checkAnchor(beta, anchor), anchor);
});

test('keys that have leaked are disowned once others are in charge', async () => {
	const { disown } = alpha.api.tx.ribp;
	const id = await believedSet(alpha, beta);
	await alpha.sudo(disown(beta.system, id - 1));
	const news = alpha.history.newsOf('AuthoritiesDisowned', beta.system);
	assert.equal(news.setId, id - 1);
	await refused(alpha.sudo(disown(beta.system, id)), 'ribp.UnknownAuthorities');
});

/** A trust anchor of beta's, as the tools make it, with something in it changed. */
async function anchorWith(field, change) {
	const anchor = await trustAnchor(beta);
	const value = change(anchor.get(field));
	return anchor.set(field, beta.api.createType(anchor.get(field).toRawType(), value));
}

test('an anchor that voters do not sign is refused by name, and never reaches the chain', async () => {
	const { id } = await authoritySet(beta);
	const { number } = alpha.history.last;
	const refusal = async (anchor, name, message) =>
		assert.rejects(alpha.renewSystem(beta, anchor), { name, message });
	const plus = (distance) => anchorWith('setId', (stated) => stated.toNumber() + distance);
	const says = (stated) => `authority set ${stated} is in charge`;
	const message = new RegExp(`^beta's .*${says(id - 1)}.* they sign as set ${id}$`);
	await refusal(await plus(-1), 'SetIdNotSigned', message);
	await refusal(await plus(1_000), 'SetIdNotSigned', new RegExp(`${says(id + 1_000)}.* nor as any`));
	const strangers = await anchorWith('authorities', ([[, weight]]) => [[alice.publicKey, weight]]);
	await refusal(strangers, 'VoterNotNamed', /does not name a voter/);
	assert.equal(alpha.history.newsOf('SystemRenewed', beta.system, number), undefined);
});

test('where a runtime states another set than voters sign, its anchor is mended', async () => {
	const { id } = await authoritySet(beta);
	const wrong = beta.api.createType('u64', id + 3);
	const key = beta.api.query.grandpa.currentSetId.key();
	await beta.sudo(beta.api.tx.system.setStorage([[key, wrong.toHex(true)]]));
	assert.equal((await authoritySet(beta)).id, id + 3);

	// As it stands it is believed, and nothing that follows is.
	const { header } = await finalHead(beta);
	const stated = await (await beta.api.at(header.hash)).call.ribpApi.trustAnchor(header);
	await alpha.sudo(alpha.api.tx.ribp.renewSystem(beta.system, stated.unwrap().toU8a()));
	assert.equal(await believedSet(alpha, beta), id + 3);
	const least = (await alpha.viewOf(beta)) + (await stepOf(alpha));
	await until(`beta #${least}`, () => beta.history.last.number >= least);
	const leg = { chain: alpha, peer: beta };
	await refused(submitUnsigned(leg, await fetchView(leg), []), 'ribp.BadSignature');

	await alpha.renewSystem(beta);
	assert.equal(await believedSet(alpha, beta), id);
	const known = await alpha.viewOf(beta);
	await until('alpha follows beta again', async () => (await alpha.viewOf(beta)) > known);
	const legs = await begin('Early', FAR);
	await untilBoth(legs, 'settled');
});
