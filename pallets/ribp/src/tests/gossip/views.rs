//! Newer views: who is told of them, when, and how much.

use super::*;
use crate::{
	mock::{GossipRate, MAX_EVIDENCE_SIZE, VIEW_STEP},
	Height, Link, Outcome,
};
use ribp_light_client::testing::Ed25519Keyring;
use ribp_peer::Role;
use sp_runtime::Perquintill;

/// Alpha and gamma, and a history of beta up to 12; alpha has seen it, in its last sealed block.
fn seen_by_alpha() -> Forked {
	let mut world = Forked::new(9).advance_to(13);
	show(&mut world.alpha, &world.one);
	world.alpha.seal();
	world
}

/// Shows beta's newest block to alpha, in a block of its own.
fn show_alpha(world: &mut Forked, height: Height) {
	world.one.advance_to(height);
	show(&mut world.alpha, &world.one);
	world.alpha.seal();
}

/// Shows a block of beta to gamma, in a block of its own.
fn show_gamma(world: &mut Forked, number: Height) {
	world.one.advance_to(number + 1);
	show(&mut world.gamma, &world.one);
	world.gamma.seal();
}

#[test]
fn a_chain_is_told_what_lies_between_its_head_and_the_tellers() {
	let mut world = seen_by_alpha();
	let calls = tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	let [Call::submit_evidence { evidence, .. }] = &calls[..] else { panic!("it is one view") };
	let Link::Above { extension, .. } = &evidence.link else { panic!("it is new") };
	assert_eq!(*extension, world.one.extension(1, 12));
	assert_eq!(world.gamma.view_of(BETA), world.alpha.view_of(BETA));
	assert_eq!(world.gamma.view_of(BETA).number(), 12);
}

/// How many blocks after alpha's last one its node tells gamma what that has shown; none if it never does.
fn blocks_until_told(world: &mut Forked, worker: &Worker) -> Option<Height> {
	(0..12).find(|_| {
		let told = told_by(worker, &world.alpha, AT_GAMMA, &world.gamma);
		world.alpha.seal();
		!told.is_empty()
	})
}

#[test]
fn a_relay_tells_what_no_author_tells() {
	let mut world = seen_by_alpha();
	let relay = alphas().without_keys().with_role(Role::Relay);
	assert!(blocks_until_told(&mut world, &relay).is_some_and(|blocks| blocks < 3));
}

#[test]
fn a_relay_keeps_quiet_about_what_an_author_has_told() {
	let mut world = seen_by_alpha();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	let relay = alphas().without_keys().with_role(Role::Relay);
	assert_eq!(blocks_until_told(&mut world, &relay), None);
}

#[test]
fn nodes_without_keys_tell_nothing_unless_they_are_relays() {
	for role in [Role::Author, Role::Off] {
		let mut world = seen_by_alpha();
		let worker = alphas().without_keys().with_role(role);
		assert_eq!(blocks_until_told(&mut world, &worker), None, "{role}");
	}
}

#[test]
fn only_what_is_newer_by_a_step_is_told() {
	let mut world = seen_by_alpha();
	show(&mut world.gamma, &world.one);
	world.gamma.seal();
	let alpha_knows = 12 + VIEW_STEP;
	show_alpha(&mut world, alpha_knows + 1);
	let behind = |number: Height, world: &mut Forked| {
		let mut gamma = Forked::new(9).gamma;
		let evidence = world.one.evidence(number, &mut gamma, &[]);
		gamma.submit(BETA, evidence, &[]).expect("it is a step");
		gamma.seal();
		told_by(&alphas(), &world.alpha, AT_GAMMA, &gamma).len()
	};
	assert_eq!(behind(alpha_knows - VIEW_STEP, &mut world), 1);
	assert_eq!(behind(alpha_knows - VIEW_STEP + 1, &mut world), 0);
	assert_eq!(behind(alpha_knows, &mut world), 0);
}

/// Alpha's node has kept what led from one head to the next, and gamma knows one of these.
#[test]
fn what_is_far_ahead_of_a_head_that_the_teller_had_is_told_by_what_led_from_it() {
	for known in [1, 12, 61] {
		let mut world = seen_by_alpha();
		if known > 1 {
			show_gamma(&mut world, known);
		}
		for height in [61 + 1, 200, 233, 4_000] {
			show_alpha(&mut world, height);
		}
		tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
		assert_eq!(world.gamma.view_of(BETA).number(), 3_999, "from {known} on");
		assert_eq!(world.gamma.view_of(BETA).head(), world.alpha.view_of(BETA).head());
	}
}

/// Gamma's head is none that alpha had: a node of the system tells what lies in between.
#[test]
fn what_is_far_ahead_is_told_with_what_a_node_of_the_system_knows() {
	let mut world = seen_by_alpha();
	show_gamma(&mut world, 20);
	show_alpha(&mut world, 61);
	let worker = Worker::new(&[(GAMMA, &[AT_GAMMA]), (BETA, &[AT_BETA])]);
	assert!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).is_empty(), "it takes a node");
	let done = worker.run(&world.alpha, &[(AT_GAMMA, &world.gamma), (AT_BETA, &world.one)]);
	let [(_, extrinsic)] = &done.told[..] else { panic!("it is told once") };
	apply_general(&mut world.gamma, extrinsic).expect("it is a step");
	assert_eq!(world.gamma.view_of(BETA).head(), world.alpha.view_of(BETA).head());
	assert!(extrinsic.len() < MAX_EVIDENCE_SIZE as usize / 10);
}

/// What it tells leads nowhere from gamma's head: nothing is sent.
#[test]
fn a_node_of_another_branch_of_the_system_makes_nobody_send_what_would_be_refused() {
	let mut world = seen_by_alpha();
	show_gamma(&mut world, 20);
	show_alpha(&mut world, 61);
	world.other.advance_to(61);
	let worker = Worker::new(&[(GAMMA, &[AT_GAMMA]), (BETA, &[AT_BETA])]);
	let done = worker.run(&world.alpha, &[(AT_GAMMA, &world.gamma), (AT_BETA, &world.other)]);
	let told = done.told.iter().filter(|(url, _)| url == AT_GAMMA);
	assert_eq!(told.count(), 0);
}

#[test]
fn what_alpha_has_seen_in_steps_reaches_who_is_further_behind_in_one() {
	let mut world = seen_by_alpha();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	for step in 1..=4 {
		show_alpha(&mut world, 13 + step * VIEW_STEP);
	}
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_eq!(world.gamma.view_of(BETA), world.alpha.view_of(BETA));
}

#[test]
fn a_change_of_authorities_is_told_before_what_they_have_finalized() {
	let mut world = seen_by_alpha();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	world.one.hand_over(&[Ed25519Keyring::Ferdie]);
	let announced = world.one.evidence(world.one.sealed(), &mut world.alpha, &[]);
	world.alpha.submit(BETA, announced, &[]).expect("it follows the change");
	world.alpha.seal();
	show_alpha(&mut world, 30);
	let worker = alphas();
	tell(&worker, &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	assert_eq!(world.gamma.view_of(BETA).number(), 13, "the last block of the old set");
	show_alpha(&mut world, 40);
	show_alpha(&mut world, 50);
	world.alpha.run(|| GossipRate::set(&Perquintill::one()));
	world.alpha.advance_to(world.alpha.now() + 2);
	tell(&worker, &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_eq!(world.gamma.view_of(BETA).number(), 49, "all of it in one message");
}

#[test]
fn a_chain_is_told_of_the_teller_itself_by_the_tellers_own_node() {
	let mut world = Forked::new(9).advance_to(13);
	show(&mut world.alpha, &world.one);
	world.alpha.seal();
	let worker = Worker::new(&[(BETA, &[AT_BETA]), (ALPHA, &[AT_ALPHA])]);
	let run =
		|alpha: &Chain, beta: &Chain| worker.run(alpha, &[(AT_BETA, beta), (AT_ALPHA, alpha)]).told;
	let told = run(&world.alpha, &world.one);
	assert_eq!(told.len(), 1, "beta knows alpha's first block");
	for (url, extrinsic) in told {
		assert_eq!(url, AT_BETA);
		apply_general(&mut world.one, &extrinsic).expect("alpha's own view");
	}
	assert_eq!(world.one.view_of(ALPHA).number(), world.alpha.sealed());
}

#[test]
fn without_news_a_peer_is_told_as_often_as_the_rate_says() {
	let mut world = seen_by_alpha();
	world.alpha.seal();
	assert!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).is_empty());
	world.alpha.run(|| GossipRate::set(&Perquintill::from_percent(1)));
	world.alpha.seal();
	// The test's chance is zero: below every rate but this one.
	assert_eq!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).len(), 1);
}

#[test]
fn peers_are_told_after_a_termination_even_if_no_view_has_advanced() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).committed(&swap);
	let gamma = || {
		let mut gamma = Chain::new(GAMMA, Voters::new(3, &[Ed25519Keyring::Ferdie]));
		gamma.seal();
		gamma.knows(&World::new().beta);
		gamma.seal();
		gamma
	};
	world.alpha.knows(&gamma());
	world.advance_to(10);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.seal();
	let evidence = world.evidence(&[swap.delivery.id()]);
	world.submit(evidence, &[swap.delivery.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	world.alpha.seal();
	assert_eq!(told_by(&alphas(), &world.alpha, AT_GAMMA, &gamma()).len(), 1);
	world.alpha.seal();
	assert_eq!(told_by(&alphas(), &world.alpha, AT_GAMMA, &gamma()).len(), 0);
}

#[test]
fn nobody_is_told_what_was_just_told() {
	let mut world = seen_by_alpha();
	world.alpha.run(|| GossipRate::set(&Perquintill::one()));
	world.alpha.seal();
	let worker = alphas();
	let told: Vec<_> = (0..6)
		.map(|_| {
			let told = told_by(&worker, &world.alpha, AT_GAMMA, &world.gamma).len();
			world.alpha.seal();
			told
		})
		.collect();
	assert_eq!(told, [1, 0, 1, 0, 1, 0], "gamma takes nothing in");
}

/// What one of them makes of it is no reason to be silent to the other.
#[test]
fn another_node_of_a_peer_is_told_what_one_was_told() {
	let mut world = seen_by_alpha();
	world.alpha.run(|| GossipRate::set(&Perquintill::one()));
	world.alpha.seal();
	let worker = Worker::new(&[(GAMMA, &[AT_GAMMA, ALSO_GAMMA])]);
	assert_eq!(told_by(&worker, &world.alpha, AT_GAMMA, &world.gamma).len(), 1);
	world.alpha.seal();
	assert_eq!(told_by(&worker, &world.alpha, AT_GAMMA, &world.gamma).len(), 0);
	assert_eq!(told_by(&worker, &world.alpha, ALSO_GAMMA, &world.gamma).len(), 1);
}

#[test]
fn only_the_author_of_a_block_tells() {
	let world = seen_by_alpha();
	assert!(told_by(&alphas().without_keys(), &world.alpha, AT_GAMMA, &world.gamma).is_empty());
}

#[test]
fn a_peer_that_does_not_know_a_system_is_not_told_of_it() {
	let world = seen_by_alpha();
	let mut gamma = Chain::new(GAMMA, Voters::new(3, &[Ed25519Keyring::Ferdie]));
	gamma.seal();
	let done = alphas().run(&world.alpha, &[(AT_GAMMA, &gamma)]);
	assert!(done.told.is_empty());
	let digests = done.asked.iter().filter(|(_, method)| method == "state_call").count();
	assert_eq!(digests, 1, "its list in short is all that it is asked for");
}
