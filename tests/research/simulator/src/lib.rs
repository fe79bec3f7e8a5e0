//! Networks of many systems that follow the rules of `ribp-protocol`, and the paper's experiment.
//!
//! The paper's section 6 measures what availability costs, in requests, and what security costs, in
//! gossip, and how old the views are that it buys. [`Network`] is what it measures: n systems with a
//! block every 0.1 s each.
//!
//! Contracts are registered, committed and ended, and peers told, by `ribp-protocol` itself. Views are
//! the paper's as printed: its Algorithm 1 folds old hashes into one, and its section 4.3 has missed
//! hashes bridge what a window no longer shows. They are made, compared and merged here, as the paper
//! does it, because its measurements are of them; the pallet believes chains by other proofs, which
//! `ribp-protocol` tells. What is simulated is the world around all this: time, chance, who is
//! connected with whom, and how long a message takes.
//!
//! # Time
//!
//! It goes by milliseconds, and by events within one: first all blocks of that instant, then all
//! messages, in the order in which they were sent. With the latency of the paper, none, a message
//! is answered before the next block is made.
//!
//! # Chance
//!
//! All of it comes from one seed. The same [`Config`] makes the same [`Tally`], on every machine.

pub mod chart;
pub mod experiment;

mod answer;
mod calendar;
mod config;
mod contracts;
mod fork;
mod gossip;
mod identity;
mod ledger;
mod list;
mod measures;
mod name;
mod network;
mod tally;
mod topology;
mod view;

pub use config::{
	Checks, Config, ConfigError, Exchange, Followed, Latency, Phases, Relay, BLOCK_MS, ENTRY_BYTES,
	PROOF_BYTES,
};
pub use fork::{Fork, Victim};
pub use name::{Name, NameError};
pub use network::{run, Exposure, Network};
pub use tally::{Gaps, Merges, Sent, Tally, Tasks};
pub use topology::{Topology, TopologyError};
