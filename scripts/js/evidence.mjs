/** Evidence made by hand: what an offchain worker fetches, for anybody who wants to submit it. */
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';

import { finalHead } from './finality.mjs';
import { rpc } from './nodes.mjs';
import { Past } from './past.mjs';
import { Refusal } from './ribp.mjs';

/**
 * Evidence of a finalized block of a leg's peer, the newest one unless another is named, with what
 * the next step of the leg's contract depends on.
 *
 * @param {import('./ribp.mjs').Leg} leg whose chain is to believe the evidence
 * @param {string} [block] the hash of one that the leg's chain has in its view, however old
 */
export async function fetchEvidence(leg, block) {
	const keys = await neededKeys(leg);
	const { header, link } = await linked(leg, block);
	const { proof } = await rpc(leg.peer.node.http, 'state_getReadProof', [keys, header.hash.toHex()]);
	return evidenceOf(leg.chain, header, link, proof);
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

/**
 * The keys in the peer's state of what a contract waits for: the mirror; then the other log and its
 * reversal; then that the mirror waits no more.
 */
async function neededKeys({ chain, peer, id, mirrorId, contract }) {
	const { positions, waiting } = peer.api.query.ribp;
	switch (await chain.status(id)) {
		case 'registered':
			return [positions.key(mirrorId)];
		case 'committed':
			return [contract.peerLog, contract.peerReversal].map((log) => positions.key(log));
		default:
			return [waiting.key(chain.system, mirrorId)];
	}
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
	const ids = chain.api.createType('Vec<H256>', contracts);
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
