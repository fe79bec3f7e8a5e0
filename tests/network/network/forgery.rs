//! What somebody on the way makes of evidence: something that must not be believed.

use super::transport::Letter;
use pallet_ribp::Evidence;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use ribp_light_client::Link;
use ribp_protocol::Extension;
use sp_core::H256;

/// A message that differs from this one in something that counts.
pub fn forged(letter: &Letter, rng: &mut ChaCha8Rng) -> Letter {
	let mut letter = Letter { is_forged: true, ..letter.clone() };
	falsify(&mut letter.evidence, rng);
	letter
}

fn falsify(evidence: &mut Evidence, rng: &mut ChaCha8Rng) {
	let Evidence { header, link, proof } = evidence;
	let node = rng.random_range(0..proof.len().max(1));
	let noise = H256(rng.random());
	match (rng.random_range(0..9), link) {
		// One vote fewer than it takes.
		(0, Link::Above { justification, .. }) => drop(justification.votes.pop()),
		// A vote for another block.
		(1, Link::Above { justification, .. }) => justification.votes[0].target_hash = noise,
		// Votes of another round.
		(2, Link::Above { justification, .. }) => justification.round ^= 1,
		(3, _) if !proof.is_empty() => drop(proof.remove(node)),
		(4, _) if !proof.is_empty() => {
			let byte = rng.random_range(0..proof[node].len());
			proof[node][byte] ^= 1 << rng.random_range(0..8);
		},
		(5, _) => proof.push(noise.as_bytes().to_vec()),
		// A hash too many.
		(6, Link::Above { extension, .. }) => extension.tail.push(noise),
		(6, Link::Below { path, .. }) => path.push(noise),
		// A hash that is another one.
		(7, Link::Above { extension: Extension { nodes, tail }, .. })
			if !nodes.is_empty() || !tail.is_empty() =>
		{
			replace(&mut nodes.iter_mut().chain(tail).collect::<Vec<_>>(), noise, rng)
		},
		(7, Link::Below { path, .. }) if !path.is_empty() => {
			replace(&mut path.iter_mut().collect::<Vec<_>>(), noise, rng)
		},
		_ => header.state_root = noise,
	}
}

fn replace(hashes: &mut [&mut H256], noise: H256, rng: &mut ChaCha8Rng) {
	let place = rng.random_range(0..hashes.len());
	*hashes[place] = noise;
}
