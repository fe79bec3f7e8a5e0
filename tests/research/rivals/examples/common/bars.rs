//! Figures as a drawing: panels below each other, of groups of bars.

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
/// Of the bars, by their place in each group; they differ in lightness, too.
const COLOURS: [&str; 4] = ["#1b4f8a", "#e8a33d", "#8fb8a8", "#b04a4a"];

/// A drawing.
pub struct Chart {
	/// What the bars of each group are of.
	pub legend: Vec<String>,
	/// What tells one group from the next.
	pub axis: &'static str,
	pub panels: Vec<Panel>,
}

/// One kind of figure.
pub struct Panel {
	pub title: String,
	pub unit: &'static str,
	pub groups: Vec<Group>,
}

/// One bar of each sort.
pub struct Group {
	pub label: String,
	pub values: Vec<f64>,
}

impl Chart {
	pub fn svg(&self) -> String {
		let height = TOP + self.panels.len() as f64 * (PANEL + GAP);
		let mut svg = format!(
			"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
			 height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
			 <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
		);
		for (number, (name, colour)) in self.legend.iter().zip(COLOURS).enumerate() {
			let x = LEFT + number as f64 * 165.0;
			bar(&mut svg, [x, 12.0, 14.0, 14.0], colour);
			text(&mut svg, x + 20.0, 24.0, "", name);
		}
		for (number, panel) in self.panels.iter().enumerate() {
			let top = TOP + number as f64 * (PANEL + GAP);
			panel.draw(&mut svg, top);
			let centre = (LEFT + WIDTH - RIGHT) / 2.0;
			text(&mut svg, centre, top + PANEL + 38.0, "text-anchor=\"middle\"", self.axis);
		}
		svg.push_str("</svg>\n");
		svg
	}
}

impl Panel {
	fn draw(&self, svg: &mut String, top: f64) {
		text(svg, LEFT, top - 20.0, "font-weight=\"bold\"", &self.title);
		let bottom = top + PANEL;
		let most = self.groups.iter().flat_map(|group| &group.values).copied().fold(0.0, f64::max);
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
		text(svg, 20.0, middle, &turned, self.unit);
		let width = (WIDTH - LEFT - RIGHT) / self.groups.len() as f64;
		for (place, group) in self.groups.iter().enumerate() {
			group.draw(svg, [LEFT + width * place as f64, bottom, width, scale]);
		}
	}
}

impl Group {
	fn draw(&self, svg: &mut String, [left, bottom, group, scale]: [f64; 4]) {
		let width = group * 0.8 / self.values.len() as f64;
		for (number, (value, colour)) in self.values.iter().zip(COLOURS).enumerate() {
			let x = left + group * 0.1 + width * number as f64;
			let y = bottom - value * scale;
			bar(svg, [x, y, width - 2.0, value * scale], colour);
			let above = "text-anchor=\"middle\" font-size=\"11\"";
			text(svg, x + width / 2.0 - 1.0, y - 4.0, above, &short(*value));
		}
		let middle = left + group / 2.0;
		text(svg, middle, bottom + 18.0, "text-anchor=\"middle\"", &self.label);
	}
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
