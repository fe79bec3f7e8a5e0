/** The command line: options that a command has, and no secrets. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

import { mnemonicValidate } from '@polkadot/util-crypto';

import { refuse } from '../errors.js';

type Config = NonNullable<ParseArgsConfig['options']>;

const COMMON: Config = {
	node: { type: 'string', multiple: true },
	json: { type: 'boolean', default: false },
	help: { type: 'boolean', default: false, short: 'h' },
};

const SIGNING: Config = { 'key-file': { type: 'string' }, 'key-type': { type: 'string' } };

/** The options of each command. */
const OPTIONS: Record<string, Config> = {
	systems: {},
	propose: {
		give: { type: 'string', multiple: true },
		get: { type: 'string', multiple: true },
		with: { type: 'string' },
		me: { type: 'string' },
		within: { type: 'string' },
		until: { type: 'string' },
		reference: { type: 'string' },
		settlement: { type: 'string' },
		out: { type: 'string' },
		page: { type: 'string' },
		register: { type: 'boolean', default: false },
		yes: { type: 'boolean', default: false },
		...SIGNING,
	},
	show: {},
	accept: {
		'receive-at': { type: 'string' },
		yes: { type: 'boolean', default: false },
		watch: { type: 'boolean', default: false },
		...SIGNING,
	},
	watch: {},
	list: { account: { type: 'string' }, ...SIGNING },
	cancel: { ...SIGNING },
	claim: { to: { type: 'string' }, ...SIGNING },
	reject: { reason: { type: 'string' }, note: { type: 'string' }, out: { type: 'string' } },
};

/** What a command line says. */
export interface Arguments {
	command: string;
	positionals: string[];
	text(name: string): string | undefined;
	texts(name: string): string[];
	flag(name: string): boolean;
}

/** The command line is wrong. */
export class UsageError extends Error {}

/** What other programs call options that hold secrets. */
const SECRET_OPTION = /^--(seed|suri|uri|mnemonic|phrase|secret|key|password|private-key)(=|$)/;

/** Refuses secrets among arguments, where each user of the machine and the shell's history see them. */
export function refuseSecrets(args: readonly string[]): void {
	for (const argument of args) {
		const [, named] = SECRET_OPTION.exec(argument) ?? [];
		const value = argument.replace(/^--[a-z-]+=/, '');
		if (named !== undefined || value.startsWith('//') || mnemonicValidate(value)) {
			const docs = 'A secret among the arguments is seen by others on this machine.';
			const remedy = 'Write it to a file that only you can read, and name that by --key-file.';
			// The secret itself is not repeated.
			throw refuse('SecretInArguments', docs, { remedy, subject: named && `--${named}` });
		}
	}
}

/** Reads a command line. */
export function readArguments(args: string[]): Arguments {
	const [first, ...rest] = args;
	if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
		return made('', { values: { help: true }, positionals: [] });
	}
	refuseSecrets(args);
	if (!Object.hasOwn(OPTIONS, first)) {
		throw new UsageError(`There is no command '${first}'.`);
	}
	try {
		const options = { ...COMMON, ...OPTIONS[first] };
		return made(first, parseArgs({ args: rest, options, allowPositionals: true }));
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
}

interface Parsed {
	values: Record<string, unknown>;
	positionals: string[];
}

function made(command: string, { values, positionals }: Parsed): Arguments {
	return {
		command,
		positionals,
		text: (name) => values[name] as string | undefined,
		texts: (name) => (values[name] ?? []) as string[],
		flag: (name) => values[name] === true,
	};
}
