//! What the state under a header holds: refusals of storage proofs, of sizes and of lists.

use super::{altered::*, chain::*, world::*};
use crate::{
	mock::{Test, MAX_CONTRACTS, MAX_EVIDENCE_SIZE},
	Corridor, Error, Evidence, OwnHistory, Settlement, Stage,
};
use codec::Encode;
use ribp_kit::evidence::corridor_key;

/// Asserts that alpha refuses the evidence with this proof, and takes it as it was.
#[track_caller]
fn refused(change: impl FnOnce(&mut Vec<Vec<u8>>), error: Error<Test>) {
	let (mut world, id, evidence) = ready();
	let mut forged = evidence.clone();
	change(&mut forged.proof);
	world.refuse(&forged, &[id], error);
	world.submit(evidence, &[id]).expect("the honest evidence is believed");
}

#[test]
fn a_proof_without_nodes_is_refused() {
	refused(|proof| proof.clear(), Error::ProofEmpty);
}

#[test]
fn a_truncated_proof_is_refused_whatever_is_missing() {
	let (mut world, id, evidence) = ready();
	for missing in 0..evidence.proof.len() {
		let mut truncated = evidence.clone();
		truncated.proof.remove(missing);
		let root = evidence.header.state_root;
		let error = match sp_io::hashing::blake2_256(&evidence.proof[missing]) == root.0 {
			true => Error::ProofOfOtherState,
			false => Error::IncompleteProof,
		};
		world.refuse(&truncated, &[id], error);
	}
}

#[test]
fn a_node_that_was_tampered_with_is_refused() {
	let (mut world, id, evidence) = ready();
	for tampered in 0..evidence.proof.len() {
		let mut forged = evidence.clone();
		*forged.proof[tampered].last_mut().expect("no node is empty") ^= 1;
		let root = evidence.header.state_root;
		let error = match sp_io::hashing::blake2_256(&evidence.proof[tampered]) == root.0 {
			true => Error::ProofOfOtherState,
			false => Error::IncompleteProof,
		};
		world.refuse(&forged, &[id], error);
	}
}

#[test]
fn a_duplicate_node_is_refused() {
	refused(|proof| proof.push(proof[1].clone()), Error::DuplicateProofNode);
}

#[test]
fn a_node_that_nothing_needs_is_refused() {
	refused(|proof| proof.push(vec![0; 40]), Error::UnusedProofNodes);
}

#[test]
fn the_proof_of_another_key_is_refused_as_unused() {
	let (mut world, id, evidence) = ready();
	let mut keys = vec![OwnHistory::<Test>::hashed_key().to_vec()];
	keys.push(Exchange::until(20, 20).payment.key());
	keys.push(corridor_key(ALPHA));
	keys.push(frame_system::Account::<Test>::hashed_key_for(ALICE));
	let proof = world.beta.prove(evidence.header.number, &keys);
	world.refuse(&Evidence { proof, ..evidence }, &[id], Error::UnusedProofNodes);
}

#[test]
fn the_proof_of_another_state_is_refused() {
	let (mut world, id, evidence) = ready();
	let mut keys = vec![OwnHistory::<Test>::hashed_key().to_vec()];
	keys.push(Exchange::until(20, 20).payment.key());
	let proof = world.beta.prove(evidence.header.number - 1, &keys);
	world.refuse(&Evidence { proof, ..evidence }, &[id], Error::ProofOfOtherState);
}

#[test]
fn a_leg_that_the_proof_leaves_out_is_not_taken_for_absent() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	world.beta.register(&Exchange::numbered(1, 90, 90).payment).expect("it is new");
	world.advance_to(13);
	// Beta has not committed. Only a proof of that reverses, never silence about it.
	let id = swap.delivery.id();
	let evidence = world.evidence(&[id]);
	let says_nothing = silent(&world, &evidence);
	world.refuse(&says_nothing, &[id], Error::IncompleteProof);

	world.submit(evidence, &[id]).expect("a proof that it is not committed reverses");
}

#[test]
fn a_registration_that_the_proof_leaves_out_is_not_taken_for_absent() {
	let (mut world, id, evidence) = ready();
	let says_nothing = silent(&world, &evidence);
	world.refuse(&says_nothing, &[id], Error::IncompleteProof);
}

#[test]
fn a_committed_log_cannot_be_hidden_by_omission() {
	let swap = Exchange::until(10, 10).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap).at(13);
	let id = swap.delivery.id();
	let mut evidence = world.evidence(&[id]);
	let says_nothing = silent(&world, &evidence);
	evidence.proof.retain(|node| says_nothing.proof.contains(node));
	world.refuse(&evidence, &[id], Error::IncompleteProof);
}

/// A leg begins with its stage; what the chain has behind it is its own matter.
#[test]
fn a_value_that_is_no_leg_is_refused() {
	let committed = Stage::Committed { at: 3 }.encode();
	for bytes in [vec![], vec![4], committed[..4].to_vec(), vec![3, 4]] {
		let swap = Exchange::until(20, 20);
		let mut world = World::new();
		world.alpha.register(&swap.delivery).expect("it is new");
		world.beta.corrupt(|| sp_io::storage::set(&swap.payment.key(), &bytes));
		world.seal();
		let evidence = world.evidence(&[swap.delivery.id()]);
		world.refuse(&evidence, &[swap.delivery.id()], Error::ProofUndecodable);
	}
	for bytes in [committed.clone(), [&committed[..], &[7; 40]].concat()] {
		let swap = Exchange::until(20, 20);
		let mut world = World::new();
		world.alpha.register(&swap.delivery).expect("it is new");
		world.beta.corrupt(|| sp_io::storage::set(&swap.payment.key(), &bytes));
		world.seal();
		world.tell_alpha(&[swap.id()]).expect("it says that it is committed");
	}
}

#[test]
fn what_is_said_of_all_contracts_and_cannot_be_read_is_refused() {
	// Gaps are out of order, twice there, or not below the bound.
	let malformed = [(9, vec![5, 3]), (9, vec![3, 3]), (9, vec![9]), (0, vec![0])];
	let malformed = malformed.map(|set: (u32, Vec<u32>)| (set, Corridor::default()).encode());
	for bytes in [vec![], vec![1; 7]].into_iter().chain(malformed) {
		let swap = Exchange::until(20, 20);
		let mut world = World::new().registered(&swap);
		world.beta.corrupt(|| sp_io::storage::set(&corridor_key(ALPHA), &bytes));
		world.beta.seal();
		let evidence = world.evidence(&[swap.id()]);
		world.refuse(&evidence, &[swap.id()], Error::ProofUndecodable);
	}
}

#[test]
fn evidence_that_is_too_large_is_refused_before_anything_else() {
	let (mut world, id, mut evidence) = ready();
	evidence.proof.push(vec![0; MAX_EVIDENCE_SIZE as usize]);
	world.refuse(&evidence, &[id], Error::EvidenceTooLarge);
	world.refuse_of(TWIN, &evidence, &[id], Error::EvidenceTooLarge);
}

#[test]
fn a_proof_of_too_many_nodes_is_refused() {
	let (mut world, id, mut evidence) = ready();
	evidence.proof.extend((0..4096u32).map(|n| n.to_le_bytes().to_vec()));
	world.refuse(&evidence, &[id], Error::ProofTooLarge);
}

#[test]
fn too_many_contracts_are_refused() {
	let (mut world, _, evidence) = ready();
	let many: Vec<_> = (0..=MAX_CONTRACTS as u8).map(unknown_id).collect();
	world.refuse(&evidence, &many, Error::TooManyContracts);
}

#[test]
fn contracts_come_in_strictly_ascending_order() {
	let (mut world, id, evidence) = ready();
	world.refuse(&evidence, &[id, id], Error::ContractsNotSorted);
	let lowest = unknown_id(0);
	world.refuse(&evidence, &[id, lowest], Error::ContractsNotSorted);
}

#[test]
fn an_unknown_contract_is_refused() {
	let (mut world, id, evidence) = ready();
	let unknown = unknown_id(0);
	world.refuse(&evidence, &[unknown], Error::UnknownContract);
	world.refuse(&evidence, &[unknown, id], Error::UnknownContract);
}

#[test]
fn a_contract_with_another_system_is_unknown_to_this_one() {
	let (mut world, id, evidence) = ready();
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.seal();
	world.alpha.knows(&twin);
	world.refuse_of(TWIN, &evidence, &[id], Error::UnknownContract);
}

#[test]
fn one_contract_that_cannot_move_holds_up_the_whole_message() {
	let swap = Exchange::until(20, 20);
	let lonely = Exchange::numbered(1, 20, 20);
	let mut world = World::new();
	world.alpha.register(&lonely.delivery).expect("it is new");
	let mut world = world.registered(&swap);
	let mut ids = [swap.delivery.id(), lonely.delivery.id()];
	ids.sort();
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerNotRegistered);
	assert_eq!(world.alpha.view_of(BETA).number(), 1, "nothing of it is believed");
	world.tell_alpha(&[swap.delivery.id()]).expect("alone, it moves");
}

/// What shows nothing of the state is no proof of it, however the header is linked.
#[test]
fn a_header_without_a_proof_moves_no_contract() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(21);
	let ids = [swap.delivery.id()];
	let news = world.evidence(&[]);
	world.refuse(&news, &ids, Error::ProofEmpty);
	world.submit(news, &[]).expect("it is a step");
	for number in [2, 4, 20] {
		let bare = world.evidence_at(number, &[]);
		assert_eq!(bare.proof, [[0; 0]; 0]);
		world.refuse(&bare, &ids, Error::ProofEmpty);
	}
}

/// Evidence that names no contract has nothing to show of the state but what is said of all.
#[test]
fn a_step_has_no_proof() {
	let mut world = World::new().at(21);
	let step = world.evidence(&[]);
	let padded = silent(&world, &step);
	world.refuse(&padded, &[], Error::IncompleteProof);
	let mut keys = vec![corridor_key(ALPHA), frame_system::Account::<Test>::hashed_key_for(ALICE)];
	let proof = |world: &World, keys: &[Vec<u8>]| world.beta.prove(step.header.number, keys);
	let padded = Evidence { proof: proof(&world, &keys), ..step.clone() };
	world.refuse(&padded, &[], Error::UnusedProofNodes);
	keys.pop();
	let said = Evidence { proof: proof(&world, &keys), ..step.clone() };
	world.submit(said, &[]).expect("it is a step, and more");
}
