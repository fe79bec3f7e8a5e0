//! What becomes of a world in which, from now on, both chains live and evidence keeps flowing.

use super::{
	chain::TOP,
	evidence::Memory,
	terms::Side,
	world::{Action, Event, Exploration, World},
};
use ribp_protocol::Resolution;

impl Exploration {
	/// A fair end: nothing is paused, every chain makes blocks, and of each new block evidence
	/// arrives about every contract, until nothing moves any more. Where the peer has died, root
	/// then resolves what is left.
	pub fn finish(&self, world: &World) -> World {
		self.finish_told(world, |_, _| {})
	}

	/// The same; `tell` is given everything that happens, and the world after it.
	pub fn finish_told(&self, world: &World, tell: impl FnMut(Action, &World)) -> World {
		let mut ending = Ending { model: self, world: world.clone(), tell };
		for side in Side::BOTH {
			if ending.world.chain(side).paused {
				ending.world.chain_mut(side).paused = false;
				ending.told(side, Event::Resume);
			}
		}
		while ending.round() {}
		for side in Side::BOTH {
			if ending.world.chain(side.other()).dead {
				ending.resolve_all(side);
			}
		}
		ending.world
	}
}

struct Ending<'a, T> {
	model: &'a Exploration,
	world: World,
	tell: T,
}

impl<T: FnMut(Action, &World)> Ending<'_, T> {
	fn told(&mut self, side: Side, event: Event) {
		(self.tell)(Action { side, event }, &self.world);
	}

	/// A block on each chain; false once nothing is left to happen. A chain that is past the
	/// expiries waits for one that is not.
	fn round(&mut self) -> bool {
		let behind = Side::BOTH.map(|side| {
			let last = self.model.terms(&self.world).last_expiry(side);
			let chain = self.world.chain(side);
			!chain.dead && chain.now < TOP && u32::from(chain.now) <= last + 1
		});
		let catching_up = behind != [false, false];
		let mut moved = false;
		for side in Side::BOTH {
			let chain = self.world.chain(side);
			if !chain.dead && chain.now < TOP && (!catching_up || behind[side as usize]) {
				self.world.chain_mut(side).seal();
				moved |= self.model.clear_agenda(&mut self.world, side);
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
		let Some(block) = self.world.chain(side.other()).sealed().last() else { return false };
		if self.world.chain(side).dead {
			return false;
		}
		let mut moved = false;
		for index in self.model.terms(&self.world).indices() {
			while let Some(step) =
				self.model.verdict(&self.world, side, index, block, Memory::State)
			{
				self.world.chain_mut(side).newest = block;
				self.model.take(&mut self.world, side, index, step);
				self.told(side, Event::Evidence { index, block });
				moved = true;
			}
		}
		moved
	}

	/// Root of a chain whose peer is dead ends what evidence has not.
	fn resolve_all(&mut self, side: Side) {
		for index in self.model.terms(&self.world).indices() {
			for resolution in [Resolution::Reverse, Resolution::Forget] {
				if let Some(step) = self.model.resolved(&self.world, side, index, resolution) {
					self.model.take(&mut self.world, side, index, step);
					self.told(side, Event::Resolve { index, resolution });
				}
			}
		}
	}
}
