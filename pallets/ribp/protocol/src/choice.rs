//! Which branch of a forked chain remains (section 4.2, last paragraph, and section 5.2).
//!
//! The paper lets the branch survive that most contracts rely on. A chain's own contracts are always on
//! the branch that it has followed, so that what can lead it to another one is what others have
//! counted, its *witnesses*. Whoever could make one of them, or contracts with them for a few tokens,
//! would choose for everybody: hence
//!
//! - a branch is adopted only if two witnesses or more stand for it;
//! - the contracts of each chain count up to a limit, the own ones too: anybody can make those;
//! - a tie keeps the branch that is followed.

use crate::Height;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Who chooses among the branches of a forked chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ForkChoice {
	/// People: nothing is decided without root.
	#[default]
	ByGovernance,
	/// The paper's rule, unless root is faster.
	MostReliedOn {
		/// Own blocks from the last branch's report until one is chosen. Witnesses are heard in the first
		/// half of them, and contradicted in all: who lies in the last block must not have the last word.
		grace: Height,
		/// How many contracts of one chain count at most, of the own one as well.
		most: u32,
	},
}

impl ForkChoice {
	/// Whether witnesses are heard so many own blocks after the last branch's report.
	pub fn hears_at(&self, age: Height) -> bool {
		matches!(self, Self::MostReliedOn { grace, .. } if age <= grace / 2)
	}
}

/// What stands for a branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Backing {
	/// How many other chains follow it.
	pub witnesses: u32,
	/// How many contracts rely on it, the own ones and theirs.
	pub contracts: u64,
}

impl Backing {
	/// Of the branch that is followed, by the own contracts alone, of which `most` count.
	pub fn own(contracts: u32, most: u32) -> Self {
		Self { witnesses: 0, contracts: contracts.min(most).into() }
	}

	/// With one more witness, of whose contracts `most` count.
	pub fn heard(self, contracts: u32, most: u32) -> Self {
		Self {
			witnesses: self.witnesses.saturating_add(1),
			contracts: self.contracts.saturating_add(contracts.min(most).into()),
		}
	}
}

/// The place of the branch that takes the place of the followed one; none if that remains.
pub fn choose(followed: Backing, others: &[Backing]) -> Option<usize> {
	let beats = |place: usize, backing: &Backing| {
		let rivals = others.iter().enumerate().filter(|(other, _)| *other != place);
		let mut rivals = rivals.map(|(_, rival)| rival.contracts).chain([followed.contracts]);
		backing.witnesses >= 2 && rivals.all(|contracts| contracts < backing.contracts)
	};
	others
		.iter()
		.enumerate()
		.find(|(place, backing)| beats(*place, backing))
		.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn backing(witnesses: u32, contracts: u64) -> Backing {
		Backing { witnesses, contracts }
	}

	#[test]
	fn the_branch_that_most_contracts_rely_on_is_adopted() {
		assert_eq!(choose(backing(0, 3), &[backing(2, 2), backing(2, 4)]), Some(1));
		assert_eq!(choose(backing(0, 5), &[backing(2, 2), backing(2, 4)]), None);
	}

	#[test]
	fn one_witness_decides_nothing_however_much_it_counts() {
		assert_eq!(choose(backing(0, 0), &[backing(1, u64::MAX)]), None);
	}

	#[test]
	fn a_tie_keeps_the_branch_that_is_followed() {
		assert_eq!(choose(backing(0, 4), &[backing(2, 4)]), None);
		assert_eq!(choose(backing(0, 0), &[backing(2, 4), backing(3, 4)]), None);
		assert_eq!(choose(backing(0, 0), &[backing(2, 0)]), None);
	}

	#[test]
	fn the_contracts_of_one_chain_count_up_to_a_limit() {
		let heard = Backing::default().heard(1_000_000, 10).heard(3, 10);
		assert_eq!(heard, backing(2, 13));
		assert_eq!(Backing::own(1_000_000, 10), backing(0, 10));
	}

	#[test]
	fn witnesses_are_heard_in_the_first_half_of_the_grace() {
		let rule = ForkChoice::MostReliedOn { grace: 8, most: 1 };
		assert!(rule.hears_at(0) && rule.hears_at(4) && !rule.hears_at(5));
		assert!(!ForkChoice::ByGovernance.hears_at(0));
	}

	proptest! {
		#[test]
		fn what_is_chosen_is_backed_by_more_than_anything_else(
			followed: u64, others in proptest::collection::vec((0u32..4, 0u64..6), 0..5),
		) {
			let followed = backing(0, followed % 6);
			let others: Vec<_> = others.into_iter().map(|(w, c)| backing(w, c)).collect();
			if let Some(chosen) = choose(followed, &others) {
				let most = others[chosen];
				prop_assert!(most.witnesses >= 2 && most.contracts > followed.contracts);
				for (place, other) in others.iter().enumerate() {
					prop_assert!(place == chosen || other.contracts < most.contracts);
				}
			}
		}

		/// Chains that know each other: where more than one of them stands for the branch that most
		/// contracts rely on, all follow it after the verdict, whichever they have followed before.
		#[test]
		fn chains_that_hear_each_other_choose_alike(
			chains in proptest::collection::vec((0usize..4, 0u32..6), 2..7),
			most in 1u32..6,
		) {
			let sum = |branch| {
				let there = chains.iter().filter(|(place, _)| *place == branch);
				there.map(|(_, contracts)| u64::from(*contracts.min(&most))).sum::<u64>()
			};
			let largest = (0..4).max_by_key(|branch| sum(*branch)).expect("there are four");
			let is_tie = (0..4).any(|branch| branch != largest && sum(branch) == sum(largest));
			let is_alone = chains.iter().filter(|(place, _)| *place == largest).count() < 2;
			for (at, (own, contracts)) in chains.iter().enumerate() {
				let mut backings = [Backing::default(); 4];
				backings[*own] = Backing::own(*contracts, most);
				for (_, (branch, contracts)) in chains.iter().enumerate().filter(|(i, _)| *i != at) {
					backings[*branch] = backings[*branch].heard(*contracts, most);
				}
				let branches: Vec<_> = (0..4).filter(|branch| branch != own).collect();
				let others: Vec<_> = branches.iter().map(|branch| backings[*branch]).collect();
				let after = choose(backings[*own], &others).map_or(*own, |place| branches[place]);
				let expected = if is_tie || is_alone { *own } else { largest };
				prop_assert_eq!(after, expected);
			}
		}
	}
}
