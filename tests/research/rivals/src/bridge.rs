//! The exchange by message passing, with `pallet-bridge-grandpa` and `pallet-bridge-messages`, and
//! the [`desk`](super::desk) as their application.
//!
//! One relayer looks after both directions. It submits a header only when something is proven by it,
//! and as many messages with it as there are.

use super::{
	chain::Chain,
	cost::{Bill, Purpose},
	desk::{self, DISPATCH_WEIGHT},
	keys::{Deal, User},
	market::Market,
	runtime::{BridgeMessages, Header, Runtime, RuntimeCall},
	signing::{batch, sign},
	twin::{lane, Twin},
	Side,
};
use bp_header_chain::justification::GrandpaJustification;
use bp_messages::{
	source_chain::FromBridgedChainMessagesDeliveryProof,
	storage_keys::{inbound_lane_data_key, message_key, outbound_lane_data_key},
	target_chain::FromBridgedChainMessagesProof,
	ChainWithMessages, MessageNonce, UnrewardedRelayersState,
};
use codec::{DecodeAll, Encode};
use pallet_bridge_grandpa::Call as GrandpaCall;
use pallet_bridge_messages::Call as MessagesCall;
use ribp_kit::voters::Voters;

const PREFIX: &str = Twin::WITH_CHAIN_MESSAGES_PALLET_NAME;

pub fn exchange(market: &mut Market, deals: &[Deal]) -> Bill {
	let mut bill = Bill::default();
	let messages = deals.len() as MessageNonce;

	let step = bill.step("offer", Purpose::Settle);
	let offers = sign_each(market, Side::Alpha, deals, offer);
	market.author_signed(Side::Alpha, &offers, step);

	let step = bill.step("tell of offers", Purpose::Settle);
	step.counts.rounds += 1;
	step.counts.requests += 1;
	let calls = relay(market, Side::Beta, |peer| vec![delivery(peer, messages)]);
	market.author_submitted(Side::Beta, &calls, step);

	let step = bill.step("accept", Purpose::Settle);
	let acceptances = sign_each(market, Side::Beta, deals, accept);
	market.author_signed(Side::Beta, &acceptances, step);

	let step = bill.step("tell of payments", Purpose::Settle);
	step.counts.rounds += 1;
	step.counts.requests += 1;
	let calls = relay(market, Side::Alpha, |peer| vec![delivery(peer, messages), receipt(peer)]);
	market.author_submitted(Side::Alpha, &calls, step);

	let step = bill.step("confirm", Purpose::CleanUp);
	step.counts.rounds += 1;
	step.counts.requests += 1;
	let calls = relay(market, Side::Beta, |peer| vec![receipt(peer)]);
	market.author_submitted(Side::Beta, &calls, step);
	bill
}

fn sign_each(
	market: &mut Market,
	side: Side,
	deals: &[Deal],
	call: fn(&Deal) -> RuntimeCall,
) -> Vec<Vec<u8>> {
	let calls: Vec<_> = deals.iter().map(|deal| (deal.payer(side), call(deal))).collect();
	sign(market.chain_mut(side), &calls, batch)
}

fn offer(deal: &Deal) -> RuntimeCall {
	let Deal { goods, price, .. } = *deal;
	desk::Call::offer { id: deal.id(), buyer: deal.buyer.account(), goods, price }.into()
}

fn accept(deal: &Deal) -> RuntimeCall {
	desk::Call::accept { id: deal.id() }.into()
}

/// What the relayer submits to one chain: the newest header of the other one, and what is proven by
/// it.
fn relay(
	market: &mut Market,
	side: Side,
	proven: impl FnOnce(&mut Chain) -> Vec<RuntimeCall>,
) -> Vec<Vec<u8>> {
	let relayer = User::relayer();
	let validators = market.validators.clone();
	let (chain, peer) = market.pair_mut(side);
	let calls = [finality(peer, &validators)].into_iter().chain(proven(peer));
	calls.zip(0..).map(|(call, earlier)| chain.signed(&relayer, earlier, call)).collect()
}

/// Tells a chain of the newest header of `peer`.
fn finality(peer: &Chain, validators: &Voters) -> RuntimeCall {
	let bytes = validators.justify(&peer.head).encode();
	let justification = GrandpaJustification::<Header>::decode_all(&mut &bytes[..]);
	GrandpaCall::submit_finality_proof_ex {
		finality_target: Box::new(peer.head.clone()),
		justification: justification.expect("the two encodings are the same; qed"),
		current_set_id: validators.set_id,
		is_free_execution_expected: false,
	}
	.into()
}

/// Tells a chain what `peer` has sent: all of the first `messages` messages.
fn delivery(peer: &Chain, messages: MessageNonce) -> RuntimeCall {
	let (nonces_start, nonces_end) = (1, messages);
	let keys = (nonces_start..=nonces_end).map(|nonce| message_key(PREFIX, lane(), nonce).0);
	let state = outbound_lane_data_key(PREFIX, &lane()).0;
	let proof = FromBridgedChainMessagesProof {
		bridged_header_hash: peer.head.hash(),
		storage_proof: peer.prove(keys.chain([state])),
		lane: lane(),
		nonces_start,
		nonces_end,
	};
	MessagesCall::<Runtime>::receive_messages_proof {
		relayer_id_at_bridged_chain: User::relayer().account(),
		proof: Box::new(proof),
		messages_count: messages as u32,
		dispatch_weight: DISPATCH_WEIGHT * messages,
	}
	.into()
}

/// Tells a chain what `peer` has received of it.
fn receipt(peer: &mut Chain) -> RuntimeCall {
	let data = peer.query(|| BridgeMessages::inbound_lane_data(lane()));
	let relayers_state = UnrewardedRelayersState::from(&data.expect("the lane is open; qed"));
	let proof = FromBridgedChainMessagesDeliveryProof {
		bridged_header_hash: peer.head.hash(),
		storage_proof: peer.prove([inbound_lane_data_key(PREFIX, &lane()).0]),
		lane: lane(),
	};
	MessagesCall::<Runtime>::receive_messages_delivery_proof { proof, relayers_state }.into()
}
