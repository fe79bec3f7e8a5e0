//! A chain whose blocks are real: true parents, true state roots, votes and proofs.

use crate::{
	mock::{
		AccountId, AllPalletsWithSystem, Balance, Balances, DepositReason, Header, Ribp,
		RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, System, Test,
		MAX_CONTRACTS,
	},
	Call, ContractId, Ended, Event, Evidence, Expiries, Height, HoldReason, LogHash, LogUses,
	Outcome, OwnView, Phase, Positions, SystemId, Systems, TrustAnchor, View, Waiting,
};
use codec::Decode;
use frame_support::{
	pallet_prelude::{DispatchResult, DispatchResultWithPostInfo},
	traits::{fungible::InspectHold, OnInitialize, PalletInfoAccess},
};
use ribp_light_client::{
	testing::{authority, justify, scheduled_change, Ed25519Keyring},
	Justification,
};
use sp_core::{offchain::testing::TestPersistentOffchainDB, Blake2Hasher, H256};
use sp_runtime::{traits::Dispatchable, BuildStorage, DigestItem, StateVersion};
use sp_state_machine::{prove_read_on_trie_backend, Backend, InMemoryBackend};
use std::collections::BTreeMap;

use super::world::Half;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
pub const CAROL: AccountId = 3;
/// Has no account anywhere.
pub const NOBODY: AccountId = 99;

/// What everybody has at genesis.
pub const ENDOWMENT: Balance = 1_000;

/// The round of every vote.
pub const ROUND: u64 = 7;

/// Who finalizes a block.
#[derive(Clone)]
pub struct Voters {
	pub set_id: u64,
	pub keys: Vec<Ed25519Keyring>,
}

impl Voters {
	pub fn new(set_id: u64, keys: &[Ed25519Keyring]) -> Self {
		Self { set_id, keys: keys.to_vec() }
	}

	/// The first voters that are enough.
	pub fn quorum(&self) -> &[Ed25519Keyring] {
		let faulty = (self.keys.len() - 1) / 3;
		&self.keys[..self.keys.len() - faulty]
	}

	pub fn justify(&self, header: &Header) -> Justification {
		justify(header, ROUND, self.set_id, self.quorum())
	}
}

/// A sealed block with its state.
#[derive(Clone)]
pub struct Block {
	pub header: Header,
	pub voters: Voters,
	pub state: InMemoryBackend<Blake2Hasher>,
}

impl Block {
	/// Trie nodes that show these keys of the block's state.
	pub fn prove(&self, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
		let proof = prove_read_on_trie_backend(&self.state, keys);
		proof.expect("the state is complete; qed").into_iter_nodes().collect()
	}
}

/// A chain, in the middle of the block that follows its last sealed one.
///
/// Every block that is sealed, and the open one in the end, is checked for the pallet's
/// invariants and for the total issuance.
pub struct Chain {
	pub system: SystemId,
	pub voters: Voters,
	ext: sp_io::TestExternalities,
	blocks: Vec<Block>,
	issuance: Balance,
	outcomes: BTreeMap<ContractId, Outcome>,
	is_faulty: bool,
}

impl Chain {
	/// A chain in its first block. `system` stands for the hash of its genesis.
	pub fn new(system: SystemId, voters: Voters) -> Self {
		let mut genesis = RuntimeGenesisConfig::default();
		genesis.balances.balances = [ALICE, BOB, CAROL].map(|who| (who, ENDOWMENT)).to_vec();
		let storage = genesis.build_storage().expect("the genesis is valid; qed");
		let ext = sp_io::TestExternalities::new_with_state_version(storage, StateVersion::V1);
		let issuance = 3 * ENDOWMENT;
		let mut chain = Self {
			system,
			voters,
			ext,
			blocks: Vec::new(),
			issuance,
			outcomes: BTreeMap::new(),
			is_faulty: false,
		};
		chain.open();
		chain
	}

	fn open(&mut self) {
		let (number, parent) = (self.now(), self.hash_at(self.sealed()));
		self.run(|| {
			System::reset_events();
			System::initialize(&number, &parent, &Default::default());
			AllPalletsWithSystem::on_initialize(number);
		});
	}

	/// Seals the open block and opens the next one.
	pub fn seal(&mut self) {
		self.check();
		self.note_outcomes();
		let header = self.run(System::finalize);
		self.ext.persist_offchain_overlay();
		self.ext.commit_all().expect("no transaction is open; qed");
		assert_eq!(header.state_root, *self.ext.backend.root(), "the state root is the true one");
		let (voters, state) = (self.voters.clone(), self.ext.backend.clone());
		self.blocks.push(Block { header, voters, state });
		self.open();
	}

	/// Writes to the state what no runtime would. Its invariants are not checked any more.
	pub fn corrupt(&mut self, write: impl FnOnce()) {
		self.is_faulty = true;
		self.run(write);
	}

	fn check(&mut self) {
		if self.is_faulty {
			return;
		}
		let issuance = self.issuance;
		self.run(|| {
			Ribp::do_try_state().expect("the pallet's invariants hold");
			assert_eq!(Balances::total_issuance(), issuance, "value is not created or destroyed");
		});
	}

	/// Seals blocks until the one at `height` is open.
	pub fn advance_to(&mut self, height: Height) {
		while self.now() < height {
			self.seal();
		}
	}

	/// Seals a block that hands finality over to other voters.
	pub fn hand_over(&mut self, keys: &[Ed25519Keyring]) {
		self.announce(scheduled_change(keys, 0));
		self.seal();
		self.voters = Voters::new(self.voters.set_id + 1, keys);
	}

	/// Makes the votes for all blocks those of another set of the same voters.
	pub fn vote_as(&mut self, set_id: u64) {
		self.voters.set_id = set_id;
		self.blocks.iter_mut().for_each(|block| block.voters.set_id = set_id);
	}

	/// Puts an item into the digest of the open block.
	pub fn announce(&mut self, item: DigestItem) {
		self.run(|| System::deposit_log(item));
	}

	/// Height of the open block.
	pub fn now(&self) -> Height {
		self.sealed() + 1
	}

	/// Height of the newest sealed block, which is final.
	pub fn sealed(&self) -> Height {
		self.blocks.len() as Height
	}

	pub fn blocks(&self) -> &[Block] {
		&self.blocks
	}

	pub fn block(&self, number: Height) -> &Block {
		&self.blocks[number as usize - 1]
	}

	pub fn hash_at(&self, number: Height) -> H256 {
		match number {
			0 => self.system.0,
			_ => self.block(number).header.hash(),
		}
	}

	/// What the chain has handed to a node that has executed all sealed blocks.
	pub fn index(&self) -> TestPersistentOffchainDB {
		self.ext.offchain_db()
	}

	/// Runs in the open block.
	pub fn run<R>(&mut self, execute: impl FnOnce() -> R) -> R {
		self.ext.execute_with(execute)
	}

	/// Dispatches a call as a block does: undone as a whole if it fails.
	pub fn dispatch(
		&mut self,
		origin: RuntimeOrigin,
		call: Call<Test>,
	) -> DispatchResultWithPostInfo {
		self.run(|| RuntimeCall::from(call).dispatch(origin))
	}

	/// What another chain's root is told about this one.
	pub fn anchor(&self) -> TrustAnchor {
		TrustAnchor {
			number: self.sealed(),
			set_id: self.voters.set_id,
			authorities: self.voters.keys.iter().map(|key| (authority(*key), 1)).collect(),
			storage_prefix: Ribp::name_hash(),
		}
	}

	pub fn knows(&mut self, other: &Chain) {
		let call = Call::register_system { system: other.system, anchor: other.anchor() };
		self.dispatch(RuntimeOrigin::root(), call).expect("the other chain is not known yet");
	}

	pub fn register(&mut self, half: &Half) -> DispatchResult {
		let origin = RuntimeOrigin::signed(half.payer());
		self.dispatch(origin, half.call()).map(drop).map_err(|failed| failed.error)
	}

	pub fn submit(
		&mut self,
		of: SystemId,
		evidence: Evidence,
		contracts: &[ContractId],
	) -> DispatchResultWithPostInfo {
		self.dispatch(RuntimeOrigin::signed(CAROL), submission(of, evidence, contracts))
	}

	pub fn prove(&self, number: Height, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
		self.block(number).prove(keys)
	}

	pub fn view_at(&self, number: Height) -> Option<View> {
		let state = &self.block(number).state;
		let bytes = state.storage(&OwnView::<Test>::hashed_key()).expect("complete; qed")?;
		View::decode(&mut &bytes[..]).ok()
	}

	/// Evidence of block `number` for `reader`, about `contracts` of its waiting list.
	pub fn evidence(
		&self,
		number: Height,
		reader: &mut Chain,
		contracts: &[ContractId],
	) -> Evidence {
		let mut keys = reader.wanted_of(self.system, contracts);
		let header = self.block(number).header.clone();
		let known = reader.view_of(self.system);
		if known.as_ref().and_then(|view| view.hash_at(number)) == Some(header.hash()) {
			let proof = self.prove(number, &keys);
			return Evidence { header, justification: None, proof, missed: Vec::new() };
		}
		keys.push(OwnView::<Test>::hashed_key().to_vec());
		let first = self.view_at(number).map_or(0, |view| view.with_head(header.hash()).first());
		let next = known.map_or(Height::MAX, |view| view.number + 1);
		let missed = (next..first.min(number)).map(|number| self.hash_at(number)).collect();
		let justification = Some(self.block(number).voters.justify(&header));
		Evidence { proof: self.prove(number, &keys), header, justification, missed }
	}

	/// The storage keys of the other chain that the next steps of these contracts depend on.
	fn wanted_of(&mut self, other: SystemId, contracts: &[ContractId]) -> Vec<Vec<u8>> {
		let own = self.system;
		let position = |log| Positions::<Test>::hashed_key_for(log);
		let wanted = |id: &ContractId| {
			let Some(waiting) = Waiting::<Test>::get(other, id) else {
				let ended = Ended::<Test>::get(other, id);
				let mirror = ended.map(|ended| ended.contract.mirror_id(own));
				let key = |mirror| Waiting::<Test>::hashed_key_for(own, mirror);
				return mirror.map(key).into_iter().collect();
			};
			let contract = waiting.contract;
			match waiting.phase {
				Phase::Registered => vec![position(contract.mirror(own).id(other).into())],
				Phase::Committed { .. } => {
					vec![position(contract.peer_log), position(contract.peer_reversal)]
				},
			}
		};
		self.run(|| contracts.iter().flat_map(wanted).collect())
	}

	pub fn view_of(&mut self, other: SystemId) -> Option<View> {
		self.run(|| Systems::<Test>::get(other)).and_then(|system| system.view)
	}

	/// Contracts with another chain that have not ended, in order.
	pub fn waiting(&mut self, other: SystemId) -> Vec<ContractId> {
		let mut ids: Vec<_> = self.run(|| Waiting::<Test>::iter_key_prefix(other).collect());
		ids.sort();
		ids
	}

	pub fn phase(&mut self, half: &Half) -> Option<Phase> {
		let (peer, id) = (half.contract.peer, half.id());
		self.run(|| Waiting::<Test>::get(peer, id)).map(|waiting| waiting.phase)
	}

	/// How a contract ended, by the events of all blocks: the state forgets it.
	pub fn outcome(&mut self, half: &Half) -> Option<Outcome> {
		self.note_outcomes();
		self.outcomes.get(&half.id()).copied()
	}

	fn note_outcomes(&mut self) {
		let ended = self.events().into_iter().filter_map(|event| match event {
			Event::Settled { id } => Some((id, Outcome::Settled)),
			Event::Reversed { id } => Some((id, Outcome::Reversed)),
			Event::Expired { id } => Some((id, Outcome::Expired)),
			Event::Cancelled { id } => Some((id, Outcome::Cancelled)),
			_ => None,
		});
		self.outcomes.extend(ended);
	}

	/// Contracts with another chain that have ended and are not forgotten, in order.
	pub fn ended(&mut self, other: SystemId) -> Vec<ContractId> {
		let mut ids: Vec<_> = self.run(|| Ended::<Test>::iter_key_prefix(other).collect());
		ids.sort();
		ids
	}

	/// Asserts that nothing is left of any contract.
	pub fn assert_empty(&mut self) {
		self.run(|| {
			assert_eq!(Waiting::<Test>::iter().count(), 0, "waiting contracts");
			assert_eq!(Ended::<Test>::iter().count(), 0, "ended contracts");
			assert_eq!(Positions::<Test>::iter().count(), 0, "positions");
			assert_eq!(LogUses::<Test>::iter().count(), 0, "logs in use");
			assert_eq!(Expiries::<Test>::iter().count(), 0, "contracts on the agenda");
		});
		for who in [ALICE, BOB, CAROL] {
			for reason in [HoldReason::Reserved, HoldReason::Locked, HoldReason::Deposit] {
				let held = self.run(|| Balances::balance_on_hold(&reason.into(), &who));
				assert_eq!(held, 0, "{reason:?} of {who}");
			}
		}
	}

	pub fn position(&mut self, log: LogHash) -> Option<Height> {
		self.run(|| Ribp::check(log))
	}

	/// What is neither reserved nor locked; deposits are still their payer's own.
	pub fn free(&mut self, who: AccountId) -> Balance {
		self.run(|| Balances::free_balance(who)) + self.deposit(who)
	}

	/// What is reserved or locked.
	pub fn held(&mut self, who: AccountId) -> Balance {
		self.run(|| Balances::total_balance_on_hold(&who)) - self.deposit(who)
	}

	/// What is left for storage.
	pub fn deposit(&mut self, who: AccountId) -> Balance {
		self.run(|| Balances::balance_on_hold(&DepositReason::get(), &who))
	}

	/// The pallet's events in the open block.
	pub fn events(&mut self) -> Vec<Event<Test>> {
		let ours = |event| match event {
			RuntimeEvent::Ribp(event) => Some(event),
			_ => None,
		};
		self.run(|| System::events().into_iter().filter_map(|r| ours(r.event)).collect())
	}
}

impl Drop for Chain {
	fn drop(&mut self) {
		if !std::thread::panicking() {
			self.check();
		}
	}
}

pub fn submission(of: SystemId, evidence: Evidence, contracts: &[ContractId]) -> Call<Test> {
	let (contracts, work) = (contracts.to_vec(), MAX_CONTRACTS);
	Call::submit_evidence { system: of, evidence, contracts, work }
}
