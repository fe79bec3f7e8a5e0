//! Which chains are known, this one among them, and what is believed of them.

pub(crate) mod claim;
pub(crate) mod difference;
pub(crate) mod forks;
pub(crate) mod known;
pub(crate) mod own;
pub(crate) mod statement;
pub(crate) mod systems;
pub(crate) mod witnesses;
