//! What nodes keep of what was proven.

use super::{node::*, world::*};
use crate::{
	mock::{RuntimeOrigin, Test, VIEW_STEP},
	worker::keep::{keep_piece, kept, kept_set, Piece, RING},
	Call, Height, KeptPieces, Link,
};
use ribp_light_client::testing::Ed25519Keyring as Key;
use ribp_protocol::Extension;
use sp_core::{offchain::testing::TestPersistentOffchainDB, H256};

/// Reads what a node of alpha has kept.
fn reading_kept<R>(world: &World, read: impl FnOnce() -> R) -> R {
	let index = world.alpha.index();
	let database = Database { own: TestPersistentOffchainDB::new(), index };
	reading(&world.alpha, database, read)
}

/// What it has kept of beta's branch, the newest first.
fn pieces(world: &World) -> Vec<Piece> {
	reading_kept(world, || kept::<Test>(BETA).collect())
}

/// A world in which alpha was told of beta in many blocks, with steps and gaps between them.
fn told() -> World {
	let mut world = World::new().at(4);
	for advance in [VIEW_STEP, VIEW_STEP, 17, 18, 19, 40, VIEW_STEP] {
		world.advance_to(world.beta.now() + advance);
		world.tell_alpha(&[]).expect("it is a step");
		world.seal();
	}
	world
}

#[test]
fn every_header_that_was_believed_is_kept_with_what_finalizes_it() {
	let mut world = World::new();
	let mut told = Vec::new();
	for _ in 0..4 {
		world.advance_to(world.beta.now() + VIEW_STEP);
		let evidence = world.evidence(&[]);
		world.submit(evidence.clone(), &[]).expect("it is a step");
		world.seal();
		told.insert(0, evidence);
	}
	let pieces = pieces(&world);
	assert_eq!(pieces.len(), told.len());
	for (piece, evidence) in pieces.into_iter().zip(told) {
		let Link::Above { justification, extension } = evidence.link else { panic!("it is new") };
		let Piece { set_id, header, justification: kept, extension: led, .. } = piece;
		assert_eq!((set_id, header, kept), (5, evidence.header, justification));
		assert_eq!(led, extension);
	}
}

#[test]
fn a_piece_tells_the_hashes_right_before_its_header_and_no_others() {
	let world = told();
	for piece in pieces(&world) {
		let number = piece.header.number;
		let lowest = number - 1 - piece.extension.tail.len() as Height;
		for height in 0..=number + 1 {
			let hash = (lowest..=number).contains(&height).then(|| world.beta.hash_at(height));
			assert_eq!(piece.hash_at(height), hash, "{height} by {number}");
		}
	}
}

#[test]
fn who_was_in_charge_is_kept_when_they_are_replaced() {
	let mut world = World::new().at(4);
	let old = world.beta.voters.authority_set();
	world.beta.hand_over(&[Key::Ferdie]);
	world.tell_alpha(&[]).expect("it hands over");
	world.seal();
	let sets = reading_kept(&world, || [4, 5, 6].map(|set_id| kept_set(BETA, set_id)));
	assert_eq!(sets, [None, Some(old), None]);
}

#[test]
fn nothing_is_kept_of_what_was_before_a_new_anchor() {
	let mut world = told();
	let call = Call::renew_system { system: BETA, anchor: world.beta.anchor() };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is trusted");
	world.alpha.seal();
	assert_eq!(pieces(&world), []);
}

#[test]
fn the_ring_forgets_the_oldest() {
	let mut world = told();
	let piece = pieces(&world).remove(0);
	let before = world.alpha.run(|| KeptPieces::<Test>::get(BETA));
	let added = RING + 6;
	world.alpha.run(|| {
		for number in 0..added {
			let tail = vec![H256::from_low_u64_be(number.into())];
			let extension = Extension { tail, ..Extension::default() };
			keep_piece::<Test>(BETA, &Piece { extension, ..piece.clone() });
		}
	});
	world.alpha.seal();
	assert_eq!(world.alpha.run(|| KeptPieces::<Test>::get(BETA)), before + added);
	let tails: Vec<_> = pieces(&world).into_iter().map(|piece| piece.extension.tail[0]).collect();
	let newest = (6..added).rev().map(|number| H256::from_low_u64_be(number.into()));
	assert_eq!(tails, newest.collect::<Vec<_>>());
}
