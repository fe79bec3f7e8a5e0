//! RPC methods beside those that every node serves.

use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use ribp_runtime::{opaque::Block, BlockNumber, Hash};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sp_core::traits::SpawnNamed;
use std::{error::Error, sync::Arc};
use substrate_frame_rpc_system::{System, SystemApiServer};

use crate::service::{FullBackend, FullClient, Pool, Ribp};

/// What the `grandpa_*` methods read.
#[derive(Clone)]
pub struct GrandpaDeps {
	/// State of the current round.
	pub voter_state: SharedVoterState,
	/// Authorities, current and past.
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	/// Justifications as they come.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proofs of finalized blocks.
	pub finality_proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// What the methods read.
#[derive(Clone)]
pub struct Deps {
	/// The client.
	pub client: Arc<FullClient>,
	/// The transaction pool.
	pub pool: Arc<Pool>,
	/// GRANDPA.
	pub grandpa: GrandpaDeps,
	/// Exchanges with other chains.
	pub ribp: Ribp,
}

/// All methods, ready to be served; subscriptions run on `executor`.
pub fn methods(
	deps: Deps,
	executor: Arc<dyn SpawnNamed>,
) -> Result<RpcModule<()>, Box<dyn Error + Send + Sync>> {
	let Deps { client, pool, grandpa, ribp } = deps;
	let mut module = RpcModule::new(());
	module.merge(System::new(client.clone(), pool).into_rpc())?;
	module.merge(TransactionPayment::new(client).into_rpc())?;
	module.merge(
		Grandpa::new(
			executor,
			grandpa.authority_set,
			grandpa.voter_state,
			grandpa.justifications,
			grandpa.finality_proofs,
		)
		.into_rpc(),
	)?;
	module.merge(ribp.rpc()?)?;
	Ok(module)
}
