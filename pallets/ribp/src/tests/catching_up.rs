//! After a long silence: changed authorities, pruned states, and more missed hashes than one message
//! holds.

use super::{chain::*, node::*, worker::*, world::*};
use crate::{
	mock::{Ribp, RuntimeCall, RuntimeOrigin, Test, MAX_MISSED, MAX_PAST_SETS, WINDOW},
	Call, CatchUps, Error, Event, Evidence, Height, Outcome, PastSets, Phase, Systems,
};
use codec::Encode;
use frame_support::{
	assert_noop,
	pallet_prelude::{InvalidTransaction, TransactionSource},
	traits::Authorize,
};
use ribp_light_client::testing::Ed25519Keyring as Key;
use sp_core::H256;
use sp_runtime::{traits::Dispatchable, DispatchError};

/// States that a pruned node keeps.
const STATES: Height = 6;

/// A world in which an exchange waits on alpha, which knows beta's block 2, and beta is far ahead.
fn silent(blocks: Height) -> (World, Exchange) {
	let swap = Exchange::until(90, 99);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[]).expect("nothing was known");
	world.alpha.seal();
	world.beta.advance_to(blocks);
	(world, swap)
}

/// Another history that beta's validators finalize, the same in nothing but its genesis.
fn branch_at(height: Height) -> Chain {
	let mut branch = beta_chain();
	branch.announce(sp_runtime::DigestItem::Other(b"another".to_vec()));
	branch.advance_to(height);
	branch
}

/// Lets alpha's worker go on until alpha knows beta's newest block.
fn catch_up(world: &mut World, worker: &Worker) -> u32 {
	let mut rounds = 0;
	while world.alpha.view_of(BETA).is_none_or(|view| view.number < world.beta.sealed()) {
		alpha_works(world, worker);
		world.alpha.seal();
		rounds += 1;
		assert!(rounds < 40, "it comes to an end");
	}
	rounds
}

fn submit_missed(below: H256, hashes: Vec<H256>) -> Call<Test> {
	Call::submit_missed { system: BETA, below, hashes }
}

/// Beta's hashes from `first` on, and the accumulator below them.
fn piece(chain: &Chain, first: Height, count: Height) -> (H256, Vec<H256>) {
	let view = chain.view_at(first + WINDOW).expect("there is one in every block");
	assert_eq!(view.first(), first);
	let hashes = (first..first + count).map(|number| chain.hash_at(number)).collect();
	(view.accumulator.expect("something is older"), hashes)
}

/// Asserts that alpha refuses missed hashes by this name, in the pool and in a block.
#[track_caller]
fn refuse_missed(world: &mut World, (below, hashes): (H256, Vec<H256>), error: Error<Test>) {
	let call = RuntimeCall::from(submit_missed(below, hashes));
	let verdict = world.alpha.run(|| call.authorize(TransactionSource::External));
	let verdict = verdict.expect("the call is one that is authorized").map(drop);
	assert_eq!(verdict, Err(InvalidTransaction::Custom(error.encode()[0]).into()));
	let origin = RuntimeOrigin::signed(CAROL);
	world.alpha.run(|| {
		assert_noop!(call.dispatch(origin), error);
	});
}

#[test]
fn a_silence_of_any_length_is_caught_up_with_piece_by_piece() {
	for blocks in [3 + MAX_MISSED + WINDOW, 60, 85] {
		let (mut world, swap) = silent(blocks);
		let missed = blocks - 1 - WINDOW - 2;
		let rounds = catch_up(&mut world, &alphas_worker());
		let pieces = if missed > MAX_MISSED { missed.div_ceil(MAX_MISSED) } else { 0 };
		assert!(rounds > pieces, "{rounds} rounds for {pieces} pieces");
		assert_eq!(world.alpha.run(|| CatchUps::<Test>::iter().count()), 0);
		alpha_works(&mut world, &alphas_worker());
		assert!(matches!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { .. })));
	}
}

#[test]
fn a_node_with_another_history_does_not_keep_the_others_from_catching_up() {
	// More pieces than a node folds in one round.
	let blocks = 85 + 8 * MAX_MISSED;
	let (mut world, _) = silent(blocks);
	let opening = Evidence { missed: vec![], ..world.evidence(&[]) };
	world.submit(opening, &[]).expect("it is proven");
	world.alpha.seal();
	let branch = branch_at(blocks + 5);
	let worker = Worker::new(&[(BETA, &[AT_BETA, ALSO_BETA])]);
	for _ in 0..60 {
		let done = worker.run(&world.alpha, &[(AT_BETA, &branch), (ALSO_BETA, &world.beta)]);
		include(&mut world.alpha, &done);
		world.alpha.seal();
	}
	assert_eq!(world.alpha.run(|| CatchUps::<Test>::iter().count()), 0);
	assert_eq!(world.alpha.view_of(BETA).map(|view| view.number), Some(world.beta.sealed()));
}

#[test]
fn changes_of_the_authorities_during_a_silence_are_followed_without_their_states() {
	let (mut world, swap) = silent(20);
	for keys in [&[Key::Ferdie][..], &[Key::One, Key::Two, Key::Alice], &[Key::Bob, Key::Dave]] {
		world.beta.hand_over(keys);
		world.beta.advance_to(world.beta.now() + 20);
	}
	let worker = alphas_worker().with_pruned_peers(STATES);
	catch_up(&mut world, &worker);
	let set = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("it is known").set;
	assert_eq!(set.set_id, 5 + 3);
	alpha_works(&mut world, &worker);
	assert!(matches!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { .. })));
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
		alpha_works(&mut world, &worker);
		assert!(matches!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { .. })));
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
		if let Some((_, method)) = done.asked.into_iter().next() {
			return method;
		}
	};
	assert_eq!(begins_with(true), "grandpa_proveFinality");
	assert_eq!(begins_with(true), "chain_getFinalizedHead", "it searches");
	assert_eq!(begins_with(false), "chain_getFinalizedHead");
	assert_eq!(begins_with(true), "chain_getFinalizedHead");
}

/// Lets alpha's worker go on until it has committed the exchange.
fn work_on(world: &mut World, worker: &Worker, swap: &Exchange) {
	for _ in 0..20 {
		alpha_works(world, worker);
		world.alpha.seal();
	}
	assert!(matches!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { .. })));
}

/// The last authorities are in charge still: one more question is enough.
#[test]
fn after_a_silence_of_one_set_the_newest_block_is_asked_about() {
	let (mut world, _) = silent(85);
	let worker = alphas_worker().with_short_answers(3);
	let done = alpha_works(&mut world, &worker);
	let asked = done.asked.iter().filter(|(_, method)| method == "grandpa_proveFinality");
	assert_eq!(asked.count(), 2);
	assert_eq!(done.submitted.len(), 1);
}

#[test]
fn an_exchange_settles_over_a_silence_of_twenty_windows_with_pruned_peers() {
	let swap = Exchange::until(95, 95);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.beta.advance_to(94);
	world.tell_beta(&[swap.payment.id()]).expect("the delivery is committed");
	world.beta.advance_to(5 + 20 * WINDOW);
	let worker = alphas_worker().with_pruned_peers(STATES);
	catch_up(&mut world, &worker);
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
	alpha_works(&mut world, &worker);
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

#[test]
fn no_contract_is_judged_before_all_that_was_missed_has_come() {
	let (mut world, swap) = silent(60);
	let ids = [swap.delivery.id()];
	let far = |world: &mut World, ids: &[_]| Evidence { missed: vec![], ..world.evidence(ids) };
	let evidence = far(&mut world, &ids);
	world.refuse(&evidence, &ids, Error::GapTooLong);
	let opening = far(&mut world, &[]);
	world.submit(opening, &[]).expect("it is proven");
	let to = world.beta.sealed();
	assert!(world.alpha.events().contains(&Event::CatchingUp { system: BETA, from: 2, to }));
	assert_eq!(world.alpha.view_of(BETA).expect("it is known").number, 2);
	world.refuse(&evidence, &ids, Error::GapTooLong);
	world.beta.seal();
	let newer = far(&mut world, &[]);
	world.refuse(&newer, &[], Error::GapTooLong);
}

#[test]
fn pieces_come_newest_first_whole_and_true() {
	let (mut world, _) = silent(60);
	let opening = Evidence { missed: vec![], ..world.evidence(&[]) };
	world.submit(opening, &[]).expect("it is proven");
	let from = world.alpha.run(|| CatchUps::<Test>::get(BETA)).expect("it is underway").from;
	let first = from - MAX_MISSED;
	let (below, hashes) = piece(&world.beta, first, MAX_MISSED);

	refuse_missed(&mut world, (below, vec![]), Error::MissedHashesMiscounted);
	let short = piece(&world.beta, first + 1, MAX_MISSED - 1);
	refuse_missed(&mut world, short, Error::MissedHashesMiscounted);
	let long = piece(&world.beta, first - 1, MAX_MISSED + 1);
	refuse_missed(&mut world, long, Error::MissedHashesMiscounted);
	let older = piece(&world.beta, first - MAX_MISSED, MAX_MISSED);
	refuse_missed(&mut world, older, Error::MissedHashesDoNotFold);
	let mut forged = hashes.clone();
	forged[3] = H256::zero();
	refuse_missed(&mut world, (below, forged), Error::MissedHashesDoNotFold);
	refuse_missed(&mut world, (H256::zero(), hashes.clone()), Error::MissedHashesDoNotFold);

	let origin = RuntimeOrigin::signed(CAROL);
	let free = world.alpha.dispatch(origin, submit_missed(below, hashes.clone()));
	assert_eq!(free.map(|post| post.pays_fee), Ok(frame_support::dispatch::Pays::No));
	let taken = Event::MissedHashesTaken { system: BETA, from: first };
	assert!(world.alpha.events().contains(&taken));
	refuse_missed(&mut world, (below, hashes), Error::MissedHashesDoNotFold);
}

/// Anybody may bring evidence of blocks in between: what is believed then passes what was missed.
#[test]
fn evidence_of_blocks_in_between_does_not_stop_the_catching_up() {
	let (mut world, _) = silent(85);
	let opening = Evidence { missed: vec![], ..world.evidence(&[]) };
	world.submit(opening, &[]).expect("it is proven");
	let from = world.alpha.run(|| CatchUps::<Test>::get(BETA)).expect("it is underway").from;
	let (below, hashes) = piece(&world.beta, from - MAX_MISSED, MAX_MISSED);
	let origin = RuntimeOrigin::signed(CAROL);
	world.alpha.dispatch(origin, submit_missed(below, hashes)).expect("it is the next");
	for number in [26, 48, from - MAX_MISSED - 1] {
		let between = world.evidence_at(number, &[]);
		world.submit(between, &[]).expect("it is a step");
	}
	world.alpha.seal();
	catch_up(&mut world, &alphas_worker());
	assert_eq!(world.alpha.run(|| CatchUps::<Test>::iter().count()), 0);
}

#[test]
fn hashes_that_nobody_misses_are_refused() {
	let (mut world, _) = silent(60);
	let any = piece(&world.beta, 20, MAX_MISSED);
	refuse_missed(&mut world, any.clone(), Error::NothingMissed);
	world.alpha.run(|| {
		let submit = |origin, system| Ribp::submit_missed(origin, system, any.0, any.1.clone());
		let unknown = submit(RuntimeOrigin::signed(CAROL), TWIN).map_err(|failed| failed.error);
		assert_eq!(unknown, Err(Error::<Test>::UnknownSystem.into()));
		let nobody = submit(RuntimeOrigin::none(), BETA).map_err(|failed| failed.error);
		assert_eq!(nobody, Err(DispatchError::BadOrigin));
	});
}

#[test]
fn a_view_far_ahead_on_another_branch_is_dropped_when_its_hashes_have_come() {
	let (mut world, swap) = silent(20);
	let known = world.alpha.view_of(BETA);
	let branch = branch_at(50);
	let evidence = branch.evidence(branch.sealed(), &mut world.alpha, &[]);
	world.submit(Evidence { missed: vec![], ..evidence }, &[]).expect("it is proven");
	while let Some(behind) = world.alpha.run(|| CatchUps::<Test>::get(BETA)) {
		let count = behind.next_count(known.as_ref().expect("it is known"), MAX_MISSED);
		let (below, hashes) = piece(&branch, behind.from - count, count);
		let origin = RuntimeOrigin::signed(CAROL);
		let result = world.alpha.dispatch(origin, submit_missed(below, hashes));
		result.expect("the hashes are those of the branch");
	}
	let number = branch.sealed();
	let refused = Event::ForkRefused { system: BETA, number };
	assert!(world.alpha.events().contains(&refused));
	assert_eq!(world.alpha.view_of(BETA), known);
	world.tell_alpha(&[swap.delivery.id()]).expect("the known branch goes on");
}

/// Beta's set at alpha.
fn set_id(world: &mut World) -> u64 {
	world.alpha.run(|| Systems::<Test>::get(BETA)).expect("it is known").set.set_id
}

#[test]
fn authorities_that_were_followed_onto_a_branch_are_forgotten_with_it() {
	let (mut world, swap) = silent(20);
	let mut branch = branch_at(30);
	branch.hand_over(&[Key::One]);
	let bare = branch.evidence(branch.sealed(), &mut world.alpha, &[]);
	let bare = Evidence { proof: vec![], missed: vec![], ..bare };
	world.submit(bare, &[]).expect("it is final");
	branch.advance_to(50);
	branch.hand_over(&[Key::Two]);
	let far = branch.evidence(branch.sealed(), &mut world.alpha, &[]);
	world.submit(Evidence { missed: vec![], ..far }, &[]).expect("it is proven");
	assert_eq!(set_id(&mut world), 5 + 2);
	let known = world.alpha.view_of(BETA).expect("it is known");
	while let Some(behind) = world.alpha.run(|| CatchUps::<Test>::get(BETA)) {
		let count = behind.next_count(&known, MAX_MISSED);
		let (below, hashes) = piece(&branch, behind.from - count, count);
		let origin = RuntimeOrigin::signed(CAROL);
		world.alpha.dispatch(origin, submit_missed(below, hashes)).expect("they are the branch's");
	}
	assert_eq!(set_id(&mut world), 5);
	world.beta.advance_to(60);
	world.alpha.seal();
	catch_up(&mut world, &alphas_worker());
	alpha_works(&mut world, &alphas_worker());
	assert!(matches!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { .. })));
}

#[test]
fn authorities_far_ahead_are_forgotten_when_nothing_will_show_whose_they_are() {
	let (mut world, _) = silent(85);
	let mut branch = branch_at(85);
	branch.hand_over(&[Key::One]);
	let far = branch.evidence(branch.sealed(), &mut world.alpha, &[]);
	world.submit(Evidence { missed: vec![], ..far }, &[]).expect("it is proven");
	assert_eq!(set_id(&mut world), 5 + 1);
	let from = world.alpha.run(|| CatchUps::<Test>::get(BETA)).expect("it is underway").from;
	for number in (26..from).step_by(22).chain([from - 1]) {
		let between = world.evidence_at(number, &[]);
		world.submit(between, &[]).expect("it is a step");
	}
	assert_eq!(world.alpha.run(|| CatchUps::<Test>::iter().count()), 0);
	assert_eq!(set_id(&mut world), 5);
	world.beta.advance_to(95);
	world.tell_alpha(&[]).expect("the known branch goes on");
}

#[test]
fn a_change_of_authorities_needs_no_state_and_anything_else_does() {
	let (mut world, swap) = silent(6);
	world.beta.hand_over(&[Key::Ferdie]);
	let ids = [swap.delivery.id()];
	let bare = |evidence: Evidence| Evidence { proof: vec![], missed: vec![], ..evidence };
	let change = bare(world.evidence(&[]));
	world.refuse(&change, &ids, Error::ProofEmpty);
	let before = bare(world.evidence_at(world.beta.sealed() - 1, &ids));
	world.refuse(&before, &ids, Error::ProofEmpty);
	let hashes = Evidence { missed: vec![H256::zero()], ..change.clone() };
	world.refuse(&hashes, &[], Error::MissedHashesMiscounted);

	world.submit(change.clone(), &[]).expect("it is final");
	let number = change.header.number;
	let followed = Event::AuthoritiesChanged { system: BETA, set_id: 6, number };
	assert_eq!(world.alpha.events(), [followed]);
	assert_eq!(world.alpha.view_of(BETA).expect("it is known").number, 2);
	world.refuse(&change, &[], Error::NothingToGain);
	world.beta.seal();
	world.tell_alpha(&ids).expect("the new authorities finalize");
}

/// It would hide a fork: those who finalized both blocks would not be in charge any more.
#[test]
fn a_change_of_authorities_on_another_branch_below_the_known_head_is_refused() {
	let (mut world, _) = silent(10);
	let mut branch = beta_chain();
	branch.advance_to(6);
	branch.hand_over(&[Key::Ferdie]);
	let number = branch.sealed();
	let step = world.evidence_at(number + 2, &[]);
	world.submit(step, &[]).expect("it is a step");
	let before = world.alpha.run(|| Systems::<Test>::get(BETA));
	let hidden = branch.evidence(number, &mut world.alpha, &[]);
	let hidden = Evidence { proof: vec![], missed: vec![], ..hidden };
	world.refuse(&hidden, &[], Error::ForkedHistory);
	assert_eq!(world.alpha.run(|| Systems::<Test>::get(BETA)), before);
}

#[test]
fn a_block_of_past_authorities_is_judged_by_them() {
	let (mut world, swap) = silent(6);
	let ids = [swap.delivery.id()];
	world.beta.hand_over(&[Key::Ferdie]);
	let change = Evidence { proof: vec![], ..world.evidence(&[]) };
	world.submit(change, &[]).expect("it is final");
	// Its node still has the state: the old set's votes count for the old set's block.
	let older = world.evidence_at(5, &ids);
	let forged = Evidence {
		justification: Some(Voters::new(6, &[Key::Ferdie]).justify(&older.header)),
		..older.clone()
	};
	world.refuse(&forged, &ids, Error::UnknownVoter);
	world.submit(older, &ids).expect("they were in charge");
	assert_eq!(world.alpha.view_of(BETA).expect("it is known").number, 5);
}

#[test]
fn past_authorities_who_finalize_two_blocks_at_one_height_are_caught() {
	let (mut world, _) = silent(4);
	let branch = branch_at(8);
	world.beta.hand_over(&[Key::Ferdie]);
	world.beta.advance_to(10);
	for number in [4, 9] {
		let evidence = world.evidence_at(number, &[]);
		world.submit(evidence, &[]).expect("it is a change, or a step");
	}
	let swap = Exchange::numbered(1, 60, 60);
	world.alpha.register(&swap.delivery).expect("it is new");
	let ids = [swap.delivery.id()];
	let other = branch.evidence(4, &mut world.alpha, &ids);
	let other = Evidence { missed: vec![], ..other };
	world.refuse(&other, &ids, Error::ForkedHistory);
}

#[test]
fn the_oldest_past_authorities_are_forgotten() {
	let mut world = World::new();
	let keys = [Key::Ferdie, Key::One, Key::Two, Key::Alice, Key::Bob, Key::Dave];
	for key in keys {
		world.beta.hand_over(&[key]);
		let change = Evidence { proof: vec![], ..world.evidence(&[]) };
		world.submit(change, &[]).expect("it is the next change");
	}
	let past = world.alpha.run(|| PastSets::<Test>::iter_key_prefix(BETA).count());
	assert_eq!(past as u32, MAX_PAST_SETS);
	let old = world.evidence_at(2, &[]);
	world.refuse(&old, &[], Error::StaleView);
}
