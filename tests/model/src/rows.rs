//! The rows of the protocol's table, and which of them an exploration has come by.

use ribp_protocol::{Fact, Outcome, Seen, Stage, Standing};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Why a leg has moved.
#[derive(Clone, Copy, Debug)]
pub enum Cause {
	/// A user has registered it, or cancels; or root resolves it.
	Person,
	/// Evidence, of a block that is below the peer's expiry or not.
	Evidence { seen: Seen, is_over: bool },
	/// Time alone, after the own expiry or not.
	Time { has_expired: bool },
}

/// What has become of a leg.
#[derive(Clone, Copy, Debug)]
pub struct Step {
	/// None if it was not there.
	pub before: Option<Standing>,
	pub next: Standing,
	pub cause: Cause,
}

impl Step {
	fn from(&self) -> Option<Stage> {
		self.before.map(|standing| standing.stage)
	}

	fn is_registered(&self) -> bool {
		self.from() == Some(Stage::Registered)
	}

	fn is_cancelling(&self) -> bool {
		matches!(self.from(), Some(Stage::Cancelling { .. }))
	}

	fn was_committed(&self) -> bool {
		matches!(self.from(), Some(Stage::Committed { .. }))
	}

	fn commits(&self) -> bool {
		!self.was_committed() && matches!(self.next.stage, Stage::Committed { .. })
	}

	fn ends(&self, outcome: Outcome) -> bool {
		self.next.stage == Stage::Ended(outcome)
	}

	fn is_shown(&self) -> bool {
		matches!(self.cause, Cause::Evidence { .. })
	}

	fn on_time(&self) -> bool {
		matches!(self.cause, Cause::Time { .. })
	}

	fn is_after_expiry(&self) -> bool {
		matches!(self.cause, Cause::Time { has_expired: true })
	}

	fn is_reversed_by(&self, shown: fn(&Seen, bool) -> bool) -> bool {
		let Cause::Evidence { seen, is_over } = &self.cause else { return false };
		self.ends(Outcome::Reversed) && shown(seen, *is_over)
	}
}

type Row = (&'static str, fn(&Step) -> bool);

/// Each row of the table of `ribp_protocol`'s `leg`, by its parts; and each way to show that a leg
/// is not committed.
const ROWS: [Row; 24] = [
	("row 1: registered", |step| step.next.stage == Stage::Registered),
	("row 1: registered, and firm", |step| step.from().is_none() && step.commits()),
	("row 2: commits on a registered leg", |step| {
		step.is_registered() && step.commits() && step.next.fact.is_none()
	}),
	("row 2: the same within the notice", |step| {
		step.is_cancelling() && step.commits() && step.next.fact.is_none()
	}),
	("row 3: commits on a committed leg", |step| {
		step.is_registered() && step.commits() && step.next.fact.is_some()
	}),
	("row 3: commits and settles at once", |step| {
		step.is_registered() && step.ends(Outcome::Settled)
	}),
	("row 3: the same within the notice", |step| {
		step.is_cancelling() && step.ends(Outcome::Settled)
	}),
	("row 4: settled", |step| {
		step.was_committed() && step.is_shown() && step.ends(Outcome::Settled)
	}),
	("row 4: reversed", |step| step.is_shown() && step.ends(Outcome::Reversed)),
	("row 5: committed, for later", |step| {
		step.was_committed() && step.is_shown() && step.next.fact == Some(Fact::Committed)
	}),
	("row 5: not committed, for later", |step| step.next.fact == Some(Fact::NotCommitted)),
	("row 6: settled", |step| step.on_time() && step.ends(Outcome::Settled)),
	("row 6: reversed", |step| step.on_time() && step.ends(Outcome::Reversed)),
	("row 7: expired, as is shown", |step| step.is_shown() && step.ends(Outcome::Expired)),
	("row 7: expired by time", |step| step.on_time() && step.ends(Outcome::Expired)),
	("row 7: cancelled, as is shown", |step| step.is_shown() && step.ends(Outcome::Cancelled)),
	("row 7: cancelled after the notice", |step| {
		step.ends(Outcome::Cancelled) && step.on_time() && !step.is_after_expiry()
	}),
	("row 7: cancelled at the expiry", |step| {
		step.ends(Outcome::Cancelled) && step.is_after_expiry()
	}),
	("a payer cancels", |step| matches!(step.next.stage, Stage::Cancelling { .. })),
	("not committed: never registered", |step| {
		step.is_reversed_by(|seen, _| matches!(seen, Seen::Nothing { .. }))
	}),
	("not committed: cancelled before the expiry", |step| {
		step.is_reversed_by(|seen, is_over| {
			!is_over && *seen == Seen::Leg(Stage::Ended(Outcome::Cancelled))
		})
	}),
	("not committed: expired", |step| {
		step.is_reversed_by(|seen, _| *seen == Seen::Leg(Stage::Ended(Outcome::Expired)))
	}),
	("not committed: registered at the expiry", |step| {
		step.is_reversed_by(|seen, _| *seen == Seen::Leg(Stage::Registered))
	}),
	("not committed: cancelling at the expiry", |step| {
		step.is_reversed_by(|seen, _| matches!(seen, Seen::Leg(Stage::Cancelling { .. })))
	}),
];

/// The rows that an exploration has come by.
#[derive(Default)]
pub struct Reached(AtomicU32);

impl Reached {
	const ALL: u32 = (1 << ROWS.len()) - 1;

	pub fn note(&self, step: &Step) {
		let known = self.0.load(Relaxed);
		if known == Self::ALL {
			return;
		}
		let rows = ROWS.iter().enumerate().filter(|(_, (_, is_this))| is_this(step));
		let found = rows.fold(0, |bits, (place, _)| bits | 1 << place);
		if found & !known > 0 {
			self.0.fetch_or(found, Relaxed);
		}
	}

	/// What it never came by.
	pub fn missed(&self) -> Vec<&'static str> {
		let known = self.0.load(Relaxed);
		let rows = ROWS.iter().enumerate().filter(|(place, _)| known >> place & 1 == 0);
		rows.map(|(_, (name, _))| *name).collect()
	}
}
