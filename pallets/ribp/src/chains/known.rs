//! What is remembered of another chain's history: the newest hashes, marks of older blocks, and the
//! authorities that were in charge.
//!
//! Marks cost the same however long a history is, and nobody can flush them by making a view advance
//! ([`MarkSlot`]). Past authorities are not evicted at all: more changes than are remembered are
//! refused until the oldest have nothing to say any more.

use crate::{
	chains::own::own_time, worker::keep::keep_set, Config, Error, Forks, Height, Known, Mark,
	Marks, Pallet, PastSet, PastSets, RefusedBranches, System, SystemId, Systems,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use ribp_light_client::AuthoritySet;
use ribp_protocol::{MarkSlot, MARKS_PER_LEVEL};
use sp_core::H256;

/// The most marks that are remembered of a system, or more: views advance once in an own block, and
/// own heights have so many bits. The highest levels have less than these, and leave room for the
/// anchor.
pub(crate) const MAX_MARKS: u32 = MARKS_PER_LEVEL * Height::BITS;

/// Remembers a head that is believed from now on; one in each own block, the last.
pub(crate) fn mark<T: Config>(system: SystemId, record: &mut System) {
	let now = Pallet::<T>::now().0;
	if record.advanced_at != now || record.marks == 0 {
		record.marks = record.marks.saturating_add(1);
	}
	Marks::<T>::insert(system, MarkSlot::of(record.marks), record.head());
}

/// Remembers the block from which on a system is followed, as long as that lasts: where a branch
/// leaves the followed one after it is never too long ago.
pub(super) fn mark_anchor<T: Config>(system: SystemId, record: &System) {
	Marks::<T>::insert(system, MarkSlot::of(0), record.head());
}

/// All blocks of the followed branch that are remembered with their roots, the lowest first.
pub(super) fn marks<T: Config>(system: SystemId, record: &System) -> Vec<Mark> {
	let ends = PastSets::<T>::iter_prefix_values(system).map(|past| past.end);
	let mut marks: Vec<_> = Marks::<T>::iter_prefix_values(system).chain(ends).collect();
	marks.push(record.head());
	marks.sort_by_key(|mark| mark.number);
	marks.dedup_by_key(|mark| mark.number);
	marks
}

/// The root that the remembered block at this height states.
pub(super) fn root_at<T: Config>(
	system: SystemId,
	record: &System,
	height: Height,
) -> Option<H256> {
	if height == record.known() {
		return Some(record.view.history().root());
	}
	let ends = PastSets::<T>::iter_prefix_values(system).map(|past| past.end);
	let mut all = Marks::<T>::iter_prefix_values(system).chain(ends);
	all.find(|mark| mark.number == height).map(|mark| mark.root)
}

/// Past authority sets that have a say at present, by their ids, the newest first.
pub(super) fn past_sets<T: Config>(
	system: SystemId,
	record: &System,
) -> impl Iterator<Item = (u64, PastSet)> {
	let (policy, now) = (*record.policy_at(Pallet::<T>::now()), own_time::<T>());
	let set_id = record.set.set_id;
	let ids =
		(0..u64::from(T::MaxChanges::get())).map_while(move |back| set_id.checked_sub(back + 1));
	ids.map_while(move |id| Some((id, PastSets::<T>::get(system, id)?)))
		.take_while(move |(_, past)| policy.trusts(past.end.time, now))
}

/// Whether one more set can be remembered. None is evicted: who has a say must not lose it because
/// others come and go.
pub(super) fn ensure_room_for_change<T: Config>(
	system: SystemId,
	record: &System,
) -> Result<(), Error<T>> {
	let living = past_sets::<T>(system, record).count() as u32;
	ensure!(living < T::MaxChanges::get(), Error::<T>::TooManyChanges);
	Ok(())
}

/// Puts the next authorities in charge after the known head.
pub(super) fn hand_over<T: Config>(system: SystemId, record: &mut System, next: AuthoritySet) {
	let set = core::mem::replace(&mut record.set, next);
	keep_set(system, &set);
	let end = record.head();
	let past = PastSet {
		authorities: PastSet::hash_of(&set.authorities),
		since: core::mem::replace(&mut record.set_since, end.number),
		end,
	};
	// The oldest has no say any more, or there would be no room.
	let oldest = set.set_id.checked_sub(T::MaxChanges::get().into());
	oldest.into_iter().for_each(|oldest| PastSets::<T>::remove(system, oldest));
	PastSets::<T>::insert(system, set.set_id, past);
}

/// Forgets whatever is above a height of the branch that was followed.
pub(super) fn forget_above<T: Config>(system: SystemId, height: Height) {
	forget::<T>(system, |mark| mark.number > height);
}

/// Forgets everything.
pub(super) fn forget_all<T: Config>(system: SystemId) {
	forget::<T>(system, |_| true);
}

fn forget<T: Config>(system: SystemId, goes: impl Fn(&Mark) -> bool) {
	let marks: Vec<_> = Marks::<T>::iter_prefix(system).filter(|(_, mark)| goes(mark)).collect();
	marks.into_iter().for_each(|(slot, _)| Marks::<T>::remove(system, slot));
	let sets: Vec<_> =
		PastSets::<T>::iter_prefix(system).filter(|(_, past)| goes(&past.end)).collect();
	sets.into_iter().for_each(|(id, _)| PastSets::<T>::remove(system, id));
}

impl<T: Config> Pallet<T> {
	/// What this chain knows of another one's history: with it, others see what they can tell it. Reads
	/// all that is remembered: not for use on chain.
	pub fn known(system: SystemId) -> Option<Known> {
		let record = Systems::<T>::get(system)?;
		let marks = marks::<T>(system, &record);
		let past_sets = past_sets::<T>(system, &record).collect();
		let open = Forks::<T>::get(system).map(|open| open.branches.into_inner());
		let open = open.unwrap_or_default();
		let refused = RefusedBranches::<T>::get(system).into_inner();
		Some(Known { system: record, marks, past_sets, open, refused })
	}
}
