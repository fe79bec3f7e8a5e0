//! How many contracts wait, and what it costs to add one (section 5.2): a flood of registrations is
//! bounded, and paid for.

use crate::{ActionOf, BalanceOf, Config, Error, Pallet, SystemId, WaitingCount, WaitingCountOf};
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced,
	},
};
use sp_runtime::traits::Zero;

impl<T: Config> Pallet<T> {
	/// Takes the fee for a registration. Nobody gets it back.
	pub(crate) fn charge(who: &T::AccountId) -> Result<(), Error<T>> {
		let fee: BalanceOf<T> = T::RegistrationFee::get();
		if fee.is_zero() {
			return Ok(());
		}
		let (exact, polite) = (Precision::Exact, Fortitude::Polite);
		let credit = T::Currency::withdraw(who, fee, exact, Preservation::Preserve, polite)
			.map_err(|_| Error::<T>::InsufficientFee)?;
		T::FeeDestination::on_unbalanced(credit);
		Ok(())
	}

	/// One more contract of this payer waits for the peer.
	pub(crate) fn enlist(peer: SystemId, payer: &T::AccountId) -> Result<(), Error<T>> {
		let (all, own) = (WaitingCount::<T>::get(peer), WaitingCountOf::<T>::get(payer));
		ensure!(all < T::MaxWaiting::get(), Error::<T>::TooManyWaiting);
		ensure!(own < T::MaxWaitingPerAccount::get(), Error::<T>::TooManyWaitingOfAccount);
		WaitingCount::<T>::insert(peer, all.saturating_add(1));
		WaitingCountOf::<T>::insert(payer, own.saturating_add(1));
		Ok(())
	}

	/// A contract that has waited for the peer does so no more.
	pub(crate) fn discharge(peer: SystemId, action: &ActionOf<T>) {
		WaitingCount::<T>::mutate_exists(peer, count_down);
		WaitingCountOf::<T>::mutate_exists(Self::payer(action), count_down);
	}
}

/// Nothing is stored of nobody.
fn count_down(count: &mut Option<u32>) {
	match count.map(|count| count.saturating_sub(1)) {
		Some(left) => *count = Some(left).filter(|left| *left > 0),
		None => {
			defensive!("a contract that waits is counted");
		},
	}
}
