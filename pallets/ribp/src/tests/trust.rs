//! For how long, and how fast, another chain is believed.

use super::{chain::*, forks::*, world::*};
use crate::{
	mock::{DefaultPolicy, Ribp, RuntimeOrigin, Test, BLOCK_TIME, LAX, POLICY_DELAY},
	statement_of, Call, Error, Event, Evidence, Phase, Policy, Statement, Status, Systems,
	TrustAnchor,
};
use frame_support::{assert_noop, assert_ok};
use ribp_light_client::testing::Ed25519Keyring as Key;
use sp_runtime::{Digest, DispatchError};

/// A policy that believes for as long as so many blocks take.
fn trust_for(blocks: u64) -> Policy {
	Policy { trust_period: blocks * BLOCK_TIME, ..LAX }
}

/// Chains alpha and beta, of which alpha believes beta under this policy.
fn world_under(policy: Policy) -> World {
	let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
	alpha.run(|| DefaultPolicy::set(&policy));
	alpha.knows(&beta);
	beta.knows(&alpha);
	alpha.seal();
	beta.seal();
	World { alpha, beta }
}

/// The same, with beta's block 5 known, which says that it is of the time of block 4.
fn informed_under(policy: Policy) -> World {
	let mut world = world_under(policy).at(6);
	world.tell_alpha(&[]).expect("nothing was known");
	world
}

/// Evidence under a header that says something else, and that beta's voters have finalized.
fn stating(
	world: &World,
	evidence: &Evidence,
	number: u32,
	change: impl FnOnce(&mut Statement),
) -> Evidence {
	let mut header = evidence.header.clone();
	let mut statement = statement_of(&header).expect("every header has one");
	change(&mut statement);
	header.number = number;
	header.digest = Digest { logs: vec![statement.item()] };
	let justification = Some(world.beta.voters.justify(&header));
	Evidence { header, justification, ..evidence.clone() }
}

fn policy_of(alpha: &mut Chain) -> Policy {
	alpha.run(|| {
		let record = Systems::<Test>::get(BETA).expect("beta is known");
		*record.policy_at(Ribp::now())
	})
}

/// Keys that beta has replaced long ago, and somebody has bought: nothing was heard of beta meanwhile.
#[test]
fn nothing_follows_a_head_that_is_older_than_the_trust_period() {
	let mut world = informed_under(trust_for(8)).at(13);
	world.tell_alpha(&[]).expect("its eight blocks are not over");
	let mut world = informed_under(trust_for(8)).at(14);
	let late = world.evidence(&[]);
	world.refuse(&late, &[], Error::TrustExpired);
	// Old headers do not help either.
	let old = world.evidence_at(12, &[]);
	world.refuse(&old, &[], Error::TrustExpired);
}

#[test]
fn what_is_known_stays_known_when_trust_has_ended() {
	let swap = Exchange::until(60, 60);
	let mut world = world_under(trust_for(8)).registered(&swap).at(6);
	world.tell_alpha(&[]).expect("nothing was known");
	world.advance_to(20);
	let ids = [swap.delivery.id()];
	let late = world.evidence(&ids);
	world.refuse(&late, &ids, Error::TrustExpired);
	let known = world.evidence_at(5, &ids);
	world.submit(known, &ids).expect("block 5 was believed in time");
	assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 20 }));
}

#[test]
fn root_renews_trust_by_an_anchor_that_is_not_older_itself() {
	let mut world = informed_under(trust_for(8)).at(20);
	let renew = |anchor| move || Ribp::renew_system(RuntimeOrigin::root(), BETA, anchor);
	let old = TrustAnchor { number: 10, time: 10 * BLOCK_TIME, ..world.beta.anchor() };
	world.alpha.run(|| {
		assert_noop!(renew(old.clone())(), Error::<Test>::TrustExpired);
	});
	let anchor = world.beta.anchor();
	assert_ok!(world.alpha.run(renew(anchor)));
	world.advance_to(22);
	world.tell_alpha(&[]).expect("it is believed again");
	let mut alpha = alpha_chain();
	alpha.advance_to(20);
	alpha.run(|| {
		DefaultPolicy::set(&trust_for(8));
		let register = Ribp::register_system(RuntimeOrigin::root(), BETA, old);
		assert_eq!(register, Err(Error::<Test>::TrustExpired.into()));
	});
}

#[test]
fn a_time_that_has_not_come_is_not_believed() {
	let mut world = informed_under(Policy { max_drift: 2 * BLOCK_TIME, ..LAX });
	world.beta.advance_to(20);
	// In alpha's block 16 it is the time of block 15, and the header's is that of block 18.
	world.alpha.advance_to(16);
	let ahead = world.evidence(&[]);
	world.refuse(&ahead, &[], Error::TimeAhead);
	world.alpha.advance_to(17);
	world.submit(ahead, &[]).expect("two blocks ahead are not too many");
}

#[test]
fn time_does_not_run_backwards() {
	let mut world = informed_under(LAX).at(19);
	let newer = world.evidence(&[]);
	let number = newer.header.number;
	let backwards = stating(&world, &newer, number, |statement| statement.time = 3 * BLOCK_TIME);
	world.refuse(&backwards, &[], Error::TimeReversed);
}

/// Heights that are invented push the known head so far ahead that the public branch cannot be shown
/// any more: there has not been the time for so many blocks.
#[test]
fn no_head_is_farther_ahead_than_there_was_time_for() {
	let policy = Policy { least_block_time: BLOCK_TIME, slack: 2 * BLOCK_TIME, ..LAX };
	let mut world = informed_under(policy).at(19);
	let honest = world.evidence(&[]);
	for number in [21, 1_000, 5_000_000, u32::MAX] {
		let invented = stating(&world, &honest, number, |_| {});
		world.refuse(&invented, &[], Error::TooFast);
	}
	world.submit(honest, &[]).expect("it is as fast as it says");
}

/// A set that has retired opens a fork with a hash that was ground until it is the lower one.
#[test]
fn authorities_that_have_retired_have_no_say_in_forks() {
	let retired = |trust: u64| {
		let mut world = Forked::new(9).advance_to(13).seen();
		let call = Call::set_policy { system: BETA, policy: trust_for(trust) };
		world.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is stricter");
		world.one.hand_over(&[Key::One]);
		show(&mut world.alpha, &world.one);
		for height in [19, 25, 31] {
			world.one.advance_to(height);
			world.alpha.advance_to(height);
			show(&mut world.alpha, &world.one);
		}
		world
	};
	let mut world = retired(30);
	let proof = header_proof(&world.other, 12, 9);
	let told = older(&world.one, 8, 23);
	report(&mut world.alpha, proof.clone(), told.clone()).expect("they have a say still");
	assert_eq!(status(&mut world.alpha), Status::Forked);
	let mut world = retired(12);
	let refused = report(&mut world.alpha, proof, told).map_err(|failed| failed.error);
	assert_eq!(refused, Err(Error::<Test>::AuthoritiesRetired.into()));
}

#[test]
fn a_policy_that_believes_less_is_in_force_at_once_and_any_other_after_a_while() {
	let mut alpha = world_under(trust_for(100)).alpha;
	let set = |policy| move || Ribp::set_policy(RuntimeOrigin::root(), BETA, policy);
	let now = alpha.now();
	assert_ok!(alpha.run(set(trust_for(50))));
	assert_eq!(policy_of(&mut alpha), trust_for(50));
	let event = |policy, since| Event::PolicySet { system: BETA, policy, since };
	assert_eq!(alpha.events().last(), Some(&event(trust_for(50), now)));

	assert_ok!(alpha.run(set(trust_for(80))));
	let since = now + POLICY_DELAY;
	assert_eq!(alpha.events().last(), Some(&event(trust_for(80), since)));
	alpha.advance_to(since - 1);
	assert_eq!(policy_of(&mut alpha), trust_for(50));
	alpha.advance_to(since);
	assert_eq!(policy_of(&mut alpha), trust_for(80));

	// What was announced is forgotten by what is said later.
	assert_ok!(alpha.run(set(trust_for(90))));
	assert_ok!(alpha.run(set(trust_for(70))));
	alpha.advance_to(since + 2 * POLICY_DELAY);
	assert_eq!(policy_of(&mut alpha), trust_for(70));
}

#[test]
fn only_root_sets_the_policy_of_a_known_system() {
	let mut world = World::new();
	world.alpha.run(|| {
		assert_noop!(
			Ribp::set_policy(RuntimeOrigin::root(), TWIN, LAX),
			Error::<Test>::UnknownSystem
		);
		for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::none()] {
			assert_noop!(Ribp::set_policy(origin, BETA, LAX), DispatchError::BadOrigin);
		}
	});
}
