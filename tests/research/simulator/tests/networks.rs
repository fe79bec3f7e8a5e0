//! What simulated networks promise: chance from one seed, figures that can be reckoned by hand, and
//! exchanges that end on both chains or on neither.

use ribp_protocol::{Gossip, Height};
use ribp_simulator::{
	run, Checks, Config, Exchange, Exposure, Followed, Fork, Latency, Name, Network, Phases, Relay,
	Tally, Topology, Victim, BLOCK_MS,
};
use sp_runtime::{PerThing, Perquintill};

fn paper(name: &str, blocks: Height) -> Config {
	let name: Name = name.parse().unwrap();
	Config { blocks, ..Config::paper(name) }
}

fn tally(config: Config) -> Tally {
	run(&config).unwrap()
}

/// Slow, lossy, late, sparse: everything at once that the paper's networks are not.
fn rough(config: Config) -> Config {
	Config {
		latency: Latency { least_ms: 5, most_ms: 200 },
		phases: Phases::Spread,
		loss: 0.05,
		finality: 2,
		topology: Topology::Ring { degree: 4 },
		..config
	}
}

#[test]
fn the_same_seed_makes_the_same_tally_and_another_seed_another() {
	for config in [paper("5_3_7", 400), rough(paper("9_3_7", 400))] {
		let other = Config { seed: 2, ..config.clone() };
		assert_eq!(tally(config.clone()), tally(config.clone()));
		assert_ne!(tally(config), tally(other));
	}
}

#[test]
fn the_gap_between_two_systems_is_that_of_the_geometric_distribution() {
	// A view that is refreshed in a part q' of the blocks is (1-q')/q' blocks behind on average, with
	// a variance of (1-q')/q'². The window is so great that nobody is ever told at once.
	let gaps = tally(Config { window: 200, ..paper("2_0_7", 40_000) }).gaps;
	assert!((gaps.mean() - 0.7 / 0.3).abs() < 0.1, "{}", gaps.mean());
	assert!((gaps.variance() - 0.7 / 0.09).abs() < 0.8, "{}", gaps.variance());
	assert!((gaps.part_above(5) - 0.7f64.powi(6)).abs() < 0.005, "{}", gaps.part_above(5));
}

#[test]
fn who_is_told_everything_at_once_is_never_behind() {
	for exchange in [Exchange::Lists, Exchange::Digests, Exchange::BothWays] {
		let gaps = tally(Config { exchange, ..paper("5_1_0", 300) }).gaps;
		assert_eq!((gaps.mean(), gaps.greatest()), (0.0, 0));
	}
}

#[test]
fn nobody_hears_anything_without_gossip_and_tasks() {
	let tally = tally(paper("3_0_99999999999999999", 300));
	assert_eq!(tally.all_sent().messages, 0);
	assert_eq!(tally.gaps.greatest(), 300);
}

#[test]
fn four_requests_move_a_task_and_a_fifth_comes_too_early() {
	let tally = tally(paper("5_1_7", 4_000));
	let (sent, settled) = (tally.all_sent(), tally.tasks.settled as f64);
	assert!(settled > 500.0, "{settled}");
	assert!((sent.useful_checks as f64 / settled - 4.0).abs() < 0.1);
	assert!((4.9..5.4).contains(&tally.requests_per_task()), "{}", tally.requests_per_task());
}

#[test]
fn one_proof_for_many_contracts_spares_requests() {
	let busy = |checks| Config { checks, tasks: 4.0, room: 16, ..paper("3_0_7", 600) };
	let [single, batched] = [Checks::Single, Checks::Batched].map(|checks| tally(busy(checks)));
	assert!(single.requests_per_task() >= 4.0);
	assert!(batched.requests_per_task() < single.requests_per_task() / 2.0);
}

#[test]
fn digests_spare_views_that_are_known_and_lose_none() {
	let of = |exchange| tally(Config { exchange, ..paper("9_0_5", 400) });
	let [lists, digests] = [Exchange::Lists, Exchange::Digests].map(of);
	assert!(digests.all_sent().bytes < lists.all_sent().bytes / 2);
	assert!(digests.gaps.mean() < 2.0 * lists.gaps.mean() + 0.1);
}

#[test]
fn every_exchange_ends_on_both_chains_or_on_neither() {
	let base = || paper("8_6_7", 600);
	for checks in [Checks::Single, Checks::EachBlock, Checks::Batched] {
		for (relay, exchange) in [
			(Relay::AtOnce, Exchange::Lists),
			(Relay::NextBlock, Exchange::Digests),
			(Relay::NextBlock, Exchange::BothWays),
		] {
			for config in [base(), rough(base())] {
				let tasks = tally(Config { checks, relay, exchange, ..config }).tasks;
				assert!(tasks.settled > 100, "{checks:?} {exchange:?}: {tasks:?}");
				assert_eq!(tasks.broken, 0, "{checks:?} {exchange:?}");
			}
		}
	}
}

#[test]
fn tasks_settle_however_late_blocks_become_final() {
	for checks in [Checks::Single, Checks::EachBlock, Checks::Batched] {
		for finality in [1, 2, 7] {
			let phases = Phases::Spread;
			let tasks = tally(Config { finality, checks, phases, ..paper("6_2_7", 600) }).tasks;
			assert!(tasks.settled > 200 && tasks.failed == 0, "{checks:?} {finality}: {tasks:?}");
		}
	}
}

#[test]
fn tasks_that_have_too_little_time_fail_and_break_nothing() {
	let tasks = tally(Config { expiry: Some(4), ..rough(paper("6_6_7", 600)) }).tasks;
	assert!(tasks.failed > 50, "{tasks:?}");
	assert_eq!(tasks.broken, 0);
}

#[test]
fn contracts_are_forgotten_and_do_not_add_up() {
	let most = |blocks| tally(Config { checks: Checks::Batched, ..paper("5_5_7", blocks) });
	let [short, long] = [500, 4_000].map(|blocks| most(blocks).most_contracts);
	assert!(long < 2 * short, "{short} contracts at most, then {long}");
}

#[test]
fn latency_loss_and_late_finality_cost_freshness() {
	let calm = || Config { phases: Phases::Spread, ..paper("6_1_7", 2_000) };
	let gap = |config| tally(config).gaps.mean();
	let base = gap(calm());
	let latency = Latency { least_ms: 100, most_ms: 400 };
	assert!(gap(Config { latency, ..calm() }) > base);
	assert!(gap(Config { loss: 0.5, ..calm() }) > base);
	let lossy = tally(Config { loss: 0.5, ..calm() });
	assert!(lossy.lost > 1_000);
	let settling = |finality| tally(Config { finality, ..calm() }).settling_ms();
	assert!(settling(5) > settling(0));
}

#[test]
fn views_cross_a_star_by_way_of_the_one_in_the_middle() {
	let star = |rate| {
		let (topology, rate) = (Topology::Star, Perquintill::from_percent(rate));
		let tally = tally(Config { topology, rate, ..paper("9_0_5", 400) });
		(tally.gaps.mean(), tally.merges.extended)
	};
	let (often, merged) = star(90);
	let (seldom, _) = star(20);
	assert!(often < 1.0 && often < seldom && merged > 0, "{often} {seldom}");
}

#[test]
fn who_follows_its_peers_only_hears_of_nobody_else() {
	let config = rough(paper("12_0_7", 300));
	let counted = |followed| tally(Config { followed, ..config.clone() }).gaps.all();
	let blocks = u64::from(config.blocks - config.warm_up);
	assert_eq!(counted(Followed::Peers), blocks * 12 * 4);
	assert_eq!(counted(Followed::All), blocks * 12 * 11);
}

#[test]
fn who_is_far_behind_fetches_what_it_has_missed() {
	let config = Config { loss: 0.6, window: 2, ..paper("4_0_8", 2_000) };
	let tally = tally(config);
	assert!(tally.merges.gap > 0 && tally.all_sent().catch_ups > 0);
	assert_eq!(tally.merges.refused, 0);
}

fn forked(rate: u64, victim_does: Victim, seed: u64) -> Exposure {
	let fork = Some(Fork { system: 0, victim: 1, at: 3, victim_does });
	let rate = Perquintill::from_percent(rate);
	let config = Config { fork, rate, seed, relay: Relay::NextBlock, ..paper("6_0_5", 200) };
	let mut network = Network::new(config).unwrap();
	(0..12).for_each(|_| network.step());
	network.exposure()
}

#[test]
fn a_fork_that_everybody_tells_of_is_known_after_a_block() {
	let exposure = forked(100, Victim::Tells, 1);
	let known = exposure.begun_ms.map(|begun| begun + u64::from(BLOCK_MS));
	assert!(known.is_some());
	assert_eq!((exposure.first_ms, exposure.all_ms, exposure.known_by), (known, known, 5));
}

#[test]
fn a_fork_that_nobody_tells_of_stays_hidden() {
	let exposure = forked(0, Victim::Tells, 1);
	assert_eq!((exposure.first_ms, exposure.known_by), (None, 0));
}

#[test]
fn as_many_forks_stay_hidden_as_the_papers_formula_says() {
	const TRIALS: u64 = 2_000;
	let rate = Perquintill::from_percent(20);
	let hidden = |seed| {
		let exposure = forked(20, Victim::KeepsSilent, seed);
		let until = exposure.begun_ms.unwrap() + 2 * u64::from(BLOCK_MS);
		exposure.first_ms.is_none_or(|first| first > until)
	};
	let measured = (0..TRIALS).filter(|seed| hidden(*seed)).count() as f64 / TRIALS as f64;
	// Four systems besides the forked one and its victim: 0.8^8.
	let hidden = Gossip { rate, connected: 4 }.hidden();
	let formula = hidden.deconstruct() as f64 / Perquintill::ACCURACY as f64;
	let deviation = (formula * (1.0 - formula) / TRIALS as f64).sqrt();
	assert!((measured - formula).abs() < 3.0 * deviation, "{measured} instead of {formula}");
}
