/** Who owns what on which chain, by what the chains have finalized. */
import { formatAmount } from './display.mjs';

/** @typedef {{name: string, pair: object}} Party */

/**
 * What parties own on a chain, and all that there is of its token, in its last finalized block.
 *
 * @param {import('./ribp.mjs').Chain} chain
 * @param {Party[]} parties
 */
export async function snapshot(chain, parties) {
	const { number, hash } = chain.history.last;
	const owned = {};
	for (const { name, pair } of parties) {
		owned[name] = await chain.balance(pair.address, hash);
	}
	return { number, owned, taken: await chain.taken(hash), issuance: await chain.issuance(hash) };
}

/** What a party gained between two snapshots, its fees and rents aside. */
export function gained(chain, { name, pair }, from, to) {
	const fees = chain.history.feesOf(pair.address, from.number, to.number);
	return to.owned[name] - from.owned[name] + fees;
}

/** How much of a chain's token has come into being between two snapshots: fees and rents are burned. */
export function created(chain, from, to) {
	const burned = chain.history
		.after(from.number)
		.filter(({ number }) => number <= to.number)
		.flatMap(({ fees }) => fees)
		.reduce((sum, { amount }) => sum + amount, 0n);
	return to.issuance - from.issuance + burned;
}

export const BALANCE_HEADING = 'chain/account/before/after/gained, fees aside'.split('/');

/** Rows of a table of what parties owned, own and have gained, below `BALANCE_HEADING`. */
export function balanceRows(chain, parties, before, after) {
	return parties.map((party) => {
		const [old, now] = [before, after].map(({ owned }) => owned[party.name]);
		const amounts = [old, now, gained(chain, party, before, after)];
		return [
			chain.name,
			party.name,
			...amounts.map((amount) => formatAmount(amount, chain)),
		];
	});
}

