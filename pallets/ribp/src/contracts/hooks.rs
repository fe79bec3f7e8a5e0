//! What a chain may add to registrations and outcomes.

use crate::{Contract, ContractId, Outcome, SystemId};
use frame_support::weights::Weight;
use sp_runtime::DispatchResult;

/// Says which contracts may be registered: limits of value by peer and time, accounts that are known, and
/// the like. `()` refuses none.
pub trait Admit<AccountId, Item> {
	/// Whether `who` may register this contract, which takes these items from him and is for `to`. What it
	/// changes is undone if the registration fails.
	fn admit(
		who: &AccountId,
		to: &AccountId,
		contract: &Contract,
		items: &[Item],
	) -> DispatchResult;

	/// What that weighs at most.
	fn weight() -> Weight;
}

impl<AccountId, Item> Admit<AccountId, Item> for () {
	fn admit(_: &AccountId, _: &AccountId, _: &Contract, _: &[Item]) -> DispatchResult {
		Ok(())
	}

	fn weight() -> Weight {
		Weight::zero()
	}
}

/// Hears of outcomes. It cannot hinder them.
pub trait OnOutcome {
	/// A contract with this chain has come to this. What fails in it is undone, and nothing else.
	fn on_outcome(peer: SystemId, id: ContractId, outcome: Outcome) -> DispatchResult;

	/// What that weighs at most.
	fn weight() -> Weight;
}

impl OnOutcome for () {
	fn on_outcome(_: SystemId, _: ContractId, _: Outcome) -> DispatchResult {
		Ok(())
	}

	fn weight() -> Weight {
		Weight::zero()
	}
}
