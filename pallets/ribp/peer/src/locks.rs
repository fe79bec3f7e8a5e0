//! The locks of a node's own offchain worker, in the node's persistent offchain storage.
//!
//! They end at times of the wall clock. A node that starts removes them: nobody holds what one has
//! left that was killed.

/// Of the rounds with peers.
pub const ROUNDS_LOCK: &[u8] = b"ribp/worker";

/// Of telling peers.
pub const GOSSIP_LOCK: &[u8] = b"ribp/gossip";
