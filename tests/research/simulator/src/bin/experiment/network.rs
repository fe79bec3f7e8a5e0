//! One network, with all options that the simulator has.

use crate::{progress::Progress, Refusal};
use clap::{Args, ValueEnum};
use ribp_simulator::{
	experiment::{run, system_blocks, Watch},
	Checks, Config, Exchange, Followed, Latency, Name, Phases, Relay, Tally, Topology, BLOCK_MS,
};
use std::{
	io::{stdout, Write},
	process::ExitCode,
	str::FromStr,
	time::Instant,
};

/// The network, in the paper's setting if nothing else is said.
#[derive(Args)]
pub struct Options {
	/// Systems, contract logs per block and silence, as in the paper: 5_1_7 is 5, 0.1 and 0.7
	#[arg(value_name = "NAME")]
	name: Name,

	/// Blocks that each system makes
	#[arg(long, value_name = "N", default_value_t = 10_000)]
	blocks: u32,

	/// How long a message takes in milliseconds: N, or drawn evenly from N-M
	#[arg(long, value_name = "N-M", default_value = "0")]
	latency: Span,

	/// The probability that a message is lost
	#[arg(long, value_name = "P", default_value_t = 0.0)]
	loss: f64,

	/// Blocks from a block to the one that makes it final
	#[arg(long, value_name = "N", default_value_t = 0)]
	finality: u32,

	/// Who is connected: mesh, star, ring:D or random:D, with an even number of peers D
	#[arg(long, value_name = "T", default_value = "mesh")]
	topology: Topology,

	/// Follow peers only, instead of every system
	#[arg(long)]
	peers_only: bool,

	/// What is sent when a peer is told
	#[arg(long, value_enum, default_value = "lists")]
	exchange: ExchangeName,

	/// When news is passed on
	#[arg(long, value_enum, default_value = "at-once")]
	relay: RelayName,

	/// How peers are asked about contracts
	#[arg(long, value_enum, default_value = "single")]
	checks: ChecksName,

	/// k: header hashes in a view
	#[arg(long, value_name = "K", default_value_t = 5)]
	window: u32,

	/// Systems make their blocks at different times, instead of all in the same instant
	#[arg(long)]
	spread: bool,

	/// Where all chance comes from
	#[arg(long, value_name = "S", default_value_t = 1)]
	seed: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum ExchangeName {
	/// The whole view list
	Lists,
	/// Newer views, after the peer's digest
	Digests,
	/// The same, and newer views are asked for
	BothWays,
}

#[derive(Clone, Copy, ValueEnum)]
enum RelayName {
	/// As soon as it is heard
	AtOnce,
	/// After the next block
	NextBlock,
}

#[derive(Clone, Copy, ValueEnum)]
enum ChecksName {
	/// One request for one contract; who is told "no" waits for the peer's own request
	Single,
	/// One request for one contract, after each block
	EachBlock,
	/// One request for all contracts with a peer
	Batched,
}

/// Least and most milliseconds.
#[derive(Clone, Copy)]
struct Span(Latency);

impl FromStr for Span {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let (least, most) = text.split_once('-').unwrap_or((text, text));
		let number = |digits: &str| {
			let wrong = |_| format!("'{digits}' is no number of milliseconds, as in 5-200");
			digits.parse().map_err(wrong)
		};
		Ok(Self(Latency { least_ms: number(least)?, most_ms: number(most)? }))
	}
}

impl Options {
	fn config(&self) -> Config {
		let exchange = match self.exchange {
			ExchangeName::Lists => Exchange::Lists,
			ExchangeName::Digests => Exchange::Digests,
			ExchangeName::BothWays => Exchange::BothWays,
		};
		let relay = match self.relay {
			RelayName::AtOnce => Relay::AtOnce,
			RelayName::NextBlock => Relay::NextBlock,
		};
		let checks = match self.checks {
			ChecksName::Single => Checks::Single,
			ChecksName::EachBlock => Checks::EachBlock,
			ChecksName::Batched => Checks::Batched,
		};
		Config {
			blocks: self.blocks,
			latency: self.latency.0,
			loss: self.loss,
			finality: self.finality,
			topology: self.topology,
			followed: if self.peers_only { Followed::Peers } else { Followed::All },
			exchange,
			relay,
			checks,
			window: self.window,
			phases: if self.spread { Phases::Spread } else { Phases::Lockstep },
			seed: self.seed,
			warm_up: (self.blocks / 2).min(100),
			..Config::paper(self.name)
		}
	}
}

/// Simulates it, and prints what it did.
pub fn simulate(options: &Options) -> Result<ExitCode, Refusal> {
	let config = options.config();
	let progress = Progress::start(1).map_err(Refusal::Error)?;
	progress.begin(&options.name.to_string(), system_blocks(&config));
	let start = Instant::now();
	let tally = run(&config, &progress);
	progress.stop();
	let (tally, seconds) = (tally?, start.elapsed().as_secs_f64());
	let printed = print(&config, &tally, seconds);
	printed.map_err(|error| Refusal::Error(format!("cannot print the figures: {error}")))?;
	Ok(if tally.tasks.broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(config: &Config, tally: &Tally, seconds: f64) -> std::io::Result<()> {
	let mut out = stdout().lock();
	let (gaps, tasks, sent) = (&tally.gaps, &tally.tasks, tally.all_sent());
	let per_system = |count: u64| count as f64 / f64::from(config.systems);
	let mut line = |what: &str, figure: String| writeln!(out, "{what:<38} {figure}");
	line("average gap, in blocks", format!("{:.3}", gaps.mean()))?;
	line("variance of the gap", format!("{:.3}", gaps.variance()))?;
	line("greatest gap, in blocks", gaps.greatest().to_string())?;
	let above = 100.0 * gaps.part_above(config.window);
	line("views that are more than k behind", format!("{above:.4} %"))?;
	line("tasks settled, failed, broken", {
		format!("{}, {}, {}", tasks.settled, tasks.failed, tasks.broken)
	})?;
	let blocks = tally.settling_ms() / f64::from(BLOCK_MS);
	line("blocks until a task has settled", format!("{blocks:.2}"))?;
	line("requests of a system", format!("{:.1}", per_system(sent.checks)))?;
	line("requests for each settled task", format!("{:.3}", tally.requests_per_task()))?;
	line("redundant requests", format!("{:.1} %", 100.0 * tally.redundancy()))?;
	line("gossip messages of a system", format!("{:.1}", per_system(sent.messages)))?;
	line("kB of gossip of a system per block", {
		format!("{:.2}", tally.per_block(sent.bytes) / 1_000.0)
	})?;
	line("requests for missed hashes of a system", format!("{:.1}", per_system(sent.catch_ups)))?;
	line("messages lost", tally.lost.to_string())?;
	let speed = tally.system_blocks as f64 / seconds.max(f64::MIN_POSITIVE);
	line("system-blocks per second", format!("{speed:.0}"))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_latency_is_a_number_or_two() {
		let span = |text: &str| text.parse::<Span>().map(|Span(latency)| latency);
		assert_eq!(span("5-200"), Ok(Latency { least_ms: 5, most_ms: 200 }));
		assert_eq!(span("40"), Ok(Latency { least_ms: 40, most_ms: 40 }));
		assert!(span("5-fast").unwrap_err().contains("'fast'"));
	}
}
