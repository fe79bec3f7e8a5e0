//! One panel: axes, lines, legend.

use super::{
	axis::{written, Range},
	letters, Anchor, Canvas, Colour, Direction, Lettering, Panel, Series, Spot, Stroke, INK,
};

pub(super) const PANEL_WIDTH: f64 = 440.0;
pub(super) const PANEL_HEIGHT: f64 = 370.0;

/// The part of a panel inside its axes.
const LEFT: f64 = 66.0;
const TOP: f64 = 30.0;
const WIDTH: f64 = 350.0;
const HEIGHT: f64 = 226.0;

/// Pixels between two lines of the legend.
const LEGEND_LINE: f64 = 17.0;

const GRID: Colour = [0xdd, 0xdd, 0xdd];

/// Colours that also those can tell apart who see fewer (Okabe and Ito).
const COLOURS: [Colour; 8] = [
	[0x00, 0x72, 0xb2],
	[0xd5, 0x5e, 0x00],
	[0x00, 0x9e, 0x73],
	[0xcc, 0x79, 0xa7],
	[0xe6, 0x9f, 0x00],
	[0x56, 0xb4, 0xe9],
	[0x55, 0x55, 0x55],
	[0x8c, 0x56, 0x4b],
];

impl Panel {
	pub(super) fn draw(&self, corner: Spot, canvas: &mut impl Canvas) {
		let points = || self.series.iter().flat_map(|series| series.points.iter());
		let plot = Plot {
			corner: Spot { x: corner.x + LEFT, y: corner.y + TOP },
			x: Range::of(self.x.scale, points().map(|point| point.0)),
			y: Range::of(self.y.scale, points().map(|point| point.1)),
		};
		let title = Spot { x: plot.corner.x + WIDTH / 2.0, y: corner.y + 18.0 };
		canvas.text(title, &self.title, Lettering { size: 13.0, ..Lettering::default() });
		plot.draw_x(&self.x.label, canvas);
		plot.draw_y(&self.y.label, canvas);
		for (series, colour) in self.coloured() {
			plot.draw_series(series, colour, canvas);
		}
		self.draw_legend(Spot { x: corner.x + LEFT - 30.0, y: plot.bottom() + 54.0 }, canvas);
	}

	/// Each line with its colour: a formula has that of the measured line before it.
	fn coloured(&self) -> impl Iterator<Item = (&Series, Colour)> {
		let mut measured = 0;
		self.series.iter().map(move |series| {
			measured += usize::from(series.stroke == Stroke::Marked);
			(series, COLOURS[measured.saturating_sub(1) % COLOURS.len()])
		})
	}

	fn draw_legend(&self, corner: Spot, canvas: &mut impl Canvas) {
		let mut spot = corner;
		for (series, colour) in self.coloured() {
			let length = 30.0 + letters::length(&series.name) * 12.0 + 14.0;
			if spot.x > corner.x && spot.x + length > corner.x + WIDTH + 40.0 {
				spot = Spot { x: corner.x, y: spot.y + LEGEND_LINE };
			}
			let at = |x: f64| Spot { x: spot.x + x, y: spot.y - 4.0 };
			series.stroke(&[at(0.0), at(24.0)], colour, canvas);
			if series.stroke == Stroke::Marked {
				canvas.dot(at(12.0), 2.8, colour);
			}
			let words = Spot { x: spot.x + 30.0, y: spot.y };
			let lettering = Lettering { anchor: Anchor::Start, ..Lettering::default() };
			canvas.text(words, &series.name, lettering);
			spot.x += length;
		}
	}
}

impl Series {
	fn stroke(&self, spots: &[Spot], colour: Colour, canvas: &mut impl Canvas) {
		let dash = match self.stroke {
			Stroke::Marked => None,
			Stroke::Dashed => Some(6.0),
		};
		canvas.line(spots, colour, 1.6, dash);
	}
}

/// The part of a panel inside its axes.
struct Plot {
	corner: Spot,
	x: Range,
	y: Range,
}

impl Plot {
	fn bottom(&self) -> f64 {
		self.corner.y + HEIGHT
	}

	fn spot(&self, (x, y): (f64, f64)) -> Option<Spot> {
		let (x, y) = (self.x.place(x)?, self.y.place(y)?);
		let is_inside = (-1e-6..=1.0 + 1e-6).contains(&y);
		let spot = Spot { x: self.corner.x + x * WIDTH, y: self.bottom() - y * HEIGHT };
		is_inside.then_some(spot)
	}

	fn draw_x(&self, label: &str, canvas: &mut impl Canvas) {
		let (top, bottom) = (self.corner.y, self.bottom());
		for tick in self.x.ticks() {
			let Some(place) = self.x.place(tick) else { continue };
			let x = self.corner.x + place * WIDTH;
			canvas.line(&[Spot { x, y: top }, Spot { x, y: bottom }], GRID, 0.7, None);
			let number = Spot { x, y: bottom + 16.0 };
			canvas.text(number, &written(tick), Lettering { size: 11.0, ..Lettering::default() });
		}
		let ends = [self.corner.x, self.corner.x + WIDTH].map(|x| Spot { x, y: bottom });
		canvas.line(&ends, INK, 1.0, None);
		let middle = Spot { x: self.corner.x + WIDTH / 2.0, y: bottom + 33.0 };
		canvas.text(middle, label, Lettering::default());
	}

	fn draw_y(&self, label: &str, canvas: &mut impl Canvas) {
		let (left, right) = (self.corner.x, self.corner.x + WIDTH);
		for tick in self.y.ticks() {
			let Some(place) = self.y.place(tick) else { continue };
			let y = self.bottom() - place * HEIGHT;
			canvas.line(&[Spot { x: left, y }, Spot { x: right, y }], GRID, 0.7, None);
			let number = Spot { x: left - 6.0, y: y + 4.0 };
			let end = Lettering { size: 11.0, anchor: Anchor::End, ..Lettering::default() };
			canvas.text(number, &written(tick), end);
		}
		let ends = [self.corner.y, self.bottom()].map(|y| Spot { x: left, y });
		canvas.line(&ends, INK, 1.0, None);
		let middle = Spot { x: left - 50.0, y: self.corner.y + HEIGHT / 2.0 };
		canvas.text(middle, label, Lettering { direction: Direction::Up, ..Lettering::default() });
	}

	fn draw_series(&self, series: &Series, colour: Colour, canvas: &mut impl Canvas) {
		let spots: Vec<_> = series.points.iter().filter_map(|point| self.spot(*point)).collect();
		series.stroke(&spots, colour, canvas);
		if series.stroke == Stroke::Marked {
			spots.iter().for_each(|spot| canvas.dot(*spot, 2.8, colour));
		}
	}
}
