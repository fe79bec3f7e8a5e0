/** Keys, from a file or a prompt. */
import { readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

import { Keyring } from '@polkadot/keyring';
import type { KeyringPair, KeyringPair$Json } from '@polkadot/keyring/types';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { refuse } from '../errors.js';
import { type Arguments, UsageError } from './arguments.js';

/** Others can read a file with such a mode. */
const READABLE_BY_OTHERS = 0o077;
const TYPES = ['sr25519', 'ed25519', 'ecdsa'] as const;

/** The pair that signs: that of the key file, or what the prompt says. */
export async function signingPair(args: Arguments): Promise<KeyringPair> {
	await cryptoWaitReady();
	const type = TYPES.find((one) => one === (args.text('key-type') ?? 'sr25519'));
	if (!type) {
		throw new UsageError(`--key-type takes ${TYPES.join(', ')}`);
	}
	const keyring = new Keyring({ type });
	const file = args.text('key-file');
	const secret = file === undefined ? await ask('Secret phrase or URI: ', true) : readSecret(file);
	if (secret.startsWith('{')) {
		return unlocked(keyring, secret);
	}
	// polkadot.js makes a key of any words, such as a name before which // is missing.
	if (!isSecret(secret)) {
		throw new UsageError('The key is no secret phrase of 12 to 24 words, seed in hexadecimal or URI such as //Alice.');
	}
	try {
		return keyring.addFromUri(secret);
	} catch {
		throw new UsageError('The key is no secret phrase, URI or exported account.');
	}
}

/** Whether this is of a form in which people keep secrets. */
export function isSecret(secret: string): boolean {
	const words = secret.split('/')[0].trim().split(/\s+/).length;
	return /^(\/\/|0x[0-9a-f]{64}(\/|$))/i.test(secret) || [12, 15, 18, 21, 24].includes(words);
}

/** An account as polkadot.js exports it. */
async function unlocked(keyring: Keyring, exported: string): Promise<KeyringPair> {
	let pair: KeyringPair;
	try {
		pair = keyring.addFromJson(JSON.parse(exported) as KeyringPair$Json);
	} catch {
		throw new UsageError('The key file is no exported account.');
	}
	try {
		pair.decodePkcs8(await ask('Password of the account: ', true));
	} catch (cause) {
		if (cause instanceof UsageError) {
			throw cause;
		}
		const docs = 'The password does not open the account.';
		throw refuse('WrongPassword', docs, { subject: pair.address, cause });
	}
	return pair;
}

function readSecret(file: string): string {
	let secret: string;
	try {
		secret = readFileSync(file, 'utf8').trim();
	} catch {
		throw new UsageError(`The key file ${file} cannot be read.`);
	}
	// The dev accounts are no secret.
	if (statSync(file).mode & READABLE_BY_OTHERS && !secret.startsWith('//')) {
		process.stderr.write(`Others can read ${file}: chmod 600 ${file}\n`);
	}
	return secret;
}

/** What a person answers; not shown if it is a secret. */
export async function ask(question: string, isSecret = false): Promise<string> {
	if (!process.stdin.isTTY) {
		const what = isSecret ? 'name a file by --key-file' : 'say --yes';
		throw new UsageError(`There is nobody to ask: ${what}.`);
	}
	const quiet = new Writable({ write: (_, __, done) => done() });
	const output = isSecret ? quiet : process.stderr;
	const lines = createInterface({ input: process.stdin, output, terminal: true });
	// Not before: now the terminal does not show by itself what is typed.
	process.stderr.write(question);
	const answer = await new Promise<string>((resolve, reject) => {
		lines.once('line', resolve);
		lines.once('close', () => reject(new UsageError('There is no answer.')));
	});
	lines.close();
	if (isSecret) {
		process.stderr.write('\n');
	}
	return answer.trim();
}
