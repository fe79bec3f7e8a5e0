//! The questions that are put to a peer's node.

use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeAll, DecodeWithMemLimit, DecodeWithMemTracking, Encode};
use core::cell::{Cell, RefCell};
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_io::offchain::timestamp;
use sp_runtime::{generic, traits::BlakeTwo256, Digest, DigestItem};

use crate::{
	error::PeerError,
	hexadecimal::{from_hex, hash_from_hex, number_from_hex, to_hex},
	rpc::{self, List, Text},
	status::{note, Method, RequestCount},
	transport::{self, Limits, MAX_BODY},
	url::check_url,
};

/// A peer's block header.
pub type Header = generic::Header<u32, BlakeTwo256>;

const PROVE_FINALITY: &str = "grandpa_proveFinality";
const FINALIZED_HEAD: &str = "chain_getFinalizedHead";
const READ_PROOF: &str = "state_getReadProof";
const HEADER: &str = "chain_getHeader";
const BLOCK_HASH: &str = "chain_getBlockHash";
const CALL: &str = "state_call";
const SUBMIT: &str = "author_submitExtrinsic";
const METHODS: &str = "rpc_methods";

/// The methods of a peer's node that workers call.
pub const NEEDED_METHODS: [&str; 7] =
	[PROVE_FINALITY, FINALIZED_HEAD, READ_PROOF, HEADER, BLOCK_HASH, CALL, SUBMIT];

/// The code of a node's GRANDPA RPC for every failure to prove finality.
const FINALITY_NOT_PROVEN: i64 = 4;

/// The code of a node's state RPC for every failure of its client or database.
const STATE_NOT_READ: i64 = 4_003;

/// The longest answer with a finality proof that a client takes: 2 MiB, for some five thousand headers.
/// Who needs fewer asks about a later block.
pub const MAX_FINALITY_PROOF: usize = 2 * 1024 * 1024;

/// Most trie nodes, and most block hashes, in one answer.
const MAX_ELEMENTS: usize = 1 << 16;

/// Most methods of a node.
const MAX_METHODS: usize = 1_024;

/// Most items of a header's digest.
const MAX_DIGEST_ITEMS: usize = 256;

/// What a node claims to be a proof that a block is final. SCALE, as nodes encode it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking)]
pub struct FinalityProof {
	/// The hash of the block that the justification finalizes.
	pub block: H256,
	/// A GRANDPA justification of `block`, in SCALE.
	pub justification: Vec<u8>,
	/// The headers after the block that was asked about, up to and with `block`, oldest first.
	/// A node leaves the last ones out when there are very many.
	pub unknown_headers: Vec<Header>,
}

/// A node of another chain, for one round of questions.
///
/// Nothing in its answers is verified, save that they are about what was asked.
#[derive(Debug)]
pub struct Client {
	url: String,
	limits: Limits,
	last_id: Cell<u64>,
	/// What it was asked so far.
	requests: RefCell<Vec<RequestCount>>,
}

/// The text of an answer, and the question it must belong to.
struct Answer {
	body: Vec<u8>,
	id: u64,
	method: &'static str,
}

impl Answer {
	/// The result, or none if it is null.
	fn result<'a, T: Deserialize<'a>>(&'a self) -> Result<Option<T>, PeerError> {
		rpc::result(&self.body, self.id, self.method)
	}

	/// The result of a method that never answers null.
	fn some_result<'a, T: Deserialize<'a>>(&'a self) -> Result<T, PeerError> {
		self.result()?.ok_or(PeerError::NoResult(self.method))
	}
}

impl Client {
	/// A client of the node whose RPC server is at `url`. Connects to nothing yet.
	///
	/// # Errors
	/// [`PeerError::BadUrl`], see [`check_url`].
	pub fn new(url: impl Into<String>, limits: Limits) -> Result<Self, PeerError> {
		let url = url.into();
		check_url(&url)?;
		Ok(Self { url, limits, last_id: Cell::new(0), requests: RefCell::default() })
	}

	/// A proof that the block `number` is final: that of a later block, if its authorities
	/// finalized one. None if the node has no justification to show.
	///
	/// # Errors
	/// [`PeerError::NotFinalized`] if the node has not finalized the block,
	/// [`PeerError::NoSetChange`] if the node knows of no change of the authority set; see also
	/// [`PeerError::is_too_large`].
	pub fn prove_finality(&self, number: u32) -> Result<Option<FinalityProof>, PeerError> {
		self.noted(Method::ProveFinality, || {
			let max_body = self.limits.max_body.min(MAX_FINALITY_PROOF);
			let limits = Limits { max_body, ..self.limits };
			let answer = self.ask_within(&limits, PROVE_FINALITY, [number])?;
			let proof = answer.result::<Text>().map_err(|error| self.unproven(error, number))?;
			let Some(proof) = proof else { return Ok(None) };
			let proof = from_hex(&proof.0)?;
			// A few bytes can claim a long list: decoding may take no more memory than an answer.
			let memory = self.limits.max_body.min(MAX_BODY);
			let input = &mut &proof[..];
			match FinalityProof::decode_with_mem_limit(input, memory) {
				Ok(proof) if input.is_empty() => Ok(Some(proof)),
				_ => Err(PeerError::Undecodable("finality proof")),
			}
		})
	}

	/// The hash of the newest block that the node has finalized.
	///
	/// # Errors
	/// Those of any question.
	pub fn finalized_head(&self) -> Result<H256, PeerError> {
		self.noted(Method::FinalizedHead, || {
			let answer = self.ask(FINALIZED_HEAD, [(); 0])?;
			hash_from_hex(&answer.some_result::<Text>()?.0, "block hash")
		})
	}

	/// The trie nodes that prove what the state of the block `at` holds under `keys`, absence
	/// included.
	///
	/// # Errors
	/// [`PeerError::StateDiscarded`] if the node has pruned that state,
	/// [`PeerError::WrongBlock`] if the proof claims to be about another block.
	pub fn read_proof(&self, keys: &[Vec<u8>], at: H256) -> Result<Vec<Vec<u8>>, PeerError> {
		self.noted(Method::ReadProof, || {
			let keys: Vec<_> = keys.iter().map(|key| to_hex(key)).collect();
			let answer = self.ask(READ_PROOF, (keys, to_hex(at.as_bytes())))?;
			let proof =
				answer.some_result::<ReadProof>().map_err(|error| self.unread(error, at))?;
			let answered = hash_from_hex(&proof.at.0, "block hash")?;
			if answered != at {
				return Err(PeerError::WrongBlock { asked: at, answered });
			}
			proof.proof.0.iter().map(|node| from_hex(&node.0)).collect()
		})
	}

	/// The header with this hash, or none if the node does not know it.
	///
	/// # Errors
	/// [`PeerError::WrongHeader`] if the header that came has another hash.
	pub fn header(&self, hash: H256) -> Result<Option<Header>, PeerError> {
		self.noted(Method::Header, || {
			let answer = self.ask(HEADER, [to_hex(hash.as_bytes())])?;
			let Some(header) = answer.result::<JsonHeader>()? else {
				return Ok(None);
			};
			let header = Header::try_from(header)?;
			let answered = header.hash();
			if answered != hash {
				return Err(PeerError::WrongHeader { asked: hash, answered });
			}
			Ok(Some(header))
		})
	}

	/// The hash of the block `number` on the node's best chain, finalized or not; none if that
	/// chain is shorter.
	pub fn block_hash(&self, number: u32) -> Result<Option<H256>, PeerError> {
		self.noted(Method::BlockHash, || {
			let answer = self.ask(BLOCK_HASH, [number])?;
			let hash = answer.result::<Text>()?;
			hash.map(|hash| hash_from_hex(&hash.0, "block hash")).transpose()
		})
	}

	/// The newest header that the node has, final or not.
	///
	/// # Errors
	/// Those of any question.
	pub fn best_header(&self) -> Result<Header, PeerError> {
		self.noted(Method::Header, || {
			let answer = self.ask(HEADER, [(); 0])?;
			answer.some_result::<JsonHeader>()?.try_into()
		})
	}

	/// The names of all methods that the node says it serves.
	///
	/// # Errors
	/// [`PeerError::Rpc`] if it does not tell: some providers do not.
	pub fn methods(&self) -> Result<Vec<String>, PeerError> {
		let answer = self.ask(METHODS, [(); 0])?;
		let List(methods) = answer.some_result::<Methods>()?.methods;
		Ok(methods.into_iter().map(|method| method.0.into_owned()).collect())
	}

	/// The hashes of `count` blocks from `first` on, on the node's best chain, oldest first; fewer if
	/// that chain is shorter.
	pub fn block_hashes(&self, first: u32, count: u32) -> Result<Vec<H256>, PeerError> {
		let numbers: Vec<_> = (0..count).map_while(|step| first.checked_add(step)).collect();
		self.hashes_at(&numbers)
	}

	/// The hashes of the blocks at these heights, on the node's best chain, in this order, up to the
	/// first that it does not have.
	pub fn hashes_at(&self, numbers: &[u32]) -> Result<Vec<H256>, PeerError> {
		self.noted(Method::BlockHash, || {
			let answer = self.ask(BLOCK_HASH, [numbers])?;
			let List(hashes) = answer.some_result::<List<Option<Text>, MAX_ELEMENTS>>()?;
			if hashes.len() > numbers.len() {
				return Err(PeerError::Undecodable("block hashes"));
			}
			let known = hashes.into_iter().map_while(|hash| hash);
			known.map(|hash| hash_from_hex(&hash.0, "block hash")).collect()
		})
	}

	/// What the node's runtime answers to a call of its API, such as `RibpApi_digest`, in the state of
	/// the node's best block. Arguments and answer are SCALE.
	///
	/// # Errors
	/// [`PeerError::Rpc`] if the runtime has no such function, or cannot decode the arguments.
	pub fn call(&self, function: &str, arguments: &[u8]) -> Result<Vec<u8>, PeerError> {
		self.noted(Method::Call, || {
			let answer = self.ask(CALL, (function, to_hex(arguments)))?;
			from_hex(&answer.some_result::<Text>()?.0)
		})
	}

	/// As [`Client::call`], in the state of a block that is named.
	///
	/// # Errors
	/// Also [`PeerError::StateDiscarded`] if the node has pruned that state.
	pub fn call_at(
		&self,
		function: &str,
		arguments: &[u8],
		at: H256,
	) -> Result<Vec<u8>, PeerError> {
		self.noted(Method::Call, || {
			let answer = self.ask(CALL, (function, to_hex(arguments), to_hex(at.as_bytes())))?;
			let result = answer.some_result::<Text>().map_err(|error| self.unread(error, at))?;
			from_hex(&result.0)
		})
	}

	/// As [`Client::call`], for an answer of a known type that fills the bytes exactly.
	///
	/// # Errors
	/// [`PeerError::Undecodable`] also if the value would take much more memory than the answer.
	pub fn call_as<R: DecodeWithMemTracking>(
		&self,
		function: &str,
		arguments: &[u8],
	) -> Result<R, PeerError> {
		let answer = self.call(function, arguments)?;
		let memory = self.limits.max_body.min(MAX_BODY);
		let input = &mut &answer[..];
		match R::decode_with_mem_limit(input, memory) {
			Ok(value) if input.is_empty() => Ok(value),
			_ => Err(PeerError::Undecodable("runtime's answer")),
		}
	}

	/// Hands an extrinsic to the node's transaction pool, and returns its hash as the node names it.
	///
	/// # Errors
	/// [`PeerError::Rpc`] if the pool does not take it: 1010 if it is invalid, 1012 if it was refused
	/// shortly before, 1013 if the pool has it already, 1014 if it has a better one.
	pub fn submit(&self, extrinsic: &[u8]) -> Result<H256, PeerError> {
		self.noted(Method::Submit, || {
			let answer = self.ask(SUBMIT, [to_hex(extrinsic)])?;
			hash_from_hex(&answer.some_result::<Text>()?.0, "extrinsic hash")
		})
	}

	/// Where the node is.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// What it was asked so far, by method and result.
	pub fn requests(&self) -> Vec<RequestCount> {
		self.requests.borrow().clone()
	}

	/// Why a node proves no finality: it says so by one code for all reasons, so a second question tells them
	/// apart. Its words are its own, and change.
	fn unproven(&self, error: PeerError, number: u32) -> PeerError {
		let PeerError::Rpc { code: FINALITY_NOT_PROVEN, .. } = error else { return error };
		let finalized = self.finalized_head().and_then(|head| self.header(head));
		match finalized {
			Ok(Some(newest)) if newest.number < number => PeerError::NotFinalized { number },
			Ok(Some(_)) => PeerError::NoSetChange { number },
			Ok(None) | Err(_) => error,
		}
	}

	/// Why a node reads no state: in the same way. A block that it has, and whose state it cannot read, is
	/// pruned.
	fn unread(&self, error: PeerError, at: H256) -> PeerError {
		let PeerError::Rpc { code: STATE_NOT_READ, .. } = error else { return error };
		match self.header(at) {
			Ok(Some(_)) => PeerError::StateDiscarded { at },
			Ok(None) | Err(_) => error,
		}
	}

	/// Asks, and notes what came of it.
	fn noted<R>(
		&self,
		method: Method,
		ask: impl FnOnce() -> Result<R, PeerError>,
	) -> Result<R, PeerError> {
		let start = timestamp();
		let answer = ask();
		let took = timestamp().diff(&start).millis();
		let fault = answer.as_ref().err().map(PeerError::fault);
		note(&mut self.requests.borrow_mut(), RequestCount { method, fault, count: 1, took });
		answer
	}

	fn ask(&self, method: &'static str, params: impl Serialize) -> Result<Answer, PeerError> {
		self.ask_within(&self.limits, method, params)
	}

	fn ask_within(
		&self,
		limits: &Limits,
		method: &'static str,
		params: impl Serialize,
	) -> Result<Answer, PeerError> {
		let id = self.last_id.get().wrapping_add(1);
		self.last_id.set(id);
		let body = transport::post(&self.url, rpc::request(id, method, params), limits)?;
		Ok(Answer { body, id, method })
	}
}

/// What a node serves, in JSON.
#[derive(Deserialize)]
struct Methods<'a> {
	#[serde(borrow)]
	methods: List<Text<'a>, MAX_METHODS>,
}

/// A storage proof in JSON.
#[derive(Deserialize)]
struct ReadProof<'a> {
	#[serde(borrow)]
	at: Text<'a>,
	#[serde(borrow)]
	proof: List<Text<'a>, MAX_ELEMENTS>,
}

/// A header in JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonHeader<'a> {
	#[serde(borrow)]
	parent_hash: Text<'a>,
	#[serde(borrow)]
	number: Text<'a>,
	#[serde(borrow)]
	state_root: Text<'a>,
	#[serde(borrow)]
	extrinsics_root: Text<'a>,
	#[serde(borrow)]
	digest: JsonDigest<'a>,
}

#[derive(Deserialize)]
struct JsonDigest<'a> {
	#[serde(borrow)]
	logs: List<Text<'a>, MAX_DIGEST_ITEMS>,
}

impl TryFrom<JsonHeader<'_>> for Header {
	type Error = PeerError;

	fn try_from(json: JsonHeader<'_>) -> Result<Self, PeerError> {
		let logs = json.digest.logs.0.iter().map(|log| {
			DigestItem::decode_all(&mut &from_hex(&log.0)?[..])
				.map_err(|_| PeerError::Undecodable("digest item"))
		});
		Ok(Self {
			parent_hash: hash_from_hex(&json.parent_hash.0, "parent hash")?,
			number: number_from_hex(&json.number.0, "block number")?,
			state_root: hash_from_hex(&json.state_root.0, "state root")?,
			extrinsics_root: hash_from_hex(&json.extrinsics_root.0, "extrinsics root")?,
			digest: Digest { logs: logs.collect::<Result<_, _>>()? },
		})
	}
}
