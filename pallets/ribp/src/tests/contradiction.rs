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
use ribp_peer::status::EndpointResult;

/// Alpha has seen the one history up to `seen`; they part in block 9. A contract waits.
fn waiting(seen: Height) -> Forked {
	let mut world = Forked::new(9).advance_to(seen + 1);
	let swap = Exchange::until(80, 80);
	show(&mut world.alpha, &world.one);
	world.alpha.register(&swap.delivery).expect("the delivery can be registered");
	world.alpha.seal();
	world
}

/// Lets a contract wait on alpha.
fn waits(alpha: &mut Chain) {
	let swap = Exchange::until(alpha.now() + 70, alpha.view_of(BETA).number() + 70);
	alpha.register(&swap.delivery).expect("the delivery can be registered");
	alpha.seal();
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
fn another_history_is_reported_where_nothing_waits() {
	for ahead in [0, 1, 20] {
		let mut world = Forked::new(9).advance_to(13);
		show(&mut world.alpha, &world.one);
		world.alpha.advance_to(3 * 8 + 1);
		world.other.advance_to(13 + ahead);
		let report = ask_other(&mut world);
		assert_eq!(report.header.number, 12 + ahead);
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
		let named = worker.rounds(BETA).endpoints.into_iter().map(|endpoint| endpoint.last);
		assert!(named.into_iter().all(|last| last == EndpointResult::KnownBranch));
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

/// Alpha knows of the one history blocks far apart, up to 101.
fn with_few_marks(mut world: Forked) -> Forked {
	for height in [13, 42, 72, 102] {
		world.one.advance_to(height);
		show(&mut world.alpha, &world.one);
		world.alpha.seal();
	}
	assert!(world.alpha.view_of(BETA).lowest() > 80);
	waits(&mut world.alpha);
	world
}

/// The node has stopped where alpha knows no block. One of the followed branch tells what is there.
#[test]
fn a_branch_that_ends_between_known_blocks_is_shown_by_a_node_of_the_followed_one() {
	let mut world = with_few_marks(Forked::new(20));
	world.other.advance_to(26);
	let worker = Worker::new(&[(BETA, &[AT_BETA])]);
	assert!(worker.run(&world.alpha, &[(AT_BETA, &world.other)]).submitted.is_empty());
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	let one = [(AT_BETA, &world.other), (ALSO_BETA, &world.one)];
	let report = reported(&mut world.alpha, &worker, &one);
	assert_eq!(report.header.number, 25);
	assert!(matches!(report.differences[..], [Difference::Above { under: 41, .. }]));
}

/// The same, of a node that only lags behind.
#[test]
fn a_node_that_lags_behind_between_known_blocks_is_not_taken_for_another_history() {
	let world = with_few_marks(Forked::new(20));
	let lagging = plain_history(26);
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	let done = worker.run(&world.alpha, &[(AT_BETA, &lagging), (ALSO_BETA, &world.one)]);
	assert!(done.submitted.is_empty());
	let headers = done.asked.iter().filter(|(_, method)| method == "chain_getHeader").count();
	assert!(headers < 8, "nobody asks for its ancestors: {headers}");
}

/// What alpha takes of what its worker submits.
#[track_caller]
fn reported(alpha: &mut Chain, worker: &Worker, nodes: &[(&str, &Chain)]) -> ForkReport {
	let done = worker.run(alpha, nodes);
	let Call::report_fork { report, .. } = submitted(&done) else { panic!("it is a report") };
	apply_general(alpha, &done.submitted[0]).expect("it is a fork");
	assert_eq!(status(alpha), Status::Forked);
	report
}

/// Others are in charge of the branch before it has a block at a height that alpha knows.
#[test]
fn a_handover_between_known_blocks_is_reported_by_itself() {
	let mut world = with_few_marks(Forked::new(20));
	world.other.advance_to(25);
	world.other.hand_over(&[Ed25519Keyring::One]);
	world.other.advance_to(60);
	let report = ask_other(&mut world);
	assert_eq!((report.header.number, &report.differences[..]), (25, &[Difference::EraEnd][..]));
}

/// The third history has left the other one below the highest block that alpha knows of that.
#[test]
fn a_branch_of_an_open_or_refused_one_is_told_from_it_by_a_node_of_that() {
	let mut world = waiting(20);
	world.other.advance_to(31);
	ask_other(&mut world);
	let call = Call::choose_branch { system: BETA, branch: None };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("the followed one is chosen");
	world.alpha.advance_to(world.alpha.now() + EXPOSURE + 1);
	let mut third = history_until(9, "another history", 13);
	third.announce(sp_runtime::DigestItem::Other(b"a branch of it".to_vec()));
	third.advance_to(21);
	let worker = Worker::new(&[(BETA, &[AT_BETA])]);
	assert!(worker.run(&world.alpha, &[(AT_BETA, &third)]).submitted.is_empty(), "nobody tells");
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	let nodes = [(AT_BETA, &third), (ALSO_BETA, &world.other)];
	let report = reported(&mut world.alpha, &worker, &nodes);
	let [Difference::Below { height: 9, .. }, Difference::Above { under: 30, .. }] =
		report.differences[..]
	else {
		panic!("{:?}", report.differences)
	};
}

/// Its headers state a past that they do not have: no path leads there.
#[test]
fn a_node_whose_headers_lie_about_their_past_is_reported_by_their_ancestors() {
	for (height, lowest) in [(31, 9), (60, 9), (80, 14), (90, 20)] {
		let mut world = Forked::new(9).advance_to(15);
		let history = world.one.history(15);
		world.other.corrupt(|| crate::OwnHistory::<crate::mock::Test>::put(history));
		let mut world = world.advance_to(21);
		show(&mut world.alpha, &world.one);
		waits(&mut world.alpha);
		world.other.advance_to(height);
		if height - 1 - lowest > 65 {
			let worker = Worker::new(&[(BETA, &[AT_BETA])]);
			let done = worker.run(&world.alpha, &[(AT_BETA, &world.other)]);
			assert!(done.submitted.is_empty(), "it takes too many");
			continue;
		}
		let report = ask_other(&mut world);
		assert_eq!(report.header.number, height - 1);
		assert_eq!(report.differences, [Difference::Descent(lowest)]);
		assert_eq!(report.ancestors.len() as Height, height - 1 - lowest - 1);
	}
}

/// Retired keys have signed a block that alpha follows: what comes from another branch above it is
/// told.
#[test]
fn another_history_is_told_from_a_refused_block_that_is_followed_by_now() {
	let mut world = signed_by_retired_keys(true);
	let other = parted_after_handover(25, 46);
	world.alpha.advance_to(world.alpha.now() + EXPOSURE + 1);
	waits(&mut world.alpha);
	let worker = Worker::new(&[(BETA, &[AT_BETA])]);
	let report = reported(&mut world.alpha, &worker, &[(AT_BETA, &other)]);
	let [Difference::Below { height: 25, .. }, Difference::Followed { under: 22, .. }] =
		report.differences[..]
	else {
		panic!("{:?}", report.differences)
	};
}

/// Its node makes paths of hashes, as many as they take; where these are too many, of what is known
/// to be common.
#[test]
fn a_fork_of_a_peer_of_an_older_version_is_reported_with_its_past() {
	const FAR: Height = 3 << STORED_LEVEL;
	for (at, seen) in [(9, 12), (FAR, FAR + 3)] {
		let mut world = Forked::new(at);
		world.one.advance_to(seen + 1);
		show(&mut world.alpha, &world.one);
		waits(&mut world.alpha);
		world.other.advance_to(seen + 20);
		let worker = Worker::new(&[(BETA, &[AT_BETA])]).with_peers_of_an_older_version();
		ask_other_by(&worker, &mut world);
		assert_eq!(common(&mut world.alpha), Some(at - 1));
		let call = Call::choose_branch { system: BETA, branch: Some(world.other.head()) };
		world.alpha.dispatch(RuntimeOrigin::root(), call).expect("its history was brought");
	}
}

/// It has grown by so much since that no path is made of hashes, and the ancestors are too many.
#[test]
fn of_a_far_fork_of_a_peer_of_an_older_version_nothing_is_submitted() {
	let mut world = waiting(12);
	world.other.advance_to(5 << STORED_LEVEL);
	let worker = Worker::new(&[(BETA, &[AT_BETA])]).with_peers_of_an_older_version();
	let mut seen = Vec::new();
	for _ in 0..40 {
		let done = worker.run(&world.alpha, &[(AT_BETA, &world.other)]);
		assert!(done.submitted.is_empty(), "what it takes is not told");
		seen.push(worker.answer(BETA));
		assert!(done.asked.len() < 300, "{}", done.asked.len());
		world.alpha.seal();
	}
	// It takes some rounds to ask for all of its past.
	seen.dedup();
	assert!(seen.starts_with(&[EndpointResult::Tracing, EndpointResult::Unproven]), "{seen:?}");
}

/// It is not said to have another history for what only it says.
#[test]
fn a_node_that_tells_a_false_past_is_neither_believed_nor_reported() {
	for ahead in [0, 8, 60] {
		let mut world = waiting(12);
		let height = world.one.now() + ahead;
		world.one.advance_to(height);
		let worker = Worker::new(&[(BETA, &[AT_BETA])]).with_false_past(AT_BETA);
		for _ in 0..6 {
			let done = worker.run(&world.alpha, &[(AT_BETA, &world.one)]);
			assert!(done.submitted.is_empty(), "{ahead} blocks ahead");
			world.alpha.seal();
		}
		let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]).with_false_past(AT_BETA);
		let nodes = [(AT_BETA, &world.one), (ALSO_BETA, &world.one)];
		let done = worker.run(&world.alpha, &nodes);
		if ahead == 0 {
			assert!(done.submitted.is_empty());
			continue;
		}
		let Call::submit_evidence { evidence, .. } = submitted(&done) else { panic!("evidence") };
		assert_eq!(evidence.header.hash(), world.one.head());
	}
}
