//! Sets of epochs of which one chain tells another.
//!
//! Epochs pass one after the other, and what is said of them becomes true in nearly the same order. A set is
//! therefore a bound, and the few epochs below it that are not in it, the *gaps*. How many there may be
//! is limited, and so are the bytes that a chain keeps and proves. Whoever wants to hold a set back needs a
//! gap of his own for each place.

use crate::Epoch;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, Error as CodecError, Input, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::BoundedVec;

/// The most gaps that a set has.
pub const MAX_GAPS: u32 = 32;

/// All epochs below a bound, but for a few.
///
/// A set has one form only: its gaps ascend, and the epoch before the bound is none of them. Decoding refuses
/// every other one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, MaxEncodedLen, TypeInfo)]
pub struct EpochSet {
	below: Epoch,
	gaps: BoundedVec<Epoch, ConstU32<MAX_GAPS>>,
}

impl EpochSet {
	/// All epochs before this one.
	pub fn before(below: Epoch) -> Self {
		Self { below, gaps: BoundedVec::default() }
	}

	/// All epochs before `below` but for these; `None` if the set has another form, or too many gaps.
	pub fn new(below: Epoch, gaps: Vec<Epoch>) -> Option<Self> {
		let ascend = gaps.windows(2).all(|pair| pair[0] < pair[1]);
		let is_below = gaps.last().is_none_or(|gap| gap.next() < below);
		let gaps = BoundedVec::try_from(gaps).ok()?;
		(ascend && is_below).then_some(Self { below, gaps })
	}

	/// The epoch after the last one.
	pub fn below(&self) -> Epoch {
		self.below
	}

	/// The epochs below that which are not in the set.
	pub fn gaps(&self) -> &[Epoch] {
		&self.gaps
	}

	/// Whether an epoch is in the set.
	pub fn contains(&self, epoch: Epoch) -> bool {
		epoch < self.below && self.gaps.binary_search(&epoch).is_err()
	}

	/// Whether all epochs of `other` are in the set.
	pub fn includes(&self, other: &Self) -> bool {
		other.below <= self.below && !self.gaps.iter().any(|gap| other.contains(*gap))
	}

	/// The first epoch that is in this set and not in `other`.
	pub fn first_beyond(&self, other: &Self) -> Option<Epoch> {
		let above = (other.below.0..self.below.0).map(Epoch);
		other.gaps.iter().copied().chain(above).find(|epoch| self.contains(*epoch))
	}

	/// The epochs of the set that are before this one.
	pub fn up_to(&self, end: Epoch) -> Self {
		let gaps = self.gaps.iter().copied().take_while(|gap| *gap < end).collect();
		Self::of(self.below.min(end), gaps)
	}

	/// Adds the epochs of another set. The gaps that remain are gaps of the one with the higher bound.
	pub fn unite(&mut self, other: &Self) {
		let (high, low) = match self.below < other.below {
			true => (other, &*self),
			false => (&*self, other),
		};
		let gaps = high.gaps.iter().copied().filter(|gap| !low.contains(*gap)).collect();
		*self = Self::of(high.below, gaps);
	}

	/// Adds the gaps of which this is true.
	pub fn fill(&mut self, is_filled: impl Fn(Epoch) -> bool) {
		self.gaps.retain(|gap| !is_filled(*gap));
	}

	/// Whether an epoch can be added without leaving out too many.
	pub fn has_room_for(&self, epoch: Epoch) -> bool {
		epoch.0.saturating_sub(self.below.0) <= MAX_GAPS - self.gaps.len() as u32
	}

	/// Adds an epoch, if there is room for the gaps before it; says whether there is.
	pub fn insert(&mut self, epoch: Epoch) -> bool {
		let has_room = self.has_room_for(epoch);
		if has_room {
			self.cover(epoch);
		}
		has_room
	}

	/// Adds an epoch, and where there is no room for all gaps before it, the lowest of them.
	pub fn cover(&mut self, epoch: Epoch) {
		if epoch < self.below {
			self.fill(|gap| gap == epoch);
			return;
		}
		// Further down there is room for none.
		let least = self.below.0.max(epoch.0.saturating_sub(MAX_GAPS));
		let mut gaps: Vec<_> = self.gaps.iter().copied().collect();
		gaps.extend((least..epoch.0).map(Epoch));
		let gaps = gaps.split_off(gaps.len().saturating_sub(MAX_GAPS as usize));
		*self = Self::of(epoch.next(), gaps);
	}

	/// Takes an epoch out, and where there is no room for one more gap, the highest of them with all that
	/// lies above it.
	pub fn remove(&mut self, epoch: Epoch) {
		if !self.contains(epoch) {
			return;
		}
		let mut gaps: Vec<_> = self.gaps.iter().copied().chain([epoch]).collect();
		gaps.sort_unstable();
		let below = gaps.get(MAX_GAPS as usize).copied().unwrap_or(self.below);
		gaps.truncate(MAX_GAPS as usize);
		*self = Self::of(below, gaps);
	}

	/// The form of a set with these gaps, which ascend, lie below the bound, and are not too many.
	fn of(mut below: Epoch, mut gaps: Vec<Epoch>) -> Self {
		while let Some(last) = gaps.pop_if(|gap| gap.next() >= below) {
			below = last;
		}
		Self { below, gaps: BoundedVec::truncate_from(gaps) }
	}
}

impl Decode for EpochSet {
	fn decode<I: Input>(input: &mut I) -> Result<Self, CodecError> {
		let (below, gaps) = <(Epoch, BoundedVec<Epoch, ConstU32<MAX_GAPS>>)>::decode(input)?;
		Self::new(below, gaps.into_inner()).ok_or("gaps are out of order, or not below".into())
	}
}

impl DecodeWithMemTracking for EpochSet {}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::{collection::vec, prelude::*};
	use std::collections::BTreeSet;

	/// So many epochs are looked at.
	const END: u32 = 120;

	fn set(below: u32, gaps: &[u32]) -> EpochSet {
		EpochSet::new(Epoch(below), Vec::from_iter(gaps.iter().copied().map(Epoch)))
			.expect("it is a set")
	}

	/// What is in a set, one by one.
	fn listed(set: &EpochSet) -> BTreeSet<u32> {
		(0..=END).filter(|epoch| set.contains(Epoch(*epoch))).collect()
	}

	#[test]
	fn a_set_is_all_below_its_bound_but_for_its_gaps() {
		assert_eq!(listed(&set(6, &[1, 3])), BTreeSet::from([0, 2, 4, 5]));
		assert!(listed(&EpochSet::default()).is_empty());
	}

	#[test]
	fn a_set_is_encoded_as_its_bound_and_its_gaps() {
		assert_eq!(set(0x0102, &[3, 0x0100]).encode(), [2, 1, 0, 0, 8, 3, 0, 0, 0, 0, 1, 0, 0]);
		assert_eq!(EpochSet::max_encoded_len(), 4 + 1 + 4 * MAX_GAPS as usize);
	}

	#[test]
	fn what_has_not_the_form_of_a_set_is_not_decoded() {
		let is_refused = |below: u32, gaps: &[u32]| {
			let bytes = (below, gaps.to_vec()).encode();
			EpochSet::decode(&mut &bytes[..]).is_err()
		};
		let most = Vec::from_iter((0..=MAX_GAPS).map(|nth| 2 * nth));
		assert!(!is_refused(90, &most[1..]), "as many gaps as there may be");
		for (below, gaps) in [
			(90, most),
			(9, vec![5, 3]),
			(9, vec![3, 3]),
			(9, vec![9]),
			(9, vec![20]),
			(9, vec![u32::MAX]),
			(0, vec![0]),
			// There is a shorter form.
			(9, vec![3, 8]),
			(1, vec![0]),
		] {
			assert!(is_refused(below, &gaps), "{below}, {gaps:?}");
		}
		let short = set(9, &[3]).encode();
		assert!(EpochSet::decode(&mut &short[..short.len() - 1]).is_err());
	}

	#[test]
	fn what_does_not_fit_is_added_in_one_way_only() {
		let full = Vec::from_iter((0..MAX_GAPS).map(|nth| 2 * nth));
		let full = set(2 * MAX_GAPS, &full);
		let mut other = full.clone();
		assert!(!other.insert(Epoch(2 * MAX_GAPS + 1)), "it takes one more gap");
		assert_eq!(other, full);
		other.cover(Epoch(2 * MAX_GAPS + 1));
		assert!(other.contains(Epoch(0)), "the lowest gap is closed");
		assert!(!other.contains(Epoch(2 * MAX_GAPS)));
		let mut far = set(5, &[2]);
		far.cover(Epoch(u32::MAX - 1));
		assert_eq!(far.gaps().len(), MAX_GAPS as usize);
		assert!(far.contains(Epoch(2)) && far.contains(Epoch(u32::MAX - 1)));
		let mut other = full.clone();
		other.remove(Epoch(1));
		assert!(full.includes(&other));
		assert_eq!(other.below(), Epoch(2 * MAX_GAPS - 2));
		assert!(!other.contains(Epoch(1)) && other.contains(Epoch(3)));
	}

	/// What is done to a set.
	#[derive(Clone, Copy, Debug)]
	enum Step {
		Insert(u32),
		Cover(u32),
		Remove(u32),
		UpTo(u32),
		Fill(u32),
	}

	fn step() -> impl Strategy<Value = Step> {
		let epoch = 0..END;
		prop_oneof![
			4 => epoch.clone().prop_map(Step::Insert),
			1 => epoch.clone().prop_map(Step::Cover),
			3 => epoch.clone().prop_map(Step::Remove),
			1 => epoch.clone().prop_map(Step::UpTo),
			1 => epoch.prop_map(Step::Fill),
		]
	}

	/// Takes a step with a set and with the list of what is in it.
	fn take(step: Step, set: &mut EpochSet, list: &mut BTreeSet<u32>) {
		let gaps_below = |end: u32| (0..end).filter(|epoch| !list.contains(epoch)).count();
		let bound = list.last().map_or(0, |last| last + 1);
		let most = MAX_GAPS as usize;
		match step {
			Step::Insert(epoch) => {
				let fits = gaps_below(bound.max(epoch)) <= most;
				assert_eq!(set.insert(Epoch(epoch)), fits || epoch < bound);
				if fits || epoch < bound {
					list.insert(epoch);
				}
			},
			Step::Cover(epoch) => {
				let gaps = (0..bound.max(epoch)).filter(|e| *e != epoch && !list.contains(e));
				let gaps = Vec::from_iter(gaps);
				let closed = gaps[..gaps.len().saturating_sub(most)].to_vec();
				list.extend(closed.into_iter().chain([epoch]));
				set.cover(Epoch(epoch));
			},
			Step::Remove(epoch) => {
				set.remove(Epoch(epoch));
				list.remove(&epoch);
				let bound = list.last().map_or(0, |last| last + 1);
				let gaps = Vec::from_iter((0..bound).filter(|epoch| !list.contains(epoch)));
				if let Some(highest) = gaps.get(most) {
					list.retain(|epoch| epoch < highest);
				}
			},
			Step::UpTo(end) => {
				*set = set.up_to(Epoch(end));
				list.retain(|epoch| *epoch < end);
			},
			Step::Fill(end) => {
				set.fill(|gap| gap.0 < end);
				list.extend(0..end.min(bound));
			},
		}
	}

	/// A set that came about in steps, and the list of what is in it.
	fn built(steps: &[Step]) -> (EpochSet, BTreeSet<u32>) {
		let (mut set, mut list) = (EpochSet::default(), BTreeSet::new());
		for step in steps {
			take(*step, &mut set, &mut list);
			assert_eq!(listed(&set), list, "{step:?}");
		}
		(set, list)
	}

	proptest! {
		#[test]
		fn a_set_is_as_if_it_were_listed(
			one in vec(step(), 0..60), other in vec(step(), 0..60),
		) {
			let ((one, in_one), (other, in_other)) = (built(&one), built(&other));
			prop_assert_eq!(EpochSet::decode(&mut &one.encode()[..]), Ok(one.clone()));
			prop_assert_eq!(one == other, in_one == in_other);
			prop_assert_eq!(one.includes(&other), in_one.is_superset(&in_other));
			let beyond = in_one.difference(&in_other).next().copied();
			prop_assert_eq!(one.first_beyond(&other), beyond.map(Epoch));
			let mut both = one.clone();
			both.unite(&other);
			prop_assert_eq!(listed(&both), &in_one | &in_other);
			prop_assert!(EpochSet::decode(&mut &both.encode()[..]).is_ok());
		}

		#[test]
		fn what_is_decoded_has_the_form_of_a_set(below in 0..END, gaps in vec(0..END, 0..5)) {
			let bytes = (below, gaps.clone()).encode();
			let gap_set = BTreeSet::from_iter(gaps.iter().copied());
			let is_sorted = gap_set.iter().eq(&gaps);
			let is_short = gap_set.last().is_none_or(|last| last + 1 < below);
			match EpochSet::decode(&mut &bytes[..]) {
				Ok(set) => {
					prop_assert!(is_sorted && is_short);
					let in_set = BTreeSet::from_iter((0..below).filter(|e| !gap_set.contains(e)));
					prop_assert_eq!(listed(&set), in_set);
					prop_assert_eq!(set.encode(), bytes);
				},
				Err(_) => prop_assert!(!is_sorted || !is_short),
			}
		}
	}
}
