//! Things of which there is one.

use super::*;
use frame_support::traits::tokens::nonfungibles_v2::Transfer;
use pallet_nfts::CollectionSetting;

/// Before it is taken, the payer offers it for sale, for another thing and to Dave; after that, she no longer
/// can, and none of it counts.
#[test]
fn the_payer_offers_the_thing_to_everybody() {
	row(
		"the payer offers the thing to everybody",
		NFT,
		|scene| {
			let offers: [NftsCall<Test>; 3] = [
				NftsCall::set_price {
					collection: 0,
					item: 1,
					price: Some(5),
					whitelisted_buyer: None,
				},
				NftsCall::approve_transfer {
					collection: 0,
					item: 1,
					delegate: DAVE,
					maybe_deadline: None,
				},
				NftsCall::create_swap {
					offered_collection: 0,
					offered_item: 1,
					desired_collection: 0,
					maybe_desired_item: Some(2),
					maybe_price: None,
					duration: 100,
				},
			];
			if !scene.is_taken {
				return offers.into_iter().for_each(|offer| scene.can(ALICE, offer));
			}
			offers.into_iter().for_each(|offer| scene.cannot(ALICE, offer));
			scene.cannot(DAVE, NftsCall::buy_item { collection: 0, item: 1, bid_price: 100 });
			for who in [ALICE, BOB, CAROL, DAVE] {
				scene.cannot(who, NftsCall::transfer { collection: 0, item: 1, dest: DAVE });
			}
			scene.cannot(
				ALICE,
				NftsCall::claim_swap {
					send_collection: 0,
					send_item: 2,
					receive_collection: 0,
					receive_item: 1,
					witness_price: None,
				},
			);
		},
		NOTHING,
	);
}

#[test]
fn the_payer_and_its_issuer_try_to_burn_the_thing() {
	row(
		"the payer and its issuer try to burn the thing",
		NFT,
		|scene| {
			let who = if scene.is_taken { &[ALICE, BOB, CAROL][..] } else { &[BOB, CAROL] };
			for who in who {
				scene.cannot(*who, NftsCall::burn { collection: 0, item: 1 });
			}
		},
		NOTHING,
	);
}

/// A thing needs no account of its owner.
#[test]
fn the_payer_of_a_thing_leaves() {
	row("the payer of a thing leaves", NFT, |scene| scene.leaves(ALICE), NOTHING);
}

#[test]
fn the_receiver_of_a_thing_leaves() {
	row("the receiver of a thing leaves", NFT, |scene| scene.leaves(BOB), NOTHING);
}

#[test]
fn the_freezer_locks_the_thing() {
	row(
		"the freezer locks the thing",
		NFT,
		|scene| scene.can(CAROL, NftsCall::lock_item_transfer { collection: 0, item: 1 }),
		|scene| scene.can(CAROL, NftsCall::unlock_item_transfer { collection: 0, item: 1 }),
	);
}

#[test]
fn the_freezer_locks_what_the_thing_says() {
	row(
		"the freezer locks what the thing says",
		NFT,
		|scene| {
			scene.can(
				CAROL,
				NftsCall::set_metadata {
					collection: 0,
					item: 1,
					data: b"gold".to_vec().try_into().unwrap(),
				},
			);
			scene.can(
				CAROL,
				NftsCall::lock_item_properties {
					collection: 0,
					item: 1,
					lock_metadata: true,
					lock_attributes: true,
				},
			);
		},
		NOTHING,
	);
}

#[test]
fn the_owner_locks_the_collection() {
	row(
		"the owner locks the collection",
		NFT,
		|scene| {
			let forbidden = CollectionSetting::TransferableItems.into();
			let lock_settings = CollectionSettings::from_disabled(forbidden);
			scene.can(CAROL, NftsCall::lock_collection { collection: 0, lock_settings });
		},
		|scene| {
			let config = collection_config();
			scene.root(NftsCall::force_collection_config { collection: 0, config });
		},
	);
}

#[test]
fn the_owner_hands_the_collection_on_to_others() {
	row(
		"the owner hands the collection on to others",
		NFT,
		|scene| {
			scene.can(DAVE, NftsCall::set_accept_ownership { maybe_collection: Some(0) });
			scene.can(CAROL, NftsCall::transfer_ownership { collection: 0, new_owner: DAVE });
			scene.can(
				DAVE,
				NftsCall::set_team {
					collection: 0,
					issuer: Some(DAVE),
					admin: Some(DAVE),
					freezer: Some(DAVE),
				},
			);
		},
		NOTHING,
	);
}

#[test]
fn the_owner_tries_to_destroy_the_collection() {
	row(
		"the owner tries to destroy the collection",
		NFT,
		|scene| {
			for item in 2..=3 {
				scene.can(ALICE, NftsCall::burn { collection: 0, item });
			}
			let details = scene.chain.run(|| pallet_nfts::Collection::<Test>::get(0));
			let witness = details.expect("it is there").destroy_witness();
			scene.cannot(CAROL, NftsCall::destroy { collection: 0, witness });
		},
		NOTHING,
	);
}

#[test]
fn something_else_locks_the_thing() {
	row(
		"something else locks the thing",
		NFT,
		|scene| scene.chain.run(|| done(<Nfts as Transfer<_>>::disable_transfer(&0, &1))),
		|scene| scene.chain.run(|| done(<Nfts as Transfer<_>>::enable_transfer(&0, &1))),
	);
}
