//! The bytes that another chain's nodes write.

use super::{chain, set, Alice, Bob, Charlie, QUORUM, ROUND, SET};
use crate::{
	testing::{authority, justify, vote},
	verify_finality, Evidence, Header, Justification, Link, Vote,
};
use codec::{Decode, DecodeAll, DecodeWithMemTracking, Encode};
use finality_grandpa::{Commit, Precommit, SignedPrecommit};
use proptest::prelude::*;
use ribp_protocol::Extension;
use sp_consensus_grandpa::GrandpaJustification;
use sp_core::H256;

fn accepts_as_call_argument<T: DecodeWithMemTracking + scale_info::TypeInfo>() {}

/// The same justification in the type that GRANDPA nodes use.
pub fn upstream(justification: &Justification) -> GrandpaJustification<Header> {
	let precommits = justification.votes.iter().map(|vote| SignedPrecommit {
		precommit: Precommit::new(vote.target_hash, vote.target_number),
		signature: vote.signature.clone(),
		id: vote.voter.clone(),
	});
	GrandpaJustification {
		round: justification.round,
		commit: Commit {
			target_hash: justification.target_hash,
			target_number: justification.target_number,
			precommits: precommits.collect(),
		},
		votes_ancestries: justification.ancestries.clone(),
	}
}

/// Block 1 justified with one vote for itself and two for its child.
fn with_ancestry() -> (Header, Justification) {
	let blocks = chain(2);
	let mut justification = justify(&blocks[0], ROUND, SET, &[Alice]);
	justification.votes.push(vote(Bob, &blocks[1], ROUND, SET));
	justification.votes.push(vote(Charlie, &blocks[1], ROUND, SET));
	justification.ancestries.push(blocks[1].clone());
	(blocks[0].clone(), justification)
}

#[test]
fn a_justification_is_laid_out_as_other_chains_rely_on() {
	let justification = Justification {
		round: 0x0102,
		target_hash: H256::repeat_byte(0xaa),
		target_number: 0x0304,
		votes: vec![Vote {
			target_hash: H256::repeat_byte(0xbb),
			target_number: 0x0506,
			signature: sp_core::ed25519::Signature::from_raw([0xcc; 64]).into(),
			voter: sp_core::ed25519::Public::from_raw([0xdd; 32]).into(),
		}],
		ancestries: vec![],
	};
	let mut golden = vec![0x02, 0x01, 0, 0, 0, 0, 0, 0];
	golden.extend([0xaa; 32]);
	golden.extend([0x04, 0x03, 0, 0]);
	golden.push(1 << 2);
	golden.extend([0xbb; 32]);
	golden.extend([0x06, 0x05, 0, 0]);
	golden.extend([0xcc; 64]);
	golden.extend([0xdd; 32]);
	golden.push(0);
	assert_eq!(justification.encode(), golden);
	assert_eq!(Justification::from_bytes(&golden), Ok(justification));
}

#[test]
fn a_vote_takes_132_bytes() {
	assert_eq!(vote(Alice, &chain(1)[0], ROUND, SET).encoded_size(), 132);
}

#[test]
fn the_nodes_type_and_ours_have_the_same_bytes() {
	let (_, justification) = with_ancestry();
	let theirs = upstream(&justification).encode();
	assert_eq!(Justification::from_bytes(&theirs), Ok(justification.clone()));
	assert_eq!(justification.encode(), theirs);
	let back = GrandpaJustification::<Header>::decode_all(&mut &justification.encode()[..]);
	assert!(back == Ok(upstream(&justification)));
}

#[test]
fn a_justification_with_trailing_bytes_is_refused() {
	let mut bytes = with_ancestry().1.encode();
	bytes.push(0);
	assert!(Justification::from_bytes(&bytes).is_err());
}

#[test]
fn a_truncated_justification_is_refused() {
	let bytes = with_ancestry().1.encode();
	for length in 0..bytes.len() {
		assert!(Justification::from_bytes(&bytes[..length]).is_err());
	}
}

#[test]
fn a_claimed_length_without_bytes_is_refused() {
	let mut bytes = justify(&chain(1)[0], ROUND, SET, &[]).encode();
	bytes.truncate(8 + 32 + 4);
	bytes.extend(codec::Compact(u32::MAX).encode());
	assert!(Justification::from_bytes(&bytes).is_err());
}

/// Digest items of one byte each, and votes that are none: a few megabytes would take many times as
/// much memory as an answer.
#[test]
fn a_justification_that_takes_much_memory_is_refused() {
	let mut crowded = justify(&chain(1)[0], ROUND, SET, &QUORUM);
	crowded.ancestries.push(chain(1)[0].clone());
	let item = sp_runtime::DigestItem::RuntimeEnvironmentUpdated;
	crowded.ancestries[0].digest.logs = vec![item; 1 << 20];
	let bytes = crowded.encode();
	assert!(bytes.len() < 2 << 20);
	assert!(Justification::from_bytes(&bytes).is_err());
	crowded.ancestries[0].digest.logs.truncate(64);
	assert_eq!(Justification::from_bytes(&crowded.encode()), Ok(crowded));
}

#[test]
fn evidence_survives_its_encoding() {
	accepts_as_call_argument::<Evidence>();
	let (header, justification) = with_ancestry();
	let [nodes, tail] = [7, 8].map(|byte| vec![H256::repeat_byte(byte)]);
	let extension = Extension { nodes, tail };
	let links = [
		Link::Known,
		Link::Below { under: 20, path: vec![H256::repeat_byte(9)] },
		Link::Above { justification, extension },
	];
	for (link, hashes) in links.into_iter().zip([0, 1, 2]) {
		assert_eq!(link.hashes(), hashes);
		let evidence = Evidence { header: header.clone(), link, proof: vec![vec![1, 2], vec![]] };
		assert_eq!(Evidence::decode(&mut &evidence.encode()[..]), Ok(evidence));
	}
}

proptest! {
	#![proptest_config(super::cases(192))]

	#[test]
	fn one_flipped_bit_is_never_believed(at in any::<proptest::sample::Index>(), bit in 0..8u8) {
		let (target, justification) = with_ancestry();
		let mut bytes = justification.encode();
		let at = at.index(bytes.len());
		bytes[at] ^= 1 << bit;
		if let Ok(mutated) = Justification::from_bytes(&bytes) {
			prop_assert_ne!(&mutated, &justification);
			prop_assert!(verify_finality(&target, &mutated, &set()).is_err(), "byte {}", at);
		}
	}

	#[test]
	fn one_changed_byte_is_never_believed(
		at in any::<proptest::sample::Index>(),
		value in any::<u8>(),
	) {
		let target = chain(1).remove(0);
		let justification = justify(&target, ROUND, SET, &QUORUM);
		let mut bytes = justification.encode();
		let at = at.index(bytes.len());
		let same = bytes[at] == value;
		bytes[at] = value;
		if let Ok(mutated) = Justification::from_bytes(&bytes) {
			prop_assert_eq!(verify_finality(&target, &mutated, &set()).is_ok(), same);
		}
	}

	#[test]
	fn a_changed_header_is_never_believed(
		at in any::<proptest::sample::Index>(),
		bit in 0..8u8,
	) {
		let (target, justification) = with_ancestry();
		let mut bytes = target.encode();
		let at = at.index(bytes.len());
		bytes[at] ^= 1 << bit;
		if let Ok(mutated) = Header::decode_all(&mut &bytes[..]) {
			prop_assert!(verify_finality(&mutated, &justification, &set()).is_err());
		}
	}

	#[test]
	fn arbitrary_bytes_are_never_believed(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
		if let Ok(forged) = Justification::from_bytes(&bytes) {
			prop_assert!(verify_finality(&chain(1)[0], &forged, &set()).is_err());
		}
	}
}

#[test]
fn an_authority_is_its_key() {
	assert_eq!(authority(Alice).encode(), Alice.to_raw_public());
}
