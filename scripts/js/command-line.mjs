/** What command lines share. Needs no package, so that they can be checked before anything is built. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Throws unless figures can be written to the file that an option names, if it names one. */
export function checkFile(file) {
	if (file === undefined) {
		return;
	}
	const folder = dirname(resolve(file));
	if (!file || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
		throw new Error(`Cannot write '${file}': there is no folder ${folder}`);
	}
}

/** Says how long blocks take; only the node knows all paces. */
export const PACE_USAGE =
	'--pace PACE   how long a block takes: 250ms to 999ms, or 1s to 60s (default: 500ms)';

/** The pace that an option names, as `paced` in nodes.mjs takes it. */
export function checkPace(pace = '500ms') {
	const [, number, unit] = /^([1-9]\d*)(ms|s)$/.exec(pace) ?? [];
	const [least, most] = unit === 'ms' ? [250, 999] : [1, 60];
	if (!unit || number < least || number > most) {
		throw new Error(`--pace takes 250ms to 999ms or 1s to 60s, not '${pace}'`);
	}
	return pace === '1s' ? undefined : pace;
}

/**
 * Options from the command line; ends the process when there is nothing else to do.
 *
 * @param {string} usage
 * @param {(args: string[]) => {help: boolean}} parse throws what is wrong
 */
export function optionsFrom(usage, parse) {
	try {
		const options = parse(process.argv.slice(2));
		if (!options.help) {
			return options;
		}
		console.log(usage);
		process.exit(0);
	} catch (error) {
		console.error(`${error.message}\n\n${usage}`);
		process.exit(2);
	}
}
