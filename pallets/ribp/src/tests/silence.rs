//! After a long silence, however long it was: one message, changed authorities, pruned states, and peers
//! whose runtimes tell nothing of their past.

use super::{node::*, worker::*, world::*};
use crate::{
	mock::{Test, VIEW_STEP},
	worker::past::{AT_ONCE, TIMES},
	Call, Event, Evidence, Height, Link, Outcome, Stage, Systems, STORED_LEVEL,
};
use ribp_light_client::testing::Ed25519Keyring as Key;

/// States that a pruned node keeps.
const STATES: Height = 6;

/// A height at which subtrees are in a chain's state of which no node asks for all hashes.
const FAR: Height = 3 << STORED_LEVEL;

/// A world in which an exchange waits on alpha, which knows beta's block 1, and beta is far ahead.
fn silent(blocks: Height) -> (World, Exchange) {
	let swap = Exchange::until(90, 99);
	let mut world = World::new().registered(&swap);
	world.beta.advance_to(blocks);
	(world, swap)
}

/// A world without contracts, in which nodes ask at leisure, and beta is very far ahead.
fn very_silent() -> World {
	let mut world = World::new().at(1 + 2 * VIEW_STEP);
	world.beta.advance_to(FAR);
	world
}

fn knows_all(world: &mut World) -> bool {
	world.alpha.view_of(BETA).number() == world.beta.sealed()
}

/// Lets alpha's worker go on until alpha knows beta's newest block. Returns how many messages it took,
/// and how many rounds in which something was asked.
fn catch_up(world: &mut World, worker: &Worker) -> (usize, usize) {
	let (mut messages, mut rounds, mut blocks) = (0, 0, 0);
	while !knows_all(world) {
		let done = alpha_works(world, worker);
		messages += done.submitted.len();
		rounds += usize::from(!done.asked.is_empty());
		world.alpha.seal();
		blocks += 1;
		assert!(blocks < 200, "it comes to an end");
	}
	(messages, rounds)
}

/// Lets alpha's worker go on until it has committed the exchange.
fn work_on(world: &mut World, worker: &Worker, swap: &Exchange) {
	for _ in 0..20 {
		alpha_works(world, worker);
		world.alpha.seal();
	}
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
}

fn count(done: &Done, method: &str) -> usize {
	done.asked.iter().filter(|(_, asked)| asked == method).count()
}

#[test]
fn a_silence_of_any_length_is_one_message() {
	for blocks in [4, 19, 20, 21, 60, 90] {
		let (mut world, swap) = silent(blocks);
		let done = alpha_works(&mut world, &alphas_worker());
		let Call::submit_evidence { evidence, .. } = submitted(&done) else { panic!("evidence") };
		let Link::Above { extension, .. } = evidence.link else { panic!("it is new") };
		assert_eq!(extension, world.beta.extension(1, blocks - 1));
		assert!(knows_all(&mut world));
		assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
	}
}

#[test]
fn what_lies_very_far_back_is_told_by_the_peers_state() {
	let mut world = very_silent();
	while !world.alpha.sealed().is_multiple_of(8) {
		world.alpha.seal();
	}
	let done = alpha_works(&mut world, &alphas_worker());
	assert_eq!(done.submitted.len(), 1);
	assert!(knows_all(&mut world));
	assert_eq!(count(&done, "state_call"), 1);
	assert!(count(&done, "chain_getBlockHash") <= 2 * usize::from(STORED_LEVEL) + 2);
}

#[test]
fn of_a_peer_without_that_interface_the_hashes_come_in_several_rounds() {
	let mut world = very_silent();
	let worker = alphas_worker().with_peers_of_an_older_version();
	let (messages, rounds) = catch_up(&mut world, &worker);
	assert_eq!((messages, rounds), (1, FAR.div_ceil(AT_ONCE * TIMES) as usize));
}

/// What was remembered leads nowhere from the new head.
#[test]
fn when_the_known_head_moves_in_between_the_hashes_are_asked_for_anew() {
	let mut world = very_silent();
	let worker = alphas_worker().with_peers_of_an_older_version();
	let mut rounds = 0;
	while rounds < 3 {
		let done = alpha_works(&mut world, &worker);
		assert_eq!(done.submitted.len(), 0);
		rounds += usize::from(!done.asked.is_empty());
		world.alpha.seal();
	}
	let between = world.evidence_at(700, &[]);
	world.submit(between, &[]).expect("it is a step");
	world.alpha.seal();
	let (messages, rounds) = catch_up(&mut world, &worker);
	assert_eq!((messages, rounds), (1, (FAR - 700).div_ceil(AT_ONCE * TIMES) as usize));
}

#[test]
fn changes_of_the_authorities_during_a_silence_are_followed_without_their_states() {
	let (mut world, swap) = silent(20);
	for keys in [&[Key::Ferdie][..], &[Key::One, Key::Two, Key::Alice], &[Key::Bob, Key::Dave]] {
		world.beta.hand_over(keys);
		world.beta.advance_to(world.beta.now() + 20);
	}
	let worker = alphas_worker().with_pruned_peers(STATES);
	let (messages, _) = catch_up(&mut world, &worker);
	assert_eq!(messages, 3 + 1, "one for each change");
	let set = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("it is known").set;
	assert_eq!(set.set_id, 5 + 3);
	alpha_works(&mut world, &worker);
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
}

/// An answer holds all headers up to the last one of a set, unless a later block is asked about.
#[test]
fn silences_longer_than_any_answer_are_caught_up_with() {
	let shorter_than_sets = [1, 2, 7, 20];
	for headers in shorter_than_sets {
		let (mut world, swap) = silent(40);
		for keys in [&[Key::Ferdie][..], &[Key::One, Key::Two, Key::Alice]] {
			world.beta.hand_over(keys);
			world.beta.advance_to(world.beta.now() + 22);
		}
		let worker = alphas_worker().with_short_answers(headers);
		catch_up(&mut world, &worker);
		work_on(&mut world, &worker, &swap);
	}
}

/// A node that has more to show than it can in time is asked for less from then on.
#[test]
fn silences_too_long_to_be_answered_in_time_are_caught_up_with() {
	let (mut world, swap) = silent(40);
	world.beta.hand_over(&[Key::Ferdie]);
	world.beta.advance_to(85);
	let worker = alphas_worker().with_late_answers(7);
	catch_up(&mut world, &worker);
	work_on(&mut world, &worker, &swap);
}

#[test]
fn a_search_for_what_fits_goes_on_after_a_broken_connection() {
	let (mut world, _) = silent(85);
	let worker = alphas_worker().with_late_answers(7);
	let mut begins_with = |reachable: bool| loop {
		let nodes = [(AT_BETA, &world.beta)];
		let done = worker.run(&world.alpha, if reachable { &nodes } else { &[] });
		world.alpha.seal();
		// What the known head moves is asked for before.
		let of_head = ["chain_getHeader", "state_getReadProof"];
		let mut methods = done.asked.into_iter().map(|(_, method)| method);
		if let Some(method) = methods.find(|method| !of_head.contains(&&method[..])) {
			return method;
		}
	};
	assert_eq!(begins_with(true), "grandpa_proveFinality");
	assert_eq!(begins_with(true), "chain_getFinalizedHead", "it searches");
	assert_eq!(begins_with(false), "chain_getFinalizedHead");
	assert_eq!(begins_with(true), "chain_getFinalizedHead");
}

/// The last authorities are in charge still: one more question is enough.
#[test]
fn after_a_silence_of_one_set_the_newest_block_is_asked_about() {
	let (mut world, _) = silent(85);
	let worker = alphas_worker().with_short_answers(3);
	let done = alpha_works(&mut world, &worker);
	assert_eq!(count(&done, "grandpa_proveFinality"), 2);
	assert_eq!(done.submitted.len(), 1);
}

#[test]
fn an_exchange_settles_over_a_long_silence_with_pruned_peers() {
	let swap = Exchange::until(95, 95);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.beta.advance_to(94);
	world.tell_beta(&[swap.payment.id()]).expect("the delivery is committed");
	world.beta.advance_to(165);
	let worker = alphas_worker().with_pruned_peers(STATES);
	assert_eq!(catch_up(&mut world, &worker).0, 1);
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

/// The state of the newest block is all that a pruned node has to have; nothing is said without it.
#[test]
fn a_change_of_authorities_needs_no_state() {
	let (mut world, _) = silent(6);
	world.beta.hand_over(&[Key::Ferdie]);
	let number = world.beta.sealed();
	world.beta.advance_to(30);
	let change = Evidence { proof: Vec::new(), ..world.evidence_at(number, &[]) };
	world.submit(change, &[]).expect("it is final");
	let followed = Event::AuthoritiesChanged { system: BETA, set_id: 6, number };
	assert_eq!(world.alpha.events(), [followed, Event::ViewAdvanced { system: BETA, number }]);
}
