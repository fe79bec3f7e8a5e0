//! Whether a header is on a branch of which some blocks are known.
//!
//! Whoever hides a fork wants a contradiction to look like none; whoever wants to harm an honest chain
//! wants one to be seen where there is none. So a header differs from a branch only if one height
//! is shown at which both have a block, and these are two: one of the two is known, and the other
//! is stated by a header that is final, or linked with it by parent hashes.

use super::witnesses::are_linked;
use crate::{Branch, Error, Height, Mark};
use alloc::vec::Vec;
use frame_support::ensure;
use ribp_light_client::{Difference, Header};
use ribp_protocol::{History, Statement, View};
use sp_core::H256;

/// A header of a branch that is to be told from others.
pub(crate) struct Shown<'a> {
	pub header: &'a Header,
	pub hash: H256,
	pub statement: Statement,
	/// The blocks that it descends from, its parent first.
	pub lineage: Vec<H256>,
	/// The id of the set of those who sign it.
	pub set_id: u64,
	/// The last block of those who sign it, if they have handed over by what is known.
	pub signed_end: Option<Mark>,
	/// Whether it hands over to others.
	pub hands_over: bool,
}

/// What is known of a branch.
pub(crate) struct Blocks<'a> {
	/// The view of the branch that is followed.
	view: Option<&'a View>,
	/// What else is known of one that is not.
	other: Option<&'a Branch>,
	/// Blocks with their roots, the lowest first.
	marks: &'a [Mark],
}

/// Two blocks of one height.
pub(crate) struct Differing {
	pub height: Height,
	/// The one of the header's history.
	pub theirs: H256,
	/// The one of the branch.
	pub ours: H256,
}

impl<'a> Blocks<'a> {
	/// Of the branch that is followed.
	pub fn followed(view: &'a View, marks: &'a [Mark]) -> Self {
		Self { view: Some(view), other: None, marks }
	}

	/// Of another one.
	pub fn of(branch: &'a Branch) -> Self {
		Self { view: None, other: Some(branch), marks: core::slice::from_ref(&branch.tip) }
	}

	/// Blocks with their roots, the lowest first.
	pub fn marks(&self) -> &'a [Mark] {
		self.marks
	}

	/// All heights of which the hash is known, the lowest first.
	pub fn heights(&self) -> Vec<Height> {
		let marked = self.marks.iter().map(|mark| mark.number);
		let recent = self.view.into_iter().flat_map(|view| view.lowest()..=view.number());
		let parted = self.other.and_then(|branch| branch.parting).map(|parting| parting.height);
		let mut heights: Vec<_> = marked.chain(recent).chain(parted).collect();
		heights.sort_unstable();
		heights.dedup();
		heights
	}

	pub fn mark_at(&self, height: Height) -> Option<&Mark> {
		let place = self.marks.binary_search_by_key(&height, |mark| mark.number).ok()?;
		self.marks.get(place)
	}

	pub fn hash_at(&self, height: Height) -> Option<H256> {
		let recent = self.view.and_then(|view| view.hash_at(height));
		let parting = self.other.and_then(|branch| branch.parting);
		let parted = parting.filter(|parting| parting.height == height);
		let marked = || self.mark_at(height).map(|mark| mark.hash);
		recent.or(parted.map(|parting| parting.hash)).or_else(marked)
	}

	/// The highest block below a height that is known.
	pub fn below(&self, height: Height) -> Option<Height> {
		let marked =
			self.marks.iter().rev().map(|mark| mark.number).find(|number| *number < height);
		let next = height.checked_sub(1);
		let recent =
			next.filter(|below| self.view.is_some_and(|view| view.hash_at(*below).is_some()));
		recent.or(marked)
	}
}

impl Shown<'_> {
	/// Whether its history has this block.
	pub fn includes(&self, (height, hash): (Height, H256), path: &[H256]) -> bool {
		let Statement { first, history_root, .. } = self.statement;
		History::includes(first, self.header.number, history_root, (height, hash), path)
	}

	/// Where it is shown to differ from a branch; none if only that it does.
	pub fn differs_from<T>(
		&self,
		blocks: &Blocks,
		difference: &Difference,
	) -> Result<Option<Differing>, Error<T>> {
		let number = self.header.number;
		let (height, theirs, ours) = match difference {
			Difference::Height => (number, self.hash, blocks.hash_at(number)),
			Difference::Below { height, hash, path } => {
				ensure!(self.includes((*height, *hash), path), Error::<T>::NotInHistory);
				(*height, *hash, blocks.hash_at(*height))
			},
			Difference::Above { under, hash, path } => {
				let mark = blocks.mark_at(*under).ok_or(Error::<T>::NotAFork)?;
				let block = (number, *hash);
				let is_there =
					History::includes(self.statement.first, *under, mark.root, block, path);
				ensure!(is_there, Error::<T>::NotInHistory);
				(number, self.hash, Some(*hash))
			},
			Difference::Descent(height) => {
				let ancestor = self.ancestor(*height).ok_or(Error::<T>::HeadersNotLinked)?;
				(*height, ancestor, blocks.hash_at(*height))
			},
			Difference::EraEnd => {
				// What is known of eras is of the branch that is followed.
				let view = blocks.view.ok_or(Error::<T>::NotAFork)?;
				let is_there = blocks.hash_at(number) == Some(self.hash);
				ensure!(self.contradicts_era(view.number(), is_there), Error::<T>::NotAFork);
				return Ok(None);
			},
			// It takes what is known of both: see `is_unlike`.
			Difference::Lower | Difference::Followed { .. } => return Err(Error::NotAFork),
		};
		let ours = ours.filter(|ours| *ours != theirs).ok_or(Error::<T>::NotAFork)?;
		Ok(Some(Differing { height, theirs, ours }))
	}

	/// The hash of the block at this height that it is shown to descend from.
	pub fn ancestor(&self, height: Height) -> Option<H256> {
		let back = self.header.number.checked_sub(height)?.checked_sub(1)?;
		self.lineage.get(back as usize).copied()
	}

	/// Whether it is shown not to be on one more branch, given where it differs from the followed one.
	pub fn is_unlike<T>(
		&self,
		branch: &Branch,
		difference: &Difference,
		followed: &Blocks,
		differing: Option<&Differing>,
	) -> Result<(), Error<T>> {
		match difference {
			Difference::Lower => {
				ensure!(self.leaves_before(branch, differing), Error::<T>::BranchKnown);
			},
			// One that is shown to differ from the followed branch is on it only if that one lies.
			Difference::Followed { under, path } => {
				let mark = followed.mark_at(*under).filter(|_| branch.parting.is_none());
				let mark = mark.ok_or(Error::<T>::BranchKnown)?;
				let is_there = tip_is_below(self.statement.first, &branch.tip, mark, path);
				ensure!(is_there, Error::<T>::NotInHistory);
			},
			Difference::EraEnd => {
				ensure!(self.contradicts_era_of(branch, followed), Error::<T>::BranchKnown);
			},
			difference => {
				self.differs_from(&Blocks::of(branch), difference).map_err(
					|error| match error {
						Error::NotAFork => Error::BranchKnown,
						error => error,
					},
				)?;
			},
		}
		Ok(())
	}

	/// Whether it leaves the branch that is followed before this other one does, by what is known of the
	/// two: where it differs from the former, both of those still have the same blocks. What one
	/// signs who withholds all but a high block must not keep others from being reported.
	///
	/// Of a branch of which nobody has said where it leaves the followed one, that is believed of
	/// headers below its tip only: those above can be its own, and show by their own past that they
	/// are not.
	pub fn leaves_before(&self, branch: &Branch, differing: Option<&Differing>) -> bool {
		let Some(Differing { height, .. }) = differing else { return false };
		match branch.common {
			Some(common) => *height <= common,
			None => {
				let parting = branch.parting.map_or(branch.tip.number, |parting| parting.height);
				self.header.number < branch.tip.number && *height < parting
			},
		}
	}

	/// Whether it contradicts an era of the followed branch that this other one shares, and is not of
	/// those who sign that one.
	fn contradicts_era_of(&self, branch: &Branch, followed: &Blocks) -> bool {
		let (Some(common), Some(view)) = (branch.common, followed.view) else { return false };
		let number = self.header.number;
		let is_shared = match self.signed_end {
			Some(end) if number > end.number => end.number <= common && branch.set_id > self.set_id,
			_ => number <= common,
		};
		let is_there = followed.hash_at(number) == Some(self.hash);
		is_shared && self.contradicts_era(view.number(), is_there)
	}

	/// Whether those who sign had handed over before, or hand over where they did not on the branch that
	/// is known up to a height. A block that `is_there` as well may still show that they went on to
	/// sign after it: the handover was skipped.
	fn contradicts_era(&self, known: Height, is_there: bool) -> bool {
		let number = self.header.number;
		match self.signed_end {
			Some(end) if number > end.number => !is_there,
			Some(end) => self.hands_over && number < end.number,
			None => self.hands_over && number <= known,
		}
	}
}

/// Whether a known block states that the tip of another branch is in its history, or is that tip.
fn tip_is_below(first: Height, tip: &Mark, mark: &Mark, path: &[H256]) -> bool {
	tip.number <= mark.number && are_linked(first, *tip, *mark, path)
}

/// The blocks that a header descends from, its parent first, as far as its ancestors are brought.
pub(crate) fn lineage<T>(header: &Header, ancestors: &[Header]) -> Result<Vec<H256>, Error<T>> {
	let mut lineage = alloc::vec![header.parent_hash];
	let mut child = header;
	for ancestor in ancestors {
		let is_parent = child.parent_hash == ancestor.hash()
			&& child.number.checked_sub(1) == Some(ancestor.number);
		ensure!(is_parent, Error::<T>::HeadersNotLinked);
		lineage.push(ancestor.parent_hash);
		child = ancestor;
	}
	Ok(lineage)
}
