//! How a round begins: whether there is anything to ask for, whether this node asks, and about which
//! contracts.

use super::{
	fresh::Fresh,
	memory::{Memory, MAX_PAUSE},
	report::{name_of, Report},
	survey::{Limits as SurveyLimits, Wanted},
	tally,
	turn::{Progress, Task},
	walk::{soonest, Trail, Walk},
	Round,
};
use crate::{
	chains::systems::ensure_active, contracts::entry::Pair, Config, ContractId, Corridors, Heard,
	Height, Lane, Pallet, Reliance, System, SystemId, Systems, Testimony,
};
use alloc::{string::String, vec::Vec};
use frame_support::traits::Get;
use ribp_peer::status::{RoundResult, Standing};
use ribp_protocol::{Epoch, EpochSet, Own};

/// What there may be to ask for, as far as can be told without looking at contracts.
struct Outset {
	record: System,
	lane: Lane,
	/// Why contracts do not move, whatever the peer says.
	stopped: Option<String>,
	forked: Option<SystemId>,
	doubted: Option<(SystemId, Testimony)>,
	hears: bool,
	/// Whether there is something that can wait.
	is_due: bool,
}

impl Outset {
	/// None if the system is not known.
	fn new<T: Config>(system: SystemId, now: Height) -> Option<Self> {
		let record = Systems::<T>::get(system)?;
		let lane = Corridors::<T>::get(system);
		let stopped = ensure_active::<T>(&record).err().map(|error| name_of::<T>(&error));
		// A view is brought up, and contracts are swept, when there is nothing better to do.
		let at_leisure = now.is_multiple_of(MAX_PAUSE);
		let next = Own(now.saturating_add(1));
		let hears = at_leisure && stopped.is_none() && hears::<T>(&lane, &record, next);
		let is_idle = now.saturating_sub(record.advanced_at) >= T::ViewStep::get();
		let forked = tally::wanted::<T>(system, &record, now);
		let doubted = tally::doubted::<T>(system, now);
		let is_due = (is_idle && at_leisure) || hears;
		Some(Self { record, lane, stopped, forked, doubted, hears, is_due })
	}

	/// Whether a fork is to be asked about.
	fn is_asked(&self) -> bool {
		self.forked.is_some() || self.doubted.is_some()
	}

	/// Whether there are contracts that could move.
	fn has_open(&self) -> bool {
		self.lane.open > 0 && self.stopped.is_none()
	}

	/// How far the chain has come with the system.
	fn progress(&self) -> Progress {
		Progress { advanced_at: self.record.advanced_at, set_since: self.record.set_since }
	}

	/// What a round comes to that has nothing to ask for.
	fn idle(&self) -> RoundResult {
		match self.stopped {
			Some(_) => RoundResult::Stopped,
			None => RoundResult::Idle,
		}
	}
}

/// Whether there are legs that have ended, and nothing that the peer has said of them waits for its time.
fn hears<T: Config>(lane: &Lane, record: &System, next: Own) -> bool {
	let relied = Reliance { height: Height::MAX, since: next.0 };
	let latest = Heard { through: EpochSet::before(Epoch(u32::MAX)), relied };
	lane.entries > lane.open && lane.is_news(&latest, record, T::Retention::get())
}

impl<T: Config> Round<T> {
	/// A round, if there is anything to ask for, and it is this node that asks. Contracts are looked at only
	/// then.
	pub(super) fn new(
		mut report: Report,
		(now, is_own_turn): (Height, bool),
		remembered: &mut Memory,
	) -> Result<Self, (Report, RoundResult)> {
		let system = report.system();
		let Some(outset) = Outset::new::<T>(system, now) else {
			return Err((report, RoundResult::Idle));
		};
		let (known, advanced_at) = (outset.record.known(), outset.record.advanced_at);
		remembered.advanced(advanced_at);
		report.known(known);
		report.knows(outset.lane.open, outset.stopped.clone());
		let (may_be_urgent, progress) = (outset.has_open() || outset.is_asked(), outset.progress());
		if !may_be_urgent {
			remembered.rests();
		}
		let mut acts = |task| remembered.acts(is_own_turn, task, progress, now);
		let acts_at_once = may_be_urgent && acts(Task::Urgent);
		let acts_at_leisure = outset.is_due && acts(Task::Leisurely);
		if !acts_at_once && !acts_at_leisure {
			let result = match may_be_urgent || outset.is_due {
				true => RoundResult::AnothersTurn,
				false => outset.idle(),
			};
			return Err((report, result));
		}
		let pair = Pair::with::<T>(system);
		let next = Own(now.saturating_add(1));
		let (wanted, walk) = match outset.has_open() {
			true => Self::wanted(pair, &outset.record, next, &remembered.trail),
			false => (Vec::new(), None),
		};
		report.contracts = wanted.len() as u32;
		if wanted.is_empty() && !outset.is_asked() {
			remembered.rests();
			if !acts_at_leisure {
				// What cannot move had its turn.
				let next = walk.map(|walk| walk.trail_without(&[]));
				remembered.trail = next.unwrap_or_else(|| remembered.trail.clone());
				return Err((report, outset.idle()));
			}
		}
		let limits = SurveyLimits::new(T::MaxContracts::get(), remembered);
		let Outset { record, forked, doubted, hears, .. } = outset;
		Ok(Self {
			system,
			pair,
			record,
			next,
			forked,
			doubted,
			wanted,
			walk,
			hears,
			limits,
			report,
		})
	}

	/// Contracts that evidence could move, among those that a round looks at, and where the next round goes
	/// on.
	fn wanted(
		pair: Pair,
		record: &System,
		next: Own,
		trail: &Trail,
	) -> (Vec<Wanted<T>>, Option<Walk<T>>) {
		let now = next.0.saturating_sub(1);
		let outlook = Pallet::<T>::outlook(pair, record);
		let could_move = |(_, entry): &Wanted<T>| outlook.could_move::<T>(entry, next);
		let fresh = Fresh::next::<T>(pair, trail.fresh_share(), now, could_move);
		let walk = Walk::<T>::new(pair.peer, trail, soonest(now), fresh.len() as u32);
		let is_fresh = |id: &ContractId| fresh.iter().any(|(fresh, _)| fresh == id);
		let others = walk.legs().filter(|leg| could_move(leg) && !is_fresh(&leg.0));
		// What is fresh comes last: it must not keep others from their turn by being many.
		let wanted: Vec<_> = others.cloned().chain(fresh.iter().cloned()).collect();
		(wanted, Some(walk))
	}

	/// Tells the same of all contracts of which nothing is told yet.
	pub(super) fn wait_for(&self, standing: Standing) {
		let all = self.wanted.iter().map(|(id, entry)| (*id, self.expiry(entry)));
		self.report.wait_all(all, standing);
	}

	/// The names of the contracts that were looked at, if they are so many, and of the others.
	pub(super) fn split(&self, looked_at: usize) -> (Vec<ContractId>, Vec<ContractId>) {
		let mut ids: Vec<_> = self.wanted.iter().map(|(id, _)| *id).collect();
		let left = ids.split_off(looked_at.min(ids.len()));
		(ids, left)
	}

	/// Where the next round goes on, after so many contracts were looked at and so many move.
	pub(super) fn next_trail(&self, remembered: &Memory, looked_at: usize, moved: u32) -> Trail {
		let Some(walk) = &self.walk else { return remembered.trail.clone() };
		let (_, left) = self.split(looked_at);
		let mut trail = walk.trail_without(&left);
		trail.learn(moved);
		trail
	}
}
