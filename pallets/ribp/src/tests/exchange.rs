//! Exchanges that settle.

use super::{chain::*, world::*};
use crate::{
	mock::{Balance, Balances, RuntimeOrigin, DEPOSIT},
	Error, Event, Evidence, Link, Outcome, Phase, Settlement,
};
use ribp_light_client::testing::Ed25519Keyring as Key;

/// Asserts that an exchange has settled: everybody has what was agreed, and nothing is held.
#[track_caller]
fn assert_settled(world: &mut World, swap: &Exchange) {
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
	assert_eq!([ALICE, BOB].map(|who| world.alpha.free(who)), [900, 1_100]);
	assert_eq!([ALICE, BOB].map(|who| world.beta.free(who)), [1_040, 960]);
	assert_eq!((world.alpha.taken(), world.beta.taken()), (0, 0));
}

#[test]
fn an_early_exchange_settles_within_a_few_blocks() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let (delivery, payment) = (swap.delivery.id(), swap.payment.id());

	world.tell_alpha(&[delivery]).expect("the payment is registered");
	assert_eq!(
		world.alpha.events(),
		[Event::ViewAdvanced { system: BETA, number: 2 }, Event::Committed { id: delivery, at: 3 }]
	);
	world.tell_beta(&[payment]).expect("the delivery is registered");
	world.seal();

	world.tell_alpha(&[delivery]).expect("the payment is committed");
	assert_eq!(world.alpha.events().last(), Some(&Event::Settled { id: delivery }));
	world.tell_beta(&[payment]).expect("the delivery is committed");
	assert_settled(&mut world, &swap);
	assert_eq!((world.alpha.now(), world.beta.now()), (4, 4));
	assert_eq!(world.alpha.position(swap.delivery.contract.log), Some(3));
	assert_eq!(world.alpha.position(swap.delivery.contract.reversal), None);
}

#[test]
fn an_exchange_at_expiry_settles_only_after_both_expiries() {
	let swap = Exchange::until(10, 14).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	for height in 4..=14 {
		world.advance_to(height);
		world.tell_alpha(&[swap.delivery.id()]).expect_err("beta has not proven block 14");
		world.tell_beta(&[swap.payment.id()]).expect_err("beta's expiry has not passed");
	}
	world.seal();
	world.tell_alpha(&[swap.delivery.id()]).expect("both expiries have passed");
	world.tell_beta(&[swap.payment.id()]).expect("both expiries have passed");
	assert_settled(&mut world, &swap);
}

#[test]
fn each_payer_chooses_when_to_settle() {
	let swap = Exchange::until(10, 10).settling(Settlement::Early, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	world.tell_beta(&[swap.payment.id()]).expect_err("this payer waits");
	world.advance_to(11);
	world.tell_beta(&[swap.payment.id()]).expect("both expiries have passed");
	assert_settled(&mut world, &swap);
}

#[test]
fn commits_exactly_at_the_expiries_are_in_time_on_both_sides() {
	for settlement in [Settlement::Early, Settlement::AtExpiry] {
		let swap = Exchange::until(10, 10).settling(settlement, settlement);
		let mut world = World::new().registered(&swap).at(10);
		world.tell_alpha(&[swap.delivery.id()]).expect("this is the last block for it");
		world.tell_beta(&[swap.payment.id()]).expect("this is the last block for it");
		assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 10 }));
		assert_eq!(world.beta.phase(&swap.payment), Some(Phase::Committed { at: 10 }));
		world.seal();
		world.tell_alpha(&[swap.delivery.id()]).expect("the payment was committed in time");
		world.tell_beta(&[swap.payment.id()]).expect("the delivery was committed in time");
		assert_settled(&mut world, &swap);
	}
}

#[test]
fn a_lock_is_released_long_after_the_expiries() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap).at(25);
	world.tell_alpha(&[swap.delivery.id()]).expect("what was committed in time stands");
	world.tell_beta(&[swap.payment.id()]).expect("what was committed in time stands");
	assert_settled(&mut world, &swap);
}

#[test]
fn one_piece_of_evidence_moves_several_contracts() {
	let swaps = [1, 2, 3].map(|number| Exchange::numbered(number, 60, 60));
	let mut world = World::new();
	for swap in &swaps {
		world = world.registered(swap);
	}
	let deliveries = world.alpha.waiting(BETA);
	let payments = world.beta.waiting(ALPHA);
	assert_eq!((deliveries.len(), payments.len()), (3, 3));
	for _ in 0..2 {
		world.tell_alpha(&deliveries).expect("all three move");
		world.tell_beta(&payments).expect("all three move");
		world.seal();
	}
	assert_eq!((world.alpha.waiting(BETA), world.beta.waiting(ALPHA)), (vec![], vec![]));
	assert_eq!([ALICE, BOB].map(|who| world.alpha.free(who)), [700, 1_300]);
	assert_eq!([ALICE, BOB].map(|who| world.beta.free(who)), [1_120, 880]);
}

#[test]
fn one_piece_of_evidence_commits_and_settles_at_once() {
	let [first, second] = [1, 2].map(|number| Exchange::numbered(number, 60, 60));
	let mut world = World::new().registered(&first).committed(&first).registered(&second);
	let ids = world.alpha.waiting(BETA);
	world.tell_alpha(&ids).expect("one settles and one commits");
	assert_eq!(world.alpha.outcome(&first.delivery), Some(Outcome::Settled));
	assert!(matches!(world.alpha.phase(&second.delivery), Some(Phase::Committed { .. })));
}

#[test]
fn committed_value_is_with_neither_party() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	assert_eq!(([ALICE, BOB].map(|who| world.alpha.free(who)), world.alpha.taken()), TAKEN);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	assert_eq!(([ALICE, BOB].map(|who| world.alpha.free(who)), world.alpha.taken()), TAKEN);
	let spend =
		|amount| move || Balances::transfer_allow_death(RuntimeOrigin::signed(BOB), CAROL, amount);
	world.alpha.run(spend(1_001)).expect_err("more than that is not his");
	world.alpha.run(spend(1_000)).expect("his own value stays his own");
}

/// What Alice and Bob have, and the pallet's account, when 100 are taken from Alice.
const TAKEN: ([Balance; 2], Balance) = ([900, 1_000], 100);

#[test]
fn taken_value_cannot_be_spent_by_the_payer() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let spend = |amount| {
		move || Balances::transfer_allow_death(RuntimeOrigin::signed(ALICE), CAROL, amount)
	};
	world.alpha.run(spend(901)).expect_err("the rest is taken");
	world.alpha.run(spend(890 - DEPOSIT)).expect("this is free");
	world.tell_alpha(&[swap.delivery.id()]).expect("what is taken is there");
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (10 + DEPOSIT, 100));
}

#[test]
fn all_that_an_account_may_give_is_delivered() {
	let mut swap = Exchange::until(60, 60);
	swap.delivery = swap.delivery.with_action(ALICE, BOB, 990 - DEPOSIT);
	swap.payment.contract = swap.delivery.contract.mirror(ALPHA);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	assert_eq!([ALICE, BOB].map(|who| world.alpha.free(who)), [10 + DEPOSIT, 1_990 - DEPOSIT]);
}

/// How many subtrees and single hashes bridge a gap.
fn hashes(evidence: &Evidence) -> [usize; 2] {
	let Link::Above { extension, .. } = &evidence.link else { panic!("the header is new") };
	[extension.nodes.len(), extension.tail.len()]
}

#[test]
fn an_exchange_settles_over_long_gaps_and_changing_authorities() {
	let swap = Exchange::until(90, 90);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	world.advance_to(20);
	world.tell_beta(&[swap.payment.id()]).expect("the extension bridges the gap");
	world.beta.hand_over(&[Key::Ferdie]);
	let evidence = world.evidence(&[]);
	assert_eq!(hashes(&evidence), [0, 16]);
	world.submit(evidence, &[]).expect("the gap is bridged, and the change is followed");
	world.advance_to(45);
	let evidence = world.evidence(&[swap.delivery.id()]);
	assert_eq!(hashes(&evidence), [4, 16]);
	world.submit(evidence, &[swap.delivery.id()]).expect("the gap is bridged");
	world.advance_to(44);
	let back = world.alpha.evidence(43, &mut world.beta, &[swap.payment.id()]);
	world.beta.submit(ALPHA, back, &[swap.payment.id()]).expect("the gap is bridged");
	assert_settled(&mut world, &swap);
}

#[test]
fn evidence_that_was_delivered_is_not_delivered_again() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).committed(&swap);
	let ids = [swap.delivery.id()];
	let evidence = world.evidence(&ids);
	world.submit(evidence.clone(), &ids).expect("the payment is committed");
	world.refuse(&evidence, &ids, Error::NotWaiting);
	world.refuse(&evidence, &[], Error::NothingToGain);
}
