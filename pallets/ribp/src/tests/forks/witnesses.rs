//! Which branch remains where the paper's rule decides ([`ForkChoice::MostReliedOn`]).

use super::{court::*, *};
use crate::{
	mock::{ChosenBy, EXISTENTIAL_DEPOSIT, EXPOSURE},
	types::MAX_BRANCHES,
	BranchEnds, Count, Event, ForkChoice, LastTended, Legs, OpenFork, PastSets, RefusedBranches,
	Reliance, Tallies, Tally, Testimonies,
};
use frame_support::{assert_ok, traits::Hooks, BoundedVec};

#[test]
fn the_branch_is_adopted_that_two_witnesses_rely_on_by_more_contracts() {
	let mut court = Court::new(1, [1, 1]).told().heard();
	let (tip, sets) = (court.tip(), past_sets(&mut court.alpha));
	assert_eq!(sets.len(), 1);
	court.decided_at(VERDICT, true);
	let events = court.alpha.events();
	assert!(events.contains(&Event::BranchAdopted { system: BETA, number: TOLD - 1 }));
	assert!(events.contains(&Event::BranchChosen { system: BETA, branch: tip }));
	// As after a choice of root's: nothing moves for a while, the loser is refused, no set is forgotten.
	let known = known(&mut court.alpha);
	assert_eq!(known.system.quiet_until, VERDICT + EXPOSURE);
	assert_eq!(known.refused.len(), 1);
	assert_eq!(past_sets(&mut court.alpha), sets);
	let late = Exchange::between(ALPHA, 9, 90, 90).delivery;
	court.alpha.advance_to(VERDICT + EXPOSURE - 1);
	assert_eq!(court.alpha.register(&late), Err(Error::<Test>::CoolingDown.into()));
	court.alpha.advance_to(VERDICT + EXPOSURE);
	court.alpha.register(&late).expect("there is business again");
	assert_nothing_heard(&mut court.alpha);
}

fn past_sets(chain: &mut Chain) -> Vec<u64> {
	chain.run(|| PastSets::<Test>::iter_key_prefix(BETA).collect())
}

#[track_caller]
fn assert_nothing_heard(chain: &mut Chain) {
	chain.run(|| {
		assert_eq!(Testimonies::<Test>::iter().count() + Tallies::<Test>::iter().count(), 0);
	});
}

#[test]
fn own_contracts_back_the_followed_branch() {
	let mut court = Court::new(3, [1, 1]).told().heard();
	court.decided_at(VERDICT, false);
	let known = known(&mut court.alpha);
	assert_eq!(known.system.quiet_until, VERDICT + EXPOSURE);
	assert_eq!(known.refused.len(), 1);
}

#[test]
fn a_tie_keeps_the_followed_branch() {
	Court::new(2, [1, 1]).told().heard().decided_at(VERDICT, false);
}

#[test]
fn one_witness_decides_nothing() {
	let mut court = Court::new(0, [3, 3]).told();
	court.testify(0);
	court.decided_at(VERDICT, false);
}

/// Five contracts for a few tokens, with a chain that somebody has made.
#[test]
fn the_contracts_of_one_witness_count_up_to_a_limit() {
	Court::new(3, [5, 0]).told().heard().decided_at(VERDICT, false);
	Court::new(3, [5, 1]).told().heard().decided_at(VERDICT, true);
}

/// Nor can dust on the own chain hold it on the branch that it was shown first.
#[test]
fn the_own_contracts_count_up_to_the_same_limit() {
	Court::new(5, [3, 1]).told().heard().decided_at(VERDICT, true);
}

#[test]
fn the_rule_makes_sense_or_the_runtime_is_refused() {
	let check = |rule| {
		let mut alpha = alpha_chain();
		alpha.run(|| ChosenBy::set(&rule));
		alpha.run(Ribp::integrity_test);
	};
	check(RULE);
	for wrong in [
		ForkChoice::MostReliedOn { grace: EXPOSURE - 1, most: MOST },
		ForkChoice::MostReliedOn { grace: GRACE, most: 0 },
	] {
		std::panic::catch_unwind(|| check(wrong)).expect_err("nobody has time, or nothing counts");
	}
}

/// Whatever number a chain writes down: it is capped, and it is one voice.
#[test]
fn a_tally_that_lies_about_its_count_is_capped() {
	let mut court = Court::new(3, [1, 0]).told();
	let contracts = u32::MAX;
	let tally = court.tally(0);
	court.lie(0, Tally { contracts, ..tally });
	court.heard().decided_at(VERDICT, false);
}

/// Has contracts rely on these blocks, in the order in which they are counted.
fn rely(relied: impl IntoIterator<Item = Reliance>) {
	let legs: Vec<_> = Legs::<Test>::iter_key_prefix((BETA,)).collect();
	for ((epoch, hash), relied) in legs.into_iter().zip(relied) {
		Legs::<Test>::mutate((BETA, epoch, hash), |leg| {
			leg.as_mut().expect("it is there").relied = Some(relied);
		});
	}
}

#[test]
fn a_chain_tells_what_it_has_counted_above_what_branches_have_in_common() {
	let mut court = Court::new(0, [5, 2]);
	// One of them was moved before the histories part, another one on a branch that was given up.
	court.witnesses[0].corrupt(|| {
		rely([Reliance { height: 4, since: 10 }, Reliance { height: 9, since: 1 }]);
		Systems::<Test>::mutate(BETA, |record| {
			record.as_mut().expect("beta is known").branch_from = 4;
		});
	});
	let mut court = court.told();
	let head = Court::mark(&court.other, 9);
	let tally = court.tally(0);
	assert_eq!((tally.head.hash, tally.head.root), (head.hash, head.root));
	assert_eq!([tally.contracts, court.tally(1).contracts], [3, 2]);
}

/// No more are looked at in one block than one message may move.
#[test]
fn contracts_are_counted_over_several_blocks() {
	let mut court = Court::new(0, [0, 0]);
	let alpha = &mut court.alpha;
	for number in 0..14 {
		let half = Exchange::between(ALPHA, number, 80, 80).delivery;
		let half = half.with_action(ALICE, BOB, EXISTENTIAL_DEPOSIT);
		alpha.register(&half).expect("it is new");
	}
	alpha.run(|| rely([Reliance { height: 9, since: 10 }; 14]));
	expose(alpha, &court.other);
	let counted = |alpha: &mut Chain| {
		alpha.seal();
		alpha.run(|| Tallies::<Test>::get(BETA)).map(|tally| tally.contracts)
	};
	assert_eq!([counted(alpha), counted(alpha), counted(alpha)], [None, None, Some(14)]);
}

#[test]
fn whoever_joins_restarts_the_grace_and_the_count() {
	let mut court = Court::new(0, [1, 1]).told().heard();
	let joined = TOLD + 5;
	court.alpha.advance_to(joined);
	let third = third_history("a third history", 16);
	expose(&mut court.alpha, &third);
	court.alpha.run(|| assert!(!Tallies::<Test>::contains_key(BETA)));
	court.alpha.seal();
	court.alpha.run(|| assert!(Tallies::<Test>::contains_key(BETA)));
	court.advance_to(joined + 2);
	// Witnesses have to be believed in the end.
	court.hear_more();
	court.decided_at(joined + GRACE, true);
}

/// Alpha is told of the other history, but not of its past, and hears both witnesses of it. Returns the whole
/// report as well.
fn heard_of_a_branch_without_past() -> (Court, ForkReport) {
	let mut court = Court::new(0, [1, 1]);
	let report = exposing(&mut court.alpha, &court.other, TOLD - 1);
	let bare = ForkReport { common: None, peaks: None, ..report.clone() };
	submit_report(&mut court.alpha, bare).expect("it is another history");
	for witness in &mut court.witnesses {
		expose(witness, &court.one);
	}
	court.advance_to(TOLD + 2);
	(court.heard(), report)
}

#[test]
fn a_branch_that_is_completed_does_not_restart_the_grace() {
	let (mut court, report) = heard_of_a_branch_without_past();
	court.alpha.advance_to(VERDICT - 2);
	submit_report(&mut court.alpha, report).expect("now it can be followed");
	court.decided_at(VERDICT, true);
}

#[test]
fn a_branch_that_cannot_be_followed_waits_for_people() {
	let (mut court, _) = heard_of_a_branch_without_past();
	court.undecided_at(VERDICT);
	let tip = court.tip();
	court.alpha.run(|| assert!(!BranchEnds::<Test>::contains_key(BETA, tip)));
	choose(&mut court.alpha, None).expect("root decides");
	assert_nothing_heard(&mut court.alpha);
}

/// Decoys fill the slots: nobody knows of how many honest branches there was no room to hear.
#[test]
fn where_no_branch_can_join_people_decide() {
	let mut court = Court::new(0, [1, 1]).told().heard();
	for (nth, words) in (1..MAX_BRANCHES).zip(["a third", "a fourth", "a fifth"]) {
		let decoy = third_history(words, 15 + nth);
		expose(&mut court.alpha, &decoy);
	}
	court.undecided_at(VERDICT + 3 * GRACE);
	let tip = court.tip();
	choose(&mut court.alpha, Some(tip)).expect("root decides");
	assert!(follows(&mut court.alpha, &court.other));
}

#[test]
fn root_decides_at_any_time_before() {
	for branch in [false, true] {
		let mut court = Court::new(0, [1, 1]).told().heard();
		let tip = branch.then(|| court.tip());
		choose(&mut court.alpha, tip).expect("root decides");
		let history = if branch { &court.other } else { &court.one };
		assert!(follows(&mut court.alpha, history));
		let quiet_until = known(&mut court.alpha).system.quiet_until;
		assert_nothing_heard(&mut court.alpha);
		court.alpha.advance_to(VERDICT + 1);
		assert_eq!(known(&mut court.alpha).system.quiet_until, quiet_until);
	}
}

#[test]
fn root_keeps_a_paused_system_paused_whatever_is_decided() {
	let mut court = Court::new(0, [1, 1]).told().heard();
	assert_ok!(court.alpha.run(|| Ribp::pause(RuntimeOrigin::root(), BETA)));
	court.alpha.advance_to(VERDICT);
	assert_eq!(status(&mut court.alpha), Status::Paused);
	assert!(follows(&mut court.alpha, &court.other));
}

/// What happens to a witness after it was heard counts as much as what did before.
#[test]
fn a_witness_that_is_stopped_before_the_verdict_does_not_count() {
	let mut court = Court::new(0, [1, 1]).told().heard();
	assert_ok!(court.alpha.run(|| Ribp::pause(RuntimeOrigin::root(), DELTA)));
	court.decided_at(VERDICT, false);
	let mut court = Court::new(0, [1, 1]).told().heard();
	let call = Call::remove_system { system: DELTA };
	court.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is not in use");
	assert_eq!(court.testimony(1), None);
	court.decided_at(VERDICT, false);
}

#[test]
fn a_refused_branch_stays_refused_when_a_third_one_opens_the_fork_again() {
	let mut court = Court::new(0, [1, 1]).told().heard();
	court.decided_at(VERDICT, true);
	let refused = court.alpha.run(|| RefusedBranches::<Test>::get(BETA));
	let again = exposing(&mut court.alpha, &court.one, 12);
	refuse_report(&mut court.alpha, again, Error::BranchKnown);
	let third = third_history("a third history", 16);
	expose(&mut court.alpha, &third);
	assert_eq!(status(&mut court.alpha), Status::Forked);
	assert_eq!(court.alpha.run(|| RefusedBranches::<Test>::get(BETA)), refused);
	// Nobody has been heard of this one.
	assert_eq!(court.testimony(0), None);
	let at = court.alpha.now();
	court.alpha.advance_to(at + GRACE);
	assert_eq!(status(&mut court.alpha), Status::Active);
	assert!(follows(&mut court.alpha, &court.other));
}

/// One fork has its turn in each block: those that wait for people do not keep it from the others.
#[test]
fn forks_that_stay_open_do_not_hold_up_others() {
	const MORE: u8 = 11;
	let mut court = Court::new(0, [0, 0]).told();
	court.alpha.corrupt(|| {
		let open = Forks::<Test>::get(BETA).expect("it is open");
		let record = Systems::<Test>::get(BETA).expect("it is known");
		for number in 0..MORE {
			let system = SystemId(H256::repeat_byte(number));
			Systems::<Test>::insert(system, record.clone());
			let full = BoundedVec::truncate_from(vec![open.branches[0]; MAX_BRANCHES as usize]);
			let count = Count::default();
			Forks::<Test>::insert(system, OpenFork { branches: full, count, ..open.clone() });
		}
	});
	let round = u32::from(MORE) + 1;
	let begun = court.alpha.now();
	court.alpha.advance_to(begun + round);
	court.alpha.run(|| assert!(Tallies::<Test>::iter().count() >= usize::from(MORE)));
	court.alpha.advance_to(VERDICT + round);
	assert_eq!(status(&mut court.alpha), Status::Active);
	court.alpha.run(|| {
		assert_eq!(Forks::<Test>::iter().count(), usize::from(MORE));
		assert!(LastTended::<Test>::exists());
	});
}

#[test]
fn under_governance_nothing_is_decided_and_others_can_still_read_the_tally() {
	let mut court = Court::under(ForkChoice::ByGovernance, 2, [1, 1]).told();
	court.undecided_at(VERDICT + GRACE);
	let tally = court.alpha.run(|| Tallies::<Test>::get(BETA)).expect("it has counted");
	assert_eq!(tally.contracts, 2);
	// A runtime upgrade may choose the rule while a fork is open.
	court.alpha.run(|| ChosenBy::set(&ForkChoice::MostReliedOn { grace: GRACE, most: MOST }));
	court.alpha.seal();
	assert_eq!(status(&mut court.alpha), Status::Active);
}
