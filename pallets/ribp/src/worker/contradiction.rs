//! Another history of a system than the known one, as a node of that system tells it: two endpoints
//! that contradict each other, or a chain that was shown another branch of the own one.

use super::{finality::opened, keep::Run, Failure};
use crate::{
	evidence::view_key, forks::Descent, Config, Error, ForkProof, ForkProofs, Height, Lineage,
	Older, Pallet, System, SystemId, View,
};
use alloc::vec::Vec;
use codec::{DecodeAll, Encode};
use frame_support::traits::Get;
use ribp_light_client::{minimize, AuthoritySet, Header, ProvenState, MAX_ANCESTRIES};
use ribp_peer::{Client, FinalityProof, PeerError};
use ribp_protocol::{Parting, Stretch};
use sp_core::H256;

/// A proof, and the hashes that link the known view with it.
pub(super) struct Contradiction {
	pub proof: ForkProof,
	pub known: Older,
}

/// What proves that the node's finalized history is another than the one that `record` knows, of
/// which `run` holds the hashes. None if it is not, or cannot be shown to be.
pub(super) fn contradiction<T: Config>(
	system: SystemId,
	record: &System,
	run: &Run,
	client: &Client,
) -> Result<Option<Contradiction>, Failure<T>> {
	let Some(view) = &record.view else { return Ok(None) };
	let Some(at) = parting(view, run, T::MaxMissed::get() / 2, client)? else { return Ok(None) };
	let in_charge = Pallet::<T>::set_at(system, record, at)?;
	let finality = match client.prove_finality(at) {
		Ok(Some(finality)) => finality,
		// Not final: no history yet.
		Ok(None) | Err(PeerError::NotFinalized { .. }) => return Ok(None),
		Err(error) if error.is_too_large() => {
			let Some(newest) = client.header(client.finalized_head()?)? else { return Ok(None) };
			let Some(finality) = client.prove_finality(newest.number)? else { return Ok(None) };
			finality
		},
		Err(error) => return Err(error.into()),
	};
	// The block before is on both; without it they may part lower.
	let lowest = at.saturating_sub(1).max(run.first);
	let Some(proof) = prove::<T>(record, &in_charge.set, run, lowest, finality, client)? else {
		return Ok(None);
	};
	let known = match lowest < view.first() {
		true => run.part(lowest, view.first()).map(Run::into_older),
		false => Some(Older::default()),
	};
	Ok(known.map(|known| Contradiction { proof, known }))
}

/// The lowest height at which the node's chain is known to hold another hash than `run`; the window
/// is looked at first, and no more than `most` hashes below it.
fn parting(
	view: &View,
	run: &Run,
	most: u32,
	client: &Client,
) -> Result<Option<Height>, PeerError> {
	let differing = |from: Height, to: Height| -> Result<Option<Height>, PeerError> {
		let theirs = client.block_hashes(from, to.saturating_sub(from))?;
		let heights = (from..to).zip(theirs);
		let differs =
			|(at, hash): &(Height, H256)| run.hash_at(*at).is_some_and(|own| own != *hash);
		Ok(heights.into_iter().find(differs).map(|(at, _)| at))
	};
	let first = view.first();
	let found = differing(first, view.number.saturating_add(1))?;
	if found != Some(first) || run.first >= first {
		return Ok(found);
	}
	let lower = differing(first.saturating_sub(most).max(run.first), first)?;
	Ok(lower.or(found))
}

/// That the block of a finality proof is final, and descends from the block at `lowest`.
fn prove<T: Config>(
	record: &System,
	set: &AuthoritySet,
	run: &Run,
	lowest: Height,
	finality: FinalityProof,
	client: &Client,
) -> Result<Option<ForkProof>, Failure<T>> {
	let Some((header, justification)) = opened(finality, client)? else { return Ok(None) };
	let block = header.hash();
	let justification = minimize(justification, set);
	let key = view_key(&record.storage_prefix);
	let lineage = match client.read_proof(core::slice::from_ref(&key), block) {
		Ok(nodes) => by_state::<T>(&header, &key, nodes, run, lowest, client)?,
		Err(PeerError::StateDiscarded { .. }) => by_headers::<T>(&header, lowest, client)?,
		Err(error) => return Err(error.into()),
	};
	Ok(lineage.map(|lineage| ForkProof { header, justification, lineage }))
}

fn by_state<T: Config>(
	header: &Header,
	key: &[u8],
	nodes: Vec<Vec<u8>>,
	run: &Run,
	lowest: Height,
	client: &Client,
) -> Result<Option<Lineage>, Failure<T>> {
	let mut state = ProvenState::new(header.state_root, nodes.clone()).map_err(Error::<T>::from)?;
	let view = state.read_as::<View>(key).map_err(Error::<T>::from)?;
	let first = view.ok_or(Error::<T>::ViewMissing)?.with_head(header.hash()).first();
	if first <= lowest {
		return Ok(Some(Lineage::State { proof: nodes, older: Older::default() }));
	}
	let count = first - lowest;
	if count > T::MaxMissed::get() {
		return Ok(None);
	}
	let hashes = client.block_hashes(lowest, count)?;
	// What lies below is on both.
	let below = run.part(lowest, lowest).and_then(|shared| shared.below);
	Ok(Some(Lineage::State { proof: nodes, older: Older { below, hashes } }))
}

/// Of a block whose state is gone. None if the headers would be too many or too long for a message.
fn by_headers<T: Config>(
	header: &Header,
	lowest: Height,
	client: &Client,
) -> Result<Option<Lineage>, PeerError> {
	let count = header.number.saturating_sub(lowest);
	if count > MAX_ANCESTRIES {
		return Ok(None);
	}
	let mut ancestors = Vec::new();
	let mut parent = header.parent_hash;
	let mut room = T::MaxEvidenceSize::get() as usize;
	// The lowest header names the hash of the block before it.
	for _ in 1..count {
		let Some(ancestor) = client.header(parent)? else { return Ok(None) };
		let Some(left) = room.checked_sub(ancestor.encoded_size()) else { return Ok(None) };
		room = left;
		parent = ancestor.parent_hash;
		ancestors.push(ancestor);
	}
	Ok(Some(Lineage::Headers(ancestors)))
}

/// The stored proof of a system's last fork, linked with `theirs`, somebody's view of the system. None
/// if it is of the same branch, or nothing here links the two; `run` is of the branch that is
/// followed.
pub(super) fn stored<T: Config>(
	system: SystemId,
	record: &System,
	run: &Run,
	theirs: &View,
) -> Option<(Contradiction, Parting)> {
	let bytes = ForkProofs::<T>::get(system)?;
	let proof = ForkProof::decode_all(&mut &bytes[..]).ok()?;
	let branch = Descent::of::<T>(system, record, &proof).ok()?.stretch;
	let first = theirs.first();
	let within_reach = first.saturating_sub(T::MaxMissed::get().saturating_sub(proof.older()));
	let lowest = branch.first().max(run.first).max(within_reach);
	let known = match lowest < first && run.hash_at(first) == theirs.hash_at(first) {
		true => run.part(lowest, first)?.into_older(),
		false => Older::default(),
	};
	let followed = Stretch::of_view(theirs, known.below, &known.hashes).ok()?;
	let parting = followed.parting(&branch)?;
	Some((Contradiction { proof, known }, parting))
}
