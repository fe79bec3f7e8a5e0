/** A reporter of `node --test`: a line for each test that has no tests of its own, as it ends. */
import { basename } from 'node:path';

/** Seconds, outcome, stage and name, with tabs between. */
const line = (outcome, { name, file, details }) =>
	`${[(details.duration_ms / 1_000).toFixed(3), outcome, 'e2e', `${basename(file)} ${name}`].join('\t')}\n`;

export default async function* results(source) {
	for await (const { type, data } of source) {
		const [, outcome] = /^test:(pass|fail)$/.exec(type) ?? [];
		// The file itself is reported as well: as a test that failed, where it ended before its tests.
		if (outcome && data.details.type !== 'suite') {
			yield line(outcome === 'pass' ? 'ok' : 'failed', data);
		}
	}
}
