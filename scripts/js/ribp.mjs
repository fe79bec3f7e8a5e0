/** Contracts between two chains that carry pallet-ribp, through polkadot.js. */
import { ApiPromise, WsProvider } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, stringToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a, cryptoWaitReady, randomAsHex, xxhashAsU8a } from '@polkadot/util-crypto';

import { checkAnchor, trustAnchor } from './finality.mjs';
import { History } from './history.mjs';
import { until } from './nodes.mjs';

/** A zero-sized extension that polkadot.js does not know; saying so keeps it quiet. */
const SIGNED_EXTENSIONS = { AuthorizeCall: { extrinsic: {}, payload: {} } };

/** A chain keeps its legs by the epoch of their expiry, which has so many blocks (WIRE.md). */
export const EPOCH_BLOCKS = 32;

/** What the pool says of an extrinsic that will not be finalized. */
const GAVE_UP = ['Invalid', 'Dropped', 'Usurped', 'FinalityTimeout'];

let accounts;

/** The dev account `//name`. */
export async function account(name) {
	await cryptoWaitReady();
	accounts ??= new Keyring({ type: 'sr25519' });
	return accounts.addFromUri(`//${name}`);
}

/** A chain refused an extrinsic; `name` is the error's, such as `ribp.UnknownSystem`. */
export class Refusal extends Error {
	constructor(name, docs = '') {
		super(`${name} ${docs}`.trim());
		this.name = name;
	}
}

/** One chain as seen through one of its nodes. */
export class Chain {
	/** @type {ApiPromise} */
	api;
	history = new History();
	/** Height of the best block. */
	best = 0;
	/** Whether calls can be answered. */
	connected = false;
	/** Questions that have not been answered yet. */
	#asked = new Set();

	/** @param {import('./nodes.mjs').Node} node that runs */
	constructor(node) {
		this.node = node;
		this.name = node.name;
	}

	static async open(node) {
		const chain = new Chain(node);
		await chain.connect();
		return chain;
	}

	/** Connects, again after a `disconnect`. */
	async connect() {
		const provider = new WsProvider(this.node.ws);
		this.api = new ApiPromise({
			provider,
			noInitWarn: true,
			signedExtensions: SIGNED_EXTENSIONS,
		});
		try {
			await this.#begin();
			this.connected = true;
		} catch (error) {
			// It would connect again and again, and keep this process alive.
			await this.api.disconnect();
			throw error;
		}
	}

	/** Reads what the chain is, and follows it. */
	async #begin() {
		await this.api.isReadyOrError;
		this.system = this.api.genesisHash.toHex();
		this.token = this.api.registry.chainTokens[0];
		this.decimals = this.api.registry.chainDecimals[0];
		await this.api.rpc.chain.subscribeNewHeads(({ number }) => {
			this.best = number.toNumber();
		});
		await this.history.follow(this.api);
	}

	async disconnect() {
		if (!this.connected) {
			return;
		}
		this.connected = false;
		await Promise.allSettled([...this.#asked, this.history.pause()]);
		await this.api.disconnect();
	}

	/** Whole tokens as the chain counts them. */
	tokens(amount) {
		return BigInt(amount) * 10n ** BigInt(this.decimals);
	}

	/** SCALE value of the type that the call's argument has. */
	argument(call, name, value) {
		const argument = this.api.tx.ribp[call].meta.args.find((a) => a.name.toString() === name);
		return this.api.createType(argument.type.toString(), value);
	}

	/**
	 * Signs and submits; returns the finalized block that has it, as the history knows it.
	 *
	 * What a pool says of an extrinsic is of its own views, which change with every fork: one that it
	 * gives up is signed again with the same nonce, so that it counts once. Throws a `Refusal` that
	 * names the pallet's error.
	 */
	async send(extrinsic, signer) {
		const next = () =>
			this.#ask(() => this.api.rpc.system.accountNextIndex(signer.address));
		const nonce = await next();
		let last = await this.#submit(extrinsic, signer, nonce);
		const hashes = [last.hash];
		const isOurs = ({ hash }) => hashes.includes(hash);
		const { number: before } = this.history.last;
		const included = async () => {
			// Asked first of all: it throws if the history cannot be read.
			const isFinal = this.history.last.number > before;
			const block = isFinal && this.history.blocks.findLast((one) => one.extrinsics.some(isOurs));
			// One that is in a block of the best chain may also be given up, when nothing becomes final.
			if (!block && last.givenUp && (await next()).lte(nonce)) {
				// Until the next block its bytes are the same, and refused.
				last = await this.#submit(extrinsic, signer, nonce).catch(() => last);
				hashes.push(last.hash);
			}
			return block && { block, error: block.extrinsics.find(isOurs).error };
		};
		const what = `${this.name} finalizes an extrinsic`;
		const { block, error } = await until(what, included);
		if (error) {
			throw refusal(this.api, error);
		}
		return block;
	}

	/** Its hash, and from when on the pool says that it will not be in a block. */
	async #submit(extrinsic, signer, nonce) {
		const signed = await extrinsic.signAsync(signer, { nonce });
		const submitted = { hash: signed.hash.toHex(), givenUp: false };
		await signed.send(({ status }) => (submitted.givenUp ||= GAVE_UP.includes(status.type)));
		return submitted;
	}

	/** Asks the node, unless there is none to ask; `disconnect` waits for the answer. */
	async #ask(question) {
		if (!this.connected) {
			throw new Error(`${this.name} is not connected`);
		}
		const answer = question();
		this.#asked.add(answer);
		return answer.finally(() => this.#asked.delete(answer));
	}

	/** Height of the last finalized block of `peer` that this chain knows. */
	async viewOf(peer) {
		const view = await this.#ask(() => this.api.call.ribpApi.peerView(peer.system));
		return view.isSome ? view.unwrap().number.toNumber() : undefined;
	}

	/**
	 * The leg of a contract in the state of block `at`, or of the best block: in a word where it
	 * `stands`, and whether it is proven what the other one has come to. None if it was never
	 * registered, or is swept.
	 */
	async leg(id, at) {
		// Asked again and again: an API that is made for a block takes more time than the answer.
		const { rpc, call, registry } = this.api;
		const block = at ? [at] : [];
		const bytes = await this.#ask(() => rpc.state.call('RibpApi_contract', id, ...block));
		const entry = registry.createType(call.ribpApi.contract.meta.type, bytes);
		if (entry.isNone) {
			return undefined;
		}
		const { stage, fact } = entry.unwrap();
		const { type } = stage.isEnded ? stage.asEnded : stage;
		return { stands: type.toLowerCase(), fact: fact.unwrapOr(undefined)?.type };
	}

	/** Where a leg stands; `absent` if there is none. */
	async status(id, at) {
		return (await this.leg(id, at))?.stands ?? 'absent';
	}

	/** What an account has free of the token, at a block. */
	async balance(address, at) {
		const state = await this.api.at(at);
		return (await state.query.system.account(address)).data.free.toBigInt();
	}

	/**
	 * What contracts have taken of the token, at a block: those that have not ended, and those of which
	 * something is owed. Throws unless the pallet's account has just as much.
	 */
	async taken(at) {
		const { balances, ribp } = this.api.consts;
		const account = u8aConcat(stringToU8a('modl'), ribp.palletId.toU8a(), new Uint8Array(20));
		const { query } = await this.api.at(at);
		const [legs, debts, free] = await Promise.all([
			query.ribp.legs.entries(),
			query.ribp.owed.entries(),
			this.balance(account, at),
		]);
		const open = legs.map(([, entry]) => entry.unwrap()).filter(({ stage }) => !stage.isEnded);
		const items = [
			...open.flatMap(({ action }) => [...action.asTransfer.items]),
			...debts.map(([, debt]) => debt.unwrap().item),
		];
		const tokens = items.filter(({ isToken }) => isToken).map((item) => item.asToken.toBigInt());
		const taken = tokens.reduce((sum, amount) => sum + amount, 0n);
		const has = free - balances.existentialDeposit.toBigInt();
		if (has !== taken) {
			throw new Error(`${this.name}: contracts have taken ${taken}, and the pallet has ${has}`);
		}
		return taken;
	}

	/** All that there is of the token, at a block. */
	async issuance(at) {
		const state = await this.api.at(at);
		return (await state.query.balances.totalIssuance()).toBigInt();
	}

	/**
	 * What the last finalized block says of all contracts with `peer`: in which epochs of the peer
	 * all have ended (`through`), in which own ones some may be `swept`, how many legs there are
	 * (`entries`), and how many of them have not ended (`open`). Epochs: see `hasEpoch`.
	 */
	async corridor(peer) {
		const state = await this.api.at(this.history.last.hash);
		// As JSON, fields have the names of the runtime.
		const lane = (await state.query.ribp.corridors(peer.system)).toJSON();
		const { said, entries, open } = lane;
		return { ...said, entries, open };
	}

	/** How many items are owed, by the last finalized block. */
	async owed() {
		const state = await this.api.at(this.history.last.hash);
		return (await state.query.ribp.owed.keys()).length;
	}

	/** The root account of this chain: a dev account. */
	async sudoKey() {
		const key = (await this.api.query.sudo.key()).toString();
		for (const name of ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie']) {
			const pair = await account(name);
			if (this.api.createType('AccountId', pair.address).toString() === key) {
				return pair;
			}
		}
		throw new Error(`${this.name}: the root account ${key} is no dev account`);
	}

	/** Has the root account make a call. */
	async sudo(call) {
		return this.send(this.api.tx.sudo.sudo(call), await this.sudoKey());
	}

	/** Has the root account change parameters of the runtime: SCALE values by their names. */
	async setParameters(parameters) {
		const items = Object.entries(parameters).map(([name, value]) => [
			u8aToHex(xxhashAsU8a(`:${name}:`, 128)),
			u8aToHex(value.toU8a()),
		]);
		return this.sudo(this.api.tx.system.setStorage(items));
	}

	/**
	 * Makes `peer` known here, by the root account, with the trust anchor that its node tells; or with
	 * another one, which is checked before.
	 */
	async registerSystem(peer, anchor) {
		return this.#believe(this.api.tx.ribp.registerSystem, peer, anchor);
	}

	/** Has `peer`, which is known here, believed from such an anchor on. */
	async renewSystem(peer, anchor) {
		return this.#believe(this.api.tx.ribp.renewSystem, peer, anchor);
	}

	async #believe(call, peer, anchor) {
		const checked = await (anchor ? checkAnchor(peer, anchor) : trustAnchor(peer));
		return this.sudo(call(peer.system, checked.toU8a()));
	}
}

function refusal(api, error) {
	if (error.isModule) {
		const { section, name, docs } = api.registry.findMetaError(error.asModule);
		return new Refusal(`${section}.${name}`, docs.join(' '));
	}
	return new Refusal(error.isToken ? `token.${error.asToken.type}` : error.type);
}

/** Makes chains known to each other. */
export async function introduce(...chains) {
	const meetOthers = async (chain) => {
		// One after the other: the root account signs all of them.
		for (const peer of chains.filter((other) => other !== chain)) {
			await chain.registerSystem(peer);
		}
	};
	await Promise.all(chains.map(meetOthers));
}

/** blake2-256 of a tag and of what is to be hashed, in hexadecimal. */
const tagged = (tag, bytes) => u8aToHex(blake2AsU8a(u8aConcat(stringToU8a(tag), bytes), 256));

/**
 * @typedef {object} Leg one side of an exchange
 * @property {Chain} chain
 * @property {Chain} peer
 * @property {object} log SCALE value
 * @property {string} logHash
 * @property {object} contract SCALE value; both sides have the same
 * @property {string} id of the contract: its SCALE value in hexadecimal
 * @property {object} payer who signs the registration
 * @property {object} receiver
 * @property {bigint} amount
 * @property {number} expiry
 * @property {number} peerExpiry
 */

/**
 * The log of a transfer of `items`, or else of `amount` tokens. An item is `{ Token: amount }`,
 * `{ Asset: { id, amount } }` or `{ Nft: { collection, item } }`.
 */
export function transferLog(chain, { from, to, amount, items }) {
	items ??= [{ Token: amount }];
	const action = { Transfer: { from: from.address, to: to.address, items } };
	return chain.argument('register', 'log', { system: chain.system, action });
}

/** A contract of two legs, as both chains have it: in the order of their systems. */
export function makeContract(chain, legs, reference) {
	const inOrder = legs.toSorted((one, other) => (one.system < other.system ? -1 : 1));
	return chain.argument('register', 'contract', { legs: inOrder, reference });
}

/** The epoch in which a height lies. */
export const epochOf = (height) => Math.floor(height / EPOCH_BLOCKS);

/** Whether a set of epochs, which are all `below` one but for some `gaps`, has this one. */
export const hasEpoch = ({ below, gaps }, epoch) => epoch < below && !gaps.includes(epoch);

/** Hash of a contract. */
export const contractHash = (contract) => tagged('ribp/contract/2', contract.toU8a());

/** The name of a contract: in which epochs its legs expire, and its hash. */
export function contractId(contract) {
	const epochs = contract.legs.map(({ expiry }) => epochOf(expiry.toNumber()));
	const { registry } = contract;
	return registry.createType('([u32; 2], H256)', [epochs, contractHash(contract)]).toHex();
}

/**
 * Both legs of an exchange: one contract, and the log of each payer.
 *
 * @typedef {object} Side
 * @property {Chain} chain
 * @property {object} payer
 * @property {object} receiver
 * @property {bigint} [amount] of tokens
 * @property {object[]} [items] instead of an amount of tokens
 * @property {number} expiry
 * @property {number} [notice] of a cancellation; the shortest that the chain takes by default
 * @property {'AtExpiry' | 'Early'} [settlement] of this leg alone
 *
 * @param {Side} first
 * @param {Side} second
 * @param {'AtExpiry' | 'Early'} [settlement] of both legs
 * @returns {Leg[]}
 */
export function makeExchange(first, second, settlement = 'Early') {
	const reference = randomAsHex(32);
	const sides = [first, second].map(({ chain, payer, receiver, amount, items, expiry, ...terms }) => {
		const log = transferLog(chain, { from: payer, to: receiver, amount, items });
		const logHash = tagged('ribp/log', log.toU8a());
		const notice = chain.api.consts.ribp.minNotice.toNumber();
		const leg = { system: chain.system, log: logHash, expiry, notice, settlement, ...terms };
		return { leg, own: { chain, payer, receiver, amount, expiry, log, logHash } };
	});
	return sides.map(({ own }, i) => {
		const contract = makeContract(own.chain, sides.map(({ leg }) => leg), reference);
		const { chain: peer, expiry: peerExpiry } = sides[1 - i].own;
		return { ...own, peer, peerExpiry, contract, id: contractId(contract) };
	});
}

/** Throws unless the chain's runtime computes the same hashes, id and contract log as this library. */
export async function crossCheck([own, other]) {
	const { api, name } = own.chain;
	const [hashes, id, log] = await Promise.all([
		api.call.ribpApi.logHashes(own.log),
		api.call.ribpApi.contractId(own.contract),
		api.call.ribpApi.contractLog(own.contract),
	]);
	const logs = [own.logHash, other.logHash];
	const reversals = logs.map((hash) => tagged('ribp/reversal', hexToU8a(hash)));
	const fields = [...logs, ...reversals, other.chain.system, own.expiry, other.expiry];
	const expected = api.createType('(H256, H256, H256, H256, H256, u32, u32)', fields);
	const pairs = [
		['log', hashes[0].toHex(), own.logHash],
		['reversal', hashes[1].toHex(), reversals[0]],
		['contract id', id.toHex(), own.id],
		['contract id', id.toHex(), other.id],
		['contract log', log.unwrap().toHex(), expected.toHex()],
	];
	for (const [what, theirs, ours] of pairs) {
		if (theirs !== ours) {
			throw new Error(`${name}: ${what} is ${theirs} by its runtime, ${ours} here`);
		}
	}
}

/**
 * Registers one leg; returns the finalized block.
 *
 * @param {Leg} leg
 * @param {'OnMatch' | 'Now'} commit when the other leg is registered, or at once: who answers a leg
 *   that is final does so
 */
export function register({ chain, contract, log, payer }, commit = 'OnMatch') {
	return chain.send(chain.api.tx.ribp.register(contract, log, commit), payer);
}

/** Registers legs, those of one chain and payer in one extrinsic. */
export async function registerAll(legs, commit = 'OnMatch') {
	const left = new Set(legs);
	const sent = [];
	for (const { chain, payer } of legs) {
		const own = [...left].filter((leg) => leg.chain === chain && leg.payer === payer);
		own.forEach((leg) => left.delete(leg));
		const registrations = own.map(({ contract, log }) => ({ contract, log, commit }));
		if (registrations.length > 0) {
			sent.push(chain.send(chain.api.tx.ribp.registerBatch(registrations), payer));
		}
	}
	await Promise.all(sent);
}

/** Registers both legs as traders do: once the first one is final, the second one answers it, firm. */
export async function trade([first, second]) {
	await register(first);
	await register(second, 'Now');
}

/** Has the payer of a leg say that he wants the value back; returns the finalized block. */
export function cancel({ chain, peer, id, payer }) {
	return chain.send(chain.api.tx.ribp.cancel(peer.system, id), payer);
}

/** Ends a leg whose time is over, by any account; `work` is as for evidence. */
export function conclude({ chain, peer, id }, signer, work = 1) {
	return chain.send(chain.api.tx.ribp.conclude(peer.system, [id], work), signer);
}

/** The name of the error by which a chain refuses; `none` if it does not. */
export async function refusalOf(promise) {
	try {
		await promise;
		return 'none';
	} catch (error) {
		if (error instanceof Refusal) {
			return error.name;
		}
		throw error;
	}
}

/** Where a leg stands by the last finalized block, be it swept. */
export async function finalStatus({ chain, id }) {
	const status = await chain.status(id, chain.history.last.hash);
	return status === 'absent' ? (chain.history.outcomeOf(id) ?? status) : status;
}

/** Whether a leg is committed, and so is the other one, which is proven: nothing but time is missing. */
export async function isLocked({ chain, id }) {
	const leg = await chain.leg(id, chain.history.last.hash);
	return leg?.stands === 'committed' && leg.fact === 'Committed';
}

export const ENDED = ['settled', 'reversed', 'expired', 'cancelled'];
