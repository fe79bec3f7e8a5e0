//! A kind of value as another crate writes it, with nothing but what this one makes public.

#![allow(missing_docs)]

use codec::{Decode, Encode, MaxEncodedLen};
use pallet_ribp::{kinds, Kind};
use sp_runtime::{DispatchError, DispatchResult, TryRuntimeError};
use std::cell::RefCell;

type AccountId = u64;

thread_local! {
	/// What was asked of which kind, and between whom.
	static ASKED: RefCell<Vec<(&'static str, u32, AccountId, AccountId)>> = const { RefCell::new(vec![]) };
	/// How many items the kinds were told to have taken.
	static TAKEN: RefCell<Vec<usize>> = const { RefCell::new(vec![]) };
}

/// Remembers what it is asked, and refuses odd items.
struct Asked<const WORK: u32>;

impl<const WORK: u32> Asked<WORK> {
	fn ask(verb: &'static str, item: &u32, from: &AccountId, to: &AccountId) -> DispatchResult {
		ASKED.with_borrow_mut(|asked| asked.push((verb, *item + 100 * WORK, *from, *to)));
		match item % 2 {
			0 => Ok(()),
			_ => Err(DispatchError::Other("odd")),
		}
	}
}

impl<const MOST: u32> Kind<AccountId> for Asked<MOST> {
	type Item = u32;

	const WORK: u32 = MOST;

	fn check(item: &u32, from: &AccountId, to: &AccountId) -> DispatchResult {
		Self::ask("check", item, from, to)
	}

	fn take(item: &u32, from: &AccountId, at: &AccountId) -> DispatchResult {
		Self::ask("take", item, from, at)
	}

	fn give(item: &u32, at: &AccountId, to: &AccountId) -> DispatchResult {
		Self::ask("give", item, at, to)
	}

	fn is_gone(item: &u32) -> bool {
		*item == MOST
	}

	fn work(item: &u32) -> u32 {
		(*item).min(MOST)
	}

	fn check_taken(taken: &[(AccountId, u32)]) -> Result<(), TryRuntimeError> {
		TAKEN.with_borrow_mut(|counts| counts.push(taken.len()));
		match taken.iter().any(|(at, _)| *at == 13) {
			true => Err("somebody else has it".into()),
			false => Ok(()),
		}
	}
}

/// One thing: it goes back to another place than it comes from.
struct Ticket;

impl Kind<AccountId> for Ticket {
	type Item = ();

	const WORK: u32 = 1;

	fn check(_: &(), _: &AccountId, _: &AccountId) -> DispatchResult {
		Ok(())
	}

	fn take(_: &(), _: &AccountId, _: &AccountId) -> DispatchResult {
		Ok(())
	}

	fn give(_: &(), _: &AccountId, _: &AccountId) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}

	fn give_back(_: &(), _: &AccountId, _: &AccountId) -> DispatchResult {
		Ok(())
	}
}

kinds! {
	/// What can be exchanged.
	pub enum Item of AllKinds for AccountId {
		/// Little work.
		Light(Asked<2>) = 7,
		/// Much work.
		Heavy(Asked<5>) = 3,
		/// No work at all.
		Ticket(Ticket) = 9,
	}
}

fn asked() -> Vec<(&'static str, u32, AccountId, AccountId)> {
	ASKED.with_borrow_mut(std::mem::take)
}

#[test]
fn an_item_is_encoded_by_its_index() {
	let items = [Item::Light(4), Item::Heavy(4), Item::Ticket(())];
	assert_eq!(items.encode(), [&[7, 4, 0, 0, 0][..], &[3, 4, 0, 0, 0], &[9]].concat());
	assert_eq!(Item::decode(&mut &[3, 4, 0, 0, 0][..]), Ok(Item::Heavy(4)));
	assert!(Item::decode(&mut &[0, 4, 0, 0, 0][..]).is_err());
	assert_eq!(Item::max_encoded_len(), 5);
}

#[test]
fn every_verb_is_the_kinds_own() {
	AllKinds::check(&Item::Light(4), &1, &2).expect("it is even");
	AllKinds::take(&Item::Heavy(4), &1, &9).expect("it is even");
	AllKinds::give(&Item::Light(6), &9, &2).expect("it is even");
	AllKinds::give_back(&Item::Heavy(6), &9, &1).expect("it is even");
	let verbs =
		[("check", 204, 1, 2), ("take", 504, 1, 9), ("give", 206, 9, 2), ("give", 506, 9, 1)];
	assert_eq!(asked(), verbs);
	assert_eq!(AllKinds::take(&Item::Light(5), &1, &9), Err(DispatchError::Other("odd")));
	assert_eq!(AllKinds::give(&Item::Ticket(()), &9, &2), Err(DispatchError::Unavailable));
	assert_eq!(AllKinds::give_back(&Item::Ticket(()), &9, &1), Ok(()));
}

#[test]
fn an_item_is_as_much_work_as_its_kind_says_and_at_most_as_the_heaviest_kind() {
	assert_eq!(AllKinds::WORK, 5);
	let items = [Item::Light(9), Item::Heavy(9), Item::Heavy(1), Item::Ticket(())];
	assert_eq!(items.map(|item| AllKinds::work(&item)), [2, 5, 1, 1]);
}

#[test]
fn each_kind_says_what_is_gone() {
	let items = [Item::Light(2), Item::Heavy(2), Item::Heavy(5), Item::Ticket(())];
	assert_eq!(items.map(|item| AllKinds::is_gone(&item)), [true, false, true, false]);
}

#[test]
fn each_kind_checks_what_is_taken_of_it() {
	let taken = [(1, Item::Light(2)), (2, Item::Heavy(2)), (3, Item::Light(4))];
	AllKinds::check_taken(&taken).expect("all of it is there");
	assert_eq!(TAKEN.with_borrow_mut(std::mem::take), [2, 1]);
	assert!(AllKinds::check_taken(&[(13, Item::Heavy(2))]).is_err());
}
