//! What is believed of a chain's history: how views advance, and refusals of views.

use super::{chain::*, world::*};
use crate::{
	mock::{Test, MAX_MISSED, VIEW_STEP, WINDOW},
	Error, Event, Evidence, Height, OwnView, Phase, View,
};
use sp_core::H256;

/// A world in which alpha knows beta's history up to this height.
fn informed(height: Height) -> World {
	let mut world = World::new().at(height + 1);
	world.tell_alpha(&[]).expect("it is a step");
	world
}

/// A world with an exchange whose halves are registered, in which alpha knows beta's blocks up
/// to 20.
fn registered_and_informed() -> (World, Exchange) {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(21);
	world.tell_alpha(&[]).expect("it is a step");
	(world, swap)
}

#[test]
fn a_view_advances_to_the_header_that_proves_it() {
	let mut world = informed(20);
	let number = 20;
	assert_eq!(world.alpha.events(), [Event::ViewAdvanced { system: BETA, number }]);
	let view = world.alpha.view_of(BETA).expect("it was just proven");
	assert_eq!((view.system, view.number), (BETA, 20));
	assert_eq!(view.recent.len(), WINDOW as usize);
	assert_eq!(view.head(), Some(world.beta.hash_at(20)));
	assert_eq!(view.hash_at(13), Some(world.beta.hash_at(13)));
}

#[test]
fn an_advance_that_is_no_step_and_moves_no_contract_gains_nothing() {
	let mut world = informed(20);
	world.advance_to(20 + VIEW_STEP);
	let evidence = world.evidence(&[]);
	assert_eq!(evidence.header.number, 20 + VIEW_STEP - 1);
	world.refuse(&evidence, &[], Error::NothingToGain);
	world.beta.seal();
	world.tell_alpha(&[]).expect("this is a step");
}

#[test]
fn the_first_view_of_a_chain_is_a_step_however_small() {
	let mut world = World::new();
	world.tell_alpha(&[]).expect("nothing was known");
	let view = world.alpha.view_of(BETA).expect("it was just proven");
	assert_eq!((view.number, view.first()), (1, 0));
	assert_eq!(view.recent[..], [BETA.0, world.beta.hash_at(1)]);
}

#[test]
fn history_before_the_trust_anchor_is_stale() {
	let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
	beta.advance_to(8);
	alpha.knows(&beta);
	beta.seal();
	let mut world = World { alpha, beta };
	let before = world.evidence_at(6, &[]);
	world.refuse(&before, &[], Error::StaleView);
	world.tell_alpha(&[]).expect("nothing was known");
	assert_eq!(world.alpha.view_of(BETA).map(|view| view.number), Some(8));
}

#[test]
fn what_is_known_alone_gains_nothing() {
	let mut world = informed(20);
	for number in [13, 19, 20] {
		let evidence = world.evidence_at(number, &[]);
		world.refuse(&evidence, &[], Error::NothingToGain);
	}
}

#[test]
fn a_header_below_the_window_is_stale() {
	let (mut world, swap) = registered_and_informed();
	let ids = [swap.delivery.id()];
	let below = world.evidence_at(20 - WINDOW, &ids);
	assert!(below.justification.is_some());
	world.refuse(&below, &ids, Error::StaleView);
	let lowest = world.evidence_at(20 - WINDOW + 1, &ids);
	world.submit(lowest, &ids).expect("what the window holds is final");
}

#[test]
fn a_known_header_needs_no_justification() {
	for number in [14, 19, 20] {
		let (mut world, swap) = registered_and_informed();
		let ids = [swap.delivery.id()];
		let evidence = world.evidence_at(number, &ids);
		assert_eq!(evidence.justification, None);
		world.submit(evidence, &ids).expect("a registration that was shown once stands");
		assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 21 }));
		let view = world.alpha.view_of(BETA).expect("it is known");
		assert_eq!(view.number, 20, "the view never goes back");
	}
}

#[test]
fn the_justification_of_a_known_header_only_takes_up_space() {
	let (mut world, swap) = registered_and_informed();
	let ids = [swap.delivery.id()];
	let evidence = world.evidence_at(19, &ids);
	let block = world.beta.block(19);
	let justification = Some(block.voters.justify(&block.header));
	let padded = Evidence { justification, ..evidence };
	world.refuse(&padded, &ids, Error::JustificationNotNeeded);
}

#[test]
fn a_known_header_has_no_missed_hashes() {
	let (mut world, swap) = registered_and_informed();
	let ids = [swap.delivery.id()];
	let evidence = world.evidence_at(19, &ids);
	let missed = vec![world.beta.hash_at(18)];
	world.refuse(&Evidence { missed, ..evidence }, &ids, Error::MissedHashesMiscounted);
}

#[test]
fn a_gap_is_bridged_by_the_missed_hashes() {
	let mut world = informed(10);
	world.advance_to(31);
	let evidence = world.evidence(&[]);
	let missed: Vec<_> = (11..=22).map(|number| world.beta.hash_at(number)).collect();
	assert_eq!(evidence.missed, missed);
	world.submit(evidence, &[]).expect("nothing is missing");
	let view = world.alpha.view_of(BETA).expect("it is known");
	assert_eq!((view.number, view.first()), (30, 23));
}

#[test]
fn missed_hashes_are_counted() {
	let mut world = informed(10);
	world.advance_to(31);
	let evidence = world.evidence(&[]);
	let mut too_many = evidence.clone();
	too_many.missed.push(world.beta.hash_at(23));
	world.refuse(&too_many, &[], Error::MissedHashesMiscounted);
	let mut too_few = evidence.clone();
	too_few.missed.pop();
	world.refuse(&too_few, &[], Error::MissedHashesMiscounted);
	let none = Evidence { missed: vec![], ..evidence };
	world.refuse(&none, &[], Error::MissedHashesMiscounted);
}

#[test]
fn missed_hashes_without_a_gap_are_refused() {
	let mut world = informed(10);
	world.advance_to(16);
	let evidence = world.evidence(&[]);
	assert_eq!(evidence.missed, []);
	let missed = vec![world.beta.hash_at(11)];
	world.refuse(&Evidence { missed, ..evidence }, &[], Error::MissedHashesMiscounted);
}

#[test]
fn missed_hashes_before_the_first_view_are_refused() {
	let mut world = World::new().at(16);
	let evidence = world.evidence(&[]);
	let missed = vec![world.beta.hash_at(1)];
	world.refuse(&Evidence { missed, ..evidence }, &[], Error::MissedHashesMiscounted);
}

#[test]
fn missed_hashes_that_do_not_fold_are_refused() {
	let mut world = informed(10);
	world.advance_to(31);
	let evidence = world.evidence(&[]);
	let mut other = evidence.clone();
	other.missed[3] = H256::zero();
	world.refuse(&other, &[], Error::MissedHashesDoNotFold);
	let mut swapped = evidence;
	swapped.missed.swap(0, 1);
	world.refuse(&swapped, &[], Error::MissedHashesDoNotFold);
}

#[test]
fn a_gap_that_is_too_long_is_refused_and_crossed_in_two_steps() {
	let mut world = informed(10);
	let farthest = 10 + MAX_MISSED + WINDOW;
	world.advance_to(farthest + 2);
	let evidence = world.evidence(&[]);
	assert_eq!(evidence.missed.len() as u32, MAX_MISSED + 1);
	world.refuse(&evidence, &[], Error::GapTooLong);
	let half_way = world.evidence_at(farthest, &[]);
	assert_eq!(half_way.missed.len() as u32, MAX_MISSED);
	world.submit(half_way, &[]).expect("this is the longest gap");
	world.advance_to(farthest + VIEW_STEP + 1);
	world.tell_alpha(&[]).expect("it is a step");
}

#[test]
fn a_chain_run_by_the_same_keys_is_not_mistaken_for_this_one() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(9);
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.advance_to(9);
	let evidence = twin.evidence(8, &mut world.alpha, &[]);
	world.refuse(&evidence, &[], Error::HeaderOfOtherSystem);
	world.refuse(&evidence, &[swap.delivery.id()], Error::HeaderOfOtherSystem);
	world.tell_alpha(&[]).expect("beta's own evidence is believed");
	world.refuse(&evidence, &[swap.delivery.id()], Error::HeaderOfOtherSystem);
}

#[test]
fn a_peer_without_the_pallet_has_no_view() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(9);
	world.beta.corrupt(OwnView::<Test>::kill);
	world.beta.seal();
	let evidence = world.evidence(&[swap.delivery.id()]);
	world.refuse(&evidence, &[swap.delivery.id()], Error::ViewMissing);
}

/// A world with beta's blocks up to 30, of which the last has this view; alpha knows them up to 20.
fn with_false_view(change: impl FnOnce(&mut View)) -> World {
	let mut world = informed(20);
	world.beta.advance_to(30);
	let change = |view: &mut Option<View>| change(view.as_mut().expect("block 1 has written it"));
	world.beta.corrupt(|| OwnView::<Test>::mutate(change));
	world.beta.seal();
	world
}

#[track_caller]
fn refused_view(change: impl FnOnce(&mut View), error: Error<Test>) {
	let mut world = with_false_view(change);
	let evidence = Evidence { missed: vec![], ..world.evidence(&[]) };
	world.refuse(&evidence, &[], error);
}

#[test]
fn a_view_that_does_not_end_at_the_headers_parent_is_refused() {
	refused_view(|view| view.number -= 1, Error::ViewNotOfParent);
	refused_view(|view| view.number += 1, Error::ViewNotOfParent);
	refused_view(|view| view.number = u32::MAX, Error::ViewNotOfParent);
	let other_head = |view: &mut View| *view.recent.last_mut().unwrap() = H256::zero();
	refused_view(other_head, Error::ViewNotOfParent);
}

#[test]
fn a_view_without_hashes_or_with_more_than_blocks_is_refused() {
	refused_view(|view| view.recent.clear(), Error::ViewMalformed);
	refused_view(|view| view.number = 3, Error::ViewMalformed);
}

#[test]
fn a_view_that_is_not_made_by_the_algorithm_is_refused() {
	let mut world = informed(24);
	world.beta.advance_to(30);
	let change = |view: &mut View| view.accumulator = Some(H256::zero());
	world.beta.corrupt(|| OwnView::<Test>::mutate(|view| change(view.as_mut().unwrap())));
	world.beta.seal();
	let evidence = world.evidence(&[]);
	assert_eq!(evidence.missed, []);
	world.refuse(&evidence, &[], Error::AccumulatorMismatch);
}

#[test]
fn a_view_with_bytes_after_it_is_refused() {
	let mut world = informed(20);
	world.beta.advance_to(30);
	world.beta.corrupt(|| {
		let key = OwnView::<Test>::hashed_key();
		let mut bytes = sp_io::storage::get(&key).expect("block 1 has written it").to_vec();
		bytes.push(0);
		sp_io::storage::set(&key, &bytes);
	});
	world.beta.seal();
	let evidence = world.evidence(&[]);
	world.refuse(&evidence, &[], Error::ProofUndecodable);
}
