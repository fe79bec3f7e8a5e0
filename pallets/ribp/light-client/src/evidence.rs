//! The messages by which a chain learns of another.

use crate::{Header, Justification};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
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
	/// What finalizes the header; `None` if its hash is already known as finalized.
	pub justification: Option<Justification>,
	/// The nodes of one storage proof, in any order.
	pub proof: Vec<Vec<u8>>,
	/// The header hashes, oldest first, between the view that is known and the one that is proven
	/// where the two do not overlap (the gap case of section 4.3); otherwise empty.
	pub missed: Vec<H256>,
}

/// What somebody claims to be another history of a chain, with all that proves it: a header that
/// the chain's authorities have finalized, and what it descends from.
///
/// Untrusted as it stands. It contradicts nothing by itself: who knows the other history compares.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ForkProof {
	/// A header above the fork.
	pub header: Header,
	/// What finalizes it.
	pub justification: Justification,
	/// What it descends from, down to the fork.
	pub lineage: Lineage,
}

impl ForkProof {
	/// How many hashes it brings that are older than the view it shows.
	pub fn older(&self) -> u32 {
		match &self.lineage {
			Lineage::Headers(_) => 0,
			Lineage::State { older, .. } => older.hashes.len() as u32,
		}
	}
}

/// How a header is linked with the blocks before it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Lineage {
	/// By the headers before it, each the parent of the one before, its own parent first.
	Headers(Vec<Header>),
	/// By the view in its state.
	State {
		/// The nodes of a storage proof of that view, and of nothing else.
		proof: Vec<Vec<u8>>,
		/// What is older than the view's window, as far as it is needed.
		older: Older,
	},
}

/// Header hashes that are folded in a view's accumulator: the newest of them.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Older {
	/// All that is older still, folded; none if nothing is.
	pub below: Option<H256>,
	/// The hashes right before the view's window, oldest first.
	pub hashes: Vec<H256>,
}
