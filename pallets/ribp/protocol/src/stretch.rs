//! Consecutive header hashes of one history, and where two histories part.

use crate::{view::fold, Branch, Fork, Height, Own, Peer, View, ViewError};
use alloc::vec::Vec;
use sp_core::H256;
use sp_runtime::BoundedVec;

/// The hashes of consecutive headers of one chain. Never empty.
///
/// As good as what it was made from: a view, or headers that name each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
	first: Height,
	hashes: Vec<H256>,
	before: Before,
}

/// What is known of the history before a stretch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Before {
	/// Nothing.
	Unknown,
	/// All of it, folded; none if there is nothing.
	Folded(Option<H256>),
}

/// Where two histories of one chain part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parting {
	/// The lowest height at which they are known to differ.
	pub at: Height,
	/// The hash that the one holds there.
	pub one: H256,
	/// The hash that the other holds there.
	pub other: H256,
	/// Whether they may part lower.
	pub precision: Precision,
}

/// How well the height is known at which two histories part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Precision {
	/// The header before is the same on both.
	Exact,
	/// Nothing lower is known of one of them.
	AtMost,
}

impl Stretch {
	/// Hashes of consecutive headers from the height `first` on, the oldest first; none if there are
	/// none, or more than heights.
	pub fn new(first: Height, hashes: Vec<H256>) -> Option<Self> {
		let count = Height::try_from(hashes.len()).ok()?;
		first.checked_add(count.checked_sub(1)?)?;
		Some(Self { first, hashes, before: Before::Unknown })
	}

	/// A view's window, and the hashes right before it, oldest first, which are folded in its
	/// accumulator: `below` folds all that is older still, and is none if nothing is.
	///
	/// Nobody can bring other hashes than those that were folded, or give them other heights.
	pub fn of_view(view: &View, below: Option<H256>, older: &[H256]) -> Result<Self, ViewError> {
		let count = Height::try_from(older.len()).unwrap_or(Height::MAX);
		let first = view.first().checked_sub(count).filter(|_| view.is_well_formed());
		let first = first.ok_or(ViewError::Malformed)?;
		let before = if older.is_empty() { view.accumulator } else { below };
		if older.iter().fold(before, fold) != view.accumulator {
			return Err(ViewError::MissedDoNotFold);
		}
		let hashes = older.iter().chain(&view.recent).copied().collect();
		let stretch = Self::new(first, hashes).ok_or(ViewError::Malformed)?;
		Ok(Self { before: Before::Folded(before), ..stretch })
	}

	/// Height of the oldest hash.
	pub fn first(&self) -> Height {
		self.first
	}

	/// Whether it goes down to `height`, or to where its history begins.
	pub fn reaches(&self, height: Height) -> bool {
		self.first <= height || self.before == Before::Folded(None)
	}

	/// Height of the newest hash.
	pub fn last(&self) -> Height {
		self.first.saturating_add((self.hashes.len() as Height).saturating_sub(1))
	}

	/// The hash at `height`, when it is here.
	pub fn hash_at(&self, height: Height) -> Option<H256> {
		self.hashes.get(height.checked_sub(self.first)? as usize).copied()
	}

	/// Where this history parts from another; none where they have no height in common, or nothing
	/// but the same hashes.
	///
	/// What differs at one height differs at all higher ones.
	pub fn parting(&self, other: &Self) -> Option<Parting> {
		let lowest = self.first.max(other.first);
		let common = lowest..=self.last().min(other.last());
		common.into_iter().find_map(|at| {
			let (one, other) = (self.hash_at(at)?, other.hash_at(at)?);
			let precision = if at > lowest { Precision::Exact } else { Precision::AtMost };
			(one != other).then_some(Parting { at, one, other, precision })
		})
	}

	/// The view of the history that follows this one up to the block before `at`, and goes on with
	/// the hashes of `branch` from there; `known` is the view that this stretch is of. None if either
	/// does not reach that far.
	///
	/// `branch` must part from this history at `at` exactly.
	pub fn branched(&self, known: &View, at: Height, branch: &Self) -> Option<View> {
		let Before::Folded(accumulator) = self.before else { return None };
		let recent = BoundedVec::truncate_from(alloc::vec![*self.hashes.first()?]);
		let mut view = View { system: known.system, number: self.first, accumulator, recent };
		let followed = self.first.checked_add(1)?..at;
		(self.first < at).then_some(())?;
		for height in followed {
			view.extend(self.hash_at(height)?, known.window());
		}
		for height in at..=branch.last() {
			view.extend(branch.hash_at(height)?, known.window());
		}
		Some(view)
	}
}

impl Parting {
	/// The fork that this is, of which a chain learns at `now`.
	pub fn fork(&self, now: Own) -> Option<Fork> {
		Fork::open(Peer(self.at), self.one, self.other, now)
	}

	/// The other history.
	pub fn branch(&self) -> Branch {
		Branch { hash: self.other }
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::SystemId;
	use proptest::prelude::*;
	use sp_runtime::traits::{BlakeTwo256, Hash};

	const WINDOW: u32 = 8;

	/// The hash of a block, on one of two histories that part at `fork`.
	fn hash_of(number: Height, fork: Height) -> H256 {
		BlakeTwo256::hash_of(&(number, number >= fork))
	}

	fn view(number: Height, fork: Height) -> View {
		let mut view = View::starting_at(SystemId(H256::zero()), 0, hash_of(0, fork));
		(1..=number).for_each(|n| view.extend(hash_of(n, fork), WINDOW));
		view
	}

	/// What folds all hashes below `height`, and those from there up to the view's window.
	fn older(view: &View, height: Height, fork: Height) -> (Option<H256>, Vec<H256>) {
		let below = (0..height).fold(None, |acc, n| fold(acc, &hash_of(n, fork)));
		(below, (height..view.first()).map(|n| hash_of(n, fork)).collect())
	}

	fn stretch(number: Height, from: Height, fork: Height) -> Stretch {
		let view = view(number, fork);
		let (below, older) = older(&view, from, fork);
		let below = below.filter(|_| !older.is_empty());
		Stretch::of_view(&view, below, &older).unwrap()
	}

	#[test]
	fn a_view_goes_back_as_far_as_the_hashes_that_were_folded() {
		let all = stretch(30, 0, Height::MAX);
		assert_eq!((all.first(), all.last()), (0, 30));
		assert!((0..=30).all(|n| all.hash_at(n) == Some(hash_of(n, Height::MAX))));
		let window = Stretch::of_view(&view(30, Height::MAX), None, &[]).unwrap();
		assert_eq!((window.first(), window.hash_at(22)), (23, None));
	}

	#[test]
	fn hashes_that_were_not_folded_are_refused() {
		let view = view(30, Height::MAX);
		let (below, honest) = older(&view, 10, Height::MAX);
		let refused = |below, older: &[H256]| Stretch::of_view(&view, below, older).unwrap_err();
		assert_eq!(refused(None, &honest), ViewError::MissedDoNotFold);
		assert_eq!(refused(below, &honest[1..]), ViewError::MissedDoNotFold);
		assert_eq!(refused(below, &honest[..5]), ViewError::MissedDoNotFold);
		let mut other = honest.clone();
		other[0] = H256::zero();
		assert_eq!(refused(below, &other), ViewError::MissedDoNotFold);
		let endless = alloc::vec![H256::zero(); 24];
		assert_eq!(refused(None, &endless), ViewError::Malformed);
	}

	#[test]
	fn a_stretch_has_hashes_and_heights_for_them() {
		assert_eq!(Stretch::new(3, Vec::new()), None);
		assert_eq!(Stretch::new(Height::MAX, alloc::vec![H256::zero(); 2]), None);
		assert!(Stretch::new(Height::MAX, alloc::vec![H256::zero()]).is_some());
	}

	#[test]
	fn histories_part_exactly_where_the_header_before_is_common() {
		let (one, other) = (stretch(30, 15, Height::MAX), stretch(28, 12, 20));
		let parting = one.parting(&other).unwrap();
		assert_eq!((parting.at, parting.precision), (20, Precision::Exact));
		assert_eq!((parting.one, parting.other), (hash_of(20, Height::MAX), hash_of(20, 20)));
	}

	#[test]
	fn histories_may_part_lower_than_is_known() {
		let (one, other) = (stretch(30, 23, Height::MAX), stretch(28, 12, 20));
		let parting = one.parting(&other).unwrap();
		assert_eq!((parting.at, parting.precision), (23, Precision::AtMost));
	}

	#[test]
	fn one_history_does_not_part_from_itself_nor_from_what_it_does_not_meet() {
		let one = stretch(30, 5, Height::MAX);
		assert_eq!(one.parting(&stretch(28, 12, Height::MAX)), None);
		assert_eq!(stretch(30, 23, Height::MAX).parting(&stretch(22, 15, 2)), None);
	}

	#[test]
	fn a_branched_view_is_that_of_the_other_history() {
		let (known, branch) = (view(30, Height::MAX), stretch(40, 26, 27));
		let followed = |from| stretch(30, from, Height::MAX);
		assert_eq!(followed(23).branched(&known, 27, &branch), Some(view(40, 27)));
		assert_eq!(followed(2).branched(&known, 27, &branch), Some(view(40, 27)));
		let early = stretch(40, 8, 9);
		assert_eq!(followed(3).branched(&known, 9, &early), Some(view(40, 9)));
		assert_eq!(followed(9).branched(&known, 9, &early), None, "nothing common is known");
		assert_eq!(followed(23).branched(&known, 32, &branch), None, "it does not reach that far");
		assert_eq!(branch.branched(&known, 30, &branch).map(|view| view.number), Some(40));
		let headers = Stretch::new(20, alloc::vec![H256::zero(); 12]).unwrap();
		assert_eq!(headers.branched(&known, 27, &branch), None, "nothing older is known");
	}

	proptest! {
		#[test]
		fn two_histories_part_at_their_fork_or_where_they_first_meet(
			fork in 1u32..60, one in 10u32..80, other in 10u32..80, low in 0u32..60, high in 0u32..60,
		) {
			let (one, other) = (
				stretch(one, low.min(view(one, Height::MAX).first()), Height::MAX),
				stretch(other, high.min(view(other, fork).first()), fork),
			);
			let lowest = one.first().max(other.first());
			let expected = (fork.max(lowest) <= one.last().min(other.last())).then(|| {
				let at = fork.max(lowest);
				(at, if at > lowest { Precision::Exact } else { Precision::AtMost })
			});
			let parting = one.parting(&other);
			prop_assert_eq!(parting.map(|parting| (parting.at, parting.precision)), expected);
			let back = other.parting(&one).map(|parting| (parting.at, parting.other, parting.one));
			prop_assert_eq!(parting.map(|parting| (parting.at, parting.one, parting.other)), back);
		}
	}
}
