//! Configuration of the pallets.

use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	parameter_types,
	traits::{ConstBool, ConstU128, ConstU32, ConstU64, ConstU8, VariantCountOf},
	weights::{
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_MILLIS},
		IdentityFee, Weight,
	},
	PalletId,
};
use frame_system::{
	limits::{BlockLength, BlockWeights},
	EnsureRoot,
};
use pallet_ribp::Policy;
use pallet_transaction_payment::{ConstFeeMultiplier, FungibleAdapter, Multiplier};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_runtime::{
	traits::{ConvertInto, One, OpaqueKeys},
	Perbill, Perquintill,
};
use sp_version::RuntimeVersion;

use crate::{
	authors::Authors,
	session::{Sessions, SESSION_PERIOD},
	slots::{HalfSlot, SlotDuration, LEAST_SLOT},
	things::AllKinds,
	AccountId, Aura, Balance, Balances, Block, BlockNumber, OriginCaller, PalletInfo, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason, RuntimeOrigin, RuntimeTask,
	SessionKeys, System, Timestamp, EXISTENTIAL_DEPOSIT, MILLISECS_PER_BLOCK, MINUTES, UNIT,
	VERSION,
};

/// Share of a block that signed and authorized transactions may fill.
const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Computation in a block; half of the shortest slot, the rest is for import and votes.
const MAX_BLOCK_COMPUTE: Weight =
	Weight::from_parts(MILLISECS_PER_BLOCK / 2 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// Bytes of extrinsics in a block.
const MAX_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;
/// Validators of one chain.
const MAX_AUTHORITIES: u32 = 32;

parameter_types! {
	/// Block hashes that the chain remembers.
	pub const BlockHashCount: BlockNumber = 2400;
	/// The version of this runtime.
	pub const Version: RuntimeVersion = VERSION;
	/// Prefix of the chain's addresses.
	pub const SS58Prefix: u8 = 42;
	/// Limits of computation.
	pub RuntimeBlockWeights: BlockWeights =
		BlockWeights::with_sensible_defaults(MAX_BLOCK_COMPUTE, NORMAL_DISPATCH_RATIO);
	/// Limits of length.
	pub RuntimeBlockLength: BlockLength = BlockLength::builder()
		.max_length(MAX_BLOCK_LENGTH)
		.modify_max_length_for_class(DispatchClass::Normal, |length| {
			*length = NORMAL_DISPATCH_RATIO * *length
		})
		.build();
	/// Fees do not follow the load.
	pub FeeMultiplier: Multiplier = Multiplier::one();
	/// Most blocks in a session.
	pub const SessionPeriod: BlockNumber = SESSION_PERIOD;
	/// Blocks before the first regular session.
	pub const SessionOffset: BlockNumber = 0;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
	type AccountId = AccountId;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockHashCount = BlockHashCount;
	type BlockLength = RuntimeBlockLength;
	type BlockWeights = RuntimeBlockWeights;
	type DbWeight = ParityDbWeight;
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type SS58Prefix = SS58Prefix;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	type Version = Version;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Aura;
	type MinimumPeriod = HalfSlot<Runtime>;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Sessions;
	type NextSessionRotation = pallet_session::PeriodicSessions<SessionPeriod, SessionOffset>;
	type SessionManager = Sessions;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = ();
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = ConstU128<UNIT>;
}

impl crate::validators::Config for Runtime {
	type MaxValidators = ConstU32<MAX_AUTHORITIES>;
}

impl crate::slots::Config for Runtime {}

impl pallet_aura::Config for Runtime {
	type AuthorityId = AuraId;
	type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
	type DisabledValidators = ();
	type AllowMultipleBlocksPerSlot = ConstBool<false>;
	type SlotDuration = SlotDuration<Runtime>;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = ConstU64<0>;
	type KeyOwnerProof = sp_core::Void;
	type EquivocationReportSystem = ();
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
	type Balance = Balance;
	type DustRemoval = ();
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ()>;
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = IdentityFee<Balance>;
	type FeeMultiplierUpdate = ConstFeeMultiplier<FeeMultiplier>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	/// An expiry leaves both registrations, finality and the evidence their time.
	pub const MinExpiry: BlockNumber = 10;
	/// Value is not bound for longer than a month by an exchange that does not come about.
	pub const MaxExpiry: BlockNumber = 30 * 24 * 60 * MINUTES;
	/// Whoever has to end a contract last holds back the peer's sweeping for a day at most.
	pub const MaxSkew: BlockNumber = 24 * 60 * MINUTES;
	/// Finality here and there, evidence there and back, and as much again while a block counts as young.
	pub const MinNotice: BlockNumber = 24;
	/// A megabyte for a day.
	pub const StorageRent: Balance = UNIT / (24 * 60 * MINUTES as Balance);
	/// Registrations cost no more than their transactions and rent: what is exchanged here is worth nothing.
	pub const RegistrationFee: Balance = 0;
	/// By how many blocks a view advances for its own sake: as many as it holds. Root can change it.
	pub storage ViewStep: BlockNumber = 16;
	/// How often a chain tells a peer what that lacks, when nothing calls for it. Root can change it.
	pub storage GossipRate: Perquintill = Perquintill::from_percent(10);
	/// How long nothing moves after a verdict on a fork, so that people can look. Root can change it.
	pub storage Exposure: BlockNumber = 100;
	/// How long a contract stays that nobody needs: longer than that. Root can change it.
	pub storage Retention: BlockNumber = 120;
	/// A day, in which a chain that is given up could have been heard of. Root can change it.
	pub storage Silence: BlockNumber = 24 * 60 * MINUTES;
	/// A day to object to what root has announced. Root can change it.
	pub storage PolicyDelay: BlockNumber = 24 * 60 * MINUTES;
	/// Two weeks: shorter than validators' stakes are bound on chains where value lies. No dev chain is
	/// faster than the fastest of them, and a clock may be a minute ahead.
	pub const DefaultPolicy: Policy = Policy {
		trust_period: 14 * 24 * 60 * 60 * 1_000,
		max_drift: 60_000,
		least_block_time: LEAST_SLOT,
		slack: 60_000,
	};
	/// Makes the accounts of what is in contracts.
	pub const RibpId: PalletId = PalletId(*b"ribp/ctr");
}

impl pallet_ribp::Config for Runtime {
	type WeightInfo = pallet_ribp::weights::SubstrateWeight<Runtime>;
	type Value = AllKinds;
	type MaxItems = ConstU32<4>;
	type Currency = Balances;
	type PalletId = RibpId;
	type RegistrationFee = RegistrationFee;
	type FeeDestination = ();
	type StorageRent = StorageRent;
	type MaxEntries = ConstU32<10_000>;
	type Admit = ();
	type OnOutcome = ();
	type ManageOrigin = EnsureRoot<AccountId>;
	type MinExpiry = MinExpiry;
	type MaxExpiry = MaxExpiry;
	type MaxSkew = MaxSkew;
	type ViewStep = ViewStep;
	type MaxChanges = ConstU32<32>;
	type MaxEvidenceSize = ConstU32<{ 512 * 1024 }>;
	type MaxContracts = ConstU32<400>;
	type MinNotice = MinNotice;
	type MaxSweptPerBlock = ConstU32<100>;
	type Retention = Retention;
	type Silence = Silence;
	type ForkChoice = ();
	type Exposure = Exposure;
	type GossipRate = GossipRate;
	type DefaultPolicy = DefaultPolicy;
	type PolicyDelay = PolicyDelay;
	type Time = Timestamp;
	type Authorship = Authors;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::things::Things;
}
