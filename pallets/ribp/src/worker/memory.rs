//! What a node remembers of its rounds with one peer.

use super::{turn::Standstill, walk::Trail};
use codec::{Decode, Encode};
use ribp_peer::status::RoundResult;
use ribp_protocol::Height;
use sp_core::H256;

/// Most blocks between two attempts at a peer that does not answer.
pub(super) const MAX_PAUSE: Height = 8;

/// Blocks that submitted evidence is given to take effect before anything else is submitted.
const PATIENCE: Height = 2;

/// Local to the node, and not bound to the chain's forks: a hint, never a fact.
#[derive(Clone, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Memory {
	/// Rounds that failed since the last one that did not.
	failures: u32,
	/// Own height below which the peer is left alone.
	not_before: Height,
	/// What was last submitted.
	submitted: Option<Submitted>,
	/// Where in the waiting list the next round begins.
	pub(super) trail: Trail,
	/// The own height at which a round began that has not ended yet.
	begun: Option<Height>,
	/// Messages that the pool has not taken since the last one that it took.
	not_taken: u32,
	/// The known head of which everything was looked at, and moves nothing that was there before.
	pub(super) exhausted: H256,
	/// While there is something urgent to do, and nothing moves.
	pub(super) urgent: Option<Standstill>,
	/// While there is something to do at leisure, and nothing moves.
	pub(super) leisurely: Option<Standstill>,
}

/// What a round that did not fail has come to.
#[derive(Clone, Copy)]
pub(super) enum RoundEnd {
	/// There was nothing to submit.
	Nothing,
	/// There is something, but the last may still be on its way.
	Underway,
	/// The pool has taken this.
	Submitted(Submitted),
	/// The pool has not taken this: it has another node's, or it is too much for a block.
	NotTaken(Submitted),
}

impl RoundEnd {
	/// What it is in the status record.
	pub fn result(&self) -> RoundResult {
		match self {
			Self::Nothing => RoundResult::Nothing,
			Self::Underway => RoundResult::Underway,
			Self::Submitted(_) => RoundResult::Submitted,
			Self::NotTaken(_) => RoundResult::NotTaken,
		}
	}
}

/// Evidence on its way to the chain.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) struct Submitted {
	/// Hash of the header and the contracts.
	pub key: H256,
	/// The header's height, on the peer.
	pub number: Height,
	/// Own height at submission.
	pub at: Height,
}

impl Memory {
	/// Whether the peer's pause is over. A pause from a longer, abandoned chain does not count.
	pub(super) fn is_due(&self, now: Height) -> bool {
		now >= self.not_before || self.not_before.saturating_sub(now) > MAX_PAUSE
	}

	/// Whether a round was begun that never came to its end. From now on none was.
	pub(super) fn was_unfinished(&mut self) -> bool {
		self.begun.take().is_some()
	}

	/// Own height below which the peer is left alone, and how many rounds have failed since the last
	/// one that did not.
	pub(super) fn pause(&self) -> (Height, u32) {
		(self.not_before, self.failures)
	}

	/// Contracts in the next message: no more than `most`, and fewer after each that the pool has
	/// not taken: it may have been too much, or one contract the cause.
	pub(super) fn most(&self, most: u32) -> u32 {
		most.checked_shr(self.not_taken).unwrap_or(0).max(1)
	}

	/// The view was last advanced at this own height: if that was after the last message, another
	/// node's was taken, and nothing speaks against messages of that size.
	pub(super) fn advanced(&mut self, at: Height) {
		if self.submitted.as_ref().is_some_and(|last| last.at < at) {
			self.not_taken = 0;
		}
	}

	/// A round came to its end, and the next one begins there, unless this one has to be taken again.
	pub(super) fn ended(&mut self, end: RoundEnd, next: Trail) {
		self.failures = 0;
		self.not_before = 0;
		if !matches!(end, RoundEnd::Underway) {
			self.trail = next;
		}
		match end {
			RoundEnd::Nothing | RoundEnd::Underway => {},
			RoundEnd::Submitted(submitted) => {
				self.submitted = Some(submitted);
				self.not_taken = 0;
			},
			RoundEnd::NotTaken(submitted) => {
				// The same is not tried again at once; anything else may be.
				self.submitted = Some(Submitted { number: 0, ..submitted });
				self.not_taken = self.not_taken.saturating_add(1);
			},
		}
	}

	/// A round failed. Returns the number of blocks until the next one.
	pub(super) fn failed(&mut self, now: Height) -> Height {
		let pause = 1u32.checked_shl(self.failures).unwrap_or(MAX_PAUSE).min(MAX_PAUSE);
		self.failures = self.failures.saturating_add(1);
		self.not_before = now.saturating_add(pause);
		pause
	}

	/// What is to be remembered if the round that begins now never ends.
	pub(super) fn but_failed(&self, now: Height) -> Self {
		let mut failed = self.clone();
		failed.failed(now);
		failed.begun = Some(now);
		failed
	}

	/// Whether the last evidence may still be on its way into a block, so that `next` has to wait;
	/// `known` is the height up to which the peer's view is stored.
	pub(super) fn is_underway(&self, next: &Submitted, known: Height) -> bool {
		self.submitted.as_ref().filter(|last| last.at <= next.at).is_some_and(|last| {
			let age = next.at.saturating_sub(last.at);
			match last.key == next.key {
				true => age < 2 * PATIENCE,
				false => age < PATIENCE && known < last.number,
			}
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn submitted(key: u8, number: Height, at: Height) -> Submitted {
		Submitted { key: H256::repeat_byte(key), number, at }
	}

	#[test]
	fn pauses_double_up_to_the_longest() {
		let mut memory = Memory::default();
		let pauses: Vec<_> = (0..40).map(|_| memory.failed(100)).collect();
		assert_eq!(pauses[..5], [1, 2, 4, 8, 8]);
		assert_eq!(pauses[39], MAX_PAUSE);
		assert!(!memory.is_due(107));
		assert!(memory.is_due(108));
		memory.ended(RoundEnd::Nothing, Trail::default());
		assert!(memory.is_due(0));
		assert_eq!(memory.failed(100), 1);
	}

	#[test]
	fn a_pause_from_an_abandoned_chain_does_not_count() {
		let mut memory = Memory::default();
		memory.failed(1_000);
		assert!(memory.is_due(5));
	}

	#[test]
	fn a_round_is_taken_again_if_it_had_to_wait_for_another_message() {
		let mut memory = Memory::default();
		let mut next = Trail::default();
		next.learn(u32::MAX);
		memory.ended(RoundEnd::Underway, next.clone());
		assert_eq!(memory.trail, Trail::default());
		memory.ended(RoundEnd::Submitted(submitted(1, 50, 10)), next.clone());
		assert_eq!(memory.trail, next);
	}

	#[test]
	fn a_round_that_never_ends_is_noticed_once() {
		let mut memory = Memory::default();
		assert!(!memory.was_unfinished());
		let mut left = memory.but_failed(10);
		assert_eq!(left.pause(), (11, 1));
		assert!(left.was_unfinished());
		assert!(!left.was_unfinished());
	}

	#[test]
	fn messages_get_smaller_while_the_pool_takes_nothing_and_never_empty() {
		let mut memory = Memory::default();
		let counts: Vec<_> = (0..40)
			.map(|_| {
				memory.ended(RoundEnd::NotTaken(submitted(1, 50, 10)), Trail::default());
				memory.most(100)
			})
			.collect();
		assert_eq!(counts[..3], [50, 25, 12]);
		assert_eq!(counts[39], 1);
		assert!(memory.is_due(0), "the peer is not to blame");
		memory.ended(RoundEnd::Submitted(submitted(1, 50, 10)), Trail::default());
		assert_eq!(memory.most(100), 100);
	}

	#[test]
	fn messages_stay_as_they_are_when_other_nodes_are_taken() {
		let mut memory = Memory::default();
		memory.ended(RoundEnd::NotTaken(submitted(1, 50, 10)), Trail::default());
		memory.advanced(10);
		assert_eq!(memory.most(100), 50);
		memory.advanced(11);
		assert_eq!(memory.most(100), 100);
	}

	#[test]
	fn nothing_is_submitted_twice_while_it_may_be_underway() {
		let mut memory = Memory::default();
		assert!(!memory.is_underway(&submitted(1, 50, 10), 40));
		memory.ended(RoundEnd::Submitted(submitted(1, 50, 10)), Trail::default());
		assert!(memory.is_underway(&submitted(2, 51, 11), 40));
		assert!(!memory.is_underway(&submitted(2, 51, 11), 50), "it has taken effect");
		assert!(!memory.is_underway(&submitted(2, 51, 12), 40), "it was given its time");
		assert!(
			memory.is_underway(&submitted(1, 50, 13), 50),
			"the same is not sent again at once"
		);
		assert!(!memory.is_underway(&submitted(1, 50, 14), 50));
		assert!(!memory.is_underway(&submitted(2, 51, 9), 40), "from an abandoned chain");
	}
}
