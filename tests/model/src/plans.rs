//! What is explored.

use super::{
	deals::{Calendar, Deal},
	exploration::{Clockwork, Pace, Plan, Root},
	variants::Variant,
};
use ribp_kit::side::Side;
use ribp_protocol::{Height, Settlement};
use Settlement::{AtExpiry, Early};

const ALL: &[[Settlement; 2]] =
	&[[Early, Early], [Early, AtExpiry], [AtExpiry, Early], [AtExpiry, AtExpiry]];
/// All, if the two chains may change places.
const EITHER: &[[Settlement; 2]] = &[[Early, Early], [Early, AtExpiry], [AtExpiry, AtExpiry]];
const SAME: &[[Settlement; 2]] = &[[Early, Early], [AtExpiry, AtExpiry]];
const EARLY: &[[Settlement; 2]] = &[[Early, Early]];

// Around the end of an epoch on either chain: of the second one on alpha, of the third on beta. Most
// contracts expire in its last block.
const SHORT: Calendar = Calendar([&[62, 63, 64], &[94, 95, 96]]);
const ROUND: Calendar = Calendar([&[62, 63, 64, 66], &[94, 95, 96, 98]]);
const UNEVEN: Calendar = Calendar([&[62, 63, 64, 66], &[93, 94, 95, 96, 98]]);
const LONG: Calendar = Calendar([&[61, 62, 63, 64, 66], &[93, 94, 95, 96, 98]]);
/// There is one block to register and commit in; what follows is sweeping.
const LATER: Calendar = Calendar([&[62, 64, 66, 68, 70], &[94, 96, 98, 100, 102]]);
/// The same with less time for it.
const SOON: Calendar = Calendar([&[62, 64, 66, 68], &[94, 96, 98]]);
/// There is time to register twice.
const AGAIN: Calendar = Calendar([&[60, 61, 62, 63], &[92, 93, 94, 95]]);
/// On beta, an epoch after that of the contract is over, too, before it ends on alpha.
const GAPS: Calendar = Calendar([&[62, 64, 66, 68, 96], &[94, 128, 130, 132]]);
// For two contracts.
const PAIRS: Calendar = Calendar([&[62, 64, 66], &[94, 96]]);
const MORE_PAIRS: Calendar = Calendar([&[62, 64, 66, 68], &[94, 96, 98]]);
// Expiries are far away.
const BEFORE: Calendar = Calendar([&[33, 34, 35, 36, 37, 38, 39], &[65, 66, 67, 68, 69, 70, 71]]);
// Real chains start at their first block, and their hundredth has no room for calls.
const REAL: Calendar = Calendar([
	&[18, 20, 21, 22, 31, 32, 33, 34, 36, 38, 40, 42, 44],
	&[50, 52, 53, 54, 63, 64, 65, 66, 68, 70, 72, 74, 76],
]);
const REAL_BEFORE: Calendar = Calendar([
	&[20, 25, 32, 39, 44, 51, 58, 65, 72, 79, 86],
	&[50, 55, 62, 69, 74, 81, 88, 95, 97, 98, 99],
]);
const LONG_BEFORE: Calendar = Calendar([
	&[33, 34, 35, 36, 37, 38, 39, 40, 41, 42],
	&[65, 66, 67, 68, 69, 70, 71, 72, 73, 74],
]);

/// That of the runtimes here.
const VIEW_STEP: Height = 16;

/// One contract with each of these pairs of expiries, settled on each chain in each of these ways.
fn one(name: &'static str, expiries: &[[Height; 2]], settlements: &[[Settlement; 2]]) -> Plan {
	let deal = |expiries, settlements| vec![Deal { expiries, settlements }];
	let modes = |expiries: &[Height; 2]| {
		let expiries = *expiries;
		settlements.iter().map(move |modes| deal(expiries, *modes))
	};
	Plan {
		name,
		deals: expiries.iter().flat_map(modes).collect(),
		notice: 0,
		least: 1,
		view_step: VIEW_STEP,
		calendar: ROUND,
		clockwork: Clockwork::Prompt,
		pace: Pace::Free,
		root: Root::Idle,
		freezes: &[],
		announces: &[],
		is_whole: false,
		variant: Variant::Sound,
	}
}

/// Two contracts with these expiries, settled on each chain in each of these ways.
fn two(name: &'static str, expiries: [[Height; 2]; 2], settlements: &[[Settlement; 2]]) -> Plan {
	let pair = |settlements: &[Settlement; 2]| {
		expiries.map(|expiries| Deal { expiries, settlements: *settlements }).to_vec()
	};
	Plan { deals: settlements.iter().map(pair).collect(), ..one(name, &[], &[]) }
}

/// One contract, of which much is answered and taken back in time.
fn answers() -> Plan {
	Plan { pace: Pace::InStep, ..one("answers", &[[63, 95]], EARLY) }
}

/// One contract that is open on alpha for long after its expiry on beta.
fn left_out() -> Plan {
	Plan { calendar: GAPS, ..one("gaps", &[[95, 95]], &[[AtExpiry, Early]]) }
}

/// One contract, of which some value cannot move when it is to.
fn frozen(freezes: &'static [Side]) -> Plan {
	Plan { calendar: LATER, freezes, ..one("owed", &[[63, 95]], EARLY) }
}

/// One contract with a peer that root of one chain gives up although it may live.
fn given_up(settlements: &[[Settlement; 2]]) -> Plan {
	let plan = one("given-up", &[[63, 95]], settlements);
	Plan { root: Root::Pauses, announces: &[Side::Alpha], ..plan }
}

/// What continuous integration explores.
pub fn small() -> Vec<Plan> {
	let noticed = |name, modes| Plan { notice: 2, ..one(name, &[[63, 95]], modes) };
	let short = |name, modes| Plan { calendar: SHORT, ..noticed(name, modes) };
	let whole = Plan { is_whole: true, ..one("one", &[[63, 95]], EITHER) };
	let swept = one("swept", &[[63, 95]], EARLY);
	let two = two("two", [[63, 95], [64, 95]], EARLY);
	vec![
		Plan { calendar: UNEVEN, ..whole },
		Plan { calendar: LATER, clockwork: Clockwork::Seldom, ..swept },
		Plan { root: Root::Pauses, ..short("pauses", SAME) },
		Plan { root: Root::Resolves, ..short("dead-peer", EITHER) },
		Plan { root: Root::Forgets, ..noticed("forgotten", EARLY) },
		Plan { root: Root::Renews, ..short("renewals", EARLY) },
		Plan { root: Root::Upgrades, ..short("upgrades", EARLY) },
		Plan { calendar: PAIRS, ..two },
		left_out(),
		Plan { calendar: SOON, ..frozen(&[Side::Alpha]) },
		Plan { calendar: SHORT, ..given_up(EARLY) },
		Plan { notice: 3, calendar: BEFORE, ..answers() },
	]
}

/// What takes minutes: more room on every side.
pub fn large() -> Vec<Plan> {
	let noticed = |name, expiries, modes| Plan { notice: 2, ..one(name, expiries, modes) };
	let same: &[_] = &[[63, 95]];
	let whole = Plan { is_whole: true, ..one("one", &[[63, 95], [62, 95], [63, 94]], ALL) };
	let swept = noticed("swept", &[[63, 95], [63, 97], [63, 127]], EARLY);
	let two = two("two", [[63, 95], [64, 95]], SAME);
	vec![
		Plan { calendar: LONG, ..whole },
		Plan { calendar: LATER, clockwork: Clockwork::Seldom, ..swept },
		Plan { root: Root::Pauses, ..noticed("pauses", same, EITHER) },
		Plan { calendar: LONG, root: Root::Resolves, ..noticed("dead-peer", same, EITHER) },
		Plan { calendar: LONG, root: Root::Forgets, ..noticed("forgotten", same, EITHER) },
		Plan {
			calendar: SHORT,
			root: Root::Renews,
			..noticed("renewals", &[[63, 95], [63, 97]], SAME)
		},
		Plan { root: Root::Upgrades, ..noticed("upgrades", &[[63, 95], [63, 96]], SAME) },
		Plan { notice: 2, calendar: MORE_PAIRS, ..two },
		frozen(&Side::BOTH),
		Plan { calendar: SHORT, ..given_up(SAME) },
		Plan { notice: 6, calendar: LONG_BEFORE, ..answers() },
	]
}

/// What is played on real chains: root, issuers and users do what they like.
pub fn real() -> Plan {
	let both = |second| {
		[AtExpiry, Early].map(|settlement| {
			let settlements = [settlement, Early];
			[[31, 63], second].map(|expiries| Deal { expiries, settlements }).to_vec()
		})
	};
	let mut deals = one("", &[[31, 63]], ALL).deals;
	deals.extend([[31, 63], [33, 63], [31, 65]].into_iter().flat_map(both));
	Plan {
		deals,
		// Nobody's notice is over in time.
		notice: 60,
		least: 10,
		view_step: 4,
		calendar: REAL,
		root: Root::Renews,
		freezes: &Side::BOTH,
		announces: &Side::BOTH,
		..one("real", &[], &[])
	}
}

/// What is played on real chains that keep in step: notices run.
pub fn real_answers() -> Plan {
	Plan {
		deals: one("", &[[95, 127]], SAME).deals,
		notice: 24,
		least: 10,
		view_step: 1,
		calendar: REAL_BEFORE,
		..answers()
	}
}

/// Where a variant shows what it does.
pub fn of(variant: Variant) -> Plan {
	use Variant::*;
	let early = |name, expiries| one(name, &[expiries], EARLY);
	let plan = match variant {
		AbsenceBelowH2 => Plan { calendar: UNEVEN, ..early("one", [63, 95]) },
		SweepBeforeExpiry | SweepCancelled => Plan { calendar: AGAIN, ..early("again", [63, 95]) },
		SweepOpen | ThroughOpen | ThroughCommitted | ThroughOwnEpochs | ThroughAhead
		| SweepBeforeEpochEnds => Plan { calendar: LATER, ..early("swept", [63, 95]) },
		ThroughPastOpen | SweepGaps => left_out(),
		NobodyEnds => Plan { root: Root::Resolves, ..early("dead-peer", [63, 95]) },
		CompleteUnasked | CompleteSinceRegistration => {
			Plan { root: Root::Upgrades, ..early("upgrades", [63, 95]) }
		},
		RegisterClosed => {
			Plan { calendar: LATER, root: Root::Renews, ..early("renewals", [63, 127]) }
		},
		WaitForPayout | ClaimedTwice | OwedSwept | ClaimReturns => frozen(&[Side::Alpha]),
		ForgetUnsaid => Plan { root: Root::Forgets, ..early("forgotten", [63, 95]) },
		ResolveUnsaid | ResolveInSpiteOfLife | ResolveBusy => given_up(EARLY),
		RemovedInUse => Plan { root: Root::Renews, ..early("renewals", [63, 95]) },
		SweptWhenMet => Plan { root: Root::Renews, ..early("renewals", [63, 97]) },
		NoNotice | NoticeFromSilence | StaleMatch | MatchCancelling => {
			Plan { notice: 3, calendar: BEFORE, ..answers() }
		},
		_ => one("one", &[[63, 95]], ALL),
	};
	Plan { variant, ..plan }
}
