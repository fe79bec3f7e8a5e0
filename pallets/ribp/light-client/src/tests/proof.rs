use crate::{
	testing::State, ProofError, ProvenState, MAX_PROOF_DEPTH, MAX_PROOF_NODES, MAX_PROOF_SIZE,
};
use codec::Encode;
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	StateVersion,
};

const SHORT: &[u8] = b"position/short";
const LONG: &[u8] = b"position/long";
const ABSENT: &[u8] = b"position/nothing";

fn long_value() -> Vec<u8> {
	(0..=255).cycle().take(8_000).collect()
}

/// A state of some depth around the keys that are read.
fn state_in(version: StateVersion) -> State {
	let mut pairs: Vec<_> = (0..200u32)
		.map(|n| (BlakeTwo256::hash(&n.to_le_bytes()).0.to_vec(), vec![n as u8; n as usize]))
		.collect();
	pairs.push((SHORT.to_vec(), 7u32.encode()));
	pairs.push((LONG.to_vec(), long_value()));
	State::new(pairs, version)
}

fn state() -> State {
	state_in(StateVersion::V1)
}

fn proven(state: &State, keys: &[&[u8]]) -> ProvenState {
	ProvenState::new(state.root(), state.prove(keys)).unwrap()
}

fn refusal(root: H256, nodes: Vec<Vec<u8>>) -> ProofError {
	ProvenState::new(root, nodes).unwrap_err()
}

#[test]
fn a_present_value_is_read() {
	let mut proven = proven(&state(), &[SHORT]);
	assert_eq!(proven.read(SHORT), Ok(Some(7u32.encode())));
	assert_eq!(proven.read_as::<u32>(SHORT), Ok(Some(7)));
	assert_eq!(proven.finish(), Ok(()));
}

#[test]
fn a_proof_is_trimmed_to_one_key() {
	let state = state();
	for key in [SHORT, LONG, ABSENT] {
		let nodes = proven(&state, &[SHORT, LONG, ABSENT]).nodes_of(key).unwrap();
		let mut trimmed = ProvenState::new(state.root(), nodes).unwrap();
		assert_eq!(trimmed.read(key), proven(&state, &[key]).read(key));
		assert_eq!(trimmed.finish(), Ok(()));
	}
	assert_eq!(proven(&state, &[SHORT]).nodes_of(LONG), Err(ProofError::Incomplete));
}

#[test]
fn an_absent_value_is_proven_absent() {
	let mut proven = proven(&state(), &[ABSENT]);
	assert_eq!(proven.read(ABSENT), Ok(None));
	assert_eq!(proven.read_as::<u32>(ABSENT), Ok(None));
	assert_eq!(proven.finish(), Ok(()));
}

#[test]
fn a_value_in_a_node_of_its_own_is_read() {
	for version in [StateVersion::V0, StateVersion::V1] {
		let mut proven = proven(&state_in(version), &[LONG]);
		assert_eq!(proven.read(LONG), Ok(Some(long_value())));
		assert_eq!(proven.finish(), Ok(()));
	}
}

#[test]
fn many_keys_are_read_from_one_proof() {
	let mut proven = proven(&state(), &[SHORT, LONG, ABSENT]);
	assert_eq!(proven.read_as::<u32>(SHORT), Ok(Some(7)));
	assert_eq!(proven.read(ABSENT), Ok(None));
	assert_eq!(proven.read(LONG), Ok(Some(long_value())));
	assert_eq!(proven.read_as::<u32>(SHORT), Ok(Some(7)), "reading again changes nothing");
	assert_eq!(proven.finish(), Ok(()));
}

#[test]
fn the_order_of_the_nodes_does_not_matter() {
	let state = state();
	let mut nodes = state.prove(&[SHORT, LONG]);
	nodes.reverse();
	let mut proven = ProvenState::new(state.root(), nodes).unwrap();
	assert_eq!(proven.read_as::<u32>(SHORT), Ok(Some(7)));
}

fn truncations_refuse(key: &[u8]) {
	let state = state();
	let nodes = state.prove(&[key]);
	assert!(nodes.len() > 1);
	for missing in 0..nodes.len() {
		let mut nodes = nodes.clone();
		let removed = nodes.remove(missing);
		if BlakeTwo256::hash(&removed) == state.root() {
			assert_eq!(refusal(state.root(), nodes), ProofError::RootMissing);
			continue;
		}
		let mut proven = ProvenState::new(state.root(), nodes).unwrap();
		assert_eq!(proven.read(key), Err(ProofError::Incomplete));
		assert_eq!(proven.read_as::<u32>(key), Err(ProofError::Incomplete));
	}
}

#[test]
fn a_truncated_proof_of_a_present_value_is_incomplete() {
	truncations_refuse(SHORT);
}

#[test]
fn a_truncated_proof_of_a_value_in_a_node_of_its_own_is_incomplete() {
	truncations_refuse(LONG);
}

#[test]
fn a_truncated_proof_of_absence_is_incomplete_and_no_absence() {
	truncations_refuse(ABSENT);
}

#[test]
fn a_proof_of_one_key_says_nothing_about_another() {
	let elsewhere = BlakeTwo256::hash(&150u32.to_le_bytes());
	let mut proven = proven(&state(), &[SHORT]);
	assert_eq!(proven.read(elsewhere.as_bytes()), Err(ProofError::Incomplete));
}

#[test]
fn no_nodes_are_refused() {
	assert_eq!(refusal(state().root(), vec![]), ProofError::Empty);
}

#[test]
fn a_repeated_node_is_refused() {
	let state = state();
	let mut nodes = state.prove(&[SHORT]);
	nodes.push(nodes[0].clone());
	assert_eq!(refusal(state.root(), nodes), ProofError::DuplicateNode);
}

#[test]
fn a_node_that_nothing_needed_is_refused() {
	let state = state();
	for extra in [vec![], vec![0], vec![1, 2, 3], long_value()] {
		let mut nodes = state.prove(&[SHORT]);
		nodes.push(extra);
		let mut proven = ProvenState::new(state.root(), nodes).unwrap();
		assert_eq!(proven.read_as::<u32>(SHORT), Ok(Some(7)));
		assert_eq!(proven.finish(), Err(ProofError::UnusedNodes));
	}
}

#[test]
fn a_node_for_a_key_that_was_not_read_is_refused() {
	let mut proven = proven(&state(), &[SHORT, LONG]);
	assert_eq!(proven.read_as::<u32>(SHORT), Ok(Some(7)));
	assert_eq!(proven.finish(), Err(ProofError::UnusedNodes));
}

#[test]
fn a_proof_of_another_state_is_refused() {
	let other = State::new(vec![(SHORT.to_vec(), vec![1])], StateVersion::V1);
	assert_eq!(refusal(other.root(), state().prove(&[SHORT])), ProofError::RootMissing);
	assert_eq!(refusal(H256::zero(), state().prove(&[SHORT])), ProofError::RootMissing);
}

#[test]
fn the_empty_state_proves_nothing() {
	let empty = State::new(vec![], StateVersion::V1);
	assert_eq!(refusal(empty.root(), vec![vec![0]]), ProofError::RootMissing);
	assert_eq!(refusal(empty.root(), vec![vec![1, 2, 3]]), ProofError::RootMissing);
}

#[test]
fn a_node_that_is_none_is_refused() {
	let garbage = vec![0xff; 40];
	let root = BlakeTwo256::hash(&garbage);
	let mut proven = ProvenState::new(root, vec![garbage]).unwrap();
	assert_eq!(proven.read(SHORT), Err(ProofError::InvalidNode));
}

#[test]
fn a_value_of_another_type_is_refused() {
	let mut proven = proven(&state(), &[SHORT]);
	assert_eq!(proven.read_as::<u64>(SHORT), Err(ProofError::Undecodable));
}

#[test]
fn a_value_with_trailing_bytes_is_refused() {
	let mut proven = proven(&state(), &[SHORT]);
	assert_eq!(proven.read_as::<u16>(SHORT), Err(ProofError::TrailingBytes));
}

#[test]
fn a_proof_with_too_many_nodes_is_refused() {
	let nodes = (0..=MAX_PROOF_NODES).map(|n| n.encode()).collect();
	assert_eq!(
		refusal(H256::zero(), nodes),
		ProofError::TooManyNodes { nodes: MAX_PROOF_NODES + 1, limit: MAX_PROOF_NODES },
	);
}

#[test]
fn too_large_a_proof_is_refused() {
	let nodes = vec![vec![0; MAX_PROOF_SIZE as usize], vec![0]];
	assert_eq!(
		refusal(H256::zero(), nodes),
		ProofError::TooLarge { bytes: MAX_PROOF_SIZE + 1, limit: MAX_PROOF_SIZE },
	);
}

#[test]
fn a_proof_at_the_limits_is_not_too_large() {
	let largest = vec![vec![0; MAX_PROOF_SIZE as usize]];
	assert_eq!(refusal(H256::zero(), largest), ProofError::RootMissing);
	let most = (0..MAX_PROOF_NODES).map(|n| n.encode()).collect();
	assert_eq!(refusal(H256::zero(), most), ProofError::RootMissing);
}

/// A state in which a key of 32 bytes parts from another one at each of its first nibbles.
fn deep_state(nibbles: u32, with_key: bool) -> State {
	let siblings = (0..nibbles as usize).map(|nibble| {
		let mut key = DEEP.to_vec();
		key[nibble / 2] ^= if nibble.is_multiple_of(2) { 0x10 } else { 0x01 };
		key
	});
	let keys = siblings.chain(with_key.then(|| DEEP.to_vec()));
	// Too long for the node above to hold them.
	let pairs = keys.map(|key| (key, vec![7; 40])).collect();
	State::new(pairs, StateVersion::V0)
}

const DEEP: [u8; 32] = [0x5a; 32];

#[test]
fn a_key_that_is_as_deep_as_may_be_is_read() {
	// A branch for each nibble, and a leaf.
	let mut there = proven(&deep_state(MAX_PROOF_DEPTH - 1, true), &[&DEEP]);
	assert_eq!(there.read(&DEEP), Ok(Some(vec![7; 40])));
	assert_eq!(there.finish(), Ok(()));
	// The leaf is another key's.
	let mut absent = proven(&deep_state(MAX_PROOF_DEPTH, false), &[&DEEP]);
	assert_eq!(absent.read(&DEEP), Ok(None));
	assert_eq!(absent.finish(), Ok(()));
}

#[test]
fn a_key_that_is_deeper_is_refused_whether_or_not_it_is_there() {
	let too_deep = ProofError::TooDeep { nodes: MAX_PROOF_DEPTH + 1, limit: MAX_PROOF_DEPTH };
	let there = deep_state(MAX_PROOF_DEPTH, true);
	let absent = deep_state(MAX_PROOF_DEPTH + 1, false);
	for state in [there, absent] {
		let mut proven = proven(&state, &[&DEEP]);
		assert_eq!(proven.read(&DEEP), Err(too_deep.clone()));
		assert_eq!(proven.read_as::<u32>(&DEEP), Err(too_deep.clone()));
	}
}

#[test]
fn how_deep_one_key_is_does_not_count_for_another() {
	let state = deep_state(MAX_PROOF_DEPTH - 1, true);
	let mut near = DEEP;
	near[0] ^= 0x10;
	let mut proven = proven(&state, &[&DEEP, &near]);
	for _ in 0..3 {
		assert_eq!(proven.read(&near), Ok(Some(vec![7; 40])));
		assert_eq!(proven.read(&DEEP), Ok(Some(vec![7; 40])));
	}
}
