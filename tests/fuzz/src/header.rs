//! Headers, and the authority sets that they announce.

use crate::{input::Input, memory};
use codec::{DecodeAll, DecodeWithMemLimit, Encode};
use ribp_light_client::{
	next_set,
	testing::{authority, authority_set, forced_change, scheduled_change, Ed25519Keyring},
	AuthoritySet, FinalityError, Header,
};
use sp_consensus_grandpa::{ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{generic::OpaqueDigestItemId, Digest, DigestItem};
use std::collections::HashSet;
use Ed25519Keyring::{Alice, Bob, Charlie, Dave};

const KEYS: [Ed25519Keyring; 4] = [Alice, Bob, Charlie, Dave];

/// Decodes a header and an authority set, and reads the set that the header announces.
pub fn header(data: &[u8]) {
	let mut input = Input::new(data);
	match input.byte() {
		0 => bounded(input.rest(), judge_header),
		1 => bounded(input.rest(), judge_set),
		_ => bounded(&program(&mut input), judge_header),
	}
}

fn bounded(bytes: &[u8], judge: fn(&[u8])) {
	memory::bounded(bytes.len(), || judge(bytes));
}

/// The bytes of a header with digest items as the input wants them.
fn program(input: &mut Input<'_>) -> Vec<u8> {
	let logs = (0..input.index(6)).map(|_| some_item(input)).collect();
	let header = Header {
		parent_hash: H256::repeat_byte(1),
		number: input.number(),
		state_root: H256::repeat_byte(2),
		extrinsics_root: H256::repeat_byte(3),
		digest: Digest { logs },
	};
	let mut bytes = header.encode();
	input.spoil(&mut bytes);
	bytes
}

fn some_item(input: &mut Input<'_>) -> DigestItem {
	let keys = |input: &mut Input<'_>| -> Vec<_> {
		(0..input.index(6)).map(|_| *input.pick(&KEYS)).collect()
	};
	match input.byte() % 8 {
		0 => scheduled_change(&keys(input), u32::from(input.byte())),
		1 => forced_change(&keys(input), u32::from(input.byte())),
		2 => weighted_change(input),
		3 => DigestItem::Consensus(GRANDPA_ENGINE_ID, input.bytes(255).to_vec()),
		4 => DigestItem::Consensus(*b"BEEF", input.bytes(255).to_vec()),
		5 => DigestItem::PreRuntime(GRANDPA_ENGINE_ID, input.bytes(255).to_vec()),
		6 => DigestItem::Other(input.bytes(255).to_vec()),
		_ => DigestItem::RuntimeEnvironmentUpdated,
	}
}

fn weighted_change(input: &mut Input<'_>) -> DigestItem {
	let weight = |input: &mut Input<'_>| match input.byte() {
		0xff => u64::MAX,
		0xfe => u64::MAX / 2,
		small => small.into(),
	};
	let count = input.index(300);
	let next_authorities =
		(0..count).map(|_| (authority(*input.pick(&KEYS)), weight(input))).collect();
	let change = ScheduledChange { next_authorities, delay: 0u32 };
	DigestItem::Consensus(GRANDPA_ENGINE_ID, ConsensusLog::ScheduledChange(change).encode())
}

fn judge_header(bytes: &[u8]) {
	let Ok(header) = Header::decode_all(&mut &bytes[..]) else { return };
	assert_eq!(header.encode(), bytes, "one header, one encoding");
	assert_eq!(header.hash().0, blake2_256(bytes));
	let limited = Header::decode_with_mem_limit(&mut &bytes[..], 64 * bytes.len());
	assert!(limited.is_err() || limited.as_ref() == Ok(&header));

	for set_id in [3, u64::MAX] {
		let old = authority_set(set_id, &KEYS);
		let found = next_set(&header, &old);
		assert_eq!(found, as_nodes_read(&header, &old));
		if let Ok(Some(new)) = found {
			assert_eq!(Some(new.set_id), old.set_id.checked_add(1));
			check_set(&new);
		}
	}
}

/// A node looks for a forced change first, then for a scheduled one.
fn as_nodes_read(
	header: &Header,
	set: &AuthoritySet,
) -> Result<Option<AuthoritySet>, FinalityError> {
	let id = OpaqueDigestItemId::Consensus(&GRANDPA_ENGINE_ID);
	let first = |wanted: fn(ConsensusLog<u32>) -> Option<ScheduledChange<u32>>| {
		header.digest.convert_first(|item| item.try_to(id).and_then(wanted))
	};
	let forced = first(|log| match log {
		ConsensusLog::ForcedChange(_, change) => Some(change),
		_ => None,
	});
	let scheduled = first(|log| match log {
		ConsensusLog::ScheduledChange(change) => Some(change),
		_ => None,
	});
	match (forced, scheduled) {
		(Some(_), _) => Err(FinalityError::ForcedChange),
		(None, None) => Ok(None),
		(None, Some(change)) if change.delay > 0 => {
			Err(FinalityError::DelayedChange { delay: change.delay })
		},
		(None, Some(change)) => {
			set.successor(change.next_authorities).map(Some).map_err(FinalityError::InvalidNextSet)
		},
	}
}

fn judge_set(bytes: &[u8]) {
	if let Ok(set) = AuthoritySet::decode_all(&mut &bytes[..]) {
		assert_eq!(set.encode(), bytes, "one set, one encoding");
		check_set(&set);
	}
}

fn check_set(set: &AuthoritySet) {
	let voters: HashSet<_> = set.authorities.iter().map(|(voter, _)| voter).collect();
	assert!(!voters.is_empty() && voters.len() == set.authorities.len());
	assert!(set.authorities.iter().all(|(_, weight)| *weight > 0));
	let total: u128 = set.authorities.iter().map(|(_, weight)| u128::from(*weight)).sum();
	assert_eq!(total, u128::from(set.total_weight()));
	let threshold = u128::from(set.threshold());
	assert!(3 * threshold > 2 * total && 3 * (threshold - 1) <= 2 * total);
}
