//! Justifications of all shapes: any voters and weights, votes scattered over a tree of blocks.

use super::Dice;
use crate::{
	testing::{authority, header, vote, vote_at, Ed25519Keyring as Key},
	AuthoritySet, Header, Justification, Vote,
};
use sp_core::H256;
use std::collections::BTreeSet;

const KEYS: [Key; 14] = [
	Key::Alice,
	Key::Bob,
	Key::Charlie,
	Key::Dave,
	Key::Eve,
	Key::Ferdie,
	Key::AliceStash,
	Key::BobStash,
	Key::CharlieStash,
	Key::DaveStash,
	Key::EveStash,
	Key::FerdieStash,
	Key::One,
	Key::Two,
];

/// The numbers at which targets lie: both ends of the range, with room for descendants.
const NUMBERS: [u32; 5] = [0, 1, 2, 1_000_000, u32::MAX - 600];

/// Set ids and rounds, which signatures cover.
const IDS: [u64; 4] = [0, 1, 77, u64::MAX - 1];

/// A header, what is said to finalize it, and all that the generator knows of the two.
#[derive(Clone, Debug)]
pub struct Case {
	pub set: AuthoritySet,
	pub header: Header,
	pub justification: Justification,
	/// The target and the blocks above it, which is more than the votes need.
	pub tree: Vec<Header>,
	/// The block below the target.
	pub parent: Header,
	/// Who of the set has voted, in the order of the votes.
	pub voters: Vec<Key>,
	/// Who of the set has not.
	pub silent: Vec<Key>,
	/// Who is not in the set.
	pub outsiders: Vec<Key>,
}

impl Case {
	/// A justification in the one form that is accepted here.
	pub fn valid(dice: &mut Dice) -> Self {
		let mut keys = KEYS;
		dice.shuffle(&mut keys);
		let (members, outsiders) = keys.split_at(1 + dice.below(8));
		let heaviest = 1 + dice.below(5);
		let weights: Vec<u64> = members.iter().map(|_| 1 + dice.below(heaviest) as u64).collect();
		let authorities = members.iter().map(|key| authority(*key)).zip(weights.iter().copied());
		let set = AuthoritySet::new(*dice.pick(&IDS), authorities.collect()).unwrap();

		let number = *dice.pick(&NUMBERS);
		let below = H256::from_low_u64_be(dice.next());
		let parent = header(number.saturating_sub(1), below, H256::zero(), Vec::new());
		let target = header(number, parent.hash(), H256::from_low_u64_be(dice.next()), Vec::new());
		let tree = tree_above(&target, dice);

		let round = *dice.pick(&IDS);
		let mut order: Vec<usize> = (0..members.len()).collect();
		dice.shuffle(&mut order);
		let (mut weight, mut voters, mut votes) = (0, Vec::new(), Vec::new());
		for member in order {
			if weight >= set.threshold() {
				break;
			}
			weight += weights[member];
			voters.push(members[member]);
			votes.push(vote(members[member], dice.pick(&tree), round, set.set_id));
		}
		let silent = members.iter().filter(|key| !voters.contains(key)).copied().collect();
		let justification = Justification {
			round,
			target_hash: target.hash(),
			target_number: number,
			votes,
			ancestries: Vec::new(),
		};
		let outsiders = outsiders.to_vec();
		let mut case =
			Self { set, header: target, justification, tree, parent, voters, silent, outsiders };
		case.justification.ancestries = case.needed();
		dice.shuffle(&mut case.justification.ancestries);
		case
	}

	/// The headers between the target and the blocks that are voted for.
	pub fn needed(&self) -> Vec<Header> {
		let mut needed = BTreeSet::new();
		for vote in &self.justification.votes {
			let mut hash = vote.target_hash;
			while let Some(block) = self.above_target(hash) {
				needed.insert(hash);
				hash = block.parent_hash;
			}
		}
		self.tree.iter().filter(|block| needed.contains(&block.hash())).cloned().collect()
	}

	fn above_target(&self, hash: H256) -> Option<&Header> {
		self.tree[1..].iter().find(|block| block.hash() == hash)
	}

	/// This voter's vote for a block, in the round and for the set of the justification.
	pub fn vote(&self, voter: Key, block: &Header) -> Vote {
		vote(voter, block, self.justification.round, self.set.set_id)
	}

	/// The same for whatever is said to be a block.
	pub fn vote_at(&self, voter: Key, hash: H256, number: u32) -> Vote {
		vote_at(voter, hash, number, self.justification.round, self.set.set_id)
	}

	/// Makes another block the target, with new votes of the same voters for it.
	pub fn retarget(&mut self, target: Header) {
		let votes = self.voters.iter().map(|voter| self.vote(*voter, &target)).collect();
		self.justification.votes = votes;
		self.justification.ancestries.clear();
		self.justification.target_hash = target.hash();
		self.justification.target_number = target.number;
		self.header = target;
	}
}

/// The target and up to eight blocks above it, each on top of any other.
fn tree_above(target: &Header, dice: &mut Dice) -> Vec<Header> {
	let mut tree = vec![target.clone()];
	for _ in 0..dice.below(9) {
		let below = dice.pick(&tree);
		let (number, hash) = (below.number + 1, below.hash());
		tree.push(header(number, hash, H256::from_low_u64_be(dice.next()), Vec::new()));
	}
	tree
}
