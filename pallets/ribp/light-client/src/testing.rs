//! Chains, justifications and states for tests, signed with the well-known development keys.

use crate::{AuthoritySet, Header, Justification, Vote};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::Encode;
use finality_grandpa::{Message, Precommit, Prevote};
pub use sp_consensus_grandpa::ConsensusLog;
use sp_consensus_grandpa::{
	localized_payload, AuthorityId, AuthoritySignature, ScheduledChange, GRANDPA_ENGINE_ID,
};
use sp_core::{ed25519, Blake2Hasher, Pair, H256};
pub use sp_keyring::Ed25519Keyring;
use sp_runtime::{traits::Header as _, Digest, DigestItem, StateVersion, Storage};
use sp_state_machine::{prove_read_on_trie_backend, Backend, InMemoryBackend};
use std::sync::{Arc, Mutex};

/// The GRANDPA authority of a development key.
pub fn authority(voter: Ed25519Keyring) -> AuthorityId {
	pair(voter).public().into()
}

/// The key pair, remembered: deriving it from its phrase takes far longer than a signature.
pub fn pair(voter: Ed25519Keyring) -> ed25519::Pair {
	static PAIRS: Mutex<BTreeMap<Ed25519Keyring, ed25519::Pair>> = Mutex::new(BTreeMap::new());
	let mut pairs = PAIRS.lock().expect("no test panics while it holds the lock; qed");
	*pairs.entry(voter).or_insert_with(|| voter.pair())
}

/// A set in which every voter has weight 1.
pub fn authority_set(set_id: u64, voters: &[Ed25519Keyring]) -> AuthoritySet {
	let authorities = voters.iter().map(|voter| (authority(*voter), 1)).collect();
	AuthoritySet::new(set_id, authorities).expect("the test names a valid authority set")
}

/// A header without extrinsics.
pub fn header(number: u32, parent_hash: H256, state_root: H256, logs: Vec<DigestItem>) -> Header {
	Header::new(number, H256::zero(), state_root, parent_hash, Digest { logs })
}

/// A header on top of `parent` with an empty digest.
pub fn child_of(parent: &Header, state_root: H256) -> Header {
	header(parent.number + 1, parent.hash(), state_root, Vec::new())
}

/// The next `length` headers on top of `parent`, oldest first. Each `branch` is another chain.
pub fn descendants_of(parent: &Header, length: usize, branch: u8) -> Vec<Header> {
	let state_root = H256::repeat_byte(branch);
	core::iter::successors(Some(child_of(parent, state_root)), |parent| {
		Some(child_of(parent, state_root))
	})
	.take(length)
	.collect()
}

/// A digest item as it announces a new authority set, with weight 1 each, `delay` blocks later.
pub fn scheduled_change(next: &[Ed25519Keyring], delay: u32) -> DigestItem {
	consensus_log(ConsensusLog::ScheduledChange(change(next, delay)))
}

/// The same with any weights, such as make no set.
pub fn weighted_change(next: &[(Ed25519Keyring, u64)], delay: u32) -> DigestItem {
	let next_authorities = next.iter().map(|(voter, w)| (authority(*voter), *w)).collect();
	consensus_log(ConsensusLog::ScheduledChange(ScheduledChange { next_authorities, delay }))
}

/// A digest item as it forces a new authority set upon the chain.
pub fn forced_change(next: &[Ed25519Keyring], delay: u32) -> DigestItem {
	consensus_log(ConsensusLog::ForcedChange(0, change(next, delay)))
}

/// A digest item with any GRANDPA message.
pub fn consensus_log(log: ConsensusLog<u32>) -> DigestItem {
	DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode())
}

fn change(next: &[Ed25519Keyring], delay: u32) -> ScheduledChange<u32> {
	let next_authorities = next.iter().map(|voter| (authority(*voter), 1)).collect();
	ScheduledChange { next_authorities, delay }
}

/// The voter's signed precommit for `target` in this round of this set.
pub fn vote(voter: Ed25519Keyring, target: &Header, round: u64, set_id: u64) -> Vote {
	vote_at(voter, target.hash(), target.number, round, set_id)
}

/// The voter's signed precommit for whatever is said to be a block.
pub fn vote_at(
	voter: Ed25519Keyring,
	target_hash: H256,
	target_number: u32,
	round: u64,
	set_id: u64,
) -> Vote {
	precommit(&pair(voter), target_hash, target_number, round, set_id)
}

fn precommit(
	voter: &ed25519::Pair,
	target_hash: H256,
	target_number: u32,
	round: u64,
	set_id: u64,
) -> Vote {
	let message = Message::Precommit(Precommit::new(target_hash, target_number));
	let signature = voter.sign(&localized_payload(round, set_id, &message)).into();
	Vote { target_hash, target_number, signature, voter: voter.public().into() }
}

/// What looks like a vote for `target`, with the voter's signature of a prevote for it.
pub fn prevote(voter: Ed25519Keyring, target: &Header, round: u64, set_id: u64) -> Vote {
	let (target_hash, target_number) = (target.hash(), target.number);
	let message = Message::Prevote(Prevote::new(target_hash, target_number));
	let signature = sign(voter, &localized_payload(round, set_id, &message));
	Vote { target_hash, target_number, signature, voter: authority(voter) }
}

/// The voter's signature over any bytes.
pub fn sign(voter: Ed25519Keyring, payload: &[u8]) -> AuthoritySignature {
	pair(voter).sign(payload).into()
}

/// A justification in which all of `voters` vote for `target` itself.
pub fn justify(
	target: &Header,
	round: u64,
	set_id: u64,
	voters: &[Ed25519Keyring],
) -> Justification {
	let voters: Vec<_> = voters.iter().map(|voter| pair(*voter)).collect();
	justify_by(target, round, set_id, &voters)
}

/// The same by any keys.
pub fn justify_by(
	target: &Header,
	round: u64,
	set_id: u64,
	voters: &[ed25519::Pair],
) -> Justification {
	let (target_hash, target_number) = (target.hash(), target.number);
	let vote = |voter| precommit(voter, target_hash, target_number, round, set_id);
	let votes = voters.iter().map(vote).collect();
	Justification { round, target_hash, target_number, votes, ancestries: Vec::new() }
}

/// A state of another chain, from which proofs can be taken. A copy shares what it holds.
#[derive(Clone)]
pub struct State {
	backend: Arc<InMemoryBackend<Blake2Hasher>>,
}

impl From<InMemoryBackend<Blake2Hasher>> for State {
	fn from(backend: InMemoryBackend<Blake2Hasher>) -> Self {
		Self { backend: Arc::new(backend) }
	}
}

impl State {
	/// The state with these keys and values, in the given layout.
	pub fn new(pairs: Vec<(Vec<u8>, Vec<u8>)>, version: StateVersion) -> Self {
		let storage = Storage { top: pairs.into_iter().collect(), ..Default::default() };
		InMemoryBackend::from((storage, version)).into()
	}

	/// The trie itself, in which a runtime can go on.
	pub fn backend(&self) -> &InMemoryBackend<Blake2Hasher> {
		&self.backend
	}

	/// The state root.
	pub fn root(&self) -> H256 {
		*self.backend.root()
	}

	/// The value under a key.
	pub fn read(&self, key: &[u8]) -> Option<Vec<u8>> {
		self.backend.storage(key).expect("the state is complete")
	}

	/// The nodes by which a node answers a read of `keys`, as `state_getReadProof` has them.
	pub fn prove(&self, keys: &[impl AsRef<[u8]>]) -> Vec<Vec<u8>> {
		let proof = prove_read_on_trie_backend(&*self.backend, keys);
		proof.expect("the state is complete").into_iter_nodes().collect()
	}
}

impl core::fmt::Debug for State {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.debug_struct("State").field("root", &self.root()).finish_non_exhaustive()
	}
}
