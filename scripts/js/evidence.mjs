/** Evidence made by hand: what an offchain worker fetches, for anybody who wants to submit it. */
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { xxhashAsU8a } from '@polkadot/util-crypto';

import { rpc } from './nodes.mjs';
import { Refusal } from './ribp.mjs';

/**
 * Evidence of the newest finalized block of a leg's peer, with what the next step of the leg's
 * contract depends on.
 *
 * @param {import('./ribp.mjs').Leg} leg whose chain is to believe the evidence
 */
export async function fetchEvidence(leg) {
	const { chain, peer } = leg;
	const { api, node } = peer;
	const { header, justification } = await finalHead(peer);
	const view = await chain.viewOf(peer);
	// A header that the chain knows needs neither a justification nor a view.
	const known = view !== undefined && header.number.toNumber() <= view;
	const needed = [...(known ? [] : [['OwnView']]), ...(await neededItems(leg))];
	const keys = await storageKeys(peer, needed);
	const { proof } = await rpc(node.http, 'state_getReadProof', [keys, header.hash.toHex()]);
	const missed = view === undefined || known ? [] : await missedHashes(peer, view, header);
	const [proofBytes, missedBytes] = api.createType('(Vec<Bytes>, Vec<H256>)', [proof, missed]);
	return chain.argument(
		'submitEvidence',
		'evidence',
		u8aConcat(
			header.toU8a(),
			known ? [0] : u8aConcat([1], justification),
			proofBytes.toU8a(),
			missedBytes.toU8a(),
		),
	);
}

/**
 * The newest final header of a chain, and its justification, encoded as the structure that calls
 * take.
 */
export async function finalHead({ api, node }) {
	const head = await rpc(node.http, 'chain_getFinalizedHead');
	const { number } = await rpc(node.http, 'chain_getHeader', [head]);
	const encoded = await rpc(node.http, 'grandpa_proveFinality', [Number(number)]);
	const [block, justification] = api.createType('(H256, Bytes, Vec<Header>)', encoded);
	// Without the length that stands before bytes.
	return { header: await api.rpc.chain.getHeader(block), justification: justification.toU8a(true) };
}

/** Hashes between a known view that ends at `known` and the one that a header proves. */
async function missedHashes({ api }, known, header) {
	const state = await api.at(header.hash);
	const { accumulator, recent } = (await state.call.ribpApi.ownView()).unwrap();
	// The header's own hash joins the view that its state holds; a full window drops its oldest.
	const first = header.number.toNumber() - recent.length + (accumulator.isSome ? 1 : 0);
	const missed = [];
	for (let number = known + 1; number < first; number++) {
		missed.push(await api.rpc.chain.getBlockHash(number));
	}
	return missed;
}

/**
 * What a contract waits for on its peer: the mirror; then the other log or its reversal; then that
 * the mirror waits no more.
 */
async function neededItems({ chain, id, mirrorId, contract }) {
	switch (await chain.status(id)) {
		case 'registered':
			return [['Positions', mirrorId]];
		case 'committed':
			return [contract.peerLog, contract.peerReversal].map((log) => ['Positions', log.toHex()]);
		default:
			return [['Waiting', chain.system, mirrorId]];
	}
}

/** Keys of items, each with the hashes that it is mapped by, below the chain's storage prefix. */
export async function storageKeys(chain, items) {
	const { storagePrefix } = await chain.api.call.ribpApi.trustAnchor();
	return items.map(([name, ...hashes]) => {
		const parts = hashes.map((hash) => hexToU8a(hash));
		return u8aToHex(u8aConcat(storagePrefix.toU8a(), xxhashAsU8a(name, 128), ...parts));
	});
}

/**
 * Submits evidence from a signed account; returns the finalized block that has it. `work` is what the
 * leg's items take, in amounts of the native token: an asset counts twice, an NFT three times.
 */
export function submitSigned({ chain, peer, id }, evidence, signer, work = 1) {
	return chain.send(chain.api.tx.ribp.submitEvidence(peer.system, evidence, [id], work), signer);
}

/** The extrinsic, in hexadecimal, that submits evidence about `contracts` free of charge. */
export async function evidenceExtrinsic({ chain, peer, id }, evidence, contracts = [id]) {
	const { api, node } = chain;
	const ids = api.createType('Vec<H256>', contracts);
	const question = u8aConcat(hexToU8a(peer.system), evidence.toU8a(), ids.toU8a());
	// By hand: polkadot.js leaves the length in front of bytes that a runtime API returns.
	const answer = await rpc(node.http, 'state_call', [
		'RibpApi_evidence_extrinsic',
		u8aToHex(question),
	]);
	return api.createType('Bytes', hexToU8a(answer)).toHex();
}

/**
 * Submits evidence free of charge, as the offchain workers do; returns the extrinsic's hash.
 *
 * Throws a `Refusal` that names the pallet's error when the pool finds the evidence useless.
 */
export async function submitUnsigned(leg, evidence) {
	const { api, node } = leg.chain;
	const extrinsic = await evidenceExtrinsic(leg, evidence);
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
