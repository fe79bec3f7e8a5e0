//! One runtime in which all rivals live beside each other, with the transactions of a real chain.
//!
//! Its blocks are as large as they must be: what counts here is what a batch costs, not into how
//! many blocks it is cut. Fees are the same for every transaction, so that balances can be checked.

use super::desk;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU32, Time},
	weights::{constants::ParityDbWeight, FixedFee, Weight},
	PalletId,
};
use frame_system::{
	limits::{BlockLength, BlockWeights},
	offchain::{CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase},
	EnsureRoot,
};
use pallet_atomic_swap::BalanceSwapAction;
use pallet_ribp::Policy;
use pallet_transaction_payment::{ConstFeeMultiplier, FungibleAdapter, Multiplier};
use sp_runtime::{
	generic::{self, Era},
	traits::{BlakeTwo256, IdentifyAccount, One, Verify},
	MultiAddress, MultiSignature, Perquintill,
};
use sp_version::RuntimeVersion;

pub type Signature = MultiSignature;
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
pub type Address = MultiAddress<AccountId, ()>;
pub type Balance = u128;
pub type Hash = sp_core::H256;
pub type Header = generic::Header<u32, BlakeTwo256>;
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// The least that keeps an account alive.
pub const EXISTENTIAL_DEPOSIT: Balance = 1_000_000_000;
/// What a transaction is charged for its weight, and once more for being one.
const FEE: u32 = 1_000_000;
/// What every signed transaction costs.
pub const FEES: Balance = 2 * FEE as Balance;
/// Most contracts that one piece of evidence moves.
pub const MAX_CONTRACTS: u32 = 100;

/// What a mebibyte costs for a block. The rent of a contract is below what anything else comes to.
const RENT: Balance = 1_000_000;
/// The most that one contract is charged as its rent.
pub const MOST_RENT: Balance = RENT;
/// Blocks for which contracts stay that nobody needs.
pub const RETENTION: u32 = 120;

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
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;

	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;

	#[runtime::pallet_index(2)]
	pub type TransactionPayment = pallet_transaction_payment;

	#[runtime::pallet_index(3)]
	pub type Utility = pallet_utility;

	#[runtime::pallet_index(10)]
	pub type Ribp = pallet_ribp;

	#[runtime::pallet_index(20)]
	pub type AtomicSwap = pallet_atomic_swap;

	#[runtime::pallet_index(30)]
	pub type BridgeGrandpa = pallet_bridge_grandpa;

	#[runtime::pallet_index(31)]
	pub type BridgeMessages = pallet_bridge_messages;

	#[runtime::pallet_index(32)]
	pub type Desk = crate::desk;
}

parameter_types! {
	pub Weights: BlockWeights = BlockWeights::simple_max(Weight::MAX);
	pub Length: BlockLength = BlockLength::builder().max_length(64 * 1024 * 1024).build();
	pub FeeMultiplier: Multiplier = Multiplier::one();
	pub const MaxExpiry: u32 = 100_000;
	/// Both clocks follow the blocks, and nothing is late.
	pub const Lax: Policy =
		Policy { trust_period: u64::MAX, max_drift: u64::MAX, least_block_time: 0, slack: 0 };
	pub const NoGossip: Perquintill = Perquintill::zero();
	pub const RibpId: PalletId = PalletId(*b"ribp/ctr");
	/// With the layout of the state that new chains have: large values are nodes of their own.
	pub Version: RuntimeVersion = RuntimeVersion { system_version: 1, ..Default::default() };
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
	type AccountId = AccountId;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockHashCount = ConstU32<2400>;
	type BlockLength = Length;
	type BlockWeights = Weights;
	type DbWeight = ParityDbWeight;
	type Version = Version;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ()>;
	type WeightToFee = FixedFee<FEE, Balance>;
	type LengthToFee = FixedFee<0, Balance>;
	type FeeMultiplierUpdate = ConstFeeMultiplier<FeeMultiplier>;
	type OperationalFeeMultiplier = frame_support::traits::ConstU8<5>;
	type WeightInfo = ();
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = ();
}

/// A clock that follows the blocks.
pub struct Clock;

impl Time for Clock {
	type Moment = u64;

	fn now() -> u64 {
		u64::from(System::block_number().saturating_sub(1)) * 6_000
	}
}

/// As on the dev chains (`runtime/src/configs.rs`), without gossip, and with room for more contracts.
impl pallet_ribp::Config for Runtime {
	type WeightInfo = pallet_ribp::weights::SubstrateWeight<Runtime>;
	type Value = pallet_ribp::Token<Runtime>;
	type MaxItems = ConstU32<4>;
	type Currency = Balances;
	type PalletId = RibpId;
	type RegistrationFee = ConstU128<0>;
	type StorageRent = ConstU128<RENT>;
	type FeeDestination = ();
	type MaxEntries = ConstU32<1_000_000>;
	type Admit = ();
	type OnOutcome = ();
	type ManageOrigin = EnsureRoot<AccountId>;
	type MinExpiry = ConstU32<10>;
	type MaxExpiry = MaxExpiry;
	type MaxSkew = MaxExpiry;
	type ViewStep = ConstU32<16>;
	type MaxChanges = ConstU32<32>;
	type MaxEvidenceSize = ConstU32<{ 512 * 1024 }>;
	type MaxContracts = ConstU32<MAX_CONTRACTS>;
	type MinNotice = ConstU32<24>;
	type MaxSweptPerBlock = ConstU32<100>;
	type Retention = ConstU32<RETENTION>;
	type Silence = ConstU32<1_000>;
	type ForkChoice = ();
	type Exposure = ConstU32<100>;
	type GossipRate = NoGossip;
	type DefaultPolicy = Lax;
	type PolicyDelay = ConstU32<100>;
	type Time = Clock;
	type Authorship = ();
}

impl pallet_atomic_swap::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type SwapAction = BalanceSwapAction<AccountId, Balances>;
	type ProofLimit = ConstU32<1024>;
}

impl desk::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Bridge = BridgeMessages;
}

impl<LocalCall> CreateTransactionBase<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<LocalCall> CreateTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;

	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_transaction(call, extension)
	}
}

impl<LocalCall> CreateAuthorizedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		extension(0)
	}
}

/// What an ordinary transaction carries besides its call.
pub fn extension(nonce: u32) -> TxExtension {
	(
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		frame_system::CheckNonce::from(nonce),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(0),
		frame_system::WeightReclaim::new(),
	)
}
