//! Ways at random through the model of a peer that forks are gone by a real chain as well, with real
//! headers, votes and paths: everything is believed, refused and remembered as the model says.
//!
//! Of what the model explores, these ways are those of a peer whose roots are true, and root alone
//! chooses between its branches. Time is another matter.

#[path = "../../model/src/mod.rs"]
#[allow(dead_code, reason = "shared with the model's own tests")]
mod model;
#[path = "../network/mod.rs"]
#[allow(dead_code, reason = "shared with the schedules")]
mod network;

#[path = "../conformance/believed.rs"]
mod believed;
#[path = "../conformance/branches.rs"]
mod branches;
#[path = "../conformance/player.rs"]
#[allow(dead_code, reason = "shared with the walks of two chains")]
mod player;

use believed::Believed;
use branches::Branches;
use codec::Encode;
use model::{
	forks::{
		exploration::{Event, Exploration, Plan},
		judge::{Difference, Maker},
		plans,
		reader::Reader,
		tree::{At, Set},
		variants::Variant,
	},
	run::Explorable,
};
use network::{
	chain::Chain,
	exchange::{payer, registration, Exchange},
	genesis::{self, GOLD},
	keys::{account, AUTHORS, ROOT, TRADERS},
	transaction::conclusion,
	Side,
};
use pallet_ribp::{Action, AssetAmount, Call, Config, Height, Log, System, SystemId, Systems};
use player::{Player, FULL, LAX, PERIODS};
use rand::{seq::IndexedRandom, Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ribp_protocol::Commit;
use ribp_runtime::{validators, AccountId, Item, Ribp, Runtime};
use sp_core::H256;
use stateright::Model;
use std::collections::BTreeMap;

const WALKS: u64 = 40;
const STEPS: usize = 60;
const SEED: u64 = 20_261_130;

/// The block of the reader's in which the peer gets to know it, and the one with its leg.
const MET: Height = 12;
const REGISTERED: Height = 15;

/// Headers that a descent has at most, as the model has it; the pallet takes more.
const MAX_DESCENT: Height = 64;

/// Blocks before a handover in which root names the next validators.
const NAMED_BEFORE: Height = 2;

/// How often what happened.
type Tally = BTreeMap<String, u32>;

/// The two chains, and what is agreed between them.
struct Scene {
	/// The reader before the first block that the model tells apart.
	reader: Chain,
	branches: Branches,
	exchange: Exchange,
}

fn chain(side: Side) -> Player {
	let mut storage = genesis::storage(side, PERIODS);
	let delay = <Runtime as Config>::PolicyDelay::key();
	storage.top.insert(delay.to_vec(), Height::encode(&1));
	Player::new(Chain::of(side, storage))
}

/// Blocks of the reader come before all of the peer's, until they meet, and after them.
fn readers(height: Height) -> u64 {
	u64::from(height) + if height > MET { 10_000 } else { 0 }
}

/// Slots tell branches apart.
fn peers(branch: u8) -> impl Fn(Height) -> u64 {
	move |height| 1_000 + u64::from(height) * 16 + u64::from(branch)
}

/// Makes blocks up to a height; in the first one, this happens.
fn author(
	player: &mut Player,
	slot: impl Fn(Height) -> u64,
	until: Height,
	first: impl FnOnce(&mut Player),
) {
	player.open(slot(player.chain.sealed() + 1));
	first(player);
	player.close().expect("all is well");
	while player.chain.sealed() < until {
		player.open(slot(player.chain.sealed() + 1));
		player.close().expect("nothing happens");
	}
}

fn meet(player: &mut Player, other: &Chain) {
	let (system, anchor) = (other.system, other.anchor());
	player.root(Call::register_system { system, anchor }).expect("it is known now");
	player.root(Call::set_policy { system, policy: LAX }).expect("it is believed");
}

fn agreed(model: &Exploration, systems: [SystemId; 2]) -> Exchange {
	let log = |side: Side| {
		let (from, to) = side.pair([TRADERS[0], TRADERS[1]]);
		let gold = Item::Asset(AssetAmount { id: GOLD, amount: 1_000 });
		let items = vec![gold].try_into().expect("one is not too many");
		let action = Action::Transfer { from: account(from), to: account(to), items };
		Log { system: systems[side as usize], action }
	};
	let expiries = [model.terms.own.expiry, model.terms.peer.expiry];
	let settlement = model.plan.settlement;
	Exchange::new(Side::BOTH.map(log), expiries, H256::zero()).settling(settlement, settlement)
}

impl Scene {
	fn new(model: &Exploration) -> Self {
		let [mut reader, mut peer] = Side::BOTH.map(chain);
		let exchange = agreed(model, [reader.chain.system, peer.chain.system]);
		let (delivery, payment) = (&exchange.delivery, &exchange.payment);
		author(&mut reader, readers, MET, |_| {});
		let first = model.tree.block(At(0)).number;
		// The first blocks put the validators in charge, and have no room.
		author(&mut peer, peers(0), MET, |_| {});
		author(&mut peer, peers(0), first, |peer| meet(peer, &reader.chain));
		author(&mut reader, readers, REGISTERED - 1, |reader| meet(reader, &peer.chain));
		author(&mut reader, readers, model.height(0).0, |reader| {
			let call = registration(delivery, Commit::OnMatch);
			reader.call(payer(delivery), call).expect("the leg is registered");
		});
		let branches = Branches::new(&model.tree, peer.chain, |at, history| {
			let mut peer = Player::new(history.branch_at(history.sealed()));
			let block = *model.tree.block(at);
			let before = model.tree.block(block.parent).facts;
			author_and_hand_over(&mut peer, peers(at.0), block.number, block.next, |peer| {
				if block.facts.is_there && !before.is_there {
					let call = registration(payment, Commit::OnMatch);
					peer.call(payer(payment), call).expect("the leg is registered");
				}
				if block.facts.log && !before.log {
					commit(peer, &reader.chain, &exchange);
				}
			});
			*history = peer.chain;
		});
		Self { reader: reader.chain, branches, exchange }
	}
}

/// A set of the model, by its validators. Its first one are all of them.
fn validators(set: Set) -> Vec<AccountId> {
	let left_out = match set {
		Set { id: 1, .. } => 0,
		Set { keys: 'h', .. } => 1,
		_ => 2,
	};
	let kept = AUTHORS.into_iter().enumerate().filter(|(place, _)| *place != left_out);
	kept.map(|(_, author)| account(author)).collect()
}

/// The peer makes blocks up to a height, the last of which hands over to a set, if there is one; in the first
/// one, this happens.
fn author_and_hand_over(
	peer: &mut Player,
	slot: impl Fn(Height) -> u64,
	until: Height,
	next: Option<Set>,
	first: impl FnOnce(&mut Player),
) {
	let Some(next) = next else { return author(peer, slot, until, first) };
	author(peer, &slot, until - NAMED_BEFORE - 1, first);
	author(peer, &slot, until, |peer| {
		let call = validators::Call::set_validators { validators: self::validators(next) };
		peer.root(call).expect("they have their keys");
	});
}

/// The peer is shown that the reader's leg is registered.
fn commit(peer: &mut Player, reader: &Chain, exchange: &Exchange) {
	let (own, system, contracts) = (peer.chain.system, reader.system, vec![exchange.id()]);
	let record = record(peer, system);
	let keys = ribp_kit::evidence::wanted(own, system, &contracts);
	let evidence = reader.evidence(REGISTERED, &record.view, keys, branches::justify);
	let work = peer.ask(|| Ribp::work_of(system, &contracts));
	let call = Call::submit_evidence { system, evidence, contracts, work };
	peer.call(ROOT, call).expect("the leg is committed");
}

fn record(player: &mut Player, system: SystemId) -> System {
	player.ask(|| Systems::<Runtime>::get(system)).expect("it is known")
}

/// A way through the model, and the chain that goes it as well.
struct Walk<'a> {
	model: &'a Exploration,
	scene: &'a Scene,
	state: Reader,
	player: Player,
	/// The first block in which evidence may be shown: not in that of a renewal.
	shown_from: u8,
	random: ChaCha8Rng,
	told: Vec<String>,
}

impl<'a> Walk<'a> {
	fn new(model: &'a Exploration, scene: &'a Scene, seed: u64) -> Self {
		let random = ChaCha8Rng::seed_from_u64(seed);
		let state = model.init_states().remove(0);
		let player = Player::new(scene.reader.branch_at(scene.reader.sealed()));
		let mut walk =
			Self { model, scene, state, player, shown_from: 0, random, told: Vec::new() };
		walk.open();
		walk
	}

	fn open(&mut self) {
		self.player.open(readers(self.model.height(self.state.now).0));
	}

	fn system(&self) -> SystemId {
		self.scene.branches.history(At(0)).system
	}

	/// Something that may happen, or be refused.
	fn draw(&mut self) -> Option<Event> {
		let (model, state, random) = (self.model, &self.state, &mut self.random);
		let signed = model.tree.all().filter(|at| model.tree.block(*at).from <= state.now);
		let signed: Vec<_> = signed.collect();
		let at = *signed.choose(random)?;
		Some(match random.random_range(0..100) {
			0..12 => Event::Seal,
			12..30 => Event::Learn(at),
			30..50 if state.now < self.shown_from => return None,
			30..50 => Event::Move(at),
			50..75 => {
				let mut reports = model.reports(state, at, Maker::Peer);
				reports.retain(|report| match report.difference {
					Difference::Descent(height) => {
						model.tree.block(at).number - height <= MAX_DESCENT
					},
					_ => true,
				});
				Event::Report(*reports.choose(random)?)
			},
			75..80 => Event::Choose(None),
			80..92 => Event::Choose(Some(at)),
			92..94 => Event::Pause,
			94..97 => Event::Resume,
			_ => Event::Renew(at),
		})
	}

	/// Does it on the real chain.
	fn play(&mut self, event: Event) -> Result<(), String> {
		let (system, branches) = (self.system(), &self.scene.branches);
		match event {
			Event::Seal => self.player.close(),
			Event::Learn(at) => self.show(at, false),
			Event::Move(at) => self.show(at, true),
			Event::Report(report) => {
				let known = self.player.ask(|| Ribp::known(system)).expect("it is known");
				let report = branches.report(&known, report);
				self.player.call(ROOT, Call::report_fork { system, report })
			},
			Event::Choose(tip) => {
				let branch = tip.map(|tip| branches.history(tip).head());
				self.player.root(Call::choose_branch { system, branch })
			},
			Event::Pause => self.player.root(Call::pause { system }),
			Event::Resume => self.player.root(Call::resume { system }),
			Event::Renew(at) => {
				let anchor = branches.history(at).anchor();
				self.shown_from = self.state.now + 1;
				self.player.root(Call::renew_system { system, anchor })
			},
			other => unreachable!("{other:?} is not drawn"),
		}
	}

	/// Shows a block of the peer: what it says of the contract, or that it is there.
	fn show(&mut self, at: At, about: bool) -> Result<(), String> {
		let (system, id) = (self.system(), self.scene.exchange.id());
		let contracts: Vec<_> = about.then_some(id).into_iter().collect();
		let (own, view) = (self.player.chain.system, record(&mut self.player, system).view);
		let evidence = self.scene.branches.evidence(at, &view, own, &contracts);
		let work = self.player.ask(|| Ribp::work_of(system, &contracts));
		self.player.call(ROOT, Call::submit_evidence { system, evidence, contracts, work })
	}

	/// In the next block, somebody says what time has made of the contract.
	fn go_on(&mut self) {
		self.open();
		let (system, id) = (self.system(), self.scene.exchange.id());
		let call = self.player.ask(|| conclusion(system, vec![id]));
		// The comparison tells whether that was to be refused.
		let _ = self.player.call(ROOT, call);
	}

	/// One event on both; or on what they do not agree.
	fn step(&mut self, tally: &mut Tally) -> Result<(), String> {
		let Some(event) = self.draw() else { return Ok(()) };
		if event == Event::Seal && self.state.now == self.model.plan.last {
			return Ok(());
		}
		let expected = self.model.next_state(&self.state, event);
		let result = self.play(event);
		if result == Err(FULL.into()) {
			return Ok(());
		}
		self.told.push(format!("{}: {event:?}: {result:?}", self.state.now));
		let name = format!("{event:?}");
		let name = name.split(['(', '{', ' ']).next().unwrap_or_default();
		match (expected, &result) {
			(Some(state), Ok(())) => {
				*tally.entry(name.into()).or_default() += 1;
				believed::count(tally, &self.state, &state);
				self.state = state;
				if event == Event::Seal {
					self.go_on();
				}
			},
			(None, Err(why)) => *tally.entry(format!("{name} refused: {why}")).or_default() += 1,
			(Some(_), Err(why)) => return Err(format!("it is refused: {why}")),
			(None, Ok(())) => return Err("it is not refused".into()),
		}
		self.compare()
	}

	/// What the chain has stored is what the model has.
	fn compare(&mut self) -> Result<(), String> {
		let (system, id) = (self.system(), self.scene.exchange.id());
		let expected = Believed::of_model(self.model, &self.state, &self.scene.branches);
		let now = self.model.height(self.state.now);
		let seen = self.player.ask(|| Believed::of_chain(system, id, now));
		match seen == expected {
			true => Ok(()),
			false => Err(format!("the chain has {seen:#?} instead of {expected:#?}")),
		}
	}
}

/// The plan of a peer whose authorities hand over, as a real chain can go it: nothing ends by itself, and
/// as much is remembered as the pallet remembers.
fn eras() -> Plan {
	let eras = plans::large().into_iter().find(|plan| plan.name == "eras");
	let mut plan = eras.expect("it is explored");
	for block in &mut plan.blocks {
		(block.facts.has_ended, block.facts.is_through) = (false, false);
	}
	Plan { last: 7, trust: 200, most_changes: 32, most_branches: 4, ..plan }
}

/// Goes through a plan at random: says how often what happened, or on what the two do not agree.
fn walk(plan: &Plan) -> Result<Tally, String> {
	let model = plan.model();
	let scene = Scene::new(&model);
	let mut tally = Tally::new();
	for seed in SEED..SEED + WALKS {
		let mut walk = Walk::new(&model, &scene, seed);
		for _ in 0..STEPS {
			if let Err(what) = walk.step(&mut tally) {
				let told = walk.told.join("\n  ");
				return Err(format!("{}, seed {seed}: {what}\n  {told}", plan.name));
			}
		}
	}
	Ok(tally)
}

#[test]
fn the_model_of_a_forking_peer_does_what_a_real_chain_does() {
	let mut tally = Tally::new();
	for plan in plans::real() {
		let found = walk(&plan).unwrap_or_else(|story| panic!("{story}"));
		found.into_iter().for_each(|(name, count)| *tally.entry(name).or_default() += count);
	}
	let events = ["Learn", "Move", "Report", "Pause", "Resume", "Renew"];
	let forks = ["two branches are open", "kept", "adopted", "completed", "forgotten"];
	let outcomes = ["Settled", "Reversed", "Expired"];
	let refusals = [
		"Report refused: BranchKnown",
		"Report refused: NotInCommon",
		"Choose refused: BranchNotFollowable",
		"Learn refused: OtherHistory",
		"Move refused: SystemForked",
		"Move refused: CoolingDown",
	];
	let all = events.iter().chain(&forks).chain(&outcomes).chain(&refusals);
	let missing: Vec<_> = all.filter(|name| !tally.contains_key(**name)).collect();
	assert!(missing.is_empty(), "{missing:?} never happened: {tally:#?}");
}

#[test]
fn the_model_of_a_peer_that_hands_over_does_what_a_real_chain_does() {
	let tally = walk(&eras()).unwrap_or_else(|story| panic!("{story}"));
	let happened = ["handed over", "Report", "Renew", "kept", "adopted", "completed"];
	let refusals = [
		"Learn refused: BadSignature",
		"Learn refused: UnknownVoter",
		"Report refused: UnknownAuthorities",
		"Report refused: NotInCharge",
	];
	let all = happened.iter().chain(&refusals);
	let missing: Vec<_> = all.filter(|name| !tally.contains_key(**name)).collect();
	assert!(missing.is_empty(), "{missing:?} never happened: {tally:#?}");
}

#[test]
fn a_model_of_other_rules_about_forks_is_told_from_a_real_chain() {
	use Variant::*;
	let memory = [MarksFlushed, RelianceKept, NoCompletion, LosersReopen];
	let times = [OneGrace, NoCoolDown, NoExposure];
	for variant in memory.into_iter().chain(times).chain([PauseRefused, AnchorFollows]) {
		let mut plans = plans::real().into_iter().map(|plan| Plan { variant, ..plan });
		assert!(plans.any(|plan| walk(&plan).is_err()), "{variant:?} does as a real chain does");
	}
}
