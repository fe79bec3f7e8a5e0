//! A GRANDPA justification as it travels: shape only, nothing in it is believed.

use crate::Header;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemLimit, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use sp_consensus_grandpa::{AuthorityId, AuthoritySignature};
use sp_core::H256;

/// The most memory that [`Justification::from_bytes`] takes: 8 MiB, for some sixty thousand votes.
const MAX_MEMORY: usize = 8 * 1024 * 1024;

/// The votes that finalize a block, byte for byte what a GRANDPA node stores and serves.
///
/// It has [`DecodeWithMemTracking`], which the node's own type lacks and call arguments need.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Justification {
	/// The voting round. Signatures cover it; it starts anew with every authority set.
	pub round: u64,
	/// The hash of the block that the votes finalize.
	pub target_hash: H256,
	/// The number of that block.
	pub target_number: u32,
	/// Precommits for that block or for its descendants.
	pub votes: Vec<Vote>,
	/// The headers that link those descendants to that block, which is not among them.
	pub ancestries: Vec<Header>,
}

/// One voter's signed precommit.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Vote {
	/// The hash of the block voted for.
	pub target_hash: H256,
	/// The number of that block.
	pub target_number: u32,
	/// Over the precommit, the round and the set id. It does not name the chain.
	pub signature: AuthoritySignature,
	/// Who signed.
	pub voter: AuthorityId,
}

impl Justification {
	/// Decodes a justification as a node serves it; trailing bytes are an error.
	///
	/// A few bytes can claim long lists, and a digest of single bytes takes many times its size: what
	/// would take much memory is an error as well.
	pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, codec::Error> {
		let justification = Self::decode_with_mem_limit(&mut bytes, MAX_MEMORY)?;
		match bytes.is_empty() {
			true => Ok(justification),
			false => Err("bytes are left over".into()),
		}
	}
}
