//! What the worker tells of itself: each round, endpoint, submission and message by what it came to.

use super::{chain::*, node::*, worker::*, world::*};
use crate::{
	mock::{Item, RuntimeOrigin, EXISTENTIAL_DEPOSIT, MAX_CONTRACTS},
	Call, STORED_LEVEL,
};
use codec::Encode;
use ribp_light_client::testing::Ed25519Keyring as Key;
use ribp_peer::{
	status::{
		from_bytes, rounds_key, ConcludingResult, EndpointResult, Fate, Fault, MessageKind, Method,
		RoundResult, Rounds, Standing, TellingResult, WorkerResult, MAX_ENDPOINTS, MAX_WAITING,
		VERSION, WORKER_KEY,
	},
	ROUNDS_LOCK,
};
use std::panic::{catch_unwind, AssertUnwindSafe};

const BETAS_HOST: &str = "beta.example:9955";

/// A world in which beta's payment could commit alpha's delivery.
fn waiting() -> (World, Exchange) {
	let swap = Exchange::until(60, 60);
	(World::new().registered(&swap), swap)
}

/// What the last round has come to, of a worker that has run.
fn last(worker: &Worker) -> RoundResult {
	worker.rounds(BETA).last.expect("there was one").result
}

/// What a round of this worker comes to while a contract waits.
fn round(worker: &Worker) -> RoundResult {
	let (world, _) = waiting();
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	last(worker)
}

/// What the only endpoint comes to of a worker whose peer answers a method in this way.
fn answered(method: &'static str, instead: Instead) -> (EndpointResult, Option<(Fault, i64)>) {
	let worker = alphas_worker().with_answers(method, instead);
	let result = round(&worker);
	let fault = worker.endpoint(BETA, BETAS_HOST).fault;
	assert_eq!(result == RoundResult::Failed, fault.is_some());
	(worker.answer(BETA), fault.map(|(fault, code, _)| (fault, code)))
}

#[test]
fn a_round_without_endpoints_says_so() {
	assert_eq!(round(&Worker::new(&[])), RoundResult::NoEndpoint);
}

#[test]
fn a_setting_of_endpoints_that_cannot_be_read_is_none() {
	let mut worker = alphas_worker();
	worker.keep(ribp_peer::ENDPOINTS_KEY, &[0xff; 5]);
	assert_eq!(round(&worker), RoundResult::NoEndpoint);
}

#[test]
fn a_round_that_submits_says_what() {
	let worker = alphas_worker();
	assert_eq!(round(&worker), RoundResult::Submitted);
	let Rounds { submitted, endpoints, results, asked, open, .. } = worker.rounds(BETA);
	let submitted = submitted.expect("it has submitted");
	assert_eq!((submitted.kind, submitted.number), (MessageKind::Evidence, 2));
	assert_eq!((submitted.contracts, submitted.fate), (1, Fate::Taken));
	assert!(submitted.bytes > 0 && submitted.refusal.is_none());
	assert_eq!(results.of(RoundResult::Submitted), 1);
	assert_eq!((asked.expect("beta was asked").contracts, open), (1, 1));
	let [endpoint] = &endpoints[..] else { panic!("there is one") };
	assert_eq!((endpoint.last, &endpoint.host[..]), (EndpointResult::Found, BETAS_HOST));
	assert_eq!((endpoint.finalized, endpoint.fault), (Some(2), None));
	let of = |method| endpoint.requests.iter().filter(|of| of.method == method).count();
	assert_eq!((of(Method::ProveFinality), of(Method::ReadProof)), (1, 1));
	assert!(endpoint.requests.iter().all(|request| request.fault.is_none()));
}

#[test]
fn a_round_with_nothing_to_ask_is_idle() {
	let worker = alphas_worker();
	let world = World::new().at(3);
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(last(&worker), RoundResult::Idle);
	assert!(worker.rounds(BETA).asked.is_none());
}

#[test]
fn while_there_is_no_business_the_record_says_why() {
	let (mut world, swap) = waiting();
	world.tell_alpha(&[swap.id()]).expect("the payment is registered");
	let pause = Call::pause { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause).expect("it is not paused");
	world.seal();
	let worker = alphas_worker();
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(last(&worker), RoundResult::Stopped);
	assert_eq!(worker.rounds(BETA).stopped.as_deref(), Some("SystemPaused"));
	let resume = Call::resume { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), resume).expect("it is paused");
	world.seal();
	alpha_works(&mut world, &worker);
	assert_ne!(last(&worker), RoundResult::Stopped);
	assert_eq!(worker.rounds(BETA).stopped, None);
}

#[test]
fn another_nodes_turn_is_named() {
	assert_eq!(round(&alphas_worker().without_keys()), RoundResult::AnothersTurn);
}

#[test]
fn a_round_that_fails_says_how_long_the_peer_is_left_alone() {
	let (mut world, swap) = waiting();
	let worker = alphas_worker();
	let mut results = Vec::new();
	for _ in 0..3 {
		worker.run(&world.alpha, &[]);
		results.push(last(&worker));
		world.alpha.seal();
	}
	assert_eq!(results, [RoundResult::Failed, RoundResult::Failed, RoundResult::Pausing]);
	let Rounds { not_before, failures, waiting, endpoints, .. } = worker.rounds(BETA);
	assert_eq!((not_before, failures), (5, 2));
	assert_eq!(waiting[0].contract, swap.id().hash);
	assert_eq!((waiting[0].standing, waiting[0].expiry), (Standing::PeerSilent, 60));
	let (fault, code, at) = endpoints[0].fault.expect("it is down");
	assert_eq!((fault, code, at.block), (Fault::Unreachable, 0, 3));
}

#[test]
fn a_round_that_takes_all_the_time_leaves_none_to_others() {
	let (mut world, _) = waiting();
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.seal();
	world.alpha.knows(&twin);
	world.seal();
	let worker = Worker::new(&[(BETA, &[AT_BETA]), (TWIN, &["http://twin.example"])]);
	let worker = worker.with_slow_peers(30_000);
	// A different one is first after each block.
	let mut results = Vec::new();
	for _ in 0..2 {
		worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
		results.push(worker.rounds(TWIN).last.expect("there was one").result);
		world.alpha.seal();
	}
	assert!(results.contains(&RoundResult::OutOfTime), "{results:?}");
}

#[test]
fn a_round_that_never_ends_is_told_by_the_next_one() {
	let (world, _) = waiting();
	let bad = alphas_worker().with_answers("grandpa_proveFinality", Instead::Panic);
	let nodes = [(AT_BETA, &world.beta)];
	let died = catch_unwind(AssertUnwindSafe(|| bad.run(&world.alpha, &nodes)));
	assert!(died.is_err());
	let mut worker = bad.with_good_peers();
	// Where nothing unwinds, its lock stays for a while.
	worker.keep(ROUNDS_LOCK, &20_000_u64.encode());
	worker.run(&world.alpha, &nodes);
	assert_eq!(worker.status().last.expect("it has run").1, WorkerResult::Busy);
	worker.forget(ROUNDS_LOCK);
	worker.run(&world.alpha, &nodes);
	assert_eq!(worker.rounds(BETA).results.of(RoundResult::Unfinished), 1);
	assert_eq!(last(&worker), RoundResult::Pausing);
	assert_eq!(worker.status().last.expect("it has run").1, WorkerResult::Done);
}

#[test]
fn a_node_that_knows_no_other_chain_says_so() {
	let mut alpha = alpha_chain();
	alpha.seal();
	let worker = alphas_worker();
	worker.run(&alpha, &[]);
	assert_eq!(worker.status().last.expect("it has run").1, WorkerResult::NoSystems);
}

#[test]
fn what_may_be_on_its_way_is_held_back_and_told_what_became_of_it() {
	let (mut world, _) = waiting();
	let worker = alphas_worker();
	let mut seen = Vec::new();
	for _ in 0..5 {
		// No block takes what the pool has.
		worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
		seen.push(last(&worker));
		world.alpha.seal();
	}
	assert_eq!(seen[..2], [RoundResult::Submitted, RoundResult::Underway]);
	assert!(worker.rounds(BETA).fates.of(Fate::Underway) > 0);
	assert_eq!(worker.rounds(BETA).fates.of(Fate::Lost), 1);
	let (mut world, _) = waiting();
	let worker = alphas_worker();
	alpha_works(&mut world, &worker);
	world.seal();
	alpha_works(&mut world, &worker);
	assert_eq!(worker.rounds(BETA).fates.of(Fate::Effective), 1);
}

#[test]
fn what_the_pool_does_not_take_is_told_with_the_reason() {
	let worker = alphas_worker().with_refusing_pool();
	assert_eq!(round(&worker), RoundResult::NotTaken);
	let Rounds { submitted, refusals, waiting, .. } = worker.rounds(BETA);
	let submitted = submitted.expect("it has tried");
	assert_eq!(submitted.fate, Fate::NotTaken);
	assert_eq!(submitted.refusal.as_deref(), Some("PoolHasBetter"));
	assert_eq!(refusals, [("PoolHasBetter".into(), 1)]);
	assert_eq!(waiting[0].standing, Standing::NotTaken);
}

#[test]
fn a_contract_that_nobody_answers_is_told_with_the_reason() {
	let lonely = Exchange::until(60, 60).delivery;
	let mut world = World::new();
	world.alpha.register(&lonely).expect("it is new");
	world.seal();
	let worker = alphas_worker();
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(last(&worker), RoundResult::Nothing);
	assert_eq!(worker.answer(BETA), EndpointResult::NothingMoves);
	let [waiting] = &worker.rounds(BETA).waiting[..] else { panic!("one waits") };
	assert_eq!((waiting.standing, waiting.number), (Standing::NotYet, 2));
	assert_eq!(waiting.error.as_deref(), Some("PeerNotRegistered"));
}

#[test]
fn contracts_for_which_a_message_has_no_room_are_not_looked_at() {
	let coins = [Item::Token(10)];
	let swap = |number| Exchange::of(ALPHA, [&coins, &coins], number, 60, 60);
	let mut world = World::new();
	for swap in (0..=MAX_CONTRACTS as u8).map(swap) {
		world.alpha.register(&swap.delivery).expect("it is new");
		world.beta.register(&swap.payment).expect("it is new");
	}
	world.seal();
	let worker = alphas_worker();
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	let waiting = worker.rounds(BETA).waiting;
	let so_many = |standing| waiting.iter().filter(|its| its.standing == standing).count();
	assert_eq!(so_many(Standing::Underway), MAX_CONTRACTS as usize);
	assert_eq!(so_many(Standing::NotLookedAt), 1);
}

#[test]
fn a_peer_without_a_justification_is_named() {
	let found = answered("grandpa_proveFinality", Instead::Result("null"));
	assert_eq!(found, (EndpointResult::NoJustification, None));
}

#[test]
fn a_peer_without_a_method_is_named() {
	let found = answered("grandpa_proveFinality", Instead::Refusal(-32601));
	assert_eq!(found, (EndpointResult::Faulty, Some((Fault::MethodMissing, -32601))));
}

#[test]
fn a_mistyped_answer_is_named() {
	for json in ["5", "[]", "\"0x0\"", "\"0x00\""] {
		let found = answered("grandpa_proveFinality", Instead::Result(json));
		assert_eq!(found, (EndpointResult::Faulty, Some((Fault::Mistyped, 0))), "{json}");
	}
}

#[test]
fn a_peer_that_wants_to_be_asked_less_often_is_named() {
	for (instead, code) in [
		(Instead::Status(429), 429),
		(Instead::Refusal(-32999), -32999),
		(Instead::Refusal(-32005), -32005),
	] {
		let found = answered("state_getReadProof", instead);
		assert_eq!(found, (EndpointResult::Faulty, Some((Fault::RateLimited, code))));
	}
	let found = answered("grandpa_proveFinality", Instead::Status(503));
	assert_eq!(found, (EndpointResult::Faulty, Some((Fault::Status, 503))));
}

#[test]
fn a_peer_with_a_header_missing_is_named() {
	let found = answered("chain_getHeader", Instead::Result("null"));
	// Of the block that alpha asks about first, the proof holds no header.
	assert_eq!(found.0, EndpointResult::HeaderMissing);
}

#[test]
fn a_peer_that_has_pruned_its_states_is_named() {
	let (mut world, swap) = waiting();
	world.tell_alpha(&[]).ok();
	world.alpha.seal();
	let worker = alphas_worker().with_pruned_peers(0);
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	let [waiting] = &worker.rounds(BETA).waiting[..] else { panic!("one waits") };
	assert_eq!(waiting.contract, swap.id().hash);
	assert_eq!(waiting.standing, Standing::StateDiscarded);
}

#[test]
fn a_search_that_goes_on_is_named() {
	let (mut world, _) = waiting();
	world.beta.advance_to(40);
	world.beta.hand_over(&[Key::Ferdie]);
	world.beta.advance_to(85);
	let worker = alphas_worker().with_late_answers(7);
	let mut seen = Vec::new();
	for _ in 0..20 {
		worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
		seen.push(worker.answer(BETA));
		world.alpha.seal();
	}
	assert!(seen.contains(&EndpointResult::Searching), "{seen:?}");
}

#[test]
fn a_past_that_is_still_asked_for_is_named() {
	let mut world = World::new();
	let swap = Exchange::until(60, 60);
	world.alpha.register(&swap.delivery).expect("it is new");
	world.alpha.seal();
	world.beta.advance_to(5 << STORED_LEVEL);
	let worker = alphas_worker().with_peers_of_an_older_version();
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(worker.answer(BETA), EndpointResult::Tracing);
	assert_eq!(last(&worker), RoundResult::Nothing);
}

#[test]
fn a_peer_that_has_finalized_nothing_newer_is_named() {
	let (mut world, swap) = waiting();
	world.tell_alpha(&[swap.id()]).expect("the payment is registered");
	world.alpha.seal();
	let worker = alphas_worker();
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(worker.answer(BETA), EndpointResult::NothingNewer);
	let requests = worker.endpoint(BETA, BETAS_HOST).requests;
	assert!(requests.iter().any(|request| request.fault == Some(Fault::NotFinalized)));
}

#[test]
fn a_peer_that_lags_behind_is_named_with_its_height() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(10);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.seal();
	let mut behind = beta_chain();
	behind.seal();
	let worker = alphas_worker();
	worker.run(&world.alpha, &[(AT_BETA, &behind)]);
	assert_eq!(worker.answer(BETA), EndpointResult::Lagging);
	assert_eq!(worker.endpoint(BETA, BETAS_HOST).finalized, Some(1));
}

#[test]
fn a_peer_that_refuses_for_no_reason_is_named_with_its_code() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(10);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.seal();
	let worker = alphas_worker().with_answers("chain_getHeader", Instead::Result("null"));
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	// It does not tell either what it has finalized.
	let found = worker.endpoint(BETA, BETAS_HOST);
	assert_eq!(found.last, EndpointResult::Faulty);
	let (fault, code, _) = found.fault.expect("it has refused");
	assert_eq!((fault, code), (Fault::Rpc, 4));
}

#[test]
fn a_node_of_another_chain_is_named() {
	let (world, _) = waiting();
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.advance_to(10);
	let worker = alphas_worker();
	worker.run(&world.alpha, &[(AT_BETA, &twin)]);
	assert_eq!(worker.answer(BETA), EndpointResult::OtherChain);
	assert_eq!(last(&worker), RoundResult::Failed);
}

#[test]
fn a_node_whose_word_is_refused_is_named_with_the_error() {
	let worker = alphas_worker().with_answers(
		"state_getReadProof",
		Instead::Result(
			r#"{"at":"0x0000000000000000000000000000000000000000000000000000000000000000","proof":[]}"#,
		),
	);
	assert_eq!(round(&worker), RoundResult::Failed);
	let endpoint = worker.endpoint(BETA, BETAS_HOST);
	assert_eq!(endpoint.fault.expect("it is of no block").0, Fault::WrongBlock);
	let (mut world, _) = waiting();
	world.beta.voters = Voters::new(5, &[ribp_light_client::testing::Ed25519Keyring::Ferdie]);
	world.beta.seal();
	let worker = alphas_worker();
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(worker.answer(BETA), EndpointResult::Refused);
	assert!(worker.endpoint(BETA, BETAS_HOST).refused.is_some());
}

#[test]
fn nothing_of_an_endpoints_address_is_told_but_its_host() {
	let url = "http://beta.example:9955/secret-key?token=secret";
	let (world, _) = waiting();
	let worker = Worker::new(&[(BETA, &[url])]);
	worker.run(&world.alpha, &[(url, &world.beta)]);
	assert_eq!(worker.endpoint(BETA, BETAS_HOST).last, EndpointResult::Found);
	let record = worker.rounds(BETA).encode();
	assert!(!record.windows(6).any(|bytes| bytes == b"secret"));
}

#[test]
fn a_damaged_record_or_an_older_one_is_replaced() {
	let (world, _) = waiting();
	let old = (VERSION - 1, Rounds::default()).encode();
	let mut cut = ribp_peer::status::to_bytes(&Rounds::default());
	cut.pop();
	for damaged in [vec![], vec![0xff; 300], old, cut] {
		let mut worker = alphas_worker();
		let of_beta = |name: &[u8]| [name, &BETA.encode()].concat();
		let others = [&b"ribp/memory/2"[..], b"ribp/fresh", b"ribp/ends"].map(of_beta);
		for key in others.iter().chain([&rounds_key(BETA.0), &WORKER_KEY.to_vec()]) {
			worker.keep(key, &damaged);
		}
		assert_eq!(from_bytes::<Rounds>(&damaged), None);
		worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
		assert_eq!(worker.rounds(BETA).results.of(RoundResult::Submitted), 1);
		assert_eq!(worker.rounds(BETA).since.block, 2);
	}
}

#[test]
fn the_record_stays_small_however_many_contracts_and_endpoints_there_are() {
	let mut world = World::new();
	for number in 1..=90 {
		let lonely = Exchange::numbered(number, 60, 60).delivery;
		let small = lonely.with_action(ALICE, BOB, EXISTENTIAL_DEPOSIT);
		world.alpha.register(&small).expect("it is new");
	}
	world.seal();
	let urls: Vec<_> = (0..20).map(|number| format!("http://beta{number}.example")).collect();
	let urls: Vec<_> = urls.iter().map(|url| &url[..]).collect();
	let worker = Worker::new(&[(BETA, &urls)]);
	for _ in 0..30 {
		let nodes: Vec<_> = urls.iter().map(|url| (*url, &world.beta)).collect();
		worker.run(&world.alpha, &nodes);
		world.alpha.seal();
	}
	let record = worker.rounds(BETA);
	assert_eq!((record.waiting.len(), record.endpoints.len()), (MAX_WAITING, MAX_ENDPOINTS));
	assert_eq!(record.open, 90);
	assert!(record.encode().len() < 32 * 1024, "{}", record.encode().len());
}

#[test]
fn what_time_ends_is_told() {
	let lonely = Exchange::until(7, 60).delivery;
	let mut world = World::new().at(3);
	let worker = alphas_worker();
	let mut seen = Vec::new();
	let step = |world: &mut World, seen: &mut Vec<_>| {
		alpha_works(world, &worker);
		seen.push(worker.concluding(BETA).last.expect("it has looked").1);
		world.seal();
	};
	step(&mut world, &mut seen);
	world.alpha.register(&lonely).expect("it is new");
	world.seal();
	while world.alpha.lane(BETA).open > 0 {
		step(&mut world, &mut seen);
		assert!(world.alpha.now() < 20);
	}
	step(&mut world, &mut seen);
	seen.dedup();
	use ConcludingResult::*;
	assert_eq!(seen, [NoneOpen, NoneDue, Submitted, NoneOpen]);
	assert_eq!(worker.concluding(BETA).contracts, 1);
}

#[test]
fn what_time_ends_and_the_pool_does_not_take_is_told() {
	let lonely = Exchange::until(7, 60).delivery;
	let mut world = World::new().at(3);
	world.alpha.register(&lonely).expect("it is new");
	world.advance_to(8);
	let worker = alphas_worker().with_refusing_pool();
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	let record = worker.concluding(BETA);
	assert_eq!(record.last.expect("it has looked").1, ConcludingResult::NotTaken);
	assert_eq!(record.refusals, [("PoolHasBetter".into(), 1)]);
}

/// What a worker of alpha has come to that tells beta, after block `now`.
fn telling(worker: &Worker, world: &World) -> TellingResult {
	worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	worker.telling(BETA).last.expect("it was its turn").1
}

/// A peer is always drawn: the host's random numbers are all zero.
#[test]
fn telling_a_peer_ends_in_a_result_with_a_name() {
	let (world, _) = waiting();
	assert_eq!(telling(&Worker::new(&[]), &world), TellingResult::NoEndpoint);
	assert_eq!(telling(&alphas_worker(), &world), TellingResult::NothingToTell);
	let own = Worker::new(&[(BETA, &[AT_BETA]), (ALPHA, &["http://alpha.example:9944"])]);
	own.run(&world.alpha, &[]);
	let unreachable = own.telling(BETA).last.expect("it was its turn").1;
	assert_eq!(unreachable, TellingResult::Unreachable);
}
