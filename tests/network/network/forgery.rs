//! What somebody on the way makes of evidence: something that must not be believed.

use super::transport::Letter;
use pallet_ribp::Evidence;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sp_core::H256;

/// A message that differs from this one in something that counts.
pub fn forged(letter: &Letter, rng: &mut ChaCha8Rng) -> Letter {
	let mut letter = Letter { is_forged: true, ..letter.clone() };
	falsify(&mut letter.evidence, rng);
	letter
}

fn falsify(evidence: &mut Evidence, rng: &mut ChaCha8Rng) {
	let Evidence { header, justification, proof, missed } = evidence;
	let node = rng.random_range(0..proof.len().max(1));
	let noise = H256(rng.random());
	match (rng.random_range(0..8), justification) {
		// One vote fewer than it takes.
		(0, Some(justification)) => drop(justification.votes.pop()),
		// A vote for another block.
		(1, Some(justification)) => justification.votes[0].target_hash = noise,
		// Votes of another round.
		(2, Some(justification)) => justification.round ^= 1,
		(3, _) if !proof.is_empty() => drop(proof.remove(node)),
		(4, _) if !proof.is_empty() => {
			let byte = rng.random_range(0..proof[node].len());
			proof[node][byte] ^= 1 << rng.random_range(0..8);
		},
		(5, _) => proof.push(noise.as_bytes().to_vec()),
		(6, _) => missed.push(noise),
		_ => header.state_root = noise,
	}
}
