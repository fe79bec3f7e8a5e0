//! Which chains are known, and who says so.

use super::{chain::*, world::*};
use crate::{
	mock::{Ribp, RuntimeOrigin, Test},
	statement_of, Call, Error, Event, Header, History, KeptPieces, Mark, Marks, Outcome, PastSet,
	PastSets, SafetyOf, Statement, SystemId, Systems, TrustAnchor, View, ENGINE_ID,
};
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use ribp_light_client::testing::{authority, Ed25519Keyring};
use sp_core::H256;
use sp_runtime::{Digest, DigestItem, DispatchError};

/// Beta with a few blocks.
fn beta_of(blocks: u32) -> Chain {
	let mut beta = beta_chain();
	beta.advance_to(blocks + 1);
	beta
}

fn register(alpha: &mut Chain, anchor: TrustAnchor) -> Result<(), DispatchError> {
	alpha.run(|| Ribp::register_system(RuntimeOrigin::root(), BETA, anchor))
}

#[track_caller]
fn refuse_anchor(anchor: &TrustAnchor, error: Error<Test>) {
	let error = DispatchError::from(error);
	alpha_chain().run(|| {
		let register = || Ribp::register_system(RuntimeOrigin::root(), BETA, anchor.clone());
		assert_noop!(register(), error);
	});
	let (known, mut alpha) = (beta_of(3), alpha_chain());
	alpha.knows(&known);
	alpha.run(|| {
		let renew = || Ribp::renew_system(RuntimeOrigin::root(), BETA, anchor.clone());
		assert_noop!(renew(), error);
	});
}

#[test]
fn root_makes_another_chain_known() {
	let (mut alpha, beta) = (alpha_chain(), beta_of(6));
	alpha.knows(&beta);
	assert_eq!(alpha.events(), [Event::SystemRegistered { system: BETA }]);
	let known = alpha.run(|| Systems::<Test>::get(BETA)).expect("it is known now");
	let statement = beta.statement(6);
	assert_eq!(known.view, View::of(beta.hash_at(6), statement.time, beta.history(6)));
	assert_eq!(known.storage_prefix, statement.storage_prefix);
	assert_eq!((known.complete_from, known.set_since), (1, 6));
	assert_eq!((known.set.set_id, known.set.authorities.len()), (5, 4));
	assert_eq!((known.advanced_at, known.branch_since, known.quiet_until), (1, 1, 0));
	let all = alpha.run(|| Ribp::known(BETA)).expect("it is known now");
	let hash = beta.hash_at(6);
	let mark = Mark { number: 6, hash, root: statement.history_root, time: statement.time };
	assert_eq!((all.marks, all.past_sets), (vec![mark], vec![]));
	assert_eq!((all.open, all.refused), (vec![], vec![]));
}

#[test]
fn an_anchor_has_the_history_that_its_header_states() {
	let beta = beta_of(6);
	let anchor = beta.anchor();
	let with = |history| TrustAnchor { history, ..anchor.clone() };
	refuse_anchor(&with(beta.history(5)), Error::HistoryNotStated);
	let mut longer = beta.history(6);
	longer.push(beta.hash_at(6), |_, _| {}).expect("there is room");
	refuse_anchor(&with(longer), Error::HistoryNotStated);
	refuse_anchor(&with(History::starting_at(6)), Error::HistoryNotStated);
	refuse_anchor(&with(History { first: 1, ..beta.history(6) }), Error::HistoryNotStated);
	let mut other = History::starting_at(0);
	for height in 0..6 {
		let hash = if height == 2 { H256::zero() } else { beta.hash_at(height) };
		other.push(hash, |_, _| {}).expect("there is room");
	}
	refuse_anchor(&with(other), Error::HistoryNotStated);
	// The history is right, and the header is another one.
	let header = beta.block(5).header.clone();
	refuse_anchor(&TrustAnchor { header, ..anchor }, Error::HistoryNotStated);
}

#[test]
fn an_anchor_states_whose_it_is() {
	let anchor = beta_of(6).anchor();
	let mut twin = Chain::new(TWIN, Voters::new(5, &BETA_VOTERS));
	twin.advance_to(7);
	refuse_anchor(&twin.anchor(), Error::HeaderOfOtherSystem);
	let with = |logs| {
		let mut header = anchor.header.clone();
		header.digest = Digest { logs };
		TrustAnchor { header, ..anchor.clone() }
	};
	let statement = statement_of(&anchor.header).expect("every header has one");
	refuse_anchor(&with(vec![]), Error::StatementMissing);
	let twice = vec![statement.item(), statement.item()];
	refuse_anchor(&with(twice), Error::StatementRepeated);
	let garbled = vec![DigestItem::Consensus(ENGINE_ID, vec![1])];
	refuse_anchor(&with(garbled), Error::StatementMalformed);
	let ahead = Statement { complete_from: 7, ..statement };
	refuse_anchor(&with(vec![ahead.item()]), Error::StatementMalformed);
}

#[test]
fn only_root_makes_another_chain_known() {
	let (mut alpha, anchor) = (alpha_chain(), beta_of(1).anchor());
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
	alpha.seal();
	let anchor = alpha.anchor();
	alpha.run(|| {
		let result = Ribp::register_system(RuntimeOrigin::root(), ALPHA, anchor);
		assert_noop!(result, Error::<Test>::OwnSystem);
	});
}

#[test]
fn a_chain_is_made_known_only_once() {
	let (mut alpha, beta) = (alpha_chain(), beta_of(1));
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
		let anchor = TrustAnchor { authorities, ..beta_of(2).anchor() };
		refuse_anchor(&anchor, Error::InvalidAuthorities);
	}
}

/// What the runtime API answers is what root is to pass on: of the present block and of no other.
#[test]
fn a_chain_tells_its_anchor_of_the_present_header_only() {
	let mut beta = beta_of(7);
	let voters = beta.voters.authorities();
	let headers: Vec<_> = beta.blocks().iter().map(|block| block.header.clone()).collect();
	let told = |beta: &Chain, number: u32, header: &Header| {
		let (header, voters) = (header.clone(), voters.clone());
		beta.query_at(number, move || Ribp::trust_anchor(header, 5, voters))
	};
	let anchor = told(&beta, 7, &headers[6]).expect("it is the present one");
	assert_eq!(anchor, beta.anchor());
	assert_eq!(told(&beta, 7, &headers[5]), None);
	assert_eq!(told(&beta, 6, &headers[6]), None);
	assert_eq!(told(&beta, 1, &headers[0]), None, "no anchor without a time is believed");
	let of_branch = Header { parent_hash: H256::zero(), ..headers[6].clone() };
	assert_eq!(told(&beta, 7, &of_branch), None);
	beta.seal();
	register(&mut alpha_chain(), anchor).expect("it is sound");
}

/// Root leads to any block of the other chain, up and down, as often as it must; what was learnt since
/// an anchor goes with it.
#[test]
fn a_system_is_renewed_back_and_forth() {
	let (mut alpha, mut beta) = (alpha_chain(), beta_of(6));
	alpha.seal();
	let low = beta.anchor();
	beta.advance_to(16);
	let middle = beta.anchor();
	alpha.knows(&beta);
	beta.hand_over(&[Ed25519Keyring::Ferdie]);
	beta.advance_to(31);
	let high = beta.anchor();
	let mut world = World { alpha, beta };
	let change = world.evidence_at(16, &[]);
	world.submit(change, &[]).expect("a new set is a step");
	world.tell_alpha(&[]).expect("it is a step");
	for anchor in [&low, &high, &low, &middle, &high] {
		let number = anchor.header.number;
		let renew = Call::renew_system { system: BETA, anchor: anchor.clone() };
		world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("root may go anywhere");
		let event = Event::SystemRenewed { system: BETA, number };
		assert_eq!(world.alpha.events().last(), Some(&event));
		let known = world.alpha.run(|| Ribp::known(BETA)).expect("beta is known");
		assert_eq!((known.system.known(), known.system.set_since), (number, number));
		assert_eq!(known.system.set.set_id, anchor.set_id);
		assert_eq!((known.marks.len(), known.past_sets), (1, vec![]));
		if number == 30 {
			world.alpha.seal();
			continue;
		}
		let above = world.evidence(&[]);
		world.refuse(&above, &[], Error::UnknownVoter);
		let change = world.evidence_at(16, &[]);
		world.submit(change, &[]).expect("the set of the anchor hands over");
		world.tell_alpha(&[]).expect("it is a step");
		world.alpha.seal();
	}
}

fn remove(alpha: &mut Chain, system: SystemId) -> Result<(), DispatchError> {
	alpha.run(|| Ribp::remove_system(RuntimeOrigin::root(), system))
}

#[test]
fn a_chain_with_which_contracts_wait_or_are_remembered_is_not_removed() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap);
	let ids = [swap.delivery.id()];
	let in_use = Err(Error::<Test>::SystemInUse.into());
	assert_eq!(remove(&mut world.alpha, BETA), in_use);
	let mut world = world.committed(&swap);
	assert_eq!(remove(&mut world.alpha, BETA), in_use);
	world.tell_alpha(&ids).expect("the payment is committed");
	world.tell_beta(&[swap.payment.id()]).expect("the delivery is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(remove(&mut world.alpha, BETA), in_use);
	world.sweep();
	assert_eq!(remove(&mut world.alpha, BETA), Ok(()));
	assert_eq!(world.alpha.events().last(), Some(&Event::SystemRemoved { system: BETA }));
	assert_eq!(remove(&mut world.alpha, BETA), Err(Error::<Test>::UnknownSystem.into()));
}

#[test]
fn nothing_is_left_of_a_chain_that_is_removed_and_it_can_come_back() {
	let mut world = World::new().at(9);
	world.tell_alpha(&[]).expect("it is a step");
	world.beta.hand_over(&[Ed25519Keyring::Ferdie]);
	world.tell_alpha(&[]).expect("a new set is a step");
	let conditions = Call::set_conditions { system: BETA, conditions: None };
	world.alpha.dispatch(RuntimeOrigin::root(), conditions).expect("none are always sound");
	assert_eq!(remove(&mut world.alpha, BETA), Ok(()));
	world.alpha.run(|| {
		assert_eq!(Systems::<Test>::iter().count(), 0, "systems");
		assert_eq!(Marks::<Test>::iter().count(), 0, "marks");
		assert_eq!(PastSets::<Test>::iter().count(), 0, "past sets");
		assert_eq!(SafetyOf::<Test>::iter().count(), 0, "conditions");
		assert_eq!(KeptPieces::<Test>::iter().count(), 0, "kept pieces");
		assert_eq!(Ribp::known(BETA), None);
	});
	let swap = Exchange::until(40, 40);
	world.refuse_registration(&swap.delivery, Error::UnknownSystem);
	world.alpha.knows(&world.beta);
	world.beta.advance_to(16);
	world.tell_alpha(&[]).expect("it is known again");
	world.alpha.register(&swap.delivery).expect("it is known again");
}

#[test]
fn a_contract_that_was_cancelled_keeps_its_chain_from_being_removed_until_it_is_swept() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.alpha.cancel(&swap.delivery).expect("it is hers");
	assert_eq!(remove(&mut world.alpha, BETA), Err(Error::<Test>::SystemInUse.into()));
	world.advance_to(11);
	world.alpha.conclude_half(&swap.delivery).expect("its time is over");
	assert_eq!(remove(&mut world.alpha, BETA), Err(Error::<Test>::SystemInUse.into()));
	world.sweep();
	assert_eq!(remove(&mut world.alpha, BETA), Ok(()));
}

#[test]
fn only_root_removes_a_chain_and_disowns_authorities() {
	let mut world = World::new();
	world.alpha.run(|| {
		for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::none()] {
			assert_noop!(Ribp::remove_system(origin.clone(), BETA), DispatchError::BadOrigin);
			assert_noop!(Ribp::disown(origin, BETA, 5), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn only_past_authorities_of_a_known_chain_are_disowned() {
	let mut world = World::new();
	world.beta.hand_over(&[Ed25519Keyring::Ferdie]);
	world.tell_alpha(&[]).expect("a new set is a step");
	world.alpha.run(|| {
		let disown = |system, set_id| Ribp::disown(RuntimeOrigin::root(), system, set_id);
		assert_noop!(disown(TWIN, 5), Error::<Test>::UnknownSystem);
		for set_id in [4, 6, 7, u64::MAX] {
			assert_noop!(disown(BETA, set_id), Error::<Test>::UnknownAuthorities);
		}
		let before = PastSets::<Test>::get(BETA, 5).expect("it has handed over");
		assert_eq!(
			before.authorities,
			PastSet::hash_of(&Voters::new(5, &BETA_VOTERS).authorities())
		);
		assert_ok!(disown(BETA, 5));
		// Its last block is remembered, and its place is taken still.
		let after = PastSets::<Test>::get(BETA, 5).expect("it is not forgotten");
		assert_eq!(after, PastSet { authorities: H256::zero(), ..before });
	});
	let event = Event::AuthoritiesDisowned { system: BETA, set_id: 5 };
	assert_eq!(world.alpha.events().last(), Some(&event));
}

#[test]
fn the_own_system_is_the_genesis_hash_for_ever() {
	let mut alpha = alpha_chain();
	assert_eq!(alpha.run(Ribp::own_system), ALPHA);
	alpha.advance_to(30);
	assert_eq!(alpha.run(Ribp::own_system), ALPHA);
}

#[test]
fn the_configuration_is_sound() {
	alpha_chain().run(Ribp::integrity_test);
}
