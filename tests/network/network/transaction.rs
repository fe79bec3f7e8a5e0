//! What is put into blocks.

use super::keys::{account, sign, User};
use codec::{Decode, Encode};
use frame_system::{
	AuthorizeCall, CheckEra, CheckGenesis, CheckNonZeroSender, CheckNonce, CheckSpecVersion,
	CheckTxVersion, CheckWeight, WeightReclaim,
};
use pallet_ribp::{Call, ContractId, Evidence, ForkReport, SystemId};
use pallet_transaction_payment::ChargeTransactionPayment;
use ribp_runtime::{
	Address, Block, Nonce, Ribp, Runtime, RuntimeCall, System, TxExtension, UncheckedExtrinsic,
};
use ribp_runtime_api::runtime_decl_for_ribp_api::RibpApi;
use sp_runtime::generic::{Era, SignedPayload};

/// A transaction on its way into a block.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "there are a few at a time")]
pub enum Transaction {
	/// A call that its sender signs, and pays for, when the block is made.
	Signed(User, RuntimeCall),
	/// Evidence that authorizes itself.
	General(Box<UncheckedExtrinsic>),
}

impl Transaction {
	/// Evidence as nodes submit it: the bytes of the runtime's own helper. Asks the runtime.
	pub fn of_evidence(system: SystemId, evidence: Evidence, contracts: &[ContractId]) -> Self {
		let contracts = contracts.to_vec();
		Self::made(<Runtime as RibpApi<Block, _, _, _>>::evidence_extrinsic(
			system, evidence, contracts,
		))
	}

	/// The report of a fork, as nodes submit it. Asks the runtime.
	pub fn of_report(system: SystemId, report: ForkReport) -> Self {
		Self::made(<Runtime as RibpApi<Block, _, _, _>>::fork_extrinsic(system, report))
	}

	/// That contracts end by time alone, as nodes submit it. Asks the runtime.
	pub fn of_conclusion(peer: SystemId, contracts: Vec<ContractId>) -> Self {
		Self::made(<Runtime as RibpApi<Block, _, _, _>>::conclude_extrinsic(peer, contracts))
	}

	fn made(bytes: Vec<u8>) -> Self {
		let extrinsic = UncheckedExtrinsic::decode(&mut &bytes[..]);
		let extrinsic = extrinsic.expect("the runtime makes extrinsics that it can read; qed");
		Self::General(Box::new(extrinsic))
	}

	/// Whether somebody signs it, and so may sign it again.
	pub fn is_signed(&self) -> bool {
		matches!(self, Self::Signed(..))
	}

	/// Whether it is a plain transfer.
	pub fn is_spending(&self) -> bool {
		matches!(self, Self::Signed(_, RuntimeCall::Balances(_)))
	}

	/// What it says about contracts.
	pub fn subject(&self) -> Subject<'_> {
		let call = match self {
			Self::Signed(_, call) => call,
			Self::General(extrinsic) => &extrinsic.function,
		};
		match call {
			RuntimeCall::Ribp(Call::submit_evidence { evidence, .. }) => {
				Subject::Evidence(evidence)
			},
			RuntimeCall::Ribp(Call::conclude { contracts, .. }) => Subject::Conclusion(contracts),
			_ => Subject::Other,
		}
	}

	/// The extrinsic. Asks the runtime for the sender's nonce and the genesis hash.
	pub fn extrinsic(self) -> UncheckedExtrinsic {
		match self {
			Self::General(extrinsic) => *extrinsic,
			Self::Signed(user, call) => {
				let nonce = System::account_nonce(account(user));
				let payload = SignedPayload::new(call, extension(nonce))
					.expect("the implicit data are at hand; qed");
				let signature = payload.using_encoded(|bytes| sign(user, bytes));
				let (call, extension, _) = payload.deconstruct();
				let from = Address::Id(account(user));
				UncheckedExtrinsic::new_signed(call, from, signature, extension)
			},
		}
	}
}

/// What a transaction says about contracts.
pub enum Subject<'a> {
	/// What the other chain has come to.
	Evidence(&'a Evidence),
	/// That these end by time.
	Conclusion(&'a [ContractId]),
	/// Nothing that others could say as well.
	Other,
}

/// The call that ends contracts by time. Asks the runtime.
pub fn conclusion(peer: SystemId, contracts: Vec<ContractId>) -> Call<Runtime> {
	let work = Ribp::work_of(peer, &contracts);
	Call::conclude { peer, contracts, work }
}

/// What an ordinary signed transaction carries besides its call.
fn extension(nonce: Nonce) -> TxExtension {
	(
		AuthorizeCall::new(),
		CheckNonZeroSender::new(),
		CheckSpecVersion::new(),
		CheckTxVersion::new(),
		CheckGenesis::new(),
		CheckEra::from(Era::Immortal),
		CheckNonce::from(nonce),
		CheckWeight::new(),
		ChargeTransactionPayment::from(0),
		WeightReclaim::new(),
	)
}
