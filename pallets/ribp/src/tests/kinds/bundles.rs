//! Several items in one leg: all of them move, or none does.

use super::{
	super::worker::{alpha_works, alphas_worker, call_in},
	*,
};
use crate::{
	cost,
	mock::{MAX_CONTRACTS, MAX_ITEMS},
	ActionOf,
};
use codec::{DecodeAll, Encode};

#[test]
fn a_bundle_of_all_kinds_is_exchanged_and_undone_as_one() {
	let bundle = [NFT, ASSET, TITLE];
	settles(&bundle, &[Item::Token(40), ASSET]);
	is_undone(&bundle);
}

#[test]
fn several_amounts_of_one_kind_add_up() {
	let amounts = [ASSET, ASSET, Item::Token(30)];
	settles(&amounts, &[Item::Token(40), Item::Token(50)]);
	is_undone(&amounts);
}

#[test]
fn an_empty_bundle_is_refused() {
	let mut world = stocked();
	let swap = exchange(&[], &[Item::Token(40)], 20, 20);
	world.refuse_registration(&swap.delivery, Error::NoItems);
}

#[test]
fn a_larger_bundle_than_allowed_is_not_decoded() {
	let decodes = |count| {
		let items = vec![Item::Token(40); count];
		let encoded = (0_u8, ALICE, BOB, items).encode();
		ActionOf::<Test>::decode_all(&mut &encoded[..]).is_ok()
	};
	assert!(decodes(MAX_ITEMS as usize));
	assert!(!decodes(MAX_ITEMS as usize + 1));
}

#[test]
fn a_bundle_that_evidence_could_never_move_is_refused() {
	let things = [1, 2, 3, 4].map(|item| Item::Nft(Nft { collection: 0, item }));
	let swap = exchange(&things, &[Item::Token(40)], 20, 20);
	stocked().refuse_registration(&swap.delivery, Error::TooMuchWork);
}

#[test]
fn a_bundle_of_which_one_item_cannot_be_had_is_refused_as_a_whole() {
	let mut world = stocked();
	for (last, error) in [
		(Item::Token(ENDOWMENT), Error::InsufficientValue),
		(Item::Nft(Nft { collection: 0, item: 9 }), Error::InsufficientValue),
		(NFT, Error::InsufficientValue),
	] {
		let swap = exchange(&[NFT, last], &[Item::Token(40)], 20, 20);
		world.refuse_registration(&swap.delivery, error);
	}
}

#[test]
fn of_a_bundle_only_what_is_jammed_is_owed() {
	is_owed_until(
		one_sided(&[TITLE, NFT, ASSET]),
		&[2],
		|alpha| alpha.run(|| done(Assets::freeze_asset(signed(CAROL), GOLD))),
		|alpha| alpha.run(|| done(Assets::thaw_asset(signed(CAROL), GOLD))),
	);
}

#[test]
fn evidence_says_how_much_work_it_is() {
	let swap = exchange(&[NFT, ASSET], &[Item::Token(40)], 20, 20);
	let mut world = stocked().registered(&swap);
	let contracts = vec![swap.delivery.id()];
	let evidence = world.evidence(&contracts);
	let call = |work| {
		let (evidence, contracts) = (evidence.clone(), contracts.clone());
		Call::submit_evidence { system: BETA, evidence, contracts, work }
	};
	for (work, error) in [
		(0, Error::<Test>::WorkUnderstated),
		(3, Error::WorkUnderstated),
		(5, Error::WorkOverstated),
		(MAX_CONTRACTS + 1, Error::TooManyContracts),
	] {
		assert!(world.authorize(call(work)).is_err());
		world.alpha.run(|| {
			let call = crate::mock::RuntimeCall::from(call(work));
			let refused = sp_runtime::traits::Dispatchable::dispatch(call, signed(CAROL));
			assert_noop!(refused, error);
		});
	}
	let work = world.alpha.run(|| crate::mock::Ribp::work_of(BETA, &contracts));
	assert_eq!(work, 2 + 2, "of a thing and an asset");
	assert!(world.authorize(call(4)).is_ok());
	let [four, five] = [4, 5].map(|work| cost::Parts::of(&evidence, &contracts, work));
	assert!(four.weight::<Test>().ref_time() < five.weight::<Test>().ref_time());
	world.alpha.dispatch(signed(CAROL), call(4)).expect("it is as many");
}

#[test]
fn a_message_of_the_worker_is_no_more_work_than_is_accepted() {
	let bundles = [(1, 1), (2, 2), (3, 3)].map(|(number, item)| {
		let gold = Item::Asset(AssetAmount { id: GOLD, amount: 20 });
		let things = [Item::Nft(Nft { collection: 0, item }), gold];
		Exchange::of(ALPHA, [&things, &[Item::Token(40)]], number, 60, 60)
	});
	let mut world = stocked();
	for swap in &bundles {
		world = world.registered(swap);
	}
	let worker = alphas_worker();
	let waits = |world: &mut World, swap: &Exchange| {
		world.alpha.stage(&swap.delivery) == Some(Stage::Registered)
	};
	let mut left = bundles.len();
	while left > 0 {
		let done = alpha_works(&mut world, &worker);
		assert!(!done.submitted.is_empty());
		for bytes in &done.submitted {
			let Call::submit_evidence { contracts, work, .. } = call_in(bytes) else {
				panic!("it is evidence")
			};
			assert_eq!((contracts.len(), work), (1, 4), "two would be too much");
			left -= 1;
		}
		assert_eq!(bundles.iter().filter(|swap| waits(&mut world, swap)).count(), left);
		world.seal();
	}
}

/// Evidence is made by the state of one branch of the chain and may reach another, where the contract
/// has not ended.
#[test]
fn an_ended_contract_counts_as_much_as_one_that_waits() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap).committed(&swap);
	let ids = [swap.delivery.id()];
	let work = |chain: &mut Chain| chain.run(|| crate::mock::Ribp::work_of(BETA, &ids));
	assert_eq!(work(&mut world.alpha), 1);
	world.tell_alpha(&ids).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	assert_eq!(work(&mut world.alpha), 1);
}
