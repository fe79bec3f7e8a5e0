//! The status record: what the worker has come to with each peer, for people and tools to read.
//!
//! The worker keeps it in the node's persistent offchain storage; the node reads it and never writes
//! it. It is local to the node and not bound to the chain's forks: a report, never a fact. Each peer
//! has three records, since three parts of the worker write them, each under its own lock:
//!
//! | record | key | written |
//! |---|---|---|
//! | [`Rounds`] | [`rounds_key`] | once after each block in which a round is due |
//! | [`Telling`] | [`telling_key`] | once after each block in which this node gossips |
//! | [`Concluding`] | [`concluding_key`] | once after each block in which it looks for what time ends |
//!
//! and the worker as a whole has a [`Worker`] under [`WORKER_KEY`]. A record is stored as its
//! [`VERSION`] and its fields, in SCALE. One of another version, or one that cannot be decoded, is none:
//! the worker begins a new one.

mod counts;
mod results;

pub use counts::{note, Counted, RequestCount};
pub use results::{
	ConcludingResult, EndpointResult, Fate, Fault, MessageKind, Method, RoundResult, Standing,
	TellingResult, WorkerResult, NO_CODE,
};

use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeAll, Encode};
use sp_core::H256;

/// The version of all records. It changes with any field.
pub const VERSION: u16 = 1;

/// Where the node's offchain storage holds the record of the worker.
pub const WORKER_KEY: &[u8] = b"ribp/status/worker";

/// Endpoints of a peer that are kept; those that were asked longest ago make room.
pub const MAX_ENDPOINTS: usize = 16;

/// Waiting contracts of a peer that are kept, with the reason why they do not move.
pub const MAX_WAITING: usize = 64;

/// Most bytes of a host, and of the name of an error.
pub const MAX_NAME: usize = 64;

/// When something was: own height, and the node's clock in milliseconds since 1970.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Moment {
	/// The own block after which it was.
	pub block: u32,
	/// The node's clock then.
	pub time: u64,
}

/// The rounds with one peer.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Rounds {
	/// Since when results are counted.
	pub since: Moment,
	/// The last round, also one that had nothing to do.
	pub last: Option<Round>,
	/// The last one in which the peer was asked.
	pub asked: Option<Round>,
	/// Rounds by result.
	pub results: Counted<RoundResult>,
	/// Own height below which the peer is left alone; 0 if it is not.
	pub not_before: u32,
	/// Rounds that failed since the last one that did not.
	pub failures: u32,
	/// Why there is no business with the peer, by the name of the pallet's error: it is paused, forked,
	/// its trust has expired, or people have time to look.
	pub stopped: Option<String>,
	/// What was last handed to the transaction pool.
	pub submitted: Option<Submitted>,
	/// Messages to the pool, by what became of them.
	pub fates: Counted<Fate>,
	/// Messages that the pool refused, by the name of the pallet's error; at most as many as there are
	/// errors.
	pub refusals: Vec<(String, u64)>,
	/// The endpoints, in the order in which they were first asked.
	pub endpoints: Vec<Endpoint>,
	/// Contracts that the last rounds have looked at, and why they do not move: the soonest to expire
	/// first.
	pub waiting: Vec<Waiting>,
	/// How many open contracts the last round knew of; more than [`Rounds::waiting`] has.
	pub open: u32,
}

/// What a round has come to.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Round {
	/// When it began.
	pub at: Moment,
	/// How long it took, in milliseconds.
	pub took: u32,
	/// What it has come to.
	pub result: RoundResult,
	/// How many contracts it was about.
	pub contracts: u32,
}

/// What was handed to the transaction pool.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Submitted {
	/// When.
	pub at: Moment,
	/// What it is.
	pub kind: MessageKind,
	/// The peer's height that it is about.
	pub number: u32,
	/// How many contracts it moves.
	pub contracts: u32,
	/// Its size, in bytes, all its parts together.
	pub bytes: u32,
	/// What has become of it.
	pub fate: Fate,
	/// Why the pool did not take it, by the name of the pallet's error.
	pub refusal: Option<String>,
}

/// One of a peer's nodes.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Endpoint {
	/// The hash by which it is known, `blake2_128` of its address: an address may hold a secret.
	pub id: [u8; 16],
	/// Its host and port; nothing else of its address.
	pub host: String,
	/// When it was last asked.
	pub asked: Moment,
	/// When it last answered to the purpose.
	pub answered: Option<Moment>,
	/// What it came to when it was last asked.
	pub last: EndpointResult,
	/// The last fault, its code ([`NO_CODE`] if it has none), and when it was.
	pub fault: Option<(Fault, i64, Moment)>,
	/// Why what it said was refused last, by the name of the pallet's error.
	pub refused: Option<String>,
	/// The highest final block that it has shown.
	pub finalized: Option<u32>,
	/// How long an answer took on average when it was last asked, in milliseconds.
	pub latency: u32,
	/// What it has come to, by result.
	pub results: Counted<EndpointResult>,
	/// Requests by method and result.
	pub requests: Vec<RequestCount>,
}

/// A contract that does not move.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Waiting {
	/// The contract's hash.
	pub contract: H256,
	/// Own height at which its leg here expires.
	pub expiry: u32,
	/// When it was last looked at.
	pub at: Moment,
	/// The peer's height by which it was judged; 0 if it was not.
	pub number: u32,
	/// Why it does not move.
	pub standing: Standing,
	/// The name of the pallet's error, if that is why.
	pub error: Option<String>,
}

/// What a peer was told.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Telling {
	/// Since when results are counted.
	pub since: Moment,
	/// What telling it last came to.
	pub last: Option<(Moment, TellingResult)>,
	/// What became of the last message of each kind, about which system.
	pub messages: Vec<Told>,
	/// By result.
	pub results: Counted<TellingResult>,
	/// Messages by kind and result.
	pub counts: Counted<(MessageKind, TellingResult)>,
}

/// What became of a message to a peer.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Told {
	/// What it was.
	pub kind: MessageKind,
	/// When.
	pub at: Moment,
	/// The system that it is about.
	pub about: H256,
	/// The host that was told.
	pub host: String,
	/// What became of it.
	pub result: TellingResult,
	/// The JSON-RPC code of the refusal, or [`NO_CODE`].
	pub code: i64,
}

/// Contracts of a peer that time alone ends.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Concluding {
	/// Since when results are counted.
	pub since: Moment,
	/// When this was last looked at, and what it came to.
	pub last: Option<(Moment, ConcludingResult)>,
	/// How many contracts the last message was about.
	pub contracts: u32,
	/// By result.
	pub results: Counted<ConcludingResult>,
	/// Messages that the pool refused, by the name of the pallet's error.
	pub refusals: Vec<(String, u64)>,
}

/// The worker as a whole.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Worker {
	/// Since when results are counted.
	pub since: Moment,
	/// After which block it ran last, and what that came to.
	pub last: Option<(Moment, WorkerResult)>,
	/// By result.
	pub results: Counted<WorkerResult>,
}

/// Where the record of the rounds with a peer is, by its genesis hash.
pub fn rounds_key(system: H256) -> Vec<u8> {
	(b"ribp/status/rounds", system).encode()
}

/// Where the record of what a peer was told is.
pub fn telling_key(system: H256) -> Vec<u8> {
	(b"ribp/status/told", system).encode()
}

/// Where the record of a peer's contracts that time ends is.
pub fn concluding_key(system: H256) -> Vec<u8> {
	(b"ribp/status/time", system).encode()
}

/// The stored form of a record.
pub fn to_bytes(record: &impl Encode) -> Vec<u8> {
	(VERSION, record).encode()
}

/// A record from its stored form. None if it is of another version, or damaged.
pub fn from_bytes<R: Decode>(bytes: &[u8]) -> Option<R> {
	let (version, mut rest) = (u16::decode(&mut &bytes[..]).ok()?, bytes.get(2..)?);
	(version == VERSION).then(|| R::decode_all(&mut rest).ok()).flatten()
}
