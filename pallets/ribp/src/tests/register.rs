//! Registration, and each of its refusals.

use super::{chain::*, world::*};
use crate::{
	mock::{
		Balances, Ribp, RuntimeOrigin, Test, DEPOSIT, EXISTENTIAL_DEPOSIT, MAX_EXPIRY, MIN_EXPIRY,
	},
	Error, Event, Log, LogHash, Phase,
};
use frame_support::{assert_noop, traits::fungible::MutateFreeze};
use sp_core::H256;
use sp_runtime::DispatchError;

/// A world in its second blocks, and an exchange that it takes.
fn ready() -> (World, Exchange) {
	(World::new(), Exchange::until(20, 20))
}

#[test]
fn registration_takes_the_value_and_records_the_contract() {
	let (mut world, Exchange { delivery, .. }) = ready();
	world.alpha.register(&delivery).expect("all is as it should be");
	let (id, contract) = (delivery.id(), delivery.contract.clone());
	assert_eq!(world.alpha.events().last(), Some(&Event::Registered { id, who: ALICE, contract }));
	assert_eq!(world.alpha.phase(&delivery), Some(Phase::Registered));
	assert_eq!(world.alpha.position(LogHash::from(id)), Some(2));
	assert_eq!(world.alpha.position(delivery.contract.log), None);
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (900, 100));
	assert_eq!(world.alpha.free(BOB), 1_000);
}

#[test]
fn only_a_signed_account_registers() {
	let (mut world, Exchange { delivery, .. }) = ready();
	world.alpha.run(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let Half { contract, log, settlement } = delivery.clone();
			let result = Ribp::register(origin, contract, log, settlement);
			assert_noop!(result, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_contract_with_an_unknown_system_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let with_twin = delivery.with_contract(|contract| contract.peer = TWIN);
	world.refuse_registration(&with_twin, Error::UnknownSystem);
}

#[test]
fn a_contract_with_the_own_system_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let with_itself = delivery.with_contract(|contract| contract.peer = ALPHA);
	world.refuse_registration(&with_itself, Error::OwnSystem);
}

#[test]
fn a_contract_is_not_registered_twice() {
	let (world, swap) = ready();
	let mut world = world.registered(&swap);
	world.refuse_registration(&swap.delivery, Error::AlreadyRegistered);
}

#[test]
fn an_ended_contract_is_not_registered_again() {
	let (world, swap) = ready();
	let mut world = world.registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.phase(&swap.delivery), None);
	world.refuse_registration(&swap.delivery, Error::AlreadyRegistered);
}

#[test]
fn a_log_belongs_to_one_contract() {
	let (world, swap) = ready();
	let mut world = world.registered(&swap);
	let again = swap.delivery.with_contract(|contract| contract.h1 += 1);
	world.refuse_registration(&again, Error::LogInUse);
}

#[test]
fn the_log_of_another_system_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let elsewhere = delivery.with_log(Log { system: BETA, ..delivery.log.clone() });
	world.refuse_registration(&elsewhere, Error::LogOfOtherSystem);
}

#[test]
fn a_log_whose_hash_is_not_the_contracts_is_refused() {
	let (mut world, mut swap) = ready();
	swap.delivery.log.salt = H256::repeat_byte(77);
	world.refuse_registration(&swap.delivery, Error::LogHashMismatch);
}

#[test]
fn a_reversal_whose_hash_is_not_the_contracts_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let wrong = delivery.with_contract(|contract| contract.reversal = contract.peer_log);
	world.refuse_registration(&wrong, Error::ReversalHashMismatch);
}

#[test]
fn the_four_logs_of_a_contract_are_distinct() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let same = [
		delivery.with_contract(|c| c.peer_log = c.log),
		delivery.with_contract(|c| c.peer_log = c.reversal),
		delivery.with_contract(|c| c.peer_log = c.peer_reversal),
		delivery.with_contract(|c| c.peer_reversal = c.log),
		delivery.with_contract(|c| c.peer_reversal = c.reversal),
	];
	for half in same {
		world.refuse_registration(&half, Error::LogsNotDistinct);
	}
}

#[test]
fn only_the_payer_registers_a_log() {
	let (mut world, Exchange { delivery, .. }) = ready();
	world.alpha.run(|| {
		let Half { contract, log, settlement } = delivery.clone();
		let result = Ribp::register(RuntimeOrigin::signed(BOB), contract, log, settlement);
		assert_noop!(result, Error::<Test>::NotThePayer);
	});
}

#[test]
fn nobody_pays_himself() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let to_herself = delivery.with_action(ALICE, ALICE, 100);
	world.refuse_registration(&to_herself, Error::PayerIsReceiver);
}

#[test]
fn an_amount_on_which_no_account_can_live_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	for amount in [0, EXISTENTIAL_DEPOSIT - 1] {
		let dust = delivery.with_action(ALICE, BOB, amount);
		world.refuse_registration(&dust, Error::AmountTooSmall);
	}
	let least = delivery.with_action(ALICE, BOB, EXISTENTIAL_DEPOSIT);
	world.alpha.register(&least).expect("the existential deposit is enough");
}

#[test]
fn a_payer_without_the_value_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let most = ENDOWMENT - EXISTENTIAL_DEPOSIT - DEPOSIT;
	let more = delivery.with_action(ALICE, BOB, most + 1);
	world.refuse_registration(&more, Error::InsufficientValue);
	let all = delivery.with_action(ALICE, BOB, most);
	world.alpha.register(&all).expect("an account may give all but its existence and the deposit");
}

#[test]
fn what_is_taken_is_not_taken_again() {
	let mut world = World::new();
	let [first, second] = [1, 2].map(|n| Exchange::numbered(n, 20, 20).delivery);
	let first = first.with_action(ALICE, BOB, 600);
	let second = second.with_action(ALICE, BOB, 600);
	world.alpha.register(&first).expect("she has 1,000");
	world.refuse_registration(&second, Error::InsufficientValue);
}

#[test]
fn a_payer_without_an_account_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let from_nobody = delivery.with_action(NOBODY, BOB, 100);
	world.refuse_registration(&from_nobody, Error::InsufficientDeposit);
}

#[test]
fn a_receiver_that_does_not_exist_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let to_nobody = delivery.with_action(ALICE, NOBODY, 100);
	world.refuse_registration(&to_nobody, Error::ReceiverDoesNotExist);
}

/// What went from the pallet's account to itself would count as moved.
#[test]
fn the_pallets_account_is_no_party() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let to_pallet = delivery.with_action(ALICE, Ribp::account(), 100);
	world.refuse_registration(&to_pallet, Error::PalletsAccount);
	let from_pallet = delivery.with_action(Ribp::account(), BOB, 100);
	world.refuse_registration(&from_pallet, Error::PalletsAccount);
}

/// Votes, vesting and stakes freeze what somebody has: nobody gets rid of it by an exchange.
#[test]
fn what_is_frozen_is_not_taken() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let freeze = |amount| move || Balances::set_freeze(&1, &ALICE, amount).expect("it is hers");
	world.alpha.run(freeze(ENDOWMENT - 99));
	world.refuse_registration(&delivery, Error::InsufficientValue);
	world.alpha.run(freeze(ENDOWMENT - 100 - DEPOSIT));
	world.alpha.register(&delivery).expect("the rest is hers to give");
}

#[test]
fn an_own_expiry_that_is_not_ahead_is_refused() {
	let (world, Exchange { delivery, .. }) = ready();
	let mut world = world.at(10);
	for h1 in [0, 9, 10] {
		let late = delivery.with_contract(|contract| contract.h1 = h1);
		world.refuse_registration(&late, Error::ExpiryPassed);
	}
}

#[test]
fn an_own_expiry_that_is_too_near_is_refused() {
	let (world, Exchange { delivery, .. }) = ready();
	let mut world = world.at(10);
	let soon = delivery.with_contract(|contract| contract.h1 = 10 + MIN_EXPIRY - 1);
	world.refuse_registration(&soon, Error::ExpiryTooSoon);
	let nearest = delivery.with_contract(|contract| contract.h1 = 10 + MIN_EXPIRY);
	world.alpha.register(&nearest).expect("the minimum is enough");
}

#[test]
fn an_own_expiry_that_is_too_far_is_refused() {
	let (world, Exchange { delivery, .. }) = ready();
	let mut world = world.at(10);
	for h1 in [10 + MAX_EXPIRY + 1, u32::MAX] {
		let far = delivery.with_contract(|contract| contract.h1 = h1);
		world.refuse_registration(&far, Error::ExpiryTooFar);
	}
	let farthest = delivery.with_contract(|contract| contract.h1 = 10 + MAX_EXPIRY);
	world.alpha.register(&farthest).expect("the maximum is allowed");
}

/// A world in which alpha knows beta's history up to block 9.
fn informed() -> (World, Half) {
	let (world, Exchange { delivery, .. }) = ready();
	let mut world = world.at(10);
	world.tell_alpha(&[]).expect("nine blocks are a step");
	(world, delivery)
}

#[test]
fn a_peer_expiry_that_the_peer_has_passed_is_refused() {
	let (mut world, delivery) = informed();
	for h2 in [0, 8, 9] {
		let late = delivery.with_contract(|contract| contract.h2 = h2);
		world.refuse_registration(&late, Error::PeerExpiryPassed);
	}
	let next = delivery.with_contract(|contract| contract.h2 = 10);
	world.alpha.register(&next).expect("the peer may still be in time");
}

#[test]
fn a_peer_expiry_that_is_too_far_is_refused() {
	let (mut world, delivery) = informed();
	for h2 in [9 + MAX_EXPIRY + 1, u32::MAX] {
		let far = delivery.with_contract(|contract| contract.h2 = h2);
		world.refuse_registration(&far, Error::ExpiryTooFar);
	}
}
