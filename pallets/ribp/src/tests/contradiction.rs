//! Endpoints of one system that contradict each other: the worker reports the fork itself.

use super::{
	authorize::apply_general,
	forks::*,
	node::*,
	worker::{submitted, ALSO_BETA, AT_BETA},
	world::*,
};
use crate::{
	mock::{MAX_MISSED, VIEW_STEP, WINDOW},
	Call, Height, Status,
};

/// Alpha has seen the one history up to `seen`; they part in block 9. A contract waits.
fn waiting(seen: Height) -> Forked {
	waiting_in(Forked::new(9).advance_to(seen + 1))
}

fn waiting_in(mut world: Forked) -> Forked {
	let swap = Exchange::until(80, 80);
	show(&mut world.alpha, &world.one);
	world.alpha.register(&swap.delivery).expect("the delivery can be registered");
	world.alpha.seal();
	world
}

/// Lets alpha's worker ask a node of the other history, and alpha take what it submits.
#[track_caller]
fn ask_other(world: &mut Forked) {
	let worker = Worker::new(&[(BETA, &[AT_BETA])]);
	let done = worker.run(&world.alpha, &[(AT_BETA, &world.other)]);
	assert!(matches!(submitted(&done), Call::report_fork { .. }));
	apply_general(&mut world.alpha, &done.submitted[0]).expect("it is a fork");
	assert_eq!(status(&mut world.alpha), Status::Forked);
}

#[test]
fn a_node_with_another_history_inside_the_window_is_reported() {
	for ahead in [0, 1, VIEW_STEP, WINDOW - 4] {
		let mut world = waiting(12);
		world.other.advance_to(13 + ahead);
		ask_other(&mut world);
		assert_eq!(fork_height(&mut world.alpha), Some(9), "{ahead} blocks ahead");
	}
}

#[test]
fn a_node_with_another_history_that_lags_behind_is_reported() {
	let mut world = waiting(14);
	world.other = Forked::new(9).advance_to(12).other;
	ask_other(&mut world);
	assert_eq!(fork_height(&mut world.alpha), Some(9));
}

#[test]
fn a_node_with_another_history_far_ahead_is_reported() {
	for ahead in [WINDOW + 2, MAX_MISSED] {
		let mut world = waiting(12);
		world.other.advance_to(12 + ahead);
		ask_other(&mut world);
		assert_eq!(fork_height(&mut world.alpha), Some(9), "{ahead} blocks ahead");
	}
}

#[test]
fn a_fork_below_the_window_is_reported_by_what_the_node_has_kept() {
	let mut world = waiting(12);
	let next = world.one.now() + WINDOW - 2;
	world.one.advance_to(next);
	show(&mut world.alpha, &world.one);
	world.alpha.seal();
	assert!(world.alpha.view_of(BETA).unwrap().first() > 9);
	let ahead = world.one.now() + 1;
	world.other.advance_to(ahead);
	ask_other(&mut world);
	assert_eq!(fork_height(&mut world.alpha), Some(9));
}

#[test]
fn a_branch_that_is_refused_already_is_not_reported_again() {
	let mut world = waiting_in(Forked::new(9).advance_to(13).by_hash());
	ask_other(&mut world);
	let end = world.alpha.now() + crate::mock::FORK_GRACE + 4;
	let mut world = world.advance_to(end);
	assert_eq!(status(&mut world.alpha), Status::Active);
	world.alpha.seal();
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	let nodes = [(AT_BETA, &world.other), (ALSO_BETA, &world.other)];
	assert!(worker.run(&world.alpha, &nodes).submitted.is_empty());
}

#[test]
fn a_node_that_only_lags_behind_is_not_taken_for_another_history() {
	let world = waiting(12);
	let lagging = Forked::new(9).advance_to(11).one;
	let worker = Worker::new(&[(BETA, &[AT_BETA])]);
	let done = worker.run(&world.alpha, &[(AT_BETA, &lagging)]);
	assert!(done.submitted.is_empty());
}
