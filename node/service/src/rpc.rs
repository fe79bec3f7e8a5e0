//! The RPC methods.

use jsonrpsee::{
	core::RegisterMethodError,
	types::{ErrorObjectOwned, Params},
	RpcModule,
};
use sp_core::H256;
use std::sync::Arc;

use crate::monitor::Monitor;

/// How the own chain stands with all others, and what this node's worker does about it. No parameters.
pub const STATUS: &str = "ribp_status";
/// The contracts that have not ended, and why they do not move. Parameters, both optional: the other chain, and
/// how many at most.
pub const PENDING: &str = "ribp_pending";

/// How many contracts are told if nothing is said.
const DEFAULT_PENDING: u32 = 1_000;
/// The code of an answer that the own chain does not give.
const UNAVAILABLE: i32 = 9_100;

/// Both methods.
pub fn methods(monitor: Arc<Monitor>) -> Result<RpcModule<()>, RegisterMethodError> {
	let mut module = RpcModule::new(monitor);
	module
		.register_blocking_method(STATUS, |_, monitor, _| monitor.status().map_err(unavailable))?;
	module.register_blocking_method(PENDING, |params, monitor, _| {
		let (of, most) = selection(&params)?;
		monitor.pending(of, most).map_err(unavailable)
	})?;
	let mut methods = RpcModule::new(());
	methods.merge(module)?;
	Ok(methods)
}

fn selection(params: &Params) -> Result<(Option<H256>, u32), ErrorObjectOwned> {
	let mut params = params.sequence();
	let of = params.optional_next::<H256>()?;
	let most = params.optional_next::<u32>()?;
	Ok((of, most.unwrap_or(DEFAULT_PENDING)))
}

fn unavailable(reason: String) -> ErrorObjectOwned {
	ErrorObjectOwned::owned(UNAVAILABLE, reason, None::<()>)
}
