import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import {
	canonicalJson,
	makeReference,
	PROPOSAL_SCHEMA,
	proposalLink,
	readProposal,
	readRejection,
	REASONS,
	reject,
	REJECTION_SCHEMA,
	RibpError,
	showReference,
	sideOf,
	sidesOf,
	verify,
	violation,
	writeProposal,
	writeRejection,
} from '../dist/index.js';
import { alpha, chainOf, chains, consistent, proposal } from './support.mjs';

/** The paths to all leaves of a value. */
function leaves(value, path = []) {
	return typeof value === 'object'
		? Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key]))
		: [path];
}

/** A copy in which `change` has been done to what a path leads to. */
function altered(path, change) {
	const copy = structuredClone(proposal);
	const holder = path.slice(0, -1).reduce((at, key) => at[key], copy);
	change(holder, path.at(-1));
	return copy;
}

/** The names by which a refusal may call a field: its own, what holds it, and the id that depends on it. */
function namesOf(path) {
	const names = path.map((_, i) =>
		path.slice(0, i + 1).reduce((at, key) => (/^\d+$/.test(key) ? `${at}[${key}]` : at ? `${at}.${key}` : key), ''),
	);
	return [...names, 'id'];
}

/** Other values that a leaf might be given. */
function othersFor(value) {
	if (typeof value === 'number') {
		return [value + 1, value - 1, value + 32, value ^ 1024, 0, 4_294_967_295, 4_294_967_296, 0.5, '1'];
	}
	const last = value.at(-1) === '0' ? '1' : '0';
	const digit = value.replace(/\d(?=\D*$)/, (one) => String((Number(one) + 1) % 10));
	const others = [`${value.slice(0, -1)}${last}`, digit, value.toUpperCase(), `${value}0`, '', '0', 1, null];
	return [...others, value === 'Early' ? 'AtExpiry' : 'Early'].filter((other) => other !== value);
}

/** How a proposal is refused: offline, or by the chains. None if it is accepted. */
async function refusalOf(value) {
	try {
		await verify(readProposal(asText(value)), chains);
		return undefined;
	} catch (error) {
		assert.ok(error instanceof RibpError, error.stack);
		return error;
	}
}

/** As canonical as may be: what canonical JSON does not have is written as it is. */
function asText(value) {
	try {
		return canonicalJson(value);
	} catch {
		return JSON.stringify(value);
	}
}

test('a proposal is what its chains say', async () => {
	assert.equal(await refusalOf(proposal), undefined);
});

test('whatever field is altered, it is refused by name', async () => {
	let tried = 0;
	for (const path of leaves(proposal)) {
		const value = path.reduce((at, key) => at[key], proposal);
		for (const other of othersFor(value)) {
			const refusal = await refusalOf(altered(path, (holder, key) => (holder[key] = other)));
			const what = `${path.join('.')} = ${other}`;
			assert.ok(refusal, what);
			const isNamed = namesOf(path).includes(refusal.subject);
			assert.ok(isNamed || refusal.code === 'sdk.ProposalNotCanonical', `${what}: ${refusal.message}`);
			assert.match(refusal.code, /^sdk\.(Proposal\w+|VersionNotSupported|WrongChain)$/, what);
			assert.ok(refusal.remedy, what);
			tried += 1;
		}
	}
	assert.ok(tried > 250, `${tried} alterations`);
});

test('a field that is missing or added is refused by name', async () => {
	const holders = new Map();
	for (const path of leaves(proposal)) {
		path.forEach((_, i) => holders.set(path.slice(0, i + 1).join('.'), path.slice(0, i + 1)));
	}
	for (const path of holders.values()) {
		const missing = await refusalOf(
			altered(path, (holder, key) => {
				if (Array.isArray(holder)) {
					holder.splice(Number(key), 1);
				} else {
					delete holder[key];
				}
			}),
		);
		assert.ok(missing, `without ${path}`);
		const added = await refusalOf(altered(path, (holder) => {
			if (Array.isArray(holder)) {
				holder.push(holder[0]);
			} else {
				holder.more = '1';
			}
		}));
		assert.ok(added, `more beside ${path}`);
	}
});

test('terms that are altered with their hashes and their id go by another id', async () => {
	for (const path of leaves(proposal)) {
		const value = path.reduce((at, key) => at[key], proposal);
		for (const other of othersFor(value)) {
			const changed = altered(path, (holder, key) => (holder[key] = other));
			if (violation(changed, PROPOSAL_SCHEMA)) {
				continue;
			}
			const forged = consistent(changed);
			const [refusal, isOther] = [await refusalOf(forged), forged.id !== proposal.id];
			assert.ok(refusal || isOther || path[0] === 'id' || path.at(-1) === 'logHash', `${path} ${other}`);
		}
	}
});

test('legs in another order, or of one chain, are refused', async () => {
	const [first, second] = proposal.legs;
	for (const legs of [[second, first], [first, first]]) {
		const refusal = await refusalOf(consistent({ ...proposal, legs }));
		assert.deepEqual([refusal.code, refusal.subject], ['sdk.ProposalMalformed', 'legs']);
	}
});

test('a file and a link hold the same; any other text is refused', () => {
	const text = writeProposal(proposal);
	assert.deepEqual(readProposal(`${text}\n`), proposal);
	for (const page of ['ribp:', 'https://desk.example/trade?x=1', 'https://desk.example/#old']) {
		const link = proposalLink(proposal, page);
		assert.match(link, /^[!-~]+$/);
		assert.deepEqual(readProposal(link), proposal);
	}
	const twice = text.replace('"version":1', '"version":1,"version":1');
	for (const [code, other] of [
		['sdk.ProposalNotCanonical', JSON.stringify(proposal, undefined, 2)],
		['sdk.ProposalNotCanonical', twice],
		['sdk.ProposalMalformed', text.slice(0, -1)],
		['sdk.ProposalMalformed', ''],
		['sdk.ProposalMalformed', '[]'],
		['sdk.ProposalMalformed', 'null'],
		['sdk.ProposalMalformed', `${proposalLink(proposal)}!`],
		['sdk.ProposalMalformed', proposalLink(proposal).slice(0, -3)],
	]) {
		assert.throws(() => readProposal(other), { code }, other);
	}
});

test('each character of a link that is changed is refused', async () => {
	const link = proposalLink(proposal);
	const start = link.indexOf('=') + 1;
	for (let i = start; i < link.length; i += 1) {
		const other = link[i] === 'A' ? 'B' : 'A';
		await assert.rejects(async () => {
			await verify(readProposal(`${link.slice(0, i)}${other}${link.slice(i + 1)}`), chains);
		}, RibpError, `at ${i}`);
	}
});

test('a version that is not known is refused as that', async () => {
	const refusal = await refusalOf({ ...proposal, version: 2 });
	assert.deepEqual([refusal.code, refusal.subject], ['sdk.VersionNotSupported', 'version']);
});

test('other chains than the connected ones are refused', () => {
	const other = chainOf(`0x${'c3'.repeat(32)}`, 'RIBP beta', 'BETA');
	assert.throws(() => sidesOf(proposal, [alpha, other]), { code: 'sdk.WrongChain' });
	assert.throws(() => sideOf(proposal, chains, `0x${'0c'.repeat(32)}`), { code: 'sdk.NotAParty' });
	assert.throws(() => sideOf(proposal, chains, 'nobody'), { code: 'sdk.AddressMalformed' });
});

test('a reference is a text of 32 bytes, or hexadecimal, or random', () => {
	const order = makeReference('Order 2031/7');
	assert.equal(order.length, 66);
	assert.equal(showReference(order), 'Order 2031/7');
	assert.equal(makeReference(proposal.reference), proposal.reference);
	assert.equal(showReference(proposal.reference), 'w'.repeat(32));
	assert.notEqual(makeReference(), makeReference());
	assert.throws(() => makeReference('ü'.repeat(17)), { code: 'sdk.ReferenceTooLong' });
});

test('a rejection has a code, and says of which proposal', () => {
	for (const reason of REASONS) {
		const rejection = reject(proposal, reason, 'not today');
		assert.deepEqual(readRejection(writeRejection(rejection)), rejection);
		assert.equal(rejection.id, proposal.id);
	}
	assert.throws(() => reject(proposal, 'whim'), { code: 'sdk.UnknownReason' });
	assert.throws(() => reject(proposal, 'other', 'x'.repeat(281)), { code: 'sdk.ProposalMalformed' });
});

test('nothing is read that a terminal would obey, or that looks like something else', () => {
	const told = (code) => String.fromCodePoint(code);
	for (const code of [0x00, 0x07, 0x0a, 0x1b, 0x7f, 0x9b, 0x200b, 0x200e, 0x202e, 0x2066, 0xfeff]) {
		for (const path of ['legs.0.chain.name', 'legs.1.chain.token.symbol', 'legs.0.log.items.3.Deed']) {
			const changed = altered(path.split('.'), (holder, key) => (holder[key] = `a${told(code)}b`));
			assert.ok(violation(changed, PROPOSAL_SCHEMA), `${path} with ${code}`);
		}
		const kind = altered('legs.0.log.items.3'.split('.'), (items, i) => (items[i] = { [`A${told(code)}`]: '1' }));
		assert.ok(violation(kind, PROPOSAL_SCHEMA), `a kind with ${code}`);
		assert.throws(() => reject(proposal, 'other', told(code)), { code: 'sdk.ProposalMalformed' });
	}
	assert.ok(reject(proposal, 'other', 'Prix trop élevé, 高い!'));
});

test('the published schemas are those that are checked by', () => {
	for (const [name, schema] of [['proposal', PROPOSAL_SCHEMA], ['rejection', REJECTION_SCHEMA]]) {
		const file = new URL(`../schema/${name}-1.json`, import.meta.url);
		const published = JSON.parse(readFileSync(file, 'utf8'));
		assert.deepEqual(published, JSON.parse(JSON.stringify(schema)));
	}
	assert.equal(violation(proposal, PROPOSAL_SCHEMA), undefined);
});
