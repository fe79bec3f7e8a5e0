//! What the worker tells of itself: it gathers what a round comes to, and writes it down once.
//!
//! The form of the records, and where they are, is [`ribp_peer::status`]. A record that is damaged, or of
//! another version, is replaced.

use crate::{Config, ContractId, Error, Height, SystemId};
use alloc::{boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};
use codec::{Decode, Encode};
use core::cell::{Cell, RefCell};
use ribp_peer::{
	host_of,
	status::{
		concluding_key, from_bytes, note, rounds_key, telling_key, to_bytes, Concluding,
		ConcludingResult, Endpoint, EndpointResult, Fate, Fault, MessageKind, Moment, Round,
		RoundResult, Rounds, Standing, Submitted, Telling, TellingResult, Told, Waiting, Worker,
		WorkerResult, MAX_ENDPOINTS, MAX_NAME, MAX_WAITING, NO_CODE, WORKER_KEY,
	},
	Client, PeerError,
};
use ribp_protocol::Own;
use sp_core::{
	offchain::{StorageKind, Timestamp},
	H256,
};
use sp_io::{
	hashing::blake2_128,
	offchain::{local_storage_get, local_storage_set, timestamp},
};

/// Blocks after which what was found of a waiting contract is not told any more.
const TOLD_FOR: Height = 64;

/// Blocks that a message to the pool is given before it counts as lost.
const PATIENCE: Height = 4;

/// Kinds of refusals that are counted of a peer.
const MAX_REFUSALS: usize = 64;

/// Now, after block `now`.
pub(super) fn moment(block: Height) -> Moment {
	Moment { block, time: timestamp().unix_millis() }
}

fn read<R: Decode>(key: &[u8]) -> Option<R> {
	from_bytes(&local_storage_get(StorageKind::PERSISTENT, key)?)
}

fn write(key: &[u8], record: &impl Encode) {
	local_storage_set(StorageKind::PERSISTENT, key, &to_bytes(record));
}

/// An error by its name.
pub(super) fn name_of<T: Config>(error: &Error<T>) -> String {
	format!("{error:?}").chars().take(MAX_NAME).collect()
}

/// What asking an endpoint has come to, and the fault or error behind it.
pub(super) struct Asked {
	pub result: EndpointResult,
	pub fault: Option<(Fault, i64)>,
	/// The name of the error, if what it says is refused.
	pub error: Option<String>,
}

impl From<EndpointResult> for Asked {
	fn from(result: EndpointResult) -> Self {
		Self { result, fault: None, error: None }
	}
}

impl From<&PeerError> for Asked {
	fn from(error: &PeerError) -> Self {
		let result = match error.fault() {
			Fault::StateDiscarded => EndpointResult::StateDiscarded,
			_ => EndpointResult::Faulty,
		};
		Self { result, fault: Some((error.fault(), error.code())), error: None }
	}
}

/// What a round has found of a contract.
struct Finding {
	/// Own height at which it expires.
	expiry: Height,
	standing: Standing,
	/// The name of the error, if there is one.
	error: Option<String>,
}

/// The record of the rounds with one peer, while one is going on.
pub(super) struct Report {
	system: SystemId,
	began: Moment,
	record: RefCell<Box<Rounds>>,
	/// What this round has found of contracts.
	found: RefCell<BTreeMap<ContractId, Finding>>,
	/// The peer's height by which they were judged.
	number: Cell<Height>,
	/// Whether the peer was asked.
	was_asked: Cell<bool>,
	/// How many contracts the round is about.
	pub contracts: u32,
}

impl Report {
	/// Of a round with a system after block `now`.
	pub fn new(system: SystemId, now: Height) -> Self {
		let began = moment(now);
		let record = read(&rounds_key(system.0)).unwrap_or_else(|| Self::begun(began));
		Self { record: RefCell::new(Box::new(record)), ..Self::of(system, began) }
	}

	/// That nobody reads: of what is asked for the sake of others.
	pub fn unread(system: SystemId) -> Self {
		Self::of(system, Moment::default())
	}

	fn begun(since: Moment) -> Rounds {
		Rounds { since, ..Rounds::default() }
	}

	fn of(system: SystemId, began: Moment) -> Self {
		Self {
			system,
			began,
			record: RefCell::default(),
			found: RefCell::default(),
			number: Cell::default(),
			was_asked: Cell::default(),
			contracts: 0,
		}
	}

	/// Of whom.
	pub fn system(&self) -> SystemId {
		self.system
	}

	/// The round that was begun before this one has never ended.
	pub fn unfinished(&self) {
		self.record.borrow_mut().results.count(RoundResult::Unfinished);
	}

	/// How many contracts are open, and why there is no business, if that is so.
	pub fn knows(&self, open: u32, stopped: Option<String>) {
		let mut record = self.record.borrow_mut();
		(record.open, record.stopped) = (open, stopped);
		if open == 0 {
			record.waiting.clear();
		}
	}

	/// Up to which height the system is known: what was submitted may have taken effect.
	pub fn known(&self, known: Height) {
		let mut record = self.record.borrow_mut();
		let Some(last) = record.submitted.as_mut().filter(|last| last.fate == Fate::Taken) else {
			return;
		};
		// Of others no height tells.
		let tells = last.kind == MessageKind::Evidence;
		let age = self.began.block.saturating_sub(last.at.block);
		last.fate = match tells {
			true if known >= last.number => Fate::Effective,
			true if age >= PATIENCE => Fate::Lost,
			_ => return,
		};
		let fate = last.fate;
		record.fates.count(fate);
	}

	/// An endpoint was asked.
	pub fn asked(&self, client: &Client, asked: Asked) {
		self.was_asked.set(true);
		let mut record = self.record.borrow_mut();
		let endpoint = endpoint_of(&mut record.endpoints, client.url());
		endpoint.asked = self.began;
		endpoint.last = asked.result;
		endpoint.results.count(asked.result);
		if asked.error.is_some() {
			endpoint.refused = asked.error;
		}
		match asked.fault {
			Some((fault, code)) => endpoint.fault = Some((fault, code, self.began)),
			None => endpoint.answered = Some(self.began),
		}
		count_requests(endpoint, client);
	}

	/// An endpoint was asked for the sake of something else.
	pub fn also_asked(&self, client: &Client) {
		if client.requests().is_empty() {
			return;
		}
		let mut record = self.record.borrow_mut();
		let endpoint = endpoint_of(&mut record.endpoints, client.url());
		endpoint.asked = self.began;
		count_requests(endpoint, client);
	}

	/// An address at which nobody can be asked.
	pub fn unusable(&self, url: &str, error: &PeerError) {
		let mut record = self.record.borrow_mut();
		let endpoint = endpoint_of(&mut record.endpoints, url);
		(endpoint.asked, endpoint.last) = (self.began, EndpointResult::Faulty);
		endpoint.results.count(EndpointResult::Faulty);
		endpoint.fault = Some((error.fault(), error.code(), self.began));
	}

	/// An endpoint has shown that this block is final.
	pub fn saw(&self, client: &Client, number: Height) {
		let mut record = self.record.borrow_mut();
		let endpoint = endpoint_of(&mut record.endpoints, client.url());
		endpoint.finalized = endpoint.finalized.max(Some(number));
	}

	/// By which of the peer's blocks contracts are judged from now on.
	pub fn judges_by(&self, number: Height) {
		self.number.set(number);
	}

	/// Why a contract does not move, that expires here at this height.
	pub fn waits(&self, id: ContractId, expiry: Own, standing: Standing, error: Option<String>) {
		let finding = Finding { expiry: expiry.0, standing, error };
		self.found.borrow_mut().insert(id, finding);
	}

	/// The same of contracts of which nothing else was found.
	pub fn wait_all(&self, ids: impl Iterator<Item = (ContractId, Own)>, standing: Standing) {
		let mut found = self.found.borrow_mut();
		for (id, expiry) in ids {
			found.entry(id).or_insert(Finding { expiry: expiry.0, standing, error: None });
		}
	}

	/// Contracts move, by a message of which this has become.
	pub fn moves(&self, ids: &[ContractId], fate: Fate) {
		let standing = match fate {
			Fate::NotTaken | Fate::TooLarge => Standing::NotTaken,
			_ => Standing::Underway,
		};
		let mut found = self.found.borrow_mut();
		for id in ids {
			if let Some(finding) = found.get_mut(id) {
				(finding.standing, finding.error) = (standing, None);
			}
		}
	}

	/// A message was handed to the pool, or held back.
	pub fn submitted(&self, submitted: Submitted) {
		let mut record = self.record.borrow_mut();
		record.fates.count(submitted.fate);
		if let Some(refusal) = &submitted.refusal {
			count_refusal(&mut record.refusals, refusal);
		}
		// What is held back is the same as the last, or waits for it.
		if submitted.fate != Fate::Underway || record.submitted.is_none() {
			record.submitted = Some(submitted);
		}
	}

	/// When the round began.
	pub fn began(&self) -> Moment {
		self.began
	}

	/// Writes down what the round has come to, and for how long the peer is left alone.
	pub fn ended(self, result: RoundResult, (not_before, failures): (Height, u32)) {
		let took = timestamp().diff(&Timestamp::from_unix_millis(self.began.time)).millis();
		let round = Round {
			at: self.began,
			took: took.try_into().unwrap_or(u32::MAX),
			result,
			contracts: self.contracts,
		};
		let mut record = self.record.into_inner();
		record.results.count(result);
		if self.was_asked.get() {
			record.asked = Some(round.clone());
		}
		record.last = Some(round);
		(record.not_before, record.failures) = (not_before, failures);
		let number = self.number.get();
		let waiting = |(id, finding): (ContractId, Finding)| {
			let (contract, at) = (id.hash, self.began);
			let Finding { expiry, standing, error } = finding;
			Waiting { contract, expiry, at, number, standing, error }
		};
		let found = self.found.into_inner().into_iter().map(waiting);
		tell_waiting(&mut record.waiting, found.collect(), self.began.block);
		write(&rounds_key(self.system.0), &*record);
	}
}

/// Adds what was found now, and leaves out what was found long ago, and what expires last if it is too much.
fn tell_waiting(waiting: &mut Vec<Waiting>, found: Vec<Waiting>, now: Height) {
	let is_new = |contract: H256| found.iter().any(|new| new.contract == contract);
	let is_recent = |at: Height| at <= now && now - at < TOLD_FOR;
	let is_moving = |old: &Waiting| old.standing == Standing::Underway;
	waiting.retain(|old| is_recent(old.at.block) && !is_moving(old) && !is_new(old.contract));
	waiting.extend(found);
	waiting.sort_by_key(|waiting| (waiting.expiry, waiting.contract));
	waiting.truncate(MAX_WAITING);
}

/// The endpoint with this address. If there are too many, the one goes that was asked longest ago.
fn endpoint_of<'a>(endpoints: &'a mut Vec<Endpoint>, url: &str) -> &'a mut Endpoint {
	let id = blake2_128(url.as_bytes());
	let place = endpoints.iter().position(|endpoint| endpoint.id == id).unwrap_or_else(|| {
		if endpoints.len() >= MAX_ENDPOINTS {
			let oldest = (0..endpoints.len()).min_by_key(|place| endpoints[*place].asked.time);
			endpoints.remove(oldest.unwrap_or(0));
		}
		let host = host_of(url).chars().take(MAX_NAME).collect();
		endpoints.push(Endpoint { id, host, ..Endpoint::default() });
		endpoints.len() - 1
	});
	&mut endpoints[place]
}

fn count_requests(endpoint: &mut Endpoint, client: &Client) {
	let requests = client.requests();
	let count: u64 = requests.iter().map(|request| request.count).sum();
	let took: u64 = requests.iter().map(|request| request.took).sum();
	if let Some(latency) = took.checked_div(count) {
		endpoint.latency = latency.try_into().unwrap_or(u32::MAX);
	}
	for request in requests {
		note(&mut endpoint.requests, request);
	}
}

fn count_refusal(refusals: &mut Vec<(String, u64)>, refusal: &str) {
	let has_room = refusals.len() < MAX_REFUSALS;
	match refusals.iter_mut().find(|(name, _)| name == refusal) {
		Some((_, count)) => *count = count.saturating_add(1),
		None if has_room => refusals.push((refusal.into(), 1)),
		None => {},
	}
}

/// Writes down what the worker has done after a block.
pub(super) fn worker_ended(now: Height, result: WorkerResult) {
	let at = moment(now);
	let mut record = read(WORKER_KEY).unwrap_or_else(|| Worker { since: at, ..Worker::default() });
	record.last = Some((at, result));
	record.results.count(result);
	write(WORKER_KEY, &record);
}

/// What looking for contracts of a system that time ends has come to.
pub(super) fn concluded(
	system: SystemId,
	now: Height,
	result: ConcludingResult,
	contracts: u32,
	refusals: &[String],
) {
	let (at, key) = (moment(now), concluding_key(system.0));
	let mut record =
		read(&key).unwrap_or_else(|| Concluding { since: at, ..Concluding::default() });
	record.last = Some((at, result));
	record.results.count(result);
	if contracts > 0 {
		record.contracts = contracts;
	}
	refusals.iter().for_each(|refusal| count_refusal(&mut record.refusals, refusal));
	write(&key, &record);
}

/// The record of what a peer is told, while it is.
pub(super) struct TellingReport {
	peer: SystemId,
	at: Moment,
	record: Telling,
}

impl TellingReport {
	/// Of telling a peer after block `now`.
	pub fn new(peer: SystemId, now: Height) -> Self {
		let at = moment(now);
		let record = read(&telling_key(peer.0))
			.unwrap_or_else(|| Telling { since: at, ..Telling::default() });
		Self { peer, at, record }
	}

	/// What became of a message about a system.
	pub fn told(
		&mut self,
		(kind, about): (MessageKind, SystemId),
		url: &str,
		result: TellingResult,
		code: Option<i64>,
	) {
		self.record.counts.count((kind, result));
		let host = host_of(url).chars().take(MAX_NAME).collect();
		let code = code.unwrap_or(NO_CODE);
		let told = Told { kind, at: self.at, about: about.0, host, result, code };
		match self.record.messages.iter_mut().find(|last| last.kind == kind) {
			Some(last) => *last = told,
			None => self.record.messages.push(told),
		}
	}

	/// Writes down what telling has come to.
	pub fn ended(mut self, result: TellingResult) {
		self.record.last = Some((self.at, result));
		self.record.results.count(result);
		write(&telling_key(self.peer.0), &self.record);
	}
}
