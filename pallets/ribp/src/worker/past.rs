//! A peer's past, as one of its nodes tells it: what extensions and paths are made of.
//!
//! The larger subtrees stay in the peer's state, whence its runtime tells them; the smaller ones
//! are made of block hashes. Where the runtime does not tell, all is made of hashes: what lies
//! between two heads over several rounds, if they are many; paths, of what is known to be common if
//! they are too many for one. Nothing here is believed: what is made of it proves itself.

use crate::{Height, SystemId, STORED_LEVEL};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::Encode;
use ribp_peer::{Client, PeerError};
use ribp_protocol::{
	bag, cover, leaf, path_of, siblings, Extension, History, Outline, Span, Subtree, MAX_TAIL,
};
use sp_core::H256;
use sp_runtime::offchain::storage::StorageValueRef;

/// Most hashes that are asked for at once; fewer in tests, whose chains are shorter.
pub(crate) const AT_ONCE: u32 = if cfg!(test) { 64 } else { 4_096 };

/// How often that is done in a round.
pub(crate) const TIMES: u32 = 8;

/// Most hashes in one answer: what a subtree that is not stored takes.
const MOST_HASHES: u32 = if AT_ONCE > 1 << STORED_LEVEL { AT_ONCE } else { 1 << STORED_LEVEL };

/// Most leaves of which subtrees are made for one proof.
const MOST_LEAVES: u64 = (TIMES * AT_ONCE) as u64 + (2 << STORED_LEVEL);

/// Most subtrees that are asked for at once.
const MOST_NODES: usize = crate::MAX_NODES;

/// The past of a node's best chain.
pub(super) struct Past<'a> {
	pub client: &'a Client,
	/// The history that is known of the system: of this branch, or of one that has left it.
	pub history: &'a History,
}

impl Past<'_> {
	/// Where its history begins.
	pub fn first(&self) -> Height {
		self.history.first
	}

	/// What leads from the known head to a newer block of the node's chain. None if that takes more
	/// rounds: what there is by then is remembered.
	pub fn extension(
		&self,
		system: SystemId,
		known: Height,
		number: Height,
	) -> Result<Option<Extension>, PeerError> {
		let Some(Outline { tail, .. }) = Outline::of(self.first(), known, number) else {
			return Ok(Some(Extension::default()));
		};
		let (start, end) = (known + 1 - self.first(), tail.start.saturating_sub(self.first()));
		let nodes = match end > start {
			true => match self.span(system, start, end)? {
				Some(nodes) => nodes,
				None => return Ok(None),
			},
			false => Vec::new(),
		};
		debug_assert!(tail.len() as u32 <= MAX_TAIL);
		let tail = self.hashes(tail.start, tail.len() as u32)?;
		Ok(Some(Extension { nodes, tail }))
	}

	/// The path to a block under the root that block `number` states. None if the node does not tell
	/// what it takes.
	pub fn path(&self, height: Height, number: Height) -> Result<Option<Vec<H256>>, PeerError> {
		let (Some(index), Some(size)) =
			(height.checked_sub(self.first()), number.checked_sub(self.first()))
		else {
			return Ok(None);
		};
		let Some(ranges) = siblings(index, size) else { return Ok(None) };
		let needed: Vec<_> =
			ranges.into_iter().flat_map(|range| cover(range.start, range.end)).collect();
		let Some(roots) = self.roots(&needed)? else { return Ok(None) };
		let known: BTreeMap<_, _> = needed.into_iter().zip(roots).collect();
		Ok(path_of(index, size, |subtree| known.get(&subtree).copied()))
	}

	/// The subtrees that the history before block `number` consists of.
	pub fn peaks(&self, number: Height) -> Result<Option<Vec<H256>>, PeerError> {
		let Some(size) = number.checked_sub(self.first()) else { return Ok(None) };
		self.roots(&cover(0, size).collect::<Vec<_>>())
	}

	/// The hashes of so many blocks.
	fn hashes(&self, first: Height, count: u32) -> Result<Vec<H256>, PeerError> {
		let mut hashes = Vec::with_capacity(count as usize);
		while let Some(left) = count.checked_sub(hashes.len() as u32).filter(|left| *left > 0) {
			let (next, asked) = (first.saturating_add(hashes.len() as u32), left.min(MOST_HASHES));
			let some = self.client.block_hashes(next, asked)?;
			if some.len() as u32 != asked {
				return Err(PeerError::NoResult("chain_getBlockHash"));
			}
			hashes.extend(some);
		}
		Ok(hashes)
	}

	/// The roots of subtrees. None if the runtime does not tell the larger ones.
	fn told(&self, subtrees: &[Subtree]) -> Result<Option<Vec<H256>>, PeerError> {
		let is_large = |subtree: &Subtree| subtree.level >= STORED_LEVEL;
		let large: Vec<_> = subtrees.iter().copied().filter(is_large).collect();
		let Some(roots) = self.stored(&large)? else { return Ok(None) };
		self.completed(large.into_iter().zip(roots).collect(), subtrees).map(Some)
	}

	/// The same. Where the runtime does not tell, all are made of hashes or, if they are too many,
	/// the larger ones taken for those that are known.
	fn roots(&self, subtrees: &[Subtree]) -> Result<Option<Vec<H256>>, PeerError> {
		if let Some(told) = self.told(subtrees)? {
			return Ok(Some(told));
		}
		let known = || self.known().filter(|(subtree, _)| subtrees.contains(subtree)).collect();
		let known: BTreeMap<_, _> = match leaves(subtrees) <= MOST_LEAVES {
			true => BTreeMap::new(),
			false => known(),
		};
		let is_missing = |subtree: &Subtree| !known.contains_key(subtree);
		let missing: Vec<_> = subtrees.iter().copied().filter(is_missing).collect();
		match leaves(&missing) <= MOST_LEAVES {
			true => self.completed(known, subtrees).map(Some),
			false => Ok(None),
		}
	}

	/// The roots of subtrees, those that are not there made of hashes.
	fn completed(
		&self,
		mut roots: BTreeMap<Subtree, H256>,
		subtrees: &[Subtree],
	) -> Result<Vec<H256>, PeerError> {
		let missing: Vec<_> =
			subtrees.iter().copied().filter(|subtree| !roots.contains_key(subtree)).collect();
		let made = self.of_hashes(&missing)?;
		roots.extend(missing.into_iter().zip(made));
		Ok(subtrees.iter().filter_map(|subtree| roots.get(subtree).copied()).collect())
	}

	/// The subtrees of the known history: below the block at which the node's chain leaves it, they
	/// are its own.
	fn known(&self) -> impl Iterator<Item = (Subtree, H256)> + '_ {
		let frontier = &self.history.frontier;
		cover(0, frontier.size()).zip(frontier.peaks().iter().copied())
	}

	/// The roots of the larger ones.
	fn stored(&self, subtrees: &[Subtree]) -> Result<Option<Vec<H256>>, PeerError> {
		let mut roots = Vec::with_capacity(subtrees.len());
		for some in subtrees.chunks(MOST_NODES) {
			let answer =
				self.client.call_as::<Vec<Option<H256>>>("RibpApi_history_nodes", &some.encode());
			match answer {
				Ok(told) if told.len() == some.len() => roots.extend(told),
				Ok(_) | Err(PeerError::Rpc { .. }) => return Ok(None),
				Err(error) => return Err(error),
			}
		}
		Ok(roots.into_iter().collect())
	}

	/// The roots of subtrees, made of hashes, each stretch of them asked for at once.
	fn of_hashes(&self, subtrees: &[Subtree]) -> Result<Vec<H256>, PeerError> {
		let mut leaves: Vec<_> = subtrees.iter().map(|subtree| subtree.leaves()).collect();
		let mut order: Vec<_> = (0..leaves.len()).collect();
		order.sort_by_key(|place| leaves[*place].start);
		let mut roots = alloc::vec![H256::zero(); leaves.len()];
		let mut next = 0;
		while next < order.len() {
			let (first, mut end, mut last) = (next, leaves[order[next]].end, next + 1);
			let start = leaves[order[first]].start;
			while last < order.len()
				&& leaves[order[last]].start == end
				&& leaves[order[last]].end - start <= u64::from(AT_ONCE)
			{
				end = leaves[order[last]].end;
				last += 1;
			}
			let hashes =
				self.hashes(self.first().saturating_add(start as u32), (end - start) as u32)?;
			for place in &order[first..last] {
				let of = core::mem::take(&mut leaves[*place]);
				let range = (of.start - start) as usize..(of.end - start) as usize;
				roots[*place] = root_of(&hashes[range]);
			}
			next = last;
		}
		Ok(roots)
	}

	/// The roots that cover the leaves from one index to another.
	fn span(&self, system: SystemId, start: u32, end: u32) -> Result<Option<Vec<H256>>, PeerError> {
		if let Some(roots) = self.told(&cover(start, end).collect::<Vec<_>>())? {
			return Ok(Some(roots));
		}
		let key = (b"ribp/span", system).encode();
		let memory = StorageValueRef::persistent(&key);
		let remembered = memory.get::<Span>().ok().flatten();
		let fits = |span: &Span| span.start() == start && span.end() <= end;
		let mut span = remembered.filter(fits).unwrap_or_else(|| Span::starting_at(start));
		for _ in 0..TIMES {
			let count = end.saturating_sub(span.end()).min(AT_ONCE);
			for hash in self.hashes(self.first().saturating_add(span.end()), count)? {
				let _always_fits = span.push(0, leaf(hash));
			}
		}
		memory.set(&span);
		Ok((span.end() == end).then(|| span.roots().to_vec()))
	}
}

/// How many leaves subtrees have.
fn leaves(subtrees: &[Subtree]) -> u64 {
	subtrees.iter().map(|subtree| 1u64 << subtree.level.min(32)).sum()
}

/// The root over block hashes, as many as a perfect subtree has.
fn root_of(hashes: &[H256]) -> H256 {
	let mut span = Span::starting_at(0);
	for hash in hashes {
		let _always_fits = span.push(0, leaf(*hash));
	}
	bag(span.roots())
}
