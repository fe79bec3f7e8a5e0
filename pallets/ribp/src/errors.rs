//! The pallet's names for what the protocol and the light client refuse.

use crate::{Config, Error};
use ribp_light_client::{FinalityError, ProofError};
use ribp_protocol::{ExpiryError, NotYet, ViewError};

impl<T: Config> Error<T> {
	/// Whether evidence is sound, and only the contract that it was to move cannot move by it.
	pub(crate) fn is_not_yet(&self) -> bool {
		matches!(
			self,
			Self::ContractExpired
				| Self::MirrorNotRegistered
				| Self::PeerLogNotCommitted
				| Self::BeforeExpiry
				| Self::EvidenceNotNewest
				| Self::LogCannotCommit
		)
	}
}

impl<T: Config> From<ExpiryError> for Error<T> {
	fn from(error: ExpiryError) -> Self {
		match error {
			ExpiryError::Passed => Self::ExpiryPassed,
			ExpiryError::TooSoon => Self::ExpiryTooSoon,
			ExpiryError::TooFar => Self::ExpiryTooFar,
			ExpiryError::PeerPassed => Self::PeerExpiryPassed,
		}
	}
}

impl<T: Config> From<NotYet> for Error<T> {
	fn from(not_yet: NotYet) -> Self {
		match not_yet {
			NotYet::Expired => Self::ContractExpired,
			NotYet::MirrorNotRegistered => Self::MirrorNotRegistered,
			NotYet::PeerLogNotCommitted => Self::PeerLogNotCommitted,
			NotYet::BeforeExpiry => Self::BeforeExpiry,
			NotYet::NotNewest => Self::EvidenceNotNewest,
		}
	}
}

impl<T: Config> From<ViewError> for Error<T> {
	fn from(error: ViewError) -> Self {
		match error {
			ViewError::OtherSystem => Self::ViewOfOtherSystem,
			ViewError::Malformed => Self::ViewMalformed,
			ViewError::TooOld => Self::StaleView,
			ViewError::Fork { .. } => Self::ForkedHistory,
			ViewError::MissedCount { .. } => Self::MissedHashesMiscounted,
			ViewError::MissedDoNotFold => Self::MissedHashesDoNotFold,
			ViewError::AccumulatorMismatch => Self::AccumulatorMismatch,
		}
	}
}

impl<T: Config> From<FinalityError> for Error<T> {
	fn from(error: FinalityError) -> Self {
		match error {
			FinalityError::OtherTarget { .. } | FinalityError::OtherNumber { .. } => {
				Self::JustificationForOtherBlock
			},
			FinalityError::UnknownVoter => Self::UnknownVoter,
			FinalityError::DuplicateVoter => Self::DuplicateVoter,
			FinalityError::SurplusVote => Self::SurplusVote,
			FinalityError::TooFewVotes { .. } => Self::TooFewVotes,
			FinalityError::VoteBelowTarget | FinalityError::VoteNotDescendant => {
				Self::VoteNotDescendant
			},
			FinalityError::AncestryTooLong { .. }
			| FinalityError::DuplicateAncestry
			| FinalityError::UnusedAncestry => Self::BadAncestry,
			FinalityError::BadSignature => Self::BadSignature,
			FinalityError::ForcedChange => Self::ForcedAuthorityChange,
			FinalityError::DelayedChange { .. } => Self::DelayedAuthorityChange,
			FinalityError::InvalidNextSet(_) => Self::InvalidNextAuthorities,
		}
	}
}

impl<T: Config> From<ProofError> for Error<T> {
	fn from(error: ProofError) -> Self {
		match error {
			ProofError::Empty => Self::ProofEmpty,
			ProofError::TooManyNodes { .. } | ProofError::TooLarge { .. } => Self::ProofTooLarge,
			ProofError::DuplicateNode => Self::DuplicateProofNode,
			ProofError::UnusedNodes => Self::UnusedProofNodes,
			ProofError::RootMissing => Self::ProofOfOtherState,
			ProofError::Incomplete => Self::IncompleteProof,
			ProofError::InvalidNode | ProofError::Undecodable | ProofError::TrailingBytes => {
				Self::ProofUndecodable
			},
		}
	}
}
