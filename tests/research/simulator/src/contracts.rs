//! The contracts that users want, and how they come about.

use crate::identity::system;
use ribp_protocol::{Contract, ContractId, Height, Log};
use sp_core::H256;

/// A registration that a user has sent to a system, and that waits for its block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Order {
	/// The first of the two. Its expiries are chosen when there is room for it.
	First {
		/// The system with the other log.
		peer: u32,
	},
	/// The mirror of a contract that stands in a final block of the other system.
	Mirror {
		/// The other system.
		peer: u32,
		/// The contract, as this system has to hold it.
		contract: Contract,
	},
}

/// The contract number `task`, as the system `own` holds it.
pub(crate) fn contract(task: u64, own: u32, peer: u32, h1: Height, h2: Height) -> Contract {
	let log = |index: u32| {
		let salt = H256::from_low_u64_be(task);
		Log { system: system(index), action: (), salt }
	};
	let (log1, log2) = (log(own), log(peer));
	Contract {
		log: log1.hash(),
		peer_log: log2.hash(),
		reversal: log1.reversal_hash(),
		peer_reversal: log2.reversal_hash(),
		peer: system(peer),
		h1,
		h2,
	}
}

/// A name for both halves of a contract.
pub(crate) fn pair(one: ContractId, other: ContractId) -> ContractId {
	one.min(other)
}
