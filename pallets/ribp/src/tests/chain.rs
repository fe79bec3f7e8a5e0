//! A chain whose blocks are real: true parents, true state roots, votes and proofs.

use super::world::{Half, Registrable};
use crate::{
	mock::{
		AccountId, AllPalletsWithSystem, Balance, Balances, DepositReason, Ribp, RuntimeCall,
		RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, System, Test, EXISTENTIAL_DEPOSIT,
		MAX_CONTRACTS,
	},
	Call, ContractId, Ended, Event, Evidence, Expiries, Height, Indebted, LogHash, LogUses,
	Outcome, Owed, Phase, Positions, Settlement, SystemId, Systems, TrustAnchor, View, Waiting,
};
use frame_support::{
	pallet_prelude::{DispatchResult, DispatchResultWithPostInfo},
	traits::{fungible::InspectHold, OnInitialize},
};
pub use ribp_kit::voters::{Voters, ROUND};
use ribp_kit::{
	evidence::{Asked, Open},
	ledger::{Block, Ledger},
};
use ribp_light_client::testing::{scheduled_change, Ed25519Keyring};
use ribp_protocol::{Freshness, Stage};
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
		chain.open();
		chain
	}

	fn open(&mut self) {
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
		self.dispatch(RuntimeOrigin::signed(CAROL), submission(of, evidence, contracts))
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
		let keys = reader.wanted_of(self.system, contracts);
		let known = reader.view_of(self.system);
		self.evidence_of(number, &known, keys)
	}

	/// Evidence of block `number` for who has a view, whoever the view is of.
	pub fn evidence_of(&self, number: Height, known: &View, keys: BTreeSet<Vec<u8>>) -> Evidence {
		let justify = |block: &Block| block.voters.justify(&block.header);
		self.ledger.evidence(number, known, keys, justify)
	}

	/// The storage keys of the other chain that the next steps of these contracts depend on.
	fn wanted_of(&mut self, other: SystemId, contracts: &[ContractId]) -> BTreeSet<Vec<u8>> {
		let mut asked = Asked::new(self.system, 0, Freshness::Newest, |_: &[u8]| None);
		let open = |id: &ContractId| open_contract(other, *id);
		for open in self.run(|| contracts.iter().filter_map(open).collect::<Vec<_>>()) {
			let _whatever_it_says = asked.about(&open, 0);
		}
		asked.keys
	}

	/// What it believes of another chain, which it knows.
	pub fn view_of(&mut self, other: SystemId) -> View {
		self.run(|| Systems::<Test>::get(other)).expect("the other chain is known").view
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
			assert_eq!(Owed::<Test>::iter().count(), 0, "what is owed");
			assert_eq!(Indebted::<Test>::iter().count(), 0, "deposits for what is owed");
		});
		for who in [ALICE, BOB, CAROL] {
			assert_eq!(self.deposit(who), 0, "{who}'s deposit");
		}
		assert_eq!(self.taken(), 0, "what contracts have taken");
	}

	pub fn position(&mut self, log: LogHash) -> Option<Height> {
		self.run(|| Ribp::check(log))
	}

	/// What somebody has; deposits are still their payer's own.
	pub fn free(&mut self, who: AccountId) -> Balance {
		self.run(|| Balances::free_balance(who)) + self.deposit(who)
	}

	/// What contracts have taken, and what is owed.
	pub fn taken(&mut self) -> Balance {
		self.run(|| Balances::free_balance(Ribp::account())) - EXISTENTIAL_DEPOSIT
	}

	/// What is owed: of which contracts, and at which place of their logs.
	pub fn owed(&mut self) -> Vec<(ContractId, u32)> {
		self.run(|| Owed::<Test>::iter_keys().collect())
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

/// A contract of the chain on which this runs.
fn open_contract(peer: SystemId, id: ContractId) -> Option<Open> {
	let waiting = Waiting::<Test>::get(peer, id).map(|waiting| {
		let stage = Stage::Waiting(waiting.phase);
		Open { id, contract: waiting.contract, settlement: waiting.settlement, stage }
	});
	waiting.or_else(|| {
		let ended = Ended::<Test>::get(peer, id)?;
		let (settlement, stage) = (Settlement::Early, Stage::Ended(ended.outcome));
		Some(Open { id, contract: ended.contract, settlement, stage })
	})
}

pub fn submission(of: SystemId, evidence: Evidence, contracts: &[ContractId]) -> Call<Test> {
	let (contracts, work) = (contracts.to_vec(), MAX_CONTRACTS);
	Call::submit_evidence { system: of, evidence, contracts, work }
}
