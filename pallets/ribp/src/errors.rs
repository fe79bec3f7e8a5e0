//! The pallet's names for all that it refuses, and for what the protocol and the light client do.

use crate::{Config, Error};
use frame_support::pallet_macros::pallet_section;
use ribp_light_client::{FinalityError, ProofError};
use ribp_protocol::{ControlError, NotYet, TermError, Untimely};

/// The pallet's errors; the `pallet` module takes them in.
#[pallet_section]
mod refusals {
	/// The order is part of the interface: the transaction pool shows a refusal of evidence as
	/// `Custom(n)`, where n is the index of the error.
	#[pallet::error]
	pub enum Error<T> {
		/// The chain is not known here: root registers it.
		UnknownSystem,
		/// The chain is this chain.
		OwnSystem,
		/// The chain is known already.
		SystemAlreadyRegistered,
		/// The authorities are none, too many, listed twice or without weight.
		InvalidAuthorities,

		/// The contract is registered already.
		AlreadyRegistered,
		/// This chain has no part in the contract.
		ContractOfOthers,
		/// The log is for another chain.
		LogOfOtherSystem,
		/// The log's hash is not the one in the contract.
		LogHashMismatch,
		/// Cancelling takes effect sooner than `MinNotice`, or than is safe with this peer: the other party
		/// would have no time to answer.
		NoticeTooShort,
		/// The contract's legs are not in the order of their systems, or of one system.
		LegsNotOrdered,
		/// Only the payer may register a log.
		NotThePayer,
		/// Payer and receiver are the same account.
		PayerIsReceiver,
		/// The amount is less than an account must hold to exist.
		AmountTooSmall,
		/// The payer does not have the amount free.
		InsufficientValue,
		/// The own expiry (h1) is not after this block.
		ExpiryPassed,
		/// The own expiry (h1) is nearer than `MinExpiry`, or than is safe with this peer.
		ExpiryTooSoon,
		/// An expiry is farther away than `MaxExpiry`.
		ExpiryTooFar,
		/// The peer has passed its expiry (h2).
		PeerExpiryPassed,

		/// The evidence is larger than `MaxEvidenceSize`, or its header and votes are than half of that.
		EvidenceTooLarge,
		/// More contracts than `MaxContracts` are named.
		TooManyContracts,
		/// The contracts are not in strictly ascending order.
		ContractsNotSorted,
		/// No such contract with this chain is registered; or, if evidence names it, it has ended.
		UnknownContract,
		/// The evidence moves no contract and advances the view by less than `ViewStep`.
		NothingToGain,
		/// The header is not newer than what is known, and nothing relates it to that: hashes may be
		/// withheld.
		HeaderNotRelated,
		/// The header is not among the newest whose hashes are known, and nothing in the evidence says
		/// that it is final.
		HeaderNotKnown,
		/// The justification is for another block.
		JustificationForOtherBlock,
		/// Somebody voted who is not in the authority set.
		UnknownVoter,
		/// Somebody voted twice.
		DuplicateVoter,
		/// The justification has more votes than it takes.
		SurplusVote,
		/// The votes do not have more than two thirds of the weight.
		TooFewVotes,
		/// A vote is for a block that is not shown to descend from the finalized one.
		VoteNotDescendant,
		/// The justification's ancestry is too long, has a header twice or one that no vote needs.
		BadAncestry,
		/// A signature is not the voter's over this block, round and set.
		BadSignature,
		/// The header forces a new authority set, for which the old one cannot vouch. Root has to
		/// renew the system.
		ForcedAuthorityChange,
		/// The header announces an authority set for a later block.
		DelayedAuthorityChange,
		/// The header announces authorities that are no authority set.
		InvalidNextAuthorities,

		/// The proof has no nodes.
		ProofEmpty,
		/// The proof has too many nodes or bytes, or too many of its nodes lead to one key.
		ProofTooLarge,
		/// The proof has a node twice.
		DuplicateProofNode,
		/// The proof has a node that nothing needs.
		UnusedProofNodes,
		/// The proof is for another state than the header's.
		ProofOfOtherState,
		/// The proof does not tell whether a key is there. That is never taken for absence.
		IncompleteProof,
		/// A proven node or value is not what it should encode.
		ProofUndecodable,

		/// Two different headers are final at one height.
		ForkedHistory,
		/// The extension does not have exactly the hashes that lie between the known head and the header.
		ExtensionMiscounted,
		/// What is known and the extension do not make the history that the header states: it is
		/// another one, or the extension is wrong.
		OtherHistory,
		/// The path does not lead to a root that is known or stated.
		NotInHistory,
		/// The hash of the header is known: a path to it only takes up space.
		PathNotNeeded,
		/// The header states another root than the history has that is brought.
		HistoryNotStated,
		/// The chain's history begins elsewhere than before: its pallet was removed and added again.
		/// Root makes a new trust anchor known, by `renew_system`.
		HistoryRestarted,
		/// The header takes back what was said of contracts that are complete.
		CompletenessFell,
		/// What is absent may have been there before the chain was upgraded, or swept it: it is unknown, not
		/// absent.
		NotComplete,
		/// The chain's authorities have changed more often in a trust period than is followed.
		TooManyChanges,

		/// The contract's own expiry has passed, or its notice is over: it does not commit any more.
		ContractExpired,
		/// The peer does not have this very contract: it is not registered there, or being cancelled.
		PeerNotRegistered,
		/// The peer's leg is not committed, and its time is not over.
		PeerNotCommitted,
		/// It is known what becomes of the contract, and both expiries have to pass: the parties chose so.
		BeforeExpiry,
		/// The evidence is older than what is known, and cannot tell what is absent.
		EvidenceNotNewest,
		/// Neither payer nor receiver can be an account of this pallet.
		PalletsAccount,
		/// The header is known to be final: its justification only takes up space.
		JustificationNotNeeded,
		/// The contract is committed already: only evidence ends it now.
		AlreadyCommitted,
		/// The contract has ended.
		AlreadyEnded,
		/// There is no business with the chain until root resumes it.
		SystemPaused,
		/// The chain is not paused.
		SystemNotPaused,
		/// The payer wants the value back already: that takes effect when the notice is over.
		AlreadyCancelling,
		/// The contract has not ended: it cannot be forgotten.
		NotEnded,
		/// The contract's own expiry has not passed: it cannot be forgotten.
		NotExpired,
		/// A header's digest has more items than any that a working chain makes.
		DigestTooLong,
		/// Two histories of the chain are final: nothing moves until one of them is chosen.
		SystemForked,
		/// Nothing in the proof contradicts what is known of the chain.
		NotAFork,
		/// A header is not the parent of the one before it.
		HeadersNotLinked,
		/// The header is not shown to differ from a branch that is known already, open or refused; or it
		/// is, or builds upon, the tip of one.
		BranchKnown,
		/// The report has not one difference for each branch that is known; or more than one, of a header
		/// that is reported already.
		DifferencesMiscounted,
		/// The block is not the highest one that is known below the difference, or not proven to be
		/// common.
		NotInCommon,
		/// The authorities were not in charge of that height on any branch.
		NotInCharge,
		/// The authorities are not those that are known by this id.
		UnknownAuthorities,
		/// As many branches as are kept are open already: root chooses one, or renews the system.
		TooManyBranches,
		/// No branch with this tip is open.
		UnknownBranch,
		/// The branch cannot be followed from its tip on: root leads there by a new trust anchor.
		BranchNotFollowable,
		/// No fork of the chain is open.
		NotForked,
		/// A branch was chosen a short while ago: nothing moves yet.
		CoolingDown,
		/// The state of the other chain has no tally of this fork: it does not know it, or has not
		/// counted yet.
		TallyMissing,
		/// The tally's head is not shown to be on the named branch.
		TallyOfOtherBranch,
		/// The witness was made known less than a trust period before the fork.
		WitnessTooNew,
		/// No tally of this witness has been heard.
		NotAWitness,
		/// As many witnesses have been heard of this fork as are.
		TooManyWitnesses,
		/// Root decides about forks here: what other chains have counted does not matter.
		DecidedByGovernance,
		/// The last branch was reported too long ago: there would be no time to contradict the tally.
		HearingOver,
		/// Contracts with the chain have not ended, or are not swept yet.
		SystemInUse,
		/// The payer does not have the fee for a registration.
		InsufficientFee,
		/// There are too many contracts with the chain already (`MaxEntries`).
		TooManyEntries,
		/// This chain has said that it registers no contract any more that expires as early as this one on
		/// the peer.
		EpochClosed,
		/// The peer's expiry (h2) is nearer than is safe, even if the peer has made no block since the
		/// newest that is known.
		PeerExpiryTooSoon,
		/// No expiry is safe under these conditions: nobody tells of forks, certainty is asked for, or
		/// a chain has no time between its blocks.
		NoSafeExpiry,
		/// The log moves nothing.
		NoItems,
		/// There is no such asset.
		UnknownAsset,
		/// The thing's transfers are forbidden, by who rules over it or by another use of it.
		NotTransferable,
		/// To move the contracts' value takes more work than the message says.
		WorkUnderstated,
		/// What is owed cannot be paid as things are on this chain: an asset is frozen, an account is
		/// blocked, a thing's transfers are forbidden. It stays owed; whom it is owed to may name another
		/// account.
		ValueCannotMove,
		/// To move the log's items takes more work than `MaxContracts`.
		TooMuchWork,
		/// The header says that it is another chain's: same keys, other genesis.
		HeaderOfOtherSystem,
		/// The header does not say whose it is: it is from before the chain had the pallet, or it has
		/// the pallet no more.
		StatementMissing,
		/// The header says several times whose it is.
		StatementRepeated,
		/// What the header says of its chain cannot be read.
		StatementMalformed,
		/// The other chain has been upgraded to a version of the protocol that this one does not read.
		/// Nothing moves until this one is upgraded, too.
		VersionNotSupported,
		/// The other chain has given the pallet another name, and its contracts lie elsewhere. Root says
		/// where, by `renew_system`.
		StoragePrefixChanged,
		/// What is known of the chain is older than its policy trusts: nothing follows it any more. Root
		/// makes a new trust anchor known, by `renew_system`.
		TrustExpired,
		/// The header says that it is older than what is known.
		TimeReversed,
		/// The header says that it is of a time that has not come here.
		TimeAhead,
		/// There are more blocks since what is known than the chain can have made in that time.
		TooFast,
		/// The authorities who finalized this have been replaced for longer than the policy trusts.
		AuthoritiesRetired,
		/// Nothing is owed of this item, or no more.
		NothingOwed,
		/// Only the account to which an item is owed names another one.
		OwedToAnother,
		/// A notice is longer than `MaxExpiry`.
		NoticeTooLong,
		/// The block is too old to tell that the peer's leg is still registered: half of its notice has passed
		/// since, or its time is over.
		EvidenceStale,
		/// Time alone does not end the contract: it has not expired, its notice is not over, or its verdict
		/// has to wait.
		NotOver,
		/// The chain has been heard of too short a time ago to be given up.
		SystemNotSilent,
		/// What root wants has been announced too short a time ago.
		AnnouncedRecently,
		/// To move the contracts' value takes less work than the message says: it would take room from others.
		WorkOverstated,
		/// The own expiry (h1) is later than the peer's (h2), in time and as far as the peer's head is known,
		/// by more than `MaxSkew`, or earlier by more than twice that.
		ExpiriesTooFarApart,
		/// No contract with the chain is registered any more; what is there goes on.
		SystemClosing,
		/// Contracts with the chain are registered as ever.
		SystemNotClosing,
		/// Under these conditions gossip takes longer than `Exposure` to expose a fork: verdicts would fall too
		/// early.
		ExposureTooShort,
		/// The chain does not say any more that it is through with all the epochs with which it was.
		WordTakenBack,
	}
}

impl<T: Config> Error<T> {
	/// Whether evidence is sound, and only the contract that it was to move cannot move by it.
	pub(crate) fn is_not_yet(&self) -> bool {
		matches!(
			self,
			Self::ContractExpired
				| Self::PeerNotRegistered
				| Self::PeerNotCommitted
				| Self::BeforeExpiry
				| Self::EvidenceStale
				| Self::NotComplete
		)
	}
}

impl<T: Config> From<TermError> for Error<T> {
	fn from(error: TermError) -> Self {
		match error {
			TermError::Passed => Self::ExpiryPassed,
			TermError::TooSoon => Self::ExpiryTooSoon,
			TermError::TooFar => Self::ExpiryTooFar,
			TermError::PeerPassed => Self::PeerExpiryPassed,
			TermError::PeerTooSoon => Self::PeerExpiryTooSoon,
			TermError::TooFarApart => Self::ExpiriesTooFarApart,
			TermError::NoticeTooShort => Self::NoticeTooShort,
			TermError::NoticeTooLong => Self::NoticeTooLong,
		}
	}
}

impl<T: Config> From<Untimely> for Error<T> {
	fn from(error: Untimely) -> Self {
		match error {
			Untimely::TrustExpired => Self::TrustExpired,
			Untimely::TimeReversed => Self::TimeReversed,
			Untimely::TimeAhead => Self::TimeAhead,
			Untimely::TooFast => Self::TooFast,
		}
	}
}

impl<T: Config> From<NotYet> for Error<T> {
	fn from(not_yet: NotYet) -> Self {
		match not_yet {
			NotYet::Expired => Self::ContractExpired,
			NotYet::PeerNotRegistered => Self::PeerNotRegistered,
			NotYet::Stale => Self::EvidenceStale,
			NotYet::PeerNotCommitted => Self::PeerNotCommitted,
			NotYet::NotComplete => Self::NotComplete,
			NotYet::BeforeExpiry => Self::BeforeExpiry,
			NotYet::HasEnded => Self::AlreadyEnded,
		}
	}
}

impl<T: Config> From<ControlError> for Error<T> {
	fn from(error: ControlError) -> Self {
		match error {
			ControlError::Committed => Self::AlreadyCommitted,
			ControlError::Cancelling => Self::AlreadyCancelling,
			ControlError::HasEnded => Self::AlreadyEnded,
			ControlError::NotEnded => Self::NotEnded,
			ControlError::NotExpired => Self::NotExpired,
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
			ProofError::TooManyNodes { .. }
			| ProofError::TooLarge { .. }
			| ProofError::TooDeep { .. } => Self::ProofTooLarge,
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
