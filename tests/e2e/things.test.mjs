/** Things, assets and bundles of them, in exchanges on real nodes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { endPair } from '../../scripts/js/pair.mjs';
import { crossCheck, makeExchange, register, trade } from '../../scripts/js/ribp.mjs';
import { assetBalance, issueAsset, issueThing, ownerOf } from '../../scripts/js/things.mjs';
import { alice, bob, FAR, NEAR, refused, startKnownPair, untilBoth } from './support.mjs';

const [GOLD, SILVER] = [7, 8];

let pair;
before(async () => {
	pair = await startKnownPair();
	await Promise.all([
		issueAsset(pair.alpha, alice, GOLD, 500n),
		issueAsset(pair.beta, bob, SILVER, 500n),
	]);
});
after(() => pair && endPair(Object.values(pair)));

/** Items of Alice's on alpha against items of Bob's on beta. */
function barter(delivered, paid, distance) {
	const { alpha, beta } = pair;
	const side = (chain, payer, receiver, items) => ({
		...{ chain, payer, receiver, items },
		expiry: chain.best + distance,
	});
	return makeExchange(side(alpha, alice, bob, delivered), side(beta, bob, alice, paid));
}

const gold = (amount) => ({ Asset: { id: GOLD, amount } });
const silver = (amount) => ({ Asset: { id: SILVER, amount } });

test('a bundle of a thing, an asset and tokens is exchanged for an asset', async () => {
	const { alpha, beta } = pair;
	const thing = await issueThing(alpha, alice);
	const legs = barter([thing, gold(60n), { Token: alpha.tokens(1) }], [silver(40n)], FAR);
	await Promise.all([crossCheck(legs), crossCheck([...legs].reverse())]);
	await trade(legs);
	await untilBoth(legs, 'settled');
	assert.equal(await ownerOf(alpha, thing), bob.address);
	assert.equal(await assetBalance(alpha, GOLD, bob.address), 60n);
	assert.equal(await assetBalance(alpha, GOLD, alice.address), 440n);
	assert.equal(await assetBalance(beta, SILVER, alice.address), 40n);
});

test('a thing in an exchange cannot be given away, and comes back when the exchange expires', async () => {
	const { alpha } = pair;
	const thing = await issueThing(alpha, alice);
	const { collection, item } = thing.Nft;
	const [leg] = barter([thing, gold(10n)], [silver(40n)], NEAR);
	await register(leg);
	const giveAway = () => alpha.send(alpha.api.tx.nfts.transfer(collection, item, bob.address), alice);
	await refused(giveAway(), 'nfts.NoPermission');
	await untilBoth([leg], 'expired');
	await giveAway();
	assert.equal(await ownerOf(alpha, thing), bob.address);
	assert.equal(await assetBalance(alpha, GOLD, alice.address), 440n);
});

test('an asset that is frozen in an exchange is owed, and claimed when it is thawed', async () => {
	const { alpha } = pair;
	const { assets, ribp } = alpha.api.tx;
	const [leg] = barter([gold(10n)], [silver(40n)], NEAR);
	await register(leg);
	await alpha.send(assets.freezeAsset(GOLD), alice);
	await untilBoth([leg], 'expired');
	const before = await assetBalance(alpha, GOLD, alice.address);
	const claim = ribp.claim(leg.id, 0, null);
	await refused(alpha.send(claim, bob), 'ribp.ValueCannotMove');
	await refused(alpha.send(ribp.claim(leg.id, 0, bob.address), bob), 'ribp.OwedToAnother');
	await alpha.send(assets.thawAsset(GOLD), alice);
	await alpha.send(claim, bob);
	assert.equal(await assetBalance(alpha, GOLD, alice.address), before + 10n);
	await refused(alpha.send(claim, bob), 'ribp.NothingOwed');
});

test('what is frozen or somebody else\'s is refused by name', async () => {
	const { alpha } = pair;
	const registered = (items) => register(barter(items, [silver(40n)], FAR)[0]);
	await refused(registered([]), 'ribp.NoItems');
	await refused(registered([{ Asset: { id: 99, amount: 5n } }]), 'ribp.UnknownAsset');
	await refused(registered([{ Nft: { collection: 99, item: 1 } }]), 'ribp.InsufficientValue');
	const thing = await issueThing(alpha, alice);
	const { collection, item } = thing.Nft;
	await alpha.send(alpha.api.tx.nfts.lockItemTransfer(collection, item), alice);
	await refused(registered([thing]), 'ribp.NotTransferable');
});
