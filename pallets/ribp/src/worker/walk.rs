//! Which of many waiting legs a round looks at: as many as its share, however many wait.
//!
//! Legs are read by the epoch in which they expire here, where any is open, and each walk goes on where
//! the last one ended. Two walks share the work, so that what expires soon does not wait for what
//! does not: the near one goes round the epochs that end next, the far one round all others. What was
//! registered a short while ago is looked at besides ([`super::fresh`]).
//!
//! After `rounds_for` so many legs, each that was there at the first of these rounds has been looked at.

use super::survey::Wanted;
use crate::{Config, ContractId, Epoch, Height, Legs, OpenHere, SystemId};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::ops::RangeInclusive;
use sp_core::H256;

/// Legs and epochs that a round reads, unless most of them move.
pub(crate) const SHARE: u32 = 128;

/// Most that it reads at all.
const MOST: u32 = 1_024;

/// What is fresh takes one of so many parts at most, the far walk all but one of the rest, and the near one
/// what is left.
const PARTS: u32 = 4;

/// After how many rounds so many legs have been looked at that expire in so many epochs: all legs of
/// epochs in which any is open, of those that have ended, too.
#[cfg(test)]
pub(crate) fn rounds_for(legs: u32, epochs: u32) -> u32 {
	let least = SHARE - 2 * (SHARE / PARTS);
	legs.saturating_add(epochs).div_ceil(least).saturating_add(1)
}

/// Where a walk stands: behind this leg, or behind all of the epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
struct Place {
	epoch: Epoch,
	leg: Option<H256>,
}

/// How far the walks have come. Local to the node: a hint.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Trail {
	near: Option<Place>,
	far: Option<Place>,
	/// How often the share was doubled.
	doublings: u32,
}

impl Trail {
	/// How much the next round reads.
	pub fn share(&self) -> u32 {
		SHARE.checked_shl(self.doublings).unwrap_or(MOST).min(MOST)
	}

	/// How much of that may be fresh.
	pub fn fresh_share(&self) -> u32 {
		self.share() / PARTS
	}

	/// So many of what a round has looked at have moved: where most do, more is looked at.
	pub fn learn(&mut self, moved: u32) {
		let share = self.share();
		self.doublings = match moved.saturating_mul(2) >= share {
			true if share < MOST => self.doublings.saturating_add(1),
			true => self.doublings,
			false => 0,
		};
	}

	fn place(&mut self, way: Way) -> &mut Option<Place> {
		match way {
			Way::Near => &mut self.near,
			Way::Far => &mut self.far,
		}
	}
}

/// One of the two walks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
	Near,
	Far,
}

/// What the walks have read.
pub(crate) struct Walk<T: Config> {
	/// The legs, with where their walk stood before them.
	read: Vec<(Way, Option<Place>, Wanted<T>)>,
	/// Where they go on if all of it is looked at.
	next: Trail,
}

impl<T: Config> Walk<T> {
	/// Reads no more than a share of the legs with a system, when so much of the share is taken; the `near`
	/// epochs have their own walk.
	pub fn new(system: SystemId, trail: &Trail, near: RangeInclusive<Epoch>, taken: u32) -> Self {
		let part = trail.share() / PARTS;
		let left = trail.share().saturating_sub(taken);
		let mut walk = Self { read: Vec::new(), next: trail.clone() };
		let is_far = |epoch: &Epoch| !near.contains(epoch);
		let is_open = |epoch: &Epoch| OpenHere::<T>::contains_key(system, epoch);
		let is_far_and_open = |epoch: &Epoch| is_far(epoch) && is_open(epoch);
		let most = left.saturating_sub(part);
		let far = Lap::<T>::of(system, trail.far, most, is_far_and_open, |after: Option<Epoch>| {
			let after = after.map(|epoch| OpenHere::<T>::hashed_key_for(system, epoch));
			match after {
				Some(key) => OpenHere::<T>::iter_key_prefix_from(system, key),
				None => OpenHere::<T>::iter_key_prefix(system),
			}
			.filter(is_far)
		});
		let left = left.saturating_sub(far.count);
		walk.take(Way::Far, far);
		let (first, last) = (near.start().0, near.end().0);
		let mut soon: Vec<_> = (first..=last).map(Epoch).filter(is_open).collect();
		soon.sort_by_key(order);
		let is_soon = |epoch: &Epoch| soon.contains(epoch);
		let near = Lap::<T>::of(system, trail.near, left, is_soon, |after: Option<Epoch>| {
			let behind =
				move |epoch: &Epoch| after.is_none_or(|after| order(epoch) > order(&after));
			soon.clone().into_iter().filter(behind)
		});
		walk.take(Way::Near, near);
		walk
	}

	fn take(&mut self, way: Way, lap: Lap<T>) {
		*self.next.place(way) = lap.end;
		self.read.extend(lap.read.into_iter().map(|(before, leg)| (way, before, leg)));
	}

	/// The legs, those that expire next first.
	pub fn legs(&self) -> impl Iterator<Item = &Wanted<T>> {
		let of = |way: Way| self.read.iter().filter(move |(its, ..)| *its == way);
		of(Way::Near).chain(of(Way::Far)).map(|(_, _, leg)| leg)
	}

	/// Where the next walks go on if these legs were left out.
	pub fn trail_without(&self, left_out: &[ContractId]) -> Trail {
		let mut trail = self.next.clone();
		// The first of each walk counts.
		for (way, before, (id, _)) in self.read.iter().rev() {
			if left_out.contains(id) {
				*trail.place(*way) = *before;
			}
		}
		trail
	}
}

/// What one walk has read.
struct Lap<T: Config> {
	read: Vec<(Option<Place>, Wanted<T>)>,
	end: Option<Place>,
	/// How many legs and epochs.
	count: u32,
	most: u32,
}

impl<T: Config> Lap<T> {
	/// Goes on from a place, once round, until `most` is read. `epochs` are the open ones behind one, or
	/// all, in the order of their keys.
	fn of<I: Iterator<Item = Epoch>>(
		system: SystemId,
		from: Option<Place>,
		most: u32,
		is_open: impl Fn(&Epoch) -> bool,
		epochs: impl Fn(Option<Epoch>) -> I,
	) -> Self {
		let mut lap = Self { read: Vec::new(), end: from, count: 0, most };
		let place = from.filter(|place| is_open(&place.epoch));
		let resumed = place.filter(|place| place.leg.is_some());
		let begins = resumed.map(|place| (place.epoch, place.leg, None));
		let behind = epochs(from.map(|place| place.epoch)).map(|epoch| (epoch, None, None));
		let is_before = |epoch: &Epoch| from.is_some_and(|from| order(epoch) < order(&from.epoch));
		let before = epochs(None).take_while(is_before).map(|epoch| (epoch, None, None));
		let ends = place.map(|place| (place.epoch, None, place.leg));
		let round = begins.into_iter().chain(behind).chain(before).chain(ends);
		for (epoch, after, until) in round {
			if !lap.read_epoch(system, epoch, after, until) {
				break;
			}
		}
		lap
	}

	/// Reads the legs of an epoch, behind one and up to another. Returns whether there is room for more.
	fn read_epoch(
		&mut self,
		system: SystemId,
		epoch: Epoch,
		after: Option<H256>,
		until: Option<H256>,
	) -> bool {
		let mut rest = match after {
			Some(hash) => {
				let key = Legs::<T>::hashed_key_for((system, epoch, hash));
				Legs::<T>::iter_prefix_from((system, epoch), key)
			},
			None => Legs::<T>::iter_prefix((system, epoch)),
		};
		while self.count < self.most {
			self.count += 1;
			let Some((hash, entry)) = rest.next() else {
				self.end = Some(Place { epoch, leg: None });
				return self.count < self.most;
			};
			if until.is_some_and(|until| hash > until) {
				return false;
			}
			let before = self.end;
			self.end = Some(Place { epoch, leg: Some(hash) });
			self.read.push((before, (entry.contract.id(), entry)));
		}
		false
	}
}

/// Epochs are in the order of their keys.
fn order(epoch: &Epoch) -> Vec<u8> {
	epoch.encode()
}

/// The epochs that end next.
pub(crate) fn soonest(now: Height) -> RangeInclusive<Epoch> {
	Epoch::of(now)..=Epoch::of(now).next()
}

/// The epochs in which legs have expired last.
pub(super) fn latest(now: Height) -> RangeInclusive<Epoch> {
	Epoch(Epoch::of(now).0.saturating_sub(1))..=Epoch::of(now)
}
