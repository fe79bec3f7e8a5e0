//! What becomes of a report: the pallet's `chains::forks` and `chains::difference`.

use super::{
	exploration::Exploration,
	reader::{Branch, InCharge, Open, Parting, Past, Reader, Status},
	tree::{At, Id, Set, STRIDE},
	variants::Variant,
	witnesses::Hearing,
};
use ribp_protocol::Height;

/// Headers that a descent has at most, as nodes make it.
const MAX_DESCENT: Height = 64;

/// Where a header is said to differ from the branch that is followed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Difference {
	Height,
	Below(Height),
	Above(At),
	Descent(Height),
	EraEnd,
}

/// Whose data a report is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Maker {
	/// Those who sign, and have everything.
	Peer,
	/// People, who have what is public.
	Anybody,
}

/// A report of a header; why it is on no other branch is whatever can be shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Report {
	pub at: At,
	pub difference: Difference,
	/// With the past: what is common, and the peaks.
	pub is_whole: bool,
}

/// Who signs a header: since when they are in charge and, once they have handed over, their last
/// block.
struct Signers {
	since: Height,
	end: Option<At>,
}

/// A branch and what is known of it: the pallet's `Blocks`.
enum Blocks<'a> {
	Followed(&'a Reader, Vec<At>),
	Other(&'a Branch),
}

impl Exploration {
	/// All reports of a header that this maker can make.
	pub fn reports(&self, reader: &Reader, at: At, maker: Maker) -> Vec<Report> {
		let number = self.tree.block(at).number;
		let marks = reader.marks(&self.tree);
		let view = self.tree.view(reader.view);
		// Of the window, the lowest and the highest stand for all.
		let heights = marks.iter().map(|at| self.tree.block(*at).number).chain([view.lowest()]);
		let mut heights: Vec<_> = heights.filter(|height| *height < number).collect();
		heights.sort();
		heights.dedup();
		let has_past = maker == Maker::Peer || self.tree.is_told(at);
		let mut found = vec![Difference::Height, Difference::EraEnd];
		if has_past {
			found.extend(heights.iter().map(|height| Difference::Below(*height)));
		}
		let has_headers =
			|height: &Height| maker == Maker::Peer || self.tree.is_line_told(at, *height);
		heights.retain(has_headers);
		found.extend(heights.into_iter().map(Difference::Descent));
		found.extend(
			marks
				.into_iter()
				.filter(|mark| self.tree.block(*mark).number > number)
				.filter(|mark| maker == Maker::Peer || self.tree.is_told(*mark))
				.map(Difference::Above),
		);
		let whole = [true, false].into_iter().filter(|is_whole| has_past || !is_whole);
		let reports = |is_whole| {
			found.clone().into_iter().map(move |difference| Report { at, difference, is_whole })
		};
		whole.flat_map(reports).collect()
	}

	/// The reader after a report; none if it is refused.
	pub fn reported(&self, reader: &Reader, report: Report, maker: Maker) -> Option<Reader> {
		let Report { at, .. } = report;
		let mut open = reader.open.clone().unwrap_or_else(|| Open {
			opened: reader.now,
			before: reader.status,
			branches: Vec::new(),
			hearing: Hearing::default(),
		});
		let variant = self.plan.variant;
		if variant == Variant::OneGrace && reader.status == Status::Forked {
			return None;
		}
		let known = open.branches.iter().find(|branch| branch.tip == at);
		let completed = known.copied();
		let is_completed = known.is_some();
		if known.is_some_and(|branch| branch.end.is_some()) {
			return None;
		}
		if is_completed && variant == Variant::NoCompletion {
			return None;
		}
		open.branches.retain(|branch| branch.tip != at);
		if open.branches.len() == self.plan.most_branches {
			return None;
		}
		let signers = self.signers(reader, self.tree.block(at).signer)?;
		if self.tree.block(at).number <= signers.since {
			return None;
		}
		let others: Vec<_> = match is_completed && variant != Variant::CompletedApart {
			true => Vec::new(),
			false => open.branches.iter().chain(&reader.refused).collect(),
		};
		let (parting, common) = self.differences(reader, &others, report, &signers, maker)?;
		let end = self.branch_end(reader, at, common, &signers);
		let mut branch = Branch { tip: at, parting, common, end };
		if let Some(known) = completed {
			if end.is_none() && known.common.is_some() {
				return None;
			}
			branch = complete(&known, branch)?;
		}
		open.branches.push(branch);
		self.join(&mut open, reader.now, is_completed);
		Some(Reader { status: Status::Forked, open: Some(open), ..reader.clone() })
	}

	fn signers(&self, reader: &Reader, set: Set) -> Option<Signers> {
		if set == reader.set {
			return Some(Signers { since: reader.set_since, end: None });
		}
		let Past { since, end, .. } = *reader.past.iter().find(|past| past.set == set)?;
		let has_a_say = self.plan.variant == Variant::RetiredSigns || self.trusts(reader, end);
		has_a_say.then_some(Signers { since, end: Some(end) })
	}

	/// The pallet's `check_differences`.
	fn differences(
		&self,
		reader: &Reader,
		others: &[&Branch],
		report: Report,
		signers: &Signers,
		maker: Maker,
	) -> Option<(Option<Parting>, Option<Height>)> {
		let Report { at, difference, is_whole } = report;
		let followed = Blocks::Followed(reader, reader.marks(&self.tree));
		let parting = match difference {
			Difference::EraEnd => {
				self.contradicts_era(reader, &followed, at, signers.end).then_some(None)?
			},
			difference => Some(self.differing(&followed, at, difference)?),
		};
		let is_unlike = |branch: &&Branch| {
			self.is_unlike(branch, at, parting, maker)
				|| self.contradicts_era_of(reader, branch, at, signers.end)
				|| self.is_followed(reader, branch, at, maker)
		};
		if !others.iter().all(is_unlike) {
			return None;
		}
		if !is_whole {
			return Some((parting, None));
		}
		let common = self.below(&followed, parting?.height)?;
		if self.tree.stated(at, common) != self.hash_at(&followed, common) {
			return None;
		}
		let has_a_say = signers.end.is_none_or(|end| self.tree.block(end).number > common);
		has_a_say.then_some((parting, Some(common)))
	}

	/// Where a header is shown to differ from a branch.
	fn differing(&self, blocks: &Blocks, at: At, difference: Difference) -> Option<Parting> {
		let number = self.tree.block(at).number;
		let own = self.tree.id(at);
		let (height, theirs, ours) = match difference {
			Difference::Height => (number, own, self.hash_at(blocks, number)?),
			Difference::Below(height) => {
				(height, self.tree.stated(at, height)?, self.hash_at(blocks, height)?)
			},
			Difference::Above(under) => (number, own, self.tree.stated(under, number)?),
			Difference::Descent(height) => {
				if height + MAX_DESCENT < number {
					return None;
				}
				(height, self.tree.ancestor(at, height)?, self.hash_at(blocks, height)?)
			},
			Difference::EraEnd => return None,
		};
		(theirs != ours).then_some(Parting { height, theirs, followed: ours })
	}

	fn contradicts_era(&self, reader: &Reader, followed: &Blocks, at: At, end: Option<At>) -> bool {
		let block = self.tree.block(at);
		let is_there = self.hash_at(followed, block.number) == Some(self.tree.id(at));
		match end.map(|end| self.tree.block(end).number) {
			Some(end) if block.number > end => !is_there,
			Some(end) => block.next.is_some() && block.number < end,
			None => block.next.is_some() && block.number <= self.tree.view(reader.view).number(),
		}
	}

	/// Whether it contradicts an era that another branch shares with the followed one, and is not of
	/// those who sign that one.
	fn contradicts_era_of(
		&self,
		reader: &Reader,
		branch: &Branch,
		at: At,
		end: Option<At>,
	) -> bool {
		let Some(common) = branch.common else { return false };
		let (block, tip) = (self.tree.block(at), self.tree.block(branch.tip));
		let is_shared = match end.map(|end| self.tree.block(end).number) {
			Some(end) if block.number > end => end <= common && tip.signer.id > block.signer.id,
			_ => block.number <= common,
		};
		let followed = Blocks::Followed(reader, reader.marks(&self.tree));
		is_shared && self.contradicts_era(reader, &followed, at, end)
	}

	/// Whether anything shows that a header is not on a branch that is open or refused.
	fn is_unlike(
		&self,
		branch: &Branch,
		at: At,
		from_followed: Option<Parting>,
		maker: Maker,
	) -> bool {
		let variant = self.plan.variant;
		if variant == Variant::LosersReopen {
			return branch.tip != at;
		}
		let number = self.tree.block(at).number;
		let tip = self.tree.block(branch.tip).number;
		let parting = branch.parting.filter(|_| variant != Variant::TipOnly);
		if branch.tip == at && variant != Variant::ToldFromItself {
			return false;
		}
		let is_lower = from_followed.is_some_and(|from_followed| match (parting, branch.common) {
			(Some(_), Some(common)) => from_followed.height <= common,
			(Some(parting), None) => {
				number < tip
					&& from_followed.height < parting.height
					&& variant != Variant::StrippedHides
			},
			(None, _) => number < tip,
		});
		let branch = Branch { parting, ..*branch };
		let blocks = Blocks::Other(&branch);
		let differs = |difference| self.differing(&blocks, at, difference).is_some();
		let heights = [Some(tip), parting.map(|parting| parting.height)].into_iter().flatten();
		let has = |at| maker == Maker::Peer || self.tree.is_told(at);
		let by_past = || {
			let mut heights = heights.filter(|height| *height < number);
			heights.any(|height| {
				let descends = maker == Maker::Peer || self.tree.is_line_told(at, height);
				has(at) && differs(Difference::Below(height))
					|| descends && differs(Difference::Descent(height))
			})
		};
		(is_lower && variant != Variant::TipOnly)
			|| differs(Difference::Height)
			|| by_past()
			|| has(branch.tip) && tip > number && differs(Difference::Above(branch.tip))
	}

	/// Whether the tip of another branch has turned out to be a block of the followed one.
	fn is_followed(&self, reader: &Reader, branch: &Branch, at: At, maker: Maker) -> bool {
		let Branch { tip, parting: None, .. } = *branch else { return false };
		if tip == at {
			return false;
		}
		let number = self.tree.block(tip).number;
		let has = |mark: &At| maker == Maker::Peer || self.tree.is_told(*mark);
		reader.marks(&self.tree).into_iter().any(|mark| {
			mark == tip
				|| self.tree.block(mark).number > number
					&& has(&mark) && self.tree.stated(mark, number) == Some(self.tree.id(tip))
		})
	}

	fn branch_end(
		&self,
		reader: &Reader,
		at: At,
		common: Option<Height>,
		signers: &Signers,
	) -> Option<InCharge> {
		let common = common?;
		let marks = reader.marks(&self.tree);
		let from = marks.iter().rev().find(|mark| self.tree.block(**mark).number <= common)?;
		let now = self.time(reader);
		self.policy().check(self.moment(*from), self.moment(at), 0, now).ok()?;
		let Signers { since, end } = *signers;
		let may_lead = end.is_none() || self.plan.variant == Variant::RetiredAdopted;
		let set = self.tree.block(at).signer;
		(may_lead && common >= since).then_some(InCharge { set, since })
	}

	fn hash_at(&self, blocks: &Blocks, height: Height) -> Option<Id> {
		let marked = |marks: &[At]| {
			let mark = marks.iter().find(|mark| self.tree.block(**mark).number == height);
			mark.map(|mark| self.tree.id(*mark))
		};
		match blocks {
			Blocks::Followed(reader, marks) => {
				self.tree.recent(reader.view, height).or_else(|| marked(marks))
			},
			Blocks::Other(branch) => {
				let parted = branch.parting.filter(|parting| parting.height == height);
				parted.map(|parting| parting.theirs).or_else(|| marked(&[branch.tip]))
			},
		}
	}

	fn below(&self, blocks: &Blocks, height: Height) -> Option<Height> {
		let Blocks::Followed(reader, marks) = blocks else { return None };
		let next = height.checked_sub(1)?;
		let recent = self.tree.recent(reader.view, next).map(|_| next);
		let numbers = marks.iter().rev().map(|mark| self.tree.block(*mark).number);
		recent.or_else(|| numbers.into_iter().find(|number| *number < height))
	}
}

/// The pallet's `complete`.
fn complete(known: &Branch, shown: Branch) -> Option<Branch> {
	let common = shown.common?;
	let is_lower = |known: &Parting| shown.parting.is_none_or(|shown| known.height < shown.height);
	let differed = known.parting.filter(is_lower);
	let is_below = differed.is_none_or(|parting| common < parting.height);
	let common = known.common.max(Some(common));
	is_below.then_some(Branch { parting: differed.or(shown.parting), common, ..shown })
}

const _: () = assert!(STRIDE < MAX_DESCENT, "a descent reaches the next block of the tree");
