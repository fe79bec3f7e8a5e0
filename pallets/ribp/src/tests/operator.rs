//! What a node's operator is told of the business with other chains, and of contracts that wait.

use super::{chain::*, expiry::*, forks::*, world::*};
use crate::{
	mock::{Ribp, RuntimeOrigin, Test, EXPOSURE},
	ForkOverview, Height, Legs, PeerOverview, Stage, Status, System, Systems, Waits,
};

fn overview(chain: &mut Chain) -> PeerOverview {
	let overview = chain.run(Ribp::overview);
	overview.peers.into_iter().find(|peer| peer.system == BETA).expect("beta is known")
}

/// What the only waiting contract waits for.
fn waits(chain: &mut Chain) -> Option<Waits> {
	let page = chain.run(|| Ribp::pending(BETA, None, 10));
	page.contracts.first().map(|contract| contract.waits)
}

fn change(chain: &mut Chain, change: impl FnOnce(&mut System)) {
	chain.run(|| {
		Systems::<Test>::mutate(BETA, |record| change(record.as_mut().expect("it is known")))
	});
}

#[test]
fn an_operator_sees_how_the_business_with_a_chain_stands() {
	let swap = Exchange::until(60, 70);
	let mut world = World::new().registered(&swap);
	let record = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("it is known");
	let seen = overview(&mut world.alpha);
	assert_eq!((seen.status, seen.is_closing, seen.fork), (Status::Active, false, None));
	assert_eq!((seen.known, seen.head), (record.known(), record.view.head()));
	assert_eq!((seen.set_id, seen.advanced_at), (record.set.set_id, record.advanced_at));
	assert_eq!((seen.entries, seen.open, seen.nearest_expiry), (1, 1, Some(60)));
	assert_eq!(seen.trusted_until, u64::MAX, "the mock trusts for ever");
	let page = world.alpha.run(|| Ribp::pending(BETA, None, 10));
	let contract = &page.contracts[0];
	assert_eq!((contract.id, contract.stage), (swap.delivery.id(), Stage::Registered));
	assert_eq!((contract.expiry, contract.peer_expiry, contract.relied), (60, 70, None));
	assert_eq!((page.contracts.len(), page.next), (1, None));
}

#[test]
fn the_nearest_expiry_is_that_of_the_leg_that_expires_first_of_those_that_have_not_ended() {
	let mut world = World::new();
	for (number, expiry) in [(1, 90), (2, 45), (3, 41), (4, 60)] {
		world = world.registered(&Exchange::numbered(number, expiry, expiry));
	}
	assert_eq!(overview(&mut world.alpha).nearest_expiry, Some(41));
	let mut world = world.at(42);
	world.alpha.conclude_half(&Exchange::numbered(3, 41, 41).delivery).expect("it is over");
	assert_eq!(overview(&mut world.alpha).nearest_expiry, Some(45));
}

#[test]
fn a_contract_waits_for_its_peers_leg_and_then_for_what_becomes_of_it() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	assert_eq!(waits(&mut world.alpha), Some(Waits::PeerRegistration));
	world.tell_alpha(&[swap.id()]).expect("the peer's leg is there");
	assert_eq!(waits(&mut world.alpha), Some(Waits::PeerCommitment));
	let mut world = World::new().registered(&swap).at(60);
	assert_eq!(waits(&mut world.alpha), Some(Waits::Conclusion), "it expires in the next block");
}

#[test]
fn a_contract_waits_for_root_and_for_verdicts() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap);
	let alpha = &mut world.alpha;
	alpha.run(|| Ribp::pause(RuntimeOrigin::root(), BETA)).expect("root may");
	assert_eq!(waits(alpha), Some(Waits::Paused));
	alpha.run(|| Ribp::resume(RuntimeOrigin::root(), BETA)).expect("root may");
	let quiet_until = alpha.now() + 5;
	change(alpha, |record| record.quiet_until = quiet_until);
	assert_eq!(waits(alpha), Some(Waits::CoolingDown));
	change(alpha, |record| record.quiet_until = 0);
	assert_eq!(waits(alpha), Some(Waits::PeerRegistration));
}

#[test]
fn a_contract_with_a_chain_that_is_not_trusted_any_more_waits_for_an_anchor() {
	let mut world = World::new().registered(&Exchange::until(60, 60));
	let alpha = &mut world.alpha;
	change(alpha, |record| record.policy.trust_period = 1);
	alpha.advance_to(40);
	let seen = overview(alpha);
	assert_eq!(seen.trusted_until, seen.time + 1);
	assert_eq!(waits(alpha), Some(Waits::TrustExpired));
	change(alpha, |record| record.policy.trust_period = u64::MAX);
}

#[test]
fn a_verdict_that_waits_for_its_expiry_is_named() {
	let (mut world, _) = decided(6);
	assert_eq!(waits(&mut world.alpha), Some(Waits::Verdict));
	world.alpha.advance_to(PROVEN + EXPOSURE + 1);
	assert_eq!(waits(&mut world.alpha), Some(Waits::Conclusion));
}

#[test]
fn an_operator_sees_a_fork_and_who_decides_it() {
	let mut world = Forked::new(9).advance_to(13).seen().exposed();
	let seen = overview(&mut world.alpha);
	assert_eq!(seen.status, Status::Forked);
	let Some(ForkOverview { branches, opened, .. }) = seen.fork else { panic!("it is open") };
	assert_eq!(branches, 1);
	assert!(opened <= world.alpha.now());
}

#[test]
fn what_waits_is_told_in_pages_that_together_are_all_of_it() {
	let mut world = World::new();
	let swaps: Vec<_> = (1..=7)
		.map(|number| Exchange::numbered(number, 20 + 10 * Height::from(number), 90))
		.collect();
	for swap in &swaps {
		world = world.registered(swap);
	}
	let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
	loop {
		let page = world.alpha.run(|| Ribp::pending(BETA, after, 3));
		assert!(page.contracts.len() <= 3);
		found.extend(page.contracts.into_iter().map(|contract| contract.id));
		pages += 1;
		match page.next {
			Some(next) => after = Some(next),
			None => break,
		}
	}
	assert_eq!(pages, 3);
	found.sort();
	let mut all: Vec<_> = swaps.iter().map(|swap| swap.delivery.id()).collect();
	all.sort();
	assert_eq!(found, all);
	assert_eq!(world.alpha.run(|| Legs::<Test>::iter().count()), 7);
}

#[test]
fn of_a_chain_that_is_not_known_nothing_waits() {
	let mut world = World::new();
	assert_eq!(world.alpha.run(|| Ribp::pending(TWIN, None, 10)), Default::default());
}
