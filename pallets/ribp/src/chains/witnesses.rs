//! Who stands for which branch of a forked chain, and what follows from it where the paper's rule decides
//! ([`ForkChoice::MostReliedOn`]).
//!
//! While a fork is open, a chain counts the own contracts that rely on the branch that it follows, and
//! keeps the number where others can prove it. What they say is heard from chains that were known
//! for a trust period before the fork: nobody makes a witness for the occasion. Whoever makes a root
//! that lies can have a head look as if it was on another branch than the one that a witness follows:
//! a head that is shown to be on two counts for none, and there is time left to show it. Honest
//! witnesses can be silenced by that, where a branch or a root is made for it: if the two are known to
//! part below that head, people decide.

use super::{
	claim::Claim,
	forks::choose_branch,
	own::own_time,
	systems::{ensure_active, learn, News},
};
use crate::{
	contracts::entry::Pair, evidence::Asker, pool::PRIORITY, BranchEnds, Config, Count, Epoch,
	Error, Event, Evidence, ForkChoice, Forks, LastTended, Legs, Mark, OpenFork, Pallet, Reliance,
	System, SystemId, Systems, Tallies, Tally, Testimonies, Testimony, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{ensure, storage::with_storage_layer, traits::Get, weights::Weight};
use ribp_protocol::{choose, Backing, Height, History, MAX_PEAKS};
use sp_core::H256;
use sp_runtime::{
	transaction_validity::{TransactionSource, TransactionValidityWithRefund},
	DispatchResult,
};

/// The most witnesses that are heard of one fork.
pub(crate) const MAX_WITNESSES: u32 = 64;

/// The most hashes that lead from a block to a root.
pub(crate) const MAX_PATH: u32 = MAX_PEAKS;

/// Where a witness is said to stand.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
	pub forked: SystemId,
	pub backs: Option<H256>,
	pub path: &'a [H256],
}

/// What another chain is proven to say of a fork.
pub(crate) struct Heard {
	record: System,
	news: Option<News>,
	testimony: Testimony,
}

/// Whether the pool may take a witness's tally: the newest.
pub(crate) fn authorize_tally<T: Config>(
	source: TransactionSource,
	rule: ForkChoice,
	witness: SystemId,
	evidence: &Evidence,
	said: Said,
) -> TransactionValidityWithRefund {
	Pallet::<T>::authorize(source, ("ribp-tally", [(said.forked, witness)]), || {
		let newest = PRIORITY.saturating_add(evidence.header.number.into());
		judge_tally::<T>(rule, witness, evidence, said, Asker::Pool).map(|_| newest)
	})
}

/// Whether the pool may take what shows that a witness stands for nothing.
pub(crate) fn authorize_refutation<T: Config>(
	source: TransactionSource,
	witness: SystemId,
	said: Said,
) -> TransactionValidityWithRefund {
	Pallet::<T>::authorize(source, ("ribp-refutation", [(said.forked, witness)]), || {
		judge_refutation::<T>(witness, said).map(|_| PRIORITY)
	})
}

pub(crate) fn report_tally<T: Config>(
	rule: ForkChoice,
	witness: SystemId,
	evidence: &Evidence,
	said: Said,
	asker: Asker,
) -> DispatchResult {
	let heard = judge_tally::<T>(rule, witness, evidence, said, asker)?;
	let Heard { mut record, news, testimony } = heard;
	if let Some(news) = news {
		learn::<T>(witness, &mut record, news);
	}
	take::<T>(said.forked, witness, testimony);
	Ok(())
}

pub(crate) fn refute_tally<T: Config>(witness: SystemId, said: Said) -> DispatchResult {
	let (testimony, is_disputed) = judge_refutation::<T>(witness, said)?;
	take::<T>(said.forked, witness, testimony);
	if is_disputed {
		Forks::<T>::mutate(said.forked, |open| {
			open.iter_mut().for_each(|open| open.is_disputed = true);
		});
		Pallet::<T>::deposit_event(Event::WitnessesDisputed { system: said.forked });
	}
	Ok(())
}

fn take<T: Config>(system: SystemId, witness: SystemId, testimony: Testimony) {
	Testimonies::<T>::insert(system, witness, testimony);
	Pallet::<T>::deposit_event(Event::TallyTaken { system, witness, testimony });
}

/// Everything that is asked of another chain's tally, signatures last. Changes nothing.
pub(crate) fn judge_tally<T: Config>(
	rule: ForkChoice,
	witness: SystemId,
	evidence: &Evidence,
	said: Said,
	asker: Asker,
) -> Result<Heard, Error<T>> {
	Pallet::<T>::check_size(evidence)?;
	let record = Systems::<T>::get(witness).ok_or(Error::<T>::UnknownSystem)?;
	let Standing { open, first, tip } = standing::<T>(said)?;
	ensure_hearing::<T>(rule, &open)?;
	ensure_witness::<T>(&record, &open)?;
	let mut claim = Claim::<T>::new(Pair::with::<T>(witness), &record, evidence, asker)?;
	let tally = claim.tally(said.forked)?.ok_or(Error::<T>::TallyMissing)?;
	let is_there = are_linked(first, tally.head, tip, said.path);
	ensure!(is_there, Error::<T>::TallyOfOtherBranch);
	match Testimonies::<T>::get(said.forked, witness) {
		Some(known) => ensure!(known.tally != tally, Error::<T>::NothingToGain),
		None => {
			let heard = Testimonies::<T>::iter_key_prefix(said.forked).count() as u32;
			ensure!(heard < MAX_WITNESSES, Error::<T>::TooManyWitnesses);
		},
	}
	let news = claim.believe()?;
	let testimony = Testimony { tally, backs: said.backs, counts: true };
	Ok(Heard { record, news, testimony })
}

/// A testimony that counts, about a head that is shown to be on one more branch; and whether one of the
/// two is known to part from the followed one before it comes to that head.
pub(crate) fn judge_refutation<T: Config>(
	witness: SystemId,
	said: Said,
) -> Result<(Testimony, bool), Error<T>> {
	let Standing { open, first, tip } = standing::<T>(said)?;
	let testimony = Testimonies::<T>::get(said.forked, witness).ok_or(Error::<T>::NotAWitness)?;
	ensure!(testimony.counts && testimony.backs != said.backs, Error::<T>::NothingToGain);
	let is_there = are_linked(first, testimony.tally.head, tip, said.path);
	ensure!(is_there, Error::<T>::TallyOfOtherBranch);
	let are_two = [testimony.backs, said.backs];
	let parted = open.branches.iter().filter(|branch| are_two.contains(&Some(branch.tip.hash)));
	let above = |common| common + 1;
	let parted_at = parted.map(|branch| match branch.parting {
		Some(parting) => parting.height,
		None => branch.common.map_or(0, above),
	});
	let is_disputed = parted_at.min().is_some_and(|height| testimony.tally.head.number >= height);
	Ok((Testimony { counts: false, ..testimony }, is_disputed))
}

/// A fork, and the branch on which a witness is said to be.
struct Standing {
	open: OpenFork,
	/// The first block of the forked chain's history.
	first: Height,
	tip: Mark,
}

fn standing<T: Config>(said: Said) -> Result<Standing, Error<T>> {
	let Said { forked, backs, path } = said;
	ensure!(path.len() <= MAX_PATH as usize, Error::<T>::TallyOfOtherBranch);
	let open = Forks::<T>::get(forked).ok_or(Error::<T>::NotForked)?;
	let record = Systems::<T>::get(forked).ok_or(Error::<T>::UnknownSystem)?;
	let tips = tips(&record, &open);
	let (_, tip) =
		tips.into_iter().find(|(tip, _)| *tip == backs).ok_or(Error::<T>::UnknownBranch)?;
	Ok(Standing { open, first: record.view.history().first, tip })
}

/// All branches of a fork by what a testimony says that backs them, the followed one first.
pub(crate) fn tips(record: &System, open: &OpenFork) -> Vec<(Option<H256>, Mark)> {
	let others = open.branches.iter().map(|branch| (Some(branch.tip.hash), branch.tip));
	core::iter::once((None, record.head())).chain(others).collect()
}

/// Whether what others have counted of a fork matters, and there is time to contradict it.
pub(crate) fn ensure_hearing<T: Config>(rule: ForkChoice, open: &OpenFork) -> Result<(), Error<T>> {
	ensure!(rule != ForkChoice::ByGovernance, Error::<T>::DecidedByGovernance);
	ensure!(rule.hears_at(age::<T>(open)), Error::<T>::HearingOver);
	Ok(())
}

/// Whether there is business with a chain, and was trust in it for a trust period before a fork: what
/// is trusted for so long has something to lose for as long.
pub(crate) fn ensure_witness<T: Config>(record: &System, open: &OpenFork) -> Result<(), Error<T>> {
	ensure_active::<T>(record)?;
	let policy = record.policy_at(Pallet::<T>::now());
	ensure!(policy.trusts(record.head().time, own_time::<T>()), Error::<T>::TrustExpired);
	let is_old = open.time.saturating_sub(record.known_since) >= policy.trust_period;
	ensure!(is_old, Error::<T>::WitnessTooNew);
	Ok(())
}

/// Own blocks since the last branch was reported.
fn age<T: Config>(open: &OpenFork) -> Height {
	Pallet::<T>::now().0.saturating_sub(open.opened)
}

/// Whether two blocks are of one history: the path leads from the lower one to the root that the
/// higher one states.
pub(crate) fn are_linked(first: Height, one: Mark, other: Mark, path: &[H256]) -> bool {
	let (low, high) = if one.number <= other.number { (one, other) } else { (other, one) };
	match low.number == high.number {
		true => low.hash == high.hash && path.is_empty(),
		false => History::includes(first, high.number, high.root, (low.number, low.hash), path),
	}
}

/// Goes on with one open fork: counts on, a bounded number of contracts, or decides if that is due.
pub(crate) fn tend_forks<T: Config>() -> Weight {
	let looked = T::DbWeight::get().reads_writes(3, 1);
	let Some(system) = next_fork::<T>() else { return looked };
	looked.saturating_add(tend::<T>(T::ForkChoice::get(), system))
}

/// The most that [`tend_forks`] weighs.
pub(crate) fn most_weight_of_tending<T: Config>() -> Weight {
	let counting = T::WeightInfo::count_reliance(T::MaxContracts::get());
	let one = counting.max(T::WeightInfo::decide_fork());
	T::DbWeight::get().reads_writes(3, 1).saturating_add(one)
}

/// The one after the last that was tended: what waits for people must not hold up the others. A verdict
/// is a large part of a block: there is one at most.
fn next_fork<T: Config>() -> Option<SystemId> {
	let last = LastTended::<T>::get();
	let after = |last| Forks::<T>::iter_keys_from(Forks::<T>::hashed_key_for(last)).next();
	let next = last.and_then(after).or_else(|| Forks::<T>::iter_keys().next());
	if next != last {
		LastTended::<T>::set(next);
	}
	next
}

/// Returns what it weighs to go on with this fork.
pub(crate) fn tend<T: Config>(rule: ForkChoice, system: SystemId) -> Weight {
	let Some(open) = Forks::<T>::get(system) else { return T::DbWeight::get().reads(1) };
	match open.count {
		Count::Underway { after, contracts } => {
			let counted = count_on::<T>(system, open, after, contracts);
			T::WeightInfo::count_reliance(counted)
		},
		Count::Complete { contracts } => match rule {
			ForkChoice::MostReliedOn { grace, most } if is_due::<T>(&open, grace) => {
				decide::<T>(system, &open, contracts, most);
				T::WeightInfo::decide_fork()
			},
			_ => T::DbWeight::get().reads(1),
		},
	}
}

/// Returns how many contracts were looked at.
fn count_on<T: Config>(
	system: SystemId,
	mut open: OpenFork,
	after: Option<(Epoch, H256)>,
	contracts: u32,
) -> u32 {
	let Some(record) = Systems::<T>::get(system) else { return 0 };
	let rest = match after {
		Some((epoch, id)) => {
			let key = Legs::<T>::hashed_key_for((system, epoch, id));
			Legs::<T>::iter_prefix_from((system,), key)
		},
		None => Legs::<T>::iter_prefix((system,)),
	};
	let most = T::MaxContracts::get() as usize;
	let some: Vec<_> = rest.take(most).collect();
	let common = open.branches.iter().map(|branch| branch.common.unwrap_or(0)).min().unwrap_or(0);
	// What is on several branches stands for none, nor does what was on one that was given up.
	let relies = |reliance: Reliance| record.relied_height(reliance) > common;
	let more = some.iter().filter(|(_, entry)| entry.relied.is_some_and(relies)).count();
	let contracts = contracts.saturating_add(more as u32);
	open.count = match some.last() {
		Some((last, _)) if some.len() == most => Count::Underway { after: Some(*last), contracts },
		_ => {
			Tallies::<T>::insert(system, Tally { head: record.head(), contracts });
			Count::Complete { contracts }
		},
	};
	Forks::<T>::insert(system, open);
	some.len() as u32
}

/// Whether a fork is to be decided without people. Where as many branches are open as are kept, nobody
/// knows how many more there was no room for.
fn is_due<T: Config>(open: &OpenFork, grace: Height) -> bool {
	age::<T>(open) >= grace && !open.branches.is_full() && !open.is_disputed
}

/// Follows the paper's rule, by at `most` so many contracts of this chain and of each witness. What
/// people have to decide stays open.
fn decide<T: Config>(system: SystemId, open: &OpenFork, own: u32, most: u32) {
	// What has happened to a witness since it was heard matters as much as what had before.
	let is_witness = |witness: &SystemId| {
		Systems::<T>::get(witness).is_some_and(|record| ensure_witness::<T>(&record, open).is_ok())
	};
	let heard: Vec<_> = Testimonies::<T>::iter_prefix(system)
		.filter(|(witness, said)| said.counts && is_witness(witness))
		.map(|(_, said)| said)
		.collect();
	let backing = |backs: Option<H256>, start: Backing| {
		let backing = heard.iter().filter(|said| said.backs == backs);
		backing.fold(start, |sum, said| sum.heard(said.tally.contracts, most))
	};
	let tips = open.branches.iter().map(|branch| branch.tip.hash);
	let others: Vec<_> = tips.map(|tip| backing(Some(tip), Backing::default())).collect();
	let place = choose(backing(None, Backing::own(own, most)), &others);
	let chosen = place.and_then(|place| open.branches.get(place)).map(|branch| branch.tip.hash);
	let is_followable = chosen.is_none_or(|hash| BranchEnds::<T>::contains_key(system, hash));
	if is_followable {
		// It stays open if trust in it has expired, or no room is left for one more change of authorities.
		let _stays_open = with_storage_layer(|| choose_branch::<T>(system, chosen));
	}
}

/// Forgets what was counted of a fork, here and elsewhere.
pub(super) fn forget<T: Config>(system: SystemId) {
	Tallies::<T>::remove(system);
	let witnesses: Vec<_> = Testimonies::<T>::iter_key_prefix(system).collect();
	witnesses.into_iter().for_each(|witness| Testimonies::<T>::remove(system, witness));
}

/// Forgets what a chain has said of the forks of others.
pub(super) fn forget_witness<T: Config>(witness: SystemId) {
	Forks::<T>::iter_keys().for_each(|forked| Testimonies::<T>::remove(forked, witness));
}
