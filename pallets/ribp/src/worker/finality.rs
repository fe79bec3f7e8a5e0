//! Proofs that a peer's block is final.
//!
//! A node answers with all headers after the block that was asked about, up to the last one of the
//! authorities who finalized it: after a long silence, more than fit. Then the newest block is asked
//! about, and if others have finalized that, one block after the other, in steps that leave out no
//! answer that fits.

use super::{Failure, Round};
use crate::{Config, Height};
use codec::{Decode, Encode};
use ribp_light_client::{minimize, verify_finality, Header, Justification};
use ribp_peer::{status::EndpointResult, Client, FinalityProof, PeerError, MAX_FINALITY_PROOF};
use sp_io::hashing::blake2_128;
use sp_runtime::offchain::storage::StorageValueRef;

/// As many headers fit into an answer, of half a kilobyte each.
const FIRST_STEP: Height = (MAX_FINALITY_PROOF / 1_024) as Height;

/// How far a later block has been looked for at an endpoint. Local to the node: a hint, which outlives
/// the round.
#[derive(Encode, Decode)]
struct Search {
	/// The block that is to be proven final.
	number: Height,
	/// The answer about this one is too large.
	at: Height,
	/// From there to the next.
	step: Height,
}

impl Search {
	fn new(number: Height) -> Self {
		Self { number, at: number, step: FIRST_STEP }
	}

	/// The next block to ask about, below `end`. None if no step is small enough.
	fn next(&mut self, end: Height) -> Option<Height> {
		while self.step > 0 && self.at.saturating_add(self.step) >= end {
			self.begin_anew();
		}
		(self.step > 0).then(|| self.at.saturating_add(self.step))
	}

	/// A step has gone too far: the node's answers hold less.
	fn begin_anew(&mut self) {
		(self.at, self.step) = (self.number, self.step / 2);
	}
}

/// The header that a proof is about, and the votes for it. None if the node does not have it.
pub(super) fn opened(
	proof: FinalityProof,
	client: &Client,
) -> Result<Option<(Header, Justification)>, PeerError> {
	let FinalityProof { block, justification, unknown_headers } = proof;
	let last = unknown_headers.into_iter().next_back().filter(|header| header.hash() == block);
	let Some(header) = last.map_or_else(|| client.header(block), |last| Ok(Some(last)))? else {
		return Ok(None);
	};
	let justification = Justification::from_bytes(&justification)
		.map_err(|_| PeerError::Undecodable("justification"))?;
	Ok(Some((header, justification)))
}

impl<T: Config> Round<T> {
	/// The newest header that is final by the votes of those who finalized `number`, and the votes.
	pub(super) fn find_final(
		&self,
		client: &Client,
		number: Height,
	) -> Result<(Header, Justification), Failure<T>> {
		let key = (b"ribp/final", self.system, blake2_128(client.url().as_bytes())).encode();
		let mut memory = StorageValueRef::persistent(&key);
		let search = memory.get::<Search>().ok().flatten();
		if let Some(search) = search.filter(|search| search.number == number) {
			match self.search_final(client, search, &mut memory) {
				// There is nothing to search in.
				Err(Failure::Peer(error)) if !error.is_passing() => memory.clear(),
				other => return other,
			}
		}
		match client.prove_finality(number) {
			Ok(Some(proof)) => opened(proof, client)?.ok_or(EndpointResult::HeaderMissing.into()),
			Ok(None) => Err(EndpointResult::NoJustification.into()),
			Err(error) if error.is_too_large() => {
				self.search_final(client, Search::new(number), &mut memory)
			},
			// So many headers that the node has not even begun to answer: not again.
			Err(PeerError::Deadline) => {
				memory.set(&Search::new(number));
				Err(PeerError::Deadline.into())
			},
			Err(error) => Err(error.into()),
		}
	}

	/// The same where the answer is too large. The search may go on in the next round.
	fn search_final(
		&self,
		client: &Client,
		mut search: Search,
		memory: &mut StorageValueRef<'_>,
	) -> Result<(Header, Justification), Failure<T>> {
		let Some(newest) = client.header(client.finalized_head()?)? else {
			return Err(EndpointResult::HeaderMissing.into());
		};
		if newest.number < search.number {
			memory.clear();
			return Err(PeerError::NotFinalized { number: search.number }.into());
		}
		if let Answer::Final(found) = self.ask_final(client, newest.number)? {
			return Ok(found);
		}
		while let Some(at) = search.next(newest.number) {
			match self.ask_final(client, at) {
				Ok(Answer::Final(found)) => return Ok(found),
				Ok(Answer::TooLarge) => search.at = at,
				Ok(Answer::ByOthers) => search.begin_anew(),
				Err(Failure::Peer(PeerError::Deadline)) => {
					// Perhaps it was too large; if not, smaller steps come back to it.
					search.at = at;
					memory.set(&search);
					return Err(EndpointResult::Searching.into());
				},
				Err(failure) => return Err(failure),
			}
			memory.set(&search);
		}
		// The next round asks about the block itself.
		memory.clear();
		Err(PeerError::TooLarge { limit: MAX_FINALITY_PROOF }.into())
	}

	/// Asks whether a block is final by the authorities in charge.
	fn ask_final(&self, client: &Client, number: Height) -> Result<Answer, Failure<T>> {
		let found = match client.prove_finality(number) {
			Ok(proof) => proof.map(|proof| opened(proof, client)).transpose()?.flatten(),
			Err(PeerError::NotFinalized { .. }) => None,
			Err(error) if error.is_too_large() => return Ok(Answer::TooLarge),
			Err(error) => return Err(error.into()),
		};
		let Some((header, justification)) = found else { return Ok(Answer::ByOthers) };
		let set = &self.record.set;
		let justification = minimize(justification, set);
		match verify_finality(&header, &justification, set) {
			Ok(_) => Ok(Answer::Final((header, justification))),
			Err(_) => Ok(Answer::ByOthers),
		}
	}
}

/// What a node says of a block in between.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
enum Answer {
	/// Its authorities are those in charge: their last header, and the votes.
	Final((Header, Justification)),
	/// Nothing of use: others finalized it, if anybody has.
	ByOthers,
	/// More than fits.
	TooLarge,
}
