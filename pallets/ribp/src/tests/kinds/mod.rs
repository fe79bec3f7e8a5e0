//! Everything that can be exchanged, for everything else.

mod anybody;
mod assets;
mod batches;
mod bundles;
mod nfts;
mod table;

use super::{chain::*, world::*};
use crate::{
	mock::{
		titles::Register, AccountId, Assets, Balance, Balances, Item, Nfts, RuntimeCall,
		RuntimeOrigin, Test,
	},
	AssetAmount, Call, ContractId, Error, Event, Nft, Outcome, Stage,
};
use core::{fmt::Debug, slice::from_ref};
use frame_support::assert_noop;
use pallet_nfts::{CollectionConfig, CollectionSettings, ItemConfig, MintSettings};
use sp_runtime::traits::Dispatchable;
use std::collections::BTreeSet;

const GOLD: u32 = 7;
/// On either chain, whoever owns things there has as much.
const STOCK: Balance = 500;
/// What an account must have of an asset to have any.
const LEAST: Balance = 10;

const ASSET: Item = Item::Asset(AssetAmount { id: GOLD, amount: 60 });
const NFT: Item = Item::Nft(Nft { collection: 0, item: 1 });
const TITLE: Item = Item::Title(4);

/// One item of each kind.
const KINDS: [Item; 4] = [Item::Token(100), ASSET, NFT, TITLE];

/// What an account may do with as it likes.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Free {
	tokens: Balance,
	gold: Balance,
	things: BTreeSet<(u32, u32)>,
	titles: BTreeSet<u32>,
}

impl Free {
	fn of(chain: &mut Chain, who: AccountId) -> Self {
		let tokens = chain.free(who);
		let is_free = |(collection, item): &(u32, u32)| {
			use frame_support::traits::tokens::nonfungibles_v2::Inspect;
			Nfts::can_transfer(collection, item)
		};
		chain.run(|| Self {
			tokens,
			gold: Assets::balance(GOLD, who),
			things: pallet_nfts::Account::<Test>::iter_key_prefix((who,)).filter(is_free).collect(),
			titles: Register::iter()
				.filter(|(_, owner)| *owner == who)
				.map(|(title, _)| title)
				.collect(),
		})
	}

	/// With another item, or without one.
	fn change(mut self, item: &Item, comes: bool) -> Self {
		fn put<Thing: Ord>(things: &mut BTreeSet<Thing>, thing: Thing, comes: bool) {
			let changes = if comes { things.insert(thing) } else { things.remove(&thing) };
			assert!(changes);
		}
		let change = |balance: &mut Balance, amount: Balance| match comes {
			true => *balance += amount,
			false => *balance -= amount,
		};
		match item {
			Item::Token(amount) => change(&mut self.tokens, *amount),
			Item::Asset(asset) => change(&mut self.gold, asset.amount),
			Item::Nft(nft) => put(&mut self.things, (nft.collection, nft.item), comes),
			Item::Title(title) => put(&mut self.titles, *title, comes),
		}
		self
	}
}

/// Asserts that somebody could do something.
#[track_caller]
fn done<What: Debug, Error: Debug>(result: Result<What, Error>) {
	result.expect("it can be done");
}

fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn collection_config() -> CollectionConfig<Balance, u32, u32> {
	CollectionConfig {
		settings: CollectionSettings::all_enabled(),
		max_supply: None,
		mint_settings: MintSettings::default(),
	}
}

/// Issues, by Carol, gold, things 1 to 3 of collection 0 and titles 4 to 6, all for `owner`. The
/// other party has as much gold as keeps an account alive.
fn issue(chain: &mut Chain, owner: AccountId, other: AccountId) {
	chain.run(|| {
		done(Assets::force_create(RuntimeOrigin::root(), GOLD, CAROL, false, LEAST));
		done(Assets::mint(signed(CAROL), GOLD, owner, STOCK));
		done(Assets::mint(signed(CAROL), GOLD, other, LEAST));
		done(Nfts::force_create(RuntimeOrigin::root(), CAROL, collection_config()));
		for item in 1..=3 {
			let config = ItemConfig::default();
			done(Nfts::force_mint(signed(CAROL), 0, item, owner, config));
		}
		for title in 4..=6 {
			Register::insert(title, owner);
		}
	});
}

/// Two chains on which Alice and Bob have something of everything.
fn stocked() -> World {
	let mut world = World::new();
	issue(&mut world.alpha, ALICE, BOB);
	issue(&mut world.beta, BOB, ALICE);
	world
}

fn exchange(delivery: &[Item], payment: &[Item], h1: u32, h2: u32) -> Exchange {
	Exchange::of(ALPHA, [delivery, payment], 0, h1, h2)
}

/// What Alice and Bob have on a chain.
fn both(chain: &mut Chain) -> [Free; 2] {
	[ALICE, BOB].map(|who| Free::of(chain, who))
}

fn after(before: &[Free; 2], items: &[Item], payer: usize) -> [Free; 2] {
	let mut after = before.clone();
	for item in items {
		after[payer] = after[payer].clone().change(item, false);
		after[1 - payer] = after[1 - payer].clone().change(item, true);
	}
	after
}

/// Lets an exchange settle, and asserts that its items have changed hands, and nothing else has.
#[track_caller]
fn settles(delivery: &[Item], payment: &[Item]) {
	let mut world = stocked();
	let [on_alpha, on_beta] = [both(&mut world.alpha), both(&mut world.beta)];
	let swap = exchange(delivery, payment, 20, 20);
	let mut world = world.registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	world.tell_beta(&[swap.payment.id()]).expect("the delivery is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
	assert_eq!(both(&mut world.alpha), after(&on_alpha, delivery, 0));
	assert_eq!(both(&mut world.beta), after(&on_beta, payment, 1));
}

/// A world in which alpha has committed the delivery, and beta has let the payment's expiry pass.
fn one_sided(delivery: &[Item]) -> (World, Exchange) {
	let swap = exchange(delivery, &[Item::Token(40)], 10, 10);
	let mut world = stocked().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	world.advance_to(11);
	(world, swap)
}

/// Lets an exchange be undone, and asserts that nothing has changed hands.
#[track_caller]
fn is_undone(delivery: &[Item]) {
	let before = both(&mut stocked().alpha);
	let (mut world, swap) = one_sided(delivery);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment never came");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	assert_eq!(both(&mut world.alpha), before);
}

#[test]
fn every_kind_is_exchanged_for_every_kind() {
	for delivery in &KINDS {
		for payment in &KINDS {
			settles(from_ref(delivery), from_ref(payment));
		}
	}
}

#[test]
fn every_kind_goes_back_when_the_exchange_is_undone() {
	for delivery in &KINDS {
		is_undone(from_ref(delivery));
	}
}

#[test]
fn every_kind_is_free_again_after_expiry_and_cancellation() {
	for item in &KINDS {
		let swap = exchange(from_ref(item), from_ref(item), 6, 6);
		let mut world = stocked();
		let before = both(&mut world.alpha);
		world.alpha.register(&swap.delivery).expect("it is Alice's");
		assert_eq!(both(&mut world.alpha)[0], before[0].clone().change(item, false), "taken");
		world.alpha.advance_to(7);
		world.alpha.conclude_half(&swap.delivery).expect("its expiry has passed");
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
		assert_eq!(both(&mut world.alpha), before);

		let again = exchange(from_ref(item), from_ref(item), 20, 20);
		world.alpha.register(&again.delivery).expect("it is Alice's again");
		world.alpha.cancel(&again.delivery).expect("it is registered");
		assert_eq!(both(&mut world.alpha)[0], before[0].clone().change(item, false), "taken");
		world.alpha.advance_to(21);
		world.alpha.conclude_half(&again.delivery).expect("its expiry has passed");
		assert_eq!(world.alpha.outcome(&again.delivery), Some(Outcome::Cancelled));
		assert_eq!(both(&mut world.alpha), before);
		world.sweep();
		world.alpha.assert_empty();
	}
}

#[test]
fn what_somebody_does_not_have_is_not_registered() {
	let mut world = stocked();
	let foreign = [
		Item::Asset(AssetAmount { id: GOLD, amount: STOCK - LEAST + 1 }),
		Item::Nft(Nft { collection: 0, item: 9 }),
	];
	for item in foreign {
		let swap = exchange(&[item], &[Item::Token(40)], 20, 20);
		world.refuse_registration(&swap.delivery, Error::InsufficientValue);
	}
	world.alpha.run(|| done(Nfts::transfer(signed(ALICE), 0, 1, CAROL)));
	let swap = exchange(&[NFT], &[Item::Token(40)], 20, 20);
	world.refuse_registration(&swap.delivery, Error::InsufficientValue);
	let swap = exchange(&[Item::Title(99)], &[Item::Token(40)], 20, 20);
	assert!(world.alpha.register(&swap.delivery).is_err(), "no such land");
}

fn claim((id, index): (ContractId, u32), to: Option<AccountId>) -> Call<Test> {
	Call::claim { id, index, to }
}

#[track_caller]
fn refuse_claim(chain: &mut Chain, who: AccountId, call: Call<Test>, error: Error<Test>) {
	chain.run(|| {
		assert_noop!(RuntimeCall::from(call).dispatch(signed(who)), error);
	});
}

/// Asserts that an exchange is undone although something is jammed, that what is jammed is owed to Alice as
/// long as it is, and that anybody has it paid then.
#[track_caller]
fn is_owed_until(
	(mut world, swap): (World, Exchange),
	jammed: &[u32],
	jam: impl FnOnce(&mut Chain),
	undo: impl FnOnce(&mut Chain),
) {
	let id = swap.delivery.id();
	jam(&mut world.alpha);
	world.tell_alpha(&[id]).expect("the payment never came");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	let owed: Vec<_> = jammed.iter().map(|index| (id, *index)).collect();
	for index in jammed {
		let is_it = |event: &Event<Test>| matches!(event, Event::Owed { id: of, index: at, to: ALICE, .. } if (*of, at) == (id, index));
		assert!(world.alpha.events().iter().any(is_it));
	}
	let mut found = world.alpha.owed();
	found.sort();
	assert_eq!(found, owed);
	world.seal();
	for debt in &owed {
		refuse_claim(&mut world.alpha, CAROL, claim(*debt, None), Error::ValueCannotMove);
	}
	undo(&mut world.alpha);
	for debt in owed {
		world.alpha.dispatch(signed(CAROL), claim(debt, None)).expect("it can move again");
		let (id, index) = debt;
		assert!(world.alpha.events().contains(&Event::Claimed { id, index, to: ALICE }));
		refuse_claim(&mut world.alpha, CAROL, claim(debt, None), Error::NothingOwed);
	}
	assert_eq!(both(&mut world.alpha), both(&mut stocked().alpha));
}
