//! How a run ends, and its verdict.

use super::{
	exchange::amount,
	reference::{check_purses, judge, judge_survivor, History, Terms},
	run::Run,
	schedule::Schedule,
	violation::{demand, Checked, Violation},
	Side,
};
use pallet_ribp::{
	Action, Call, ContractId, Ended, Expiries, LogUses, Outcome, Positions, Resolution, SystemId,
	Waiting,
};
use ribp_runtime::{AccountId, Balance, Runtime};

/// What is left of contracts in a chain's state.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Left {
	/// Contracts that wait.
	pub waiting: usize,
	/// Contracts that have ended and are not forgotten.
	pub ended: usize,
	/// Positions, of logs, reversals and contracts.
	pub positions: usize,
	/// Logs that cannot be used by others.
	pub log_uses: usize,
	/// Contracts on the agenda of expiries.
	pub due: usize,
}

impl Left {
	pub fn is_nothing(&self) -> bool {
		*self == Self::default()
	}
}

impl Run {
	/// What is left of contracts on a chain.
	pub fn left_on(&mut self, side: Side) -> Left {
		self.station(side).chain.query(|| Left {
			waiting: Waiting::<Runtime>::iter_keys().count(),
			ended: Ended::<Runtime>::iter_keys().count(),
			positions: Positions::<Runtime>::iter_keys().count(),
			log_uses: LogUses::<Runtime>::iter_keys().count(),
			due: Expiries::<Runtime>::iter_keys().count(),
		})
	}

	/// Counts what is left where everything should have ended.
	pub fn count_left(&mut self, schedule: &Schedule) {
		for side in Side::BOTH {
			if schedule.death.is_none_or(|(dead, _)| dead != side) {
				let Left { ended, positions, log_uses, .. } = self.left_on(side);
				self.tally.positions_left += (ended + positions + log_uses) as u64;
			}
		}
	}

	/// Lets everything end on both chains, and judges it.
	pub fn end_together(&mut self) -> Checked {
		self.tick_until("not everything has ended", |run| {
			Side::BOTH.into_iter().all(|side| run.left_on(side).is_nothing())
		})?;
		for number in 0..self.exchanges.len() {
			let (terms, histories) = self.case(number)?;
			judge(&terms, &histories, self.exchanges[number].matches())?;
			self.note(&terms, &histories);
			self.tally.note_outcomes(histories.map(|history| history.outcome()));
		}
		Side::BOTH.into_iter().try_for_each(|side| self.check_chain(side))
	}

	/// Lets root end what the dead chain has left open on the living one, and judges that.
	pub fn end_alone(&mut self, living: Side, resolution: Resolution) -> Checked {
		let last = self.exchanges.iter().map(|exchange| exchange.half(living).contract.h1);
		let last = last.max().unwrap_or_default();
		self.tick_until("the expiries have not passed", |run| {
			run.station(living).chain.sealed() > last
		})?;
		self.tick_until("root cannot end everything", |run| {
			run.resolve_all(living, resolution);
			run.left_on(living).is_nothing()
		})?;
		for number in 0..self.exchanges.len() {
			let (terms, histories) = self.case(number)?;
			let (own, other) = (living as usize, living.other() as usize);
			judge_survivor(&terms[own], &histories[own], &histories[other])?;
			self.tally.note_widowed(living, histories[own].outcome());
		}
		self.check_chain(living)
	}

	/// Root ends all contracts that wait, and forgets all that have ended.
	fn resolve_all(&mut self, side: Side, resolution: Resolution) {
		let peer = self.system(side.other());
		let ids = |(_, id): (SystemId, ContractId)| id;
		let (waiting, ended): (Vec<_>, Vec<_>) = self.station(side).chain.query(|| {
			let waiting = Waiting::<Runtime>::iter_keys().map(ids).collect();
			(waiting, Ended::<Runtime>::iter_keys().map(ids).collect())
		});
		let waiting = waiting.into_iter().map(|id| (id, resolution));
		let ended = ended.into_iter().map(|id| (id, Resolution::Forget));
		for (id, resolution) in waiting.chain(ended) {
			self.as_root(side, Call::force_resolve { peer, id, resolution });
		}
	}

	/// What was agreed in an exchange, and what became of it.
	pub fn case(&self, number: usize) -> Checked<([Terms; 2], [History; 2])> {
		let exchange = &self.exchanges[number];
		let terms = Side::BOTH
			.map(|side| exchange.half(side))
			.map(|half| Terms { expiry: half.contract.h1, settlement: half.settlement });
		let history = |side: Side| {
			let facts = self.stations[side as usize].chain.facts();
			History::of(exchange.half(side).id(), facts)
		};
		Ok((terms, [history(Side::Alpha)?, history(Side::Beta)?]))
	}

	fn note(&mut self, terms: &[Terms; 2], histories: &[History; 2]) {
		let at_expiry = terms.iter().zip(histories);
		let at_expiry = at_expiry.filter(|(terms, own)| own.committed == Some(terms.expiry));
		self.tally.committed_at_expiry += at_expiry.count() as u64;
	}

	/// Nothing is left on a chain but what its users have.
	fn check_chain(&mut self, side: Side) -> Checked {
		let left = self.left_on(side);
		demand!(left.is_nothing(), "{} is left on {}", format!("{left:?}"), side.name());
		let settled = self.settled_on(side)?;
		let chain = &mut self.station(side).chain;
		let now = chain.purses();
		check_purses(chain.endowment(), &now, chain.facts(), settled.into_iter())
			.map_err(|what| Violation(format!("{}: {what}", side.name())))
	}

	/// Payer, receiver and amount of the logs that stand on a chain.
	fn settled_on(&mut self, side: Side) -> Checked<Vec<(AccountId, AccountId, Balance)>> {
		let mut settled = Vec::new();
		for number in 0..self.exchanges.len() {
			let (_, histories) = self.case(number)?;
			if histories[side as usize].outcome() == Some(Outcome::Settled) {
				let half = self.exchanges[number].half(side);
				let Action::Transfer { from, to, .. } = half.log.action.clone();
				settled.push((from, to, amount(half)));
			}
		}
		Ok(settled)
	}
}
