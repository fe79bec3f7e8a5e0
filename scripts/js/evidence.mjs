/** Evidence made by hand: what an offchain worker fetches, for anybody who wants to submit it. */
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';

import { finalHead } from './finality.mjs';
import { rpc } from './nodes.mjs';
import { Past } from './past.mjs';
import { contractHash, epochOf, Refusal } from './ribp.mjs';

/**
 * Evidence of a finalized block of a leg's peer: what it has of the contract, and says of all.
 *
 * @param {import('./ribp.mjs').Leg} leg whose chain is to believe the evidence
 * @param {object} [options]
 * @param {string} [options.block] the hash of one that the leg's chain has in its view, however old;
 *   the newest one by default
 * @param {string[]} [options.keys] what is shown of its state, instead
 */
export async function fetchEvidence(leg, { block, keys = wantedKeys(leg) } = {}) {
	const { header, link } = await linked(leg, block);
	return evidenceOf(leg.chain, header, link, await proofOf(leg, keys, header));
}

/** A proof of what a header's state has under these keys. */
async function proofOf({ peer }, keys, { hash }) {
	const { proof } = await rpc(peer.node.http, 'state_getReadProof', [keys, hash.toHex()]);
	return proof;
}

/** Evidence that only advances the known view of a leg's peer: it shows nothing of the state. */
export async function fetchView(leg) {
	const { header, link } = await linked(leg);
	return evidenceOf(leg.chain, header, link, []);
}

const evidenceOf = (chain, header, link, proof) =>
	chain.argument('submitEvidence', 'evidence', { header: header.toHex(), link, proof });

/** A header of a leg's peer, and what links it with what the leg's chain knows. */
async function linked({ chain, peer }, block) {
	const head = await finalHead(peer);
	const header = block ? await peer.api.rpc.chain.getHeader(block) : head.header;
	const view = (await chain.api.call.ribpApi.peerView(peer.system)).unwrap();
	const [number, known] = [header, view].map((one) => one.number.toNumber());
	if (view.recent.some((hash) => hash.eq(header.hash))) {
		return { header, link: 'Known' };
	}
	const past = await Past.of(peer);
	if (number < known) {
		return { header, link: { Below: { under: known, path: await past.path(number, known) } } };
	}
	const extension = await past.extension(known, number);
	return { header, link: { Above: { justification: head.justification.toHex(), extension } } };
}

/** The keys in a peer's state of evidence about legs, which are all of one chain. */
export const wantedKeys = (...legs) => [...legs.map(legKey), corridorKey(legs[0])];

/** Where a leg's peer has its own leg of the contract. */
export function legKey({ chain, peer, peerExpiry, contract }) {
	const { legs } = peer.api.query.ribp;
	return legs.key(chain.system, epochOf(peerExpiry), contractHash(contract));
}

/** Where a leg's peer says what it has of all contracts with the leg's chain. */
export const corridorKey = ({ chain, peer }) => peer.api.query.ribp.corridors.key(chain.system);

/** The same evidence about a leg with something else in place of what the peer says of all contracts. */
export async function forgeCorridor(leg, { header, link, proof }) {
	const others = await proofOf(leg, [legKey(leg)], header);
	const forged = proof.map((node) => {
		const bytes = node.toU8a(true);
		if (!others.includes(node.toHex())) {
			bytes[bytes.length - 1] ^= 1;
		}
		return u8aToHex(bytes);
	});
	return evidenceOf(leg.chain, header, link, forged);
}

/** The id of a leg's contract with another epoch on the peer. */
export function misplaced({ chain, peer, id }) {
	const bytes = hexToU8a(id);
	bytes[chain.system < peer.system ? 4 : 0] ^= 1;
	return u8aToHex(bytes);
}

/** Contracts in the order in which calls want them: by the epochs of their legs, then by hash. */
export function sortedIds(ids) {
	const epoch = (id, from) => id.slice(from, from + 8).match(/../g).reverse().join('');
	const rank = (id) => epoch(id, 2) + epoch(id, 10) + id.slice(18);
	return ids.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/**
 * Submits evidence from a signed account; returns the finalized block that has it. `work` is what the
 * leg's items take, in amounts of the native token: an asset counts twice, an NFT too.
 */
export function submitSigned({ chain, peer, id }, evidence, signer, work = 1) {
	return chain.send(chain.api.tx.ribp.submitEvidence(peer.system, evidence, [id], work), signer);
}

/** The extrinsic, in hexadecimal, that submits evidence about `contracts` free of charge. */
export async function evidenceExtrinsic({ chain, peer, id }, evidence, contracts = [id]) {
	const ids = chain.argument('submitEvidence', 'contracts', contracts);
	return extrinsicBy(chain, 'evidence_extrinsic', peer, evidence.toU8a(), ids.toU8a());
}

/** What a function of the runtime's API makes of a message about a peer. */
async function extrinsicBy({ api, node }, name, peer, ...parts) {
	const question = u8aToHex(u8aConcat(hexToU8a(peer.system), ...parts));
	// By hand: polkadot.js leaves the length in front of bytes that a runtime API returns.
	const answer = await rpc(node.http, 'state_call', [`RibpApi_${name}`, question]);
	return api.createType('Bytes', hexToU8a(answer)).toHex();
}

/**
 * Submits evidence free of charge, as the offchain workers do; returns the extrinsic's hash.
 *
 * Throws a `Refusal` that names the pallet's error when the pool finds the evidence useless.
 */
export async function submitUnsigned(leg, evidence, contracts = [leg.id]) {
	return submitExtrinsic(leg.chain, await evidenceExtrinsic(leg, evidence, contracts));
}

/** Ends legs with one peer whose time is over free of charge, as `submitUnsigned` submits evidence. */
export async function concludeUnsigned({ chain, peer, id }, contracts = [id]) {
	const ids = chain.argument('conclude', 'contracts', contracts);
	return submitExtrinsic(chain, await extrinsicBy(chain, 'conclude_extrinsic', peer, ids.toU8a()));
}

/** Reports a fork of `peer` free of charge, as `submitUnsigned` submits evidence. */
export async function reportUnsigned(chain, peer, report) {
	const bytes = chain.argument('reportFork', 'report', report).toU8a();
	return submitExtrinsic(chain, await extrinsicBy(chain, 'fork_extrinsic', peer, bytes));
}

async function submitExtrinsic({ api, node }, extrinsic) {
	try {
		return await rpc(node.http, 'author_submitExtrinsic', [extrinsic]);
	} catch (error) {
		const [, index] = /Custom error: (\d+)/.exec(error.data) ?? [];
		if (index === undefined) {
			throw error;
		}
		const named = Object.values(api.errors.ribp).find(
			({ meta }) => meta.index.toNumber() === Number(index),
		);
		throw new Refusal(`ribp.${named.meta.name}`, named.meta.docs.join(' '));
	}
}
