//! Two chains, and what is agreed between them: the same in every state of a run.

use ribp_kit::{exchange::Exchange, side::Side};
use ribp_protocol::{Contract, ContractId, Height, Log, LogHash, Settlement, SystemId};
use sp_core::H256;

/// Contracts that a state has room for.
pub const CONTRACTS: usize = 2;

/// What the chain is called.
pub fn system(side: Side) -> SystemId {
	SystemId(H256::repeat_byte(side.pair([0xa1, 0xb2]).0))
}

/// What two users agree upon: an expiry and a settlement on either chain.
#[derive(Clone, Copy, Debug)]
pub struct Deal {
	pub expiries: [Height; 2],
	pub settlements: [Settlement; 2],
}

/// Whether the second contract is about the same logs as the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Logs {
	Separate,
	SharedOnA,
	SharedOnBoth,
}

/// A key of the positions: a contract log, a log or a reversal, each of either contract.
///
/// Where the contracts share a log, its slot is that of the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot(pub usize);

/// Keys that a chain can have positions of.
pub const SLOTS: usize = 3 * CONTRACTS;

/// What is agreed, as either chain holds it.
pub struct Terms {
	deals: Vec<Deal>,
	contracts: [[Contract; CONTRACTS]; 2],
	keys: [[LogHash; SLOTS]; 2],
}

impl Terms {
	/// The same deal stands in for a second one that is not there: nobody registers it.
	pub fn new(deals: &[Deal], logs: Logs) -> Self {
		let second = usize::from(logs != Logs::SharedOnBoth);
		let peer = if logs == Logs::Separate { [1, 1] } else { [0, second] };
		let at = |index: usize| deals.get(index).unwrap_or(&deals[0]);
		let on_a = [
			contract(at(0), [log(Side::Alpha, 0), log(Side::Beta, 0)]),
			contract(at(1), [log(Side::Alpha, peer[0]), log(Side::Beta, peer[1])]),
		];
		let on_b = on_a.clone().map(|contract| contract.mirror(system(Side::Alpha)));
		let keys = [keys(Side::Alpha, &on_a), keys(Side::Beta, &on_b)];
		Self { deals: deals.to_vec(), contracts: [on_a, on_b], keys }
	}

	/// The contracts that users may register.
	pub fn indices(&self) -> std::ops::Range<usize> {
		0..self.deals.len()
	}

	/// A contract as this chain holds it.
	pub fn contract(&self, side: Side, index: usize) -> &Contract {
		&self.contracts[side as usize][index]
	}

	pub fn settlement(&self, side: Side, index: usize) -> Settlement {
		self.deals[index].settlements[side as usize]
	}

	/// The last height at which anything may be committed on this chain.
	pub fn last_expiry(&self, side: Side) -> Height {
		self.indices().map(|index| self.contract(side, index).h1).max().unwrap_or(0)
	}

	/// Where this chain has the position of a log.
	pub fn slot(&self, side: Side, log: LogHash) -> Slot {
		let keys = &self.keys[side as usize];
		Slot(keys.iter().position(|key| *key == log).expect("every log is of a contract; qed"))
	}

	/// Which contract an id on this chain names.
	pub fn index_of(&self, side: Side, id: ContractId) -> usize {
		let Slot(index) = self.slot(side, id.into());
		assert!(index < CONTRACTS, "an id is no log");
		index
	}

	/// The slots of a contract: its own, that of its log and that of the reversal.
	pub fn slots(&self, side: Side, index: usize) -> [Slot; 3] {
		let Contract { log, reversal, .. } = self.contract(side, index);
		[Slot(index), self.slot(side, *log), self.slot(side, *reversal)]
	}
}

fn log(side: Side, number: usize) -> Log<u64> {
	Log { system: system(side), action: number as u64, salt: H256::zero() }
}

fn contract(deal: &Deal, logs: [Log<u64>; 2]) -> Contract {
	Exchange::new(logs, deal.expiries).delivery.contract
}

fn keys(side: Side, contracts: &[Contract; CONTRACTS]) -> [LogHash; SLOTS] {
	let [first, second] = contracts;
	let ids = [first, second].map(|contract| LogHash::from(contract.id(system(side))));
	[ids[0], ids[1], first.log, second.log, first.reversal, second.reversal]
}
