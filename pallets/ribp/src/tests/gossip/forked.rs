//! Forks: everybody who follows one of the branches is shown the other.

use super::*;
use crate::{
	mock::{RuntimeOrigin, FORK_GRACE, WINDOW},
	Forks, Older, Status, Systems,
};
use sp_runtime::DigestItem;

/// Alpha has seen the one history of beta, gamma the other, up to 12; they part in block 9. Neither
/// knows of it.
fn parted() -> Forked {
	let mut world = Forked::new(9).advance_to(13).by_hash().seen();
	world.alpha.seal();
	world.gamma.seal();
	world
}

/// Both know of it, and have counted.
fn counted() -> Forked {
	let mut world = parted();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	tell(&gammas(), &world.gamma, AT_ALPHA, &mut world.alpha);
	for _ in 0..3 {
		world.alpha.seal();
		world.gamma.seal();
	}
	world
}

#[track_caller]
fn assert_forked(chain: &mut Chain, at: u32) {
	assert_eq!((status(chain), fork_height(chain)), (Status::Forked, Some(at)));
}

#[test]
fn chains_that_follow_different_branches_tell_each_other() {
	let mut world = parted();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_forked(&mut world.gamma, 9);
	world.gamma.seal();
	tell(&gammas(), &world.gamma, AT_ALPHA, &mut world.alpha);
	assert_forked(&mut world.alpha, 9);
	let branches =
		|chain: &mut Chain| chain.run(|| Forks::<Test>::get(BETA)).unwrap().fork.branches;
	assert_eq!(branches(&mut world.alpha), branches(&mut world.gamma));
}

#[test]
fn when_all_have_heard_of_it_nothing_more_is_said() {
	let mut world = parted();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	tell(&gammas(), &world.gamma, AT_ALPHA, &mut world.alpha);
	world.alpha.seal();
	assert!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).is_empty());
	assert!(told_by(&gammas(), &world.gamma, AT_ALPHA, &world.alpha).is_empty());
}

#[test]
fn who_follows_the_same_branch_is_shown_the_other() {
	let mut world = Forked::new(9).advance_to(13);
	show(&mut world.alpha, &world.one);
	show(&mut world.gamma, &world.one);
	let proof = state_proof(&world.other, 12, 12);
	report(&mut world.alpha, proof, Older::default()).expect("alpha follows the one");
	world.alpha.seal();
	world.gamma.seal();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_forked(&mut world.gamma, 9);
}

#[test]
fn who_has_followed_it_far_beyond_the_fork_is_shown_with_the_hashes_in_between() {
	let mut world = Forked::new(9).advance_to(13);
	show(&mut world.alpha, &world.one);
	world.alpha.seal();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	let mut world = world.advance_to(9 + WINDOW + 12);
	show(&mut world.alpha, &world.one);
	show(&mut world.gamma, &world.one);
	world.alpha.seal();
	world.gamma.seal();
	let proof = header_proof(&world.other, 12, 9);
	let known = older(&world.one, 8, world.alpha.view_of(BETA).unwrap().first());
	report(&mut world.alpha, proof, known).expect("alpha follows the one");
	world.alpha.seal();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_forked(&mut world.gamma, 9);
}

#[test]
fn who_was_out_of_reach_until_it_was_decided_is_told_afterwards() {
	let mut world = parted();
	let proof = header_proof(&world.other, 12, 9);
	report(&mut world.alpha, proof, Older::default()).expect("alpha follows the one");
	world.alpha.advance_to(world.alpha.now() + FORK_GRACE + 4);
	assert_eq!(status(&mut world.alpha), Status::Active);
	world.alpha.run(|| crate::mock::GossipRate::set(&sp_runtime::Perquintill::one()));
	world.alpha.seal();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_forked(&mut world.gamma, 9);
}

#[test]
fn a_fork_below_the_windows_is_opened_and_then_lowered_by_those_who_know_more() {
	let mut world = Forked::new(9).advance_to(8 + WINDOW);
	show(&mut world.alpha, &world.one);
	show(&mut world.gamma, &world.other);
	let mut world = world.advance_to(9 + 2 * WINDOW).seen();
	world.alpha.seal();
	world.gamma.seal();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	let first = world.gamma.view_of(BETA).unwrap().first();
	assert_forked(&mut world.gamma, first);
	assert!(first > 9);
	world.gamma.seal();
	let done = gammas().run(&world.gamma, &[(AT_ALPHA, &world.alpha)]);
	let reports =
		done.submitted.iter().filter(|bytes| matches!(call_of(bytes), Call::report_fork { .. }));
	let reports: Vec<_> = reports.collect();
	assert_eq!(reports.len(), 1, "gamma's own node knows what gamma has folded");
	apply_general(&mut world.gamma, reports[0]).expect("it parts lower");
	assert_forked(&mut world.gamma, 9);
}

/// Or whoever reports it first would choose its height, and chains that count from different heights
/// do not hear each other.
#[test]
fn a_fork_that_was_shown_with_little_is_lowered_by_those_who_know_more_on_all_chains() {
	let mut world = Forked::new(9).advance_to(8 + WINDOW);
	show(&mut world.alpha, &world.one);
	show(&mut world.gamma, &world.other);
	let mut world = world.advance_to(9 + 2 * WINDOW).seen();
	let seen = world.one.sealed();
	world.other.advance_to(seen + 3);
	let little = state_proof(&world.other, seen + 2, seen + 2);
	report(&mut world.alpha, little, Older::default()).expect("alpha follows the one");
	let little = state_proof(&world.one, seen, seen);
	report(&mut world.gamma, little, Older::default()).expect("gamma follows the other");
	assert_ne!(fork_height(&mut world.alpha), fork_height(&mut world.gamma));
	world.alpha.seal();
	world.gamma.seal();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	tell(&gammas(), &world.gamma, AT_ALPHA, &mut world.alpha);
	for chain in [&mut world.alpha, &mut world.gamma] {
		chain.seal();
		let done = Worker::new(&[]).run(chain, &[]);
		let [report] = &done.submitted[..] else { panic!("its own node knows what it follows") };
		apply_general(chain, report).expect("it parts lower");
		assert_forked(chain, 9);
	}
}

#[test]
fn a_chain_that_was_shown_another_branch_of_the_teller_is_shown_the_tellers_own() {
	let mut world = Forked::new(9).advance_to(13);
	// The other history of beta is what alpha knows; the teller is the one.
	show(&mut world.alpha, &world.other);
	world.alpha.seal();
	let worker = Worker::new(&[(ALPHA, &[AT_ALPHA]), (BETA, &[AT_BETA])]);
	world.one.run(|| crate::mock::GossipRate::set(&sp_runtime::Perquintill::one()));
	world.one.seal();
	let told = worker.run(&world.one, &[(AT_ALPHA, &world.alpha), (AT_BETA, &world.one)]).told;
	assert_eq!(told.len(), 1);
	apply_general(&mut world.alpha, &told[0].1).expect("the one history is final as well");
	assert_forked(&mut world.alpha, 9);
}

#[test]
fn nodes_ask_other_chains_what_they_have_counted() {
	let mut world = counted();
	let done = alphas().run(&world.alpha, &[(AT_GAMMA, &world.gamma)]);
	let [bytes] = &done.submitted[..] else { panic!("one extrinsic is submitted") };
	let Call::report_tally { witness, forked, .. } = call_of(bytes) else { panic!("a tally") };
	assert_eq!((witness, forked), (GAMMA, BETA));
	apply_general(&mut world.alpha, bytes).expect("gamma has counted");
	world.alpha.seal();
	world.gamma.seal();
	let again = alphas().run(&world.alpha, &[(AT_GAMMA, &world.gamma)]);
	assert!(again.submitted.iter().all(|b| !matches!(call_of(b), Call::report_tally { .. })));
}

#[test]
fn what_is_counted_of_another_fork_does_not_keep_the_rest_from_being_asked_for() {
	let mut world = Forked::new(9).advance_to(21).seen();
	let little = state_proof(&world.other, 20, 20);
	report(&mut world.alpha, little, Older::default()).expect("from block 13 on they differ");
	let known = older(&world.other, 8, 13);
	report(&mut world.gamma, state_proof(&world.one, 20, 8), known).expect("in block 9 they part");
	let world = world.advance_to(24);
	let done = alphas().run(&world.alpha, &[(AT_GAMMA, &world.gamma)]);
	let calls: Vec<_> = done.submitted.iter().map(|bytes| call_of(bytes)).collect();
	let is_of_gamma = |call: &Call<Test>| matches!(call, Call::submit_evidence { system, .. } if *system == GAMMA);
	assert!(calls.iter().any(is_of_gamma), "{calls:?}");
}

/// Of one of which the other chain knows nothing, it never counts anything.
#[test]
fn of_several_forks_none_keeps_another_one_from_being_asked_about() {
	let mut world = counted();
	let twin = || Chain::new(TWIN, Voters::new(5, &BETA_VOTERS));
	let [one, mut other] = [(), ()].map(|()| {
		let mut twin = twin();
		twin.advance_to(4);
		twin
	});
	other.announce(DigestItem::Other(b"another history".to_vec()));
	let [one, other] = [one, other].map(|mut twin| {
		twin.advance_to(7);
		twin
	});
	world.alpha.knows(&twin());
	let evidence = one.evidence(6, &mut world.alpha, &[]);
	world.alpha.submit(TWIN, evidence, &[]).expect("it is a step");
	let call = Call::report_fork {
		system: TWIN,
		proof: header_proof(&other, 6, 4),
		known: Older::default(),
	};
	world.alpha.dispatch(RuntimeOrigin::signed(CAROL), call).expect("they part in block 4");
	let mut asked_about = Vec::new();
	for _ in 0..2 {
		world.alpha.seal();
		let done = alphas().run(&world.alpha, &[(AT_GAMMA, &world.gamma)]);
		asked_about.extend(done.submitted.iter().filter_map(|bytes| match call_of(bytes) {
			Call::report_tally { forked, .. } => Some(forked),
			_ => None,
		}));
	}
	assert_eq!(asked_about, [BETA]);
}

/// An endpoint that invents a high block must not take the place of those who tell the truth.
#[test]
fn an_invented_tally_is_not_taken_for_the_newest() {
	let world = counted();
	let mut invented = parted();
	tell(&alphas(), &invented.alpha, AT_GAMMA, &mut invented.gamma);
	invented.gamma.advance_to(world.gamma.now() + 3);
	// The voter has signed something else.
	invented.gamma.vote_as(99);
	const ALSO_GAMMA: &str = "http://also.gamma.example:9966";
	for endpoints in [[AT_GAMMA, ALSO_GAMMA], [ALSO_GAMMA, AT_GAMMA]] {
		let worker = Worker::new(&[(GAMMA, &endpoints)]);
		let nodes = [(AT_GAMMA, &world.gamma), (ALSO_GAMMA, &invented.gamma)];
		let done = worker.run(&world.alpha, &nodes);
		let [bytes] = &done.submitted[..] else { panic!("one extrinsic is submitted") };
		let Call::report_tally { evidence, .. } = call_of(bytes) else { panic!("a tally") };
		assert_eq!(evidence.header.hash(), world.gamma.hash_at(world.gamma.sealed()));
	}
}

#[test]
fn a_forked_system_is_not_asked() {
	let mut world = parted();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	assert!(world.gamma.run(|| Systems::<Test>::contains_key(BETA)));
	let worker = Worker::new(&[(BETA, &[AT_BETA])]);
	let done = worker.run(&world.gamma, &[(AT_BETA, &world.other)]);
	let checks = done.asked.iter().filter(|(_, method)| method == "grandpa_proveFinality");
	assert_eq!(checks.count(), 0);
}
