/** What two live nodes carry: exchanges a second beside plain transfers a second, and how long one takes. */
import { writeFileSync } from 'node:fs';

import { optionsOrExit } from './live-options.mjs';

const options = optionsOrExit();
const { barChart } = await import('./bars.mjs');
const { Display } = await import('./display.mjs');
const { timeToUnlock } = await import('./exchange.mjs');
const { PATIENCE_MS, until } = await import('./nodes.mjs');
const { endPair, startPair } = await import('./pair.mjs');
const { account, finalStatus, introduce, makeExchange, trade } = await import('./ribp.mjs');

/** Settled exchanges a second, of plain transfers a second: what is aimed at. */
const GOAL = 0.2;
/** Time to register and settle in, and more than that for the slowest machine. */
const DISTANCE = 600;
/** Seconds a block of the chains whose name tells none. */
const FASTEST = 1;
/** Blocks to the expiry of an exchange that settles there. */
const NEAR = 20;
/** Of a batch as large as it may be, so that one finds room in a block beside evidence. */
const BATCHES = 4;
/** Extrinsics that are handed over at once: no more than a connection of a node buffers. */
const PORTION = 50;

/** A pool drops what comes too far ahead of what it knows: a tenth of its limit. */
const POOL = ['--pool-limit', '100000', '--pool-kbytes', '204800'];

const display = new Display();
const [alice, bob] = [await account('Alice'), await account('Bob')];

/** Seconds from the first block that has something to the end of the last. */
function span(blocks) {
	const times = blocks.map(({ time }) => time);
	return (Math.max(...times) - Math.min(...times)) / 1_000 + 1;
}

/**
 * Signs `count` extrinsics with the nonces that follow, and hands each to the chain's pool once it is
 * `ready`, by its number.
 */
async function flood(chain, signer, count, make, ready = async () => {}) {
	const { api } = chain;
	const first = (await api.rpc.system.accountNextIndex(signer.address)).toNumber();
	const signed = [];
	for (let i = 0; i < count; i++) {
		signed.push(await make(i).signAsync(signer, { nonce: first + i, era: 0 }));
		display.live(`${i + 1} of ${count} extrinsics signed`);
	}
	for (let i = 0; i < count; i += PORTION) {
		const portion = signed.slice(i, i + PORTION);
		const handOver = async (one, j) => {
			await ready(i + j);
			await api.rpc.author.submitExtrinsic(one);
		};
		await Promise.all(portion.map(handOver));
		display.live(`${i + portion.length} of ${count} extrinsics handed over`);
	}
}

/** Plain transfers a second on one chain. */
async function transfers(chain, count) {
	const from = chain.history.last.number;
	const make = () => chain.api.tx.balances.transferKeepAlive(bob.address, chain.tokens(1));
	await flood(chain, alice, count, make);
	const carrying = () => chain.history.after(from).filter(({ signers }) => signers.length > 0);
	const done = () => {
		const carried = carrying().reduce((sum, { signers }) => sum + signers.length, 0);
		display.live(`${carried} of ${count} transfers finalized`);
		return carried >= count;
	};
	await until(`${count} transfers`, done);
	return { count, blocks: carrying().length, perSecond: count / span(carrying()) };
}

function exchanges([alpha, beta], count) {
	const side = (chain, payer, receiver) => ({
		...{ chain, payer, receiver },
		amount: chain.tokens(1),
		expiry: chain.best + DISTANCE,
	});
	const one = () => makeExchange(side(alpha, alice, bob), side(beta, bob, alice));
	return Array.from({ length: count }, one);
}

/**
 * Exchanges a second that settle on both chains, registered in batches. As traders do, Bob answers what
 * is final of Alice's, firm.
 */
async function business(chains, count) {
	const all = exchanges(chains, count);
	const most = Math.ceil(chains[0].api.consts.ribp.maxContracts.toNumber() / BATCHES);
	const from = chains.map(({ history }) => history.last.number);
	const [offers, answers] = chains.map((_, i) => {
		const legs = all.map((exchange) => exchange[i]);
		return Array.from({ length: Math.ceil(count / most) }, (_, n) =>
			legs.slice(n * most, (n + 1) * most),
		);
	});
	const registering = ({ api }, batches, commit) => (n) =>
		api.tx.ribp.registerBatch(batches[n].map(({ contract, log }) => ({ contract, log, commit })));
	const isFinal = (n) => {
		const [{ chain, id }] = offers[n];
		return until('an offer', () => chain.history.blockOf('Registered', id));
	};
	const [alpha, beta] = chains;
	await Promise.all([
		flood(alpha, alice, offers.length, registering(alpha, offers, 'OnMatch')),
		flood(beta, bob, answers.length, registering(beta, answers, 'Now'), isFinal),
	]);
	const blocksWith = (name) =>
		chains.map(({ history }, i) =>
			history.after(from[i]).filter(({ events }) => events.some((e) => e.name === name)),
		);
	const settledOn = () =>
		chains.map(({ history }, i) =>
			history
				.after(from[i])
				.flatMap(({ events }) => events)
				.filter(({ name }) => name === 'Settled').length,
		);
	const done = () => {
		const settled = settledOn();
		display.live(`${settled.join(' and ')} of ${count} exchanges settled`);
		return settled.every((number) => number >= count);
	};
	await until(`${count} exchanges settled`, done);
	const carrying = [...blocksWith('Registered'), ...blocksWith('Settled')].flat();
	const evidence = chains.flatMap(({ history }, i) =>
		history.after(from[i]).flatMap(({ evidence: messages }) => messages),
	);
	return {
		count,
		perSecond: count / span(carrying),
		requests: evidence.length / count,
		bytes: evidence.reduce((sum, { bytes }) => sum + bytes, 0) / count,
	};
}

/** How long one exchange takes from the later registration until both chains have unlocked. */
async function latency([alpha, beta], settlement, blockTime) {
	const distance = settlement === 'Early' ? DISTANCE : NEAR;
	const side = (chain, payer, receiver) => ({
		...{ chain, payer, receiver },
		amount: chain.tokens(1),
		expiry: chain.best + distance,
	});
	const legs = makeExchange(side(alpha, alice, bob), side(beta, bob, alice), settlement);
	await trade(legs);
	const settled = async () =>
		(await Promise.all(legs.map(finalStatus))).every((state) => state === 'settled');
	// Slower chains take longer than anything else that is waited for.
	const exposure = alpha.api.consts.ribp.exposure.toNumber();
	const timeout = PATIENCE_MS + 2_000 * (NEAR + exposure) * blockTime;
	await until(`one exchange (${settlement})`, settled, { timeout });
	return { settlement, blockTime, ...timeToUnlock(legs) };
}

/** In both modes, on chains whose blocks take so many seconds. */
async function latencies(chains, blockTime) {
	const measured = [];
	for (const settlement of ['Early', 'AtExpiry']) {
		const one = await latency(chains, settlement, blockTime);
		measured.push(one);
		const took = `${one.blocks} blocks, ${one.seconds.toFixed(1)} s`;
		display.event(`${blockTime} s a block, ${settlement}: ${took} to unlock`);
	}
	return measured;
}

/** Does something with two chains that know each other, and ends them. */
async function withChains(blockTime, job) {
	const pace = blockTime === FASTEST ? undefined : `${blockTime}s`;
	display.heading(`Two chains, ${blockTime} s a block`);
	const { alpha, beta } = await startPair({ flags: POOL, paces: [pace, pace] });
	const chains = [alpha, beta];
	await introduce(alpha, beta);
	display.event('each chain knows the other');
	await job(chains);
	await endPair(chains);
}

async function throughput(chains) {
	const plain = await transfers(chains[0], options.transfers);
	display.event(`${plain.perSecond.toFixed(0)} transfers a second, in ${plain.blocks} blocks`);
	const settled = await business(chains, options.exchanges);
	display.event(
		`${settled.perSecond.toFixed(1)} exchanges a second, ${settled.count} in flight: ` +
			`${settled.requests.toFixed(3)} pieces of evidence and ` +
			`${settled.bytes.toFixed(0)} bytes of them for each, on both chains`,
	);
	return { transfers: plain, exchanges: settled, ratio: settled.perSecond / plain.perSecond };
}

function chart({ transfers: plain, exchanges: settled, latencies: measured }) {
	const throughputs = [
		{ name: 'plain transfers', value: plain.perSecond },
		{ name: 'settled exchanges', value: settled.perSecond },
	];
	const times = measured.map(({ settlement, blockTime, seconds }) => ({
		name: `${settlement}, ${blockTime} s a block`,
		value: seconds,
	}));
	return barChart([
		{ title: 'Two live nodes', unit: 'a second', bars: throughputs },
		{ title: 'From the later registration to unlocked on both', unit: 'seconds', bars: times },
	]);
}

async function main() {
	const figures = { goal: GOAL, latencies: [] };
	for (const blockTime of new Set([FASTEST, ...options.blockTimes])) {
		await withChains(blockTime, async (chains) => {
			if (options.blockTimes.includes(blockTime)) {
				figures.latencies.push(...(await latencies(chains, blockTime)));
			}
			if (blockTime === FASTEST) {
				Object.assign(figures, await throughput(chains));
			}
		});
	}
	const { ratio } = figures;
	const verdict = ratio >= GOAL ? 'reached' : 'not reached';
	display.line();
	display.line(`Exchanges a second: ${ratio.toFixed(2)} x transfers (goal: ${GOAL}, ${verdict})`);
	if (options.json) {
		writeFileSync(options.json, `${JSON.stringify(figures, null, '\t')}\n`);
	}
	if (options.svg) {
		writeFileSync(options.svg, chart(figures));
	}
	process.exit(0);
}

main().catch((error) => {
	display.line(`The measurement cannot go on: ${error.message}`);
	process.exit(1);
});
