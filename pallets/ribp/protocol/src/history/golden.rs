//! Against the values of a program that was written from `WIRE.md` alone: `tests/golden/wire.mjs`.

use super::*;
use crate::{
	golden::{bytes, golden, number},
	Statement, SystemId,
};
use alloc::vec::Vec;
use serde_json::Value;
use sp_runtime::traits::{BlakeTwo256, Hash};

fn hash(value: &Value) -> H256 {
	H256::from_slice(&bytes(value))
}

fn block(index: u32) -> H256 {
	BlakeTwo256::hash(alloc::format!("block {index}").as_bytes())
}

fn history(size: u32) -> History {
	let mut history = History::starting_at(0);
	(0..size).for_each(|n| history.push(block(n), |_, _| {}).expect("there is room"));
	history
}

fn stated(next: u32) -> Stated {
	Stated { number: next, parent: block(next - 1), root: history(next).root() }
}

#[test]
fn a_statement_is_encoded_as_specified() {
	let items = golden("items");
	assert_eq!(items.len(), 3);
	for item in items {
		let statement = Statement {
			system: SystemId(H256::repeat_byte(0xb2)),
			storage_prefix: [0x5a; 16],
			first: number(&item["first"]),
			complete_from: number(&item["completeFrom"]),
			time: number(&item["time"]),
			history_root: history(number(&item["size"])).root(),
		};
		assert_eq!(statement.item().encode(), bytes(&item["bytes"]));
		let digest = sp_runtime::Digest { logs: alloc::vec![statement.item()] };
		assert_eq!(Statement::of(&digest), Ok(statement));
	}
}

#[test]
fn a_root_is_as_specified() {
	for root in golden("roots") {
		assert_eq!(history(number(&root["size"])).root(), hash(&root["root"]));
	}
}

#[test]
fn a_path_is_as_specified() {
	for golden in golden("paths") {
		let (index, size) = (number(&golden["index"]), number(&golden["size"]));
		let path: Vec<_> =
			golden["path"].as_array().expect("it is a list").iter().map(hash).collect();
		assert!(is_included(leaf(block(index)), index, size, &path, history(size).root()));
	}
}

#[test]
fn an_extension_is_encoded_as_specified() {
	for golden in golden("extensions") {
		let (known, next) = (number(&golden["known"]), number(&golden["next"]));
		let bytes = bytes(&golden["bytes"]);
		let extension = Extension::decode(&mut &bytes[..]).expect("it is one");
		assert_eq!(extension.encode(), bytes);
		let extended = history(known).extended(block(known), stated(next), &extension);
		assert_eq!(extended, Ok(history(next)));
		assert!(extension.is_of(&Outline::of(0, known, next).expect("they are in order")));
	}
}
