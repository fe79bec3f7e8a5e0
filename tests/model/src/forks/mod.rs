//! A peer that forks, lies about its past, withholds it and hands over to others, and a chain that
//! follows one of its branches.
//!
//! The [`parent`](super) model asks what becomes of a contract while both chains keep the rules. This one asks
//! what a reader believes of a peer whose authorities do not, and what that costs.
//!
//! # What is real
//!
//! Views, extensions, paths, marks' slots, policies and the steps of contracts are those of
//! `ribp-protocol`, on whole histories: [`tree`] makes each proof once, and the states refer to it by
//! number. Blocks of the tree are farther from each other than a window of newest hashes reaches, or
//! marks would never be needed.
//!
//! What the pallet decides upon these is mirrored, rule by rule: [`believe`] is its `chains::claim` and
//! `chains::known`, [`judge`] its `chains::forks` and `chains::difference`, [`witnesses`] its
//! `chains::witnesses`, and [`root`] its `choose_branch`, `pause` and `chains::systems`. Signatures are
//! right or wrong, paths exist or not. Its bounds are smaller here, so that they are reached.
//!
//! # What can happen
//!
//! In any own block anybody shows any header that has been signed by then, as news, as evidence about the
//! contract or about all contracts, or as a fork by every kind of difference, with the past or without;
//! who signs has all data, also what is withheld. A user registers, as long as that is possible. Root
//! chooses a branch, pauses, resumes, or names a new anchor, at any time and however foolishly. Where the
//! paper's rule may choose, anybody shows what other chains say of a fork, some of which lie, and to how
//! many branches a head is linked; somebody shows the last within an own block, if public data do. What has
//! ended is swept by what the followed branch says: [`contract`] keeps the books of one leg, with the
//! parent's [`Lane`](super::lane::Lane).
//!
//! # What is promised
//!
//! [`Promise`](promises::Promise) says it without the reader's own memory: by the tree, by the heads
//! that were believed at the end of an own block, and by what is public.
//!
//! # What is not
//!
//! - Of two heads that are believed in one own block, the lower is not remembered: who withholds the
//!   higher one hides by it what contradicts the lower one only.
//! - A header that may be below a withheld tip is not told from it, if no believed block lies
//!   between where the two leave the followed branch.
//! - What a refused header states belongs to its branch, also if it lies.
//! - A fork that is shown when the retention is over finds what it needs swept, and is told so.
//! - A chain that stands on a branch which nobody has shown counts for one that states its head.
//! - Of a branch that was refused without its past, lower headers open the fork again.

pub mod believe;
pub mod contract;
pub mod exploration;
pub mod finish;
pub mod judge;
pub mod plans;
pub mod promises;
pub mod provable;
pub mod reader;
pub mod root;
pub mod trace;
pub mod tree;
pub mod variants;
pub mod witnesses;
