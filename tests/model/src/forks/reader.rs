//! What the reader has stored of the peer: the model's stand-in for the pallet's storage.

use super::{
	super::lane::Lane,
	tree::{At, Id, Set, Tree, ViewAt},
	witnesses::Hearing,
};
use ribp_protocol::{Height, Standing};
use std::collections::BTreeMap;

/// Whether there is business with the peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
	Active,
	Paused,
	Forked,
}

/// The pallet's `PastSet`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Past {
	pub set: Set,
	pub since: Height,
	pub end: At,
}

/// The pallet's `Parting`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Parting {
	pub height: Height,
	pub theirs: Id,
	pub followed: Id,
}

/// The pallet's `Branch`, with the `BranchEnd` that is kept of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Branch {
	pub tip: At,
	pub parting: Option<Parting>,
	pub common: Option<Height>,
	/// None if it cannot be followed.
	pub end: Option<InCharge>,
}

/// Who finalizes a branch, and since which height.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct InCharge {
	pub set: Set,
	pub since: Height,
}

/// The pallet's `OpenFork`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Open {
	pub opened: u8,
	pub before: Status,
	pub branches: Vec<Branch>,
	/// Where nobody but root chooses, nothing is heard.
	pub hearing: Hearing,
}

/// What went wrong in a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
	/// The contract moved although a contradiction had been shown.
	MovedUnheard = 1,
	/// It moved although root had said stop.
	MovedWhilePaused = 2,
	/// It moved against what the branch has.
	MovedWrongly = 4,
	/// A branch was opened that root has decided about.
	OpenedAgain = 8,
	/// Something moved while a fork was open, or too soon after the choice.
	MovedWhileForked = 16,
	/// The leg is gone, and nobody knows that the followed branch needs it no more, or not for long
	/// enough.
	SweptTooSoon = 32,
	/// A fork was shown in time, and the verdict had fallen.
	JudgedTooSoon = 64,
	/// A branch was chosen without root that its witnesses do not stand for, or another one was not.
	Misjudged = 128,
}

/// The state: one reader, and what the promises remember of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Reader {
	/// Its open block; also the time, in ticks.
	pub now: u8,
	pub status: Status,
	pub view: ViewAt,
	pub set: Set,
	pub set_since: Height,
	pub complete_from: Height,
	/// How many heads have been marked.
	pub count: u8,
	pub advanced_at: u8,
	pub quiet_until: u8,
	/// By slot.
	pub marks: BTreeMap<(u8, u8), At>,
	/// The oldest first.
	pub past: Vec<Past>,
	pub open: Option<Open>,
	pub refused: Vec<Branch>,
	/// None if the leg is not there.
	pub standing: Option<Standing>,
	/// Whether it has ever been.
	pub is_known: bool,
	/// What is said of it, and heard.
	pub lane: Lane,
	/// The height of the peer's block by which the contract was last moved, and the own block.
	pub relied: Option<Height>,
	pub since: u8,
	pub ghost: Ghost,
}

/// What the reader does not know, and promises are about.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Ghost {
	/// Blocks that were heads of the followed branch at the end of an own block.
	pub believed: Vec<At>,
	/// The set that was in charge at first, and after which height.
	pub first: Option<InCharge>,
	/// Root's last word is to stop.
	pub is_stopped: bool,
	/// A contradiction that the peer's public data prove was shown, and refused.
	pub is_unheard: bool,
	/// The own block before which nothing may move, after root's choice.
	pub quiet_until: u8,
	/// Blocks of which it was heard what they say of all contracts, and the own blocks in which that
	/// was, or zero if that is long ago.
	pub told: BTreeMap<At, u8>,
	/// Whether a branch was adopted without root, and whether one was kept.
	pub has_adopted: bool,
	pub has_kept: bool,
	pub faults: u8,
}

impl Reader {
	/// As root has registered the peer, in the first block, with a leg or without.
	pub fn new(tree: &Tree, lane: Lane, standing: Option<Standing>) -> Self {
		let anchor = At(0);
		let block = tree.block(anchor);
		let set = block.next.unwrap_or(block.signer);
		let first = Some(InCharge { set, since: block.number });
		Self {
			now: 1,
			status: Status::Active,
			view: tree.first_view(anchor),
			set,
			set_since: block.number,
			complete_from: block.complete_from,
			count: 0,
			advanced_at: 1,
			quiet_until: 0,
			marks: BTreeMap::new(),
			past: Vec::new(),
			open: None,
			refused: Vec::new(),
			standing,
			is_known: standing.is_some(),
			lane,
			relied: None,
			since: 0,
			ghost: Ghost { first, ..Ghost::default() },
		}
	}

	pub fn branches(&self) -> impl Iterator<Item = &Branch> {
		self.opened().iter().chain(&self.refused)
	}

	pub fn opened(&self) -> &[Branch] {
		self.open.as_ref().map_or(&[], |open| &open.branches)
	}

	/// The status, and what it will be once a fork has ended.
	pub fn word(&self) -> Status {
		self.open.as_ref().map_or(self.status, |open| open.before)
	}

	/// Whether the leg is there, and nothing becomes of it any more.
	pub fn has_ended(&self) -> bool {
		self.standing.is_some_and(|standing| standing.stage.has_ended())
	}

	/// The pallet's `ensure_active`.
	pub fn is_active(&self) -> bool {
		self.status == Status::Active && self.now >= self.quiet_until
	}

	pub fn blame(&mut self, fault: Fault) {
		self.ghost.faults |= fault as u8;
	}

	pub fn has(&self, fault: Fault) -> bool {
		self.ghost.faults & fault as u8 > 0
	}

	/// Blocks that are remembered with their roots, the lowest first: the pallet's `marks`.
	pub fn marks(&self, tree: &Tree) -> Vec<At> {
		let ends = self.past.iter().map(|past| past.end);
		let mut marks: Vec<_> = self.marks.values().copied().chain(ends).collect();
		marks.push(tree.head(self.view));
		marks.sort_by_key(|at| tree.block(*at).number);
		marks.dedup_by_key(|at| tree.block(*at).number);
		marks
	}
}
