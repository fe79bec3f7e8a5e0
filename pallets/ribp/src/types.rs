//! What the pallet stores and takes, besides the protocol's own words.

use crate::{Config, Kind};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::fungible::Inspect, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use ribp_light_client::{AuthorityId, AuthoritySet};
use ribp_protocol::{
	Branch, Conditions, Contract, ContractId, Fork, Height, LeastExpiry, Log, Moment, Own, Policy,
	Settlement, Time, View, Waiting,
};
use scale_info::TypeInfo;

/// Balance of the pallet's currency.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// What can be exchanged on this chain.
pub type ItemOf<T> = <<T as Config>::Value as Kind<<T as frame_system::Config>::AccountId>>::Item;

/// The action of a log on this chain.
pub type ActionOf<T> =
	Action<<T as frame_system::Config>::AccountId, BoundedVec<ItemOf<T>, <T as Config>::MaxItems>>;

/// A waiting contract on this chain.
pub type WaitingOf<T> = Waiting<ActionOf<T>>;

/// What a log does.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Action<AccountId, Items> {
	/// Moves items from one account to another: all of them, or none.
	Transfer {
		/// Who pays, and signs the registration.
		from: AccountId,
		/// Who receives. The account must exist.
		to: AccountId,
		/// What: at least one item, of any kinds.
		items: Items,
	},
}

/// This chain's half of a contract, as its payer registers it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Registration<Action> {
	/// What was agreed.
	pub contract: Contract,
	/// The preimage of `contract.log`.
	pub log: Log<Action>,
	/// When the lock goes.
	pub settlement: Settlement,
}

/// Whose log it is, from the registration of its contract until that is forgotten.
#[derive(CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound)]
#[derive(Encode, Decode, TypeInfo, MaxEncodedLen)]
#[scale_info(skip_type_params(T))]
#[codec(mel_bound())]
pub struct LogUse<T: Config> {
	/// The contract that the log was registered with.
	pub contract: ContractId,
	/// Who has paid the deposit for what the contract occupies, and gets it back.
	pub depositor: T::AccountId,
	/// The deposit.
	pub deposit: T::Consideration,
}

/// From where on another chain is believed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct TrustAnchor {
	/// A block of that chain, after which the set is in charge.
	pub number: Height,
	/// Id of the authority set that finalizes the chain now.
	pub set_id: u64,
	/// Its authorities, with their weights.
	pub authorities: Vec<(AuthorityId, u64)>,
	/// Twox-128 of the name under which that chain's runtime has this pallet.
	pub storage_prefix: [u8; 16],
	/// The time of that block, in milliseconds since 1970.
	pub time: Time,
}

/// Whether there is business with another chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Status {
	/// Contracts with it are registered, and moved by its evidence.
	#[default]
	Active,
	/// None is, until governance resumes it. Its view goes on advancing; what needs no evidence
	/// goes on, too: contracts are cancelled and expire.
	Paused,
	/// As paused, until it is decided which of its histories remains.
	Forked,
}

/// Another chain, as far as this one knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct System {
	/// Whether there is business with it.
	pub status: Status,
	/// Who finalizes it now.
	pub set: AuthoritySet,
	/// Height after which `set` is in charge.
	pub set_since: Height,
	/// Where its state holds this pallet's items.
	pub storage_prefix: [u8; 16],
	/// Height from which on the first set was in charge. The history is known from there.
	pub anchor: Height,
	/// Its finalized history; none before the first evidence.
	pub view: Option<View>,
	/// Own height at which `view` was last advanced, or the system registered.
	pub advanced_at: Height,
	/// Own height from which on the present branch of its history is followed.
	pub branch_since: Height,
	/// The time that the newest header of `view` states, or that of the anchor.
	pub time: Time,
	/// For how long, and how fast, it is believed.
	pub policy: Policy,
	/// What root has announced to take the place of `policy`.
	pub announced: Option<Announced>,
}

/// A policy that believes more than the present one, and is in force after a while.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Announced {
	/// The policy.
	pub policy: Policy,
	/// Own height from which on it is in force.
	pub since: Height,
}

/// Authorities that were in charge of another chain.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub struct PastSet {
	/// Who they were.
	pub set: AuthoritySet,
	/// Height after which they were in charge, until the next set was.
	pub since: Height,
	/// The time at which the next set was in charge; none while there is no next one.
	pub until: Option<Time>,
}

impl System {
	/// Height up to which the chain's history is known, or from which on it can be.
	pub fn known(&self) -> Height {
		self.view.as_ref().map_or(self.anchor, |view| view.number)
	}

	/// The policy that is in force at this own height.
	pub fn policy_at(&self, Own(now): Own) -> &Policy {
		let announced = self.announced.as_ref().filter(|announced| announced.since <= now);
		announced.map_or(&self.policy, |announced| &announced.policy)
	}

	/// The newest block that is known, and its time.
	pub fn moment(&self) -> Moment {
		Moment { number: self.known(), time: self.time }
	}
}

/// A fork about which nothing is decided yet.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub struct OpenFork {
	/// Where the branches part.
	pub fork: Fork,
	/// The branch that this chain has followed.
	pub followed: Branch,
	/// The other one, as far as it is proven.
	pub other: BranchTip,
	/// How many own contracts rely on the followed branch.
	pub count: Count,
	/// The system's status before.
	pub before: Status,
	/// Whether the other branch is shown as far down as anybody has to: what may still lower the fork
	/// is hashes of the followed one.
	pub is_deep: bool,
}

/// A branch that is proven and not followed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub struct BranchTip {
	/// Its history.
	pub view: View,
	/// Who was in charge where it parts from the followed one.
	pub in_charge: PastSet,
	/// Who is in charge after its end, if others.
	pub next_set: Option<AuthoritySet>,
	/// What the header at its end says of its time.
	pub time: Time,
}

/// How far the own contracts are counted that rely on a branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub enum Count {
	/// Up to here.
	Underway {
		/// The last that was looked at.
		after: Option<ContractId>,
		/// Those that do.
		contracts: u64,
	},
	/// All are.
	Complete {
		/// Those that do.
		contracts: u64,
	},
}

impl Default for Count {
	fn default() -> Self {
		Self::Underway { after: None, contracts: 0 }
	}
}

/// Which block of its peer a contract was last moved by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub struct Reliance {
	/// That block's height.
	pub height: Height,
	/// Own height at which that was.
	pub since: Height,
}

/// When exchanges with another chain are safe.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub struct Safety {
	/// Of the two chains, and of those that tell of forks.
	pub conditions: Conditions,
	/// The nearest expiries under these.
	pub least: LeastExpiry,
}
