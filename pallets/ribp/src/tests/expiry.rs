//! Contracts whose log is not committed in time.

use super::{chain::*, world::*};
use crate::{
	mock::{Test, MAX_EXPIRIES},
	Error, Event, Expiries, ExpiryCursor, Outcome, Phase,
};

#[test]
fn a_contract_that_only_one_side_registers_expires_by_itself() {
	let Exchange { delivery, .. } = Exchange::until(10, 10);
	let mut world = World::new();
	world.alpha.register(&delivery).expect("it is new");
	world.alpha.advance_to(10);
	assert_eq!(world.alpha.phase(&delivery), Some(Phase::Registered));
	assert_eq!(world.alpha.taken(), 100);
	world.alpha.seal();
	assert_eq!(world.alpha.outcome(&delivery), Some(Outcome::Expired));
	assert_eq!(world.alpha.events(), [Event::Expired { id: delivery.id() }]);
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
	assert_eq!(world.alpha.free(BOB), ENDOWMENT);
	assert_eq!(world.alpha.view_of(BETA).number(), 1, "nobody was asked");
}

#[test]
fn one_block_after_the_expiry_is_too_late_on_both_sides() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).at(10);
	// The evidence is of a block in time; it comes one block too late.
	let ids = [swap.delivery.id()];
	let evidence = world.evidence(&ids);
	world.advance_to(11);
	world.refuse(&evidence, &ids, Error::NotWaiting);
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Expired));
	for who in [ALICE, BOB] {
		assert_eq!((world.alpha.free(who), world.beta.free(who)), (ENDOWMENT, ENDOWMENT));
	}
}

#[test]
fn a_committed_contract_does_not_expire() {
	let swap = Exchange::until(6, 60);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	world.alpha.advance_to(12);
	assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 3 }));
}

#[test]
fn many_contracts_expire_over_several_blocks_oldest_first() {
	let mut world = World::new();
	let late = Exchange::numbered(9, 11, 60).delivery;
	world.alpha.register(&late).expect("it is new");
	let many = [1, 2, 3, 4, 5].map(|number| Exchange::numbered(number, 10, 60).delivery);
	for half in &many {
		world.alpha.register(half).expect("it is new");
	}
	let mut left = 6;
	for height in [11, 12, 13] {
		world.alpha.advance_to(height);
		left -= MAX_EXPIRIES as usize;
		assert_eq!(world.alpha.waiting(BETA).len(), left);
		let late_waits = world.alpha.phase(&late).is_some();
		assert_eq!(late_waits, height < 13, "contracts of an older height come first");
	}
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
	assert_eq!(world.alpha.run(|| Expiries::<Test>::iter().count()), 0);
}

#[test]
fn heights_without_contracts_are_caught_up_with_a_few_at_a_time() {
	let mut world = World::new();
	let now = world.alpha.now();
	world.alpha.advance_to(40);
	world.alpha.run(|| ExpiryCursor::<Test>::put(now));
	let late = Exchange::until(50, 60).delivery;
	world.alpha.register(&late).expect("it is new");
	for blocks in 1..=5 {
		world.alpha.seal();
		let cursor = world.alpha.run(ExpiryCursor::<Test>::get);
		assert_eq!(cursor, Some(now + blocks * MAX_EXPIRIES));
	}
	world.alpha.advance_to(90);
	assert_eq!(world.alpha.run(ExpiryCursor::<Test>::get), Some(90));
	assert_eq!(world.alpha.outcome(&late), Some(Outcome::Expired));
}

#[test]
fn contracts_expire_at_their_own_heights() {
	let mut world = World::new();
	let halves = [5, 7, 30].map(|h1| Exchange::numbered(h1 as u8, h1, 60).delivery);
	for half in &halves {
		world.alpha.register(half).expect("it is new");
	}
	for height in 3..=31 {
		world.alpha.advance_to(height);
		for half in &halves {
			let expired = world.alpha.outcome(half) == Some(Outcome::Expired);
			assert_eq!(expired, height > half.contract.h1, "at {height}");
		}
	}
}

#[test]
fn an_expired_contract_cannot_be_registered_again_and_its_log_can() {
	let Exchange { delivery, .. } = Exchange::until(4, 60);
	let mut world = World::new();
	world.alpha.register(&delivery).expect("it is new");
	world.alpha.advance_to(5);
	world.refuse_registration(&delivery, Error::ExpiryPassed);
	let longer = delivery.with_contract(|contract| contract.h1 = 20);
	world.alpha.register(&longer).expect("nothing is left of the first");
}
