//! Nodes that answer JSON-RPC over HTTP as those of a real chain do, and a node's own worker.

use super::chain::Chain;
use crate::{
	mock::{Ribp, Test, AUTHORS_NONE},
	Call, Height, SystemId,
};
use codec::{Decode, DecodeAll, Encode};
use frame_support::traits::Hooks;
use frame_system::offchain::CreateAuthorizedTransaction;
use ribp_kit::node::{Faults, Network};
pub use ribp_kit::{
	host::Database,
	node::{Done, Instead},
};
use ribp_peer::{
	encode_endpoints,
	status::{
		concluding_key, from_bytes, rounds_key, telling_key, Concluding, Endpoint, EndpointResult,
		Rounds, Telling, Worker as WorkerStatus, WORKER_KEY,
	},
	Role, ENDPOINTS_KEY, ROLE_KEY,
};
use sp_core::offchain::{testing::TestPersistentOffchainDB, OffchainDbExt, OffchainStorage};

/// A node of one chain that has endpoints of others, and remembers from round to round.
pub struct Worker {
	storage: TestPersistentOffchainDB,
	/// Of the nodes of its peers.
	faults: Faults,
}

impl Worker {
	pub fn new(endpoints: &[(SystemId, &[&str])]) -> Self {
		let named = |urls: &[&str]| urls.iter().map(|url| url.to_string()).collect();
		let known: Vec<_> =
			endpoints.iter().map(|(system, urls)| (system.0, named(urls))).collect();
		let mut storage = TestPersistentOffchainDB::new();
		storage.set(b"", ENDPOINTS_KEY, &encode_endpoints(&known));
		Self { storage, faults: Faults::NONE }
	}

	/// That authors no blocks.
	pub fn without_keys(mut self) -> Self {
		self.storage.set(b"", AUTHORS_NONE, &[]);
		self
	}

	/// That has this role.
	pub fn with_role(mut self, role: Role) -> Self {
		self.storage.set(b"", ROLE_KEY, &role.encode());
		self
	}

	/// Whose peers' nodes keep no more than the newest states.
	pub fn with_pruned_peers(mut self, states: Height) -> Self {
		self.faults.states = states;
		self
	}

	/// Whose peers' nodes answer with no more headers than this.
	pub fn with_short_answers(mut self, headers: usize) -> Self {
		self.faults.headers = headers;
		self
	}

	/// Whose peers' nodes prove no more keys at once.
	pub fn with_small_proofs(mut self, keys: usize) -> Self {
		self.faults.keys = keys;
		self
	}

	/// As [`Self::with_short_answers`], where more takes longer than there is time.
	pub fn with_late_answers(mut self, headers: usize) -> Self {
		self.faults.are_late = true;
		self.with_short_answers(headers)
	}

	/// Whose peers' runtimes have no `RibpApi_history_nodes`.
	pub fn with_peers_of_an_older_version(mut self) -> Self {
		self.faults.tell_no_history = true;
		self
	}

	/// One of whose peers' nodes tells the truth until it has to prove it.
	pub fn with_liar(mut self, url: &'static str) -> Self {
		self.faults.liar = Some(url);
		self
	}

	/// One of whose peers' nodes tells hashes which no blocks have.
	pub fn with_false_past(mut self, url: &'static str) -> Self {
		self.faults.false_past = Some(url);
		self
	}

	/// Whose peers' nodes answer a method in this way.
	pub fn with_answers(mut self, method: &'static str, instead: Instead) -> Self {
		self.faults.instead = Some((method, instead));
		self
	}

	/// Whose peers' nodes answer truly from now on.
	pub fn with_good_peers(mut self) -> Self {
		self.faults = Faults::NONE;
		self
	}

	/// Whose peers' nodes take so many milliseconds for each piece of an answer.
	pub fn with_slow_peers(mut self, pace: u64) -> Self {
		self.faults.pace = pace;
		self
	}

	/// Whose own transaction pool takes nothing.
	pub fn with_refusing_pool(mut self) -> Self {
		self.faults.is_refused = true;
		self
	}

	/// The record of its rounds with a peer.
	pub fn rounds(&self, system: SystemId) -> Rounds {
		self.read(&rounds_key(system.0)).expect("there was a round")
	}

	/// The record of a peer's endpoint that was asked.
	pub fn endpoint(&self, system: SystemId, host: &str) -> Endpoint {
		let mut endpoints = self.rounds(system).endpoints.into_iter();
		endpoints.rfind(|endpoint| endpoint.host == host).expect("it was asked")
	}

	/// What the only endpoint of a peer has come to.
	pub fn answer(&self, system: SystemId) -> EndpointResult {
		let [endpoint] = &self.rounds(system).endpoints[..] else { panic!("one was asked") };
		endpoint.last
	}

	/// The record of what it has told a peer.
	pub fn telling(&self, system: SystemId) -> Telling {
		self.read(&telling_key(system.0)).expect("it was its turn")
	}

	/// The record of a peer's contracts that time ends.
	pub fn concluding(&self, system: SystemId) -> Concluding {
		self.read(&concluding_key(system.0)).expect("it has looked")
	}

	/// The record of the worker.
	pub fn status(&self) -> WorkerStatus {
		self.read(WORKER_KEY).expect("it has run")
	}

	fn read<R: Decode>(&self, key: &[u8]) -> Option<R> {
		from_bytes(&self.storage.get(key)?)
	}

	/// Has these bytes in its database.
	pub fn keep(&mut self, key: &[u8], bytes: &[u8]) {
		self.storage.set(b"", key, bytes);
	}

	/// Has nothing there.
	pub fn forget(&mut self, key: &[u8]) {
		self.storage.remove(b"", key);
	}

	/// Runs in the state after the last sealed block of `chain` in which more was written.
	pub fn run_in(&self, chain: &Chain, write: impl FnOnce(), nodes: &[(&str, &Chain)]) -> Done {
		let mut ext = chain.block(chain.sealed()).externalities();
		ext.execute_with(write);
		ext.commit_all().expect("it is written");
		let nodes = nodes.iter().map(|(url, chain)| (*url, &***chain));
		let database = Database { own: self.storage.clone(), index: chain.index() };
		Network::new(nodes, self.faults, call_api)
			.run_in(ext, database, || <Ribp as Hooks<u32>>::offchain_worker(chain.sealed()))
	}

	/// Runs after the last sealed block of `chain`, while these addresses lead to nodes of these
	/// chains. All others are unreachable.
	pub fn run(&self, chain: &Chain, nodes: &[(&str, &Chain)]) -> Done {
		let nodes = nodes.iter().map(|(url, chain)| (*url, &***chain));
		let database = Database { own: self.storage.clone(), index: chain.index() };
		Network::new(nodes, self.faults, call_api).run(
			chain.block(chain.sealed()),
			database,
			|| <Ribp as Hooks<u32>>::offchain_worker(chain.sealed()),
		)
	}
}

/// What the runtime's API answers, as a chain's own does.
fn call_api(function: &str, arguments: &[u8]) -> Vec<u8> {
	fn arguments_as<A: Decode>(mut arguments: &[u8]) -> A {
		A::decode_all(&mut arguments).expect("the arguments are those of the function")
	}
	fn general(call: Call<Test>) -> Vec<u8> {
		type Created = Call<Test>;
		let created = <Test as CreateAuthorizedTransaction<Created>>::create_authorized_transaction(
			call.into(),
		);
		created.encode().encode()
	}
	match function {
		"RibpApi_list_digest" => Ribp::list_digest().encode(),
		"RibpApi_known" => Ribp::known(arguments_as(arguments)).encode(),
		"RibpApi_history_nodes" => Ribp::history_nodes(arguments_as(arguments)).encode(),
		"RibpApi_evidence_extrinsic" => {
			let (system, evidence, contracts) = arguments_as(arguments);
			general(Call::submit_evidence { system, evidence, contracts, work: 0 })
		},
		"RibpApi_fork_extrinsic" => {
			let (system, report) = arguments_as(arguments);
			general(Call::report_fork { system, report })
		},
		other => panic!("the API has no {other}"),
	}
}

/// Reads as a worker that runs after the last sealed block of `chain`.
pub fn reading<R>(chain: &Chain, database: Database, read: impl FnOnce() -> R) -> R {
	let mut ext = chain.block(chain.sealed()).externalities();
	ext.register_extension(OffchainDbExt::new(database));
	ext.execute_with(read)
}
