/** What a person, or a program, sees. */
import { encodeAddress } from '@polkadot/util-crypto';

import { formatAmount } from '../amounts.js';
import type { Chain } from '../chain.js';
import type { Report } from '../check.js';
import type { SystemReport, Exchange } from '../list.js';
import { showDuration } from '../pace.js';
import { type Proposal, type ProposalLeg, type Rejection, showReference } from '../proposal.js';
import type { Expiry } from '../propose.js';
import { REMEDIES } from '../remedies.js';
import type { LegView, View } from '../watch.js';
import { showItem } from './things.js';

/** Lines of equally many cells, set in columns. */
export function table(rows: string[][]): string {
	const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
	return rows
		.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd())
		.join('\n');
}

const items = ({ chain, log }: ProposalLeg): string =>
	log.items.map((item) => showItem(item, (units) => formatAmount(units, chain.token))).join(' + ');

/** A date to the second. */
const date = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/** What a proposal says; with the chains' own addresses and times, where they are connected. */
export function proposalText(
	proposal: Proposal,
	chains: readonly Chain[] = [],
	expiries: readonly Expiry[] = [],
): string {
	const rows = proposal.legs.map((leg, i) => {
		const chain = chains.find(({ system }) => system === leg.chain.genesis);
		const address = (account: string) =>
			chain?.address(account as `0x${string}`) ?? encodeAddress(account);
		const time = expiries[i] && ` (${date(expiries[i].time)})`;
		return [leg.chain.name, items(leg), address(leg.log.from), address(leg.log.to)].concat(
			`#${leg.expiry}${time ?? ''}`,
			leg.settlement,
			String(leg.notice),
		);
	});
	const paces = expiries.map(
		({ chain, blockMs, blocks }) =>
			`${chain}: a block in ${(blockMs / 1_000).toFixed(2)} s, over ${blocks} blocks`,
	);
	return [
		`Exchange ${proposal.id}`,
		`Reference ${showReference(proposal.reference)}`,
		'',
		table([['chain', 'what', 'from', 'to', 'until block', 'settles', 'notice'], ...rows]),
		...(paces.length > 0 ? ['', `Pace: ${paces.join('; ')}`] : []),
	].join('\n');
}

/** What `check` found. */
export function reportText(proposal: Proposal, { isReady, findings, legs }: Report): string {
	const costs = legs.map(({ fee, rent }, i) => {
		const { name, token } = proposal.legs[i].chain;
		return `${name}: ${formatAmount(fee, token)} fee, ${formatAmount(rent, token)} rent`;
	});
	const lines = findings.map(({ severity, code, message }) =>
		[`${severity}: ${message} (${code})`, severity === 'error' ? REMEDIES[code] : undefined]
			.filter(Boolean)
			.join(' '),
	);
	const verdict = isReady ? 'Both chains are ready for it.' : 'It cannot be registered as it is.';
	return [`A registration costs ${costs.join('; ')}`, ...lines, verdict].join('\n');
}

/** What `systems` found. */
export function systemsText(systems: readonly SystemReport[]): string {
	const rows = systems.flatMap(({ name, token, best, finalized, business, others }) => {
		const own = [name, token.symbol, `#${best.number}`, `#${finalized.number}`];
		const connected = business.map((one) => [
			...[...own, one.name, one.known === undefined ? '-' : `#${one.known}`],
			one.age === undefined ? '-' : showDuration(one.age),
			one.hindrance?.message ?? 'ready',
		]);
		const rest = others.map(({ system, known, status }) => [
			...[...own, `${system.slice(0, 10)}…`, `#${known}`, '-', `${status}; not connected`],
		]);
		const all = [...connected, ...rest];
		return all.length > 0 ? all : [[...own, '-', '-', '-', 'knows no other chain']];
	});
	const heading = ['chain', 'token', 'best', 'final', 'knows', 'up to', 'age', 'business'];
	const names = systems.map(({ name, system }) => [name, system]);
	return [table([['chain', 'genesis'], ...names]), '', table([heading, ...rows])].join('\n');
}

/** What `list` found. */
export function listText(exchanges: readonly Exchange[], chains: readonly Chain[]): string {
	if (exchanges.length === 0) {
		return 'No exchange of this account is known to these chains.';
	}
	const rows = exchanges.flatMap(({ id, reference, legs, owed }) =>
		legs.map(({ chain: system, name, role, state }) => {
			const chain = chains.find((one) => one.system === system)!;
			const what = state.log.items.map((item) =>
				showItem(item, (units) => formatAmount(units, chain.token)),
			);
			const debt = owed.length > 0 ? `${owed.length} items to claim` : '';
			return [
				...[`${id.slice(0, 10)}…${id.slice(-8)}`, showReference(reference).slice(0, 24)],
				...[name, role, what.join(' + '), state.stage, debt],
			];
		}),
	);
	return table([['exchange', 'reference', 'chain', 'you', 'what', 'phase', ''], ...rows]);
}

/** A line for a leg. */
function legText({ name, phase, height, reason, owed }: LegView): string {
	const debt = owed.length > 0 ? ` ${owed.length} items are owed: ribp claim.` : '';
	return `${name} #${height}: ${phase}.${reason ? ` ${reason}` : ''}${debt}`;
}

/** Lines for what has changed. */
export function viewText({ legs, outcome }: View, before?: View): string {
	const isNew = (leg: LegView, i: number) =>
		!before || phaseOf(leg) !== phaseOf(before.legs[i]);
	const lines = legs.filter(isNew).map(legText);
	return [...lines, ...(outcome ? [`The exchange is ${outcome} on both chains.`] : [])].join('\n');
}

const phaseOf = ({ phase, isConnected, owed, reason }: LegView): string =>
	[phase, isConnected, owed.length, reason?.replace(/\d.*$/, '')].join();

/** What a rejection says. */
export function rejectionText({ id, reference, reason, note }: Rejection): string {
	const why = note === undefined ? reason : `${reason}: ${note}`;
	return `Exchange ${id}\nReference ${showReference(reference)}\nRejected, ${why}`;
}
