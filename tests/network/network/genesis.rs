//! The states of the two chains before their first blocks.

use super::{
	keys::{account, pair, AUTHORS, TRADERS, VOTERS},
	Side,
};
use ribp_light_client::testing::authority;
use ribp_runtime::{
	genesis::get_preset, AccountId, Balance, RuntimeGenesisConfig, SessionKeys, UNIT,
};
use serde_json::Value;
use sp_core::Pair;
use sp_runtime::{BuildStorage, Storage};
use std::sync::OnceLock;

/// What the poorest trader has at genesis.
const POOR: Balance = 2 * UNIT;

/// The genesis state of a chain: its preset, with the test voters and one more account.
pub fn storage(side: Side) -> Storage {
	static STORAGES: OnceLock<[Storage; 2]> = OnceLock::new();
	STORAGES.get_or_init(|| Side::BOTH.map(build))[side as usize].clone()
}

fn build(side: Side) -> Storage {
	let preset = get_preset(&side.name().into()).expect("every side has a preset; qed");
	let patch = serde_json::from_slice(&preset).expect("a preset is JSON; qed");
	let mut json =
		serde_json::to_value(RuntimeGenesisConfig::default()).expect("it serializes; qed");
	merge(&mut json, patch);
	let mut config: RuntimeGenesisConfig =
		serde_json::from_value(json).expect("a preset is a genesis; qed");
	let stashes = AUTHORS.map(|author| (account(author), UNIT));
	config.balances.balances.extend(stashes);
	config.balances.balances.push((account(TRADERS[3]), POOR));
	config.session.keys = session_keys();
	config.build_storage().expect("the genesis is valid; qed")
}

fn session_keys() -> Vec<(AccountId, AccountId, SessionKeys)> {
	let keys = AUTHORS.into_iter().zip(VOTERS).map(|(author, voter)| {
		let keys = SessionKeys { aura: pair(author).public().into(), grandpa: authority(voter) };
		(account(author), account(author), keys)
	});
	keys.collect()
}

fn merge(base: &mut Value, patch: Value) {
	match (base, patch) {
		(Value::Object(base), Value::Object(patch)) => {
			for (key, value) in patch {
				merge(base.entry(key).or_insert(Value::Null), value);
			}
		},
		(base, patch) => *base = patch,
	}
}
