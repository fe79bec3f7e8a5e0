//! Endpoints of one system that contradict each other: the worker reports the fork itself.

use super::{
	authorize::apply_general,
	chain::*,
	forks::*,
	node::*,
	worker::{submitted, ALSO_BETA, AT_BETA},
	world::*,
};
use crate::{
	mock::{RuntimeOrigin, EXPOSURE, VIEW_STEP},
	Call, Difference, ForkReport, Height, Status, STORED_LEVEL,
};
use ribp_light_client::testing::Ed25519Keyring;

/// Alpha has seen the one history up to `seen`; they part in block 9. A contract waits.
fn waiting(seen: Height) -> Forked {
	let mut world = Forked::new(9).advance_to(seen + 1);
	let swap = Exchange::until(80, 80);
	show(&mut world.alpha, &world.one);
	world.alpha.register(&swap.delivery).expect("the delivery can be registered");
	world.alpha.seal();
	world
}

/// Lets alpha's worker ask a node of the other history, and alpha take what it submits.
#[track_caller]
fn ask_other(world: &mut Forked) -> ForkReport {
	ask_other_by(&Worker::new(&[(BETA, &[AT_BETA])]), world)
}

#[track_caller]
fn ask_other_by(worker: &Worker, world: &mut Forked) -> ForkReport {
	let done = worker.run(&world.alpha, &[(AT_BETA, &world.other)]);
	let Call::report_fork { report, .. } = submitted(&done) else { panic!("it is a report") };
	apply_general(&mut world.alpha, &done.submitted[0]).expect("it is a fork");
	assert_eq!(status(&mut world.alpha), Status::Forked);
	report
}

/// Where the newest branch leaves the one that is followed.
fn common(chain: &mut Chain) -> Option<Height> {
	open_branches(chain).last().expect("one is open").common
}

#[test]
fn a_node_with_another_history_is_reported_with_where_it_leaves_the_known_one() {
	for ahead in [0, 1, VIEW_STEP, 17, 18, 60] {
		let mut world = waiting(12);
		world.other.advance_to(13 + ahead);
		let report = ask_other(&mut world);
		assert_eq!(report.header.number, 12 + ahead);
		assert_eq!(common(&mut world.alpha), Some(8), "{ahead} blocks ahead");
	}
}

#[test]
fn what_the_worker_reports_can_be_adopted() {
	let mut world = waiting(12);
	world.other.advance_to(60);
	ask_other(&mut world);
	let branch = Some(world.other.head());
	let call = Call::choose_branch { system: BETA, branch };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("its history was brought");
	assert!(follows(&mut world.alpha, &world.other));
}

#[test]
fn a_node_with_another_history_that_lags_behind_is_reported() {
	for newest in [9, 11, 13] {
		let mut world = waiting(14);
		world.other = history_until(9, "another history", newest + 1);
		let report = ask_other(&mut world);
		assert_eq!(report.header.number, newest);
		assert_eq!(common(&mut world.alpha), Some(8));
	}
}

#[test]
fn a_fork_far_below_the_newest_blocks_is_reported_from_the_mark_below_it() {
	let mut world = waiting(12);
	for _ in 0..3 {
		let next = world.one.now() + 30;
		world.one.advance_to(next);
		show(&mut world.alpha, &world.one);
		world.alpha.seal();
	}
	assert!(world.alpha.view_of(BETA).lowest() > 80);
	world.other.advance_to(110);
	let report = ask_other(&mut world);
	assert!(matches!(report.differences[..], [Difference::Below { height: 12, .. }]));
	assert_eq!(common(&mut world.alpha), Some(1));
}

#[test]
fn a_branch_of_authorities_who_have_been_replaced_is_reported_with_who_they_were() {
	let mut world = waiting(12);
	world.one.advance_to(15);
	world.one.hand_over(&[Ed25519Keyring::One]);
	let change = world.one.evidence(15, &mut world.alpha, &[]);
	world.alpha.submit(BETA, change, &[]).expect("it hands over");
	world.alpha.seal();
	let report = ask_other(&mut world);
	let old = Voters::new(5, &BETA_VOTERS);
	assert_eq!((report.signers.set_id, report.signers.authorities), (5, Some(old.authorities())));
}

#[test]
fn a_branch_on_which_others_are_in_charge_is_reported_by_the_last_block_of_those_who_are_known() {
	let mut world = waiting(12);
	world.other.advance_to(18);
	world.other.hand_over(&[Ed25519Keyring::One]);
	world.other.advance_to(40);
	let report = ask_other(&mut world);
	assert_eq!((report.header.number, report.signers.set_id), (18, 5));
}

/// The node's blocks are none that alpha knows: that they are final by the votes of authorities who had handed
/// over is enough.
#[test]
fn blocks_that_authorities_sign_after_their_handover_are_reported() {
	let mut world = waiting(12);
	let old = world.one.voters.clone();
	world.one = plain_history(20);
	world.one.hand_over(&[Ed25519Keyring::One]);
	show(&mut world.alpha, &world.one);
	world.alpha.seal();
	world.other = plain_history(20);
	world.other.hand_over(&[Ed25519Keyring::One]);
	world.other.voters = old;
	world.other.announce(sp_runtime::DigestItem::Other(b"they went on".to_vec()));
	world.other.advance_to(30);
	let report = ask_other(&mut world);
	assert_eq!((report.header.number, &report.differences[..]), (29, &[Difference::EraEnd][..]));
}

#[test]
fn a_branch_that_is_known_already_is_not_reported_again() {
	let mut world = waiting(12);
	ask_other(&mut world);
	let call = Call::choose_branch { system: BETA, branch: None };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("the followed one is chosen");
	world.alpha.advance_to(world.alpha.now() + EXPOSURE + 1);
	assert_eq!(status(&mut world.alpha), Status::Active);
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	for ahead in [0, 1, 30] {
		world.other.advance_to(13 + ahead);
		let nodes = [(AT_BETA, &world.other), (ALSO_BETA, &world.other)];
		let done = worker.run(&world.alpha, &nodes);
		assert!(done.submitted.is_empty(), "{ahead} blocks later");
		world.alpha.advance_to(world.alpha.now() + 8);
	}
}

#[test]
fn a_third_branch_is_told_from_those_that_are_refused() {
	let mut world = waiting(12);
	ask_other(&mut world);
	let call = Call::choose_branch { system: BETA, branch: None };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("the followed one is chosen");
	world.alpha.advance_to(world.alpha.now() + EXPOSURE + 1);
	world.other = history_until(11, "a third history", 20);
	let report = ask_other(&mut world);
	assert_eq!(report.differences.len(), 2);
	assert_eq!(common(&mut world.alpha), Some(10));
}

#[test]
fn a_node_that_only_lags_behind_is_not_taken_for_another_history() {
	let world = waiting(12);
	let lagging = plain_history(11);
	let worker = Worker::new(&[(BETA, &[AT_BETA])]);
	let done = worker.run(&world.alpha, &[(AT_BETA, &lagging)]);
	assert!(done.submitted.is_empty());
}

/// It brings neither what is common nor the subtrees, but the fork is opened.
#[test]
fn a_fork_of_a_peer_of_an_older_version_is_reported_where_hashes_are_enough() {
	let mut world = waiting(12);
	world.other.advance_to(30);
	let worker = Worker::new(&[(BETA, &[AT_BETA])]).with_peers_of_an_older_version();
	ask_other_by(&worker, &mut world);
	let mut world = waiting(12);
	world.other.advance_to(2 << STORED_LEVEL);
	let done = worker.run(&world.alpha, &[(AT_BETA, &world.other)]);
	assert!(done.submitted.is_empty(), "what it takes is not told");
}
