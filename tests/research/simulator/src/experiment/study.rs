//! What one part of the experiment has to show.

use super::Table;
use crate::{
	chart::{Axis, Figure, Panel, Series},
	Checks, Config, Exchange, Name, Relay, Topology,
};
use ribp_protocol::Height;
use sp_runtime::{PerThing, Perquintill};

/// A figure, the table that it is drawn from, and what it says.
#[derive(Clone, Debug)]
pub struct Study {
	/// The name of its files, without what comes after the point.
	pub name: &'static str,
	/// The figure.
	pub figure: Figure,
	/// The table.
	pub table: Table,
	/// What was found, in a sentence or two made of measured figures.
	pub finding: String,
}

/// q' with which a system that has so many peers tells `tenths`/10 of them after a block, on average.
pub(super) fn rate_to_tell(tenths: u32, peers: u32) -> Perquintill {
	Perquintill::from_rational(u64::from(tenths), 10 * u64::from(peers.max(1)))
}

/// The network with this topology, and the q' with which `tenths`/10 peers are told on average.
pub(super) fn connected(config: Config, topology: Topology, tenths: u32) -> Config {
	let peers = topology.count_peers(config.systems, config.seed).max(1);
	let told = u64::from(tenths) * u64::from(config.systems);
	Config { topology, rate: Perquintill::from_rational(told, 10 * peers), ..config }
}

/// A part as a float.
pub(super) fn float(part: Perquintill) -> f64 {
	part.deconstruct() as f64 / Perquintill::ACCURACY as f64
}

/// The paper's network with nothing but gossip: it has no tasks.
pub(super) fn only_gossip(systems: u32, rate: Perquintill, blocks: Height, seed: u64) -> Config {
	let name = Name { systems, tasks: Perquintill::zero(), silence: rate.left_from_one() };
	Config { blocks, seed, warm_up: (blocks / 2).min(100), ..Config::paper(name) }
}

/// A network whose systems do as the pallet's nodes do: they tell after their own blocks, compare
/// digests first, and ask about all contracts with a peer at once.
pub(super) fn as_the_pallet(config: Config) -> Config {
	let (relay, exchange, checks) = (Relay::NextBlock, Exchange::Digests, Checks::Batched);
	Config { relay, exchange, checks, ..config }
}

/// Results at the same places for each of some names: lines of a panel, and rows of a table.
pub(super) struct Curves<'a, T> {
	/// The names of the lines.
	pub names: &'a [&'a str],
	/// What divides one result of a line from the next.
	pub x: Axis,
	/// Where they stand.
	pub places: Vec<f64>,
	/// Line by line.
	pub results: &'a [T],
}

impl<T> Curves<'_, T> {
	/// The results of the line with this number.
	pub fn line(&self, number: usize) -> &[T] {
		&self.results[number * self.places.len()..][..self.places.len()]
	}

	/// The first and the last result of a line.
	pub fn ends(&self, number: usize) -> [&T; 2] {
		let line = self.line(number);
		[&line[0], &line[line.len() - 1]]
	}

	/// The points of a line that have this measure.
	pub fn points<N: Into<Option<f64>>>(
		&self,
		number: usize,
		measure: impl Fn(&T) -> N,
	) -> Vec<(f64, f64)> {
		let all = self.places.iter().zip(self.line(number));
		all.filter_map(|(place, result)| Some((*place, measure(result).into()?))).collect()
	}

	/// A panel that shows one measure of all lines.
	pub fn panel<N: Into<Option<f64>>>(&self, y: Axis, measure: impl Fn(&T) -> N) -> Panel {
		let series = self.names.iter().enumerate();
		let series =
			series.map(|(number, name)| Series::measured(*name, self.points(number, &measure)));
		let series = series.collect();
		Panel { title: String::new(), x: self.x.clone(), y, series }
	}

	/// Each result with the name of its line.
	pub fn named(&self) -> impl Iterator<Item = (&str, &T)> {
		let names = self.names.iter().flat_map(|name| self.places.iter().map(move |_| *name));
		names.zip(self.results)
	}
}
