//! A land register, as a chain might have one: a kind of value of its own.

use super::AccountId;
use crate::{Held, HoldReason, Kind};
use codec::{Decode, Encode};
use frame_support::{ensure, storage_alias, Twox64Concat};
use sp_runtime::{DispatchError, DispatchResult, TryRuntimeError};

/// Who owns a piece of land, and why nobody may sell it, if that is so.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Entry {
	pub owner: AccountId,
	pub kept: Option<HoldReason>,
}

#[storage_alias]
pub type Register = StorageMap<LandRegister, Twox64Concat, u32, Entry>;

/// Titles to pieces of land, by number.
pub struct Titles;

impl Titles {
	/// Hands a title on, if it is with `from` for this reason.
	fn hand_on(
		title: u32,
		(from, was): (AccountId, Option<HoldReason>),
		(to, is): (AccountId, Option<HoldReason>),
	) -> DispatchResult {
		let before = Entry { owner: from, kept: was };
		ensure!(Register::get(title) == Some(before), DispatchError::Other("not theirs to move"));
		Register::insert(title, Entry { owner: to, kept: is });
		Ok(())
	}
}

const RESERVED: Option<HoldReason> = Some(HoldReason::Reserved);
const LOCKED: Option<HoldReason> = Some(HoldReason::Locked);

impl Kind<AccountId> for Titles {
	type Item = u32;

	const WORK: u32 = 1;

	fn check(title: &u32, _: &AccountId, _: &AccountId) -> DispatchResult {
		ensure!(Register::contains_key(title), DispatchError::Other("no such land"));
		Ok(())
	}

	fn reserve(title: &u32, from: &AccountId) -> DispatchResult {
		Self::hand_on(*title, (*from, None), (*from, RESERVED))
	}

	fn release(title: &u32, from: &AccountId) -> DispatchResult {
		Self::hand_on(*title, (*from, RESERVED), (*from, None))
	}

	fn commit(title: &u32, from: &AccountId, to: &AccountId) -> DispatchResult {
		Self::hand_on(*title, (*from, RESERVED), (*to, LOCKED))
	}

	fn unlock(title: &u32, to: &AccountId) -> DispatchResult {
		Self::hand_on(*title, (*to, LOCKED), (*to, None))
	}

	fn reverse(title: &u32, from: &AccountId, to: &AccountId) -> DispatchResult {
		Self::hand_on(*title, (*to, LOCKED), (*from, None))
	}

	fn check_held(held: &[Held<AccountId, u32>]) -> Result<(), TryRuntimeError> {
		let mut due: Vec<_> = held.iter().map(|held| (held.item, held.who, held.reason)).collect();
		let kept = |(title, entry): (u32, Entry)| Some((title, entry.owner, entry.kept?));
		let mut kept: Vec<_> = Register::iter().filter_map(kept).collect();
		due.sort_by_key(|(title, ..)| *title);
		kept.sort_by_key(|(title, ..)| *title);
		ensure!(due == kept, "a title is not kept as its contracts say");
		Ok(())
	}
}
