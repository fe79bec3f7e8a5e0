//! A chain of real blocks, which measures what they cost.

use super::{
	cost::Cost,
	keys::User,
	runtime::{
		extension, Address, Executive, Hash, Header, Ribp, RuntimeCall, Signature, System,
		UncheckedExtrinsic,
	},
};
use codec::{DecodeAll, Encode};
use frame_support::traits::Hooks;
use pallet_ribp::SystemId;
use sp_core::{storage::StateVersion, Blake2Hasher};
use sp_runtime::{
	generic::SignedPayload,
	traits::{BlakeTwo256, Hash as _, Header as _},
	Digest, Storage,
};
use sp_state_machine::{prove_read_on_trie_backend, Backend, InMemoryBackend};
use std::time::Instant;

pub type State = InMemoryBackend<Blake2Hasher>;

/// Whether the proofs of blocks are weighed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weighing {
	/// They are, which takes time; it is not counted.
	Proofs,
	/// They are not.
	Nothing,
}

/// A chain whose newest block is final.
pub struct Chain {
	pub system: SystemId,
	pub head: Header,
	weighing: Weighing,
	ext: sp_io::TestExternalities,
}

/// A block, and how long its parts took.
struct Executed {
	header: Header,
	apply_ns: f64,
	seal_ns: f64,
}

impl Chain {
	/// The state before the first block.
	pub fn genesis_state(storage: Storage) -> State {
		(storage, StateVersion::V1).into()
	}

	/// The chain before its first block. `digest` tells its genesis from another one's.
	pub fn new(state: State, digest: Digest, weighing: Weighing) -> Self {
		let no_extrinsics = BlakeTwo256::trie_root(Vec::new(), StateVersion::V1);
		let head = Header::new(0, no_extrinsics, *state.root(), Hash::default(), digest);
		let mut ext = sp_io::TestExternalities::default();
		ext.state_version = StateVersion::V1;
		ext.backend = state;
		Self { system: SystemId(head.hash()), head, weighing, ext }
	}

	/// Asks the runtime about the state of the newest block, and changes nothing.
	pub fn query<R>(&mut self, ask: impl FnOnce() -> R) -> R {
		let answer = self.ext.execute_with(ask);
		self.ext.reset_overlay();
		answer
	}

	/// What governance does before anything is measured.
	pub fn govern<R>(&mut self, act: impl FnOnce() -> R) -> R {
		let result = self.ext.execute_with(act);
		self.ext.commit_all().expect("no transaction is open; qed");
		result
	}

	/// A call, signed by its sender, as it stands in a block. `earlier` counts what the sender has
	/// signed for the same block before.
	pub fn signed(&mut self, user: &User, earlier: u32, call: impl Into<RuntimeCall>) -> Vec<u8> {
		let call = call.into();
		let extrinsic = self.query(|| {
			let nonce = System::account_nonce(user.account()) + earlier;
			let payload = SignedPayload::new(call, extension(nonce))
				.expect("the implicit data are at hand; qed");
			let signature = payload.using_encoded(|bytes| Signature::from(user.sign(bytes)));
			let (call, extension, _) = payload.deconstruct();
			let from = Address::Id(user.account());
			UncheckedExtrinsic::new_signed(call, from, signature, extension)
		});
		extrinsic.encode()
	}

	/// Makes a block, and says what the extrinsics cost: what it costs beyond an empty block.
	pub fn author(&mut self, extrinsics: &[Vec<u8>]) -> Cost {
		let mut proof_bytes = 0.0;
		if self.weighing == Weighing::Proofs {
			proof_bytes = self.weigh(extrinsics) - self.weigh(&[]);
		}
		let empty = self.try_out(&[]);
		let full = self.try_out(extrinsics);
		self.execute(extrinsics);
		self.ext.commit_all().expect("no transaction is open; qed");
		assert_eq!(full.header.state_root, *self.ext.backend.root(), "the state root is true");
		self.head = full.header;
		let extrinsic_bytes = extrinsics.iter().map(Vec::len).sum::<usize>() as f64;
		let seal_ns = full.seal_ns - empty.seal_ns;
		Cost { apply_ns: full.apply_ns, seal_ns, proof_bytes, extrinsic_bytes }
	}

	/// Makes a block and drops it.
	fn try_out(&mut self, extrinsics: &[Vec<u8>]) -> Executed {
		let executed = self.execute(extrinsics);
		self.ext.reset_overlay();
		executed
	}

	fn execute(&mut self, extrinsics: &[Vec<u8>]) -> Executed {
		let start = self.next_header();
		self.ext.execute_with(|| execute(&start, extrinsics))
	}

	/// The size of the proof of a block, which is dropped.
	fn weigh(&mut self, extrinsics: &[Vec<u8>]) -> f64 {
		let start = self.next_header();
		let (_, proof) = self.ext.execute_and_prove(|| execute(&start, extrinsics));
		self.ext.reset_overlay();
		proof.encoded_size() as f64
	}

	fn next_header(&self) -> Header {
		let none = Hash::default();
		Header::new(self.head.number + 1, none, none, self.head.hash(), Digest::default())
	}

	/// How long it takes, in every block, to extend the chain's view of itself, in nanoseconds.
	pub fn time_own_view(&mut self) -> f64 {
		let start = self.next_header();
		self.query(|| {
			System::initialize(&start.number, &start.parent_hash, &start.digest);
			let begun = Instant::now();
			Ribp::on_initialize(start.number);
			begun.elapsed().as_nanos() as f64
		})
	}

	/// What the newest block's state has under a key.
	pub fn read(&self, key: &[u8]) -> Option<Vec<u8>> {
		self.ext.backend.storage(key).expect("the state is complete; qed")
	}

	/// Trie nodes that show these keys of the newest block's state.
	pub fn prove(&self, keys: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
		let proof = prove_read_on_trie_backend(&self.ext.backend, keys);
		proof.expect("the state is complete; qed").into_iter_nodes().collect()
	}
}

/// What a node does that imports a block.
fn execute(start: &Header, extrinsics: &[Vec<u8>]) -> Executed {
	Executive::initialize_block(start);
	let begun = Instant::now();
	for bytes in extrinsics {
		let extrinsic = UncheckedExtrinsic::decode_all(&mut &bytes[..]).expect("it decodes; qed");
		let outcome = Executive::apply_extrinsic(extrinsic);
		assert_eq!(outcome, Ok(Ok(())), "every extrinsic applies");
	}
	let applied = Instant::now();
	let header = Executive::finalize_block();
	let seal_ns = applied.elapsed().as_nanos() as f64;
	let apply_ns = applied.duration_since(begun).as_nanos() as f64;
	Executed { header, apply_ns, seal_ns }
}
