#!/usr/bin/env node
/** The command line `ribp`. */
import type { Chain } from '../chain.js';
import { RibpError } from '../errors.js';
import { type Arguments, readArguments, UsageError } from './arguments.js';
import { USAGE } from './usage.js';

const isJson = process.argv.includes('--json');

/** JSON of anything that the library returns. */
const toJson = (value: unknown): string =>
	JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));

/** Connects to all nodes that are named, or to none. */
async function connectAll(args: Arguments, isNeeded: boolean): Promise<Chain[]> {
	const { Chain } = await import('../chain.js');
	const named = args.texts('node');
	const urls = named.length > 0 ? named : (process.env.RIBP_NODES ?? '').split(',').filter(Boolean);
	if (urls.length === 0 && isNeeded) {
		throw new UsageError('Name the nodes of the chains by --node, or in RIBP_NODES.');
	}
	const found = await Promise.allSettled(urls.map((url) => Chain.connect(url)));
	const chains = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
	const failed = found.find((one) => one.status === 'rejected');
	if (failed) {
		await Promise.all(chains.map((chain) => chain.disconnect()));
		throw failed.reason;
	}
	return chains;
}

async function main(): Promise<number> {
	const args = readArguments(process.argv.slice(2));
	if (args.flag('help')) {
		process.stdout.write(`${USAGE[args.command]}\n`);
		return 0;
	}
	// Loading polkadot.js takes a while, and help needs none of it.
	const { COMMANDS, NEEDS_NODES } = await import('./commands.js');
	const chains = await connectAll(args, NEEDS_NODES.includes(args.command));
	try {
		const write = (text: string) => process.stdout.write(`${text}\n`);
		return await COMMANDS[args.command]({
			args,
			chains,
			isJson,
			say: (text) => isJson || write(text),
			tell: (value) => isJson && write(toJson(value)),
		});
	} finally {
		await Promise.all(chains.map((chain) => chain.disconnect()));
	}
}

/** Without what a terminal would obey: a refusal may name what stands in a file of somebody else's. */
const harmless = (text: string): string => text.replace(/[^\P{C}\n]/gu, '?');

/** Says what went wrong; returns the status that the process ends with. */
function failed(error: unknown): number {
	if (error instanceof UsageError) {
		process.stderr.write(`${error.message}\nribp --help says more.\n`);
		return 2;
	}
	if (error instanceof RibpError) {
		const { code, subject, docs, remedy } = error;
		const about = subject === undefined ? '' : ` (${subject})`;
		process.stderr.write(`${harmless(`${code}${about}\n${docs}\n${remedy}`)}\n`);
		if (isJson) {
			process.stdout.write(`${toJson({ error })}\n`);
		}
		return 1;
	}
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	return 1;
}

const status = await main().catch(failed);
// Connections of polkadot.js linger for some seconds.
process.stdout.write('', () => process.exit(status));
