//! The promise, in a few lines that share nothing with the pallet: what must have become of an
//! exchange, and of every account.

use super::{
	chain::Purse,
	facts::Fact,
	genesis::GOLD,
	violation::{demand, Checked, Violation},
};
use pallet_ribp::{AssetAmount, Commit, ContractId, Height, Outcome, Settlement};
use ribp_runtime::{AccountId, Balance, Item};
use std::collections::BTreeMap;

/// What one chain did with one half of an exchange, at which of its heights.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct History {
	pub registered: Option<Height>,
	/// When its payer wanted the value back.
	pub cancelling: Option<Height>,
	pub committed: Option<(Height, Commit)>,
	/// When it was proven last what becomes of it, while it was committed.
	pub pending: Option<Height>,
	pub ended: Option<(Height, Outcome)>,
	/// Whether root had a hand in it.
	pub is_forced: bool,
	/// The height of the other chain before the commit, and before the end.
	pub peer: [Height; 2],
}

/// Nothing has happened, and all may be known of the other chain.
impl Default for History {
	fn default() -> Self {
		Self {
			registered: None,
			cancelling: None,
			committed: None,
			pending: None,
			ended: None,
			is_forced: false,
			peer: [Height::MAX; 2],
		}
	}
}

impl History {
	/// What these facts say about a contract. Nothing may happen to it twice; but what is proven of
	/// it may have to be proven again.
	pub fn of<'a>(
		id: ContractId,
		facts: impl Iterator<Item = (Height, &'a Fact)>,
	) -> Checked<Self> {
		let mut history = Self::default();
		for (at, fact) in facts {
			let twice = match *fact {
				Fact::Registered(other) if other == id => history.registered.replace(at).is_some(),
				Fact::Cancelling(other) if other == id => history.cancelling.replace(at).is_some(),
				Fact::Committed(other, commit) if other == id => {
					history.committed.replace((at, commit)).is_some()
				},
				Fact::Pending(other) if other == id => {
					history.pending = Some(at);
					history.ended.is_some()
				},
				Fact::Ended(other, outcome) if other == id => {
					if outcome == Outcome::Settled {
						// What settles in one step commits in it.
						history.committed.get_or_insert((at, Commit::OnMatch));
					}
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

	/// When it was committed, however it was.
	pub fn committed_at(&self) -> Option<Height> {
		self.committed.map(|(at, _)| at)
	}
}

/// What was agreed about one half.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
	/// The last height at which its log may be committed.
	pub expiry: Height,
	/// The last height of the other chain at which the other one may be.
	pub peer_expiry: Height,
	/// Blocks from a cancellation until it takes effect.
	pub notice: Height,
	pub settlement: Settlement,
	/// Blocks from a proof until it decides, where the half settles after its expiry.
	pub exposure: Height,
}

/// Judges both halves of an exchange after everything has ended on both chains; `matches` says
/// whether both are of the same contract.
pub fn judge(terms: &[Terms; 2], histories: &[History; 2], matches: bool) -> Checked {
	for (own, peer) in [(0, 1), (1, 0)] {
		let told = || format!("{:?} with {:?}, of {:?}", histories[own], histories[peer], terms);
		let nobody = History::default();
		let other = if matches { &histories[peer] } else { &nobody };
		judge_half(&terms[own], &histories[own], other)
			.map_err(|what| Violation(format!("{what}: {}", told())))?;
	}
	Ok(())
}

fn judge_half(terms: &Terms, own: &History, peer: &History) -> Result<(), String> {
	let Some(registered) = own.registered else {
		return if *own == History::default() {
			Ok(())
		} else {
			Err("was never registered".into())
		};
	};
	let (ended, outcome) = own.ended.ok_or("has not ended")?;
	let committed = own.committed_at().unwrap_or(registered);
	let pending = own.pending.unwrap_or(committed);
	let cancelling = own.cancelling.unwrap_or(registered);
	let in_order = registered <= cancelling && registered <= committed && committed <= pending;
	let in_order = in_order && cancelling <= ended && pending <= ended;
	let [peer_at_commit, peer_at_end] = own.peer;

	let may_commit = match own.committed {
		None => true,
		Some((at, Commit::Now)) => at == registered && at <= terms.expiry,
		Some((at, Commit::OnMatch)) => {
			at <= terms.expiry && peer.registered.is_some_and(|at| at <= peer_at_commit)
		},
	};
	let over = ended > terms.expiry;
	// The other one cannot commit any more.
	let peer_ended = peer.ended.is_some_and(|(at, _)| at <= peer_at_end);
	let peer_over = peer_at_end >= terms.peer_expiry || peer_ended;
	let is_due = match terms.settlement {
		Settlement::Early => true,
		Settlement::AtExpiry => over && ended > pending + terms.exposure,
	};
	let is_noticed = own.cancelling.is_some_and(|at| ended > at + terms.notice);
	let is_right = match (own.committed, peer.committed_at(), outcome) {
		// Both logs are committed: both stand.
		(Some(_), Some(at), Outcome::Settled) => is_due && at <= peer_at_end,
		// Only one is: it is undone.
		(Some(_), None, Outcome::Reversed) => is_due && peer_over,
		// None is here.
		(None, _, Outcome::Expired) => own.cancelling.is_none() && (over || peer_over),
		(None, _, Outcome::Cancelled) => {
			own.cancelling.is_some() && (is_noticed || over || peer_over)
		},
		_ => false,
	};
	let faults = [
		(in_order, "things happened in a wrong order"),
		(may_commit, "was committed without right"),
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
	let in_time = own.committed_at().is_none_or(|at| at <= terms.expiry);
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

/// Nothing may be registered or move by evidence while a fork is open, nor for `exposure` blocks after
/// the verdict, nor while root has stopped the business.
pub fn check_stillness<'a>(
	facts: impl Iterator<Item = (Height, &'a Fact)>,
	exposure: Height,
) -> Checked {
	let mut open = None;
	let mut quiet_until = 0;
	let mut is_paused = false;
	for (at, fact) in facts {
		match fact {
			Fact::Forked => open = Some(at),
			Fact::BranchChosen => (open, quiet_until) = (None, at + exposure),
			// Also a new anchor is a verdict, if there was something to decide.
			Fact::Renewed if open.is_some() => (open, quiet_until) = (None, at + exposure),
			Fact::Paused => is_paused = true,
			Fact::Resumed => is_paused = false,
			Fact::Registered(_)
			| Fact::Committed(..)
			| Fact::Pending(_)
			| Fact::Ended(_, Outcome::Settled | Outcome::Reversed) => {
				let is_still = open.is_some_and(|since| since < at) || at < quiet_until;
				demand!(
					!is_still && !is_paused,
					"{fact:?} at {at}: open since {open:?}, quiet until {quiet_until}, paused: \
					 {is_paused}"
				);
			},
			_ => {},
		}
	}
	Ok(())
}

/// An item that has gone from one account to another by a contract.
pub struct Moved {
	pub from: AccountId,
	pub to: AccountId,
	pub item: Item,
}

/// What every account must have: what it had, less fees, with what it gave and got.
///
/// `moved` is what contracts have moved.
pub fn check_purses<'a>(
	genesis: &BTreeMap<AccountId, Purse>,
	now: &BTreeMap<AccountId, Purse>,
	facts: impl Iterator<Item = (Height, &'a Fact)>,
	moved: impl Iterator<Item = Moved>,
) -> Checked {
	let due = |had: fn(&Purse) -> Balance| {
		let due = genesis.iter().map(|(who, purse)| (who.clone(), had(purse) as i128));
		due.collect::<BTreeMap<AccountId, i128>>()
	};
	let (mut free, mut gold) = (due(|purse| purse.free), due(|purse| purse.gold));
	let add = |due: &mut BTreeMap<AccountId, i128>, who: &AccountId, amount: i128| {
		*due.entry(who.clone()).or_default() += amount;
	};
	for (_, fact) in facts {
		match fact {
			Fact::Fee { who, amount } | Fact::Rent { who, amount } | Fact::Dust { who, amount } => {
				add(&mut free, who, -(*amount as i128));
			},
			Fact::Spent { from, to, amount } => {
				add(&mut free, from, -(*amount as i128));
				add(&mut free, to, *amount as i128);
			},
			_ => {},
		}
	}
	for Moved { from, to, item } in moved {
		let (due, amount) = match item {
			Item::Token(amount) => (&mut free, amount),
			Item::Asset(AssetAmount { id: GOLD, amount }) => (&mut gold, amount),
			other => unreachable!("users exchange tokens and gold, not {other:?}"),
		};
		add(due, &from, -(amount as i128));
		add(due, &to, amount as i128);
	}
	let nothing = Purse::default();
	let has = |who: &AccountId| *now.get(who).unwrap_or(&nothing);
	for (who, due) in free {
		let had = genesis.get(&who).unwrap_or(&nothing).held;
		let Purse { free, held, .. } = has(&who);
		demand!(free as i128 == due, "{who} has {free} free instead of {due}");
		demand!(held == had, "{who} has {held} held instead of {had}");
	}
	for (who, due) in gold {
		let gold = has(&who).gold;
		demand!(gold as i128 == due, "{who} has {gold} of gold instead of {due}");
	}
	// Nobody else has anything.
	for (who, purse) in now {
		let is_known = genesis.contains_key(who) || *purse == nothing;
		demand!(is_known, "{who} has {purse:?}, and had nothing");
	}
	Ok(())
}
