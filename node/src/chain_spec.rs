//! The chains that the node knows by name, and their genesis hashes.

use codec::Encode;
use ribp_runtime::{genesis, opaque::Block, Hash, WASM_BINARY};
use sc_chain_spec::{construct_genesis_block, resolve_state_version_from_wasm};
use sc_executor::read_embedded_version;
use sc_executor_common::runtime_blob::RuntimeBlob;
use sc_service::{ChainSpec as _, ChainType, Properties};
use serde_json::json;
use sp_core::storage::{well_known_keys, StateVersion, Storage};
use sp_runtime::{
	traits::{BlakeTwo256, Block as _, Hash as _, HashingFor},
	BuildStorage,
};
use std::{error::Error, path::PathBuf};

use crate::service::Executor;

/// Chain specification without extensions.
pub type ChainSpec = sc_service::GenericChainSpec;

/// The chain that runs when none is named.
const DEFAULT_CHAIN: &str = "alpha";

/// The dev chain that `--chain` names; none for a file.
pub fn dev_chain_id(chain: &str) -> Option<&str> {
	let id = match chain {
		"" | "dev" | "local" => DEFAULT_CHAIN,
		id => id,
	};
	genesis::dev_seed(id).map(|_| id)
}

/// Loads a dev chain by name, or any chain from a file, ready to run: the genesis of a dev chain is
/// its state, and no runtime has to be compiled to make it.
pub fn load(chain: &str) -> Result<ChainSpec, String> {
	let mut spec = describe(chain)?;
	if let Some(id) = dev_chain_id(chain) {
		let config = genesis::genesis_config(id).ok_or("a dev chain has a genesis")?;
		let mut storage = config.build_storage()?;
		storage.top.insert(well_known_keys::CODE.to_vec(), wasm()?.to_vec());
		spec.set_storage(storage);
	}
	Ok(spec)
}

/// Loads the same as people read it: the genesis of a dev chain is the name of a preset.
pub fn describe(chain: &str) -> Result<ChainSpec, String> {
	match dev_chain_id(chain) {
		Some(id) => dev_chain_spec(id),
		None => {
			let path = PathBuf::from(chain);
			if !path.exists() {
				let known = genesis::dev_chain_ids().collect::<Vec<_>>().join(", ");
				return Err(format!(
					"`{chain}` is neither one of {known}, with -2s to -60s for slower and -250ms to \
					-999ms for faster blocks, nor an existing file"
				));
			}
			ChainSpec::from_json_file(path)
		},
	}
}

fn wasm() -> Result<&'static [u8], String> {
	WASM_BINARY.ok_or_else(|| "this node was built without the runtime's Wasm".into())
}

fn dev_chain_spec(id: &str) -> Result<ChainSpec, String> {
	Ok(ChainSpec::builder(wasm()?, None)
		.with_name(&format!("RIBP {id}"))
		.with_id(id)
		.with_protocol_id(&format!("ribp-{id}"))
		.with_chain_type(ChainType::Development)
		.with_genesis_config_preset_name(id)
		.with_properties(properties(id))
		.build())
}

fn properties(id: &str) -> Properties {
	let token = id.split('-').next().unwrap_or(id);
	Properties::from_iter([
		("tokenSymbol".into(), json!(token.to_uppercase())),
		("tokenDecimals".into(), json!(12)),
		("ss58Format".into(), json!(42)),
	])
}

/// The genesis hash of a chain: the name by which other chains know it.
pub fn genesis_hash(spec: &dyn sc_service::ChainSpec) -> Result<Hash, String> {
	let storage = spec.as_storage_builder().build_storage()?;
	let version = state_version(&storage).map_err(|error| error.to_string())?;
	let children = storage.children_default.into_values().map(|child| {
		let root = BlakeTwo256::trie_root(child.data.into_iter().collect(), version);
		(child.child_info.prefixed_storage_key().into_inner(), root.encode())
	});
	let root = BlakeTwo256::trie_root(storage.top.into_iter().chain(children).collect(), version);
	Ok(construct_genesis_block::<Block>(root, version).header().hash())
}

/// How the runtime's trie is laid out. Nearly all runtimes say so beside their code; one that does not
/// is compiled, and asked.
fn state_version(storage: &Storage) -> Result<StateVersion, Box<dyn Error>> {
	let code = storage.top.get(well_known_keys::CODE).ok_or("the genesis has no runtime")?;
	let blob = RuntimeBlob::uncompress_if_needed(code)?;
	if let Some(version) = read_embedded_version(&blob)? {
		return Ok(version.state_version());
	}
	let executor = Executor::builder().build();
	Ok(resolve_state_version_from_wasm::<_, HashingFor<Block>>(storage, &executor)?)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	#[test]
	fn the_genesis_made_natively_is_the_one_that_the_runtime_makes() {
		for id in ["alpha", "beta-3s", "eve-250ms"] {
			let [natively, by_wasm] =
				[load(id), describe(id)].map(|spec| spec.unwrap().build_storage().unwrap());
			assert_eq!(natively.top, by_wasm.top, "{id}");
			assert!(natively.children_default.is_empty() && by_wasm.children_default.is_empty());
		}
	}

	#[test]
	fn every_dev_chain_has_a_genesis_hash_of_its_own() {
		let hashes: BTreeSet<_> =
			genesis::dev_chain_ids().map(|id| genesis_hash(&load(id).unwrap()).unwrap()).collect();
		assert_eq!(hashes.len(), genesis::dev_chain_ids().count());
	}

	#[test]
	fn a_genesis_hash_is_the_same_from_names_and_from_raw_files() {
		let spec = describe("beta").unwrap();
		let raw = ChainSpec::from_json_bytes(spec.as_json(true).unwrap().into_bytes()).unwrap();
		assert_eq!(genesis_hash(&spec), genesis_hash(&raw));
	}

	#[test]
	fn tokens_are_named_after_their_chain() {
		let properties = sc_service::ChainSpec::properties(&load("beta").unwrap());
		assert_eq!(properties["tokenSymbol"], "BETA");
		let slower = sc_service::ChainSpec::properties(&load("beta-3s").unwrap());
		assert_eq!(slower["tokenSymbol"], "BETA");
		assert_eq!(properties["tokenDecimals"], 12);
		assert_eq!(properties["ss58Format"], 42);
	}

	#[test]
	fn an_unknown_chain_is_named_in_the_error() {
		let error = load("gamma").err().unwrap();
		assert!(error.contains("gamma") && error.contains("alpha, beta, eve"), "{error}");
	}

	#[test]
	fn no_name_means_the_default_chain() {
		assert_eq!(dev_chain_id(""), Some("alpha"));
		assert_eq!(dev_chain_id("dev"), Some("alpha"));
		assert_eq!(dev_chain_id("local"), Some("alpha"));
		assert_eq!(dev_chain_id("eve"), Some("eve"));
		assert_eq!(dev_chain_id("eve-3s"), Some("eve-3s"));
		assert_eq!(dev_chain_id("alpha.json"), None);
	}
}
