//! Systems, contracts and their ends: what the pallet records once something is decided.

use crate::{
	ActionOf, Config, Contract, ContractId, Ended, Error, Event, Expiries, ExpiryCursor, Height,
	Log, LogUses, Outcome, OwnView, Pallet, Phase, Positions, Resolution, Settlement, System,
	SystemId, Systems, TrustAnchor, View, Waiting, WaitingContract, WaitingOf, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{defensive, ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use ribp_light_client::AuthoritySet;
use ribp_protocol::{ContractStatus, ExpiryLimits, LogHash, Own, Peer};
use sp_runtime::{
	traits::{One, UniqueSaturatedInto, Zero},
	DispatchResult,
};

/// What evidence makes of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
	/// Commit the log, locked.
	Commit,
	/// Release the lock.
	Unlock,
	/// Commit the reversal.
	Reverse,
}

/// A contract and what becomes of it.
pub(crate) struct Move<T: Config> {
	pub id: ContractId,
	pub waiting: WaitingOf<T>,
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

	/// Adds the parent's hash to the own view (Algorithm 1).
	pub(crate) fn extend_own_view() {
		let hash = frame_system::Pallet::<T>::parent_hash();
		let number = frame_system::Pallet::<T>::block_number() - One::one();
		OwnView::<T>::mutate(|view| match view {
			Some(view) => view.extend(hash, T::Window::get()),
			None => {
				let number = Self::height(number);
				*view = Some(View::starting_at(Self::own_system(), number, hash));
			},
		});
	}

	pub(crate) fn do_register_system(system: SystemId, anchor: TrustAnchor) -> DispatchResult {
		ensure!(system != Self::own_system(), Error::<T>::OwnSystem);
		ensure!(!Systems::<T>::contains_key(system), Error::<T>::SystemAlreadyRegistered);
		Systems::<T>::insert(system, Self::system_from(anchor, 0)?);
		Self::deposit_event(Event::SystemRegistered { system });
		Ok(())
	}

	pub(crate) fn do_renew_system(system: SystemId, anchor: TrustAnchor) -> DispatchResult {
		let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
		let number = anchor.number;
		ensure!(number > record.proven, Error::<T>::AnchorNotNewer);
		Systems::<T>::insert(system, Self::system_from(anchor, record.proven)?);
		Self::deposit_event(Event::SystemRenewed { system, number });
		Ok(())
	}

	fn system_from(anchor: TrustAnchor, proven: Height) -> Result<System, Error<T>> {
		let TrustAnchor { number, set_id, authorities, storage_prefix } = anchor;
		let set =
			AuthoritySet::new(set_id, authorities).map_err(|_| Error::<T>::InvalidAuthorities)?;
		let advanced_at = Self::now().0;
		Ok(System { set, storage_prefix, anchor: number, proven, view: None, advanced_at })
	}

	pub(crate) fn do_register(
		who: T::AccountId,
		contract: Contract,
		log: Log<ActionOf<T>>,
		settlement: Settlement,
	) -> DispatchResult {
		let own = Self::own_system();
		let id = contract.id(own);
		Self::check_peer(&contract)?;
		Self::check_hashes(&contract, &log)?;
		ensure!(!Positions::<T>::contains_key(LogHash::from(id)), Error::<T>::AlreadyRegistered);
		ensure!(!LogUses::<T>::contains_key(contract.log), Error::<T>::LogInUse);
		Self::reserve(&who, &log.action)?;

		Positions::<T>::insert(LogHash::from(id), Self::now().0);
		LogUses::<T>::insert(contract.log, id);
		Expiries::<T>::insert(contract.h1, id, contract.peer);
		let waiting = WaitingContract {
			contract: contract.clone(),
			log,
			settlement,
			phase: Phase::Registered,
		};
		Waiting::<T>::insert(contract.peer, id, waiting);
		Self::deposit_event(Event::Registered { id, who, contract });
		Ok(())
	}

	fn check_peer(contract: &Contract) -> Result<(), Error<T>> {
		ensure!(contract.peer != Self::own_system(), Error::<T>::OwnSystem);
		let system = Systems::<T>::get(contract.peer).ok_or(Error::<T>::UnknownSystem)?;
		let limits = ExpiryLimits { min: T::MinExpiry::get(), max: T::MaxExpiry::get() };
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
	pub(crate) fn apply(Move { id, mut waiting, step }: Move<T>) -> DispatchResult {
		let Own(at) = Self::now();
		let Contract { peer, log, reversal, h1, .. } = waiting.contract;
		match step {
			Step::Commit => {
				Self::commit(&waiting.log.action)?;
				Positions::<T>::insert(log, at);
				Expiries::<T>::remove(h1, id);
				waiting.phase = Phase::Committed { at };
				Waiting::<T>::insert(peer, id, waiting);
				Self::deposit_event(Event::Committed { id, at });
			},
			Step::Unlock => {
				Self::unlock(&waiting.log.action)?;
				Self::end(peer, id, Outcome::Settled);
			},
			Step::Reverse => {
				Self::reverse(&waiting.log.action)?;
				Positions::<T>::insert(reversal, at);
				Self::end(peer, id, Outcome::Reversed);
			},
		}
		Ok(())
	}

	pub(crate) fn do_cancel(who: T::AccountId, peer: SystemId, id: ContractId) -> DispatchResult {
		let waiting = Waiting::<T>::get(peer, id).ok_or(Error::<T>::NotWaiting)?;
		ensure!(Self::payer(&waiting.log.action) == &who, Error::<T>::NotThePayer);
		ensure!(waiting.phase == Phase::Registered, Error::<T>::AlreadyCommitted);
		Self::withdraw(id, &waiting)
	}

	pub(crate) fn do_force_resolve(
		peer: SystemId,
		id: ContractId,
		resolution: Resolution,
	) -> DispatchResult {
		let waiting = Waiting::<T>::get(peer, id).ok_or(Error::<T>::NotWaiting)?;
		Self::deposit_event(Event::ForceResolved { id, resolution });
		match (waiting.phase, resolution) {
			(Phase::Registered, _) => Self::withdraw(id, &waiting),
			(Phase::Committed { .. }, Resolution::Unlock) => {
				Self::apply(Move { id, waiting, step: Step::Unlock })
			},
			(Phase::Committed { .. }, Resolution::Reverse) => {
				Self::apply(Move { id, waiting, step: Step::Reverse })
			},
		}
	}

	/// Ends a contract whose log is not committed, and never will be.
	fn withdraw(id: ContractId, waiting: &WaitingOf<T>) -> DispatchResult {
		let Contract { peer, h1, .. } = waiting.contract;
		Self::free_reserved(&waiting.log.action)?;
		Expiries::<T>::remove(h1, id);
		Self::end(peer, id, Outcome::Cancelled);
		Ok(())
	}

	fn end(peer: SystemId, id: ContractId, outcome: Outcome) {
		Waiting::<T>::remove(peer, id);
		Ended::<T>::insert(id, outcome);
		Self::deposit_event(match outcome {
			Outcome::Settled => Event::Settled { id },
			Outcome::Reversed => Event::Reversed { id },
			Outcome::Expired => Event::Expired { id },
			Outcome::Cancelled => Event::Cancelled { id },
		});
	}

	/// Ends the contracts whose log was not committed in time, oldest first, a bounded number.
	pub(crate) fn expire_contracts(now: Height) -> Weight {
		let most = T::MaxExpiriesPerBlock::get();
		let mut left = most;
		let mut cursor = ExpiryCursor::<T>::get().unwrap_or(now);
		while cursor < now && left > 0 {
			let due: Vec<_> = Expiries::<T>::iter_prefix(cursor).take(left as usize).collect();
			let count = due.len() as u32;
			for (id, peer) in due {
				Expiries::<T>::remove(cursor, id);
				Self::expire(peer, id);
			}
			if count < left {
				cursor += 1;
			}
			// Looking at a height costs, too.
			left = left.saturating_sub(count.max(1));
		}
		ExpiryCursor::<T>::put(cursor);
		T::WeightInfo::on_initialize(most.saturating_sub(left))
	}

	fn expire(peer: SystemId, id: ContractId) {
		match Waiting::<T>::get(peer, id) {
			Some(waiting) if Self::free_reserved(&waiting.log.action).is_ok() => {
				Self::end(peer, id, Outcome::Expired);
			},
			_ => {
				defensive!("a contract on the agenda waits, and its value is reserved");
			},
		}
	}

	/// check(H(log)): the height at which a log, a reversal or a contract was committed.
	pub fn check(log: LogHash) -> Option<Height> {
		Positions::<T>::get(log)
	}

	/// What is known of a contract. Looks through all systems: not for use on chain.
	pub fn status(id: ContractId) -> Option<ContractStatus<ActionOf<T>>> {
		if let Some(outcome) = Ended::<T>::get(id) {
			return Some(ContractStatus::Ended(outcome));
		}
		let mut systems = Systems::<T>::iter_keys();
		systems.find_map(|peer| Waiting::<T>::get(peer, id)).map(ContractStatus::Waiting)
	}
}
