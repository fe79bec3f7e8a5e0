//! Rules that are wrong in one point, each to be caught, and some that are not.
//!
//! A variant copies no rule: it lies to `ribp-protocol` about one fact, takes a step that the crate
//! offers to somebody else, or keeps the books in another way than the pallet. Its first line, which
//! the command prints, says what is wrong; the second says what comes of it, and so why the rule is
//! as it is.

use super::{
	chain::{Age, Leg, Place},
	evidence::Question,
	properties::Promise,
};
use clap::ValueEnum;
use ribp_kit::side::Side;
use ribp_protocol::{
	cancel, resolve, Commit, ControlError, Notice, Outcome, Own, Resolution, Seen, Stage, Standing,
	Terms,
};

const SETTLED: Stage = Stage::Ended(Outcome::Settled);
const CANCELLED: Stage = Stage::Ended(Outcome::Cancelled);

/// Which rules both chains follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Variant {
	/// The rules of ribp-protocol.
	Sound,

	// Caught. First: what a block of the peer shows.
	/// The height of the peer's commit is compared with h1, as the paper prints it (clog[5]).
	///
	/// A leg of the peer that is committed between the two expiries is in time there and late here:
	/// this side reverses what the other settles.
	Clog5,
	/// One side takes a commit exactly at the peer's expiry for late, the other for timely.
	///
	/// The one reverses, the other settles.
	Boundary,
	/// The peer's leg counts as absent in a block below h2.
	///
	/// The peer may still commit in time, after this side has reversed.
	AbsenceBelowH2,
	/// The peer's leg counts as not committed in the block before h2.
	///
	/// It commits in h2.
	NotCommittedBeforeH2,
	/// A block shows the state before it.
	///
	/// What is committed in h2 itself is not seen there, and taken for not committed.
	HeaderBefore,
	/// The height at which the peer's leg settled is compared with h2, not that of its commit.
	///
	/// It was committed in time and settled later: this side takes it for late.
	EndCompared,
	/// A leg that is being cancelled counts as cancelled.
	///
	/// Within the notice it still commits, and settles on what this side has reversed.
	CancellingEnded,
	/// A leg settles on the peer's registration.
	///
	/// The peer's leg expires or is cancelled.
	SettledOnRegistered,
	/// The peer's height is not bounded, and the peer commits late; its root undoes that.
	///
	/// What the rules do not allow, those who keep the rules may undo: the late commit is reversed
	/// after this side has settled on it. Only what was committed by h2 is a fact for good.
	UnboundedPeer,
	/// What is absent is absent, also where the peer's state has moved to other keys.
	///
	/// The committed leg is not found, and this side reverses.
	CompleteUnasked,
	/// What the peer has all of is compared with the registration here, not with the expiry there.
	///
	/// After an upgrade the peer's leg that never was is never taken for absent.
	CompleteSinceRegistration,

	// When a leg commits, and what ends it.
	/// A leg commits after its own expiry.
	///
	/// The peer takes it for not committed and reverses; this side sees the peer's timely leg and
	/// settles.
	CommitAfterExpiry,
	/// A leg that is firm is registered, and so committed, after its own expiry.
	///
	/// The same.
	FirmAfterExpiry,
	/// The payer may still cancel when the leg is committed.
	///
	/// The peer has seen it committed, and settles.
	CancelCommitted,
	/// A committed leg expires.
	///
	/// The same.
	ExpireCommitted,
	/// A leg that was cancelled can still commit.
	///
	/// Its value has gone back to the payer: nothing is left to lock.
	CommitCancelled,
	/// Evidence moves a leg that has settled.
	///
	/// Its value is given once more.
	PaidTwice,
	/// Nobody ends a leg whose time is over.
	///
	/// A leg that is too late to answer the peer's waits for ever, and so does its value.
	NobodyEnds,
	/// Root resolves a contract although the peer lives.
	///
	/// The peer ends its half by evidence, in another way. It is for dead peers only.
	ResolveAlive,

	// What cannot move.
	/// A leg does not end before its value can move.
	///
	/// Whoever freezes it decides how long the outcome is open: the peer's proof may be gone by then.
	WaitForPayout,
	/// What is owed stays owed when it is paid.
	///
	/// It is claimed once more.
	ClaimedTwice,
	/// What is owed goes with its leg.
	///
	/// Nobody can claim it any more.
	OwedSwept,
	/// What is owed goes back to the payer, whatever the leg has come to.
	///
	/// The one side has settled, and its receiver has nothing.
	ClaimReturns,

	/// Root ends a leg without having said so.
	///
	/// Nobody can object, or show that the peer lives.
	ResolveUnsaid,
	/// What root has said counts although the peer has shown life since, or business was resumed.
	///
	/// It ends what evidence is about to end in another way.
	ResolveInSpiteOfLife,
	/// Root may end legs with a peer that is neither paused nor silent.
	///
	/// The same.
	ResolveBusy,

	// What is swept, and when.
	/// An epoch is swept when it is over, whatever the peer says.
	///
	/// The peer's committed leg asks in vain for the one that was here.
	SweepUnheard,
	/// A leg goes when both have ended, before its own expiry.
	///
	/// The same contract can be registered again, and settles on the peer's single commit.
	SweepBeforeExpiry,
	/// A leg that is cancelled goes at once.
	///
	/// An older block proves it cancelled, and the peer reverses; but the same contract is
	/// registered again, and commits.
	SweepCancelled,
	/// A leg goes when it has ended and its own expiry has passed, and nobody says so.
	///
	/// The peer's committed leg finds nothing, and takes it for not committed.
	SweepUnsaid,
	/// A system is forgotten, and known again, while legs that have ended are there; they go.
	///
	/// The peer's committed leg finds nothing, and takes it for not committed.
	RemovedInUse,
	/// With an epoch go all of its legs, whether they have ended or not.
	///
	/// What they have taken belongs to nobody.
	SweepOpen,
	/// An epoch is through although legs are open.
	///
	/// The peer sweeps what they will ask for.
	ThroughOpen,
	/// An epoch is through although legs are committed: only those that may still commit count.
	///
	/// The same.
	ThroughCommitted,
	/// An epoch is through when it is by the numbers of who says so.
	///
	/// The peer reads it by its own: it sweeps too soon, or never.
	ThroughOwnEpochs,
	/// What is open is no gap: all epochs before one that is through are through.
	///
	/// The peer sweeps what they will ask for.
	ThroughPastOpen,
	/// What the peer leaves out is swept with what comes after it.
	///
	/// The peer's open leg asks in vain for the one that was here.
	SweepGaps,
	/// A contract is registered into an epoch that is through, when less of the peer is believed
	/// again.
	///
	/// The peer has swept its leg, and this one asks in vain.
	RegisterClosed,

	/// Who gets to know the peer anew says that all past epochs may have been swept.
	///
	/// What the peer has committed, and was never registered here, is never shown to be absent.
	SweptWhenMet,

	/// Root forgets a leg, and nothing says so.
	///
	/// A peer that lives after all finds nothing, and takes it for not committed.
	ForgetUnsaid,

	// What is answered, and what may be taken back.
	/// Who cancels has the value back at once.
	///
	/// The other side has seen the leg registered, and is committed by now.
	NoNotice,
	/// Blocks before the cancellation count for its notice, if nothing was heard of the peer in
	/// them.
	///
	/// Too little of the notice is left for the answer.
	NoticeFromSilence,
	/// A leg commits on a block of the peer of any age.
	///
	/// In it the peer's leg is registered; by now its notice is nearly over.
	StaleMatch,
	/// A leg commits on one that is being cancelled.
	///
	/// The same.
	MatchCancelling,

	// Not caught: what the rules do not rest on.
	/// The sound rules against a peer that commits late; its root undoes that.
	///
	/// The bound on the peer's height protects this side. See [`Self::UnboundedPeer`].
	LatePeer,
	/// What the peer says is enough: it is not asked whether the own epoch is over.
	///
	/// The peer says it of epochs that it knows to be over; a peer that lies is another matter.
	SweepBeforeEpochEnds,
	/// An epoch is through before it is over, once no leg is open.
	///
	/// No contract is registered into it any more.
	ThroughAhead,
	/// A leg of the peer that was reversed counts as committed.
	///
	/// It was reversed since this side's leg is not committed, and never will be.
	ReversedCounts,
}

impl Variant {
	/// The promises that it breaks, what it is the reason for first; none if it keeps them all.
	pub fn breaks(self) -> &'static [Promise] {
		use Promise::{
			Announced, Answered, BothOrNeither, Ends, InTime, Memory, Once, Said, Value,
		};
		match self {
			Self::Sound
			| Self::LatePeer
			| Self::SweepBeforeEpochEnds
			| Self::ThroughAhead
			| Self::ReversedCounts => &[],
			Self::CompleteSinceRegistration
			| Self::NobodyEnds
			| Self::SweepUnheard
			| Self::SweepGaps => &[Ends],
			Self::CommitAfterExpiry | Self::FirmAfterExpiry => &[BothOrNeither, InTime],
			Self::CommitCancelled | Self::PaidTwice | Self::ClaimedTwice | Self::OwedSwept => {
				&[Value]
			},
			Self::WaitForPayout => &[Ends],
			Self::ResolveUnsaid | Self::ResolveInSpiteOfLife | Self::ResolveBusy => &[Announced],
			Self::SweepBeforeExpiry => &[BothOrNeither, Once, Said],
			Self::SweepCancelled => &[BothOrNeither, Once],
			Self::SweepUnsaid => &[BothOrNeither, Memory, Said],
			Self::SweepOpen => &[Value],
			Self::ThroughOpen | Self::ThroughCommitted => &[Ends, Said],
			Self::ThroughPastOpen => &[Said, Ends],
			Self::ThroughOwnEpochs => &[Said, Ends],
			Self::SweptWhenMet => &[Ends],
			Self::ForgetUnsaid | Self::RemovedInUse => &[BothOrNeither, Memory],
			Self::RegisterClosed => &[Ends, Said],
			Self::NoNotice | Self::NoticeFromSilence => &[Answered],
			Self::StaleMatch | Self::MatchCancelling => &[Answered],
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

	/// Changes what the rules are told of a leg and a block of the peer.
	pub fn tell(self, question: &mut Question) {
		let terms = question.terms();
		let stage = &mut question.standing.stage;
		let may_commit = matches!(stage, Stage::Registered | Stage::Cancelling { .. });
		if may_commit && (self == Self::CommitAfterExpiry || !self.is_honest(question.side)) {
			question.now.0 = question.now.0.min(terms.own.expiry);
		}
		match (self, *stage) {
			(Self::CommitCancelled, CANCELLED) => *stage = Stage::Registered,
			(Self::PaidTwice, SETTLED) => *stage = Stage::Committed { at: terms.own.expiry },
			(Self::HeaderBefore, _) => question.shown.leg = question.before(),
			_ => {},
		}
		if self == Self::NotCommittedBeforeH2 {
			question.shown.at.0 += 1;
		}
		match question.shown.leg {
			Seen::Leg(stage) => {
				question.shown.leg = Seen::Leg(self.told(question, &terms, stage));
				if self == Self::StaleMatch {
					question.shown.head = question.shown.at;
				}
			},
			Seen::Nothing { .. } => self.tell_absence(question, &terms),
		}
	}

	/// The stage of the peer's leg.
	fn told(self, question: &Question, terms: &Terms, stage: Stage) -> Stage {
		let (h1, h2) = (terms.own.expiry, terms.peer.expiry);
		let is_alpha = question.side == Side::Alpha;
		let committed = |at| Stage::Committed { at };
		match (self, stage) {
			(Self::Clog5, Stage::Committed { at }) if at <= h1 => committed(at.min(h2)),
			(Self::Clog5, Stage::Committed { at }) => committed(at.max(h2 + 1)),
			(Self::Boundary, Stage::Committed { at }) if is_alpha && at >= h2 => committed(h2 + 1),
			(Self::UnboundedPeer, Stage::Committed { at }) if is_alpha => committed(at.min(h2)),
			(Self::EndCompared, SETTLED) => committed(question.settled_at()),
			(Self::CancellingEnded, Stage::Cancelling { .. }) => CANCELLED,
			(Self::MatchCancelling, Stage::Cancelling { .. }) => Stage::Registered,
			(Self::SettledOnRegistered, Stage::Registered) => committed(h2),
			(Self::ReversedCounts, Stage::Ended(Outcome::Reversed)) => SETTLED,
			_ => stage,
		}
	}

	/// What a block shows in which the peer's leg is not there.
	fn tell_absence(self, question: &mut Question, terms: &Terms) {
		let Seen::Nothing { is_complete } = &mut question.shown.leg else { return };
		let at = &mut question.shown.at.0;
		match self {
			Self::AbsenceBelowH2 => *at = terms.peer.expiry.max(*at),
			Self::CompleteUnasked => *is_complete = true,
			Self::CompleteSinceRegistration => {
				*is_complete = question.block.complete_from() <= question.basis;
			},
			_ => {},
		}
	}

	/// The height at which a registration is judged.
	pub fn registers_at(self, terms: &Terms, commit: Commit, Own(now): Own) -> Own {
		let is_late = self == Self::FirmAfterExpiry && commit == Commit::Now;
		Own(if is_late { now.min(terms.own.expiry - 1) } else { now })
	}

	/// What the rules are told of a leg that time alone may end; none if they are not asked.
	pub fn on_time(
		self,
		terms: &Terms,
		standing: Standing,
		notice: Notice,
	) -> Option<(Standing, Notice)> {
		match (self, standing) {
			(Self::NobodyEnds, Standing { fact: None, .. }) => None,
			(Self::ExpireCommitted, Standing { stage: Stage::Committed { .. }, fact: None }) => {
				Some((Stage::Registered.into(), notice))
			},
			(Self::NoNotice, Standing { stage: Stage::Cancelling { since }, .. }) => {
				Some((standing, Notice(since + terms.own.notice + 1)))
			},
			_ => Some((standing, notice)),
		}
	}

	/// What the payer's wish makes of a leg.
	pub fn cancel(
		self,
		terms: &Terms,
		stage: Stage,
		now: Own,
		notice: Notice,
	) -> Result<Stage, ControlError> {
		match (self, stage) {
			(Self::CancelCommitted, Stage::Committed { .. }) => {
				let outcome = resolve(terms, stage, now, Resolution::Reverse)?;
				Ok(outcome.map_or(stage, Stage::Ended))
			},
			_ => cancel(terms, stage, now, notice),
		}
	}

	/// Whether the notice of who cancels may already have run.
	pub fn counts_silence(self) -> bool {
		self == Self::NoticeFromSilence
	}

	/// By whose epochs a chain says what is through.
	pub fn reader(self, side: Side) -> Side {
		match self {
			Self::ThroughOwnEpochs => side,
			_ => side.other(),
		}
	}

	/// Whether a leg keeps its epoch from being through.
	pub fn is_open(self, leg: &Leg) -> bool {
		match self {
			Self::ThroughOpen => false,
			Self::ThroughCommitted => leg.is_open() && !leg.is_committed(),
			_ => leg.is_open(),
		}
	}

	/// Whether a leg goes that would stay, or not yet go.
	pub fn sweeps(self, own: &Leg, peer: &Leg, age: Age) -> bool {
		match self {
			Self::SweepOpen => age == Age::Swept,
			Self::SweepUnsaid => own.has_ended() && age >= Age::Expired,
			Self::SweepBeforeExpiry => own.has_ended() && !peer.is_open(),
			Self::SweepCancelled => own.place == Place::Ended(Outcome::Cancelled),
			_ => false,
		}
	}

	/// Whether a contract may be registered into an epoch that is through.
	pub fn reopens(self) -> bool {
		self == Self::RegisterClosed
	}
}
