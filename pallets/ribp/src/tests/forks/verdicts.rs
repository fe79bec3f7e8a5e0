//! What an open fork stops, which branch root chooses, and what that means for contracts.

use super::{marks::marked, *};
use crate::{
	mock::{BLOCK_TIME, EXPOSURE, LAX, VIEW_STEP},
	types::MAX_BRANCHES,
	BranchEnds, BranchProofs, Event, Outcome, PastSets, Policy, RefusedBranches, Stage,
};
use frame_support::assert_ok;

/// Alpha has seen the one history up to 12, gamma the other; they part in block 9. Both know of both.
fn forked() -> Forked {
	Forked::new(9).advance_to(13).seen().exposed()
}

/// Registers an exchange on both sides, and commits the half on `chain`.
fn rely(chain: &mut Chain, beta: &mut Chain) -> Exchange {
	let swap = Exchange::between(chain.system, 1, 60, 60);
	chain.register(&swap.delivery).expect("the delivery can be registered");
	beta.register(&swap.payment).expect("the payment can be registered");
	chain.seal();
	beta.seal();
	let ids = [swap.delivery.id()];
	let evidence = beta.evidence(beta.sealed(), chain, &ids);
	chain.submit(BETA, evidence, &ids).expect("it can be committed");
	swap
}

/// Asserts that a registration with beta is refused by this name.
#[track_caller]
fn refuse_registration(chain: &mut Chain, error: Error<Test>) {
	let half = Exchange::between(chain.system, 9, 90, 90).delivery;
	let (call, origin) = (half.call(), RuntimeOrigin::signed(half.payer()));
	chain.run(|| {
		assert_noop!(RuntimeCall::from(call).dispatch(origin), error);
	});
}

#[track_caller]
fn refuse_choice(chain: &mut Chain, branch: Option<H256>, error: Error<Test>) {
	let call = Call::choose_branch { system: BETA, branch };
	chain.run(|| {
		assert_noop!(RuntimeCall::from(call).dispatch(RuntimeOrigin::root()), error);
	});
}

/// A world in which alpha relies on the one history, in its block 10, and knows of the other.
fn relying() -> (Forked, Exchange) {
	let mut world = Forked::new(9).advance_to(10);
	let swap = rely(&mut world.alpha, &mut world.one);
	let mut world = world.advance_to(14);
	show(&mut world.gamma, &world.other);
	expose(&mut world.alpha, &world.other);
	(world, swap)
}

#[test]
fn nothing_moves_while_a_fork_is_open_and_all_of_it_moves_on_afterwards() {
	let (mut world, swap) = relying();
	let ids = [swap.delivery.id()];
	let told = world.alpha.evidence(world.alpha.sealed(), &mut world.one, &[swap.payment.id()]);
	world.one.submit(ALPHA, told, &[swap.payment.id()]).expect("the payment can be committed");
	world.one.seal();
	refuse_registration(&mut world.alpha, Error::SystemForked);
	let evidence = world.one.evidence(14, &mut world.alpha, &ids);
	world.alpha.refuse(submission(BETA, evidence, &ids), Error::SystemForked);
	// The followed history goes on being known meanwhile.
	world.one.advance_to(14 + VIEW_STEP);
	show(&mut world.alpha, &world.one);
	assert!(follows(&mut world.alpha, &world.one));

	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	world.alpha.advance_to(14 + EXPOSURE);
	let newest = world.one.sealed();
	let evidence = world.one.evidence(newest, &mut world.alpha, &ids);
	world.alpha.submit(BETA, evidence, &ids).expect("there is business again");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

#[test]
fn a_log_that_is_not_committed_is_free_again_while_a_fork_is_open() {
	let mut world = Forked::new(9).advance_to(13).seen();
	let [early, late] = [(1, 15), (2, 60)].map(|(number, h1)| {
		let swap = Exchange::between(ALPHA, number, h1, 60);
		world.alpha.register(&swap.delivery).expect("it can be registered");
		swap
	});
	let mut world = world.exposed();
	world.alpha.cancel(&late.delivery).expect("it takes no evidence");
	world.alpha.advance_to(18);
	world.alpha.conclude_half(&early.delivery).expect("its time is over");
	assert_eq!(world.alpha.outcome(&early.delivery), Some(Outcome::Expired));
	// The notice stands still, and the expiry ends it all the same.
	world.alpha.advance_to(60);
	world.alpha.conclude_half(&late.delivery).expect_err("nobody could have been heard");
	world.alpha.seal();
	world.alpha.conclude_half(&late.delivery).expect("its time is over");
	assert_eq!(world.alpha.outcome(&late.delivery), Some(Outcome::Cancelled));
	assert_eq!(status(&mut world.alpha), Status::Forked);
}

#[test]
fn nothing_is_decided_without_root() {
	let mut world = forked();
	world.alpha.advance_to(200);
	assert_eq!(status(&mut world.alpha), Status::Forked);
	let call = Call::choose_branch { system: BETA, branch: None };
	let refused = world.alpha.dispatch(RuntimeOrigin::signed(CAROL), call).expect_err("no root");
	assert_eq!(refused.error, sp_runtime::DispatchError::BadOrigin);
}

#[test]
fn the_followed_branch_is_kept() {
	let mut world = forked();
	let before = known(&mut world.alpha);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	let after = known(&mut world.alpha);
	assert_eq!((&after.system.view, &after.marks), (&before.system.view, &before.marks));
	assert_eq!(after.system.status, Status::Active);
	let (one, other) = (world.one.head(), world.other.head());
	let events = world.alpha.events();
	assert!(events.contains(&Event::BranchRefused { system: BETA, number: 12, branch: other }));
	assert!(events.contains(&Event::BranchChosen { system: BETA, branch: one }));
	assert!(!events.iter().any(|event| matches!(event, Event::BranchAdopted { .. })));
	assert_nothing_open(&mut world.alpha, [other]);
	world.one.advance_to(13 + VIEW_STEP);
	show(&mut world.alpha, &world.one);
}

/// Asserts that nothing is kept of open branches of beta, and that those with these tips are refused.
#[track_caller]
fn assert_nothing_open<const COUNT: usize>(chain: &mut Chain, refused: [H256; COUNT]) {
	assert_eq!(open_branches(chain), []);
	chain.run(|| {
		assert_eq!(BranchProofs::<Test>::iter().count() + BranchEnds::<Test>::iter().count(), 0);
		let tips: Vec<_> =
			RefusedBranches::<Test>::get(BETA).iter().map(|branch| branch.tip.hash).collect();
		assert_eq!(tips, refused);
	});
}

#[test]
fn another_branch_is_adopted_and_extended_by_evidence_afterwards() {
	let mut world = Forked::new(20);
	for number in [13, 18] {
		let evidence = world.one.evidence(number, &mut world.alpha, &[]);
		world.alpha.submit(BETA, evidence, &[]).expect("it is a step");
		world.alpha.seal();
	}
	for height in [26, 33] {
		world = world.advance_to(height);
		show(&mut world.alpha, &world.one);
	}
	assert_eq!(marked(&mut world.alpha), [1, 13, 18, 25, 32]);
	let mut world = world.advance_to(36);
	let report = exposing(&mut world.alpha, &world.other, 30);
	submit_report(&mut world.alpha, report).expect("it is another history");
	let tip = world.other.hash_at(30);
	let (before, now) = (known(&mut world.alpha), world.alpha.now());
	assert_eq!(open_branches(&mut world.alpha)[0].common, Some(19));
	choose(&mut world.alpha, Some(tip)).expect("its history is known");

	let after = known(&mut world.alpha);
	assert_eq!(after.system.view.head(), tip);
	assert_eq!(*after.system.view.history(), world.other.history(30));
	assert_eq!(after.system.view.recent(), [tip]);
	assert_eq!((after.system.branch_since, after.system.advanced_at), (now, now));
	let heights: Vec<_> = after.marks.iter().map(|mark| mark.number).collect();
	assert_eq!(heights, [1, 13, 18, 30], "what is above block 19 is of the other branch");
	assert!(after.marks.iter().all(|mark| mark.hash == world.other.hash_at(mark.number)));
	assert_nothing_open(&mut world.alpha, [before.system.view.head()]);
	let adopted = Event::BranchAdopted { system: BETA, number: 30 };
	assert!(world.alpha.events().contains(&adopted));

	world.alpha.seal();
	for height in [41, 60, 77] {
		world.other.advance_to(height);
		show(&mut world.alpha, &world.other);
		assert!(follows(&mut world.alpha, &world.other));
	}
	world.one.advance_to(90);
	let evidence = world.one.evidence(89, &mut world.alpha, &[]);
	world.alpha.refuse(submission(BETA, evidence, &[]), Error::OtherHistory);
}

/// The payment is on the branch that is given up: on the other, it never comes.
#[test]
fn contracts_go_on_by_what_the_adopted_branch_says() {
	let (mut world, swap) = relying();
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
	let tip = world.other.head();
	choose(&mut world.alpha, Some(tip)).expect("its history is known");
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
	let mut world = world.advance_to(63);
	let ids = [swap.delivery.id()];
	let evidence = world.other.evidence(62, &mut world.alpha, &ids);
	world.alpha.submit(BETA, evidence, &ids).expect("the payment is not on this branch");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT);
}

/// An upgrade takes along what expires later: what would have expired before is unknown on that branch.
#[test]
fn what_the_adopted_branch_may_not_have_taken_along_is_not_taken_for_absent() {
	for (height, is_known) in [(61, false), (60, true), (10, true)] {
		let (mut world, swap) = relying();
		let tip = world.other.head();
		choose(&mut world.alpha, Some(tip)).expect("its history is known");
		world.other.corrupt(|| crate::CompleteFrom::<Test>::put(height));
		let mut world = world.advance_to(63);
		let ids = [swap.delivery.id()];
		let evidence = world.other.evidence(62, &mut world.alpha, &ids);
		world.alpha.submit(BETA, evidence, &ids).expect("the payment is not on this branch");
		let outcome = world.alpha.outcome(&swap.delivery);
		assert_eq!(outcome, is_known.then_some(Outcome::Reversed));
	}
}

/// A set that the given-up branch handed over to has no say, and the one before it is in charge again.
#[test]
fn authorities_of_the_branch_that_is_given_up_are_forgotten() {
	let mut world = forked();
	world.one.hand_over(&[Ed25519Keyring::One]);
	show_change(&mut world.alpha, &world.one);
	assert_eq!(set_ids(&mut world.alpha), (6, vec![5]));
	let tip = world.other.head();
	choose(&mut world.alpha, Some(tip)).expect("its history is known");
	assert_eq!(set_ids(&mut world.alpha), (5, vec![]));
	world.other.advance_to(30);
	show(&mut world.alpha, &world.other);
}

/// Shows a chain the newest block of beta, in which the authorities change.
#[track_caller]
fn show_change(chain: &mut Chain, beta: &Chain) {
	let evidence = beta.evidence(beta.sealed(), chain, &[]);
	chain.submit(BETA, evidence, &[]).expect("it follows the change");
}

/// The set of beta that is in charge, and the past ones that are remembered.
fn set_ids(chain: &mut Chain) -> (u64, Vec<u64>) {
	let mut past: Vec<_> = chain.run(|| PastSets::<Test>::iter_key_prefix(BETA).collect());
	past.sort_unstable();
	(known(chain).system.set.set_id, past)
}

#[test]
fn authorities_from_before_the_fork_stay_past_authorities() {
	let [one, mut other] = [(), ()].map(|()| {
		let mut beta = plain_history(6);
		beta.hand_over(&[Ed25519Keyring::One]);
		beta.advance_to(9);
		beta
	});
	other.announce(DigestItem::Other(b"another history".to_vec()));
	let mut world = Forked { one, other, ..Forked::new(9) };
	let change = world.one.evidence(6, &mut world.alpha, &[]);
	world.alpha.submit(BETA, change, &[]).expect("it follows the change");
	let mut world = world.advance_to(13);
	show(&mut world.alpha, &world.one);
	expose(&mut world.alpha, &world.other);
	let tip = world.other.head();
	choose(&mut world.alpha, Some(tip)).expect("its history is known");
	assert_eq!(set_ids(&mut world.alpha), (6, vec![5]));
}

#[test]
fn a_branch_that_is_adopted_has_the_authorities_that_its_tip_announces() {
	let mut world = Forked::new(9).advance_to(13).seen();
	world.other.hand_over(&[Ed25519Keyring::Two]);
	expose(&mut world.alpha, &world.other);
	// The followed branch hands over to others meanwhile.
	world.one.hand_over(&[Ed25519Keyring::One]);
	show_change(&mut world.alpha, &world.one);
	let tip = world.other.head();
	choose(&mut world.alpha, Some(tip)).expect("its history is known");
	let record = known(&mut world.alpha).system;
	assert_eq!((record.set.set_id, record.set_since), (6, 13));
	assert_eq!(record.set.authorities[0].0, Ed25519Keyring::Two.public().into());
	assert_eq!(set_ids(&mut world.alpha), (6, vec![5]), "who signed the tip has a say still");
	let past = world.alpha.run(|| PastSets::<Test>::get(BETA, 5)).expect("it is there");
	assert_eq!((past.since, past.end.number, past.end.hash), (1, 13, tip));
	world.other.advance_to(30);
	show(&mut world.alpha, &world.other);
}

#[test]
fn a_branch_that_is_not_open_is_not_chosen() {
	let mut world = forked();
	for hash in [world.one.head(), world.other.hash_at(11), H256::zero()] {
		refuse_choice(&mut world.alpha, Some(hash), Error::UnknownBranch);
	}
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	let tip = world.other.head();
	refuse_choice(&mut world.alpha, Some(tip), Error::NotForked);
	refuse_choice(&mut world.alpha, None, Error::NotForked);
	let call = Call::choose_branch { system: TWIN, branch: None };
	let refused = world.alpha.dispatch(RuntimeOrigin::root(), call).expect_err("nobody knows it");
	assert_eq!(refused.error, Error::<Test>::UnknownSystem.into());
}

#[test]
fn a_branch_is_not_followed_if_nobody_knows_its_history_or_where_it_leaves_the_other() {
	for without in [
		(|report| ForkReport { common: None, peaks: None, ..report })
			as fn(ForkReport) -> ForkReport,
		|report| ForkReport { common: None, ..report },
	] {
		let mut world = Forked::new(9).advance_to(13).seen();
		let report = without(exposing(&mut world.alpha, &world.other, 12));
		submit_report(&mut world.alpha, report).expect("it is another history");
		let tip = world.other.head();
		refuse_choice(&mut world.alpha, Some(tip), Error::BranchNotFollowable);
		let call = Call::renew_system { system: BETA, anchor: world.other.anchor() };
		world.alpha.dispatch(RuntimeOrigin::root(), call).expect("root leads there");
		assert!(follows(&mut world.alpha, &world.other));
	}
}

/// Nobody can see to it that a branch is not followed by reporting it first, with less than they know.
#[test]
fn a_branch_that_is_open_is_completed_by_what_it_takes_to_follow_it() {
	for is_full in [false, true] {
		let mut world = Forked::new(9).advance_to(13).seen();
		let whole = exposing(&mut world.alpha, &world.other, 12);
		let stripped = ForkReport { common: None, peaks: None, ..whole.clone() };
		submit_report(&mut world.alpha, stripped.clone()).expect("it is another history");
		refuse_report(&mut world.alpha, stripped.clone(), Error::BranchKnown);
		let decoys = if is_full { 1..MAX_BRANCHES } else { 1..1 };
		for number in decoys {
			let decoy = history_until(10, &format!("decoy {number}"), 22 + number);
			expose(&mut world.alpha, &decoy);
		}
		refuse_report(&mut world.alpha, stripped, Error::BranchKnown);
		let before = open_branches(&mut world.alpha).len();
		submit_report(&mut world.alpha, whole.clone()).expect("now it is known how it goes on");
		assert_eq!(open_branches(&mut world.alpha).len(), before);
		refuse_report(&mut world.alpha, whole, Error::BranchKnown);
		let tip = world.other.head();
		choose(&mut world.alpha, Some(tip)).expect("it can be followed");
		assert!(follows(&mut world.alpha, &world.other));
	}
}

/// Nor by reporting several of its blocks so: what is known of the one is on the branch of the other.
#[test]
fn a_branch_that_is_open_by_several_of_its_blocks_is_completed_by_each() {
	for completed in [14, 30] {
		let mut world = Forked::new(9).advance_to(21).seen().advance_to(31);
		let stripped = |number, differences| ForkReport {
			peaks: None,
			..report_of(&world.other, number, differences, None)
		};
		let of_followed = |number| below(&world.other, 9, number);
		let higher = stripped(30, vec![below(&world.other, 20, 30)]);
		let lower = stripped(14, vec![Difference::Height, Difference::Lower]);
		let whole = report_of(&world.other, completed, vec![of_followed(completed)], Some(8));
		submit_report(&mut world.alpha, higher).expect("it is another history");
		submit_report(&mut world.alpha, lower).expect("it is shown to part below");
		submit_report(&mut world.alpha, whole).expect("now it is known how it goes on");
		let tip = world.other.hash_at(completed);
		choose(&mut world.alpha, Some(tip)).expect("it can be followed");
		assert!(follows(&mut world.alpha, &world.other));
	}
}

/// It has more blocks since the fork than there was time for: whoever has the keys makes thousands in a
/// minute.
#[test]
fn a_branch_that_has_come_too_fast_is_opened_and_not_followed() {
	for (least_block_time, is_followed) in [(BLOCK_TIME, true), (BLOCK_TIME + 1, false)] {
		let mut world = Forked::new(9).advance_to(13).seen();
		let policy = Policy { least_block_time, ..LAX };
		let call = Call::set_policy { system: BETA, policy };
		world.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is stricter");
		expose(&mut world.alpha, &world.other);
		let tip = world.other.head();
		match is_followed {
			true => drop(choose(&mut world.alpha, Some(tip)).expect("it came in time")),
			false => refuse_choice(&mut world.alpha, Some(tip), Error::BranchNotFollowable),
		}
	}
}

#[test]
fn a_branch_that_is_older_than_is_trusted_is_not_followed() {
	let mut world = Forked::new(9).advance_to(13).seen();
	let policy = Policy { trust_period: 20 * BLOCK_TIME, ..LAX };
	let call = Call::set_policy { system: BETA, policy };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is stricter");
	expose(&mut world.alpha, &world.other);
	world.alpha.advance_to(12 + 21);
	let tip = world.other.head();
	refuse_choice(&mut world.alpha, Some(tip), Error::TrustExpired);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
}

#[test]
fn after_a_verdict_nothing_moves_for_a_while_and_then_everything_does() {
	for adopts in [false, true] {
		let (mut world, swap) = relying();
		let ids = [swap.delivery.id()];
		let branch = adopts.then(|| world.other.head());
		let chosen_at = world.alpha.now();
		choose(&mut world.alpha, branch).expect("it can be chosen");
		assert_eq!(status(&mut world.alpha), Status::Active);
		let history = if adopts { &world.other } else { &world.one };
		for now in [chosen_at, chosen_at + EXPOSURE - 1] {
			world.alpha.advance_to(now);
			refuse_registration(&mut world.alpha, Error::CoolingDown);
			let evidence = history.evidence(13, &mut world.alpha, &ids);
			world.alpha.refuse(submission(BETA, evidence, &ids), Error::CoolingDown);
		}
		let mut world = world.advance_to(chosen_at + VIEW_STEP + 1);
		let history = if adopts { &world.other } else { &world.one };
		show(&mut world.alpha, history);
		world.alpha.advance_to(chosen_at + EXPOSURE);
		let late = Exchange::between(ALPHA, 9, 90, 90);
		world.alpha.register(&late.delivery).expect("there is business again");
		let evidence = history.evidence(history.sealed(), &mut world.alpha, &ids);
		world.alpha.refuse(submission(BETA, evidence, &ids), Error::PeerNotCommitted);
	}
}

#[test]
fn one_more_contradiction_while_nothing_moves_opens_the_fork_again() {
	let mut world = forked();
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	world.alpha.advance_to(world.alpha.now() + EXPOSURE - 1);
	let third = history_until(11, "a third history", 16);
	expose(&mut world.alpha, &third);
	assert_eq!(status(&mut world.alpha), Status::Forked);
	world.alpha.advance_to(world.alpha.now() + 2 * EXPOSURE);
	refuse_registration(&mut world.alpha, Error::SystemForked);
	let again = world.alpha.now();
	choose(&mut world.alpha, None).expect("the followed branch is chosen once more");
	world.alpha.advance_to(again + EXPOSURE - 1);
	refuse_registration(&mut world.alpha, Error::CoolingDown);
	world.alpha.advance_to(again + EXPOSURE);
	let late = Exchange::between(ALPHA, 9, 90, 90);
	world.alpha.register(&late.delivery).expect("there is business again");
	assert_nothing_open(&mut world.alpha, [world.other.head(), third.head()]);
}

#[test]
fn a_paused_system_is_paused_again_when_its_fork_is_decided() {
	let mut world = Forked::new(9).advance_to(13).seen();
	let pause = Call::pause { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause).expect("it is active");
	let mut world = world.exposed();
	assert_eq!(status(&mut world.alpha), Status::Forked);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	assert_eq!(status(&mut world.alpha), Status::Paused);
}

/// A fork that is opened to have business resume by itself: root stops that, whenever it likes.
#[test]
fn root_stops_a_forked_system_and_no_verdict_starts_it_again() {
	let mut world = forked();
	let root = RuntimeOrigin::root;
	world.alpha.run(|| {
		assert_noop!(Ribp::resume(root(), BETA), Error::<Test>::SystemNotPaused);
		assert_ok!(Ribp::pause(root(), BETA));
		assert_noop!(Ribp::pause(root(), BETA), Error::<Test>::SystemPaused);
	});
	assert_eq!(status(&mut world.alpha), Status::Forked);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	assert_eq!(status(&mut world.alpha), Status::Paused);
	world.alpha.advance_to(world.alpha.now() + 2 * EXPOSURE);
	refuse_registration(&mut world.alpha, Error::SystemPaused);
	assert_ok!(world.alpha.run(|| Ribp::resume(root(), BETA)));
	assert_eq!(status(&mut world.alpha), Status::Active);
}

#[test]
fn root_lets_business_begin_again_after_the_verdict() {
	let mut world = forked();
	let root = RuntimeOrigin::root;
	world.alpha.run(|| {
		assert_ok!(Ribp::pause(root(), BETA));
		assert_ok!(Ribp::resume(root(), BETA));
	});
	assert_eq!(status(&mut world.alpha), Status::Forked);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	assert_eq!(status(&mut world.alpha), Status::Active);
}

#[test]
fn root_pauses_while_nothing_moves_after_a_verdict() {
	let mut world = forked();
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	assert_ok!(world.alpha.run(|| Ribp::pause(RuntimeOrigin::root(), BETA)));
	world.alpha.advance_to(world.alpha.now() + EXPOSURE);
	refuse_registration(&mut world.alpha, Error::SystemPaused);
}

#[test]
fn a_new_trust_anchor_ends_a_fork_and_forgets_all_branches() {
	let mut world = forked();
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	expose(&mut world.alpha, &history_until(11, "a third history", 16));
	world.alpha.seal();
	let call = Call::renew_system { system: BETA, anchor: world.other.anchor() };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is another history");
	assert_eq!(status(&mut world.alpha), Status::Active);
	assert_nothing_open(&mut world.alpha, []);
	assert_eq!(marked(&mut world.alpha), [12]);
	assert!(follows(&mut world.alpha, &world.other));
	// There is time to look, and to report what was open once more.
	let Known { system, .. } = known(&mut world.alpha);
	assert_eq!(system.quiet_until, world.alpha.now() + EXPOSURE);
	refuse_registration(&mut world.alpha, Error::CoolingDown);
}

#[test]
fn a_verdict_names_the_branch_and_all_that_are_refused() {
	let mut world = forked();
	let third = history_until(11, "a third history", 16);
	expose(&mut world.alpha, &third);
	let tip = world.other.head();
	choose(&mut world.alpha, Some(tip)).expect("its history is known");
	let events = world.alpha.events();
	for (number, branch) in [(15, third.head()), (12, world.one.head())] {
		assert!(events.contains(&Event::BranchRefused { system: BETA, number, branch }));
	}
	assert!(events.contains(&Event::BranchChosen { system: BETA, branch: tip }));
	assert!(!events.contains(&Event::BranchRefused { system: BETA, number: 12, branch: tip }));
}

/// Whoever has public headers of a loser opens it again only if it was longer than what root leads
/// to, and once.
#[test]
fn a_new_anchor_forgets_what_was_refused_and_no_header_below_it_opens_that_again() {
	let mut world = Forked::new(9).advance_to(21).seen().advance_to(31);
	let report = exposing(&mut world.alpha, &world.other, 14);
	submit_report(&mut world.alpha, report).expect("it is another history");
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	let call = Call::renew_system { system: BETA, anchor: world.one.anchor() };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("root leads there");
	assert_eq!(known(&mut world.alpha).refused, []);
	let other = &mut world.other;
	other.advance_to(37);
	for number in [9, 14, 20, 29, 30] {
		for difference in [Difference::Height, above(&world.one, number.min(29), 30)] {
			let report = report_of(other, number, vec![difference], None);
			refuse_report(&mut world.alpha, report, Error::NotInCharge);
		}
	}
	let longer = report_of(other, 35, vec![below(other, 30, 35)], None);
	submit_report(&mut world.alpha, longer).expect("it is longer");
	choose(&mut world.alpha, None).expect("it is refused once more");
	for of_loser in [below(other, 35, 36), below(other, 30, 36), Difference::Lower] {
		let report = report_of(other, 36, vec![below(other, 30, 36), of_loser], None);
		refuse_report(&mut world.alpha, report, Error::BranchKnown);
	}
}
