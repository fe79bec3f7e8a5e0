//! Sizes, counts and lists: what is refused before anything is believed.

use super::*;
use crate::{
	mock::{RuntimeCall, MAX_CONTRACTS, MAX_EVIDENCE_SIZE},
	ContractId, Epoch,
};
use codec::{Compact, Decode, Encode};
use sp_core::H256;

corpus! {
	evidence_too_large_for_a_block
	more_nodes_than_a_proof_can_need
	lengths_without_bytes
	one_contract_named_twice
	contracts_that_do_not_exist
	more_contracts_than_a_message_may_move
	a_justification_for_a_known_header
	hashes_that_link_nothing
}

/// Bridge hubs bound size and weight of a finality proof
/// (<https://github.com/paritytech/parity-bridges-common/pull/1882>). Wherever the bytes are put, and
/// whoever it is about.
#[test]
fn evidence_too_large_for_a_block() {
	let (mut world, id, honest) = ready();
	let size = MAX_EVIDENCE_SIZE as usize;
	type Grow = fn(&mut Evidence, usize);
	let places: [Grow; 6] = [
		|e, size| e.proof.push(vec![0; size]),
		|e, size| e.extension().nodes.resize(size / 32, H256::zero()),
		|e, size| e.extension().tail.resize(size / 32, H256::zero()),
		|e, size| e.link = Link::Below { under: 1, path: vec![H256::zero(); size / 32] },
		|e, size| e.header.digest.push(sp_runtime::DigestItem::Other(vec![0; size])),
		|e, size| {
			let votes = &mut e.justification().votes;
			votes.resize(size / 132, votes[0].clone());
		},
	];
	for grow in places {
		let mut large = honest.clone();
		grow(&mut large, size);
		world.refuse(&large, &[id], Error::EvidenceTooLarge);
		world.refuse_of(TWIN, &large, &[id], Error::EvidenceTooLarge);
	}
	world.submit(honest, &[id]).expect("the honest evidence is believed");
}

/// Many tiny nodes cost more than few large ones, at the same size
/// (<https://github.com/paritytech/parity-bridges-common/pull/1878>).
#[test]
fn more_nodes_than_a_proof_can_need() {
	forged_proof(
		|_, proof| proof.extend((0..4096u32).map(|n| n.to_le_bytes().to_vec())),
		Error::ProofTooLarge,
	);
}

/// Gossamer's decoder allocated what six bytes claimed
/// (<https://github.com/ChainSafe/gossamer/issues/2629>). A call of a few bytes that claims billions
/// of votes, nodes or hashes is none; it never gets to the pool.
#[test]
fn lengths_without_bytes() {
	let (_, id, honest) = ready();
	let justification = honest.clone().justification().clone();
	let header = honest.header.encode();
	let call = RuntimeCall::from(submission(BETA, honest.clone(), &[id]));
	let prefix = call.encode()[..2].to_vec();
	let before = |fields: &[Vec<u8>]| [prefix.clone(), BETA.encode(), fields.concat()].concat();
	let votes_follow = justification.encode()[..8 + 32 + 4].to_vec();
	let starts = [
		before(&[header.clone(), vec![2], votes_follow]),
		before(&[header.clone(), vec![2], justification.encode()]),
		before(&[header.clone(), vec![2], justification.encode(), vec![0]]),
		before(&[header.clone(), vec![1], vec![0; 4]]),
		before(&[header, vec![0]]),
		before(&[honest.encode()]),
	];
	for start in starts {
		for claimed in [u32::MAX, 1 << 20, 1_000] {
			let bytes = [start.clone(), Compact(claimed).encode(), vec![0; 8]].concat();
			assert!(RuntimeCall::decode(&mut &bytes[..]).is_err());
		}
	}
	for length in 0..call.encoded_size() {
		assert!(RuntimeCall::decode(&mut &call.encode()[..length]).is_err());
	}
}

/// An audit after Hyperbridge's incident of April 2026 found duplicate leaves in one proof
/// (<https://www.cryptotimes.io/2026/05/14/forged-proof-drained-funds-hyperbridge-breaks-down-april-13-exploit/>).
/// One message moves a contract once.
#[test]
fn one_contract_named_twice() {
	let (mut world, id, honest) = ready();
	world.refuse(&honest, &[id, id], Error::ContractsNotSorted);
	let (low, high) = (unknown_id(0), unknown_id(0xff));
	world.refuse(&honest, &[high, low], Error::ContractsNotSorted);
	world.submit(honest, &[id]).expect("the honest evidence is believed");
}

/// Nomad, August 2022: a message that nobody had proven was found as zero, and zero was confirmed
/// (<https://dev.lazarus.day/reports/nomad-bridge-hack-root-cause-analysis-rza0y/>).
#[test]
fn contracts_that_do_not_exist() {
	let (mut world, id, honest) = ready();
	let zero = unknown_id(0);
	world.refuse(&honest, &[zero], Error::UnknownContract);
	world.refuse(&honest, &[zero, id], Error::UnknownContract);
	let elsewhere = ContractId { epochs: [Epoch(0), Epoch(9)], ..id };
	world.refuse(&honest, &[elsewhere], Error::UnknownContract);
	world.submit(honest, &[id]).expect("the honest evidence is believed");
}

/// Work per message is bounded, as in <https://github.com/paritytech/parity-bridges-common/pull/1882>.
#[test]
fn more_contracts_than_a_message_may_move() {
	let (mut world, id, honest) = ready();
	let many: Vec<_> = (0..=MAX_CONTRACTS as u8).map(unknown_id).collect();
	world.refuse(&honest, &many, Error::TooManyContracts);
	world.submit(honest, &[id]).expect("the honest evidence is believed");
}

/// Headers that are known were submitted again, verified again, and refunded
/// (<https://github.com/paritytech/parity-bridges-common/issues/439>). The second time only the proof
/// counts; even a forged justification is not looked at.
#[test]
fn a_justification_for_a_known_header() {
	let (mut world, id, _) = ready();
	world.advance_to(9);
	let sealed = world.beta.sealed();
	let honest = world.evidence(&[id]);
	world.tell_alpha(&[]).expect("it is a step");
	world.refuse(&honest, &[id], Error::JustificationNotNeeded);
	let mut forged = honest;
	forged.justification().votes.clear();
	world.refuse(&forged, &[id], Error::JustificationNotNeeded);
	let bare = world.evidence_at(sealed, &[id]);
	assert_eq!(bare.link, Link::Known);
	world.submit(bare, &[id]).expect("the proof is enough");
}

/// Padding wherever a list is taken (<https://github.com/paritytech/parity-bridges-common/pull/1878>):
/// hashes of a gap that there is not, and far more than any gap has.
#[test]
fn hashes_that_link_nothing() {
	let padded: [fn(&mut Evidence) -> &mut Vec<H256>; 2] =
		[|e| &mut e.extension().nodes, |e| &mut e.extension().tail];
	for hashes in padded {
		forged(|_, e| hashes(e).push(H256::zero()), Error::ExtensionMiscounted);
		let many = |_: &World, e: &mut Evidence| hashes(e).resize(500, H256::zero());
		forged(many, Error::ExtensionMiscounted);
	}
	let path = |_: &World, e: &mut Evidence| {
		e.link = Link::Below { under: 1, path: vec![H256::zero(); 500] };
	};
	forged(path, Error::ExtensionMiscounted);
}
