//! What messages that take their time change.

use crate::{
	chart::{Axis, Figure},
	experiment::{
		run_all,
		study::{as_the_pallet, Curves},
		Cell, Extent, Failure, Study, Table, Watch,
	},
	Config, Latency, Name, Phases, Tally, BLOCK_MS,
};

/// The least latency, in milliseconds.
const LEAST_MS: u32 = 5;

const SYSTEMS: u32 = 10;

const NAMES: [&str; 2] = ["the paper's rules", "the pallet's way"];

/// Gap, requests and duration by the longest latency.
pub(super) fn study(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let paper = |most_ms: &u32| Config {
		latency: Latency { least_ms: LEAST_MS, most_ms: *most_ms },
		phases: Phases::Spread,
		blocks: extent.study_blocks,
		seed: extent.seed,
		..Config::paper(Name::of_tenths(SYSTEMS, 1, 7))
	};
	let latencies = &extent.latencies;
	let papers = latencies.iter().map(paper);
	let pallets = latencies.iter().map(paper).map(as_the_pallet);
	let configs: Vec<_> = papers.chain(pallets).collect();
	let tallies = run_all("latency", &configs, watch)?;
	let x = Axis::linear("longest latency in ms (shortest: 5 ms)");
	let places = latencies.iter().copied().map(f64::from).collect();
	let curves = Curves { names: &NAMES, x, places, results: &tallies };
	let blocks = |tally: &Tally| tally.settling_ms() / f64::from(BLOCK_MS);
	let panels = vec![
		curves.panel(Axis::linear("average gap in blocks"), |tally| tally.gaps.mean()),
		curves.panel(Axis::linear("requests for each settled task"), Tally::requests_per_task),
		curves.panel(Axis::linear("blocks until a task has settled"), blocks),
	];
	let title = "Latency: 10 systems, 0.1 contract logs per block, q' = 0.3";
	let (table, finding) = (table(&configs, &curves), finding(&curves));
	Ok(Study { name: "latency", figure: Figure::row(title, panels), table, finding })
}

fn finding(curves: &Curves<'_, Tally>) -> String {
	let [fast, slow] = [0, curves.places.len() - 1];
	let lines = [0, 1].map(|number| {
		let [first, last] = curves.ends(number);
		format!(
			"{}: a view is {:.2} and {:.2} blocks behind, a task takes {:.2} and {:.2} requests",
			NAMES[number],
			first.gaps.mean(),
			last.gaps.mean(),
			first.requests_per_task(),
			last.requests_per_task()
		)
	});
	format!(
		"With messages of at most {} and {} ms, by {}.",
		curves.places[fast],
		curves.places[slow],
		lines.join("; ")
	)
}

fn table(configs: &[Config], curves: &Curves<'_, Tally>) -> Table {
	let mut table = Table::new([
		"rules",
		"least_ms",
		"most_ms",
		"gap_mean",
		"gap_variance",
		"gap_greatest",
		"requests_per_task",
		"settling_ms",
		"tasks_settled",
		"tasks_failed",
		"tasks_broken",
	]);
	for (config, (name, tally)) in configs.iter().zip(curves.named()) {
		table.push(vec![
			Cell::from(name),
			config.latency.least_ms.into(),
			config.latency.most_ms.into(),
			tally.gaps.mean().into(),
			tally.gaps.variance().into(),
			tally.gaps.greatest().into(),
			tally.requests_per_task().into(),
			tally.settling_ms().into(),
			tally.tasks.settled.into(),
			tally.tasks.failed.into(),
			tally.tasks.broken.into(),
		]);
	}
	table
}
