//! What GRANDPA's own rules accept is accepted here, and no more than the votes support.

use super::{generate, strict::ACCEPTED};
use crate::{
	minimize,
	testing::{authority, descendants_of, vote, Ed25519Keyring},
	tests::{
		cases, encoding::upstream, genesis, Alice, Bob, Charlie, Dave, Eve, Ferdie, ROUND, SET,
	},
	verify_finality, AuthoritySet, Header, Justification,
};
use finality_grandpa::{
	validate_commit, voter_set::VoterSet, Chain, Error as GrandpaError, Message,
};
use proptest::prelude::*;
use sp_consensus_grandpa::{check_message_signature, GrandpaJustification};
use sp_core::H256;
use std::collections::HashMap;

const KEYS: [Ed25519Keyring; 6] = [Alice, Bob, Charlie, Dave, Eve, Ferdie];

/// Every block of a tree by its hash.
struct Tree(HashMap<H256, Header>);

impl Tree {
	/// The block and what it builds upon, newest first.
	fn path(&self, block: H256) -> impl Iterator<Item = H256> + '_ {
		std::iter::successors(Some(block), |hash| self.0.get(hash).map(|h| h.parent_hash))
	}

	fn is_on(&self, base: H256, block: H256) -> bool {
		self.path(block).any(|hash| hash == base)
	}
}

impl Chain<H256, u32> for Tree {
	fn ancestry(&self, base: H256, block: H256) -> Result<Vec<H256>, GrandpaError> {
		if !self.is_on(base, block) {
			return Err(GrandpaError::NotDescendent);
		}
		let between = self.path(block).skip(1).take_while(|hash| *hash != base);
		Ok(between.collect())
	}
}

/// GRANDPA's commit rule and the signatures, which the rule leaves to its caller.
fn upstream_accepts(
	justification: &GrandpaJustification<Header>,
	set: &AuthoritySet,
	tree: &Tree,
) -> bool {
	let voters = VoterSet::new(set.authorities.iter().cloned()).unwrap();
	let valid = validate_commit(&justification.commit, &voters, tree);
	valid.is_ok_and(|result| result.is_valid())
		&& justification.commit.precommits.iter().all(|signed| {
			let message = Message::Precommit(signed.precommit.clone());
			let (round, set_id) = (justification.round, set.set_id);
			check_message_signature(&message, &signed.id, &signed.signature, round, set_id)
				.is_valid()
		})
}

/// A tree of four blocks with a branch of two on the second, and votes anywhere on it.
#[derive(Debug)]
struct Case {
	blocks: Vec<Header>,
	set: AuthoritySet,
	justification: Justification,
	target: Header,
}

fn case() -> impl Strategy<Value = Case> {
	let weights = proptest::collection::vec(1..4u64, 1..=KEYS.len());
	let votes = proptest::collection::vec((0..KEYS.len(), 0..6usize), 1..9);
	// Mostly votes for one of two blocks, or the two sides would hardly ever agree on anything.
	let agreeing = (0..4usize, proptest::collection::vec(0..2usize, KEYS.len()));
	let agreeing = agreeing.prop_map(|(base, steps)| {
		let votes = steps.iter().enumerate().map(|(voter, step)| (voter, (base + step).min(3)));
		votes.collect::<Vec<_>>()
	});
	let votes = prop_oneof![1 => votes, 3 => agreeing];
	(weights, votes, 0..6usize).prop_map(|(weights, votes, target)| {
		let mut blocks = descendants_of(&genesis(), 4, 1);
		blocks.extend(descendants_of(&blocks[1], 2, 2));
		let authorities = KEYS.iter().zip(&weights).map(|(key, w)| (authority(*key), *w));
		let set = AuthoritySet::new(SET, authorities.collect()).unwrap();
		let votes = votes
			.into_iter()
			.map(|(voter, block)| vote(KEYS[voter], &blocks[block], ROUND, SET))
			.collect();
		let target = blocks[target].clone();
		let justification = Justification {
			round: ROUND,
			target_hash: target.hash(),
			target_number: target.number,
			votes,
			ancestries: blocks.clone(),
		};
		Case { blocks, set, justification, target }
	})
}

proptest! {
	#![proptest_config(cases(96))]

	#[test]
	fn belief_lies_between_grandpas_rule_and_the_votes(case in case()) {
		let tree = Tree(case.blocks.iter().map(|block| (block.hash(), block.clone())).collect());
		let minimal = minimize(case.justification.clone(), &case.set);
		let believed = verify_finality(&case.target, &minimal, &case.set).is_ok();

		for block in &case.blocks {
			let mut justification = upstream(&case.justification);
			justification.commit.target_hash = block.hash();
			justification.commit.target_number = block.number;
			if upstream_accepts(&justification, &case.set, &tree)
				&& tree.is_on(case.target.hash(), block.hash())
			{
				prop_assert!(believed, "GRANDPA finalizes the target or a block above it");
			}
		}

		let supports = |key: &sp_consensus_grandpa::AuthorityId| {
			let mut votes = case.justification.votes.iter();
			votes.any(|v| v.voter == *key && tree.is_on(case.target.hash(), v.target_hash))
		};
		let supporters = case.set.authorities.iter().filter(|(key, _)| supports(key));
		let weight = supporters.map(|(_, weight)| weight).sum::<u64>();
		prop_assert_eq!(believed, weight * 3 > case.set.total_weight() * 2);
	}
}

/// Why a justification is refused here whose commit GRANDPA's rule accepts. Nothing else may be.
const STRICTER: [&str; 12] = [
	// The rule leaves signatures to its caller, and so the header that is asked about.
	"BadSignature",
	"OtherTarget",
	// It counts what it can use and leaves the rest; `minimize` takes that out.
	"UnknownVoter",
	"DuplicateVoter",
	"SurplusVote",
	"UnusedAncestry",
	"DuplicateAncestry",
	"AncestryTooLong",
	// It follows the hashes only.
	"VoteNotDescendant",
	// It knows no digests.
	"ForcedChange",
	"DelayedChange",
	"InvalidNextSet",
];

/// How GRANDPA's rule and this verifier agree.
#[derive(Default)]
pub struct RuleTally {
	accepted_by_both: usize,
	/// Accepted here; the rule finalizes a block above the target, and thus the target.
	final_above: usize,
	/// Accepted here; the rule wants one vote to be for a block below all others.
	without_base: usize,
	stricter: std::collections::BTreeMap<String, usize>,
}

impl RuleTally {
	pub fn compare(&mut self, case: &generate::Case, ours: &str) {
		let headers = case.justification.ancestries.iter();
		let tree = Tree(headers.map(|block| (block.hash(), block.clone())).collect());
		let voters = VoterSet::new(case.set.authorities.iter().cloned()).unwrap();
		let mut commit = upstream(&case.justification).commit;
		let is_final = |commit: &_| {
			validate_commit(commit, &voters, &tree).is_ok_and(|result| result.is_valid())
		};
		match (ours == ACCEPTED, is_final(&commit)) {
			(true, true) => self.accepted_by_both += 1,
			(false, true) => {
				assert!(STRICTER.contains(&ours), "a difference without a name, {ours}: {case:?}");
				*self.stricter.entry(ours.into()).or_default() += 1;
			},
			(false, false) => {},
			(true, false) => {
				let precommits = || commit.precommits.iter().map(|signed| &signed.precommit);
				let base = precommits().min_by_key(|vote| vote.target_number).unwrap();
				if precommits().any(|vote| !tree.is_on(base.target_hash, vote.target_hash)) {
					self.without_base += 1;
					return;
				}
				let above = case.justification.ancestries.iter().any(|block| {
					commit.target_hash = block.hash();
					commit.target_number = block.number;
					is_final(&commit)
				});
				assert!(above, "GRANDPA finalizes neither the target nor a block above: {case:?}");
				self.final_above += 1;
			},
		}
	}

	/// Asserts that the cases were not trivial, and prints them.
	pub fn check(&self) {
		let Self { accepted_by_both, final_above, without_base, stricter } = self;
		println!("GRANDPA's rule: {accepted_by_both} accepted by both, {final_above} above");
		println!("  {without_base} without a common base, refused here alone: {stricter:?}");
		assert!(*accepted_by_both > 100 && *final_above > 50 && *without_base > 20);
	}
}

/// The cases must not be trivial: some are accepted by both sides.
#[test]
fn a_plain_justification_is_accepted_by_both() {
	let blocks = descendants_of(&genesis(), 1, 1);
	let tree = Tree(blocks.iter().map(|block| (block.hash(), block.clone())).collect());
	let set = crate::testing::authority_set(SET, &KEYS);
	let justification = crate::testing::justify(&blocks[0], ROUND, SET, &KEYS[..5]);
	assert!(upstream_accepts(&upstream(&justification), &set, &tree));
	assert!(verify_finality(&blocks[0], &justification, &set).is_ok());
}
