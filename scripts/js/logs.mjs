/** What nodes write about their traffic with other chains. */

const EVIDENCE = /(0x\S+) at #(\d+): (\d+) bytes, (.+), (submitted|not taken by the pool)[ \t]*$/gm;

/**
 * The messages about other chains that a node has made, since its log had `from` bytes.
 *
 * @returns {Array<{system: string, number: number, bytes: number, what: string, taken: boolean}>}
 *   `system` as logs name it, `number` the height of that chain, `taken` whether the own pool did
 */
export function messagesOf(node, from = 0) {
	const lines = node.logSince(from).matchAll(EVIDENCE);
	return [...lines].map(([, system, number, bytes, what, fate]) => ({
		system,
		number: Number(number),
		bytes: Number(bytes),
		what,
		taken: fate === 'submitted',
	}));
}

/** A hash as logs show it. */
export const abbreviated = (hash) => `${hash.slice(0, 6)}…${hash.slice(-4)}`;

const TOLD = /told (0x\S+) at (\S+) of (0x\S+): (.+), (\d+) bytes, (taken|not taken: .+?)[ \t]*$/gm;

/**
 * What a node has told other chains of third ones or of its own, since its log had `from` bytes.
 *
 * @returns {Array<{peer: string, url: string, system: string, what: string, bytes: number,
 *   taken: boolean}>} systems as logs name them; `taken` whether the other chain's pool did
 */
export function toldBy(node, from = 0) {
	const lines = node.logSince(from).matchAll(TOLD);
	return [...lines].map(([, peer, url, system, what, bytes, fate]) => ({
		...{ peer, url, system, what },
		bytes: Number(bytes),
		taken: fate === 'taken',
	}));
}
