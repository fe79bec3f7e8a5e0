//! One test for each refusal, properties for what holds of every input.

mod authority_set;
mod differential;
mod encoding;
mod finality;
mod minimize;
mod next_set;
mod no_panic;
mod proof;
mod proof_properties;

use crate::{
	testing::{authority_set, descendants_of, header, Ed25519Keyring},
	AuthoritySet, Header,
};
use proptest::test_runner::{Config, RngSeed};
use sp_core::H256;
use Ed25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};

const ROUND: u64 = 7;
const SET: u64 = 3;
/// Of four voters three are enough.
const VOTERS: [Ed25519Keyring; 4] = [Alice, Bob, Charlie, Dave];
const QUORUM: [Ed25519Keyring; 3] = [Alice, Bob, Charlie];

fn set() -> AuthoritySet {
	authority_set(SET, &VOTERS)
}

fn genesis() -> Header {
	header(0, H256::zero(), H256::zero(), Vec::new())
}

/// Blocks 1 to `length`.
fn chain(length: usize) -> Vec<Header> {
	descendants_of(&genesis(), length, 1)
}

/// That many cases, the same ones in every run.
fn cases(cases: u32) -> Config {
	Config {
		cases,
		rng_seed: RngSeed::Fixed(0x5249_4250),
		failure_persistence: None,
		..Config::default()
	}
}
