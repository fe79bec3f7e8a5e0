//! What this crate reads of the node that it is part of.

use pallet_ribp::{Overview, PendingPage, Place, SystemId};
use ribp_runtime_api::RibpOperatorApi;
use sc_client_api::{Backend, HeaderBackend};
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_core::offchain::{OffchainStorage, STORAGE_PREFIX};
use sp_runtime::traits::Block as BlockT;
use std::{marker::PhantomData, sync::Arc};

/// The own chain, by the state of the node's best block, and what the node's offchain worker has kept.
pub trait Chain: Send + Sync {
	/// How it stands with all others. Fails where its runtime does not tell.
	fn overview(&self) -> Result<Overview, String>;

	/// Contracts that have not ended, of the legs after a place.
	fn pending(
		&self,
		system: SystemId,
		after: Option<Place>,
		most: u32,
	) -> Result<PendingPage, String>;

	/// What the worker has kept under a key.
	fn kept(&self, key: &[u8]) -> Option<Vec<u8>>;
}

/// That of a node whose parts these are.
pub struct Local<Block, Client, Back> {
	client: Arc<Client>,
	backend: Arc<Back>,
	_block: PhantomData<fn() -> Block>,
}

impl<Block, Client, Back> Local<Block, Client, Back>
where
	Block: BlockT,
	Client: ProvideRuntimeApi<Block> + HeaderBackend<Block>,
	Client::Api: RibpOperatorApi<Block>,
{
	/// Of these parts.
	pub fn new(client: Arc<Client>, backend: Arc<Back>) -> Self {
		Self { client, backend, _block: PhantomData }
	}

	/// What the API answers at the best block.
	fn ask<R>(
		&self,
		question: impl FnOnce(&Client::Api, Block::Hash) -> Result<R, sp_api::ApiError>,
	) -> Result<R, String> {
		let best = self.client.info().best_hash;
		let api = self.client.runtime_api();
		match api.has_api::<dyn RibpOperatorApi<Block>>(best) {
			Ok(true) => question(&api, best).map_err(|error| error.to_string()),
			Ok(false) => Err("the chain's runtime has no RibpOperatorApi".into()),
			Err(error) => Err(error.to_string()),
		}
	}
}

impl<Block, Client, Back> Chain for Local<Block, Client, Back>
where
	Block: BlockT,
	Client: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync,
	Client::Api: RibpOperatorApi<Block>,
	Back: Backend<Block>,
{
	fn overview(&self) -> Result<Overview, String> {
		self.ask(|api, best| api.overview(best))
	}

	fn pending(
		&self,
		system: SystemId,
		after: Option<Place>,
		most: u32,
	) -> Result<PendingPage, String> {
		self.ask(|api, best| api.pending(best, system, after, most))
	}

	fn kept(&self, key: &[u8]) -> Option<Vec<u8>> {
		self.backend.offchain_storage()?.get(STORAGE_PREFIX, key)
	}
}
