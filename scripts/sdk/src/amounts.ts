/** Amounts: exact, or refused. */
import { refuse } from './errors.js';

/** Whole tokens as a decimal string, or as a number that is exact; or the smallest unit as a bigint. */
export type Amount = bigint | string | number;

/** The greatest amount that a chain counts. */
export const MOST = 2n ** 128n - 1n;

const DECIMAL = /^(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * An amount in the smallest unit.
 *
 * A number is whole tokens, and refused unless JavaScript holds it exactly: 0.1 is not what it looks like.
 */
export function parseAmount(amount: Amount, decimals: number): bigint {
	const units = typeof amount === 'bigint' ? amount : parseDecimal(amount, decimals);
	if (units <= 0n) {
		throw refuse('AmountTooSmall', 'An amount is more than nothing.', { subject: `${amount}` });
	}
	if (units > MOST) {
		throw refuse('AmountTooLarge', 'No chain counts so far.', { subject: `${amount}` });
	}
	return units;
}

function parseDecimal(amount: string | number, decimals: number): bigint {
	if (typeof amount === 'number' && !Number.isSafeInteger(amount)) {
		const docs = 'A JavaScript number does not hold this amount exactly.';
		throw refuse('AmountInexact', docs, { subject: `${amount}` });
	}
	const [, whole, fraction = ''] = DECIMAL.exec(`${amount}`) ?? [];
	if (whole === undefined) {
		throw refuse('AmountMalformed', 'This is no decimal number.', { subject: `${amount}` });
	}
	const digits = fraction.replace(/0+$/, '');
	if (digits.length > decimals) {
		const docs = `The token is counted to ${decimals} decimals.`;
		throw refuse('AmountInexact', docs, { subject: `${amount}` });
	}
	return BigInt(whole + digits.padEnd(decimals, '0'));
}

/** An exact amount in whole tokens, as `parseAmount` takes it. */
export function decimal(units: bigint, decimals: number): string {
	const digits = units.toString().padStart(decimals + 1, '0');
	const whole = digits.slice(0, digits.length - decimals);
	const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
	return fraction ? `${whole}.${fraction}` : whole;
}

/** The same for a person: thousands set apart, and the token's symbol. */
export function formatAmount(units: bigint, token: { decimals: number; symbol: string }): string {
	const [whole, fraction] = decimal(units, token.decimals).split('.');
	const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
	return `${fraction ? `${apart}.${fraction}` : apart} ${token.symbol}`;
}
