//! What a node remembers of its rounds with one peer.

use super::turn::Standstill;
use codec::{Decode, Encode};
use ribp_protocol::Height;
use sp_core::H256;

/// Most blocks between two attempts at a peer that does not answer.
pub(super) const MAX_PAUSE: Height = 8;

/// Blocks that submitted evidence is given to take effect before anything else is submitted.
const PATIENCE: Height = 2;

/// Local to the node, and not bound to the chain's forks: a hint, never a fact.
#[derive(Clone, Default, Encode, Decode)]
pub(super) struct Memory {
	/// Rounds that failed since the last one that did not.
	failures: u32,
	/// Own height below which the peer is left alone.
	not_before: Height,
	/// What was last submitted.
	submitted: Option<Submitted>,
	/// Where in the waiting list the next turn begins.
	turn: u32,
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

/// Evidence on its way to the chain.
#[derive(Clone, Copy, Encode, Decode)]
pub(super) struct Submitted {
	/// Hash of the header and the contracts.
	pub key: H256,
	/// The header's height, on the peer.
	pub number: Height,
	/// Own height at submission.
	pub at: Height,
}

/// The contracts that a round is about, by their places in the waiting list.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Turn {
	/// The first.
	pub first: u32,
	/// How many, going on at the beginning after the end.
	pub count: u32,
}

impl Memory {
	/// Whether the peer's pause is over. A pause from a longer, abandoned chain does not count.
	pub(super) fn is_due(&self, now: Height) -> bool {
		now >= self.not_before || self.not_before.saturating_sub(now) > MAX_PAUSE
	}

	/// Which of `all` waiting contracts the next round is about; no more than `most`.
	pub(super) fn turn(&self, all: u32, most: u32) -> Turn {
		Turn { first: self.turn % all.max(1), count: all.min(most) }
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

	/// A round came to its end, and the next turn begins there, unless this one's has to be taken
	/// again.
	pub(super) fn ended(&mut self, end: RoundEnd, next_turn: u32) {
		self.failures = 0;
		self.not_before = 0;
		if !matches!(end, RoundEnd::Underway) {
			self.turn = next_turn;
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
		memory.ended(RoundEnd::Nothing, 0);
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
	fn every_contract_gets_its_turn() {
		let mut memory = Memory::default();
		let mut seen = std::collections::BTreeSet::new();
		for _ in 0..4 {
			let Turn { first, count } = memory.turn(10, 3);
			assert_eq!(count, 3);
			seen.extend((first..first + count).map(|place| place % 10));
			memory.ended(RoundEnd::Nothing, first + count);
		}
		assert_eq!(seen.len(), 10);
		assert_eq!(memory.turn(3, 3).count, 3);
		assert_eq!(memory.turn(0, 3), Turn { first: 0, count: 0 });
	}

	#[test]
	fn a_turn_is_taken_again_if_it_had_to_wait_for_another_message() {
		let mut memory = Memory::default();
		memory.ended(RoundEnd::Underway, 3);
		assert_eq!(memory.turn(10, 3).first, 0);
		memory.ended(RoundEnd::Submitted(submitted(1, 50, 10)), 3);
		assert_eq!(memory.turn(10, 3).first, 3);
	}

	#[test]
	fn messages_get_smaller_while_the_pool_takes_nothing_and_never_empty() {
		let mut memory = Memory::default();
		let counts: Vec<_> = (0..40)
			.map(|_| {
				memory.ended(RoundEnd::NotTaken(submitted(1, 50, 10)), 0);
				memory.most(100)
			})
			.collect();
		assert_eq!(counts[..3], [50, 25, 12]);
		assert_eq!(counts[39], 1);
		assert!(memory.is_due(0), "the peer is not to blame");
		memory.ended(RoundEnd::Submitted(submitted(1, 50, 10)), 0);
		assert_eq!(memory.most(100), 100);
	}

	#[test]
	fn messages_stay_as_they_are_when_other_nodes_are_taken() {
		let mut memory = Memory::default();
		memory.ended(RoundEnd::NotTaken(submitted(1, 50, 10)), 0);
		memory.advanced(10);
		assert_eq!(memory.most(100), 50);
		memory.advanced(11);
		assert_eq!(memory.most(100), 100);
	}

	#[test]
	fn nothing_is_submitted_twice_while_it_may_be_underway() {
		let mut memory = Memory::default();
		assert!(!memory.is_underway(&submitted(1, 50, 10), 40));
		memory.ended(RoundEnd::Submitted(submitted(1, 50, 10)), 0);
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
