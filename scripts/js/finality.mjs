/** What a chain's node proves to be final, and the trust anchor that agrees with it. */
import { bnToU8a, u8aConcat } from '@polkadot/util';
import { ed25519Verify } from '@polkadot/util-crypto';

import { rpc, until } from './nodes.mjs';

/** @typedef {import('./ribp.mjs').Chain} Chain */

/** What a vote is called in what voters sign. */
const PRECOMMIT = Uint8Array.of(1);
/** How far from the set id that a runtime states the one is looked for that voters sign. */
const FARTHEST = 256;

/** An anchor would not lead on: `name` says why, and the message what is to be done. */
export class AnchorRefused extends Error {
	constructor(name, message) {
		super(message);
		this.name = name;
	}
}

/**
 * The newest final header of a chain, and its justification, as a call takes it.
 *
 * @param {Chain} chain
 */
export async function finalHead(chain) {
	const { number } = await finalHeader(chain);
	return proofOf(chain, await rpc(chain.node.http, 'grandpa_proveFinality', [Number(number)]));
}

/** The newest final header, as JSON. */
async function finalHeader({ node }) {
	const head = await rpc(node.http, 'chain_getFinalizedHead');
	return rpc(node.http, 'chain_getHeader', [head]);
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
 * Root trusts the node that tells. What its runtime states is compared with the node's proof that the
 * next block is final: whoever has voted is one of the anchor's authorities. The set id is the one that
 * they have signed: there are chains whose runtime states another one.
 *
 * @param {Chain} chain
 */
export async function trustAnchor(chain) {
	const { header } = await finalHead(chain);
	const state = await chain.api.at(header.hash);
	const anchor = (await state.call.ribpApi.trustAnchor(header)).unwrap();
	const signed = await signedSetId(chain, anchor);
	return anchor.set('setId', chain.api.createType('u64', signed));
}

/**
 * Returns an anchor of a chain by which its votes are believed; throws `AnchorRefused` for another one.
 *
 * @param {Chain} chain
 * @param {object} anchor SCALE value, of any final header
 */
export async function checkAnchor(chain, anchor) {
	const stated = anchor.setId.toNumber();
	const signed = await signedSetId(chain, anchor);
	if (signed !== stated) {
		throw notSigned(chain, anchor, `they sign as set ${signed}`);
	}
	return anchor;
}

/** The id of the authority set as which an anchor's authorities finalize the block after its header. */
async function signedSetId(chain, anchor) {
	const { round, votes } = await votesAfter(chain, anchor.header.number.toNumber());
	const named = anchor.authorities.map(([authority]) => authority.toHex());
	const stranger = votes.find(({ voter }) => !named.includes(voter.toHex()));
	if (stranger) {
		const who = `${stranger.voter.toHex()} finalizes what follows its header`;
		throw new AnchorRefused('VoterNotNamed', `${chain.name}'s anchor does not name a voter: ${who}`);
	}
	const stated = anchor.setId.toNumber();
	for (let distance = 0; distance <= FARTHEST; distance++) {
		const ids = [stated + distance, stated - distance].filter((id) => id >= 0);
		const signed = ids.find((id) => votes.every((vote) => isSigned(vote, round, id)));
		if (signed !== undefined) {
			return signed;
		}
	}
	throw notSigned(chain, anchor, `nor as any of the ${FARTHEST} sets before and after it`);
}

/** The votes that finalize the block after the one of this number, once that is final. */
async function votesAfter(chain, number) {
	const next = number + 1;
	const proven = async () => {
		const { number: last } = await finalHeader(chain);
		return Number(last) >= next && rpc(chain.node.http, 'grandpa_proveFinality', [next]);
	};
	const encoded = await until(`${chain.name} finalizes #${next}`, proven);
	return (await proofOf(chain, encoded)).justification;
}

/** Whether a voter has signed a vote as one of the authority set with this id. */
function isSigned({ targetHash, targetNumber, signature, voter }, round, setId) {
	const block = [targetHash.toU8a(), targetNumber.toU8a()];
	const id = bnToU8a(setId, { bitLength: 64, isLe: true });
	const signed = u8aConcat(PRECOMMIT, ...block, round.toU8a(), id);
	return ed25519Verify(signed, signature.toU8a(), voter.toU8a());
}

function notSigned({ name }, { setId, header }, what) {
	const anchor = `${name}'s anchor #${header.number} says that authority set ${setId} is in charge`;
	return new AnchorRefused('SetIdNotSigned', `${anchor}, and its voters do not sign as that: ${what}`);
}
