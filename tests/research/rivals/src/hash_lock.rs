//! The exchange by hash lock, with `pallet-atomic-swap` on both chains.
//!
//! The seller knows a secret and locks the goods for whoever tells it; then the buyer locks the price
//! in the same way. The seller takes the price, and by that tells the secret; the buyer takes the
//! goods with it. Nothing is shared between two exchanges.

use super::{
	cost::{Bill, Purpose},
	keys::{Deal, User},
	market::Market,
	runtime::{Balances, Runtime, RuntimeCall},
	signing::{batch, sign},
	Side,
};
use codec::Encode;
use pallet_atomic_swap::{BalanceSwapAction, Call};
use sp_io::hashing::blake2_256;

/// Blocks until the payer may take the value back: the seller's lock must outlive the buyer's.
const DURATIONS: [u32; 2] = [200, 100];

pub fn exchange(market: &mut Market, deals: &[Deal]) -> Bill {
	let mut bill = Bill::default();
	let each = |market: &mut Market, side, make: fn(Side, &Deal) -> (&User, RuntimeCall)| {
		let calls: Vec<_> = deals.iter().map(|deal| make(side, deal)).collect();
		sign(market.chain_mut(side), &calls, batch)
	};

	let step = bill.step("lock goods", Purpose::Settle);
	let locks = each(market, Side::Alpha, lock);
	market.author_signed(Side::Alpha, &locks, step);

	// Each buyer looks whether the goods are locked, for good.
	let step = bill.step("lock price", Purpose::Settle);
	step.counts.rounds += 1;
	let locks = each(market, Side::Beta, lock);
	step.counts.looks += locks.len() as u32;
	market.author_signed(Side::Beta, &locks, step);

	// Each seller looks whether the price is locked, for good, before telling the secret.
	let step = bill.step("claim price", Purpose::Settle);
	step.counts.rounds += 1;
	let claims = each(market, Side::Beta, claim);
	step.counts.looks += claims.len() as u32;
	market.author_signed(Side::Beta, &claims, step);

	// Each buyer learns the secret. It is as good before it is final, so nobody waits.
	let step = bill.step("claim goods", Purpose::Settle);
	let claims = each(market, Side::Alpha, claim);
	step.counts.looks += claims.len() as u32;
	market.author_signed(Side::Alpha, &claims, step);
	bill
}

fn secret(deal: &Deal) -> [u8; 32] {
	blake2_256(&("secret", deal.id()).encode())
}

fn action(side: Side, deal: &Deal) -> <Runtime as pallet_atomic_swap::Config>::SwapAction {
	BalanceSwapAction::<_, Balances>::new(deal.amount(side))
}

fn lock(side: Side, deal: &Deal) -> (&User, RuntimeCall) {
	let call = Call::create_swap {
		target: deal.payee(side).account(),
		hashed_proof: blake2_256(&secret(deal)),
		action: action(side, deal),
		duration: DURATIONS[side as usize],
	};
	(deal.payer(side), call.into())
}

fn claim(side: Side, deal: &Deal) -> (&User, RuntimeCall) {
	let call = Call::claim_swap { proof: secret(deal).to_vec(), action: action(side, deal) };
	(deal.payee(side), call.into())
}
