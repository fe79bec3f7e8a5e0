//! What becomes of a state in which, from now on, both chains live and evidence keeps flowing.

use super::{
	chain::TOP,
	evidence::Memory,
	exploration::{Action, Event, Exploration, State},
};
use ribp_kit::side::Side;
use ribp_protocol::Resolution;

impl Exploration {
	/// A fair end: nothing is paused, every chain makes blocks, and of each new block evidence
	/// arrives about every contract, until nothing moves any more. Where the peer has died, root
	/// then resolves what is left.
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
		while ending.round() {}
		for side in Side::BOTH {
			if ending.state.chain(side.other()).dead {
				ending.resolve_all(side);
			}
		}
		ending.state
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

	/// A block on each chain; false once nothing is left to happen. A chain that is past the
	/// expiries waits for one that is not.
	fn round(&mut self) -> bool {
		let behind = Side::BOTH.map(|side| {
			let last = self.model.terms(&self.state).last_expiry(side);
			let chain = self.state.chain(side);
			!chain.dead && chain.now < TOP && u32::from(chain.now) <= last + 1
		});
		let catching_up = behind != [false, false];
		let mut moved = false;
		for side in Side::BOTH {
			let chain = self.state.chain(side);
			if !chain.dead && chain.now < TOP && (!catching_up || behind[side as usize]) {
				self.state.chain_mut(side).seal();
				moved |= self.model.clear_agenda(&mut self.state, side);
				self.told(side, Event::Seal);
			}
		}
		for side in Side::BOTH {
			moved |= self.catch_up(side);
		}
		catching_up || moved
	}

	/// Delivers the newest evidence about every contract; whether any moves.
	fn catch_up(&mut self, side: Side) -> bool {
		let Some(block) = self.state.chain(side.other()).sealed().last() else { return false };
		if self.state.chain(side).dead {
			return false;
		}
		let mut moved = false;
		for index in self.model.terms(&self.state).indices() {
			while let Some(step) =
				self.model.verdict(&self.state, side, index, block, Memory::State)
			{
				self.state.chain_mut(side).newest = block;
				self.model.take(&mut self.state, side, index, step);
				self.told(side, Event::Evidence { index, block });
				moved = true;
			}
		}
		moved
	}

	/// Root of a chain whose peer is dead ends what evidence has not.
	fn resolve_all(&mut self, side: Side) {
		for index in self.model.terms(&self.state).indices() {
			for resolution in [Resolution::Reverse, Resolution::Forget] {
				if let Some(step) = self.model.resolved(&self.state, side, index, resolution) {
					self.model.take(&mut self.state, side, index, step);
					self.told(side, Event::Resolve { index, resolution });
				}
			}
		}
	}
}
