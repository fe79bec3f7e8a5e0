//! Who validates the chain: root says so.
//!
//! Only what root has decided and no session knows yet is kept here, for one block: from then on
//! pallet-session has it. Accounts register their session keys there, with `session.setKeys`,
//! before root can name them.

use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{pallet_prelude::*, storage::bounded_btree_set::BoundedBTreeSet};
use frame_system::pallet_prelude::*;
use pallet_session::SessionManager;
use sp_staking::SessionIndex;

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
	use super::*;

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config
		+ pallet_session::Config<ValidatorId = <Self as frame_system::Config>::AccountId>
	{
		/// Most validators of the chain.
		#[pallet::constant]
		type MaxValidators: Get<u32>;
	}

	/// The validators of the next session that is planned, if they are others than before. Never
	/// empty.
	#[pallet::storage]
	pub type Planned<T: Config> =
		StorageValue<_, BoundedBTreeSet<T::AccountId, <T as Config>::MaxValidators>>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Others will validate the chain, from the block after the next one on.
		ValidatorsNamed {
			/// All of them.
			validators: Vec<T::AccountId>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// A chain without validators would stop for ever.
		NoValidators,
		/// There are more than the chain has room for.
		TooManyValidators,
		/// An account is named twice.
		DuplicateValidator,
		/// An account has not registered its session keys.
		NoSessionKeys,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Names all validators of the chain, in any order. For root.
		///
		/// They are in office two blocks later; their nodes have to run by then, or finality stops.
		/// Naming those who are is no change.
		#[pallet::call_index(0)]
		#[pallet::weight(T::DbWeight::get().reads_writes(validators.len() as u64 + 2, 1))]
		pub fn set_validators(
			origin: OriginFor<T>,
			validators: Vec<T::AccountId>,
		) -> DispatchResult {
			ensure_root(origin)?;
			let named = Self::checked(&validators)?;
			let in_office = Self::in_office();
			let before = Planned::<T>::get().map_or_else(|| in_office.clone(), Into::into);
			if *named != before {
				let validators = named.iter().cloned().collect();
				Planned::<T>::set((*named != in_office).then_some(named));
				Self::deposit_event(Event::ValidatorsNamed { validators });
			}
			Ok(())
		}
	}
}

impl<T: Config> Pallet<T> {
	/// A list that may become the chain's validators.
	fn checked(
		validators: &[T::AccountId],
	) -> Result<BoundedBTreeSet<T::AccountId, <T as Config>::MaxValidators>, Error<T>> {
		ensure!(!validators.is_empty(), Error::<T>::NoValidators);
		let room = <T as Config>::MaxValidators::get() as usize;
		ensure!(validators.len() <= room, Error::<T>::TooManyValidators);
		let named: BTreeSet<_> = validators.iter().cloned().collect();
		ensure!(named.len() == validators.len(), Error::<T>::DuplicateValidator);
		ensure!(named.iter().all(Self::has_keys), Error::<T>::NoSessionKeys);
		named.try_into().map_err(|_| Error::<T>::TooManyValidators)
	}

	fn has_keys(validator: &T::AccountId) -> bool {
		pallet_session::NextKeys::<T>::contains_key(validator)
	}

	/// Those who validate the chain, or will as soon as the next session begins.
	fn in_office() -> BTreeSet<T::AccountId> {
		pallet_session::QueuedKeys::<T>::get().into_iter().map(|(validator, _)| validator).collect()
	}
}

impl<T: Config> SessionManager<T::AccountId> for Pallet<T> {
	/// The validators that root has named since the last session was planned.
	fn new_session(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		let mut validators: Vec<_> = Planned::<T>::take()?.into_iter().collect();
		// Some may have purged their keys since; without anybody left the chain would stop.
		validators.retain(Self::has_keys);
		(!validators.is_empty()).then_some(validators)
	}

	fn start_session(_: SessionIndex) {}

	fn end_session(_: SessionIndex) {}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		genesis::genesis_state,
		session::testing::{register, run_block},
		AccountId, Runtime, RuntimeEvent, RuntimeOrigin, Session, System, Validators,
	};
	use frame_support::{assert_noop, assert_ok};
	use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave};
	use sp_runtime::DispatchError;

	/// Alpha with three accounts that have session keys, after its first blocks.
	fn test(run: impl FnOnce()) {
		genesis_state("alpha").execute_with(|| {
			(1..=3).for_each(|number| drop(run_block(number)));
			register(&[Bob, Charlie, Dave]);
			run();
			assert!(Planned::<Runtime>::get().is_none_or(|planned| !planned.is_empty()));
		});
	}

	fn name(validators: &[AccountId]) -> DispatchResult {
		Validators::set_validators(RuntimeOrigin::root(), validators.to_vec())
	}

	fn planned() -> Option<Vec<AccountId>> {
		Planned::<Runtime>::get().map(|planned| planned.into_iter().collect())
	}

	fn announcements() -> usize {
		let named =
			|event| matches!(event, RuntimeEvent::Validators(Event::ValidatorsNamed { .. }));
		System::events().into_iter().filter(|record| named(record.event.clone())).count()
	}

	#[test]
	fn named_validators_wait_for_the_next_session() {
		test(|| {
			let validators = [Charlie, Bob].map(|account| account.to_account_id());
			assert_ok!(name(&validators));
			let mut sorted = validators.to_vec();
			sorted.sort();
			assert_eq!(planned(), Some(sorted.clone()));
			let event = Event::ValidatorsNamed { validators: sorted.clone() };
			System::assert_last_event(event.into());
			assert_eq!(Validators::new_session(9), Some(sorted));
			assert_eq!(planned(), None);
			assert_eq!(Validators::new_session(10), None);
		});
	}

	#[test]
	fn only_root_names_validators() {
		test(|| {
			let alice = RuntimeOrigin::signed(Alice.to_account_id());
			let call = Validators::set_validators(alice, [Bob.to_account_id()].to_vec());
			assert_noop!(call, DispatchError::BadOrigin);
		});
	}

	#[test]
	fn a_chain_without_validators_is_refused() {
		test(|| {
			assert_noop!(name(&[]), Error::<Runtime>::NoValidators);
		});
	}

	#[test]
	fn more_validators_than_there_is_room_for_are_refused() {
		test(|| {
			let room: u32 = <<Runtime as Config>::MaxValidators as Get<u32>>::get();
			let accounts: Vec<_> = (0..=room as u8).map(|i| AccountId::new([i; 32])).collect();
			assert_noop!(name(&accounts), Error::<Runtime>::TooManyValidators);
		});
	}

	#[test]
	fn a_validator_that_is_named_twice_is_refused() {
		test(|| {
			let validators = [Bob, Charlie, Bob].map(|account| account.to_account_id());
			assert_noop!(name(&validators), Error::<Runtime>::DuplicateValidator);
		});
	}

	#[test]
	fn an_account_without_session_keys_is_refused() {
		test(|| {
			let validators = [Bob, Alice].map(|account| account.to_account_id());
			assert_noop!(name(&validators), Error::<Runtime>::NoSessionKeys);
		});
	}

	#[test]
	fn naming_the_present_validators_is_no_change() {
		test(|| {
			assert_ok!(name(&Session::validators()));
			assert_eq!((planned(), announcements()), (None, 0));
		});
	}

	#[test]
	fn naming_the_same_validators_again_is_no_change() {
		test(|| {
			let [bob, charlie] = [Bob, Charlie].map(|account| account.to_account_id());
			assert_ok!(name(&[bob.clone(), charlie.clone()]));
			assert_ok!(name(&[charlie, bob]));
			assert_eq!(announcements(), 1);
		});
	}

	#[test]
	fn a_change_can_be_taken_back_until_a_session_knows_it() {
		test(|| {
			assert_ok!(name(&[Bob.to_account_id()]));
			assert_ok!(name(&Session::validators()));
			assert_eq!((planned(), announcements()), (None, 2));
		});
	}

	#[test]
	fn validators_that_have_purged_their_keys_are_left_out() {
		test(|| {
			let validators = [Bob, Charlie].map(|account| account.to_account_id());
			assert_ok!(name(&validators));
			assert_ok!(Session::purge_keys(RuntimeOrigin::signed(validators[0].clone())));
			assert_eq!(Validators::new_session(9), Some([validators[1].clone()].to_vec()));
			assert_ok!(name(&validators[1..]));
			assert_ok!(Session::purge_keys(RuntimeOrigin::signed(validators[1].clone())));
			assert_eq!(Validators::new_session(10), None, "nobody would be left");
		});
	}
}
