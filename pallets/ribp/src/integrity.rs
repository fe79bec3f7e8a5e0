//! Whether a runtime's configuration makes sense.

use crate::{cost, Config, ForkChoice, Height, Pallet};
use codec::MaxEncodedLen;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use ribp_light_client::AuthoritySet;

impl<T: Config> Pallet<T> {
	/// Panics, with advice, if it does not.
	pub(crate) fn check_config() {
		assert!(T::MinExpiry::get() <= T::MaxExpiry::get(), "MinExpiry must not exceed MaxExpiry");
		assert!(T::MinExpiry::get() <= T::MaxSkew::get(), "MaxSkew must not be below MinExpiry");
		assert!(T::MaxSkew::get() <= T::MaxExpiry::get(), "MaxSkew must not exceed MaxExpiry");
		assert!(T::ViewStep::get() > 0, "ViewStep must be at least one");
		assert!(T::MaxChanges::get() > 0, "authorities must be able to change");
		assert!(T::MaxContracts::get() > 0, "MaxContracts must be at least one");
		assert!(
			(1..=T::MaxContracts::get()).contains(&T::MaxItems::get()),
			"MaxItems must be between 1 and MaxContracts",
		);
		// A header and its votes take the other half of what proves a branch.
		assert!(
			T::MaxEvidenceSize::get() / 2 >= AuthoritySet::max_encoded_len() as u32,
			"MaxEvidenceSize must have room for two of the largest sets of authorities",
		);
		if let ForkChoice::MostReliedOn { grace, most } = T::ForkChoice::get() {
			assert!(grace >= T::Exposure::get(), "the grace of a fork must not be below Exposure");
			assert!(most > 0, "contracts that rely on a branch must count");
		}
		assert!(T::MaxSweptPerBlock::get() > 0, "contracts must be able to be swept");
		assert!(T::MaxEntries::get() > 0, "contracts must be able to be registered");
		assert!(T::MinNotice::get() <= T::MaxExpiry::get(), "MinNotice must not exceed MaxExpiry");
		assert!(T::MinNotice::get() > 1, "MinNotice must be at least two blocks");
		assert!(
			T::Retention::get() >= T::Exposure::get(),
			"contracts must be kept as long as a fork may be exposed: Retention below Exposure",
		);
		assert_eq!(
			BlockNumberFor::<T>::max_encoded_len(),
			Height::max_encoded_len(),
			"block numbers must have 32 bits",
		);
		cost::check_limits::<T>();
	}
}
