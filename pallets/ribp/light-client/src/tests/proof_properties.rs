//! No proof, however mangled, reads as anything but what the state holds.

use crate::{testing::State, ProofError, ProvenState};
use proptest::{collection, prelude::*, sample::Index};
use sp_runtime::StateVersion;
use std::collections::BTreeMap;

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

/// Keys of few different bytes, so that they share prefixes and are prefixes of each other.
fn key() -> impl Strategy<Value = Vec<u8>> {
	collection::vec(prop_oneof![Just(0x00u8), Just(0x01), Just(0x10), Just(0xff)], 1..6)
}

fn pairs() -> impl Strategy<Value = Pairs> {
	collection::btree_map(key(), collection::vec(any::<u8>(), 0..80), 1..40)
}

fn version() -> impl Strategy<Value = StateVersion> {
	prop_oneof![Just(StateVersion::V0), Just(StateVersion::V1)]
}

fn state_of(pairs: &Pairs, version: StateVersion) -> State {
	State::new(pairs.clone().into_iter().collect(), version)
}

proptest! {
	#![proptest_config(super::cases(256))]

	#[test]
	fn a_complete_proof_reads_what_the_state_holds(
		pairs in pairs(),
		keys in collection::vec(key(), 1..6),
		version in version(),
	) {
		let state = state_of(&pairs, version);
		let wanted: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
		let mut proven = ProvenState::new(state.root(), state.prove(&wanted)).unwrap();
		for key in &keys {
			prop_assert_eq!(proven.read(key), Ok(pairs.get(key).cloned()));
		}
		prop_assert_eq!(proven.finish(), Ok(()));
	}

	#[test]
	fn a_proof_without_one_of_its_nodes_reads_nothing_wrong(
		pairs in pairs(),
		keys in collection::vec(key(), 1..6),
		version in version(),
		missing in any::<Index>(),
	) {
		let state = state_of(&pairs, version);
		let wanted: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
		let mut nodes = state.prove(&wanted);
		nodes.remove(missing.index(nodes.len()));
		match ProvenState::new(state.root(), nodes) {
			Err(error) => {
				prop_assert!(matches!(error, ProofError::Empty | ProofError::RootMissing));
			},
			Ok(mut proven) => {
				let mut refused = false;
				for key in &keys {
					match proven.read(key) {
						Ok(value) => prop_assert_eq!(value, pairs.get(key).cloned()),
						Err(error) => {
							prop_assert_eq!(error, ProofError::Incomplete);
							refused = true;
						},
					}
				}
				prop_assert!(refused, "some key needs the node");
			},
		}
	}

	#[test]
	fn a_proof_with_a_changed_byte_reads_nothing_wrong(
		pairs in pairs(),
		key in key(),
		version in version(),
		node in any::<Index>(),
		byte in any::<Index>(),
		bit in 0..8u8,
	) {
		let state = state_of(&pairs, version);
		let mut nodes = state.prove(&[&key]);
		let node = node.index(nodes.len());
		let byte = byte.index(nodes[node].len());
		nodes[node][byte] ^= 1 << bit;
		if let Ok(mut proven) = ProvenState::new(state.root(), nodes) {
			prop_assert_eq!(proven.read(&key), Err(ProofError::Incomplete));
		}
	}
}
