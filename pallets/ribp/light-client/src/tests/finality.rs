use super::{
	chain, genesis, set, Alice, Bob, Charlie, Dave, Eve, Ferdie, QUORUM, ROUND, SET, VOTERS,
};
use crate::{
	testing::{authority, authority_set, descendants_of, justify, vote, Ed25519Keyring},
	verify_finality, AuthoritySet, FinalityError, Header, Justification, MAX_ANCESTRIES,
};

/// Of `chain`, the first block justified by votes for its last one.
fn justified_by_its_tip(chain: &[Header]) -> Justification {
	let (target, later) = chain.split_first().unwrap();
	let tip = chain.last().unwrap();
	let votes = QUORUM.iter().map(|voter| vote(*voter, tip, ROUND, SET)).collect();
	Justification { votes, ancestries: later.to_vec(), ..justify(target, ROUND, SET, &[]) }
}

fn refusal(header: &Header, justification: &Justification) -> FinalityError {
	verify_finality(header, justification, &set()).unwrap_err()
}

#[test]
fn a_header_with_enough_votes_is_finalized() {
	let target = &chain(2)[1];
	let finalized = verify_finality(target, &justify(target, ROUND, SET, &QUORUM), &set()).unwrap();
	assert_eq!(finalized.header(), target);
	assert_eq!(finalized.hash(), target.hash());
	assert_eq!(finalized.number(), 2);
	assert_eq!(finalized.state_root(), target.state_root);
	assert_eq!(finalized.next_set(), None);
	assert_eq!(finalized.into_parts(), (target.clone(), None));
}

#[test]
fn weight_counts_and_not_heads() {
	let weights = [(Alice, 7), (Bob, 1), (Charlie, 1), (Dave, 1)];
	let authorities = weights.map(|(voter, weight)| (authority(voter), weight)).to_vec();
	let set = AuthoritySet::new(SET, authorities).unwrap();
	let target = &chain(1)[0];
	assert!(verify_finality(target, &justify(target, ROUND, SET, &[Alice]), &set).is_ok());
	assert_eq!(
		verify_finality(target, &justify(target, ROUND, SET, &[Bob, Charlie, Dave]), &set),
		Err(FinalityError::TooFewVotes { weight: 3, threshold: 7 }),
	);
}

#[test]
fn a_lone_voter_finalizes() {
	let target = &chain(1)[0];
	let set = authority_set(SET, &[Eve]);
	assert!(verify_finality(target, &justify(target, ROUND, SET, &[Eve]), &set).is_ok());
}

#[test]
fn votes_for_another_block_are_refused() {
	let (blocks, fork) = (chain(1), descendants_of(&genesis(), 1, 2));
	assert_eq!(
		refusal(&blocks[0], &justify(&fork[0], ROUND, SET, &QUORUM)),
		FinalityError::OtherTarget { header: blocks[0].hash(), target: fork[0].hash() },
	);
}

#[test]
fn a_number_that_is_not_the_headers_is_refused() {
	let target = &chain(2)[1];
	let justification = Justification { target_number: 1, ..justify(target, ROUND, SET, &QUORUM) };
	assert_eq!(
		refusal(target, &justification),
		FinalityError::OtherNumber { header: 2, target: 1 }
	);
}

#[test]
fn two_thirds_are_too_few() {
	let target = &chain(1)[0];
	let set = authority_set(SET, &[Alice, Bob, Charlie]);
	assert_eq!(
		verify_finality(target, &justify(target, ROUND, SET, &[Alice, Bob]), &set),
		Err(FinalityError::TooFewVotes { weight: 2, threshold: 3 }),
	);
}

#[test]
fn no_votes_are_too_few_even_for_an_empty_literal() {
	let target = &chain(1)[0];
	let nobody = AuthoritySet { set_id: SET, authorities: Default::default() };
	assert_eq!(
		verify_finality(target, &justify(target, ROUND, SET, &[]), &nobody),
		Err(FinalityError::TooFewVotes { weight: 0, threshold: 1 }),
	);
}

#[test]
fn one_voter_counts_once() {
	let target = &chain(1)[0];
	let justification = justify(target, ROUND, SET, &[Alice, Bob, Alice]);
	assert_eq!(refusal(target, &justification), FinalityError::DuplicateVoter);
}

#[test]
fn one_voter_with_two_different_votes_counts_once() {
	let blocks = chain(2);
	let mut justification = justify(&blocks[0], ROUND, SET, &[Alice, Bob]);
	justification.votes.push(vote(Alice, &blocks[1], ROUND, SET));
	justification.ancestries.push(blocks[1].clone());
	assert_eq!(refusal(&blocks[0], &justification), FinalityError::DuplicateVoter);
}

#[test]
fn a_voter_outside_the_set_is_refused() {
	let target = &chain(1)[0];
	let justification = justify(target, ROUND, SET, &[Alice, Bob, Eve]);
	assert_eq!(refusal(target, &justification), FinalityError::UnknownVoter);
}

#[test]
fn a_vote_after_the_threshold_is_refused() {
	let target = &chain(1)[0];
	let justification = justify(target, ROUND, SET, &VOTERS);
	assert_eq!(refusal(target, &justification), FinalityError::SurplusVote);
}

#[test]
fn a_forged_signature_is_refused() {
	let target = &chain(1)[0];
	for forged in 0..QUORUM.len() {
		let mut justification = justify(target, ROUND, SET, &QUORUM);
		let by_another = vote(Ferdie, target, ROUND, SET).signature;
		justification.votes[forged].signature = by_another;
		assert_eq!(refusal(target, &justification), FinalityError::BadSignature);
	}
}

#[test]
fn votes_of_another_set_id_are_refused() {
	let target = &chain(1)[0];
	for other in [SET - 1, SET + 1] {
		let justification = justify(target, ROUND, other, &QUORUM);
		assert_eq!(refusal(target, &justification), FinalityError::BadSignature);
	}
}

#[test]
fn votes_of_another_round_are_refused() {
	let target = &chain(1)[0];
	let justification = Justification { round: ROUND + 1, ..justify(target, ROUND, SET, &QUORUM) };
	assert_eq!(refusal(target, &justification), FinalityError::BadSignature);
}

#[test]
fn signatures_for_another_chain_are_refused_under_this_ones_target() {
	let (target, other) = (&chain(1)[0], &descendants_of(&genesis(), 1, 2)[0]);
	let mut justification = justify(other, ROUND, SET, &QUORUM);
	justification.target_hash = target.hash();
	for vote in &mut justification.votes {
		vote.target_hash = target.hash();
	}
	assert_eq!(refusal(target, &justification), FinalityError::BadSignature);
}

#[test]
fn another_chains_authorities_are_refused() {
	let target = &chain(1)[0];
	let voters: [Ed25519Keyring; 3] =
		[Ed25519Keyring::One, Ed25519Keyring::Two, Ed25519Keyring::EveStash];
	let justification = justify(target, ROUND, SET, &voters);
	assert_eq!(refusal(target, &justification), FinalityError::UnknownVoter);
}

#[test]
fn a_prevote_is_no_precommit() {
	use finality_grandpa::{Message, Prevote};
	let target = &chain(1)[0];
	let mut justification = justify(target, ROUND, SET, &QUORUM);
	let prevote = Message::Prevote(Prevote::new(target.hash(), target.number));
	let payload = sp_consensus_grandpa::localized_payload(ROUND, SET, &prevote);
	justification.votes[0].signature = Alice.sign(&payload).into();
	assert_eq!(refusal(target, &justification), FinalityError::BadSignature);
}

#[test]
fn votes_for_descendants_count() {
	let blocks = chain(5);
	assert!(verify_finality(&blocks[0], &justified_by_its_tip(&blocks), &set()).is_ok());
}

#[test]
fn votes_on_several_branches_count() {
	let (target, fork) = (&chain(1)[0], descendants_of(&chain(1)[0], 2, 2));
	let main = descendants_of(target, 2, 1);
	let mut justification = justify(target, ROUND, SET, &[Alice]);
	justification.votes.push(vote(Bob, &main[1], ROUND, SET));
	justification.votes.push(vote(Charlie, &fork[1], ROUND, SET));
	justification.ancestries = [&fork[1], &main[0], &main[1], &fork[0]].map(Clone::clone).to_vec();
	assert!(verify_finality(target, &justification, &set()).is_ok());
}

#[test]
fn a_vote_below_the_target_is_refused() {
	let blocks = chain(2);
	let mut justification = justify(&blocks[1], ROUND, SET, &[Alice, Bob]);
	justification.votes.push(vote(Charlie, &blocks[0], ROUND, SET));
	assert_eq!(refusal(&blocks[1], &justification), FinalityError::VoteBelowTarget);
}

#[test]
fn a_vote_beside_the_target_is_refused() {
	let (target, beside) = (&chain(1)[0], &descendants_of(&genesis(), 1, 2)[0]);
	let mut justification = justify(target, ROUND, SET, &[Alice, Bob]);
	justification.votes.push(vote(Charlie, beside, ROUND, SET));
	assert_eq!(refusal(target, &justification), FinalityError::VoteNotDescendant);
}

#[test]
fn a_vote_on_a_branch_from_below_the_target_is_refused() {
	let (target, branch) = (&chain(1)[0], descendants_of(&genesis(), 2, 2));
	let mut justification = justify(target, ROUND, SET, &[Alice, Bob]);
	justification.votes.push(vote(Charlie, &branch[1], ROUND, SET));
	justification.ancestries = branch;
	assert_eq!(refusal(target, &justification), FinalityError::VoteNotDescendant);
}

#[test]
fn a_missing_link_is_refused() {
	let blocks = chain(4);
	for missing in 0..3 {
		let mut justification = justified_by_its_tip(&blocks);
		justification.ancestries.remove(missing);
		assert_eq!(refusal(&blocks[0], &justification), FinalityError::VoteNotDescendant);
	}
}

#[test]
fn a_vote_for_the_target_under_a_higher_number_is_refused() {
	let target = &chain(1)[0];
	let mut justification = justify(target, ROUND, SET, &QUORUM);
	justification.votes[2].target_number = 2;
	assert_eq!(refusal(target, &justification), FinalityError::VoteNotDescendant);
}

#[test]
fn a_vote_for_a_descendant_under_another_number_is_refused() {
	let blocks = chain(3);
	for number in [2, 4] {
		let mut justification = justified_by_its_tip(&blocks);
		justification.votes[1].target_number = number;
		assert_eq!(refusal(&blocks[0], &justification), FinalityError::VoteNotDescendant);
	}
}

#[test]
fn a_header_that_links_no_vote_is_refused() {
	let blocks = chain(2);
	let mut justification = justify(&blocks[0], ROUND, SET, &QUORUM);
	justification.ancestries.push(blocks[1].clone());
	assert_eq!(refusal(&blocks[0], &justification), FinalityError::UnusedAncestry);
}

#[test]
fn the_target_itself_is_an_unused_header() {
	let blocks = chain(3);
	let mut justification = justified_by_its_tip(&blocks);
	justification.ancestries.push(blocks[0].clone());
	assert_eq!(refusal(&blocks[0], &justification), FinalityError::UnusedAncestry);
}

#[test]
fn a_header_brought_twice_is_refused() {
	let blocks = chain(3);
	let mut justification = justified_by_its_tip(&blocks);
	justification.ancestries.push(blocks[1].clone());
	assert_eq!(refusal(&blocks[0], &justification), FinalityError::DuplicateAncestry);
}

#[test]
fn an_ancestry_may_be_as_long_as_the_limit_and_no_longer() {
	let limit = MAX_ANCESTRIES as usize;
	let blocks = chain(limit + 2);
	let longest = justified_by_its_tip(&blocks[..=limit]);
	assert!(verify_finality(&blocks[0], &longest, &set()).is_ok());
	assert_eq!(
		refusal(&blocks[0], &justified_by_its_tip(&blocks)),
		FinalityError::AncestryTooLong { headers: MAX_ANCESTRIES + 1, limit: MAX_ANCESTRIES },
	);
}
