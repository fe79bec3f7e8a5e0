//! What is true after every block.

use crate::{
	Action, Config, Ended, Expiries, HoldReason, LogUses, OwnView, Pallet, Phase, Systems, Waiting,
};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use ribp_protocol::{LogHash, Own};
use sp_runtime::{traits::Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the pallet's storage. Iterates over all of it.
	///
	/// - The own view ends at the parent of the current block, and is well formed.
	/// - What is held of an account is what its waiting contracts hold.
	/// - A contract waits or has ended, never both; a waiting one is with a known system.
	/// - Every registered contract and every committed log has a position, and uses its log.
	/// - The agenda holds the registered contracts, and no others.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_view()?;
		let mut held = BTreeMap::new();
		let mut registered = 0usize;
		for (peer, id, waiting) in Waiting::<T>::iter() {
			let contract = &waiting.contract;
			ensure!(Systems::<T>::contains_key(peer), "a contract waits for an unknown system");
			ensure!(contract.peer == peer, "a contract waits for another system than its peer");
			ensure!(contract.id(Self::own_system()) == id, "a contract has another contract's id");
			ensure!(!Ended::<T>::contains_key(id), "a contract waits and has ended");
			ensure!(Self::check(LogHash::from(id)).is_some(), "a contract has no position");
			ensure!(LogUses::<T>::get(contract.log) == Some(id), "a log is not its contract's");
			ensure!(Self::check(contract.reversal).is_none(), "a waiting contract is reversed");
			let on_agenda = Expiries::<T>::contains_key(contract.h1, id);
			let Action::Transfer { from, to, amount } = waiting.log.action;
			let (position, who, reason) = match waiting.phase {
				Phase::Registered => (None, from, HoldReason::Reserved),
				Phase::Committed { at } => (Some(at), to, HoldReason::Locked),
			};
			ensure!(on_agenda == position.is_none(), "the agenda is of the registered contracts");
			ensure!(Self::check(contract.log) == position, "a log's position is not its phase's");
			ensure!(position.is_none_or(|at| at <= contract.h1), "a log was committed too late");
			registered += usize::from(on_agenda);
			let sum = held.entry((who, reason as u8)).or_insert_with(Default::default);
			*sum = amount.saturating_add(*sum);
		}
		ensure!(Expiries::<T>::iter().count() == registered, "the agenda has a stray contract");
		Self::check_holds(held)
	}

	fn check_view() -> Result<(), TryRuntimeError> {
		let Some(view) = OwnView::<T>::get() else {
			return Ok(());
		};
		let Own(now) = Self::now();
		ensure!(view.number.saturating_add(1) == now, "the own view does not end at the parent");
		ensure!(view.system == Self::own_system(), "the own view names another system");
		ensure!(view.is_well_formed(), "the own view is malformed");
		Ok(())
	}

	/// Every account that the system knows holds what `expected` says, or nothing.
	fn check_holds(
		expected: BTreeMap<(T::AccountId, u8), crate::BalanceOf<T>>,
	) -> Result<(), TryRuntimeError> {
		for who in frame_system::Account::<T>::iter_keys() {
			for reason in [HoldReason::Reserved, HoldReason::Locked] {
				let due = expected.get(&(who.clone(), reason as u8)).copied().unwrap_or_default();
				ensure!(Self::held(&who, reason) == due, "a hold is not its contracts' amount");
			}
		}
		Ok(())
	}
}
