//! States that differ in nothing that anybody can ever ask about are taken for one.

use super::{
	chain::{Age, Chain, Place},
	deals::Deals,
	exploration::{Exploration, Pace, Plan, Root, State},
};
use ribp_kit::side::Side;
use ribp_protocol::Epoch;

impl Exploration {
	/// Leaves out of a state what has no influence any more.
	pub fn normalize(&self, state: &mut State) {
		let deals = self.deals(state);
		for side in Side::BOTH {
			let (own, peer) = state.chains.pair_mut(side);
			own.forget_times(deals, side);
			for index in deals.indices() {
				if own.is_done(deals, side, index) {
					peer.forget_places(index);
				}
			}
			let Plan { root, pace, announces, .. } = self.plan;
			let is_told_apart =
				root == Root::Renews || pace == Pace::InStep || !announces.is_empty();
			let is_asked = deals.indices().any(|index| own.may_commit(deals, side, index));
			if !is_told_apart && !is_asked {
				own.forget_heads(deals, side);
				own.idle = 0;
			}
		}
	}
}

impl Chain {
	/// Whether a leg can be registered, or may still commit.
	fn may_commit(&self, deals: &Deals, side: Side, index: usize) -> bool {
		match self.legs[index].place {
			Place::Registered | Place::Cancelling => true,
			Place::Committed(_) | Place::Ended(_) => false,
			Place::Nowhere => self.age(deals, side, index) == Age::InTime,
		}
	}

	/// Whether nothing will become of a leg that depends on the peer's.
	fn is_done(&self, deals: &Deals, side: Side, index: usize) -> bool {
		!self.legs[index].is_open() && self.age(deals, side, index) != Age::InTime
	}

	/// Nobody asks any more where this leg stood.
	fn forget_places(&mut self, index: usize) {
		for block in 1..self.now {
			let facts = &mut self.sealed[usize::from(block)];
			*facts = facts.without(index);
		}
	}

	/// When something was learnt does not matter once that is long enough ago.
	fn forget_times(&mut self, deals: &Deals, side: Side) {
		let now = deals.height(side, self.now);
		self.lane.forget_times(now);
		for proven in self.legs.iter_mut().filter_map(|leg| leg.proven.as_mut()) {
			proven.forget_time(now);
		}
	}

	/// Which block of an epoch is the newest that is believed does not matter to a leg that is
	/// committed.
	fn forget_heads(&mut self, deals: &Deals, side: Side) {
		let epoch = |block| Epoch::of(deals.height(side.other(), block));
		let first = (0..self.known).find(|block| epoch(*block) == epoch(self.known));
		self.known = first.unwrap_or(self.known);
	}
}
