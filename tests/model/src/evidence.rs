//! Evidence of a sealed block of the peer, and what the rules make of it.

use super::{
	chain::Chain,
	terms::{system, Terms},
	variants::Variant,
};
use ribp_kit::{side::Side, world::World};
use ribp_protocol::{
	next_step, Contract, ContractId, Freshness, LogHash, NotYet, Peer, PeerBlock, Stage, Step,
};

/// Whose memory answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Memory {
	/// The state of the block.
	State,
	/// That state as if nothing had ever been deleted from it.
	Everything,
}

/// A sealed block of the peer, before a chain that has a contract to move.
pub struct Block<'a> {
	pub terms: &'a Terms,
	/// The peer.
	pub side: Side,
	pub chain: &'a Chain,
	pub at: u8,
	/// The newest block that is believed already.
	pub newest: u8,
	pub memory: Memory,
}

impl Block<'_> {
	pub fn freshness(&self) -> Freshness {
		if self.at >= self.newest {
			Freshness::Newest
		} else {
			Freshness::Older
		}
	}

	pub fn position(&self, index: usize, log: LogHash) -> Option<Peer> {
		let position = match self.memory {
			Memory::State => self.chain.facts_at(self.at).position(self.terms.slot(self.side, log)),
			Memory::Everything => self.remembered(index, log),
		};
		position.map(|at| Peer(u32::from(at)))
	}

	/// The position of a log of this very contract.
	fn remembered(&self, index: usize, log: LogHash) -> Option<u8> {
		let past = self.chain.legs[index].past;
		let done = |height: u8| (1..=self.at).contains(&height);
		let contract = self.terms.contract(self.side, index);
		let at = match log {
			log if log == contract.log => past.committed,
			log if log == contract.reversal => past.reversed,
			_ if done(past.withdrawn) => return None,
			_ => past.registered,
		};
		done(at).then_some(at)
	}

	pub fn has_waiting(&self, id: ContractId) -> bool {
		let index = self.terms.index_of(self.side, id);
		self.chain.facts_at(self.at).waits(index)
	}
}

/// A block as a variant of the rules tells of it: the truth, or a lie about one fact.
pub struct Told<'a> {
	pub block: Block<'a>,
	pub variant: Variant,
	pub contract: &'a Contract,
	pub index: usize,
	pub stage: Stage,
}

impl PeerBlock for Told<'_> {
	type Error = NotYet;

	fn at(&self) -> Peer {
		self.variant.block_height(self)
	}

	fn freshness(&self) -> Freshness {
		self.variant.freshness(self)
	}

	fn position(&mut self, log: LogHash) -> Result<Option<Peer>, NotYet> {
		Ok(self.variant.position(self, log))
	}

	fn has_waiting(&mut self, id: ContractId) -> Result<bool, NotYet> {
		Ok(self.variant.has_waiting(self, id))
	}
}

/// What becomes of a contract that waits or has ended, by what a sealed block of the peer shows.
pub fn decide(
	terms: &Terms,
	variant: Variant,
	chains: &World<Chain>,
	side: Side,
	index: usize,
	at: u8,
	memory: Memory,
) -> Option<Step> {
	let [own, peer] = [side, side.other()].map(|side| chains.chain(side));
	let stage = variant.stage(own.legs[index].stage()?);
	let contract = terms.contract(side, index);
	let block = Block { terms, side: side.other(), chain: peer, at, newest: own.newest, memory };
	let mut told = Told { block, variant, contract, index, stage };
	let now = variant.now(side, contract, stage, own.own());
	let settlement = terms.settlement(side, index);
	next_step(system(side), contract, settlement, stage, now, &mut told).ok()
}
