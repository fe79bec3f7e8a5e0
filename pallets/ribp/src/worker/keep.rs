//! What nodes keep of what was proven: a ring of headers of each system, in their offchain databases.
//!
//! The chain hands over a piece whenever more of a system's history is proven, and every node that
//! has offchain indexing writes it down as it executes the block. From there a node proves to others
//! what its chain has believed, when nobody else will tell.
//!
//! Local to the node and not bound to the chain's forks: a hint. Others judge what is sent to them.

use crate::{Config, Height, KeptPieces, SystemId};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use ribp_light_client::{AuthoritySet, Header, Justification};
use ribp_protocol::{Extension, Outline, Own, Subtree};
use sp_core::H256;
use sp_runtime::offchain::storage::StorageValueRef;

/// Pieces that are kept of each system; a new one takes the place of the oldest.
pub(crate) const RING: u32 = 1_024;

/// Past authority sets that are kept of each system; a new one takes the place of the oldest.
const SETS: u64 = 64;

/// A header that was proven final, and what led to it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Piece {
	/// Id of the authority set that finalized it.
	pub set_id: u64,
	pub header: Header,
	pub justification: Justification,
	/// The head that was known before.
	pub known: Height,
	/// What led from there to the header.
	pub extension: Extension,
}

impl Piece {
	/// What evidence adds to what is known of a system.
	pub fn of(
		header: &Header,
		justification: &Justification,
		set: &AuthoritySet,
		(known, extension): (Height, &Extension),
	) -> Self {
		let (header, justification) = (header.clone(), justification.clone());
		Self { set_id: set.set_id, header, justification, known, extension: extension.clone() }
	}

	/// The roots that it tells of a history which begins at `first`; none if what led to the header was
	/// made for an older head than was known.
	pub fn subtrees(&self, first: Height) -> impl Iterator<Item = (Subtree, H256)> + '_ {
		let outline = Outline::of(first, self.known, self.header.number);
		let nodes = outline.filter(|outline| self.extension.is_of(outline)).map(|o| o.nodes);
		nodes.unwrap_or_default().into_iter().zip(self.extension.nodes.iter().copied())
	}

	/// The hash at this height, if it is one of the piece's.
	pub fn hash_at(&self, height: Height) -> Option<H256> {
		match self.header.number.checked_sub(height)? {
			0 => Some(self.header.hash()),
			1 => Some(self.header.parent_hash),
			back => {
				let tail = &self.extension.tail;
				let place = tail.len().checked_sub(back as usize - 1)?;
				tail.get(place).copied()
			},
		}
	}

	/// All hashes that it tells, the newest first, with their heights.
	pub fn hashes(&self) -> impl Iterator<Item = (Height, H256)> + '_ {
		(0..=self.header.number).rev().map_while(|height| Some((height, self.hash_at(height)?)))
	}
}

/// Hands a piece to the nodes that execute this block.
pub(crate) fn keep_piece<T: Config>(system: SystemId, piece: &Piece) {
	let place = KeptPieces::<T>::mutate(system, |kept| {
		let place = *kept;
		*kept = kept.saturating_add(1);
		place
	});
	sp_io::offchain_index::set(&key(system, place), &piece.encode());
}

/// Hands a set that is replaced to the nodes that execute this block.
pub(crate) fn keep_set(system: SystemId, set: &AuthoritySet) {
	sp_io::offchain_index::set(&set_key(system, set.set_id), &set.encode());
}

/// What this node has kept of the branch of a system that is followed, the newest first.
pub(crate) fn kept<T: Config>(system: SystemId) -> impl Iterator<Item = Piece> {
	let end = KeptPieces::<T>::get(system);
	let places = (1..=end.min(RING)).map(move |back| end - back);
	places.filter_map(move |place| StorageValueRef::persistent(&key(system, place)).get().ok()?)
}

/// A past authority set, if this node has kept it.
pub(crate) fn kept_set(system: SystemId, set_id: u64) -> Option<AuthoritySet> {
	let set =
		StorageValueRef::persistent(&set_key(system, set_id)).get::<AuthoritySet>().ok()??;
	(set.set_id == set_id).then_some(set)
}

/// Where a node keeps at which own height a contract was last unlocked or reversed.
const TERMINATED: &[u8] = b"ribp/terminated";

/// Tells the nodes that execute this block that a contract has been terminated in it.
pub(crate) fn note_termination(Own(now): Own) {
	sp_io::offchain_index::set(TERMINATED, &now.encode());
}

/// The own height at which a contract was last terminated, as far as this node knows.
pub(super) fn terminated_at() -> Option<Height> {
	StorageValueRef::persistent(TERMINATED).get().ok()?
}

/// Where a node keeps a piece.
fn key(system: SystemId, place: u32) -> Vec<u8> {
	(b"ribp/kept", system, place % RING).encode()
}

/// Where a node keeps a set.
fn set_key(system: SystemId, set_id: u64) -> Vec<u8> {
	(b"ribp/set", system, set_id % SETS).encode()
}
