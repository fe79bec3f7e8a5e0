//! What gossip costs when digests are compared before views are sent.

use crate::{
	chart::{Axis, Figure},
	experiment::{
		run_all,
		study::{only_gossip, rate_to_tell, Curves},
		Cell, Extent, Failure, Study, Table, Watch,
	},
	Config, Exchange, Relay, Tally,
};

/// Systems that are told after a block on average, in tenths: as in 5_1_7.
pub(super) const TOLD: u32 = 12;

/// A way to gossip.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Way {
	pub relay: Relay,
	pub exchange: Exchange,
}

pub(super) const WAYS: [Way; 5] = [
	Way { relay: Relay::AtOnce, exchange: Exchange::Lists },
	Way { relay: Relay::NextBlock, exchange: Exchange::Lists },
	Way { relay: Relay::AtOnce, exchange: Exchange::Digests },
	Way { relay: Relay::NextBlock, exchange: Exchange::Digests },
	Way { relay: Relay::NextBlock, exchange: Exchange::BothWays },
];

/// What they are called, in the same order.
pub(super) const NAMES: [&str; 5] = [
	"lists at once (paper)",
	"lists after a block",
	"digests at once",
	"digests after a block (pallet)",
	"digests both ways",
];

/// Places of those that are compared in words.
const COMPARED: [usize; 3] = [0, 2, 3];

impl Way {
	/// The network that gossips in this way.
	pub fn of(self, config: Config) -> Config {
		Config { relay: self.relay, exchange: self.exchange, ..config }
	}
}

/// Messages, bytes and gaps by n, for each way to gossip.
pub(super) fn study(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let sizes = &extent.exchange_sizes;
	let config = |way: &Way, systems: u32| {
		let blocks = (10 * extent.study_blocks / systems).min(extent.study_blocks);
		way.of(only_gossip(systems, rate_to_tell(TOLD, systems - 1), blocks, extent.seed))
	};
	let each_size = |way| sizes.iter().map(move |systems| config(way, *systems));
	let configs: Vec<_> = WAYS.iter().flat_map(each_size).collect();
	let tallies = run_all("digests instead of lists", &configs, watch)?;
	let (x, places) = (Axis::log("systems n"), sizes.iter().copied().map(f64::from).collect());
	let curves = Curves { names: &NAMES, x, places, results: &tallies };
	let panels = vec![
		curves.panel(Axis::log("gossip messages of a system per block"), messages),
		curves.panel(Axis::log("kB of gossip of a system per block"), kilobytes),
		curves.panel(Axis::log("average gap in blocks"), |tally| tally.gaps.mean()),
	];
	let title = "Digests before views: 1.2 systems are told after a block, no tasks";
	let table = table(&configs, &curves);
	let finding = finding(&curves);
	Ok(Study { name: "digests", figure: Figure::row(title, panels), table, finding })
}

fn finding(curves: &Curves<'_, Tally>) -> String {
	let all = COMPARED.map(|number| {
		let [_, tally] = curves.ends(number);
		format!(
			"{}: {:.1} messages, {:.1} kB, gap {:.3}",
			NAMES[number],
			messages(tally),
			kilobytes(tally),
			tally.gaps.mean()
		)
	});
	let systems = curves.places.last().copied().unwrap_or(0.0);
	format!("A block of one of {systems} systems costs: {}.", all.join("; "))
}

fn table(configs: &[Config], curves: &Curves<'_, Tally>) -> Table {
	let mut table = Table::new([
		"gossip",
		"systems",
		"messages_per_block",
		"views_per_block",
		"bytes_per_block",
		"gap_mean",
	]);
	for (config, (name, tally)) in configs.iter().zip(curves.named()) {
		table.push(vec![
			Cell::from(name),
			config.systems.into(),
			messages(tally).into(),
			tally.per_block(tally.all_sent().views).into(),
			tally.per_block(tally.all_sent().bytes).into(),
			tally.gaps.mean().into(),
		]);
	}
	table
}

/// Messages of gossip that a system sends for each of its blocks.
pub(super) fn messages(tally: &Tally) -> f64 {
	tally.per_block(tally.all_sent().messages)
}

/// The same in thousands of bytes.
pub(super) fn kilobytes(tally: &Tally) -> f64 {
	tally.per_block(tally.all_sent().bytes) / 1_000.0
}
