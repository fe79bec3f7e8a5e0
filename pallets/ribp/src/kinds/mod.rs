//! Kinds of value: what a chain can exchange, and how it is taken and given.
//!
//! A chain names its kinds with [`kinds!`](crate::kinds): those below, and any of its own that
//! implements [`Kind`].
//!
#![doc = include_str!("owed.md")]

mod assets;
mod nfts;
mod token;

pub use assets::{AssetAmount, Assets};
pub use nfts::{Nft, Nfts};
pub use token::Token;

use frame_support::Parameter;
use sp_runtime::{DispatchResult, TryRuntimeError};

/// A kind of value.
///
/// An item of it is free with its owner, or taken: then it is the pallet's, until it is given. Once
/// it is taken, nothing that its payer, its receiver or a third account does may hinder that it is
/// given to one of the two; what who issues it can do belongs into the kind's documentation.
///
/// `at` is an account of the contract's own, to which nobody has a key. What is taken can be there, so
/// that what becomes of one contract's is of no concern to another's.
///
/// Every method is called within a storage transaction, which an error rolls back. What cannot be given
/// is owed, and tried again when somebody claims it.
pub trait Kind<AccountId> {
	/// What a log moves at once: an amount, or one thing.
	type Item: Parameter + codec::MaxEncodedLen;

	/// Whether an item of this sort can be exchanged between the two at all, whoever has it.
	fn check(item: &Self::Item, from: &AccountId, to: &AccountId) -> DispatchResult;

	/// Takes it. Refuses what `from` does not have, or may not give away.
	fn take(item: &Self::Item, from: &AccountId, at: &AccountId) -> DispatchResult;

	/// Gives what was taken to its receiver, or to whom that one names. Whether that is allowed is for the
	/// kind to say.
	fn give(item: &Self::Item, at: &AccountId, to: &AccountId) -> DispatchResult;

	/// Gives it back to its payer, where that makes a difference.
	fn give_back(item: &Self::Item, at: &AccountId, from: &AccountId) -> DispatchResult {
		Self::give(item, at, from)
	}

	/// What two items of any contracts are together, where to take or to give that is to take or to give
	/// both, and no more work than either. Who trades much with the same account has it moved at once.
	fn sum(_: &Self::Item, _: &Self::Item) -> Option<Self::Item> {
		None
	}

	/// Whether nobody can ever be given such an item: who issued it has destroyed it.
	fn is_gone(_: &Self::Item) -> bool {
		false
	}

	/// How many amounts of the native token could be moved, each between accounts of its own, in the
	/// time and with the storage that it takes to move one item at most, whatever is done to it.
	/// `scripts/weights.sh --kinds` measures that. Weights are of the native token.
	const WORK: u32;

	/// What it takes to move this item; no more than [`Self::WORK`].
	fn work(_: &Self::Item) -> u32 {
		Self::WORK
	}

	/// For [`Pallet::do_try_state`](crate::Pallet::do_try_state): whether the pallet has all of these, which
	/// contracts have taken, with the accounts of those, and nobody was given. It may have more: anybody
	/// can send it some. Says nothing where somebody else can take it away.
	fn check_taken(_: &[(AccountId, Self::Item)]) -> Result<(), TryRuntimeError> {
		Ok(())
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

		#[doc = concat!("How each [`", stringify!($item), "`] is taken and given.")]
		$visible struct $kinds;

		impl $crate::Kind<$account> for $kinds {
			type Item = $item;

			$crate::kinds!(@do check(from, to) $item $account [$($name($kind))+]);
			$crate::kinds!(@do take(from, at) $item $account [$($name($kind))+]);
			$crate::kinds!(@do give(at, to) $item $account [$($name($kind))+]);
			$crate::kinds!(@do give_back(at, from) $item $account [$($name($kind))+]);

			fn sum(one: &$item, other: &$item) -> Option<$item> {
				match (one, other) {
					$(
						($item::$name(one), $item::$name(other)) =>
							<$kind as $crate::Kind<$account>>::sum(one, other).map($item::$name),
					)+
					#[allow(unreachable_patterns)]
					_ => None,
				}
			}

			fn is_gone(item: &$item) -> bool {
				match item {
					$( $item::$name(item) => <$kind as $crate::Kind<$account>>::is_gone(item), )+
				}
			}

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

			fn check_taken(
				taken: &[($account, $item)],
			) -> Result<(), $crate::__private::TryRuntimeError> {
				$({
					let own = taken.iter().filter_map(|(at, item)| match item {
						$item::$name(item) => Some((at.clone(), item.clone())),
						#[allow(unreachable_patterns)]
						_ => None,
					});
					let own = own.collect::<$crate::__private::Vec<_>>();
					<$kind as $crate::Kind<$account>>::check_taken(&own)?;
				})+
				Ok(())
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
