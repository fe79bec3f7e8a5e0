//! The promise, on a network of two real chains with every fault that a seed can draw.

#[path = "../network/mod.rs"]
mod network;

use network::{
	chain::{Chain, Purse},
	facts::Fact,
	keys::{account, ROOT, TRADERS},
	reference::{check_purses, check_stillness, judge, judge_survivor, History, Terms},
	report::Tally,
	run::{run, Run, Telling},
	schedule::{Act, Deceit, Offer, Pace, Part, Schedule, Weather},
	sweep::{sweep, Seeds, Swept},
	transport::{Letter, Transport},
	violation::{watched, Violation},
	Side,
};
use pallet_ribp::{Call, ContractId, Height, Outcome, Resolution, Settlement};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use ribp_light_client::{Evidence, Link};
use sp_core::H256;
use std::{collections::BTreeMap, num::NonZeroUsize, ops::ControlFlow, thread};

const SEEDS: Seeds = Seeds { first: 20_090_101, count: 2_000 };

fn run_all(seeds: Seeds) -> Swept {
	let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
	sweep(seeds, threads, Telling::Silent, |_| ControlFlow::Continue(()))
}

#[test]
fn both_logs_stand_or_neither_has_an_effect() {
	let swept = run_all(SEEDS);
	for failure in &swept.failures {
		eprintln!("{}\n  again: {}", failure.violation, failure.replay());
	}
	println!("{:#?}", swept.tally);
	assert_eq!(swept.failures, [], "violations");
	assert_eq!(swept.schedules, SEEDS.count);
	assert_is_rich(&swept.tally);
}

/// How often an exchange ended so, whichever chain had which half.
fn ended(tally: &Tally, one: &str, other: &str) -> u64 {
	let count = |pair: String| tally.outcomes.get(&pair).copied().unwrap_or_default();
	let swapped = if one == other { 0 } else { count(format!("{other}/{one}")) };
	count(format!("{one}/{other}")) + swapped
}

/// Schedules in which nothing happens would prove nothing.
fn assert_is_rich(tally: &Tally) {
	let at_least = |least: u64, what: &str, count: u64| {
		assert!(count >= least, "{what}: {count}, of {tally:#?}");
	};
	let named =
		|counts: &BTreeMap<String, u64>, name: &str| counts.get(name).copied().unwrap_or_default();
	for (least, one, other) in [
		(700, "Settled", "Settled"),
		(500, "Reversed", "Expired"),
		(50, "Reversed", "Cancelled"),
		(300, "Expired", "Expired"),
		(100, "Cancelled", "Expired"),
		(500, "Expired", "-"),
	] {
		at_least(least, &format!("{one} and {other}"), ended(tally, one, other));
	}
	at_least(100, "on a widowed chain", tally.widowed.values().sum());
	at_least(70, "commits at the expiry", tally.committed_at_expiry);
	at_least(500, "long extensions", tally.long_extensions);
	at_least(70, "evidence of known blocks", tally.of_known_blocks);
	at_least(20, "evidence of older blocks", tally.of_older_blocks);
	at_least(5_000, "lost messages", tally.messages.lost);
	at_least(5_000, "repeated messages", tally.messages.repeated);
	at_least(1_000, "reordered messages", tally.messages.reordered);
	at_least(800, "abandoned blocks", tally.abandoned);
	for (least, name) in [
		(400, "NotWaiting"),
		(300, "EvidenceNotNewest"),
		(200, "PeerLogNotCommitted"),
		(30, "ContractExpired"),
		(30, "BeforeExpiry"),
		(10, "MirrorNotEnded"),
	] {
		at_least(least, name, named(&tally.refused, name));
	}
	for name in ["TooFewVotes", "JustificationForOtherBlock", "UnusedProofNodes"] {
		at_least(50, name, named(&tally.forgeries_refused, name));
	}
	at_least(100, "TrustExpired", named(&tally.refused, "TrustExpired"));
	at_least(100, "renewals where trust had expired", tally.renewals);
	for name in ["the false history", "the true history"] {
		at_least(60, name, named(&tally.reports, name));
	}
	for name in ["stays", "adopts", "renews"] {
		at_least(30, name, named(&tally.verdicts, name));
	}
	at_least(1_000, "refused repetitions", named(&tally.repetitions_refused, "BranchKnown"));
	for name in ["SystemForked", "CoolingDown"] {
		at_least(100, name, named(&tally.refused, name));
	}
	for name in ["LogInUse", "ExpiryTooSoon", "SystemPaused", "InsufficientValue"] {
		at_least(40, name, named(&tally.calls_failed, name));
	}
	for name in [
		"Stop",
		"Cut",
		"RestartWorker",
		"ClearPool",
		"Reorganize",
		"Renew",
		"Distrust",
		"Pause",
		"Elect",
		"Die",
	] {
		at_least(40, name, named(&tally.acts, name));
	}
}

#[test]
fn a_seed_plays_the_same_run_every_time() {
	for seed in [7, 20_090_101] {
		let (first, verdict) = run(seed, Telling::Silent);
		assert_eq!(verdict, Ok(()));
		assert_eq!(run(seed, Telling::Steps).0, first);
		assert_eq!(run_all(Seeds { first: seed, count: 1 }).tally, first);
	}
}

/// A schedule without faults: one exchange, of two hasty users.
fn quiet() -> Schedule {
	let part = Part {
		percent: 10,
		expiry: 20,
		settlement: Settlement::Early,
		registers: Some(0),
		cancels: None,
	};
	let payers = [TRADERS[0], TRADERS[1]];
	let receivers = [TRADERS[1], TRADERS[0]];
	let offer = Offer { payers, receivers, parts: [part; 2], twist: None };
	Schedule {
		head_start: [2, 3],
		weather: Weather::CLEAR,
		pace: [Pace::STEADY; 2],
		agenda: BTreeMap::from([(1, vec![Act::Agree(offer)])]),
		death: None,
		deceit: None,
	}
}

#[test]
fn without_faults_an_exchange_settles_at_once() {
	let mut run = Run::new(1, &quiet(), Telling::Silent);
	assert_eq!(run.play(&quiet()), Ok(()));
	assert_eq!(ended(&run.tally, "Settled", "Settled"), 1);
	let histories = run.case(0).unwrap().1;
	assert!(histories.iter().all(|history| history.ended.unwrap().0 < 14), "{histories:?}");
}

#[test]
fn a_half_that_root_undoes_is_a_violation() {
	let mut run = Run::new(1, &quiet(), Telling::Silent);
	run.begin(&quiet()).unwrap();
	run.tick_until("commits", |run| run.case(0).is_ok_and(|case| case.1[0].committed.is_some()))
		.unwrap();
	let (peer, id) = (run.system(Side::Beta), run.exchanges[0].half(Side::Alpha).id());
	run.as_root(Side::Alpha, Call::force_resolve { peer, id, resolution: Resolution::Reverse });
	let Violation(what) = run.end_together().unwrap_err();
	assert!(what.starts_with("ended as it must not"), "{what}");
}

#[test]
fn votes_of_the_same_keys_for_another_chain_are_refused() {
	let mut run = Run::new(1, &quiet(), Telling::Silent);
	run.begin(&quiet()).unwrap();
	for _ in 0..6 {
		run.tick().unwrap();
	}
	let [alpha, beta] = &mut run.stations;
	let record = alpha.chain.record_of(beta.chain.system).unwrap();
	let mut rng = ChaCha8Rng::seed_from_u64(1);
	let own = alpha.chain.sealed();
	let keys = Default::default();
	let evidence = network::worker::evidence(&alpha.chain, own, &record, keys, &mut rng);
	let contracts = vec![run.exchanges[0].half(Side::Alpha).id()];
	let letter = Letter { to: Side::Alpha, evidence, contracts, is_forged: true };
	run.receive(letter).unwrap();
	run.tick().unwrap();
	assert_eq!(run.tally.forgeries_refused, BTreeMap::from([("HeaderOfOtherSystem".into(), 1)]));
}

const TERMS: [Terms; 2] = [
	Terms { expiry: 20, settlement: Settlement::Early },
	Terms { expiry: 30, settlement: Settlement::AtExpiry },
];

fn history(registered: Height, committed: Option<Height>, at: Height, outcome: Outcome) -> History {
	let ended = Some((at, outcome));
	History { registered: Some(registered), committed, ended, is_forced: false }
}

#[test]
fn the_judge_finds_every_inconsistent_end() {
	use Outcome::{Cancelled, Expired, Reversed, Settled};
	let settled = [history(5, Some(9), 12, Settled), history(6, Some(11), 31, Settled)];
	let undone = [history(5, Some(9), 31, Reversed), history(6, None, 31, Expired)];
	let apart = [history(5, None, 21, Expired), History::default()];
	for right in [settled, undone, apart] {
		assert_eq!(judge(&TERMS, &right, true), Ok(()));
	}
	let [early, late] = settled;
	for (wrong, why) in [
		([early, undone[1]], "only one has an effect"),
		([undone[0], late], "only the other has an effect"),
		([undone[0], history(6, Some(11), 31, Reversed)], "both are undone"),
		([history(5, Some(21), 31, Settled), late], "committed after the expiry"),
		([early, history(6, Some(11), 30, Settled)], "settled before the expiry"),
		([history(5, Some(9), 20, Reversed), undone[1]], "undone before the expiry"),
		([history(5, None, 20, Expired), undone[1]], "expired before the expiry"),
		([history(5, None, 25, Expired), undone[1]], "expired too late"),
		([history(5, Some(9), 12, Cancelled), undone[1]], "cancelled after the commit"),
		([history(5, None, 12, Settled), late], "settled without a commit"),
		([history(5, Some(9), 31, Reversed), apart[1]], "committed without a mirror"),
		([History { ended: None, ..early }, late], "has not ended"),
		([History { is_forced: true, ..early }, late], "root had a hand in it"),
		([history(10, Some(9), 12, Settled), late], "committed before it was registered"),
		([apart[0], History { ended: late.ended, ..apart[1] }], "ended without a beginning"),
	] {
		assert!(judge(&TERMS, &wrong, true).is_err(), "{why}");
	}
	assert!(judge(&TERMS, &settled, false).is_err(), "what does not match commits");
}

#[test]
fn the_judge_of_survivors_leaves_to_root_what_evidence_cannot_decide() {
	let [terms, _] = TERMS;
	let settled = history(5, Some(9), 12, Outcome::Settled);
	let forced = History { is_forced: true, ..settled };
	let none = History::default();
	assert_eq!(judge_survivor(&terms, &settled, &settled), Ok(()));
	assert_eq!(judge_survivor(&terms, &forced, &none), Ok(()));
	assert!(judge_survivor(&terms, &settled, &none).is_err());
	assert!(judge_survivor(&terms, &History { ended: None, ..settled }, &settled).is_err());
	assert!(judge_survivor(&terms, &history(5, Some(21), 31, Outcome::Reversed), &none).is_err());
}

#[test]
fn nothing_happens_to_a_contract_twice() {
	let id = ContractId(H256::zero());
	let facts = [(3, Fact::Registered(id)), (5, Fact::Committed(id)), (6, Fact::Committed(id))];
	let of = |count| History::of(id, facts[..count].iter().map(|(at, fact)| (*at, fact)));
	assert!(of(2).is_ok());
	assert!(of(3).is_err());
}

#[test]
fn what_moves_in_spite_of_a_fork_is_found() {
	let id = ContractId(H256::zero());
	let check = |facts: &[(Height, Fact)]| {
		check_stillness(facts.iter().map(|(at, fact)| (*at, fact)), 100).is_ok()
	};
	let (forked, chosen) = ((5, Fact::Forked), (9, Fact::BranchChosen));
	let commit = |at| (at, Fact::Committed(id));
	let expiry = (50, Fact::Ended(id, Outcome::Expired));
	assert!(check(&[commit(5), forked.clone(), commit(5), chosen.clone(), expiry, commit(109)]));
	assert!(!check(&[forked.clone(), commit(6)]));
	assert!(!check(&[forked.clone(), chosen.clone(), commit(9)]));
	assert!(!check(&[forked.clone(), chosen, (108, Fact::Ended(id, Outcome::Settled))]));
	assert!(check(&[forked, (9, Fact::Renewed), commit(9)]));
}

/// The validators of beta make another history of their own accord.
fn deceitful(deceit: Deceit) -> Schedule {
	Schedule { deceit: Some(deceit), ..quiet() }
}

const DECEIT: Deceit = Deceit {
	liar: Side::Beta,
	parts: 1,
	back: 0,
	eclipses: false,
	elects: None,
	shown: 24,
	lasts: 4,
};

/// Plays the schedule with some seeds until root decides as this word says.
fn played_until(verdict: &str, deceit: Deceit) -> Run {
	let schedule = deceitful(deceit);
	let mut runs = (1..20).map(|seed| {
		let mut run = Run::new(seed, &schedule, Telling::Silent);
		assert_eq!(run.play(&schedule), Ok(()), "seed {seed}");
		run
	});
	let decides = |run: &Run| run.tally.verdicts.contains_key(verdict);
	runs.find(decides).unwrap_or_else(|| panic!("root never {verdict}"))
}

#[test]
fn whoever_follows_the_true_history_stays_with_it() {
	let run = played_until("stays", DECEIT);
	assert_eq!(run.tally.reports.keys().collect::<Vec<_>>(), ["the false history"]);
	assert!(run.tally.repetitions_refused.contains_key("BranchKnown"));
}

#[test]
fn whoever_was_shown_the_false_history_alone_adopts_the_true_one() {
	let run = played_until("adopts", Deceit { eclipses: true, ..DECEIT });
	assert_eq!(run.tally.reports.keys().collect::<Vec<_>>(), ["the true history"]);
	assert!(run.tally.repetitions_refused.contains_key("BranchKnown"));
}

/// Those who finalize the true history have been replaced on the false one.
#[test]
fn whoever_has_followed_other_validators_is_led_back_by_a_new_anchor() {
	let run = played_until("renews", Deceit { eclipses: true, elects: Some(0b0111), ..DECEIT });
	assert_eq!(run.tally.reports.keys().collect::<Vec<_>>(), ["the true history"]);
	assert!(run.tally.repetitions_refused.is_empty());
}

#[test]
fn a_missing_or_held_unit_is_found() {
	let [alice, bob] = [TRADERS[0], TRADERS[1]].map(account);
	let purses = |alice_has: u128, bob_has: u128, held: u128| {
		let purse = |free| Purse { free, held: 0 };
		let bob_has = Purse { held, ..purse(bob_has) };
		BTreeMap::from([(alice.clone(), purse(alice_has)), (bob.clone(), bob_has)])
	};
	let facts = [
		(1, Fact::Fee { who: alice.clone(), amount: 3 }),
		(2, Fact::Spent { from: bob.clone(), to: alice.clone(), amount: 5 }),
	];
	let check = |now, settles| {
		let settled = [(alice.clone(), bob.clone(), 40)].into_iter().take(settles);
		let facts = facts.iter().map(|(at, fact)| (*at, fact));
		check_purses(&purses(100, 100, 0), &now, facts, settled)
	};
	assert_eq!(check(purses(62, 135, 0), 1), Ok(()));
	assert_eq!(check(purses(102, 95, 0), 0), Ok(()));
	assert!(check(purses(62, 134, 0), 1).is_err());
	assert!(check(purses(62, 135, 1), 1).is_err());
	assert!(check(purses(102, 95, 0), 1).is_err());
}

#[test]
fn a_panic_and_a_logged_error_are_violations() {
	let panics: Result<(), _> = watched(|| panic!("out of order"));
	assert!(panics.unwrap_err().0.contains("out of order"));
	let logs = watched(|| {
		log::error!("defensive");
		Ok(())
	});
	assert!(logs.unwrap_err().0.contains("defensive"));
	assert_eq!(watched(|| Ok(1)), Ok(1));
}

#[test]
fn transport_loses_delays_repeats_and_reorders() {
	let mut chain = Chain::new(Side::Beta);
	chain.author(1, Vec::new()).unwrap();
	let header = chain.block(1).header.clone();
	let evidence = Evidence { header, link: Link::Known, proof: Vec::new() };
	let letter = Letter { to: Side::Alpha, evidence, contracts: Vec::new(), is_forged: false };
	let arrivals = |weather, ticks| {
		let mut transport = Transport::new(weather, ChaCha8Rng::seed_from_u64(1));
		(0..100).for_each(|now| transport.send(now / 10, letter.clone()));
		let arrived: usize = (0..ticks).map(|now| transport.arrivals(now).len()).sum();
		(arrived, transport.transported)
	};
	let (clear, counts) = arrivals(Weather::CLEAR, 11);
	assert_eq!((clear, counts.lost, counts.repeated, counts.reordered), (100, 0, 0, 0));
	let (lossy, counts) = arrivals(Weather { loss: 0.5, ..Weather::CLEAR }, 11);
	assert_eq!(lossy as u64, 100 - counts.lost);
	assert!((20..80).contains(&lossy));
	let (doubled, counts) = arrivals(Weather { duplication: 0.5, ..Weather::CLEAR }, 11);
	assert_eq!(doubled as u64, 100 + counts.repeated);
	assert!(doubled > 120);
	let slow = Weather { max_delay: 20, ..Weather::CLEAR };
	assert!(arrivals(slow, 11).0 < 80);
	let (all, counts) = arrivals(slow, 40);
	assert_eq!(all, 100);
	assert!(counts.reordered > 20);
}

#[test]
fn root_is_no_trader() {
	assert!(!TRADERS.contains(&ROOT));
}
