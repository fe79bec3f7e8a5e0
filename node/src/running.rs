//! Runs the node until it is told to end, and ends it in order.

use futures::FutureExt;
use sc_cli::{build_runtime, print_node_infos, CliConfiguration, Result, Signals, SubstrateCli};
use sc_service::{Configuration, TaskManager, TaskRegistry};
use std::{
	thread::sleep,
	time::{Duration, Instant},
};

use crate::cli::{Cli, Run};

/// How long the tasks may take to end by themselves, and then those that do not hear.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs what `start` starts until SIGINT or SIGTERM, or until it fails.
///
/// Its tasks end before the executor under them does. Those on threads of their own would go on
/// meanwhile, panic at the next timer, and with that end the node as if it had failed.
pub fn until_signal(
	cli: &Cli,
	run: &Run,
	start: impl FnOnce(Configuration) -> Result<TaskManager>,
) -> Result<()> {
	let executor = build_runtime()?;
	// As early as possible.
	let signals = executor.block_on(async { Signals::capture() })?;
	let config = run.create_configuration(cli, executor.handle().clone())?;
	run.init(&Cli::support_url(), &Cli::impl_version(), |_| {})?;
	print_node_infos::<Cli>(&config);
	let mut tasks = executor.block_on(async { start(config) })?;
	let end = executor.block_on(signals.run_until_signal(tasks.future().fuse()));
	// Tells all of them to end.
	let tasks = tasks.into_task_registry();
	wait_for(&tasks);
	executor.shutdown_timeout(PATIENCE);
	for (task, count) in tasks.running_tasks() {
		log::error!("{count} task(s) {} ({}) did not end", task.name, task.group);
	}
	Ok(end?)
}

fn wait_for(tasks: &TaskRegistry) {
	let start = Instant::now();
	while !tasks.running_tasks().is_empty() && start.elapsed() < PATIENCE {
		sleep(Duration::from_millis(10));
	}
}
