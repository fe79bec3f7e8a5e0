//! The native token.

use super::{Held, Kind};
use crate::{BalanceOf, Config, Error, HoldReason};
use alloc::collections::BTreeMap;
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, InspectHold, MutateHold},
		tokens::{Fortitude, Precision, Preservation, Restriction},
	},
};
use sp_runtime::{traits::Saturating, DispatchResult, TryRuntimeError};

/// The native token of the runtime `T`, [`Config::Currency`]. An item is an amount of its smallest
/// unit.
pub struct Token<T>(PhantomData<T>);

impl<T: Config> Kind<T::AccountId> for Token<T> {
	type Item = BalanceOf<T>;

	const WORK: u32 = 1;

	fn check(amount: &BalanceOf<T>, _: &T::AccountId, _: &T::AccountId) -> DispatchResult {
		ensure!(*amount >= T::Currency::minimum_balance(), Error::<T>::AmountTooSmall);
		Ok(())
	}

	fn reserve(amount: &BalanceOf<T>, from: &T::AccountId) -> DispatchResult {
		let free = T::Currency::reducible_balance(from, Preservation::Protect, Fortitude::Polite);
		ensure!(*amount <= free, Error::<T>::InsufficientValue);
		T::Currency::hold(&HoldReason::Reserved.into(), from, *amount)
	}

	fn release(amount: &BalanceOf<T>, from: &T::AccountId) -> DispatchResult {
		T::Currency::release(&HoldReason::Reserved.into(), from, *amount, Precision::Exact)
			.map(drop)
	}

	/// `Polite`: what is frozen with the payer stays. A freeze may overlap a hold, so that the payer
	/// can have spent what was not frozen since the registration; such a log cannot commit.
	fn commit(amount: &BalanceOf<T>, from: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		Self::release(amount, from)?;
		T::Currency::transfer_and_hold(
			&HoldReason::Locked.into(),
			from,
			to,
			*amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)
		.map(drop)
	}

	fn unlock(amount: &BalanceOf<T>, to: &T::AccountId) -> DispatchResult {
		T::Currency::release(&HoldReason::Locked.into(), to, *amount, Precision::Exact).map(drop)
	}

	/// `Force`: a freeze on the receiver's balance must not hold up a reversal.
	fn reverse(amount: &BalanceOf<T>, from: &T::AccountId, to: &T::AccountId) -> DispatchResult {
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

	/// Of every account that the system knows.
	fn check_held(held: &[Held<T::AccountId, BalanceOf<T>>]) -> Result<(), TryRuntimeError> {
		let mut sums = BTreeMap::<_, BalanceOf<T>>::new();
		for Held { who, reason, item } in held {
			let sum = sums.entry((who.clone(), *reason as u8)).or_default();
			*sum = sum.saturating_add(*item);
		}
		for who in frame_system::Account::<T>::iter_keys() {
			for reason in [HoldReason::Reserved, HoldReason::Locked] {
				let due = sums.get(&(who.clone(), reason as u8)).copied().unwrap_or_default();
				let held = T::Currency::balance_on_hold(&reason.into(), &who);
				ensure!(held == due, "a hold is not its contracts' amount");
			}
		}
		Ok(())
	}
}
