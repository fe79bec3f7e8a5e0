import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { timeToUnlock } from '../../scripts/js/exchange.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { endPair } from '../../scripts/js/pair.mjs';
import { account, crossCheck, register, transferLog } from '../../scripts/js/ribp.mjs';
import { alice, bob, charlie, FAR, NEAR, refused, startKnownPair, swap, untilBoth } from './support.mjs';

let pair;
let least;
before(async () => {
	pair = await startKnownPair();
	least = pair.alpha.api.consts.ribp.minExpiry.toNumber();
});
after(() => pair && endPair(Object.values(pair)));

/** Registers the first leg of a swap with changed fields. */
function registerChanged({ contract = {}, log, distance = FAR, leg: changes } = {}) {
	const [leg] = swap(pair, distance, changes);
	const changed = { ...leg.contract.toJSON(), ...contract };
	return register(
		{
			...leg,
			contract: leg.chain.argument('register', 'contract', changed),
			log: log ?? leg.log,
		},
		'Early',
	);
}

test('both runtimes compute the hashes that the tools compute', async () => {
	const legs = swap(pair);
	await crossCheck(legs);
	await crossCheck(legs.reverse());
});

test('an exchange settles early, on two signed extrinsics', async (t) => {
	const { alpha, beta } = pair;
	const legs = swap(pair);
	const begin = [alpha, beta].map(({ history }) => history.last);
	const taken = await Promise.all(begin.map(({ hash }, i) => [alpha, beta][i].taken(hash)));
	await Promise.all(legs.map((leg) => register(leg, 'Early')));
	await untilBoth(legs, 'settled');
	const { blocks } = timeToUnlock(legs);
	t.diagnostic(`${blocks} blocks after the later registration`);
	const signed = [alpha, beta].flatMap(({ history }, i) =>
		history.after(begin[i].number).flatMap(({ signers }) => signers),
	);
	assert.deepEqual(signed.sort(), [alice.address, bob.address].sort());
	for (const [chain, payer, receiver, amount] of [
		[alpha, alice, bob, alpha.tokens(100)],
		[beta, bob, alice, beta.tokens(40)],
	]) {
		const from = begin[[alpha, beta].indexOf(chain)];
		const to = chain.history.last;
		assert.equal(await chain.taken(to.hash), taken[[alpha, beta].indexOf(chain)]);
		for (const [party, expected] of [[payer, -amount], [receiver, amount]]) {
			const [old, now] = await Promise.all(
				[from, to].map(({ hash }) => chain.balance(party.address, hash)),
			);
			const fees = chain.history.feesOf(party.address, from.number, to.number);
			assert.equal(now.free + now.deposit - old.free - old.deposit + fees, expected);
		}
	}
});

test('an exchange at expiry gives its value once both expiries have passed', async () => {
	const legs = swap(pair, NEAR);
	const { alpha } = pair;
	const before = await alpha.taken(alpha.history.last.hash);
	await Promise.all(legs.map((leg) => register(leg, 'AtExpiry')));
	await untilBoth(legs, 'committed');
	const now = await alpha.taken(alpha.history.last.hash);
	assert.equal(now - before, alpha.tokens(100));
	await untilBoth(legs, 'settled');
	for (const { chain, id, expiry } of legs) {
		assert.ok(chain.history.blockOf('Settled', id).number > expiry);
	}
});

test('contracts are forgotten and deposits returned, once both chains know of the end', async () => {
	const legs = swap(pair, NEAR);
	await Promise.all(legs.map((leg) => register(leg, 'Early')));
	await untilBoth(legs, 'settled');
	for (const { chain, payer } of legs) {
		const { deposit } = await chain.balance(payer.address, chain.history.last.hash);
		assert.ok(deposit > 0n, chain.name);
	}
	const forgotten = () => legs.every(({ chain, id }) => chain.history.blockOf('Forgotten', id));
	await until('both forgotten', forgotten);
	for (const { chain, id, expiry } of legs) {
		assert.ok(chain.history.blockOf('Forgotten', id).number > expiry);
		assert.equal(await chain.status(id), 'absent');
	}
});

test('a paused system has no business until it is resumed', async () => {
	const { alpha, beta } = pair;
	const root = await alpha.sudoKey();
	const { pause, resume } = alpha.api.tx.ribp;
	const legs = swap(pair);
	await alpha.send(alpha.api.tx.sudo.sudo(pause(beta.system)), root);
	await refused(register(legs[0], 'Early'), 'ribp.SystemPaused');
	await refused(alpha.send(alpha.api.tx.sudo.sudo(pause(beta.system)), root), 'ribp.SystemPaused');
	await alpha.send(alpha.api.tx.sudo.sudo(resume(beta.system)), root);
	await Promise.all(legs.map((leg) => register(leg, 'Early')));
	await untilBoth(legs, 'settled');
});

test('a contract cannot be registered twice, neither while it waits nor after its end', async () => {
	const legs = swap(pair);
	await register(legs[0], 'Early');
	await refused(register(legs[0], 'Early'), 'ribp.AlreadyRegistered');
	await register(legs[1], 'Early');
	await untilBoth(legs, 'settled');
	await refused(register(legs[0], 'Early'), 'ribp.AlreadyRegistered');
});

test('a payer takes the value back as long as the log is not committed', async () => {
	const [leg] = swap(pair);
	const { chain, peer, payer, id } = leg;
	const taken = await chain.taken(chain.history.last.hash);
	await register(leg, 'Early');
	const cancel = chain.api.tx.ribp.cancel(peer.system, id);
	await refused(chain.send(cancel, charlie), 'ribp.NotThePayer');
	const { hash } = await chain.send(cancel, payer);
	assert.equal(await chain.status(id, hash), 'cancelled');
	assert.equal(await chain.taken(hash), taken);
	await refused(chain.send(cancel, payer), 'ribp.NotWaiting');
});

test('a system cannot be registered twice', () =>
	refused(pair.alpha.registerSystem(pair.beta), 'ribp.SystemAlreadyRegistered'));

test('an unknown system is refused', () =>
	refused(registerChanged({ contract: { peer: `0x${'11'.repeat(32)}` } }), 'ribp.UnknownSystem'));

test('the own system is refused as a peer', async () => {
	const { alpha } = pair;
	await refused(registerChanged({ contract: { peer: alpha.system } }), 'ribp.OwnSystem');
	await refused(alpha.registerSystem(alpha), 'ribp.OwnSystem');
});

test('a log that is not the one of the contract is refused', async () => {
	const { alpha, beta } = pair;
	const log = (chain) => transferLog(chain, { from: alice, to: bob, amount: alpha.tokens(1) });
	await refused(registerChanged({ log: log(alpha) }), 'ribp.LogHashMismatch');
	await refused(registerChanged({ log: log(beta) }), 'ribp.LogOfOtherSystem');
});

test('a payer without enough free value is refused', () =>
	refused(
		registerChanged({ leg: { amount: pair.alpha.tokens(10_000_000) } }),
		'ribp.InsufficientValue',
	));

test('a receiver that does not exist is refused', async () => {
	const receiver = await account('Nobody');
	await refused(registerChanged({ leg: { receiver } }), 'ribp.ReceiverDoesNotExist');
});

test('somebody else cannot register what a payer would have to pay', () => {
	const [leg] = swap(pair);
	return refused(register({ ...leg, payer: charlie }, 'Early'), 'ribp.NotThePayer');
});

test('an expiry that has passed, or is nearer than the minimum, is refused', async () => {
	await refused(registerChanged({ distance: -1 }), 'ribp.ExpiryPassed');
	await refused(registerChanged({ distance: least - 1 }), 'ribp.ExpiryTooSoon');
});
