//! The exchange by `pallet-ribp`: both users register, and evidence of the other chain does the rest.

use super::{
	chain::Chain,
	cost::{Bill, Purpose, Step},
	keys::Deal,
	market::Market,
	runtime::{AccountId, Runtime, RuntimeCall, UncheckedExtrinsic, MAX_CONTRACTS, RETENTION},
	signing::sign,
	Side,
};
use codec::Encode;
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_ribp::{
	Action, ActionOf, Call, Commit, ContractId, Corridors, EntryOf, Evidence, Height, Legs, Link,
	Log, Registration, Stage, System, SystemId, Systems, EPOCH_BLOCKS,
};
use ribp_kit::{
	evidence::{corridor_key, shown, wanted},
	exchange::{Exchange, Half},
	voters::Voters,
};
use ribp_protocol::{by_evidence, Own, Standing, Statement};
use std::collections::BTreeSet;

/// Blocks from the registration to either expiry.
const EXPIRY: Height = 12;

/// Both users of each deal register at the same time, and each log commits when the other chain is
/// shown to have the other one.
pub fn on_match(market: &mut Market, deals: &[Deal]) -> Bill {
	let mut bill = Bill::default();
	let terms = Expiries::after(market, EXPIRY);
	let step = bill.step("register", Purpose::Settle);
	for side in Side::BOTH {
		let extrinsics = registrations(market, side, deals, terms, Commit::OnMatch);
		market.author_signed(side, &extrinsics, step);
	}
	evidence_round(market, &Side::BOTH, bill.step("commit", Purpose::Settle));
	evidence_round(market, &Side::BOTH, bill.step("settle", Purpose::Settle));
	clean_up(market, terms, &mut bill);
	bill
}

/// The buyer of each deal answers, when the seller's log is registered for good: the price is
/// committed at once.
pub fn firm(market: &mut Market, deals: &[Deal]) -> Bill {
	let mut bill = Bill::default();
	let terms = Expiries::after(market, EXPIRY);
	let step = bill.step("register", Purpose::Settle);
	let goods = registrations(market, Side::Alpha, deals, terms, Commit::OnMatch);
	market.author_signed(Side::Alpha, &goods, step);

	// Each buyer looks whether the goods are registered, for good.
	let step = bill.step("answer", Purpose::Settle);
	step.counts.rounds += 1;
	let prices = registrations(market, Side::Beta, deals, terms, Commit::Now);
	step.counts.looks += prices.len() as u32;
	market.author_signed(Side::Beta, &prices, step);

	evidence_round(market, &[Side::Alpha], bill.step("settle goods", Purpose::Settle));
	evidence_round(market, &[Side::Beta], bill.step("settle price", Purpose::Settle));
	clean_up(market, terms, &mut bill);
	bill
}

/// Up to which heights the logs of a batch may commit.
#[derive(Clone, Copy)]
pub struct Expiries([Height; 2]);

impl Expiries {
	/// So many blocks after the next one of each chain.
	pub fn after(market: &mut Market, expiry: Height) -> Self {
		Self(Side::BOTH.map(|side| market.chain_mut(side).head.number + 1 + expiry))
	}
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
			let Registration { contract, log, commit } = registrations.remove(0);
			Call::register { contract, log, commit }.into()
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

/// What the users of the deals sign for the next block of a chain.
pub fn registrations(
	market: &mut Market,
	side: Side,
	deals: &[Deal],
	Expiries(expiries): Expiries,
	commit: Commit,
) -> Vec<Vec<u8>> {
	let systems = Side::BOTH.map(|side| market.chain_mut(side).system);
	let half = |deal| {
		let log = |side: Side| Log { system: systems[side as usize], action: action(side, deal) };
		let exchange = Exchange::new(Side::BOTH.map(log), expiries, deal.id());
		let Half { contract, log, .. } = exchange.half(side).clone();
		(Deal::payer(deal, side), Registration { contract, log, commit })
	};
	let halves: Vec<_> = deals.iter().map(half).collect();
	sign(market.chain_mut(side), &halves, registration)
}

/// The newest block of each chain is final, and the nodes of these ask the other one about it, at the
/// same time.
fn evidence_round(market: &mut Market, readers: &[Side], step: &mut Step) {
	step.counts.rounds += 1;
	let submissions: Vec<_> = readers
		.iter()
		.map(|side| {
			let validators = market.validators.clone();
			let (chain, peer) = market.pair_mut(*side);
			let open = open(chain, peer.system);
			(*side, gather(chain, peer, &validators, open))
		})
		.collect();
	for (side, extrinsics) in submissions {
		step.counts.requests += extrinsics.len() as u32;
		market.author_submitted(side, &extrinsics, step);
	}
}

/// Evidence of the newest block of `peer` for contracts that it moves, in as many pieces as it takes.
pub fn gather(
	chain: &Chain,
	peer: &Chain,
	validators: &Voters,
	contracts: impl IntoIterator<Item = Leg>,
) -> Vec<Vec<u8>> {
	let record = record_of(chain, peer);
	let moved: Vec<_> = contracts.into_iter().collect();
	moved.iter().for_each(|leg| assert_moves(chain, peer, &record, leg));
	let pieces = moved.chunks(MAX_CONTRACTS as usize).enumerate();
	let piece = |(number, moved): (usize, &[Leg])| {
		let contracts: Vec<_> = moved.iter().map(|(id, _)| *id).collect();
		let keys = wanted(chain.system, peer.system, &contracts);
		// From the first piece on, the block is known.
		let link = match number {
			0 => link(peer, validators, record.known()),
			_ => Link::Known,
		};
		show(peer, link, keys, contracts)
	};
	pieces.map(piece).collect()
}

fn record_of(chain: &Chain, peer: &Chain) -> System {
	chain.query(|| Systems::<Runtime>::get(peer.system)).expect("it is known; qed")
}

/// Every contract moves in every round.
fn assert_moves(chain: &Chain, peer: &Chain, record: &System, (id, entry): &Leg) {
	let (next, at) = (Own(chain.head.number + 1), peer.head.number);
	let terms = entry.contract.terms(chain.system).expect("it is the chain's; qed");
	let statement = Statement::of(&peer.head.digest).expect("every header has one; qed");
	let complete_from = statement.complete_from;
	let shown = shown(&terms, *id, (at, record.known()), complete_from, |key| peer.read(key));
	let standing = Standing { stage: entry.stage, fact: entry.fact };
	let moves = by_evidence(&terms, standing, next, record.notice(), &shown);
	assert!(moves.is_ok(), "{id:?} does not move: {moves:?}");
}

fn link(peer: &Chain, validators: &Voters, known: Height) -> Link {
	Link::Above { justification: validators.justify(&peer.head), extension: peer.extension(known) }
}

fn show(peer: &Chain, link: Link, keys: BTreeSet<Vec<u8>>, contracts: Vec<ContractId>) -> Vec<u8> {
	let proof = if keys.is_empty() { Vec::new() } else { peer.prove(keys) };
	let evidence = Evidence { header: peer.head.clone(), link, proof };
	submission(peer.system, evidence, contracts)
}

/// A leg of a chain, and its contract.
pub type Leg = (ContractId, EntryOf<Runtime>);

/// The legs of a chain with `peer` that have not ended, in order.
pub fn open(chain: &Chain, peer: SystemId) -> Vec<Leg> {
	let mut open: Vec<_> = chain.query(|| {
		let legs = Legs::<Runtime>::iter_prefix_values((peer,));
		let open = legs.filter(|entry| !matches!(entry.stage, Stage::Ended(_)));
		open.map(|entry| (entry.contract.id(), entry)).collect()
	});
	open.sort_by_key(|(id, _)| *id);
	open
}

/// What the exchanges have left behind is swept, when their epochs are over, the other chain has said
/// that it needs nothing of it, and some time has passed. All contracts of an epoch share the messages
/// for that.
fn clean_up(market: &mut Market, Expiries(expiries): Expiries, bill: &mut Bill) {
	let step = bill.step("tell of the end", Purpose::CleanUp);
	for side in Side::BOTH {
		let (chain, peer) = market.pair_mut(side);
		assert!(open(chain, peer.system).is_empty(), "everything has ended");
		let end = (expiries[side as usize] / EPOCH_BLOCKS + 1) * EPOCH_BLOCKS;
		while market.chain_mut(side).head.number < end {
			market.chain_mut(side).extend(&[]);
		}
	}
	// That the epochs are over; then, that nothing of them is open.
	for keys in [|_| BTreeSet::new(), |reader| BTreeSet::from([corridor_key(reader)])] {
		let keys: fn(SystemId) -> BTreeSet<Vec<u8>> = keys;
		step.counts.rounds += 1;
		let submissions = Side::BOTH.map(|side| {
			let validators = market.validators.clone();
			let (chain, peer) = market.pair_mut(side);
			let link = link(peer, &validators, record_of(chain, peer).known());
			vec![show(peer, link, keys(chain.system), Vec::new())]
		});
		for (side, extrinsics) in Side::BOTH.into_iter().zip(submissions) {
			step.counts.requests += extrinsics.len() as u32;
			market.author_submitted(side, &extrinsics, step);
			// What is said of all contracts is brought up to date in the next block.
			market.chain_mut(side).extend(&[]);
		}
	}
	let step = bill.step("sweep", Purpose::CleanUp);
	for side in Side::BOTH {
		let (chain, peer) = market.pair_mut(side);
		let peer = peer.system;
		let idle = chain.cost_of_empty_block();
		// Nobody asks meanwhile.
		(0..RETENTION / 2).for_each(|_| chain.extend(&[]));
		while entries(chain, peer) > 0 {
			let (before, cost) = (entries(chain, peer), chain.cost_of_empty_block());
			chain.extend(&[]);
			if entries(chain, peer) < before {
				step.cost = step.cost + (cost - idle);
			}
			assert!(chain.head.number < expiries[0] + 2 * EPOCH_BLOCKS + RETENTION, "it is swept");
		}
	}
}

/// How many legs with a chain are stored.
fn entries(chain: &Chain, peer: SystemId) -> u32 {
	chain.query(|| Corridors::<Runtime>::get(peer)).entries
}
