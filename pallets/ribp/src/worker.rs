//! The offchain worker: asks the peers what waiting contracts need to know, and submits it.
//!
//! Once per block and peer, and on one node of the chain (see [`turn`]), at most: a finality proof
//! and storage proofs of as many endpoints as the paper asks, one message about all contracts that
//! move by the newest of them, messages about those that move by the known head already (see
//! [`behind`]), one line in the log for each of the two. A round looks at a bounded number of contracts,
//! however many wait (see [`walk`]), and ends in a result with a name, which is kept for people to read (see
//! [`report`]). Nothing here is trusted or needed for safety: whatever is submitted is judged like anybody's
//! evidence.

mod begin;
mod behind;
mod contradiction;
mod due;
mod ends;
mod finality;
pub(crate) mod fresh;
mod gossip;
pub(crate) mod keep;
mod memory;
mod newest;
pub(crate) mod past;
mod report;
mod submit;
mod survey;
mod tally;
mod turn;
pub(crate) mod walk;

pub use turn::Authorship;

use crate::{
	chains::forks::judge_report,
	contracts::{entry::Pair, value},
	Config, Error, Evidence, Height, Link, Pallet, System, SystemId, Systems, Testimony,
};
use alloc::{format, string::String, vec::Vec};
use codec::Encode;
use contradiction::{contradiction, OtherHistory};
use fresh::Fresh;
use memory::{Memory, RoundEnd, MAX_PAUSE};
use newest::{Answers, Found};
use past::Past;
use report::{name_of, worker_ended, Asked, Report};
use ribp_light_client::{minimize, Header, Justification};
use ribp_peer::{
	host_of,
	status::{EndpointResult, RoundResult, Standing, WorkerResult},
	Client, Limits, PeerError, Role, ROUNDS_LOCK,
};
use ribp_protocol::Own;
use sp_core::offchain::{Duration, Timestamp};
use sp_io::offchain::timestamp;
use sp_runtime::offchain::{
	storage::StorageValueRef,
	storage_lock::{StorageLock, Time},
};
use survey::{Limits as SurveyLimits, Survey, Wanted};
use walk::{Trail, Walk};

const LOG_TARGET: &str = "ribp";

/// How long a round with one peer may take, all endpoints together.
const ROUND: Duration = Duration::from_millis(3_000);

/// How long another worker of this node is kept out, should this one die in the middle.
const LOCK: Duration = Duration::from_millis(20_000);

/// Endpoints among which the time that is left is shared out: with more, some are not asked.
const SHARES: usize = 3;

/// Most bytes of one answer.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Why a round brought nothing.
enum Failure<T> {
	/// The node has answered, and there is nothing to submit, for this reason.
	Nothing(EndpointResult),
	/// The node could not be asked, or does not keep to its protocol.
	Peer(PeerError),
	/// It answered, and what it says is not believed.
	Refused(Error<T>),
	/// It answers for another chain.
	OtherChain,
	/// It does not know the newest block that is known here, and it is not seen why: it lags behind, or has
	/// another history.
	HeadUnknown,
	/// It has the block of this height of a branch that is known and not followed.
	KnownBranch(Height),
	/// It has another block of this height than is known.
	Unproven(Height),
}

impl<T> From<EndpointResult> for Failure<T> {
	fn from(result: EndpointResult) -> Self {
		Self::Nothing(result)
	}
}

impl<T> From<PeerError> for Failure<T> {
	fn from(error: PeerError) -> Self {
		Self::Peer(error)
	}
}

impl<T> From<Error<T>> for Failure<T> {
	fn from(error: Error<T>) -> Self {
		Self::Refused(error)
	}
}

impl<T: Config> Failure<T> {
	fn describe(&self) -> String {
		match self {
			Self::Nothing(result) => format!("it has nothing new: {}", result.name()),
			Self::Peer(error) => format!("{error}"),
			Self::Refused(error) => format!("what it says is refused: {error:?}"),
			Self::OtherChain => String::from("it is a node of another chain"),
			Self::HeadUnknown => String::from("it does not know the newest known block"),
			Self::KnownBranch(height) => {
				format!("it is on a branch that is known by its #{height}, and not followed")
			},
			Self::Unproven(height) => {
				format!(
					"its #{height} is another block than is known, and nobody tells what proves it"
				)
			},
		}
	}
}

impl<T: Config> Failure<T> {
	/// Why contracts do not move, in the status record.
	fn standing(&self) -> Standing {
		match self {
			Self::Refused(_) => Standing::Refused,
			Self::Peer(PeerError::StateDiscarded { .. }) => Standing::StateDiscarded,
			_ => Standing::PeerSilent,
		}
	}

	/// The code of a peer's node, if it has given one.
	fn code(&self) -> Option<i64> {
		match self {
			Self::Peer(error) => Some(error.code()),
			_ => None,
		}
	}

	/// What it is in the status record.
	fn asked(&self) -> Asked {
		match self {
			Self::Nothing(result) => (*result).into(),
			Self::Peer(error) => error.into(),
			Self::Refused(error) => {
				let error = Some(name_of(error));
				Asked { result: EndpointResult::Refused, fault: None, error }
			},
			Self::OtherChain => EndpointResult::OtherChain.into(),
			Self::HeadUnknown => EndpointResult::HeadUnknown.into(),
			Self::KnownBranch(_) => EndpointResult::KnownBranch.into(),
			Self::Unproven(_) => EndpointResult::Unproven.into(),
		}
	}
}

/// What one round is about.
struct Round<T: Config> {
	system: SystemId,
	/// The own chain, and the system.
	pair: Pair,
	record: System,
	/// The block for which evidence is made: the next one.
	next: Own,
	/// A forked system of which it is not known yet what this one has counted.
	forked: Option<SystemId>,
	/// What another chain has said of the system's own fork, which may count for nothing.
	doubted: Option<(SystemId, Testimony)>,
	/// The contracts that evidence could move, of those that it looks at.
	wanted: Vec<Wanted<T>>,
	/// How these were found, if contracts were looked at.
	walk: Option<Walk<T>>,
	/// Whether there are legs that could be swept if the peer said that their time has come.
	hears: bool,
	/// How many of them it gets to.
	limits: SurveyLimits,
	/// What it tells of itself.
	report: Report,
}

/// Evidence, and the contracts that it is about.
struct Fetched<'a, T: Config> {
	evidence: Evidence,
	about: &'a [Wanted<T>],
	/// Those that its block may move as well.
	others: &'a [Wanted<T>],
}

impl<T: Config> Pallet<T> {
	/// The offchain worker's entry point, after block `now` has been imported.
	pub(crate) fn work(now: Height) {
		let role = ribp_peer::role();
		if role == Role::Off {
			return worker_ended(now, WorkerResult::Off);
		}
		fresh::note::<T>(now);
		let is_own_turn = Self::is_own_turn();
		worker_ended(now, Self::check_peers(now, is_own_turn));
		// Others step in every few blocks: the pool keeps one of these.
		if is_own_turn || now.is_multiple_of(MAX_PAUSE) {
			Systems::<T>::iter()
				.for_each(|(system, record)| Self::conclude_due(system, &record, now));
		}
		if let Some(blocks) = turn::tells(role, is_own_turn, now) {
			Self::gossip(now, blocks);
		}
	}

	/// Asks the peers what waiting contracts need to know.
	fn check_peers(now: Height, is_own_turn: bool) -> WorkerResult {
		let mut lock = StorageLock::<Time>::with_deadline(ROUNDS_LOCK, LOCK);
		let Ok(_guard) = lock.try_lock() else { return WorkerResult::Busy };
		let longest = ROUND.millis() + behind::PATIENCE.millis();
		let last_start = timestamp().add(Duration::from_millis(LOCK.millis() - longest));
		let mut systems: Vec<_> = Systems::<T>::iter_keys().collect();
		if systems.is_empty() {
			return WorkerResult::NoSystems;
		}
		// A different one first in each block: slow peers must not keep others from their turn.
		let first = now as usize % systems.len();
		systems.rotate_left(first);
		for system in systems {
			let endpoints = ribp_peer::endpoints(system.0);
			let report = Report::new(system, now);
			if endpoints.is_empty() {
				report.ended(RoundResult::NoEndpoint, (0, 0));
			} else if timestamp() >= last_start {
				report.ended(RoundResult::OutOfTime, (0, 0));
			} else {
				Self::work_with(report, endpoints, (now, is_own_turn));
			}
		}
		WorkerResult::Done
	}

	fn work_with(report: Report, endpoints: Vec<String>, (now, is_own_turn): (Height, bool)) {
		let key = (b"ribp/memory/2", report.system()).encode();
		let memory = StorageValueRef::persistent(&key);
		let before = memory.get::<Memory>().ok().flatten().unwrap_or_default();
		let mut remembered = before.clone();
		if remembered.was_unfinished() {
			report.unfinished();
		}
		if !remembered.is_due(now) {
			if remembered != before {
				memory.set(&remembered);
			}
			return report.ended(RoundResult::Pausing, remembered.pause());
		}
		let mut round = match Round::<T>::new(report, (now, is_own_turn), &mut remembered) {
			Ok(round) => round,
			Err((report, result)) => {
				if remembered != before {
					memory.set(&remembered);
				}
				return report.ended(result, remembered.pause());
			},
		};
		// Should an answer be the end of this worker, the next ones leave the peer alone for a while.
		memory.set(&remembered.but_failed(now));
		round.bring_up(&endpoints, now, &mut remembered);
		let result = match round.ask_all(&endpoints, now, &remembered) {
			Ok((end, next)) => {
				remembered.ended(end, next);
				end.result()
			},
			Err((url, failure)) => {
				let pause = remembered.failed(now);
				log::warn!(
					target: LOG_TARGET,
					"{} at {}: {}; trying again in {pause} block(s)",
					round.system.0,
					host_of(&url),
					failure.describe(),
				);
				round.wait_for(failure.standing());
				RoundResult::Failed
			},
		};
		memory.set(&remembered);
		round.wait_for(Standing::NotLookedAt);
		round.report.ended(result, remembered.pause());
	}
}

/// How far walks with a system have come, by where that is kept.
fn trail_of(name: &[u8], system: SystemId) -> Trail {
	let key = [name, &system.encode()].concat();
	StorageValueRef::persistent(&key).get().ok().flatten().unwrap_or_default()
}

fn keep_trail(name: &[u8], system: SystemId, trail: &Trail) {
	StorageValueRef::persistent(&[name, &system.encode()].concat()).set(trail);
}

impl<T: Config> Round<T> {
	/// Asks one endpoint after the other, a different one first in each block, until as many as
	/// the paper asks have something that is worth submitting; the newest of it counts. Returns what
	/// that came to, and where the next round goes on. Fails if none of them answers.
	fn ask_all(
		&self,
		endpoints: &[String],
		now: Height,
		remembered: &Memory,
	) -> Result<(RoundEnd, Trail), (String, Failure<T>)> {
		let (count, first) = (endpoints.len(), first_of(endpoints, now));
		let end = timestamp().add(ROUND);
		let mut answers = Answers::of(count as u32);
		let mut answered = false;
		let mut failed = None;
		for (asked, url) in endpoints.iter().cycle().skip(first).take(count).enumerate() {
			// To each its share of the time: one that hangs must not use up that of the others.
			let left = end.diff(&timestamp()).millis() / (count - asked).min(SHARES) as u64;
			let limits = Limits::within(Duration::from_millis(left), MAX_BODY);
			match self.ask((url, endpoints), limits) {
				Ok(found) => answers.take(found),
				Err(Failure::Nothing(_)) => answered = true,
				Err(failure) => {
					// Also where another node's answer is good.
					if matches!(failure, Failure::KnownBranch(_) | Failure::Unproven(_)) {
						let (system, what) = (self.system.0, failure.describe());
						log::warn!(target: LOG_TARGET, "{system} at {}: {what}", host_of(url));
					}
					// What one says that is refused tells more than that another does not answer.
					let tells_more = |(_, before): &(_, Failure<T>)| {
						!matches!(before, Failure::Peer(_)) || matches!(failure, Failure::Peer(_))
					};
					failed = failed.filter(tells_more).or(Some((url.clone(), failure)));
				},
			}
			if answers.are_enough() {
				break;
			}
		}
		match answers.newest {
			Some(found) => {
				let (looked_at, moved) = (found.looked_at(), found.contracts().len() as u32);
				let looked_at = self.limits.looked_at(Some(looked_at));
				let next = self.next_trail(remembered, looked_at, moved);
				let end = self.submit(found, now, remembered);
				if !matches!(end, RoundEnd::Underway) {
					Fresh::pass(self.system, &self.split(looked_at).0);
				}
				Ok((end, next))
			},
			None => {
				let looked_at = self.limits.looked_at(None);
				Fresh::pass(self.system, &self.split(looked_at).0);
				let next = self.next_trail(remembered, looked_at, 0);
				let nothing = (RoundEnd::Nothing, next);
				failed.filter(|_| !answered).map_or(Ok(nothing), Err)
			},
		}
	}

	/// What one of the endpoints has that is worth submitting.
	fn ask(&self, (url, all): (&String, &[String]), limits: Limits) -> Result<Found, Failure<T>> {
		let half_time = half_of(&limits);
		let client = Client::new(url, limits).inspect_err(|error| {
			self.report.unusable(url, error);
		})?;
		let found = self.find(&client, &limits, half_time);
		let others = match &found {
			Err(Failure::Refused(_) | Failure::HeadUnknown) => {
				let others = all.iter().filter(|other| *other != url).take(SHARES - 1);
				others.filter_map(|url| Client::new(url, limits).ok()).collect()
			},
			_ => Vec::new(),
		};
		let nodes: Vec<_> = [client].into_iter().chain(others).collect();
		let found = found.or_else(|failure| match failure {
			Failure::Refused(_) if self.is_other_chain(&nodes[0]) => Err(Failure::OtherChain),
			Failure::Refused(_) | Failure::HeadUnknown => self.find_fork(&nodes, failure),
			failure => Err(failure),
		});
		let asked = found.as_ref().map_or_else(Failure::asked, |_| EndpointResult::Found.into());
		self.report.asked(&nodes[0], asked);
		nodes[1..].iter().for_each(|other| self.report.also_asked(other));
		found
	}

	/// The proof that a node, the first of these, has another history than the known one, if that
	/// is why it failed.
	fn find_fork(&self, nodes: &[Client], failure: Failure<T>) -> Result<Found, Failure<T>> {
		let Some(known) = Pallet::<T>::known(self.system) else { return Err(failure) };
		match (contradiction::<T>(self.system, &known, nodes)?, failure) {
			(Some(OtherHistory::Reported(report)), _) => {
				judge_report::<T>(self.system, &report)?;
				Ok(Found::Fork(report))
			},
			(Some(OtherHistory::Known(height)), _) => Err(Failure::KnownBranch(height)),
			(Some(OtherHistory::Unproven(height)), _) => Err(Failure::Unproven(height)),
			(None, Failure::HeadUnknown) => Err(self.why_unknown(&nodes[0]).into()),
			(None, failure) => Err(failure),
		}
	}

	/// Why a node does not know the known head, if its history is not another one.
	fn why_unknown(&self, client: &Client) -> EndpointResult {
		let newest = client.finalized_head().and_then(|head| client.header(head)).ok().flatten();
		match newest {
			Some(newest) if newest.number < self.record.known() => {
				self.report.saw(client, newest.number);
				EndpointResult::Lagging
			},
			_ => EndpointResult::HeadUnknown,
		}
	}

	/// Whether a node says of itself that it is of another chain: the setting is wrong, then.
	fn is_other_chain(&self, client: &Client) -> bool {
		client.block_hash(0).is_ok_and(|genesis| genesis != Some(self.system.0))
	}

	/// Fetches what the next step needs.
	fn find(
		&self,
		client: &Client,
		limits: &Limits,
		half_time: Timestamp,
	) -> Result<Found, Failure<T>> {
		if let Some(refutation) = self.find_refutation(client) {
			return Ok(refutation);
		}
		if let Some(tally) = self.find_tally(client, limits)? {
			return Ok(tally);
		}
		let fetched = self.fetch(client)?;
		self.propose(fetched, client, half_time)
	}

	/// What of fetched evidence is worth submitting.
	fn propose(
		&self,
		fetched: Fetched<T>,
		client: &Client,
		half_time: Timestamp,
	) -> Result<Found, Failure<T>> {
		let Survey { moved, looked_at, is_proven, is_step, is_heard } =
			self.survey(&fetched, client, half_time)?;
		if moved.is_empty() && !is_step && !is_heard {
			self.limits.note_in_vain(looked_at);
			return Err(match fetched.evidence.link {
				Link::Known => EndpointResult::NothingNewer.into(),
				_ => EndpointResult::NothingMoves.into(),
			});
		}
		let Fetched { mut evidence, .. } = fetched;
		let mut moved = &moved[..];
		if !is_proven || (moved.is_empty() && !is_heard) {
			// The chain takes no proof of what it does not need.
			let block = evidence.header.hash();
			(evidence.proof, moved) = self.read_fitting(client, moved, block, is_heard)?;
		}
		// Nothing is submitted unseen: what the pool would refuse must not take the place of another
		// node's answer.
		self.check_whole(&evidence, moved)?;
		let work = moved.iter().map(|(_, entry)| value::work::<T, _>(&entry.action)).sum();
		let contracts = moved.iter().map(|(id, _)| *id).collect();
		Ok(Found::Evidence { evidence, contracts, work, looked_at })
	}

	/// Evidence of the peer's newest final block, about all wanted contracts.
	fn fetch(&self, client: &Client) -> Result<Fetched<'_, T>, Failure<T>> {
		match self.fetch_newer(client) {
			Err(Failure::Peer(PeerError::NotFinalized { .. })) => self.fetch_known(client),
			other => other,
		}
	}

	/// Evidence of the newest block that is final by the votes of those in charge.
	fn fetch_newer(&self, client: &Client) -> Result<Fetched<'_, T>, Failure<T>> {
		let next = self.record.known().saturating_add(1);
		let (header, justification) = self.find_final(client, next)?;
		self.report.saw(client, header.number);
		let link = self.link(client, &header, justification)?;
		let (hash, wanted) = (header.hash(), &self.wanted[..]);
		let (proof, about) = match self.read_fitting(client, wanted, hash, self.hears) {
			// Its history is proven all the same.
			Err(PeerError::StateDiscarded { .. }) => {
				self.wait_for(Standing::StateDiscarded);
				(Vec::new(), &[][..])
			},
			found => found?,
		};
		let others = &wanted[about.len()..];
		Ok(Fetched { evidence: Evidence { header, link, proof }, about, others })
	}

	/// What links a newer header with the known head. It may take more rounds to tell.
	fn link(
		&self,
		client: &Client,
		header: &Header,
		justification: Justification,
	) -> Result<Link, Failure<T>> {
		let justification = minimize(justification, &self.record.set);
		let past = Past { client, history: self.record.view.history() };
		let extension = past.extension(self.system, self.record.known(), header.number)?;
		let extension = extension.ok_or(EndpointResult::Tracing)?;
		Ok(Link::Above { justification, extension })
	}

	/// Evidence of the head that is known already: it may tell what nobody asked before.
	fn fetch_known(&self, client: &Client) -> Result<Fetched<'_, T>, Failure<T>> {
		self.fetch_of_head(client, &self.wanted, self.hears)
	}

	/// Evidence of the known head about these contracts.
	fn fetch_of_head<'a>(
		&self,
		client: &Client,
		wanted: &'a [Wanted<T>],
		hears: bool,
	) -> Result<Fetched<'a, T>, Failure<T>> {
		let head = self.record.view.head();
		// A node that does not have it is behind, or on another branch: that is looked at whether or not
		// anything waits.
		let header = client.header(head)?.ok_or(Failure::HeadUnknown)?;
		self.report.saw(client, header.number);
		if wanted.is_empty() && !hears {
			return Err(EndpointResult::NothingNewer.into());
		}
		let (proof, about) = self.read_fitting(client, wanted, head, hears)?;
		let others = &wanted[about.len()..];
		Ok(Fetched { evidence: Evidence { header, link: Link::Known, proof }, about, others })
	}
}

/// Which endpoint is asked first after a block. Idle rounds come every few blocks only: those must not
/// meet the same one each time.
fn first_of(endpoints: &[String], now: Height) -> usize {
	(now as usize).wrapping_add((now / MAX_PAUSE) as usize) % endpoints.len().max(1)
}

/// When half of the time is gone.
fn half_of(limits: &Limits) -> Timestamp {
	let now = timestamp();
	now.add(Duration::from_millis(limits.deadline.diff(&now).millis() / 2))
}
