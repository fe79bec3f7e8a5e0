/** Command line of the demo. Needs no package, so that it can be checked before anything is built. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { checkFile, checkPace, optionsFrom, PACE_USAGE } from './command-line.mjs';

const USAGE = `Usage: scripts/demo.sh [--pace PACE] [--json FILE] [--keep] [--help]

Starts two chains of their own, alpha and beta, and lets Alice and Bob trade between them:
100 ALPHA from Alice to Bob on alpha against 40 BETA from Bob to Alice on beta.

  settle at expiry   both register; both unlock when both expiries have passed
  settle early       both register; both unlock as soon as the other leg is proven
  expire             only Alice registers, and gets everything back
  reverse            beta's node does not look at alpha: alpha undoes what it had committed
  interrupt          beta's node is killed in the middle and comes back: the exchange settles

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
