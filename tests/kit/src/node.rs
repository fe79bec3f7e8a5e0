//! Nodes that answer JSON-RPC over HTTP as those of a real chain do.

use crate::{
	host::{Database, Host, Response, Server},
	ledger::{Block, Ledger},
};
use codec::Encode;
use ribp_protocol::Height;
use serde_json::{json, Value};
use sp_core::{
	offchain::{
		testing::TestTransactionPoolExt, Duration, HttpRequestStatus, OffchainDbExt,
		OffchainWorkerExt, Timestamp, TransactionPool, TransactionPoolExt,
	},
	H256,
};
use sp_io::TestExternalities;
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};

const TOO_BIG: &str = "Response is too big";

/// What nodes keep, and answer.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
	/// The newest states that they have.
	pub states: Height,
	/// Headers in one answer, at most.
	pub headers: usize,
	/// Keys of which one answer holds the proof, at most.
	pub keys: usize,
	/// Whether nothing is answered in time where it would be more.
	pub are_late: bool,
	/// Whether their runtimes tell nothing of their history: they are of an older version.
	pub tell_no_history: bool,
	/// The address of a node whose second storage proof of a round is none.
	pub liar: Option<&'static str>,
	/// The address of a node that tells hashes which no blocks have.
	pub false_past: Option<&'static str>,
	/// What is answered to a method in place of the truth.
	pub instead: Option<(&'static str, Instead)>,
	/// Milliseconds that each piece of an answer takes.
	pub pace: u64,
	/// Whether the own transaction pool takes nothing.
	pub is_refused: bool,
}

/// What a node answers in place of the truth.
#[derive(Clone, Copy, Debug)]
pub enum Instead {
	/// This result, in JSON.
	Result(&'static str),
	/// A refusal with this code.
	Refusal(i64),
	/// No answer, with this HTTP status.
	Status(u16),
	/// Something that is the end of the worker.
	Panic,
}

/// A transaction pool that takes nothing.
struct Refusing;

impl TransactionPool for Refusing {
	fn submit_transaction(&mut self, _: Vec<u8>) -> Result<(), ()> {
		Err(())
	}
}

impl Faults {
	/// Everything is kept, and answered truly.
	pub const NONE: Self = Self {
		states: Height::MAX,
		headers: usize::MAX,
		keys: usize::MAX,
		are_late: false,
		tell_no_history: false,
		liar: None,
		false_past: None,
		instead: None,
		pace: 0,
		is_refused: false,
	};
}

/// What a runtime's API answers by the name of a function and its arguments, in the state of the
/// newest block.
pub type Api = fn(&str, &[u8]) -> Vec<u8>;

/// Nodes by their addresses. All other addresses are unreachable.
pub struct Network {
	nodes: BTreeMap<String, Vec<Block>>,
	faults: Faults,
	api: Api,
	done: Arc<Mutex<Done>>,
}

/// What a worker did in one round.
#[derive(Clone, Default, Debug)]
pub struct Done {
	/// The methods that it called, in order, behind the address of the node.
	pub asked: Vec<(String, String)>,
	/// What it handed to the transaction pool.
	pub submitted: Vec<Vec<u8>>,
	/// What it handed to the pools of other nodes, behind their addresses.
	pub told: Vec<(String, Vec<u8>)>,
	/// How many nodes of the state it read.
	pub reads: usize,
}

impl Network {
	/// Nodes of these chains, to which all sealed blocks are final.
	pub fn new<'a>(
		nodes: impl IntoIterator<Item = (&'a str, &'a Ledger)>,
		faults: Faults,
		api: Api,
	) -> Self {
		let nodes = nodes.into_iter();
		let nodes = nodes.map(|(url, chain)| (url.into(), chain.blocks().to_vec())).collect();
		Self { nodes, faults, api, done: Arc::default() }
	}

	/// Runs the worker of a node after a block, in this network.
	pub fn run(self, after: &Block, database: Database, work: impl FnOnce()) -> Done {
		self.run_in(after.externalities(), database, work)
	}

	/// The same in this state.
	pub fn run_in(
		self,
		mut ext: TestExternalities,
		database: Database,
		work: impl FnOnce(),
	) -> Done {
		let done = Arc::clone(&self.done);
		let is_refused = self.faults.is_refused;
		let (pool, submitted) = TestTransactionPoolExt::new();
		let host = Host::new(Timestamp::from_unix_millis(1), self);
		ext.register_extension(OffchainWorkerExt::new(host));
		ext.register_extension(OffchainDbExt::new(database));
		ext.register_extension(match is_refused {
			true => TransactionPoolExt::new(Refusing),
			false => TransactionPoolExt::new(pool),
		});
		let ((), read) = ext.execute_and_prove(work);
		let submitted = submitted.read().transactions.clone();
		let done = done.lock().expect("the worker has ended; qed").clone();
		Done { submitted, reads: read.iter_nodes().count(), ..done }
	}
}

impl Server for Network {
	fn answer(&mut self, url: &str, body: &[u8]) -> Response {
		let request: Value = serde_json::from_slice(body).expect("a request is JSON");
		let (method, params) = (request["method"].as_str(), &request["params"]);
		let method = method.expect("a request names its method");
		let mut done = self.done.lock().expect("one thread only; qed");
		let is_again = done.asked.contains(&(url.into(), method.into()));
		done.asked.push((url.into(), method.into()));
		let Some(blocks) = self.nodes.get(url) else {
			return Response::new(HttpRequestStatus::IoError, Vec::new());
		};
		let instead = self.faults.instead.filter(|(of, _)| *of == method).map(|(_, what)| what);
		let instead = match instead {
			None => None,
			Some(Instead::Result(json)) => {
				Some(Ok(serde_json::from_str(json).expect("it is JSON")))
			},
			Some(Instead::Refusal(code)) => {
				Some(Err(json!({ "code": code, "message": "in words of its own" })))
			},
			Some(Instead::Status(status)) => {
				return Response::new(HttpRequestStatus::Finished(status), Vec::new());
			},
			Some(Instead::Panic) => panic!("the answer is the end of the worker"),
		};
		if method == "author_submitExtrinsic" {
			done.told.push((url.into(), from_hex(&params[0])));
		}
		let lies = is_again && self.faults.liar == Some(url) && method == "state_getReadProof";
		let truth = || respond(blocks, self.faults, self.api, method, params);
		let (key, value) = match instead.unwrap_or_else(truth) {
			Ok(mut result) => {
				if lies {
					result["proof"] = json!(["0x00"]);
				}
				if self.faults.false_past == Some(url) && method == "chain_getBlockHash" {
					falsify(&mut result);
				}
				("result", result)
			},
			Err(error) => ("error", error),
		};
		let response = json!({ "jsonrpc": "2.0", "id": request["id"], key: value }).to_string();
		let status = match self.faults.are_late && response.contains(TOO_BIG) {
			true => HttpRequestStatus::DeadlineReached,
			false => HttpRequestStatus::Finished(200),
		};
		let pace = Duration::from_millis(self.faults.pace);
		Response { pace, ..Response::new(status, response.into_bytes()) }
	}
}

/// What a node answers whose newest final block is the last of `blocks`.
fn respond(
	blocks: &[Block],
	faults: Faults,
	api: Api,
	method: &str,
	params: &Value,
) -> Result<Value, Value> {
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
			if keys.len() > faults.keys {
				return Err(json!({ "code": -32008, "message": TOO_BIG }));
			}
			let block = by_hash(&params[1]).expect("the worker asks for blocks that exist");
			if blocks.len() as u64 >= u64::from(block.header.number) + u64::from(faults.states) {
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
			if last - number > faults.headers {
				return Err(json!({ "code": -32008, "message": TOO_BIG }));
			}
			json!(in_hex(&prove_finality(blocks, number)))
		},
		"state_call" => {
			let function = params[0].as_str().expect("a function's name");
			if faults.tell_no_history && function == "RibpApi_history_nodes" {
				let message = format!("Exported method {function} is not found");
				return Err(json!({ "code": 4003, "message": message }));
			}
			let call = || api(function, &from_hex(&params[1]));
			json!(in_hex(&newest.externalities().execute_with(call)))
		},
		"author_submitExtrinsic" => json!(H256::zero()),
		other => panic!("a node of the peer is asked for {other}"),
	})
}

/// The last block of the voters who finalized `number`.
fn last_of_set(blocks: &[Block], number: usize) -> &Block {
	let set_id = blocks[number - 1].voters.set_id;
	let last = blocks.iter().rev().find(|block| block.voters.set_id == set_id);
	last.expect("the block itself is one; qed")
}

/// With every vote, for the last block of the voters who finalized `number`, as nodes have it.
fn prove_finality(blocks: &[Block], number: usize) -> Vec<u8> {
	let last = last_of_set(blocks, number);
	let justification = last.justify_by_all().encode();
	let unknown = blocks[number..last.header.number as usize].iter();
	let unknown: Vec<_> = unknown.map(|block| block.header.clone()).collect();
	(last.header.hash(), justification, unknown).encode()
}

/// Hashes that no blocks have in place of those that some have.
fn falsify(hashes: &mut Value) {
	match hashes {
		Value::Array(hashes) => hashes.iter_mut().for_each(falsify),
		Value::String(hash) => *hash = in_hex(&hash.as_bytes()[2..34]),
		_ => {},
	}
}

fn from_hex(text: &Value) -> Vec<u8> {
	let digits = text.as_str().and_then(|text| text.strip_prefix("0x")).expect("hexadecimal");
	hex::decode(digits).expect("hexadecimal")
}

fn in_hex(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}
