//! The chains that the node knows by name, and their genesis hashes.

use codec::Encode;
use ribp_runtime::{genesis, opaque::Block, Hash, WASM_BINARY};
use sc_chain_spec::{construct_genesis_block, resolve_state_version_from_wasm};
use sc_service::{ChainType, Properties};
use serde_json::json;
use sp_runtime::traits::{BlakeTwo256, Block as _, Hash as _, HashingFor};
use std::path::PathBuf;

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

/// Loads a dev chain by name, or any chain from a file.
pub fn load(chain: &str) -> Result<ChainSpec, String> {
	match dev_chain_id(chain) {
		Some(id) => dev_chain_spec(id),
		None => {
			let path = PathBuf::from(chain);
			if !path.exists() {
				let known = genesis::dev_chain_ids().collect::<Vec<_>>().join(", ");
				return Err(format!(
					"`{chain}` is neither one of {known}, with -2s to -60s for slower blocks, nor an \
					existing file"
				));
			}
			ChainSpec::from_json_file(path)
		},
	}
}

fn dev_chain_spec(id: &str) -> Result<ChainSpec, String> {
	let code = WASM_BINARY.ok_or("this node was built without the runtime's Wasm")?;
	Ok(ChainSpec::builder(code, None)
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
	let executor = Executor::builder().build();
	let version = resolve_state_version_from_wasm::<_, HashingFor<Block>>(&storage, &executor)
		.map_err(|error| error.to_string())?;
	let children = storage.children_default.into_values().map(|child| {
		let root = BlakeTwo256::trie_root(child.data.into_iter().collect(), version);
		(child.child_info.prefixed_storage_key().into_inner(), root.encode())
	});
	let root = BlakeTwo256::trie_root(storage.top.into_iter().chain(children).collect(), version);
	Ok(construct_genesis_block::<Block>(root, version).header().hash())
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	#[test]
	fn every_dev_chain_has_a_genesis_hash_of_its_own() {
		let hashes: BTreeSet<_> =
			genesis::dev_chain_ids().map(|id| genesis_hash(&load(id).unwrap()).unwrap()).collect();
		assert_eq!(hashes.len(), genesis::dev_chain_ids().count());
	}

	#[test]
	fn a_genesis_hash_is_the_same_from_names_and_from_raw_files() {
		let spec = load("beta").unwrap();
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
