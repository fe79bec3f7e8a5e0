//! The native token.

use super::Kind;
use crate::{BalanceOf, Config, Error, Pallet};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Fortitude, Preservation},
	},
};
use sp_runtime::{
	traits::{CheckedAdd, Saturating},
	DispatchResult, TryRuntimeError,
};

/// The native token of the runtime `T`, [`Config::Currency`]. An item is an amount of its smallest
/// unit.
///
/// What is taken is with the pallet's account ([`Pallet::account`]), whatever contract has taken it, and not
/// on hold with its payer: a freeze overlaps what is on hold, so that a payer who votes or vests could
/// have spent it.
pub struct Token<T>(PhantomData<T>);

impl<T: Config> Kind<T::AccountId> for Token<T> {
	type Item = BalanceOf<T>;

	const WORK: u32 = 1;

	/// A receiver who has no account gets one: the amount is enough for it.
	fn check(amount: &BalanceOf<T>, _: &T::AccountId, _: &T::AccountId) -> DispatchResult {
		ensure!(*amount >= T::Currency::minimum_balance(), Error::<T>::AmountTooSmall);
		Ok(())
	}

	fn take(amount: &BalanceOf<T>, from: &T::AccountId, _: &T::AccountId) -> DispatchResult {
		let free = T::Currency::reducible_balance(from, Preservation::Preserve, Fortitude::Polite);
		ensure!(*amount <= free, Error::<T>::InsufficientValue);
		let to = Pallet::<T>::account();
		T::Currency::transfer(from, &to, *amount, Preservation::Preserve).map(drop)
	}

	fn give(amount: &BalanceOf<T>, _: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		let from = Pallet::<T>::account();
		T::Currency::transfer(&from, to, *amount, Preservation::Preserve).map(drop)
	}

	/// All of it is with one account, whatever contract has taken it.
	fn sum(one: &BalanceOf<T>, other: &BalanceOf<T>) -> Option<BalanceOf<T>> {
		one.checked_add(other)
	}

	fn check_taken(taken: &[(T::AccountId, BalanceOf<T>)]) -> Result<(), TryRuntimeError> {
		let least = T::Currency::minimum_balance();
		let due = taken.iter().fold(least, |sum, (_, amount)| sum.saturating_add(*amount));
		let has = T::Currency::total_balance(&Pallet::<T>::account());
		ensure!(has >= due, "the pallet's account has less than its contracts have taken");
		Ok(())
	}
}
