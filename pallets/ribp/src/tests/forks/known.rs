//! What evidence of another branch comes to: it is refused by name, and the known branch goes on.

use super::*;
use crate::{Evidence, Link, Stage};

/// A world with an exchange, in which alpha knows the one history of beta up to 12; they part in block 9.
fn parted() -> (Forked, Exchange) {
	let swap = Exchange::until(60, 60);
	let mut world = Forked::new(9);
	world.alpha.register(&swap.delivery).expect("the delivery can be registered");
	world.one.register(&swap.payment).expect("the payment can be registered");
	let mut world = world.advance_to(13);
	show(&mut world.alpha, &world.one);
	(world, swap)
}

/// Evidence that a block of a history is final, as if nothing lay between it and the known head.
fn bare(history: &Chain, number: Height) -> Evidence {
	let block = history.block(number);
	let justification = block.voters.justify(&block.header);
	let link = Link::Above { justification, extension: Default::default() };
	Evidence { header: block.header.clone(), link, proof: Vec::new() }
}

#[test]
fn another_final_header_of_a_known_height_is_a_fork() {
	let (mut world, swap) = parted();
	let ids = [swap.delivery.id()];
	let proof = world.other.evidence(12, &mut world.alpha, &ids).proof;
	for number in [9, 10, 12] {
		let evidence = Evidence { proof: proof.clone(), ..bare(&world.other, number) };
		let evidence = match number {
			12 => evidence,
			number => {
				let proof = world.other.evidence(number, &mut world.alpha, &ids).proof;
				Evidence { proof, ..evidence }
			},
		};
		world.alpha.refuse(submission(BETA, evidence, &ids), Error::ForkedHistory);
	}
}

#[test]
fn a_block_of_another_branch_is_not_in_the_known_history() {
	let (mut world, swap) = parted();
	let ids = [swap.delivery.id()];
	for number in [9, 10, 11] {
		let evidence = world.other.evidence(number, &mut world.alpha, &ids);
		assert!(matches!(evidence.link, Link::Below { .. }));
		world.alpha.refuse(submission(BETA, evidence, &ids), Error::NotInHistory);
	}
}

#[test]
fn the_next_block_of_another_branch_is_a_fork_by_its_parent() {
	let (mut world, swap) = parted();
	let ids = [swap.delivery.id()];
	world.other.seal();
	let evidence = world.other.evidence(13, &mut world.alpha, &ids);
	world.alpha.refuse(submission(BETA, evidence, &ids), Error::ForkedHistory);
}

#[test]
fn a_longer_branch_does_not_begin_with_what_is_known() {
	let (mut world, swap) = parted();
	let ids = [swap.delivery.id()];
	world.other.advance_to(61);
	for number in [14, 17, 29, 30, 31, 60] {
		for ids in [&[][..], &ids] {
			let evidence = world.other.evidence(number, &mut world.alpha, ids);
			let error = match (ids, number) {
				([], ..17) => Error::NothingToGain,
				_ => Error::OtherHistory,
			};
			world.alpha.refuse(submission(BETA, evidence, ids), error);
		}
	}
}

/// Hashes can be withheld: nobody can tell whether it is a fork.
#[test]
fn a_final_header_that_nothing_relates_to_the_known_branch_is_refused_by_a_name_of_its_own() {
	let (mut world, swap) = parted();
	world.one.advance_to(61);
	world.other.advance_to(61);
	show(&mut world.alpha, &world.one);
	let ids = [swap.delivery.id()];
	for history in [&world.one, &world.other] {
		let proof = history.evidence(20, &mut world.alpha, &ids).proof;
		let evidence = Evidence { proof, ..bare(history, 20) };
		world.alpha.refuse(submission(BETA, evidence, &ids), Error::HeaderNotRelated);
	}
}

#[test]
fn the_branch_that_was_believed_first_goes_on_moving_contracts() {
	let (mut world, swap) = parted();
	let ids = [swap.delivery.id()];
	world.other.seal();
	let evidence = world.other.evidence(13, &mut world.alpha, &ids);
	world.alpha.refuse(submission(BETA, evidence, &ids), Error::ForkedHistory);
	let evidence = world.one.evidence(12, &mut world.alpha, &ids);
	world.alpha.submit(BETA, evidence, &ids).expect("this is the known branch");
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 13 }));
}
