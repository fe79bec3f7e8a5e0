//! One runtime for every RIBP dev chain.
//!
//! A standalone Aura and GRANDPA chain, with one-second blocks if its genesis says nothing else.
//! Chains of this runtime differ by their genesis only, see [`genesis`].

#![cfg_attr(not(feature = "std"), no_std)]
// `frame_support::runtime` and `impl_runtime_apis` make public items without documentation.
#![allow(missing_docs)]
// The metadata of all calls and events is one deep constant.
#![recursion_limit = "512"]

extern crate alloc;

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub mod apis;
pub mod authors;
pub mod configs;
pub mod genesis;
pub mod session;
pub mod slots;
mod things;
mod transaction;
pub mod validators;

pub use genesis::dev_seed;
pub use things::{AllKinds, Item};
pub use transaction::TxExtension;

/// The Wasm build of this runtime; absent in builds that skip it. Its path is generated beside it.
#[cfg(feature = "std")]
#[allow(dead_code)]
mod wasm {
	include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}
#[cfg(feature = "std")]
pub use wasm::WASM_BINARY;

/// Signature of a transaction.
pub type Signature = MultiSignature;
/// Account, named by a public key.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How a transaction names an account.
pub type Address = MultiAddress<AccountId, ()>;
/// Amount of the native token, in units of 10^-12.
pub type Balance = u128;
/// Height of this chain.
pub type BlockNumber = u32;
/// Hash of a block, a state or a piece of data.
pub type Hash = sp_core::H256;
/// Count of the transactions that an account has signed.
pub type Nonce = u32;
/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// Block of decoded extrinsics.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// Extrinsic whose signature has not been checked yet.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// Entry point of block execution.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

/// Types for a client that does not look into extrinsics and so survives runtime upgrades.
pub mod opaque {
	pub use super::Header;
	use sp_runtime::{generic, OpaqueExtrinsic};

	/// Block of encoded extrinsics.
	pub type Block = generic::Block<Header, OpaqueExtrinsic>;
}

impl_opaque_keys! {
	/// The keys with which a validator authors and finalizes.
	pub struct SessionKeys {
		/// Block production.
		pub aura: Aura,
		/// Finality.
		pub grandpa: Grandpa,
	}
}

/// One token.
pub const UNIT: Balance = 1_000_000_000_000;
/// Smallest balance that keeps an account alive.
pub const EXISTENTIAL_DEPOSIT: Balance = UNIT / 1_000;
/// Length of an Aura slot, and so the time between two blocks, of a chain whose genesis names none.
pub const MILLISECS_PER_BLOCK: u64 = 1_000;
/// Blocks in a minute of such a chain.
pub const MINUTES: BlockNumber = 60_000 / MILLISECS_PER_BLOCK as BlockNumber;

/// What nodes must agree on to run the same chain.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("ribp"),
	impl_name: Cow::Borrowed("ribp"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

#[frame_support::runtime]
mod runtime {
	/// The runtime of the RIBP dev chains.
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
	pub type Timestamp = pallet_timestamp;

	#[runtime::pallet_index(2)]
	pub type Session = pallet_session;

	#[runtime::pallet_index(3)]
	pub type Aura = pallet_aura;

	#[runtime::pallet_index(4)]
	pub type Grandpa = pallet_grandpa;

	#[runtime::pallet_index(5)]
	pub type Balances = pallet_balances;

	#[runtime::pallet_index(6)]
	pub type TransactionPayment = pallet_transaction_payment;

	#[runtime::pallet_index(7)]
	pub type Utility = pallet_utility;

	#[runtime::pallet_index(8)]
	pub type Sudo = pallet_sudo;

	#[runtime::pallet_index(9)]
	pub type Validators = crate::validators;

	#[runtime::pallet_index(10)]
	pub type Assets = pallet_assets;

	#[runtime::pallet_index(11)]
	pub type Nfts = pallet_nfts;

	#[runtime::pallet_index(12)]
	pub type Slots = crate::slots;

	#[runtime::pallet_index(20)]
	pub type Ribp = pallet_ribp;
}
