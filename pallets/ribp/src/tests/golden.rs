//! Bytes that other chains rely on.

use super::{chain::*, world::*};
use crate::{
	evidence::{position_key, tally_key, view_key, waiting_key},
	mock::{Ribp, Test},
	system_of, ContractId, ListDigest, LogHash, OwnView, Positions, Tallies, Waiting,
};
use codec::{Decode, Encode};
use frame_support::traits::PalletInfoAccess;
use hex_literal::hex;
use ribp_protocol::Head;
use sp_core::H256;
use sp_io::hashing::blake2_256;

// Golden: twox-128 of the names, by an implementation of XXH64 in python3 that was written from
// its specification and gives 0x26aa394eea5630e07c48ae0c9558cef7 for "System".
const RIBP: [u8; 16] = hex!("21b95346a136aae436f0b4e7b9cf7b19");
const OWN_VIEW: [u8; 16] = hex!("404efd3579b353f98e8a1eb7eaceb11f");
const POSITIONS: [u8; 16] = hex!("9a4ea0593d7f97323d947a42bc6c2639");
const WAITING: [u8; 16] = hex!("f0051d613e0cf6016bff8543c4c05c26");
const TALLIES: [u8; 16] = hex!("c92d7336c6f4522dfe024dca9415344f");

const LOG: LogHash = LogHash(H256::repeat_byte(0x5a));

#[test]
fn the_storage_prefix_is_the_hash_of_the_pallets_name() {
	assert_eq!(Ribp::name_hash(), RIBP);
}

#[test]
fn a_view_lies_where_other_chains_look_for_it() {
	assert_eq!(view_key(&RIBP), [RIBP, OWN_VIEW].concat());
	assert_eq!(view_key(&RIBP), OwnView::<Test>::hashed_key());
}

#[test]
fn a_position_lies_where_other_chains_look_for_it() {
	let golden = [&RIBP[..], &POSITIONS[..], &[0x5a; 32][..]].concat();
	assert_eq!(position_key(&RIBP, LOG), golden);
	assert_eq!(Positions::<Test>::hashed_key_for(LOG), golden);
}

#[test]
fn a_waiting_contract_lies_where_other_chains_look_for_it() {
	let golden = [&RIBP[..], &WAITING[..], &[0xb2; 32][..], &[0x5a; 32][..]].concat();
	let contract = ContractId(LOG.0);
	assert_eq!(waiting_key(&RIBP, BETA, contract), golden);
	assert_eq!(Waiting::<Test>::hashed_key_for(BETA, contract), golden);
}

#[test]
fn what_is_counted_of_a_fork_lies_where_other_chains_look_for_it() {
	let golden = [&RIBP[..], &TALLIES[..], &[0xb2; 32][..]].concat();
	assert_eq!(tally_key(&RIBP, BETA), golden);
	assert_eq!(Tallies::<Test>::hashed_key_for(BETA), golden);
}

#[test]
fn a_list_in_short_is_heads_forks_those_that_are_open_and_step() {
	let head = Head { number: 0x0102, hash: H256::repeat_byte(0xcc) };
	let digest = ListDigest {
		heads: [(ALPHA, None), (BETA, Some(head))].into(),
		forks: [(BETA, 2)].into(),
		open: [BETA].into(),
		step: 16,
	};
	let mut golden = vec![2 << 2];
	golden.extend([&[0xa1; 32][..], &[0]].concat());
	golden.extend([&[0xb2; 32][..], &[1, 2, 1, 0, 0], &[0xcc; 32]].concat());
	golden.extend([&[1 << 2][..], &[0xb2; 32], &[2, 0, 0, 0]].concat());
	golden.extend([&[1 << 2][..], &[0xb2; 32]].concat());
	golden.extend([16, 0, 0, 0]);
	assert_eq!(digest.encode(), golden);
}

/// A consensus item of the digest, its engine, the length of what follows; then the version, the
/// chain's id, where it has the pallet, the first block, the first block whose state is complete,
/// the time of the parent, and the root over one leaf.
#[test]
fn a_header_states_its_chain_and_its_past_as_other_chains_expect_it() {
	let mut beta = beta_chain();
	beta.advance_to(3);
	let golden = |[complete_from, seconds]: [u8; 2], root: &[u8]| {
		let time = (1_000 * u64::from(seconds)).to_le_bytes();
		let heights = [[0; 4], [complete_from, 0, 0, 0]].concat();
		let head = [&[4][..], b"ribp", &[0x89, 0x01], &[1, 0], &[0xb2; 32], &RIBP].concat();
		[&head[..], &heights, &time, root].concat()
	};
	let item = |beta: &Chain, number| beta.block(number).header.digest.logs()[0].encode();
	// Golden: python3, hashlib.blake2b(b'\0' + b'\xb2'*32, digest_size=32).hexdigest()
	let genesis = hex!("204e833942e3727ba04e121c02b469f1116a1be595f74d3d8ad6ca8fdee6ce96");
	assert_eq!(item(&beta, 1), golden([1, 0], &genesis));
	let leaf = blake2_256(&[&[0][..], beta.hash_at(1).as_bytes()].concat());
	let root = blake2_256(&[&[1][..], &genesis, &leaf].concat());
	assert_eq!(item(&beta, 2), golden([1, 6], &root));
	assert_eq!(system_of(&beta.block(2).header), Some(BETA));
}

#[test]
fn a_position_is_four_bytes_little_endian() {
	let mut alpha = alpha_chain();
	alpha.corrupt(|| Positions::<Test>::insert(LOG, 0x0102_0304));
	let stored = alpha.run(|| sp_io::storage::get(&position_key(&RIBP, LOG)));
	assert_eq!(stored.expect("it was just written")[..], [4, 3, 2, 1]);
}

#[test]
fn a_stored_view_is_system_number_accumulator_and_hashes() {
	let mut alpha = alpha_chain();
	alpha.advance_to(3);
	let stored = alpha.run(|| sp_io::storage::get(&view_key(&RIBP))).expect("it is in every block");
	let mut golden = vec![0xa1; 32];
	golden.extend([2, 0, 0, 0]);
	golden.push(0);
	golden.push(3 << 2);
	golden.extend([0xa1; 32]);
	golden.extend(alpha.hash_at(1).as_bytes());
	golden.extend(alpha.hash_at(2).as_bytes());
	assert_eq!(stored[..], golden);

	alpha.advance_to(20);
	let stored = alpha.run(|| sp_io::storage::get(&view_key(&RIBP))).expect("it is in every block");
	let fields = <(H256, u32, Option<H256>, Vec<H256>)>::decode(&mut &stored[..]);
	let (system, number, accumulator, recent) = fields.expect("these are the fields");
	assert_eq!((system, number), (ALPHA.0, 19));
	assert!(accumulator.is_some());
	assert_eq!(recent, (12..20).map(|number| alpha.hash_at(number)).collect::<Vec<_>>());
}
