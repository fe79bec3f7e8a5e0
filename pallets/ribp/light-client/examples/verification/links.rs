//! What it costs to link a header with the history that is known: bytes beside the justification, and
//! time.

use super::median_of;
use codec::Encode;
use ribp_protocol::{
	cover, is_included, leaf, node, path_of, siblings, Extension, Frontier, Height, History,
	MarkSlot, Outline, Stated, Subtree, View,
};
use serde_json::{json, Value};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};
use std::{collections::BTreeSet, hint::black_box};

/// Height of the known head: subtrees of many sizes lie between it and any other.
const KNOWN: Height = 65_533;
/// Blocks in the longest history.
const LENGTH: u32 = 1_100_000;

/// A chain's past, whole.
pub struct Past {
	/// The nodes of each level, the leaves first.
	levels: Vec<Vec<H256>>,
}

impl Past {
	pub fn new() -> Self {
		let mut levels = vec![(0..LENGTH).map(|height| leaf(hash(height))).collect::<Vec<_>>()];
		while levels.last().is_some_and(|level| level.len() > 1) {
			let below = levels.last().expect("it was just looked at; qed");
			levels.push(below.chunks_exact(2).map(|pair| node(pair[0], pair[1])).collect());
		}
		Self { levels }
	}

	fn root_of(&self, subtree: Subtree) -> H256 {
		self.levels[usize::from(subtree.level)][subtree.index as usize]
	}

	fn history(&self, next: Height) -> History {
		let peaks = cover(0, next).map(|subtree| self.root_of(subtree)).collect();
		let frontier = Frontier::new(next, peaks).expect("a cover has as many; qed");
		History { first: 0, frontier }
	}

	/// A longer silence, by one message.
	pub fn measure_gap(&self, gap: u32, runs: u32) -> Value {
		let number = KNOWN + gap;
		let outline = Outline::of(0, KNOWN, number).expect("they are in order; qed");
		let extension = Extension {
			nodes: outline.nodes.into_iter().map(|subtree| self.root_of(subtree)).collect(),
			tail: outline.tail.map(hash).collect(),
		};
		let view = View::of(hash(KNOWN), 0, self.history(KNOWN));
		let stated = Stated { number, parent: hash(number - 1), root: self.history(number).root() };
		let head = (hash(number), 0);
		let extend =
			|| drop(black_box(view.extended(head, stated, &extension).expect("it is valid")));
		let (bytes, time) = (extension.encoded_size(), median_of(runs, extend));
		println!("a gap of {gap:>9} blocks: {bytes:>5} bytes, {:>7.2} µs", time as f64 / 1_000.0);
		json!({ "gap": gap, "bytes": bytes, "us": time as f64 / 1_000.0 })
	}

	/// A block in the middle of so many.
	pub fn measure_path(&self, size: u32, runs: u32) -> Value {
		let (index, root) = (size / 3, self.history(size).root());
		let path = path_of(index, size, |subtree| Some(self.root_of(subtree)));
		let path = path.expect("the block is there; qed");
		assert_eq!(siblings(index, size).map(|siblings| siblings.len()), Some(path.len()));
		let check = || assert!(black_box(is_included(leaf(hash(index)), index, size, &path, root)));
		let (bytes, time) = (path.encoded_size(), median_of(runs, check));
		println!("a path in {size:>9} blocks: {bytes:>5} bytes, {:>7.2} µs", time as f64 / 1_000.0);
		json!({ "blocks": size, "bytes": bytes, "us": time as f64 / 1_000.0 })
	}
}

/// What is remembered of a peer after so many advances of its view: marks of 76 bytes.
pub fn measure_marks(advances: u64) -> Value {
	let marks = (1..=advances).map(MarkSlot::of).collect::<BTreeSet<_>>().len();
	println!("after {advances:>8} advances: {marks:>5} marks are kept, {} bytes", marks * 76);
	json!({ "advances": advances, "marks": marks, "bytes": marks * 76 })
}

fn hash(height: Height) -> H256 {
	BlakeTwo256::hash(&height.to_le_bytes())
}
