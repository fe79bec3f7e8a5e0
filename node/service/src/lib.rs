//! What a Substrate node needs to look after exchanges of its chain with others.
//!
//! The work itself is done by the runtime's offchain worker. The node gives it addresses and a role, and
//! tells people how it goes: by metrics, by RPC, and by commands. Another node adds these lines:
//!
//! ```text
//! // Among the arguments of a running node:
//! #[clap(flatten)]
//! pub ribp: ribp_service::Options,
//!
//! // Among its subcommands:
//! /// See, check and steer the exchange with other chains.
//! #[command(subcommand)]
//! Ribp(ribp_service::Command),
//!
//! // Where subcommands are run:
//! Some(Subcommand::Ribp(command)) => command.run(),
//!
//! // Where the service is built:
//! let ribp = Ribp::new(options, client.clone(), backend.clone())?;
//!
//! // Among its RPC methods:
//! module.merge(ribp.rpc()?)?;
//!
//! // After `spawn_tasks`, before the offchain workers are spawned:
//! ribp.start(&task_manager, &rpc_handlers, registry.as_ref());
//! ```
//!
//! The offchain workers have HTTP enabled, and offchain indexing is on: [`Options::offchain_worker`]. Its
//! runtime has the API [`RibpOperatorApi`](ribp_runtime_api::RibpOperatorApi).
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
