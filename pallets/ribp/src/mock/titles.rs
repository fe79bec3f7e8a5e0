//! A land register, as a chain might have one: a kind of value of its own.

use super::AccountId;
use crate::Kind;
use frame_support::{ensure, storage_alias, Twox64Concat};
use sp_runtime::{DispatchError, DispatchResult, TryRuntimeError};

/// Who owns a piece of land.
#[storage_alias]
pub type Register = StorageMap<LandRegister, Twox64Concat, u32, AccountId>;

/// What a court has seized: nobody hands it on.
#[storage_alias]
pub type Seized = StorageMap<LandRegister, Twox64Concat, u32, ()>;

/// Titles to pieces of land, by number.
pub struct Titles;

impl Titles {
	/// Hands a title on, if it is with `from`.
	fn hand_on(title: u32, from: AccountId, to: AccountId) -> DispatchResult {
		ensure!(Register::get(title) == Some(from), DispatchError::Other("not theirs to move"));
		ensure!(!Seized::contains_key(title), DispatchError::Other("seized"));
		Register::insert(title, to);
		Ok(())
	}
}

impl Kind<AccountId> for Titles {
	type Item = u32;

	const WORK: u32 = 1;

	fn check(title: &u32, _: &AccountId, _: &AccountId) -> DispatchResult {
		ensure!(Register::contains_key(title), DispatchError::Other("no such land"));
		Ok(())
	}

	fn take(title: &u32, from: &AccountId, at: &AccountId) -> DispatchResult {
		Self::hand_on(*title, *from, *at)
	}

	fn give(title: &u32, at: &AccountId, to: &AccountId) -> DispatchResult {
		Self::hand_on(*title, *at, *to)
	}

	fn check_taken(taken: &[(AccountId, u32)]) -> Result<(), TryRuntimeError> {
		for (at, title) in taken {
			ensure!(Register::get(title) == Some(*at), "a title is with somebody else");
		}
		Ok(())
	}
}
