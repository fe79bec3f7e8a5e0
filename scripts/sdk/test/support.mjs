/** A proposal of made-up chains, and these chains. */
import { stringToU8a } from '@polkadot/util';

import { canonicalJson, contractId, contractOf, logHash, makeProposal } from '../dist/index.js';

const hash = (byte) => `0x${byte.repeat(32)}`;

/** A chain as far as `verify` asks it: its encoding of a log is the log's JSON. */
export function chainOf(genesis, name, symbol) {
	const token = { symbol, decimals: 12 };
	const hashOf = (log) => logHash(stringToU8a(canonicalJson(log)));
	return {
		system: genesis,
		name,
		token,
		chainName: { genesis, name, token },
		api: { isConnected: true },
		ensureSame: async () => undefined,
		logHash: hashOf,
		logHashByRuntime: async (log) => hashOf(log),
		contractIdByRuntime: async (contract) => contractId(contract),
	};
}

export const alpha = chainOf(hash('a1'), 'RIBP alpha', 'ALPHA');
export const beta = chainOf(hash('b2'), 'RIBP beta', 'BETA');
export const chains = [alpha, beta];
const [alice, bob] = [hash('0a'), hash('0b')];

function leg(chain, from, to, items, expiry) {
	const log = { from, to, items };
	return {
		...{ chain: chain.chainName, log, logHash: chain.logHash(log) },
		...{ expiry, notice: 24, settlement: 'Early' },
	};
}

/** Several items, so that there are fields of every kind. */
export const proposal = makeProposal(
	[
		leg(beta, bob, alice, [{ Token: '40000000000000' }], 4_000),
		leg(alpha, alice, bob, [
			{ Token: '100000000000000' },
			{ Asset: { id: '7', amount: '60' } },
			{ Nft: { collection: '1', item: '5' } },
			{ Deed: 'parcel 12' },
		], 5_000),
	],
	hash('77'),
);

/** The same terms with the hashes and the id that belong to them. */
export function consistent(altered) {
	const legs = altered.legs.map((one) => {
		const chain = chains.find(({ system }) => system === one.chain.genesis);
		return { ...one, logHash: chain ? chain.logHash(one.log) : one.logHash };
	});
	return { ...altered, legs, id: contractId(contractOf({ ...altered, legs })) };
}
