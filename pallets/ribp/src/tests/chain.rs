//! A chain whose blocks are real: true parents, true state roots, votes and proofs.

use super::world::{Half, Registrable};
use crate::{
	mock::{
		AccountId, AllPalletsWithSystem, Balance, Balances, ExistentialDeposit, Ribp, RuntimeCall,
		RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, System, Test, EXISTENTIAL_DEPOSIT,
	},
	Call, ContractId, Corridors, EntryOf, Error, Event, Evidence, Height, Lane, Legs, OpenHere,
	OpenLegs, Outcome, Owed, Resolutions, Stage, SystemId, Systems, TrustAnchor, View,
};
use codec::{Decode, Encode};
use frame_support::{
	assert_noop,
	pallet_prelude::{
		DispatchResult, DispatchResultWithPostInfo, InvalidTransaction, TransactionSource,
	},
	traits::{Authorize, OnInitialize, OnRuntimeUpgrade},
};
pub use ribp_kit::voters::{Voters, ROUND};
use ribp_kit::{
	evidence::{corridor_key, wanted},
	ledger::{Block, Ledger},
};
use ribp_light_client::testing::{scheduled_change, Ed25519Keyring};
use sp_runtime::{traits::Dispatchable, BuildStorage, DigestItem};
use std::{
	collections::{BTreeMap, BTreeSet},
	ops::{Deref, DerefMut},
};

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
pub const CAROL: AccountId = 3;
/// Has no account anywhere.
pub const NOBODY: AccountId = 99;

/// What everybody has at genesis.
pub const ENDOWMENT: Balance = 1_000;

/// A chain, in the middle of the block that follows its last sealed one.
///
/// Every block that is sealed, and the open one in the end, is checked for the pallet's
/// invariants and for the total issuance.
pub struct Chain {
	ledger: Ledger,
	/// Who finalizes the next blocks.
	pub voters: Voters,
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
		let issuance = 3 * ENDOWMENT + EXISTENTIAL_DEPOSIT;
		let ledger = Ledger::new(storage).named(system);
		let outcomes = BTreeMap::new();
		let mut chain = Self { ledger, voters, issuance, outcomes, is_faulty: false };
		chain.begin();
		chain
	}

	fn begin(&mut self) {
		let (number, parent) = (self.now(), self.head());
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
		self.ledger.seal(header, self.voters.clone());
		self.begin();
	}

	/// Writes to the state what no runtime would. Its invariants are not checked any more.
	pub fn corrupt(&mut self, write: impl FnOnce()) {
		self.is_faulty = true;
		self.run(write);
	}

	/// Has the leg of a half be in this stage, which no runtime would.
	pub fn pretend(&mut self, half: &Half, stage: Stage) {
		self.corrupt(|| {
			let key = half.key();
			let mut bytes =
				sp_io::storage::get(&key).map(|bytes| bytes.to_vec()).unwrap_or_default();
			let mut rest = &bytes[..];
			let rest = Stage::decode(&mut rest).map(|_| rest.to_vec()).unwrap_or_default();
			bytes = [stage.encode(), rest].concat();
			sp_io::storage::set(&key, &bytes);
		});
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

	/// An upgrade raises the existential deposit.
	pub fn raise_existential_deposit(&mut self, to: Balance) {
		let before = self.run(ExistentialDeposit::get);
		self.run(|| {
			ExistentialDeposit::set(&to);
			AllPalletsWithSystem::on_runtime_upgrade();
		});
		self.issuance += to - before;
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

	/// Puts an item into the digest of the open block.
	pub fn announce(&mut self, item: DigestItem) {
		self.run(|| System::deposit_log(item));
	}

	/// Height of the open block.
	pub fn now(&self) -> Height {
		self.sealed() + 1
	}

	/// Dispatches a call as a block does: undone as a whole if it fails.
	pub fn dispatch(
		&mut self,
		origin: RuntimeOrigin,
		call: Call<Test>,
	) -> DispatchResultWithPostInfo {
		self.run(|| RuntimeCall::from(call).dispatch(origin))
	}

	/// What another chain's root is told about this one, which has a sealed block.
	pub fn anchor(&self) -> TrustAnchor {
		TrustAnchor {
			header: self.block(self.sealed()).header.clone(),
			history: self.history(self.sealed()),
			set_id: self.voters.set_id,
			authorities: self.voters.authorities(),
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
		let call = self.submission(of, evidence, contracts);
		self.dispatch(RuntimeOrigin::signed(CAROL), call)
	}

	pub fn prove(&self, number: Height, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
		self.block(number).prove(keys)
	}

	/// Evidence of block `number` for `reader`, about `contracts` of its waiting list.
	pub fn evidence(
		&self,
		number: Height,
		reader: &mut Chain,
		contracts: &[ContractId],
	) -> Evidence {
		let keys = wanted(reader.system, self.system, contracts);
		let known = reader.view_of(self.system);
		self.evidence_of(number, &known, keys)
	}

	/// Evidence of block `number` for who has a view, whoever the view is of.
	pub fn evidence_of(&self, number: Height, known: &View, keys: BTreeSet<Vec<u8>>) -> Evidence {
		let justify = |block: &Block| block.voters.justify(&block.header);
		self.ledger.evidence(number, known, keys, justify)
	}

	/// Evidence of block `number` for `reader` of nothing but what is said of all contracts with it.
	pub fn said(&self, number: Height, reader: &mut Chain) -> Evidence {
		let known = reader.view_of(self.system);
		self.evidence_of(number, &known, BTreeSet::from([corridor_key(reader.system)]))
	}

	/// What it believes of another chain, which it knows.
	pub fn view_of(&mut self, other: SystemId) -> View {
		self.run(|| Systems::<Test>::get(other)).expect("the other chain is known").view
	}

	/// The legs of contracts with another chain.
	fn legs(&mut self, other: SystemId) -> Vec<EntryOf<Test>> {
		self.run(|| Legs::<Test>::iter_prefix_values((other,)).collect())
	}

	fn ids(&mut self, other: SystemId, has_ended: bool) -> Vec<ContractId> {
		let legs = self.legs(other).into_iter();
		let such = legs.filter(|entry| entry.stage.has_ended() == has_ended);
		let mut ids: Vec<_> = such.map(|entry| entry.contract.id()).collect();
		ids.sort();
		ids
	}

	/// Contracts with another chain that have not ended, in order.
	pub fn open(&mut self, other: SystemId) -> Vec<ContractId> {
		self.ids(other, false)
	}

	/// Contracts with another chain that have ended and are not swept, in order.
	pub fn ended(&mut self, other: SystemId) -> Vec<ContractId> {
		self.ids(other, true)
	}

	/// The leg of a contract, unless it is swept.
	pub fn leg(&mut self, half: &Half) -> Option<EntryOf<Test>> {
		let id = half.id();
		self.run(|| Ribp::status(id))
	}

	pub fn stage(&mut self, half: &Half) -> Option<Stage> {
		self.leg(half).map(|entry| entry.stage)
	}

	/// What is kept of all contracts with another chain.
	pub fn lane(&mut self, other: SystemId) -> Lane {
		self.run(|| Corridors::<Test>::get(other))
	}

	/// How a contract ended, by the events of all blocks: the state forgets it.
	pub fn outcome(&mut self, half: &Half) -> Option<Outcome> {
		self.note_outcomes();
		self.outcomes.get(&half.id()).copied()
	}

	fn note_outcomes(&mut self) {
		let ended = self.events().into_iter().filter_map(|event| match event {
			Event::Ended { id, outcome, .. } => Some((id, outcome)),
			_ => None,
		});
		self.outcomes.extend(ended);
	}

	/// Ends contracts by time.
	pub fn conclude(
		&mut self,
		peer: SystemId,
		contracts: &[ContractId],
	) -> DispatchResultWithPostInfo {
		let (contracts, work) = (contracts.to_vec(), self.work_of(peer, contracts));
		let call = Call::conclude { peer, contracts, work };
		self.dispatch(RuntimeOrigin::signed(CAROL), call)
	}

	fn work_of(&mut self, peer: SystemId, contracts: &[ContractId]) -> u32 {
		self.run(|| Ribp::work_of(peer, contracts))
	}

	/// Evidence, with the work that it takes here.
	pub fn submission(
		&mut self,
		of: SystemId,
		evidence: Evidence,
		contracts: &[ContractId],
	) -> Call<Test> {
		let (contracts, work) = (contracts.to_vec(), self.work_of(of, contracts));
		Call::submit_evidence { system: of, evidence, contracts, work }
	}

	/// Ends a contract that its payer has cancelled, has expired, or whose verdict is due.
	pub fn conclude_half(&mut self, half: &Half) -> DispatchResultWithPostInfo {
		self.conclude(half.terms().peer.system, &[half.id()])
	}

	/// Asserts that a call is refused by this name, at the pool and when it is carried out, and that
	/// nothing changes.
	#[track_caller]
	pub fn refuse(&mut self, call: Call<Test>, error: Error<Test>) {
		let call = RuntimeCall::from(call);
		let verdict = self.run(|| call.authorize(TransactionSource::External));
		let verdict = verdict.expect("the call is one that is authorized").map(drop);
		let index = InvalidTransaction::Custom(error.encode()[0]);
		assert_eq!(verdict, Err(index.into()), "{error:?} at the pool");
		self.run(|| {
			assert_noop!(call.dispatch(RuntimeOrigin::signed(CAROL)), error);
		});
	}

	/// Its payer cancels a contract.
	pub fn cancel(&mut self, half: &Half) -> DispatchResultWithPostInfo {
		let call = Call::cancel { peer: half.terms().peer.system, id: half.id() };
		self.dispatch(RuntimeOrigin::signed(half.payer()), call)
	}

	/// Asserts that nothing is left of any contract.
	pub fn assert_empty(&mut self) {
		self.run(|| {
			assert_eq!(Legs::<Test>::iter().count(), 0, "legs");
			assert_eq!(OpenLegs::<Test>::iter().count(), 0, "open legs");
			assert_eq!(OpenHere::<Test>::iter().count(), 0, "open legs");
			assert_eq!(Resolutions::<Test>::iter().count(), 0, "what root wants");
			assert_eq!(Owed::<Test>::iter().count(), 0, "what is owed");
		});
		assert_eq!(self.taken(), 0, "what contracts have taken");
	}

	/// What somebody has.
	pub fn free(&mut self, who: AccountId) -> Balance {
		self.run(|| Balances::free_balance(who))
	}

	/// What contracts have taken, and what is owed.
	pub fn taken(&mut self) -> Balance {
		self.run(|| Balances::free_balance(Ribp::account())) - EXISTENTIAL_DEPOSIT
	}

	/// What is owed: of which contracts, and at which place of their logs.
	pub fn owed(&mut self) -> Vec<(ContractId, u32)> {
		self.run(|| Owed::<Test>::iter_keys().collect())
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

impl Deref for Chain {
	type Target = Ledger;

	fn deref(&self) -> &Ledger {
		&self.ledger
	}
}

impl DerefMut for Chain {
	fn deref_mut(&mut self) -> &mut Ledger {
		&mut self.ledger
	}
}

impl Drop for Chain {
	fn drop(&mut self) {
		if !std::thread::panicking() {
			self.check();
		}
	}
}

/// Evidence about contracts each of which moves one amount of the token.
pub fn submission(of: SystemId, evidence: Evidence, contracts: &[ContractId]) -> Call<Test> {
	let (contracts, work) = (contracts.to_vec(), contracts.len() as u32);
	Call::submit_evidence { system: of, evidence, contracts, work }
}

pub fn conclusion(peer: SystemId, contracts: &[ContractId]) -> Call<Test> {
	let (contracts, work) = (contracts.to_vec(), contracts.len() as u32);
	Call::conclude { peer, contracts, work }
}
