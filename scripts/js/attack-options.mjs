/** Command line of the attacks. Needs no package, so that it can be checked before anything is built. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { checkFile, checkPace, optionsFrom, PACE_USAGE } from './command-line.mjs';

/** Short names of the attacks, in the order in which they are told. */
const NAMES = [
	...['stop', 'proofs', 'false-root', 'branches', 'early', 'partition'],
	...['flush', 'decoy', 'pause', 'retired', 'expired'],
];

const USAGE = `Usage: scripts/attack.sh [--only NAME]... [--pace PACE] [--json FILE] [--help]

Starts two honest chains, alpha and beta, and a third one that is Eve's. Alice trades with Eve from
alpha, Bob from beta, and Eve attacks:

  stop        her chain dies while value is locked against it: it waits, and root frees it
  proofs      she shows alpha less of her chain's state than there is, something else, or what is over
  false-root  her runtime lies about its history, and she tells alpha what the lie is
  branches    she finalizes two branches and sells the same tokens on both, to alpha and to beta
  early       she reveals the second branch right after alpha has settled early on the first
  partition   she hides the second branch from alpha, which cannot hear of beta for a while
  flush       she leads alpha on by headers at invented heights, so that it forgets where she left
              the public branch
  decoy       before that is shown to alpha, she reports branches of which nobody has but one block
  pause       root pauses while the fork is open: the verdict on it starts nothing
  retired     she signs with keys that were in charge before, within the trust period and after it
  expired     alpha does not hear of her chain for longer than it trusts what it knows

Gossip between alpha and beta exposes a second branch. Both then halt all business with Eve's chain
until root has chosen one branch, the same on both; the other is refused from then on.

Options:
  --only NAME   run this attack alone; or those that are named, if several are
  ${PACE_USAGE}
  --json FILE   write what happened and its figures to FILE
  --help        print this

Exits with 0 only when every attack was repelled: nobody honest has lost anything.`;

/** @returns {{only: string[], pace?: string, json?: string, help: boolean}} */
function parseOptions(args) {
	const { values } = parseArgs({
		args,
		options: {
			only: { type: 'string', multiple: true, default: [] },
			json: { type: 'string' },
			pace: { type: 'string' },
			help: { type: 'boolean', default: false, short: 'h' },
		},
	});
	const { only, json } = values;
	const unknown = only.find((name) => !NAMES.includes(name));
	if (unknown !== undefined) {
		throw new Error(`There is no attack '${unknown}', but ${NAMES.join(', ')}`);
	}
	checkFile(json);
	return { ...values, pace: checkPace(values.pace) };
}

/** Options from the command line; ends the process when there is nothing else to do. */
export const optionsOrExit = () => optionsFrom(USAGE, parseOptions);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	optionsOrExit();
}
