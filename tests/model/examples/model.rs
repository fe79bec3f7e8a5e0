//! Explores what may happen between two chains, and shows how wrong rules break their promises.

#[path = "../src/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod model;

use clap::{builder::PossibleValuesParser, Parser, ValueEnum};
use model::{
	forks, plans,
	run::{all_threads, explore, shortest, Explorable, Progress, Report},
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

/// Explores every state that two chains and their users can get into by the rules of RIBP, and a chain
/// whose peer forks, and checks in each of them what the rules promise. Takes minutes; Ctrl-C ends it.
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
	#[arg(value_parser = variant_names())]
	variant: Option<String>,
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

fn plan_names() -> PossibleValuesParser {
	let of_forks = forks::plans::large().into_iter().map(|plan| plan.name);
	plans::large().iter().map(|plan| plan.name).chain(of_forks).collect::<Vec<_>>().into()
}

fn variant_names() -> PossibleValuesParser {
	let of_forks = wrong_forks().into_iter().filter_map(|variant| variant.to_possible_value());
	let of_contracts = Variant::value_variants().iter().filter_map(ValueEnum::to_possible_value);
	of_contracts.chain(of_forks).collect::<Vec<_>>().into()
}

/// The wrong rules about forks. The sound ones have no name of their own.
fn wrong_forks() -> Vec<forks::variants::Variant> {
	let all = forks::variants::Variant::value_variants().iter().copied();
	all.filter(|variant| !variant.breaks().is_empty()).collect()
}

fn main() -> ExitCode {
	let options = Options::parse();
	let json = match options.json.as_ref().map(File::create).transpose() {
		Ok(json) => json,
		Err(error) => return fail(&format!("The file for --json cannot be written: {error}")),
	};
	let threads = options.threads.map_or_else(all_threads, usize::from);
	let (is_good, found) = match (&options.variant, options.variants) {
		(None, false) => explore_all(&options, threads),
		(name, _) => show_all(name.as_deref(), threads),
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

/// What has been found so far, and whether all of it is as promised.
struct Found {
	threads: usize,
	states: usize,
	is_good: bool,
	all: Vec<Value>,
}

/// Explores plans; whether every promise is kept, and what was found.
fn explore_all(options: &Options, threads: usize) -> (bool, Value) {
	let started = Instant::now();
	println!(
		"{:<10} {:>12} {:>13} {:>6} {:>9} {:>10}",
		"", "states", "transitions", "depth", "seconds", "states/s"
	);
	let mut found = Found { threads, states: 0, is_good: true, all: Vec::new() };
	let (contracts, forks) = match options.small {
		true => (plans::small(), forks::plans::small()),
		false => (plans::large(), forks::plans::large()),
	};
	found.explore(contracts, &options.only);
	found.explore(forks, &options.only);
	let Found { states, is_good, all, .. } = found;
	let seconds = started.elapsed().as_secs_f32();
	println!("\n{states} states in {seconds:.0} s on {threads} threads; every plan to closure.");
	println!(
		"{}",
		if is_good {
			"Every promise is kept in every state. Of contracts:"
		} else {
			"NOT every promise is kept. They are, of contracts:"
		}
	);
	print_promises::<model::exploration::Plan>();
	println!("of a peer that forks:");
	print_promises::<forks::exploration::Plan>();
	let found = json!({ "threads": threads, "states": states, "seconds": seconds, "plans": all });
	(is_good, found)
}

fn print_promises<P: Explorable>() {
	for promise in P::PROMISES {
		println!("  - {}", P::promise(*promise));
	}
}

impl Found {
	fn explore<P: Explorable>(&mut self, mut plans: Vec<P>, only: &[String]) {
		plans.retain(|plan| only.is_empty() || only.iter().any(|name| name == plan.name()));
		for plan in &plans {
			let report = explore(plan, self.threads, |progress| tell(plan.name(), &progress));
			clear_line();
			print_report(plan, &report);
			self.states += report.states;
			self.is_good &= report.is_sound();
			self.all.push(json_of(plan, &report));
		}
	}
}

fn print_report<P: Explorable>(plan: &P, report: &Report) {
	let Report { states, generated, depth, time, .. } = report;
	let seconds = time.as_secs_f32();
	let speed = *states as f32 / seconds;
	println!(
		"{:<10} {states:>12} {generated:>13} {depth:>6} {seconds:>9.1} {speed:>10.0}",
		plan.name()
	);
	for broken in &report.broken {
		println!("           BROKEN: {broken}");
		let promise = P::PROMISES.iter().copied().find(|promise| P::promise(*promise) == *broken);
		let trace = promise.and_then(|promise| Some((promise, shortest(plan, promise, 1)?)));
		if let Some((promise, trace)) = trace {
			println!("{}", plan.describe(&trace, promise));
		}
	}
	for unreached in &report.unreached {
		println!("           NEVER REACHED: {unreached}");
	}
}

fn json_of<P: Explorable>(plan: &P, report: &Report) -> Value {
	json!({
		"plan": plan.name(),
		"variant": plan.variant(),
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
fn tell(plan: &str, Progress { states, depth, time }: &Progress) {
	let line =
		format!("{plan:<10} {states:>12} states so far, depth {depth}, {} s", time.as_secs());
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

/// Shows what becomes of the variant of this name, with its story, or of all: whether all that is wrong is
/// caught, and what was found.
fn show_all(name: Option<&str>, threads: usize) -> (bool, Value) {
	let mut found = Found { threads, states: 0, is_good: true, all: Vec::new() };
	let is_shown = |variant: String| name.is_none_or(|name| name == variant);
	for variant in Variant::value_variants().iter().filter(|v| is_shown(v.name())) {
		found.show(&plans::of(*variant), name.is_some());
	}
	for variant in wrong_forks().into_iter().filter(|variant| is_shown(variant.name())) {
		found.show(&forks::plans::of(variant), name.is_some());
	}
	(found.is_good, json!({ "threads": threads, "variants": found.all }))
}

impl Found {
	fn show<P: Explorable>(&mut self, plan: &P, with_trace: bool) {
		println!("{}: {}", plan.variant(), plan.about());
		if plan.breaks().is_empty() {
			let report = explore(plan, self.threads, |progress| tell(plan.name(), &progress));
			clear_line();
			let kept = if report.is_sound() { "keeps every promise" } else { "BREAKS A PROMISE" };
			println!("  {kept}: {} states to closure\n", report.states);
			self.is_good &= report.is_sound();
			self.all.push(json_of(plan, &report));
		}
		for promise in plan.breaks() {
			let found = caught(plan, *promise, with_trace, self.threads);
			self.is_good &= !found.is_null();
			self.all.push(found);
		}
	}
}

fn caught<P: Explorable>(plan: &P, promise: P::Promise, with_trace: bool, threads: usize) -> Value {
	let (started, name) = (Instant::now(), P::promise(promise));
	let Some(trace) = shortest(plan, promise, threads) else {
		println!("  NOT CAUGHT: keeps \"{name}\"\n");
		return Value::Null;
	};
	let (steps, time): (_, Duration) = (trace.len() - 1, started.elapsed());
	println!("  breaks \"{name}\" in {steps} steps ({time:.1?})\n");
	if with_trace {
		println!("{}", plan.describe(&trace, promise));
	}
	json!({
		"variant": plan.variant(),
		"breaks": name,
		"steps": steps,
		"seconds": time.as_secs_f32(),
	})
}
