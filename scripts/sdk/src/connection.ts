/** A connection that may break, and how to go on after it. */
import type { ApiPromise } from '@polkadot/api';

import { refuse } from './errors.js';

/** What polkadot.js says of a question to which no answer will come, for the connection's sake. */
const BROKEN = /disconnected from|WebSocket is not connected|No response received|socket|ECONNREFUSED/i;
/** After how long a node is asked again although nothing was heard of it, in milliseconds. */
const SILENCE_MS = 10_000;

/** How a question is to be asked. */
export interface Patience {
	/** Ends the waiting. */
	signal?: AbortSignal;
}

/** Whether a question failed because there was nobody to answer it. */
export function isBroken(api: ApiPromise, error: unknown): boolean {
	return !api.isConnected || (error instanceof Error && BROKEN.test(error.message));
}

/** Resolves when a node is heard of again: it finalizes a block, comes back, or goes away. */
export class Pulse {
	#waiting = new Set<() => void>();
	#stop: () => void = () => undefined;
	/** How often the connection has broken. */
	breaks = 0;

	static async of(api: ApiPromise): Promise<Pulse> {
		const pulse = new Pulse();
		const beat = () => pulse.#beat();
		const broken = () => {
			pulse.breaks += 1;
			beat();
		};
		api.on('connected', beat);
		api.on('disconnected', broken);
		const unsubscribe = await api.rpc.chain.subscribeFinalizedHeads(beat);
		pulse.#stop = () => {
			api.off('connected', beat);
			api.off('disconnected', broken);
			unsubscribe();
		};
		return pulse;
	}

	#beat(): void {
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		waiting.forEach((go) => go());
	}

	/** Resolves with the next beat, after a long silence, or when the signal ends the waiting. */
	next({ signal }: Patience = {}): Promise<void> {
		return new Promise((resolve) => {
			const go = () => {
				clearTimeout(late);
				this.#waiting.delete(go);
				signal?.removeEventListener('abort', go);
				resolve();
			};
			const late = setTimeout(go, SILENCE_MS);
			this.#waiting.add(go);
			signal?.addEventListener('abort', go, { once: true });
			if (signal?.aborted) {
				go();
			}
		});
	}

	stop(): void {
		this.#stop();
		this.#beat();
	}
}

/** What is done with chains; a connection that breaks meanwhile goes by its name. */
export async function connected<T>(
	chains: readonly { api: ApiPromise; name: string }[],
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		const away = chains.find(({ api }) => !api.isConnected);
		const isOurs = cause instanceof Error && cause.name === 'RibpError';
		if (isOurs || (!away && !(cause instanceof Error && BROKEN.test(cause.message)))) {
			throw cause;
		}
		const docs = `No node of ${away?.name ?? 'one of the chains'} answers.`;
		throw refuse('NoConnection', docs, { subject: away?.name, cause });
	}
}

/** Asks again after each reconnection until there is an answer, or the signal ends the waiting. */
export async function patiently<T>(
	api: ApiPromise,
	pulse: Pulse,
	ask: () => Promise<T>,
	{ signal }: Patience = {},
): Promise<T> {
	for (;;) {
		signal?.throwIfAborted();
		try {
			return await ask();
		} catch (error) {
			if (!isBroken(api, error)) {
				throw error;
			}
		}
		await pulse.next({ signal });
	}
}
