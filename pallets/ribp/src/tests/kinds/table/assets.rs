//! Assets besides the native token.

use super::*;
use frame_support::traits::tokens::fungibles::roles::Inspect;

#[test]
fn the_payer_spends_the_rest_of_the_asset() {
	row("the payer spends the rest of the asset", ASSET, |scene| scene.spends_gold(ALICE), NOTHING);
}

#[test]
fn the_payer_spends_the_asset_and_leaves() {
	row(
		"the payer spends the asset and leaves",
		ASSET,
		|scene| scene.leaves(ALICE),
		|scene| scene.sends(CAROL, ALICE, 100),
	);
}

/// She has no more room for an asset, as others have filled it with theirs.
#[test]
fn the_payer_spends_the_asset_and_has_no_room_for_it() {
	row(
		"the payer spends the asset and has no room for it",
		ASSET,
		|scene| {
			scene.spends_gold(ALICE);
			scene.fills(ALICE);
		},
		|scene| scene.makes_room(ALICE),
	);
}

#[test]
fn the_payer_lets_somebody_spend_all_of_the_asset() {
	row(
		"the payer lets somebody spend all of the asset",
		ASSET,
		|scene| {
			scene.can(
				ALICE,
				AssetsCall::approve_transfer { id: GOLD, delegate: DAVE, amount: STOCK },
			);
		},
		NOTHING,
	);
}

#[test]
fn somebody_spends_all_that_the_payer_has_let_them() {
	row(
		"somebody spends all that the payer has let them",
		ASSET,
		|scene| {
			scene.can(
				ALICE,
				AssetsCall::approve_transfer { id: GOLD, delegate: DAVE, amount: STOCK },
			);
			let amount = scene.chain.run(|| Assets::balance(GOLD, ALICE));
			scene.can(
				DAVE,
				AssetsCall::transfer_approved { id: GOLD, owner: ALICE, destination: DAVE, amount },
			);
		},
		NOTHING,
	);
}

#[test]
fn the_receiver_has_nothing_of_the_asset() {
	row("the receiver has nothing of the asset", ASSET, |scene| scene.spends_gold(BOB), NOTHING);
}

#[test]
fn the_receiver_spends_the_asset_and_leaves() {
	row(
		"the receiver spends the asset and leaves",
		ASSET,
		|scene| scene.leaves(BOB),
		|scene| scene.sends(CAROL, BOB, 100),
	);
}

#[test]
fn somebody_fills_an_account_of_a_receiver_with_the_asset() {
	row(
		"somebody fills an account of a receiver with the asset",
		ASSET,
		|scene| scene.fills(BOB),
		NOTHING,
	);
}

/// Anybody can open an account of the asset for him, which takes no room.
#[test]
fn somebody_fills_an_account_of_a_receiver_without_the_asset() {
	row(
		"somebody fills an account of a receiver without the asset",
		ASSET,
		|scene| {
			scene.spends_gold(BOB);
			scene.fills(BOB);
		},
		|scene| scene.can(CAROL, AssetsCall::touch_other { id: GOLD, who: BOB }),
	);
}

/// Opens an account of the asset for the contract, which that has already if it has taken some.
fn opens(scene: &mut Scene<'_>) {
	let opened = scene.does(signed(DAVE), AssetsCall::touch_other { id: GOLD, who: scene.at });
	assert_eq!(opened.is_ok(), !scene.is_taken);
}

/// The account does not end with what it has.
#[test]
fn somebody_opens_an_account_of_the_asset_for_the_contract() {
	row("somebody opens an account of the asset for the contract", ASSET, opens, NOTHING);
}

#[test]
fn somebody_sends_the_contract_more_of_the_asset() {
	row(
		"somebody sends the contract more of the asset",
		ASSET,
		|scene| {
			if !scene.is_taken {
				scene.sends(DAVE, scene.at, 100);
			}
			let target = scene.at;
			scene.can(DAVE, AssetsCall::transfer { id: GOLD, target, amount: LEAST });
		},
		NOTHING,
	);
}

#[test]
fn somebody_sends_the_contract_vesting_tokens() {
	row(
		"somebody sends the contract vesting tokens",
		ASSET,
		|scene| scene.sends_vesting(DAVE, scene.at, 100),
		NOTHING,
	);
}

#[test]
fn somebody_fills_the_account_of_the_contract() {
	row(
		"somebody fills the account of the contract",
		ASSET,
		|scene| {
			scene.sends(DAVE, scene.at, 100);
			scene.fills(scene.at);
		},
		NOTHING,
	);
}

#[test]
fn the_freezer_freezes_the_asset() {
	row(
		"the freezer freezes the asset",
		ASSET,
		|scene| scene.can(CAROL, AssetsCall::freeze_asset { id: GOLD }),
		|scene| scene.can(CAROL, AssetsCall::thaw_asset { id: GOLD }),
	);
}

fn freezes(scene: &mut Scene<'_>, who: AccountId) {
	scene.can(CAROL, AssetsCall::freeze { id: GOLD, who });
}

fn blocks(scene: &mut Scene<'_>, who: AccountId) {
	scene.can(CAROL, AssetsCall::block { id: GOLD, who });
}

fn thaws(scene: &mut Scene<'_>, who: AccountId) {
	scene.can(CAROL, AssetsCall::thaw { id: GOLD, who });
}

#[test]
fn the_freezer_freezes_the_payer() {
	row("the freezer freezes the payer", ASSET, |scene| freezes(scene, ALICE), NOTHING);
}

#[test]
fn the_freezer_freezes_the_receiver() {
	row("the freezer freezes the receiver", ASSET, |scene| freezes(scene, BOB), NOTHING);
}

#[test]
fn the_freezer_freezes_the_contract() {
	row(
		"the freezer freezes the contract",
		ASSET,
		|scene| {
			opens(scene);
			freezes(scene, scene.at);
		},
		|scene| thaws(scene, scene.at),
	);
}

#[test]
fn the_freezer_blocks_the_payer() {
	row(
		"the freezer blocks the payer",
		ASSET,
		|scene| blocks(scene, ALICE),
		|scene| thaws(scene, ALICE),
	);
}

#[test]
fn the_freezer_blocks_the_receiver() {
	row(
		"the freezer blocks the receiver",
		ASSET,
		|scene| blocks(scene, BOB),
		|scene| thaws(scene, BOB),
	);
}

#[test]
fn the_freezer_blocks_the_contract() {
	row(
		"the freezer blocks the contract",
		ASSET,
		|scene| {
			opens(scene);
			blocks(scene, scene.at);
		},
		|scene| thaws(scene, scene.at),
	);
}

fn mints_again(scene: &mut Scene<'_>) {
	scene.can(CAROL, AssetsCall::mint { id: GOLD, beneficiary: scene.at, amount: 60 });
}

#[test]
fn the_issuer_burns_what_the_contract_has() {
	row(
		"the issuer burns what the contract has",
		ASSET,
		|scene| {
			let burnt =
				scene.does(signed(CAROL), AssetsCall::burn { id: GOLD, who: scene.at, amount: 60 });
			assert_eq!(burnt.is_ok(), scene.is_taken);
		},
		mints_again,
	);
}

#[test]
fn the_admin_takes_away_what_the_contract_has() {
	row(
		"the admin takes away what the contract has",
		ASSET,
		|scene| {
			let (source, dest) = (scene.at, CAROL);
			let taken = AssetsCall::force_transfer { id: GOLD, source, dest, amount: 60 };
			assert_eq!(scene.does(signed(CAROL), taken).is_ok(), scene.is_taken);
		},
		mints_again,
	);
}

#[test]
fn the_owner_hands_the_asset_on_to_others() {
	row(
		"the owner hands the asset on to others",
		ASSET,
		|scene| {
			let (issuer, admin, freezer) = (DAVE, DAVE, DAVE);
			scene.can(CAROL, AssetsCall::set_team { id: GOLD, issuer, admin, freezer });
			scene.can(CAROL, AssetsCall::transfer_ownership { id: GOLD, owner: DAVE });
			assert_eq!(scene.chain.run(|| Assets::owner(GOLD)), Some(DAVE));
		},
		NOTHING,
	);
}

#[test]
fn the_owner_lowers_the_least_amount() {
	row(
		"the owner lowers the least amount",
		ASSET,
		|scene| scene.can(CAROL, AssetsCall::set_min_balance { id: GOLD, min_balance: 1 }),
		NOTHING,
	);
}

/// More than there is in the contract.
fn raises_the_least(scene: &mut Scene<'_>) {
	scene.cannot(CAROL, AssetsCall::set_min_balance { id: GOLD, min_balance: 100 });
	is_governed(scene, 100, false);
}

fn is_governed(scene: &mut Scene<'_>, min_balance: Balance, is_sufficient: bool) {
	scene.root(AssetsCall::force_asset_status {
		id: GOLD,
		owner: CAROL,
		issuer: CAROL,
		admin: CAROL,
		freezer: CAROL,
		min_balance,
		is_sufficient,
		is_frozen: false,
	});
}

#[test]
fn the_asset_keeps_accounts_alive_and_the_receiver_leaves() {
	row(
		"the asset keeps accounts alive and the receiver leaves",
		ASSET,
		|scene| {
			scene.leaves(BOB);
			is_governed(scene, LEAST, true);
		},
		NOTHING,
	);
}

#[test]
fn the_asset_keeps_accounts_alive_and_the_payer_leaves() {
	row(
		"the asset keeps accounts alive and the payer leaves",
		ASSET,
		|scene| {
			scene.leaves(ALICE);
			is_governed(scene, LEAST, true);
		},
		NOTHING,
	);
}

#[test]
fn root_raises_the_least_amount_above_it() {
	row("root raises the least amount above it", ASSET, raises_the_least, NOTHING);
}

#[test]
fn root_raises_the_least_amount_and_the_receiver_has_nothing() {
	row(
		"root raises the least amount and the receiver has nothing",
		ASSET,
		|scene| {
			scene.spends_gold(BOB);
			raises_the_least(scene);
		},
		|scene| scene.can(CAROL, AssetsCall::mint { id: GOLD, beneficiary: BOB, amount: 100 }),
	);
}

fn begins_to_destroy(scene: &mut Scene<'_>) {
	scene.can(CAROL, AssetsCall::start_destroy { id: GOLD });
}

fn ends_to_destroy(scene: &mut Scene<'_>) {
	scene.can(DAVE, AssetsCall::destroy_accounts { id: GOLD });
	scene.can(DAVE, AssetsCall::finish_destroy { id: GOLD });
}

#[test]
fn the_owner_begins_to_destroy_the_asset() {
	row("the owner begins to destroy the asset", ASSET, begins_to_destroy, ends_to_destroy);
}

#[test]
fn the_owner_destroys_the_asset() {
	row(
		"the owner destroys the asset",
		ASSET,
		|scene| {
			begins_to_destroy(scene);
			ends_to_destroy(scene);
		},
		NOTHING,
	);
}
