//! Systems and their headers, by number.

use ribp_protocol::{Height, SystemId};
use sp_core::H256;

/// One of the histories of a system: all but a forked one have the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum History {
	/// What everybody is told.
	Told,
	/// What the victim of a fork is told.
	Hidden,
}

/// A name for the system with this number.
pub(crate) fn system(index: u32) -> SystemId {
	let mut id = [0; 32];
	id[..4].copy_from_slice(&index.to_be_bytes());
	SystemId(H256(id))
}

/// The number of the system with this name.
pub(crate) fn index(system: SystemId) -> u32 {
	let [a, b, c, d, ..] = system.0 .0;
	u32::from_be_bytes([a, b, c, d])
}

/// The hash of a header. All that matters of it here is that no other header has it.
pub(crate) fn header_hash(index: u32, history: History, number: Height) -> H256 {
	let mut hash = [0xff; 32];
	hash[..4].copy_from_slice(&index.to_be_bytes());
	hash[4] = history as u8;
	hash[8..12].copy_from_slice(&number.to_be_bytes());
	H256(hash)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_system_is_known_by_its_name() {
		for number in [0, 1, 999, u32::MAX] {
			assert_eq!(index(system(number)), number);
		}
	}

	#[test]
	fn no_two_headers_have_the_same_hash() {
		let hash = header_hash(1, History::Told, 7);
		assert_ne!(hash, header_hash(2, History::Told, 7));
		assert_ne!(hash, header_hash(1, History::Hidden, 7));
		assert_ne!(hash, header_hash(1, History::Told, 8));
	}
}
