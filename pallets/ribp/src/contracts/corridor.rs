//! What a chain says of all its contracts with another one, and the sweeping of those that have ended.
//!
//! A leg is needed until the peer says that all of the contracts that expire here in its epoch have ended there
//! ([`Corridor::through`](ribp_protocol::Corridor::through)), and for another [`Config::Retention`]: should the peer turn out to have
//! another history, its legs there are judged by what is here. Legs that are still open then are
//! swept as soon as they end; they stop no others. Nor does an epoch of which the peer does not say so yet
//! stop those after it.

use super::entry::size;
use crate::{
	chains::systems::ensure_active, BalanceOf, Config, ContractId, Corridors, EntryOf, Epoch,
	EpochSet, Error, Heard, Height, Lane, LastSwept, Legs, OpenHere, OpenLegs, Pallet, System,
	SystemId, Systems, Underway, WeightInfo,
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
	/// What the branch that is followed has said, oldest first.
	fn sayings<'a>(&'a self, record: &'a System) -> impl Iterator<Item = &'a Heard> {
		self.heard.iter().chain(&self.ripening).filter(|heard| heard.is_said(record))
	}

	/// The epochs of which the peer said long ago that all contracts have ended.
	fn matured(&self, record: &System, Own(now): Own, retention: Height) -> EpochSet {
		let is_old = |heard: &&Heard| now >= heard.relied.since.saturating_add(retention);
		let mut matured = EpochSet::default();
		self.sayings(record).filter(is_old).for_each(|heard| matured.unite(&heard.through));
		matured
	}

	/// Whether it is worth remembering that the peer says this: something is there that it could help to
	/// sweep, and nothing newer waits for its time.
	pub(crate) fn is_news(&self, heard: &Heard, record: &System, retention: Height) -> bool {
		let now = Own(heard.relied.since);
		let ripens = self.ripening.as_ref().is_some_and(|before| {
			before.is_said(record) && now.0 < before.relied.since.saturating_add(retention)
		});
		let is_new = || !self.matured(record, now, retention).includes(&heard.through);
		self.entries > 0 && !ripens && self.keeps_word(heard, record) && is_new()
	}

	/// Whether the peer says again all that it has said in older blocks.
	pub(crate) fn keeps_word(&self, heard: &Heard, record: &System) -> bool {
		let mut older =
			self.sayings(record).filter(|before| before.relied.height <= heard.relied.height);
		older.all(|before| heard.through.includes(&before.through))
	}

	/// Whether a leg would have been swept, had it ended earlier.
	fn has_swept(&self, epoch: Epoch) -> bool {
		self.done.contains(epoch) || self.underway.is_some_and(|at| at.epoch == epoch)
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
		let goes = self.matured(record, now, retention).contains(epoch);
		if !goes {
			self.done.remove(epoch);
			self.underway = self.underway.filter(|at| at.epoch != epoch);
		}
		goes
	}

	/// A leg is not there any more.
	pub(crate) fn forget(&mut self, epoch: Epoch) {
		self.entries = self.entries.saturating_sub(1);
		self.said.swept.cover(epoch);
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
	ensure!(!lane.said.through.contains(epoch), Error::<T>::EpochClosed);
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
		lane.said.through.unite(&EpochSet::before(Epoch::of(known)));
		// What was heard was said by a history that nobody has related to this one.
		(lane.heard, lane.ripening) = (None, None);
		if lane.entries == 0 {
			lane.done.unite(&EpochSet::before(Epoch::of(Pallet::<T>::now().0)));
			lane.underway = None;
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
	next.said.through = lane.said.grows(record.known(), lane.open, MAX_EPOCHS, is_open);
	let swept = sweep::<T>(system, &mut next, &record, now);
	let asked = lane.said.through.gaps().len().max(next.said.through.gaps().len());
	if next != lane {
		Corridors::<T>::insert(system, next);
	}
	weight_of_tending::<T>(swept, asked as u32)
}

/// What it weighs to look at so many legs that may be swept, and to ask whether any leg is open in so many
/// epochs more than are measured.
pub(crate) fn weight_of_tending<T: Config>(legs: u32, epochs: u32) -> Weight {
	T::WeightInfo::on_initialize(legs).saturating_add(T::DbWeight::get().reads(epochs.into()))
}

/// Removes what nobody asks about any more, a bounded number of legs. Returns how many were looked at.
fn sweep<T: Config>(system: SystemId, lane: &mut Lane, record: &System, now: Own) -> u32 {
	let matured = lane.matured(record, now, T::Retention::get());
	// An epoch is over when its last block is.
	let due = matured.up_to(Epoch::of(now.0));
	if lane.entries == 0 {
		lane.said.swept.unite(&due);
		lane.done.unite(&due);
		lane.underway = None;
		return 0;
	}
	let most = T::MaxSweptPerBlock::get();
	let mut left = most;
	while left > 0 {
		let Some(epoch) = due.first_beyond(&lane.done) else { break };
		let passed = due.up_to(epoch.next());
		// Said before the first one is gone.
		lane.said.swept.unite(&passed);
		let some = legs_after::<T>(system, lane, epoch, left);
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
		lane.underway = some.last().map(|(hash, _)| Underway { epoch, after: *hash });
		if is_done {
			// Looking at an epoch costs, too.
			left = left.saturating_sub(1);
			lane.done.unite(&passed);
			lane.underway = None;
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

/// The first legs of an epoch, after the last one that was looked at.
fn legs_after<T: Config>(
	system: SystemId,
	lane: &Lane,
	epoch: Epoch,
	most: u32,
) -> Vec<(H256, Found)> {
	let (at, most) = ((system, epoch), most as usize);
	let underway = lane.underway.filter(|underway| underway.epoch == epoch);
	let after =
		underway.map(|Underway { after, .. }| Legs::<T>::hashed_key_for((system, epoch, after)));
	// A leg is large, and so is the proof of having read it.
	if lane.announced == 0 && !OpenHere::<T>::contains_key(system, epoch) {
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
