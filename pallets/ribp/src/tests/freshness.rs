//! How many endpoints are asked, and which answer counts.

use super::{node::*, worker::*, world::*};
use crate::{mock::Test, Call, Height, Stage};

const ALL: [&str; 4] = [
	"http://one.beta.example:9955",
	"http://two.beta.example:9955",
	"http://three.beta.example:9955",
	"http://four.beta.example:9955",
];

/// Worlds of the same history, of which the second is ahead, with an exchange that both know.
fn lagging_and_ahead() -> (World, World, Exchange) {
	let swap = Exchange::until(60, 60);
	let world = || World::new().registered(&swap);
	let (mut lagging, mut ahead) = (world(), world());
	lagging.beta.advance_to(4);
	ahead.beta.advance_to(8);
	(lagging, ahead, swap)
}

/// How many endpoints were asked.
fn asked(done: &Done) -> usize {
	let mut urls: Vec<_> = done.asked.iter().map(|(url, _)| url).collect();
	urls.sort();
	urls.dedup();
	urls.len()
}

/// The height of the evidence that was submitted.
fn height(done: &Done) -> Height {
	match submitted(done) {
		Call::<Test>::submit_evidence { evidence, .. } => evidence.header.number,
		other => panic!("{other:?} is not evidence"),
	}
}

#[test]
fn as_many_endpoints_are_asked_as_there_are_requests_in_the_paper() {
	let (_, ahead, _) = lagging_and_ahead();
	for (endpoints, requests) in [(1, 1), (2, 1), (3, 2), (4, 2)] {
		let known = &ALL[..endpoints];
		let nodes: Vec<_> = known.iter().map(|url| (*url, &ahead.beta)).collect();
		let done = Worker::new(&[(BETA, known)]).run(&ahead.alpha, &nodes);
		assert_eq!(asked(&done), requests, "of {endpoints}");
		assert_eq!(done.submitted.len(), 1);
	}
}

#[test]
fn the_newest_answer_counts_whoever_is_asked_first() {
	let (lagging, mut ahead, _) = lagging_and_ahead();
	for block in 0..12 {
		let worker = Worker::new(&[(BETA, &ALL)]);
		let behind = block % 4;
		let nodes = ALL.map(|url| (url, if url == ALL[behind] { &lagging } else { &ahead }));
		let nodes = nodes.map(|(url, world)| (url, &world.beta));
		assert_eq!(height(&worker.run(&ahead.alpha, &nodes)), 7, "{behind} lags behind");
		ahead.alpha.seal();
	}
}

#[test]
fn endpoints_that_are_down_or_know_nothing_new_are_passed_over() {
	let (lagging, mut ahead, swap) = lagging_and_ahead();
	let ids = [swap.id()];
	let evidence = ahead.evidence_at(6, &ids);
	ahead.submit(evidence, &ids).expect("the payment is registered");
	let second = Exchange::numbered(1, 60, 60);
	let mut ahead = ahead.registered(&second);
	for up in 0..4 {
		let worker = Worker::new(&[(BETA, &ALL)]);
		let nodes = [(ALL[(up + 1) % 4], &lagging.beta), (ALL[up], &ahead.beta)];
		let done = worker.run(&ahead.alpha, &nodes);
		assert_eq!((asked(&done), height(&done)), (4, 8));
	}
	assert_eq!(ahead.alpha.stage(&second.delivery), Some(Stage::Registered));
}
