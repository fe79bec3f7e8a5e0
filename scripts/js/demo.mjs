/** The main job: two chains trade with each other by themselves, in every way an exchange can end. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { optionsOrExit } from './options.mjs';

const options = optionsOrExit();
const { BALANCE_HEADING, balanceRows, snapshot } = await import('./amounts.mjs');
const { Display } = await import('./display.mjs');
const { runExchange } = await import('./exchange.mjs');
const { comeBack, restart, startPair } = await import('./pair.mjs');
const { account, cancel, introduce, register } = await import('./ribp.mjs');
const { assetBalance, issueAsset, issueThing, ownerOf } = await import('./things.mjs');

const display = new Display();

/** How long beta's node stays dead in the interrupted exchange. */
const DEAD_MS = 5_000;

/** The asset of beta's with which a thing is paid, one of alpha's that is frozen, and how much of both. */
const ASSET = 7;
const FROZEN = 8;
const PRICE = 40n;

/** Both register at once, and either leg commits when the other one is shown. */
const bothAtOnce = (legs) => Promise.all(legs.map((leg) => register(leg)));
const onlyAlice = ([delivery]) => [delivery];

/** @type {import('./exchange.mjs').Scenario[]} */
const SCENARIOS = [
	{
		name: 'settle at expiry',
		settlement: 'AtExpiry',
		distance: 60,
		promised: { alpha: 'settled', beta: 'settled' },
	},
	{
		name: 'settle early',
		settlement: 'Early',
		distance: 120,
		promised: { alpha: 'settled', beta: 'settled' },
	},
	{
		name: 'settle on match',
		settlement: 'Early',
		distance: 120,
		promised: { alpha: 'settled', beta: 'settled' },
		begin: bothAtOnce,
	},
	{
		name: 'expire',
		settlement: 'Early',
		distance: 30,
		promised: { alpha: 'expired', beta: 'absent' },
		registered: onlyAlice,
		begin: ([delivery]) => register(delivery),
	},
	{
		name: 'cancel',
		settlement: 'Early',
		distance: 180,
		promised: { alpha: 'cancelled', beta: 'absent' },
		registered: onlyAlice,
		signed: 2,
		begin: async ([delivery]) => {
			await register(delivery);
			await cancel(delivery);
			display.event('Alice wants her value back, and gives Bob notice');
		},
	},
	{
		name: 'reverse',
		settlement: 'Early',
		distance: 60,
		promised: { alpha: 'reversed', beta: 'expired' },
		begin: bothAtOnce,
		before: async ({ beta }) => {
			display.event("beta's node starts again, and is not told where alpha is");
			await restart(beta, [], []);
		},
		afterwards: async ({ beta }) => {
			display.event("beta's node starts again, and is told");
			await restart(beta);
		},
	},
	{
		name: 'interrupt',
		settlement: 'AtExpiry',
		distance: 90,
		promised: { alpha: 'settled', beta: 'settled' },
		onCommit: async (world) => {
			await world.beta.disconnect();
			await world.beta.node.kill();
			display.event("beta's node is killed");
			await sleep(DEAD_MS);
			await comeBack(world.beta);
			display.event("beta's node is back");
		},
	},
	{
		name: 'thing for asset',
		settlement: 'Early',
		distance: 120,
		promised: { alpha: 'settled', beta: 'settled' },
		items: ({ thing, asset }) => [[thing], [{ Asset: { id: asset, amount: PRICE } }]],
		judge: async ({ alpha, beta, alice, bob, thing, asset }) => {
			const [owner, paid] = await Promise.all([
				ownerOf(alpha, thing),
				assetBalance(beta, asset, alice.pair.address),
			]);
			return [
				...(owner === bob.pair.address ? [] : [`on alpha the thing is ${owner}'s, not Bob's`]),
				...(paid === PRICE ? [] : [`on beta Alice has ${paid} of the asset, not ${PRICE}`]),
			];
		},
	},
	{
		name: 'owe and claim',
		settlement: 'Early',
		distance: 120,
		promised: { alpha: 'settled', beta: 'settled' },
		items: ({ payment }) => [[{ Asset: { id: FROZEN, amount: PRICE } }], [{ Token: payment }]],
		signed: 5,
		begin: async ([delivery, payment], { alpha, alice }) => {
			await register(delivery);
			await alpha.send(alpha.api.tx.assets.freezeAsset(FROZEN), alice.pair);
			display.event('the asset that Alice delivers is frozen');
			await register(payment, 'Now');
		},
		onEnd: async ([{ id }], { alpha, alice, bob }) => {
			display.event(`${await alpha.owed()} item is owed to Bob`);
			const { assets, ribp } = alpha.api.tx;
			await alpha.send(assets.thawAsset(FROZEN), alice.pair);
			await alpha.send(ribp.claim(id, 0, null), bob.pair);
			display.event('the asset is thawed, and Bob claims it');
		},
		judge: async ({ alpha, bob }, [{ id }]) => {
			const has = await assetBalance(alpha, FROZEN, bob.pair.address);
			const missing = ['Owed', 'Claimed'].filter((name) => !alpha.history.blockOf(name, id));
			return [
				...(has === PRICE ? [] : [`on alpha Bob has ${has} of the asset, not ${PRICE}`]),
				...missing.map((name) => `on alpha nothing is ${name.toLowerCase()}`),
			];
		},
	},
];

/** Starts both chains and makes them known to each other. */
async function start() {
	display.heading('Two chains');
	const { alpha, beta } = await startPair({ paces: [options.pace, options.pace] });
	for (const { name, system, node } of [alpha, beta]) {
		display.event(`${name} finalizes blocks: ${system}, ${node.ws}`);
	}
	await introduce(alpha, beta);
	display.event('each chain knows the other');
	const [alice, bob] = await Promise.all(['Alice', 'Bob'].map(account));
	const asset = await issueAsset(beta, bob, ASSET, 1_000n);
	const thing = await issueThing(alpha, alice);
	await issueAsset(alpha, alice, FROZEN, 1_000n);
	display.event('Alice has a thing (NFT) and an asset on alpha, Bob has an asset on beta');
	return {
		alpha,
		beta,
		alice: { name: 'Alice', pair: alice },
		bob: { name: 'Bob', pair: bob },
		thing,
		asset,
		delivery: alpha.tokens(100),
		payment: beta.tokens(40),
	};
}

/** Runs a scenario; whatever goes wrong becomes part of its result. */
async function play(world, scenario) {
	display.heading(scenario.name);
	let result;
	try {
		result = await runExchange(world, scenario, display);
	} catch (error) {
		result = { name: scenario.name, problems: [error.message] };
		for (const { node } of [world.alpha, world.beta]) {
			display.line(`The last lines of ${node.name}'s node:\n${node.logTail()}`);
		}
	} finally {
		await scenario.afterwards?.(world);
	}
	display.event(result.problems.length === 0 ? 'ended as promised' : 'BROKEN');
	result.problems.forEach((problem) => display.line(`           ${problem}`));
	return result;
}

async function showBalances({ alpha, beta, alice, bob }, before) {
	display.heading('Balances');
	const rows = [BALANCE_HEADING];
	for (const [i, chain] of [alpha, beta].entries()) {
		const after = await snapshot(chain, [alice, bob]);
		rows.push(...balanceRows(chain, [alice, bob], before[i], after));
	}
	display.table(rows);
}

function showFigures(results) {
	display.heading('Exchanges');
	const rows = [
		[
			...['exchange', 'on alpha', 'on beta', 'signed'],
			...['evidence to alpha', 'to beta', 'blocks', 'seconds'],
		],
	];
	const size = ({ messages, bytes }) =>
		messages === 0 ? '0' : `${messages} (${Math.max(...bytes)} bytes)`;
	for (const result of results.filter(({ outcome }) => outcome)) {
		const { outcome, evidence, extrinsics, blocks, seconds } = result;
		rows.push([
			result.name,
			outcome.alpha,
			outcome.beta,
			String(extrinsics),
			size(evidence.betaToAlpha),
			size(evidence.alphaToBeta),
			blocks === null ? '-' : String(blocks),
			seconds === null ? '-' : seconds.toFixed(1),
		]);
	}
	if (rows.length > 1) {
		display.table(rows);
		display.line('  evidence: messages, and the bytes of the largest one');
		display.line('  blocks, seconds: from the later registration until both chains have unlocked');
	}
}

/** Says what each chain has left; returns how many contracts are open, and how many items are owed. */
async function leftOf({ alpha, beta }) {
	display.heading('What is left');
	const left = {};
	for (const [chain, peer] of [[alpha, beta], [beta, alpha]]) {
		const [{ open, entries }, owed] = await Promise.all([chain.corridor(peer), chain.owed()]);
		display.event(
			`${chain.name}: ${open} contracts are open, ${owed} items are owed; ` +
				`of ${entries - open} that have ended ${peer.name} may still ask`,
		);
		left[chain.name] = { open, owed };
	}
	return left;
}

/** Leaves the nodes to the user until Ctrl-C. */
function keep({ alpha, beta }, status) {
	display.line();
	for (const { name, node } of [alpha, beta]) {
		display.line(`${name}: ${node.ws}  https://polkadot.js.org/apps/?rpc=${node.ws}`);
	}
	display.line('Both nodes keep running. Ctrl-C stops them and removes their data.');
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.removeAllListeners(signal).once(signal, () => process.exit(status));
	}
	setInterval(() => {}, 60_000);
}

async function main() {
	const world = await start();
	const parties = [world.alice, world.bob];
	const before = await Promise.all(
		[world.alpha, world.beta].map((chain) => snapshot(chain, parties)),
	);
	const exchanges = [];
	for (const scenario of SCENARIOS) {
		exchanges.push(await play(world, scenario));
	}
	const left = await leftOf(world);
	showFigures(exchanges);
	await showBalances(world, before);

	const passed = exchanges.filter(({ problems }) => problems.length === 0).length;
	const total = exchanges.length;
	if (options.json) {
		const figures = { passed, total, left, exchanges };
		writeFileSync(options.json, `${JSON.stringify(figures, null, '\t')}\n`);
	}
	display.line();
	display.line(`DvP demo: ${passed} of ${total} exchanges ended as promised`);
	const clean = Object.values(left).every(({ open, owed }) => open + owed === 0);
	const status = passed === total && clean ? 0 : 1;
	if (options.keep) {
		keep(world, status);
	} else {
		process.exit(status);
	}
}

main().catch((error) => {
	display.line(`The demo cannot go on: ${error.message}`);
	process.exit(1);
});
