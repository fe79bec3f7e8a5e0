/** Command line of the fuzzing. Needs no package, so that it can be checked before anything is built. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { checkFile, optionsFrom } from './command-line.mjs';
import { CORPUS } from './fuzzer.mjs';

/** Every folder of the corpus is a target. */
export const TARGETS = readdirSync(CORPUS).sort();

const USAGE = `Usage: scripts/fuzz.sh --minutes N [--target NAME] [--json FILE]
       scripts/fuzz.sh --burst SECONDS [--target NAME] [--json FILE]

Looks for bytes at which a decoder breaks a promise. The targets take turns on all cores:
${TARGETS.join(', ')}.

Options:
  --minutes N      for N minutes in all; inputs that reach new code are kept for the next time
  --burst SECONDS  each target for so long, from the repository's inputs alone, after a check
                   that the fuzzer finds what it should; this is what scripts/test.sh does
  --target NAME    only this target
  --json FILE      write the figures and findings to FILE
  --help           print this

Ctrl-C ends it early, with the sums. Exits with 1 if anything was found.

Environment:
  RIBP_CACHE   folder with what is kept (default: ~/.cache/pallet-ribp)`;

const NUMBER = /^(\d+|\d*\.\d+)$/;

/** @returns {{minutes?: number, burst?: number, targets: string[], json?: string, help: boolean}} */
function parseOptions(args) {
	const { values } = parseArgs({
		args,
		options: {
			minutes: { type: 'string' },
			burst: { type: 'string' },
			target: { type: 'string' },
			json: { type: 'string' },
			help: { type: 'boolean', default: false, short: 'h' },
		},
	});
	const { minutes, burst, target, json, help } = values;
	if (help) {
		return { help };
	}
	if ((minutes === undefined) === (burst === undefined)) {
		throw new Error('Say either --minutes or --burst');
	}
	const [name, length] = minutes === undefined ? ['burst', burst] : ['minutes', minutes];
	if (!NUMBER.test(length) || Number(length) <= 0 || Number(length) > 1e5) {
		throw new Error(`--${name} takes a number above 0, not '${length}'`);
	}
	if (target !== undefined && !TARGETS.includes(target)) {
		throw new Error(`There is no target '${target}', but ${TARGETS.join(', ')}`);
	}
	checkFile(json);
	return { [name]: Number(length), targets: target ? [target] : TARGETS, json, help };
}

/** Options from the command line; ends the process when there is nothing else to do. */
export const optionsOrExit = () => optionsFrom(USAGE, parseOptions);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	optionsOrExit();
}
