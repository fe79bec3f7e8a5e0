//! Votes for the blocks of a small tree.

use crate::{input::Input, memory};
use codec::{DecodeAll, DecodeWithMemLimit, Encode};
use ribp_light_client::{
	minimize,
	testing::{authority, descendants_of, header, vote, Ed25519Keyring},
	verify_finality, AuthoritySet, Header, Justification, Vote,
};
use sp_consensus_grandpa::GrandpaJustification;
use sp_core::H256;
use std::{
	collections::{HashMap, HashSet},
	sync::LazyLock,
};
use Ed25519Keyring::{Alice, Bob, Charlie, Dave, Eve};

const KEYS: [Ed25519Keyring; 5] = [Alice, Bob, Charlie, Dave, Eve];
const ROUNDS: [u64; 2] = [7, 8];
const SETS: [u64; 2] = [3, 4];

/// Blocks 1 to 4 and, on the second of them, another 3 and 4.
pub const BLOCKS: usize = 6;

/// What a vote is about: voter, round, set, hash, number.
type Signed = (Ed25519Keyring, u64, u64, H256, u32);

struct Tree {
	blocks: Vec<Header>,
	by_hash: HashMap<H256, Header>,
	/// The first four voters with one vote each, then with 1 to 4.
	sets: [AuthoritySet; 2],
	votes: HashMap<Signed, Vote>,
}

static TREE: LazyLock<Tree> = LazyLock::new(Tree::new);

impl Tree {
	fn new() -> Self {
		let genesis = header(0, H256::zero(), H256::zero(), Vec::new());
		let mut blocks = descendants_of(&genesis, 4, 1);
		blocks.extend(descendants_of(&blocks[1], 2, 2));
		let set = |id, weights: [u64; 4]| {
			let authorities = KEYS.iter().zip(weights).map(|(key, w)| (authority(*key), w));
			AuthoritySet::new(id, authorities.collect()).expect("the weights are small; qed")
		};
		let mut votes = HashMap::new();
		for key in KEYS {
			for block in &blocks {
				for round in ROUNDS {
					for set in SETS {
						let signed = (key, round, set, block.hash(), block.number);
						votes.insert(signed, vote(key, block, round, set));
					}
				}
			}
		}
		Self {
			by_hash: blocks.iter().map(|block| (block.hash(), block.clone())).collect(),
			sets: [set(SETS[0], [1, 1, 1, 1]), set(SETS[0], [1, 2, 3, 4])],
			votes,
			blocks,
		}
	}

	/// The block and what it builds upon, newest first.
	fn path(&self, block: H256) -> impl Iterator<Item = H256> + '_ {
		std::iter::successors(Some(block), |hash| self.by_hash.get(hash).map(|h| h.parent_hash))
	}

	fn is_on(&self, base: H256, block: H256) -> bool {
		self.path(block).any(|hash| hash == base)
	}

	/// The vote that the voter of this one has cast for that block, in this round of this set.
	fn cast(&self, vote: &Vote, round: u64, set: u64) -> Option<&Vote> {
		let key = KEYS.into_iter().find(|key| authority(*key) == vote.voter)?;
		self.votes.get(&(key, round, set, vote.target_hash, vote.target_number))
	}
}

/// Decodes, reduces and verifies a justification.
pub fn justification(data: &[u8]) {
	let mut input = Input::new(data);
	let tree = &*TREE;
	let raw = input.byte() == 0;
	let set = input.pick(&tree.sets);
	let target = input.pick(&tree.blocks);
	let bytes = if raw { input.rest().to_vec() } else { program(&mut input, tree, target) };
	memory::bounded(bytes.len(), || judge(&bytes, tree, set, target));
}

/// The bytes of a justification of `target` as the input wants it.
fn program(input: &mut Input<'_>, tree: &Tree, target: &Header) -> Vec<u8> {
	let round = *input.pick(&ROUNDS);
	let target = if input.byte() < 0xf0 { target } else { input.pick(&tree.blocks) };
	let votes = (0..input.index(8)).map(|_| some_vote(input, tree, round)).collect();
	let ancestries = (0..input.index(10)).map(|_| some_ancestry(input, tree)).collect();
	let justification = Justification {
		round,
		target_hash: target.hash(),
		target_number: target.number,
		votes,
		ancestries,
	};
	let mut bytes = justification.encode();
	input.spoil(&mut bytes);
	bytes
}

fn some_vote(input: &mut Input<'_>, tree: &Tree, round: u64) -> Vote {
	let (key, block) = (*input.pick(&KEYS), input.pick(&tree.blocks));
	let fault = input.byte();
	let round = if fault & 1 == 0 { round } else { *input.pick(&ROUNDS) };
	let set = if fault & 2 == 0 { SETS[0] } else { *input.pick(&SETS) };
	let mut vote = tree.votes[&(key, round, set, block.hash(), block.number)].clone();
	if fault & 4 != 0 {
		vote.voter = authority(*input.pick(&KEYS));
	}
	if fault & 8 != 0 {
		vote.target_number = input.number();
	}
	vote
}

fn some_ancestry(input: &mut Input<'_>, tree: &Tree) -> Header {
	let choice = input.byte();
	let mut header = tree.blocks[usize::from(choice) % BLOCKS].clone();
	if choice & 0x80 != 0 {
		header.number = input.number();
	}
	header
}

fn judge(bytes: &[u8], tree: &Tree, set: &AuthoritySet, header: &Header) {
	let decoded = Justification::from_bytes(bytes);
	let theirs = GrandpaJustification::<Header>::decode_all(&mut &bytes[..]);
	assert_eq!(decoded.is_ok(), theirs.is_ok(), "a node decodes the same bytes");
	let limited = Justification::decode_with_mem_limit(&mut &bytes[..], 64 * bytes.len());
	let Ok(justification) = decoded else { return };
	assert_eq!(justification.encode(), bytes, "one justification, one encoding");
	assert!(limited.is_err() || limited.as_ref() == Ok(&justification));

	let as_served = verify_finality(header, &justification, set);
	let minimal = minimize(justification.clone(), set);
	let reduced = verify_finality(header, &minimal, set);
	assert_eq!(minimize(minimal.clone(), set), minimal, "what is minimal stays as it is");
	if as_served.is_ok() {
		assert_eq!(minimal, justification, "only what is minimal is accepted");
	}
	for accepted in [&as_served, &reduced].into_iter().flatten() {
		assert_eq!((accepted.header(), accepted.hash()), (header, header.hash()));
		assert_eq!(accepted.next_set(), None);
		assert!(deserves(&minimal, tree, set, header), "accepted without the votes");
	}
	if is_honest(&justification, tree, set, header) {
		let enough = is_enough(supporters(&justification, tree, header), set);
		assert_eq!(reduced.is_ok(), enough, "{reduced:?}");
	}
}

/// Whether the votes finalize the header, as a reader of GRANDPA's paper would count.
fn deserves(
	justification: &Justification,
	tree: &Tree,
	set: &AuthoritySet,
	header: &Header,
) -> bool {
	let Justification { round, target_hash, target_number, votes, .. } = justification;
	let voters: HashSet<_> = votes.iter().map(|vote| vote.voter.clone()).collect();
	*target_hash == header.hash()
		&& *target_number == header.number
		&& voters.len() == votes.len()
		&& votes.iter().all(|vote| {
			tree.cast(vote, *round, set.set_id).is_some()
				&& tree.is_on(*target_hash, vote.target_hash)
		}) && is_enough(voters, set)
}

/// Whether all is genuine, if perhaps not enough.
fn is_honest(
	justification: &Justification,
	tree: &Tree,
	set: &AuthoritySet,
	header: &Header,
) -> bool {
	let Justification { round, target_hash, target_number, votes, .. } = justification;
	*target_hash == header.hash()
		&& *target_number == header.number
		&& votes.iter().all(|vote| tree.cast(vote, *round, set.set_id) == Some(vote))
}

/// Who voted for the header or for what the ancestries show to be above it.
fn supporters(
	justification: &Justification,
	tree: &Tree,
	header: &Header,
) -> HashSet<ribp_light_client::AuthorityId> {
	let shown: HashSet<_> = justification.ancestries.iter().map(Header::hash).collect();
	let target = header.hash();
	let supports = |vote: &&Vote| {
		let mut between = tree.path(vote.target_hash).take_while(|hash| *hash != target);
		tree.is_on(target, vote.target_hash) && between.all(|hash| shown.contains(&hash))
	};
	justification.votes.iter().filter(supports).map(|vote| vote.voter.clone()).collect()
}

fn is_enough(voters: HashSet<ribp_light_client::AuthorityId>, set: &AuthoritySet) -> bool {
	let voted = set.authorities.iter().filter(|(voter, _)| voters.contains(voter));
	let weight: u64 = voted.map(|(_, weight)| weight).sum();
	3 * weight > 2 * set.total_weight()
}
