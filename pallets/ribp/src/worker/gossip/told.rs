//! What a node remembers of what it has told a peer: so that it does not repeat itself.

use alloc::collections::BTreeMap;
use codec::{Decode, Encode};
use ribp_peer::status::MessageKind;
use ribp_protocol::{Height, SystemId};

/// Blocks that a message is given to take effect.
const PATIENCE: Height = 2;

/// The longest silence, in blocks, after messages that were not taken.
const MAX_SILENCE: Height = 64;

/// The same of forks, while which all business stops and time runs out.
const MAX_SILENCE_OF_FORKS: Height = 4;

/// What a message is about. In the order in which they are sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub(super) enum Kind {
	/// Another history of a system.
	Fork,
	/// A newer view of it.
	View,
}

impl Kind {
	/// What it is in the status record.
	pub fn message(self) -> MessageKind {
		match self {
			Self::Fork => MessageKind::Fork,
			Self::View => MessageKind::Evidence,
		}
	}

	fn max_silence(self) -> Height {
		match self {
			Self::Fork => MAX_SILENCE_OF_FORKS,
			Self::View => MAX_SILENCE,
		}
	}
}

/// How long nothing is said, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
struct Silence {
	since: Height,
	blocks: Height,
}

/// The limit on what one sender tells one peer of one system: views and forks apart, so that what
/// was said of views never holds up the proof of a fork. Local to the node: a hint.
#[derive(Default, Encode, Decode)]
pub(super) struct Told(BTreeMap<(SystemId, Kind), Silence>);

impl Told {
	/// Whether nothing is said of this now. A silence from a longer, abandoned chain does not count.
	pub fn is_quiet(&self, system: SystemId, kind: Kind, now: Height) -> bool {
		self.0.get(&(system, kind)).is_some_and(|silence| {
			(silence.since..silence.since.saturating_add(silence.blocks)).contains(&now)
		})
	}

	/// A message was sent, or could not be made. What is not taken is repeated after longer and longer
	/// silences.
	pub fn note(&mut self, system: SystemId, kind: Kind, is_taken: bool, now: Height) {
		let last = self.0.get(&(system, kind)).map_or(0, |silence| silence.blocks);
		let blocks = match is_taken {
			true => PATIENCE,
			false => last.saturating_mul(2).clamp(PATIENCE, kind.max_silence()),
		};
		self.0.insert((system, kind), Silence { since: now, blocks });
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::H256;

	const EVE: SystemId = SystemId(H256::repeat_byte(0xe));
	const ZOE: SystemId = SystemId(H256::repeat_byte(0xf));

	#[test]
	fn what_was_taken_has_two_blocks_to_take_effect() {
		let mut told = Told::default();
		assert!(!told.is_quiet(EVE, Kind::View, 10));
		told.note(EVE, Kind::View, true, 10);
		let quiet: Vec<_> = (9..14).filter(|now| told.is_quiet(EVE, Kind::View, *now)).collect();
		assert_eq!(quiet, [10, 11]);
	}

	#[test]
	fn what_is_not_taken_is_repeated_less_and_less_often() {
		let mut told = Told::default();
		let said: Vec<_> = (0..300)
			.filter(|now| {
				let says = !told.is_quiet(EVE, Kind::View, *now);
				if says {
					told.note(EVE, Kind::View, false, *now);
				}
				says
			})
			.collect();
		assert_eq!(said, [0, 2, 6, 14, 30, 62, 126, 190, 254]);
		told.note(EVE, Kind::View, true, 300);
		assert!(!told.is_quiet(EVE, Kind::View, 302), "a message that was taken begins anew");
	}

	#[test]
	fn the_proof_of_a_fork_is_never_silent_for_long() {
		let mut told = Told::default();
		let said = (0..100).filter(|now| {
			let says = !told.is_quiet(EVE, Kind::Fork, *now);
			if says {
				told.note(EVE, Kind::Fork, false, *now);
			}
			says
		});
		assert_eq!(said.count(), 1 + 98usize.div_ceil(4));
	}

	#[test]
	fn nothing_that_was_said_holds_up_the_proof_of_a_fork_or_of_another_system() {
		let mut told = Told::default();
		(0..9).for_each(|now| told.note(EVE, Kind::View, false, now));
		assert!(told.is_quiet(EVE, Kind::View, 20));
		assert!(!told.is_quiet(EVE, Kind::Fork, 20));
		assert!(!told.is_quiet(ZOE, Kind::View, 20));
	}

	#[test]
	fn a_silence_from_an_abandoned_chain_does_not_count() {
		let mut told = Told::default();
		told.note(EVE, Kind::View, true, 1_000);
		assert!(!told.is_quiet(EVE, Kind::View, 5));
	}
}
