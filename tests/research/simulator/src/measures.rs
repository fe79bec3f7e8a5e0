//! What a tally says, in the figures of the experiment.

use crate::{Sent, Tally};

impl Tally {
	/// What all systems together have sent.
	pub fn all_sent(&self) -> Sent {
		Sent::sum(&self.sent)
	}

	/// So many of something, for each block of a system.
	pub fn per_block(&self, count: u64) -> f64 {
		ratio(count, self.system_blocks)
	}

	/// Requests for each task that has settled. Those of tasks that are still open count too.
	pub fn requests_per_task(&self) -> f64 {
		ratio(self.all_sent().checks, self.tasks.settled)
	}

	/// Bytes of requests and answers for each task that has settled.
	pub fn check_bytes_per_task(&self) -> f64 {
		ratio(self.all_sent().check_bytes, self.tasks.settled)
	}

	/// Requests after which nothing moved, for each one after which something did.
	pub fn redundancy(&self) -> f64 {
		let sent = self.all_sent();
		ratio(sent.checks.saturating_sub(sent.useful_checks), sent.useful_checks)
	}

	/// Milliseconds from the first registration of a task to its second settlement, on average.
	pub fn settling_ms(&self) -> f64 {
		ratio(self.tasks.settling_ms, self.tasks.settled)
	}

	/// The most that a system has sent of something.
	pub fn most_sent(&self, what: fn(&Sent) -> u64) -> u64 {
		self.sent.iter().map(what).max().unwrap_or(0)
	}

	/// How many peers a system with `peers` of them told after a block in which nothing had ended.
	pub fn told_by_chance(&self, peers: u32) -> f64 {
		let sent = self.all_sent();
		let by_chance = sent.told - sent.after_end - sent.relayed - sent.urgent;
		let ends = sent.after_end / u64::from(peers.max(1));
		ratio(by_chance, self.system_blocks.saturating_sub(ends))
	}
}

fn ratio(part: u64, whole: u64) -> f64 {
	part as f64 / whole.max(1) as f64
}
