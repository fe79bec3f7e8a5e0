//! How a run ends, and its verdict.

use super::{
	exchange::amount,
	facts::Fact,
	reference::{check_purses, check_stillness, judge, judge_survivor, History, Terms},
	run::Run,
	schedule::Schedule,
	violation::{demand, Checked, Violation},
	worker::is_followed,
	Side,
};
use frame_support::traits::Get;
use pallet_ribp::{
	Action, Call, ContractId, Ended, Expiries, LogUses, Outcome, Positions, Resolution, SystemId,
	Waiting,
};
use ribp_runtime::{AccountId, Balance, Runtime};

/// Blocks after a verdict in which nothing moves.
type Exposure = <Runtime as pallet_ribp::Config>::Exposure;

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
			let has_ended = Side::BOTH.into_iter().all(|side| run.left_on(side).is_nothing());
			has_ended && !run.is_forked()
		})?;
		for number in 0..self.exchanges.len() {
			let (terms, histories) = self.case(number)?;
			judge(&terms, &histories, self.exchanges[number].matches())?;
			self.note(&terms, &histories);
			self.tally.note_outcomes(histories.map(|history| history.outcome()));
		}
		for side in Side::BOTH {
			self.check_chain(side)?;
			self.check_belief(side)?;
		}
		Ok(())
	}

	/// After a fork nothing moved until it was time, and what is believed is true.
	fn check_belief(&mut self, side: Side) -> Checked {
		let name = side.name();
		let (station, peer) = side.pair(self.stations.each_mut());
		check_stillness(station.chain.facts(), Exposure::get())
			.map_err(|what| Violation(format!("{name}: {what}")))?;
		let was_forked = station.chain.facts().any(|(_, fact)| *fact == Fact::Forked);
		let record = station.chain.record_of(peer.chain.system);
		let is_true = record.is_some_and(|record| is_followed(&record, &peer.chain));
		demand!(is_true || !was_forked, "{name} still follows a false history");
		Ok(())
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
