//! Registration, and each of its refusals.

use super::{
	chain::*,
	forks::{expose, show, Forked},
	world::*,
};
use crate::{
	contracts::entry::stored,
	mock::{
		Balances, Item, MaxEntries, MaxSkew, Refused, RegistrationFee, Ribp, RuntimeOrigin, Test,
		EXISTENTIAL_DEPOSIT, EXPOSURE, MAX_EXPIRY, MIN_EXPIRY, MIN_NOTICE,
	},
	Call, Conditions, Contract, Entry, Error, Event, Gossip, Height, LeastExpiry, Leg, Log,
	Outcome, Pace, Safety, SafetyOf, Stage, TrustAnchor, EPOCH_BLOCKS,
};
use frame_support::{assert_noop, traits::fungible::MutateFreeze};
use sp_core::H256;
use sp_runtime::{DispatchError, Perquintill};

/// A world in its second blocks, and an exchange that it takes.
fn ready() -> (World, Exchange) {
	(World::new(), Exchange::until(20, 20))
}

#[test]
fn registration_takes_the_value_and_records_the_contract() {
	let (mut world, Exchange { delivery, .. }) = ready();
	world.alpha.register(&delivery).expect("all is as it should be");
	let (id, contract) = (delivery.id(), delivery.contract.clone());
	let action = stored::<Test>(delivery.log.action.clone());
	let registered = Event::Registered { id, contract: contract.clone(), action: action.clone() };
	assert_eq!(world.alpha.events().last(), Some(&registered));
	let leg = Entry { stage: Stage::Registered, fact: None, relied: None, contract, action };
	assert_eq!(world.alpha.leg(&delivery), Some(leg));
	assert_eq!(world.alpha.open(BETA), [id]);
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (900, 100));
	assert_eq!(world.alpha.free(BOB), 1_000);
}

#[test]
fn both_parties_register_the_same_contract_under_one_id() {
	let (world, swap) = ready();
	let mut world = world.registered(&swap);
	assert_eq!(
		(world.alpha.open(BETA), world.beta.open(ALPHA)),
		(vec![swap.id()], vec![swap.id()])
	);
}

#[test]
fn only_a_signed_account_registers() {
	let (mut world, Exchange { delivery, .. }) = ready();
	world.alpha.run(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let Half { contract, log, commit } = delivery.clone();
			let result = Ribp::register(origin, contract, log, commit);
			assert_noop!(result, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn the_legs_are_in_the_order_of_their_systems() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let reversed = delivery.with_contract(|contract| contract.legs.reverse());
	world.refuse_registration(&reversed, Error::LegsNotOrdered);
	let with_itself = delivery.with_contract(|contract| contract.legs[1].system = ALPHA);
	world.refuse_registration(&with_itself, Error::LegsNotOrdered);
}

#[test]
fn a_contract_of_others_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let of_others = delivery.with_contract(|contract| {
		let [own, peer] = contract.legs;
		*contract = Contract::new(Leg { system: TWIN, ..own }, peer, contract.reference);
	});
	world.refuse_registration(&of_others, Error::ContractOfOthers);
}

#[test]
fn a_contract_with_an_unknown_system_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let with_twin = delivery.with_peer_leg(|leg| leg.system = TWIN);
	world.refuse_registration(&with_twin, Error::UnknownSystem);
}

#[test]
fn a_contract_is_not_registered_twice() {
	let (world, swap) = ready();
	let mut world = world.registered(&swap);
	world.refuse_registration(&swap.delivery, Error::AlreadyRegistered);
	world.refuse_registration(&swap.delivery.firm(), Error::AlreadyRegistered);
}

/// The other chain may still commit by what it has seen of it.
#[test]
fn an_ended_contract_is_not_registered_again() {
	let (world, swap) = ready();
	let mut world = world.registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.ended(BETA), [swap.id()]);
	world.refuse_registration(&swap.delivery, Error::AlreadyRegistered);
	world.alpha.advance_to(20);
	world.refuse_registration(&swap.delivery, Error::ExpiryPassed);
}

/// Nothing remembers it then; but it has expired.
#[test]
fn a_swept_contract_is_not_registered_again() {
	let (world, swap) = ready();
	let mut world = world.registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	world.sweep();
	world.alpha.assert_empty();
	world.refuse_registration(&swap.delivery, Error::ExpiryPassed);
}

#[test]
fn the_same_is_agreed_upon_once_more_under_another_reference() {
	let mut world = World::new();
	let halves = [1, 2].map(|number| Exchange::numbered(number, 20, 20).delivery);
	assert_eq!(halves[0].contract.legs, halves[1].contract.legs);
	for half in &halves {
		world.alpha.register(half).expect("it is another contract");
	}
	assert_eq!((world.alpha.open(BETA).len(), world.alpha.taken()), (2, 200));
}

#[test]
fn the_log_of_another_system_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let elsewhere = delivery.with_log(Log { system: BETA, ..delivery.log.clone() });
	world.refuse_registration(&elsewhere, Error::LogOfOtherSystem);
}

#[test]
fn a_log_whose_hash_is_not_the_legs_is_refused() {
	let (mut world, Exchange { delivery, payment }) = ready();
	let other = delivery.with_action(ALICE, BOB, 99);
	let wrong = Half { contract: delivery.contract.clone(), ..other };
	world.refuse_registration(&wrong, Error::LogHashMismatch);
	let of_payment = delivery.with_leg(|leg| leg.log = payment.terms().own.log);
	world.refuse_registration(&of_payment, Error::LogHashMismatch);
	let reversal = delivery.with_leg(|leg| leg.log = leg.log.reversal());
	world.refuse_registration(&reversal, Error::LogHashMismatch);
}

#[test]
fn only_the_payer_registers_a_log() {
	let (mut world, Exchange { delivery, .. }) = ready();
	world.alpha.run(|| {
		let Half { contract, log, commit } = delivery.clone();
		let result = Ribp::register(RuntimeOrigin::signed(BOB), contract, log, commit);
		assert_noop!(result, Error::<Test>::NotThePayer);
	});
}

#[test]
fn nobody_pays_himself() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let to_herself = delivery.with_action(ALICE, ALICE, 100);
	world.refuse_registration(&to_herself, Error::PayerIsReceiver);
}

#[test]
fn an_amount_on_which_no_account_can_live_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	for amount in [0, EXISTENTIAL_DEPOSIT - 1] {
		let dust = delivery.with_action(ALICE, BOB, amount);
		world.refuse_registration(&dust, Error::AmountTooSmall);
	}
	let least = delivery.with_action(ALICE, BOB, EXISTENTIAL_DEPOSIT);
	world.alpha.register(&least).expect("the existential deposit is enough");
}

#[test]
fn a_payer_without_the_value_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let most = ENDOWMENT - EXISTENTIAL_DEPOSIT;
	let more = delivery.with_action(ALICE, BOB, most + 1);
	world.refuse_registration(&more, Error::InsufficientValue);
	let all = delivery.with_action(ALICE, BOB, most);
	world.alpha.register(&all).expect("an account may give all but its existence");
}

#[test]
fn a_payer_without_the_fee_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	world.alpha.run(|| RegistrationFee::set(&(ENDOWMENT - EXISTENTIAL_DEPOSIT + 1)));
	world.refuse_registration(&delivery, Error::InsufficientFee);
}

#[test]
fn what_is_taken_is_not_taken_again() {
	let mut world = World::new();
	let [first, second] = [1, 2].map(|n| Exchange::numbered(n, 20, 20).delivery);
	let first = first.with_action(ALICE, BOB, 600);
	let second = second.with_action(ALICE, BOB, 600);
	world.alpha.register(&first).expect("she has 1,000");
	world.refuse_registration(&second, Error::InsufficientValue);
}

#[test]
fn a_payer_without_an_account_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let from_nobody = delivery.with_action(NOBODY, BOB, 100);
	world.refuse_registration(&from_nobody, Error::InsufficientValue);
}

#[test]
fn a_receiver_may_be_new() {
	let swap = Exchange::until(20, 20);
	let to_nobody = Log { system: ALPHA, action: transfer(ALICE, NOBODY, &[Item::Token(100)]) };
	let swap = swap.delivering(to_nobody);
	let mut world = World::new().registered(&swap).committed(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.free(NOBODY), 100);
}

/// What went from the pallet's account to itself would count as moved.
#[test]
fn the_pallets_account_is_no_party() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let to_pallet = delivery.with_action(ALICE, Ribp::account(), 100);
	world.refuse_registration(&to_pallet, Error::PalletsAccount);
	let from_pallet = delivery.with_action(Ribp::account(), BOB, 100);
	world.refuse_registration(&from_pallet, Error::PalletsAccount);
}

/// Votes, vesting and stakes freeze what somebody has: nobody gets rid of it by an exchange.
#[test]
fn what_is_frozen_is_not_taken() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let freeze = |amount| move || Balances::set_freeze(&1, &ALICE, amount).expect("it is hers");
	world.alpha.run(freeze(ENDOWMENT - 99));
	world.refuse_registration(&delivery, Error::InsufficientValue);
	world.alpha.run(freeze(ENDOWMENT - 100));
	world.alpha.register(&delivery).expect("the rest is hers to give");
}

#[test]
fn whom_the_chain_does_not_admit_registers_nothing() {
	let (mut world, Exchange { delivery, .. }) = ready();
	world.alpha.run(|| {
		Refused::set(&Some(ALICE));
		let Half { contract, log, commit } = delivery.clone();
		let result = Ribp::register(RuntimeOrigin::signed(ALICE), contract, log, commit);
		assert_noop!(result, DispatchError::Other("nobody knows this account"));
	});
	let of_bob = delivery.with_action(BOB, ALICE, 100);
	world.alpha.register(&of_bob).expect("everybody knows Bob");
}

#[test]
fn no_more_contracts_are_registered_than_may_be() {
	let mut world = World::new();
	world.alpha.run(|| MaxEntries::set(&1));
	let [first, second] = [1, 2].map(|number| Exchange::numbered(number, 20, 20).delivery);
	world.alpha.register(&first).expect("there is room for one");
	world.refuse_registration(&second, Error::TooManyEntries);
}

#[test]
fn an_own_expiry_that_is_not_ahead_is_refused() {
	let (world, Exchange { delivery, .. }) = ready();
	let mut world = world.at(10);
	for h1 in [0, 9, 10] {
		let late = delivery.with_leg(|leg| leg.expiry = h1);
		world.refuse_registration(&late, Error::ExpiryPassed);
	}
}

#[test]
fn an_own_expiry_that_is_too_near_is_refused() {
	let (world, Exchange { delivery, .. }) = ready();
	let mut world = world.at(10);
	let soon = delivery.with_leg(|leg| leg.expiry = 10 + MIN_EXPIRY - 1);
	world.refuse_registration(&soon, Error::ExpiryTooSoon);
	let nearest = delivery.with_leg(|leg| leg.expiry = 10 + MIN_EXPIRY);
	world.alpha.register(&nearest).expect("the minimum is enough");
}

#[test]
fn an_own_expiry_that_is_too_far_is_refused() {
	let (world, Exchange { delivery, .. }) = ready();
	let mut world = world.at(10);
	for h1 in [10 + MAX_EXPIRY + 1, u32::MAX] {
		let far = delivery.with_leg(|leg| leg.expiry = h1);
		world.refuse_registration(&far, Error::ExpiryTooFar);
	}
	let farthest = delivery.with_leg(|leg| leg.expiry = 10 + MAX_EXPIRY);
	world.alpha.register(&farthest).expect("the maximum is allowed");
}

/// A world in which alpha knows beta's history up to block 9.
fn informed() -> (World, Half) {
	let (world, Exchange { delivery, .. }) = ready();
	let mut world = world.at(10);
	world.tell_alpha(&[]).expect("nine blocks are a step");
	(world, delivery)
}

#[test]
fn a_peer_expiry_that_the_peer_has_passed_is_refused() {
	let (mut world, delivery) = informed();
	for h2 in [0, 8, 9] {
		let late = delivery.with_peer_leg(|leg| leg.expiry = h2);
		world.refuse_registration(&late, Error::PeerExpiryPassed);
	}
	let next = delivery.with_peer_leg(|leg| leg.expiry = 10);
	world.alpha.register(&next).expect("the peer may still be in time");
}

#[test]
fn a_peer_expiry_that_is_too_far_is_refused() {
	let (mut world, delivery) = informed();
	for h2 in [9 + MAX_EXPIRY + 1, u32::MAX] {
		let far = delivery.with_peer_leg(|leg| leg.expiry = h2);
		world.refuse_registration(&far, Error::ExpiryTooFar);
	}
	let farthest = delivery.with_peer_leg(|leg| leg.expiry = 9 + MAX_EXPIRY);
	world.alpha.register(&farthest).expect("the maximum is allowed");
}

/// A world in block 20 of both chains, which know each other's first block. Contracts may be as far apart as
/// this.
fn strict(skew: Height) -> World {
	let mut world = World::new().at(20);
	world.alpha.run(|| MaxSkew::set(&skew));
	world.beta.run(|| MaxSkew::set(&skew));
	world
}

#[test]
fn an_own_expiry_that_is_far_later_than_the_peers_is_refused() {
	let mut world = strict(20);
	world.tell_alpha(&[]).expect("it is a step");
	let late = Exchange::until(20 + 31 + 20, 19 + 30);
	for half in [late.delivery.clone(), late.delivery.clone().firm()] {
		world.refuse_registration(&half, Error::ExpiriesTooFarApart);
	}
	let latest = late.delivery.with_leg(|leg| leg.expiry -= 1);
	world.alpha.register(&latest).expect("it is no later than allowed");
}

#[test]
fn an_own_expiry_that_is_far_earlier_than_the_peers_is_refused() {
	let mut world = strict(20);
	world.tell_alpha(&[]).expect("it is a step");
	let early = Exchange::until(20 + 30, 19 + 30 + 41);
	for half in [early.delivery.clone(), early.delivery.clone().firm()] {
		world.refuse_registration(&half, Error::ExpiriesTooFarApart);
	}
	let earliest = early.delivery.with_leg(|leg| leg.expiry += 1);
	world.alpha.register(&earliest).expect("heads may lag so much");
}

/// Each knows the other as it was 19 blocks ago.
#[test]
fn both_chains_register_what_is_as_far_apart_as_allowed_while_they_know_little() {
	for (h1, h2) in [(60, 40), (40, 60), (60, 60)] {
		let swap = Exchange::until(h1, h2);
		let mut world = strict(20).registered(&swap).committed(&swap);
		world.tell_alpha(&[swap.id()]).expect("the payment is committed");
		world.tell_beta(&[swap.id()]).expect("the delivery is committed");
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
		assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
	}
}

/// A head that is older than that makes the peer's expiry seem too late, until there is news.
#[test]
fn news_of_the_peer_brings_expiries_together() {
	let swap = Exchange::until(40, 60);
	let mut world = strict(18);
	world.refuse_registration(&swap.delivery, Error::ExpiriesTooFarApart);
	world.tell_alpha(&[]).expect("it is a step");
	world.refuse_registration(&swap.delivery.with_leg(|leg| leg.expiry = 23), {
		Error::ExpiriesTooFarApart
	});
	world.alpha.register(&swap.delivery).expect("it is known better now");
}

/// Blocks of the peer take twice as long: as many of them are twice as far away.
#[test]
fn how_far_expiries_are_apart_is_measured_in_time() {
	let mut world = strict(20);
	world.tell_alpha(&[]).expect("it is a step");
	let pace = |block_ms| Pace { block_ms, inclusion_ms: 0, finality_ms: 0, evidence_ms: 0 };
	let gossip = Gossip { rate: Perquintill::one(), connected: 1 };
	let (own, peer, hidden) = (pace(1_000), pace(2_000), Perquintill::one());
	let conditions = Conditions { own, peer, gossip, round_ms: 0, hidden };
	let call = Call::set_conditions { system: BETA, conditions: Some(conditions) };
	let even = Exchange::until(20 + 60, 19 + 30).delivery;
	world.refuse_registration(&even, Error::ExpiriesTooFarApart);
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("they are sound");
	world.alpha.register(&even).expect("both come at the same time");
	for (h1, h2) in [(81, 30), (20, 31)] {
		let apart = Exchange::until(20 + h1, 19 + h2).delivery;
		world.refuse_registration(&apart, Error::ExpiriesTooFarApart);
	}
}

/// The other party would have no time to answer. The notice there is for the other chain to judge.
#[test]
fn a_notice_that_is_too_short_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	for notice in [0, MIN_NOTICE - 1] {
		let short = delivery.with_leg(|leg| leg.notice = notice);
		world.refuse_registration(&short, Error::NoticeTooShort);
	}
	let shortest = delivery.with_leg(|leg| leg.notice = MIN_NOTICE);
	world.alpha.register(&shortest).expect("the minimum is enough");
	let none = delivery.with_peer_leg(|leg| leg.notice = 0);
	world.alpha.register(&none).expect("beta will not take it");
}

#[test]
fn a_notice_that_is_too_long_is_refused() {
	let (mut world, Exchange { delivery, .. }) = ready();
	for notice in [MAX_EXPIRY + 1, u32::MAX] {
		let long = delivery.with_leg(|leg| leg.notice = notice);
		world.refuse_registration(&long, Error::NoticeTooLong);
		let long = delivery.with_peer_leg(|leg| leg.notice = notice);
		world.refuse_registration(&long, Error::NoticeTooLong);
	}
	let longest = delivery.with_leg(|leg| leg.notice = MAX_EXPIRY);
	let longest = longest.with_peer_leg(|leg| leg.notice = MAX_EXPIRY);
	world.alpha.register(&longest).expect("the maximum is allowed");
}

/// A world in which alpha has said that it registers no more contracts that expire in beta's first
/// epoch; and an anchor that lies within that.
fn closed() -> (World, TrustAnchor) {
	let mut world = World::new().at(21);
	let anchor = world.beta.anchor();
	world.advance_to(EPOCH_BLOCKS + 1);
	world.tell_alpha(&[]).expect("beta's first epoch is over");
	world.seal();
	assert_eq!(world.alpha.lane(BETA).said.through, epochs(1, &[]));
	(world, anchor)
}

/// Asserts that what was said still stands, although a lower head of beta is believed: beta may have
/// swept its legs of that epoch.
#[track_caller]
fn is_closed(alpha: &mut Chain) {
	assert!(alpha.view_of(BETA).number() < EPOCH_BLOCKS - 1);
	let last = Exchange::until(80, EPOCH_BLOCKS - 1).delivery;
	for half in [last.clone(), last.firm()] {
		assert_eq!(alpha.register(&half), Err(Error::<Test>::EpochClosed.into()));
	}
	let next = Exchange::until(80, EPOCH_BLOCKS).delivery;
	alpha.register(&next).expect("it is of the next epoch");
}

#[test]
fn an_epoch_is_closed_when_all_that_is_known_lies_behind_it() {
	let (mut world, _) = closed();
	let last = Exchange::until(80, EPOCH_BLOCKS - 1).delivery;
	world.refuse_registration(&last, Error::PeerExpiryPassed);
	let next = Exchange::until(80, EPOCH_BLOCKS + 1).delivery;
	world.alpha.register(&next).expect("it is of the next epoch");
}

#[test]
fn an_epoch_stays_closed_when_root_goes_back_to_a_lower_anchor() {
	let (mut world, anchor) = closed();
	let renew = Call::renew_system { system: BETA, anchor };
	world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("root may go anywhere");
	is_closed(&mut world.alpha);
}

#[test]
fn an_epoch_stays_closed_when_a_lower_branch_is_adopted() {
	let Forked { mut alpha, mut one, mut other, .. } = Forked::new(4).advance_to(8).seen();
	for chain in [&mut alpha, &mut one] {
		chain.advance_to(EPOCH_BLOCKS + 1);
	}
	show(&mut alpha, &one);
	// Alpha knows two systems, and tends one in each block.
	alpha.advance_to(EPOCH_BLOCKS + 3);
	assert_eq!(alpha.lane(BETA).said.through, epochs(1, &[]));
	other.advance_to(20);
	expose(&mut alpha, &other);
	let branch = Some(other.hash_at(19));
	let choose = Call::choose_branch { system: BETA, branch };
	alpha.dispatch(RuntimeOrigin::root(), choose).expect("it is forked");
	alpha.advance_to(EPOCH_BLOCKS + 3 + EXPOSURE);
	is_closed(&mut alpha);
}

#[test]
fn an_epoch_stays_closed_when_the_system_is_removed_and_comes_back() {
	let (mut world, anchor) = closed();
	for call in
		[Call::remove_system { system: BETA }, Call::register_system { system: BETA, anchor }]
	{
		world.alpha.dispatch(RuntimeOrigin::root(), call).expect("there are no contracts");
	}
	is_closed(&mut world.alpha);
}

#[test]
fn a_firm_leg_is_committed_with_its_registration() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let firm = delivery.firm();
	world.alpha.register(&firm).expect("all is as it should be");
	let committed = Event::Committed { id: firm.id(), at: 2, relied: None };
	assert_eq!(world.alpha.events().last(), Some(&committed));
	assert_eq!(world.alpha.stage(&firm), Some(Stage::Committed { at: 2 }));
	assert_eq!((world.alpha.free(ALICE), world.alpha.taken()), (900, 100));
}

#[test]
fn a_firm_leg_is_not_cancelled_and_does_not_expire() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let firm = delivery.firm();
	world.alpha.register(&firm).expect("all is as it should be");
	let refused = world.alpha.cancel(&firm).expect_err("it is firm");
	assert_eq!(refused.error, Error::<Test>::AlreadyCommitted.into());
	world.alpha.advance_to(40);
	let refused = world.alpha.conclude_half(&firm).expect_err("the payment decides");
	assert_eq!(refused.error, Error::<Test>::NotOver.into());
	assert_eq!(world.alpha.stage(&firm), Some(Stage::Committed { at: 2 }));
}

/// The peer must see it before its expiry, to settle its own leg by it.
#[test]
fn a_firm_leg_needs_more_time_until_the_peers_expiry() {
	let (mut world, delivery) = informed();
	let least = LeastExpiry { own: 2, peer: 4, notice: 0, firm: 7 };
	let pace = Pace { block_ms: 1, inclusion_ms: 0, finality_ms: 0, evidence_ms: 0 };
	let gossip = Gossip { rate: Perquintill::one(), connected: 1 };
	let hidden = Perquintill::one();
	let conditions = Conditions { own: pace, peer: pace, gossip, round_ms: 0, hidden };
	world.alpha.run(|| SafetyOf::<Test>::insert(BETA, Safety { conditions, least }));
	let at = |distance: Height| delivery.with_peer_leg(|leg| leg.expiry = 9 + distance);
	world.refuse_registration(&at(3), Error::PeerExpiryTooSoon);
	world.refuse_registration(&at(6).firm(), Error::PeerExpiryTooSoon);
	world.alpha.register(&at(4)).expect("it commits only if it is answered");
	world.alpha.register(&at(7).firm()).expect("there is time to see it");
}

#[test]
fn a_firm_leg_is_refused_for_all_that_others_are() {
	let (mut world, Exchange { delivery, .. }) = ready();
	let cases = [
		(delivery.with_action(ALICE, BOB, ENDOWMENT), Error::InsufficientValue),
		(delivery.with_leg(|leg| leg.expiry = 2), Error::ExpiryPassed),
		(delivery.with_leg(|leg| leg.notice = 0), Error::NoticeTooShort),
		(delivery.with_peer_leg(|leg| leg.expiry = 1), Error::PeerExpiryPassed),
		(delivery.with_peer_leg(|leg| leg.system = TWIN), Error::UnknownSystem),
	];
	for (half, error) in cases {
		world.refuse_registration(&half.firm(), error);
	}
}

/// Nothing that the pallet knows of legs depends on the reference.
#[test]
fn a_reference_is_any_bytes() {
	let (mut world, Exchange { delivery, .. }) = ready();
	for reference in [H256::zero(), H256::repeat_byte(0xff), delivery.terms().own.log.0] {
		let half = delivery.with_contract(|contract| contract.reference = reference);
		world.alpha.register(&half).expect("it is the parties' own");
		assert_eq!(world.alpha.stage(&half), Some(Stage::Registered));
	}
}
