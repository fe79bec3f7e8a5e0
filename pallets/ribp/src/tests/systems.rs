//! Which chains are known, and who says so.

use super::{chain::*, world::*};
use crate::{
	mock::{Ribp, RuntimeOrigin, Test},
	Error, Event, Systems, TrustAnchor,
};
use frame_support::{assert_noop, traits::Hooks};
use ribp_light_client::testing::{authority, Ed25519Keyring};
use sp_runtime::DispatchError;

#[test]
fn root_makes_another_chain_known() {
	let (mut alpha, beta) = (alpha_chain(), beta_chain());
	alpha.knows(&beta);
	assert_eq!(alpha.events(), [Event::SystemRegistered { system: BETA }]);
	let known = alpha.run(|| Systems::<Test>::get(BETA)).expect("it is known now");
	assert_eq!(known.view, None);
	assert_eq!(known.set.set_id, 5);
	assert_eq!(known.set.authorities.len(), 4);
	assert_eq!((known.anchor, known.advanced_at), (0, 1));
}

#[test]
fn only_root_makes_another_chain_known() {
	let (mut alpha, anchor) = (alpha_chain(), beta_chain().anchor());
	alpha.run(|| {
		for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::none()] {
			let result = Ribp::register_system(origin, BETA, anchor.clone());
			assert_noop!(result, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_chain_does_not_know_itself() {
	let mut alpha = alpha_chain();
	let anchor = alpha.anchor();
	alpha.run(|| {
		let result = Ribp::register_system(RuntimeOrigin::root(), ALPHA, anchor);
		assert_noop!(result, Error::<Test>::OwnSystem);
	});
}

#[test]
fn a_chain_is_made_known_only_once() {
	let (mut alpha, beta) = (alpha_chain(), beta_chain());
	alpha.knows(&beta);
	let anchor = beta.anchor();
	alpha.run(|| {
		let result = Ribp::register_system(RuntimeOrigin::root(), BETA, anchor);
		assert_noop!(result, Error::<Test>::SystemAlreadyRegistered);
	});
}

#[test]
fn authorities_that_are_no_set_are_refused() {
	let (alice, bob) = (authority(Ed25519Keyring::Alice), authority(Ed25519Keyring::Bob));
	let none = vec![];
	let twice = vec![(alice.clone(), 1), (alice.clone(), 1)];
	let weightless = vec![(alice.clone(), 1), (bob.clone(), 0)];
	let too_heavy = vec![(alice, u64::MAX), (bob, 1)];
	for authorities in [none, twice, weightless, too_heavy] {
		let anchor = TrustAnchor { authorities, ..beta_chain().anchor() };
		alpha_chain().run(|| {
			let result = Ribp::register_system(RuntimeOrigin::root(), BETA, anchor);
			assert_noop!(result, Error::<Test>::InvalidAuthorities);
		});
	}
}

#[test]
fn the_own_system_is_the_genesis_hash_for_ever() {
	let mut alpha = alpha_chain();
	assert_eq!(alpha.run(Ribp::own_system), ALPHA);
	alpha.advance_to(30);
	assert_eq!(alpha.run(Ribp::own_system), ALPHA);
}

#[test]
fn the_own_view_holds_the_hashes_up_to_the_parent() {
	let mut alpha = alpha_chain();
	alpha.advance_to(30);
	let view = alpha.view_at(29).expect("every block has it");
	assert_eq!((view.system, view.number, view.first()), (ALPHA, 28, 21));
	for number in 21..=28 {
		assert_eq!(view.hash_at(number), Some(alpha.hash_at(number)));
	}
	let young = alpha.view_at(3).expect("every block has it");
	assert_eq!((young.number, young.first(), young.accumulator), (2, 0, None));
}

#[test]
fn the_configuration_is_sound() {
	alpha_chain().run(Ribp::integrity_test);
}
