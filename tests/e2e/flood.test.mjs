/** Ten thousand forged messages a minute against a live node. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { evidenceExtrinsic, fetchEvidence } from '../../scripts/js/evidence.mjs';
import { until } from '../../scripts/js/nodes.mjs';
import { endPair } from '../../scripts/js/pair.mjs';
import { refusalOf, trade } from '../../scripts/js/ribp.mjs';
import { Flood, forger, randomHash } from '../../scripts/js/flood.mjs';
import { producesBlocks, registerBoth, startKnownPair, swap, untilBoth } from './support.mjs';

/** The time from one message to the next: ten thousand a minute. */
const EVERY_MS = 6;
/** The time from one forged block to the next, which is built on the head that is known by then. */
const RENEWED_MS = 300;
/** Of a contract's id: two epochs, and a hash. */
const ID_BYTES = 40;
/** Messages that the node has answered at the end, at least. */
const MESSAGES = 10_000;

let pair;
before(async () => {
	pair = await startKnownPair();
});
after(() => pair && endPair(Object.values(pair)));

test('a flood of forged evidence is refused, and neither blocks nor settlement wait for it', async (t) => {
	const { alpha, beta } = pair;
	const [first, firstPeer] = swap(pair);
	await registerBoth([first, firstPeer]);
	const stale = await evidenceExtrinsic(first, await fetchEvidence(first));
	await untilBoth([first, firstPeer], 'settled');

	// Everything about it is in order but the signatures.
	const forge = await forger(first);
	const { submitEvidence } = alpha.api.tx.ribp;
	const forged = await until('evidence against which only its signatures speak', async () => {
		const made = await forge();
		const call = submitEvidence(beta.system, made.evidence, [], 0);
		const name = await refusalOf(alpha.send(call, first.payer));
		return name === 'ribp.BadSignature' && made;
	});
	const id = randomHash(ID_BYTES);
	const template = await evidenceExtrinsic({ ...first, id }, forged.evidence);
	let signature;
	let unnamed;
	const renew = async () => {
		const made = await forge();
		unnamed = await evidenceExtrinsic(first, made.evidence, []);
		({ signature } = made);
	};
	await renew();
	// The known head moves on meanwhile, and what is forged moves with it.
	const renewal = setInterval(() => renew().catch((error) => t.diagnostic(error.message)), RENEWED_MS);
	t.after(() => clearInterval(renewal));
	const kinds = {
		'forged votes': () => unnamed.replaceAll(signature, randomHash(64).slice(2)),
		'unknown contracts': () => template.replace(id.slice(2), randomHash(ID_BYTES).slice(2)),
		'what was useful once': () => stale,
		'the same again': () => unnamed,
	};
	const start = [alpha, beta].map(({ best }) => best);
	const flood = new Flood(alpha.node.http, Object.values(kinds), EVERY_MS);
	const legs = swap(pair);
	await trade(legs);
	await untilBoth(legs, 'settled');
	t.diagnostic(`an exchange has settled after ${flood.answered} messages`);
	await until(`${MESSAGES} answers`, () => flood.answered >= MESSAGES);
	await producesBlocks(alpha);
	const [flooded, control] = [alpha, beta].map(({ best }, i) => best - start[i]);
	const { refused, accepted } = await flood.stop();
	t.diagnostic(`${refused} messages refused in ${flooded} blocks; beta has had ${control}`);
	assert.equal(accepted, 0);
	// Both chains share one machine, however busy: a ratio, and no time.
	assert.ok(flooded >= control / 2, `${flooded} blocks of alpha, ${control} of beta`);
	await until('an empty pool', async () => {
		const pending = await alpha.api.rpc.author.pendingExtrinsics();
		return pending.length === 0;
	});
});
