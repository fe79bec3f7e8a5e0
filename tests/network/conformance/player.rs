//! A real chain on which events happen one by one, in blocks that stay open in between.

use super::network::{
	chain::{Chain, OpenBlock},
	keys::{User, ROOT},
	refusals::name_of,
	schedule::Periods,
	transaction::Transaction,
};
use pallet_ribp::Policy;
use ribp_runtime::{Runtime, RuntimeCall, RuntimeEvent};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// What the models know as constants.
pub const PERIODS: Periods = Periods { exposure: 1, retention: 2 };

/// Believes whatever is signed: time is another matter.
pub const LAX: Policy =
	Policy { trust_period: u64::MAX, max_drift: u64::MAX, least_block_time: 0, slack: 0 };

/// A call that the block has no room for.
pub const FULL: &str = "the block is full";

/// A chain, and its open block.
pub struct Player {
	pub chain: Chain,
	open: Option<OpenBlock>,
}

impl Player {
	pub fn new(chain: Chain) -> Self {
		Self { chain, open: None }
	}

	pub fn is_open(&self) -> bool {
		self.open.is_some()
	}

	/// Opens the block of this slot.
	pub fn open(&mut self, slot: u64) {
		self.open = Some(self.chain.open(slot));
	}

	pub fn close(&mut self) -> Result<(), String> {
		let block = self.open.take().expect("it is open");
		self.chain.close(block).map_err(|violation| violation.0)
	}

	/// Asks the chain in its open block.
	pub fn ask<R>(&mut self, ask: impl FnOnce() -> R) -> R {
		self.chain.run(ask)
	}

	/// Whether a call succeeds; or why it does not. Where a block has no room, nothing happens.
	pub fn call(&mut self, who: User, call: impl Into<RuntimeCall>) -> Result<(), String> {
		let block = self.open.as_mut().expect("it is open");
		let result = self.chain.include(block, Transaction::Signed(who, call.into()));
		match result {
			Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => {
				Err(FULL.into())
			},
			result => result.expect("whoever signs it can pay for it").map_err(name_of),
		}
	}

	pub fn root(&mut self, call: impl Into<RuntimeCall>) -> Result<(), String> {
		let call = Box::new(call.into());
		self.call(ROOT, pallet_sudo::Call::sudo { call })?;
		let results = self.ask(|| {
			let events = frame_system::Pallet::<Runtime>::read_events_no_consensus();
			let result = |event| match event {
				RuntimeEvent::Sudo(pallet_sudo::Event::Sudid { sudo_result }) => Some(sudo_result),
				_ => None,
			};
			events.filter_map(|record| result(record.event)).last()
		});
		results.expect("sudo says what came of it").map_err(name_of)
	}
}
