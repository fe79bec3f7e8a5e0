/** What there is on connected chains: their business with each other, and an account's exchanges. */
import { accountOf, type Block, type Chain, type Debt, type LegState, type Peer } from './chain.js';
import { connected } from './connection.js';
import { contractId, type Hex } from './contract.js';
import { closing, type Finding, hindrance } from './words.js';

/** What one chain knows of another connected one. */
export interface Business {
	peer: Hex;
	name: string;
	/** Up to which of its blocks, and how many milliseconds old that one is. */
	known?: number;
	age?: number;
	/** What hinders an exchange; none if nothing does. */
	hindrance?: Finding;
}

/** A connected chain. */
export interface SystemReport {
	system: Hex;
	name: string;
	token: { symbol: string; decimals: number };
	best: Block;
	finalized: Block;
	/** With the other connected chains. */
	business: Business[];
	/** Chains that it knows and that are not connected. */
	others: Peer[];
}

/** What each chain is, and what it knows of the others. */
export function systems(chains: readonly Chain[]): Promise<SystemReport[]> {
	const report = async (chain: Chain) => {
		const [best, finalized] = await Promise.all([chain.best(), chain.finalized()]);
		const [peers, time] = await Promise.all([chain.peers(best.hash), chain.time(best.hash)]);
		const connected = chains.filter((other) => other !== chain);
		const business = connected.map((other) => {
			const peer = peers.find(({ system }) => system === other.system);
			const hindered = hindrance(chain, other, peer, best.number);
			return {
				peer: other.system,
				name: other.name,
				known: peer?.known,
				age: peer && Math.max(0, time - peer.time),
				hindrance: hindered ?? (peer && closing(chain, other, peer, time)),
			};
		});
		const others = peers.filter(({ system }) => connected.every((other) => other.system !== system));
		const { system, name, token } = chain;
		return { system, name, token, best, finalized, business, others };
	};
	return connected(chains, () => Promise.all(chains.map(report)));
}

/** An exchange in which an account takes part. */
export interface Exchange {
	id: Hex;
	reference: Hex;
	/** Its legs on the connected chains, by what is final. */
	legs: Array<{ chain: Hex; name: string; role: 'pays' | 'receives'; state: LegState }>;
	/** What of it is owed to the account. */
	owed: Debt[];
}

/** The exchanges of an account in all phases, as long as the chains remember them, by what is final. */
export async function list(chains: readonly Chain[], address: string): Promise<Exchange[]> {
	const account = accountOf(address);
	const found = new Map<Hex, Exchange>();
	const exchange = (id: Hex, reference: Hex): Exchange => {
		const one = found.get(id) ?? { id, reference, legs: [], owed: [] };
		found.set(id, one);
		return one;
	};
	const on = async (chain: Chain) => {
		const { hash } = await chain.finalized();
		const [legs, debts] = await Promise.all([
			chain.legsOf(account, hash),
			chain.debts(hash, { account }),
		]);
		return { chain, legs, debts };
	};
	const all = await connected(chains, () => Promise.all(chains.map(on)));
	for (const { chain, legs, debts } of all) {
		for (const state of legs) {
			const id = contractId(state.contract);
			const role = state.log.from === account ? 'pays' : 'receives';
			const { system, name } = chain;
			exchange(id, state.contract.reference).legs.push({ chain: system, name, role, state });
		}
		for (const debt of debts) {
			const { reference } = found.get(debt.id) ?? { reference: `0x${'00'.repeat(32)}` as Hex };
			exchange(debt.id, reference).owed.push(debt);
		}
	}
	return [...found.values()];
}
