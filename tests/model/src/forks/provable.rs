//! What is true of the peer's branches, whatever the reader remembers.

use super::{
	exploration::Exploration,
	judge::Maker,
	reader::{InCharge, Reader},
	tree::{At, Set, STRIDE},
};
use ribp_protocol::Height;
use std::cmp::Ordering;

/// When a set was in charge of the followed branch, as its believed blocks say.
struct Era {
	since: Height,
	end: Option<At>,
}

impl Exploration {
	/// Those that were in charge since the reader began, and their last blocks.
	fn eras(&self, reader: &Reader) -> Vec<(InCharge, Option<At>)> {
		let mut eras: Vec<_> = reader.ghost.first.into_iter().map(|first| (first, None)).collect();
		for at in &reader.ghost.believed {
			let block = self.tree.block(*at);
			let Some((last, end)) = eras.last_mut() else { break };
			if let Some(set) = block.next.filter(|_| block.number > last.since) {
				*end = Some(*at);
				eras.push((InCharge { set, since: block.number }, None));
			}
		}
		eras
	}

	/// The set that is in charge after the believed blocks.
	pub fn heir(&self, reader: &Reader) -> Option<Set> {
		self.eras(reader).last().map(|(last, _)| last.set)
	}

	fn era(&self, reader: &Reader, set: Set) -> Option<Era> {
		let era = self.eras(reader).into_iter().find(|(era, _)| era.set == set);
		era.map(|(InCharge { since, .. }, end)| Era { since, end })
	}

	/// Whether public data prove that a header is final and contradicts a block that was believed, and
	/// those who sign it still have something to lose.
	pub fn is_provable(&self, reader: &Reader, at: At) -> bool {
		let block = self.tree.block(at);
		let Some(era) = self.era(reader, block.signer) else { return false };
		let has_a_say = block.number > era.since
			&& block.from <= reader.now
			&& era.end.is_none_or(|end| self.trusts(reader, end));
		let mut believed = reader.ghost.believed.iter();
		let skips_end = || {
			let end = era.end.map(|end| self.tree.block(end).number);
			end.is_some_and(|end| block.number > end && !reader.ghost.believed.contains(&at))
		};
		has_a_say && (believed.any(|own| self.contradicts(at, *own)) || skips_end())
	}

	/// Whether public data show two blocks of one height: one is the header's, or stated by it or its
	/// ancestors; the other is a believed block, or stated by it.
	fn contradicts(&self, at: At, own: At) -> bool {
		let [theirs, ours] = [at, own].map(|at| self.tree.block(at).number);
		let is_other = |found, expected| found != Some(self.tree.id(expected));
		match theirs.cmp(&ours) {
			Ordering::Equal => at != own,
			Ordering::Greater => {
				let is_near = theirs - ours <= 2 * STRIDE && self.tree.is_line_told(at, ours);
				self.tree.is_told(at) && is_other(self.tree.stated(at, ours), own)
					|| is_near && is_other(self.tree.ancestor(at, ours), own)
			},
			Ordering::Less => self.tree.is_told(own) && is_other(self.tree.stated(own, theirs), at),
		}
	}

	/// Whether a header is on a branch that is open or that root has decided about, or may be for all
	/// that is public: no believed block is on the one and not on the other.
	pub fn is_covered(&self, reader: &Reader, at: At) -> bool {
		let head = self.tree.head(reader.view);
		reader.branches().any(|branch| {
			let tip = branch.tip;
			let is_between = |own: &At| self.tree.is_on(*own, tip) && !self.tree.is_on(*own, at);
			let is_below = self.tree.block(at).number < self.tree.block(tip).number;
			let is_hidden = is_below
				&& !self.tree.is_told(tip)
				&& !reader.ghost.believed.iter().any(is_between);
			let is_stated =
				self.tree.stated(tip, self.tree.block(at).number) == Some(self.tree.id(at));
			let meeting = self.tree.meeting(at, tip);
			self.is_line(at, tip) || is_stated || !self.tree.is_on(meeting, head) || is_hidden
		})
	}

	/// Whether one of two blocks is an ancestor of the other, or they are one.
	pub fn is_line(&self, one: At, other: At) -> bool {
		self.tree.is_on(one, other) || self.tree.is_on(other, one)
	}

	/// Whether somebody shows a contradiction, and is not heard.
	pub fn is_unheard(&self, reader: &Reader, at: At) -> bool {
		let is_full = reader.opened().len() == self.plan.most_branches;
		!is_full
			&& !reader.ghost.is_unheard
			&& self.is_provable(reader, at)
			&& !self.is_covered(reader, at)
			&& !self.is_accepted(reader, at)
	}

	/// Whether a report of public data is accepted.
	fn is_accepted(&self, reader: &Reader, at: At) -> bool {
		let mut reports = self.reports(reader, at, Maker::Anybody).into_iter();
		reports.any(|report| self.reported(reader, report, Maker::Anybody).is_some())
	}
}
