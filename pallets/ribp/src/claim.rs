//! What evidence says of another chain, and when that is believed.

use crate::{
	chains::{own::own_time, statement::statement_about},
	contracts::Record,
	evidence::{position_key, tally_key, view_key, waiting_key, Asker},
	systems::{History, News},
	worker::keep::{Piece, Shown},
	CatchUps, Config, ContractId, Error, Evidence, Height, Pallet, System, SystemId, View,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{ensure, traits::Get};
use ribp_light_client::{next_set, AuthoritySet, Candidate, Header, ProvenState};
use ribp_protocol::{
	next_step, CatchUp, Freshness, LogHash, Moment, Own, Peer, PeerBlock, Standing, Step, Tally,
	Time, ViewError,
};
use sp_core::H256;

/// What evidence says, if its header is final: all but the signatures is checked.
///
/// Nothing may be changed by it before [`Claim::believe`].
pub(crate) struct Claim<'a, T: Config> {
	record: &'a System,
	at: Peer,
	freshness: Freshness,
	/// What makes the header final; none if it is known to be.
	candidate: Option<Candidate<'a>>,
	/// What the header adds to what is known of the system.
	news: Option<News>,
	/// None if the evidence does no more than follow the authorities.
	state: Option<ProvenState>,
	asker: Asker,
	_config: PhantomData<T>,
}

impl<'a, T: Config> Claim<'a, T> {
	/// `set` is the one in charge of the header's block.
	pub(crate) fn new(
		system: SystemId,
		record: &'a System,
		set: &'a AuthoritySet,
		evidence: &'a Evidence,
		asker: Asker,
	) -> Result<Self, Error<T>> {
		let header = &evidence.header;
		let statement = statement_about(system, record, header)?;
		if let Some(freshness) = known_as(record, header) {
			return Self::of_known(record, freshness, evidence, asker);
		}
		ensure!(header.number >= first_of_use(record), Error::<T>::StaleView);
		let time = statement.time;
		check_time::<T>(record, Moment { number: header.number, time })?;
		let mut missed = &evidence.missed[..];
		ensure!(missed.len() <= T::MaxMissed::get() as usize, Error::<T>::GapTooLong);
		let justification = evidence.justification.as_ref();
		let justification = justification.ok_or(Error::<T>::JustificationMissing)?;
		let candidate = Candidate::new(header, justification, set)?;
		// A change that was followed already does not count again; nor does the anchor's own.
		let is_ahead = header.number > record.set_since;
		let next_set = candidate.next_set().filter(|_| is_ahead).cloned();
		let mut view_proof = Vec::new();
		let (history, state) = if evidence.proof.is_empty() && next_set.is_some() {
			ensure!(missed.is_empty(), Error::<T>::MissedHashesMiscounted);
			// At that height another header is known: `known_as` has not found this one.
			let is_new = record.view.as_ref().is_none_or(|view| header.number > view.number);
			(if is_new { History::Unseen } else { History::Forked }, None)
		} else {
			let mut state = ProvenState::new(header.state_root, evidence.proof.clone())?;
			let view = proven_view(system, record, header, candidate.hash(), &mut state)?;
			view_proof = state.nodes_of(&view_key(&record.storage_prefix))?;
			missed = still_missed(record, &view, missed, asker);
			(follow::<T>(system, record, (view, time), missed)?, Some(state))
		};
		let known = record.view.as_ref();
		let shown = Shown { header, justification, view_proof, missed };
		let piece = Piece::of(known, set.set_id, shown, &history);
		Ok(Self {
			record,
			at: Peer(header.number),
			freshness: Freshness::Newest,
			candidate: Some(candidate),
			news: Some(News { number: header.number, history, next_set, time, piece }),
			state,
			asker,
			_config: PhantomData,
		})
	}

	/// Of a header that the system's view holds: its hash is enough.
	fn of_known(
		record: &'a System,
		freshness: Freshness,
		evidence: &Evidence,
		asker: Asker,
	) -> Result<Self, Error<T>> {
		if asker.is_exacting() {
			ensure!(evidence.justification.is_none(), Error::<T>::JustificationNotNeeded);
			ensure!(evidence.missed.is_empty(), Error::<T>::MissedHashesMiscounted);
		}
		let state = ProvenState::new(evidence.header.state_root, evidence.proof.clone())?;
		Ok(Self {
			record,
			at: Peer(evidence.header.number),
			freshness,
			candidate: None,
			news: None,
			state: Some(state),
			asker,
			_config: PhantomData,
		})
	}

	/// Whether this is worth a message that moves no contract.
	pub(crate) fn is_step(&self) -> bool {
		self.news.as_ref().is_some_and(|news| match news.history {
			History::Outrun(_) | History::Unseen | History::Forked => true,
			History::Extended(_) => {
				news.next_set.is_some() || is_far::<T>(self.record, news.number)
			},
		})
	}

	/// What becomes of a contract in the block `now`, whether or not its value can move.
	pub(crate) fn decide(&mut self, record: &Record<T>, now: Own) -> Result<Step, Error<T>> {
		let own = Pallet::<T>::own_system();
		let (contract, settlement) = (record.contract(), record.settlement());
		next_step(own, contract, settlement, record.stage(), now, self)
	}

	/// What the chain says that it has counted of another one's fork. Only its newest block can
	/// tell: older ones may have counted less.
	pub(crate) fn tally(&mut self, forked: SystemId) -> Result<Option<Tally>, Error<T>> {
		ensure!(self.freshness == Freshness::Newest, Error::<T>::EvidenceNotNewest);
		let key = tally_key(&self.record.storage_prefix, forked);
		Ok(self.state()?.read_as(&key)?)
	}

	/// Believes, if every proof node was needed and the signatures are genuine.
	pub(crate) fn believe(mut self) -> Result<Option<News>, Error<T>> {
		let state = self.state.take().filter(|_| self.asker.is_exacting());
		state.map_or(Ok(()), ProvenState::finish)?;
		self.verify()
	}

	/// Believes, if the signatures are genuine. They cost the most: this comes last.
	pub(crate) fn verify(self) -> Result<Option<News>, Error<T>> {
		self.candidate.map(Candidate::verify).transpose()?;
		match self.news {
			Some(News { history: History::Forked, .. }) => Err(Error::<T>::ForkedHistory),
			news => Ok(news),
		}
	}

	/// The state, where contracts can be judged by it.
	fn state(&mut self) -> Result<&mut ProvenState, Error<T>> {
		match self.news.as_ref().map(|news| &news.history) {
			Some(History::Outrun(_)) => Err(Error::<T>::GapTooLong),
			Some(History::Forked) => Err(Error::<T>::ForkedHistory),
			_ => self.state.as_mut().ok_or(Error::<T>::ProofEmpty),
		}
	}
}

impl<T: Config> PeerBlock for Claim<'_, T> {
	type Error = Error<T>;

	fn at(&self) -> Peer {
		self.at
	}

	fn freshness(&self) -> Freshness {
		self.freshness
	}

	fn position(&mut self, log: LogHash) -> Result<Option<Peer>, Error<T>> {
		let key = position_key(&self.record.storage_prefix, log);
		Ok(self.state()?.read_as::<Height>(&key)?.map(Peer))
	}

	fn has_waiting(&mut self, contract: ContractId) -> Result<bool, Error<T>> {
		let own = Pallet::<T>::own_system();
		let key = waiting_key(&self.record.storage_prefix, own, contract);
		Ok(self.state()?.read(&key)?.is_some())
	}
}

/// The view in the state of a header, completed by that header.
pub(crate) fn proven_view<T: Config>(
	system: SystemId,
	record: &System,
	header: &Header,
	hash: H256,
	state: &mut ProvenState,
) -> Result<View, Error<T>> {
	let view =
		state.read_as::<View>(&view_key(&record.storage_prefix))?.ok_or(Error::<T>::ViewMissing)?;
	ensure!(view.system == system, Error::<T>::ViewOfOtherSystem);
	ensure!(view.is_well_formed(), Error::<T>::ViewMalformed);
	let of_parent = view.number.checked_add(1) == Some(header.number)
		&& view.head() == Some(header.parent_hash);
	ensure!(of_parent, Error::<T>::ViewNotOfParent);
	Ok(view.with_head(hash))
}

/// Of the hashes that were missed when a message was made, those that are not known by now.
fn still_missed<'a>(record: &System, view: &View, missed: &'a [H256], asker: Asker) -> &'a [H256] {
	let gap = record.view.as_ref().map_or(0, |known| known.gap(view)) as usize;
	match asker.is_exacting() {
		true => missed,
		false => missed.get(missed.len().saturating_sub(gap)..).unwrap_or_default(),
	}
}

/// How a proven view follows what is known.
fn follow<T: Config>(
	system: SystemId,
	record: &System,
	(view, time): (View, Time),
	missed: &[H256],
) -> Result<History, Error<T>> {
	let Some(known) = &record.view else {
		ensure!(missed.is_empty(), Error::<T>::MissedHashesMiscounted);
		return Ok(History::Extended(view));
	};
	if missed.is_empty() && known.gap(&view) > T::MaxMissed::get() {
		ensure!(!CatchUps::<T>::contains_key(system), Error::<T>::GapTooLong);
		let catch_up = CatchUp::new(known, view, time).ok_or(Error::<T>::AccumulatorMismatch)?;
		return Ok(History::Outrun(catch_up));
	}
	match known.compare(&view, missed) {
		Ok(Standing::Newer) => Ok(History::Extended(view)),
		// A known header of that height is one the view holds: `known_as` has found it.
		Ok(Standing::Same | Standing::Older) => Err(Error::<T>::StaleView),
		Err(ViewError::Fork { .. }) => Ok(History::Forked),
		Err(error) => Err(error.into()),
	}
}

/// Whether a newer header comes while the known head is trusted, and not sooner than it can.
fn check_time<T: Config>(record: &System, next: Moment) -> Result<(), Error<T>> {
	let policy = record.policy_at(Pallet::<T>::now());
	// One that is not newer is refused for that, or for another history.
	match next.number > record.known() {
		true => Ok(policy.check(record.moment(), next, own_time::<T>())?),
		false => Ok(()),
	}
}

/// The lowest block of which evidence can be compared with what is known. The anchor's own header
/// is below it: it may be the one that announced the set.
fn first_of_use(record: &System) -> Height {
	record.view.as_ref().map_or(record.anchor.saturating_add(1), View::first)
}

/// How fresh a header is that the system's view holds. Such a header is final: its hash is enough.
fn known_as(record: &System, header: &Header) -> Option<Freshness> {
	let view = record.view.as_ref()?;
	let known = view.hash_at(header.number)? == header.hash();
	known.then_some(if header.number == view.number { Freshness::Newest } else { Freshness::Older })
}

/// Whether a header, if it is final, is worth a message that moves no contract.
pub(crate) fn may_be_step<T: Config>(record: &System, header: &Header) -> bool {
	let is_ahead = header.number > record.set_since;
	let set_changes = || is_ahead && !matches!(next_set(header, &record.set), Ok(None));
	is_far::<T>(record, header.number) || set_changes()
}

/// Whether a block is `ViewStep` ahead of what is known of the system, if anything is.
fn is_far<T: Config>(record: &System, number: Height) -> bool {
	record.view.as_ref().is_none_or(|view| number.saturating_sub(view.number) >= T::ViewStep::get())
}
