//! What is true after every block.

use crate::{
	contracts::entry::Pair, BranchEnds, BranchProofs, CompleteFrom, Config, Corridors, Count,
	EntryOf, Epoch, Forks, Kind, Legs, Marks, OpenHere, OpenLegs, Owed, OwnHistory, Pallet,
	PastSets, Resolutions, Stage, Status, SystemId, Systems, Tallies, Testimonies,
};
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::ensure;
use ribp_protocol::{MarkSlot, Own};
use sp_core::H256;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the pallet's storage. Iterates over all of it.
	///
	/// - The own history ends at the parent of the current block.
	/// - What contracts have taken that have not ended, and what is owed, is the pallet's.
	/// - Legs are with a known system, where their contracts say, and of a stage that they can have.
	/// - As many legs are stored and open as are counted, and none is where nothing is said to be open.
	/// - None that has ended is where all such have been swept.
	/// - What is remembered of a system's history lies at or below its head.
	/// - A system is forked where a fork is open, and what is kept of branches is of open ones.
	/// - Past authority sets were in charge one after the other.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_history()?;
		let owed = Owed::<T>::iter().map(|(id, _, debt)| (Self::account_of(id), debt.item));
		let mut taken: Vec<_> = owed.collect();
		let (mut open, mut here) = (BTreeMap::new(), BTreeMap::new());
		let mut entries = BTreeMap::new();
		for ((peer, epoch, hash), entry) in Legs::<T>::iter() {
			*entries.entry(peer).or_insert(0) += 1;
			let there = Self::check_leg((peer, epoch, hash), &entry)?;
			if entry.stage.has_ended() {
				let is_late = Corridors::<T>::get(peer).done.contains(epoch);
				ensure!(!is_late, "a leg has ended, and is not swept with the others of its epoch");
			} else {
				taken.extend(Self::taken(entry.contract.id(), entry.action));
				*open.entry((peer, there)).or_insert(0) += 1;
				*here.entry((peer, epoch)).or_insert(0) += 1;
			}
		}
		let counted = OpenHere::<T>::iter().map(|(peer, epoch, count)| ((peer, epoch), count));
		ensure!(
			counted.collect::<BTreeMap<_, u32>>() == here,
			"not as many legs that expire here in an epoch are open as counted"
		);
		Self::check_counts(&open, &entries)?;
		for (peer, id) in Resolutions::<T>::iter_keys() {
			ensure!(
				Pair::with::<T>(peer).find::<T>(&id).is_some(),
				"root ends a contract that is not there"
			);
		}
		for (peer, lane) in Corridors::<T>::iter() {
			let announced = Resolutions::<T>::iter_key_prefix(peer).count();
			ensure!(lane.announced as usize == announced, "root has said less than is counted");
		}
		Self::check_systems()?;
		Self::check_forks()?;
		T::Value::check_taken(&taken)
	}

	/// Returns in which of the peer's epochs the other leg expires.
	fn check_leg(
		(peer, epoch, hash): (SystemId, Epoch, H256),
		entry: &EntryOf<T>,
	) -> Result<Epoch, TryRuntimeError> {
		ensure!(Systems::<T>::contains_key(peer), "a contract is with an unknown system");
		ensure!(entry.contract.id().hash == hash, "a contract has another contract's id");
		let terms =
			Pair::with::<T>(peer).terms(&entry.contract).ok_or("a contract is of others")?;
		ensure!(terms.peer.system == peer, "a contract is with another system than its peer");
		ensure!(Epoch::of(terms.own.expiry) == epoch, "a contract is in another epoch");
		let is_committed = matches!(entry.stage, Stage::Committed { .. });
		ensure!(entry.fact.is_none() || is_committed, "a fact is known of no committed leg");
		ensure!(entry.fact.is_none() || entry.relied.is_some(), "a fact has no proof");
		if let Stage::Committed { at } = entry.stage {
			ensure!(at <= terms.own.expiry, "a leg was committed too late");
		}
		Ok(Epoch::of(terms.peer.expiry))
	}

	fn check_counts(
		open: &BTreeMap<(SystemId, Epoch), u32>,
		entries: &BTreeMap<SystemId, u32>,
	) -> Result<(), TryRuntimeError> {
		let counted = OpenLegs::<T>::iter().map(|(peer, epoch, count)| ((peer, epoch), count));
		ensure!(
			&counted.collect::<BTreeMap<_, _>>() == open,
			"not as many legs are open as counted"
		);
		for (peer, lane) in Corridors::<T>::iter() {
			let of_peer = || open.iter().filter(|((system, _), _)| *system == peer);
			let all: u32 = of_peer().map(|(_, count)| *count).sum();
			ensure!(lane.open == all, "not as many legs with a system are open as are counted");
			let there = entries.get(&peer).copied().unwrap_or(0);
			ensure!(lane.entries == there, "not as many legs with a system are there as counted");
			let is_closed = |epoch: &Epoch| lane.said.through.contains(*epoch);
			let mut closed = of_peer().filter(|((_, epoch), _)| is_closed(epoch));
			ensure!(closed.next().is_none(), "a leg is open where all are said to have ended");
		}
		Ok(())
	}

	/// What is remembered of a system's history lies at or below its head; past authority sets were
	/// in charge one after the other, up to the present one.
	fn check_systems() -> Result<(), TryRuntimeError> {
		for (system, slot, mark) in Marks::<T>::iter() {
			let record = Systems::<T>::get(system).ok_or("an unknown system has marks")?;
			ensure!(mark.number <= record.known(), "a mark is above the known head");
			let highest = record.marks.checked_ilog2();
			let is_there = highest.is_some_and(|highest| u32::from(slot.level) <= highest);
			ensure!(is_there || slot == MarkSlot::of(0), "a mark is nowhere");
			let hash = record.view.hash_at(mark.number);
			ensure!(hash.is_none_or(|hash| hash == mark.hash), "a mark is of another branch");
		}
		for (_, record) in Systems::<T>::iter() {
			ensure!(record.set_since <= record.known(), "a set is in charge of nothing yet");
		}
		for (system, set_id, past) in PastSets::<T>::iter() {
			let record = Systems::<T>::get(system).ok_or("an unknown system has past sets")?;
			let next = PastSets::<T>::get(system, set_id.saturating_add(1));
			let until = next.map_or(record.set_since, |next| next.since);
			ensure!(set_id < record.set.set_id, "a past set is still in charge");
			ensure!(past.since < past.end.number, "a set has handed over before it was in charge");
			ensure!(past.end.number == until, "past sets are not one after the other");
		}
		Ok(())
	}

	/// A system is forked where a fork is open, and what is kept of branches is of open ones.
	fn check_forks() -> Result<(), TryRuntimeError> {
		for (system, record) in Systems::<T>::iter() {
			let open = Forks::<T>::get(system);
			let is_forked = record.status == Status::Forked;
			ensure!(is_forked == open.is_some(), "a system is forked without an open fork");
			let Some(open) = open else { continue };
			ensure!(open.before != Status::Forked, "a system was forked before it was");
			ensure!(!open.branches.is_empty(), "a fork has no other branch");
			for branch in &open.branches {
				let tip = branch.tip;
				// Of what is shown by the end of an era alone, nobody knows where it was signed.
				let is_followed = record.view.hash_at(tip.number) == Some(tip.hash);
				ensure!(branch.parting.is_none() || !is_followed, "a branch is followed");
				ensure!(BranchProofs::<T>::contains_key(system, tip.hash), "a branch has no proof");
			}
		}
		for (system, witness) in Testimonies::<T>::iter_keys() {
			ensure!(Forks::<T>::contains_key(system), "a fork that is not open has witnesses");
			ensure!(Systems::<T>::contains_key(witness), "an unknown system is a witness");
		}
		for system in Tallies::<T>::iter_keys() {
			let open = Forks::<T>::get(system).ok_or("a fork that is not open is counted")?;
			let has_counted = matches!(open.count, Count::Complete { .. });
			ensure!(has_counted, "a tally is published too early");
		}
		for (system, open) in Forks::<T>::iter() {
			let has_counted = matches!(open.count, Count::Complete { .. });
			let is_published = Tallies::<T>::contains_key(system);
			ensure!(!has_counted || is_published, "a tally is not published");
			let witnesses = Testimonies::<T>::iter_prefix(system);
			let most = crate::chains::witnesses::MAX_WITNESSES as usize;
			ensure!(witnesses.count() <= most, "a fork has more witnesses than are heard");
		}
		for (system, witness, said) in Testimonies::<T>::iter() {
			ensure!(system != witness, "a system is a witness of its own fork");
			let backed = said.backs.is_none_or(|tip| BranchProofs::<T>::contains_key(system, tip));
			ensure!(backed, "a witness backs a branch that is not open");
		}
		let is_open = |system, hash| {
			Forks::<T>::get(system)
				.is_some_and(|open| open.branches.iter().any(|branch| branch.tip.hash == hash))
		};
		let mut kept = BranchProofs::<T>::iter_keys().chain(BranchEnds::<T>::iter_keys());
		ensure!(kept.all(|(system, hash)| is_open(system, hash)), "a branch is not open");
		Ok(())
	}

	fn check_history() -> Result<(), TryRuntimeError> {
		let Some(history) = OwnHistory::<T>::get() else {
			return Ok(());
		};
		let Own(now) = Self::now();
		ensure!(history.next() == now, "the own history does not end at the parent");
		ensure!(CompleteFrom::<T>::get() <= now, "contracts are complete from a later block on");
		Ok(())
	}
}
