//! The exchange by `pallet-ribp`: both users register, and evidence of the other chain does the rest.

use super::{
	chain::Chain,
	cost::{Bill, Purpose, Step},
	keys::Deal,
	market::Market,
	runtime::{AccountId, Runtime, RuntimeCall, UncheckedExtrinsic, MAX_CONTRACTS},
	signing::sign,
	Side,
};
use codec::Encode;
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_ribp::{
	Action, ActionOf, Call, ContractId, Ended, Evidence, Height, Link, Log, Registration,
	Settlement, SystemId, Systems, Waiting,
};
use ribp_kit::{
	evidence::{Asked, Open},
	exchange::{Exchange, Half},
	voters::Voters,
};
use ribp_protocol::{Freshness, Stage};
use std::collections::BTreeSet;

/// Blocks from the registration to either expiry.
const EXPIRY: Height = 10;

pub fn exchange(market: &mut Market, deals: &[Deal]) -> Bill {
	let mut bill = Bill::default();
	register(market, deals, bill.step("register", Purpose::Settle));
	let expiry = Side::BOTH.map(|side| market.chain_mut(side).head.number + EXPIRY);
	evidence_round(market, bill.step("commit", Purpose::Settle));
	evidence_round(market, bill.step("unlock", Purpose::Settle));
	// What an exchange has left behind goes after its expiry.
	for side in Side::BOTH {
		while market.chain_mut(side).head.number < expiry[side as usize] {
			market.chain_mut(side).author(&[]);
		}
	}
	evidence_round(market, bill.step("forget", Purpose::CleanUp));
	for side in Side::BOTH {
		let (chain, peer) = market.pair_mut(side);
		assert!(open(chain, peer.system).is_empty(), "nothing is left behind");
	}
	bill
}

/// What one party does on a chain.
fn action(side: Side, deal: &Deal) -> ActionOf<Runtime> {
	let [from, to]: [AccountId; 2] = [deal.payer(side).account(), deal.payee(side).account()];
	let items = vec![deal.amount(side)].try_into().expect("it is one; qed");
	Action::Transfer { from, to, items }
}

/// One registration, or many as one.
fn registration(mut registrations: Vec<Registration<ActionOf<Runtime>>>) -> RuntimeCall {
	match registrations.len() {
		1 => {
			let Registration { contract, log, settlement } = registrations.remove(0);
			Call::register { contract, log, settlement }.into()
		},
		_ => Call::register_batch { registrations }.into(),
	}
}

/// The extrinsic by which nodes submit evidence.
fn submission(system: SystemId, evidence: Evidence, contracts: Vec<ContractId>) -> Vec<u8> {
	// One amount of the native token each.
	let work = contracts.len() as u32;
	let call = Call::submit_evidence { system, evidence, contracts, work };
	let extrinsic: UncheckedExtrinsic =
		<Runtime as CreateAuthorizedTransaction<Call<Runtime>>>::create_authorized_transaction(
			call.into(),
		);
	extrinsic.encode()
}

/// Both users of each deal register their halves at the same time.
fn register(market: &mut Market, deals: &[Deal], step: &mut Step) {
	let extrinsics = registrations(market, deals, EXPIRY);
	for side in Side::BOTH {
		market.author_signed(side, &extrinsics[side as usize], step);
	}
}

/// What the users of the deals sign for the next block of each chain; the contracts expire `expiry`
/// blocks after that.
pub fn registrations(market: &mut Market, deals: &[Deal], expiry: Height) -> [Vec<Vec<u8>>; 2] {
	let systems = Side::BOTH.map(|side| market.chain_mut(side).system);
	let expiry = Side::BOTH.map(|side| market.chain_mut(side).head.number + 1 + expiry);
	Side::BOTH.map(|side| {
		let half = |deal| (Deal::payer(deal, side), half(deal, side, systems, expiry));
		let halves: Vec<_> = deals.iter().map(half).collect();
		sign(market.chain_mut(side), &halves, registration)
	})
}

/// What is registered of a deal on one of the two chains.
fn half(
	deal: &Deal,
	side: Side,
	systems: [SystemId; 2],
	expiries: [Height; 2],
) -> Registration<ActionOf<Runtime>> {
	let log = |side: Side| Log {
		system: systems[side as usize],
		action: action(side, deal),
		salt: deal.id(),
	};
	let exchange = Exchange::new(Side::BOTH.map(log), expiries);
	let Half { contract, log, settlement } = exchange.half(side).clone();
	Registration { contract, log, settlement }
}

/// The newest block of each chain is final, and the nodes of each ask the other one about it, at the
/// same time.
fn evidence_round(market: &mut Market, step: &mut Step) {
	step.counts.rounds += 1;
	let submissions = Side::BOTH.map(|side| {
		let validators = market.validators.clone();
		let (chain, peer) = market.pair_mut(side);
		let open = open(chain, peer.system);
		gather(chain, peer, &validators, open)
	});
	for (side, extrinsics) in Side::BOTH.into_iter().zip(submissions) {
		step.counts.requests += extrinsics.len() as u32;
		market.author_submitted(side, &extrinsics, step);
	}
}

/// Evidence of the newest block of `peer` for contracts that it moves, in as many pieces as it takes.
pub fn gather(
	chain: &Chain,
	peer: &Chain,
	validators: &Voters,
	contracts: impl IntoIterator<Item = Open>,
) -> Vec<Vec<u8>> {
	let (own, next, at) = (chain.system, chain.head.number + 1, peer.head.number);
	let known =
		chain.query(|| Systems::<Runtime>::get(peer.system)).expect("it is known; qed").known();
	let mut moved = Vec::new();
	for open in contracts {
		let mut asked = Asked::new(own, at, Freshness::Newest, |key: &[u8]| peer.read(key));
		asked.about(&open, next).expect("every contract moves in every round; qed");
		moved.push((open.id, asked.keys));
	}
	let pieces = moved.chunks(MAX_CONTRACTS as usize).enumerate();
	let piece = |(number, moved): (usize, &[(ContractId, BTreeSet<Vec<u8>>)])| {
		let keys: BTreeSet<_> = moved.iter().flat_map(|(_, keys)| keys.clone()).collect();
		let (header, proof) = (peer.head.clone(), peer.prove(keys));
		let link = match number {
			0 => Link::Above {
				justification: validators.justify(&header),
				extension: peer.extension(known),
			},
			// From the first piece on, the block is known.
			_ => Link::Known,
		};
		let evidence = Evidence { header, link, proof };
		submission(peer.system, evidence, moved.iter().map(|(id, _)| *id).collect())
	};
	pieces.map(piece).collect()
}

/// The contracts of a chain with `peer`, in order.
pub fn open(chain: &Chain, peer: SystemId) -> Vec<Open> {
	let mut open: Vec<_> = chain.query(|| {
		let waiting = Waiting::<Runtime>::iter_prefix(peer).map(|(id, waiting)| Open {
			id,
			contract: waiting.contract,
			settlement: waiting.settlement,
			stage: Stage::Waiting(waiting.phase),
		});
		let ended = Ended::<Runtime>::iter_prefix(peer).map(|(id, ended)| Open {
			id,
			contract: ended.contract,
			settlement: Settlement::Early,
			stage: Stage::Ended(ended.outcome),
		});
		waiting.chain(ended).collect()
	});
	open.sort_by_key(|open| open.id);
	open
}
