//! Two chains, one or two contracts, and everything that can happen to them, in any order.
//!
//! Every decision is made by `ribp-protocol` itself: the model stores what a leg comes to, as the
//! pallet does, and offers every next event in every state. What it explores is a closure: all
//! states that these events reach, up to the last blocks of a [`Plan`](exploration::Plan).
//!
//! # What can happen
//!
//! Blocks are sealed, on either chain at any pace. Users register, firm or not, cancel, or never
//! come. They try to register a contract again. Evidence of any sealed block arrives at any later
//! time: late, twice, out of order or never. Somebody ends what time alone ends, then or later. A
//! chain looks after what it says of all contracts in every block, or less often. Root pauses,
//! resumes, believes less than it did, gets to know the peer anew, upgrades its chain, resolves what
//! a dead peer has left, and forgets what one has left that lives after all. Or it says how contracts
//! will end with a peer that it takes for dead, and ends them so, unless that shows life meanwhile.
//! Issuers freeze what is to move and thaw it; what could not move is owed, and anybody claims it,
//! then or when the leg is long swept.
//!
//! # What cannot, and why
//!
//! - Forks of the own chain: evidence is only of finalized blocks, so that what happens in a block
//!   that is dropped is seen by nobody. The model's blocks are those that become final.
//! - Forks of a finalized chain: [`forks`] is about those. Forged evidence ends at the light
//!   client.
//! - A view window: evidence of any old block is taken, as it is by the pallet.
//! - Blocks in which nothing happens: a [`Calendar`](deals::Calendar) leaves them out, so that
//!   epochs of the protocol's length are over within few blocks.
//! - Sweeping in parts: what is swept of so few legs goes in one block.
//! - Balances beyond the payer's, the receiver's and what is taken; logs of several items, and whoever
//!   has what is owed paid to somebody else.
//!
//! - Clocks: where the chains go at any pace, every newer block lets notices run on, also one that was
//!   made before they last did. Where they keep in step, their clocks do, too.
//!
//! # What is the model's own
//!
//! [`lane`] is the pallet's record of what is said and heard, and [`chain`] its clock of notices.
//! Which epochs have open legs is seen from the legs themselves. That they are those of the pallet is
//! tested by `tests/network/tests/conformance.rs`: it goes ways at random through the model on two real
//! chains as well ([`plans::real`]).
//!
//! # What is counted
//!
//! Different states, but for what has no influence any more: [`normal`] leaves it out, and a test
//! compares what becomes of states with and without it. They are told apart by a hash of 64 bits.
//! Two states of the same hash would be taken for one; with ten million states that has a
//! probability of about 3 in a million.

pub mod chain;
pub mod deals;
pub mod evidence;
pub mod exploration;
pub mod finish;
pub mod forks;
pub mod lane;
pub mod normal;
pub mod offers;
pub mod plans;
pub mod properties;
pub mod root;
pub mod rows;
pub mod run;
pub mod trace;
pub mod variants;
