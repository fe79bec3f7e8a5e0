//! The transaction pool of a chain's nodes, as far as evidence needs one.

use super::{chain::Chain, transaction::Transaction};
use pallet_ribp::Height;
use ribp_runtime::UncheckedExtrinsic;
use sp_runtime::transaction_validity::{TransactionSource, TransactionValidityError};

/// The extrinsics that wait for a block.
#[derive(Default)]
pub struct Pool {
	waiting: ribp_kit::pool::Pool<UncheckedExtrinsic>,
}

/// Why the pool does not take an extrinsic.
pub enum Rejection {
	/// The runtime says why.
	Invalid(TransactionValidityError),
	/// It has others for the same that are worth as much.
	TooLowPriority,
}

impl Pool {
	/// Takes an extrinsic that the runtime calls valid, in place of those that it is better than.
	pub fn submit(
		&mut self,
		chain: &mut Chain,
		source: TransactionSource,
		extrinsic: UncheckedExtrinsic,
	) -> Result<(), Rejection> {
		let valid = chain.validate(source, extrinsic.clone()).map_err(Rejection::Invalid)?;
		let imported = self.waiting.import(extrinsic, valid, chain.sealed());
		imported.map_err(|_| Rejection::TooLowPriority)
	}

	/// What the author of the block `number` puts into it.
	pub fn take(&mut self, number: Height) -> impl Iterator<Item = Transaction> + '_ {
		let taken = self.waiting.take(number);
		taken.map(|extrinsic| Transaction::General(Box::new(extrinsic)))
	}

	/// The nodes restart, and keep nothing.
	pub fn clear(&mut self) {
		self.waiting.clear();
	}
}
