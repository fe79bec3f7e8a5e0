//! Contracts with the peer, each between two accounts of its own, and what evidence shows of them.
//!
//! A leg is as large as it gets with so many items. Each counts among the open ones of an epoch of
//! the peer, of as many as they can expire in. When it ends, its epoch was swept: it is removed.

use super::peer::{know, Shown, KNOWN, PEER, PREFIX};
use crate::{
	contracts::{corridor::discharge, entry::Pair},
	evidence::{corridor_key, leg_key},
	Action, ActionOf, BenchmarkHelper, Commit, Config, Contract, ContractId, Corridor, Corridors,
	Entry, Epoch, EpochSet, Fact, Heard, Height, Lane, Leg, Legs, Log, LogHash, Outcome, Owed,
	Pallet, Registration, Reliance, Settlement, Stage, SystemId, Systems, Underway, EPOCH_BLOCKS,
	MAX_GAPS,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_benchmarking::v2::account;
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	Get,
};
use frame_system::BlockHash;
use ribp_protocol::Standing;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash, Zero};

/// Height at which contracts are registered: what takes its time has had it.
pub const NOW: Height = 1 << 24;

/// Another chain with which there are contracts, the last of all.
pub const NEIGHBOUR: SystemId = SystemId(H256::repeat_byte(0xfe));

/// What a contract is about: so many items of a kind, see [`BenchmarkHelper`].
#[derive(Clone, Copy)]
pub struct Goods {
	pub kind: u32,
	pub count: u32,
}

impl Goods {
	/// Amounts of the native token.
	pub const fn amounts(count: u32) -> Self {
		Self { kind: 0, count }
	}
}

/// An amount of the native token.
pub const ONE: Goods = Goods::amounts(1);

/// What becomes of a leg.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Due {
	/// It commits, although its payer wants the value back.
	Committed,
	/// It was committed, and settles.
	Settled,
	/// It was committed, and is reversed.
	Reversed,
	/// The same, by a fact that was shown before.
	Verdict,
	/// It expires.
	Expired,
	/// It has ended, and is removed.
	Removed,
}

impl Due {
	/// Where the leg stands before.
	fn before(self) -> Standing {
		let committed = Stage::Committed { at: NOW };
		match self {
			Self::Committed => Stage::Cancelling { since: 0 }.into(),
			Self::Settled | Self::Reversed => committed.into(),
			Self::Verdict => Standing { stage: committed, fact: Some(Fact::NotCommitted) },
			Self::Expired => Stage::Registered.into(),
			Self::Removed => Stage::Ended(Outcome::Settled).into(),
		}
	}

	/// Where evidence shows the peer's leg.
	fn shown(self) -> Stage {
		match self {
			Self::Committed => Stage::Registered,
			Self::Settled => Stage::Committed { at: 1 },
			_ => Stage::Cancelling { since: 1 },
		}
	}

	/// Height of the peer that is known when contracts are registered.
	fn known<T: Config>(self) -> Height {
		match self {
			Self::Committed => KNOWN,
			_ => KNOWN - T::MaxExpiry::get(),
		}
	}

	/// When the peer's leg expires: before the block of evidence, or after it if this one commits.
	fn peer_expiry<T: Config>(self, number: u32) -> Height {
		let epochs = T::MaxSkew::get() / EPOCH_BLOCKS;
		match self {
			Self::Committed => KNOWN + T::MaxExpiry::get(),
			_ => KNOWN - 1 - number % epochs.max(1) * EPOCH_BLOCKS,
		}
	}
}

/// When legs expire here.
fn expiry<T: Config>() -> Height {
	NOW + T::MaxExpiry::get()
}

/// The epoch in which they do.
pub fn epoch<T: Config>() -> Epoch {
	Epoch::of(expiry::<T>())
}

/// A block in which the legs may have been swept.
fn late<T: Config>() -> Height {
	expiry::<T>() + EPOCH_BLOCKS + T::Retention::get()
}

/// Begins the block `height`.
pub fn begin<T: Config>(height: Height) {
	BlockHash::<T>::insert(frame_system::pallet_prelude::BlockNumberFor::<T>::zero(), GENESIS);
	frame_system::Pallet::<T>::set_block_number(height.into());
	Pallet::<T>::endow();
}

const GENESIS: H256 = H256::repeat_byte(0xa1);

fn payer<T: Config>(number: u32) -> T::AccountId {
	account("payer", number, 0)
}

fn receiver<T: Config>(number: u32) -> T::AccountId {
	account("receiver", number, 0)
}

/// Takes all that somebody has. Who is paid without an account gets one, and that costs most.
pub fn bury<T>(who: &T::AccountId)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	T::Currency::set_balance(who, Zero::zero());
}

/// Keeps as much as there may be of the contracts with the peer, and the same of those with another
/// chain. Legs that expire here up to this epoch may be swept, and its sweeping has begun. One more
/// leg is there, and open.
pub fn fill_lane<T: Config>(sweeping: Epoch) {
	let swept = full(sweeping.next());
	let heard = Heard { through: swept.clone(), relied: Reliance { height: 1, since: 0 } };
	let mut lane = Corridors::<T>::get(PEER);
	lane.done = swept.up_to(sweeping);
	lane.said.swept = swept;
	(lane.entries, lane.open) = (lane.entries + 1, lane.open + 1);
	(lane.ripening, lane.heard) = (Some(heard.clone()), Some(heard));
	lane.underway = Some(Underway { epoch: sweeping, after: H256::zero() });
	Corridors::<T>::insert(PEER, &lane);
	Corridors::<T>::insert(NEIGHBOUR, lane);
	let neighbour = Systems::<T>::get(PEER).expect("the peer is known; qed");
	Systems::<T>::insert(NEIGHBOUR, neighbour);
}

/// An epoch before that of any leg here, with room below it for all that a set may leave out.
pub const PAST: Epoch = Epoch(2 * MAX_GAPS);

/// All epochs before this one, which is [`PAST`] or later, but for as many as can be left out.
fn full(below: Epoch) -> EpochSet {
	let gaps = (0..MAX_GAPS).map(|nth| Epoch(2 * nth));
	EpochSet::new(below, gaps.collect()).expect("they lie before it; qed")
}

/// Where the peer says something new of all contracts.
pub fn said<T: Config>() -> Shown {
	let said = Corridor { through: full(Epoch(u32::MAX)), swept: full(PAST) };
	let lane = Lane { said, ..Corridors::<T>::get(PEER) };
	(corridor_key(&PREFIX, Pallet::<T>::own_system()), lane.encode())
}

/// A contract about these that can be registered in the block [`NOW`].
pub fn agreed<T>(
	number: u32,
	goods: Goods,
	peer_expiry: Height,
) -> (T::AccountId, Contract, Log<ActionOf<T>>)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	let (from, to) = (payer::<T>(number), receiver::<T>(number));
	let mint = |who: &T::AccountId, amount| {
		T::Currency::mint_into(who, amount).expect("there is room for more; qed");
	};
	let least = T::Currency::minimum_balance();
	mint(&from, least + least);
	mint(&to, least);
	let first = number * T::MaxItems::get();
	let give = |item| T::BenchmarkHelper::give(goods.kind, first + item, &from, &to);
	let items = (0..goods.count).map(give).collect::<Vec<_>>();
	let items = items.try_into().expect("there are no more than MaxItems; qed");
	let own = Pallet::<T>::own_system();
	let action = Action::Transfer { from: from.clone(), to, items };
	let log = Log { system: own, action };
	let leg = |system, log, expiry| {
		let (notice, settlement) = (T::MaxExpiry::get(), Settlement::Early);
		Leg { system, log, expiry, notice, settlement }
	};
	let reference = BlakeTwo256::hash(&number.encode());
	let ours = leg(own, log.hash(), expiry::<T>());
	let contract = Contract::new(ours, leg(PEER, LogHash(reference), peer_expiry), reference);
	if let Some(rent) = Pallet::<T>::rent_of(&contract, goods.count) {
		mint(&from, rent);
	}
	(from, contract, log)
}

/// Registers a contract about these of which this is due, and returns its leg.
fn register<T>(number: u32, goods: Goods, due: Due) -> Entry<crate::StoredActionOf<T>>
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	let (who, contract, log) = agreed::<T>(number, goods, due.peer_expiry::<T>(number));
	let id = contract.id();
	let registration = Registration { contract, log, commit: Commit::OnMatch };
	Pallet::<T>::do_register(&who, vec![registration]).expect("the contract is a good one; qed");
	let pair = Pair::with::<T>(PEER);
	let entry = pair.find::<T>(&id).expect("it is registered; qed");
	let Standing { stage, fact } = due.before();
	let entry = Entry { stage, fact, relied: Some(Reliance { height: 1, since: NOW }), ..entry };
	if let (true, Some(terms)) = (stage.has_ended(), pair.terms(&entry.contract)) {
		Corridors::<T>::mutate(PEER, |lane| discharge::<T>(lane, &terms));
	}
	Legs::<T>::insert((PEER, epoch::<T>(), id.hash), &entry);
	entry
}

/// Contracts with the peer, each about these, of which this is due now, in order; and all that
/// evidence has to show.
pub fn due<T>(count: u32, goods: Goods, due: Due) -> (Vec<ContractId>, Vec<Shown>)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	begin::<T>(NOW);
	know::<T>(due.known::<T>());
	let legs: Vec<_> = (0..count).map(|number| register::<T>(number, goods, due)).collect();
	know::<T>(KNOWN);
	match due {
		Due::Committed => fill_lane::<T>(PAST),
		_ => {
			begin::<T>(late::<T>());
			fill_lane::<T>(epoch::<T>());
			(0..count).for_each(|number| {
				bury::<T>(&payer::<T>(number));
				bury::<T>(&receiver::<T>(number));
			});
		},
	}
	let own = Pallet::<T>::own_system();
	let mut ids: Vec<_> = legs.iter().map(|leg| leg.contract.id()).collect();
	ids.sort();
	let theirs = legs.into_iter().map(|leg| {
		let id = leg.contract.id();
		// It is as large as the own one.
		let leg = Entry { stage: due.shown(), fact: Some(Fact::Committed), ..leg };
		(leg_key(&PREFIX, own, id.epoch(PEER, own), id.hash), leg.encode())
	});
	(ids, theirs.chain([said::<T>()]).collect())
}

/// Whether that has become of all contracts.
pub fn has_become<T>(due: Due, ids: &[ContractId]) -> bool
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	let payee: Option<fn(u32) -> T::AccountId> = match due {
		Due::Committed | Due::Removed => None,
		Due::Settled => Some(receiver::<T>),
		Due::Reversed | Due::Verdict | Due::Expired => Some(payer::<T>),
	};
	let is_paid = |who: T::AccountId| !T::Currency::total_balance(&who).is_zero();
	let mut numbers = 0..ids.len() as u32;
	let pair = Pair::with::<T>(PEER);
	let stands = |id: &ContractId| match pair.find::<T>(id) {
		Some(entry) => due == Due::Committed && matches!(entry.stage, Stage::Committed { .. }),
		None => due != Due::Committed,
	};
	ids.iter().all(stands)
		&& payee.is_none_or(|payee| numbers.all(|number| is_paid(payee(number))))
		&& Owed::<T>::iter().next().is_none()
}
