//! What a log does to value: all of its items are taken from the payer when the contract is registered,
//! and given to the receiver or back to the payer when it has ended.
//!
//! What a contract comes to is decided by the other chain, and never waits for value to move. An item
//! that cannot move then is *owed* to whom it is for, until somebody has it paid ([`Call::claim`]):
//! nothing else depends on it.
//!
//! [`Call::claim`]: crate::Call::claim

use crate::{
	Action, ActionOf, Config, ContractId, Debt, DebtOf, Endowment, Error, Event, ItemOf, Kind,
	Owed, Pallet, StoredActionOf,
};
use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use core::ops::Deref;
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect, Mutate},
		Get,
	},
};
use ribp_protocol::Flow;
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{AccountIdConversion, Saturating, TrailingZeroInput, Zero},
	DispatchError, DispatchResult,
};

/// An item of a contract that has ended, which is to move.
pub(crate) struct Payment<T: Config> {
	id: ContractId,
	index: u32,
	debt: DebtOf<T>,
}

impl<T: Config> Payment<T> {
	/// What a log's value comes to.
	pub fn of(
		id: ContractId,
		flow: Flow,
		action: &StoredActionOf<T>,
	) -> impl Iterator<Item = Self> + '_ {
		let Action::Transfer { from, to, items } = action;
		let is_payer = flow == Flow::GiveBack;
		let to = if is_payer { from } else { to };
		(0..).zip(items.iter()).map(move |(index, item)| {
			let debt = Debt { item: item.clone(), to: to.clone(), is_payer };
			Self { id, index, debt }
		})
	}

	/// Whom it is for.
	#[cfg(feature = "runtime-benchmarks")]
	pub fn receiver(&self) -> &T::AccountId {
		&self.debt.to
	}
}

/// What moves at once between the same accounts, of whichever contracts it is a part.
struct Sum<T: Config, To, Part> {
	item: ItemOf<T>,
	to: To,
	parts: Vec<Part>,
}

impl<T: Config> Pallet<T> {
	/// Takes from a payer what these contracts' logs spend, all of it or nothing.
	pub(super) fn take_all(
		from: &T::AccountId,
		spent: impl IntoIterator<Item = (ContractId, ItemOf<T>)>,
	) -> DispatchResult {
		let mut sums = Vec::<Sum<T, _, _>>::new();
		for (id, item) in spent {
			add(&mut sums, (), id, item);
		}
		let mut sums = sums.into_iter();
		sums.try_for_each(|Sum { item, parts, .. }| {
			let Some(first) = parts.first() else { return Ok(()) };
			T::Value::take(&item, from, &Self::account_of(*first))
		})
	}

	/// Gives the value of contracts that have ended to whom it is for; what cannot move is owed. Fails only
	/// where nothing could be done at all, which says nothing about the value: roll back.
	pub(crate) fn pay_all(due: Vec<Payment<T>>) -> DispatchResult {
		let mut sums = Vec::<Sum<T, _, _>>::new();
		for Payment { id, index, debt: Debt { item, to, is_payer } } in due {
			add(&mut sums, (to, is_payer), (id, index, item.clone()), item);
		}
		for Sum { item, parts, to: (to, is_payer) } in sums {
			let debt = |item| Debt { item, to: to.clone(), is_payer };
			if let [(id, index, _), _, ..] = &parts[..] {
				if with_storage_layer(|| Self::pay(*id, *index, &debt(item))).is_ok() {
					continue;
				}
			}
			for (id, index, item) in parts {
				Self::pay_or_owe(id, index, debt(item))?;
			}
		}
		Ok(())
	}

	fn pay_or_owe(id: ContractId, index: u32, debt: DebtOf<T>) -> DispatchResult {
		match with_storage_layer(|| Self::pay(id, index, &debt)) {
			Ok(()) => {},
			// Whoever nests calls too deeply must not have it owed.
			Err(error @ DispatchError::Transactional(_)) => return Err(error),
			Err(error) => {
				let to = debt.to.clone();
				Owed::<T>::insert(id, index, debt);
				Self::deposit_event(Event::Owed { id, index, to, error });
			},
		}
		Ok(())
	}

	fn pay(id: ContractId, index: u32, Debt { item, to, is_payer }: &DebtOf<T>) -> DispatchResult {
		let at = Self::account_of(id);
		let is_gone = T::Value::is_gone(item);
		match is_payer {
			true => T::Value::give_back(item, &at, to)?,
			false => T::Value::give(item, &at, to)?,
		}
		if is_gone {
			Self::deposit_event(Event::WrittenOff { id, index });
		}
		Ok(())
	}

	/// Pays what is owed of a contract, to `to` if whom it is owed to says so.
	pub(crate) fn do_claim(
		who: T::AccountId,
		id: ContractId,
		index: u32,
		to: Option<T::AccountId>,
	) -> DispatchResult {
		let mut debt = Owed::<T>::take(id, index).ok_or(Error::<T>::NothingOwed)?;
		if let Some(to) = to {
			ensure!(who == debt.to, Error::<T>::OwedToAnother);
			Self::ensure_not_own(&to)?;
			ensure!(to != Self::account_of(id), Error::<T>::PalletsAccount);
			debt = Debt { item: debt.item, to, is_payer: false };
		}
		Self::pay(id, index, &debt).map_err(|_| Error::<T>::ValueCannotMove)?;
		Self::deposit_event(Event::Claimed { id, index, to: debt.to });
		Ok(())
	}

	/// verify(log) for a log that is to be registered by `who`, save for whether its payer has the
	/// value.
	pub(crate) fn verify(who: &T::AccountId, action: &ActionOf<T>) -> DispatchResult {
		let Action::Transfer { from, to, items } = action;
		ensure!(from == who, Error::<T>::NotThePayer);
		ensure!(from != to, Error::<T>::PayerIsReceiver);
		Self::ensure_not_own(from)?;
		Self::ensure_not_own(to)?;
		ensure!(!items.is_empty(), Error::<T>::NoItems);
		ensure!(work::<T, _>(action) <= T::MaxContracts::get(), Error::<T>::TooMuchWork);
		items.iter().try_for_each(|item| T::Value::check(item, from, to))
	}

	/// Value that goes from the pallet's account to itself goes nowhere, and counts as moved.
	fn ensure_not_own(who: &T::AccountId) -> DispatchResult {
		ensure!(*who != Self::account(), Error::<T>::PalletsAccount);
		Ok(())
	}

	/// The account that has what contracts have taken of the native token.
	pub fn account() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// A contract's own account. Nobody has its key: it is a hash.
	pub(crate) fn account_of(id: ContractId) -> T::AccountId {
		let hash = (b"ribp/account", T::PalletId::get(), id).using_encoded(blake2_256);
		T::AccountId::decode(&mut TrailingZeroInput::new(&hash))
			.expect("an account is made of any bytes, if there are enough; qed")
	}

	/// Keeps the pallet's account alive when contracts have taken nothing, or an amount that is too small for it
	/// by now.
	pub(crate) fn endow() {
		let (least, has) = (T::Currency::minimum_balance(), Endowment::<T>::get());
		let lacks = least.saturating_sub(has);
		if lacks.is_zero() {
			return;
		}
		match T::Currency::mint_into(&Self::account(), lacks) {
			Ok(_) => Endowment::<T>::put(least),
			Err(error) => {
				defensive!("there is room for an existential deposit", error);
			},
		}
	}

	/// Whose value a log spends.
	pub(crate) fn payer(action: &StoredActionOf<T>) -> &T::AccountId {
		let Action::Transfer { from, .. } = action;
		from
	}

	/// What a contract that has not ended has taken, and its account, for [`Pallet::do_try_state`].
	pub(crate) fn taken(
		id: ContractId,
		action: StoredActionOf<T>,
	) -> impl Iterator<Item = (T::AccountId, ItemOf<T>)> {
		let Action::Transfer { items, .. } = action;
		items.into_iter().map(move |item| (Self::account_of(id), item))
	}
}

/// How many sums of an account an item is tried with: kinds whose items have no sum must cost nothing.
const TRIED: usize = 16;

/// Adds an item to one of the newest sums that takes it.
fn add<T: Config, To: PartialEq, Part>(
	sums: &mut Vec<Sum<T, To, Part>>,
	to: To,
	part: Part,
	item: ItemOf<T>,
) {
	let mut newest = sums.iter_mut().rev().filter(|sum| sum.to == to).take(TRIED);
	let sum = newest.find_map(|sum| Some((T::Value::sum(&sum.item, &item)?, sum)));
	match sum {
		Some((more, sum)) => {
			sum.item = more;
			sum.parts.push(part);
		},
		None => sums.push(Sum { item, to, parts: vec![part] }),
	}
}

/// What it takes to move the items of a log, in amounts of the native token.
pub(crate) fn work<T: Config, Items>(action: &Action<T::AccountId, Items>) -> u32
where
	Items: Deref<Target = Vec<ItemOf<T>>>,
{
	let Action::Transfer { items, .. } = action;
	items.iter().map(T::Value::work).fold(0, u32::saturating_add)
}
