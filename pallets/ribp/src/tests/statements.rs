//! What a header says of its chain, and what becomes of one that says something else.

use super::{altered::*, chain::*, world::*};
use crate::{
	chains::own::begin_block,
	mock::{Ribp, RuntimeOrigin, System, Test, BLOCK_TIME},
	statement_of, Call, CompleteFrom, Error, Event, Evidence, Link, Outcome, OwnHistory, Stage,
	Statement, Subtree, Systems, TrustAnchor, ENGINE_ID, MAX_NODES, STORED_LEVEL,
};
use codec::Encode;
use frame_support::traits::PalletInfoAccess;
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
			storage_prefix: Ribp::name_hash(),
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
	let justification = world.beta.voters.justify(&header);
	Evidence { header, ..evidence.clone() }.justified_by(justification)
}

#[test]
fn what_is_not_understood_is_not_taken_for_absent() {
	let (mut world, id, _) = ready();
	world.advance_to(9);
	let evidence = world.evidence(&[id]);
	let statement = statement_of(&evidence.header).expect("every header has one");
	let moved = Statement { storage_prefix: [7; 16], ..statement.clone() };
	let restarted = Statement { first: 1, ..statement.clone() };
	let number = evidence.header.number;
	let before_its_first = Statement { first: number + 1, ..statement.clone() };
	let complete_ahead = Statement { complete_from: number + 1, ..statement.clone() };
	let later = DigestItem::Consensus(ENGINE_ID, (WIRE_VERSION + 1, &statement).encode());
	let longer = DigestItem::Consensus(ENGINE_ID, (WIRE_VERSION, &statement, 0u8).encode());
	let mut bytes = (WIRE_VERSION, &statement).encode();
	bytes.pop();
	let shorter = DigestItem::Consensus(ENGINE_ID, bytes);
	let none = DigestItem::Consensus(ENGINE_ID, vec![1]);
	let cases = || {
		vec![
			(vec![], Error::StatementMissing),
			(vec![statement.item(), statement.item()], Error::StatementRepeated),
			(vec![later.clone()], Error::VersionNotSupported),
			(vec![longer.clone()], Error::StatementMalformed),
			(vec![shorter.clone()], Error::StatementMalformed),
			(vec![none.clone()], Error::StatementMalformed),
			(vec![moved.item()], Error::StoragePrefixChanged),
			(vec![restarted.item()], Error::HistoryRestarted),
			(vec![before_its_first.item()], Error::StatementMalformed),
			(vec![complete_ahead.item()], Error::StatementMalformed),
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
	world.advance_to(8);
	world.tell_alpha(&[]).expect("it is a step");
	world.alpha.corrupt(|| {
		Systems::<Test>::mutate(BETA, |record| {
			record.as_mut().expect("beta is known").storage_prefix = [7; 16];
		});
	});
	for number in [2, 6, 7] {
		let known = world.evidence_at(number, &[id]);
		assert_eq!(known.link, Link::Known);
		world.refuse(&known, &[id], Error::StoragePrefixChanged);
	}
}

/// A pallet that was removed and added again, or renamed over an empty storage: what was there is gone,
/// and absence tells nothing.
#[test]
fn a_history_that_begins_anew_is_not_the_one_that_is_known() {
	let (mut world, id, _) = ready();
	world.advance_to(9);
	world.beta.corrupt(OwnHistory::<Test>::kill);
	world.beta.advance_to(20);
	let last = world.evidence_at(9, &[id]);
	world.authorize(submission(BETA, last, &[id])).expect("it goes on");
	for number in [10, 19] {
		let news = world.evidence_at(number, &[id]);
		world.refuse(&news, &[id], Error::HistoryRestarted);
	}
	let restarted = world.evidence(&[]);
	world.refuse(&restarted, &[], Error::HistoryRestarted);
	world.advance_to(20);
	let renew = Call::renew_system { system: BETA, anchor: restarted_anchor(&world.beta) };
	world.alpha.dispatch(RuntimeOrigin::root(), renew).expect("root knows what has happened");
	let record = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("beta is known");
	assert_eq!((record.complete_from, record.view.history().first), (10, 9));
}

/// The anchor of a chain whose history begins at block 9.
fn restarted_anchor(beta: &Chain) -> TrustAnchor {
	let mut history = History::starting_at(9);
	for height in 9..beta.sealed() {
		history.push(beta.hash_at(height), |_, _| {}).expect("there is room");
	}
	TrustAnchor { history, ..beta.anchor() }
}

/// Lets beta say, from the open block's successor on, from which height on its state is complete.
fn complete_from(beta: &mut Chain, height: u32) {
	beta.corrupt(|| CompleteFrom::<Test>::put(height));
}

#[test]
fn what_was_said_of_contracts_that_are_complete_is_not_taken_back() {
	let (mut world, id, _) = ready();
	complete_from(&mut world.beta, 5);
	world.advance_to(9);
	world.tell_alpha(&[]).expect("it is a step");
	let record = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("beta is known");
	assert_eq!(record.complete_from, 5);
	complete_from(&mut world.beta, 4);
	world.advance_to(20);
	let fallen = world.evidence(&[id]);
	world.refuse(&fallen, &[id], Error::CompletenessFell);
	let fallen = world.evidence(&[]);
	world.refuse(&fallen, &[], Error::CompletenessFell);
	// It goes for what was believed, not for what was stated before.
	let known = world.evidence_at(2, &[id]);
	world.submit(known, &[id]).expect("block 2 is in the known history");
}

/// A delivery that alpha has committed, and nothing on beta, which says after the payment's expiry
/// that its state is complete from `height` on.
fn absent_and_complete_from(height: u32) -> (World, Half) {
	let delivery = Exchange::until(10, 10).delivery.firm();
	let mut world = World::new();
	world.alpha.register(&delivery).expect("it is new");
	world.advance_to(12);
	complete_from(&mut world.beta, height);
	world.advance_to(14);
	(world, delivery)
}

/// An upgrade has moved contracts to where nobody looks: their absence reverses nothing.
#[test]
fn what_may_have_been_there_before_an_upgrade_is_not_taken_for_absent() {
	for height in [11, 13] {
		let (mut world, delivery) = absent_and_complete_from(height);
		let ids = [delivery.id()];
		world.tell_alpha(&ids).expect("beta says that it is unknown");
		let forgotten = Event::Forgotten { id: delivery.id(), relied: Some(13) };
		assert!(world.alpha.events().contains(&forgotten));
		world.advance_to(20);
		world.tell_alpha(&[]).expect("it is a step");
		let known = world.evidence(&ids);
		assert_eq!(known.link, Link::Known);
		world.refuse(&known, &ids, Error::NotComplete);
		assert_eq!(world.alpha.stage(&delivery), Some(Stage::Committed { at: 2 }));
	}
}

/// An upgrade keeps what expires from that height on: when it was registered does not matter.
#[test]
fn what_an_upgrade_would_have_kept_is_absent_if_it_is_not_there() {
	for height in [1, 3, 9, 10] {
		let (mut world, delivery) = absent_and_complete_from(height);
		world.tell_alpha(&[delivery.id()]).expect("all that expires in block 10 is there");
		assert_eq!(world.alpha.outcome(&delivery), Some(Outcome::Reversed), "{height}");
	}
}

#[test]
fn an_upgrade_in_whose_time_nothing_is_there_ends_nothing_that_is_registered() {
	let swap = Exchange::until(60, 10);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.advance_to(12);
	complete_from(&mut world.beta, 11);
	world.advance_to(14);
	let ids = [swap.id()];
	let absent = world.evidence(&ids);
	world.refuse(&absent, &ids, Error::NotComplete);
	assert_eq!(world.alpha.stage(&swap.delivery), Some(Stage::Registered));
	let before = world.evidence_at(11, &ids);
	world.submit(before, &ids).expect("the state was complete before the upgrade");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Expired));
}

/// It is absence alone that an upgrade makes doubtful.
#[test]
fn what_is_there_counts_from_whichever_block_on_the_state_is_complete() {
	let swap = Exchange::until(10, 10);
	let mut committed = World::new().registered(&swap).committed(&swap);
	let mut registered = World::new().registered(&swap);
	registered.tell_alpha(&[swap.id()]).expect("the payment is registered");
	for (world, outcome) in
		[(&mut committed, Outcome::Settled), (&mut registered, Outcome::Reversed)]
	{
		world.advance_to(12);
		complete_from(&mut world.beta, 12);
		world.advance_to(14);
		world.tell_alpha(&[swap.id()]).expect("it is there");
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(outcome));
	}
}

#[test]
fn what_is_agreed_upon_since_an_upgrade_goes_on_as_before() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap).at(6);
	complete_from(&mut world.beta, 6);
	let mut world = world.at(9).committed(&swap);
	world.tell_alpha(&[swap.id()]).expect("the payment is committed");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	world.tell_beta(&[swap.id()]).expect("the delivery is committed");
	assert_eq!(world.beta.outcome(&swap.payment), Some(Outcome::Settled));
}

/// Nothing commits on what is absent, whenever that was.
#[test]
fn what_is_not_registered_is_not_there_after_an_upgrade_either() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.advance_to(5);
	complete_from(&mut world.beta, 5);
	world.advance_to(8);
	let ids = [swap.id()];
	let absent = world.evidence(&ids);
	world.refuse(&absent, &ids, Error::PeerNotRegistered);
}
