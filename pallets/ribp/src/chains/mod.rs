//! Which chains are known, this one among them, and what is believed of them.

pub(crate) mod own;
pub(crate) mod statement;
