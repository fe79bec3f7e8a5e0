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

/// All goals of which the figures were measured.
pub fn goals(measured: &Measured) -> Vec<Goal> {
	let mut goals = Vec::new();
	for (batch, requests) in [(1, 2.0), (100, 0.04)] {
		if let Some(ours) = measured.find(Traders::Many, Rival::Ribp, batch) {
			goals.extend(goals_of_counts(ours, requests));
		}
	}
	for (traders, rival, time, proof) in [
		(Traders::Many, Rival::Ribp, 0.9, Some(0.95)),
		(Traders::Many, Rival::OnMatch, 1.0, None),
		(Traders::Two, Rival::Ribp, 1.3, None),
	] {
		let rivals = [rival, Rival::HashLock].map(|rival| measured.find(traders, rival, 100));
		let [Some(ours), Some(theirs)] = rivals else { continue };
		goals.push(goal_of_cost("time", ours, time, ours.time_ratio(theirs)));
		let ratio = ours.proof_bytes() / theirs.proof_bytes();
		goals.extend(proof.map(|most| goal_of_cost("storage proof", ours, most, ratio)));
	}
	goals
}

fn goals_of_counts(ours: &Figures, requests: f64) -> [Goal; 2] {
	let goal = |what: &str, most, count| Goal {
		name: format!("{what} per exchange, {} in flight", ours.batch),
		most,
		measured: f64::from(count) / f64::from(ours.batch),
	};
	[
		goal("user-signed extrinsics", 2.0, ours.counts().user_signed),
		goal("requests until settled", requests, ours.counts_until_settled().requests),
	]
}

fn goal_of_cost(what: &str, ours: &Figures, most: f64, measured: f64) -> Goal {
	let Figures { rival, traders, batch, .. } = ours;
	let (rival, traders) = (rival.name(), traders.name());
	let name = format!("{what} of {rival} by the hash lock's, {batch} in flight, {traders}");
	Goal { name, most, measured }
}
