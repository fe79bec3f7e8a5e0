/** What is said of chains that do no business with each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { REMEDIES } from '../dist/index.js';
import { closing, hindrance } from '../dist/words.js';
import { alpha, beta } from './support.mjs';

const peer = {
	system: beta.system,
	status: 'Active',
	isClosing: false,
	known: 70,
	time: 1_000_000,
	quietUntil: 0,
	trustPeriod: 60_000,
};

test('what hinders all business goes by the error that it would be, and in words', () => {
	assert.equal(hindrance(alpha, beta, peer, 100), undefined);
	for (const [code, words, changes] of [
		['ribp.UnknownSystem', /RIBP alpha does not know RIBP beta/, undefined],
		['ribp.SystemPaused', /RIBP alpha has paused all business with RIBP beta/, { status: 'Paused' }],
		['ribp.SystemForked', /RIBP beta is forked: nothing moves/, { status: 'Forked' }],
		['ribp.CoolingDown', /nothing moves before block 101/, { quietUntil: 101 }],
	]) {
		const found = hindrance(alpha, beta, changes && { ...peer, ...changes }, 100);
		assert.deepEqual([found.code, found.severity, found.chain], [code, 'error', alpha.system]);
		assert.match(found.message, words);
		assert.ok(REMEDIES[code]);
	}
});

test('what hinders new contracts only is told apart', () => {
	assert.equal(closing(alpha, beta, peer, 1_060_000), undefined);
	const expired = closing(alpha, beta, peer, 1_060_001);
	assert.equal(expired.code, 'ribp.TrustExpired');
	assert.match(expired.message, /up to block 70, is older than RIBP alpha trusts/);
	const closed = closing(alpha, beta, { ...peer, isClosing: true }, 1_000_000);
	assert.equal(closed.code, 'ribp.SystemClosing');
});
