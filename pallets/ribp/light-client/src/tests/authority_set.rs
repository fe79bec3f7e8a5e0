use super::{set, Alice, Bob, SET, VOTERS};
use crate::{testing::authority, AuthoritySet, AuthoritySetError, MAX_AUTHORITIES};
use codec::{Decode, Encode, MaxEncodedLen};
use sp_consensus_grandpa::AuthorityId;
use sp_core::crypto::UncheckedFrom;

fn numbered(count: u32) -> Vec<(AuthorityId, u64)> {
	(0..count)
		.map(|n| {
			let mut key = [0; 32];
			key[..4].copy_from_slice(&n.to_le_bytes());
			(sp_core::ed25519::Public::unchecked_from(key).into(), 1)
		})
		.collect()
}

fn weighing(weights: &[u64]) -> AuthoritySet {
	let authorities = numbered(weights.len() as u32);
	let authorities = authorities.into_iter().zip(weights).map(|((id, _), w)| (id, *w)).collect();
	AuthoritySet::new(0, authorities).unwrap()
}

#[test]
fn an_empty_set_is_refused() {
	assert_eq!(AuthoritySet::new(0, vec![]), Err(AuthoritySetError::Empty));
}

#[test]
fn an_authority_listed_twice_is_refused() {
	let authorities = vec![(authority(Alice), 1), (authority(Bob), 1), (authority(Alice), 2)];
	assert_eq!(AuthoritySet::new(0, authorities), Err(AuthoritySetError::DuplicateAuthority));
}

#[test]
fn an_authority_without_weight_is_refused() {
	let authorities = vec![(authority(Alice), 1), (authority(Bob), 0)];
	assert_eq!(AuthoritySet::new(0, authorities), Err(AuthoritySetError::ZeroWeight));
}

#[test]
fn weights_beyond_64_bits_are_refused() {
	let authorities = vec![(authority(Alice), u64::MAX), (authority(Bob), 1)];
	assert_eq!(AuthoritySet::new(0, authorities), Err(AuthoritySetError::WeightOverflow));
}

#[test]
fn a_set_may_be_as_large_as_the_limit_and_no_larger() {
	assert!(AuthoritySet::new(0, numbered(MAX_AUTHORITIES)).is_ok());
	assert_eq!(
		AuthoritySet::new(0, numbered(MAX_AUTHORITIES + 1)),
		Err(AuthoritySetError::TooMany {
			authorities: MAX_AUTHORITIES + 1,
			limit: MAX_AUTHORITIES
		}),
	);
}

#[test]
fn the_last_set_id_has_no_successor() {
	let last = AuthoritySet { set_id: u64::MAX, ..set() };
	assert_eq!(last.successor(vec![(authority(Bob), 1)]), Err(AuthoritySetError::SetIdOverflow));
}

#[test]
fn a_successor_has_the_next_id() {
	let successor = set().successor(vec![(authority(Bob), 5)]).unwrap();
	assert_eq!(successor.set_id, SET + 1);
	assert_eq!(successor.authorities.into_inner(), vec![(authority(Bob), 5)]);
}

#[test]
fn a_decoded_set_is_the_encoded_one() {
	let encoded = set().encode();
	assert!(encoded.len() <= AuthoritySet::max_encoded_len());
	assert_eq!(AuthoritySet::decode(&mut &encoded[..]), Ok(set()));
}

#[test]
fn what_cannot_be_made_cannot_be_decoded() {
	let twice = vec![(authority(Alice), 1u64), (authority(Alice), 1)];
	for invalid in [vec![], vec![(authority(Alice), 0u64)], twice, numbered(MAX_AUTHORITIES + 1)] {
		assert!(AuthoritySet::decode(&mut &(SET, invalid).encode()[..]).is_err());
	}
}

#[test]
fn the_threshold_is_more_than_two_thirds() {
	for (total, threshold) in [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5), (7, 5), (100, 67)] {
		assert_eq!(weighing(&[total]).threshold(), threshold, "of {total}");
	}
	assert_eq!(weighing(&[u64::MAX - 1, 1]).threshold(), u64::MAX - (u64::MAX - 1) / 3);
}

#[test]
fn the_threshold_is_that_of_grandpa() {
	for count in 1..=VOTERS.len() {
		for weight in [1, 2, 3, 10] {
			let set = weighing(&vec![weight; count]);
			let voters =
				finality_grandpa::voter_set::VoterSet::new(set.authorities.iter().cloned())
					.unwrap();
			assert_eq!(set.threshold(), voters.threshold().get());
		}
	}
}

#[test]
fn silence_does_not_satisfy_an_empty_literal() {
	let empty = AuthoritySet { set_id: 0, authorities: Default::default() };
	assert_eq!(empty.threshold(), 1);
}
