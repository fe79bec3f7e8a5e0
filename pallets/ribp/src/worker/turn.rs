//! Whose turn it is: one node of the chain acts after a block, others only when nothing moves.

use super::memory::{Memory, MAX_PAUSE};
use crate::{Config, Height, Pallet};
use codec::{Decode, Encode};
use ribp_peer::Role;

/// Blocks in which nothing moves before a node acts though it is another's turn: the author's
/// message needs one to be included, and may miss the next.
pub(super) const STEP_IN: Height = 3;

/// Who has authored a block.
pub trait Authorship {
	/// Whether the node that runs this has authored the block after which it runs. Asked by the
	/// offchain worker only.
	fn is_own_block() -> bool;
}

/// Every node acts after every block.
impl Authorship for () {
	fn is_own_block() -> bool {
		true
	}
}

/// How far a system's history and authorities are known.
///
/// What is submitted changes it. Registrations do not: who makes many cannot keep nodes quiet.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Encode, Decode)]
pub(super) struct Progress {
	/// Own height at which the view was last advanced.
	pub advanced_at: Height,
	/// The height after which its authorities are in charge.
	pub set_since: Height,
}

/// What a round is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Task {
	/// Somebody may wait for it: whoever acts looks.
	Urgent,
	/// A view is brought up, or contracts are forgotten: once in a few blocks.
	Leisurely,
}

/// Since when there has been something to do, and no progress.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub(super) struct Standstill {
	since: Height,
	progress: Progress,
}

/// Of how many blocks, up to `now`, this node tells other chains the news; none if it does not. A relay comes
/// after the authors: what these have told by then is not told again.
pub(super) fn tells(role: Role, is_own_turn: bool, now: Height) -> Option<Height> {
	match role {
		Role::Author | Role::Relay if is_own_turn => Some(1),
		Role::Relay if now.is_multiple_of(STEP_IN) => Some(STEP_IN),
		Role::Author | Role::Relay | Role::Off => None,
	}
}

impl<T: Config> Pallet<T> {
	/// Whether it is this node's turn to act for the chain: it has authored the block after which
	/// its worker runs.
	pub(crate) fn is_own_turn() -> bool {
		T::Authorship::is_own_block()
	}
}

impl Memory {
	/// Whether this node acts after block `now`, in which there may be something to do: it is its turn,
	/// or nothing has moved for a while since it last acted.
	pub(super) fn acts(
		&mut self,
		is_own_turn: bool,
		task: Task,
		progress: Progress,
		now: Height,
	) -> bool {
		let (standstill, patience) = match task {
			Task::Urgent => (&mut self.urgent, STEP_IN),
			Task::Leisurely => (&mut self.leisurely, STEP_IN * MAX_PAUSE),
		};
		let same = |still: &Standstill| still.progress == progress && still.since <= now;
		let still = standstill.filter(same);
		let steps_in = still.is_some_and(|still| now - still.since >= patience);
		let acts = is_own_turn || steps_in;
		let begins = Standstill { since: now, progress };
		*standstill = Some(still.filter(|_| !acts).unwrap_or(begins));
		acts
	}

	/// There is nothing urgent to do.
	pub(super) fn rests(&mut self) {
		self.urgent = None;
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Whether a node acts, with something urgent to do, in its own turn or another's.
	fn acts(memory: &mut Memory, own_turn: bool, progress: Progress, now: Height) -> bool {
		memory.acts(own_turn, Task::Urgent, progress, now)
	}

	const OWN: bool = true;
	const ANOTHERS: bool = false;

	fn progress(advanced_at: Height) -> Progress {
		Progress { advanced_at, ..Progress::default() }
	}

	#[test]
	fn whose_turn_it_is_acts_at_once_and_the_others_every_few_blocks() {
		let mut memory = Memory::default();
		let steps_in: Vec<_> =
			(10..24).filter(|now| acts(&mut memory, ANOTHERS, progress(5), *now)).collect();
		assert_eq!(steps_in, [13, 16, 19, 22]);
		assert!(acts(&mut memory, OWN, progress(5), 24));
		assert!(!acts(&mut memory, ANOTHERS, progress(5), 25), "this node has just acted");
	}

	#[test]
	fn a_relay_tells_of_every_block_and_authors_of_their_own() {
		let told = |role, is_own_turn| {
			(6..12).map(|now| tells(role, is_own_turn, now)).collect::<Vec<_>>()
		};
		assert_eq!(told(Role::Author, OWN), [Some(1); 6]);
		assert_eq!(told(Role::Author, ANOTHERS), [None; 6]);
		assert_eq!(told(Role::Relay, ANOTHERS), [Some(3), None, None, Some(3), None, None]);
		assert_eq!(told(Role::Off, OWN), [None; 6]);
	}

	#[test]
	fn progress_and_rest_begin_anew() {
		let mut memory = Memory::default();
		assert!(!acts(&mut memory, ANOTHERS, progress(5), 10));
		assert!(!acts(&mut memory, ANOTHERS, progress(12), 13), "the view was advanced");
		memory.rests();
		assert!(!acts(&mut memory, ANOTHERS, progress(12), 16), "there was nothing to do");
		assert!(acts(&mut memory, ANOTHERS, progress(12), 19));
	}

	#[test]
	fn a_standstill_on_an_abandoned_chain_does_not_count() {
		let mut memory = Memory::default();
		assert!(!acts(&mut memory, ANOTHERS, progress(5), 100));
		assert!(!acts(&mut memory, ANOTHERS, progress(5), 50));
		assert!(acts(&mut memory, ANOTHERS, progress(5), 53));
	}
}
