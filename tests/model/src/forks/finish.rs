//! What becomes of a state from which on the peer is honest, and root is wise.

use super::{
	exploration::{Event, Exploration},
	judge::Maker,
	reader::{Reader, Status},
	tree::At,
};
use stateright::Model;

/// Own blocks in which everything ends.
const ENDING: u8 = 8;

impl Exploration {
	/// A wise end: root resumes, and chooses the branch that this block is on or, if it cannot be
	/// chosen, names the block as an anchor; then the contract is moved by it.
	pub fn finish(&self, reader: &Reader, top: At) -> Reader {
		self.finish_told(reader, top, |_, _| {})
	}

	/// The same; `tell` is given everything that happens, and the state after it.
	pub fn finish_told(
		&self,
		reader: &Reader,
		top: At,
		tell: impl FnMut(Event, &Reader),
	) -> Reader {
		let mut ending = Ending { model: self, reader: reader.clone(), top, tell };
		ending.happens(Event::Resume);
		while ending.reader.now < self.tree.block(top).from {
			ending.happens(Event::Seal);
		}
		ending.choose();
		if !ending.is_followed() && ending.report() {
			ending.choose();
		}
		ending.catch_up();
		for _ in 0..ENDING {
			while ending.happens(Event::Move(top)) {}
			ending.happens(Event::Hear(top));
			ending.happens(Event::Seal);
		}
		ending.reader
	}
}

struct Ending<'a, T> {
	model: &'a Exploration,
	reader: Reader,
	top: At,
	tell: T,
}

impl<T: FnMut(Event, &Reader)> Ending<'_, T> {
	/// Whether this can happen; then it does.
	fn happens(&mut self, event: Event) -> bool {
		let Some(reader) = self.model.next_state(&self.reader, event) else { return false };
		self.reader = reader;
		(self.tell)(event, &self.reader);
		true
	}

	fn is_there(&self) -> bool {
		self.model.tree.head(self.reader.view) == self.top
	}

	fn is_followed(&self) -> bool {
		let mut believed = self.reader.ghost.believed.iter();
		believed.all(|at| self.model.tree.is_on(*at, self.top))
	}

	fn choose(&mut self) {
		if self.reader.status != Status::Forked {
			return;
		}
		let is_good = |tip: &At| self.model.tree.is_on(*tip, self.top);
		let tips = self.reader.opened().iter().map(|branch| branch.tip);
		let tip = tips.filter(is_good).max_by_key(|tip| self.model.tree.block(*tip).number);
		if let Some(tip) = tip.filter(|_| !self.is_followed()) {
			self.report_of(tip);
			if self.happens(Event::Choose(Some(tip))) {
				return;
			}
		}
		self.happens(Event::Choose(None));
	}

	/// Follows the branch to its end, if need be from a new anchor.
	fn catch_up(&mut self) {
		let mut line: Vec<_> = self.model.tree.all().collect();
		line.retain(|at| self.model.tree.is_on(*at, self.top));
		line.sort_by_key(|at| self.model.tree.block(*at).number);
		if self.is_followed() {
			for at in line {
				self.happens(Event::Learn(at));
			}
		}
		if !self.is_followed() || !self.is_there() {
			self.happens(Event::Renew(self.top));
		}
	}

	fn report(&mut self) -> bool {
		self.report_of(self.top)
	}

	fn report_of(&mut self, at: At) -> bool {
		let reports = self.model.reports(&self.reader, at, Maker::Anybody);
		reports.into_iter().any(|report| self.happens(Event::Report(report)))
	}
}
