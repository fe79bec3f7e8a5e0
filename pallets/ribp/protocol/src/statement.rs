//! What a header says of its own chain.

use crate::{Height, SystemId};
use codec::{Decode, DecodeAll, Encode};
use sp_core::H256;
use sp_runtime::{ConsensusEngineId, Digest, DigestItem};

/// The engine of the digest item that is a statement.
///
/// Only a runtime writes `Consensus` items; an author's own are `PreRuntime` and `Seal`.
pub const ENGINE_ID: ConsensusEngineId = *b"ribp";

/// The wire version that is written.
pub const WIRE_VERSION: u16 = 1;

/// What a header says of its own chain: everything that another one needs to believe and to read it.
///
/// Votes name no chain, and two may be finalized by the same keys. What is signed is the header:
/// so its chain's name is there, and where its contracts are, and all of its past.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Statement {
	/// The chain: the hash of its genesis.
	pub system: SystemId,
	/// Twox-128 of the name under which the runtime has the pallet.
	pub storage_prefix: [u8; 16],
	/// The first block of the history.
	pub first: Height,
	/// The height from which on every contract is in the state as this version says.
	pub complete_from: Height,
	/// When the parent was made, in milliseconds since 1970; 0 if the parent is the genesis.
	pub time: u64,
	/// The root over the hashes of the blocks `first..=n-1`, n being the header's height.
	pub history_root: H256,
}

/// Why a header says nothing that is understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatementError {
	/// There is none: the chain does not have the pallet, or did not when the block was made.
	Missing,
	/// There are several.
	Repeated,
	/// Its bytes are not those of a statement.
	Malformed,
	/// It is of another version than those that are read.
	VersionNotSupported(u16),
}

impl Statement {
	/// The only statement of a header's digest.
	pub fn of(digest: &Digest) -> Result<Self, StatementError> {
		let mut statements = digest.logs().iter().filter_map(|item| match item {
			DigestItem::Consensus(ENGINE_ID, bytes) => Some(bytes),
			_ => None,
		});
		let bytes = statements.next().ok_or(StatementError::Missing)?;
		if statements.next().is_some() {
			return Err(StatementError::Repeated);
		}
		Self::from_bytes(bytes)
	}

	/// The digest item that states it.
	pub fn item(&self) -> DigestItem {
		DigestItem::Consensus(ENGINE_ID, (WIRE_VERSION, self).encode())
	}

	fn from_bytes(mut bytes: &[u8]) -> Result<Self, StatementError> {
		let version = u16::decode(&mut bytes).map_err(|_| StatementError::Malformed)?;
		if version != WIRE_VERSION {
			return Err(StatementError::VersionNotSupported(version));
		}
		Self::decode_all(&mut bytes).map_err(|_| StatementError::Malformed)
	}
}
