//! Refusals by name, and which of them honest evidence may meet.

use codec::Decode;
use frame_support::traits::PalletInfoAccess;
use pallet_ribp::Error;
use ribp_runtime::{Ribp, Runtime};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};

/// By what names evidence may be refused that was honest when it was made.
pub const HONEST_REFUSALS: [&str; 25] = [
	// It brings nothing new, or nothing yet.
	"NothingToGain",
	"UnknownContract",
	"ContractExpired",
	"PeerNotRegistered",
	"PeerNotCommitted",
	"BeforeExpiry",
	"EvidenceStale",
	"NotComplete",
	// What is known, or the contract, has moved on, or back, since it was made.
	"HeaderNotKnown",
	"HeaderNotRelated",
	"NotInHistory",
	"PathNotNeeded",
	"JustificationNotNeeded",
	"ExtensionMiscounted",
	"OtherHistory",
	"IncompleteProof",
	"UnusedProofNodes",
	// A reorganization has brought back the authority set before.
	"BadSignature",
	"UnknownVoter",
	"TooFewVotes",
	"SurplusVote",
	// It only follows the authorities, and somebody has.
	"ProofEmpty",
	// Root has paused the business, or trusts the other chain no longer.
	"SystemPaused",
	"TrustExpired",
	// The pool has as much already.
	"TooLowPriority",
];

/// By what names it may be refused that contracts end by time.
pub const CONCLUSION_REFUSALS: [&str; 5] = [
	// They do not, or have ended already.
	"NotOver",
	// They are swept, or a reorganization has taken them back.
	"UnknownContract",
	"WorkUnderstated",
	// The pool has as much already.
	"TooLowPriority",
	// Who signs it cannot pay for that.
	"Invalid(Payment)",
];

/// The same where the other chain has two histories.
pub const FORK_REFUSALS: [&str; 6] = [
	// It is of the one that is not followed, or the tip of one that root has refused meanwhile.
	"ForkedHistory",
	"BranchKnown",
	// So it is, and has made more blocks in the time.
	"TimeReversed",
	"TooFast",
	// Nothing is decided about that, or only since a short while ago.
	"SystemForked",
	"CoolingDown",
];

/// What a call's error is called.
pub fn name_of(error: DispatchError) -> String {
	match error {
		DispatchError::Module(module) if usize::from(module.index) == Ribp::index() => {
			name_of_index(&module.error)
		},
		other => format!("{other:?}"),
	}
}

/// Why a transaction is not valid; what the pallet says of evidence, by its name.
pub fn name_of_invalid(error: TransactionValidityError) -> String {
	match error {
		TransactionValidityError::Invalid(InvalidTransaction::Custom(index)) => {
			name_of_index(&[index])
		},
		other => format!("{other:?}"),
	}
}

fn name_of_index(mut index: &[u8]) -> String {
	Error::<Runtime>::decode(&mut index).map_or("unknown".into(), |error| format!("{error:?}"))
}
