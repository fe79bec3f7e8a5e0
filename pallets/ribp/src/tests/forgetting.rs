//! What ended contracts leave behind, for how long, and at whose expense.

use super::{altered::*, chain::*, world::*};
use crate::{
	mock::{RuntimeOrigin, Test, DEPOSIT},
	Call, Error, Event, LogHash, LogUses, Outcome, Settlement,
};
use sp_runtime::DispatchError;

/// A world in which an exchange has settled on both sides, long before its expiries.
fn settled(h1: u32, h2: u32) -> (World, Exchange) {
	let swap = Exchange::until(h1, h2);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	world.tell_beta(&[swap.payment.id()]).expect("the delivery is committed");
	world.seal();
	(world, swap)
}

#[test]
fn nothing_is_left_once_both_chains_know_that_the_other_has_ended() {
	let (mut world, swap) = settled(10, 10);
	let (delivery, payment) = ([swap.delivery.id()], [swap.payment.id()]);
	world.advance_to(11);
	assert_eq!(world.alpha.ended(BETA), delivery);
	world.tell_alpha(&delivery).expect("the payment has ended");
	assert!(world.alpha.events().contains(&Event::Forgotten { id: delivery[0] }));
	world.alpha.assert_empty();
	world.seal();
	world.tell_beta(&payment).expect("the delivery has ended, and is forgotten");
	world.beta.assert_empty();
}

#[test]
fn a_reversed_contract_is_forgotten_once_its_mirror_has_expired() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap);
	let ids = [swap.delivery.id()];
	world.tell_alpha(&ids).expect("the payment is registered");
	world.advance_to(11);
	let of_the_expiry = world.evidence_at(10, &ids);
	world.submit(of_the_expiry, &ids).expect("beta never committed");
	// In beta's block 10 the payment still waits; in block 11 it has expired.
	let early = world.evidence_at(10, &ids);
	world.refuse(&early, &ids, Error::MirrorNotEnded);
	world.seal();
	world.tell_alpha(&ids).expect("the payment has expired");
	world.alpha.assert_empty();
	world.beta.assert_empty();
}

#[test]
fn positions_stay_until_the_own_expiry() {
	let (mut world, swap) = settled(20, 10);
	let ids = [swap.delivery.id()];
	world.advance_to(20);
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::NotWaiting);
	for log in [ids[0].into(), swap.delivery.contract.log] {
		assert!(world.alpha.position(log).is_some(), "{log:?}");
	}
	world.refuse_registration(&swap.delivery, Error::ExpiryPassed);
	world.alpha.seal();
	world.submit(evidence, &ids).expect("the expiry has passed");
}

#[test]
fn positions_stay_while_the_mirror_may_ask_for_them() {
	let swap = Exchange::until(6, 14).settling(Settlement::Early, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	let (delivery, payment) = ([swap.delivery.id()], [swap.payment.id()]);
	world.tell_alpha(&delivery).expect("the payment is committed");
	world.advance_to(15);
	let evidence = world.evidence(&delivery);
	world.refuse(&evidence, &delivery, Error::MirrorNotEnded);
	world.tell_beta(&payment).expect("the delivery's position still stands");
	assert_eq!(world.beta.ended(ALPHA), payment);
	world.seal();
	world.tell_alpha(&delivery).expect("the payment has ended now");
	world.alpha.assert_empty();
}

/// Root, or a verdict, follows another branch of the peer, on which the payment comes later: its
/// absence below the peer's expiry is no end.
#[test]
fn a_branch_that_does_not_know_the_mirror_yet_makes_nothing_forgotten() {
	let (mut world, swap) = settled(10, 20);
	let (delivery, payment) = ([swap.delivery.id()], [swap.payment.id()]);
	world.alpha.advance_to(11);
	world.beta = beta_chain();
	world.beta.seal();
	world.beta.knows(&World::new().alpha);
	world.beta.seal();
	let renew = Call::renew_system { system: BETA, anchor: world.beta.anchor() };
	world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("root may go anywhere");
	world.beta.advance_to(12);
	let early = world.evidence(&delivery);
	world.refuse(&early, &delivery, Error::BeforeExpiry);
	world.beta.register(&swap.payment).expect("its expiry has not passed");
	world.seal();
	world.tell_beta(&payment).expect("the delivery is registered, and stays");
	world.seal();
	world.tell_beta(&payment).expect("the delivery is committed, and stays");
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
	world.advance_to(21);
	world.tell_alpha(&delivery).expect("the payment has ended");
	world.alpha.assert_empty();
}

#[test]
fn an_end_that_older_evidence_shows_is_not_believed() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.seal();
	// In beta's block 2 no payment waits yet.
	let before = world.beta.sealed();
	world.beta.register(&swap.payment).expect("it is new");
	world.seal();
	let (delivery, payment) = ([swap.delivery.id()], [swap.payment.id()]);
	world.tell_alpha(&delivery).expect("the payment is registered");
	world.tell_beta(&payment).expect("the delivery is registered");
	world.seal();
	world.tell_alpha(&delivery).expect("the payment is committed");
	world.alpha.advance_to(11);
	let older = world.evidence_at(before, &delivery);
	world.refuse(&older, &delivery, Error::BeforeExpiry);
	world.beta.advance_to(11);
	let newest = world.evidence(&delivery);
	world.refuse(&newest, &delivery, Error::MirrorNotEnded);
}

#[test]
fn a_mirror_that_the_proof_leaves_out_is_not_taken_for_ended() {
	let (mut world, swap) = settled(10, 10);
	let ids = [swap.delivery.id()];
	let waits = Exchange::numbered(1, 90, 90);
	world.beta.register(&waits.payment).expect("it is new");
	world.advance_to(12);
	let evidence = world.evidence(&ids);
	let evidence = silent(&world, &evidence);
	world.refuse(&evidence, &ids, Error::IncompleteProof);
}

#[test]
fn a_forgotten_log_can_be_agreed_upon_again() {
	let (mut world, swap) = settled(10, 10);
	let (delivery, payment) = ([swap.delivery.id()], [swap.payment.id()]);
	let again = |half: &Half| half.with_contract(|c| (c.h1, c.h2) = (30, 30));
	let again = Exchange { delivery: again(&swap.delivery), payment: again(&swap.payment) };
	world.refuse_registration(&again.delivery, Error::LogInUse);
	world.advance_to(11);
	world.refuse_registration(&again.delivery, Error::LogInUse);
	world.tell_alpha(&delivery).expect("the payment has ended");
	world.seal();
	world.tell_beta(&payment).expect("the delivery has ended");
	let mut world = world.registered(&again).committed(&again);
	world.tell_alpha(&[again.delivery.id()]).expect("the payment is committed again");
	assert_eq!(world.alpha.free(BOB), ENDOWMENT + 200);
}

#[test]
fn the_deposit_is_the_payers_from_registration_until_the_contract_is_forgotten() {
	let (mut world, swap) = settled(10, 10);
	assert_eq!([ALICE, BOB].map(|who| world.alpha.deposit(who)), [DEPOSIT, 0]);
	assert_eq!([ALICE, BOB].map(|who| world.beta.deposit(who)), [0, DEPOSIT]);
	world.advance_to(11);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment has ended");
	assert_eq!(world.alpha.deposit(ALICE), 0);
	assert_eq!(world.beta.deposit(BOB), DEPOSIT);
}

#[test]
fn a_log_names_its_contract_and_who_has_paid_the_deposit() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap);
	let log = swap.delivery.contract.log;
	let log_use = world.alpha.run(|| LogUses::<Test>::get(log)).expect("it is in use");
	assert_eq!((log_use.contract, log_use.depositor), (swap.delivery.id(), ALICE));
	world.alpha.advance_to(11);
	assert_eq!(world.alpha.run(|| LogUses::<Test>::get(log)), None);
}

#[test]
fn a_payer_without_the_deposit_is_refused() {
	let mut world = World::new();
	let spend_all = |chain: &mut Chain| {
		let (from, all) = (RuntimeOrigin::signed(ALICE), false);
		chain.run(|| crate::mock::Balances::transfer_all(from, CAROL, all))
	};
	let Exchange { delivery, .. } = Exchange::until(20, 20);
	world.alpha.register(&delivery.with_action(ALICE, BOB, 100)).expect("she has 1,000");
	assert_eq!(spend_all(&mut world.alpha), Ok::<_, DispatchError>(()));
	let second = Exchange::numbered(1, 20, 20).delivery;
	world.refuse_registration(&second, Error::InsufficientDeposit);
}

#[test]
fn a_contract_that_was_never_committed_leaves_no_position_behind() {
	let [expires, cancelled] = [1, 2].map(|number| Exchange::numbered(number, 10, 10).delivery);
	let mut world = World::new();
	for half in [&expires, &cancelled] {
		world.alpha.register(half).expect("it is new");
	}
	let (peer, id) = (BETA, cancelled.id());
	let cancel = crate::Call::cancel { peer, id };
	world.alpha.dispatch(RuntimeOrigin::signed(ALICE), cancel).expect("it is hers");
	assert_eq!(world.alpha.position(LogHash::from(id)), None);
	world.refuse_registration(&cancelled, Error::LogInUse);
	world.advance_to(11);
	world.alpha.assert_empty();
}
