//! The next piece of hashes that were missed of a peer's history.
//!
//! Pieces go to the chain newest first, each with the accumulator below it. To know those, a node
//! folds the missed hashes once, oldest first, and remembers the accumulator at each piece's
//! beginning.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use ribp_peer::{Client, PeerError};
use ribp_protocol::{CatchUp, CatchUpError, Height, SystemId, View};
use sp_core::H256;
use sp_io::hashing::blake2_128;
use sp_runtime::offchain::storage::StorageValueRef;

/// Most pieces whose hashes are fetched in one round.
const PIECES_PER_ROUND: usize = 8;

/// Hashes below `from` that the chain misses, oldest first.
pub(super) struct Piece {
	/// The height after the newest.
	pub from: Height,
	/// All that is older, folded.
	pub below: H256,
	/// The hashes.
	pub hashes: Vec<H256>,
}

/// How far a node has folded. Local to the node: a hint, which the chain does not rely on.
#[derive(Default, Encode, Decode)]
struct Folded {
	/// The head of the view from which on it was folded.
	known: Option<H256>,
	/// The view from which on the next hashes are to be folded.
	last: Option<View>,
	/// The accumulator below each piece, oldest first.
	below: Vec<H256>,
}

/// The piece that the chain takes next. None if the node has not folded so far yet: it goes on in
/// the next round.
pub(super) fn next_piece(
	system: SystemId,
	catch_up: &CatchUp,
	known: &View,
	most: u32,
	client: &Client,
) -> Result<Option<Piece>, PeerError> {
	// Of each endpoint: one with another history must not make the others begin anew.
	let key = (b"ribp/folded", system, blake2_128(client.url().as_bytes())).encode();
	let memory = StorageValueRef::persistent(&key);
	let mut folded = memory.get::<Folded>().ok().flatten().unwrap_or_default();
	if folded.known != known.head() {
		folded = Folded { known: known.head(), last: Some(known.clone()), below: Vec::new() };
	}
	let piece = folded.find(catch_up, known, most, client);
	if piece
		.as_ref()
		.is_ok_and(|piece| piece.as_ref().is_some_and(|p| !p.fits(catch_up, known, most)))
	{
		// The node has told of another history, now or before: begin anew.
		memory.set(&Folded::default());
		return Err(PeerError::Undecodable("block hashes"));
	}
	memory.set(&folded);
	piece
}

impl Piece {
	/// Whether the chain would take it.
	fn fits(&self, catch_up: &CatchUp, known: &View, most: u32) -> bool {
		let taken = catch_up.clone().take(known, self.below, &self.hashes, most);
		matches!(taken, Ok(_) | Err(CatchUpError::Fork))
	}
}

impl Folded {
	fn find(
		&mut self,
		catch_up: &CatchUp,
		known: &View,
		most: u32,
		client: &Client,
	) -> Result<Option<Piece>, PeerError> {
		let missed = catch_up.from.saturating_sub(known.number).saturating_sub(1);
		// The oldest piece is what is left over; all the others are full.
		let pieces = missed.div_ceil(most.max(1)) as usize;
		let rest = missed - most.saturating_mul((pieces as u32).saturating_sub(1));
		for _ in 0..PIECES_PER_ROUND {
			let count = if self.below.is_empty() { rest } else { most };
			if self.below.len() >= pieces {
				break;
			}
			self.fold(count, client)?;
		}
		let Some(below) = self.below.get(pieces.wrapping_sub(1)).copied() else { return Ok(None) };
		let count = if pieces == 1 { rest } else { most };
		let first = catch_up.from.saturating_sub(count);
		let hashes = client.block_hashes(first, count)?;
		Ok(Some(Piece { from: catch_up.from, below, hashes }))
	}

	/// Folds the next piece.
	fn fold(&mut self, count: u32, client: &Client) -> Result<(), PeerError> {
		let Some(mut last) = self.last.take() else { return Ok(()) };
		let hashes = client.block_hashes(last.number.saturating_add(1), count);
		let hashes = hashes.and_then(|hashes| match hashes.len() == count as usize {
			true => Ok(hashes),
			false => Err(PeerError::Undecodable("block hashes")),
		});
		if let Ok(hashes) = &hashes {
			let below = last.folded();
			hashes.iter().for_each(|hash| last.extend(*hash, 1));
			self.below.extend(below);
		}
		self.last = Some(last);
		hashes.map(drop)
	}
}
