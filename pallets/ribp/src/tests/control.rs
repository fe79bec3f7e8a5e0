//! What users and root do besides evidence: cancel, force, pause, renew.

use super::{chain::*, world::*};
use crate::{
	mock::{AccountId, Ribp, RuntimeOrigin, Test, DEPOSIT},
	Error, Event, Evidence, Height, Link, Outcome, Phase, Resolution, Settlement, TrustAnchor,
};
use frame_support::{assert_noop, assert_ok};
use ribp_light_client::testing::{forced_change, Ed25519Keyring};
use sp_runtime::DispatchError;

fn cancel(chain: &mut Chain, who: AccountId, half: &Half) -> Result<(), DispatchError> {
	let (peer, id) = (half.contract.peer, half.id());
	chain.run(|| Ribp::cancel(RuntimeOrigin::signed(who), peer, id))
}

fn force(chain: &mut Chain, half: &Half, resolution: Resolution) -> Result<(), DispatchError> {
	let (peer, id) = (half.contract.peer, half.id());
	chain.run(|| Ribp::force_resolve(RuntimeOrigin::root(), peer, id, resolution))
}

#[test]
fn a_payer_takes_the_value_back_before_the_commit() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	assert_eq!(world.alpha.taken(), 100);
	assert_ok!(cancel(&mut world.alpha, ALICE, &swap.delivery));
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Cancelled));
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (ENDOWMENT, 0));
	assert!(world.alpha.events().contains(&Event::Cancelled { id: swap.delivery.id() }));
	assert_eq!(world.alpha.position(swap.delivery.id().into()), None);
	world.advance_to(20);
	assert_eq!(world.alpha.deposit(ALICE), DEPOSIT);
	assert_eq!(world.alpha.ended(BETA), [swap.delivery.id()]);
	world.advance_to(21);
	assert!(world.alpha.events().contains(&Event::Forgotten { id: swap.delivery.id() }));
	world.alpha.assert_empty();
}

#[test]
fn nobody_else_cancels_and_nothing_is_cancelled_twice() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new();
	assert_eq!(cancel(&mut world.alpha, ALICE, &swap.delivery), error(Error::NotWaiting));
	world.alpha.register(&swap.delivery).expect("it is new");
	for who in [BOB, CAROL] {
		assert_eq!(cancel(&mut world.alpha, who, &swap.delivery), error(Error::NotThePayer));
	}
	assert_ok!(cancel(&mut world.alpha, ALICE, &swap.delivery));
	assert_eq!(cancel(&mut world.alpha, ALICE, &swap.delivery), error(Error::NotWaiting));
}

fn error(error: Error<Test>) -> Result<(), DispatchError> {
	Err(error.into())
}

#[test]
fn a_committed_log_is_not_cancelled() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap).committed(&swap);
	assert_eq!(cancel(&mut world.alpha, ALICE, &swap.delivery), error(Error::AlreadyCommitted));
	assert_eq!(world.alpha.taken(), 100);
}

#[test]
fn a_peer_that_committed_before_the_cancellation_reverses() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap);
	world.tell_beta(&[swap.payment.id()]).expect("the delivery is registered");
	assert_ok!(cancel(&mut world.alpha, ALICE, &swap.delivery));
	let ids = [swap.delivery.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::NotWaiting);
	world.advance_to(12);
	world.tell_beta(&[swap.payment.id()]).expect("the delivery never came");
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Reversed));
	for who in [ALICE, BOB] {
		assert_eq!((world.alpha.free(who), world.beta.free(who)), (ENDOWMENT, ENDOWMENT));
	}
}

#[test]
fn root_ends_a_committed_contract_either_way() {
	for (resolution, outcome, bobs) in [
		(Resolution::Unlock, Outcome::Settled, ENDOWMENT + 100),
		(Resolution::Reverse, Outcome::Reversed, ENDOWMENT),
	] {
		let swap = Exchange::until(20, 20);
		let mut world = World::new().registered(&swap).committed(&swap);
		assert_ok!(force(&mut world.alpha, &swap.delivery, resolution));
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(outcome));
		assert_eq!((world.alpha.free(BOB), world.alpha.taken()), (bobs, 0));
		let reversed = world.alpha.position(swap.delivery.contract.reversal).is_some();
		assert_eq!(reversed, resolution == Resolution::Reverse);
		let forced = Event::ForceResolved { id: swap.delivery.id(), resolution };
		assert!(world.alpha.events().contains(&forced));
		let again = force(&mut world.alpha, &swap.delivery, resolution);
		assert_eq!(again, error(Error::NotWaiting));
	}
}

#[test]
fn root_can_only_free_what_is_not_committed() {
	for resolution in [Resolution::Unlock, Resolution::Reverse] {
		let swap = Exchange::until(20, 20);
		let mut world = World::new().registered(&swap);
		assert_ok!(force(&mut world.alpha, &swap.delivery, resolution));
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Cancelled));
		assert_eq!((world.alpha.free(ALICE), world.alpha.free(BOB)), (ENDOWMENT, ENDOWMENT));
		world.advance_to(22);
	}
}

#[test]
fn only_root_forces_and_renews() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap).committed(&swap);
	let anchor = world.beta.anchor();
	let id = swap.delivery.id();
	world.alpha.run(|| {
		let alice = || RuntimeOrigin::signed(ALICE);
		let forced = Ribp::force_resolve(alice(), BETA, id, Resolution::Unlock);
		assert_noop!(forced, DispatchError::BadOrigin);
		assert_noop!(Ribp::renew_system(alice(), BETA, anchor), DispatchError::BadOrigin);
	});
}

/// The anchor that beta had after this block.
fn anchor_at(world: &World, number: Height) -> TrustAnchor {
	let header = world.beta.block(number).header.clone();
	TrustAnchor { header, history: world.beta.history(number), ..world.beta.anchor() }
}

fn renew(world: &mut World, anchor: TrustAnchor) -> Result<(), DispatchError> {
	world.alpha.run(|| Ribp::renew_system(RuntimeOrigin::root(), BETA, anchor))
}

#[test]
fn a_renewed_system_is_followed_from_its_new_anchor_on() {
	let swap = Exchange::until(90, 90);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is registered");
	// Nobody vouches for the new authorities but root.
	world.beta.announce(forced_change(&[Ed25519Keyring::Ferdie], 0));
	world.beta.seal();
	world.beta.voters = Voters::new(6, &[Ed25519Keyring::Ferdie]);
	world.advance_to(70);
	let ids = [swap.delivery.id()];
	let forced = world.evidence_at(3, &ids);
	world.refuse(&forced, &ids, Error::ForcedAuthorityChange);
	let late = world.evidence(&ids);
	world.refuse(&late, &ids, Error::UnknownVoter);

	let anchor = world.beta.anchor();
	let number = anchor.header.number;
	assert_ok!(renew(&mut world, anchor));
	let renewed = Event::SystemRenewed { system: BETA, number };
	assert!(world.alpha.events().contains(&renewed));
	world.refuse(&late, &ids, Error::JustificationNotNeeded);
	assert!(world.alpha.phase(&swap.delivery).is_some(), "it waits on");

	world.advance_to(92);
	world.tell_alpha(&ids).expect("beta never committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
}

#[test]
fn an_anchor_that_is_too_high_or_too_low_can_be_corrected_at_any_time() {
	let mut world = World::new().at(21);
	let [low, high] = [5, 20].map(|number| anchor_at(&world, number));
	let evidence = world.evidence_at(12, &[]);
	for _ in 0..2 {
		assert_ok!(renew(&mut world, high.clone()));
		world.refuse(&evidence, &[], Error::NothingToGain);
		assert_ok!(renew(&mut world, low.clone()));
		let above = world.evidence_at(12, &[]);
		world.submit(above, &[]).expect("it is above the anchor");
	}
}

/// Keys that were stolen once push the known head far ahead: no anchor of the honest chain is newer for
/// years.
#[test]
fn a_head_that_thieves_have_pushed_far_ahead_does_not_lock_root_out() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(12);
	let mut stolen = World::new().beta;
	stolen.advance_to(50);
	let far = stolen.evidence(stolen.sealed(), &mut world.alpha, &[]);
	world.submit(far, &[]).expect("the keys are the right ones");
	let ids = [swap.delivery.id()];
	let block = world.beta.block(11);
	let (header, justification) = (block.header.clone(), block.voters.justify(&block.header));
	let link = Link::Above { justification, extension: world.beta.extension(1, 11) };
	let honest = Evidence { header, link, proof: vec![vec![0]] };
	world.refuse(&honest, &ids, Error::HeaderNotRelated);
	let link = Link::Below { under: 49, path: stolen.path(11, 49) };
	world.refuse(&Evidence { link, ..honest }, &ids, Error::NotInHistory);
	let anchor = anchor_at(&world, 8);
	assert_ok!(renew(&mut world, anchor));
	world.tell_alpha(&ids).expect("the honest chain is believed again");
	assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 12 }));
}

#[test]
fn an_anchor_that_is_unsound_or_of_a_stranger_is_refused() {
	let mut world = World::new().at(12);
	let anchor = anchor_at(&world, 5);
	let nobody = TrustAnchor { authorities: vec![], ..anchor.clone() };
	world.alpha.run(|| {
		let renew = |system, anchor| Ribp::renew_system(RuntimeOrigin::root(), system, anchor);
		assert_noop!(renew(BETA, nobody), Error::<Test>::InvalidAuthorities);
		assert_noop!(renew(TWIN, anchor.clone()), Error::<Test>::UnknownSystem);
		assert_ok!(renew(BETA, anchor));
	});
}

#[test]
fn a_paused_system_has_no_business_until_it_is_resumed() {
	let [swap, late] = [1, 2].map(|number| Exchange::numbered(number, 40, 40));
	let mut world = World::new().registered(&swap);
	let ids = [swap.delivery.id()];
	assert_ok!(world.alpha.run(|| Ribp::pause(RuntimeOrigin::root(), BETA)));
	assert_eq!(world.alpha.events(), [Event::SystemPaused { system: BETA }]);
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::SystemPaused);
	world.refuse_registration(&late.delivery, Error::SystemPaused);

	world.advance_to(20);
	world.tell_alpha(&[]).expect("its view goes on advancing");
	assert_ok!(world.alpha.run(|| Ribp::resume(RuntimeOrigin::root(), BETA)));
	assert_eq!(world.alpha.events().last(), Some(&Event::SystemResumed { system: BETA }));
	world.tell_alpha(&ids).expect("there is business again");
	assert_eq!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { at: 20 }));
	world.alpha.register(&late.delivery).expect("there is business again");
}

#[test]
fn contracts_of_a_paused_system_are_cancelled_and_expire() {
	let [first, second] = [1, 2].map(|number| Exchange::numbered(number, 10, 10));
	let mut world = World::new().registered(&first).registered(&second);
	assert_ok!(world.alpha.run(|| Ribp::pause(RuntimeOrigin::root(), BETA)));
	assert_ok!(cancel(&mut world.alpha, ALICE, &first.delivery));
	world.advance_to(11);
	assert_eq!(world.alpha.outcome(&first.delivery), Some(Outcome::Cancelled));
	assert_eq!(world.alpha.outcome(&second.delivery), Some(Outcome::Expired));
	world.alpha.assert_empty();
}

#[test]
fn a_committed_contract_waits_through_a_pause_and_settles_after_it() {
	let swap = Exchange::until(10, 10).settling(Settlement::AtExpiry, Settlement::Early);
	let mut world = World::new().registered(&swap).committed(&swap);
	assert_ok!(world.alpha.run(|| Ribp::pause(RuntimeOrigin::root(), BETA)));
	world.advance_to(15);
	let ids = [swap.delivery.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::SystemPaused);
	assert_ok!(world.alpha.run(|| Ribp::resume(RuntimeOrigin::root(), BETA)));
	world.submit(evidence, &ids).expect("it was right all the time");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

#[test]
fn a_pause_begins_once_ends_once_and_is_roots() {
	let mut world = World::new();
	world.alpha.run(|| {
		let root = RuntimeOrigin::root;
		assert_noop!(Ribp::resume(root(), BETA), Error::<Test>::SystemNotPaused);
		assert_ok!(Ribp::pause(root(), BETA));
		assert_noop!(Ribp::pause(root(), BETA), Error::<Test>::SystemPaused);
		assert_ok!(Ribp::resume(root(), BETA));
		assert_noop!(Ribp::pause(root(), TWIN), Error::<Test>::UnknownSystem);
		assert_noop!(Ribp::resume(root(), TWIN), Error::<Test>::UnknownSystem);
		for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::none()] {
			assert_noop!(Ribp::pause(origin.clone(), BETA), DispatchError::BadOrigin);
			assert_noop!(Ribp::resume(origin, BETA), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_renewed_system_stays_paused() {
	let mut world = World::new().at(12);
	let anchor = anchor_at(&world, 5);
	assert_ok!(world.alpha.run(|| Ribp::pause(RuntimeOrigin::root(), BETA)));
	assert_ok!(renew(&mut world, anchor));
	let swap = Exchange::until(40, 40);
	world.refuse_registration(&swap.delivery, Error::SystemPaused);
}

#[test]
fn root_forgets_what_a_dead_peer_will_never_tell_about() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap);
	let (alpha, half) = (&mut world.alpha, &swap.delivery);
	assert_eq!(force(alpha, half, Resolution::Forget), error(Error::NotEnded));
	assert_ok!(force(alpha, half, Resolution::Reverse));
	assert_eq!(force(alpha, half, Resolution::Reverse), error(Error::NotWaiting));
	assert_eq!(force(alpha, half, Resolution::Forget), error(Error::NotExpired));
	alpha.advance_to(11);
	assert_eq!(alpha.deposit(ALICE), DEPOSIT);
	assert_ok!(force(alpha, half, Resolution::Forget));
	assert_eq!(alpha.events().last(), Some(&Event::Forgotten { id: half.id() }));
	alpha.assert_empty();
	assert_eq!(force(alpha, half, Resolution::Forget), error(Error::NotWaiting));
}
