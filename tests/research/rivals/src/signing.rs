//! What users sign.

use super::{
	chain::Chain,
	keys::User,
	runtime::{RuntimeCall, MAX_CONTRACTS},
};

/// What users sign for one block: whoever does one thing several times in a row signs once for up to a
/// hundred of them. `join` makes one call of them.
pub fn sign<C: Clone>(
	chain: &Chain,
	calls: &[(&User, C)],
	join: impl Fn(Vec<C>) -> RuntimeCall,
) -> Vec<Vec<u8>> {
	let of_users = calls.chunk_by(|(user, _), (next, _)| user == next);
	let pieces = of_users.flat_map(|calls| calls.chunks(MAX_CONTRACTS as usize).zip(0..));
	let extrinsic = |(piece, earlier): (&[(&User, C)], u32)| {
		let call = join(piece.iter().map(|(_, call)| call.clone()).collect());
		chain.signed(piece[0].0, earlier, call)
	};
	pieces.map(extrinsic).collect()
}

/// One call, or many as one: all of them happen, or none.
pub fn batch(mut calls: Vec<RuntimeCall>) -> RuntimeCall {
	match calls.len() {
		1 => calls.remove(0),
		_ => pallet_utility::Call::batch_all { calls }.into(),
	}
}
