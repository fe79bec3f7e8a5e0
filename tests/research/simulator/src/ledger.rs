//! What a system holds of its contracts, and how they move.

use crate::{answer::Answer, config::Checks, identity::index};
use ribp_protocol::{
	by_evidence, by_time, Commit, Contract, ContractId, Corridor, Epoch, EpochSet, Exposed, Height,
	Notice, Outcome, Own, Peer, Seen, Settlement, Shown, Stage, Standing, SystemId, Terms,
	EPOCH_BLOCKS,
};
use std::collections::BTreeMap;

/// Nobody cancels: no notice is over.
const NO_NOTICE: Notice = Notice(0);

/// A contract that the chain knows.
#[derive(Clone, Debug)]
struct Held {
	terms: Terms,
	/// Where it came to stand, in which block.
	stages: Vec<(Height, Stage)>,
	registered_at: Height,
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
	pub contract: ContractId,
	/// How it ended.
	pub outcome: Outcome,
}

/// What answers have done.
#[derive(Clone, Default, Debug)]
pub(crate) struct Moved {
	/// Contracts that ended.
	pub ends: Vec<End>,
	/// How many contracts moved.
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
	held: BTreeMap<ContractId, Held>,
	/// What is said of the contracts with each peer, since which block.
	said: BTreeMap<SystemId, Vec<(Height, Corridor)>>,
}

impl Ledger {
	/// An empty one.
	pub fn new(own: SystemId) -> Self {
		Self { own, held: BTreeMap::new(), said: BTreeMap::new() }
	}

	/// How many contracts it holds.
	pub fn len(&self) -> usize {
		self.held.len()
	}

	/// Registers this system's half of a contract.
	pub fn register(&mut self, contract: &Contract, now: Height) {
		let terms =
			contract.terms(self.own).expect("only those register who have a part in it; qed");
		let Standing { stage, .. } = Standing::new(Commit::OnMatch, Own(now));
		let (registered_at, attention) = (now, Attention::Due);
		let held = Held { terms, stages: vec![(now, stage)], registered_at, attention };
		self.held.insert(contract.id(), held);
	}

	/// What time alone does in the block `now`.
	pub fn on_time(&mut self, now: Height) -> Vec<End> {
		let mut ends = Vec::new();
		for (id, held) in &mut self.held {
			let standing = held.stage().into();
			let exposed = Exposed { until: None };
			if let Some(outcome) = by_time(&held.terms, standing, Own(now), NO_NOTICE, exposed) {
				held.move_to(Stage::Ended(outcome), now);
				ends.push(End { contract: *id, outcome });
			}
		}
		ends
	}

	/// What an answer of `peer` does in the block `now`, if the height `head` of it was believed when
	/// it came.
	pub fn take_in(&mut self, peer: SystemId, answer: &Answer, head: Height, now: Height) -> Moved {
		let mut moved = Moved::default();
		let Answer { at, shown, corridor } = answer;
		for (id, stage) in shown {
			let Some(held) = self.held.get_mut(id) else { continue };
			let is_complete = !corridor.swept.contains(id.epoch(peer, self.own));
			let leg = stage.map_or(Seen::Nothing { is_complete }, Seen::Leg);
			let shown = Shown { at: Peer(*at), head: Peer(head.max(*at)), leg };
			let next = held.decided_by(&shown, now);
			held.answered(now);
			let Some(stage) = next.filter(|stage| *stage != held.stage()) else { continue };
			held.move_to(stage, now);
			moved.steps += 1;
			if let Stage::Ended(outcome) = stage {
				moved.ends.push(End { contract: *id, outcome });
			}
		}
		self.sweep(peer, &corridor.through.up_to(Epoch::of(now)), now);
		moved
	}

	/// Says what there is to say of the contracts with a peer of which this height is believed.
	pub fn say(&mut self, peer: SystemId, known: Height, now: Height) {
		let corridor = self.said_at(peer, now);
		let of_peer = self.held.values().filter(|held| held.terms.peer.system == peer);
		let open = of_peer.filter(|held| !held.has_ended());
		let open: Vec<_> = open.map(|held| Epoch::of(held.terms.peer.expiry)).collect();
		let is_open = |epoch| open.contains(&epoch);
		let through = corridor.grows(known, open.len() as u32, EPOCH_BLOCKS, is_open);
		self.set(peer, Corridor { through, ..corridor }, now);
	}

	/// Nobody needs the contracts any more that have ended, and expired here in these epochs.
	fn sweep(&mut self, peer: SystemId, due: &EpochSet, now: Height) {
		let corridor = self.said_at(peer, now);
		if corridor.swept.includes(due) {
			return;
		}
		let is_needed = |held: &Held| {
			let Terms { own, peer: other } = held.terms;
			let is_due = other.system == peer && due.contains(Epoch::of(own.expiry));
			!held.has_ended() || !is_due
		};
		self.held.retain(|_, held| is_needed(held));
		let mut swept = corridor.swept.clone();
		swept.unite(due);
		self.set(peer, Corridor { swept, ..corridor }, now);
	}

	/// What a block says of the contracts with a peer.
	fn said_at(&self, peer: SystemId, at: Height) -> Corridor {
		let said = self.said.get(&peer).into_iter().flatten();
		let said = said.rev().find(|(since, _)| *since <= at);
		said.map(|(_, said)| said.clone()).unwrap_or_default()
	}

	fn set(&mut self, peer: SystemId, corridor: Corridor, now: Height) {
		if corridor != self.said_at(peer, now) {
			self.said.entry(peer).or_default().push((now, corridor));
		}
	}

	/// What a final block of this system at the height `at` shows to a peer.
	pub fn answer(&mut self, peer: SystemId, questions: &[ContractId], at: Height) -> Answer {
		let stage = |id: &ContractId| self.held.get(id).and_then(|held| held.stage_at(at));
		let shown = questions.iter().map(|id| (*id, stage(id))).collect();
		for id in questions {
			if let Some(held) = self.held.get_mut(id) {
				held.attention = held.attention.heard();
			}
		}
		Answer { at, shown, corridor: self.said_at(peer, at) }
	}

	/// What is asked after the block of this moment, by peers; each item is one request. `seen` is
	/// the height of a peer that is believed.
	pub fn ask(
		&mut self,
		checks: Checks,
		moment: Moment,
		seen: impl Fn(SystemId) -> Height,
	) -> Vec<(u32, Vec<ContractId>)> {
		match checks {
			Checks::Single => self.ask_singly(moment, seen),
			Checks::EachBlock => {
				self.held.values_mut().for_each(Held::insist);
				self.ask_singly(moment, seen)
			},
			Checks::Batched => self.ask_at_once(moment),
		}
	}

	/// The paper's checks.
	fn ask_singly(
		&mut self,
		moment: Moment,
		seen: impl Fn(SystemId) -> Height,
	) -> Vec<(u32, Vec<ContractId>)> {
		let mut requests = Vec::new();
		for (id, held) in &mut self.held {
			let peer = held.terms.peer.system;
			if held.is_due(moment, seen(peer)) {
				held.attention = Attention::asked(moment);
				requests.push((index(peer), vec![*id]));
			}
		}
		requests
	}

	/// One request a peer, about everything that evidence could move, unless one is under way.
	fn ask_at_once(&mut self, moment: Moment) -> Vec<(u32, Vec<ContractId>)> {
		let mut wanted: BTreeMap<SystemId, Option<Vec<(ContractId, &mut Held)>>> = BTreeMap::new();
		for (id, held) in &mut self.held {
			let peer = held.terms.peer.system;
			let entry = wanted.entry(peer).or_insert_with(|| Some(Vec::new()));
			if held.attention.is_under_way(moment.clock) {
				*entry = None;
			} else if held.can_move(moment.now) {
				if let Some(list) = entry {
					list.push((*id, held));
				}
			}
		}
		let mut requests = Vec::new();
		for (peer, list) in wanted {
			let Some(list) = list.filter(|list| !list.is_empty()) else { continue };
			let ask = |(id, held): (ContractId, &mut Held)| {
				held.attention = Attention::asked(moment);
				id
			};
			requests.push((index(peer), list.into_iter().map(ask).collect()));
		}
		requests
	}
}

impl Held {
	/// Where it stands.
	fn stage(&self) -> Stage {
		self.stages.last().expect("it was registered; qed").1
	}

	/// Where it stood after a block.
	fn stage_at(&self, at: Height) -> Option<Stage> {
		let before = self.stages.iter().rev().find(|(since, _)| *since <= at);
		before.map(|(_, stage)| *stage)
	}

	/// What a block of the peer makes of it in the block `now`.
	///
	/// Where a log settles after its expiry, the paper's chains look again when that has passed. Forks
	/// have had their time to be exposed, then.
	fn decided_by(&self, shown: &Shown, now: Height) -> Option<Stage> {
		let standing = self.stage().into();
		let next = by_evidence(&self.terms, standing, Own(now), NO_NOTICE, shown).ok()?;
		let exposed = Exposed { until: Some(Own(now.saturating_sub(1))) };
		let outcome = by_time(&self.terms, next, Own(now), NO_NOTICE, exposed);
		Some(outcome.map_or(next.stage, Stage::Ended))
	}

	fn insist(&mut self) {
		if self.attention == Attention::Waits {
			self.attention = Attention::Due;
		}
	}

	fn has_ended(&self) -> bool {
		self.stage().has_ended()
	}

	fn is_over(&self, now: Height) -> bool {
		self.terms.has_expired(Own(now))
	}

	fn move_to(&mut self, stage: Stage, now: Height) {
		self.stages.push((now, stage));
		self.attention = Attention::Due;
	}

	/// The answer was no, or will be taken in.
	fn answered(&mut self, now: Height) {
		let is_final = self.is_over(now) && !self.has_ended();
		self.attention = match self.attention {
			Attention::Asked { heard_since: Heard::Nothing, .. } if !is_final => Attention::Waits,
			_ => Attention::Due,
		};
	}

	/// Whether evidence of the peer could move it after the block `now`.
	fn can_move(&self, now: Height) -> bool {
		match self.stage() {
			Stage::Registered | Stage::Cancelling { .. } => true,
			Stage::Committed { .. } => {
				self.terms.own.settlement == Settlement::Early || self.is_over(now)
			},
			Stage::Ended(_) => false,
		}
	}

	/// Whether the paper asks about it: when what the peer has to see is final here, until the peer
	/// says "no", and again when the peer has asked; and in the end, when "the view of system B
	/// reaches h2".
	///
	/// Who asked before that would wake a peer that sees nothing yet, and waits forever then.
	fn is_due(&self, moment: Moment, seen: Height) -> bool {
		if self.attention.is_under_way(moment.clock) || !self.can_move(moment.now) {
			return false;
		}
		let moved_at = match self.stage() {
			Stage::Committed { .. } if self.is_over(moment.now) => {
				return seen >= self.terms.peer.expiry;
			},
			Stage::Committed { at } => at,
			_ => self.registered_at,
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
