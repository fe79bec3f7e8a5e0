//! Ways at random through the model of two chains are gone on two real ones as well: every call
//! succeeds or fails as the model says, and leaves behind what the model has.
//!
//! So the model, of which every state is explored, is of these runtimes. What it does not draw is
//! played as well: calls that are refused.

#[path = "../../model/src/mod.rs"]
#[allow(dead_code, reason = "shared with the model's own tests")]
mod model;
#[path = "../network/mod.rs"]
#[allow(dead_code, reason = "shared with the schedules")]
mod network;

#[path = "../conformance/player.rs"]
#[allow(dead_code, reason = "shared with the walks of a forking peer")]
mod player;
#[path = "../conformance/seen.rs"]
mod seen;

use codec::Encode;
use model::{
	chain::Leg,
	exploration::{Action, Event, Exploration, Pace, Plan, State},
	plans,
	run::Explorable,
	variants::Variant,
};
use network::{
	chain::Chain,
	exchange::{payer, registration, Exchange},
	genesis::{self, GOLD},
	keys::{account, User, ROOT, TRADERS},
	transaction::conclusion,
	Side,
};
use pallet_ribp::{
	Action as Transfer, AssetAmount, Call, Config, ContractId, Height, Log, System, Systems,
};
use player::{Player, LAX, PERIODS};
use rand::{
	seq::{IndexedRandom, IteratorRandom},
	Rng, SeedableRng,
};
use rand_chacha::ChaCha8Rng;
use ribp_kit::evidence::{corridor_key, wanted};
use ribp_protocol::{Commit, Resolution};
use ribp_runtime::{Item, Ribp, Runtime, RuntimeCall};
use seen::{amount, count, Seen, Tally};
use sp_core::H256;
use stateright::Model;
use std::{collections::BTreeSet, mem};

/// Ways through each plan, and what is tried on each.
const WALKS: u64 = 120;
const STEPS: usize = 260;
const SEED: u64 = 20_090_101;

/// Slots from a block that is told apart to the next one, on either chain.
const STRIDE: u64 = 100;

/// Two real chains before the first block that the model tells apart.
fn chains_before(plan: &Plan) -> [Chain; 2] {
	Side::BOTH.map(|side| {
		let mut storage = genesis::storage(side, PERIODS);
		let (step, delay) =
			(<Runtime as Config>::ViewStep::key(), <Runtime as Config>::PolicyDelay::key());
		storage.top.insert(step.to_vec(), plan.view_step.encode());
		let silence = <Runtime as Config>::Silence::key();
		storage.top.insert(delay.to_vec(), Height::encode(&1));
		storage.top.insert(silence.to_vec(), Height::encode(&1));
		let mut chain = Chain::of(side, storage);
		for slot in 0..u64::from(plan.calendar.height(side, 0)) {
			chain.author(slot, Vec::new()).expect("nothing happens");
		}
		chain
	})
}

/// A way through the model, and the chains that go it as well.
struct Walk<'a> {
	model: &'a Exploration,
	state: State,
	players: [Player; 2],
	/// The first block of either chain in which evidence may be shown: not in that of a renewal.
	shown_from: [u8; 2],
	/// Whether anybody registers on a chain.
	are_there: [bool; 2],
	exchanges: Vec<Exchange>,
	random: ChaCha8Rng,
	told: Vec<String>,
}

/// Who pays on a chain, and who receives.
fn parties(side: Side) -> (User, User) {
	side.pair([TRADERS[0], TRADERS[1]])
}

/// What the model says of a call.
enum Expected {
	/// It leads there.
	State(Box<State>),
	Refusal,
}

impl From<Option<State>> for Expected {
	fn from(state: Option<State>) -> Self {
		state.map_or(Self::Refusal, |state| Self::State(Box::new(state)))
	}
}

impl<'a> Walk<'a> {
	fn new(model: &'a Exploration, before: &[Chain; 2], seed: u64) -> Self {
		let mut random = ChaCha8Rng::seed_from_u64(seed);
		let players = [0, 1].map(|at| Player::new(before[at].branch_at(before[at].sealed())));
		let mut state =
			model.init_states().into_iter().choose(&mut random).expect("there are some");
		let systems = [0, 1].map(|at: usize| before[at].system);
		let deals = model.deals(&state);
		let exchange = |index: usize| {
			let log = |side: Side| {
				let (from, to) = parties(side);
				let gold = Item::Asset(AssetAmount { id: GOLD, amount: amount(index) });
				let (from, to) = (account(from), account(to));
				let items = vec![gold].try_into().expect("one is not too many");
				let action = Transfer::Transfer { from, to, items };
				Log { system: systems[side as usize], action }
			};
			let own = |side| deals.terms(side, index).own;
			let expiries = Side::BOTH.map(|side| own(side).expiry);
			let reference = H256::from_low_u64_be(index as u64);
			Exchange::new(Side::BOTH.map(log), expiries, reference).with_legs(|alpha, beta| {
				for (leg, side) in [alpha, beta].into_iter().zip(Side::BOTH) {
					(leg.notice, leg.settlement) = (own(side).notice, own(side).settlement);
				}
			})
		};
		let exchanges = deals.indices().map(exchange).collect();
		for side in Side::BOTH {
			// Here, who gets to know a chain counts from then on.
			state.chain_mut(side).idle = 0;
		}
		let are_there = [0; 2].map(|_| random.random_bool(0.8));
		let mut walk = Self {
			model,
			state,
			players,
			shown_from: [2; 2],
			are_there,
			exchanges,
			random,
			told: Vec::new(),
		};
		for side in Side::BOTH {
			let peer = walk.chain(side.other());
			let (system, anchor) = (peer.system, peer.anchor());
			walk.root(side, Call::register_system { system, anchor }).expect("it is known now");
			walk.root(side, Call::set_policy { system, policy: LAX }).expect("it is believed");
		}
		walk
	}

	/// Opens the chain's block, if it is not open.
	fn open(&mut self, side: Side) {
		if self.players[side as usize].is_open() {
			return;
		}
		let now = self.state.chain(side).now;
		let height = self.model.plan.calendar.height(side, now);
		let slot = |before: Height| 1_000 + u64::from(now) * STRIDE - u64::from(before);
		let player = &mut self.players[side as usize];
		while player.chain.sealed() + 1 < height {
			let before = height - player.chain.sealed() - 1;
			player.chain.author(slot(before), Vec::new()).expect("nothing happens");
		}
		player.open(slot(0));
	}

	fn chain(&self, side: Side) -> &Chain {
		&self.players[side as usize].chain
	}

	/// Asks the chain in its open block.
	fn ask<R>(&mut self, side: Side, ask: impl FnOnce() -> R) -> R {
		self.open(side);
		self.players[side as usize].ask(ask)
	}

	/// Whether a call succeeds; or why it does not.
	fn call(&mut self, side: Side, who: User, call: impl Into<RuntimeCall>) -> Result<(), String> {
		self.open(side);
		self.players[side as usize].call(who, call)
	}

	fn root(&mut self, side: Side, call: impl Into<RuntimeCall>) -> Result<(), String> {
		self.open(side);
		self.players[side as usize].root(call)
	}

	fn record(&mut self, side: Side) -> System {
		let peer = self.chain(side.other()).system;
		self.ask(side, || Systems::<Runtime>::get(peer)).expect("it is known")
	}

	/// Shows a block of the peer: what it says of these contracts, and of all if `hears`.
	fn show(
		&mut self,
		side: Side,
		block: u8,
		contracts: Vec<ContractId>,
		hears: bool,
	) -> Result<(), String> {
		let record = self.record(side);
		let number = self.model.plan.calendar.height(side.other(), block);
		let (own, peer) = (self.chain(side).system, self.chain(side.other()));
		let mut keys: BTreeSet<_> = wanted(own, peer.system, &contracts);
		keys.extend(hears.then(|| corridor_key(own)));
		let justify = |block: &ribp_kit::ledger::Block| {
			let all = block.justify_by_all();
			ribp_light_client::minimize(all, &block.voters.authority_set())
		};
		let evidence = peer.evidence(number, &record.view, keys, justify);
		let system = peer.system;
		let work = self.ask(side, || Ribp::work_of(system, &contracts));
		self.call(side, ROOT, Call::submit_evidence { system, evidence, contracts, work })
	}

	/// What the model says of an event.
	fn expected(&self, action: Action) -> Expected {
		let Action { side, event } = action;
		let (chain, state) = (self.state.chain(side), &self.state);
		let happens = |action| self.model.happens(state, action);
		let is_allowed = match event {
			Event::Register { index, commit } => {
				self.model.may_register(state, side, index, commit)
			},
			Event::Cancel { index } => self.model.cancelled(state, side, index).is_some(),
			Event::Conclude { index } => self.model.due(state, side, index).is_some(),
			Event::Evidence { .. } => !chain.paused,
			Event::Hear { block } => {
				let news = (!chain.paused).then(|| happens(action)).flatten();
				// Whatever it says, it may be far ahead.
				let is_step = news.is_none() && !chain.paused && self.is_far(side, block);
				let believe = Action { side, event: Event::Believe { block } };
				return news.or_else(|| is_step.then(|| happens(believe)).flatten()).into();
			},
			Event::Believe { block } => self.is_far(side, block),
			Event::Pause => !chain.paused,
			Event::Resume => chain.paused,
			Event::MeetAgain { .. } => !chain.legs.iter().any(Leg::is_there),
			_ => true,
		};
		is_allowed.then(|| happens(action)).flatten().into()
	}

	/// Whether a block of the peer is worth a message of its own.
	fn is_far(&self, side: Side, block: u8) -> bool {
		let height = |block| self.model.plan.calendar.height(side.other(), block);
		let known = height(self.state.chain(side).known);
		height(block).saturating_sub(known) >= self.model.plan.view_step
	}

	/// Does it on the real chain.
	fn play(&mut self, Action { side, event }: Action) -> Result<(), String> {
		let peer = self.chain(side.other()).system;
		let id = |index: usize| self.exchanges[index].id();
		let anchor = |walk: &Self, block| {
			let number = walk.model.plan.calendar.height(side.other(), block);
			walk.chain(side.other()).anchor_at(number)
		};
		match event {
			Event::Seal { .. } => {
				self.open(side);
				self.players[side as usize].close()
			},
			Event::Register { index, commit } => {
				let half = self.exchanges[index].half(side).clone();
				self.call(side, payer(&half), registration(&half, commit))
			},
			Event::Cancel { index } => {
				let id = id(index);
				self.call(side, parties(side).0, Call::cancel { peer, id })
			},
			Event::Conclude { index } => {
				let id = id(index);
				let call = self.ask(side, || conclusion(peer, vec![id]));
				self.call(side, ROOT, call)
			},
			Event::Evidence { index, block } => {
				let id = id(index);
				self.show(side, block, vec![id], false)
			},
			Event::Hear { block } => self.show(side, block, Vec::new(), true),
			Event::Believe { block } => self.show(side, block, Vec::new(), false),
			Event::Pause => self.root(side, Call::pause { system: peer }),
			Event::Resume => self.root(side, Call::resume { system: peer }),
			Event::Freeze => self.call(side, ROOT, pallet_assets::Call::freeze_asset { id: GOLD }),
			Event::Thaw => self.call(side, ROOT, pallet_assets::Call::thaw_asset { id: GOLD }),
			Event::Claim { index } => {
				let call = Call::claim { id: id(index), index: 0, to: None };
				self.call(side, ROOT, call)
			},
			Event::Renew { block } => {
				self.shown_from[side as usize] = self.state.chain(side).now + 1;
				let anchor = anchor(self, block);
				self.root(side, Call::renew_system { system: peer, anchor })
			},
			Event::Resolve { index, resolution } => {
				let id = id(index);
				self.root(side, Call::force_resolve { peer, id, resolution })
			},
			Event::MeetAgain { block } => {
				// The policy is in force a block later.
				self.shown_from[side as usize] = self.state.chain(side).now + 1;
				let anchor = anchor(self, block);
				self.root(side, Call::remove_system { system: peer })?;
				self.root(side, Call::register_system { system: peer, anchor })?;
				self.root(side, Call::set_policy { system: peer, policy: LAX })
			},
			other => unreachable!("{other:?} is not drawn"),
		}
	}

	/// Something that may happen, or be refused.
	fn draw(&mut self) -> Option<Action> {
		let side = *Side::BOTH.choose(&mut self.random).expect("there are two");
		let Plan { pace, freezes, announces, .. } = self.model.plan;
		let (chain, peer) = (self.state.chain(side), self.state.chain(side.other()));
		let index = self.random.random_range(self.model.deals(&self.state).indices());
		// Mostly the newest, and no unknown one where it is not shown.
		let newest = peer.now.checked_sub(1).filter(|newest| *newest > 0);
		let block = newest.map(|newest| match self.random.random_bool(0.5) {
			true => newest,
			false => self.random.random_range(1..=newest),
		});
		let is_shown = chain.now >= self.shown_from[side as usize];
		let shown = block.filter(|_| is_shown);
		let height = |block| self.model.plan.calendar.height(side.other(), block);
		// What is below the window is unknown, and forgets more than the model does.
		let is_recent =
			|block: &u8| *block <= chain.known && height(chain.known) - height(*block) < 16;
		let known = block.filter(is_recent);
		let commit = if self.random.random() { Commit::OnMatch } else { Commit::Now };
		let is_free = pace == Pace::Free;
		let event = match self.random.random_range(0..100) {
			0..20 => Event::Seal { tends: true },
			20..34 if !self.are_there[side as usize] => return None,
			20..34 => Event::Register { index, commit },
			34..56 => Event::Evidence { index, block: shown? },
			56..68 => Event::Hear { block: shown? },
			68..72 => Event::Believe { block: shown? },
			72..74 if announces.contains(&side) => {
				let all = [Resolution::Settle, Resolution::Reverse, Resolution::Forget];
				let resolution = *all.choose(&mut self.random).expect("there are three");
				Event::Resolve { index, resolution }
			},
			74..78 => Event::Cancel { index },
			78..85 => Event::Conclude { index },
			85..91 => Event::Claim { index },
			91..94 if freezes.contains(&side) && chain.frozen => Event::Thaw,
			91..94 if freezes.contains(&side) => Event::Freeze,
			94..96 if is_free && !chain.paused && self.random.random() => Event::Pause,
			94..96 if is_free => Event::Resume,
			96..98 if is_free => Event::Renew { block: known? },
			98..100 if is_free => Event::MeetAgain { block: known? },
			_ => return None,
		};
		let action = Action { side, event };
		// How far the chains come, and who is firm where evidence arrives in time, is the plan's.
		let is_planned = match event {
			Event::Seal { .. } => self.is_offered(action),
			Event::Register { commit: Commit::Now, .. } if !is_free => self.is_offered(action),
			_ => true,
		};
		is_planned.then_some(action)
	}

	fn is_offered(&self, action: Action) -> bool {
		let mut offered = Vec::new();
		self.model.actions(&self.state, &mut offered);
		offered.contains(&action)
	}

	/// One event on both; or on what they do not agree.
	fn step(&mut self, tally: &mut Tally) -> Result<(), String> {
		let Some(action) = self.draw() else { return Ok(()) };
		let Action { side, event } = action;
		let expected = self.expected(action);
		let result = self.play(action);
		self.told.push(format!("{side:?} {}: {event:?}: {result:?}", self.state.chain(side).now));
		let name = format!("{event:?}");
		let name = name.split([' ', '{']).next().unwrap_or_default();
		match (expected, &result) {
			(Expected::State(state), Ok(())) => {
				*tally.entry(name.into()).or_default() += 1;
				let before = mem::replace(&mut self.state, *state);
				count(tally, &before, &self.state, side);
				let has_moved = before.chain(side).legs.iter().zip(&self.state.chain(side).legs);
				let mut has_moved = has_moved.map(|(before, after)| before.place != after.place);
				if matches!(event, Event::Resolve { .. }) && has_moved.any(|has_moved| has_moved) {
					*tally.entry("forced".into()).or_default() += 1;
				}
			},
			(Expected::Refusal, Err(why)) => {
				*tally.entry(format!("{name} refused: {why}")).or_default() += 1;
			},
			(Expected::State(_), Err(why)) => return Err(format!("it is refused: {why}")),
			(Expected::Refusal, Ok(())) => return Err("it is not refused".into()),
		}
		self.compare(side)
	}

	/// What the chain has stored is what the model has.
	fn compare(&mut self, side: Side) -> Result<(), String> {
		let (peer, deals) = (self.chain(side.other()).system, self.model.deals(&self.state));
		let ids: Vec<_> = self.exchanges.iter().map(|exchange| exchange.id()).collect();
		let (from, to) = parties(side);
		let expected = Seen::of_model(&self.state, deals, side);
		let seen = self.ask(side, || Seen::of_chain(peer, &ids, [account(from), account(to)]));
		match seen == expected {
			true => Ok(()),
			false => Err(format!("{side:?} has {seen:?} instead of {expected:?}")),
		}
	}
}

/// Goes through a plan at random: says how often what happened, or on what the two do not agree.
fn walk(plan: &Plan) -> Result<Tally, String> {
	let (model, before) = (plan.model(), chains_before(plan));
	let mut tally = Tally::new();
	for seed in SEED..SEED + WALKS {
		let mut walk = Walk::new(&model, &before, seed);
		for _ in 0..STEPS {
			if let Err(what) = walk.step(&mut tally) {
				let told = walk.told.join("\n  ");
				return Err(format!("{}, seed {seed}: {what}\n  {told}", plan.name));
			}
		}
	}
	Ok(tally)
}

/// Walks on which nothing happens would prove nothing.
fn assert_is_rich(tally: &Tally, names: &[&str]) {
	for name in names {
		assert!(tally.contains_key(*name), "{name} never happened: {tally:#?}");
	}
}

#[test]
fn the_model_does_what_real_chains_do() {
	let tally = walk(&plans::real()).unwrap_or_else(|story| panic!("{story}"));
	let outcomes = ["Settled", "Reversed", "Expired", "Cancelled"];
	let ways = ["pending", "forgotten", "owed", "claimed when swept", "swept", "swept as it ends"];
	let root = ["Renew", "MeetAgain", "Pause", "Resume", "Resolve", "forced"];
	let refusals = ["Claim refused: ValueCannotMove", "MeetAgain refused: SystemInUse"];
	for names in [&outcomes[..], &ways, &root, &refusals] {
		assert_is_rich(&tally, names);
	}
}

#[test]
fn the_model_runs_notices_as_real_chains_do() {
	let tally = walk(&plans::real_answers()).unwrap_or_else(|story| panic!("{story}"));
	assert_is_rich(&tally, &["Cancelled", "Settled", "pending"]);
}

#[test]
fn a_model_of_other_rules_is_told_from_real_chains() {
	use Variant::*;
	let real = |variant| Plan { variant, ..plans::real() };
	let answers = |variant| Plan { variant, ..plans::real_answers() };
	let free = [AbsenceBelowH2, SettledOnRegistered, SweepUnheard, ThroughOpen, OwedSwept];
	let in_step = [NoNotice, MatchCancelling];
	for plan in free.into_iter().map(real).chain(in_step.into_iter().map(answers)) {
		assert!(walk(&plan).is_err(), "{:?} does as real chains do", plan.variant);
	}
}
