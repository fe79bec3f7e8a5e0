//! Who finalized a header: refusals of justifications, and changes of the authorities.

use super::{altered::*, chain::*, world::*};
use crate::{
	evidence::MAX_DIGEST_ITEMS, mock::Test, Error, Evidence, Link, Outcome, Stage, Systems,
};
use ribp_light_client::{
	testing::{
		descendants_of, forced_change, justify, scheduled_change, vote, Ed25519Keyring as Key,
	},
	Justification, MAX_ANCESTRIES,
};
use sp_runtime::DigestItem;

/// Asserts that alpha refuses the evidence once its justification has been changed like this, and
/// takes it as it was.
#[track_caller]
fn refused(change: impl FnOnce(&mut Justification), error: Error<Test>) {
	let (mut world, id, evidence) = ready();
	let mut forged = evidence.clone();
	change(forged.justification());
	world.refuse(&forged, &[id], error);
	world.submit(evidence, &[id]).expect("the honest evidence is believed");
}

/// Asserts that alpha refuses evidence with this justification of its header.
#[track_caller]
fn refused_as(justification: impl FnOnce(&Evidence) -> Justification, error: Error<Test>) {
	let (mut world, id, evidence) = ready();
	let justification = justification(&evidence);
	world.refuse(&evidence.justified_by(justification), &[id], error);
}

#[test]
fn the_system_must_be_known() {
	let (mut world, id, evidence) = ready();
	world.refuse_of(TWIN, &evidence, &[id], Error::UnknownSystem);
	world.refuse_of(ALPHA, &evidence, &[id], Error::UnknownSystem);
}

#[test]
fn a_header_with_a_crowded_digest_is_refused() {
	let (mut world, id, evidence) = ready();
	let mut crowded = evidence.clone();
	crowded.header.digest.logs = vec![DigestItem::RuntimeEnvironmentUpdated; MAX_DIGEST_ITEMS + 1];
	world.refuse(&crowded, &[id], Error::DigestTooLong);
	crowded.header.digest.logs.truncate(MAX_DIGEST_ITEMS - 1);
	crowded.header.digest.logs.extend(evidence.header.digest.logs.clone());
	world.refuse(&crowded, &[id], Error::JustificationForOtherBlock);

	let crowded = evidence.clone();
	refused(
		|justification| {
			let mut header = descendants_of(&crowded.header, 1, 0).remove(0);
			let items = vec![DigestItem::RuntimeEnvironmentUpdated; MAX_DIGEST_ITEMS + 1];
			header.digest.logs = items;
			justification.ancestries.push(header);
		},
		Error::DigestTooLong,
	);
}

#[test]
fn votes_of_others_are_refused() {
	let others = [Key::Alice, Key::Ferdie, Key::One];
	refused_as(|evidence| justify(&evidence.header, ROUND, 5, &others), Error::UnknownVoter);
}

#[test]
fn votes_of_another_set_of_the_same_voters_are_refused() {
	for set_id in [4, 6] {
		let voters = &BETA_VOTERS[..3];
		refused_as(
			|evidence| justify(&evidence.header, ROUND, set_id, voters),
			Error::BadSignature,
		);
	}
}

#[test]
fn votes_of_another_round_are_refused() {
	refused(|justification| justification.round += 1, Error::BadSignature);
}

#[test]
fn two_thirds_of_the_votes_are_too_few() {
	refused(|justification| justification.votes.truncate(2), Error::TooFewVotes);
	refused(|justification| justification.votes.clear(), Error::TooFewVotes);
}

#[test]
fn a_voter_counts_once() {
	let twice = |j: &mut Justification| j.votes[2] = j.votes[0].clone();
	refused(twice, Error::DuplicateVoter);
}

#[test]
fn a_vote_more_than_it_takes_is_refused() {
	refused_as(|evidence| justify(&evidence.header, ROUND, 5, &BETA_VOTERS), Error::SurplusVote);
}

#[test]
fn a_forged_signature_is_refused() {
	let forge = |j: &mut Justification| j.votes[1].signature = j.votes[0].signature.clone();
	refused(forge, Error::BadSignature);
}

#[test]
fn the_justification_of_another_block_is_refused() {
	let (mut world, id, evidence) = ready();
	let parent = world.beta.block(world.beta.sealed() - 1);
	let justification = parent.voters.justify(&parent.header);
	let moved = evidence.justified_by(justification);
	world.refuse(&moved, &[id], Error::JustificationForOtherBlock);
}

#[test]
fn a_justification_with_another_number_is_refused() {
	refused(|justification| justification.target_number += 1, Error::JustificationForOtherBlock);
}

#[test]
fn a_changed_header_is_not_the_one_that_was_finalized() {
	let (mut world, id, mut evidence) = ready();
	evidence.header.extrinsics_root = Default::default();
	evidence.header.number += 1;
	world.refuse(&evidence, &[id], Error::JustificationForOtherBlock);
}

#[test]
fn a_header_that_is_not_known_needs_a_justification() {
	let (mut world, id, evidence) = ready();
	world.refuse(&evidence.unlinked(), &[id], Error::HeaderNotKnown);
}

#[test]
fn a_vote_that_is_not_for_a_descendant_is_refused() {
	let elsewhere = |evidence: &Evidence| {
		let other = descendants_of(&evidence.header, 2, 1);
		let mut justification = justify(&evidence.header, ROUND, 5, &BETA_VOTERS[..3]);
		justification.votes[2] = vote(BETA_VOTERS[2], &other[1], ROUND, 5);
		justification
	};
	refused_as(elsewhere, Error::VoteNotDescendant);
}

/// A justification of which the last vote is for the last of `length` descendants.
fn voted_ahead(evidence: &Evidence, length: usize) -> Justification {
	let ahead = descendants_of(&evidence.header, length, 1);
	let mut justification = justify(&evidence.header, ROUND, 5, &BETA_VOTERS[..3]);
	let last = ahead.last().expect("there is one");
	justification.votes[2] = vote(BETA_VOTERS[2], last, ROUND, 5);
	justification.ancestries = ahead;
	justification
}

#[test]
fn votes_for_descendants_count() {
	let (mut world, id, evidence) = ready();
	let justification = voted_ahead(&evidence, 3);
	let evidence = evidence.justified_by(justification);
	world.submit(evidence, &[id]).expect("who finalizes a block finalizes its parents");
}

#[test]
fn an_ancestry_is_short_and_wholly_needed() {
	let twice = |evidence: &Evidence| {
		let mut justification = voted_ahead(evidence, 2);
		justification.ancestries.push(justification.ancestries[0].clone());
		justification
	};
	refused_as(twice, Error::BadAncestry);
	let unused = |evidence: &Evidence| {
		let mut justification = justify(&evidence.header, ROUND, 5, &BETA_VOTERS[..3]);
		justification.ancestries = descendants_of(&evidence.header, 1, 1);
		justification
	};
	refused_as(unused, Error::BadAncestry);
}

#[test]
fn an_ancestry_that_is_too_long_is_refused() {
	// Small headers: the whole stays within the size of evidence.
	let long = |evidence: &Evidence| voted_ahead(evidence, MAX_ANCESTRIES as usize + 1);
	refused_as(long, Error::BadAncestry);
}

#[test]
fn a_forced_change_of_authorities_is_refused() {
	let (mut world, id, _) = ready();
	world.beta.announce(forced_change(&[Key::Alice], 0));
	world.beta.seal();
	let evidence = world.evidence(&[id]);
	world.refuse(&evidence, &[id], Error::ForcedAuthorityChange);
	world.refuse(&evidence, &[], Error::ForcedAuthorityChange);
}

#[test]
fn a_delayed_change_of_authorities_is_refused() {
	let (mut world, id, _) = ready();
	world.beta.announce(scheduled_change(&[Key::Alice], 1));
	world.beta.seal();
	let evidence = world.evidence(&[id]);
	world.refuse(&evidence, &[id], Error::DelayedAuthorityChange);
}

#[test]
fn a_change_to_no_authorities_is_refused() {
	for nobody in [&[][..], &[Key::Alice, Key::Alice]] {
		let (mut world, id, _) = ready();
		world.beta.announce(scheduled_change(nobody, 0));
		world.beta.seal();
		let evidence = world.evidence(&[id]);
		world.refuse(&evidence, &[id], Error::InvalidNextAuthorities);
	}
}

#[test]
fn a_scheduled_change_is_followed_and_the_old_authorities_are_refused_from_then_on() {
	let swap = Exchange::until(30, 30);
	let mut world = World::new().registered(&swap);
	let id = swap.delivery.id();
	world.beta.hand_over(&[Key::Ferdie]);
	let last_of_old = world.evidence(&[]);
	world.beta.seal();

	let early = world.evidence(&[id]);
	world.refuse(&early, &[id], Error::UnknownVoter);
	world.submit(last_of_old, &[]).expect("a new set is a step, however small");
	let known = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("beta is known");
	assert_eq!((known.set.set_id, known.set.authorities.len()), (6, 1));

	let by_old = Voters::new(5, &BETA_VOTERS).justify(&early.header);
	let stale = early.justified_by(by_old);
	world.refuse(&stale, &[id], Error::UnknownVoter);
	world.tell_alpha(&[id]).expect("the new set finalizes what follows");
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
}

/// The new set's votes for the next block also finalize the block that announced the set. If that
/// block is the trust anchor, its announcement has been followed already.
#[test]
fn the_change_that_made_the_trust_anchors_set_is_not_followed_again() {
	let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
	beta.seal();
	beta.hand_over(&[Key::Ferdie]);
	let anchor = beta.sealed();
	alpha.knows(&beta);
	beta.seal();
	let mut world = World { alpha, beta };

	let next = world.beta.block(anchor + 1).header.clone();
	let evidence = world.evidence_at(anchor, &[]);
	let justification = Justification {
		target_hash: evidence.header.hash(),
		target_number: anchor,
		ancestries: vec![next.clone()],
		..world.beta.block(anchor + 1).voters.justify(&next)
	};
	let link = Link::Above { justification, extension: world.beta.extension(1, anchor) };
	let again = Evidence { link, ..evidence };
	world.refuse(&again, &[], Error::NothingToGain);
	world.beta.advance_to(anchor + 6);
	world.tell_alpha(&[]).expect("what follows the anchor is final by the set of the anchor");
	let known = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("beta is known");
	assert_eq!((known.set.set_id, known.set_since), (6, anchor));
}

/// An era ends at its handover: who skips it has no votes that count, and a second one of the same
/// set is another history.
#[test]
fn a_change_of_the_authorities_is_not_skipped() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let id = swap.delivery.id();
	world.beta.advance_to(8);
	world.beta.hand_over(&[Key::Ferdie]);
	world.beta.advance_to(16);
	let beyond = world.evidence(&[id]);
	world.refuse(&beyond, &[id], Error::UnknownVoter);
	// The old set signs above its own handover: it is the only one that is known.
	let by_old = beyond.clone().justified_by(Voters::new(5, &BETA_VOTERS).justify(&beyond.header));
	world.authorize(submission(BETA, by_old, &[id])).expect("nothing contradicts it yet");
	let change = world.evidence_at(8, &[]);
	world.submit(change, &[]).expect("a new set is a step");
	world.tell_alpha(&[id]).expect("the new set finalizes what follows");
}

#[test]
fn authorities_change_again_and_again_in_the_middle_of_an_exchange() {
	let swap = Exchange::until(30, 30);
	let mut world = World::new().registered(&swap);
	let id = swap.delivery.id();
	world.beta.hand_over(&[Key::Ferdie]);
	world.tell_alpha(&[id]).expect("the block of the change proves contracts too");
	world.tell_beta(&[swap.payment.id()]).expect("alpha's voters are the same");
	world.beta.hand_over(&[Key::One, Key::Two]);
	world.tell_alpha(&[id]).expect("the payment is committed");
	world.seal();
	world.beta.hand_over(&BETA_VOTERS);
	world.tell_alpha(&[]).expect("a new set is a step");
	let known = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("beta is known");
	assert_eq!(known.set.set_id, 8);
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Ended(Outcome::Settled)));
}
