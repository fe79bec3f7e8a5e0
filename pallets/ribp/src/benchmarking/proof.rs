//! Storage proofs of the shape that costs most.
//!
//! A peer chain is free to put siblings beside every nibble of a key. Of these, a proof holds no
//! more than the hashes.

use alloc::{collections::BTreeMap, vec::Vec};
use codec::Encode;
use core::ops::Range;
use ribp_light_client::MAX_PROOF_DEPTH;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// What a node is.
#[derive(Clone, Copy)]
struct Kind {
	/// The bits with which it begins.
	prefix: u8,
	/// What the others say where there are more nibbles.
	more: u8,
}

const LEAF: Kind = Kind { prefix: 0b01 << 6, more: 63 };
const BRANCH: Kind = Kind { prefix: 0b10 << 6, more: 63 };
const BRANCH_WITH_VALUE: Kind = Kind { prefix: 0b11 << 6, more: 63 };
/// Its value is in a node of its own.
const LEAF_WITH_HASH: Kind = Kind { prefix: 0b001 << 5, more: 31 };

/// The longest value, in bytes, that has no node of its own in a state of version 1.
const MAX_INLINE: usize = 32;

/// What is read from a state.
pub struct Entry {
	nibbles: Vec<u8>,
	value: Vec<u8>,
}

impl Entry {
	pub fn new(key: Vec<u8>, value: Vec<u8>) -> Self {
		let nibbles = key.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]).collect();
		Self { nibbles, value }
	}

	/// The length of a leaf that shows the entry, as far below as one can be.
	fn deepest(&self) -> usize {
		self.nibbles.len() - 1
	}
}

/// What the proof holds beyond what it must.
#[derive(Clone, Copy, Default)]
pub struct Shape {
	/// As many nibbles of each key are full branches, if no key lies too deep by that; if any, so
	/// is what keys part at below.
	pub full: u32,
	/// As many nibbles that belong to one key alone are branches of two, where it may be as deep.
	pub spare: u32,
	/// Bytes in the root node.
	pub padding: u32,
}

/// A state root, and the nodes below it that show all entries.
pub struct Proof {
	pub root: H256,
	pub nodes: Vec<Vec<u8>>,
}

impl Proof {
	pub fn of(mut entries: Vec<Entry>, shape: Shape) -> Self {
		entries.sort_by(|a, b| a.nibbles.cmp(&b.nibbles));
		let full = shape.full.min(MAX_PROOF_DEPTH - least_depth(&entries));
		let mut writer = Writer { shape: Shape { full, ..shape }, nodes: BTreeMap::new() };
		let root = writer.subtrie(&entries, 0, 1);
		Self { root, nodes: writer.nodes.into_values().collect() }
	}
}

/// How many nodes lead to the deepest of these sorted entries, at least.
fn least_depth(entries: &[Entry]) -> u32 {
	if entries.len() == 1 {
		return 1;
	}
	let at = shared(entries, 0);
	let parts = entries.chunk_by(|a, b| a.nibbles[at] == b.nibbles[at]);
	1 + parts.map(least_depth).max().unwrap_or(0)
}

/// Up to which nibble from `depth` on the keys of sorted entries are the same.
fn shared(entries: &[Entry], depth: usize) -> usize {
	let (first, last) =
		(&entries[0].nibbles[depth..], &entries[entries.len() - 1].nibbles[depth..]);
	depth + first.iter().zip(last).take_while(|(a, b)| a == b).count()
}

struct Writer {
	shape: Shape,
	nodes: BTreeMap<H256, Vec<u8>>,
}

impl Writer {
	/// The hash of the node in which the sorted entries' keys go on from the nibble `depth`. It is
	/// the node number `level` that leads to them.
	fn subtrie(&mut self, entries: &[Entry], depth: usize, level: u32) -> H256 {
		let is_leaf = entries.len() == 1;
		if depth < (self.shape.full as usize).min(entries[0].deepest()) {
			return self.branch(entries, depth..depth, level, 16);
		}
		let may_be_deeper = level < MAX_PROOF_DEPTH && depth < entries[0].deepest();
		if is_leaf && self.shape.spare > 0 && may_be_deeper {
			self.shape.spare -= 1;
			return self.branch(entries, depth..depth, level, 2);
		}
		if is_leaf {
			return self.leaf(&entries[0], depth);
		}
		let width = if self.shape.full > 1 { 16 } else { 0 };
		self.branch(entries, depth..shared(entries, depth), level, width)
	}

	/// A branch behind these nibbles, with at least `width` children.
	fn branch(
		&mut self,
		entries: &[Entry],
		partial: Range<usize>,
		level: u32,
		width: usize,
	) -> H256 {
		let at = partial.end;
		let mut children = BTreeMap::new();
		for group in entries.chunk_by(|a, b| a.nibbles[at] == b.nibbles[at]) {
			children.insert(group[0].nibbles[at], self.subtrie(group, at + 1, level + 1));
		}
		for nibble in 0..16 {
			if children.len() < width {
				children.entry(nibble).or_insert_with(|| H256::repeat_byte(nibble));
			}
		}
		let padding = if level == 1 { self.shape.padding as usize } else { 0 };
		let kind = if padding > 0 { BRANCH_WITH_VALUE } else { BRANCH };
		let mut node = header(kind, &entries[0].nibbles[partial]);
		let bitmap = children.keys().fold(0u16, |bitmap, nibble| bitmap | 1 << nibble);
		bitmap.encode_to(&mut node);
		if padding > 0 {
			alloc::vec![0u8; padding].encode_to(&mut node);
		}
		for child in children.values() {
			child.as_bytes().encode_to(&mut node);
		}
		self.add(node)
	}

	/// A leaf that shows the entry.
	fn leaf(&mut self, entry: &Entry, depth: usize) -> H256 {
		let partial = &entry.nibbles[depth..];
		let node = match entry.value.len() {
			0..=MAX_INLINE => [header(LEAF, partial), entry.value.encode()].concat(),
			_ => {
				let value = self.add(entry.value.clone());
				[&header(LEAF_WITH_HASH, partial)[..], value.as_bytes()].concat()
			},
		};
		self.add(node)
	}

	fn add(&mut self, node: Vec<u8>) -> H256 {
		let hash = BlakeTwo256::hash(&node);
		self.nodes.insert(hash, node);
		hash
	}
}

/// A node's kind and the nibbles that lead through it.
fn header(Kind { prefix, more }: Kind, partial: &[u8]) -> Vec<u8> {
	let mut bytes = Vec::new();
	match partial.len() {
		short if short < more.into() => bytes.push(prefix | short as u8),
		long => {
			bytes.push(prefix | more);
			let mut rest = long + 1 - usize::from(more);
			while rest > 255 {
				bytes.push(255);
				rest -= 255;
			}
			bytes.push((rest - 1) as u8);
		},
	}
	bytes.extend(pack(partial));
	bytes
}

/// Two nibbles a byte; an odd one comes first, by itself.
fn pack(nibbles: &[u8]) -> Vec<u8> {
	let (odd, even) = nibbles.split_at(nibbles.len() % 2);
	odd.iter().copied().chain(even.chunks(2).map(|pair| pair[0] << 4 | pair[1])).collect()
}
