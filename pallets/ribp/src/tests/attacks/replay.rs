//! What was true of another chain, at another time, or has been used already.

use super::*;
use crate::{mock::VIEW_STEP, statement_of, Phase, Settlement, ENGINE_ID};
use ribp_light_client::testing::{vote, Ed25519Keyring as Key};
use sp_core::H256;
use sp_runtime::DigestItem;

corpus! {
	another_chain_of_the_same_keys
	another_chains_change_of_the_same_authorities
	a_header_that_is_named_by_its_author
	votes_of_two_chains_taken_for_two_votes_of_one
	evidence_under_another_chains_name
	evidence_of_an_unknown_chain
	the_same_evidence_again
	the_same_proof_encoded_anew
	a_justification_repeated_with_another_proof
	a_journey_back_in_time
	history_from_before_the_trust_anchor
	absence_in_an_old_block
	absence_before_it_can_be_told
	a_gap_with_invented_hashes
	a_gap_too_wide
	a_false_alarm
	news_that_is_none
}

/// A chain that beta's voters finalize too.
fn twin_at(world: &World, height: u32) -> Chain {
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.advance_to(height);
	twin
}

/// The Omni bridge, September 2022: messages from one chain were replayed on its fork, because the
/// bridge did not look which chain it was on
/// (<https://cointelegraph.com/news/ethw-confirms-contract-vulnerability-exploit-dismisses-replay-attack-claims/amp>).
/// GRANDPA signatures do not name the chain; the view in its state does.
#[test]
fn another_chain_of_the_same_keys() {
	let (mut world, id, honest) = ready();
	let twin = twin_at(&world, 9);
	let foreign = twin.evidence(8, &mut world.alpha, &[]);
	world.refuse(&foreign, &[], Error::HeaderOfOtherSystem);
	world.refuse(&foreign, &[id], Error::HeaderOfOtherSystem);
	world.submit(honest, &[id]).expect("beta's own evidence is believed");
}

/// Validators who run several networks with the same keys sign for all of them, unless what is signed
/// names the network (<https://github.com/omni-network/omni/issues/1543>). A change of authorities
/// needs no state, so that one can be followed which its nodes have pruned: its header names the
/// chain.
#[test]
fn another_chains_change_of_the_same_authorities() {
	let (mut world, id, honest) = ready();
	let mut twin = twin_at(&world, 9);
	twin.hand_over(&[Key::Ferdie]);
	let change = twin.evidence(twin.sealed(), &mut world.alpha, &[]);
	world.refuse(&change, &[], Error::HeaderOfOtherSystem);
	let bare = Evidence { proof: vec![], ..change };
	world.refuse(&bare, &[], Error::HeaderOfOtherSystem);
	world.submit(honest, &[id]).expect("beta's own evidence is believed");
	world.beta.hand_over(&[Key::Ferdie]);
	let change = Evidence { proof: vec![], ..world.evidence(&[]) };
	world.submit(change, &[]).expect("beta's own change is followed");
}

/// The same (<https://github.com/omni-network/omni/issues/1543>), with what a block's author may
/// write into the digest, in front of what the runtime does; and with no name at all.
#[test]
fn a_header_that_is_named_by_its_author() {
	let (world, _, _) = ready();
	let statement = statement_of(&world.beta.block(1).header).expect("every header has one").item();
	let DigestItem::Consensus(_, named) = statement else { panic!("only a runtime writes it") };
	let items = [
		(Some(DigestItem::PreRuntime(ENGINE_ID, named.clone())), Error::HeaderOfOtherSystem),
		(Some(DigestItem::Seal(ENGINE_ID, named.clone())), Error::HeaderOfOtherSystem),
		(Some(DigestItem::Other(named.clone())), Error::HeaderOfOtherSystem),
		(Some(DigestItem::Consensus(*b"ribq", named.clone())), Error::HeaderOfOtherSystem),
		(Some(DigestItem::Consensus(ENGINE_ID, named)), Error::StatementRepeated),
		(None, Error::StatementMissing),
	];
	for (item, error) in items {
		let (mut world, _, _) = ready();
		let mut twin = twin_at(&world, 9);
		twin.hand_over(&[Key::Ferdie]);
		let mut header = twin.block(twin.sealed()).header.clone();
		match item {
			Some(item) => header.digest.logs.insert(0, item),
			None => header.digest.logs.retain(|item| !is_name(item)),
		}
		let justification = Some(world.beta.voters.justify(&header));
		let bare = Evidence { header, justification, proof: vec![], missed: vec![] };
		world.refuse(&bare, &[], error);
	}
}

/// Honest validators vote once in each round of each chain, and votes do not name the chain: with the
/// same keys in two chains, votes for two blocks prove nothing of who cast them
/// (<https://github.com/massalabs/massa/issues/4979>). GRANDPA counts such voters for every block
/// (<https://github.com/paritytech/finality-grandpa/pull/152>). An invented change of authorities.
#[test]
fn votes_of_two_chains_taken_for_two_votes_of_one() {
	let (mut world, id, honest) = ready();
	let twin = twin_at(&world, 9);
	let mut header = honest.header.clone();
	header.digest.push(ribp_light_client::testing::scheduled_change(&[Key::Ferdie], 0));
	let blocks = [world.beta.block(2), twin.block(8)].map(|block| block.header.clone());
	let cast = |key: &Key| blocks.each_ref().map(|block| vote(*key, block, ROUND, 5));
	let votes: Vec<_> = BETA_VOTERS.iter().flat_map(cast).collect();
	let justification = Justification {
		round: ROUND,
		target_hash: header.hash(),
		target_number: header.number,
		votes: votes.clone(),
		ancestries: vec![],
	};
	let invented = Evidence { header, justification: Some(justification), ..honest.clone() };
	let bare = Evidence { proof: vec![], ..invented.clone() };
	world.refuse(&bare, &[], Error::DuplicateVoter);
	world.refuse(&invented, &[id], Error::DuplicateVoter);
	let mut once = bare;
	let first_of_each = votes.into_iter().step_by(2).take(3).collect();
	once.justification.as_mut().expect("it has one").votes = first_of_each;
	world.refuse(&once, &[], Error::VoteNotDescendant);
	world.submit(honest, &[id]).expect("beta's own evidence is believed");
}

fn is_name(item: &DigestItem) -> bool {
	matches!(item, DigestItem::Consensus(ENGINE_ID, _))
}

/// The envelope says one chain and the letter another (the Omni bridge, September 2022): beta's
/// evidence for a chain that has beta's voters.
#[test]
fn evidence_under_another_chains_name() {
	let (mut world, id, honest) = ready();
	let twin = twin_at(&world, 1);
	world.alpha.knows(&twin);
	world.refuse_of(TWIN, &honest, &[id], Error::NotWaiting);
	world.refuse_of(TWIN, &honest, &[], Error::HeaderOfOtherSystem);
	world.submit(honest, &[id]).expect("under its own name it is believed");
}

/// Poly Network, August 2021, did not check where a message was from
/// (<https://slowmist.medium.com/the-analysis-and-q-a-of-poly-network-being-hacked-8112a35beb39>).
#[test]
fn evidence_of_an_unknown_chain() {
	let (mut world, id, honest) = ready();
	for system in [TWIN, ALPHA, crate::SystemId(H256::zero())] {
		world.refuse_of(system, &honest, &[id], Error::UnknownSystem);
	}
	world.submit(honest, &[id]).expect("under its own name it is believed");
}

/// Relayers repeat what was delivered, and bridges had to keep them from filling blocks with it
/// (<https://github.com/paritytech/polkadot-sdk/pull/4102>).
#[test]
fn the_same_evidence_again() {
	let (mut world, id, honest) = ready();
	world.submit(honest.clone(), &[id]).expect("it is new");
	world.refuse(&honest, &[id], Error::JustificationNotNeeded);
	world.refuse(&honest, &[], Error::NothingToGain);
	let bare = Evidence { justification: None, ..honest };
	world.refuse(&bare, &[], Error::NothingToGain);
	// The contract has moved on, and asks for what is not there yet.
	world.refuse(&bare, &[id], Error::PeerLogNotCommitted);
}

/// Polygon's Plasma bridge, October 2021: one withdrawal could be proven 223 times, each time with
/// other bytes in front of the same path
/// (<https://gerhard-wagner.medium.com/double-spending-bug-in-polygons-plasma-bridge-2e0954ccadf1>).
/// Nothing here is remembered by a proof: the contract itself has ended.
#[test]
fn the_same_proof_encoded_anew() {
	let swap = Exchange::until(30, 30);
	let mut world = World::new().registered(&swap).committed(&swap);
	let ids = [swap.delivery.id()];
	let settling = world.evidence(&ids);
	world.submit(settling.clone(), &ids).expect("the payment is committed");
	assert_eq!(world.alpha.phase(&swap.delivery), None);
	let mut again = Evidence { justification: None, ..settling };
	world.refuse(&again, &ids, Error::NotWaiting);
	again.proof.reverse();
	world.refuse(&again, &ids, Error::NotWaiting);
}

/// A justification is public: whoever has seen one can send it with a proof of their own, as BNB's
/// attacker took a real block of long ago (October 2022,
/// <https://halborn.com/explained-the-bnb-chain-hack-october-2022/>).
#[test]
fn a_justification_repeated_with_another_proof() {
	let (mut world, id, honest) = ready();
	let earlier = world.evidence_at(world.beta.sealed() - 1, &[id]);
	let forged = Evidence { proof: earlier.proof.clone(), ..honest.clone() };
	world.refuse(&forged, &[id], Error::ProofOfOtherState);
	// The earlier block itself, rightly proven: the payment was not registered then.
	world.refuse(&earlier, &[id], Error::MirrorNotRegistered);
	world.submit(honest, &[id]).expect("the honest evidence is believed");
}

/// Without the chain of all headers a verifier must not go back: it would judge by a state that is
/// over (<https://github.com/paritytech/parity-bridges-common/pull/783>).
#[test]
fn a_journey_back_in_time() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(21);
	let ids = [swap.delivery.id()];
	let past = [3, 8, 12].map(|number| world.evidence_at(number, &ids));
	world.tell_alpha(&[]).expect("it is a step");
	for evidence in past {
		assert!(evidence.justification.is_some(), "it was final, and is");
		world.refuse(&evidence, &ids, Error::StaleView);
	}
	world.tell_alpha(&ids).expect("the newest block is believed");
}

/// Long-range attack: history before the point of trust is signed by keys that nobody guards any more
/// (<https://github.com/paritytech/parity-bridges-common/issues/76>).
#[test]
fn history_from_before_the_trust_anchor() {
	let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
	beta.advance_to(8);
	alpha.knows(&beta);
	beta.seal();
	let mut world = World { alpha, beta };
	for number in [1, 6, 7] {
		let before = world.evidence_at(number, &[]);
		world.refuse(&before, &[], Error::StaleView);
	}
	world.tell_alpha(&[]).expect("the block after the anchor is believed");
}

/// Dragonberry, October 2022: forged proofs of absence timed out packets that had arrived, and the
/// sender got its money back
/// (<https://forum.cosmos.network/t/cosmos-sdk-ibc-vulnerability-retrospective-security-advisories-dragonberry-and-elderflower-october-2022/8735>).
/// Here the proof is true, of a block from before the payment was committed.
#[test]
fn absence_in_an_old_block() {
	let swap = Exchange::until(10, 10).settling(Settlement::AtExpiry, Settlement::AtExpiry);
	let mut world = World::new().registered(&swap).committed(&swap);
	let ids = [swap.delivery.id()];
	world.advance_to(9);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.advance_to(12);
	let before = world.evidence_at(2, &ids);
	world.refuse(&before, &ids, Error::EvidenceNotNewest);
	assert!(matches!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { .. })));
}

/// The other half of Dragonberry (October 2022): a timeout before its time. The payment is absent,
/// and may still come.
#[test]
fn absence_before_it_can_be_told() {
	let swap = Exchange::until(10, 20);
	let mut world = World::new().registered(&swap);
	let ids = [swap.delivery.id()];
	world.tell_alpha(&ids).expect("the payment is registered");
	world.advance_to(20);
	let evidence = world.evidence(&ids);
	assert_eq!(evidence.header.number, 19);
	world.refuse(&evidence, &ids, Error::PeerLogNotCommitted);
	world.beta.seal();
	world.tell_alpha(&ids).expect("now it cannot come any more");
}

/// Snowbridge could import headers so far apart that what lay between was out of reach
/// (<https://github.com/paritytech/polkadot-sdk/pull/3727>). Here the gap is bridged by every hash,
/// and these are not the ones.
#[test]
fn a_gap_with_invented_hashes() {
	let mut world = World::new().at(11);
	world.tell_alpha(&[]).expect("nothing was known");
	world.advance_to(31);
	let honest = world.evidence(&[]);
	for at in 0..honest.missed.len() {
		let mut forged = honest.clone();
		forged.missed[at] = H256::repeat_byte(at as u8);
		world.refuse(&forged, &[], Error::MissedHashesDoNotFold);
	}
	let mut swapped = honest.clone();
	swapped.missed.swap(0, 1);
	world.refuse(&swapped, &[], Error::MissedHashesDoNotFold);
	let mut fewer = honest.clone();
	fewer.missed.pop();
	world.refuse(&fewer, &[], Error::MissedHashesMiscounted);
	let mut more = honest.clone();
	more.missed.push(H256::zero());
	world.refuse(&more, &[], Error::MissedHashesMiscounted);
	world.submit(honest, &[]).expect("the true hashes bridge it");
}

/// The same with a client that was not fed for so long that catching up is a burden of its own
/// (<https://github.com/paritytech/polkadot-sdk/pull/4478>).
#[test]
fn a_gap_too_wide() {
	let mut world = World::new().at(3);
	world.tell_alpha(&[]).expect("nothing was known");
	world.advance_to(60);
	let evidence = world.evidence(&[]);
	world.refuse(&evidence, &[], Error::GapTooLong);
}

/// Hyperbridge took two final headers of one chain for a fork of it
/// (<https://github.com/polytope-labs/hyperbridge/pull/875>). Older honest headers are no fork here,
/// and stop nothing.
#[test]
fn a_false_alarm() {
	let swap = Exchange::until(60, 60);
	let mut world = World::new().registered(&swap).at(21);
	let ids = [swap.delivery.id()];
	let past = [15, 18, 20].map(|number| world.evidence_at(number, &ids));
	world.tell_alpha(&[]).expect("it is a step");
	for evidence in past {
		world.refuse(&evidence, &ids, Error::JustificationNotNeeded);
	}
	world.tell_alpha(&ids).expect("there is business as before");
}

/// Free submissions invite floods of what is true and useless
/// (<https://github.com/paritytech/polkadot-sdk/pull/4102>). It is refused before anything is verified.
#[test]
fn news_that_is_none() {
	let mut world = World::new().at(11);
	world.tell_alpha(&[]).expect("nothing was known");
	world.advance_to(10 + VIEW_STEP);
	let mut evidence = world.evidence(&[]);
	world.refuse(&evidence, &[], Error::NothingToGain);
	evidence.justification = Some(Voters::new(5, &[Key::One]).justify(&evidence.header));
	evidence.proof.clear();
	world.refuse(&evidence, &[], Error::NothingToGain);
}
