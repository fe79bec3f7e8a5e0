//! When what was registered here expires: what is due is looked up, however much else waits.
//!
//! Every node notes what each block registers. A hint, local to the node: what it has not seen, and what
//! ends by time in another way, the walk comes upon ([`super::walk`]).

use super::survey::Wanted;
use crate::{contracts::entry::Pair, Config, ContractId, Height, SystemId};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use ribp_protocol::Own;
use sp_runtime::offchain::storage::StorageValueRef;

/// Contracts of a system that are kept; those that expire last go for others.
const KEPT: usize = 1_024;

/// Contracts of a system with their own expiries, the soonest first.
#[derive(Default, Encode, Decode)]
pub(super) struct Due(Vec<(Height, ContractId)>);

fn key(system: SystemId) -> Vec<u8> {
	(b"ribp/due", system).encode()
}

impl Due {
	fn of(system: SystemId) -> Self {
		StorageValueRef::persistent(&key(system)).get().ok().flatten().unwrap_or_default()
	}

	fn keep(&self, system: SystemId) {
		StorageValueRef::persistent(&key(system)).set(self);
	}

	/// Notes contracts of a system with their own expiries.
	pub fn note(system: SystemId, new: impl Iterator<Item = (Height, ContractId)>) {
		let mut due = Self::of(system);
		due.0.extend(new);
		due.0.sort();
		due.0.dedup();
		due.0.truncate(KEPT);
		due.keep(system);
	}

	/// The contracts whose expiry is over in the block `next` and that end by it, no more than `most`. The
	/// others of them are forgotten.
	pub fn next<T: Config>(
		pair: Pair,
		next: Own,
		most: u32,
		ends: impl Fn(&Wanted<T>) -> bool,
	) -> Vec<Wanted<T>> {
		let mut due = Self::of(pair.peer);
		let over = due.0.partition_point(|(expiry, _)| *expiry < next.0).min(most as usize);
		let mut found = Vec::with_capacity(over);
		let mut rest = due.0.split_off(over);
		due.0.retain(|(_, id)| {
			let leg = pair.find::<T>(id).map(|entry| (*id, entry)).filter(&ends);
			let stays = leg.is_some();
			found.extend(leg);
			stays
		});
		if due.0.len() < over {
			due.0.append(&mut rest);
			due.keep(pair.peer);
		}
		found
	}
}
