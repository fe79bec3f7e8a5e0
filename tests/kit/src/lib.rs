//! What tests of chains that exchange are made of.
//!
//! | module | is |
//! |---|---|
//! | [`side`] | which of the two chains |
//! | [`world`] | the two chains |
//! | [`voters`] | who finalizes blocks, and their justifications |
//! | [`ledger`] | the sealed blocks of a chain, each with its state, and the open one |
//! | [`evidence`] | what one chain is shown of another, and which keys that takes |
//! | [`past`] | what a chain that has all of its blocks can prove of its past |
//! | [`exchange`] | what two users agree on, as each chain registers it |
//! | [`host`] | an offchain worker's host: its clock, its database and HTTP |
//! | [`node`] | nodes that answer JSON-RPC as those of a real chain do, and their faults |
//! | [`pool`] | the transaction pool of a node |
//!
//! It builds upon [`ribp_light_client::testing`]: headers, votes and states.
//!
//! Nothing here knows a runtime. Who uses it executes blocks in [`ledger::Ledger::run`], and says
//! what an action of a log is.

pub mod evidence;
pub mod exchange;
pub mod host;
pub mod ledger;
pub mod node;
pub mod past;
pub mod pool;
pub mod side;
pub mod voters;
pub mod world;
