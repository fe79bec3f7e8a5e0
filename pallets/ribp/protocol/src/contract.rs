//! Logs, and the contracts that tie two of them together (section 4.1).

use crate::{BlockTimes, Epoch, Height, Own, Peer, SystemId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// Keep the three kinds of hashes apart, so that none can stand in for another.
const LOG_TAG: &[u8] = b"ribp/log";
const REVERSAL_TAG: &[u8] = b"ribp/reversal";
/// The version of what is hashed is part of it: other terms make another contract.
const CONTRACT_TAG: &[u8] = b"ribp/contract/2";

/// Hash of a [`Log`] or of its reversal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LogHash(pub H256);

impl LogHash {
	/// H(log'): blake2-256 of `"ribp/reversal"` and the hash of the log that it undoes.
	pub fn reversal(&self) -> Self {
		tagged(REVERSAL_TAG, self)
	}
}

/// An action on one chain.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Log<Action> {
	/// The chain on which the action takes place.
	pub system: SystemId,
	/// What is done.
	pub action: Action,
}

impl<Action: Encode> Log<Action> {
	/// H(log): blake2-256 of `"ribp/log"` and the log's SCALE encoding.
	pub fn hash(&self) -> LogHash {
		tagged(LOG_TAG, self)
	}
}

fn tagged(tag: &[u8], value: &impl Encode) -> LogHash {
	let mut bytes = tag.to_vec();
	value.encode_to(&mut bytes);
	LogHash(BlakeTwo256::hash(&bytes))
}

/// When a committed log's value is given to its receiver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Settlement {
	/// The paper's: once both expiries have passed, which leaves gossip time to expose a fork.
	AtExpiry,
	/// As soon as the other leg is proven: as safe as the peer's finality is.
	Early,
}

/// One chain's half of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Leg {
	/// The chain.
	pub system: SystemId,
	/// What is done there: H(log).
	pub log: LogHash,
	/// Last height of that chain at which the log may be committed.
	pub expiry: Height,
	/// Blocks of that chain from a cancellation until it takes effect. It is also the other party's
	/// option: no longer than it takes to answer.
	pub notice: Height,
	/// When its value is given to the receiver.
	pub settlement: Settlement,
}

/// What two parties agree on. Both register the same.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Contract {
	/// In the order of their systems.
	pub legs: [Leg; 2],
	/// The parties' own: it makes equal terms different contracts.
	pub reference: H256,
}

/// A contract's name, the same on both chains.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ContractId {
	/// In which epochs the legs expire: where each chain has its own.
	pub epochs: [Epoch; 2],
	/// Blake2-256 of `"ribp/contract/2"` and the contract's SCALE encoding.
	pub hash: H256,
}

impl ContractId {
	/// The epoch in which the leg of `own` expires, in a contract of that chain and `peer`.
	pub fn epoch(&self, own: SystemId, peer: SystemId) -> Epoch {
		self.epochs[usize::from(peer < own)]
	}
}

/// The legs of a contract as one of its chains sees them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
	/// That chain's.
	pub own: Leg,
	/// The other one's.
	pub peer: Leg,
}

/// The paper's contract log, in its order of fields, as one of the two chains has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ContractLog {
	/// H(log1): the log of the chain that has this one.
	pub log: LogHash,
	/// H(log2): the log of the peer.
	pub peer_log: LogHash,
	/// H(log1').
	pub reversal: LogHash,
	/// H(log2').
	pub peer_reversal: LogHash,
	/// B: the other chain.
	pub peer: SystemId,
	/// Last height of that chain at which `log` may be committed.
	pub h1: Height,
	/// Last height of the peer at which `peer_log` may be committed.
	pub h2: Height,
}

/// How far from now an expiry may lie, and how long a notice may be, in blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TermLimits {
	/// Least distance of the own expiry.
	pub min: Height,
	/// Least distance of the peer's, from its newest proven height. It is one block at least.
	pub peer_min: Height,
	/// Greatest distance of either expiry, and the longest notice.
	pub max: Height,
	/// By how many own blocks the own expiry may be later than the peer's. It may be earlier by twice as
	/// many: the peer's seems later than it is, by what the known head lags.
	pub skew: Height,
	/// By which the two distances are compared.
	pub times: BlockTimes,
	/// Shortest notice of the own leg.
	pub notice: Height,
}

/// Why terms cannot be accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TermError {
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
	/// One expiry is much later than the other.
	TooFarApart,
	/// The own leg's notice is shorter than the minimum.
	NoticeTooShort,
	/// A notice is longer than an expiry may be away.
	NoticeTooLong,
}

impl Contract {
	/// A contract of these two legs, in whichever order.
	pub fn new(one: Leg, other: Leg, reference: H256) -> Self {
		let legs = if one.system <= other.system { [one, other] } else { [other, one] };
		Self { legs, reference }
	}

	/// Whether its legs are in order, and of two chains.
	pub fn is_ordered(&self) -> bool {
		self.legs[0].system < self.legs[1].system
	}

	/// Its name.
	pub fn id(&self) -> ContractId {
		ContractId { epochs: self.epochs(), hash: tagged(CONTRACT_TAG, self).0 }
	}

	/// In which epochs its legs expire.
	pub fn epochs(&self) -> [Epoch; 2] {
		self.legs.map(|leg| Epoch::of(leg.expiry))
	}

	/// What it says to a chain; none if that has no part in it.
	pub fn terms(&self, own: SystemId) -> Option<Terms> {
		let [first, second] = self.legs;
		match own {
			_ if own == first.system => Some(Terms { own: first, peer: second }),
			_ if own == second.system => Some(Terms { own: second, peer: first }),
			_ => None,
		}
	}
}

impl Terms {
	/// The paper's contract log.
	pub fn log(&self) -> ContractLog {
		let Self { own, peer } = *self;
		ContractLog {
			log: own.log,
			peer_log: peer.log,
			reversal: own.log.reversal(),
			peer_reversal: peer.log.reversal(),
			peer: peer.system,
			h1: own.expiry,
			h2: peer.expiry,
		}
	}

	/// Whether a contract with these terms may be registered at `now`.
	///
	/// `peer_now` is the newest proven height of the peer, which is no more than a lower bound.
	///
	/// Two chains that are equally strict both accept expiries that are `skew` apart, as long as neither
	/// head lags by more than that.
	pub fn check(&self, now: Own, peer_now: Peer, limits: TermLimits) -> Result<(), TermError> {
		let Self { own, peer } = self;
		let here = own.expiry.checked_sub(now.0).filter(|d| *d > 0).ok_or(TermError::Passed)?;
		if here < limits.min {
			return Err(TermError::TooSoon);
		}
		let there = peer.expiry.checked_sub(peer_now.0).filter(|d| *d > 0);
		let there = there.ok_or(TermError::PeerPassed)?;
		if there < limits.peer_min {
			return Err(TermError::PeerTooSoon);
		}
		if here.max(there) > limits.max {
			return Err(TermError::TooFar);
		}
		let there = limits.times.own_blocks(there);
		let is_late = here.saturating_sub(there) > limits.skew;
		let is_early = there.saturating_sub(here) > limits.skew.saturating_mul(2);
		if is_late || is_early {
			return Err(TermError::TooFarApart);
		}
		if own.notice < limits.notice {
			return Err(TermError::NoticeTooShort);
		}
		if own.notice.max(peer.notice) > limits.max {
			return Err(TermError::NoticeTooLong);
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::EPOCH_BLOCKS;
	use proptest::prelude::*;

	fn hash(byte: u8) -> H256 {
		H256::repeat_byte(byte)
	}

	const OWN: SystemId = SystemId(H256::repeat_byte(0xa1));
	const PEER: SystemId = SystemId(H256::repeat_byte(0xb2));

	fn leg(system: SystemId, log: u8, expiry: Height) -> Leg {
		let log = LogHash(hash(log));
		Leg { system, log, expiry, notice: 6, settlement: Settlement::Early }
	}

	fn contract() -> Contract {
		Contract::new(leg(OWN, 1, 100), leg(PEER, 2, 200), hash(9))
	}

	const LIMITS: TermLimits = TermLimits {
		min: 10,
		peer_min: 5,
		max: 1_000,
		skew: 1_000,
		times: BlockTimes::ALIKE,
		notice: 6,
	};

	fn check(h1: Height, h2: Height, [notice, peer_notice]: [Height; 2]) -> Result<(), TermError> {
		let own = Leg { notice, ..leg(OWN, 1, h1) };
		let peer = Leg { notice: peer_notice, ..leg(PEER, 2, h2) };
		Terms { own, peer }.check(Own(50), Peer(70), LIMITS)
	}

	fn expiries(h1: Height, h2: Height) -> Result<(), TermError> {
		check(h1, h2, [6, 0])
	}

	#[test]
	fn both_parties_mean_the_same_contract() {
		let other = Contract::new(leg(PEER, 2, 200), leg(OWN, 1, 100), hash(9));
		assert_eq!(other, contract());
		let (here, there) = (contract().terms(OWN).unwrap(), contract().terms(PEER).unwrap());
		assert_eq!((here.own, here.peer), (there.peer, there.own));
		assert_eq!(contract().terms(SystemId(hash(3))), None);
	}

	/// Section 4.1, with the correction of the fourth field.
	#[test]
	fn the_papers_contract_log_and_its_reverse_are_two_sides_of_one_contract() {
		let log = contract().terms(OWN).unwrap().log();
		let reverse = contract().terms(PEER).unwrap().log();
		assert_eq!((log.log, log.peer_log), (reverse.peer_log, reverse.log));
		assert_eq!((log.reversal, log.peer_reversal), (reverse.peer_reversal, reverse.reversal));
		assert_eq!((log.peer, log.h1, log.h2), (PEER, 100, 200));
		assert_eq!((reverse.peer, reverse.h1, reverse.h2), (OWN, 200, 100));
		let bytes = log.encode();
		assert_eq!(bytes[..64], [[1; 32], [2; 32]].concat());
		assert_eq!(bytes[128..160], [0xb2; 32]);
		assert_eq!(bytes[160..], [100u32.to_le_bytes(), 200u32.to_le_bytes()].concat());
	}

	#[test]
	fn legs_are_in_order_and_of_two_chains() {
		assert!(contract().is_ordered());
		let [first, second] = contract().legs;
		assert!(!Contract { legs: [second, first], ..contract() }.is_ordered());
		assert!(!Contract { legs: [first, first], ..contract() }.is_ordered());
	}

	#[test]
	fn a_log_its_reversal_and_its_contract_never_share_a_hash() {
		let log = Log { system: OWN, action: () };
		assert_ne!(log.hash(), log.hash().reversal());
		assert_ne!(log.hash(), Log { system: PEER, action: () }.hash());
	}

	#[test]
	fn whatever_differs_makes_another_contract() {
		let changes: [fn(&mut Contract); 6] = [
			|contract| contract.reference = hash(8),
			|contract| contract.legs[0].system = SystemId(hash(0xa0)),
			|contract| contract.legs[1].log = LogHash(hash(3)),
			|contract| contract.legs[0].expiry += 1,
			|contract| contract.legs[1].notice += 1,
			|contract| contract.legs[0].settlement = Settlement::AtExpiry,
		];
		for change in changes {
			let mut other = contract();
			change(&mut other);
			assert_ne!(other.id().hash, contract().id().hash);
		}
	}

	#[test]
	fn an_id_says_where_each_chain_has_its_leg() {
		let contract = Contract::new(
			leg(OWN, 1, 3 * EPOCH_BLOCKS),
			leg(PEER, 2, 7 * EPOCH_BLOCKS - 1),
			hash(9),
		);
		assert_eq!(contract.id().epoch(OWN, PEER), Epoch(3));
		assert_eq!(contract.id().epoch(PEER, OWN), Epoch(6));
	}

	#[test]
	fn expiries_are_judged_from_both_chains_heights() {
		assert_eq!(expiries(60, 80), Ok(()));
		assert_eq!(expiries(1_050, 1_070), Ok(()));
		assert_eq!(expiries(49, 80), Err(TermError::Passed));
		assert_eq!(expiries(50, 80), Err(TermError::Passed));
		assert_eq!(expiries(59, 80), Err(TermError::TooSoon));
		assert_eq!(expiries(1_051, 80), Err(TermError::TooFar));
		assert_eq!(expiries(60, 70), Err(TermError::PeerPassed));
		assert_eq!(expiries(60, 74), Err(TermError::PeerTooSoon));
		assert_eq!(expiries(60, 75), Ok(()));
		assert_eq!(expiries(60, 1_071), Err(TermError::TooFar));
		assert_eq!(expiries(60, Height::MAX), Err(TermError::TooFar));
	}

	/// What a chain in this block says of an own expiry and one of the peer, of which it knows that block.
	fn apart(
		now: Height,
		known: Height,
		expiries: [Height; 2],
		times: BlockTimes,
	) -> Result<(), TermError> {
		let limits = TermLimits { skew: 20, times, ..LIMITS };
		let [h1, h2] = expiries;
		let terms = Terms { own: leg(OWN, 1, h1), peer: leg(PEER, 2, h2) };
		terms.check(Own(now), Peer(known), limits)
	}

	#[test]
	fn expiries_are_not_far_apart() {
		let apart = |h1, h2| apart(100, 200, [h1, h2], BlockTimes::ALIKE);
		assert_eq!(apart(150, 250), Ok(()));
		assert_eq!(apart(170, 250), Ok(()));
		assert_eq!(apart(171, 250), Err(TermError::TooFarApart));
		assert_eq!(apart(150, 290), Ok(()));
		assert_eq!(apart(150, 291), Err(TermError::TooFarApart));
	}

	#[test]
	fn what_lies_between_expiries_is_measured_in_time() {
		// Three blocks of the peer take as long as one here; what is left over counts as a whole one.
		let apart = |h1, h2| apart(100, 200, [h1, h2], BlockTimes { own: 6_000, peer: 2_000 });
		assert_eq!(apart(150, 290), Ok(()));
		assert_eq!(apart(150, 287), Err(TermError::TooFarApart));
		assert_eq!(apart(120, 200 + 3 * 60), Ok(()));
		assert_eq!(apart(120, 200 + 3 * 60 + 1), Err(TermError::TooFarApart));
	}

	/// Both chains are at height 100, and each knows the other as it was `lag` blocks ago.
	#[test]
	fn both_chains_accept_what_is_as_far_apart_as_allowed_while_heads_lag() {
		let both = |h1, h2, lag: Height| {
			let here = apart(100, 100 - lag, [h1, h2], BlockTimes::ALIKE);
			let there = apart(100, 100 - lag, [h2, h1], BlockTimes::ALIKE);
			here.and(there)
		};
		for lag in [0, 1, 20] {
			for (h1, h2) in [(150, 150), (150, 130), (130, 150)] {
				assert_eq!(both(h1, h2, lag), Ok(()), "lag {lag}");
			}
		}
		for (h1, h2) in [(150, 130), (130, 150)] {
			assert_eq!(both(h1, h2, 21), Err(TermError::TooFarApart));
		}
		for (h1, h2) in [(151, 130), (130, 151)] {
			assert_eq!(both(h1, h2, 0), Err(TermError::TooFarApart));
		}
	}

	#[test]
	fn a_chain_judges_its_own_notice_and_bounds_both() {
		assert_eq!(check(60, 80, [5, 0]), Err(TermError::NoticeTooShort));
		assert_eq!(check(60, 80, [1_000, 1_000]), Ok(()));
		assert_eq!(check(60, 80, [1_001, 0]), Err(TermError::NoticeTooLong));
		assert_eq!(check(60, 80, [6, 1_001]), Err(TermError::NoticeTooLong));
	}

	proptest! {
		#[test]
		fn one_contract_has_one_id(one: [u8; 32], other: [u8; 32], h1: Height, h2: Height) {
			let legs = [leg(SystemId(one.into()), 1, h1), leg(SystemId(other.into()), 2, h2)];
			let [first, second] = legs;
			prop_assume!(one != other);
			let here = Contract::new(first, second, hash(9));
			prop_assert_eq!(here.id(), Contract::new(second, first, hash(9)).id());
			prop_assert!(here.is_ordered());
		}
	}
}
