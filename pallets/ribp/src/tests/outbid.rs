//! What comes before a message in its block, for a tip that outbids it: it must not hold up what others
//! wait for.

use super::{altered::*, chain::*, world::*};
use crate::{
	mock::{RuntimeOrigin, Test},
	Call, ContractId, Error, Evidence, Stage,
};
use frame_support::{assert_noop, pallet_prelude::DispatchResultWithPostInfo};
use frame_system::RawOrigin;
use ribp_protocol::MAX_TAIL;

/// A world with three exchanges, registered on both sides, of which alpha has heard nothing.
fn registered() -> (World, Vec<Half>) {
	let swaps: Vec<_> = (1..=3).map(|number| Exchange::numbered(number, 60, 60)).collect();
	let mut world = World::new();
	for swap in &swaps {
		world.alpha.register(&swap.delivery).expect("it is new");
		world.beta.register(&swap.payment).expect("it is new");
	}
	world.seal();
	let mut halves: Vec<_> = swaps.into_iter().map(|swap| swap.delivery).collect();
	halves.sort_by_key(Half::id);
	(world, halves)
}

fn ids(halves: &[Half]) -> Vec<ContractId> {
	halves.iter().map(Half::id).collect()
}

/// Dispatches a message that the pool has taken.
fn pooled(
	world: &mut World,
	evidence: &Evidence,
	contracts: &[ContractId],
) -> DispatchResultWithPostInfo {
	let call = submission(BETA, evidence.clone(), contracts);
	world.alpha.dispatch(RuntimeOrigin::from(RawOrigin::Authorized), call)
}

/// Asserts that a message about three contracts moves two of them after `before`, which ends the
/// first one's wait or moves it.
#[track_caller]
fn moves_the_others(
	(mut world, halves): (World, Vec<Half>),
	before: impl FnOnce(&mut World, &Half),
) -> World {
	let all = ids(&halves);
	let evidence = world.evidence(&all);
	world.authorize(submission(BETA, evidence.clone(), &all)).expect("the pool takes it");
	before(&mut world, &halves[0]);
	pooled(&mut world, &evidence, &all).expect("it moves the others");
	for half in &halves[1..] {
		assert!(matches!(world.alpha.stage(half), Some(Stage::Committed { .. })));
	}
	world
}

#[test]
fn evidence_of_the_same_block_about_one_contract_does_not_hold_up_the_others() {
	moves_the_others(registered(), |world, first| {
		let evidence = world.evidence(&[first.id()]);
		world.submit(evidence, &[first.id()]).expect("it commits one");
	});
}

#[test]
fn evidence_of_a_later_block_about_one_contract_does_not_hold_up_the_others() {
	moves_the_others(registered(), |world, first| {
		world.beta.seal();
		let evidence = world.evidence(&[first.id()]);
		world.submit(evidence, &[first.id()]).expect("it commits one");
	});
}

#[test]
fn evidence_of_an_earlier_block_leaves_a_part_of_the_tail() {
	let (mut world, halves) = registered();
	let known = world.alpha.view_of(BETA).number();
	let head = known + 40;
	world.beta.advance_to(head + 1);
	let mut world = moves_the_others((world, halves), |world, first| {
		let evidence = world.evidence_at(head - MAX_TAIL, &[first.id()]);
		world.submit(evidence, &[first.id()]).expect("it commits one");
	});
	let view = world.alpha.view_of(BETA);
	assert_eq!(*view.history(), world.beta.history(head));
	let mut hashes = (view.lowest()..=head).map(|number| (view.hash_at(number), number));
	assert!(hashes.all(|(hash, number)| hash == Some(world.beta.hash_at(number))));
}

#[test]
fn a_contract_that_its_payer_cancels_does_not_hold_up_the_others() {
	moves_the_others(registered(), |world, first| {
		let call = Call::cancel { peer: BETA, id: first.id() };
		world
			.alpha
			.dispatch(RuntimeOrigin::signed(first.payer()), call)
			.expect("it is the payer's");
	});
}

/// Or whoever has one contract moved before its message could keep the chain from any newer header.
#[test]
fn a_newer_header_is_learnt_though_none_of_its_contracts_is_left() {
	let (mut world, halves) = registered();
	let first = &ids(&halves)[..1];
	let known = world.beta.sealed();
	world.beta.seal();
	let newer = world.evidence(first);
	world.authorize(submission(BETA, newer.clone(), first)).expect("the pool takes it");
	let evidence = world.evidence_at(known, first);
	world.submit(evidence, first).expect("it commits one");
	// Nobody pays for it, and an account has to bring something.
	world.refuse(&newer, first, Error::PeerNotCommitted);
	pooled(&mut world, &newer, first).expect("it is newer");
	assert_eq!(world.alpha.view_of(BETA).number(), known + 1);
	pooled(&mut world, &newer, first).expect_err("it is known");
}

/// Whoever is not asked by the pool pays nothing either: nothing in what an account sends is useless.
#[test]
fn what_an_account_sends_is_passed_over_in_no_part() {
	let (mut world, halves) = registered();
	let all = ids(&halves);
	let evidence = world.evidence(&all);
	let one = world.evidence(&all[..1]);
	world.submit(one, &all[..1]).expect("it commits one");
	world.refuse(&evidence, &all, Error::JustificationNotNeeded);
	// The first one has moved on, and asks for what is not there yet.
	let bare = evidence.unlinked();
	world.refuse(&bare, &all, Error::PeerNotCommitted);
}

#[test]
fn a_message_all_of_which_has_happened_changes_nothing() {
	let (mut world, halves) = registered();
	let all = ids(&halves);
	let evidence = world.evidence(&all);
	world.submit(evidence.clone(), &all).expect("it commits all");
	world.alpha.run(|| {
		let call = crate::mock::RuntimeCall::from(submission(BETA, evidence.clone(), &all));
		let dispatched =
			sp_runtime::traits::Dispatchable::dispatch(call, RawOrigin::Authorized.into());
		assert_noop!(dispatched, Error::<Test>::PeerNotCommitted);
	});
}

/// What the pool has taken is judged again: a forged message reaches no contract, whoever puts it
/// into a block.
#[test]
fn what_is_forged_is_refused_in_a_block_as_well() {
	let (mut world, halves) = registered();
	let all = ids(&halves);
	let mut forged = world.evidence(&all);
	forged.justification().round += 1;
	let error = pooled(&mut world, &forged, &all).expect_err("it is forged").error;
	assert_eq!(error, Error::<Test>::BadSignature.into());
	let one = world.evidence(&all[..1]);
	world.submit(one, &all[..1]).expect("it commits one");
	let other = world.evidence(&all[1..]);
	let foreign = Evidence { proof: world.beta.prove(1, &[vec![0; 32]]), ..other.clone() };
	let error = pooled(&mut world, &foreign, &all[1..]).expect_err("it shows nothing").error;
	assert_eq!(error, Error::<Test>::ProofOfOtherState.into());
	let without_contracts = Evidence { proof: vec![other.proof[0].clone()], ..other };
	assert!(pooled(&mut world, &without_contracts, &all[1..]).is_err());
	for half in &halves[1..] {
		assert_eq!(world.alpha.stage(half), Some(Stage::Registered));
	}
}
