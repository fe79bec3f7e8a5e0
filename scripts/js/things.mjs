/** What is exchanged besides tokens: things of pallet-nfts and assets of pallet-assets. */

/** Settings under which everything is allowed: what is set is disabled. */
const NOTHING_DISABLED = 0;

/**
 * Makes a collection with one thing, both its owner's; returns the thing as an item of a log.
 *
 * @param {import('./ribp.mjs').Chain} chain
 */
export async function issueThing(chain, owner, item = 1) {
	const { nfts, utility } = chain.api.tx;
	const next = await chain.api.query.nfts.nextCollectionId();
	const collection = next.isSome ? next.unwrap().toNumber() : 0;
	const config = {
		settings: NOTHING_DISABLED,
		maxSupply: null,
		mintSettings: {
			mintType: 'Issuer',
			price: null,
			startBlock: null,
			endBlock: null,
			defaultItemSettings: NOTHING_DISABLED,
		},
	};
	const calls = [
		nfts.create(owner.address, config),
		nfts.mint(collection, item, owner.address, null),
	];
	await chain.send(utility.batchAll(calls), owner);
	return { Nft: { collection, item } };
}

/**
 * Makes an asset of which its issuer has `amount`; returns its id.
 *
 * @param {import('./ribp.mjs').Chain} chain
 */
export async function issueAsset(chain, issuer, id, amount) {
	const { assets, utility } = chain.api.tx;
	const calls = [
		assets.create(id, issuer.address, 1),
		assets.mint(id, issuer.address, amount),
	];
	await chain.send(utility.batchAll(calls), issuer);
	return id;
}

/** The address of a thing's owner in the last finalized block, or undefined. */
export async function ownerOf(chain, { Nft: { collection, item } }) {
	const state = await chain.api.at(chain.history.last.hash);
	const details = await state.query.nfts.item(collection, item);
	return details.isSome ? details.unwrap().owner.toString() : undefined;
}

/** What an account has free of an asset in the last finalized block. */
export async function assetBalance(chain, id, address) {
	const state = await chain.api.at(chain.history.last.hash);
	const account = await state.query.assets.account(id, address);
	return account.isSome ? account.unwrap().balance.toBigInt() : 0n;
}
