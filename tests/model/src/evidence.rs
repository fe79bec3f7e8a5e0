//! Evidence of a sealed block of the peer, and what the rules make of it.

use super::{
	chain::{Chain, Place},
	deals::Deals,
	variants::Variant,
};
use ribp_kit::{side::Side, world::World};
use ribp_protocol::{
	by_evidence, Height, Notice, Outcome, Own, Peer, Seen, Shown, Standing, Terms,
};

/// Whose memory answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Memory {
	/// The state of the block.
	State,
	/// That state as if nothing had ever been swept from it.
	Everything,
}

/// A sealed block of the peer.
#[derive(Clone, Copy)]
pub struct Block<'a> {
	pub deals: &'a Deals,
	/// The peer.
	pub side: Side,
	pub chain: &'a Chain,
	pub at: u8,
	pub memory: Memory,
}

impl Block<'_> {
	/// Where the peer's leg stands in its state.
	pub fn place(&self, index: usize) -> Place {
		let place = |block| self.chain.facts_at(block).place(index);
		match self.memory {
			Memory::State => place(self.at),
			Memory::Everything => {
				let places = (1..=self.at).rev().map(place);
				places.into_iter().find(|place| *place != Place::Nowhere).unwrap_or(Place::Nowhere)
			},
		}
	}

	/// From which height on it has all legs.
	pub fn complete_from(&self) -> Height {
		self.chain.complete_from(self.deals, self.side, self.at)
	}

	/// The pallet's `Claim::shows`.
	pub fn leg(&self, index: usize) -> Seen {
		if let Some(stage) = self.place(index).stage(self.deals, self.side) {
			return Seen::Leg(stage);
		}
		let expiry = self.deals.terms(self.side, index).own.expiry;
		let swept = self.chain.facts_at(self.at).said().swept;
		let epoch = self.deals.epoch(self.side, index);
		let is_there = self.memory == Memory::Everything || !swept.contains(epoch);
		Seen::Nothing { is_complete: self.complete_from() <= expiry && is_there }
	}
}

/// A question to the rules, as they are told of it: the truth, or by a variant a lie about one
/// fact.
pub struct Question<'a> {
	/// The block that is shown, with the peer's chain.
	pub block: Block<'a>,
	/// The chain that has the leg.
	pub side: Side,
	pub index: usize,
	/// What the rules are told.
	pub standing: Standing,
	pub now: Own,
	pub notice: Notice,
	pub shown: Shown,
	/// The peer's height that was known when the leg was registered.
	pub basis: Height,
}

impl Question<'_> {
	/// What was agreed.
	pub fn terms(&self) -> Terms {
		*self.block.deals.terms(self.side, self.index)
	}

	/// What the block before shows.
	pub fn before(&self) -> Seen {
		match self.block.at {
			1 => Seen::Nothing { is_complete: true },
			at => Block { at: at - 1, ..self.block }.leg(self.index),
		}
	}

	/// The height in which the peer's leg has settled, as the block shows.
	pub fn settled_at(&self) -> Height {
		let Block { deals, side, chain, at, .. } = self.block;
		let has_settled =
			|at: &u8| chain.facts_at(*at).place(self.index) == Place::Ended(Outcome::Settled);
		deals.height(side, (1..=at).find(has_settled).unwrap_or(at))
	}
}

/// What becomes of a leg by what a sealed block of the peer shows.
pub fn decide(
	deals: &Deals,
	variant: Variant,
	chains: &World<Chain>,
	side: Side,
	index: usize,
	at: u8,
	memory: Memory,
) -> Option<Standing> {
	let [own, peer] = [side, side.other()].map(|side| chains.chain(side));
	let (standing, notice) = own.standing(deals, side, index)?;
	let block = Block { deals, side: side.other(), chain: peer, at, memory };
	let height = |block| Peer(deals.height(side.other(), block));
	let shown = Shown { at: height(at), head: height(at.max(own.known)), leg: block.leg(index) };
	let now = Own(deals.height(side, own.now));
	let basis = deals.height(side.other(), own.legs[index].basis);
	let mut question = Question { block, side, index, standing, now, notice, shown, basis };
	variant.tell(&mut question);
	let Question { standing, now, notice, shown, .. } = question;
	by_evidence(deals.terms(side, index), standing, now, notice, &shown).ok()
}
