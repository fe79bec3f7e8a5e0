//! Two chains, and every next thing that may happen to them.

use super::{
	chain::{Chain, Fault, TOP},
	evidence::{decide, Memory},
	properties::{self, Promise},
	run::{Explorable, Trace},
	terms::{Deal, Logs, Terms},
	trace::describe,
	variants::Variant,
};
use ribp_kit::{side::Side, world::World};
use ribp_protocol::{resolve, ExpiryLimits, Peer, Resolution, Step};
use stateright::{Model, Property};

/// Blocks that the fair end may take beyond a plan's last.
const ENDING: u8 = 6;

/// When the steps are taken that time alone makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clockwork {
	/// At the beginning of a block: the pallet's agenda, as long as it is not overfull.
	Prompt,
	/// Then or at any later time: the agenda does a bounded number a block.
	Backlog,
}

/// What root does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
	/// Nothing.
	Idle,
	/// It pauses the peer on either chain, and resumes it, any number of times.
	Pauses,
	/// Chain B may die; root of A then resolves contracts.
	Resolves,
}

/// What is explored: from which agreements, up to which heights, by which rules.
#[derive(Clone, Debug)]
pub struct Plan {
	pub name: &'static str,
	/// Every list is an initial state: the deals that users may register.
	pub deals: Vec<Vec<Deal>>,
	pub logs: Logs,
	/// The height of the last block that each chain opens.
	pub last: [u8; 2],
	pub clockwork: Clockwork,
	pub root: Root,
	pub variant: Variant,
}

impl Explorable for Plan {
	type Model = Exploration;
	type Promise = Promise;
	const PROMISES: &'static [Promise] = &Promise::ALL;

	fn model(&self) -> Exploration {
		Exploration::new(self.clone())
	}

	fn watching(&self, promise: Promise) -> Exploration {
		Exploration::watching(self.clone(), promise)
	}

	fn name(&self) -> &'static str {
		self.name
	}

	fn variant(&self) -> String {
		self.variant.name()
	}

	fn about(&self) -> String {
		self.variant.about()
	}

	fn breaks(&self) -> &'static [Promise] {
		self.variant.breaks()
	}

	fn promise(promise: Promise) -> &'static str {
		promise.name()
	}

	fn describe(&self, trace: &Trace<Exploration>, promise: Promise) -> String {
		describe(&self.model(), trace, promise)
	}
}

/// A state: two chains.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
	/// The initial state's number.
	terms: u16,
	faults: u8,
	pub chains: World<Chain>,
}

impl State {
	pub fn has(&self, fault: Fault) -> bool {
		self.faults & fault as u8 > 0
	}

	pub fn is_as_faulty_as(&self, other: &Self) -> bool {
		self.faults == other.faults
	}

	pub fn chain(&self, side: Side) -> &Chain {
		self.chains.chain(side)
	}

	pub fn chain_mut(&mut self, side: Side) -> &mut Chain {
		self.chains.chain_mut(side)
	}

	fn blame(&mut self, fault: Option<Fault>) {
		self.faults |= fault.map_or(0, |fault| fault as u8);
	}
}

/// Something that happens on one chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Action {
	pub side: Side,
	pub event: Event,
}

/// What happens. `index` is a contract's, `block` a height of the peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
	/// The open block is sealed, and the next one opened.
	Seal,
	/// A user registers a contract, for the first time or again.
	Register { index: usize },
	/// The payer takes the value back.
	Cancel { index: usize },
	/// The agenda reaches a contract.
	Time { index: usize },
	/// Evidence arrives that moves a contract.
	Evidence { index: usize, block: u8 },
	/// Evidence arrives that only makes the view newer.
	Believe { block: u8 },
	/// Root pauses the peer: no registration and no evidence.
	Pause,
	/// Root resumes the peer.
	Resume,
	/// The chain stops for good.
	Die,
	/// Root ends a contract.
	Resolve { index: usize, resolution: Resolution },
}

/// A plan, ready to be explored.
pub struct Exploration {
	pub plan: Plan,
	/// The promise that alone is looked at; otherwise all are, and what must be reachable.
	pub watched: Option<Promise>,
	terms: Vec<Terms>,
}

impl Exploration {
	pub fn new(plan: Plan) -> Self {
		assert!(plan.last.iter().all(|last| last + ENDING <= TOP), "no room for the fair end");
		let terms = plan.deals.iter().map(|deals| Terms::new(deals, plan.logs)).collect();
		Self { plan, watched: None, terms }
	}

	/// Looks at one promise only.
	pub fn watching(plan: Plan, promise: Promise) -> Self {
		Self { watched: Some(promise), ..Self::new(plan) }
	}

	pub fn terms(&self, state: &State) -> &Terms {
		&self.terms[usize::from(state.terms)]
	}

	/// What evidence makes of a contract, if anything.
	pub fn verdict(
		&self,
		state: &State,
		side: Side,
		index: usize,
		block: u8,
		memory: Memory,
	) -> Option<Step> {
		decide(self.terms(state), self.plan.variant, &state.chains, side, index, block, memory)
	}

	/// Takes a step of a contract.
	pub fn take(&self, state: &mut State, side: Side, index: usize, step: Step) {
		let (terms, variant) = (self.terms(state), self.plan.variant);
		let fault = state.chain_mut(side).take(terms, variant, side, index, step);
		state.blame(fault);
	}

	/// Does all that is on the agenda; whether that is anything.
	pub fn clear_agenda(&self, state: &mut State, side: Side) -> bool {
		let mut moved = false;
		for index in self.terms(state).indices() {
			if let Some(step) = self.due(state, side, index) {
				self.take(state, side, index, step);
				moved = true;
			}
		}
		moved
	}

	fn due(&self, state: &State, side: Side, index: usize) -> Option<Step> {
		let chain = state.chain(side);
		let contract = self.terms(state).contract(side, index);
		self.plan.variant.on_time(contract, chain.legs[index].stage()?, chain.own())
	}

	fn may_register(&self, state: &State, side: Side, index: usize) -> bool {
		let (chain, terms) = (state.chain(side), self.terms(state));
		let limits = ExpiryLimits { min: 1, peer_min: 1, max: u32::MAX };
		let newest = Peer(u32::from(chain.newest));
		!chain.paused
			&& chain.legs[index].purse.payer > 0
			&& (self.plan.variant.shares_logs() || !chain.is_in_use(terms, side, index))
			&& terms.contract(side, index).check_expiries(chain.own(), newest, limits).is_ok()
	}

	fn cancelled(&self, state: &State, side: Side, index: usize) -> Option<Step> {
		let chain = state.chain(side);
		let contract = self.terms(state).contract(side, index);
		let stage = chain.legs[index].stage()?;
		self.plan.variant.cancel(contract, stage, chain.own()).ok()
	}

	/// What root is ready to do: it resolves what a dead peer has left, and on a chain that commits
	/// late it undoes just that.
	fn resolutions(&self, state: &State, side: Side, index: usize) -> &'static [Resolution] {
		use Resolution::{Forget, Reverse, Unlock};
		let is_late = || {
			let leg = &state.chain(side).legs[index];
			u32::from(leg.past.committed) > self.terms(state).contract(side, index).h1
		};
		match self.plan.variant {
			Variant::ResolveAlive if side == Side::Alpha => &[Unlock, Reverse],
			variant if !variant.is_honest(side) && is_late() => &[Reverse],
			_ if state.chain(side.other()).dead => &[Unlock, Reverse, Forget],
			_ => &[],
		}
	}

	/// What root makes of a contract.
	pub fn resolved(
		&self,
		state: &State,
		side: Side,
		index: usize,
		how: Resolution,
	) -> Option<Step> {
		let chain = state.chain(side);
		let stage = chain.legs[index].stage()?;
		let contract = self.terms(state).contract(side, index);
		resolve(contract, stage, chain.own(), how).ok()
	}

	fn contract_events(&self, state: &State, side: Side, index: usize, found: &mut Vec<Action>) {
		let (chain, peer) = (state.chain(side), state.chain(side.other()));
		let mut add = |event| found.push(Action { side, event });
		if chain.legs[index].stage().is_none() {
			if self.may_register(state, side, index) {
				add(Event::Register { index });
			}
			return;
		}
		if self.cancelled(state, side, index).is_some() {
			add(Event::Cancel { index });
		}
		if self.plan.clockwork == Clockwork::Backlog && self.due(state, side, index).is_some() {
			add(Event::Time { index });
		}
		if !chain.paused {
			peer.sealed().for_each(|block| add(Event::Evidence { index, block }));
		}
		for resolution in self.resolutions(state, side, index) {
			add(Event::Resolve { index, resolution: *resolution });
		}
	}

	fn chain_events(&self, state: &State, side: Side, found: &mut Vec<Action>) {
		let (chain, peer) = (state.chain(side), state.chain(side.other()));
		let mut add = |event| found.push(Action { side, event });
		if chain.now < self.plan.last[side as usize] {
			add(Event::Seal);
		}
		if !chain.paused {
			let newer = peer.sealed().filter(|block| *block > chain.newest);
			newer.for_each(|block| add(Event::Believe { block }));
		}
		match self.plan.root {
			Root::Pauses if chain.paused => add(Event::Resume),
			Root::Pauses => add(Event::Pause),
			Root::Resolves if side == Side::Beta => add(Event::Die),
			_ => {},
		}
	}

	/// Evidence that moves a contract; none if it moves nothing.
	fn deliver(&self, state: &State, side: Side, index: usize, block: u8) -> Option<State> {
		let verdict = |memory| self.verdict(state, side, index, block, memory);
		let step = verdict(Memory::State);
		let other = step != verdict(Memory::Everything);
		if step.is_none() && !other {
			return None;
		}
		let mut state = state.clone();
		state.blame(other.then_some(Fault::OtherVerdict));
		let chain = state.chain_mut(side);
		chain.newest = chain.newest.max(block);
		if let Some(step) = step {
			self.take(&mut state, side, index, step);
		}
		Some(state)
	}
}

impl Model for Exploration {
	type State = State;
	type Action = Action;

	fn init_states(&self) -> Vec<State> {
		let state = |terms| State { terms, faults: 0, chains: World::of(|_| Chain::new()) };
		(0..self.terms.len() as u16).map(state).collect()
	}

	fn actions(&self, state: &State, found: &mut Vec<Action>) {
		for side in Side::BOTH {
			if state.chain(side).dead {
				continue;
			}
			self.chain_events(state, side, found);
			for index in self.terms(state).indices() {
				self.contract_events(state, side, index, found);
			}
		}
	}

	fn next_state(&self, before: &State, Action { side, event }: Action) -> Option<State> {
		if let Event::Evidence { index, block } = event {
			return self.deliver(before, side, index, block);
		}
		let mut state = before.clone();
		let chain = state.chain_mut(side);
		let step = match event {
			Event::Seal => {
				chain.seal();
				if self.plan.clockwork == Clockwork::Prompt {
					self.clear_agenda(&mut state, side);
				}
				return Some(state);
			},
			Event::Believe { block } => {
				chain.newest = block;
				return Some(state);
			},
			Event::Pause | Event::Resume => {
				chain.paused = event == Event::Pause;
				return Some(state);
			},
			Event::Die => {
				chain.dead = true;
				return Some(state);
			},
			Event::Register { index } => (index, Some(Step::Register)),
			Event::Cancel { index } => (index, self.cancelled(before, side, index)),
			Event::Time { index } => (index, self.due(before, side, index)),
			Event::Resolve { index, resolution } => {
				(index, self.resolved(before, side, index, resolution))
			},
			Event::Evidence { .. } => unreachable!("done above"),
		};
		self.take(&mut state, side, step.0, step.1?);
		Some(state)
	}

	fn properties(&self) -> Vec<Property<Self>> {
		match self.watched {
			Some(promise) => vec![promise.property()],
			None => properties::of(&self.plan),
		}
	}
}
