//! What was to be reached, beside what is.

use crate::rivals::{
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

/// Figures of a rival at a number of exchanges in flight, if they were measured.
pub fn figures(measured: &Measured, rival: Rival, batch: u32) -> Option<&Figures> {
	measured.figures.iter().find(|figures| figures.rival == rival && figures.batch == batch)
}

/// All goals of which the figures were measured.
pub fn goals(measured: &Measured) -> Vec<Goal> {
	let mut goals = Vec::new();
	let mut add = |name: String, most, measured| goals.push(Goal { name, most, measured });
	let per_exchange = |figures: &Figures, count: u32| f64::from(count) / f64::from(figures.batch);
	for batch in [1, 100] {
		let Some(ours) = figures(measured, Rival::Ribp, batch) else { continue };
		let [all, settled] = [ours.counts(), ours.counts_until_settled()];
		let at = if batch == 1 { "alone".into() } else { format!("at {batch} in flight") };
		let signed = per_exchange(ours, all.user_signed);
		add(format!("user-signed extrinsics per exchange, {at}"), 2.0, signed);
		let most = if batch == 1 { 3.0 } else { 0.1 };
		let until_settled = per_exchange(ours, settled.requests);
		add(format!("cross-chain requests until settled, {at}"), most, until_settled);
		let to_the_end = per_exchange(ours, all.requests);
		add(format!("cross-chain requests with the cleaning up, {at}"), most, to_the_end);
	}
	let rivals = [Rival::Ribp, Rival::HashLock].map(|rival| figures(measured, rival, 100));
	if let [Some(ours), Some(theirs)] = rivals {
		add("time by that of the hash lock, at 100 in flight".into(), 1.0, ours.time_ratio(theirs));
		let proofs = ours.proof_bytes() / theirs.proof_bytes();
		add("storage proof by that of the hash lock, at 100 in flight".into(), 1.0, proofs);
	}
	goals
}
