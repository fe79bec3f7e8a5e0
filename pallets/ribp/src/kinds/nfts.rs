//! Things of which there is one: of pallet-nfts.

use super::Kind;
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
/// What is taken is the contract's own, so that nobody else sells, swaps, gives away or burns it.
///
/// Who rules over a collection can forbid transfers by its settings. Then a thing is owed until they are
/// allowed again, by who has forbidden them or by the chain's governance.
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

	/// Five reads and seven writes at most, where an amount of the native token takes four and four;
	/// in up to 1.6 times its time.
	const WORK: u32 = 2;

	fn check(_: &ItemOf<T, N>, _: &T::AccountId, _: &T::AccountId) -> DispatchResult {
		Ok(())
	}

	fn take(nft: &ItemOf<T, N>, from: &T::AccountId, at: &T::AccountId) -> DispatchResult {
		Self::ensure_with(nft, from)?;
		ensure!(N::can_transfer(&nft.collection, &nft.item), Error::<T>::NotTransferable);
		N::transfer(&nft.collection, &nft.item, at)
	}

	fn give(nft: &ItemOf<T, N>, at: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		Self::ensure_with(nft, at)?;
		N::transfer(&nft.collection, &nft.item, to)
	}

	fn check_taken(taken: &[(T::AccountId, ItemOf<T, N>)]) -> Result<(), TryRuntimeError> {
		for (at, nft) in taken {
			let owner = N::owner(&nft.collection, &nft.item);
			ensure!(owner.as_ref() == Some(at), "a thing is with somebody else");
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
