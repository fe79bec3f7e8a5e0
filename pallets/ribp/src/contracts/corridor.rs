//! What a chain says of all its contracts with another one, and the sweeping of those that have ended.
//!
//! A leg is needed until the peer says that all of the contracts that expire here in its epoch have ended there
//! ([`Corridor::through`](ribp_protocol::Corridor::through)), and for another [`Config::Retention`]: should the peer turn out to have
//! another history, its legs there are judged by what is here. Legs that are still open then are
//! swept as soon as they end; they stop no others.

use super::entry::size;
use crate::{
	chains::systems::ensure_active, BalanceOf, Config, ContractId, Corridors, EntryOf, Epoch,
	Error, Heard, Height, Lane, LastSwept, Legs, OpenHere, OpenLegs, Pallet, System, SystemId,
	Systems, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced,
	},
	weights::Weight,
};
use ribp_protocol::{BlockTimes, Own, Terms, EPOCH_BLOCKS};
use sp_core::H256;
use sp_runtime::traits::{Saturating, Zero};

/// Bytes of a key: two hashes of names, a system, an epoch and a contract.
pub(crate) const KEY: usize = 16 + 16 + 32 + 4 + 32;

/// How many epochs of a system are looked at in one block.
pub(crate) const MAX_EPOCHS: u32 = EPOCH_BLOCKS;

/// Byte-blocks in the unit by which rent is counted.
const RENT_UNIT: u32 = 1 << 20;

impl Heard {
	/// Whether the branch that is followed says so, too.
	fn is_said(&self, record: &System) -> bool {
		self.relied.is_on(record.branch())
	}
}

impl Lane {
	/// The epoch up to which the peer said long ago that all contracts have ended.
	fn matured(&self, record: &System, Own(now): Own, retention: Height) -> Epoch {
		let is_old = |heard: &Heard| now >= heard.relied.since.saturating_add(retention);
		let both = self.heard.iter().chain(&self.ripening);
		let old = both.filter(|heard| is_old(heard) && heard.is_said(record));
		old.map(|heard| heard.through).max().unwrap_or_default()
	}

	/// Whether it is worth remembering that the peer says this: something is there that it could help to
	/// sweep, and nothing newer waits for its time.
	pub(crate) fn is_news(
		&self,
		through: Epoch,
		record: &System,
		now: Own,
		retention: Height,
	) -> bool {
		let ripens = self.ripening.as_ref().is_some_and(|heard| {
			heard.is_said(record) && now.0 < heard.relied.since.saturating_add(retention)
		});
		self.entries > 0 && !ripens && through > self.matured(record, now, retention)
	}

	/// Whether a leg would have been swept, had it ended earlier.
	fn has_swept(&self, epoch: Epoch) -> bool {
		epoch < self.sweeping || (epoch == self.sweeping && self.after.is_some())
	}

	/// Whether a leg goes that ends now: the others of its epoch were swept without it, and the branch that is
	/// followed needs it no more. If it stays, its epoch is swept once more.
	pub(crate) fn goes(
		&mut self,
		epoch: Epoch,
		record: &System,
		now: Own,
		retention: Height,
	) -> bool {
		if !self.has_swept(epoch) {
			return false;
		}
		let goes = epoch < self.matured(record, now, retention);
		if !goes {
			(self.sweeping, self.after) = (epoch, None);
		}
		goes
	}

	/// A leg is not there any more.
	pub(crate) fn forget(&mut self, epoch: Epoch) {
		self.entries = self.entries.saturating_sub(1);
		self.said.swept = self.said.swept.max(epoch.next());
	}

	/// Remembers what the peer says.
	pub(crate) fn hear(&mut self, heard: Heard, record: &System) {
		if let Some(before) = self.ripening.replace(heard).filter(|heard| heard.is_said(record)) {
			self.heard = Some(before);
		}
	}
}

/// Takes the rent of a leg. Nobody gets it back.
pub(crate) fn charge<T: Config>(who: &T::AccountId, rent: BalanceOf<T>) -> Result<(), Error<T>> {
	if rent.is_zero() {
		return Ok(());
	}
	let (exact, polite) = (Precision::Exact, Fortitude::Polite);
	let credit = T::Currency::withdraw(who, rent, exact, Preservation::Preserve, polite)
		.map_err(|_| Error::<T>::InsufficientFee)?;
	T::FeeDestination::on_unbalanced(credit);
	Ok(())
}

/// What a leg costs that moves so many items: by its size, for as long as it may stay, and the more, the
/// fuller the list is. Of the peer is known up to which height, and how fast it is.
pub(crate) fn rent<T: Config>(
	lane: &Lane,
	terms: &Terms,
	items: u32,
	Own(now): Own,
	(known, times): (Height, BlockTimes),
) -> BalanceOf<T> {
	let (own, peer) = (terms.own.expiry, terms.peer.expiry);
	let there = times.own_blocks(peer.saturating_sub(known));
	let lifetime = own.saturating_sub(now).max(there);
	let blocks = lifetime.saturating_add(EPOCH_BLOCKS).saturating_add(T::Retention::get());
	let rent =
		T::StorageRent::get().saturating_mul(size::<T>(items).into()).saturating_mul(blocks.into())
			/ RENT_UNIT.into();
	let most = T::MaxEntries::get();
	let free = most.saturating_sub(lane.entries).max(1);
	T::RegistrationFee::get().saturating_add(rent).saturating_mul(most.max(1).into()) / free.into()
}

/// One more leg, which is open.
pub(crate) fn enlist<T: Config>(lane: &mut Lane, terms: &Terms) -> Result<(), Error<T>> {
	let (peer, epoch) = (terms.peer.system, Epoch::of(terms.peer.expiry));
	ensure!(epoch >= lane.said.through, Error::<T>::EpochClosed);
	ensure!(lane.entries < T::MaxEntries::get(), Error::<T>::TooManyEntries);
	lane.entries = lane.entries.saturating_add(1);
	lane.open = lane.open.saturating_add(1);
	let more = |open: &mut u32| *open = open.saturating_add(1);
	OpenLegs::<T>::mutate(peer, epoch, more);
	OpenHere::<T>::mutate(peer, Epoch::of(terms.own.expiry), more);
	Ok(())
}

/// A leg has ended.
pub(crate) fn discharge<T: Config>(lane: &mut Lane, terms: &Terms) {
	let peer = terms.peer.system;
	lane.open = lane.open.saturating_sub(1);
	let less = |open: &mut Option<u32>| {
		*open = open.map(|open| open.saturating_sub(1)).filter(|open| *open > 0);
	};
	OpenLegs::<T>::mutate_exists(peer, Epoch::of(terms.peer.expiry), less);
	OpenHere::<T>::mutate_exists(peer, Epoch::of(terms.own.expiry), less);
}

/// The corridor with a chain that was not known, or is known again. What was never there is not swept: it stays
/// absent, and undoes what the peer has committed.
pub(crate) fn begin<T: Config>(system: SystemId, known: Height) {
	Corridors::<T>::mutate(system, |lane| {
		lane.said.through = lane.said.through.max(Epoch::of(known));
		// What was heard was said by a history that nobody has related to this one.
		(lane.heard, lane.ripening) = (None, None);
		if lane.entries == 0 {
			let now = Epoch::of(Pallet::<T>::now().0);
			(lane.sweeping, lane.after) = (lane.sweeping.max(now), None);
		}
	});
}

/// In each block, brings what is said of one system up to date, and sweeps. Returns what that weighs.
pub(crate) fn tend<T: Config>(now: Own) -> Weight {
	let next = |after: Option<SystemId>| match after {
		Some(last) => Systems::<T>::iter_keys_from(Systems::<T>::hashed_key_for(last)).next(),
		None => Systems::<T>::iter_keys().next(),
	};
	let last = LastSwept::<T>::get();
	let Some(system) = next(last).or_else(|| last.and_then(|_| next(None))) else {
		return T::WeightInfo::on_initialize(0);
	};
	if last != Some(system) {
		LastSwept::<T>::put(system);
	}
	let Some(record) = Systems::<T>::get(system).filter(|known| ensure_active::<T>(known).is_ok())
	else {
		return T::WeightInfo::on_initialize(0);
	};
	let lane = Corridors::<T>::get(system);
	let mut next = lane.clone();
	let is_open = |epoch| OpenLegs::<T>::contains_key(system, epoch);
	next.said.through = lane.said.rises(record.known(), lane.open, MAX_EPOCHS, is_open);
	let swept = sweep::<T>(system, &mut next, &record, now);
	if next != lane {
		Corridors::<T>::insert(system, next);
	}
	T::WeightInfo::on_initialize(swept)
}

/// Removes what nobody asks about any more, a bounded number of legs. Returns how many were looked at.
fn sweep<T: Config>(system: SystemId, lane: &mut Lane, record: &System, now: Own) -> u32 {
	let matured = lane.matured(record, now, T::Retention::get());
	// An epoch is over when its last block is.
	let limit = matured.min(Epoch::of(now.0));
	if lane.entries == 0 {
		lane.said.swept = lane.said.swept.max(limit);
		(lane.sweeping, lane.after) = (lane.sweeping.max(limit), None);
		return 0;
	}
	let most = T::MaxSweptPerBlock::get();
	let mut left = most;
	while left > 0 && lane.sweeping < limit {
		let epoch = lane.sweeping;
		// Said before the first one is gone.
		lane.said.swept = lane.said.swept.max(epoch.next());
		let some = legs_after::<T>(system, lane, left);
		let is_done = some.len() < left as usize;
		for (hash, found) in &some {
			left = left.saturating_sub(1);
			let Found::Ended(id) = found else { continue };
			Legs::<T>::remove((system, epoch, hash));
			if let Some(id) = id {
				Pallet::<T>::forget_resolution(system, *id, lane);
			}
			lane.forget(epoch);
		}
		lane.after = some.last().map(|(hash, _)| *hash).or(lane.after);
		if is_done {
			// Looking at an epoch costs, too.
			left = left.saturating_sub(1);
			(lane.sweeping, lane.after) = (epoch.next(), None);
		}
	}
	most.saturating_sub(left)
}

/// What is found of a leg that is to be swept.
enum Found {
	Open,
	/// Of this contract, where that was read.
	Ended(Option<ContractId>),
}

/// The first legs of the epoch that is swept, after the last one that was looked at.
fn legs_after<T: Config>(system: SystemId, lane: &Lane, most: u32) -> Vec<(H256, Found)> {
	let (at, most) = ((system, lane.sweeping), most as usize);
	let after = lane.after.map(|hash| Legs::<T>::hashed_key_for((system, lane.sweeping, hash)));
	// A leg is large, and so is the proof of having read it.
	if lane.announced == 0 && !OpenHere::<T>::contains_key(system, lane.sweeping) {
		let rest = match after {
			Some(key) => Legs::<T>::iter_key_prefix_from(at, key),
			None => Legs::<T>::iter_key_prefix(at),
		};
		return rest.take(most).map(|hash| (hash, Found::Ended(None))).collect();
	}
	let rest = match after {
		Some(key) => Legs::<T>::iter_prefix_from(at, key),
		None => Legs::<T>::iter_prefix(at),
	};
	let found = |hash, entry: EntryOf<T>| match entry.stage.has_ended() {
		true => Found::Ended(Some(ContractId { epochs: entry.contract.epochs(), hash })),
		false => Found::Open,
	};
	rest.take(most).map(|(hash, entry)| (hash, found(hash, entry))).collect()
}
