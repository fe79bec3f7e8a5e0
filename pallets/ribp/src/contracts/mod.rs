//! Contracts and what becomes of them: what the pallet records once something is decided.

pub(crate) mod corridor;
pub(crate) mod entry;
mod hooks;
mod register;
pub(crate) mod value;

pub use hooks::{Admit, OnOutcome};

use crate::{
	chains::systems::{ensure_active, next_notice},
	evidence::Asker,
	worker::keep::note_termination,
	ActionOf, Announcement, Config, ContractId, Corridors, EntryOf, Error, Event, Lane, Legs, Log,
	Pallet, Reliance, Resolution, Resolutions, Stage, System, SystemId, Systems,
};
use alloc::{vec, vec::Vec};
use corridor::discharge;
use entry::{Move, Outlook, Pair};
use frame_support::{ensure, storage::with_storage_layer, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use ribp_protocol::{cancel, resolve, Epoch, Fact, Height, LogHash, Own};
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	DispatchError, DispatchResult,
};
use value::Payment;

impl<T: Config> Pallet<T> {
	/// This chain's name. Only meaningful once block 1 has begun: before, no hash is stored.
	pub fn own_system() -> SystemId {
		SystemId(frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()))
	}

	/// `integrity_test` makes sure that nothing saturates.
	pub(crate) fn height(number: BlockNumberFor<T>) -> Height {
		number.unique_saturated_into()
	}

	/// This chain and another one, and what is known of that.
	pub(crate) fn known_pair(peer: SystemId) -> Result<(Pair, System), Error<T>> {
		let record = Systems::<T>::get(peer).ok_or(Error::<T>::UnknownSystem)?;
		Ok((Pair::with::<T>(peer), record))
	}

	/// Height of the current block.
	pub(crate) fn now() -> Own {
		Own(Self::height(frame_system::Pallet::<T>::block_number()))
	}

	/// Does to the legs with a chain what was decided, and moves the value of those that end. An error leaves
	/// things undone: roll back.
	pub(crate) fn apply_all(pair: Pair, record: &System, moves: Vec<Move<T>>) -> DispatchResult {
		let mut lane = Corridors::<T>::get(pair.peer);
		let (mut ended, mut due) = (Vec::new(), Vec::new());
		for step in moves {
			let id = step.id;
			let entry = Self::advance(step);
			match entry.stage {
				Stage::Ended(outcome) => {
					due.extend(
						entry
							.stage
							.flow()
							.into_iter()
							.flat_map(|flow| Payment::of(id, flow, &entry.action)),
					);
					ended.push((id, outcome));
					Self::end(pair, record, &mut lane, id, entry);
				},
				_ => Legs::<T>::insert(pair.place(&id), entry),
			}
		}
		if ended.is_empty() {
			return Ok(());
		}
		note_termination(Self::now());
		Corridors::<T>::insert(pair.peer, lane);
		Self::pay_all(due)?;
		for (id, outcome) in ended {
			// Whatever it says; but nobody keeps it from hearing by nesting calls too deeply.
			match with_storage_layer(|| T::OnOutcome::on_outcome(pair.peer, id, outcome)) {
				Err(error @ DispatchError::Transactional(_)) => return Err(error),
				_whatever => {},
			}
		}
		Ok(())
	}

	/// A leg as it stands after a step.
	fn advance(step: Move<T>) -> EntryOf<T> {
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
				match entry.fact {
					None => {},
					Some(Fact::Forgotten) => Self::deposit_event(Event::Forgotten { id, relied }),
					Some(_) => Self::deposit_event(Event::VerdictPending { id, relied }),
				}
			},
			Stage::Ended(outcome) => {
				let reference = entry.contract.reference;
				Self::deposit_event(Event::Ended { id, reference, outcome, relied });
			},
			Stage::Cancelling { .. } => Self::deposit_event(Event::Cancelling { id }),
			Stage::Registered => {},
		}
		entry
	}

	/// A leg has ended: it stays until it is swept.
	fn end(pair: Pair, record: &System, lane: &mut Lane, id: ContractId, entry: EntryOf<T>) {
		if let Some(terms) = pair.terms(&entry.contract) {
			discharge::<T>(lane, &terms);
		}
		Self::forget_resolution(pair.peer, id, lane);
		let place @ (_, epoch, _) = pair.place(&id);
		match lane.goes(epoch, record, Self::now(), T::Retention::get()) {
			true => {
				lane.forget(epoch);
				Legs::<T>::remove(place);
			},
			false => Legs::<T>::insert(place, entry),
		}
	}

	/// What is known of a system that matters to legs.
	pub(crate) fn outlook(pair: Pair, record: &System) -> Outlook {
		Outlook {
			pair,
			notice: record.notice(),
			is_active: ensure_active::<T>(record).is_ok(),
			branch: record.branch(),
			exposure: T::Exposure::get(),
		}
	}

	pub(crate) fn do_cancel(who: T::AccountId, peer: SystemId, id: ContractId) -> DispatchResult {
		let (pair, record) = Self::known_pair(peer)?;
		let entry = pair.find::<T>(&id).ok_or(Error::<T>::UnknownContract)?;
		ensure!(Self::payer(&entry.action) == &who, Error::<T>::NotThePayer);
		let terms = pair.terms(&entry.contract).ok_or(Error::<T>::UnknownContract)?;
		// What has passed since the head advanced is no notice.
		let since = next_notice::<T>(&record);
		let stage = cancel(&terms, entry.stage, Self::now(), since).map_err(Error::<T>::from)?;
		Self::apply_all(pair, &record, vec![Move { id, entry, next: stage.into(), relied: None }])
	}

	/// Ends contracts by time alone.
	pub(crate) fn do_conclude(
		peer: SystemId,
		contracts: &[ContractId],
		work: u32,
		asker: Asker,
	) -> DispatchResult {
		let (pair, record) = Self::known_pair(peer)?;
		let moves = Self::judge_conclusion(pair, &record, contracts, work, asker)?;
		Self::apply_all(pair, &record, moves)
	}

	/// What time alone makes of these contracts. Fails unless it ends all of them, but for those that may be
	/// passed over.
	pub(crate) fn judge_conclusion(
		pair: Pair,
		record: &System,
		contracts: &[ContractId],
		work: u32,
		asker: Asker,
	) -> Result<Vec<Move<T>>, Error<T>> {
		Self::check_named(contracts, work)?;
		ensure!(!contracts.is_empty(), Error::<T>::NothingToGain);
		let (outlook, now) = (Self::outlook(pair, record), Self::now());
		let mut moves = Vec::with_capacity(contracts.len());
		let mut counted = 0_u32;
		let mut left_behind = Error::<T>::NotOver;
		for id in contracts {
			let due = pair.find::<T>(id).ok_or(Error::<T>::UnknownContract).and_then(|entry| {
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

	/// Says how a contract is to end whose peer has died or forgotten it, and ends it when that was said long
	/// enough ago.
	pub(crate) fn do_force_resolve(
		peer: SystemId,
		id: ContractId,
		resolution: Resolution,
	) -> DispatchResult {
		let record = Systems::<T>::get(peer).ok_or(Error::<T>::UnknownSystem)?;
		let Own(now) = Self::now();
		let pair = Pair::with::<T>(peer);
		let found = pair.find::<T>(&id);
		let outlook = Self::outlook(pair, &record);
		// Of a peer that lives, only what it has forgotten.
		let forgotten = found.as_ref().and_then(|leg| outlook.forgotten_since(leg));
		let forgotten = forgotten.filter(|_| !record.is_paused());
		match forgotten {
			Some(_) => ensure_active::<T>(&record)?,
			None => {
				ensure!(record.is_paused(), Error::<T>::SystemNotPaused);
				let silent = now.saturating_sub(record.advanced_at);
				ensure!(silent >= T::Silence::get(), Error::<T>::SystemNotSilent);
			},
		}
		let entry = found.ok_or(Error::<T>::UnknownContract)?;
		let terms = pair.terms(&entry.contract).ok_or(Error::<T>::UnknownContract)?;
		let outcome =
			resolve(&terms, entry.stage, Own(now), resolution).map_err(Error::<T>::from)?;
		// What is not there yet in the same epoch would be unknown, too.
		let is_over = Epoch::of(terms.own.expiry) < Epoch::of(now);
		ensure!(outcome.is_some() || is_over, Error::<T>::NotExpired);
		let (known, clock) = (record.known(), record.clock);
		let is_valid = |said: &Announcement| match forgotten {
			// What was said before that was shown, on the branch that is followed, is void.
			Some(since) => said.at >= since,
			// So is what was said before a sign of life, or of business.
			None => said.known == known && said.at >= record.counted_to,
		};
		let said = Resolutions::<T>::get(peer, id).filter(is_valid);
		match said {
			Some(said) if said.resolution == resolution => {
				let passed = match forgotten {
					// An older block still decides: there must have been business for it to be shown.
					Some(_) => clock.saturating_sub(said.clock),
					None => now.saturating_sub(said.at),
				};
				ensure!(passed >= T::PolicyDelay::get(), Error::<T>::AnnouncedRecently);
			},
			_ => {
				let since = now.saturating_add(T::PolicyDelay::get());
				if !Resolutions::<T>::contains_key(peer, id) {
					Corridors::<T>::mutate(peer, |lane| {
						lane.announced = lane.announced.saturating_add(1);
					});
				}
				Resolutions::<T>::insert(
					peer,
					id,
					Announcement { resolution, at: now, known, clock },
				);
				Self::deposit_event(Event::ResolutionAnnounced { id, resolution, since });
				return Ok(());
			},
		}
		Self::deposit_event(Event::ForceResolved { id, resolution });
		match outcome {
			Some(outcome) => {
				let next = Stage::Ended(outcome).into();
				Self::apply_all(pair, &record, vec![Move { id, entry, next, relied: None }])
			},
			None => {
				let place @ (_, epoch, _) = pair.place(&id);
				Legs::<T>::remove(place);
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
		let own = Self::own_system();
		Systems::<T>::iter_keys().find_map(|peer| Pair { own, peer }.find::<T>(&id))
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
