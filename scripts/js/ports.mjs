/** TCP ports for nodes, taken by one process at a time. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below those that systems give to outgoing connections: nothing takes one by chance while its node
 * is down.
 */
const FIRST = 20_000;
const LAST = 30_000;
/** How many ports a process claims at a time. */
const BLOCK = 100;

/** Ports that this process has claimed and not yet given away. */
const claimed = [];

/**
 * Ports that nobody listens on, all different, and that no other process of these tools gets as long
 * as this one runs, be their nodes up or down.
 */
export async function freePorts(count) {
	const ports = [];
	while (ports.length < count) {
		if (claimed.length === 0) {
			claimed.push(...(await claimBlock()));
		}
		const port = claimed.shift();
		if (await isFree(port)) {
			ports.push(port);
		}
	}
	return ports;
}

/** Whether nobody listens on a port, on any address. */
export async function isFree(port) {
	const server = await listen(port);
	return server !== undefined && new Promise((resolve) => server.close(() => resolve(true)));
}

/** Listens on a port until this process ends, however it does; false if somebody else does. */
export async function claim(port) {
	const server = await listen(port);
	server?.unref();
	return server !== undefined;
}

/** Claims a block of ports by its first one; returns the others. */
async function claimBlock() {
	for (let tries = 0; tries < 1_000; tries++) {
		const first = FIRST + BLOCK * randomInt((LAST - FIRST) / BLOCK);
		if (await claim(first)) {
			return Array.from({ length: BLOCK - 1 }, (_, i) => first + 1 + i);
		}
	}
	throw new Error(`No free ports between ${FIRST} and ${LAST}`);
}

function listen(port) {
	const server = createServer();
	return new Promise((resolve) => {
		server.once('error', () => resolve(undefined));
		server.listen({ port, exclusive: true }, () => resolve(server));
	});
}
