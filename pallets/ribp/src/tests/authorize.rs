//! Who may submit evidence, what it costs, and what the transaction pool learns.

use super::{altered::*, chain::*, world::*};
use crate::{
	mock::{RuntimeCall, RuntimeOrigin, Test, UncheckedExtrinsic, VIEW_STEP},
	Call, Error, Evidence, Stage,
};
use codec::{Decode, Encode};
use frame_support::{
	assert_noop,
	dispatch::{GetDispatchInfo, Pays},
	pallet_prelude::{TransactionSource, Weight},
	traits::Authorize,
	weights::constants::WEIGHT_REF_TIME_PER_SECOND,
};
use frame_system::{offchain::CreateAuthorizedTransaction, ChainContext, RawOrigin};
use sp_runtime::{
	traits::{Applyable, Checkable, Dispatchable},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError, StateVersion,
};
use std::ops::RangeBounds;

/// A world in which evidence could commit alpha's half of this exchange.
fn ready() -> (World, Exchange) {
	let swap = Exchange::until(20, 20);
	(World::new().registered(&swap), swap)
}

fn useful(world: &mut World, swap: &Exchange) -> Call<Test> {
	let ids = [swap.delivery.id()];
	submission(BETA, world.evidence(&ids), &ids)
}

#[test]
fn useful_evidence_is_free_for_whoever_signs_it() {
	let (mut world, swap) = ready();
	let call = useful(&mut world, &swap);
	let post = world.alpha.dispatch(RuntimeOrigin::signed(CAROL), call).expect("it is useful");
	assert_eq!(post.pays_fee, Pays::No);
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
}

#[test]
fn refused_evidence_costs_its_signer() {
	let (mut world, _) = ready();
	let evidence = world.evidence(&[]);
	let refused = world.submit(evidence, &[]).expect_err("it is no step");
	assert_eq!(refused.error, Error::<Test>::NothingToGain.into());
	assert_eq!(refused.post_info.pays_fee, Pays::Yes);
}

#[test]
fn authorized_evidence_moves_contracts() {
	let (mut world, swap) = ready();
	let call = useful(&mut world, &swap);
	let origin = RuntimeOrigin::from(RawOrigin::Authorized);
	let post = world.alpha.dispatch(origin, call).expect("it is useful");
	assert_eq!(post.pays_fee, Pays::No);
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
}

#[test]
fn nobody_and_root_do_not_submit_evidence() {
	let (mut world, swap) = ready();
	let call = RuntimeCall::from(useful(&mut world, &swap));
	world.alpha.run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(call.clone().dispatch(origin), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_general_transaction_with_useful_evidence_is_valid_and_moves_the_contract() {
	let (mut world, swap) = ready();
	let call = useful(&mut world, &swap);
	let extrinsic =
		<Test as CreateAuthorizedTransaction<Call<Test>>>::create_authorized_transaction(
			call.into(),
		);
	apply_general(&mut world.alpha, &extrinsic.encode()).expect("it is useful");
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { at: 3 }));
	let again = apply_general(&mut world.alpha, &extrinsic.encode());
	let refused = InvalidTransaction::Custom(Error::<Test>::JustificationNotNeeded.encode()[0]);
	assert_eq!(again, Err(TransactionValidityError::from(refused)));
}

/// Validates an extrinsic as the pool does, and applies it as the author of a block does.
pub fn apply_general(chain: &mut Chain, bytes: &[u8]) -> Result<(), TransactionValidityError> {
	let extrinsic = UncheckedExtrinsic::decode(&mut &bytes[..]).expect("an extrinsic");
	chain.run(|| {
		let info = extrinsic.get_dispatch_info();
		let checked = extrinsic.check(&ChainContext::<Test>::default())?;
		checked.validate::<Test>(TransactionSource::External, &info, bytes.len())?;
		checked.apply::<Test>(&info, bytes.len())?.expect("what is authorized is dispatched");
		Ok(())
	})
}

#[test]
fn a_bare_extrinsic_reaches_nothing() {
	let (mut world, swap) = ready();
	let call = RuntimeCall::from(useful(&mut world, &swap));
	let bare = UncheckedExtrinsic::new_bare(call);
	let result = world.alpha.run(|| {
		let (info, length) = (bare.get_dispatch_info(), bare.encoded_size());
		let checked = bare.check(&ChainContext::<Test>::default()).expect("nothing is signed");
		checked.validate::<Test>(TransactionSource::External, &info, length)
	});
	assert!(result.is_err(), "{result:?}");
}

#[test]
fn of_newer_headers_the_pool_keeps_one_of_a_system_the_newest_that_moves_most() {
	let (mut world, swap) = ready();
	let call = useful(&mut world, &swap);
	let valid = world.authorize(call.clone()).expect("it is useful");
	assert_eq!((valid.provides.len(), valid.requires.len()), (1, 0));
	assert!(valid.propagate && valid.longevity > 0 && valid.priority > 0);
	let again = world.authorize(call).expect("authorization changes nothing");
	assert_eq!(valid, again);

	let mut world = world.registered(&Exchange::numbered(2, 20, 20));
	let all = world.alpha.open(BETA);
	let mut authorize = |number, ids: &[_]| {
		let evidence = world.evidence_at(number, ids);
		world.authorize(submission(BETA, evidence, ids)).expect("it is useful")
	};
	let newest = 3;
	let (one, both) = (authorize(newest, &all[..1]), authorize(newest, &all));
	let older = authorize(newest - 1, &[swap.id()]);
	assert!(older.priority < one.priority && one.priority < both.priority);
	for other in [one, both, older] {
		assert_eq!(other.provides, valid.provides);
	}
}

#[test]
fn of_a_known_header_the_pool_keeps_one_message_about_each_contract() {
	let swaps = [1, 2, 3].map(|number| Exchange::numbered(number, 60, 60));
	let mut world = World::new();
	for swap in &swaps {
		world = world.registered(swap);
	}
	world.advance_to(2 + VIEW_STEP);
	let newer = {
		let ids = [swaps[0].id()];
		let evidence = world.evidence(&ids);
		world.authorize(submission(BETA, evidence, &ids)).expect("it is useful")
	};
	world.tell_alpha(&[]).expect("it is a step");
	let known = world.beta.sealed();
	let mut authorize = |number, ids: &[_]| {
		let evidence = world.evidence_at(number, ids);
		world.authorize(submission(BETA, evidence, ids)).expect("it is useful")
	};
	let mut ids = swaps.map(|swap| swap.id());
	ids.sort();
	let singles = ids.map(|id| authorize(known, &[id]));
	let all = authorize(known, &ids);
	assert_eq!(all.provides, singles.clone().map(|single| single.provides).concat());
	// It takes the places of some of them, and of all of them it has no need to.
	let [first, second, third] = singles.map(|single| single.priority);
	assert!(first + second < all.priority && all.priority <= first + second + third);
	assert!(newer.priority < first, "what is newer comes later, and crowds out none of them");
	assert!(!all.provides.contains(&newer.provides[0]));
	let older = authorize(known - 1, &ids);
	assert_eq!((older.provides, older.priority), (all.provides, all.priority));
}

/// The same evidence, with the signatures of these votes nobody's.
fn unsigned(mut evidence: Evidence, votes: impl RangeBounds<usize>) -> Evidence {
	for (place, vote) in evidence.justification().votes.iter_mut().enumerate() {
		if votes.contains(&place) {
			vote.signature = sp_core::ed25519::Signature::from_raw([0; 64]).into();
		}
	}
	evidence
}

/// Whoever has no vote for a header does not make others hash a proof, or what links it.
#[test]
fn one_signature_is_looked_at_before_anything_large_is_hashed() {
	let (mut world, swap) = ready();
	let ids = [swap.delivery.id()];
	let mut forged = unsigned(world.evidence(&ids), ..1);
	forged.proof = vec![vec![0; 1_000]; 3];
	world.refuse(&forged, &ids, Error::BadSignature);
	forged.justification().votes.truncate(1);
	world.refuse(&forged, &ids, Error::TooFewVotes);
	world.refuse(&forged, &[unknown_id(1)], Error::UnknownContract);
}

#[test]
fn the_other_signatures_are_looked_at_last() {
	let swap = Exchange::until(20, 20);
	let late = Exchange::numbered(1, 20, 20);
	let mut world = World::new().registered(&swap);
	world.alpha.register(&late.delivery).expect("it is new");
	let (ids, without_mirror) = ([swap.delivery.id()], [late.delivery.id()]);
	let forged = unsigned(world.evidence(&ids), 1..);
	world.refuse(&forged, &ids, Error::BadSignature);

	let useless = unsigned(world.evidence(&without_mirror), 1..);
	world.refuse(&useless, &without_mirror, Error::PeerNotRegistered);
	world.refuse(&silent(&world, &forged), &ids, Error::IncompleteProof);
	let mut padded = forged.clone();
	padded.proof.push(vec![0]);
	world.refuse(&padded, &ids, Error::UnusedProofNodes);

	world.alpha.seal();
	world.beta.advance_to(6);
	let no_step = unsigned(world.evidence(&[]), ..);
	world.refuse(&no_step, &[], Error::NothingToGain);
}

#[test]
fn evidence_is_taken_from_wherever_it_comes() {
	let (mut world, swap) = ready();
	let call = RuntimeCall::from(useful(&mut world, &swap));
	let sources =
		[TransactionSource::Local, TransactionSource::External, TransactionSource::InBlock];
	let tags = sources.map(|source| {
		let verdict = world.alpha.run(|| call.authorize(source));
		let verdict = verdict.expect("the call is one that is authorized");
		verdict.expect("it is useful").0.provides
	});
	assert!(tags.windows(2).all(|pair| pair[0] == pair[1]), "or pools keep what others have done");
}

#[test]
fn authorization_changes_nothing() {
	let (mut world, swap) = ready();
	let call = RuntimeCall::from(useful(&mut world, &swap));
	world.alpha.run(|| {
		let root = || sp_io::storage::root(StateVersion::V1);
		let before = root();
		call.authorize(TransactionSource::External)
			.expect("the call is one that is authorized")
			.expect("it is useful");
		assert_eq!(root(), before);
	});
}

#[test]
fn no_other_call_is_authorized() {
	let swap = Exchange::until(20, 20);
	let anchor = World::new().beta.anchor();
	let calls = [swap.delivery.call(), Call::register_system { system: BETA, anchor }];
	for call in calls {
		let verdict =
			alpha_chain().run(|| RuntimeCall::from(call).authorize(TransactionSource::External));
		assert_eq!(verdict, None);
	}
}

/// Nodes and tools show these numbers.
#[test]
fn the_pools_numbers_are_those_of_the_errors() {
	let numbers: [(Error<Test>, u8); 8] = [
		(Error::UnknownSystem, 0),
		(Error::AlreadyRegistered, 4),
		(Error::EvidenceTooLarge, 18),
		(Error::NothingToGain, 22),
		(Error::TooFewVotes, 29),
		(Error::IncompleteProof, 41),
		(Error::ForkedHistory, 43),
		(Error::PalletsAccount, 58),
	];
	for (error, number) in numbers {
		assert_eq!(error.encode(), [number], "{error:?}");
	}
}

#[test]
fn a_message_costs_a_block_its_call_and_no_authorization() {
	let (mut world, swap) = ready();
	let call = RuntimeCall::from(useful(&mut world, &swap));
	assert_eq!(call.weight_of_authorize(), Weight::zero());
	let weight = call.get_dispatch_info().call_weight;
	assert!(weight.all_gt(Weight::zero()));
	assert!(weight.ref_time() < WEIGHT_REF_TIME_PER_SECOND / 10, "{weight:?}");
}

/// Puts a call into a block without asking the pool, and asserts that it fails there by this name.
#[track_caller]
fn fails_in_block(chain: &mut Chain, call: Call<Test>, error: Error<Test>) {
	let extrinsic =
		<Test as CreateAuthorizedTransaction<Call<Test>>>::create_authorized_transaction(
			call.into(),
		);
	let (info, length) = (extrinsic.get_dispatch_info(), extrinsic.encoded_size());
	chain.run(|| {
		let root = || sp_io::storage::root(StateVersion::V1);
		let before = root();
		let checked = extrinsic.check(&ChainContext::<Test>::default()).expect("well-formed");
		let applied = checked.apply::<Test>(&info, length).expect("the block is valid");
		assert_eq!(applied.expect_err("it is of no use").error, error.into());
		assert_eq!(root(), before);
	});
}

#[test]
fn what_is_of_no_use_fails_in_a_block_and_changes_nothing() {
	let (mut world, swap) = ready();
	let ids = [swap.delivery.id()];
	let evidence = world.evidence(&ids);
	let alpha = &mut world.alpha;
	let forged = unsigned(evidence.clone(), ..);
	fails_in_block(alpha, submission(BETA, forged, &ids), Error::BadSignature);
	fails_in_block(alpha, submission(ALPHA, evidence.clone(), &ids), Error::UnknownSystem);
	alpha.submit(BETA, evidence.clone(), &ids).expect("it is useful");
	fails_in_block(alpha, submission(BETA, evidence, &ids), Error::PeerNotCommitted);
}
