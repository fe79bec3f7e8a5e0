/**
 * Real `ribp-node` processes on free ports, in a temporary folder.
 *
 * However this process ends, short of SIGKILL, its nodes and its folders go with it.
 */
import { execFile, spawn } from 'node:child_process';
import {
	closeSync,
	cpSync,
	mkdtempSync,
	openSync,
	readFileSync,
	readSync,
	rmSync,
	statSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { freePorts, isFree } from './ports.mjs';

/** How long anything is waited for: only what never comes takes longer, however busy the machine is. */
export const PATIENCE_MS = 900_000;
/**
 * Height from which on a node counts as started: the dev chains renew their authority set with
 * block 2, and evidence is simplest for those who begin to trust them after that.
 */
const STARTED_AT = 3;

/** What nodes compile, for all of them: it takes longer than the rest of a start. */
const COMPILED = join(
	process.env.RIBP_CACHE ??
		join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pallet-ribp'),
	'compiled-runtimes',
);

const running = new Set();
const folders = new Set();

process.on('exit', () => {
	for (const child of running) {
		child.kill('SIGKILL');
	}
	for (const folder of folders) {
		rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
	}
});
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
	process.on(signal, () => process.exit(code));
}

/** Path of the node: `RIBP_NODE`, else where `cargo build --release` leaves it. */
export function nodeBinary() {
	const root = fileURLToPath(new URL('../..', import.meta.url));
	const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
	const binary = process.env.RIBP_NODE ?? join(target, 'release', 'ribp-node');
	if (!statSync(binary, { throwIfNoEntry: false })?.isFile()) {
		throw new Error(`There is no node at ${binary}. Build it: cargo build --release --workspace`);
	}
	return binary;
}

const hashes = new Map();

/** Genesis hash of a dev chain, told by the node itself without starting it. */
export function genesisHash(chain) {
	if (!hashes.has(chain)) {
		hashes.set(chain, askGenesisHash(chain));
	}
	return hashes.get(chain);
}

async function askGenesisHash(chain) {
	const args = ['genesis-hash', '--chain', chain];
	const { stdout } = await promisify(execFile)(nodeBinary(), args);
	const printed = stdout.trim();
	if (!/^0x[0-9a-f]{64}$/.test(printed)) {
		throw new Error(`ribp-node ${args.join(' ')} printed '${printed}', not a hash`);
	}
	return printed;
}

/** A folder that goes when this process ends. */
export function temporaryFolder() {
	const folder = mkdtempSync(join(tmpdir(), 'ribp-'));
	folders.add(folder);
	return folder;
}

/** Result of one JSON-RPC call over HTTP; throws what the node answers as an error. */
export async function rpc(url, method, params = []) {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
		signal: AbortSignal.timeout(PATIENCE_MS),
	});
	const { result, error } = await response.json();
	if (error) {
		throw Object.assign(new Error(`${method}: ${error.message}`), error);
	}
	return result;
}

/** The dev chain `name` whose blocks take `pace`, such as `3s` or `250ms`; one second if nothing is said. */
export const paced = (name, pace) => (pace ? `${name}-${pace}` : name);

/** Calls `probe` until it returns something true, and returns that. */
export async function until(what, probe, { timeout = PATIENCE_MS, every = 200 } = {}) {
	const deadline = Date.now() + timeout;
	for (;;) {
		const found = await probe();
		if (found) {
			return found;
		}
		if (Date.now() > deadline) {
			throw new Error(`Waited ${timeout / 1000} s in vain: ${what}`);
		}
		await sleep(every);
	}
}

/** One node: a chain, a base path and ports that stay the same over restarts. */
export class Node {
	#child;
	#exited;

	/** @param {{chain: string, folder: string, port: number, rpcPort: number}} place */
	constructor({ chain, folder, port, rpcPort }) {
		this.chain = chain;
		this.folder = folder;
		this.port = port;
		this.rpcPort = rpcPort;
		this.log = join(folder, `${chain}-${rpcPort}.log`);
	}

	/** What its chain is called, whatever its pace. */
	get name() {
		return this.chain.split('-')[0];
	}

	/** A node of `chain` with free ports, not started. */
	static async create(chain, folder = temporaryFolder()) {
		const [port, rpcPort] = await freePorts(2);
		return new Node({ chain, folder, port, rpcPort });
	}

	get ws() {
		return `ws://127.0.0.1:${this.rpcPort}`;
	}

	get http() {
		return `http://127.0.0.1:${this.rpcPort}`;
	}

	/** Where other nodes of the chain find this one while it runs. */
	async address() {
		const id = await rpc(this.http, 'system_localPeerId');
		return `/ip4/127.0.0.1/tcp/${this.port}/p2p/${id}`;
	}

	get pid() {
		return this.#child?.pid;
	}

	/** Where the node keeps its chain and its keys. */
	get basePath() {
		return join(this.folder, `${this.chain}-${this.rpcPort}`);
	}

	/** A node that is not started, with all that this one, which has ended, has kept. */
	async copy() {
		const copy = await Node.create(this.chain, this.folder);
		cpSync(this.basePath, copy.basePath, { recursive: true });
		return copy;
	}

	/** How many bytes the node has written to its log. */
	get logSize() {
		return statSync(this.log, { throwIfNoEntry: false })?.size ?? 0;
	}

	/** What the node has written since its log had `from` bytes. */
	logSince(from) {
		const length = this.logSize - from;
		const buffer = Buffer.alloc(Math.max(0, length));
		if (length > 0) {
			const file = openSync(this.log);
			readSync(file, buffer, 0, length, from);
			closeSync(file);
		}
		return buffer.toString();
	}

	/** The last lines that the node has written. */
	logTail(lines = 25) {
		try {
			return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
		} catch {
			return '(the node has written nothing)';
		}
	}

	/**
	 * Starts the node and waits until it finalizes blocks. Refuses to share a port with another
	 * program, as the node itself would do without a word. Unless the flags say otherwise, it keeps all
	 * states: what is read of them may be read late.
	 *
	 * @param {{peers?: Array<{system: string, url: string}>, flags?: string[]}} options
	 */
	async start({ peers = [], flags = [] } = {}) {
		for (const port of [this.port, this.rpcPort]) {
			if (!(await isFree(port))) {
				throw new Error(`The node of ${this.name} does not start: port ${port} is taken`);
			}
		}
		const args = [
			['--chain', this.chain],
			['--base-path', this.basePath],
			['--port', this.port],
			['--rpc-port', this.rpcPort],
			['--compiled-runtimes', COMPILED],
			flags.includes('--prometheus-port') ? [] : ['--no-prometheus'],
			['--no-telemetry'],
			flags.includes('--state-pruning') ? [] : ['--state-pruning', 'archive'],
			...peers.map(({ system, url }) => ['--ribp-peer', `${system}=${url}`]),
			flags,
		].flat();
		const log = openSync(this.log, 'a');
		const child = spawn(nodeBinary(), args.map(String), { stdio: ['ignore', log, log] });
		closeSync(log);
		running.add(child);
		this.#child = child;
		this.#exited = new Promise((resolve) => {
			child.once('error', (error) => resolve(error.message));
			child.once('exit', (code, signal) => resolve(signal ?? code));
		}).finally(() => running.delete(child));
		await this.#waitForFinality();
	}

	async #waitForFinality() {
		let end;
		this.#exited.then((status) => (end = status));
		const finalizes = async () => {
			if (end !== undefined) {
				throw new Error(`it ended at once (${end})`);
			}
			try {
				const hash = await rpc(this.http, 'chain_getFinalizedHead');
				return Number((await rpc(this.http, 'chain_getHeader', [hash])).number) >= STARTED_AT;
			} catch {
				return false;
			}
		};
		try {
			await until('finalized blocks', finalizes);
		} catch (error) {
			throw new Error(
				`The node of ${this.name} does not start: ${error.message}\n${this.logTail()}`,
			);
		}
	}

	/** Ends the node as Ctrl-C does; throws what it has written if that is not a clean end. */
	async stop() {
		const from = this.logSize;
		const status = await this.#end('SIGINT');
		if (status !== undefined && status !== 0) {
			throw new Error(`${this.name} did not end cleanly (${status})\n${this.logSince(from)}`);
		}
	}

	/** Ends the node as a power failure does. */
	async kill() {
		return this.#end('SIGKILL');
	}

	async #end(signal) {
		if (!this.#child) {
			return undefined;
		}
		this.#child.kill(signal);
		const late = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS);
		const status = await this.#exited;
		clearTimeout(late);
		this.#child = undefined;
		return status;
	}
}

/** Ends all nodes and removes all folders of this process. */
export async function cleanUp(nodes) {
	await Promise.all(nodes.map((node) => node.kill()));
	for (const folder of folders) {
		rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
		folders.delete(folder);
	}
}
