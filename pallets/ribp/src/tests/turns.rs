//! One node of a chain acts after a block; the others step in when nothing moves.

use super::{node::*, worker::*, world::*};
use crate::{Height, Outcome, Stage};
use ribp_peer::{status::WorkerResult, Role};

/// A node that authors no blocks.
fn follower() -> Worker {
	alphas_worker().without_keys()
}

/// Seals alpha's block, and the next ones until the worker submits something. Returns after how
/// many it did.
fn blocks_until_it_acts(world: &mut World, worker: &Worker) -> Height {
	let first = world.alpha.sealed();
	while alpha_works(world, worker).submitted.is_empty() {
		assert!(world.alpha.sealed() < first + 20, "it never acts");
		world.seal();
	}
	world.alpha.sealed() - first
}

#[test]
fn another_nodes_turn_is_left_to_it() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	assert_eq!(alpha_works(&mut world, &follower()).asked, []);
	alpha_works(&mut world, &alphas_worker());
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
}

#[test]
fn others_step_in_when_nothing_moves() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	assert_eq!(blocks_until_it_acts(&mut world, &follower()), 3);
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
}

#[test]
fn nobody_steps_in_while_the_author_brings_evidence() {
	let (author, follower) = (alphas_worker(), follower());
	let mut world = World::new();
	for number in 1..=6 {
		world = world.registered(&Exchange::numbered(number, 60, 60));
		for _ in 0..2 {
			assert_eq!(follower.run(&world.alpha, &[(AT_BETA, &world.beta)]).asked, []);
			alpha_works(&mut world, &author);
			world.seal();
		}
	}
}

#[test]
fn a_chain_whose_authors_have_no_endpoints_still_exchanges() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let follower = follower();
	while world.alpha.now() < 30 {
		// The authors' own workers ask nobody.
		alpha_works(&mut world, &Worker::new(&[]));
		alpha_works(&mut world, &follower);
		if let Some(Stage::Registered) = world.beta.stage(&swap.payment) {
			world.tell_beta(&[swap.payment.id()]).ok();
		}
		world.seal();
	}
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

#[test]
fn registrations_do_not_keep_others_from_stepping_in() {
	let swap = Exchange::numbered(1, 60, 60);
	let mut world = World::new().registered(&swap);
	let follower = follower();
	for number in 2..=5 {
		let lonely = Exchange::numbered(number, 60, 60).delivery;
		alpha_works(&mut world, &follower);
		world.alpha.register(&lonely).expect("it is new");
		world.seal();
	}
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
}

#[test]
fn others_step_in_for_what_is_done_at_leisure_after_some_time() {
	let mut world = World::new();
	let follower = follower();
	let mut submitted_at = Vec::new();
	while world.alpha.now() < 80 {
		if !alpha_works(&mut world, &follower).submitted.is_empty() {
			submitted_at.push(world.alpha.sealed());
		}
		world.seal();
	}
	assert_eq!(submitted_at.first(), Some(&32));
}

#[test]
fn a_relay_settles_what_authors_do_not_look_at() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let author = alphas_worker().with_role(Role::Off);
	let relay = follower().with_role(Role::Relay);
	while world.alpha.now() < 30 {
		let done = alpha_works(&mut world, &author);
		assert_eq!((done.asked, done.submitted.len()), (vec![], 0));
		alpha_works(&mut world, &relay);
		if let Some(Stage::Registered) = world.beta.stage(&swap.payment) {
			world.tell_beta(&[swap.payment.id()]).ok();
		}
		world.seal();
	}
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

#[test]
fn a_node_that_is_switched_off_never_steps_in() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap);
	let off = follower().with_role(Role::Off);
	while world.alpha.now() < 40 {
		let done = alpha_works(&mut world, &off);
		assert_eq!((done.asked, done.submitted.len(), done.told.len()), (vec![], 0, 0));
		world.seal();
	}
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Registered), "nobody concludes it");
	assert_eq!(off.status().last.map(|(_, result)| result), Some(WorkerResult::Off));
}
