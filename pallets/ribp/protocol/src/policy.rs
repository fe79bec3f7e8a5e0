//! For how long, and how fast, another chain is believed.

use crate::Height;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A chain's clock: milliseconds since 1970.
pub type Time = u64;

/// A block of another chain and what it says of its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
	/// The block's height.
	pub number: Height,
	/// The time of its parent.
	pub time: Time,
}

/// Under which conditions another chain's newer headers are believed; all in milliseconds.
///
/// Validators leave, and their keys with them: signatures say nothing once those who gave them have
/// nothing to lose. Time is measured by the two chains' timestamps. A count of own blocks would stand
/// still with the own chain, and the keys would not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Policy {
	/// How long a head is believed enough for a newer one to follow it. Shorter than the time in which
	/// the peer's validators cannot withdraw what they have at stake.
	pub trust_period: Time,
	/// By how much the peer's clock may be ahead of the own one.
	pub max_drift: Time,
	/// The shortest time from one block of the peer to the next.
	pub least_block_time: Time,
	/// By how much blocks may be ahead of that pace, all in all: whoever is ahead has to wait. Far below the
	/// time in which a fork would be shown.
	pub slack: Time,
}

/// Why a header comes at a time at which it is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Untimely {
	/// The known head is older than the trust period: nothing follows it any more.
	TrustExpired,
	/// It says that it is older than the known head.
	TimeReversed,
	/// It is ahead of the own clock.
	TimeAhead,
	/// There are more blocks since the known head than there was time for.
	TooFast,
}

impl Policy {
	/// Whether what was signed at this time is still worth something now.
	pub fn trusts(&self, time: Time, now: Time) -> bool {
		now.saturating_sub(time) <= self.trust_period
	}

	/// Whether a newer header may follow the known head now, which is `ahead` of its pace. Returns by how
	/// much the newer one is.
	pub fn check(
		&self,
		known: Moment,
		next: Moment,
		ahead: Time,
		now: Time,
	) -> Result<Time, Untimely> {
		if !self.trusts(known.time, now) {
			return Err(Untimely::TrustExpired);
		}
		let Some(passed) = next.time.checked_sub(known.time) else {
			return Err(Untimely::TimeReversed);
		};
		if next.time > now.saturating_add(self.max_drift) {
			return Err(Untimely::TimeAhead);
		}
		// Were each header allowed the slack anew, many small steps would lead as far as one likes.
		let blocks = next.number.saturating_sub(known.number);
		let least = self.least_block_time.saturating_mul(blocks.into());
		let ahead = ahead.saturating_add(least).saturating_sub(passed);
		match ahead <= self.slack {
			true => Ok(ahead),
			false => Err(Untimely::TooFast),
		}
	}

	/// Whether nothing is believed under this policy that is not under the other.
	pub fn is_at_least_as_strict_as(&self, other: &Self) -> bool {
		self.trust_period <= other.trust_period
			&& self.max_drift <= other.max_drift
			&& self.least_block_time >= other.least_block_time
			&& self.slack <= other.slack
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const HOUR: Time = 3_600_000;
	const POLICY: Policy = Policy {
		trust_period: 100 * HOUR,
		max_drift: 10_000,
		least_block_time: 2_000,
		slack: 9_000,
	};
	const KNOWN: Moment = Moment { number: 500, time: 1_000 * HOUR };

	fn check(number: Height, time: Time, now: Time) -> Result<(), Untimely> {
		POLICY.check(KNOWN, Moment { number, time }, 0, now).map(drop)
	}

	#[test]
	fn a_head_is_followed_until_its_trust_period_ends() {
		let last = KNOWN.time + POLICY.trust_period;
		assert_eq!(check(501, KNOWN.time + 2_000, last), Ok(()));
		assert_eq!(check(501, KNOWN.time + 2_000, last + 1), Err(Untimely::TrustExpired));
		// However new the header is.
		assert_eq!(check(501, last, last + 1), Err(Untimely::TrustExpired));
	}

	/// Old headers, fed drop by drop, each before the trust in the last one ends: what counts is not when
	/// they were learnt.
	#[test]
	fn old_headers_do_not_prolong_trust() {
		let step = POLICY.trust_period / 2;
		let (mut known, mut now) = (KNOWN, KNOWN.time + step);
		let mut learnt = 0;
		while learnt < 100 {
			let next = Moment { number: known.number + 1, time: known.time + 2_000 };
			match POLICY.check(known, next, 0, now) {
				Ok(_) => known = next,
				Err(error) => {
					assert_eq!(error, Untimely::TrustExpired);
					break;
				},
			}
			learnt += 1;
			now += step - 1;
		}
		assert_eq!(learnt, 2);
	}

	#[test]
	fn time_does_not_run_backwards_nor_ahead() {
		let now = KNOWN.time + HOUR;
		assert_eq!(check(501, KNOWN.time, now), Ok(()));
		assert_eq!(check(501, KNOWN.time - 1, now), Err(Untimely::TimeReversed));
		assert_eq!(check(501, now + POLICY.max_drift, now), Ok(()));
		assert_eq!(check(501, now + POLICY.max_drift + 1, now), Err(Untimely::TimeAhead));
		// An own clock that is behind the known head does not overflow anything.
		assert_eq!(check(501, KNOWN.time, 0), Err(Untimely::TimeAhead));
		assert_eq!(check(501, Time::MAX, Time::MAX), Err(Untimely::TrustExpired));
	}

	#[test]
	fn no_more_blocks_come_than_there_is_time_for() {
		let now = KNOWN.time + HOUR;
		let time = KNOWN.time + 100_000;
		// 50 blocks in 100 s, and four and a half in the slack.
		assert_eq!(check(554, time, now), Ok(()));
		assert_eq!(check(555, time, now), Err(Untimely::TooFast));
		assert_eq!(check(Height::MAX, time, now), Err(Untimely::TooFast));
	}

	/// Many steps, each with the slack of one, lead no further than one step.
	#[test]
	fn small_steps_lead_no_further_than_a_large_one() {
		let now = KNOWN.time + HOUR;
		let (mut known, mut ahead) = (KNOWN, 0);
		for _ in 0..100 {
			let next = Moment { number: known.number + 1, ..known };
			let Ok(further) = POLICY.check(known, next, ahead, now) else { break };
			(known, ahead) = (next, further);
		}
		assert_eq!((known.number, ahead), (504, 8_000));
		// With time it is paid off, and no more than that.
		let later = Moment { number: 505, time: known.time + 6_000 };
		assert_eq!(POLICY.check(known, later, ahead, now), Ok(4_000));
		let later = Moment { number: 505, time: known.time + 60_000 };
		assert_eq!(POLICY.check(known, later, ahead, now), Ok(0));
	}

	proptest! {
		/// Of any two heads on the way, no more blocks lie between than there was time for.
		#[test]
		fn no_window_has_more_blocks_than_its_time_and_the_slack(
			steps in proptest::collection::vec((1u32..20, 0u64..30_000), 1..40),
		) {
			let (mut known, mut ahead) = (Moment { number: 0, time: 0 }, 0);
			let mut heads = alloc::vec![known];
			for (blocks, passed) in steps {
				let next = Moment { number: known.number + blocks, time: known.time + passed };
				if let Ok(further) = POLICY.check(known, next, ahead, next.time) {
					(known, ahead) = (next, further);
					heads.push(next);
				}
			}
			for (place, from) in heads.iter().enumerate() {
				for to in &heads[place..] {
					let least = u64::from(to.number - from.number) * POLICY.least_block_time;
					prop_assert!(least <= to.time - from.time + POLICY.slack);
				}
			}
		}

		#[test]
		fn a_stricter_policy_believes_no_more(
			periods in any::<[(Time, Time); 4]>(), number: Height, times in any::<[Time; 4]>(),
		) {
			let [trust, drift, least, slack] = periods.map(|(a, b)| (a.min(b), a.max(b)));
			let strict = Policy {
				trust_period: trust.0,
				max_drift: drift.0,
				least_block_time: least.1,
				slack: slack.0,
			};
			let lax = Policy {
				trust_period: trust.1,
				max_drift: drift.1,
				least_block_time: least.0,
				slack: slack.1,
			};
			prop_assert!(strict.is_at_least_as_strict_as(&lax));
			prop_assert_eq!(lax.is_at_least_as_strict_as(&strict), lax == strict);
			let known = Moment { number: 0, time: times[0] };
			let next = Moment { number, time: times[1] };
			if let Ok(ahead) = strict.check(known, next, times[3], times[2]) {
				let lax = lax.check(known, next, times[3], times[2]);
				prop_assert!(lax.is_ok_and(|lax| lax <= ahead));
			}
		}
	}
}
