//! What two users agree on: a contract, as each of the two chains is to hold it.

use super::{
	keys::{account, User},
	schedule::{Offer, Twist},
	Side,
};
use pallet_ribp::{Action, ActionOf, Contract, ContractId, Height, Log, Settlement, SystemId};
use ribp_runtime::{Balance, Item, Runtime, RuntimeCall, EXISTENTIAL_DEPOSIT};
use sp_core::H256;

/// One half of an exchange, as its payer registers it.
#[derive(Clone, Debug)]
pub struct Half {
	pub payer: User,
	pub contract: Contract,
	pub log: Log<ActionOf<Runtime>>,
	pub settlement: Settlement,
}

impl Half {
	pub fn id(&self) -> ContractId {
		self.contract.id(self.log.system)
	}

	pub fn registration(&self) -> RuntimeCall {
		let Self { contract, log, settlement, .. } = self.clone();
		pallet_ribp::Call::register { contract, log, settlement }.into()
	}

	pub fn cancellation(&self) -> RuntimeCall {
		pallet_ribp::Call::cancel { peer: self.contract.peer, id: self.id() }.into()
	}

	/// What it is worth.
	pub fn amount(&self) -> Balance {
		let Action::Transfer { items, .. } = &self.log.action;
		let amount = |item: &Item| match item {
			Item::Token(amount) => *amount,
			other => unreachable!("users exchange tokens, not {other:?}"),
		};
		items.iter().map(amount).sum()
	}

	/// The same contract about another own log.
	fn with_log(mut self, log: Log<ActionOf<Runtime>>) -> Self {
		self.contract.log = log.hash();
		self.contract.reversal = log.reversal_hash();
		self.log = log;
		self
	}
}

/// An exchange: what one delivers on alpha, and the other pays for it on beta.
#[derive(Clone, Debug)]
pub struct Exchange {
	/// On alpha, and on beta.
	pub halves: [Half; 2],
	/// Whether the halves are mirrors of each other.
	pub matches: bool,
}

impl Exchange {
	/// What was agreed on when the chains had these heights and the payers this much to spend.
	pub fn agreed(
		number: u64,
		offer: &Offer,
		systems: [SystemId; 2],
		heights: [Height; 2],
		funds: [Balance; 2],
	) -> Self {
		let logs = Side::BOTH.map(|side| {
			let at = side as usize;
			let share = funds[at] / 100 * Balance::from(offer.parts[at].percent);
			let amount = share.max(EXISTENTIAL_DEPOSIT);
			let from = account(offer.payers[at]);
			let to = account(offer.receivers[at]);
			let items = vec![Item::Token(amount)].try_into().expect("it is one; qed");
			let action = Action::Transfer { from, to, items };
			Log { system: systems[at], action, salt: H256::from_low_u64_be(number) }
		});
		let contract = Contract {
			log: logs[0].hash(),
			peer_log: logs[1].hash(),
			reversal: logs[0].reversal_hash(),
			peer_reversal: logs[1].reversal_hash(),
			peer: systems[1],
			h1: heights[0] + offer.parts[0].expiry,
			h2: heights[1] + offer.parts[1].expiry,
		};
		let contracts = [contract.clone(), contract.mirror(systems[0])];
		let halves = Side::BOTH.map(|side| Half {
			payer: offer.payers[side as usize],
			contract: contracts[side as usize].clone(),
			log: logs[side as usize].clone(),
			settlement: offer.parts[side as usize].settlement,
		});
		Self { halves, matches: true }
	}

	/// The same with a misunderstanding; `previous` is the exchange before.
	pub fn twisted(mut self, twist: Twist, previous: Option<&Self>) -> Self {
		let [delivery, payment] = &mut self.halves;
		match (twist, previous) {
			(Twist::OtherExpiry, _) => payment.contract.h2 += 1,
			(Twist::OtherAmount, _) => {
				let mut log = payment.log.clone();
				let Action::Transfer { items, .. } = &mut log.action;
				let Item::Token(amount) = &mut items[0] else { unreachable!("it is an amount") };
				*amount += 1;
				*payment = payment.clone().with_log(log);
			},
			(Twist::SameLogAgain, Some(previous)) => {
				let [other, _] = &previous.halves;
				*delivery =
					Half { payer: other.payer, ..delivery.clone().with_log(other.log.clone()) };
				let contract = delivery.contract.mirror(delivery.log.system);
				*payment = Half { contract, ..payment.clone() };
			},
			(Twist::SameLogAgain, None) => {},
		}
		let [delivery, payment] = &self.halves;
		self.matches = delivery.contract.mirror_id(delivery.log.system) == payment.id();
		self
	}

	pub fn half(&self, side: Side) -> &Half {
		&self.halves[side as usize]
	}
}
