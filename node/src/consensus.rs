//! Authoring blocks with Aura and finalizing them with GRANDPA.

use ribp_runtime::opaque::Block;
use sc_consensus_aura::{SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{GrandpaParams, SharedVoterState};
use sc_network::{service::traits::NetworkService, NotificationService, ProtocolName};
use sc_network_sync::SyncingService;
use sc_service::{error::Error as ServiceError, Role, TaskManager};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::sr25519::AuthorityPair;
use sp_keystore::KeystorePtr;
use std::{sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;

use crate::service::{
	inherents_now, BlockImport, FullClient, Link, Pool, SelectChain, JUSTIFICATION_PERIOD,
};

/// Expected time for a vote to spread; a lone voter takes about four times as long for a round.
const GOSSIP_DURATION: Duration = Duration::from_millis(50);
/// Share of a slot after which the author adds no more transactions.
const PROPOSAL_SHARE: f32 = 2.0 / 3.0;

/// What authoring and finalizing have in common.
pub struct Consensus {
	/// Whether this node takes part or only follows.
	pub role: Role,
	/// Author even without peers.
	pub force_authoring: bool,
	/// Name of the node.
	pub name: String,
	/// Metrics.
	pub registry: Option<Registry>,
	/// Telemetry.
	pub telemetry: Option<TelemetryHandle>,
	/// The client.
	pub client: Arc<FullClient>,
	/// The transaction pool.
	pub pool: Arc<Pool>,
	/// The session keys.
	pub keystore: KeystorePtr,
	/// State of the synchronization with other nodes.
	pub sync: Arc<SyncingService<Block>>,
}

/// What only finalizing needs.
pub struct Voter {
	/// From block import.
	pub link: Link,
	/// The network.
	pub network: Arc<dyn NetworkService>,
	/// Votes of other nodes.
	pub notifications: Box<dyn NotificationService>,
	/// Name of the protocol that carries votes.
	pub protocol: ProtocolName,
	/// State of the round, for RPC.
	pub state: SharedVoterState,
}

impl Consensus {
	/// Makes a block in every slot that is ours. The node ends when this task does.
	pub fn author(
		&self,
		tasks: &TaskManager,
		block_import: BlockImport,
		select_chain: SelectChain,
	) -> Result<(), ServiceError> {
		let slot_duration = sc_consensus_aura::slot_duration(&*self.client)?;
		let proposer_factory = sc_basic_authorship::ProposerFactory::new(
			tasks.spawn_handle(),
			self.client.clone(),
			self.pool.clone(),
			self.registry.as_ref(),
			self.telemetry.clone(),
		);
		let aura = sc_consensus_aura::start_aura::<AuthorityPair, _, _, _, _, _, _, _, _, _, _>(
			StartAuraParams {
				slot_duration,
				client: self.client.clone(),
				select_chain,
				block_import,
				proposer_factory,
				create_inherent_data_providers: move |_, ()| async move {
					Ok(inherents_now(slot_duration))
				},
				force_authoring: self.force_authoring,
				backoff_authoring_blocks: None::<()>,
				keystore: self.keystore.clone(),
				sync_oracle: self.sync.clone(),
				justification_sync_link: self.sync.clone(),
				block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SHARE),
				max_block_proposal_slot_portion: Some(SlotProportion::new(PROPOSAL_SHARE)),
				telemetry: self.telemetry.clone(),
				compatibility_mode: Default::default(),
			},
		)?;
		tasks.spawn_essential_handle().spawn_blocking("aura", Some("block-authoring"), aura);
		Ok(())
	}

	/// Votes, or follows the votes of others without a key. The node ends when this task does.
	///
	/// No voting rule holds votes back: the newest block is voted for at once.
	pub fn finalize(self, tasks: &TaskManager, voter: Voter) -> Result<(), ServiceError> {
		let keystore = self.role.is_authority().then_some(self.keystore);
		let grandpa = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
			config: sc_consensus_grandpa::Config {
				gossip_duration: GOSSIP_DURATION,
				justification_generation_period: JUSTIFICATION_PERIOD,
				observer_enabled: false,
				local_role: self.role,
				name: Some(self.name),
				keystore,
				telemetry: self.telemetry.clone(),
				protocol_name: voter.protocol,
			},
			link: voter.link,
			network: voter.network,
			sync: self.sync,
			notification_service: voter.notifications,
			voting_rule: (),
			prometheus_registry: self.registry,
			shared_voter_state: voter.state,
			telemetry: self.telemetry,
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(self.pool),
		})?;
		tasks.spawn_essential_handle().spawn_blocking("grandpa-voter", None, grandpa);
		Ok(())
	}
}
