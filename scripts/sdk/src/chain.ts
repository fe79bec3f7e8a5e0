/** One chain that carries pallet-ribp, as seen through one of its nodes. */
import { ApiPromise, WsProvider } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { Codec } from '@polkadot/types/types';
import { u8aToHex } from '@polkadot/util';
import { decodeAddress, encodeAddress } from '@polkadot/util-crypto';

import { MOST } from './amounts.js';
import { canonicalJson } from './canonical.js';
import { isBroken, type Patience, patiently, Pulse } from './connection.js';
import type { Contract, Hex } from './contract.js';
import { EPOCH_BLOCKS, logHash } from './contract.js';
import { refuse } from './errors.js';
import { plain } from './plain.js';
import type { ChainName, Item, Log } from './proposal.js';

/** A zero-sized extension that polkadot.js does not know; saying so keeps it quiet. */
const SIGNED_EXTENSIONS = { AuthorizeCall: { extrinsic: {}, payload: {} } };

/** A block. */
export interface Block {
	number: number;
	hash: Hex;
}

/** Where a leg stands. */
export type Stage =
	| 'registered'
	| 'cancelling'
	| 'committed'
	| 'settled'
	| 'reversed'
	| 'expired'
	| 'cancelled';

/** A leg in a chain's state. */
export interface LegState {
	stage: Stage;
	/** What is proven of the other leg, where the verdict has to wait. */
	fact?: 'Committed' | 'NotCommitted' | 'Forgotten';
	/** Height of the other chain's block by which it was moved last. */
	relied?: number;
	contract: Contract;
	log: Log;
}

/** What is owed of a contract that has ended: an item that could not move. */
export interface Debt {
	id: Hex;
	index: number;
	item: Item;
	to: Hex;
}

/** What a chain knows of another one. */
export interface Peer {
	system: Hex;
	status: 'Active' | 'Paused' | 'Forked';
	isClosing: boolean;
	/** Height of its newest block that is known. */
	known: number;
	/** The time that this block states, in milliseconds. */
	time: number;
	/** Own height before which nothing moves, after a fork. */
	quietUntil: number;
	/** For how long the known block can be followed, in milliseconds. */
	trustPeriod: number;
}

/** The nearest expiries that a chain takes, as distances in blocks. */
export interface Least {
	own: number;
	peer: number;
	firm: number;
	notice: number;
}

/** A call that can be signed. */
export type Call = SubmittableExtrinsic<'promise'>;

// Types of this pallet are in a chain's metadata, and not known when this is compiled.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;

/** The host and port of a node's address: the rest may hold a key. */
function hostOf(url: string): string {
	const host = URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol) ? new URL(url).host : '';
	if (!host) {
		throw refuse('NodeAddress', 'The address of a node begins with ws:// or wss://, and names a host.');
	}
	return host;
}

/** An account's public key in hexadecimal. */
export function accountOf(address: string): Hex {
	try {
		return u8aToHex(decodeAddress(address));
	} catch (cause) {
		throw refuse('AddressMalformed', 'This is no address.', { subject: address, cause });
	}
}

export class Chain {
	readonly api: ApiPromise;
	/** Where its node is, as far as that is known. */
	readonly url: string;
	readonly pulse: Pulse;
	readonly name: string;
	/** The genesis hash. */
	readonly system: Hex;
	readonly token: { symbol: string; decimals: number };
	#owns: boolean;
	/** How often the connection had broken when the chain was last seen to be the same. */
	#seenIn = 0;

	private constructor(api: ApiPromise, pulse: Pulse, name: string, url: string, owns: boolean) {
		this.api = api;
		this.pulse = pulse;
		this.name = name;
		this.url = url;
		this.#owns = owns;
		this.system = api.genesisHash.toHex();
		const { chainTokens, chainDecimals } = api.registry;
		this.token = { symbol: chainTokens[0], decimals: chainDecimals[0] };
	}

	/** Connects to a node, such as `ws://127.0.0.1:9944`. `disconnect` when it is not needed any more. */
	static async connect(url: string): Promise<Chain> {
		const host = hostOf(url);
		const provider = new WsProvider(url);
		const api = new ApiPromise({ provider, noInitWarn: true, signedExtensions: SIGNED_EXTENSIONS });
		try {
			await api.isReadyOrError;
			return await Chain.#of(api, host, true);
		} catch (cause) {
			// It would connect again and again.
			await api.disconnect();
			if (isBroken(api, cause) && !(cause instanceof Error && 'code' in cause)) {
				throw refuse('NoConnection', `No node answers at ${host}.`, { subject: host, cause });
			}
			throw cause;
		}
	}

	/** The chain of an API that is ready; who made it disconnects it. */
	static of(api: ApiPromise): Promise<Chain> {
		return Chain.#of(api, 'the connected node', false);
	}

	static async #of(api: ApiPromise, url: string, owns: boolean): Promise<Chain> {
		if (!api.tx.ribp?.register || !(api.call as Any).ribpApi) {
			const docs = `The chain of ${url} does not carry pallet-ribp, or not its runtime API.`;
			throw refuse('WrongChain', docs, { subject: url });
		}
		const name = (await api.rpc.system.chain()).toString();
		return new Chain(api, await Pulse.of(api), name, url, owns);
	}

	async disconnect(): Promise<void> {
		this.pulse.stop();
		if (this.#owns) {
			await this.api.disconnect();
		}
	}

	/** Asks the node, again after each reconnection, and only if it still is the same chain's. */
	ask<T>(question: () => Promise<T>, patience?: Patience): Promise<T> {
		const asked = async () => {
			await this.ensureSame();
			return question();
		};
		return patiently(this.api, this.pulse, asked, patience);
	}

	/** Throws if another chain's node answers since the connection has broken. */
	async ensureSame(): Promise<void> {
		const { breaks } = this.pulse;
		if (this.#seenIn === breaks) {
			return;
		}
		const found = (await this.api.rpc.chain.getBlockHash(0)).toHex();
		if (found !== this.system) {
			const docs = `At ${this.url} answers the chain ${found} now, and not ${this.name} any more.`;
			throw refuse('WrongChain', docs, { subject: this.url });
		}
		this.#seenIn = breaks;
	}

	/** What a proposal says of this chain. */
	get chainName(): ChainName {
		return { genesis: this.system, name: this.name, token: this.token };
	}

	/** An account as people write it on this chain. */
	address(account: Hex): string {
		return encodeAddress(account, this.api.registry.chainSS58);
	}

	async best(): Promise<Block> {
		const header = await this.api.rpc.chain.getHeader();
		return { number: header.number.toNumber(), hash: header.hash.toHex() };
	}

	async finalized(): Promise<Block> {
		const hash = await this.api.rpc.chain.getFinalizedHead();
		const header = await this.api.rpc.chain.getHeader(hash);
		return { number: header.number.toNumber(), hash: hash.toHex() };
	}

	/** The finalized block of a height, which is known to be final. */
	async block(number: number): Promise<Block> {
		return { number, hash: (await this.api.rpc.chain.getBlockHash(number)).toHex() };
	}

	/** A block's time, in milliseconds since 1970. */
	async time(hash: Hex): Promise<number> {
		return Number((await (this.api.query.timestamp.now as Any).at(hash)).toBigInt());
	}

	/** A block's state. */
	at(hash: Hex): Promise<Any> {
		return this.api.at(hash);
	}

	/** SCALE value of the type that an argument of a call has. */
	argument(call: string, name: string, value: unknown): Codec {
		const { args } = this.api.tx.ribp[call].meta;
		const { type } = args.find((one) => one.name.toString() === name)!;
		return this.api.createType(type.toString(), value);
	}

	/** A log as this chain takes it; refuses what it would not read as it is written. */
	log({ from, to, items }: Log): Codec {
		const isTooLarge = (item: Item) =>
			'Token' in item && typeof item.Token === 'string' && BigInt(item.Token) > MOST;
		if (items.some(isTooLarge)) {
			throw refuse('AmountTooLarge', 'No chain counts so far.', { subject: canonicalJson(items) });
		}
		// A chain with one kind of value has it bare.
		const asTaken = (item: Item) => (this.hasKinds ? item : Object.values(item)[0]);
		const action = { Transfer: { from, to, items: items.map(asTaken) } };
		let log: Any;
		try {
			log = this.argument('register', 'log', { system: this.system, action });
		} catch (cause) {
			const docs = `${this.name} does not know such items, or counts no such amount.`;
			throw refuse('AmountTooLarge', docs, { subject: canonicalJson(items), cause });
		}
		for (const [i, item] of [...log.action.asTransfer.items].entries()) {
			const [read, written] = [this.item(item), items[i]].map((one) => canonicalJson(one));
			if (read !== written) {
				const docs = `${this.name} reads the item as ${read}.`;
				throw refuse('ProposalMalformed', docs, { subject: written });
			}
		}
		return log;
	}

	/** Whether several kinds of value are exchanged here. */
	get hasKinds(): boolean {
		const empty = { system: this.system, action: { Transfer: { items: [0] } } };
		const log: Any = this.argument('register', 'log', empty);
		return log.action.asTransfer.items[0].type !== undefined;
	}

	/** An item of this chain, as a proposal has it. */
	item(codec: Any): Item {
		const value = plain(codec) as Any;
		return typeof value === 'string' ? { Token: value } : value;
	}

	/** H(log), as this library computes it from the chain's own encoding. */
	logHash(log: Log): Hex {
		return logHash(this.log(log).toU8a());
	}

	/** H(log), by the chain's runtime. */
	async logHashByRuntime(log: Log): Promise<Hex> {
		return (await (this.api.call as Any).ribpApi.logHashes(this.log(log)))[0].toHex();
	}

	/** A contract's id, by the chain's runtime. */
	async contractIdByRuntime(contract: Contract): Promise<Hex> {
		return (await (this.api.call as Any).ribpApi.contractId(contract)).toHex();
	}

	/** The leg of a contract in a block's state; none if it was never registered, or is swept. */
	async leg(id: Hex, at: Hex): Promise<LegState | undefined> {
		// Asked often: an API that is made for a block takes more time than the answer.
		const bytes = await this.api.rpc.state.call('RibpApi_contract', id, at);
		const type = (this.api.call as Any).ribpApi.contract.meta.type;
		const entry: Any = this.api.registry.createType(type, bytes);
		return entry.isNone ? undefined : this.#legState(entry.unwrap());
	}

	#legState({ stage, fact, relied, contract, action }: Any): LegState {
		const { from, to, items } = action.asTransfer;
		const { type } = stage.isEnded ? stage.asEnded : stage;
		return {
			stage: type.toLowerCase(),
			fact: fact.unwrapOr(undefined)?.type,
			relied: relied.unwrapOr(undefined)?.height.toNumber(),
			contract: contract.toJSON(),
			log: {
				from: u8aToHex(from.toU8a()),
				to: u8aToHex(to.toU8a()),
				items: [...items].map((item) => this.item(item)),
			},
		};
	}

	/** The legs of a block's state in which an account pays or receives, with their contracts' ids. */
	async legsOf(account: Hex, at: Hex): Promise<LegState[]> {
		const entries = await (await this.at(at)).query.ribp.legs.entries();
		return entries
			.map(([, entry]: Any) => this.#legState(entry.unwrap()))
			.filter(({ log }: LegState) => log.from === account || log.to === account);
	}

	/** What is owed to an account, or of a contract, in a block's state. */
	async debts(at: Hex, { id, account }: { id?: Hex; account?: Hex }): Promise<Debt[]> {
		const { owed } = (await this.at(at)).query.ribp;
		const entries: Any[] = await (id ? owed.entries(id) : owed.entries());
		const debts = entries.map(([key, found]) => {
			const debt = found.unwrap();
			const [of, index] = key.args;
			const to = u8aToHex(debt.to.toU8a());
			return { id: of.toHex(), index: index.toNumber(), item: this.item(debt.item), to };
		});
		return debts.filter(({ to }) => account === undefined || to === account);
	}

	/** What this chain knows of others, by a block's state. */
	async peers(at: Hex): Promise<Peer[]> {
		const entries: Any[] = await (await this.at(at)).query.ribp.systems.entries();
		return Promise.all(entries.map(([key]) => this.peer(key.args[0].toHex(), at) as Promise<Peer>));
	}

	/** What this chain knows of another one, by a block's state; none if it does not know it. */
	async peer(system: Hex, at: Hex): Promise<Peer | undefined> {
		const state = await this.at(at);
		const [found, listed]: Any[] = await Promise.all([
			state.query.ribp.systems(system),
			state.call.ribpApi.peerView(system),
		]);
		if (found.isNone || listed.isNone) {
			return undefined;
		}
		const { status, isClosing, view, quietUntil, policy } = found.unwrap();
		return {
			system,
			status: status.type,
			isClosing: isClosing.isTrue,
			known: listed.unwrap().number.toNumber(),
			time: Number(view.time.toBigInt()),
			quietUntil: quietUntil.toNumber(),
			trustPeriod: Number(policy.trustPeriod.toBigInt()),
		};
	}

	/** Whether a leg with another chain that expires here at a height is swept, if it ever was there. */
	async hasSwept(system: Hex, expiry: number, at: Hex): Promise<boolean> {
		const { said }: Any = await (await this.at(at)).query.ribp.corridors(system);
		const { below, gaps } = said.swept;
		const epoch = Math.floor(expiry / EPOCH_BLOCKS);
		return epoch < below.toNumber() && ![...gaps].some((gap: Any) => gap.toNumber() === epoch);
	}

	/** The nearest expiries of contracts with another chain. */
	async least(system: Hex): Promise<Least> {
		const { own, peer, firm, notice } = await (this.api.call as Any).ribpApi.leastExpiry(system);
		const numbers = { own, peer, firm, notice } as Any;
		return Object.fromEntries(
			Object.entries(numbers).map(([name, value]: Any) => [name, value.toNumber()]),
		) as unknown as Least;
	}

	/** How long blocks take here and on another chain, by the conditions that root has set; alike if none are. */
	async blockTimes(system: Hex): Promise<{ own: bigint; peer: bigint }> {
		const safety = (await this.api.query.ribp.safetyOf(system)) as Any;
		if (safety.isNone) {
			return { own: 1n, peer: 1n };
		}
		const { own, peer } = safety.unwrap().conditions;
		return { own: own.blockMs.toBigInt(), peer: peer.blockMs.toBigInt() };
	}

	/** What it costs now to register a contract here, besides the transaction's fee. */
	async rent(contract: Contract, items: number): Promise<bigint | undefined> {
		const rent = await (this.api.call as Any).ribpApi.rent(contract, items);
		return rent.isNone ? undefined : rent.unwrap().toBigInt();
	}

	/** What the chain's metadata says of an error, such as `ribp.ExpiryTooSoon`; nothing of what it has not. */
	errorDocs(code: string): string {
		const [pallet, name] = code.split('.');
		const { lookup, metadata }: Any = this.api.registry;
		const found = metadata.pallets.find((one: Any) => one.name.toString().toLowerCase() === pallet);
		if (!found || found.errors.isNone) {
			return '';
		}
		const { variants } = lookup.getSiType(found.errors.unwrap().type).def.asVariant;
		return variants.find((one: Any) => one.name.eq(name))?.docs.join(' ') ?? '';
	}

	/** A number among the pallet's constants. */
	constant(name: string): number {
		return (this.api.consts.ribp[name] as Any).toNumber();
	}
}
