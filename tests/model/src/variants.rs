//! Rules that are wrong in one point, each to be caught, and some that are not.
//!
//! A variant copies no rule: it lies to `ribp-protocol` about one fact, or takes a step that the
//! crate offers to somebody else. Its first line, which the command prints, says what is wrong; the
//! second says what comes of it, and so why the rule is as it is.

use super::{evidence::Told, properties::Promise};
use clap::ValueEnum;
use ribp_kit::side::Side;
use ribp_protocol::{
	cancel, on_time, resolve, Contract, ContractId, ControlError, Freshness, LogHash, Outcome, Own,
	Peer, Phase, Resolution, Stage, Step,
};

const REGISTERED: Stage = Stage::Waiting(Phase::Registered);
const CANCELLED: Stage = Stage::Ended(Outcome::Cancelled);

/// Which rules both chains follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Variant {
	/// The rules of ribp-protocol.
	Sound,

	// Caught.
	/// The height of the peer's commit is compared with h1, as the paper prints it (clog[5]).
	///
	/// Where h1 < h2, a log of the peer that is committed between them is in time there and late
	/// here: this side reverses what the other settles.
	Clog5,
	/// A log is committed after its own expiry.
	///
	/// The peer takes it for absent and reverses; this side sees the peer's timely log and unlocks.
	CommitAfterExpiry,
	/// One side takes a commit exactly at the peer's expiry for late, the other for timely.
	///
	/// The one reverses, the other settles.
	Boundary,
	/// The peer's log counts as absent before the peer's view has reached h2.
	///
	/// The peer may still commit in time, after this side has reversed.
	AbsenceBelowH2,
	/// Absence is believed from a block that a newer proven one follows, and which lies before the
	/// peer's expiry.
	///
	/// A block from before the mirror's registration shows no mirror that waits: positions go that
	/// the peer will ask for.
	AbsenceFromOlder,
	/// Evidence older than the newest, too, unlocks and reverses.
	///
	/// The older block shows the log committed for a contract that is forgotten by now. A later one
	/// about the same log unlocks on that, alone.
	TerminateByOlder,
	/// Positions go when the contract has ended, without evidence of the mirror's end.
	///
	/// The peer still waits, finds nothing, and reverses its half of what is settled here.
	ForgetUnasked,
	/// The peer's height is not bounded, and the peer commits late; its root undoes that.
	///
	/// What the rules do not allow, those who keep the rules may undo: the late commit is reversed
	/// after this side has unlocked on it. Only what was committed by h2 is a fact for good.
	UnboundedPeer,
	/// Positions go before both expiries: the same contract can be registered again.
	///
	/// Its log is then committed and unlocked a second time, on the peer's single commit.
	ForgetBeforeExpiry,
	/// The log of a cancelled contract is free at once: another contract commits it in its place.
	///
	/// A peer that has committed on the cancelled contract finds its log committed in time, and
	/// unlocks for nothing.
	CancelledLogFree,
	/// The payer may still cancel when the log is committed.
	///
	/// The peer has seen the log committed, and settles.
	CancelCommitted,
	/// Root resolves a contract although the peer lives.
	///
	/// The peer ends its half by evidence, in another way. It is for dead peers only.
	ResolveAlive,
	/// A cancelled contract can still commit.
	///
	/// Its value has gone back to the payer: nothing is left to lock.
	CommitCancelled,
	/// A log may be in use by two contracts at once.
	///
	/// Its position speaks for both: the peer unlocks on a commit that was made for the other.
	LogUsedTwice,
	/// Only a mirror that is still on record has ended: its absence is not enough to forget.
	///
	/// Whoever forgets second never sees a record of the mirror again, and keeps its own for ever.
	MirrorOnRecord,

	// Not caught: what the rules do not rest on.
	/// The sound rules against a peer that commits late; its root undoes that.
	///
	/// The bound on the peer's height protects this side. See [`Self::UnboundedPeer`].
	LatePeer,
	/// A cancelled contract's position stays until the own expiry, as the others do.
	///
	/// The rules remove it at once, so that the peer does not commit in vain; neither is unsafe.
	CancelledStays,
}

impl Variant {
	/// The promises that it breaks, what it is the reason for first; none if it keeps them all.
	pub fn breaks(self) -> &'static [Promise] {
		use Promise::{BothOrNeither, Deletion, Ends, InTime, Once, OwnPositions, Value};
		match self {
			Self::Sound | Self::LatePeer | Self::CancelledStays => &[],
			Self::CommitAfterExpiry => &[BothOrNeither, InTime],
			Self::AbsenceFromOlder | Self::ForgetUnasked => &[BothOrNeither, Deletion],
			Self::ForgetBeforeExpiry => &[BothOrNeither, Once],
			Self::LogUsedTwice => &[BothOrNeither, OwnPositions],
			Self::CommitCancelled => &[Value],
			Self::MirrorOnRecord => &[Ends],
			_ => &[BothOrNeither],
		}
	}

	/// On the command line.
	pub fn name(self) -> String {
		self.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default()
	}

	/// What is wrong with it.
	pub fn about(self) -> String {
		let value = self.to_possible_value();
		value.and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
	}

	/// Whether the chain follows its own rules, and is promised anything.
	pub fn is_honest(self, side: Side) -> bool {
		!(matches!(self, Self::UnboundedPeer | Self::LatePeer) && side == Side::Beta)
	}

	/// The stage that the rules are told.
	pub fn stage(self, stage: Stage) -> Stage {
		match stage {
			CANCELLED if self == Self::CommitCancelled => REGISTERED,
			_ => stage,
		}
	}

	/// The own height that the rules are told.
	pub fn now(self, side: Side, contract: &Contract, stage: Stage, Own(now): Own) -> Own {
		let late = self == Self::CommitAfterExpiry || !self.is_honest(side);
		Own(match stage {
			REGISTERED if late => now.min(contract.h1),
			Stage::Ended(_) if self == Self::ForgetBeforeExpiry => now.max(contract.h1 + 1),
			_ => now,
		})
	}

	/// The height of the peer's block that the rules are told.
	pub fn block_height(self, told: &Told) -> Peer {
		let at = Peer(u32::from(told.block.at));
		let absent = || told.block.position(told.index, told.contract.peer_log).is_none();
		let is_too_early = match self {
			Self::AbsenceBelowH2 => absent(),
			Self::AbsenceFromOlder | Self::ForgetBeforeExpiry => {
				matches!(told.stage, Stage::Ended(_))
			},
			_ => false,
		};
		match is_too_early {
			true => at.max(Peer(told.contract.h2)),
			false => at,
		}
	}

	pub fn freshness(self, told: &Told) -> Freshness {
		let committed = matches!(told.stage, Stage::Waiting(Phase::Committed { .. }));
		match self {
			Self::AbsenceFromOlder => Freshness::Newest,
			Self::TerminateByOlder if committed => Freshness::Newest,
			_ => told.block.freshness(),
		}
	}

	pub fn position(self, told: &Told, log: LogHash) -> Option<Peer> {
		let position = told.block.position(told.index, log);
		let Contract { h1, h2, peer_log, .. } = *told.contract;
		if log != peer_log {
			return position;
		}
		let timely = |Peer(at): Peer| Peer(at.min(h2));
		let late = |Peer(at): Peer| Peer(at.max(h2 + 1));
		let own = told.block.side.other();
		position.map(|at| match self {
			Self::Clog5 if at.0 <= h1 => timely(at),
			Self::Clog5 => late(at),
			Self::Boundary if own == Side::Alpha && at.0 >= h2 => late(at),
			Self::UnboundedPeer if own == Side::Alpha => timely(at),
			_ => at,
		})
	}

	pub fn has_waiting(self, told: &Told, id: ContractId) -> bool {
		match self {
			Self::ForgetUnasked => false,
			Self::MirrorOnRecord if told.block.position(told.index, id.into()).is_none() => true,
			_ => told.block.has_waiting(id),
		}
	}

	/// What time alone makes of a contract.
	pub fn on_time(self, contract: &Contract, stage: Stage, now: Own) -> Option<Step> {
		if self == Self::CancelledLogFree && stage == CANCELLED {
			return on_time(contract, stage, Own(contract.h1 + 1));
		}
		on_time(contract, stage, now)
	}

	/// What the payer's wish makes of a contract.
	pub fn cancel(self, contract: &Contract, stage: Stage, now: Own) -> Result<Step, ControlError> {
		if self == Self::CancelCommitted {
			return resolve(contract, stage, now, Resolution::Reverse);
		}
		cancel(stage)
	}

	/// Whether a log that is in use may be registered.
	pub fn shares_logs(self) -> bool {
		self == Self::LogUsedTwice
	}

	/// Whether a cancelled contract's position is kept until it is forgotten.
	pub fn keeps_cancelled(self) -> bool {
		self == Self::CancelledStays
	}
}
