//! The transaction pool of a chain's nodes, as far as evidence needs one.

use super::{chain::Chain, transaction::Transaction};
use pallet_ribp::Height;
use ribp_runtime::UncheckedExtrinsic;
use sp_runtime::transaction_validity::{
	TransactionPriority, TransactionSource, TransactionTag, TransactionValidityError,
	ValidTransaction,
};

/// An extrinsic that waits for a block.
struct Waiting {
	extrinsic: UncheckedExtrinsic,
	provides: Vec<TransactionTag>,
	priority: TransactionPriority,
	/// The last height at which it may get into a block.
	until: Height,
}

/// The extrinsics that wait for a block.
#[derive(Default)]
pub struct Pool {
	waiting: Vec<Waiting>,
}

/// Why the pool does not take an extrinsic.
pub enum Rejection {
	/// The runtime says why.
	Invalid(TransactionValidityError),
	/// It has another one for the same that is worth as much.
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
		let verdict = chain.validate(source, extrinsic.clone()).map_err(Rejection::Invalid)?;
		let ValidTransaction { priority, provides, longevity, .. } = verdict;
		let rivals = |other: &Waiting| other.provides.iter().any(|tag| provides.contains(tag));
		if self.waiting.iter().any(|other| rivals(other) && other.priority >= priority) {
			return Err(Rejection::TooLowPriority);
		}
		self.waiting.retain(|other| !rivals(other));
		let until = chain.sealed().saturating_add(longevity.min(u64::from(Height::MAX)) as Height);
		self.waiting.push(Waiting { extrinsic, provides, priority, until });
		Ok(())
	}

	/// What the author of the block `number` puts into it.
	pub fn take(&mut self, number: Height) -> impl Iterator<Item = Transaction> + '_ {
		let alive = self.waiting.drain(..).filter(move |waiting| number <= waiting.until);
		alive.map(|waiting| Transaction::General(Box::new(waiting.extrinsic)))
	}

	/// The nodes restart, and keep nothing.
	pub fn clear(&mut self) {
		self.waiting.clear();
	}
}
