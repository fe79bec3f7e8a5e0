//! Sparse networks in which everybody follows everybody.

use super::exchange::{kilobytes, TOLD};
use crate::{
	chart::{Axis, Figure, Panel, Series},
	experiment::{
		run_all,
		study::{as_the_pallet, connected, only_gossip},
		Cell, Extent, Failure, Study, Table, Watch,
	},
	Config, Followed, Tally, Topology,
};
use sp_runtime::Perquintill;

const DEGREES: [u32; 5] = [2, 4, 8, 16, 32];

const NAMES: [&str; 4] = ["ring", "random", "star", "mesh"];

/// One network, and what it has done.
struct Measured {
	topology: Topology,
	/// Peers of a system on average: circles that are drawn by chance overlap.
	peers: f64,
	tally: Tally,
}

impl Measured {
	fn name(&self) -> &'static str {
		match self.topology {
			Topology::Ring { .. } => NAMES[0],
			Topology::Random { .. } => NAMES[1],
			Topology::Star => NAMES[2],
			Topology::Mesh => NAMES[3],
		}
	}
}

fn measure(extent: &Extent, watch: &dyn Watch) -> Result<Vec<Measured>, Failure> {
	let systems = extent.sparse_systems;
	let rings = DEGREES.map(|degree| Topology::Ring { degree });
	let random = DEGREES.map(|degree| Topology::Random { degree });
	let others = [Topology::Star, Topology::Mesh];
	let all: Vec<_> = rings.into_iter().chain(random).chain(others).collect();
	let config = |topology: &Topology| {
		let blocks = (extent.study_blocks / 4).max(200);
		let config = only_gossip(systems, Perquintill::zero(), blocks, extent.seed);
		let config = as_the_pallet(connected(config, *topology, TOLD));
		Config { followed: Followed::All, ..config }
	};
	let configs: Vec<_> = all.iter().map(config).collect();
	let tallies = run_all("sparse topologies", &configs, watch)?;
	let measured = |(topology, tally): (Topology, Tally)| {
		let peers = topology.count_peers(systems, extent.seed) as f64 / f64::from(systems);
		Measured { topology, peers, tally }
	};
	Ok(all.into_iter().zip(tallies).map(measured).collect())
}

/// Gap and bytes by the number of peers.
pub(super) fn study(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let systems = extent.sparse_systems;
	let all = measure(extent, watch)?;
	let panel = |label: &str, of: &dyn Fn(&Tally) -> f64| {
		let series = NAMES.iter().map(|name| {
			let points = all.iter().filter(|one| one.name() == *name);
			let points = points.map(|one| (one.peers, of(&one.tally)));
			Series::measured(*name, points.collect())
		});
		let (x, series) = (Axis::log("peers of a system"), series.collect());
		Panel { title: String::new(), x, y: Axis::log(label), series }
	};
	let panels = vec![
		panel("average gap in blocks", &|tally| tally.gaps.mean()),
		panel("greatest gap in blocks", &|tally| f64::from(tally.gaps.greatest())),
		panel("kB of gossip of a system per block", &kilobytes),
	];
	let gap = |wanted: Topology| {
		let found = all.iter().find(|one| one.topology == wanted);
		found.map_or(0.0, |found| found.tally.gaps.mean())
	};
	let finding = format!(
		"Among {systems} systems that tell 1.2 peers after a block, a view is {:.2} blocks behind in \
		 a mesh, {:.2} with 4 peers drawn by chance, {:.2} with 4 neighbours on a ring, {:.2} around \
		 a star.",
		gap(Topology::Mesh),
		gap(Topology::Random { degree: 4 }),
		gap(Topology::Ring { degree: 4 }),
		gap(Topology::Star),
	);
	let title = format!("Sparse networks: {systems} systems, 1.2 peers are told after a block");
	let figure = Figure::row(&title, panels);
	Ok(Study { name: "topology", figure, table: table(systems, &all), finding })
}

fn table(systems: u32, all: &[Measured]) -> Table {
	let mut table = Table::new([
		"topology",
		"systems",
		"peers",
		"gap_mean",
		"gap_variance",
		"gap_greatest",
		"missed_hashes_asked_per_block",
		"bytes_per_block",
	]);
	for Measured { topology, peers, tally } in all {
		table.push(vec![
			Cell::from(topology.to_string().as_str()),
			systems.into(),
			(*peers).into(),
			tally.gaps.mean().into(),
			tally.gaps.variance().into(),
			tally.gaps.greatest().into(),
			tally.per_block(tally.all_sent().catch_ups).into(),
			(1_000.0 * kilobytes(tally)).into(),
		]);
	}
	table
}
