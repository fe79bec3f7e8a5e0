//! Genesis presets: one per dev chain.
//!
//! Each chain has one validator with keys of its own, so no two of them share a genesis hash. A chain
//! of another pace is another chain, too: blocks of `alpha-3s` take three seconds, those of
//! `alpha-250ms` a quarter of one.

use alloc::vec::Vec;
use core::ops::RangeInclusive;
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{ed25519, hex2array, sr25519};
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;

use crate::{
	slots::LEAST_SLOT, AccountId, Balance, BalancesConfig, RuntimeGenesisConfig, SessionConfig,
	SessionKeys, SlotsConfig, SudoConfig, MILLISECS_PER_BLOCK, UNIT,
};

/// Balance of every dev account at genesis.
pub const ENDOWMENT: Balance = 1_000_000 * UNIT;

/// A dev chain and its only validator.
///
/// The public keys stand here, not derived, to keep key derivation out of the Wasm runtime.
struct DevChain {
	/// Name of the preset, and of the chain.
	id: &'static str,
	/// Secret from which a node derives both session keys.
	seed: &'static str,
	/// sr25519 public key of the seed: the Aura key and the validator's account.
	aura: [u8; 32],
	/// ed25519 public key of the seed.
	grandpa: [u8; 32],
}

const DEV_CHAINS: [DevChain; 3] = [
	DevChain {
		id: "alpha",
		seed: "//AlphaValidator",
		aura: hex2array!("3ec02e68d6dab873b696c1bc6cde69e05cef8f69ad8efe37fcce5d074bb8185b"),
		grandpa: hex2array!("f784e09a16b6cb0403f77088bb3f04b72987b943f658eb325ad1f1e5264a2caa"),
	},
	DevChain {
		id: "beta",
		seed: "//BetaValidator",
		aura: hex2array!("e2cf848ac374b03e59048652f712587e9820820cbda1cb66d8fd900b441eb85d"),
		grandpa: hex2array!("df798245f1478b7889413bf46e866f1042099749fdbd8dadc96d753591d80884"),
	},
	DevChain {
		id: "eve",
		seed: "//EveValidator",
		aura: hex2array!("56d185f3f5432be0fb27108b7d2c58fa84f014eefa2a0fc4df42db8aa8b6b505"),
		grandpa: hex2array!("20c80ccd5bb4aa996ee5d0bd2d23e7249adf7b9a3b78ccb74c151732b0e71b8c"),
	},
];

/// Seconds a block, of the chains whose name tells them.
const SLOWER: RangeInclusive<u64> = 2..=60;
/// Milliseconds a block, of the chains whose name tells them.
const FASTER: RangeInclusive<u64> = LEAST_SLOT..=999;

impl DevChain {
	fn session_keys(&self) -> SessionKeys {
		SessionKeys {
			aura: AuraId::from(sr25519::Public::from_raw(self.aura)),
			grandpa: GrandpaId::from(ed25519::Public::from_raw(self.grandpa)),
		}
	}

	/// The part of the genesis that differs from the pallets' defaults, if blocks take so long.
	fn patch(&self, block_milliseconds: u64) -> Value {
		let validator = AccountId::new(self.aura);
		let endowed = [
			Sr25519Keyring::Alice,
			Sr25519Keyring::Bob,
			Sr25519Keyring::Charlie,
			Sr25519Keyring::Dave,
		]
		.map(|account| account.to_account_id())
		.into_iter()
		.chain([validator.clone()]);

		build_struct_json_patch!(RuntimeGenesisConfig {
			balances: BalancesConfig {
				balances: endowed.map(|account| (account, ENDOWMENT)).collect::<Vec<_>>(),
			},
			session: SessionConfig {
				keys: [(validator.clone(), validator, self.session_keys())].to_vec(),
			},
			slots: SlotsConfig { duration: block_milliseconds },
			sudo: SudoConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
		})
	}
}

/// The dev chain of that name, and how many milliseconds its blocks take. No chain has two names.
fn dev_chain(name: &str) -> Option<(&'static DevChain, u64)> {
	let (id, block_milliseconds) = match name.split_once('-') {
		None => (name, MILLISECS_PER_BLOCK),
		Some((id, pace)) => (id, milliseconds(pace)?),
	};
	let chain = DEV_CHAINS.iter().find(|chain| chain.id == id)?;
	Some((chain, block_milliseconds))
}

/// What `3s` or `250ms` says, if it is a pace that a dev chain can have.
fn milliseconds(pace: &str) -> Option<u64> {
	let number = |digits: &str, range: RangeInclusive<u64>| {
		let is_plain = !digits.starts_with(['0', '+']);
		digits.parse().ok().filter(|number| is_plain && range.contains(number))
	};
	match pace.strip_suffix("ms") {
		Some(digits) => number(digits, FASTER),
		None => number(pace.strip_suffix('s')?, SLOWER).map(|seconds| seconds * 1_000),
	}
}

/// Secret seed of the only validator of the dev chain `id`; public knowledge, like the chain.
pub fn dev_seed(id: &str) -> Option<&'static str> {
	dev_chain(id).map(|(chain, _)| chain.seed)
}

/// Names of all dev chains with blocks of one second.
pub fn dev_chain_ids() -> impl Iterator<Item = &'static str> {
	DEV_CHAINS.iter().map(|chain| chain.id)
}

/// JSON patch of the preset `id`.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let (chain, block_milliseconds) = dev_chain(id)?;
	let patch = chain.patch(block_milliseconds);
	Some(serde_json::to_vec(&patch).expect("a JSON value serializes; qed"))
}

/// Names of the presets; those of slower and faster chains are known as well.
pub fn preset_names() -> Vec<PresetId> {
	dev_chain_ids().map(PresetId::from).collect()
}

/// The genesis of the preset `id`, as the Wasm runtime reads it, but natively: a Wasm runtime has to be
/// compiled first.
#[cfg(feature = "std")]
pub fn genesis_config(id: &str) -> Option<RuntimeGenesisConfig> {
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

	let (chain, block_milliseconds) = dev_chain(id)?;
	let default = RuntimeGenesisConfig::default();
	let mut config = serde_json::to_value(default).expect("a genesis serializes; qed");
	merge(&mut config, chain.patch(block_milliseconds));
	Some(serde_json::from_value(config).expect("a patch names known fields only; qed"))
}

/// The state of a dev chain before its first block.
#[cfg(test)]
pub(crate) fn genesis_state(id: &str) -> sp_io::TestExternalities {
	use sp_runtime::BuildStorage;

	genesis_config(id).unwrap().build_storage().unwrap().into()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{Aura, Balances, Grandpa, Runtime, Session, System, EXISTENTIAL_DEPOSIT};
	use sp_core::{ByteArray, Pair};
	use std::collections::BTreeSet;

	#[test]
	fn session_keys_come_from_the_seed() {
		for chain in &DEV_CHAINS {
			let aura = sr25519::Pair::from_string(chain.seed, None).unwrap().public();
			let grandpa = ed25519::Pair::from_string(chain.seed, None).unwrap().public();
			assert_eq!(aura.to_raw_vec(), chain.aura, "{}", chain.id);
			assert_eq!(grandpa.to_raw_vec(), chain.grandpa, "{}", chain.id);
			assert_eq!(dev_seed(chain.id), Some(chain.seed));
		}
		assert_eq!(dev_seed("gamma"), None);
	}

	#[test]
	fn every_chain_has_a_genesis_of_its_own() {
		let roots: BTreeSet<_> =
			DEV_CHAINS.iter().map(|chain| *genesis_state(chain.id).backend.root()).collect();
		assert_eq!(roots.len(), DEV_CHAINS.len());
	}

	#[test]
	fn the_validator_authors_and_finalizes_from_the_first_block() {
		for chain in &DEV_CHAINS {
			genesis_state(chain.id).execute_with(|| {
				let keys = chain.session_keys();
				assert_eq!(Session::validators(), [AccountId::new(chain.aura)]);
				assert_eq!(pallet_aura::Authorities::<Runtime>::get().to_vec(), [keys.aura]);
				assert_eq!(Grandpa::grandpa_authorities(), [(keys.grandpa, 1)]);
				assert_eq!(pallet_grandpa::CurrentSetId::<Runtime>::get(), 0);
				assert_eq!(Aura::slot_duration(), crate::MILLISECS_PER_BLOCK);
			});
		}
	}

	#[test]
	fn dev_accounts_are_endowed_and_alice_is_sudo() {
		genesis_state("alpha").execute_with(|| {
			for account in [Sr25519Keyring::Alice, Sr25519Keyring::Bob] {
				assert_eq!(Balances::free_balance(account.to_account_id()), ENDOWMENT);
			}
			assert!(System::account_exists(&AccountId::new(DEV_CHAINS[0].aura)));
			assert_eq!(
				pallet_sudo::Key::<Runtime>::get(),
				Some(Sr25519Keyring::Alice.to_account_id())
			);
			const { assert!(ENDOWMENT > EXISTENTIAL_DEPOSIT) };
		});
	}

	#[test]
	fn the_name_tells_the_pace_of_a_chain() {
		let duration = |id| genesis_state(id).execute_with(Aura::slot_duration);
		assert_eq!(["alpha", "alpha-2s", "beta-60s"].map(duration), [1_000, 2_000, 60_000]);
		assert_eq!(["alpha-250ms", "beta-999ms"].map(duration), [250, 999]);
		let root = |id| *genesis_state(id).backend.root();
		assert_ne!(root("alpha"), root("alpha-2s"));
		assert_eq!(dev_seed("beta-3s"), dev_seed("beta"));
	}

	#[test]
	fn unknown_presets_are_absent() {
		for name in ["gamma", "gamma-3s", "alpha-", "alpha-s", "alpha-3", "alpha-3s-3s"] {
			assert!(get_preset(&name.into()).is_none(), "{name}");
		}
		for name in ["alpha-0s", "alpha-1s", "alpha-61s", "alpha-03s", "alpha-+3s", "alpha--3s"] {
			assert!(get_preset(&name.into()).is_none(), "{name}");
		}
		for name in ["alpha-ms", "alpha-249ms", "alpha-1000ms", "alpha-0250ms", "alpha-+250ms"] {
			assert!(get_preset(&name.into()).is_none(), "{name}");
		}
		assert_eq!(preset_names(), ["alpha", "beta", "eve"]);
	}
}
