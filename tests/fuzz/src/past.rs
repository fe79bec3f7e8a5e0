//! Two histories, mixed anywhere: enough of a chain to prove its past.

use crate::input::Input;
use codec::Encode;
use ribp_protocol::{leaf, Extension, Frontier, Height, History, Outline, Stated, Subtree};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::sync::LazyLock;

/// The last block of both histories; the second leaves the first anywhere.
pub const LENGTH: Height = 200;

/// The hashes of both histories, before they are mixed.
static HASHES: LazyLock<[Vec<H256>; 2]> = LazyLock::new(|| {
	[0u8, 1].map(|branch| (0..=LENGTH).map(|n| blake2_256(&(branch, n).encode()).into()).collect())
});

/// A chain that leaves the known one with block `fork`.
#[derive(Clone, Copy)]
pub struct Past {
	pub fork: Height,
}

impl Past {
	pub const KNOWN: Self = Self { fork: Height::MAX };

	pub fn some(input: &mut Input<'_>) -> Self {
		match input.byte() {
			0..=0x7f => Self::KNOWN,
			_ => Self { fork: input.number() % (LENGTH + 1) },
		}
	}

	/// Whether it has the same blocks as another one up to this height.
	pub fn agrees(self, other: Self, height: Height) -> bool {
		self.fork == other.fork || self.fork.min(other.fork) > height
	}

	pub fn hash(self, height: Height) -> H256 {
		HASHES[usize::from(height >= self.fork)][height as usize]
	}

	pub fn subtree(self, subtree: Subtree) -> H256 {
		let leaves = subtree.leaves();
		self.tree(leaves.start as Height, leaves.end as Height).root()
	}

	fn tree(self, start: Height, end: Height) -> Frontier {
		let mut tree = Frontier::default();
		let mut add = |n| tree.push(0, leaf(self.hash(n))).expect("a few hundred fit; qed");
		(start..end).for_each(&mut add);
		tree
	}

	/// The history before block `next`.
	pub fn history(self, next: Height) -> History {
		History { first: 0, frontier: self.tree(0, next) }
	}

	pub fn header(self, number: Height) -> Stated {
		let root = self.history(number).root();
		Stated { number, parent: self.hash(number - 1), root }
	}

	/// What leads from a known head to a newer one; `None` if it is not newer.
	pub fn extension(self, known: Height, number: Height) -> Option<Extension> {
		let Outline { nodes, tail } = Outline::of(0, known, number)?;
		let nodes = nodes.into_iter().map(|subtree| self.subtree(subtree)).collect();
		Some(Extension { nodes, tail: tail.map(|n| self.hash(n)).collect() })
	}
}

/// The bytes of an extension of either chain between any heights, spoiled.
pub fn some_extension(input: &mut Input<'_>) -> Vec<u8> {
	let chain = Past::some(input);
	let (known, number) = (input.number() % LENGTH, 1 + input.number() % LENGTH);
	let mut bytes = chain.extension(known, number).unwrap_or_default().encode();
	input.spoil(&mut bytes);
	bytes
}
