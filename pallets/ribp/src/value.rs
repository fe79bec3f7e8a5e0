//! What a log does to value: reserved with the payer, locked with the receiver, free.

use crate::{Action, ActionOf, Config, Error, HoldReason, Pallet};
use frame_support::{
	ensure,
	storage::with_transaction,
	traits::{
		fungible::{Inspect, InspectHold, MutateHold},
		tokens::{Fortitude, Precision, Preservation, Restriction},
	},
};
use ribp_protocol::Flow;
use sp_runtime::{DispatchError, DispatchResult, TransactionOutcome};

impl<T: Config> Pallet<T> {
	/// Does to the value of a log what a step asks for.
	pub(crate) fn flow(flow: Flow, action: &ActionOf<T>) -> DispatchResult {
		match flow {
			Flow::Reserve => Self::reserve(action),
			Flow::Commit => Self::commit(action),
			Flow::Unlock => Self::unlock(action),
			Flow::Reverse => Self::reverse(action),
			Flow::Release => Self::release(action),
		}
	}

	/// verify(log) for a log that is to be registered by `who`, save for whether its payer has the
	/// value.
	pub(crate) fn verify(who: &T::AccountId, action: &ActionOf<T>) -> Result<(), Error<T>> {
		let Action::Transfer { from, to, amount } = action;
		ensure!(from == who, Error::<T>::NotThePayer);
		ensure!(from != to, Error::<T>::PayerIsReceiver);
		ensure!(*amount >= T::Currency::minimum_balance(), Error::<T>::AmountTooSmall);
		ensure!(frame_system::Pallet::<T>::account_exists(to), Error::<T>::ReceiverDoesNotExist);
		Ok(())
	}

	/// Reserves what a log spends with its payer.
	fn reserve(action: &ActionOf<T>) -> DispatchResult {
		let Action::Transfer { from, amount, .. } = action;
		let free = T::Currency::reducible_balance(from, Preservation::Protect, Fortitude::Polite);
		ensure!(*amount <= free, Error::<T>::InsufficientValue);
		T::Currency::hold(&HoldReason::Reserved.into(), from, *amount)?;
		ensure!(Self::can_commit(action), Error::<T>::LogCannotCommit);
		Ok(())
	}

	/// Whose value a log spends.
	pub(crate) fn payer(action: &ActionOf<T>) -> &T::AccountId {
		let Action::Transfer { from, .. } = action;
		from
	}

	/// verify(log) for a registered log: whether it could be committed now.
	pub(crate) fn can_commit(action: &ActionOf<T>) -> bool {
		with_transaction(|| {
			TransactionOutcome::Rollback(Ok::<_, DispatchError>(Self::commit(action).is_ok()))
		})
		.unwrap_or(false)
	}

	/// Moves the reserved value to the receiver, where it is locked.
	///
	/// `Polite`: what is frozen with the payer stays. A freeze may overlap a hold, so that the payer
	/// can have spent what was not frozen since the registration; such a log cannot commit.
	fn commit(action: &ActionOf<T>) -> DispatchResult {
		Self::release(action)?;
		let Action::Transfer { from, to, amount } = action;
		T::Currency::transfer_and_hold(
			&HoldReason::Locked.into(),
			from,
			to,
			*amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		Ok(())
	}

	/// Lets the receiver use the locked value.
	fn unlock(action: &ActionOf<T>) -> DispatchResult {
		let Action::Transfer { to, amount, .. } = action;
		T::Currency::release(&HoldReason::Locked.into(), to, *amount, Precision::Exact).map(drop)
	}

	/// Moves the locked value back to the payer, free.
	///
	/// `Force`: a freeze on the receiver's balance must not hold up a reversal.
	fn reverse(action: &ActionOf<T>) -> DispatchResult {
		let Action::Transfer { from, to, amount } = action;
		T::Currency::transfer_on_hold(
			&HoldReason::Locked.into(),
			to,
			from,
			*amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
		.map(drop)
	}

	/// Lets the payer use the reserved value again.
	fn release(action: &ActionOf<T>) -> DispatchResult {
		let Action::Transfer { from, amount, .. } = action;
		T::Currency::release(&HoldReason::Reserved.into(), from, *amount, Precision::Exact)
			.map(drop)
	}

	/// All that this pallet holds of an account, for [`Pallet::do_try_state`].
	pub(crate) fn held(who: &T::AccountId, reason: HoldReason) -> crate::BalanceOf<T> {
		T::Currency::balance_on_hold(&reason.into(), who)
	}
}
