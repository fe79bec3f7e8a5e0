//! What is believed of a chain's history: how views advance, what lies below their heads, and
//! refusals of what does not belong to it.

mod extensions;
mod older;

use super::{altered::*, chain::*, world::*};
use crate::{
	mock::{Ribp, RuntimeOrigin, Test, VIEW_STEP},
	ContractId, Error, Event, Evidence, Height, Link, ListedView, Stage, SystemId, View,
};
use frame_support::traits::Get;
use frame_system::RawOrigin;
use ribp_light_client::testing::Ed25519Keyring as Key;
use ribp_protocol::{Frontier, MAX_RECENT, MAX_TAIL};
use sp_core::H256;

/// A world in which alpha knows beta's history up to this height.
fn informed(height: Height) -> World {
	let mut world = World::new().at(height + 1);
	world.tell_alpha(&[]).expect("it is a step");
	world
}

/// A world with an exchange whose halves are registered, in which alpha knows beta's blocks up
/// to this height.
fn registered_and_informed(height: Height) -> (World, [ContractId; 1]) {
	let swap = Exchange::patient(90, 90);
	let mut world = World::new().registered(&swap).at(height + 1);
	world.tell_alpha(&[]).expect("it is a step");
	(world, [swap.delivery.id()])
}

/// Where the only contract stands that alpha has with beta.
fn stage(world: &mut World, [id]: &[ContractId; 1]) -> Stage {
	world.alpha.run(|| Ribp::status(*id)).expect("it is registered").stage
}

/// Dispatches a message that the pool has taken.
fn include(
	world: &mut World,
	evidence: &Evidence,
	contracts: &[ContractId],
) -> Result<(), sp_runtime::DispatchError> {
	let call = submission(BETA, evidence.clone(), contracts);
	let origin = RuntimeOrigin::from(RawOrigin::Authorized);
	world.alpha.dispatch(origin, call).map(drop).map_err(|refused| refused.error)
}

#[test]
fn a_view_advances_to_the_header_that_proves_it() {
	let mut world = informed(20);
	assert_eq!(world.alpha.events(), [Event::ViewAdvanced { system: BETA, number: 20 }]);
	let view = world.alpha.view_of(BETA);
	assert_eq!((view.number(), view.head()), (20, world.beta.hash_at(20)));
	assert_eq!((view.recent().len() as u32, view.lowest()), (MAX_RECENT, 5));
	for number in 5..=20 {
		assert_eq!(view.hash_at(number), Some(world.beta.hash_at(number)));
	}
	assert_eq!(*view.history(), world.beta.history(20));
}

#[test]
fn what_the_anchor_says_is_known_at_once() {
	let mut world = World::new();
	let view = world.alpha.view_of(BETA);
	let of_anchor = View::of(world.beta.hash_at(1), 0, world.beta.history(1));
	assert_eq!(view, of_anchor);
	let of_it = world.evidence(&[]);
	assert_eq!((of_it.header.number, &of_it.link), (1, &Link::Known));
	world.refuse(&of_it, &[], Error::NothingToGain);
}

#[test]
fn an_advance_that_is_no_step_and_moves_no_contract_gains_nothing() {
	for mut world in [World::new(), informed(20)] {
		let known = world.alpha.view_of(BETA).number();
		world.advance_to(known + VIEW_STEP);
		let evidence = world.evidence(&[]);
		assert_eq!(evidence.header.number, known + VIEW_STEP - 1);
		world.refuse(&evidence, &[], Error::NothingToGain);
		world.beta.seal();
		world.tell_alpha(&[]).expect("this is a step");
	}
}

#[test]
fn what_is_known_alone_gains_nothing() {
	let mut world = informed(20);
	for number in [1, 4, 5, 19, 20] {
		let evidence = world.evidence_at(number, &[]);
		world.refuse(&evidence, &[], Error::NothingToGain);
	}
}

#[test]
fn two_gaps_are_crossed_one_after_the_other() {
	let mut world = informed(10);
	for number in [40, 90] {
		world.advance_to(number + 1);
		world.tell_alpha(&[]).expect("nothing is missing");
		let view = world.alpha.view_of(BETA);
		assert_eq!((view.number(), view.lowest()), (number, number - MAX_RECENT + 1));
		assert_eq!(*view.history(), world.beta.history(number));
	}
	let known = world.alpha.run(|| Ribp::known(BETA)).expect("beta is known");
	let marks: Vec<_> = known.marks.iter().map(|mark| mark.number).collect();
	assert_eq!(marks, [1, 10, 40, 90]);
	for mark in &known.marks {
		let statement = world.beta.statement(mark.number);
		assert_eq!(
			(mark.hash, mark.root),
			(world.beta.hash_at(mark.number), statement.history_root)
		);
		assert_eq!(mark.time, statement.time);
	}
}

/// Steps in one block count as one: who moves the head several times in it pushes no mark out.
#[test]
fn of_the_heads_of_one_block_the_last_is_marked() {
	let mut world = informed(10);
	world.advance_to(60);
	for number in [20, 30, 40, 50] {
		let evidence = world.evidence_at(number, &[]);
		world.submit(evidence, &[]).expect("it is a step");
	}
	let known = world.alpha.run(|| Ribp::known(BETA)).expect("beta is known");
	let marks: Vec<_> = known.marks.iter().map(|mark| mark.number).collect();
	assert_eq!(marks, [1, 10, 50]);
	assert_eq!(known.system.marks, 2, "besides the anchor");
}

#[test]
fn a_chain_run_by_the_same_keys_is_not_mistaken_for_this_one() {
	let swap = Exchange::patient(60, 60);
	let mut world = World::new().registered(&swap).at(9);
	let ids = [swap.delivery.id()];
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.advance_to(9);
	let foreign = |world: &mut World, number: Height| {
		let view = world.alpha.view_of(BETA);
		twin.evidence_of(number, &view, Default::default())
	};
	let evidence = foreign(&mut world, 8);
	world.refuse(&evidence, &[], Error::HeaderOfOtherSystem);
	world.refuse(&evidence, &ids, Error::HeaderOfOtherSystem);
	world.tell_alpha(&[]).expect("beta's own evidence is believed");
	for number in [2, 8] {
		for evidence in [foreign(&mut world, number), foreign(&mut world, number).unlinked()] {
			world.refuse(&evidence, &ids, Error::HeaderOfOtherSystem);
		}
	}
}

/// The hashes of blocks `first..=number`, and the root over them, from nothing but headers.
fn recomputed(chain: &Chain, number: Height) -> ListedView {
	let mut tree = Frontier::default();
	for height in 0..=number {
		tree.push(0, ribp_protocol::leaf(chain.hash_at(height))).expect("there is room");
	}
	let first = (number + 1).saturating_sub(MAX_RECENT);
	let recent = (first..=number).map(|height| chain.hash_at(height)).collect();
	ListedView { number, root: tree.root(), recent }
}

#[test]
fn the_own_view_is_what_anybody_makes_of_the_headers() {
	let mut alpha = alpha_chain();
	for height in [1, 2, 3, 15, 16, 17, 18, 33, 64, 70] {
		alpha.advance_to(height);
		let view = alpha.run(Ribp::own_view).expect("there has been a block before");
		let mut expected = recomputed(&alpha, height - 1);
		// The runtime keeps no more hashes than these.
		let kept = <<Test as frame_system::Config>::BlockHashCount as Get<u32>>::get() as usize;
		assert_eq!(view.recent.len(), expected.recent.len().min(kept + 1), "in block {height}");
		expected.recent.drain(..expected.recent.len() - view.recent.len());
		assert_eq!(view, expected, "in block {height}");
	}
}

#[test]
fn the_view_of_a_peer_is_what_anybody_makes_of_its_headers() {
	let mut world = World::new();
	let peer_view = |world: &mut World| world.alpha.run(|| Ribp::peer_view(BETA));
	for height in [7, 8, 16, 17, 40, 70] {
		world.advance_to(height + 1);
		let before = world.alpha.view_of(BETA).number();
		let evidence = world.evidence(&[]);
		if height - before < VIEW_STEP {
			world.refuse(&evidence, &[], Error::NothingToGain);
			continue;
		}
		world.submit(evidence, &[]).expect("it is a step");
		let expected = recomputed(&world.beta, height);
		let view = peer_view(&mut world).expect("beta is known");
		assert_eq!((view.number, view.root), (height, expected.root));
		let from = expected.recent.len() - view.recent.len();
		assert_eq!(view.recent, expected.recent[from..]);
	}
	// After its next block, beta says the same of itself.
	let own = world.beta.run(Ribp::own_view).expect("it has blocks");
	let of_beta = peer_view(&mut world).expect("beta is known");
	assert_eq!((own.number, own.root), (of_beta.number, of_beta.root));
	assert!(own.recent.len() > 1 && of_beta.recent.ends_with(&own.recent));
	assert_eq!(world.alpha.run(|| Ribp::peer_view(TWIN)), None);
	assert_eq!(world.alpha.run(|| Ribp::peer_view(SystemId(H256::zero()))), None);
}

#[test]
fn several_changes_of_the_authorities_are_followed_one_after_the_other() {
	let (mut world, ids) = registered_and_informed(20);
	world.beta.hand_over(&[Key::Ferdie]);
	let first = world.beta.sealed();
	world.beta.advance_to(45);
	world.beta.hand_over(&[Key::One]);
	let second = world.beta.sealed();
	world.beta.advance_to(60);
	let over_both = world.evidence(&ids);
	world.refuse(&over_both, &ids, Error::UnknownVoter);
	let over_one = world.evidence_at(second, &[]);
	world.refuse(&over_one, &[], Error::UnknownVoter);
	for number in [first, second] {
		let change = world.evidence_at(number, &[]);
		world.submit(change, &[]).expect("a new set is a step");
	}
	world.tell_alpha(&ids).expect("who signs it is known");
}
