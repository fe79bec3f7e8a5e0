//! A chain that follows another one: the pallet in a runtime that has little else.

use crate::chains::{set_of, Chain, CHAINS, CHANGE};
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{ConstU32, ConstU64, Time},
	PalletId,
};
use frame_system::{offchain, EnsureRoot, RawOrigin};
use pallet_ribp::{Evidence, Link, Policy, TrustAnchor};
use ribp_protocol::Height;
use sp_io::TestExternalities;
use sp_runtime::{
	generic,
	testing::UintAuthorityId,
	traits::{BlakeTwo256, Dispatchable},
	BuildStorage, Perquintill,
};

/// The blocks of the followed chain that the reader has been shown, one after the other.
pub const SHOWN: [Height; 5] = [2, 4, CHANGE, 10, 32];

type AccountId = u64;
type Header = generic::Header<u32, BlakeTwo256>;
type Block = generic::Block<Header, UncheckedExtrinsic>;
type Extension = (frame_system::AuthorizeCall<Reader>,);
type UncheckedExtrinsic =
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
	pub struct Reader;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;

	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;

	#[runtime::pallet_index(2)]
	pub type Ribp = pallet_ribp;
}

parameter_types! {
	/// Reports are about blocks, and not about when they were made.
	pub const Lax: Policy =
		Policy { trust_period: u64::MAX, max_drift: u64::MAX, least_block_time: 0, slack: 0 };
	pub const NoGossip: Perquintill = Perquintill::zero();
	pub const RibpId: PalletId = PalletId(*b"ribp/ctr");
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Reader {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Reader {
	type AccountStore = System;
}

/// A clock that stands still, after all that the followed chain has done.
pub struct Clock;

impl Time for Clock {
	type Moment = u64;

	fn now() -> u64 {
		1_000_000
	}
}

impl pallet_ribp::Config for Reader {
	type WeightInfo = ();
	type Value = pallet_ribp::Token<Reader>;
	type MaxItems = ConstU32<4>;
	type Currency = Balances;
	type PalletId = RibpId;
	type RegistrationFee = ConstU64<0>;
	type FeeDestination = ();
	type StorageRent = ConstU64<0>;
	type MaxEntries = ConstU32<100>;
	type Admit = ();
	type OnOutcome = ();
	type ManageOrigin = EnsureRoot<AccountId>;
	type MinExpiry = ConstU32<2>;
	type MaxExpiry = ConstU32<100>;
	type MaxSkew = ConstU32<100>;
	type ViewStep = ConstU32<1>;
	type MaxChanges = ConstU32<3>;
	type MaxEvidenceSize = ConstU32<{ 64 * 1024 }>;
	type MaxContracts = ConstU32<4>;
	type MinNotice = ConstU32<4>;
	type MaxSweptPerBlock = ConstU32<2>;
	type Retention = ConstU32<12>;
	type Silence = ConstU32<20>;
	type ForkChoice = ();
	type Exposure = ConstU32<10>;
	type GossipRate = NoGossip;
	type DefaultPolicy = Lax;
	type PolicyDelay = ConstU32<20>;
	type Time = Clock;
	type Authorship = ();
}

impl<C> offchain::CreateTransactionBase<C> for Reader
where
	RuntimeCall: From<C>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<C> offchain::CreateTransaction<C> for Reader
where
	RuntimeCall: From<C>,
{
	type Extension = Extension;

	fn create_transaction(call: RuntimeCall, extension: Extension) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_transaction(call, extension)
	}
}

impl<C> offchain::CreateAuthorizedTransaction<C> for Reader
where
	RuntimeCall: From<C>,
{
	fn create_extension() -> Extension {
		(frame_system::AuthorizeCall::new(),)
	}
}

/// The reader's state after it has been shown these blocks of the chain that is known.
pub fn world() -> TestExternalities {
	let storage = frame_system::GenesisConfig::<Reader>::default().build_storage();
	let mut world = TestExternalities::new(storage.expect("there is nothing to go wrong; qed"));
	world.execute_with(|| {
		let [ours, ..] = &*CHAINS;
		let system = ours.system;
		dispatch(
			RawOrigin::Root,
			pallet_ribp::Call::register_system { system, anchor: anchor(ours, SHOWN[0]) },
		);
		for (step, known) in SHOWN.windows(2).zip(2..) {
			System::set_block_number(known);
			let evidence = evidence(ours, step[0], step[1]);
			let (contracts, work) = (Vec::new(), 0);
			dispatch(
				RawOrigin::Signed(1),
				pallet_ribp::Call::submit_evidence { system, evidence, contracts, work },
			);
		}
	});
	world
}

fn dispatch(origin: RawOrigin<AccountId>, call: pallet_ribp::Call<Reader>) {
	assert_ok!(RuntimeCall::from(call).dispatch(origin.into()));
}

fn anchor(chain: &Chain, number: Height) -> TrustAnchor {
	let block = chain.block(number);
	let set = set_of(number + 1);
	TrustAnchor {
		header: block.header.clone(),
		history: block.history.clone(),
		set_id: set.set_id,
		authorities: set.authorities.to_vec(),
	}
}

fn evidence(chain: &Chain, known: Height, number: Height) -> Evidence {
	let block = chain.block(number);
	let justification = block.justification.clone();
	let link = Link::Above { justification, extension: chain.extension(known, number) };
	Evidence { header: block.header.clone(), link, proof: Vec::new() }
}
