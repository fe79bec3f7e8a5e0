//! Contracts and what becomes of them: what the pallet records once something is decided.

pub(crate) mod corridor;
pub(crate) mod entry;
mod hooks;
pub(crate) mod value;

pub use hooks::{Admit, OnOutcome};

use crate::{
	chains::systems::{ensure_active, next_notice},
	evidence::Asker,
	worker::keep::note_termination,
	Action, ActionOf, Announcement, Config, Contract, ContractId, Corridors, Entry, EntryOf, Error,
	Event, Lane, Legs, Log, Outcome, Pallet, Reliance, Resolution, Resolutions, Stage, System,
	SystemId, Systems,
};
use alloc::vec::Vec;
use corridor::{charge, discharge, enlist, rent};
use entry::{find, stored, terms_of, Move, Outlook};
use frame_support::{ensure, storage::with_storage_layer, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use ribp_protocol::{cancel, resolve, Commit, Epoch, Height, LogHash, Own, Peer, Standing, Terms};
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// This chain's name. Only meaningful once block 1 has begun: before, no hash is stored.
	pub fn own_system() -> SystemId {
		SystemId(frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()))
	}

	/// `integrity_test` makes sure that nothing saturates.
	pub(crate) fn height(number: BlockNumberFor<T>) -> Height {
		number.unique_saturated_into()
	}

	/// Height of the current block.
	pub(crate) fn now() -> Own {
		Own(Self::height(frame_system::Pallet::<T>::block_number()))
	}

	pub(crate) fn do_register(
		who: T::AccountId,
		contract: Contract,
		log: Log<ActionOf<T>>,
		commit: Commit,
	) -> DispatchResult {
		let terms = Self::check_legs(&contract, &log)?;
		let (id, peer, now) = (contract.id(), terms.peer.system, Self::now());
		let system = Self::check_peer(&terms, commit)?;
		let at = (peer, Epoch::of(terms.own.expiry), id.hash);
		ensure!(!Legs::<T>::contains_key(at), Error::<T>::AlreadyRegistered);
		Self::verify(&who, &log.action)?;
		let mut lane = Corridors::<T>::get(peer);
		let Action::Transfer { to, items, .. } = &log.action;
		let rent = rent::<T>(&lane, &terms, items.len() as u32, now, system.known());
		enlist::<T>(peer, &mut lane, terms.peer.expiry)?;
		T::Admit::admit(&who, to, &contract, items)?;
		charge::<T>(&who, rent)?;
		Self::take(id, &log.action)?;

		Corridors::<T>::insert(peer, lane);
		let Standing { stage, fact } = Standing::new(commit, now);
		let action = stored::<T>(log.action);
		Self::deposit_event(Event::Registered {
			id,
			contract: contract.clone(),
			action: action.clone(),
		});
		if let Stage::Committed { at } = stage {
			Self::deposit_event(Event::Committed { id, at, relied: None });
		}
		Legs::<T>::insert(at, Entry { stage, fact, relied: None, contract, action });
		Ok(())
	}

	fn check_legs(contract: &Contract, log: &Log<ActionOf<T>>) -> Result<Terms, Error<T>> {
		let own = Self::own_system();
		ensure!(contract.is_ordered(), Error::<T>::LegsNotOrdered);
		let terms = contract.terms(own).ok_or(Error::<T>::ContractOfOthers)?;
		ensure!(log.system == own, Error::<T>::LogOfOtherSystem);
		ensure!(log.hash() == terms.own.log, Error::<T>::LogHashMismatch);
		Ok(terms)
	}

	fn check_peer(terms: &Terms, commit: Commit) -> Result<System, Error<T>> {
		let peer = terms.peer.system;
		let system = Systems::<T>::get(peer).ok_or(Error::<T>::UnknownSystem)?;
		ensure_active::<T>(&system)?;
		let limits = Self::term_limits(peer, commit);
		terms.check(Self::now(), Peer(system.known()), limits)?;
		Ok(system)
	}

	/// Does to a leg what was decided. An error leaves things undone: roll back.
	pub(crate) fn apply(peer: SystemId, step: Move<T>) -> DispatchResult {
		let Move { id, mut entry, next, relied } = step;
		let was_committed = matches!(entry.stage, Stage::Committed { .. });
		(entry.stage, entry.fact) = (next.stage, next.fact);
		entry.relied = relied.or(entry.relied);
		let relied = entry.relied.map(|relied| relied.height);
		match entry.stage {
			Stage::Committed { at } => {
				if !was_committed {
					Self::deposit_event(Event::Committed { id, at, relied });
				}
				if entry.fact.is_some() {
					Self::deposit_event(Event::VerdictPending { id, relied });
				}
			},
			Stage::Ended(outcome) => return Self::end(peer, id, entry, outcome),
			Stage::Cancelling { .. } => Self::deposit_event(Event::Cancelling { id }),
			Stage::Registered => {},
		}
		let epoch = id.epoch(Self::own_system(), peer);
		Legs::<T>::insert((peer, epoch, id.hash), entry);
		Ok(())
	}

	/// A leg has come to this: its value moves, or is owed.
	fn end(peer: SystemId, id: ContractId, entry: EntryOf<T>, outcome: Outcome) -> DispatchResult {
		if let Some(flow) = entry.stage.flow() {
			Self::flow(id, flow, &entry.action)?;
		}
		note_termination(Self::now());
		let relied = entry.relied.map(|relied| relied.height);
		let reference = entry.contract.reference;
		Self::deposit_event(Event::Ended { id, reference, outcome, relied });
		// Whatever it says; but nobody keeps it from hearing by nesting calls too deeply.
		match with_storage_layer(|| T::OnOutcome::on_outcome(peer, id, outcome)) {
			Err(error @ DispatchError::Transactional(_)) => return Err(error),
			_whatever => {},
		}
		let mut lane = Corridors::<T>::get(peer);
		if let Some(terms) = terms_of::<T>(&entry) {
			discharge::<T>(peer, &mut lane, terms.peer.expiry);
		}
		Self::forget_resolution(peer, id, &mut lane);
		let epoch = id.epoch(Self::own_system(), peer);
		let record = Systems::<T>::get(peer).ok_or(Error::<T>::UnknownSystem)?;
		match lane.goes(epoch, &record, Self::now(), T::Retention::get()) {
			true => {
				lane.forget(epoch);
				Legs::<T>::remove((peer, epoch, id.hash));
			},
			false => Legs::<T>::insert((peer, epoch, id.hash), entry),
		}
		Corridors::<T>::insert(peer, lane);
		Ok(())
	}

	/// What is known of a system that matters to legs.
	pub(crate) fn outlook(record: &System) -> Outlook {
		Outlook {
			notice: record.notice(),
			is_active: ensure_active::<T>(record).is_ok(),
			branch: record.branch(),
			exposure: T::Exposure::get(),
		}
	}

	pub(crate) fn do_cancel(who: T::AccountId, peer: SystemId, id: ContractId) -> DispatchResult {
		let record = Systems::<T>::get(peer).ok_or(Error::<T>::UnknownSystem)?;
		let entry = find::<T>(peer, id).ok_or(Error::<T>::UnknownContract)?;
		ensure!(Self::payer(&entry.action) == &who, Error::<T>::NotThePayer);
		let terms = terms_of::<T>(&entry).ok_or(Error::<T>::UnknownContract)?;
		// What has passed since the head advanced is no notice.
		let since = next_notice::<T>(&record);
		let stage = cancel(&terms, entry.stage, Self::now(), since).map_err(Error::<T>::from)?;
		Self::apply(peer, Move { id, entry, next: stage.into(), relied: None })
	}

	/// What time alone makes of these contracts. Fails unless it ends all of them, but for those that may be
	/// passed over.
	pub(crate) fn judge_conclusion(
		peer: SystemId,
		contracts: &[ContractId],
		work: u32,
		asker: Asker,
	) -> Result<Vec<Move<T>>, Error<T>> {
		let record = Systems::<T>::get(peer).ok_or(Error::<T>::UnknownSystem)?;
		Self::check_named(contracts, work)?;
		ensure!(!contracts.is_empty(), Error::<T>::NothingToGain);
		let (outlook, now) = (Self::outlook(&record), Self::now());
		let mut moves = Vec::with_capacity(contracts.len());
		let mut counted = 0_u32;
		let mut left_behind = Error::<T>::NotOver;
		for id in contracts {
			let due = find::<T>(peer, *id).ok_or(Error::<T>::UnknownContract).and_then(|entry| {
				let outcome = outlook.by_time::<T>(&entry, now).ok_or(Error::<T>::NotOver)?;
				Ok((entry, outcome))
			});
			match due {
				Ok((entry, outcome)) => {
					counted = counted.saturating_add(value::work::<T, _>(&entry.action));
					let next = Stage::Ended(outcome).into();
					moves.push(Move { id: *id, entry, next, relied: None });
				},
				Err(error) if asker.is_exacting() => return Err(error),
				Err(error) => left_behind = error,
			}
		}
		if moves.is_empty() {
			return Err(left_behind);
		}
		Self::check_work(counted, work, asker)?;
		Ok(moves)
	}

	/// Whether a message says how much work it is. Who pays nothing must not take the room of others.
	pub(crate) fn check_work(counted: u32, work: u32, asker: Asker) -> Result<(), Error<T>> {
		ensure!(counted <= work, Error::<T>::WorkUnderstated);
		ensure!(counted == work || !asker.is_exacting(), Error::<T>::WorkOverstated);
		Ok(())
	}

	pub(crate) fn check_named(contracts: &[ContractId], work: u32) -> Result<(), Error<T>> {
		ensure!(work <= T::MaxContracts::get(), Error::<T>::TooManyContracts);
		let count = contracts.len();
		ensure!(count <= T::MaxContracts::get() as usize, Error::<T>::TooManyContracts);
		let ascending = contracts.windows(2).all(|pair| pair[0] < pair[1]);
		ensure!(ascending, Error::<T>::ContractsNotSorted);
		Ok(())
	}

	/// Says how a contract with a dead chain is to end, and ends it when that was said long enough ago.
	pub(crate) fn do_force_resolve(
		peer: SystemId,
		id: ContractId,
		resolution: Resolution,
	) -> DispatchResult {
		let record = Systems::<T>::get(peer).ok_or(Error::<T>::UnknownSystem)?;
		ensure!(record.is_paused(), Error::<T>::SystemNotPaused);
		let Own(now) = Self::now();
		let silent = now.saturating_sub(record.advanced_at);
		ensure!(silent >= T::Silence::get(), Error::<T>::SystemNotSilent);
		let entry = find::<T>(peer, id).ok_or(Error::<T>::UnknownContract)?;
		let terms = terms_of::<T>(&entry).ok_or(Error::<T>::UnknownContract)?;
		let outcome =
			resolve(&terms, entry.stage, Own(now), resolution).map_err(Error::<T>::from)?;
		// What is not there yet in the same epoch would be unknown, too.
		let is_over = Epoch::of(terms.own.expiry) < Epoch::of(now);
		ensure!(outcome.is_some() || is_over, Error::<T>::NotExpired);
		// What was said before a sign of life, or of business, is void.
		let known = record.known();
		let is_valid = |said: &Announcement| said.known == known && said.at >= record.counted_to;
		let said = Resolutions::<T>::get(peer, id).filter(is_valid);
		match said {
			Some(said) if said.resolution == resolution => {
				let since = said.at.saturating_add(T::PolicyDelay::get());
				ensure!(now >= since, Error::<T>::AnnouncedRecently);
			},
			_ => {
				let since = now.saturating_add(T::PolicyDelay::get());
				if !Resolutions::<T>::contains_key(peer, id) {
					Corridors::<T>::mutate(peer, |lane| {
						lane.announced = lane.announced.saturating_add(1);
					});
				}
				Resolutions::<T>::insert(peer, id, Announcement { resolution, at: now, known });
				Self::deposit_event(Event::ResolutionAnnounced { id, resolution, since });
				return Ok(());
			},
		}
		Self::deposit_event(Event::ForceResolved { id, resolution });
		match outcome {
			Some(outcome) => {
				let next = Stage::Ended(outcome).into();
				Self::apply(peer, Move { id, entry, next, relied: None })
			},
			None => {
				let epoch = id.epoch(Self::own_system(), peer);
				Legs::<T>::remove((peer, epoch, id.hash));
				// Should it live after all: what is not there is unknown to it, and undoes nothing.
				Corridors::<T>::mutate(peer, |lane| {
					Self::forget_resolution(peer, id, lane);
					lane.forget(epoch);
				});
				Ok(())
			},
		}
	}

	/// Forgets what root has said of a contract, if it has.
	pub(crate) fn forget_resolution(peer: SystemId, id: ContractId, lane: &mut Lane) {
		if lane.announced > 0 && Resolutions::<T>::take(peer, id).is_some() {
			lane.announced = lane.announced.saturating_sub(1);
		}
	}

	/// What is known of a contract; none if it was never registered, or is swept.
	pub fn status(id: ContractId) -> Option<EntryOf<T>> {
		Systems::<T>::iter_keys().find_map(|peer| find::<T>(peer, id))
	}

	/// What it would cost to register a contract here now, besides the transaction's fee.
	pub fn rent_of(contract: &Contract, items: u32) -> Option<crate::BalanceOf<T>> {
		let terms = contract.terms(Self::own_system())?;
		let system = Systems::<T>::get(terms.peer.system)?;
		let lane = Corridors::<T>::get(terms.peer.system);
		Some(rent::<T>(&lane, &terms, items, Self::now(), system.known()))
	}

	/// The paper's check(log) by the contract that it belongs to: the height at which the own log was committed,
	/// while that is pending.
	pub fn check(id: ContractId) -> Option<Height> {
		match Self::status(id)?.stage {
			Stage::Committed { at } => Some(at),
			_ => None,
		}
	}

	/// H(log) and H(log') of a log.
	pub fn log_hashes(log: &Log<ActionOf<T>>) -> (LogHash, LogHash) {
		let hash = log.hash();
		(hash, hash.reversal())
	}
}

impl Reliance {
	/// Whether the block that is relied on is on the branch that is followed since `(since, from)`: own height, and
	/// height up to which the branch is known to have the blocks of those before.
	pub(crate) fn is_on(&self, (since, from): (Height, Height)) -> bool {
		self.since > since || self.height <= from
	}
}
