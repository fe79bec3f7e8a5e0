//! Two chains that exchange.

use crate::side::Side;

/// The two chains, whatever a test makes of a chain.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World<Chain> {
	/// Where goods are delivered.
	pub alpha: Chain,
	/// Where they are paid.
	pub beta: Chain,
}

impl<Chain> World<Chain> {
	/// Makes both chains, alpha first.
	pub fn of(mut make: impl FnMut(Side) -> Chain) -> Self {
		let [alpha, beta] = Side::BOTH.map(&mut make);
		Self { alpha, beta }
	}

	/// One of the chains.
	pub fn chain(&self, side: Side) -> &Chain {
		side.pair([&self.alpha, &self.beta]).0
	}

	/// One of the chains, to change it.
	pub fn chain_mut(&mut self, side: Side) -> &mut Chain {
		self.pair_mut(side).0
	}

	/// One chain, and the other.
	pub fn pair_mut(&mut self, side: Side) -> (&mut Chain, &mut Chain) {
		side.pair(self.both_mut())
	}

	/// Alpha, then beta.
	pub fn both(&self) -> [&Chain; 2] {
		[&self.alpha, &self.beta]
	}

	/// Alpha, then beta, to change both.
	pub fn both_mut(&mut self) -> [&mut Chain; 2] {
		[&mut self.alpha, &mut self.beta]
	}
}
