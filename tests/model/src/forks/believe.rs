//! What is believed of a newer header: the pallet's `chains::claim` and `chains::known`.

use super::{
	exploration::Exploration,
	reader::{Branch, Past, Reader},
	tree::{At, Block, Set, STRIDE, TICK},
	variants::Variant,
};
use ribp_protocol::{MarkSlot, Moment, Policy, Time};

impl Exploration {
	pub fn policy(&self) -> Policy {
		Policy {
			trust_period: Time::from(self.plan.trust) * TICK,
			max_drift: 0,
			least_block_time: TICK / Time::from(STRIDE),
			slack: 4 * TICK,
		}
	}

	pub fn time(&self, reader: &Reader) -> Time {
		Time::from(reader.now) * TICK
	}

	pub fn moment(&self, at: At) -> Moment {
		let Block { number, time, .. } = *self.tree.block(at);
		Moment { number, time: Time::from(time) * TICK }
	}

	/// Whether what was signed with this block is still worth something.
	pub fn trusts(&self, reader: &Reader, at: At) -> bool {
		self.policy().trusts(self.moment(at).time, self.time(reader))
	}

	/// The reader with this header as its head, if it follows: `Next::of` and `learn`.
	pub fn learnt(&self, reader: &Reader, at: At) -> Option<Reader> {
		let block = self.tree.block(at);
		let known = self.tree.view(reader.view).moment();
		if block.signer != reader.set || block.number <= known.number || self.is_other(reader, at) {
			return None;
		}
		let (policy, now) = (self.policy(), self.time(reader));
		let policy = self.plan.variant.trusting(policy, reader);
		// The pallet gives the slack once, and the model for each header: its peer is the more dangerous.
		policy.check(known, self.moment(at), 0, now).ok()?;
		if block.complete_from < reader.complete_from {
			return None;
		}
		let view = self.tree.advanced(reader.view, at).ok()?;
		if block.next.is_some() && !self.has_room(reader) {
			return None;
		}
		let mut reader = reader.clone();
		reader.view = view;
		reader.complete_from = block.complete_from;
		self.mark(&mut reader);
		reader.advanced_at = reader.now;
		if let Some(next) = block.next {
			self.hand_over(&mut reader, next);
		}
		Some(reader)
	}

	/// Whether a header is the tip of a branch that is open or refused, whatever its root states: the
	/// pallet's `ensure_followed`. Blocks here are too far apart for their parents to be such tips.
	pub fn is_other(&self, reader: &Reader, at: At) -> bool {
		let is_ignored = self.plan.variant == Variant::RefusedFollowed;
		let is_it = |branch: &Branch| branch.tip == at && branch.parting.is_some();
		!is_ignored && reader.branches().any(is_it)
	}

	/// A known header's handover, followed without anybody's keys: no rule of the pallet's.
	pub fn handed_over(&self, reader: &Reader, at: At) -> Option<Reader> {
		let next = self.tree.block(at).next?;
		let is_known = reader.branches().any(|branch| branch.tip == at) && next != reader.set;
		(self.plan.variant == Variant::HandoverUnsigned && is_known).then(|| {
			let mut reader = reader.clone();
			self.hand_over(&mut reader, next);
			reader
		})
	}

	/// Remembers the block from which on the peer is followed: the pallet's `mark_anchor`.
	pub fn mark_anchor(&self, reader: &mut Reader) {
		let head = self.tree.head(reader.view);
		let MarkSlot { level, place } = MarkSlot::of(0);
		reader.marks.insert(self.plan.variant.slot((level, place), 0), head);
		reader.ghost.believed.push(head);
	}

	/// Remembers the head; of those of one own block, the last.
	pub fn mark(&self, reader: &mut Reader) {
		let head = self.tree.head(reader.view);
		let is_first = reader.advanced_at != reader.now || reader.count == 0;
		if is_first || self.plan.variant == Variant::MarksFlushed {
			reader.count += 1;
		}
		let MarkSlot { level, place } = MarkSlot::of(u64::from(reader.count));
		let slot = self.plan.variant.slot((level, place), reader.count);
		let before = reader.marks.insert(slot, head).filter(|_| !is_first);
		// The ends of eras are remembered for themselves.
		let before = before.filter(|before| self.tree.block(*before).next.is_none());
		reader.ghost.believed.retain(|at| Some(*at) != before);
		reader.ghost.believed.push(head);
	}

	/// Past sets that have a say, the newest first.
	pub fn past_sets<'a>(&'a self, reader: &'a Reader) -> impl Iterator<Item = &'a Past> {
		let most = usize::from(self.plan.most_changes);
		let newest = reader.past.iter().rev().take(most);
		newest.take_while(|past| self.trusts(reader, past.end))
	}

	pub fn has_room(&self, reader: &Reader) -> bool {
		let is_evicting = self.plan.variant == Variant::SetsEvicted;
		is_evicting || self.past_sets(reader).count() < usize::from(self.plan.most_changes)
	}

	pub fn hand_over(&self, reader: &mut Reader, next: Set) {
		let end = self.tree.head(reader.view);
		let since = std::mem::replace(&mut reader.set_since, self.tree.block(end).number);
		let set = std::mem::replace(&mut reader.set, next);
		if reader.past.len() == usize::from(self.plan.most_changes) {
			reader.past.remove(0);
		}
		reader.past.push(Past { set, since, end });
	}
}
