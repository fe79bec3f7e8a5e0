//! What was signed: votes for one thing, presented as votes for another.

use super::*;
use ribp_light_client::testing::{child_of, descendants_of, header, justify, vote, vote_at};
use sp_core::H256;

corpus! {
	votes_for_a_block_presented_as_votes_for_another
	votes_for_a_sibling_with_headers_that_link_it
	votes_for_the_parent
	votes_for_a_block_under_another_number
	votes_at_the_end_of_all_numbers
	the_justification_of_another_block
	the_justification_of_another_block_renamed
	a_justification_with_another_number
	a_block_that_nobody_voted_for
	a_block_with_an_invented_state
	a_block_with_an_invented_number
	a_header_of_zeros
	a_child_of_a_final_block
}

/// smoldot verified that precommits were signed, but not that the blocks they are for descend from
/// the block that the justification names (<https://github.com/paritytech/smoldot/pull/3355>): the
/// votes of any round finalized any block. The votes here are genuine, for a fork of the target.
#[test]
fn votes_for_a_block_presented_as_votes_for_another() {
	forged_votes(
		|e, j| {
			let parent = e.header.parent_hash;
			let fork = header(e.header.number, parent, H256::zero(), vec![]);
			j.votes = justify(&fork, ROUND, 5, &BETA_VOTERS[..3]).votes;
		},
		Error::VoteNotDescendant,
	);
}

/// The same with the headers that lead from the votes to a fork, and past the target's height
/// (<https://github.com/paritytech/smoldot/pull/3355>).
#[test]
fn votes_for_a_sibling_with_headers_that_link_it() {
	forged_votes(
		|e, j| {
			let fork = header(e.header.number, e.header.parent_hash, H256::zero(), vec![]);
			let above = descendants_of(&fork, 2, 1);
			j.votes = justify(&above[1], ROUND, 5, &BETA_VOTERS[..3]).votes;
			j.ancestries = [vec![fork], above].concat();
		},
		Error::VoteNotDescendant,
	);
}

/// Who votes for a block says nothing about what others build upon it: a block's own voters were to
/// be taken for its child's (<https://github.com/paritytech/smoldot/pull/3355>).
#[test]
fn votes_for_the_parent() {
	let (mut world, id, evidence) = ready();
	let parent = world.beta.block(world.beta.sealed() - 1).header.clone();
	let mut forged = evidence.clone();
	let justification = forged.justification();
	justification.votes = justify(&parent, ROUND, 5, &BETA_VOTERS[..3]).votes;
	world.refuse(&forged, &[id], Error::VoteNotDescendant);
	world.submit(evidence, &[id]).expect("the honest evidence is believed");
}

/// A vote names a hash and a number, and only the header tells whether they belong together. The
/// Polkadot bridges follow the hashes alone
/// (<https://github.com/paritytech/parity-bridges-common/pull/979>); here the number must be true.
#[test]
fn votes_for_a_block_under_another_number() {
	forged_votes(
		|e, j| {
			let (hash, number) = (e.header.hash(), e.header.number + 1);
			j.votes[2] = vote_at(BETA_VOTERS[2], hash, number, ROUND, 5);
		},
		Error::VoteNotDescendant,
	);
}

/// Integers at their edge stop implementations, as they did the decoder of Gossamer
/// (<https://github.com/ChainSafe/gossamer/issues/3476>). The way down from the highest block number
/// ends at the first header that is not there.
#[test]
fn votes_at_the_end_of_all_numbers() {
	forged_votes(
		|e, j| j.votes[2] = vote_at(BETA_VOTERS[2], e.header.hash(), u32::MAX, ROUND, 5),
		Error::VoteNotDescendant,
	);
	forged_votes(
		|e, j| j.votes[2] = vote_at(BETA_VOTERS[2], e.header.hash(), 0, ROUND, 5),
		Error::VoteNotDescendant,
	);
	forged_votes(|_, j| j.target_number = u32::MAX, Error::JustificationForOtherBlock);
	forged_votes(|_, j| j.round = u64::MAX, Error::BadSignature);
}

/// NEAR's Rainbow bridge, August 2022: somebody submitted a block that was never made
/// (<https://sg.finance.yahoo.com/news/hackers-lose-5-ether-while-120814214.html>), and a watchdog
/// had to object in time. Here a header without its own votes never enters.
#[test]
fn the_justification_of_another_block() {
	let (mut world, id, evidence) = ready();
	let parent = world.beta.block(world.beta.sealed() - 1);
	let justification = parent.voters.justify(&parent.header);
	let forged = evidence.clone().justified_by(justification);
	world.refuse(&forged, &[id], Error::JustificationForOtherBlock);
	world.submit(evidence, &[id]).expect("the honest evidence is believed");
}

/// The same with the header's hash written over the old one, in the target and in every vote
/// (Rainbow bridge, August 2022).
#[test]
fn the_justification_of_another_block_renamed() {
	forged_votes(
		|e, j| {
			let other = child_of(&e.header, H256::zero());
			*j = justify(&other, ROUND, 5, &BETA_VOTERS[..3]);
			(j.target_hash, j.target_number) = (e.header.hash(), e.header.number);
			for vote in &mut j.votes {
				(vote.target_hash, vote.target_number) = (j.target_hash, j.target_number);
			}
		},
		Error::BadSignature,
	);
}

/// Tendermint's light clients could be shown headers of heights that the chain had not reached
/// (GHSA-f3w5-v9xx-rp8p, the forward lunatic attack). The number is in the header's hash.
#[test]
fn a_justification_with_another_number() {
	forged_votes(|_, j| j.target_number += 1, Error::JustificationForOtherBlock);
}

/// NEAR's Rainbow bridge, May 2022: whoever left a deposit could submit a block
/// (<https://infura.ghost.io/rainbow-bridge-fraud-proofs-and-the-dark-forest>).
#[test]
fn a_block_that_nobody_voted_for() {
	forged(|_, e| e.link = Link::Known, Error::HeaderNotKnown);
}

/// The same with the votes of the true block and a state root of the attacker's
/// (Rainbow bridge, May 2022).
#[test]
fn a_block_with_an_invented_state() {
	let change = |_: &World, e: &mut Evidence| e.header.state_root = H256::repeat_byte(7);
	forged(change, Error::JustificationForOtherBlock);
}

/// A header that claims a higher number, without a parent there. The finality verifier of the
/// Polkadot bridges stopped asking for the chain of headers, and discussed what to ask of the number
/// (<https://github.com/paritytech/parity-bridges-common/pull/755>).
#[test]
fn a_block_with_an_invented_number() {
	forged(|_, e| e.header.number += 1, Error::JustificationForOtherBlock);
	// Even with votes for it: it states another history than that height has.
	let (mut world, id, evidence) = ready();
	let mut forged = evidence.clone();
	forged.header.number += 1;
	*forged.justification() = justify(&forged.header, ROUND, 5, &BETA_VOTERS[..3]);
	world.refuse(&forged, &[id], Error::OtherHistory);
	forged.header.number = u32::MAX;
	*forged.justification() = justify(&forged.header, ROUND, 5, &BETA_VOTERS[..3]);
	world.refuse(&forged, &[id], Error::ExtensionMiscounted);
	world.submit(evidence, &[id]).expect("the honest evidence is believed");
}

/// Nomad, August 2022: the zero root was taken for a confirmed one, and every message for proven
/// (<https://chainbleed.com/incident/nomad-2022-08-01>). What is not known is not zero here.
#[test]
fn a_header_of_zeros() {
	let (mut world, id, evidence) = ready();
	let number = world.beta.sealed();
	for number in [0, number, u32::MAX] {
		let logs = evidence.header.digest.logs.clone();
		let zeros = header(number, H256::zero(), H256::zero(), logs);
		let forged = Evidence { header: zeros, ..evidence.clone() }.unlinked();
		// A chain does not say that it is complete from a block on that is yet to come.
		let error = if number == 0 { Error::StatementMalformed } else { Error::HeaderNotKnown };
		world.refuse(&forged, &[id], error);
	}
	world.submit(evidence, &[id]).expect("the honest evidence is believed");
	let zeros = header(number + 1, H256::zero(), H256::zero(), vec![]);
	let forged = Evidence { header: zeros, link: Link::Known, proof: vec![vec![0]] };
	world.refuse(&forged, &[id], Error::StatementMissing);
}

/// A child that the attacker makes of a final block is not final with it: the votes are for the
/// parent (Tendermint's forward lunatic attack, GHSA-f3w5-v9xx-rp8p).
#[test]
fn a_child_of_a_final_block() {
	let change = |_: &World, e: &mut Evidence| {
		let mut child = child_of(&e.header, e.header.state_root);
		child.digest = e.header.digest.clone();
		let justification = e.justification();
		justification.target_hash = child.hash();
		justification.target_number = child.number;
		justification.votes[2] = vote(BETA_VOTERS[2], &child, ROUND, 5);
		e.header = child;
	};
	forged(change, Error::VoteNotDescendant);
}
