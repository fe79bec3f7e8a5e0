//! The nearest expiries that are safe with a chain, as root has set the conditions.

use super::{chain::*, world::*};
use crate::{
	mock::{Ribp, RuntimeOrigin, Test, EXPOSURE, MAX_EXPIRY, MIN_EXPIRY, MIN_NOTICE},
	Call, Conditions, Error, Event, Gossip, LeastExpiry, Pace, SafetyOf,
};
use frame_support::assert_noop;
use sp_runtime::{DispatchError, Perquintill};

/// A peer that is half as fast, and five systems that tell of it.
fn conditions() -> Conditions {
	let pace = |block_ms| Pace {
		block_ms,
		inclusion_ms: block_ms,
		finality_ms: 2 * block_ms,
		evidence_ms: 2 * block_ms,
	};
	Conditions {
		own: pace(1_000),
		peer: pace(2_000),
		gossip: Gossip { rate: Perquintill::from_percent(50), connected: 5 },
		round_ms: 2_000,
		hidden: Perquintill::from_rational(1u64, 1_000),
	}
}

fn least() -> LeastExpiry {
	conditions().least_expiry().expect("there is one")
}

fn set(world: &mut World, conditions: Option<Conditions>) {
	let call = Call::set_conditions { system: BETA, conditions };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("they are sound");
}

/// A world in block 20, with a view of the peer's 19 blocks, in which the conditions are set.
fn ready() -> (World, Half) {
	let mut world = World::new().at(20);
	world.tell_alpha(&[]).expect("nothing was known");
	set(&mut world, Some(conditions()));
	let LeastExpiry { own, peer, notice, .. } = least();
	let half = Exchange::until(20 + own, 19 + peer).delivery;
	(world, half.with_leg(|leg| leg.notice = notice))
}

#[test]
fn root_says_what_is_safe_and_takes_it_back() {
	let (mut world, _) = ready();
	let least = least();
	assert!(least.own > MIN_EXPIRY && least.peer > 1 && least.notice > MIN_NOTICE);
	assert_eq!(world.alpha.events().last(), Some(&Event::ConditionsSet { system: BETA, least }));
	assert_eq!(world.alpha.run(|| Ribp::least_expiry(BETA)), least);
	let stored = world.alpha.run(|| SafetyOf::<Test>::get(BETA)).expect("it is set");
	assert_eq!(stored.conditions, conditions());

	set(&mut world, None);
	let (own, notice) = (MIN_EXPIRY, MIN_NOTICE);
	let nearest = LeastExpiry { own, peer: 0, notice, firm: MIN_EXPIRY };
	assert_eq!(world.alpha.run(|| Ribp::least_expiry(BETA)), nearest);
	let near = Exchange::until(20 + MIN_EXPIRY, 20).delivery;
	world.alpha.register(&near).expect("the minimum is enough again");
}

#[test]
fn nobody_else_says_what_is_safe() {
	let mut world = World::new();
	world.alpha.run(|| {
		for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::none()] {
			let result = Ribp::set_conditions(origin, BETA, Some(conditions()));
			assert_noop!(result, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn conditions_that_cannot_be_met_are_refused() {
	let mut world = World::new();
	let mut refuse = |system, conditions, error: Error<Test>| {
		world.alpha.run(|| {
			let result = Ribp::set_conditions(RuntimeOrigin::root(), system, Some(conditions));
			assert_noop!(result, error);
		});
	};
	refuse(TWIN, conditions(), Error::UnknownSystem);
	let silent = Gossip { connected: 0, ..conditions().gossip };
	refuse(BETA, Conditions { gossip: silent, ..conditions() }, Error::NoSafeExpiry);
	let hidden = Perquintill::zero();
	refuse(BETA, Conditions { hidden, ..conditions() }, Error::NoSafeExpiry);
	let slow = Conditions { round_ms: 1_000 * u64::from(MAX_EXPIRY), ..conditions() };
	refuse(BETA, slow, Error::ExpiryTooFar);
}

/// A verdict would fall while the fork that forbids it is on its way.
#[test]
fn conditions_under_which_a_fork_is_exposed_too_late_are_refused() {
	let mut world = World::new();
	let with = |round_ms| Conditions { round_ms, ..conditions() };
	let is_short = |ms| with(ms).exposure().is_ok_and(|needed| needed <= EXPOSURE);
	let last = (2_000..).step_by(500).take_while(|ms| is_short(*ms)).last();
	let last = last.expect("there is time for short rounds");
	world.alpha.run(|| {
		let result = Ribp::set_conditions(RuntimeOrigin::root(), BETA, Some(with(last + 500)));
		assert_noop!(result, Error::<Test>::ExposureTooShort);
	});
	set(&mut world, Some(with(last)));
}

#[test]
fn an_own_expiry_that_is_nearer_than_is_safe_is_refused() {
	let (mut world, half) = ready();
	let soon = half.with_leg(|leg| leg.expiry -= 1);
	world.refuse_registration(&soon, Error::ExpiryTooSoon);
	world.alpha.register(&half).expect("the least is enough");
}

#[test]
fn a_peer_expiry_that_is_nearer_than_is_safe_is_refused() {
	let (mut world, half) = ready();
	let soon = half.with_peer_leg(|leg| leg.expiry -= 1);
	world.refuse_registration(&soon, Error::PeerExpiryTooSoon);
	world.alpha.register(&half).expect("the least is enough");
}

#[test]
fn a_notice_that_is_shorter_than_is_safe_is_refused() {
	let (mut world, half) = ready();
	let short = half.with_leg(|leg| leg.notice -= 1);
	world.refuse_registration(&short, Error::NoticeTooShort);
	world.alpha.register(&half).expect("the least is enough");
}

/// Who answers comes later than who begins, and has less to wait for: that the peer sees the answer.
#[test]
fn a_firm_leg_may_come_later() {
	let (mut world, half) = ready();
	let LeastExpiry { peer, firm, .. } = least();
	assert!(firm < peer);
	let latest = half.with_peer_leg(|leg| leg.expiry -= peer - firm);
	world.refuse_registration(&latest, Error::PeerExpiryTooSoon);
	let later = latest.with_peer_leg(|leg| leg.expiry -= 1);
	world.refuse_registration(&later.firm(), Error::PeerExpiryTooSoon);
	world.alpha.register(&latest.firm()).expect("the least is enough");
}

#[test]
fn the_runtimes_minimum_counts_whatever_is_safe() {
	let mut world = World::new();
	let instant = Pace { block_ms: 1_000, inclusion_ms: 0, finality_ms: 0, evidence_ms: 0 };
	let hidden = Perquintill::one();
	set(&mut world, Some(Conditions { own: instant, peer: instant, hidden, ..conditions() }));
	let LeastExpiry { own, notice, .. } = world.alpha.run(|| Ribp::least_expiry(BETA));
	assert_eq!((own, notice), (MIN_EXPIRY, MIN_NOTICE));
	let half = Exchange::until(2 + MIN_EXPIRY - 1, 60).delivery;
	world.refuse_registration(&half, Error::ExpiryTooSoon);
	let half = Exchange::until(60, 60).delivery.with_leg(|leg| leg.notice = MIN_NOTICE - 1);
	world.refuse_registration(&half, Error::NoticeTooShort);
}
