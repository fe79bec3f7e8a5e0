//! Which of two branches remains the system (section 4.2, last paragraph, and section 5.2).
//!
//! A system that finalized two headers of one height is *forked*: two branches claim its identity,
//! and the others admit one, the branch that most contracts rely on. What this module is told of has
//! been proven: it weighs, it does not verify.
//!
//! A system counts its own contracts first, and those are on the branch that it has followed. Two
//! systems that followed different branches come to one verdict only as far as they count the same
//! contracts: hence the grace period, in which others may report theirs.

use crate::{Height, Own, Peer, Stretch};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// One of the histories of a forked system, named by its header's hash at the fork height.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Branch {
	/// The hash at the lowest height at which the histories are known to differ.
	pub hash: H256,
}

/// A branch and what speaks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Claim {
	/// Which branch.
	pub branch: Branch,
	/// How many contracts rely on it: their evidence lies on it, beyond the fork point.
	pub contracts: u64,
}

impl Claim {
	/// This claim with the contracts of one more system. In any order the sum is the same.
	pub fn backed_by(self, contracts: u64) -> Self {
		Self { contracts: self.contracts.saturating_add(contracts), ..self }
	}
}

/// The branch that inherits the identity: the one that more contracts rely on, and of two equal
/// ones that with the lower hash. Which of them is named first does not matter.
pub fn choose(one: Claim, other: Claim) -> Branch {
	match one.contracts.cmp(&other.contracts) {
		core::cmp::Ordering::Greater => one.branch,
		core::cmp::Ordering::Less => other.branch,
		core::cmp::Ordering::Equal => one.branch.min(other.branch),
	}
}

/// A fork about which nothing is decided yet. No contract with the system moves meanwhile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Fork {
	/// Height of the forked system at which the branches differ.
	pub at: Height,
	/// The two branches, the lower hash first: not in the order of their arrival.
	pub branches: [Branch; 2],
	/// Height of the chain that judges, at which it learned of the fork.
	pub opened: Height,
}

/// A branch that has lost, which is remembered for good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Refused {
	/// Height of the forked system at which the branch left the surviving one.
	pub at: Height,
	/// Which branch.
	pub branch: Branch,
}

/// What has become of a fork.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
	/// The branch that is the system from now on.
	pub surviving: Branch,
	/// The branch that is not.
	pub refused: Refused,
}

/// Why there is no verdict yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undecided {
	/// The grace period is not over.
	GraceNotOver {
		/// Own blocks until it is.
		left: Height,
	},
}

impl Fork {
	/// The fork between two headers that are proven for one height; `None` if they are the same.
	///
	/// A third branch has no place in it: it is judged against the one that survives.
	pub fn open(at: Peer, one: H256, other: H256, now: Own) -> Option<Self> {
		let mut branches = [Branch { hash: one }, Branch { hash: other }];
		branches.sort();
		(one != other).then_some(Self { at: at.0, branches, opened: now.0 })
	}

	/// Whether a contract relies on the branch that is followed: the evidence that moved it last was
	/// proven from a block at this height of it.
	///
	/// Evidence from below the fork height lies on both branches, and counts for neither.
	pub fn is_relied_on(&self, evidence: Peer) -> bool {
		evidence.0 >= self.at
	}

	/// Whether this is a fork between the same two branches, whenever it was seen.
	pub fn is_between(&self, at: Height, branches: &[Branch; 2]) -> bool {
		self.at == at && self.branches == *branches
	}

	/// The branch that is not `followed`.
	pub fn other_than(&self, followed: Branch) -> Branch {
		let [one, other] = self.branches;
		if one == followed {
			other
		} else {
			one
		}
	}

	/// Which branch remains, once `grace` blocks have passed since the fork was opened; `contracts`
	/// says how many rely on a branch.
	pub fn decide(
		&self,
		now: Own,
		grace: Height,
		contracts: impl Fn(Branch) -> u64,
	) -> Result<Verdict, Undecided> {
		let left = grace.saturating_sub(now.0.saturating_sub(self.opened));
		if left > 0 {
			return Err(Undecided::GraceNotOver { left });
		}
		let [one, other] = self.branches;
		let claim = |branch| Claim { branch, contracts: contracts(branch) };
		let surviving = choose(claim(one), claim(other));
		let branch = self.other_than(surviving);
		Ok(Verdict { surviving, refused: Refused { at: self.at, branch } })
	}
}

impl Refused {
	/// Whether a history is of the branch that has lost.
	///
	/// Only one that reaches down to the fork height can tell.
	pub fn is_refused(&self, history: &Stretch) -> bool {
		history.hash_at(self.at) == Some(self.branch.hash)
	}
}

/// What one system says of a fork: how many of its contracts rely on the branch that it follows.
///
/// Other chains read it by storage proof, so that all that count the same choose alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Tally {
	/// Height of the forked system at which the branches differ.
	pub at: Height,
	/// The two branches, the lower hash first.
	pub branches: [Branch; 2],
	/// What it has counted.
	pub claim: Claim,
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const LOW: H256 = H256::repeat_byte(1);
	const HIGH: H256 = H256::repeat_byte(2);
	const AT: Height = 7;

	fn claim(hash: H256, contracts: u64) -> Claim {
		Claim { branch: Branch { hash }, contracts }
	}

	fn fork() -> Fork {
		Fork::open(Peer(AT), HIGH, LOW, Own(100)).unwrap()
	}

	/// A history with this hash at the fork height, and one more block.
	fn history(hash: H256) -> Stretch {
		Stretch::new(AT - 1, alloc::vec![H256::zero(), hash, H256::repeat_byte(9)]).unwrap()
	}

	fn decide(now: Height, grace: Height, high: u64) -> Result<Branch, Undecided> {
		let contracts = |branch: Branch| if branch.hash == HIGH { high } else { 3 };
		fork().decide(Own(now), grace, contracts).map(|verdict| verdict.surviving)
	}

	#[test]
	fn the_branch_that_more_contracts_rely_on_survives() {
		assert_eq!(choose(claim(LOW, 3), claim(HIGH, 4)).hash, HIGH);
		assert_eq!(choose(claim(LOW, 4), claim(HIGH, 3)).hash, LOW);
	}

	#[test]
	fn of_two_equal_branches_the_lower_hash_survives() {
		assert_eq!(choose(claim(HIGH, 4), claim(LOW, 4)).hash, LOW);
		assert_eq!(choose(claim(LOW, 0), claim(HIGH, 0)).hash, LOW);
	}

	#[test]
	fn one_header_is_not_a_fork() {
		assert_eq!(Fork::open(Peer(AT), LOW, LOW, Own(100)), None);
	}

	#[test]
	fn nothing_is_decided_within_the_grace_period() {
		let left = |left| Err(Undecided::GraceNotOver { left });
		assert_eq!(decide(100, 50, 4), left(50));
		assert_eq!(decide(149, 50, 4), left(1));
		assert_eq!(decide(150, 50, 4), Ok(Branch { hash: HIGH }));
		assert_eq!(decide(100, 0, 4), Ok(Branch { hash: HIGH }));
		assert_eq!(decide(0, 50, 4), left(50));
		assert_eq!(decide(Height::MAX, Height::MAX, 4), left(100));
	}

	#[test]
	fn a_verdict_names_the_branch_that_is_refused() {
		let verdict = fork().decide(Own(150), 50, |_| 0).unwrap();
		assert_eq!(verdict.surviving, Branch { hash: LOW });
		assert_eq!(verdict.refused, Refused { at: AT, branch: Branch { hash: HIGH } });
		assert!(verdict.refused.is_refused(&history(HIGH)));
		assert!(!verdict.refused.is_refused(&history(LOW)));
	}

	#[test]
	fn evidence_counts_from_the_fork_height_on() {
		assert!(fork().is_relied_on(Peer(AT)));
		assert!(!fork().is_relied_on(Peer(AT - 1)));
	}

	#[test]
	fn a_fork_is_the_same_whenever_it_was_seen() {
		let Fork { at, branches, .. } = fork();
		assert!(Fork { opened: 7, ..fork() }.is_between(at, &branches));
		assert!(!fork().is_between(at + 1, &branches));
		assert!(!fork().is_between(at, &[branches[0], Branch { hash: H256::zero() }]));
	}

	#[test]
	fn a_tally_has_the_same_bytes_on_every_chain() {
		let Fork { at, branches, .. } = fork();
		let mut golden = AT.to_le_bytes().to_vec();
		golden.extend_from_slice(&[1; 32]);
		golden.extend_from_slice(&[2; 32]);
		golden.extend_from_slice(&[2; 32]);
		golden.extend_from_slice(&5u64.to_le_bytes());
		assert_eq!(Tally { at, branches, claim: claim(HIGH, 5) }.encode(), golden);
	}

	#[test]
	fn an_open_fork_has_the_same_bytes_on_every_chain() {
		let mut golden = AT.to_le_bytes().to_vec();
		golden.extend_from_slice(&[1; 32]);
		golden.extend_from_slice(&[2; 32]);
		golden.extend_from_slice(&100u32.to_le_bytes());
		assert_eq!(fork().encode(), golden);
	}

	proptest! {
		#[test]
		fn the_choice_does_not_depend_on_who_is_named_first(
			one: [u8; 32], other: [u8; 32], few in 0u64..3, many in 0u64..3,
		) {
			let (one, other) = (claim(one.into(), few), claim(other.into(), many));
			let chosen = choose(one, other);
			prop_assert_eq!(chosen, choose(other, one));
			prop_assert!(chosen == one.branch || chosen == other.branch);
		}

		#[test]
		fn the_verdict_does_not_depend_on_which_branch_arrived_first(
			one: [u8; 32], other: [u8; 32], weights: [u64; 2], opened: Height, now: Height,
			grace: Height,
		) {
			prop_assume!(one != other);
			let fork = |a: [u8; 32], b: [u8; 32]| {
				Fork::open(Peer(AT), a.into(), b.into(), Own(opened)).unwrap()
			};
			prop_assert_eq!(fork(one, other), fork(other, one));
			let contracts = |branch: Branch| weights[usize::from(branch.hash == one.into())];
			let verdict = fork(one, other).decide(Own(now), grace, contracts);
			prop_assert_eq!(verdict.is_ok(), u64::from(opened.max(now)) >= u64::from(opened) + u64::from(grace));
			if let Ok(Verdict { surviving, refused }) = verdict {
				prop_assert_ne!(surviving, refused.branch);
				prop_assert!(contracts(surviving) >= contracts(refused.branch));
			}
		}

		#[test]
		fn claims_add_up_in_any_order(counts: [u64; 4]) {
			let start = claim(LOW, 0);
			let forth = counts.iter().fold(start, |claim, count| claim.backed_by(*count));
			let back = counts.iter().rev().fold(start, |claim, count| claim.backed_by(*count));
			prop_assert_eq!(forth, back);
		}
	}
}
