//! The paper's networks, and figures 2 and 3 of section 6.

use super::{run_all, Cell, Extent, Failure, Study, Table, Watch};
use crate::{
	chart::{Axis, Figure, Panel, Series},
	Checks, Config, Name, Relay, Tally,
};
use ribp_protocol::Height;
use std::collections::BTreeMap;

/// Gaps that have a column of their own in the table of distributions.
const SHOWN_GAPS: Height = 15;

/// A network of the paper: n, and its rates in tenths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Setting {
	/// n.
	pub systems: u32,
	/// Contract logs in ten blocks.
	pub tasks: u32,
	/// Tenths of the blocks after which a peer is not told.
	pub silence: u32,
}

/// What changes from one network to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dimension {
	/// n.
	Scale,
	/// The rate of tasks.
	Tasks,
	/// The rate of silence.
	Silence,
}

impl Setting {
	/// The network that the paper names: 5_1_7.
	pub const NAMED: Self = Self { systems: 5, tasks: 1, silence: 7 };

	fn name(self) -> Name {
		Name::of_tenths(self.systems, self.tasks, self.silence)
	}

	fn get(self, dimension: Dimension) -> u32 {
		match dimension {
			Dimension::Scale => self.systems,
			Dimension::Tasks => self.tasks,
			Dimension::Silence => self.silence,
		}
	}

	/// The same with another value in one dimension.
	pub fn with(self, dimension: Dimension, value: u32) -> Self {
		match dimension {
			Dimension::Scale => Self { systems: value, ..self },
			Dimension::Tasks => Self { tasks: value, ..self },
			Dimension::Silence => Self { silence: value, ..self },
		}
	}

	/// Where it stands on an axis: the rate of silence as q', the rate at which peers are told.
	fn place(self, dimension: Dimension) -> f64 {
		match dimension {
			Dimension::Scale => f64::from(self.systems),
			Dimension::Tasks => f64::from(self.tasks) / 10.0,
			Dimension::Silence => f64::from(10 - self.silence) / 10.0,
		}
	}
}

impl Dimension {
	fn axis(self) -> Axis {
		Axis::linear(match self {
			Self::Scale => "systems n",
			Self::Tasks => "contract logs per block",
			Self::Silence => "sending rate q'",
		})
	}

	fn label(self, setting: Setting) -> String {
		let value = setting.place(self);
		match self {
			Self::Scale => format!("n = {value}"),
			Self::Tasks => format!("{value} logs per block"),
			Self::Silence => format!("q' = {value}"),
		}
	}
}

/// A network of a line, and where it stands on it.
#[derive(Clone, Copy, Debug)]
pub struct Stop<'a> {
	/// What changes along the line.
	pub place: f64,
	/// What the network has done.
	pub tally: &'a Tally,
}

/// Every network of the extent, and the one that the paper names, in order.
fn settings(extent: &Extent) -> Vec<Setting> {
	let rates = || extent.tenths.iter().copied();
	let pairs = || rates().flat_map(|tasks| rates().map(move |silence| (tasks, silence)));
	let of = |systems: &u32, (tasks, silence)| Setting { systems: *systems, tasks, silence };
	let all = extent.scales.iter().flat_map(|systems| pairs().map(move |pair| of(systems, pair)));
	let wide = extent.wide_scales.iter();
	let wide = wide.flat_map(|systems| pairs().map(move |pair| of(systems, pair)));
	let wide = wide.filter(|setting| {
		setting.tasks == Setting::NAMED.tasks || setting.silence == Setting::NAMED.silence
	});
	let mut settings: Vec<_> = all.chain(wide).chain([Setting::NAMED]).collect();
	settings.sort();
	settings.dedup();
	settings
}

/// What all of the paper's networks have done.
#[derive(Clone, Debug)]
pub struct Sweep {
	extent: Extent,
	tallies: BTreeMap<Setting, Tally>,
	/// The same with another reading of section 4.2: who is told "no" asks again after each block.
	insistent: BTreeMap<Setting, Tally>,
	/// 5_1_7 with another one: news is passed on after the next block.
	patient: Tally,
}

impl Sweep {
	/// Runs every network of the extent, and the one that the paper names.
	pub fn run(extent: &Extent, watch: &dyn Watch) -> Result<Self, Failure> {
		let config = |setting: &Setting| Config {
			blocks: extent.sweep_blocks,
			seed: extent.seed,
			..Config::paper(setting.name())
		};
		let settings = settings(extent);
		let tasks = extent.tenths.iter().map(|tasks| Setting { tasks: *tasks, ..Setting::NAMED });
		let insistent: Vec<_> = tasks.collect();
		let insist = |config| Config { checks: Checks::EachBlock, ..config };
		let insists = insistent.iter().map(config).map(insist);
		let patient = Config { relay: Relay::NextBlock, ..config(&Setting::NAMED) };
		let configs = settings.iter().map(config).chain(insists).chain([patient]);
		let mut all = run_all("the paper's networks", &configs.collect::<Vec<_>>(), watch)?;
		let patient = all.pop().unwrap_or_default();
		let insists = all.split_off(settings.len());
		let tallies = settings.into_iter().zip(all).collect();
		let insistent = insistent.into_iter().zip(insists).collect();
		Ok(Self { extent: extent.clone(), tallies, insistent, patient })
	}

	/// Networks that have done these things; 5_1_7 is one of them.
	#[cfg(test)]
	pub(super) fn of(tallies: impl IntoIterator<Item = (Setting, Tally)>) -> Self {
		let (extent, tallies) = (Extent::quick(1), tallies.into_iter().collect());
		Self { extent, tallies, insistent: BTreeMap::new(), patient: Tally::default() }
	}

	/// What the network 5_1_7 has done.
	pub fn named(&self) -> &Tally {
		&self.tallies[&Setting::NAMED]
	}

	/// What each network has done.
	pub fn all(&self) -> impl Iterator<Item = (Setting, &Tally)> {
		self.tallies.iter().map(|(setting, tally)| (*setting, tally))
	}

	/// What 5_1_7 does if views are not told again at once when they have changed, but after the next
	/// block.
	pub fn patient(&self) -> &Tally {
		&self.patient
	}

	/// What networks have done in which requests are sent again after each block: those of 5_1_7 with
	/// each task rate.
	pub fn insistent(&self) -> impl Iterator<Item = (Setting, &Tally)> {
		self.insistent.iter().map(|(setting, tally)| (*setting, tally))
	}

	/// The networks that differ from `base` in one dimension only, from the least to the greatest
	/// place.
	pub fn line(&self, base: Setting, along: Dimension) -> Vec<Stop<'_>> {
		let is_on_it = |setting: &Setting| setting.with(along, base.get(along)) == base;
		let on_it = self.all().filter(|(setting, _)| is_on_it(setting));
		let mut stops: Vec<_> =
			on_it.map(|(setting, tally)| Stop { place: setting.place(along), tally }).collect();
		stops.sort_by(|one, other| one.place.total_cmp(&other.place));
		stops
	}

	/// All lines in one dimension that have more than one stop.
	pub fn lines(&self, along: Dimension) -> Vec<Vec<Stop<'_>>> {
		let mut bases: Vec<_> = self.tallies.keys().map(|setting| setting.with(along, 0)).collect();
		bases.sort();
		bases.dedup();
		let lines = bases.into_iter().map(|base| {
			let start = self.tallies.keys().find(|setting| setting.with(along, 0) == base);
			start.map_or(Vec::new(), |start| self.line(*start, along))
		});
		lines.filter(|line| line.len() > 1).collect()
	}

	/// Values of a dimension, of which there are lines: every other one where there are many.
	fn some(&self, dimension: Dimension) -> Vec<u32> {
		let all = match dimension {
			Dimension::Scale => &self.extent.scales,
			Dimension::Tasks | Dimension::Silence => &self.extent.tenths,
		};
		all.iter().copied().step_by(all.len().div_ceil(5)).collect()
	}

	/// A panel with a line for some values of the dimension `by`.
	fn panel(
		&self,
		along: Dimension,
		by: Dimension,
		label: &str,
		measure: impl Fn(&Tally) -> f64,
	) -> Panel {
		let series = self.some(by).into_iter().map(|value| {
			let base = Setting::NAMED.with(by, value);
			let line = self.line(base, along);
			let points = line.iter().map(|stop| (stop.place, measure(stop.tally))).collect();
			Series::measured(by.label(base), points)
		});
		let series = series.collect();
		Panel { title: String::new(), x: along.axis(), y: Axis::linear(label), series }
	}

	/// Figure 2: requests and gossip sent by a system.
	pub fn figure_2(&self) -> Study {
		let systems = |tally: &Tally| tally.sent.len().max(1) as f64;
		let requests = |tally: &Tally| tally.all_sent().checks as f64 / systems(tally);
		let gossip = |tally: &Tally| tally.all_sent().messages as f64 / systems(tally);
		use Dimension::{Scale, Silence, Tasks};
		let panels = vec![
			self.panel(Scale, Tasks, "requests of a system", requests),
			self.panel(Tasks, Scale, "requests of a system", requests),
			self.panel(Silence, Scale, "requests of a system", requests),
			self.panel(Scale, Silence, "gossip messages of a system", gossip),
			self.panel(Tasks, Silence, "gossip messages of a system", gossip),
			self.panel(Silence, Scale, "gossip messages of a system", gossip),
		];
		let blocks = self.extent.sweep_blocks;
		let title =
			format!("Figure 2: what a system sends in {blocks} blocks (around the network 5_1_7)");
		let table = self.sent_table();
		let finding = format!(
			"In 5_1_7 a system sends {:.0} requests and {:.0} gossip messages in {blocks} blocks: \
			 {:.2} requests a settled task, {:.2} messages a block.",
			requests(self.named()),
			gossip(self.named()),
			self.named().requests_per_task(),
			self.named().per_block(self.named().all_sent().messages),
		);
		Study { name: "figure-2", figure: Figure { title, panels, columns: 3 }, table, finding }
	}

	fn sent_table(&self) -> Table {
		let mut table = Table::new([
			"network",
			"systems",
			"tasks",
			"silence",
			"blocks",
			"asks_again",
			"requests_mean",
			"requests_max",
			"requests_per_task",
			"redundant_requests",
			"gossip_mean",
			"gossip_max",
			"gossip_bytes_mean",
			"tasks_settled",
			"tasks_failed",
			"tasks_broken",
		]);
		let all = self.all().map(|(setting, tally)| (setting, tally, "until asked"));
		let insistent = self.insistent().map(|(setting, tally)| (setting, tally, "each block"));
		for (setting, tally, asks) in all.chain(insistent) {
			let (sent, systems) = (tally.all_sent(), f64::from(setting.systems));
			let mut row = self.keys(setting);
			row.push(asks.into());
			row.extend([
				Cell::from(sent.checks as f64 / systems),
				tally.most_sent(|sent| sent.checks).into(),
				tally.requests_per_task().into(),
				tally.redundancy().into(),
				(sent.messages as f64 / systems).into(),
				tally.most_sent(|sent| sent.messages).into(),
				(sent.bytes as f64 / systems).into(),
				tally.tasks.settled.into(),
				tally.tasks.failed.into(),
				tally.tasks.broken.into(),
			]);
			table.push(row);
		}
		table
	}

	/// The first cells of a row.
	fn keys(&self, setting: Setting) -> Vec<Cell> {
		vec![
			setting.name().to_string().as_str().into(),
			setting.systems.into(),
			setting.place(Dimension::Tasks).into(),
			(f64::from(setting.silence) / 10.0).into(),
			self.extent.sweep_blocks.into(),
		]
	}

	/// Figure 3: how far views are behind.
	pub fn figure_3(&self) -> Study {
		use Dimension::{Scale, Silence, Tasks};
		let dimensions = [Scale, Tasks, Silence];
		let exactly = dimensions.map(|by| self.distribution(by, Shown::Exactly));
		let above = dimensions.map(|by| self.distribution(by, Shown::Above));
		let panels = exactly.into_iter().chain(above).collect();
		let title =
			"Figure 3: how many blocks views are behind (around the network 5_1_7)".to_owned();
		let gaps = &self.named().gaps;
		let finding = format!(
			"In 5_1_7 a view is {:.3} blocks behind on average, with a variance of {:.3}; {:.4} % \
			 are more than 5 behind, and none more than {}.",
			gaps.mean(),
			gaps.variance(),
			100.0 * gaps.part_above(5),
			gaps.greatest(),
		);
		let table = self.gap_table();
		Study { name: "figure-3", figure: Figure { title, panels, columns: 3 }, table, finding }
	}

	fn distribution(&self, by: Dimension, shown: Shown) -> Panel {
		let series = self.some(by).into_iter().map(|value| {
			let base = Setting::NAMED.with(by, value);
			let gaps = self.tallies.get(&base).map(|tally| &tally.gaps);
			let point = |gap: Height| {
				let gaps = gaps?;
				let part = match shown {
					Shown::Exactly => gaps.part(gap),
					Shown::Above => gaps.part_above(gap),
				};
				Some((f64::from(gap), part))
			};
			Series::measured(by.label(base), (0..=SHOWN_GAPS).filter_map(point).collect())
		});
		let series = series.collect();
		let x = Axis::linear("gap: blocks behind");
		let y = match shown {
			Shown::Exactly => Axis::linear("part of the views with this gap"),
			Shown::Above => Axis::log("part of the views with a greater gap"),
		};
		Panel { title: String::new(), x, y, series }
	}

	fn gap_table(&self) -> Table {
		let fixed = [
			"network",
			"systems",
			"tasks",
			"silence",
			"blocks",
			"told_again",
			"gap_mean",
			"gap_variance",
			"gap_greatest",
		];
		let exactly = (0..=SHOWN_GAPS).map(|gap| format!("part_{gap}"));
		let above = [format!("part_above_{SHOWN_GAPS}")];
		let mut table = Table::new(fixed.into_iter().map(String::from).chain(exactly).chain(above));
		let all = self.all().map(|(setting, tally)| (setting, tally, "at once"));
		for (setting, tally, told_again) in
			all.chain([(Setting::NAMED, self.patient(), "next block")])
		{
			let gaps = &tally.gaps;
			let mut row = self.keys(setting);
			row.push(told_again.into());
			row.extend([Cell::from(gaps.mean()), gaps.variance().into(), gaps.greatest().into()]);
			row.extend((0..=SHOWN_GAPS).map(|gap| Cell::from(gaps.part(gap))));
			row.push(gaps.part_above(SHOWN_GAPS).into());
			table.push(row);
		}
		table
	}
}

/// What a distribution shows of each gap.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
	/// The part of the views with this gap.
	Exactly,
	/// The part of the views with a greater one.
	Above,
}
