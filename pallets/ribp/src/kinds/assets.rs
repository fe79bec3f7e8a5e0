//! Assets besides the native token: of pallet-assets.

use super::Kind;
use crate::{Config, Error};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{
		fungible::Inspect as _,
		fungibles::{Inspect, Mutate},
		tokens::{Fortitude, Preservation, Provenance},
	},
};
use frame_system::Pallet as System;
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

/// An amount of an asset.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AssetAmount<Id, Amount> {
	/// Which asset.
	pub id: Id,
	/// In its smallest unit.
	pub amount: Amount,
}

/// The assets `F` of the runtime `T`: pallet-assets.
///
/// What is taken is with the contract's own account, which the pallet keeps alive as long as it has any.
/// With one account for all contracts, an asset that is issued anew under the id of a destroyed one would pay
/// for what is owed of that; and whoever sends many assets to an account that keep none alive fills it.
///
/// An asset's issuer can freeze it, block an account, burn or take away what anybody has of it, or destroy it.
/// Others can fill the account of a receiver who has nothing of it: what is owed then is paid when there is room.
pub struct Assets<T, F>(PhantomData<(T, F)>);

type ItemOf<T, F> = AssetAmount<
	<F as Inspect<<T as frame_system::Config>::AccountId>>::AssetId,
	<F as Inspect<<T as frame_system::Config>::AccountId>>::Balance,
>;

impl<T, F> Kind<T::AccountId> for Assets<T, F>
where
	T: Config,
	F: Mutate<T::AccountId> + Inspect<T::AccountId, AssetId: 'static>,
{
	type Item = ItemOf<T, F>;

	/// Seven reads and six writes at most, where an amount of the native token takes four and four,
	/// in about the same time.
	const WORK: u32 = 2;

	fn check(item: &ItemOf<T, F>, _: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		let AssetAmount { id, amount } = item.clone();
		ensure!(F::asset_exists(id.clone()), Error::<T>::UnknownAsset);
		let least = F::minimum_balance(id.clone()).max(1u32.into());
		ensure!(amount >= least, Error::<T>::AmountTooSmall);
		F::can_deposit(id, to, amount, Provenance::Extant).into_result()
	}

	fn take(item: &ItemOf<T, F>, from: &T::AccountId, at: &T::AccountId) -> DispatchResult {
		let AssetAmount { id, amount } = item.clone();
		let (preserve, polite) = (Preservation::Preserve, Fortitude::Polite);
		let free = F::reducible_balance(id.clone(), from, preserve, polite);
		ensure!(amount <= free, Error::<T>::InsufficientValue);
		if System::<T>::providers(at).is_zero() {
			System::<T>::inc_providers(at);
		}
		Self::transfer(item, from, at, preserve)
	}

	fn give(item: &ItemOf<T, F>, at: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		if !Self::is_gone(item) {
			let all = Self::with_dust(item, at);
			Self::transfer(&all, at, to, Preservation::Expendable)?;
		}
		Self::let_go(at);
		Ok(())
	}

	fn is_gone(item: &ItemOf<T, F>) -> bool {
		!F::asset_exists(item.id.clone())
	}
}

impl<T, F> Assets<T, F>
where
	T: Config,
	F: Mutate<T::AccountId> + Inspect<T::AccountId, AssetId: 'static>,
{
	/// With what would be too little to stay with `at`, which others have sent there: it would be lost.
	fn with_dust(item: &ItemOf<T, F>, at: &T::AccountId) -> ItemOf<T, F> {
		let AssetAmount { id, amount } = item.clone();
		let has = F::balance(id.clone(), at);
		let is_dust = has.saturating_sub(amount) < F::minimum_balance(id.clone());
		AssetAmount { id, amount: if is_dust { amount.max(has) } else { amount } }
	}

	/// Moves all of it, or fails: where the supply is near its limit, what is taken from the one may never
	/// get to the other.
	fn transfer(
		item: &ItemOf<T, F>,
		from: &T::AccountId,
		to: &T::AccountId,
		preservation: Preservation,
	) -> DispatchResult {
		let AssetAmount { id, amount } = item.clone();
		let before = F::balance(id.clone(), to);
		F::transfer(id.clone(), from, to, amount, preservation)?;
		let is_there = F::balance(id, to) == before.saturating_add(amount);
		ensure!(is_there, Error::<T>::ValueCannotMove);
		Ok(())
	}

	/// Keeps a contract's account alive no longer, unless it has assets left or somebody has sent the native
	/// token, which keeps it alive as well.
	fn let_go(at: &T::AccountId) {
		let is_kept = !System::<T>::providers(at).is_zero();
		if is_kept && T::Currency::total_balance(at).is_zero() {
			let _goes_on = System::<T>::dec_providers(at);
		}
	}
}
