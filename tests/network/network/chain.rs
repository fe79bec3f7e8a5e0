//! A chain of real blocks: the real runtime, true parents, true state roots, votes and proofs.

use super::{
	facts::{facts_in, Fact},
	genesis::{self, GOLD},
	keys::{pair, User, AUTHORS, VOTERS},
	schedule::Periods,
	transaction::Transaction,
	violation::{demand, Checked, Violation},
	Side,
};
use codec::Decode;
use pallet_balances::AccountData;
use pallet_ribp::{Corridor, Height, Known, System as SystemRecord, SystemId, TrustAnchor};
use ribp_kit::{evidence::corridor_key, ledger::Ledger, voters::Voters};
use ribp_light_client::AuthoritySet;
use ribp_runtime::{
	AccountId, Assets, Balance, Balances, Block as RuntimeBlock, Executive, Grandpa, Hash, Header,
	Ribp, Runtime, RuntimeCall, System, UncheckedExtrinsic, MILLISECS_PER_BLOCK,
};
use ribp_runtime_api::runtime_decl_for_ribp_api::RibpApi;
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	runtime_decl_for_aura_api::AuraApi,
	sr25519::{AuthorityId as AuraId, AuthoritySignature},
};
use sp_core::Pair;
use sp_io::storage::{commit_transaction, rollback_transaction, start_transaction};
use sp_runtime::{
	traits::Header as _,
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, Digest, DigestItem, Storage,
};
use std::{
	collections::BTreeMap,
	ops::{Deref, DerefMut},
};

/// The slot before the first one of a run.
const FIRST_SLOT: u64 = 1_800_000_000;

/// Blocks between two of which the state is looked at, if nothing happens.
const CHECKS: Height = 8;

/// A block in the making.
pub struct OpenBlock {
	voters: Voters,
	author: User,
	/// Of each of its extrinsics, whether it is a plain transfer.
	is_spending: Vec<bool>,
	has_calls: bool,
}

/// A chain between two of its blocks.
pub struct Chain {
	pub side: Side,
	ledger: Ledger,
	/// What the events of its blocks say, each with the height.
	facts: Vec<(Height, Fact)>,
	/// What every account had before the first block.
	endowment: BTreeMap<AccountId, Purse>,
	/// All that there was before the first block.
	issuance: Balance,
	finalized: Height,
}

impl Chain {
	/// The chain before its first block.
	pub fn new(side: Side, periods: Periods) -> Self {
		Self::of(side, genesis::storage(side, periods))
	}

	/// The chain with this genesis.
	pub fn of(side: Side, genesis: Storage) -> Self {
		let mut ledger = Ledger::new(genesis);
		let (issuance, endowment) = ledger.query(|| (Balances::total_issuance(), purses()));
		Self { side, ledger, facts: Vec::new(), endowment, issuance, finalized: 0 }
	}

	/// Another history of the same chain, which has all blocks up to `number`, and they are final.
	pub fn branch_at(&self, number: Height) -> Self {
		let facts = self.facts.iter().filter(|(at, _)| *at <= number);
		Self {
			side: self.side,
			ledger: self.ledger.branch_at(number),
			facts: facts.cloned().collect(),
			endowment: self.endowment.clone(),
			issuance: self.issuance,
			finalized: number,
		}
	}

	/// Height of the newest final block.
	pub fn finalized(&self) -> Height {
		self.finalized
	}

	/// Votes for a block. What is final stays so.
	pub fn finalize(&mut self, number: Height) {
		self.finalized = number.clamp(self.finalized, self.sealed());
	}

	/// Makes and seals the block of slot `slot`. Says for each transaction what came of it; a
	/// refused one is not in the block.
	pub fn author(
		&mut self,
		slot: u64,
		transactions: Vec<Transaction>,
	) -> Checked<Vec<ApplyExtrinsicResult>> {
		let mut block = self.open(slot);
		let results: Vec<_> =
			transactions.into_iter().map(|it| self.include(&mut block, it)).collect();
		self.close(block)?;
		Ok(results)
	}

	/// Begins the block of slot `slot`. Until it is closed, nothing may be queried.
	pub fn open(&mut self, slot: u64) -> OpenBlock {
		let slot = FIRST_SLOT + slot;
		let item = CompatibleDigestItem::<AuthoritySignature>::aura_pre_digest(slot.into());
		let (none, parent) = (Hash::default(), self.head());
		let start = Header::new(self.sealed() + 1, none, none, parent, Digest { logs: vec![item] });
		let (voters, author) = self.query(|| (voters(), author(slot)));
		self.run(|| {
			Executive::initialize_block(&start);
			set_timestamp(slot * MILLISECS_PER_BLOCK);
		});
		OpenBlock { voters, author, is_spending: vec![false], has_calls: false }
	}

	/// Puts a transaction into the open block. Says what comes of it.
	pub fn include(
		&mut self,
		block: &mut OpenBlock,
		transaction: Transaction,
	) -> ApplyExtrinsicResult {
		let spends = transaction.is_spending();
		let result = self.run(|| include(transaction.extrinsic()));
		block.has_calls = true;
		block.is_spending.extend(result.is_ok().then_some(spends));
		result
	}

	/// Seals the open block.
	pub fn close(&mut self, block: OpenBlock) -> Checked {
		let OpenBlock { voters, author, is_spending, has_calls } = block;
		let (header, facts) = self.run(|| {
			let header = Executive::finalize_block();
			(header, facts_in(System::read_events_no_consensus(), &is_spending))
		});
		self.ledger.seal(seal(header, author), voters);
		let number = self.sealed();
		// What is swept meanwhile is noticed soon enough.
		let is_quiet = facts.is_empty() && !has_calls;
		self.facts.extend(facts.into_iter().map(|fact| (number, fact)));
		if !is_quiet || number.is_multiple_of(CHECKS) {
			self.check()?;
		}
		Ok(())
	}

	/// What the chain says of all its contracts with another one, after a block.
	pub fn said_of(&self, other: SystemId, number: Height) -> Corridor {
		let bytes = self.block(number).read(&corridor_key(other));
		bytes.map_or_else(Corridor::default, |bytes| {
			Corridor::decode(&mut &bytes[..]).expect("it begins with what is said; qed")
		})
	}

	/// What it says of its contracts only grows.
	fn check_corridors(&mut self) -> Checked {
		let number = self.sealed();
		let ask = || pallet_ribp::Corridors::<Runtime>::iter_keys().collect::<Vec<_>>();
		let peers = self.query(ask);
		for peer in peers.into_iter().filter(|_| number > CHECKS) {
			let [before, now] = [number - CHECKS, number].map(|at| self.said_of(peer, at));
			let is_kept =
				now.through.includes(&before.through) && now.swept.includes(&before.swept);
			let side = self.side.name();
			demand!(is_kept, "{side} #{number}: it takes back what it said: {before:?}, {now:?}");
		}
		Ok(())
	}

	/// What is true after every block.
	fn check(&mut self) -> Checked {
		self.check_corridors()?;
		let (side, number) = (self.side.name(), self.sealed());
		let state = self.query(Ribp::do_try_state);
		state.map_err(|what| Violation(format!("{side} #{number}: try_state: {what:?}")))?;
		let gone: Balance = self.facts().filter_map(|(_, fact)| fact.destroyed()).sum();
		let issuance = self.query(Balances::total_issuance);
		let before = self.issuance;
		let is_right = issuance + gone == before;
		demand!(is_right, "{side} #{number}: issuance {issuance} of {before}, {gone} burnt");
		Ok(())
	}

	/// What all blocks say happened, each with its height.
	pub fn facts(&self) -> impl Iterator<Item = (Height, &Fact)> {
		self.facts.iter().map(|(number, fact)| (*number, fact))
	}

	/// Gives up all blocks after `number`, none of which may be final.
	pub fn abandon_after(&mut self, number: Height) {
		assert!(number >= self.finalized, "what is final stays");
		self.ledger.truncate(number);
		self.facts.retain(|(at, _)| *at <= number);
	}

	/// What the chain's transaction pool is told about an extrinsic.
	pub fn validate(
		&mut self,
		source: TransactionSource,
		extrinsic: UncheckedExtrinsic,
	) -> TransactionValidity {
		let head = self.head();
		self.query(|| Executive::validate_transaction(source, extrinsic, head))
	}

	/// What another chain's root is told about this one, from its newest block.
	pub fn anchor(&self) -> TrustAnchor {
		self.anchor_at(self.sealed())
	}

	/// The same, from its newest final block.
	pub fn final_anchor(&self) -> TrustAnchor {
		self.anchor_at(self.finalized)
	}

	/// The same, from any sealed block.
	pub fn anchor_at(&self, number: Height) -> TrustAnchor {
		let header = self.block(number).header.clone();
		let ask = || <Runtime as RibpApi<RuntimeBlock, _, _, _>>::trust_anchor(header);
		let anchor = self.query_at(number, ask);
		anchor.expect("it is the header of that block; qed")
	}

	/// What every account had before the first block.
	pub fn endowment(&self) -> &BTreeMap<AccountId, Purse> {
		&self.endowment
	}

	/// In which slot a block was made.
	fn slot_of(&self, number: Height) -> u64 {
		let logs = self.block(number).header.digest.logs();
		let slot = CompatibleDigestItem::<AuthoritySignature>::as_aura_pre_digest;
		u64::from(logs.iter().find_map(slot).expect("every block has one; qed"))
	}

	/// Height of the newest block of `peer` when a block of this chain was made.
	pub fn height_before(&self, number: Height, peer: &Self) -> Height {
		let slot = self.slot_of(number);
		let is_before = |number: &Height| peer.slot_of(*number) < slot;
		(1..=peer.sealed()).rev().find(is_before).unwrap_or(0)
	}

	/// What is known here of another chain.
	pub fn record_of(&mut self, other: SystemId) -> Option<SystemRecord> {
		self.query(|| pallet_ribp::Systems::<Runtime>::get(other))
	}

	/// The chain's clock.
	pub fn time(&mut self) -> u64 {
		self.query(pallet_timestamp::Now::<Runtime>::get)
	}

	/// All that is known here of another chain's history.
	pub fn known(&mut self, other: SystemId) -> Option<Known> {
		self.query(|| Ribp::known(other))
	}

	/// What every account has, now.
	pub fn purses(&mut self) -> BTreeMap<AccountId, Purse> {
		self.query(purses)
	}
}

impl Deref for Chain {
	type Target = Ledger;

	fn deref(&self) -> &Ledger {
		&self.ledger
	}
}

impl DerefMut for Chain {
	fn deref_mut(&mut self) -> &mut Ledger {
		&mut self.ledger
	}
}

/// Asks the runtime what every account has.
fn purses() -> BTreeMap<AccountId, Purse> {
	let accounts = frame_system::Account::<Runtime>::iter();
	let purse = |who: &AccountId, data: AccountData<Balance>| Purse {
		free: data.free,
		held: data.reserved,
		gold: Assets::balance(GOLD, who),
	};
	let purses = accounts.map(|(who, info)| {
		let purse = purse(&who, info.data);
		(who, purse)
	});
	purses.collect()
}

fn set_timestamp(now: u64) {
	let call = RuntimeCall::from(pallet_timestamp::Call::set { now });
	let outcome = Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(call));
	assert_eq!(outcome, Ok(Ok(())), "the inherent applies");
}

/// Puts an extrinsic into the open block, as block authors do: a refused one leaves no trace.
fn include(extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
	start_transaction();
	let result = Executive::apply_extrinsic(extrinsic);
	match result {
		Ok(_) => commit_transaction(),
		Err(_) => rollback_transaction(),
	}
	result
}

/// Asks the runtime who finalizes the next block.
fn voters() -> Voters {
	let set = AuthoritySet::new(Grandpa::current_set_id(), Grandpa::grandpa_authorities());
	Voters::of(&set.expect("the runtime's authorities are a set; qed"), &VOTERS)
}

/// Asks the runtime who authors the block of this slot.
fn author(slot: u64) -> User {
	let authors = <Runtime as AuraApi<RuntimeBlock, AuraId>>::authorities();
	let id = &authors[(slot % authors.len() as u64) as usize];
	let author = AUTHORS.into_iter().find(|author| AuraId::from(pair(*author).public()) == *id);
	author.expect("only test keys author; qed")
}

/// The header with its author's seal, which is the last thing that its hash covers.
fn seal(mut header: Header, author: User) -> Header {
	let signature = pair(author).sign(header.hash().as_bytes());
	header.digest.push(DigestItem::aura_seal(AuthoritySignature::from(signature)));
	header
}

/// What an account has.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Purse {
	pub free: Balance,
	pub held: Balance,
	/// Of the other asset.
	pub gold: Balance,
}
