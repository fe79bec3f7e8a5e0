//! What is explored.

use super::{
	exploration::{Clockwork, Plan, Root},
	terms::{Deal, Logs},
	variants::Variant,
};
use ribp_protocol::{Height, Settlement};
use Settlement::{AtExpiry, Early};

const MODES: [[Settlement; 2]; 4] =
	[[Early, Early], [Early, AtExpiry], [AtExpiry, Early], [AtExpiry, AtExpiry]];
const EARLY: [[Settlement; 2]; 1] = [[Early, Early]];
const MIXED: [[Settlement; 2]; 1] = [[Early, AtExpiry]];
const EITHER: [[Settlement; 2]; 2] = [[Early, Early], [AtExpiry, Early]];

/// One contract with each of these pairs of expiries, in every combination of settlements.
fn one(name: &'static str, expiries: &[[Height; 2]]) -> Plan {
	let deal = |expiries, settlements| vec![Deal { expiries, settlements }];
	let modes = |expiries: &[Height; 2]| MODES.map(|modes| deal(*expiries, modes));
	Plan {
		name,
		deals: expiries.iter().flat_map(modes).collect(),
		logs: Logs::Separate,
		last: [5, 5],
		clockwork: Clockwork::Backlog,
		root: Root::Idle,
		variant: Variant::Sound,
	}
}

/// Two contracts with each of these pairs of expiries, settled on each chain in each of these ways.
fn two(name: &'static str, expiries: &[[[Height; 2]; 2]], settlements: &[[Settlement; 2]]) -> Plan {
	let pair = |expiries: [_; 2], settlements| {
		expiries.map(|expiries| Deal { expiries, settlements }).to_vec()
	};
	let modes = |expiries| settlements.iter().map(move |modes| pair(expiries, *modes));
	let deals = expiries.iter().copied().flat_map(modes);
	Plan { deals: deals.collect(), clockwork: Clockwork::Prompt, ..one(name, &[]) }
}

/// What continuous integration explores.
pub fn small() -> Vec<Plan> {
	let one_log = two("one-log", &[[[2, 2], [5, 3]]], &EARLY);
	let same_logs = two("same-logs", &[[[2, 2], [5, 4]]], &MIXED);
	vec![
		one("one", &[[2, 2], [2, 3], [3, 2]]),
		Plan { last: [4, 4], root: Root::Pauses, ..one("pauses", &[[2, 2]]) },
		Plan { last: [4, 4], root: Root::Resolves, ..one("dead-peer", &[[2, 3], [3, 2]]) },
		Plan { last: [4, 4], ..two("two", &[[[2, 2], [2, 3]]], &MIXED) },
		Plan { last: [5, 4], logs: Logs::SharedOnA, ..one_log },
		Plan { last: [6, 5], logs: Logs::SharedOnBoth, ..same_logs },
	]
}

/// What takes minutes: more room on every side.
pub fn large() -> Vec<Plan> {
	let near = [[2, 3], [3, 2], [3, 3]];
	let wide = [[3, 3], [3, 4], [4, 3], [2, 4], [4, 2]];
	let again = [[[2, 2], [5, 4]], [[2, 3], [5, 4]], [[3, 2], [5, 4]]];
	let one_log = two("one-log", &again, &EARLY);
	let same_logs = two("same-logs", &again, &EITHER);
	vec![
		Plan { last: [7, 7], ..one("one", &wide) },
		Plan { root: Root::Pauses, ..one("pauses", &near) },
		Plan { root: Root::Resolves, ..one("dead-peer", &near) },
		two("two", &[[[2, 2], [2, 3]]], &MODES),
		Plan { last: [6, 5], logs: Logs::SharedOnA, ..one_log },
		Plan { last: [6, 5], logs: Logs::SharedOnBoth, ..same_logs },
	]
}

/// Where a variant shows what it does.
pub fn of(variant: Variant) -> Plan {
	let plan = match variant {
		Variant::ForgetBeforeExpiry => one("one", &[[4, 4]]),
		Variant::TerminateByOlder => {
			let one_log = two("one-log", &[[[2, 2], [5, 3]]], &EARLY);
			Plan { last: [5, 4], logs: Logs::SharedOnA, ..one_log }
		},
		Variant::CancelledLogFree | Variant::LogUsedTwice => {
			let one_log = two("one-log", &[[[3, 3], [3, 3]]], &EARLY);
			Plan { logs: Logs::SharedOnA, clockwork: Clockwork::Backlog, ..one_log }
		},
		_ => one("one", &[[2, 2], [2, 3], [3, 2]]),
	};
	Plan { variant, ..plan }
}
