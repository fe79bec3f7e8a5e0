//! What becomes of a leg: commit, terminate, cancel, expire (sections 4.1 and 4.2, and Algorithm 2).
//!
//! # A leg's stages
//!
//! | # | stage | condition | becomes |
//! |---|---|---|---|
//! | 1 | none | own height < h1, known head < h2, h2's epoch not closed by the own [`Corridor`] | registered or, if it is firm, committed |
//! | 2 | registered, or cancelling within the notice; own height <= h1 | peer registered, in a block that is not stale and below h2 | committed |
//! | 3 | the same | peer committed | committed; with [`Settlement::Early`] settled at once |
//! | 4 | committed, `Early` | peer committed / not committed | settled / reversed |
//! | 5 | committed, `AtExpiry` | the same | the fact is recorded |
//! | 6 | committed with a fact | own height > max(h1, proof + exposure), no fork open | settled / reversed |
//! | 7 | registered, cancelling | not committed, or own height > h1, or the notice is over | expired / cancelled |
//! | 8 | committed | forgotten | the fact is recorded; root may resolve it |
//!
//! *Committed* is a fact about the peer's leg that never changes once it is final: committed at a height
//! <= h2. A final block of the peer, the newest or an older one, shows it by a leg that is committed or
//! settled. *Not committed* is its negation. It is shown
//!
//! 1. at a height >= h2, by a leg that is neither;
//! 2. at any height, by one that is cancelled or has expired, and stays until its expiry has passed;
//! 3. at a height >= h2, by a leg that is not there, if the block has all of that time and says that
//!    nothing of it was swept.
//!
//! *Forgotten* is what is left: at a height >= h2 the leg is not there, and the block does not say that it would
//! be. It never comes back, so newer blocks say no more; an older one still may.
//!
//! A header shows the state *after* its block. All bounds are inclusive: a commit exactly at the expiry is
//! in time, on both sides.
//!
//! # The notice
//!
//! Whoever cancels gives the other party notice. Until it is over the leg commits if the other one has
//! answered; and the other chain commits on a leg only by a block that is younger than half of its
//! notice. So nobody takes back what was already, visibly, answered. The notice is counted by a clock that
//! stands still while nothing is heard of the peer, or there is no business with it ([`Notice`]).
//!
//! # What breaks without a rule
//!
//! The model of `tests/model` knows each rule turned into a wrong one; `scripts/model.sh --variant
//! NAME` shows the shortest way from there to one leg settled and the other not, or to value that is stuck.
//!
//! | rule | wrong one |
//! |---|---|
//! | the peer's commit is measured by h2 | `clog5`, `unbounded-peer` |
//! | both sides take a commit at the expiry for timely | `boundary` |
//! | what is absent or open below h2 may still commit | `absence-below-h2`, `not-committed-before-h2` |
//! | a header shows the state after its block | `header-before` |
//! | the commit's height counts, not that of the end | `end-compared` |
//! | what is being cancelled has not ended; what is registered is not committed | `cancelling-ended`, `settled-on-registered` |
//! | absence counts where all is there, from h2's time on | `complete-unasked`, `complete-since-registration` |
//! | nothing commits after h1, not firmly either | `commit-after-expiry`, `firm-after-expiry` |
//! | a committed leg is neither cancelled nor expires | `cancel-committed`, `expire-committed` |
//! | what has ended does not move any more | `commit-cancelled`, `paid-twice` |
//! | somebody ends what has expired | `nobody-ends` |
//! | root resolves only what a dead peer leaves, and says what it forgets | `resolve-alive`, `forget-unsaid` |
//! | swept is what the peer has said it needs no more, and that is said | `sweep-unheard`, `sweep-unsaid` |
//! | ended legs stay until their expiry, open ones until they end | `sweep-before-expiry`, `sweep-cancelled`, `sweep-open` |
//! | an epoch of the reader's is through when all of it has ended, and closed then | `through-open`, `through-committed`, `through-own-epochs`, `register-closed` |
//! | an epoch that is not through stops none after it, and is not swept with them | `through-past-open`, `sweep-gaps` |
//! | what was never there was not swept | `swept-when-met` |
//! | a notice is counted from the cancellation on | `no-notice`, `notice-from-silence` |
//! | only a young block answers, and none that is being cancelled | `stale-match`, `match-cancelling` |

use crate::{Height, Own, Peer, Settlement, Terms};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How a leg ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Outcome {
	/// It was committed, and stands for good.
	Settled,
	/// It was committed, and has been undone.
	Reversed,
	/// It was never committed: its time was over.
	Expired,
	/// It was never committed: its payer took the value back.
	Cancelled,
}

/// Where a leg stands. This is what other chains read by storage proof.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Stage {
	/// Its value is taken; nothing is known of the peer's leg.
	Registered,
	/// Its payer wants the value back.
	Cancelling {
		/// When that was, by the clock of notices.
		since: Height,
	},
	/// From now on the peer decides.
	Committed {
		/// Height of the chain that has the leg.
		at: Height,
	},
	/// It has come to this.
	Ended(Outcome),
}

/// What is proven of the peer's leg, and never changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Fact {
	/// It was committed in time.
	Committed,
	/// It was not, and never will be.
	NotCommitted,
	/// It is over and not there, and the peer does not say what it was: it has forgotten it, or comes from
	/// a time that it has not kept. Only an older block tells more.
	Forgotten,
}

/// A leg on the chain that decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Standing {
	/// Where it stands.
	pub stage: Stage,
	/// What is known of the peer's leg, where the verdict has to wait.
	pub fact: Option<Fact>,
}

/// What a registration does to a leg.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Commit {
	/// It commits when the peer's leg is shown to be registered, as in the paper.
	OnMatch,
	/// It is firm: it commits at once, and cannot be cancelled. For who answers a leg that is final.
	Now,
}

/// What a step does with the value of a leg.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Flow {
	/// From the payer to the chain.
	Take,
	/// From the chain to the receiver.
	Give,
	/// From the chain to the payer.
	GiveBack,
}

/// What a final block of the peer shows of its leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
	/// It is there.
	Leg(Stage),
	/// It is not there.
	Nothing {
		/// Whether it would be, had it been committed: the block has all legs of that time, and none was
		/// swept.
		is_complete: bool,
	},
}

/// What a final block of the peer shows, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
	/// Its height.
	pub at: Peer,
	/// The highest block of the peer that is known, with this one.
	pub head: Peer,
	/// What it shows of the leg.
	pub leg: Seen,
}

/// The clock by which notices are counted, in own blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Notice(pub Height);

/// Why a leg does not move. All but `Expired` may change with later evidence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotYet {
	/// Never: the own expiry has passed, or the notice is over, and the leg may not commit any more.
	Expired,
	/// The peer's leg is not registered, or is being cancelled.
	PeerNotRegistered,
	/// The block is too old to tell that the peer's leg is still registered.
	Stale,
	/// The peer's leg is not committed, and its time is not over.
	PeerNotCommitted,
	/// What is not there may have been swept, or is older than what the peer has.
	NotComplete,
	/// What this would show is known: both expiries have to pass.
	BeforeExpiry,
	/// The leg has ended.
	HasEnded,
}

/// Why a leg does not end by its payer's or root's word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ControlError {
	/// It is committed: only evidence ends it now.
	Committed,
	/// Its payer wants the value back already.
	Cancelling,
	/// It has ended.
	HasEnded,
	/// It has not ended.
	NotEnded,
	/// The own expiry has not passed: the same contract could be registered again.
	NotExpired,
}

/// How governance ends a leg that no evidence will ever decide about: the peer has died, or forgotten it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Resolution {
	/// It stands, if it is committed.
	Settle,
	/// It is undone, if it is committed.
	Reverse,
	/// It has ended, and is forgotten.
	Forget,
}

impl Stage {
	/// Whether nothing becomes of it any more.
	pub fn has_ended(&self) -> bool {
		matches!(self, Self::Ended(_))
	}

	/// What becomes of the value when a leg comes to this stage; none if it stays where it is.
	pub fn flow(&self) -> Option<Flow> {
		match self {
			Self::Ended(Outcome::Settled) => Some(Flow::Give),
			Self::Ended(_) => Some(Flow::GiveBack),
			Self::Registered | Self::Cancelling { .. } | Self::Committed { .. } => None,
		}
	}
}

impl Standing {
	/// A leg that is registered in the block `now`.
	pub fn new(commit: Commit, Own(at): Own) -> Self {
		match commit {
			Commit::OnMatch => Stage::Registered.into(),
			Commit::Now => Stage::Committed { at }.into(),
		}
	}
}

impl From<Stage> for Standing {
	fn from(stage: Stage) -> Self {
		Self { stage, fact: None }
	}
}

impl Terms {
	/// Whether the time in which the own leg may commit is over at `now`.
	pub fn has_expired(&self, now: Own) -> bool {
		now.0 > self.own.expiry
	}

	/// Whether a leg that is being cancelled does not commit any more.
	pub fn is_notice_over(&self, since: Height, Notice(clock): Notice) -> bool {
		clock > since.saturating_add(self.own.notice)
	}

	/// By how many blocks of the peer a block may lie behind its head and still show that its leg is
	/// registered.
	pub fn staleness(&self) -> Height {
		self.peer.notice / 2
	}
}

/// The fact that a final block of the peer shows, if it does.
pub fn fact(terms: &Terms, shown: &Shown) -> Result<Fact, NotYet> {
	let h2 = terms.peer.expiry;
	let is_over = shown.at.0 >= h2;
	match shown.leg {
		Seen::Leg(Stage::Ended(Outcome::Settled)) => Ok(Fact::Committed),
		Seen::Leg(Stage::Committed { at }) if at <= h2 => Ok(Fact::Committed),
		Seen::Leg(Stage::Ended(Outcome::Cancelled | Outcome::Expired)) => Ok(Fact::NotCommitted),
		Seen::Leg(_) if is_over => Ok(Fact::NotCommitted),
		Seen::Nothing { is_complete: true } if is_over => Ok(Fact::NotCommitted),
		Seen::Nothing { is_complete: false } if is_over => Ok(Fact::Forgotten),
		Seen::Leg(_) | Seen::Nothing { .. } => Err(NotYet::PeerNotCommitted),
	}
}

/// What becomes of a leg in the block `now` by what a final block of the peer shows: rows 2 to 5, and 7.
pub fn by_evidence(
	terms: &Terms,
	standing: Standing,
	now: Own,
	notice: Notice,
	shown: &Shown,
) -> Result<Standing, NotYet> {
	let ended = |outcome| Ok(Stage::Ended(outcome).into());
	match standing {
		Standing { stage: Stage::Ended(_), .. } => Err(NotYet::HasEnded),
		Standing {
			stage: Stage::Committed { .. },
			fact: Some(Fact::Committed | Fact::NotCommitted),
		} => Err(NotYet::BeforeExpiry),
		Standing { stage: stage @ Stage::Committed { .. }, fact: known } => {
			match fact(terms, shown)? {
				Fact::Forgotten if known.is_some() => Err(NotYet::NotComplete),
				fact => Ok(decided(terms, stage, fact)),
			}
		},
		Standing { stage: stage @ (Stage::Registered | Stage::Cancelling { .. }), .. } => {
			let (is_over, outcome) = match stage {
				Stage::Cancelling { since } => {
					(terms.is_notice_over(since, notice), Outcome::Cancelled)
				},
				_ => (false, Outcome::Expired),
			};
			let in_time = !is_over && !terms.has_expired(now);
			match fact(terms, shown) {
				Ok(Fact::NotCommitted) => ended(outcome),
				_ if !in_time => Err(NotYet::Expired),
				Ok(Fact::Committed) => {
					Ok(decided(terms, Stage::Committed { at: now.0 }, Fact::Committed))
				},
				Ok(Fact::Forgotten) => Err(NotYet::NotComplete),
				Err(_) => {
					ensure_registered(terms, shown)?;
					Ok(Stage::Committed { at: now.0 }.into())
				},
			}
		},
	}
}

/// What a fact makes of a leg that is committed.
fn decided(terms: &Terms, committed: Stage, fact: Fact) -> Standing {
	match (terms.own.settlement, verdict(fact)) {
		(Settlement::Early, Some(outcome)) => Stage::Ended(outcome).into(),
		_ => Standing { stage: committed, fact: Some(fact) },
	}
}

/// None if it says nothing of the outcome.
fn verdict(fact: Fact) -> Option<Outcome> {
	match fact {
		Fact::Committed => Some(Outcome::Settled),
		Fact::NotCommitted => Some(Outcome::Reversed),
		Fact::Forgotten => None,
	}
}

/// Whether the peer's leg is registered, and will be long enough to be answered.
fn ensure_registered(terms: &Terms, shown: &Shown) -> Result<(), NotYet> {
	if shown.leg != Seen::Leg(Stage::Registered) {
		return Err(NotYet::PeerNotRegistered);
	}
	let age = shown.head.0.saturating_sub(shown.at.0);
	let is_young = age <= terms.staleness() && shown.head.0 < terms.peer.expiry;
	is_young.then_some(()).ok_or(NotYet::Stale)
}

/// What is known of a fact that waits for its verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exposed {
	/// Own height up to which a fork of the peer has time to be exposed: that of the proof, and the
	/// exposure. None if there is no business with the peer, or it has become another fact.
	pub until: Option<Own>,
}

/// What time alone makes of a leg at `now`, if anything: rows 6 and 7.
pub fn by_time(
	terms: &Terms,
	standing: Standing,
	now: Own,
	notice: Notice,
	exposed: Exposed,
) -> Option<Outcome> {
	let has_expired = terms.has_expired(now);
	match standing {
		Standing { stage: Stage::Registered, .. } => has_expired.then_some(Outcome::Expired),
		Standing { stage: Stage::Cancelling { since }, .. } => {
			let is_over = has_expired || terms.is_notice_over(since, notice);
			is_over.then_some(Outcome::Cancelled)
		},
		Standing { stage: Stage::Committed { .. }, fact: Some(fact) } => {
			let is_exposed = exposed.until.is_some_and(|until| now > until);
			verdict(fact).filter(|_| has_expired && is_exposed)
		},
		Standing { stage: Stage::Committed { .. } | Stage::Ended(_), .. } => None,
	}
}

/// What the payer's wish to have the value back makes of a leg. Nobody is asked.
pub fn cancel(
	terms: &Terms,
	stage: Stage,
	now: Own,
	Notice(since): Notice,
) -> Result<Stage, ControlError> {
	match stage {
		Stage::Registered if terms.has_expired(now) => Ok(Stage::Ended(Outcome::Expired)),
		Stage::Registered => Ok(Stage::Cancelling { since }),
		Stage::Cancelling { .. } => Err(ControlError::Cancelling),
		Stage::Committed { .. } => Err(ControlError::Committed),
		Stage::Ended(_) => Err(ControlError::HasEnded),
	}
}

/// What governance makes of a leg at `now`; none if it is forgotten.
///
/// The promise is in its hands: a peer that lives after all may end its half in another way.
pub fn resolve(
	terms: &Terms,
	stage: Stage,
	now: Own,
	resolution: Resolution,
) -> Result<Option<Outcome>, ControlError> {
	match (stage, resolution) {
		(Stage::Ended(_), Resolution::Forget) if terms.has_expired(now) => Ok(None),
		(Stage::Ended(_), Resolution::Forget) => Err(ControlError::NotExpired),
		(Stage::Ended(_), _) => Err(ControlError::HasEnded),
		(_, Resolution::Forget) => Err(ControlError::NotEnded),
		(Stage::Committed { .. }, Resolution::Settle) => Ok(Some(Outcome::Settled)),
		(Stage::Committed { .. }, Resolution::Reverse) => Ok(Some(Outcome::Reversed)),
		(Stage::Registered | Stage::Cancelling { .. }, _) if terms.has_expired(now) => {
			Ok(Some(Outcome::Expired))
		},
		(Stage::Registered | Stage::Cancelling { .. }, _) => Ok(Some(Outcome::Cancelled)),
	}
}

#[cfg(test)]
mod tests;
