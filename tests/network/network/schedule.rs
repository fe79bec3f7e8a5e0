//! What a run is about, all drawn from its seed: exchanges, what their users do, and the faults.

use super::{
	keys::{User, TRADERS},
	Side, Tick,
};
use pallet_ribp::{Commit, Height, Resolution, Settlement};
use rand::{
	seq::{IndexedRandom, SliceRandom},
	Rng, SeedableRng,
};
use rand_chacha::ChaCha8Rng;
use ribp_kit::exchange::NOTICE;
use std::collections::BTreeMap;

/// The ticks in which faults happen. After that both chains live, and everything arrives.
pub const TURBULENCE: Tick = 40;

/// How the transport treats messages. Shares are probabilities a message.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Weather {
	/// Share that never arrives.
	pub loss: f64,
	/// Share that arrives once more, of each copy.
	pub duplication: f64,
	/// Longest time on the way, in ticks above the least.
	pub max_delay: Tick,
	/// Probability a tick that something old arrives again.
	pub replay: f64,
	/// Share that somebody sends along in a changed form.
	pub forgery: f64,
}

impl Weather {
	pub const CLEAR: Self =
		Self { loss: 0.0, duplication: 0.0, max_delay: 0, replay: 0.0, forgery: 0.0 };

	fn draw(rng: &mut ChaCha8Rng) -> Self {
		let (loss, max_delay) = match rng.random_range(0..4) {
			0 => (0.0, 0),
			1 | 2 => (0.3, 6),
			_ => (0.6, 16),
		};
		Self {
			loss: rng.random_range(0.0..=loss),
			duplication: rng.random_range(0.0..0.4),
			max_delay: rng.random_range(0..=max_delay),
			replay: rng.random_range(0.0..0.2),
			forgery: rng.random_range(0.0..0.2),
		}
	}
}

/// How a chain's nodes keep pace.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pace {
	/// Probability a tick that a block is made.
	pub authoring: f64,
	/// Probability a block that finality moves.
	pub finality: f64,
	/// Probability a block that a node asks the other chain.
	pub asking: f64,
	/// Probability a question that it is about all contracts that can move, and no others.
	pub diligence: f64,
}

impl Pace {
	pub const STEADY: Self = Self { authoring: 1.0, finality: 1.0, asking: 1.0, diligence: 1.0 };

	/// Of nodes that have nothing in their way. Not all of them do what is best.
	pub const CALM: Self = Self { diligence: 0.5, ..Self::STEADY };

	/// Of nodes on which no contract waits.
	pub const LEISURELY: Self = Self { asking: 0.3, diligence: 0.8, ..Self::STEADY };

	fn draw(rng: &mut ChaCha8Rng) -> Self {
		Self {
			authoring: rng.random_range(0.5..=1.0),
			finality: rng.random_range(0.1..=1.0),
			asking: rng.random_range(0.3..=1.0),
			diligence: rng.random_range(0.5..=1.0),
		}
	}
}

/// What somebody pays with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
	Token,
	/// Another asset, which may be frozen when it is to move.
	Gold,
	Both,
}

/// How somebody registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
	/// The log commits when the other one is shown to be registered.
	OnMatch,
	/// It is firm, and follows when the other one is registered in a final block: as traders do.
	Answers,
	/// It is firm, whatever has become of the other one. That is an option for who pays there.
	Firm,
}

/// One party's part in an exchange.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Part {
	pub means: Means,
	/// The share of what the payer has free, in percent; what is too little is raised.
	pub percent: u8,
	/// The own expiry, in blocks after the agreement.
	pub expiry: Height,
	/// Blocks from a cancellation until it takes effect.
	pub notice: Height,
	pub settlement: Settlement,
	/// When the payer registers, or begins to look for the other registration, in ticks after the
	/// agreement; never if none.
	pub registers: Option<Tick>,
	pub way: Way,
	/// When the payer cancels, in ticks after the agreement.
	pub cancels: Option<Tick>,
	/// When the payer registers the same once more, in ticks after the agreement.
	pub repeats: Option<Tick>,
}

/// How the two registrations of an exchange fail to be about the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Twist {
	/// The buyer means another expiry.
	OtherExpiry,
	/// The buyer pays less than agreed.
	OtherAmount,
	/// The buyer means another time to be paid.
	OtherSettlement,
	/// The buyer names another reference.
	OtherReference,
	/// None: the deliverer promises once more what was promised before, under a reference of its own.
	SameLogAgain,
}

/// Two users agree to exchange: one delivers on alpha, one pays on beta.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Offer {
	/// Who pays on alpha, and on beta.
	pub payers: [User; 2],
	/// Who receives on alpha, and on beta.
	pub receivers: [User; 2],
	pub parts: [Part; 2],
	pub twist: Option<Twist>,
}

/// What happens at some time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Act {
	/// An exchange is agreed on, at the heights of the moment.
	Agree(Offer),
	/// A payer registers one half of the exchange with this number.
	Register(Side, usize, Commit),
	/// A payer does so, firmly, as soon as the other half is final, and gives up after this tick.
	Answer(Side, usize, Tick),
	/// A payer wants the value back.
	Cancel(Side, usize),
	/// Somebody says that the contracts of a chain end by time which do, or some that do not.
	Conclude(Side),
	/// The issuer of the other asset freezes it, or what a user has of it, for so many ticks.
	Freeze(Side, Option<User>, Tick),
	/// The issuer thaws it.
	Thaw(Side, Option<User>),
	/// A user moves a share of the free value to another, in percent; all of it at 100.
	Spend { side: Side, from: User, to: User, percent: u8 },
	/// The nodes of a chain forget what they have asked for, and what has not arrived.
	RestartWorker(Side),
	/// The nodes of a chain forget their transaction pool.
	ClearPool(Side),
	/// A chain makes no blocks for so many ticks.
	Stop(Side, Tick),
	/// Nothing reaches a chain for so many ticks.
	Cut(Side, Tick),
	/// The nodes of a chain give up blocks that are not final for others.
	Reorganize(Side),
	/// Root believes the other chain from a newer block on.
	Renew(Side),
	/// Root believes the other chain for no longer than so many blocks take.
	Distrust(Side, Height),
	/// Root pauses the business with the other chain for so many ticks.
	Pause(Side, Tick),
	/// Root takes it up again.
	Resume(Side),
	/// Root of a chain names its validators: those whose bit is set.
	Elect(Side, u8),
	/// A chain makes no block any more.
	Die(Side),
}

/// The validators of a chain finalize a second history, until somebody shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deceit {
	/// Whose validators.
	pub liar: Side,
	/// When they begin.
	pub parts: Tick,
	/// So many final blocks are undone on it.
	pub back: Height,
	/// Whether the other chain is shown nothing else, until it is exposed.
	pub eclipses: bool,
	/// Whether its contracts are moved by that. All of them settle after their expiries, then: nobody
	/// else is safe.
	pub convinces: bool,
	/// Who validates the false history, if others than the true one: those whose bit is set.
	pub elects: Option<u8>,
	/// From when on somebody shows both.
	pub shown: Tick,
	/// How long they go on, and root takes, after that.
	pub lasts: Tick,
}

/// How long the chains wait before what they cannot take back, in blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Periods {
	/// After a verdict on a fork, and after a proof that is to settle later.
	pub exposure: Height,
	/// Before they sweep what nobody needs.
	pub retention: Height,
}

impl Periods {
	/// As they are on the dev chains.
	pub const OWN: Self = Self { exposure: 100, retention: 120 };

	/// No shorter than it takes to expose anybody in these schedules.
	const LONG: Self = Self { exposure: TURBULENCE + 20, retention: TURBULENCE + 20 };

	fn draw(rng: &mut ChaCha8Rng) -> Self {
		let exposure = rng.random_range(6..=16);
		let retention = exposure + rng.random_range(0..=6);
		match rng.random_bool(0.02) {
			true => Self::OWN,
			false => Self { exposure, retention },
		}
	}
}

/// A schedule of one run.
#[derive(Clone, Debug)]
pub struct Schedule {
	/// Blocks of each chain before they get to know each other. The first one states the time of the
	/// genesis, which is too long ago to be trusted.
	pub head_start: [Height; 2],
	pub periods: Periods,
	pub weather: Weather,
	/// Of alpha, and of beta.
	pub pace: [Pace; 2],
	pub agenda: BTreeMap<Tick, Vec<Act>>,
	/// The chain that dies for good, and what root then makes of the other's contracts.
	pub death: Option<(Side, Resolution)>,
	pub deceit: Option<Deceit>,
}

impl Schedule {
	/// The schedule of this seed.
	pub fn of(seed: u64) -> Self {
		let mut rng = ChaCha8Rng::seed_from_u64(seed);
		let mut agenda = Agenda { rng: &mut rng, acts: BTreeMap::new() };
		for _ in 0..agenda.rng.random_range(1..=4) {
			agenda.add_exchange();
		}
		agenda.add_spending();
		agenda.add_faults();
		let death = agenda.add_death();
		let deceit = agenda.draw_deceit().filter(|_| death.is_none());
		agenda.add_freezes();
		let mut agenda = agenda.acts;
		let mut periods = Periods::draw(&mut rng);
		if let Some(deceit) = deceit.filter(|deceit| deceit.convinces) {
			periods = Periods::LONG;
			let offers = agenda.values_mut().flatten().filter_map(|act| match act {
				Act::Agree(offer) => Some(offer),
				_ => None,
			});
			offers.for_each(|offer| offer.is_wary(deceit.liar.other()));
		}
		Self {
			head_start: [rng.random_range(2..=4), rng.random_range(2..=4)],
			periods,
			weather: Weather::draw(&mut rng),
			pace: [Pace::draw(&mut rng), Pace::draw(&mut rng)],
			agenda,
			death,
			deceit,
		}
	}
}

impl Offer {
	/// Who pays on this chain waits until a fork of the other one would have been exposed.
	fn is_wary(&mut self, side: Side) {
		self.parts[side as usize].settlement = Settlement::AtExpiry;
		self.twist = self.twist.filter(|twist| *twist != Twist::OtherSettlement);
	}
}

struct Agenda<'a> {
	rng: &'a mut ChaCha8Rng,
	acts: BTreeMap<Tick, Vec<Act>>,
}

impl Agenda<'_> {
	fn add(&mut self, at: Tick, act: Act) {
		self.acts.entry(at).or_default().push(act);
	}

	/// Adds an act, or none, or several.
	fn add_some(&mut self, mean: f64, mut act: impl FnMut(&mut ChaCha8Rng) -> Act) {
		while self.rng.random_bool(mean / (1.0 + mean)) {
			let (at, act) = (self.rng.random_range(1..TURBULENCE), act(self.rng));
			self.add(at, act);
		}
	}

	fn add_exchange(&mut self) {
		let at = self.rng.random_range(0..12);
		let parts = draw_parts(self.rng);
		let payers = two_traders(self.rng);
		let mut receivers = [payers[1], payers[0]];
		if self.rng.random_bool(0.1) {
			receivers[0] = *TRADERS.choose(self.rng).expect("there are traders; qed");
		}
		let twist = match self.rng.random_range(0..32) {
			0 => Some(Twist::OtherExpiry),
			1 => Some(Twist::OtherAmount),
			2 => Some(Twist::OtherSettlement),
			3 => Some(Twist::OtherReference),
			4 | 5 => Some(Twist::SameLogAgain),
			_ => None,
		};
		self.add(at, Act::Agree(Offer { payers, receivers, parts, twist }));
		// A blackout that ends when the time to commit does.
		if self.rng.random_bool(0.3) {
			let side = draw_side(self.rng);
			let from = at + self.rng.random_range(0..4);
			let end = at + parts[side as usize].expiry + self.rng.random_range(0..4);
			self.add(from, Act::Cut(side, end.saturating_sub(from + 2)));
		}
	}

	fn add_spending(&mut self) {
		self.add_some(1.5, |rng| {
			let [from, to] = two_traders(rng);
			let percent = if rng.random_bool(0.3) { 100 } else { rng.random_range(50..=99) };
			Act::Spend { side: draw_side(rng), from, to, percent }
		});
	}

	/// The asset is frozen when some of its contracts end.
	fn add_freezes(&mut self) {
		self.add_some(0.5, |rng| {
			let whose =
				rng.random_bool(0.5).then(|| *TRADERS.choose(rng).expect("there are some; qed"));
			Act::Freeze(draw_side(rng), whose, rng.random_range(5..=60))
		});
	}

	fn add_faults(&mut self) {
		self.add_some(0.5, |rng| Act::Conclude(draw_side(rng)));
		self.add_some(0.7, |rng| Act::RestartWorker(draw_side(rng)));
		self.add_some(0.4, |rng| Act::ClearPool(draw_side(rng)));
		self.add_some(0.4, |rng| Act::Stop(draw_side(rng), rng.random_range(2..=40)));
		self.add_some(0.5, |rng| Act::Cut(draw_side(rng), rng.random_range(2..=30)));
		self.add_some(0.7, |rng| Act::Reorganize(draw_side(rng)));
		self.add_some(0.1, |rng| Act::Renew(draw_side(rng)));
		self.add_some(0.3, |rng| Act::Elect(draw_side(rng), rng.random_range(1..16)));
		self.add_some(0.1, |rng| Act::Distrust(draw_side(rng), rng.random_range(12..=30)));
		self.add_some(0.1, |rng| Act::Pause(draw_side(rng), rng.random_range(2..=20)));
	}

	fn draw_deceit(&mut self) -> Option<Deceit> {
		let rng = &mut *self.rng;
		let eclipses = rng.random();
		let convinces = eclipses && rng.random_bool(0.6);
		// It takes some time to convince anybody that an expiry has passed.
		let (parts, shown) = match convinces {
			true => (rng.random_range(6..=14), rng.random_range(34..TURBULENCE)),
			false => {
				let parts = rng.random_range(1..TURBULENCE / 2);
				(parts, rng.random_range(parts + 2..TURBULENCE))
			},
		};
		let deceit = Deceit {
			liar: draw_side(rng),
			parts,
			// Who is shown nothing else does not know more than both histories have.
			back: if eclipses { 0 } else { rng.random_range(0..=8) },
			eclipses,
			convinces,
			elects: rng.random_bool(0.5).then(|| rng.random_range(1..16)),
			shown,
			lasts: rng.random_range(0..=12),
		};
		rng.random_bool(0.15).then_some(deceit)
	}

	fn add_death(&mut self) -> Option<(Side, Resolution)> {
		let dies = self.rng.random_bool(0.04);
		let side = draw_side(self.rng);
		let resolution = [Resolution::Settle, Resolution::Reverse];
		let resolution = *resolution.choose(self.rng).expect("there are two; qed");
		let at = self.rng.random_range(8..TURBULENCE);
		dies.then(|| {
			self.add(at, Act::Die(side));
			(side, resolution)
		})
	}
}

fn draw_side(rng: &mut ChaCha8Rng) -> Side {
	*Side::BOTH.choose(rng).expect("there are two; qed")
}

fn two_traders(rng: &mut ChaCha8Rng) -> [User; 2] {
	let mut traders = TRADERS;
	traders.shuffle(rng);
	[traders[0], traders[1]]
}

/// The nearest expiry that is agreed on: what an expiry must be away, and the time to register.
const NEAREST: Height = 13;

/// Time for the first registration to be final, where the second one waits for that.
const FINALITY: Height = 8;

/// Both parts: their expiries are close to each other, or far apart.
fn draw_parts(rng: &mut ChaCha8Rng) -> [Part; 2] {
	let ways = match rng.random_range(0..20) {
		0..8 => [Way::OnMatch, Way::Answers],
		8..16 => [Way::OnMatch; 2],
		16 | 17 => [Way::OnMatch, Way::Firm],
		18 => [Way::Firm, Way::Answers],
		_ => [Way::Firm; 2],
	};
	let nearest = match ways[1] {
		Way::Answers => NEAREST + FINALITY,
		_ => NEAREST,
	};
	// A notice runs out before some of them.
	let farthest = if rng.random_bool(0.12) { 60 } else { 30 };
	let first: Height = rng.random_range(nearest..=farthest);
	let second = match rng.random_range(0..4) {
		0 => first,
		1 => (first + rng.random_range(0..=4)).saturating_sub(2).max(nearest),
		_ => rng.random_range(nearest..=farthest),
	};
	let [one, other] = [0, 1].map(|at| draw_part(rng, [first, second][at], ways[at]));
	if rng.random() {
		[one, other]
	} else {
		[other, one]
	}
}

fn draw_part(rng: &mut ChaCha8Rng, expiry: Height, way: Way) -> Part {
	let settlement = [Settlement::Early, Settlement::AtExpiry];
	let means = match rng.random_range(0..8) {
		0..5 => Means::Token,
		5 | 6 => Means::Gold,
		_ => Means::Both,
	};
	let latest = expiry - NEAREST;
	let registers = match rng.random_range(0..24) {
		0 => None,
		// As late as it can, or too late.
		1 | 2 => Some(latest + rng.random_range(0..=3)),
		_ => Some(rng.random_range(0..=latest.min(6))),
	};
	Part {
		means,
		percent: rng.random_range(1..=60),
		expiry,
		notice: NOTICE + if rng.random_bool(0.8) { 0 } else { rng.random_range(0..=8) },
		settlement: *settlement.choose(rng).expect("there are two; qed"),
		registers,
		way,
		cancels: rng.random_bool(0.15).then(|| rng.random_range(1..expiry + 4)),
		repeats: rng.random_bool(0.1).then(|| rng.random_range(1..expiry + 50)),
	}
}
