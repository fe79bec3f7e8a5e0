//! What root does: end contracts with a dead chain, renew, pause.

use super::{chain::*, world::*};
use crate::{
	mock::{Ribp, RuntimeOrigin, Test, POLICY_DELAY, SILENCE},
	Call, Error, Event, Evidence, Height, Link, Outcome, Resolution, Resolutions, Stage,
	TrustAnchor, EPOCH_BLOCKS,
};
use frame_support::{assert_noop, assert_ok};
use ribp_light_client::testing::{forced_change, Ed25519Keyring};
use sp_runtime::DispatchError;

/// Own height at which alpha hears of beta for the last time.
const LAST_HEARD: Height = 3;
/// From which own height on beta is given up.
const SILENT: Height = LAST_HEARD + SILENCE;
/// When what is said then may be done.
const DUE: Height = SILENT + POLICY_DELAY;

fn root(chain: &mut Chain, call: Call<Test>) -> Result<(), DispatchError> {
	let done = chain.dispatch(RuntimeOrigin::root(), call);
	done.map(drop).map_err(|refused| refused.error)
}

fn force(chain: &mut Chain, half: &Half, resolution: Resolution) -> Result<(), DispatchError> {
	let (peer, id) = (half.terms().peer.system, half.id());
	root(chain, Call::force_resolve { peer, id, resolution })
}

fn pause(chain: &mut Chain) {
	root(chain, Call::pause { system: BETA }).expect("it is not paused");
}

fn error(error: Error<Test>) -> Result<(), DispatchError> {
	Err(error.into())
}

/// A world in which both have committed, then beta has died, and root has paused the business with it.
fn dead(swap: &Exchange) -> World {
	let mut world = World::new().registered(swap).committed(swap);
	pause(&mut world.alpha);
	world.alpha.advance_to(SILENT);
	world
}

#[test]
fn root_ends_a_committed_contract_either_way_in_two_steps() {
	for (resolution, outcome, bobs) in [
		(Resolution::Settle, Outcome::Settled, ENDOWMENT + 100),
		(Resolution::Reverse, Outcome::Reversed, ENDOWMENT),
	] {
		let swap = Exchange::until(90, 90);
		let (id, reference) = (swap.id(), swap.delivery.contract.reference);
		let (mut world, half) = (dead(&swap), &swap.delivery);
		let alpha = &mut world.alpha;
		assert_ok!(force(alpha, half, resolution));
		let announced = Event::ResolutionAnnounced { id, resolution, since: DUE };
		assert_eq!(alpha.events().last(), Some(&announced));
		assert_eq!(alpha.stage(half), Some(Stage::Committed { at: 3 }));
		for height in [SILENT, DUE - 1] {
			alpha.advance_to(height);
			assert_eq!(force(alpha, half, resolution), error(Error::AnnouncedRecently));
		}
		alpha.advance_to(DUE);
		assert_ok!(force(alpha, half, resolution));
		let forced = Event::ForceResolved { id, resolution };
		let ended = Event::Ended { id, reference, outcome, relied: Some(2) };
		assert_eq!(alpha.events(), [forced, ended]);
		assert_eq!((alpha.free(BOB), alpha.taken()), (bobs, 0));
		assert_eq!(force(alpha, half, resolution), error(Error::AlreadyEnded));
	}
}

#[test]
fn root_ends_nothing_of_a_system_that_is_not_paused() {
	let swap = Exchange::until(90, 90);
	let mut world = World::new().registered(&swap).committed(&swap);
	let (alpha, half) = (&mut world.alpha, &swap.delivery);
	alpha.advance_to(SILENT);
	assert_eq!(force(alpha, half, Resolution::Reverse), error(Error::SystemNotPaused));
	pause(alpha);
	assert_ok!(force(alpha, half, Resolution::Reverse));
	alpha.advance_to(DUE);
	assert_ok!(root(alpha, Call::resume { system: BETA }));
	assert_eq!(force(alpha, half, Resolution::Reverse), error(Error::SystemNotPaused));
	// There was business again: what was said is void, and has to be said anew.
	pause(alpha);
	assert_ok!(force(alpha, half, Resolution::Reverse));
	assert_eq!(alpha.outcome(half), None);
	assert_eq!(force(alpha, half, Resolution::Reverse), error(Error::AnnouncedRecently));
	alpha.advance_to(alpha.now() + POLICY_DELAY);
	assert_ok!(force(alpha, half, Resolution::Reverse));
	assert_eq!(alpha.outcome(half), Some(Outcome::Reversed));
}

/// What was announced before a sign of life is void, however long ago it was.
#[test]
fn a_sign_of_life_makes_void_what_was_announced() {
	let swap = Exchange::until(90, 90);
	let mut world = World::new().registered(&swap).committed(&swap);
	pause(&mut world.alpha);
	world.alpha.advance_to(SILENT);
	let half = &swap.delivery;
	assert_ok!(force(&mut world.alpha, half, Resolution::Reverse));
	world.beta.advance_to(DUE);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.advance_to(SILENT + 2 * SILENCE + POLICY_DELAY);
	assert_ok!(force(&mut world.alpha, half, Resolution::Reverse));
	assert_eq!(world.alpha.outcome(half), None, "it is only announced again");
}

#[test]
fn root_ends_nothing_of_a_system_that_was_heard_of() {
	let swap = Exchange::until(90, 90);
	let mut world = World::new().registered(&swap).committed(&swap);
	pause(&mut world.alpha);
	world.alpha.advance_to(SILENT - 1);
	let half = &swap.delivery;
	let refused = force(&mut world.alpha, half, Resolution::Reverse);
	assert_eq!(refused, error(Error::SystemNotSilent));
	world.alpha.seal();
	assert_ok!(force(&mut world.alpha, half, Resolution::Reverse));
	// It is not dead after all.
	world.advance_to(DUE);
	world.tell_alpha(&[]).expect("it is a step");
	for height in [DUE, DUE + SILENCE - 1] {
		world.alpha.advance_to(height);
		let refused = force(&mut world.alpha, half, Resolution::Reverse);
		assert_eq!(refused, error(Error::SystemNotSilent));
	}
	assert_eq!(world.alpha.stage(half), Some(Stage::Committed { at: 3 }));
	root(&mut world.alpha, Call::resume { system: BETA }).expect("it is paused");
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(half), Some(Outcome::Settled));
}

#[test]
fn whoever_wants_something_else_announces_it_anew() {
	let swap = Exchange::until(90, 90);
	let (mut world, half) = (dead(&swap), &swap.delivery);
	let alpha = &mut world.alpha;
	assert_ok!(force(alpha, half, Resolution::Settle));
	alpha.advance_to(SILENT + 5);
	assert_ok!(force(alpha, half, Resolution::Reverse));
	let since = SILENT + 5 + POLICY_DELAY;
	let (id, resolution) = (swap.id(), Resolution::Reverse);
	assert_eq!(alpha.events().last(), Some(&Event::ResolutionAnnounced { id, resolution, since }));
	for height in [DUE, since - 1] {
		alpha.advance_to(height);
		assert_eq!(force(alpha, half, Resolution::Reverse), error(Error::AnnouncedRecently));
	}
	alpha.advance_to(since);
	assert_ok!(force(alpha, half, Resolution::Reverse));
	assert_eq!(alpha.outcome(half), Some(Outcome::Reversed));
}

/// Nothing of what was said about one remains for another.
#[test]
fn each_contract_is_announced() {
	let swaps = [1, 2].map(|number| Exchange::numbered(number, 90, 90));
	let mut world = World::new().registered(&swaps[0]).registered(&swaps[1]);
	pause(&mut world.alpha);
	let alpha = &mut world.alpha;
	alpha.advance_to(SILENT);
	assert_ok!(force(alpha, &swaps[0].delivery, Resolution::Reverse));
	alpha.advance_to(DUE);
	assert_ok!(force(alpha, &swaps[1].delivery, Resolution::Reverse));
	assert_eq!(alpha.stage(&swaps[1].delivery), Some(Stage::Registered));
	assert_ok!(force(alpha, &swaps[0].delivery, Resolution::Reverse));
	assert_eq!(alpha.outcome(&swaps[0].delivery), Some(Outcome::Cancelled));
}

#[test]
fn root_can_only_free_what_is_not_committed() {
	for resolution in [Resolution::Settle, Resolution::Reverse] {
		for (h1, outcome) in [(90, Outcome::Cancelled), (20, Outcome::Expired)] {
			let swap = Exchange::until(h1, 90);
			let mut world = World::new().registered(&swap);
			let (alpha, half) = (&mut world.alpha, &swap.delivery);
			pause(alpha);
			alpha.advance_to(SILENT);
			assert_ok!(force(alpha, half, resolution));
			alpha.advance_to(DUE);
			assert_ok!(force(alpha, half, resolution));
			assert_eq!(alpha.outcome(half), Some(outcome));
			assert_eq!((alpha.free(ALICE), alpha.free(BOB)), (ENDOWMENT, ENDOWMENT));
		}
	}
}

#[test]
fn what_ends_by_time_in_the_meantime_is_not_for_root_to_end() {
	let swap = Exchange::until(20, 90);
	let mut world = World::new().registered(&swap);
	let (alpha, half) = (&mut world.alpha, &swap.delivery);
	pause(alpha);
	alpha.advance_to(SILENT);
	assert_ok!(force(alpha, half, Resolution::Settle));
	alpha.advance_to(21);
	alpha.conclude_half(half).expect("its expiry has passed");
	assert_eq!(alpha.run(|| Resolutions::<Test>::iter().count()), 0);
	alpha.advance_to(DUE);
	assert_eq!(force(alpha, half, Resolution::Settle), error(Error::AlreadyEnded));
}

/// Before its expiry the same contract could be registered again.
#[test]
fn root_forgets_what_a_dead_peer_will_never_tell_about() {
	let swap = Exchange::until(60, 60);
	let (mut world, half) = (dead(&swap), &swap.delivery);
	let alpha = &mut world.alpha;
	assert_eq!(force(alpha, half, Resolution::Forget), error(Error::NotEnded));
	assert_ok!(force(alpha, half, Resolution::Reverse));
	alpha.advance_to(DUE);
	assert_ok!(force(alpha, half, Resolution::Reverse));
	// Until its epoch is over, others of it may be registered on the peer alone: that they are not here
	// has to be told.
	for height in [60, 61, 2 * EPOCH_BLOCKS - 1] {
		alpha.advance_to(height);
		assert_eq!(force(alpha, half, Resolution::Forget), error(Error::NotExpired));
	}
	alpha.advance_to(2 * EPOCH_BLOCKS);
	assert_ok!(force(alpha, half, Resolution::Forget));
	assert_eq!(force(alpha, half, Resolution::Forget), error(Error::AnnouncedRecently));
	assert_eq!(alpha.ended(BETA), [swap.id()]);
	alpha.advance_to(2 * EPOCH_BLOCKS + POLICY_DELAY);
	assert_ok!(force(alpha, half, Resolution::Forget));
	let (id, resolution) = (swap.id(), Resolution::Forget);
	assert_eq!(alpha.events(), [Event::ForceResolved { id, resolution }]);
	alpha.assert_empty();
	assert_eq!(alpha.lane(BETA).entries, 0);
	assert_eq!(force(alpha, half, Resolution::Forget), error(Error::UnknownContract));
	assert_ok!(root(alpha, Call::remove_system { system: BETA }));
}

#[test]
fn root_ends_no_contract_that_is_not_there() {
	let swap = Exchange::until(90, 90);
	let (mut world, half) = (dead(&swap), &swap.delivery);
	let other = half.with_contract(|contract| contract.reference.0[0] ^= 1);
	let resolution = Resolution::Reverse;
	assert_eq!(force(&mut world.alpha, &other, resolution), error(Error::UnknownContract));
	let with_twin = half.with_peer_leg(|leg| leg.system = TWIN);
	assert_eq!(force(&mut world.alpha, &with_twin, resolution), error(Error::UnknownSystem));
}

#[test]
fn only_root_forces_and_renews() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap).committed(&swap);
	let anchor = world.beta.anchor();
	let id = swap.delivery.id();
	world.alpha.run(|| {
		let alice = || RuntimeOrigin::signed(ALICE);
		let forced = Ribp::force_resolve(alice(), BETA, id, Resolution::Settle);
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
	root(&mut world.alpha, Call::renew_system { system: BETA, anchor })
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
	assert!(world.alpha.stage(&swap.delivery).is_some(), "it waits on");

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
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 12 }));
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
	pause(&mut world.alpha);
	assert_eq!(world.alpha.events(), [Event::SystemPaused { system: BETA }]);
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::SystemPaused);
	world.refuse_registration(&late.delivery, Error::SystemPaused);

	world.advance_to(20);
	world.tell_alpha(&[]).expect("its view goes on advancing");
	assert_ok!(root(&mut world.alpha, Call::resume { system: BETA }));
	assert_eq!(world.alpha.events().last(), Some(&Event::SystemResumed { system: BETA }));
	world.tell_alpha(&ids).expect("there is business again");
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 20 }));
	world.alpha.register(&late.delivery).expect("there is business again");
}

#[test]
fn a_committed_contract_waits_through_a_pause_and_settles_after_it() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap);
	pause(&mut world.alpha);
	world.advance_to(15);
	let ids = [swap.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::SystemPaused);
	assert_ok!(root(&mut world.alpha, Call::resume { system: BETA }));
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
	pause(&mut world.alpha);
	assert_ok!(renew(&mut world, anchor));
	let swap = Exchange::until(40, 40);
	world.refuse_registration(&swap.delivery, Error::SystemPaused);
}

/// What is there winds down as ever, and the chain can be forgotten after it.
#[test]
fn a_closing_system_takes_no_more_contracts_and_ends_those_that_are_there() {
	let [early, late, other] = [1, 2, 3].map(|number| Exchange::numbered(number, 20, 20));
	let mut world = World::new().registered(&early);
	assert_ok!(root(&mut world.alpha, Call::close { system: BETA }));
	assert_eq!(world.alpha.events(), [Event::SystemClosing { system: BETA }]);
	for half in [late.delivery.clone(), late.delivery.clone().firm()] {
		world.refuse_registration(&half, Error::SystemClosing);
	}
	world.beta.register(&other.payment).expect("beta does not know of it");
	let mut world = world.committed(&early);
	world.tell_alpha(&[early.id()]).expect("the payment is committed");
	world.tell_beta(&[early.id()]).expect("the delivery is committed");
	assert_eq!(world.alpha.outcome(&early.delivery), Some(Outcome::Settled));
	assert_eq!(world.beta.outcome(&early.payment), Some(Outcome::Settled));
	world.advance_to(21);
	world.beta.conclude_half(&other.payment).expect("nobody has answered");
	let remove = || Call::remove_system { system: BETA };
	assert_eq!(root(&mut world.alpha, remove()), error(Error::SystemInUse));
	world.sweep();
	assert_ok!(root(&mut world.alpha, remove()));
	let beta = &world.beta;
	world.alpha.knows(beta);
	let now = world.alpha.now();
	let again = Exchange::numbered(4, now + 40, now + 40);
	world.alpha.register(&again.delivery).expect("it is made known anew");
}

#[test]
fn a_closing_system_can_be_reopened() {
	let swap = Exchange::until(40, 40);
	let mut world = World::new();
	assert_ok!(root(&mut world.alpha, Call::close { system: BETA }));
	world.refuse_registration(&swap.delivery, Error::SystemClosing);
	assert_ok!(root(&mut world.alpha, Call::reopen { system: BETA }));
	assert_eq!(world.alpha.events().last(), Some(&Event::SystemReopened { system: BETA }));
	world.alpha.register(&swap.delivery).expect("contracts are registered again");
}

#[test]
fn a_system_closes_once_reopens_once_and_both_are_roots() {
	let mut world = World::new();
	world.alpha.run(|| {
		let root = RuntimeOrigin::root;
		assert_noop!(Ribp::reopen(root(), BETA), Error::<Test>::SystemNotClosing);
		assert_ok!(Ribp::close(root(), BETA));
		assert_noop!(Ribp::close(root(), BETA), Error::<Test>::SystemClosing);
		assert_noop!(Ribp::close(root(), TWIN), Error::<Test>::UnknownSystem);
		assert_noop!(Ribp::reopen(root(), TWIN), Error::<Test>::UnknownSystem);
		for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::none()] {
			assert_noop!(Ribp::close(origin.clone(), BETA), DispatchError::BadOrigin);
			assert_noop!(Ribp::reopen(origin, BETA), DispatchError::BadOrigin);
		}
	});
}

/// A pause that ends, and a new anchor, say nothing of whether contracts are registered.
#[test]
fn a_closing_system_stays_so_through_a_pause_and_a_renewal() {
	let swap = Exchange::until(40, 40);
	let mut world = World::new().at(12);
	let anchor = anchor_at(&world, 5);
	assert_ok!(root(&mut world.alpha, Call::close { system: BETA }));
	pause(&mut world.alpha);
	world.refuse_registration(&swap.delivery, Error::SystemPaused);
	assert_ok!(renew(&mut world, anchor));
	assert_ok!(root(&mut world.alpha, Call::resume { system: BETA }));
	world.refuse_registration(&swap.delivery, Error::SystemClosing);
}
