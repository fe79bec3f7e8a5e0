//! What root does: the pallet's `choose_branch`, `pause`, `resume` and `renew_system`.

use super::{
	exploration::Exploration,
	reader::{Branch, Ghost, InCharge, Parting, Reader, Status},
	tree::At,
	variants::Variant,
};
use ribp_protocol::Height;

/// Own blocks in which nothing moves after a verdict.
pub const EXPOSURE: u8 = 1;

impl Exploration {
	/// Ends a fork: the branch with this tip is followed from now on, or none but the present one.
	pub fn chosen(&self, reader: &Reader, tip: Option<At>) -> Option<Reader> {
		let open = reader.open.as_ref()?;
		let mut reader = reader.clone();
		let mut refused = open.branches.clone();
		if let Some(tip) = tip {
			let place = refused.iter().position(|branch| branch.tip == tip)?;
			let branch = refused.remove(place);
			let end = branch.end.filter(|_| self.trusts(&reader, tip))?;
			let all = reader.refused.iter_mut().chain(&mut refused);
			all.for_each(|other| rebase(other, &branch));
			refused.push(self.given_up(&reader, &branch));
			self.follow(&mut reader, &branch, end)?;
		}
		reader.status = open.before;
		reader.ghost.quiet_until = reader.now + EXPOSURE;
		if self.plan.variant != Variant::NoCoolDown {
			reader.quiet_until = reader.now + EXPOSURE;
		}
		reader.refused.extend(refused.into_iter().map(refusal));
		reader.open = None;
		reader.ghost.is_unheard = false;
		Some(reader)
	}

	fn given_up(&self, reader: &Reader, chosen: &Branch) -> Branch {
		let parting = chosen.parting.map(|Parting { height, theirs, followed }| Parting {
			height,
			theirs: followed,
			followed: theirs,
		});
		let tip = self.tree.head(reader.view);
		Branch { tip, parting, common: chosen.common, end: None }
	}

	fn follow(&self, reader: &mut Reader, branch: &Branch, end: InCharge) -> Option<()> {
		let above = branch.common.unwrap_or(0);
		let stays = |at: &At| self.tree.block(*at).number <= above;
		reader.marks.retain(|_, at| stays(at));
		reader.past.retain(|past| stays(&past.end));
		reader.ghost.believed.retain(stays);
		self.rely(reader, above);
		let block = self.tree.block(branch.tip);
		reader.view = self.tree.first_view(branch.tip);
		reader.complete_from = block.complete_from;
		(reader.set, reader.set_since) = (end.set, end.since);
		self.mark(reader);
		if let Some(next) = block.next {
			if !self.has_room(reader) {
				return None;
			}
			self.hand_over(reader, next);
		}
		reader.advanced_at = reader.now;
		Some(())
	}

	/// A fact counts up to where the branches are known to be one, and so does what is said of all
	/// contracts. The pallet keeps them, and that height.
	fn rely(&self, reader: &mut Reader, common: Height) {
		let is_common = reader.relied.is_none_or(|height| height <= common);
		if self.plan.variant != Variant::RelianceKept && !is_common {
			reader.standing.iter_mut().for_each(|standing| standing.fact = None);
		}
		if self.plan.variant != Variant::ThroughKept {
			reader.lane.believe_up_to(common);
		}
		reader.relied = reader.relied.map(|height| height.min(common));
	}

	pub fn paused(&self, reader: &Reader) -> Option<Reader> {
		let is_refused =
			self.plan.variant == Variant::PauseRefused && reader.status == Status::Forked;
		if is_refused {
			return None;
		}
		let mut reader = self.with_word(reader, Status::Active, Status::Paused)?;
		reader.ghost.is_stopped = true;
		Some(reader)
	}

	pub fn resumed(&self, reader: &Reader) -> Option<Reader> {
		let mut reader = self.with_word(reader, Status::Paused, Status::Active)?;
		reader.ghost.is_stopped = false;
		Some(reader)
	}

	fn with_word(&self, reader: &Reader, from: Status, to: Status) -> Option<Reader> {
		let mut reader = reader.clone();
		let word = reader.open.as_mut().map_or(&mut reader.status, |open| &mut open.before);
		if *word != from {
			return None;
		}
		*word = to;
		Some(reader)
	}

	/// Root names another header to begin with.
	pub fn renewed(&self, reader: &Reader, anchor: At) -> Option<Reader> {
		let follows = self.tree.advanced(reader.view, anchor).is_ok();
		let is_refused = self.plan.variant == Variant::AnchorFollows && !follows;
		if is_refused || !self.trusts(reader, anchor) {
			return None;
		}
		let block = self.tree.block(anchor);
		let quiet_until = match reader.open {
			Some(_) => reader.now + EXPOSURE,
			None => reader.quiet_until,
		};
		let ghost = Ghost {
			believed: Vec::new(),
			is_unheard: false,
			quiet_until: quiet_until.max(reader.ghost.quiet_until),
			..reader.ghost.clone()
		};
		let mut renewed = Reader {
			now: reader.now,
			status: reader.word(),
			quiet_until,
			is_known: reader.is_known,
			relied: reader.relied,
			since: reader.since,
			ghost,
			..Reader::new(&self.tree, reader.lane, reader.standing)
		};
		renewed.view = self.tree.first_view(anchor);
		self.mark_anchor(&mut renewed);
		renewed.set = block.next.unwrap_or(block.signer);
		renewed.set_since = block.number;
		renewed.ghost.first = Some(InCharge { set: renewed.set, since: block.number });
		renewed.complete_from = block.complete_from;
		renewed.advanced_at = reader.now;
		// Nobody has shown that the anchor is on the branch that was followed, unless it is known.
		let common = if self.is_known(reader, anchor) { block.number } else { 0 };
		self.rely(&mut renewed, common);
		Some(renewed)
	}

	/// The first edition's verdict, by time: no rule of the pallet's.
	pub fn sealed(&self, reader: &Reader) -> Reader {
		let mut reader = self.contradicted(reader);
		reader.now += 1;
		for until in [&mut reader.quiet_until, &mut reader.ghost.quiet_until] {
			if *until <= reader.now {
				*until = 0;
			}
		}
		self.tend(&mut reader);
		self.conclude(&mut reader);
		let is_over = |opened: u8| self.plan.variant == Variant::OneGrace && reader.now > opened;
		if reader.open.as_ref().is_some_and(|open| is_over(open.opened)) {
			let open = reader.open.take().expect("it is there; qed");
			reader.status = open.before;
			reader.refused.extend(open.branches.into_iter().map(refusal));
		}
		reader
	}
}

/// Of a refused branch, nothing is kept to follow it.
fn refusal(branch: Branch) -> Branch {
	Branch { end: None, ..branch }
}

fn rebase(other: &mut Branch, chosen: &Branch) {
	let leaves_before =
		|parting: Parting| chosen.common.is_some_and(|common| parting.height <= common);
	if !other.parting.is_some_and(leaves_before) {
		(other.parting, other.common) = (None, None);
	}
}
