//! What a header says of its chain, and what becomes of one that says something else.

use super::{chain::*, world::*};
use crate::{
	chains::own::begin_block,
	mock::{Ribp, System, Test, BLOCK_TIME},
	statement_of, CompleteFrom, Error, Evidence, OwnHistory, Statement, Subtree, ENGINE_ID,
	MAX_NODES, STORED_LEVEL,
};
use codec::Encode;
use ribp_protocol::{leaf, Frontier, History, WIRE_VERSION};
use sp_core::H256;
use sp_io::TestExternalities;
use sp_runtime::{Digest, DigestItem};

/// The root over the hashes of blocks `first..next`, from what the chain's nodes have.
fn root_of(chain: &Chain, first: u32, next: u32) -> H256 {
	let mut tree = Frontier::default();
	(first..next).for_each(|n| tree.push(0, leaf(chain.hash_at(n))).expect("there is room"));
	tree.root()
}

fn statement_at(chain: &Chain, number: u32) -> Statement {
	statement_of(&chain.block(number).header).expect("every header has one")
}

#[test]
fn every_header_states_all_of_its_past() {
	let mut beta = beta_chain();
	beta.advance_to(70);
	for number in 1..70 {
		let statement = Statement {
			system: BETA,
			storage_prefix: beta.anchor().storage_prefix,
			first: 0,
			complete_from: 1,
			time: u64::from(number - 1) * BLOCK_TIME,
			history_root: root_of(&beta, 0, number),
		};
		assert_eq!(statement_at(&beta, number), statement, "block {number}");
	}
}

#[test]
fn the_roots_of_what_a_pruned_node_has_forgotten_are_in_the_state() {
	let leaves = 1 << STORED_LEVEL;
	let hash = |number: u32| H256::from_low_u64_be(number.into());
	let root = |first: u32, next: u32| {
		let mut tree = Frontier::default();
		(first..next).for_each(|n| tree.push(0, leaf(hash(n))).expect("there is room"));
		tree.root()
	};
	let large = [0, 1].map(|index| Subtree { level: STORED_LEVEL, index });
	let larger = Subtree { level: STORED_LEVEL + 1, index: 0 };
	let small = Subtree { level: STORED_LEVEL - 1, index: 0 };
	let later = Subtree { level: STORED_LEVEL, index: 2 };
	TestExternalities::default().execute_with(|| {
		for number in 1..=2 * leaves {
			System::initialize(&number, &hash(number - 1), &Default::default());
			begin_block::<Test>();
			let is_complete = number == 2 * leaves;
			assert_eq!(Ribp::history_nodes(vec![larger]), [is_complete.then(|| root(0, number))]);
		}
		let nodes = Ribp::history_nodes(vec![large[0], large[1], small, later]);
		assert_eq!(nodes, [Some(root(0, leaves)), Some(root(leaves, 2 * leaves)), None, None]);
		let many = vec![large[0]; MAX_NODES + 1];
		assert_eq!(Ribp::history_nodes(many).len(), MAX_NODES);
	});
}

/// Nobody has recorded what happened meanwhile: neither blocks nor contracts.
#[test]
fn a_pallet_that_was_away_begins_anew() {
	for forget in [
		|| OwnHistory::<Test>::kill(),
		|| OwnHistory::<Test>::put(History::starting_at(0)),
		|| OwnHistory::<Test>::put(History::starting_at(500)),
	] {
		let mut beta = beta_chain();
		beta.advance_to(9);
		beta.corrupt(forget);
		beta.seal();
		beta.advance_to(14);
		let before = statement_at(&beta, 9);
		assert_eq!((before.first, before.complete_from), (0, 1));
		for number in 10..14 {
			let Statement { first, complete_from, history_root, .. } = statement_at(&beta, number);
			assert_eq!((first, complete_from), (9, 10), "block {number}");
			assert_eq!(history_root, root_of(&beta, 9, number));
		}
		assert_eq!(beta.run(CompleteFrom::<Test>::get), 10);
	}
}

/// Evidence that was believed as it was, under a header with another digest, which beta's voters have
/// finalized: an upgrade of beta.
fn under_digest(world: &World, evidence: &Evidence, logs: Vec<DigestItem>) -> Evidence {
	let mut header = evidence.header.clone();
	header.digest = Digest { logs };
	let justification = Some(world.beta.voters.justify(&header));
	Evidence { header, justification, ..evidence.clone() }
}

#[test]
fn what_is_not_understood_is_not_taken_for_absent() {
	let (mut world, id, evidence) = ready();
	let statement = statement_of(&evidence.header).expect("every header has one");
	let moved = Statement { storage_prefix: [7; 16], ..statement.clone() };
	let later = DigestItem::Consensus(ENGINE_ID, (WIRE_VERSION + 1, &statement).encode());
	let longer = DigestItem::Consensus(ENGINE_ID, (WIRE_VERSION, &statement, 0u8).encode());
	let mut bytes = (WIRE_VERSION, &statement).encode();
	bytes.pop();
	let shorter = DigestItem::Consensus(ENGINE_ID, bytes);
	let none = DigestItem::Consensus(ENGINE_ID, vec![1]);
	let cases = || {
		[
			(vec![], Error::StatementMissing),
			(vec![statement.item(), statement.item()], Error::StatementRepeated),
			(vec![later.clone()], Error::VersionNotSupported),
			(vec![longer.clone()], Error::StatementMalformed),
			(vec![shorter.clone()], Error::StatementMalformed),
			(vec![none.clone()], Error::StatementMalformed),
			(vec![moved.item()], Error::StoragePrefixChanged),
		]
	};
	for contracts in [&[id][..], &[]] {
		for (logs, error) in cases() {
			let upgraded = under_digest(&world, &evidence, logs);
			world.refuse(&upgraded, contracts, error);
		}
	}
	world.submit(evidence, &[id]).expect("it is as it was");
}

#[test]
fn a_known_header_is_asked_for_its_statement_as_well() {
	let (mut world, id, _) = ready();
	world.tell_alpha(&[]).expect("it is the first");
	world.alpha.corrupt(|| {
		crate::Systems::<Test>::mutate(BETA, |record| {
			record.as_mut().expect("beta is known").storage_prefix = [7; 16];
		});
	});
	let known = world.evidence(&[id]);
	assert_eq!(known.justification, None);
	world.refuse(&known, &[id], Error::StoragePrefixChanged);
}
