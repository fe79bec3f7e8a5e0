//! Registrations without end: whose exchanges they delay, and what they cost.

use super::{chain::*, worker::*, world::*};
use crate::{
	contracts::entry::size,
	mock::{
		Balance, Balances, Item, MaxEntries, RegistrationFee, Ribp, RuntimeOrigin, StorageRent,
		Test, EXISTENTIAL_DEPOSIT, MIN_NOTICE, RETENTION,
	},
	Call, Commit, Corridors, Epoch, EpochSet, Error, Height, Lane, OpenHere, OpenLegs, Outcome,
	Registration, Stage, EPOCH_BLOCKS,
};
use frame_support::traits::fungible::Mutate;
use sp_core::H256;

/// An exchange of the smallest amount, with a reference of its own.
fn small(number: u64, h1: Height, h2: Height) -> Half {
	let half = Exchange::until(h1, h2).delivery.with_action(ALICE, BOB, EXISTENTIAL_DEPOSIT);
	half.with_contract(|contract| contract.reference = H256::from_low_u64_be(number))
}

/// Deliveries that nobody on the other chain answers.
fn junk(count: u64) -> impl Iterator<Item = Half> {
	(1..=count).map(|number| small(number, 60, 60))
}

#[test]
fn a_flood_of_registrations_does_not_delay_the_exchanges_of_others() {
	let mut world = World::new();
	// Value from nowhere pays for the flood.
	world.alpha.corrupt(|| Balances::mint_into(&ALICE, 100_000).map(drop).expect("it fits"));
	for half in junk(500) {
		world.alpha.register(&half).expect("she can pay for it");
	}
	// The last in the list.
	let swaps = (1..=20).map(|number| Exchange::numbered(number, 60, 60));
	let swap = swaps.max_by_key(|swap| swap.id()).expect("there are some");
	let mut world = world.registered(&swap);
	alpha_works(&mut world, &alphas_worker());
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
}

const FEE: Balance = 30;

/// A world in which registrations on alpha cost the fee, and more when few of four places are left.
fn with_fee() -> World {
	let mut world = World::new();
	world.alpha.run(|| {
		RegistrationFee::set(&FEE);
		MaxEntries::set(&4);
	});
	world
}

/// What the places cost, one after the other.
const PRICES: [Balance; 4] = [FEE, FEE * 4 / 3, FEE * 2, FEE * 4];

/// What a registration costs, besides the value that it takes. All of it is the treasury's.
#[track_caller]
fn price(alpha: &mut Chain, half: &Half) -> Balance {
	let (payers, treasurys, taken) = (alpha.free(ALICE), alpha.free(CAROL), alpha.taken());
	alpha.register(half).expect("she can pay for it");
	let price = alpha.free(CAROL) - treasurys;
	assert_eq!(payers - alpha.free(ALICE), alpha.taken() - taken + price);
	price
}

#[test]
fn a_registration_costs_the_fee_which_goes_where_it_should() {
	let mut world = with_fee();
	let swap = Exchange::until(60, 60);
	world.alpha.register(&swap.delivery).expect("she can pay for it");
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT - 100 - FEE);
	assert_eq!(world.alpha.free(CAROL), ENDOWMENT + FEE);
}

#[test]
fn the_fee_is_not_returned_however_a_contract_ends() {
	let settles = Exchange::numbered(1, 60, 60);
	let reverses = Exchange::numbered(2, 60, 20).delivery.firm();
	let expires = Exchange::numbered(3, 10, 60).delivery;
	let cancelled = Exchange::numbered(4, 12, 60).delivery;
	let mut world = with_fee().registered(&settles).committed(&settles);
	for half in [&reverses, &expires, &cancelled] {
		world.alpha.register(half).expect("she can pay for it");
	}
	world.alpha.cancel(&cancelled).expect("it is hers");
	world.tell_alpha(&[settles.id()]).expect("the payment is committed");
	world.tell_beta(&[settles.id()]).expect("the delivery is committed");
	world.advance_to(21);
	world.tell_alpha(&[reverses.id()]).expect("there is no payment");
	for half in [&expires, &cancelled] {
		world.alpha.conclude_half(half).expect("its expiry has passed");
	}
	let outcomes = [&settles.delivery, &reverses, &expires, &cancelled];
	let outcomes = outcomes.map(|half| world.alpha.outcome(half).expect("it has ended"));
	use Outcome::*;
	assert_eq!(outcomes, [Settled, Reversed, Expired, Cancelled]);
	world.sweep();
	world.alpha.assert_empty();
	let paid: Balance = PRICES.iter().sum();
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT - 100 - paid);
	assert_eq!(world.alpha.free(CAROL), ENDOWMENT + paid);
}

#[test]
fn a_payer_without_the_fee_is_refused() {
	let mut world = with_fee();
	let half = Exchange::until(60, 60).delivery;
	let most = ENDOWMENT - EXISTENTIAL_DEPOSIT - FEE;
	let more = half.with_action(ALICE, BOB, most + 1);
	world.refuse_registration(&more, Error::InsufficientValue);
	world.alpha.run(|| RegistrationFee::set(&(ENDOWMENT - EXISTENTIAL_DEPOSIT + 1)));
	world.refuse_registration(&half, Error::InsufficientFee);
	world.alpha.run(|| RegistrationFee::set(&FEE));
	let all = half.with_action(ALICE, BOB, most);
	world.alpha.register(&all).expect("an account may give all but its existence and the fee");
}

/// What a storage unit costs in one block: enough to tell blocks and items apart.
const RENT: Balance = 1 << 12;

fn with_rent(rent: Balance) -> World {
	let mut world = World::new();
	world.alpha.run(|| StorageRent::set(&rent));
	world
}

/// What it costs to register a contract of so many items, in a world in which nothing else is.
fn rent(rent: Balance, items: usize, h1: Height, h2: Height) -> Balance {
	let mut world = with_rent(rent);
	let items = vec![Item::Token(EXISTENTIAL_DEPOSIT); items];
	let swap = Exchange::of(ALPHA, [&items, &[Item::Token(40)]], 0, h1, h2);
	price(&mut world.alpha, &swap.delivery)
}

#[test]
fn the_rent_is_for_what_a_contract_occupies_until_it_is_swept() {
	// From block 2 on, up to the end of an epoch, and for the retention.
	let blocks = 60 - 2 + EPOCH_BLOCKS + RETENTION;
	for items in 1..=3 {
		let due = RENT * Balance::from(size::<Test>(items)) * Balance::from(blocks);
		assert_eq!(rent(RENT, items as usize, 60, 50), due / (1 << 20));
	}
	assert_eq!(rent(0, 3, 60, 50), 0);
}

#[test]
fn more_items_cost_more() {
	let [one, two, three] = [1, 2, 3].map(|items| rent(RENT, items, 60, 60));
	assert!(one < two && two < three, "{one}, {two}, {three}");
	assert!((three - two).abs_diff(two - one) <= 1, "each as much");
}

/// The leg is there until both are over.
#[test]
fn a_longer_life_costs_more_by_whichever_leg_is_longer() {
	let costs = |h1, h2| rent(RENT, 1, h1, h2);
	// Beta's block 1 is known in alpha's block 2.
	assert_eq!(costs(61, 60), costs(20, 60));
	assert_eq!(costs(61, 60), costs(61, 20));
	assert!(costs(61, 60) < costs(62, 60));
	assert!(costs(61, 60) < costs(61, 61));
	assert!(costs(4, 2) > 0, "it is kept for a while");
}

#[test]
fn a_contract_that_lasts_as_long_costs_as_much_at_any_time() {
	let early = rent(RENT, 1, 62, 21);
	let mut world = with_rent(RENT).at(22);
	world.tell_alpha(&[]).expect("it is a step");
	assert_eq!(price(&mut world.alpha, &small(1, 82, 41)), early);
}

#[test]
fn the_fuller_the_list_the_more_a_place_costs() {
	let mut world = with_fee();
	let prices: Vec<_> = junk(4).map(|half| price(&mut world.alpha, &half)).collect();
	assert_eq!(prices, PRICES);
	world.refuse_registration(&small(5, 60, 60), Error::TooManyEntries);
	let of_bob = small(5, 60, 60).with_action(BOB, ALICE, EXISTENTIAL_DEPOSIT);
	world.refuse_registration(&of_bob, Error::TooManyEntries);
}

#[test]
fn rent_rises_with_the_fee() {
	let empty = rent(RENT, 1, 60, 60);
	let mut world = with_rent(RENT);
	world.alpha.run(|| MaxEntries::set(&2));
	let [first, second] = [1, 2].map(|number| price(&mut world.alpha, &small(number, 60, 60)));
	assert_eq!((first, second), (empty, 2 * empty));
}

/// Each peer has a list of its own.
#[test]
fn what_is_registered_with_one_system_costs_nothing_with_another() {
	let mut world = with_fee();
	let mut twin = Chain::new(TWIN, Voters::new(0, &BETA_VOTERS));
	twin.seal();
	world.alpha.knows(&twin);
	for half in junk(3) {
		world.alpha.register(&half).expect("she can pay for it");
	}
	let with_twin = small(4, 60, 60).with_peer_leg(|leg| leg.system = TWIN);
	assert_eq!(price(&mut world.alpha, &with_twin), FEE);
}

#[test]
fn what_has_ended_and_is_not_swept_occupies_its_place() {
	let mut world = with_fee();
	for (number, due) in (1..).zip(PRICES) {
		let (h1, h2) = (world.alpha.now() + 2, world.alpha.now() + 2);
		let half = small(number, h1, h2);
		assert_eq!(price(&mut world.alpha, &half), due);
		world.advance_to(h1 + 1);
		world.alpha.conclude_half(&half).expect("its expiry has passed");
	}
	assert_eq!(world.alpha.open(BETA), []);
	let now = world.alpha.now();
	world.refuse_registration(&small(5, now + 2, now + 2), Error::TooManyEntries);
	world.sweep();
	let now = world.alpha.now();
	assert_eq!(price(&mut world.alpha, &small(5, now + 2, now + 2)), FEE);
}

/// Who registers and cancels, again and again, pays for every time, and soon has no place left.
#[test]
fn to_register_and_cancel_is_paid_and_limited() {
	let mut world = with_fee();
	let mut paid = 0;
	for half in junk(4).map(|half| half.with_leg(|leg| leg.notice = MIN_NOTICE)) {
		paid += price(&mut world.alpha, &half);
		world.alpha.cancel(&half).expect("it is hers");
	}
	assert_eq!(paid, PRICES.iter().sum::<Balance>());
	world.refuse_registration(&small(5, 60, 60), Error::TooManyEntries);
	// Nor does it help to wait until the notices are over.
	for _ in 0..3 {
		let height = world.alpha.now() + 6;
		world.advance_to(height);
		world.tell_alpha(&[]).expect("it is a step");
	}
	let ids = world.alpha.open(BETA);
	world.alpha.conclude(BETA, &ids).expect("the notices are over");
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT - paid);
	world.refuse_registration(&small(5, 60, 60), Error::TooManyEntries);
}

#[test]
fn a_batch_pays_for_each_of_its_contracts() {
	let mut world = with_fee();
	let registration = |half: Half| {
		let (contract, log) = (half.contract, half.log);
		Registration { contract, log, commit: Commit::OnMatch }
	};
	let call = Call::register_batch { registrations: junk(3).map(registration).collect() };
	world.alpha.dispatch(RuntimeOrigin::signed(ALICE), call).expect("she can pay for them");
	assert_eq!(world.alpha.free(CAROL), ENDOWMENT + PRICES[..3].iter().sum::<Balance>());
}

#[test]
fn a_chain_says_beforehand_what_a_registration_costs() {
	let mut world = with_fee();
	world.alpha.run(|| StorageRent::set(&RENT));
	world.alpha.register(&small(1, 60, 60)).expect("she can pay for it");
	let half = small(2, 50, 70);
	let said = world.alpha.run(|| Ribp::rent_of(&half.contract, 1));
	assert_eq!(said, Some(price(&mut world.alpha, &half)));
	let with_twin = half.with_peer_leg(|leg| leg.system = TWIN);
	assert_eq!(world.alpha.run(|| Ribp::rent_of(&with_twin.contract, 1)), None);
	let of_others = half.with_leg(|leg| leg.system = TWIN);
	assert_eq!(world.alpha.run(|| Ribp::rent_of(&of_others.contract, 1)), None);
}

#[test]
fn what_is_counted_is_what_is_there() {
	let [first, second] = [1, 2].map(|number| Exchange::numbered(number, 10, 60));
	let mut world = World::new().registered(&first).registered(&second).committed(&second);
	let count = |world: &mut World| {
		let Lane { entries, open, .. } = world.alpha.lane(BETA);
		(entries, open, world.alpha.run(|| OpenLegs::<Test>::get(BETA, Epoch::of(60))))
	};
	assert_eq!(count(&mut world), (2, 2, 2));
	world.tell_alpha(&[second.id()]).expect("the payment is committed");
	assert_eq!(count(&mut world), (2, 1, 1));
	world.alpha.advance_to(11);
	world.alpha.conclude_half(&first.delivery).expect("its expiry has passed");
	assert_eq!(count(&mut world), (2, 0, 0));
	world.alpha.run(|| {
		assert_eq!(OpenLegs::<Test>::iter().count(), 0, "nothing is stored of none");
	});
}

#[test]
fn a_wrong_count_is_found() {
	let mut world = World::new().registered(&Exchange::until(60, 60));
	let sound = world.alpha.lane(BETA);
	let is_found = |world: &mut World, wrong: fn(&mut Lane)| {
		let mut lane = sound.clone();
		wrong(&mut lane);
		world.alpha.corrupt(|| Corridors::<Test>::insert(BETA, lane));
		assert!(world.alpha.run(Ribp::do_try_state).is_err());
		world.alpha.corrupt(|| Corridors::<Test>::insert(BETA, sound.clone()));
		assert!(world.alpha.run(Ribp::do_try_state).is_ok());
	};
	is_found(&mut world, |lane| lane.entries = 2);
	is_found(&mut world, |lane| lane.entries = 0);
	is_found(&mut world, |lane| lane.open = 0);
	is_found(&mut world, |lane| lane.said.through = epochs(2, &[]));
	world.alpha.corrupt(|| OpenLegs::<Test>::remove(BETA, Epoch::of(60)));
	assert!(world.alpha.run(Ribp::do_try_state).is_err());
	world.alpha.corrupt(|| OpenLegs::<Test>::insert(BETA, Epoch::of(60), 1));
	assert!(world.alpha.run(Ribp::do_try_state).is_ok());
	world.alpha.corrupt(|| OpenHere::<Test>::insert(BETA, Epoch::of(60), 2));
	assert!(world.alpha.run(Ribp::do_try_state).is_err());
}

#[test]
fn what_has_ended_where_all_is_said_to_be_swept_is_found() {
	let half = small(1, 10, 10);
	let mut world = World::new();
	world.alpha.register(&half).expect("it is new");
	world.advance_to(11);
	let done = |world: &mut World, done: EpochSet| {
		world.alpha.corrupt(|| Corridors::<Test>::mutate(BETA, |lane| lane.done = done));
		world.alpha.run(Ribp::do_try_state)
	};
	done(&mut world, epochs(1, &[])).expect("it may end yet");
	done(&mut world, EpochSet::default()).expect("nothing is swept");
	world.alpha.conclude_half(&half).expect("its expiry has passed");
	done(&mut world, epochs(2, &[0])).expect("its epoch is not swept");
	done(&mut world, epochs(1, &[])).expect_err("nothing was swept");
}
