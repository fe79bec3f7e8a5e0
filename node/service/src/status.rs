//! What is told of exchanges with other chains, as RPC has it in JSON.

use codec::Encode;
use pallet_ribp::{Overview, PeerOverview, PendingContract, Stage, Status as Business, Waits};
use ribp_peer::Role;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sp_core::{bytes::to_hex, H256};
use std::collections::BTreeMap;

use crate::records::Records;

/// How the own chain stands with all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
	/// The own chain.
	pub system: H256,
	/// Its height.
	pub height: u32,
	/// Its time, in milliseconds since 1970.
	pub time: u64,
	/// What this node does.
	pub role: String,
	/// Items that are owed and not claimed.
	pub owed: u32,
	/// What the offchain worker of this node reports of itself; null if it does not.
	pub worker: Value,
	/// The chains that it knows.
	pub peers: Vec<PeerStatus>,
}

/// How it stands with another chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerStatus {
	/// That chain.
	pub system: H256,
	/// `active`, `paused`, `forked` or, after a verdict on a fork, `coolingDown`.
	pub business: String,
	/// Whether no contract is registered any more.
	pub closing: bool,
	/// Height of its newest block that is known.
	pub known: u32,
	/// The hash of that block.
	pub head: H256,
	/// By how many milliseconds that is older than the own chain.
	pub age: u64,
	/// Own blocks since it was learned.
	pub advanced_ago: u32,
	/// Id of the authority set that finalizes the next blocks.
	pub set_id: u64,
	/// Milliseconds for which the known block is still followed; 0 if it is not any more.
	pub trust_left: u64,
	/// Own blocks until anything moves again after a verdict on a fork.
	pub quiet_left: u32,
	/// Its fork, if one is open.
	pub fork: Option<ForkStatus>,
	/// Legs that are stored, with those that have ended and are not swept.
	pub entries: u32,
	/// Legs that have not ended.
	pub open: u32,
	/// Own blocks until the nearest expiry; negative where it has passed.
	pub nearest_expiry: Option<i64>,
	/// Pieces of what was proven of it that nodes keep.
	pub kept: u32,
	/// What this node has counted of the legs that have not ended; none until it has been through all of them.
	pub counted: Option<Counted>,
	/// What the offchain worker of this node reports of it: its rounds, what it has told, what time ends.
	pub worker: Value,
}

/// A fork about which nothing is decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ForkStatus {
	/// Own blocks since the last branch was shown.
	pub opened_ago: u32,
	/// Branches besides the one that is followed.
	pub branches: u32,
	/// Own blocks until one is chosen without root; none if only root chooses.
	pub decided_in: Option<u32>,
}

/// Legs that have not ended, as they were counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
	/// By stage.
	pub stages: BTreeMap<String, u32>,
	/// By what they wait for.
	pub waits: BTreeMap<String, u32>,
	/// Own blocks for which this node has seen one of them where it is now, at the most.
	pub oldest: u32,
}

/// A contract that has not ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
	/// The other chain.
	pub peer: H256,
	/// Its name, in SCALE and hexadecimal.
	pub id: String,
	/// Where the own leg stands.
	pub stage: String,
	/// What it waits for, in a word.
	pub waits: String,
	/// The same for people, with what the last round with that chain came to.
	pub reason: String,
	/// When the own leg expires.
	pub expiry: u32,
	/// When the other leg expires, there.
	pub peer_expiry: u32,
	/// The block of the other chain that has moved it last.
	pub relied: Option<u32>,
}

impl Status {
	/// What the chain tells, and what this node has counted of each chain's legs. What the worker reports is
	/// to be added.
	pub fn of(overview: Overview, role: Role, counted: &BTreeMap<H256, Counted>) -> Self {
		let Overview { system, now, time, owed, peers } = overview;
		let of_peer = |peer: PeerOverview| {
			let counted = counted.get(&peer.system.0).cloned();
			PeerStatus { counted, ..PeerStatus::of(peer, now, time) }
		};
		Self {
			system: system.0,
			height: now,
			time,
			role: role.name().into(),
			owed,
			worker: Value::Null,
			peers: peers.into_iter().map(of_peer).collect(),
		}
	}
}

impl PeerStatus {
	fn of(peer: PeerOverview, now: u32, time: u64) -> Self {
		let fork = peer.fork.map(|fork| ForkStatus {
			opened_ago: now.saturating_sub(fork.opened),
			branches: fork.branches,
			decided_in: fork.decided_at.map(|at| at.saturating_sub(now)),
		});
		let business = match peer.status {
			Business::Paused => "paused",
			Business::Forked => "forked",
			Business::Active if now < peer.quiet_until => "coolingDown",
			Business::Active => "active",
		};
		Self {
			system: peer.system.0,
			business: business.into(),
			closing: peer.is_closing,
			known: peer.known,
			head: peer.head,
			age: time.saturating_sub(peer.time),
			advanced_ago: now.saturating_sub(peer.advanced_at),
			set_id: peer.set_id,
			trust_left: peer.trusted_until.saturating_sub(time),
			quiet_left: peer.quiet_until.saturating_sub(now),
			fork,
			entries: peer.entries,
			open: peer.open,
			nearest_expiry: peer.nearest_expiry.map(|at| i64::from(at) - i64::from(now)),
			kept: peer.kept,
			counted: None,
			worker: Value::Null,
		}
	}
}

impl Pending {
	/// Of a contract with this chain, and what the worker reports of that.
	pub fn of(peer: H256, contract: PendingContract, records: &Records) -> Self {
		let PendingContract { id, stage, waits, expiry, peer_expiry, relied } = contract;
		let mut reason = String::from(reason(waits));
		if is_asked_for(waits) {
			let standing =
				records.standing(id.hash).map(|why| format!("; when it was last looked at: {why}"));
			let round = records.round().map(|round| format!("; the last round: {round}"));
			reason.extend(standing.into_iter().chain(round));
		}
		Self {
			peer,
			id: to_hex(&id.encode(), false),
			stage: stage_name(stage).into(),
			waits: waits_name(waits).into(),
			reason,
			expiry,
			peer_expiry,
			relied: relied.map(|relied| relied.height),
		}
	}
}

/// Whether a round could bring what it takes.
fn is_asked_for(waits: Waits) -> bool {
	matches!(waits, Waits::PeerRegistration | Waits::PeerCommitment | Waits::Forgotten)
}

/// A stage, in a word.
pub fn stage_name(stage: Stage) -> &'static str {
	match stage {
		Stage::Registered => "registered",
		Stage::Cancelling { .. } => "cancelling",
		Stage::Committed { .. } => "committed",
		Stage::Ended(_) => "ended",
	}
}

/// What a contract waits for, in a word.
pub fn waits_name(waits: Waits) -> &'static str {
	match waits {
		Waits::Paused => "paused",
		Waits::Forked => "forked",
		Waits::CoolingDown => "coolingDown",
		Waits::TrustExpired => "trustExpired",
		Waits::PeerRegistration => "peerRegistration",
		Waits::PeerCommitment => "peerCommitment",
		Waits::Verdict => "verdict",
		Waits::Forgotten => "forgotten",
		Waits::Conclusion => "conclusion",
	}
}

fn reason(waits: Waits) -> &'static str {
	match waits {
		Waits::Paused => "root has paused the business with that chain",
		Waits::Forked => "that chain has finalized two histories, and nobody has chosen one",
		Waits::CoolingDown => "a fork of that chain was decided a short while ago",
		Waits::TrustExpired => {
			"what is known of that chain is too old: root gives a new trust anchor"
		},
		Waits::PeerRegistration => "it is not proven that the other leg is registered",
		Waits::PeerCommitment => "it is not proven what the other leg has come to",
		Waits::Verdict => {
			"what becomes of it is known, and waits for its expiry and for forks to be shown"
		},
		Waits::Forgotten => {
			"that chain has forgotten its leg: an older block of it decides, or root"
		},
		Waits::Conclusion => "its time is over, and a message that says so is due",
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use pallet_ribp::{ContractId, Epoch, ForkOverview, SystemId};
	use ribp_peer::status::{Moment, Round, RoundResult, Rounds};

	const BETA: H256 = H256::repeat_byte(0xb);

	fn beta() -> PeerOverview {
		PeerOverview {
			system: SystemId(BETA),
			status: Business::Active,
			is_closing: false,
			known: 90,
			head: H256::repeat_byte(9),
			time: 40_000,
			advanced_at: 95,
			set_id: 3,
			trusted_until: 60_000,
			quiet_until: 0,
			fork: None,
			entries: 5,
			open: 2,
			nearest_expiry: Some(120),
			kept: 7,
		}
	}

	fn status(peer: PeerOverview) -> PeerStatus {
		let system = SystemId(H256::repeat_byte(0xa));
		let overview = Overview { system, now: 100, time: 50_000, owed: 1, peers: vec![peer] };
		Status::of(overview, Role::Relay, &BTreeMap::new()).peers.remove(0)
	}

	#[test]
	fn heights_and_times_are_told_as_distances() {
		let seen = status(beta());
		assert_eq!((seen.business.as_str(), seen.age, seen.trust_left), ("active", 10_000, 10_000));
		assert_eq!((seen.advanced_ago, seen.nearest_expiry), (5, Some(20)));
		let late = status(PeerOverview { trusted_until: 1, nearest_expiry: Some(98), ..beta() });
		assert_eq!((late.trust_left, late.nearest_expiry), (0, Some(-2)));
	}

	#[test]
	fn what_stops_the_business_is_named() {
		let named = |peer| status(peer).business;
		assert_eq!(named(PeerOverview { status: Business::Paused, ..beta() }), "paused");
		assert_eq!(named(PeerOverview { quiet_until: 101, ..beta() }), "coolingDown");
		let fork = ForkOverview { opened: 98, branches: 2, decided_at: Some(130) };
		let forked = status(PeerOverview { status: Business::Forked, fork: Some(fork), ..beta() });
		assert_eq!(forked.business, "forked");
		let expected = ForkStatus { opened_ago: 2, branches: 2, decided_in: Some(30) };
		assert_eq!(forked.fork, Some(expected));
	}

	#[test]
	fn a_contract_has_the_last_rounds_reason_only_where_a_round_could_help() {
		let id = ContractId { epochs: [Epoch(1), Epoch(2)], hash: H256::repeat_byte(1) };
		let of = |waits| {
			let stage = Stage::Registered;
			let contract =
				PendingContract { id, stage, waits, expiry: 9, peer_expiry: 8, relied: None };
			let round =
				Round { at: Moment::default(), took: 1, result: RoundResult::Failed, contracts: 1 };
			let rounds = Rounds { asked: Some(round), ..Rounds::default() };
			let records = Records { rounds: Some(rounds), ..Records::default() };
			Pending::of(BETA, contract, &records).reason
		};
		assert!(of(Waits::PeerRegistration).ends_with("the last round: failed"));
		assert!(!of(Waits::Paused).contains("failed"));
	}

	#[test]
	fn what_is_written_is_read_again() {
		let overview =
			Overview { system: SystemId(BETA), now: 1, time: 2, owed: 0, peers: vec![beta()] };
		let status = Status::of(overview, Role::Author, &BTreeMap::new());
		let json = serde_json::to_string(&status).unwrap();
		assert!(json.contains("\"trustLeft\":59998"), "{json}");
		assert_eq!(serde_json::from_str::<Status>(&json).unwrap(), status);
	}
}
