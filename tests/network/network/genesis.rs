//! The states of the two chains before their first blocks.

use super::{
	keys::{account, pair, AUTHORS, ROOT, TRADERS, VOTERS},
	schedule::Periods,
	Side,
};
use codec::Encode;
use pallet_ribp::{Config, Height};
use ribp_light_client::testing::authority;
use ribp_runtime::{genesis::genesis_config, AccountId, Balance, Runtime, SessionKeys, UNIT};
use sp_core::Pair;
use sp_runtime::{BuildStorage, Storage};
use std::sync::OnceLock;

/// What the poorest trader has at genesis.
const POOR: Balance = 2 * UNIT;

/// The only asset besides the native token. Root issues it, and can freeze it.
pub const GOLD: u32 = 1;

/// What every trader but the poorest has of it at genesis.
pub const TREASURE: Balance = 1_000_000;

/// Blocks for which nothing must have been heard of a chain that root gives up; and those in which it
/// can be objected to. On chains that live longer, either takes a day.
pub const SILENCE: Height = 16;

/// The genesis state of a chain: its preset, with the test voters, one more account and an asset.
pub fn storage(side: Side, Periods { exposure, retention }: Periods) -> Storage {
	static STORAGES: OnceLock<[Storage; 2]> = OnceLock::new();
	let mut storage = STORAGES.get_or_init(|| Side::BOTH.map(build))[side as usize].clone();
	for (key, blocks) in [
		(<Runtime as Config>::Exposure::key(), exposure),
		(<Runtime as Config>::Retention::key(), retention),
		(<Runtime as Config>::Silence::key(), SILENCE),
		(<Runtime as Config>::PolicyDelay::key(), SILENCE),
	] {
		storage.top.insert(key.to_vec(), blocks.encode());
	}
	storage
}

fn build(side: Side) -> Storage {
	let mut config = genesis_config(side.name()).expect("every side has a preset; qed");
	let stashes = AUTHORS.map(|author| (account(author), UNIT));
	let [rich @ .., poor] = TRADERS;
	config.balances.balances.extend(stashes);
	config.balances.balances.push((account(poor), POOR));
	config.session.keys = session_keys();
	// An account that has no token cannot have it either.
	config.assets.assets = vec![(GOLD, account(ROOT), false, 1)];
	config.assets.accounts = rich.map(|trader| (GOLD, account(trader), TREASURE)).to_vec();
	config.build_storage().expect("the genesis is valid; qed")
}

fn session_keys() -> Vec<(AccountId, AccountId, SessionKeys)> {
	let keys = AUTHORS.into_iter().zip(VOTERS).map(|(author, voter)| {
		let keys = SessionKeys { aura: pair(author).public().into(), grandpa: authority(voter) };
		(account(author), account(author), keys)
	});
	keys.collect()
}
