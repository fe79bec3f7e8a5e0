//! What the owner of a thing, and who rules over its collection, can do while it is in an exchange.

use super::*;
use frame_support::traits::tokens::nonfungibles_v2::Transfer;
use pallet_nfts::CollectionSetting;

type NftError = pallet_nfts::Error<Test>;

#[test]
fn a_thing_in_an_exchange_is_not_sold_swapped_given_away_or_burned() {
	let swap = exchange(&[NFT], &[Item::Token(40)], 20, 20);
	let mut world = stocked();
	// Before the exchange, Alice offers it and allows Carol to take it.
	world.alpha.run(|| {
		done(Nfts::set_price(signed(ALICE), 0, 1, Some(5), None));
		done(Nfts::approve_transfer(signed(ALICE), 0, 1, CAROL, None));
		done(Nfts::create_swap(signed(ALICE), 0, 1, 0, Some(2), None, 100));
	});
	let attempts = |chain: &mut Chain, who: AccountId| {
		chain.run(|| {
			assert_noop!(Nfts::transfer(signed(who), 0, 1, CAROL), NftError::NoPermission);
			assert_noop!(Nfts::burn(signed(who), 0, 1), NftError::NoPermission);
			assert!(Nfts::buy_item(signed(CAROL), 0, 1, 1_000).is_err());
			assert!(Nfts::claim_swap(signed(ALICE), 0, 2, 0, 1, None).is_err());
			assert!(Nfts::transfer(signed(CAROL), 0, 1, CAROL).is_err());
			assert!(Nfts::owner(0, 1).is_some_and(|owner| ![ALICE, BOB, CAROL].contains(&owner)));
		});
	};
	let mut world = world.registered(&swap);
	attempts(&mut world.alpha, ALICE);
	let mut world = world.committed(&swap);
	attempts(&mut world.alpha, BOB);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	world.alpha.run(|| {
		// What Alice has allowed does not count for Bob's thing.
		assert!(Nfts::buy_item(signed(CAROL), 0, 1, 1_000).is_err());
		assert!(Nfts::transfer(signed(CAROL), 0, 1, CAROL).is_err());
		done(Nfts::transfer(signed(BOB), 0, 1, CAROL));
	});
}

#[test]
fn a_thing_that_something_else_keeps_is_refused() {
	let mut world = stocked();
	world.alpha.run(|| done(<Nfts as Transfer<_>>::disable_transfer(&0, &1)));
	let swap = exchange(&[NFT], &[Item::Token(40)], 20, 20);
	world.refuse_registration(&swap.delivery, Error::NotTransferable);
}

#[test]
fn a_thing_of_a_collection_without_transfers_is_refused() {
	let mut world = stocked();
	let settings = CollectionSettings::from_disabled(CollectionSetting::TransferableItems.into());
	world.alpha.run(|| done(Nfts::lock_collection(signed(CAROL), 0, settings)));
	let swap = exchange(&[NFT], &[Item::Token(40)], 20, 20);
	world.refuse_registration(&swap.delivery, Error::NotTransferable);
}
