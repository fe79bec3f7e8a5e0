//! What a transaction carries besides its call, and how the runtime itself makes one.

use frame_system::offchain::{
	CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase,
};
use sp_runtime::generic::Era;

use crate::{Runtime, RuntimeCall, UncheckedExtrinsic};

/// Checks around every transaction, in this order.
///
/// `AuthorizeCall` comes first: the others must already see the origin that it gives.
pub type TxExtension = Extension<Runtime>;

/// [`TxExtension`] of any runtime `T`.
pub type Extension<T> = (
	frame_system::AuthorizeCall<T>,
	frame_system::CheckNonZeroSender<T>,
	frame_system::CheckSpecVersion<T>,
	frame_system::CheckTxVersion<T>,
	frame_system::CheckGenesis<T>,
	frame_system::CheckEra<T>,
	frame_system::CheckNonce<T>,
	frame_system::CheckWeight<T>,
	pallet_transaction_payment::ChargeTransactionPayment<T>,
	frame_system::WeightReclaim<T>,
);

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

/// Authorized calls have no signer: nonce and tip are ignored for them, and the call's own
/// validity bounds its life, so the era is immortal.
impl<LocalCall> CreateAuthorizedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		(
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckEra::from(Era::Immortal),
			frame_system::CheckNonce::from(0),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::from(0),
			frame_system::WeightReclaim::new(),
		)
	}
}
