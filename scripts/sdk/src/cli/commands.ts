/** What each command does. */
import { readFileSync, writeFileSync } from 'node:fs';

import type { Chain } from '../chain.js';
import { check, ensurePaid, sideOf } from '../check.js';
import { refuse } from '../errors.js';
import { list, systems } from '../list.js';
import { parseDuration } from '../pace.js';
import {
	type Proposal,
	proposalLink,
	readProposal,
	readRejection,
	type Reason,
	reject,
	writeProposal,
	writeRejection,
} from '../proposal.js';
import { propose } from '../propose.js';
import type { Settlement } from '../contract.js';
import { cancel, claim, register } from '../trade.js';
import type { Account, Progress } from '../submit.js';
import { type View, watch } from '../watch.js';
import { type Arguments, UsageError } from './arguments.js';
import { ask, signingPair } from './keys.js';
import * as print from './print.js';
import { parseThings } from './things.js';

/** What a command has at hand. */
export interface Context {
	args: Arguments;
	chains: Chain[];
	isJson: boolean;
	/** For a person, on standard output. */
	say(text: string): void;
	/** For a program. */
	tell(value: unknown): void;
}

/** Resolves to the status that the process ends with. */
type Command = (context: Context) => Promise<number>;

/** The exchange that was followed has come to nothing. */
const UNDONE = 3;
/** It is over, and was swept before anybody looked. */
const FORGOTTEN = 4;

/** Commands that need nodes: all, but for what can be said without. */
export const NEEDS_NODES = ['systems', 'propose', 'accept', 'watch', 'list', 'cancel', 'claim'];

export const COMMANDS: Record<string, Command> = {
	systems: async ({ chains, say, tell }) => {
		const found = await systems(chains);
		say(print.systemsText(found));
		tell(found);
		return 0;
	},

	propose: proposeThings,

	show: async (context) => {
		const { args, chains, say, tell } = context;
		const text = proposalFile(args);
		if (/"format":"ribp-rejection"/.test(text)) {
			const rejection = readRejection(text);
			say(print.rejectionText(rejection));
			tell(rejection);
			return 0;
		}
		const proposal = readProposal(text);
		if (chains.length === 0) {
			say(print.proposalText(proposal));
			say('Connect to nodes to see whether the chains say the same.');
			tell({ proposal });
			return 0;
		}
		return (await shown(context, proposal)) ? 0 : 1;
	},

	accept: async (context) => {
		const { args } = context;
		const proposal = readProposal(proposalFile(args));
		const account = await signingPair(args);
		// What is agreed to is shown, also where a program reads the rest.
		const say = context.isJson ? (text: string) => process.stderr.write(`${text}\n`) : context.say;
		await shown({ ...context, say, tell: () => {} }, proposal);
		await registered(context, proposal, account);
		return args.flag('watch') ? followed(context, proposal) : 0;
	},

	watch: (context) => followed(context, readProposal(proposalFile(context.args))),

	list: async ({ args, chains, say, tell }) => {
		const address = args.text('account') ?? (await signingPair(args)).address;
		const exchanges = await list(chains, address);
		say(print.listText(exchanges, chains));
		tell(exchanges);
		return 0;
	},

	cancel: async ({ args, chains, say, tell }) => {
		const proposal = readProposal(proposalFile(args));
		const block = await cancel(proposal, chains, await signingPair(args));
		say('Your leg is being cancelled: watch what becomes of it.');
		tell({ id: proposal.id, block });
		return 0;
	},

	claim: async ({ args, chains, say, tell }) => {
		const proposal = readProposal(proposalFile(args));
		const paid = await claim(proposal, chains, await signingPair(args), { to: args.text('to') });
		say(`${paid.length} items are paid.`);
		tell({ id: proposal.id, paid });
		return 0;
	},

	reject: async ({ args, say, tell }) => {
		const reason = args.text('reason');
		if (reason === undefined) {
			throw new UsageError('--reason is missing.');
		}
		const proposal = readProposal(proposalFile(args));
		const rejection = reject(proposal, reason as Reason, args.text('note'));
		const out = args.text('out');
		if (out !== undefined) {
			writeNew(out, writeRejection(rejection));
		}
		say(out === undefined ? writeRejection(rejection) : `The rejection is in ${out}.`);
		tell(rejection);
		return 0;
	},
};

/** Writes a file that is not there: without its proposal nobody cancels an exchange. */
function writeNew(file: string, text: string): void {
	try {
		writeFileSync(file, `${text}\n`, { flag: 'wx' });
	} catch (error) {
		const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
		throw new UsageError(`${file} ${isThere ? 'is there already' : 'cannot be written'}: name another file.`);
	}
}

/** The text of the proposal that is named. */
function proposalFile({ command, positionals }: Arguments): string {
	const [name, ...rest] = positionals;
	if (name === undefined || rest.length > 0) {
		throw new UsageError(`ribp ${command} takes one proposal: a file, a link, or -.`);
	}
	if (name.includes('#ribp=')) {
		return name;
	}
	try {
		return readFileSync(name === '-' ? 0 : name, 'utf8');
	} catch {
		throw new UsageError(`The proposal ${name} cannot be read.`);
	}
}

async function proposeThings(context: Context): Promise<number> {
	const { args, chains, say, tell } = context;
	const [give, get] = ['give', 'get'].map((name) => parseThings(args.texts(name), `--${name}`, chains));
	const other = args.text('with');
	if (other === undefined) {
		throw new UsageError('--with is missing: the address of the other party.');
	}
	const isToRegister = args.flag('register');
	const hasAddress = args.text('me') !== undefined && !isToRegister;
	const account = hasAddress ? undefined : await signingPair(args);
	const me = args.text('me') ?? account!.address;
	const settlement = settlementOf(args);
	const leg = (things: typeof give, from: string, to: string) => ({
		...{ chain: things[0].chain, from, to, settlement },
		items: things.map(({ item }) => item),
	});
	const { proposal, expiries } = await propose({
		legs: [leg(give, me, other), leg(get, other, me)],
		reference: args.text('reference'),
		...timeOf(args),
	});
	const [text, link] = [writeProposal(proposal), proposalLink(proposal, args.text('page'))];
	const out = args.text('out');
	if (out !== undefined) {
		writeNew(out, text);
	}
	say(print.proposalText(proposal, chains, expiries));
	say(out === undefined ? `\n${text}\n\n${link}` : `\nThe proposal is in ${out}, and in this link:\n${link}`);
	if (!isToRegister) {
		tell({ proposal, expiries, link });
		return 0;
	}
	await registered(context, proposal, account!, { expiries, link, proposal });
	return 0;
}

function settlementOf(args: Arguments): Settlement {
	const settlement = args.text('settlement') ?? 'Early';
	if (settlement !== 'Early' && settlement !== 'AtExpiry') {
		throw new UsageError(`--settlement takes Early or AtExpiry, not '${settlement}'.`);
	}
	return settlement;
}

function timeOf(args: Arguments): { within?: number; until?: Date } {
	const [within, until] = [args.text('within'), args.text('until')];
	if (within !== undefined && until !== undefined) {
		throw new UsageError('--within and --until say the same: give one of them.');
	}
	return {
		within: within === undefined ? undefined : parseDuration(within),
		until: until === undefined ? undefined : new Date(until),
	};
}

/** Shows a proposal and what is found of it; whether it is ready. */
async function shown({ chains, say, tell }: Context, proposal: Proposal): Promise<boolean> {
	const report = await check(proposal, chains);
	say(print.proposalText(proposal, chains, report.legs.map(({ expiry }) => expiry)));
	say(`\n${print.reportText(proposal, report)}`);
	tell({ proposal, report });
	return report.isReady;
}

/** Registers the account's leg, once that is agreed to. */
async function registered(
	context: Context,
	proposal: Proposal,
	account: Account,
	more: object = {},
): Promise<void> {
	const { args, chains, isJson, say, tell } = context;
	const receiver = args.text('receive-at') ?? account.address;
	ensurePaid(sideOf(proposal, chains, account.address), receiver);
	if (!args.flag('yes') && (await ask('Register your leg? Type yes: ')) !== 'yes') {
		throw refuse('NotAgreed', 'You have not agreed: nothing is signed.');
	}
	const onProgress = ({ step, chain, hash }: Progress) =>
		isJson || process.stderr.write(`${chain}: ${step} ${hash}\n`);
	const done = await register(proposal, chains, account, { onProgress, receiver });
	const how = done.commit === 'Now' ? 'firm: the other leg is final' : 'it waits for the other party';
	say(done.wasThere ? 'Your leg was registered before.' : `Your leg is registered; ${how}.`);
	tell({ ...more, registered: done });
}

/** Follows an exchange to its end. */
async function followed({ chains, say, tell }: Context, proposal: Proposal): Promise<number> {
	let last: View | undefined;
	for await (const view of watch(proposal, chains)) {
		const text = print.viewText(view, last);
		if (text) {
			say(text);
		}
		tell(view);
		last = view;
	}
	switch (last?.outcome) {
		case 'settled':
			return 0;
		case 'forgotten':
			return FORGOTTEN;
		default:
			return UNDONE;
	}
}
