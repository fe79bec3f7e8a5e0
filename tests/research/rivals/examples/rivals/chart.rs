//! The figures as a drawing: for each number of exchanges in flight, a bar for each rival.

use crate::bars::{Chart, Group, Panel};
use ribp_rivals::{
	keys::Traders,
	measure::{Figures, Measured},
	Rival,
};

pub fn svg(measured: &Measured) -> String {
	let drawn = Traders::ALL.into_iter().filter(|which| measured.of(*which).count() > 0);
	let panels = drawn.flat_map(|traders| {
		let time = "Execution time of one exchange on both chains";
		let proof = "Storage proof of one exchange on both chains";
		[
			panel(measured, traders, time, "milliseconds", |of| of.time_us() / 1_000.0),
			panel(measured, traders, proof, "kilobytes", |of| of.proof_bytes() / 1_000.0),
		]
	});
	let chart = Chart {
		legend: Rival::ALL.map(|rival| rival.name().into()).to_vec(),
		axis: "exchanges in flight",
		panels: panels.collect(),
	};
	chart.svg()
}

fn panel(
	measured: &Measured,
	traders: Traders,
	what: &str,
	unit: &'static str,
	value: fn(&Figures) -> f64,
) -> Panel {
	let figures: Vec<_> = measured.of(traders).collect();
	let group = |of_batch: &[&Figures]| Group {
		label: of_batch[0].batch.to_string(),
		values: of_batch.iter().map(|figures| value(figures)).collect(),
	};
	let groups = figures.chunks(Rival::ALL.len()).map(group).collect();
	Panel { title: format!("{what}: {}", traders.name()), unit, groups }
}
