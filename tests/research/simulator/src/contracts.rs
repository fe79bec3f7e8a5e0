//! The contracts that users want, and how they come about.

use crate::identity::system;
use ribp_protocol::{Contract, Height, Leg, Log, Settlement};
use sp_core::H256;

/// A registration that a user has sent to a system, and that waits for its block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Order {
	/// The first of the two. Its expiries are chosen when there is room for it.
	First {
		/// The system with the other log.
		peer: u32,
	},
	/// The other half of a contract that stands in a final block of the other system.
	Second {
		/// The other system.
		peer: u32,
		/// The contract.
		contract: Contract,
	},
}

/// The contract number `task`: of each system, and when its log expires there.
pub(crate) fn contract(task: u64, halves: [(u32, Height); 2], settlement: Settlement) -> Contract {
	let leg = |(index, expiry): (u32, Height)| Leg {
		system: system(index),
		log: Log { system: system(index), action: () }.hash(),
		expiry,
		// Nobody cancels: a registration is as good as new until its time is over.
		notice: Height::MAX,
		settlement,
	};
	let [one, other] = halves.map(leg);
	Contract::new(one, other, H256::from_low_u64_be(task))
}
