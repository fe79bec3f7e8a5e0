//! Registrations without end: whose exchanges they delay, and what they cost.

use super::{chain::*, worker::*, world::*};
use crate::{
	mock::{Balances, EXISTENTIAL_DEPOSIT},
	Log, Phase,
};
use frame_support::traits::fungible::Mutate;
use sp_core::H256;

/// Deliveries that nobody on the other chain answers, all of different logs.
fn junk(count: u64) -> impl Iterator<Item = Half> {
	let half = Exchange::until(90, 90).delivery.with_action(ALICE, BOB, EXISTENTIAL_DEPOSIT);
	(1..=count).map(move |number| {
		half.with_log(Log { salt: H256::from_low_u64_be(number), ..half.log.clone() })
	})
}

#[test]
fn a_flood_of_registrations_does_not_delay_the_exchanges_of_others() {
	let mut world = World::new();
	// Value from nowhere pays for the flood.
	world.alpha.corrupt(|| Balances::mint_into(&ALICE, 100_000).map(drop).expect("it fits"));
	for half in junk(500) {
		world.alpha.register(&half).expect("she can pay for it");
	}
	let swap = Exchange::until(60, 60);
	let mut world = world.registered(&swap);
	alpha_works(&mut world, &alphas_worker());
	assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 3 }));
}
