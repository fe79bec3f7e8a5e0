//! One run: the two chains, their nodes and users, from the first block to the verdict.

use super::{
	deceit::FalseHistory,
	exchange::Exchange,
	forgery::forged,
	keys::ROOT,
	pool::Rejection,
	refusals::{name_of, name_of_invalid, CONCLUSION_REFUSALS, FORK_REFUSALS, HONEST_REFUSALS},
	report::Tally,
	schedule::{Act, Deceit, Periods, Schedule, TURBULENCE},
	station::{Queued, Station},
	transaction::{Subject, Transaction},
	transport::{Letter, Transport},
	violation::{demand, Checked, Violation},
	worker::Worker,
	Side, Tick,
};
use pallet_ribp::{Call, Config, ContractId, Evidence, Height, Policy, Status, SystemId};
use rand::{seq::SliceRandom, Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ribp_light_client::Link;
use ribp_protocol::Own;
use ribp_runtime::{Ribp, Runtime, RuntimeCall};
use sp_core::H256;
use sp_runtime::{transaction_validity::TransactionSource, ApplyExtrinsicResult};
use std::{collections::BTreeMap, mem};

/// Ticks that root, and whoever claims, give a call to take effect.
const PATIENCE: Tick = 4;

/// How much is told of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Telling {
	/// The verdict only.
	Silent,
	/// Every step, on standard error.
	Steps,
}

/// A run in the middle.
pub struct Run {
	pub stations: [Station; 2],
	pub transport: Transport,
	pub exchanges: Vec<Exchange>,
	pub agenda: BTreeMap<Tick, Vec<Act>>,
	pub now: Tick,
	/// The slot of the next blocks.
	slot: u64,
	pub rng: ChaCha8Rng,
	pub tally: Tally,
	/// Names the first exchange.
	pub reference: u64,
	telling: Telling,
	pub periods: Periods,
	pub deceit: Option<Deceit>,
	/// The chain on which root does not count on the other one any more.
	pub gives_up: Option<Side>,
	/// Another history of one of the chains.
	pub falsehood: Option<FalseHistory>,
}

/// Plays the schedule of a seed to its end, and judges it.
pub fn run(seed: u64, telling: Telling) -> (Tally, Checked) {
	let schedule = Schedule::of(seed);
	let mut run = Run::new(seed, &schedule, telling);
	run.tell(|| format!("{schedule:#?}"));
	let verdict = run.play(&schedule);
	run.tally.messages = run.transport.transported;
	(run.tally, verdict)
}

impl Run {
	/// Two chains before their first blocks.
	pub fn new(seed: u64, schedule: &Schedule, telling: Telling) -> Self {
		let Schedule { pace, periods, .. } = *schedule;
		let stations = Side::BOTH.map(|side| Station::new(side, pace[side as usize], periods));
		let stream = |number| {
			let mut rng = ChaCha8Rng::seed_from_u64(seed);
			rng.set_stream(number);
			rng
		};
		Self {
			stations,
			transport: Transport::new(schedule.weather, stream(1)),
			exchanges: Vec::new(),
			agenda: schedule.agenda.clone(),
			now: 0,
			slot: 0,
			rng: stream(2),
			tally: Tally::default(),
			reference: seed,
			telling,
			periods,
			deceit: schedule.deceit,
			gives_up: None,
			falsehood: None,
		}
	}

	/// Lives through the whole schedule, and judges the end.
	pub fn play(&mut self, schedule: &Schedule) -> Checked {
		self.begin(schedule)?;
		while self.now < TURBULENCE {
			self.tick()?;
		}
		self.clear_up();
		match schedule.death {
			None => self.end_together(),
			Some((dead, resolution)) => self.end_alone(dead.other(), resolution),
		}
	}

	/// Makes the first blocks, up to those in which the chains get to know each other.
	pub fn begin(&mut self, schedule: &Schedule) -> Checked {
		for side in Side::BOTH {
			for _ in 0..schedule.head_start[side as usize] {
				self.author(side)?;
				self.slot += 1;
			}
		}
		self.introduce()
	}

	/// Root of each chain makes the other one known.
	fn introduce(&mut self) -> Checked {
		for side in Side::BOTH {
			let peer = &mut self.station(side.other()).chain;
			let call = Call::register_system { system: peer.system, anchor: peer.anchor() };
			self.as_root(side, call);
		}
		// A block that ends a session has no room.
		for _ in 0..3 {
			Side::BOTH.into_iter().try_for_each(|side| self.author(side))?;
			self.slot += 1;
		}
		for side in Side::BOTH {
			let peer = self.system(side.other());
			let known = self.station(side).chain.record_of(peer).is_some();
			demand!(known, "{} does not know its peer", side.name());
			let chain = &mut self.station(side).chain;
			chain.finalize(chain.sealed());
		}
		Ok(())
	}

	pub fn tell(&self, what: impl FnOnce() -> String) {
		if self.telling == Telling::Steps {
			eprintln!("{:>4}  {}", self.now, what());
		}
	}

	pub fn station(&mut self, side: Side) -> &mut Station {
		&mut self.stations[side as usize]
	}

	pub fn system(&self, side: Side) -> SystemId {
		self.stations[side as usize].chain.system
	}

	/// Puts a signed call into the next block of a chain.
	pub fn enqueue(&mut self, side: Side, transaction: Transaction) {
		self.station(side).queue.push(Queued { transaction, is_forged: false });
	}

	pub fn as_root(&mut self, side: Side, call: impl Into<RuntimeCall>) {
		let call = pallet_sudo::Call::sudo { call: Box::new(call.into()) };
		self.enqueue(side, Transaction::Signed(ROOT, call.into()));
	}

	/// Everything that happens in one slot.
	pub fn tick(&mut self) -> Checked {
		for act in self.agenda.remove(&self.now).unwrap_or_default() {
			self.perform(act);
		}
		for letter in self.transport.arrivals(self.now) {
			self.receive(letter)?;
		}
		let deceit = self.deceit;
		self.deceive(deceit.as_ref())?;
		let mut sides = Side::BOTH;
		sides.shuffle(&mut self.rng);
		for side in sides {
			let Station { stopped_until, pace, .. } = &self.stations[side as usize];
			let lives = *stopped_until <= self.now;
			if self.rng.random_bool(pace.authoring) && lives {
				self.author(side)?;
				self.vote(side);
				self.work(side);
				self.conclude_by_node(side)?;
				// Owed things are claimed by anybody, now and then.
				if self.now.is_multiple_of(PATIENCE) {
					self.claim(side);
				}
			}
		}
		self.now += 1;
		self.slot += 1;
		Ok(())
	}

	/// The slot of the next blocks.
	pub fn slot(&self) -> u64 {
		self.slot
	}

	/// The turbulence is over: both chains live, and everything arrives.
	fn clear_up(&mut self) {
		self.tell(|| "it clears up".into());
		self.transport.clear_up();
		self.stations.iter_mut().for_each(Station::clear_up);
	}

	/// Lets as many ticks pass until something holds. Fails if it does not come about.
	pub fn tick_until(
		&mut self,
		what: &str,
		patience: Tick,
		mut holds: impl FnMut(&mut Self) -> bool,
	) -> Checked {
		for _ in 0..patience {
			if self.agenda.is_empty() && holds(self) {
				return Ok(());
			}
			for side in Side::BOTH {
				if self.gives_up != Some(side) {
					self.resume(side);
				}
				if self.agenda.is_empty() && self.now.is_multiple_of(PATIENCE) {
					self.unjam(side);
				}
			}
			self.tick()?;
		}
		Err(Violation(format!("{what} within {patience} calm ticks; {}", self.standing())))
	}

	/// Root sees to it that nothing stays paused, or distrusted.
	fn resume(&mut self, side: Side) {
		let system = self.system(side.other());
		let chain = &mut self.station(side).chain;
		let Some(record) = chain.record_of(system) else { return };
		let policy = record.policy_at(Own(chain.sealed()));
		let is_trusted = policy.trusts(record.view.moment().time, chain.time());
		let default: Policy = <Runtime as Config>::DefaultPolicy::get();
		let last = record.announced.as_ref().map_or(record.policy, |announced| announced.policy);
		if last != default {
			self.as_root(side, Call::set_policy { system, policy: default });
		}
		if record.status == Status::Paused {
			self.as_root(side, Call::resume { system });
		}
		let is_running = self.station(side).stopped_until <= self.now;
		if !is_trusted && is_running && self.now.is_multiple_of(PATIENCE) {
			self.tally.renewals += 1;
			self.renew(side);
		}
	}

	fn standing(&mut self) -> String {
		let heights = self.stations.each_ref().map(|station| station.chain.sealed());
		let left = Side::BOTH.map(|side| self.left_on(side));
		format!("alpha and beta are at {heights:?}, and have left {left:?}")
	}

	/// Makes a block of what waits for one.
	fn author(&mut self, side: Side) -> Checked {
		let station = &mut self.stations[side as usize];
		let number = station.chain.sealed() + 1;
		let mut batch = mem::take(&mut station.queue);
		let pooled = station.pool.take(number);
		batch.extend(pooled.map(|transaction| Queued { transaction, is_forged: false }));
		batch.shuffle(&mut self.rng);
		let transactions = batch.iter().map(|queued| queued.transaction.clone()).collect();
		let results = station.chain.author(self.slot, transactions)?;
		let mut included = Vec::new();
		for (queued, result) in batch.into_iter().zip(results) {
			match &result {
				// It waits for a block that has room.
				Err(full) if full.exhausted_resources() => {
					self.station(side).queue.push(queued);
					continue;
				},
				Ok(_) if queued.transaction.is_signed() => included.push(queued.clone()),
				_ => {},
			}
			self.account_for(side, queued, result)?;
		}
		self.station(side).included.push(included);
		self.tally.blocks += 1;
		self.tell(|| {
			let facts = self.stations[side as usize].chain.facts();
			let facts: Vec<_> = facts.filter(|(at, _)| *at == number).map(|(_, f)| f).collect();
			format!("{} #{number}: {facts:?}", side.name())
		});
		Ok(())
	}

	/// Notes what a block has made of a transaction.
	fn account_for(
		&mut self,
		side: Side,
		Queued { transaction, is_forged }: Queued,
		result: ApplyExtrinsicResult,
	) -> Checked {
		let refusal = match result {
			Ok(Ok(())) => None,
			Ok(Err(error)) => Some(name_of(error)),
			Err(invalid) => Some(name_of_invalid(invalid)),
		};
		match (transaction.subject(), refusal) {
			(Subject::Evidence(evidence), Some(name)) => {
				self.check_branch(side, evidence, &name)?;
				self.refuse(side, name, is_forged)?;
			},
			(Subject::Evidence(evidence), None) => {
				demand!(!is_forged, "{} believes what is forged: {evidence:?}", side.name());
				self.tally.accepted += 1;
				match &evidence.link {
					Link::Known => self.tally.of_known_blocks += 1,
					Link::Below { .. } => self.tally.of_older_blocks += 1,
					Link::Above { extension, .. } => {
						self.tally.long_extensions += u64::from(!extension.nodes.is_empty());
					},
				}
			},
			(Subject::Conclusion(_), Some(name)) => self.refuse_conclusion(side, name)?,
			(Subject::Conclusion(contracts), None) => {
				self.tally.concluded += contracts.len() as u64;
			},
			(Subject::Other, Some(name)) => {
				self.tell(|| format!("{}: a call fails: {name}", side.name()));
				Tally::count(&mut self.tally.calls_failed, name);
			},
			(Subject::Other, None) => {},
		}
		Ok(())
	}

	/// Demands that evidence of the true history is not taken for that of a branch, where that one is followed.
	fn check_branch(&mut self, side: Side, evidence: &Evidence, name: &str) -> Checked {
		let system = self.stations[side.other() as usize].chain.system;
		let record = self.stations[side as usize].chain.record_of(system);
		let (Some(record), peer) = (record, &self.stations[side.other() as usize].chain) else {
			return Ok(());
		};
		let is_true =
			|number: Height, hash: H256| number <= peer.sealed() && peer.hash_at(number) == hash;
		let follows = is_true(record.known(), record.view.head());
		let is_own = is_true(evidence.header.number, evidence.header.hash());
		let is_jammed = name == "BranchKnown" && follows && is_own;
		demand!(!is_jammed, "{} takes what it follows for another branch", side.name());
		Ok(())
	}

	/// Notes that contracts do not end by time. Who is told so has looked wrong, or was late.
	fn refuse_conclusion(&mut self, side: Side, name: String) -> Checked {
		self.tell(|| format!("{} refuses a conclusion: {name}", side.name()));
		let is_honest = CONCLUSION_REFUSALS.contains(&name.as_str());
		demand!(is_honest, "{} refuses an honest conclusion as {name}", side.name());
		Tally::count(&mut self.tally.conclusions_refused, name);
		Ok(())
	}

	/// Notes that evidence was refused. Honest evidence is only refused for being late.
	fn refuse(&mut self, side: Side, name: String, is_forged: bool) -> Checked {
		self.tell(|| format!("{} refuses evidence (forged: {is_forged}): {name}", side.name()));
		if is_forged {
			Tally::count(&mut self.tally.forgeries_refused, name);
			return Ok(());
		}
		let mut honest = HONEST_REFUSALS.to_vec();
		honest.extend(self.deceit.iter().flat_map(|_| FORK_REFUSALS));
		let is_honest = honest.contains(&name.as_str());
		demand!(is_honest, "{} refuses honest evidence as {name}", side.name());
		Tally::count(&mut self.tally.refused, name);
		Ok(())
	}

	/// Finality moves on, or not.
	fn vote(&mut self, side: Side) {
		let Station { chain, pace, .. } = &mut self.stations[side as usize];
		if self.rng.random_bool(pace.finality) {
			let least = chain.finalized().max(chain.sealed().saturating_sub(4));
			let least = if pace.finality >= 1.0 { chain.sealed() } else { least };
			chain.finalize(self.rng.random_range(least..=chain.sealed()));
		}
	}

	/// The nodes of a chain ask the other one.
	fn work(&mut self, side: Side) {
		let is_eclipsed = self.is_eclipsed(self.deceit.as_ref(), side);
		let (station, peer) = side.pair(self.stations.each_mut());
		let Station { chain, pace, worker, .. } = station;
		if is_eclipsed {
			return;
		}
		let Some(letter) = worker.work(chain, &peer.chain, pace, &mut self.rng) else { return };
		let about = letter.contracts.len();
		let number = letter.evidence.header.number;
		self.tell(|| format!("{} asks about {about} contracts at #{number}", side.name()));
		let forgery = self.transport.forges().then(|| forged(&letter, &mut self.rng));
		self.transport.send(self.now, letter);
		if let Some(forgery) = forgery {
			self.transport.send(self.now, forgery);
		}
	}

	/// The nodes of a chain conclude what time alone ends.
	fn conclude_by_node(&mut self, side: Side) -> Checked {
		let (station, peer) = side.pair(self.stations.each_mut());
		let Station { chain, pace, pool, .. } = station;
		if !self.rng.random_bool(pace.asking) {
			return Ok(());
		}
		let contracts: Vec<ContractId> = Worker::conclude(chain, &peer.chain, pace, &mut self.rng);
		if contracts.is_empty() {
			return Ok(());
		}
		let system = peer.chain.system;
		let extrinsic = chain.query(|| Transaction::of_conclusion(system, contracts).extrinsic());
		let name = match pool.submit(chain, TransactionSource::Local, extrinsic) {
			Err(Rejection::Invalid(invalid)) => name_of_invalid(invalid),
			Err(Rejection::TooLowPriority) => "TooLowPriority".into(),
			Ok(()) => return Ok(()),
		};
		self.refuse_conclusion(side, name)
	}

	/// Evidence reaches a node, which takes it into its pool, or a user, who signs it.
	pub fn receive(&mut self, Letter { to, evidence, contracts, is_forged }: Letter) -> Checked {
		let system = self.system(to.other());
		if self.rng.random_bool(0.1) {
			let is_there = || contracts.iter().all(|id| Ribp::status(*id).is_some());
			// What a reorganization has dropped can be back before the call, and takes work then.
			if !self.station(to).chain.query(is_there) {
				return self.refuse(to, "UnknownContract".into(), is_forged);
			}
			let work = self.station(to).chain.query(|| Ribp::work_of(system, &contracts));
			let call = Call::submit_evidence { system, evidence, contracts, work };
			let transaction = Transaction::Signed(ROOT, call.into());
			self.station(to).queue.push(Queued { transaction, is_forged });
			return Ok(());
		}
		let source = match self.rng.random() {
			true => TransactionSource::External,
			false => TransactionSource::Local,
		};
		let Station { chain, pool, .. } = self.station(to);
		let extrinsic =
			chain.query(|| Transaction::of_evidence(system, evidence, &contracts).extrinsic());
		let name = match pool.submit(chain, source, extrinsic) {
			Err(Rejection::Invalid(invalid)) => name_of_invalid(invalid),
			Ok(()) | Err(Rejection::TooLowPriority) if is_forged => {
				return Err(Violation(format!("{} calls valid what is forged", to.name())));
			},
			Err(Rejection::TooLowPriority) => "TooLowPriority".into(),
			Ok(()) => return Ok(()),
		};
		self.refuse(to, name, is_forged)
	}
}
