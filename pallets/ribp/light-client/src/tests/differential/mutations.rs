//! Every single thing that can be wrong with a justification, each as a change of a valid one.

use super::{generate::Case, Class, Dice};
use crate::{
	testing::{
		authority, authority_set, child_of, descendants_of, forced_change, header,
		scheduled_change, sign, Ed25519Keyring as Key,
	},
	Header, Vote, MAX_ANCESTRIES,
};
use codec::{Decode, Encode};
use finality_grandpa::{Message, Prevote};
use sp_consensus_grandpa::localized_payload;
use sp_core::H256;
use sp_runtime::DigestItem;

/// All classes. Where weights differ, the last vote may be superfluous in another order of the
/// votes, and one that comes before it may not be: some mutations leave a valid justification.
pub const CLASSES: &[Class<Case>] = classes! {
	nothing_changed: ["accepted"], ["accepted"];
	ancestry_in_another_order: ["accepted"], ["accepted"];
	ancestry_at_the_limit: ["accepted"], ["accepted"];
	target_moved_to_the_parent: ["accepted"], ["accepted"];

	vote_missing: ["TooFewVotes"], ["TooLowCumulativeWeight"];
	no_votes: ["TooFewVotes"], ["TooLowCumulativeWeight"];
	vote_repeated: ["DuplicateVoter" "SurplusVote"], ["DuplicateAuthorityVote" "RedundantAuthorityVote"];
	vote_repeated_in_place_of_another:
		["DuplicateVoter"], ["DuplicateAuthorityVote" "RedundantAuthorityVote"];
	voter_votes_for_two_blocks:
		["DuplicateVoter" "SurplusVote"], ["DuplicateAuthorityVote" "RedundantAuthorityVote"];
	vote_after_the_threshold: ["SurplusVote"], ["RedundantAuthorityVote"];
	vote_inserted: ["SurplusVote" "accepted"], ["RedundantAuthorityVote" "accepted"];
	votes_in_another_order: ["SurplusVote" "accepted"], ["RedundantAuthorityVote" "accepted"];
	vote_of_an_outsider_added: ["UnknownVoter"], ["RedundantAuthorityVote" "UnknownAuthorityVote"];
	vote_of_an_outsider_in_place: ["UnknownVoter"], ["UnknownAuthorityVote"];
	voter_renamed: ["BadSignature"], ["InvalidAuthoritySignature"];

	signature_bit_flipped: ["BadSignature"], ["InvalidAuthoritySignature"];
	signature_of_another_voter: ["BadSignature"], ["InvalidAuthoritySignature"];
	signature_of_a_prevote: ["BadSignature"], ["InvalidAuthoritySignature"];
	signature_without_set_and_round: ["BadSignature"], ["InvalidAuthoritySignature"];
	signature_for_another_round: ["BadSignature"], ["InvalidAuthoritySignature"];
	signature_for_another_set: ["BadSignature"], ["InvalidAuthoritySignature"];
	round_changed: ["BadSignature"], ["InvalidAuthoritySignature"];
	set_id_changed: ["BadSignature"], ["InvalidAuthoritySignature"];
	set_of_outsiders: ["UnknownVoter"], ["UnknownAuthorityVote"];

	// The signature of the first vote is looked at before the headers that link votes.
	vote_renamed_to_nowhere: ["BadSignature" "VoteNotDescendant"], ["UnrelatedAncestryVote"];
	vote_for_nowhere: ["VoteNotDescendant"], ["UnrelatedAncestryVote"];
	vote_below_the_target: ["VoteBelowTarget"], ["UnrelatedAncestryVote"];
	vote_beside_the_target: ["VoteNotDescendant"], ["UnrelatedAncestryVote"];
	vote_above_a_sibling: ["VoteNotDescendant"], ["UnrelatedAncestryVote"];
	vote_renumbered: ["BadSignature" "VoteNotDescendant"], ["InvalidAuthoritySignature"];
	vote_numbered_too_high: ["VoteNotDescendant"], ["accepted"];
	vote_numbered_too_low: ["VoteNotDescendant"], ["accepted"];
	vote_numbered_below_the_target: ["VoteBelowTarget"], ["UnrelatedAncestryVote"];

	target_hash_changed: ["OtherTarget"], ["InvalidJustificationTarget"];
	target_number_changed: ["OtherNumber"], ["InvalidJustificationTarget"];
	header_changed: ["OtherTarget"], ["InvalidJustificationTarget"];
	header_renumbered: ["OtherTarget"], ["InvalidJustificationTarget"];
	header_is_a_child: ["OtherTarget"], ["InvalidJustificationTarget"];
	target_moved_to_a_child: ["VoteNotDescendant"], ["UnrelatedAncestryVote"];

	ancestry_missing: ["VoteNotDescendant"], ["UnrelatedAncestryVote"];
	ancestry_repeated: ["DuplicateAncestry"], ["DuplicateVotesAncestries"];
	ancestry_unused: ["UnusedAncestry"], ["RedundantVotesAncestries"];
	ancestry_holds_the_target: ["UnusedAncestry"], ["RedundantVotesAncestries"];
	ancestry_holds_the_parent: ["UnusedAncestry"], ["RedundantVotesAncestries"];
	ancestry_changed: ["VoteNotDescendant"], ["UnrelatedAncestryVote"];
	ancestry_misnumbered: ["VoteNotDescendant"], ["accepted"];
	ancestry_that_never_arrives: ["VoteNotDescendant"], ["UnrelatedAncestryVote"];
	ancestry_too_long: ["AncestryTooLong"], ["accepted"];

	header_forces_a_change: ["ForcedChange"], ["accepted"];
	header_delays_a_change: ["DelayedChange"], ["accepted"];
	header_announces_nobody: ["InvalidNextSet"], ["accepted"];
	header_announces_a_change: ["accepted"], ["accepted"];
};

fn nothing_changed(_: &mut Case, _: &mut Dice) -> bool {
	true
}

fn any_vote<'a>(case: &'a mut Case, dice: &mut Dice) -> &'a mut Vote {
	let at = dice.below(case.justification.votes.len());
	&mut case.justification.votes[at]
}

/// Replaces a vote by another one, of the same voter.
fn revote(case: &mut Case, dice: &mut Dice, vote: impl FnOnce(&Case, Key, &Vote) -> Vote) {
	let at = dice.below(case.voters.len().min(case.justification.votes.len()));
	let revoted = vote(case, case.voters[at], &case.justification.votes[at]);
	case.justification.votes[at] = revoted;
}

// The votes.

fn vote_missing(case: &mut Case, _: &mut Dice) -> bool {
	case.justification.votes.pop();
	case.justification.ancestries = case.needed();
	true
}

fn no_votes(case: &mut Case, _: &mut Dice) -> bool {
	case.justification.votes.clear();
	case.justification.ancestries.clear();
	true
}

fn vote_repeated(case: &mut Case, dice: &mut Dice) -> bool {
	let again = any_vote(case, dice).clone();
	let at = dice.below(case.justification.votes.len() + 1);
	case.justification.votes.insert(at, again);
	true
}

fn vote_repeated_in_place_of_another(case: &mut Case, dice: &mut Dice) -> bool {
	let votes = &mut case.justification.votes;
	let (from, to) = (dice.below(votes.len()), dice.below(votes.len()));
	votes[to] = votes[from].clone();
	from != to
}

fn voter_votes_for_two_blocks(case: &mut Case, dice: &mut Dice) -> bool {
	let voter = *dice.pick(&case.voters);
	let vote = case.vote(voter, dice.pick(&case.tree));
	let at = dice.below(case.justification.votes.len() + 1);
	let is_new = !case.justification.votes.contains(&vote);
	case.justification.votes.insert(at, vote);
	case.justification.ancestries = case.needed();
	is_new
}

fn vote_after_the_threshold(case: &mut Case, dice: &mut Dice) -> bool {
	let Some(voter) = case.silent.first().copied() else {
		return false;
	};
	let vote = case.vote(voter, dice.pick(&case.tree));
	case.justification.votes.push(vote);
	case.justification.ancestries = case.needed();
	true
}

fn vote_inserted(case: &mut Case, dice: &mut Dice) -> bool {
	let Some(voter) = case.silent.first().copied() else {
		return false;
	};
	let vote = case.vote(voter, dice.pick(&case.tree));
	let at = dice.below(case.justification.votes.len());
	case.justification.votes.insert(at, vote);
	case.justification.ancestries = case.needed();
	true
}

fn votes_in_another_order(case: &mut Case, dice: &mut Dice) -> bool {
	dice.shuffle(&mut case.justification.votes);
	case.justification.votes.len() > 1
}

fn vote_of_an_outsider_added(case: &mut Case, dice: &mut Dice) -> bool {
	let vote = case.vote(*dice.pick(&case.outsiders), &case.header);
	let at = dice.below(case.justification.votes.len() + 1);
	case.justification.votes.insert(at, vote);
	true
}

fn vote_of_an_outsider_in_place(case: &mut Case, dice: &mut Dice) -> bool {
	let outsider = *dice.pick(&case.outsiders);
	revote(case, dice, |case, _, vote| {
		case.vote_at(outsider, vote.target_hash, vote.target_number)
	});
	true
}

fn voter_renamed(case: &mut Case, dice: &mut Dice) -> bool {
	let Some(silent) = case.silent.iter().map(|key| authority(*key)).next() else {
		return false;
	};
	let weight_of = |voter| case.set.authorities.iter().find(|(id, _)| id == voter);
	let at = dice.below(case.justification.votes.len());
	let weights = [&case.justification.votes[at].voter, &silent].map(weight_of);
	let is_as_heavy = weights[0].map(|(_, weight)| weight) == weights[1].map(|(_, weight)| weight);
	case.justification.votes[at].voter = silent;
	is_as_heavy
}

// The signatures.

fn signature_bit_flipped(case: &mut Case, dice: &mut Dice) -> bool {
	let vote = any_vote(case, dice);
	let mut bytes = vote.signature.encode();
	let at = dice.below(bytes.len());
	bytes[at] ^= 1 << dice.below(8);
	vote.signature = Decode::decode(&mut &bytes[..]).expect("any bytes are a signature");
	true
}

fn signature_of_another_voter(case: &mut Case, dice: &mut Dice) -> bool {
	let outsider = *dice.pick(&case.outsiders);
	revote(case, dice, |case, _, vote| {
		let by_another = case.vote_at(outsider, vote.target_hash, vote.target_number);
		Vote { voter: vote.voter.clone(), ..by_another }
	});
	true
}

fn signature_of_a_prevote(case: &mut Case, dice: &mut Dice) -> bool {
	revote(case, dice, |case, voter, vote| {
		let prevote = Message::Prevote(Prevote::new(vote.target_hash, vote.target_number));
		let payload = localized_payload(case.justification.round, case.set.set_id, &prevote);
		Vote { signature: sign(voter, &payload), ..vote.clone() }
	});
	true
}

fn signature_without_set_and_round(case: &mut Case, dice: &mut Dice) -> bool {
	revote(case, dice, |_, voter, vote| Vote {
		signature: sign(voter, &(vote.target_hash, vote.target_number).encode()),
		..vote.clone()
	});
	true
}

fn signature_for_another_round(case: &mut Case, dice: &mut Dice) -> bool {
	let mut other = case.clone();
	other.justification.round += 1;
	revote(case, dice, |_, voter, vote| other.vote_at(voter, vote.target_hash, vote.target_number));
	true
}

fn signature_for_another_set(case: &mut Case, dice: &mut Dice) -> bool {
	let mut other = case.clone();
	other.set.set_id += 1;
	revote(case, dice, |_, voter, vote| other.vote_at(voter, vote.target_hash, vote.target_number));
	true
}

fn round_changed(case: &mut Case, dice: &mut Dice) -> bool {
	case.justification.round ^= 1 << dice.below(64);
	true
}

fn set_id_changed(case: &mut Case, dice: &mut Dice) -> bool {
	case.set.set_id ^= 1 << dice.below(64);
	true
}

fn set_of_outsiders(case: &mut Case, _: &mut Dice) -> bool {
	case.set = authority_set(case.set.set_id, &case.outsiders);
	true
}

// What is voted for.

fn vote_renamed_to_nowhere(case: &mut Case, dice: &mut Dice) -> bool {
	any_vote(case, dice).target_hash = H256::repeat_byte(0xee);
	true
}

fn vote_for_nowhere(case: &mut Case, dice: &mut Dice) -> bool {
	revote(case, dice, |case, voter, vote| {
		case.vote_at(voter, H256::repeat_byte(0xee), vote.target_number)
	});
	true
}

fn vote_below_the_target(case: &mut Case, dice: &mut Dice) -> bool {
	revote(case, dice, |case, voter, _| case.vote(voter, &case.parent));
	case.parent.number < case.header.number
}

fn sibling(case: &Case) -> Header {
	header(case.header.number, case.parent.hash(), H256::repeat_byte(0xee), Vec::new())
}

fn vote_beside_the_target(case: &mut Case, dice: &mut Dice) -> bool {
	revote(case, dice, |case, voter, _| case.vote(voter, &sibling(case)));
	true
}

fn vote_above_a_sibling(case: &mut Case, dice: &mut Dice) -> bool {
	let branch = descendants_of(&sibling(case), 2, 9);
	revote(case, dice, |case, voter, _| case.vote(voter, &branch[1]));
	case.justification.ancestries = case.needed();
	case.justification.ancestries.extend(branch);
	case.justification.ancestries.push(sibling(case));
	true
}

fn vote_renumbered(case: &mut Case, dice: &mut Dice) -> bool {
	any_vote(case, dice).target_number += 1;
	true
}

fn vote_numbered_too_high(case: &mut Case, dice: &mut Dice) -> bool {
	let by = 1 + dice.below(3) as u32;
	revote(case, dice, |case, voter, vote| {
		case.vote_at(voter, vote.target_hash, vote.target_number + by)
	});
	true
}

fn vote_numbered_too_low(case: &mut Case, dice: &mut Dice) -> bool {
	let lowest = case.header.number;
	let mut was_above = false;
	revote(case, dice, |case, voter, vote| {
		was_above = vote.target_number > lowest;
		case.vote_at(voter, vote.target_hash, lowest)
	});
	was_above
}

fn vote_numbered_below_the_target(case: &mut Case, dice: &mut Dice) -> bool {
	let Some(below) = case.header.number.checked_sub(1) else {
		return false;
	};
	revote(case, dice, |case, voter, vote| case.vote_at(voter, vote.target_hash, below));
	true
}

// The target and its header.

fn target_hash_changed(case: &mut Case, dice: &mut Dice) -> bool {
	case.justification.target_hash.0[dice.below(32)] ^= 1 << dice.below(8);
	true
}

fn target_number_changed(case: &mut Case, dice: &mut Dice) -> bool {
	case.justification.target_number ^= 1 << dice.below(32);
	true
}

fn header_changed(case: &mut Case, dice: &mut Dice) -> bool {
	let field = match dice.below(3) {
		0 => &mut case.header.state_root,
		1 => &mut case.header.extrinsics_root,
		_ => &mut case.header.parent_hash,
	};
	field.0[dice.below(32)] ^= 1 << dice.below(8);
	true
}

fn header_renumbered(case: &mut Case, _: &mut Dice) -> bool {
	case.header.number += 1;
	true
}

fn header_is_a_child(case: &mut Case, _: &mut Dice) -> bool {
	case.header = child_of(&case.header, H256::zero());
	true
}

/// Votes for a block do not finalize what is built upon it.
fn target_moved_to_a_child(case: &mut Case, _: &mut Dice) -> bool {
	let child = child_of(&case.header, H256::zero());
	case.retarget(case.header.clone());
	case.justification.target_hash = child.hash();
	case.justification.target_number = child.number;
	// As high as the target, so that only the ancestry is wrong.
	let votes = case.voters.iter();
	let votes = votes.map(|voter| case.vote_at(*voter, case.header.hash(), child.number));
	case.justification.votes = votes.collect();
	case.header = child;
	true
}

/// They do finalize what it builds upon.
fn target_moved_to_the_parent(case: &mut Case, _: &mut Dice) -> bool {
	case.justification.ancestries.push(case.header.clone());
	case.justification.target_hash = case.parent.hash();
	case.justification.target_number = case.parent.number;
	case.header = case.parent.clone();
	case.header.number < case.tree[0].number
}

// The headers that link votes to the target.

fn ancestry_in_another_order(case: &mut Case, _: &mut Dice) -> bool {
	case.justification.ancestries.reverse();
	case.justification.ancestries.len() > 1
}

fn ancestry_missing(case: &mut Case, dice: &mut Dice) -> bool {
	let headers = &mut case.justification.ancestries;
	if headers.is_empty() {
		return false;
	}
	headers.remove(dice.below(headers.len()));
	true
}

fn ancestry_repeated(case: &mut Case, dice: &mut Dice) -> bool {
	let headers = &mut case.justification.ancestries;
	if headers.is_empty() {
		return false;
	}
	let again = dice.pick(headers).clone();
	headers.insert(dice.below(headers.len() + 1), again);
	true
}

fn ancestry_unused(case: &mut Case, dice: &mut Dice) -> bool {
	let unused = child_of(dice.pick(&case.tree), H256::repeat_byte(0xee));
	let at = dice.below(case.justification.ancestries.len() + 1);
	case.justification.ancestries.insert(at, unused);
	true
}

fn ancestry_holds_the_target(case: &mut Case, _: &mut Dice) -> bool {
	case.justification.ancestries.push(case.header.clone());
	true
}

fn ancestry_holds_the_parent(case: &mut Case, _: &mut Dice) -> bool {
	case.justification.ancestries.push(case.parent.clone());
	true
}

fn ancestry_changed(case: &mut Case, dice: &mut Dice) -> bool {
	let headers = &mut case.justification.ancestries;
	if headers.is_empty() {
		return false;
	}
	let at = dice.below(headers.len());
	headers[at].parent_hash = case.justification.target_hash;
	headers[at].extrinsics_root = H256::repeat_byte(0xee);
	true
}

/// A block that says it is higher than one above its parent: no chain has it, but the hashes link.
fn ancestry_misnumbered(case: &mut Case, dice: &mut Dice) -> bool {
	let by = 2 + dice.below(3) as u32;
	let high = Header { number: case.header.number + by, ..child_of(&case.header, H256::zero()) };
	revote(case, dice, |case, voter, _| case.vote(voter, &high));
	case.justification.ancestries = case.needed();
	case.justification.ancestries.push(high);
	true
}

/// A chain of headers that starts elsewhere, and goes past the height of the target.
fn ancestry_that_never_arrives(case: &mut Case, dice: &mut Dice) -> bool {
	let elsewhere = Header { parent_hash: H256::repeat_byte(0xee), ..case.parent.clone() };
	let chain = descendants_of(&elsewhere, 20, 9);
	revote(case, dice, |case, voter, _| case.vote(voter, &chain[19]));
	case.justification.ancestries = case.needed();
	case.justification.ancestries.extend(chain);
	true
}

fn voted_ahead(case: &mut Case, length: usize) {
	let ahead = descendants_of(&case.header, length, 9);
	case.retarget(case.header.clone());
	let last = case.justification.votes.len() - 1;
	case.justification.votes[last] = case.vote(case.voters[last], &ahead[length - 1]);
	case.justification.ancestries = ahead;
}

fn ancestry_at_the_limit(case: &mut Case, _: &mut Dice) -> bool {
	voted_ahead(case, MAX_ANCESTRIES as usize);
	true
}

fn ancestry_too_long(case: &mut Case, dice: &mut Dice) -> bool {
	voted_ahead(case, MAX_ANCESTRIES as usize + 1 + dice.below(20));
	true
}

// What the header announces.

fn announcing(case: &mut Case, log: DigestItem) -> bool {
	let mut target = case.header.clone();
	target.digest.push(log);
	case.retarget(target);
	true
}

fn header_forces_a_change(case: &mut Case, dice: &mut Dice) -> bool {
	announcing(case, forced_change(&[Key::Alice], dice.below(3) as u32))
}

fn header_delays_a_change(case: &mut Case, dice: &mut Dice) -> bool {
	announcing(case, scheduled_change(&[Key::Alice], 1 + dice.below(3) as u32))
}

fn header_announces_nobody(case: &mut Case, _: &mut Dice) -> bool {
	announcing(case, scheduled_change(&[], 0))
}

fn header_announces_a_change(case: &mut Case, _: &mut Dice) -> bool {
	announcing(case, scheduled_change(&[Key::Alice, Key::Bob], 0))
}
