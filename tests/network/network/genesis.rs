//! The states of the two chains before their first blocks.

use super::{
	keys::{account, pair, AUTHORS, TRADERS, VOTERS},
	Side,
};
use ribp_light_client::testing::authority;
use ribp_runtime::{genesis::genesis_config, AccountId, Balance, SessionKeys, UNIT};
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
	let mut config = genesis_config(side.name()).expect("every side has a preset; qed");
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
