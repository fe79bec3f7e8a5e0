//! Makes the experiment of the paper's section 6 and what lies beyond it, or simulates one network.

mod network;
mod progress;

use clap::{Parser, Subcommand};
use progress::{duration, Progress};
use ribp_simulator::experiment::{
	experiment, Extent, Failure, Finding, Output, Report, Results, WriteError, NOTES, PARTS,
};
use std::{
	io::{stdout, Write},
	num::NonZeroUsize,
	path::PathBuf,
	process::ExitCode,
	time::Instant,
};

/// What a shell says of a process that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

/// Reproduces the experiment of the paper's section 6, and carries it further.
///
/// Writes figures (SVG and PNG), their data (CSV) and a report (report.json, report.md) into a
/// folder. Ctrl-C ends it; what is finished by then is kept. Exits with 0 if everything was measured
/// and every exchange ended as promised, with 1 if one did not, with 130 after Ctrl-C. A claim of the
/// paper that does not hold is a result, not a failure.
#[derive(Parser)]
#[command(name = "experiment.sh", bin_name = "scripts/experiment.sh")]
#[command(args_conflicts_with_subcommands = true)]
struct Options {
	/// The folder that results are written to; it is made if it is not there
	#[arg(long, value_name = "DIR", default_value = "target/experiment")]
	out: PathBuf,

	/// The same ranges with fewer points and blocks: two minutes instead of half an hour
	#[arg(long)]
	quick: bool,

	/// Where all chance comes from
	#[arg(long, value_name = "S", default_value_t = 1)]
	seed: u64,

	/// How many networks to simulate at the same time [default: one a core]
	#[arg(long, value_name = "N")]
	threads: Option<NonZeroUsize>,

	#[command(subcommand)]
	command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
	/// Simulates one network, and prints what it did
	Network(network::Options),
}

/// Why there is no result.
enum Refusal {
	Stopped,
	Error(String),
}

impl From<Failure> for Refusal {
	fn from(failure: Failure) -> Self {
		match failure {
			Failure::Stopped => Self::Stopped,
			Failure::Network(error) => Self::Error(error.to_string()),
		}
	}
}

impl From<WriteError> for Refusal {
	fn from(error: WriteError) -> Self {
		Self::Error(error.to_string())
	}
}

fn main() -> ExitCode {
	let options = Options::parse();
	let result = match &options.command {
		Some(Command::Network(options)) => network::simulate(options),
		None => measure(&options),
	};
	match result {
		Ok(code) => code,
		Err(Refusal::Stopped) => ExitCode::from(INTERRUPTED),
		Err(Refusal::Error(message)) => {
			eprintln!("error: {message}");
			ExitCode::from(2)
		},
	}
}

fn measure(options: &Options) -> Result<ExitCode, Refusal> {
	let output = Output::new(&options.out)?;
	if let Some(threads) = options.threads {
		let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global();
		pool.map_err(|error| Refusal::Error(format!("cannot start {threads} threads: {error}")))?;
	}
	let (name, extent) = match options.quick {
		true => ("quick", Extent::quick(options.seed)),
		false => ("full", Extent::full(options.seed)),
	};
	let progress = Progress::start(PARTS).map_err(Refusal::Error)?;
	let start = Instant::now();
	let results =
		experiment(&extent, &progress, |study| output.write_study(study).map_err(Refusal::from));
	if let Err(Refusal::Stopped) = results {
		progress.stop();
		eprintln!(
			"Stopped. The finished figures are in {}; there is no report.",
			options.out.display()
		);
	}
	let results = results?;
	progress.end_part();
	let report = report(name, &extent, results, &progress, start);
	output.write_report(&report)?;
	let printed = print(&report, options);
	printed.map_err(|error| Refusal::Error(format!("cannot print the summary: {error}")))?;
	let broken = report.tasks.broken + report.scale.tasks_broken;
	Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(
	name: &'static str,
	extent: &Extent,
	results: Results,
	progress: &Progress,
	start: Instant,
) -> Report {
	let Results { claims, networks, tasks, scale, studies } = results;
	let seconds = start.elapsed().as_secs_f64();
	Report {
		extent: name,
		seed: extent.seed,
		threads: rayon::current_num_threads(),
		seconds,
		system_blocks: progress.made(),
		system_blocks_per_second: progress.made() as f64 / seconds.max(f64::MIN_POSITIVE),
		sweep_blocks: extent.sweep_blocks,
		networks,
		claims,
		tasks,
		studies: studies.iter().map(Finding::from).collect(),
		scale,
		notes: NOTES,
	}
}

/// The summary.
fn print(report: &Report, options: &Options) -> std::io::Result<()> {
	let mut out = stdout().lock();
	writeln!(out, "\nThe paper's claims, by {} networks:", report.networks)?;
	for claim in &report.claims {
		let verdict = if claim.holds { "holds  " } else { "DIFFERS" };
		writeln!(out, "  {verdict}  {}\n           {}", claim.claim, claim.measured)?;
	}
	writeln!(out, "\nFigures:")?;
	for Finding { name, finding, .. } in &report.studies {
		writeln!(out, "  {name}: {finding}")?;
	}
	let broken = report.tasks.broken + report.scale.tasks_broken;
	writeln!(
		out,
		"\n{} of {} claims hold; {broken} exchanges broke the promise.",
		report.holding(),
		report.claims.len(),
	)?;
	writeln!(
		out,
		"{:.1} M blocks of systems in {}: {:.0} a second.",
		report.system_blocks as f64 / 1e6,
		duration(report.seconds),
		report.system_blocks_per_second,
	)?;
	writeln!(out, "Report, figures and data: {}", options.out.display())
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn the_command_line_is_consistent() {
		Options::command().debug_assert();
	}

	#[test]
	fn one_network_and_the_experiment_do_not_mix() {
		assert!(Options::try_parse_from(["experiment.sh", "network", "5_1_7"]).is_ok());
		assert!(Options::try_parse_from(["experiment.sh", "--quick", "network", "5_1_7"]).is_err());
		assert!(Options::try_parse_from(["experiment.sh", "network", "5_1"]).is_err());
		assert!(Options::try_parse_from(["experiment.sh", "--threads", "0"]).is_err());
	}
}
