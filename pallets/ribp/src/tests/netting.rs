//! One message moves the value of many contracts: between the same accounts at once, and as if each was alone.

use super::{chain::*, world::*};
use crate::{
	mock::{
		AccountId, Balance, Balances, Item, Ribp, RuntimeEvent, RuntimeOrigin, System, Test,
		MAX_CONTRACTS,
	},
	Action, ActionOf, Call, ContractId, Error, Event, Log, Outcome, Registration,
};
use frame_support::{
	assert_noop,
	traits::fungible::{Inspect, Mutate},
};
use proptest::{
	prelude::*,
	sample::select,
	test_runner::{Config, RngSeed, TestRunner},
};

/// As many as one message may be about.
const MOST: usize = MAX_CONTRACTS as usize;

/// Who delivers what to whom.
type Delivery = (AccountId, AccountId, Vec<Item>);

/// Exchanges of these deliveries, for a payment each.
fn swaps(deliveries: &[Delivery]) -> Vec<Exchange> {
	let numbered = (0..).zip(deliveries);
	let swap = |(number, (from, to, items)): (u8, &Delivery)| {
		let log = Log { system: ALPHA, action: transfer(*from, *to, items) };
		Exchange::numbered(number, 60, 60).delivering(log)
	};
	numbered.map(swap).collect()
}

fn tokens(from: AccountId, to: AccountId, amount: Balance) -> Delivery {
	(from, to, vec![Item::Token(amount)])
}

/// All deliveries, as one message registers them.
fn batch<'a>(swaps: impl IntoIterator<Item = &'a Exchange>) -> Vec<Registration<ActionOf<Test>>> {
	let registration = |swap: &Exchange| {
		let Half { contract, log, commit } = swap.delivery.clone();
		Registration { contract, log, commit }
	};
	swaps.into_iter().map(registration).collect()
}

/// A world in which alpha has the deliveries, and beta some of the payments, all of it firm.
fn firm(swaps: &[Exchange], is_paid: impl Fn(usize) -> bool) -> World {
	let mut world = World::new();
	for (number, swap) in swaps.iter().enumerate() {
		world.alpha.register(&swap.delivery.clone().firm()).expect("it is new");
		if is_paid(number) {
			world.beta.register(&swap.payment.clone().firm()).expect("it is new");
		}
	}
	world.seal();
	world
}

/// The amounts of the native token that moved in the open block.
fn moved(chain: &mut Chain) -> Vec<(AccountId, AccountId, Balance)> {
	let transfer = |event| match event {
		RuntimeEvent::Balances(pallet_balances::Event::Transfer { from, to, amount }) => {
			Some((from, to, amount))
		},
		_ => None,
	};
	let events = chain.run(System::events).into_iter();
	events.filter_map(|record| transfer(record.event)).collect()
}

fn ids(swaps: &[Exchange]) -> Vec<ContractId> {
	let mut ids: Vec<_> = swaps.iter().map(Exchange::id).collect();
	ids.sort();
	ids
}

/// What a contract delivers of the native token.
fn amount(swaps: &[Exchange], id: ContractId) -> Balance {
	let swap = swaps.iter().find(|swap| swap.id() == id).expect("it is one of them");
	let Action::Transfer { items, .. } = &swap.delivery.log.action;
	let amount = |item: &Item| if let Item::Token(amount) = item { *amount } else { 0 };
	items.iter().map(amount).sum()
}

fn account() -> AccountId {
	Ribp::account()
}

#[test]
fn what_a_batch_takes_moves_at_once() {
	let swaps = swaps(&[
		tokens(ALICE, BOB, 10),
		(ALICE, CAROL, vec![Item::Token(20), Item::Token(10)]),
		tokens(ALICE, BOB, 30),
	]);
	let mut world = World::new();
	let call = Call::register_batch { registrations: batch(&swaps) };
	world.alpha.dispatch(RuntimeOrigin::signed(ALICE), call).expect("she has it all");
	assert_eq!(moved(&mut world.alpha), [(ALICE, account(), 70)]);
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT - 70);
	assert_eq!(world.alpha.open(BETA).len(), 3);
}

#[test]
fn of_a_batch_that_its_payer_cannot_pay_nothing_is_registered() {
	let swaps = swaps(&[tokens(ALICE, BOB, 600), tokens(ALICE, CAROL, 600)]);
	let mut world = World::new();
	world.alpha.run(|| {
		let done = Ribp::register_batch(RuntimeOrigin::signed(ALICE), batch(&swaps));
		assert_noop!(done, Error::<Test>::InsufficientValue);
	});
}

#[test]
fn a_contract_twice_in_a_batch_is_refused() {
	let swaps = swaps(&[tokens(ALICE, BOB, 10)]);
	let mut world = World::new();
	world.alpha.run(|| {
		let twice = batch([&swaps[0], &swaps[0]]);
		let done = Ribp::register_batch(RuntimeOrigin::signed(ALICE), twice);
		assert_noop!(done, Error::<Test>::AlreadyRegistered);
	});
}

#[test]
fn what_one_message_settles_between_the_same_accounts_moves_at_once() {
	let swaps = swaps(&[
		tokens(ALICE, BOB, 10),
		tokens(CAROL, BOB, 20),
		tokens(ALICE, CAROL, 30),
		tokens(ALICE, BOB, 40),
	]);
	let mut world = firm(&swaps, |_| true);
	world.tell_alpha(&ids(&swaps)).expect("all payments are committed");
	let mut all = moved(&mut world.alpha);
	all.sort();
	// What is for Bob is so whoever has paid it.
	assert_eq!(all, [(account(), BOB, 70), (account(), CAROL, 30)]);
	for swap in &swaps {
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	}
	assert_eq!(world.alpha.taken(), 0);
}

#[test]
fn what_one_message_settles_and_gives_back_is_kept_apart() {
	let swaps = swaps(&[
		tokens(ALICE, BOB, 10),
		tokens(BOB, ALICE, 20),
		tokens(ALICE, BOB, 40),
		tokens(BOB, CAROL, 80),
	]);
	let mut world = firm(&swaps, |number| number < 2);
	world.advance_to(61);
	world.tell_alpha(&ids(&swaps)).expect("the other two will never be paid");
	let mut all = moved(&mut world.alpha);
	all.sort();
	let at = account();
	assert_eq!(all, [(at, ALICE, 20), (at, ALICE, 40), (at, BOB, 10), (at, BOB, 80)]);
	assert_eq!(world.alpha.taken(), 0);
}

/// If not all of it can be given at once, each contract stands for itself: what can move does.
#[test]
fn where_the_sum_cannot_move_each_part_does_that_can() {
	let swaps = swaps(&[
		tokens(ALICE, BOB, 10),
		tokens(ALICE, BOB, 50),
		tokens(ALICE, BOB, 40),
		tokens(ALICE, CAROL, 30),
	]);
	let mut world = firm(&swaps, |_| true);
	let lost = 60;
	world.alpha.corrupt(|| {
		let has = Balances::total_balance(&account());
		Balances::set_balance(&account(), has - lost);
	});
	world.tell_alpha(&ids(&swaps)).expect("all payments are committed");
	let owed = world.alpha.owed();
	let due: Balance = owed.iter().map(|(id, _)| amount(&swaps, *id)).sum();
	let paid: Balance = moved(&mut world.alpha).into_iter().map(|(_, _, amount)| amount).sum();
	assert!(due > 0 && paid > 0, "{owed:?} is owed, and {paid} paid");
	assert_eq!(paid + due, 130);
	let told = world.alpha.events();
	let count = |is: fn(&Event<Test>) -> bool| told.iter().filter(|event| is(event)).count();
	assert_eq!(count(|event| matches!(event, Event::Ended { .. })), 4);
	assert_eq!(count(|event| matches!(event, Event::Owed { .. })), owed.len());
}

/// Balances, outcomes and debts, after these are settled or reversed by messages about so many at a time.
fn after(
	deliveries: &[(Delivery, bool)],
	lost: Balance,
	at_once: usize,
) -> (Vec<Balance>, Vec<Option<Outcome>>, Vec<(ContractId, u32)>) {
	let (given, is_paid): (Vec<_>, Vec<_>) = deliveries.iter().cloned().unzip();
	let swaps = swaps(&given);
	let mut world = firm(&swaps, |number| is_paid[number]);
	world.advance_to(61);
	if lost > 0 {
		world.alpha.corrupt(|| {
			let has = Balances::total_balance(&account());
			Balances::set_balance(&account(), has.saturating_sub(lost));
		});
	}
	for ids in ids(&swaps).chunks(at_once) {
		world.tell_alpha(ids).expect("all have come to their end");
	}
	let balances = [ALICE, BOB, CAROL].map(|who| world.alpha.free(who)).to_vec();
	let outcomes = swaps.iter().map(|swap| world.alpha.outcome(&swap.delivery)).collect();
	(balances, outcomes, world.alpha.owed())
}

/// What moves at once moves as if each contract had a message of its own.
#[test]
fn the_sum_is_what_its_parts_are() {
	let parties = select(&[(ALICE, BOB), (ALICE, CAROL), (BOB, ALICE), (CAROL, BOB)][..]);
	let delivery = (parties, 10..40 as Balance, any::<bool>());
	let one = |((from, to), amount, is_paid)| (tokens(from, to, amount), is_paid);
	let deliveries = prop::collection::vec(delivery.prop_map(one), 1..=MOST);
	let config = Config {
		cases: 48,
		failure_persistence: None,
		rng_seed: RngSeed::Fixed(20_090_101),
		..Config::default()
	};
	let checked = TestRunner::new(config).run(&deliveries, |deliveries| {
		prop_assert_eq!(after(&deliveries, 0, MOST), after(&deliveries, 0, 1));
		let (balances, outcomes, _) = after(&deliveries, 25, MOST);
		let (alone, same, _) = after(&deliveries, 25, 1);
		prop_assert_eq!(outcomes, same);
		// Which of them is owed may differ; what there is is paid, but for what is smaller than each.
		let sum = |balances: &[Balance]| balances.iter().sum::<Balance>();
		prop_assert!(sum(&balances).abs_diff(sum(&alone)) < 40);
		Ok(())
	});
	checked.unwrap_or_else(|error| panic!("{error}"));
}
