//! What a peer that lives has forgotten: nothing of it decides any more but an older block, or root.

use super::{chain::*, world::*};
use crate::{
	mock::{RuntimeOrigin, Test, POLICY_DELAY, SILENCE, VIEW_STEP},
	Call, Corridors, Error, Event, Fact, Outcome, Resolution, Resolutions, Stage,
};
use frame_support::assert_ok;
use sp_runtime::DispatchError;

/// The last block of beta that has the payment; its epoch is not over.
const LAST: u32 = 11;

/// A world in which both have committed and beta has settled, and root there then took alpha for dead.
fn forgotten() -> (World, Exchange) {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	let mut world = world.at(LAST + 1);
	let key = swap.payment.key();
	world.beta.corrupt(|| {
		sp_io::storage::clear(&key);
		Corridors::<Test>::mutate(ALPHA, |lane| lane.said.swept = epochs(1, &[]));
	});
	world.seal();
	(world, swap)
}

/// The same, and alpha was shown it.
fn shown() -> (World, Exchange) {
	let (mut world, swap) = forgotten();
	world.tell_alpha(&[swap.id()]).expect("beta does not know any more");
	(world, swap)
}

fn root(world: &mut World, call: Call<Test>) -> Result<(), DispatchError> {
	let done = world.alpha.dispatch(RuntimeOrigin::root(), call);
	done.map(drop).map_err(|refused| refused.error)
}

fn force(world: &mut World, swap: &Exchange, resolution: Resolution) -> Result<(), DispatchError> {
	root(world, Call::force_resolve { peer: BETA, id: swap.id(), resolution })
}

fn error(error: Error<Test>) -> Result<(), DispatchError> {
	Err(error.into())
}

fn clock(world: &mut World) -> u32 {
	world.alpha.run(|| crate::Systems::<Test>::get(BETA)).expect("beta is known").clock
}

/// Both chains go on, and alpha hears of it.
fn go_on(world: &mut World) {
	world.advance_to(world.alpha.now() + VIEW_STEP);
	world.tell_alpha(&[]).expect("it is a step");
}

#[test]
fn what_the_peer_has_forgotten_decides_nothing_and_is_said_once() {
	let (mut world, swap) = shown();
	let forgotten = Event::Forgotten { id: swap.id(), relied: Some(LAST + 1) };
	assert_eq!(world.alpha.events().last(), Some(&forgotten));
	let leg = world.alpha.leg(&swap.delivery).expect("it waits");
	assert_eq!((leg.stage, leg.fact), (Stage::Committed { at: 3 }, Some(Fact::Forgotten)));
	go_on(&mut world);
	let ids = [swap.id()];
	let again = world.evidence(&ids);
	world.refuse(&again, &ids, Error::NotComplete);
	let refused = world.alpha.conclude_half(&swap.delivery).expect_err("nothing is due");
	assert_eq!(refused.error, Error::<Test>::NotOver.into());
}

#[test]
fn root_ends_what_the_peer_has_forgotten_in_two_steps() {
	for (resolution, outcome, bobs) in [
		(Resolution::Settle, Outcome::Settled, ENDOWMENT + 100),
		(Resolution::Reverse, Outcome::Reversed, ENDOWMENT),
	] {
		let (mut world, swap) = shown();
		assert_eq!(force(&mut world, &swap, Resolution::Forget), error(Error::NotEnded));
		assert_ok!(force(&mut world, &swap, resolution));
		let due = clock(&mut world) + POLICY_DELAY;
		while clock(&mut world) < due {
			assert_eq!(force(&mut world, &swap, resolution), error(Error::AnnouncedRecently));
			go_on(&mut world);
		}
		assert_ok!(force(&mut world, &swap, resolution));
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(outcome));
		assert_eq!((world.alpha.free(BOB), world.alpha.taken()), (bobs, 0));
	}
}

/// A chain that is alive may still say how it ended.
#[test]
fn of_a_peer_that_lives_root_ends_only_what_it_is_shown_to_have_forgotten() {
	let (mut world, swap) = forgotten();
	for resolution in [Resolution::Settle, Resolution::Reverse] {
		assert_eq!(force(&mut world, &swap, resolution), error(Error::SystemNotPaused));
	}
	let other = Exchange::numbered(7, 90, 90);
	world.alpha.register(&other.delivery.clone().firm()).expect("she risks it");
	world.tell_alpha(&[swap.id()]).expect("beta does not know any more");
	assert_eq!(force(&mut world, &other, Resolution::Reverse), error(Error::SystemNotPaused));
}

/// Beta has settled. Whatever root believes, anybody with an old state of beta proves it in time.
#[test]
fn an_older_block_decides_in_spite_of_what_root_has_announced() {
	let (mut world, swap) = shown();
	assert_ok!(force(&mut world, &swap, Resolution::Reverse));
	go_on(&mut world);
	let ids = [swap.id()];
	let older = world.evidence_at(LAST, &ids);
	world.submit(older, &ids).expect("the payment was there");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(world.alpha.run(|| Resolutions::<Test>::iter().count()), 0);
	let refused = force(&mut world, &swap, Resolution::Reverse);
	assert_eq!(refused, error(Error::SystemNotPaused));
}

/// Root could keep everybody from proving what is true until its own delay is over.
#[test]
fn the_delay_does_not_run_while_nothing_can_be_shown() {
	let (mut world, swap) = shown();
	assert_ok!(force(&mut world, &swap, Resolution::Reverse));
	assert_ok!(root(&mut world, Call::pause { system: BETA }));
	for _ in 0..2 * POLICY_DELAY / VIEW_STEP {
		go_on(&mut world);
		let refused = force(&mut world, &swap, Resolution::Reverse);
		assert_eq!(refused, error(Error::SystemNotSilent));
	}
	assert_ok!(root(&mut world, Call::resume { system: BETA }));
	let refused = force(&mut world, &swap, Resolution::Reverse);
	assert_eq!(refused, error(Error::AnnouncedRecently));
	// Nor while nothing is heard of the peer.
	world.alpha.advance_to(world.alpha.now() + 2 * POLICY_DELAY);
	let refused = force(&mut world, &swap, Resolution::Reverse);
	assert_eq!(refused, error(Error::AnnouncedRecently));
}

/// What was announced for a peer that lives is no word about one that has died.
#[test]
fn what_was_announced_of_a_living_peer_is_void_when_it_has_died() {
	let (mut world, swap) = shown();
	assert_ok!(force(&mut world, &swap, Resolution::Reverse));
	world.alpha.advance_to(world.alpha.now() + 1);
	assert_ok!(root(&mut world, Call::pause { system: BETA }));
	world.alpha.advance_to(world.alpha.now() + SILENCE + POLICY_DELAY);
	assert_ok!(force(&mut world, &swap, Resolution::Reverse));
	assert_eq!(world.alpha.outcome(&swap.delivery), None, "it is only announced again");
}

/// On a branch that has not said so, the leg may be there.
#[test]
fn what_another_branch_has_forgotten_is_not_forgotten() {
	let (mut world, swap) = shown();
	let history = world.beta.history(LAST);
	let header = world.beta.block(LAST).header.clone();
	let anchor = crate::TrustAnchor { header, history, ..world.beta.anchor() };
	assert_ok!(force(&mut world, &swap, Resolution::Reverse));
	for _ in 0..POLICY_DELAY {
		go_on(&mut world);
	}
	assert_ok!(root(&mut world, Call::renew_system { system: BETA, anchor }));
	let refused = force(&mut world, &swap, Resolution::Reverse);
	assert_eq!(refused, error(Error::SystemNotPaused));
	world.seal();
	world.tell_alpha(&[swap.id()]).expect("it is shown again");
	assert_ok!(force(&mut world, &swap, Resolution::Reverse));
	assert_eq!(world.alpha.outcome(&swap.delivery), None, "it is only announced again");
}
