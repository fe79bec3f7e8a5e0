//! A chain of real blocks, which measures what they cost.

use super::{
	cost::Cost,
	keys::User,
	runtime::{
		extension, Address, Executive, Hash, Header, Ribp, RuntimeCall, RuntimeEvent, Signature,
		System, UncheckedExtrinsic,
	},
	state::State,
};
use codec::{DecodeAll, Encode};
use frame_support::traits::Hooks;
use frame_system::{EventRecord, Phase};
use pallet_ribp::{Height, SystemId};
use ribp_kit::{ledger::genesis_header, past};
use ribp_protocol::Extension;
use sp_runtime::{generic::SignedPayload, traits::Header as _, Digest};
use std::{collections::BTreeSet, time::Instant};

/// Whether the proofs of blocks are weighed, and what they write is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weighing {
	/// They are, which takes time; that is not measured.
	Proofs,
	/// They are not.
	Nothing,
}

/// A chain whose newest block is final.
#[derive(Clone)]
pub struct Chain {
	/// Its name to other chains: the hash of its genesis.
	pub system: SystemId,
	/// Its newest block.
	pub head: Header,
	/// The hashes of all blocks, that of the genesis first.
	hashes: Vec<Hash>,
	weighing: Weighing,
	state: State,
}

/// A block, and how long its parts took.
struct Executed {
	header: Header,
	/// Up to the first extrinsic, the pallets' `on_initialize` included.
	begin_ns: f64,
	apply_ns: f64,
	seal_ns: f64,
}

impl Chain {
	/// The chain before its first block. `digest` tells its genesis from another one's.
	pub fn new(state: State, digest: Digest, weighing: Weighing) -> Self {
		let head = genesis_header(state.root(), digest);
		let hashes = vec![head.hash()];
		Self { system: SystemId(head.hash()), head, hashes, weighing, state }
	}

	/// Asks the runtime about the state of the newest block.
	pub fn query<R>(&self, ask: impl FnOnce() -> R) -> R {
		self.state.query(ask)
	}

	/// What governance does before anything is measured.
	pub fn govern<R>(&mut self, act: impl FnOnce() -> R) -> R {
		self.state.change(act)
	}

	/// A call, signed by its sender, as it stands in a block. `earlier` counts what the sender has
	/// signed for the same block before.
	pub fn signed(&self, user: &User, earlier: u32, call: impl Into<RuntimeCall>) -> Vec<u8> {
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
		let cost = self.cost(extrinsics);
		self.extend(extrinsics);
		cost
	}

	/// Makes a block, and measures nothing.
	pub fn extend(&mut self, extrinsics: &[Vec<u8>]) {
		let start = self.next_header();
		self.head = self.state.change(|| execute(&start, extrinsics)).header;
		assert_eq!(self.head.state_root, self.state.root(), "the state root is true");
		self.hashes.push(self.head.hash());
	}

	/// What extrinsics would cost in the next block beyond an empty one.
	pub fn cost(&self, extrinsics: &[Vec<u8>]) -> Cost {
		let [empty, full] = [&[], extrinsics].map(|extrinsics| self.try_out(extrinsics));
		let [few, many] = [&[], extrinsics].map(|extrinsics| self.weigh(extrinsics));
		let extrinsic_bytes = extrinsics.iter().map(Vec::len).sum::<usize>() as f64;
		let (apply_ns, seal_ns) = (full.apply_ns, full.seal_ns - empty.seal_ns);
		Cost { apply_ns, seal_ns, extrinsic_bytes, ..many - few }
	}

	/// All that the next block would cost if it were empty.
	pub fn cost_of_empty_block(&self) -> Cost {
		let Executed { begin_ns, seal_ns, .. } = self.try_out(&[]);
		Cost { apply_ns: begin_ns, seal_ns, ..self.weigh(&[]) }
	}

	fn try_out(&self, extrinsics: &[Vec<u8>]) -> Executed {
		let start = self.next_header();
		self.state.try_out(|| execute(&start, extrinsics))
	}

	/// What the next block would cost, but for time.
	fn weigh(&self, extrinsics: &[Vec<u8>]) -> Cost {
		if self.weighing == Weighing::Nothing {
			return Cost::default();
		}
		let start = self.next_header();
		let proof_bytes = self.state.weigh(|| execute(&start, extrinsics)) as f64;
		let (moves, leaves) = self.state.count(|| {
			execute(&start, extrinsics);
			moves()
		});
		let (leaves, moves) = (leaves as f64, f64::from(moves));
		Cost { proof_bytes, leaves, moves, ..Cost::default() }
	}

	fn next_header(&self) -> Header {
		let none = Hash::default();
		Header::new(self.head.number + 1, none, none, self.head.hash(), Digest::default())
	}

	/// How long it takes, in every block, to extend the chain's view of itself, in nanoseconds.
	pub fn time_own_view(&self) -> f64 {
		let start = self.next_header();
		self.state.try_out(|| {
			System::initialize(&start.number, &start.parent_hash, &start.digest);
			let begun = Instant::now();
			Ribp::on_initialize(start.number);
			begun.elapsed().as_nanos() as f64
		})
	}

	/// What the newest block's state has under a key.
	pub fn read(&self, key: &[u8]) -> Option<Vec<u8>> {
		self.state.read(key)
	}

	/// What leads from a block that is known to the newest one.
	pub fn extension(&self, known: Height) -> Extension {
		past::extension(known, self.head.number, |height| self.hashes[height as usize])
	}

	/// Trie nodes that show these keys of the newest block's state.
	pub fn prove(&self, keys: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
		self.state.prove(keys)
	}
}

/// How often the block that was executed has moved a balance.
fn moves() -> u32 {
	use pallet_balances::Event;
	let mut paid_fee = BTreeSet::new();
	let is_move = |record: Box<EventRecord<RuntimeEvent, Hash>>| {
		let RuntimeEvent::Balances(event) = record.event else { return false };
		match (event, record.phase) {
			// The first is the transaction's fee.
			(Event::Withdraw { .. }, Phase::ApplyExtrinsic(index)) => !paid_fee.insert(index),
			// Accounts are made and end by it, and fees are given back.
			(Event::Endowed { .. } | Event::Deposit { .. } | Event::DustLost { .. }, _) => false,
			// What is charged is burnt.
			(Event::BurnedDebt { .. } | Event::Rescinded { .. }, _) => false,
			_ => true,
		}
	};
	System::read_events_no_consensus().map(is_move).map(u32::from).sum()
}

/// What a node does that imports a block.
fn execute(start: &Header, extrinsics: &[Vec<u8>]) -> Executed {
	let started = Instant::now();
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
	let begin_ns = begun.duration_since(started).as_nanos() as f64;
	Executed { header, begin_ns, apply_ns, seal_ns }
}
