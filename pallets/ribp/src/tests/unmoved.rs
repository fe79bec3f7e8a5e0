//! Evidence that is believed and does not move the contract, or not yet.

use super::{chain::*, world::*};
use crate::{
	mock::{Balances, Item, RuntimeOrigin, Test},
	ActionOf, Contract, ContractId, Epoch, Error, Fact, Leg, Link, Log, Outcome, Settlement, Stage,
	EPOCH_BLOCKS,
};
use frame_support::traits::fungible::Inspect;
use sp_core::H256;

/// What Bob registers on beta instead of what was agreed.
type Change = fn(&Half) -> Half;

/// Whatever differs makes another contract: each field of either leg, and the reference.
const CHANGES: [(&str, Change); 15] = [
	("what is paid", |half| half.with_action(BOB, ALICE, 39)),
	("to whom", |half| half.with_action(BOB, CAROL, 40)),
	("in what", |half| half.with_log(in_pieces())),
	("paid earlier", |half| half.with_leg(|leg| leg.expiry -= 1)),
	("paid later", |half| half.with_leg(|leg| leg.expiry += 1)),
	("paid in another epoch", |half| half.with_leg(|leg| leg.expiry += EPOCH_BLOCKS)),
	("the payment's notice", |half| half.with_leg(|leg| leg.notice += 1)),
	("when it settles", |half| half.with_leg(|leg| leg.settlement = Settlement::AtExpiry)),
	("what is delivered", |half| half.with_peer_leg(|leg| leg.log.0 = OTHER)),
	("where", |half| half.with_contract(elsewhere)),
	("delivered earlier", |half| half.with_peer_leg(|leg| leg.expiry -= 1)),
	("delivered later", |half| half.with_peer_leg(|leg| leg.expiry += 1)),
	("the delivery's notice", |half| half.with_peer_leg(|leg| leg.notice -= 1)),
	("when it settles", |half| half.with_peer_leg(|leg| leg.settlement = Settlement::AtExpiry)),
	("the reference", |half| half.with_contract(|contract| contract.reference = OTHER)),
];

const OTHER: H256 = H256::repeat_byte(0x77);

/// The same amount as two items.
fn in_pieces() -> Log<ActionOf<Test>> {
	Log { system: BETA, action: transfer(BOB, ALICE, &[Item::Token(20), Item::Token(20)]) }
}

/// With the delivery on a third chain.
fn elsewhere(contract: &mut Contract) {
	let [delivery, payment] = contract.legs;
	let delivery = Leg { system: TWIN, ..delivery };
	*contract = Contract::new(delivery, payment, contract.reference);
}

/// A world in which alpha has the delivery, and beta something else than its payment.
fn differing(swap: &Exchange, other: &Half) -> World {
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	let mut twin = Chain::new(TWIN, Voters::new(0, &BETA_VOTERS));
	twin.seal();
	world.beta.knows(&twin);
	assert_ne!(other.id(), swap.id());
	world.beta.register(other).expect("beta takes it for what it is");
	world
}

/// Asserts that nothing of what beta proves until the delivery's expiry commits that.
#[track_caller]
fn never_commits(mut world: World, delivery: &Half) {
	let ids = [delivery.id()];
	for height in 3..=6 {
		world.advance_to(height);
		let evidence = world.evidence(&ids);
		world.refuse(&evidence, &ids, Error::PeerNotRegistered);
	}
	world.advance_to(7);
	world.alpha.conclude_half(delivery).expect("its expiry has passed");
	assert_eq!(world.alpha.outcome(delivery), Some(Outcome::Expired));
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT);
}

#[test]
fn without_the_other_leg_nothing_is_committed() {
	let swap = Exchange::until(6, 9);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	never_commits(world, &swap.delivery);
}

#[test]
fn a_contract_that_differs_in_one_field_commits_nothing() {
	for (_, change) in CHANGES {
		let swap = Exchange::until(6, 9);
		never_commits(differing(&swap, &change(&swap.payment)), &swap.delivery);
	}
}

/// It is as if nothing was on beta: what was committed is undone.
#[test]
fn a_contract_that_differs_in_one_field_settles_nothing() {
	for (what, change) in CHANGES {
		let mut swap = Exchange::until(6, 9);
		swap.delivery = swap.delivery.firm();
		let ids = [swap.id()];
		let mut world = differing(&swap, &change(&swap.payment).firm());
		for height in 3..=9 {
			world.advance_to(height);
			let evidence = world.evidence(&ids);
			world.refuse(&evidence, &ids, Error::PeerNotCommitted);
		}
		world.advance_to(10);
		world.tell_alpha(&ids).expect("the payment's expiry has passed");
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed), "{what}");
		assert_eq!([ALICE, BOB].map(|who| world.alpha.free(who)), [ENDOWMENT; 2]);
	}
}

/// Else evidence would show that nothing is where nothing belongs.
#[test]
fn a_contract_by_a_name_that_has_an_epoch_wrong_is_unknown() {
	let mut swap = Exchange::until(60, 20);
	swap.delivery = swap.delivery.firm();
	let mut world = World::new().registered(&swap).at(20);
	world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	world.advance_to(22);
	let ContractId { epochs: [own, peer], hash } = swap.id();
	assert_eq!([own, peer], [Epoch(1), Epoch(0)]);
	for epochs in [[own, peer.next()], [Epoch(0), peer], [own.next(), peer], [peer, own]] {
		let ids = [ContractId { epochs, hash }];
		let evidence = world.evidence(&ids);
		world.refuse(&evidence, &ids, Error::UnknownContract);
	}
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

#[test]
fn an_expired_contract_that_nobody_has_concluded_does_not_commit() {
	let swap = Exchange::until(6, 20);
	let mut world = World::new().registered(&swap);
	world.beta.advance_to(4);
	world.alpha.advance_to(7);
	let ids = [swap.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::ContractExpired);
	world.alpha.conclude_half(&swap.delivery).expect("its expiry has passed");
	world.refuse(&evidence, &ids, Error::UnknownContract);
}

/// Not even if the payment is committed: the other party has answered too late, and is told so.
#[test]
fn an_expired_contract_does_not_settle_on_a_commit_either() {
	let mut swap = Exchange::until(6, 20);
	swap.payment = swap.payment.firm();
	let mut world = World::new().registered(&swap).at(7);
	let ids = [swap.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::ContractExpired);
	world.alpha.conclude_half(&swap.delivery).expect("its expiry has passed");
	world.seal();
	world.tell_beta(&ids).expect("the delivery has expired");
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Reversed));
}

/// A world in which alpha has committed and beta has not; both expiries are at this height.
fn half_committed(expiry: u32) -> (World, Exchange) {
	let swap = Exchange::until(expiry, expiry);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is registered");
	world.seal();
	(world, swap)
}

#[test]
fn a_leg_of_the_peer_that_is_not_committed_settles_nothing() {
	let (mut world, swap) = half_committed(20);
	let ids = [swap.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerNotCommitted);
}

#[test]
fn nothing_is_reversed_before_the_peers_expiry() {
	let (mut world, swap) = half_committed(20);
	let ids = [swap.id()];
	world.alpha.advance_to(22);
	world.beta.advance_to(20);
	let evidence = world.evidence(&ids);
	assert_eq!(evidence.header.number, 19);
	world.refuse(&evidence, &ids, Error::PeerNotCommitted);
	world.beta.seal();
	world.tell_alpha(&ids).expect("the peer's expiry has passed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
}

/// What the peer has not committed by its expiry it never will.
#[test]
fn a_reversal_does_not_wait_for_the_own_expiry() {
	let swap = Exchange::until(60, 20);
	let mut world = World::new().registered(&swap);
	let ids = [swap.id()];
	world.tell_alpha(&ids).expect("the payment is registered");
	world.seal();
	world.beta.advance_to(21);
	world.tell_alpha(&ids).expect("the peer's expiry has passed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	assert!(world.alpha.now() < 60);
}

#[test]
fn settlement_at_expiry_waits_for_time_and_not_for_more_evidence() {
	let swap = Exchange::until(10, 20).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	let ids = [swap.id()];
	world.tell_alpha(&ids).expect("the payment is committed");
	let leg = world.alpha.leg(&swap.delivery).expect("it is there");
	assert_eq!((leg.stage, leg.fact), (Stage::Committed { at: 3 }, Some(Fact::Committed)));
	world.seal();
	for height in [5, 10, 24] {
		world.advance_to(height);
		let evidence = world.evidence(&ids);
		world.refuse(&evidence, &ids, Error::BeforeExpiry);
	}
	world.alpha.conclude_half(&swap.delivery).expect("the expiry and the exposure have passed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
}

#[test]
fn an_older_block_tells_what_it_is_old_enough_for() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is registered");
	world.seal();
	world.advance_to(16);
	world.tell_alpha(&[]).expect("it is a step");
	let ids = [swap.id()];
	let before = world.evidence_at(9, &ids);
	assert_eq!(before.link, Link::Known);
	world.refuse(&before, &ids, Error::PeerNotCommitted);
	let at_expiry = world.evidence_at(10, &ids);
	world.submit(at_expiry, &ids).expect("nothing changes after the expiry");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
}

#[test]
fn an_older_block_does_not_hide_a_commit() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.advance_to(9);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.advance_to(12);
	let ids = [swap.id()];
	// Beta's block 2 predates its commit.
	let before = world.evidence_at(2, &ids);
	world.refuse(&before, &ids, Error::PeerNotCommitted);
	let of_the_commit = world.evidence_at(3, &ids);
	world.submit(of_the_commit, &ids).expect("a commit stays one");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
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
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!((world.alpha.free(BOB), world.alpha.taken()), (100, 0));
}
