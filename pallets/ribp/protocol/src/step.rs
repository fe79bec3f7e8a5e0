//! What happens to a contract on one chain, and what it leaves behind (sections 4.1 and 4.2).
//!
//! | step | value | positions | the contract then |
//! |---|---|---|---|
//! | register | taken from the payer | contract log at this height | waits, registered |
//! | commit | | log1 at this height | waits, committed |
//! | unlock | given to the receiver | | has ended: settled |
//! | reverse | given back to the payer | log1' at this height | has ended: reversed |
//! | cancel | given back to the payer | contract log is removed | has ended: cancelled |
//! | expire | given back to the payer | contract log is removed | is forgotten |
//! | forget | | all are removed | is forgotten |
//!
//! A contract ends when that is decided, whether or not its value can move then: what cannot is owed.
//!
//! A log belongs to one contract from its registration until the contract is forgotten: that, and
//! not its position, is why nothing is registered twice.
//!
//! # When positions may go
//!
//! The peer reads the contract log's position until it commits log2, and those of log1 and log1'
//! from then on until its contract ends. So:
//!
//! - A log that was never committed leaves nothing that the peer could need. The contract log's
//!   position goes at once, so that the peer no longer commits on it; log1 stays in use until h1,
//!   so that no other contract commits it in time where the peer still waits for this one.
//! - A log that was committed was so because the mirror had been seen. Once the own expiry has
//!   passed and the peer's newest proven block no longer has the mirror in its waiting list, the
//!   mirror has ended, or has ended and is forgotten, and nobody asks again.
//!
//! As in [`terminate`], the model shows what breaks without a rule:
//!
//! | rule | wrong one |
//! |---|---|
//! | a log belongs to one contract at a time | `log-used-twice` |
//! | that of a cancelled contract, too, until h1 | `cancelled-log-free` |
//! | a committed log's positions stay until h1 has passed | `forget-before-expiry` |
//! | and until the mirror does not wait any more | `forget-unasked` |
//! | which only the peer's newest block tells | `absence-from-older` |
//! | even if the peer has forgotten it | `mirror-on-record` |
//! | root resolves only what a dead peer leaves | `resolve-alive` |

use crate::{
	has_expired, pre_commit, terminate, Contract, ContractId, Freshness, Height, LogHash, NotYet,
	Outcome, Own, Peer, PeerPositions, Phase, Settlement, SystemId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What happens to a contract.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
	/// The contract log is committed; the value is taken.
	Register,
	/// log1 is committed: from now on the peer decides.
	Commit,
	/// Both legs stand: the value is the receiver's.
	Unlock,
	/// The peer's leg does not stand: log1' is committed.
	Reverse,
	/// The payer, or governance, takes back what is not committed.
	Cancel,
	/// The time to commit log1 is over.
	Expire,
	/// Nobody will ask about the contract again.
	Forget,
}

/// Where a contract stands on a chain that has registered it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
	/// In the waiting list.
	Waiting(Phase),
	/// Ended; its positions, or its claim on log1, are still needed.
	Ended(Outcome),
}

/// What a step does with the value of log1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Flow {
	/// From the payer to the chain.
	Take,
	/// From the chain to the receiver.
	Give,
	/// From the chain to the payer.
	GiveBack,
}

/// A change of `check(log)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
	/// It becomes this height.
	Set(LogHash, Height),
	/// It becomes none.
	Remove(LogHash),
}

impl Step {
	/// What becomes of the value; none if it stays where it is.
	pub fn flow(self) -> Option<Flow> {
		match self {
			Self::Register => Some(Flow::Take),
			Self::Unlock => Some(Flow::Give),
			Self::Reverse | Self::Cancel | Self::Expire => Some(Flow::GiveBack),
			Self::Commit | Self::Forget => None,
		}
	}

	/// What becomes of the contract; none if nothing of it is left.
	pub fn stage(self, Own(at): Own) -> Option<Stage> {
		match self {
			Self::Register => Some(Stage::Waiting(Phase::Registered)),
			Self::Commit => Some(Stage::Waiting(Phase::Committed { at })),
			Self::Unlock => Some(Stage::Ended(Outcome::Settled)),
			Self::Reverse => Some(Stage::Ended(Outcome::Reversed)),
			Self::Cancel => Some(Stage::Ended(Outcome::Cancelled)),
			Self::Expire | Self::Forget => None,
		}
	}

	/// What becomes of the positions; `own` is the chain that holds the contract.
	pub fn changes(
		self,
		own: SystemId,
		contract: &Contract,
		Own(at): Own,
	) -> impl Iterator<Item = Change> {
		let (log, reversal) = (contract.log, contract.reversal);
		let id = LogHash::from(contract.id(own));
		let changes = match self {
			Self::Register => [Some(Change::Set(id, at)), None, None],
			Self::Commit => [Some(Change::Set(log, at)), None, None],
			Self::Unlock => [None, None, None],
			Self::Reverse => [Some(Change::Set(reversal, at)), None, None],
			Self::Cancel | Self::Expire => [Some(Change::Remove(id)), None, None],
			Self::Forget => [id, log, reversal].map(|gone| Some(Change::Remove(gone))),
		};
		changes.into_iter().flatten()
	}
}

/// A final block of the peer, as far as evidence shows it.
///
/// Every answer is proven, "no" as well as "yes". What the evidence does not show is an error.
pub trait PeerBlock {
	/// Why there is no answer, and why a contract does not move.
	type Error: From<NotYet>;

	/// Its height.
	fn at(&self) -> Peer;

	/// Whether a newer block of the peer is already believed.
	fn freshness(&self) -> Freshness;

	/// check(log) in its state.
	fn position(&mut self, log: LogHash) -> Result<Option<Peer>, Self::Error>;

	/// Whether this contract is in its waiting list.
	fn has_waiting(&mut self, contract: ContractId) -> Result<bool, Self::Error>;
}

/// What becomes of a contract in the block `now` by what a block of the peer shows.
///
/// Reads no more of the block than the contract's next step depends on.
pub fn next_step<B: PeerBlock>(
	own: SystemId,
	contract: &Contract,
	settlement: Settlement,
	stage: Stage,
	now: Own,
	block: &mut B,
) -> Result<Step, B::Error> {
	match stage {
		Stage::Waiting(Phase::Registered) => {
			let mirror = block.position(contract.mirror_id(own).into())?;
			pre_commit(contract, now, mirror)?;
			Ok(Step::Commit)
		},
		Stage::Waiting(Phase::Committed { .. }) => {
			let peer = PeerPositions {
				at: block.at(),
				freshness: block.freshness(),
				log: block.position(contract.peer_log)?,
				reversal: block.position(contract.peer_reversal)?,
			};
			Ok(terminate(contract, settlement, now, &peer)?)
		},
		Stage::Ended(_) => {
			let mirror_waits = block.has_waiting(contract.mirror_id(own))?;
			forget(contract, now, block, mirror_waits)?;
			Ok(Step::Forget)
		},
	}
}

/// Whether a contract that has ended, and whose log was committed, may be forgotten.
///
/// `mirror_waits` is whether the peer still has the mirror in its waiting list.
///
/// A mirror that does not wait has ended only if it can no longer be registered: before the peer's
/// expiry, a block of a branch that is followed since may not know it yet.
fn forget(
	contract: &Contract,
	now: Own,
	block: &impl PeerBlock,
	mirror_waits: bool,
) -> Result<(), NotYet> {
	if !has_expired(contract, now) || block.at().0 < contract.h2 {
		return Err(NotYet::BeforeExpiry);
	}
	if block.freshness() == Freshness::Older {
		return Err(NotYet::NotNewest);
	}
	if mirror_waits {
		return Err(NotYet::MirrorNotEnded);
	}
	Ok(())
}

/// What time alone makes of a contract at `now`, if anything.
pub fn on_time(contract: &Contract, stage: Stage, now: Own) -> Option<Step> {
	if !has_expired(contract, now) {
		return None;
	}
	match stage {
		Stage::Waiting(Phase::Registered) => Some(Step::Expire),
		Stage::Ended(Outcome::Cancelled) => Some(Step::Forget),
		_ => None,
	}
}

/// What the payer's wish to have the value back makes of a contract. Nobody is asked.
pub fn cancel(stage: Stage) -> Result<Step, ControlError> {
	match stage {
		Stage::Waiting(Phase::Registered) => Ok(Step::Cancel),
		Stage::Waiting(Phase::Committed { .. }) => Err(ControlError::Committed),
		Stage::Ended(_) => Err(ControlError::NotWaiting),
	}
}

/// How governance ends a contract that no evidence will ever decide about: the peer has died.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Resolution {
	/// The log stands, if it is committed.
	Unlock,
	/// The log is undone, if it is committed.
	Reverse,
	/// The contract has ended: its positions go.
	Forget,
}

/// What governance makes of a contract at `now`.
///
/// The promise is in its hands: a peer that lives after all may end its half in another way.
pub fn resolve(
	contract: &Contract,
	stage: Stage,
	now: Own,
	resolution: Resolution,
) -> Result<Step, ControlError> {
	match (stage, resolution) {
		(Stage::Waiting(_), Resolution::Forget) => Err(ControlError::NotEnded),
		// Past its expiry it only waits until it is its turn on the agenda.
		(Stage::Waiting(Phase::Registered), _) => {
			Ok(on_time(contract, stage, now).unwrap_or(Step::Cancel))
		},
		(Stage::Waiting(Phase::Committed { .. }), Resolution::Unlock) => Ok(Step::Unlock),
		(Stage::Waiting(Phase::Committed { .. }), Resolution::Reverse) => Ok(Step::Reverse),
		(Stage::Ended(_), Resolution::Forget) if has_expired(contract, now) => Ok(Step::Forget),
		(Stage::Ended(_), Resolution::Forget) => Err(ControlError::NotExpired),
		(Stage::Ended(_), _) => Err(ControlError::NotWaiting),
	}
}

/// Why a contract is not ended by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ControlError {
	/// The log is committed: only evidence ends the contract now.
	Committed,
	/// The contract does not wait.
	NotWaiting,
	/// The contract has not ended.
	NotEnded,
	/// The own expiry has not passed: the same contract could be registered again.
	NotExpired,
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::H256;
	use Settlement::Early;

	const OWN: SystemId = SystemId(H256::repeat_byte(0xa1));
	const COMMITTED: Stage = Stage::Waiting(Phase::Committed { at: 4 });
	const REGISTERED: Stage = Stage::Waiting(Phase::Registered);
	const SETTLED: Stage = Stage::Ended(Outcome::Settled);
	const CANCELLED: Stage = Stage::Ended(Outcome::Cancelled);

	/// Expiries 10 on this chain and 20 on the peer.
	fn contract() -> Contract {
		let hash = |byte| LogHash(H256::repeat_byte(byte));
		Contract {
			log: hash(1),
			peer_log: hash(2),
			reversal: hash(3),
			peer_reversal: hash(4),
			peer: SystemId(H256::repeat_byte(5)),
			h1: 10,
			h2: 20,
		}
	}

	/// A block of a peer: what is in its state, and what was asked of it.
	struct Block {
		at: Height,
		freshness: Freshness,
		mirror_waits: bool,
		asked: Vec<H256>,
	}

	impl PeerBlock for Block {
		type Error = NotYet;

		fn at(&self) -> Peer {
			Peer(self.at)
		}

		fn freshness(&self) -> Freshness {
			self.freshness
		}

		fn position(&mut self, log: LogHash) -> Result<Option<Peer>, NotYet> {
			self.asked.push(log.0);
			Ok((log != contract().peer_reversal).then_some(Peer(5)))
		}

		fn has_waiting(&mut self, contract: ContractId) -> Result<bool, NotYet> {
			self.asked.push(contract.0);
			Ok(self.mirror_waits)
		}
	}

	fn block(freshness: Freshness, mirror_waits: bool) -> Block {
		Block { at: contract().h2, freshness, mirror_waits, asked: Vec::new() }
	}

	fn next(stage: Stage, now: Height, block: &mut Block) -> Result<Step, NotYet> {
		next_step(OWN, &contract(), Early, stage, Own(now), block)
	}

	#[test]
	fn a_step_asks_for_what_it_depends_on_and_no_more() {
		let mirror = contract().mirror_id(OWN).0;
		let logs = [contract().peer_log.0, contract().peer_reversal.0];
		for (stage, step, asked) in
			[(REGISTERED, Step::Commit, &[mirror][..]), (COMMITTED, Step::Unlock, &logs[..])]
		{
			let mut newest = block(Freshness::Newest, true);
			assert_eq!(next(stage, 9, &mut newest), Ok(step));
			assert_eq!(newest.asked, asked);
		}
		let mut newest = block(Freshness::Newest, false);
		assert_eq!(next(SETTLED, 11, &mut newest), Ok(Step::Forget));
		assert_eq!(newest.asked, [mirror]);
	}

	#[test]
	fn a_contract_is_forgotten_after_both_expiries_once_the_newest_block_shows_the_mirrors_end() {
		let verdict = |now, freshness, waits| next(SETTLED, now, &mut block(freshness, waits));
		assert_eq!(verdict(11, Freshness::Newest, false), Ok(Step::Forget));
		assert_eq!(verdict(10, Freshness::Newest, false), Err(NotYet::BeforeExpiry));
		assert_eq!(verdict(11, Freshness::Older, false), Err(NotYet::NotNewest));
		assert_eq!(verdict(11, Freshness::Newest, true), Err(NotYet::MirrorNotEnded));
		let mut early = Block { at: contract().h2 - 1, ..block(Freshness::Newest, false) };
		assert_eq!(next(SETTLED, 11, &mut early), Err(NotYet::BeforeExpiry));
	}

	#[test]
	fn time_alone_ends_what_was_never_committed_and_nothing_else() {
		let at = |now, stage| on_time(&contract(), stage, Own(now));
		assert_eq!(at(10, REGISTERED), None);
		assert_eq!(at(11, REGISTERED), Some(Step::Expire));
		assert_eq!(at(10, CANCELLED), None);
		assert_eq!(at(11, CANCELLED), Some(Step::Forget));
		for stage in [COMMITTED, SETTLED, Stage::Ended(Outcome::Reversed)] {
			assert_eq!(at(Height::MAX, stage), None);
		}
	}

	#[test]
	fn a_payer_takes_back_what_is_registered_and_nothing_else() {
		assert_eq!(cancel(REGISTERED), Ok(Step::Cancel));
		assert_eq!(cancel(COMMITTED), Err(ControlError::Committed));
		assert_eq!(cancel(SETTLED), Err(ControlError::NotWaiting));
	}

	#[test]
	fn governance_ends_a_contract_once_and_forgets_it_only_after_its_expiry() {
		use Resolution::{Forget, Reverse, Unlock};
		let ends = |stage, now, how| resolve(&contract(), stage, Own(now), how);
		assert_eq!(ends(REGISTERED, 5, Unlock), Ok(Step::Cancel));
		assert_eq!(ends(REGISTERED, 5, Reverse), Ok(Step::Cancel));
		assert_eq!(ends(REGISTERED, 10, Unlock), Ok(Step::Cancel));
		assert_eq!(ends(REGISTERED, 11, Unlock), Ok(Step::Expire));
		assert_eq!(ends(REGISTERED, 11, Forget), Err(ControlError::NotEnded));
		assert_eq!(ends(COMMITTED, 5, Unlock), Ok(Step::Unlock));
		assert_eq!(ends(COMMITTED, 5, Reverse), Ok(Step::Reverse));
		assert_eq!(ends(COMMITTED, 11, Forget), Err(ControlError::NotEnded));
		assert_eq!(ends(SETTLED, 5, Reverse), Err(ControlError::NotWaiting));
		assert_eq!(ends(SETTLED, 10, Forget), Err(ControlError::NotExpired));
		assert_eq!(ends(SETTLED, 11, Forget), Ok(Step::Forget));
	}

	#[test]
	fn what_steps_set_they_remove_again() {
		let left = |steps: &[Step]| {
			let mut positions = alloc::collections::BTreeMap::new();
			for change in steps.iter().flat_map(|s| s.changes(OWN, &contract(), Own(7))) {
				match change {
					Change::Set(log, at) => assert_eq!(positions.insert(log, at), None),
					Change::Remove(log) => drop(positions.remove(&log)),
				}
			}
			positions.into_keys().collect::<Vec<_>>()
		};
		use Step::*;
		assert_eq!(left(&[Register]), [LogHash::from(contract().id(OWN))]);
		assert!(left(&[Register, Cancel]).is_empty());
		assert!(left(&[Register, Expire]).is_empty());
		assert_eq!(left(&[Register, Commit, Unlock]).len(), 2);
		assert_eq!(left(&[Register, Commit, Reverse]).len(), 3);
		assert!(left(&[Register, Commit, Unlock, Forget]).is_empty());
		assert!(left(&[Register, Commit, Reverse, Forget]).is_empty());
	}
}
