//! What happened on a chain, as the events of its blocks say.

use frame_system::{EventRecord, Phase};
use pallet_ribp::{Commit, ContractId, Event as RibpEvent, Outcome};
use pallet_transaction_payment::Event::TransactionFeePaid;
use ribp_runtime::{AccountId, Balance, Hash, Runtime, RuntimeEvent};
use std::collections::BTreeSet;

/// What an event tells about contracts and value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fact {
	/// A contract was registered.
	Registered(ContractId),
	/// A log was committed: with its registration, or by evidence.
	Committed(ContractId, Commit),
	/// A payer wants the value back.
	Cancelling(ContractId),
	/// It is proven what a committed contract will come to.
	Pending(ContractId),
	/// A contract ended.
	Ended(ContractId, Outcome),
	/// Root ended a contract, or has it forgotten.
	Forced(ContractId),
	/// An item of a contract could not move.
	Owed(ContractId, u32),
	/// It has moved after all.
	Claimed { id: ContractId, index: u32, to: AccountId },
	/// A user moved value to another one, without any contract.
	Spent { from: AccountId, to: AccountId, amount: Balance },
	/// A fee, which is burnt.
	Fee { who: AccountId, amount: Balance },
	/// The rent of a contract, which is burnt, too.
	Rent { who: AccountId, amount: Balance },
	/// What was too little to keep an account alive, and is burnt.
	Dust { who: AccountId, amount: Balance },
	/// More of the other chain's history is believed.
	ViewAdvanced,
	/// Root has stopped the business with the other chain.
	Paused,
	/// Root has taken it up again.
	Resumed,
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
			Self::Fee { amount, .. } | Self::Rent { amount, .. } | Self::Dust { amount, .. } => {
				Some(*amount)
			},
			_ => None,
		}
	}
}

/// The facts of one block; `is_spending` says of which of its extrinsics the transfers count.
pub fn facts_in(
	events: impl Iterator<Item = Box<EventRecord<RuntimeEvent, Hash>>>,
	is_spending: &[bool],
) -> Vec<Fact> {
	let mut charged = BTreeSet::new();
	events
		.filter_map(|record| {
			let index = match record.phase {
				Phase::ApplyExtrinsic(index) => Some(index),
				Phase::Finalization | Phase::Initialization => None,
			};
			match record.event {
				RuntimeEvent::Ribp(event) => of_contract(event),
				RuntimeEvent::Balances(pallet_balances::Event::Withdraw { who, amount }) => {
					// What is withdrawn first is the transaction's own fee.
					let is_rent = index.is_some_and(|index| !charged.insert(index));
					is_rent.then_some(Fact::Rent { who, amount })
				},
				RuntimeEvent::Balances(event) => {
					let spends = index.and_then(|index| is_spending.get(index as usize));
					of_value(event, spends == Some(&true))
				},
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
		RibpEvent::Committed { id, relied: None, .. } => Some(Fact::Committed(id, Commit::Now)),
		RibpEvent::Committed { id, .. } => Some(Fact::Committed(id, Commit::OnMatch)),
		RibpEvent::Cancelling { id } => Some(Fact::Cancelling(id)),
		RibpEvent::VerdictPending { id, .. } => Some(Fact::Pending(id)),
		RibpEvent::Ended { id, outcome, .. } => Some(Fact::Ended(id, outcome)),
		RibpEvent::ForceResolved { id, .. } => Some(Fact::Forced(id)),
		RibpEvent::Owed { id, index, .. } => Some(Fact::Owed(id, index)),
		RibpEvent::Claimed { id, index, to } => Some(Fact::Claimed { id, index, to }),
		RibpEvent::ViewAdvanced { .. } => Some(Fact::ViewAdvanced),
		RibpEvent::SystemPaused { .. } => Some(Fact::Paused),
		RibpEvent::SystemResumed { .. } => Some(Fact::Resumed),
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
