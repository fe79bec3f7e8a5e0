//! What the pallet stores and takes, besides the protocol's own words.

use crate::{Config, Kind};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::fungible::Inspect, BoundedVec, WeakBoundedVec};
use ribp_light_client::{AuthorityId, AuthoritySet, Header, Justification};
use ribp_protocol::{
	Commit, Conditions, Contract, Corridor, Epoch, EpochSet, Fact, Height, History, LeastExpiry,
	Log, Notice, Own, Policy, Resolution, Stage, Time, View,
};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::traits::{BlakeTwo256, Hash};

/// Balance of the pallet's currency.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// What can be exchanged on this chain.
pub type ItemOf<T> = <<T as Config>::Value as Kind<<T as frame_system::Config>::AccountId>>::Item;

/// The action of a log on this chain.
pub type ActionOf<T> =
	Action<<T as frame_system::Config>::AccountId, BoundedVec<ItemOf<T>, <T as Config>::MaxItems>>;

/// What is owed on this chain.
pub type DebtOf<T> = Debt<<T as frame_system::Config>::AccountId, ItemOf<T>>;

/// The action of a log on this chain, as it is stored: it can be read, however many items one may have by
/// then.
pub type StoredActionOf<T> = Action<
	<T as frame_system::Config>::AccountId,
	WeakBoundedVec<ItemOf<T>, <T as Config>::MaxItems>,
>;

/// A leg on this chain.
pub type EntryOf<T> = Entry<StoredActionOf<T>>;

/// A leg of a contract, as the chain holds it.
///
/// Other chains read its stage, which comes first, by storage proof; the rest is the chain's own.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Entry<Action> {
	/// Where it stands.
	pub stage: Stage,
	/// What is known of the peer's leg, where the verdict has to wait.
	pub fact: Option<Fact>,
	/// Which block of the peer has moved it last, if one has.
	pub relied: Option<Reliance>,
	/// What was agreed.
	pub contract: Contract,
	/// What its log does.
	pub action: Action,
}

/// What a chain keeps of all its contracts with another one.
///
/// Other chains read what is said of them, which comes first, by storage proof.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Lane {
	/// What is said of them.
	pub said: Corridor,
	/// How many legs are stored.
	pub entries: u32,
	/// How many of them have not ended.
	pub open: u32,
	/// How many of them root has said how they end.
	pub announced: u32,
	/// What the peer says, and whether it has said so for long enough.
	pub ripening: Option<Heard>,
	/// What it has said before that.
	pub heard: Option<Heard>,
	/// Epochs of which the legs that expire here have been swept, if they had ended.
	pub done: EpochSet,
	/// How far another one is swept.
	pub underway: Option<Underway>,
}

/// How far the legs that expire in an epoch are swept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Underway {
	/// The epoch.
	pub epoch: Epoch,
	/// The last leg that was looked at.
	pub after: H256,
}

/// What the peer has said of the contracts with this chain.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Heard {
	/// See [`Corridor::through`].
	pub through: EpochSet,
	/// Where, and when.
	pub relied: Reliance,
}

/// How root wants a contract to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Announcement {
	/// How.
	pub resolution: Resolution,
	/// Own height at which it has said so.
	pub at: Height,
	/// The peer's height that was known.
	pub known: Height,
	/// The clock of notices, which runs while there is business.
	pub clock: Height,
}

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

/// An item of a contract that has ended, and that could not move then.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Debt<AccountId, Item> {
	/// What.
	pub item: Item,
	/// Whom it is for.
	pub to: AccountId,
	/// Whether that is its payer, who gets it back.
	pub is_payer: bool,
}

/// This chain's half of a contract, as its payer registers it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Registration<Action> {
	/// What was agreed.
	pub contract: Contract,
	/// The preimage of the own leg's `log`.
	pub log: Log<Action>,
	/// When it commits.
	pub commit: Commit,
}

/// From where on another chain is believed: from a header that root trusts, whose statement says the
/// rest.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct TrustAnchor {
	/// A final header of that chain.
	pub header: Header,
	/// The blocks before it; the header states their root.
	pub history: History,
	/// Id of the authority set that finalizes the blocks after it: the one that its voters sign.
	pub set_id: u64,
	/// Its authorities, with their weights.
	pub authorities: Vec<(AuthorityId, u64)>,
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
	/// Whether that is to end: no contract is registered any more.
	pub is_closing: bool,
	/// Who finalizes the blocks after the known head.
	pub set: AuthoritySet,
	/// Height after which `set` is in charge.
	pub set_since: Height,
	/// Where its state holds this pallet's items.
	pub storage_prefix: [u8; 16],
	/// The height from which on all of its contracts are in its state.
	pub complete_from: Height,
	/// Its finalized history.
	pub view: View,
	/// How many heads have been marked, besides the anchor.
	pub marks: u64,
	/// Own height at which `view` was last advanced, or the system registered.
	pub advanced_at: Height,
	/// How many own blocks the notices of contracts have run.
	pub clock: Height,
	/// Own height up to which they are counted.
	pub counted_to: Height,
	/// Own time at which that was.
	pub counted_at: Time,
	/// Own height from which on the present branch of its history is followed.
	pub branch_since: Height,
	/// Height up to which that branch is known to have the blocks of those that were followed before.
	pub branch_from: Height,
	/// By how much its blocks are ahead of the pace that the policy allows, in milliseconds.
	pub ahead: Time,
	/// Own time at which it was made known.
	pub known_since: Time,
	/// Own height before which nothing moves: after a verdict on a fork, people have that time to
	/// look.
	pub quiet_until: Height,
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

/// A final block of another chain, and what it states of the blocks before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Mark {
	/// Its height.
	pub number: Height,
	/// Its hash.
	pub hash: H256,
	/// The root of the history before it.
	pub root: H256,
	/// Its time.
	pub time: Time,
}

/// Authorities that were in charge of another chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PastSet {
	/// The hash of who they were, with their weights.
	pub authorities: H256,
	/// Height after which they were in charge.
	pub since: Height,
	/// Their last block, in which they hand over to the next set.
	pub end: Mark,
}

impl PastSet {
	/// What authorities are known by once they have been replaced.
	pub fn hash_of(authorities: &[(AuthorityId, u64)]) -> H256 {
		BlakeTwo256::hash_of(&authorities)
	}

	/// Whether these authorities are the ones that are remembered.
	pub(crate) fn is_of(&self, authorities: &[(AuthorityId, u64)]) -> bool {
		self.authorities == Self::hash_of(authorities)
	}
}

impl System {
	/// Height of the newest block that is known.
	pub fn known(&self) -> Height {
		self.view.number()
	}

	/// Height of the highest block of the followed branch that is as good as the one that a contract
	/// relies on.
	pub(crate) fn relied_height(&self, relied: Reliance) -> Height {
		match relied.is_on(self.branch()) {
			true => relied.height,
			false => self.branch_from,
		}
	}

	/// Since which own height the branch is followed, and up to which of its heights it is known to have the
	/// blocks of those that were followed before.
	pub(crate) fn branch(&self) -> (Height, Height) {
		(self.branch_since, self.branch_from)
	}

	/// The clock of notices, in own blocks. It runs while there is business, and the head advances.
	pub fn notice(&self) -> Notice {
		Notice(self.clock)
	}

	/// Whether root has stopped the business.
	pub(crate) fn is_paused(&self) -> bool {
		self.status == Status::Paused
	}

	/// The policy that is in force at this own height.
	pub fn policy_at(&self, Own(now): Own) -> &Policy {
		let announced = self.announced.as_ref().filter(|announced| announced.since <= now);
		announced.map_or(&self.policy, |announced| &announced.policy)
	}

	/// The newest block that is known.
	pub fn head(&self) -> Mark {
		let (moment, history) = (self.view.moment(), self.view.history());
		let (number, time) = (moment.number, moment.time);
		Mark { number, hash: self.view.head(), root: history.root(), time }
	}
}

/// A fork about which nothing is decided yet.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub struct OpenFork {
	/// Own height at which this chain learned of the last branch: the grace begins.
	pub opened: Height,
	/// Own time at which it learned of the first one.
	pub time: Time,
	/// The system's status before.
	pub before: Status,
	/// The branches besides the one that is followed, as far as they are proven.
	pub branches: BoundedVec<Branch, ConstU32<MAX_BRANCHES>>,
	/// How many own contracts rely on the branch that is followed, above all that it has in common with
	/// others.
	pub count: Count,
	/// Whether a witness is shown to be on two branches above the block at which they part. There is
	/// one more branch than is known, or a root that lies: only people decide.
	pub is_disputed: bool,
}

/// How far the own contracts are counted that rely on a branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub enum Count {
	/// Up to here.
	Underway {
		/// The last that was looked at.
		after: Option<(Epoch, H256)>,
		/// Those that do.
		contracts: u32,
	},
	/// All are.
	Complete {
		/// Those that do.
		contracts: u32,
	},
}

impl Default for Count {
	fn default() -> Self {
		Self::Underway { after: None, contracts: 0 }
	}
}

/// What a chain says of a forked one: how many of its contracts rely on the branch that it follows.
///
/// Other chains read it by storage proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Tally {
	/// The newest block of the branch that it knew when it counted.
	pub head: Mark,
	/// How many.
	pub contracts: u32,
}

/// What another chain has said of a forked one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Testimony {
	/// What it has counted.
	pub tally: Tally,
	/// The tip of the branch that it follows; none if it is the one that is followed here.
	pub backs: Option<H256>,
	/// Whether it counts: a head that is shown to be on two branches says nothing about either.
	pub counts: bool,
}

/// The most branches of a system that are open at a time, besides the one that is followed.
pub const MAX_BRANCHES: u32 = 4;

/// A branch that is proven and not followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Branch {
	/// Its highest block that is proven; the branch goes by its hash.
	pub tip: Mark,
	/// Where it is shown to be another one; none if that is known of its tip only.
	pub parting: Option<Parting>,
	/// Height of the highest block that is known of the followed branch and proven to be on this one,
	/// too; none if that cannot be told.
	pub common: Option<Height>,
	/// Id of the set that has signed its tip.
	pub set_id: u64,
}

/// A height at which two branches have different blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Parting {
	/// That height.
	pub height: Height,
	/// The hash that the branch has there.
	pub hash: H256,
	/// The hash that the branch had there which was followed when this one was reported.
	pub followed: H256,
}

/// What it takes to follow a branch from its tip on.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, MaxEncodedLen)]
pub struct BranchEnd {
	/// The view at its tip.
	pub view: View,
	/// Who finalizes it.
	pub set: AuthoritySet,
	/// Height after which they are in charge.
	pub set_since: Height,
	/// Who finalizes the blocks after it, if it hands over to others.
	pub next_set: Option<AuthoritySet>,
	/// See [`System::complete_from`].
	pub complete_from: Height,
	/// See [`System::ahead`].
	pub ahead: Time,
}

/// What proves that a branch is final; encoded, it is kept while the fork is open.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Proven {
	/// A header.
	pub header: Header,
	/// What finalizes it.
	pub justification: Justification,
	/// Who does.
	pub set: AuthoritySet,
}

/// What a chain knows of a history: Algorithm 1's list, with one root in place of all that is older.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ListedView {
	/// Height of the newest block.
	pub number: Height,
	/// The root of the tree over the hashes of all blocks up to that one.
	pub root: H256,
	/// The newest hashes, the oldest first.
	pub recent: Vec<H256>,
}

/// All that a chain knows of another one's history: what it takes to contradict it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Known {
	/// What it believes.
	pub system: System,
	/// Blocks that it remembers, the lowest first.
	pub marks: Vec<Mark>,
	/// Past authority sets that have a say, by their ids, the newest first.
	pub past_sets: Vec<(u64, PastSet)>,
	/// The other branches that are open.
	pub open: Vec<Branch>,
	/// The branches that have lost.
	pub refused: Vec<Branch>,
}

impl Known {
	/// The branches that are not followed, in the order in which a report says why its header is on
	/// none of them.
	pub fn branches(&self) -> impl Iterator<Item = &Branch> {
		self.open.iter().chain(&self.refused)
	}
}

/// Which block of its peer a contract was last moved by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
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
