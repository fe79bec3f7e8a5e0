//! What many runs came to.

use super::{transport::Transported, Side};
use pallet_ribp::Outcome;
use serde::Serialize;
use std::{collections::BTreeMap, ops::AddAssign};

/// How often something with a name happened.
pub type Counts = BTreeMap<String, u64>;

/// Numbers of one run, or of many.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Tally {
	/// Blocks that were made, on both chains; abandoned ones, too.
	pub blocks: u64,
	/// Blocks that were abandoned for others.
	pub abandoned: u64,
	/// Exchanges that were agreed on.
	pub exchanges: u64,
	/// How the two halves of exchanges ended, on alpha and on beta: `Settled/Settled`, and so on; a
	/// half that was not registered is `-`.
	pub outcomes: Counts,
	/// The same for the half on the living chain, where the other chain died.
	pub widowed: Counts,
	/// Logs that were committed in the last block in which they could be.
	pub committed_at_expiry: u64,
	/// Logs that were committed with their registration.
	pub firm: u64,
	/// Logs that were committed although their payers wanted the value back.
	pub answered_in_notice: u64,
	/// Logs of which was proven more than once what becomes of them: the first proof was of a history
	/// that is not followed any more.
	pub proven_again: u64,
	/// Contracts that somebody has said to end by time, and that did.
	pub concluded: u64,
	/// Items that could not move, and were claimed.
	pub claimed: u64,
	pub messages: Transported,
	/// Evidence that a block holds, and that was of use.
	pub accepted: u64,
	/// The part of it that led from the known head to a block so far above it that subtrees stood for
	/// what lies between.
	pub long_extensions: u64,
	/// The part of it that brought neither votes nor a path, for the block's hash was known.
	pub of_known_blocks: u64,
	/// The part of it that brought a path to its block under a known root.
	pub of_older_blocks: u64,
	/// Evidence that was refused, by the pool or in a block, by name.
	pub refused: Counts,
	/// The same of what contracts were said to end by time.
	pub conclusions_refused: Counts,
	/// Changed evidence that was refused, by name.
	pub forgeries_refused: Counts,
	/// Calls of users and root that a block holds, and that failed, by name.
	pub calls_failed: Counts,
	/// Blocks that were shown to prove a fork, by what they are of.
	pub reports: Counts,
	/// How root has decided forks.
	pub verdicts: Counts,
	/// Blocks of refused histories that were shown again and refused, by name.
	pub repetitions_refused: Counts,
	/// Times that trust had expired and root made a new anchor known.
	pub renewals: u64,
	/// Faults and other acts that happened, by name.
	pub acts: Counts,
}

impl Tally {
	pub fn count(counts: &mut Counts, name: impl Into<String>) {
		*counts.entry(name.into()).or_default() += 1;
	}

	/// Notes how the two halves of an exchange ended.
	pub fn note_outcomes(&mut self, [alpha, beta]: [Option<Outcome>; 2]) {
		Self::count(&mut self.outcomes, format!("{}/{}", name_of(alpha), name_of(beta)));
	}

	/// Notes how the half on the living chain ended.
	pub fn note_widowed(&mut self, living: Side, outcome: Option<Outcome>) {
		Self::count(&mut self.widowed, format!("{} on {}", name_of(outcome), living.name()));
	}
}

fn name_of(outcome: Option<Outcome>) -> String {
	outcome.map_or_else(|| "-".into(), |outcome| format!("{outcome:?}"))
}

impl AddAssign for Tally {
	fn add_assign(&mut self, other: Self) {
		let add = |counts: &mut Counts, other: Counts| {
			other.into_iter().for_each(|(name, count)| *counts.entry(name).or_default() += count);
		};
		add(&mut self.outcomes, other.outcomes);
		add(&mut self.widowed, other.widowed);
		add(&mut self.refused, other.refused);
		add(&mut self.conclusions_refused, other.conclusions_refused);
		add(&mut self.forgeries_refused, other.forgeries_refused);
		add(&mut self.calls_failed, other.calls_failed);
		add(&mut self.reports, other.reports);
		add(&mut self.verdicts, other.verdicts);
		add(&mut self.repetitions_refused, other.repetitions_refused);
		add(&mut self.acts, other.acts);
		self.blocks += other.blocks;
		self.abandoned += other.abandoned;
		self.exchanges += other.exchanges;
		self.committed_at_expiry += other.committed_at_expiry;
		self.firm += other.firm;
		self.answered_in_notice += other.answered_in_notice;
		self.proven_again += other.proven_again;
		self.concluded += other.concluded;
		self.claimed += other.claimed;
		self.messages += other.messages;
		self.accepted += other.accepted;
		self.long_extensions += other.long_extensions;
		self.of_known_blocks += other.of_known_blocks;
		self.of_older_blocks += other.of_older_blocks;
		self.renewals += other.renewals;
	}
}
