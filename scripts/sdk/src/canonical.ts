/** One text for one value: keys in order, no white space, no number that is not an integer. */
import { refuse } from './errors.js';

/** What canonical JSON can say. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Its canonical text; `at` names the value in a refusal. */
export function canonicalJson(value: unknown, at = ''): string {
	if (value === null || typeof value === 'string' || typeof value === 'boolean') {
		return JSON.stringify(value);
	}
	if (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)) {
		return String(value);
	}
	if (Array.isArray(value)) {
		return `[${value.map((one, i) => canonicalJson(one, `${at}[${i}]`)).join(',')}]`;
	}
	if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
		const entries = Object.entries(value as object).filter(([, one]) => one !== undefined);
		const fields = entries.sort(([one], [other]) => (one < other ? -1 : 1));
		const texts = fields.map(([key, one]) => {
			const text = canonicalJson(one, at ? `${at}.${key}` : key);
			return `${JSON.stringify(key)}:${text}`;
		});
		return `{${texts.join(',')}}`;
	}
	const docs = `Canonical JSON does not have this value: ${String(value)}.`;
	throw refuse('ProposalMalformed', docs, { subject: at || 'the whole' });
}

/** The value of a canonical text; refuses any other text, such as one that names a key twice. */
export function parseCanonical(text: string): Json {
	const bare = text.trim();
	let value: Json;
	try {
		value = JSON.parse(bare) as Json;
	} catch (cause) {
		throw refuse('ProposalMalformed', 'This is no JSON.', { cause });
	}
	if (canonicalJson(value) !== bare) {
		throw refuse('ProposalNotCanonical', 'The text is not the one that the tools write.');
	}
	return value;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Text as base64url, which stands in a link as it is. */
export function toBase64Url(text: string): string {
	const bytes = encoder.encode(text);
	const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
	return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The text again; refuses what no text encodes to. */
export function fromBase64Url(encoded: string): string {
	try {
		const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
		const text = decoder.decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
		if (toBase64Url(text) === encoded) {
			return text;
		}
	} catch {
		// Said below.
	}
	throw refuse('ProposalMalformed', 'The link holds no text in base64url.');
}
