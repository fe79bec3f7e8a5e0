//! Nodes that answer JSON-RPC over HTTP as those of a real chain do, and a node's own worker.

use super::chain::{Block, Chain, ROUND};
use crate::{
	mock::{Ribp, Test, AUTHORS_NONE},
	Call, Height, SystemId, Systems,
};
use codec::{Decode, DecodeAll, Encode};
use frame_support::traits::Hooks;
use frame_system::offchain::CreateAuthorizedTransaction;
use ribp_light_client::testing::justify;
use ribp_peer::{encode_endpoints, ENDPOINTS_KEY};
use serde_json::{json, Value};
use sp_core::{
	offchain::{
		testing::{TestPersistentOffchainDB, TestTransactionPoolExt},
		DbExternalities, Externalities, HttpError, HttpRequestId, HttpRequestStatus, OffchainDbExt,
		OffchainStorage, OffchainWorkerExt, OpaqueNetworkState, StorageKind, Timestamp,
		TransactionPoolExt,
	},
	OpaquePeerId, H256,
};
use sp_io::TestExternalities;
use sp_runtime::StateVersion;
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};

/// A block's state on its own, in which a node runs its worker.
fn state_of(block: &Block) -> TestExternalities {
	let mut ext = TestExternalities::new_with_state_version(Default::default(), StateVersion::V1);
	ext.backend = block.state.clone();
	ext
}

/// A node of one chain that has endpoints of others, and remembers from round to round.
pub struct Worker {
	storage: TestPersistentOffchainDB,
	peers: Peers,
}

const TOO_BIG: &str = "Response is too big";

/// What the nodes of its peers keep, and answer.
#[derive(Clone, Copy)]
struct Peers {
	/// The newest states.
	states: Height,
	/// Headers in one answer, at most.
	headers: usize,
	/// Keys of which one answer holds the proof, at most.
	keys: usize,
	/// Whether nothing is answered in time where it would be more.
	are_late: bool,
	/// A node whose second storage proof of a round is none.
	liar: Option<&'static str>,
}

/// What the worker did in one round.
pub struct Done {
	/// The methods that it called, in order, behind the address of the node.
	pub asked: Vec<(String, String)>,
	/// What it handed to the transaction pool.
	pub submitted: Vec<Vec<u8>>,
	/// What it handed to the pools of other nodes, behind their addresses.
	pub told: Vec<(String, Vec<u8>)>,
}

impl Worker {
	pub fn new(endpoints: &[(SystemId, &[&str])]) -> Self {
		let named = |urls: &[&str]| urls.iter().map(|url| url.to_string()).collect();
		let known: Vec<_> =
			endpoints.iter().map(|(system, urls)| (system.0, named(urls))).collect();
		let mut storage = TestPersistentOffchainDB::new();
		storage.set(b"", ENDPOINTS_KEY, &encode_endpoints(&known));
		let (states, headers, keys) = (Height::MAX, usize::MAX, usize::MAX);
		let peers = Peers { states, headers, keys, are_late: false, liar: None };
		Self { storage, peers }
	}

	/// That authors no blocks.
	pub fn without_keys(mut self) -> Self {
		self.storage.set(b"", AUTHORS_NONE, &[]);
		self
	}

	/// Whose peers' nodes keep no more than the newest states.
	pub fn with_pruned_peers(mut self, states: Height) -> Self {
		self.peers.states = states;
		self
	}

	/// Whose peers' nodes answer with no more headers than this.
	pub fn with_short_answers(mut self, headers: usize) -> Self {
		self.peers.headers = headers;
		self
	}

	/// Whose peers' nodes prove no more keys at once.
	pub fn with_small_proofs(mut self, keys: usize) -> Self {
		self.peers.keys = keys;
		self
	}

	/// As [`Self::with_short_answers`], where more takes longer than there is time.
	pub fn with_late_answers(mut self, headers: usize) -> Self {
		self.peers.are_late = true;
		self.with_short_answers(headers)
	}

	/// One of whose peers' nodes tells the truth until it has to prove it.
	pub fn with_liar(mut self, url: &'static str) -> Self {
		self.peers.liar = Some(url);
		self
	}

	/// Runs after the last sealed block of `chain`, while these addresses lead to nodes of these
	/// chains. All others are unreachable.
	pub fn run(&self, chain: &Chain, nodes: &[(&str, &Chain)]) -> Done {
		let (asked, told) = (Arc::default(), Arc::default());
		let blocks = |chain: &Chain| chain.blocks().to_vec();
		let nodes = nodes.iter().map(|(url, chain)| (url.to_string(), blocks(chain))).collect();
		let peers = self.peers;
		let (copy, requests) = (Arc::clone(&asked), Vec::new());
		let network = Network { nodes, peers, asked: copy, told: Arc::clone(&told), requests };
		let (pool, submitted) = TestTransactionPoolExt::new();
		let database = Database { own: self.storage.clone(), index: chain.index() };
		let mut ext = state_of(chain.block(chain.sealed()));
		ext.register_extension(OffchainWorkerExt::new(network));
		ext.register_extension(OffchainDbExt::new(database));
		ext.register_extension(TransactionPoolExt::new(pool));
		ext.execute_with(|| <Ribp as Hooks<u32>>::offchain_worker(chain.sealed()));
		let asked = asked.lock().expect("the worker has ended; qed").clone();
		let told = told.lock().expect("the worker has ended; qed").clone();
		let submitted = submitted.read().transactions.clone();
		Done { asked, submitted, told }
	}
}

/// A node's offchain database: what its worker writes, and what its chain has handed over.
pub struct Database {
	pub own: TestPersistentOffchainDB,
	pub index: TestPersistentOffchainDB,
}

impl DbExternalities for Database {
	fn local_storage_set(&mut self, _: StorageKind, key: &[u8], value: &[u8]) {
		self.own.set(b"", key, value);
	}

	fn local_storage_clear(&mut self, _: StorageKind, key: &[u8]) {
		self.own.remove(b"", key);
	}

	fn local_storage_compare_and_set(
		&mut self,
		_: StorageKind,
		key: &[u8],
		old: Option<&[u8]>,
		new: &[u8],
	) -> bool {
		self.own.compare_and_set(b"", key, old, new)
	}

	fn local_storage_get(&mut self, _: StorageKind, key: &[u8]) -> Option<Vec<u8>> {
		self.own.get(key).or_else(|| self.index.get(key))
	}
}

/// The world outside of a node.
struct Network {
	nodes: BTreeMap<String, Vec<Block>>,
	peers: Peers,
	asked: Arc<Mutex<Vec<(String, String)>>>,
	told: Arc<Mutex<Vec<(String, Vec<u8>)>>>,
	requests: Vec<Request>,
}

#[derive(Default)]
struct Request {
	url: String,
	body: Vec<u8>,
	answer: Option<Vec<u8>>,
	read: usize,
}

impl Network {
	fn answer(&self, url: &str, body: &[u8]) -> Option<Vec<u8>> {
		let request: Value = serde_json::from_slice(body).expect("a request is JSON");
		let method = request["method"].as_str().expect("a request names its method");
		let mut asked = self.asked.lock().expect("one thread only; qed");
		let is_again = asked.contains(&(url.into(), method.into()));
		asked.push((url.into(), method.into()));
		drop(asked);
		let blocks = self.nodes.get(url)?;
		if method == "author_submitExtrinsic" {
			let extrinsic = from_hex(&request["params"][0]);
			self.told.lock().expect("one thread only; qed").push((url.into(), extrinsic));
		}
		let (key, value) = match respond(blocks, self.peers, method, &request["params"]) {
			Ok(mut result) => {
				let lies = is_again && self.peers.liar == Some(url);
				if lies && method == "state_getReadProof" {
					result["proof"] = json!(["0x00"]);
				}
				("result", result)
			},
			Err(error) => ("error", error),
		};
		let response = json!({ "jsonrpc": "2.0", "id": request["id"], key: value });
		Some(response.to_string().into_bytes())
	}
}

/// What a node answers whose newest final block is the last of `blocks`.
fn respond(blocks: &[Block], peers: Peers, method: &str, params: &Value) -> Result<Value, Value> {
	let newest = blocks.last().expect("the chain has blocks");
	let by_hash = |hash: &Value| {
		let hash: H256 = serde_json::from_value(hash.clone()).expect("a parameter is a hash");
		blocks.iter().find(|block| block.header.hash() == hash)
	};
	let hash_at = |number: &Value| match number.as_u64().expect("a parameter is a number") {
		0 => json!(blocks[0].header.parent_hash),
		number => json!(blocks.get(number as usize - 1).map(|block| block.header.hash())),
	};
	Ok(match method {
		"chain_getBlockHash" => match params[0].as_array() {
			Some(numbers) => numbers.iter().map(hash_at).collect(),
			None => hash_at(&params[0]),
		},
		"chain_getFinalizedHead" => json!(newest.header.hash()),
		"chain_getHeader" => json!(by_hash(&params[0]).map(|block| &block.header)),
		"state_getReadProof" => {
			let keys: Vec<_> = params[0].as_array().expect("keys").iter().map(from_hex).collect();
			if keys.len() > peers.keys {
				return Err(json!({ "code": -32008, "message": TOO_BIG }));
			}
			let block = by_hash(&params[1]).expect("the worker asks for blocks that exist");
			if blocks.len() as u64 >= u64::from(block.header.number) + u64::from(peers.states) {
				let message = "State already discarded for this block";
				return Err(json!({ "code": 4003, "message": message }));
			}
			let proof: Vec<_> = block.prove(&keys).iter().map(|node| in_hex(node)).collect();
			json!({ "at": block.header.hash(), "proof": proof })
		},
		"grandpa_proveFinality" => {
			let number = params[0].as_u64().expect("a parameter is a number") as usize;
			if number > blocks.len() {
				let message = format!("block {number}: Block not yet finalized");
				return Err(json!({ "code": 4, "message": message }));
			}
			let last = last_of_set(blocks, number).header.number as usize;
			if last - number > peers.headers {
				return Err(json!({ "code": -32008, "message": TOO_BIG }));
			}
			json!(in_hex(&prove_finality(blocks, number)))
		},
		"state_call" => {
			let function = params[0].as_str().expect("a function's name");
			json!(in_hex(
				&state_of(newest).execute_with(|| call_api(function, &from_hex(&params[1])))
			))
		},
		"author_submitExtrinsic" => json!(H256::zero()),
		other => panic!("a node of the peer is asked for {other}"),
	})
}

/// What the runtime's API answers, as a chain's own does.
fn call_api(function: &str, mut arguments: &[u8]) -> Vec<u8> {
	fn arguments_as<A: Decode>(arguments: &mut &[u8]) -> A {
		A::decode_all(arguments).expect("the arguments are those of the function")
	}
	fn general(call: Call<Test>) -> Vec<u8> {
		type Created = Call<Test>;
		let created = <Test as CreateAuthorizedTransaction<Created>>::create_authorized_transaction(
			call.into(),
		);
		created.encode().encode()
	}
	let arguments = &mut arguments;
	match function {
		"RibpApi_list_digest" => Ribp::list_digest().encode(),
		"RibpApi_system" => Systems::<Test>::get(arguments_as::<SystemId>(arguments)).encode(),
		"RibpApi_evidence_extrinsic" => {
			let (system, evidence, contracts) = arguments_as(arguments);
			general(Call::submit_evidence { system, evidence, contracts, work: 0 })
		},
		"RibpApi_fork_extrinsic" => {
			let (system, proof, known) = arguments_as(arguments);
			general(Call::report_fork { system, proof, known })
		},
		other => panic!("the API has no {other}"),
	}
}

/// The last block of the voters who finalized `number`.
fn last_of_set(blocks: &[Block], number: usize) -> &Block {
	let set_id = blocks[number - 1].voters.set_id;
	let last = blocks.iter().rev().find(|block| block.voters.set_id == set_id);
	last.expect("the block itself is one; qed")
}

/// With every vote, for the last block of the voters who finalized `number`, as nodes have it.
fn prove_finality(blocks: &[Block], number: usize) -> Vec<u8> {
	let Block { header, voters, .. } = last_of_set(blocks, number);
	let justification = justify(header, ROUND, voters.set_id, &voters.keys).encode();
	let unknown = blocks[number..header.number as usize].iter();
	let unknown: Vec<_> = unknown.map(|block| block.header.clone()).collect();
	(header.hash(), justification, unknown).encode()
}

fn from_hex(text: &Value) -> Vec<u8> {
	let digits = text.as_str().and_then(|text| text.strip_prefix("0x")).expect("hexadecimal");
	hex::decode(digits).expect("hexadecimal")
}

fn in_hex(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

impl Externalities for Network {
	fn is_validator(&self) -> bool {
		true
	}

	fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
		Err(())
	}

	fn timestamp(&mut self) -> Timestamp {
		Timestamp::from_unix_millis(1)
	}

	fn sleep_until(&mut self, _: Timestamp) {}

	fn random_seed(&mut self) -> [u8; 32] {
		[0; 32]
	}

	fn http_request_start(&mut self, _: &str, url: &str, _: &[u8]) -> Result<HttpRequestId, ()> {
		self.requests.push(Request { url: url.into(), ..Default::default() });
		Ok(HttpRequestId(self.requests.len() as u16 - 1))
	}

	fn http_request_add_header(&mut self, _: HttpRequestId, _: &str, _: &str) -> Result<(), ()> {
		Ok(())
	}

	fn http_request_write_body(
		&mut self,
		id: HttpRequestId,
		chunk: &[u8],
		_: Option<Timestamp>,
	) -> Result<(), HttpError> {
		self.requests[id.0 as usize].body.extend(chunk);
		Ok(())
	}

	fn http_response_wait(
		&mut self,
		ids: &[HttpRequestId],
		_: Option<Timestamp>,
	) -> Vec<HttpRequestStatus> {
		let mut wait = |id: &HttpRequestId| {
			let Request { url, body, .. } = &self.requests[id.0 as usize];
			let answer = self.answer(url, body);
			let is_long = |answer: &[u8]| String::from_utf8_lossy(answer).contains(TOO_BIG);
			let status = match &answer {
				Some(answer) if self.peers.are_late && is_long(answer) => {
					HttpRequestStatus::DeadlineReached
				},
				Some(_) => HttpRequestStatus::Finished(200),
				None => HttpRequestStatus::IoError,
			};
			self.requests[id.0 as usize].answer = answer;
			status
		};
		ids.iter().map(&mut wait).collect()
	}

	fn http_response_headers(&mut self, _: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
		Vec::new()
	}

	fn http_response_read_body(
		&mut self,
		id: HttpRequestId,
		buffer: &mut [u8],
		_: Option<Timestamp>,
	) -> Result<usize, HttpError> {
		let request = &mut self.requests[id.0 as usize];
		let answer = request.answer.as_ref().ok_or(HttpError::Invalid)?;
		let length = buffer.len().min(answer.len() - request.read);
		buffer[..length].copy_from_slice(&answer[request.read..request.read + length]);
		request.read += length;
		Ok(length)
	}

	fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {}
}

/// Reads as a worker that runs after the last sealed block of `chain`.
pub fn reading<R>(chain: &Chain, database: Database, read: impl FnOnce() -> R) -> R {
	let mut ext = state_of(chain.block(chain.sealed()));
	ext.register_extension(OffchainDbExt::new(database));
	ext.execute_with(read)
}
