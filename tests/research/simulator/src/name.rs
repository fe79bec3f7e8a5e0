//! The paper's names of its networks.

use sp_runtime::Perquintill;
use std::{fmt, str::FromStr};

/// A network of section 6: `5_1_7` has 5 systems, a contract log in 0.1 of their blocks, and is
/// silent towards a peer in 0.7 of them.
///
/// The digits are those after the decimal point. The paper says of `3_1_9` that messages are sent
/// with a possibility of 1 %: by its own definition of the third number it is 10 %.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name {
	/// n: how many systems.
	pub systems: u32,
	/// The part of the blocks that contain a contract log.
	pub tasks: Perquintill,
	/// 1-q': the part of the blocks after which a peer is not told.
	pub silence: Perquintill,
}

/// Why a text is not a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameError {
	/// It does not have three parts, divided by underscores.
	NotThreeParts,
	/// The first part is not a number.
	NoNumberOfSystems,
	/// Another part is not made of 1 to 18 digits.
	NoDecimals,
}

impl fmt::Display for NameError {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str(match self {
			Self::NotThreeParts => "a network is named by three numbers, as in 5_1_7",
			Self::NoNumberOfSystems => "the first number must say how many systems there are",
			Self::NoDecimals => {
				"the second and third number must be decimals, as in 5_1_7 or 5_05_75"
			},
		})
	}
}

impl std::error::Error for NameError {}

impl Name {
	/// The network of this many systems, with `tasks` and `silence` in tenths.
	pub fn of_tenths(systems: u32, tasks: u32, silence: u32) -> Self {
		let tenths = |count: u32| Perquintill::from_rational(u64::from(count), 10);
		Self { systems, tasks: tenths(tasks), silence: tenths(silence) }
	}
}

impl FromStr for Name {
	type Err = NameError;

	fn from_str(text: &str) -> Result<Self, NameError> {
		let parts: Vec<_> = text.split('_').collect();
		let [systems, tasks, silence] = parts[..] else { return Err(NameError::NotThreeParts) };
		Ok(Self {
			systems: systems.parse().map_err(|_| NameError::NoNumberOfSystems)?,
			tasks: decimals(tasks)?,
			silence: decimals(silence)?,
		})
	}
}

/// The number with these digits after the point.
fn decimals(digits: &str) -> Result<Perquintill, NameError> {
	let is_short = (1..=18).contains(&digits.len());
	if !is_short || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
		return Err(NameError::NoDecimals);
	}
	let parts = format!("{digits:0<18}").parse().map_err(|_| NameError::NoDecimals)?;
	Ok(Perquintill::from_parts(parts))
}

impl fmt::Display for Name {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let digits = |part: Perquintill| {
			let all = format!("{:018}", part.deconstruct());
			let short = all.trim_end_matches('0');
			if short.is_empty() { "0" } else { short }.to_owned()
		};
		write!(f, "{}_{}_{}", self.systems, digits(self.tasks), digits(self.silence))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_digits_are_those_after_the_point() {
		assert_eq!("5_1_7".parse(), Ok(Name::of_tenths(5, 1, 7)));
		let name: Name = "12_05_75".parse().unwrap();
		assert_eq!(name.tasks, Perquintill::from_percent(5));
		assert_eq!(name.silence, Perquintill::from_percent(75));
	}

	#[test]
	fn a_name_is_shown_as_it_is_read() {
		for text in ["5_1_7", "1000_05_9988", "3_0_0"] {
			assert_eq!(text.parse::<Name>().unwrap().to_string(), text);
		}
	}

	#[test]
	fn what_is_no_name_is_refused_by_what_is_wrong_with_it() {
		let error = |text: &str| text.parse::<Name>().unwrap_err();
		assert_eq!(error("5_1"), NameError::NotThreeParts);
		assert_eq!(error("x_1_7"), NameError::NoNumberOfSystems);
		assert_eq!(error("5_1_"), NameError::NoDecimals);
		assert_eq!(error("5_-1_7"), NameError::NoDecimals);
		assert_eq!(error("5_1_0000000000000000007"), NameError::NoDecimals);
	}
}
