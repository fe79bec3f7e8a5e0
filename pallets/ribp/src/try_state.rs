//! What is true after every block.

use crate::{
	contracts::Record, BranchEnds, BranchProofs, CompleteFrom, Config, ContractId, Count, Ended,
	Expiries, Forks, Indebted, Kind, LogUses, Marks, Outcome, Owed, OwnHistory, Pallet, PastSets,
	Phase, Positions, Relied, Status, SystemId, Systems, Tallies, Testimonies, Waiting,
	WaitingCount, WaitingCountOf,
};
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::ensure;
use ribp_protocol::{has_expired, Own, Stage};
use sp_runtime::TryRuntimeError;

/// What the contracts that were looked at have in other items.
#[derive(Default)]
struct Stored {
	contracts: usize,
	due: usize,
	positions: usize,
	reliances: usize,
}

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the pallet's storage. Iterates over all of it.
	///
	/// - The own history ends at the parent of the current block.
	/// - What waiting contracts have taken, and what is owed, is the pallet's.
	/// - A contract waits or has ended, never both, with a known system.
	/// - Each contract has the positions of its stage, uses its log, and there are no others.
	/// - The agenda holds the contracts that time alone ends or forgets, and no others, save that it
	///   has done with those whose deposit is not returned.
	/// - What is remembered of a system's history lies at or below its head.
	/// - Contracts that evidence has moved rely on it, and no others.
	/// - As many contracts wait, by peer and by payer, as are counted.
	/// - A system is forked where a fork is open, and what is kept of branches is of open ones.
	/// - Past authority sets were in charge one after the other.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_history()?;
		let owed = Owed::<T>::iter().map(|(id, _, debt)| (Self::account_of(id), debt.item));
		let mut taken: Vec<_> = owed.collect();
		let mut stored = Stored::default();
		for (peer, id, waiting) in Waiting::<T>::iter() {
			ensure!(!Ended::<T>::contains_key(peer, id), "a contract waits and has ended");
			taken.extend(Self::taken(id, waiting.clone()));
			Self::check_record(peer, id, Record::Waiting(waiting), &mut stored)?;
		}
		Self::check_counts()?;
		for (peer, id, ended) in Ended::<T>::iter() {
			Self::check_record(peer, id, Record::Ended(ended), &mut stored)?;
		}
		ensure!(Positions::<T>::iter().count() == stored.positions, "a position is nobody's");
		ensure!(LogUses::<T>::iter().count() == stored.contracts, "a log is used by nobody");
		ensure!(Expiries::<T>::iter().count() == stored.due, "the agenda has a stray contract");
		ensure!(Relied::<T>::iter().count() == stored.reliances, "nobody relies on evidence");
		let mut indebted = Indebted::<T>::iter_keys();
		ensure!(indebted.all(Self::owes), "a deposit is kept for nothing");
		Self::check_systems()?;
		Self::check_forks()?;
		T::Value::check_taken(&taken)
	}

	fn check_counts() -> Result<(), TryRuntimeError> {
		let (mut by_peer, mut by_payer) = (BTreeMap::new(), BTreeMap::new());
		for (peer, _, waiting) in Waiting::<T>::iter() {
			*by_peer.entry(peer).or_insert(0) += 1;
			*by_payer.entry(Self::payer(&waiting.log.action).clone()).or_insert(0) += 1;
		}
		let counted = WaitingCount::<T>::iter().collect::<BTreeMap<_, _>>();
		ensure!(counted == by_peer, "not as many contracts wait for a peer as are counted");
		let counted = WaitingCountOf::<T>::iter().collect::<BTreeMap<_, _>>();
		ensure!(counted == by_payer, "not as many contracts of a payer wait as are counted");
		Ok(())
	}

	/// What is remembered of a system's history lies at or below its head; past authority sets were
	/// in charge one after the other, up to the present one.
	fn check_systems() -> Result<(), TryRuntimeError> {
		for (system, slot, mark) in Marks::<T>::iter() {
			let record = Systems::<T>::get(system).ok_or("an unknown system has marks")?;
			ensure!(mark.number <= record.known(), "a mark is above the known head");
			ensure!(u64::from(slot.level) <= record.marks.ilog2().into(), "a mark is nowhere");
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
				ensure!(record.view.hash_at(tip.number) != Some(tip.hash), "a branch is followed");
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

	fn check_record(
		peer: SystemId,
		id: ContractId,
		record: Record<T>,
		stored: &mut Stored,
	) -> Result<(), TryRuntimeError> {
		let contract = record.contract();
		ensure!(Systems::<T>::contains_key(peer), "a contract is with an unknown system");
		ensure!(contract.peer == peer, "a contract is with another system than its peer");
		ensure!(contract.id(Self::own_system()) == id, "a contract has another contract's id");
		let log_use = LogUses::<T>::get(contract.log);
		ensure!(log_use.is_some_and(|of| of.contract == id), "a log is not its contract's");

		let [registered, committed, reversed] =
			[id.into(), contract.log, contract.reversal].map(Self::check);
		let due = Expiries::<T>::contains_key(contract.h1, id);
		let (registers, commits, reverses) = match record.stage() {
			Stage::Waiting(Phase::Registered) => (true, false, false),
			Stage::Waiting(Phase::Committed { at }) => {
				ensure!(committed == Some(at), "a log's position is not its phase's");
				(true, true, false)
			},
			Stage::Ended(Outcome::Settled) => (true, true, false),
			Stage::Ended(Outcome::Reversed) => (true, true, true),
			Stage::Ended(Outcome::Cancelled) => (false, false, false),
			Stage::Ended(Outcome::Expired) => {
				return Err("an expired contract is not forgotten".into());
			},
		};
		ensure!(registered.is_some() == registers, "a contract's position is not its stage's");
		ensure!(committed.is_some() == commits, "a log's position is not its stage's");
		ensure!(reversed.is_some() == reverses, "a reversal's position is not its stage's");
		ensure!(committed.is_none_or(|at| at <= contract.h1), "a log was committed too late");
		let jammed = !commits && registers && has_expired(contract, Self::now());
		let on_agenda = "the agenda is of the contracts that are not committed";
		ensure!(jammed || due != commits, on_agenda);
		let relies = Relied::<T>::contains_key(peer, id);
		ensure!(relies == commits, "a contract relies on no evidence, or is not committed");

		stored.contracts += 1;
		stored.due += usize::from(due);
		stored.reliances += usize::from(relies);
		stored.positions += [registers, commits, reverses].map(usize::from).iter().sum::<usize>();
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
