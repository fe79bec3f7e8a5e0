//! Explores what may happen between two chains, and shows how wrong rules break their promises.

#[path = "../src/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod model;

use clap::{Parser, ValueEnum};
use model::{
	exploration::{Exploration, Plan},
	plans,
	properties::Promise,
	run::{all_threads, explore, shortest, Progress, Report},
	trace::describe,
	variants::Variant,
};
use serde_json::{json, Value};
use std::{
	fs::File,
	io::{stderr, IsTerminal, Write},
	path::PathBuf,
	process::ExitCode,
	time::{Duration, Instant},
};

/// Explores every state that two chains and their users can get into by the rules of RIBP, and
/// checks in each of them what the rules promise. Takes minutes; Ctrl-C ends it.
#[derive(Parser)]
#[command(bin_name = "scripts/model.sh")]
struct Options {
	/// Explore what continuous integration explores: the same with less room.
	#[arg(long)]
	small: bool,
	/// Explore one part only; may be repeated.
	#[arg(long, value_name = "PLAN", value_parser = plan_names())]
	only: Vec<String>,
	/// Show how a wrong rule breaks a promise, by the shortest way.
	#[arg(long, value_name = "NAME", conflicts_with_all = ["small", "only"])]
	variant: Option<Variant>,
	/// Try every wrong rule, and those that are harmless.
	#[arg(long, conflicts_with_all = ["small", "only", "variant"])]
	variants: bool,
	/// Threads; one a core if not given.
	#[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
	threads: Option<u16>,
	/// Write what is found to a file.
	#[arg(long, value_name = "FILE")]
	json: Option<PathBuf>,
}

fn plan_names() -> clap::builder::PossibleValuesParser {
	plans::large().iter().map(|plan| plan.name).collect::<Vec<_>>().into()
}

fn main() -> ExitCode {
	let options = Options::parse();
	let json = match options.json.as_ref().map(File::create).transpose() {
		Ok(json) => json,
		Err(error) => return fail(&format!("The file for --json cannot be written: {error}")),
	};
	let threads = options.threads.map_or_else(all_threads, usize::from);
	let (is_good, found) = match options.variant {
		Some(variant) => show(&[variant], true, threads),
		None if options.variants => show(Variant::value_variants(), false, threads),
		None => explore_all(&options, threads),
	};
	if let Some(mut json) = json {
		if let Err(error) = writeln!(json, "{found:#}") {
			return fail(&format!("The file for --json cannot be written: {error}"));
		}
	}
	if is_good {
		ExitCode::SUCCESS
	} else {
		ExitCode::FAILURE
	}
}

fn fail(error: &str) -> ExitCode {
	eprintln!("{error}");
	ExitCode::FAILURE
}

/// Explores plans; whether every promise is kept, and what was found.
fn explore_all(options: &Options, threads: usize) -> (bool, Value) {
	let started = Instant::now();
	let mut plans = if options.small { plans::small() } else { plans::large() };
	plans.retain(|plan| options.only.is_empty() || options.only.iter().any(|n| n == plan.name));
	println!(
		"{:<10} {:>12} {:>13} {:>6} {:>9} {:>10}",
		"", "states", "transitions", "depth", "seconds", "states/s"
	);
	let mut all = Vec::new();
	let mut states = 0;
	let mut is_good = true;
	for plan in &plans {
		let report = explore(plan, threads, |progress| tell(plan, &progress));
		clear_line();
		print_report(plan, &report);
		states += report.states;
		is_good &= report.is_sound();
		all.push(json_of(plan, &report));
	}
	let seconds = started.elapsed().as_secs_f32();
	println!("\n{states} states in {seconds:.0} s on {threads} threads; every plan to closure.");
	println!(
		"{}",
		if is_good {
			"Every promise is kept in every state:"
		} else {
			"NOT every promise is kept. They are:"
		}
	);
	for promise in Promise::ALL {
		println!("  - {}", promise.name());
	}
	let found = json!({ "threads": threads, "states": states, "seconds": seconds, "plans": all });
	(is_good, found)
}

fn print_report(plan: &Plan, report: &Report) {
	let Report { states, generated, depth, time, .. } = report;
	let seconds = time.as_secs_f32();
	let speed = *states as f32 / seconds;
	println!(
		"{:<10} {states:>12} {generated:>13} {depth:>6} {seconds:>9.1} {speed:>10.0}",
		plan.name
	);
	for broken in &report.broken {
		println!("           BROKEN: {broken}");
		let promise = Promise::ALL.into_iter().find(|promise| promise.name() == *broken);
		let trace = promise.and_then(|promise| Some((promise, shortest(plan, promise, 1)?)));
		if let Some((promise, trace)) = trace {
			println!("{}", describe(&Exploration::new(plan.clone()), &trace, promise));
		}
	}
	for unreached in &report.unreached {
		println!("           NEVER REACHED: {unreached}");
	}
}

fn json_of(plan: &Plan, report: &Report) -> Value {
	json!({
		"plan": plan.name,
		"variant": plan.variant.name(),
		"states": report.states,
		"transitions": report.generated,
		"depth": report.depth,
		"seconds": report.time.as_secs_f32(),
		"kept": report.kept,
		"broken": report.broken,
		"unreached": report.unreached,
	})
}

/// A line that is written over on a terminal, and seldom written elsewhere.
fn tell(plan: &Plan, Progress { states, depth, time }: &Progress) {
	let line = format!(
		"{:<10} {states:>12} states so far, depth {depth}, {} s",
		plan.name,
		time.as_secs()
	);
	if stderr().is_terminal() {
		eprint!("\r\x1b[K{line}");
	} else if time.as_secs() % 30 < 2 {
		eprintln!("{line}");
	}
}

fn clear_line() {
	if stderr().is_terminal() {
		eprint!("\r\x1b[K");
	}
}

/// Shows what becomes of variants: whether all that is wrong is caught, and what was found.
fn show(variants: &[Variant], with_traces: bool, threads: usize) -> (bool, Value) {
	let mut is_good = true;
	let mut all = Vec::new();
	for variant in variants {
		println!("{}: {}", variant.name(), variant.about());
		let plan = plans::of(*variant);
		if variant.breaks().is_empty() {
			let report = explore(&plan, threads, |progress| tell(&plan, &progress));
			clear_line();
			let kept = if report.is_sound() { "keeps every promise" } else { "BREAKS A PROMISE" };
			println!("  {kept}: {} states to closure\n", report.states);
			is_good &= report.is_sound();
			all.push(json_of(&plan, &report));
		}
		for promise in variant.breaks() {
			let started = Instant::now();
			let found = caught(&plan, *promise, with_traces, threads, started);
			is_good &= !found.is_null();
			all.push(found);
		}
	}
	(is_good, json!({ "threads": threads, "variants": all }))
}

fn caught(
	plan: &Plan,
	promise: Promise,
	with_trace: bool,
	threads: usize,
	started: Instant,
) -> Value {
	let Some(trace) = shortest(plan, promise, threads) else {
		println!("  NOT CAUGHT: keeps \"{}\"\n", promise.name());
		return Value::Null;
	};
	let (steps, time): (_, Duration) = (trace.len() - 1, started.elapsed());
	println!("  breaks \"{}\" in {steps} steps ({time:.1?})\n", promise.name());
	if with_trace {
		println!("{}", describe(&Exploration::new(plan.clone()), &trace, promise));
	}
	json!({
		"variant": plan.variant.name(),
		"breaks": promise.name(),
		"steps": steps,
		"seconds": time.as_secs_f32(),
	})
}
