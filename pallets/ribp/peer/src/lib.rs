//! The nodes of other chains, as an offchain worker sees them: JSON-RPC over HTTP.
//!
//! This crate *fetches* and believes nothing. What a [`Client`] returns has the shape that was
//! asked for and nothing more: who finalized a block, and what its state holds, is for
//! `ribp-light-client` to verify. The only comparisons made here are those that need no trust: a
//! header hashes to the hash it was asked by, a storage proof is about the block it was asked for.
//!
//! The other side may lie, stall, or send without end. Therefore
//! - every request of a client ends by one deadline, which covers sending, waiting and reading,
//! - no more than [`Limits::max_body`] bytes of an answer are kept, and SCALE decoding allocates
//!   no more than that,
//! - only HTTP status 200 is an answer; redirects are not followed,
//! - each refusal is a [`PeerError`] of its own, and none of them is a panic.
//!
//! All functions that reach the network or the node's storage need the host of an offchain worker;
//! outside of one the host itself panics.

#![cfg_attr(not(feature = "std"), no_std)]
#![warn(missing_docs)]

extern crate alloc;

mod client;
mod endpoints;
mod error;
mod hexadecimal;
mod locks;
mod role;
mod rpc;
pub mod status;
mod transport;
mod url;

#[cfg(test)]
mod tests;

pub use client::{Client, FinalityProof, Header, MAX_FINALITY_PROOF, NEEDED_METHODS};
pub use endpoints::{encode_endpoints, endpoints, ENDPOINTS_KEY};
pub use error::PeerError;
pub use locks::{GOSSIP_LOCK, ROUNDS_LOCK};
pub use role::{role, Role, UnknownRole, ROLE_KEY};
pub use transport::{Limits, MAX_BODY};
pub use url::{check_url, host_of, UrlError, MAX_URL_LEN};
