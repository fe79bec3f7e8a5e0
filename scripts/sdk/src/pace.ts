/** How fast a chain is, as it has been of late: what turns times into heights and back. */
import type { Chain } from './chain.js';
import { refuse } from './errors.js';

/** Blocks over which the pace is measured. */
const SAMPLE = 100;
/** The first block whose time is stored. */
const FIRST_TIMED = 1;

/** What was measured. */
export interface Pace {
	/** Milliseconds from block to block, on average. */
	blockMs: number;
	/** The best block, and the time that it states. */
	height: number;
	time: number;
	/** Over how many blocks. */
	blocks: number;
}

/** Measures a chain's pace by the timestamps in the states of its newest blocks. */
export async function measurePace(chain: Chain): Promise<Pace> {
	const { number, hash } = await chain.best();
	const from = Math.max(FIRST_TIMED, number - SAMPLE);
	if (number <= from) {
		throw refuse('TooYoung', `${chain.name} has made too few blocks to tell its pace.`);
	}
	const first = await chain.block(from);
	const [old, time] = await Promise.all([chain.time(first.hash), chain.time(hash)]);
	const blocks = number - from;
	return { blockMs: Math.max(1, (time - old) / blocks), height: number, time, blocks };
}

/** The first height at which it is this time, or later, if the chain goes on at its pace. */
export function heightAt({ blockMs, height, time }: Pace, when: number): number {
	return height + Math.ceil((when - time) / blockMs);
}

/** When a height comes, if the chain goes on at its pace. */
export function timeAt({ blockMs, height, time }: Pace, at: number): Date {
	return new Date(time + (at - height) * blockMs);
}

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `90s`, `30m`, `2h` or `1d`. */
export function parseDuration(text: string): number {
	const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
	if (unit === undefined) {
		throw refuse('TimeMalformed', 'This is no duration.', { subject: text });
	}
	return Number(count) * UNITS[unit];
}

/** A duration in the two largest units that it has. */
export function showDuration(milliseconds: number): string {
	let rest = Math.max(0, Math.round(milliseconds / 1_000));
	const parts: string[] = [];
	for (const [unit, size] of [['d', 86_400], ['h', 3_600], ['m', 60], ['s', 1]] as const) {
		const count = Math.floor(rest / size);
		rest -= count * size;
		if (count > 0) {
			parts.push(`${count} ${unit}`);
		}
	}
	return parts.slice(0, 2).join(' ') || 'no time';
}
