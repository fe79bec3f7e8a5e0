/** The pallet's rules of expiries and notices (`Terms::check` of ribp-protocol), in words. */
import type { Finding } from './words.js';

/** Notices are long that are longer than the shortest one by this factor. */
const LONG_NOTICE = 4;

/** How far away expiries may be, and how long notices, in blocks. */
export interface Limits {
	/** Least distance of the own expiry. */
	least: number;
	/** Least distance of the other one, from the newest block that is known. */
	peerLeast: number;
	/** Greatest distance of either, and longest notice. */
	most: number;
	/** By how many own blocks the own expiry may be later; it may be earlier by twice as many. */
	skew: number;
	/** Shortest notice of the own leg. */
	notice: number;
	/** How long blocks take here and there, by the chain's conditions. */
	blockTimes: { own: bigint; peer: bigint };
}

/** The two legs as one of the chains sees them. */
export interface Times {
	own: { expiry: number; notice: number };
	peer: { expiry: number; notice: number };
	/** The own height, and the newest block of the other chain that is known. */
	now: number;
	known: number;
	limits: Limits;
}

/** What one chain would refuse, and a warning if there is little time. */
export function judgeTimes(
	{ own, peer, now, known, limits }: Times,
	name: string,
	other: string,
): Finding[] {
	const [here, there] = [own.expiry - now, peer.expiry - known];
	const { least, peerLeast, most, skew, notice, blockTimes } = limits;
	const at = `${name} is at block ${now}`;
	const knows = `${name} knows ${other} up to block ${known}`;
	const comparable = ownBlocks(there, blockTimes);
	const rules: Array<[boolean, string, string]> = [
		[here <= 0, 'ExpiryPassed', `${at}, and the leg expires at ${own.expiry}.`],
		[here > 0 && here < least, 'ExpiryTooSoon', `${at}; ${own.expiry} is less than ${least} away.`],
		[there <= 0, 'PeerExpiryPassed', `${knows}, and the other leg expires at ${peer.expiry}.`],
		[
			there > 0 && there < peerLeast,
			'PeerExpiryTooSoon',
			`${knows}; ${peer.expiry} is less than ${peerLeast} away.`,
		],
		[Math.max(here, there) > most, 'ExpiryTooFar', `An expiry is more than ${most} blocks away.`],
		[
			here - comparable > skew || comparable - here > 2 * skew,
			'ExpiriesTooFarApart',
			`By what ${name} knows, the expiries are more than ${skew} blocks apart.`,
		],
		[own.notice < notice, 'NoticeTooShort', `The notice on ${name} is less than ${notice}.`],
		[Math.max(own.notice, peer.notice) > most, 'NoticeTooLong', `A notice is longer than ${most}.`],
	];
	const broken = rules.filter(([isBroken]) => isBroken);
	const isLong = broken.length === 0 && own.notice > LONG_NOTICE * notice;
	const long: Finding = {
		severity: 'warning',
		code: 'sdk.LongNotice',
		message: `On ${name} you wait ${own.notice} blocks to take your value back; ${notice} would do. All that time the other party may still answer.`,
	};
	if (broken.length === 0 && here < 2 * least) {
		const message = `${at}: ${here} blocks are left, which is little.`;
		return [{ severity: 'warning', code: 'sdk.LittleTime', message }, ...(isLong ? [long] : [])];
	}
	if (isLong) {
		return [long];
	}
	return broken.map(([, error, message]) => ({ severity: 'error', code: `ribp.${error}`, message }));
}

/** How many own blocks take as long as so many of the other chain's, rounded up. */
function ownBlocks(blocks: number, { own, peer }: Limits['blockTimes']): number {
	const time = BigInt(Math.max(0, blocks)) * peer;
	const divisor = own > 0n ? own : 1n;
	return Number((time + divisor - 1n) / divisor);
}
