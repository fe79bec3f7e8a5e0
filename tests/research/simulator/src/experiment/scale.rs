//! The largest run: what a block of a system costs, how that grows with n, and how much memory it
//! takes.

use super::{
	advance, exponent,
	study::{as_the_pallet, connected},
	system_blocks, Cell, Extent, Failure, Study, Table, Watch,
};
use crate::{
	chart::{Axis, Figure, Panel, Series},
	Config, Followed, Latency, Name, Network, Phases, Tally, Topology,
};
use ribp_protocol::Height;
use serde::Serialize;
use std::{fs, time::Instant};

/// Peers of a system in a sparse network.
const DEGREE: u32 = 16;

/// Peers that are told after a block on average, in tenths.
const TOLD: u32 = 16;

/// So many blocks at least: tasks end by then, and their ends are told.
const LEAST_BLOCKS: u64 = 100;

/// How often memory is looked at.
const LOOKS: u32 = 20;

/// "Bounded": what the second half of a run may take above the first.
const MORE_MEMORY: f64 = 1.1;

/// What was measured.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Scale {
	/// n.
	pub systems: u32,
	/// Blocks of each.
	pub blocks: Height,
	/// On one core.
	pub seconds: f64,
	/// How fast.
	pub system_blocks_per_second: f64,
	/// The same the other way round.
	pub microseconds_per_system_block: f64,
	/// Bytes of memory that the process had in use, where the system tells.
	pub memory: Vec<Memory>,
	/// The most in the second half of the blocks, for each byte of the most in the first.
	pub memory_of_second_half: Option<f64>,
	/// Whether memory does not grow with the blocks.
	pub memory_is_bounded: Option<bool>,
	/// The most messages that were under way at the same time.
	pub most_under_way: u64,
	/// The most contracts that all systems held after a block.
	pub most_contracts: u64,
	/// The average gap, in blocks.
	pub gap_mean: f64,
	/// Tasks of which both halves settled.
	pub tasks_settled: u64,
	/// Tasks of which one half settled and the other did not.
	pub tasks_broken: u64,
	/// What a block of a system costs by n.
	pub cost: Vec<Cost>,
	/// The exponent of n with which that grows where each follows its 16 peers.
	pub cost_exponent_sparse: Option<f64>,
	/// The same where everybody follows everybody.
	pub cost_exponent_mesh: Option<f64>,
}

/// Memory after some blocks.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Memory {
	/// Blocks that each system has made.
	pub blocks: Height,
	/// Bytes in use.
	pub bytes: u64,
}

/// What a block of a system costs in a network.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Cost {
	/// Who is connected.
	pub network: &'static str,
	/// n.
	pub systems: u32,
	/// Blocks of each.
	pub blocks: Height,
	/// On one core.
	pub microseconds: f64,
}

const NAMES: [&str; 2] = ["16 peers each", "everybody with everybody"];

/// A network with the pallet's way, messages of 5 to 200 ms, and tasks in a tenth of the blocks, in
/// which 1.6 peers are told after a block.
fn config(extent: &Extent, systems: u32, topology: Topology, blocks: Height) -> Config {
	let config = Config {
		blocks,
		followed: Followed::Peers,
		latency: Latency { least_ms: 5, most_ms: 200 },
		phases: Phases::Spread,
		warm_up: (blocks / 2).min(100),
		seed: extent.seed,
		..as_the_pallet(Config::paper(Name::of_tenths(systems, 1, 9)))
	};
	connected(config, topology, TOLD)
}

fn sparse(extent: &Extent, systems: u32) -> Config {
	let blocks = (extent.cost_blocks / u64::from(systems)).max(LEAST_BLOCKS) as Height;
	config(extent, systems, Topology::Random { degree: DEGREE }, blocks)
}

/// The larger the network, the fewer blocks: each costs more.
fn mesh(extent: &Extent, systems: u32) -> Config {
	let views = 10 * extent.cost_blocks / u64::from(systems).pow(2);
	config(extent, systems, Topology::Mesh, views.max(LEAST_BLOCKS) as Height)
}

/// What a network has done, and how long that took.
struct Timed {
	config: Config,
	tally: Tally,
	seconds: f64,
	memory: Vec<Memory>,
}

impl Timed {
	fn run(config: Config, watch: &dyn Watch) -> Result<Self, Failure> {
		let mut network = Network::new(config.clone())?;
		let (start, mut memory) = (Instant::now(), Vec::new());
		let pause = (config.blocks / LOOKS).max(1);
		for block in 1..=config.blocks {
			network.step();
			advance(watch, config.systems.into())?;
			if block % pause == 0 {
				memory.extend(resident().map(|bytes| Memory { blocks: block, bytes }));
			}
		}
		let seconds = start.elapsed().as_secs_f64();
		Ok(Self { config, tally: network.into_tally(), seconds, memory })
	}

	fn microseconds(&self) -> f64 {
		1e6 * self.seconds / self.tally.system_blocks.max(1) as f64
	}

	fn cost(&self) -> Cost {
		let Config { systems, blocks, .. } = self.config;
		Cost { network: self.name(), systems, blocks, microseconds: self.microseconds() }
	}

	fn name(&self) -> &'static str {
		NAMES[usize::from(self.config.topology == Topology::Mesh)]
	}

	/// The most memory in the second half of the blocks against that in the first.
	fn memory_of_second_half(&self) -> Option<f64> {
		let half = self.config.blocks / 2;
		let most = |is_second: bool| {
			let looks = self.memory.iter().filter(|memory| (memory.blocks > half) == is_second);
			looks.map(|memory| memory.bytes).max()
		};
		Some(most(true)? as f64 / most(false)? as f64)
	}
}

/// Bytes of memory that this process has in use, as Linux tells.
fn resident() -> Option<u64> {
	let status = fs::read_to_string("/proc/self/status").ok()?;
	let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
	let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
	Some(1024 * kilobytes)
}

/// Makes the largest run, and then measures the cost of blocks, one network after the other.
pub fn scale(extent: &Extent, watch: &dyn Watch) -> Result<(Scale, Study), Failure> {
	let (systems, blocks) = (extent.scale_systems, extent.scale_blocks);
	let largest = config(extent, systems, Topology::Random { degree: DEGREE }, blocks);
	watch.begin("the largest run", system_blocks(&largest));
	let largest = Timed::run(largest, watch)?;
	let sparse = extent.cost_sizes.iter().map(|systems| sparse(extent, *systems));
	let meshes = extent.cost_mesh_sizes.iter().map(|systems| mesh(extent, *systems));
	let configs: Vec<_> = sparse.chain(meshes).collect();
	watch.begin("cost of a block", configs.iter().map(system_blocks).sum());
	let costs = configs.into_iter().map(|config| Timed::run(config, watch));
	let costs = costs.collect::<Result<Vec<_>, _>>()?;
	let scale = summary(&largest, &costs);
	let study = study(&scale, &largest, &costs);
	Ok((scale, study))
}

fn points(costs: &[Timed], name: &str) -> Vec<(f64, f64)> {
	let of_name = costs.iter().filter(|timed| timed.name() == name);
	of_name.map(|timed| (f64::from(timed.config.systems), timed.microseconds())).collect()
}

fn summary(largest: &Timed, costs: &[Timed]) -> Scale {
	let Timed { config, tally, seconds, memory } = largest;
	let memory_of_second_half = largest.memory_of_second_half();
	Scale {
		systems: config.systems,
		blocks: config.blocks,
		seconds: *seconds,
		system_blocks_per_second: tally.system_blocks as f64 / seconds.max(f64::MIN_POSITIVE),
		microseconds_per_system_block: largest.microseconds(),
		memory: memory.clone(),
		memory_of_second_half,
		memory_is_bounded: memory_of_second_half.map(|ratio| ratio <= MORE_MEMORY),
		most_under_way: tally.most_under_way,
		most_contracts: tally.most_contracts,
		gap_mean: tally.gaps.mean(),
		tasks_settled: tally.tasks.settled,
		tasks_broken: tally.tasks.broken,
		cost: costs.iter().map(Timed::cost).collect(),
		cost_exponent_sparse: exponent(&points(costs, NAMES[0])),
		cost_exponent_mesh: exponent(&points(costs, NAMES[1])),
	}
}

fn study(scale: &Scale, largest: &Timed, costs: &[Timed]) -> Study {
	let series = NAMES.map(|name| Series::measured(name, points(costs, name)));
	let (x, y) = (Axis::log("systems n"), Axis::log("microseconds for a block of a system"));
	let cost = Panel { title: "Cost".into(), x, y, series: series.into() };
	let memory = scale.memory.iter();
	let memory = memory.map(|look| (f64::from(look.blocks), look.bytes as f64 / 1e6)).collect();
	let name = format!("{} systems with 16 peers each", scale.systems);
	let memory = Panel {
		title: "Memory".into(),
		x: Axis::linear("blocks of each system"),
		y: Axis::linear("MB in use"),
		series: vec![Series::measured(name, memory)],
	};
	let figure = Figure::row("Cost and memory of the simulation", vec![cost, memory]);
	let table = table(costs.iter().chain([largest]));
	Study { name: "scale", figure, table, finding: finding(scale) }
}

fn finding(scale: &Scale) -> String {
	let number = |number: Option<f64>| number.map_or("unknown".into(), |n| format!("{n:.2}"));
	let most = scale.memory.iter().map(|memory| memory.bytes).max();
	let most = most.map_or("unknown".into(), |bytes| format!("{} MB", bytes / 1_000_000));
	format!(
		"{} systems made {} blocks each in {:.0} s on one core: {:.0} blocks of systems a second, \
		 {:.1} µs each. Memory in use: {most} at most, in the second half of the blocks {} times that \
		 of the first. The cost of a block grows as n to the power of {} with 16 peers each, and of {} \
		 where everybody follows everybody and is told of every end of a task.",
		scale.systems,
		scale.blocks,
		scale.seconds,
		scale.system_blocks_per_second,
		scale.microseconds_per_system_block,
		number(scale.memory_of_second_half),
		number(scale.cost_exponent_sparse),
		number(scale.cost_exponent_mesh),
	)
}

/// What the cost comes from. Times are no part of it: they are never the same again.
fn table<'a>(all: impl Iterator<Item = &'a Timed>) -> Table {
	let mut table = Table::new([
		"network",
		"systems",
		"blocks",
		"messages_per_block",
		"views_merged_per_block",
		"requests_per_block",
		"most_under_way",
		"most_contracts",
		"gap_mean",
		"tasks_settled",
		"tasks_broken",
	]);
	for timed in all {
		let Timed { config, tally, .. } = timed;
		let sent = tally.all_sent();
		table.push(vec![
			Cell::from(timed.name()),
			config.systems.into(),
			config.blocks.into(),
			tally.per_block(sent.messages).into(),
			tally.per_block(tally.merges.all()).into(),
			tally.per_block(sent.checks).into(),
			tally.most_under_way.into(),
			tally.most_contracts.into(),
			tally.gaps.mean().into(),
			tally.tasks.settled.into(),
			tally.tasks.broken.into(),
		]);
	}
	table
}
