//! What a chain that has all of its blocks can prove of its past.

use crate::ledger::Ledger;
use ribp_protocol::{
	leaf, path_of, Extension, Frontier, Height, History, Outline, Statement, Subtree,
};
use sp_core::H256;

/// Every chain of the tests records its blocks from the genesis on.
const FIRST: Height = 0;

impl Ledger {
	/// The history before block `next`.
	pub fn history(&self, next: Height) -> History {
		let mut history = History::starting_at(FIRST);
		for height in FIRST..next {
			history.push(self.hash_at(height), |_, _| {}).expect("there is room; qed");
		}
		history
	}

	/// What leads from a known block to a newer one.
	pub fn extension(&self, known: Height, number: Height) -> Extension {
		extension(known, number, |height| self.hash_at(height))
	}

	/// The path to a block under the root that block `number` states.
	pub fn path(&self, height: Height, number: Height) -> Vec<H256> {
		let subtree = |subtree| Some(root_of(subtree, &|height| self.hash_at(height)));
		path_of(height - FIRST, number - FIRST, subtree).expect("the block is there; qed")
	}

	/// The subtrees that the history before a block consists of.
	pub fn peaks(&self, number: Height) -> Vec<H256> {
		self.history(number).frontier.peaks().to_vec()
	}

	/// What the header of a sealed block states.
	pub fn statement(&self, number: Height) -> Statement {
		Statement::of(&self.block(number).header.digest).expect("every header has one; qed")
	}
}

/// What leads from a known block to a newer one, on a chain whose blocks have these hashes.
pub fn extension(known: Height, number: Height, hash_at: impl Fn(Height) -> H256) -> Extension {
	let Some(outline) = Outline::of(FIRST, known, number) else {
		return Extension::default();
	};
	Extension {
		nodes: outline.nodes.into_iter().map(|subtree| root_of(subtree, &hash_at)).collect(),
		tail: outline.tail.map(hash_at).collect(),
	}
}

fn root_of(subtree: Subtree, hash_at: &impl Fn(Height) -> H256) -> H256 {
	let mut tree = Frontier::default();
	for index in subtree.leaves() {
		let hash = hash_at(FIRST + index as Height);
		tree.push(0, leaf(hash)).expect("there is room; qed");
	}
	tree.root()
}
