//! The service: what is started with the node, and read while it runs.

use jsonrpsee::RpcModule;
use ribp_peer::Role;
use ribp_runtime_api::RibpOperatorApi;
use sc_client_api::{Backend, BlockchainEvents, HeaderBackend};
use sc_service::{error::Error as ServiceError, RpcHandlers, TaskManager};
use sp_api::ProvideRuntimeApi;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Zero};
use std::{error::Error, net::SocketAddr, sync::Arc};
use substrate_prometheus_endpoint::Registry;

use crate::{
	chain::{Chain, Local},
	check, metrics,
	monitor::Monitor,
	options::Options,
	peers::{self, Peer},
	rpc, LOG_TARGET,
};

/// What looks after exchanges with other chains, of one node.
pub struct Ribp<Block: BlockT, Client, Back: Backend<Block>> {
	options: Options,
	genesis: H256,
	client: Arc<Client>,
	storage: Back::OffchainStorage,
	monitor: Arc<Monitor>,
}

impl<Block: BlockT, Client, Back: Backend<Block>> Clone for Ribp<Block, Client, Back> {
	fn clone(&self) -> Self {
		Self {
			options: self.options.clone(),
			genesis: self.genesis,
			client: self.client.clone(),
			storage: self.storage.clone(),
			monitor: self.monitor.clone(),
		}
	}
}

impl<Block, Client, Back> Ribp<Block, Client, Back>
where
	Block: BlockT<Hash = H256>,
	Client: ProvideRuntimeApi<Block>
		+ HeaderBackend<Block>
		+ BlockchainEvents<Block>
		+ Send
		+ Sync
		+ 'static,
	Client::Api: RibpOperatorApi<Block>,
	Back: Backend<Block> + 'static,
{
	/// Of a node that was started with these arguments. Nothing runs yet.
	///
	/// # Errors
	/// If the database has no genesis block or no offchain storage.
	pub fn new(
		options: &Options,
		client: Arc<Client>,
		backend: Arc<Back>,
	) -> Result<Self, ServiceError> {
		let lacks = |what: &str| ServiceError::Other(format!("the database has no {what}"));
		let genesis = client.hash(Zero::zero())?.ok_or_else(|| lacks("genesis block"))?;
		let storage = backend.offchain_storage().ok_or_else(|| lacks("offchain storage"))?;
		let chain: Arc<dyn Chain> = Arc::new(Local::<Block, _, _>::new(client.clone(), backend));
		let monitor = Arc::new(Monitor::new(chain, options.ribp));
		Ok(Self { options: options.clone(), genesis, client, storage, monitor })
	}

	/// The methods `ribp_status` and `ribp_pending`, to be merged with the node's own.
	///
	/// # Errors
	/// None that depends on anything.
	pub fn rpc(&self) -> Result<RpcModule<()>, Box<dyn Error + Send + Sync>> {
		Ok(rpc::methods(self.monitor.clone())?)
	}

	/// Writes the worker's settings, whatever they were before, and starts what runs beside the node.
	///
	/// To be called when the RPC server listens, and before the offchain workers are spawned: from its
	/// address the worker learns what its own chain has finalized.
	pub fn start(mut self, tasks: &TaskManager, rpc: &RpcHandlers, registry: Option<&Registry>) {
		let listening = rpc.listen_addresses().iter().filter_map(|at| socket(&at.to_string()));
		let own = Peer::local(self.genesis, listening);
		peers::store(&self.options.ribp_peers, own, &mut self.storage);
		peers::store_role(self.options.ribp, &mut self.storage);
		peers::unlock(&mut self.storage);
		self.say_role();
		if let Some(registry) = registry {
			if let Err(error) = metrics::register(registry, self.monitor.clone()) {
				log::warn!(target: LOG_TARGET, "there are no metrics of exchanges: {error}");
			}
		}
		let blocks = self.client.import_notification_stream();
		let follow = self.monitor.clone().follow(blocks);
		tasks.spawn_handle().spawn_blocking("ribp-monitor", Some("ribp"), follow);
		if self.options.ribp != Role::Off && !self.options.ribp_peers.is_empty() {
			check::at_start(self.options.ribp_peers, &self.monitor);
		}
	}

	fn say_role(&self) {
		let count = self.options.ribp_peers.len();
		match self.options.ribp {
			Role::Off => log::warn!(
				target: LOG_TARGET,
				"off: this node asks no other chain, and tells none; exchanges need others that do",
			),
			role => {
				log::info!(target: LOG_TARGET, "role: {role}, with {count} endpoint(s) of other chains")
			},
		}
	}
}

/// The address in `/ip4/127.0.0.1/tcp/9944`.
fn socket(multiaddress: &str) -> Option<SocketAddr> {
	let mut parts = multiaddress.strip_prefix('/')?.split('/');
	let (_, host) = (parts.next()?, parts.next()?.parse().ok()?);
	let (_, port) = (parts.next().filter(|kind| *kind == "tcp")?, parts.next()?.parse().ok()?);
	Some(SocketAddr::new(host, port))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_address_that_is_listened_on_is_found_in_its_multiaddress() {
		let of = |text| socket(text).map(|at| at.to_string());
		assert_eq!(of("/ip4/127.0.0.1/tcp/9944").unwrap(), "127.0.0.1:9944");
		assert_eq!(of("/ip6/::1/tcp/1").unwrap(), "[::1]:1");
		for other in ["", "/ip4/127.0.0.1", "/ip4/127.0.0.1/udp/9944", "/dns/host/tcp/1"] {
			assert_eq!(of(other), None, "{other}");
		}
	}
}
