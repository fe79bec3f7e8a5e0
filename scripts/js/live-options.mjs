/** Command line of the live benchmark. Needs no package: it is checked before anything is built. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { checkFile, optionsFrom } from './command-line.mjs';

/** Below what a chain keeps of contracts with one other (`MaxEntries`): those that end stay for a while. */
const MOST_EXCHANGES = 9_000;
const MOST_TRANSFERS = 8_000;
/** Seconds a block of the slowest dev chains. */
const SLOWEST = 60;

const USAGE = `Usage: scripts/bench.sh live [--exchanges N] [--transfers N] [--json FILE] [--help]

Starts alpha and beta, and measures on these two nodes: plain transfers a second on one chain, with
the other one idle; exchanges a second that settle on both, registered in batches; and how long one
exchange takes, from the later registration until both chains have unlocked, in both modes, there and
on chains with slower blocks. The second party answers what is final of the first one's, firm.

Options:
  --exchanges N      how many exchanges are in flight at once (default: 1000)
  --transfers N      how many transfers (default: 2000)
  --block-times LIST seconds a block, of the chains on which one exchange is timed (default: 1,2,4)
  --json FILE        write the figures to FILE
  --svg FILE         draw them in FILE
  --help             print this`;

function count(name, value, most) {
	const number = Number(value);
	if (!Number.isInteger(number) || number < 1 || number > most) {
		throw new Error(`--${name} wants a number from 1 to ${most}, not '${value}'`);
	}
	return number;
}

function blockTimes(list) {
	const times = list.split(',').map((time) => count('block-times', time.trim(), SLOWEST));
	return [...new Set(times)].sort((a, b) => a - b);
}

/**
 * @returns {{exchanges: number, transfers: number, blockTimes: number[], json?: string, svg?: string,
 *   help: boolean}}
 */
function parseOptions(args) {
	const { values } = parseArgs({
		args,
		options: {
			exchanges: { type: 'string', default: '1000' },
			transfers: { type: 'string', default: '2000' },
			'block-times': { type: 'string', default: '1,2,4' },
			json: { type: 'string' },
			svg: { type: 'string' },
			help: { type: 'boolean', default: false, short: 'h' },
		},
	});
	checkFile(values.json);
	checkFile(values.svg);
	return {
		...values,
		blockTimes: blockTimes(values['block-times']),
		exchanges: count('exchanges', values.exchanges, MOST_EXCHANGES),
		transfers: count('transfers', values.transfers, MOST_TRANSFERS),
	};
}

/** Options from the command line; ends the process when there is nothing else to do. */
export const optionsOrExit = () => optionsFrom(USAGE, parseOptions);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	optionsOrExit();
}
