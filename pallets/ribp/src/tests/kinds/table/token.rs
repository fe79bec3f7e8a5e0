//! The native token.

use super::*;

const TOKEN: Item = Item::Token(100);

fn freezes_all(scene: &mut Scene<'_>, who: AccountId) {
	use frame_support::traits::fungible::MutateFreeze;
	scene.chain.run(|| {
		let all = Balances::total_balance(&who);
		done(Balances::set_freeze(&1, &who, all));
	});
}

#[test]
fn the_payer_votes_with_all_of_it() {
	row("the payer votes with all of it", TOKEN, |scene| scene.votes(ALICE), NOTHING);
}

#[test]
fn all_that_the_payer_has_is_vesting() {
	row("all that the payer has is vesting", TOKEN, |scene| scene.vests(ALICE), NOTHING);
}

#[test]
fn the_payer_stakes_all_of_it() {
	row("the payer stakes all of it", TOKEN, |scene| scene.stakes(ALICE), NOTHING);
}

#[test]
fn the_payer_is_slashed_of_all_that_is_at_stake() {
	row(
		"the payer is slashed of all that is at stake",
		TOKEN,
		|scene| {
			scene.stakes(ALICE);
			scene.is_slashed(ALICE);
		},
		NOTHING,
	);
}

#[test]
fn the_payer_has_all_of_it_frozen() {
	row("the payer has all of it frozen", TOKEN, |scene| freezes_all(scene, ALICE), NOTHING);
}

#[test]
fn the_payer_spends_all_of_it_and_leaves() {
	row("the payer spends all of it and leaves", TOKEN, |scene| scene.leaves(ALICE), NOTHING);
}

#[test]
fn the_receiver_votes_with_all_of_it() {
	row("the receiver votes with all of it", TOKEN, |scene| scene.votes(BOB), NOTHING);
}

#[test]
fn all_that_the_receiver_has_is_vesting() {
	row("all that the receiver has is vesting", TOKEN, |scene| scene.vests(BOB), NOTHING);
}

#[test]
fn the_receiver_is_slashed_of_all_that_is_at_stake() {
	row(
		"the receiver is slashed of all that is at stake",
		TOKEN,
		|scene| {
			scene.stakes(BOB);
			scene.is_slashed(BOB);
		},
		NOTHING,
	);
}

#[test]
fn the_receiver_spends_all_of_it_and_leaves() {
	row("the receiver spends all of it and leaves", TOKEN, |scene| scene.leaves(BOB), NOTHING);
}

#[test]
fn somebody_fills_both_accounts_with_junk() {
	row(
		"somebody fills both accounts with junk",
		TOKEN,
		|scene| {
			scene.fills(ALICE);
			scene.fills(BOB);
		},
		NOTHING,
	);
}

/// A lock on the account that pays everybody: it is no larger than what came with it.
#[test]
fn somebody_sends_the_pallet_vesting_tokens() {
	row(
		"somebody sends the pallet vesting tokens",
		TOKEN,
		|scene| {
			let pallets = scene.chain.run(Ribp::account);
			scene.sends_vesting(DAVE, pallets, 300);
		},
		NOTHING,
	);
}

#[test]
fn the_existential_deposit_rises() {
	row(
		"the existential deposit rises",
		TOKEN,
		|scene| scene.chain.raise_existential_deposit(70),
		NOTHING,
	);
}

/// So far that the amount makes no account any more.
fn rises_and_leaves(scene: &mut Scene<'_>, who: AccountId) {
	scene.leaves(who);
	scene.chain.raise_existential_deposit(200);
}

#[test]
fn the_existential_deposit_rises_above_it_and_the_receiver_leaves() {
	row(
		"the existential deposit rises above it and the receiver leaves",
		TOKEN,
		|scene| rises_and_leaves(scene, BOB),
		|scene| scene.sends(CAROL, BOB, 200),
	);
}

#[test]
fn the_existential_deposit_rises_above_it_and_the_payer_leaves() {
	row(
		"the existential deposit rises above it and the payer leaves",
		TOKEN,
		|scene| rises_and_leaves(scene, ALICE),
		|scene| scene.sends(CAROL, ALICE, 200),
	);
}
