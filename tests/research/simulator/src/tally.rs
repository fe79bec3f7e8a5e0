//! What a network has done, counted.

use crate::list::Merged;
use ribp_protocol::{ContractId, Height, Outcome};
use std::collections::BTreeMap;

/// All that is counted, from the first block to the last; gaps only after the warm-up.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Tally {
	/// Blocks of all systems together.
	pub system_blocks: u64,
	/// What each system has sent.
	pub sent: Vec<Sent>,
	/// How far views were behind.
	pub gaps: Gaps,
	/// What became of views.
	pub merges: Merges,
	/// What became of tasks.
	pub tasks: Tasks,
	/// Messages that were lost.
	pub lost: u64,
	/// The most messages that were under way at the same time.
	pub most_under_way: u64,
	/// The most contracts that all systems together held after a block.
	pub most_contracts: u64,
}

/// What a system has sent.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sent {
	/// Requests about contracts: the paper's checks.
	pub checks: u64,
	/// Checks after which a contract committed, unlocked or reversed.
	pub useful_checks: u64,
	/// Contracts that checks were about.
	pub questions: u64,
	/// Bytes of its checks and answers.
	pub check_bytes: u64,
	/// Requests for missed hashes (section 4.3).
	pub catch_ups: u64,
	/// How often it told another system, by whatever messages.
	pub told: u64,
	/// How often it did because a contract had ended (section 4.2).
	pub after_end: u64,
	/// How often it did because its views had changed (section 4.2).
	pub relayed: u64,
	/// How often it did because the other was more than k blocks behind (section 4.3).
	pub urgent: u64,
	/// Messages of gossip: lists, views, digests and requests for either.
	pub messages: u64,
	/// Views in them.
	pub views: u64,
	/// Bytes of them.
	pub bytes: u64,
}

impl Sent {
	/// The sum over systems.
	pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
		all.into_iter().fold(Self::default(), |sum, one| Self {
			checks: sum.checks + one.checks,
			useful_checks: sum.useful_checks + one.useful_checks,
			questions: sum.questions + one.questions,
			check_bytes: sum.check_bytes + one.check_bytes,
			catch_ups: sum.catch_ups + one.catch_ups,
			told: sum.told + one.told,
			after_end: sum.after_end + one.after_end,
			relayed: sum.relayed + one.relayed,
			urgent: sum.urgent + one.urgent,
			messages: sum.messages + one.messages,
			views: sum.views + one.views,
			bytes: sum.bytes + one.bytes,
		})
	}
}

/// How far views were behind the chains that they are of: a count of views for each gap.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Gaps {
	counts: Vec<u64>,
}

impl Gaps {
	/// Counts a view that is so many blocks behind.
	pub fn count(&mut self, gap: Height) {
		let gap = gap as usize;
		if gap >= self.counts.len() {
			self.counts.resize(gap + 1, 0);
		}
		self.counts[gap] += 1;
	}

	/// Views that were counted.
	pub fn all(&self) -> u64 {
		self.counts.iter().sum()
	}

	/// The part of the views that were exactly so far behind.
	pub fn part(&self, gap: Height) -> f64 {
		let count = self.counts.get(gap as usize).copied().unwrap_or(0);
		count as f64 / self.all().max(1) as f64
	}

	/// The part of the views that were farther behind.
	pub fn part_above(&self, gap: Height) -> f64 {
		let above: u64 = self.counts.iter().skip(gap as usize + 1).sum();
		above as f64 / self.all().max(1) as f64
	}

	/// The average gap.
	pub fn mean(&self) -> f64 {
		let sum: u64 = self.numbered().map(|(gap, count)| gap * count).sum();
		sum as f64 / self.all().max(1) as f64
	}

	/// The variance of the gap.
	pub fn variance(&self) -> f64 {
		let squares: u64 = self.numbered().map(|(gap, count)| gap * gap * count).sum();
		squares as f64 / self.all().max(1) as f64 - self.mean().powi(2)
	}

	/// The least gap that no more than `part` of the views exceed.
	pub fn exceeded_by(&self, part: f64) -> Height {
		(0..self.greatest()).find(|gap| self.part_above(*gap) <= part).unwrap_or(self.greatest())
	}

	/// The greatest gap.
	pub fn greatest(&self) -> Height {
		self.counts.len().saturating_sub(1) as Height
	}

	fn numbered(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
		self.counts.iter().enumerate().map(|(gap, count)| (gap as u64, *count))
	}
}

/// How often `ViewList::merge` has said what.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Merges {
	/// The view was newer.
	pub extended: u64,
	/// It was known.
	pub same: u64,
	/// It was older.
	pub older: u64,
	/// It was more than k blocks ahead.
	pub gap: u64,
	/// It was of a fork.
	pub fork: u64,
	/// It was of no use, or could not be right.
	pub refused: u64,
}

impl Merges {
	/// Counts a verdict.
	pub fn count(&mut self, merged: &Merged) {
		*match merged {
			Merged::Extended => &mut self.extended,
			Merged::Same => &mut self.same,
			Merged::Older => &mut self.older,
			Merged::Gap { .. } => &mut self.gap,
			Merged::Fork { .. } => &mut self.fork,
			Merged::UnknownSystem | Merged::Refused(_) => &mut self.refused,
		} += 1;
	}

	/// All of them.
	pub fn all(&self) -> u64 {
		self.extended + self.same + self.older + self.gap + self.fork + self.refused
	}
}

/// What became of tasks.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Tasks {
	/// Tasks whose first half was registered.
	pub begun: u64,
	/// Both halves settled.
	pub settled: u64,
	/// Neither half has an effect.
	pub failed: u64,
	/// One half settled and the other did not: the promise is broken.
	pub broken: u64,
	/// Milliseconds from the first registration to the second settlement, over all settled tasks.
	pub settling_ms: u64,
	open: BTreeMap<ContractId, Open>,
}

/// A task that has not ended on both sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Open {
	begun_ms: u64,
	registered: u8,
	first_end: Option<Outcome>,
}

impl Tasks {
	/// A half was registered.
	pub(crate) fn register(&mut self, contract: ContractId, clock: u64) {
		let fresh = Open { begun_ms: clock, registered: 0, first_end: None };
		let open = self.open.entry(contract).or_insert(fresh);
		if open.registered == 0 {
			self.begun += 1;
		}
		open.registered += 1;
	}

	/// A half has ended. The other, if it is not registered by now, never will be: expiries are the
	/// same, and have passed.
	pub(crate) fn end(&mut self, contract: ContractId, outcome: Outcome, clock: u64) {
		let Some(mut open) = self.open.remove(&contract) else { return };
		let is_settled = |outcome| outcome == Outcome::Settled;
		match open.first_end {
			None if open.registered > 1 => {
				open.first_end = Some(outcome);
				self.open.insert(contract, open);
			},
			None => self.failed += 1,
			Some(first) => match (is_settled(first), is_settled(outcome)) {
				(true, true) => {
					self.settled += 1;
					self.settling_ms += clock - open.begun_ms;
				},
				(false, false) => self.failed += 1,
				_ => self.broken += 1,
			},
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn gaps_have_a_mean_a_variance_and_a_tail() {
		let mut gaps = Gaps::default();
		[0, 0, 1, 1, 1, 1, 2, 6].into_iter().for_each(|gap| gaps.count(gap));
		assert_eq!((gaps.all(), gaps.greatest()), (8, 6));
		assert_eq!(gaps.mean(), 1.5);
		assert_eq!(gaps.variance(), 3.25);
		assert_eq!((gaps.part(1), gaps.part(7)), (0.5, 0.0));
		assert_eq!((gaps.part_above(1), gaps.part_above(6)), (0.25, 0.0));
		assert_eq!((gaps.exceeded_by(0.2), gaps.exceeded_by(0.0)), (2, 6));
	}

	#[test]
	fn nothing_counted_is_no_gap() {
		let gaps = Gaps::default();
		assert_eq!((gaps.mean(), gaps.part_above(0), gaps.exceeded_by(0.0)), (0.0, 0.0, 0));
	}

	#[test]
	fn a_task_ends_with_its_second_half_and_one_alone_has_failed() {
		use Outcome::{Expired, Reversed, Settled};
		let mut tasks = Tasks::default();
		let pair = |byte: u8| ContractId {
			epochs: Default::default(),
			hash: sp_core::H256::repeat_byte(byte),
		};
		for (byte, halves) in [
			(1, &[Settled, Settled][..]),
			(2, &[Settled, Reversed]),
			(3, &[Reversed, Expired]),
			(4, &[Expired]),
		] {
			halves.iter().for_each(|_| tasks.register(pair(byte), 100));
			halves.iter().for_each(|outcome| tasks.end(pair(byte), *outcome, 350));
		}
		assert_eq!((tasks.begun, tasks.settled, tasks.failed, tasks.broken), (4, 1, 2, 1));
		assert_eq!((tasks.settling_ms, tasks.open.len()), (250, 0));
	}
}
