/** Eve's attacks with what her chain's state shows: less than there is, something else, or what is over. */
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';

import {
	corridorKey,
	fetchEvidence,
	fetchView,
	forgeCorridor,
	legKey,
	misplaced,
	sortedIds,
	submitUnsigned,
} from './evidence.mjs';
import { opening, stepOf } from './forgeries.mjs';
import { rpc } from './nodes.mjs';
import { cancel, finalStatus, refusalOf, register } from './ribp.mjs';
import { checkAmounts } from './tale.mjs';

/** Blocks to the expiries: far enough for what comes before them, near enough to be waited for. */
const DISTANCE = 120;

/** @typedef {import('./eve.mjs').World} World */

/** k) Eve shows alpha less than there is, something else, or what is over. */
export async function proofs(world, tale) {
	const { alpha, eve, alice } = world;
	const before = await opening(world, tale);
	world.cutOff();
	world.lookAway();
	const exchange = () => world.exchange(alpha, alice, eve, DISTANCE, 'Early');
	const [[bought, sold], [firm]] = [exchange(), exchange()];
	await Promise.all([register(sold), register(bought).then(() => register(firm, 'Now'))]);
	tale.tell('Alice buys from Eve, and commits at once to buy more, which Eve has never registered');
	tale.tell("nobody but Eve tells alpha of her chain, and that does nothing about alpha's");

	const seen = eve.history.last;
	await tamper(tale, bought, firm);
	await cancel(sold);
	await showOld(tale, bought, seen);
	const isRefused = refuser(tale, firm);
	await isRefused('what Eve has not registered yet is not taken for never', 'PeerNotCommitted');

	const hasEnded = async () => (await finalStatus(sold)) === 'cancelled';
	await tale.wait('Eve has her tokens back', hasEnded);
	await tale.wait('the expiry there', () => eve.history.last.number > firm.peerExpiry);
	const undo = await sweepAll(firm);
	tale.tell("Eve's root has her chain say that it may have swept everything");
	await submitUnsigned(firm, await fetchEvidence(firm));
	const isNoted = async () =>
		(await alpha.leg(firm.id, alpha.history.last.hash))?.fact === 'Forgotten';
	await tale.wait('alpha takes note that her chain has forgotten it', isNoted);
	await isRefused('what may have been swept is not taken for never', 'NotComplete');
	const waits = (await finalStatus(firm)) === 'committed';
	tale.check('what Alice has committed is committed still', waits);
	await undo();
	tale.tell('Eve repents');
	world.reunite();
	const outcomes = () => Promise.all([bought, firm].map(finalStatus));
	const areOver = async () => (await outcomes()).join() === 'expired,reversed';
	await tale.wait('Alice has her tokens back', areOver);
	await checkAmounts(world, tale, before, {});
}

/** Submits evidence about a leg, the newest by default: the refusal has this name. */
function refuser(tale, leg) {
	return async (words, name, evidence, contracts) => {
		const submitted = submitUnsigned(leg, evidence ?? (await fetchEvidence(leg)), contracts);
		const refusal = await refusalOf(submitted);
		tale.check(`${words}: ${refusal}`, refusal === `ribp.${name}`);
	};
}

/** Eve hands alpha proofs that show too little, and names contracts as she likes. */
async function tamper(tale, leg, other) {
	const isRefused = refuser(tale, leg);
	const evidence = await fetchEvidence(leg);
	const bare = await fetchEvidence(leg, { keys: [legKey(leg)] });
	await isRefused('alpha asks what Eve says of all contracts', 'IncompleteProof', bare);
	const forged = await forgeCorridor(leg, evidence);
	await isRefused('and believes nothing else about them', 'IncompleteProof', forged);
	const twice = [leg.id, leg.id];
	await isRefused('it takes no contract twice', 'ContractsNotSorted', evidence, twice);
	const disorder = sortedIds([leg.id, other.id]).reverse();
	await isRefused('nor any out of order', 'ContractsNotSorted', evidence, disorder);
	const elsewhere = [misplaced(leg)];
	await isRefused("nor one that is not where it says", 'UnknownContract', evidence, elsewhere);
	const stays = (await finalStatus(leg)) === 'registered';
	tale.check('nothing of it moves what Alice has registered', stays);
}

/** Eve wants her tokens back, and shows alpha that they were there once. */
async function showOld(tale, leg, seen) {
	const { chain: alpha, peer: eve } = leg;
	const least = (await alpha.viewOf(eve)) + (await stepOf(alpha));
	const notice = alpha.api.consts.ribp.minNotice.toNumber();
	const isOld = () => eve.history.last.number > Math.max(least, seen.number + notice);
	await tale.wait('what Eve had registered is past', isOld);
	await submitUnsigned(leg, await fetchView(leg), []);
	const hears = async () => (await alpha.viewOf(eve)) > seen.number + notice;
	await tale.wait('alpha knows that it is', hears);
	const isRefused = refuser(tale, leg);
	const old = await fetchEvidence(leg, { block: seen.hash });
	await isRefused('what was registered long ago commits nothing', 'EvidenceStale', old);
	await isRefused('nor what is being cancelled', 'PeerNotRegistered');
}

/** Has the peer's root say that all contracts with the leg's chain may be swept; returns how to undo it. */
async function sweepAll(leg) {
	const { peer } = leg;
	const key = corridorKey(leg);
	const write = (value) => peer.sudo(peer.api.tx.system.setStorage([[key, value]]));
	const said = await rpc(peer.node.http, 'state_getStorage', [key]);
	await write(u8aToHex(sweptAll(hexToU8a(said))));
	return () => write(said);
}

/** A corridor that says of every epoch that its contracts may be swept (WIRE.md). */
function sweptAll(corridor) {
	// A set of epochs is its bound and the gaps, with the byte of their number times four in front.
	const lengthAt = (start) => 5 + corridor[start + 4];
	const swept = lengthAt(0);
	const all = [0xff, 0xff, 0xff, 0xff, 0];
	const rest = corridor.subarray(swept + lengthAt(swept));
	return u8aConcat(corridor.subarray(0, swept), all, rest);
}
