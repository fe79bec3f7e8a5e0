//! Epochs, by which the legs of contracts are kept, and are swept together.
//!
//! A leg that has ended is kept where its peer can read it, as long as it may have to: until every contract
//! whose leg expires in the same epoch has ended on the peer as well. The peer says so itself, in
//! its state and in the epochs of who reads it ([`Corridor::through`]); from then on it registers none
//! that would have to be looked at. So nobody asks about each contract whether it may be forgotten. A
//! contract that is open for long keeps its own epoch waiting and no other ([`EpochSet`]).

use crate::{EpochSet, Height};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How many blocks an epoch has.
pub const EPOCH_BLOCKS: Height = 32;

/// A span of [`EPOCH_BLOCKS`] blocks, counted from a chain's first one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Epoch(pub u32);

impl Epoch {
	/// The epoch of a height.
	pub fn of(height: Height) -> Self {
		Self(height / EPOCH_BLOCKS)
	}

	/// The epoch after this one.
	pub fn next(self) -> Self {
		Self(self.0.saturating_add(1))
	}
}

/// What a chain says of all contracts with another one, the reader. Other chains read it by storage proof.
///
/// Both sets only grow, whatever becomes of the reader's head, or of what is known of the reader.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Corridor {
	/// Epochs of the *reader's*: every contract whose leg there expires in one of them has ended here, and
	/// none is registered any more.
	pub through: EpochSet,
	/// Own epochs: contracts whose leg *here* expires in one of them may have been swept. That they are
	/// not there says nothing.
	pub swept: EpochSet,
}

impl Corridor {
	/// To what [`Self::through`] may grow: the reader's height `known` is believed, and `is_open` says
	/// whether any contract that has not ended has its leg there expire in an epoch. By no more than
	/// `most` epochs and those that were left out; with none open at all (`open` is zero), by all that
	/// are over at once. It asks about `most` and [`MAX_GAPS`](crate::MAX_GAPS) epochs at most.
	pub fn grows(
		&self,
		known: Height,
		open: u32,
		most: u32,
		is_open: impl Fn(Epoch) -> bool,
	) -> EpochSet {
		let mut through = self.through.clone();
		let present = Epoch::of(known);
		if open == 0 {
			through.unite(&EpochSet::before(present));
			return through;
		}
		through.fill(|gap| gap < present && !is_open(gap));
		let mut left = most;
		let mut epoch = through.below();
		while epoch < present && left > 0 && through.has_room_for(epoch) {
			if !is_open(epoch) {
				through.insert(epoch);
				left -= 1;
			}
			epoch = epoch.next();
		}
		through
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::MAX_GAPS;
	use core::cell::Cell;

	fn epochs(below: u32, gaps: &[u32]) -> EpochSet {
		let gaps = gaps.iter().copied().map(Epoch).collect();
		EpochSet::new(Epoch(below), gaps).expect("it is a set")
	}

	fn through(below: u32, gaps: &[u32]) -> Corridor {
		Corridor { through: epochs(below, gaps), ..Corridor::default() }
	}

	#[test]
	fn an_epoch_is_through_when_its_last_block_is_known_and_nothing_of_it_is_open() {
		let corridor = through(2, &[]);
		let grows = |known, open: &[u32]| {
			let count = open.len() as u32;
			corridor.grows(known, count, 8, |epoch| open.contains(&epoch.0))
		};
		assert_eq!(grows(3 * EPOCH_BLOCKS - 1, &[]), epochs(2, &[]));
		assert_eq!(grows(3 * EPOCH_BLOCKS, &[]), epochs(3, &[]));
		assert_eq!(grows(3 * EPOCH_BLOCKS, &[2]), epochs(2, &[]));
		assert_eq!(grows(9 * EPOCH_BLOCKS, &[5]), epochs(9, &[5]));
		assert_eq!(grows(9 * EPOCH_BLOCKS, &[2, 5, 8]), epochs(8, &[2, 5]));
		assert_eq!(grows(9 * EPOCH_BLOCKS, &[20]), epochs(9, &[]));
		assert_eq!(grows(90 * EPOCH_BLOCKS, &[80]), epochs(10, &[]), "in steps");
		assert_eq!(grows(90 * EPOCH_BLOCKS, &[]), epochs(90, &[]), "at once");
		assert_eq!(grows(0, &[]), epochs(2, &[]), "it never shrinks");
		assert_eq!(grows(0, &[7]), epochs(2, &[]), "it never shrinks");
	}

	#[test]
	fn what_was_left_out_is_through_when_it_has_ended_and_is_known_to_be_over() {
		let corridor = through(9, &[3, 6]);
		let grows = |known, open: &[u32]| {
			let count = open.len() as u32;
			corridor.grows(known, count, 8, |epoch| open.contains(&epoch.0))
		};
		assert_eq!(grows(9 * EPOCH_BLOCKS, &[6]), epochs(9, &[6]));
		assert_eq!(grows(9 * EPOCH_BLOCKS, &[]), epochs(9, &[]));
		// Less of the reader is believed than before.
		assert_eq!(grows(5 * EPOCH_BLOCKS, &[20]), epochs(9, &[6]));
		assert_eq!(grows(5 * EPOCH_BLOCKS, &[]), epochs(9, &[6]));
	}

	/// One contract in each of so many epochs keeps nothing else waiting; with one more, what comes after the
	/// last of them waits.
	#[test]
	fn as_many_epochs_may_be_open_as_can_be_left_out() {
		let present = 200;
		let grows = |open: u32| {
			let mut corridor = through(0, &[]);
			for _ in 0..present {
				let is_open = |epoch: Epoch| epoch.0 % 2 == 1 && epoch.0 < 2 * open;
				corridor.through = corridor.grows(present * EPOCH_BLOCKS, open, 8, is_open);
			}
			corridor.through
		};
		let odd = |count: u32| Vec::from_iter((0..count).map(|nth| 2 * nth + 1));
		assert_eq!(grows(MAX_GAPS), epochs(present, &odd(MAX_GAPS)));
		assert_eq!(grows(MAX_GAPS + 1), epochs(2 * MAX_GAPS + 1, &odd(MAX_GAPS)));
	}

	#[test]
	fn no_more_epochs_are_asked_about_than_can_be_left_out_and_added() {
		let asked = |corridor: &Corridor, is_open: fn(Epoch) -> bool| {
			let count = Cell::new(0);
			let next = corridor.grows(500 * EPOCH_BLOCKS, 1, 8, |epoch| {
				count.set(count.get() + 1);
				is_open(epoch)
			});
			(count.get(), next)
		};
		let odd = |epoch: Epoch| epoch.0 % 2 == 1;
		let mut corridor = through(0, &[]);
		for _ in 0..20 {
			let (count, next) = asked(&corridor, odd);
			assert!(count <= MAX_GAPS + 8, "{count}");
			corridor.through = next;
		}
		assert_eq!(corridor.through.gaps().len(), MAX_GAPS as usize);
		assert_eq!(asked(&corridor, odd), (MAX_GAPS + 1, corridor.through.clone()));
		let (count, next) = asked(&through(5, &[]), |_| true);
		assert_eq!((count, next), (MAX_GAPS + 1, epochs(5, &[])));
	}
}
