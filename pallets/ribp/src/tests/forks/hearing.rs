//! Which witnesses are heard of a fork, and what shows that one stands for nothing.

use super::{court::*, losers::with_false_root, *};
use crate::{
	chains::witnesses::{Said, MAX_PATH, MAX_WITNESSES},
	mock::LAX,
	Event, Evidence, ForkChoice, Policy, Tally, Testimonies, Testimony,
};

/// That a witness stands for a branch, by the path between a block and its tip.
fn call(court: &mut Court, place: usize, backs: Option<H256>, path: Vec<H256>) -> Call<Test> {
	let evidence = court.evidence(place);
	court.call_with(place, evidence, Said { forked: BETA, backs, path: &path })
}

#[test]
fn what_a_witness_says_is_kept_until_the_verdict() {
	let mut court = Court::new(1, [2, 1]).told();
	court.testify(0);
	let (tally, backs) = (court.tally(0), Some(court.tip()));
	let testimony = Testimony { tally, backs, counts: true };
	assert_eq!(court.testimony(0), Some(testimony));
	let event = Event::TallyTaken { system: BETA, witness: GAMMA, testimony };
	assert!(court.alpha.events().contains(&event));
	// Its evidence advances the view as any other does.
	assert_eq!(court.alpha.view_of(GAMMA).number(), court.witnesses[0].sealed());
}

#[test]
fn a_witness_of_the_followed_branch_is_heard_by_its_known_head_as_well() {
	let mut court = Court::new(0, [1, 1]).told();
	let head = Court::mark(&court.one, 12);
	court.lie(0, Tally { head, contracts: 2 });
	let newest = court.witnesses[0].sealed();
	let evidence = court.witnesses[0].evidence(newest, &mut court.alpha, &[]);
	court.alpha.submit(GAMMA, evidence, &[]).expect("it is a step");
	// Alpha knows the one history up to block 9.
	let path = court.one.path(9, 12);
	let call = call(&mut court, 0, None, path);
	court.accept(call);
	let testimony = court.testimony(0).expect("it is heard");
	assert_eq!((testimony.backs, testimony.counts), (None, true));
}

#[test]
fn where_root_decides_no_witness_is_heard() {
	let mut court = Court::under(ForkChoice::ByGovernance, 1, [1, 1]).told();
	court.refuse_witness(0, Error::DecidedByGovernance);
}

#[test]
fn no_witness_is_heard_when_there_is_no_time_left_to_contradict_it() {
	let mut court = Court::new(1, [1, 1]).told();
	court.hear_more();
	court.advance_to(HEARD);
	court.testify(0);
	court.advance_to(HEARD + 1);
	court.refuse_witness(1, Error::HearingOver);
}

#[test]
fn a_chain_that_is_known_for_less_than_a_trust_period_is_no_witness() {
	let mut court = Court::new(1, [1, 1]);
	let anchor = court.witnesses[0].anchor();
	let policy = known_policy(&mut court.alpha);
	let root = RuntimeOrigin::root;
	let remove = Call::remove_system { system: GAMMA };
	court.alpha.dispatch(root(), remove).expect("it is not in use");
	court.alpha.knows(&court.witnesses[0]);
	let set = Call::set_policy { system: GAMMA, policy };
	court.alpha.dispatch(root(), set).expect("it is stricter");
	// Who is known for long stays so, if root renews trust.
	let renew = Call::renew_system { system: DELTA, anchor: court.witnesses[1].anchor() };
	court.alpha.dispatch(root(), renew).expect("it is trusted");
	assert_eq!(anchor.header.number, TOLD - 1);
	let mut court = court.told();
	court.refuse_witness(0, Error::WitnessTooNew);
	court.testify(1);
}

fn known_policy(alpha: &mut Chain) -> Policy {
	alpha.run(|| Systems::<Test>::get(GAMMA)).expect("gamma is known").policy
}

#[test]
fn a_chain_with_which_there_is_no_business_is_no_witness() {
	let mut court = Court::new(1, [1, 1]).told();
	court.alpha.run(|| Ribp::pause(RuntimeOrigin::root(), GAMMA)).expect("it is active");
	court.refuse_witness(0, Error::SystemPaused);
	let set = |court: &mut Court, change: fn(&mut crate::System)| {
		court.alpha.corrupt(|| {
			Systems::<Test>::mutate(GAMMA, |record| record.as_mut().map(change));
		});
	};
	set(&mut court, |record| record.status = Status::Forked);
	court.refuse_witness(0, Error::SystemForked);
	set(&mut court, |record| (record.status, record.quiet_until) = (Status::Active, 100));
	court.refuse_witness(0, Error::CoolingDown);
	set(&mut court, |record| record.quiet_until = 0);
	court.testify(0);
}

#[test]
fn a_chain_that_is_not_trusted_any_more_is_no_witness() {
	let mut court = Court::new(1, [1, 1]).told();
	let policy = Policy { trust_period: 5 * crate::mock::BLOCK_TIME, ..LAX };
	let call = Call::set_policy { system: GAMMA, policy };
	court.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is stricter");
	court.refuse_witness(0, Error::TrustExpired);
}

#[test]
fn only_the_newest_block_tells_what_is_counted() {
	let mut court = Court::new(1, [1, 1]).told();
	court.advance_to(TOLD + 4);
	let newest = court.witnesses[0].sealed();
	let shown = court.witnesses[0].evidence(newest, &mut court.alpha, &[]);
	court.alpha.submit(GAMMA, shown, &[]).expect("it is a step");
	let old = court.evidence_at(0, newest - 1);
	let (path, tip) = (court.other.path(9, 12), court.tip());
	let said = Said { forked: BETA, backs: Some(tip), path: &path };
	let call = court.call_with(0, old, said);
	court.refuse(call, Error::EvidenceNotNewest);
	court.testify(0);
}

#[test]
fn evidence_is_judged_as_any_other() {
	let mut court = Court::new(1, [1, 1]).told();
	let (path, tip) = (court.other.path(9, 12), court.tip());
	let said = Said { forked: BETA, backs: Some(tip), path: &path };
	let genuine = court.evidence(0);
	let empty = Evidence { proof: Vec::new(), ..genuine.clone() };
	let forged = {
		let link = court.witnesses[1].block(14);
		let justification = link.voters.justify(&genuine.header);
		let crate::Link::Above { extension, .. } = genuine.link.clone() else { panic!("newer") };
		Evidence { link: crate::Link::Above { justification, extension }, ..genuine.clone() }
	};
	let more = {
		let proof = court.witnesses[0].prove(14, &[b"another key".to_vec()]);
		let all: std::collections::BTreeSet<_> =
			genuine.proof.iter().cloned().chain(proof).collect();
		Evidence { proof: all.into_iter().collect(), ..genuine.clone() }
	};
	let other = court.evidence(1);
	for (evidence, error) in [
		(empty, Error::ProofEmpty),
		(forged, Error::UnknownVoter),
		(more, Error::UnusedProofNodes),
		(other, Error::HeaderOfOtherSystem),
	] {
		let call = court.call_with(0, evidence, said);
		court.refuse(call, error);
	}
}

#[test]
fn what_a_chain_has_not_counted_it_does_not_tell() {
	let mut court = Court::new(1, [1, 1]);
	expose(&mut court.alpha, &court.other);
	court.advance_to(TOLD + 2);
	let (path, tip) = (court.other.path(9, 12), court.tip());
	let call = call(&mut court, 0, Some(tip), path);
	court.refuse(call, Error::TallyMissing);
}

#[test]
fn nothing_is_heard_of_what_is_no_fork() {
	let mut court = Court::new(1, [1, 1]);
	let evidence = court.evidence(0);
	let said = Said { forked: BETA, backs: None, path: &[] };
	let call = court.call_with(0, evidence.clone(), said);
	court.refuse(call, Error::NotForked);
	let call = court.call_with(0, evidence, Said { forked: DELTA, ..said });
	court.refuse(call, Error::NotForked);
	let refuted = court.refutation(0, Vec::new());
	court.refuse(refuted, Error::NotForked);
}

#[test]
fn a_witness_is_another_chain_that_is_known() {
	let mut court = Court::new(1, [1, 1]).told();
	let evidence = court.evidence(0);
	let report = |witness| Call::report_tally {
		witness,
		evidence: evidence.clone(),
		forked: BETA,
		backs: None,
		path: Vec::new(),
	};
	court.refuse(report(TWIN), Error::UnknownSystem);
	court.refuse(report(ALPHA), Error::UnknownSystem);
	court.refuse(report(BETA), Error::SystemForked);
}

/// What a chain says of its head decides where it stands, not whoever reports it.
#[test]
fn a_witness_stands_where_its_head_is() {
	let mut court = Court::new(1, [1, 1]).told();
	let (tip, right) = (court.tip(), court.other.path(9, 12));
	for (backs, path, error) in [
		(None, Vec::new(), Error::TallyOfOtherBranch),
		(None, right.clone(), Error::TallyOfOtherBranch),
		(Some(tip), Vec::new(), Error::TallyOfOtherBranch),
		(Some(tip), court.one.path(9, 12), Error::TallyOfOtherBranch),
		(Some(tip), court.other.path(8, 12), Error::TallyOfOtherBranch),
		(Some(tip), vec![H256::zero(); MAX_PATH as usize + 1], Error::TallyOfOtherBranch),
		(Some(court.other.hash_at(10)), right.clone(), Error::UnknownBranch),
	] {
		let call = call(&mut court, 0, backs, path);
		court.refuse(call, error);
	}
	let call = call(&mut court, 0, Some(tip), right);
	court.accept(call);
}

#[test]
fn what_is_known_is_not_heard_twice_and_what_is_new_takes_its_place() {
	let mut court = Court::new(1, [1, 1]).told().heard();
	court.refuse_witness(0, Error::NothingToGain);
	let (head, tip) = (court.tally(0).head, court.tip());
	let new = Tally { head, contracts: 2 };
	court.lie(0, new);
	court.testify(0);
	let testimony = Testimony { tally: new, backs: Some(tip), counts: true };
	assert_eq!(court.testimony(0), Some(testimony));
}

/// A chain changes sides: what it has said last counts.
#[test]
fn a_witness_may_change_sides() {
	let mut court = Court::new(0, [1, 1]).told().heard();
	let head = Court::mark(&court.one, 12);
	court.lie(0, Tally { head, contracts: 1 });
	let path = court.one.path(9, 12);
	let call = call(&mut court, 0, None, path);
	court.accept(call);
	court.decided_at(VERDICT, false);
}

#[test]
fn only_so_many_witnesses_are_heard() {
	let mut court = Court::new(1, [1, 1]).told();
	court.testify(0);
	let testimony = court.testimony(0).expect("it is heard");
	court.alpha.corrupt(|| {
		for number in 1..MAX_WITNESSES {
			let witness = SystemId(H256::from_low_u64_be(number.into()));
			Testimonies::<Test>::insert(BETA, witness, testimony);
		}
	});
	court.refuse_witness(1, Error::TooManyWitnesses);
	// Those that are heard can change their minds.
	let new = Tally { contracts: 2, ..testimony.tally };
	court.lie(0, new);
	court.testify(0);
}

/// The head is below the fork: so it is on both branches, and whoever reports it names one.
pub fn on_both_branches() -> Court {
	let mut court = Court::new(0, [1, 1]).told();
	let head = Court::mark(&court.other, 8);
	court.lie(0, Tally { head, contracts: 9 });
	let path = court.other.path(8, 12);
	let tip = court.tip();
	let call = call(&mut court, 0, Some(tip), path);
	court.accept(call);
	court.testify(1);
	court
}

#[test]
fn a_head_that_is_on_two_branches_counts_for_none() {
	let mut court = on_both_branches();
	let refutation = court.refutation(0, court.one.path(8, 9));
	court.accept(refutation.clone());
	let testimony = court.testimony(0).expect("it is kept");
	assert!(!testimony.counts);
	let event = Event::TallyTaken { system: BETA, witness: GAMMA, testimony };
	assert!(court.alpha.events().contains(&event));
	court.refuse(refutation, Error::NothingToGain);
	court.decided_at(VERDICT, false);
}

/// Who can sign for beta makes a sibling of the honest tip: the heads of all honest witnesses are on
/// that, too. What silences them must not keep the branch that alpha was shown first.
#[test]
fn where_a_witness_is_on_two_branches_above_where_they_part_people_decide() {
	let mut court = Court::new(0, [1, 1]).told().heard();
	let third = third_history("a sibling", TOLD);
	let root = court.other.history(TOLD - 1).root();
	let sibling = ForkReport {
		differences: vec![below(&court.other, PARTING, TOLD - 1), Difference::Height],
		..with_false_root(&third, TOLD - 1, root)
	};
	let is_on = Some(sibling.header.hash());
	submit_report(&mut court.alpha, sibling).expect("it is a branch of its own");
	let joined = court.alpha.now();
	for place in 0..2 {
		let head = court.tally(place).head.number;
		assert_eq!(head, PARTING);
		let path = court.other.path(head, TOLD - 1);
		let witness = court.witnesses[place].system;
		court.accept(Call::refute_tally { witness, forked: BETA, is_on, path });
	}
	assert!(court.alpha.events().contains(&Event::WitnessesDisputed { system: BETA }));
	court.undecided_at(joined + GRACE + 1);
	let tip = court.tip();
	choose(&mut court.alpha, Some(tip)).expect("root decides");
	assert!(follows(&mut court.alpha, &court.other));
}

/// Who lies in the last block in which witnesses are heard is contradicted up to the last one.
#[test]
fn a_witness_is_contradicted_up_to_the_verdict() {
	let mut court = on_both_branches();
	court.alpha.advance_to(VERDICT - 1);
	let refutation = court.refutation(0, court.one.path(8, 9));
	court.accept(refutation);
	court.decided_at(VERDICT, false);
}

/// Else the next block of a chain that lies would withdraw what has been said.
#[test]
fn a_witness_is_contradicted_by_what_it_has_said() {
	let mut court = on_both_branches();
	court.witnesses[0].seal();
	court.witnesses[0].corrupt(|| crate::Tallies::<Test>::remove(BETA));
	court.alpha.advance_to(VERDICT - 1);
	court.witnesses[0].advance_to(VERDICT);
	let newest = court.witnesses[0].sealed();
	let evidence = court.witnesses[0].evidence(newest, &mut court.alpha, &[]);
	court.alpha.submit(GAMMA, evidence, &[]).expect("it is a step");
	let refutation = court.refutation(0, court.one.path(8, 9));
	court.accept(refutation);
}

#[test]
fn what_does_not_contradict_a_witness_is_refused() {
	let mut court = on_both_branches();
	let path = court.one.path(8, 9);
	let tip = court.tip();
	let refute = |witness, is_on, path: &[H256]| Call::refute_tally {
		witness,
		forked: BETA,
		is_on,
		path: path.to_vec(),
	};
	for (call, error) in [
		(refute(GAMMA, None, &[]), Error::TallyOfOtherBranch),
		(refute(GAMMA, None, &[path[0]; 40]), Error::TallyOfOtherBranch),
		(refute(DELTA, None, &path), Error::TallyOfOtherBranch),
		(refute(GAMMA, Some(tip), &court.other.path(8, 12)), Error::NothingToGain),
		(refute(GAMMA, Some(court.one.head()), &path), Error::UnknownBranch),
		(refute(TWIN, None, &path), Error::NotAWitness),
	] {
		court.refuse(call, error);
	}
	// Where the head is on no other branch, nothing is against the witness.
	let honest = court.testimony(1).expect("it is heard");
	assert!(honest.counts);
}

/// It has learned more since, and its new head is on one branch.
#[test]
fn a_witness_that_was_contradicted_is_heard_again() {
	let mut court = on_both_branches();
	let refutation = court.refutation(0, court.one.path(8, 9));
	court.accept(refutation);
	let head = Court::mark(&court.other, 9);
	court.lie(0, Tally { head, contracts: 1 });
	court.testify(0);
	court.decided_at(VERDICT, true);
}
