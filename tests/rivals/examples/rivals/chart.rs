//! The figures as a drawing: for each number of exchanges in flight, a bar for each rival.

use crate::rivals::{
	keys::Traders,
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
		title: "Execution time of one exchange on both chains",
		unit: "milliseconds",
		value: |figures| figures.time_us() / 1_000.0,
	},
	Panel {
		title: "Storage proof of one exchange on both chains",
		unit: "kilobytes",
		value: |figures| figures.proof_bytes() / 1_000.0,
	},
];

pub fn svg(_: &Plan, measured: &Measured) -> String {
	let drawn = Traders::ALL.into_iter().filter(|which| measured.of(*which).count() > 0);
	let panels: Vec<_> =
		drawn.flat_map(|traders| PANELS.iter().map(move |panel| (traders, panel))).collect();
	let height = TOP + panels.len() as f64 * (PANEL + GAP);
	let mut svg = format!(
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
		 height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
		 <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
	);
	legend(&mut svg);
	for (number, (traders, panel)) in panels.into_iter().enumerate() {
		let top = TOP + number as f64 * (PANEL + GAP);
		let title = format!("{}: {}", panel.title, traders.name());
		text(&mut svg, LEFT, top - 20.0, "font-weight=\"bold\"", &title);
		let figures: Vec<_> = measured.of(traders).collect();
		draw(&mut svg, panel, top, &figures);
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

fn draw(svg: &mut String, panel: &Panel, top: f64, figures: &[&Figures]) {
	let bottom = top + PANEL;
	let most = figures.iter().map(|figures| (panel.value)(figures)).fold(0.0, f64::max);
	let tick = round_up(most / MAX_TICKS);
	let ticks = (most / tick).ceil().max(1.0);
	let scale = PANEL / (tick * ticks);
	for line in 0..=ticks as u32 {
		let value = tick * f64::from(line);
		let y = bottom - value * scale;
		bar(svg, [LEFT, y, WIDTH - LEFT - RIGHT, 1.0], if line == 0 { "#333" } else { "#ddd" });
		text(svg, LEFT - 8.0, y + 4.0, "text-anchor=\"end\"", &short(value));
	}
	let middle = top + PANEL / 2.0;
	let turned = format!("text-anchor=\"middle\" transform=\"rotate(-90 20 {middle:.1})\"");
	text(svg, 20.0, middle, &turned, panel.unit);
	let groups = figures.chunks(Rival::ALL.len());
	let group = (WIDTH - LEFT - RIGHT) / groups.len() as f64;
	for (place, figures) in groups.enumerate() {
		let x = LEFT + group * place as f64;
		draw_group(svg, panel, figures, [x, bottom, group, scale]);
	}
	let centre = (LEFT + WIDTH - RIGHT) / 2.0;
	text(svg, centre, bottom + 38.0, "text-anchor=\"middle\"", "exchanges in flight");
}

/// A bar for each rival.
fn draw_group(
	svg: &mut String,
	panel: &Panel,
	figures: &[&Figures],
	[left, bottom, group, scale]: [f64; 4],
) {
	let width = group * 0.8 / Rival::ALL.len() as f64;
	for (number, figures) in figures.iter().enumerate() {
		let x = left + group * 0.1 + width * number as f64;
		let value = (panel.value)(figures);
		let y = bottom - value * scale;
		bar(svg, [x, y, width - 2.0, value * scale], colour(figures.rival));
		let above = "text-anchor=\"middle\" font-size=\"11\"";
		text(svg, x + width / 2.0 - 1.0, y - 4.0, above, &short(value));
	}
	let batch = figures[0].batch.to_string();
	text(svg, left + group / 2.0, bottom + 18.0, "text-anchor=\"middle\"", &batch);
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
