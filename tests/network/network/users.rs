//! What users, root and misfortune do.

use super::{
	chain::Purse,
	exchange::{agreed, cancellation, payer, registration, twisted},
	genesis::GOLD,
	keys::{account, User, AUTHORS, ROOT, TRADERS},
	outlook::is_final,
	report::Tally,
	run::Run,
	schedule::{Act, Offer, Way},
	transaction::{conclusion, Transaction},
	worker::Worker,
	Side, Tick,
};
use pallet_ribp::{Call, Commit, ContractId, DebtOf, Height, Owed, Policy};
use rand::{seq::IndexedRandom, Rng};
use ribp_runtime::{
	validators, AccountId, Address, Balance, Runtime, RuntimeCall, System, MILLISECS_PER_BLOCK,
	UNIT,
};

impl Run {
	pub fn perform(&mut self, act: Act) {
		let now = self.now;
		if let Act::Answer(side, number, until) = act {
			let half = self.exchanges[number].half(side);
			let (own, id) = (self.system(side), half.id());
			if !is_final(&self.stations[side.other() as usize].chain, own, id) {
				if now < until {
					self.agenda.entry(now + 1).or_default().push(act);
				}
				return;
			}
		}
		self.tell(|| format!("{act:?}"));
		let name = format!("{act:?}");
		let name = name.split(['(', ' ']).next().unwrap_or_default();
		Tally::count(&mut self.tally.acts, name);
		match act {
			Act::Agree(offer) => self.agree(&offer),
			Act::Register(side, number, commit) => self.register(side, number, commit),
			Act::Answer(side, number, _) => self.register(side, number, Commit::Now),
			Act::Cancel(side, number) => {
				let half = self.exchanges[number].half(side);
				let transaction = Transaction::Signed(payer(half), cancellation(half));
				self.enqueue(side, transaction);
			},
			Act::Conclude(side) => self.conclude_by_hand(side),
			Act::Freeze(side, whose, ticks) => {
				self.enqueue(side, Transaction::Signed(ROOT, freezing(whose)));
				self.agenda.entry(now + ticks).or_default().push(Act::Thaw(side, whose));
			},
			Act::Thaw(side, whose) => {
				self.enqueue(side, Transaction::Signed(ROOT, thawing(whose)));
			},
			Act::Spend { side, from, to, percent } => {
				let funds = self.funds(side, from).free;
				let call = spending(to, funds, percent);
				self.enqueue(side, Transaction::Signed(from, call));
			},
			Act::RestartWorker(side) => {
				self.station(side).worker.restart();
				self.transport.drop_all_to(side);
			},
			Act::ClearPool(side) => self.station(side).pool.clear(),
			Act::Stop(side, ticks) => self.station(side).stop_until(now + ticks),
			Act::Cut(side, ticks) => self.transport.cut(side, now + ticks),
			Act::Die(side) => self.station(side).stop_until(Tick::MAX),
			Act::Reorganize(side) => self.reorganize(side),
			Act::Renew(side) => self.renew(side),
			Act::Distrust(side, blocks) => self.distrust(side, blocks),
			Act::Elect(side, bits) => self.elect(side, bits),
			Act::Pause(side, ticks) => {
				let system = self.system(side.other());
				self.as_root(side, Call::pause { system });
				self.agenda.entry(now + ticks).or_default().push(Act::Resume(side));
			},
			Act::Resume(side) => {
				let system = self.system(side.other());
				self.as_root(side, Call::resume { system });
			},
		}
	}

	fn elect(&mut self, side: Side, bits: u8) {
		let validators = elected(bits);
		self.as_root(side, validators::Call::set_validators { validators });
	}

	/// Root believes the other chain from its newest final block on.
	pub fn renew(&mut self, side: Side) {
		let peer = &self.station(side.other()).chain;
		let (system, anchor) = (peer.system, peer.final_anchor());
		self.as_root(side, Call::renew_system { system, anchor });
	}

	/// Root believes the other chain for the time of so many blocks.
	fn distrust(&mut self, side: Side, blocks: Height) {
		let system = self.system(side.other());
		let Some(record) = self.station(side).chain.record_of(system) else { return };
		let trust_period = u64::from(blocks) * MILLISECS_PER_BLOCK;
		let policy = Policy { trust_period, ..record.policy };
		self.as_root(side, Call::set_policy { system, policy });
	}

	fn register(&mut self, side: Side, number: usize, commit: Commit) {
		let half = self.exchanges[number].half(side);
		let transaction = Transaction::Signed(payer(half), registration(half, commit));
		self.enqueue(side, transaction);
	}

	/// Somebody who has no node concludes what a node would.
	fn conclude_by_hand(&mut self, side: Side) {
		let (station, peer) = side.pair(self.stations.each_mut());
		let contracts =
			Worker::conclude(&mut station.chain, &peer.chain, &station.pace, &mut self.rng);
		if contracts.is_empty() {
			return;
		}
		let call = station.chain.query(|| conclusion(peer.chain.system, contracts));
		let who = *TRADERS.choose(&mut self.rng).expect("there are some; qed");
		self.enqueue(side, Transaction::Signed(who, call.into()));
	}

	/// What is owed on a chain.
	pub fn owed(&mut self, side: Side) -> Vec<(ContractId, u32, DebtOf<Runtime>)> {
		self.station(side).chain.query(|| Owed::<Runtime>::iter().collect())
	}

	/// Somebody claims one thing that is owed; who it is owed to may have it paid to somebody else.
	pub fn claim(&mut self, side: Side) {
		let owed = self.owed(side);
		let Some((id, index, debt)) = owed.choose(&mut self.rng) else { return };
		let who = *TRADERS.choose(&mut self.rng).expect("there are some; qed");
		let other = *TRADERS.choose(&mut self.rng).expect("there are some; qed");
		let is_own = debt.to == account(who);
		let to = (is_own && self.rng.random()).then(|| account(other));
		let call = Call::claim { id: *id, index: *index, to };
		self.enqueue(side, Transaction::Signed(who, call.into()));
	}

	/// Root sees to it that what is owed can move: thaws it, and gives those enough to live on who
	/// have no account.
	pub fn unjam(&mut self, side: Side) {
		let mut waiting: Vec<AccountId> =
			self.owed(side).into_iter().map(|(_, _, debt)| debt.to).collect();
		waiting.sort();
		waiting.dedup();
		if !waiting.is_empty() {
			self.enqueue(side, Transaction::Signed(ROOT, thawing(None)));
		}
		for who in waiting {
			let is_alive = self.station(side).chain.query(|| System::account_exists(&who));
			let who = Address::Id(who);
			let call = match is_alive {
				true => pallet_assets::Call::thaw { id: GOLD, who }.into(),
				false => {
					pallet_balances::Call::transfer_allow_death { dest: who, value: UNIT }.into()
				},
			};
			self.enqueue(side, Transaction::Signed(ROOT, call));
		}
	}

	/// What a user has on a chain.
	fn funds(&mut self, side: Side, user: User) -> Purse {
		let purses = self.station(side).chain.purses();
		purses.get(&account(user)).copied().unwrap_or_default()
	}

	fn agree(&mut self, offer: &Offer) {
		let number = self.exchanges.len();
		let heights = Side::BOTH.map(|side| self.station(side).chain.sealed());
		let systems = Side::BOTH.map(|side| self.system(side));
		let funds = Side::BOTH.map(|side| self.funds(side, offer.payers[side as usize]));
		let reference = self.reference.wrapping_add(number as u64);
		let mut exchange = agreed(reference, offer, systems, heights, funds);
		if let Some(twist) = offer.twist {
			exchange = twisted(exchange, twist, self.exchanges.last());
		}
		self.tell(|| format!("exchange {number}: {exchange:?}"));
		self.exchanges.push(exchange);
		self.tally.exchanges += 1;
		// Agreeing has taken this tick.
		let next = self.now + 1;
		for side in Side::BOTH {
			let part = offer.parts[side as usize];
			let commit = if self.rng.random() { Commit::OnMatch } else { Commit::Now };
			let registers = match part.way {
				Way::OnMatch => Act::Register(side, number, Commit::OnMatch),
				Way::Answers => Act::Answer(side, number, next + part.expiry),
				Way::Firm => Act::Register(side, number, Commit::Now),
			};
			for (after, act) in [
				(part.registers, registers),
				(part.cancels, Act::Cancel(side, number)),
				(part.repeats, Act::Register(side, number, commit)),
			] {
				if let Some(after) = after {
					self.agenda.entry(next + after).or_default().push(act);
				}
			}
		}
	}

	fn reorganize(&mut self, side: Side) {
		let chain = &self.stations[side as usize].chain;
		let sealed = chain.sealed();
		let number = self.rng.random_range(chain.finalized()..=sealed);
		self.tally.abandoned += u64::from(sealed - number);
		self.station(side).abandon_after(number);
	}
}

/// The validators whose bit is set.
pub fn elected(bits: u8) -> Vec<AccountId> {
	let authors = AUTHORS.into_iter().enumerate();
	let named = authors.filter(|(index, _)| bits & (1 << index) != 0);
	named.map(|(_, author)| account(author)).collect()
}

fn freezing(whose: Option<User>) -> RuntimeCall {
	let id = GOLD;
	match whose {
		Some(user) => pallet_assets::Call::block { id, who: Address::Id(account(user)) }.into(),
		None => pallet_assets::Call::freeze_asset { id }.into(),
	}
}

fn thawing(whose: Option<User>) -> RuntimeCall {
	let id = GOLD;
	match whose {
		Some(user) => pallet_assets::Call::thaw { id, who: Address::Id(account(user)) }.into(),
		None => pallet_assets::Call::thaw_asset { id }.into(),
	}
}

fn spending(to: User, funds: Balance, percent: u8) -> RuntimeCall {
	let dest = Address::Id(account(to));
	let value = funds / 100 * Balance::from(percent);
	match percent {
		100 => pallet_balances::Call::transfer_all { dest, keep_alive: false }.into(),
		_ => pallet_balances::Call::transfer_allow_death { dest, value }.into(),
	}
}
