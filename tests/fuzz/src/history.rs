//! Proofs that relate a header's history with the one that is known, and what headers state.

use crate::{input::Input, memory};
use codec::{DecodeAll, Encode};
use ribp_protocol::{
	is_included, leaf, path_of, Extension, Frontier, Height, History, Outline, Stated, Statement,
	Subtree,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::Digest;
use std::sync::LazyLock;

/// The last block of both histories; the second leaves the first anywhere.
const LENGTH: Height = 200;

/// The hashes of both histories, before they are mixed.
static HASHES: LazyLock<[Vec<H256>; 2]> = LazyLock::new(|| {
	[0u8, 1].map(|branch| (0..=LENGTH).map(|n| blake2_256(&(branch, n).encode()).into()).collect())
});

/// A chain that leaves the known one with block `fork`.
#[derive(Clone, Copy)]
struct Chain {
	fork: Height,
}

impl Chain {
	const KNOWN: Self = Self { fork: Height::MAX };

	fn hash(self, height: Height) -> H256 {
		HASHES[usize::from(height >= self.fork)][height as usize]
	}

	fn subtree(self, subtree: Subtree) -> H256 {
		let leaves = subtree.leaves();
		self.tree(leaves.start as Height, leaves.end as Height).root()
	}

	fn tree(self, start: Height, end: Height) -> Frontier {
		let mut tree = Frontier::default();
		let mut add = |n| tree.push(0, leaf(self.hash(n))).expect("a few hundred fit; qed");
		(start..end).for_each(&mut add);
		tree
	}

	fn history(self, next: Height) -> History {
		History { first: 0, frontier: self.tree(0, next) }
	}
}

/// Takes an extension, a path or a statement.
pub fn history(data: &[u8]) {
	let mut input = Input::new(data);
	match input.byte() % 5 {
		0 => extension(&mut input, true),
		1 => extension(&mut input, false),
		2 => path(&mut input, true),
		3 => path(&mut input, false),
		_ => statement(&mut input),
	}
}

fn some_chain(input: &mut Input<'_>) -> Chain {
	match input.byte() {
		0..=0x7f => Chain::KNOWN,
		_ => Chain { fork: input.number() % (LENGTH + 1) },
	}
}

/// An extension from a known head to a header of either chain: bytes, or one of either chain between
/// any heights, spoiled.
fn extension(input: &mut Input<'_>, raw: bool) {
	let known = input.number() % LENGTH;
	let (chain, number) = (some_chain(input), 1 + input.number() % LENGTH);
	let bytes = if raw { input.rest().to_vec() } else { some_extension(input) };
	let header =
		Stated { number, parent: chain.hash(number - 1), root: chain.history(number).root() };
	let history = Chain::KNOWN.history(known);
	memory::bounded(bytes.len(), || {
		let Ok(extension) = Extension::decode_all(&mut &bytes[..]) else { return };
		assert_eq!(extension.encode(), bytes, "one extension, one encoding");
		let verdict = history.extended(Chain::KNOWN.hash(known), header, &extension);
		if let Ok(extended) = &verdict {
			assert!(number > known, "what is believed is news");
			assert!(chain.fork > known, "another history is believed");
			assert_eq!(*extended, chain.history(number), "the history is the header's");
		}
		let outline = Outline::of(0, known, number);
		let is_true = outline.as_ref().is_some_and(|Outline { nodes, tail }| {
			let nodes = nodes.iter().map(|subtree| chain.subtree(*subtree));
			extension.nodes.iter().copied().eq(nodes)
				&& extension.tail.iter().copied().eq(tail.clone().map(|n| chain.hash(n)))
		});
		if is_true && chain.fork > known {
			assert!(verdict.is_ok(), "a true extension is believed");
			assert!(outline.is_some_and(|outline| extension.is_of(&outline)));
		}
	});
}

fn some_extension(input: &mut Input<'_>) -> Vec<u8> {
	let chain = some_chain(input);
	let (known, number) = (input.number() % LENGTH, 1 + input.number() % LENGTH);
	let made = Outline::of(0, known, number).map(|Outline { nodes, tail }| Extension {
		nodes: nodes.into_iter().map(|subtree| chain.subtree(subtree)).collect(),
		tail: tail.map(|n| chain.hash(n)).collect(),
	});
	let mut bytes = made.unwrap_or_default().encode();
	input.spoil(&mut bytes);
	bytes
}

/// A path in a tree of either chain, for a leaf of either.
fn path(input: &mut Input<'_>, raw: bool) {
	let (chain, size) = (some_chain(input), input.number() % (LENGTH + 1));
	let index = input.number() % (LENGTH + 40);
	let block = some_chain(input).hash(input.number() % (LENGTH + 1));
	let bytes = if raw {
		input.rest().to_vec()
	} else {
		let at = input.number() % (LENGTH + 1);
		let made = path_of(at, size, |subtree| Some(chain.subtree(subtree)));
		let mut bytes = made.unwrap_or_default().encode();
		input.spoil(&mut bytes);
		bytes
	};
	let root = chain.history(size).root();
	memory::bounded(bytes.len(), || {
		let Ok(path) = Vec::<H256>::decode_all(&mut &bytes[..]) else { return };
		let is_there = index < size && chain.hash(index) == block;
		let is_true = path_of(index, size, |subtree| Some(chain.subtree(subtree)));
		let verdict = is_included(leaf(block), index, size, &path, root);
		assert_eq!(verdict, is_there && is_true == Some(path), "what is included is there");
	});
}

/// What a digest states is read as it is written, and of one digest only one thing is read.
fn statement(input: &mut Input<'_>) {
	let bytes = input.rest();
	memory::bounded(bytes.len(), || {
		let Ok(digest) = Digest::decode_all(&mut &bytes[..]) else { return };
		let Ok(statement) = Statement::of(&digest) else { return };
		let own = digest.logs.iter().filter(|item| **item == statement.item());
		assert_eq!(own.count(), 1, "one statement, one item");
	});
}
