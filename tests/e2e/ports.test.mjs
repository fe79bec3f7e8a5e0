import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { cleanUp, Node } from '../../scripts/js/nodes.mjs';
import { freePorts } from '../../scripts/js/ports.mjs';

/** Enough for two of them to choose the same block, were it not claimed. */
const PROCESSES = 20;
const PORTS = 120;

/** A process that prints ports that it got, and keeps them until its input ends. */
function holder() {
	const url = new URL('../../scripts/js/ports.mjs', import.meta.url);
	const program = `
		import { freePorts } from '${url}';
		process.stdin.resume();
		console.log(JSON.stringify(await freePorts(${PORTS})));
	`;
	return spawn(process.execPath, ['--input-type=module', '-e', program], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
}

test('no two processes get the same port, nor one process the same port twice', async () => {
	const holders = Array.from({ length: PROCESSES }, holder);
	try {
		const printed = await Promise.all(holders.map(({ stdout }) => once(stdout, 'data')));
		const ports = printed.flatMap(([text]) => JSON.parse(text));
		ports.push(...(await freePorts(PORTS)));
		assert.equal(ports.length, (PROCESSES + 1) * PORTS);
		assert.equal(new Set(ports).size, ports.length);
	} finally {
		const ended = holders.map((child) => once(child, 'exit'));
		holders.forEach(({ stdin }) => stdin.end());
		const codes = (await Promise.all(ended)).map(([code]) => code);
		assert.deepEqual(new Set(codes), new Set([0]));
	}
});

test('a node does not share its port with another program', async () => {
	const node = await Node.create('alpha');
	for (const port of [node.port, node.rpcPort]) {
		const other = createServer();
		await new Promise((resolve) => other.listen(port, resolve));
		await assert.rejects(node.start(), new RegExp(`alpha does not start: port ${port} is taken`));
		await new Promise((resolve) => other.close(resolve));
	}
	await cleanUp([node]);
});
