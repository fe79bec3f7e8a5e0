//! What other chains have counted of an open fork, each tells by its state; and which of them count for
//! nothing, nodes of the forked one (section 5.2).

use super::{past::Past, Failure, Found, Limits, Round, MAX_BODY};
use crate::{
	chains::{
		claim::Claim,
		witnesses::{are_linked, ensure_hearing, ensure_witness, judge_tally, tips, Said},
	},
	evidence::{tally_key, Asker},
	Config, Error, Evidence, ForkChoice, Forks, Height, Link, Mark, OpenFork, System, SystemId,
	Systems, Testimonies, Testimony,
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use ribp_peer::{Client, PeerError};
use sp_core::H256;

/// A system with an open fork of which this one, the witness, has not been heard: of several another
/// one after each block, for there may be some of which it knows nothing. None where people choose.
pub(super) fn wanted<T: Config>(
	witness: SystemId,
	record: &System,
	now: Height,
) -> Option<SystemId> {
	let rule = T::ForkChoice::get();
	if rule == ForkChoice::ByGovernance {
		return None;
	}
	let is_heard = |(forked, open): &(SystemId, OpenFork)| {
		*forked != witness
			&& ensure_hearing::<T>(rule, open).is_ok()
			&& ensure_witness::<T>(record, open).is_ok()
			&& !Testimonies::<T>::contains_key(forked, witness)
	};
	let unheard: Vec<_> = Forks::<T>::iter().filter(is_heard).collect();
	unheard.get(now as usize % unheard.len().max(1)).map(|(forked, _)| *forked)
}

/// A witness of a system's fork whose head may be on another branch, too: another one after each
/// block. None where people choose.
pub(super) fn doubted<T: Config>(forked: SystemId, now: Height) -> Option<(SystemId, Testimony)> {
	if T::ForkChoice::get() == ForkChoice::ByGovernance || !Forks::<T>::contains_key(forked) {
		return None;
	}
	let all = Testimonies::<T>::iter_prefix(forked).filter(|(_, said)| said.counts);
	let all: Vec<_> = all.collect();
	all.get(now as usize % all.len().max(1)).copied()
}

impl<T: Config> Round<T> {
	/// What shows that a witness of the system's own fork stands for nothing.
	pub(super) fn find_refutation(&self, client: &Client) -> Option<Found> {
		let (witness, Testimony { tally, backs, .. }) = self.doubted?;
		let open = Forks::<T>::get(self.system)?;
		let past = Past { client, history: self.record.view.history() };
		let others = tips(&self.record, &open).into_iter().filter(|(tip, _)| *tip != backs);
		let mut shown = others.filter_map(|(is_on, tip)| {
			let path = path_between(&past, tally.head, tip)?;
			Some(Found::Refutation { witness, is_on, path })
		});
		shown.next()
	}

	/// Evidence of what the system has counted of the fork, if it has, and if somebody tells which branch
	/// it follows.
	pub(super) fn find_tally(
		&self,
		client: &Client,
		limits: &Limits,
	) -> Result<Option<Found>, Failure<T>> {
		let Some(forked) = self.forked else { return Ok(None) };
		match self.ask_tally(client, forked, limits) {
			Err(
				Failure::Peer(PeerError::StateDiscarded { .. })
				| Failure::HeadUnknown
				| Failure::Nothing(_),
			) => Ok(None),
			// It has not counted, or has told already: its other evidence goes on.
			Err(Failure::Refused(
				Error::TallyMissing
				| Error::TallyOfOtherBranch
				| Error::NothingToGain
				| Error::TooManyWitnesses
				| Error::ProofUndecodable,
			)) => Ok(None),
			other => other,
		}
	}

	fn ask_tally(
		&self,
		client: &Client,
		forked: SystemId,
		limits: &Limits,
	) -> Result<Option<Found>, Failure<T>> {
		let newer = match self.fetch(client) {
			Ok(fetched) => Some(fetched.evidence),
			Err(Failure::Nothing(_)) => self.known_head(client)?,
			Err(failure) => return Err(failure),
		};
		let Some(mut evidence) = newer else { return Ok(None) };
		let key = tally_key(&self.record.storage_prefix, forked);
		evidence.proof = client.read_proof(&[key], evidence.header.hash())?;
		let tally = Claim::<T>::new(self.pair, &self.record, &evidence, Asker::Pool)?
			.tally(forked)?
			.ok_or(Error::<T>::TallyMissing)?;
		let Some((backs, path)) = standing::<T>(forked, tally.head, limits)? else {
			return Ok(None);
		};
		// Or the highest number would win, whoever signed for it.
		let said = Said { forked, backs, path: &path };
		judge_tally::<T>(T::ForkChoice::get(), self.system, &evidence, said, Asker::Pool)?;
		Ok(Some(Found::Tally { evidence, forked, backs, path }))
	}

	/// The newest known header, without proof.
	fn known_head(&self, client: &Client) -> Result<Option<Evidence>, PeerError> {
		let bare = |header| Evidence { header, link: Link::Known, proof: Vec::new() };
		Ok(client.header(self.record.view.head())?.map(bare))
	}
}

/// What leads from the lower of two blocks to the root that the higher one states. None if a node does
/// not tell, or if they are of different branches.
fn path_between(past: &Past, one: Mark, other: Mark) -> Option<Vec<H256>> {
	if are_linked(past.first(), one, other, &[]) {
		return Some(Vec::new());
	}
	let (low, high) = (one.number.min(other.number), one.number.max(other.number));
	// A node that does not answer must not keep others from it.
	let path = past.path(low, high).ok()??;
	are_linked(past.first(), one, other, &path).then_some(path)
}

/// The tip of the branch of a forked system that a head is on, none if it is the one that is followed here,
/// and the path that shows it; as far as nodes of that system tell.
fn standing<T: Config>(
	forked: SystemId,
	head: Mark,
	limits: &Limits,
) -> Result<Option<(Option<H256>, Vec<H256>)>, PeerError> {
	let (Some(open), Some(record)) = (Forks::<T>::get(forked), Systems::<T>::get(forked)) else {
		return Ok(None);
	};
	let first = record.view.history().first;
	let tips = tips(&record, &open);
	let same = tips.iter().find(|(_, tip)| are_linked(first, head, *tip, &[]));
	if let Some((backs, _)) = same {
		return Ok(Some((*backs, Vec::new())));
	}
	for url in ribp_peer::endpoints(forked.0) {
		let limits = Limits { deadline: limits.deadline, max_body: MAX_BODY };
		let Ok(client) = Client::new(url, limits) else { continue };
		let past = Past { client: &client, history: record.view.history() };
		for (backs, tip) in &tips {
			if let Some(path) = path_between(&past, head, *tip) {
				return Ok(Some((*backs, path)));
			}
		}
	}
	Ok(None)
}
