//! Forks: another history of a known chain is proven, all business with it stops, and one branch remains
//! (section 4.2, last paragraph, and section 5.2).
//!
//! A report shows a header that the chain's authorities have finalized, and that it is on none of the
//! branches that are known: not on the one that is followed, nor on one that is open or refused, or a
//! loser's other headers would open it again and again. Nothing resumes by itself: root chooses
//! ([`Call::choose_branch`](crate::Call::choose_branch)), and after that nothing moves for another
//! [`Config::Exposure`] blocks, in which one more contradiction stops everything again.

use super::{
	difference::{lineage, Blocks, Differing, Shown},
	known,
	own::own_time,
	statement::known_statement,
	witnesses,
};
use crate::{
	evidence::{check_digest, check_final},
	Branch, BranchEnd, BranchEnds, BranchProofs, Config, Count, Error, Event, Forks, Height,
	KeptPieces, Mark, OpenFork, Pallet, Parting, PastSets, Proven, RefusedBranches, Status, System,
	SystemId, Systems, Tallies,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{ensure, traits::Get, BoundedVec};
use ribp_light_client::{
	AuthoritySet, Candidate, ForkReport, Header, Link, Signers, MAX_ANCESTRIES,
};
use ribp_protocol::{Frontier, History, Moment, Policy, Time, View};
use sp_core::H256;
use sp_runtime::{
	transaction_validity::{TransactionPriority, TransactionSource, TransactionValidityWithRefund},
	DispatchResult,
};

/// Before all evidence: nothing moves before it is known.
const FORK_PRIORITY: TransactionPriority = TransactionPriority::MAX;

/// The most refused branches that are remembered of a system.
pub(crate) const MAX_REFUSED: u32 = 16;

/// The most hashes that the proofs of one report have: a path for each branch and the common block, and
/// the peaks.
pub(crate) const MAX_HASHES: u32 = 32 * (MAX_REFUSED + crate::types::MAX_BRANCHES + 3);

/// A history that contradicts what is known, proven.
pub(crate) struct Contradiction<T: Config> {
	record: System,
	/// The other branches that are open.
	open: OpenFork,
	branch: Branch,
	proof: BoundedVec<u8, T::MaxEvidenceSize>,
	/// None if the branch cannot be followed from its tip on.
	end: Option<BranchEnd>,
}

/// Whether the pool may take this report: of those about one header, one.
pub(crate) fn authorize_report<T: Config>(
	source: TransactionSource,
	system: SystemId,
	report: &ForkReport,
) -> TransactionValidityWithRefund {
	Pallet::<T>::authorize(source, ("ribp-fork", [(system, report.header.hash())]), || {
		judge_report::<T>(system, report).map(|_| FORK_PRIORITY)
	})
}

pub(crate) fn report_fork<T: Config>(system: SystemId, report: &ForkReport) -> DispatchResult {
	let Contradiction { mut record, mut open, branch, proof, end } =
		judge_report::<T>(system, report)?;
	let Branch { tip: Mark { number, hash, .. }, common, .. } = branch;
	open.branches.try_push(branch).map_err(|_| Error::<T>::TooManyBranches)?;
	// Perhaps they part lower from this one.
	open.count = Count::default();
	Tallies::<T>::remove(system);
	record.status = Status::Forked;
	Systems::<T>::insert(system, record);
	Forks::<T>::insert(system, open);
	BranchProofs::<T>::insert(system, hash, proof);
	if let Some(end) = end {
		BranchEnds::<T>::insert(system, hash, end);
	}
	Pallet::<T>::deposit_event(Event::Forked { system, number, branch: hash, common });
	Ok(())
}

/// Everything that is asked of a report, signatures last. Changes nothing.
pub(crate) fn judge_report<T: Config>(
	system: SystemId,
	report: &ForkReport,
) -> Result<Contradiction<T>, Error<T>> {
	check_size::<T>(report)?;
	let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
	let header = &report.header;
	let mut open = Forks::<T>::get(system).unwrap_or_else(|| OpenFork {
		opened: Pallet::<T>::now().0,
		time: own_time::<T>(),
		before: record.status,
		branches: BoundedVec::new(),
		count: Count::default(),
		is_disputed: false,
	});
	let hash = header.hash();
	// Whoever reports first must not decide that nobody can follow the branch, nor how little is known
	// of it.
	let place = open.branches.iter().position(|branch| branch.tip.hash == hash);
	let completed = place.map(|place| open.branches.remove(place));
	if completed.is_some() {
		ensure!(!BranchEnds::<T>::contains_key(system, hash), Error::<T>::BranchKnown);
	} else {
		// Those who know of this branch have to be heard as well: as often as there is room for one.
		open.opened = Pallet::<T>::now().0;
	}
	ensure!(!open.branches.is_full(), Error::<T>::TooManyBranches);
	let statement = known_statement(system, &record, header)?;
	let (set, since, end) = signers::<T>(system, &record, &report.signers)?;
	ensure!(header.number > since, Error::<T>::NotInCharge);
	let candidate = Candidate::new(header, &report.justification, &set)?;
	let shown = Shown {
		header,
		hash: candidate.hash(),
		statement,
		lineage: lineage::<T>(header, &report.ancestors)?,
		set_id: set.set_id,
		signed_end: end,
		hands_over: candidate.next_set().is_some(),
	};
	let marks = known::marks::<T>(system, &record);
	let refused = RefusedBranches::<T>::get(system);
	// Nobody opens a branch again by what they say of where it leaves the others.
	ensure!(refused.iter().all(|branch| branch.tip.hash != hash), Error::<T>::BranchKnown);
	// A branch that is open is another one already; it may be open by other headers of it, too.
	let others: Vec<_> = match completed {
		Some(_) => Vec::new(),
		None => open.branches.iter().chain(&refused).collect(),
	};
	let followed = Blocks::followed(&record.view, &marks);
	let (parting, common) = check_differences::<T>(&followed, &others, &shown, report)?;
	let tip = Mark {
		number: header.number,
		hash: shown.hash,
		root: shown.statement.history_root,
		time: shown.statement.time,
	};
	let next_set = candidate.next_set().cloned();
	let in_charge = end.is_none().then(|| InCharge { set: set.clone(), since, next_set });
	let end = branch_end::<T>(&record, &marks, (tip, common), &shown, report, in_charge)?;
	let mut branch = Branch { tip, parting, common, set_id: set.set_id };
	if let Some(known) = completed {
		ensure!(end.is_some() || known.common.is_none(), Error::<T>::BranchKnown);
		branch = complete::<T>(&known, branch)?;
	}
	candidate.verify()?;
	let (header, justification) = (header.clone(), report.justification.clone());
	let proven = Proven { header, justification, set }.encode();
	let proof = BoundedVec::try_from(proven).map_err(|_| Error::<T>::EvidenceTooLarge)?;
	Ok(Contradiction { record, open, branch, proof, end })
}

fn check_size<T: Config>(report: &ForkReport) -> Result<(), Error<T>> {
	let size = report.encoded_size();
	ensure!(size <= T::MaxEvidenceSize::get() as usize, Error::<T>::EvidenceTooLarge);
	check_final::<T>(&report.header, &report.justification)?;
	ensure!(report.hashes() <= MAX_HASHES as usize, Error::<T>::EvidenceTooLarge);
	ensure!(report.ancestors.len() <= MAX_ANCESTRIES as usize, Error::<T>::EvidenceTooLarge);
	let headers = report.ancestors.iter().chain(&report.justification.ancestries);
	check_digest(headers.chain([&report.header]))
}

/// Who signs, if they are known and have a say: since when they are in charge and, if they have
/// handed over, their last block.
fn signers<T: Config>(
	system: SystemId,
	record: &System,
	signers: &Signers,
) -> Result<(AuthoritySet, Height, Option<Mark>), Error<T>> {
	let Some(authorities) = &signers.authorities else {
		ensure!(signers.set_id == record.set.set_id, Error::<T>::UnknownAuthorities);
		return Ok((record.set.clone(), record.set_since, None));
	};
	let past = PastSets::<T>::get(system, signers.set_id).ok_or(Error::<T>::UnknownAuthorities)?;
	ensure!(past.is_of(authorities), Error::<T>::UnknownAuthorities);
	let policy = record.policy_at(Pallet::<T>::now());
	ensure!(policy.trusts(past.end.time, own_time::<T>()), Error::<T>::AuthoritiesRetired);
	let set = AuthoritySet::new(signers.set_id, authorities.clone())
		.map_err(|_| Error::<T>::InvalidAuthorities)?;
	Ok((set, past.since, Some(past.end)))
}

/// Whether a header is not on the branch that is followed, nor on one of these others. Returns where it
/// differs from the one that is followed, and the height of the highest block that both have.
fn check_differences<T: Config>(
	followed: &Blocks,
	others: &[&Branch],
	shown: &Shown,
	report: &ForkReport,
) -> Result<(Option<Parting>, Option<Height>), Error<T>> {
	let Some((first, rest)) = report.differences.split_first() else {
		return Err(Error::<T>::NotAFork);
	};
	ensure!(rest.len() == others.len(), Error::<T>::DifferencesMiscounted);
	let differing = shown.differs_from::<T>(followed, first)?;
	for (difference, branch) in rest.iter().zip(others) {
		shown.is_unlike::<T>(branch, difference, followed, differing.as_ref())?;
	}
	let parting = differing.map(|Differing { height, theirs, ours }| Parting {
		height,
		hash: theirs,
		followed: ours,
	});
	let Some(common) = &report.common else { return Ok((parting, None)) };
	// The highest that is known below the difference: where the branches part is not for the reporter
	// to choose.
	ensure!(
		parting.and_then(|parting| followed.below(parting.height)) == Some(common.height),
		Error::<T>::NotInCommon
	);
	let hash = followed.hash_at(common.height).ok_or(Error::<T>::NotInCommon)?;
	ensure!(shown.includes((common.height, hash), &common.path), Error::<T>::NotInCommon);
	Ok((parting, Some(common.height)))
}

/// What is known of a branch once it is shown where it leaves the followed one: nowhere above a
/// block by which it was shown to differ before.
fn complete<T: Config>(known: &Branch, shown: Branch) -> Result<Branch, Error<T>> {
	let common = shown.common.ok_or(Error::<T>::BranchKnown)?;
	let differed = known
		.parting
		.filter(|parting| shown.parting.is_none_or(|shown| parting.height < shown.height));
	ensure!(differed.is_none_or(|parting| common < parting.height), Error::<T>::NotInCommon);
	Ok(Branch {
		parting: differed.or(shown.parting),
		common: known.common.max(Some(common)),
		..shown
	})
}

/// Authorities that have not been replaced on the branch that is followed.
struct InCharge {
	set: AuthoritySet,
	since: Height,
	/// To whom they hand over with the header that they sign.
	next_set: Option<AuthoritySet>,
}

/// What it takes to follow a branch; none if its history is not brought, if nobody can tell where it
/// leaves the other, if it has come sooner than the chain can have made it, or if those who signed it
/// have been replaced, or came later than the branches part: then only a new anchor leads there.
fn branch_end<T: Config>(
	record: &System,
	marks: &[Mark],
	(tip, common): (Mark, Option<Height>),
	shown: &Shown,
	report: &ForkReport,
	in_charge: Option<InCharge>,
) -> Result<Option<BranchEnd>, Error<T>> {
	let Some(peaks) = report.peaks.clone() else {
		// Whoever can show what is in a history knows what it consists of.
		ensure!(common.is_none(), Error::<T>::HistoryNotStated);
		return Ok(None);
	};
	let first = shown.statement.first;
	let frontier = Frontier::new(tip.number.saturating_sub(first), peaks);
	let history = frontier
		.map(|frontier| History { first, frontier })
		.filter(|history| history.root() == tip.root)
		.ok_or(Error::<T>::HistoryNotStated)?;
	let (Some(common), Some(in_charge)) = (common, in_charge) else { return Ok(None) };
	let InCharge { set, since: set_since, next_set } = in_charge;
	// Below, others were: nobody knows whether they have handed over to these on this branch.
	let is_theirs = common >= set_since;
	let from = marks.iter().rev().find(|mark| mark.number <= common);
	let policy = record.policy_at(Pallet::<T>::now());
	let ahead = from.and_then(|from| ahead::<T>(policy, *from, tip));
	let view = View::of(tip.hash, tip.time, history);
	let complete_from = shown.statement.complete_from;
	let end = |ahead| BranchEnd { view, set, set_since, next_set, complete_from, ahead };
	Ok(ahead.filter(|_| is_theirs).map(end))
}

/// By how much a tip is ahead of its pace since a mark; none if that is not believed.
fn ahead<T: Config>(policy: &Policy, from: Mark, tip: Mark) -> Option<Time> {
	let moment = |mark: Mark| Moment { number: mark.number, time: mark.time };
	policy.check(moment(from), moment(tip), 0, own_time::<T>()).ok()
}

/// Ends a fork: the branch with this tip is the chain from now on or, if none is named, the one that is
/// followed.
pub(crate) fn choose_branch<T: Config>(system: SystemId, chosen: Option<H256>) -> DispatchResult {
	let mut record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
	let open = Forks::<T>::get(system).ok_or(Error::<T>::NotForked)?;
	let mut refused = open.branches.into_inner();
	if let Some(hash) = chosen {
		let place = refused.iter().position(|branch| branch.tip.hash == hash);
		let branch = refused.remove(place.ok_or(Error::<T>::UnknownBranch)?);
		let end = BranchEnds::<T>::get(system, hash).ok_or(Error::<T>::BranchNotFollowable)?;
		let is_trusted =
			record.policy_at(Pallet::<T>::now()).trusts(branch.tip.time, own_time::<T>());
		ensure!(is_trusted, Error::<T>::TrustExpired);
		RefusedBranches::<T>::mutate(system, |all| {
			all.iter_mut().chain(&mut refused).for_each(|other| rebase(other, &branch));
		});
		refused.push(given_up(&record, &branch));
		follow::<T>(system, &mut record, branch, end)?;
	}
	record.status = open.before;
	record.quiet_until = quiet_until::<T>();
	let surviving = record.view.head();
	Systems::<T>::insert(system, record);
	clear_open::<T>(system);
	for branch in refused {
		refuse::<T>(system, branch);
		let Mark { number, hash: branch, .. } = branch.tip;
		Pallet::<T>::deposit_event(Event::BranchRefused { system, number, branch });
	}
	Pallet::<T>::deposit_event(Event::BranchChosen { system, branch: surviving });
	Ok(())
}

/// Own height from which on there is business again after a decision about a fork.
pub(super) fn quiet_until<T: Config>() -> Height {
	Pallet::<T>::now().0.saturating_add(T::Exposure::get())
}

/// The branch that was followed until another one was chosen.
fn given_up(record: &System, chosen: &Branch) -> Branch {
	let parting = chosen.parting.map(|Parting { height, hash, followed }| Parting {
		height,
		hash: followed,
		followed: hash,
	});
	let (tip, common, set_id) = (record.head(), chosen.common, record.set.set_id);
	Branch { tip, parting, common, set_id }
}

/// What is still known of another branch when the chosen one is followed. Where it has left the one that
/// was followed after the chosen one did, it is shown to differ from that by its tip alone: the
/// block at which it parted may be theirs as well.
fn rebase(other: &mut Branch, chosen: &Branch) {
	let leaves_before = |parting: Parting| chosen.common.is_some_and(|c| parting.height <= c);
	if !other.parting.is_some_and(leaves_before) {
		(other.parting, other.common) = (None, None);
	}
}

/// Follows another branch of a system's history from now on.
fn follow<T: Config>(
	system: SystemId,
	record: &mut System,
	branch: Branch,
	end: BranchEnd,
) -> Result<(), Error<T>> {
	let BranchEnd { view, set, set_since, next_set, complete_from, ahead } = end;
	let common = branch.common.unwrap_or(0);
	known::forget_above::<T>(system, common);
	record.branch_from = record.branch_from.min(common);
	record.view = view;
	(record.set, record.set_since) = (set, set_since);
	(record.complete_from, record.ahead) = (complete_from, ahead);
	known::mark::<T>(system, record);
	if let Some(next) = next_set {
		known::ensure_room_for_change::<T>(system, record)?;
		known::hand_over::<T>(system, record, next);
	}
	let now = Pallet::<T>::now().0;
	(record.advanced_at, record.branch_since) = (now, now);
	// What nodes have kept is of the other branch.
	KeptPieces::<T>::remove(system);
	let number = record.known();
	Pallet::<T>::deposit_event(Event::BranchAdopted { system, number });
	Ok(())
}

/// Refuses a header that leads to what is believed by way of a branch that is open or refused: by its
/// tip, if that is the header, its parent or one of the last blocks before. A root may lie, and state
/// the followed history all the same.
///
/// Of a branch that is only known to be signed by those who had handed over, the tip may be a block of
/// the followed one: they sign what they like, and must not keep that from being followed.
pub(super) fn ensure_followed<T: Config>(
	system: SystemId,
	record: &System,
	header: &Header,
	link: &Link,
) -> Result<(), Error<T>> {
	let (parent, tail) = match link {
		Link::Above { extension, .. } => (Some(&header.parent_hash), &extension.tail[..]),
		Link::Known | Link::Below { .. } => (None, &[][..]),
	};
	let hash = header.hash();
	let is_named = |tip: &H256| {
		let mut named = tail.iter().chain(parent).chain([&hash]);
		named.any(|named| named == tip)
	};
	let open = (record.status == Status::Forked).then(|| Forks::<T>::get(system)).flatten();
	let open = open.map(|open| open.branches.into_inner()).unwrap_or_default();
	let refused = RefusedBranches::<T>::get(system);
	let mut parted = open.iter().chain(&refused).filter(|branch| branch.parting.is_some());
	let is_other = parted.any(|branch| is_named(&branch.tip.hash));
	ensure!(!is_other, Error::<T>::BranchKnown);
	Ok(())
}

fn refuse<T: Config>(system: SystemId, branch: Branch) {
	RefusedBranches::<T>::mutate(system, |all| {
		if all.is_full() {
			all.remove(0);
		}
		all.force_push(branch);
	});
}

/// Takes from authorities that were in charge once what they have to say.
pub(crate) fn disown<T: Config>(system: SystemId, set_id: u64) -> DispatchResult {
	ensure!(Systems::<T>::contains_key(system), Error::<T>::UnknownSystem);
	PastSets::<T>::mutate(system, set_id, |past| {
		let past = past.as_mut().ok_or(Error::<T>::UnknownAuthorities)?;
		// What they have handed over at stays a mark; their names are forgotten.
		past.authorities = H256::zero();
		Ok::<_, Error<T>>(())
	})?;
	Pallet::<T>::deposit_event(Event::AuthoritiesDisowned { system, set_id });
	Ok(())
}

fn clear_open<T: Config>(system: SystemId) {
	witnesses::forget::<T>(system);
	let Some(open) = Forks::<T>::take(system) else { return };
	for Branch { tip, .. } in open.branches {
		BranchProofs::<T>::remove(system, tip.hash);
		BranchEnds::<T>::remove(system, tip.hash);
	}
}

/// Forgets all forks of a system, whose history begins anew.
///
/// What was refused as well. Nobody is in charge of what is not above the new anchor: public
/// headers of a loser open it again only if it was longer, and root refuses it once more. To
/// remember them would be worse: whoever has keys withholds the past of a decoy, and what cannot be
/// told from it, or is built upon the one that root wants to follow now, could not be reported.
pub(super) fn forget_forks<T: Config>(system: SystemId) {
	clear_open::<T>(system);
	RefusedBranches::<T>::remove(system);
}
