//! What root does with a peer that it gives up, or gets to know anew.

use super::{
	chain::{Chain, Fault},
	deals::Deals,
	exploration::{Exploration, State},
	variants::Variant,
};
use ribp_kit::side::Side;
use ribp_protocol::{resolve, Epoch, Height, Own, Resolution, Stage, Standing};

/// Own blocks for which nothing must have been heard of a peer that root gives up.
const SILENCE: Height = 1;

/// Own blocks from what root says of a leg's end to that end.
const DELAY: Height = 1;

/// The pallet's `Announcement`: how root will end a leg.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Announcement {
	pub how: Resolution,
	/// Own height at which it was said.
	pub at: Height,
	/// The newest block of the peer by then.
	pub known: u8,
}

/// When a chain last had to do with its peer, by own heights, where root may give that up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Contact {
	/// When its head advanced.
	pub advanced_at: Height,
	/// When that was, or root paused or resumed it.
	pub counted_to: Height,
}

impl Announcement {
	/// Whether it was said long enough ago.
	pub fn is_due(&self, how: Resolution, now: Height) -> bool {
		self.how == how && now >= self.at + DELAY
	}
}

impl Chain {
	/// Root has changed its mind about the peer at this height: what it said before is void.
	pub fn count_from(&mut self, now: Height) {
		let Some(contact) = &mut self.contact else { return };
		contact.counted_to = now;
		let warned = self.legs.iter_mut().map(|leg| &mut leg.warned);
		warned.for_each(|warned| *warned = warned.filter(|said| said.at >= now));
	}

	/// Root names a block of the peer at this height.
	pub fn meet_at(&mut self, now: Height) {
		self.count_from(now);
		self.contact.iter_mut().for_each(|contact| contact.advanced_at = now);
	}

	/// Whether root may give up the peer: it is paused, and silent.
	pub fn is_given_up(&self, now: Height) -> bool {
		let is_silent = |contact: Contact| now >= contact.advanced_at + SILENCE;
		self.paused && self.contact.is_some_and(is_silent)
	}

	/// Whether what root has said of a leg's end is still to be reckoned with.
	pub fn is_valid(&self, said: &Announcement) -> bool {
		let is_newer = |contact: Contact| said.at >= contact.counted_to;
		said.known == self.known && self.contact.is_some_and(is_newer)
	}
}

impl Exploration {
	/// Has root end a leg, if it has said so, or say so: the pallet's `force_resolve`. Whether it can.
	pub fn force_resolve(
		&self,
		state: &mut State,
		side: Side,
		index: usize,
		how: Resolution,
	) -> bool {
		let (deals, variant) = (self.deals(state), self.plan.variant);
		let now = deals.height(side, state.chain(side).now);
		let chain = state.chain_mut(side);
		if !chain.is_given_up(now) && variant != Variant::ResolveBusy {
			return false;
		}
		let is_valid =
			|said: &Announcement| variant == Variant::ResolveInSpiteOfLife || chain.is_valid(said);
		let leg = &chain.legs[index];
		let said = leg.announced.filter(is_valid).filter(|said| said.how == how);
		let is_due = said.is_some_and(|said| said.is_due(how, now));
		let is_at_once = variant == Variant::ResolveUnsaid;
		let is_warned = leg.warned.is_some_and(|said| said.is_due(how, now));
		let is_hasty = !is_warned || !chain.is_given_up(now);
		let is_over = deals.epoch(side, index) < Epoch::of(now);
		if how == Resolution::Forget && !is_over {
			return false;
		}
		// It is as well tried.
		let mut ended = state.clone();
		if !self.resolve(&mut ended, side, index, how) {
			return false;
		}
		if is_due || is_at_once {
			*state = ended;
			if is_hasty {
				state.faults.add(Fault::Hasty);
			}
			return true;
		}
		if said.is_some() {
			return false;
		}
		let chain = state.chain_mut(side);
		let said = Announcement { how, at: now, known: chain.known };
		(chain.legs[index].announced, chain.legs[index].warned) = (Some(said), Some(said));
		true
	}

	/// Has root end a leg; whether it can.
	pub fn resolve(&self, state: &mut State, side: Side, index: usize, how: Resolution) -> bool {
		let (chain, deals) = (state.chain(side), self.deals(state));
		let Some((Standing { stage, .. }, _)) = chain.standing(deals, side, index) else {
			return false;
		};
		let now = Own(deals.height(side, chain.now));
		match resolve(deals.terms(side, index), stage, now, how) {
			Ok(Some(outcome)) => self.put(state, side, index, Stage::Ended(outcome).into(), 0),
			Ok(None) => state.chain_mut(side).forget(deals, self.plan.variant, side, index),
			Err(_) => return false,
		}
		true
	}

	pub fn renew(&self, chain: &mut Chain, block: u8) {
		(chain.known, chain.idle) = (block, 0);
		// Nobody has shown that an unknown anchor is on the branch that was followed.
		let common = if block >= chain.anchor { block } else { 0 };
		(chain.anchor, chain.floor) = (block, chain.floor.min(common));
		let floor = chain.floor;
		chain.lane.believe_up_to(floor.into());
		for leg in &mut chain.legs {
			leg.proven = leg.proven.filter(|proven| proven.at <= floor);
		}
	}

	/// The pallet's `remove_system` and `register_system`: what was said once stays so.
	pub fn meet_again(&self, deals: &Deals, chain: &mut Chain, side: Side, block: u8) {
		(chain.known, chain.idle, chain.paused) = (block, 0, false);
		(chain.anchor, chain.floor) = (block, u8::MAX);
		let now = deals.height(side, chain.now);
		chain.meet_at(now);
		let known = deals.height(side.other(), block);
		deals.indices().for_each(|index| chain.drop(self.plan.variant, index));
		chain.lane.meet_again(self.plan.variant, now, known);
	}
}
