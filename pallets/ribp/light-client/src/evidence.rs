//! The messages by which a chain learns of another.

use crate::{AuthorityId, Header, Justification};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use ribp_protocol::{Extension, Height};
use scale_info::TypeInfo;
use sp_core::H256;

/// What somebody claims about another chain's finalized state, with all that proves it.
///
/// Untrusted as it stands: [`verify_finality`](crate::verify_finality) judges the header and
/// [`ProvenState`](crate::ProvenState) the proof.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Evidence {
	/// The header under whose state root the proof stands.
	pub header: Header,
	/// What makes it final, and part of the known history.
	pub link: Link,
	/// The nodes of one storage proof, in any order; none if nothing of the state is shown.
	pub proof: Vec<Vec<u8>>,
}

/// What links a header with the history that is known.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Link {
	/// Nothing: it is one of the newest whose hashes are known.
	Known,
	/// A path to it under the root that a known header states: what a final block builds upon is
	/// final.
	Below {
		/// Height of that header.
		under: Height,
		/// The inclusion proof, from the leaf up.
		path: Vec<H256>,
	},
	/// It is newer: votes, and all that lies between.
	Above {
		/// What finalizes it.
		justification: Justification,
		/// What leads to it from the known head.
		extension: Extension,
	},
}

impl Link {
	/// The votes for the header, if it takes any.
	pub fn justification(&self) -> Option<&Justification> {
		match self {
			Self::Above { justification, .. } => Some(justification),
			Self::Known | Self::Below { .. } => None,
		}
	}

	/// How many hashes it has.
	pub fn hashes(&self) -> usize {
		match self {
			Self::Known => 0,
			Self::Below { path, .. } => path.len(),
			Self::Above { extension: Extension { nodes, tail }, .. } => nodes.len() + tail.len(),
		}
	}
}

/// What somebody claims to be another history of a chain: a header that the chain's authorities have
/// finalized, and why it is on none of the branches that are known.
///
/// Untrusted as it stands, and made for one reader: it contradicts what that one knows.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ForkReport {
	/// A header above the fork.
	pub header: Header,
	/// What finalizes it.
	pub justification: Justification,
	/// Who finalizes it: the reader knows their hash.
	pub signers: Signers,
	/// The headers that it descends from, its parent first, as far as the differences take them.
	pub ancestors: Vec<Header>,
	/// Where the branch leaves the one that is followed, as far as that can be told.
	pub common: Option<Common>,
	/// Why the header is not on the branch that is followed, then why not on each other one that the
	/// reader knows, in the reader's order; of these none, if the header is the tip of one that is open.
	pub differences: Vec<Difference>,
	/// The subtrees of the header's history, the largest first: with them the branch can be
	/// followed from here on.
	pub peaks: Option<Vec<H256>>,
}

/// Authorities that sign a header.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Signers {
	/// Their set's id.
	pub set_id: u64,
	/// Who they are, with their weights; none if they are the set that is in charge.
	pub authorities: Option<Vec<(AuthorityId, u64)>>,
}

/// A block that is known to be on the branch that is followed, and proven to be on another one.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Common {
	/// Its height.
	pub height: Height,
	/// The inclusion proof under the root that the other branch's header states.
	pub path: Vec<H256>,
}

/// Why a header is not on a branch of which some blocks are known.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Difference {
	/// The branch has another block at the header's height.
	Height,
	/// The header's history has another block than the branch at a height that is known.
	Below {
		/// That height.
		height: Height,
		/// The hash that the header's history has there.
		hash: H256,
		/// The inclusion proof under the root that the header states.
		path: Vec<H256>,
	},
	/// The branch has another block at the header's height, as a known one states that is higher.
	Above {
		/// The height of that known block.
		under: Height,
		/// The hash that the branch has at the header's height.
		hash: H256,
		/// The inclusion proof under the root that the known block states.
		path: Vec<H256>,
	},
	/// The header descends from another block than the branch has at this height, which is known: an
	/// ancestor that is brought, or the header itself, names it as its parent.
	Descent(Height),
	/// The era of those who sign had ended: on the branch, they have handed over at another height.
	EraEnd,
	/// The header leaves the followed branch at a lower height than this branch does.
	Lower,
	/// The tip of this branch has turned out to be a block of the followed one: as a known block
	/// states that is higher.
	Followed {
		/// The height of that known block.
		under: Height,
		/// The inclusion proof under the root that the known block states.
		path: Vec<H256>,
	},
}

impl ForkReport {
	/// How many hashes its proofs have.
	pub fn hashes(&self) -> usize {
		let of_differences = self.differences.iter().map(|difference| match difference {
			Difference::Below { path, .. } | Difference::Above { path, .. } => path.len(),
			Difference::Followed { path, .. } => path.len(),
			Difference::Height | Difference::Descent(_) => 0,
			Difference::EraEnd | Difference::Lower => 0,
		});
		let of_common = self.common.as_ref().map_or(0, |common| common.path.len());
		let of_peaks = self.peaks.as_ref().map_or(0, Vec::len);
		of_differences.sum::<usize>() + of_common + of_peaks
	}
}
