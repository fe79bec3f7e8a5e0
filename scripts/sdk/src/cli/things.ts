/** What is exchanged, as people type it: `100 ALPHA`, `60 asset:7@alpha`, `nft:1/5@alpha`. */
import type { Chain } from '../chain.js';
import type { Item } from '../proposal.js';
import { tokenItem } from '../propose.js';
import { UsageError } from './arguments.js';

const TOKEN = /^(?<amount>\S+) (?<symbol>[^\s:@]+)(?:@(?<chain>\S+))?$/;
const ASSET = /^(?<amount>[1-9]\d*) asset:(?<id>\d+)@(?<chain>\S+)$/;
const NFT = /^nft:(?<collection>\d+)\/(?<item>\d+)@(?<chain>\S+)$/;

/** An item, and the chain that has it. */
export interface Thing {
	chain: Chain;
	item: Item;
}

/** Reads one. */
export function parseThing(text: string, chains: readonly Chain[]): Thing {
	const asset = ASSET.exec(text)?.groups;
	if (asset) {
		const { id, amount } = asset;
		return { chain: named(asset.chain, chains), item: { Asset: { id: plain(id), amount } } };
	}
	const nft = NFT.exec(text)?.groups;
	if (nft) {
		const item = { Nft: { collection: plain(nft.collection), item: plain(nft.item) } };
		return { chain: named(nft.chain, chains), item };
	}
	const token = TOKEN.exec(text)?.groups;
	if (!token) {
		throw new UsageError(`'${text}' is not '100 ALPHA', '60 asset:7@alpha' or 'nft:1/5@alpha'.`);
	}
	const own = chains.filter(({ token: { symbol } }) => symbol === token.symbol);
	const chain = token.chain === undefined ? only(own, token.symbol) : named(token.chain, own);
	return { chain, item: tokenItem(token.amount, chain) };
}

/** An integer without zeros before it. */
const plain = (digits: string): string => BigInt(digits).toString();

/** The chain that goes by a word of its name. */
function named(word: string, chains: readonly Chain[]): Chain {
	return only(chains.filter(({ name }) => name.split(/[\s-]/).includes(word)), word);
}

function only(chains: readonly Chain[], word: string): Chain {
	if (chains.length !== 1) {
		const what = chains.length === 0 ? 'No connected chain goes' : 'Several connected chains go';
		throw new UsageError(`${what} by '${word}'.`);
	}
	return chains[0];
}

/** Several things of one chain. */
export function parseThings(texts: string[], option: string, chains: readonly Chain[]): Thing[] {
	const things = texts.map((text) => parseThing(text, chains));
	if (things.length === 0) {
		throw new UsageError(`${option} is missing.`);
	}
	if (things.some(({ chain }) => chain !== things[0].chain)) {
		throw new UsageError(`All that ${option} names is on one chain.`);
	}
	return things;
}

/** An item for a person. */
export function showItem(item: Item, show: (units: bigint) => string): string {
	if ('Token' in item && typeof item.Token === 'string') {
		return show(BigInt(item.Token));
	}
	if ('Asset' in item && typeof item.Asset === 'object') {
		return `${item.Asset.amount} of asset ${item.Asset.id}`;
	}
	if ('Nft' in item && typeof item.Nft === 'object') {
		return `thing ${item.Nft.item} of collection ${item.Nft.collection}`;
	}
	const [[kind, value]] = Object.entries(item);
	return `${kind} ${JSON.stringify(value)}`;
}
