//! What a log does to value: all of its items are reserved with the payer, locked with the receiver,
//! or free.

use crate::{
	Action, ActionOf, Config, Error, Held, HoldReason, ItemOf, Kind, Pallet, Phase, WaitingOf,
};
use alloc::vec::Vec;
use frame_support::{ensure, storage::with_transaction, traits::Get};
use ribp_protocol::Flow;
use sp_runtime::{DispatchError, DispatchResult, TransactionOutcome};

impl<T: Config> Pallet<T> {
	/// Does to the value of a log what a step asks for. An error leaves things undone: roll back.
	pub(crate) fn flow(flow: Flow, action: &ActionOf<T>) -> DispatchResult {
		let Action::Transfer { from, to, items } = action;
		items.iter().try_for_each(|item| match flow {
			Flow::Reserve => T::Value::reserve(item, from),
			Flow::Commit => T::Value::commit(item, from, to),
			Flow::Unlock => T::Value::unlock(item, to),
			Flow::Reverse => T::Value::reverse(item, from, to),
			Flow::Release => T::Value::release(item, from),
		})?;
		match flow {
			Flow::Reserve if !Self::can_flow(Flow::Commit, action) => {
				Err(Error::<T>::LogCannotCommit.into())
			},
			_ => Ok(()),
		}
	}

	/// verify(log) for a log that is to be registered by `who`, save for whether its payer has the
	/// value.
	pub(crate) fn verify(who: &T::AccountId, action: &ActionOf<T>) -> DispatchResult {
		let Action::Transfer { from, to, items } = action;
		ensure!(from == who, Error::<T>::NotThePayer);
		ensure!(from != to, Error::<T>::PayerIsReceiver);
		ensure!(!items.is_empty(), Error::<T>::NoItems);
		ensure!(work::<T>(action) <= T::MaxContracts::get(), Error::<T>::TooMuchWork);
		ensure!(frame_system::Pallet::<T>::account_exists(to), Error::<T>::ReceiverDoesNotExist);
		items.iter().try_for_each(|item| T::Value::check(item, from, to))
	}

	/// Whose value a log spends.
	pub(crate) fn payer(action: &ActionOf<T>) -> &T::AccountId {
		let Action::Transfer { from, .. } = action;
		from
	}

	/// Whether the value of a registered log could take this way now; for the commit, verify(log).
	pub(crate) fn can_flow(flow: Flow, action: &ActionOf<T>) -> bool {
		with_transaction(|| {
			let moved = Self::flow(flow, action);
			TransactionOutcome::Rollback(Ok::<_, DispatchError>(moved.is_ok()))
		})
		.unwrap_or(false)
	}

	/// What a waiting contract keeps from moving, for [`Pallet::do_try_state`].
	pub(crate) fn held(waiting: &WaitingOf<T>) -> Vec<Held<T::AccountId, ItemOf<T>>> {
		let Action::Transfer { from, to, items } = &waiting.log.action;
		let (who, reason) = match waiting.phase {
			Phase::Registered => (from, HoldReason::Reserved),
			Phase::Committed { .. } => (to, HoldReason::Locked),
		};
		let held = |item: &ItemOf<T>| Held { who: who.clone(), reason, item: item.clone() };
		items.iter().map(held).collect()
	}
}

/// What it takes to move the items of a log, in amounts of the native token.
pub(crate) fn work<T: Config>(action: &ActionOf<T>) -> u32 {
	let Action::Transfer { items, .. } = action;
	items.iter().map(T::Value::work).fold(0, u32::saturating_add)
}
