//! What was true of another chain, at another time, or has been used already.

use super::*;
use crate::{mock::VIEW_STEP, statement_of, Outcome, Settlement, Stage, ENGINE_ID};
use ribp_light_client::testing::{vote, Ed25519Keyring as Key};
use ribp_protocol::{leaf, Frontier};
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
	a_gap_without_hashes
	a_log_welded_below_the_known_head
	an_index_beyond_the_log
	a_path_of_another_length
	a_false_alarm
	news_that_is_none
}

/// A chain that beta's voters finalize too.
fn twin_at(world: &World, height: u32) -> Chain {
	let mut twin = Chain::new(TWIN, world.beta.voters.clone());
	twin.advance_to(height);
	twin
}

/// Evidence of the twin, linked as if it were of beta.
fn of_twin(twin: &Chain, world: &mut World, number: u32) -> Evidence {
	let view = world.alpha.view_of(BETA);
	twin.evidence_of(number, &view, BTreeSet::new())
}

/// The Omni bridge, September 2022: messages from one chain were replayed on its fork, because the
/// bridge did not look which chain it was on
/// (<https://cointelegraph.com/news/ethw-confirms-contract-vulnerability-exploit-dismisses-replay-attack-claims/amp>).
/// GRANDPA signatures do not name the chain; the statement in each header does.
#[test]
fn another_chain_of_the_same_keys() {
	let (mut world, id, honest) = ready();
	let twin = twin_at(&world, 9);
	let foreign = of_twin(&twin, &mut world, 8);
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
	let change = of_twin(&twin, &mut world, twin.sealed());
	world.refuse(&change, &[], Error::HeaderOfOtherSystem);
	world.submit(honest, &[id]).expect("beta's own evidence is believed");
	world.beta.hand_over(&[Key::Ferdie]);
	world.tell_alpha(&[]).expect("beta's own change is followed");
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
		let justification = world.beta.voters.justify(&header);
		let link = Link::Above { justification, extension: Default::default() };
		let bare = Evidence { header, link, proof: vec![] };
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
	let invented = Evidence { header, ..honest.clone() }.justified_by(justification);
	let bare = Evidence { proof: vec![], ..invented.clone() };
	world.refuse(&bare, &[], Error::DuplicateVoter);
	world.refuse(&invented, &[id], Error::DuplicateVoter);
	let mut once = bare;
	let first_of_each = votes.into_iter().step_by(2).take(3).collect();
	once.justification().votes = first_of_each;
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
	let twin = twin_at(&world, 2);
	world.alpha.knows(&twin);
	world.refuse_of(TWIN, &honest, &[id], Error::UnknownContract);
	world.beta.advance_to(9);
	let step = world.evidence(&[]);
	world.refuse_of(TWIN, &step, &[], Error::HeaderOfOtherSystem);
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
	world.refuse(&honest, &[], Error::JustificationNotNeeded);
	let bare = honest.unlinked();
	world.refuse(&bare, &[], Error::NothingToGain);
	// The contract has moved on, and asks for what is not there yet.
	world.refuse(&bare, &[id], Error::PeerNotCommitted);
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
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Ended(Outcome::Settled)));
	let mut again = settling.unlinked();
	world.refuse(&again, &ids, Error::UnknownContract);
	again.proof.reverse();
	world.refuse(&again, &ids, Error::UnknownContract);
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
	world.refuse(&earlier, &[id], Error::PeerNotRegistered);
	world.submit(honest, &[id]).expect("the honest evidence is believed");
}

/// Without the chain of all headers a verifier must not go back: it would judge by a state that is
/// over (<https://github.com/paritytech/parity-bridges-common/pull/783>). What was final, and is, must
/// be shown to be in the known history; and it takes nothing back.
#[test]
fn a_journey_back_in_time() {
	let swap = Exchange::until(10, 10);
	let mut world = World::new().registered(&swap).committed(&swap).at(31);
	let ids = [swap.delivery.id()];
	let past = [3, 8, 12].map(|number| world.evidence_at(number, &ids));
	world.tell_alpha(&[]).expect("it is a step");
	for evidence in past {
		assert!(evidence.link.justification().is_some(), "it was final, and is");
		world.refuse(&evidence, &ids, Error::HeaderNotRelated);
	}
	let registered_only = world.evidence_at(2, &ids);
	world.refuse(&registered_only, &ids, Error::PeerNotCommitted);
	world.tell_alpha(&ids).expect("the newest block is believed");
	assert_eq!(world.alpha.view_of(BETA).number(), 30);
}

/// Long-range attack: history before the point of trust is signed by keys that nobody guards any more
/// (<https://github.com/paritytech/parity-bridges-common/issues/76>).
#[test]
fn history_from_before_the_trust_anchor() {
	let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
	beta.advance_to(9);
	alpha.knows(&beta);
	let mut invented = beta_chain();
	invented.announce(DigestItem::Other(vec![]));
	invented.advance_to(9);
	beta.advance_to(14);
	let mut world = World { alpha, beta };
	for number in [1, 6, 7, 8] {
		let block = invented.block(number);
		let (header, justification) = (block.header.clone(), block.voters.justify(&block.header));
		let above = Link::Above { justification, extension: Default::default() };
		let below = Link::Below { under: 8, path: invented.path(number.min(7), 8) };
		let swap = Exchange::until(90, 90);
		let _only_once = world.alpha.register(&swap.delivery);
		let ids = [swap.delivery.id()];
		let by_votes = Evidence { header, link: above, proof: vec![] };
		// At the anchor's height two blocks are known to be final.
		let error = if number == 8 { Error::ForkedHistory } else { Error::HeaderNotRelated };
		world.refuse(&by_votes, &ids, error);
		let by_path = Evidence { link: below, ..by_votes };
		world.refuse(&by_path, &ids, Error::NotInHistory);
	}
	world.tell_alpha(&[]).expect("what follows the anchor is believed");
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
	world.refuse(&before, &ids, Error::PeerNotCommitted);
	assert!(matches!(world.alpha.stage(&swap.delivery), Some(Stage::Committed { .. })));
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
	world.refuse(&evidence, &ids, Error::PeerNotCommitted);
	world.beta.seal();
	world.tell_alpha(&ids).expect("now it cannot come any more");
}

/// Snowbridge could import headers so far apart that what lay between was out of reach
/// (<https://github.com/paritytech/polkadot-sdk/pull/3727>). Here the gap is bridged by hashes that
/// the header states, and these are not the ones.
#[test]
fn a_gap_with_invented_hashes() {
	let mut world = World::new().at(11);
	world.tell_alpha(&[]).expect("it is a step");
	world.advance_to(61);
	let honest = world.evidence(&[]);
	type Part = fn(&mut Evidence) -> &mut Vec<H256>;
	let parts: [Part; 2] = [|e| &mut e.extension().nodes, |e| &mut e.extension().tail];
	for part in parts {
		for at in 0..part(&mut honest.clone()).len() {
			let mut forged = honest.clone();
			part(&mut forged)[at] = H256::repeat_byte(at as u8);
			world.refuse(&forged, &[], Error::OtherHistory);
		}
		let mut swapped = honest.clone();
		part(&mut swapped).swap(0, 1);
		world.refuse(&swapped, &[], Error::OtherHistory);
		let mut fewer = honest.clone();
		part(&mut fewer).pop();
		world.refuse(&fewer, &[], Error::ExtensionMiscounted);
		let mut more = honest.clone();
		part(&mut more).push(H256::zero());
		world.refuse(&more, &[], Error::ExtensionMiscounted);
	}
	world.submit(honest, &[]).expect("the true hashes bridge it");
}

/// A client that was not fed for so long that catching up is a burden of its own
/// (<https://github.com/paritytech/polkadot-sdk/pull/4478>): here the gap may be as wide as it likes,
/// but what lies between must be brought.
#[test]
fn a_gap_without_hashes() {
	let mut world = World::new().at(400);
	let honest = world.evidence(&[]);
	let mut bare = honest.clone();
	*bare.extension() = Default::default();
	world.refuse(&bare, &[], Error::ExtensionMiscounted);
	world.submit(honest, &[]).expect("a few hashes bridge it");
}

/// Two histories welded into one log: the root covers a branch that nobody has seen, and the known head
/// at its place. A path of one leaf would prove it, as a receipt's did on the Plasma bridge of Polygon
/// (October 2021).
#[test]
fn a_log_welded_below_the_known_head() {
	let swap = Exchange::patient(60, 60);
	let mut world = World::new().registered(&swap).at(21);
	let ids = [swap.delivery.id()];
	world.tell_alpha(&[]).expect("it is a step");
	world.advance_to(41);
	let honest = world.evidence(&ids);
	let root_with = |world: &World, planted: u32| {
		let mut log = Frontier::default();
		for height in 0..40 {
			let hash = world.beta.hash_at(height);
			let hash = if height == planted { H256::repeat_byte(7) } else { hash };
			log.push(0, leaf(hash)).expect("there is room");
		}
		log.root()
	};
	for below in [0, 1, 10, 19] {
		let root = root_with(&world, below);
		let welded = stating(&world, &honest, |statement| statement.history_root = root);
		world.refuse(&welded, &ids, Error::OtherHistory);
	}
	world.submit(honest, &ids).expect("the honest log is believed");
}

/// Hyperbridge, April 2026: an index beyond the tree made the verifier skip the leaf, and the root came
/// out of the proof itself (<https://blog.verichains.io/p/how-a-missing-bounds-check-led-to>).
#[test]
fn an_index_beyond_the_log() {
	let swap = Exchange::patient(60, 60);
	let mut world = World::new().registered(&swap).at(41);
	let ids = [swap.delivery.id()];
	let block = world.evidence_at(20, &[]);
	world.submit(block, &[]).expect("it is a step");
	let honest = world.evidence(&ids);
	for under in [1, 20] {
		let root = world.beta.statement(under).history_root;
		for path in [vec![], vec![root], vec![root, root], vec![H256::zero(), root]] {
			let link = Link::Below { under, path };
			let beyond = Evidence { link, ..honest.clone() };
			world.refuse(&beyond, &ids, Error::NotInHistory);
		}
	}
	world.submit(honest, &ids).expect("with votes and hashes it is believed");
}

/// CVE-2017-12842: where leaves and inner nodes look alike, a path of another length proves another
/// leaf. Here they have tags, and the length of a path follows from heights.
#[test]
fn a_path_of_another_length() {
	let swap = Exchange::patient(60, 60);
	let mut world = World::new().registered(&swap).at(41);
	let ids = [swap.delivery.id()];
	world.tell_alpha(&[]).expect("it is a step");
	let honest = world.evidence_at(5, &ids);
	let Link::Below { path, .. } = honest.link.clone() else { panic!("it is old") };
	let root = world.beta.statement(40).history_root;
	let sibling = world.beta.hash_at(4);
	let lengths = [
		path[1..].to_vec(),
		path[..path.len() - 1].to_vec(),
		[&[sibling], &path[..]].concat(),
		[&path[..], &[root]].concat(),
	];
	for path in lengths {
		let link = Link::Below { under: 40, path };
		world.refuse(&Evidence { link, ..honest.clone() }, &ids, Error::NotInHistory);
	}
	world.submit(honest, &ids).expect("this is the path");
}

/// Hyperbridge took two final headers of one chain for a fork of it
/// (<https://github.com/polytope-labs/hyperbridge/pull/875>). Older honest headers are no fork here,
/// and stop nothing.
#[test]
fn a_false_alarm() {
	let swap = Exchange::patient(60, 60);
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
	world.tell_alpha(&[]).expect("it is a step");
	world.advance_to(10 + VIEW_STEP);
	let mut evidence = world.evidence(&[]);
	world.refuse(&evidence, &[], Error::NothingToGain);
	*evidence.justification() = Voters::new(5, &[Key::One]).justify(&evidence.header);
	evidence.proof.clear();
	world.refuse(&evidence, &[], Error::NothingToGain);
}
