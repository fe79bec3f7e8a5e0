//! How a run ends, and its verdict.

use super::{
	exchange::{payer, registration, Half},
	facts::Fact,
	keys::account,
	reference::{check_purses, check_stillness, judge, judge_survivor, History, Moved, Terms},
	run::Run,
	schedule::{Pace, Periods},
	violation::{demand, Checked, Violation},
	worker::is_followed,
	Side, Tick,
};
use pallet_ribp::{
	Action, Call, Commit, ContractId, Legs, OpenLegs, Outcome, Owed, Resolution, Resolutions,
};
use ribp_runtime::{Runtime, RuntimeOrigin};
use sp_runtime::traits::Dispatchable;
use std::collections::BTreeSet;

/// Ticks in which every expiry passes once the turbulence is over, and root, users and nodes do what
/// they have to.
const EXPIRES: Tick = 100;

/// Ticks until an epoch is over, and both chains know it.
const EPOCH: Tick = 130;

/// Ticks between two attempts of root.
const ATTEMPTS: Tick = 4;

/// What is left of contracts in a chain's state.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Left {
	/// Legs, those included that have ended and are not swept.
	pub legs: usize,
	/// Epochs in which legs are open.
	pub open: usize,
	/// Items that are owed.
	pub owed: usize,
	/// What root has announced.
	pub announced: usize,
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
			legs: Legs::<Runtime>::iter_keys().count(),
			open: OpenLegs::<Runtime>::iter_keys().count(),
			owed: Owed::<Runtime>::iter_keys().count(),
			announced: Resolutions::<Runtime>::iter_keys().count(),
		})
	}

	/// Whether no leg is open on a chain, and nothing is owed.
	fn has_ended(&mut self, side: Side) -> bool {
		self.station(side).chain.query(|| {
			OpenLegs::<Runtime>::iter_keys().next().is_none()
				&& Owed::<Runtime>::iter_keys().next().is_none()
		})
	}

	/// Whether nothing is left of contracts on a chain.
	fn is_empty(&mut self, side: Side) -> bool {
		let is_swept = |run: &mut Self| {
			let ask = || Legs::<Runtime>::iter_keys().next().is_none();
			run.station(side).chain.query(ask)
		};
		is_swept(self) && self.left_on(side).is_nothing()
	}

	/// Lets everything end on both chains and be swept, and judges it.
	pub fn end_together(&mut self) -> Checked {
		let Periods { exposure, retention } = self.periods;
		// After the verdict on a fork nothing moves for a while.
		let verdicts = 1 + u32::from(self.deceit.is_some());
		let patience = EXPIRES + verdicts * exposure;
		self.tick_until("not everything has ended", patience, |run| {
			let has_ended = Side::BOTH.into_iter().all(|side| run.has_ended(side));
			has_ended && !run.is_forked()
		})?;
		self.stations.iter_mut().for_each(|station| station.pace = Pace::LEISURELY);
		// What the other chain has said before it came to the end is good for nothing, and yet waits for
		// its time.
		let patience = EPOCH + 2 * retention;
		self.tick_until("not everything is swept", patience, |run| {
			Side::BOTH.into_iter().all(|side| run.is_empty(side))
		})?;
		for number in 0..self.exchanges.len() {
			let (terms, histories) = self.case(number)?;
			judge(&terms, &histories, self.exchanges[number].matches())?;
			self.note(&terms, &histories);
			self.tally.note_outcomes(histories.map(|history| history.outcome()));
			self.check_id(number)?;
		}
		for side in Side::BOTH {
			self.check_chain(side)?;
			self.check_belief(side)?;
		}
		Ok(())
	}

	/// What is swept is not registered again.
	fn check_id(&mut self, number: usize) -> Checked {
		for side in Side::BOTH {
			let half = self.exchanges[number].half(side).clone();
			let is_registered = self.case(number)?.1[side as usize].registered.is_some();
			let who = RuntimeOrigin::signed(account(payer(&half)));
			let again = registration(&half, Commit::OnMatch);
			let is_taken = self.station(side).chain.query(|| again.dispatch(who).is_ok());
			demand!(!(is_registered && is_taken), "{half:?} could be registered again");
		}
		Ok(())
	}

	/// After a fork nothing moved until it was time, and what is believed is true.
	fn check_belief(&mut self, side: Side) -> Checked {
		let (name, exposure) = (side.name(), self.periods.exposure);
		let (station, peer) = side.pair(self.stations.each_mut());
		check_stillness(station.chain.facts(), exposure)
			.map_err(|what| Violation(format!("{name}: {what}")))?;
		let was_forked = station.chain.facts().any(|(_, fact)| *fact == Fact::Forked);
		let record = station.chain.record_of(peer.chain.system);
		let is_true = record.is_some_and(|record| is_followed(&record, &peer.chain));
		demand!(is_true || !was_forked, "{name} still follows a false history");
		Ok(())
	}

	/// Lets root end what the dead chain has left open on the living one, and judges that.
	pub fn end_alone(&mut self, living: Side, resolution: Resolution) -> Checked {
		let last = self.exchanges.iter().map(|exchange| exchange.half(living).terms().own.expiry);
		let last = last.max().unwrap_or_default();
		self.tick_until("the expiries have not passed", EXPIRES, |run| {
			run.station(living).chain.sealed() > last
		})?;
		self.gives_up = Some(living);
		let peer = self.system(living.other());
		self.as_root(living, Call::pause { system: peer });
		self.tick_until("root cannot end everything", EXPIRES, |run| {
			if run.now.is_multiple_of(ATTEMPTS) {
				run.resolve_all(living, resolution);
			}
			run.is_empty(living)
		})?;
		for number in 0..self.exchanges.len() {
			let (terms, histories) = self.case(number)?;
			let (own, other) = (living as usize, living.other() as usize);
			judge_survivor(&terms[own], &histories[own], &histories[other])?;
			self.tally.note_widowed(living, histories[own].outcome());
		}
		self.check_chain(living)
	}

	/// Root ends all contracts that wait, and forgets all that have ended; or says that it will.
	fn resolve_all(&mut self, side: Side, resolution: Resolution) {
		let peer = self.system(side.other());
		let legs: Vec<_> = self.station(side).chain.query(|| {
			let legs = Legs::<Runtime>::iter_prefix_values((peer,));
			legs.map(|entry| (entry.contract.id(), entry.stage.has_ended())).collect()
		});
		for (id, has_ended) in legs {
			let resolution = if has_ended { Resolution::Forget } else { resolution };
			self.as_root(side, Call::force_resolve { peer, id, resolution });
		}
	}

	/// What was agreed in an exchange, and what became of it.
	pub fn case(&self, number: usize) -> Checked<([Terms; 2], [History; 2])> {
		let halves = Side::BOTH.map(|side| self.exchanges[number].half(side));
		let terms = halves.map(|half| {
			let ribp_protocol::Terms { own, peer } = half.terms();
			Terms {
				expiry: own.expiry,
				peer_expiry: peer.expiry,
				notice: own.notice,
				settlement: own.settlement,
				exposure: self.periods.exposure,
			}
		});
		let [alpha, beta] = Side::BOTH.map(|side| self.history(side, halves[side as usize]));
		Ok((terms, [alpha?, beta?]))
	}

	fn history(&self, side: Side, half: &Half) -> Checked<History> {
		let (own, peer) = side.pair(self.stations.each_ref());
		let mut history = History::of(half.id(), own.chain.facts())?;
		// Who is shown a history that does not remain may have seen higher blocks of it.
		if self.deceit.is_none() {
			let ended = history.ended.map(|(at, _)| at);
			history.peer = [history.committed_at(), ended]
				.map(|at| at.map_or(u32::MAX, |at| own.chain.height_before(at, &peer.chain)));
		}
		Ok(history)
	}

	fn note(&mut self, terms: &[Terms; 2], histories: &[History; 2]) {
		for (terms, own) in terms.iter().zip(histories) {
			let Some((at, commit)) = own.committed else { continue };
			self.tally.committed_at_expiry += u64::from(at == terms.expiry);
			self.tally.firm += u64::from(commit == Commit::Now);
			self.tally.answered_in_notice += u64::from(own.cancelling.is_some());
		}
	}

	fn note_facts(&mut self, side: Side) {
		let mut proven = BTreeSet::new();
		let facts: Vec<_> =
			self.station(side).chain.facts().map(|(_, fact)| fact.clone()).collect();
		for fact in facts {
			match fact {
				Fact::Claimed { .. } => self.tally.claimed += 1,
				Fact::Pending(id) if !proven.insert(id) => self.tally.proven_again += 1,
				_ => {},
			}
		}
	}

	/// Nothing is left on a chain but what its users have.
	fn check_chain(&mut self, side: Side) -> Checked {
		let left = self.left_on(side);
		demand!(left.is_nothing(), "{} is left on {}", format!("{left:?}"), side.name());
		let moved = self.moved_on(side)?;
		self.note_facts(side);
		let chain = &mut self.station(side).chain;
		let now = chain.purses();
		check_purses(chain.endowment(), &now, chain.facts(), moved.into_iter())
			.map_err(|what| Violation(format!("{}: {what}", side.name())))
	}

	/// What contracts have moved on a chain: to the receivers of logs that stand, or to whom they, or
	/// the payers of the others, had it paid that could not move at once.
	fn moved_on(&mut self, side: Side) -> Checked<Vec<Moved>> {
		let mut moved = Vec::new();
		for number in 0..self.exchanges.len() {
			let (_, histories) = self.case(number)?;
			let Some(outcome) = histories[side as usize].outcome() else { continue };
			let half = self.exchanges[number].half(side);
			let Action::Transfer { from, to, items } = half.log.action.clone();
			let beneficiary = if outcome == Outcome::Settled { to } else { from.clone() };
			for (index, item) in (0..).zip(items) {
				let to = self.claimed_by(side, half.id(), index).unwrap_or(beneficiary.clone());
				moved.push(Moved { from: from.clone(), to, item });
			}
		}
		Ok(moved)
	}

	/// Who has claimed an item that was owed.
	fn claimed_by(
		&self,
		side: Side,
		contract: ContractId,
		place: u32,
	) -> Option<ribp_runtime::AccountId> {
		let mut facts = self.stations[side as usize].chain.facts();
		facts.find_map(|(_, fact)| match fact {
			Fact::Claimed { id, index, to } if *id == contract && *index == place => {
				Some(to.clone())
			},
			_ => None,
		})
	}
}
