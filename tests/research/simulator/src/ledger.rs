//! What a system holds of its contracts, and how they move.

use crate::{
	answer::{Answer, Block, Question, Shown},
	config::Checks,
	contracts::pair,
	identity::index,
};
use ribp_protocol::{
	next_step, on_time, Change, Contract, ContractId, Freshness, Height, LogHash, Outcome, Own,
	Phase, Settlement, Stage, Step, SystemId,
};
use std::collections::BTreeMap;

/// A contract that the chain knows.
#[derive(Clone, Debug)]
struct Held {
	contract: Contract,
	question: Question,
	stage: Stage,
	registered_at: Height,
	/// The block in which it ended.
	ended_at: Option<Height>,
	attention: Attention,
}

/// Whether the peer is to be asked about a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Attention {
	/// Yes.
	Due,
	/// Not before it asks itself: it has said "no" (section 4.2).
	Waits,
	/// It was asked, and has not answered; it counts as not asked from `until` on.
	Asked { until: u64, heard_since: Heard },
}

/// Whether the peer has asked about a contract while it was being asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Heard {
	Nothing,
	AQuestion,
}

/// The end of one half of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct End {
	/// What both halves have in common.
	pub pair: ContractId,
	/// How it ended.
	pub outcome: Outcome,
}

/// What answers have done.
#[derive(Clone, Default, Debug)]
pub(crate) struct Moved {
	/// Contracts that ended.
	pub ends: Vec<End>,
	/// How many contracts moved, other than into oblivion.
	pub steps: u64,
}

/// When a system asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
	/// Its height.
	pub now: Height,
	/// The height of its newest final block.
	pub finalized: Height,
	/// The time.
	pub clock: u64,
	/// When an answer has certainly come, or never will.
	pub patience: u64,
}

/// The contracts of one system.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
	own: SystemId,
	settlement: Settlement,
	held: BTreeMap<ContractId, Held>,
	positions: BTreeMap<LogHash, Height>,
}

impl Ledger {
	/// An empty one.
	pub fn new(own: SystemId, settlement: Settlement) -> Self {
		Self { own, settlement, held: BTreeMap::new(), positions: BTreeMap::new() }
	}

	/// How many contracts it holds.
	pub fn len(&self) -> usize {
		self.held.len()
	}

	/// Commits the contract log.
	pub fn register(&mut self, contract: Contract, now: Height) -> ContractId {
		let id = contract.id(self.own);
		let question = Question::about(self.own, id, &contract);
		self.change(Step::Register, &contract, now);
		let stage = Stage::Waiting(Phase::Registered);
		let attention = Attention::Due;
		let held =
			Held { contract, question, stage, registered_at: now, ended_at: None, attention };
		self.held.insert(id, held);
		id
	}

	/// What time alone does in the block `now`.
	pub fn on_time(&mut self, now: Height) -> Vec<End> {
		let step = |held: &Held| on_time(&held.contract, held.stage, Own(now));
		let due = self.held.iter().filter_map(|(id, held)| Some((*id, step(held)?)));
		let due: Vec<_> = due.collect();
		due.into_iter().filter_map(|(id, step)| self.take(id, step, now)).collect()
	}

	/// What an answer does in the block `now`, by the freshness that it came with.
	pub fn take_in(&mut self, answer: &Answer, freshness: Freshness, now: Height) -> Moved {
		let mut moved = Moved::default();
		for shown in &answer.shown {
			let id = shown.question.about;
			let Some(held) = self.held.get_mut(&id) else { continue };
			let mut block = Block { at: answer.at, freshness, shown };
			let (contract, stage) = (&held.contract, held.stage);
			let step = next_step(self.own, contract, self.settlement, stage, Own(now), &mut block);
			held.answered(now);
			if let Ok(step) = step {
				moved.steps += u64::from(step != Step::Forget);
				moved.ends.extend(self.take(id, step, now));
			}
		}
		moved
	}

	/// What a final block of this system at the height `at` shows.
	pub fn answer(&mut self, questions: &[Question], at: Height) -> Answer {
		let shown = questions.iter().map(|question| self.show(*question, at)).collect();
		for question in questions {
			if let Some(held) = self.held.get_mut(&question.mirror) {
				held.attention = held.attention.heard();
			}
		}
		Answer { at, shown }
	}

	fn show(&self, question: Question, at: Height) -> Shown {
		let position = |log: LogHash| self.positions.get(&log).copied().filter(|set| *set <= at);
		let mirror_waits = self.held.get(&question.mirror).is_some_and(|held| {
			held.registered_at <= at && held.ended_at.is_none_or(|ended| ended > at)
		});
		Shown {
			question,
			mirror: position(question.mirror.into()),
			log: position(question.log),
			reversal: position(question.reversal),
			mirror_waits,
		}
	}

	/// What is asked after the block of this moment, by peers; each item is one request. `seen` is
	/// the height of a peer that is believed.
	pub fn ask(
		&mut self,
		checks: Checks,
		moment: Moment,
		seen: impl Fn(SystemId) -> Height,
	) -> Vec<(u32, Vec<Question>)> {
		match checks {
			Checks::Single => self.ask_singly(moment, seen),
			Checks::EachBlock => {
				self.held.values_mut().for_each(Held::insist);
				self.ask_singly(moment, seen)
			},
			Checks::Batched => self.ask_at_once(moment),
		}
	}

	/// The paper's checks. What has ended rides along: the paper's chains keep it forever.
	fn ask_singly(
		&mut self,
		moment: Moment,
		seen: impl Fn(SystemId) -> Height,
	) -> Vec<(u32, Vec<Question>)> {
		let settlement = self.settlement;
		let mut ended: BTreeMap<SystemId, Vec<Question>> = BTreeMap::new();
		let mut requests = Vec::new();
		for held in self.held.values_mut() {
			let peer = held.contract.peer;
			if held.is_over(moment.now) && held.has_ended() {
				ended.entry(peer).or_default().push(held.question);
			} else if held.is_due(settlement, moment, seen(peer)) {
				held.attention = Attention::asked(moment);
				requests.push((peer, vec![held.question]));
			}
		}
		for (peer, questions) in &mut requests {
			questions.extend(ended.remove(peer).into_iter().flatten());
		}
		requests.into_iter().map(|(peer, questions)| (index(peer), questions)).collect()
	}

	/// One request a peer, about everything that evidence could move, unless one is under way.
	fn ask_at_once(&mut self, moment: Moment) -> Vec<(u32, Vec<Question>)> {
		let settlement = self.settlement;
		let mut wanted: BTreeMap<SystemId, Option<Vec<&mut Held>>> = BTreeMap::new();
		for held in self.held.values_mut() {
			let entry = wanted.entry(held.contract.peer).or_insert_with(|| Some(Vec::new()));
			if held.attention.is_under_way(moment.clock) {
				*entry = None;
			} else if held.can_move(settlement, moment.now) {
				if let Some(list) = entry {
					list.push(held);
				}
			}
		}
		let mut requests = Vec::new();
		for (peer, list) in wanted {
			let Some(list) = list.filter(|list| !list.is_empty()) else { continue };
			let ask = |held: &mut Held| {
				held.attention = Attention::asked(moment);
				held.question
			};
			requests.push((index(peer), list.into_iter().map(ask).collect()));
		}
		requests
	}

	fn take(&mut self, id: ContractId, step: Step, now: Height) -> Option<End> {
		let held = self.held.get_mut(&id)?;
		let pair = pair(id, held.question.mirror);
		let contract = held.contract.clone();
		let had_ended = held.has_ended();
		let stage = step.stage(Own(now));
		match stage {
			Some(stage) => held.move_to(stage, now),
			None => drop(self.held.remove(&id)),
		}
		self.change(step, &contract, now);
		match (stage, had_ended) {
			(Some(Stage::Ended(outcome)), _) => Some(End { pair, outcome }),
			(None, false) => Some(End { pair, outcome: Outcome::Expired }),
			_ => None,
		}
	}

	fn change(&mut self, step: Step, contract: &Contract, now: Height) {
		for change in step.changes(self.own, contract, Own(now)) {
			match change {
				Change::Set(log, at) => drop(self.positions.insert(log, at)),
				Change::Remove(log) => drop(self.positions.remove(&log)),
			}
		}
	}
}

impl Held {
	/// Does not wait any more to be asked.
	fn insist(&mut self) {
		if self.attention == Attention::Waits {
			self.attention = Attention::Due;
		}
	}

	fn has_ended(&self) -> bool {
		matches!(self.stage, Stage::Ended(_))
	}

	fn is_over(&self, now: Height) -> bool {
		now > self.contract.h1
	}

	fn move_to(&mut self, stage: Stage, now: Height) {
		self.stage = stage;
		self.attention = Attention::Due;
		if self.has_ended() {
			self.ended_at = Some(now);
		}
	}

	/// The answer was no, or will be taken in.
	fn answered(&mut self, now: Height) {
		let is_final = self.is_over(now) && !matches!(self.stage, Stage::Ended(_));
		self.attention = match self.attention {
			Attention::Asked { heard_since: Heard::Nothing, .. } if !is_final => Attention::Waits,
			_ => Attention::Due,
		};
	}

	/// Whether evidence of the peer could move it after the block `now`.
	fn can_move(&self, settlement: Settlement, now: Height) -> bool {
		match self.stage {
			Stage::Waiting(Phase::Registered) => true,
			Stage::Waiting(Phase::Committed { .. }) => {
				settlement == Settlement::Early || self.is_over(now)
			},
			Stage::Ended(_) => self.is_over(now),
		}
	}

	/// Whether the paper asks about it: when what the peer has to see is final here, until the peer
	/// says "no", and again when the peer has asked; and in the end, when "the view of system B
	/// reaches h2".
	///
	/// Who asked before that would wake a peer that sees nothing yet, and waits forever then.
	fn is_due(&self, settlement: Settlement, moment: Moment, seen: Height) -> bool {
		if self.attention.is_under_way(moment.clock) || !self.can_move(settlement, moment.now) {
			return false;
		}
		let moved_at = match self.stage {
			Stage::Waiting(Phase::Committed { .. }) if self.is_over(moment.now) => {
				return seen >= self.contract.h2;
			},
			Stage::Waiting(Phase::Committed { at }) => at,
			Stage::Waiting(Phase::Registered) | Stage::Ended(_) => self.registered_at,
		};
		moved_at <= moment.finalized && self.attention != Attention::Waits
	}
}

impl Attention {
	fn asked(moment: Moment) -> Self {
		Self::Asked { until: moment.clock + moment.patience, heard_since: Heard::Nothing }
	}

	fn is_under_way(self, clock: u64) -> bool {
		matches!(self, Self::Asked { until, .. } if clock < until)
	}

	/// The peer asks about the contract: it knows it now.
	fn heard(self) -> Self {
		match self {
			Self::Asked { until, .. } => Self::Asked { until, heard_since: Heard::AQuestion },
			Self::Due | Self::Waits => Self::Due,
		}
	}
}
