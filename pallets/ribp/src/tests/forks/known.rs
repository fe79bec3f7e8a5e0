//! Two headers of one height, both final: voters that sign two branches.

use super::super::{chain::*, world::*};
use crate::{Error, Phase};

/// A world with an exchange, in which alpha knows beta's blocks up to 8, and another branch of
/// beta that parts from the first in block 1.
fn forked() -> (World, Exchange, Chain) {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(9);
	world.tell_alpha(&[]).expect("it is a step");
	let mut branch = beta_chain();
	branch.advance_to(9);
	assert_ne!(branch.hash_at(1), world.beta.hash_at(1));
	(world, swap, branch)
}

#[test]
fn another_final_header_of_a_known_height_is_a_fork() {
	let (mut world, swap, branch) = forked();
	let ids = [swap.delivery.id()];
	for number in [1, 5, 8] {
		let evidence = branch.evidence(number, &mut world.alpha, &ids);
		world.refuse(&evidence, &ids, Error::ForkedHistory);
	}
}

#[test]
fn a_longer_branch_is_a_fork_where_its_window_meets_the_known_one() {
	let (mut world, swap, mut branch) = forked();
	let ids = [swap.delivery.id()];
	branch.advance_to(15);
	for number in [9, 13, 14] {
		let evidence = branch.evidence(number, &mut world.alpha, &ids);
		world.refuse(&evidence, &ids, Error::ForkedHistory);
	}
	let step = branch.evidence(14, &mut world.alpha, &[]);
	world.refuse(&step, &[], Error::ForkedHistory);
}

#[test]
fn a_branch_beyond_a_gap_does_not_fold_onto_what_is_known() {
	let (mut world, swap, mut branch) = forked();
	let ids = [swap.delivery.id()];
	branch.advance_to(22);
	let evidence = branch.evidence(21, &mut world.alpha, &ids);
	assert!(!evidence.missed.is_empty());
	world.refuse(&evidence, &ids, Error::MissedHashesDoNotFold);
}

#[test]
fn a_fork_below_the_window_is_stale() {
	let (mut world, swap, branch) = forked();
	world.beta.advance_to(25);
	world.tell_alpha(&[]).expect("it is a step");
	let ids = [swap.delivery.id()];
	let evidence = branch.evidence(8, &mut world.alpha, &ids);
	world.refuse(&evidence, &ids, Error::StaleView);
}

#[test]
fn the_branch_that_was_believed_first_goes_on_moving_contracts() {
	let (mut world, swap, branch) = forked();
	let ids = [swap.delivery.id()];
	let evidence = branch.evidence(8, &mut world.alpha, &ids);
	world.refuse(&evidence, &ids, Error::ForkedHistory);
	world.tell_alpha(&ids).expect("this is the known branch");
	assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 9 }));
}
