//! Who has signed, and how much that weighs.

use super::*;
use crate::{
	mock::{RuntimeCall, RuntimeOrigin},
	Call, TrustAnchor,
};
use codec::Encode;
use frame_support::assert_noop;
use ribp_light_client::testing::{
	authority, descendants_of, justify, prevote, scheduled_change, sign, vote, weighted_change,
	Ed25519Keyring as Key,
};
use sp_runtime::traits::Dispatchable;

corpus! {
	one_vote_counted_twice
	two_votes_of_one_voter
	signatures_of_the_attackers_own_keys
	an_outsider_among_the_voters
	one_key_that_signs_in_the_name_of_others
	as_many_keys_as_could_be_stolen
	heads_counted_instead_of_weight
	no_votes_where_none_seem_to_be_needed
	a_system_without_voters
	an_announced_set_of_nobody
	weights_that_wrap_around
	prevotes_presented_as_precommits
	votes_of_another_round
	a_signature_over_the_block_alone
	votes_that_only_cost_time
}

/// An audit of Gossamer found that a vote listed twice was taken for something else than one vote
/// (<https://github.com/ChainSafe/gossamer/issues/2410>). Two voters of four, one of them twice.
#[test]
fn one_vote_counted_twice() {
	forged_votes(|_, j| j.votes[2] = j.votes[0].clone(), Error::DuplicateVoter);
}

/// Whether a commit may hold two votes of one validator, for different blocks, was long unclear in
/// Tendermint's light client (<https://github.com/tendermint/tendermint/pull/4620>).
#[test]
fn two_votes_of_one_voter() {
	forged_votes(
		|evidence, j| {
			let above = descendants_of(&evidence.header, 1, 1);
			j.votes[2] = vote(BETA_VOTERS[0], &above[0], ROUND, 5);
			j.ancestries = above;
		},
		Error::DuplicateVoter,
	);
}

/// Wormhole, February 2022: the caller brought the account by which the guardians' signatures were
/// checked (<https://research.kudelskisecurity.com/2022/02/03/quick-analysis-of-the-wormhole-attack/>).
/// Here the set comes from storage; who signs for another one is unknown.
#[test]
fn signatures_of_the_attackers_own_keys() {
	let own = [Key::Alice, Key::Ferdie, Key::One];
	forged_votes(|e, j| *j = justify(&e.header, ROUND, 5, &own), Error::UnknownVoter);
}

/// The first audit of a GRANDPA client for IBC found that voters were not looked up in the set
/// (<https://github.com/ComposableFi/composable-ibc/issues/91>).
#[test]
fn an_outsider_among_the_voters() {
	forged_votes(|e, j| j.votes[1] = vote(Key::Ferdie, &e.header, ROUND, 5), Error::UnknownVoter);
}

/// In Tendermint's light client in Rust one malicious validator could pass off votes as those of
/// others (GHSA-6jrf-4jv4-r9mw, <https://github.com/informalsystems/ibc-starknet/issues/391>).
#[test]
fn one_key_that_signs_in_the_name_of_others() {
	forged_votes(
		|_, j| {
			for at in [1, 2] {
				j.votes[at].signature = j.votes[0].signature.clone();
			}
		},
		Error::BadSignature,
	);
}

/// Harmony's Horizon bridge, June 2022: two stolen keys of five were enough
/// (<https://dark-forest.tacitvs.eth.limo/hacks/harmony-horizon-bridge-hack>). Here two of four are
/// not, nor are exactly two thirds.
#[test]
fn as_many_keys_as_could_be_stolen() {
	forged_votes(|_, j| j.votes.truncate(2), Error::TooFewVotes);
	let three = Voters::new(5, &BETA_VOTERS[..3]);
	let (mut alpha, mut beta) = (alpha_chain(), Chain::new(BETA, three));
	beta.seal();
	alpha.knows(&beta);
	beta.advance_to(8);
	let mut world = World { alpha, beta };
	let mut evidence = world.evidence(&[]);
	evidence.justification().votes.pop();
	world.refuse(&evidence, &[], Error::TooFewVotes);
}

/// A verifier of Tendermint on Cardano could be given other weights than the honest ones
/// (<https://github.com/cardano-foundation/cardano-ibc-incubator/issues/668>). Three light voters
/// are fewer than one heavy one, and the weights come from storage.
#[test]
fn heads_counted_instead_of_weight() {
	let (mut world, _, _) = ready();
	let heavy = [(Key::Bob, 7), (Key::Charlie, 1), (Key::Dave, 1), (Key::Eve, 1)];
	world.beta.announce(weighted_change(&heavy, 0));
	world.beta.seal();
	world.tell_alpha(&[]).expect("a new set is a step");
	world.beta.voters = Voters::new(6, &BETA_VOTERS);
	world.beta.advance_to(12);
	let mut evidence = world.evidence(&[]);
	let light = [Key::Charlie, Key::Dave, Key::Eve];
	*evidence.justification() = justify(&evidence.header, ROUND, 6, &light);
	world.refuse(&evidence, &[], Error::TooFewVotes);
	*evidence.justification() = justify(&evidence.header, ROUND, 6, &[Key::Bob]);
	world.submit(evidence, &[]).expect("seven of ten are enough");
}

/// Ronin, August 2024: an upgrade left the threshold at zero, and any withdrawal passed
/// (<https://halborn.com/blog/post/explained-the-ronin-network-hack-august-2024>).
#[test]
fn no_votes_where_none_seem_to_be_needed() {
	forged_votes(|_, j| j.votes.clear(), Error::TooFewVotes);
}

/// The same one step earlier (Ronin, August 2024): a chain is not known by a set that nobody is in.
/// The attack is a registration by a careless root.
#[test]
fn a_system_without_voters() {
	let mut world = World::new();
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.seal();
	for authorities in [vec![], vec![(authority(Key::Bob), 0)]] {
		let anchor = TrustAnchor { authorities, ..twin.anchor() };
		let call = Call::<Test>::register_system { system: TWIN, anchor };
		world.alpha.run(|| {
			let result = RuntimeCall::from(call).dispatch(RuntimeOrigin::root());
			assert_noop!(result, Error::<Test>::InvalidAuthorities);
		});
	}
}

/// And one step later: the voters hand over to nobody (Ronin, August 2024).
#[test]
fn an_announced_set_of_nobody() {
	let (mut world, id, _) = ready();
	world.beta.announce(scheduled_change(&[], 0));
	world.beta.seal();
	let evidence = world.evidence(&[id]);
	world.refuse(&evidence, &[id], Error::InvalidNextAuthorities);
	world.refuse(&evidence, &[], Error::InvalidNextAuthorities);
}

/// A voting power of 10 - 2^64 made the total small enough for one signature
/// (<https://github.com/cardano-foundation/cardano-ibc-incubator/issues/668>).
#[test]
fn weights_that_wrap_around() {
	let (mut world, id, _) = ready();
	world.beta.announce(weighted_change(&[(Key::Bob, u64::MAX - 9), (Key::Charlie, 20)], 0));
	world.beta.seal();
	let evidence = world.evidence(&[id]);
	world.refuse(&evidence, &[id], Error::InvalidNextAuthorities);
}

/// What a vote is for is part of what is signed, which implementors had to ask about
/// (<https://github.com/w3f/polkadot-spec/issues/195>). Prevotes do not finalize.
#[test]
fn prevotes_presented_as_precommits() {
	let quorum = &BETA_VOTERS[..3];
	let prevotes = |e: &Evidence| quorum.iter().map(|k| prevote(*k, &e.header, ROUND, 5)).collect();
	forged_votes(|e, j| j.votes = prevotes(e), Error::BadSignature);
}

/// Votes count in their round only: in an earlier one the same voters may have voted for a block
/// that lost (<https://github.com/zdave-parity/jam-np/pull/6>).
#[test]
fn votes_of_another_round() {
	forged_votes(|_, j| j.round += 1, Error::BadSignature);
	forged_votes(|e, j| j.votes[2] = vote(BETA_VOTERS[2], &e.header, 0, 5), Error::BadSignature);
}

/// Bridges were drained with signatures that did not say what they were for, such as those of the
/// Omni bridge in September 2022. Here: a signature over a block's hash and number, made by a voter
/// for another purpose.
#[test]
fn a_signature_over_the_block_alone() {
	forged_votes(
		|e, j| {
			let block = (e.header.hash(), e.header.number);
			j.votes[2].signature = sign(BETA_VOTERS[2], &block.encode());
		},
		Error::BadSignature,
	);
}

/// Bridge hubs limit how large a justification may be, because each vote costs a signature check
/// (<https://github.com/paritytech/parity-bridges-common/pull/1882>). Here no vote is superfluous.
#[test]
fn votes_that_only_cost_time() {
	forged_votes(|e, j| *j = justify(&e.header, ROUND, 5, &BETA_VOTERS), Error::SurplusVote);
}
