//! How long a fork stays hidden, against the formula of section 5.2.

use crate::{
	chart::{Axis, Figure, Panel, Series},
	experiment::{
		advance, each,
		study::{float, only_gossip},
		Cell, Extent, Failure, Study, Table, Watch,
	},
	Config, Exposure, Fork, Network, Relay, Victim, BLOCK_MS,
};
use ribp_protocol::{Gossip, Height};
use sp_runtime::Perquintill;

/// The first block that there are two of.
const FORKS_AT: Height = 3;

/// The chances that the paper's formula counts.
const CHANCES: u64 = 2;

/// q' in percent.
pub(super) const RATES: [u32; 9] = [10, 20, 30, 40, 50, 60, 70, 80, 90];

/// np': systems that are connected with the forked one and its victim, and know the branch that
/// the victim is not shown.
pub(super) const CONNECTED: [u32; 4] = [1, 2, 4, 8];

/// The np' with which the victim's silence and the paper's relay are varied.
const VARIED: u32 = 4;

/// A network in which a fork is tried again and again.
#[derive(Clone, Debug)]
pub(super) struct Trials {
	/// np'.
	pub connected: u32,
	/// The network; each trial has a seed of its own.
	pub config: Config,
	/// How many.
	pub count: u32,
	/// When a trial is over, in blocks from the fork on.
	pub patience: Height,
}

impl Trials {
	/// Everybody is connected; system 0 forks, and hides that from system 1.
	pub fn new(extent: &Extent, connected: u32, rate: u32, victim_does: Victim) -> Self {
		let rate = Perquintill::from_percent(u64::from(rate));
		let config = only_gossip(connected + 2, rate, 1, extent.seed);
		let fork = Some(Fork { system: 0, victim: 1, at: FORKS_AT, victim_does });
		let config = Config { fork, relay: Relay::NextBlock, ..config };
		Self { connected, config, count: extent.trials, patience: CHANCES as Height }
	}

	/// Blocks that systems make at most.
	pub fn system_blocks(&self) -> u64 {
		u64::from(self.count) * u64::from(self.config.systems) * u64::from(self.blocks())
	}

	/// A block more than those, because systems make theirs at different times.
	fn blocks(&self) -> Height {
		FORKS_AT + self.patience + 1
	}

	/// What has come of each of the forks, once `is_over`.
	pub fn run(
		&self,
		is_over: impl Fn(&Exposure) -> bool,
		watch: &dyn Watch,
	) -> Result<Vec<Exposure>, Failure> {
		let trial = |number: u32| {
			let seed = self.config.seed.wrapping_add(number.into());
			let mut network = Network::new(Config { seed, ..self.config.clone() })?;
			for _ in 0..self.blocks() {
				if is_over(&network.exposure()) {
					break;
				}
				network.step();
				advance(watch, self.config.systems.into())?;
			}
			Ok(network.exposure())
		};
		(0..self.count).map(trial).collect()
	}
}

/// Milliseconds from the fork to the moment that is asked for, if it came.
pub(super) fn since_fork(
	exposure: &Exposure,
	moment: impl Fn(&Exposure) -> Option<u64>,
) -> Option<u64> {
	Some(moment(exposure)? - exposure.begun_ms?)
}

/// The part of the forks that nobody has seen after so many rounds.
pub(super) fn hidden_after(exposures: &[Exposure], rounds: u64) -> f64 {
	let until = rounds * u64::from(BLOCK_MS);
	let first = |exposure: &Exposure| since_fork(exposure, |exposure| exposure.first_ms);
	let is_hidden = |exposure: &&Exposure| first(exposure).is_none_or(|first| first > until);
	exposures.iter().filter(is_hidden).count() as f64 / exposures.len().max(1) as f64
}

/// A point: what was tried, what was seen, what the formula says.
struct Point {
	trials: Trials,
	measured: f64,
	formula: f64,
}

impl Point {
	fn rate(&self) -> f64 {
		float(self.trials.config.rate)
	}

	/// Half of the interval in which the measured part lies in 95 of 100 experiments, if the formula
	/// is right.
	fn margin(&self) -> f64 {
		let variance = self.formula * (1.0 - self.formula) / f64::from(self.trials.count);
		1.96 * variance.sqrt()
	}

	fn victim(&self) -> Option<Victim> {
		self.trials.config.fork.map(|fork| fork.victim_does)
	}

	/// Whether it is tried as the formula reckons: one chance a block, and a silent victim.
	fn is_by_formula(&self) -> bool {
		let is_silent = self.victim() == Some(Victim::KeepsSilent);
		self.trials.config.relay == Relay::NextBlock && is_silent
	}

	fn is_within(&self) -> bool {
		(self.measured - self.formula).abs() <= self.margin()
	}
}

fn points(extent: &Extent, watch: &dyn Watch) -> Result<Vec<Point>, Failure> {
	let mut all = Vec::new();
	for connected in CONNECTED {
		all.extend(RATES.map(|rate| Trials::new(extent, connected, rate, Victim::KeepsSilent)));
	}
	for (relay, victim) in [
		(Relay::NextBlock, Victim::Tells),
		(Relay::AtOnce, Victim::KeepsSilent),
		(Relay::AtOnce, Victim::Tells),
	] {
		let trials = RATES.map(|rate| Trials::new(extent, VARIED, rate, victim));
		all.extend(trials.map(|mut trials| {
			trials.config.relay = relay;
			trials
		}));
	}
	watch.begin("hidden forks", all.iter().map(Trials::system_blocks).sum());
	let measured = each(&all, |trials| {
		let exposures = trials.run(|exposure| exposure.first_ms.is_some(), watch)?;
		Ok(hidden_after(&exposures, CHANCES))
	})?;
	let point = |(trials, measured): (Trials, f64)| {
		let Trials { connected, config, .. } = &trials;
		let gossip = Gossip { rate: config.rate, connected: *connected };
		let formula = float(gossip.hidden());
		Point { trials, measured, formula }
	};
	Ok(all.into_iter().zip(measured).map(point).collect())
}

/// The probability that a fork stays hidden, by q'.
pub(super) fn hidden(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let points = points(extent, watch)?;
	let line = |is_on_it: &dyn Fn(&Point) -> bool, value: &dyn Fn(&Point) -> f64| -> Vec<_> {
		let on_it = points.iter().filter(|point| is_on_it(point));
		on_it.map(|point| (point.rate(), value(point))).collect()
	};
	// Below, no fork would be left of all that are tried.
	let lowest = 0.5 / f64::from(extent.trials);
	let mut by_connected = Vec::new();
	for connected in CONNECTED {
		let is_on_it = |point: &Point| point.is_by_formula() && point.trials.connected == connected;
		let measured = line(&is_on_it, &|point| point.measured);
		by_connected.push(Series::measured(format!("np' = {connected}"), measured));
		let is_in_reach = |point: &Point| is_on_it(point) && point.formula >= lowest;
		let formula = line(&is_in_reach, &|point| point.formula);
		by_connected.push(Series::formula(format!("(1-q')^{}", 2 * connected), formula));
	}
	let mut by_rules = Vec::new();
	for (relay, victim, name) in [
		(Relay::NextBlock, Victim::KeepsSilent, "silent victim, told after blocks"),
		(Relay::NextBlock, Victim::Tells, "honest victim, told after blocks"),
		(Relay::AtOnce, Victim::KeepsSilent, "silent victim, told at once"),
		(Relay::AtOnce, Victim::Tells, "honest victim, told at once"),
	] {
		let is_on_it = |point: &Point| {
			let Trials { connected, config, .. } = &point.trials;
			*connected == VARIED && config.relay == relay && point.victim() == Some(victim)
		};
		by_rules.push(Series::measured(name, line(&is_on_it, &|point| point.measured)));
	}
	let panel = |title: &str, series| {
		let y = Axis::log("part of the forks hidden after 2 blocks");
		Panel { title: title.into(), x: Axis::linear("sending rate q'"), y, series }
	};
	let panels = vec![
		panel("as the formula reckons", by_connected),
		panel(&format!("np' = {VARIED}, by who tells when"), by_rules),
	];
	let figure = Figure::row("How many forks stay hidden", panels);
	Ok(Study { name: "hidden-forks", figure, table: table(&points), finding: finding(&points) })
}

fn finding(points: &[Point]) -> String {
	let by_formula = || points.iter().filter(|point| point.is_by_formula());
	let within = by_formula().filter(|point| point.is_within()).count();
	let others = || points.iter().filter(|point| !point.is_by_formula());
	let below = others().filter(|point| point.measured <= point.formula + point.margin()).count();
	format!(
		"The formula (1-q')^(2np') lies within the 95 % interval of the measured part in {within} of \
		 {} points. Where the victim tells too, or news is passed on at once, no more forks stay \
		 hidden than it says in {below} of {} points: it is on the safe side.",
		by_formula().count(),
		others().count(),
	)
}

fn table(points: &[Point]) -> Table {
	let mut table = Table::new([
		"connected",
		"rate",
		"relay",
		"victim",
		"forks",
		"hidden_measured",
		"hidden_formula",
		"margin_95",
	]);
	for point in points {
		let relay = match point.trials.config.relay {
			Relay::NextBlock => "next block",
			Relay::AtOnce => "at once",
		};
		let victim = match point.victim() {
			Some(Victim::Tells) => "tells",
			_ => "keeps silent",
		};
		table.push(vec![
			Cell::from(point.trials.connected),
			point.rate().into(),
			relay.into(),
			victim.into(),
			point.trials.count.into(),
			point.measured.into(),
			point.formula.into(),
			point.margin().into(),
		]);
	}
	table
}
