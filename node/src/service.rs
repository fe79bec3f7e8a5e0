//! The node's parts and how they are put together.

use futures::FutureExt;
use ribp_runtime::{apis::RuntimeApi, opaque::Block, Hash};
use sc_client_api::Backend;
use sc_consensus_aura::ImportQueueParams;
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaBlockImport, LinkHalf, SharedVoterState};
use sc_executor::{HeapAllocStrategy, DEFAULT_HEAP_ALLOC_STRATEGY};
use sc_network::{config::FullNetworkConfiguration, NetworkBackend};
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{
	config::ExecutorConfiguration, error::Error as ServiceError, BuildNetworkParams, Configuration,
	PartialComponents, SpawnTasksParams, TaskManager, WarpSyncConfig,
};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::{
	inherents::InherentDataProvider as SlotProvider, sr25519::AuthorityPair, SlotDuration,
};
use sp_timestamp::InherentDataProvider as TimestampProvider;
use std::{
	fs::DirBuilder,
	io,
	os::unix::fs::{DirBuilderExt, PermissionsExt},
	path::{Path, PathBuf},
	sync::Arc,
};

use crate::{
	consensus::{Consensus, Voter},
	rpc,
};

/// Runs the runtime's Wasm with the standard host functions only, as every Substrate node can.
pub type Executor = sc_executor::WasmExecutor<sp_io::SubstrateHostFunctions>;
/// The client of a full node.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// The database of a full node.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// The best chain is the longest.
pub type SelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// Import of blocks and justifications.
pub type BlockImport = GrandpaBlockImport<FullBackend, Block, FullClient, SelectChain>;
/// What block import tells the voter.
pub type Link = LinkHalf<Block, FullClient, SelectChain>;
/// The transaction pool.
pub type Pool = TransactionPoolHandle<Block, FullClient>;

/// What looks after exchanges with other chains.
pub type Ribp = ribp_service::Ribp<Block, FullClient, FullBackend>;

/// What all commands need, before any task runs.
pub type Parts = PartialComponents<
	FullClient,
	FullBackend,
	SelectChain,
	sc_consensus::DefaultImportQueue<Block>,
	Pool,
	ConsensusParts,
>;

/// Where blocks become part of the chain, and what the voter needs.
pub struct ConsensusParts {
	block_import: BlockImport,
	link: Link,
	telemetry: Option<Telemetry>,
}

/// Blocks after which a justification is kept at the latest. Only the last one of an authority
/// set is ever asked for besides the newest.
pub const JUSTIFICATION_PERIOD: u32 = 512;

/// Time and slot of a block made now.
pub fn inherents_now(slot: SlotDuration) -> (SlotProvider, TimestampProvider) {
	let now = TimestampProvider::from_system_time();
	(SlotProvider::from_timestamp_and_slot_duration(*now, slot), now)
}

fn start_telemetry(
	config: &Configuration,
) -> Result<Option<(TelemetryWorker, Telemetry)>, ServiceError> {
	let Some(endpoints) = config.telemetry_endpoints.clone().filter(|all| !all.is_empty()) else {
		return Ok(None);
	};
	let worker = TelemetryWorker::new(16)?;
	let telemetry = worker.handle().new_telemetry(endpoints);
	Ok(Some((worker, telemetry)))
}

/// Where the commands of a node keep compiled runtimes unless they are told another folder.
pub fn compiled_runtimes(config: &Configuration) -> PathBuf {
	config.base_path.path().join("compiled-runtimes")
}

/// The executor that the configuration asks for. It keeps what it compiles in the folder `compiled`, if
/// there is one: compiling a runtime takes far longer than the rest of a start.
fn executor(config: &Configuration, compiled: Option<&Path>) -> Result<Executor, ServiceError> {
	let ExecutorConfiguration {
		wasm_method,
		max_runtime_instances,
		default_heap_pages,
		runtime_cache_size,
	} = config.executor;
	let strategy = default_heap_pages.map_or(DEFAULT_HEAP_ALLOC_STRATEGY, |pages| {
		HeapAllocStrategy::Static { extra_pages: pages as u32 }
	});
	let builder = Executor::builder()
		.with_execution_method(wasm_method)
		.with_onchain_heap_alloc_strategy(strategy)
		.with_offchain_heap_alloc_strategy(strategy)
		.with_max_runtime_instances(max_runtime_instances)
		.with_runtime_cache_size(runtime_cache_size);
	let Some(folder) = compiled else { return Ok(builder.build()) };
	let cannot = |error| {
		let folder = folder.display();
		ServiceError::Other(format!("cannot keep compiled runtimes in {folder}: {error}"))
	};
	Ok(builder.with_cache_path(own_folder(folder).map_err(cannot)?).build())
}

/// The absolute path of a folder that nobody else can write to, made if there is none.
fn own_folder(folder: &Path) -> io::Result<PathBuf> {
	DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
	if folder.metadata()?.permissions().mode() & 0o022 != 0 {
		let words = "others can write to it; `chmod go-w` takes that from them";
		return Err(io::Error::new(io::ErrorKind::PermissionDenied, words));
	}
	folder.canonicalize()
}

/// Opens the database and prepares everything short of networking. Compiled runtimes are kept in the
/// folder `compiled`, if there is one.
pub fn parts(config: &Configuration, compiled: Option<&Path>) -> Result<Parts, ServiceError> {
	let telemetry = start_telemetry(config)?;
	let executor = executor(config, compiled)?;
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts::<Block, RuntimeApi, Executor>(
			config,
			telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
			executor,
			Vec::new(),
		)?;
	let client = Arc::new(client);
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});
	let telemetry_handle = telemetry.as_ref().map(|telemetry| telemetry.handle());
	let select_chain = SelectChain::new(backend.clone());
	let transaction_pool = Arc::from(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);
	let (block_import, link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry_handle.clone(),
	)?;
	let slot_client = client.clone();
	let import_queue =
		sc_consensus_aura::import_queue::<AuthorityPair, _, _, _, _, _>(ImportQueueParams {
			block_import: block_import.clone(),
			justification_import: Some(Box::new(block_import.clone())),
			client: client.clone(),
			create_inherent_data_providers: move |parent, ()| {
				let client = slot_client.clone();
				async move {
					let slot = sc_consensus_aura::standalone::slot_duration_at(&*client, parent)?;
					Ok(inherents_now(slot))
				}
			},
			spawner: &task_manager.spawn_essential_handle(),
			registry: config.prometheus_registry(),
			check_for_equivocation: Default::default(),
			telemetry: telemetry_handle,
			compatibility_mode: Default::default(),
		})?;

	Ok(PartialComponents {
		client,
		backend,
		task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: ConsensusParts { block_import, link, telemetry },
	})
}

/// Starts a node that runs until its task manager is dropped.
///
/// `ribp` becomes the offchain worker's setting, whatever that was before. Compiled runtimes are kept in
/// the folder `compiled`, if there is one.
pub fn start<N: NetworkBackend<Block, Hash>>(
	config: Configuration,
	ribp: &ribp_service::Options,
	compiled: Option<&Path>,
) -> Result<TaskManager, ServiceError> {
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: ConsensusParts { block_import, link, mut telemetry },
	} = parts(&config, compiled)?;

	let ribp = Ribp::new(ribp, client.clone(), backend.clone())?;
	let genesis = client.chain_info().genesis_hash;

	let mut net_config = FullNetworkConfiguration::<Block, Hash, N>::new(
		&config.network,
		config.prometheus_registry().cloned(),
	);
	let metrics = N::register_notification_metrics(config.prometheus_registry());
	let protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (grandpa_config, notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
		protocol.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(grandpa_config);
	let warp_sync = sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		link.shared_authority_set().clone(),
		Vec::new(),
	);
	let (network, system_rpc_tx, tx_handler_controller, sync, _) =
		sc_service::build_network(BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp_sync))),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let voter_state = SharedVoterState::empty();
	let rpc_deps = rpc::Deps {
		client: client.clone(),
		pool: transaction_pool.clone(),
		grandpa: rpc::GrandpaDeps {
			voter_state: voter_state.clone(),
			authority_set: link.shared_authority_set().clone(),
			justifications: link.justification_stream(),
			finality_proofs: FinalityProofProvider::new_for_service(
				backend.clone(),
				Some(link.shared_authority_set().clone()),
			),
		},
		ribp: ribp.clone(),
	};
	let consensus = Consensus {
		role: config.role,
		force_authoring: config.force_authoring,
		name: config.network.node_name.clone(),
		registry: config.prometheus_registry().cloned(),
		telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
		client: client.clone(),
		pool: transaction_pool.clone(),
		keystore: keystore_container.keystore(),
		sync: sync.clone(),
	};
	let votes = !config.disable_grandpa;
	let has_workers = config.offchain_worker.enabled;
	let rpc_handlers = sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client: client.clone(),
		backend: backend.clone(),
		task_manager: &mut task_manager,
		keystore: keystore_container.keystore(),
		transaction_pool: transaction_pool.clone(),
		rpc_builder: Box::new(move |executor| {
			rpc::methods(rpc_deps.clone(), executor).map_err(Into::into)
		}),
		network: network.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync,
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	ribp.start(&task_manager, &rpc_handlers, consensus.registry.as_ref());
	if has_workers {
		let workers = OffchainWorkers::new(OffchainWorkerOptions {
			runtime_api_provider: client.clone(),
			keystore: Some(keystore_container.keystore()),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool)),
			network_provider: Arc::new(network.clone()),
			is_validator: consensus.role.is_authority(),
			enable_http_requests: true,
			custom_extensions: |_| Vec::new(),
		})?;
		task_manager.spawn_handle().spawn(
			"offchain-workers-runner",
			"offchain-worker",
			workers.run(client, task_manager.spawn_handle()).boxed(),
		);
	}

	if consensus.role.is_authority() {
		consensus.author(&task_manager, block_import, select_chain)?;
	}
	if votes {
		let voter = Voter { link, network, notifications, protocol, state: voter_state };
		consensus.finalize(&task_manager, voter)?;
	}
	Ok(task_manager)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::fs;

	#[test]
	fn a_folder_that_others_can_write_to_keeps_no_code() {
		let folder = std::env::temp_dir().join(format!("ribp-folder-{}", std::process::id()));
		let path = own_folder(&folder).unwrap();
		assert!(path.is_absolute());
		assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
		fs::set_permissions(&path, fs::Permissions::from_mode(0o770)).unwrap();
		let refused = own_folder(&folder).unwrap_err().to_string();
		fs::remove_dir(&path).unwrap();
		assert!(refused.contains("others can write to it"), "{refused}");
	}
}
