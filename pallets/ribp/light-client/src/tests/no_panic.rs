//! Whatever bytes come: a verdict, never a panic, and never belief.

use super::{cases, chain, set, Alice, ROUND, SET};
use crate::{
	minimize, next_set,
	testing::{vote_at, State},
	verify_finality, AuthoritySet, Evidence, Header, Justification, ProofError, ProvenState,
};
use codec::{Decode, Encode};
use proptest::{collection, prelude::*, sample::Index};
use sp_consensus_grandpa::GRANDPA_ENGINE_ID;
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	Digest, DigestItem, StateVersion,
};

/// Numbers at and around every edge.
fn number() -> impl Strategy<Value = u32> {
	prop_oneof![Just(0), Just(1), Just(2), Just(u32::MAX - 1), Just(u32::MAX), any::<u32>()]
}

/// Few different hashes, so that headers refer to each other, to themselves and in circles.
fn hash() -> impl Strategy<Value = H256> {
	prop_oneof![(0..4u8).prop_map(H256::repeat_byte), Just(chain(1)[0].hash())]
}

fn digest_item() -> impl Strategy<Value = DigestItem> {
	let bytes = || collection::vec(prop_oneof![0..5u8, any::<u8>()], 0..80);
	prop_oneof![
		bytes().prop_map(|bytes| DigestItem::Consensus(GRANDPA_ENGINE_ID, bytes)),
		bytes().prop_map(DigestItem::Other),
		bytes().prop_map(|bytes| DigestItem::Seal(*b"aura", bytes)),
	]
}

fn header() -> impl Strategy<Value = Header> {
	let logs = collection::vec(digest_item(), 0..4);
	(number(), hash(), hash(), logs).prop_map(|(number, parent_hash, state_root, logs)| Header {
		number,
		parent_hash,
		state_root,
		extrinsics_root: H256::zero(),
		digest: Digest { logs },
	})
}

fn justification() -> impl Strategy<Value = Justification> {
	let votes = collection::vec((hash(), number(), any::<bool>()), 0..6);
	let headers = collection::vec(header(), 0..6);
	(any::<u64>(), hash(), number(), votes, headers).prop_map(
		|(round, target_hash, target_number, votes, ancestries)| {
			let vote = |(hash, number, is_signed): (H256, u32, bool)| {
				let mut vote = vote_at(Alice, hash, number, round, SET);
				if !is_signed {
					vote.signature = vote_at(Alice, hash, number, ROUND, SET + 1).signature;
				}
				vote
			};
			let votes = votes.into_iter().map(vote).collect();
			Justification { round, target_hash, target_number, votes, ancestries }
		},
	)
}

proptest! {
	#![proptest_config(cases(512))]

	#[test]
	fn any_justification_gets_a_verdict(target in header(), mut forged in justification()) {
		let last_set = AuthoritySet { set_id: u64::MAX, ..set() };
		for set in [set(), last_set] {
			prop_assert!(verify_finality(&target, &forged, &set).is_err());
			forged.target_hash = target.hash();
			forged.target_number = target.number;
			prop_assert!(verify_finality(&target, &forged, &set).is_err());
			let minimal = minimize(forged.clone(), &set);
			prop_assert!(verify_finality(&target, &minimal, &set).is_err());
		}
	}

	#[test]
	fn any_digest_gets_a_verdict(logs in collection::vec(digest_item(), 0..6), id in any::<u64>()) {
		let header = Header { digest: Digest { logs }, ..chain(1).remove(0) };
		let set = AuthoritySet { set_id: id, ..set() };
		if let Ok(Some(next)) = next_set(&header, &set) {
			prop_assert_eq!(Some(next.set_id), id.checked_add(1));
		}
	}

	#[test]
	fn any_bytes_decode_or_do_not(bytes in collection::vec(any::<u8>(), 0..600)) {
		let _ = Justification::from_bytes(&bytes);
		if let Ok(set) = AuthoritySet::decode(&mut &bytes[..]) {
			prop_assert!(set.threshold() > 0);
		}
		if let Ok(evidence) = Evidence::decode(&mut &bytes[..]) {
			prop_assert!(evidence.encoded_size() <= bytes.len());
		}
	}
}

/// Bytes that begin as a trie node does, by which the root is made to be reached.
fn node() -> impl Strategy<Value = Vec<u8>> {
	let first = prop_oneof![Just(0x00), Just(0x01), Just(0x10), Just(0x20), 0x40..=0xffu8];
	(first, collection::vec(prop_oneof![0..4u8, Just(0xff), any::<u8>()], 0..80))
		.prop_map(|(first, rest)| [vec![first], rest].concat())
}

/// Reads from nodes of which one is the root, whatever it is.
fn read(
	nodes: &[Vec<u8>],
	root: &Index,
	keys: &[Vec<u8>],
) -> Vec<Result<Option<Vec<u8>>, ProofError>> {
	let root = BlakeTwo256::hash(&nodes[root.index(nodes.len())]);
	let Ok(mut proven) = ProvenState::new(root, nodes.to_vec()) else {
		return Vec::new();
	};
	let values = keys.iter().map(|key| proven.read(key)).collect();
	let _ = proven.finish();
	values
}

fn keys() -> impl Strategy<Value = Vec<Vec<u8>>> {
	let key = collection::vec(prop_oneof![Just(0x00), Just(0x01), Just(0x10), any::<u8>()], 0..6);
	collection::vec(key, 1..4)
}

proptest! {
	#![proptest_config(cases(4_096))]

	#[test]
	fn any_node_gets_a_verdict(
		nodes in collection::vec(node(), 1..5),
		root in any::<Index>(),
		keys in keys(),
	) {
		for value in read(&nodes, &root, &keys) {
			let within = |v: &Vec<u8>| v.len() <= nodes.iter().map(Vec::len).max().unwrap_or(0);
			prop_assert!(value.map_or(true, |value| value.as_ref().is_none_or(within)));
		}
	}

	/// A state root that a faulty chain has signed may lead to a node that is almost one.
	#[test]
	fn a_changed_node_that_is_the_root_gets_a_verdict(
		pairs in collection::btree_map(collection::vec(0..2u8, 0..3), collection::vec(0..3u8, 0..40), 1..6),
		at in any::<Index>(),
		byte in any::<Index>(),
		value in any::<u8>(),
		keys in keys(),
	) {
		let wanted: Vec<_> = pairs.keys().cloned().collect();
		let state = State::new(pairs.into_iter().collect(), StateVersion::V1);
		let wanted: Vec<&[u8]> = wanted.iter().map(Vec::as_slice).collect();
		let mut nodes = state.prove(&wanted);
		let changed = at.index(nodes.len());
		let byte = byte.index(nodes[changed].len());
		nodes[changed][byte] = value;
		let _ = read(&nodes, &at, &keys);
		nodes[changed].truncate(byte);
		let _ = read(&nodes, &at, &keys);
	}
}
