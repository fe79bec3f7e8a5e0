//! Which of the heads of another chain are remembered, however many there were.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The newest marks of each level that are kept.
pub const MARKS_PER_LEVEL: u32 = 8;

/// The place of a remembered head. A newer one takes it over.
///
/// The j-th advance of a view has the level of the greatest power of two that divides j, and the
/// newest eight of each level stay: the older, the sparser, and no two next to each other are
/// farther apart than an eighth of their age. Whoever makes a view advance can only fill the lower
/// levels faster.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct MarkSlot {
	/// How often 2 divides the number of the advance.
	pub level: u8,
	/// Its place among those of its level.
	pub place: u8,
}

impl MarkSlot {
	/// Where the head of an advance is remembered; the first advance has the number 1. The block
	/// with which a history begins to be known has the number 0, and a place of its own: it stays.
	pub fn of(advance: u64) -> Self {
		let level = advance.trailing_zeros().min(u64::BITS - 1);
		let nth = (advance >> level) >> 1;
		Self { level: level as u8, place: (nth % u64::from(MARKS_PER_LEVEL)) as u8 }
	}
}
