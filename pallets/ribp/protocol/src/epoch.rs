//! Epochs, by which the legs of contracts are kept, and are swept together.
//!
//! A leg that has ended is kept where its peer can read it, as long as it may have to: until every contract
//! whose leg expires in the same epoch has ended on the peer as well. The peer says so itself, in
//! its state and in the epochs of who reads it ([`Corridor::through`]); from then on it registers none
//! that would have to be looked at. So nobody asks about each contract whether it may be forgotten.

use crate::Height;
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
/// Both only rise, whatever becomes of the reader's head, or of what is known of the reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Corridor {
	/// Every contract whose leg on the *reader* expires in an epoch of the reader's before this one has
	/// ended here, and none is registered any more.
	pub through: Epoch,
	/// Contracts whose leg *here* expires in an epoch before this one may have been swept: that they are
	/// not there says nothing.
	pub swept: Epoch,
}

impl Corridor {
	/// How far [`Self::through`] may rise: the reader's height `known` is believed, and `is_open` says
	/// whether any contract that has not ended has its leg there expire in an epoch. No more than
	/// `most` epochs further; with none open at all (`open` is zero), up to the present one at once.
	pub fn rises(
		&self,
		known: Height,
		open: u32,
		most: u32,
		is_open: impl Fn(Epoch) -> bool,
	) -> Epoch {
		let present = Epoch::of(known);
		if open == 0 {
			return self.through.max(present);
		}
		let mut through = self.through;
		let mut left = most;
		while through < present && left > 0 && !is_open(through) {
			through = through.next();
			left -= 1;
		}
		through
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_epoch_is_through_when_its_last_block_is_known_and_nothing_of_it_is_open() {
		let corridor = Corridor { through: Epoch(2), swept: Epoch(0) };
		let rises = |known, open: &[u32]| {
			let count = open.len() as u32;
			corridor.rises(known, count, 8, |epoch| open.contains(&epoch.0)).0
		};
		assert_eq!(rises(3 * EPOCH_BLOCKS - 1, &[]), 2);
		assert_eq!(rises(3 * EPOCH_BLOCKS, &[]), 3);
		assert_eq!(rises(3 * EPOCH_BLOCKS, &[2]), 2);
		assert_eq!(rises(9 * EPOCH_BLOCKS, &[5]), 5);
		assert_eq!(rises(9 * EPOCH_BLOCKS, &[20]), 9);
		assert_eq!(rises(90 * EPOCH_BLOCKS, &[80]), 10, "in steps");
		assert_eq!(rises(90 * EPOCH_BLOCKS, &[]), 90, "at once");
		assert_eq!(rises(0, &[]), 2, "it never falls");
		assert_eq!(rises(0, &[7]), 2, "it never falls");
	}
}
