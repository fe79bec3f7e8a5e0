//! # Reliable Inter-Blockchain Protocol
//!
//! Atomic exchange of value with other standalone chains: delivery on one, payment on the other,
//! without hub, bridge operator, relayer or hash-lock secret.
//!
//! Two users register the two halves of a [`Contract`] on their chains, with one signed extrinsic
//! each. The rest happens by itself: the offchain worker of each chain's nodes fetches
//! [`Evidence`] of the other chain, and the pallet commits, unlocks, reverses or expires.
//!
//! ## Goals
//!
//! - For every contract that both chains registered, both logs end committed and unlocked, or
//!   neither has an effect ([`ribp_protocol`] has the argument).
//! - No account is trusted with evidence: it proves itself, and whoever submits it changes nothing
//!   about what it says.
//! - Value is reserved with the payer, locked with the receiver, or free. It is never created,
//!   destroyed or held by a third account.
//!
//! ## A contract's life on one chain
//!
//! 1. [`Call::register`] holds the value with the payer ([`HoldReason::Reserved`]): items of any
//!    [`Kind`].
//! 2. Evidence that the peer holds the mirror, by `h1` at the latest, commits the log: the value
//!    moves to the receiver and is held there ([`HoldReason::Locked`]).
//! 3. Evidence that the peer's log stands releases the lock; evidence that it does not, once both
//!    expiries have passed, commits the reversal: the value moves back.
//! 4. A log that was not committed by `h1` expires: the hold is released, nobody is asked. Until it
//!    is committed, its payer may [`Call::cancel`].
//! 5. Positions stay as long as the peer may ask for them: until `h1` has passed, and evidence
//!    shows that the mirror has ended. Then the contract is forgotten, and the payer's deposit is
//!    returned.
//!
//! Chains watch each other meanwhile: their nodes tell each other of newer views, and of histories
//! that contradict each other ([`Config::GossipRate`]). A chain that has finalized two is halted
//! ([`Call::report_fork`]), until one branch is chosen ([`Config::ForkGrace`]).
//!
//! Value that is locked against a chain that has died is resolved by governance
//! ([`Call::force_resolve`]), never by a clock. Governance can also stop the business with one chain
//! ([`Call::pause`]).
//!
//! ## Invariants
//!
//! [`Pallet::do_try_state`] checks them: every held amount belongs to a waiting contract, the
//! positions are those of the contracts that wait or have ended, each has one log and one deposit,
//! and every contract that time alone ends or forgets is on the agenda.
//!
//! ## What a chain must provide
//!
//! `BlakeTwo256` hashes, 32-bit block numbers (both checked by `integrity_test` or the type
//! system), GRANDPA finality, and [`frame_system::AuthorizeCall`] first among its transaction
//! extensions.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod chains;
mod claim;
mod conditions;
mod contracts;
mod cost;
mod errors;
mod events;
mod evidence;
mod forks;
mod gossip;
mod integrity;
mod kinds;
mod pool;
mod storage;
mod systems;
mod try_state;
mod types;
mod value;
mod waiting;
pub mod weights;
mod worker;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use chains::own::{statement_of, system_of, MAX_NODES, STORED_LEVEL};
pub use gossip::ListDigest;
#[cfg(feature = "runtime-benchmarks")]
pub use kinds::BenchmarkHelper;
pub use kinds::{AssetAmount, Assets, Held, Kind, Nft, Nfts, Token};
pub use pallet::*;
pub use ribp_light_client::{Evidence, ForkProof, Lineage, Older};
pub use ribp_protocol::{
	Conditions, Contract, ContractId, ContractStatus, Ended as EndedContract, Gossip, Height,
	History, LeastExpiry, Log, LogHash, Outcome, Pace, Phase, Policy, Resolution, Settlement,
	Statement, Subtree, SystemId, View, Waiting as WaitingContract, ENGINE_ID,
};
pub use types::{
	Action, ActionOf, Announced, BalanceOf, BranchTip, Count, ItemOf, LogUse, OpenFork, PastSet,
	Registration, Reliance, Safety, Status, System, TrustAnchor, WaitingOf,
};
pub use weights::WeightInfo;
pub use worker::Authorship;

/// What [`kinds!`] needs of other crates.
#[doc(hidden)]
pub mod __private {
	pub use codec;
	pub use scale_info;
	pub use sp_runtime::{DispatchResult, TryRuntimeError};
}

use frame_support::pallet_macros::import_section;

#[import_section(errors::refusals)]
#[import_section(events::happenings)]
#[import_section(storage::items)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, Credit, Inspect, MutateHold},
			Consideration, Footprint, OnUnbalanced, Time,
		},
		Identity,
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use ribp_protocol::{Branch, CatchUp, Claim, Own, Refused, Tally};
	use sp_core::H256;
	use sp_runtime::{traits::BlakeTwo256, Perquintill};

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<Hash = H256, Hashing = BlakeTwo256>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// What is exchanged: made by [`kinds!`](crate::kinds), or one kind such as
		/// [`Token<Self>`](Token).
		type Value: Kind<Self::AccountId>;

		/// Greatest number of items that one log moves.
		#[pallet::constant]
		type MaxItems: Get<u32>;

		/// The native token: of fees and, where [`Token`] is among what is exchanged, of that.
		type Currency: Inspect<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ Balanced<Self::AccountId>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// What a payer leaves for the storage that a contract occupies, until it is forgotten.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// What a registration costs, besides the transaction; nobody gets it back.
		type RegistrationFee: Get<BalanceOf<Self>>;

		/// Where that goes. `()` burns it.
		type FeeDestination: OnUnbalanced<Credit<Self::AccountId, Self::Currency>>;

		/// Greatest number of contracts that wait for one other chain.
		#[pallet::constant]
		type MaxWaiting: Get<u32>;

		/// Greatest number of one payer's contracts that wait.
		#[pallet::constant]
		type MaxWaitingPerAccount: Get<u32>;

		/// Who says which chains are known, and from where on they are believed.
		type ManageOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Number of header hashes in this chain's own view, the paper's k. At most
		/// [`ribp_protocol::MAX_WINDOW`].
		#[pallet::constant]
		type Window: Get<u32>;

		/// Least distance of a contract's own expiry from its registration, in blocks.
		#[pallet::constant]
		type MinExpiry: Get<Height>;

		/// Greatest distance of either expiry from its chain's height, in blocks.
		#[pallet::constant]
		type MaxExpiry: Get<Height>;

		/// By how many blocks a view must advance to be worth a message that moves no contract; at
		/// most `MaxMissed`.
		#[pallet::constant]
		type ViewStep: Get<Height>;

		/// Greatest number of missed hashes in one message. Of more, pieces of exactly this size come
		/// one by one ([`Call::submit_missed`]).
		#[pallet::constant]
		type MaxMissed: Get<u32>;

		/// Number of past authority sets that are remembered of each system, so that old headers can
		/// still be judged.
		#[pallet::constant]
		type MaxPastSets: Get<u32>;

		/// Greatest SCALE size of one piece of evidence, in bytes.
		#[pallet::constant]
		type MaxEvidenceSize: Get<u32>;

		/// Greatest number of contracts that one piece of evidence moves, and greatest amount of work
		/// ([`Kind::work`]) that this takes.
		#[pallet::constant]
		type MaxContracts: Get<u32>;

		/// Greatest number of contracts that expire in one block; the others follow in the next.
		#[pallet::constant]
		type MaxExpiriesPerBlock: Get<u32>;

		/// Blocks from the proof of a fork until one branch is chosen: the time in which other chains
		/// learn of it, and tell what they have counted. In the first half it may still be shown to
		/// part lower.
		#[pallet::constant]
		type ForkGrace: Get<Height>;

		/// q': the probability with which a chain tells a peer, in a block in which nothing calls for
		/// it, what that peer's view list lacks.
		type GossipRate: Get<Perquintill>;

		/// Under which conditions another chain is believed, unless root says more of it
		/// ([`Call::set_policy`]).
		type DefaultPolicy: Get<Policy>;

		/// Blocks after which a policy that believes more is in force: time to object.
		#[pallet::constant]
		type PolicyDelay: Get<Height>;

		/// The chain's clock, in milliseconds since 1970. When a block begins, it shows its parent's time.
		type Time: Time;

		/// Whether a node has authored a block: then it asks the peers after it, and the others only
		/// step in when nothing moves. `()` lets every node ask after every block.
		type Authorship: Authorship;

		/// Makes what benchmarks exchange.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId, ItemOf<Self>>;
	}

	/// Why value is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// With the payer, from registration until the log is committed or expires.
		Reserved,
		/// With the receiver, from the commit until the contract terminates.
		Locked,
		/// With the payer, from registration until the contract is forgotten, where
		/// [`Config::Consideration`] is a hold for this reason.
		Deposit,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(number: BlockNumberFor<T>) -> Weight {
			let stated = chains::own::begin_block::<T>();
			Self::extend_own_view();
			let number = Self::height(number);
			let tended = Self::tend_forks(Own(number)).saturating_add(stated);
			Self::expire_contracts(number).saturating_add(tended)
		}

		fn offchain_worker(number: BlockNumberFor<T>) {
			Self::work(Self::height(number));
		}

		fn integrity_test() {
			Self::check_config();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes another chain known.
		///
		/// `anchor` is trusted as it stands: take it from a node of that chain which you run or
		/// trust, from its runtime API `RibpApi_trust_anchor`.
		///
		/// Refuses the own system, a known one, and invalid authorities.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_system(anchor.authorities.len() as u32))]
		pub fn register_system(
			origin: OriginFor<T>,
			system: SystemId,
			anchor: TrustAnchor,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_register_system(system, anchor)
		}

		/// Registers this chain's half of a contract and reserves what its log spends.
		///
		/// `log` is the preimage of `contract.log`; the signer must be its payer. The other party
		/// registers the mirror ([`Contract::mirror`]) on the peer.
		///
		/// Refuses an unknown, own or paused system, a contract or log that is already used, hashes
		/// that do not belong to the log, expiries that are too near or too far, a payer without the
		/// value, the deposit or the fee, or with too many waiting contracts, a peer that too many
		/// wait for, a receiver that does not exist, and what the kinds of the items refuse.
		#[pallet::call_index(1)]
		#[pallet::weight(cost::register::<T>(&log.action))]
		pub fn register(
			origin: OriginFor<T>,
			contract: Contract,
			log: Log<ActionOf<T>>,
			settlement: Settlement,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(who, contract, log, settlement)
		}

		/// Proves another chain's finalized state, and moves every named contract by it.
		///
		/// Anybody may submit it, and pays nothing if it is of use. The proof must show this
		/// chain's view, unless its header is known already, and exactly what the contracts need:
		/// the positions of the mirrors of registered ones, those of the peer's logs and reversals of
		/// committed ones, and that the mirrors of ended ones are not in the peer's waiting list.
		///
		/// Evidence that names no contract advances the view, by `ViewStep` at least, or follows a
		/// change of authorities; for the latter it needs no proof, so that a block whose state has
		/// been pruned will do. If more than `MaxMissed` hashes lie between the views, it brings
		/// none of them, and [`Call::submit_missed`] follows.
		///
		/// Refuses evidence of which any part is forged, superfluous or useless, as a whole; so it
		/// does if a named contract is forgotten, or its system paused, and if it takes more than `work`
		/// to move the value of the named contracts ([`Kind::work`]). Waiting ones that cannot commit
		/// any more, or whose value is jammed, are passed over if others move; and so are, in a message
		/// that the pool has taken, those that others have moved since.
		#[pallet::call_index(2)]
		#[pallet::weight(cost::Parts::of(evidence, contracts, *work).weight::<T>())]
		#[pallet::authorize(|source, system, evidence, contracts, work| {
			Pallet::<T>::authorize_evidence(source, *system, evidence, contracts, *work)
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn submit_evidence(
			origin: OriginFor<T>,
			system: SystemId,
			evidence: Evidence,
			contracts: Vec<ContractId>,
			work: u32,
		) -> DispatchResultWithPostInfo {
			let asker = Self::asker(origin)?;
			Self::do_submit_evidence(system, evidence, contracts, work, asker)?;
			Ok(Pays::No.into())
		}

		/// Takes back the value of a registered contract whose log is not committed.
		///
		/// The first to register gives no free option away. The other half then expires, or is
		/// reversed if the peer has committed its log already. The log can be used again, and the
		/// deposit is returned, once the expiry has passed. A contract that has expired already, but
		/// whose value could not be released then, ends by this as well.
		///
		/// Refuses anybody but the payer, a contract that does not wait for this peer, and a
		/// committed log.
		#[pallet::call_index(3)]
		#[pallet::weight(cost::cancel::<T>())]
		pub fn cancel(origin: OriginFor<T>, peer: SystemId, id: ContractId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel(who, peer, id)
		}

		/// Ends a waiting contract, or forgets an ended one, without evidence: the peer has died.
		///
		/// The promise is in the caller's hands: nothing makes the peer, should it live, end its
		/// half in the same way. A log that is not committed only frees its value.
		///
		/// Refuses a contract that does not wait for this peer; to forget one that has not ended,
		/// or whose own expiry has not passed.
		#[pallet::call_index(4)]
		#[pallet::weight(cost::force_resolve::<T>())]
		pub fn force_resolve(
			origin: OriginFor<T>,
			peer: SystemId,
			id: ContractId,
			resolution: Resolution,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_force_resolve(peer, id, resolution)
		}

		/// Believes a known chain from a new trust anchor on, and forgets its older history.
		///
		/// For a chain that can no longer be followed: it has changed its authorities by force, or
		/// nobody has the hashes any more that were missed. The anchor may lie below what was known, where
		/// keys that were stolen have led too far. Waiting contracts are judged by what follows.
		///
		/// Refuses an unknown system and invalid authorities.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::renew_system(
			anchor.authorities.len() as u32,
			T::MaxPastSets::get(),
		))]
		pub fn renew_system(
			origin: OriginFor<T>,
			system: SystemId,
			anchor: TrustAnchor,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_renew_system(system, anchor)
		}

		/// Stops the business with another chain: no contract with it is registered, and none is
		/// moved by its evidence. Contracts are cancelled and expire as before, and its view can
		/// be brought up. While a fork is open, it says that nothing begins again by itself once one
		/// branch is chosen.
		///
		/// Refuses an unknown system and a paused one.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::pause())]
		pub fn pause(origin: OriginFor<T>, system: SystemId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_pause(system)
		}

		/// Takes up the business with another chain again.
		///
		/// Refuses an unknown system and one that is not paused.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn resume(origin: OriginFor<T>, system: SystemId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_resume(system)
		}

		/// Brings hashes that were missed of a chain whose proven view is far ahead of the known
		/// one: the newest that are still missed, oldest first, `MaxMissed` of them or all.
		///
		/// Anybody may submit them, and pays nothing: they must fold from `below`, the accumulator
		/// of all that is older, to what is proven. The last piece makes the view believed, or shows
		/// that it is of a fork; then it is dropped.
		///
		/// Refuses an unknown system, one of which nothing is missed, any other number of hashes,
		/// and any other hashes.
		#[pallet::call_index(8)]
		#[pallet::weight(cost::submit_missed::<T>(hashes.len() as u32))]
		#[pallet::authorize(|source, system, below, hashes| {
			Pallet::<T>::authorize_missed(source, *system, *below, hashes)
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn submit_missed(
			origin: OriginFor<T>,
			system: SystemId,
			below: H256,
			hashes: Vec<H256>,
		) -> DispatchResultWithPostInfo {
			Self::asker(origin)?;
			Self::do_submit_missed(system, below, &hashes)?;
			Ok(Pays::No.into())
		}

		/// Proves that another chain has finalized two histories: this one, and the one that is
		/// followed. All business with it stops, and after `ForkGrace` blocks the branch that most
		/// contracts rely on is the chain.
		///
		/// Anybody may submit it, and pays nothing. `known` are hashes older than the known view's
		/// window, where the fork lies below it. In the first half of that time the same branch may be
		/// reported again to show that it parts lower, and once to show it further down.
		///
		/// Refuses an unknown system, a proof that contradicts nothing, a branch that has lost, a
		/// third one, what shows no more or comes too late, and evidence that is forged or larger
		/// than it may be.
		#[pallet::call_index(9)]
		#[pallet::weight(cost::Parts::of_fork(proof, known).weight::<T>())]
		#[pallet::authorize(|source, system, proof, known| {
			Pallet::<T>::authorize_fork(source, *system, proof, known)
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn report_fork(
			origin: OriginFor<T>,
			system: SystemId,
			proof: ForkProof,
			known: Older,
		) -> DispatchResultWithPostInfo {
			Self::asker(origin)?;
			Self::do_report_fork(system, proof, &known)?;
			Ok(Pays::No.into())
		}

		/// Proves what another chain, the witness, has counted of an open fork: it then counts here
		/// as well. The proof shows the witness's entry in `Tallies`, and its view as any evidence.
		///
		/// Refuses a witness with which there is no business, a system without an open fork, a tally
		/// of another fork, and one that is known.
		#[pallet::call_index(10)]
		#[pallet::weight(cost::Parts::of_tally(evidence).weight::<T>())]
		#[pallet::authorize(|source, witness, evidence, forked| {
			Pallet::<T>::authorize_tally(source, *witness, evidence, *forked)
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn report_tally(
			origin: OriginFor<T>,
			witness: SystemId,
			evidence: Evidence,
			forked: SystemId,
		) -> DispatchResultWithPostInfo {
			let asker = Self::asker(origin)?;
			Self::do_report_tally(witness, evidence, forked, asker)?;
			Ok(Pays::No.into())
		}

		/// Says under which conditions exchanges with another chain are safe: contracts whose expiries
		/// are nearer than [`Conditions::least_expiry`] are refused from now on. None takes that back.
		///
		/// Refuses an unknown system, conditions under which no expiry is safe, and those under which
		/// it is farther away than `MaxExpiry`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::set_conditions())]
		pub fn set_conditions(
			origin: OriginFor<T>,
			system: SystemId,
			conditions: Option<Conditions>,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_set_conditions(system, conditions)
		}

		/// Says for how long, and how fast, another chain is believed. What believes no more than the
		/// present policy is in force at once; anything else after `PolicyDelay` blocks. One that is
		/// announced and not in force yet is forgotten.
		///
		/// Refuses an unknown system.
		// It reads what `set_conditions` does, writes as much, and computes far less.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::set_conditions())]
		pub fn set_policy(
			origin: OriginFor<T>,
			system: SystemId,
			policy: Policy,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_set_policy(system, policy)
		}

		/// Registers this chain's halves of many contracts, all of the signer's, as [`Call::register`]
		/// does: all of them, or none.
		///
		/// Refuses more than `MaxContracts`, and what `register` refuses.
		#[pallet::call_index(12)]
		#[pallet::weight(cost::register_batch::<T>(registrations))]
		pub fn register_batch(
			origin: OriginFor<T>,
			registrations: Vec<Registration<ActionOf<T>>>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let is_few = registrations.len() <= T::MaxContracts::get() as usize;
			ensure!(is_few, Error::<T>::TooManyContracts);
			registrations.into_iter().try_for_each(|Registration { contract, log, settlement }| {
				Self::do_register(who.clone(), contract, log, settlement)
			})
		}
	}
}
