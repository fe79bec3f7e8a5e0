//! A way to a state, for people to read.

use super::{
	chain::{Fault, Leg},
	exploration::{Action, Event, Exploration, State},
	properties::Promise,
	run::Trace,
	terms::Terms,
};
use ribp_kit::side::Side;
use ribp_protocol::{Outcome, Phase, Settlement, Stage};
use std::fmt::Write;

/// What was agreed, what happened line by line, and what has become of either chain.
///
/// Where it is the end that never comes, the fair end is told too.
pub fn describe(model: &Exploration, trace: &Trace<Exploration>, promise: Promise) -> String {
	let mut text = String::new();
	let Some((first, _)) = trace.first() else { return text };
	let terms = model.terms(first);
	for index in terms.indices() {
		text += &agreement(terms, index);
	}
	text += "\n  step  chain, block\n";
	let after = trace.iter().skip(1).map(|(state, _)| state);
	let mut count = 0;
	for ((before, action), after) in trace.iter().zip(after) {
		let Some(action) = action else { break };
		count += 1;
		text += &line(count, model, before, *action, after);
	}
	let mut last = trace.last().map_or(first, |(state, _)| state).clone();
	if promise == Promise::Ends {
		text += "\n  from here on both chains live, and all evidence arrives\n";
		let mut before = last.clone();
		last = model.finish_told(&last, |action, after| {
			count += 1;
			text += &line(count, model, &before, action, after);
			before = after.clone();
		});
	}
	text += "\n  in the end\n";
	for side in Side::BOTH {
		text += &ending(model.terms(&last), &last, side);
	}
	text
}

fn agreement(terms: &Terms, index: usize) -> String {
	let side = |side: Side| {
		let settlement = match terms.settlement(side, index) {
			Settlement::Early => "early",
			Settlement::AtExpiry => "at expiry",
		};
		format!("by {side:?} {} ({settlement})", terms.contract(side, index).h1)
	};
	let shared = terms.slots(Side::Alpha, index)[1] != terms.slots(Side::Alpha, 0)[1];
	let log = if index > 0 && !shared { ", of the same log on A" } else { "" };
	format!("  contract {}: {} and {}{log}\n", index + 1, side(Side::Alpha), side(Side::Beta))
}

fn line(
	count: usize,
	model: &Exploration,
	before: &State,
	action: Action,
	after: &State,
) -> String {
	let Action { side, event } = action;
	let at = before.chain(side).now;
	let peer = side.other();
	let mut what = match event {
		Event::Seal => format!("sealed; block {} opens", after.chain(side).now),
		Event::Register { .. } => "a user registers".into(),
		Event::Cancel { .. } => "the payer cancels".into(),
		Event::Time { .. } => "the agenda".into(),
		Event::Evidence { block, .. } => format!("evidence of {peer:?} {block}"),
		Event::Believe { block } => format!("{peer:?} {block} is the newest block believed"),
		Event::Pause => format!("root pauses {peer:?}"),
		Event::Resume => format!("root resumes {peer:?}"),
		Event::Die => "dies".into(),
		Event::Resolve { resolution, .. } => format!("root: {resolution:?}").to_lowercase(),
	};
	let mut is_idle = true;
	for index in model.terms(before).indices() {
		let [before, after] = [before, after].map(|state| &state.chain(side).legs[index]);
		if let Some(happened) = happened(before, after) {
			let _ = write!(what, "; contract {} {happened}", index + 1);
			is_idle = false;
		}
	}
	if is_idle && after.has(Fault::OtherVerdict) {
		what += "; nothing moves, but if nothing were deleted it would";
	}
	format!("  {count:>4}  {side:?} {at:<3} {what}\n")
}

/// What a step was, as the stages before and after it tell.
fn happened(before: &Leg, after: &Leg) -> Option<&'static str> {
	use Outcome::{Cancelled, Expired, Reversed, Settled};
	use Stage::{Ended, Waiting};
	if before.stage() == after.stage() {
		return None;
	}
	Some(match (before.stage(), after.stage()) {
		(_, Some(Waiting(Phase::Registered))) => "is registered",
		(_, Some(Waiting(Phase::Committed { .. }))) => "commits its log",
		(_, Some(Ended(Settled))) => "unlocks: settled",
		(_, Some(Ended(Reversed))) => "is reversed",
		(_, Some(Ended(Cancelled))) => "is cancelled",
		(_, Some(Ended(Expired))) | (Some(Waiting(_)), None) => "expires",
		(_, None) => "is forgotten",
	})
}

fn ending(terms: &Terms, state: &State, side: Side) -> String {
	let chain = state.chain(side);
	let mut text = format!("    chain {side:?}, block {}\n", chain.now);
	for index in terms.indices() {
		let leg = &chain.legs[index];
		let stage = match leg.stage() {
			None if leg.past.registered == 0 => "never registered".into(),
			None => "forgotten".into(),
			Some(Stage::Waiting(phase)) => format!("waits, {phase:?}").to_lowercase(),
			Some(Stage::Ended(outcome)) => format!("{outcome:?}").to_lowercase(),
		};
		let purse = leg.purse;
		let _ = writeln!(
			text,
			"      contract {}: {stage}; payer {}, taken {}, receiver {}",
			index + 1,
			purse.payer,
			purse.taken,
			purse.receiver,
		);
		let names = ["contract log", "log", "reversal"].into_iter();
		let positions: Vec<_> = names
			.zip(terms.slots(side, index))
			.filter_map(|(name, slot)| Some(format!("{name} at {}", chain.facts().position(slot)?)))
			.collect();
		if !positions.is_empty() {
			let _ = writeln!(text, "        positions: {}", positions.join(", "));
		}
	}
	text
}
