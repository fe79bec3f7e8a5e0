//! What proves a fork, and what does not.

use super::*;
use crate::mock::{FORK_GRACE, MAX_MISSED, WINDOW};

/// Alpha has seen the one history up to 12; they part in block 9.
fn parted() -> Forked {
	Forked::new(9).advance_to(13).seen()
}

#[test]
fn a_final_header_of_a_known_height_with_another_hash_is_a_fork() {
	let mut world = parted();
	let proof = header_proof(&world.other, 9, 9);
	report(&mut world.alpha, proof, Older::default()).expect("two headers of block 9 are final");
	let branches = world.alpha.run(|| Forks::<Test>::get(BETA)).unwrap().fork.branches;
	let mut expected = [world.one.hash_at(9), world.other.hash_at(9)];
	expected.sort();
	assert_eq!(branches.map(|branch| branch.hash), expected);
	let event = crate::Event::Forked { system: BETA, at: 9, branches };
	assert!(world.alpha.events().contains(&event));
}

#[test]
fn a_header_chain_brings_a_final_header_down_to_the_fork() {
	let mut world = Forked::new(9).advance_to(13).seen().advance_to(40);
	let proof = header_proof(&world.other, 39, 9);
	report(&mut world.alpha, proof, Older::default()).expect("it leads down to block 9");
	assert_eq!(fork_height(&mut world.alpha), Some(9));
}

#[test]
fn the_view_in_a_final_state_shows_a_fork_inside_its_window() {
	let mut world = parted();
	let proof = state_proof(&world.other, 12, 12);
	report(&mut world.alpha, proof, Older::default()).expect("its window holds blocks 8 and 9");
	assert_eq!(fork_height(&mut world.alpha), Some(9));
}

#[test]
fn older_hashes_bring_a_view_down_to_the_fork() {
	let mut world = Forked::new(9).advance_to(13).seen().advance_to(24);
	let proof = state_proof(&world.other, 23, 8);
	report(&mut world.alpha, proof, Older::default()).expect("they fold to the view");
	assert_eq!(fork_height(&mut world.alpha), Some(9));
}

#[test]
fn a_fork_below_the_known_window_is_shown_by_the_hashes_that_were_folded() {
	let mut world = Forked::new(9).advance_to(21).seen();
	let known = older(&world.one, 8, 20 - WINDOW + 1);
	let proof = header_proof(&world.other, 11, 9);
	refuse(&mut world.alpha, fork_call(proof.clone(), Older::default()), Error::NotAFork);
	report(&mut world.alpha, proof, known).expect("alpha's view commits to them");
	assert_eq!(fork_height(&mut world.alpha), Some(9));
}

#[test]
fn hashes_that_the_known_view_does_not_commit_to_are_refused() {
	let mut world = Forked::new(9).advance_to(21).seen();
	let proof = header_proof(&world.other, 11, 9);
	let mut known = older(&world.one, 8, 20 - WINDOW + 1);
	known.hashes[2] = world.other.hash_at(10);
	refuse(&mut world.alpha, fork_call(proof.clone(), known), Error::MissedHashesDoNotFold);
	let mut known = older(&world.one, 8, 20 - WINDOW + 1);
	known.below = None;
	refuse(&mut world.alpha, fork_call(proof, known), Error::MissedHashesDoNotFold);
}

#[test]
fn the_authorities_of_the_fork_height_judge_even_if_others_have_followed() {
	let mut world = Forked::new(9);
	world.one.hand_over(&[Ed25519Keyring::Alice]);
	let announced = world.one.evidence(9, &mut world.alpha, &[]);
	world.alpha.submit(BETA, announced, &[]).expect("it follows the change");
	let mut world = world.advance_to(16);
	show(&mut world.alpha, &world.one);
	let proof = header_proof(&world.other, 15, 9);
	let mut forged = proof.clone();
	forged.justification = Voters::new(6, &[Ed25519Keyring::Alice]).justify(&proof.header);
	refuse(&mut world.alpha, fork_call(forged, Older::default()), Error::UnknownVoter);
	report(&mut world.alpha, proof, Older::default()).expect("the old set has signed both");
}

#[test]
fn the_same_history_is_not_a_fork() {
	let mut world = parted();
	let proof = header_proof(&world.one, 11, 9);
	refuse(&mut world.alpha, fork_call(proof, Older::default()), Error::NotAFork);
	let proof = state_proof(&world.one, 12, 12);
	refuse(&mut world.alpha, fork_call(proof, Older::default()), Error::NotAFork);
}

#[test]
fn of_an_unknown_chain_or_one_without_a_view_nothing_is_a_fork() {
	let mut world = Forked::new(9).advance_to(13);
	let proof = header_proof(&world.other, 11, 9);
	refuse(&mut world.alpha, fork_call(proof.clone(), Older::default()), Error::NotAFork);
	let call = Call::report_fork { system: TWIN, proof, known: Older::default() };
	refuse(&mut world.alpha, call, Error::UnknownSystem);
}

#[test]
fn headers_that_do_not_name_each_other_are_refused() {
	let mut world = parted();
	let linked = header_proof(&world.other, 12, 9);
	let Lineage::Headers(headers) = linked.lineage.clone() else { unreachable!() };
	let mut broken = headers.clone();
	broken.remove(1);
	let mut swapped = headers.clone();
	swapped.swap(0, 1);
	let mut foreign = headers;
	foreign[2] = world.one.block(9).header.clone();
	for headers in [broken, swapped, foreign] {
		let proof = ForkProof { lineage: Lineage::Headers(headers), ..linked.clone() };
		refuse(&mut world.alpha, fork_call(proof, Older::default()), Error::HeadersNotLinked);
	}
}

#[test]
fn the_proof_of_a_fork_is_final_by_the_votes_of_the_chain() {
	let mut world = parted();
	let genuine = header_proof(&world.other, 12, 9);
	let mut other_block = genuine.clone();
	other_block.justification = world.other.voters.justify(&world.other.block(11).header);
	let call = fork_call(other_block, Older::default());
	refuse(&mut world.alpha, call, Error::JustificationForOtherBlock);
	let mut few = genuine.clone();
	few.justification.votes.pop();
	refuse(&mut world.alpha, fork_call(few, Older::default()), Error::TooFewVotes);
	let mut forged = genuine;
	forged.justification.round += 1;
	refuse(&mut world.alpha, fork_call(forged, Older::default()), Error::BadSignature);
}

#[test]
fn the_state_of_another_chain_with_the_same_keys_is_no_history() {
	let mut world = parted();
	let mut twin = Chain::new(TWIN, Voters::new(5, &BETA_VOTERS));
	twin.advance_to(13);
	let proof = state_proof(&twin, 12, 12);
	refuse(&mut world.alpha, fork_call(proof, Older::default()), Error::HeaderOfOtherSystem);
}

#[test]
fn a_proof_with_more_or_less_than_the_view_is_refused() {
	let mut world = parted();
	let genuine = state_proof(&world.other, 12, 12);
	let with = |change: fn(&mut Vec<Vec<u8>>)| {
		let mut proof = genuine.clone();
		let Lineage::State { proof: nodes, .. } = &mut proof.lineage else { unreachable!() };
		change(nodes);
		fork_call(proof, Older::default())
	};
	refuse(&mut world.alpha, with(|nodes| nodes.push(vec![0; 40])), Error::UnusedProofNodes);
	refuse(&mut world.alpha, with(|nodes| drop(nodes.pop())), Error::IncompleteProof);
	refuse(&mut world.alpha, with(Vec::clear), Error::ProofEmpty);
}

#[test]
fn a_fork_is_opened_where_the_histories_are_known_to_differ_and_lowered_to_where_they_part() {
	let mut world = Forked::new(9).advance_to(21).seen();
	let proof = state_proof(&world.other, 20, 20);
	report(&mut world.alpha, proof, Older::default()).expect("the windows differ everywhere");
	assert_eq!(fork_height(&mut world.alpha), Some(13));
	let (lower, known) = (state_proof(&world.other, 20, 8), older(&world.one, 8, 13));
	let opened = world.alpha.run(|| Forks::<Test>::get(BETA)).unwrap().fork.opened;
	world.alpha.seal();
	report(&mut world.alpha, lower.clone(), known.clone()).expect("they part lower");
	let open = world.alpha.run(|| Forks::<Test>::get(BETA)).unwrap();
	assert_eq!((open.fork.at, open.fork.opened), (9, opened), "the grace period goes on");
	refuse(&mut world.alpha, fork_call(lower, known), Error::NothingToGain);
}

/// Who reports first shows as little as is possible: others may show more.
#[test]
fn the_other_branch_is_shown_further_down_once_and_what_was_counted_stays() {
	let mut world = Forked::new(9).advance_to(21).seen();
	let little = state_proof(&world.other, 20, 20);
	report(&mut world.alpha, little.clone(), Older::default()).expect("the windows differ");
	let half_way = state_proof(&world.other, 20, 13 - MAX_MISSED / 2 + 1);
	refuse(&mut world.alpha, fork_call(half_way, Older::default()), Error::NothingToGain);
	world.alpha.advance_to(world.alpha.now() + 2);
	let counted = |chain: &mut Chain| chain.run(|| crate::Tallies::<Test>::get(BETA)).unwrap();
	let before = counted(&mut world.alpha);
	let deep = state_proof(&world.other, 20, 13 - MAX_MISSED / 2);
	report(&mut world.alpha, deep.clone(), Older::default()).expect("it is further down");
	assert_eq!(fork_height(&mut world.alpha), Some(13), "alpha has not shown its own");
	assert_eq!(counted(&mut world.alpha), before);
	refuse(&mut world.alpha, fork_call(deep, Older::default()), Error::NothingToGain);
	refuse(&mut world.alpha, fork_call(little, Older::default()), Error::NothingToGain);
}

#[test]
fn the_height_of_a_fork_stands_when_half_of_the_grace_period_is_over() {
	let mut world = Forked::new(9).advance_to(21).seen();
	let proof = state_proof(&world.other, 20, 20);
	report(&mut world.alpha, proof, Older::default()).expect("the windows differ everywhere");
	let lower = |known: u32, world: &Forked| {
		fork_call(state_proof(&world.other, 20, 8), older(&world.one, known, 13))
	};
	world.alpha.advance_to(world.alpha.now() + FORK_GRACE / 2);
	let in_time = lower(10, &world);
	world.alpha.dispatch(RuntimeOrigin::signed(CAROL), in_time).expect("they part lower");
	assert_eq!(fork_height(&mut world.alpha), Some(10));
	world.alpha.seal();
	let late = lower(8, &world);
	refuse(&mut world.alpha, late, Error::ForkHeightSettled);
}

#[test]
fn headers_alone_have_to_reach_the_fork() {
	let mut world = parted();
	let proof = header_proof(&world.other, 12, 11);
	refuse(&mut world.alpha, fork_call(proof, Older::default()), Error::ForkHeightUnclear);
}

#[test]
fn a_third_branch_waits_until_the_fork_is_decided() {
	let mut world = parted().exposed(9);
	let mut third = Forked::new(10).one;
	third.announce(DigestItem::Other(b"a third history".to_vec()));
	third.advance_to(12);
	let proof = header_proof(&third, 11, 10);
	refuse(&mut world.alpha, fork_call(proof, Older::default()), Error::SystemForked);
}

#[test]
fn a_proof_of_too_much_is_refused_before_anything_else() {
	let mut world = parted();
	let proof = header_proof(&world.other, 9, 9);
	let known = Older { below: None, hashes: vec![BETA.0; MAX_MISSED as usize + 1] };
	refuse(&mut world.alpha, fork_call(proof.clone(), known), Error::GapTooLong);
	let known = Older { below: None, hashes: vec![BETA.0; 1_100] };
	refuse(&mut world.alpha, fork_call(proof.clone(), known), Error::EvidenceTooLarge);
	let mut crowded = proof;
	(0..65).for_each(|_| crowded.header.digest.push(DigestItem::RuntimeEnvironmentUpdated));
	refuse(&mut world.alpha, fork_call(crowded, Older::default()), Error::DigestTooLong);
}
