//! What ended contracts leave behind, and for how long.

use super::{altered::*, world::*};
use crate::{
	mock::{MaxSkew, RuntimeOrigin, Test, EXPOSURE, MAX_ITEMS, MAX_SWEPT, RETENTION, VIEW_STEP},
	Call, Corridors, Entry, EntryOf, Error, Evidence, Height, Outcome, Reliance, Settlement, Stage,
	EPOCH_BLOCKS,
};
use codec::{Decode, Encode};
use frame_support::assert_noop;
use sp_runtime::traits::Dispatchable;

/// A world in which an exchange has settled on both sides, long before its expiries.
pub fn settled(h1: Height, h2: Height) -> (World, Exchange) {
	let swap = Exchange::until(h1, h2);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	world.seal();
	(world, swap)
}

/// Evidence for alpha of nothing but what beta says of all contracts with it.
pub fn said(world: &mut World) -> Evidence {
	world.beta.said(world.beta.sealed(), &mut world.alpha)
}

/// Both chains know the other's block that is over an epoch's end, and say so in their next sealed one.
pub fn over(mut world: World) -> World {
	world.advance_to(EPOCH_BLOCKS + 1);
	world.tell_alpha(&[]).expect("it is a step");
	world.tell_beta(&[]).expect("it is a step");
	world.seal();
	world.seal();
	world
}

#[test]
fn nothing_is_left_once_both_chains_say_that_all_of_an_epoch_has_ended() {
	let (mut world, _) = settled(10, 10);
	world.sweep();
	world.alpha.assert_empty();
	world.beta.assert_empty();
}

#[test]
fn a_leg_stays_until_the_peer_has_said_that_it_asks_no_more_for_the_retention() {
	let (world, swap) = settled(10, 40);
	let mut world = over(world);
	assert_eq!(world.beta.lane(ALPHA).said.through, epochs(1, &[]));
	let evidence = said(&mut world);
	let heard_at = world.alpha.now();
	world.submit(evidence.clone(), &[]).expect("beta asks no more about epoch 0");
	world.refuse(&evidence, &[], Error::JustificationNotNeeded);
	world.alpha.advance_to(heard_at + RETENTION - 1);
	assert!(world.alpha.leg(&swap.delivery).is_some());
	assert_eq!(world.alpha.lane(BETA).said.swept, epochs(0, &[]));
	world.alpha.advance_to(heard_at + RETENTION + 1);
	assert_eq!(world.alpha.leg(&swap.delivery), None);
	assert_eq!(world.alpha.lane(BETA).said.swept, epochs(1, &[]));
	world.alpha.assert_empty();
	// Beta's leg expires in a later epoch of beta's.
	assert!(world.beta.leg(&swap.payment).is_some());
}

#[test]
fn a_leg_stays_until_its_own_epoch_is_over() {
	// Beta's leg expires in epoch 0, alpha's in epoch 1.
	let (mut world, swap) = settled(EPOCH_BLOCKS + 2, 10);
	world.sweep();
	assert!(world.alpha.now() > 2 * EPOCH_BLOCKS, "swept at {}", world.alpha.now());
	assert_eq!(world.alpha.leg(&swap.delivery), None);
}

/// A chain says that it is through with an epoch of the reader's only if all of it has ended.
#[test]
fn an_open_leg_holds_back_what_its_chain_says_and_nothing_else() {
	let early = Exchange::numbered(1, 10, 10);
	let open = Exchange::numbered(2, 10, 10);
	let mut world = World::new().registered(&early).committed(&early);
	world.tell_alpha(&[early.id()]).expect("the payment is committed");
	world.tell_beta(&[early.id()]).expect("the delivery is committed");
	// Only beta has this one: for alpha there is nothing to wait for.
	world.beta.register(&open.payment).expect("it is new");
	let mut world = over(world);
	assert_eq!(world.beta.lane(ALPHA).said.through, epochs(0, &[]));
	assert_eq!(world.alpha.lane(BETA).said.through, epochs(1, &[]));
	let nothing = said(&mut world);
	world.refuse(&nothing, &[], Error::NothingToGain);
	world.beta.conclude_half(&open.payment).expect("its time is over");
	world.sweep();
	world.alpha.assert_empty();
	world.beta.assert_empty();
}

/// What expires in the same epoch is held back, but no longer than expiries may be apart.
#[test]
fn no_leg_holds_back_the_peer_for_longer_than_expiries_may_be_apart() {
	let honest = Exchange::numbered(1, 10, 10);
	let late = |h1| {
		let late = Exchange::numbered(2, h1, 10);
		late.settling(Settlement::AtExpiry, Settlement::Early)
	};
	let mut world = World::new().registered(&honest).committed(&honest);
	world.tell_alpha(&[honest.id()]).expect("the payment is committed");
	world.tell_beta(&[honest.id()]).expect("the delivery is committed");
	world.alpha.run(|| MaxSkew::set(&32));
	// Alpha is in block 4, and knows beta's third one.
	world.refuse_registration(&late(4 + 7 + 33).delivery, Error::ExpiriesTooFarApart);
	let latest = late(4 + 7 + 32);
	let mut world = world.registered(&latest).committed(&latest);
	world.tell_alpha(&[latest.id()]).expect("the payment is committed");
	let mut world = over(world);
	world.advance_to(4 + 7 + 32);
	assert_eq!(world.alpha.lane(BETA).said.through, epochs(0, &[]), "it is open");
	world.seal();
	world.alpha.conclude_half(&latest.delivery).expect("it has expired, long after the proof");
	assert_eq!(world.alpha.outcome(&latest.delivery), Some(Outcome::Settled));
	world.seal();
	assert_eq!(world.alpha.lane(BETA).said.through, epochs(1, &[]));
	world.tell_beta(&[latest.id()]).expect("the delivery is committed");
	world.sweep();
	world.alpha.assert_empty();
	world.beta.assert_empty();
}

/// Beta has ended both of two exchanges; alpha has not been told about the first of them.
fn told_of_one() -> (World, [Exchange; 2]) {
	let [late, early] = [1, 2].map(|number| Exchange::numbered(number, 10, 10));
	let mut world = World::new();
	for swap in [&late, &early] {
		world = world.registered(swap).committed(swap);
		world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	}
	world.tell_alpha(&[early.id()]).expect("the payment is committed");
	world.seal();
	(world, [late, early])
}

/// A leg that is open when its epoch is swept stops no other, and goes when it ends.
#[test]
fn what_ends_after_its_epoch_was_swept_is_swept_at_once() {
	let (world, [late, early]) = told_of_one();
	let mut world = over(world);
	let evidence = said(&mut world);
	world.submit(evidence, &[]).expect("beta asks no more about epoch 0");
	world.advance_to(world.alpha.now() + RETENTION + 2);
	assert_eq!(world.alpha.leg(&early.delivery), None);
	assert_eq!(world.alpha.stage(&late.delivery), Some(Stage::Committed { at: 3 }));
	assert_eq!(world.alpha.lane(BETA).entries, 1);
	assert!(world.beta.leg(&late.payment).is_some(), "alpha still has to look at it");
	world.tell_alpha(&[late.id()]).expect("the payment was committed");
	assert_eq!(world.alpha.outcome(&late.delivery), Some(Outcome::Settled));
	world.alpha.assert_empty();
	world.sweep();
	world.beta.assert_empty();
}

/// The same by a branch that has not said that it needs none of the epoch any more: it may still ask.
#[test]
fn what_ends_by_a_branch_that_may_ask_for_it_stays_until_that_says_otherwise() {
	let (world, [late, early]) = told_of_one();
	let anchor = world.beta.anchor();
	let mut world = over(world);
	let evidence = said(&mut world);
	world.submit(evidence, &[]).expect("beta asks no more about epoch 0");
	world.advance_to(world.alpha.now() + RETENTION + 2);
	assert_eq!(world.alpha.leg(&early.delivery), None);
	// Root goes back to a header that knows nothing of this.
	let renew = Call::renew_system { system: BETA, anchor };
	world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("root may go anywhere");
	world.alpha.seal();
	world.tell_alpha(&[late.id()]).expect("the payment was committed");
	assert_eq!(world.alpha.stage(&late.delivery), Some(Stage::Ended(Outcome::Settled)));
	// With that evidence it has said so: it goes when that is old enough.
	world.advance_to(world.alpha.now() + RETENTION - 1);
	assert!(world.alpha.leg(&late.delivery).is_some());
	world.advance_to(world.alpha.now() + 3);
	world.alpha.assert_empty();
}

/// Who brings what was said long ago, again and again, would keep the chain from hearing anything newer.
#[test]
fn what_was_said_long_ago_is_not_heard() {
	let (world, _) = settled(10, 10);
	let mut world = over(world);
	let old = world.beta.sealed();
	world.advance_to(world.alpha.now() + VIEW_STEP + 1);
	world.tell_alpha(&[]).expect("it is a step");
	world.seal();
	let known = world.alpha.view_of(BETA).number();
	assert_eq!(known, old + VIEW_STEP + 1);
	let outdated = world.beta.said(old, &mut world.alpha);
	world.refuse(&outdated, &[], Error::NothingToGain);
	let young = world.beta.said(old + 1, &mut world.alpha);
	world.submit(young, &[]).expect("it was said lately");
}

#[test]
fn a_few_are_swept_in_each_block() {
	let mut world = World::new();
	for number in 0..5 {
		let swap = Exchange::numbered(number, 25, 25);
		world = world.registered(&swap).committed(&swap);
		world.tell_alpha(&[swap.id()]).expect("the payment is committed");
		world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	}
	let mut world = over(world);
	let evidence = said(&mut world);
	world.submit(evidence, &[]).expect("beta asks no more about epoch 0");
	world.advance_to(world.alpha.now() + RETENTION - 1);
	let mut left = 5;
	while left > 0 {
		world.alpha.seal();
		let now = world.alpha.lane(BETA).entries;
		assert!(left - now <= MAX_SWEPT, "{left} became {now}");
		assert!(world.alpha.now() < 90, "{now} are left");
		left = now;
	}
	world.alpha.assert_empty();
}

/// What the other branch would have to see must not be gone: nothing is swept, and nothing said.
#[test]
fn nothing_is_swept_while_there_is_no_business() {
	let (world, _) = settled(10, 10);
	let mut world = over(world);
	let evidence = said(&mut world);
	world.submit(evidence, &[]).expect("beta asks no more about epoch 0");
	let pause = Call::pause { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause).expect("root may");
	world.advance_to(world.alpha.now() + 2 * RETENTION);
	let lane = world.alpha.lane(BETA);
	assert_eq!((lane.entries, lane.said.swept), (1, epochs(0, &[])));
	let resume = Call::resume { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), resume).expect("root may");
	world.advance_to(world.alpha.now() + 2);
	world.alpha.assert_empty();
}

/// Root goes back to an older header of the peer, before it said that it was through.
#[test]
fn what_a_branch_does_not_say_is_not_heard_any_more() {
	let (world, swap) = settled(10, 10);
	let anchor = world.beta.anchor();
	let mut world = over(world);
	let evidence = said(&mut world);
	world.submit(evidence, &[]).expect("beta asks no more about epoch 0");
	world.advance_to(world.alpha.now() + RETENTION / 2);
	let renew = Call::renew_system { system: BETA, anchor };
	world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("root may go anywhere");
	world.advance_to(world.alpha.now() + RETENTION);
	assert!(world.alpha.leg(&swap.delivery).is_some());
	let evidence = said(&mut world);
	world.submit(evidence, &[]).expect("it is said again");
	world.advance_to(world.alpha.now() + RETENTION + 1);
	assert_eq!(world.alpha.leg(&swap.delivery), None);
}

/// Whoever swept too early, or says that it has: what is not there is unknown, and undoes nothing.
#[test]
fn what_was_swept_is_unknown_not_absent() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap).at(12);
	let key = swap.payment.key();
	world.beta.corrupt(|| {
		sp_io::storage::clear(&key);
		Corridors::<Test>::mutate(ALPHA, |lane| lane.said.swept = epochs(1, &[]));
	});
	world.seal();
	let ids = [swap.id()];
	world.tell_alpha(&ids).expect("it says that it may have swept it");
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
	world.seal();
	let again = world.evidence(&ids);
	world.refuse(&again, &ids, Error::NotComplete);
	world
		.beta
		.corrupt(|| Corridors::<Test>::mutate(ALPHA, |lane| lane.said.swept = epochs(0, &[])));
	world.beta.seal();
	world.tell_alpha(&ids).expect("it says that it is not swept, and was never committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
}

#[test]
fn what_is_said_and_is_left_out_of_the_proof_is_unknown() {
	let (world, _) = settled(10, 10);
	let mut world = over(world);
	let evidence = said(&mut world);
	let silent = silent(&world, &evidence);
	world.refuse(&silent, &[], Error::IncompleteProof);
}

/// The absence of a leg is proven by what is said of all: one without the other is worth nothing.
#[test]
fn an_absent_leg_without_what_is_said_of_all_is_refused() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap).at(12);
	let key = swap.payment.key();
	world.beta.corrupt(|| sp_io::storage::clear(&key));
	world.beta.seal();
	let mut evidence = world.evidence(&[swap.id()]);
	evidence.proof = world.beta.prove(evidence.header.number, &[key]);
	world.refuse(&evidence, &[swap.id()], Error::IncompleteProof);
}

#[test]
fn what_was_said_of_a_system_that_is_removed_stands_when_it_is_back() {
	let (mut world, _) = settled(10, 10);
	let remove = crate::mock::RuntimeCall::from(Call::remove_system { system: BETA });
	world.alpha.run(|| {
		assert_noop!(remove.clone().dispatch(RuntimeOrigin::root()), Error::<Test>::SystemInUse);
	});
	world.sweep();
	let before = world.alpha.lane(BETA).said;
	world.alpha.run(|| remove.dispatch(RuntimeOrigin::root())).expect("nothing is left");
	let beta = &world.beta;
	world.alpha.knows(beta);
	let said = world.alpha.lane(BETA).said;
	assert!(said.through.includes(&before.through));
	assert_eq!(said.swept, before.swept);
}

/// A firm leg whose other half was never registered is undone, however late the other chain learns of its own.
#[test]
fn what_was_never_there_is_not_taken_for_swept() {
	let swap = Exchange::until(40, 10);
	let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
	alpha.seal();
	beta.seal();
	alpha.knows(&beta);
	alpha.register(&swap.delivery.clone().firm()).expect("she risks it");
	// Beta makes alpha known long after its leg could have been registered.
	beta.advance_to(EPOCH_BLOCKS + 8);
	alpha.seal();
	beta.knows(&alpha);
	beta.seal();
	let mut world = World { alpha, beta };
	world.tell_alpha(&[swap.id()]).expect("nothing is there, and nothing was");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
}

/// It is registered until its expiry, and after that its expiry has passed.
#[test]
fn a_contract_is_registered_once() {
	let (mut world, swap) = settled(20, 20);
	world.refuse_registration(&swap.delivery, Error::AlreadyRegistered);
	world.advance_to(20);
	world.refuse_registration(&swap.delivery, Error::ExpiryPassed);
	world.sweep();
	world.refuse_registration(&swap.delivery, Error::ExpiryPassed);
}

/// Items of a log may become fewer by an upgrade of the runtime; what is stored must not be stranded.
#[test]
fn a_leg_with_more_items_than_are_allowed_now_can_be_read() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap);
	let leg = world.alpha.leg(&swap.delivery).expect("it is registered");
	let crate::Action::Transfer { from, to, items } = leg.action.clone();
	let items = vec![items[0].clone(); MAX_ITEMS as usize + 3];
	let action = crate::Action::Transfer { from, to, items: items.clone() };
	let Entry { stage, fact, relied, contract, .. } = leg;
	let larger = Entry { stage, fact, relied, contract, action };
	let read = EntryOf::<Test>::decode(&mut &larger.encode()[..]).expect("it is a leg");
	let crate::Action::Transfer { items: read, .. } = read.action;
	assert_eq!(read.into_inner(), items);
}

/// A payment that comes on another branch of the peer, which root follows, finds the leg that it needs.
#[test]
fn a_branch_that_does_not_have_the_payment_yet_finds_what_it_needs() {
	let (mut world, swap) = settled(10, 20);
	world.alpha.advance_to(11);
	world.beta = beta_chain();
	world.beta.seal();
	world.beta.knows(&World::new().alpha);
	world.beta.seal();
	let renew = Call::renew_system { system: BETA, anchor: world.beta.anchor() };
	world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("root may go anywhere");
	world.beta.advance_to(12);
	world.beta.register(&swap.payment).expect("its expiry has not passed");
	world.seal();
	world.tell_beta(&[swap.id()]).expect("the delivery has settled, and stays");
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
	world.sweep();
	world.alpha.assert_empty();
	world.beta.assert_empty();
}

/// The fact on which a verdict waits is of a branch that is not followed any more: it is asked again.
#[test]
fn a_fact_of_another_branch_is_none() {
	let swap = Exchange::until(20, 20).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	let anchor = world.beta.anchor();
	world.advance_to(8);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	let relied = world.alpha.leg(&swap.delivery).and_then(|leg| leg.relied);
	assert_eq!(relied, Some(Reliance { height: 7, since: 8 }));
	let renew = Call::renew_system { system: BETA, anchor };
	world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("root may go anywhere");
	world.advance_to(21 + EXPOSURE);
	world.alpha.conclude_half(&swap.delivery).expect_err("nothing is known");
	world.tell_alpha(&[swap.id()]).expect("it is asked again");
	world.advance_to(world.alpha.now() + EXPOSURE + 1);
	world.alpha.conclude_half(&swap.delivery).expect("the verdict is due");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}
