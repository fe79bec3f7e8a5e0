//! What is true after every block.

use crate::{
	contracts::Record, CatchUps, Claims, CompleteFrom, Config, ContractId, Count, Ended, Expiries,
	Forks, Kind, LogUses, OpenFork, Outcome, OwnHistory, OwnView, Pallet, PastSets, Phase,
	Positions, Relied, Status, SystemId, Systems, Tallies, Waiting, WaitingCount, WaitingCountOf,
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
	/// - The own view ends at the parent of the current block, and is well formed.
	/// - What is kept from moving is what waiting contracts keep.
	/// - A contract waits or has ended, never both, with a known system.
	/// - Each contract has the positions of its stage, uses its log, and there are no others.
	/// - The agenda holds the contracts that time alone ends or forgets, and no others, save that it
	///   has done with those whose value could not be released.
	/// - What is missed of a system lies between what is known and what is proven of it.
	/// - Contracts that evidence has moved rely on it, and no others.
	/// - As many contracts wait, by peer and by payer, as are counted.
	/// - A system is forked where a fork is open, between the followed branch and another.
	/// - Past authority sets were in charge one after the other.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_view()?;
		let mut held = Vec::new();
		let mut stored = Stored::default();
		for (peer, id, waiting) in Waiting::<T>::iter() {
			ensure!(!Ended::<T>::contains_key(peer, id), "a contract waits and has ended");
			held.extend(Self::held(&waiting));
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
		Self::check_systems()?;
		Self::check_forks()?;
		T::Value::check_held(&held)
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

	/// What is missed of a system lies between what is known and what is proven; past authority sets
	/// were in charge one after the other, up to the present one.
	fn check_systems() -> Result<(), TryRuntimeError> {
		for (system, catch_up) in CatchUps::<T>::iter() {
			let record = Systems::<T>::get(system).ok_or("an unknown system is caught up with")?;
			ensure!(catch_up.from > record.known(), "nothing is missed of a system");
			ensure!(catch_up.from <= catch_up.target.first(), "what is proven is missed");
		}
		for (system, set_id, past) in PastSets::<T>::iter() {
			let record = Systems::<T>::get(system).ok_or("an unknown system has past sets")?;
			let next = PastSets::<T>::get(system, set_id.saturating_add(1));
			let until = next.map_or(record.set_since, |next| next.since);
			ensure!(past.set.set_id == set_id, "a past set is kept under another's id");
			ensure!(set_id < record.set.set_id, "a past set is still in charge");
			ensure!(past.since < until, "past sets are not one after the other");
		}
		Ok(())
	}

	/// A system is forked where a fork is open, between the branch that is followed and another.
	fn check_forks() -> Result<(), TryRuntimeError> {
		for (system, record) in Systems::<T>::iter() {
			let open = Forks::<T>::get(system);
			let is_forked = record.status == Status::Forked;
			ensure!(is_forked == open.is_some(), "a system is forked without an open fork");
			let Some(open) = open else { continue };
			let OpenFork { fork, followed, other, count, before, is_deep: _ } = open;
			ensure!(before != Status::Forked, "a system was forked before it was");
			ensure!(fork.branches[0] < fork.branches[1], "a fork's branches are not in order");
			ensure!(fork.branches.contains(&followed), "a third branch is followed");
			let hash = other.view.hash_at(fork.at);
			let is_other = hash.is_none_or(|hash| hash == fork.other_than(followed).hash);
			ensure!(is_other, "the view of the other branch is not of it");
			let has_counted = matches!(count, Count::Complete { .. });
			ensure!(has_counted == Tallies::<T>::contains_key(system), "a tally is not published");
		}
		for (system, witness, claim) in Claims::<T>::iter() {
			let open = Forks::<T>::get(system).ok_or("a fork that is not open has claims")?;
			ensure!(Systems::<T>::contains_key(witness), "an unknown system has claims");
			let of_fork = open.fork.branches.contains(&claim.branch);
			ensure!(of_fork, "a claim is for a third branch");
		}
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

	fn check_view() -> Result<(), TryRuntimeError> {
		let Some(view) = OwnView::<T>::get() else {
			return Ok(());
		};
		let Own(now) = Self::now();
		ensure!(view.number.saturating_add(1) == now, "the own view does not end at the parent");
		ensure!(view.system == Self::own_system(), "the own view names another system");
		ensure!(view.is_well_formed(), "the own view is malformed");
		let history = OwnHistory::<T>::get();
		let next = history.map(|history| history.next());
		ensure!(next == Some(now), "the own history does not end at the parent");
		ensure!(CompleteFrom::<T>::get() <= now, "contracts are complete from a later block on");
		Ok(())
	}
}
