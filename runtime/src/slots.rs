//! How long a slot of the chain is, and so the time between two blocks: its genesis says so, and
//! nothing changes it afterwards.

use core::marker::PhantomData;
use frame_support::{pallet_prelude::*, traits::ConstU64};

use crate::MILLISECS_PER_BLOCK;

pub use pallet::*;

/// The shortest slot, in milliseconds.
///
/// A full block takes up to half of [`MILLISECS_PER_BLOCK`]. The author of a shorter slot stops filling
/// its block in time, so that such a chain holds less in each.
pub const LEAST_SLOT: u64 = MILLISECS_PER_BLOCK / 4;

#[frame_support::pallet]
pub mod pallet {
	use super::*;

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// Length of a slot, in milliseconds.
	#[pallet::storage]
	pub type Duration<T: Config> = StorageValue<_, u64, ValueQuery, ConstU64<MILLISECS_PER_BLOCK>>;

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Length of a slot, in milliseconds.
		pub duration: u64,
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { duration: MILLISECS_PER_BLOCK, _config: PhantomData }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		/// Panics if slots would be shorter than blocks and votes have time for.
		fn build(&self) {
			let least = LEAST_SLOT;
			assert!(self.duration >= least, "a slot takes {least} milliseconds or more");
			Duration::<T>::put(self.duration);
		}
	}
}

/// The length of a slot.
pub struct SlotDuration<T>(PhantomData<T>);

impl<T: Config> Get<u64> for SlotDuration<T> {
	fn get() -> u64 {
		Duration::<T>::get()
	}
}

/// The least time between two blocks that the chain's clock allows.
pub struct HalfSlot<T>(PhantomData<T>);

impl<T: Config> Get<u64> for HalfSlot<T> {
	fn get() -> u64 {
		SlotDuration::<T>::get() / 2
	}
}
