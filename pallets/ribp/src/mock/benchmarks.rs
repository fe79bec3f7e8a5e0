//! What benchmarks of this runtime need.

use super::*;
use pallet_ribp::BenchmarkHelper;

/// Makes amounts of the native token, and titles.
pub struct Helper;

impl BenchmarkHelper<AccountId, Item> for Helper {
	const KINDS: u32 = 2;

	fn give(kind: u32, number: u32, owner: &AccountId, _: &AccountId) -> Item {
		use frame_support::traits::fungible::Mutate;
		if kind == 1 {
			titles::Register::insert(number, *owner);
			return Item::Title(number);
		}
		Balances::mint_into(owner, EXISTENTIAL_DEPOSIT).expect("there is room for more");
		Item::Token(EXISTENTIAL_DEPOSIT)
	}
}

impl pallet_nfts::BenchmarkHelper<u32, u32, UintAuthorityId, AccountId, TestSignature> for Helper {
	fn collection(number: u16) -> u32 {
		number.into()
	}

	fn item(number: u16) -> u32 {
		number.into()
	}

	fn signer() -> (UintAuthorityId, AccountId) {
		(UintAuthorityId(0), 0)
	}

	fn sign(signer: &UintAuthorityId, message: &[u8]) -> TestSignature {
		TestSignature(signer.0, message.into())
	}
}

/// An empty chain for benchmarks, which sign.
pub fn with_keystore() -> sp_io::TestExternalities {
	use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
	let mut ext = sp_io::TestExternalities::new_empty();
	ext.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	ext
}
