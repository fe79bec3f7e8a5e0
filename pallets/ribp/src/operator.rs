//! What those who run a node want to know of its chain: how the business with each other chain stands,
//! and why a contract waits.
//!
//! Asked by nodes, never on chain. What one answer costs is bounded, however much waits.

use crate::{
	chains::{own::own_time, systems::ensure_active},
	contracts::entry::{Outlook, Pair},
	Config, ContractId, Corridors, EntryOf, Epoch, Fact, ForkChoice, Forks, Height, KeptPieces,
	Legs, OpenHere, Owed, Pallet, Reliance, Stage, Status, System, SystemId, Systems,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::traits::Get;
use ribp_protocol::{Own, Time};
use scale_info::TypeInfo;
use sp_core::H256;

/// Most legs that one answer looks at.
pub const MAX_PAGE: u32 = 1_000;

/// Owed items are counted up to so many.
pub const MAX_OWED: u32 = 1_000;

/// Epochs with open legs in which the nearest expiry is looked for.
const MAX_EPOCHS: usize = 10_000;

/// How a chain stands with all others.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Overview {
	/// This chain's name.
	pub system: SystemId,
	/// Its height.
	pub now: Height,
	/// Its time.
	pub time: Time,
	/// Items that could not move when their contracts ended, and that nobody has claimed; no more
	/// than [`MAX_OWED`].
	pub owed: u32,
	/// The other chains that it knows.
	pub peers: Vec<PeerOverview>,
}

/// How the business with another chain stands.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct PeerOverview {
	/// That chain's name.
	pub system: SystemId,
	/// Whether there is business with it.
	pub status: Status,
	/// Whether that is to end.
	pub is_closing: bool,
	/// Its newest block that is known.
	pub known: Height,
	/// The hash of that block.
	pub head: H256,
	/// What that block says of its time.
	pub time: Time,
	/// Own height at which it was learned.
	pub advanced_at: Height,
	/// Id of the authority set that finalizes the next blocks.
	pub set_id: u64,
	/// Own time after which nothing follows the known block any more.
	pub trusted_until: Time,
	/// Own height before which nothing moves: after a verdict on a fork.
	pub quiet_until: Height,
	/// Its fork, if one is open.
	pub fork: Option<ForkOverview>,
	/// Legs that are stored.
	pub entries: u32,
	/// Those of them that have not ended.
	pub open: u32,
	/// The nearest own expiry of those.
	pub nearest_expiry: Option<Height>,
	/// Pieces that nodes keep of what was proven of it.
	pub kept: u32,
}

/// A fork about which nothing is decided.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct ForkOverview {
	/// Own height at which the last branch was shown.
	pub opened: Height,
	/// Branches besides the one that is followed.
	pub branches: u32,
	/// Own height at which a branch is chosen without root; none if only root chooses.
	pub decided_at: Option<Height>,
}

/// Why a contract does not move.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode, TypeInfo)]
pub enum Waits {
	/// For root, who has stopped the business.
	Paused,
	/// For a verdict on the peer's fork.
	Forked,
	/// For the end of the time after such a verdict.
	CoolingDown,
	/// For a new trust anchor: nothing follows what is known of the peer.
	TrustExpired,
	/// For evidence that the peer's leg is registered.
	PeerRegistration,
	/// For evidence that the peer's leg is committed, or never will be.
	PeerCommitment,
	/// For its expiry, and the time in which a fork of the peer would be shown: the verdict is known.
	Verdict,
	/// For root, or an older block: the peer has forgotten its leg.
	Forgotten,
	/// For a message: time alone ends it.
	Conclusion,
}

/// A contract that has not ended.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct PendingContract {
	/// Its name.
	pub id: ContractId,
	/// Where the own leg stands.
	pub stage: Stage,
	/// What it waits for.
	pub waits: Waits,
	/// When the own leg expires.
	pub expiry: Height,
	/// When the peer's leg expires, there.
	pub peer_expiry: Height,
	/// Which block of the peer has moved it last, if one has.
	pub relied: Option<Reliance>,
}

/// Where a walk through the legs with a chain goes on.
pub type Place = (Epoch, H256);

/// Some contracts that have not ended.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, TypeInfo)]
pub struct PendingPage {
	/// Those.
	pub contracts: Vec<PendingContract>,
	/// Where the next page begins; none if this is the last one.
	pub next: Option<Place>,
}

impl<T: Config> Pallet<T> {
	/// How this chain stands with all others. Looks through all systems: not for use on chain.
	pub fn overview() -> Overview {
		let Own(now) = Self::now();
		Overview {
			system: Self::own_system(),
			now,
			time: own_time::<T>(),
			owed: Owed::<T>::iter_keys().take(MAX_OWED as usize).count() as u32,
			peers: Systems::<T>::iter()
				.map(|(system, record)| of_peer::<T>(system, record))
				.collect(),
		}
	}

	/// Contracts with a chain that have not ended, of the legs that come after this place: `most` of those, and
	/// no more than [`MAX_PAGE`].
	pub fn pending(system: SystemId, after: Option<Place>, most: u32) -> PendingPage {
		let Some(record) = Systems::<T>::get(system) else { return PendingPage::default() };
		let legs = match after {
			Some((epoch, id)) => {
				let key = Legs::<T>::hashed_key_for((system, epoch, id));
				Legs::<T>::iter_prefix_from((system,), key)
			},
			None => Legs::<T>::iter_prefix((system,)),
		};
		let most = most.min(MAX_PAGE) as usize;
		let page: Vec<_> = legs.take(most).collect();
		let next = page.last().filter(|_| page.len() == most).map(|(place, _)| *place);
		let outlook = Self::outlook(Pair::with::<T>(system), &record);
		let open = page.iter().filter(|(_, entry)| !entry.stage.has_ended());
		let contracts = open.filter_map(|(_, entry)| of_leg::<T>(&record, &outlook, entry));
		PendingPage { contracts: contracts.collect(), next }
	}
}

fn of_peer<T: Config>(system: SystemId, record: System) -> PeerOverview {
	let lane = Corridors::<T>::get(system);
	let head = record.head();
	PeerOverview {
		system,
		status: record.status,
		is_closing: record.is_closing,
		known: head.number,
		head: head.hash,
		time: head.time,
		advanced_at: record.advanced_at,
		set_id: record.set.set_id,
		trusted_until: trusted_until::<T>(&record),
		quiet_until: record.quiet_until,
		fork: of_fork::<T>(system),
		entries: lane.entries,
		open: lane.open,
		nearest_expiry: nearest_expiry::<T>(system),
		kept: KeptPieces::<T>::get(system).min(crate::worker::keep::RING),
	}
}

fn trusted_until<T: Config>(record: &System) -> Time {
	record.head().time.saturating_add(record.policy_at(Pallet::<T>::now()).trust_period)
}

fn of_fork<T: Config>(system: SystemId) -> Option<ForkOverview> {
	let open = Forks::<T>::get(system)?;
	let decided_at = match T::ForkChoice::get() {
		ForkChoice::MostReliedOn { grace, .. } => Some(open.opened.saturating_add(grace)),
		ForkChoice::ByGovernance => None,
	};
	Some(ForkOverview { opened: open.opened, branches: open.branches.len() as u32, decided_at })
}

fn nearest_expiry<T: Config>(system: SystemId) -> Option<Height> {
	let epochs = OpenHere::<T>::iter_prefix(system).take(MAX_EPOCHS);
	let (first, _) = epochs.filter(|(_, open)| *open > 0).min_by_key(|(epoch, _)| *epoch)?;
	let own = Pallet::<T>::own_system();
	let legs = Legs::<T>::iter_prefix_values((system, first)).take(MAX_PAGE as usize);
	let open = legs.filter(|entry| !entry.stage.has_ended());
	open.filter_map(|entry| entry.contract.terms(own)).map(|terms| terms.own.expiry).min()
}

fn of_leg<T: Config>(
	record: &System,
	outlook: &Outlook,
	entry: &EntryOf<T>,
) -> Option<PendingContract> {
	let terms = outlook.pair.terms(&entry.contract)?;
	Some(PendingContract {
		id: entry.contract.id(),
		stage: entry.stage,
		waits: waits::<T>(record, outlook, entry),
		expiry: terms.own.expiry,
		peer_expiry: terms.peer.expiry,
		relied: entry.relied,
	})
}

/// What a leg that has not ended waits for, first of all.
fn waits<T: Config>(record: &System, outlook: &Outlook, entry: &EntryOf<T>) -> Waits {
	let Own(now) = Pallet::<T>::now();
	if outlook.by_time::<T>(entry, Own(now.saturating_add(1))).is_some() {
		return Waits::Conclusion;
	}
	match record.status {
		Status::Paused => return Waits::Paused,
		Status::Forked => return Waits::Forked,
		Status::Active if ensure_active::<T>(record).is_err() => return Waits::CoolingDown,
		Status::Active => {},
	}
	if own_time::<T>() > trusted_until::<T>(record) {
		return Waits::TrustExpired;
	}
	match (entry.stage, outlook.fact(entry)) {
		(Stage::Registered | Stage::Cancelling { .. }, _) => Waits::PeerRegistration,
		(_, Some(Fact::Forgotten)) => Waits::Forgotten,
		(_, Some(Fact::Committed | Fact::NotCommitted)) => Waits::Verdict,
		(_, None) => Waits::PeerCommitment,
	}
}
