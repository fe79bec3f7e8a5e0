import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decimal, formatAmount, parseAmount, tokenItem } from '../dist/index.js';

const refused = (code, amount, decimals = 12) =>
	assert.throws(() => parseAmount(amount, decimals), { code }, `${amount}`);

/** Numbers that follow from a seed, so that a failure can be repeated. */
function* numbers(seed, count) {
	let state = BigInt(seed);
	for (let i = 0; i < count; i += 1) {
		state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
		yield state;
	}
}

test('decimal strings are whole tokens, bigints the smallest unit', () => {
	assert.equal(parseAmount('100', 12), 100_000_000_000_000n);
	assert.equal(parseAmount('0.000000000001', 12), 1n);
	assert.equal(parseAmount('1.50', 1), 15n);
	assert.equal(parseAmount('7', 0), 7n);
	assert.equal(parseAmount(7n, 12), 7n);
	assert.deepEqual(tokenItem('40', { token: { decimals: 12 } }), { Token: '40000000000000' });
});

test('a number is taken if it is exact, and refused if not', () => {
	assert.equal(parseAmount(100, 12), parseAmount('100', 12));
	assert.equal(parseAmount(Number.MAX_SAFE_INTEGER, 0), 9_007_199_254_740_991n);
	for (const inexact of [0.1, 1.5, 2 ** 53, 1e21, NaN, Infinity]) {
		refused('sdk.AmountInexact', inexact);
	}
});

test('an amount below the smallest unit, or above the type, is refused', () => {
	refused('sdk.AmountInexact', '0.0000000000001');
	refused('sdk.AmountTooLarge', 2n ** 128n);
	refused('sdk.AmountTooLarge', `${2n ** 128n}`, 0);
	assert.equal(parseAmount(2n ** 128n - 1n, 12), 2n ** 128n - 1n);
	for (const nothing of [0n, '0', '0.0', 0, -1n]) {
		refused('sdk.AmountTooSmall', nothing);
	}
});

test('what is no decimal number is refused', () => {
	for (const text of ['', ' 1', '1,000', '1e3', '0x10', '-1', '01', '1.', '.5', '１', '1 ALPHA']) {
		refused('sdk.AmountMalformed', text);
	}
});

test('what is written is read again, whatever the amount and the decimals', () => {
	for (const number of numbers(20, 2_000)) {
		const units = number * (number % 7n) + 1n;
		const decimals = Number(number % 25n);
		assert.equal(parseAmount(decimal(units, decimals), decimals), units, `${units} ${decimals}`);
	}
});

test('people see thousands set apart and no zeros at the end', () => {
	const token = { decimals: 2, symbol: 'T' };
	assert.equal(formatAmount(123_456_750n, token), '1,234,567.5 T');
	assert.equal(formatAmount(5n, token), '0.05 T');
	assert.equal(formatAmount(100_000n, { decimals: 0, symbol: 'T' }), '100,000 T');
});
