/** How an exchange goes on, on both chains, and why it does not. */
import type { Block, Chain, Debt, LegState, Peer, Stage } from './chain.js';
import { type Side, sidesOf, verifySide } from './check.js';
import { isBroken } from './connection.js';
import type { Hex } from './contract.js';
import { measurePace, showDuration } from './pace.js';
import type { Proposal } from './proposal.js';
import { hasEnded } from './trade.js';
import { hindrance } from './words.js';

/** Where a leg stands: not there, in a stage, or gone after its end. */
export type Phase = 'absent' | Stage | 'swept';

/** What has happened to a leg, by an event of a finalized block. */
export interface Happening {
	chain: Hex;
	block: number;
	/** The event: `Registered`, `Committed`, `Ended`, `Owed`, ... */
	name: string;
	/** Height of the other chain's block that was relied on. */
	relied?: number;
}

/** One leg, by its chain's last finalized block. */
export interface LegView {
	chain: Hex;
	name: string;
	phase: Phase;
	/** The last finalized block. */
	height: number;
	expiry: number;
	/** Up to which of its blocks the other chain is known here. */
	knows?: number;
	/** Why nothing moves here right now, in words; none if the leg has ended. */
	reason?: string;
	/** Items that could not be paid: they wait to be claimed. */
	owed: Debt[];
	/** Whether the node answers; if not, the rest is what was known last. */
	isConnected: boolean;
}

/** Both legs, in the order of the proposal. */
export interface View {
	id: Hex;
	legs: [LegView, LegView];
	/** What is new since the last one. */
	happened: Happening[];
	/** How it ended on both chains; none as long as it has not. What is swept on both before anybody looked is forgotten. */
	outcome?: 'settled' | 'undone' | 'forgotten';
}

/** How to watch. */
export interface WatchOptions {
	/** Ends it. */
	signal?: AbortSignal;
	/** Ends it once both legs have stood like this; by default when nothing becomes of them any more. */
	until?: (view: View) => boolean;
}

/** What is followed of one leg. */
class Follower {
	#last?: number;
	/** How the leg ended, by an event: its chain's state forgets it in the end. */
	#outcome?: Stage;
	#pace?: number;
	#isVerified = false;
	#state?: LegState;
	#peer?: Peer;
	view: LegView;

	constructor(readonly side: Side, readonly proposal: Proposal) {
		const { chain, leg } = side;
		const { system, name } = chain;
		this.view = {
			...{ chain: system, name, phase: 'absent', height: 0, expiry: leg.expiry },
			...{ owed: [], isConnected: true },
		};
	}

	get id(): Hex {
		return this.proposal.id;
	}

	/** Looks at all blocks that are final by now. */
	async look(): Promise<Happening[]> {
		const { chain } = this.side;
		try {
			return await this.#read(chain, await chain.finalized());
		} catch (error) {
			if (!isBroken(chain.api, error)) {
				throw error;
			}
			const reason = `No node of ${chain.name} answers; nothing is lost meanwhile.`;
			this.view = { ...this.view, isConnected: false, reason };
			return [];
		}
	}

	async #read(chain: Chain, final: Block): Promise<Happening[]> {
		const { side, id, proposal } = this;
		await chain.ensureSame();
		if (!this.#isVerified) {
			await verifySide(proposal, side);
			this.#isVerified = true;
		}
		const happened: Happening[] = [];
		this.#last ??= final.number - 1;
		for (let number = this.#last + 1; number <= final.number; number += 1) {
			happened.push(...(await this.#events(await chain.block(number))));
			this.#last = number;
		}
		this.#pace ??= (await measurePace(chain)).blockMs;
		const [leg, peer, owed] = await Promise.all([
			chain.leg(id, final.hash),
			chain.peer(side.other.system, final.hash),
			chain.debts(final.hash, { id }),
		]);
		this.#outcome = leg && hasEnded(leg) ? leg.stage : this.#outcome;
		const isGone =
			!leg &&
			(this.view.phase !== 'absent' ||
				this.#outcome !== undefined ||
				(final.number > side.leg.expiry && (await chain.hasSwept(side.other.system, side.leg.expiry, final.hash))));
		const phase: Phase = this.#outcome ?? leg?.stage ?? (isGone ? 'swept' : 'absent');
		this.view = {
			...{ ...this.view, phase, height: final.number, knows: peer?.known, owed },
			...{ isConnected: true, reason: undefined },
		};
		[this.#state, this.#peer] = [leg, peer];
		return happened;
	}

	async #events(block: Block): Promise<Happening[]> {
		const { chain } = this.side;
		const records = await (await chain.at(block.hash)).query.system.events();
		const own = [...records]
			.map(({ event }) => event)
			.filter((event) => event.section === 'ribp' && event.data.id?.toHex() === this.id);
		return own.map(({ method, data }) => {
			this.#outcome = method === 'Ended' ? data.outcome.type.toLowerCase() : this.#outcome;
			const relied = data.relied?.unwrapOr(undefined)?.toNumber();
			return { chain: chain.system, block: block.number, name: method, relied };
		});
	}

	/** Why the leg does not move, by what both chains show. */
	explain(other: Follower): void {
		const { phase, isConnected } = this.view;
		if (!isConnected || phase === 'swept' || hasEnded({ stage: phase as Stage })) {
			return;
		}
		this.view.reason = this.#hindered() ?? this.#waits(other);
	}

	#hindered(): string | undefined {
		const { chain, other } = this.side;
		return hindrance(chain, other, this.#peer, this.view.height)?.message;
	}

	#waits(other: Follower): string {
		const { side, view } = this;
		const here = side.chain.name;
		const left = view.expiry - view.height;
		const time = showDuration(left * (this.#pace ?? 0));
		const until = left >= 0 ? `, until block ${view.expiry} in ${time}` : '';
		switch (view.phase) {
			case 'absent':
				return left < 0
					? `The expiry on ${here} has passed: nothing is registered any more.`
					: `Waits for its payer to register${until}.`;
			case 'registered':
				return left < 0
					? 'Its time is over: the nodes are about to give the value back.'
					: this.#unanswered(other, until);
			case 'cancelling':
				return `Its payer takes the value back: waits for the notice of ${side.leg.notice} blocks.`;
			default:
				return this.#undecided(other, until);
		}
	}

	#unanswered(other: Follower, until: string): string {
		const { phase } = other.view;
		return phase === 'absent'
			? `Waits for the other party to answer on ${this.side.other.name}${until}.`
			: `The other leg is ${phase}: waits for evidence of it; ${this.#knows(other)}.`;
	}

	#undecided(other: Follower, until: string): string {
		switch (this.#state?.fact) {
			case undefined:
				return `Waits for evidence of what becomes of the other leg; ${this.#knows(other)}.`;
			case 'Forgotten':
				return `${this.side.other.name} has forgotten its leg: an older block of it, or root, decides.`;
			default:
				return `What becomes of it is proven; waits for both expiries${until}.`;
		}
	}

	/** What this leg's chain knows of the other one. */
	#knows({ view }: Follower): string {
		const { chain, other } = this.side;
		return `${chain.name} knows ${other.name} up to block ${this.view.knows ?? 0} of ${view.height}`;
	}
}

/**
 * Follows an exchange on both chains by what is final: yields at once, and then whenever something changes.
 *
 * Goes on over broken connections. Ends when nothing becomes of either leg any more; when `until` says so; or
 * when the signal does.
 */
export async function* watch(
	proposal: Proposal,
	chains: readonly Chain[],
	{ signal, until = isOver }: WatchOptions = {},
): AsyncGenerator<View, void, void> {
	const [one, two] = sidesOf(proposal, chains).map((side) => new Follower(side, proposal));
	let shown = '';
	while (!signal?.aborted) {
		// Before it is looked: what comes meanwhile is not missed.
		const stop = new AbortController();
		const either = AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]);
		const beat = Promise.race(chains.map(({ pulse }) => pulse.next({ signal: either })));
		try {
			const happened = (await Promise.all([one.look(), two.look()])).flat();
			one.explain(two);
			two.explain(one);
			const legs = [one, two].map(({ view }) => shownOf(view)) as [LegView, LegView];
			const view: View = { id: proposal.id, legs, happened, outcome: outcomeOf(legs) };
			const look = JSON.stringify({ ...view, legs: legs.map(withoutHeights) });
			if (look !== shown || happened.length > 0) {
				shown = look;
				yield view;
			}
			if (until(view)) {
				return;
			}
			await beat;
		} finally {
			stop.abort();
		}
	}
}

/** What a view shows. */
function shownOf(view: LegView): LegView {
	const { chain, name, phase, height, expiry, knows, reason, owed, isConnected } = view;
	return { chain, name, phase, height, expiry, knows, reason, owed, isConnected };
}

/** What does not change with every block. */
const withoutHeights = ({ chain, phase, owed, isConnected, reason }: LegView) => ({
	...{ chain, phase, owed, isConnected },
	reason: reason?.replace(/\d.*$/, ''),
});

/** Whether a leg came to nothing, or was never there and cannot be any more. */
const isUndone = ({ phase, height, expiry }: LegView): boolean =>
	hasFailed({ phase }) || (phase === 'absent' && height > expiry);

const hasFailed = ({ phase }: Pick<LegView, 'phase'>): boolean =>
	['reversed', 'expired', 'cancelled'].includes(phase);

/** How it ended, by both legs: what has become of one has become of the other, or it was never there. */
export function outcomeOf(legs: [LegView, LegView]): View['outcome'] {
	if (!areOver(legs)) {
		return undefined;
	}
	if (legs.some(({ phase }) => phase === 'settled')) {
		return 'settled';
	}
	return legs.some(hasFailed) || legs.every(isUndone) ? 'undone' : 'forgotten';
}

/** A leg that is not there stays so once the other one has failed: the proposal is used up. */
function areOver(legs: [LegView, LegView]): boolean {
	const isOver = (leg: LegView) =>
		leg.phase === 'settled' || leg.phase === 'swept' || isUndone(leg);
	const isLeft = ({ phase }: LegView) => phase === 'absent' && legs.some(hasFailed);
	return legs.every((leg) => isOver(leg) || isLeft(leg));
}

/** Whether nothing becomes of either leg any more. */
export function isOver({ legs }: View): boolean {
	return areOver(legs);
}
