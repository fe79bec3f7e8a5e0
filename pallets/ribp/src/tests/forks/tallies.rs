//! What chains tell each other of a fork, so that all of them choose alike.

use super::{verdicts::rely, *};
use crate::{mock::FORK_GRACE, Evidence, Tallies};
use proptest::prelude::*;

/// Evidence of a chain's newest block about what it has counted of beta's fork.
fn testimony(of: &Chain) -> Evidence {
	let number = of.sealed();
	let header = of.block(number).header.clone();
	let justification = Some(of.block(number).voters.justify(&header));
	let keys =
		[OwnView::<Test>::hashed_key().to_vec(), Tallies::<Test>::hashed_key_for(BETA).to_vec()];
	Evidence { proof: of.prove(number, &keys), header, justification, missed: Vec::new() }
}

fn tally_call(witness: SystemId, evidence: Evidence, forked: SystemId) -> Call<Test> {
	Call::report_tally { witness, evidence, forked }
}

pub(super) fn tell(chain: &mut Chain, witness: &Chain) -> DispatchResultWithPostInfo {
	let call = tally_call(witness.system, testimony(witness), BETA);
	chain.dispatch(RuntimeOrigin::signed(CAROL), call)
}

/// Alpha relies on the one history with some contracts, gamma on the other; both know of the fork
/// and have counted.
fn counted(alpha: u8, gamma: u8) -> Forked {
	let mut world = Forked::new(9).advance_to(10).seen();
	rely(&mut world.alpha, &mut world.one, alpha);
	rely(&mut world.gamma, &mut world.other, gamma);
	let world = world.advance_to(13).exposed(9);
	let now = world.alpha.now();
	world.advance_to(now + 5)
}

#[test]
fn a_tally_is_taken_once_and_only_of_the_open_fork() {
	let mut world = counted(1, 2);
	tell(&mut world.alpha, &world.gamma).expect("gamma has counted");
	world.alpha.seal();
	world.gamma.seal();
	let again = tally_call(GAMMA, testimony(&world.gamma), BETA);
	refuse(&mut world.alpha, again, Error::NothingToGain);
	let of_none = tally_call(GAMMA, testimony(&world.gamma), ALPHA);
	refuse(&mut world.alpha, of_none, Error::NotForked);
	let by_nobody = tally_call(TWIN, testimony(&world.gamma), BETA);
	refuse(&mut world.alpha, by_nobody, Error::UnknownSystem);
	let by_itself = tally_call(BETA, testimony(&world.one), BETA);
	refuse(&mut world.alpha, by_itself, Error::SystemForked);
}

#[test]
fn a_chain_that_has_not_counted_has_no_tally() {
	let mut world = Forked::new(9).advance_to(13).seen();
	let proof = header_proof(&world.other, 12, 9);
	report(&mut world.alpha, proof, Older::default()).expect("alpha follows the one");
	world.gamma.seal();
	let call = tally_call(GAMMA, testimony(&world.gamma), BETA);
	refuse(&mut world.alpha, call, Error::TallyMissing);
}

#[test]
fn the_tally_of_another_fork_height_is_refused() {
	let mut world = Forked::new(9).advance_to(21).seen();
	let proof = state_proof(&world.other, 20, 20);
	report(&mut world.alpha, proof, Older::default()).expect("from block 13 on they differ");
	let known = older(&world.other, 8, 13);
	report(&mut world.gamma, state_proof(&world.one, 20, 8), known).expect("in block 9 they part");
	let mut world = world.advance_to(24);
	let call = tally_call(GAMMA, testimony(&world.gamma), BETA);
	refuse(&mut world.alpha, call, Error::TallyOfOtherFork);
}

#[test]
fn a_paused_witness_is_not_heard() {
	let mut world = counted(1, 2);
	let pause = Call::pause { system: GAMMA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause).expect("it is active");
	let call = tally_call(GAMMA, testimony(&world.gamma), BETA);
	refuse(&mut world.alpha, call, Error::SystemPaused);
}

#[test]
fn a_tally_from_an_older_block_is_refused() {
	let mut world = counted(1, 2);
	let old = testimony(&world.gamma);
	world.gamma.advance_to(world.gamma.now() + 6);
	let newer = world.gamma.evidence(world.gamma.sealed(), &mut world.alpha, &[]);
	world.alpha.submit(GAMMA, newer, &[]).expect("it is a step");
	let known = Evidence { justification: None, ..old };
	refuse(&mut world.alpha, tally_call(GAMMA, known, BETA), Error::EvidenceNotNewest);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(12))]

	#[test]
	fn chains_that_tell_each_other_what_they_have_counted_choose_alike(
		alpha in 0u8..4, gamma in 0u8..4,
	) {
		let mut world = counted(alpha, gamma);
		tell(&mut world.alpha, &world.gamma).expect("gamma has counted");
		tell(&mut world.gamma, &world.alpha).expect("alpha has counted");
		let end = world.alpha.now() + FORK_GRACE;
		let chosen = [world.alpha, world.gamma].map(|mut chain| {
			chain.advance_to(end);
			let view = chain.view_of(BETA).expect("beta is known");
			[&world.one, &world.other]
				.map(|history| view.head() == Some(history.hash_at(view.number)))
		});
		prop_assert_eq!(chosen[0], chosen[1]);
		let lower = world.one.hash_at(9) < world.other.hash_at(9);
		let one = alpha > gamma || (alpha == gamma && lower);
		prop_assert_eq!(chosen[0], [one, !one]);
	}
}
