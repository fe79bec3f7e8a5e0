//! Runs any number of schedules on all cores, with progress and a report.

#[path = "../network/mod.rs"]
mod network;

use clap::Parser;
use network::{
	report::Tally,
	run::Telling,
	sweep::{sweep, Failure, Seeds, Swept},
};
use serde::Serialize;
use std::{
	fs::File,
	io::{stderr, stdout, IsTerminal, Write},
	num::NonZeroUsize,
	ops::ControlFlow,
	path::PathBuf,
	process::ExitCode,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	thread,
	time::{Duration, Instant},
};

/// Time between two lines of progress where nobody watches.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most violations that are shown; the JSON report has all.
const SHOWN: usize = 10;

/// What a shell says of a process that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

/// Lets two real chains trade under random faults, and checks that every exchange ends as promised.
///
/// Schedule number n is that of the seed S + n. Ctrl-C ends it, with a report on what was done.
/// Exits with 0 if no promise was broken, with 1 if one was, with 130 after Ctrl-C.
#[derive(Parser)]
#[command(name = "soak.sh", bin_name = "scripts/soak.sh")]
struct Options {
	/// How many schedules to run
	#[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..))]
	schedules: u64,

	/// The seed of the first schedule
	#[arg(long, value_name = "S", default_value_t = 1)]
	seed: u64,

	/// Write the report to this file
	#[arg(long, value_name = "FILE")]
	json: Option<PathBuf>,

	/// How many schedules to run at the same time [default: one a core]
	#[arg(long, value_name = "N")]
	threads: Option<NonZeroUsize>,

	/// Tell every step of a single schedule, on standard error
	#[arg(long)]
	steps: bool,
}

/// What is written to the file.
#[derive(Serialize)]
struct Report<'a> {
	/// Schedules that were run to their end.
	schedules: u64,
	violations: usize,
	/// The seed of the first schedule.
	seed: u64,
	/// Whether Ctrl-C ended it before all schedules were run.
	interrupted: bool,
	seconds: f64,
	schedules_per_second: f64,
	#[serde(flatten)]
	tally: &'a Tally,
	failures: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
	seed: u64,
	violation: &'a str,
	replay: String,
}

impl<'a> From<&'a Failure> for Shown<'a> {
	fn from(failure: &'a Failure) -> Self {
		let violation = &failure.violation.0;
		Self { seed: failure.seed, violation, replay: failure.replay() }
	}
}

fn main() -> ExitCode {
	let options = Options::parse();
	match check(&options).and_then(|file| soak(&options, file)) {
		Ok(code) => code,
		Err(message) => {
			eprintln!("error: {message}");
			ExitCode::from(2)
		},
	}
}

/// Refuses what would only fail after everything was run. Opens the file of the report.
fn check(options: &Options) -> Result<Option<File>, String> {
	if options.steps && options.schedules != 1 {
		return Err("--steps tells of a single schedule: add --schedules 1".into());
	}
	let open = |path: &PathBuf| {
		File::create(path).map_err(|error| format!("cannot write '{}': {error}", path.display()))
	};
	options.json.as_ref().map(open).transpose()
}

fn soak(options: &Options, file: Option<File>) -> Result<ExitCode, String> {
	let interrupted = interruption()?;
	let seeds = Seeds { first: options.seed, count: options.schedules };
	let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
	let threads = options.threads.unwrap_or_else(cores);
	let telling = if options.steps { Telling::Steps } else { Telling::Silent };
	let mut progress = Progress::new(seeds.count);
	let start = Instant::now();
	let swept = sweep(seeds, threads, telling, |swept| {
		progress.show(swept);
		match interrupted.load(Ordering::Relaxed) {
			true => ControlFlow::Break(()),
			false => ControlFlow::Continue(()),
		}
	});
	progress.end();
	let seconds = start.elapsed().as_secs_f64();
	let report = Report {
		schedules: swept.schedules,
		violations: swept.failures.len(),
		seed: options.seed,
		interrupted: swept.schedules < options.schedules,
		seconds,
		schedules_per_second: swept.schedules as f64 / seconds.max(f64::MIN_POSITIVE),
		tally: &swept.tally,
		failures: swept.failures.iter().map(Shown::from).collect(),
	};
	print(&report).map_err(|error| format!("cannot print the report: {error}"))?;
	if let Some(mut file) = file {
		let written = serde_json::to_writer_pretty(&mut file, &report).map_err(From::from);
		let written = written.and_then(|()| writeln!(file));
		written.map_err(|error| format!("cannot write the report: {error}"))?;
	}
	Ok(match (report.violations, report.interrupted) {
		(0, false) => ExitCode::SUCCESS,
		(0, true) => ExitCode::from(INTERRUPTED),
		_ => ExitCode::FAILURE,
	})
}

/// Becomes true with Ctrl-C.
fn interruption() -> Result<Arc<AtomicBool>, String> {
	let interrupted = Arc::new(AtomicBool::new(false));
	let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
	let runtime = runtime.map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
	let heard = interrupted.clone();
	thread::spawn(move || {
		if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
			heard.store(true, Ordering::Relaxed);
		}
	});
	Ok(interrupted)
}

/// One line that is rewritten where somebody watches; a line now and then elsewhere.
struct Progress {
	all: u64,
	start: Instant,
	shown: Option<Instant>,
	is_watched: bool,
}

impl Progress {
	fn new(all: u64) -> Self {
		Self { all, start: Instant::now(), shown: None, is_watched: stderr().is_terminal() }
	}

	fn show(&mut self, swept: &Swept) {
		let pause = if self.is_watched { Duration::from_millis(200) } else { PATIENCE };
		if self.shown.unwrap_or(self.start).elapsed() < pause {
			return;
		}
		self.shown = Some(Instant::now());
		let done = swept.schedules;
		let rate = done as f64 / self.start.elapsed().as_secs_f64();
		let left = (self.all - done) as f64 / rate.max(f64::MIN_POSITIVE);
		let line = format!(
			"{done} of {} schedules, {rate:.1} a second, {} violations, {} left",
			self.all,
			swept.failures.len(),
			duration(left),
		);
		match self.is_watched {
			true => eprint!("\r\x1b[K{line}"),
			false => eprintln!("{line}"),
		}
	}

	fn end(&self) {
		if self.is_watched {
			eprint!("\r\x1b[K");
		}
	}
}

fn duration(seconds: f64) -> String {
	match seconds {
		left if left >= 5_400.0 => format!("{:.1} h", left / 3_600.0),
		left if left >= 90.0 => format!("{:.0} min", left / 60.0),
		left => format!("{left:.0} s"),
	}
}

/// The report in words.
fn print(report: &Report<'_>) -> std::io::Result<()> {
	let mut out = stdout().lock();
	let Report { schedules, violations, seconds, schedules_per_second: rate, tally, .. } = report;
	writeln!(
		out,
		"{schedules} schedules from seed {} in {seconds:.1} s: {rate:.1} a second",
		report.seed
	)?;
	writeln!(
		out,
		"{} blocks, {} abandoned; {} exchanges",
		tally.blocks, tally.abandoned, tally.exchanges
	)?;
	let Tally { messages, accepted, long_extensions, of_known_blocks, of_older_blocks, .. } = tally;
	let network::transport::Transported { sent, lost, repeated, reordered } = messages;
	writeln!(
		out,
		"evidence: {sent} sent, {lost} lost, {repeated} repeated, {reordered} reordered"
	)?;
	writeln!(
		out,
		"          {accepted} accepted: {long_extensions} from far above what was known,"
	)?;
	writeln!(
		out,
		"          {of_known_blocks} of blocks whose hashes were known, {of_older_blocks} of older ones"
	)?;
	let Tally { firm, answered_in_notice, concluded, claimed, .. } = tally;
	writeln!(
		out,
		"{firm} firm halves, {answered_in_notice} answered within their notice, {concluded} ended by \
		 time alone; {claimed} items claimed"
	)?;
	for (what, counts) in [
		("ended, on alpha and beta", &tally.outcomes),
		("ended, where the other chain died", &tally.widowed),
		("refused evidence", &tally.refused),
		("refused conclusions", &tally.conclusions_refused),
		("refused forgeries", &tally.forgeries_refused),
		("forks shown, by a block of", &tally.reports),
		("root's verdicts on forks", &tally.verdicts),
		("blocks of refused histories, shown again", &tally.repetitions_refused),
	] {
		writeln!(out, "{what}:")?;
		counts.iter().try_for_each(|(name, count)| writeln!(out, "{count:>10}  {name}"))?;
	}
	writeln!(out, "renewed where trust had expired: {} times", tally.renewals)?;
	for Shown { seed, violation, replay } in report.failures.iter().take(SHOWN) {
		writeln!(out, "seed {seed}: {violation}\n  again: {replay}")?;
	}
	writeln!(out, "violations: {violations}")
}
