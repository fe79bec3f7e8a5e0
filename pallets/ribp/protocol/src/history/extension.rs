//! The proof that a header's history begins with the one that is known.

use super::{
	tree::{cover, leaf, Subtree},
	History,
};
use crate::Height;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::ops::Range;
use scale_info::TypeInfo;
use sp_core::H256;

/// The newest hashes that an extension brings one by one, besides the parent's. While it waits for
/// its block, the known head may move by as many.
pub const MAX_TAIL: u32 = 16;

/// What lies between a known head k and a newer header n: all that the known history lacks.
///
/// It has one shape for any k and n: the perfect subtrees from the block after k on, then the
/// hashes of the last [`MAX_TAIL`] blocks before the parent, or of fewer if there are no more.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Extension {
	/// The roots of the perfect subtrees of the older blocks, from left to right.
	pub nodes: Vec<H256>,
	/// The hashes of the newer blocks up to the one before the parent, the oldest first.
	pub tail: Vec<H256>,
}

/// What a header says of the blocks before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stated {
	/// The header's height.
	pub number: Height,
	/// The hash of its parent.
	pub parent: H256,
	/// The root of the history before it.
	pub root: H256,
}

/// Why an extension does not lead from the known head to a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExtensionError {
	/// The header is not above the known head.
	NotNewer,
	/// The tail is not as long as it has to be.
	TailCount {
		/// How many hashes it takes.
		expected: u32,
		/// How many there are.
		brought: u32,
	},
	/// There are more or fewer nodes than lie between the two.
	NodeCount {
		/// How many it takes.
		expected: u32,
		/// How many there are.
		brought: u32,
	},
	/// The header's parent has the height of the known head and is another block.
	OtherParent,
	/// The known history and what is brought do not make the header's: it has another history, or
	/// what is brought is wrong.
	OtherHistory,
}

/// What an extension from a known head to a header consists of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
	/// The subtrees whose roots are its nodes; of indices, not of heights.
	pub nodes: Vec<Subtree>,
	/// The heights of the blocks whose hashes are its tail.
	pub tail: Range<Height>,
}

impl Outline {
	/// From block `known` to block `number` of a chain whose history begins at `first`; `None` if they
	/// are not in this order.
	pub fn of(first: Height, known: Height, number: Height) -> Option<Self> {
		let next = known.checked_add(1)?;
		let end = number.checked_sub(1)?;
		if first > known || known > end {
			return None;
		}
		// The parent's hash is in the header, and the known head's is known.
		let start = next.max(end.saturating_sub(MAX_TAIL)).min(end);
		let nodes = cover(next.saturating_sub(first).min(start - first), start - first).collect();
		Some(Self { nodes, tail: start..end })
	}
}

impl History {
	/// The history before a header, if the extension proves that this one, and the block after it
	/// with this hash, is what it begins with.
	///
	/// The known head may have moved since the extension was made, as far as its tail reaches.
	pub fn extended(
		&self,
		hash: H256,
		header: Stated,
		extension: &Extension,
	) -> Result<Self, ExtensionError> {
		let Some(end) = header.number.checked_sub(1).filter(|end| *end >= self.next()) else {
			return Err(ExtensionError::NotNewer);
		};
		let mut history = self.clone();
		history.add(0, leaf(hash))?;
		let tail = history.add_nodes(end, extension)?;
		if history.next() > end {
			if header.parent != hash {
				return Err(ExtensionError::OtherParent);
			}
		} else {
			tail.iter().chain([&header.parent]).try_for_each(|hash| history.add(0, leaf(*hash)))?;
		}
		if history.root() != header.root {
			return Err(ExtensionError::OtherHistory);
		}
		Ok(history)
	}

	/// Adds the nodes, if they begin where this history ends. What is left to add is the part of the
	/// tail that is not known yet, and block `end`, the parent.
	fn add_nodes<'a>(
		&mut self,
		end: Height,
		extension: &'a Extension,
	) -> Result<&'a [H256], ExtensionError> {
		let Extension { nodes, tail } = extension;
		let (next, brought) = (self.next(), tail.len() as u32);
		let expected = end.saturating_sub(next).min(MAX_TAIL);
		if brought < expected || brought > MAX_TAIL || brought > end - self.first {
			return Err(ExtensionError::TailCount { expected, brought });
		}
		let start = end - brought;
		if start <= next && brought == MAX_TAIL {
			// It was made for a head below the one that is known now: its nodes are, too.
			return Ok(tail.get((next - start) as usize..).unwrap_or_default());
		}
		let subtrees: Vec<_> = cover(next - self.first, start.max(next) - self.first).collect();
		let (expected, brought) = (subtrees.len() as u32, nodes.len() as u32);
		if brought != expected {
			return Err(ExtensionError::NodeCount { expected, brought });
		}
		for (subtree, root) in subtrees.iter().zip(nodes) {
			self.add(subtree.level, *root)?;
		}
		Ok(tail.get(next.saturating_sub(start) as usize..).unwrap_or_default())
	}

	fn add(&mut self, level: u8, root: H256) -> Result<(), ExtensionError> {
		self.frontier.push(level, root).map_err(|_| ExtensionError::OtherHistory)
	}
}

impl Extension {
	/// Whether it is of this outline: nothing in it is superfluous.
	pub fn is_of(&self, outline: &Outline) -> bool {
		self.nodes.len() == outline.nodes.len() && self.tail.len() == outline.tail.len()
	}
}
