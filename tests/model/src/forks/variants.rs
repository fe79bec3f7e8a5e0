//! Rules about forks that are wrong in one point, each to be caught.
//!
//! Most were those of the first edition.

use super::{promises::Promise, reader::Reader, tree::TICK};
use clap::ValueEnum;
use ribp_protocol::{Policy, Time};

/// Which rules the reader follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Variant {
	/// The rules of the pallet.
	Sound,

	/// Only the newest heads are remembered, however soon one follows the other.
	///
	/// Whoever withholds a branch makes it advance over invented heights: what was believed below is
	/// forgotten, and the lower, public branch contradicts nothing any more.
	MarksFlushed,
	/// Of past authority sets so many are remembered, and the oldest goes for a new one.
	///
	/// Two quick handovers, and a fork signed by those before can no longer be shown.
	SetsEvicted,
	/// While one fork is open no other is heard, and the followed branch wins after a while.
	///
	/// A decoy is shown before the real one; when its grace is over, value moves at once.
	OneGrace,
	/// A set that has retired has a say for ever.
	///
	/// Its keys are worth nothing to their owners any more, and stop an honest chain.
	RetiredSigns,
	/// A head is believed enough for a newer one to follow it, however old it is.
	///
	/// Those who were in charge then sell their keys, and the reader follows the buyer.
	NoTrustPeriod,
	/// A head's age is counted from when it was learnt.
	///
	/// Old headers that are fed drop by drop prolong the trust in those who signed them.
	AgeSinceLearnt,
	/// What is absent is absent, also where the peer's state has moved to other keys.
	///
	/// The committed log is not found, and reversed here while it stands there.
	CompletenessIgnored,
	/// A fact that one branch has shown counts on another as well.
	///
	/// The other has committed what was not committed on the first.
	RelianceKept,
	/// The handover in a header that is known by its hash is followed without signatures.
	///
	/// A branch that was refused says who is in charge of the one that is followed.
	HandoverUnsigned,
	/// A peer whose fork is open cannot be paused.
	///
	/// Root cannot say that nothing is to move after its choice.
	PauseRefused,
	/// Of another branch nothing is known but its highest block.
	///
	/// A high decoy, of which the past is withheld, keeps every lower branch from being told from it.
	TipOnly,
	/// A branch of which nothing is known that it has in common with the followed one is told by its
	/// blocks only.
	///
	/// The same decoy does it, if it is reported without its past.
	StrippedHides,
	/// A header is told from a refused branch by its ancestors even if it is that branch's tip.
	///
	/// Where a root lies, the stated history and the ancestors differ: so does the header from itself,
	/// and anybody opens the fork with it as often as they like.
	ToldFromItself,
	/// A branch that is open cannot be reported more completely.
	///
	/// Whoever reports it first, without its past, decides that root cannot follow it.
	NoCompletion,
	/// A branch that is completed has to differ from all others that are open.
	///
	/// Two of its own blocks, each reported without its past, keep each other from being completed.
	CompletedApart,
	/// A new anchor has to follow the known head.
	///
	/// A branch that root has refused by mistake is out of reach: the peer is lost, and what is locked.
	AnchorFollows,
	/// A header has to differ from the followed branch only.
	///
	/// The other headers of a branch that root has refused open it again and again.
	LosersReopen,
	/// A header that was refused is followed if its root states the followed history.
	///
	/// The lie for which root has refused it is what makes it believed.
	RefusedFollowed,

	// What is said of all contracts, and what is swept by it.
	/// What the peer says of all contracts is swept as soon as that is heard.
	///
	/// When another branch is shown, what it needs is gone.
	SweepAtOnce,
	/// What the peer has said of all contracts stays said when another branch is followed.
	///
	/// That one has not said it, and still needs what is swept.
	ThroughKept,
	/// Sweeping goes on while a fork is open, and after the choice.
	///
	/// It may be the other branch that is to be followed, and needs what is swept.
	SweepForked,
	/// A leg that ends when its epoch has been swept goes at once, whatever the followed branch says.
	///
	/// The others were swept by what another branch had said.
	LateGoes,
	/// A contract is registered into an epoch that is through, when a lower branch is followed.
	///
	/// What is said of all contracts is not true any more, and the peer has swept its leg.
	RegisterReopened,
	/// Business goes on with root's choice.
	///
	/// Nobody has time to object to it.
	NoCoolDown,
	/// A verdict that waits falls with the own expiry, however young the proof is.
	///
	/// A fork that is shown in time finds that value has moved.
	NoExposure,

	// What others say of a fork, where that decides.
	/// One witness is enough.
	///
	/// Whoever has a chain of their own chooses for everybody.
	OneWitness,
	/// All contracts of a witness count.
	///
	/// It writes down a large number, and outweighs what has been locked with all others.
	DustDecides,
	/// All own contracts count.
	///
	/// A few coins hold a chain on the branch that it was shown first.
	DustHolds,
	/// A tie goes to the lower hash.
	///
	/// Whoever signs the other branch makes as many blocks as it takes, and nobody has to stand for it.
	TieAdopts,
	/// Who is known since the fork counts as much as who was before.
	///
	/// Witnesses are made for the occasion.
	NewWitnesses,
	/// Witnesses are heard until the verdict falls.
	///
	/// What is said last, nobody has time to contradict.
	HeardToTheEnd,
	/// A head that is linked to two branches counts for the one that is named.
	///
	/// A root that lies has the witnesses of another branch stand for its own.
	LinkedCounts,
	/// A verdict falls although witnesses have been silenced.
	///
	/// Whoever makes a header for it takes from the branch that they fear what honest chains say.
	DisputeIgnored,
	/// A verdict falls although no more branches can be reported.
	///
	/// Decoys leave no room for the one that would have been chosen.
	FullDecides,
	/// Who has handed over on the followed branch may be in charge of another one.
	///
	/// They have nothing to lose, and with two witnesses of their own they are in charge again.
	RetiredAdopted,
}

impl Variant {
	/// The promises that it breaks, what it is the reason for first.
	pub fn breaks(self) -> &'static [Promise] {
		match self {
			Self::Sound => &[],
			Self::MarksFlushed
			| Self::SetsEvicted
			| Self::OneGrace
			| Self::TipOnly
			| Self::StrippedHides => &[Promise::Heard],
			Self::RetiredSigns => &[Promise::Retired, Promise::NotFramed],
			Self::NoTrustPeriod | Self::AgeSinceLearnt => &[Promise::Retired],
			Self::CompletenessIgnored | Self::RelianceKept => &[Promise::Contract],
			Self::HandoverUnsigned => &[Promise::InCharge],
			Self::PauseRefused => &[Promise::Stops],
			Self::AnchorFollows => &[Promise::GoesOn],
			Self::NoCompletion | Self::CompletedApart => &[Promise::Followable],
			Self::LosersReopen | Self::ToldFromItself | Self::RefusedFollowed => {
				&[Promise::Decided]
			},
			Self::SweepAtOnce | Self::ThroughKept | Self::LateGoes => &[Promise::Kept],
			Self::SweepForked => &[Promise::Still, Promise::Kept],
			Self::RegisterReopened => &[Promise::Said],
			Self::NoCoolDown => &[Promise::Still],
			Self::NoExposure => &[Promise::Undecided],
			Self::OneWitness
			| Self::DustDecides
			| Self::DustHolds
			| Self::TieAdopts
			| Self::NewWitnesses
			| Self::HeardToTheEnd
			| Self::LinkedCounts
			| Self::DisputeIgnored
			| Self::FullDecides
			| Self::RetiredAdopted => &[Promise::Verdict],
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

	/// By what a newer header is judged.
	pub fn trusting(self, policy: Policy, reader: &Reader) -> Policy {
		let learnt = Time::from(reader.advanced_at) * TICK;
		let now = Time::from(reader.now) * TICK;
		let trust_period = match self {
			Self::NoTrustPeriod => Time::MAX,
			Self::AgeSinceLearnt if policy.trusts(learnt, now) => Time::MAX,
			_ => policy.trust_period,
		};
		Policy { trust_period, ..policy }
	}

	/// Where a head is remembered.
	pub fn slot(self, slot: (u8, u8), count: u8) -> (u8, u8) {
		match self {
			Self::MarksFlushed => (0, count % 2),
			_ => slot,
		}
	}
}
