/** A proposal: what two people agree on before either signs. */
import { isHex, stringToU8a, u8aToHex, u8aToString, hexToU8a } from '@polkadot/util';
import { randomAsHex } from '@polkadot/util-crypto';

import { canonicalJson, fromBase64Url, parseCanonical, toBase64Url } from './canonical.js';
import { type Contract, contractId, type Hex, type Settlement } from './contract.js';
import { refuse } from './errors.js';
import { PROPOSAL_SCHEMA, REASONS, REJECTION_SCHEMA, type Schema, violation } from './schema.js';

/** One kind of value, and which or how much of it in the smallest unit, as decimal integers. */
export type Item =
	| { Token: string }
	| { Asset: { id: string; amount: string } }
	| { Nft: { collection: string; item: string } }
	| { [kind: string]: string | { [field: string]: string } };

/** Who pays whom, and what: the accounts as public keys. */
export interface Log {
	from: Hex;
	to: Hex;
	items: Item[];
}

/** What a proposal says of a chain; all of it is compared with the connected node. */
export interface ChainName {
	genesis: Hex;
	name: string;
	token: { symbol: string; decimals: number };
}

/** One chain's half of a proposal. */
export interface ProposalLeg {
	chain: ChainName;
	log: Log;
	logHash: Hex;
	expiry: number;
	notice: number;
	settlement: Settlement;
}

/** Version 1; `schema/proposal-1.json` describes it. */
export interface Proposal {
	format: 'ribp-proposal';
	version: 1;
	/** The contract's name on both chains: it changes with whatever is registered. */
	id: Hex;
	/** The parties' own, such as an order's number. */
	reference: Hex;
	/** In the order of the chains' genesis hashes. */
	legs: [ProposalLeg, ProposalLeg];
}

/** Why a proposal is not accepted. */
export type Reason = (typeof REASONS)[number];

/** What goes back to who proposed. Nobody has signed it: it is a courtesy, and binds nobody. */
export interface Rejection {
	format: 'ribp-rejection';
	version: 1;
	id: Hex;
	reference: Hex;
	reason: Reason;
	note?: string;
}

/** Where a link's proposal begins. */
const FRAGMENT = 'ribp=';

/** The contract that a proposal stands for. */
export function contractOf({ legs, reference }: Pick<Proposal, 'legs' | 'reference'>): Contract {
	const [first, second] = legs.map(({ chain, logHash, expiry, notice, settlement }) => ({
		system: chain.genesis,
		log: logHash,
		expiry,
		notice,
		settlement,
	}));
	return { legs: [first, second], reference };
}

/** A proposal of these legs, in whichever order. */
export function makeProposal(legs: readonly ProposalLeg[], reference: Hex): Proposal {
	const [first, second] = [...legs].sort((one, other) =>
		one.chain.genesis < other.chain.genesis ? -1 : 1,
	);
	const inOrder: [ProposalLeg, ProposalLeg] = [first, second];
	const id = contractId(contractOf({ legs: inOrder, reference }));
	return checked({ format: 'ribp-proposal', version: 1, id, reference, legs: inOrder });
}

/** Its canonical text, as a file has it. */
export const writeProposal = (proposal: Proposal): string => canonicalJson(checked(proposal));

/** A link whose fragment, which browsers do not send, has the proposal. */
export const proposalLink = (proposal: Proposal, page = 'ribp:'): string =>
	`${page.split('#')[0]}#${FRAGMENT}${toBase64Url(writeProposal(proposal))}`;

/**
 * The proposal of a file or a link.
 *
 * Refuses by its name a field that is not what it may be, and an id that is not that of the terms.
 * Whether the logs have their hashes, and what is said of the chains is true, only the chains know:
 * `check` asks them.
 */
export const readProposal = (text: string): Proposal => checked(parseCanonical(unlinked(text)));

function unlinked(text: string): string {
	const [, encoded] = text.trim().split(`#${FRAGMENT}`);
	return encoded === undefined ? text : fromBase64Url(encoded);
}

function checked(value: unknown): Proposal {
	const proposal = conforming(value, 'ribp-proposal', PROPOSAL_SCHEMA) as Proposal;
	const [first, second] = proposal.legs;
	if (first.chain.genesis >= second.chain.genesis) {
		const docs = 'The legs are not of two chains, in the order of their genesis hashes.';
		throw refuse('ProposalMalformed', docs, { subject: 'legs' });
	}
	for (const [i, { log }] of proposal.legs.entries()) {
		if (log.from === log.to) {
			const docs = 'Who pays is who receives.';
			throw refuse('ProposalMalformed', docs, { subject: `legs[${i}].log.to` });
		}
	}
	if (contractId(contractOf(proposal)) !== proposal.id) {
		throw refuse('ProposalAltered', 'The id is not that of these terms.', { subject: 'id' });
	}
	return proposal;
}

function conforming(value: unknown, format: string, schema: Schema): unknown {
	const { format: named, version } = (value ?? {}) as { format?: unknown; version?: unknown };
	if (named === format && Number.isSafeInteger(version) && version !== 1) {
		const docs = `This is version ${version}; this tool knows version 1.`;
		throw refuse('VersionNotSupported', docs, { subject: 'version' });
	}
	const found = violation(value, schema);
	if (found) {
		throw refuse('ProposalMalformed', `${found.field} ${found.says}.`, { subject: found.field });
	}
	return value;
}

/** A rejection of a proposal. */
export function reject(proposal: Proposal, reason: Reason, note?: string): Rejection {
	if (!REASONS.includes(reason)) {
		throw refuse('UnknownReason', `No reason has this code: ${REASONS.join(', ')} are there.`);
	}
	const { id, reference } = proposal;
	const rejection: Rejection = { format: 'ribp-rejection', version: 1, id, reference, reason };
	return readRejection(canonicalJson(note === undefined ? rejection : { ...rejection, note }));
}

/** Its canonical text. */
export const writeRejection = (rejection: Rejection): string => canonicalJson(rejection);

/** The rejection that a text has. */
export const readRejection = (text: string): Rejection =>
	conforming(parseCanonical(text), 'ribp-rejection', REJECTION_SCHEMA) as Rejection;

/** A reference of 32 bytes: those of a text, filled up with zeros; or hexadecimal as it is. Random by default. */
export function makeReference(text?: string): Hex {
	if (text === undefined) {
		return randomAsHex(32) as Hex;
	}
	if (isHex(text, 256)) {
		return text.toLowerCase() as Hex;
	}
	const bytes = stringToU8a(text);
	if (bytes.length > 32) {
		throw refuse('ReferenceTooLong', 'A reference has 32 bytes.', { subject: text });
	}
	const padded = new Uint8Array(32);
	padded.set(bytes);
	return u8aToHex(padded);
}

/** A reference as text, where it is one; else as it is. */
export function showReference(reference: Hex): string {
	const text = u8aToString(hexToU8a(reference)).replace(/\0+$/, '');
	return /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(text) && makeReference(text) === reference ? text : reference;
}
