//! What systems ask each other about contracts, and what they are answered.

use ribp_protocol::{
	Contract, ContractId, Freshness, Height, LogHash, NotYet, Peer, PeerBlock, SystemId,
};

/// All that a contract's next step can depend on, as the peer knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Question {
	/// The contract, as the one who asks holds it.
	pub about: ContractId,
	/// The contract, as the peer holds it.
	pub mirror: ContractId,
	/// H(log2).
	pub log: LogHash,
	/// H(log2').
	pub reversal: LogHash,
}

impl Question {
	/// What `own` asks about a contract.
	pub fn about(own: SystemId, about: ContractId, contract: &Contract) -> Self {
		let mirror = contract.mirror_id(own);
		Self { about, mirror, log: contract.peer_log, reversal: contract.peer_reversal }
	}
}

/// What a question was answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shown {
	/// The question.
	pub question: Question,
	/// check() of the mirror contract.
	pub mirror: Option<Height>,
	/// check(H(log2)).
	pub log: Option<Height>,
	/// check(H(log2')).
	pub reversal: Option<Height>,
	/// Whether the mirror is in the waiting list.
	pub mirror_waits: bool,
}

/// Answers from one final block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
	/// Its height.
	pub at: Height,
	/// What it shows.
	pub shown: Vec<Shown>,
}

/// One of the answers, as a contract is judged by it.
pub(crate) struct Block<'a> {
	/// Its height.
	pub at: Height,
	/// Whether a newer block was believed when the answer came.
	pub freshness: Freshness,
	/// What it shows.
	pub shown: &'a Shown,
}

/// Why a contract does not move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unmoved {
	/// The rules say so.
	NotYet(NotYet),
	/// The block says nothing about what is asked.
	NotShown,
}

impl From<NotYet> for Unmoved {
	fn from(why: NotYet) -> Self {
		Self::NotYet(why)
	}
}

impl PeerBlock for Block<'_> {
	type Error = Unmoved;

	fn at(&self) -> Peer {
		Peer(self.at)
	}

	fn freshness(&self) -> Freshness {
		self.freshness
	}

	fn position(&mut self, log: LogHash) -> Result<Option<Peer>, Unmoved> {
		let Shown { question, mirror, log: peer_log, reversal, .. } = self.shown;
		let position = if log == question.mirror.into() {
			mirror
		} else if log == question.log {
			peer_log
		} else if log == question.reversal {
			reversal
		} else {
			return Err(Unmoved::NotShown);
		};
		Ok(position.map(Peer))
	}

	fn has_waiting(&mut self, contract: ContractId) -> Result<bool, Unmoved> {
		match contract == self.shown.question.mirror {
			true => Ok(self.shown.mirror_waits),
			false => Err(Unmoved::NotShown),
		}
	}
}
