//! The network itself: systems, their blocks, and the messages between them.

use crate::{
	answer::Answer,
	calendar::Calendar,
	config::{Config, ConfigError, Followed, Phases, BLOCK_MS, ENTRY_BYTES},
	contracts::{contract, Order},
	gossip::Occasion,
	identity::{self, header_hash, system, History},
	ledger::{End, Ledger, Moment},
	list::{Digest, ViewList},
	tally::{Sent, Tally},
	view::View,
};
use codec::Encode;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ribp_protocol::{BlockTimes, Contract, ContractId, Height, Own, Peer, SystemId, TermLimits};
use sp_core::H256;
use std::{
	collections::{BTreeMap, VecDeque},
	sync::Arc,
};

/// A registrant may choose any expiry that has not passed.
const LIMITS: TermLimits = TermLimits {
	min: 1,
	peer_min: 1,
	max: Height::MAX,
	skew: Height::MAX,
	times: BlockTimes::ALIKE,
	notice: 0,
};

/// A message from one system, or its users, to another.
pub(crate) struct Letter {
	pub from: u32,
	pub to: u32,
	pub text: Text,
}

/// What a message says.
pub(crate) enum Text {
	/// Gossip: views, each with its proof.
	Views(Arc<Vec<View>>),
	/// Gossip: "what is the digest of your list?"
	AskDigest,
	/// Gossip: the answer.
	Digest(Digest),
	/// Gossip: "send me your views of these".
	AskViews(Vec<SystemId>),
	/// "What do you know of these contracts?" A check comes with the sender's view (section 4.1).
	Check(Vec<ContractId>, View),
	/// The answer, and the view that proves it.
	Answer(Answer, View),
	/// "Which of your hashes lie between these heights?" with the view that they lead to.
	AskMissed(Height, View),
	/// The answer.
	Missed(Vec<H256>, View),
	/// A user registers the other half of a contract.
	Order(Order),
	/// The evidence of a fork.
	Fork,
}

/// One system.
pub(crate) struct System {
	pub id: SystemId,
	pub peers: Vec<u32>,
	/// Whose views it keeps, and its own.
	pub followed: Vec<SystemId>,
	/// The millisecond of each block interval in which it makes its block.
	pub phase: u32,
	pub height: Height,
	/// Its finalized history.
	pub view: View,
	/// What it shows the victim of its fork, from the first block that there are two of.
	pub hidden: Option<View>,
	pub views: ViewList,
	/// Of whom it has asked missed hashes, and until when it waits for them.
	pub catching_up: BTreeMap<SystemId, u64>,
	pub knows_fork: bool,
	ledger: Ledger,
	orders: VecDeque<Order>,
	/// Answers that the next block takes in.
	inbox: Vec<Arrived>,
}

/// An answer that has come.
struct Arrived {
	from: SystemId,
	answer: Answer,
	/// The height of that system which was believed then.
	head: Height,
}

/// When a fork was exposed, in milliseconds from the start.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Exposure {
	/// When there were two branches.
	pub begun_ms: Option<u64>,
	/// When the first system saw both branches.
	pub first_ms: Option<u64>,
	/// When the victim knew.
	pub victim_ms: Option<u64>,
	/// When all but the forked system knew.
	pub all_ms: Option<u64>,
	/// How many systems know.
	pub known_by: u32,
}

/// A network at some moment.
pub struct Network {
	pub(crate) config: Config,
	/// Milliseconds since the start.
	pub(crate) clock: u64,
	pub(crate) random: ChaCha8Rng,
	pub(crate) systems: Vec<System>,
	pub(crate) tally: Tally,
	pub(crate) exposure: Exposure,
	calendar: Calendar<Letter>,
	under_way: u64,
	/// The systems that make their block in each millisecond of an interval.
	turns: Vec<Vec<u32>>,
	/// How far away expiries are, by the number of peers.
	expiries: BTreeMap<u32, Height>,
	tasks: u64,
}

/// What a network has done after all of its blocks.
pub fn run(config: &Config) -> Result<Tally, ConfigError> {
	let mut network = Network::new(config.clone())?;
	(0..config.blocks).for_each(|_| network.step());
	Ok(network.into_tally())
}

impl Network {
	/// A network in which everybody knows the first block of those whom it follows.
	pub fn new(config: Config) -> Result<Self, ConfigError> {
		config.check()?;
		let mut random = ChaCha8Rng::seed_from_u64(config.seed);
		let all_peers = config.topology.peers(config.systems, &mut random);
		let mut turns = vec![Vec::new(); BLOCK_MS as usize];
		let mut systems = Vec::new();
		for (index, peers) in (0..).zip(all_peers) {
			let phase = match config.phases {
				Phases::Lockstep => 0,
				Phases::Spread => random.random_range(0..BLOCK_MS),
			};
			turns[phase as usize].push(index);
			systems.push(System::new(&config, index, peers, phase));
		}
		let mut expiries = BTreeMap::new();
		if config.tasks > 0.0 {
			for connected in systems.iter().map(|system| system.peers.len() as u32) {
				expiries.insert(connected, config.expiry(connected)?);
			}
		}
		let calendar = Calendar::new(config.finality * BLOCK_MS + config.latency.most_ms);
		let tally = Tally { sent: vec![Sent::default(); systems.len()], ..Tally::default() };
		let exposure = Exposure::default();
		let (clock, under_way, tasks) = (0, 0, 0);
		Ok(Self {
			config,
			clock,
			random,
			systems,
			tally,
			exposure,
			calendar,
			under_way,
			turns,
			expiries,
			tasks,
		})
	}

	/// What was counted so far.
	pub fn tally(&self) -> &Tally {
		&self.tally
	}

	/// What was counted, when the network is not needed any more.
	pub fn into_tally(self) -> Tally {
		self.tally
	}

	/// What has come of the fork.
	pub fn exposure(&self) -> Exposure {
		self.exposure
	}

	/// Lets every system make one block.
	pub fn step(&mut self) {
		for phase in 0..self.turns.len() {
			for turn in 0..self.turns[phase].len() {
				self.make_block(self.turns[phase][turn]);
			}
			self.tally.most_under_way = self.tally.most_under_way.max(self.under_way);
			while let Some(letter) = self.calendar.next() {
				self.under_way -= 1;
				self.deliver(letter);
			}
			self.calendar.turn();
			self.clock += 1;
		}
		self.count();
	}

	/// What there is to be counted after everybody's block.
	fn count(&mut self) {
		let contracts = self.systems.iter().map(|system| system.ledger.len() as u64).sum();
		self.tally.most_contracts = self.tally.most_contracts.max(contracts);
		if self.clock <= u64::from(self.config.warm_up) * u64::from(BLOCK_MS) {
			return;
		}
		for system in &self.systems {
			for followed in system.followed.iter().filter(|followed| **followed != system.id) {
				let real = self.systems[identity::index(*followed) as usize].view.number;
				self.tally.gaps.count(real.saturating_sub(system.believed(*followed)));
			}
		}
	}

	fn make_block(&mut self, index: u32) {
		let clock = self.clock;
		let settled = self.config.finality;
		let hides = self.config.fork.filter(|fork| fork.system == index).map(|fork| fork.at);
		let system = &mut self.systems[index as usize];
		system.height += 1;
		let now = system.height;
		if let Some(number) = now.checked_sub(settled).filter(|number| *number > 0) {
			system.extend(index, number, self.config.window, hides);
			if hides == Some(number) {
				self.exposure.begun_ms = Some(clock);
			}
		}
		let mut ends = system.ledger.on_time(now);
		for Arrived { from, answer, head } in std::mem::take(&mut system.inbox) {
			let moved = system.ledger.take_in(from, &answer, head, now);
			self.tally.sent[index as usize].useful_checks += u64::from(moved.steps > 0);
			ends.extend(moved.ends);
		}
		for peer in system.peers.iter().map(|peer| identity::system(*peer)) {
			system.ledger.say(peer, system.views.view(peer).map_or(0, |view| view.number), now);
		}
		for End { contract, outcome } in &ends {
			self.tally.tasks.end(*contract, *outcome, clock);
		}
		self.tally.system_blocks += 1;
		self.register(index);
		self.ask(index);
		self.gossip(index, if ends.is_empty() { Occasion::Block } else { Occasion::End });
	}

	/// New tasks come up, and as many registrations as there is room for are taken into the block.
	fn register(&mut self, index: u32) {
		let expected = self.config.tasks / 2.0;
		let more = u32::from(expected > 0.0 && self.random.random::<f64>() < expected.fract());
		for _ in 0..expected as u32 + more {
			let peers = &self.systems[index as usize].peers;
			let peer = peers[self.random.random_range(0..peers.len())];
			self.systems[index as usize].orders.push_back(Order::First { peer });
		}
		for _ in 0..self.config.room {
			let Some(order) = self.systems[index as usize].orders.pop_front() else { return };
			self.take_order(index, order);
		}
	}

	fn take_order(&mut self, index: u32, order: Order) {
		let (peer, contract, is_first) = match order {
			Order::First { peer } => (peer, self.first_half(index, peer), true),
			Order::Second { peer, contract } => (peer, contract, false),
		};
		let system = &mut self.systems[index as usize];
		let terms = contract.terms(system.id).expect("it is one of its two systems; qed");
		let (now, seen) = (Own(system.height), Peer(system.believed(terms.peer.system)));
		if terms.check(now, seen, LIMITS).is_err() {
			return;
		}
		system.ledger.register(&contract, now.0);
		self.tally.tasks.register(contract.id(), self.clock);
		if is_first {
			let order = Order::Second { peer: index, contract };
			let delay = self.config.finality * BLOCK_MS + self.latency();
			self.enter(delay, Letter { from: index, to: peer, text: Text::Order(order) });
		}
	}

	/// A new contract, with the nearest expiries that are safe for both.
	fn first_half(&mut self, index: u32, peer: u32) -> Contract {
		self.tasks += 1;
		let connected = |index: u32| self.systems[index as usize].peers.len() as u32;
		let expiry = self.expiries[&connected(index).min(connected(peer))];
		let h1 = self.systems[index as usize].height.saturating_add(expiry);
		let h2 = self.made_before(peer).saturating_add(expiry);
		contract(self.tasks, [(index, h1), (peer, h2)], self.config.settlement)
	}

	/// The blocks that a system has made before this instant.
	fn made_before(&self, index: u32) -> Height {
		let phase = u64::from(self.systems[index as usize].phase);
		let since_first = self.clock.checked_sub(phase + 1);
		since_first.map_or(0, |since| (since / u64::from(BLOCK_MS) + 1) as Height)
	}

	/// Asks the peers about contracts.
	fn ask(&mut self, index: u32) {
		let patience = u64::from(2 * self.config.latency.most_ms + BLOCK_MS / 2);
		let checks = self.config.checks;
		let System { ledger, view, views, height, .. } = &mut self.systems[index as usize];
		let (now, finalized, clock) = (*height, view.number, self.clock);
		let moment = Moment { now, finalized, clock, patience };
		let seen = |peer| views.view(peer).map_or(0, |view| view.number);
		for (peer, questions) in ledger.ask(checks, moment, seen) {
			let sent = &mut self.tally.sent[index as usize];
			sent.checks += 1;
			sent.questions += questions.len() as u64;
			let view = self.systems[index as usize].view.clone();
			let size = questions.encoded_size();
			self.tally.sent[index as usize].check_bytes += size as u64 + self.proven_size(&view);
			self.post(index, peer, Text::Check(questions, view));
		}
	}

	/// Sends a message, unless it is lost.
	pub(crate) fn post(&mut self, from: u32, to: u32, text: Text) {
		if self.config.loss > 0.0 && self.random.random::<f64>() < self.config.loss {
			self.tally.lost += 1;
			return;
		}
		let delay = self.latency();
		self.enter(delay, Letter { from, to, text });
	}

	fn enter(&mut self, delay: u32, letter: Letter) {
		self.under_way += 1;
		self.calendar.enter(delay, letter);
	}

	fn latency(&mut self) -> u32 {
		let latency = self.config.latency;
		match latency.least_ms == latency.most_ms {
			true => latency.least_ms,
			false => self.random.random_range(latency.least_ms..=latency.most_ms),
		}
	}

	/// Bytes of a view with its proof.
	pub(crate) fn proven_size(&self, view: &View) -> u64 {
		view.encoded_size() as u64 + u64::from(self.config.proof_bytes)
	}

	fn deliver(&mut self, Letter { from, to, text }: Letter) {
		match text {
			Text::Views(views) => self.receive(from, to, &views),
			Text::AskDigest => self.send_digest(to, from),
			Text::Digest(digest) => self.send_differences(to, from, &digest),
			Text::AskViews(wanted) => self.send_wanted(to, from, &wanted),
			Text::Check(questions, view) => {
				self.receive(from, to, std::slice::from_ref(&view));
				self.answer(from, to, &questions);
			},
			Text::Answer(answer, view) => {
				self.receive(from, to, std::slice::from_ref(&view));
				let system = &mut self.systems[to as usize];
				let (from, head) = (view.system, system.believed(view.system));
				system.inbox.push(Arrived { from, answer, head });
			},
			Text::AskMissed(after, view) => self.send_missed(from, to, after, view),
			Text::Missed(hashes, view) => self.catch_up(to, view, &hashes),
			Text::Order(order) => self.systems[to as usize].orders.push_back(order),
			Text::Fork => self.learn_of_fork(to),
		}
	}

	fn answer(&mut self, from: u32, to: u32, questions: &[ContractId]) {
		let system = &mut self.systems[to as usize];
		let view = system.view.clone();
		let answer = system.ledger.answer(identity::system(from), questions, view.number);
		let further = (questions.len() as u64).saturating_sub(1) * u64::from(ENTRY_BYTES);
		self.tally.sent[to as usize].check_bytes += further + self.proven_size(&view);
		self.post(to, from, Text::Answer(answer, view));
	}
}

impl System {
	fn new(config: &Config, index: u32, peers: Vec<u32>, phase: u32) -> Self {
		let id = system(index);
		let genesis =
			|index| View::starting_at(system(index), 0, header_hash(index, History::Told, 0));
		let others: Vec<u32> = match config.followed {
			Followed::Peers => peers.clone(),
			Followed::All => (0..config.systems).filter(|other| *other != index).collect(),
		};
		let mut views = ViewList::default();
		for followed in others.iter().copied().chain([index]) {
			views.follow(system(followed));
			views.merge(genesis(followed), &[]);
		}
		let mut followed: Vec<_> = others.into_iter().chain([index]).map(system).collect();
		followed.sort();
		Self {
			id,
			peers,
			followed,
			phase,
			height: 0,
			view: genesis(index),
			hidden: None,
			views,
			catching_up: BTreeMap::new(),
			knows_fork: false,
			ledger: Ledger::new(id),
			orders: VecDeque::new(),
			inbox: Vec::new(),
		}
	}

	/// The block with this number becomes final; from the block `hides` on there are two.
	fn extend(&mut self, index: u32, number: Height, window: u32, hides: Option<Height>) {
		if hides == Some(number) {
			self.hidden = Some(self.view.clone());
		}
		if let Some(hidden) = &mut self.hidden {
			hidden.extend(header_hash(index, History::Hidden, number), window);
		}
		self.view.extend(header_hash(index, History::Told, number), window);
		self.views.merge(self.view.clone(), &[]);
	}

	/// The newest height of a system that is believed.
	pub fn believed(&self, system: SystemId) -> Height {
		self.views.view(system).map_or(0, |view| view.number)
	}
}
