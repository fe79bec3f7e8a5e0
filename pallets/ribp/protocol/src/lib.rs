//! The rules of the Reliable Inter-Blockchain Protocol (RIBP) of Liu and Ohsawa, and nothing else.
//!
//! Two independent chains exchange value: a *log* commits on one chain if, and only if, the peer's
//! log commits on the other. This crate decides; it reads no storage, no network and no clock.
//! Time is an argument, what a peer did is an argument, and a verdict is the result.
//!
//! # Words
//!
//! | paper | here |
//! |---|---|
//! | system | [`SystemId`], a chain named by its genesis hash |
//! | log, H(log) | [`Log`], [`LogHash`] |
//! | log' | the reversal of a log, [`LogHash::reversal`] |
//! | contract log, clog; reverse contract log | [`ContractLog`]: what a [`Contract`] says to each of its chains |
//! | view | [`View`] (Algorithm 1) |
//! | timeout | [`by_evidence`], [`by_time`] (Algorithm 2) |
//! | commit, expire, lock, unlock | [`Stage`]s of a leg, and what becomes of its value ([`Flow`]) |
//!
//! # The promise
//!
//! For every contract that both chains registered, either both legs settle, or neither has an effect. It
//! rests on two facts that never change once they are final: `log1 committed at a height <= h1` on A,
//! and `log2 committed at a height <= h2` on B.
//!
//! # Errata of the paper
//!
//! 1. Section 4.1 prints the reverse contract as `H(log2)||H(log1)||H(log2')||H(log2')||A||h2||h1`.
//!    Its fourth field is `H(log1')`.
//! 2. Algorithm 2, line 7, compares the height of log2 with `clog[5]`, which is h1. It must be h2:
//!    with h1 < h2, A would reverse what B settles.
//! 3. Algorithm 2 needs "log2 was committed in time and is not reversed": a log that is committed
//!    after its expiry counts as absent on both chains, and neither chain may commit it then.
//! 4. Section 5.1 numbers its conclusions 1, 2, 3, 5.
//! 5. A proof of absence is only worth something while the peer may not have deleted what it speaks of.
//!    A [`Corridor`] says what it has.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod choice;
mod contract;
mod epoch;
mod epoch_set;
mod expiry;
mod figures;
mod fraction;
#[cfg(test)]
mod golden;
mod gossip;
mod history;
mod leg;
mod policy;
mod statement;
mod view;

pub use choice::{choose, Backing, ForkChoice};
pub use contract::{
	Contract, ContractId, ContractLog, Leg, Log, LogHash, Settlement, TermError, TermLimits, Terms,
};
pub use epoch::{Corridor, Epoch, EPOCH_BLOCKS};
pub use epoch_set::{EpochSet, MAX_GAPS};
pub use expiry::{BlockTimes, Conditions, LeastExpiry, Pace};
pub use figures::{least_rate, Gossip, NoFigure, Nodes};
pub use gossip::{is_told, Digest, Head};
pub use history::{
	bag, cover, is_included, leaf, node, path_of, root_of, siblings, Extension, ExtensionError,
	Frontier, History, MarkSlot, Misplaced, Outline, Span, Stated, Subtree, MARKS_PER_LEVEL,
	MAX_PEAKS, MAX_TAIL,
};
pub use leg::{
	by_evidence, by_time, cancel, fact, resolve, Commit, ControlError, Exposed, Fact, Flow, NotYet,
	Notice, Outcome, Resolution, Seen, Shown, Stage, Standing,
};
pub use policy::{Moment, Policy, Time, Untimely};
pub use statement::{Statement, StatementError, ENGINE_ID, WIRE_VERSION};
pub use view::{View, MAX_RECENT};

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// Block number of one chain. [`Own`] and [`Peer`] say of which, wherever both could be meant.
pub type Height = u32;

/// A height of the chain that decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Own(pub Height);

/// A height of the other chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Peer(pub Height);

/// A chain, named by its genesis hash.
///
/// GRANDPA signatures do not name the chain they are for: two chains may be run by the same keys.
/// This is what tells them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SystemId(pub H256);
