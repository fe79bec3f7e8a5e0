//! Many contracts in one registration.

use super::*;
use crate::{mock::MAX_CONTRACTS, Registration};
use frame_support::assert_noop;
use sp_runtime::traits::Dispatchable;

fn registration(half: &Half) -> Registration<crate::ActionOf<Test>> {
	let Half { contract, log, commit } = half.clone();
	Registration { contract, log, commit }
}

fn batch<'a>(halves: impl IntoIterator<Item = &'a Half>) -> Call<Test> {
	Call::register_batch { registrations: halves.into_iter().map(registration).collect() }
}

fn numbered(count: u8) -> Vec<Half> {
	(0..count).map(|number| Exchange::numbered(number, 20, 20).delivery).collect()
}

#[test]
fn a_batch_registers_all_of_its_contracts() {
	let mut world = World::new();
	let halves = numbered(MAX_CONTRACTS as u8);
	world.alpha.dispatch(signed(ALICE), batch(&halves)).expect("they are new");
	for half in &halves {
		assert_eq!(world.alpha.stage(half), Some(Stage::Registered));
	}
	assert_eq!(world.alpha.taken(), 600);
}

#[test]
fn a_batch_with_one_contract_that_is_refused_registers_none() {
	let mut world = World::new();
	let mut halves = numbered(3);
	halves[2] = halves[2].with_action(ALICE, BOB, ENDOWMENT);
	world.alpha.run(|| {
		let call = crate::mock::RuntimeCall::from(batch(&halves));
		assert_noop!(call.dispatch(signed(ALICE)), Error::<Test>::InsufficientValue);
	});
	halves[2] = halves[1].clone();
	world.alpha.run(|| {
		let call = crate::mock::RuntimeCall::from(batch(&halves));
		assert_noop!(call.dispatch(signed(ALICE)), Error::<Test>::AlreadyRegistered);
	});
}

#[test]
fn a_batch_of_too_many_contracts_or_of_somebody_else_is_refused() {
	let mut world = World::new();
	world.alpha.run(|| {
		let many = crate::mock::RuntimeCall::from(batch(&numbered(MAX_CONTRACTS as u8 + 1)));
		assert_noop!(many.dispatch(signed(ALICE)), Error::<Test>::TooManyContracts);
		let few = crate::mock::RuntimeCall::from(batch(&numbered(1)));
		assert_noop!(few.dispatch(signed(BOB)), Error::<Test>::NotThePayer);
	});
}

#[test]
fn a_batch_weighs_what_its_registrations_weigh() {
	use frame_support::dispatch::GetDispatchInfo;
	let weight =
		|call: Call<Test>| crate::mock::RuntimeCall::from(call).get_dispatch_info().call_weight;
	let halves = numbered(3);
	let each = halves.iter().map(|half| weight(half.call()));
	assert_eq!(weight(batch(&halves)), each.reduce(|a, b| a + b).expect("there are three"));
}
