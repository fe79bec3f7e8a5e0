//! What two chains tell each other before any view, and whom to tell when (sections 4.1 to 4.3).

use crate::{Height, SystemId};
use alloc::collections::BTreeMap;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{PerThing, Perquintill};

/// A block of another chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Head {
	/// Its height.
	pub number: Height,
	/// Its header's hash.
	pub hash: H256,
}

/// The heads of a view list, which others compare with their own.
///
/// It proves nothing, and costs no more than 68 bytes a system.
pub type Digest = BTreeMap<SystemId, Head>;

/// Whether a peer is told in a block in which nothing calls for it: with the probability q'.
///
/// `random` is drawn evenly from all numbers, anew for each peer and block. After a termination
/// nothing is drawn: every peer is told (section 4.2).
pub fn is_told(rate: Perquintill, random: u64) -> bool {
	let drawn = u128::from(random) * u128::from(Perquintill::ACCURACY);
	drawn < u128::from(rate.deconstruct()) << u64::BITS
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_rate_is_the_part_of_all_numbers_that_tell() {
		let half = Perquintill::from_percent(50);
		assert!(is_told(half, (1 << 63) - 1));
		assert!(!is_told(half, 1 << 63));
		assert!(is_told(Perquintill::one(), u64::MAX));
		assert!(!is_told(Perquintill::zero(), 0));
	}
}
