//! The one message by which a chain learns of another.

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
