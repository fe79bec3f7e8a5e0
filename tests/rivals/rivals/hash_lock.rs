//! The exchange by hash lock, with `pallet-atomic-swap` on both chains.
//!
//! The seller knows a secret and locks the goods for whoever tells it; then the buyer locks the price
//! in the same way. The seller takes the price, and by that tells the secret; the buyer takes the
//! goods with it. Nothing is shared between two exchanges.

use super::{
	chain::Chain,
	cost::{Bill, Purpose},
	keys::Deal,
	runtime::{Balances, Runtime},
	world::World,
	Side,
};
use codec::Encode;
use pallet_atomic_swap::{BalanceSwapAction, Call};
use sp_io::hashing::blake2_256;

/// Blocks until the payer may take the value back: the seller's lock must outlive the buyer's.
const DURATIONS: [u32; 2] = [200, 100];

pub fn exchange(world: &mut World, deals: &[Deal]) -> Bill {
	let mut bill = Bill::default();
	let count = deals.len() as u32;
	let each = |world: &mut World, side, make: fn(&mut Chain, Side, &Deal) -> Vec<u8>| {
		let chain = world.chain(side);
		deals.iter().map(|deal| make(chain, side, deal)).collect::<Vec<_>>()
	};

	let step = bill.step("lock goods", Purpose::Settle);
	let locks = each(world, Side::Alpha, lock);
	world.author_signed(Side::Alpha, &locks, step);

	// Each buyer looks whether the goods are locked, for good.
	let step = bill.step("lock price", Purpose::Settle);
	step.counts.rounds += 1;
	step.counts.requests += count;
	let locks = each(world, Side::Beta, lock);
	world.author_signed(Side::Beta, &locks, step);

	// Each seller looks whether the price is locked, for good, before telling the secret.
	let step = bill.step("claim price", Purpose::Settle);
	step.counts.rounds += 1;
	step.counts.requests += count;
	let claims = each(world, Side::Beta, claim);
	world.author_signed(Side::Beta, &claims, step);

	// Each buyer learns the secret. It is as good before it is final, so nobody waits.
	let step = bill.step("claim goods", Purpose::Settle);
	step.counts.requests += count;
	let claims = each(world, Side::Alpha, claim);
	world.author_signed(Side::Alpha, &claims, step);
	bill
}

fn secret(deal: &Deal) -> [u8; 32] {
	blake2_256(&("secret", deal.id()).encode())
}

fn action(side: Side, deal: &Deal) -> <Runtime as pallet_atomic_swap::Config>::SwapAction {
	BalanceSwapAction::<_, Balances>::new(deal.amount(side))
}

fn lock(chain: &mut Chain, side: Side, deal: &Deal) -> Vec<u8> {
	let call = Call::create_swap {
		target: deal.payee(side).account(),
		hashed_proof: blake2_256(&secret(deal)),
		action: action(side, deal),
		duration: DURATIONS[side as usize],
	};
	chain.signed(deal.payer(side), 0, call)
}

fn claim(chain: &mut Chain, side: Side, deal: &Deal) -> Vec<u8> {
	let call = Call::claim_swap { proof: secret(deal).to_vec(), action: action(side, deal) };
	chain.signed(deal.payee(side), 0, call)
}
