//! What the bridge pallets know of the other chain, which has the same runtime.

use super::desk::Note;
use super::runtime::{
	AccountId, Balance, BridgeGrandpa, Desk, Header, Runtime, RuntimeEvent, Signature,
};
use bp_header_chain::ChainWithGrandpa;
use bp_messages::{ChainWithMessages, HashedLaneId, LaneIdType, MessageNonce};
use bp_runtime::{Chain, ChainId};
use frame_support::{traits::ConstU32, weights::Weight};
use sp_core::H256;
use sp_runtime::{traits::BlakeTwo256, StateVersion};

/// Either of the two chains, as the other one's bridge pallets are told about it.
pub struct Twin;

impl Chain for Twin {
	const ID: ChainId = *b"twin";
	type BlockNumber = u32;
	type Hash = H256;
	type Hasher = BlakeTwo256;
	type Header = Header;
	type AccountId = AccountId;
	type Balance = Balance;
	type Nonce = u32;
	type Signature = Signature;
	const STATE_VERSION: StateVersion = StateVersion::V1;

	fn max_extrinsic_size() -> u32 {
		32 * 1024 * 1024
	}

	fn max_extrinsic_weight() -> Weight {
		Weight::MAX
	}
}

impl ChainWithGrandpa for Twin {
	const WITH_CHAIN_GRANDPA_PALLET_NAME: &'static str = "BridgeGrandpa";
	const MAX_AUTHORITIES_COUNT: u32 = 1_024;
	const REASONABLE_HEADERS_IN_JUSTIFICATION_ANCESTRY: u32 = 8;
	const MAX_MANDATORY_HEADER_SIZE: u32 = 64 * 1024;
	const AVERAGE_HEADER_SIZE: u32 = 512;
}

/// A whole batch fits into one proof, which is the best for the bridge.
impl ChainWithMessages for Twin {
	const WITH_CHAIN_MESSAGES_PALLET_NAME: &'static str = "BridgeMessages";
	const MAX_UNREWARDED_RELAYERS_IN_CONFIRMATION_TX: MessageNonce = 128;
	const MAX_UNCONFIRMED_MESSAGES_IN_CONFIRMATION_TX: MessageNonce = 4_096;
}

/// The only lane, which both chains use in both directions.
pub fn lane() -> HashedLaneId {
	HashedLaneId::try_new("alpha", "beta").expect("the two ends differ; qed")
}

impl pallet_bridge_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type BridgedChain = Twin;
	type MaxFreeHeadersPerBlock = ConstU32<4>;
	type FreeHeadersInterval = FreeHeadersInterval;
	type HeadersToKeep = ConstU32<1_024>;
	type WeightInfo = pallet_bridge_grandpa::weights::BridgeWeight<Runtime>;
}

frame_support::parameter_types! {
	/// No header is free: what relayers pay is not compared.
	pub const FreeHeadersInterval: Option<u32> = None;
}

/// Relayers are paid nothing, which is the cheapest for the bridge.
impl pallet_bridge_messages::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_bridge_messages::weights::BridgeWeight<Runtime>;
	type ThisChain = Twin;
	type BridgedChain = Twin;
	type BridgedHeaderChain = BridgeGrandpa;
	type OutboundPayload = Note<AccountId, Balance>;
	type InboundPayload = Note<AccountId, Balance>;
	type LaneId = HashedLaneId;
	type DeliveryPayments = ();
	type DeliveryConfirmationPayments = ();
	type OnMessagesDelivered = ();
	type MessageDispatch = Desk;
}
