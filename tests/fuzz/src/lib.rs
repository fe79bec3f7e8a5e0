//! What every decoder of foreign bytes must keep to, whatever the bytes are.
//!
//! One function per target takes the fuzzer's bytes and panics where a promise is broken. They look
//! for more than crashes: each knows the truth about the chains that the bytes speak of, and what
//! the decoder believes is compared with it.
//!
//! | target | takes | promises |
//! |---|---|---|
//! | `justification` | votes and the headers that link them | what is believed has been signed, by enough, for that block or above; what GRANDPA proves survives `minimize` |
//! | `header` | headers and the authority sets in their digests | sets are read as the chain's own nodes read them, and are sets |
//! | `proof` | trie nodes | a value or an absence that is read is the true one, or the read is an error |
//! | `json` | a node's answers | what is not the answer to the question is an error; deadline, size and memory are kept |
//! | `extension` | extensions, one after the other | a view that advances says of its chain what is true |
//! | `history` | extensions, paths and statements | what is related to a known history is of it; what is included is there |
//! | `evidence` | whole messages | what comes through the one door is true of the peer |
//! | `report` | reports of forks | an honest chain is never accused, and a fork is always seen |
//!
//! None of them takes more memory than a fixed multiple of what it is given.
//!
//! The first byte of an input says whether the rest is taken as it stands or is a *program*: choices
//! by which something valid is made and then spoiled. An input that ends early chooses 0 from there
//! on.
//!
//! `scripts/fuzz.sh` builds and runs everything. `corpus/` is what the program `seeds` writes;
//! `regressions/` holds the inputs at which something, be it a target, was once wrong.

mod chains;
mod evidence;
mod extension;
mod header;
mod history;
mod input;
mod json;
mod justification;
mod memory;
mod network;
mod past;
mod proof;
mod reader;
mod report;
mod seeds;

pub use evidence::evidence;
pub use extension::extension;
pub use header::header;
pub use history::history;
pub use json::json;
pub use justification::justification;
pub use proof::proof;
pub use report::report;
pub use seeds::write_seeds;
