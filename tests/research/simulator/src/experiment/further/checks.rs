//! What a task costs when one proof answers for many contracts.

use crate::{
	chart::{Axis, Figure},
	experiment::{run_all, study::Curves, Cell, Extent, Failure, Study, Table, Watch},
	Checks, Config, Name, Tally,
};

/// Contract logs per block.
const TASKS: [f64; 7] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

/// Contract logs that fit into a block: enough, so that nothing waits.
const ROOM: u32 = 64;

const WAYS: [Checks; 3] = [Checks::Single, Checks::EachBlock, Checks::Batched];
const NAMES: [&str; 3] =
	["one by one, as the paper", "one by one, each block", "one proof for all contracts"];

/// Requests and bytes of a task by the rate of tasks, for each way of asking.
pub(super) fn study(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let (blocks, seed, room) = (extent.study_blocks, extent.seed, ROOM);
	let network = Config { blocks, seed, room, ..Config::paper(Name::of_tenths(5, 0, 7)) };
	let config = |checks, tasks| Config { checks, tasks, ..network.clone() };
	let configs: Vec<_> =
		WAYS.iter().flat_map(|way| TASKS.map(|tasks| config(*way, tasks))).collect();
	let tallies = run_all("requests of a task", &configs, watch)?;
	let (x, places) = (Axis::log("contract logs per block"), TASKS.to_vec());
	let curves = Curves { names: &NAMES, x, places, results: &tallies };
	let kilobytes = |tally: &Tally| tally.check_bytes_per_task() / 1_000.0;
	let panels = vec![
		curves.panel(Axis::linear("requests for each settled task"), Tally::requests_per_task),
		curves.panel(Axis::linear("kB of requests and answers for each task"), kilobytes),
	];
	let ([single, many_singles], [batched, batch]) = (curves.ends(0), curves.ends(2));
	let finding = format!(
		"With one proof for all contracts, a task costs {:.2} requests at {} logs a block and {:.2} \
		 at {}; one by one, {:.2} and {:.2}. In bytes that is {:.1} instead of {:.1} kB a task at \
		 the highest rate.",
		batched.requests_per_task(),
		TASKS[0],
		batch.requests_per_task(),
		TASKS[TASKS.len() - 1],
		single.requests_per_task(),
		many_singles.requests_per_task(),
		kilobytes(batch),
		kilobytes(many_singles),
	);
	let table = table(&configs, &curves);
	let figure = Figure::row("What a task costs: 5 systems, q' = 0.3", panels);
	Ok(Study { name: "requests-of-a-task", figure, table, finding })
}

fn table(configs: &[Config], curves: &Curves<'_, Tally>) -> Table {
	let mut table = Table::new([
		"checks",
		"tasks",
		"requests_per_task",
		"contracts_per_request",
		"bytes_per_task",
		"settled",
	]);
	for (config, (name, tally)) in configs.iter().zip(curves.named()) {
		let sent = tally.all_sent();
		table.push(vec![
			Cell::from(name),
			config.tasks.into(),
			tally.requests_per_task().into(),
			(sent.questions as f64 / sent.checks.max(1) as f64).into(),
			tally.check_bytes_per_task().into(),
			tally.tasks.settled.into(),
		]);
	}
	table
}
