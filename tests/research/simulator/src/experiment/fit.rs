//! How one figure grows with another.

/// The straight line that fits points best.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Line {
	slope: f64,
	/// R²: the part of the variance that the line explains.
	explained: f64,
}

impl Line {
	/// By least squares; none through fewer than two different places.
	fn through(points: &[(f64, f64)]) -> Option<Self> {
		let count = points.len() as f64;
		let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
		let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
		let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
		for (x, y) in points {
			let (x, y) = (x - mean_x, y - mean_y);
			xx += x * x;
			xy += x * y;
			yy += y * y;
		}
		if points.len() < 2 || xx <= 0.0 {
			return None;
		}
		let explained = if yy > 0.0 { xy * xy / (xx * yy) } else { 1.0 };
		Some(Self { slope: xy / xx, explained })
	}
}

/// The exponent a of the power x^a as which y grows; 1 is linear. Only of what is above 0.
pub fn exponent(points: &[(f64, f64)]) -> Option<f64> {
	let is_positive = |(x, y): &&(f64, f64)| *x > 0.0 && *y > 0.0;
	let logs: Vec<_> = points.iter().filter(is_positive).map(|(x, y)| (x.ln(), y.ln())).collect();
	Line::through(&logs).map(|line| line.slope)
}

/// How straight the line is on which points lie: R², 1 if they all do.
pub fn straightness(points: &[(f64, f64)]) -> Option<f64> {
	Line::through(points).map(|line| line.explained)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_power_has_its_exponent() {
		let squares: Vec<_> = (0..9).map(f64::from).map(|x| (x, 3.0 * x * x)).collect();
		assert!((exponent(&squares).unwrap() - 2.0).abs() < 1e-9);
	}

	#[test]
	fn only_a_straight_line_is_straight() {
		let line: Vec<_> = (0..9).map(f64::from).map(|x| (x, 7.0 - 2.0 * x)).collect();
		assert!((straightness(&line).unwrap() - 1.0).abs() < 1e-9);
		// By hand: x = -1, 0, 1 and y = 1, 0, 1 have no slope at all.
		assert_eq!(straightness(&[(-1.0, 1.0), (0.0, 0.0), (1.0, 1.0)]), Some(0.0));
	}

	#[test]
	fn nothing_fits_one_place() {
		assert_eq!(exponent(&[(1.0, 2.0)]), None);
		assert_eq!(straightness(&[(1.0, 2.0), (1.0, 3.0)]), None);
	}
}
