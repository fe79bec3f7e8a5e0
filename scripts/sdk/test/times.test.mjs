/** The rules of times, beside those of the pallet (`Terms::check`). */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { judgeTimes } from '../dist/times.js';

const ALIKE = { own: 1n, peer: 1n };
const LIMITS = { least: 10, peerLeast: 5, most: 1_000, skew: 100, notice: 6, blockTimes: ALIKE };

/** The names of the refusals at height 50, with the other chain known up to 70. */
function refusals(h1, h2, { notice = 6, peerNotice = 0, ...limits } = {}) {
	const own = { expiry: h1, notice };
	const peer = { expiry: h2, notice: peerNotice };
	const times = { own, peer, now: 50, known: 70, limits: { ...LIMITS, ...limits } };
	return judgeTimes(times, 'alpha', 'beta').map(({ code, message }) => {
		assert.match(message, /\d/, code);
		return code.split('.')[1];
	});
}

test('expiries at their limits are taken, and refused beyond', () => {
	assert.deepEqual(refusals(70, 90), []);
	assert.deepEqual(refusals(60, 75), ['LittleTime']);
	assert.deepEqual(refusals(50, 90), ['ExpiryPassed']);
	assert.deepEqual(refusals(51, 75), ['ExpiryTooSoon']);
	assert.deepEqual(refusals(59, 75), ['ExpiryTooSoon']);
	assert.deepEqual(refusals(90, 70), ['PeerExpiryPassed']);
	assert.deepEqual(refusals(90, 74), ['PeerExpiryTooSoon']);
	assert.deepEqual(refusals(1_050, 1_070), []);
	assert.deepEqual(refusals(1_051, 1_070), ['ExpiryTooFar']);
	assert.deepEqual(refusals(1_050, 1_071), ['ExpiryTooFar']);
});

test('expiries that are too far apart are refused, by the time that blocks take', () => {
	assert.deepEqual(refusals(250, 170), []);
	assert.deepEqual(refusals(251, 170), ['ExpiriesTooFarApart']);
	assert.deepEqual(refusals(150, 370), []);
	assert.deepEqual(refusals(150, 371), ['ExpiriesTooFarApart']);
	const slow = { blockTimes: { own: 1_000n, peer: 6_000n } };
	assert.deepEqual(refusals(650, 170, slow), []);
	assert.deepEqual(refusals(250, 170, slow), ['ExpiriesTooFarApart']);
	assert.deepEqual(refusals(90, 77, { blockTimes: { own: 0n, peer: 1n } }), []);
});

test('a notice is long enough, and not longer than an expiry may be away', () => {
	assert.deepEqual(refusals(70, 90, { notice: 5 }), ['NoticeTooShort']);
	assert.deepEqual(refusals(70, 90, { notice: 24, peerNotice: 1_000 }), []);
	// It is the other party's time to decide.
	for (const notice of [25, 1_000]) {
		assert.deepEqual(refusals(70, 90, { notice }), ['LongNotice']);
	}
	assert.deepEqual(refusals(60, 75, { notice: 25 }), ['LittleTime', 'LongNotice']);
	assert.deepEqual(refusals(70, 90, { notice: 1_001 }), ['NoticeTooLong']);
	assert.deepEqual(refusals(70, 90, { peerNotice: 1_001 }), ['NoticeTooLong']);
});
