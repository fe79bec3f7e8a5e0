//! Evidence that is believed and does not move the contract, or not yet.

use super::{chain::*, world::*};
use crate::{
	mock::{Balances, RuntimeOrigin, Test},
	Contract, Error, Height, Link, Log, LogHash, Outcome, Positions, Settlement,
};
use frame_support::traits::fungible::Inspect;
use sp_core::H256;

/// Registers the delivery on alpha and something else on beta, and asserts that nothing of what
/// beta proves until the delivery's expiry commits it.
#[track_caller]
fn never_commits(register: impl FnOnce(&mut Chain, &Half)) {
	let swap = Exchange::until(6, 9);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	register(&mut world.beta, &swap.payment);
	let ids = [swap.delivery.id()];
	for height in 3..=6 {
		world.advance_to(height);
		let evidence = world.evidence(&ids);
		world.refuse(&evidence, &ids, Error::MirrorNotRegistered);
	}
	world.advance_to(7);
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT);
}

#[test]
fn without_a_mirror_nothing_is_committed() {
	never_commits(|_, _| ());
}

#[test]
fn a_mirror_with_any_other_field_does_not_count() {
	let other = LogHash(H256::repeat_byte(0x77));
	let changes: [fn(&mut Contract, LogHash); 7] = [
		|contract, other| contract.log = other,
		|contract, other| contract.peer_log = other,
		|contract, other| contract.reversal = other,
		|contract, other| contract.peer_reversal = other,
		|contract, _| contract.peer = TWIN,
		|contract, _| contract.h1 += 1,
		|contract, _| contract.h2 += 1,
	];
	for change in changes {
		never_commits(|beta, payment| {
			let half = payment.with_contract(|contract| change(contract, other));
			assert_ne!(half.id(), payment.id());
			beta.corrupt(|| Positions::<Test>::insert(LogHash::from(half.id()), 2));
		});
	}
}

#[test]
fn a_registered_contract_that_differs_in_one_field_is_no_mirror() {
	let other = LogHash(H256::repeat_byte(0x77));
	let registers = |change: fn(&Half, LogHash) -> Half| {
		never_commits(|beta, payment| {
			let mut twin = Chain::new(TWIN, Voters::new(0, &BETA_VOTERS));
			twin.seal();
			beta.knows(&twin);
			beta.register(&change(payment, other)).expect("beta takes it for what it is");
		});
	};
	registers(|half, other| half.with_contract(|contract| contract.peer_log = other));
	registers(|half, other| half.with_contract(|contract| contract.peer_reversal = other));
	registers(|half, _| half.with_contract(|contract| contract.peer = TWIN));
	registers(|half, _| half.with_contract(|contract| contract.h1 += 1));
	registers(|half, _| half.with_contract(|contract| contract.h1 -= 1));
	registers(|half, _| half.with_contract(|contract| contract.h2 += 1));
	registers(|half, _| half.with_contract(|contract| contract.h2 -= 1));
	registers(|half, _| half.with_action(BOB, ALICE, 39));
	registers(|half, _| half.with_action(BOB, CAROL, 40));
	registers(|half, _| half.with_log(Log { salt: H256::repeat_byte(1), ..half.log.clone() }));
}

#[test]
fn the_contract_itself_on_the_peer_is_not_its_mirror() {
	never_commits(|beta, payment| {
		let same = payment.contract.mirror(BETA).id(ALPHA);
		beta.corrupt(|| Positions::<Test>::insert(LogHash::from(same), 2));
	});
}

#[test]
fn an_expired_contract_that_waits_for_its_turn_does_not_commit() {
	let swaps = [1, 2, 3].map(|number| Exchange::numbered(number, 6, 20));
	let mut world = World::new();
	for swap in &swaps {
		world = world.registered(swap);
	}
	world.advance_to(7);
	let waiting = world.alpha.waiting(BETA);
	assert_eq!(waiting.len(), 1, "two contracts expire per block");
	let evidence = world.evidence(&waiting);
	world.refuse(&evidence, &waiting, Error::ContractExpired);
	world.alpha.seal();
	world.refuse(&evidence, &waiting, Error::NotWaiting);
}

/// A world in which alpha has committed and beta has not; both expiries are at this height.
fn half_committed(expiry: Height) -> (World, Exchange) {
	let swap = Exchange::until(expiry, expiry);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the mirror is registered");
	world.seal();
	(world, swap)
}

#[test]
fn a_peers_log_that_is_not_committed_unlocks_nothing() {
	let (mut world, swap) = half_committed(20);
	let ids = [swap.delivery.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerLogNotCommitted);
}

#[test]
fn nothing_is_reversed_before_both_expiries() {
	let (mut world, swap) = half_committed(20);
	let ids = [swap.delivery.id()];
	world.alpha.advance_to(22);
	world.beta.advance_to(20);
	let evidence = world.evidence(&ids);
	assert_eq!(evidence.header.number, 19);
	world.refuse(&evidence, &ids, Error::PeerLogNotCommitted);
	world.beta.seal();
	world.tell_alpha(&ids).expect("both expiries have passed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
}

#[test]
fn nothing_is_reversed_at_the_own_expiry() {
	let (mut world, swap) = half_committed(20);
	let ids = [swap.delivery.id()];
	world.alpha.advance_to(20);
	world.beta.advance_to(24);
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerLogNotCommitted);
	world.alpha.seal();
	world.tell_alpha(&ids).expect("both expiries have passed");
}

#[test]
fn settlement_at_expiry_does_not_unlock_before() {
	let swap = Exchange::until(10, 20).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	let ids = [swap.delivery.id()];
	world.alpha.advance_to(10);
	world.beta.advance_to(24);
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::BeforeExpiry);
	let evidence = world.evidence_at(19, &ids);
	world.alpha.seal();
	world.refuse(&evidence, &ids, Error::BeforeExpiry);
	world.tell_alpha(&ids).expect("both expiries have passed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

#[test]
fn older_evidence_tells_nothing_about_a_committed_log() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the mirror is registered");
	world.seal();
	world.advance_to(16);
	world.tell_alpha(&[]).expect("it is a step");
	let ids = [swap.delivery.id()];
	for number in [10, 14] {
		let older = world.evidence_at(number, &ids);
		assert_eq!(older.link, Link::Known);
		world.refuse(&older, &ids, Error::EvidenceNotNewest);
	}
	world.tell_alpha(&ids).expect("the newest tells");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
}

#[test]
fn absence_in_a_known_older_block_does_not_hide_a_commit() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.advance_to(9);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.advance_to(12);
	let ids = [swap.delivery.id()];
	// Beta's block 2 predates its commit.
	let before = world.evidence_at(2, &ids);
	world.refuse(&before, &ids, Error::EvidenceNotNewest);
}

/// Whoever is to receive must not be able to hold up what both have agreed.
#[test]
fn a_receiver_whose_account_is_gone_gets_a_new_one() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap);
	let away = world.alpha.run(|| Balances::transfer_all(RuntimeOrigin::signed(BOB), CAROL, false));
	away.expect("he may leave");
	assert_eq!(world.alpha.run(|| Balances::total_balance(&BOB)), 0);
	let mut world = world.committed(&swap);
	world.tell_alpha(&[swap.delivery.id()]).expect("the payment is committed");
	assert_eq!((world.alpha.free(BOB), world.alpha.taken()), (100, 0));
}
