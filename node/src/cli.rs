//! The command line.

use sc_cli::{
	CliConfiguration, ImportParams, KeystoreParams, NetworkParams, OffchainWorkerParams, Result,
	Role, RpcEndpoint, RunCmd, SharedParams,
};
use sc_service::{
	config::{
		BasePath, IpNetwork, OffchainWorkerConfig, PrometheusConfig, RpcBatchRequestConfig,
		RpcMethods, TransactionPoolOptions,
	},
	ChainSpec,
};
use sc_telemetry::TelemetryEndpoints;
use sp_core::{ed25519, sr25519, Pair};
use std::{num::NonZeroU32, path::PathBuf};

use crate::chain_spec::dev_chain_id;

/// Arguments of the node.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// What to do instead of running the node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// How to run the node.
	#[clap(flatten)]
	pub run: Run,
}

/// What the node can do besides running.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Print the genesis hash of a chain, by which other chains know it.
	GenesisHash(GenesisHash),

	/// See, check and steer the exchange with other chains.
	#[command(subcommand)]
	Ribp(ribp_service::Command),

	/// Manage keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Export a chain specification.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Export blocks.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Import blocks.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the whole chain.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Revert the chain to an earlier block.
	Revert(sc_cli::RevertCmd),
}

/// Arguments of `genesis-hash`.
#[derive(Debug, clap::Args)]
pub struct GenesisHash {
	/// Name of a dev chain (such as alpha, or alpha-3s with slower and alpha-250ms with faster
	/// blocks), or path of a chain specification.
	#[arg(long, value_name = "CHAIN_SPEC", default_value = "")]
	pub chain: String,
}

/// Arguments of a running node.
///
/// On a dev chain the node is its chain's first validator unless told otherwise: it holds the
/// session keys, authors without peers, makes itself a network key and answers every origin.
#[derive(Debug, Clone, clap::Args)]
pub struct Run {
	/// Run as a full node that neither authors nor votes on a dev chain.
	///
	/// This or keys of its own are needed for every node but the first: two validators with the
	/// same keys fork their chain.
	#[arg(
		long,
		conflicts_with_all = [
			"validator", "alice", "bob", "charlie", "dave", "eve", "ferdie", "one", "two",
		]
	)]
	pub no_validator: bool,

	/// Secret of this node's session keys on a dev chain, such as //Charlie.
	///
	/// For every validator but the first. The node follows until its account has registered the
	/// keys (session.setKeys) and root has named the account (validators.setValidators). Tell it
	/// with --bootnodes where the others are. The command line is no place for a real secret.
	#[arg(
		long,
		value_name = "SECRET",
		value_parser = session_secret,
		conflicts_with_all = [
			"no_validator", "alice", "bob", "charlie", "dave", "eve", "ferdie", "one", "two",
		]
	)]
	pub validator_seed: Option<String>,

	/// How the node looks after exchanges with other chains.
	#[clap(flatten)]
	pub ribp: ribp_service::Options,

	/// Folder that keeps the runtime as it was compiled, for the next start. In the base path unless
	/// it is named; nowhere if the base path is a temporary one.
	///
	/// Nodes may share it. They run what they find there: nobody else may write to it.
	#[arg(long, value_name = "FOLDER")]
	pub compiled_runtimes: Option<PathBuf>,

	/// The arguments that all nodes share.
	#[clap(flatten)]
	pub base: RunCmd,
}

impl Run {
	/// Whether the base path goes when the node ends.
	pub fn is_temporary(&self) -> bool {
		let shared = &self.base.shared_params;
		self.base.tmp || (shared.base_path.is_none() && shared.is_dev())
	}

	/// The dev chain that this node runs; none for a chain from a file.
	fn dev_chain(&self) -> Option<&str> {
		dev_chain_id(self.base.shared_params.chain.as_deref().unwrap_or_default())
	}
}

/// A secret from which keys of both kinds can be derived.
fn session_secret(text: &str) -> std::result::Result<String, String> {
	let aura = sr25519::Pair::from_string(text, None).map(drop);
	let grandpa = ed25519::Pair::from_string(text, None).map(drop);
	match aura.and(grandpa) {
		Ok(()) if !text.is_empty() => Ok(text.into()),
		_ => Err("expected //Name, 0x and 32 bytes in hexadecimal, or a mnemonic phrase".into()),
	}
}

impl CliConfiguration for Run {
	fn is_dev(&self) -> Result<bool> {
		Ok(self.dev_chain().is_some() || self.base.shared_params.is_dev())
	}

	fn role(&self, is_dev: bool) -> Result<Role> {
		if self.no_validator {
			return Ok(Role::Full);
		}
		self.base.role(is_dev)
	}

	fn force_authoring(&self) -> Result<bool> {
		Ok(self.is_dev()? || self.base.force_authoring()?)
	}

	fn dev_key_seed(&self, is_dev: bool) -> Result<Option<String>> {
		if self.no_validator {
			return Ok(None);
		}
		if let Some(secret) = &self.validator_seed {
			let keystore =
				"--validator-seed is for dev chains; others take keys from their keystore";
			return is_dev.then(|| Some(secret.clone())).ok_or_else(|| keystore.into());
		}
		match self.dev_chain() {
			Some(id) if self.base.get_keyring().is_none() => {
				Ok(ribp_runtime::dev_seed(id).map(String::from))
			},
			_ => self.base.dev_key_seed(is_dev),
		}
	}

	fn rpc_addr(&self, default_listen_port: u16) -> Result<Option<Vec<RpcEndpoint>>> {
		self.base.rpc_params.rpc_addr(self.is_dev()?, self.base.validator, default_listen_port)
	}

	fn base_path(&self) -> Result<Option<BasePath>> {
		self.base.base_path()
	}

	fn shared_params(&self) -> &SharedParams {
		self.base.shared_params()
	}

	fn import_params(&self) -> Option<&ImportParams> {
		self.base.import_params()
	}

	fn network_params(&self) -> Option<&NetworkParams> {
		self.base.network_params()
	}

	fn keystore_params(&self) -> Option<&KeystoreParams> {
		self.base.keystore_params()
	}

	fn offchain_worker_params(&self) -> Option<&OffchainWorkerParams> {
		self.base.offchain_worker_params()
	}

	fn offchain_worker(&self, role: &Role) -> Result<OffchainWorkerConfig> {
		Ok(self.ribp.offchain_worker(self.base.offchain_worker(role)?))
	}

	fn node_name(&self) -> Result<String> {
		self.base.node_name()
	}

	fn telemetry_endpoints(&self, spec: &Box<dyn ChainSpec>) -> Result<Option<TelemetryEndpoints>> {
		self.base.telemetry_endpoints(spec)
	}

	fn prometheus_config(
		&self,
		default_listen_port: u16,
		spec: &Box<dyn ChainSpec>,
	) -> Result<Option<PrometheusConfig>> {
		self.base.prometheus_config(default_listen_port, spec)
	}

	fn disable_grandpa(&self) -> Result<bool> {
		self.base.disable_grandpa()
	}

	fn rpc_max_connections(&self) -> Result<u32> {
		self.base.rpc_max_connections()
	}

	fn rpc_cors(&self, is_dev: bool) -> Result<Option<Vec<String>>> {
		self.base.rpc_cors(is_dev)
	}

	fn rpc_methods(&self) -> Result<RpcMethods> {
		self.base.rpc_methods()
	}

	fn rpc_max_request_size(&self) -> Result<u32> {
		self.base.rpc_max_request_size()
	}

	fn rpc_max_response_size(&self) -> Result<u32> {
		self.base.rpc_max_response_size()
	}

	fn rpc_max_subscriptions_per_connection(&self) -> Result<u32> {
		self.base.rpc_max_subscriptions_per_connection()
	}

	fn rpc_buffer_capacity_per_connection(&self) -> Result<u32> {
		self.base.rpc_buffer_capacity_per_connection()
	}

	fn rpc_batch_config(&self) -> Result<RpcBatchRequestConfig> {
		self.base.rpc_batch_config()
	}

	fn rpc_rate_limit(&self) -> Result<Option<NonZeroU32>> {
		self.base.rpc_rate_limit()
	}

	fn rpc_rate_limit_whitelisted_ips(&self) -> Result<Vec<IpNetwork>> {
		self.base.rpc_rate_limit_whitelisted_ips()
	}

	fn rpc_rate_limit_trust_proxy_headers(&self) -> Result<bool> {
		self.base.rpc_rate_limit_trust_proxy_headers()
	}

	fn transaction_pool(&self, is_dev: bool) -> Result<TransactionPoolOptions> {
		self.base.transaction_pool(is_dev)
	}

	fn max_runtime_instances(&self) -> Result<Option<usize>> {
		self.base.max_runtime_instances()
	}

	fn runtime_cache_size(&self) -> Result<u8> {
		self.base.runtime_cache_size()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::{error::ErrorKind, CommandFactory};
	use sc_cli::SubstrateCli;
	use sc_network::config::{NodeKeyConfig, Secret};

	fn parse(args: &[&str]) -> clap::error::Result<Cli> {
		Cli::try_from_iter(["ribp-node"].iter().chain(args))
	}

	fn run(args: &[&str]) -> Run {
		parse(args).unwrap().run
	}

	const GENESIS: &str = "0x0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";

	#[test]
	fn the_command_line_is_consistent() {
		Cli::setup_command(Cli::command()).debug_assert();
	}

	#[test]
	fn a_dev_chain_needs_no_flag_but_its_name() {
		for (id, seed) in
			[("alpha", "//AlphaValidator"), ("beta", "//BetaValidator"), ("eve", "//EveValidator")]
		{
			let run = run(&["--chain", id]);
			assert!(run.is_dev().unwrap());
			assert!(matches!(run.role(true).unwrap(), Role::Authority));
			assert!(run.force_authoring().unwrap());
			assert_eq!(run.dev_key_seed(true).unwrap().as_deref(), Some(seed));
			assert_eq!(run.rpc_cors(true).unwrap(), None);
			assert!(run.offchain_worker(&Role::Authority).unwrap().enabled);
			assert!(run.base_path().unwrap().is_none());
		}
	}

	#[test]
	fn a_base_path_is_temporary_where_nobody_names_one_that_lasts() {
		assert!(run(&["--chain", "alpha", "--tmp"]).is_temporary());
		assert!(run(&["--dev"]).is_temporary());
		assert!(!run(&["--dev", "--base-path", "/kept"]).is_temporary());
		assert!(!run(&["--chain", "alpha"]).is_temporary());
	}

	#[test]
	fn a_dev_chain_makes_its_own_network_key() {
		let key = run(&["--chain", "alpha"]).node_key(&PathBuf::from("absent")).unwrap();
		assert!(matches!(key, NodeKeyConfig::Ed25519(Secret::File(_))));
	}

	#[test]
	fn a_chain_from_a_file_is_no_dev_chain() {
		let run = run(&["--chain", "some.json"]);
		assert!(!run.is_dev().unwrap());
		assert!(matches!(run.role(false).unwrap(), Role::Full));
		assert!(!run.force_authoring().unwrap());
		assert_eq!(run.dev_key_seed(false).unwrap(), None);
	}

	#[test]
	fn no_validator_runs_a_full_node_without_session_keys() {
		let run = run(&["--chain", "alpha", "--no-validator"]);
		assert!(matches!(run.role(true).unwrap(), Role::Full));
		assert_eq!(run.dev_key_seed(true).unwrap(), None);
		assert!(!run.offchain_worker(&Role::Full).unwrap().enabled);
	}

	#[test]
	fn no_validator_contradicts_flags_of_validators() {
		for flag in ["--validator", "--alice", "--eve"] {
			let error = parse(&["--no-validator", flag]).unwrap_err();
			assert_eq!(error.kind(), ErrorKind::ArgumentConflict, "{flag}");
		}
	}

	#[test]
	fn a_named_dev_account_brings_its_own_keys() {
		let run = run(&["--chain", "alpha", "--bob"]);
		assert_eq!(run.dev_key_seed(true).unwrap().as_deref(), Some("//Bob"));
		assert_eq!(run.node_name().unwrap(), "Bob");
	}

	#[test]
	fn a_further_validator_brings_the_keys_of_its_secret() {
		let run = run(&["--chain", "beta", "--validator-seed", "//Charlie"]);
		assert!(matches!(run.role(true).unwrap(), Role::Authority));
		assert_eq!(run.dev_key_seed(true).unwrap().as_deref(), Some("//Charlie"));
		assert!(run.force_authoring().unwrap());
	}

	#[test]
	fn a_secret_contradicts_flags_that_choose_other_keys() {
		for flag in ["--no-validator", "--alice", "--eve"] {
			let error = parse(&["--validator-seed", "//Charlie", flag]).unwrap_err();
			assert_eq!(error.kind(), ErrorKind::ArgumentConflict, "{flag}");
		}
	}

	#[test]
	fn a_secret_without_keys_of_both_kinds_is_refused() {
		// There are no soft derivations of the keys that finalize.
		for wrong in ["", "Charlie", "//Charlie/soft", "0x12"] {
			let error = parse(&["--validator-seed", wrong]).unwrap_err();
			assert_eq!(error.kind(), ErrorKind::ValueValidation, "{wrong}");
		}
	}

	#[test]
	fn a_secret_on_the_command_line_is_refused_on_a_chain_from_a_file() {
		let run = run(&["--chain", "some.json", "--validator-seed", "//Charlie"]);
		let error = run.dev_key_seed(run.is_dev().unwrap()).unwrap_err();
		assert!(error.to_string().contains("dev chains"), "{error}");
	}

	#[test]
	fn every_node_keeps_what_was_proven() {
		for args in [&["--chain", "alpha"][..], &["--chain", "some.json"], &["--no-validator"]] {
			assert!(run(args).offchain_worker(&Role::Full).unwrap().indexing_enabled, "{args:?}");
		}
	}

	#[test]
	fn standard_flags_keep_working() {
		let run = run(&[
			"--tmp",
			"--port",
			"0",
			"--rpc-port",
			"0",
			"--offchain-worker",
			"never",
			"--name",
			"n",
		]);
		assert!(run.base_path().unwrap().is_some());
		assert!(!run.offchain_worker(&Role::Authority).unwrap().enabled);
		assert_eq!(run.rpc_addr(9944).unwrap().unwrap()[0].listen_addr.port(), 0);
		assert_eq!(run.node_name().unwrap(), "n");
	}

	#[test]
	fn a_relay_runs_its_workers_without_keys() {
		let run = run(&["--chain", "alpha", "--no-validator", "--ribp", "relay"]);
		assert!(run.offchain_worker(&Role::Full).unwrap().enabled);
		assert_eq!(run.dev_key_seed(true).unwrap(), None);
	}

	#[test]
	fn peers_are_given_to_a_running_node_and_to_a_check() {
		let peer = format!("{GENESIS}=http://127.0.0.1:9955");
		assert_eq!(run(&["--ribp-peer", &peer]).ribp.ribp_peers.len(), 1);
		let cli = parse(&["ribp", "check", "--ribp-peer", &peer]).unwrap();
		assert!(matches!(cli.subcommand, Some(Subcommand::Ribp(ribp_service::Command::Check(_)))));
	}

	#[test]
	fn genesis_hash_takes_a_chain() {
		let cli = parse(&["genesis-hash", "--chain", "beta"]).unwrap();
		assert!(matches!(
			cli.subcommand,
			Some(Subcommand::GenesisHash(GenesisHash { chain })) if chain == "beta"
		));
	}
}
