/** Writes the schemas that are published, from the ones that the SDK checks by. */
import { writeFileSync } from 'node:fs';

import { PROPOSAL_SCHEMA, REJECTION_SCHEMA } from '../dist/index.js';

for (const [name, schema] of [['proposal', PROPOSAL_SCHEMA], ['rejection', REJECTION_SCHEMA]]) {
	const file = new URL(`${name}-1.json`, import.meta.url);
	writeFileSync(file, `${JSON.stringify(schema, undefined, '\t')}\n`);
}
