//! What a chain stores: the model's stand-in for the pallet's storage, and its history.

use super::{
	deals::{Deals, CONTRACTS},
	lane::{Lane, Said},
	root::{Announcement, Contact},
	variants::Variant,
};
use ribp_kit::side::Side;
use ribp_protocol::{Exposed, Fact, Flow, Height, Notice, Outcome, Own, Stage, Standing};

/// The last block that a chain can have.
pub const TOP: u8 = 23;

/// Own blocks in which a fork of the peer would be exposed, after the one with the proof.
const EXPOSURE: Height = 1;

/// What every clock of notices shows when one begins. It may have to stand still first.
pub const NOTICE: Height = 16;

/// What evidence of a block can show: where the legs stand, and what is said of all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Facts {
	places: [u8; CONTRACTS],
	said: Said,
}

impl Facts {
	fn new(places: [Place; CONTRACTS], said: Said) -> Self {
		Self { places: places.map(Place::code), said }
	}

	pub fn place(self, index: usize) -> Place {
		Place::of(self.places[index])
	}

	/// The same, as if this leg were not there.
	pub fn without(mut self, index: usize) -> Self {
		self.places[index] = Place::Nowhere.code();
		self
	}

	pub fn said(self) -> Said {
		self.said
	}
}

/// [`Stage`], with a block in place of its height.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
	/// It is not there.
	Nowhere,
	Registered,
	Cancelling,
	Committed(u8),
	Ended(Outcome),
}

impl Place {
	const OUTCOMES: [Outcome; 4] =
		[Outcome::Settled, Outcome::Reversed, Outcome::Expired, Outcome::Cancelled];

	fn code(self) -> u8 {
		match self {
			Self::Nowhere => 0,
			Self::Registered => 1,
			Self::Cancelling => 2,
			Self::Ended(outcome) => 3 + outcome as u8,
			Self::Committed(at) => 8 + at,
		}
	}

	fn of(code: u8) -> Self {
		match code {
			0 => Self::Nowhere,
			1 => Self::Registered,
			2 => Self::Cancelling,
			3..8 => Self::Ended(Self::OUTCOMES[usize::from(code) - 3]),
			_ => Self::Committed(code - 8),
		}
	}

	/// None if it is not there.
	pub fn stage(self, deals: &Deals, side: Side) -> Option<Stage> {
		Some(match self {
			Self::Nowhere => return None,
			Self::Registered => Stage::Registered,
			Self::Cancelling => Stage::Cancelling { since: NOTICE },
			Self::Committed(at) => Stage::Committed { at: deals.height(side, at) },
			Self::Ended(outcome) => Stage::Ended(outcome),
		})
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

/// What is proven of the peer's leg, where the verdict has to wait.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Proven {
	pub fact: Fact,
	/// By which of the peer's blocks.
	pub at: u8,
	/// Own height at which it was.
	pub since: Height,
}

impl Proven {
	/// The own height after which the verdict may fall.
	fn until(&self) -> Height {
		self.since + EXPOSURE
	}

	/// When it was proven does not matter once the verdict may fall.
	pub fn forget_time(&mut self, now: Height) {
		if now > self.until() {
			self.since = 0;
		}
	}
}

/// One contract on one chain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Leg {
	pub place: Place,
	/// What the clock of its notice shows, up to the first block after it.
	pub clock: Height,
	pub proven: Option<Proven>,
	pub purse: Purse,
	/// What was to become of its value, and could not. Nobody sweeps that.
	pub owed: Option<Flow>,
	/// What root has said of it; also what it has not been reminded of since, as the promise has it.
	pub announced: Option<Announcement>,
	pub warned: Option<Announcement>,
	/// Whether it has ever been registered.
	pub is_known: bool,
	/// The peer's block that was known when it was registered, for those who ask.
	pub basis: u8,
}

impl Leg {
	const START: Self = Self {
		place: Place::Nowhere,
		clock: NOTICE,
		proven: None,
		purse: Purse::START,
		owed: None,
		announced: None,
		warned: None,
		is_known: false,
		basis: 0,
	};

	fn pay(&mut self, flow: Flow) -> Faults {
		let mut faults = Faults::default();
		match self.purse.flow(flow) {
			Some(purse) => self.purse = purse,
			None => faults.add(Fault::Overdrawn),
		}
		faults
	}

	pub fn is_there(&self) -> bool {
		self.place != Place::Nowhere
	}

	pub fn has_ended(&self) -> bool {
		matches!(self.place, Place::Ended(_))
	}

	pub fn is_open(&self) -> bool {
		self.is_there() && !self.has_ended()
	}

	pub fn is_committed(&self) -> bool {
		matches!(self.place, Place::Committed(_))
	}

	/// Value that the receiver has, or may claim.
	pub fn settled(&self) -> u8 {
		self.purse.receiver + u8::from(self.owed == Some(Flow::Give))
	}

	/// The same, or is to have unless the log is reversed.
	pub fn delivered(&self) -> u8 {
		self.settled() + u8::from(self.is_committed())
	}

	/// Whether what is taken is that of the stage, or owed.
	pub fn is_balanced(&self) -> bool {
		let Purse { payer, taken, receiver } = self.purse;
		let due = u8::from(self.is_open()) + u8::from(self.owed.is_some());
		taken == due && payer + taken + receiver == Purse::START.payer
	}
}

/// How old a leg is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Age {
	/// It may commit.
	InTime,
	/// Its expiry has passed.
	Expired,
	/// Its epoch is swept.
	Swept,
}

/// What went wrong in a step, whatever the state after it looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
	/// Value was moved from where there is none.
	Overdrawn = 1,
	/// A log was committed after its expiry.
	Late = 2,
	/// Evidence moved a leg in another way than if nothing had ever been swept.
	OtherVerdict = 4,
	/// A contract was registered again.
	RegisteredAgain = 8,
	/// A payer took back what the other side had answered in time.
	TakenBack = 16,
	/// Root ended what it had not announced, or of a peer that had shown life since.
	Hasty = 32,
}

/// The faults of a step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Faults(u8);

impl Faults {
	pub fn add(&mut self, fault: Fault) {
		self.0 |= fault as u8;
	}

	pub fn join(&mut self, Self(other): Self) {
		self.0 |= other;
	}

	pub fn has(self, fault: Fault) -> bool {
		self.0 & fault as u8 > 0
	}
}

/// A chain: the state of its open block, and what its sealed blocks show.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Chain {
	/// The open block.
	pub now: u8,
	/// The newest believed block of the peer; zero before the first.
	pub known: u8,
	/// The block that root has named to begin with: what is below is unknown.
	pub anchor: u8,
	/// The pallet's `branch_from`: the lowest block that root has gone back to. What was believed before
	/// root last did counts up to there.
	pub floor: u8,
	/// By how much the clock of notices goes on when the next one is: own blocks since the last
	/// was, but for what is too much.
	pub idle: Height,
	/// The own block in which it last did, where blocks of one number are made at one time: only what
	/// is younger lets it go on.
	pub counted: Option<u8>,
	/// None where root gives up nobody.
	pub contact: Option<Contact>,
	/// Root has paused the peer here.
	pub paused: bool,
	/// No value moves: its issuer has frozen it.
	pub frozen: bool,
	/// It makes no more blocks.
	pub dead: bool,
	/// From which block on its state has another form; zero if it has the first one.
	pub upgraded: u8,
	pub legs: [Leg; CONTRACTS],
	pub lane: Lane,
	pub sealed: [Facts; TOP as usize + 1],
}

impl Chain {
	/// A chain that has just got to know the other, of which it has not heard for long.
	pub fn new(deals: &Deals, side: Side, idle: Height) -> Self {
		Self {
			now: 1,
			known: 0,
			anchor: 0,
			floor: u8::MAX,
			idle,
			counted: None,
			contact: None,
			paused: false,
			frozen: false,
			dead: false,
			upgraded: 0,
			legs: [Leg::START; CONTRACTS],
			lane: Lane::new(deals.height(side, 1), deals.height(side.other(), 0)),
			sealed: [Facts::default(); TOP as usize + 1],
		}
	}

	/// Blocks that evidence can be of.
	pub fn sealed(&self) -> std::ops::Range<u8> {
		1..self.now
	}

	/// What evidence of a sealed block shows.
	pub fn facts_at(&self, block: u8) -> Facts {
		assert!(self.sealed().contains(&block), "only what is sealed can be final");
		self.sealed[usize::from(block)]
	}

	/// What evidence of the open block would show, were it sealed now: of what expires before an
	/// upgrade, nothing is found under the new keys.
	fn facts(&self, deals: &Deals, side: Side) -> Facts {
		let is_moved = |index| {
			let from = self.complete_from(deals, side, self.now);
			deals.terms(side, index).own.expiry >= from
		};
		let place = |index: usize| match is_moved(index) {
			true => self.legs[index].place,
			false => Place::Nowhere,
		};
		Facts::new([place(0), place(1)], self.lane.said())
	}

	/// From which height on a block has all legs.
	pub fn complete_from(&self, deals: &Deals, side: Side, block: u8) -> Height {
		match self.upgraded {
			upgraded if upgraded > 0 && upgraded <= block => deals.height(side, upgraded),
			_ => 0,
		}
	}

	/// Ends the open block. From now on evidence of it may arrive, now or ever. Notices run no more
	/// than `most` blocks at a time.
	pub fn seal(&mut self, deals: &Deals, side: Side, most: Height) {
		self.sealed[usize::from(self.now)] = self.facts(deals, side);
		let passed = deals.height(side, self.now + 1) - deals.height(side, self.now);
		self.idle = (self.idle + passed).min(most);
		self.now += 1;
	}

	/// A block of the peer is believed: if it is newer, and young enough, notices run on.
	pub fn learn(&mut self, deals: &Deals, side: Side, block: u8) {
		if block <= self.known {
			return;
		}
		self.known = block;
		let now = deals.height(side, self.now);
		if self.contact.is_some() {
			self.contact = Some(Contact { advanced_at: now, counted_to: now });
			self.legs.iter_mut().for_each(|leg| leg.warned = None);
		}
		if self.counted.is_some_and(|counted| block <= counted) {
			return;
		}
		self.counted = self.counted.map(|_| self.now);
		let passed = std::mem::take(&mut self.idle);
		if self.paused {
			return;
		}
		for (index, leg) in self.legs.iter_mut().enumerate() {
			if leg.place == Place::Cancelling {
				let over = NOTICE + deals.terms(side, index).own.notice + 1;
				leg.clock = over.min(leg.clock + passed);
			}
		}
	}

	/// Where a leg stands, and the clock of its notice; none if it is not there.
	pub fn standing(&self, deals: &Deals, side: Side, index: usize) -> Option<(Standing, Notice)> {
		let Leg { place, clock, proven, .. } = self.legs[index];
		let fact = proven.map(|proven| proven.fact);
		Some((Standing { stage: place.stage(deals, side)?, fact }, Notice(clock)))
	}

	/// The pallet's `Exposed`.
	pub fn exposed(&self, index: usize) -> Exposed {
		let proven = self.legs[index].proven.filter(|_| !self.paused);
		Exposed { until: proven.map(|proven| Own(proven.until())) }
	}

	/// Stores what a leg has come to, and moves its value. `proof` is the peer's block that shows
	/// why, if one does.
	pub fn put(
		&mut self,
		deals: &Deals,
		variant: Variant,
		side: Side,
		index: usize,
		next: Standing,
		proof: u8,
	) -> Faults {
		let mut faults = Faults::default();
		let (now, height) = (self.now, deals.height(side, self.now));
		let ends = next.stage.has_ended();
		if self.frozen && ends && variant == Variant::WaitForPayout {
			return faults;
		}
		let leg = &mut self.legs[index];
		let flow = match leg.is_there() {
			true => next.stage.flow(),
			false => Some(Flow::Take),
		};
		match flow {
			Some(flow) if self.frozen => leg.owed = Some(flow),
			Some(flow) => faults.join(leg.pay(flow)),
			None => {},
		}
		// What was silent before does not count for who cancels now.
		leg.clock = match next.stage {
			Stage::Cancelling { since } if !variant.counts_silence() => since - self.idle,
			_ => NOTICE,
		};
		leg.place = match next.stage {
			Stage::Registered => Place::Registered,
			Stage::Cancelling { .. } => Place::Cancelling,
			Stage::Committed { .. } if leg.is_committed() => leg.place,
			Stage::Committed { .. } => Place::Committed(now),
			Stage::Ended(outcome) => Place::Ended(outcome),
		};
		let expiry = deals.terms(side, index).own.expiry;
		if leg.place == Place::Committed(now) && height > expiry && variant.is_honest(side) {
			faults.add(Fault::Late);
		}
		if ends {
			(leg.announced, leg.warned) = (None, None);
		}
		let is_pending = leg.is_committed();
		leg.proven = next.fact.filter(|_| is_pending).map(|fact| {
			let proven = Proven { fact, at: proof, since: height };
			leg.proven.filter(|before| before.fact == fact).unwrap_or(proven)
		});
		let epoch = deals.epoch(side, index);
		if leg.has_ended() && self.lane.goes(epoch, height) {
			self.drop(variant, index);
			self.lane.give_up(epoch);
		}
		faults
	}

	/// Says what is true of its contracts, and sweeps: in each block, or less often.
	pub fn tend(&mut self, deals: &Deals, variant: Variant, side: Side) {
		let now = deals.height(side, self.now);
		let known = |reader: Side| match reader == side {
			true => now,
			false => deals.height(reader, self.known),
		};
		let reader = variant.reader(side);
		let open = deals.indices().filter(|index| variant.is_open(&self.legs[*index]));
		let epochs = open.map(|index| deals.epoch(reader, index));
		self.lane.grow(variant, known(reader), epochs);
		let count = deals.indices().filter(|index| self.legs[*index].is_there()).count();
		self.lane.sweep(variant, now, count);
		for index in deals.indices() {
			let is_looked_at = self.lane.has_swept(deals.epoch(side, index));
			if self.legs[index].has_ended() && is_looked_at {
				self.drop(variant, index);
			}
		}
	}

	/// Root has a leg forgotten. That it is not there says nothing.
	pub fn forget(&mut self, deals: &Deals, variant: Variant, side: Side, index: usize) {
		self.drop(variant, index);
		if variant != Variant::ForgetUnsaid {
			self.lane.give_up(deals.epoch(side, index));
		}
	}

	/// Pays what is owed, if there is anything, and it can move.
	pub fn claim(&mut self, variant: Variant, index: usize) -> Option<Faults> {
		let leg = &mut self.legs[index];
		let owed = leg.owed.filter(|_| !self.frozen)?;
		if variant != Variant::ClaimedTwice {
			leg.owed = None;
		}
		let is_returned = variant == Variant::ClaimReturns;
		Some(leg.pay(if is_returned { Flow::GiveBack } else { owed }))
	}

	/// A leg is not there any more.
	pub fn drop(&mut self, variant: Variant, index: usize) {
		let leg = &mut self.legs[index];
		leg.place = Place::Nowhere;
		(leg.announced, leg.warned) = (None, None);
		if variant == Variant::OwedSwept {
			leg.owed = None;
		}
	}

	/// How old a leg is, whether or not it is there.
	pub fn age(&self, deals: &Deals, side: Side, index: usize) -> Age {
		let now = Own(deals.height(side, self.now));
		if self.lane.said().swept.contains(deals.epoch(side, index)) {
			Age::Swept
		} else if deals.terms(side, index).has_expired(now) {
			Age::Expired
		} else {
			Age::InTime
		}
	}
}
