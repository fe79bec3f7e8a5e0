//! Epochs that are left out of what a chain says, and what comes after them.

use super::{
	sweeping::{over, said, settled},
	world::*,
};
use crate::{
	mock::{Item, Test, EXISTENTIAL_DEPOSIT, MAX_EXPIRY, RETENTION},
	Corridors, EpochSet, Error, Outcome, Settlement, Stage, EPOCH_BLOCKS, MAX_GAPS,
};
use frame_support::pallet_prelude::DispatchResultWithPostInfo;

/// Tells beta what alpha says of all contracts with it.
fn tell_beta_what_is_said(world: &mut World) -> DispatchResultWithPostInfo {
	let evidence = world.alpha.said(world.alpha.sealed(), &mut world.beta);
	world.beta.submit(ALPHA, evidence, &[])
}

/// Whoever keeps a leg open for far longer than the other half of it keeps the peer from sweeping what expires
/// there in the same epoch, and nothing else.
#[test]
fn a_leg_that_is_open_for_long_holds_back_its_own_epoch_alone() {
	let late = Exchange::numbered(1, 95, 10).settling(Settlement::AtExpiry, Settlement::Early);
	let honest = Exchange::numbered(2, 40, 40);
	let mut world = World::new().registered(&late).committed(&late);
	world.tell_beta(&[late.id()]).expect("the delivery is committed");
	let mut world = world.registered(&honest).committed(&honest);
	world.tell_alpha(&[honest.id()]).expect("the payment is committed");
	world.tell_beta(&[honest.id()]).expect("the delivery is committed");
	world.advance_to(2 * EPOCH_BLOCKS + 1);
	world.tell_alpha(&[]).expect("it is a step");
	world.seal();
	world.seal();
	assert_eq!(world.alpha.lane(BETA).said.through, epochs(2, &[0]));
	tell_beta_what_is_said(&mut world).expect("alpha asks no more about epoch 1");
	world.advance_to(world.beta.now() + RETENTION + 2);
	assert_eq!(world.beta.leg(&honest.payment), None);
	assert_eq!(world.beta.lane(ALPHA).said.swept, epochs(2, &[0]));
	// What lies in the gap is there as long as it is asked for.
	assert_eq!(world.beta.stage(&late.payment), Some(Stage::Ended(Outcome::Settled)));
	world.tell_alpha(&[late.id()]).expect("the payment was committed");
	world.advance_to(96);
	world.alpha.conclude_half(&late.delivery).expect("both expiries have passed");
	assert_eq!(world.alpha.outcome(&late.delivery), Some(Outcome::Settled));
	world.sweep();
	world.alpha.assert_empty();
	world.beta.assert_empty();
}

/// Legs on alpha alone, one in each of so many of beta's epochs, that are open for long; and an exchange that has
/// settled in the next one, which alpha knows to be over.
fn crowded(count: u32) -> (World, Vec<Exchange>, Exchange) {
	let mut world = World::new();
	let mut all = Vec::new();
	for epoch in 0..count {
		let last = (epoch + 1) * EPOCH_BLOCKS - 1;
		let items = [Item::Token(EXISTENTIAL_DEPOSIT)];
		let late = Exchange::of(ALPHA, [&items, &items], epoch as u8, MAX_EXPIRY, last);
		world.alpha.register(&late.delivery).expect("she pays for it");
		all.push(late);
		world.beta.advance_to(last + 2);
		world.alpha.seal();
		world.tell_alpha(&[]).expect("it is a step");
	}
	let h2 = (count + 1) * EPOCH_BLOCKS - 1;
	let honest = Exchange::numbered(u8::MAX, world.alpha.now() + 20, h2);
	let mut world = world.registered(&honest).committed(&honest);
	world.tell_alpha(&[honest.id()]).expect("the payment is committed");
	world.tell_beta(&[honest.id()]).expect("the delivery is committed");
	world.seal();
	world.beta.advance_to(h2 + 2);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.seal();
	world.alpha.seal();
	(world, all, honest)
}

/// Who wants to hold back all of a list pays for a leg in one more epoch than may be left out.
#[test]
fn an_adversary_holds_back_no_more_than_the_epochs_that_he_pays_for() {
	let (mut world, _, honest) = crowded(MAX_GAPS);
	let gaps: Vec<_> = (0..MAX_GAPS).collect();
	assert_eq!(world.alpha.lane(BETA).said.through, epochs(MAX_GAPS + 1, &gaps));
	tell_beta_what_is_said(&mut world).expect("alpha asks no more about the last epoch");
	world.beta.advance_to(world.beta.now() + RETENTION + 2);
	assert_eq!(world.beta.leg(&honest.payment), None);
	world.beta.assert_empty();
}

#[test]
fn an_adversary_who_pays_for_more_epochs_holds_back_the_others_until_one_of_them_ends() {
	let (mut world, all, honest) = crowded(MAX_GAPS + 1);
	assert_eq!(world.alpha.lane(BETA).said.through, epochs(0, &[]));
	tell_beta_what_is_said(&mut world).expect_err("it is nothing new");
	world.alpha.advance_to(MAX_EXPIRY + 1);
	world.alpha.conclude_half(&all[7].delivery).expect("it has expired");
	world.alpha.seal();
	world.alpha.seal();
	let gaps: Vec<_> = (0..=MAX_GAPS).filter(|epoch| *epoch != 7).collect();
	assert_eq!(world.alpha.lane(BETA).said.through, epochs(MAX_GAPS + 2, &gaps));
	tell_beta_what_is_said(&mut world).expect("alpha asks no more about the last epoch");
	world.beta.advance_to(world.beta.now() + RETENTION + 2);
	assert_eq!(world.beta.leg(&honest.payment), None);
}

/// What lies in a gap is not swept: if it is not there, it never was.
#[test]
fn only_what_lies_in_no_gap_is_unknown() {
	let swap = Exchange::until(10, 40);
	let mut world = World::new().registered(&swap).committed(&swap).at(42);
	let key = swap.payment.key();
	let says = |world: &mut World, swept: EpochSet| {
		world.beta.corrupt(|| Corridors::<Test>::mutate(ALPHA, |lane| lane.said.swept = swept));
		world.beta.seal();
	};
	world.beta.corrupt(|| sp_io::storage::clear(&key));
	says(&mut world, epochs(3, &[0]));
	let ids = [swap.id()];
	world.tell_alpha(&ids).expect("it may have swept it");
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
	says(&mut world, epochs(3, &[0, 1]));
	world.tell_alpha(&ids).expect("it has not swept it");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
}

/// Who takes back what it has said is not heard. What it shows of contracts moves them as ever.
#[test]
fn what_is_said_less_than_before_is_refused() {
	let (mut world, _) = settled(10, 10);
	let waiting = Exchange::until(80, 80);
	world = world.registered(&waiting);
	let mut world = over(world);
	let before = world.beta.said(world.beta.sealed() - 2, &mut world.alpha);
	let evidence = said(&mut world);
	world.submit(evidence, &[]).expect("beta asks no more about epoch 0");
	world.beta.corrupt(|| {
		Corridors::<Test>::mutate(ALPHA, |lane| lane.said.through = EpochSet::default());
	});
	world.seal();
	let less = said(&mut world);
	world.refuse(&less, &[], Error::WordTakenBack);
	world.refuse(&before, &[], Error::NothingToGain);
	world.tell_alpha(&[waiting.id()]).expect("the payment is registered");
	assert!(matches!(world.alpha.stage(&waiting.delivery), Some(Stage::Committed { .. })));
	let heard = world.alpha.lane(BETA).ripening.expect("it was heard before");
	assert_eq!(heard.through, epochs(1, &[]));
}
