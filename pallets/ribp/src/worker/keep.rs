//! What nodes keep of what was proven: a ring of pieces of each system, in their offchain databases.
//!
//! The chain hands over a piece whenever more of a system's history is proven, and every node that
//! has offchain indexing writes it down as it executes the block. From there a node proves a
//! system's view to others, and tells hashes that its chain has folded away long ago.
//!
//! Local to the node and not bound to the chain's forks: a hint. What [`Kept`] takes in links to
//! the believed view, hash by hash; others judge what is sent to them.

use crate::{systems::History, Config, Height, KeptPieces, Older, Pallet, SystemId, View};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use ribp_light_client::{Header, Justification};
use ribp_protocol::{fold, Own};
use sp_core::H256;
use sp_runtime::offchain::storage::StorageValueRef;

/// Pieces that are kept of each system; a new one takes the place of the oldest.
pub(crate) const RING: u32 = 1_024;

/// Consecutive header hashes, oldest first, and what lies below them.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Run {
	/// Height of the oldest.
	pub first: Height,
	/// All older ones, folded; none if there are none.
	pub below: Option<H256>,
	/// The hashes.
	pub hashes: Vec<H256>,
}

/// A header that was proven final.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Proven {
	/// Id of the authority set that finalized it.
	pub set_id: u64,
	pub header: Header,
	pub justification: Justification,
	/// The proof of the view in its state, and of nothing else; empty if it came without.
	pub proof: Vec<Vec<u8>>,
	/// Height of the oldest hash in that view.
	pub first: Height,
}

/// What evidence shows of a system's history.
pub(crate) struct Shown<'a> {
	pub header: &'a Header,
	pub justification: &'a Justification,
	/// The part of its proof that shows the view.
	pub view_proof: Vec<Vec<u8>>,
	/// The hashes between the known view and the proven one.
	pub missed: &'a [H256],
}

/// What was proven at one time.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[allow(clippy::large_enum_variant, reason = "it is encoded at once")]
pub(crate) enum Piece {
	/// A header, and the hashes up to it that came with it: the view's, and missed ones.
	Proven(Proven, Option<Run>),
	/// Missed hashes alone.
	Missed(Run),
}

/// What is kept of the branch that is followed of a system.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Kept {
	/// The hashes, up to the view's newest.
	pub run: Run,
	/// The headers that were proven, newest first.
	pub proven: Vec<Proven>,
}

impl<T: Config> Pallet<T> {
	/// Hands a piece to the nodes that execute this block.
	pub(crate) fn keep_piece(system: SystemId, piece: &Piece) {
		let place = KeptPieces::<T>::mutate(system, |kept| {
			let place = *kept;
			*kept = kept.wrapping_add(1);
			place
		});
		sp_io::offchain_index::set(&key(system, place), &piece.encode());
	}

	/// What this node has kept of the branch of a system that ends in `view`, down to `height` at
	/// least, if it goes so far back.
	pub(crate) fn kept(system: SystemId, view: &View, height: Height) -> Kept {
		let end = KeptPieces::<T>::get(system);
		let places = (1..=end.min(RING)).map(|back| end - back);
		let pieces = places
			.filter_map(|place| StorageValueRef::persistent(&key(system, place)).get().ok()?);
		Kept::of(view, pieces, height)
	}
}

/// Where a node keeps at which own height a contract was last unlocked or reversed.
const TERMINATED: &[u8] = b"ribp/terminated";

/// Tells the nodes that execute this block that a contract has been terminated in it.
pub(crate) fn note_termination(Own(now): Own) {
	sp_io::offchain_index::set(TERMINATED, &now.encode());
}

/// The own height at which a contract was last terminated, as far as this node knows.
pub(super) fn terminated_at() -> Option<Height> {
	StorageValueRef::persistent(TERMINATED).get().ok()?
}

/// Where a node keeps a piece.
fn key(system: SystemId, place: u32) -> Vec<u8> {
	(b"ribp/kept", system, place % RING).encode()
}

impl Run {
	/// The hashes of a view, and the missed ones before them, which follow those of `known`.
	pub fn of(known: Option<&View>, view: &View, missed: &[H256]) -> Self {
		let below = match missed {
			[] => view.accumulator,
			_ => known.and_then(View::folded),
		};
		let first = view.first().saturating_sub(missed.len() as u32);
		Self { first, below, hashes: [missed, &view.recent[..]].concat() }
	}

	/// The hash at this height, if it is one of these.
	pub fn hash_at(&self, height: Height) -> Option<H256> {
		self.hashes.get(height.checked_sub(self.first)? as usize).copied()
	}

	/// The hashes from one height up to before another, as far as these are among them, and what
	/// lies below them.
	pub fn part(&self, from: Height, to: Height) -> Option<Self> {
		let (start, end) = (from.checked_sub(self.first)?, to.checked_sub(self.first)?);
		let older = self.hashes.get(..start as usize)?;
		let hashes = self.hashes.get(start as usize..end as usize)?.to_vec();
		Some(Self { first: from, below: older.iter().fold(self.below, fold), hashes })
	}

	/// As what links a view, whose window begins where this ends, with what is older.
	pub fn into_older(self) -> Older {
		Older { below: self.below, hashes: self.hashes }
	}

	/// Takes in the older hashes of `other`, if it reaches down from here and folds to what lies
	/// below: then it is of the same history.
	fn extend_down(&mut self, other: &Run) {
		let Some(older) = other.part(other.first, self.first).filter(|r| !r.hashes.is_empty())
		else {
			return;
		};
		if older.hashes.iter().fold(older.below, fold) == self.below {
			let hashes = [older.hashes, core::mem::take(&mut self.hashes)].concat();
			*self = Self { hashes, ..older };
		}
	}
}

impl Piece {
	/// What evidence adds to what is `known` of a system.
	pub fn of(known: Option<&View>, set_id: u64, shown: Shown, history: &History) -> Self {
		let Shown { header, justification, view_proof, missed } = shown;
		let view = match history {
			History::Extended(view) => Some(view),
			History::Outrun(catch_up) => Some(&catch_up.target),
			History::Unseen | History::Forked => None,
		};
		let first = view.map_or(header.number, View::first);
		let (header, justification, proof) = (header.clone(), justification.clone(), view_proof);
		let run = view.map(|view| Run::of(known, view, missed));
		Self::Proven(Proven { set_id, header, justification, proof, first }, run)
	}

	fn run(&self) -> Option<&Run> {
		match self {
			Self::Proven(_, run) => run.as_ref(),
			Self::Missed(run) => Some(run),
		}
	}

	/// Whether what was proven before this is of no use above `height`.
	fn is_below(&self, height: Height) -> bool {
		matches!(self, Self::Proven(proven, _) if proven.header.number < height)
	}
}

impl Kept {
	/// From the pieces, newest first, what belongs to the branch that ends in `view`, down to
	/// `height` at least, if they go so far back.
	pub fn of(view: &View, pieces: impl Iterator<Item = Piece>, height: Height) -> Self {
		let mut taken = Vec::new();
		for piece in pieces {
			let is_last = piece.is_below(height);
			taken.push(piece);
			if is_last {
				break;
			}
		}
		// Missed hashes came after the header that they lead to: in the order of their heights.
		let mut runs: Vec<_> = taken.iter().filter_map(Piece::run).collect();
		runs.sort_by_key(|run| core::cmp::Reverse(run.first));
		let mut run = Run::of(None, view, &[]);
		runs.into_iter().for_each(|older| run.extend_down(older));
		let is_of_branch =
			|header: &Header| run.hash_at(header.number).is_some_and(|hash| hash == header.hash());
		let proven = |piece| match piece {
			Piece::Proven(proven, _) if is_of_branch(&proven.header) => Some(proven),
			_ => None,
		};
		let mut proven: Vec<_> = taken.into_iter().filter_map(proven).collect();
		proven.sort_by_key(|proven| core::cmp::Reverse(proven.header.number));
		Self { run, proven }
	}

	/// The newest kept header of the authorities who finalized block `number`: what somebody can
	/// judge who knows all up to there. None if that block is not final yet.
	pub fn following(&self, number: Height) -> Option<&Proven> {
		self.from(number).next()
	}

	/// As [`Kept::following`], of those whose view was proven with them, and begins at `highest` or
	/// below.
	pub fn showing(&self, number: Height, highest: Height) -> Option<&Proven> {
		let is_shown = |proven: &&Proven| !proven.proof.is_empty() && proven.first <= highest;
		self.from(number).find(is_shown)
	}

	/// The headers from `number` on of the authorities who finalized that block, newest first.
	pub fn from(&self, number: Height) -> impl Iterator<Item = &Proven> {
		let later = move || self.proven.iter().take_while(move |p| p.header.number >= number);
		let first = later().map(|proven| proven.set_id).min();
		later().filter(move |proven| Some(proven.set_id) == first)
	}
}
