//! Bytes that other chains rely on.

use super::{chain::*, world::*};
use crate::{
	evidence::{corridor_key, leg_key, tally_key},
	mock::{Ribp, Test},
	system_of, Corridor, Corridors, Epoch, Legs, ListDigest, Mark, Outcome, Stage, Tallies, Tally,
	TrustAnchor,
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
const LEGS: [u8; 16] = hex!("15575934d6db9acda824af27c666d6f2");
const CORRIDORS: [u8; 16] = hex!("b178db58513643e52d26f2a2ddaf25b4");
const TALLIES: [u8; 16] = hex!("c92d7336c6f4522dfe024dca9415344f");

#[test]
fn the_storage_prefix_is_the_hash_of_the_pallets_name() {
	assert_eq!(Ribp::name_hash(), RIBP);
}

#[test]
fn a_leg_lies_where_other_chains_look_for_it() {
	let (epoch, contract) = (Epoch(0x0102), H256::repeat_byte(0x5a));
	let keys = [&[0xb2; 32][..], &[2, 1, 0, 0], &[0x5a; 32]].concat();
	let golden = [&RIBP[..], &LEGS[..], &keys].concat();
	assert_eq!(leg_key(&RIBP, BETA, epoch, contract), golden);
	assert_eq!(Legs::<Test>::hashed_key_for((BETA, epoch, contract)), golden);
}

#[test]
fn what_is_said_of_all_contracts_lies_where_other_chains_look_for_it() {
	let golden = [&RIBP[..], &CORRIDORS[..], &[0xb2; 32][..]].concat();
	assert_eq!(corridor_key(&RIBP, BETA), golden);
	assert_eq!(Corridors::<Test>::hashed_key_for(BETA), golden);
}

/// The stage first, which is all that other chains read.
#[test]
fn a_leg_begins_with_its_stage() {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap);
	let stored = |chain: &mut Chain, half: &Half| {
		let key = half.key();
		chain.run(|| sp_io::storage::get(&key)).expect("it is registered").to_vec()
	};
	assert_eq!(stored(&mut world.alpha, &swap.delivery)[..1], [0]);
	world.beta.cancel(&swap.payment).expect("it is his");
	assert_eq!(stored(&mut world.beta, &swap.payment)[..5], [1, 1, 0, 0, 0]);
	world.tell_alpha(&[swap.id()]).expect("it was registered");
	assert_eq!(stored(&mut world.alpha, &swap.delivery)[..5], [2, 3, 0, 0, 0]);
	for (outcome, index) in [
		(Outcome::Settled, 0),
		(Outcome::Reversed, 1),
		(Outcome::Expired, 2),
		(Outcome::Cancelled, 3),
	] {
		assert_eq!(Stage::Ended(outcome).encode(), [3, index]);
	}
}

/// First what is through, then what is swept: a bound each, and what is left out.
#[test]
fn what_is_said_of_all_contracts_is_two_sets_of_epochs() {
	let said = Corridor { through: epochs(0x0102, &[]), swept: epochs(0x0304, &[7]) };
	let golden = [2, 1, 0, 0, 0, 4, 3, 0, 0, 4, 7, 0, 0, 0];
	assert_eq!(said.encode(), golden);
	let mut alpha = alpha_chain();
	alpha.corrupt(|| Corridors::<Test>::mutate(BETA, |lane| lane.said = said));
	let stored = alpha.run(|| sp_io::storage::get(&corridor_key(&RIBP, BETA)));
	assert_eq!(stored.expect("it was just written")[..golden.len()], golden);
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
