//! Charts: lines over two axes, some panels to a figure, as SVG and as PNG.
//!
//! Both are drawn by the same strokes, so they look the same; the same figure gives the same bytes.

mod axis;
mod letters;
mod panel;
mod png;
mod svg;

pub use axis::Scale;

use panel::{PANEL_HEIGHT, PANEL_WIDTH};

/// Pixels above the panels.
const HEAD: f64 = 46.0;
/// Pixels around everything.
const MARGIN: f64 = 12.0;

/// What one file shows.
#[derive(Clone, Debug)]
pub struct Figure {
	/// What it is about.
	pub title: String,
	/// Its parts, row by row.
	pub panels: Vec<Panel>,
	/// How many of them are in a row.
	pub columns: usize,
}

/// Lines over two axes.
#[derive(Clone, Debug)]
pub struct Panel {
	/// What is shown; may be empty.
	pub title: String,
	/// From left to right.
	pub x: Axis,
	/// From below.
	pub y: Axis,
	/// The lines.
	pub series: Vec<Series>,
}

/// An axis. Its range is that of what is shown, and from 0 if it is linear.
#[derive(Clone, Debug)]
pub struct Axis {
	/// What it measures, and in which unit.
	pub label: String,
	/// How it is divided.
	pub scale: Scale,
}

impl Axis {
	/// An axis that is divided evenly.
	pub fn linear(label: &str) -> Self {
		Self { label: label.into(), scale: Scale::Linear }
	}

	/// An axis that is divided by factors.
	pub fn log(label: &str) -> Self {
		Self { label: label.into(), scale: Scale::Log }
	}
}

/// A line and its name in the legend.
#[derive(Clone, Debug)]
pub struct Series {
	/// Its name.
	pub name: String,
	/// Where it goes. What does not fit on a logarithmic axis is left out.
	pub points: Vec<(f64, f64)>,
	/// How it is drawn.
	pub stroke: Stroke,
}

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stroke {
	/// A line with a mark for each point: what was measured.
	Marked,
	/// A broken line in the colour of the measured one before it: what a formula says.
	Dashed,
}

impl Series {
	/// What was measured.
	pub fn measured(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
		Self { name: name.into(), points, stroke: Stroke::Marked }
	}

	/// What a formula says.
	pub fn formula(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
		Self { name: name.into(), points, stroke: Stroke::Dashed }
	}
}

impl Figure {
	/// A figure with one row of panels.
	pub fn row(title: &str, panels: Vec<Panel>) -> Self {
		Self { title: title.into(), columns: panels.len(), panels }
	}

	/// The figure as SVG.
	pub fn svg(&self) -> String {
		let mut canvas = svg::Svg::new(self.size());
		self.draw(&mut canvas);
		canvas.finish()
	}

	/// The figure as PNG, in twice the size; none if it has no area.
	pub fn png(&self) -> Option<Vec<u8>> {
		let mut canvas = png::Png::new(self.size())?;
		self.draw(&mut canvas);
		canvas.finish()
	}

	fn size(&self) -> Spot {
		let columns = self.columns.max(1);
		let rows = self.panels.len().div_ceil(columns);
		Spot {
			x: columns as f64 * PANEL_WIDTH + 2.0 * MARGIN,
			y: rows as f64 * PANEL_HEIGHT + HEAD + MARGIN,
		}
	}

	fn draw(&self, canvas: &mut impl Canvas) {
		let title = Spot { x: self.size().x / 2.0, y: 30.0 };
		canvas.text(title, &self.title, Lettering { size: 17.0, ..Lettering::default() });
		for (place, panel) in self.panels.iter().enumerate() {
			let (row, column) = (place / self.columns.max(1), place % self.columns.max(1));
			let corner = Spot {
				x: MARGIN + column as f64 * PANEL_WIDTH,
				y: HEAD + row as f64 * PANEL_HEIGHT,
			};
			panel.draw(corner, canvas);
		}
	}
}

/// A place, or a size, in pixels from the upper left corner.
#[derive(Clone, Copy, Debug)]
struct Spot {
	x: f64,
	y: f64,
}

/// Red, green and blue.
type Colour = [u8; 3];

const INK: Colour = [0x22, 0x22, 0x22];

/// What figures are drawn on.
trait Canvas {
	/// A line through these places; with dashes of this length, or without.
	fn line(&mut self, spots: &[Spot], colour: Colour, width: f64, dash: Option<f64>);
	/// A filled circle.
	fn dot(&mut self, centre: Spot, radius: f64, colour: Colour);
	/// Some words. `spot` is on their base line.
	fn text(&mut self, spot: Spot, words: &str, lettering: Lettering);
}

/// How words are written.
#[derive(Clone, Copy, Debug)]
struct Lettering {
	size: f64,
	anchor: Anchor,
	direction: Direction,
}

impl Default for Lettering {
	fn default() -> Self {
		Self { size: 12.0, anchor: Anchor::Middle, direction: Direction::Right }
	}
}

/// Which part of the words is at their place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Anchor {
	Start,
	Middle,
	End,
}

/// Where words run to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Direction {
	Right,
	Up,
}

#[cfg(test)]
mod tests {
	use super::*;

	fn figure() -> Figure {
		let series = vec![
			Series::measured("a < b & c", vec![(1.0, 0.0), (10.0, 5.0), (1_000.0, 12_500.0)]),
			Series::formula("formula", vec![(1.0, 1.0), (1_000.0, 3.0)]),
		];
		let panel = |y: Axis| Panel {
			title: "Panel".into(),
			x: Axis::log("systems"),
			y,
			series: series.clone(),
		};
		Figure::row("Figure", vec![panel(Axis::linear("gap")), panel(Axis::log("bytes"))])
	}

	#[test]
	fn a_figure_has_titles_labels_ticks_and_a_legend() {
		let svg = figure().svg();
		for words in ["Figure", "Panel", "systems", "gap", "bytes", "a &lt; b &amp; c", "10 k"] {
			assert!(svg.contains(&format!(">{words}<")), "{words} is missing");
		}
		assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
	}

	#[test]
	fn a_png_is_twice_as_large_and_not_blank() {
		let (png, size) = (figure().png().unwrap(), figure().size());
		let image = tiny_skia::Pixmap::decode_png(&png).unwrap();
		assert_eq!(f64::from(image.width()), 2.0 * size.x);
		assert_eq!(f64::from(image.height()), 2.0 * size.y);
		let dark = image.pixels().iter().filter(|pixel| pixel.red() < 100).count();
		assert!(dark > 1_000, "only {dark} dark pixels");
	}

	#[test]
	fn the_same_figure_has_the_same_bytes() {
		assert_eq!(figure().svg(), figure().svg());
		assert_eq!(figure().png(), figure().png());
	}

	#[test]
	fn a_figure_without_points_can_be_drawn() {
		let panel = Panel {
			title: String::new(),
			x: Axis::linear("x"),
			y: Axis::log("y"),
			series: vec![Series::measured("none", vec![])],
		};
		let figure = Figure::row("Empty", vec![panel]);
		assert!(figure.png().is_some() && figure.svg().contains("none"));
	}
}
