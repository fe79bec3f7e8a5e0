//! What ends by time alone: contracts that have expired, and those whose verdict is due.

use super::{
	authorize::apply_general,
	chain::*,
	forks::{expose, open_branches, Forked},
	world::*,
};
use crate::{
	mock::{Balance, Refused, RuntimeCall, RuntimeOrigin, Test, EXPOSURE, MAX_CONTRACTS, OUTCOMES},
	pool::PRIORITY,
	Call, ContractId, Error, Event, Fact, Height, Outcome, Settlement, Stage,
};
use codec::Encode;
use frame_support::{
	assert_noop, dispatch::Pays, pallet_prelude::InvalidTransaction, storage::unhashed,
};
use frame_system::{offchain::CreateAuthorizedTransaction, RawOrigin};
use sp_core::H256;
use sp_runtime::{traits::Dispatchable, DispatchError};

/// Asserts that a chain refuses to end contracts with beta by this name: at the pool, and when the
/// call is carried out.
#[track_caller]
pub fn refuse_conclusion(chain: &mut Chain, ids: &[ContractId], error: Error<Test>) {
	chain.refuse(conclusion(BETA, ids), error);
}

/// Asserts that this ends in block `height`, and not before.
#[track_caller]
fn is_over_at(alpha: &mut Chain, half: &Half, height: Height) {
	while alpha.now() < height {
		refuse_conclusion(alpha, &[half.id()], Error::NotOver);
		alpha.seal();
	}
	alpha.conclude_half(half).expect("it is over");
}

/// Deliveries of one payer that nobody answers, in the order of their ids.
fn lonely<const COUNT: usize>(alpha: &mut Chain, h1: Height) -> [Half; COUNT] {
	let mut number = 0;
	let mut halves = [(); COUNT].map(|()| {
		number += 1;
		Exchange::numbered(number, h1, 60).delivery
	});
	halves.sort_by_key(Half::id);
	for half in &halves {
		alpha.register(half).expect("it is new");
	}
	halves
}

fn ids<'a>(halves: impl IntoIterator<Item = &'a Half>) -> Vec<ContractId> {
	halves.into_iter().map(Half::id).collect()
}

#[test]
fn nothing_ends_by_itself() {
	let mut world = World::new();
	let [half] = lonely(&mut world.alpha, 10);
	world.alpha.advance_to(60);
	assert_eq!(world.alpha.stage(&half), Some(Stage::Registered));
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (900, 100));
	assert_eq!(world.alpha.outcome(&half), None);
}

#[test]
fn a_contract_that_only_one_side_registers_expires() {
	let mut world = World::new();
	let [half] = lonely(&mut world.alpha, 10);
	is_over_at(&mut world.alpha, &half, 11);
	let (id, reference, outcome) = (half.id(), half.contract.reference, Outcome::Expired);
	let ended = Event::Ended { id, reference, outcome, relied: None };
	assert_eq!(world.alpha.events(), [ended]);
	assert_eq!(world.alpha.stage(&half), Some(Stage::Ended(Outcome::Expired)));
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
	assert_eq!(world.alpha.free(BOB), ENDOWMENT);
	assert_eq!(world.alpha.view_of(BETA).number(), 1, "nobody was asked");
}

#[test]
fn one_block_after_the_expiry_is_too_late_on_both_sides() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).at(10);
	// The evidence is of a block in time; it comes one block too late.
	let ids = [swap.id()];
	let evidence = world.evidence(&ids);
	world.advance_to(11);
	world.refuse(&evidence, &ids, Error::ContractExpired);
	world.alpha.conclude_half(&swap.delivery).expect("its expiry has passed");
	world.beta.conclude_half(&swap.payment).expect("its expiry has passed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Expired));
	for who in [ALICE, BOB] {
		assert_eq!((world.alpha.free(who), world.beta.free(who)), (ENDOWMENT, ENDOWMENT));
	}
}

#[test]
fn a_committed_contract_does_not_expire() {
	let swap = Exchange::until(6, 60);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is registered");
	for height in [6, 7, 40] {
		world.alpha.advance_to(height);
		refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
	}
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
}

#[test]
fn contracts_expire_at_their_own_heights() {
	let mut world = World::new();
	let halves = [5, 7, 30].map(|h1| Exchange::numbered(h1 as u8, h1, 60).delivery);
	for half in &halves {
		world.alpha.register(half).expect("it is new");
	}
	for half in &halves {
		is_over_at(&mut world.alpha, half, half.terms().own.expiry + 1);
	}
}

#[test]
fn an_expired_contract_cannot_be_registered_again_and_a_later_one_can() {
	let mut world = World::new();
	let [half] = lonely(&mut world.alpha, 4);
	world.alpha.advance_to(5);
	world.refuse_registration(&half, Error::ExpiryPassed);
	world.alpha.conclude_half(&half).expect("its expiry has passed");
	world.refuse_registration(&half, Error::ExpiryPassed);
	let longer = half.with_leg(|leg| leg.expiry = 20);
	world.alpha.register(&longer).expect("it is another contract");
}

/// Without waiting for the own expiry: what the peer has ended without a commit it never commits.
#[test]
fn evidence_that_the_peers_leg_has_ended_ends_a_contract_at_once() {
	let swap = Exchange::until(60, 10);
	let mut world = World::new().registered(&swap).at(11);
	world.beta.conclude_half(&swap.payment).expect("its expiry has passed");
	world.beta.seal();
	world.tell_alpha(&[swap.id()]).expect("the payment has expired");
	let (id, reference, outcome) = (swap.id(), swap.delivery.contract.reference, Outcome::Expired);
	let ended = Event::Ended { id, reference, outcome, relied: Some(11) };
	assert_eq!(world.alpha.events().last(), Some(&ended));
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
}

#[test]
fn evidence_that_there_is_no_other_leg_ends_a_contract_at_the_peers_expiry() {
	let swap = Exchange::until(60, 10);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.advance_to(10);
	let ids = [swap.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerNotRegistered);
	world.seal();
	world.tell_alpha(&ids).expect("the payment cannot come any more");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
}

#[test]
fn one_message_ends_many() {
	let mut world = World::new();
	let halves: [_; MAX_CONTRACTS as usize] = lonely(&mut world.alpha, 10);
	world.alpha.advance_to(11);
	world.alpha.conclude(BETA, &ids(&halves)).expect("all have expired");
	for half in &halves {
		assert_eq!(world.alpha.outcome(half), Some(Outcome::Expired));
	}
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
}

#[test]
fn a_message_ends_all_that_it_names_or_nothing() {
	let mut world = World::new();
	let expired: [_; 2] = lonely(&mut world.alpha, 10);
	let later = Exchange::numbered(9, 11, 60).delivery;
	world.alpha.register(&later).expect("it is new");
	world.alpha.advance_to(11);
	let mut all = ids(expired.iter().chain([&later]));
	all.sort();
	refuse_conclusion(&mut world.alpha, &all, Error::NotOver);
	assert_eq!(world.alpha.open(BETA), all);
	world.alpha.seal();
	world.alpha.conclude(BETA, &all).expect("now all have expired");
	assert_eq!(world.alpha.ended(BETA), all);
}

#[test]
fn what_is_not_over_or_not_there_is_refused_by_name() {
	let mut world = World::new();
	let [half, other] = lonely(&mut world.alpha, 10);
	world.alpha.advance_to(11);
	let (alpha, [first, second]) = (&mut world.alpha, [half.id(), other.id()]);
	let nobody = ContractId { hash: H256::repeat_byte(0xff), ..first };
	let with_wrong_epoch = ContractId { epochs: [first.epochs[0]; 2], ..first };
	assert_ne!(with_wrong_epoch, first);
	for (named, error) in [
		(vec![], Error::NothingToGain),
		(vec![nobody], Error::UnknownContract),
		(vec![with_wrong_epoch], Error::UnknownContract),
		(vec![first, second, nobody], Error::UnknownContract),
		(vec![second, first], Error::ContractsNotSorted),
		(vec![first, first], Error::ContractsNotSorted),
		(vec![first; MAX_CONTRACTS as usize + 1], Error::TooManyContracts),
	] {
		refuse_conclusion(alpha, &named, error);
	}
	alpha.refuse(conclusion(TWIN, &[first]), Error::UnknownSystem);
	alpha.conclude_half(&half).expect("its expiry has passed");
	refuse_conclusion(alpha, &[first], Error::NotOver);
	refuse_conclusion(alpha, &[first, second], Error::NotOver);
}

#[test]
fn a_message_says_how_much_work_it_is() {
	let mut world = World::new();
	let halves: [_; 2] = lonely(&mut world.alpha, 10);
	world.alpha.advance_to(11);
	let call = |work| Call::conclude { peer: BETA, contracts: ids(&halves), work };
	for (work, error) in [
		(0, Error::WorkUnderstated),
		(1, Error::WorkUnderstated),
		(3, Error::WorkOverstated),
		(MAX_CONTRACTS + 1, Error::TooManyContracts),
	] {
		world.alpha.refuse(call(work), error);
	}
	world.alpha.dispatch(RuntimeOrigin::signed(CAROL), call(2)).expect("it is as much");
}

#[test]
fn to_end_a_contract_is_free_for_whoever_does_it() {
	let mut world = World::new();
	let halves: [_; 3] = lonely(&mut world.alpha, 10);
	world.alpha.advance_to(11);
	let origins =
		[RuntimeOrigin::signed(NOBODY), RuntimeOrigin::signed(BOB), RawOrigin::Authorized.into()];
	for (half, origin) in halves.iter().zip(origins) {
		let done = world.alpha.dispatch(origin, conclusion(BETA, &[half.id()]));
		assert_eq!(done.expect("it has expired").pays_fee, Pays::No);
	}
	let refused = world.alpha.conclude_half(&halves[0]).expect_err("it has ended");
	assert_eq!(refused.post_info.pays_fee, Pays::Yes);
	world.alpha.run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let call = RuntimeCall::from(conclusion(BETA, &[halves[0].id()]));
			assert_noop!(call.dispatch(origin), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn of_messages_about_one_contract_the_pool_keeps_the_one_that_ends_most() {
	let swap = Exchange::numbered(9, 60, 60);
	let mut world = World::new().registered(&swap);
	let halves: [_; 2] = lonely(&mut world.alpha, 10);
	world.alpha.advance_to(11);
	let one = world.authorize(conclusion(BETA, &[halves[0].id()])).expect("it has expired");
	let both = world.authorize(conclusion(BETA, &ids(&halves))).expect("both have expired");
	// No more than those of its parts together, which it takes the place of.
	assert_eq!(both.priority, 2 * one.priority);
	assert!(one.priority > 0 && both.priority < PRIORITY);
	assert_eq!((one.provides.len(), both.provides.len()), (1, 2));
	assert!(both.provides.contains(&one.provides[0]));
	assert!(one.requires.is_empty() && one.propagate && one.longevity > 0);
	// It is in the way of neither another contract's nor evidence.
	let other = world.authorize(conclusion(BETA, &[halves[1].id()])).expect("it has expired");
	let evidence = world.evidence(&[swap.id()]);
	let moves = world.authorize(submission(BETA, evidence, &[swap.id()])).expect("it is useful");
	for valid in [other, moves] {
		assert!(!one.provides.iter().any(|tag| valid.provides.contains(tag)));
	}
}

#[test]
fn a_transaction_that_nobody_signs_ends_a_contract_once() {
	let mut world = World::new();
	let [half] = lonely(&mut world.alpha, 10);
	world.alpha.advance_to(11);
	let call = conclusion(BETA, &[half.id()]);
	let extrinsic =
		<Test as CreateAuthorizedTransaction<Call<Test>>>::create_authorized_transaction(
			call.into(),
		);
	apply_general(&mut world.alpha, &extrinsic.encode()).expect("it has expired");
	assert_eq!(world.alpha.outcome(&half), Some(Outcome::Expired));
	let again = apply_general(&mut world.alpha, &extrinsic.encode());
	let refused = InvalidTransaction::Custom(Error::<Test>::NotOver.encode()[0]);
	assert_eq!(again, Err(refused.into()));
}

/// What expires needs nothing of the peer.
#[test]
fn contracts_of_a_paused_system_expire() {
	let mut world = World::new();
	let [half] = lonely(&mut world.alpha, 10);
	let pause = Call::pause { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause).expect("it is active");
	is_over_at(&mut world.alpha, &half, 11);
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT);
}

#[test]
fn contracts_of_a_forked_system_expire() {
	let Forked { mut alpha, other, .. } = Forked::new(4).advance_to(8).seen();
	let [first, second] = [10, 14].map(|h1| Exchange::numbered(h1 as u8, h1, 60).delivery);
	for half in [&first, &second] {
		alpha.register(half).expect("it is new");
	}
	expose(&mut alpha, &other);
	is_over_at(&mut alpha, &first, 11);
	let choose = Call::choose_branch { system: BETA, branch: None };
	alpha.dispatch(RuntimeOrigin::root(), choose).expect("it is forked");
	// Nothing else moves for a while.
	is_over_at(&mut alpha, &second, 15);
	assert_eq!((alpha.free(ALICE), alpha.taken()), (ENDOWMENT, 0));
}

/// What a contract has come to is told to the chain, which cannot hinder it.
#[test]
fn who_hears_of_an_outcome_does_not_hinder_it() {
	let heard = |alpha: &mut Chain| alpha.run(|| unhashed::take::<Outcome>(OUTCOMES));
	let mut world = World::new();
	let [first, second] = lonely(&mut world.alpha, 10);
	world.alpha.advance_to(11);
	world.alpha.conclude_half(&first).expect("its expiry has passed");
	assert_eq!(heard(&mut world.alpha), Some(Outcome::Expired));
	world.alpha.run(|| Refused::set(&Some(CAROL)));
	world.alpha.conclude_half(&second).expect("its expiry has passed");
	assert_eq!(heard(&mut world.alpha), None, "what fails is undone");
	assert_eq!(world.alpha.ended(BETA), ids([&first, &second]));
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
}

/// Own height at which alpha learns what the payment has come to.
pub const PROVEN: Height = 5;

/// A world in which alpha knows that the payment is committed, and its delivery waits for the verdict.
pub fn decided(h1: Height) -> (World, Exchange) {
	let swap = Exchange::until(h1, 20).settling(Settlement::AtExpiry, Settlement::Early);
	let mut world = World::new().registered(&swap).committed(&swap).at(PROVEN);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	(world, swap)
}

/// What Alice and Bob have on alpha.
fn both(alpha: &mut Chain) -> [Balance; 2] {
	[ALICE, BOB].map(|who| alpha.free(who))
}

#[test]
fn a_verdict_falls_when_the_expiry_and_the_exposure_have_passed() {
	let after_exposure = PROVEN + EXPOSURE + 1;
	for (h1, height) in [
		(6, after_exposure),
		(after_exposure - 1, after_exposure),
		(after_exposure, after_exposure + 1),
		(60, 61),
	] {
		let (mut world, swap) = decided(h1);
		let pending = Event::VerdictPending { id: swap.id(), relied: Some(PROVEN - 1) };
		assert_eq!(world.alpha.events().last(), Some(&pending));
		assert_eq!(both(&mut world.alpha), [900, 1_000]);
		is_over_at(&mut world.alpha, &swap.delivery, height);
		let (id, reference) = (swap.id(), swap.delivery.contract.reference);
		let (outcome, relied) = (Outcome::Settled, Some(PROVEN - 1));
		assert_eq!(world.alpha.events(), [Event::Ended { id, reference, outcome, relied }]);
		assert_eq!((both(&mut world.alpha), world.alpha.taken()), ([900, 1_100], 0));
	}
}

/// A reversal in haste would give the payer both values, if a fork was shown afterwards.
#[test]
fn a_verdict_against_a_contract_waits_as_long() {
	let swap = Exchange::until(6, 8).settling(Settlement::AtExpiry, Settlement::Early);
	let half = swap.delivery.firm();
	let mut world = World::new();
	world.alpha.register(&half).expect("it is new");
	world.advance_to(9);
	world.tell_alpha(&[half.id()]).expect("there is no payment");
	let leg = world.alpha.leg(&half).expect("it is there");
	assert_eq!((leg.stage, leg.fact), (Stage::Committed { at: 2 }, Some(Fact::NotCommitted)));
	is_over_at(&mut world.alpha, &half, 9 + EXPOSURE + 1);
	assert_eq!(world.alpha.outcome(&half), Some(Outcome::Reversed));
	assert_eq!((both(&mut world.alpha), world.alpha.taken()), ([ENDOWMENT; 2], 0));
}

#[test]
fn without_a_fact_there_is_no_verdict() {
	let swap = Exchange::until(6, 20).settling(Settlement::AtExpiry, Settlement::Early);
	let half = swap.delivery.firm();
	let mut world = World::new();
	world.alpha.register(&half).expect("it is new");
	world.alpha.advance_to(60);
	refuse_conclusion(&mut world.alpha, &[half.id()], Error::NotOver);
}

#[test]
fn no_verdict_falls_while_the_system_is_paused() {
	let (mut world, swap) = decided(6);
	let pause = Call::pause { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause).expect("it is active");
	world.alpha.advance_to(40);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
	let resume = Call::resume { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), resume).expect("it is paused");
	world.alpha.conclude_half(&swap.delivery).expect("it has been due for long");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

/// Two histories of beta, of which alpha knows the one in which the payment is committed.
fn decided_by_one() -> (Forked, Half) {
	let swap = Exchange::until(12, 20).settling(Settlement::AtExpiry, Settlement::Early);
	let (delivery, payment) = (swap.delivery.firm(), swap.payment.firm());
	let mut forked = Forked::new(4);
	forked.alpha.register(&delivery).expect("it is new");
	forked.one.register(&payment).expect("it is new");
	let mut forked = forked.advance_to(6);
	let Forked { alpha, one, .. } = &mut forked;
	let evidence = one.evidence(5, alpha, &[delivery.id()]);
	alpha.submit(BETA, evidence, &[delivery.id()]).expect("the payment is committed");
	(forked, delivery)
}

fn choose(alpha: &mut Chain, branch: Option<H256>) {
	let call = Call::choose_branch { system: BETA, branch };
	alpha.dispatch(RuntimeOrigin::root(), call).expect("it is forked");
}

#[test]
fn no_verdict_falls_while_a_fork_is_open_or_has_just_been_decided() {
	let (Forked { mut alpha, other, .. }, half) = decided_by_one();
	// One block later it would have been too late.
	alpha.advance_to(6 + EXPOSURE);
	expose(&mut alpha, &other);
	alpha.advance_to(40);
	refuse_conclusion(&mut alpha, &[half.id()], Error::NotOver);
	choose(&mut alpha, None);
	is_over_at(&mut alpha, &half, 40 + EXPOSURE);
	assert_eq!(alpha.outcome(&half), Some(Outcome::Settled));
}

#[test]
fn no_verdict_falls_that_the_branch_which_is_followed_does_not_show() {
	let (Forked { mut alpha, mut other, .. }, half) = decided_by_one();
	expose(&mut alpha, &other);
	let tip = open_branches(&mut alpha)[0].tip.hash;
	choose(&mut alpha, Some(tip));
	alpha.advance_to(40);
	refuse_conclusion(&mut alpha, &[half.id()], Error::NotOver);
	other.advance_to(40);
	let evidence = other.evidence(39, &mut alpha, &[half.id()]);
	alpha.submit(BETA, evidence, &[half.id()]).expect("there is no payment on this branch");
	is_over_at(&mut alpha, &half, 40 + EXPOSURE + 1);
	assert_eq!(alpha.outcome(&half), Some(Outcome::Reversed));
	assert_eq!((both(&mut alpha), alpha.taken()), ([ENDOWMENT; 2], 0));
}
