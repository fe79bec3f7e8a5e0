//! What is promised about a peer that may fork.

use super::{
	exploration::{Exploration, Plan},
	judge::Maker,
	reader::{Fault, Reader, Status},
	tree::{At, Facts},
};
use ribp_protocol::{ForkChoice, Outcome, Stage};
use stateright::Property;

/// What must hold in every state, however it came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Promise {
	/// Nothing moves once somebody has shown a contradiction that public data prove, until root decides.
	Heard,
	/// What is signed with keys that have been out of trust for longer than the trust period is
	/// neither believed nor opens a fork.
	Retired,
	/// Root can always say stop, and then nothing moves.
	Stops,
	/// A peer that has one branch is never said to have two.
	NotFramed,
	/// A branch that root has refused is not opened again by its tip, nor by its other headers if it
	/// is known what it has in common with the followed one; nor is its tip followed from then on, if it
	/// is known to have left that one.
	Decided,
	/// Those are in charge to whom the followed branch has handed over.
	InCharge,
	/// A contract ends as the block has it by which it ends, and as the followed branch has it then.
	Contract,
	/// An open branch of which the past is public can be followed, if its authorities are in charge.
	Followable,
	/// While a fork is open, and as long after root's choice as it takes to object, nothing moves.
	Still,
	/// A leg stays until the followed branch has said for the retention that it needs it no more.
	Kept,
	/// What is said of all contracts is true, and remains so.
	Said,
	/// Of a leg that settles at its expiry, a fork that is shown within the exposure leaves the verdict
	/// open.
	Undecided,
	/// Without root, that branch is followed on which most contracts rely, by the heads of two
	/// witnesses or more that are where they seem to be.
	Verdict,
	/// A peer that is honest again is followed to its head, the contract ends, and is swept.
	GoesOn,
}

impl Promise {
	pub const ALL: [Self; 14] = [
		Self::Heard,
		Self::Retired,
		Self::Stops,
		Self::NotFramed,
		Self::Decided,
		Self::InCharge,
		Self::Contract,
		Self::Followable,
		Self::Still,
		Self::Kept,
		Self::Said,
		Self::Undecided,
		Self::Verdict,
		Self::GoesOn,
	];

	pub fn name(self) -> &'static str {
		match self {
			Self::Heard => "nothing moves once a contradiction is shown",
			Self::Retired => "keys without trust have no effect",
			Self::Stops => "root can always stop",
			Self::NotFramed => "a peer of one branch is not framed",
			Self::Decided => "what root has refused is not opened again",
			Self::InCharge => "the followed branch says who is in charge",
			Self::Contract => "a contract ends as the peer has it",
			Self::Followable => "a public branch can be followed",
			Self::Still => "nothing moves while a fork is open, or soon after the choice",
			Self::Kept => "what the followed branch may need is kept",
			Self::Said => "what is said of all contracts is true",
			Self::Undecided => "a fork that is shown in time leaves the verdict open",
			Self::Verdict => "without root, witnesses decide as they stand",
			Self::GoesOn => "a peer that is honest again goes on",
		}
	}

	pub fn property(self) -> Property<Exploration> {
		let holds = match self {
			Self::Heard => |_: &Exploration, reader: &Reader| !reader.has(Fault::MovedUnheard),
			Self::Retired => is_bought_without_effect,
			Self::Stops => |model: &Exploration, reader: &Reader| {
				let can_stop = reader.word() == Status::Paused || model.paused(reader).is_some();
				can_stop && !reader.has(Fault::MovedWhilePaused)
			},
			Self::NotFramed => |model: &Exploration, reader: &Reader| {
				!model.plan.is_honest || reader.status != Status::Forked
			},
			Self::Decided => |_: &Exploration, reader: &Reader| !reader.has(Fault::OpenedAgain),
			Self::InCharge => {
				|model: &Exploration, reader: &Reader| model.heir(reader) == Some(reader.set)
			},
			Self::Contract => |_: &Exploration, reader: &Reader| !reader.has(Fault::MovedWrongly),
			Self::Followable => is_followable,
			Self::Still => |_: &Exploration, reader: &Reader| !reader.has(Fault::MovedWhileForked),
			Self::Kept => |_: &Exploration, reader: &Reader| !reader.has(Fault::SweptTooSoon),
			Self::Said => Exploration::says_truly,
			Self::Undecided => |_: &Exploration, reader: &Reader| !reader.has(Fault::JudgedTooSoon),
			Self::Verdict => |_: &Exploration, reader: &Reader| !reader.has(Fault::Misjudged),
			Self::GoesOn => goes_on,
		};
		Property::always(self.name(), holds)
	}
}

/// The promises, and what must be reachable so that they are not kept by idleness.
pub fn of(plan: &Plan) -> Vec<Property<Exploration>> {
	let mut properties = Vec::from(Promise::ALL.map(Promise::property));
	let mut reached = |name, is_it| properties.push(Property::sometimes(name, is_it));
	if !plan.is_registered {
		reached("a closed epoch is refused", |model: &Exploration, reader: &Reader| {
			model.is_free(reader) && model.is_closed(reader)
		});
		return properties;
	}
	reached("the contract ends", |_, reader| reader.has_ended() && reader.relied.is_none());
	if plan.sweeps {
		reached("the leg is swept", |_, reader| reader.standing.is_none());
		reached("another branch still needs what has settled", |model, reader| {
			let is_told = !reader.ghost.told.is_empty();
			is_adopted_and_needs(model, reader) && is_told && reader.has_ended()
		});
		reached("a branch that is shown too late is told that it was swept", |model, reader| {
			is_adopted_and_needs(model, reader) && reader.standing.is_none()
		});
	}
	if plan.choice != ForkChoice::ByGovernance {
		reached("a branch is kept without root", |_, reader| reader.ghost.has_kept);
		reached("a witness stands for another branch", |_, reader: &Reader| {
			let mut heard = reader.open.iter().flat_map(|open| open.hearing.heard.values());
			heard.any(|said| said.counts && said.backs.is_some())
		});
		match plan.name {
			"silenced" => reached("people have to decide", |_, reader: &Reader| {
				reader.open.as_ref().is_some_and(|open| open.hearing.is_disputed)
			}),
			"outvoted" => {},
			_ => reached("a branch is adopted without root", |_, reader| reader.ghost.has_adopted),
		}
	}
	if !plan.is_honest {
		reached("a branch is open", |_, reader| reader.status == Status::Forked);
	}
	if !plan.is_honest && plan.root_chooses {
		reached("value moves after a verdict", |_, reader| {
			let outcomes = [Outcome::Settled, Outcome::Reversed].map(Stage::Ended);
			let stage = reader.standing.map(|standing| standing.stage);
			!reader.refused.is_empty() && stage.is_some_and(|stage| outcomes.contains(&stage))
		});
	}
	properties
}

/// Whether a branch is followed that root has chosen, and its leg may still ask for the one here.
fn is_adopted_and_needs(model: &Exploration, reader: &Reader) -> bool {
	let Facts { log, has_ended, .. } = model.tree.block(model.tree.head(reader.view)).facts;
	!reader.refused.is_empty() && log && !has_ended
}

fn is_bought_without_effect(model: &Exploration, reader: &Reader) -> bool {
	let tips = reader.branches().map(|branch| branch.tip);
	let mut all = tips.chain(reader.ghost.believed.iter().copied());
	!all.any(|at| model.tree.block(at).is_bought)
}

fn is_followable(model: &Exploration, reader: &Reader) -> bool {
	let head = model.tree.head(reader.view);
	let is_completed = |tip| {
		let mut reports = model.reports(reader, tip, Maker::Anybody).into_iter();
		reports.any(|report| model.reported(reader, report, Maker::Anybody).is_some())
	};
	// The same branch may be open by two of its blocks: one of them is enough.
	let can_be_followed = |tip| {
		let mut line = reader.opened().iter().filter(|branch| model.is_line(branch.tip, tip));
		line.any(|branch| branch.end.is_some() || is_completed(branch.tip))
	};
	let mut tips = reader.opened().iter().map(|branch| branch.tip);
	tips.all(|tip| !deserves(model, reader, head, tip) || can_be_followed(tip))
}

/// Whether a branch could be followed, by all that is true of it.
fn deserves(model: &Exploration, reader: &Reader, head: At, tip: At) -> bool {
	let meeting = model.tree.block(model.tree.meeting(head, tip)).number;
	let mut believed = reader.ghost.believed.iter().rev();
	let from = believed.find(|at| model.tree.is_on(**at, tip));
	let now = model.time(reader);
	let in_time = from.is_some_and(|from| {
		model.policy().check(model.moment(*from), model.moment(tip), 0, now).is_ok()
	});
	let is_theirs = model.tree.block(tip).signer == reader.set && meeting >= reader.set_since;
	let mut all = reader.branches().map(|branch| branch.tip).chain([head]);
	is_theirs && in_time && all.all(|at| model.tree.is_open_book(at))
}

fn goes_on(model: &Exploration, reader: &Reader) -> bool {
	model.plan.good.iter().all(|top| {
		let end = model.finish(reader, *top);
		let is_there = model.tree.head(end.view) == *top && end.is_active();
		let is_unknown = end.complete_from > model.terms.peer.expiry;
		let has_ended = match model.plan.sweeps && model.tree.block(*top).facts.is_through {
			true => end.standing.is_none(),
			false => end.has_ended(),
		};
		is_there && end.ghost.faults == reader.ghost.faults && (has_ended || is_unknown)
	})
}
