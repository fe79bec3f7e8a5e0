/** Contracts between two chains that carry pallet-ribp, through polkadot.js. */
import { ApiPromise, WsProvider } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import { stringToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a, cryptoWaitReady, randomAsHex } from '@polkadot/util-crypto';

import { trustAnchor } from './finality.mjs';
import { History } from './history.mjs';
import { until } from './nodes.mjs';

/** A zero-sized extension that polkadot.js does not know; saying so keeps it quiet. */
const SIGNED_EXTENSIONS = { AuthorizeCall: { extrinsic: {}, payload: {} } };

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
	 * Where a contract stands in the state of block `at`, or of the best block. `absent` if it was
	 * never registered, or is forgotten.
	 */
	async status(id, at) {
		// Asked again and again: an API that is made for a block takes more time than the answer.
		const { rpc, call, registry } = this.api;
		const block = at ? [at] : [];
		const bytes = await this.#ask(() => rpc.state.call('RibpApi_contract', id, ...block));
		const status = registry.createType(call.ribpApi.contract.meta.type, bytes);
		if (status.isNone) {
			return 'absent';
		}
		if (status.unwrap().isEnded) {
			return status.unwrap().asEnded.type.toLowerCase();
		}
		const { phase } = status.unwrap().asWaiting;
		return phase.type.toLowerCase();
	}

	/** What is free, and what is left as contracts' deposits, at a block. */
	async balance(address, at) {
		const state = await this.api.at(at);
		const [{ data }, holds] = await Promise.all([
			state.query.system.account(address),
			state.query.balances.holds(address),
		]);
		const deposit = [...holds]
			.filter(({ id }) => id.isRibp)
			.reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
		return { free: data.free.toBigInt(), deposit };
	}

	/** What contracts have taken of the token, and what is owed, at a block. */
	async taken(at) {
		const { balances, ribp } = this.api.consts;
		const account = u8aConcat(stringToU8a('modl'), ribp.palletId.toU8a(), new Uint8Array(20));
		const { free } = await this.balance(account, at);
		return free - balances.existentialDeposit.toBigInt();
	}

	/** All that there is of the token, at a block. */
	async issuance(at) {
		const state = await this.api.at(at);
		return (await state.query.balances.totalIssuance()).toBigInt();
	}

	/** How many positions the last finalized block still has. */
	async positionsLeft() {
		const state = await this.api.at(this.history.last.hash);
		return (await state.query.ribp.positions.keys()).length;
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

	/** Makes `peer` known here, by the root account, with the trust anchor that its node tells. */
	async registerSystem(peer) {
		const anchor = await trustAnchor(peer);
		return this.sudo(this.api.tx.ribp.registerSystem(peer.system, anchor.toU8a()));
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

/** blake2-256 of a tag, raw, and the SCALE encoding of values. */
function tagged(tag, ...values) {
	const bytes = values.map((value) => value.toU8a());
	return u8aToHex(blake2AsU8a(u8aConcat(stringToU8a(tag), ...bytes), 256));
}

/**
 * @typedef {object} Leg one side of an exchange
 * @property {Chain} chain
 * @property {Chain} peer
 * @property {object} log SCALE value
 * @property {string} logHash
 * @property {string} reversalHash
 * @property {object} contract SCALE value
 * @property {string} id of the contract
 * @property {string} mirrorId of the contract that the peer holds
 * @property {object} payer who signs the registration
 * @property {object} receiver
 * @property {bigint} amount
 * @property {number} expiry
 */

/**
 * The log of a transfer of `items`, or else of `amount` tokens, with a random salt unless one is
 * given. An item is `{ Token: amount }`, `{ Asset: { id, amount } }` or `{ Nft: { collection, item } }`.
 */
export function transferLog(chain, { from, to, amount, items, salt = randomAsHex(32) }) {
	items ??= [{ Token: amount }];
	const action = { Transfer: { from: from.address, to: to.address, items } };
	return chain.argument('register', 'log', { system: chain.system, action, salt });
}

/** Hash of a log, and of its reversal. */
export function logHashes(log) {
	return { logHash: tagged('ribp/log', log), reversalHash: tagged('ribp/reversal', log) };
}

/** Hash of a contract and the chain that holds it. */
export function contractId(chain, contract) {
	return tagged('ribp/contract', chain.api.createType('H256', chain.system), contract);
}

/**
 * Both legs of an exchange: the contract and its mirror.
 *
 * @typedef {object} Side
 * @property {Chain} chain
 * @property {object} payer
 * @property {object} receiver
 * @property {bigint} [amount] of tokens
 * @property {object[]} [items] instead of an amount of tokens
 * @property {number} expiry
 *
 * @param {Side} first
 * @param {Side} second
 * @returns {Leg[]}
 */
export function makeExchange(first, second) {
	const [a, b] = [first, second].map(({ chain, payer, receiver, amount, items, expiry }) => {
		const log = transferLog(chain, { from: payer, to: receiver, amount, items });
		return { chain, payer, receiver, amount, expiry, log, ...logHashes(log) };
	});
	const legs = [[a, b], [b, a]].map(([own, other]) => {
		const contract = own.chain.argument('register', 'contract', {
			log: own.logHash,
			peerLog: other.logHash,
			reversal: own.reversalHash,
			peerReversal: other.reversalHash,
			peer: other.chain.system,
			h1: own.expiry,
			h2: other.expiry,
		});
		return { ...own, peer: other.chain, contract, id: contractId(own.chain, contract) };
	});
	const [{ id }, { id: mirrorId }] = legs;
	return [{ ...legs[0], mirrorId }, { ...legs[1], mirrorId: id }];
}

/** Throws unless the chain's runtime computes the same hashes, id and mirror as this library. */
export async function crossCheck([own, other]) {
	const { ribpApi } = own.chain.api.call;
	const [hashes, id, mirror] = await Promise.all([
		ribpApi.logHashes(own.log),
		ribpApi.contractId(own.contract),
		ribpApi.mirror(own.contract),
	]);
	const pairs = [
		['log', hashes[0].toHex(), own.logHash],
		['reversal', hashes[1].toHex(), own.reversalHash],
		['contract id', id.toHex(), own.id],
		['mirror', mirror.toHex(), other.contract.toHex()],
	];
	for (const [what, theirs, ours] of pairs) {
		if (theirs !== ours) {
			throw new Error(`${own.chain.name}: ${what} is ${theirs} by its runtime, ${ours} here`);
		}
	}
}

/** Registers one leg; returns the finalized block. */
export function register(leg, settlement) {
	const { chain, contract, log, payer } = leg;
	return chain.send(chain.api.tx.ribp.register(contract, log, settlement), payer);
}

/** Registers legs, those of one chain and payer in one extrinsic. */
export async function registerAll(legs, settlement) {
	const left = new Set(legs);
	const sent = [];
	for (const { chain, payer } of legs) {
		const own = [...left].filter((leg) => leg.chain === chain && leg.payer === payer);
		own.forEach((leg) => left.delete(leg));
		const registrations = own.map(({ contract, log }) => ({ contract, log, settlement }));
		if (registrations.length > 0) {
			sent.push(chain.send(chain.api.tx.ribp.registerBatch(registrations), payer));
		}
	}
	await Promise.all(sent);
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

/** The outcome of a leg's contract by the last finalized block, or its phase. */
export async function finalStatus({ chain, id }) {
	const status = await chain.status(id, chain.history.last.hash);
	return status === 'absent' ? (chain.history.outcomeOf(id) ?? status) : status;
}

export const ENDED = ['settled', 'reversed', 'expired', 'cancelled'];
