//! What is known of a chain's past (Algorithm 1, with a Merkle tree in place of the chain of hashes).

use crate::{Extension, ExtensionError, Height, History, Moment, Stated, Time};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

/// The newest hashes that are known one by one: the paper's k.
pub const MAX_RECENT: u32 = 16;

/// A chain's past up to a head that is believed: the newest hashes, and one root over all before the
/// head.
///
/// It does not name its chain: whoever keeps it knows whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct View {
	/// The hashes of the newest blocks, the head's last. Never empty.
	recent: BoundedVec<H256, ConstU32<MAX_RECENT>>,
	/// The time that the head states.
	time: Time,
	/// The blocks before the head.
	history: History,
}

impl View {
	/// From a head on, of which the history before it is known.
	pub fn of(head: H256, time: Time, history: History) -> Self {
		let recent = BoundedVec::truncate_from(alloc::vec![head]);
		Self { recent, time, history }
	}

	/// The head's hash.
	pub fn head(&self) -> H256 {
		self.recent.last().copied().unwrap_or_default()
	}

	/// The head's height.
	pub fn number(&self) -> Height {
		self.history.next()
	}

	/// The head's height and time.
	pub fn moment(&self) -> Moment {
		Moment { number: self.number(), time: self.time }
	}

	/// The blocks before the head.
	pub fn history(&self) -> &History {
		&self.history
	}

	/// The newest hashes, the head's last.
	pub fn recent(&self) -> &[H256] {
		&self.recent
	}

	/// The lowest height of which the hash is known by itself.
	pub fn lowest(&self) -> Height {
		self.number().saturating_sub((self.recent.len() as u32).saturating_sub(1))
	}

	/// The hash at this height, if it is one of the newest.
	pub fn hash_at(&self, height: Height) -> Option<H256> {
		let index = height.checked_sub(self.lowest())?;
		self.recent.get(index as usize).copied()
	}

	/// The view up to a newer head, if the extension proves that this one is what it begins with.
	pub fn extended(
		&self,
		(hash, time): (H256, Time),
		header: Stated,
		extension: &Extension,
	) -> Result<Self, ExtensionError> {
		let history = self.history.extended(self.head(), header, extension)?;
		let next = self.number().saturating_add(1);
		// The tail ends before the parent, and the parent before the head. What it says of blocks that
		// are known already is not part of the proof.
		let newest = extension.tail.iter().copied().chain([header.parent, hash]);
		let first = header.number.saturating_sub(extension.tail.len() as u32).saturating_sub(1);
		let known = if first > next { &[][..] } else { self.recent() };
		let new = newest.skip(next.saturating_sub(first) as usize);
		let all: Vec<_> = known.iter().copied().chain(new).collect();
		let from = all.len().saturating_sub(MAX_RECENT as usize);
		let recent = all.into_iter().skip(from).collect::<Vec<_>>();
		Ok(Self { recent: BoundedVec::truncate_from(recent), time, history })
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{cover, leaf, Frontier, Outline, Subtree, MAX_TAIL};
	use proptest::prelude::*;
	use sp_runtime::traits::{BlakeTwo256, Hash};

	fn hash_of(height: Height) -> H256 {
		BlakeTwo256::hash(&height.encode())
	}

	fn history(first: Height, next: Height) -> History {
		let mut history = History::starting_at(first);
		for height in first..next {
			history.push(hash_of(height), |_, _| {}).expect("there is room");
		}
		history
	}

	fn view(first: Height, number: Height) -> View {
		View::of(hash_of(number), u64::from(number), history(first, number))
	}

	fn root_of(first: Height, subtree: Subtree) -> H256 {
		let mut tree = Frontier::default();
		for index in subtree.leaves() {
			tree.push(0, leaf(hash_of(first + index as u32))).expect("there is room");
		}
		tree.root()
	}

	fn extension(first: Height, known: Height, number: Height) -> Extension {
		let outline = Outline::of(first, known, number).expect("they are in order");
		Extension {
			nodes: outline.nodes.into_iter().map(|subtree| root_of(first, subtree)).collect(),
			tail: outline.tail.map(hash_of).collect(),
		}
	}

	fn extend(known: &View, number: Height, extension: &Extension) -> Result<View, ExtensionError> {
		let first = known.history().first;
		let (parent, root) = (hash_of(number - 1), history(first, number).root());
		let stated = Stated { number, parent, root };
		known.extended((hash_of(number), u64::from(number)), stated, extension)
	}

	#[test]
	fn a_view_that_begins_knows_its_head() {
		let view = view(3, 20);
		assert_eq!((view.number(), view.lowest(), view.head()), (20, 20, hash_of(20)));
		assert_eq!(
			(view.hash_at(20), view.hash_at(19), view.hash_at(21)),
			(Some(hash_of(20)), None, None)
		);
		assert_eq!(view.moment(), Moment { number: 20, time: 20 });
	}

	/// What a tail says of blocks at or below the known head proves nothing about them.
	#[test]
	fn a_tail_does_not_rewrite_what_is_known() {
		let made_for = view(0, 30);
		let known = extend(&made_for, 40, &extension(0, 30, 40)).unwrap();
		let mut late = extension(0, 30, 50);
		assert_eq!(late.tail.len() as u32, MAX_TAIL);
		let overlap = (40 - (50 - 1 - MAX_TAIL)) as usize;
		late.tail[..=overlap].fill(H256::zero());
		let extended = extend(&known, 50, &late).unwrap();
		assert!((extended.lowest()..=50).all(|n| extended.hash_at(n) == Some(hash_of(n))));
	}

	proptest! {
		#[test]
		fn the_newest_hashes_are_those_of_the_newest_blocks(
			first in 0u32..5, start in 0u32..40, steps in proptest::collection::vec(1u32..40, 1..8),
		) {
			let mut known = view(first, first + start);
			let mut contiguous = first + start;
			for step in steps {
				let (from, number) = (known.number(), known.number() + step);
				let extended = extend(&known, number, &extension(first, from, number)).unwrap();
				if step > MAX_TAIL + 2 {
					contiguous = number - 1 - MAX_TAIL;
				}
				prop_assert_eq!(&extended.history, &history(first, number));
				prop_assert_eq!(extended.lowest(), contiguous.max((number + 1).saturating_sub(MAX_RECENT)));
				let heights = extended.lowest()..=number;
				prop_assert!(heights.clone().all(|n| extended.hash_at(n) == Some(hash_of(n))));
				prop_assert_eq!(extended.recent().len(), heights.count());
				known = extended;
			}
		}

		#[test]
		fn subtrees_cover_what_lies_between(start in 0u32..200, length in 0u32..200) {
			let leaves: Vec<_> = cover(start, start + length).flat_map(Subtree::leaves).collect();
			let expected: Vec<_> = (u64::from(start)..u64::from(start + length)).collect();
			prop_assert_eq!(leaves, expected);
		}
	}
}
