//! What users, root and misfortune do.

use super::{
	exchange::{agreed, cancellation, payer, registration, twisted},
	keys::{account, User, AUTHORS},
	report::Tally,
	run::Run,
	schedule::{Act, Offer},
	transaction::Transaction,
	Side, Tick,
};
use pallet_ribp::{Call, Height, Policy};
use rand::Rng;
use ribp_runtime::{
	validators, AccountId, Address, Balance, Balances, RuntimeCall, MILLISECS_PER_BLOCK,
};

impl Run {
	pub fn perform(&mut self, act: Act) {
		self.tell(|| format!("{act:?}"));
		let name = format!("{act:?}");
		let name = name.split(['(', ' ']).next().unwrap_or_default();
		Tally::count(&mut self.tally.acts, name);
		let now = self.now;
		match act {
			Act::Agree(offer) => self.agree(&offer),
			Act::Register(side, number) => {
				let half = self.exchanges[number].half(side);
				let transaction = Transaction::Signed(payer(half), registration(half));
				self.enqueue(side, transaction);
			},
			Act::Cancel(side, number) => {
				let half = self.exchanges[number].half(side);
				let transaction = Transaction::Signed(payer(half), cancellation(half));
				self.enqueue(side, transaction);
			},
			Act::Spend { side, from, to, percent } => {
				let funds = self.funds(side, from);
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

	/// What a user has free on a chain.
	fn funds(&mut self, side: Side, user: User) -> Balance {
		self.station(side).chain.query(|| Balances::free_balance(account(user)))
	}

	fn agree(&mut self, offer: &Offer) {
		let number = self.exchanges.len();
		let heights = Side::BOTH.map(|side| self.station(side).chain.sealed());
		let systems = Side::BOTH.map(|side| self.system(side));
		let funds = Side::BOTH.map(|side| self.funds(side, offer.payers[side as usize]));
		let salt = self.salt.wrapping_add(number as u64);
		let mut exchange = agreed(salt, offer, systems, heights, funds);
		if let Some(twist) = offer.twist {
			exchange = twisted(exchange, twist, self.exchanges.last());
		}
		self.tell(|| format!("exchange {number}: {exchange:?}"));
		self.exchanges.push(exchange);
		self.tally.exchanges += 1;
		for side in Side::BOTH {
			let part = offer.parts[side as usize];
			for (after, act) in [
				(part.registers, Act::Register(side, number)),
				(part.cancels, Act::Cancel(side, number)),
			] {
				if let Some(after) = after {
					// Agreeing has taken this tick.
					self.agenda.entry(self.now + 1 + after).or_default().push(act);
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

fn spending(to: User, funds: Balance, percent: u8) -> RuntimeCall {
	let dest = Address::Id(account(to));
	let value = funds / 100 * Balance::from(percent);
	match percent {
		100 => pallet_balances::Call::transfer_all { dest, keep_alive: false }.into(),
		_ => pallet_balances::Call::transfer_allow_death { dest, value }.into(),
	}
}
