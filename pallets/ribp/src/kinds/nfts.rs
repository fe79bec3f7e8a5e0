//! Things of which there is one: of pallet-nfts.

use super::{Held, Kind};
use crate::{Config, Error};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::tokens::nonfungibles_v2::{Inspect, Transfer},
	Parameter,
};
use scale_info::TypeInfo;
use sp_runtime::{DispatchResult, TryRuntimeError};

/// One thing in a collection.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Nft<Collection, Item> {
	/// Which collection.
	pub collection: Collection,
	/// Which of its things.
	pub item: Item,
}

/// The things `N` of the runtime `T`: for pallet-nfts, that pallet.
///
/// What is not free has its transfers disabled: then pallet-nfts lets nobody sell, swap, give away or
/// burn it. No other pallet of the runtime may enable them again.
///
/// Who rules over a collection can forbid transfers by its settings. Then a thing stays where it is
/// until they are allowed again, by who has forbidden them or by the chain's governance.
pub struct Nfts<T, N>(PhantomData<(T, N)>);

type ItemOf<T, N> = Nft<
	<N as Inspect<<T as frame_system::Config>::AccountId>>::CollectionId,
	<N as Inspect<<T as frame_system::Config>::AccountId>>::ItemId,
>;

impl<T, N> Kind<T::AccountId> for Nfts<T, N>
where
	T: Config,
	N: Transfer<T::AccountId>,
	N::CollectionId: Parameter + MaxEncodedLen + 'static,
	N::ItemId: Parameter + MaxEncodedLen + 'static,
{
	type Item = ItemOf<T, N>;

	/// Five reads and seven writes to commit, where an amount of the native token takes four and four;
	/// in 1.1 times its time, and 1.6 times to reverse.
	const WORK: u32 = 2;

	fn check(_: &ItemOf<T, N>, _: &T::AccountId, _: &T::AccountId) -> DispatchResult {
		Ok(())
	}

	fn reserve(nft: &ItemOf<T, N>, from: &T::AccountId) -> DispatchResult {
		Self::ensure_with(nft, from)?;
		ensure!(N::can_transfer(&nft.collection, &nft.item), Error::<T>::NotTransferable);
		N::disable_transfer(&nft.collection, &nft.item)
	}

	fn release(nft: &ItemOf<T, N>, from: &T::AccountId) -> DispatchResult {
		Self::ensure_with(nft, from)?;
		N::enable_transfer(&nft.collection, &nft.item)
	}

	fn commit(nft: &ItemOf<T, N>, from: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		Self::release(nft, from)?;
		N::transfer(&nft.collection, &nft.item, to)?;
		N::disable_transfer(&nft.collection, &nft.item)
	}

	fn unlock(nft: &ItemOf<T, N>, to: &T::AccountId) -> DispatchResult {
		Self::release(nft, to)
	}

	fn reverse(nft: &ItemOf<T, N>, from: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		Self::release(nft, to)?;
		N::transfer(&nft.collection, &nft.item, from)
	}

	fn check_held(held: &[Held<T::AccountId, ItemOf<T, N>>]) -> Result<(), TryRuntimeError> {
		for Held { who, item: nft, .. } in held {
			let owner = N::owner(&nft.collection, &nft.item);
			ensure!(owner.as_ref() == Some(who), "a thing is with somebody else");
			let is_free = N::can_transfer(&nft.collection, &nft.item);
			ensure!(!is_free, "a thing is free that a contract holds");
		}
		Ok(())
	}
}

impl<T, N> Nfts<T, N>
where
	T: Config,
	N: Transfer<T::AccountId>,
{
	/// Refuses a thing that is not with `who`, whatever has moved it.
	fn ensure_with(nft: &ItemOf<T, N>, who: &T::AccountId) -> DispatchResult {
		let owner = N::owner(&nft.collection, &nft.item);
		ensure!(owner.as_ref() == Some(who), Error::<T>::InsufficientValue);
		Ok(())
	}
}
