//! A way to a state, for people to read.

use super::{
	chain::{Leg, Place},
	deals::Deals,
	exploration::{Action, Event, Exploration, State},
	lane::Said,
	properties::Promise,
	run::Trace,
};
use ribp_kit::side::Side;
use ribp_protocol::{Commit, Fact, Outcome, Settlement};
use std::fmt::Write;

/// What was agreed, what happened line by line, and what has become of either chain.
///
/// Where it is the end that never comes, the fair end is told too.
pub fn describe(model: &Exploration, trace: &Trace<Exploration>, promise: Promise) -> String {
	let mut text = String::new();
	let Some((first, _)) = trace.first() else { return text };
	let deals = model.deals(first);
	for index in deals.indices() {
		text += &agreement(deals, index);
	}
	text += "\n  step  chain, height\n";
	let after = trace.iter().skip(1).map(|(state, _)| state);
	let mut count = 0;
	for ((before, action), after) in trace.iter().zip(after) {
		let Some(action) = action else { break };
		count += 1;
		text += &line(count, deals, before, *action, after);
	}
	let mut last = trace.last().map_or(first, |(state, _)| state).clone();
	if promise == Promise::Ends {
		text += "\n  from here on both chains live, and all evidence arrives\n";
		let mut before = last.clone();
		last = model.finish_told(&last, |action, after| {
			count += 1;
			text += &line(count, deals, &before, action, after);
			before = after.clone();
		});
	}
	text += "\n  in the end\n";
	for side in Side::BOTH {
		text += &ending(deals, &last, side);
	}
	text
}

fn agreement(deals: &Deals, index: usize) -> String {
	let side = |side: Side| {
		let own = deals.terms(side, index).own;
		let settlement = match own.settlement {
			Settlement::Early => "early",
			Settlement::AtExpiry => "at expiry",
		};
		let epoch = deals.epoch(side, index).0;
		format!("{side:?} {} (epoch {epoch}, {settlement})", own.expiry)
	};
	let notice = deals.terms(Side::Alpha, index).own.notice;
	let [alpha, beta] = Side::BOTH.map(side);
	format!("  contract {}: by {alpha} and {beta}, notice {notice}\n", index + 1)
}

fn line(
	count: usize,
	deals: &Deals,
	before: &State,
	Action { side, event }: Action,
	after: &State,
) -> String {
	let peer = side.other();
	let at = |block: u8| format!("{peer:?} {}", deals.height(peer, block));
	let now = deals.height(side, before.chain(side).now);
	let mut what = match event {
		Event::Seal { .. } => {
			format!("sealed; {} opens", deals.height(side, after.chain(side).now))
		},
		Event::Register { commit: Commit::OnMatch, .. } => "a user registers".into(),
		Event::Register { commit: Commit::Now, .. } => "a user registers, and is firm".into(),
		Event::Cancel { .. } => "the payer cancels".into(),
		Event::Conclude { .. } => "somebody says that it is time".into(),
		Event::Evidence { block, .. } => format!("evidence of {}", at(block)),
		Event::Hear { block } => format!("evidence of what {} says of all", at(block)),
		Event::Believe { block } => format!("{} is the newest block believed", at(block)),
		Event::Pause => format!("root pauses {peer:?}"),
		Event::Resume => format!("root resumes {peer:?}"),
		Event::Freeze => "what its logs move is frozen".into(),
		Event::Thaw => "it is thawed".into(),
		Event::Claim { index } => format!("what is owed of contract {} is claimed", index + 1),
		Event::Die => "dies".into(),
		Event::Resolve { resolution, .. } => format!("root: {resolution:?}").to_lowercase(),
		Event::Renew { block } => format!("root believes no more than {}", at(block)),
		Event::MeetAgain { block } => format!("root gets to know {} anew", at(block)),
		Event::Upgrade => "moves its state, but for what expired before".into(),
	};
	for index in deals.indices() {
		let [before, after] = [before, after].map(|state| &state.chain(side).legs[index]);
		if let Some(happened) = happened(before, after) {
			let _ = write!(what, "; contract {} {happened}", index + 1);
		}
	}
	let [before, after] = [before, after].map(|state| state.chain(side).lane.said());
	if before != after {
		let _ = write!(what, "; {}", saying(peer, after));
	}
	format!("  {count:>4}  {side:?} {now:<3} {what}\n")
}

fn saying(peer: Side, Said { through, swept }: Said) -> String {
	let [through, swept] = [through, swept].map(|epochs| {
		let set = epochs.set();
		let gaps = set.gaps().iter().map(|gap| format!(" but {}", gap.0));
		format!("before epoch {}{}", set.below().0, String::from_iter(gaps))
	});
	format!("says: through {through} of {peer:?}, swept {swept}")
}

/// What a step was, as the legs before and after it tell.
fn happened(before: &Leg, after: &Leg) -> Option<&'static str> {
	use Outcome::{Cancelled, Expired, Reversed, Settled};
	if before.place == after.place {
		return match (before.proven, after.proven.map(|proven| proven.fact)) {
			(None, Some(Fact::Committed)) => Some("will settle"),
			(None, Some(Fact::NotCommitted)) => Some("will be reversed"),
			(None, Some(Fact::Forgotten)) => Some("is forgotten by the other chain"),
			_ => None,
		};
	}
	Some(match (before.place, after.place) {
		(_, Place::Registered) => "is registered",
		(_, Place::Cancelling) => "is being cancelled",
		(_, Place::Committed(_)) => "commits",
		(_, Place::Ended(Settled)) => "is settled",
		(_, Place::Ended(Reversed)) => "is reversed",
		(_, Place::Ended(Cancelled)) => "is cancelled",
		(_, Place::Ended(Expired)) => "expires",
		(Place::Ended(_), Place::Nowhere) => "is swept",
		(_, Place::Nowhere) if before.purse.receiver < after.purse.receiver => {
			"is settled, and swept"
		},
		(_, Place::Nowhere) => "ends, and is swept",
	})
}

fn ending(deals: &Deals, state: &State, side: Side) -> String {
	let chain = state.chain(side);
	let height = deals.height(side, chain.now);
	let mut text = format!("    {side:?} {height}, {}\n", saying(side.other(), chain.lane.said()));
	for index in deals.indices() {
		let Leg { place, purse, owed, is_known, .. } = chain.legs[index];
		let place = match place {
			Place::Nowhere if is_known => "swept".into(),
			Place::Nowhere => "never registered".into(),
			Place::Committed(at) => format!("committed at {}", deals.height(side, at)),
			Place::Ended(outcome) => format!("{outcome:?}").to_lowercase(),
			Place::Registered | Place::Cancelling => format!("{place:?}").to_lowercase(),
		};
		let _ = writeln!(
			text,
			"      contract {}: {place}; payer {}, taken {}, receiver {}{}",
			index + 1,
			purse.payer,
			purse.taken,
			purse.receiver,
			if owed.is_some() { ", owed" } else { "" },
		);
	}
	text
}
