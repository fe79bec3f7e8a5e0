//! What happened on a chain, as the events of its blocks say.

use frame_system::{EventRecord, Phase};
use pallet_ribp::{ContractId, Event as RibpEvent, Outcome};
use pallet_transaction_payment::Event::TransactionFeePaid;
use ribp_runtime::{AccountId, Balance, Hash, Runtime, RuntimeEvent};

/// What an event tells about contracts and value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fact {
	/// A contract was registered.
	Registered(ContractId),
	/// A log was committed.
	Committed(ContractId),
	/// A contract ended.
	Ended(ContractId, Outcome),
	/// Root ended a contract.
	Forced(ContractId),
	/// A user moved value to another one, without any contract.
	Spent { from: AccountId, to: AccountId, amount: Balance },
	/// A fee, which is burnt.
	Fee { who: AccountId, amount: Balance },
	/// What was too little to keep an account alive, and is burnt.
	Dust { who: AccountId, amount: Balance },
	/// More of the other chain's history is believed.
	ViewAdvanced,
	/// Another history of the other chain is final.
	Forked,
	/// Root has chosen one of its histories.
	BranchChosen,
	/// Root believes the other chain from a new anchor on.
	Renewed,
}

impl Fact {
	/// Value that no longer exists.
	pub fn destroyed(&self) -> Option<Balance> {
		match self {
			Self::Fee { amount, .. } | Self::Dust { amount, .. } => Some(*amount),
			_ => None,
		}
	}
}

/// The facts of one block; `is_spending` says of which of its extrinsics the transfers count.
pub fn facts_in(
	events: impl Iterator<Item = Box<EventRecord<RuntimeEvent, Hash>>>,
	is_spending: &[bool],
) -> Vec<Fact> {
	let spends = |phase: &Phase| match phase {
		Phase::ApplyExtrinsic(index) => is_spending.get(*index as usize).copied().unwrap_or(false),
		Phase::Finalization | Phase::Initialization => false,
	};
	events
		.filter_map(|record| {
			let spends = spends(&record.phase);
			match record.event {
				RuntimeEvent::Ribp(event) => of_contract(event),
				RuntimeEvent::Balances(event) => of_value(event, spends),
				RuntimeEvent::TransactionPayment(TransactionFeePaid {
					who, actual_fee, ..
				}) => Some(Fact::Fee { who, amount: actual_fee }),
				_ => None,
			}
		})
		.collect()
}

fn of_contract(event: RibpEvent<Runtime>) -> Option<Fact> {
	match event {
		RibpEvent::Registered { id, .. } => Some(Fact::Registered(id)),
		RibpEvent::Committed { id, .. } => Some(Fact::Committed(id)),
		RibpEvent::Settled { id } => Some(Fact::Ended(id, Outcome::Settled)),
		RibpEvent::Reversed { id } => Some(Fact::Ended(id, Outcome::Reversed)),
		RibpEvent::Expired { id } => Some(Fact::Ended(id, Outcome::Expired)),
		RibpEvent::Cancelled { id } => Some(Fact::Ended(id, Outcome::Cancelled)),
		RibpEvent::ForceResolved { id, .. } => Some(Fact::Forced(id)),
		RibpEvent::ViewAdvanced { .. } => Some(Fact::ViewAdvanced),
		RibpEvent::Forked { .. } => Some(Fact::Forked),
		RibpEvent::BranchChosen { .. } => Some(Fact::BranchChosen),
		RibpEvent::SystemRenewed { .. } => Some(Fact::Renewed),
		_ => None,
	}
}

fn of_value(event: pallet_balances::Event<Runtime>, spends: bool) -> Option<Fact> {
	match event {
		pallet_balances::Event::Transfer { from, to, amount } if spends => {
			Some(Fact::Spent { from, to, amount })
		},
		pallet_balances::Event::DustLost { account, amount } => {
			Some(Fact::Dust { who: account, amount })
		},
		_ => None,
	}
}
