/** Terms become a proposal: accounts, items and times as both chains have them. */
import { accountOf, type Chain } from './chain.js';
import { connected } from './connection.js';
import type { Hex, Settlement } from './contract.js';
import { refuse } from './errors.js';
import { heightAt, measurePace, type Pace, showDuration, timeAt } from './pace.js';
import { type Item, makeProposal, makeReference, type Proposal, type ProposalLeg } from './proposal.js';
import { type Amount, parseAmount } from './amounts.js';

/** How long a proposal leaves by default, in milliseconds. */
const DEFAULT_WITHIN = 3_600_000;

/** What happens on one chain. */
export interface LegTerms {
	chain: Chain;
	/** Addresses of who pays and who receives. */
	from: string;
	to: string;
	/** The token: a decimal string of whole tokens, or a bigint of the smallest unit. */
	amount?: Amount;
	/** Or anything that is exchanged there. */
	items?: Item[];
	/** Last height at which the leg may commit, instead of a time. */
	expiry?: number;
	notice?: number;
	settlement?: Settlement;
}

/** What two people have agreed on. */
export interface Terms {
	legs: [LegTerms, LegTerms];
	/** Until when both legs can be committed; or for how long, in milliseconds. One hour by default. */
	until?: Date;
	within?: number;
	/** 32 bytes in hexadecimal, or a text of no more. Random by default. */
	reference?: string;
}

/** When one leg expires, as far as the chain's pace tells. */
export interface Expiry {
	chain: string;
	height: number;
	time: Date;
	/** Milliseconds from block to block, and over how many blocks that was measured. */
	blockMs: number;
	blocks: number;
}

/** A proposal, and what its heights are in time: to be shown before anybody signs. */
export interface Proposed {
	proposal: Proposal;
	expiries: [Expiry, Expiry];
}

/**
 * Makes a proposal. Nothing is signed, and nothing on chain changes.
 *
 * Refuses amounts that are not exact, and times so near that a chain would refuse the expiry.
 */
export async function propose({ legs, until, within, reference }: Terms): Promise<Proposed> {
	const when = until?.getTime() ?? Date.now() + (within ?? DEFAULT_WITHIN);
	if (!Number.isFinite(when)) {
		throw refuse('TimeMalformed', 'This is no time.', { subject: `${until ?? within}` });
	}
	const [first, second] = legs;
	const chains = legs.map(({ chain }) => chain);
	const made = await connected(chains, () =>
		Promise.all([legOf(first, second.chain, when), legOf(second, first.chain, when)]),
	);
	const proposal = makeProposal(made.map(({ leg }) => leg), makeReference(reference));
	const inOrder = made.sort(({ leg }) => (leg === proposal.legs[0] ? -1 : 1));
	const [one, other] = inOrder.map(({ expiry }) => expiry);
	return { proposal, expiries: [one, other] };
}

async function legOf(
	terms: LegTerms,
	other: Chain,
	when: number,
): Promise<{ leg: ProposalLeg; expiry: Expiry }> {
	const { chain, settlement = 'Early' } = terms;
	const [pace, here, there] = await Promise.all([
		measurePace(chain),
		chain.least(other.system),
		other.least(chain.system),
	]);
	const expiry = terms.expiry ?? heightAt(pace, when);
	// Both chains ask for a distance of this leg's expiry: one as its own, one as its peer's.
	const least = Math.max(here.own, there.peer, chain.constant('minExpiry'));
	if (terms.expiry === undefined && expiry - pace.height < least) {
		const time = showDuration(least * pace.blockMs);
		const docs = `${chain.name} wants ${least} blocks until an expiry, which take ${time}.`;
		throw refuse('TooLittleTime', docs, { subject: new Date(when).toISOString() });
	}
	const notice = terms.notice ?? Math.max(here.notice, chain.constant('minNotice'));
	const items = terms.items ?? [tokenItem(terms.amount ?? 0n, chain)];
	const log = { from: accountOf(terms.from), to: accountOf(terms.to), items };
	const logHash: Hex = chain.logHash(log);
	const leg = { chain: chain.chainName, log, logHash, expiry, notice, settlement };
	return { leg, expiry: expiryOf(chain, expiry, pace) };
}

/** An amount of a chain's token, as an item. */
export function tokenItem(amount: Amount, { token }: Pick<Chain, 'token'>): Item {
	return { Token: parseAmount(amount, token.decimals).toString() };
}

/** When a height comes, and how that was measured. */
export function expiryOf(chain: Chain, height: number, pace: Pace): Expiry {
	const { blockMs, blocks } = pace;
	return { chain: chain.name, height, time: timeAt(pace, height), blockMs, blocks };
}
