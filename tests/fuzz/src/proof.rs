//! Trie nodes: of a known state, of a made-up one, or of none.

use crate::{input::Input, memory};
use codec::{Decode, DecodeAll, Encode};
use ribp_light_client::{testing::State, ProofError, ProvenState};
use ribp_protocol::{Outcome, Stage};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::StateVersion;
use std::{collections::BTreeMap, fmt::Debug, sync::LazyLock};

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

struct Known {
	pairs: Pairs,
	state: State,
	root: H256,
	/// What is read: all keys, and some that are absent at every place where a path can end.
	keys: Vec<Vec<u8>>,
}

/// The same keys and values in a state of version 0 and 1, and a state of a single value.
static STATES: LazyLock<[Known; 3]> = LazyLock::new(|| {
	let all = pairs();
	let one = Pairs::from(
		[all.first_key_value().map(|(k, v)| (k.clone(), v.clone()))]
			.map(|first| first.expect("there are pairs; qed")),
	);
	[(all.clone(), StateVersion::V0), (all, StateVersion::V1), (one, StateVersion::V1)]
		.map(|(pairs, version)| Known::new(pairs, version))
});

/// Keys that are prefixes of each other, share prefixes or are alone; values that lie in their
/// node, and values that do not.
fn pairs() -> Pairs {
	let module = |name: u8, item: u8| [[name; 16], [item; 16]].concat();
	let mut pairs = Pairs::new();
	for item in [0x10, 0x11, 0x20] {
		pairs.insert(module(0xab, item), vec![item; 4]);
	}
	for entry in 0..20u8 {
		let key = [module(0xab, 0x30), blake2_256(&[entry]).to_vec()].concat();
		pairs.insert(key, u32::from(entry).to_le_bytes().to_vec());
	}
	for length in 1..6 {
		pairs.insert(vec![0xcd; length], vec![length as u8; 20 * length]);
	}
	pairs.insert(module(0xef, 0), vec![0x77; 600]);
	pairs.insert(vec![0xcd, 0xce], Vec::new());
	for (stage, own) in [
		(Stage::Registered, 0),
		(Stage::Cancelling { since: 7 }, 20),
		(Stage::Committed { at: 9 }, 300),
		(Stage::Ended(Outcome::Settled), 60),
	] {
		pairs.insert(module(0xfe, own as u8), [stage.encode(), vec![0x55; own]].concat());
	}
	pairs
}

impl Known {
	fn new(pairs: Pairs, version: StateVersion) -> Self {
		let state = State::new(pairs.clone().into_iter().collect(), version);
		let mut keys: Vec<_> = pairs.keys().cloned().collect();
		for absent in [&b""[..], &[0xab], &[0xab; 16], &[0xab; 40], &[0xcd; 6], &[0xcd, 0xcf], &[0]]
		{
			keys.push(absent.to_vec());
		}
		Self { root: state.root(), state, pairs, keys }
	}
}

/// Reads keys from nodes.
pub fn proof(data: &[u8]) {
	let mut input = Input::new(data);
	let kind = input.byte();
	let known = input.pick(&*STATES);
	let keys: Vec<_> = (0..1 + input.index(6)).map(|_| input.pick(&known.keys).clone()).collect();
	match kind {
		0 => {
			let nodes = raw_nodes(&mut input);
			let root = nodes.first().map_or(known.root, |node| hash(node));
			bounded(root, nodes, |proven| read_twice(proven, &keys));
		},
		1 => {
			let (root, nodes) = made_up(&mut input, known, &keys);
			bounded(root, nodes, |proven| read_twice(proven, &keys));
		},
		_ => {
			let nodes = spoiled(&mut input, known, &keys);
			complete(known, &keys, &nodes);
			bounded(known.root, nodes, |proven| read_true(proven, &keys, known));
		},
	}
}

fn hash(node: &[u8]) -> H256 {
	blake2_256(node).into()
}

fn bounded(root: H256, nodes: Vec<Vec<u8>>, read: impl FnOnce(ProvenState)) {
	let size = nodes.iter().map(|node| node.len() + 1).sum();
	memory::bounded(size, || {
		if let Ok(proven) = ProvenState::new(root, nodes) {
			read(proven);
		}
	});
}

/// As a message has them.
fn raw_nodes(input: &mut Input<'_>) -> Vec<Vec<u8>> {
	let bytes = input.rest();
	Vec::decode(&mut &bytes[..]).unwrap_or_else(|_| vec![bytes.to_vec()])
}

/// A proof of which nodes are spoiled, missing, doubled, or replaced by another state's.
fn spoiled(input: &mut Input<'_>, known: &Known, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
	let mut nodes = prove(known, keys);
	for _ in 0..input.index(4) {
		let place = input.index(nodes.len());
		match input.byte() % 6 {
			0 if !nodes.is_empty() => drop(nodes.remove(place)),
			1 => nodes.extend(nodes.get(place).cloned()),
			2 => nodes.extend(prove(input.pick(&*STATES), keys)),
			3 => nodes.extend(prove(known, &[input.pick(&known.keys).clone()])),
			4 => nodes.push(input.bytes(64).to_vec()),
			_ => {
				if let Some(node) = nodes.get_mut(place) {
					input.spoil(node);
				}
			},
		}
	}
	nodes
}

/// A proof with one spoiled node whose parents, up to the root, ask for just that node: what a
/// chain could prove that wants to harm who reads.
fn made_up(input: &mut Input<'_>, known: &Known, keys: &[Vec<u8>]) -> (H256, Vec<Vec<u8>>) {
	let mut nodes = prove(known, keys);
	let root = known.root;
	let place = input.index(nodes.len());
	let mut changed = hash(&nodes[place]);
	input.spoil(&mut nodes[place]);
	let mut replacement = hash(&nodes[place]);
	// As often as there can be parents: a spoiled node may hold its own hash, and be its own.
	for _ in 0..nodes.len() {
		if changed == root {
			return (replacement, nodes);
		}
		let parent = nodes.iter_mut().find_map(|node| {
			let at = node.windows(32).position(|bytes| bytes == changed.as_bytes())?;
			Some((node, at))
		});
		// The value of a node of its own can look like anything; then the rest stays as it is.
		let Some((parent, at)) = parent else { return (root, nodes) };
		changed = hash(parent);
		parent[at..at + 32].copy_from_slice(replacement.as_bytes());
		replacement = hash(parent);
	}
	(root, nodes)
}

fn prove(known: &Known, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
	known.state.prove(keys)
}

/// Reads as a made-up state: anything may be there, but the same each time.
fn read_twice(mut proven: ProvenState, keys: &[Vec<u8>]) {
	for key in keys {
		let found = proven.read(key);
		assert_eq!(proven.read(key), found);
		check_types(&mut proven, key, &found);
	}
	let _ = proven.finish();
}

/// Reads as the known state: what is read is true, absence included.
fn read_true(mut proven: ProvenState, keys: &[Vec<u8>], known: &Known) {
	for key in &known.keys {
		let found = proven.read(key);
		match &found {
			Ok(value) => assert_eq!(value.as_ref(), known.pairs.get(key), "forged: {key:?}"),
			Err(error) => assert_eq!(*error, ProofError::Incomplete, "no other node has the hash"),
		}
		if keys.contains(key) {
			check_types(&mut proven, key, &found);
		}
	}
	let _ = proven.finish();
}

/// With exactly the nodes of the true proof, in whatever order, everything can be read; and nothing
/// that is left out goes unnoticed.
fn complete(known: &Known, keys: &[Vec<u8>], nodes: &[Vec<u8>]) {
	let sorted = |nodes: &[Vec<u8>]| {
		let mut nodes = nodes.to_vec();
		nodes.sort();
		nodes
	};
	let exact = sorted(nodes) == sorted(&prove(known, keys));
	let read_all = || {
		let mut proven = ProvenState::new(known.root, nodes.to_vec())?;
		keys.iter().try_for_each(|key| proven.read(key).map(drop))?;
		proven.finish()
	};
	assert_eq!(read_all().is_ok(), exact);
}

fn check_types(proven: &mut ProvenState, key: &[u8], found: &Result<Option<Vec<u8>>, ProofError>) {
	check_type::<u32>(proven, key, found);
	check_type::<Vec<u8>>(proven, key, found);
	check_type::<(u32, H256)>(proven, key, found);
	check_type::<Stage>(proven, key, found);
}

/// A typed read is the plain one, decoded: all of it, or what it begins with.
fn check_type<V: Decode + PartialEq + Debug>(
	proven: &mut ProvenState,
	key: &[u8],
	found: &Result<Option<Vec<u8>>, ProofError>,
) {
	match (found, proven.read_as::<V>(key)) {
		(Ok(Some(bytes)), Ok(Some(value))) => {
			assert_eq!(V::decode_all(&mut &bytes[..]), Ok(value));
		},
		(Ok(Some(bytes)), typed) => {
			assert!(matches!(typed, Err(ProofError::Undecodable | ProofError::TrailingBytes)));
			assert!(V::decode_all(&mut &bytes[..]).is_err());
		},
		(Ok(None), typed) => assert_eq!(typed, Ok(None)),
		(Err(error), typed) => assert_eq!(typed.as_ref().err(), Some(error)),
	}
	let first = proven.read_prefix::<V>(key);
	match found {
		Ok(Some(bytes)) => {
			let value = V::decode(&mut &bytes[..]);
			assert_eq!(first, value.map(Some).map_err(|_| ProofError::Undecodable));
		},
		Ok(None) => assert_eq!(first, Ok(None)),
		Err(error) => assert_eq!(first.as_ref().err(), Some(error)),
	}
}
