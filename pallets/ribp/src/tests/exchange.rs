//! Exchanges that settle.

use super::{chain::*, world::*};
use crate::{
	mock::{Balance, Balances, RuntimeOrigin, EXPOSURE},
	Error, Event, Evidence, Fact, Link, Outcome, Settlement, Stage,
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
		[
			Event::ViewAdvanced { system: BETA, number: 2 },
			Event::Committed { id: delivery, at: 3, relied: Some(2) }
		]
	);
	world.tell_beta(&[payment]).expect("the delivery is registered");
	world.seal();

	world.tell_alpha(&[delivery]).expect("the payment is committed");
	let (reference, outcome) = (swap.delivery.contract.reference, Outcome::Settled);
	let ended = Event::Ended { id: delivery, reference, outcome, relied: Some(3) };
	assert_eq!(world.alpha.events().last(), Some(&ended));
	world.tell_beta(&[payment]).expect("the delivery is committed");
	assert_settled(&mut world, &swap);
	assert_eq!((world.alpha.now(), world.beta.now()), (4, 4));
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Ended(Outcome::Settled)));
}

#[test]
fn who_answers_firmly_settles_by_one_piece_of_evidence_each_way() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.seal();
	world.tell_beta(&[]).expect_err("it is no step");
	world.beta.register(&swap.payment.clone().firm()).expect("the delivery is final");
	assert_eq!(world.beta.stage(&swap.payment), Some(Stage::Committed { at: 3 }));
	let committed = Event::Committed { id: swap.id(), at: 3, relied: None };
	assert!(world.beta.events().contains(&committed));
	world.seal();
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	let committed = Event::Committed { id: swap.id(), at: 4, relied: Some(3) };
	assert!(!world.alpha.events().contains(&committed), "in one step");
	world.seal();
	world.tell_beta(&[swap.id()]).expect("the delivery is settled");
	assert_settled(&mut world, &swap);
}

#[test]
fn what_was_firmly_answered_in_vain_is_undone() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.beta.register(&swap.payment.clone().firm()).expect("he risks it");
	world.advance_to(11);
	world.alpha.conclude_half(&swap.delivery).expect("nobody has told alpha");
	world.seal();
	world.tell_beta(&[swap.id()]).expect("the delivery has expired");
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Reversed));
	assert_eq!((world.alpha.free(ALICE), world.beta.free(BOB)), (ENDOWMENT, ENDOWMENT));
}

#[test]
fn an_exchange_both_halves_of_which_are_firm_settles() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new();
	world.alpha.register(&swap.delivery.clone().firm()).expect("she risks it");
	world.beta.register(&swap.payment.clone().firm()).expect("he risks it");
	world.seal();
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	assert_settled(&mut world, &swap);
}

#[test]
fn an_exchange_at_expiry_settles_only_after_both_expiries_and_the_exposure() {
	let swap = Exchange::until(20, 24).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.leg(&swap.delivery).and_then(|leg| leg.fact), Some(Fact::Committed));
	world.advance_to(16);
	let proven_at = world.beta.now();
	world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	world.tell_beta(&[swap.id()]).expect_err("that is known");
	world.advance_to(20);
	world.alpha.conclude_half(&swap.delivery).expect_err("the own expiry has not passed");
	world.seal();
	world.alpha.conclude_half(&swap.delivery).expect("it has");
	world.advance_to(proven_at + EXPOSURE);
	world.beta.conclude_half(&swap.payment).expect_err("a fork may still be exposed");
	world.seal();
	world.beta.conclude_half(&swap.payment).expect("the exposure is over");
	assert_settled(&mut world, &swap);
}

#[test]
fn a_leg_that_commits_by_a_commit_tells_of_both() {
	let swap = Exchange::until(20, 20).settling(Settlement::AtExpiry, Settlement::Early);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.beta.register(&swap.payment.clone().firm()).expect("he risks it");
	world.seal();
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	let (id, relied) = (swap.id(), Some(2));
	let told = [Event::Committed { id, at: 3, relied }, Event::VerdictPending { id, relied }];
	assert_eq!(world.alpha.events()[1..], told);
}

#[test]
fn the_parties_agree_when_each_leg_settles() {
	let swap = Exchange::until(20, 20).settling(Settlement::Early, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	assert_eq!(world.beta.outcome(&swap.payment), None);
	world.advance_to(21);
	world.beta.conclude_half(&swap.payment).expect("both expiries have passed");
	assert_settled(&mut world, &swap);
}

#[test]
fn commits_exactly_at_the_expiries_are_in_time_on_both_sides() {
	for settlement in [Settlement::Early, Settlement::AtExpiry] {
		let swap = Exchange::until(10, 10).settling(settlement, settlement);
		let mut world = World::new().registered(&swap).at(10);
		world.tell_alpha(&[swap.delivery.id()]).expect("this is the last block for it");
		world.tell_beta(&[swap.payment.id()]).expect("this is the last block for it");
		assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 10 }));
		assert_eq!(world.beta.stage(&swap.payment), Some(Stage::Committed { at: 10 }));
		world.seal();
		world.tell_alpha(&[swap.delivery.id()]).expect("the payment was committed in time");
		world.tell_beta(&[swap.payment.id()]).expect("the delivery was committed in time");
		if settlement == Settlement::AtExpiry {
			world.advance_to(12 + EXPOSURE);
			world.alpha.conclude_half(&swap.delivery).expect("the verdict is due");
			world.beta.conclude_half(&swap.payment).expect("the verdict is due");
		}
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
	let deliveries = world.alpha.open(BETA);
	let payments = world.beta.open(ALPHA);
	assert_eq!((deliveries.len(), payments.len()), (3, 3));
	for _ in 0..2 {
		world.tell_alpha(&deliveries).expect("all three move");
		world.tell_beta(&payments).expect("all three move");
		world.seal();
	}
	assert_eq!((world.alpha.open(BETA), world.beta.open(ALPHA)), (vec![], vec![]));
	assert_eq!([ALICE, BOB].map(|who| world.alpha.free(who)), [700, 1_300]);
	assert_eq!([ALICE, BOB].map(|who| world.beta.free(who)), [1_120, 880]);
}

#[test]
fn one_piece_of_evidence_commits_and_settles_at_once() {
	let [first, second] = [1, 2].map(|number| Exchange::numbered(number, 60, 60));
	let mut world = World::new().registered(&first).committed(&first).registered(&second);
	let ids = world.alpha.open(BETA);
	world.tell_alpha(&ids).expect("one settles and one commits");
	assert_eq!(world.alpha.outcome(&first.delivery), Some(Outcome::Settled));
	assert!(matches!(world.alpha.stage(&second.delivery), Some(Stage::Committed { .. })));
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
	world.alpha.run(spend(890)).expect("this is free");
	world.tell_alpha(&[swap.delivery.id()]).expect("what is taken is there");
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (10, 100));
}

#[test]
fn all_that_an_account_may_give_is_delivered() {
	let swap = Exchange::until(60, 60);
	let all = swap.delivery.with_action(ALICE, BOB, 990).log;
	let swap = swap.delivering(all);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	assert_eq!([ALICE, BOB].map(|who| world.alpha.free(who)), [10, 1_990]);
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
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled), "in one step");
	world.beta.hand_over(&[Key::Ferdie]);
	let evidence = world.evidence(&[]);
	assert_eq!(hashes(&evidence), [0, 16]);
	world.submit(evidence, &[]).expect("the gap is bridged, and the change is followed");
	world.advance_to(45);
	let evidence = world.evidence(&[swap.delivery.id()]);
	assert_eq!(hashes(&evidence), [4, 16]);
	world.submit(evidence, &[swap.delivery.id()]).expect("the gap is bridged");
	world.advance_to(44);
	assert_settled(&mut world, &swap);
}

#[test]
fn evidence_that_was_delivered_is_not_delivered_again() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).committed(&swap);
	let ids = [swap.delivery.id()];
	let evidence = world.evidence(&ids);
	world.submit(evidence.clone(), &ids).expect("the payment is committed");
	world.refuse(&evidence, &ids, Error::UnknownContract);
	world.refuse(&evidence, &[], Error::JustificationNotNeeded);
	world.refuse(&Evidence { link: Link::Known, ..evidence }, &[], Error::NothingToGain);
}
