//! What one settled exchange costs, on both chains and with all extrinsics, by three ways to exchange
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
	/// `pallet-ribp`.
	Ribp,
	/// A hash lock: `pallet-atomic-swap` on both chains.
	HashLock,
	/// Message passing: `pallet-bridge-grandpa` and `pallet-bridge-messages`.
	Bridge,
}

impl Rival {
	/// All of them, in the order in which they are shown.
	pub const ALL: [Self; 3] = [Self::Ribp, Self::HashLock, Self::Bridge];

	/// What it is called in the figures.
	pub fn name(self) -> &'static str {
		match self {
			Self::Ribp => "pallet-ribp",
			Self::HashLock => "hash lock",
			Self::Bridge => "bridge",
		}
	}

	/// Settles all these deals at once, and says what that costs.
	pub fn exchange(self, market: &mut Market, deals: &[Deal]) -> Bill {
		match self {
			Self::Ribp => ribp::exchange(market, deals),
			Self::HashLock => hash_lock::exchange(market, deals),
			Self::Bridge => bridge::exchange(market, deals),
		}
	}
}
