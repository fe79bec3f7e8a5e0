//! What a proven value means: whose it is, of which kind, and of which contract.

use super::*;
use crate::{LogHash, Positions};
use codec::Encode;
use ribp_protocol::Outline;
use sp_core::H256;
use sp_io::hashing::twox_128;

corpus! {
	the_position_of_another_contract
	the_position_of_the_log_instead_of_the_contract
	a_position_in_another_pallet
	a_contract_presented_as_a_log
	a_reversal_presented_as_a_log
	a_mirror_with_another_receiver
	a_mirror_with_other_terms
	a_value_of_another_type
	a_header_of_another_height
	a_delivery_of_nothing
}

/// Evidence of these keys of beta, in place of those that alpha asks for.
fn instead(world: &mut World, keys: Vec<Vec<u8>>) -> Evidence {
	let honest = world.evidence(&[]);
	let proof = world.beta.prove(honest.header.number, &keys);
	Evidence { proof, ..honest }
}

fn position(log: impl Into<LogHash>) -> Vec<u8> {
	Positions::<Test>::hashed_key_for(log.into())
}

/// A world in which many have registered on beta, but not the payment that is waited for.
fn unpaid() -> (World, Exchange, Exchange) {
	let (swap, other) = (Exchange::until(20, 20), Exchange::numbered(1, 20, 20));
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	for number in 1..5 {
		let payment = Exchange::numbered(number, 20, 20).payment;
		world.beta.register(&payment).expect("it is new");
	}
	world.seal();
	(world, swap, other)
}

/// Hyperbridge, April 2026: the proof was not tied to the request that was executed
/// (<https://hubsec.pages.dev/research/hyperbridge-2026-04>). A true proof that somebody else has
/// registered.
#[test]
fn the_position_of_another_contract() {
	let (mut world, swap, other) = unpaid();
	let ids = [swap.delivery.id()];
	let forged = instead(&mut world, vec![position(other.payment.id())]);
	world.refuse(&forged, &ids, Error::MirrorNotRegistered);
	world.beta.register(&swap.payment).expect("it is new");
	world.seal();
	let honest = world.evidence(&ids);
	let forged = instead(&mut world, vec![position(other.payment.id())]);
	world.refuse(&forged, &ids, Error::IncompleteProof);
	world.submit(honest, &ids).expect("its own position is believed");
}

/// Poly Network, August 2021: one kind of message passed for another
/// (<https://slowmist.medium.com/the-analysis-and-q-a-of-poly-network-being-hacked-8112a35beb39>). A
/// log's position is no registration, and a registration no commit.
#[test]
fn the_position_of_the_log_instead_of_the_contract() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap);
	let ids = [swap.delivery.id()];
	let log = position(swap.payment.contract.log);
	world.beta.corrupt(|| {
		sp_io::storage::clear(&position(swap.payment.id()));
		sp_io::storage::set(&log, &3u32.encode());
	});
	world.beta.seal();
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::MirrorNotRegistered);

	// The other way round: registered, and presented as committed.
	let mut world = World::new().registered(&swap);
	world.tell_alpha(&ids).expect("the payment is registered");
	world.seal();
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerLogNotCommitted);
}

/// Qubit, January 2022: two ways to deposit left the same event, and the bridge could not tell which
/// of them it came from (<https://qbt.wiki/en/incident/what-happened>). The same item under the same
/// key, but of another pallet.
#[test]
fn a_position_in_another_pallet() {
	let (mut world, swap, _) = unpaid();
	let ids = [swap.delivery.id()];
	let own = position(swap.payment.id());
	let elsewhere = [&twox_128(b"Attacker")[..], &own[16..]].concat();
	world.beta.corrupt(|| sp_io::storage::set(&elsewhere, &2u32.encode()));
	world.seal();
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::MirrorNotRegistered);
	let forged = instead(&mut world, vec![elsewhere]);
	world.refuse(&forged, &ids, Error::IncompleteProof);
}

/// Poly Network, August 2021, found a method by a hash that collided with another's. Hashes of logs,
/// reversals and contracts have tags: a contract whose peer log is another contract, which is
/// registered on beta, waits in vain.
#[test]
fn a_contract_presented_as_a_log() {
	let (mut world, _, other) = unpaid();
	let registered = LogHash::from(other.payment.id());
	let half = Exchange::numbered(9, 20, 20).delivery.with_contract(|c| c.peer_log = registered);
	world.alpha.register(&half).expect("alpha cannot know what the hash is of");
	let ids = [half.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::MirrorNotRegistered);
	// Nor can the mirror be registered: no log has that hash.
	let mirror = Half { contract: half.contract.mirror(ALPHA), ..other.payment };
	let refused = world.beta.register(&mirror).expect_err("the log is another one");
	assert_eq!(refused, Error::<Test>::LogHashMismatch.into());
}

/// The same with the log's own reversal, which is committed when the log is undone
/// (Poly Network, August 2021).
#[test]
fn a_reversal_presented_as_a_log() {
	let mut world = World::new();
	let delivery = Exchange::until(20, 20).delivery;
	let swapped = delivery.with_contract(|c| (c.log, c.reversal) = (c.reversal, c.log));
	world.refuse_registration(&swapped, Error::LogHashMismatch);
	let same = delivery.with_contract(|c| c.peer_reversal = c.peer_log);
	world.refuse_registration(&same, Error::LogsNotDistinct);
}

/// Nomad, August 2022: whoever copied a message and put in another receiver was paid
/// (<https://pontem.network/posts/nomad-bridge-hack-explained-risks-of-cross-chain-applications>).
/// The payment pays Carol, and is another one.
#[test]
fn a_mirror_with_another_receiver() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.beta.register(&swap.payment.with_action(BOB, CAROL, 40)).expect("it is new");
	world.seal();
	let evidence = world.evidence(&[swap.delivery.id()]);
	world.refuse(&evidence, &[swap.delivery.id()], Error::MirrorNotRegistered);
}

/// Hyperbridge, April 2026: of a message only part was bound to its proof. Amount and expiries are
/// in the hash as everything else is.
#[test]
fn a_mirror_with_other_terms() {
	let swap = Exchange::until(20, 20);
	let cheaper = swap.payment.with_action(BOB, ALICE, 39);
	let earlier = swap.payment.with_contract(|contract| contract.h1 -= 1);
	let later = swap.payment.with_contract(|contract| contract.h2 += 1);
	for payment in [cheaper, earlier, later] {
		let mut world = World::new();
		world.alpha.register(&swap.delivery).expect("it is new");
		world.beta.register(&payment).expect("it is new");
		world.seal();
		let evidence = world.evidence(&[swap.delivery.id()]);
		world.refuse(&evidence, &[swap.delivery.id()], Error::MirrorNotRegistered);
	}
}

/// Decoders that leave bytes over read two meanings from one value
/// (<https://github.com/dashpay/platform/pull/4101>).
#[test]
fn a_value_of_another_type() {
	for bytes in [vec![], vec![2], vec![2, 0, 0, 0, 0], 2u64.encode(), Some(2u32).encode()] {
		let (mut world, swap, _) = unpaid();
		let ids = [swap.delivery.id()];
		world.beta.corrupt(|| sp_io::storage::set(&position(swap.payment.id()), &bytes));
		world.seal();
		let evidence = world.evidence(&ids);
		world.refuse(&evidence, &ids, Error::ProofUndecodable);
	}
}

/// Without all headers in between, a header's number is only what it says of itself
/// (<https://github.com/paritytech/parity-bridges-common/pull/755>): the history that it states has to
/// be as long, whatever its voters have signed.
#[test]
fn a_header_of_another_height() {
	let (mut world, id, _) = ready();
	world.beta.advance_to(13);
	let honest = world.evidence(&[id]);
	for number in [11, 13, 400, u32::MAX] {
		let header = crate::Header { number, ..honest.header.clone() };
		let justification = world.beta.voters.justify(&header);
		let mut forged = Evidence { header, ..honest.clone() }.justified_by(justification);
		world.refuse(&forged, &[id], Error::ExtensionMiscounted);
		let outline = Outline::of(0, 1, number).expect("it is newer");
		forged.extension().nodes.resize(outline.nodes.len(), H256::zero());
		forged.extension().tail.resize(outline.tail.len(), H256::zero());
		world.refuse(&forged, &[id], Error::OtherHistory);
	}
	world.submit(honest, &[id]).expect("at its own height it is believed");
}

/// Qubit, January 2022: a deposit of nothing, from no token, counted as one
/// (<https://certik.medium.com/qubit-bridge-collapse-exploited-to-the-tune-of-80-million-a7ab9068e1a0>).
/// Here nothing is registered without its value: none, too little, what the payer does not have, and
/// somebody else's.
#[test]
fn a_delivery_of_nothing() {
	let mut world = World::new();
	let delivery = Exchange::until(20, 20).delivery;
	let nothing = delivery.with_action(ALICE, BOB, 0);
	world.refuse_registration(&nothing, Error::AmountTooSmall);
	let all_there_is = delivery.with_action(ALICE, BOB, u64::MAX);
	world.refuse_registration(&all_there_is, Error::InsufficientValue);
	let to_nobody = delivery.with_action(ALICE, NOBODY, 100);
	world.refuse_registration(&to_nobody, Error::ReceiverDoesNotExist);
	let to_oneself = delivery.with_action(ALICE, ALICE, 100);
	world.refuse_registration(&to_oneself, Error::PayerIsReceiver);
}
