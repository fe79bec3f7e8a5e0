//! Which voters, and from when on.

use super::*;
use codec::Encode;
use ribp_light_client::testing::{
	consensus_log, forced_change, justify, scheduled_change, weighted_change, Ed25519Keyring as Key,
};
use sp_runtime::DigestItem;

corpus! {
	the_same_voters_under_another_set_id
	the_old_voters_after_a_change
	the_new_voters_before_the_change
	a_set_that_appoints_itself
	a_change_in_a_foreign_envelope
	a_forced_change
	a_forced_change_behind_another_log
	a_delayed_change
	a_voter_listed_twice
	the_last_set_id
}

/// Signatures cover the set's id because the same keys may form set after set
/// (<https://github.com/paritytech/substrate/pull/1268>). Votes of the previous and the next set.
#[test]
fn the_same_voters_under_another_set_id() {
	for set_id in [4, 6, 0, u64::MAX] {
		let replayed = |e: &Evidence, j: &mut Justification| {
			*j = justify(&e.header, ROUND, set_id, &BETA_VOTERS[..3]);
		};
		forged_votes(replayed, Error::BadSignature);
	}
}

/// A world in which beta has handed over to Ferdie, and alpha has heard of it.
fn handed_over() -> (World, Exchange) {
	let swap = Exchange::until(30, 30);
	let mut world = World::new().registered(&swap);
	world.beta.hand_over(&[Key::Ferdie]);
	world.tell_alpha(&[]).expect("a new set is a step");
	world.beta.seal();
	(world, swap)
}

/// Old keys are worth little to their owners and much to an attacker
/// (<https://github.com/paritytech/parity-bridges-common/issues/76>): what the old set signs after
/// the change proves nothing, under the old id or the new.
#[test]
fn the_old_voters_after_a_change() {
	let (mut world, swap) = handed_over();
	let ids = [swap.delivery.id()];
	let honest = world.evidence(&ids);
	for set_id in [5, 6] {
		let by_old = justify(&honest.header, ROUND, set_id, &BETA_VOTERS[..3]);
		let stale = honest.clone().justified_by(by_old);
		world.refuse(&stale, &ids, Error::UnknownVoter);
	}
	world.submit(honest, &ids).expect("the new set finalizes what follows");
}

/// A relayer's evidence of the new set can overtake the header that announces it
/// (<https://github.com/paritytech/parity-bridges-common/pull/2821>). It waits; nothing is skipped.
#[test]
fn the_new_voters_before_the_change() {
	let swap = Exchange::until(30, 30);
	let mut world = World::new().registered(&swap);
	world.beta.hand_over(&[Key::Ferdie]);
	let announcement = world.evidence(&[]);
	world.beta.seal();
	let early = world.evidence(&[swap.delivery.id()]);
	world.refuse(&early, &[swap.delivery.id()], Error::UnknownVoter);
	world.submit(announcement, &[]).expect("a new set is a step");
	world.tell_alpha(&[swap.delivery.id()]).expect("now its voters are known");
}

/// Poly Network, August 2021: a message through the bridge replaced the bridge's own keepers
/// (<https://research.kudelskisecurity.com/2021/08/12/the-poly-network-hack-explained/>). A header
/// that announces the attacker's set, signed by that set.
#[test]
fn a_set_that_appoints_itself() {
	let own = [Key::Ferdie];
	let appointing = |_: &World, e: &mut Evidence| {
		e.header.digest.push(scheduled_change(&own, 0));
		*e.justification() = justify(&e.header, ROUND, 6, &own);
	};
	forged(appointing, Error::UnknownVoter);
	let mixed = |_: &World, e: &mut Evidence| {
		e.header.digest.push(scheduled_change(&own, 0));
		*e.justification() = justify(&e.header, ROUND, 6, &BETA_VOTERS[..3]);
	};
	forged(mixed, Error::BadSignature);
}

/// Poly Network, August 2021, again: what anyone could write was read as the bridge's own message. A
/// block's author may write any digest item; only GRANDPA's consensus log changes the set.
#[test]
fn a_change_in_a_foreign_envelope() {
	let DigestItem::Consensus(engine, change) = scheduled_change(&[Key::Ferdie], 0) else {
		panic!("a change is a consensus log");
	};
	let with_trailing_byte = [change.clone(), vec![0]].concat();
	let envelopes = [
		DigestItem::PreRuntime(engine, change.clone()),
		DigestItem::Seal(engine, change.clone()),
		DigestItem::Other(change.clone()),
		DigestItem::Consensus(*b"aura", change.clone()),
		DigestItem::Consensus(engine, with_trailing_byte),
		DigestItem::Other(DigestItem::Consensus(engine, change).encode()),
	];
	for envelope in envelopes {
		let swap = Exchange::until(30, 30);
		let mut world = World::new().registered(&swap);
		world.beta.advance_to(7);
		world.beta.announce(envelope);
		world.beta.seal();
		world.tell_alpha(&[]).expect("it is a step, and the block is final");
		world.beta.advance_to(17);
		let honest = world.evidence(&[]);
		let by_own = justify(&honest.header, ROUND, 6, &[Key::Ferdie]);
		let forged = honest.clone().justified_by(by_own);
		world.refuse(&forged, &[], Error::UnknownVoter);
		world.submit(honest, &[]).expect("the set is the one it was");
	}
}

/// A forced change is not vouched for by the voters that it replaces; a light client cannot tell it
/// from an invention (<https://github.com/paritytech/smoldot/issues/515>).
#[test]
fn a_forced_change() {
	let (mut world, id, _) = ready();
	world.beta.announce(forced_change(&[Key::Ferdie], 0));
	world.beta.seal();
	let evidence = world.evidence(&[id]);
	world.refuse(&evidence, &[id], Error::ForcedAuthorityChange);
	world.refuse(&evidence, &[], Error::ForcedAuthorityChange);
}

/// The Polkadot bridges looked at the first GRANDPA log only, and took a header whose second one
/// forces a change (<https://github.com/paritytech/polkadot-sdk/pull/13160>).
#[test]
fn a_forced_change_behind_another_log() {
	let disabled = consensus_log(ribp_light_client::testing::ConsensusLog::OnDisabled(0));
	for first in [disabled, scheduled_change(&[Key::Ferdie], 0)] {
		let (mut world, id, _) = ready();
		world.beta.announce(first);
		world.beta.announce(forced_change(&[Key::Ferdie], 0));
		world.beta.seal();
		let evidence = world.evidence(&[id]);
		world.refuse(&evidence, &[id], Error::ForcedAuthorityChange);
	}
}

/// A delay means that GRANDPA has stalled, or that the header is invented; a client that ignores it
/// changes sets too early (<https://github.com/paritytech/parity-bridges-common/issues/760>).
#[test]
fn a_delayed_change() {
	for delay in [1, u32::MAX] {
		let (mut world, id, _) = ready();
		world.beta.announce(scheduled_change(&[Key::Ferdie], delay));
		world.beta.seal();
		let evidence = world.evidence(&[id]);
		world.refuse(&evidence, &[id], Error::DelayedAuthorityChange);
	}
}

/// Duplicates in a validator set were taken for impossible, until somebody asked what an attacker
/// can construct (<https://github.com/tendermint/tendermint/pull/4620>). GRANDPA adds their weights
/// up; here such a set is none.
#[test]
fn a_voter_listed_twice() {
	let (mut world, id, _) = ready();
	let twice = [(Key::Bob, 1), (Key::Charlie, 1), (Key::Bob, 5)];
	world.beta.announce(weighted_change(&twice, 0));
	world.beta.seal();
	let evidence = world.evidence(&[id]);
	world.refuse(&evidence, &[id], Error::InvalidNextAuthorities);
}

/// Integers at their edge (compare <https://github.com/ChainSafe/gossamer/issues/3476>): after
/// the last id none would be left that is new, and old votes would count again.
#[test]
fn the_last_set_id() {
	let mut alpha = alpha_chain();
	let mut beta = Chain::new(BETA, Voters::new(u64::MAX, &BETA_VOTERS));
	beta.seal();
	alpha.knows(&beta);
	beta.advance_to(8);
	let mut world = World { alpha, beta };
	world.tell_alpha(&[]).expect("the last set finalizes like any other");
	world.beta.announce(scheduled_change(&[Key::Ferdie], 0));
	world.beta.seal();
	let evidence = world.evidence(&[]);
	world.refuse(&evidence, &[], Error::InvalidNextAuthorities);
}
