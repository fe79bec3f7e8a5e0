//! Blocks that are real: true parents, true state roots, votes and proofs.

use crate::voters::Voters;
use ribp_light_client::{testing::State, Header, Justification};
use ribp_protocol::{Height, SystemId};
use sp_core::{offchain::testing::TestPersistentOffchainDB, H256};
use sp_io::TestExternalities;
use sp_runtime::{
	traits::{BlakeTwo256, Hash, Header as _},
	Digest, StateVersion, Storage,
};

/// A sealed block.
#[derive(Clone)]
pub struct Block {
	/// Its header.
	pub header: Header,
	/// Who finalizes it.
	pub voters: Voters,
	/// Its state.
	pub state: State,
}

impl Block {
	/// What its state has under a key.
	pub fn read(&self, key: &[u8]) -> Option<Vec<u8>> {
		self.state.read(key)
	}

	/// Trie nodes that show these keys of its state.
	pub fn prove(&self, keys: &[impl AsRef<[u8]>]) -> Vec<Vec<u8>> {
		self.state.prove(keys)
	}

	/// A justification with every vote.
	pub fn justify_by_all(&self) -> Justification {
		self.voters.justify_by_all(&self.header)
	}

	/// Its state on its own: what is executed there changes nothing.
	pub fn externalities(&self) -> TestExternalities {
		externalities_of(&self.state)
	}
}

fn externalities_of(state: &State) -> TestExternalities {
	let mut ext = TestExternalities::new_with_state_version(Default::default(), StateVersion::V1);
	ext.backend = state.backend().clone();
	ext
}

/// The header of block 0 of a runtime; `digest` tells it from that of another chain.
pub fn genesis_header(state_root: H256, digest: Digest) -> Header {
	let no_extrinsics = BlakeTwo256::trie_root(Vec::new(), StateVersion::V1);
	Header::new(0, no_extrinsics, state_root, H256::zero(), digest)
}

/// A chain: its sealed blocks, the first of which has number 1, and the state of the open one.
///
/// Who uses it initializes the block that follows the last sealed one, by [`Ledger::run`], executes
/// there, finalizes it, and seals it with the header that comes of it.
pub struct Ledger {
	/// The chain's name: the hash of its genesis, or what stands for that.
	pub system: SystemId,
	ext: TestExternalities,
	genesis: State,
	blocks: Vec<Block>,
}

impl Ledger {
	/// A chain without blocks, named after the header of its genesis.
	pub fn new(storage: Storage) -> Self {
		let ext = TestExternalities::new_with_state_version(storage, StateVersion::V1);
		let genesis = State::from(ext.backend.clone());
		let system = SystemId(genesis_header(genesis.root(), Digest::default()).hash());
		Self { system, ext, genesis, blocks: Vec::new() }
	}

	/// The same chain under another name.
	pub fn named(self, system: SystemId) -> Self {
		Self { system, ..self }
	}

	/// Height of the newest sealed block.
	pub fn sealed(&self) -> Height {
		self.blocks.len() as Height
	}

	/// All sealed blocks, the oldest first.
	pub fn blocks(&self) -> &[Block] {
		&self.blocks
	}

	/// A sealed block.
	pub fn block(&self, number: Height) -> &Block {
		&self.blocks[number as usize - 1]
	}

	/// The hash of a sealed block, or of the genesis.
	pub fn hash_at(&self, number: Height) -> H256 {
		match number {
			0 => self.system.0,
			_ => self.block(number).header.hash(),
		}
	}

	/// The hash of the newest sealed block.
	pub fn head(&self) -> H256 {
		self.hash_at(self.sealed())
	}

	/// What the chain has handed to a node that has executed all sealed blocks.
	pub fn index(&self) -> TestPersistentOffchainDB {
		self.ext.offchain_db()
	}

	/// Executes in the open block.
	pub fn run<R>(&mut self, execute: impl FnOnce() -> R) -> R {
		self.ext.execute_with(execute)
	}

	/// Executes between two blocks, and changes nothing.
	pub fn query<R>(&mut self, ask: impl FnOnce() -> R) -> R {
		let answer = self.run(ask);
		self.ext.reset_overlay();
		answer
	}

	/// Executes after a sealed block, or the genesis, and changes nothing.
	pub fn query_at<R>(&self, number: Height, ask: impl FnOnce() -> R) -> R {
		externalities_of(self.state_at(number)).execute_with(ask)
	}

	/// Makes what was executed since the last block the block with this header.
	pub fn seal(&mut self, header: Header, voters: Voters) {
		self.ext.persist_offchain_overlay();
		self.ext.commit_all().expect("no transaction is open; qed");
		// Or each block's state would hold all that was ever written.
		self.ext.backend.backend_storage_mut().purge();
		let state = State::from(self.ext.backend.clone());
		assert_eq!(header.state_root, state.root(), "the state root is the true one");
		self.blocks.push(Block { header, voters, state });
	}

	/// Another history of the same chain, which has all blocks up to `number`.
	pub fn branch_at(&self, number: Height) -> Self {
		let (system, genesis) = (self.system, self.genesis.clone());
		let blocks = self.blocks[..number as usize].to_vec();
		Self { system, ext: externalities_of(self.state_at(number)), genesis, blocks }
	}

	/// Gives up all blocks after `number`.
	pub fn truncate(&mut self, number: Height) {
		self.blocks.truncate(number as usize);
		self.ext.backend = self.state_at(number).backend().clone();
	}

	fn state_at(&self, number: Height) -> &State {
		match number {
			0 => &self.genesis,
			_ => &self.block(number).state,
		}
	}
}
