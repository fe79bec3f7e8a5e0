/** What a chain's node proves to be final, and the trust anchor that agrees with it. */
import { rpc, until } from './nodes.mjs';

/** @typedef {import('./ribp.mjs').Chain} Chain */

/**
 * The newest final header of a chain, and its justification, as a call takes it.
 *
 * @param {Chain} chain
 */
export async function finalHead(chain) {
	const { api, node } = chain;
	const head = await rpc(node.http, 'chain_getFinalizedHead');
	const { number } = await rpc(node.http, 'chain_getHeader', [head]);
	return proofOf(chain, await rpc(node.http, 'grandpa_proveFinality', [Number(number)]));
}

/** The header that a finality proof is about, and its justification. */
async function proofOf({ api }, encoded) {
	const [block, justification] = api.createType('(H256, Bytes, Vec<Header>)', encoded);
	return {
		header: await api.rpc.chain.getHeader(block),
		// Without the length that stands before bytes.
		justification: api.createType('RibpLightClientJustification', justification.toU8a(true)),
	};
}

/**
 * What root of another chain passes to `registerSystem` to know this one: from its newest final header on.
 *
 * Root trusts the node that tells. What it says is compared with the node's own proof of finality:
 * whoever has voted is one of the anchor's authorities. The signatures are not verified here.
 *
 * @param {Chain} chain
 */
export async function trustAnchor(chain) {
	const agreed = async () => {
		const { header, justification } = await finalHead(chain);
		const state = await chain.api.at(header.hash);
		const anchor = (await state.call.ribpApi.trustAnchor(header)).unwrap();
		const authorities = anchor.authorities.map(([authority]) => authority.toHex());
		const areTheirs = justification.votes.every(({ voter }) => authorities.includes(voter.toHex()));
		// Who hands over votes for the last time: the next header is voted for by the others.
		return areTheirs && anchor;
	};
	return until(`${chain.name} finalizes a block by those whom it names`, agreed);
}
