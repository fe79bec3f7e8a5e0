//! A runtime of accounts, this pallet, and things of every kind that it can exchange.

pub mod locks;
pub mod titles;

use crate as pallet_ribp;
use frame_support::{
	derive_impl, parameter_types,
	storage::unhashed,
	traits::{tokens::imbalance::ResolveTo, AsEnsureOriginWithArg, ConstU32, ConstU64, Time},
	weights::{constants::RocksDbWeight, Weight},
	PalletId,
};
use frame_system::{offchain, EnsureRoot, EnsureSigned};
use ribp_protocol::{ForkChoice, Policy};
use sp_runtime::{
	generic,
	offchain::storage::StorageValueRef,
	testing::{TestSignature, UintAuthorityId},
	traits::BlakeTwo256,
	DispatchResult, Perquintill,
};
use sp_version::RuntimeVersion;

pub type AccountId = u64;
pub type Balance = u64;
pub type Header = generic::Header<u32, BlakeTwo256>;
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
pub type Extension = (frame_system::AuthorizeCall<Test>,);
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<AccountId, RuntimeCall, UintAuthorityId, Extension>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;

	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;

	#[runtime::pallet_index(2)]
	pub type Ribp = pallet_ribp;

	#[runtime::pallet_index(3)]
	pub type Assets = pallet_assets;

	#[runtime::pallet_index(4)]
	pub type Nfts = pallet_nfts;

	#[runtime::pallet_index(5)]
	pub type Vesting = pallet_vesting;

	#[runtime::pallet_index(6)]
	pub type Voting = pallet_conviction_voting;

	#[runtime::pallet_index(7)]
	pub type Staking = pallet_staking;
}

parameter_types! {
	pub Version: RuntimeVersion = RuntimeVersion { system_version: 1, ..Default::default() };
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = RocksDbWeight;
	type Version = Version;
}

pub const EXISTENTIAL_DEPOSIT: Balance = 10;

parameter_types! {
	/// Rises where a test sets this.
	pub storage ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ExistentialDeposit;
	type FreezeIdentifier = u8;
	type MaxFreezes = ConstU32<1>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Currency = Balances;
}

parameter_types! {
	pub NftFeatures: pallet_nfts::PalletFeatures = pallet_nfts::PalletFeatures::all_enabled();
}

impl pallet_nfts::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type CollectionId = u32;
	type ItemId = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Locker = ();
	type CollectionDeposit = ConstU64<2>;
	type ItemDeposit = ConstU64<1>;
	type MetadataDepositBase = ConstU64<1>;
	type AttributeDepositBase = ConstU64<1>;
	type DepositPerByte = ConstU64<1>;
	type StringLimit = ConstU32<50>;
	type KeyLimit = ConstU32<50>;
	type ValueLimit = ConstU32<50>;
	type ApprovalsLimit = ConstU32<10>;
	type ItemAttributesApprovalsLimit = ConstU32<2>;
	type MaxTips = ConstU32<10>;
	type MaxDeadlineDuration = ConstU32<10_000>;
	type MaxAttributesPerCall = ConstU32<2>;
	type Features = NftFeatures;
	type OffchainSignature = TestSignature;
	type OffchainPublic = UintAuthorityId;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type Helper = benchmarks::Helper;
	type BlockNumberProvider = System;
}

pallet_ribp::kinds! {
	/// What can be exchanged.
	pub enum Item of AllKinds for AccountId {
		/// An amount of the native token.
		Token(pallet_ribp::Token<Test>) = 0,
		/// An amount of another asset.
		Asset(pallet_ribp::Assets<Test, Assets>) = 1,
		/// A thing.
		Nft(pallet_ribp::Nfts<Test, Nfts>) = 2,
		/// An entry of the land register.
		Title(titles::Titles) = 3,
	}
}

pub const MIN_EXPIRY: u32 = 2;
pub const MAX_EXPIRY: u32 = 100;
pub const VIEW_STEP: u32 = 5;
pub const MAX_CHANGES: u32 = 3;
pub const MAX_EVIDENCE_SIZE: u32 = 64 * 1024;
pub const MAX_CONTRACTS: u32 = 6;
pub const MAX_ITEMS: u32 = 4;
pub const MAX_SWEPT: u32 = 2;
/// Shortest notice.
pub const MIN_NOTICE: u32 = 6;
/// Blocks for which legs are kept that nobody needs.
pub const RETENTION: u32 = 12;
/// Blocks after which a system is given up.
pub const SILENCE: u32 = 15;
pub const EXPOSURE: u32 = 10;

/// Believes whatever is signed.
pub const LAX: Policy =
	Policy { trust_period: u64::MAX, max_drift: u64::MAX, least_block_time: 0, slack: 0 };
/// Own blocks after which a policy that believes more is in force.
pub const POLICY_DELAY: u32 = 20;

parameter_types! {
	/// Registrations are free, and as many as one likes, unless a test sets these.
	pub storage RegistrationFee: Balance = 0;
	pub storage StorageRent: Balance = 0;
	pub storage MaxEntries: u32 = 1_000_000;
	/// Expiries may be as far apart as they like, unless a test sets this.
	pub storage MaxSkew: u32 = MAX_EXPIRY;
	/// Nobody is refused, unless a test sets this.
	pub storage Refused: Option<AccountId> = None;
	/// Nobody is told anything that nothing calls for, unless a test sets this.
	pub storage GossipRate: Perquintill = Perquintill::zero();
	/// Whatever is signed is believed, whenever, unless a test sets this.
	pub storage DefaultPolicy: Policy = LAX;
	/// Root chooses among branches, unless a test sets this.
	pub storage ChosenBy: ForkChoice = ForkChoice::ByGovernance;
	/// Makes the accounts of what is in contracts.
	pub const RibpId: PalletId = PalletId(*b"test/rib");
	/// Whom the fees are for.
	pub const Treasury: AccountId = 3;
}

/// Where a node's database says that it authors no blocks; else it has authored all of them.
pub const AUTHORS_NONE: &[u8] = b"mock/authors-none";

pub struct Authors;

impl pallet_ribp::Authorship for Authors {
	fn is_own_block() -> bool {
		StorageValueRef::persistent(AUTHORS_NONE).get::<()>().ok().flatten().is_none()
	}
}

/// A clock that follows the blocks; the genesis is at 0.
pub struct Clock;

/// Milliseconds from one block of the mock to the next.
pub const BLOCK_TIME: u64 = 6_000;

impl Time for Clock {
	type Moment = u64;

	fn now() -> u64 {
		u64::from(System::block_number()).saturating_sub(1) * BLOCK_TIME
	}
}

/// Refuses who is not wanted, and remembers outcomes.
pub struct Guard;

/// Where the mock remembers how a contract ended.
pub const OUTCOMES: &[u8] = b"mock/outcomes";

impl pallet_ribp::Admit<AccountId, Item> for Guard {
	fn admit(
		who: &AccountId,
		_: &AccountId,
		_: &pallet_ribp::Contract,
		_: &[Item],
	) -> DispatchResult {
		match Refused::get() {
			Some(refused) if refused == *who => Err("nobody knows this account".into()),
			_ => Ok(()),
		}
	}

	fn weight() -> Weight {
		Weight::zero()
	}
}

impl pallet_ribp::OnOutcome for Guard {
	/// Writes, and fails where somebody is refused: nothing of it is left.
	fn on_outcome(
		_: pallet_ribp::SystemId,
		_: pallet_ribp::ContractId,
		outcome: pallet_ribp::Outcome,
	) -> DispatchResult {
		unhashed::put(OUTCOMES, &outcome);
		match Refused::get() {
			Some(_) => Err("it does not matter".into()),
			None => Ok(()),
		}
	}

	fn weight() -> Weight {
		Weight::zero()
	}
}

impl pallet_ribp::Config for Test {
	type WeightInfo = ();
	type Value = AllKinds;
	type MaxItems = ConstU32<MAX_ITEMS>;
	type Currency = Balances;
	type PalletId = RibpId;
	type RegistrationFee = RegistrationFee;
	type FeeDestination = ResolveTo<Treasury, Balances>;
	type StorageRent = StorageRent;
	type MaxEntries = MaxEntries;
	type Admit = Guard;
	type OnOutcome = Guard;
	type ManageOrigin = EnsureRoot<AccountId>;
	type MinExpiry = ConstU32<MIN_EXPIRY>;
	type MaxExpiry = ConstU32<MAX_EXPIRY>;
	type MaxSkew = MaxSkew;
	type ViewStep = ConstU32<VIEW_STEP>;
	type MaxChanges = ConstU32<MAX_CHANGES>;
	type MaxEvidenceSize = ConstU32<MAX_EVIDENCE_SIZE>;
	type MaxContracts = ConstU32<MAX_CONTRACTS>;
	type MinNotice = ConstU32<MIN_NOTICE>;
	type MaxSweptPerBlock = ConstU32<MAX_SWEPT>;
	type Retention = ConstU32<RETENTION>;
	type Silence = ConstU32<SILENCE>;
	type ForkChoice = ChosenBy;
	type Exposure = ConstU32<EXPOSURE>;
	type GossipRate = GossipRate;
	type DefaultPolicy = DefaultPolicy;
	type PolicyDelay = ConstU32<POLICY_DELAY>;
	type Time = Clock;
	type Authorship = Authors;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}

impl<C> offchain::CreateTransactionBase<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<C> offchain::CreateTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extension = Extension;

	fn create_transaction(call: RuntimeCall, extension: Extension) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_transaction(call, extension)
	}
}

impl<C> offchain::CreateAuthorizedTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	fn create_extension() -> Extension {
		(frame_system::AuthorizeCall::new(),)
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarks;
