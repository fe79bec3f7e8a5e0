//! What was registered a short while ago: it is the likeliest to move, however much waits besides.
//!
//! Every node notes what each block registers, whoever has made it: that costs what has changed.

use super::{due::Due, survey::Wanted};
use crate::{contracts::entry::Pair, Config, ContractId, Event, Height, SystemId};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::{Decode, Encode};
use sp_runtime::offchain::storage::StorageValueRef;

/// Blocks for which a contract is fresh.
const FRESH_FOR: Height = 64;

/// Fresh contracts of a system that are kept; the newest make the others go.
pub(crate) const KEPT: usize = 1_024;

/// The fresh contracts of a system, those that are looked at next first. Local to the node: a hint.
#[derive(Default, Encode, Decode)]
pub(super) struct Fresh(Vec<(ContractId, Height)>);

fn key(system: SystemId) -> Vec<u8> {
	(b"ribp/fresh", system).encode()
}

/// Notes what block `now` has registered.
pub(super) fn note<T: Config>(now: Height) {
	let own = crate::Pallet::<T>::own_system();
	let mut new = BTreeMap::<SystemId, Vec<_>>::new();
	for record in frame_system::Pallet::<T>::read_events_no_consensus() {
		if let Ok(Event::<T>::Registered { id, contract, .. }) = record.event.try_into() {
			let Some(terms) = contract.terms(own) else { continue };
			new.entry(terms.peer.system).or_default().push((terms.own.expiry, id));
		}
	}
	for (system, new) in new {
		Due::note(system, new.iter().map(|(expiry, id)| (*expiry, *id)));
		let mut new: Vec<_> = new.into_iter().map(|(_, id)| (id, now)).collect();
		new.reverse();
		let mut fresh = Fresh::of(system);
		fresh.0.retain(|(id, _)| new.iter().all(|(other, _)| other != id));
		new.append(&mut fresh.0);
		new.truncate(KEPT);
		fresh.0 = new;
		fresh.keep(system);
	}
}

impl Fresh {
	/// What this node has noted of a system.
	pub fn of(system: SystemId) -> Self {
		StorageValueRef::persistent(&key(system)).get().ok().flatten().unwrap_or_default()
	}

	fn keep(&self, system: SystemId) {
		StorageValueRef::persistent(&key(system)).set(self);
	}

	/// The next ones, no more than `most`, that are there and that `could_move`. The others of them are not fresh
	/// any more.
	pub fn next<T: Config>(
		pair: Pair,
		most: u32,
		now: Height,
		could_move: impl Fn(&Wanted<T>) -> bool,
	) -> Vec<Wanted<T>> {
		let mut fresh = Self::of(pair.peer);
		let before = fresh.0.len();
		// What is from a longer, abandoned chain is not fresh either.
		fresh.0.retain(|(_, at)| *at <= now && now - at < FRESH_FOR);
		let mut rest = fresh.0.split_off(fresh.0.len().min(most as usize));
		let mut next = Vec::with_capacity(fresh.0.len());
		fresh.0.retain(|(id, _)| {
			let leg = pair.find::<T>(id).map(|entry| (*id, entry)).filter(&could_move);
			let stays = leg.is_some();
			next.extend(leg);
			stays
		});
		fresh.0.append(&mut rest);
		if fresh.0.len() != before {
			fresh.keep(pair.peer);
		}
		next
	}

	/// These have had their turn, and have the next one after all others.
	pub fn pass(system: SystemId, ids: &[ContractId]) {
		let (mut passed, mut left): (Vec<_>, Vec<_>) =
			Self::of(system).0.into_iter().partition(|(id, _)| ids.contains(id));
		if passed.is_empty() {
			return;
		}
		left.append(&mut passed);
		Self(left).keep(system);
	}
}
