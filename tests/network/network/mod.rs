//! A two-chain network in one process: two real runtimes, their users, their nodes, and a transport
//! with faults, all from one seed.
//!
//! [`run::run`] plays the schedule of a seed: it lets the chains live through the turbulence that
//! [`schedule::Schedule`] draws, then lets everything arrive until all has ended, and judges the end
//! by a [`reference`] that knows nothing of the pallet but its events. [`sweep::sweep`] does so for
//! many seeds.
//!
//! Everything happens by extrinsics in blocks. Time is counted in ticks: one tick is one slot of
//! both chains.

pub mod chain;
pub mod deceit;
pub mod ending;
pub mod exchange;
pub mod facts;
pub mod forgery;
pub mod fork;
pub mod genesis;
pub mod keys;
pub mod outlook;
pub mod pool;
pub mod reference;
pub mod refusals;
pub mod report;
pub mod run;
pub mod schedule;
pub mod station;
pub mod sweep;
pub mod transaction;
pub mod transport;
pub mod users;
pub mod violation;
pub mod worker;

pub use ribp_kit::side::Side;

/// A moment of a run.
pub type Tick = u32;
