//! The offchain worker: asks the peers what waiting contracts need to know, and submits it.
//!
//! Once per block and peer, and on one node of the chain (see [`turn`]), at most: a finality proof
//! and storage proofs of as many endpoints as the paper asks, one message about all contracts that
//! move by the newest of them, one line in the log. Nothing here is trusted or needed for
//! safety: whatever is submitted is judged like anybody's evidence.

mod catch_up;
mod contradiction;
mod finality;
mod gossip;
pub(crate) mod keep;
mod memory;
mod newest;
mod survey;
mod tally;
mod turn;

pub use turn::Authorship;

use crate::{
	contracts::Record, evidence::view_key, Call, CatchUps, Config, Ended, Error, Evidence, Height,
	Pallet, Phase, Settlement, Status, System, SystemId, Systems, View, Waiting,
};
use alloc::{borrow::Cow, format, string::String, vec::Vec};
use catch_up::Piece;
use codec::Encode;
use contradiction::{contradiction, Contradiction};
use frame_support::traits::Get;
use frame_system::offchain::SubmitTransaction;
use memory::{Memory, RoundEnd, Submitted, MAX_PAUSE};
use newest::{Answers, Found};
use ribp_light_client::{minimize, next_set, AuthoritySet, Header, ProvenState};
use ribp_peer::{Client, Limits, PeerError, ROUNDS_LOCK};
use ribp_protocol::{has_expired, CatchUp, Own, Stage};
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
		}
	}
}

/// What one round is about.
struct Round<T: Config> {
	system: SystemId,
	record: System,
	/// The block for which evidence is made: the next one.
	next: Own,
	/// What has to be caught up with before anything else.
	catch_up: Option<CatchUp>,
	/// A forked system of which it is not known yet what this one has counted.
	forked: Option<SystemId>,
	/// The contracts that evidence could move, the waiting ones first.
	wanted: Vec<Wanted<T>>,
	/// How many of them it gets to.
	limits: SurveyLimits,
	/// Whether it can wait.
	task: Task,
}

/// Evidence, and the contracts that it is about.
struct Fetched<'a, T: Config> {
	evidence: Evidence,
	about: &'a [Wanted<T>],
}

impl<T: Config> Pallet<T> {
	/// The offchain worker's entry point, after block `now` has been imported.
	pub(crate) fn work(now: Height) {
		Self::check_peers(now);
		if Self::is_own_turn() {
			Self::lower_forks();
			Self::gossip(now);
		}
	}

	/// Asks the peers what waiting contracts need to know.
	fn check_peers(now: Height) {
		let mut lock = StorageLock::<Time>::with_deadline(ROUNDS_LOCK, LOCK);
		let Ok(_guard) = lock.try_lock() else { return };
		let last_start = timestamp().add(Duration::from_millis(LOCK.millis() - ROUND.millis()));
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
		let Some(round) = Round::<T>::new(system, now, &mut remembered) else {
			remembered.rests();
			return memory.set(&remembered);
		};
		if !remembered.acts(Self::is_own_turn(), round.task, round.progress(), now) {
			return memory.set(&remembered);
		}
		// Should an answer be the end of this worker, the next ones leave the peer alone for a while.
		memory.set(&remembered.but_failed(now));
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
		// A view is brought up, and contracts are forgotten, when there is nothing better to do.
		let at_leisure = now.is_multiple_of(MAX_PAUSE);
		let (wanted, limits) = match record.status {
			Status::Active => Self::wanted(system, next, at_leisure, remembered),
			Status::Paused => Default::default(),
			// Until it is decided, nothing that its nodes say is of use.
			Status::Forked => return None,
		};
		let forked = tally::wanted::<T>(system, &record, now);
		let idle = now.saturating_sub(record.advanced_at) >= T::ViewStep::get();
		let catch_up = CatchUps::<T>::get(system);
		let waits = wanted.iter().any(|(_, record)| matches!(record, Record::Waiting(_)));
		let urgent = record.view.is_none() || catch_up.is_some() || forked.is_some();
		let due = urgent || (idle && at_leisure);
		let task = match urgent || waits {
			true => Task::Urgent,
			false => Task::Leisurely,
		};
		(due || !wanted.is_empty()).then_some(Self {
			system,
			record,
			next,
			catch_up,
			forked,
			wanted,
			limits,
			task,
		})
	}

	/// How far the chain has come with the system.
	fn progress(&self) -> Progress {
		Progress {
			advanced_at: self.record.advanced_at,
			set_since: self.record.set_since,
			missed_below: self.catch_up.as_ref().map(|behind| behind.from),
		}
	}

	/// Contracts that evidence could move, and with them, or at leisure, those it could make
	/// forgotten.
	fn wanted(
		system: SystemId,
		next: Own,
		at_leisure: bool,
		remembered: &Memory,
	) -> (Vec<Wanted<T>>, SurveyLimits) {
		let mut wanted: Vec<_> = Waiting::<T>::iter_prefix(system)
			.map(|(id, waiting)| (id, Record::Waiting(waiting)))
			.filter(|(_, record)| could_move(record, next))
			.collect();
		let limits = SurveyLimits::new(wanted.len() as u32, T::MaxContracts::get(), remembered);
		wanted.rotate_left(limits.turn.first as usize);
		wanted.truncate(limits.turn.count as usize);
		if at_leisure || !wanted.is_empty() {
			let mut ended: Vec<_> = Ended::<T>::iter_prefix(system)
				.map(|(id, ended)| (id, Record::Ended(ended)))
				.filter(|(_, record)| could_move(record, next))
				.collect();
			let first = (next.0 as usize).wrapping_mul(limits.most) % ended.len().max(1);
			ended.rotate_left(first);
			wanted.extend(ended.into_iter().take(limits.most));
		}
		(wanted, limits)
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
		let count = endpoints.len();
		// Idle rounds come every few blocks only: those must not meet the same endpoint each time.
		let first = (now as usize).wrapping_add((now / MAX_PAUSE) as usize) % count.max(1);
		let end = timestamp().add(ROUND);
		let mut answers = Answers::of(count as u32);
		let mut answered = false;
		let mut failed = None;
		for (asked, url) in endpoints.iter().cycle().skip(first).take(count).enumerate() {
			// To each its share of the time: one that hangs must not use up that of the others.
			let left = end.diff(&timestamp()).millis() / (count - asked).min(SHARES) as u64;
			match self.ask(url, Limits::within(Duration::from_millis(left), MAX_BODY)) {
				Ok(Some(found)) => answers.take(found),
				Ok(None) => answered = true,
				Err(failure) => failed = failed.or(Some((url.clone(), failure))),
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

	/// What an endpoint has that is worth submitting.
	fn ask(&self, url: &str, limits: Limits) -> Result<Option<Found>, Failure<T>> {
		let half_time = half_of(&limits);
		let client = Client::new(url, limits)?;
		self.find(&client, half_time).or_else(|failure| match failure {
			Failure::Refused(_) if self.is_other_chain(&client) => Err(Failure::OtherChain),
			Failure::Refused(_) | Failure::HeadUnknown => self.find_fork(&client, failure),
			failure => Err(failure),
		})
	}

	/// The proof that a node has another history than the known one, if that is why it failed.
	fn find_fork(&self, client: &Client, failure: Failure<T>) -> Result<Option<Found>, Failure<T>> {
		let Some(view) = &self.record.view else { return Err(failure) };
		let deep_down = view.first().saturating_sub(T::MaxMissed::get() / 2);
		let kept = Pallet::<T>::kept(self.system, view, deep_down);
		match (contradiction(self.system, &self.record, &kept.run, client)?, failure) {
			(Some(fork), _) => {
				Pallet::<T>::judge_fork(self.system, &fork.proof, &fork.known)?;
				Ok(Some(Found::Fork(fork)))
			},
			(None, Failure::HeadUnknown) => Ok(None),
			(None, failure) => Err(failure),
		}
	}

	/// Whether a node says of itself that it is of another chain: the setting is wrong, then.
	fn is_other_chain(&self, client: &Client) -> bool {
		client.block_hash(0).is_ok_and(|genesis| genesis != Some(self.system.0))
	}

	/// Fetches what the next step needs. None if it would change nothing.
	fn find(&self, client: &Client, half_time: Timestamp) -> Result<Option<Found>, Failure<T>> {
		if let (Some(catch_up), Some(known)) = (&self.catch_up, &self.record.view) {
			let piece =
				catch_up::next_piece(self.system, catch_up, known, T::MaxMissed::get(), client)?;
			return Ok(piece.map(Found::Missed));
		}
		if let Some(tally) = self.find_tally(client)? {
			return Ok(Some(tally));
		}
		let Some(fetched) = self.fetch(client)? else { return Ok(None) };
		let Survey { moved, looked_at, is_proven, is_step } =
			self.survey(&fetched, client, half_time)?;
		if moved.is_empty() && !is_step {
			self.limits.note_in_vain(looked_at);
			return Ok(None);
		}
		let Fetched { mut evidence, .. } = fetched;
		let mut moved = &moved[..];
		if !is_proven {
			// The chain takes no proof of what it does not need.
			let with_view = evidence.justification.is_some();
			let block = evidence.header.hash();
			(evidence.proof, moved) = self.read_fitting(client, moved, with_view, block)?;
		}
		// Nothing is submitted unseen: what the pool would refuse must not take the place of another
		// node's answer.
		self.check_whole(&evidence, moved)?;
		let work = moved.iter().map(|(_, record)| record.work()).sum();
		let contracts = moved.iter().map(|(id, _)| *id).collect();
		Ok(Some(Found::Evidence { evidence, contracts, work, looked_at }))
	}

	/// Evidence of the peer's newest final block, about all wanted contracts.
	fn fetch(&self, client: &Client) -> Result<Option<Fetched<'_, T>>, Failure<T>> {
		// The last block of a set still counts as the old set's: ask for the one after it.
		let next = self.record.known().max(self.record.set_since).saturating_add(1);
		match self.fetch_newer(client, next) {
			Err(Failure::Peer(PeerError::NotFinalized { .. })) => self.fetch_known(client),
			other => other,
		}
	}

	/// Evidence of the newest block that is final by the votes of those who finalized `number`.
	fn fetch_newer(
		&self,
		client: &Client,
		number: Height,
	) -> Result<Option<Fetched<'_, T>>, Failure<T>> {
		let Some((header, justification)) = self.find_final(client, number)? else {
			return Ok(None);
		};
		let block = header.hash();
		let set = self.set_in_charge(header.number)?;
		let justification = Some(minimize(justification, &set));
		let hands_over = matches!(next_set(&header, &set), Ok(Some(_)));
		let bare =
			|header| Evidence { header, justification, proof: Vec::new(), missed: Vec::new() };
		let (nodes, about) = match self.read_fitting(client, self.first_wanted(), true, block) {
			// Its last block is all that is left of an old set, and all that is needed of it.
			Err(PeerError::StateDiscarded { .. }) if hands_over => {
				return Ok(Some(Fetched { evidence: bare(header), about: &[] }));
			},
			found => found?,
		};
		let gap = self.gap(&header, nodes.clone())?;
		let mut evidence = bare(header);
		if gap > T::MaxMissed::get() {
			evidence.proof = client.read_proof(&self.keys(&[], true), block)?;
			return Ok(Some(Fetched { evidence, about: &[] }));
		}
		evidence.proof = nodes;
		if gap > 0 {
			evidence.missed = client.block_hashes(self.record.known().saturating_add(1), gap)?;
		}
		Ok(Some(Fetched { evidence, about }))
	}

	/// Evidence of the head that is known already: it may tell what nobody asked before.
	fn fetch_known(&self, client: &Client) -> Result<Option<Fetched<'_, T>>, Failure<T>> {
		let head = self.record.view.as_ref().and_then(View::head);
		let Some(head) = head.filter(|_| !self.wanted.is_empty()) else { return Ok(None) };
		let header = client.header(head)?.ok_or(Failure::HeadUnknown)?;
		let (proof, about) = self.read_fitting(client, self.first_wanted(), false, head)?;
		let evidence = Evidence { header, justification: None, proof, missed: Vec::new() };
		Ok(Some(Fetched { evidence, about }))
	}

	fn set_in_charge(&self, number: Height) -> Result<Cow<'_, AuthoritySet>, Error<T>> {
		Pallet::<T>::set_in_charge(self.system, &self.record, number)
	}

	/// The number of hashes between the known view and the one in the state of `header` (section
	/// 4.3).
	fn gap(&self, header: &Header, nodes: Vec<Vec<u8>>) -> Result<u32, Error<T>> {
		let key = view_key(&self.record.storage_prefix);
		let mut state = ProvenState::new(header.state_root, nodes)?;
		let view = state.read_as::<View>(&key)?.ok_or(Error::<T>::ViewMissing)?;
		let known = self.record.view.as_ref();
		Ok(known.map_or(0, |known| known.gap(&view.with_head(header.hash()))))
	}

	/// Hands what was found to the transaction pool, unless the last is still on its way.
	///
	/// A pool that does not take it is no fault of the peer: it may hold another node's.
	fn submit(&self, found: Found, now: Height, remembered: &Memory) -> RoundEnd {
		let system = self.system;
		let (number, what, call) = match found {
			Found::Evidence { evidence, contracts, work, .. } => (
				evidence.header.number,
				format!("evidence for {} contract(s)", contracts.len()),
				Call::<T>::submit_evidence { system, evidence, contracts, work },
			),
			Found::Missed(Piece { from, below, hashes }) => (
				from,
				format!("{} missed hashes", hashes.len()),
				Call::<T>::submit_missed { system, below, hashes },
			),
			Found::Tally { evidence, forked } => (
				evidence.header.number,
				format!("what it has counted of the fork of {}", forked.0),
				Call::<T>::report_tally { witness: system, evidence, forked },
			),
			Found::Fork(Contradiction { proof, known }) => (
				proof.header.number,
				String::from("another history than the known one"),
				Call::<T>::report_fork { system, proof, known },
			),
		};
		let submitted = Submitted { key: blake2_256(&call.encode()).into(), number, at: now };
		if remembered.is_underway(&submitted, self.record.known()) {
			return RoundEnd::Underway;
		}
		let bytes = call.encoded_size();
		let transaction = T::create_authorized_transaction(call.into());
		let taken = bytes <= T::MaxEvidenceSize::get() as usize
			&& SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_ok();
		log::info!(
			target: LOG_TARGET,
			"{} at #{number}: {bytes} bytes, {what}, {}",
			self.system.0,
			if taken { "submitted" } else { "not taken by the pool" },
		);
		match taken {
			true => RoundEnd::Submitted(submitted),
			false => RoundEnd::NotTaken(submitted),
		}
	}
}

/// When half of the time is gone.
fn half_of(limits: &Limits) -> Timestamp {
	let now = timestamp();
	now.add(Duration::from_millis(limits.deadline.diff(&now).millis() / 2))
}

/// Whether evidence of any kind could move a contract in the block `next`.
fn could_move<T: Config>(record: &Record<T>, next: Own) -> bool {
	let over = has_expired(record.contract(), next);
	match (record.stage(), record.settlement()) {
		(Stage::Waiting(Phase::Registered), _) => !over,
		(Stage::Waiting(Phase::Committed { .. }), Settlement::AtExpiry) => over,
		(Stage::Waiting(Phase::Committed { .. }), Settlement::Early) | (Stage::Ended(_), _) => {
			record.is_open(next)
		},
	}
}
