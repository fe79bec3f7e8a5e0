//! What a Substrate node needs to look after exchanges of its chain with others.
//!
//! The work itself is done by the runtime's offchain worker. The node gives it addresses and a role, and
//! tells people how it goes: by metrics, by RPC, and by commands. README.md, "Adding the pallet to a chain",
//! shows the lines by which a node takes this in: [`Options`] among its arguments, [`Command`] among its
//! subcommands, and one [`Ribp`], whose [`rpc`](Ribp::rpc) is merged with the node's methods and which is
//! [started](Ribp::start) once they are served.
//!
//! Its runtime has the API [`RibpOperatorApi`](ribp_runtime_api::RibpOperatorApi).
//!
//! Nothing of an address but its host is ever shown: the rest can hold a key.

#![warn(missing_docs)]

mod chain;
mod check;
mod command;
mod host;
mod http;
mod metrics;
mod monitor;
mod options;
mod peers;
mod print;
mod records;
mod rpc;
mod service;
mod status;

pub use command::Command;
pub use options::Options;
pub use peers::{Peer, PeerFlagError};
pub use ribp_peer::Role;
pub use service::Ribp;

/// Under what the log has this crate's lines.
const LOG_TARGET: &str = "ribp";
