//! What tools may ask a chain with pallet-ribp.
//!
//! Nothing here is needed by the protocol: chains prove their state to each other, they do not
//! take each other's word.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::vec::Vec;
use codec::Codec;
use pallet_ribp::{
	Contract, ContractId, ContractLog, Entry, Evidence, ForkReport, Header, Height, History, Known,
	LeastExpiry, ListDigest, ListedView, Log, LogHash, Overview, PendingPage, Place, Subtree,
	SystemId, TrustAnchor,
};
use sp_core::H256;

sp_api::decl_runtime_apis! {
	/// Queries about systems, views and contracts, and helpers to make calls.
	///
	/// `Action` is what a log of this chain does, `pallet_ribp::ActionOf`, and `StoredAction` the same as it is
	/// stored, `pallet_ribp::StoredActionOf`.
	pub trait RibpApi<Action, StoredAction, Balance>
	where
		Action: Codec,
		StoredAction: Codec,
		Balance: Codec,
	{
		/// This chain's name: its genesis hash. Meaningful from block 1 on.
		fn system_id() -> SystemId;

		/// What another chain's root passes to `register_system` to know this chain, from `header` on: that
		/// of the block that is asked. None for any other header. That the block is final, and that
		/// its voters sign for this set, is for a finality proof to show.
		fn trust_anchor(header: Header) -> Option<TrustAnchor>;

		/// This chain's own view, up to the parent of the block that is asked; none before block 1.
		fn own_view() -> Option<ListedView>;

		/// The hashes of this chain's blocks, as far as it takes to add more; none before block 1.
		fn own_history() -> Option<History>;

		/// The roots of perfect subtrees of the own history, of which nobody needs the blocks any more:
		/// of at least [`STORED_LEVEL`](pallet_ribp::STORED_LEVEL); none for a subtree that is not
		/// complete. Answers the first [`MAX_NODES`](pallet_ribp::MAX_NODES).
		fn history_nodes(subtrees: Vec<Subtree>) -> Vec<Option<H256>>;

		/// What this chain believes of another one's history; none if it does not know it.
		fn peer_view(system: SystemId) -> Option<ListedView>;

		/// This chain's view list in short, with which other chains compare theirs.
		fn list_digest() -> ListDigest;

		/// All that this chain knows of another one's history: what it takes to contradict it.
		fn known(system: SystemId) -> Option<Known>;

		/// The paper's check(log): the height at which this chain's log of a contract was committed, while
		/// what becomes of it is open.
		fn check(contract: ContractId) -> Option<Height>;

		/// What is known of a contract; none if it was never registered here, or is swept.
		fn contract(id: ContractId) -> Option<Entry<StoredAction>>;

		/// The name of a contract, the same on both chains.
		fn contract_id(contract: Contract) -> ContractId;

		/// The paper's contract log, as this chain has it; none if it has no part in the contract.
		fn contract_log(contract: Contract) -> Option<ContractLog>;

		/// The hashes of a log and of its reversal, in this order.
		fn log_hashes(log: Log<Action>) -> (LogHash, LogHash);

		/// What it would cost now to register a contract about so many items here, besides the
		/// transaction; none if it is with a chain that is not known.
		fn rent(contract: Contract, items: u32) -> Option<Balance>;

		/// The nearest expiries of contracts with another chain that are safe, as distances. Add `peer`
		/// to that chain's own best height: a chain can only refuse what is nearer than `peer` to the
		/// height that it knows.
		fn least_expiry(system: SystemId) -> LeastExpiry;

		/// A general extrinsic that submits evidence free of charge, for `author_submitExtrinsic`.
		fn evidence_extrinsic(
			system: SystemId,
			evidence: Evidence,
			contracts: Vec<ContractId>,
		) -> Vec<u8>;

		/// A general extrinsic that ends contracts with a chain by time alone, free of charge, for
		/// `author_submitExtrinsic`.
		fn conclude_extrinsic(peer: SystemId, contracts: Vec<ContractId>) -> Vec<u8>;

		/// A general extrinsic that reports a fork free of charge, for `author_submitExtrinsic`.
		fn fork_extrinsic(system: SystemId, report: ForkReport) -> Vec<u8>;
	}
	/// What a node asks its own chain, for those who run it.
	pub trait RibpOperatorApi {
		/// How the chain stands with all others.
		fn overview() -> Overview;

		/// Contracts with another chain that have not ended, and what they wait for: of the legs after this
		/// place, as many as are asked for, and no more than [`MAX_PAGE`](pallet_ribp::MAX_PAGE).
		fn pending(system: SystemId, after: Option<Place>, most: u32) -> PendingPage;
	}
}
