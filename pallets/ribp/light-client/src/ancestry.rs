//! The headers that link the votes of a justification to its target.

use crate::{Header, Justification, Vote};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use sp_core::H256;

/// The most headers a justification may bring: how far, over all its branches, votes may lie past
/// the block that they finalize. Voters of one round are rarely more than a few blocks apart.
pub const MAX_ANCESTRIES: u32 = 256;

/// Why a vote does not support the target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unlinked {
	/// The vote's block is lower than the target.
	Below,
	/// The headers do not lead from the vote's block to the target.
	NotDescendant,
}

/// The headers by their hashes, and which of them have linked a vote.
pub(crate) struct Ancestry<'a> {
	target_hash: H256,
	target_number: u32,
	headers: BTreeMap<H256, &'a Header>,
	used: BTreeSet<H256>,
	/// Those that do not lead to the target.
	astray: BTreeSet<H256>,
}

impl<'a> Ancestry<'a> {
	pub(crate) fn of(justification: &'a Justification) -> Self {
		Self {
			target_hash: justification.target_hash,
			target_number: justification.target_number,
			headers: justification.ancestries.iter().map(|h| (h.hash(), h)).collect(),
			used: BTreeSet::new(),
			astray: BTreeSet::new(),
		}
	}

	/// How many different headers there are.
	pub(crate) fn len(&self) -> usize {
		self.headers.len()
	}

	/// Walks from the vote's block to the target and marks the headers on the way as used.
	///
	/// Every step goes one block down, so the walk ends; it stops early at a header that was walked
	/// before. A failed walk uses nothing.
	pub(crate) fn link(&mut self, vote: &Vote) -> Result<(), Unlinked> {
		if vote.target_number < self.target_number {
			return Err(Unlinked::Below);
		}
		let mut walked = Vec::new();
		match self.walk(vote, &mut walked) {
			true => self.used.extend(walked),
			false => {
				self.astray.extend(walked);
				return Err(Unlinked::NotDescendant);
			},
		}
		Ok(())
	}

	/// Whether the headers lead from the vote's block to the target; `walked` are those on the way.
	fn walk(&self, vote: &Vote, walked: &mut Vec<H256>) -> bool {
		let (mut hash, mut number) = (vote.target_hash, vote.target_number);
		while number > self.target_number {
			let Some(header) = self.headers.get(&hash) else { return false };
			if header.number != number || self.astray.contains(&hash) {
				return false;
			}
			if self.used.contains(&hash) {
				return true;
			}
			walked.push(hash);
			hash = header.parent_hash;
			number -= 1;
		}
		hash == self.target_hash
	}

	/// The hashes of the headers that linked a vote.
	pub(crate) fn into_used(self) -> BTreeSet<H256> {
		self.used
	}
}
