/** Eve attacks two honest chains, on real nodes. */
import { writeFileSync } from 'node:fs';

import { optionsOrExit } from './attack-options.mjs';

const options = optionsOrExit();
const { attack, ATTACKS } = await import('./attacks.mjs');
const { Display } = await import('./display.mjs');
const { World } = await import('./eve.mjs');

const display = new Display();

async function start() {
	display.heading("Two honest chains, and Eve's");
	const world = await World.start(options.pace);
	for (const { name, system, node } of world.chains) {
		display.event(`${name} finalizes blocks: ${system}, ${node.ws}`);
	}
	display.event('each chain knows the others');
	return world;
}

/** The last lines of a node's log that are about other chains. */
function traffic(node, lines = 12) {
	const written = node.logSince(0).split('\n');
	return written.filter((line) => /0x\S+ at /.test(line)).slice(-lines).join('\n');
}

/** What an attack has cost in time, in one line. */
function describe({ name, seconds, blocks = {}, gossip, problems }) {
	const counts = Object.entries(blocks).map(([what, count]) => `${what} ${JSON.stringify(count)}`);
	const talk = gossip ? [`gossip ${JSON.stringify(gossip)}`] : [];
	const verdict = problems.length === 0 ? 'repelled' : 'NOT REPELLED';
	return `${name}: ${[verdict, `${seconds.toFixed()} s`, ...counts, ...talk].join('; ')}`;
}

async function main() {
	const begin = Date.now();
	const world = await start();
	const attacks = [];
	const { only } = options;
	const chosen = Object.keys(ATTACKS).filter((key) => only.length === 0 || only.includes(key));
	for (const key of chosen) {
		const result = await attack(key, world, display);
		attacks.push(result);
		if (result.problems.length > 0) {
			for (const { node } of world.chains) {
				display.line(`What ${node.name}'s node wrote last of others:\n${traffic(node)}`);
			}
		}
	}
	display.heading('Attacks');
	attacks.forEach((result) => display.line(`  ${describe(result)}`));

	const passed = attacks.filter(({ problems }) => problems.length === 0).length;
	const total = attacks.length;
	const seconds = (Date.now() - begin) / 1000;
	if (options.json) {
		const figures = { passed, total, seconds, attacks };
		writeFileSync(options.json, `${JSON.stringify(figures, null, '\t')}\n`);
	}
	display.line();
	display.line(`Attacks: ${passed} of ${total} repelled`);
	process.exit(passed === total ? 0 : 1);
}

main().catch((error) => {
	display.line(`The attacks cannot go on: ${error.message}`);
	process.exit(1);
});
