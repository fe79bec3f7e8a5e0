//! Nodes ask witnesses what they have counted, and the forked chain whether that stands.

use super::{court::*, hearing::on_both_branches, *};
use crate::{
	mock::UncheckedExtrinsic,
	tests::{
		node::{Done, Worker},
		worker::{include, AT_BETA},
	},
	ForkChoice,
};
use codec::Decode;

const AT_GAMMA: &str = "http://gamma.example:9966";
const AT_DELTA: &str = "http://delta.example:9977";

fn worker() -> Worker {
	Worker::new(&[(BETA, &[AT_BETA]), (GAMMA, &[AT_GAMMA]), (DELTA, &[AT_DELTA])])
}

/// Runs alpha's worker, and puts what it submits into the open block. Beta's node has this history.
fn works(court: &mut Court, worker: &Worker, has_other: bool) -> Vec<Call<Test>> {
	let Court { alpha, witnesses: [gamma, delta], one, other } = court;
	let beta = if has_other { other } else { one };
	let done = worker.run(alpha, &[(AT_BETA, beta), (AT_GAMMA, gamma), (AT_DELTA, delta)]);
	include(alpha, &done);
	calls(&done)
}

fn calls(done: &Done) -> Vec<Call<Test>> {
	let call = |bytes: &Vec<u8>| {
		let extrinsic = UncheckedExtrinsic::decode(&mut &bytes[..]).expect("it is an extrinsic");
		let RuntimeCall::Ribp(call) = extrinsic.function else { panic!("it is of this pallet") };
		call
	};
	done.submitted.iter().map(call).collect()
}

fn tallies(calls: &[Call<Test>]) -> usize {
	calls.iter().filter(|call| matches!(call, Call::report_tally { .. })).count()
}

#[test]
fn the_worker_brings_what_witnesses_have_counted_and_the_branch_is_adopted() {
	let mut court = Court::new(1, [1, 1]).told();
	let worker = worker();
	assert_eq!(tallies(&works(&mut court, &worker, true)), 2);
	for place in [0, 1] {
		let (tally, backs) = (court.tally(place), Some(court.tip()));
		let testimony = court.testimony(place).expect("it is heard");
		assert_eq!((testimony.tally, testimony.backs), (tally, backs));
		assert!(testimony.counts);
	}
	// Nothing is asked twice, and nothing is against them.
	while court.alpha.now() < VERDICT {
		court.alpha.seal();
		assert_eq!(tallies(&works(&mut court, &worker, true)), 0);
	}
	assert!([0, 1].iter().all(|place| court.testimony(*place).is_none()));
	assert!(follows(&mut court.alpha, &court.other));
}

#[test]
fn a_witness_is_heard_as_soon_as_a_node_tells_where_its_head_is() {
	let mut court = Court::new(1, [1, 1]).told();
	let worker = worker();
	assert_eq!(tallies(&works(&mut court, &worker, false)), 0);
	court.alpha.seal();
	assert_eq!(tallies(&works(&mut court, &worker, true)), 2);
}

#[test]
fn the_worker_shows_that_a_head_is_on_two_branches() {
	let mut court = on_both_branches();
	court.alpha.seal();
	let worker = worker();
	let mut done = Vec::new();
	// One witness after the other is looked at.
	for _ in 0..2 {
		done.extend(works(&mut court, &worker, false));
		court.alpha.seal();
	}
	let refuted = done.iter().filter(|call| matches!(call, Call::refute_tally { .. }));
	assert_eq!(refuted.count(), 1, "{done:?}");
	assert!(court.testimony(0).is_some_and(|testimony| !testimony.counts));
	assert!(court.testimony(1).is_some_and(|testimony| testimony.counts));
	court.decided_at(VERDICT, false);
}

#[test]
fn where_root_decides_no_witness_is_asked() {
	let mut court = Court::under(ForkChoice::ByGovernance, 1, [1, 1]).told();
	assert_eq!(works(&mut court, &worker(), true), []);
}
