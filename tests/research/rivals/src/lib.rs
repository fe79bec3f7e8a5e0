//! What one settled exchange costs, on both chains and with all extrinsics, by the ways to exchange
//! value between two independent chains: [`Rival`].
//!
//! Each of them runs on two chains of one runtime, with signed transactions, GRANDPA
//! justifications and storage proofs as real nodes have them. What they cost is what [`chain::Chain`]
//! measures when it executes their blocks.

mod bridge;
pub mod chain;
pub mod cost;
mod desk;
pub mod growth;
mod hash_lock;
pub mod keys;
pub mod market;
pub mod measure;
mod ribp;
mod runtime;
mod signing;
mod state;
mod twin;

use cost::Bill;
use keys::Deal;
use market::Market;
pub use ribp_kit::side::Side;

/// A way to exchange value between two chains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rival {
	/// `pallet-ribp`, where the buyer answers: the second registration is firm.
	Ribp,
	/// The same where both register at the same time, as in the paper.
	OnMatch,
	/// A hash lock: `pallet-atomic-swap` on both chains.
	HashLock,
	/// Message passing: `pallet-bridge-grandpa` and `pallet-bridge-messages`.
	Bridge,
}

impl Rival {
	/// All of them, in the order in which they are shown.
	pub const ALL: [Self; 4] = [Self::Ribp, Self::OnMatch, Self::HashLock, Self::Bridge];

	/// What it is called in the figures.
	pub fn name(self) -> &'static str {
		match self {
			Self::Ribp => "pallet-ribp",
			Self::OnMatch => "both on match",
			Self::HashLock => "hash lock",
			Self::Bridge => "bridge",
		}
	}

	/// Whether it is this project's.
	pub fn is_ours(self) -> bool {
		matches!(self, Self::Ribp | Self::OnMatch)
	}

	/// The most that whoever pays in an exchange is charged besides the transaction.
	pub fn most_rent(self) -> u128 {
		if self.is_ours() {
			runtime::MOST_RENT
		} else {
			0
		}
	}

	/// Settles all these deals at once, and says what that costs.
	pub fn exchange(self, market: &mut Market, deals: &[Deal]) -> Bill {
		match self {
			Self::Ribp => ribp::firm(market, deals),
			Self::OnMatch => ribp::on_match(market, deals),
			Self::HashLock => hash_lock::exchange(market, deals),
			Self::Bridge => bridge::exchange(market, deals),
		}
	}
}
