//! Large networks: everybody connected, or each with a few.

use super::exchange::{kilobytes, messages, TOLD};
use crate::{
	chart::{Axis, Figure},
	experiment::{
		exponent, run_all,
		study::{as_the_pallet, connected, only_gossip, Curves},
		Cell, Extent, Failure, Study, Table, Watch,
	},
	Config, Followed, Phases, Tally, Topology,
};
use ribp_protocol::Height;
use sp_runtime::Perquintill;

/// Peers of a system in a sparse network.
const DEGREE: u32 = 16;

/// So many blocks at least, in which views come as far as they will.
const LEAST_BLOCKS: u64 = 40;

const NAMES: [&str; 2] = ["everybody follows everybody", "each follows its 16 peers"];

/// As many blocks as `extent` allows, if a system follows so many others.
fn blocks(extent: &Extent, systems: u32, followed: u32) -> Height {
	let views = u64::from(systems) * u64::from(followed);
	let blocks = (extent.size_views / views).max(LEAST_BLOCKS);
	Height::try_from(blocks).map_or(extent.study_blocks, |blocks| blocks.min(extent.study_blocks))
}

fn mesh(extent: &Extent, systems: u32) -> Config {
	let blocks = blocks(extent, systems, systems);
	let config = only_gossip(systems, Perquintill::zero(), blocks, extent.seed);
	let config = as_the_pallet(connected(config, Topology::Mesh, TOLD));
	Config { phases: Phases::Spread, ..config }
}

fn sparse(extent: &Extent, systems: u32) -> Config {
	let blocks = blocks(extent, systems, 4 * DEGREE);
	let config = only_gossip(systems, Perquintill::zero(), blocks, extent.seed);
	let config = connected(config, Topology::Random { degree: DEGREE }, TOLD);
	Config { followed: Followed::Peers, phases: Phases::Spread, ..as_the_pallet(config) }
}

/// Gap, messages and bytes by n.
pub(super) fn study(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let sizes = &extent.sizes;
	let meshes = sizes.iter().map(|systems| mesh(extent, *systems));
	let sparse = sizes.iter().map(|systems| sparse(extent, *systems));
	let configs: Vec<_> = meshes.chain(sparse).collect();
	let tallies = run_all("10 to 1,000 systems", &configs, watch)?;
	let (x, places) = (Axis::log("systems n"), sizes.iter().copied().map(f64::from).collect());
	let curves = Curves { names: &NAMES, x, places, results: &tallies };
	let panels = vec![
		curves.panel(Axis::log("average gap in blocks"), |tally| tally.gaps.mean()),
		curves.panel(Axis::linear("gossip messages of a system per block"), messages),
		curves.panel(Axis::log("kB of gossip of a system per block"), kilobytes),
	];
	let title = "10 to 1,000 systems: the pallet's way, 1.2 peers are told after a block";
	let (table, finding) = (table(&configs, &curves), finding(&curves));
	Ok(Study { name: "size", figure: Figure::row(title, panels), table, finding })
}

fn finding(curves: &Curves<'_, Tally>) -> String {
	let lines = [0, 1].map(|number| {
		let [_, largest] = curves.ends(number);
		let growth = exponent(&curves.points(number, kilobytes)).unwrap_or(0.0);
		format!(
			"{}: {:.2} blocks behind, {:.1} messages and {:.1} kB per block, bytes as n to the power \
			 of {growth:.2}",
			NAMES[number],
			largest.gaps.mean(),
			messages(largest),
			kilobytes(largest),
		)
	});
	let systems = curves.places.last().copied().unwrap_or(0.0);
	format!("With {systems} systems, where {}.", lines.join("; where "))
}

fn table(configs: &[Config], curves: &Curves<'_, Tally>) -> Table {
	let mut table = Table::new([
		"network",
		"systems",
		"blocks",
		"gap_mean",
		"gap_greatest",
		"messages_per_block",
		"bytes_per_block",
	]);
	for (config, (name, tally)) in configs.iter().zip(curves.named()) {
		table.push(vec![
			Cell::from(name),
			config.systems.into(),
			config.blocks.into(),
			tally.gaps.mean().into(),
			tally.gaps.greatest().into(),
			messages(tally).into(),
			(1_000.0 * kilobytes(tally)).into(),
		]);
	}
	table
}
