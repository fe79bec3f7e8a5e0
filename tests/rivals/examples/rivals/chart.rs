//! The figures as a drawing: for each number of exchanges in flight, a bar for each rival.

use crate::rivals::{
	measure::{Figures, Measured, Plan},
	Rival,
};
use std::fmt::Write;

const WIDTH: f64 = 760.0;
const PANEL: f64 = 230.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 66.0;
/// Between one panel and the next: the labels of its axis, and the next one's title.
const GAP: f64 = 84.0;
/// Most lines across a panel.
const MAX_TICKS: f64 = 5.0;

/// The colour of a rival's bars; they differ in lightness, too.
fn colour(rival: Rival) -> &'static str {
	match rival {
		Rival::Ribp => "#1b4f8a",
		Rival::HashLock => "#e8a33d",
		Rival::Bridge => "#8fb8a8",
	}
}

/// One kind of figure.
struct Panel {
	title: &'static str,
	unit: &'static str,
	value: fn(&Figures) -> f64,
}

const PANELS: [Panel; 2] = [
	Panel {
		title: "Execution time of one exchange, both chains",
		unit: "milliseconds",
		value: |figures| figures.time_us() / 1_000.0,
	},
	Panel {
		title: "Storage proof of one exchange, both chains",
		unit: "kilobytes",
		value: |figures| figures.proof_bytes() / 1_000.0,
	},
];

pub fn svg(plan: &Plan, measured: &Measured) -> String {
	let height = TOP + PANELS.len() as f64 * (PANEL + GAP);
	let mut svg = format!(
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
		 height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
		 <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
	);
	legend(&mut svg);
	for (number, panel) in PANELS.iter().enumerate() {
		let top = TOP + number as f64 * (PANEL + GAP);
		draw(&mut svg, panel, top, plan, measured);
	}
	svg.push_str("</svg>\n");
	svg
}

fn text(svg: &mut String, x: f64, y: f64, attributes: &str, text: &str) {
	writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" {attributes}>{text}</text>")
		.expect("a string takes all; qed");
}

fn bar(svg: &mut String, [x, y, width, height]: [f64; 4], fill: &str) {
	writeln!(
		svg,
		"<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"/>"
	)
	.expect("a string takes all; qed");
}

fn legend(svg: &mut String) {
	for (number, rival) in Rival::ALL.into_iter().enumerate() {
		let x = LEFT + number as f64 * 150.0;
		bar(svg, [x, 12.0, 14.0, 14.0], colour(rival));
		text(svg, x + 20.0, 24.0, "", rival.name());
	}
}

fn draw(svg: &mut String, panel: &Panel, top: f64, plan: &Plan, measured: &Measured) {
	let bottom = top + PANEL;
	let most = measured.figures.iter().map(panel.value).fold(0.0, f64::max);
	let tick = round_up(most / MAX_TICKS);
	let ticks = (most / tick).ceil().max(1.0);
	let scale = PANEL / (tick * ticks);
	text(svg, LEFT, top - 14.0, "font-weight=\"bold\"", panel.title);
	for line in 0..=ticks as u32 {
		let value = tick * f64::from(line);
		let y = bottom - value * scale;
		bar(svg, [LEFT, y, WIDTH - LEFT - RIGHT, 1.0], if line == 0 { "#333" } else { "#ddd" });
		text(svg, LEFT - 8.0, y + 4.0, "text-anchor=\"end\"", &short(value));
	}
	let middle = top + PANEL / 2.0;
	let turned = format!("text-anchor=\"middle\" transform=\"rotate(-90 20 {middle:.1})\"");
	text(svg, 20.0, middle, &turned, panel.unit);
	let group = (WIDTH - LEFT - RIGHT) / plan.batches.len() as f64;
	let width = group * 0.8 / Rival::ALL.len() as f64;
	for (number, figures) in measured.figures.iter().enumerate() {
		let (place, bar_of_place) = (number / Rival::ALL.len(), number % Rival::ALL.len());
		let x = LEFT + group * (place as f64 + 0.1) + width * bar_of_place as f64;
		let value = (panel.value)(figures);
		let y = bottom - value * scale;
		bar(svg, [x, y, width - 2.0, value * scale], colour(figures.rival));
		let above = "text-anchor=\"middle\" font-size=\"11\"";
		text(svg, x + width / 2.0 - 1.0, y - 4.0, above, &short(value));
	}
	let centred = "text-anchor=\"middle\"";
	for (place, batch) in plan.batches.iter().enumerate() {
		let x = LEFT + group * (place as f64 + 0.5);
		text(svg, x, bottom + 18.0, centred, &batch.to_string());
	}
	text(svg, (LEFT + WIDTH - RIGHT) / 2.0, bottom + 38.0, centred, "exchanges in flight");
}

/// The next larger of 1, 2, 2.5 and 5, times a power of ten.
fn round_up(value: f64) -> f64 {
	let power = 10_f64.powf(value.max(1e-9).log10().floor());
	let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * power);
	steps.into_iter().find(|step| *step >= value).unwrap_or(10.0 * power)
}

/// A number in few digits.
fn short(value: f64) -> String {
	match value {
		0.0 => "0".into(),
		value if value < 1.0 => format!("{value:.2}"),
		value if value < 10.0 => format!("{value:.1}"),
		value => format!("{value:.0}"),
	}
}
