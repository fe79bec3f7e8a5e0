//! How long it takes to expose a fork, and how far away expiries must be for that.

use super::fork::{hidden_after, since_fork, Trials, CONNECTED, RATES};
use crate::{
	chart::{Axis, Figure, Panel, Series},
	experiment::{
		each,
		study::{float, Curves},
		Cell, Extent, Failure, Study, Table, Watch,
	},
	Config, Exposure, Latency, Phases, Victim, BLOCK_MS,
};
use ribp_protocol::{Gossip, Height};
use sp_runtime::Perquintill;

/// When a fork counts as never exposed, in blocks.
const PATIENCE: Height = 60;

/// Latencies of messages on the internet, in milliseconds.
const INTERNET: Latency = Latency { least_ms: 5, most_ms: 200 };

const NAMES: [&str; 4] = ["np' = 1", "np' = 2", "np' = 4", "np' = 8"];

/// The probabilities of a hidden fork for which expiries are compared, in percent.
const HIDDEN_PERCENT: [u64; 2] = [10, 1];

/// Trials for all rates and numbers of connected systems.
fn all_trials(extent: &Extent, victim: Victim) -> Vec<Trials> {
	let each_rate = |connected| RATES.map(|rate| Trials::new(extent, connected, rate, victim));
	let all = CONNECTED.into_iter().flat_map(each_rate);
	all.map(|trials| Trials { patience: PATIENCE, ..trials }).collect()
}

fn slow(trials: Trials) -> Trials {
	let config = Config { latency: INTERNET, phases: Phases::Spread, ..trials.config };
	Trials { config, ..trials }
}

fn curves<T>(results: &[T]) -> Curves<'_, T> {
	let places = RATES.iter().map(|percent| f64::from(*percent) / 100.0).collect();
	Curves { names: &NAMES, x: Axis::linear("sending rate q'"), places, results }
}

/// Average blocks from a fork to a moment, of the forks for which it came.
#[derive(Clone, Copy, Debug)]
struct Times {
	first: f64,
	all: f64,
	exposed: f64,
}

impl Times {
	fn of(exposures: &[Exposure]) -> Self {
		let times = |moment: fn(&Exposure) -> Option<u64>| -> Vec<_> {
			exposures.iter().filter_map(|exposure| since_fork(exposure, moment)).collect()
		};
		let mean = |times: &[u64]| {
			let sum: u64 = times.iter().sum();
			sum as f64 / f64::from(BLOCK_MS) / times.len().max(1) as f64
		};
		let (first, all) = (times(|exposure| exposure.first_ms), times(|exposure| exposure.all_ms));
		let exposed = all.len() as f64 / exposures.len().max(1) as f64;
		Self { first: mean(&first), all: mean(&all), exposed }
	}
}

/// Blocks until a fork is exposed, by q'.
pub(super) fn times(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let quick = all_trials(extent, Victim::Tells);
	let trials: Vec<_> = quick.iter().cloned().chain(quick.iter().cloned().map(slow)).collect();
	watch.begin("time to expose a fork", trials.iter().map(Trials::system_blocks).sum());
	let measured = each(&trials, |trials| {
		let exposures = trials.run(|exposure| exposure.all_ms.is_some(), watch)?;
		Ok(Times::of(&exposures))
	})?;
	let (quick, slow) = measured.split_at(quick.len());
	let (quick, slow) = (curves(quick), curves(slow));
	let panel = |title: &str, curves: &Curves<'_, Times>, of: fn(&Times) -> f64| {
		let panel = curves.panel(Axis::linear("blocks since the fork, on average"), of);
		Panel { title: title.into(), ..panel }
	};
	let panels = vec![
		panel("until somebody knows, no latency", &quick, |times| times.first),
		panel("until somebody knows, 5 to 200 ms", &slow, |times| times.first),
		panel("until everybody knows, 5 to 200 ms", &slow, |times| times.all),
	];
	let figure = Figure::row("Time to expose a fork (an honest victim, told after blocks)", panels);
	let table = times_table(&trials, &measured);
	let ([least, _], [many, _]) = (slow.ends(0), slow.ends(CONNECTED.len() - 1));
	let finding = format!(
		"At q' = {} and 5 to 200 ms, everybody knows of a fork after {:.1} blocks with one connected \
		 system, and after {:.1} with {}.",
		slow.places[0],
		least.all,
		many.all,
		CONNECTED[CONNECTED.len() - 1],
	);
	Ok(Study { name: "exposure", figure, table, finding })
}

fn times_table(trials: &[Trials], measured: &[Times]) -> Table {
	let mut table = Table::new([
		"connected",
		"rate",
		"most_latency_ms",
		"forks",
		"exposed_to_all",
		"blocks_until_first",
		"blocks_until_all",
	]);
	for (trials, times) in trials.iter().zip(measured) {
		table.push(vec![
			Cell::from(trials.connected),
			float(trials.config.rate).into(),
			trials.config.latency.most_ms.into(),
			trials.count.into(),
			times.exposed.into(),
			times.first.into(),
			times.all.into(),
		]);
	}
	table
}

/// Rounds until no more than a part of the forks is hidden: measured, and by the formula.
#[derive(Clone, Copy, Debug)]
struct Rounds {
	measured: Option<u32>,
	formula: Option<u32>,
}

impl Rounds {
	fn of(trials: &Trials, exposures: &[Exposure], hidden: Perquintill) -> Self {
		let is_exposed = |rounds: &u32| hidden_after(exposures, (*rounds).into()) <= float(hidden);
		let gossip = Gossip { rate: trials.config.rate, connected: trials.connected };
		Self { measured: (1..=PATIENCE).find(is_exposed), formula: gossip.rounds(hidden).ok() }
	}
}

/// The distance of a least safe expiry in blocks, if a fork may stay hidden with this probability.
fn expiry(trials: &Trials, hidden: Perquintill) -> Option<f64> {
	let least = trials.config.least_expiry(trials.connected, hidden).ok()?;
	Some(f64::from(least.own))
}

/// What expiries a fork asks for, by q'.
pub(super) fn expiries(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let trials = all_trials(extent, Victim::KeepsSilent);
	watch.begin("the expiry it asks for", trials.iter().map(Trials::system_blocks).sum());
	let hidden = HIDDEN_PERCENT.map(Perquintill::from_percent);
	let measured = each(&trials, |trials| {
		let exposures = trials.run(|exposure| exposure.first_ms.is_some(), watch)?;
		Ok(hidden.map(|hidden| Rounds::of(trials, &exposures, hidden)))
	})?;
	let rounds = curves(&measured);
	let y = || Axis::log("blocks until all but 1 % are exposed");
	let mut exposed = rounds.panel(y(), |[_, strict]| strict.measured.map(f64::from));
	for (number, name) in NAMES.iter().enumerate() {
		let formula = rounds.points(number, |[_, strict]| strict.formula.map(f64::from));
		// Right behind what was measured, whose colour it has.
		exposed.series.insert(2 * number + 1, Series::formula(format!("{name}, formula"), formula));
	}
	let quick = curves(&trials);
	let slow: Vec<_> = trials.iter().cloned().map(slow).collect();
	let slow = curves(&slow);
	let label = "least safe expiry in blocks, 1 % hidden";
	let distance = |curves: &Curves<'_, Trials>, title: &str| {
		let panel = curves.panel(Axis::linear(label), |trials| expiry(trials, hidden[1]));
		Panel { title: title.into(), ..panel }
	};
	let panels = vec![exposed, distance(&quick, "no latency"), distance(&slow, "5 to 200 ms")];
	let figure = Figure::row("The expiry that exposing a fork asks for", panels);
	let table = expiry_table(&trials, &measured);
	let finding = expiry_finding(&trials, &measured);
	Ok(Study { name: "expiry", figure, table, finding })
}

fn expiry_finding(trials: &[Trials], measured: &[[Rounds; 2]]) -> String {
	let all = || measured.iter().flatten();
	let is_enough = |rounds: &&Rounds| matches!((rounds.measured, rounds.formula), (Some(m), Some(f)) if m <= f);
	let enough = all().filter(is_enough).count();
	let more = |rounds: &Rounds| Some(rounds.measured?.saturating_sub(rounds.formula?));
	let more = all().filter_map(more).max().unwrap_or(0);
	let strict = Perquintill::from_percent(HIDDEN_PERCENT[1]);
	let ends = [trials.first(), trials.last()].into_iter().flatten();
	let distances = ends.filter_map(|trials| {
		let (rate, connected) = (float(trials.config.rate), trials.connected);
		let [quick, slow] = [trials.clone(), slow(trials.clone())].map(|one| expiry(&one, strict));
		Some(format!("{} and {} blocks at q' = {rate}, np' = {connected}", quick?, slow?))
	});
	let distances: Vec<_> = distances.collect();
	format!(
		"The rounds of gossip that ribp-protocol puts into an expiry expose as many forks as asked for \
		 in {enough} of {} points, and {more} more do in all of them. For 1 % hidden forks an expiry lies, without latency and with 5 to \
		 200 ms, {}.",
		all().count(),
		distances.join("; "),
	)
}

fn expiry_table(trials: &[Trials], measured: &[[Rounds; 2]]) -> Table {
	let mut table = Table::new([
		"connected",
		"rate",
		"hidden",
		"forks",
		"rounds_measured",
		"rounds_formula",
		"expiry_no_latency",
		"expiry_internet",
	]);
	let or_none = |rounds: Option<u32>| rounds.map_or(Cell::from("none"), Cell::from);
	for (trials, rounds) in trials.iter().zip(measured) {
		for (percent, rounds) in HIDDEN_PERCENT.iter().zip(rounds) {
			let hidden = Perquintill::from_percent(*percent);
			let distance =
				|trials: &Trials| expiry(trials, hidden).map_or(Cell::from("none"), Cell::from);
			table.push(vec![
				Cell::from(trials.connected),
				float(trials.config.rate).into(),
				float(hidden).into(),
				trials.count.into(),
				or_none(rounds.measured),
				or_none(rounds.formula),
				distance(trials),
				distance(&slow(trials.clone())),
			]);
		}
	}
	table
}
