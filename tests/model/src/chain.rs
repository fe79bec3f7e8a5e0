//! What a chain stores: the model's stand-in for the pallet's storage, and its history.

use super::{
	terms::{system, Slot, Terms, CONTRACTS},
	variants::Variant,
};
use ribp_kit::side::Side;
use ribp_protocol::{Change, Flow, Outcome, Own, Phase, Stage, Step};

/// The last height that a chain can have: positions are kept in four bits.
pub const TOP: u8 = 15;

/// What evidence of a block can show: the positions, and which contracts wait.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Facts(u32);

impl Facts {
	const WAITING: u32 = 24;

	pub fn position(self, Slot(slot): Slot) -> Option<u8> {
		let at = (self.0 >> (4 * slot)) as u8 & TOP;
		(at > 0).then_some(at)
	}

	fn set(&mut self, Slot(slot): Slot, at: u8) {
		self.0 = self.0 & !(0xf << (4 * slot)) | u32::from(at) << (4 * slot);
	}

	pub fn waits(self, index: usize) -> bool {
		self.0 >> (Self::WAITING + index as u32) & 1 == 1
	}

	pub fn is_empty(self) -> bool {
		self.0 == 0
	}
}

/// Where the value of a contract's log is. The payer starts with enough for two.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Purse {
	pub payer: u8,
	pub taken: u8,
	pub receiver: u8,
}

impl Purse {
	pub const START: Self = Self { payer: 2, taken: 0, receiver: 0 };

	/// Moves one unit; none if there is nothing to move.
	fn flow(mut self, flow: Flow) -> Option<Self> {
		let (from, to) = match flow {
			Flow::Take => (&mut self.payer, &mut self.taken),
			Flow::Give => (&mut self.taken, &mut self.receiver),
			Flow::GiveBack => (&mut self.taken, &mut self.payer),
		};
		*from = from.checked_sub(1)?;
		*to += 1;
		Some(self)
	}
}

/// [`Stage`] in one byte. The height of a commit is in [`Past`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Standing {
	Unknown,
	Registered,
	Committed,
	Ended(Outcome),
}

/// What a contract has ever done on a chain: the positions as they were if none were deleted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Past {
	pub registered: u8,
	/// The contract log's position was taken back before log1 was committed.
	pub withdrawn: u8,
	pub committed: u8,
	pub reversed: u8,
}

/// One contract on one chain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Leg {
	standing: Standing,
	pub past: Past,
	pub purse: Purse,
}

impl Leg {
	const START: Self = Self {
		standing: Standing::Unknown,
		past: Past { registered: 0, withdrawn: 0, committed: 0, reversed: 0 },
		purse: Purse::START,
	};

	/// None before its registration, and once it is forgotten.
	pub fn stage(&self) -> Option<Stage> {
		Some(match self.standing {
			Standing::Unknown => return None,
			Standing::Registered => Stage::Waiting(Phase::Registered),
			Standing::Committed => {
				Stage::Waiting(Phase::Committed { at: u32::from(self.past.committed) })
			},
			Standing::Ended(outcome) => Stage::Ended(outcome),
		})
	}

	fn set_stage(&mut self, stage: Option<Stage>) {
		self.standing = match stage {
			None => Standing::Unknown,
			Some(Stage::Waiting(Phase::Registered)) => Standing::Registered,
			Some(Stage::Waiting(Phase::Committed { .. })) => Standing::Committed,
			Some(Stage::Ended(outcome)) => Standing::Ended(outcome),
		};
	}

	pub fn is_waiting(&self) -> bool {
		matches!(self.standing, Standing::Registered | Standing::Committed)
	}

	pub fn has_ended(&self) -> bool {
		matches!(self.standing, Standing::Ended(_))
	}

	/// Value that the receiver has, or is to have unless the log is reversed.
	pub fn delivered(&self) -> u8 {
		self.purse.receiver + u8::from(self.standing == Standing::Committed)
	}

	/// Whether what is taken is that of the stage.
	pub fn is_balanced(&self) -> bool {
		let Purse { payer, taken, receiver } = self.purse;
		taken == u8::from(self.is_waiting()) && payer + taken + receiver == Purse::START.payer
	}
}

/// What went wrong in a step, whatever the state after it looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
	/// Value was moved from where there is none.
	Overdrawn = 1,
	/// The verdict was another than if nothing had ever been deleted.
	OtherVerdict = 2,
	/// A contract was registered again.
	RegisteredAgain = 4,
	/// A step changed the position of another contract.
	Disturbed = 8,
}

/// A chain: the state of its open block, and what its sealed blocks show.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Chain {
	/// Height of the open block.
	pub now: u8,
	/// Height of the newest believed block of the peer; zero before the first.
	pub newest: u8,
	/// Root has paused the peer here.
	pub paused: bool,
	/// It makes no more blocks.
	pub dead: bool,
	pub legs: [Leg; CONTRACTS],
	facts: Facts,
	sealed: [Facts; TOP as usize + 1],
}

impl Chain {
	pub fn new() -> Self {
		Self {
			now: 1,
			newest: 0,
			paused: false,
			dead: false,
			legs: [Leg::START; CONTRACTS],
			facts: Facts::default(),
			sealed: [Facts::default(); TOP as usize + 1],
		}
	}

	pub fn own(&self) -> Own {
		Own(u32::from(self.now))
	}

	/// Heights of the blocks that evidence can be of.
	pub fn sealed(&self) -> std::ops::Range<u8> {
		1..self.now
	}

	/// What evidence of a sealed block shows.
	pub fn facts_at(&self, height: u8) -> Facts {
		assert!(self.sealed().contains(&height), "only what is sealed can be final");
		self.sealed[usize::from(height)]
	}

	/// What the open block would show, if it were sealed now.
	pub fn facts(&self) -> Facts {
		let waiting = self.legs.iter().enumerate().filter(|(_, leg)| leg.is_waiting());
		Facts(
			waiting
				.fold(self.facts.0, |bits, (index, _)| bits | 1 << (Facts::WAITING + index as u32)),
		)
	}

	/// Ends the open block. From now on evidence of it may arrive, now or ever.
	pub fn seal(&mut self) {
		self.sealed[usize::from(self.now)] = self.facts();
		self.now += 1;
	}

	/// A log belongs to one contract until that is forgotten.
	pub fn is_in_use(&self, terms: &Terms, side: Side, index: usize) -> bool {
		let log = terms.contract(side, index).log;
		let mut others = terms.indices().filter(|other| terms.contract(side, *other).log == log);
		others.any(|other| self.legs[other].stage().is_some())
	}

	/// Stores what `step` makes of a contract.
	pub fn take(
		&mut self,
		terms: &Terms,
		variant: Variant,
		side: Side,
		index: usize,
		step: Step,
	) -> Option<Fault> {
		let (now, before) = (self.own(), self.facts);
		let contract = terms.contract(side, index);
		let mut fault = None;
		if step == Step::Register && self.legs[index].past.registered > 0 {
			fault = Some(Fault::RegisteredAgain);
		}
		if let Some(flow) = step.flow() {
			match self.legs[index].purse.flow(flow) {
				Some(purse) => self.legs[index].purse = purse,
				None => fault = Some(Fault::Overdrawn),
			}
		}
		for change in step.changes(system(side), contract, now) {
			match change {
				Change::Remove(_) if step == Step::Cancel && variant.keeps_cancelled() => {},
				Change::Set(log, at) => self.facts.set(terms.slot(side, log), at as u8),
				Change::Remove(log) => self.facts.set(terms.slot(side, log), 0),
			}
		}
		let withdrawn = self.facts.position(Slot(index)).is_none();
		self.remember(index, step, withdrawn);
		self.legs[index].set_stage(step.stage(now));
		if self.disturbs(terms, side, index, before) {
			fault = Some(Fault::Disturbed);
		}
		fault
	}

	/// The positions as if those of a committed log were never deleted.
	fn remember(&mut self, index: usize, step: Step, withdrawn: bool) {
		let past = &mut self.legs[index].past;
		match step {
			Step::Register => *past = Past { registered: self.now, withdrawn: 0, ..*past },
			Step::Commit => past.committed = self.now,
			Step::Reverse => past.reversed = self.now,
			_ if past.committed == 0 && past.withdrawn == 0 && withdrawn => {
				past.withdrawn = self.now;
			},
			Step::Cancel | Step::Expire | Step::Unlock | Step::Forget => {},
		}
	}

	/// Whether positions of another contract, which is not forgotten, are not what they were.
	fn disturbs(&self, terms: &Terms, side: Side, index: usize, before: Facts) -> bool {
		terms.indices().filter(|other| *other != index).any(|other| {
			self.legs[other].stage().is_some()
				&& terms
					.slots(side, other)
					.iter()
					.any(|slot| before.position(*slot) != self.facts.position(*slot))
		})
	}
}
