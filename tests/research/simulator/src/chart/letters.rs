//! The letters of a font that comes with the program.

use tiny_skia::{Path, PathBuilder, Transform};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// What SVG is asked to use: this font, or what is most like it.
pub(super) const FAMILY: &str = "Ubuntu, 'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif";

fn face() -> Option<Face<'static>> {
	Face::parse(epaint_default_fonts::UBUNTU_LIGHT, 0).ok()
}

fn advance(face: &Face, glyph: GlyphId) -> f64 {
	f64::from(face.glyph_hor_advance(glyph).unwrap_or(0)) / f64::from(face.units_per_em())
}

fn glyphs<'a>(face: &'a Face, words: &'a str) -> impl Iterator<Item = GlyphId> + 'a {
	words.chars().filter_map(|letter| face.glyph_index(letter))
}

/// How long words are, in units of their size.
pub(super) fn length(words: &str) -> f64 {
	face().map_or(0.0, |face| glyphs(&face, words).map(|glyph| advance(&face, glyph)).sum())
}

/// The outlines of words of this size, from the beginning of their base line on.
pub(super) fn outlines(words: &str, size: f64) -> Vec<Path> {
	let Some(face) = face() else { return Vec::new() };
	let scale = (size / f64::from(face.units_per_em())) as f32;
	let mut x = 0.0;
	let mut paths = Vec::new();
	for glyph in glyphs(&face, words) {
		let mut outline = Outline(PathBuilder::new());
		face.outline_glyph(glyph, &mut outline);
		let there = Transform::from_row(scale, 0.0, 0.0, -scale, (x * size) as f32, 0.0);
		paths.extend(outline.0.finish().and_then(|path| path.transform(there)));
		x += advance(&face, glyph);
	}
	paths
}

struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
	fn move_to(&mut self, x: f32, y: f32) {
		self.0.move_to(x, y);
	}

	fn line_to(&mut self, x: f32, y: f32) {
		self.0.line_to(x, y);
	}

	fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
		self.0.quad_to(x1, y1, x, y);
	}

	fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
		self.0.cubic_to(x1, y1, x2, y2, x, y);
	}

	fn close(&mut self) {
		self.0.close();
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_font_has_all_letters_that_charts_use() {
		let face = face().unwrap();
		for letter in (' '..='~').chain("q'λ²×µ≥≤–".chars()) {
			assert!(face.glyph_index(letter).is_some(), "{letter}");
		}
		assert!(length("mm") > length("ll"));
		assert_eq!(outlines("ab c", 12.0).len(), 3);
	}
}
