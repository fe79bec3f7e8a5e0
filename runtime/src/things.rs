//! What can be exchanged besides the native token: assets and things that anybody may issue.

use crate::{
	AccountId, Assets, Balance, Balances, BlockNumber, Nfts, Runtime, RuntimeEvent, Signature,
	System, MINUTES, UNIT,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU128, ConstU32},
};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_nfts::PalletFeatures;
use sp_runtime::traits::Verify;

pallet_ribp::kinds! {
	/// What can be exchanged.
	pub enum Item of AllKinds for AccountId {
		/// An amount of the native token, in its smallest unit.
		Token(pallet_ribp::Token<Runtime>) = 0,
		/// An amount of an asset of pallet-assets.
		Asset(pallet_ribp::Assets<Runtime, Assets>) = 1,
		/// A thing of pallet-nfts.
		Nft(pallet_ribp::Nfts<Runtime, Nfts>) = 2,
	}
}

/// Deposit for every byte that somebody stores.
const BYTE_DEPOSIT: Balance = UNIT / 10_000;

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Runtime {
	type Balance = Balance;
	type AssetDeposit = ConstU128<UNIT>;
	type AssetAccountDeposit = ConstU128<{ UNIT / 10 }>;
	type MetadataDepositBase = ConstU128<{ UNIT / 10 }>;
	type MetadataDepositPerByte = ConstU128<BYTE_DEPOSIT>;
	type ApprovalDeposit = ConstU128<{ UNIT / 10 }>;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Currency = Balances;
	type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	/// All that pallet-nfts can do.
	pub NftFeatures: PalletFeatures = PalletFeatures::all_enabled();
	/// How far ahead an offer of a thing may expire.
	pub const MaxDeadlineDuration: BlockNumber = 30 * 24 * 60 * MINUTES;
}

impl pallet_nfts::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type CollectionId = u32;
	type ItemId = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Locker = ();
	type CollectionDeposit = ConstU128<UNIT>;
	type ItemDeposit = ConstU128<{ UNIT / 10 }>;
	type MetadataDepositBase = ConstU128<{ UNIT / 10 }>;
	type AttributeDepositBase = ConstU128<{ UNIT / 10 }>;
	type DepositPerByte = ConstU128<BYTE_DEPOSIT>;
	type StringLimit = ConstU32<256>;
	type KeyLimit = ConstU32<64>;
	type ValueLimit = ConstU32<256>;
	type ApprovalsLimit = ConstU32<20>;
	type ItemAttributesApprovalsLimit = ConstU32<20>;
	type MaxTips = ConstU32<10>;
	type MaxDeadlineDuration = MaxDeadlineDuration;
	type MaxAttributesPerCall = ConstU32<10>;
	type Features = NftFeatures;
	type OffchainSignature = Signature;
	type OffchainPublic = <Signature as Verify>::Signer;
	type WeightInfo = pallet_nfts::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type Helper = ();
	type BlockNumberProvider = System;
}

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarks::Things;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarks {
	use super::*;
	use crate::RuntimeOrigin;
	use frame_support::traits::{fungible, fungibles, tokens::nonfungibles_v2};
	use pallet_nfts::{CollectionConfig, CollectionSettings, ItemConfig, MintSettings};
	use pallet_ribp::{AssetAmount, BenchmarkHelper, Nft};

	/// Makes items of every kind for benchmarks; each asset and each collection is one of its own.
	pub struct Things;

	impl BenchmarkHelper<AccountId, Item> for Things {
		const KINDS: u32 = 3;

		fn give(kind: u32, number: u32, owner: &AccountId, _: &AccountId) -> Item {
			match kind {
				0 => amount(owner),
				1 => asset(number, owner),
				_ => nft(number, owner),
			}
		}
	}

	fn amount(owner: &AccountId) -> Item {
		use fungible::Mutate;
		Balances::mint_into(owner, UNIT).expect("there is room for more; qed");
		Item::Token(UNIT)
	}

	/// The owner keeps as much: an account of the asset must not die.
	fn asset(id: u32, owner: &AccountId) -> Item {
		use fungibles::{Create, Mutate};
		<Assets as Create<_>>::create(id, owner.clone(), true, 1).expect("it is new; qed");
		Assets::mint_into(id, owner, 2 * UNIT).expect("there is room for more; qed");
		Item::Asset(AssetAmount { id, amount: UNIT })
	}

	/// Collections are numbered as they are made, from 0 on. The owner deposits something for each item.
	fn nft(collection: u32, owner: &AccountId) -> Item {
		use nonfungibles_v2::Mutate;
		amount(owner);
		let settings = CollectionSettings::all_enabled();
		let mint_settings = MintSettings::default();
		let config = CollectionConfig { settings, max_supply: None, mint_settings };
		let root = RuntimeOrigin::root();
		Nfts::force_create(root, owner.clone().into(), config).expect("root may; qed");
		let config = ItemConfig::default();
		Nfts::mint_into(&collection, &0, owner, &config, false).expect("it is new; qed");
		Item::Nft(Nft { collection, item: 0 })
	}
}
