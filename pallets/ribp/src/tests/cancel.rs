//! What a payer wants back: the notice, what is answered within it, and by which clock it runs.

use super::{
	chain::*,
	expiry::refuse_conclusion,
	forks::{expose, show, Forked},
	world::*,
};
use crate::{
	mock::{AccountId, Ribp, RuntimeOrigin, Test, EXPOSURE, MIN_NOTICE, VIEW_STEP},
	Call, Error, Event, Height, Outcome, Stage, Systems,
};
use frame_support::assert_noop;
use sp_runtime::DispatchError;

/// By how much the clock of notices advances at most when the peer's head does.
const TICK: Height = MIN_NOTICE / 2;

/// After how many advances the shortest notice is over.
const TICKS: Height = MIN_NOTICE / TICK + 1;

#[track_caller]
fn refuse_cancellation(chain: &mut Chain, who: AccountId, half: &Half, error: Error<Test>) {
	let (peer, id) = (half.terms().peer.system, half.id());
	chain.run(|| {
		assert_noop!(Ribp::cancel(RuntimeOrigin::signed(who), peer, id), error);
	});
}

/// An exchange whose delivery has the shortest notice.
fn impatient(h1: Height) -> Exchange {
	Exchange::until(h1, 90).with_legs(|delivery, _| delivery.notice = MIN_NOTICE)
}

/// A world in which both legs are registered, and Alice has cancelled hers in block 3.
fn cancelling(h1: Height) -> (World, Exchange) {
	let swap = impatient(h1);
	let mut world = World::new().registered(&swap);
	world.alpha.cancel(&swap.delivery).expect("it is hers, and nobody has answered");
	(world, swap)
}

/// Alpha hears so many times, in blocks far apart, that beta's head has advanced.
fn hear(world: &mut World, times: Height) {
	for _ in 0..times {
		for chain in world.both_mut() {
			chain.advance_to(chain.now() + VIEW_STEP);
		}
		world.tell_alpha(&[]).expect("it is a step");
	}
}

/// How far the clock of notices has run.
fn clock(alpha: &mut Chain) -> Height {
	alpha.run(|| Systems::<Test>::get(BETA)).expect("beta is known").clock
}

#[test]
fn a_payer_takes_the_value_back_when_the_notice_is_over() {
	let (mut world, swap) = cancelling(90);
	let (id, reference) = (swap.id(), swap.delivery.contract.reference);
	assert_eq!(world.alpha.events().last(), Some(&Event::Cancelling { id }));
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Cancelling { .. })));
	for _ in 1..TICKS {
		hear(&mut world, 1);
		refuse_conclusion(&mut world.alpha, &[id], Error::NotOver);
		assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (900, 100));
	}
	hear(&mut world, 1);
	world.alpha.conclude_half(&swap.delivery).expect("the notice is over");
	let (outcome, relied) = (Outcome::Cancelled, None);
	let ended = Event::Ended { id, reference, outcome, relied };
	assert_eq!(world.alpha.events().last(), Some(&ended));
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Ended(Outcome::Cancelled)));
}

#[test]
fn a_longer_notice_takes_longer() {
	let swap = Exchange::until(90, 90);
	let notice = swap.delivery.terms().own.notice;
	assert!(notice > MIN_NOTICE);
	let mut world = World::new().registered(&swap);
	world.alpha.cancel(&swap.delivery).expect("it is hers");
	hear(&mut world, notice / TICK);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
	hear(&mut world, 1);
	world.alpha.conclude_half(&swap.delivery).expect("the notice is over");
}

#[test]
fn nobody_but_the_payer_cancels() {
	let swap = impatient(90);
	let mut world = World::new().registered(&swap);
	for who in [BOB, CAROL, NOBODY] {
		refuse_cancellation(&mut world.alpha, who, &swap.delivery, Error::NotThePayer);
	}
	// On her own chain, Alice is the receiver.
	refuse_cancellation(&mut world.beta, ALICE, &swap.payment, Error::NotThePayer);
	let (peer, id) = (BETA, swap.id());
	world.alpha.run(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Ribp::cancel(origin, peer, id), DispatchError::BadOrigin);
		}
	});
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Registered));
}

#[test]
fn what_is_not_registered_is_not_cancelled() {
	let swap = impatient(90);
	let mut world = World::new();
	let alpha = &mut world.alpha;
	refuse_cancellation(alpha, ALICE, &swap.delivery, Error::UnknownContract);
	let with_twin = swap.delivery.with_peer_leg(|leg| leg.system = TWIN);
	refuse_cancellation(alpha, ALICE, &with_twin, Error::UnknownSystem);
}

#[test]
fn nothing_is_cancelled_twice() {
	let (mut world, swap) = cancelling(90);
	let before = world.alpha.stage(&swap.delivery);
	hear(&mut world, 1);
	refuse_cancellation(&mut world.alpha, ALICE, &swap.delivery, Error::AlreadyCancelling);
	assert_eq!(world.alpha.stage(&swap.delivery), before, "the notice does not begin anew");
	hear(&mut world, TICKS - 1);
	world.alpha.conclude_half(&swap.delivery).expect("the notice is over");
	refuse_cancellation(&mut world.alpha, ALICE, &swap.delivery, Error::AlreadyEnded);
}

#[test]
fn a_committed_log_is_not_cancelled() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap).committed(&swap);
	refuse_cancellation(&mut world.alpha, ALICE, &swap.delivery, Error::AlreadyCommitted);
	assert_eq!(world.alpha.taken(), 100);
}

#[test]
fn who_cancels_after_the_expiry_has_the_value_back_at_once() {
	let swap = impatient(10);
	let mut world = World::new().registered(&swap).at(10);
	let mut late = World::new().registered(&swap).at(11);
	world.alpha.cancel(&swap.delivery).expect("it may still be answered");
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Cancelling { .. })));
	late.alpha.cancel(&swap.delivery).expect("it is hers");
	assert_eq!(late.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
	assert_eq!(late.alpha.free(ALICE), ENDOWMENT);
}

/// Nobody takes back what the other party has answered already.
#[test]
fn a_leg_that_is_answered_within_the_notice_commits() {
	let (mut world, swap) = cancelling(90);
	hear(&mut world, TICKS - 1);
	world.tell_alpha(&[swap.id()]).expect("the payment is registered");
	let at = world.alpha.now();
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at }));
	hear(&mut world, TICKS);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
}

#[test]
fn a_leg_that_is_answered_by_a_commit_within_the_notice_settles() {
	let swap = impatient(90);
	let mut world = World::new().registered(&swap);
	world.tell_beta(&[swap.id()]).expect("the delivery is registered");
	world.alpha.cancel(&swap.delivery).expect("alpha does not know that");
	world.seal();
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(world.alpha.free(BOB), ENDOWMENT + 100);
}

#[test]
fn an_answer_after_the_notice_is_too_late_whether_or_not_somebody_has_concluded() {
	let swap = impatient(90);
	let mut world = World::new().registered(&swap);
	let ids = [swap.id()];
	world.tell_beta(&ids).expect("the delivery is registered");
	world.alpha.cancel(&swap.delivery).expect("alpha does not know that");
	hear(&mut world, TICKS);
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::ContractExpired);
	world.alpha.conclude_half(&swap.delivery).expect("the notice is over");
	world.refuse(&evidence, &ids, Error::UnknownContract);
	world.seal();
	world.tell_beta(&ids).expect("the delivery is cancelled, long before its expiry");
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Reversed));
	for who in [ALICE, BOB] {
		assert_eq!((world.alpha.free(who), world.beta.free(who)), (ENDOWMENT, ENDOWMENT));
	}
}

#[test]
fn what_is_being_cancelled_is_not_answered() {
	let (mut world, swap) = cancelling(90);
	world.seal();
	let evidence = world.alpha.evidence(world.alpha.sealed(), &mut world.beta, &[swap.id()]);
	let refused = world.beta.submit(ALPHA, evidence, &[swap.id()]).expect_err("she takes it back");
	assert_eq!(refused.error, Error::<Test>::PeerNotRegistered.into());
	assert_eq!(world.beta.stage(&swap.payment), Some(Stage::Registered));
}

/// No longer than the other leg lasts.
#[test]
fn what_is_being_cancelled_ends_when_the_other_leg_has() {
	let (mut world, swap) = cancelling(90);
	world.beta.advance_to(91);
	world.beta.conclude_half(&swap.payment).expect("its expiry has passed");
	world.beta.seal();
	world.tell_alpha(&[swap.id()]).expect("the payment has expired");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Cancelled));
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT);
}

/// It is counted in blocks in which an answer could have come.
#[test]
fn the_notice_stands_still_while_nothing_is_heard_of_the_peer() {
	let (mut world, swap) = cancelling(90);
	world.alpha.advance_to(90);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
	world.alpha.seal();
	world.alpha.conclude_half(&swap.delivery).expect("the own expiry has passed all the same");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Cancelled));
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT);
}

#[test]
fn a_long_silence_counts_as_a_short_one() {
	let (mut world, swap) = cancelling(90);
	let before = clock(&mut world.alpha);
	world.advance_to(60);
	world.tell_alpha(&[]).expect("it is a step");
	assert_eq!(clock(&mut world.alpha), before + TICK);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
}

#[test]
fn many_heads_in_one_block_count_as_one() {
	let (mut world, swap) = cancelling(90);
	let before = clock(&mut world.alpha);
	world.advance_to(60);
	for number in [10, 20, 30, 40, 59] {
		let evidence = world.evidence_at(number, &[]);
		world.submit(evidence, &[]).expect("it is a step");
	}
	assert_eq!(clock(&mut world.alpha), before + TICK);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
}

/// A head that is old by the time of the cancellation, and shown then, has nothing to do with it.
#[test]
fn a_notice_runs_from_the_cancellation_on() {
	let swap = impatient(90);
	let mut world = World::new().registered(&swap).at(20);
	world.beta.advance_to(80);
	world.alpha.cancel(&swap.delivery).expect("it is hers");
	for block in 0..=MIN_NOTICE {
		let evidence = world.evidence_at(10 + VIEW_STEP * block, &[]);
		world.submit(evidence, &[]).expect("it is a step");
		refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
		world.alpha.seal();
	}
	let evidence = world.evidence_at(79, &[]);
	world.submit(evidence, &[]).expect("it is a step");
	world.alpha.conclude_half(&swap.delivery).expect("the notice is over");
}

/// Whoever can keep the newest heads from a chain must not let the notice run by older ones: nothing of what
/// is answered meanwhile is in them.
#[test]
fn heads_that_are_older_than_the_notice_do_not_let_it_run() {
	let (mut world, swap) = cancelling(90);
	world.advance_to(60);
	let since = clock(&mut world.alpha);
	for number in (8..50).step_by(VIEW_STEP as usize) {
		let evidence = world.evidence_at(number, &[]);
		world.submit(evidence, &[]).expect("it is a step");
		world.seal();
	}
	assert!(clock(&mut world.alpha) <= since + TICK);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
	hear(&mut world, 1);
	hear(&mut world, 1);
	world.alpha.conclude_half(&swap.delivery).expect("these are new ones");
}

#[test]
fn the_notice_stands_still_while_the_system_is_paused() {
	let (mut world, swap) = cancelling(90);
	hear(&mut world, 1);
	let before = clock(&mut world.alpha);
	world
		.alpha
		.dispatch(RuntimeOrigin::root(), Call::pause { system: BETA })
		.expect("it is active");
	hear(&mut world, TICKS);
	assert_eq!(clock(&mut world.alpha), before);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
	world.seal();
	let resume = Call::resume { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), resume).expect("it is paused");
	world.beta.advance_to(world.beta.now() + VIEW_STEP);
	world.tell_alpha(&[]).expect("it is a step");
	assert_eq!(clock(&mut world.alpha), before, "no block has passed since");
	hear(&mut world, TICKS - 1);
	world.alpha.conclude_half(&swap.delivery).expect("the notice is over");
}

#[test]
fn a_payer_cancels_while_the_system_is_paused() {
	let swap = impatient(20);
	let mut world = World::new().registered(&swap);
	world
		.alpha
		.dispatch(RuntimeOrigin::root(), Call::pause { system: BETA })
		.expect("it is active");
	world.alpha.cancel(&swap.delivery).expect("it is hers");
	hear(&mut world, 3);
	assert_eq!(world.alpha.now(), 18);
	refuse_conclusion(&mut world.alpha, &[swap.id()], Error::NotOver);
	world.alpha.advance_to(21);
	world.alpha.conclude_half(&swap.delivery).expect("the own expiry has passed all the same");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Cancelled));
}

/// Alpha hears in this block that the one history of beta goes on.
fn go_on(Forked { alpha, one, .. }: &mut Forked, height: Height) {
	alpha.advance_to(height);
	one.advance_to(height);
	show(alpha, one);
}

#[test]
fn the_notice_stands_still_while_a_fork_is_open_or_has_just_been_decided() {
	let half = impatient(90).delivery;
	let mut forked = Forked::new(4).advance_to(8).seen();
	forked.alpha.register(&half).expect("it is new");
	forked.alpha.cancel(&half).expect("it is hers");
	expose(&mut forked.alpha, &forked.other);
	let before = clock(&mut forked.alpha);
	for height in [14, 20, 26] {
		go_on(&mut forked, height);
	}
	let choose = Call::choose_branch { system: BETA, branch: None };
	forked.alpha.dispatch(RuntimeOrigin::root(), choose).expect("it is forked");
	let calm = forked.alpha.now() + EXPOSURE;
	go_on(&mut forked, calm - VIEW_STEP + 1);
	assert_eq!(clock(&mut forked.alpha), before);
	refuse_conclusion(&mut forked.alpha, &[half.id()], Error::NotOver);
	// Of the blocks since, only the one counts in which there was business.
	go_on(&mut forked, calm + 1);
	assert_eq!(clock(&mut forked.alpha), before + 1);
	refuse_conclusion(&mut forked.alpha, &[half.id()], Error::NotOver);
	for tick in 1..TICKS {
		go_on(&mut forked, calm + 1 + VIEW_STEP * tick);
	}
	forked.alpha.conclude_half(&half).expect("the notice is over");
	assert_eq!(forked.alpha.outcome(&half), Some(Outcome::Cancelled));
}

#[test]
fn the_own_expiry_ends_what_is_cancelled_while_a_fork_is_open() {
	let half = impatient(20).delivery;
	let Forked { mut alpha, other, .. } = Forked::new(4).advance_to(8).seen();
	alpha.register(&half).expect("it is new");
	expose(&mut alpha, &other);
	alpha.cancel(&half).expect("it is hers");
	alpha.advance_to(20);
	refuse_conclusion(&mut alpha, &[half.id()], Error::NotOver);
	alpha.seal();
	alpha.conclude_half(&half).expect("the own expiry has passed all the same");
	assert_eq!((alpha.outcome(&half), alpha.free(ALICE)), (Some(Outcome::Cancelled), ENDOWMENT));
}
