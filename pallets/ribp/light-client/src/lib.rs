//! From foreign bytes to belief: what another chain says is believed here, or refused by name.
//!
//! A chain believes nothing about a peer that the peer's own validators have not signed. Two
//! things turn bytes into belief, and both are pure functions of their arguments:
//!
//! - [`verify_finality`] turns an untrusted header and an untrusted [`Justification`] into a
//!   [`Finalized`] header, given the [`AuthoritySet`] that finalizes at that point of the chain.
//!   It also follows the authority set change that the header announces.
//! - [`ProvenState`] reads keys from a storage proof under the state root of such a header. What it
//!   calls absent is proven absent; what the proof does not reach is an error.
//!
//! The paper asks `m` nodes for a peer's view (section 4.3); a finality proof from any single node
//! takes the place of that count, because it does not matter who carries a signed statement.
//!
//! # What is not checked here
//!
//! - GRANDPA signatures do not name the chain. Two chains run by the same keys can only be told
//!   apart by what their state says of itself: read that from the [`ProvenState`] and compare it.
//! - Which set is the right one, and whether a header is news, is for the caller to know.
//!
//! # Strictness
//!
//! A justification is accepted in one form only: no vote more than the threshold needs, no unknown
//! or repeated voter, no header that no vote uses. A node's own justification carries every vote
//! that the node saw; [`minimize`] brings it into the accepted form.

#![cfg_attr(not(feature = "std"), no_std)]
#![warn(missing_docs)]

extern crate alloc;

mod ancestry;
mod authority_set;
mod evidence;
mod finality;
mod justification;
mod proof;
#[cfg(any(test, feature = "test-utils"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use ancestry::MAX_ANCESTRIES;
pub use authority_set::{AuthoritySet, AuthoritySetError, MAX_AUTHORITIES};
pub use evidence::{Common, Difference, Evidence, ForkReport, Link, Signers};
pub use finality::{minimize, next_set, verify_finality, Candidate, FinalityError, Finalized};
pub use justification::{Justification, Vote};
pub use proof::{ProofError, ProvenState, MAX_PROOF_DEPTH, MAX_PROOF_NODES, MAX_PROOF_SIZE};
pub use sp_consensus_grandpa::AuthorityId;

/// A header of a chain whose blocks are numbered in 32 bits and hashed by blake2-256.
pub type Header = sp_runtime::generic::Header<u32, sp_runtime::traits::BlakeTwo256>;
