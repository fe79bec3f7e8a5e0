//! The Merkle tree of RFC 9162, section 2.1, with BLAKE2b-256, and what is needed of it to go on.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, Error as CodecError, Input, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	BoundedVec,
};

/// The most perfect subtrees that a tree of 32-bit indices consists of.
pub const MAX_PEAKS: u32 = 32;

/// The hash of a leaf: of a zero byte and the block's hash.
pub fn leaf(block: H256) -> H256 {
	tagged(0, &[block])
}

/// The hash of an inner node: of a byte 1 and the hashes of its children.
pub fn node(left: H256, right: H256) -> H256 {
	tagged(1, &[left, right])
}

fn tagged(tag: u8, hashes: &[H256]) -> H256 {
	let mut bytes = Vec::with_capacity(65);
	bytes.push(tag);
	hashes.iter().for_each(|hash| bytes.extend_from_slice(hash.as_bytes()));
	BlakeTwo256::hash(&bytes)
}

/// A perfect subtree: `2^level` leaves, the first of which has the index `index * 2^level`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Subtree {
	/// The base-2 logarithm of the number of leaves; 0 is a leaf.
	pub level: u8,
	/// How many subtrees of this level lie to its left.
	pub index: u32,
}

impl Subtree {
	/// The indices of its leaves. 64 bits: the end of the last subtree lies beyond 32.
	pub fn leaves(self) -> core::ops::Range<u64> {
		let level = u32::from(self.level).min(MAX_PEAKS);
		let first = u64::from(self.index) << level;
		first..first + (1 << level)
	}
}

/// The largest perfect subtrees of which the leaves `start..end` consist, from left to right.
pub fn cover(start: u32, end: u32) -> impl Iterator<Item = Subtree> {
	let mut next = start;
	core::iter::from_fn(move || {
		let left = end.checked_sub(next).filter(|left| *left > 0)?;
		let level = next.trailing_zeros().min(left.ilog2());
		let subtree = Subtree { level: level as u8, index: next >> level };
		next += 1 << level;
		Some(subtree)
	})
}

/// The root of a subtree that is known, or that consists of such; `None` if there is a gap.
pub fn root_of(subtree: Subtree, known: &impl Fn(Subtree) -> Option<H256>) -> Option<H256> {
	known(subtree).or_else(|| {
		let level = subtree.level.checked_sub(1)?;
		let half = |side| {
			let index = subtree.index.checked_mul(2)?.checked_add(side)?;
			root_of(Subtree { level, index }, known)
		};
		Some(node(half(0)?, half(1)?))
	})
}

/// The root over subtrees that lie side by side, from left to right, each larger than the next.
///
/// Of nothing: the hash of the empty string.
pub fn bag(peaks: &[H256]) -> H256 {
	match peaks.split_last() {
		Some((last, others)) => others.iter().rev().fold(*last, |right, left| node(*left, right)),
		None => BlakeTwo256::hash(&[]),
	}
}

/// A subtree that does not begin where the tree ends, or one for which there is no room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Misplaced;

/// A tree as far as it takes to add leaves: the roots of the perfect subtrees it consists of.
///
/// Decoding refuses any other number of roots than the size asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, MaxEncodedLen, TypeInfo)]
pub struct Frontier {
	size: u32,
	peaks: BoundedVec<H256, ConstU32<MAX_PEAKS>>,
}

impl Frontier {
	/// A tree of `size` leaves with these subtrees, the largest first; `None` if their number is wrong.
	pub fn new(size: u32, peaks: Vec<H256>) -> Option<Self> {
		let peaks = BoundedVec::try_from(peaks).ok()?;
		(peaks.len() as u32 == size.count_ones()).then_some(Self { size, peaks })
	}

	/// The number of leaves.
	pub fn size(&self) -> u32 {
		self.size
	}

	/// The roots of the subtrees, the largest first.
	pub fn peaks(&self) -> &[H256] {
		&self.peaks
	}

	/// The root of the tree, the Merkle tree hash of RFC 9162.
	pub fn root(&self) -> H256 {
		bag(&self.peaks)
	}

	/// Adds a perfect subtree of `2^level` leaves.
	pub fn push(&mut self, level: u8, root: H256) -> Result<(), Misplaced> {
		self.push_watched(level, root, |_, _| {})
	}

	/// As [`Frontier::push`]; `watch` is told of the subtree and of every node above it that this
	/// completes.
	pub fn push_watched(
		&mut self,
		level: u8,
		root: H256,
		mut watch: impl FnMut(Subtree, H256),
	) -> Result<(), Misplaced> {
		let leaves = 1u32.checked_shl(level.into()).ok_or(Misplaced)?;
		let size = self.size.checked_add(leaves).ok_or(Misplaced)?;
		if !self.size.is_multiple_of(leaves) {
			return Err(Misplaced);
		}
		let (mut level, mut root) = (level, root);
		loop {
			let index = self.size >> level;
			watch(Subtree { level, index }, root);
			// An odd number of subtrees lie to the left: the last of them is a peak.
			let sibling = if index % 2 == 1 { self.peaks.pop() } else { None };
			let Some(left) = sibling else { break };
			root = node(left, root);
			level += 1;
		}
		self.peaks.force_push(root);
		self.size = size;
		Ok(())
	}
}

impl Decode for Frontier {
	fn decode<I: Input>(input: &mut I) -> Result<Self, CodecError> {
		let (size, peaks) = <(u32, BoundedVec<H256, ConstU32<MAX_PEAKS>>)>::decode(input)?;
		Self::new(size, peaks.into_inner()).ok_or("subtrees do not add up to the size".into())
	}
}

impl DecodeWithMemTracking for Frontier {}
