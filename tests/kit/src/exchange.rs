//! What two users agree on: a contract, as each of the two chains is to hold it.

use crate::side::Side;
use codec::Encode;
use ribp_protocol::{Contract, ContractId, Height, Log, Settlement};

/// One half of an exchange, as its payer registers it.
#[derive(Clone, Debug)]
pub struct Half<Action> {
	/// As the payer's chain holds it.
	pub contract: Contract,
	/// The payer's own log.
	pub log: Log<Action>,
	/// When the value is unlocked.
	pub settlement: Settlement,
}

impl<Action: Clone + Encode> Half<Action> {
	/// The contract's id on the payer's chain.
	pub fn id(&self) -> ContractId {
		self.contract.id(self.log.system)
	}

	/// The same contract about another own log.
	pub fn with_log(&self, log: Log<Action>) -> Self {
		let contract =
			Contract { log: log.hash(), reversal: log.reversal_hash(), ..self.contract.clone() };
		Self { contract, log, settlement: self.settlement }
	}

	/// The same log under another contract.
	pub fn with_contract(&self, change: impl FnOnce(&mut Contract)) -> Self {
		let mut half = self.clone();
		change(&mut half.contract);
		half
	}

	/// The contract as the peer must hold it.
	pub fn mirror(&self) -> Contract {
		self.contract.mirror(self.log.system)
	}
}

/// An exchange: what one delivers, and the other pays for it.
#[derive(Clone, Debug)]
pub struct Exchange<Action> {
	/// On alpha.
	pub delivery: Half<Action>,
	/// On beta.
	pub payment: Half<Action>,
}

impl<Action: Clone + Encode> Exchange<Action> {
	/// Of these logs, each of which can commit up to the expiry of its chain. Settles early.
	pub fn new([delivered, paid]: [Log<Action>; 2], [h1, h2]: [Height; 2]) -> Self {
		let contract = Contract {
			log: delivered.hash(),
			peer_log: paid.hash(),
			reversal: delivered.reversal_hash(),
			peer_reversal: paid.reversal_hash(),
			peer: paid.system,
			h1,
			h2,
		};
		let settlement = Settlement::Early;
		let delivery = Half { contract, log: delivered, settlement };
		Self { payment: Half { contract: delivery.mirror(), log: paid, settlement }, delivery }
	}

	/// The same, unlocked when its parties choose.
	pub fn settling(mut self, delivery: Settlement, payment: Settlement) -> Self {
		self.delivery.settlement = delivery;
		self.payment.settlement = payment;
		self
	}

	/// What is registered on this chain.
	pub fn half(&self, side: Side) -> &Half<Action> {
		side.pair([&self.delivery, &self.payment]).0
	}

	/// Whether both parties mean the same contract.
	pub fn matches(&self) -> bool {
		let Half { contract, log, .. } = &self.delivery;
		contract.mirror_id(log.system) == self.payment.id()
	}
}
