//! Whether a runtime's configuration makes sense.

use crate::{cost, Config, Height, Pallet};
use codec::MaxEncodedLen;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> Pallet<T> {
	/// Panics, with advice, if it does not.
	pub(crate) fn check_config() {
		assert!(
			(1..=ribp_protocol::MAX_WINDOW).contains(&T::Window::get()),
			"Window must be between 1 and MAX_WINDOW",
		);
		assert!(T::MinExpiry::get() <= T::MaxExpiry::get(), "MinExpiry must not exceed MaxExpiry");
		assert!(
			(1..=T::MaxMissed::get()).contains(&T::ViewStep::get()),
			"ViewStep must be between 1 and MaxMissed",
		);
		assert!(T::MaxContracts::get() > 0, "MaxContracts must be at least one");
		assert!(
			(1..=T::MaxContracts::get()).contains(&T::MaxItems::get()),
			"MaxItems must be between 1 and MaxContracts",
		);
		assert!(
			T::MaxMissed::get().saturating_mul(64) <= T::MaxEvidenceSize::get(),
			"MaxMissed hashes must fill no more than half of MaxEvidenceSize",
		);
		assert!(T::MaxExpiriesPerBlock::get() > 0, "contracts must be able to expire");
		assert_eq!(
			BlockNumberFor::<T>::max_encoded_len(),
			Height::max_encoded_len(),
			"block numbers must have 32 bits",
		);
		cost::check_limits::<T>();
	}
}
