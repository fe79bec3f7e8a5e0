//! View lists, and what two of them owe each other (sections 4.1 to 4.3).
//!
//! This module compares, it does not believe. A view is worth what its evidence is worth: whoever
//! calls [`ViewList::merge`] has verified that evidence, and nothing that a digest says is more than
//! a hint whom to send what.

use crate::view::{Standing, View, ViewError};
use ribp_protocol::{Head, Height, SystemId};
use sp_core::H256;
use std::collections::BTreeMap;

/// What two nodes exchange before any view: the heads of a list. `None` is a system that is
/// followed and of which nothing is known yet; one that is not followed is not in it.
///
/// It proves nothing, and costs no more than 69 bytes a system.
pub type Digest = BTreeMap<SystemId, Option<Head>>;

/// The views that are believed: at most one a system, and only of systems that are followed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct ViewList(BTreeMap<SystemId, Option<View>>);

/// How the own view of a system differs from the other side's, as far as a digest can tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Difference {
	/// The other holds an older view, which the own one reaches back to: send it.
	Ahead,
	/// The other is more than k blocks behind: send at once, with the `missed` hashes before the
	/// window (section 4.3).
	FarAhead {
		/// Hashes between the other's head and the own window.
		missed: u32,
	},
	/// The other follows the system and knows nothing of it: send at once.
	Unseen,
	/// The other holds a newer view: ask for it.
	Behind,
	/// The other holds another hash at a height that the own window holds too: send at once, and
	/// ask for the evidence, without which it is not yet a fork.
	Conflict {
		/// The height of the other's head; the histories may part below it.
		at: Height,
	},
}

/// What came of a received view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Merged {
	/// It is newer and has taken the place of the own one: tell others (section 4.2).
	Extended,
	/// It ends where the own one ends. Nothing changed.
	Same,
	/// The sender is behind: send it the own view. If the view is of the receiver's own system, the
	/// sender's may be kept from knowing better (section 5.2).
	Older,
	/// It contradicts the own view. Not taken in: what becomes of a fork is decided elsewhere.
	Fork {
		/// The lowest height at which the two windows differ; the histories may part below it.
		at: Height,
		/// The hash that the own view holds there.
		believed: Option<H256>,
		/// The hash that the received view holds there.
		received: Option<H256>,
	},
	/// It is more than k blocks ahead, and cannot be compared without the missed hashes: ask the
	/// system itself for that many, and merge again (section 4.3).
	Gap {
		/// Hashes between the own head and the received window: as many as the view claims.
		missed: u32,
	},
	/// The system is not followed.
	UnknownSystem,
	/// The view, or the missed hashes that came with it, cannot be right. Says nothing about the
	/// system: only of the message.
	Refused(ViewError),
}

impl ViewList {
	/// Begins to follow a system. What is already known of it is kept.
	pub fn follow(&mut self, system: SystemId) {
		self.0.entry(system).or_default();
	}

	/// What is believed of a system.
	pub fn view(&self, system: SystemId) -> Option<&View> {
		self.0.get(&system)?.as_ref()
	}

	/// The heads of this list, which another compares with its own.
	pub fn digest(&self) -> Digest {
		let head = |view: &View| Some(Head { number: view.number, hash: view.head()? });
		self.0.iter().map(|(system, view)| (*system, view.as_ref().and_then(head))).collect()
	}

	/// How this list differs from the one that `digest` is of, for each system that both follow.
	///
	/// A system without an entry needs nothing. Only a head inside the own window can be seen to
	/// contradict it: the other's may be a fork too where it is ahead, or far behind.
	pub fn differences(&self, digest: &Digest) -> BTreeMap<SystemId, Difference> {
		let followed_by_both = |(system, theirs): (&SystemId, &Option<Head>)| {
			let ours = self.0.get(system)?.as_ref();
			Some((*system, Difference::between(ours, theirs.as_ref())?))
		};
		digest.iter().filter_map(followed_by_both).collect()
	}

	/// Takes in a view whose evidence is verified, if it extends what is believed of its system;
	/// the first view of a system always does.
	///
	/// `missed` are the hashes between the own head and the received window, oldest first, and empty
	/// where the two overlap. Only [`Merged::Extended`] changes the list, which never goes back.
	pub fn merge(&mut self, received: View, missed: &[H256]) -> Merged {
		let Some(entry) = self.0.get_mut(&received.system) else {
			return Merged::UnknownSystem;
		};
		let merged = match entry {
			Some(believed) => Merged::of(believed, &received, missed),
			None if received.is_well_formed() => Merged::Extended,
			None => Merged::Refused(ViewError::Malformed),
		};
		if merged == Merged::Extended {
			*entry = Some(received);
		}
		merged
	}
}

impl Merged {
	fn of(believed: &View, received: &View, missed: &[H256]) -> Self {
		match believed.compare(received, missed) {
			Ok(Standing::Newer) => Self::Extended,
			Ok(Standing::Same) => Self::Same,
			Ok(Standing::Older) | Err(ViewError::TooOld) => Self::Older,
			Err(ViewError::Fork { at }) => {
				Self::Fork { at, believed: believed.hash_at(at), received: received.hash_at(at) }
			},
			Err(ViewError::MissedCount { expected, .. }) if expected > 0 => {
				Self::Gap { missed: expected }
			},
			Err(error) => Self::Refused(error),
		}
	}
}

impl Difference {
	fn between(ours: Option<&View>, theirs: Option<&Head>) -> Option<Self> {
		let (ours, theirs) = match (ours, theirs) {
			(Some(ours), Some(theirs)) => (ours, theirs),
			(Some(_), None) => return Some(Self::Unseen),
			(None, Some(_)) => return Some(Self::Behind),
			(None, None) => return None,
		};
		if theirs.number > ours.number {
			return Some(Self::Behind);
		}
		match ours.hash_at(theirs.number) {
			Some(hash) if hash != theirs.hash => Some(Self::Conflict { at: theirs.number }),
			Some(_) => (theirs.number < ours.number).then_some(Self::Ahead),
			None => match ours.first().saturating_sub(theirs.number).saturating_sub(1) {
				0 => Some(Self::Ahead),
				missed => Some(Self::FarAhead { missed }),
			},
		}
	}

	/// Whether the other is told at once, whatever chance says (sections 4.2 and 4.3).
	pub fn is_urgent(&self) -> bool {
		match self {
			Self::FarAhead { .. } | Self::Unseen | Self::Conflict { .. } => true,
			Self::Ahead | Self::Behind => false,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::{Decode, MaxEncodedLen};
	use proptest::prelude::*;
	use sp_runtime::traits::{BlakeTwo256, Hash};

	const WINDOW: u32 = 8;
	const SYSTEM: SystemId = SystemId(H256::repeat_byte(0xb2));
	const OTHER: SystemId = SystemId(H256::repeat_byte(0xc3));

	/// The hash of a block on the chain that differs from the honest one from `fork` on.
	fn hash_of(number: Height, fork: Height) -> H256 {
		BlakeTwo256::hash_of(&(number, number >= fork))
	}

	fn forked_view(number: Height, fork: Height) -> View {
		let mut view = View::starting_at(SYSTEM, 0, hash_of(0, fork));
		(1..=number).for_each(|n| view.extend(hash_of(n, fork), WINDOW));
		view
	}

	fn view(number: Height) -> View {
		forked_view(number, Height::MAX)
	}

	/// A list that follows [`SYSTEM`] and has taken in this view of it.
	fn list(view: impl Into<Option<View>>) -> ViewList {
		let mut list = ViewList::default();
		list.follow(SYSTEM);
		view.into().map(|view| list.merge(view, &[]));
		list
	}

	/// What somebody does who asks for missed hashes when they are needed.
	fn deliver(list: &mut ViewList, received: &View) -> Merged {
		match list.merge(received.clone(), &[]) {
			Merged::Gap { missed } => {
				let from = received.first() - missed;
				let hashes: Vec<_> =
					(from..received.first()).map(|n| hash_of(n, Height::MAX)).collect();
				list.merge(received.clone(), &hashes)
			},
			merged => merged,
		}
	}

	fn difference(ours: &ViewList, theirs: &ViewList) -> Option<Difference> {
		ours.differences(&theirs.digest()).get(&SYSTEM).copied()
	}

	#[test]
	fn a_digest_holds_the_heads_and_the_systems_without_one() {
		let mut list = list(view(20));
		list.follow(OTHER);
		let head = Head { number: 20, hash: hash_of(20, Height::MAX) };
		assert_eq!(list.digest(), Digest::from([(SYSTEM, Some(head)), (OTHER, None)]));
		assert_eq!(Head::max_encoded_len() + 1 + SystemId::max_encoded_len(), 69);
	}

	#[test]
	fn who_is_ahead_sends_and_who_is_behind_asks() {
		let (old, new) = (list(view(20)), list(view(28)));
		assert_eq!(difference(&new, &old), Some(Difference::Ahead));
		assert_eq!(difference(&old, &new), Some(Difference::Behind));
		assert_eq!(difference(&old, &old.clone()), None);
	}

	#[test]
	fn a_gap_above_the_window_is_urgent() {
		let new = list(view(29));
		let far = difference(&new, &list(view(20))).unwrap();
		assert_eq!(far, Difference::FarAhead { missed: 1 });
		let near = difference(&new, &list(view(21))).unwrap();
		assert_eq!((far.is_urgent(), near.is_urgent()), (true, false));
	}

	#[test]
	fn a_system_of_which_nothing_is_known_is_told_and_asked_about() {
		let (empty, full) = (list(None), list(view(20)));
		assert_eq!(difference(&full, &empty), Some(Difference::Unseen));
		assert!(Difference::Unseen.is_urgent());
		assert_eq!(difference(&empty, &full), Some(Difference::Behind));
		assert_eq!(difference(&empty, &empty.clone()), None);
	}

	#[test]
	fn a_system_that_only_one_side_follows_is_nobodys_business() {
		let none = ViewList::default();
		assert_eq!(difference(&none, &list(view(20))), None);
		assert_eq!(difference(&list(view(20)), &none), None);
	}

	#[test]
	fn heads_that_contradict_each_other_are_urgent() {
		let conflict = difference(&list(view(20)), &list(forked_view(18, 15))).unwrap();
		assert_eq!(conflict, Difference::Conflict { at: 18 });
		assert!(conflict.is_urgent());
	}

	#[test]
	fn a_list_takes_in_what_extends_it_and_nothing_else() {
		let mut list = list(view(20));
		assert_eq!(list.merge(view(20), &[]), Merged::Same);
		assert_eq!(list.merge(view(14), &[]), Merged::Older);
		assert_eq!(list.merge(view(3), &[]), Merged::Older);
		assert_eq!(list.view(SYSTEM), Some(&view(20)));
		assert_eq!(list.merge(view(28), &[]), Merged::Extended);
		assert_eq!(list.view(SYSTEM), Some(&view(28)));
	}

	#[test]
	fn a_view_of_a_system_that_is_not_followed_stays_out() {
		let mut list = list(view(20));
		let other = View { system: OTHER, ..view(28) };
		assert_eq!(list.merge(other.clone(), &[]), Merged::UnknownSystem);
		assert_eq!(list.view(OTHER), None);
		list.follow(OTHER);
		assert_eq!(list.merge(other, &[]), Merged::Extended);
		list.follow(SYSTEM);
		assert_eq!(list.view(SYSTEM), Some(&view(20)));
	}

	#[test]
	fn a_gap_is_closed_by_the_missed_hashes_only() {
		let mut list = list(view(20));
		assert_eq!(list.merge(view(40), &[]), Merged::Gap { missed: 12 });
		let wrong = [H256::zero(); 12];
		assert_eq!(list.merge(view(40), &wrong[1..]), Merged::Gap { missed: 12 });
		let refused = Merged::Refused(ViewError::MissedDoNotFold);
		assert_eq!(list.merge(view(40), &wrong), refused);
		assert_eq!(list.view(SYSTEM), Some(&view(20)));
		assert_eq!(deliver(&mut list, &view(40)), Merged::Extended);
		let refused = Merged::Refused(ViewError::MissedCount { expected: 0, brought: 1 });
		assert_eq!(list.merge(view(41), &wrong[..1]), refused);
	}

	#[test]
	fn a_malformed_view_is_refused_as_the_first_one_too() {
		let empty = View { recent: Default::default(), ..view(20) };
		assert_eq!(list(None).merge(empty.clone(), &[]), Merged::Refused(ViewError::Malformed));
		assert_eq!(list(view(9)).merge(empty, &[]), Merged::Refused(ViewError::Malformed));
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(64))]

		#[test]
		fn any_order_of_one_history_ends_in_the_same_list(
			numbers in proptest::collection::vec(0u32..120, 1..12), rotate: usize,
		) {
			let views: Vec<_> = numbers.iter().map(|number| view(*number)).collect();
			let mut other = views.clone();
			other.reverse();
			other.rotate_left(rotate % views.len());
			let mut lists = [list(None), list(None)];
			for (list, views) in lists.iter_mut().zip([&views, &other]) {
				for view in views {
					let before = list.view(SYSTEM).map(|view| view.number);
					deliver(list, view);
					prop_assert!(list.view(SYSTEM).map(|view| view.number) >= before);
					prop_assert_eq!(list.merge(view.clone(), &[]) == Merged::Extended, false);
				}
			}
			let newest = numbers.into_iter().max().map(view);
			prop_assert_eq!(lists[0].view(SYSTEM), newest.as_ref());
			prop_assert_eq!(&lists[0], &lists[1]);
		}

		#[test]
		fn a_forked_view_is_never_taken_in(
			old in 1u32..100, new in 0u32..200, back in 0u32..100,
		) {
			let fork = old.saturating_sub(back);
			let mut list = list(view(old));
			prop_assume!(new >= fork);
			let received = forked_view(new, fork);
			let merged = match list.merge(received.clone(), &[]) {
				Merged::Gap { missed } => {
					let from = received.first() - missed;
					let hashes: Vec<_> =
						(from..received.first()).map(|n| hash_of(n, fork)).collect();
					list.merge(received.clone(), &hashes)
				},
				merged => merged,
			};
			prop_assert_eq!(list.view(SYSTEM), Some(&view(old)));
			if let Merged::Fork { at, believed, received: other } = merged {
				prop_assert_eq!(believed, Some(hash_of(at, Height::MAX)));
				prop_assert_eq!(other, received.hash_at(at));
				prop_assert_ne!(believed, other);
			}
		}

		#[test]
		fn one_exchange_after_another_makes_two_lists_the_same(a in 0u32..90, b in 0u32..90) {
			let (mut ours, mut theirs) = (list(view(a)), list(view(b)));
			match difference(&ours, &theirs) {
				Some(Difference::Ahead) => {
					prop_assert_eq!(theirs.merge(view(a), &[]), Merged::Extended);
				},
				Some(Difference::FarAhead { missed }) => {
					prop_assert_eq!(theirs.merge(view(a), &[]), Merged::Gap { missed });
					deliver(&mut theirs, &view(a));
				},
				Some(Difference::Behind) => {
					deliver(&mut ours, &view(b));
				},
				other => prop_assert_eq!(other, None),
			}
			prop_assert_eq!(ours, theirs);
		}

		#[test]
		fn no_digest_and_no_bytes_make_a_list_panic(
			bytes: Vec<u8>, number: Height, missed in 0usize..4,
		) {
			let mut list = list(view(20));
			let any = View::decode(&mut &bytes[..]).unwrap_or(View { number, ..view(3) });
			let _ = list.merge(View { system: SYSTEM, ..any }, &vec![H256::zero(); missed]);
			let digest = Digest::decode(&mut &bytes[..]).unwrap_or_default();
			let _ = list.differences(&digest);
			let _ = list.differences(&[(SYSTEM, Some(Head { number, hash: H256::zero() }))].into());
		}
	}
}
