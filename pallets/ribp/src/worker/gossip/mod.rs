//! Gossip: a node tells other chains what their view lists lack (sections 4.2, 4.3 and 5.2).
//!
//! After a termination, when a view has advanced and while a fork is open, all peers are told; at
//! other times each with the probability q'. First comes one question: the peer's list in short.
//! Then goes only what is newer here, of any system, the own one included, and what proves a fork.
//! It proves itself: whoever carries it is not trusted, and the peer's pool judges it.
//!
//! Nothing here delays a check. It has a lock and a time of its own, and begins when the checks of
//! its block are done.

mod message;
mod told;

use super::{
	contradiction::{contradiction, kept_contradiction, report, OtherHistory},
	keep,
	report::{worker_ended, Report, TellingReport},
	Failure, Limits, Round, SurveyLimits, LOG_TARGET, MAX_BODY, SHARES,
};
use crate::{
	contracts::entry::Pair, BranchProofs, Config, ContractId, ForkReport, Forks, Height, Known,
	ListDigest, Pallet, Proven, System, SystemId, Systems,
};
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeAll, Encode};
use core::marker::PhantomData;
use frame_support::traits::Get;
use message::{evidence_for, Message};
use ribp_peer::{
	host_of,
	status::{TellingResult, WorkerResult},
	Client, PeerError, GOSSIP_LOCK,
};
use ribp_protocol::{is_told, Head, Own};
use sp_core::offchain::{Duration, Timestamp};
use sp_io::{
	hashing::blake2_128,
	offchain::{random_seed, timestamp},
};
use sp_runtime::offchain::{
	storage::StorageValueRef,
	storage_lock::{StorageLock, Time},
};
use told::{Kind, Told};

/// How long telling one peer may take.
const PER_PEER: Duration = Duration::from_millis(2_000);

/// How long another worker of this node is kept from telling, should this one die in the middle.
const LOCK: Duration = Duration::from_millis(20_000);

/// Most messages to one peer after one block; the rest has its turn after the next.
const MOST: usize = 8;

/// What telling one peer is about.
struct Telling<'a, T: Config> {
	peer: SystemId,
	url: &'a str,
	client: Client,
	/// When the time for the peer is over, whoever else is asked for its sake.
	end: Timestamp,
	theirs: ListDigest,
	now: Height,
	_config: PhantomData<T>,
}

impl<T: Config> Pallet<T> {
	/// Tells the peers, after block `now`, what they lack; the news are those of so many blocks.
	pub(super) fn gossip(now: Height, blocks: Height) {
		let mut lock = StorageLock::<Time>::with_deadline(GOSSIP_LOCK, LOCK);
		let Ok(_guard) = lock.try_lock() else {
			return worker_ended(now, WorkerResult::TellingBusy);
		};
		let mut peers: Vec<_> = Systems::<T>::iter_keys().collect();
		if !peers.is_empty() {
			let first = now as usize % peers.len();
			peers.rotate_left(first);
		}
		let all = Self::calls_for_telling(now, blocks);
		let last_start = timestamp().add(Duration::from_millis(LOCK.millis() - PER_PEER.millis()));
		for peer in peers {
			let drawn = || is_told(T::GossipRate::get(), random());
			let mut report = TellingReport::new(peer, now);
			let result = match timestamp() < last_start {
				true if all || drawn() => Self::tell(peer, now, &mut report),
				true => TellingResult::NotDrawn,
				false => TellingResult::OutOfTime,
			};
			report.ended(result);
		}
	}

	/// Whether all peers are told now: something has ended, a view has advanced, or a fork is open.
	fn calls_for_telling(now: Height, blocks: Height) -> bool {
		let is_recent = |at: Height| now.checked_sub(at).is_some_and(|ago| ago < blocks);
		let is_news = |(_, record): (_, System)| is_recent(record.advanced_at);
		keep::terminated_at().is_some_and(is_recent)
			|| Forks::<T>::iter_keys().next().is_some()
			|| Systems::<T>::iter().any(is_news)
	}

	/// Tells one peer, by the first of its endpoints that answers.
	fn tell(peer: SystemId, now: Height, report: &mut TellingReport) -> TellingResult {
		let mut urls = ribp_peer::endpoints(peer.0);
		let of_others = || Systems::<T>::iter_keys().any(|system| system != peer);
		let of_own = || !ribp_peer::endpoints(Self::own_system().0).is_empty();
		if urls.is_empty() {
			return TellingResult::NoEndpoint;
		}
		if !of_others() && !of_own() {
			return TellingResult::NothingToTell;
		}
		// Not by turns: silences of an even number of blocks would always meet the same one.
		let first = random() as usize % urls.len();
		urls.rotate_left(first);
		let end = timestamp().add(PER_PEER);
		for url in &urls {
			let limits = Limits { deadline: end, max_body: MAX_BODY };
			let Ok(client) = Client::new(url, limits) else { continue };
			match client.call_as::<ListDigest>("RibpApi_list_digest", &[]) {
				Ok(theirs) => {
					let _config = PhantomData;
					let telling = Telling::<T> { peer, url, client, end, theirs, now, _config };
					return telling.tell_all(report);
				},
				Err(error) => {
					let host = host_of(url);
					log::debug!(target: LOG_TARGET, "{} at {host} cannot be told: {error}", peer.0);
				},
			}
		}
		TellingResult::Unreachable
	}
}

/// What telling has come to, of two things of which a peer was told.
fn better(one: TellingResult, other: TellingResult) -> TellingResult {
	use TellingResult::*;
	let order = [Taken, NotTaken, NotFetched, Full, Quiet, NotMade];
	order.into_iter().find(|result| [one, other].contains(result)).unwrap_or(UpToDate)
}

/// Drawn evenly from all numbers.
fn random() -> u64 {
	u64::decode(&mut &random_seed()[..]).unwrap_or(u64::MAX)
}

impl<T: Config> Telling<'_, T> {
	/// Tells what the peer lacks: first what proves forks, then what is newer. Returns what the best of it
	/// has come to.
	fn tell_all(&self, report: &mut TellingReport) -> TellingResult {
		// What one node of the peer has not taken must not keep another one from being told.
		let key = (b"ribp/told", self.peer, blake2_128(self.url.as_bytes())).encode();
		let memory = StorageValueRef::persistent(&key);
		let mut told = memory.get::<Told>().ok().flatten().unwrap_or_default();
		let mut left = MOST;
		let mut best = TellingResult::UpToDate;
		for (system, kind) in self.lacking() {
			let (result, code) = match left == 0 || timestamp() >= self.end {
				true => (TellingResult::Full, None),
				false if told.is_quiet(system, kind, self.now) => (TellingResult::Quiet, None),
				false => self.tell_of(system, kind),
			};
			match result {
				TellingResult::Taken | TellingResult::NotTaken => {
					left -= 1;
					told.note(system, kind, result == TellingResult::Taken, self.now);
				},
				TellingResult::NotFetched => told.note(system, kind, false, self.now),
				// Asked again soon: the peer may forget, or this node may keep more.
				TellingResult::NotMade if kind == Kind::Fork => {
					told.note(system, kind, false, self.now);
				},
				_ => {},
			}
			report.told((kind.message(), system), self.url, result, code);
			best = better(best, result);
		}
		memory.set(&told);
		best
	}

	/// Tells the peer of a system. Returns what that has come to, and the code of the refusal, if there is one.
	fn tell_of(&self, system: SystemId, kind: Kind) -> (TellingResult, Option<i64>) {
		match self.message(system, kind) {
			Ok(Some(message)) => match self.send(system, message) {
				Ok(()) => (TellingResult::Taken, None),
				Err(error) => (TellingResult::NotTaken, error.map(|error| error.code())),
			},
			Ok(None) => {
				log::debug!(
					target: LOG_TARGET,
					"{} is not told of {}: it knows it, would not take it yet, or nobody tells what proves it",
					self.peer.0,
					system.0,
				);
				(TellingResult::NotMade, None)
			},
			Err(failure) => {
				log::debug!(
					target: LOG_TARGET,
					"{} is not told of {}: {}",
					self.peer.0,
					system.0,
					failure.describe(),
				);
				(TellingResult::NotFetched, failure.code())
			},
		}
	}

	/// What the peer may have to be told of which system.
	fn lacking(&self) -> Vec<(SystemId, Kind)> {
		let mut lacking = Vec::new();
		for (system, record) in Systems::<T>::iter() {
			let Some(head) = self.theirs.heads.get(&system) else { continue };
			// Who has the fork open knows both branches.
			let is_unaware = !self.theirs.open.contains(&system);
			let ours = record.view.hash_at(head.number);
			if is_unaware && ours.is_some_and(|ours| ours != head.hash) {
				lacking.push((system, Kind::Fork));
			} else if is_unaware && head.number < record.known() {
				lacking.push((system, Kind::View));
			}
			// How many branches the peer has heard of says nothing: they may be others.
			if Forks::<T>::contains_key(system) {
				lacking.push((system, Kind::Fork));
			}
		}
		if self.theirs.heads.contains_key(&Pallet::<T>::own_system()) {
			lacking.push((Pallet::<T>::own_system(), Kind::View));
		}
		lacking.sort_by_key(|(system, kind)| (*kind, *system));
		lacking.dedup();
		lacking
	}

	/// What tells the peer of a system. None if it would not take it, or nothing is kept.
	fn message(&self, system: SystemId, kind: Kind) -> Result<Option<Message>, Failure<T>> {
		let head = self.theirs.heads.get(&system).copied();
		if system == Pallet::<T>::own_system() {
			return self.own_message(head);
		}
		let Some(ours) = Systems::<T>::get(system) else { return Ok(None) };
		if kind == Kind::View && !self.is_step(&head, ours.known()) {
			return Ok(None);
		}
		let Some(theirs) = self.known(system)? else { return Ok(None) };
		let nodes = self.nodes_of(system);
		if kind == Kind::Fork {
			return Ok(Self::fork(system, &theirs, &nodes).map(Message::Fork));
		}
		let evidence = evidence_for::<T>(system, &theirs.system, &nodes);
		let Some(evidence) = evidence else {
			// Where nothing leads from their head to ours, they may be on another branch.
			return Ok(Self::fork(system, &theirs, &nodes).map(Message::Fork));
		};
		let message = Message::View(evidence);
		Ok(Some(message).filter(|next| next.is_step(&theirs.system, self.theirs.step)))
	}

	/// The report of a branch that the peer does not know: one that is open here, or the followed one.
	fn fork(system: SystemId, theirs: &Known, nodes: &[Client]) -> Option<ForkReport> {
		let mut open = BranchProofs::<T>::iter_prefix_values(system);
		let open = open.find_map(|bytes| {
			let Proven { header, justification, .. } = Proven::decode_all(&mut &bytes[..]).ok()?;
			report::<T>(system, theirs, (&header, &justification), nodes)
		});
		open.or_else(|| kept_contradiction::<T>(system, theirs, nodes))
	}

	/// Some nodes of a system, which may tell what proofs take.
	fn nodes_of(&self, system: SystemId) -> Vec<Client> {
		let mut urls = ribp_peer::endpoints(system.0);
		let first = random() as usize % urls.len().max(1);
		urls.rotate_left(first);
		let limits = Limits { deadline: self.end, max_body: MAX_BODY };
		urls.into_iter().take(SHARES).filter_map(|url| Client::new(url, limits).ok()).collect()
	}

	/// Of the own chain: what its own node can prove. The peer may be kept from knowing better
	/// (section 5.2).
	fn own_message(&self, head: Option<Head>) -> Result<Option<Message>, Failure<T>> {
		let own = Pallet::<T>::own_system();
		let Some(url) = ribp_peer::endpoints(own.0).into_iter().next() else { return Ok(None) };
		let client = Client::new(url, Limits { deadline: self.end, max_body: MAX_BODY })?;
		let differs = match head {
			Some(head) => client.block_hash(head.number)?.is_some_and(|hash| hash != head.hash),
			None => false,
		};
		if !differs && !self.is_step(&head, self.now) {
			return Ok(None);
		}
		let Some(known) = self.known(own)? else { return Ok(None) };
		if differs {
			return Ok(match contradiction::<T>(own, &known, &[client])? {
				Some(OtherHistory::Reported(report)) => Some(Message::Fork(report)),
				_ => None,
			});
		}
		let round = Round::<T>::of_own(own, known.system, Own(self.now));
		let fetched = match round.fetch(&client) {
			Ok(fetched) => fetched,
			Err(Failure::Nothing(_)) => return Ok(None),
			Err(failure) => return Err(failure),
		};
		let message = Message::View(fetched.evidence);
		Ok(Some(message).filter(|message| message.is_step(&round.record, self.theirs.step)))
	}

	/// What the peer knows of a system.
	fn known(&self, system: SystemId) -> Result<Option<Known>, Failure<T>> {
		Ok(self.client.call_as("RibpApi_known", &system.encode())?)
	}

	/// Whether the peer may take a view that ends at `number`, knowing up to `head`.
	fn is_step(&self, head: &Option<Head>, number: Height) -> bool {
		head.as_ref().is_none_or(|head| number.saturating_sub(head.number) >= self.theirs.step)
			|| self.theirs.step == 0
	}

	/// Hands a message to the peer's transaction pool. Fails if it is not taken: without an error, if it is larger
	/// than any may be.
	fn send(&self, system: SystemId, message: Message) -> Result<(), Option<PeerError>> {
		let what = message.describe();
		let function = message.function();
		let arguments = match message {
			Message::View(evidence) => (system, evidence, Vec::<ContractId>::new()).encode(),
			Message::Fork(report) => (system, report).encode(),
		};
		let bytes = arguments.len();
		if bytes > T::MaxEvidenceSize::get() as usize {
			return Err(None);
		}
		let extrinsic = self.client.call_as::<Vec<u8>>(function, &arguments);
		let sent = extrinsic.and_then(|extrinsic| self.client.submit(&extrinsic));
		let came_to = match &sent {
			Ok(_) => String::from("taken"),
			Err(error) => alloc::format!("not taken: {error}"),
		};
		log::info!(
			target: LOG_TARGET,
			"told {} at {} of {}: {what}, {bytes} bytes, {came_to}",
			self.peer.0,
			host_of(self.url),
			system.0,
		);
		sent.map(drop).map_err(Some)
	}
}

impl<T: Config> Round<T> {
	/// What the own chain can show to one that knows this of it.
	fn of_own(own: SystemId, record: System, next: Own) -> Self {
		Self {
			system: own,
			pair: Pair { own, peer: own },
			record,
			next,
			forked: None,
			doubted: None,
			wanted: Vec::new(),
			walk: None,
			hears: false,
			limits: SurveyLimits::default(),
			report: Report::unread(own),
		}
	}
}
