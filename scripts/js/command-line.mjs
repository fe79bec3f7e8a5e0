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
