//! Which of several nodes' answers counts (section 4.3): a node that lags behind, or is kept from what
//! is new, must not be the only one that is asked.

use crate::{ContractId, Evidence, ForkReport, SystemId};
use alloc::vec::Vec;
use ribp_protocol::{Height, Nodes};
use sp_core::H256;
use sp_runtime::Perquintill;

/// What an endpoint has to be worth submitting.
#[allow(clippy::large_enum_variant, reason = "there are a few a round")]
pub(super) enum Found {
	Evidence { evidence: Evidence, contracts: Vec<ContractId>, work: u32, looked_at: u32 },
	Tally { evidence: Evidence, forked: SystemId, backs: Option<H256>, path: Vec<H256> },
	Refutation { witness: SystemId, is_on: Option<H256>, path: Vec<H256> },
	Fork(ForkReport),
}

impl Found {
	/// The contracts that it moves.
	pub fn contracts(&self) -> &[ContractId] {
		match self {
			Self::Evidence { contracts, .. } => contracts,
			Self::Tally { .. } | Self::Refutation { .. } | Self::Fork(_) => &[],
		}
	}

	/// How many contracts were looked at for it.
	pub fn looked_at(&self) -> u32 {
		match self {
			Self::Evidence { looked_at, .. } => *looked_at,
			Self::Tally { .. } | Self::Refutation { .. } | Self::Fork(_) => 0,
		}
	}
}

/// The answers of a round.
pub(super) struct Answers {
	/// How many are enough.
	needed: u32,
	/// How many there are.
	taken: u32,
	/// The newest of them.
	pub newest: Option<Found>,
}

impl Answers {
	/// Of this many endpoints, taken for the nodes of the peer, two thirds of which are up to date.
	pub fn of(endpoints: u32) -> Self {
		let up_to_date = Perquintill::from_rational(2u64, 3);
		let requests = Nodes { count: endpoints, up_to_date }.requests();
		Self { needed: requests.unwrap_or(endpoints), taken: 0, newest: None }
	}

	pub fn take(&mut self, found: Found) {
		self.taken = self.taken.saturating_add(1);
		let is_newer = |known: &Found| rank(known) < rank(&found);
		if self.newest.as_ref().is_none_or(is_newer) {
			self.newest = Some(found);
		}
	}

	/// Whether nobody else has to be asked.
	pub fn are_enough(&self) -> bool {
		self.taken >= self.needed || self.newest.as_ref().is_some_and(is_last_word)
	}
}

/// What comes first: of the higher block, then what moves more contracts. A last word before all.
fn rank(found: &Found) -> (bool, Height, usize) {
	let (number, contracts) = match found {
		Found::Evidence { evidence, contracts, .. } => (evidence.header.number, contracts.len()),
		Found::Tally { evidence, .. } => (evidence.header.number, 0),
		// It is of no block.
		Found::Refutation { .. } => (0, 0),
		Found::Fork(report) => (report.header.number, 0),
	};
	(is_last_word(found), number, contracts)
}

/// Whether nobody's answer can be better: one proof of a fork, or of where a witness is, is enough.
fn is_last_word(found: &Found) -> bool {
	matches!(found, Found::Fork(_) | Found::Refutation { .. })
}
