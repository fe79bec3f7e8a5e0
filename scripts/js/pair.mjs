/** The chains alpha and beta, each on a node of its own that is told where the other is. */
import { cleanUp, genesisHash, Node, paced, temporaryFolder } from './nodes.mjs';
import { Chain } from './ribp.mjs';

/**
 * Starts both and connects to them; they do not know each other yet.
 *
 * @param {{endpoint?: (chain: string, url: string) => string | string[], flags?: string[],
 *   paces?: string[]}} options
 *   `endpoint` names the address, or all of them, under which a chain is told to look for its peer,
 *   instead of the peer node's own `url`; `paces` are those of the two chains, as for `paced`
 * @returns {Promise<{alpha: Chain, beta: Chain}>}
 */
export async function startPair({
	endpoint = (_, url) => url,
	flags = [],
	paces = [],
} = {}) {
	const folder = temporaryFolder();
	const names = ['alpha', 'beta'].map((name, i) => paced(name, paces[i]));
	const systems = await Promise.all(names.map(genesisHash));
	const nodes = [await Node.create(names[0], folder), await Node.create(names[1], folder)];
	const chains = await Promise.allSettled(
		nodes.map(async (node, i) => {
			const urls = [endpoint(node.name, nodes[1 - i].http)].flat();
			const peers = urls.map((url) => ({ system: systems[1 - i], url }));
			const startup = { peers, flags };
			await node.start(startup);
			return Object.assign(await Chain.open(node), { startup });
		}),
	);
	const failed = chains.find(({ status }) => status === 'rejected');
	if (failed) {
		await endPair(chains.flatMap(({ value }) => value ?? []), nodes);
		throw failed.reason;
	}
	const [alpha, beta] = chains.map(({ value }) => value);
	return { alpha, beta };
}

/** Disconnects from chains, ends their nodes and removes all that they have written. */
export async function endPair(chains, nodes = chains.map(({ node }) => node)) {
	await Promise.all(chains.map((chain) => chain.disconnect()));
	await cleanUp(nodes);
}

/** Ends a chain's node as Ctrl-C does and starts it again, as `comeBack` does. */
export async function restart(chain, flags, peers) {
	await chain.disconnect();
	await chain.node.stop();
	await comeBack(chain, flags, peers);
}

/** Starts the node of a disconnected chain again as before, with `flags` added, or other `peers`. */
export async function comeBack(chain, flags = [], peers = chain.startup.peers) {
	const { startup } = chain;
	await chain.node.start({ peers, flags: [...startup.flags, ...flags] });
	await chain.connect();
}
