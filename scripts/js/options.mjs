/** Command line of the demo. Needs no package, so that it can be checked before anything is built. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { checkFile, checkPace, optionsFrom, PACE_USAGE } from './command-line.mjs';

const USAGE = `Usage: scripts/demo.sh [--pace PACE] [--json FILE] [--keep] [--help]

Starts two chains of their own, alpha and beta, and lets Alice and Bob trade between them:
100 ALPHA from Alice to Bob on alpha against 40 BETA from Bob to Alice on beta.

  settle at expiry   Alice registers, and Bob answers; both get their value after the expiries
  settle early       the same; both get it as soon as the other leg is proven
  settle on match    both register at once, and commit when they are shown each other's leg
  expire             only Alice registers, and gets everything back
  cancel             Alice wants it back before, and gets it when her notice is over
  reverse            beta's node is not told where alpha is: alpha undoes what it had committed
  interrupt          beta's node is killed in the middle and comes back: the exchange settles
  thing for asset    an NFT on alpha is delivered for an asset of beta's
  owe and claim      what Alice delivers is frozen: it is owed to Bob, who claims it once it is thawed

Options:
  ${PACE_USAGE}
  --json FILE   write what happened and its figures to FILE
  --keep        leave both nodes running at the end, and say where, until Ctrl-C
  --help        print this

Exits with 0 only when the state of both chains shows that every exchange ended as promised.`;

/** @returns {{json?: string, pace?: string, keep: boolean, help: boolean}} */
function parseOptions(args) {
	const { values } = parseArgs({
		args,
		options: {
			json: { type: 'string' },
			pace: { type: 'string' },
			keep: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false, short: 'h' },
		},
	});
	checkFile(values.json);
	return { ...values, pace: checkPace(values.pace) };
}

/** Options from the command line; ends the process when there is nothing else to do. */
export const optionsOrExit = () => optionsFrom(USAGE, parseOptions);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	optionsOrExit();
}
