//! Two chains, and every next thing that may happen to them.

use super::{
	chain::{Age, Chain, Fault, Faults, NOTICE, TOP},
	deals::{Calendar, Deal, Deals},
	evidence::{decide, Block, Memory},
	lane::Heard,
	properties::{self, Promise},
	root::Contact,
	rows::{Cause, Reached, Step},
	run::{Explorable, Trace},
	trace::describe,
	variants::Variant,
};
use ribp_kit::{side::Side, world::World};
use ribp_protocol::{
	by_time, Commit, Fact, Height, Notice, Outcome, Own, Resolution, Stage, Standing,
};
use stateright::{Model, Property};

/// Blocks that the fair end may take beyond a plan's last.
pub const ENDING: u8 = 8;

/// When a chain looks after what it says, and sweeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clockwork {
	/// When a block opens: the pallet with one peer.
	Prompt,
	/// Then, or not: the pallet tends one of several peers a block.
	Seldom,
}

/// How far one chain may be ahead of the other, and how late evidence arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
	/// As it happens.
	Free,
	/// Both make blocks in turn. What one of them shows moves the other before its block after the
	/// next one ends. Nobody is firm who does not answer.
	InStep,
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
	/// It takes the peer for dead although it lives, and forgets what has ended.
	Forgets,
	/// It names older blocks of the peer to begin with, and gets to know it anew once there is no
	/// leg.
	Renews,
	/// It upgrades either chain, once: older legs are not found any more.
	Upgrades,
}

/// What is explored: from which agreements, up to which heights, by which rules.
#[derive(Clone, Debug)]
pub struct Plan {
	pub name: &'static str,
	/// Every list is an initial state: the deals that users may register.
	pub deals: Vec<Vec<Deal>>,
	/// The notice on either chain, and the least that it may be.
	pub notice: Height,
	/// How near an expiry may be: the own one, and that of the peer for who is firm.
	pub least: Height,
	/// Blocks of the peer within which what one says of all contracts counts as young.
	pub view_step: Height,
	/// Also which block is the last that each chain opens.
	pub calendar: Calendar,
	pub clockwork: Clockwork,
	pub pace: Pace,
	pub root: Root,
	/// Where issuers of value freeze and thaw it, any number of times.
	pub freezes: &'static [Side],
	/// On which chains root gives up the peer although it may live: it says how contracts will end, and
	/// ends them. Nobody but root promises anything then.
	pub announces: &'static [Side],
	/// Whether every row of the table is to be reached, and a contract that is swept by both.
	pub is_whole: bool,
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

	fn missed(&self, model: &Exploration) -> Vec<&'static str> {
		match self.is_whole {
			true => model.reached.missed(),
			false => Vec::new(),
		}
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
	deals: u16,
	pub faults: Faults,
	pub chains: World<Chain>,
}

impl State {
	pub fn chain(&self, side: Side) -> &Chain {
		self.chains.chain(side)
	}

	pub fn chain_mut(&mut self, side: Side) -> &mut Chain {
		self.chains.chain_mut(side)
	}
}

/// Something that happens on one chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Action {
	pub side: Side,
	pub event: Event,
}

/// What happens. `index` is a contract's, `block` one of the peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
	/// The open block is sealed, and the next one opened.
	Seal { tends: bool },
	/// A user registers a contract, for the first time or again.
	Register { index: usize, commit: Commit },
	/// The payer wants the value back.
	Cancel { index: usize },
	/// Somebody says that a leg's time is over.
	Conclude { index: usize },
	/// Evidence arrives that moves a contract.
	Evidence { index: usize, block: u8 },
	/// Evidence arrives of what the peer says of all contracts.
	Hear { block: u8 },
	/// Evidence arrives that only makes the view newer.
	Believe { block: u8 },
	/// Root pauses the peer: no registration and no evidence.
	Pause,
	/// Root resumes the peer.
	Resume,
	/// The chain stops for good.
	Die,
	/// The issuer of what a chain's logs move freezes it.
	Freeze,
	/// The issuer thaws it.
	Thaw,
	/// What is owed of a contract is claimed.
	Claim { index: usize },
	/// Root ends a contract.
	Resolve { index: usize, resolution: Resolution },
	/// Root believes the peer up to this block.
	Renew { block: u8 },
	/// Root has forgotten the peer, and gets to know it by this block.
	MeetAgain { block: u8 },
	/// The chain moves its state to other keys, what is older excepted.
	Upgrade,
}

/// A plan, ready to be explored.
pub struct Exploration {
	pub plan: Plan,
	/// The promise that alone is looked at; otherwise all are, and what must be reachable.
	pub watched: Option<Promise>,
	/// The rows of the table by which it came.
	pub reached: Reached,
	deals: Vec<Deals>,
}

impl Exploration {
	pub fn new(plan: Plan) -> Self {
		let Plan { notice, calendar, .. } = plan;
		let has_room = |side| calendar.last(side) + ENDING <= TOP;
		assert!(Side::BOTH.into_iter().all(has_room), "no room for the fair end");
		let deals = plan.deals.iter().map(|deals| Deals::new(deals, notice, calendar)).collect();
		Self { plan, watched: None, reached: Reached::default(), deals }
	}

	/// Looks at one promise only.
	pub fn watching(plan: Plan, promise: Promise) -> Self {
		Self { watched: Some(promise), ..Self::new(plan) }
	}

	pub fn deals(&self, state: &State) -> &Deals {
		&self.deals[usize::from(state.deals)]
	}

	/// Own blocks that notices run at most when the view gets newer.
	fn most_idle(&self) -> Height {
		(self.plan.notice / 2).max(1)
	}

	/// Where it may come to be unbelieved, a block; otherwise it does not matter which.
	fn relied(&self, block: u8) -> u8 {
		match self.plan.root {
			Root::Renews => block,
			_ => 0,
		}
	}

	/// What evidence makes of a leg, if anything.
	pub fn verdict(
		&self,
		state: &State,
		side: Side,
		index: usize,
		block: u8,
		memory: Memory,
	) -> Option<Standing> {
		decide(self.deals(state), self.plan.variant, &state.chains, side, index, block, memory)
	}

	/// Does to a leg what was decided.
	pub fn put(&self, state: &mut State, side: Side, index: usize, next: Standing, proof: u8) {
		let deals = self.deals(state);
		let variant = self.plan.variant;
		let mut faults = state.chain_mut(side).put(deals, variant, side, index, next, proof);
		let is_answered = state.chain(side.other()).legs[index].is_committed();
		// After the expiry it ends, notice or not.
		let is_early = state.chain(side).age(deals, side, index) == Age::InTime;
		let is_taken_back = next.stage == Stage::Ended(Outcome::Cancelled) && is_early;
		if self.plan.pace == Pace::InStep && is_taken_back && is_answered {
			faults.add(Fault::TakenBack);
		}
		state.faults.join(faults);
	}

	fn note(&self, before: &State, side: Side, index: usize, next: Standing, cause: Cause) {
		let standing = before.chain(side).standing(self.deals(before), side, index);
		let before = standing.map(|(standing, _)| standing);
		self.reached.note(&Step { before, next, cause });
	}

	/// Opens the next block.
	pub fn seal(&self, state: &mut State, side: Side) {
		let deals = self.deals(state);
		state.chain_mut(side).seal(deals, side, self.most_idle());
	}

	/// Looks after what a chain says of its contracts, and sweeps.
	pub fn tend(&self, state: &mut State, side: Side) {
		let (deals, variant) = (self.deals(state), self.plan.variant);
		let (own, peer) = state.chains.pair_mut(side);
		if own.paused {
			return;
		}
		own.tend(deals, variant, side);
		for index in deals.indices() {
			let age = own.age(deals, side, index);
			if variant.sweeps(&own.legs[index], &peer.legs[index], age) {
				own.drop(variant, index);
			}
		}
	}

	fn register(&self, state: &mut State, side: Side, index: usize, commit: Commit) {
		let basis = match self.plan.variant {
			Variant::CompleteSinceRegistration => state.chain(side).known,
			_ => 0,
		};
		let now = self.deals(state).height(side, state.chain(side).now);
		let leg = &mut state.chain_mut(side).legs[index];
		let is_known = std::mem::replace(&mut leg.is_known, true);
		leg.basis = basis;
		if is_known {
			state.faults.add(Fault::RegisteredAgain);
		}
		self.put(state, side, index, Standing::new(commit, Own(now)), 0);
	}

	/// What time alone makes of a leg.
	pub fn due(&self, state: &State, side: Side, index: usize) -> Option<Outcome> {
		let (chain, deals) = (state.chain(side), self.deals(state));
		let terms = deals.terms(side, index);
		let (standing, notice) = chain.standing(deals, side, index)?;
		let (standing, notice) = self.plan.variant.on_time(terms, standing, notice)?;
		let now = Own(deals.height(side, chain.now));
		by_time(terms, standing, now, notice, chain.exposed(index))
	}

	/// Ends a leg, if time alone does; whether it does.
	pub fn conclude(&self, state: &mut State, side: Side, index: usize) -> bool {
		let Some(outcome) = self.due(state, side, index) else { return false };
		let now = Own(self.deals(state).height(side, state.chain(side).now));
		let has_expired = self.deals(state).terms(side, index).has_expired(now);
		let next = Stage::Ended(outcome).into();
		self.note(state, side, index, next, Cause::Time { has_expired });
		self.put(state, side, index, next, 0);
		true
	}

	pub fn cancelled(&self, state: &State, side: Side, index: usize) -> Option<Stage> {
		let (chain, deals) = (state.chain(side), self.deals(state));
		let (Standing { stage, .. }, _) = chain.standing(deals, side, index)?;
		let now = Own(deals.height(side, chain.now));
		self.plan.variant.cancel(deals.terms(side, index), stage, now, Notice(NOTICE)).ok()
	}

	/// The pallet's `hear`; whether the block says something new.
	pub fn hear(&self, state: &mut State, side: Side, block: u8) -> bool {
		let deals = self.deals(state);
		let through = state.chain(side.other()).facts_at(block).said().through;
		let at = self.relied(block);
		let own = state.chain_mut(side);
		let since = deals.height(side, own.now);
		let [known, height] = [own.known, block].map(|block| deals.height(side.other(), block));
		let is_young = known.saturating_sub(height) <= self.plan.view_step;
		let has_legs = deals.indices().any(|index| own.legs[index].is_there());
		let is_news = has_legs && is_young && own.lane.is_news(through, since);
		if is_news {
			own.lane.hear(Heard { through, at: at.into(), since });
		}
		is_news
	}

	/// Evidence that moves a contract; none if it moves nothing.
	fn deliver(&self, state: &State, side: Side, index: usize, block: u8) -> Option<State> {
		let verdict = |memory| self.verdict(state, side, index, block, memory);
		let next = verdict(Memory::State)?;
		// That it is forgotten is no verdict: nothing moves by it.
		let decides = next.fact != Some(Fact::Forgotten);
		let is_other = decides && Some(next) != verdict(Memory::Everything);
		let mut state = state.clone();
		self.show(&mut state, side, index, block, next);
		if is_other {
			state.faults.add(Fault::OtherVerdict);
		}
		Some(state)
	}

	/// Evidence of a block makes this of a leg.
	pub fn show(&self, state: &mut State, side: Side, index: usize, block: u8, next: Standing) {
		let deals = self.deals(state);
		let expiry = deals.terms(side, index).peer.expiry;
		let (chain, memory) = (state.chain(side.other()), Memory::State);
		let seen = Block { deals, side: side.other(), chain, at: block, memory }.leg(index);
		let is_over = deals.height(side.other(), block) >= expiry;
		self.note(state, side, index, next, Cause::Evidence { seen, is_over });
		self.hear(state, side, block);
		state.chain_mut(side).learn(deals, side, block);
		self.put(state, side, index, next, self.relied(block));
	}

	/// What becomes of a state; none if nothing does.
	pub fn happens(&self, before: &State, Action { side, event }: Action) -> Option<State> {
		if let Event::Evidence { index, block } = event {
			return self.deliver(before, side, index, block);
		}
		let mut state = before.clone();
		let deals = self.deals(before);
		let chain = state.chain_mut(side);
		match event {
			Event::Seal { tends } => {
				self.seal(&mut state, side);
				if tends {
					self.tend(&mut state, side);
				}
			},
			Event::Hear { block } => {
				if !self.hear(&mut state, side, block) {
					return None;
				}
				state.chain_mut(side).learn(deals, side, block);
			},
			Event::Believe { block } => chain.learn(deals, side, block),
			Event::Pause | Event::Resume => {
				(chain.paused, chain.idle) = (event == Event::Pause, 0);
				chain.count_from(deals.height(side, chain.now));
			},
			Event::Freeze | Event::Thaw => chain.frozen = event == Event::Freeze,
			Event::Claim { index } => {
				let faults = chain.claim(self.plan.variant, index)?;
				state.faults.join(faults);
			},
			Event::Die => chain.dead = true,
			Event::Upgrade => chain.upgraded = chain.now,
			Event::Renew { block } => {
				self.renew(chain, block);
				chain.meet_at(deals.height(side, chain.now));
			},
			Event::MeetAgain { block } => self.meet_again(deals, chain, side, block),
			Event::Register { index, commit } => {
				let now = Own(deals.height(side, chain.now));
				self.note(before, side, index, Standing::new(commit, now), Cause::Person);
				self.register(&mut state, side, index, commit);
			},
			Event::Cancel { index } => {
				let next = self.cancelled(before, side, index)?.into();
				self.note(before, side, index, next, Cause::Person);
				self.put(&mut state, side, index, next, 0);
			},
			Event::Conclude { index } => {
				self.conclude(&mut state, side, index);
			},
			Event::Resolve { index, resolution } => {
				let is_announced = self.plan.announces.contains(&side);
				let resolve = if is_announced { Self::force_resolve } else { Self::resolve };
				if !resolve(self, &mut state, side, index, resolution) {
					return None;
				}
			},
			Event::Evidence { .. } => unreachable!("done above"),
		}
		Some(state)
	}
}

impl Model for Exploration {
	type State = State;
	type Action = Action;

	fn init_states(&self) -> Vec<State> {
		let state = |(number, deals): (u16, &Deals)| State {
			deals: number,
			faults: Faults::default(),
			chains: World::of(|side| Chain {
				counted: (self.plan.pace == Pace::InStep).then_some(1),
				contact: self.plan.announces.contains(&side).then(|| {
					let now = deals.height(side, 1);
					Contact { advanced_at: now, counted_to: now }
				}),
				..Chain::new(deals, side, self.most_idle())
			}),
		};
		(0..).zip(&self.deals).map(state).collect()
	}

	fn actions(&self, state: &State, found: &mut Vec<Action>) {
		for side in Side::BOTH {
			if state.chain(side).dead {
				continue;
			}
			self.chain_events(state, side, found);
			for index in self.deals(state).indices() {
				self.contract_events(state, side, index, found);
			}
		}
	}

	fn next_state(&self, before: &State, action: Action) -> Option<State> {
		let mut state = self.happens(before, action)?;
		self.normalize(&mut state);
		Some(state)
	}

	fn properties(&self) -> Vec<Property<Self>> {
		match self.watched {
			Some(promise) => vec![promise.property()],
			None => properties::of(&self.plan),
		}
	}
}
