//! What an asset's issuer and its holders can do while some of it is in an exchange.

use super::*;
use crate::{mock::AssetsHolder, Event, Resolution};
use frame_support::{
	assert_noop,
	traits::fungibles::{Inspect, InspectHold},
};

fn held(chain: &mut Chain, who: AccountId) -> Balance {
	chain.run(|| AssetsHolder::total_balance_on_hold(GOLD, &who))
}

#[test]
fn an_asset_that_does_not_exist_and_too_little_of_one_are_refused() {
	let mut world = stocked();
	for (id, amount, error) in
		[(99, 60, Error::UnknownAsset), (GOLD, LEAST - 1, Error::AmountTooSmall)]
	{
		let item = Item::Asset(AssetAmount { id, amount });
		let swap = exchange(&[item], &[Item::Token(40)], 20, 20);
		world.refuse_registration(&swap.delivery, error);
	}
}

#[test]
fn a_frozen_asset_is_not_registered_and_not_committed() {
	let swap = exchange(&[ASSET], &[Item::Token(40)], 8, 8);
	let mut world = stocked().registered(&swap);
	world.alpha.run(|| done(Assets::freeze_asset(signed(CAROL), GOLD)));
	let other = Exchange::of(ALPHA, [&[ASSET], &[ASSET]], 1, 20, 20);
	world.refuse_registration(&other.delivery, Error::InsufficientValue);
	let ids = [swap.delivery.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::LogCannotCommit);
}

#[test]
fn a_reversal_waits_for_a_frozen_asset() {
	is_jammed_until(
		one_sided(&[ASSET]),
		|alpha| alpha.run(|| done(Assets::freeze_asset(signed(CAROL), GOLD))),
		|alpha| alpha.run(|| done(Assets::thaw_asset(signed(CAROL), GOLD))),
	);
}

#[test]
fn a_reversal_waits_for_a_blocked_payer() {
	is_jammed_until(
		one_sided(&[ASSET]),
		|alpha| alpha.run(|| done(Assets::block(signed(CAROL), GOLD, ALICE))),
		|alpha| alpha.run(|| done(Assets::thaw(signed(CAROL), GOLD, ALICE))),
	);
}

/// To give an amount back, it must fit into the supply, from which a hold has not taken it away.
#[test]
fn a_reversal_waits_until_the_supply_has_room() {
	let room = Balance::MAX - STOCK - LEAST - 59;
	is_jammed_until(
		one_sided(&[ASSET]),
		|alpha| alpha.run(|| done(Assets::mint(signed(CAROL), GOLD, CAROL, room))),
		|alpha| alpha.run(|| done(Assets::burn(signed(CAROL), GOLD, CAROL, room))),
	);
}

#[test]
fn a_receiver_who_is_frozen_or_blocked_does_not_hold_up_a_reversal() {
	for restrict in [Assets::freeze, Assets::block] {
		let (mut world, swap) = one_sided(&[ASSET]);
		world.alpha.run(|| done(restrict(signed(CAROL), GOLD, BOB)));
		world.tell_alpha(&[swap.delivery.id()]).expect("it is not Bob's");
		assert_eq!(both(&mut world.alpha), both(&mut stocked().alpha));
	}
}

#[test]
fn a_blocked_receiver_gets_it_when_unblocked() {
	let swap = exchange(&[ASSET], &[Item::Token(40)], 20, 20);
	let mut world = stocked().registered(&swap).committed(&swap);
	let ids = [swap.delivery.id()];
	world.alpha.run(|| done(Assets::block(signed(CAROL), GOLD, BOB)));
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::ValueCannotMove);
	world.alpha.run(|| done(Assets::thaw(signed(CAROL), GOLD, BOB)));
	world.tell_alpha(&ids).expect("the payment is committed");
	assert_eq!(Free::of(&mut world.alpha, BOB).gold, LEAST + 60);
}

#[test]
fn one_that_is_jammed_does_not_hold_up_the_others() {
	let jammed = exchange(&[ASSET], &[Item::Token(40)], 10, 10);
	let other = Exchange::numbered(1, 10, 10);
	let mut world = stocked().registered(&jammed).registered(&other);
	let mut ids = [jammed.delivery.id(), other.delivery.id()];
	ids.sort();
	world.tell_alpha(&ids).expect("both are registered");
	world.advance_to(11);
	world.alpha.run(|| done(Assets::freeze_asset(signed(CAROL), GOLD)));
	world.tell_alpha(&ids).expect("one of them moves");
	assert_eq!(world.alpha.outcome(&other.delivery), Some(Outcome::Reversed));
	assert!(matches!(world.alpha.phase(&jammed.delivery), Some(Phase::Committed { .. })));
	assert_eq!(held(&mut world.alpha, BOB), 60);
}

#[test]
fn a_frozen_asset_expires_when_its_payer_or_root_says_so_afterwards() {
	let swap = exchange(&[ASSET], &[ASSET], 6, 6);
	let (peer, id) = (BETA, swap.delivery.id());
	let force = |resolution| Call::force_resolve { peer, id, resolution };
	for (who, call) in [
		(signed(ALICE), Call::cancel { peer, id }),
		(RuntimeOrigin::root(), force(Resolution::Unlock)),
		(RuntimeOrigin::root(), force(Resolution::Reverse)),
	] {
		let mut world = stocked();
		let before = both(&mut world.alpha);
		world.alpha.register(&swap.delivery).expect("it is Alice's");
		world.alpha.run(|| done(Assets::freeze_asset(signed(CAROL), GOLD)));
		world.alpha.advance_to(7);
		let not_moved =
			|event: &Event<Test>| matches!(event, Event::NotMoved { id: of, .. } if *of == id);
		assert!(world.alpha.events().iter().any(not_moved));
		world.alpha.advance_to(9);
		assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Registered));
		assert!(world.alpha.dispatch(who.clone(), call.clone()).is_err(), "frozen");
		world.alpha.run(|| done(Assets::thaw_asset(signed(CAROL), GOLD)));
		world.alpha.dispatch(who, call).expect("it has expired");
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
		assert_eq!(both(&mut world.alpha), before);
		world.alpha.assert_empty();
	}
}

#[test]
fn nobody_destroys_burns_or_spends_what_is_held() {
	let swap = exchange(&[ASSET], &[Item::Token(40)], 20, 20);
	let mut world = stocked().registered(&swap);
	let attempts = |chain: &mut Chain, who: AccountId| {
		let before = held(chain, who);
		assert_eq!(before, 60);
		chain.run(|| {
			let contains_holds = || pallet_assets::Error::<Test>::ContainsHolds;
			assert_noop!(Assets::start_destroy(signed(CAROL), GOLD), contains_holds());
			assert_noop!(Assets::refund(signed(who), GOLD, true), contains_holds());
			done(Assets::burn(signed(CAROL), GOLD, who, Balance::MAX));
			assert!(Assets::transfer(signed(who), GOLD, CAROL, LEAST).is_err(), "all else is gone");
			assert_eq!(AssetsHolder::total_balance(GOLD, &who), LEAST + 60);
		});
		assert_eq!(held(chain, who), before);
	};
	attempts(&mut world.alpha, ALICE);
	world.seal();
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	attempts(&mut world.alpha, BOB);
}

#[test]
fn a_payer_whose_account_of_the_asset_has_died_gets_it_back() {
	let (mut world, swap) = one_sided(&[ASSET]);
	world.alpha.run(|| {
		done(Assets::transfer(signed(ALICE), GOLD, CAROL, STOCK - 60));
		assert_eq!(pallet_assets::Account::<Test>::get(GOLD, ALICE), None);
		// The deposit keeps her other account alive, without which she could have no gold.
		let all = Balances::free_balance(ALICE);
		assert!(Balances::transfer_allow_death(signed(ALICE), CAROL, all).is_err());
	});
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment never came");
	assert_eq!(Free::of(&mut world.alpha, ALICE).gold, 60);
}

#[test]
fn a_receiver_without_an_account_of_the_asset_gets_one() {
	let swap = exchange(&[ASSET], &[Item::Token(40)], 20, 20);
	let mut world = stocked();
	world.alpha.run(|| done(Assets::transfer(signed(BOB), GOLD, CAROL, LEAST)));
	let mut world = world.registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	assert_eq!(Free::of(&mut world.alpha, BOB).gold, 60);
}
