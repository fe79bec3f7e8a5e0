//! Exchanges of which one leg was committed and the other was not.

use super::{chain::*, world::*};
use crate::{
	mock::{Balances, RuntimeOrigin, EXPOSURE},
	Error, Event, Fact, Link, Outcome, Settlement, Stage,
};
use frame_support::traits::fungible::{InspectFreeze, MutateFreeze};

/// A world in which alpha has committed the delivery and beta has let the payment expire, after
/// both expiries.
fn one_sided(settlement: Settlement) -> (World, Exchange) {
	let swap = Exchange::until(10, 10).settling(settlement, settlement);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	world.advance_to(11);
	world.beta.conclude_half(&swap.payment).expect("its time is over");
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Expired));
	world.seal();
	(world, swap)
}

#[track_caller]
fn assert_undone(world: &mut World, swap: &Exchange) {
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	for who in [ALICE, BOB] {
		assert_eq!((world.alpha.free(who), world.alpha.taken()), (ENDOWMENT, 0));
		assert_eq!((world.beta.free(who), world.beta.taken()), (ENDOWMENT, 0));
	}
}

#[test]
fn evidence_that_the_peer_has_not_committed_reverses_what_was_committed() {
	let (mut world, swap) = one_sided(Settlement::Early);
	let id = swap.id();
	world.tell_alpha(&[id]).expect("beta never committed");
	let (reference, outcome) = (swap.delivery.contract.reference, Outcome::Reversed);
	let relied = Some(11);
	assert_eq!(world.alpha.events().last(), Some(&Event::Ended { id, reference, outcome, relied }));
	assert_undone(&mut world, &swap);
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Ended(outcome)));
}

/// What is reversed in haste gave a payer both values when a fork was shown afterwards.
#[test]
fn a_reversal_at_expiry_waits_as_a_settlement_does() {
	let (mut world, swap) = one_sided(Settlement::AtExpiry);
	let proven_at = world.alpha.now();
	world.tell_alpha(&[swap.id()]).expect("beta never committed");
	let pending = Event::VerdictPending { id: swap.id(), relied: Some(11) };
	assert_eq!(world.alpha.events().last(), Some(&pending));
	let leg = world.alpha.leg(&swap.delivery).expect("it is not decided");
	assert_eq!((leg.stage, leg.fact), (Stage::Committed { at: 3 }, Some(Fact::NotCommitted)));
	world.advance_to(proven_at + EXPOSURE);
	world.alpha.conclude_half(&swap.delivery).expect_err("a fork may still be exposed");
	world.seal();
	world.alpha.conclude_half(&swap.delivery).expect("the exposure is over");
	assert_undone(&mut world, &swap);
}

/// Nobody has to wait for the end of a time in which nothing can happen any more.
#[test]
fn a_peer_that_has_cancelled_or_expired_is_reversed_at_once() {
	for outcome in [Outcome::Cancelled, Outcome::Expired] {
		let swap = Exchange::until(60, 60);
		let mut world = World::new().registered(&swap);
		world.tell_alpha(&[swap.id()]).expect("the payment is registered");
		world.beta.pretend(&swap.payment, Stage::Ended(outcome));
		world.seal();
		world.tell_alpha(&[swap.id()]).expect("it stays until its expiry, and is not committed");
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
		assert_eq!(world.alpha.now(), 4);
	}
}

#[test]
fn evidence_of_absence_from_the_known_head_reverses_too() {
	let (mut world, swap) = one_sided(Settlement::Early);
	world.tell_alpha(&[]).expect("it is a step");
	let evidence = world.evidence(&[swap.delivery.id()]);
	assert_eq!(evidence.link, Link::Known);
	world.submit(evidence, &[swap.delivery.id()]).expect("nothing newer is known");
	assert_undone(&mut world, &swap);
}

#[test]
fn a_late_commit_of_a_faulty_peer_counts_as_none() {
	let (mut world, swap) = one_sided(Settlement::Early);
	world.beta.pretend(&swap.payment, Stage::Committed { at: 11 });
	world.beta.seal();
	world.tell_alpha(&[swap.id()]).expect("it came after the expiry");
	assert_undone(&mut world, &swap);
}

#[test]
fn a_commit_at_the_peers_expiry_counts_even_if_the_own_expiry_is_earlier() {
	let swap = Exchange::until(6, 12);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	world.advance_to(12);
	world.tell_beta(&[swap.payment.id()]).expect("this is the last block for it");
	world.seal();
	world.tell_alpha(&[swap.delivery.id()]).expect("beta's log is measured by beta's expiry");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
}

#[test]
fn a_peer_that_reversed_is_reversed() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap).at(11);
	// Only a faulty peer reverses what was committed on both sides.
	world.beta.pretend(&swap.payment, Stage::Ended(Outcome::Reversed));
	world.beta.seal();
	world.tell_alpha(&[swap.delivery.id()]).expect("the peer's log does not stand");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT);
}

/// The table's first row in the issue: the payer takes back, and an older header hides it.
#[test]
fn an_older_block_does_not_hide_that_the_peer_takes_back() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let older = world.beta.sealed();
	world.beta.cancel(&swap.payment).expect("it is his");
	world.advance_to(20);
	let ids = [swap.id()];
	let newest = world.evidence(&ids);
	world.refuse(&newest, &ids, Error::PeerNotRegistered);
	world.tell_alpha(&[]).expect("it is a step");
	let older = world.evidence_at(older, &ids);
	world.refuse(&older, &ids, Error::EvidenceStale);
}

#[test]
fn a_peer_that_expired_and_one_that_committed_both_end_without_effect() {
	let swap = Exchange::until(10, 6);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is registered");
	world.beta.advance_to(8);
	world.beta.conclude_half(&swap.payment).expect("its time is over");
	world.seal();
	world.tell_alpha(&[swap.id()]).expect("beta never committed");
	assert_undone(&mut world, &swap);
}

#[test]
fn a_freeze_on_the_receiver_does_not_stop_a_reversal() {
	let (mut world, swap) = one_sided(Settlement::Early);
	world.alpha.run(|| {
		Balances::set_freeze(&1, &BOB, 1_100).expect("freezes overlap holds");
		assert_eq!(Balances::balance_frozen(&1, &BOB), 1_100);
	});
	world.tell_alpha(&[swap.delivery.id()]).expect("the value was never his");
	assert_undone(&mut world, &swap);
}

#[test]
fn a_reversal_reaches_a_payer_who_has_spent_everything_else() {
	let (mut world, swap) = one_sided(Settlement::Early);
	let away =
		world.alpha.run(|| Balances::transfer_all(RuntimeOrigin::signed(ALICE), CAROL, false));
	away.expect("nothing of it is held");
	assert_eq!(world.alpha.free(ALICE), 0);
	world.tell_alpha(&[swap.delivery.id()]).expect("the value is hers again");
	assert_eq!(world.alpha.free(ALICE), 100);
	assert_eq!((world.alpha.free(BOB), world.alpha.taken()), (ENDOWMENT, 0));
}

/// A payer who could take it out of reach after registering would have a free option.
#[test]
fn a_freeze_on_the_payer_hinders_neither_commit_nor_delivery() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap);
	world.alpha.run(|| Balances::set_freeze(&1, &ALICE, 2 * ENDOWMENT).expect("it is hers"));
	let mut world = world.committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	assert_eq!((world.alpha.free(BOB), world.alpha.taken()), (ENDOWMENT + 100, 0));
}

/// And get back what is frozen by then.
#[test]
fn a_freeze_on_the_payer_does_not_stop_a_reversal() {
	let (mut world, swap) = one_sided(Settlement::Early);
	world.alpha.run(|| Balances::set_freeze(&1, &ALICE, 2 * ENDOWMENT).expect("it is hers"));
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment never came");
	assert_undone(&mut world, &swap);
}

#[test]
fn several_contracts_are_reversed_by_one_proof_of_absence() {
	let swaps = [1, 2].map(|number| Exchange::numbered(number, 10, 10));
	let mut world = World::new();
	for swap in &swaps {
		world = world.registered(swap);
	}
	let ids = world.alpha.open(BETA);
	world.tell_alpha(&ids).expect("both payments are registered");
	world.advance_to(11);
	world.tell_alpha(&ids).expect("beta never committed");
	assert_eq!([ALICE, BOB].map(|who| world.alpha.free(who)), [ENDOWMENT, ENDOWMENT]);
	assert_eq!(world.alpha.open(BETA), []);
}
