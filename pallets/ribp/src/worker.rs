//! The offchain worker: asks the peers what waiting contracts need to know, and submits it.
//!
//! Once per block and peer, and on one node of the chain (see [`turn`]), at most: a finality proof
//! and storage proofs of as many endpoints as the paper asks, one message about all contracts that
//! move by the newest of them, messages about those that move by the known head already (see
//! [`behind`]), one line in the log for each of the two. Nothing here is trusted or needed for
//! safety: whatever is submitted is judged like anybody's evidence.

mod behind;
mod contradiction;
mod finality;
mod gossip;
pub(crate) mod keep;
mod memory;
mod newest;
pub(crate) mod past;
mod survey;
mod tally;
mod turn;

pub use turn::Authorship;

use crate::{
	chains::{forks::judge_report, systems::ensure_active},
	contracts::{entry::Pair, value},
	Call, Config, Corridors, Error, Evidence, Heard, Height, Legs, Link, Pallet, Reliance, System,
	SystemId, Systems, Testimony,
};
use alloc::{format, string::String, vec, vec::Vec};
use codec::Encode;
use contradiction::{contradiction, OtherHistory};
use frame_support::traits::Get;
use frame_system::offchain::SubmitTransaction;
use memory::{Memory, RoundEnd, Submitted, MAX_PAUSE};
use newest::{Answers, Found};
use past::Past;
use ribp_light_client::{minimize, Header, Justification};
use ribp_peer::{Client, Limits, PeerError, ROUNDS_LOCK};
use ribp_protocol::{Epoch, EpochSet, Own};
use sp_core::offchain::{Duration, Timestamp};
use sp_io::{hashing::blake2_256, offchain::timestamp};
use sp_runtime::offchain::{
	storage::StorageValueRef,
	storage_lock::{StorageLock, Time},
};
use survey::{Limits as SurveyLimits, Survey, Wanted};
use turn::{Progress, Task};

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
	/// The node could not be asked, or does not keep to its protocol.
	Peer(PeerError),
	/// It answered, and what it says is not believed.
	Refused(Error<T>),
	/// It answers for another chain.
	OtherChain,
	/// It does not know the newest block that is known here: it lags behind, or has another history.
	HeadUnknown,
	/// It has the block of this height of a branch that is known and not followed.
	KnownBranch(Height),
	/// It has another block of this height than is known.
	Unproven(Height),
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

/// What one round is about.
struct Round<T: Config> {
	system: SystemId,
	record: System,
	/// The block for which evidence is made: the next one.
	next: Own,
	/// A forked system of which it is not known yet what this one has counted.
	forked: Option<SystemId>,
	/// What another chain has said of the system's own fork, which may count for nothing.
	doubted: Option<(SystemId, Testimony)>,
	/// The contracts that evidence could move.
	wanted: Vec<Wanted<T>>,
	/// Whether there are legs that could be swept if the peer said that their time has come.
	hears: bool,
	/// How many of them it gets to.
	limits: SurveyLimits,
	/// Whether it can wait.
	task: Task,
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
		Self::check_peers(now);
		let is_own_turn = Self::is_own_turn();
		// Others step in every few blocks: the pool keeps one of these.
		if is_own_turn || now.is_multiple_of(MAX_PAUSE) {
			Systems::<T>::iter()
				.for_each(|(system, record)| Self::conclude_due(system, &record, now));
		}
		if is_own_turn {
			Self::gossip(now);
		}
	}

	/// Ends the contracts that time alone ends in the next block.
	fn conclude_due(system: SystemId, record: &System, now: Height) {
		if Corridors::<T>::get(system).open == 0 {
			return;
		}
		let outlook = Self::outlook(Pair::with::<T>(system), record);
		let next = Own(now.saturating_add(1));
		let most = T::MaxContracts::get();
		let (mut due, mut behind, mut work) = (Vec::new(), Vec::new(), 0_u32);
		for (_, entry) in Legs::<T>::iter_prefix((system,)) {
			let more = value::work::<T, _>(&entry.action);
			let all = work.saturating_add(more);
			let has_room = due.len() + behind.len() < most as usize && all <= most;
			if !has_room || outlook.by_time::<T>(&entry, next).is_none() {
				continue;
			}
			work = all;
			match outlook.by_time::<T>(&entry, Own(now)) {
				Some(_) => behind.push(entry.contract.id()),
				None => due.push(entry.contract.id()),
			}
		}
		let (count, is_full) = (due.len() + behind.len(), work >= most);
		if is_full {
			due.append(&mut behind);
		}
		let messages = behind::shares(&behind).map(<[_]>::to_vec).chain(Some(due));
		let submitted = messages.filter(|contracts| !contracts.is_empty()).map(|mut contracts| {
			contracts.sort();
			let work = Self::work_of(system, &contracts);
			submit_call(Call::<T>::conclude { peer: system, contracts, work })
		});
		// All of them, whatever becomes of the others.
		if submitted.fold(false, |some, taken| some | taken) {
			log::info!(target: LOG_TARGET, "{}: {count} contract(s) end by time", system.0);
		}
	}

	/// Asks the peers what waiting contracts need to know.
	fn check_peers(now: Height) {
		let mut lock = StorageLock::<Time>::with_deadline(ROUNDS_LOCK, LOCK);
		let Ok(_guard) = lock.try_lock() else { return };
		let longest = ROUND.millis() + behind::PATIENCE.millis();
		let last_start = timestamp().add(Duration::from_millis(LOCK.millis() - longest));
		let mut systems: Vec<_> = Systems::<T>::iter_keys().collect();
		if !systems.is_empty() {
			// A different one first in each block: slow peers must not keep others from their turn.
			let first = now as usize % systems.len();
			systems.rotate_left(first);
		}
		for system in systems {
			let endpoints = ribp_peer::endpoints(system.0);
			if !endpoints.is_empty() && timestamp() < last_start {
				Self::work_with(system, endpoints, now);
			}
		}
	}

	fn work_with(system: SystemId, endpoints: Vec<String>, now: Height) {
		let key = (b"ribp/memory", system).encode();
		let memory = StorageValueRef::persistent(&key);
		let mut remembered = memory.get::<Memory>().ok().flatten().unwrap_or_default();
		if !remembered.is_due(now) {
			return;
		}
		let Some(mut round) = Round::<T>::new(system, now, &mut remembered) else {
			remembered.rests();
			return memory.set(&remembered);
		};
		if !remembered.acts(Self::is_own_turn(), round.task, round.progress(), now) {
			return memory.set(&remembered);
		}
		// Should an answer be the end of this worker, the next ones leave the peer alone for a while.
		memory.set(&remembered.but_failed(now));
		round.bring_up(&endpoints, now, &mut remembered);
		match round.ask_all(&endpoints, now, &remembered) {
			Ok((end, next_turn)) => remembered.ended(end, next_turn),
			Err((url, failure)) => {
				let pause = remembered.failed(now);
				log::warn!(
					target: LOG_TARGET,
					"{} at {url}: {}; trying again in {pause} block(s)",
					system.0,
					failure.describe(),
				);
			},
		}
		memory.set(&remembered);
	}
}

impl<T: Config> Round<T> {
	/// A round, if there is anything to ask for.
	fn new(system: SystemId, now: Height, remembered: &mut Memory) -> Option<Self> {
		let record = Systems::<T>::get(system)?;
		let next = Own(now.saturating_add(1));
		remembered.advanced(record.advanced_at);
		// A view is brought up, and contracts are swept, when there is nothing better to do.
		let at_leisure = now.is_multiple_of(MAX_PAUSE);
		let (wanted, limits, hears) = match ensure_active::<T>(&record) {
			Ok(()) => {
				let (wanted, limits) = Self::wanted(system, &record, next, remembered);
				(wanted, limits, at_leisure && Self::hears(system, &record, next))
			},
			Err(_) => Default::default(),
		};
		let idle = now.saturating_sub(record.advanced_at) >= T::ViewStep::get();
		let forked = tally::wanted::<T>(system, &record, now);
		let doubted = tally::doubted::<T>(system, now);
		let is_asked = forked.is_some() || doubted.is_some();
		let task = match !wanted.is_empty() || is_asked {
			true => Task::Urgent,
			false => Task::Leisurely,
		};
		let due = (idle && at_leisure) || hears || is_asked || !wanted.is_empty();
		due.then_some(Self { system, record, next, forked, doubted, wanted, hears, limits, task })
	}

	fn pair(&self) -> Pair {
		Pair::with::<T>(self.system)
	}

	/// How far the chain has come with the system.
	fn progress(&self) -> Progress {
		Progress { advanced_at: self.record.advanced_at, set_since: self.record.set_since }
	}

	/// Contracts that evidence could move.
	fn wanted(
		system: SystemId,
		record: &System,
		next: Own,
		remembered: &Memory,
	) -> (Vec<Wanted<T>>, SurveyLimits) {
		let mut wanted: Vec<_> = Vec::new();
		if Corridors::<T>::get(system).open > 0 {
			let outlook = Pallet::<T>::outlook(Pair::with::<T>(system), record);
			let legs = Legs::<T>::iter_prefix((system,)).map(|(_, entry)| entry);
			let open = legs.filter(|entry| outlook.could_move::<T>(entry, next));
			wanted.extend(open.map(|entry| (entry.contract.id(), entry)));
		}
		let limits = SurveyLimits::new(wanted.len() as u32, T::MaxContracts::get(), remembered);
		wanted.rotate_left(limits.turn.first as usize);
		wanted.truncate(limits.turn.count as usize);
		(wanted, limits)
	}

	/// Whether there are legs that have ended, and nothing that the peer has said of them waits for its time.
	fn hears(system: SystemId, record: &System, next: Own) -> bool {
		let lane = Corridors::<T>::get(system);
		let relied = Reliance { height: Height::MAX, since: next.0 };
		let latest = Heard { through: EpochSet::before(Epoch(u32::MAX)), relied };
		lane.entries > lane.open && lane.is_news(&latest, record, T::Retention::get())
	}

	/// Asks one endpoint after the other, a different one first in each block, until as many as
	/// the paper asks have something that is worth submitting; the newest of it counts. Returns what
	/// that came to, and where the next turn begins. Fails if none of them answers.
	fn ask_all(
		&self,
		endpoints: &[String],
		now: Height,
		remembered: &Memory,
	) -> Result<(RoundEnd, u32), (String, Failure<T>)> {
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
				Ok(Some(found)) => answers.take(found),
				Ok(None) => answered = true,
				Err(failure) => {
					// Also where another node's answer is good.
					if matches!(failure, Failure::KnownBranch(_) | Failure::Unproven(_)) {
						let (system, what) = (self.system.0, failure.describe());
						log::warn!(target: LOG_TARGET, "{system} at {url}: {what}");
					}
					failed = failed.or(Some((url.clone(), failure)));
				},
			}
			if answers.are_enough() {
				break;
			}
		}
		match answers.newest {
			Some(found) => {
				let next_turn = self.limits.next_turn(Some(found.looked_at()));
				Ok((self.submit(found, now, remembered), next_turn))
			},
			None => {
				let nothing = (RoundEnd::Nothing, self.limits.next_turn(None));
				failed.filter(|_| !answered).map_or(Ok(nothing), Err)
			},
		}
	}

	/// What one of the endpoints has that is worth submitting.
	fn ask(
		&self,
		(url, all): (&String, &[String]),
		limits: Limits,
	) -> Result<Option<Found>, Failure<T>> {
		let half_time = half_of(&limits);
		let client = Client::new(url, limits)?;
		self.find(&client, &limits, half_time).or_else(|failure| match failure {
			Failure::Refused(_) if self.is_other_chain(&client) => Err(Failure::OtherChain),
			Failure::Refused(_) | Failure::HeadUnknown => {
				let others = all.iter().filter(|other| *other != url).take(SHARES - 1);
				let others = others.filter_map(|url| Client::new(url, limits).ok());
				let nodes: Vec<_> = [client].into_iter().chain(others).collect();
				self.find_fork(&nodes, failure)
			},
			failure => Err(failure),
		})
	}

	/// The proof that a node, the first of these, has another history than the known one, if that
	/// is why it failed.
	fn find_fork(
		&self,
		nodes: &[Client],
		failure: Failure<T>,
	) -> Result<Option<Found>, Failure<T>> {
		let Some(known) = Pallet::<T>::known(self.system) else { return Err(failure) };
		match (contradiction::<T>(self.system, &known, nodes)?, failure) {
			(Some(OtherHistory::Reported(report)), _) => {
				judge_report::<T>(self.system, &report)?;
				Ok(Some(Found::Fork(report)))
			},
			(Some(OtherHistory::Known(height)), _) => Err(Failure::KnownBranch(height)),
			(Some(OtherHistory::Unproven(height)), _) => Err(Failure::Unproven(height)),
			(None, Failure::HeadUnknown) => Ok(None),
			(None, failure) => Err(failure),
		}
	}

	/// Whether a node says of itself that it is of another chain: the setting is wrong, then.
	fn is_other_chain(&self, client: &Client) -> bool {
		client.block_hash(0).is_ok_and(|genesis| genesis != Some(self.system.0))
	}

	/// Fetches what the next step needs. None if it would change nothing.
	fn find(
		&self,
		client: &Client,
		limits: &Limits,
		half_time: Timestamp,
	) -> Result<Option<Found>, Failure<T>> {
		if let Some(refutation) = self.find_refutation(client) {
			return Ok(Some(refutation));
		}
		if let Some(tally) = self.find_tally(client, limits)? {
			return Ok(Some(tally));
		}
		let Some(fetched) = self.fetch(client)? else { return Ok(None) };
		self.propose(fetched, client, half_time)
	}

	/// What of fetched evidence is worth submitting.
	fn propose(
		&self,
		fetched: Fetched<T>,
		client: &Client,
		half_time: Timestamp,
	) -> Result<Option<Found>, Failure<T>> {
		let Survey { moved, looked_at, is_proven, is_step, is_heard } =
			self.survey(&fetched, client, half_time)?;
		if moved.is_empty() && !is_step && !is_heard {
			self.limits.note_in_vain(looked_at);
			return Ok(None);
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
		Ok(Some(Found::Evidence { evidence, contracts, work, looked_at }))
	}

	/// Evidence of the peer's newest final block, about all wanted contracts.
	fn fetch(&self, client: &Client) -> Result<Option<Fetched<'_, T>>, Failure<T>> {
		match self.fetch_newer(client) {
			Err(Failure::Peer(PeerError::NotFinalized { .. })) => self.fetch_known(client),
			other => other,
		}
	}

	/// Evidence of the newest block that is final by the votes of those in charge.
	fn fetch_newer(&self, client: &Client) -> Result<Option<Fetched<'_, T>>, Failure<T>> {
		let next = self.record.known().saturating_add(1);
		let Some((header, justification)) = self.find_final(client, next)? else {
			return Ok(None);
		};
		let Some(link) = self.link(client, &header, justification)? else { return Ok(None) };
		let (hash, wanted) = (header.hash(), &self.wanted[..]);
		let (proof, about) = match self.read_fitting(client, wanted, hash, self.hears) {
			// Its history is proven all the same.
			Err(PeerError::StateDiscarded { .. }) => (Vec::new(), &[][..]),
			found => found?,
		};
		let others = &wanted[about.len()..];
		Ok(Some(Fetched { evidence: Evidence { header, link, proof }, about, others }))
	}

	/// What links a newer header with the known head. None if it takes more rounds to tell.
	fn link(
		&self,
		client: &Client,
		header: &Header,
		justification: Justification,
	) -> Result<Option<Link>, PeerError> {
		let justification = minimize(justification, &self.record.set);
		let past = Past { client, history: self.record.view.history() };
		let extension = past.extension(self.system, self.record.known(), header.number)?;
		Ok(extension.map(|extension| Link::Above { justification, extension }))
	}

	/// Evidence of the head that is known already: it may tell what nobody asked before.
	fn fetch_known(&self, client: &Client) -> Result<Option<Fetched<'_, T>>, Failure<T>> {
		self.fetch_of_head(client, &self.wanted, self.hears)
	}

	/// Evidence of the known head about these contracts.
	fn fetch_of_head<'a>(
		&self,
		client: &Client,
		wanted: &'a [Wanted<T>],
		hears: bool,
	) -> Result<Option<Fetched<'a, T>>, Failure<T>> {
		let head = self.record.view.head();
		// A node that does not have it is behind, or on another branch: that is looked at whether or not
		// anything waits.
		let header = client.header(head)?.ok_or(Failure::HeadUnknown)?;
		if wanted.is_empty() && !hears {
			return Ok(None);
		}
		let (proof, about) = self.read_fitting(client, wanted, head, hears)?;
		let others = &wanted[about.len()..];
		Ok(Some(Fetched { evidence: Evidence { header, link: Link::Known, proof }, about, others }))
	}

	/// Hands what was found to the transaction pool, unless the last is still on its way.
	///
	/// A pool that does not take it is no fault of the peer: it may hold another node's.
	fn submit(&self, found: Found, now: Height, remembered: &Memory) -> RoundEnd {
		let (number, what) = self.describe(&found);
		let calls = self.calls(found);
		let Some(first) = calls.first() else { return RoundEnd::Nothing };
		let submitted = Submitted { key: blake2_256(&first.encode()).into(), number, at: now };
		if remembered.is_underway(&submitted, self.record.known()) {
			return RoundEnd::Underway;
		}
		match self.submit_all(number, &what, calls) {
			true => RoundEnd::Submitted(submitted),
			false => RoundEnd::NotTaken(submitted),
		}
	}

	/// Submits messages about one thing. Returns whether the pool takes any of them.
	fn submit_all(&self, number: Height, what: &str, calls: Vec<Call<T>>) -> bool {
		let bytes = calls.iter().map(Encode::encoded_size).sum::<usize>();
		let taken = calls.into_iter().fold(false, |some, call| some | submit_call(call));
		log::info!(
			target: LOG_TARGET,
			"{} at #{number}: {bytes} bytes, {what}, {}",
			self.system.0,
			if taken { "submitted" } else { "not taken by the pool" },
		);
		taken
	}

	/// The height that something is about, and what it is.
	fn describe(&self, found: &Found) -> (Height, String) {
		match found {
			Found::Evidence { evidence, contracts, .. } => {
				(evidence.header.number, format!("evidence for {} contract(s)", contracts.len()))
			},
			Found::Tally { evidence, forked, .. } => {
				(evidence.header.number, format!("what it has counted of the fork of {}", forked.0))
			},
			Found::Refutation { witness, .. } => {
				(self.record.known(), format!("that {} stands on two branches", witness.0))
			},
			Found::Fork(report) => {
				(report.header.number, String::from("another history than the known one"))
			},
		}
	}

	/// The messages that bring it to the chain.
	fn calls(&self, found: Found) -> Vec<Call<T>> {
		let system = self.system;
		let call = match found {
			Found::Evidence { evidence, contracts, work, .. } => {
				let shares = self.shared_out(&evidence, &contracts, work);
				if !shares.is_empty() {
					return shares;
				}
				Call::submit_evidence { system, evidence, contracts, work }
			},
			Found::Tally { evidence, forked, backs, path } => {
				Call::report_tally { witness: system, evidence, forked, backs, path }
			},
			Found::Refutation { witness, is_on, path } => {
				Call::refute_tally { witness, forked: system, is_on, path }
			},
			Found::Fork(report) => Call::report_fork { system, report },
		};
		vec![call]
	}
}

/// Which endpoint is asked first after a block. Idle rounds come every few blocks only: those must not
/// meet the same one each time.
fn first_of(endpoints: &[String], now: Height) -> usize {
	(now as usize).wrapping_add((now / MAX_PAUSE) as usize) % endpoints.len().max(1)
}

/// Hands a call to the transaction pool. Returns whether it is taken.
fn submit_call<T: Config>(call: Call<T>) -> bool {
	let is_small = call.encoded_size() <= T::MaxEvidenceSize::get() as usize;
	let transaction = T::create_authorized_transaction(call.into());
	is_small && SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_ok()
}

/// When half of the time is gone.
fn half_of(limits: &Limits) -> Timestamp {
	let now = timestamp();
	now.add(Duration::from_millis(limits.deadline.diff(&now).millis() / 2))
}
