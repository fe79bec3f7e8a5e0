//! The transaction pool of a node: which messages it keeps, and in which order an author takes them.
//!
//! As the pool of the client does it: a tag has one message; a new one takes the places of all that have
//! a tag in common with it if its priority is higher than theirs together, and is refused otherwise.

use ribp_protocol::Height;
use sp_runtime::transaction_validity::{TransactionPriority, TransactionTag, ValidTransaction};

/// A message that waits for a block.
struct Waiting<Message> {
	message: Message,
	provides: Vec<TransactionTag>,
	priority: TransactionPriority,
	/// The last height at which it may get into a block.
	until: Height,
}

/// The messages that wait for a block, those first that came first.
pub struct Pool<Message> {
	waiting: Vec<Waiting<Message>>,
}

/// The pool has this message, or others for the same that are worth as much.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLowPriority;

impl<Message> Default for Pool<Message> {
	fn default() -> Self {
		Self { waiting: Vec::new() }
	}
}

impl<Message: PartialEq> Pool<Message> {
	/// Takes a message that the runtime calls valid after the block `sealed`.
	pub fn import(
		&mut self,
		message: Message,
		valid: ValidTransaction,
		sealed: Height,
	) -> Result<(), TooLowPriority> {
		let ValidTransaction { priority, provides, longevity, .. } = valid;
		let is_rival =
			|other: &Waiting<Message>| other.provides.iter().any(|tag| provides.contains(tag));
		let rivals = self.waiting.iter().filter(|other| is_rival(other));
		let theirs = rivals.map(|other| other.priority).reduce(u64::saturating_add);
		let is_there = self.waiting.iter().any(|other| other.message == message);
		if is_there || theirs.is_some_and(|theirs| theirs >= priority) {
			return Err(TooLowPriority);
		}
		self.waiting.retain(|other| !is_rival(other));
		let until = sealed.saturating_add(Height::try_from(longevity).unwrap_or(Height::MAX));
		self.waiting.push(Waiting { message, provides, priority, until });
		Ok(())
	}

	/// Hands everything that may still get into the block `number` to its author: what has the highest
	/// priority first, of those what becomes stale first, of those what came first.
	pub fn take(&mut self, number: Height) -> impl Iterator<Item = Message> {
		self.waiting.retain(|waiting| number <= waiting.until);
		self.waiting.sort_by_key(|waiting| (core::cmp::Reverse(waiting.priority), waiting.until));
		core::mem::take(&mut self.waiting).into_iter().map(|waiting| waiting.message)
	}

	/// What waits, in no order.
	pub fn messages(&self) -> impl Iterator<Item = &Message> {
		self.waiting.iter().map(|waiting| &waiting.message)
	}

	/// Forgets everything.
	pub fn clear(&mut self) {
		self.waiting.clear();
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn valid(priority: u64, tags: &[u8]) -> ValidTransaction {
		let provides = tags.iter().map(|tag| vec![*tag]).collect();
		ValidTransaction { priority, provides, longevity: 4, ..Default::default() }
	}

	#[test]
	fn a_message_has_to_be_worth_more_than_all_in_its_place_together() {
		let mut pool = Pool::default();
		assert_eq!(pool.import('a', valid(3, &[1]), 0), Ok(()));
		assert_eq!(pool.import('b', valid(4, &[2]), 0), Ok(()));
		assert_eq!(pool.import('c', valid(7, &[1, 2, 3]), 0), Err(TooLowPriority));
		assert_eq!(pool.import('d', valid(8, &[1, 2, 3]), 0), Ok(()));
		assert_eq!(pool.import('d', valid(9, &[4]), 0), Err(TooLowPriority));
		assert_eq!(pool.messages().collect::<String>(), "d");
	}

	#[test]
	fn the_best_come_first_and_the_stale_not_at_all() {
		let mut pool = Pool::default();
		for (message, priority, sealed) in [('a', 1, 5), ('b', 2, 5), ('c', 2, 4), ('d', 9, 0)] {
			let tag = message as u8;
			assert_eq!(pool.import(message, valid(priority, &[tag]), sealed), Ok(()));
		}
		assert_eq!(pool.take(6).collect::<String>(), "cba");
		assert_eq!(pool.messages().count(), 0);
	}
}
