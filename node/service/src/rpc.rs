//! The RPC methods. They are for who runs the node: each costs a walk over what waits, and names the hosts of
//! the node's endpoints. Who is not trusted with unsafe methods (`--rpc-methods`) is refused.

use jsonrpsee::{
	core::RegisterMethodError,
	types::{ErrorObjectOwned, Params},
	RpcModule,
};
use sc_rpc_api::check_if_safe;
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
	module.register_blocking_method(STATUS, |_, monitor, caller| {
		check_if_safe(&caller)?;
		monitor.status().map_err(unavailable)
	})?;
	module.register_blocking_method(PENDING, |params, monitor, caller| {
		check_if_safe(&caller)?;
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

#[cfg(test)]
mod tests {
	use super::*;
	use crate::monitor::tests::Fake;
	use jsonrpsee::core::EmptyServerParams;
	use sc_rpc_api::DenyUnsafe;
	use serde_json::Value;

	/// Whether a caller who may call unsafe methods, or not, gets an answer.
	fn is_answered(method: &str, unsafe_methods: DenyUnsafe) -> bool {
		let (_, monitor) = Fake::with(Vec::new());
		let mut module = methods(Arc::new(monitor)).unwrap();
		module.extensions_mut().insert(unsafe_methods);
		let runtime = tokio::runtime::Runtime::new().unwrap();
		runtime.block_on(module.call::<_, Value>(method, EmptyServerParams::new())).is_ok()
	}

	#[test]
	fn who_may_not_call_unsafe_methods_is_told_nothing() {
		for method in [STATUS, PENDING] {
			assert!(is_answered(method, DenyUnsafe::No));
			assert!(!is_answered(method, DenyUnsafe::Yes));
		}
	}
}
