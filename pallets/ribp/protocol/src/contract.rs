//! Logs and the contracts that tie two of them together (section 4.1).

use crate::{Height, Own, Peer, SystemId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// Keep the three kinds of hashes apart, so that none can stand in for another.
const LOG_TAG: &[u8] = b"ribp/log";
const REVERSAL_TAG: &[u8] = b"ribp/reversal";
const CONTRACT_TAG: &[u8] = b"ribp/contract";

/// Hash of a [`Log`] or of its reversal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LogHash(pub H256);

/// Hash of a [`Contract`] together with the chain that holds it.
///
/// A contract log is a log too: this is also the key of its position.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ContractId(pub H256);

impl From<ContractId> for LogHash {
	fn from(id: ContractId) -> Self {
		Self(id.0)
	}
}

/// An action on one chain.
///
/// `salt` makes equal actions different logs; a log can be used by one contract only.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Log<Action> {
	/// The chain on which the action takes place.
	pub system: SystemId,
	/// What is done.
	pub action: Action,
	/// Chosen by the registrant.
	pub salt: H256,
}

impl<Action: Encode> Log<Action> {
	/// H(log): blake2-256 of `"ribp/log"` and the log's SCALE encoding.
	pub fn hash(&self) -> LogHash {
		tagged(LOG_TAG, self)
	}

	/// H(log'): blake2-256 of `"ribp/reversal"` and the SCALE encoding of the log that it undoes.
	pub fn reversal_hash(&self) -> LogHash {
		tagged(REVERSAL_TAG, self)
	}
}

fn tagged(tag: &[u8], value: &impl Encode) -> LogHash {
	let mut bytes = tag.to_vec();
	value.encode_to(&mut bytes);
	LogHash(BlakeTwo256::hash(&bytes))
}

/// When a committed log's value is given to its receiver: the payer's choice at registration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Settlement {
	/// The paper's: once both expiries have passed, which leaves gossip time to expose a fork.
	AtExpiry,
	/// As soon as the other leg is proven: as safe as the peer's finality is.
	Early,
}

/// A contract log, in the paper's order of fields, as one of the two chains holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Contract {
	/// H(log1): the log of the chain that holds this contract.
	pub log: LogHash,
	/// H(log2): the log of the peer.
	pub peer_log: LogHash,
	/// H(log1').
	pub reversal: LogHash,
	/// H(log2').
	pub peer_reversal: LogHash,
	/// B: the other chain.
	pub peer: SystemId,
	/// Last height of the holding chain at which `log` may be committed.
	pub h1: Height,
	/// Last height of the peer at which `peer_log` may be committed.
	pub h2: Height,
}

/// How far from now an expiry may lie, in blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExpiryLimits {
	/// Least distance of the own expiry.
	pub min: Height,
	/// Least distance of the peer's, from its newest proven height. It is one block at least.
	pub peer_min: Height,
	/// Greatest distance of either expiry.
	pub max: Height,
}

/// Why an expiry cannot be accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExpiryError {
	/// The own expiry is not after the current block.
	Passed,
	/// The own expiry is nearer than the minimum.
	TooSoon,
	/// An expiry is farther away than the maximum.
	TooFar,
	/// The peer is known to have passed its expiry.
	PeerPassed,
	/// The peer's expiry is nearer than the minimum.
	PeerTooSoon,
}

impl Contract {
	/// The same contract as the peer must hold it; `own` is the chain that holds this one.
	///
	/// `c.mirror(own).mirror(c.peer) == c`.
	pub fn mirror(&self, own: SystemId) -> Self {
		Self {
			log: self.peer_log,
			peer_log: self.log,
			reversal: self.peer_reversal,
			peer_reversal: self.reversal,
			peer: own,
			h1: self.h2,
			h2: self.h1,
		}
	}

	/// H(clog): blake2-256 of `"ribp/contract"`, the holding chain and the contract.
	pub fn id(&self, own: SystemId) -> ContractId {
		ContractId(tagged(CONTRACT_TAG, &(own, self)).0)
	}

	/// The id under which the peer holds the mirror of this contract.
	pub fn mirror_id(&self, own: SystemId) -> ContractId {
		self.mirror(own).id(self.peer)
	}

	/// Whether a contract with these expiries may be registered at `now`.
	///
	/// `peer_now` is the newest proven height of the peer, which is no more than a lower bound.
	pub fn check_expiries(
		&self,
		now: Own,
		peer_now: Peer,
		limits: ExpiryLimits,
	) -> Result<(), ExpiryError> {
		let distance = self.h1.checked_sub(now.0).filter(|d| *d > 0).ok_or(ExpiryError::Passed)?;
		if distance < limits.min {
			return Err(ExpiryError::TooSoon);
		}
		if distance > limits.max {
			return Err(ExpiryError::TooFar);
		}
		let distance = self.h2.checked_sub(peer_now.0).filter(|d| *d > 0);
		let distance = distance.ok_or(ExpiryError::PeerPassed)?;
		if distance < limits.peer_min {
			return Err(ExpiryError::PeerTooSoon);
		}
		if distance > limits.max {
			return Err(ExpiryError::TooFar);
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn hash(byte: u8) -> H256 {
		H256::repeat_byte(byte)
	}

	const OWN: SystemId = SystemId(H256::repeat_byte(0xa1));

	fn contract() -> Contract {
		Contract {
			log: LogHash(hash(1)),
			peer_log: LogHash(hash(2)),
			reversal: LogHash(hash(3)),
			peer_reversal: LogHash(hash(4)),
			peer: SystemId(hash(0xb2)),
			h1: 100,
			h2: 200,
		}
	}

	fn expiries(h1: Height, h2: Height) -> Result<(), ExpiryError> {
		let limits = ExpiryLimits { min: 10, peer_min: 5, max: 1_000 };
		Contract { h1, h2, ..contract() }.check_expiries(Own(50), Peer(70), limits)
	}

	#[test]
	fn the_mirror_swaps_every_pair_of_fields() {
		let mirror = contract().mirror(OWN);
		assert_eq!(mirror.log, contract().peer_log);
		assert_eq!(mirror.peer_log, contract().log);
		assert_eq!(mirror.reversal, contract().peer_reversal);
		assert_eq!(mirror.peer_reversal, contract().reversal);
		assert_eq!((mirror.peer, mirror.h1, mirror.h2), (OWN, 200, 100));
	}

	proptest! {
		#[test]
		fn mirroring_twice_changes_nothing(bytes: [u8; 32], h1: Height, h2: Height, own: [u8; 32]) {
			let contract = Contract { log: LogHash(bytes.into()), h1, h2, ..contract() };
			let own = SystemId(own.into());
			let mirror = contract.mirror(own);
			prop_assert_eq!(mirror.mirror(contract.peer), contract.clone());
			prop_assert_eq!(mirror.mirror_id(contract.peer), contract.id(own));
		}
	}

	#[test]
	fn a_log_its_reversal_and_its_contract_never_share_a_hash() {
		let log = Log { system: OWN, action: (), salt: hash(9) };
		assert_ne!(log.hash(), log.reversal_hash());
		assert_ne!(log.hash(), Log { salt: hash(8), ..log.clone() }.hash());
		assert_ne!(contract().id(OWN), contract().id(contract().peer));
	}

	#[test]
	fn a_contract_is_encoded_in_the_papers_order() {
		let mut bytes = alloc::vec::Vec::new();
		for byte in [1, 2, 3, 4, 0xb2] {
			bytes.extend_from_slice(&[byte; 32]);
		}
		bytes.extend_from_slice(&100u32.to_le_bytes());
		bytes.extend_from_slice(&200u32.to_le_bytes());
		assert_eq!(contract().encode(), bytes);
	}

	#[test]
	fn expiries_are_judged_from_both_chains_heights() {
		assert_eq!(expiries(60, 80), Ok(()));
		assert_eq!(expiries(1_050, 1_070), Ok(()));
		assert_eq!(expiries(49, 80), Err(ExpiryError::Passed));
		assert_eq!(expiries(50, 80), Err(ExpiryError::Passed));
		assert_eq!(expiries(59, 80), Err(ExpiryError::TooSoon));
		assert_eq!(expiries(1_051, 80), Err(ExpiryError::TooFar));
		assert_eq!(expiries(60, 70), Err(ExpiryError::PeerPassed));
		assert_eq!(expiries(60, 74), Err(ExpiryError::PeerTooSoon));
		assert_eq!(expiries(60, 75), Ok(()));
		assert_eq!(expiries(60, 1_071), Err(ExpiryError::TooFar));
		assert_eq!(expiries(60, Height::MAX), Err(ExpiryError::TooFar));
	}
}
