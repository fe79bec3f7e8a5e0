//! What becomes of a contract: pre-commit, terminate, expire (section 4.2 and Algorithm 2).
//!
//! | phase | fact | verdict |
//! |---|---|---|
//! | registered | mirror registered on the peer, own height <= h1 | commit the log |
//! | registered | own height > h1 | expire; nobody is asked |
//! | registered | the registrant wants the value back | cancel; nobody is asked |
//! | committed | peer's log committed <= h2 and not reversed | unlock: at once (`Early`), or after both expiries (`AtExpiry`) |
//! | committed | own height > h1, peer's proven height >= h2, and that is not so | reverse |
//! | ended | own height > h1, and the mirror does not wait on the peer at a height >= h2 | forget |
//!
//! A commit exactly at the expiry is in time, on both sides.
//!
//! # What breaks without a rule
//!
//! The model of `tests/model` knows each rule turned into a wrong one; `scripts/model.sh --variant
//! NAME` shows the shortest way from there to one leg unlocked and the other not.
//!
//! | rule | wrong one |
//! |---|---|
//! | log2 is measured by h2 | `clog5` |
//! | log1 is not committed after h1 | `commit-after-expiry` |
//! | both sides take a commit at the expiry for timely | `boundary` |
//! | a log2 that was committed after h2 is absent | `unbounded-peer` |
//! | what is absent below h2 may still come | `absence-below-h2` |
//! | older evidence terminates nothing: its log2 may be that of an earlier contract | `terminate-by-older` |
//! | the payer does not cancel what is committed | `cancel-committed` |

use crate::{Contract, Height, Log, Own, Peer, Settlement, Step};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Where a waiting contract stands on this chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Phase {
	/// The value is taken; the peer's registration is not yet proven.
	Registered,
	/// The log is committed at this height: the peer decides what becomes of it.
	Committed {
		/// Height of the chain that holds the contract.
		at: Height,
	},
}

/// A contract that has not ended, as the chain holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Waiting<Action> {
	/// What was agreed.
	pub contract: Contract,
	/// The log that `contract.log` is the hash of.
	pub log: Log<Action>,
	/// When the log is unlocked.
	pub settlement: Settlement,
	/// How far it has come.
	pub phase: Phase,
}

/// How a contract ended on this chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Outcome {
	/// The log is committed and unlocked, for good.
	Settled,
	/// The log was committed and has been undone.
	Reversed,
	/// The log was never committed.
	Expired,
	/// The log was not committed, and never will be: its payer took the value back.
	Cancelled,
}

/// A contract that has ended, as long as its positions, or its claim on its log, are needed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Ended {
	/// What was agreed.
	pub contract: Contract,
	/// When the log was to be unlocked.
	pub settlement: Settlement,
	/// How it ended.
	pub outcome: Outcome,
}

/// What a chain knows of a contract.
#[allow(clippy::large_enum_variant, reason = "the answer to a query, made one at a time")]
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ContractStatus<Action> {
	/// It has not ended.
	Waiting(Waiting<Action>),
	/// It has ended.
	Ended(Outcome),
}

/// Which block of the peer a fact is proven from.
///
/// Old blocks prove what is present. What is absent, only the newest can tell: an older block may
/// predate a registration or a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
	/// The newest proven block of the peer.
	Newest,
	/// A block that a newer proven one follows.
	Older,
}

/// The positions of log2 and log2' on the peer, as one of its finalized blocks shows them.
///
/// `None` is proven absence, never "not shown".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PeerPositions {
	/// Height of the proven block.
	pub at: Peer,
	/// Whether a newer block of the peer is already believed.
	pub freshness: Freshness,
	/// check(H(log2)).
	pub log: Option<Peer>,
	/// check(H(log2')).
	pub reversal: Option<Peer>,
}

/// Why a contract does not move. All but `Expired` may change with later evidence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotYet {
	/// Never: the own expiry has passed, the log may not be committed any more.
	Expired,
	/// The peer does not hold the mirror of this very contract.
	MirrorNotRegistered,
	/// The peer's log is not committed, and its time is not over.
	PeerLogNotCommitted,
	/// The own expiry has to pass; and the peer's too, where the payer chose to wait for both.
	BeforeExpiry,
	/// The proof is from an older block, which cannot tell what is absent.
	NotNewest,
	/// The peer still has the mirror in its waiting list, and may ask about this contract.
	MirrorNotEnded,
}

/// Whether a contract whose log was not committed has run out of time at `now`.
pub fn has_expired(contract: &Contract, now: Own) -> bool {
	now.0 > contract.h1
}

/// Whether log1 may be committed in the block `now`; `mirror` is the position of the mirror
/// contract on the peer.
pub fn pre_commit(contract: &Contract, now: Own, mirror: Option<Peer>) -> Result<(), NotYet> {
	if has_expired(contract, now) {
		return Err(NotYet::Expired);
	}
	mirror.map(drop).ok_or(NotYet::MirrorNotRegistered)
}

/// Algorithm 2 for a contract whose log is committed.
pub fn terminate(
	contract: &Contract,
	settlement: Settlement,
	now: Own,
	peer: &PeerPositions,
) -> Result<Step, NotYet> {
	if peer.freshness == Freshness::Older {
		return Err(NotYet::NotNewest);
	}
	let stands =
		peer.reversal.is_none() && peer.log.is_some_and(|Peer(height)| height <= contract.h2);
	let over = now.0 > contract.h1 && peer.at.0 >= contract.h2;
	match (stands, settlement, over) {
		(true, Settlement::Early, _) | (true, Settlement::AtExpiry, true) => Ok(Step::Unlock),
		(true, Settlement::AtExpiry, false) => Err(NotYet::BeforeExpiry),
		(false, _, true) => Ok(Step::Reverse),
		(false, _, false) => Err(NotYet::PeerLogNotCommitted),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{LogHash, SystemId};
	use proptest::prelude::*;
	use sp_core::H256;
	use Settlement::{AtExpiry, Early};
	use Step::{Reverse, Unlock};

	fn contract(h1: Height, h2: Height) -> Contract {
		let hash = |byte| LogHash(H256::repeat_byte(byte));
		Contract {
			log: hash(1),
			peer_log: hash(2),
			reversal: hash(3),
			peer_reversal: hash(4),
			peer: SystemId(H256::repeat_byte(5)),
			h1,
			h2,
		}
	}

	fn peer(at: Height, log: Option<Height>) -> PeerPositions {
		PeerPositions {
			at: Peer(at),
			freshness: Freshness::Newest,
			log: log.map(Peer),
			reversal: None,
		}
	}

	/// Expiries 10 on this chain and 20 on the peer.
	fn verdict(settlement: Settlement, now: Height, peer: PeerPositions) -> Result<Step, NotYet> {
		terminate(&contract(10, 20), settlement, Own(now), &peer)
	}

	#[test]
	fn a_log_commits_up_to_and_including_its_expiry() {
		let commit = |now| pre_commit(&contract(10, 20), Own(now), Some(Peer(3)));
		assert_eq!(commit(10), Ok(()));
		assert_eq!(commit(11), Err(NotYet::Expired));
	}

	#[test]
	fn a_log_does_not_commit_before_the_mirror_is_registered() {
		let verdict = pre_commit(&contract(10, 20), Own(5), None);
		assert_eq!(verdict, Err(NotYet::MirrorNotRegistered));
	}

	#[test]
	fn early_settlement_needs_no_more_than_the_peers_log() {
		assert_eq!(verdict(Early, 5, peer(6, Some(6))), Ok(Unlock));
		assert_eq!(verdict(AtExpiry, 5, peer(6, Some(6))), Err(NotYet::BeforeExpiry));
	}

	#[test]
	fn settlement_at_expiry_waits_for_both_heights() {
		assert_eq!(verdict(AtExpiry, 10, peer(20, Some(6))), Err(NotYet::BeforeExpiry));
		assert_eq!(verdict(AtExpiry, 11, peer(19, Some(6))), Err(NotYet::BeforeExpiry));
		assert_eq!(verdict(AtExpiry, 11, peer(20, Some(6))), Ok(Unlock));
	}

	#[test]
	fn nothing_is_reversed_while_the_peer_may_still_commit() {
		assert_eq!(verdict(Early, 11, peer(19, None)), Err(NotYet::PeerLogNotCommitted));
		assert_eq!(verdict(Early, 10, peer(20, None)), Err(NotYet::PeerLogNotCommitted));
		assert_eq!(verdict(Early, 11, peer(20, None)), Ok(Reverse));
	}

	#[test]
	fn the_peers_log_is_measured_by_the_peers_expiry() {
		assert_eq!(verdict(Early, 11, peer(20, Some(20))), Ok(Unlock));
		assert_eq!(verdict(Early, 11, peer(21, Some(21))), Ok(Reverse));
	}

	#[test]
	fn a_peers_log_that_was_reversed_does_not_stand() {
		let reversed = PeerPositions { reversal: Some(Peer(25)), ..peer(25, Some(6)) };
		assert_eq!(verdict(Early, 11, reversed), Ok(Reverse));
	}

	#[test]
	fn an_older_block_terminates_nothing() {
		let older = |log| PeerPositions { freshness: Freshness::Older, ..peer(20, log) };
		assert_eq!(verdict(Early, 11, older(None)), Err(NotYet::NotNewest));
		assert_eq!(verdict(Early, 11, older(Some(6))), Err(NotYet::NotNewest));
	}

	proptest! {
		/// The two chains, each judging by its own rules whether the other's commit stands, always
		/// come to matching ends once both heights are over.
		#[test]
		fn both_chains_end_alike(
			h1 in 0u32..50, h2 in 0u32..50, log1 in proptest::option::of(0u32..60),
			log2 in proptest::option::of(0u32..60), early1: bool, early2: bool, later in 1u32..50,
		) {
			let mode = |early| if early { Early } else { AtExpiry };
			let (a, b) = (contract(h1, h2), contract(h2, h1));
			let log1 = log1.filter(|h| pre_commit(&a, Own(*h), Some(Peer(0))).is_ok());
			let log2 = log2.filter(|h| pre_commit(&b, Own(*h), Some(Peer(0))).is_ok());
			let end = h1.max(h2) + later;
			let on_a = log1.map(|_| terminate(&a, mode(early1), Own(end), &peer(end, log2)));
			let on_b = log2.map(|_| terminate(&b, mode(early2), Own(end), &peer(end, log1)));
			match (on_a, on_b) {
				(Some(on_a), Some(on_b)) => {
					prop_assert_eq!((on_a, on_b), (Ok(Unlock), Ok(Unlock)));
				},
				(Some(only), None) | (None, Some(only)) => prop_assert_eq!(only, Ok(Reverse)),
				(None, None) => {},
			}
		}
	}
}
