//! What nodes keep of what was proven.

use super::{node::*, worker::*, world::*};
use crate::{
	mock::{Ribp, Test, MAX_MISSED, VIEW_STEP, WINDOW},
	worker::keep::{Kept, RING},
	CatchUps, Evidence, Height, KeptPieces,
};
use ribp_light_client::{testing::Ed25519Keyring as Key, ProvenState};
use ribp_protocol::{fold, Stretch};
use sp_core::{offchain::testing::TestPersistentOffchainDB, H256};

/// What a node of alpha has kept of beta's branch, down to `height` at least.
fn kept(world: &mut World, height: Height) -> Kept {
	let view = world.alpha.view_of(BETA).expect("it is known");
	let index = world.alpha.index();
	let database = Database { own: TestPersistentOffchainDB::new(), index };
	reading(&world.alpha, database, || Ribp::kept(BETA, &view, height))
}

/// A world in which alpha was told of beta in many blocks, with steps and gaps between them.
fn told() -> World {
	let mut world = World::new().at(4);
	for advance in [1, VIEW_STEP, WINDOW + 1, WINDOW + MAX_MISSED - 1, VIEW_STEP, VIEW_STEP] {
		world.advance_to(world.beta.now() + advance);
		world.tell_alpha(&[]).expect("it is a step");
		world.seal();
	}
	world
}

#[track_caller]
fn assert_run(world: &World, kept: &Kept) {
	let first = kept.run.first;
	let hashes = (first..).map(|number| world.beta.hash_at(number));
	let hashes: Vec<_> = hashes.take(kept.run.hashes.len()).collect();
	assert_eq!(kept.run.hashes, hashes);
	let below = (0..first).map(|number| world.beta.hash_at(number));
	assert_eq!(kept.run.below, below.fold(None, |below, hash| fold(below, &hash)));
}

#[test]
fn all_hashes_are_known_from_the_first_view_on() {
	let mut world = told();
	let kept = kept(&mut world, 0);
	assert_eq!(kept.run.first, 0, "the first view held all");
	assert_eq!(kept.run.hashes.len() as Height, world.beta.sealed());
	assert_run(&world, &kept);
}

#[test]
fn no_more_is_read_than_is_asked_for() {
	let mut world = told();
	let newest = world.beta.sealed() - 1;
	let kept = kept(&mut world, newest);
	assert!(kept.run.first > newest - WINDOW - 2 * VIEW_STEP, "{}", kept.run.first);
	assert_eq!(kept.proven.len(), 2, "the newest, and the one before");
	assert_run(&world, &kept);
}

#[test]
fn the_newest_header_is_kept_with_the_proof_of_its_view_alone() {
	let swaps = [1, 2, 3].map(|number| Exchange::numbered(number, 60, 60));
	let mut world = World::new();
	for swap in &swaps {
		world = world.registered(swap);
	}
	let mut ids = swaps.map(|swap| swap.delivery.id());
	ids.sort();
	let evidence = world.evidence(&ids);
	world.submit(evidence.clone(), &ids).expect("it moves all");
	world.seal();
	let kept = kept(&mut world, 0);
	let [proven] = &kept.proven[..] else { panic!("one was proven") };
	assert_eq!((&proven.header, proven.set_id), (&evidence.header, 5));
	assert_eq!(Some(&proven.justification), evidence.justification.as_ref());
	assert!(proven.proof.len() < evidence.proof.len());
	let state = ProvenState::new(proven.header.state_root, proven.proof.clone());
	let key = crate::OwnView::<Test>::hashed_key();
	let mut state = state.expect("the proof is of that state");
	assert!(state.read(&key).expect("it is complete").is_some());
	state.finish().expect("no node is superfluous");
}

#[test]
fn missed_hashes_that_came_in_pieces_are_kept() {
	let mut world = World::new();
	world.tell_alpha(&[]).expect("nothing was known");
	world.seal();
	world.beta.advance_to(3 + 2 * MAX_MISSED + WINDOW);
	let worker = alphas_worker();
	while world.alpha.view_of(BETA).is_none_or(|view| view.number < world.beta.sealed()) {
		alpha_works(&mut world, &worker);
		world.alpha.seal();
	}
	assert!(world.alpha.run(|| KeptPieces::<Test>::get(BETA)) > 3);
	let kept = kept(&mut world, 0);
	assert_eq!(kept.run.first, 0);
	assert_run(&world, &kept);
}

#[test]
fn what_is_not_of_the_followed_branch_is_left_out() {
	let mut world = World::new().at(4);
	world.tell_alpha(&[]).expect("nothing was known");
	world.seal();
	// Another branch, far ahead: proven, and dropped in the end.
	let mut branch = beta_chain();
	branch.announce(sp_runtime::DigestItem::Other(b"another".to_vec()));
	branch.advance_to(5 + 2 * MAX_MISSED + WINDOW);
	let honest = core::mem::replace(&mut world.beta, branch);
	let opening = Evidence { missed: vec![], ..world.evidence(&[]) };
	world.submit(opening, &[]).expect("it is proven");
	world.alpha.seal();
	assert_eq!(world.alpha.run(|| CatchUps::<Test>::iter().count()), 1);
	world.beta = honest;
	let kept = kept(&mut world, 0);
	assert_eq!(kept.proven.len(), 1);
	assert_run(&world, &kept);
}

#[test]
fn a_change_of_authorities_is_kept_without_its_state_too() {
	let mut world = World::new().at(4);
	world.tell_alpha(&[]).expect("nothing was known");
	world.seal();
	world.beta.hand_over(&[Key::Ferdie]);
	let last = Evidence { proof: vec![], ..world.evidence(&[]) };
	world.submit(last, &[]).expect("it hands over");
	world.seal();
	world.tell_alpha(&[]).expect_err("one block is no step");
	world.advance_to(world.beta.now() + VIEW_STEP);
	world.tell_alpha(&[]).expect("it is a step");
	world.seal();
	let kept = kept(&mut world, 0);
	let sets: Vec<_> = kept.proven.iter().map(|p| (p.header.number, p.set_id)).collect();
	assert_eq!(sets, [(world.beta.sealed() - 1, 6), (5, 5), (3, 5)]);
	assert!(kept.proven[1].proof.is_empty());
	let following = |number| kept.following(number).map(|proven| proven.header.number);
	assert_eq!((following(2), following(5)), (Some(5), Some(5)), "by those who were in charge");
	assert_eq!(following(6), Some(world.beta.sealed() - 1));
	assert_eq!(following(world.beta.sealed()), None);
	let showing =
		|number, highest| kept.showing(number, highest).map(|proven| proven.header.number);
	let up_to_any = (showing(3, u32::MAX), showing(4, u32::MAX));
	assert_eq!(up_to_any, (Some(3), None), "the last came without its view");
}

#[test]
fn a_part_of_the_hashes_leads_to_the_view() {
	let mut world = told();
	let kept = kept(&mut world, 0);
	let view = world.alpha.view_of(BETA).expect("it is known");
	for from in [0, 1, 7, view.first() - 1] {
		let part = kept.run.part(from, view.first()).expect("all is there");
		let stretch = Stretch::of_view(&view, part.below, &part.hashes).expect("it folds");
		assert_eq!((stretch.first(), stretch.last()), (from, view.number));
	}
	assert_eq!(kept.run.part(5, view.number + 2), None);
	assert_eq!(kept.run.part(7, 5), None);
	assert_eq!(kept.run.hash_at(view.number + 1), None);
}

#[test]
fn the_ring_forgets_the_oldest() {
	let mut world = World::new();
	let pieces = RING + 6;
	let view = |world: &mut World| world.alpha.view_of(BETA);
	world.tell_alpha(&[]).expect("nothing was known");
	world.seal();
	let first = view(&mut world).expect("it is known");
	world.alpha.run(|| {
		for n in 0..pieces {
			let hashes = vec![H256::from_low_u64_be(n.into())];
			let run = crate::worker::keep::Run { first: 1_000 + n, below: None, hashes };
			Ribp::keep_piece(BETA, &crate::worker::keep::Piece::Missed(run));
		}
	});
	world.alpha.seal();
	let kept = kept(&mut world, 0);
	assert_eq!(kept.run.first, first.first());
	assert!(kept.proven.is_empty(), "what was proven first has gone");
}
