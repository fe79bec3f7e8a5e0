//! How often something happened.

use super::results::{Fault, Method};
use alloc::vec::Vec;
use codec::{Decode, Encode};

/// How often each of a few results was seen. It is no longer than there are results.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(transparent))]
pub struct Counted<R>(Vec<(R, u64)>);

impl<R> Default for Counted<R> {
	fn default() -> Self {
		Self(Vec::new())
	}
}

impl<R: Copy + PartialEq> Counted<R> {
	/// One more of this.
	pub fn count(&mut self, result: R) {
		self.add(result, 1);
	}

	/// So many more of this.
	pub fn add(&mut self, result: R, more: u64) {
		match self.0.iter_mut().find(|(seen, _)| *seen == result) {
			Some((_, count)) => *count = count.saturating_add(more),
			None => self.0.push((result, more)),
		}
	}

	/// How many there were of this.
	pub fn of(&self, result: R) -> u64 {
		self.0.iter().find(|(seen, _)| *seen == result).map_or(0, |(_, count)| *count)
	}

	/// All that were seen, in the order in which they were first.
	pub fn iter(&self) -> impl Iterator<Item = (R, u64)> + '_ {
		self.0.iter().copied()
	}
}

/// Requests to one endpoint, of one method and result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct RequestCount {
	/// What was asked.
	pub method: Method,
	/// Why there was no usable answer; none if there was one.
	pub fault: Option<Fault>,
	/// How many.
	pub count: u64,
	/// How long they took together, in milliseconds.
	pub took: u64,
}

/// More requests among those that are counted.
pub fn note(counts: &mut Vec<RequestCount>, more: RequestCount) {
	let is_same =
		|count: &&mut RequestCount| (count.method, count.fault) == (more.method, more.fault);
	match counts.iter_mut().find(is_same) {
		Some(count) => {
			count.count = count.count.saturating_add(more.count);
			count.took = count.took.saturating_add(more.took);
		},
		None => counts.push(more),
	}
}
