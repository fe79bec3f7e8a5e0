//! The one contract of the model, and what evidence of the peer's blocks makes of it.

use super::{
	exploration::Exploration,
	reader::{Fault, Reader},
	tree::{At, Block, Facts},
	variants::Variant,
};
use ribp_kit::exchange::Exchange;
use ribp_protocol::{
	next_step, on_time, Contract, ContractId, Freshness, Height, Log, LogHash, NotYet, Own, Peer,
	PeerBlock, Settlement, Stage, Step, SystemId,
};
use sp_core::H256;

const OWN: SystemId = SystemId(H256::repeat_byte(0xa1));
const PEER: SystemId = SystemId(H256::repeat_byte(0xb2));

/// The contract as the reader holds it.
pub fn contract(expiries: [Height; 2]) -> Contract {
	let log = |system| Log { system, action: 1_u64, salt: H256::zero() };
	Exchange::new([log(OWN), log(PEER)], expiries).delivery.contract
}

/// Why a contract stays where it is.
#[derive(Debug)]
enum Stays {
	NotYet,
	/// What is absent may have been there in another form.
	NotComplete,
}

impl From<NotYet> for Stays {
	fn from(_: NotYet) -> Self {
		Self::NotYet
	}
}

/// The pallet's `Claim`, of a block that is believed.
struct Shown<'a> {
	model: &'a Exploration,
	/// With what the block adds.
	reader: &'a Reader,
	block: &'a Block,
	freshness: Freshness,
}

impl Shown<'_> {
	/// What the keys that are read have: nothing of what has been moved to others.
	fn facts(&self) -> Facts {
		match self.block.complete_from {
			0 => self.block.facts,
			_ => Facts::default(),
		}
	}

	/// The pallet's `ensure_complete`.
	fn complete<T>(&self, found: Option<T>) -> Result<Option<T>, Stays> {
		let is_known = self.model.plan.variant == Variant::CompletenessIgnored
			|| self.reader.relied.is_none_or(|height| height >= self.reader.complete_from);
		match found {
			None if !is_known => Err(Stays::NotComplete),
			found => Ok(found),
		}
	}
}

impl PeerBlock for Shown<'_> {
	type Error = Stays;

	fn at(&self) -> Peer {
		let is_forgetting = matches!(self.reader.stage, Some(Stage::Ended(_)));
		let h2 = self.model.contract.h2;
		match is_forgetting && self.model.plan.variant == Variant::ForgetOnLowerTip {
			true => Peer(self.block.number.max(h2)),
			false => Peer(self.block.number),
		}
	}

	fn freshness(&self) -> Freshness {
		self.freshness
	}

	fn position(&mut self, log: LogHash) -> Result<Option<Peer>, Stays> {
		let Contract { peer_log, peer_reversal, h2, .. } = self.model.contract;
		let is_there = match log {
			log if log == peer_log => self.facts().log,
			log if log == peer_reversal => false,
			_ => self.facts().mirror,
		};
		self.complete(is_there.then_some(Peer(self.block.number.min(h2))))
	}

	fn has_waiting(&mut self, _: ContractId) -> Result<bool, Stays> {
		Ok(self.complete(self.facts().waits.then_some(()))?.is_some())
	}
}

impl Exploration {
	/// The reader after evidence of a block about the contract; none if that moves nothing.
	pub fn moved(&self, reader: &Reader, at: At) -> Option<Reader> {
		if !reader.is_active() {
			return None;
		}
		let stage = reader.stage?;
		let known = self.tree.head(reader.view);
		let (mut reader, is_newer) = match self.is_known(reader, at) {
			true => (reader.clone(), false),
			false => (self.learnt(reader, at)?, true),
		};
		let block = self.tree.block(at);
		let is_head = is_newer || block.number == self.tree.block(known).number;
		let freshness = if is_head { Freshness::Newest } else { Freshness::Older };
		let now = Own(reader.now.into());
		let mut shown = Shown { model: self, reader: &reader, block, freshness };
		let step =
			next_step(OWN, &self.contract, Settlement::Early, stage, now, &mut shown).ok()?;
		self.blame(&mut reader, at, step);
		reader.stage = step.stage(now);
		reader.relied = (step != Step::Forget).then_some(block.number);
		Some(reader)
	}

	/// Whether a block is in the window, or below a mark that states it.
	fn is_known(&self, reader: &Reader, at: At) -> bool {
		let (number, id) = (self.tree.block(at).number, Some(self.tree.id(at)));
		let mut marks = reader.marks(&self.tree).into_iter();
		self.tree.recent(reader.view, number) == id
			|| marks.any(|mark| self.tree.stated(mark, number) == id)
	}

	fn blame(&self, reader: &mut Reader, at: At, step: Step) {
		let Facts { log, .. } = self.tree.block(at).facts;
		let mut later = self.tree.all().filter(|later| self.tree.is_on(at, *later));
		let is_wrong = match step {
			Step::Unlock => !log,
			Step::Reverse => log,
			Step::Forget => later.any(|later| self.tree.block(later).facts.waits),
			_ => false,
		};
		let faults = [
			(is_wrong, Fault::MovedWrongly),
			(reader.ghost.is_unheard, Fault::MovedUnheard),
			(reader.ghost.is_stopped, Fault::MovedWhilePaused),
		];
		faults.into_iter().filter(|(is_so, _)| *is_so).for_each(|(_, fault)| reader.blame(fault));
	}

	/// Time is over for a log that is not committed.
	pub fn expire(&self, reader: &mut Reader) {
		let now = Own(reader.now.into());
		let step = reader.stage.and_then(|stage| on_time(&self.contract, stage, now));
		if let Some(step) = step {
			reader.stage = step.stage(now);
		}
	}
}
