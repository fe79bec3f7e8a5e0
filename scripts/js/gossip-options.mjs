/** Command line of the gossip measurement. Needs no package: it is checked before anything is built. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { checkFile, optionsFrom } from './command-line.mjs';

const USAGE = `Usage: scripts/gossip.sh [--blocks N] [--json FILE] [--help]

Starts three chains that know each other, alpha, beta and eve, and measures how old the views are that
each has of the others, and what that costs, at q' = 0.1, 0.3 and 1: first while nobody trades, then
while exchanges between alpha and beta go on. Views are taken from one block on (ViewStep 1).

Options:
  --blocks N    how many blocks each of the six measurements lasts (default: 60)
  --json FILE   write the figures to FILE
  --help        print this`;

/** @returns {{blocks: number, json?: string, help: boolean}} */
function parseOptions(args) {
	const { values } = parseArgs({
		args,
		options: {
			blocks: { type: 'string', default: '60' },
			json: { type: 'string' },
			help: { type: 'boolean', default: false, short: 'h' },
		},
	});
	const blocks = Number(values.blocks);
	if (!Number.isInteger(blocks) || blocks < 1) {
		throw new Error(`--blocks wants a number of blocks, not '${values.blocks}'`);
	}
	checkFile(values.json);
	return { ...values, blocks };
}

/** Options from the command line; ends the process when there is nothing else to do. */
export const optionsOrExit = () => optionsFrom(USAGE, parseOptions);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	optionsOrExit();
}
