//! A chain with its nodes.

use super::{
	chain::Chain,
	pool::Pool,
	schedule::{Pace, Periods},
	transaction::Transaction,
	worker::Worker,
	Side, Tick,
};
use pallet_ribp::Height;

/// A transaction that waits for the next block of a chain.
#[derive(Clone)]
pub struct Queued {
	pub transaction: Transaction,
	/// Whether it is evidence that must not be believed.
	pub is_forged: bool,
}

/// One of the two chains, with its nodes.
pub struct Station {
	pub chain: Chain,
	pub pace: Pace,
	pub pool: Pool,
	pub worker: Worker,
	/// What goes into the next block.
	pub queue: Vec<Queued>,
	/// What signed transactions each block holds, should it be abandoned.
	pub included: Vec<Vec<Queued>>,
	/// Makes no block before then.
	pub stopped_until: Tick,
}

impl Station {
	/// A chain before its first block.
	pub fn new(side: Side, pace: Pace, periods: Periods) -> Self {
		Self {
			chain: Chain::new(side, periods),
			pace,
			pool: Pool::default(),
			worker: Worker::default(),
			queue: Vec::new(),
			included: Vec::new(),
			stopped_until: 0,
		}
	}

	/// From now on it keeps pace; unless it has died.
	pub fn clear_up(&mut self) {
		self.pace = Pace::CALM;
		if self.stopped_until != Tick::MAX {
			self.stopped_until = 0;
		}
	}

	/// Makes no block before then.
	pub fn stop_until(&mut self, until: Tick) {
		self.stopped_until = until.max(self.stopped_until);
	}

	/// Gives up all blocks after `number`; what their users have signed goes into other blocks.
	pub fn abandon_after(&mut self, number: Height) {
		self.chain.abandon_after(number);
		let abandoned = self.included.split_off(number as usize);
		self.queue.extend(abandoned.into_iter().flatten());
	}
}
