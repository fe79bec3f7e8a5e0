//! Forks: another history of a known chain is proven, all business with it stops, contracts are
//! counted, and one branch remains (section 4.2, last paragraph, and section 5.2).

use crate::{
	chains::statement::statement_about,
	claim::{proven_view, Claim as Statement},
	evidence::{check_digest, Asker},
	pool::PRIORITY,
	systems::News,
	BranchTip, Claims, Config, ContractId, Count, Error, Event, Evidence, ForkProof, ForkProofs,
	Forks, OpenFork, Pallet, RefusedBranches, Reliance, Relied, Status, System, SystemId, Systems,
	Tallies,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{defensive, ensure, traits::Get, weights::Weight, BoundedVec};
use ribp_light_client::{Candidate, Header, Lineage, Older, ProvenState, MAX_ANCESTRIES};
use ribp_protocol::{
	Branch, Claim, Own, Parting, Peer, Precision, Refused, Stretch, Tally, Undecided, Verdict, View,
};
use sp_runtime::{
	transaction_validity::{TransactionPriority, TransactionSource, TransactionValidityWithRefund},
	DispatchResult,
};

/// Before all evidence: nothing moves before it is known.
const FORK_PRIORITY: TransactionPriority = TransactionPriority::MAX;

/// The most open forks that are looked at in one block.
const FORKS_PER_BLOCK: usize = 4;

/// The most refused branches that are remembered of a system.
pub(crate) const MAX_REFUSED: u32 = 16;

/// A history that contradicts what is known, proven.
pub(crate) struct Contradiction {
	record: System,
	parting: Parting,
	tip: BranchTip,
	/// See [`OpenFork::is_deep`].
	is_deep: bool,
}

/// What a history is made of, as far as a proof shows it.
pub(crate) struct Descent {
	pub stretch: Stretch,
	/// The view at its end, where the proof shows the state.
	view: Option<View>,
}

/// What another chain is proven to say of a fork.
pub(crate) struct Testimony {
	record: System,
	news: Option<News>,
	claim: Claim,
}

impl Descent {
	pub(crate) fn of<T: Config>(
		system: SystemId,
		record: &System,
		proof: &ForkProof,
	) -> Result<Self, Error<T>> {
		let header = &proof.header;
		match &proof.lineage {
			Lineage::Headers(ancestors) => {
				let stretch = linked(header, ancestors).ok_or(Error::<T>::HeadersNotLinked)?;
				Ok(Self { stretch, view: None })
			},
			Lineage::State { proof, older } => {
				let mut state = ProvenState::new(header.state_root, proof.clone())?;
				let view = proven_view(system, record, header, header.hash(), &mut state)?;
				state.finish()?;
				let stretch = Stretch::of_view(&view, older.below, &older.hashes)?;
				Ok(Self { stretch, view: Some(view) })
			},
		}
	}

	/// The view that would be believed if this history were the one.
	fn tip<T: Config>(
		self,
		known: &View,
		followed: &Stretch,
		parting: &Parting,
	) -> Result<View, Error<T>> {
		let branched = || match parting.precision {
			Precision::Exact => followed.branched(known, parting.at, &self.stretch),
			Precision::AtMost => None,
		};
		self.view.or_else(branched).ok_or(Error::<T>::ForkHeightUnclear)
	}
}

/// The hashes of headers each of which is the parent of the one before, and of the last one's
/// parent.
fn linked(header: &Header, ancestors: &[Header]) -> Option<Stretch> {
	let mut hashes = Vec::with_capacity(ancestors.len().saturating_add(2));
	hashes.push(header.hash());
	let mut lowest = header;
	for ancestor in ancestors {
		let hash = ancestor.hash();
		let is_parent =
			lowest.parent_hash == hash && lowest.number.checked_sub(1)? == ancestor.number;
		is_parent.then(|| hashes.push(hash))?;
		lowest = ancestor;
	}
	hashes.push(lowest.parent_hash);
	hashes.reverse();
	Stretch::new(lowest.number.checked_sub(1)?, hashes)
}

impl<T: Config> Pallet<T> {
	/// Whether there is business with a system.
	pub(crate) fn ensure_active(record: &System) -> Result<(), Error<T>> {
		match record.status {
			Status::Active => Ok(()),
			Status::Paused => Err(Error::<T>::SystemPaused),
			Status::Forked => Err(Error::<T>::SystemForked),
		}
	}

	/// Whether the pool may take this proof of a fork: of a system's, the one that parts lowest.
	pub(crate) fn authorize_fork(
		source: TransactionSource,
		system: SystemId,
		proof: &ForkProof,
		known: &Older,
	) -> TransactionValidityWithRefund {
		Self::authorize(source, ("ribp-fork", system), || {
			let at = Self::judge_fork(system, proof, known)?.parting.at;
			Ok(FORK_PRIORITY.saturating_sub(at.into()))
		})
	}

	pub(crate) fn do_report_fork(
		system: SystemId,
		proof: ForkProof,
		known: &Older,
	) -> DispatchResult {
		let Contradiction { mut record, parting, tip, is_deep } =
			Self::judge_fork(system, &proof, known)?;
		let mut fork = parting.fork(Self::now()).ok_or(Error::<T>::NotAFork)?;
		let (mut before, mut count) = (record.status, None);
		if let Some(open) = Forks::<T>::get(system) {
			// The grace period goes on: nobody can draw it out.
			(fork.opened, before) = (open.fork.opened, open.before);
			count = Some(open.count).filter(|_| open.fork.at == fork.at);
		}
		let count = count.unwrap_or_else(|| {
			Self::forget_count(system);
			Count::default()
		});
		let (at, branches) = (fork.at, fork.branches);
		let followed = Branch { hash: parting.one };
		let open = OpenFork { fork, followed, other: tip, count, before, is_deep };
		Forks::<T>::insert(system, open);
		let bytes =
			BoundedVec::try_from(proof.encode()).map_err(|_| Error::<T>::EvidenceTooLarge)?;
		ForkProofs::<T>::insert(system, bytes);
		record.status = Status::Forked;
		Systems::<T>::insert(system, record);
		Self::deposit_event(Event::Forked { system, at, branches });
		Ok(())
	}

	/// Everything that is asked of the proof of a fork, signatures last. Changes nothing.
	pub(crate) fn judge_fork(
		system: SystemId,
		proof: &ForkProof,
		known: &Older,
	) -> Result<Contradiction, Error<T>> {
		Self::check_fork_size(proof, known)?;
		let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
		let view = record.view.as_ref().ok_or(Error::<T>::NotAFork)?;
		let followed = Stretch::of_view(view, known.below, &known.hashes)?;
		let time = statement_about(system, &record, &proof.header)?.time;
		let descent = Descent::of::<T>(system, &record, proof)?;
		let parting = followed.parting(&descent.stretch).ok_or(Error::<T>::NotAFork)?;
		let is_deep = Self::is_deep(&parting, &descent.stretch);
		Self::check_is_news(system, &parting, &descent.stretch, is_deep)?;

		// Both branches have the set that was in charge where they part.
		let in_charge = Self::set_at(system, &record, parting.at)?;
		let candidate = Candidate::new(&proof.header, &proof.justification, &in_charge.set)?;
		let next_set = candidate.next_set().cloned();
		let view = descent.tip::<T>(view, &followed, &parting)?;
		candidate.verify()?;
		let tip = BranchTip { view, in_charge, next_set, time };
		Ok(Contradiction { record, parting, tip, is_deep })
	}

	/// Whether only hashes of the followed branch could still lower the fork. Own nodes have those, and
	/// of this one no more than was proven.
	fn is_deep(parting: &Parting, history: &Stretch) -> bool {
		parting.precision == Precision::Exact
			|| history.reaches(parting.at.saturating_sub(T::MaxMissed::get() / 2))
	}

	fn check_fork_size(proof: &ForkProof, known: &Older) -> Result<(), Error<T>> {
		let size = proof.encoded_size().saturating_add(known.encoded_size());
		ensure!(size <= T::MaxEvidenceSize::get() as usize, Error::<T>::EvidenceTooLarge);
		let ancestors = match &proof.lineage {
			Lineage::Headers(ancestors) => &ancestors[..],
			Lineage::State { .. } => &[],
		};
		let hashes = (proof.older() as usize).saturating_add(known.hashes.len());
		ensure!(hashes <= T::MaxMissed::get() as usize, Error::<T>::GapTooLong);
		ensure!(ancestors.len() <= MAX_ANCESTRIES as usize, Error::<T>::GapTooLong);
		check_digest(ancestors.iter().chain(&proof.justification.ancestries).chain([&proof.header]))
	}

	/// Whether a contradiction is not known yet, nor decided.
	fn check_is_news(
		system: SystemId,
		parting: &Parting,
		history: &Stretch,
		is_deep: bool,
	) -> Result<(), Error<T>> {
		if let Some(open) = Forks::<T>::get(system) {
			let other = open.fork.other_than(open.followed);
			ensure!(history.hash_at(open.fork.at) == Some(other.hash), Error::<T>::SystemForked);
			// Whoever comes first with little must not keep others from showing all.
			let is_deeper = parting.at == open.fork.at && is_deep && !open.is_deep;
			ensure!(parting.at < open.fork.at || is_deeper, Error::<T>::NothingToGain);
			let age = Self::now().0.saturating_sub(open.fork.opened);
			ensure!(age <= T::ForkGrace::get() / 2, Error::<T>::ForkHeightSettled);
			return Ok(());
		}
		let refused = RefusedBranches::<T>::get(system);
		let is_refused = refused.iter().any(|branch| branch.is_refused(history));
		ensure!(!is_refused, Error::<T>::BranchRefused);
		// What parts from the followed branch only here is not of one that parted before.
		let is_clear = refused.is_empty() || parting.precision == Precision::Exact;
		ensure!(is_clear, Error::<T>::ForkHeightUnclear);
		Ok(())
	}

	/// Whether the pool may take another chain's tally.
	pub(crate) fn authorize_tally(
		source: TransactionSource,
		witness: SystemId,
		evidence: &Evidence,
		forked: SystemId,
	) -> TransactionValidityWithRefund {
		Self::authorize(source, ("ribp-tally", (forked, witness)), || {
			Self::judge_tally(witness, evidence, forked, Asker::Pool).map(|_| PRIORITY)
		})
	}

	pub(crate) fn do_report_tally(
		witness: SystemId,
		evidence: Evidence,
		forked: SystemId,
		asker: Asker,
	) -> DispatchResult {
		let testimony = Self::judge_tally(witness, &evidence, forked, asker)?;
		let Testimony { record, news, claim } = testimony;
		if let Some(news) = news {
			Self::learn(witness, record, news);
		}
		Claims::<T>::insert(forked, witness, claim);
		let Claim { branch, contracts } = claim;
		Self::deposit_event(Event::TallyTaken { system: forked, witness, branch, contracts });
		Ok(())
	}

	/// Everything that is asked of another chain's tally, signatures last. Changes nothing.
	pub(crate) fn judge_tally(
		witness: SystemId,
		evidence: &Evidence,
		forked: SystemId,
		asker: Asker,
	) -> Result<Testimony, Error<T>> {
		Self::check_size(evidence)?;
		let record = Systems::<T>::get(witness).ok_or(Error::<T>::UnknownSystem)?;
		Self::ensure_active(&record)?;
		let open = Forks::<T>::get(forked).ok_or(Error::<T>::NotForked)?;
		let set = Self::set_in_charge(witness, &record, evidence.header.number)?;
		let mut statement = Statement::<T>::new(witness, &record, &set, evidence, asker)?;
		let tally: Tally = statement.tally(forked)?.ok_or(Error::<T>::TallyMissing)?;
		ensure!(open.fork.is_between(tally.at, &tally.branches), Error::<T>::TallyOfOtherFork);
		let claim = tally.claim;
		ensure!(tally.branches.contains(&claim.branch), Error::<T>::TallyOfOtherFork);
		ensure!(Claims::<T>::get(forked, witness) != Some(claim), Error::<T>::NothingToGain);
		let news = statement.believe()?;
		drop(set);
		Ok(Testimony { news, claim, record })
	}

	/// Counts on, a bounded number of contracts, and decides what is due.
	pub(crate) fn tend_forks(now: Own) -> Weight {
		let systems: Vec<_> = Forks::<T>::iter_keys().take(FORKS_PER_BLOCK).collect();
		for system in &systems {
			let Some(open) = Forks::<T>::get(system) else { continue };
			match open.count {
				Count::Underway { .. } => Self::count_on(*system, open),
				Count::Complete { contracts } => Self::decide_fork(*system, open, contracts, now),
			}
		}
		Self::weight_of_tending(systems.len())
	}

	/// The reads and writes for this many open forks: each counts, or is decided.
	fn weight_of_tending(forks: usize) -> Weight {
		let (counted, claims) = (u64::from(T::MaxContracts::get()), u64::from(MAX_REFUSED));
		let past = u64::from(T::MaxPastSets::get());
		let one =
			T::DbWeight::get().reads_writes(8 + counted.max(claims + past), 8 + claims + past);
		T::DbWeight::get().reads(1).saturating_add(one.saturating_mul(forks as u64))
	}

	/// The most that [`Self::tend_forks`] weighs.
	pub(crate) fn most_weight_of_tending() -> Weight {
		Self::weight_of_tending(FORKS_PER_BLOCK)
	}

	fn count_on(system: SystemId, open: OpenFork) {
		let Count::Underway { after, mut contracts } = open.count else { return };
		let rest = match after {
			Some(id) => {
				Relied::<T>::iter_prefix_from(system, Relied::<T>::hashed_key_for(system, id))
			},
			None => Relied::<T>::iter_prefix(system),
		};
		let since = Systems::<T>::get(system).map_or(0, |record| record.branch_since);
		let most = T::MaxContracts::get() as usize;
		let some: Vec<_> = rest.take(most).collect();
		let relies = |reliance: &Reliance| {
			reliance.since >= since && open.fork.is_relied_on(Peer(reliance.height))
		};
		contracts += some.iter().filter(|(_, reliance)| relies(reliance)).count() as u64;
		let count = match some.last() {
			Some((last, _)) if some.len() == most => {
				Count::Underway { after: Some(*last), contracts }
			},
			_ => {
				let claim = Claim { branch: open.followed, contracts };
				let ribp_protocol::Fork { at, branches, .. } = open.fork;
				Tallies::<T>::insert(system, Tally { at, branches, claim });
				Count::Complete { contracts }
			},
		};
		Forks::<T>::insert(system, OpenFork { count, ..open });
	}

	fn decide_fork(system: SystemId, open: OpenFork, contracts: u64, now: Own) {
		let own = Claim { branch: open.followed, contracts };
		let claims = || Claims::<T>::iter_prefix_values(system).chain([own]);
		let rely = |branch| {
			let start = Claim { branch, contracts: 0 };
			let backing = claims().filter(|claim| claim.branch == branch);
			backing.fold(start, |sum, claim| sum.backed_by(claim.contracts)).contracts
		};
		match open.fork.decide(now, T::ForkGrace::get(), rely) {
			Ok(verdict) => Self::close_fork(system, open, verdict),
			Err(Undecided::GraceNotOver { .. }) => {},
		}
	}

	fn close_fork(system: SystemId, open: OpenFork, verdict: Verdict) {
		let Verdict { surviving, refused: Refused { at, branch } } = verdict;
		let Some(mut record) = Systems::<T>::get(system) else {
			defensive!("a system with an open fork is known");
			return;
		};
		Forks::<T>::remove(system);
		Self::forget_claims(system);
		RefusedBranches::<T>::mutate(system, |all| {
			if all.is_full() {
				all.remove(0);
			}
			all.force_push(verdict.refused);
		});
		record.status = open.before;
		Self::deposit_event(Event::BranchChosen { system, at, surviving, refused: branch });
		match surviving == open.followed {
			true => {
				Self::fall_back(system, &mut record);
				Systems::<T>::insert(system, record);
			},
			false => Self::follow_branch(system, record, open.other),
		}
	}

	/// Forgets what was counted of a fork, here and elsewhere.
	fn forget_count(system: SystemId) {
		Tallies::<T>::remove(system);
		Self::forget_claims(system);
	}

	/// One claim a system: no more than there are.
	fn forget_claims(system: SystemId) {
		let witnesses: Vec<_> = Claims::<T>::iter_key_prefix(system).collect();
		witnesses.into_iter().for_each(|witness| Claims::<T>::remove(system, witness));
	}

	/// Forgets all forks of a system, whose history begins anew.
	pub(crate) fn forget_forks(system: SystemId) {
		Forks::<T>::remove(system);
		ForkProofs::<T>::remove(system);
		RefusedBranches::<T>::remove(system);
		Self::forget_count(system);
	}

	/// Notes that a contract was moved by evidence from this height of its peer.
	pub(crate) fn note_reliance(system: SystemId, id: ContractId, Peer(height): Peer) {
		let Own(since) = Self::now();
		Relied::<T>::insert(system, id, Reliance { height, since });
	}
}
