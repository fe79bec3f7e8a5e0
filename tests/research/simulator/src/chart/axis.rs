//! Where numbers are on an axis, and which of them are written there.

/// How an axis is divided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
	/// Evenly, from 0.
	Linear,
	/// By factors.
	Log,
}

/// The numbers that an axis shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Range {
	pub scale: Scale,
	pub from: f64,
	pub to: f64,
}

impl Range {
	/// The range of these numbers, widened to where something can be written.
	pub fn of(scale: Scale, numbers: impl Iterator<Item = f64>) -> Self {
		let shown = |number: &f64| number.is_finite() && (scale == Scale::Linear || *number > 0.0);
		let (low, high) = numbers
			.filter(shown)
			.fold((f64::MAX, f64::MIN), |(low, high), number| (low.min(number), high.max(number)));
		match scale {
			Scale::Linear => {
				let high = if high > 0.0 { high } else { 1.0 };
				let step = step(high);
				Self { scale, from: 0.0, to: (high / step - 1e-9).ceil() * step }
			},
			Scale::Log if low > high => Self { scale, from: 1.0, to: 10.0 },
			Scale::Log => {
				let from = round(low, f64::floor);
				let to = round(high, f64::ceil);
				Self { scale, from, to: if to > from { to } else { from * 10.0 } }
			},
		}
	}

	/// Where a number is: 0 at the beginning, 1 at the end; none if it is not on the axis.
	pub fn place(&self, number: f64) -> Option<f64> {
		let place = match self.scale {
			Scale::Linear => (number - self.from) / (self.to - self.from),
			Scale::Log => (number / self.from).ln() / (self.to / self.from).ln(),
		};
		place.is_finite().then_some(place)
	}

	/// The numbers that are written.
	pub fn ticks(&self) -> Vec<f64> {
		match self.scale {
			Scale::Linear => {
				let step = step(self.to);
				let count = (self.to / step + 1e-9) as u32;
				(0..=count).map(|number| f64::from(number) * step).collect()
			},
			Scale::Log => self.log_ticks(),
		}
	}

	/// Powers of ten; over few of them, twice and five times these too, and over very many fewer.
	fn log_ticks(&self) -> Vec<f64> {
		let decades = (self.to / self.from).log10();
		let factors: &[f64] = if decades < 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
		let every = (decades / 7.0).ceil().max(1.0) as usize;
		let first = self.from.log10().floor() as i32;
		let last = self.to.log10().ceil() as i32;
		let powers = (first..=last).step_by(every).map(|power| 10f64.powi(power));
		let all = powers.flat_map(|power| factors.iter().map(move |factor| factor * power));
		let is_inside = |tick: &f64| *tick >= self.from * 0.999 && *tick <= self.to * 1.001;
		all.filter(is_inside).collect()
	}
}

/// The nearest 1, 2 or 5 times a power of ten, in one direction.
fn round(number: f64, direction: fn(f64) -> f64) -> f64 {
	let power = 10f64.powf(number.log10().floor());
	let factors = [1.0, 2.0, 5.0, 10.0];
	let factor = number / power;
	let up = direction(0.5) > 0.0;
	let fitting = |candidate: &&f64| {
		if up {
			**candidate >= factor * 0.999_999
		} else {
			**candidate <= factor * 1.000_001
		}
	};
	let found = if up { factors.iter().find(fitting) } else { factors.iter().rev().find(fitting) };
	found.copied().unwrap_or(1.0) * power
}

/// The distance of ticks, with some five of them up to `high`.
fn step(high: f64) -> f64 {
	let rough = high / 5.0;
	round(rough, f64::ceil)
}

/// A number as it is written at a tick.
pub(super) fn written(number: f64) -> String {
	let plain = |number: f64| {
		let digits = format!("{number:.6}");
		let short = digits.trim_end_matches('0').trim_end_matches('.');
		if short.is_empty() { "0" } else { short }.to_owned()
	};
	match number.abs() {
		size if size >= 9_999_999_999.5 => format!("{} G", plain(number / 1e9)),
		size if size >= 9_999_999.5 => format!("{} M", plain(number / 1e6)),
		size if size >= 9_999.5 => format!("{} k", plain(number / 1e3)),
		size if size > 0.0 && size < 0.000_95 => format!("{number:.0e}"),
		_ => plain(number),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn range(scale: Scale, numbers: &[f64]) -> Range {
		Range::of(scale, numbers.iter().copied())
	}

	#[test]
	fn a_linear_axis_begins_at_zero_and_ends_at_a_tick() {
		let range = range(Scale::Linear, &[3.0, 42.0]);
		assert_eq!((range.from, range.to), (0.0, 50.0));
		assert_eq!(range.ticks(), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
		assert_eq!(range.place(25.0), Some(0.5));
	}

	#[test]
	fn a_logarithmic_axis_leaves_out_what_it_cannot_show() {
		let range = range(Scale::Log, &[0.0, 3.0, 800.0]);
		assert_eq!((range.from, range.to), (2.0, 1_000.0));
		assert_eq!(range.ticks(), [10.0, 100.0, 1_000.0]);
		assert_eq!(range.place(0.0), None);
		assert_eq!(range.place(1_000.0), Some(1.0));
	}

	#[test]
	fn few_decades_have_more_ticks() {
		assert_eq!(range(Scale::Log, &[10.0, 90.0]).ticks(), [10.0, 20.0, 50.0, 100.0]);
	}

	#[test]
	fn nothing_and_a_single_number_have_a_range_too() {
		for scale in [Scale::Linear, Scale::Log] {
			for numbers in [&[][..], &[1.0], &[0.0]] {
				let range = range(scale, numbers);
				assert!(range.to > range.from && range.ticks().len() > 1, "{range:?}");
			}
		}
	}

	#[test]
	fn numbers_are_written_short() {
		let texts = [0.0, 0.1, 5.0, 2_500.0, 20_000.0, 3e7, 2e10, 1e-5].map(written);
		assert_eq!(texts, ["0", "0.1", "5", "2500", "20 k", "30 M", "20 G", "1e-5"]);
	}
}
