//! A chain of real blocks: the real runtime, true parents, true state roots, votes and proofs.

use super::{
	facts::{facts_in, Fact},
	genesis,
	keys::{pair, User, AUTHORS, VOTERS},
	transaction::Transaction,
	violation::{demand, Checked, Violation},
	Side,
};
use pallet_balances::AccountData;
use pallet_ribp::{ActionOf, Height, System as SystemRecord, SystemId, TrustAnchor, View};
use ribp_light_client::{
	testing::{authority, justify, Ed25519Keyring},
	AuthoritySet, Justification,
};
use ribp_runtime::{
	AccountId, Balance, Balances, Block as RuntimeBlock, Executive, Grandpa, Hash, Header, Ribp,
	Runtime, RuntimeCall, System, UncheckedExtrinsic, MILLISECS_PER_BLOCK,
};
use ribp_runtime_api::runtime_decl_for_ribp_api::RibpApi;
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	runtime_decl_for_aura_api::AuraApi,
	sr25519::{AuthorityId as AuraId, AuthoritySignature},
};
use sp_core::{storage::StateVersion, Blake2Hasher, Pair};
use sp_io::storage::{commit_transaction, rollback_transaction, start_transaction};
use sp_runtime::{
	traits::{BlakeTwo256, Hash as _, Header as _},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, Digest, DigestItem,
};
use sp_state_machine::{prove_read_on_trie_backend, Backend, InMemoryBackend};
use std::{collections::BTreeMap, mem};

/// The slot before the first one of a run.
const FIRST_SLOT: u64 = 1_800_000_000;

/// The round of every vote.
const ROUND: u64 = 7;

/// A sealed block with its state.
pub struct Block {
	pub header: Header,
	/// The authority set that finalizes the block.
	pub set: AuthoritySet,
	pub state: InMemoryBackend<Blake2Hasher>,
	/// What its events say.
	pub facts: Vec<Fact>,
}

impl Block {
	/// What its state has under a key.
	pub fn read(&self, key: &[u8]) -> Option<Vec<u8>> {
		self.state.storage(key).expect("the state is complete; qed")
	}

	/// Trie nodes that show these keys of the block's state.
	pub fn prove(&self, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
		let proof = prove_read_on_trie_backend(&self.state, keys);
		proof.expect("the state is complete; qed").into_iter_nodes().collect()
	}

	/// A justification as nodes have it, with every vote.
	pub fn justify(&self) -> Justification {
		justify(&self.header, ROUND, self.set.set_id, &voters(&self.set))
	}
}

/// A chain between two of its blocks.
pub struct Chain {
	pub side: Side,
	pub system: SystemId,
	ext: sp_io::TestExternalities,
	genesis: Genesis,
	blocks: Vec<Block>,
	finalized: Height,
}

/// What a chain begins with.
struct Genesis {
	state: InMemoryBackend<Blake2Hasher>,
	issuance: Balance,
	purses: BTreeMap<AccountId, Purse>,
}

impl Chain {
	/// The chain before its first block.
	pub fn new(side: Side) -> Self {
		let storage = genesis::storage(side);
		let mut ext = sp_io::TestExternalities::new_with_state_version(storage, StateVersion::V1);
		let state = ext.backend.clone();
		let no_extrinsics = BlakeTwo256::trie_root(Vec::new(), StateVersion::V1);
		let (none, root) = (Hash::default(), *state.root());
		let header = Header::new(0, no_extrinsics, root, none, Digest::default());
		let (issuance, purses) = ext.execute_with(|| (Balances::total_issuance(), purses()));
		let genesis = Genesis { state, issuance, purses };
		let system = SystemId(header.hash());
		Self { side, system, ext, genesis, blocks: Vec::new(), finalized: 0 }
	}

	/// Height of the newest block.
	pub fn sealed(&self) -> Height {
		self.blocks.len() as Height
	}

	/// Height of the newest final block.
	pub fn finalized(&self) -> Height {
		self.finalized
	}

	/// Votes for a block. What is final stays so.
	pub fn finalize(&mut self, number: Height) {
		self.finalized = number.clamp(self.finalized, self.sealed());
	}

	/// A block; the first one has number 1.
	pub fn block(&self, number: Height) -> &Block {
		&self.blocks[number as usize - 1]
	}

	pub fn hash_at(&self, number: Height) -> Hash {
		match number {
			0 => self.system.0,
			_ => self.block(number).header.hash(),
		}
	}

	fn head(&self) -> Hash {
		self.hash_at(self.sealed())
	}

	/// Asks the runtime about the state of the newest block, and changes nothing.
	pub fn query<R>(&mut self, ask: impl FnOnce() -> R) -> R {
		let answer = self.ext.execute_with(ask);
		self.ext.reset_overlay();
		answer
	}

	/// Makes and seals the block of slot `slot`. Says for each transaction what came of it; a
	/// refused one is not in the block.
	pub fn author(
		&mut self,
		slot: u64,
		transactions: Vec<Transaction>,
	) -> Checked<Vec<ApplyExtrinsicResult>> {
		let slot = FIRST_SLOT + slot;
		let item = CompatibleDigestItem::<AuthoritySignature>::aura_pre_digest(slot.into());
		let (none, parent) = (Hash::default(), self.head());
		let start = Header::new(self.sealed() + 1, none, none, parent, Digest { logs: vec![item] });
		let (set, author) = self.query(|| (authority_set(), author(slot)));
		let (header, results, facts) = self.ext.execute_with(|| {
			Executive::initialize_block(&start);
			set_timestamp(slot * MILLISECS_PER_BLOCK);
			let mut is_spending = vec![false];
			let mut results = Vec::with_capacity(transactions.len());
			for transaction in transactions {
				let spends = transaction.is_spending();
				let result = include(transaction.extrinsic());
				is_spending.extend(result.is_ok().then_some(spends));
				results.push(result);
			}
			let header = Executive::finalize_block();
			(header, results, facts_in(System::read_events_no_consensus(), &is_spending))
		});
		self.ext.commit_all().expect("no transaction is open; qed");
		assert_eq!(header.state_root, *self.ext.backend.root(), "the state root is the true one");
		let state = self.ext.backend.clone();
		self.blocks.push(Block { header: seal(header, author), set, state, facts });
		self.check()?;
		Ok(results)
	}

	/// What is true after every block.
	fn check(&mut self) -> Checked {
		let (side, number) = (self.side.name(), self.sealed());
		let state = self.query(Ribp::do_try_state);
		state.map_err(|what| Violation(format!("{side} #{number}: try_state: {what:?}")))?;
		let gone: Balance = self.facts().filter_map(|(_, fact)| fact.destroyed()).sum();
		let issuance = self.query(Balances::total_issuance);
		let before = self.genesis.issuance;
		let is_right = issuance + gone == before;
		demand!(is_right, "{side} #{number}: issuance {issuance} of {before}, {gone} burnt");
		Ok(())
	}

	/// What all blocks say happened, each with its height.
	pub fn facts(&self) -> impl Iterator<Item = (Height, &Fact)> {
		self.blocks
			.iter()
			.flat_map(|block| block.facts.iter().map(|fact| (block.header.number, fact)))
	}

	/// Gives up all blocks after `number`, none of which may be final.
	pub fn abandon_after(&mut self, number: Height) {
		assert!(number >= self.finalized, "what is final stays");
		self.blocks.truncate(number as usize);
		self.ext.backend = self.state_at(number).clone();
	}

	/// What the chain's transaction pool is told about an extrinsic.
	pub fn validate(
		&mut self,
		source: TransactionSource,
		extrinsic: UncheckedExtrinsic,
	) -> TransactionValidity {
		let head = self.head();
		self.query(|| Executive::validate_transaction(source, extrinsic, head))
	}

	/// What another chain's root is told about this one, from its newest block.
	pub fn anchor(&mut self) -> TrustAnchor {
		self.query(<Runtime as RibpApi<RuntimeBlock, ActionOf<Runtime>>>::trust_anchor)
	}

	/// The same, from its newest final block.
	pub fn final_anchor(&mut self) -> TrustAnchor {
		let state = self.state_at(self.finalized).clone();
		let newest = mem::replace(&mut self.ext.backend, state);
		let anchor = self.anchor();
		self.ext.backend = newest;
		anchor
	}

	fn state_at(&self, number: Height) -> &InMemoryBackend<Blake2Hasher> {
		match number {
			0 => &self.genesis.state,
			_ => &self.block(number).state,
		}
	}

	/// What every account had before the first block.
	pub fn endowment(&self) -> &BTreeMap<AccountId, Purse> {
		&self.genesis.purses
	}

	/// What is known here of another chain.
	pub fn record_of(&mut self, other: SystemId) -> Option<SystemRecord> {
		self.query(|| pallet_ribp::Systems::<Runtime>::get(other))
	}

	/// The chain's view of itself in the state of a block, completed by that block.
	pub fn view_at(&self, number: Height) -> View {
		let block = self.block(number);
		let key = pallet_ribp::OwnView::<Runtime>::hashed_key();
		let bytes = block.read(&key).expect("every block extends the view; qed");
		let view: View = codec::Decode::decode(&mut &bytes[..]).expect("it is a view; qed");
		view.with_head(block.header.hash())
	}

	/// Free and held value of every account, now.
	pub fn purses(&mut self) -> BTreeMap<AccountId, Purse> {
		self.query(purses)
	}
}

/// Asks the runtime what every account has.
fn purses() -> BTreeMap<AccountId, Purse> {
	let accounts = frame_system::Account::<Runtime>::iter();
	let purse = |data: AccountData<Balance>| Purse { free: data.free, held: data.reserved };
	accounts.map(|(who, info)| (who, purse(info.data))).collect()
}

fn set_timestamp(now: u64) {
	let call = RuntimeCall::from(pallet_timestamp::Call::set { now });
	let outcome = Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(call));
	assert_eq!(outcome, Ok(Ok(())), "the inherent applies");
}

/// Puts an extrinsic into the open block, as block authors do: a refused one leaves no trace.
fn include(extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
	start_transaction();
	let result = Executive::apply_extrinsic(extrinsic);
	match result {
		Ok(_) => commit_transaction(),
		Err(_) => rollback_transaction(),
	}
	result
}

/// Asks the runtime who finalizes the next block.
fn authority_set() -> AuthoritySet {
	let set = AuthoritySet::new(Grandpa::current_set_id(), Grandpa::grandpa_authorities());
	set.expect("the runtime's authorities are a set; qed")
}

fn voters(set: &AuthoritySet) -> Vec<Ed25519Keyring> {
	let is_in = |voter: &Ed25519Keyring| {
		let id = authority(*voter);
		set.authorities.iter().any(|(other, _)| *other == id)
	};
	VOTERS.into_iter().filter(is_in).collect()
}

/// Asks the runtime who authors the block of this slot.
fn author(slot: u64) -> User {
	let authors = <Runtime as AuraApi<RuntimeBlock, AuraId>>::authorities();
	let id = &authors[(slot % authors.len() as u64) as usize];
	let author = AUTHORS.into_iter().find(|author| AuraId::from(pair(*author).public()) == *id);
	author.expect("only test keys author; qed")
}

/// The header with its author's seal, which is the last thing that its hash covers.
fn seal(mut header: Header, author: User) -> Header {
	let signature = pair(author).sign(header.hash().as_bytes());
	header.digest.push(DigestItem::aura_seal(AuthoritySignature::from(signature)));
	header
}

/// What an account has.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Purse {
	pub free: Balance,
	pub held: Balance,
}
