//! The values of a program that was written from `WIRE.md` alone, `tests/golden/wire.mjs`; and legs and contracts
//! against them.

use crate::{
	Contract, Corridor, Epoch, EpochSet, Leg, Log, LogHash, Outcome, Settlement, Stage, SystemId,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use serde_json::Value;
use sp_core::H256;

pub(crate) fn golden(name: &str) -> Vec<Value> {
	let text = include_str!("../../../../tests/golden/wire.json");
	let all: Value = serde_json::from_str(text).expect("it is JSON");
	all[name].as_array().expect("it is a list").clone()
}

pub(crate) fn number<T: TryFrom<u64>>(value: &Value) -> T {
	let number = value.as_u64().and_then(|number| number.try_into().ok());
	number.expect("it is a number that fits")
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
	hex::decode(value.as_str().expect("it is text")).expect("it is hexadecimal")
}

/// The byte that a number stands for, as often as a hash has one.
fn filled(value: &Value) -> H256 {
	H256::repeat_byte(number(value))
}

fn text(value: &Value) -> &str {
	value.as_str().expect("it is text")
}

#[test]
fn a_stage_is_encoded_as_specified() {
	let stages = golden("stages");
	assert_eq!(stages.len(), 8);
	for golden in stages {
		let height = || number(&golden["height"]);
		let stage = match text(&golden["name"]) {
			"registered" => Stage::Registered,
			"cancelling" => Stage::Cancelling { since: height() },
			"committed" => Stage::Committed { at: height() },
			"settled" => Stage::Ended(Outcome::Settled),
			"reversed" => Stage::Ended(Outcome::Reversed),
			"expired" => Stage::Ended(Outcome::Expired),
			"cancelled" => Stage::Ended(Outcome::Cancelled),
			other => panic!("{other} is no stage"),
		};
		assert_eq!(stage.encode(), bytes(&golden["bytes"]));
		assert_eq!(Stage::decode(&mut &bytes(&golden["bytes"])[..]), Ok(stage));
	}
}

#[test]
fn what_is_said_of_all_contracts_is_encoded_as_specified() {
	let corridors = golden("corridors");
	assert!(corridors.len() > 3);
	for golden in corridors {
		let epochs = |name: &str| {
			let gaps = golden[name]["gaps"].as_array().expect("it is a list");
			let gaps = gaps.iter().map(|gap| Epoch(number(gap))).collect();
			let below = Epoch(number(&golden[name]["below"]));
			EpochSet::new(below, gaps).expect("it is a set")
		};
		let said = Corridor { through: epochs("through"), swept: epochs("swept") };
		assert_eq!(said.encode(), bytes(&golden["bytes"]));
		assert_eq!(Corridor::decode(&mut &bytes(&golden["bytes"])[..]), Ok(said));
	}
}

/// What another chain may write, and no chain that keeps to the specification does.
#[test]
fn what_is_no_set_of_epochs_is_not_decoded() {
	let malformed = golden("malformedCorridors");
	assert!(malformed.len() > 5);
	for golden in malformed {
		let read = Corridor::decode(&mut &bytes(&golden["bytes"])[..]);
		assert!(read.is_err(), "{golden}");
	}
}

#[test]
fn a_log_is_hashed_as_specified() {
	for golden in golden("logs") {
		let (system, action) = (SystemId(filled(&golden["system"])), filled(&golden["action"]));
		let hash = Log { system, action }.hash();
		assert_eq!(hash.0.as_bytes(), bytes(&golden["hash"]));
		assert_eq!(hash.reversal().0.as_bytes(), bytes(&golden["reversal"]));
	}
}

#[test]
fn a_contract_is_encoded_and_named_as_specified() {
	let contracts = golden("contracts");
	assert!(contracts.len() > 2);
	for golden in contracts {
		let leg = |golden: &Value| Leg {
			system: SystemId(filled(&golden["system"])),
			log: LogHash(filled(&golden["log"])),
			expiry: number(&golden["expiry"]),
			notice: number(&golden["notice"]),
			settlement: match text(&golden["settlement"]) {
				"early" => Settlement::Early,
				"atExpiry" => Settlement::AtExpiry,
				other => panic!("{other} is no settlement"),
			},
		};
		let legs: Vec<_> =
			golden["legs"].as_array().expect("it is a list").iter().map(leg).collect();
		let contract = Contract::new(legs[0], legs[1], filled(&golden["reference"]));
		assert_eq!(contract.encode(), bytes(&golden["bytes"]));
		assert_eq!(contract.id().encode(), bytes(&golden["id"]));
	}
}
