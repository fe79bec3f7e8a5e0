//! Assets besides the native token: of pallet-assets, with its holds.

use super::{Held, Kind};
use crate::{Config, Error, HoldReason};
use alloc::collections::BTreeMap;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{
		fungibles::{Inspect, MutateHold},
		tokens::{Fortitude, Precision, Preservation, Restriction},
	},
};
use scale_info::TypeInfo;
use sp_runtime::{traits::Saturating, DispatchResult, TryRuntimeError};

/// An amount of an asset.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AssetAmount<Id, Amount> {
	/// Which asset.
	pub id: Id,
	/// In its smallest unit.
	pub amount: Amount,
}

/// The assets `F` of the runtime `T`: for pallet-assets, its pallet-assets-holder.
///
/// An asset's issuer can freeze it, block an account, or begin to destroy the asset. What is held is
/// not touched by that, and moves as soon as the asset can move again.
pub struct Assets<T, F>(PhantomData<(T, F)>);

type ItemOf<T, F> = AssetAmount<
	<F as Inspect<<T as frame_system::Config>::AccountId>>::AssetId,
	<F as Inspect<<T as frame_system::Config>::AccountId>>::Balance,
>;

impl<T, F> Kind<T::AccountId> for Assets<T, F>
where
	T: Config,
	F: MutateHold<T::AccountId, Reason = T::RuntimeHoldReason>
		+ Inspect<T::AccountId, AssetId: Ord + 'static>,
{
	type Item = ItemOf<T, F>;

	/// Seven reads and six writes to commit, where an amount of the native token takes four and four,
	/// in about the same time.
	const WORK: u32 = 2;

	fn check(item: &ItemOf<T, F>, _: &T::AccountId, _: &T::AccountId) -> DispatchResult {
		ensure!(F::asset_exists(item.id.clone()), Error::<T>::UnknownAsset);
		let least = F::minimum_balance(item.id.clone()).max(1u32.into());
		ensure!(item.amount >= least, Error::<T>::AmountTooSmall);
		Ok(())
	}

	fn reserve(item: &ItemOf<T, F>, from: &T::AccountId) -> DispatchResult {
		let (protect, polite) = (Preservation::Protect, Fortitude::Polite);
		let free = F::reducible_balance(item.id.clone(), from, protect, polite);
		ensure!(item.amount <= free, Error::<T>::InsufficientValue);
		F::hold(item.id.clone(), &HoldReason::Reserved.into(), from, item.amount)
	}

	fn release(item: &ItemOf<T, F>, from: &T::AccountId) -> DispatchResult {
		let reason = HoldReason::Reserved.into();
		F::release(item.id.clone(), &reason, from, item.amount, Precision::Exact).map(drop)
	}

	fn commit(item: &ItemOf<T, F>, from: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		Self::release(item, from)?;
		F::transfer_and_hold(
			item.id.clone(),
			&HoldReason::Locked.into(),
			from,
			to,
			item.amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)
		.map(drop)
	}

	fn unlock(item: &ItemOf<T, F>, to: &T::AccountId) -> DispatchResult {
		let reason = HoldReason::Locked.into();
		F::release(item.id.clone(), &reason, to, item.amount, Precision::Exact).map(drop)
	}

	/// `Force`: a freeze on the receiver's balance must not hold up a reversal.
	fn reverse(item: &ItemOf<T, F>, from: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		F::transfer_on_hold(
			item.id.clone(),
			&HoldReason::Locked.into(),
			to,
			from,
			item.amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
		.map(drop)
	}

	/// Of every account that the system knows, in the assets that are held of any.
	fn check_held(held: &[Held<T::AccountId, ItemOf<T, F>>]) -> Result<(), TryRuntimeError> {
		let mut sums = BTreeMap::<_, BTreeMap<_, F::Balance>>::new();
		for Held { who, reason, item } in held {
			let of_asset = sums.entry(item.id.clone()).or_default();
			let sum = of_asset.entry((who.clone(), *reason as u8)).or_default();
			*sum = sum.saturating_add(item.amount);
		}
		for (id, sums) in sums {
			for who in frame_system::Account::<T>::iter_keys() {
				for reason in [HoldReason::Reserved, HoldReason::Locked] {
					let due = sums.get(&(who.clone(), reason as u8)).copied().unwrap_or_default();
					let held = F::balance_on_hold(id.clone(), &reason.into(), &who);
					ensure!(held == due, "a hold of an asset is not its contracts' amount");
				}
			}
		}
		Ok(())
	}
}
