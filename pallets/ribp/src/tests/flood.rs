//! Registrations without end: whose exchanges they delay, and what they cost.

use super::{chain::*, worker::*, world::*};
use crate::{
	mock::{
		Balance, Balances, MaxWaiting, MaxWaitingPerAccount, RegistrationFee, Ribp, RuntimeOrigin,
		Test, DEPOSIT, EXISTENTIAL_DEPOSIT,
	},
	Call, Error, Log, Phase, WaitingCount, WaitingCountOf,
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
	// The last in the list.
	let swaps = (1..=20).map(|number| Exchange::numbered(number, 60, 60));
	let swap = swaps.max_by_key(|swap| swap.delivery.id()).expect("there are some");
	let mut world = world.registered(&swap);
	alpha_works(&mut world, &alphas_worker());
	assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 3 }));
}

const FEE: Balance = 7;

/// A world in which registrations on alpha cost the fee.
fn with_fee() -> World {
	let mut world = World::new();
	world.alpha.run(|| RegistrationFee::set(&FEE));
	world
}

fn cancel(world: &mut World, half: &Half) {
	let (peer, id) = (half.contract.peer, half.id());
	let origin = RuntimeOrigin::signed(half.payer());
	world.alpha.dispatch(origin, Call::cancel { peer, id }).expect("it is not committed");
}

#[test]
fn a_registration_costs_the_fee_which_goes_where_it_should() {
	let mut world = with_fee();
	let swap = Exchange::until(60, 60);
	world.alpha.register(&swap.delivery).expect("she can pay for it");
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT - 100 - FEE);
	assert_eq!(world.alpha.free(CAROL), ENDOWMENT + FEE);
}

#[test]
fn the_fee_is_not_returned() {
	let mut world = with_fee();
	let swap = Exchange::until(6, 60);
	world.alpha.register(&swap.delivery).expect("she can pay for it");
	cancel(&mut world, &swap.delivery);
	world.alpha.advance_to(10);
	world.alpha.assert_empty();
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT - FEE);
}

#[test]
fn a_payer_without_the_fee_is_refused() {
	let mut world = with_fee();
	let half = Exchange::until(60, 60).delivery;
	let most = ENDOWMENT - EXISTENTIAL_DEPOSIT - DEPOSIT - FEE;
	let more = half.with_action(ALICE, BOB, most + 1);
	world.refuse_registration(&more, Error::InsufficientValue);
	world.alpha.run(|| RegistrationFee::set(&(ENDOWMENT - EXISTENTIAL_DEPOSIT + 1)));
	world.refuse_registration(&half, Error::InsufficientFee);
	world.alpha.run(|| RegistrationFee::set(&FEE));
	let all = half.with_action(ALICE, BOB, most);
	world.alpha.register(&all).expect("an account may give all but its existence, deposit and fee");
}

#[test]
fn no_more_contracts_wait_for_a_peer_than_may() {
	let mut world = World::new();
	world.alpha.run(|| MaxWaiting::set(&2));
	let halves: Vec<_> = junk(3).collect();
	for half in &halves[..2] {
		world.alpha.register(half).expect("there is room");
	}
	let of_bob = halves[2].with_action(BOB, ALICE, EXISTENTIAL_DEPOSIT);
	world.refuse_registration(&halves[2], Error::TooManyWaiting);
	world.refuse_registration(&of_bob, Error::TooManyWaiting);
	cancel(&mut world, &halves[0]);
	world.alpha.register(&of_bob).expect("there is room again");
	world.refuse_registration(&halves[2], Error::TooManyWaiting);
}

#[test]
fn no_more_contracts_of_a_payer_wait_than_may() {
	let mut world = World::new();
	world.alpha.run(|| MaxWaitingPerAccount::set(&2));
	let halves: Vec<_> = junk(3).collect();
	for half in &halves[..2] {
		world.alpha.register(half).expect("there is room");
	}
	world.refuse_registration(&halves[2], Error::TooManyWaitingOfAccount);
	let of_bob = halves[2].with_action(BOB, ALICE, EXISTENTIAL_DEPOSIT);
	world.alpha.register(&of_bob).expect("he has none that waits");
	cancel(&mut world, &halves[0]);
	let again = halves[2].with_log(Log { salt: H256::zero(), ..halves[2].log.clone() });
	world.alpha.register(&again).expect("she has room again");
}

#[test]
fn a_contract_that_has_ended_makes_room_however_it_ended() {
	let settles = Exchange::numbered(1, 60, 60);
	let expires = Exchange::numbered(2, 6, 60);
	let mut world = World::new().registered(&settles).registered(&expires).committed(&settles);
	let waiting = |world: &mut World| {
		world.alpha.run(|| (WaitingCount::<Test>::get(BETA), WaitingCountOf::<Test>::get(ALICE)))
	};
	assert_eq!(waiting(&mut world), (2, 2));
	world.tell_alpha(&[settles.delivery.id()]).expect("the payment is committed");
	assert_eq!(waiting(&mut world), (1, 1));
	world.alpha.advance_to(8);
	assert_eq!(waiting(&mut world), (0, 0));
	world.alpha.run(|| {
		assert_eq!(WaitingCount::<Test>::iter().count(), 0, "nothing is stored of nobody");
		assert_eq!(WaitingCountOf::<Test>::iter().count(), 0, "nothing is stored of nobody");
	});
}

#[test]
fn a_wrong_count_is_found() {
	let mut world = World::new().registered(&Exchange::until(60, 60));
	world.alpha.corrupt(|| WaitingCount::<Test>::insert(BETA, 2));
	assert!(world.alpha.run(Ribp::do_try_state).is_err());
	world.alpha.corrupt(|| WaitingCount::<Test>::insert(BETA, 1));
	assert!(world.alpha.run(Ribp::do_try_state).is_ok());
	world.alpha.corrupt(|| WaitingCountOf::<Test>::remove(ALICE));
	assert!(world.alpha.run(Ribp::do_try_state).is_err());
}
