//! Two chains, one or two contracts, and everything that can happen to them, in any order.
//!
//! Every decision is made by `ribp-protocol` itself: the model stores what [`Step`] says, as the
//! pallet does, and offers every next event in every state. What it explores is a closure: all
//! states that these events reach, up to the heights of a [`Plan`](exploration::Plan).
//!
//! # What can happen
//!
//! Blocks are sealed, on either chain at any pace. Users register, cancel, or never come. They try
//! to register a forgotten contract again, and another one about the same logs. Evidence of any sealed block arrives
//! at any later time: late, twice, out of order or never. The agenda is done at the beginning of a
//! block or with a backlog. Root pauses, resumes, and resolves what a dead peer has left.
//!
//! # What cannot, and why
//!
//! - Forks of the own chain: evidence is only of finalized blocks, so that what happens in a block
//!   that is dropped is seen by nobody. The model's blocks are those that become final.
//! - Forks of a finalized chain: [`forks`] is about those. Forged evidence ends at the light client.
//! - A view window: evidence of any old block is taken, which allows more than the pallet does.
//!
//! # What is counted
//!
//! Different states, by a hash of 64 bits. Two states of the same hash would be taken for one; with
//! ten million states that has a probability of about 3 in a million.
//!
//! [`Step`]: ribp_protocol::Step

pub mod chain;
pub mod evidence;
pub mod exploration;
pub mod finish;
pub mod forks;
pub mod plans;
pub mod properties;
pub mod run;
pub mod terms;
pub mod trace;
pub mod variants;
