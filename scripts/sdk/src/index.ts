/**
 * Exchange of value between two chains that carry pallet-ribp.
 *
 * ```js
 * const chains = await Promise.all(urls.map((url) => Chain.connect(url)));
 * const { proposal } = await propose({ legs: [...] });
 * await register(proposal, chains, account);
 * for await (const { legs } of watch(proposal, chains)) { ... }
 * ```
 *
 * @packageDocumentation
 */
export { type Amount, decimal, formatAmount, parseAmount } from './amounts.js';
export { canonicalJson, parseCanonical } from './canonical.js';
export {
	accountOf,
	type Block,
	Chain,
	type Debt,
	type LegState,
	type Least,
	type Peer,
	type Stage,
} from './chain.js';
export { check, type LegReport, type Report, type Side, sideOf, sidesOf, verify } from './check.js';
export {
	type Contract,
	contractBytes,
	contractHash,
	contractId,
	EPOCH_BLOCKS,
	type Hex,
	type Leg,
	logHash,
	type Settlement,
} from './contract.js';
export { type ErrorFacts, RibpError } from './errors.js';
export { type Business, type Exchange, list, type SystemReport, systems } from './list.js';
export { heightAt, measurePace, type Pace, parseDuration, showDuration, timeAt } from './pace.js';
export {
	contractOf,
	type Item,
	type Log,
	makeProposal,
	makeReference,
	type Proposal,
	type ProposalLeg,
	proposalLink,
	readProposal,
	readRejection,
	type Reason,
	reject,
	type Rejection,
	showReference,
	writeProposal,
	writeRejection,
} from './proposal.js';
export {
	type Expiry,
	expiryOf,
	type LegTerms,
	propose,
	type Proposed,
	type Terms,
	tokenItem,
} from './propose.js';
export { REMEDIES } from './remedies.js';
export { PROPOSAL_SCHEMA, REASONS, REJECTION_SCHEMA, type Schema, violation } from './schema.js';
export { type Account, type Progress, submit, type SubmitOptions } from './submit.js';
export { cancel, claim, hasEnded, owed, register, type Registered } from './trade.js';
export { type Happening, isOver, type LegView, type Phase, type View, watch, type WatchOptions } from './watch.js';
export type { Finding } from './words.js';
