//! What one settled exchange costs by each rival, in one run, on one machine.

#[path = "../common/bars.rs"]
mod bars;
mod chart;
#[path = "../common/files.rs"]
mod files;
mod goals;
mod report;

use clap::Parser;
use ribp_rivals::measure::{measure, Plan};
use std::{path::PathBuf, process::ExitCode};

/// Measures what one settled exchange costs on both chains by pallet-ribp, by hash lock and by a
/// bridge.
#[derive(Parser)]
struct Options {
	/// Times that each of them makes each batch.
	#[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
	runs: u32,
	/// Numbers of exchanges in flight, with commas between them.
	#[arg(
		long,
		default_value = "1,10,100,500",
		value_delimiter = ',',
		value_parser = clap::value_parser!(u32).range(1..=4_096)
	)]
	batches: Vec<u32>,
	/// Other accounts in the state of each chain.
	#[arg(long, default_value_t = 10_000)]
	accounts: u32,
	/// Validators of each chain.
	#[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=256))]
	validators: u32,
	/// Keeps the figures in this file.
	#[arg(long, value_name = "FILE")]
	json: Option<PathBuf>,
	/// Draws the figures in this file.
	#[arg(long, value_name = "FILE")]
	svg: Option<PathBuf>,
}

fn main() -> ExitCode {
	let Options { runs, batches, accounts, validators, json, svg } = Options::parse();
	let plan = Plan { runs, batches, accounts, validators };
	let measured = measure(&plan, |traders, batch, run| {
		eprintln!("{}: {batch} in flight, run {} of {}", traders.name(), run + 1, plan.runs);
	});
	report::print(&plan, &measured);
	files::keep([(json, report::json(&plan, &measured)), (svg, chart::svg(&measured))])
}
