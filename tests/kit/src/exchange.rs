//! What two users agree on: a contract, and what each of them registers of it.

use crate::side::Side;
use codec::Encode;
use ribp_protocol::{Commit, Contract, ContractId, Height, Leg, Log, LogHash, Settlement, Terms};
use sp_core::H256;

/// How long whoever cancels waits, in the exchanges of tests.
pub const NOTICE: Height = 24;

/// One half of an exchange, as its payer registers it.
#[derive(Clone, Debug)]
pub struct Half<Action> {
	/// What was agreed.
	pub contract: Contract,
	/// The payer's own log.
	pub log: Log<Action>,
	/// When that commits.
	pub commit: Commit,
}

impl<Action: Clone + Encode> Half<Action> {
	/// The contract's id.
	pub fn id(&self) -> ContractId {
		self.contract.id()
	}

	/// What the contract says to the payer's chain.
	pub fn terms(&self) -> Terms {
		self.contract.terms(self.log.system).expect("the payer's chain has a part in it; qed")
	}

	/// The same contract about another own log.
	pub fn with_log(&self, log: Log<Action>) -> Self {
		let Self { contract, commit, .. } = self;
		let mut contract = contract.clone();
		own_leg(&mut contract, &self.log).log = log.hash();
		Self { contract, log, commit: *commit }
	}

	/// The same log under another contract.
	pub fn with_contract(&self, change: impl FnOnce(&mut Contract)) -> Self {
		let mut half = self.clone();
		change(&mut half.contract);
		half
	}

	/// The same log under a contract with another own leg.
	pub fn with_leg(&self, change: impl FnOnce(&mut Leg)) -> Self {
		self.with_contract(|contract| change(own_leg(contract, &self.log)))
	}

	/// The same log under a contract with another leg on the peer.
	pub fn with_peer_leg(&self, change: impl FnOnce(&mut Leg)) -> Self {
		let system = self.log.system;
		self.with_contract(|contract| {
			let mut legs = contract.legs.iter_mut();
			change(legs.find(|leg| leg.system != system).expect("there are two chains; qed"));
		})
	}

	/// The same, committed with its registration.
	pub fn firm(mut self) -> Self {
		self.commit = Commit::Now;
		self
	}
}

fn own_leg<'a, Action>(contract: &'a mut Contract, log: &Log<Action>) -> &'a mut Leg {
	let mut legs = contract.legs.iter_mut();
	legs.find(|leg| leg.system == log.system).expect("the payer's chain has a part in it; qed")
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
	pub fn new(logs: [Log<Action>; 2], expiries: [Height; 2], reference: H256) -> Self {
		let leg = |log: &Log<Action>, expiry| Leg {
			system: log.system,
			log: log.hash(),
			expiry,
			notice: NOTICE,
			settlement: Settlement::Early,
		};
		let legs = [leg(&logs[0], expiries[0]), leg(&logs[1], expiries[1])];
		let contract = Contract::new(legs[0], legs[1], reference);
		let [delivery, payment] =
			logs.map(|log| Half { contract: contract.clone(), log, commit: Commit::OnMatch });
		Self { delivery, payment }
	}

	/// The same logs under another contract.
	pub fn with_legs(mut self, change: impl FnOnce(&mut Leg, &mut Leg)) -> Self {
		let (delivery, payment) = (self.delivery.terms().own, self.payment.terms().own);
		let (mut delivery, mut payment) = (delivery, payment);
		change(&mut delivery, &mut payment);
		let contract = Contract::new(delivery, payment, self.delivery.contract.reference);
		(self.delivery.contract, self.payment.contract) = (contract.clone(), contract);
		self
	}

	/// The same about another delivery.
	pub fn delivering(mut self, log: Log<Action>) -> Self {
		self.delivery = self.delivery.with_log(log);
		self.payment.contract = self.delivery.contract.clone();
		self
	}

	/// The same, unlocked when its parties choose.
	pub fn settling(self, delivery: Settlement, payment: Settlement) -> Self {
		self.with_legs(|alpha, beta| {
			(alpha.settlement, beta.settlement) = (delivery, payment);
		})
	}

	/// The contract's id.
	pub fn id(&self) -> ContractId {
		self.delivery.id()
	}

	/// H(log) of what is delivered, and of what is paid.
	pub fn logs(&self) -> [LogHash; 2] {
		[self.delivery.terms().own.log, self.payment.terms().own.log]
	}

	/// What is registered on this chain.
	pub fn half(&self, side: Side) -> &Half<Action> {
		side.pair([&self.delivery, &self.payment]).0
	}

	/// Whether both parties mean the same contract.
	pub fn matches(&self) -> bool {
		self.delivery.contract == self.payment.contract
	}
}
