//! The proof that a block is in a history: an inclusion proof of RFC 9162, section 2.1.3.

use super::tree::{bag, cover, node, Subtree};
use alloc::vec::Vec;
use core::ops::Range;
use sp_core::H256;

/// Whether `path` leads from the leaf at `index` to the root of a tree of `size` leaves.
///
/// The size and the index say how long the path is and on which side each node lies: nothing in
/// the path does. `size` must come from what is signed.
pub fn is_included(leaf: H256, index: u32, size: u32, path: &[H256], root: H256) -> bool {
	let Some(mut last) = size.checked_sub(1).filter(|last| index <= *last) else {
		return false;
	};
	let (mut at, mut hash) = (index, leaf);
	for sibling in path {
		if last == 0 {
			return false;
		}
		if at % 2 == 1 || at == last {
			hash = node(*sibling, hash);
			// At the right edge, where there is no sibling, the node moves up as it is.
			let up = at.trailing_zeros();
			(at, last) = (at >> up, last >> up);
		} else {
			hash = node(hash, *sibling);
		}
		(at, last) = (at >> 1, last >> 1);
	}
	last == 0 && hash == root
}

/// What the nodes of the path of a leaf cover, in the order of the path; `None` if there is no such
/// leaf.
pub fn siblings(index: u32, size: u32) -> Option<Vec<Range<u32>>> {
	if index >= size {
		return None;
	}
	let mut siblings = Vec::new();
	let (mut start, mut end) = (0, size);
	while end - start > 1 {
		// The left subtree has the greatest power of two that is less than the number of leaves.
		let middle = start + (1 << (end - start - 1).ilog2());
		if index < middle {
			siblings.push(middle..end);
			end = middle;
		} else {
			siblings.push(start..middle);
			start = middle;
		}
	}
	siblings.reverse();
	Some(siblings)
}

/// The path of a leaf, made of what `subtree` says of perfect subtrees.
pub fn path_of(
	index: u32,
	size: u32,
	mut subtree: impl FnMut(Subtree) -> Option<H256>,
) -> Option<Vec<H256>> {
	let mut root_of = |leaves: Range<u32>| {
		let peaks: Option<Vec<_>> = cover(leaves.start, leaves.end).map(&mut subtree).collect();
		peaks.map(|peaks| bag(&peaks))
	};
	siblings(index, size)?.into_iter().map(&mut root_of).collect()
}
