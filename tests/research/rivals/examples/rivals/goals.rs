//! What was to be reached, beside what is.

use ribp_rivals::{
	keys::Traders,
	measure::{Figures, Measured},
	Rival,
};

/// A goal, and whether it is reached.
pub struct Goal {
	pub name: String,
	/// The greatest figure that is good enough.
	pub most: f64,
	pub measured: f64,
}

impl Goal {
	pub fn is_reached(&self) -> bool {
		self.measured <= self.most
	}
}

/// All goals of which the figures were measured; they are about exchanges between many users.
pub fn goals(measured: &Measured) -> Vec<Goal> {
	let mut goals = Vec::new();
	for (batch, requests) in [(1, 3.0), (100, 0.1)] {
		if let Some(ours) = measured.find(Traders::Many, Rival::Ribp, batch) {
			goals.extend(goals_of_counts(ours, requests));
		}
	}
	let rivals = [Rival::Ribp, Rival::HashLock];
	if let [Some(ours), Some(theirs)] = rivals.map(|rival| measured.find(Traders::Many, rival, 100))
	{
		goals.extend(goals_of_costs(ours, theirs));
	}
	goals
}

fn goals_of_counts(ours: &Figures, requests: f64) -> [Goal; 3] {
	let [all, settled] = [ours.counts(), ours.counts_until_settled()];
	let goal = |what: &str, most, count| Goal {
		name: format!("{what} per exchange, {} in flight", ours.batch),
		most,
		measured: f64::from(count) / f64::from(ours.batch),
	};
	[
		goal("user-signed extrinsics", 2.0, all.user_signed),
		goal("cross-chain requests until settled", requests, settled.requests),
		goal("cross-chain requests to the end", requests, all.requests),
	]
}

fn goals_of_costs(ours: &Figures, theirs: &Figures) -> [Goal; 2] {
	let goal = |what: &str, measured| Goal {
		name: format!("{what} by the hash lock's, {} in flight", ours.batch),
		most: 1.0,
		measured,
	};
	[
		goal("time", ours.time_ratio(theirs)),
		goal("storage proof", ours.proof_bytes() / theirs.proof_bytes()),
	]
}
