//! Bytes that other chains rely on.

use super::{chain::*, world::*};
use crate::{
	evidence::{position_key, tally_key, waiting_key},
	mock::{Ribp, Test},
	system_of, ContractId, ListDigest, LogHash, Mark, Positions, Tallies, Tally, TrustAnchor,
	Waiting,
};
use codec::Encode;
use frame_support::traits::PalletInfoAccess;
use hex_literal::hex;
use ribp_protocol::Head;
use sp_core::{ByteArray, H256};
use sp_io::hashing::blake2_256;

// Golden: twox-128 of the names, by an implementation of XXH64 in python3 that was written from
// its specification and gives 0x26aa394eea5630e07c48ae0c9558cef7 for "System".
const RIBP: [u8; 16] = hex!("21b95346a136aae436f0b4e7b9cf7b19");
const POSITIONS: [u8; 16] = hex!("9a4ea0593d7f97323d947a42bc6c2639");
const TALLIES: [u8; 16] = hex!("c92d7336c6f4522dfe024dca9415344f");
const WAITING: [u8; 16] = hex!("f0051d613e0cf6016bff8543c4c05c26");

const LOG: LogHash = LogHash(H256::repeat_byte(0x5a));

#[test]
fn the_storage_prefix_is_the_hash_of_the_pallets_name() {
	assert_eq!(Ribp::name_hash(), RIBP);
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
fn a_tally_lies_where_other_chains_look_for_it() {
	let golden = [&RIBP[..], &TALLIES[..], &[0xb2; 32][..]].concat();
	assert_eq!(tally_key(&RIBP, BETA), golden);
	assert_eq!(Tallies::<Test>::hashed_key_for(BETA), golden);
}

/// The newest block that was known, by height, hash, root and time; then how many contracts.
#[test]
fn a_tally_is_the_head_and_the_count() {
	let [hash, root] = [H256::repeat_byte(0xcc), H256::repeat_byte(0xdd)];
	let head = Mark { number: 0x0102, hash, root, time: 0x0304 };
	let golden =
		[&[2, 1, 0, 0][..], &[0xcc; 32], &[0xdd; 32], &[4, 3, 0, 0, 0, 0, 0, 0], &[6, 5, 0, 0]];
	assert_eq!(Tally { head, contracts: 0x0506 }.encode(), golden.concat());
}

#[test]
fn a_list_in_short_is_heads_those_that_are_forked_and_step() {
	let head = Head { number: 0x0102, hash: H256::repeat_byte(0xcc) };
	let digest = ListDigest { heads: [(BETA, head)].into(), open: [BETA].into(), step: 16 };
	let mut golden = vec![1 << 2];
	golden.extend([&[0xb2; 32][..], &[2, 1, 0, 0], &[0xcc; 32]].concat());
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

/// The header, then the first block of the history, its size and the roots of its subtrees, the set's id,
/// and each authority with its weight.
#[test]
fn what_root_is_told_of_a_chain_lies_in_this_order() {
	let mut beta = beta_chain();
	beta.advance_to(4);
	let TrustAnchor { header, history, set_id, authorities } = beta.anchor();
	assert_eq!((header.number, set_id, authorities.len()), (3, 5, 4));
	let mut golden = header.encode();
	golden.extend([0, 0, 0, 0, 3, 0, 0, 0, 2 << 2]);
	let leaf = |number| blake2_256(&[&[0][..], beta.hash_at(number).as_bytes()].concat());
	golden.extend(blake2_256(&[&[1][..], &leaf(0), &leaf(1)].concat()));
	golden.extend(leaf(2));
	golden.extend([5, 0, 0, 0, 0, 0, 0, 0, 4 << 2]);
	for (authority, weight) in &authorities {
		golden.extend(authority.to_raw_vec());
		golden.extend(weight.to_le_bytes());
	}
	assert_eq!(TrustAnchor { header, history, set_id, authorities }.encode(), golden);
}

/// What others compare their own headers with: the head's height, the root over all blocks up to it,
/// and the newest hashes.
#[test]
fn a_listed_view_is_number_root_and_hashes() {
	let mut alpha = alpha_chain();
	alpha.advance_to(3);
	let view = alpha.run(Ribp::own_view).expect("it is in every block");
	let leaf = |number| blake2_256(&[&[0][..], alpha.hash_at(number).as_bytes()].concat());
	let left = blake2_256(&[&[1][..], &leaf(0), &leaf(1)].concat());
	let mut golden = vec![2, 0, 0, 0];
	golden.extend(blake2_256(&[&[1][..], &left, &leaf(2)].concat()));
	golden.push(3 << 2);
	golden.extend([0xa1; 32]);
	golden.extend(alpha.hash_at(1).as_bytes());
	golden.extend(alpha.hash_at(2).as_bytes());
	assert_eq!(view.encode(), golden);
}
