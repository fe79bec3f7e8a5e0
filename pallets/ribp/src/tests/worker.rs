//! The offchain worker, against nodes that answer as real ones do.

use super::{authorize::apply_general, chain::*, node::*, world::*};
use crate::{
	mock::{
		Item, RuntimeCall, RuntimeOrigin, Test, UncheckedExtrinsic, EXPOSURE, MAX_CONTRACTS,
		RETENTION, VIEW_STEP,
	},
	Call, ContractId, Fact, Height, Link, Outcome, Settlement, Stage, EPOCH_BLOCKS,
};
use codec::Decode;
use ribp_light_client::testing::Ed25519Keyring as Key;
use std::collections::BTreeSet;

/// Blocks in which an exchange settles early, counted from the one after its later registration.
const EARLY: Height = 4;

const AT_ALPHA: &str = "http://alpha.example:9944";
pub const AT_BETA: &str = "http://beta.example:9955";
pub const ALSO_BETA: &str = "http://also.beta.example:9955";

pub fn alphas_worker() -> Worker {
	Worker::new(&[(BETA, &[AT_BETA])])
}

fn betas_worker() -> Worker {
	Worker::new(&[(ALPHA, &[AT_ALPHA])])
}

/// Runs alpha's worker after alpha's last block, and puts what it submits into the open one.
pub fn alpha_works(world: &mut World, worker: &Worker) -> Done {
	let done = worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	include(&mut world.alpha, &done);
	done
}

fn beta_works(world: &mut World, worker: &Worker) -> Done {
	let done = worker.run(&world.beta, &[(AT_ALPHA, &world.alpha)]);
	include(&mut world.beta, &done);
	done
}

pub fn include(chain: &mut Chain, done: &Done) {
	for extrinsic in &done.submitted {
		apply_general(chain, extrinsic).expect("the worker submits nothing that is refused");
	}
}

/// What the submitted evidence is about, message by message.
fn contracts_of(done: &Done) -> Vec<Vec<ContractId>> {
	let contracts = |bytes: &Vec<u8>| match call_in(bytes) {
		Call::submit_evidence { contracts, .. } => contracts,
		other => panic!("{other:?} is no evidence"),
	};
	done.submitted.iter().map(contracts).collect()
}

/// The call of the only extrinsic that was submitted.
pub fn submitted(done: &Done) -> Call<Test> {
	let [bytes] = &done.submitted[..] else { panic!("one extrinsic is submitted") };
	call_in(bytes)
}

pub fn call_in(bytes: &[u8]) -> Call<Test> {
	let extrinsic = UncheckedExtrinsic::decode(&mut &bytes[..]).expect("it is an extrinsic");
	let RuntimeCall::Ribp(call) = extrinsic.function else { panic!("it is of this pallet") };
	call
}

/// Lets both chains and their workers go on until this height is open.
pub fn work_until(world: &mut World, height: Height) {
	let (alphas, betas) = (alphas_worker(), betas_worker());
	while world.alpha.now() < height {
		alpha_works(world, &alphas);
		beta_works(world, &betas);
		world.seal();
	}
}

#[test]
fn two_registrations_settle_without_any_further_help() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	work_until(&mut world, 3 + EARLY);
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
}

#[test]
fn what_has_ended_on_both_chains_is_swept_by_itself() {
	let settles = Exchange::numbered(1, 12, 16);
	let reverses = Exchange::numbered(2, 14, 12);
	let mut world = World::new().registered(&settles).registered(&reverses);
	world.tell_alpha(&[reverses.delivery.id()]).expect("the payment is registered");
	world.beta.cancel(&reverses.payment).expect("it is not committed");
	world.seal();
	// Nobody tells beta that it was answered.
	let alphas = alphas_worker();
	while world.alpha.now() < 14 {
		alpha_works(&mut world, &alphas);
		world.seal();
	}
	world.beta.conclude_half(&reverses.payment).expect("its time is over");
	world.tell_beta(&[settles.id()]).expect("the delivery is committed");
	world.seal();
	work_until(&mut world, EPOCH_BLOCKS + RETENTION + 20);
	assert_eq!(world.alpha.outcome(&settles.delivery), Some(Outcome::Settled));
	assert_eq!(world.alpha.outcome(&reverses.delivery), Some(Outcome::Reversed));
	world.alpha.assert_empty();
	world.beta.assert_empty();
}

#[test]
fn what_ends_by_time_ends_by_itself() {
	let expires = Exchange::numbered(1, 12, 60);
	let cancelled = Exchange::numbered(2, 60, 60);
	let mut world = World::new();
	world.alpha.register(&expires.delivery).expect("it is new");
	world.alpha.register(&cancelled.delivery).expect("it is new");
	world.alpha.cancel(&cancelled.delivery).expect("it is hers");
	work_until(&mut world, 14);
	assert_eq!(world.alpha.outcome(&expires.delivery), Some(Outcome::Expired));
	assert_eq!(world.alpha.outcome(&cancelled.delivery), None);
	// The view is advanced every few blocks, and the notice with it.
	work_until(&mut world, 60);
	assert_eq!(world.alpha.outcome(&cancelled.delivery), Some(Outcome::Cancelled));
}

#[test]
fn what_has_ended_is_asked_about_at_leisure_only() {
	let swap = Exchange::until(12, 12);
	let mut world = World::new().registered(&swap);
	work_until(&mut world, EPOCH_BLOCKS + 10);
	assert!(!world.alpha.ended(BETA).is_empty());
	let (alphas, betas) = (alphas_worker(), betas_worker());
	let mut asked_at = Vec::new();
	while !world.alpha.ended(BETA).is_empty() {
		world.seal();
		if !alpha_works(&mut world, &alphas).asked.is_empty() {
			asked_at.push(world.alpha.sealed());
		}
		beta_works(&mut world, &betas);
		assert!(world.alpha.now() < 90, "{asked_at:?}");
	}
	assert!(asked_at.iter().all(|height| height.is_multiple_of(8)), "{asked_at:?}");
}

#[test]
fn a_paused_system_is_not_asked_about_contracts() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	let pause = Call::pause { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause).expect("it is not paused");
	world.seal();
	assert_eq!(alpha_works(&mut world, &alphas_worker()).asked, []);
}

#[test]
fn settlement_at_expiry_comes_by_itself() {
	let swap = Exchange::until(12, 16).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap);
	work_until(&mut world, 24 + EXPOSURE);
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
}

#[test]
fn a_leg_without_the_other_is_reversed_by_itself() {
	let swap = Exchange::until(12, 12);
	let mut world = World::new().registered(&swap);
	let alphas = alphas_worker();
	while world.alpha.now() < 20 {
		alpha_works(&mut world, &alphas);
		world.seal();
	}
	beta_works(&mut world, &betas_worker());
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Expired));
	assert_eq!((world.alpha.free(ALICE), world.beta.free(BOB)), (ENDOWMENT, ENDOWMENT));
}

#[test]
fn one_message_speaks_for_all_contracts_that_can_move() {
	let swaps = [1, 2].map(|number| Exchange::numbered(number, 60, 60));
	let lonely = Exchange::numbered(3, 60, 60);
	let mut world = World::new();
	world.alpha.register(&lonely.delivery).expect("it is new");
	for swap in &swaps {
		world = world.registered(swap);
	}
	let done = alpha_works(&mut world, &alphas_worker());
	let Call::submit_evidence { system, contracts, evidence, work: 2 } = submitted(&done) else {
		panic!("it is evidence")
	};
	let mut both = swaps.map(|swap| swap.delivery.id());
	both.sort();
	assert_eq!((system, contracts), (BETA, both.to_vec()));
	let justification = evidence.link.justification().expect("the header is new");
	assert_eq!(justification.votes.len(), 3, "surplus votes are left out");
	assert_eq!(world.alpha.stage(&lonely.delivery), Some(Stage::Registered));
}

#[test]
fn contracts_whose_proof_is_too_long_an_answer_have_their_turn_one_after_the_other() {
	let swaps = [1, 2, 3, 4, 5].map(|number| Exchange::numbered(number, 60, 60));
	let lonely = Exchange::numbered(6, 60, 60);
	let mut world = World::new();
	world.alpha.register(&lonely.delivery).expect("it is new");
	for swap in &swaps {
		world = world.registered(swap);
	}
	let worker = alphas_worker().with_small_proofs(2);
	let mut messages = Vec::new();
	while world.alpha.now() < 12 {
		let done = alpha_works(&mut world, &worker);
		messages.extend(contracts_of(&done).iter().map(Vec::len));
		world.seal();
	}
	assert!(messages.iter().all(|count| *count <= 2), "{messages:?}");
	assert_eq!(messages.iter().sum::<usize>(), swaps.len());
	for swap in &swaps {
		assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
	}
	assert_eq!(world.alpha.stage(&lonely.delivery), Some(Stage::Registered));
}

#[test]
fn what_is_known_already_is_not_justified_again() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	world.beta.advance_to(2 + VIEW_STEP);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.seal();
	let done = alpha_works(&mut world, &alphas_worker());
	let Call::submit_evidence { evidence, .. } = submitted(&done) else { panic!("it is evidence") };
	assert_eq!((evidence.header.number, evidence.link), (1 + VIEW_STEP, Link::Known));
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 4 }));
}

/// Another node's message has brought the head, and left contracts where they were: nobody crowds out
/// what is sent about each of them.
#[test]
fn what_the_known_head_moves_is_brought_contract_by_contract() {
	let swaps = [1, 2, 3].map(|number| Exchange::numbered(number, 60, 60));
	let mut world = World::new();
	for swap in &swaps {
		world = world.registered(swap);
	}
	let first = [swaps[0].id()];
	world.tell_alpha(&first).expect("the payment is registered");
	let fresh = Exchange::numbered(4, 60, 60);
	let mut world = world.registered(&fresh);
	let done = alpha_works(&mut world, &alphas_worker());
	let left_behind = BTreeSet::from([swaps[1].id(), swaps[2].id()]);
	let mut messages = contracts_of(&done);
	// What is new goes with the newest block.
	assert_eq!(messages.pop(), Some(vec![fresh.id()]));
	assert!(messages.iter().all(|contracts| contracts.len() == 1));
	assert_eq!(messages.concat().into_iter().collect::<BTreeSet<_>>(), left_behind);
	for swap in swaps.iter().chain([&fresh]) {
		assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
	}
}

/// Nobody crowds out a full message either.
#[test]
fn what_the_known_head_moves_is_brought_together_if_it_is_enough_for_a_message() {
	let coins = [Item::Token(10)];
	let swap = |number| Exchange::of(ALPHA, [&coins, &coins], number, 60, 60);
	let mut world = World::new();
	for number in 0..=MAX_CONTRACTS as u8 {
		world = world.registered(&swap(number));
	}
	let first = [swap(0).id()];
	world.tell_alpha(&first).expect("the payment is registered");
	world.alpha.seal();
	let done = alpha_works(&mut world, &alphas_worker());
	let lengths: Vec<_> = contracts_of(&done).iter().map(Vec::len).collect();
	assert_eq!(lengths, [MAX_CONTRACTS as usize]);
}

#[test]
fn what_is_known_to_move_nothing_is_not_asked_about_again() {
	let lonely = Exchange::until(60, 60).delivery;
	let mut world = World::new();
	world.alpha.register(&lonely).expect("it is new");
	world.seal();
	let worker = alphas_worker();
	let mut asked = Vec::new();
	for _ in 0..3 {
		// Beta has no newer block than is known.
		world.alpha.seal();
		let nodes = World::new().beta;
		asked.push(worker.run(&world.alpha, &[(AT_BETA, &nodes)]).asked.len());
	}
	assert!(asked[0] > asked[1] && asked[1] == asked[2], "{asked:?}");
}

#[test]
fn a_gap_is_bridged_with_the_hashes_that_the_node_brings() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	world.advance_to(26);
	let done = alpha_works(&mut world, &alphas_worker());
	let Call::submit_evidence { evidence, .. } = submitted(&done) else { panic!("it is evidence") };
	let Link::Above { extension, .. } = evidence.link else { panic!("it is new") };
	assert_eq!(extension, world.beta.extension(1, 25));
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
}

#[test]
fn changes_of_the_authorities_are_followed() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	world.beta.hand_over(&[Key::Ferdie]);
	world.beta.seal();
	world.beta.hand_over(&[Key::One, Key::Two]);
	work_until(&mut world, 3 + 12);
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
}

#[test]
fn the_same_is_not_submitted_again_while_it_is_on_its_way() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let worker = alphas_worker();
	let mut counts = Vec::new();
	for _ in 0..6 {
		// No block takes what the pool has.
		let done = worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
		counts.push(done.submitted.len());
		world.alpha.seal();
	}
	assert_eq!(counts[..2], [1, 0]);
	assert_eq!(counts.iter().sum::<usize>(), 2, "it is tried again after a while: {counts:?}");
}

#[test]
fn a_node_that_is_down_is_asked_less_and_less_often() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let worker = alphas_worker();
	let mut asked_at = Vec::new();
	while world.alpha.sealed() < 40 {
		let done = worker.run(&world.alpha, &[]);
		assert_eq!(done.submitted.len(), 0);
		if !done.asked.is_empty() {
			asked_at.push(world.alpha.sealed());
		}
		world.alpha.seal();
	}
	assert_eq!(asked_at, [2, 3, 5, 9, 17, 25, 33]);

	// It is back, and so is the worker, in the next round that is due.
	world.alpha.seal();
	let done = worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(done.submitted.len(), 1);
	world.alpha.seal();
	let done = worker.run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert!(!done.asked.is_empty(), "the failures are forgotten");
}

#[test]
fn another_node_is_asked_when_one_is_down() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	let done = worker.run(&world.alpha, &[(ALSO_BETA, &world.beta)]);
	include(&mut world.alpha, &done);
	assert_eq!(done.asked.first().map(|(url, _)| &url[..]), Some(AT_BETA));
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
}

/// What it says is true until it has to prove it: it must not take the place of those who can.
#[test]
fn another_node_is_asked_when_one_cannot_prove_what_it_says() {
	for endpoints in [[AT_BETA, ALSO_BETA], [ALSO_BETA, AT_BETA]] {
		// The one that nobody answers needs another proof than both.
		let lonely = Exchange::numbered(1, 60, 60).delivery;
		let swap = Exchange::numbered(2, 60, 60);
		let mut world = World::new();
		world.alpha.register(&lonely).expect("it is new");
		let mut world = world.registered(&swap);
		let worker = Worker::new(&[(BETA, &endpoints)]).with_liar(AT_BETA);
		let nodes = [(AT_BETA, &world.beta), (ALSO_BETA, &world.beta)];
		let done = worker.run(&world.alpha, &nodes);
		include(&mut world.alpha, &done);
		assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
	}
}

/// A message that is lost does not bring the same contracts again, whatever others have looked at.
#[test]
fn a_node_with_nothing_new_does_not_take_turns_from_those_that_bring_something() {
	let coins = [Item::Token(10)];
	let swap = |number| Exchange::of(ALPHA, [&coins, &coins], number, 60, 60);
	let swaps = (1..=2 * MAX_CONTRACTS as u8).map(swap);
	let mut world = World::new();
	// It has a block that alpha does not know, but that is before all registrations.
	world.beta.seal();
	let mut behind = World::new().beta;
	behind.advance_to(world.beta.now());
	let newest = behind.sealed();
	assert_eq!(behind.hash_at(newest), world.beta.hash_at(newest));
	for swap in swaps {
		world.alpha.register(&swap.delivery).expect("it is new");
		world.beta.register(&swap.payment).expect("it is new");
	}
	world.seal();
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	let mut messages = Vec::new();
	while messages.len() < 2 {
		let done = worker.run(&world.alpha, &[(AT_BETA, &behind), (ALSO_BETA, &world.beta)]);
		if !done.submitted.is_empty() {
			let Call::submit_evidence { contracts, .. } = submitted(&done) else {
				panic!("it is evidence")
			};
			messages.push(contracts);
		}
		world.alpha.seal();
	}
	assert!(messages[0].iter().all(|id| !messages[1].contains(id)), "{messages:?}");
}

#[test]
fn another_node_is_asked_when_one_has_stopped() {
	let mut stopped = World::new().beta;
	stopped.advance_to(3);
	let mut world = World::new();
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	while world.alpha.now() < 100 {
		let nodes = [(AT_BETA, &stopped), (ALSO_BETA, &world.beta)];
		let done = worker.run(&world.alpha, &nodes);
		include(&mut world.alpha, &done);
		world.seal();
	}
	let number = world.alpha.view_of(BETA).number();
	assert!(number > 70, "{number}");
}

#[test]
fn a_node_of_another_chain_brings_nothing() {
	let swap = Exchange::until(60, 60);
	let world = World::new().registered(&swap);
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.advance_to(10);
	let done = alphas_worker().run(&world.alpha, &[(AT_BETA, &twin)]);
	assert!(!done.asked.is_empty());
	assert_eq!(done.submitted.len(), 0);
}

#[test]
fn a_node_that_finalized_less_than_is_known_brings_nothing() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(10);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.seal();
	let mut behind = beta_chain();
	behind.seal();
	let done = alphas_worker().run(&world.alpha, &[(AT_BETA, &behind)]);
	assert_eq!(done.submitted.len(), 0);
}

#[test]
fn a_node_without_endpoints_asks_nobody() {
	let swap = Exchange::until(60, 60);
	let world = World::new().registered(&swap);
	let done = Worker::new(&[]).run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!((done.asked, done.submitted), (vec![], vec![]));
}

/// A world in which alpha knows beta's head and has just advanced its view.
fn idle(exchange: &Exchange) -> World {
	let mut world = World::new().registered(exchange).committed(exchange);
	world.alpha.seal();
	world
}

#[test]
fn nobody_is_asked_about_contracts_that_cannot_move() {
	let swap = Exchange::until(60, 60).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = idle(&swap);
	alpha_works(&mut world, &alphas_worker());
	let fact = world.alpha.leg(&swap.delivery).and_then(|leg| leg.fact);
	assert_eq!(fact, Some(Fact::Committed), "the verdict has to wait");
	world.alpha.seal();
	let done = alphas_worker().run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(done.asked, []);
}

#[test]
fn a_lock_that_may_go_early_is_asked_about() {
	let swap = Exchange::until(60, 60);
	let mut world = idle(&swap);
	let done = alpha_works(&mut world, &alphas_worker());
	assert_eq!(done.submitted.len(), 1);
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	world.alpha.seal();
	let done = alphas_worker().run(&world.alpha, &[(AT_BETA, &world.beta)]);
	assert_eq!(done.asked, [], "nothing waits any more");
}

#[test]
fn an_idle_view_is_kept_up_to_date() {
	let mut world = World::new();
	work_until(&mut world, 60);
	let number = world.alpha.view_of(BETA).number();
	assert!(number > 40, "{number}");
}

/// It is asked for its newest block, whether it has the known one, and for no proof.
#[test]
fn of_a_peer_that_has_made_no_block_nothing_is_proven_where_nothing_waits() {
	let mut world = World::new().at(10);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.advance_to(3 * 8 + 1);
	let done = alphas_worker().run(&world.alpha, &[(AT_BETA, &world.beta)]);
	let methods: Vec<_> = done.asked.iter().map(|(_, method)| &method[..]).collect();
	// That it has finalized nothing newer is asked, for its code says only that it proves nothing.
	let second = ["chain_getFinalizedHead", "chain_getHeader"];
	assert_eq!(methods, [&["grandpa_proveFinality"], &second[..], &["chain_getHeader"]].concat());
	assert!(done.submitted.is_empty());
}

#[test]
fn contracts_that_cannot_move_do_not_keep_others_from_their_turn() {
	let mut world = World::new();
	// The peer's users do not answer these.
	for number in 1..=7 {
		let lonely = Exchange::numbered(number, 60, 60).delivery;
		world.alpha.register(&lonely).expect("it is new");
	}
	let swap = Exchange::numbered(8, 60, 60);
	let mut world = world.registered(&swap);
	work_until(&mut world, 20);
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}
