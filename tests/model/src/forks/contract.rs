//! The one contract of the model, and what evidence of the peer's blocks makes of it.

use super::{
	exploration::{Exploration, Plan},
	reader::{Fault, Reader},
	root::EXPOSURE,
	tree::{At, Block, Facts},
	variants::Variant,
};
use ribp_kit::exchange::Exchange;
use ribp_protocol::{
	by_evidence, by_time, Exposed, Fact, Log, Notice, Outcome, Own, Peer, Seen, Shown, Stage,
	Standing, SystemId, Terms,
};
use sp_core::H256;

const OWN: SystemId = SystemId(H256::repeat_byte(0xa1));
const PEER: SystemId = SystemId(H256::repeat_byte(0xb2));

/// Nobody cancels.
const NOTICE: Notice = Notice(0);

/// The contract as the reader holds it: only the newest block shows that the peer's leg is registered.
pub fn terms(Plan { expiries, settlement, .. }: &Plan) -> Terms {
	let log = |system| Log { system, action: 1_u64 };
	Exchange::new([log(OWN), log(PEER)], *expiries, H256::zero())
		.settling(*settlement, *settlement)
		.with_legs(|own, peer| (own.notice, peer.notice) = (0, 0))
		.delivery
		.terms()
}

impl Exploration {
	/// The reader after evidence of a block about the contract; none if that moves nothing.
	pub fn moved(&self, reader: &Reader, at: At) -> Option<Reader> {
		if !reader.is_active() {
			return None;
		}
		let mut reader = match self.is_known(reader, at) {
			true => reader.clone(),
			false => self.learnt(reader, at)?,
		};
		let block = self.tree.block(at);
		let head = self.tree.block(self.tree.head(reader.view)).number;
		let shown = Shown { at: Peer(block.number), head: Peer(head), leg: self.shown(block) };
		let now = Own(reader.now.into());
		let next = by_evidence(&self.terms, reader.standing, now, NOTICE, &shown).ok()?;
		self.blame(&mut reader, at, next);
		reader.standing = next;
		(reader.relied, reader.since) = (Some(block.number), reader.now);
		Some(reader)
	}

	/// What the keys that are read have: nothing of what has been moved to others.
	fn shown(&self, block: &Block) -> Seen {
		let h2 = self.terms.peer.expiry;
		match block.facts {
			_ if block.complete_from > 0 => Seen::Nothing {
				is_complete: self.plan.variant == Variant::CompletenessIgnored
					|| block.complete_from <= h2,
			},
			Facts { log: true, has_ended: false, .. } => {
				Seen::Leg(Stage::Committed { at: block.number.min(h2) })
			},
			Facts { log: true, .. } => Seen::Leg(Stage::Ended(Outcome::Settled)),
			Facts { is_there: false, .. } => Seen::Nothing { is_complete: true },
			Facts { has_ended: false, .. } => Seen::Leg(Stage::Registered),
			Facts { .. } => Seen::Leg(Stage::Ended(Outcome::Expired)),
		}
	}

	/// Whether a block is in the window, or below a mark that states it.
	fn is_known(&self, reader: &Reader, at: At) -> bool {
		let (number, id) = (self.tree.block(at).number, Some(self.tree.id(at)));
		let mut marks = reader.marks(&self.tree).into_iter();
		self.tree.recent(reader.view, number) == id
			|| marks.any(|mark| self.tree.stated(mark, number) == id)
	}

	fn blame(&self, reader: &mut Reader, at: At, next: Standing) {
		let Facts { log, .. } = self.tree.block(at).facts;
		let is_wrong = match (next.stage, next.fact) {
			(Stage::Ended(Outcome::Settled), _) | (_, Some(Fact::Committed)) => !log,
			(Stage::Ended(Outcome::Reversed), _) | (_, Some(Fact::NotCommitted)) => log,
			_ => false,
		};
		let faults = [
			(is_wrong, Fault::MovedWrongly),
			(reader.ghost.is_unheard, Fault::MovedUnheard),
			(reader.ghost.is_stopped, Fault::MovedWhilePaused),
		];
		faults.into_iter().filter(|(is_so, _)| *is_so).for_each(|(_, fault)| reader.blame(fault));
	}

	/// What time alone makes of the contract: the verdict is that of the branch that is followed by now.
	pub fn conclude(&self, reader: &mut Reader) {
		let now = Own(reader.now.into());
		let until = reader.is_active().then(|| Own((reader.since + EXPOSURE).into()));
		let exposed = Exposed { until };
		let Some(outcome) = by_time(&self.terms, reader.standing, now, NOTICE, exposed) else {
			return;
		};
		if reader.standing.fact.is_some() {
			let head = self.tree.head(reader.view);
			self.blame(reader, head, Stage::Ended(outcome).into());
		}
		reader.standing = Stage::Ended(outcome).into();
	}
}
