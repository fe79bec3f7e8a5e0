/** Eve's attacks on what chains trust: her runtime's word, old keys, and a head grown old. */
import { u8aToHex } from '@polkadot/util';

import { fetchView, reportUnsigned, submitUnsigned } from './evidence.mjs';
import { finalHead, trustAnchor } from './finality.mjs';
import { Forgery, signerOf } from './forger.mjs';
import {
	checkUnmoved,
	choosePublic,
	DUE,
	forgetRefused,
	isHead,
	locked,
	opening,
	stepOf,
	stopsOf,
	submitNews,
} from './forgeries.mjs';
import { differencesFrom, knownOf } from './forks.mjs';
import { abbreviated } from './logs.mjs';
import { rpc, until } from './nodes.mjs';
import { finalStatus, refusalOf, trade } from './ribp.mjs';
import { checkAmounts, checkNoBusiness, exposed, heights, snapshots } from './tale.mjs';
import {
	authoritySet,
	believedSet,
	insertKeys,
	nameValidators,
	registerKeys,
} from './validators.mjs';

/** A chain keeps subtrees of so many blocks for good. */
const STORED = 1_024;
/** A transaction that lives so long can be made to die with the next block. */
const SHORTEST_LIFE = 4;
/** How long Eve's head is trusted, in alpha's blocks, where root says so. */
const TRUSTED = 80;
/** Expiries of an exchange that is to be open still long after that, in blocks. */
const LATE = 600;

/**
 * Eve's root replaces the history in her chain's state: all later headers state it. Returns the
 * height of the block with which that happens, and what has replaced it.
 *
 * The runtime begins a new history if this one does not end with the block before: the transaction
 * is valid in one block alone, and is made again until it has been in time.
 *
 * @param {(past: Forgery, number: number) => void} [alter] makes a lie of what is true
 */
async function rewrite(chain, alter = () => {}) {
	const { api } = chain;
	const root = await chain.sudoKey();
	const key = api.query.ribp.ownHistory.key();
	const nonce = await api.rpc.system.accountNextIndex(root.address);
	let tip = 0;
	let tried = chain.best;
	const isDone = async () => {
		const { best } = chain;
		if (best === tried) {
			return false;
		}
		tried = best;
		const number = best + 1;
		const past = await Forgery.of(chain, best);
		alter(past, number);
		const value = past.history(number);
		const born = number - SHORTEST_LIFE + 1;
		const call = api.tx.system.setStorage([[key, value]]);
		const signed = await api.tx.sudo.sudo(call).signAsync(root, {
			nonce,
			tip: tip++,
			blockHash: past.hashAt(born),
			era: api.createType('ExtrinsicEra', { current: born, period: SHORTEST_LIFE }),
		});
		await rpc(chain.node.http, 'author_submitExtrinsic', [signed.toHex()]).catch(() => {});
		await until('the next block', () => chain.best >= number, { every: 20 });
		const hash = await api.rpc.chain.getBlockHash(number);
		const stored = await rpc(chain.node.http, 'state_getStorage', [key, hash.toHex()]);
		return stored === value && { number, past };
	};
	return until(`${chain.name}'s root rewrites its history`, isDone, { every: 10 });
}

/** h) Eve's root makes her runtime lie about its history. */
export async function falseRoot(world, tale) {
	const { alpha, beta, eve } = world;
	const before = await opening(world, tale);
	await forgetRefused(world, tale);
	// No subtree that her chain keeps for good is to be of the lie.
	await tale.wait('time for a lie', () => eve.best % STORED < STORED - 300);
	const legs = await locked(world, tale);
	world.cutOff();
	world.hideFrom([beta]);
	const known = await alpha.viewOf(eve);
	const least = known + (await stepOf(alpha)) + 4;
	await tale.wait(`eve #${least}`, () => eve.best >= least);
	let lie;
	const { number, past } = await rewrite(eve, (history, at) => {
		lie = at - 2;
		history.replace(lie, u8aToHex(crypto.getRandomValues(new Uint8Array(32))));
	});
	tale.tell(`with #${number} Eve's root writes another block #${lie} into her chain's history`);
	let first;
	const states = async () => (first = await finalHead(eve)).header.number.toNumber() > number;
	await tale.wait('a header that states it', states);
	let second;
	const follows = async () =>
		(second = await finalHead(eve)).header.number.toNumber() > first.header.number.toNumber();
	await tale.wait('one more', follows);

	const from = alpha.best;
	const logged = alpha.node.logSize;
	world.show(eve, [alpha]);
	const named = `${abbreviated(eve.system)} at .*: what it says is refused: OtherHistory`;
	const isLogged = () => new RegExp(named).test(alpha.node.logSince(logged));
	await tale.wait("alpha's node refuses what Eve's says", isLogged);
	world.hideFrom([alpha]);
	const leg = { chain: alpha, peer: eve };
	const refusal = await refusalOf(submitUnsigned(leg, await fetchView(leg), []));
	tale.check(
		`with the blocks that there are, alpha does not believe #${number + 1}: ${refusal}`,
		refusal === 'ribp.OtherHistory' && (await alpha.viewOf(eve)) === known,
	);
	checkUnmoved(tale, alpha, from);

	await past.extend(first.header.number.toNumber() - 1);
	await submitNews(world, past, first, known);
	await tale.wait('alpha believes the lie', () => isHead(world, first));
	tale.tell(`Eve tells alpha what her lie is: alpha follows it to #${first.header.number}`);
	const shown = heights(world);
	await reportUnsigned(alpha, eve, await descent(alpha, eve, second, lie));
	const { number: shownAt } = second.header;
	tale.tell(`anybody shows that #${shownAt} descends from the block #${lie} that there is`);
	const sinceShown = await exposed(world, tale, shown, [alpha], 'that');
	tale.figures.blocks = { sinceShown };
	await checkNoBusiness(world, tale, 'ribp.SystemForked', [alpha]);
	const { chooseBranch, renewSystem } = alpha.api.tx.ribp;
	const tip = second.header.hash.toHex();
	const choice = await refusalOf(alpha.sudo(chooseBranch(eve.system, tip)));
	const words = 'nobody can follow what states no truth';
	tale.check(`${words}: root meets ${choice}`, choice === 'ribp.BranchNotFollowable');

	const { number: taken } = await rewrite(eve);
	await tale.wait('Eve repents', () => eve.history.last.number > taken + 1);
	await alpha.sudo(renewSystem(eve.system, await trustAnchor(eve)));
	tale.tell(`Eve's root takes the lie back with #${taken}, and alpha's root begins anew after it`);
	await checkNoBusiness(world, tale, 'ribp.CoolingDown', [alpha]);
	const stopped = stopsOf([alpha], shown, sinceShown).get(alpha);
	checkUnmoved(tale, alpha, stopped);
	world.reunite();
	const goesOn = async () => (await beta.viewOf(eve)) > taken;
	await tale.wait('beta follows Eve again', goesOn);
	tale.tell('beta, which has believed nothing of it, needs nobody to go on');
	await tale.settle(legs, 'settled');
	await checkAmounts(world, tale, before, DUE);
}

/** The report that a final header descends from another block than the one that is known. */
async function descent(chain, { system, api }, { header, justification }, height) {
	const known = await knownOf(chain, { system });
	const ancestors = [];
	let hash = header.parentHash;
	while (ancestors.length === 0 || ancestors.at(-1).number.toNumber() > height + 1) {
		ancestors.push(await api.rpc.chain.getHeader(hash));
		hash = ancestors.at(-1).parentHash;
	}
	return {
		header: header.toHex(),
		justification: justification.toHex(),
		signers: { setId: known.system.get('set').setId, authorities: null },
		ancestors: ancestors.map((ancestor) => ancestor.toHex()),
		common: null,
		differences: [{ Descent: height }],
		peaks: null,
	};
}

/** Puts somebody else in charge of Eve's chain, on the same node; returns who was. */
async function handOver(world, tale, name) {
	const { eve, honest } = world;
	const past = await signerOf(eve);
	const { id } = await authoritySet(eve);
	await insertKeys(eve, name);
	await registerKeys(eve, name);
	await nameValidators(eve, [name]);
	const inCharge = async () =>
		(await authoritySet(eve)).id === id + 1 &&
		(await Promise.all(honest.map((chain) => believedSet(chain, eve)))).every((set) => set > id);
	await tale.wait(`${name} is in charge of Eve's chain`, inCharge);
	return past;
}

/** The report that keys of the past sign a header after the last block that was theirs. */
async function eraReport(chain, eve, { signer, end }, number) {
	const { open, refused } = await knownOf(chain, eve);
	const forgery = await Forgery.of(eve, end.number.toNumber() + 1, signer);
	const { header, justification } = forgery.finalize(number, Date.now()).head;
	const others = await differencesFrom([...open, ...refused], forgery, { number, at: Infinity });
	return {
		header: header.toHex(),
		justification: justification.toHex(),
		signers: { setId: signer.setId, authorities: [[u8aToHex(signer.voter.publicKey), 1]] },
		ancestors: [],
		common: null,
		differences: ['EraEnd', ...others],
		peaks: null,
	};
}

/** The last block of those who were in charge of Eve's chain, by what another one knows. */
async function endOf(chain, eve, { setId }) {
	const { pastSets } = await knownOf(chain, eve);
	return pastSets.find(([id]) => id.toNumber() === setId)[1].end;
}

/** i) Keys that were once in charge of Eve's chain sign what comes after them. */
export async function retired(world, tale) {
	const { alpha, eve, honest } = world;
	const before = await snapshots(world);
	await forgetRefused(world, tale);
	const signer = await handOver(world, tale, 'Charlie');
	tale.tell('Eve hands her chain over, and keeps the keys that were in charge of it');
	const end = await endOf(alpha, eve, signer);
	// Whoever follows her chain sees a block of that height one by one.
	const at = end.number.toNumber() + (await stepOf(alpha));
	const shown = heights(world);
	await reportUnsigned(alpha, eve, await eraReport(alpha, eve, { signer, end }, at));
	tale.tell(`with these keys she signs another block #${at}, and alpha is shown it`);
	const sinceShown = await exposed(world, tale, shown, honest, 'it');
	const untilAllStopped = Math.max(...Object.values(sinceShown));
	tale.figures.blocks = { sinceShown, untilAllStopped };
	await checkNoBusiness(world, tale, 'ribp.SystemForked');
	await choosePublic(world, tale, honest);

	const trust = await shorten(world, tale);
	const late = await eraReport(alpha, eve, { signer, end }, at + 1);
	const isLate = async () => (await clockOf(alpha)) > end.time.toNumber() + trust;
	await tale.wait('they have retired', isLate);
	const refusal = await refusalOf(reportUnsigned(alpha, eve, late));
	tale.check(
		`after that time nobody is stopped by what they sign: ${refusal}`,
		refusal === 'ribp.AuthoritiesRetired',
	);
	await checkAmounts(world, tale, before, {});
}

/** The time of a chain's last final block. */
async function clockOf({ api, history }) {
	return (await (await api.at(history.last.hash)).query.timestamp.now()).toNumber();
}

/** Root of alpha trusts Eve's head for a short time only; returns that time. */
async function shorten({ alpha, eve }, tale) {
	const slot = (await alpha.api.query.slots.duration()).toNumber();
	const trustPeriod = TRUSTED * slot;
	const { system } = await knownOf(alpha, eve);
	const policy = { ...system.get('policy').toJSON(), trustPeriod };
	await alpha.sudo(alpha.api.tx.ribp.setPolicy(eve.system, policy));
	tale.tell(`root of alpha: from now on Eve's signatures are worth something for ${TRUSTED} blocks`);
	return trustPeriod;
}

/** j) Nobody hears of Eve's chain for longer than it is trusted. */
export async function expired(world, tale) {
	const { alpha, eve, alice } = world;
	const before = await opening(world, tale);
	const legs = await locked(world, tale);
	const trust = await shorten(world, tale);
	world.cutOff();
	const more = world.exchange(alpha, alice, eve, LATE, 'Early');
	await trade(more);
	tale.tell('Alice buys the same once more, and alpha does not hear of what Eve has answered');
	const isOld = async () => {
		const { system } = await knownOf(alpha, eve);
		return (await clockOf(alpha)) > system.get('view').get('time').toNumber() + trust;
	};
	await tale.wait('trust expires', isOld);
	const leg = { chain: alpha, peer: eve };
	const known = await alpha.viewOf(eve);
	const refusal = await refusalOf(submitUnsigned(leg, await fetchView(leg), []));
	tale.check(
		`${TRUSTED} blocks after #${known} alpha believes nobody what follows: ${refusal}`,
		refusal === 'ribp.TrustExpired',
	);
	world.reunite();
	await tale.settle(legs, 'settled');
	tale.tell('what was proven before settles at its expiry: that takes no evidence any more');
	const isStill = (await alpha.viewOf(eve)) === known;
	tale.check("alpha sees Eve's chain again, and follows it no more by itself", isStill);
	const waits = (await finalStatus(more[0])) === 'registered';
	tale.check('what Eve has answered since then moves nothing', waits);

	// On a machine that stands still for so long, trust expires once more.
	const renewals = [];
	const renew = async () => {
		const anchor = await trustAnchor(eve);
		const { number } = await alpha.sudo(alpha.api.tx.ribp.renewSystem(eve.system, anchor));
		renewals.push(number);
	};
	await renew();
	tale.tell(`alpha #${renewals[0]}: root begins anew with Eve's chain`);
	const settled = async () => {
		if (await isOld()) {
			await renew();
		}
		const states = await Promise.all(more.map(finalStatus));
		return states.every((state) => state === 'settled');
	};
	await tale.wait('business goes on', settled);
	tale.tell('alpha hears of the answer, and the exchange settles');
	await checkAmounts(world, tale, before, {
		alpha: { Alice: 2 * DUE.alpha.Alice, Eve: 2 * DUE.alpha.Eve },
		eve: { Alice: 2 * DUE.eve.Alice, Eve: 2 * DUE.eve.Eve },
	});
}
