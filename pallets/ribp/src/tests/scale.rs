//! A round costs what changes, not what waits.

use super::{node::*, worker::*, world::*};
use crate::{
	mock::Test,
	worker::walk::{rounds_for, soonest, Trail, Walk, SHARE},
	Call, ContractId, Corridors, Entry, EntryOf, Epoch, Height, Legs, OpenHere, Outcome, Stage,
};
use sp_core::H256;
use std::collections::BTreeSet;

/// Epochs over which what waits is spread.
const EPOCHS: u32 = 3;

/// What a leg looks like on alpha that nobody answers, and that expires in an epoch of its own.
fn lonely(world: &mut World) -> EntryOf<Test> {
	let half = Exchange::until(60, 60).delivery;
	world.alpha.register(&half).expect("it is new");
	let entry = world.alpha.leg(&half).expect("it is there");
	world.seal();
	entry
}

/// Writes legs with beta: so many that wait, and so many that have ended in the same epochs.
fn write(entry: &EntryOf<Test>, waiting: u32, ended: u32) {
	let put = |number: u32, stage: Stage| {
		let mut contract = entry.contract.clone();
		contract.reference = H256::from_low_u64_be(number.into());
		// Far from now: 60, 92 and 124 are in different epochs.
		let expiry = 60 + 32 * (number % EPOCHS);
		contract.legs.iter_mut().for_each(|leg| leg.expiry = expiry);
		let hash = contract.id().hash;
		let leg = Entry { stage, contract, ..entry.clone() };
		Legs::<Test>::insert((BETA, Epoch::of(expiry), hash), leg);
		expiry
	};
	for number in 0..waiting {
		let expiry = put(number, Stage::Registered);
		OpenHere::<Test>::mutate(BETA, Epoch::of(expiry), |open| *open += 1);
	}
	for number in 0..ended {
		put(waiting + number, ended_stage());
	}
	Corridors::<Test>::mutate(BETA, |lane| {
		lane.open += waiting;
		lane.entries += waiting + ended;
	});
}

/// As a leg that was settled.
fn ended_stage() -> Stage {
	Stage::Ended(Outcome::Settled)
}

/// How many nodes of the state a round of alpha's worker reads, and its requests, while so many wait.
fn reads(worker: &Worker, waiting: u32, ended: u32) -> (usize, usize) {
	let mut world = World::new();
	let entry = lonely(&mut world);
	let nodes = [(AT_BETA, &world.beta)];
	let done = worker.run_in(&world.alpha, || write(&entry, waiting, ended), &nodes);
	(done.reads, done.asked.len())
}

/// Deeper tries have longer paths: that is what the rest of the half is for.
#[test]
fn a_round_with_a_hundred_thousand_waiting_costs_no_more_than_half_more_than_with_a_hundred() {
	let few = reads(&alphas_worker(), 100, 100);
	let many = reads(&alphas_worker(), 100_000, 100_000);
	let (few, many) = ((few.0 as f64, few.1), (many.0 as f64, many.1));
	assert!(many.0 <= 1.5 * few.0, "{many:?} instead of {few:?}");
	assert!(many.1 <= few.1, "{many:?} instead of {few:?}");
}

#[test]
fn a_node_whose_turn_it_is_not_looks_at_no_contract() {
	let few = reads(&alphas_worker().without_keys(), 0, 0);
	let many = reads(&alphas_worker().without_keys(), 1_000, 1_000);
	assert_eq!((few.1, many.1), (0, 0));
	assert!(many.0 <= few.0 + 8, "{many:?} instead of {few:?}");
}

/// Looks at what alpha's walks read, in a state with so many legs.
fn walking<R>(waiting: u32, ended: u32, look: impl FnOnce() -> R) -> R {
	let mut world = World::new();
	let entry = lonely(&mut world);
	let database = Database { own: Default::default(), index: world.alpha.index() };
	reading(&world.alpha, database, || {
		write(&entry, waiting, ended);
		look()
	})
}

/// The next walk in which nothing is near before this height, and what it reads.
fn walk(trail: &Trail, now: Height) -> (Walk<Test>, Vec<ContractId>) {
	let walk = Walk::<Test>::new(BETA, trail, soonest(now), trail.fresh_share());
	let ids = walk.legs().map(|(id, _)| *id).collect();
	(walk, ids)
}

#[test]
fn every_leg_is_reached_within_a_bounded_number_of_rounds() {
	for (waiting, ended) in [(1, 0), (50, 50), (700, 0), (700, 900)] {
		walking(waiting, ended, || {
			let all = Legs::<Test>::iter_prefix((BETA,)).count();
			let (mut trail, mut seen, mut rounds) = (Trail::default(), BTreeSet::new(), 0);
			while seen.len() < all {
				let (walk, ids) = walk(&trail, 1_000);
				assert!(ids.len() <= SHARE as usize);
				seen.extend(ids);
				trail = walk.trail_without(&[]);
				rounds += 1;
				assert!(
					rounds <= rounds_for(waiting + ended + 1, EPOCHS),
					"{} of {all}",
					seen.len()
				);
			}
		});
	}
}

/// However many do not.
#[test]
fn what_expires_soon_is_reached_sooner() {
	walking(3_000, 0, || {
		// The first of the epochs is a third of it.
		let is_near = |id: &ContractId| id.epochs[0] == Epoch::of(60);
		let (mut trail, mut seen, mut rounds) = (Trail::default(), BTreeSet::new(), 0);
		while seen.len() < 1_000 {
			let (walk, ids) = walk(&trail, 0);
			assert!(ids.iter().any(|id| !is_near(id)), "the others have their turn, too");
			seen.extend(ids.into_iter().filter(is_near));
			trail = walk.trail_without(&[]);
			rounds += 1;
			assert!(rounds <= 1_001 / (SHARE / 4) + 2, "{}", seen.len());
		}
	});
}

#[test]
fn what_was_left_out_has_its_turn_next() {
	walking(900, 0, || {
		let (first, ids) = walk(&Trail::default(), 1_000);
		let left = &ids[ids.len() / 2..];
		let (_, next) = walk(&first.trail_without(left), 1_000);
		assert_eq!(next[..left.len()], *left);
	});
}

#[test]
fn more_is_looked_at_while_most_of_it_moves() {
	let mut trail = Trail::default();
	assert_eq!(trail.share(), SHARE);
	let shares = (0..6).map(|_| {
		trail.learn(trail.share() / 2);
		trail.share()
	});
	assert_eq!(shares.collect::<Vec<_>>(), [256, 512, 1_024, 1_024, 1_024, 1_024]);
	trail.learn(trail.share() / 2 - 1);
	assert_eq!(trail.share(), SHARE);
}

/// However much waits that expires earlier or later, and has been there for long.
#[test]
fn what_is_new_moves_at_once() {
	let mut world = World::new();
	let entry = lonely(&mut world);
	let swap = Exchange::numbered(7, 90, 90);
	let world = world.registered(&swap);
	let worker = alphas_worker();
	let nodes = [(AT_BETA, &world.beta)];
	let done = worker.run_in(&world.alpha, || write(&entry, 5_000, 5_000), &nodes);
	let Call::submit_evidence { contracts, .. } = submitted(&done) else { panic!("evidence") };
	assert_eq!(contracts, [swap.id()]);
}
