//! What becomes of a state in which, from now on, both chains live and evidence keeps flowing.

use super::{
	chain::TOP,
	evidence::Memory,
	exploration::{Action, Event, Exploration, State},
};
use ribp_kit::side::Side;
use ribp_protocol::Resolution;

/// Blocks in which everything ends, once both chains are at the last one with a height of its own.
const ROUNDS: usize = 7;

impl Exploration {
	/// A fair end: nothing is paused, every chain makes blocks and looks after its legs, and of
	/// each new block evidence arrives about every contract. Where the peer has died, root then
	/// resolves what is left. Only then is what was frozen thawed, and claimed: nothing waits for it.
	pub fn finish(&self, state: &State) -> State {
		self.finish_told(state, |_, _| {})
	}

	/// The same; `tell` is given everything that happens, and the state after it.
	pub fn finish_told(&self, state: &State, tell: impl FnMut(Action, &State)) -> State {
		let mut ending = Ending { model: self, state: state.clone(), tell };
		for side in Side::BOTH {
			if ending.state.chain(side).paused {
				ending.state.chain_mut(side).paused = false;
				ending.told(side, Event::Resume);
			}
		}
		while ending.has_catching_up() {
			ending.round();
		}
		for _ in 0..ROUNDS {
			if ending.is_over() {
				break;
			}
			ending.round();
		}
		for side in Side::BOTH {
			if ending.state.chain(side.other()).dead {
				ending.resolve_all(side);
			}
			ending.claim_all(side);
		}
		ending.state
	}

	/// Whether a chain has neither legs nor anything to say that is not said.
	pub fn is_over(&self, state: &State, side: Side) -> bool {
		let (chain, deals) = (state.chain(side), self.deals(state));
		let said = chain.lane.said();
		let is_said = |index: usize| {
			said.through.contains(deals.epoch(side.other(), index))
				&& said.swept.contains(deals.epoch(side, index))
		};
		// A dead peer says nothing, and what was never registered does not have to be swept.
		let is_alone = state.chain(side.other()).dead;
		let is_over = |index: usize| {
			let leg = &chain.legs[index];
			!leg.is_there() && (is_alone || !leg.is_known || is_said(index))
		};
		chain.dead || deals.indices().all(is_over)
	}
}

struct Ending<'a, T> {
	model: &'a Exploration,
	state: State,
	tell: T,
}

impl<T: FnMut(Action, &State)> Ending<'_, T> {
	fn told(&mut self, side: Side, event: Event) {
		(self.tell)(Action { side, event }, &self.state);
	}

	fn is_over(&self) -> bool {
		Side::BOTH.into_iter().all(|side| self.model.is_over(&self.state, side))
	}

	/// Whether a chain is at a block before the last that has a height of its own.
	fn is_behind(&self, side: Side) -> bool {
		let chain = self.state.chain(side);
		!chain.dead && chain.now < self.model.plan.calendar.last(side)
	}

	fn has_catching_up(&self) -> bool {
		Side::BOTH.into_iter().any(|side| self.is_behind(side))
	}

	/// A block on each chain, and evidence of it. A chain that has no more heights of its own waits
	/// for one that has.
	fn round(&mut self) {
		let catching_up = self.has_catching_up();
		for side in Side::BOTH {
			let chain = self.state.chain(side);
			if !chain.dead && chain.now < TOP && (!catching_up || self.is_behind(side)) {
				self.model.seal(&mut self.state, side);
				self.model.tend(&mut self.state, side);
				self.told(side, Event::Seal { tends: true });
			}
		}
		for side in Side::BOTH {
			if !self.state.chain(side).dead {
				self.catch_up(side);
				self.conclude_all(side);
			}
		}
	}

	/// Delivers the newest evidence about every contract, and about all of them.
	fn catch_up(&mut self, side: Side) {
		let sealed = self.state.chain(side.other()).sealed();
		let Some(newest) = sealed.clone().last() else { return };
		for index in self.model.deals(&self.state).indices() {
			self.deliver(side, index, newest);
			// What its upgrade has left behind is in the blocks before it only.
			let upgraded = self.state.chain(side.other()).upgraded;
			if upgraded > 1 {
				self.deliver(side, index, upgraded - 1);
			}
		}
		if self.model.hear(&mut self.state, side, newest) {
			self.told(side, Event::Hear { block: newest });
		}
		let deals = self.model.deals(&self.state);
		self.state.chain_mut(side).learn(deals, side, newest);
	}

	fn deliver(&mut self, side: Side, index: usize, block: u8) {
		let verdict = |state: &State| self.model.verdict(state, side, index, block, Memory::State);
		if let Some(next) = verdict(&self.state) {
			self.model.show(&mut self.state, side, index, block, next);
			self.told(side, Event::Evidence { index, block });
		}
	}

	fn conclude_all(&mut self, side: Side) {
		for index in self.model.deals(&self.state).indices() {
			if self.model.conclude(&mut self.state, side, index) {
				self.told(side, Event::Conclude { index });
			}
		}
	}

	fn claim_all(&mut self, side: Side) {
		if std::mem::take(&mut self.state.chain_mut(side).frozen) {
			self.told(side, Event::Thaw);
		}
		for index in self.model.deals(&self.state).indices() {
			let claim = Action { side, event: Event::Claim { index } };
			if let Some(state) = self.model.happens(&self.state, claim) {
				self.state = state;
				self.told(side, claim.event);
			}
		}
	}

	/// Root of a chain whose peer is dead ends what evidence has not.
	fn resolve_all(&mut self, side: Side) {
		for index in self.model.deals(&self.state).indices() {
			// What was never committed has ended by time alone.
			let leg = &self.state.chain(side).legs[index];
			if !leg.is_committed() && !leg.has_ended() {
				continue;
			}
			for resolution in [Resolution::Reverse, Resolution::Forget] {
				if self.model.resolve(&mut self.state, side, index, resolution) {
					self.told(side, Event::Resolve { index, resolution });
				}
			}
		}
	}
}
