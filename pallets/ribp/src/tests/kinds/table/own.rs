//! What a chain has of its own.

use super::*;

#[test]
fn the_owner_of_land_leaves() {
	row("the owner of land leaves", TITLE, |scene| scene.leaves(ALICE), NOTHING);
}

#[test]
fn the_receiver_of_land_leaves() {
	row("the receiver of land leaves", TITLE, |scene| scene.leaves(BOB), NOTHING);
}

#[test]
fn a_court_seizes_the_land() {
	row(
		"a court seizes the land",
		TITLE,
		|scene| scene.chain.run(|| Seized::insert(4, ())),
		|scene| scene.chain.run(|| Seized::remove(4)),
	);
}
