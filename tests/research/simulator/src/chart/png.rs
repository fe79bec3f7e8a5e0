//! Figures as PNG.

use super::{letters, Anchor, Canvas, Colour, Direction, Lettering, Spot, INK};
use tiny_skia::{
	Color, FillRule, LineCap, Paint, PathBuilder, Pixmap, Stroke, StrokeDash, Transform,
};

/// Pixels of the picture for one of the figure.
const ZOOM: f32 = 2.0;

/// A figure that is being drawn.
pub(super) struct Png {
	pixels: Pixmap,
}

impl Png {
	pub fn new(Spot { x, y }: Spot) -> Option<Self> {
		let mut pixels = Pixmap::new((x as f32 * ZOOM) as u32, (y as f32 * ZOOM) as u32)?;
		pixels.fill(Color::WHITE);
		Some(Self { pixels })
	}

	pub fn finish(self) -> Option<Vec<u8>> {
		self.pixels.encode_png().ok()
	}
}

fn paint([red, green, blue]: Colour) -> Paint<'static> {
	let mut paint = Paint { anti_alias: true, ..Paint::default() };
	paint.set_color_rgba8(red, green, blue, 0xff);
	paint
}

fn zoom() -> Transform {
	Transform::from_scale(ZOOM, ZOOM)
}

impl Canvas for Png {
	fn line(&mut self, spots: &[Spot], colour: Colour, width: f64, dash: Option<f64>) {
		let mut path = PathBuilder::new();
		for (place, Spot { x, y }) in spots.iter().enumerate() {
			match place {
				0 => path.move_to(*x as f32, *y as f32),
				_ => path.line_to(*x as f32, *y as f32),
			}
		}
		let Some(path) = path.finish() else { return };
		let dash = dash.and_then(|dash| StrokeDash::new(vec![dash as f32; 2], 0.0));
		let stroke =
			Stroke { width: width as f32, dash, line_cap: LineCap::Butt, ..Stroke::default() };
		self.pixels.stroke_path(&path, &paint(colour), &stroke, zoom(), None);
	}

	fn dot(&mut self, centre: Spot, radius: f64, colour: Colour) {
		let circle = PathBuilder::from_circle(centre.x as f32, centre.y as f32, radius as f32);
		let Some(path) = circle else { return };
		self.pixels.fill_path(&path, &paint(colour), FillRule::Winding, zoom(), None);
	}

	fn text(&mut self, spot: Spot, words: &str, lettering: Lettering) {
		let length = letters::length(words) * lettering.size;
		let shift = match lettering.anchor {
			Anchor::Start => 0.0,
			Anchor::Middle => -length / 2.0,
			Anchor::End => -length,
		};
		let turn = match lettering.direction {
			Direction::Right => 0.0,
			Direction::Up => -90.0,
		};
		let there = Transform::from_translate(shift as f32, 0.0)
			.post_concat(Transform::from_rotate(turn))
			.post_concat(Transform::from_translate(spot.x as f32, spot.y as f32))
			.post_concat(zoom());
		for path in letters::outlines(words, lettering.size) {
			self.pixels.fill_path(&path, &paint(INK), FillRule::Winding, there, None);
		}
	}
}
