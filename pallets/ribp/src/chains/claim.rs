//! What evidence says of another chain, and when that is believed.

use super::{
	forks::ensure_followed,
	known::{ensure_room_for_change, root_at},
	own::own_time,
	statement::known_statement,
	systems::News,
};
use crate::{
	contracts::entry::Pair,
	evidence::{corridor_key, leg_key, tally_key, Asker},
	worker::keep::Piece,
	Config, ContractId, Error, Evidence, Height, Pallet, System, SystemId, Tally,
};
use core::marker::PhantomData;
use frame_support::{ensure, traits::Get};
use ribp_light_client::{next_set, Candidate, Header, Justification, Link, ProvenState};
use ribp_protocol::{
	Corridor, Extension, ExtensionError, History, Moment, Outline, Peer, Seen, Shown, Stage,
	Stated, Statement, Terms,
};
use sp_core::H256;

/// What evidence says, if its header is final: all but the signatures is checked.
///
/// Nothing may be changed by it before [`Claim::believe`].
pub(crate) struct Claim<'a, T: Config> {
	pair: Pair,
	record: &'a System,
	at: Peer,
	/// Whether no newer block is believed.
	is_head: bool,
	/// From which height on its state has all contracts.
	complete_from: Height,
	/// A header that is newer than what is known.
	newer: Option<Newer<'a>>,
	/// None if the evidence shows nothing of the state.
	state: Option<ProvenState>,
	/// What its state says of all contracts with this chain.
	corridor: Option<Corridor>,
	asker: Asker,
	_config: PhantomData<T>,
}

/// What a newer header adds, if it is final.
struct Newer<'a> {
	candidate: Candidate<'a>,
	/// None if it contradicts what is known.
	news: Option<News>,
}

impl<'a, T: Config> Claim<'a, T> {
	pub(crate) fn new(
		pair: Pair,
		record: &'a System,
		evidence: &'a Evidence,
		asker: Asker,
	) -> Result<Self, Error<T>> {
		let Evidence { header, link, proof } = evidence;
		let system = pair.peer;
		let statement = known_statement(system, record, header)?;
		ensure_followed::<T>(system, record, header, link)?;
		let complete_from = statement.complete_from;
		let is_known = record.view.hash_at(header.number) == Some(header.hash());
		let newer = match link {
			Link::Known => {
				ensure!(is_known, Error::<T>::HeaderNotKnown);
				None
			},
			Link::Below { under, path } => {
				ensure!(!is_known || !asker.is_exacting(), Error::<T>::PathNotNeeded);
				ensure!(
					is_below::<T>(system, record, header, *under, path),
					Error::<T>::NotInHistory
				);
				None
			},
			Link::Above { .. } if is_known => {
				ensure!(!asker.is_exacting(), Error::<T>::JustificationNotNeeded);
				None
			},
			Link::Above { justification, extension } => {
				let next = Next { header, statement, justification, extension };
				Some(next.of::<T>(system, record, asker)?)
			},
		};
		let is_head = newer.is_some() || header.number == record.known();
		let state = match proof.is_empty() {
			true => None,
			false => Some(ProvenState::new(header.state_root, proof.clone())?),
		};
		let (at, corridor) = (Peer(header.number), None);
		Ok(Self {
			pair,
			record,
			at,
			is_head,
			complete_from,
			newer,
			state,
			corridor,
			asker,
			_config: PhantomData,
		})
	}

	/// Whether its header is newer than what is known.
	pub(crate) fn is_newer(&self) -> bool {
		self.newer.is_some()
	}

	/// Whether this is worth a message that moves no contract.
	pub(crate) fn is_step(&self) -> bool {
		self.newer.as_ref().is_some_and(|newer| {
			newer.candidate.next_set().is_some() || is_far::<T>(self.record, self.at.0)
		})
	}

	/// What the block shows of a contract with this chain.
	pub(crate) fn shows(&mut self, id: ContractId, terms: &Terms) -> Result<Shown, Error<T>> {
		let Pair { own, peer } = self.pair;
		let epoch = id.epoch(peer, own);
		let key = leg_key(&self.record.storage_prefix, own, epoch, id.hash);
		let leg = match self.state()?.read_prefix::<Stage>(&key)? {
			Some(stage) => Seen::Leg(stage),
			None => {
				let may_be_swept = self.corridor()?.swept.contains(epoch);
				let is_complete = self.complete_from <= terms.peer.expiry && !may_be_swept;
				Seen::Nothing { is_complete }
			},
		};
		let head = Peer(self.at.0.max(self.record.known()));
		Ok(Shown { at: self.at, head, leg })
	}

	/// What the block says of all contracts with this chain.
	pub(crate) fn corridor(&mut self) -> Result<Corridor, Error<T>> {
		if let Some(corridor) = &self.corridor {
			return Ok(corridor.clone());
		}
		let key = corridor_key(&self.record.storage_prefix, self.pair.own);
		// It stays, once there is one.
		let corridor = self.state()?.read_prefix::<Corridor>(&key)?.unwrap_or_default();
		self.corridor = Some(corridor.clone());
		Ok(corridor)
	}

	/// The own chain, and the one of which it speaks.
	pub(crate) fn pair(&self) -> Pair {
		self.pair
	}

	/// Its height.
	pub(crate) fn at(&self) -> Height {
		self.at.0
	}

	/// What the chain says that it has counted of another one's fork. Only its newest block can
	/// tell: older ones may have counted less.
	pub(crate) fn tally(&mut self, forked: SystemId) -> Result<Option<Tally>, Error<T>> {
		ensure!(self.is_head, Error::<T>::EvidenceNotNewest);
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
		let Some(Newer { candidate, news }) = self.newer else { return Ok(None) };
		candidate.verify()?;
		news.map(Some).ok_or(Error::<T>::ForkedHistory)
	}

	/// The state, where contracts can be judged by it.
	fn state(&mut self) -> Result<&mut ProvenState, Error<T>> {
		let is_fork = self.newer.as_ref().is_some_and(|newer| newer.news.is_none());
		ensure!(!is_fork, Error::<T>::ForkedHistory);
		self.state.as_mut().ok_or(Error::<T>::ProofEmpty)
	}
}

/// A header that is said to be newer than what is known.
struct Next<'a> {
	header: &'a Header,
	statement: Statement,
	justification: &'a Justification,
	extension: &'a Extension,
}

impl<'a> Next<'a> {
	fn of<T: Config>(
		self,
		system: SystemId,
		record: &'a System,
		asker: Asker,
	) -> Result<Newer<'a>, Error<T>> {
		let Self { header, statement, justification, extension } = self;
		let number = header.number;
		let candidate = Candidate::new(header, justification, &record.set)?;
		if number <= record.known() {
			// Another header of that height is known; or nothing is, and nobody can tell.
			let is_other = record.view.hash_at(number).is_some();
			ensure!(is_other, Error::<T>::HeaderNotRelated);
			return Ok(Newer { candidate, news: None });
		}
		let Statement { time, complete_from, history_root: root, .. } = statement;
		let policy = record.policy_at(Pallet::<T>::now());
		let (known, next) = (record.view.moment(), Moment { number, time });
		let ahead = policy.check(known, next, record.ahead, own_time::<T>())?;
		ensure!(complete_from >= record.complete_from, Error::<T>::CompletenessFell);
		if asker.is_exacting() {
			let outline = Outline::of(statement.first, record.known(), number);
			let is_exact = outline.is_some_and(|outline| extension.is_of(&outline));
			ensure!(is_exact, Error::<T>::ExtensionMiscounted);
		}
		let stated = Stated { number, parent: header.parent_hash, root };
		let head = (candidate.hash(), time);
		let view = match record.view.extended(head, stated, extension) {
			Ok(view) => view,
			Err(ExtensionError::OtherParent) => return Ok(Newer { candidate, news: None }),
			Err(error) => return Err(error.into()),
		};
		let next_set = candidate.next_set().cloned();
		if next_set.is_some() {
			ensure_room_for_change::<T>(system, record)?;
		}
		let piece = Piece::of(header, justification, &record.set, (record.known(), extension));
		let news = Some(News { view, next_set, complete_from, ahead, piece });
		Ok(Newer { candidate, news })
	}
}

/// Whether a header is in the history that a known one states.
fn is_below<T: Config>(
	system: SystemId,
	record: &System,
	header: &Header,
	under: Height,
	path: &[H256],
) -> bool {
	let first = record.view.history().first;
	let block = (header.number, header.hash());
	root_at::<T>(system, record, under)
		.is_some_and(|root| History::includes(first, under, root, block, path))
}

impl<T: Config> From<ExtensionError> for Error<T> {
	fn from(error: ExtensionError) -> Self {
		match error {
			ExtensionError::NotNewer => Self::HeaderNotRelated,
			ExtensionError::TailCount { .. } | ExtensionError::NodeCount { .. } => {
				Self::ExtensionMiscounted
			},
			ExtensionError::OtherParent => Self::ForkedHistory,
			ExtensionError::OtherHistory => Self::OtherHistory,
		}
	}
}

/// Whether a header, if it is final, is worth a message that moves no contract.
pub(crate) fn may_be_step<T: Config>(record: &System, header: &Header) -> bool {
	let set_changes =
		|| header.number > record.known() && !matches!(next_set(header, &record.set), Ok(None));
	is_far::<T>(record, header.number) || set_changes()
}

/// Whether a block is `ViewStep` ahead of what is known of the system.
fn is_far<T: Config>(record: &System, number: Height) -> bool {
	number.saturating_sub(record.known()) >= T::ViewStep::get()
}
