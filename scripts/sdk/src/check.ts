/** Whether a proposal says what it seems to say, and whether both chains are ready for it. */
import { accountOf, type Chain, type LegState } from './chain.js';
import { contractOf, type Proposal, type ProposalLeg } from './proposal.js';
import { canonicalJson } from './canonical.js';
import type { Hex } from './contract.js';
import { connected } from './connection.js';
import { refuse } from './errors.js';
import { measurePace } from './pace.js';
import { type Expiry, expiryOf } from './propose.js';
import { feeOf, payable } from './means.js';
import { judgeTimes, type Limits } from './times.js';
import { closing, type Finding, hindrance } from './words.js';

/** A leg of a proposal, on its chain. */
export interface Side {
	index: 0 | 1;
	chain: Chain;
	other: Chain;
	leg: ProposalLeg;
	otherLeg: ProposalLeg;
}

/** What was found of one leg. */
export interface LegReport {
	chain: string;
	/** Where it stands by the last finalized block; none if it is not registered. */
	state?: LegState['stage'];
	expiry: Expiry;
	/** Of a registration, in the smallest unit: the transaction's fee, and rent. */
	fee: bigint;
	rent: bigint;
}

/** What `check` found. */
export interface Report {
	id: Hex;
	/** Whether nothing of it is an error. */
	isReady: boolean;
	findings: Finding[];
	legs: [LegReport, LegReport];
}

/** The two legs of a proposal, each with its chain; refuses chains that are other ones. */
export function sidesOf(proposal: Proposal, chains: readonly Chain[]): [Side, Side] {
	const [first, second] = proposal.legs.map(({ chain: said }) => {
		const chain = chains.find(({ system }) => system === said.genesis);
		if (!chain) {
			const known = chains.map(({ name, system }) => `${name} (${system})`).join(' and ');
			const docs = `The proposal is for ${said.name} (${said.genesis}); connected is ${known}.`;
			throw refuse('WrongChain', docs, { subject: said.genesis });
		}
		return chain;
	});
	const [one, two] = proposal.legs;
	return [
		{ index: 0, chain: first, other: second, leg: one, otherLeg: two },
		{ index: 1, chain: second, other: first, leg: two, otherLeg: one },
	];
}

/** The leg that an account pays, if it does. */
export function sideOf(proposal: Proposal, chains: readonly Chain[], address: string): Side {
	const account = accountOf(address);
	const own = sidesOf(proposal, chains).filter(({ leg }) => leg.log.from === account);
	if (own.length === 0) {
		throw refuse('NotAParty', 'This account pays nothing in the proposal.', { subject: address });
	}
	return own[0];
}

/** Throws unless the other leg pays this account: who is paid is what one agrees to. */
export function ensurePaid({ other, otherLeg }: Side, receiver: string): void {
	if (otherLeg.log.to !== accountOf(receiver)) {
		const docs = `On ${other.name} the other leg pays ${other.address(otherLeg.log.to)}, and not you.`;
		throw refuse('PaysAnother', docs, { subject: receiver });
	}
}

/**
 * Throws unless the proposal is what its own words say, by both chains: their genesis hashes, names and tokens,
 * the hashes of both logs, and the contract's id.
 */
export function verify(proposal: Proposal, chains: readonly Chain[]): Promise<void> {
	return connected(chains, async () => {
		await Promise.all(sidesOf(proposal, chains).map((side) => verifySide(proposal, side)));
	});
}

/** The same for one of the chains. */
export async function verifySide(proposal: Proposal, { index, chain, leg }: Side): Promise<void> {
	const altered = (name: string, docs: string) =>
		refuse('ProposalAltered', docs, { subject: `legs[${index}].${name}` });
	await chain.ensureSame();
	const { name, token } = chain.chainName;
	for (const [what, said, is] of [
		['chain.name', leg.chain.name, name],
		['chain.token', canonicalJson(leg.chain.token), canonicalJson(token)],
	]) {
		if (said !== is) {
			throw altered(what, `The proposal says ${said}, and the chain is ${is}.`);
		}
	}
	const [byRuntime, idByRuntime] = await Promise.all([
		chain.logHashByRuntime(leg.log),
		chain.contractIdByRuntime(contractOf(proposal)),
	]);
	if ([byRuntime, chain.logHash(leg.log)].some((hash) => hash !== leg.logHash)) {
		throw altered('log', 'What is to happen does not have the hash that the contract has.');
	}
	if (idByRuntime !== proposal.id) {
		const docs = `${chain.name} gives these terms another name, ${idByRuntime}.`;
		throw refuse('ProposalAltered', docs, { subject: 'id' });
	}
}

/**
 * Looks at all that a proposal needs on both chains: what each knows of the other, expiries and notices by
 * both chains' pace, what payers have, whether receivers can receive, and what a registration costs.
 *
 * Throws if the proposal is not what its words say (`verify`); what is not ready is in the findings.
 */
export async function check(proposal: Proposal, chains: readonly Chain[]): Promise<Report> {
	await verify(proposal, chains);
	const sides = sidesOf(proposal, chains);
	const [first, second] = await connected(chains, () =>
		Promise.all(sides.map((side) => checkSide(proposal, side))),
	);
	const findings = [...first.findings, ...second.findings];
	const isReady = findings.every(({ severity }) => severity !== 'error');
	return { id: proposal.id, isReady, findings, legs: [first.report, second.report] };
}

async function checkSide(
	proposal: Proposal,
	side: Side,
): Promise<{ findings: Finding[]; report: LegReport }> {
	const { chain, other, leg } = side;
	const [best, final] = await Promise.all([chain.best(), chain.finalized()]);
	const [pace, answered, peer, state, fee, rent] = await Promise.all([
		measurePace(chain),
		isAnswer(proposal, side),
		chain.peer(other.system, best.hash),
		chain.leg(proposal.id, final.hash),
		feeOf(proposal, side),
		chain.rent(contractOf(proposal), leg.log.items.length),
	]);
	const expiry = expiryOf(chain, leg.expiry, pace);
	const report = { chain: chain.system, state: state?.stage, expiry, fee, rent: rent ?? 0n };
	const hindered = hindrance(chain, other, peer, best.number);
	const findings = hindered ? [hindered] : [];
	if (state) {
		findings.push(known(chain, state));
		return { findings, report };
	}
	const closed = peer && closing(chain, other, peer, pace.time);
	findings.push(...(closed ? [closed] : []));
	if (peer) {
		findings.push(...(await checkTimes(side, best.number, peer.known, answered)));
	}
	findings.push(...(await payable(side, best.hash, fee + report.rent)));
	return { findings, report };
}

/** Whether a leg would answer one that is final. */
async function isAnswer({ id }: Proposal, { other }: Side): Promise<boolean> {
	return (await other.leg(id, (await other.finalized()).hash)) !== undefined;
}

function known(chain: Chain, { stage }: LegState): Finding {
	const isOver = !['registered', 'cancelling', 'committed'].includes(stage);
	return {
		severity: isOver ? 'error' : 'note',
		code: isOver ? 'sdk.AlreadyUsed' : 'ribp.AlreadyRegistered',
		chain: chain.system,
		message: `On ${chain.name} the leg is ${stage}${isOver ? ': the proposal is used up' : ''}.`,
	};
}

/** What the pallet's rules of times say of a leg, with what its chain knows of the other one. */
async function checkTimes(
	{ chain, other, leg, otherLeg }: Side,
	now: number,
	known: number,
	isFirm: boolean,
): Promise<Finding[]> {
	const { system } = other;
	const [least, blockTimes] = await Promise.all([chain.least(system), chain.blockTimes(system)]);
	const [minExpiry, minNotice, maxExpiry, maxSkew] = [
		...['minExpiry', 'minNotice', 'maxExpiry', 'maxSkew'],
	].map((name) => chain.constant(name));
	const limits: Limits = {
		// Who answers a leg that is final commits at once, and needs less time.
		least: isFirm ? minExpiry : Math.max(least.own, minExpiry),
		peerLeast: Math.max(1, isFirm ? least.firm : least.peer),
		most: maxExpiry,
		skew: maxSkew,
		notice: Math.max(least.notice, minNotice),
		blockTimes,
	};
	const found = judgeTimes({ own: leg, peer: otherLeg, now, known, limits }, chain.name, other.name);
	return found.map((finding) => ({ ...finding, chain: chain.system }));
}
