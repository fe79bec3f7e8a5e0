//! Against the reader of storage proofs in every Substrate node.

use super::{name, total, Class, Dice, Tally};
use crate::{testing::State, ProvenState};
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	StateVersion,
};
use sp_state_machine::read_proof_check;
use sp_trie::StorageProof;
use std::collections::BTreeMap;

const SEEDS: u64 = 300;

type Values = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Two states, keys that are asked of the first, and the nodes by which it answers.
struct Case {
	pairs: BTreeMap<Vec<u8>, Vec<u8>>,
	state: State,
	other: State,
	root: H256,
	keys: Vec<Vec<u8>>,
	nodes: Vec<Vec<u8>>,
}

/// Short keys of few bytes: many share prefixes, and some are prefixes of others.
fn key(dice: &mut Dice) -> Vec<u8> {
	let length = dice.below(6);
	(0..length).map(|_| *dice.pick(&[0x00, 0x01, 0x10, 0xff])).collect()
}

fn pairs(dice: &mut Dice) -> BTreeMap<Vec<u8>, Vec<u8>> {
	// From 33 bytes on, version 1 gives a value a node of its own.
	let lengths = [0, 1, 4, 31, 32, 33, 34, 80, 300];
	(0..1 + dice.below(40))
		.map(|_| {
			let length = *dice.pick(&lengths);
			(key(dice), dice.bytes(length))
		})
		.collect()
}

impl Case {
	fn new(dice: &mut Dice) -> Self {
		let version = *dice.pick(&[StateVersion::V0, StateVersion::V1]);
		let (pairs, others) = (pairs(dice), pairs(dice));
		let state = State::new(pairs.clone().into_iter().collect(), version);
		let other = State::new(others.into_iter().collect(), version);
		let known: Vec<_> = pairs.keys().cloned().collect();
		let mut keys: Vec<_> = (0..1 + dice.below(5))
			.map(|_| if dice.below(2) == 0 { key(dice) } else { dice.pick(&known).clone() })
			.collect();
		keys.sort();
		keys.dedup();
		let wanted: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
		let mut nodes = state.prove(&wanted);
		dice.shuffle(&mut nodes);
		Self { root: state.root(), pairs, state, other, keys, nodes }
	}

	fn truth(&self) -> Values {
		self.keys.iter().map(|key| (key.clone(), self.pairs.get(key).cloned())).collect()
	}

	fn ours(&self) -> Result<Values, String> {
		let read = || {
			let mut proven = ProvenState::new(self.root, self.nodes.clone())?;
			let mut values = Values::new();
			for key in &self.keys {
				values.insert(key.clone(), proven.read(key)?);
			}
			proven.finish().map(|()| values)
		};
		read().map_err(|error| name(&error))
	}

	fn theirs(&self) -> Result<Values, String> {
		let proof = StorageProof::new(self.nodes.clone());
		read_proof_check::<BlakeTwo256, _>(self.root, proof, &self.keys)
			.map(|values| values.into_iter().collect())
			.map_err(|_| "refused".into())
	}
}

/// Why a proof is refused here that a node accepts. Nothing else may be.
const STRICTER: [&str; 4] = [
	// To a node a proof is a set.
	"DuplicateNode",
	// It reads what it needs and leaves the rest.
	"UnusedNodes",
	// It knows the empty state without being shown any node of it.
	"Empty",
	"RootMissing",
];

const CLASSES: &[Class<Case>] = classes! {
	nothing_changed: ["read"], ["read"];
	nodes_in_another_order: ["read"], ["read"];
	node_missing: ["Empty" "Incomplete" "RootMissing"], ["refused"];
	no_nodes: ["Empty"], ["refused"];
	bit_flipped: ["Incomplete" "RootMissing"], ["refused"];
	node_truncated: ["Incomplete" "RootMissing"], ["refused"];
	node_padded: ["Incomplete" "RootMissing"], ["refused"];
	node_repeated: ["DuplicateNode"], ["read"];
	node_of_garbage_added: ["UnusedNodes"], ["read"];
	empty_node_added: ["UnusedNodes"], ["read"];
	node_of_another_key_added: ["UnusedNodes"], ["read"];
	node_of_another_state_added: ["UnusedNodes"], ["read"];
	node_of_another_state_in_place: ["Incomplete" "RootMissing"], ["refused"];
	proof_of_another_state: ["RootMissing"], ["refused"];
	root_changed: ["RootMissing"], ["refused"];
	root_of_nothing: ["RootMissing"], ["refused"];
	root_of_the_empty_state: ["RootMissing"], ["read"];
	root_of_the_empty_state_without_nodes: ["Empty"], ["read"];
	key_not_proven: ["Incomplete"], ["refused"];
	key_not_read: ["UnusedNodes"], ["read"];
	root_is_no_node: ["InvalidNode"], ["refused"];
};

fn nothing_changed(_: &mut Case, _: &mut Dice) -> bool {
	true
}

fn nodes_in_another_order(case: &mut Case, _: &mut Dice) -> bool {
	case.nodes.reverse();
	case.nodes.len() > 1
}

fn node_missing(case: &mut Case, dice: &mut Dice) -> bool {
	case.nodes.remove(dice.below(case.nodes.len()));
	true
}

fn no_nodes(case: &mut Case, _: &mut Dice) -> bool {
	case.nodes.clear();
	true
}

fn any_node<'a>(case: &'a mut Case, dice: &mut Dice) -> &'a mut Vec<u8> {
	let at = dice.below(case.nodes.len());
	&mut case.nodes[at]
}

fn bit_flipped(case: &mut Case, dice: &mut Dice) -> bool {
	let node = any_node(case, dice);
	let at = dice.below(node.len());
	node[at] ^= 1 << dice.below(8);
	true
}

fn node_truncated(case: &mut Case, dice: &mut Dice) -> bool {
	any_node(case, dice).pop();
	true
}

fn node_padded(case: &mut Case, dice: &mut Dice) -> bool {
	let padding = dice.next() as u8;
	any_node(case, dice).push(padding);
	true
}

fn node_repeated(case: &mut Case, dice: &mut Dice) -> bool {
	let again = any_node(case, dice).clone();
	let at = dice.below(case.nodes.len() + 1);
	case.nodes.insert(at, again);
	true
}

fn add(case: &mut Case, dice: &mut Dice, node: Vec<u8>) -> bool {
	let is_new = !case.nodes.contains(&node);
	let at = dice.below(case.nodes.len() + 1);
	case.nodes.insert(at, node);
	is_new
}

fn node_of_garbage_added(case: &mut Case, dice: &mut Dice) -> bool {
	let node = dice.bytes(1 + dice.clone().below(60));
	add(case, dice, node)
}

fn empty_node_added(case: &mut Case, dice: &mut Dice) -> bool {
	let node = if dice.below(2) == 0 { vec![] } else { vec![0] };
	add(case, dice, node)
}

fn node_of_another_key_added(case: &mut Case, dice: &mut Dice) -> bool {
	let known: Vec<_> = case.pairs.keys().cloned().collect();
	let nodes = case.state.prove(&[dice.pick(&known).as_slice()]);
	let node = dice.pick(&nodes).clone();
	add(case, dice, node)
}

fn node_of_another_state_added(case: &mut Case, dice: &mut Dice) -> bool {
	let nodes = case.other.prove(&[&case.keys[0]]);
	let node = dice.pick(&nodes).clone();
	add(case, dice, node)
}

fn node_of_another_state_in_place(case: &mut Case, dice: &mut Dice) -> bool {
	let nodes = case.other.prove(&[&case.keys[0]]);
	let node = dice.pick(&nodes).clone();
	let is_new = !case.nodes.contains(&node);
	*any_node(case, dice) = node;
	is_new
}

fn proof_of_another_state(case: &mut Case, _: &mut Dice) -> bool {
	let wanted: Vec<&[u8]> = case.keys.iter().map(Vec::as_slice).collect();
	case.nodes = case.other.prove(&wanted);
	case.other.root() != case.root
}

fn root_changed(case: &mut Case, dice: &mut Dice) -> bool {
	case.root.0[dice.below(32)] ^= 1 << dice.below(8);
	true
}

fn root_of_nothing(case: &mut Case, _: &mut Dice) -> bool {
	case.root = H256::zero();
	true
}

/// Of that state every key is absent. It is no state of a chain that runs this protocol.
fn root_of_the_empty_state(case: &mut Case, _: &mut Dice) -> bool {
	case.root = State::new(vec![], StateVersion::V1).root();
	true
}

fn root_of_the_empty_state_without_nodes(case: &mut Case, dice: &mut Dice) -> bool {
	case.nodes.clear();
	root_of_the_empty_state(case, dice)
}

fn key_not_proven(case: &mut Case, dice: &mut Dice) -> bool {
	let known: Vec<_> = case.pairs.keys().cloned().collect();
	let more = dice.pick(&known).clone();
	let nodes = case.state.prove(&[&more]);
	case.keys.push(more);
	nodes.iter().any(|node| !case.nodes.contains(node))
}

fn key_not_read(case: &mut Case, _: &mut Dice) -> bool {
	case.keys.pop();
	let wanted: Vec<&[u8]> = case.keys.iter().map(Vec::as_slice).collect();
	!wanted.is_empty() && case.state.prove(&wanted).len() < case.nodes.len()
}

fn root_is_no_node(case: &mut Case, dice: &mut Dice) -> bool {
	let node = [vec![0xff; 3], dice.bytes(40)].concat();
	case.root = BlakeTwo256::hash(&node);
	case.nodes = vec![node];
	true
}

fn run(class: &Class<Case>) -> Result<usize, String> {
	let mut tally = Tally::default();
	for seed in 0..SEEDS {
		let mut dice = Dice::new(seed);
		let mut case = Case::new(&mut dice);
		let is_true_root = |case: &Case| case.root == case.state.root();
		if !(class.mutate)(&mut case, &mut dice) {
			continue;
		}
		let (ours, theirs) = (case.ours(), case.theirs());
		let at = format!("{}, seed {seed}: ours {ours:?}, theirs {theirs:?}", class.name);
		match (&ours, &theirs) {
			(Ok(read), theirs) => assert_eq!(Some(read), theirs.as_ref().ok(), "{at}"),
			(Err(reason), Ok(_)) => assert!(STRICTER.contains(&&reason[..]), "no name: {at}"),
			(Err(_), Err(_)) => {},
		}
		if let (Ok(read), true) = (&theirs, is_true_root(&case)) {
			assert_eq!(read, &case.truth(), "not what the state holds: {at}");
		}
		let word = |verdict: Result<Values, String>| verdict.map_or_else(|e| e, |_| "read".into());
		tally.note(&word(ours), &word(theirs));
	}
	tally.check(class)
}

/// Proofs from states of both versions, and every single mutation of them.
#[test]
fn nothing_is_read_that_a_node_does_not_read_and_every_difference_has_a_name() {
	let cases = total(CLASSES.iter().map(run));
	println!("{cases} storage proofs in {} classes", CLASSES.len());
	assert!(cases > 4_000, "{cases}");
}
