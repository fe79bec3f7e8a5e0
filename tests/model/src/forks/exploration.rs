//! A reader of a peer that may fork, and every next thing that may happen.

use super::{
	super::{
		lane::Lane,
		run::{Explorable, Trace},
	},
	contract::terms,
	judge::{Maker, Report},
	promises::{self, Promise},
	reader::{Branch, Fault, Reader, Status},
	root::EXPOSURE,
	trace::describe,
	tree::{At, Block, Tree},
	variants::Variant,
	witnesses::Witness,
};
use ribp_protocol::{ForkChoice, Height, Outcome, Settlement, Stage, Terms};
use stateright::{Model, Property};

/// What is explored: of which blocks, for how long, by which rules.
#[derive(Clone, Debug)]
pub struct Plan {
	pub name: &'static str,
	pub blocks: Vec<Block>,
	/// The last own block.
	pub last: u8,
	/// The trust period, in own blocks.
	pub trust: u8,
	/// The pallet's `MaxChanges` and `MAX_BRANCHES`: small ones, so that they are reached.
	pub most_changes: u8,
	pub most_branches: usize,
	/// The expiries of the contract, here and there.
	pub expiries: [Height; 2],
	pub settlement: Settlement,
	/// Whether the leg is there at first; otherwise a user registers it.
	pub is_registered: bool,
	/// Whether what is said of all contracts is looked after.
	pub sweeps: bool,
	/// Whether root chooses, pauses and resumes, and names other anchors.
	pub root_chooses: bool,
	pub root_pauses: bool,
	pub root_renews: bool,
	/// Whether the peer has one branch.
	pub is_honest: bool,
	/// Where the peer, being honest again, goes on.
	pub good: Vec<At>,
	/// Who chooses; and if it is not root alone, whom others may be told of.
	pub choice: ForkChoice,
	pub witnesses: Vec<Witness>,
	/// How many contracts there are like the one that is looked at.
	pub alike: u32,
	pub variant: Variant,
}

impl Explorable for Plan {
	type Model = Exploration;
	type Promise = Promise;
	const PROMISES: &'static [Promise] = &Promise::ALL;

	fn model(&self) -> Exploration {
		Exploration::new(self.clone())
	}

	fn watching(&self, promise: Promise) -> Exploration {
		Exploration::watching(self.clone(), promise)
	}

	fn name(&self) -> &'static str {
		self.name
	}

	fn variant(&self) -> String {
		self.variant.name()
	}

	fn about(&self) -> String {
		self.variant.about()
	}

	fn breaks(&self) -> &'static [Promise] {
		self.variant.breaks()
	}

	fn promise(promise: Promise) -> &'static str {
		promise.name()
	}

	fn describe(&self, trace: &Trace<Exploration>, promise: Promise) -> String {
		describe(&self.model(), trace, promise)
	}
}

/// What happens in the open block of the reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
	/// The next block opens.
	Seal,
	/// A newer header arrives.
	Learn(At),
	/// A known header's handover is followed; by a wrong rule only.
	HandOver(At),
	/// A user registers the leg.
	Register,
	/// Evidence of a block moves the contract.
	Move(At),
	/// Evidence arrives of what a block says of all contracts.
	Hear(At),
	/// A fork is reported.
	Report(Report),
	/// A contradiction that public data prove is shown, and refused; by a wrong rule only.
	Refuse(At),
	/// It is shown that a witness has this head, and on which branch that seems to be.
	Testify {
		witness: u8,
		head: At,
		backs: Option<At>,
	},
	/// It is shown that this is on that branch as well.
	Refute {
		witness: u8,
		backs: Option<At>,
	},
	/// Root ends a fork.
	Choose(Option<At>),
	Pause,
	Resume,
	/// Root names another header to begin with.
	Renew(At),
}

/// A plan, ready to be explored.
pub struct Exploration {
	pub plan: Plan,
	pub tree: Tree,
	pub terms: Terms,
	/// The promise that alone is looked at; otherwise all are, and what must be reachable.
	pub watched: Option<Promise>,
}

impl Exploration {
	pub fn new(plan: Plan) -> Self {
		let (tree, terms) = (Tree::new(plan.blocks.clone()), terms(&plan));
		Self { plan, tree, terms, watched: None }
	}

	/// Looks at one promise only.
	pub fn watching(plan: Plan, promise: Promise) -> Self {
		Self { watched: Some(promise), ..Self::new(plan) }
	}

	fn report(&self, before: &Reader, report: Report) -> Option<Reader> {
		let mut reader = self.reported(before, report, Maker::Peer)?;
		let is_decided = |branch: &Branch| {
			let has_past = [report.at, branch.tip].into_iter().all(|at| self.tree.is_open_book(at));
			let is_same =
				has_past && branch.common.is_some() && self.is_line(report.at, branch.tip);
			is_same || report.at == branch.tip
		};
		if before.refused.iter().any(is_decided) {
			reader.blame(Fault::OpenedAgain);
		}
		let outcomes = [Outcome::Settled, Outcome::Reversed].map(|end| Some(Stage::Ended(end)));
		let has_fallen = outcomes.contains(&before.standing.map(|standing| standing.stage));
		let is_late = self.plan.settlement == Settlement::AtExpiry;
		if is_late && has_fallen && before.now <= before.since + EXPOSURE {
			reader.blame(Fault::JudgedTooSoon);
		}
		Some(reader)
	}

	fn root_events(&self, reader: &Reader, found: &mut Vec<Event>) {
		if self.plan.root_chooses && reader.status == Status::Forked {
			found.push(Event::Choose(None));
			found.extend(reader.opened().iter().map(|branch| Event::Choose(Some(branch.tip))));
		}
		if self.plan.root_pauses {
			found.extend([Event::Pause, Event::Resume]);
		}
		if self.plan.root_renews {
			let signed = self.tree.all().filter(|at| self.is_signed(reader, *at));
			let honest = signed.filter(|at| !self.tree.block(*at).is_bought);
			found.extend(honest.map(Event::Renew));
		}
	}

	fn is_signed(&self, reader: &Reader, at: At) -> bool {
		self.tree.block(at).from <= reader.now
	}

	/// What becomes of the reader; none if nothing does.
	fn happens(&self, before: &Reader, event: Event) -> Option<Reader> {
		match event {
			Event::Seal => Some(self.sealed(before)),
			Event::Learn(at) => self.learnt(before, at),
			Event::HandOver(at) => self.handed_over(before, at),
			Event::Register => self.registered(before),
			Event::Move(at) => self.moved(before, at),
			Event::Hear(at) => self.told(before, at),
			Event::Report(report) => self.report(before, report),
			Event::Refuse(at) => self.is_unheard(before, at).then(|| {
				let mut reader = before.clone();
				reader.ghost.is_unheard = true;
				reader
			}),
			Event::Testify { witness, head, backs } => self.heard(before, witness, (head, backs)),
			Event::Refute { witness, backs } => self.refuted(before, witness, backs, Maker::Peer),
			Event::Choose(tip) => self.chosen(before, tip),
			Event::Pause => self.paused(before),
			Event::Resume => self.resumed(before),
			Event::Renew(at) => self.renewed(before, at),
		}
	}

	/// While a fork is open, and until everybody could object to root's choice, only time goes on: what
	/// was never committed may expire, and root may take back what was believed.
	fn watch(&self, before: &Reader, event: Event, after: &mut Reader) {
		self.watch_head(before, event, after);
		let is_open = before.open.is_some();
		let is_still = is_open || after.now < before.ghost.quiet_until;
		if !is_still || matches!(event, Event::Choose(_) | Event::Renew(_)) {
			return;
		}
		let expires = after.standing.map(|next| next.stage) == Some(Stage::Ended(Outcome::Expired));
		let has_moved = before.standing != after.standing && !expires;
		if has_moved || before.lane.said() != after.lane.said() {
			after.blame(Fault::MovedWhileForked);
		}
	}

	/// Whether a header is followed that root has refused.
	fn watch_head(&self, before: &Reader, event: Event, after: &mut Reader) {
		let [old, new] = [before.view, after.view].map(|view| self.tree.head(view));
		let mut refused = before.refused.iter();
		let is_refused = refused.any(|branch| branch.tip == new && branch.parting.is_some());
		if is_refused && old != new && !matches!(event, Event::Choose(_) | Event::Renew(_)) {
			after.blame(Fault::OpenedAgain);
		}
	}
}

impl Model for Exploration {
	type State = Reader;
	type Action = Event;

	fn init_states(&self) -> Vec<Reader> {
		let standing = self.plan.is_registered.then(|| Stage::Registered.into());
		let lane = Lane::new(self.height(1).0, self.tree.block(At(0)).number);
		let mut reader = Reader::new(&self.tree, lane, standing);
		self.mark_anchor(&mut reader);
		vec![reader]
	}

	fn actions(&self, reader: &Reader, found: &mut Vec<Event>) {
		if reader.now < self.plan.last {
			found.push(Event::Seal);
		}
		found.push(Event::Register);
		for at in self.tree.all().filter(|at| self.is_signed(reader, *at)) {
			found.extend([
				Event::Learn(at),
				Event::HandOver(at),
				Event::Move(at),
				Event::Hear(at),
				Event::Refuse(at),
			]);
			let mut branches = Vec::new();
			for report in self.reports(reader, at, Maker::Peer) {
				let Some(after) = self.reported(reader, report, Maker::Peer) else { continue };
				if let Some(branch) = after.opened().last().filter(|new| !branches.contains(*new)) {
					branches.push(*branch);
					found.push(Event::Report(report));
				}
			}
		}
		self.witness_events(reader, found);
		self.root_events(reader, found);
	}

	fn next_state(&self, before: &Reader, event: Event) -> Option<Reader> {
		let mut after = self.happens(before, event)?;
		self.watch(before, event, &mut after);
		Some(match event {
			Event::Seal => self.judged(after),
			_ => after,
		})
	}

	fn properties(&self) -> Vec<Property<Self>> {
		match self.watched {
			Some(promise) => vec![promise.property()],
			None => promises::of(&self.plan),
		}
	}
}
