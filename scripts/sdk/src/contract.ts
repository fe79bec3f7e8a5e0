/** What of a contract is the same on every chain: its bytes, its hash and its id (WIRE.md). */
import { hexToU8a, stringToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';

/** Bytes in hexadecimal, with `0x`. */
export type Hex = `0x${string}`;

/** When a leg's value is given: at once with the proof, or after both expiries. */
export type Settlement = 'AtExpiry' | 'Early';

/** One chain's half of a contract, as it is hashed. */
export interface Leg {
	system: Hex;
	log: Hex;
	expiry: number;
	notice: number;
	settlement: Settlement;
}

/** What both parties register. */
export interface Contract {
	legs: [Leg, Leg];
	reference: Hex;
}

/** A chain keeps its legs by the epoch of their expiry, which has so many blocks. */
export const EPOCH_BLOCKS = 32;

/** In the order of their discriminants. */
const SETTLEMENTS: Settlement[] = ['AtExpiry', 'Early'];

const tagged = (tag: string, bytes: Uint8Array): Uint8Array =>
	blake2AsU8a(u8aConcat(stringToU8a(tag), bytes), 256);

const u32 = (value: number): Uint8Array => {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value, true);
	return bytes;
};

const legBytes = ({ system, log, expiry, notice, settlement }: Leg): Uint8Array =>
	u8aConcat(
		hexToU8a(system),
		hexToU8a(log),
		u32(expiry),
		u32(notice),
		Uint8Array.of(SETTLEMENTS.indexOf(settlement)),
	);

/** A contract's SCALE encoding. */
export const contractBytes = ({ legs, reference }: Contract): Uint8Array =>
	u8aConcat(...legs.map(legBytes), hexToU8a(reference));

/** Blake2-256 of the tag and of a contract's bytes. */
export const contractHash = (contract: Contract): Hex =>
	u8aToHex(tagged('ribp/contract/2', contractBytes(contract)));

/** A contract's name on both chains: in which epochs its legs expire, and its hash. */
export const contractId = (contract: Contract): Hex =>
	u8aToHex(
		u8aConcat(
			...contract.legs.map(({ expiry }) => u32(Math.floor(expiry / EPOCH_BLOCKS))),
			hexToU8a(contractHash(contract)),
		),
	);

/** H(log), of a log's SCALE encoding. */
export const logHash = (bytes: Uint8Array): Hex => u8aToHex(tagged('ribp/log', bytes));
