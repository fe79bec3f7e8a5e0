//! For how long, and how fast, another chain is believed.

use super::{altered::*, chain::*, world::*};
use crate::{
	mock::{DefaultPolicy, Ribp, RuntimeOrigin, Test, BLOCK_TIME, LAX, POLICY_DELAY},
	Call, Error, Event, Evidence, Header, Link, PastSets, Policy, Stage, Systems, TrustAnchor,
};
use frame_support::{assert_noop, assert_ok};
use ribp_light_client::testing::Ed25519Keyring as Key;
use sp_runtime::DispatchError;

/// A policy that believes for as long as so many blocks take.
fn trust_for(blocks: u64) -> Policy {
	Policy { trust_period: blocks * BLOCK_TIME, ..LAX }
}

/// Chains alpha and beta, of which alpha believes beta under this policy.
fn world_under(policy: Policy) -> World {
	let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
	alpha.run(|| DefaultPolicy::set(&policy));
	alpha.seal();
	beta.seal();
	alpha.knows(&beta);
	beta.knows(&alpha);
	World { alpha, beta }
}

/// The same, with beta's block 6 known, which says that it is of the time of block 5.
fn informed_under(policy: Policy) -> World {
	let mut world = world_under(policy).at(7);
	world.tell_alpha(&[]).expect("it is a step");
	world
}

/// Evidence under a header of another height, and that beta's voters have finalized.
fn numbered(world: &World, evidence: &Evidence, number: u32) -> Evidence {
	let header = Header { number, ..evidence.header.clone() };
	let justification = world.beta.voters.justify(&header);
	Evidence { header, ..evidence.clone() }.justified_by(justification)
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
	let mut world = informed_under(trust_for(8)).at(14);
	world.tell_alpha(&[]).expect("its eight blocks are not over");
	let mut world = informed_under(trust_for(8)).at(15);
	let late = world.evidence(&[]);
	world.refuse(&late, &[], Error::TrustExpired);
	// Old headers do not help either.
	let old = world.evidence_at(12, &[]);
	world.refuse(&old, &[], Error::TrustExpired);
}

#[test]
fn what_is_known_stays_known_when_trust_has_ended() {
	let swap = Exchange::until(60, 60);
	let mut world = world_under(trust_for(8)).registered(&swap).at(7);
	world.tell_alpha(&[]).expect("it is a step");
	world.advance_to(20);
	let ids = [swap.delivery.id()];
	let late = world.evidence(&ids);
	world.refuse(&late, &ids, Error::TrustExpired);
	let known = world.evidence_at(6, &ids);
	assert_eq!(known.link, Link::Known);
	world.submit(known, &ids).expect("block 6 was believed in time");
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 20 }));
}

/// The anchor that beta had after this block.
fn anchor_at(world: &World, number: u32) -> TrustAnchor {
	let header = world.beta.block(number).header.clone();
	TrustAnchor { header, history: world.beta.history(number), ..world.beta.anchor() }
}

#[test]
fn root_renews_trust_by_an_anchor_that_is_not_older_itself() {
	let mut world = informed_under(trust_for(8)).at(20);
	let renew = |anchor| move || Ribp::renew_system(RuntimeOrigin::root(), BETA, anchor);
	// In block 20 it is the time of block 19, and what block 11 says is the time of block 10.
	let [old, oldest_trusted] = [11, 12].map(|number| anchor_at(&world, number));
	world.alpha.run(|| {
		assert_noop!(renew(old.clone())(), Error::<Test>::TrustExpired);
	});
	assert_ok!(world.alpha.run(renew(oldest_trusted)));
	world.tell_alpha(&[]).expect("it is believed again");
	let mut alpha = alpha_chain();
	alpha.advance_to(20);
	alpha.run(|| {
		DefaultPolicy::set(&trust_for(8));
		let register = Ribp::register_system(RuntimeOrigin::root(), BETA, old);
		assert_eq!(register, Err(Error::<Test>::TrustExpired.into()));
	});
}

/// While the own chain stalls, no own blocks pass, and the keys of the other chain's validators are
/// sold all the same.
#[test]
fn a_stalled_chain_does_not_prolong_trust() {
	let mut world = informed_under(trust_for(8));
	world.beta.advance_to(40);
	let far = world.evidence(&[]);
	world.submit(far.clone(), &[]).expect("in alpha's block 7 trust has not ended");
	// Alpha's next block comes late: its clock tells, and no count of blocks does.
	let mut world = informed_under(trust_for(8));
	world.beta.advance_to(40);
	world.alpha.advance_to(15);
	world.refuse(&far, &[], Error::TrustExpired);
}

/// Headers that were final in time, fed one by one: each is old when it comes, and trust is counted
/// from what it says.
#[test]
fn old_headers_fed_drop_by_drop_do_not_prolong_trust() {
	let mut world = informed_under(trust_for(8));
	world.beta.advance_to(60);
	for height in [11, 12, 13, 14] {
		world.alpha.advance_to(height);
	}
	let drop = world.evidence_at(11, &[]);
	world.submit(drop, &[]).expect("block 6 is trusted in block 14");
	// Block 11 says that it is of the time of block 10: it is trusted until block 19.
	world.alpha.advance_to(19);
	let drop = world.evidence_at(16, &[]);
	world.submit(drop, &[]).expect("block 11 is trusted in block 19");
	world.alpha.advance_to(25);
	for number in [21, 24, 59] {
		let late = world.evidence_at(number, &[]);
		world.refuse(&late, &[], Error::TrustExpired);
	}
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
	for time in [0, 5 * BLOCK_TIME - 1] {
		let backwards = stating(&world, &newer, |statement| statement.time = time);
		world.refuse(&backwards, &[], Error::TimeReversed);
	}
	let standing = stating(&world, &newer, |statement| statement.time = 5 * BLOCK_TIME);
	world.submit(standing, &[]).expect("time may stand still");
}

/// Heights that are invented push the known head so far ahead that the public branch cannot be shown
/// any more: there has not been the time for so many blocks.
#[test]
fn no_head_is_farther_ahead_than_there_was_time_for() {
	let policy = Policy { least_block_time: BLOCK_TIME, slack: 2 * BLOCK_TIME, ..LAX };
	let mut world = informed_under(policy).at(19);
	let honest = world.evidence(&[]);
	for number in [21, 1_000, 5_000_000, u32::MAX] {
		let invented = numbered(&world, &honest, number);
		world.refuse(&invented, &[], Error::TooFast);
	}
	world.submit(honest, &[]).expect("it is as fast as it says");
}

/// As fast as may be, and one block faster.
#[test]
fn the_pace_is_exact() {
	// Six seconds are three blocks at the least, and the slack is worth half of one.
	let policy = Policy { least_block_time: 2_000, slack: 1_000, ..LAX };
	let pace = |time| {
		let mut world = informed_under(policy).at(19);
		let honest = world.evidence(&[]);
		let blocks = u64::from(honest.header.number - 6);
		let passed = blocks * 2_000 - 1_000;
		let hurried =
			stating(&world, &honest, |it| it.time = 5 * BLOCK_TIME + passed.saturating_sub(time));
		(world, hurried)
	};
	let (mut world, as_fast) = pace(0);
	world.submit(as_fast, &[]).expect("it is as fast as may be");
	let (mut world, faster) = pace(1);
	world.refuse(&faster, &[], Error::TooFast);
}

/// A world in which beta has handed over as often as alpha remembers, in blocks 6, 8 and 10, and once
/// more in block 12; alpha trusts for so many blocks.
fn restless(blocks: u64) -> World {
	let keys = [Key::Ferdie, Key::One, Key::Two, Key::Alice];
	let mut world = world_under(trust_for(blocks));
	for (height, key) in [6, 8, 10, 12].into_iter().zip(keys) {
		world.advance_to(height);
		world.beta.hand_over(&[key]);
		world.alpha.seal();
		if height < 12 {
			world.tell_alpha(&[]).expect("a new set is a step");
		}
	}
	world
}

fn past_sets(world: &mut World) -> Vec<u64> {
	let mut ids: Vec<_> = world.alpha.run(|| PastSets::<Test>::iter_key_prefix(BETA).collect());
	ids.sort();
	ids
}

/// Whoever makes authorities change again and again to push those out who have signed a fork is told to
/// wait: nobody is forgotten that has a say.
#[test]
fn more_changes_of_the_authorities_than_are_remembered_are_refused_until_the_oldest_retire() {
	let mut world = restless(20);
	assert_eq!(past_sets(&mut world), [5, 6, 7]);
	let change = world.evidence(&[]);
	assert_eq!(change.header.number, 12);
	// The first set's last block says that it is of the time of block 5: it has a say until block 26.
	for height in [13, 20, 26] {
		world.advance_to(height);
		world.refuse(&change, &[], Error::TooManyChanges);
		assert_eq!(past_sets(&mut world), [5, 6, 7]);
	}
	// Meanwhile what the present set has finalized is believed.
	let before = world.evidence_at(11, &[]);
	world.refuse(&before, &[], Error::NothingToGain);
	world.advance_to(27);
	world.submit(change, &[]).expect("the oldest has no say any more");
	assert_eq!(past_sets(&mut world), [6, 7, 8]);
	world.tell_alpha(&[]).expect("the new set finalizes what follows");
	let known = world.alpha.run(|| Ribp::known(BETA)).expect("beta is known");
	let having_a_say: Vec<_> = known.past_sets.iter().map(|(id, _)| *id).collect();
	assert_eq!((known.system.set.set_id, having_a_say), (9, vec![8, 7, 6]));
}

#[test]
fn room_for_a_change_comes_back_in_the_order_in_which_sets_retire() {
	let mut world = restless(20);
	let change = world.evidence(&[]);
	// Block 8 says that it is of the time of block 7, and so on: two more have retired in block 29.
	world.advance_to(29);
	let having_a_say = |world: &mut World| {
		let known = world.alpha.run(|| Ribp::known(BETA)).expect("beta is known");
		known.past_sets.iter().map(|(id, _)| *id).collect::<Vec<_>>()
	};
	assert_eq!(having_a_say(&mut world), [7]);
	assert_eq!(past_sets(&mut world), [5, 6, 7], "those who have retired are not forgotten yet");
	world.submit(change, &[]).expect("there is room");
	assert_eq!(having_a_say(&mut world), [8, 7]);
	assert_eq!(past_sets(&mut world), [6, 7, 8]);
}

#[test]
fn root_makes_room_for_changes_by_an_anchor() {
	let mut world = restless(20);
	let change = world.evidence(&[]);
	world.refuse(&change, &[], Error::TooManyChanges);
	let anchor = world.beta.anchor();
	let renew = Call::renew_system { system: BETA, anchor };
	world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("it is sound");
	assert_eq!(past_sets(&mut world), [0; 0]);
	world.advance_to(19);
	world.tell_alpha(&[]).expect("the anchor's set finalizes what follows");
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
