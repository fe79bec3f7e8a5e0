//! The headers between the votes and the block that they finalize.

use super::*;
use ribp_light_client::{
	testing::{child_of, descendants_of, header, vote},
	Header, MAX_ANCESTRIES,
};
use sp_core::H256;

corpus! {
	a_header_twice
	a_header_that_no_vote_needs
	the_target_among_its_own_descendants
	a_missing_header
	a_header_changed_on_the_way
	headers_in_a_circle
	headers_that_never_arrive
	headers_without_end
	a_header_with_a_number_of_its_own
}

/// Lets the last voter vote `length` blocks ahead, and links that vote.
fn ahead(evidence: &Evidence, justification: &mut Justification, length: usize) {
	let above = descendants_of(&evidence.header, length, 1);
	let last = above.last().expect("the length is not 0");
	justification.votes[2] = vote(BETA_VOTERS[2], last, ROUND, 5);
	justification.ancestries = above;
}

/// The Polkadot bridges checked that every header is visited, which a second copy is as well
/// (<https://github.com/paritytech/parity-bridges-common/issues/2397>).
#[test]
fn a_header_twice() {
	let twice = |e: &Evidence, j: &mut Justification| {
		ahead(e, j, 2);
		j.ancestries.push(j.ancestries[0].clone());
	};
	forged_votes(twice, Error::BadAncestry);
}

/// Unused headers make evidence large at no cost to the sender; smoldot had left the check for later
/// (<https://github.com/paritytech/smoldot/pull/3355>).
#[test]
fn a_header_that_no_vote_needs() {
	forged_votes(|e, j| j.ancestries = descendants_of(&e.header, 1, 1), Error::BadAncestry);
	let fork_besides = |e: &Evidence, j: &mut Justification| {
		ahead(e, j, 2);
		j.ancestries.extend(descendants_of(&e.header, 2, 2));
	};
	forged_votes(fork_besides, Error::BadAncestry);
}

/// The same with headers at and below the target, where a walk that does not stop would use them
/// (<https://github.com/paritytech/parity-bridges-common/issues/2258>).
#[test]
fn the_target_among_its_own_descendants() {
	forged_votes(|e, j| j.ancestries.push(e.header.clone()), Error::BadAncestry);
	let from_below = |e: &Evidence, j: &mut Justification| {
		ahead(e, j, 2);
		j.ancestries.push(e.header.clone());
	};
	forged_votes(from_below, Error::BadAncestry);
}

/// The first audit of a GRANDPA client for IBC found the commit not validated at all
/// (<https://github.com/ComposableFi/composable-ibc/issues/91>): a vote that nothing links counted.
#[test]
fn a_missing_header() {
	for missing in 0..3 {
		let gap = |e: &Evidence, j: &mut Justification| {
			ahead(e, j, 3);
			j.ancestries.remove(missing);
		};
		forged_votes(gap, Error::VoteNotDescendant);
	}
}

/// A header in the middle is bent towards the target, as the inner nodes of BNB's proofs were in
/// October 2022. Its hash is not the one that the next header names.
#[test]
fn a_header_changed_on_the_way() {
	let bent = |e: &Evidence, j: &mut Justification| {
		ahead(e, j, 3);
		j.ancestries[1].parent_hash = e.header.hash();
	};
	forged_votes(bent, Error::VoteNotDescendant);
}

/// Recursion and loops over what others send have stopped nodes before
/// (<https://github.com/paritytech/parity-scale-codec/issues/425>). No two headers can hold each
/// other's hash; what can be made are headers of one height that follow each other.
#[test]
fn headers_in_a_circle() {
	let level = |e: &Evidence, j: &mut Justification| {
		let number = e.header.number + 1;
		let first = header(number, e.header.hash(), H256::zero(), vec![]);
		let second = header(number, first.hash(), H256::zero(), vec![]);
		let third = header(number, second.hash(), H256::zero(), vec![]);
		j.votes[2] = vote(BETA_VOTERS[2], &third, ROUND, 5);
		j.ancestries = vec![first, second, third];
	};
	forged_votes(level, Error::VoteNotDescendant);
	let itself = |e: &Evidence, j: &mut Justification| {
		let mut own = child_of(&e.header, H256::zero());
		own.parent_hash = own.hash();
		j.votes[2] = vote(BETA_VOTERS[2], &own, ROUND, 5);
		j.ancestries = vec![own];
	};
	forged_votes(itself, Error::VoteNotDescendant);
}

/// A vote far ahead on another branch, with as many headers as may be: the walk ends below the
/// target's height (<https://github.com/paritytech/smoldot/pull/3355>).
#[test]
fn headers_that_never_arrive() {
	let elsewhere = |e: &Evidence, j: &mut Justification| {
		let start = header(e.header.number - 1, H256::zero(), H256::zero(), vec![]);
		let branch = descendants_of(&start, 100, 1);
		j.votes[2] = vote(BETA_VOTERS[2], &branch[99], ROUND, 5);
		j.ancestries = branch;
	};
	forged_votes(elsewhere, Error::VoteNotDescendant);
}

/// Bridge hubs measured how many headers justifications have, and bounded the size of the call by it
/// (<https://github.com/paritytech/parity-bridges-common/pull/1882>). Here they are counted first.
#[test]
fn headers_without_end() {
	let long = |e: &Evidence, j: &mut Justification| ahead(e, j, MAX_ANCESTRIES as usize + 1);
	forged_votes(long, Error::BadAncestry);
	let endless = |e: &Evidence, j: &mut Justification| {
		// Neither votes nor links matter for the count.
		j.votes.clear();
		ahead_of_nothing(e, j);
	};
	forged_votes(endless, Error::BadAncestry);
}

fn ahead_of_nothing(evidence: &Evidence, justification: &mut Justification) {
	justification.ancestries = descendants_of(&evidence.header, MAX_ANCESTRIES as usize + 1, 1);
}

/// A header that says it is three above its parent links by hash. No chain has it, and whoever voted
/// for it would have voted for what cannot be
/// (<https://github.com/paritytech/parity-bridges-common/pull/979> follows it).
#[test]
fn a_header_with_a_number_of_its_own() {
	let high = |e: &Evidence, j: &mut Justification| {
		let number = e.header.number + 3;
		let high = Header { number, ..child_of(&e.header, H256::zero()) };
		j.votes[2] = vote(BETA_VOTERS[2], &high, ROUND, 5);
		j.ancestries = vec![high];
	};
	forged_votes(high, Error::VoteNotDescendant);
}
