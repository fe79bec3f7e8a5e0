//! A stretch of a history, as far as it takes to prove it to be the rest of a longer one.

use super::tree::{cover, node, Misplaced, Subtree};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_core::H256;

/// The leaves from one index to another, by the roots of the perfect subtrees that [`cover`] them.
///
/// It grows to the right, leaf by leaf or subtree by subtree: some forty hashes, however long it is.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Span {
	start: u32,
	end: u32,
	roots: Vec<H256>,
}

impl Span {
	/// The empty one that begins at this index.
	pub fn starting_at(start: u32) -> Self {
		Self { start, end: start, roots: Vec::new() }
	}

	/// The index of its first leaf.
	pub fn start(&self) -> u32 {
		self.start
	}

	/// The index after its last leaf.
	pub fn end(&self) -> u32 {
		self.end
	}

	/// The roots of its subtrees, from left to right.
	pub fn roots(&self) -> &[H256] {
		&self.roots
	}

	/// Adds a perfect subtree of `2^level` leaves, which has to begin where this ends.
	pub fn push(&mut self, level: u8, root: H256) -> Result<(), Misplaced> {
		let leaves = 1u32.checked_shl(level.into()).ok_or(Misplaced)?;
		let end = self.end.checked_add(leaves).ok_or(Misplaced)?;
		if !self.end.is_multiple_of(leaves) {
			return Err(Misplaced);
		}
		// In a cover, levels rise and then fall: what a new subtree completes lies side by side at the
		// right end.
		let mut subtrees: Vec<_> = cover(self.start, self.end).collect();
		let mut added = Subtree { level, index: self.end >> level };
		let mut root = root;
		while let (Some(last), Some(left)) = (subtrees.last(), self.roots.last()) {
			if last.level != added.level || added.index.is_multiple_of(2) {
				break;
			}
			root = node(*left, root);
			added = Subtree { level: added.level + 1, index: added.index / 2 };
			subtrees.pop();
			self.roots.pop();
		}
		self.roots.push(root);
		self.end = end;
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::{
		super::tree::{leaf, Frontier},
		*,
	};
	use proptest::prelude::*;

	fn root_of(subtree: Subtree) -> H256 {
		let mut tree = Frontier::default();
		for index in subtree.leaves() {
			let hash = leaf(H256::from_low_u64_be(index));
			tree.push(0, hash).expect("there is room");
		}
		tree.root()
	}

	proptest! {
		#[test]
		fn a_span_is_the_cover_of_its_leaves_however_it_grows(
			start in 0u32..200, lengths in proptest::collection::vec(0u32..70, 1..5),
		) {
			let mut span = Span::starting_at(start);
			for length in lengths {
				let end = span.end() + length;
				for subtree in cover(span.end(), end).collect::<Vec<_>>() {
					span.push(subtree.level, root_of(subtree)).expect("it begins there");
				}
				let expected: Vec<_> = cover(start, end).map(root_of).collect();
				prop_assert_eq!((span.start(), span.end()), (start, end));
				prop_assert_eq!(span.roots(), &expected[..]);
			}
		}

		#[test]
		fn a_subtree_that_does_not_begin_there_is_refused(start in 0u32..100, level in 0u8..33) {
			let mut span = Span::starting_at(start);
			let fits = level < 32 && start % (1u32 << level) == 0;
			prop_assert_eq!(span.push(level, H256::zero()).is_ok(), fits);
		}
	}
}
