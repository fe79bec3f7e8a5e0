//! The promise, on a network of two real chains with every fault that a seed can draw.

#[path = "../network/mod.rs"]
mod network;

use network::{
	chain::{Chain, Purse},
	facts::Fact,
	genesis::GOLD,
	keys::{account, ROOT, TRADERS},
	reference::{check_purses, check_stillness, judge, judge_survivor, History, Moved, Terms},
	report::Tally,
	run::{run, Run, Telling},
	schedule::{Act, Deceit, Means, Offer, Pace, Part, Periods, Schedule, Way, Weather},
	sweep::{sweep, Seeds, Swept},
	transport::{Letter, Transport},
	violation::{watched, Violation},
	Side, Tick,
};
use pallet_ribp::{
	AssetAmount, Call, Commit, ContractId, Epoch, Height, Outcome, Resolution, Settlement,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use ribp_kit::{evidence::wanted, exchange::NOTICE};
use ribp_light_client::{Evidence, Link};
use ribp_runtime::Item;
use sp_core::H256;
use std::{collections::BTreeMap, num::NonZeroUsize, ops::ControlFlow, thread};

const SEEDS: Seeds = Seeds { first: 20_090_101, count: 3_200 };

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
		(900, "Settled", "Settled"),
		(500, "Reversed", "Expired"),
		(50, "Reversed", "Cancelled"),
		(150, "Reversed", "-"),
		(300, "Expired", "Expired"),
		(100, "Cancelled", "Expired"),
		(500, "Expired", "-"),
	] {
		at_least(least, &format!("{one} and {other}"), ended(tally, one, other));
	}
	at_least(100, "on a widowed chain", tally.widowed.values().sum());
	at_least(70, "commits at the expiry", tally.committed_at_expiry);
	at_least(1_000, "firm halves", tally.firm);
	at_least(100, "answers within a notice", tally.answered_in_notice);
	at_least(2_000, "ends by time alone", tally.concluded);
	at_least(70, "claims of what was owed", tally.claimed);
	at_least(2, "proofs of a false history that are made again", tally.proven_again);
	at_least(500, "long extensions", tally.long_extensions);
	at_least(70, "evidence of known blocks", tally.of_known_blocks);
	// Such a block does not show any more that a leg is registered: only what never changes.
	at_least(15, "evidence of older blocks", tally.of_older_blocks);
	at_least(5_000, "lost messages", tally.messages.lost);
	at_least(5_000, "repeated messages", tally.messages.repeated);
	at_least(1_000, "reordered messages", tally.messages.reordered);
	at_least(800, "abandoned blocks", tally.abandoned);
	for (least, name) in [
		(400, "UnknownContract"),
		(400, "PeerNotCommitted"),
		(400, "PeerNotRegistered"),
		(400, "BeforeExpiry"),
		(30, "ContractExpired"),
	] {
		at_least(least, name, named(&tally.refused, name));
	}
	at_least(400, "conclusions that are none", named(&tally.conclusions_refused, "NotOver"));
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
	for name in [
		"AlreadyRegistered",
		"AlreadyCommitted",
		"AlreadyEnded",
		"ExpiryPassed",
		"ExpiryTooSoon",
		"SystemPaused",
		"InsufficientValue",
		"ValueCannotMove",
	] {
		at_least(40, name, named(&tally.calls_failed, name));
	}
	for name in [
		"Answer",
		"Conclude",
		"Freeze",
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
	quiet_with(|_| ())
}

/// The same of users who agree on something else.
fn quiet_with(change: impl FnOnce(&mut [Part; 2])) -> Schedule {
	let part = Part {
		means: Means::Token,
		percent: 10,
		expiry: 20,
		notice: NOTICE,
		settlement: Settlement::Early,
		registers: Some(0),
		way: Way::OnMatch,
		cancels: None,
		repeats: None,
	};
	let mut parts = [part; 2];
	change(&mut parts);
	let payers = [TRADERS[0], TRADERS[1]];
	let receivers = [TRADERS[1], TRADERS[0]];
	let offer = Offer { payers, receivers, parts, twist: None };
	Schedule {
		head_start: [2, 3],
		periods: Periods::OWN,
		weather: Weather::CLEAR,
		pace: [Pace::STEADY; 2],
		agenda: BTreeMap::from([(1, vec![Act::Agree(offer)])]),
		death: None,
		deceit: None,
	}
}

/// Plays a schedule to its end, in which an exchange settles. Returns what became of both halves.
fn settles(schedule: &Schedule) -> (Tally, [History; 2]) {
	let mut run = Run::new(1, schedule, Telling::Silent);
	assert_eq!(run.play(schedule), Ok(()));
	assert_eq!(ended(&run.tally, "Settled", "Settled"), 1);
	let histories = run.case(0).unwrap().1;
	(run.tally, histories)
}

#[test]
fn without_faults_an_exchange_settles_at_once() {
	let (_, histories) = settles(&quiet());
	assert!(histories.iter().all(|history| history.ended.unwrap().0 < 14), "{histories:?}");
}

#[test]
fn whoever_answers_firmly_spares_a_round() {
	let (tally, [first, second]) = settles(&quiet_with(|[_, beta]| beta.way = Way::Answers));
	assert_eq!(first.committed, Some((first.ended.unwrap().0, Commit::OnMatch)), "in one step");
	assert_eq!(second.committed, Some((second.registered.unwrap(), Commit::Now)));
	assert_eq!(tally.firm, 1);
}

#[test]
fn whoever_is_wary_waits_until_forks_would_have_been_exposed() {
	let wary = quiet_with(|[alpha, _]| alpha.settlement = Settlement::AtExpiry);
	let (_, [alpha, beta]) = settles(&wary);
	assert!(beta.ended.unwrap().0 < 14, "{beta:?}");
	assert!(alpha.ended.unwrap().0 > alpha.pending.unwrap() + 100, "{alpha:?}");
}

#[test]
fn what_is_frozen_is_owed_until_it_is_claimed() {
	let mut frozen = quiet_with(|[alpha, _]| alpha.means = Means::Both);
	frozen.agenda.insert(4, vec![Act::Freeze(Side::Alpha, None, 40)]);
	let (tally, [alpha, _]) = settles(&frozen);
	assert!(alpha.ended.unwrap().0 < 20, "it waits for nothing: {alpha:?}");
	assert_eq!(tally.claimed, 1, "the gold alone was frozen");
	assert!(tally.calls_failed.contains_key("ValueCannotMove"), "{tally:#?}");
}

#[test]
fn whoever_cancels_gives_notice() {
	let mut lonely = quiet_with(|[alpha, beta]| {
		(alpha.cancels, beta.registers) = (Some(3), None);
		(alpha.expiry, beta.expiry) = (60, 60);
	});
	let undone = |schedule: &Schedule| {
		let mut run = Run::new(1, schedule, Telling::Silent);
		assert_eq!(run.play(schedule), Ok(()));
		run.case(0).unwrap().1[0]
	};
	let cancelled = undone(&lonely);
	let (ended, outcome) = cancelled.ended.unwrap();
	assert_eq!(outcome, Outcome::Cancelled);
	assert!(ended > cancelled.cancelling.unwrap() + NOTICE, "{cancelled:?}");
	// The other chain stands still: nobody knows what has been answered there.
	lonely.agenda.insert(5, vec![Act::Stop(Side::Beta, 300)]);
	let (ended, outcome) = undone(&lonely).ended.unwrap();
	assert_eq!(outcome, Outcome::Cancelled);
	assert!(ended > 60, "its own time ends it");
}

#[test]
fn a_half_that_root_undoes_is_a_violation() {
	let mut run = Run::new(1, &quiet(), Telling::Silent);
	run.begin(&quiet()).unwrap();
	let commits = |run: &mut Run| run.case(0).is_ok_and(|case| case.1[0].committed.is_some());
	run.tick_until("commits", 40, commits).unwrap();
	// Root gives up a chain that lives.
	run.transport.cut(Side::Alpha, Tick::MAX);
	run.gives_up = Some(Side::Alpha);
	let (peer, id) = (run.system(Side::Beta), run.exchanges[0].id());
	run.as_root(Side::Alpha, Call::pause { system: peer });
	run.tick_until("root ends it", 100, |run| {
		run.as_root(Side::Alpha, Call::force_resolve { peer, id, resolution: Resolution::Reverse });
		run.case(0).is_ok_and(|case| case.1[0].is_forced)
	})
	.unwrap();
	run.gives_up = None;
	run.transport.clear_up();
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
	let contracts = vec![run.exchanges[0].id()];
	let letter = Letter { to: Side::Alpha, evidence, contracts, is_forged: true };
	run.receive(letter).unwrap();
	run.tick().unwrap();
	assert_eq!(run.tally.forgeries_refused, BTreeMap::from([("HeaderOfOtherSystem".into(), 1)]));
}

#[test]
fn an_old_block_does_not_show_that_the_other_half_is_still_registered() {
	let far = quiet_with(|parts| parts.iter_mut().for_each(|part| part.expiry = 60));
	let mut run = Run::new(1, &far, Telling::Silent);
	run.begin(&far).unwrap();
	Side::BOTH.into_iter().for_each(|side| run.transport.cut(side, Tick::MAX));
	(0..30).for_each(|_| run.tick().unwrap());
	let half = run.exchanges[0].half(Side::Alpha).clone();
	let tells = |run: &mut Run, age: Height| {
		let [alpha, beta] = &mut run.stations;
		let record = alpha.chain.record_of(beta.chain.system).unwrap();
		let mut rng = ChaCha8Rng::seed_from_u64(1);
		let contracts = vec![half.id()];
		let keys = wanted(alpha.chain.system, beta.chain.system, &contracts);
		let number = beta.chain.sealed() - age;
		let evidence = network::worker::evidence(&beta.chain, number, &record, keys, &mut rng);
		run.receive(Letter { to: Side::Alpha, evidence, contracts, is_forged: false }).unwrap();
	};
	// It is known how old that block is.
	let record = |run: &mut Run| {
		let beta = run.system(Side::Beta);
		run.station(Side::Alpha).chain.record_of(beta).unwrap()
	};
	run.renew(Side::Alpha);
	run.tick().unwrap();
	assert!(record(&mut run).known() > NOTICE);
	tells(&mut run, NOTICE / 2 + 2);
	run.tick().unwrap();
	assert_eq!(run.tally.refused.keys().collect::<Vec<_>>(), ["EvidenceStale"]);
	tells(&mut run, 1);
	run.tick().unwrap();
	assert!(run.case(0).unwrap().1[0].committed.is_some());
}

const TERMS: [Terms; 2] = [
	Terms { expiry: 20, peer_expiry: 30, notice: 4, settlement: Settlement::Early, exposure: 5 },
	Terms { expiry: 30, peer_expiry: 20, notice: 4, settlement: Settlement::AtExpiry, exposure: 5 },
];

/// Who has cancelled did so with the registration.
fn history(registered: Height, committed: Option<Height>, at: Height, outcome: Outcome) -> History {
	History {
		registered: Some(registered),
		cancelling: (outcome == Outcome::Cancelled).then_some(registered),
		committed: committed.map(|at| (at, Commit::OnMatch)),
		ended: Some((at, outcome)),
		..History::default()
	}
}

/// It was registered and committed at once.
fn firm(registered: Height, at: Height, outcome: Outcome) -> History {
	let committed = Some((registered, Commit::Now));
	History { committed, ..history(registered, None, at, outcome) }
}

#[test]
fn the_judge_finds_every_inconsistent_end() {
	use Outcome::{Cancelled, Expired, Reversed, Settled};
	let settled = [history(5, Some(9), 12, Settled), history(6, Some(11), 31, Settled)];
	let undone = [history(5, Some(9), 31, Reversed), history(6, None, 31, Expired)];
	let apart = [history(5, None, 21, Expired), History::default()];
	let given_up = [history(5, None, 10, Cancelled), firm(6, 31, Reversed)];
	let answered = [history(5, Some(9), 9, Settled), firm(6, 31, Settled)];
	let early = [history(5, Some(9), 12, Reversed), history(6, None, 11, Cancelled)];
	for right in [settled, undone, apart, given_up, answered, early] {
		assert_eq!(judge(&TERMS, &right, true), Ok(()));
	}
	assert_eq!(judge(&TERMS, &[firm(5, 31, Reversed), given_up[1]], false), Ok(()));
	let [early, late] = settled;
	// As far as its chain could know.
	let seeing = |history: History, commit, end| History { peer: [commit, end], ..history };
	for (wrong, why) in [
		([early, undone[1]], "only one has an effect"),
		([undone[0], late], "only the other has an effect"),
		([undone[0], history(6, Some(11), 31, Reversed)], "both are undone"),
		([history(5, Some(21), 31, Settled), late], "committed after the expiry"),
		([early, history(6, Some(11), 30, Settled)], "settled before the expiry"),
		([early, History { pending: Some(26), ..late }], "settled within the exposure"),
		([seeing(early, 5, 11), late], "committed before the other was registered"),
		([seeing(early, 9, 10), late], "settled before the other was committed"),
		([seeing(undone[0], 9, 29), undone[1]], "undone before the other's expiry"),
		([seeing(history(5, None, 20, Expired), 0, 29), undone[1]], "expired before either expiry"),
		([seeing(history(5, None, 9, Cancelled), 0, 29), undone[1]], "cancelled within the notice"),
		([History { cancelling: None, ..given_up[0] }, given_up[1]], "cancelled by nobody"),
		([history(5, Some(9), 12, Cancelled), undone[1]], "cancelled after the commit"),
		([history(5, None, 12, Settled), late], "settled without a commit"),
		([history(5, Some(9), 31, Reversed), apart[1]], "committed without another one"),
		([History { registered: Some(4), ..answered[1] }, early], "firm, and committed later"),
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

const ID: ContractId = ContractId { epochs: [Epoch(0); 2], hash: H256::zero() };

#[test]
fn nothing_happens_to_a_contract_twice() {
	let committed = Fact::Committed(ID, Commit::OnMatch);
	let facts = [(3, Fact::Registered(ID)), (5, committed.clone()), (6, committed)];
	let of = |count| History::of(ID, facts[..count].iter().map(|(at, fact)| (*at, fact)));
	assert!(of(2).is_ok());
	assert!(of(3).is_err());
}

#[test]
fn what_moves_in_spite_of_a_fork_is_found() {
	let check = |facts: &[(Height, Fact)]| {
		check_stillness(facts.iter().map(|(at, fact)| (*at, fact)), 100).is_ok()
	};
	let (forked, chosen) = ((5, Fact::Forked), (9, Fact::BranchChosen));
	let commit = |at| (at, Fact::Committed(ID, Commit::OnMatch));
	let expiry = (50, Fact::Ended(ID, Outcome::Expired));
	assert!(check(&[commit(5), forked.clone(), commit(5), chosen.clone(), expiry, commit(109)]));
	assert!(!check(&[forked.clone(), commit(6)]));
	assert!(!check(&[forked.clone(), (6, Fact::Registered(ID))]));
	assert!(!check(&[forked.clone(), chosen.clone(), commit(9)]));
	assert!(!check(&[forked.clone(), chosen, (108, Fact::Ended(ID, Outcome::Settled))]));
	let renewed = (9, Fact::Renewed);
	assert!(check(&[renewed.clone(), commit(9)]));
	assert!(!check(&[forked.clone(), renewed.clone(), (108, Fact::Pending(ID))]));
	assert!(check(&[forked, renewed, commit(109)]));
	let (paused, resumed) = ((5, Fact::Paused), (9, Fact::Resumed));
	assert!(!check(&[paused.clone(), commit(5)]));
	assert!(check(&[commit(5), paused, resumed, commit(9)]));
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
	convinces: false,
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

/// Who was shown the false history alone has learned from it what becomes of a contract.
#[test]
fn what_was_proven_by_a_false_history_is_proven_again() {
	let wary = quiet_with(|[alpha, beta]| {
		alpha.settlement = Settlement::AtExpiry;
		(alpha.expiry, beta.expiry) = (16, 14);
		beta.registers = Some(2);
	});
	for elects in [None, Some(0b0111)] {
		let deceit = Deceit { parts: 5, eclipses: true, convinces: true, elects, ..DECEIT };
		let schedule = Schedule { deceit: Some(deceit), ..wary.clone() };
		let runs = (1..10).map(|seed| {
			let mut run = Run::new(seed, &schedule, Telling::Silent);
			assert_eq!(run.play(&schedule), Ok(()), "seed {seed}, elects {elects:?}");
			run.tally
		});
		let again: u64 = runs.map(|tally| tally.proven_again).sum();
		assert!(again > 0, "{elects:?}");
	}
}

#[test]
fn a_missing_or_held_unit_is_found() {
	let [alice, bob] = [TRADERS[0], TRADERS[1]].map(account);
	let purses = |alice_has: u128, bob_has: u128, held: u128| {
		let purse = |free| Purse { free, ..Purse::default() };
		let alice_has = Purse { gold: 7, ..purse(alice_has) };
		let bob_has = Purse { held, ..purse(bob_has) };
		BTreeMap::from([(alice.clone(), alice_has), (bob.clone(), bob_has)])
	};
	let facts = [
		(1, Fact::Fee { who: alice.clone(), amount: 2 }),
		(1, Fact::Rent { who: alice.clone(), amount: 1 }),
		(2, Fact::Spent { from: bob.clone(), to: alice.clone(), amount: 5 }),
	];
	let check = |now, items: &[Item]| {
		let moved = items.iter().map(|item| {
			let (from, to) = (alice.clone(), bob.clone());
			Moved { from, to, item: item.clone() }
		});
		let facts = facts.iter().map(|(at, fact)| (*at, fact));
		check_purses(&purses(100, 100, 0), &now, facts, moved)
	};
	let settled = [Item::Token(40)];
	assert_eq!(check(purses(62, 135, 0), &settled), Ok(()));
	assert_eq!(check(purses(102, 95, 0), &[]), Ok(()));
	assert!(check(purses(62, 134, 0), &settled).is_err());
	assert!(check(purses(62, 135, 1), &settled).is_err());
	assert!(check(purses(102, 95, 0), &settled).is_err());
	let gold = [Item::Asset(AssetAmount { id: GOLD, amount: 1 })];
	assert!(check(purses(102, 95, 0), &gold).is_err());
	let mut robbed = purses(102, 95, 0);
	robbed.insert(account(ROOT), Purse { gold: 1, ..Purse::default() });
	assert!(check(robbed, &[]).is_err());
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
	let mut chain = Chain::new(Side::Beta, Periods::OWN);
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
