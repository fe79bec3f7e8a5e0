//! What the nodes of a storage proof show.

use super::*;
use crate::{OwnHistory, Stage};
use codec::Encode;
use ribp_kit::evidence::corridor_key;
use ribp_light_client::{testing::State, MAX_PROOF_DEPTH};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::StateVersion;

corpus! {
	no_nodes_as_a_proof_of_absence
	the_empty_trie_as_a_proof_of_absence
	a_path_that_stops_early
	a_path_that_is_left_out
	the_same_node_twice
	nodes_that_nothing_reads
	a_node_with_a_payload_behind_it
	a_node_that_was_changed
	a_value_that_is_a_node
	a_value_in_a_child_trie
	a_key_that_continues_the_wanted_one
	a_path_that_hardly_ends
	a_trie_of_the_attackers_own
	the_state_of_another_block
}

/// A verifier of Ethereum's tries took an empty list of nodes for a proof that nothing is there, on
/// which prices and votes were built
/// (<https://www.chainsecurity.com/blog/when-empty-means-valid-exploiting-mpt-proof-verification-for-an-alternative-truth>).
#[test]
fn no_nodes_as_a_proof_of_absence() {
	forged_proof(|_, proof| proof.clear(), Error::ProofEmpty);
}

/// The same with nodes that stand for nothing (the report of ChainSecurity,
/// <https://www.chainsecurity.com/blog/when-empty-means-valid-exploiting-mpt-proof-verification-for-an-alternative-truth>).
#[test]
fn the_empty_trie_as_a_proof_of_absence() {
	for nothing in [vec![], vec![0], vec![0x80]] {
		forged_proof(|_, proof| *proof = vec![nothing], Error::ProofOfOtherState);
	}
	let (mut world, id, evidence) = absent();
	for nothing in [vec![], vec![0]] {
		let forged = Evidence { proof: vec![nothing], ..evidence.clone() };
		world.refuse(&forged, &[id], Error::ProofOfOtherState);
	}
	world.submit(evidence, &[id]).expect("a proof of absence reverses");
}

/// A world in which the payment was never committed, and evidence of that: it reverses the delivery.
fn absent() -> (World, crate::ContractId, Evidence) {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap);
	let id = swap.delivery.id();
	world.tell_alpha(&[id]).expect("the payment is registered");
	// More legs, so that the path to an absent one is long.
	for number in 1..4 {
		world.beta.register(&Exchange::numbered(number, 90, 90).payment).expect("it is new");
	}
	world.advance_to(13);
	let evidence = world.evidence(&[id]);
	(world, id, evidence)
}

/// Firewood took a proof of absence whose last node was cut off: the branch above has a child on the
/// way to the key (<https://github.com/ava-labs/firewood/pull/1950>). Every single node is left out.
#[test]
fn a_path_that_stops_early() {
	for (mut world, id, evidence) in [ready(), absent()] {
		for missing in 0..evidence.proof.len() {
			let mut forged = evidence.clone();
			let node = forged.proof.remove(missing);
			let is_root = blake2_256(&node) == evidence.header.state_root.0;
			let error = if is_root { Error::ProofOfOtherState } else { Error::IncompleteProof };
			world.refuse(&forged, &[id], error);
		}
		world.submit(evidence, &[id]).expect("the whole proof is believed");
	}
}

/// Ethereum's trie in JavaScript did not tell a node that is not there from a key that is not there
/// (<https://github.com/ethereumjs/ethereumjs-monorepo/pull/1373>). The proof shows something else.
#[test]
fn a_path_that_is_left_out() {
	for (mut world, id, evidence) in [ready(), absent()] {
		let forged = silent(&world, &evidence);
		world.refuse(&forged, &[id], Error::IncompleteProof);
		world.submit(evidence, &[id]).expect("the whole proof is believed");
	}
}

/// CVE-2012-2459: a block with a transaction twice had the same Merkle root as with it once. The
/// Polkadot bridges refuse proofs with duplicate nodes
/// (<https://github.com/paritytech/parity-bridges-common/pull/1878>).
#[test]
fn the_same_node_twice() {
	forged_proof(|_, proof| proof.push(proof[0].clone()), Error::DuplicateProofNode);
	forged_proof(|_, proof| proof.insert(1, proof[1].clone()), Error::DuplicateProofNode);
}

/// Hyperbridge, April 2026: a leaf that no peak consumed was believed all the same
/// (<https://blog.verichains.io/p/how-a-missing-bounds-check-led-to>). Here what nothing reads is
/// refused: garbage, a node of the same state, and one of another.
#[test]
fn nodes_that_nothing_reads() {
	forged_proof(|_, proof| proof.push(vec![0; 40]), Error::UnusedProofNodes);
	forged_proof(|_, proof| proof.push(vec![]), Error::UnusedProofNodes);
	let with_more = |key: Vec<u8>| {
		forged(
			|world, evidence| {
				let more = world.beta.prove(evidence.header.number, &[key]);
				let known = evidence.proof.clone();
				evidence.proof.extend(more.into_iter().filter(|node| !known.contains(node)));
			},
			Error::UnusedProofNodes,
		);
	};
	with_more(frame_system::Account::<Test>::hashed_key_for(ALICE));
	with_more(frame_system::Account::<Test>::hashed_key_for(NOBODY));
	let of_the_parent = |world: &World, proof: &mut Vec<Vec<u8>>| {
		let number = world.beta.sealed() - 1;
		let other = OwnHistory::<Test>::hashed_key().to_vec();
		let known = proof.clone();
		let nodes = world.beta.prove(number, &[other]);
		proof.extend(nodes.into_iter().find(|node| !known.contains(node)));
	};
	forged_proof(of_the_parent, Error::UnusedProofNodes);
}

/// BNB's bridge, October 2022: inner nodes had room for a payload that their hash did not cover
/// (<https://halborn.com/explained-the-bnb-chain-hack-october-2022/>). A node's hash covers all of it.
#[test]
fn a_node_with_a_payload_behind_it() {
	changed_nodes(|node| node.extend_from_slice(&7u32.encode()));
}

/// The same with a payload instead of what was there (BNB, October 2022).
#[test]
fn a_node_that_was_changed() {
	changed_nodes(|node| *node.last_mut().expect("no node is empty") ^= 1);
	changed_nodes(|node| node[0] ^= 0x40);
	changed_nodes(|node| node.truncate(node.len() - 1));
}

#[track_caller]
fn changed_nodes(change: impl Fn(&mut Vec<u8>)) {
	let (mut world, id, evidence) = ready();
	for at in 0..evidence.proof.len() {
		let mut forged = evidence.clone();
		change(&mut forged.proof[at]);
		let was_root = blake2_256(&evidence.proof[at]) == evidence.header.state_root.0;
		let error = if was_root { Error::ProofOfOtherState } else { Error::IncompleteProof };
		world.refuse(&forged, &[id], error);
	}
	world.submit(evidence, &[id]).expect("the honest evidence is believed");
}

/// A world whose delivery waits for a payment that beta never registered, and the key under which it
/// would be registered.
fn unregistered() -> (World, crate::ContractId, Vec<u8>) {
	let swap = Exchange::until(20, 20);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	for number in 1..5 {
		world.beta.register(&Exchange::numbered(number, 90, 90).payment).expect("it is new");
	}
	let key = swap.payment.key();
	(world, swap.delivery.id(), key)
}

/// As long as one is, and longer than a hash.
fn leg() -> Vec<u8> {
	[Stage::Registered.encode(), vec![7; 60]].concat()
}

/// CVE-2017-12842: a transaction of 64 bytes is also an inner node of Bitcoin's Merkle trees
/// (<https://bitslog.com/2018/06/09/leaf-node-weakness-in-bitcoin-merkle-tree-design/>). A user of
/// beta stores bytes that are a trie node with the position that is wanted: the value's hash is in
/// the state, but no path leads on through a value.
#[test]
fn a_value_that_is_a_node() {
	let (mut world, id, key) = unregistered();
	let own = State::new(vec![(key.clone(), leg())], StateVersion::V1);
	let node = own.prove(&[&key]).remove(0);
	assert!(node.len() > 32, "long enough to lie under its own hash");
	world.beta.corrupt(|| sp_io::storage::set(b"attacker", &node));
	world.seal();
	let honest = world.evidence(&[id]);
	world.refuse(&honest, &[id], Error::PeerNotRegistered);
	let other = OwnHistory::<Test>::hashed_key().to_vec();
	let proof = world.beta.prove(honest.header.number, &[other, b"attacker".to_vec()]);
	assert!(proof.contains(&node), "the node is part of a true proof");
	let forged = Evidence { proof, ..honest.clone() };
	world.refuse(&forged, &[id], Error::IncompleteProof);
	let mut both = honest;
	both.proof.push(node);
	world.refuse(&both, &[id], Error::PeerNotRegistered);
}

/// An account's storage on Ethereum is a trie with a root of its own, and a proof of it takes two
/// tries (<https://github.com/paritytech/polkadot-sdk/pull/10066>). Here one state root is all: a
/// position in a child trie, under the very key, is none.
#[test]
fn a_value_in_a_child_trie() {
	let (mut world, id, key) = unregistered();
	let child = b":child_storage:default:attacker";
	world.beta.corrupt(|| sp_io::default_child_storage::set(b"attacker", &key, &leg()));
	world.seal();
	let honest = world.evidence(&[id]);
	world.refuse(&honest, &[id], Error::PeerNotRegistered);
	let own = State::new(vec![(key.clone(), leg())], StateVersion::V1);
	let other = OwnHistory::<Test>::hashed_key().to_vec();
	let mut proof = world.beta.prove(honest.header.number, &[other, child.to_vec()]);
	proof.extend(own.prove(&[&key]));
	let forged = Evidence { proof, ..honest };
	world.refuse(&forged, &[id], Error::IncompleteProof);
}

/// Dragonberry, October 2022: the key of one proof could be a prefix of another's
/// (<https://forum.cosmos.network/t/cosmos-sdk-ibc-vulnerability-retrospective-security-advisories-dragonberry-and-elderflower-october-2022/8735>).
/// Longer and shorter keys around the wanted one hold a position.
#[test]
fn a_key_that_continues_the_wanted_one() {
	let (mut world, id, key) = unregistered();
	let longer = [&key[..], &[0]].concat();
	let shorter = key[..key.len() - 1].to_vec();
	let mut beside = key.clone();
	*beside.last_mut().expect("it is long") ^= 1;
	let around = [longer, shorter, beside];
	world.beta.corrupt(|| {
		for key in &around {
			sp_io::storage::set(key, &leg());
		}
	});
	world.seal();
	let honest = world.evidence(&[id]);
	world.refuse(&honest, &[id], Error::PeerNotRegistered);
	for key in around {
		let other = OwnHistory::<Test>::hashed_key().to_vec();
		let keys = [other, key, corridor_key(ALPHA)];
		let proof = world.beta.prove(honest.header.number, &keys);
		let forged = Evidence { proof, ..honest.clone() };
		let verdicts = [Error::<Test>::PeerNotRegistered, Error::IncompleteProof];
		let refused = world.alpha.submit(BETA, forged, &[id]).expect_err("nothing is registered");
		assert!(verdicts.map(Into::into).contains(&refused.error), "{refused:?}");
	}
}

/// A verifier in Solidity walked no more than so many nodes, and took a key below them for absent
/// (<https://github.com/polytope-labs/solidity-merkle-trees/pull/39>). Here such a proof is refused,
/// whether the key is there or not; what it costs to walk is bounded all the same.
#[test]
fn a_path_that_hardly_ends() {
	let (mut world, id, evidence) = absent();
	let key = Exchange::until(10, 10).payment.key();
	let beside = |nibble: usize| {
		let mut key = key.clone();
		key[nibble / 2] ^= if nibble.is_multiple_of(2) { 0x10 } else { 0x01 };
		key
	};
	// A node for each nibble of what is the contract's own.
	let siblings: Vec<_> = (136..136 + MAX_PROOF_DEPTH as usize).map(beside).collect();
	for is_there in [true, false] {
		world.beta.corrupt(|| {
			siblings.iter().for_each(|key| sp_io::storage::set(key, &[7; 40]));
			if !is_there {
				sp_io::storage::clear(&key);
			}
		});
		world.seal();
		let deep = world.evidence(&[id]);
		world.refuse(&deep, &[id], Error::ProofTooLarge);
	}
	world.submit(evidence, &[id]).expect("what is shown in fewer nodes is believed");
}

/// Nomad, August 2022: messages were proven under a root that the attacker could name
/// (<https://chainbleed.com/incident/nomad-2022-08-01>). Here it is the header's state root and no
/// other: not one of the attacker's trie, nor of the extrinsics, which anyone may send.
#[test]
fn a_trie_of_the_attackers_own() {
	let (mut world, id, key) = unregistered();
	world.seal();
	let honest = world.evidence(&[id]);
	let own = State::new(vec![(key.clone(), leg())], StateVersion::V1);
	let proof = own.prove(&[&key[..]]);
	let forged = Evidence { proof: proof.clone(), ..honest.clone() };
	world.refuse(&forged, &[id], Error::ProofOfOtherState);
	for change in [
		(|header, root| header.state_root = root) as fn(&mut crate::mock::Header, H256),
		|header, root| header.extrinsics_root = root,
	] {
		let mut forged = Evidence { proof: proof.clone(), ..honest.clone() };
		change(&mut forged.header, own.root());
		world.refuse(&forged, &[id], Error::JustificationForOtherBlock);
	}
}

/// A proof that was true of another block (BNB's attacker used one of long before,
/// October 2022).
#[test]
fn the_state_of_another_block() {
	let (mut world, id, honest) = ready();
	for number in 1..world.beta.sealed() {
		let proof = world.evidence_at(number, &[id]).proof;
		let forged = Evidence { proof, ..honest.clone() };
		world.refuse(&forged, &[id], Error::ProofOfOtherState);
	}
	world.submit(honest, &[id]).expect("the honest evidence is believed");
}
