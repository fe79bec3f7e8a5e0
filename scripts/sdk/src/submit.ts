/** Signing once, and seeing it through: a message is never signed again while the first may still count. */
import type { SignerOptions } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { Signer } from '@polkadot/types/types';

import { type Block, type Call, type Chain } from './chain.js';
import { connected, isBroken } from './connection.js';
import type { Hex } from './contract.js';
import { RibpError, refuse } from './errors.js';

/** Blocks in which a signed message can be included; after them it never will. */
const LIFETIME = 64;
/** What a pool says of bytes that it has, or has had. */
const KNOWN_TO_POOL = /Already Imported|Temporarily Banned|already imported|banned/i;
/** What it says if the account's nonce is used, be it by these very bytes. */
const STALE = /outdated|stale|Priority is too low/i;

/** Who signs: a pair of keys, or an account whose signer, such as the polkadot.js extension, asks. */
export type Account = KeyringPair | { address: string; signer: Signer };

/** How a message is seen through. */
export interface SubmitOptions {
	/** Ends the waiting. What is signed may be included all the same. */
	signal?: AbortSignal;
	/** Hears what happens, in the order in which it does. */
	onProgress?: (step: Progress) => void;
	/**
	 * Whether a final block's state already has what the message is to do, whoever did it. Then that is
	 * waited for and nothing else.
	 */
	isDone?: (at: Hex) => Promise<boolean>;
}

/** What has happened to a message. */
export interface Progress {
	step: 'signed' | 'sent' | 'interrupted' | 'final';
	chain: string;
	hash: Hex;
}

/** A signed message. */
interface Signed {
	bytes: Hex;
	hash: Hex;
	nonce: number;
	/** The last block that can include it. */
	last: number;
}

/** The finalized block that has the message; or the one in whose state it was seen to be done. */
export async function submit(
	chain: Chain,
	call: Call,
	account: Account,
	options: SubmitOptions = {},
): Promise<Block> {
	const { signal, onProgress } = options;
	const start = await chain.ask(() => chain.finalized(), { signal });
	const signed = await connected([chain], () => sign(chain, call, account));
	const tell = (step: Progress['step']) => onProgress?.({ step, chain: chain.name, hash: signed.hash });
	tell('signed');
	let sentIn = await send(chain, signed, tell);
	let number = start.number;
	for (;;) {
		const final = await chain.ask(() => chain.finalized(), { signal });
		while (number < final.number) {
			const block = await chain.ask(() => chain.block(number + 1), { signal });
			if (await chain.ask(() => wasIncluded(chain, block, signed), { signal })) {
				tell('final');
				return block;
			}
			number = block.number;
		}
		if (await chain.ask(async () => options.isDone?.(final.hash), { signal })) {
			tell('final');
			return final;
		}
		await ensurePossible(chain, account.address, signed, final, signal);
		// The same bytes: a pool takes them once, and a chain counts them once. A node that was away may have
		// lost them.
		if (sentIn !== chain.pulse.breaks) {
			sentIn = await send(chain, signed, tell);
		}
		await chain.pulse.next({ signal });
		signal?.throwIfAborted();
	}
}

async function sign(chain: Chain, call: Call, account: Account): Promise<Signed> {
	const { api } = chain;
	const nonce = (await api.rpc.system.accountNextIndex(account.address)).toNumber();
	const options: Partial<SignerOptions> = { nonce, era: LIFETIME as never };
	const { number } = await chain.best();
	const signed =
		'signer' in account
			? await call.signAsync(account.address, { ...options, signer: account.signer })
			: await call.signAsync(account, options);
	return { bytes: signed.toHex(), hash: signed.hash.toHex(), nonce, last: number + 2 * LIFETIME };
}

/**
 * Hands the message to the node's pool. Returns how often the connection had broken before that; none if it
 * broke now: the message may have arrived or not.
 */
async function send(
	chain: Chain,
	{ bytes }: Signed,
	tell: (step: Progress['step']) => void,
): Promise<number | undefined> {
	const { breaks } = chain.pulse;
	try {
		await chain.api.rpc.author.submitExtrinsic(bytes);
	} catch (error) {
		if (isBroken(chain.api, error)) {
			tell('interrupted');
			return undefined;
		}
		const says = error instanceof Error ? error.message : String(error);
		if (!KNOWN_TO_POOL.test(says) && !STALE.test(says)) {
			throw poolRefusal(says, chain, error);
		}
	}
	tell('sent');
	return breaks;
}

function poolRefusal(says: string, chain: Chain, cause: unknown): RibpError {
	if (/Inability to pay/i.test(says)) {
		const docs = `The account cannot pay the fee of a transaction on ${chain.name}.`;
		const remedy = 'Have some more of the token in the account.';
		return refuse('Refused', docs, { remedy, cause });
	}
	return refuse('Refused', `The node of ${chain.name} does not take the message: ${says}`, { cause });
}

/** Whether a block has the message; throws what the chain has refused. */
async function wasIncluded(chain: Chain, { hash }: Block, signed: Signed): Promise<boolean> {
	const { block } = await chain.api.rpc.chain.getBlock(hash);
	const index = block.extrinsics.findIndex((one) => one.hash.toHex() === signed.hash);
	if (index < 0) {
		return false;
	}
	const records = await (await chain.api.at(hash)).query.system.events();
	for (const { phase, event } of records as unknown as Iterable<EventRecord>) {
		const isOurs = phase.isApplyExtrinsic && phase.asApplyExtrinsic.toNumber() === index;
		if (isOurs && chain.api.events.system.ExtrinsicFailed.is(event as never)) {
			throw refusal(chain, (event.data as unknown as [DispatchError])[0]);
		}
	}
	return true;
}

interface EventRecord {
	phase: { isApplyExtrinsic: boolean; asApplyExtrinsic: { toNumber(): number } };
	event: { data: unknown };
}

/** What a chain says of a call that failed. */
export interface DispatchError {
	isModule: boolean;
	asModule: never;
	isToken: boolean;
	asToken: { type: string };
	type: string;
}

/** A chain's refusal, with the pallet's name and what its metadata says of the error. */
export function refusal(chain: Chain, error: DispatchError): RibpError {
	if (error.isModule) {
		const { section, name, docs } = chain.api.registry.findMetaError(error.asModule);
		return new RibpError(`${section}.${name}`, { docs: docs.join(' '), subject: chain.name });
	}
	const code = error.isToken ? `token.${error.asToken.type}` : `system.${error.type}`;
	return new RibpError(code, { docs: 'The chain itself refuses it.', subject: chain.name });
}

/** Throws if no later block can have the message, by what is final. */
async function ensurePossible(
	chain: Chain,
	address: string,
	{ nonce, last }: Signed,
	final: Block,
	signal?: AbortSignal,
): Promise<void> {
	const state = await chain.ask(() => chain.at(final.hash), { signal });
	const account = await chain.ask(async () => state.query.system.account(address), { signal });
	if (account.nonce.toNumber() > nonce) {
		const docs = `Another message of this account was included on ${chain.name} in its place.`;
		throw refuse('NonceTaken', docs, { subject: address });
	}
	if (final.number > last) {
		const docs = `No block of ${chain.name} included the message while it was valid.`;
		throw refuse('NotIncluded', docs);
	}
}
