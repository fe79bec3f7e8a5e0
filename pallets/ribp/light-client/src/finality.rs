//! Whether a header is finalized, and by whom the next ones will be.

use crate::{
	ancestry::{Ancestry, Unlinked},
	AuthoritySet, AuthoritySetError, Header, Justification, Vote, MAX_ANCESTRIES,
};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::slice::SliceIndex;
use finality_grandpa::{Message, Precommit};
use scale_info::TypeInfo;
use sp_consensus_grandpa::{
	check_message_signature_with_buffer, ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID,
};
use sp_core::H256;
use sp_runtime::generic::OpaqueDigestItemId;

/// Why a header is not believed to be finalized.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum FinalityError {
	/// The justification is for another block.
	OtherTarget {
		/// The header's hash.
		header: H256,
		/// The hash that the justification names.
		target: H256,
	},
	/// The justification gives the block another number.
	OtherNumber {
		/// The header's number.
		header: u32,
		/// The number that the justification names.
		target: u32,
	},
	/// There are more than [`MAX_ANCESTRIES`] headers in the justification.
	AncestryTooLong {
		/// How many there are.
		headers: u32,
		/// How many there may be.
		limit: u32,
	},
	/// Somebody voted who is not in the set.
	UnknownVoter,
	/// Somebody voted twice.
	DuplicateVoter,
	/// The votes before this one were enough.
	SurplusVote,
	/// The voters do not have more than two thirds of the weight.
	TooFewVotes {
		/// The weight that voted.
		weight: u64,
		/// The weight that finalizes.
		threshold: u64,
	},
	/// A header is in the justification twice.
	DuplicateAncestry,
	/// A vote is for a block lower than the one to be finalized.
	VoteBelowTarget,
	/// A vote's block is not shown to be the target or a descendant of it.
	VoteNotDescendant,
	/// A header links no vote.
	UnusedAncestry,
	/// A signature is not the voter's over this block, round and set: forged, or taken from
	/// another round, another set or another chain.
	BadSignature,
	/// The header forces a new authority set, which no vote of the old one can vouch for.
	ForcedChange,
	/// The header announces an authority set for a later block than itself.
	DelayedChange {
		/// How many blocks later.
		delay: u32,
	},
	/// The authority set that the header announces is none.
	InvalidNextSet(AuthoritySetError),
}

/// A header that its chain's authorities have finalized.
///
/// Only [`Candidate::verify`] makes one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finalized {
	header: Header,
	hash: H256,
	next_set: Option<AuthoritySet>,
}

impl Finalized {
	/// The header.
	pub fn header(&self) -> &Header {
		&self.header
	}

	/// The header's hash.
	pub fn hash(&self) -> H256 {
		self.hash
	}

	/// The block's number.
	pub fn number(&self) -> u32 {
		self.header.number
	}

	/// The root of the state after the block.
	pub fn state_root(&self) -> H256 {
		self.header.state_root
	}

	/// The set that finalizes the blocks *after* this one, if it is another from here on.
	pub fn next_set(&self) -> Option<&AuthoritySet> {
		self.next_set.as_ref()
	}

	/// The header and the set that takes over after it, if any.
	pub fn into_parts(self) -> (Header, Option<AuthoritySet>) {
		(self.header, self.next_set)
	}
}

/// A header and votes that would finalize it, if all of their signatures are genuine.
///
/// Everything but the signatures is checked, and one of these: nobody without a vote for this header
/// makes others read on. The other signatures cost the most: only what is otherwise worth believing
/// needs to get that far.
#[derive(Debug)]
pub struct Candidate<'a> {
	header: &'a Header,
	hash: H256,
	next_set: Option<AuthoritySet>,
	justification: &'a Justification,
	set: &'a AuthoritySet,
}

impl<'a> Candidate<'a> {
	/// Checks the votes: whose they are, how much they weigh, and what they are for; and the signature
	/// of the first, before the headers that link them are hashed.
	///
	/// The caller must know that `set` is the one in charge of the header's block; the block that
	/// announces a new set belongs to the old one.
	///
	/// Votes for descendants count for the target, even if all are for the same descendant: whoever
	/// finalizes a block finalizes what it builds upon.
	///
	/// GRANDPA counts who voted for two blocks in one round for every block. Not here: votes do not name
	/// the chain, and of two votes of one key each may be of another. A justification that needs such
	/// a voter is refused, as it is by the Polkadot bridges.
	pub fn new(
		header: &'a Header,
		justification: &'a Justification,
		set: &'a AuthoritySet,
	) -> Result<Self, FinalityError> {
		check_ancestry_count(justification)?;
		check_voters(justification, set)?;
		let hash = header.hash();
		check_target(header, hash, justification)?;
		check_signatures(justification, set, ..1)?;
		let next_set = next_set(header, set)?;
		check_ancestry(justification)?;
		Ok(Self { header, hash, next_set, justification, set })
	}

	/// The header's hash.
	pub fn hash(&self) -> H256 {
		self.hash
	}

	/// The set that would finalize the blocks after this one, if it is another from here on.
	pub fn next_set(&self) -> Option<&AuthoritySet> {
		self.next_set.as_ref()
	}

	/// Checks the other signatures, and believes.
	pub fn verify(self) -> Result<Finalized, FinalityError> {
		check_signatures(self.justification, self.set, 1..)?;
		let Self { header, hash, next_set, .. } = self;
		Ok(Finalized { header: header.clone(), hash, next_set })
	}
}

/// Believes that `header` is finalized if the justification proves it under `set`.
///
/// As [`Candidate::new`] and [`Candidate::verify`], one after the other.
pub fn verify_finality(
	header: &Header,
	justification: &Justification,
	set: &AuthoritySet,
) -> Result<Finalized, FinalityError> {
	Candidate::new(header, justification, set)?.verify()
}

/// The set that takes over after `header`, if the header announces one; `set` is the one before.
///
/// Reads the digest as the chain's own nodes do: a forced change goes before a scheduled one, of
/// several only the first counts, and what does not decode is ignored.
pub fn next_set(
	header: &Header,
	set: &AuthoritySet,
) -> Result<Option<AuthoritySet>, FinalityError> {
	let mut scheduled = None;
	for item in header.digest.logs() {
		match item.try_to(OpaqueDigestItemId::Consensus(&GRANDPA_ENGINE_ID)) {
			Some(ConsensusLog::<u32>::ForcedChange(..)) => return Err(FinalityError::ForcedChange),
			Some(ConsensusLog::ScheduledChange(change)) => {
				scheduled.get_or_insert(change);
			},
			_ => {},
		}
	}
	let Some(ScheduledChange { next_authorities, delay }) = scheduled else {
		return Ok(None);
	};
	if delay != 0 {
		return Err(FinalityError::DelayedChange { delay });
	}
	set.successor(next_authorities).map(Some).map_err(FinalityError::InvalidNextSet)
}

/// Reduces a node's justification to the form that [`verify_finality`] accepts.
///
/// Keeps, in their order, the first votes that reach the threshold and the headers that these
/// need. Votes of unknown voters, further votes of the same voter and votes that do not lead to
/// the target go. It believes nothing: no signature is checked, and a justification that cannot be
/// brought into that form is still refused afterwards.
pub fn minimize(mut justification: Justification, set: &AuthoritySet) -> Justification {
	let mut ancestry = Ancestry::of(&justification);
	let mut silent: BTreeMap<_, _> = set.authorities.iter().map(|(id, w)| (id, *w)).collect();
	let threshold = set.threshold();
	let mut weight = 0u64;
	let mut votes = Vec::new();
	for vote in &justification.votes {
		if weight >= threshold {
			break;
		}
		let Some(own_weight) = silent.get(&vote.voter).copied() else {
			continue;
		};
		if ancestry.link(vote).is_err() {
			continue;
		}
		silent.remove(&vote.voter);
		weight = weight.saturating_add(own_weight);
		votes.push(vote.clone());
	}
	let mut used = ancestry.into_used();
	justification.ancestries.retain(|header| used.remove(&header.hash()));
	justification.votes = votes;
	justification
}

fn check_ancestry_count(justification: &Justification) -> Result<(), FinalityError> {
	let headers = u32::try_from(justification.ancestries.len()).unwrap_or(u32::MAX);
	if headers > MAX_ANCESTRIES {
		return Err(FinalityError::AncestryTooLong { headers, limit: MAX_ANCESTRIES });
	}
	Ok(())
}

fn check_voters(justification: &Justification, set: &AuthoritySet) -> Result<(), FinalityError> {
	let mut weights: BTreeMap<_, _> =
		set.authorities.iter().map(|(id, weight)| (id, Some(*weight))).collect();
	let threshold = set.threshold();
	let mut weight = 0u64;
	for vote in &justification.votes {
		let own_weight = weights
			.get_mut(&vote.voter)
			.ok_or(FinalityError::UnknownVoter)?
			.take()
			.ok_or(FinalityError::DuplicateVoter)?;
		if weight >= threshold {
			return Err(FinalityError::SurplusVote);
		}
		weight = weight.saturating_add(own_weight);
	}
	if weight < threshold {
		return Err(FinalityError::TooFewVotes { weight, threshold });
	}
	Ok(())
}

fn check_target(
	header: &Header,
	hash: H256,
	justification: &Justification,
) -> Result<(), FinalityError> {
	if hash != justification.target_hash {
		let target = justification.target_hash;
		return Err(FinalityError::OtherTarget { header: hash, target });
	}
	if header.number != justification.target_number {
		let target = justification.target_number;
		return Err(FinalityError::OtherNumber { header: header.number, target });
	}
	Ok(())
}

fn check_ancestry(justification: &Justification) -> Result<(), FinalityError> {
	let mut ancestry = Ancestry::of(justification);
	if ancestry.len() != justification.ancestries.len() {
		return Err(FinalityError::DuplicateAncestry);
	}
	for vote in &justification.votes {
		ancestry.link(vote).map_err(|unlinked| match unlinked {
			Unlinked::Below => FinalityError::VoteBelowTarget,
			Unlinked::NotDescendant => FinalityError::VoteNotDescendant,
		})?;
	}
	if ancestry.into_used().len() != justification.ancestries.len() {
		return Err(FinalityError::UnusedAncestry);
	}
	Ok(())
}

/// Checks the signatures of some of the votes.
fn check_signatures(
	justification: &Justification,
	set: &AuthoritySet,
	votes: impl SliceIndex<[Vote], Output = [Vote]>,
) -> Result<(), FinalityError> {
	let mut buffer = Vec::new();
	for vote in justification.votes.get(votes).unwrap_or_default() {
		let precommit = Precommit::new(vote.target_hash, vote.target_number);
		let result = check_message_signature_with_buffer(
			&Message::Precommit(precommit),
			&vote.voter,
			&vote.signature,
			justification.round,
			set.set_id,
			&mut buffer,
		);
		if !result.is_valid() {
			return Err(FinalityError::BadSignature);
		}
	}
	Ok(())
}
