/** Whether a payer has what a leg takes, and its receiver can receive it. */
import type { Chain } from './chain.js';
import type { Side } from './check.js';
import { contractOf, type Item, type Proposal } from './proposal.js';
import type { Hex } from './contract.js';
import { formatAmount } from './amounts.js';
import type { Finding } from './words.js';

// The pallets of a chain are not known when this is compiled.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;

/** The transaction's fee of a registration, about; in the smallest unit. */
export async function feeOf(proposal: Proposal, { chain, leg }: Side): Promise<bigint> {
	const call = chain.api.tx.ribp.register(contractOf(proposal), chain.log(leg.log), 'Now');
	const info = await call.paymentInfo(chain.address(leg.log.from));
	return info.partialFee.toBigInt();
}

/** What hinders the payment of a leg. What only the chain knows of kinds of its own, it will say itself. */
export async function payable(side: Side, at: Hex, costs: bigint): Promise<Finding[]> {
	const { chain, leg } = side;
	const { from, to, items } = leg.log;
	const state = await chain.at(at);
	const findings = [await tokens(chain, state, from, items, costs)];
	for (const item of items) {
		if ('Asset' in item && typeof item.Asset === 'object') {
			findings.push(...(await asset(chain, state, { from, to, items }, item.Asset)));
		} else if ('Nft' in item && typeof item.Nft === 'object') {
			findings.push(await thing(chain, state, from, item.Nft));
		}
	}
	return findings.filter((finding) => finding !== undefined);
}

type Found = Finding | undefined;

const because = (chain: Chain, code: string, message: string): Finding => ({
	severity: 'error',
	code,
	chain: chain.system,
	message,
});

const big = (codec: Any): bigint => codec.toBigInt();

async function tokens(chain: Chain, state: Any, from: Hex, items: Item[], costs: bigint): Promise<Found> {
	const least = big(chain.api.consts.balances.existentialDeposit);
	const amounts = items.flatMap((item) =>
		'Token' in item && typeof item.Token === 'string' ? [BigInt(item.Token)] : [],
	);
	const say = (amount: bigint) => formatAmount(amount, chain.token);
	const small = amounts.find((amount) => amount < least);
	if (small !== undefined) {
		const message = `${say(small)} is less than an account of ${chain.name} must hold, ${say(least)}.`;
		return because(chain, 'ribp.AmountTooSmall', message);
	}
	const { data } = await state.query.system.account(from);
	const [free, reserved, frozen] = [data.free, data.reserved, data.frozen].map(big);
	const bound = frozen > reserved ? frozen - reserved : 0n;
	const untouchable = bound > least ? bound : least;
	const has = free > untouchable ? free - untouchable : 0n;
	const needs = amounts.reduce((sum, amount) => sum + amount, 0n);
	if (has >= needs + costs) {
		return undefined;
	}
	const what = `${say(needs)} and ${say(costs)} of fee and rent`;
	const message = `${chain.address(from)} has ${say(has)} free on ${chain.name}; it takes ${what}.`;
	return because(chain, has < needs ? 'ribp.InsufficientValue' : 'ribp.InsufficientFee', message);
}

async function asset(
	chain: Chain,
	state: Any,
	{ from, to }: { from: Hex; to: Hex; items: Item[] },
	{ id, amount }: Any,
): Promise<Finding[]> {
	const { assets } = state.query;
	if (!assets) {
		return [];
	}
	const details = await assets.asset(id);
	if (details.isNone) {
		return [because(chain, 'ribp.UnknownAsset', `${chain.name} has no asset ${id}.`)];
	}
	const [own, receiver, account] = await Promise.all([
		assets.account(id, from),
		assets.account(id, to),
		state.query.system.account(to),
	]);
	const { minBalance, isSufficient, status } = details.unwrap();
	const findings: Found[] = [];
	if (BigInt(amount) < big(minBalance)) {
		const message = `An account has ${minBalance} of the asset ${id} at least.`;
		findings.push(because(chain, 'ribp.AmountTooSmall', message));
	}
	const isFrozen = !status.isLive || (own.isSome && !own.unwrap().status.isLiquid);
	const has = own.isSome && !isFrozen ? big(own.unwrap().balance) : 0n;
	if (has < BigInt(amount)) {
		const why = isFrozen ? ', since its issuer has frozen it' : '';
		const message = `${chain.address(from)} has ${has} of the asset ${id} free${why}; it takes ${amount}.`;
		findings.push(because(chain, 'ribp.InsufficientValue', message));
	}
	if (receiver.isSome && receiver.unwrap().status.isBlocked) {
		const message = `The account of ${chain.address(to)} for the asset ${id} is blocked by its issuer.`;
		findings.push(because(chain, 'token.Blocked', message));
	}
	if (receiver.isNone && isSufficient.isFalse && account.providers.toNumber() === 0) {
		const message = `${chain.address(to)} has no account on ${chain.name} that could have the asset ${id}.`;
		findings.push(because(chain, 'token.CannotCreate', message));
	}
	return findings.filter((finding) => finding !== undefined);
}

async function thing(chain: Chain, state: Any, from: Hex, { collection, item }: Any): Promise<Found> {
	const { nfts } = state.query;
	const details = nfts && (await nfts.item(collection, item));
	if (!details || (details.isSome && details.unwrap().owner.eq(from))) {
		return undefined;
	}
	const message = `${chain.address(from)} does not own the thing ${collection}/${item} of ${chain.name}.`;
	return because(chain, 'ribp.InsufficientValue', message);
}
