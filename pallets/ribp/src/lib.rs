//! # Reliable Inter-Blockchain Protocol
//!
//! Atomic exchange of value with other standalone chains: delivery on one, payment on the other,
//! without hub, bridge operator, relayer or hash-lock secret.
//!
//! Two users register a [`Contract`] on their two chains, with one signed extrinsic each. The rest
//! happens by itself: the offchain worker of each chain's nodes fetches [`Evidence`] of the other
//! chain, and the pallet commits, settles, reverses or expires.
//!
//! ## Goals
//!
//! - For every contract that both chains registered, both legs settle, or neither has an effect
//!   ([`ribp_protocol`] has the argument).
//! - No account is trusted with evidence: it proves itself, and whoever submits it changes nothing
//!   about what it says.
//! - Value that is in a contract is with the pallet's accounts, and in the end with the payer or the
//!   receiver. It is never created or destroyed, and neither party can hinder where it goes.
//!
//! ## A contract's life on one chain
//!
//! 1. [`Call::register`] takes the value from the payer: items of any [`Kind`]. Whoever answers a leg that is
//!    final commits at once ([`Commit::Now`]).
//! 2. Evidence that the peer has the same contract, by the own leg's expiry at the latest, commits this one:
//!    from now on the peer decides.
//! 3. Evidence that the peer's leg was committed in time gives the value to the receiver; evidence that it
//!    was not, and never will be, gives it back to the payer. At once, or after both expiries:
//!    [`Settlement`].
//! 4. A leg that is not committed expires with its time; until then its payer may [`Call::cancel`], which takes
//!    effect after its notice. [`Call::conclude`] says so to the chain, and anybody does.
//! 5. A leg that has ended stays as long as the peer may have to look at it: until the peer says that all
//!    contracts of its epoch have ended there ([`Corridor`]). Then it is swept.
//!
//! Chains watch each other meanwhile: their nodes tell each other of newer views, and of histories
//! that contradict each other ([`Config::GossipRate`]). A chain that has finalized two is halted
//! ([`Call::report_fork`]), until root chooses one branch ([`Call::choose_branch`]).
//!
//! What an end comes to never waits for value to move: what cannot, since an asset is frozen, say, is
//! owed to whom it is for, until somebody has it paid ([`Call::claim`]).
//!
//! Value that waits for a chain that has died is resolved by governance
//! ([`Call::force_resolve`]), never by a clock. Governance can also stop the business with one chain
//! ([`Call::pause`]), or let it come to an end ([`Call::close`]).
//!
//! ## Invariants
//!
//! [`Pallet::do_try_state`] checks them: what contracts have taken that have not ended, and what is owed, is
//! there, legs are where their contracts say, and as many are counted as there are.
//!
//! ## What a chain must provide
//!
//! The pallet is listed after that of the token, whose genesis would not count the pallet's account
//! otherwise. `BlakeTwo256` hashes, 32-bit block numbers (both checked by `integrity_test` or the type
//! system), GRANDPA finality, and [`frame_system::AuthorizeCall`] first among its transaction
//! extensions.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod calls;
mod chains;
mod conditions;
mod contracts;
mod cost;
mod errors;
mod events;
mod evidence;
mod gossip;
mod integrity;
mod kinds;
mod operator;
mod pool;
mod storage;
mod try_state;
mod types;
pub mod weights;
mod worker;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use chains::own::{statement_of, system_of, MAX_NODES, STORED_LEVEL};
pub use contracts::{Admit, OnOutcome};
pub use gossip::ListDigest;
#[cfg(feature = "runtime-benchmarks")]
pub use kinds::BenchmarkHelper;
pub use kinds::{AssetAmount, Assets, Kind, Nft, Nfts, Token};
pub use operator::{
	ForkOverview, Overview, PeerOverview, PendingContract, PendingPage, Place, Waits, MAX_OWED,
	MAX_PAGE,
};
pub use pallet::*;
pub use ribp_light_client::{Common, Difference, Evidence, ForkReport, Header, Link, Signers};
pub use ribp_protocol::{
	Commit, Conditions, Contract, ContractId, ContractLog, Corridor, Epoch, EpochSet, Fact,
	ForkChoice, Gossip, Height, History, LeastExpiry, Leg, Log, LogHash, Outcome, Pace, Policy,
	Resolution, Settlement, Stage, Statement, Subtree, SystemId, Terms, View, ENGINE_ID,
	EPOCH_BLOCKS, MAX_GAPS,
};
pub use types::{
	Action, ActionOf, Announced, Announcement, BalanceOf, Branch, BranchEnd, Count, Debt, DebtOf,
	Entry, EntryOf, Heard, ItemOf, Known, Lane, ListedView, Mark, OpenFork, Parting, PastSet,
	Proven, Registration, Reliance, Safety, Status, StoredActionOf, System, Tally, Testimony,
	TrustAnchor, Underway,
};
pub use weights::WeightInfo;
pub use worker::Authorship;

/// What [`kinds!`] needs of other crates.
#[doc(hidden)]
pub mod __private {
	pub use alloc::vec::Vec;
	pub use codec;
	pub use scale_info;
	pub use sp_runtime::{DispatchResult, TryRuntimeError};
}

use frame_support::pallet_macros::import_section;

#[import_section(calls::dispatchables)]
#[import_section(errors::refusals)]
#[import_section(events::happenings)]
#[import_section(storage::items)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{vec, vec::Vec};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, Credit, Inspect, Mutate},
			OnUnbalanced, Time,
		},
		DefaultNoBound, Identity, PalletId,
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use ribp_protocol::{MarkSlot, Own};
	use sp_core::H256;
	use sp_runtime::{traits::BlakeTwo256, Perquintill};

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<Hash = H256, Hashing = BlakeTwo256, RuntimeEvent: TryInto<Event<Self>>>
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
			+ Mutate<Self::AccountId>
			+ Balanced<Self::AccountId>;

		/// Makes the pallet's account, and those of contracts, which have what contracts have taken until
		/// it is given to somebody.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// What a registration costs at least, besides the transaction; nobody gets it back.
		type RegistrationFee: Get<BalanceOf<Self>>;

		/// What it costs more, for each mebibyte that it occupies and each block: a leg is paid for until it
		/// is swept. Fee and rent rise with how full the list is.
		type StorageRent: Get<BalanceOf<Self>>;

		/// Where that goes. `()` burns it.
		type FeeDestination: OnUnbalanced<Credit<Self::AccountId, Self::Currency>>;

		/// Greatest number of contracts with one other chain, with those that have ended and are not swept.
		#[pallet::constant]
		type MaxEntries: Get<u32>;

		/// May refuse registrations. `()` refuses none.
		type Admit: Admit<Self::AccountId, ItemOf<Self>>;

		/// Hears of outcomes.
		type OnOutcome: OnOutcome;

		/// Who says which chains are known, and from where on they are believed.
		type ManageOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Least distance of a contract's own expiry from its registration, in blocks.
		#[pallet::constant]
		type MinExpiry: Get<Height>;

		/// Shortest notice of a contract's own leg, in blocks: whoever cancels waits so long. Each time that
		/// a younger head of the peer is known, notices run by half of this at most.
		#[pallet::constant]
		type MinNotice: Get<Height>;

		/// Greatest distance of either expiry from its chain's height, and longest notice, in blocks.
		#[pallet::constant]
		type MaxExpiry: Get<Height>;

		/// By how many own blocks a contract's own expiry may be later, in time, than that of the peer; it
		/// may be earlier by twice as many, since heads lag. A leg that is open for longer than the peer's
		/// keeps the peer from sweeping what expires there in the same epoch.
		#[pallet::constant]
		type MaxSkew: Get<Height>;

		/// By how many blocks a view must advance to be worth a message that moves no contract.
		#[pallet::constant]
		type ViewStep: Get<Height>;

		/// Greatest number of changes of a chain's authorities that are followed in a trust period:
		/// until that is over, those who were in charge can still prove a fork, and are remembered.
		#[pallet::constant]
		type MaxChanges: Get<u32>;

		/// Greatest SCALE size of one piece of evidence, in bytes; a header and its votes may take half
		/// of it.
		#[pallet::constant]
		type MaxEvidenceSize: Get<u32>;

		/// Greatest number of contracts that one piece of evidence moves, and greatest amount of work
		/// ([`Kind::work`]) that this takes.
		#[pallet::constant]
		type MaxContracts: Get<u32>;

		/// Greatest number of contracts that are swept in one block; the others follow in the next.
		#[pallet::constant]
		type MaxSweptPerBlock: Get<u32>;

		/// Own blocks for which a contract stays that nobody needs any more, should the peer turn out to have
		/// another history; not fewer than `Exposure`.
		#[pallet::constant]
		type Retention: Get<Height>;

		/// Own blocks for which nothing must have been heard of a chain before root may end contracts with
		/// it ([`Call::force_resolve`]).
		#[pallet::constant]
		type Silence: Get<Height>;

		/// Who chooses among the branches of a forked chain.
		type ForkChoice: Get<ForkChoice>;

		/// Own blocks in which a fork has time to be exposed: before the verdict on a contract that settles at
		/// its expiry, from the proof on; and after a verdict on a fork, when nothing moves and people look.
		/// Conditions that ask for more are refused ([`Call::set_conditions`]).
		#[pallet::constant]
		type Exposure: Get<Height>;

		/// q': the probability with which a chain tells a peer, in a block in which nothing calls for
		/// it, what that peer's view list lacks.
		type GossipRate: Get<Perquintill>;

		/// Under which conditions another chain is believed, unless root says more of it
		/// ([`Call::set_policy`]).
		type DefaultPolicy: Get<Policy>;

		/// Blocks after which a policy that believes more is in force, and contracts may end as root has said:
		/// time to object.
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

	/// Gives the pallet's account the existential deposit.
	#[pallet::genesis_config]
	#[derive(DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		_config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::endow();
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(number: BlockNumberFor<T>) -> Weight {
			let stated = chains::own::begin_block::<T>();
			let tended = chains::witnesses::tend_forks::<T>();
			let swept = contracts::corridor::tend::<T>(Own(Self::height(number)));
			stated.saturating_add(tended).saturating_add(swept)
		}

		fn offchain_worker(number: BlockNumberFor<T>) {
			Self::work(Self::height(number));
		}

		/// The existential deposit may be a higher one, or the pallet a new one.
		fn on_runtime_upgrade() -> Weight {
			Self::endow();
			T::DbWeight::get().reads_writes(2, 2)
		}

		fn integrity_test() {
			Self::check_config();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
