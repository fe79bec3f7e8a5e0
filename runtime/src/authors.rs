//! Who has authored a block: whose turn it is to ask other chains.

use frame_support::traits::FindAuthor;
use pallet_aura::AuraAuthorId;
use sp_consensus_aura::sr25519::AuthorityId;
use sp_runtime::RuntimeAppPublic;

use crate::{Runtime, System};

/// Tells it by the block's slot, and by the keys of the node.
pub struct Authors;

impl pallet_ribp::Authorship for Authors {
	fn is_own_block() -> bool {
		let digest = System::digest();
		let slots = digest.logs().iter().filter_map(|item| item.as_pre_runtime());
		let author = AuraAuthorId::<Runtime>::find_author(slots);
		author.is_some_and(|author| AuthorityId::all().contains(&author))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::genesis::{dev_seed, genesis_state};
	use codec::Encode;
	use frame_support::BoundedVec;
	use pallet_ribp::Authorship;
	use sp_consensus_aura::{Slot, AURA_ENGINE_ID};
	use sp_core::{crypto::key_types::AURA, sr25519, Pair};
	use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
	use sp_runtime::{Digest, DigestItem};

	/// In which of four slots a node has authored the block, if it has these keys, and alpha's
	/// validator takes turns with another.
	fn own_slots(secrets: &[&str]) -> Vec<u64> {
		let keystore = MemoryKeystore::new();
		for secret in secrets {
			keystore.sr25519_generate_new(AURA, Some(secret)).expect("it is a secret");
		}
		let mut state = genesis_state("alpha");
		state.register_extension(KeystoreExt::new(keystore));
		state.execute_with(|| {
			let other = sr25519::Pair::from_string("//Other", None).expect("it is a secret");
			let mut authorities = pallet_aura::Authorities::<Runtime>::get().into_inner();
			authorities.push(other.public().into());
			pallet_aura::Authorities::<Runtime>::put(BoundedVec::truncate_from(authorities));
			let is_own = |number: &u64| {
				let slot = DigestItem::PreRuntime(AURA_ENGINE_ID, Slot::from(*number).encode());
				let digest = Digest { logs: vec![slot] };
				System::initialize(&(*number as u32 + 1), &Default::default(), &digest);
				Authors::is_own_block()
			};
			(0..4).filter(is_own).collect()
		})
	}

	#[test]
	fn a_block_is_of_the_node_that_has_the_key_of_its_slot() {
		let alphas = dev_seed("alpha").expect("it is a dev chain");
		assert_eq!(own_slots(&[alphas]), [0, 2]);
		assert_eq!(own_slots(&["//Other"]), [1, 3]);
		assert_eq!(own_slots(&[alphas, "//Other"]), [0, 1, 2, 3]);
	}

	#[test]
	fn a_node_without_keys_has_no_blocks() {
		assert_eq!(own_slots(&[]), [0; 0]);
		assert_eq!(own_slots(&["//Nobody"]), [0; 0]);
	}
}
