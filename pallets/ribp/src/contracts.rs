//! Contracts and their ends: what the pallet records once something is decided.

use crate::{
	cost, value, worker::keep::note_termination, ActionOf, Config, Contract, ContractId, DebtOf,
	Deposit, Ended, EndedContract, Error, Event, Expiries, ExpiryCursor, Height, Indebted, Log,
	LogUse, LogUses, Outcome, Pallet, Phase, Positions, Relied, Resolution, Settlement, SystemId,
	Systems, Waiting, WaitingContract, WaitingOf,
};
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{Consideration, Footprint, Get},
	weights::Weight,
	CloneNoBound,
};
use frame_system::pallet_prelude::BlockNumberFor;
use ribp_protocol::{
	has_expired, on_time, resolve, Change, ContractStatus, LogHash, Own, Peer, Stage, Step,
};
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	DispatchResult,
};

/// A contract that is not forgotten, as it is stored.
#[derive(CloneNoBound)]
pub(crate) enum Record<T: Config> {
	Waiting(WaitingOf<T>),
	Ended(EndedContract),
}

impl<T: Config> Record<T> {
	pub(crate) fn find(peer: SystemId, id: ContractId) -> Option<Self> {
		let ended = || Ended::<T>::get(peer, id).map(Self::Ended);
		Waiting::<T>::get(peer, id).map(Self::Waiting).or_else(ended)
	}

	pub(crate) fn contract(&self) -> &Contract {
		match self {
			Self::Waiting(waiting) => &waiting.contract,
			Self::Ended(ended) => &ended.contract,
		}
	}

	/// Whether evidence is worth looking at: the contract waits, or it can be forgotten at `now`.
	pub(crate) fn is_open(&self, now: Own) -> bool {
		match self {
			Self::Waiting(_) => true,
			Self::Ended(ended) if ended.outcome == Outcome::Cancelled => false,
			Self::Ended(ended) => has_expired(&ended.contract, now),
		}
	}

	pub(crate) fn settlement(&self) -> Settlement {
		match self {
			Self::Waiting(waiting) => waiting.settlement,
			Self::Ended(ended) => ended.settlement,
		}
	}

	/// What it takes to move its value, in amounts of the native token. One that has ended counts as
	/// much as an amount: on another branch of this chain it may still wait.
	pub(crate) fn work(&self) -> u32 {
		match self {
			Self::Waiting(waiting) => value::work::<T>(&waiting.log.action),
			Self::Ended(_) => 1,
		}
	}

	pub(crate) fn stage(&self) -> Stage {
		match self {
			Self::Waiting(waiting) => Stage::Waiting(waiting.phase),
			Self::Ended(ended) => Stage::Ended(ended.outcome),
		}
	}
}

/// A contract and what becomes of it.
pub(crate) struct Move<T: Config> {
	pub id: ContractId,
	pub record: Record<T>,
	pub step: Step,
}

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
		settlement: Settlement,
	) -> DispatchResult {
		let id = contract.id(Self::own_system());
		Self::check_peer(&contract)?;
		Self::check_hashes(&contract, &log)?;
		ensure!(!Positions::<T>::contains_key(LogHash::from(id)), Error::<T>::AlreadyRegistered);
		ensure!(!LogUses::<T>::contains_key(contract.log), Error::<T>::LogInUse);
		Self::verify(&who, &log.action)?;
		Self::enlist(contract.peer, &who)?;
		Self::charge(&who)?;

		let deposit = T::Consideration::new(&who, Self::footprint())
			.map_err(|_| Error::<T>::InsufficientDeposit)?;
		let log_use = LogUse { contract: id, depositor: who, deposit };
		LogUses::<T>::insert(contract.log, log_use);
		let waiting = WaitingContract { contract, log, settlement, phase: Phase::Registered };
		Self::apply(Move { id, record: Record::Waiting(waiting), step: Step::Register })
	}

	/// What one contract occupies at most: its entries in the waiting list or among the ended ones,
	/// on the agenda and of its log, three positions, and what is owed of its items.
	pub(crate) fn footprint() -> Footprint {
		let contract = WaitingOf::<T>::max_encoded_len().max(EndedContract::max_encoded_len());
		let log_use = LogUse::<T>::max_encoded_len();
		let position = Height::max_encoded_len() + LogHash::max_encoded_len();
		let keys = 7 * LogHash::max_encoded_len();
		let debt = DebtOf::<T>::max_encoded_len() + 2 * LogHash::max_encoded_len();
		let debts = T::MaxItems::get() as usize * debt;
		Footprint::from_parts(1, contract + log_use + 3 * position + keys + debts)
	}

	fn check_peer(contract: &Contract) -> Result<(), Error<T>> {
		ensure!(contract.peer != Self::own_system(), Error::<T>::OwnSystem);
		let system = Systems::<T>::get(contract.peer).ok_or(Error::<T>::UnknownSystem)?;
		crate::chains::systems::ensure_active::<T>(&system)?;
		let limits = Self::expiry_limits(contract.peer);
		Ok(contract.check_expiries(Self::now(), Peer(system.known()), limits)?)
	}

	fn check_hashes(contract: &Contract, log: &Log<ActionOf<T>>) -> Result<(), Error<T>> {
		ensure!(log.system == Self::own_system(), Error::<T>::LogOfOtherSystem);
		ensure!(log.hash() == contract.log, Error::<T>::LogHashMismatch);
		ensure!(log.reversal_hash() == contract.reversal, Error::<T>::ReversalHashMismatch);
		let mut hashes =
			[contract.log, contract.reversal, contract.peer_log, contract.peer_reversal];
		hashes.sort();
		ensure!(hashes.windows(2).all(|pair| pair[0] != pair[1]), Error::<T>::LogsNotDistinct);
		Ok(())
	}

	/// Does to a contract what was decided. An error leaves things undone: roll back.
	pub(crate) fn apply(Move { id, record, step }: Move<T>) -> DispatchResult {
		let now = Self::now();
		let contract = record.contract().clone();
		if let (Some(flow), Record::Waiting(waiting)) = (step.flow(), &record) {
			Self::flow(id, flow, &waiting.log.action)?;
		}
		for change in step.changes(Self::own_system(), &contract, now) {
			match change {
				Change::Set(log, at) => Positions::<T>::insert(log, at),
				Change::Remove(log) => Positions::<T>::remove(log),
			}
		}
		if matches!(step, Step::Unlock | Step::Reverse) {
			note_termination(now);
		}
		Self::update_agenda(id, &contract, step);
		Self::announce(id, &record, step, now);
		Self::keep(id, record, step.stage(now))
	}

	/// The agenda is of the contracts whose log is not committed, until their expiry.
	fn update_agenda(id: ContractId, contract: &Contract, step: Step) {
		match step {
			Step::Register => Expiries::<T>::insert(contract.h1, id, contract.peer),
			Step::Commit | Step::Expire | Step::Forget => Expiries::<T>::remove(contract.h1, id),
			Step::Unlock | Step::Reverse | Step::Cancel => {},
		}
	}

	/// Stores where a contract stands after a step.
	fn keep(id: ContractId, record: Record<T>, stage: Option<Stage>) -> DispatchResult {
		let (contract, settlement) = (record.contract().clone(), record.settlement());
		let (peer, log) = (contract.peer, contract.log);
		if let (Some(Stage::Waiting(phase)), Record::Waiting(waiting)) = (stage, record) {
			Waiting::<T>::insert(peer, id, WaitingContract { phase, ..waiting });
			return Ok(());
		}
		if let Some(waiting) = Waiting::<T>::take(peer, id) {
			Self::discharge(peer, &waiting.log.action);
		}
		if let Some(Stage::Ended(outcome)) = stage {
			Ended::<T>::insert(peer, id, EndedContract { contract, settlement, outcome });
			return Ok(());
		}
		Ended::<T>::remove(peer, id);
		Relied::<T>::remove(peer, id);
		match LogUses::<T>::take(log) {
			// What is owed occupies storage, too.
			Some(LogUse { depositor, deposit, .. }) if Self::owes(id) => {
				Indebted::<T>::insert(id, Deposit { depositor, deposit });
				Ok(())
			},
			Some(LogUse { depositor, deposit, .. }) => deposit.drop(&depositor),
			None => {
				defensive!("a contract's log is in use until the contract is forgotten");
				Ok(())
			},
		}
	}

	fn announce(id: ContractId, record: &Record<T>, step: Step, Own(at): Own) {
		Self::deposit_event(match (step, record) {
			(Step::Register, Record::Waiting(waiting)) => Event::Registered {
				id,
				who: Self::payer(&waiting.log.action).clone(),
				contract: waiting.contract.clone(),
			},
			(Step::Commit, _) => Event::Committed { id, at },
			(Step::Unlock, _) => Event::Settled { id },
			(Step::Reverse, _) => Event::Reversed { id },
			(Step::Cancel, _) => Event::Cancelled { id },
			(Step::Expire, _) => Event::Expired { id },
			(Step::Register | Step::Forget, _) => Event::Forgotten { id },
		});
	}

	pub(crate) fn do_cancel(who: T::AccountId, peer: SystemId, id: ContractId) -> DispatchResult {
		let waiting = Waiting::<T>::get(peer, id).ok_or(Error::<T>::NotWaiting)?;
		ensure!(Self::payer(&waiting.log.action) == &who, Error::<T>::NotThePayer);
		let record = Record::Waiting(waiting);
		// Past its expiry it only waits until it is its turn on the agenda.
		let step = match on_time(record.contract(), record.stage(), Self::now()) {
			Some(step) => step,
			None => ribp_protocol::cancel(record.stage()).map_err(Error::<T>::from)?,
		};
		Self::apply(Move { id, record, step })
	}

	pub(crate) fn do_force_resolve(
		peer: SystemId,
		id: ContractId,
		resolution: Resolution,
	) -> DispatchResult {
		let record = Record::find(peer, id).ok_or(Error::<T>::NotWaiting)?;
		let step = resolve(record.contract(), record.stage(), Self::now(), resolution)
			.map_err(Error::<T>::from)?;
		Self::deposit_event(Event::ForceResolved { id, resolution });
		Self::apply(Move { id, record, step })
	}

	/// Ends or forgets the contracts whose log was not committed in time, oldest first, a bounded
	/// number of contracts, and amount of work.
	pub(crate) fn expire_contracts(now: Height) -> Weight {
		let most = T::MaxExpiriesPerBlock::get();
		let (mut left, mut work) = (most, 0_u32);
		let mut cursor = ExpiryCursor::<T>::get().unwrap_or(now);
		while cursor < now && left > 0 {
			let due: Vec<_> = Expiries::<T>::iter_prefix(cursor).take(left as usize).collect();
			let mut is_done = due.len() < left as usize;
			for (id, peer) in &due {
				if left == 0 {
					is_done = false;
					break;
				}
				Expiries::<T>::remove(cursor, id);
				let moved = Self::expire(*peer, *id, Own(now));
				work = work.saturating_add(moved);
				left = left.saturating_sub(moved.max(1));
			}
			if is_done {
				cursor += 1;
			}
			// Looking at a height costs, too.
			left = left.saturating_sub(u32::from(due.is_empty()));
		}
		ExpiryCursor::<T>::put(cursor);
		cost::expiries::<T>(most.saturating_sub(left), work)
	}

	/// Returns how much work it was.
	fn expire(peer: SystemId, id: ContractId, now: Own) -> u32 {
		let due = Record::<T>::find(peer, id).and_then(|record| {
			let step = on_time(record.contract(), record.stage(), now)?;
			Some(Move { id, record, step })
		});
		let Some(due) = due else {
			defensive!("a contract on the agenda waits, or is cancelled");
			return 0;
		};
		let work = due.record.work();
		if let Err(error) = with_storage_layer(|| Self::apply(due)) {
			Self::deposit_event(Event::NotMoved { id, error });
		}
		work
	}

	/// check(H(log)): the height at which a log, a reversal or a contract was committed.
	pub fn check(log: LogHash) -> Option<Height> {
		Positions::<T>::get(log)
	}

	/// What is known of a contract; none if it was never registered, or is forgotten. Looks through
	/// all systems: not for use on chain.
	pub fn status(id: ContractId) -> Option<ContractStatus<ActionOf<T>>> {
		let mut systems = Systems::<T>::iter_keys();
		systems.find_map(|peer| Record::<T>::find(peer, id)).map(|record| match record {
			Record::Waiting(waiting) => ContractStatus::Waiting(waiting),
			Record::Ended(ended) => ContractStatus::Ended(ended.outcome),
		})
	}
}
