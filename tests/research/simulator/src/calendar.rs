//! What happens when.

use std::collections::VecDeque;

/// Things that are due in some millisecond, in the order in which they were entered.
///
/// As long as it looks ahead, and no longer: it does not grow with time.
pub(crate) struct Calendar<T> {
	days: Vec<VecDeque<T>>,
	today: usize,
}

impl<T> Calendar<T> {
	/// An empty one that looks `ahead` milliseconds ahead.
	pub fn new(ahead: u32) -> Self {
		Self { days: (0..=ahead).map(|_| VecDeque::new()).collect(), today: 0 }
	}

	/// Enters what is due in `delay` milliseconds; what is too far ahead is due as late as possible.
	pub fn enter(&mut self, delay: u32, what: T) {
		let ahead = (delay as usize).min(self.days.len() - 1);
		let day = (self.today + ahead) % self.days.len();
		self.days[day].push_back(what);
	}

	/// The next thing that is due now.
	pub fn next(&mut self) -> Option<T> {
		self.days[self.today].pop_front()
	}

	/// The next millisecond begins. Nothing must be left of this one.
	pub fn turn(&mut self) {
		debug_assert!(self.days[self.today].is_empty());
		self.today = (self.today + 1) % self.days.len();
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn everything_is_due_in_its_time_and_in_the_order_of_its_entry() {
		let mut calendar = Calendar::new(3);
		for (delay, what) in [(2, 'a'), (0, 'b'), (2, 'c'), (9, 'd')] {
			calendar.enter(delay, what);
		}
		let mut seen = Vec::new();
		for now in 0..8 {
			while let Some(what) = calendar.next() {
				seen.push((now, what));
				if what == 'b' {
					calendar.enter(0, 'e');
				}
			}
			calendar.turn();
		}
		assert_eq!(seen, [(0, 'b'), (0, 'e'), (2, 'a'), (2, 'c'), (3, 'd')]);
	}
}
