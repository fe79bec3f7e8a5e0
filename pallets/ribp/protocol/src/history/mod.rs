//! A chain's past in one hash: the history root that each of its headers states.
//!
//! The history of block n is the Merkle tree over the hashes of all blocks before it, from the
//! first one that the chain has recorded. It takes the place of the chain of hashes in Algorithm
//! 1: one root binds as much, and much shorter proofs relate two of them.
//!
//! | proof | shows |
//! |---|---|
//! | [`Extension`] | that a newer header's history begins with all that is known |
//! | inclusion ([`is_included`]) | that an older block is in a known history, or that another one is |
//!
//! # Attacks
//!
//! Whoever hides a fork wants a history to be believed that is not the one that is known. Therefore:
//!
//! - An extension proves the *whole* known history to be a prefix. A path to the known head alone
//!   does not: the blocks before it could be others, with the known hash put among them.
//! - The shape of every proof follows from heights that are signed. A leaf cannot pass for a node,
//!   nor a node for a leaf: their hashes have different tags.
//! - All counts are exact. Nothing can be added to a proof that changes what it proves.

mod extension;
#[cfg(test)]
mod golden;
mod inclusion;
mod marks;
mod span;
mod tree;

#[cfg(test)]
mod tests;

pub use extension::{Extension, ExtensionError, Outline, Stated, MAX_TAIL};
pub use inclusion::{is_included, path_of, siblings};
pub use marks::{MarkSlot, MARKS_PER_LEVEL};
pub use span::Span;
pub use tree::{bag, cover, leaf, node, root_of, Frontier, Misplaced, Subtree, MAX_PEAKS};

use crate::Height;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// The hashes of a chain's blocks from `first` on, without gap, as far as it takes to add more.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct History {
	/// The height of the oldest block.
	pub first: Height,
	/// The tree over their hashes.
	pub frontier: Frontier,
}

impl History {
	/// The history before block `first`: empty.
	pub fn starting_at(first: Height) -> Self {
		Self { first, frontier: Frontier::default() }
	}

	/// The height of the block that comes next, whose header states this history's root.
	pub fn next(&self) -> Height {
		self.first.saturating_add(self.frontier.size())
	}

	/// The root of the tree.
	pub fn root(&self) -> H256 {
		self.frontier.root()
	}

	/// Adds the next block. `watch` is told of every node that this completes, the leaf included.
	pub fn push(&mut self, hash: H256, watch: impl FnMut(Subtree, H256)) -> Result<(), Misplaced> {
		if self.next() == Height::MAX {
			return Err(Misplaced);
		}
		self.frontier.push_watched(0, leaf(hash), watch)
	}

	/// Whether the block at `height` is in the history before block `next`, of which `root` is stated.
	pub fn includes(
		first: Height,
		next: Height,
		root: H256,
		(height, hash): (Height, H256),
		path: &[H256],
	) -> bool {
		match (height.checked_sub(first), next.checked_sub(first)) {
			(Some(index), Some(size)) => is_included(leaf(hash), index, size, path, root),
			_ => false,
		}
	}
}
