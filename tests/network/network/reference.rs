//! The promise, in a few lines that share nothing with the pallet: what must have become of an
//! exchange, and of every account.

use super::{
	chain::Purse,
	facts::Fact,
	violation::{demand, Checked, Violation},
};
use pallet_ribp::{ContractId, Height, Outcome, Settlement};
use ribp_runtime::{AccountId, Balance};
use std::collections::BTreeMap;

/// What one chain did with one half of an exchange, at which of its heights.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct History {
	pub registered: Option<Height>,
	pub committed: Option<Height>,
	pub ended: Option<(Height, Outcome)>,
	/// Whether root had a hand in it.
	pub is_forced: bool,
}

impl History {
	/// What these facts say about a contract. Nothing may happen to it twice.
	pub fn of<'a>(
		id: ContractId,
		facts: impl Iterator<Item = (Height, &'a Fact)>,
	) -> Checked<Self> {
		let mut history = Self::default();
		for (at, fact) in facts {
			let twice = match *fact {
				Fact::Registered(other) if other == id => history.registered.replace(at).is_some(),
				Fact::Committed(other) if other == id => history.committed.replace(at).is_some(),
				Fact::Ended(other, outcome) if other == id => {
					history.ended.replace((at, outcome)).is_some()
				},
				Fact::Forced(other) if other == id => {
					history.is_forced = true;
					false
				},
				_ => false,
			};
			demand!(!twice, "{fact:?} at {at} is the second of its kind");
		}
		Ok(history)
	}

	pub fn outcome(&self) -> Option<Outcome> {
		self.ended.map(|(_, outcome)| outcome)
	}
}

/// What was agreed about one half.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
	/// The last height at which its log may be committed.
	pub expiry: Height,
	pub settlement: Settlement,
}

/// Judges both halves of an exchange after everything has ended on both chains; `matches` says
/// whether they are mirrors of each other.
pub fn judge(terms: &[Terms; 2], histories: &[History; 2], matches: bool) -> Checked {
	for (own, peer) in [(0, 1), (1, 0)] {
		let told = || format!("{:?} with {:?}, of {:?}", histories[own], histories[peer], terms);
		judge_half(&terms[own], &histories[own], &histories[peer], matches)
			.map_err(|what| Violation(format!("{what}: {}", told())))?;
	}
	Ok(())
}

fn judge_half(terms: &Terms, own: &History, peer: &History, matches: bool) -> Result<(), String> {
	let Some(registered) = own.registered else {
		return if *own == History::default() {
			Ok(())
		} else {
			Err("was never registered".into())
		};
	};
	let (ended, outcome) = own.ended.ok_or("has not ended")?;
	let committed = own.committed.unwrap_or(registered);
	let in_order = registered <= committed && committed <= ended;
	let over = ended > terms.expiry;
	let may_commit = matches && peer.registered.is_some() && committed <= terms.expiry;
	let is_right = match (own.committed, peer.committed, outcome) {
		// Both logs are committed: both stand.
		(Some(_), Some(_), Outcome::Settled) => over || terms.settlement == Settlement::Early,
		// Only one is: it is undone.
		(Some(_), None, Outcome::Reversed) => over,
		// None is here.
		(None, _, Outcome::Expired) => ended == terms.expiry + 1,
		(None, _, Outcome::Cancelled) => true,
		_ => false,
	};
	let faults = [
		(in_order, "things happened in a wrong order"),
		(own.committed.is_none() || may_commit, "was committed without right"),
		(is_right, "ended as it must not"),
		(!own.is_forced, "was ended by root"),
	];
	faults.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, what)| Err((*what).into()))
}

/// Judges one half on a chain whose peer has died; what root did is as it pleased.
pub fn judge_survivor(terms: &Terms, own: &History, peer: &History) -> Checked {
	if own.registered.is_none() {
		demand!(*own == History::default(), "was never registered: {own:?}");
		return Ok(());
	}
	let in_time = own.committed.is_none_or(|at| at <= terms.expiry);
	demand!(in_time, "was committed too late: {own:?}, of {terms:?}");
	let has_effect = own.outcome() == Some(Outcome::Settled);
	let is_right = match own.outcome() {
		None => false,
		Some(Outcome::Expired | Outcome::Cancelled) => own.committed.is_none(),
		Some(Outcome::Settled | Outcome::Reversed) => own.committed.is_some(),
	};
	demand!(is_right, "ended as it must not: {own:?}");
	let agrees = own.is_forced || !has_effect || peer.committed.is_some();
	demand!(agrees, "settled what the peer has not committed: {own:?} with {peer:?}");
	Ok(())
}

/// Nothing may move by evidence while a fork is open, nor for `exposure` blocks after the verdict.
pub fn check_stillness<'a>(
	facts: impl Iterator<Item = (Height, &'a Fact)>,
	exposure: Height,
) -> Checked {
	let mut open = None;
	let mut quiet_until = 0;
	for (at, fact) in facts {
		match fact {
			Fact::Forked => open = Some(at),
			Fact::BranchChosen => (open, quiet_until) = (None, at + exposure),
			Fact::Renewed => open = None,
			Fact::Committed(_) | Fact::Ended(_, Outcome::Settled | Outcome::Reversed) => {
				let is_still = open.is_some_and(|since| since < at) || at < quiet_until;
				demand!(
					!is_still,
					"{fact:?} at {at}: open since {open:?}, quiet until {quiet_until}"
				);
			},
			_ => {},
		}
	}
	Ok(())
}

/// What every account must have: what it had, less fees, with what it gave and got.
///
/// `settled` are payer, receiver and amount of the logs that stand.
pub fn check_purses<'a>(
	genesis: &BTreeMap<AccountId, Purse>,
	now: &BTreeMap<AccountId, Purse>,
	facts: impl Iterator<Item = (Height, &'a Fact)>,
	settled: impl Iterator<Item = (AccountId, AccountId, Balance)>,
) -> Checked {
	let mut due: BTreeMap<AccountId, i128> =
		genesis.iter().map(|(who, purse)| (who.clone(), purse.free as i128)).collect();
	let mut add = |who: &AccountId, amount: i128| *due.entry(who.clone()).or_default() += amount;
	for (_, fact) in facts {
		match fact {
			Fact::Fee { who, amount } | Fact::Dust { who, amount } => add(who, -(*amount as i128)),
			Fact::Spent { from, to, amount } => {
				add(from, -(*amount as i128));
				add(to, *amount as i128);
			},
			_ => {},
		}
	}
	for (from, to, amount) in settled {
		add(&from, -(amount as i128));
		add(&to, amount as i128);
	}
	for (who, due) in due {
		let purse = now.get(&who).copied().unwrap_or_default();
		let held = genesis.get(&who).copied().unwrap_or_default().held;
		demand!(purse.free as i128 == due, "{who} has {} free instead of {due}", purse.free);
		demand!(purse.held == held, "{who} has {} held instead of {held}", purse.held);
	}
	Ok(())
}
