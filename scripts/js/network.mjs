/** Chains of several validators, each node of which knows all nodes of the other chains. */
import { cleanUp, genesisHash, Node, paced, temporaryFolder, until } from './nodes.mjs';
import { Chain } from './ribp.mjs';
import { authoritySet, nameValidators, registerKeys } from './validators.mjs';

/** The dev accounts whose keys the validators have that join the first one. */
const JOINING = ['Charlie', 'Dave'];

/**
 * One chain: its nodes, the first validator's first, and the chain as seen through each of them.
 *
 * @typedef {{name: string, nodes: Node[], chains: Chain[]}} Network
 */

/**
 * Starts nodes of a chain that runs, each with the session keys of a dev account.
 *
 * @param {Node[]} nodes
 * @param {string[]} names of the accounts
 * @param {{startup: object, bootnodes: string[]}} options `startup` as for `Node.start`; `bootnodes`
 *   are addresses of the nodes that run, to which those of the joining ones are added
 */
export async function join(nodes, names, { startup, bootnodes }) {
	for (const [i, node] of nodes.entries()) {
		const flags = ['--validator-seed', `//${names[i]}`, '--bootnodes', ...bootnodes];
		await node.start({ ...startup, flags });
		bootnodes.push(await node.address());
	}
}

/** Starts a chain of the validators whose nodes these are; all of them are in office at the end. */
async function startNetwork(name, nodes, peers) {
	const [first, ...others] = nodes;
	const names = JOINING.slice(0, others.length);
	await first.start({ peers });
	const addresses = [await first.address()];
	await join(others, names, { startup: { peers }, bootnodes: addresses });
	const chains = await Promise.all(nodes.map((node) => Chain.open(node)));
	for (const [i, chain] of chains.entries()) {
		const keys = i === 0 ? [] : ['--validator-seed', `//${names[i - 1]}`];
		const bootnodes = addresses.filter((_, other) => other !== i);
		const flags = [...keys, ...bootnodes.flatMap((address) => ['--bootnodes', address])];
		chain.startup = { peers, flags };
	}
	if (others.length > 0) {
		await takeOffice(chains[0], names);
	}
	return { name, nodes, chains };
}

/** Makes dev accounts validators besides the chain's first one. */
async function takeOffice(chain, names) {
	const first = `${chain.name[0].toUpperCase()}${chain.name.slice(1)}Validator`;
	await Promise.all(names.map((name) => registerKeys(chain, name)));
	await nameValidators(chain, [first, ...names]);
	const inOffice = async () => (await authoritySet(chain)).size === names.length + 1;
	await until(`all validators of ${chain.name}`, inOffice);
}

/**
 * Starts chains, each of so many validators. Their nodes know all nodes of the other chains; the
 * chains themselves do not know each other yet.
 *
 * @param {Record<string, number>} sizes how many validators, by the name of the chain; 3 at most
 * @param {string} [pace] of all chains, as for `paced`
 * @returns {Promise<Network[]>} in the order of the names
 */
export async function startNetworks(sizes, pace) {
	const folder = temporaryFolder();
	const plans = await Promise.all(
		Object.entries(sizes).map(async ([name, size]) => {
			const nodes = [];
			while (nodes.length < size) {
				nodes.push(await Node.create(paced(name, pace), folder));
			}
			return { name, nodes, system: await genesisHash(paced(name, pace)) };
		}),
	);
	const networks = await Promise.allSettled(
		plans.map(({ name, nodes }) => {
			const peers = plans
				.filter((other) => other.name !== name)
				.flatMap((other) => other.nodes.map(({ http }) => ({ system: other.system, url: http })));
			return startNetwork(name, nodes, peers);
		}),
	);
	const failed = networks.find(({ status }) => status === 'rejected');
	if (failed) {
		await endNetworks(networks.flatMap(({ value }) => value ?? []));
		await cleanUp(plans.flatMap(({ nodes }) => nodes));
		throw failed.reason;
	}
	return networks.map(({ value }) => value);
}

/** Disconnects from networks, ends their nodes and removes all that they have written. */
export async function endNetworks(networks) {
	await Promise.all(networks.flatMap(({ chains }) => chains).map((chain) => chain.disconnect()));
	await cleanUp(networks.flatMap(({ nodes }) => nodes));
}
