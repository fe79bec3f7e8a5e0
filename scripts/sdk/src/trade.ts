/** What a party does with a proposal: register, cancel, claim. */
import { accountOf, type Block, type Chain, type Debt, type LegState } from './chain.js';
import { check, ensurePaid, type Side, sideOf, sidesOf, verify } from './check.js';
import { contractOf, type Proposal } from './proposal.js';
import { connected } from './connection.js';
import type { Hex } from './contract.js';
import { refuse, RibpError } from './errors.js';
import { type Account, submit, type SubmitOptions } from './submit.js';

/** What `register` has done. */
export interface Registered {
	id: Hex;
	chain: string;
	/** `Now` if it answers a leg that is final; none if the leg was there already. */
	commit?: 'OnMatch' | 'Now';
	/** Whether the leg was there already, by this account from wherever. */
	wasThere: boolean;
	/** A final block in whose state the leg is. */
	block: Block;
}

/**
 * Registers the account's leg of a proposal, and resolves once that is final.
 *
 * Commits at once (`Now`) if the other leg is final, and else when that is shown to be registered. Checks
 * everything before it has anything signed, and throws `sdk.NotReady` with what hinders. A leg that is there
 * is not registered again, from whichever device it came; and what is signed is signed once, and sent again
 * after a broken connection until it is final or can never be. Throws `sdk.PaysAnother` if the other leg does
 * not pay the same account, or the `receiver` that is named.
 */
export async function register(
	proposal: Proposal,
	chains: readonly Chain[],
	account: Account,
	options: SubmitOptions & { receiver?: string } = {},
): Promise<Registered> {
	const side = sideOf(proposal, chains, account.address);
	ensurePaid(side, options.receiver ?? account.address);
	const { chain } = side;
	const there = await connected(chains, () => registeredAt(proposal, side));
	if (there) {
		return there;
	}
	await ensureReady(proposal, chains, side);
	const commit = await connected(chains, () => commitFor(proposal, side));
	const call = chain.api.tx.ribp.register(contractOf(proposal), chain.log(side.leg.log), commit);
	const isDone = async (at: Hex) => (await chain.leg(proposal.id, at)) !== undefined;
	try {
		const block = await submit(chain, call, account, { ...options, isDone });
		return { id: proposal.id, chain: chain.system, commit, wasThere: false, block };
	} catch (error) {
		// The other device was faster.
		if (error instanceof RibpError && ELSEWHERE.includes(error.code)) {
			const found = await chain.ask(() => registeredAt(proposal, side), options);
			if (found) {
				return found;
			}
		}
		throw error;
	}
}

/** How a chain answers a registration that was made elsewhere at the same time. */
const ELSEWHERE = ['ribp.AlreadyRegistered', 'sdk.NonceTaken'];

async function registeredAt(proposal: Proposal, side: Side): Promise<Registered | undefined> {
	const { chain } = side;
	await verify(proposal, [chain, side.other]);
	const block = await chain.finalized();
	const leg = await chain.leg(proposal.id, block.hash);
	if (!leg) {
		return undefined;
	}
	if (hasEnded(leg)) {
		throw refuse('AlreadyUsed', `On ${chain.name} the leg is ${leg.stage}.`, { subject: proposal.id });
	}
	return { id: proposal.id, chain: chain.system, wasThere: true, block };
}

/** Whether nothing becomes of a leg any more. */
export const hasEnded = ({ stage }: Pick<LegState, 'stage'>): boolean =>
	['settled', 'reversed', 'expired', 'cancelled'].includes(stage);

/** Throws what hinders on either chain: what is registered here would come to nothing. */
async function ensureReady(proposal: Proposal, chains: readonly Chain[], side: Side): Promise<void> {
	const { findings } = await check(proposal, chains);
	const errors = findings.filter(({ severity }) => severity === 'error');
	if (errors.length === 0) {
		return;
	}
	const message = errors.map((finding) => finding.message).join(' ');
	// One cause goes by its name, and so by what to do about it.
	const names = new Set(errors.map(({ code }) => code));
	if (names.size === 1) {
		const [{ code }] = errors;
		const docs = `${message} ${side.chain.errorDocs(code)}`.trim();
		throw new RibpError(code, { docs, subject: side.chain.name });
	}
	throw refuse('NotReady', message, { subject: [...names].join(', ') });
}

/** How a leg is to be registered, by where the other one stands and that is final. */
async function commitFor({ id }: Proposal, { other }: Side): Promise<'OnMatch' | 'Now'> {
	const leg = await other.leg(id, (await other.finalized()).hash);
	if (!leg) {
		return 'OnMatch';
	}
	if (leg.stage === 'cancelling') {
		const docs = `On ${other.name} the other party takes its value back.`;
		throw refuse('OtherLegCancelling', docs, { subject: id });
	}
	if (hasEnded(leg)) {
		throw refuse('AlreadyUsed', `On ${other.name} the leg is ${leg.stage}.`, { subject: id });
	}
	return 'Now';
}

/**
 * Says that the account wants the value of its leg back; resolves once that is final. It has it when the leg's
 * notice is over, unless the other party has answered by then: watch.
 */
export async function cancel(
	proposal: Proposal,
	chains: readonly Chain[],
	account: Account,
	options: SubmitOptions = {},
): Promise<Block> {
	const { chain, other } = sideOf(proposal, chains, account.address);
	await verify(proposal, chains);
	const final = await connected(chains, () => chain.finalized());
	const leg = await connected(chains, () => chain.leg(proposal.id, final.hash));
	if (leg?.stage === 'cancelling') {
		return final;
	}
	return submit(chain, chain.api.tx.ribp.cancel(other.system, proposal.id), account, options);
}

/** What is owed of a proposal's contract on both chains, by what is final. */
export async function owed(
	{ id }: Pick<Proposal, 'id'>,
	chains: readonly Chain[],
): Promise<Array<{ chain: Chain; debt: Debt }>> {
	const of = async (chain: Chain) => {
		const debts = await chain.debts((await chain.finalized()).hash, { id });
		return debts.map((debt) => ({ chain, debt }));
	};
	return (await connected(chains, () => Promise.all(chains.map(of)))).flat();
}

/**
 * Has everything paid that is owed of a proposal's contract to this account; to another account if `to` names
 * one. Resolves to what was paid, once that is final.
 */
export async function claim(
	proposal: Proposal,
	chains: readonly Chain[],
	account: Account,
	{ to, ...options }: SubmitOptions & { to?: string } = {},
): Promise<Debt[]> {
	const own = accountOf(account.address);
	const sides = sidesOf(proposal, chains);
	const all = await owed(proposal, sides.map(({ chain }) => chain));
	const ours = all.filter(({ debt }) => debt.to === own);
	if (ours.length === 0) {
		const docs = `Nothing of this exchange is owed to the account. ${chains[0].errorDocs('ribp.NothingOwed')}`;
		throw new RibpError('ribp.NothingOwed', { docs, subject: account.address });
	}
	const paid: Debt[] = [];
	for (const { chain, debt } of ours) {
		const receiver = to === undefined ? null : accountOf(to);
		await submit(chain, chain.api.tx.ribp.claim(debt.id, debt.index, receiver), account, options);
		paid.push(debt);
	}
	return paid;
}
