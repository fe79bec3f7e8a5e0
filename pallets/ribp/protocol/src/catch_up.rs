//! The gap case of section 4.3, where one message cannot hold all that was missed.
//!
//! A view that is proven, and so far ahead of the believed one that the missed hashes do not fit
//! into one message, waits until they have come in pieces. They come newest first: a piece brings
//! the accumulator below it, and must fold from there to the accumulator above it. So each piece
//! proves itself against the proven view, whoever sends it, and none can lead astray.

use crate::{view::fold, Height, Time, View};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// A proven view on the way to being linked to the believed one.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct CatchUp {
	/// The proven view. Not believed before all that was missed has come.
	pub target: View,
	/// What its header says of its time.
	pub time: Time,
	/// The missed hashes from this height on have come.
	pub from: Height,
	/// All hashes below `from`, folded.
	pub accumulator: H256,
}

/// What a piece of missed hashes has come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
	/// Older ones are still missed.
	Further,
	/// The target view follows the believed one.
	Linked,
}

/// Why a piece of missed hashes is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CatchUpError {
	/// It is not of the size that a piece must have here.
	Count {
		/// Hashes that the next piece must bring.
		expected: u32,
		/// Hashes brought.
		brought: u32,
	},
	/// It does not fold to the accumulator above it. Says nothing about the peer.
	DoNotFold,
	/// It folds, and what lies below it is not the believed history: the target is of a fork.
	Fork,
}

impl CatchUp {
	/// `target` follows `known` by proof, but for the hashes between them; none if there are none.
	pub fn new(known: &View, target: View, time: Time) -> Option<Self> {
		let accumulator = target.accumulator.filter(|_| known.gap(&target) > 0)?;
		Some(Self { from: target.first(), target, time, accumulator })
	}

	/// How many hashes the next piece brings, if one holds `most`.
	pub fn next_count(&self, known: &View, most: u32) -> u32 {
		self.from.saturating_sub(known.number).saturating_sub(1).min(most)
	}

	/// Whether no piece is missing any more, since the believed view has come to where hashes are
	/// missed, or further: what is left is reached by evidence, or by another target.
	pub fn is_met_by(&self, known: &View) -> bool {
		self.next_count(known, u32::MAX) == 0
	}

	/// Takes the newest hashes that are still missed, oldest first; `below` folds all before them.
	pub fn take(
		&mut self,
		known: &View,
		below: H256,
		hashes: &[H256],
		most: u32,
	) -> Result<Progress, CatchUpError> {
		let (expected, brought) = (self.next_count(known, most), hashes.len() as u32);
		if expected != brought || brought == 0 {
			return Err(CatchUpError::Count { expected, brought });
		}
		if hashes.iter().fold(Some(below), fold) != Some(self.accumulator) {
			return Err(CatchUpError::DoNotFold);
		}
		self.from = self.from.saturating_sub(brought);
		self.accumulator = below;
		if self.from.saturating_sub(1) > known.number {
			return Ok(Progress::Further);
		}
		match known.folded() == Some(below) {
			true => Ok(Progress::Linked),
			false => Err(CatchUpError::Fork),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::SystemId;
	use alloc::vec::Vec;
	use proptest::prelude::*;
	use sp_runtime::traits::{BlakeTwo256, Hash};

	const MOST: u32 = 7;

	/// The hash of a block, on one of two histories that part at `fork`.
	fn hash_of(number: Height, fork: Height) -> H256 {
		BlakeTwo256::hash(&(number, number >= fork).encode())
	}

	fn view(number: Height, fork: Height) -> View {
		let mut view = View::starting_at(SystemId(H256::zero()), 0, hash_of(0, fork));
		(1..=number).for_each(|n| view.extend(hash_of(n, fork), 8));
		view
	}

	fn honest(number: Height) -> View {
		view(number, Height::MAX)
	}

	/// The accumulator below `from`, and the hashes from there up to `to`.
	fn piece(from: Height, to: Height, fork: Height) -> (H256, Vec<H256>) {
		let below = (0..from).map(|n| hash_of(n, fork)).fold(None, |acc, hash| fold(acc, &hash));
		(below.expect("block 0 lies below"), (from..to).map(|n| hash_of(n, fork)).collect())
	}

	/// Brings all pieces of the history that forks at `fork`, and returns the last verdict.
	fn bring_all(
		catch_up: &mut CatchUp,
		known: &View,
		fork: Height,
	) -> Result<Progress, CatchUpError> {
		loop {
			let from = catch_up.from - catch_up.next_count(known, MOST);
			let (below, hashes) = piece(from, catch_up.from, fork);
			match catch_up.take(known, below, &hashes, MOST) {
				Ok(Progress::Further) => {},
				end => return end,
			}
		}
	}

	#[test]
	fn views_that_overlap_or_meet_need_no_catching_up() {
		for number in [3, 20, 21, 25, 28] {
			assert_eq!(CatchUp::new(&honest(20), honest(number), 0), None, "{number}");
		}
		assert!(CatchUp::new(&honest(20), honest(29), 0).is_some());
	}

	#[test]
	fn a_piece_of_another_size_is_refused() {
		let known = honest(20);
		let mut catch_up = CatchUp::new(&known, honest(60), 0).expect("there is a gap");
		let from = catch_up.from;
		for count in [0, MOST - 1, MOST + 1] {
			let (below, hashes) = piece(from - count, from, Height::MAX);
			let refused = CatchUpError::Count { expected: MOST, brought: count };
			assert_eq!(catch_up.take(&known, below, &hashes, MOST), Err(refused));
		}
	}

	#[test]
	fn a_piece_that_does_not_fold_is_refused_and_changes_nothing() {
		let known = honest(20);
		let mut catch_up = CatchUp::new(&known, honest(60), 0).expect("there is a gap");
		let before = catch_up.clone();
		let (below, hashes) = piece(before.from - MOST, before.from, Height::MAX);
		let mut swapped = hashes.clone();
		swapped.swap(0, 1);
		for (below, hashes) in [(H256::zero(), &hashes), (below, &swapped)] {
			let refused = Err(CatchUpError::DoNotFold);
			assert_eq!(catch_up.take(&known, below, hashes, MOST), refused);
		}
		assert_eq!(catch_up, before);
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(64))]

		#[test]
		fn every_gap_of_one_history_is_filled(known in 0u32..30, ahead in 9u32..70) {
			let known = honest(known);
			let target = honest(known.number + ahead);
			let mut catch_up = CatchUp::new(&known, target, 0).expect("there is a gap");
			prop_assert_eq!(bring_all(&mut catch_up, &known, Height::MAX), Ok(Progress::Linked));
			prop_assert_eq!(catch_up.from, known.number + 1);
		}

		#[test]
		fn another_history_is_never_linked(
			known in 1u32..30, ahead in 9u32..70, back in 0u32..30,
		) {
			let known = honest(known);
			let fork = known.number.saturating_sub(back);
			let target = view(known.number + ahead, fork);
			let mut catch_up = CatchUp::new(&known, target, 0).expect("there is a gap");
			prop_assert_eq!(bring_all(&mut catch_up, &known, fork), Err(CatchUpError::Fork));
			let mut catch_up = CatchUp::new(&known, view(known.number + ahead, fork), 0).expect("as before");
			let honest_hashes = bring_all(&mut catch_up, &known, Height::MAX);
			prop_assert_eq!(honest_hashes, Err(CatchUpError::DoNotFold));
		}
	}
}
