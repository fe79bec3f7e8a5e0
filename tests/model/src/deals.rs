//! Two chains, and what is agreed between them: the same in every state of a run.

use ribp_kit::{exchange::Exchange, side::Side};
use ribp_protocol::{Epoch, Height, Log, Settlement, SystemId, Terms, EPOCH_BLOCKS};
use sp_core::H256;

/// Contracts that a state has room for.
pub const CONTRACTS: usize = 2;

/// What the chain is called.
pub fn system(side: Side) -> SystemId {
	SystemId(H256::repeat_byte(side.pair([0xa1, 0xb2]).0))
}

/// What two users agree upon: an expiry and a settlement on either chain.
#[derive(Clone, Copy, Debug)]
pub struct Deal {
	pub expiries: [Height; 2],
	pub settlements: [Settlement; 2],
}

/// The heights of the blocks of either chain that are told apart, from the first one on.
///
/// In those between them nothing happens, and nobody shows them: so an epoch of the protocol is
/// over within few blocks of the model. After the last one, every block is a whole epoch later.
#[derive(Clone, Copy, Debug)]
pub struct Calendar(pub [&'static [Height]; 2]);

impl Calendar {
	/// The height of a block; block 0 is the one before the first.
	pub fn height(&self, side: Side, block: u8) -> Height {
		let heights = side.pair(self.0).0;
		match usize::from(block) {
			0 => heights[0] - 1,
			place if place <= heights.len() => heights[place - 1],
			place => heights[heights.len() - 1] + EPOCH_BLOCKS * (place - heights.len()) as Height,
		}
	}

	/// The last block that has a height of its own.
	pub fn last(&self, side: Side) -> u8 {
		side.pair(self.0).0.len() as u8
	}
}

/// What is agreed, as either chain holds it.
pub struct Deals {
	pub calendar: Calendar,
	deals: Vec<Deal>,
	terms: [[Terms; CONTRACTS]; 2],
}

impl Deals {
	/// The first deal stands in for a second one that is not there: nobody registers it.
	pub fn new(deals: &[Deal], notice: Height, calendar: Calendar) -> Self {
		let exchange = |index: usize| {
			let Deal { expiries, settlements } = deals.get(index).unwrap_or(&deals[0]);
			let logs = Side::BOTH.map(|side| Log { system: system(side), action: index as u64 });
			Exchange::new(logs, *expiries, H256::zero())
				.settling(settlements[0], settlements[1])
				.with_legs(|alpha, beta| (alpha.notice, beta.notice) = (notice, notice))
		};
		let exchanges = [exchange(0), exchange(1)];
		let on = |side| [0, 1].map(|index: usize| exchanges[index].half(side).terms());
		Self { calendar, deals: deals.to_vec(), terms: Side::BOTH.map(on) }
	}

	/// The contracts that users may register.
	pub fn indices(&self) -> std::ops::Range<usize> {
		0..self.deals.len()
	}

	/// A contract as this chain holds it.
	pub fn terms(&self, side: Side, index: usize) -> &Terms {
		&self.terms[side as usize][index]
	}

	/// The epoch in which the leg on this chain expires.
	pub fn epoch(&self, side: Side, index: usize) -> Epoch {
		Epoch::of(self.terms(side, index).own.expiry)
	}

	/// The height of a block.
	pub fn height(&self, side: Side, block: u8) -> Height {
		self.calendar.height(side, block)
	}
}
