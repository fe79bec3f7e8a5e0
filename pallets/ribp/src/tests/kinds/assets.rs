//! What an asset's issuer and its holders can do while some of it is in an exchange.

use super::*;
use crate::mock::{Ribp, System};
use frame_support::storage::with_storage_layer;
use sp_runtime::{DispatchResult, TokenError};

/// What a contract has taken of gold.
fn taken(chain: &mut Chain, swap: &Exchange) -> Balance {
	chain.run(|| Assets::balance(GOLD, Ribp::account_of(swap.delivery.id())))
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
fn a_frozen_asset_is_not_taken() {
	let mut world = stocked();
	world.alpha.run(|| done(Assets::freeze_asset(signed(CAROL), GOLD)));
	let swap = exchange(&[ASSET], &[Item::Token(40)], 20, 20);
	world.refuse_registration(&swap.delivery, Error::InsufficientValue);
}

#[test]
fn a_receiver_who_is_blocked_is_refused() {
	let mut world = stocked();
	world.alpha.run(|| done(Assets::block(signed(CAROL), GOLD, BOB)));
	let swap = exchange(&[ASSET], &[Item::Token(40)], 20, 20);
	let refused = world.alpha.register(&swap.delivery);
	assert_eq!(refused, Err(TokenError::Blocked.into()));
}

/// The payer would have a free option: to commit, or not, once the other leg stands.
#[test]
fn nobody_hinders_the_commit_of_what_is_taken() {
	let swap = exchange(&[ASSET], &[Item::Token(40)], 20, 20);
	let mut world = stocked().registered(&swap);
	world.alpha.run(|| {
		done(Assets::freeze_asset(signed(CAROL), GOLD));
		done(Assets::block(signed(CAROL), GOLD, ALICE));
	});
	let mut world = world.committed(&swap);
	world.alpha.run(|| done(Assets::thaw_asset(signed(CAROL), GOLD)));
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	assert_eq!(Free::of(&mut world.alpha, BOB).gold, LEAST + 60);
}

/// Whatever has become of the peer meanwhile.
#[test]
fn a_blocked_receiver_names_another_account_and_nobody_else_does() {
	let swap = exchange(&[ASSET], &[Item::Token(40)], 20, 20);
	let mut world = stocked().registered(&swap).committed(&swap);
	let ids = [swap.delivery.id()];
	world.alpha.run(|| done(Assets::block(signed(CAROL), GOLD, BOB)));
	world.tell_alpha(&ids).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	let debt = (ids[0], 0);
	let pause = Call::pause { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause).expect("it is active");
	for (who, to, error) in [
		(CAROL, Some(CAROL), Error::OwedToAnother),
		(ALICE, Some(BOB), Error::OwedToAnother),
		(BOB, Some(Ribp::account()), Error::PalletsAccount),
		(BOB, Some(Ribp::account_of(ids[0])), Error::PalletsAccount),
		(BOB, Some(NOBODY), Error::ValueCannotMove),
		(BOB, None, Error::ValueCannotMove),
	] {
		refuse_claim(&mut world.alpha, who, claim(debt, to), error);
	}
	let before = Free::of(&mut world.alpha, CAROL).gold;
	world.alpha.dispatch(signed(BOB), claim(debt, Some(CAROL))).expect("it is Bob's to say");
	assert_eq!(Free::of(&mut world.alpha, CAROL).gold, before + 60);
	assert_eq!((world.alpha.owed(), taken(&mut world.alpha, &swap)), (vec![], 0));
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
	world.tell_alpha(&ids).expect("both end");
	for swap in [&jammed, &other] {
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	}
	assert_eq!(world.alpha.owed(), [(jammed.delivery.id(), 0)]);
	assert_eq!(taken(&mut world.alpha, &jammed), 60);
}

/// An asset that its issuer freezes must not fill the list: what is owed outlives the leg.
#[test]
fn a_frozen_asset_expires_and_is_owed() {
	let swap = exchange(&[ASSET], &[ASSET], 6, 6);
	let mut world = stocked();
	let before = both(&mut world.alpha);
	world.alpha.register(&swap.delivery).expect("it is Alice's");
	world.alpha.run(|| done(Assets::freeze_asset(signed(CAROL), GOLD)));
	world.alpha.advance_to(7);
	world.alpha.conclude_half(&swap.delivery).expect("its expiry has passed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
	world.sweep();
	assert_eq!(world.alpha.leg(&swap.delivery), None);
	let debt = (swap.delivery.id(), 0);
	refuse_claim(&mut world.alpha, ALICE, claim(debt, None), Error::ValueCannotMove);
	world.alpha.run(|| done(Assets::thaw_asset(signed(CAROL), GOLD)));
	world.alpha.dispatch(signed(CAROL), claim(debt, None)).expect("it can move again");
	assert_eq!(both(&mut world.alpha), before);
	world.alpha.assert_empty();
}

/// Calls something within so many others.
fn nested(depth: u32, call: &dyn Fn() -> DispatchResult) -> DispatchResult {
	match depth {
		0 => call(),
		_ => with_storage_layer(|| nested(depth - 1, call)),
	}
}

/// Anybody can bring evidence within so many calls of calls that nothing can be tried any more: what is not
/// tried is not owed.
#[test]
fn whoever_nests_calls_has_nothing_owed() {
	let mut refused = 0;
	for depth in 240..256 {
		let (mut world, swap) = one_sided(&[ASSET]);
		let ids = [swap.delivery.id()];
		let evidence = world.evidence(&ids);
		let call = RuntimeCall::from(world.alpha.submission(BETA, evidence, &ids));
		let dispatch = || {
			let done = call.clone().dispatch(signed(CAROL));
			done.map(drop).map_err(|refused| refused.error)
		};
		let done = world.alpha.run(|| nested(depth, &dispatch));
		assert_eq!(world.alpha.owed(), [], "{depth}");
		let reversed = world.alpha.outcome(&swap.delivery) == Some(Outcome::Reversed);
		assert_eq!(reversed, done.is_ok(), "{depth}");
		refused += u32::from(done.is_err());
	}
	assert!((1..16).contains(&refused), "{refused} are too many calls");
}

fn destroy(chain: &mut Chain) {
	chain.run(|| {
		done(Assets::start_destroy(signed(CAROL), GOLD));
		done(Assets::destroy_accounts(signed(CAROL), GOLD));
		done(Assets::finish_destroy(signed(CAROL), GOLD));
	});
}

/// Who takes an asset trusts its issuer; but nobody else waits for that.
#[test]
fn an_asset_that_its_issuer_destroys_is_written_off() {
	let (mut world, swap) = one_sided(&[ASSET, NFT]);
	destroy(&mut world.alpha);
	let id = swap.delivery.id();
	world.tell_alpha(&[id]).expect("the payment never came");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	assert!(world.alpha.events().contains(&Event::WrittenOff { id, index: 0 }));
	assert_eq!(Free::of(&mut world.alpha, ALICE).things.len(), 3);
	assert_eq!(world.alpha.owed(), []);
	let at = world.alpha.run(|| Ribp::account_of(id));
	assert!(!world.alpha.run(|| System::account_exists(&at)), "nothing is left of its account");
}

/// Else Eve would be paid, for what she has owed to herself in an asset of her own, by those who exchange one
/// that somebody else issues under the same id.
#[test]
fn what_is_owed_of_a_destroyed_asset_is_not_paid_by_another_of_the_same_id() {
	let eves = exchange(&[ASSET], &[ASSET], 6, 6);
	let mut world = stocked();
	world.alpha.register(&eves.delivery).expect("it is hers");
	world.alpha.run(|| done(Assets::freeze_asset(signed(CAROL), GOLD)));
	world.alpha.advance_to(7);
	world.alpha.conclude_half(&eves.delivery).expect("its expiry has passed");
	assert_eq!(world.alpha.owed().len(), 1);
	destroy(&mut world.alpha);
	world.alpha.run(|| {
		done(Assets::force_create(RuntimeOrigin::root(), GOLD, CAROL, false, LEAST));
		done(Assets::mint(signed(CAROL), GOLD, BOB, STOCK));
	});
	let honest = Exchange::of(ALPHA, [&[ASSET], &[ASSET]], 1, 20, 20).delivery;
	let log = crate::Log { action: transfer(BOB, ALICE, &[ASSET]), ..honest.log.clone() };
	let honest = honest.with_log(log);
	world.alpha.register(&honest).expect("it is Bob's");
	let debt = (eves.delivery.id(), 0);
	refuse_claim(&mut world.alpha, ALICE, claim(debt, None), Error::ValueCannotMove);
}

/// Junk that keeps no account alive, sent where a contract's asset is to go, takes the places that an account
/// has for such: but whose account is next is a hash that nobody knows before.
#[test]
fn nobody_fills_the_accounts_of_contracts_beforehand() {
	let swap = exchange(&[ASSET], &[Item::Token(40)], 20, 20);
	let mut world = stocked();
	let [at, pallets] = world.alpha.run(|| [Ribp::account_of(swap.delivery.id()), Ribp::account()]);
	assert_ne!(at, pallets);
	let other = Exchange::of(ALPHA, [&[ASSET], &[Item::Token(40)]], 1, 20, 20);
	assert_ne!(world.alpha.run(|| Ribp::account_of(other.delivery.id())), at);
	world.alpha.run(|| {
		done(Balances::transfer_allow_death(signed(CAROL), at, 100));
		for id in 100..100 + 16 {
			done(Assets::force_create(RuntimeOrigin::root(), id, CAROL, false, 1));
			let _is_full = Assets::mint(signed(CAROL), id, at, 1);
		}
	});
	assert!(world.alpha.register(&swap.delivery).is_err(), "its account is full");
	world.alpha.register(&other.delivery).expect("another reference has another account");
}

/// The supply is near its limit: what is taken from one account may never get to the other.
#[test]
fn what_does_not_arrive_is_not_taken() {
	let mut world = stocked();
	let amount = Balance::MAX / 2 + 1;
	world.alpha.run(|| done(Assets::mint(signed(CAROL), GOLD, ALICE, amount)));
	let item = Item::Asset(AssetAmount { id: GOLD, amount });
	let swap = exchange(&[item], &[Item::Token(40)], 20, 20);
	world.refuse_registration(&swap.delivery, Error::ValueCannotMove);
}

/// What others send the contract's account would be lost, where it is too little for an account to have.
#[test]
fn what_is_too_little_to_stay_goes_along() {
	for (extra, comes) in [(1, 61), (LEAST - 1, 60 + LEAST - 1), (LEAST, 60)] {
		let (mut world, swap) = one_sided(&[ASSET]);
		let at = world.alpha.run(|| Ribp::account_of(swap.id()));
		world.alpha.run(|| {
			done(Assets::mint(signed(CAROL), GOLD, CAROL, STOCK));
			done(Assets::transfer(signed(CAROL), GOLD, at, extra));
		});
		world.tell_alpha(&[swap.id()]).expect("the payment never came");
		assert_eq!(Free::of(&mut world.alpha, ALICE).gold, STOCK - 60 + comes);
		world.alpha.run(|| {
			let all = [ALICE, BOB, CAROL, at].map(|who| Assets::balance(GOLD, who));
			assert_eq!(all.iter().sum::<Balance>(), Assets::total_supply(GOLD), "none is lost");
		});
	}
}

/// It takes another reference to the contract's account, and leaves none.
#[test]
fn an_asset_that_keeps_accounts_alive_is_exchanged_as_any_other() {
	let swap = exchange(&[ASSET, Item::Token(30)], &[Item::Token(40)], 20, 20);
	let mut world = stocked();
	world.alpha.run(|| {
		let (root, team) = (RuntimeOrigin::root(), CAROL);
		done(Assets::force_asset_status(root, GOLD, team, team, team, team, LEAST, true, false));
	});
	let before = both(&mut world.alpha);
	let mut world = world.registered(&swap).committed(&swap);
	let at = world.alpha.run(|| Ribp::account_of(swap.id()));
	assert!(world.alpha.run(|| System::account_exists(&at)));
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(both(&mut world.alpha), after(&before, &[ASSET, Item::Token(30)], 0));
	assert!(!world.alpha.run(|| System::account_exists(&at)));
}
