//! Storage proofs of the shape that costs most.
//!
//! A peer chain is free to put siblings beside every nibble of a key, and a user to choose where the
//! keys of the peer's logs lie. Of the siblings a proof holds no more than the hashes.

use alloc::{collections::BTreeMap, vec::Vec};
use codec::Encode;
use core::ops::Range;
use ribp_light_client::MAX_PROOF_DEPTH;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

const LEAF: u8 = 0b01 << 6;
const BRANCH: u8 = 0b10 << 6;
const BRANCH_WITH_VALUE: u8 = 0b11 << 6;

/// What is read from a state.
pub struct Entry {
	nibbles: Vec<u8>,
	value: Option<Vec<u8>>,
}

impl Entry {
	/// `None`: nothing is there.
	pub fn new(key: Vec<u8>, value: Option<Vec<u8>>) -> Self {
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
	/// As many nibbles of each key are full branches; if any, so is what keys part at below.
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
		let mut writer = Writer { shape, nodes: BTreeMap::new() };
		let root = writer.subtrie(&entries, 0, 1);
		Self { root, nodes: writer.nodes.into_values().collect() }
	}
}

struct Writer {
	shape: Shape,
	nodes: BTreeMap<H256, Vec<u8>>,
}

impl Writer {
	/// The hash of the node in which the sorted entries' keys go on from the nibble `depth`. It is
	/// the node number `level` that leads to them.
	fn subtrie(&mut self, entries: &[Entry], depth: usize, level: u32) -> H256 {
		let (first, last) = (&entries[0].nibbles, &entries[entries.len() - 1].nibbles);
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
		let shared = first.iter().zip(last).take_while(|(a, b)| a == b).count();
		let width = if self.shape.full > 1 { 16 } else { 0 };
		self.branch(entries, depth..shared, level, width)
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

	/// A leaf that shows the entry, be it by leading elsewhere.
	fn leaf(&mut self, entry: &Entry, depth: usize) -> H256 {
		let mut partial = entry.nibbles[depth..].to_vec();
		let value = entry.value.clone().unwrap_or_else(|| {
			partial[0] ^= 1;
			pack(&entry.nibbles)
		});
		let mut node = header(LEAF, &partial);
		value.encode_to(&mut node);
		self.add(node)
	}

	fn add(&mut self, node: Vec<u8>) -> H256 {
		let hash = BlakeTwo256::hash(&node);
		self.nodes.insert(hash, node);
		hash
	}
}

/// A node's kind and the nibbles that lead through it.
fn header(kind: u8, partial: &[u8]) -> Vec<u8> {
	let mut bytes = Vec::new();
	match partial.len() {
		short @ 0..=62 => bytes.push(kind | short as u8),
		long => {
			bytes.push(kind | 63);
			let mut rest = long - 62;
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
