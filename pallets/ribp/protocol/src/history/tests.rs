//! The tree against an independent implementation, and the proofs against who would bend them.

use super::*;
use alloc::{collections::BTreeMap, vec::Vec};
use blake2::{digest::consts::U32, Blake2b};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// Certificate Transparency's log, as somebody else has written it.
type Log = MemoryBackedTree<Blake2b<U32>, [u8; 32]>;

/// The hash of a block, of one of several branches.
fn block(branch: u8, height: Height) -> H256 {
	BlakeTwo256::hash(&(branch, height).encode())
}

/// A chain that leaves branch 0 with block `fork`, as whoever has all of its blocks can tell of it.
#[derive(Clone)]
struct Chain {
	first: Height,
	hashes: Vec<H256>,
}

impl Chain {
	fn new(first: Height, length: u32) -> Self {
		Self::forked(first, length, Height::MAX)
	}

	fn forked(first: Height, length: u32, fork: Height) -> Self {
		let heights = first..first + length;
		let hashes = heights.map(|height| block(u8::from(height >= fork), height)).collect();
		Self { first, hashes }
	}

	fn hash(&self, height: Height) -> H256 {
		self.hashes[(height - self.first) as usize]
	}

	/// The history before block `next`.
	fn history(&self, next: Height) -> History {
		let mut history = History::starting_at(self.first);
		for hash in &self.hashes[..(next - self.first) as usize] {
			history.push(*hash, |_, _| {}).expect("there is room");
		}
		history
	}

	fn header(&self, number: Height) -> Stated {
		let parent = number.checked_sub(1).filter(|parent| *parent >= self.first);
		Stated {
			number,
			parent: parent.map_or(H256::zero(), |parent| self.hash(parent)),
			root: self.history(number).root(),
		}
	}

	fn subtree(&self, subtree: Subtree) -> H256 {
		let leaves = subtree.leaves();
		let hashes = &self.hashes[leaves.start as usize..leaves.end as usize];
		let mut tree = Frontier::default();
		hashes.iter().for_each(|hash| tree.push(0, leaf(*hash)).expect("there is room"));
		tree.root()
	}

	fn extension(&self, known: Height, number: Height) -> Extension {
		let outline = Outline::of(self.first, known, number).expect("they are in order");
		Extension {
			nodes: outline.nodes.into_iter().map(|subtree| self.subtree(subtree)).collect(),
			tail: outline.tail.map(|height| self.hash(height)).collect(),
		}
	}

	fn path(&self, height: Height, next: Height) -> Vec<H256> {
		let (index, size) = (height - self.first, next - self.first);
		path_of(index, size, |subtree| Some(self.subtree(subtree))).expect("the block is there")
	}

	/// What comes of an extension to a header of this chain, from what is known of it.
	fn extend(
		&self,
		known: Height,
		number: Height,
		extension: &Extension,
	) -> Result<History, ExtensionError> {
		self.history(known).extended(self.hash(known), self.header(number), extension)
	}
}

fn log_of(hashes: &[H256]) -> Log {
	let mut log = Log::new();
	hashes.iter().for_each(|hash| log.push(hash.0));
	log
}

/// All ways in which one hash of a list is changed, lost, doubled, or in another one's place.
fn spoiled(hashes: &[H256]) -> Vec<Vec<H256>> {
	let mut all = Vec::new();
	for index in 0..hashes.len() {
		let mut change = |change: &dyn Fn(&mut Vec<H256>)| {
			let mut hashes = hashes.to_vec();
			change(&mut hashes);
			all.push(hashes);
		};
		change(&|hashes| hashes[index].0[31] ^= 1);
		change(&|hashes| {
			hashes.remove(index);
		});
		change(&|hashes| hashes.insert(index, hashes[index]));
		if index > 0 {
			change(&|hashes| hashes.swap(index - 1, index));
		}
	}
	let longer = |hash| hashes.iter().copied().chain([hash]).collect();
	all.push(longer(H256::zero()));
	all.push(longer(block(0, 7)));
	all
}

#[test]
fn the_root_is_that_of_certificate_transparency() {
	let chain = Chain::new(1, 300);
	for length in 1..=300 {
		let root = chain.history(1 + length).root();
		let log = log_of(&chain.hashes[..length as usize]);
		assert_eq!(root.as_bytes(), &log.root().as_bytes()[..], "{length} blocks");
	}
	assert_eq!(chain.history(1).root(), BlakeTwo256::hash(b""));
}

#[test]
fn a_frontier_of_another_number_of_subtrees_is_refused() {
	for size in 0..200 {
		let frontier = Chain::new(0, 200).history(size).frontier;
		let bytes = frontier.encode();
		assert_eq!(Frontier::decode(&mut &bytes[..]), Ok(frontier.clone()));
		assert!(frontier.encoded_size() <= Frontier::max_encoded_len());
		let peaks = frontier.peaks().to_vec();
		for other in (0..200u32).filter(|other| other.count_ones() != size.count_ones()) {
			assert_eq!(Frontier::new(other, peaks.clone()), None);
			assert!(Frontier::decode(&mut &(other, &peaks).encode()[..]).is_err());
		}
	}
}

#[test]
fn subtrees_are_added_where_they_belong() {
	let chain = Chain::new(0, 64);
	for (start, end) in (0..64).flat_map(|start| (start..=64).map(move |end| (start, end))) {
		let mut history = chain.history(start);
		for subtree in cover(start, end) {
			assert_eq!(subtree.leaves().start, u64::from(history.next()));
			history.frontier.push(subtree.level, chain.subtree(subtree)).expect("it fits");
		}
		assert_eq!(history, chain.history(end));
	}
	let mut odd = chain.history(3).frontier;
	assert_eq!(odd.push(1, H256::zero()), Err(Misplaced));
	assert_eq!(odd.push(32, H256::zero()), Err(Misplaced));
	assert_eq!(odd, chain.history(3).frontier);
	assert!(odd.push(0, H256::zero()).is_ok());
}

#[test]
fn a_full_tree_takes_no_more() {
	let mut full = Frontier::new(u32::MAX, alloc::vec![H256::zero(); 32]).expect("it has 32");
	assert_eq!(full.push(0, H256::zero()), Err(Misplaced));
	let mut history = History { first: 1, frontier: full };
	assert_eq!(history.push(H256::zero(), |_, _| {}), Err(Misplaced));
	assert_eq!(cover(0, u32::MAX).count(), 32);
	assert_eq!(cover(u32::MAX, u32::MAX).count(), 0);
}

#[test]
fn every_node_is_told_once() {
	let chain = Chain::new(5, 200);
	let mut history = History::starting_at(5);
	let mut nodes = BTreeMap::new();
	for hash in &chain.hashes {
		let mut tell = |subtree, hash| assert_eq!(nodes.insert(subtree, hash), None);
		history.push(*hash, &mut tell).expect("there is room");
	}
	let whole =
		(0..8u8).flat_map(|level| (0..200u32 >> level).map(move |index| Subtree { level, index }));
	for subtree in whole {
		assert_eq!(nodes.remove(&subtree), Some(chain.subtree(subtree)));
	}
	assert!(nodes.is_empty());
}

#[test]
fn a_path_is_that_of_certificate_transparency() {
	let chain = Chain::new(9, 70);
	for size in 1..=70u32 {
		let hashes = &chain.hashes[..size as usize];
		let (log, root) = (log_of(hashes), chain.history(9 + size).root());
		for index in 0..size {
			let path = chain.path(9 + index, 9 + size);
			let bytes: Vec<u8> = path.iter().flat_map(|hash| hash.0).collect();
			assert_eq!(bytes, log.prove_inclusion(index as usize).as_bytes());
			let included = (9 + index, chain.hash(9 + index));
			assert!(History::includes(9, 9 + size, root, included, &path));
		}
	}
}

#[test]
fn no_other_path_leads_to_a_root() {
	let chain = Chain::new(0, 33);
	for size in 1..=33u32 {
		let root = chain.history(size).root();
		for index in 0..size {
			let (path, own) = (chain.path(index, size), leaf(chain.hash(index)));
			assert!(is_included(own, index, size, &path, root));
			for other in spoiled(&path) {
				assert!(!is_included(own, index, size, &other, root), "{index} of {size}");
			}
			// Another block, or a path for another place; beyond the end, there is none.
			assert!(!is_included(leaf(H256::zero()), index, size, &path, root));
			for other in (0..size + 40).filter(|other| *other != index) {
				assert!(!is_included(own, other, size, &path, root), "{index} as {other}");
			}
		}
	}
}

#[test]
fn what_is_no_leaf_is_not_included() {
	let chain = Chain::new(0, 32);
	let root = chain.history(32).root();
	// The root for itself, and for a leaf of a tree of any size.
	for size in 0..40 {
		for index in 0..40 {
			let is_whole = (index, size) == (0, 1);
			assert_eq!(is_included(root, index, size, &[], root), is_whole);
			assert!(!is_included(leaf(root), index, size, &[], root));
		}
	}
	// A node for a leaf, with what is left of the path of a leaf below it.
	for (level, index) in (1..5u8).flat_map(|level| (0..32u32 >> level).map(move |i| (level, i))) {
		let node = chain.subtree(Subtree { level, index });
		let path = chain.path(index << level, 32);
		let rest = &path[usize::from(level)..];
		for at in 0..32 {
			assert!(!is_included(leaf(node), at, 32, rest, root));
			assert!(!is_included(node, at, 32, rest, root));
		}
	}
}

#[test]
fn a_newer_history_is_known_by_its_extension_and_by_no_other() {
	let chain = Chain::new(3, 60);
	for (known, number) in (3..63).flat_map(|known| (3..63).map(move |number| (known, number))) {
		if number <= known {
			assert_eq!(Outline::of(3, known, number), None);
			let nothing = Extension::default();
			assert_eq!(chain.extend(known, number, &nothing), Err(ExtensionError::NotNewer));
			continue;
		}
		let extension = chain.extension(known, number);
		let outline = Outline::of(3, known, number).expect("they are in order");
		assert_eq!(chain.extend(known, number, &extension), Ok(chain.history(number)));
		assert!(extension.is_of(&outline));
		let nodes = spoiled(&extension.nodes).into_iter();
		let tails = spoiled(&extension.tail).into_iter();
		let others = nodes
			.map(|nodes| Extension { nodes, ..extension.clone() })
			.chain(tails.map(|tail| Extension { tail, ..extension.clone() }));
		for other in others {
			// What reaches below the known head may have been made for a lower one. It brings nothing
			// new, and is not what anybody makes now.
			if let Ok(history) = chain.extend(known, number, &other) {
				assert_eq!(history, chain.history(number));
				assert!(!other.is_of(&outline), "{known} to {number}");
			}
		}
	}
}

#[test]
fn an_extension_of_another_header_is_refused() {
	let chain = Chain::new(0, 300);
	for (known, number) in [(0, 1), (4, 5), (4, 30), (99, 150), (127, 128), (128, 257)] {
		let (history, hash) = (chain.history(known), chain.hash(known));
		let (header, extension) = (chain.header(number), chain.extension(known, number));
		let other = Stated { root: H256::zero(), ..header };
		let error = Err(ExtensionError::OtherHistory);
		assert_eq!(history.extended(hash, other, &extension), error);
		let other = Stated { parent: H256::zero(), ..header };
		let is_next = number == known + 1;
		let error =
			if is_next { ExtensionError::OtherParent } else { ExtensionError::OtherHistory };
		assert_eq!(history.extended(hash, other, &extension), Err(error));
		for other in [number + 1, number - 1, number + 16, number + 64] {
			let other = Stated { number: other, ..header };
			assert!(history.extended(hash, other, &extension).is_err());
		}
	}
}

/// Blocks below the known one are others, and its own hash is put among them: a path to it would
/// be right.
#[test]
fn a_known_hash_among_other_blocks_is_not_enough() {
	for known in 1..40 {
		for number in known + 1..60 {
			let honest = Chain::new(0, 60);
			let mut welded = Chain::forked(0, 60, 0);
			welded.hashes[known as usize..].clone_from_slice(&honest.hashes[known as usize..]);
			let root = welded.header(number).root;
			let known_one = (known, honest.hash(known));
			assert!(History::includes(0, number, root, known_one, &welded.path(known, number)));
			let (history, hash) = (honest.history(known), honest.hash(known));
			for extension in [welded.extension(known, number), honest.extension(known, number)] {
				let verdict = history.extended(hash, welded.header(number), &extension);
				assert_eq!(verdict, Err(ExtensionError::OtherHistory));
			}
		}
	}
}

#[test]
fn an_extension_goes_on_from_a_head_that_has_moved_into_its_tail() {
	let chain = Chain::new(2, 400);
	for known in [2, 3, 60, 200, 255, 256] {
		for number in known + 1..(known + 60).min(400) {
			let extension = chain.extension(known, number);
			let lowest = number - 1 - extension.tail.len() as u32;
			for moved in known..number {
				let verdict = chain.extend(moved, number, &extension);
				match moved == known || moved + 1 >= lowest {
					true => assert_eq!(verdict, Ok(chain.history(number)), "{known} {moved}"),
					false => assert!(verdict.is_err(), "{known} {moved} {number}"),
				}
			}
			for moved in number..number + 3 {
				let verdict = chain.extend(moved, number, &extension);
				assert_eq!(verdict, Err(ExtensionError::NotNewer));
			}
		}
	}
}

/// What has led from head to head leads from any of the heads to any newer one.
#[test]
fn extensions_one_after_the_other_make_one() {
	let chain = Chain::new(3, 2_000);
	let heads = [3, 4, 20, 21, 300, 317, 900, 1_000, 1_037, 2_001];
	let mut roots = BTreeMap::new();
	for pair in heads.windows(2) {
		let (known, number) = (pair[0], pair[1]);
		let outline = Outline::of(3, known, number).expect("they are in order");
		roots.extend(outline.nodes.into_iter().zip(chain.extension(known, number).nodes));
		let newest = outline.tail.start..=number;
		roots.extend(newest.map(|n| (Subtree { level: 0, index: n - 3 }, leaf(chain.hash(n)))));
	}
	let known = |subtree| roots.get(&subtree).copied();
	for (from, known_head) in heads.iter().enumerate() {
		for number in &heads[from + 1..] {
			let outline = Outline::of(3, *known_head, *number).expect("they are in order");
			let nodes: Option<Vec<_>> =
				outline.nodes.into_iter().map(|subtree| root_of(subtree, &known)).collect();
			assert_eq!(nodes, Some(chain.extension(*known_head, *number).nodes));
		}
	}
	// What lies before the first of them is not known.
	assert_eq!(root_of(Subtree { level: 11, index: 0 }, &known), None);
	assert_eq!(root_of(Subtree { level: u8::MAX, index: u32::MAX }, &known), None);
}

#[test]
fn an_extension_stays_small_however_wide_the_gap() {
	let outline = |known, number| Outline::of(0, known, number).expect("they are in order");
	let count = |known, number| {
		let Outline { nodes, tail } = outline(known, number);
		nodes.len() + tail.len()
	};
	assert_eq!(count(77, 78), 0);
	assert_eq!(count(77, 79), 0);
	assert_eq!(count(77, 80), 1);
	assert_eq!(count(77, 77 + 18), 16);
	let widest = (0..5_000).map(|known| count(known * 7, known * 7 + 1_000_000)).max();
	assert!(widest.is_some_and(|hashes| hashes * 32 <= 1_440), "{widest:?} hashes");
	assert!(count(0, Height::MAX) <= 62 + MAX_TAIL as usize);
}

#[test]
fn the_heads_that_stay_get_sparser_with_age() {
	let mut marks = BTreeMap::new();
	for advance in 1..=400_000u64 {
		marks.insert(MarkSlot::of(advance), advance);
		// Not only at the end.
		if advance % 9_973 == 0 || advance == 400_000 {
			let mut kept: Vec<_> = marks.values().copied().collect();
			kept.sort_unstable();
			assert!(kept.len() <= 8 * 20, "{} marks", kept.len());
			for pair in kept.windows(2) {
				let (age, gap) = (advance - pair[0], pair[1] - pair[0]);
				assert!(gap <= (age / 8).max(1), "{pair:?} at {advance}");
			}
			assert_eq!(kept.last(), Some(&advance));
		}
	}
	assert!((120..=140).contains(&marks.len()), "{} marks", marks.len());
}

proptest! {
	#[test]
	fn a_rewritten_history_never_extends_a_known_one(
		first in 0u32..50, known in 0u32..300, gap in 1u32..300, back in 0u32..300,
	) {
		let number = first + known + gap;
		let honest = Chain::new(first, known + gap + 1);
		let fork = (first + known).saturating_sub(back).max(first);
		let other = Chain::forked(first, known + gap + 1, fork);
		let known = first + known;
		let (history, hash) = (honest.history(known), honest.hash(known));
		for extension in [honest.extension(known, number), other.extension(known, number)] {
			let verdict = history.extended(hash, other.header(number), &extension);
			prop_assert!(verdict.is_err());
		}
		prop_assert_eq!(
			history.extended(hash, honest.header(number), &honest.extension(known, number)),
			Ok(honest.history(number))
		);
	}

	#[test]
	fn two_leaves_for_one_height_contradict_each_other(
		length in 2u32..200, fork in 0u32..200, at in 0u32..200,
	) {
		let (fork, at) = (fork % length, at % length);
		let (one, other) = (Chain::new(0, length), Chain::forked(0, length, fork));
		let root = other.history(length).root();
		let path = other.path(at, length);
		prop_assert!(History::includes(0, length, root, (at, other.hash(at)), &path));
		let is_common = History::includes(0, length, root, (at, one.hash(at)), &path);
		prop_assert_eq!(is_common, at < fork);
	}

	#[test]
	fn no_bytes_make_a_proof_panic(
		history in any::<(u32, u32)>(), number: u32, bytes: Vec<u8>, size: u32, index: u32,
	) {
		let (first, length) = history;
		let peaks = alloc::vec![H256::zero(); length.count_ones() as usize];
		let frontier = Frontier::new(length, peaks).expect("it is the number");
		let history = History { first, frontier };
		let extension = Extension::decode(&mut &bytes[..]).unwrap_or_default();
		let header = Stated { number, parent: H256::zero(), root: H256::zero() };
		let _ = history.extended(H256::zero(), header, &extension);
		let _ = is_included(H256::zero(), index, size, &extension.tail, H256::zero());
		let _ = (siblings(index, size), Outline::of(first, number, size), history.next());
		let _ = Frontier::decode(&mut &bytes[..]);
	}
}
