//! How many nodes to ask, how often to gossip, how long to wait (sections 4.3 and 5.2).
//!
//! | the paper's figure | here |
//! |---|---|
//! | `(1-f)*s + 1` requests | [`Nodes::requests`] |
//! | `m >= ln p / ln(1-f)` confirmations | [`Nodes::confirmations`] |
//! | `(1-f)*s + 1 + m` communications | [`Nodes::communications`] |
//! | `(1-q')^(2np')` | [`Gossip::hidden`] |
//! | `q' = 1 - lambda^(1/(2np'))` | [`least_rate`] |
//! | an expiry that is "long enough" | [`crate::Conditions::least_expiry`] |
//!
//! Every figure is rounded to the safe side, whatever is put in, and no float takes part. They take
//! hundreds to thousands of long multiplications: meant for a node, a tool or a genesis, not for
//! every block.

use crate::fraction::Fraction;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{PerThing, Perquintill};

/// "At least twice chance" (section 5.2): how often each connected system may tell of a fork.
const CHANCES: u64 = 2;

/// Why there is no such figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoFigure {
	/// No node is sure to be up to date: f or s is 0, and asking all of them is not enough.
	NoNodeUpToDate,
	/// A probability of 0 is asked for, which chance never gives.
	NeverCertain,
	/// The rate is 0, or no system is connected: nobody ever tells.
	NobodyTells,
	/// A chain without a time between its blocks has no height to expire at.
	NoBlockTime,
	/// The figure is above `u32::MAX`.
	TooLarge,
}

/// The nodes of a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nodes {
	/// s: how many there are.
	pub count: u32,
	/// f: the part of them that stores every terminated block; above 1/2, and 2/3 with PBFT and
	/// GRANDPA (section 3.1). Not the faulty part, which is what remains: 1-f.
	///
	/// Round it down, as [`PerThing::from_rational`] does.
	pub up_to_date: Perquintill,
}

impl Nodes {
	/// 1-f: the part that may crash, lag behind or lie.
	fn faulty(&self) -> Perquintill {
		self.up_to_date.left_from_one()
	}

	/// How many nodes get a request, so that one of them works (section 4.3): `(1-f)*s + 1`.
	///
	/// A fraction of a node is dropped: that many nodes are more than there are faulty ones. Never
	/// above s.
	pub fn requests(&self) -> Result<u32, NoFigure> {
		if self.count == 0 || self.up_to_date.is_zero() {
			return Err(NoFigure::NoNodeUpToDate);
		}
		let faulty = u128::from(self.faulty().deconstruct()) * u128::from(self.count)
			/ u128::from(Perquintill::ACCURACY);
		// Less than `count`, as f > 0.
		Ok((faulty as u32).saturating_add(1))
	}

	/// m: how many equal answers, and none that differs, are believed, when each may come from a
	/// faulty node (section 4.3): the least with `(1-f)^m < p`.
	///
	/// Strictly below p, as the section first has it: where `ln p / ln(1-f)` is a whole number, its
	/// `m >= ln p / ln(1-f)` is one short. The nodes are drawn at random, and s plays no part.
	pub fn confirmations(&self, p: Perquintill) -> Result<u32, NoFigure> {
		if self.up_to_date.is_zero() {
			return Err(NoFigure::NoNodeUpToDate);
		}
		let below = Fraction::from(p).next_below().ok_or(NoFigure::NeverCertain)?;
		Fraction::from(self.faulty()).least_exponent(below).ok_or(NoFigure::TooLarge)
	}

	/// How many messages between nodes a request and its answer take at least (section 4.3):
	/// `(1-f)*s + 1 + m`.
	///
	/// Never more answers than requests: they are of different nodes, one of which works. So a
	/// small system, or a p of 0, costs `2*((1-f)*s + 1)`.
	pub fn communications(&self, p: Perquintill) -> Result<u64, NoFigure> {
		let requests = self.requests()?;
		let answers = self.confirmations(p).unwrap_or(requests).min(requests);
		Ok(u64::from(requests) + u64::from(answers))
	}
}

/// How the systems around one tell each other what they see of it.
///
/// Each of them is taken to know what is to be told, and to draw for itself at each chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Gossip {
	/// q': the probability with which a system tells a peer at one chance, which is one block.
	pub rate: Perquintill,
	/// np': how many systems are connected with the one that may fork.
	pub connected: u32,
}

impl Gossip {
	/// The probability that a fork stays hidden when each connected system has had two chances to
	/// tell (section 5.2): `(1-q')^(2np')`, rounded up. It is 1 if nobody is connected.
	pub fn hidden(&self) -> Perquintill {
		self.silent().power(CHANCES.saturating_mul(self.connected.into())).round_up()
	}

	/// How many rounds, in each of which every connected system has one chance to tell, until a
	/// fork stays hidden with at most the probability `hidden`: the least b with
	/// `(1-q')^(b*np') <= hidden`.
	///
	/// At the [`least_rate`] for `hidden` it is the paper's two.
	pub fn rounds(&self, hidden: Perquintill) -> Result<u32, NoFigure> {
		let silent_round = self.silent().power(self.connected.into());
		let rounds = silent_round.least_exponent(hidden.into());
		rounds.ok_or(if self.rate.is_zero() || self.connected == 0 {
			NoFigure::NobodyTells
		} else if hidden.is_zero() {
			NoFigure::NeverCertain
		} else {
			NoFigure::TooLarge
		})
	}

	/// 1-q'.
	fn silent(&self) -> Fraction {
		self.rate.left_from_one().into()
	}
}

/// The least q' with which a fork stays hidden with at most the probability `hidden`, lambda
/// (section 5.2): `1 - lambda^(1/(2np'))`, rounded up.
///
/// 1 if `hidden` is 0, and 0 if it is 1. `connected` is np', as in [`Gossip`].
pub fn least_rate(connected: u32, hidden: Perquintill) -> Result<Perquintill, NoFigure> {
	let suffices = |parts| {
		let rate = Perquintill::from_parts(parts);
		Gossip { rate, connected }.hidden() <= hidden
	};
	let (mut low, mut high) = (0, Perquintill::ACCURACY);
	if !suffices(high) {
		return Err(NoFigure::NobodyTells);
	}
	while low < high {
		let middle = low + (high - low) / 2;
		if suffices(middle) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	Ok(Perquintill::from_parts(high))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const ONE: u64 = Perquintill::ACCURACY;

	fn parts(parts: u64) -> Perquintill {
		Perquintill::from_parts(parts)
	}

	fn nodes(count: u32, up_to_date: Perquintill) -> Nodes {
		Nodes { count, up_to_date }
	}

	fn two_thirds() -> Perquintill {
		Perquintill::from_rational(2u64, 3)
	}

	#[test]
	fn confirmations_are_those_of_the_formula() {
		// Golden: python3, next(m for m in range(99) if (10**18-f)**m * 10**18 < p * 10**(18*m))
		let golden = |f, p, m| assert_eq!(nodes(0, f).confirmations(parts(p)), Ok(m));
		golden(two_thirds(), ONE / 100, 5);
		golden(two_thirds(), ONE / 1_000_000, 13);
		golden(two_thirds(), ONE / 1_000_000_000, 19);
		golden(two_thirds(), 1, 38);
		golden(Perquintill::from_percent(51), ONE / 1_000_000, 20);
		golden(Perquintill::from_percent(51), 1, 59);
		// Golden: python3, mpmath with 80 digits, floor(log(1e-18) / log(1-1e-8)) + 1
		golden(parts(10_000_000_000), 1, 4_144_653_147);
	}

	#[test]
	fn a_probability_that_is_just_met_is_not_yet_below() {
		let nine_tenths = nodes(0, Perquintill::from_percent(90));
		assert_eq!(nine_tenths.confirmations(parts(ONE / 1_000_000)), Ok(7));
		assert_eq!(nine_tenths.confirmations(parts(ONE / 1_000_000 + 1)), Ok(6));
		assert_eq!(nine_tenths.confirmations(parts(1)), Ok(19));
	}

	#[test]
	fn confirmations_that_do_not_exist_are_named() {
		let confirmations = |f, p| nodes(9, parts(f)).confirmations(parts(p));
		assert_eq!(confirmations(0, 1), Err(NoFigure::NoNodeUpToDate));
		assert_eq!(confirmations(ONE, 0), Err(NoFigure::NeverCertain));
		assert_eq!(confirmations(1, 1), Err(NoFigure::TooLarge));
		assert_eq!(confirmations(ONE, 1), Ok(1));
		assert_eq!(confirmations(1, ONE), Ok(1));
	}

	#[test]
	fn requests_are_one_more_than_there_are_faulty_nodes() {
		let requests = |count| nodes(count, two_thirds()).requests();
		let golden = [1, 2, 3, 4, 7, 10, 100].map(requests);
		assert_eq!(golden, [1, 1, 2, 2, 3, 4, 34].map(Ok));
		assert_eq!(requests(u32::MAX), Ok(1_431_655_766));
		assert_eq!(nodes(5, parts(ONE)).requests(), Ok(1));
		assert_eq!(nodes(u32::MAX, parts(1)).requests(), Ok(u32::MAX));
		assert_eq!(requests(0), Err(NoFigure::NoNodeUpToDate));
		assert_eq!(nodes(5, parts(0)).requests(), Err(NoFigure::NoNodeUpToDate));
	}

	#[test]
	fn nobody_answers_who_was_not_asked() {
		let communications = |count, p| nodes(count, two_thirds()).communications(parts(p));
		assert_eq!(communications(100, ONE / 1_000_000), Ok(34 + 13));
		assert_eq!(communications(4, ONE / 1_000_000), Ok(2 + 2));
		assert_eq!(communications(4, 0), Ok(2 + 2));
		assert_eq!(communications(0, 1), Err(NoFigure::NoNodeUpToDate));
	}

	#[test]
	fn least_rates_are_those_of_the_formula() {
		// Golden: python3, mpmath with 80 digits, ceil((1 - lam**(mpf(1)/(2*n))) * 10**18)
		let golden = |n, lambda, rate| {
			assert_eq!(least_rate(n, parts(lambda)), Ok(parts(rate)), "{n} {lambda}");
		};
		golden(1, ONE / 10_000, 990_000_000_000_000_000);
		golden(3, ONE / 1_000_000, 900_000_000_000_000_000);
		golden(5, ONE / 1_000_000, 748_811_356_849_041_989);
		golden(20, ONE / 10_000, 205_671_765_275_718_498);
		golden(100, ONE / 1_000_000_000, 98_428_862_394_043_115);
		golden(u32::MAX, ONE / 1_000_000_000, 2_412_505_660);
	}

	#[test]
	fn a_rate_is_certain_or_none_at_the_ends() {
		assert_eq!(least_rate(0, parts(ONE - 1)), Err(NoFigure::NobodyTells));
		assert_eq!(least_rate(0, parts(ONE)), Ok(parts(0)));
		assert_eq!(least_rate(7, parts(ONE)), Ok(parts(0)));
		assert_eq!(least_rate(7, parts(0)), Ok(parts(ONE)));
	}

	#[test]
	fn a_fork_stays_hidden_as_the_formula_says() {
		// Golden: python3, n = 2*c; -(-(10**18-q)**n * 10**18 // 10**(18*n))
		let hidden = |rate, connected| Gossip { rate: parts(rate), connected }.hidden();
		assert_eq!(hidden(ONE / 10, 10), parts(121_576_654_590_569_289));
		assert_eq!(hidden(ONE / 100, 50), parts(366_032_341_273_229_505));
		assert_eq!(hidden(ONE / 3, 7), parts(3_425_487_390_781_751));
		assert_eq!(
			(hidden(ONE, 0), hidden(ONE, 1), hidden(0, 9)),
			(parts(ONE), parts(0), parts(ONE))
		);
	}

	#[test]
	fn rounds_are_those_of_the_formula() {
		// Golden: python3, next(b for b in range(9999)
		//     if (10**18-q)**(c*b) * 10**18 <= lam * 10**(18*c*b))
		let rounds =
			|rate, connected, hidden| Gossip { rate: parts(rate), connected }.rounds(parts(hidden));
		assert_eq!(rounds(ONE / 10, 10, ONE / 1_000_000), Ok(14));
		assert_eq!(rounds(ONE / 100, 1, ONE / 1_000_000_000), Ok(2_062));
		assert_eq!(rounds(ONE / 2, 1, ONE / 4), Ok(2));
		assert_eq!((rounds(ONE, 1, 0), rounds(0, 0, ONE)), (Ok(1), Ok(0)));
		assert_eq!(rounds(0, 9, ONE / 2), Err(NoFigure::NobodyTells));
		assert_eq!(rounds(ONE, 0, ONE / 2), Err(NoFigure::NobodyTells));
		assert_eq!(rounds(ONE / 2, 9, 0), Err(NoFigure::NeverCertain));
		assert_eq!(rounds(1, 1, 1), Err(NoFigure::TooLarge));
	}

	prop_compose! {
		fn probability()(exponent in 0u32..=18, parts in 0..=ONE) -> Perquintill {
			Perquintill::from_parts(parts / 10u64.pow(exponent))
		}
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(48))]

		#[test]
		fn confirmations_follow_the_logarithms(f in ONE / 100..ONE, p in probability()) {
			prop_assume!(!p.is_zero());
			let m = nodes(0, parts(f)).confirmations(p).unwrap();
			let real = |parts: u64| parts as f64 / ONE as f64;
			let logarithms = real(p.deconstruct()).ln() / real(ONE - f).ln();
			prop_assert!(f64::from(m) > logarithms - 1e-6 && f64::from(m) <= logarithms + 1.0 + 1e-6);
		}

		#[test]
		fn more_doubt_takes_no_fewer_confirmations(
			f in 1..ONE, g in 1..ONE, p in probability(), q in probability(), count in 1u32..,
		) {
			let m = |f, p| nodes(count, parts(f)).confirmations(p).unwrap_or(u32::MAX);
			prop_assert!(m(f.min(g), p) >= m(f.max(g), p));
			prop_assert!(m(f, p.min(q)) >= m(f, p.max(q)));
			let requests = nodes(count, parts(f)).requests().unwrap();
			prop_assert!(requests <= count);
			prop_assert!(u128::from(requests) * u128::from(ONE) > u128::from(count) * u128::from(ONE - f));
		}

		#[test]
		fn the_least_rate_hides_no_more_than_it_may_and_none_below_does(
			connected in 1u32.., lambda in probability(),
		) {
			let rate = least_rate(connected, lambda).unwrap();
			let hidden = |rate| Gossip { rate, connected }.hidden();
			prop_assert!(hidden(rate) <= lambda);
			if let Some(below) = rate.deconstruct().checked_sub(1) {
				prop_assert!(hidden(parts(below)) > lambda);
			}
			let more = least_rate(connected.saturating_add(1), lambda).unwrap();
			prop_assert!(more <= rate);
		}

		#[test]
		fn at_the_least_rate_two_rounds_are_enough(connected in 1u32..1_000, lambda in probability()) {
			let rate = least_rate(connected, lambda).unwrap();
			let rounds = Gossip { rate, connected }.rounds(lambda);
			// Between two chances and one: a coarse rate may be good for one.
			prop_assert!(rounds.is_ok_and(|rounds| rounds <= 2), "{:?}", rounds);
		}
	}
}
