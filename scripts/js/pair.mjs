/** The chains alpha and beta, each on a node of its own that is told where the other is. */
import { genesisHash, Node, temporaryFolder } from './nodes.mjs';
import { Chain } from './ribp.mjs';

/**
 * Starts both and connects to them; they do not know each other yet.
 *
 * @param {{endpoint?: (chain: string, url: string) => string, flags?: string[]}} options
 *   `endpoint` names the address under which a chain is told to look for its peer, instead of the
 *   peer node's own `url`
 * @returns {Promise<{alpha: Chain, beta: Chain}>}
 */
export async function startPair({ endpoint = (_, url) => url, flags = [] } = {}) {
	const folder = temporaryFolder();
	const nodes = [await Node.create('alpha', folder), await Node.create('beta', folder)];
	const [alpha, beta] = await Promise.all(
		nodes.map(async (node, i) => {
			const peer = nodes[1 - i];
			const url = endpoint(node.chain, peer.http);
			const startup = { peers: [{ system: genesisHash(peer.chain), url }], flags };
			await node.start(startup);
			return Object.assign(await Chain.open(node), { startup });
		}),
	);
	return { alpha, beta };
}

/** Ends a chain's node as Ctrl-C does and starts it again as before, with `flags` added. */
export async function restart(chain, flags = []) {
	await chain.disconnect();
	await chain.node.stop();
	await comeBack(chain, flags);
}

/** Starts the node of a disconnected chain again as before, with `flags` added. */
export async function comeBack(chain, flags = []) {
	const { startup } = chain;
	await chain.node.start({ ...startup, flags: [...startup.flags, ...flags] });
	await chain.connect();
}
