//! Whether costs stay flat while the waiting list grows.

#[path = "../common/bars.rs"]
mod bars;
#[path = "../common/files.rs"]
mod files;
mod report;

use clap::Parser;
use ribp_rivals::growth::{measure, Plan};
use std::{path::PathBuf, process::ExitCode};

/// Numbers of contracts that wait.
const WAITING: [u32; 4] = [100, 1_000, 10_000, 100_000];

/// Measures what a block, evidence and a registration cost while more and more contracts wait.
#[derive(Parser)]
struct Options {
	/// Stops at this number of waiting contracts.
	#[arg(
		long,
		default_value_t = 100_000,
		value_name = "N",
		value_parser = clap::value_parser!(u32).range(100..=100_000)
	)]
	most: u32,
	/// Times that each figure is measured.
	#[arg(long, default_value_t = 51, value_parser = clap::value_parser!(u32).range(1..))]
	runs: u32,
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
	let Options { most, runs, accounts, validators, json, svg } = Options::parse();
	let waiting = WAITING.into_iter().filter(|waiting| *waiting <= most).collect();
	let plan = Plan { runs, waiting, accounts, validators };
	let figures = measure(&plan, |progress| eprintln!("{progress}"));
	report::print(&plan, &figures);
	files::keep([(json, report::json(&plan, &figures)), (svg, report::svg(&figures))])
}
