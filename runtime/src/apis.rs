//! What a node may ask the runtime.

use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	view_functions::{ViewFunctionDispatchError, ViewFunctionId},
	weights::Weight,
};
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_ribp::{
	ActionOf, Contract, ContractId, ContractLog, EntryOf, Evidence, ForkReport, Height, History,
	Known, LeastExpiry, ListDigest, ListedView, Log, LogHash, Overview, PendingPage, Place,
	StoredActionOf, Subtree, SystemId, TrustAnchor,
};
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_consensus_aura::{sr25519::AuthorityId as AuraId, SlotDuration};
use sp_consensus_grandpa::{
	AuthorityId as GrandpaId, AuthorityList, EquivocationProof, OpaqueKeyOwnershipProof, SetId,
};
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_genesis_builder::PresetId;
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, ExtrinsicInclusionMode,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;
#[cfg(feature = "runtime-benchmarks")]
use {
	crate::AllPalletsWithSystem,
	alloc::string::String,
	frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList},
	frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys},
};

use crate::{
	genesis, AccountId, Aura, Balance, Block, Executive, Grandpa, Hash, Header, InherentDataExt,
	Nonce, Ribp, Runtime, RuntimeCall, RuntimeGenesisConfig, SessionKeys, System,
	TransactionPayment, VERSION,
};

/// A transaction that the pallet itself authorizes, in SCALE.
fn general_extrinsic(call: pallet_ribp::Call<Runtime>) -> Vec<u8> {
	type Created = pallet_ribp::Call<Runtime>;
	<Runtime as CreateAuthorizedTransaction<Created>>::create_authorized_transaction(call.into())
		.encode()
}

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block)
		}

		fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: InherentData,
		) -> CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			transaction: <Block as BlockT>::Extrinsic,
			at: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, transaction, at)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
		fn slot_duration() -> SlotDuration {
			SlotDuration::from_millis(Aura::slot_duration())
		}

		fn authorities() -> Vec<AuraId> {
			pallet_aura::Authorities::<Runtime>::get().into_inner()
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(
			owner: Vec<u8>,
			seed: Option<Vec<u8>>,
		) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	/// Equivocations are not punished: the validators of a dev chain have nothing at stake.
	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> AuthorityList {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> SetId {
			pallet_grandpa::CurrentSetId::<Runtime>::get()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			_equivocation: EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
			_key_owner: OpaqueKeyOwnershipProof,
		) -> Option<()> {
			None
		}

		fn generate_key_ownership_proof(
			_set: SetId,
			_authority: GrandpaId,
		) -> Option<OpaqueKeyOwnershipProof> {
			None
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance>
		for Runtime
	{
		fn query_info(
			extrinsic: <Block as BlockT>::Extrinsic,
			length: u32,
		) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(extrinsic, length)
		}

		fn query_fee_details(
			extrinsic: <Block as BlockT>::Extrinsic,
			length: u32,
		) -> FeeDetails<Balance> {
			TransactionPayment::query_fee_details(extrinsic, length)
		}

		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl
		pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<
			Block,
			Balance,
			RuntimeCall,
		> for Runtime
	{
		fn query_call_info(call: RuntimeCall, length: u32) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, length)
		}

		fn query_call_fee_details(call: RuntimeCall, length: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, length)
		}

		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl ribp_runtime_api::RibpApi<Block, ActionOf<Runtime>, StoredActionOf<Runtime>, Balance> for Runtime {
		fn system_id() -> SystemId {
			Ribp::own_system()
		}

		fn trust_anchor(header: Header) -> Option<TrustAnchor> {
			let set_id = Grandpa::current_set_id();
			Ribp::trust_anchor(header, set_id, Grandpa::grandpa_authorities())
		}

		fn own_view() -> Option<ListedView> {
			Ribp::own_view()
		}

		fn own_history() -> Option<History> {
			pallet_ribp::OwnHistory::<Runtime>::get()
		}

		fn history_nodes(subtrees: Vec<Subtree>) -> Vec<Option<Hash>> {
			Ribp::history_nodes(subtrees)
		}

		fn peer_view(system: SystemId) -> Option<ListedView> {
			Ribp::peer_view(system)
		}

		fn list_digest() -> ListDigest {
			Ribp::list_digest()
		}

		fn known(system: SystemId) -> Option<Known> {
			Ribp::known(system)
		}

		fn check(contract: ContractId) -> Option<Height> {
			Ribp::check(contract)
		}

		fn contract(id: ContractId) -> Option<EntryOf<Runtime>> {
			Ribp::status(id)
		}

		fn contract_id(contract: Contract) -> ContractId {
			contract.id()
		}

		fn contract_log(contract: Contract) -> Option<ContractLog> {
			contract.terms(Ribp::own_system()).map(|terms| terms.log())
		}

		fn log_hashes(log: Log<ActionOf<Runtime>>) -> (LogHash, LogHash) {
			Ribp::log_hashes(&log)
		}

		fn rent(contract: Contract, items: u32) -> Option<Balance> {
			Ribp::rent_of(&contract, items)
		}

		fn least_expiry(system: SystemId) -> LeastExpiry {
			Ribp::least_expiry(system)
		}

		fn evidence_extrinsic(
			system: SystemId,
			evidence: Evidence,
			contracts: Vec<ContractId>,
		) -> Vec<u8> {
			let work = Ribp::work_of(system, &contracts);
			general_extrinsic(pallet_ribp::Call::submit_evidence {
				system,
				evidence,
				contracts,
				work,
			})
		}

		fn conclude_extrinsic(peer: SystemId, contracts: Vec<ContractId>) -> Vec<u8> {
			let work = Ribp::work_of(peer, &contracts);
			general_extrinsic(pallet_ribp::Call::conclude { peer, contracts, work })
		}

		fn fork_extrinsic(system: SystemId, report: ForkReport) -> Vec<u8> {
			general_extrinsic(pallet_ribp::Call::report_fork { system, report })
		}
	}

	impl ribp_runtime_api::RibpOperatorApi<Block> for Runtime {
		fn overview() -> Overview {
			Ribp::overview()
		}

		fn pending(system: SystemId, after: Option<Place>, most: u32) -> PendingPage {
			Ribp::pending(system, after, most)
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
			let mut list = Vec::new();
			frame_benchmarking::list_benchmark!(list, extra, pallet_ribp, Ribp);
			(list, AllPalletsWithSystem::storage_info())
		}

		fn dispatch_benchmark(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
			let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
			let mut batches = Vec::new();
			let params = (&config, &whitelist);
			frame_benchmarking::add_benchmark!(params, batches, pallet_ribp, Ribp);
			Ok(batches)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, genesis::get_preset)
		}

		fn preset_names() -> Vec<PresetId> {
			genesis::preset_names()
		}
	}
}
