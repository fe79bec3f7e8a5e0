use super::{chain, genesis, set, Alice, Bob, Charlie, Dave, Eve, QUORUM, ROUND, SET, VOTERS};
use crate::{
	minimize,
	testing::{authority, descendants_of, justify, vote},
	verify_finality, FinalityError, Header, Justification, Vote,
};
use proptest::prelude::*;

#[test]
fn a_strict_justification_stays_as_it_is() {
	let blocks = chain(3);
	let mut justification = justify(&blocks[0], ROUND, SET, &[Alice, Bob]);
	justification.votes.push(vote(Charlie, &blocks[2], ROUND, SET));
	justification.ancestries = blocks[1..].to_vec();
	assert_eq!(minimize(justification.clone(), &set()), justification);
}

#[test]
fn the_first_sufficient_votes_are_kept() {
	let target = &chain(1)[0];
	let voters = [Dave, Alice, Charlie, Bob];
	let minimal = minimize(justify(target, ROUND, SET, &voters), &set());
	assert_eq!(minimal, justify(target, ROUND, SET, &voters[..3]));
}

#[test]
fn unknown_voters_go() {
	let target = &chain(1)[0];
	let minimal = minimize(justify(target, ROUND, SET, &[Eve, Alice, Bob, Charlie]), &set());
	assert_eq!(minimal, justify(target, ROUND, SET, &QUORUM));
}

#[test]
fn repeated_votes_go() {
	let target = &chain(1)[0];
	let repeated = justify(target, ROUND, SET, &[Alice, Alice, Bob, Bob, Charlie]);
	assert_eq!(minimize(repeated, &set()), justify(target, ROUND, SET, &QUORUM));
}

#[test]
fn an_equivocation_leaves_the_vote_that_supports_the_target() {
	let (target, beside) = (&chain(1)[0], &descendants_of(&genesis(), 1, 2)[0]);
	let mut justification = justify(target, ROUND, SET, &QUORUM);
	justification.votes.insert(0, vote(Alice, beside, ROUND, SET));
	assert_eq!(minimize(justification, &set()), justify(target, ROUND, SET, &QUORUM));
}

/// Headers that lead elsewhere are walked once, not once a vote: a node's answer may hold thousands
/// of both, and votes of the same voter cost it nothing.
#[test]
fn headers_that_lead_elsewhere_are_walked_once() {
	let target = &chain(1)[0];
	let elsewhere = descendants_of(&genesis(), 20_000, 2);
	let template = vote(Alice, &elsewhere[0], ROUND, SET);
	let stray = |block: &Header| Vote {
		target_hash: block.hash(),
		target_number: block.number,
		..template.clone()
	};
	let mut justification = justify(target, ROUND, SET, &QUORUM);
	let votes = elsewhere.iter().rev().map(stray).chain(justification.votes);
	justification.votes = votes.collect();
	justification.ancestries = elsewhere;
	assert_eq!(minimize(justification, &set()), justify(target, ROUND, SET, &QUORUM));
}

#[test]
fn votes_that_do_not_support_the_target_go() {
	let (blocks, beside) = (chain(2), descendants_of(&genesis(), 2, 2));
	let mut justification = justify(&blocks[1], ROUND, SET, &QUORUM);
	justification.votes.insert(0, vote(Dave, &blocks[0], ROUND, SET));
	justification.votes.insert(0, vote(Dave, &beside[1], ROUND, SET));
	assert_eq!(minimize(justification, &set()), justify(&blocks[1], ROUND, SET, &QUORUM));
}

#[test]
fn headers_that_no_kept_vote_needs_go() {
	let blocks = chain(4);
	let mut justification = justify(&blocks[0], ROUND, SET, &[Alice, Bob]);
	justification.votes.push(vote(Charlie, &blocks[1], ROUND, SET));
	justification.votes.push(vote(Dave, &blocks[3], ROUND, SET));
	justification.ancestries =
		[&blocks[3], &blocks[1], &blocks[1], &blocks[2], &blocks[0]].map(Clone::clone).to_vec();
	let minimal = minimize(justification.clone(), &set());
	assert_eq!(minimal.votes, justification.votes[..3]);
	assert_eq!(minimal.ancestries, [blocks[1].clone()]);
	assert!(verify_finality(&blocks[0], &minimal, &set()).is_ok());
}

#[test]
fn a_failed_walk_uses_no_header() {
	let (blocks, loose) = (chain(1), descendants_of(&chain(4)[3], 2, 2));
	let mut justification = justify(&blocks[0], ROUND, SET, &VOTERS);
	justification.votes.insert(0, vote(Dave, &loose[1], ROUND, SET));
	justification.ancestries = loose;
	assert_eq!(minimize(justification, &set()), justify(&blocks[0], ROUND, SET, &QUORUM));
}

#[test]
fn nothing_is_believed() {
	let target = &chain(1)[0];
	let of_another_set = minimize(justify(target, ROUND, SET + 1, &VOTERS), &set());
	assert_eq!(verify_finality(target, &of_another_set, &set()), Err(FinalityError::BadSignature));
	let too_few = minimize(justify(target, ROUND, SET, &[Alice, Bob]), &set());
	assert_eq!(
		verify_finality(target, &too_few, &set()),
		Err(FinalityError::TooFewVotes { weight: 2, threshold: 3 }),
	);
}

fn with_surplus() -> impl Strategy<Value = Justification> {
	let order = Just((0..VOTERS.len()).collect::<Vec<_>>()).prop_shuffle();
	let targets = proptest::collection::vec(0..5usize, VOTERS.len());
	let padding = proptest::collection::vec((0..8usize, 0..5usize), 0..4);
	(order, targets, padding).prop_map(|(order, targets, padding)| {
		let blocks = chain(5);
		let mut justification = justify(&blocks[0], ROUND, SET, &[]);
		for voter in order {
			justification.votes.push(vote(VOTERS[voter], &blocks[targets[voter]], ROUND, SET));
		}
		for (place, target) in padding {
			let place = place.min(justification.votes.len());
			justification.votes.insert(place, vote(Eve, &blocks[target], ROUND, SET));
			justification.votes.push(vote(Alice, &blocks[target], ROUND, SET));
		}
		justification.ancestries = blocks;
		justification
	})
}

proptest! {
	#![proptest_config(super::cases(48))]

	#[test]
	fn a_valid_justification_with_surplus_verifies_once_minimized(full in with_surplus()) {
		let minimal = minimize(full.clone(), &set());
		prop_assert!(verify_finality(&chain(1)[0], &minimal, &set()).is_ok());
		prop_assert_eq!(minimal.votes.len(), QUORUM.len());
		prop_assert!(minimal.votes.iter().all(|vote| vote.voter != authority(Eve)));
		prop_assert_eq!(minimize(minimal.clone(), &set()), minimal);
	}
}
