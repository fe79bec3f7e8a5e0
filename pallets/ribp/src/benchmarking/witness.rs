//! Witnesses of a fork, as many as are heard.

use super::{
	contract::{due, Due, Goods},
	fork::Tree,
	peer::{hash_at, Recipe, FIRST, PEER, PREFIX},
};
use crate::{
	chains::{
		own::own_time,
		witnesses::{Said, MAX_WITNESSES},
	},
	evidence::tally_key,
	Branch, Config, Count, Epoch, Evidence, ForkChoice, Forks, Height, Legs, Mark, OpenFork,
	Pallet, Policy, Status, System, SystemId, Systems, Tallies, Tally, Testimonies, Testimony,
};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_support::{
	traits::{fungible::Mutate, Get},
	BoundedVec,
};
use sp_core::H256;

/// Under which the benchmarks hear witnesses and decide, whatever the runtime does.
pub const RULE: ForkChoice = ForkChoice::MostReliedOn { grace: 0, most: 1 };
/// Another chain, of whose fork the peer is a witness.
pub const FORKED: SystemId = SystemId(H256::repeat_byte(0xf0));
/// The tip of its other branch.
pub const TIP: H256 = H256::repeat_byte(0xff);

/// A height that gives a history a subtree of nearly every size, and so the longest paths.
const HIGH: Height = Height::MAX - 1;

fn other(number: u32) -> SystemId {
	SystemId(hash_at(number))
}

fn tree() -> Tree {
	Tree::of(HIGH - FIRST, [hash_at(FIRST), TIP])
}

/// What the peer has counted: its head is of the other branch.
fn tally() -> Tally {
	let head = Mark { number: HIGH, hash: hash_at(HIGH), root: tree().root, time: 0 };
	Tally { head, contracts: 1 }
}

/// The path from that branch's tip to what the head states.
pub fn path() -> Vec<H256> {
	tree().path_of_second()
}

pub fn said(path: &[H256]) -> Said<'_> {
	Said { forked: FORKED, backs: Some(TIP), path }
}

/// Makes the peer old enough to be a witness.
pub fn trust<T: Config>() {
	Systems::<T>::mutate(PEER, |record| {
		let policy = record.as_mut().map(|record| &mut record.policy);
		let trusted = |policy: &mut Policy| policy.trust_period = own_time::<T>();
		policy.into_iter().for_each(trusted);
	});
}

/// A fork of the other chain, which is like the peer; nothing is counted.
pub fn fork<T: Config>() {
	let mut record = Systems::<T>::get(PEER).expect("the peer is known; qed");
	record.status = Status::Forked;
	Systems::<T>::insert(FORKED, record);
	let tip = Mark { number: FIRST + 1, hash: TIP, root: H256::zero(), time: 0 };
	let branch = Branch { tip, parting: None, common: None, set_id: 0 };
	let open = OpenFork {
		opened: Pallet::<T>::now().0,
		time: own_time::<T>(),
		before: Status::Active,
		branches: BoundedVec::truncate_from(vec![branch]),
		count: Count::default(),
		is_disputed: false,
	};
	Forks::<T>::insert(FORKED, open);
}

/// So many other chains are witnesses of a fork.
pub fn hear<T: Config>(forked: SystemId, count: u32, backs: Option<H256>) {
	let testimony = Testimony { tally: tally(), backs, counts: true };
	(0..count).for_each(|number| Testimonies::<T>::insert(forked, other(number), testimony));
}

/// As many as are heard; each is known as the peer is.
pub fn know_all<T: Config>() {
	let record = Systems::<T>::get(PEER).expect("the peer is known; qed");
	for number in 0..MAX_WITNESSES {
		let witness = System { status: Status::Active, ..record.clone() };
		Systems::<T>::insert(other(number), witness);
	}
}

/// The fork is counted, and room is left for one more branch.
pub fn count<T: Config>(forked: SystemId) {
	Tallies::<T>::insert(forked, tally());
	Forks::<T>::mutate(forked, |open| {
		let Some(open) = open else { return };
		open.count = Count::Complete { contracts: 1 };
		open.branches.remove(0);
	});
}

/// The peer is heard to stand on the other branch.
pub fn testify<T: Config>() {
	let testimony = Testimony { tally: tally(), backs: None, counts: true };
	Testimonies::<T>::insert(FORKED, PEER, testimony);
}

/// So many legs of contracts with the forked chain rely on the branch that is followed, each in an
/// epoch of its own. Some were counted before.
pub fn rely<T>(legs: u32)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	due::<T>(1, Goods::amounts(T::MaxItems::get()), Due::Settled);
	let leg = Legs::<T>::iter_prefix_values((PEER,)).next().expect("there is one; qed");
	for number in 1..=legs {
		Legs::<T>::insert((FORKED, Epoch(number), hash_at(number)), leg.clone());
	}
	let after = Some((Epoch(0), H256::zero()));
	Forks::<T>::mutate(FORKED, |open| {
		open.iter_mut().for_each(|open| open.count = Count::Underway { after, contracts: 0 });
	});
}

/// Evidence of what the peer has counted.
pub fn evidence<T: Config>(recipe: Recipe) -> Evidence {
	recipe.largest_evidence::<T>(vec![(tally_key(&PREFIX, FORKED), tally().encode())])
}
