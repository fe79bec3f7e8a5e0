//! How far away an expiry must lie (section 5.2).

use crate::{Gossip, Height, NoFigure};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::Perquintill;

/// How fast a chain is, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Pace {
	/// *Shortest* time from block to block; with Aura, the slot. It turns time into heights: an
	/// average is too long when the chain is fast, and the expiry then too near.
	pub block_ms: u64,
	/// Longest time from sending a registration to the block that holds it.
	pub inclusion_ms: u64,
	/// Longest time from a block to its finality.
	pub finality_ms: u64,
	/// Longest time from a fact's finality on the other chain to the block of *this* chain that
	/// holds the evidence, with the blocks for which other nodes wait before they step in.
	pub evidence_ms: u64,
}

/// How long blocks take on two chains, in milliseconds: what distances there have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockTimes {
	/// On the own chain.
	pub own: u64,
	/// On the other one.
	pub peer: u64,
}

impl BlockTimes {
	/// Those of chains of which nobody has said anything: one is as fast as the other.
	pub const ALIKE: Self = Self { own: 1, peer: 1 };

	/// How many own blocks take as long as so many of the peer's, or a little longer.
	pub fn own_blocks(&self, blocks: Height) -> Height {
		let time = u128::from(blocks).saturating_mul(self.peer.into());
		time.div_ceil(u128::from(self.own).max(1)).try_into().unwrap_or(Height::MAX)
	}
}

/// What a least safe expiry depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Conditions {
	/// The chain whose expiry is h1.
	pub own: Pace,
	/// The chain whose expiry is h2.
	pub peer: Pace,
	/// Who tells of the peer's forks, and how often.
	pub gossip: Gossip,
	/// Longest time between two chances of a connected system, which is its block time. Never
	/// taken to be below the shortest of the two chains' own.
	pub round_ms: u64,
	/// lambda: the probability of a hidden fork that is put up with.
	pub hidden: Perquintill,
}

/// The nearest expiries that are safe, as distances.
///
/// h1 is the own height plus `own`; h2 is the peer's height plus `peer`, counted from its *best*
/// block. The peer's newest proven block lies behind that one: an h2 counted from it is too near.
/// The registrants' own hesitation comes on top, and both must agree on the same h1 and h2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LeastExpiry {
	/// Blocks of the own chain from now to h1; what a runtime's least expiry should be.
	pub own: Height,
	/// Blocks of the peer from now to h2.
	pub peer: Height,
	/// Blocks of the own chain that whoever cancels there waits: long enough for an answer that was given
	/// before the other side could know, and for the staleness that it is allowed ([`Terms::staleness`](crate::Terms::staleness)).
	pub notice: Height,
	/// Blocks of the peer from its known head to h2, for a leg that is firm: it must be seen there in time.
	pub firm: Height,
}

impl Conditions {
	/// By which distances on the two chains are compared.
	pub fn block_times(&self) -> BlockTimes {
		BlockTimes { own: self.own.block_ms, peer: self.peer.block_ms }
	}

	/// The nearest expiries that let both logs commit in time, and leave gossip the time to expose
	/// a fork with a probability of at least 1-lambda before either lock is released.
	///
	/// Section 5.2 wants the expiry "long enough" and gives no figure. This one adds up what has to
	/// happen one after the other; where both chains do the same at once, the slower one counts:
	///
	/// | what happens | its time |
	/// |---|---|
	/// | one side registers, and that is final: only now does the other know | `inclusion + finality` |
	/// | the other side registers, and that is final | its `inclusion + finality` |
	/// | each is shown the other's registration, and commits | `evidence` |
	/// | the commits are final | `finality` |
	/// | each is shown the other's commit: now it relies on that branch | `evidence` |
	/// | the [`Gossip::rounds`] in which who knows the other branch tells | `rounds * round` |
	/// | what was told gets into a block, which forbids to settle | `evidence` |
	///
	/// The sum is the same for both chains, and each divides it by its own block time, rounded up.
	/// That a registrant may act just before the next block needs no block more: locks are released
	/// after h1, not at it.
	///
	/// It holds if log2 commits as soon as it can. A peer that delays it to h2 leaves no time before
	/// the expiry, and no choice of h1 and h2 helps both sides against that: each would have to be
	/// the later one. Who unlocks only [`Self::exposure`] after the proof is safe from it.
	pub fn least_expiry(&self) -> Result<LeastExpiry, NoFigure> {
		let Self { own, peer, .. } = self;
		let evidence = self.evidence();
		let finality = u128::from(own.finality_ms.max(peer.finality_ms));

		let committed = registered(own) + registered(peer) + evidence;
		let total = committed + finality + evidence + self.exposed()?;
		Ok(LeastExpiry {
			own: blocks(total, own)?,
			peer: blocks(total, peer)?,
			notice: self.notice()?,
			firm: blocks(registered(own) + evidence, peer)?,
		})
	}

	/// Blocks of the own chain in which a fork is exposed, from the one that proves log2 committed.
	pub fn exposure(&self) -> Result<Height, NoFigure> {
		blocks(self.exposed()?, &self.own)
	}

	/// Until who knows another branch has told of it, and that is in a block.
	fn exposed(&self) -> Result<u128, NoFigure> {
		let rounds = self.gossip.rounds(self.hidden)?;
		let round = self.round_ms.max(self.own.block_ms).max(self.peer.block_ms);
		Ok(u128::from(rounds) * u128::from(round) + self.evidence())
	}

	fn evidence(&self) -> u128 {
		self.own.evidence_ms.max(self.peer.evidence_ms).into()
	}

	/// The other side hears of a cancellation when it is final (f); an answer is included (i), final, and
	/// shown (e). So the notice is `f + i + f' + e` at least; and what is left of it after the half for
	/// which a block counts as young, `f + f' + 2e + b'` (b, a block).
	fn notice(&self) -> Result<Height, NoFigure> {
		let Self { own, peer, .. } = self;
		let evidence = self.evidence();
		let finality = u128::from(own.finality_ms) + u128::from(peer.finality_ms);
		let answer = finality + u128::from(peer.inclusion_ms) + evidence;
		let rest = finality + 2 * evidence + u128::from(peer.block_ms);
		Ok(blocks(answer, own)?.max(blocks(2 * rest, own)?))
	}
}

/// Until a contract log stands in a final block.
fn registered(pace: &Pace) -> u128 {
	u128::from(pace.inclusion_ms) + u128::from(pace.finality_ms)
}

/// The blocks that a chain makes at most in this time, so that no fewer cover it.
fn blocks(milliseconds: u128, pace: &Pace) -> Result<Height, NoFigure> {
	if pace.block_ms == 0 {
		return Err(NoFigure::NoBlockTime);
	}
	let blocks = milliseconds.div_ceil(pace.block_ms.into());
	blocks.try_into().map_err(|_| NoFigure::TooLarge)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use sp_runtime::{traits::Saturating, PerThing};

	const ONE: u64 = Perquintill::ACCURACY;
	const SECOND: u64 = 1_000;

	fn parts(parts: u64) -> Perquintill {
		Perquintill::from_parts(parts)
	}

	/// Blocks of six seconds here and of ten there, and ten connected systems.
	fn conditions() -> Conditions {
		let own = Pace {
			block_ms: 6 * SECOND,
			inclusion_ms: 12 * SECOND,
			finality_ms: 18 * SECOND,
			evidence_ms: 24 * SECOND,
		};
		let peer = Pace {
			block_ms: 10 * SECOND,
			inclusion_ms: 20 * SECOND,
			finality_ms: 30 * SECOND,
			evidence_ms: 20 * SECOND,
		};
		Conditions {
			own,
			peer,
			gossip: Gossip { rate: Perquintill::from_percent(10), connected: 10 },
			round_ms: 12 * SECOND,
			hidden: parts(ONE / 1_000_000),
		}
	}

	#[test]
	fn the_least_expiry_is_the_sum_of_what_has_to_happen() {
		// In seconds: register 12+18 and 20+30, evidence 24, finality 30, evidence 24,
		// gossip 14*12, evidence 24.
		let total = 30 + 50 + 24 + 30 + 24 + 168 + 24u32;
		let expected = LeastExpiry {
			own: total.div_ceil(6),
			peer: total.div_ceil(10),
			// Twice finality, evidence there and back, and a block of the peer.
			notice: (2 * (18 + 30 + 2 * 24 + 10u32)).div_ceil(6),
			firm: (12 + 18 + 24u32).div_ceil(10),
		};
		assert_eq!(conditions().least_expiry(), Ok(expected));
		assert_eq!(conditions().exposure(), Ok((168 + 24u32).div_ceil(6)));
	}

	#[test]
	fn a_round_is_not_shorter_than_a_block_of_either_chain() {
		let round = |round_ms| Conditions { round_ms, ..conditions() }.least_expiry();
		assert_eq!(round(0), round(10 * SECOND));
		assert_ne!(round(10 * SECOND), round(11 * SECOND));
	}

	#[test]
	fn distances_are_compared_by_the_times_of_blocks() {
		let own_blocks = |blocks| conditions().block_times().own_blocks(blocks);
		assert_eq!([0, 1, 3, 60].map(own_blocks), [0, 2, 5, 100]);
		assert_eq!(own_blocks(Height::MAX), Height::MAX);
		assert_eq!(BlockTimes { own: 0, peer: 1 }.own_blocks(7), 7);
		assert_eq!(BlockTimes { own: 1, peer: u64::MAX }.own_blocks(7), Height::MAX);
		assert_eq!(BlockTimes::ALIKE.own_blocks(7), 7);
	}

	#[test]
	fn an_expiry_that_does_not_exist_is_named() {
		let expiry = |change: fn(&mut Conditions)| {
			let mut conditions = conditions();
			change(&mut conditions);
			conditions.least_expiry().unwrap_err()
		};
		assert_eq!(expiry(|c| c.gossip.connected = 0), NoFigure::NobodyTells);
		assert_eq!(expiry(|c| c.hidden = Perquintill::zero()), NoFigure::NeverCertain);
		assert_eq!(expiry(|c| c.own.block_ms = 0), NoFigure::NoBlockTime);
		assert_eq!(expiry(|c| c.peer.block_ms = 0), NoFigure::NoBlockTime);
		assert_eq!(expiry(|c| c.peer.finality_ms = u64::MAX), NoFigure::TooLarge);
	}

	prop_compose! {
		fn pace()(block_ms: u64, inclusion_ms: u64, finality_ms: u64, evidence_ms: u32) -> Pace {
			let evidence_ms = evidence_ms.into();
			Pace { block_ms, inclusion_ms, finality_ms, evidence_ms }
		}
	}

	proptest! {
		#[test]
		fn the_two_chains_agree_about_the_least_expiry(
			own in pace(), peer in pace(), connected: u32, rate in 0..=ONE,
			hidden in 0..=ONE, round_ms: u64,
		) {
			let gossip = Gossip { rate: parts(rate), connected };
			let hidden = parts(hidden);
			let there = Conditions { own, peer, gossip, round_ms, hidden };
			let back = Conditions { own: peer, peer: own, ..there };
			let distances = |expiry: LeastExpiry| (expiry.own, expiry.peer);
			let mirrored = |expiry: LeastExpiry| (expiry.peer, expiry.own);
			prop_assert_eq!(
				there.least_expiry().map(distances).ok(),
				back.least_expiry().map(mirrored).ok()
			);
		}

		#[test]
		fn worse_conditions_never_bring_the_expiry_nearer(later in 0u64..1 << 40, which in 0usize..8) {
			let before = conditions().least_expiry().unwrap();
			let mut worse = conditions();
			match which {
				0 => worse.own.inclusion_ms += later,
				1 => worse.own.finality_ms += later,
				2 => worse.own.evidence_ms += later,
				3 => worse.peer.inclusion_ms += later,
				4 => worse.peer.finality_ms += later,
				5 => worse.peer.evidence_ms += later,
				6 => worse.round_ms += later,
				_ => worse.gossip.rate = worse.gossip.rate.saturating_sub(parts(later * 100_000)),
			}
			if let Ok(after) = worse.least_expiry() {
				prop_assert!(after.own >= before.own && after.peer >= before.peer);
				prop_assert!(worse.exposure().unwrap() >= conditions().exposure().unwrap());
			}
		}
	}
}
