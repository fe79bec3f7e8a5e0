//! An adversary outbids and crowds, by the rules of the pool, while others trade: what he can do, and
//! by how much it delays them. More than a thousand blocks in all.
//!
//! He has more pairs of contracts of his own in each block than others, hears of final blocks before
//! they do, and comes before or after them at the pool, whichever is better for him.

use super::{chain::*, node::*, worker::*, world::*};
use crate::{
	mock::{
		Balances, Item, RuntimeCall, RuntimeOrigin, Test, UncheckedExtrinsic, EXISTENTIAL_DEPOSIT,
		MAX_CONTRACTS,
	},
	Call, ContractId, Height,
};
use codec::Decode;
use frame_support::traits::fungible::Mutate;
use frame_system::RawOrigin;
use ribp_kit::pool::Pool;
use sp_core::H256;
use std::collections::{BTreeMap, BTreeSet};

const AT_ALPHA: &str = "http://alpha.example:9944";

/// Blocks of alpha in which one strategy is played.
const BLOCKS: Height = 125;

/// Pairs of contracts that the adversary registers for each block.
const JUNK: u64 = 3;

/// What the adversary does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Strategy {
	/// Nothing; there is no junk.
	None,
	/// Evidence of the same block as others', about as much junk as there is.
	MoreMoves,
	/// Evidence of the oldest block that is new, about as much junk as there is.
	Older,
	/// Evidence of a block that others have not seen, about one contract.
	Newest,
	/// One contract of others in a message full of junk, in place of theirs.
	Overlap,
	/// Each contract of others alone, or with some junk, before they come.
	Pins,
	/// Evidence of a newer block, of which nothing is left when it comes to its block.
	Emptied,
	/// Signed evidence before all messages in the block, for a tip.
	Tips,
	/// Contracts that end by time: some of others' with junk.
	Endings,
}

/// A contract of others that has not ended.
struct Pending {
	half: Half,
	/// When it could have ended first.
	since: Height,
	end: End,
}

/// How a contract ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum End {
	ByEvidence,
	ByTime,
}

/// Users who trade on two chains, and a node's pool on alpha.
struct Market {
	world: World,
	pool: Pool<Call<Test>>,
	workers: [Worker; 2],
	/// How many contracts there were.
	count: u64,
	/// Contracts of others.
	honest: BTreeMap<ContractId, Pending>,
	junk: BTreeSet<ContractId>,
	tips: Vec<Call<Test>>,
	/// In how many blocks the contracts of others have ended at most, and how many there were.
	delays: BTreeMap<End, (Height, u32)>,
}

impl Market {
	fn new() -> Self {
		let mut world = World::new();
		for chain in world.both_mut() {
			chain.corrupt(|| {
				for who in [ALICE, BOB] {
					Balances::mint_into(&who, 1_000_000).expect("it fits");
				}
			});
		}
		let beta = Worker::new(&[(ALPHA, &[AT_ALPHA])]);
		Self {
			world,
			pool: Pool::default(),
			workers: [alphas_worker(), beta],
			count: 0,
			honest: BTreeMap::new(),
			junk: BTreeSet::new(),
			tips: Vec::new(),
			delays: BTreeMap::new(),
		}
	}

	/// An exchange of the smallest amounts, with a reference of its own.
	fn swap(&mut self, blocks: Height) -> Exchange {
		self.count += 1;
		let item = [Item::Token(EXISTENTIAL_DEPOSIT)];
		let (h1, h2) = (self.world.alpha.now() + blocks, self.world.beta.now() + 2 * blocks);
		let mut swap = Exchange::of(ALPHA, [&item, &item], 0, h1, h2);
		let reference = H256::from_low_u64_be(self.count);
		swap.delivery.contract.reference = reference;
		swap.payment.contract.reference = reference;
		swap
	}

	/// What users register in a block.
	fn register(&mut self, has_junk: bool) {
		let now = self.world.alpha.now();
		for _ in 0..if has_junk { JUNK } else { 0 } {
			let swap = self.swap(40);
			self.world.alpha.register(&swap.delivery).expect("he can pay for it");
			self.world.beta.register(&swap.payment).expect("he can pay for it");
			self.junk.insert(swap.id());
			let expires = self.swap(4).delivery;
			self.world.alpha.register(&expires).expect("he can pay for it");
			self.junk.insert(expires.id());
		}
		if !now.is_multiple_of(3) || now > BLOCKS {
			return;
		}
		for _ in 0..2 {
			let swap = self.swap(40);
			self.world.alpha.register(&swap.delivery).expect("it is new");
			self.world.beta.register(&swap.payment).expect("it is new");
			let id = swap.id();
			let pending = Pending { half: swap.delivery, since: now, end: End::ByEvidence };
			self.honest.insert(id, pending);
			let expires = self.swap(4).delivery;
			self.world.alpha.register(&expires).expect("it is new");
			let id = expires.id();
			let pending = Pending { half: expires, since: now + 4, end: End::ByTime };
			self.honest.insert(id, pending);
		}
	}

	/// Hands a call to alpha's pool. Returns whether it is taken.
	fn offer(&mut self, call: Call<Test>) -> bool {
		let sealed = self.world.alpha.sealed();
		let valid = self.world.authorize(call.clone()).ok();
		valid.is_some_and(|valid| self.pool.import(call, valid, sealed).is_ok())
	}

	/// Evidence of a block of beta for alpha.
	fn evidence(&mut self, number: Height, ids: &[ContractId]) -> Call<Test> {
		let mut ids = ids.to_vec();
		ids.sort();
		ids.truncate(MAX_CONTRACTS as usize);
		submission(BETA, self.world.evidence_at(number, &ids), &ids)
	}

	/// Which of these contracts a block of beta moves.
	fn movable(&mut self, number: Height, ids: &BTreeSet<ContractId>) -> Vec<ContractId> {
		let open = self.world.alpha.open(BETA).into_iter().filter(|id| ids.contains(id));
		open.filter(|id| {
			let call = self.evidence(number, &[*id]);
			self.world.authorize(call).is_ok()
		})
		.collect()
	}

	/// Which of these contracts end by time.
	fn due(&mut self, ids: &BTreeSet<ContractId>) -> Vec<ContractId> {
		let open = self.world.alpha.open(BETA).into_iter().filter(|id| ids.contains(id));
		open.filter(|id| self.world.authorize(conclusion(BETA, &[*id])).is_ok()).collect()
	}

	fn others(&self) -> BTreeSet<ContractId> {
		self.honest.keys().copied().collect()
	}

	fn known(&mut self) -> Height {
		self.world.alpha.view_of(BETA).number()
	}

	/// What the adversary does before others have come to the pool.
	fn before(&mut self, strategy: Strategy) {
		if strategy != Strategy::Pins {
			return;
		}
		let (known, newest) = (self.known(), self.world.beta.sealed());
		let (others, junk) = (self.others(), self.junk.clone());
		let mut spare = self.movable(known, &junk).into_iter();
		for id in self.movable(known, &others) {
			let ids: Vec<_> = [Some(id), spare.next()].into_iter().flatten().collect();
			let call = self.evidence(known, &ids);
			self.offer(call);
		}
		if let Some(id) = self.movable(newest, &others).first() {
			let call = self.evidence(newest, &[*id]);
			self.offer(call);
		}
		for id in self.due(&others) {
			self.offer(conclusion(BETA, &[id]));
		}
	}

	/// What the adversary does when others have been there. Others have seen `seen` of beta.
	fn after(&mut self, strategy: Strategy, seen: Height) {
		let (known, newest) = (self.known(), self.world.beta.sealed());
		let (others, junk) = (self.others(), self.junk.clone());
		match strategy {
			Strategy::None | Strategy::Pins => {},
			Strategy::MoreMoves => self.crowd(seen, &junk),
			Strategy::Older => self.crowd(known + 1, &junk),
			Strategy::Newest => {
				if let Some(id) = self.movable(newest, &junk).first() {
					let call = self.evidence(newest, &[*id]);
					self.offer(call);
				}
			},
			Strategy::Overlap => {
				for number in [known, newest] {
					let spare = self.movable(number, &junk);
					let spare = &spare[..spare.len().min(MAX_CONTRACTS as usize - 1)];
					if let Some(id) = self.movable(number, &others).first() {
						let call = self.evidence(number, &[&[*id], spare].concat());
						self.offer(call);
					}
				}
			},
			Strategy::Emptied => {
				let by_known = self.movable(known, &junk);
				if let Some(id) = by_known.first() {
					for number in [newest, known] {
						let call = self.evidence(number, &[*id]);
						self.offer(call);
					}
				}
			},
			Strategy::Tips => {
				let messages = self.pool.messages().filter_map(|call| match call {
					Call::submit_evidence { contracts, .. } => contracts.first().copied(),
					_ => None,
				});
				let first: Vec<_> = messages.collect();
				for number in [known + 1, newest] {
					let calls = first.iter().map(|id| self.evidence(number, &[*id]));
					let calls: Vec<_> = calls.collect();
					self.tips.extend(calls);
				}
			},
			Strategy::Endings => {
				let spare = self.due(&junk);
				let spare = &spare[..spare.len().min(MAX_CONTRACTS as usize - 1)];
				if let Some(id) = self.due(&others).first() {
					let mut ids = [&[*id], spare].concat();
					ids.sort();
					self.offer(conclusion(BETA, &ids));
				}
			},
		}
	}

	/// Offers evidence of a block about as many of these contracts as it moves.
	fn crowd(&mut self, number: Height, ids: &BTreeSet<ContractId>) {
		let ids = self.movable(number, ids);
		if !ids.is_empty() {
			let call = self.evidence(number, &ids);
			self.offer(call);
		}
	}

	fn block(&mut self, strategy: Strategy) {
		self.before(strategy);
		let seen = self.world.beta.sealed();
		let [alphas, betas] = &self.workers;
		let done = alphas.run(&self.world.alpha, &[(AT_BETA, &self.world.beta)]);
		let of_beta = betas.run(&self.world.beta, &[(AT_ALPHA, &self.world.alpha)]);
		include(&mut self.world.beta, &of_beta);
		for bytes in done.submitted {
			let extrinsic = UncheckedExtrinsic::decode(&mut &bytes[..]).expect("an extrinsic");
			let RuntimeCall::Ribp(call) = extrinsic.function else { panic!("it is of the pallet") };
			self.offer(call);
		}
		self.world.beta.seal();
		self.after(strategy, seen);
		let alpha = &mut self.world.alpha;
		for tip in self.tips.drain(..) {
			let _whether_or_not_it_is_of_use = alpha.dispatch(RuntimeOrigin::signed(CAROL), tip);
		}
		for call in self.pool.take(alpha.now()) {
			let authorized = RuntimeOrigin::from(RawOrigin::Authorized);
			let _whether_or_not_something_is_left = alpha.dispatch(authorized, call);
		}
		self.register(strategy != Strategy::None);
		let alpha = &mut self.world.alpha;
		let now = alpha.now();
		let (delays, mut ended) = (&mut self.delays, Vec::new());
		for (id, Pending { half, since, end }) in &self.honest {
			if alpha.stage(half).is_none_or(|stage| stage.has_ended()) {
				let (longest, count) = delays.entry(*end).or_default();
				(*longest, *count) = ((*longest).max(now - since), *count + 1);
				ended.push(*id);
			}
		}
		self.honest.retain(|id, _| !ended.contains(id));
		self.world.seal();
	}

	/// The longest that others have waited, for evidence and for time.
	fn longest_delays(mut self, strategy: Strategy) -> Vec<Height> {
		// In the last ones nothing new begins.
		while self.world.alpha.now() <= BLOCKS + 30 {
			self.block(strategy);
		}
		assert_eq!(self.honest.len(), 0, "all have ended");
		assert!(self.delays.len() == 2 && self.delays.values().all(|(_, count)| *count > 80));
		self.delays.into_values().map(|(longest, _)| longest).collect()
	}
}

/// Asserts that a strategy delays nobody by more than twice the time that it takes without.
#[track_caller]
fn delays_nobody_for_long(strategy: Strategy) {
	let without = Market::new().longest_delays(Strategy::None);
	let with = Market::new().longest_delays(strategy);
	println!("{strategy:?}: {with:?} blocks, {without:?} without it");
	let mut pairs = with.iter().zip(&without);
	assert!(pairs.all(|(with, without)| *with <= 2 * without), "{with:?}, {without:?} without it");
}

#[test]
fn more_moves_of_junk_delay_nobody_for_long() {
	delays_nobody_for_long(Strategy::MoreMoves);
}

#[test]
fn older_headers_with_many_moves_delay_nobody_for_long() {
	delays_nobody_for_long(Strategy::Older);
}

#[test]
fn newer_headers_with_one_move_delay_nobody_for_long() {
	delays_nobody_for_long(Strategy::Newest);
}

#[test]
fn junk_around_one_contract_of_others_delays_the_rest_not_for_long() {
	delays_nobody_for_long(Strategy::Overlap);
}

#[test]
fn single_contracts_before_a_batch_of_them_delay_nobody_for_long() {
	delays_nobody_for_long(Strategy::Pins);
}

#[test]
fn a_newer_header_of_which_no_move_is_left_delays_nobody_for_long() {
	delays_nobody_for_long(Strategy::Emptied);
}

#[test]
fn tips_delay_nobody_for_long() {
	delays_nobody_for_long(Strategy::Tips);
}

#[test]
fn endings_with_junk_delay_nobody_for_long() {
	delays_nobody_for_long(Strategy::Endings);
}
