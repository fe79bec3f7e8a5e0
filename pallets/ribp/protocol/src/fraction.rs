//! Numbers between 0 and 1, for the figures of the paper: no float may decide in a runtime.

use sp_core::{U256, U512};
use sp_runtime::Perquintill;

/// 10^72: one.
const ONE: U256 = U256([0, 0x31cd_cf66_f634_e100, 0x3a4a_bc89_55e9_46fe, 0x90e4_0fbe_ea1d]);

/// 10^54: one part of a `Perquintill`.
const PART: U256 = U256([0x9240_0000_0000_0000, 0xc519_9909_0b65_f67d, 0x000a_70c3_c40a_64e6, 0]);

/// A number between 0 and 1, in units of 10^-72, whose products are rounded up.
///
/// What is true of a power here is true of the exact one, if it says "at most": the power n is less
/// than n units too great. The units are decimal, because then a power that is itself a whole
/// number of parts of a `Perquintill` is exact, and a bound that is just met is seen to be met.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Fraction(U256);

impl From<Perquintill> for Fraction {
	fn from(parts: Perquintill) -> Self {
		Self(PART * U256::from(parts.deconstruct()))
	}
}

impl Fraction {
	const ONE: Self = Self(ONE);

	/// The greatest number below this one.
	pub(crate) fn next_below(self) -> Option<Self> {
		self.0.checked_sub(U256::one()).map(Self)
	}

	/// The least `Perquintill` that is not below this.
	pub(crate) fn round_up(self) -> Perquintill {
		let (parts, rest) = self.0.div_mod(PART);
		Perquintill::from_parts(parts.low_u64().saturating_add(u64::from(!rest.is_zero())))
	}

	fn times(self, other: Self) -> Self {
		let (product, rest) = self.0.full_mul(other.0).div_mod(U512::from(ONE));
		// Neither factor is above one: the product fits, and rounding it up leaves it there.
		let product = U256::try_from(product).unwrap_or(ONE);
		Self(if rest.is_zero() { product } else { product + U256::one() })
	}

	/// This to the power of `exponent`; to the power of 0, it is 1.
	pub(crate) fn power(self, exponent: u64) -> Self {
		let mut square = self;
		let mut power = Self::ONE;
		let mut left = exponent;
		while left > 0 {
			if left & 1 == 1 {
				power = power.times(square);
			}
			left >>= 1;
			if left > 0 {
				square = square.times(square);
			}
		}
		power
	}

	/// The least exponent with which this is at most `limit`; `None` if it is above `u32::MAX`.
	///
	/// Bit by bit from the highest: a bit is set while the power stays above the limit, so one more
	/// than all of them is a power that was tried and found to be low enough.
	pub(crate) fn least_exponent(self, limit: Self) -> Option<u32> {
		if limit >= Self::ONE {
			return Some(0);
		}
		let mut squares = [self; u32::BITS as usize];
		for bit in 1..squares.len() {
			squares[bit] = squares[bit - 1].times(squares[bit - 1]);
		}
		let mut above = Self::ONE;
		let mut exponent = 0u32;
		for (bit, square) in squares.iter().enumerate().rev() {
			let power = above.times(*square);
			if power > limit {
				above = power;
				exponent |= 1 << bit;
			}
		}
		exponent.checked_add(1)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const BILLION: u64 = 1_000_000_000;

	fn fraction(parts: u64) -> Fraction {
		Perquintill::from_parts(parts).into()
	}

	/// The power by plain multiplication, rounded down.
	fn power_rounded_down(base: Fraction, exponent: u32) -> Fraction {
		let times = |power: U256, _| power.full_mul(base.0) / U512::from(ONE);
		Fraction((0..exponent).fold(ONE, |power, n| times(power, n).try_into().unwrap()))
	}

	#[test]
	fn the_constants_are_powers_of_ten() {
		assert_eq!(ONE, U256::exp10(72));
		assert_eq!(PART, U256::exp10(54));
		assert_eq!(Fraction::from(Perquintill::one()), Fraction::ONE);
	}

	#[test]
	fn a_power_that_has_few_digits_is_exact() {
		let tenth = fraction(100_000_000_000_000_000);
		assert_eq!(tenth.power(18), fraction(1));
		assert_eq!(tenth.power(72), Fraction(U256::one()));
		assert_eq!(tenth.least_exponent(fraction(1)), Some(18));
		assert_eq!(fraction(1).round_up(), Perquintill::from_parts(1));
	}

	#[test]
	fn a_power_that_has_more_digits_is_too_great() {
		assert_eq!(fraction(1).power(u64::MAX), Fraction(U256::one()));
		assert_eq!(Fraction(U256::one()).round_up(), Perquintill::from_parts(1));
	}

	#[test]
	fn the_ends_are_exact() {
		let (zero, one) = (fraction(0), Fraction::ONE);
		assert_eq!((zero.power(0), zero.power(1), one.power(u64::MAX)), (one, zero, one));
		assert_eq!((zero.least_exponent(one), zero.least_exponent(zero)), (Some(0), Some(1)));
		assert_eq!(one.least_exponent(fraction(1)), None);
		assert_eq!(zero.next_below(), None);
	}

	proptest! {
		#[test]
		fn a_power_of_n_is_less_than_n_units_too_great(parts in 0..=BILLION * BILLION, exponent in 1u32..200) {
			let base = fraction(parts);
			let power = base.power(exponent.into());
			let lower = power_rounded_down(base, exponent);
			prop_assert!(lower <= power);
			prop_assert!(power.0 - lower.0 < U256::from(2 * exponent));
		}

		#[test]
		fn the_least_exponent_reaches_the_limit_and_none_below_does(
			parts in 0..BILLION * 960_000_000, limit in 1..=BILLION * BILLION,
		) {
			let (base, limit) = (fraction(parts), fraction(limit));
			let least = base.least_exponent(limit).unwrap();
			prop_assert!(base.power(least.into()) <= limit);
			prop_assert!(least == 0 || power_rounded_down(base, least - 1) > limit);
		}

		#[test]
		fn no_number_makes_a_power_panic(parts in 0..=BILLION * BILLION, limit in 0..=BILLION * BILLION, exponent: u64) {
			let (base, limit) = (fraction(parts), fraction(limit));
			let _ = (base.power(exponent).round_up(), base.least_exponent(limit));
			let _ = limit.next_below().map(|limit| base.least_exponent(limit));
		}
	}
}
