//! Kinds of value: what a chain can exchange, and how it is reserved, moved and locked.
//!
//! A chain names its kinds with [`kinds!`](crate::kinds): those below, and any of its own that
//! implements [`Kind`].
//!
//! # What can jam
//!
//! | what | what becomes of it |
//! |---|---|
//! | the receiver's balance is frozen, its account of an asset frozen or blocked | a reversal does not ask; the receiver's own gain waits |
//! | the payer's account of an asset is blocked, the asset frozen, its supply full | reversal and release wait until that is undone |
//! | a collection's or a thing's transfers are forbidden | the reversal waits; root can allow them; unlocking and releasing do not ask |
//! | the payer has spent what was frozen beneath a hold | the log does not commit, and expires |
//! | the payer's account of an asset has died | it is made anew: the deposit keeps the account itself alive |
//! | the receiver's account, or that of an asset, has died | it is made anew at the commit, or the log does not commit and expires |
//! | the amount is too small for an account to live on | refused at registration |
//! | an asset or a collection is to be destroyed, an item burned | refused by those pallets while any is held |
//!
//! What waits is in nobody's way: other contracts move by the same evidence, and evidence about nothing
//! else is refused ([`Error::ValueCannotMove`](crate::Error::ValueCannotMove)) until it is of use.

mod assets;
mod nfts;
mod token;

pub use assets::{AssetAmount, Assets};
pub use nfts::{Nft, Nfts};
pub use token::Token;

use crate::HoldReason;
use alloc::vec::Vec;
use frame_support::Parameter;
use sp_runtime::{DispatchResult, TryRuntimeError};

/// A kind of value.
///
/// An item of it is free with its owner, [`HoldReason::Reserved`] with its payer or
/// [`HoldReason::Locked`] with its receiver. Nobody may move it, give it away or destroy it while it
/// is not free.
///
/// Every method is called within a storage transaction, which an error rolls back. What fails to
/// move stays where it is, and is tried again when there is new evidence: so whatever jams an item
/// must be something that can be undone.
pub trait Kind<AccountId> {
	/// What a log moves at once: an amount, or one thing.
	type Item: Parameter + codec::MaxEncodedLen;

	/// Whether an item of this sort can be exchanged between the two at all, whoever has it.
	fn check(item: &Self::Item, from: &AccountId, to: &AccountId) -> DispatchResult;

	/// Free with `from` -> reserved there. Refuses what `from` does not have, or may not give away.
	fn reserve(item: &Self::Item, from: &AccountId) -> DispatchResult;

	/// Reserved with `from` -> free there.
	fn release(item: &Self::Item, from: &AccountId) -> DispatchResult;

	/// Reserved with `from` -> locked with `to`.
	fn commit(item: &Self::Item, from: &AccountId, to: &AccountId) -> DispatchResult;

	/// Locked with `to` -> free there.
	fn unlock(item: &Self::Item, to: &AccountId) -> DispatchResult;

	/// Locked with `to` -> free with `from`. What is refused to a transfer for the sake of the
	/// receiver must not hold this up, if it can be helped.
	fn reverse(item: &Self::Item, from: &AccountId, to: &AccountId) -> DispatchResult;

	/// How many amounts of the native token could be moved, each between accounts of its own, in the
	/// time and with the storage that it takes to move one item at most, whatever is done to it.
	/// `scripts/weights.sh --kinds` measures that. Weights are of the native token.
	const WORK: u32;

	/// What it takes to move this item; no more than [`Self::WORK`].
	fn work(_: &Self::Item) -> u32 {
		Self::WORK
	}

	/// For [`Pallet::do_try_state`](crate::Pallet::do_try_state): whether what this pallet keeps from
	/// moving is these, and nothing else as far as that can be told.
	fn check_held(held: &[Held<AccountId, Self::Item>]) -> Result<(), TryRuntimeError>;
}

/// An item that is not free.
#[derive(Clone, Debug)]
pub struct Held<AccountId, Item> {
	/// With whom.
	pub who: AccountId,
	/// Why.
	pub reason: HoldReason,
	/// What.
	pub item: Item,
}

impl<AccountId: Clone, Item> Held<AccountId, Item> {
	/// Of those items that are of one kind, as its own items.
	pub fn of_kind<Own>(
		held: &[Self],
		of_kind: impl Fn(&Item) -> Option<Own>,
	) -> Vec<Held<AccountId, Own>> {
		let own = |held: &Self| {
			let item = of_kind(&held.item)?;
			Some(Held { who: held.who.clone(), reason: held.reason, item })
		};
		held.iter().filter_map(own).collect()
	}
}

/// Makes items for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub trait BenchmarkHelper<AccountId, Item> {
	/// How many kinds there are.
	const KINDS: u32;

	/// Gives `owner` an item that `to` can receive. Of all kinds, from 0 on, the first is the native
	/// token, by which weights are measured.
	fn give(kind: u32, number: u32, owner: &AccountId, to: &AccountId) -> Item;
}

/// Declares the kinds of value of a chain: an enum of their items, and the [`Kind`] of all of them.
///
/// The index after each says how it is encoded, and must never change.
///
/// ```ignore
/// pallet_ribp::kinds! {
///     /// What can be exchanged.
///     pub enum Item of AllKinds for AccountId {
///         /// An amount of the native token.
///         Token(pallet_ribp::Token<Runtime>) = 0,
///         /// An entry of the land register.
///         Title(Titles) = 1,
///     }
/// }
/// ```
#[macro_export]
macro_rules! kinds {
	(
		$(#[$attribute:meta])*
		$visible:vis enum $item:ident of $kinds:ident for $account:ty {
			$( $(#[$inner:meta])* $name:ident($kind:ty) = $index:literal, )+
		}
	) => {
		$(#[$attribute])*
		#[derive(
			Clone,
			PartialEq,
			Eq,
			Debug,
			$crate::__private::codec::Encode,
			$crate::__private::codec::Decode,
			$crate::__private::codec::DecodeWithMemTracking,
			$crate::__private::codec::MaxEncodedLen,
			$crate::__private::scale_info::TypeInfo,
		)]
		#[codec(crate = $crate::__private::codec)]
		#[scale_info(crate = $crate::__private::scale_info)]
		$visible enum $item {
			$( $(#[$inner])* #[codec(index = $index)] $name(<$kind as $crate::Kind<$account>>::Item), )+
		}

		#[doc = concat!("How each [`", stringify!($item), "`] is reserved, moved and locked.")]
		$visible struct $kinds;

		impl $crate::Kind<$account> for $kinds {
			type Item = $item;

			$crate::kinds!(@do check(from, to) $item $account [$($name($kind))+]);
			$crate::kinds!(@do reserve(from) $item $account [$($name($kind))+]);
			$crate::kinds!(@do release(from) $item $account [$($name($kind))+]);
			$crate::kinds!(@do commit(from, to) $item $account [$($name($kind))+]);
			$crate::kinds!(@do unlock(to) $item $account [$($name($kind))+]);
			$crate::kinds!(@do reverse(from, to) $item $account [$($name($kind))+]);

			const WORK: u32 = {
				let mut most = 0;
				$(
					if <$kind as $crate::Kind<$account>>::WORK > most {
						most = <$kind as $crate::Kind<$account>>::WORK;
					}
				)+
				most
			};

			fn work(item: &$item) -> u32 {
				match item {
					$( $item::$name(item) => <$kind as $crate::Kind<$account>>::work(item), )+
				}
			}

			fn check_held(
				held: &[$crate::Held<$account, $item>],
			) -> Result<(), $crate::__private::TryRuntimeError> {
				$({
					let own = $crate::Held::of_kind(held, |item| match item {
						$item::$name(item) => Some(item.clone()),
						#[allow(unreachable_patterns)]
						_ => None,
					});
					<$kind as $crate::Kind<$account>>::check_held(&own)?;
				})+
				Ok(())
			}
		}
	};

	(@do $method:ident($who:ident) $item:ident $account:ty [$($name:ident($kind:ty))+]) => {
		fn $method(item: &$item, $who: &$account) -> $crate::__private::DispatchResult {
			match item {
				$( $item::$name(item) => <$kind as $crate::Kind<$account>>::$method(item, $who), )+
			}
		}
	};

	(@do $method:ident($from:ident, $to:ident) $item:ident $account:ty [$($name:ident($kind:ty))+]) => {
		fn $method(
			item: &$item,
			$from: &$account,
			$to: &$account,
		) -> $crate::__private::DispatchResult {
			match item {
				$(
					$item::$name(item) =>
						<$kind as $crate::Kind<$account>>::$method(item, $from, $to),
				)+
			}
		}
	};
}
