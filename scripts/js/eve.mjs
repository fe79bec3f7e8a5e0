/**
 * Two honest chains, alpha and beta, and a third one whose validator is Eve's: she can rewrite its
 * history, show each chain another one, and part the two from each other.
 */
import { behaviours, Front, withoutGossip } from './front.mjs';
import { cleanUp, genesisHash, Node, paced, temporaryFolder, until } from './nodes.mjs';
import { comeBack } from './pair.mjs';
import { account, Chain, introduce, makeExchange } from './ribp.mjs';

/** Eve's two nodes must not find each other: they have the same keys, and would notice. */
const ISOLATED = ['--reserved-only', '--no-mdns'];

/** What Eve is given to trade with on her own chain, and to exist on the others; whole tokens. */
const ENDOWMENT = 1_000;
const EXISTENCE = 1;

/** What is exchanged, in whole tokens: the buyer's against Eve's. */
export const PRICE = 100;
export const GOODS = 40;

/**
 * The links by which the chains' nodes reach each other. Each stands in front of a node, and Eve
 * decides which, and what comes through.
 *
 * @typedef {object} Links
 * @property {Front} alphaToBeta
 * @property {Front} betaToAlpha
 * @property {Front} alphaToEve
 * @property {Front} betaToEve
 * @property {Front} eveToAlpha
 * @property {Front} eveToBeta
 */
const LINKS = ['alphaToBeta', 'betaToAlpha', 'alphaToEve', 'betaToEve', 'eveToAlpha', 'eveToBeta'];

/** The three chains, the links and the people. */
export class World {
	/** @type {Chain} */
	alpha;
	/** @type {Chain} */
	beta;
	/** Eve's chain: the history that alpha has followed. @type {Chain} */
	eve;
	/** Her other history, while there is one. @type {Chain | undefined} */
	hidden;
	/** @type {Links} */
	links = {};
	/** Nodes without keys that look after exchanges in place of the validators', if there are any. @type {Node[]} */
	relays = [];
	#nodes = [];

	/**
	 * Starts the chains, makes them known to each other and gives Eve something to trade with.
	 *
	 * @param {string} [pace] of all chains, as for `paced`
	 * @param {{relayFlags?: string[][]}} options `relayFlags`, of alpha's and of beta's: each has a relay, and its
	 *   validator does nothing about exchanges
	 */
	static async start(pace, { relayFlags } = {}) {
		const world = new World();
		try {
			await world.#start(pace, relayFlags);
			return world;
		} catch (error) {
			await world.end();
			throw error;
		}
	}

	async #start(pace, relayFlags) {
		const folder = temporaryFolder();
		const names = ['alpha', 'beta', 'eve'].map((name) => paced(name, pace));
		const [alpha, beta, eve] = await Promise.all(names.map(genesisHash));
		for (const name of LINKS) {
			this.links[name] = await Front.listen();
		}
		for (const name of names) {
			this.#nodes.push(await Node.create(name, folder));
		}
		const { links } = this;
		const peers = [
			[{ system: beta, url: links.alphaToBeta.url }, { system: eve, url: links.alphaToEve.url }],
			[{ system: alpha, url: links.betaToAlpha.url }, { system: eve, url: links.betaToEve.url }],
			[{ system: alpha, url: links.eveToAlpha.url }, { system: beta, url: links.eveToBeta.url }],
		];
		const isOff = (i) => relayFlags?.[i] !== undefined;
		const startup = (i) =>
			isOff(i) ? { peers: [], flags: ['--ribp', 'off'] } : { peers: peers[i], flags: [] };
		[this.alpha, this.beta, this.eve] = await Promise.all(
			this.#nodes.map((node, i) => open(node, startup(i))),
		);
		for (const [i, flags] of (relayFlags ?? []).entries()) {
			await this.#addRelay(this.#nodes[i], peers[i], flags, folder);
		}
		this.connect();
		this.show(this.eve);
		this.#letEve(behaviours.forward);
		await introduce(this.alpha, this.beta, this.eve);
		await this.#bringPeople();
	}

	/** Starts a relay beside a validator's node. */
	async #addRelay(validator, peers, more, folder) {
		const relay = await Node.create(validator.chain, folder);
		this.#nodes.push(relay);
		this.relays.push(relay);
		const bootnodes = ['--bootnodes', await validator.address()];
		await relay.start({ peers, flags: ['--no-validator', '--ribp', 'relay', ...bootnodes, ...more] });
	}

	async #bringPeople() {
		const person = async (name) => ({ name, pair: await account(name) });
		const names = ['Alice', 'Bob', 'Eve'];
		[this.alice, this.bob, this.villain] = await Promise.all(names.map(person));
		const gifts = [[this.alpha, EXISTENCE], [this.beta, EXISTENCE], [this.eve, ENDOWMENT]];
		const give = ([chain, amount]) => {
			const { address } = this.villain.pair;
			const call = chain.api.tx.balances.transferKeepAlive(address, chain.tokens(amount));
			return chain.send(call, this.alice.pair);
		};
		await Promise.all(gifts.map(give));
	}

	/** The chains whose history nobody rewrites. */
	get honest() {
		return [this.alpha, this.beta];
	}

	get chains() {
		return [this.alpha, this.beta, this.eve];
	}

	get people() {
		return [this.alice, this.bob, this.villain];
	}

	/** Lets alpha and beta reach each other. */
	connect() {
		this.links.alphaToBeta.behave(behaviours.forward(this.beta.node.http));
		this.links.betaToAlpha.behave(behaviours.forward(this.alpha.node.http));
	}

	/** Parts alpha and beta from each other. */
	part() {
		this.links.alphaToBeta.behave(behaviours.refuse);
		this.links.betaToAlpha.behave(behaviours.refuse);
	}

	/** Gives honest chains an answer of this history of Eve's chain when they ask for it. */
	show({ node }, to = this.honest) {
		to.forEach((chain) => this.#linkToEve(chain).behave(behaviours.forward(node.http)));
	}

	/** Has nobody answer honest chains for Eve's. */
	hideFrom(chains) {
		chains.forEach((chain) => this.#linkToEve(chain).behave(behaviours.refuse));
	}

	/** Has nobody answer Eve's chain for an honest one, so that it does nothing about exchanges with it. */
	lookAway() {
		this.#letEve(() => behaviours.refuse);
	}

	/** Lets Eve's chain see the honest ones again. */
	lookAgain() {
		this.#letEve(behaviours.forward);
	}

	/** Has Eve's nodes answer, and tell nobody anything by themselves. */
	keepQuiet() {
		this.#letEve(withoutGossip);
	}

	/** Nobody tells alpha what Eve's chain has finalized: not its nodes, nor beta. */
	cutOff() {
		this.part();
		this.hideFrom([this.alpha]);
		this.keepQuiet();
	}

	/** Everybody hears of everybody. */
	reunite() {
		this.connect();
		this.show(this.eve);
		this.lookAgain();
	}

	#linkToEve(chain) {
		return chain === this.alpha ? this.links.alphaToEve : this.links.betaToEve;
	}

	/** Lets Eve's nodes reach the honest chains in this way. */
	#letEve(behaviour) {
		this.links.eveToAlpha.behave(behaviour(this.alpha.node.http));
		this.links.eveToBeta.behave(behaviour(this.beta.node.http));
	}

	/**
	 * Eve's chain goes on as two, with the same keys and the same past: `eve` and the one that is
	 * returned. From now on its nodes answer, and tell nobody anything by themselves.
	 */
	async fork() {
		const { eve } = this;
		this.keepQuiet();
		await eve.disconnect();
		await eve.node.stop();
		const common = eve.history.last.number;
		const node = await eve.node.copy();
		this.#nodes.push(node);
		const startup = { ...eve.startup, flags: ISOLATED };
		[this.hidden] = await Promise.all([open(node, startup), comeBack(eve, ISOLATED)]);
		[eve.name, this.hidden.name] = ['eve b1', 'eve b2'];
		const find = () => partedAt(eve, this.hidden, common);
		this.hidden.parted = await until('two histories', find, { every: 500 });
		return this.hidden;
	}

	/** Ends the history of Eve's chain that has had its day. */
	async bury() {
		const { hidden } = this;
		this.hidden = undefined;
		this.eve.name = 'eve';
		this.#letEve(behaviours.forward);
		await hidden?.disconnect();
		await hidden?.node.kill();
	}

	/** Makes the world whole again after an attack that has ended anywhere. */
	async recover() {
		await this.bury();
		if (!this.eve.connected) {
			await this.eve.node.kill();
			await comeBack(this.eve);
		}
		this.reunite();
	}

	/**
	 * The legs of an exchange: a buyer pays on an honest chain, and Eve on a history of hers. Value waits for
	 * the expiries, unless it is said otherwise.
	 *
	 * @returns {import('./ribp.mjs').Leg[]}
	 */
	exchange(chain, buyer, history, distance, settlement = 'AtExpiry') {
		const { pair: eve } = this.villain;
		return makeExchange(
			{
				...{ chain, payer: buyer.pair, receiver: eve, amount: chain.tokens(PRICE) },
				expiry: chain.best + distance,
			},
			{
				...{ chain: history, payer: eve, receiver: buyer.pair, amount: history.tokens(GOODS) },
				expiry: history.best + distance,
			},
			settlement,
		);
	}

	/** Ends all nodes and removes all that they have written. */
	async end() {
		const chains = [...this.chains, this.hidden].filter(Boolean);
		await Promise.all(chains.map((chain) => chain.disconnect()));
		await cleanUp(this.#nodes);
		Object.values(this.links).forEach((link) => link.close());
	}
}

async function open(node, startup) {
	await node.start(startup);
	return Object.assign(await Chain.open(node), { startup });
}

/**
 * The lowest height above `common` at which two histories have final blocks that differ, and their
 * hashes there; none while they do not.
 */
async function partedAt(one, other, common) {
	const last = Math.min(one.history.last.number, other.history.last.number);
	for (let at = common + 1; at <= last; at++) {
		const [hash, otherHash] = await Promise.all(
			[one, other].map(async ({ api }) => (await api.rpc.chain.getBlockHash(at)).toHex()),
		);
		if (hash !== otherHash) {
			return { at, hash, otherHash };
		}
	}
	return undefined;
}
