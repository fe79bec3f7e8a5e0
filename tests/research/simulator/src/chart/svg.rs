//! Figures as SVG.

use super::{letters::FAMILY, Anchor, Canvas, Colour, Direction, Lettering, Spot};
use std::fmt::Write;

/// A figure that is being drawn.
pub(super) struct Svg {
	text: String,
}

impl Svg {
	pub fn new(Spot { x, y }: Spot) -> Self {
		let text = format!(
			"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{x}\" height=\"{y}\" \
			 viewBox=\"0 0 {x} {y}\" font-family=\"{FAMILY}\">\n\
			 <rect width=\"{x}\" height=\"{y}\" fill=\"#ffffff\"/>\n"
		);
		Self { text }
	}

	pub fn finish(mut self) -> String {
		self.text.push_str("</svg>\n");
		self.text
	}

	fn element(&mut self, element: std::fmt::Arguments) {
		self.text.write_fmt(element).expect("a string takes any text; qed");
		self.text.push('\n');
	}
}

fn hex([red, green, blue]: Colour) -> String {
	format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(words: &str) -> String {
	words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Canvas for Svg {
	fn line(&mut self, spots: &[Spot], colour: Colour, width: f64, dash: Option<f64>) {
		let points: Vec<_> = spots.iter().map(|Spot { x, y }| format!("{x:.2},{y:.2}")).collect();
		let dash = dash.map_or(String::new(), |dash| format!(" stroke-dasharray=\"{dash}\""));
		self.element(format_args!(
			"<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"{dash}/>",
			points.join(" "),
			hex(colour),
		));
	}

	fn dot(&mut self, Spot { x, y }: Spot, radius: f64, colour: Colour) {
		let colour = hex(colour);
		self.element(format_args!(
			"<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" fill=\"{colour}\"/>"
		));
	}

	fn text(&mut self, Spot { x, y }: Spot, words: &str, lettering: Lettering) {
		let anchor = match lettering.anchor {
			Anchor::Start => "start",
			Anchor::Middle => "middle",
			Anchor::End => "end",
		};
		let turn = match lettering.direction {
			Direction::Right => String::new(),
			Direction::Up => format!(" transform=\"rotate(-90 {x:.2} {y:.2})\""),
		};
		self.element(format_args!(
			"<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{}\" text-anchor=\"{anchor}\" \
			 fill=\"#222222\"{turn}>{}</text>",
			lettering.size,
			escaped(words),
		));
	}
}
