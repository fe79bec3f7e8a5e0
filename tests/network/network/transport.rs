//! What carries evidence from one chain to the other: loses, delays, repeats and reorders it.

use super::{schedule::Weather, Side, Tick};
use pallet_ribp::{ContractId, Evidence};
use rand::{seq::SliceRandom, Rng};
use rand_chacha::ChaCha8Rng;
use std::ops::AddAssign;

/// The most messages that are kept to be repeated some day.
const ARCHIVE: usize = 8;

/// A piece of evidence on its way.
#[derive(Clone)]
pub struct Letter {
	/// The chain that is to believe it.
	pub to: Side,
	pub evidence: Evidence,
	pub contracts: Vec<ContractId>,
	/// Whether somebody has changed it on its way, so that it proves nothing any more.
	pub is_forged: bool,
}

/// How often what happened to messages.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, serde::Serialize)]
pub struct Transported {
	pub sent: u64,
	pub lost: u64,
	pub repeated: u64,
	/// Overtaken by one that was sent later.
	pub reordered: u64,
}

impl AddAssign for Transported {
	fn add_assign(&mut self, other: Self) {
		self.sent += other.sent;
		self.lost += other.lost;
		self.repeated += other.repeated;
		self.reordered += other.reordered;
	}
}

struct Flight {
	due: Tick,
	/// Place in the order of sending.
	order: u64,
	letter: Letter,
}

/// The network between two chains.
pub struct Transport {
	weather: Weather,
	rng: ChaCha8Rng,
	flights: Vec<Flight>,
	/// Delivered long ago, and kept by somebody.
	archive: Vec<Letter>,
	/// Until when nothing gets through, by the side that is to receive it.
	cut_until: [Tick; 2],
	/// The newest message that has arrived on each side, in the order of sending.
	newest: [u64; 2],
	pub transported: Transported,
}

impl Transport {
	pub fn new(weather: Weather, rng: ChaCha8Rng) -> Self {
		Self {
			weather,
			rng,
			flights: Vec::new(),
			archive: Vec::new(),
			cut_until: [0; 2],
			newest: [0; 2],
			transported: Transported::default(),
		}
	}

	/// From now on everything arrives at once, and in order.
	pub fn clear_up(&mut self) {
		self.weather = Weather::CLEAR;
		self.cut_until = [0; 2];
	}

	/// Nothing reaches this side before then.
	pub fn cut(&mut self, to: Side, until: Tick) {
		let cut = &mut self.cut_until[to as usize];
		*cut = until.max(*cut);
	}

	/// Forgets what is on its way to this side.
	pub fn drop_all_to(&mut self, to: Side) {
		let before = self.flights.len();
		self.flights.retain(|flight| flight.letter.to != to);
		self.transported.lost += (before - self.flights.len()) as u64;
	}

	/// Whether somebody changes the next message.
	pub fn forges(&mut self) -> bool {
		self.rng.random_bool(self.weather.forgery)
	}

	/// Sends a message: not at all, once, or several times.
	pub fn send(&mut self, now: Tick, letter: Letter) {
		self.transported.sent += 1;
		let is_cut = now < self.cut_until[letter.to as usize];
		if is_cut || self.rng.random_bool(self.weather.loss) {
			self.transported.lost += 1;
			return;
		}
		while self.rng.random_bool(self.weather.duplication) {
			self.transported.repeated += 1;
			self.launch(now, letter.clone());
		}
		self.launch(now, letter);
	}

	fn launch(&mut self, now: Tick, letter: Letter) {
		let due = now + 1 + self.rng.random_range(0..=self.weather.max_delay);
		self.flights.push(Flight { due, order: self.transported.sent, letter });
	}

	/// What arrives now, in any order; now and then something that has arrived before.
	pub fn arrivals(&mut self, now: Tick) -> Vec<Letter> {
		let (due, later) = self.flights.drain(..).partition(|flight| flight.due <= now);
		self.flights = later;
		let mut due: Vec<Flight> = due;
		if self.weather.max_delay > 0 {
			due.shuffle(&mut self.rng);
		}
		let mut arrived: Vec<_> = due.into_iter().map(|flight| self.land(flight)).collect();
		if !self.archive.is_empty() && self.rng.random_bool(self.weather.replay) {
			let index = self.rng.random_range(0..self.archive.len());
			self.transported.repeated += 1;
			arrived.push(self.archive[index].clone());
		}
		arrived
	}

	fn land(&mut self, Flight { order, letter, .. }: Flight) -> Letter {
		let newest = &mut self.newest[letter.to as usize];
		self.transported.reordered += u64::from(order < *newest);
		*newest = order.max(*newest);
		if self.archive.len() < ARCHIVE {
			self.archive.push(letter.clone());
		} else {
			let index = self.rng.random_range(0..ARCHIVE);
			self.archive[index] = letter.clone();
		}
		letter
	}
}
