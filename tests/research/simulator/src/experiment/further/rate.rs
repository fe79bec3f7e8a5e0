//! The least q' that keeps the expected gap below 1, and what it costs.

use super::exchange::{kilobytes, messages, NAMES, WAYS};
use crate::{
	chart::{Axis, Figure},
	experiment::{
		each, run,
		study::{float, only_gossip, rate_to_tell, Curves},
		system_blocks, Cell, Extent, Failure, Study, Table, Watch,
	},
	Config, Tally,
};
use sp_runtime::Perquintill;

/// The expected gap stays below it.
const GAP: f64 = 1.0;

/// How often the interval in which q' lies is halved.
const HALVINGS: u32 = 6;

/// Networks that are tried at most, for each way and n; how far a progress bar reckons.
const TRIED: u64 = 12;

/// A network whose q' is looked for.
#[derive(Clone, Copy, Debug)]
struct Search<'a> {
	extent: &'a Extent,
	/// Its place among the ways to gossip.
	way: usize,
	systems: u32,
}

/// A q' that suffices, and what the network did with it.
#[derive(Clone, Debug)]
struct Found {
	rate: Perquintill,
	tally: Tally,
}

impl Search<'_> {
	fn config(&self, rate: Perquintill) -> Config {
		let blocks = (20_000 / self.systems).clamp(300, 2_000).min(self.extent.study_blocks);
		WAYS[self.way].of(only_gossip(self.systems, rate, blocks, self.extent.seed))
	}

	fn attempt(&self, rate: Perquintill, watch: &dyn Watch) -> Result<Option<Found>, Failure> {
		let tally = run(&self.config(rate), watch)?;
		Ok((tally.gaps.mean() < GAP).then_some(Found { rate, tally }))
	}

	/// From little gossip on twice as much each time until it suffices; then by halves. None if not
	/// even telling everybody suffices.
	fn least(&self, watch: &dyn Watch) -> Result<Option<Found>, Failure> {
		let (mut low, mut rate) = (Perquintill::zero(), rate_to_tell(1, self.systems - 1));
		let mut best = loop {
			match self.attempt(rate, watch)? {
				Some(found) => break found,
				None if rate == Perquintill::one() => return Ok(None),
				None => (low, rate) = (rate, rate + rate),
			}
		};
		for _ in 0..HALVINGS {
			let middle = (low.deconstruct() + best.rate.deconstruct()) / 2;
			match self.attempt(Perquintill::from_parts(middle), watch)? {
				Some(found) => best = found,
				None => low = Perquintill::from_parts(middle),
			}
		}
		Ok(Some(best))
	}
}

/// The least q', its messages and bytes by n, for each way to gossip.
pub(super) fn study(extent: &Extent, watch: &dyn Watch) -> Result<Study, Failure> {
	let sizes = &extent.rate_sizes;
	let each_size =
		|way| sizes.iter().map(move |systems| Search { extent, way, systems: *systems });
	let searches: Vec<_> = (0..WAYS.len()).flat_map(each_size).collect();
	let work = |search: &Search<'_>| TRIED * system_blocks(&search.config(Perquintill::one()));
	watch.begin("the least sending rate", searches.iter().map(work).sum());
	let found = each(&searches, |search| search.least(watch))?;
	let (x, places) = (Axis::log("systems n"), sizes.iter().copied().map(f64::from).collect());
	let curves = Curves { names: &NAMES, x, places, results: &found };
	let rate = |found: &Found| float(found.rate);
	let panel = |label: &str, of: &dyn Fn(&Found) -> f64| {
		curves.panel(Axis::log(label), |found: &Option<Found>| found.as_ref().map(of))
	};
	let panels = vec![
		panel("least q' with an average gap below 1", &rate),
		panel("gossip messages of a system per block", &|found| messages(&found.tally)),
		panel("kB of gossip of a system per block", &|found| kilobytes(&found.tally)),
	];
	let finding = finding(sizes, &curves);
	let table = table(&searches, &found);
	let title = "The least q' that keeps the expected gap below 1, and what it costs (no tasks)";
	Ok(Study { name: "least-rate", figure: Figure::row(title, panels), table, finding })
}

/// The cheapest way for each n.
fn finding(sizes: &[u32], curves: &Curves<'_, Option<Found>>) -> String {
	let cost = |found: &Found| kilobytes(&found.tally);
	let cheapest = sizes.iter().enumerate().filter_map(|(place, systems)| {
		let found = NAMES.iter().enumerate();
		let found =
			found.filter_map(|(number, name)| Some((name, curves.line(number)[place].as_ref()?)));
		let (name, found) =
			found.min_by(|(_, one), (_, other)| cost(one).total_cmp(&cost(other)))?;
		let (rate, cost) = (float(found.rate), cost(found));
		Some(format!("n = {systems}: {name}, q' = {rate:.4}, {cost:.1} kB a block"))
	});
	let cheapest: Vec<_> = cheapest.collect();
	format!("An expected gap below 1 costs the fewest bytes with {}.", cheapest.join("; "))
}

fn table(searches: &[Search<'_>], found: &[Option<Found>]) -> Table {
	let mut table = Table::new([
		"gossip",
		"systems",
		"least_rate",
		"told_per_block",
		"gap_mean",
		"messages_per_block",
		"bytes_per_block",
	]);
	for (Search { way, systems, .. }, found) in searches.iter().zip(found) {
		let Some(Found { rate, tally }) = found else { continue };
		table.push(vec![
			Cell::from(NAMES[*way]),
			(*systems).into(),
			float(*rate).into(),
			(float(*rate) * f64::from(*systems - 1)).into(),
			tally.gaps.mean().into(),
			messages(tally).into(),
			(1_000.0 * kilobytes(tally)).into(),
		]);
	}
	table
}
