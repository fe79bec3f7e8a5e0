/** What is refused, by whom, why, and what to do about it. */
import { REMEDIES } from './remedies.js';

/** What an error carries besides its name. */
export interface ErrorFacts {
	/** What the refusal means: of a pallet's error, its documentation in the chain's metadata. */
	docs: string;
	/** What to do. */
	remedy?: string;
	/** The field of a proposal, the chain, or whatever else it is about. */
	subject?: string;
	cause?: unknown;
}

/**
 * A refusal. `code` is `pallet.Name` if a chain refuses, such as `ribp.ExpiryTooSoon`, and `sdk.Name` if
 * this library does.
 */
export class RibpError extends Error {
	readonly code: string;
	readonly docs: string;
	readonly remedy: string;
	readonly subject?: string;

	constructor(code: string, { docs, remedy = REMEDIES[code] ?? '', subject, cause }: ErrorFacts) {
		const about = subject === undefined ? '' : ` (${subject})`;
		super([`${code}${about}: ${docs}`, remedy].filter(Boolean).join(' '), { cause });
		this.name = 'RibpError';
		this.code = code;
		this.docs = docs;
		this.remedy = remedy;
		this.subject = subject;
	}

	/** The pallet that refuses; `sdk` if it is this library. */
	get pallet(): string {
		return this.code.split('.')[0];
	}

	toJSON(): object {
		const { code, docs, remedy, subject } = this;
		return { code, docs, remedy, subject };
	}
}

/** A refusal of this library's own. */
export function refuse(name: string, docs: string, facts: Partial<ErrorFacts> = {}): RibpError {
	return new RibpError(`sdk.${name}`, { docs, ...facts });
}
