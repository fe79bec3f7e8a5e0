//! What a proven value means: whose it is, of which kind, and of which contract.

use super::*;
use crate::{Commit, LogHash, Settlement, Stage};
use codec::Encode;
use ribp_kit::evidence::corridor_key;
use ribp_protocol::Outline;
use sp_core::H256;
use sp_io::hashing::twox_128;

corpus! {
	the_leg_of_another_contract
	a_registration_presented_as_a_commit
	a_leg_in_another_pallet
	a_leg_for_another_reader
	a_leg_of_another_epoch
	a_contract_presented_as_a_log
	a_reversal_presented_as_a_log
	a_payment_to_another_receiver
	a_payment_on_other_terms
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
fn the_leg_of_another_contract() {
	let (mut world, swap, other) = unpaid();
	let ids = [swap.id()];
	let keys = || vec![other.payment.key(), corridor_key(ALPHA)];
	let forged = instead(&mut world, keys());
	world.refuse(&forged, &ids, Error::PeerNotRegistered);
	world.beta.register(&swap.payment).expect("it is new");
	world.seal();
	let honest = world.evidence(&ids);
	let forged = instead(&mut world, keys());
	world.refuse(&forged, &ids, Error::IncompleteProof);
	world.submit(honest, &ids).expect("its own leg is believed");
}

/// Poly Network, August 2021: one kind of message passed for another
/// (<https://slowmist.medium.com/the-analysis-and-q-a-of-poly-network-being-hacked-8112a35beb39>). A
/// registration is no commit.
#[test]
fn a_registration_presented_as_a_commit() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap);
	let ids = [swap.id()];
	world.tell_alpha(&ids).expect("the payment is registered");
	world.seal();
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerNotCommitted);
	// And a commit after its time is none: the verdict waits for h2.
	world.beta.pretend(&swap.payment, Stage::Committed { at: 21 });
	world.seal();
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerNotCommitted);
}

/// Qubit, January 2022: two ways to deposit left the same event, and the bridge could not tell which
/// of them it came from (<https://qbt.wiki/en/incident/what-happened>). The same item under the same
/// key, but of another pallet.
#[test]
fn a_leg_in_another_pallet() {
	elsewhere(|key| key[..16].copy_from_slice(&twox_128(b"Attacker")));
}

/// The same contract, as if it was with another chain (Qubit, January 2022).
#[test]
fn a_leg_for_another_reader() {
	elsewhere(|key| key[32..64].copy_from_slice(TWIN.0.as_bytes()));
}

/// Or as if it expired at another time (Qubit, January 2022).
#[test]
fn a_leg_of_another_epoch() {
	elsewhere(|key| key[64] ^= 1);
}

#[track_caller]
fn elsewhere(change: impl FnOnce(&mut Vec<u8>)) {
	let (mut world, swap, _) = unpaid();
	let ids = [swap.id()];
	let mut elsewhere = swap.payment.key();
	change(&mut elsewhere);
	world.beta.corrupt(|| {
		sp_io::storage::set(&elsewhere, &Stage::Registered.encode());
	});
	world.seal();
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerNotRegistered);
	let forged = instead(&mut world, vec![elsewhere]);
	world.refuse(&forged, &ids, Error::IncompleteProof);
}

/// Poly Network, August 2021, found a method by a hash that collided with another's. Hashes of logs,
/// reversals and contracts have tags: a contract whose peer log is another contract, which is
/// registered on beta, waits in vain.
#[test]
fn a_contract_presented_as_a_log() {
	let (mut world, _, other) = unpaid();
	let registered = LogHash(other.id().hash);
	let half = Exchange::numbered(9, 20, 20).delivery.with_peer_leg(|leg| leg.log = registered);
	world.alpha.register(&half).expect("alpha cannot know what the hash is of");
	let ids = [half.id()];
	let evidence = world.evidence(&ids);
	world.refuse(&evidence, &ids, Error::PeerNotRegistered);
	// Nor can it be registered there: no log has that hash.
	let commit = Commit::OnMatch;
	let payment = Half { contract: half.contract, log: other.payment.log, commit };
	let refused = world.beta.register(&payment).expect_err("the log is another one");
	assert_eq!(refused, Error::<Test>::LogHashMismatch.into());
}

/// The same with the log's own reversal (Poly Network, August 2021).
#[test]
fn a_reversal_presented_as_a_log() {
	let mut world = World::new();
	let delivery = Exchange::until(20, 20).delivery;
	let swapped = delivery.with_leg(|leg| leg.log = leg.log.reversal());
	world.refuse_registration(&swapped, Error::LogHashMismatch);
}

/// Nomad, August 2022: whoever copied a message and put in another receiver was paid
/// (<https://pontem.network/posts/nomad-bridge-hack-explained-risks-of-cross-chain-applications>).
/// The payment pays Carol, and is another one.
#[test]
fn a_payment_to_another_receiver() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new();
	world.alpha.register(&swap.delivery).expect("it is new");
	world.beta.register(&swap.payment.with_action(BOB, CAROL, 40)).expect("it is new");
	world.seal();
	let evidence = world.evidence(&[swap.delivery.id()]);
	world.refuse(&evidence, &[swap.delivery.id()], Error::PeerNotRegistered);
}

/// Hyperbridge, April 2026: of a message only part was bound to its proof. Amount and expiries are
/// in the hash as everything else is.
#[test]
fn a_payment_on_other_terms() {
	let swap = Exchange::until(20, 20);
	let cheaper = swap.payment.with_action(BOB, ALICE, 39);
	let earlier = swap.payment.with_leg(|leg| leg.expiry -= 1);
	let later = swap.payment.with_peer_leg(|leg| leg.expiry += 1);
	let longer = swap.payment.with_leg(|leg| leg.notice += 1);
	let sooner = swap.payment.with_peer_leg(|leg| leg.settlement = Settlement::AtExpiry);
	for payment in [cheaper, earlier, later, longer, sooner] {
		let mut world = World::new();
		world.alpha.register(&swap.delivery).expect("it is new");
		world.beta.register(&payment).expect("it is new");
		world.seal();
		let evidence = world.evidence(&[swap.delivery.id()]);
		world.refuse(&evidence, &[swap.delivery.id()], Error::PeerNotRegistered);
	}
}

/// Decoders that take anything for something (<https://github.com/dashpay/platform/pull/4101>): a stage
/// that is none, or has no height.
#[test]
fn a_value_of_another_type() {
	for bytes in [vec![], vec![4], vec![2, 0, 0, 0], vec![1], vec![3], vec![3, 4]] {
		let (mut world, swap, _) = unpaid();
		let ids = [swap.id()];
		world.beta.corrupt(|| sp_io::storage::set(&swap.payment.key(), &bytes));
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
	let to_oneself = delivery.with_action(ALICE, ALICE, 100);
	world.refuse_registration(&to_oneself, Error::PayerIsReceiver);
}
