//! Only the manifest of this crate matters: it tells why.
