/** How old the views of three live chains are under gossip, and what that costs. */
import { writeFileSync } from 'node:fs';

import { optionsOrExit } from './gossip-options.mjs';

const options = optionsOrExit();
const { Display } = await import('./display.mjs');
const { toldBy } = await import('./logs.mjs');
const { cleanUp, genesisHash, Node, temporaryFolder, until } = await import('./nodes.mjs');
const { account, Chain, introduce, makeExchange, trade } = await import('./ribp.mjs');

const NAMES = ['alpha', 'beta', 'eve'];
const RATES = [0.1, 0.3, 1];
/** Blocks between two exchanges while there is business. */
const BUSINESS = 4;
/** The unit of a rate. */
const ONE = 10n ** 18n;

const display = new Display();

/** Three chains of one node each; every node knows the other two. */
async function start() {
	display.heading('Three chains');
	const folder = temporaryFolder();
	const systems = await Promise.all(NAMES.map(genesisHash));
	const nodes = [];
	for (const name of NAMES) {
		nodes.push(await Node.create(name, folder));
	}
	const chains = await Promise.all(
		nodes.map(async (node) => {
			const others = nodes.filter((other) => other !== node);
			const peers = others.map(({ chain, http }) => ({
				system: systems[NAMES.indexOf(chain)],
				url: http,
			}));
			await node.start({ peers });
			return Chain.open(node);
		}),
	);
	for (const [one, other] of pairs(chains)) {
		await introduce(one, other);
	}
	display.event('each knows the others');
	return chains;
}

function pairs(chains) {
	return chains.flatMap((one, i) => chains.slice(i + 1).map((other) => [one, other]));
}

/** Lets a chain take every view that is newer, and tell others at this rate. */
async function setRate(chain, rate) {
	const parts = (ONE * BigInt(Math.round(rate * 1_000))) / 1_000n;
	await chain.setParameters({
		ViewStep: chain.api.createType('u32', 1),
		GossipRate: chain.api.createType('u64', parts),
	});
}

/** Lets Alice and Bob trade between alpha and beta every few blocks, until it is told to end. */
async function business([alpha, beta], signal) {
	const [alice, bob] = [await account('Alice'), await account('Bob')];
	let begun = 0;
	while (!signal.ended) {
		const { best } = alpha;
		const delivery = { chain: alpha, payer: alice, receiver: bob, amount: alpha.tokens(1) };
		const payment = { chain: beta, payer: bob, receiver: alice, amount: beta.tokens(1) };
		const legs = makeExchange(
			{ ...delivery, expiry: best + 60 },
			{ ...payment, expiry: beta.best + 60 },
		);
		await trade(legs);
		begun += 1;
		await until('the next exchange', () => signal.ended || alpha.best >= best + BUSINESS);
	}
	return begun;
}

/** Measures for a number of blocks: at each of a chain's blocks, how far behind its views are. */
async function measure(chains, rate, busy) {
	await Promise.all(chains.map((chain) => setRate(chain, rate)));
	const signal = { ended: false };
	const begun = busy ? business(chains, signal) : Promise.resolve(0);
	const from = chains.map(({ node }) => node.logSize);
	const start = chains.map(({ best }) => best);
	const gaps = [];
	let seen = [...start];
	const done = () => chains.every(({ best }, i) => best - start[i] >= options.blocks);
	await until(
		`${options.blocks} blocks`,
		async () => {
			for (const [i, chain] of chains.entries()) {
				if (chain.best > seen[i]) {
					seen[i] = chain.best;
					gaps.push(...(await gapsOf(chain, chains)));
				}
			}
			const blocks = Math.min(...seen.map((number, i) => number - start[i]));
			display.live(`q' = ${rate}, ${busy ? 'busy' : 'idle'}: block ${blocks}`);
			return done();
		},
		{ timeout: options.blocks * 5_000 + 60_000, every: 50 },
	);
	const messages = chains.flatMap(({ node }, i) => toldBy(node, from[i]));
	const systemBlocks = seen.reduce((sum, number, i) => sum + number - start[i], 0);
	signal.ended = true;
	return figures({ rate, busy, gaps, messages, systemBlocks, exchanges: await begun });
}

/** How many blocks of each other chain that are final a chain does not know. */
async function gapsOf(chain, chains) {
	const others = chains.filter((other) => other !== chain);
	const gaps = await Promise.all(
		others.map(async (other) => {
			const view = await chain.viewOf(other);
			return view === undefined ? [] : [Math.max(0, other.history.last.number - view)];
		}),
	);
	return gaps.flat();
}

function figures({ gaps, messages, systemBlocks, ...rest }) {
	const sorted = [...gaps].sort((a, b) => a - b);
	const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
	return {
		...rest,
		meanGap: sum(gaps) / gaps.length,
		gap99: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))],
		messagesPerBlock: messages.length / systemBlocks,
		bytesPerBlock: sum(messages.map(({ bytes }) => bytes)) / systemBlocks,
		taken: messages.filter(({ taken }) => taken).length / Math.max(1, messages.length),
		samples: gaps.length,
	};
}

function show(results) {
	display.heading('Views of other chains, in blocks behind their finality; a system and block');
	const head = ["q'", 'business', 'mean gap', '99th percentile', 'messages', 'bytes', 'taken'];
	const rows = results.map((result) => [
		String(result.rate),
		result.busy ? `${result.exchanges} exchanges` : 'none',
		result.meanGap.toFixed(2),
		String(result.gap99),
		result.messagesPerBlock.toFixed(2),
		result.bytesPerBlock.toFixed(0),
		`${(100 * result.taken).toFixed(0)} %`,
	]);
	display.table([head, ...rows]);
	display.line("  The paper: with 1.2 systems told in a block, the expected gap is below 3.");
}

async function main() {
	const chains = await start();
	const results = [];
	for (const busy of [false, true]) {
		for (const rate of RATES) {
			results.push(await measure(chains, rate, busy));
			const { meanGap, gap99 } = results.at(-1);
			const words = `q' = ${rate}, ${busy ? 'busy' : 'idle'}`;
			display.event(`${words}: mean gap ${meanGap.toFixed(2)}, 99th percentile ${gap99}`);
		}
	}
	show(results);
	if (options.json) {
		writeFileSync(options.json, `${JSON.stringify(results, null, '\t')}\n`);
	}
	await Promise.all(chains.map((chain) => chain.disconnect()));
	await cleanUp(chains.map(({ node }) => node));
	process.exit(0);
}

main().catch((error) => {
	display.line(`The measurement cannot go on: ${error.message}`);
	process.exit(1);
});
