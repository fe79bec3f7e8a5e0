//! What a storage proof shows, and what it does not.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::BlakeTwo256;
use sp_trie::{
	accessed_nodes_tracker::AccessedNodesTracker, read_trie_value, HashDBT, LayoutV1, MemoryDB,
	Recorder, StorageProof, TrieRecorder, EMPTY_PREFIX,
};
use trie_db::{RecordedForKey, TrieAccess};

/// The most trie nodes a proof may have: some hundreds of keys, each a few nodes deep.
pub const MAX_PROOF_NODES: u32 = 4096;

/// The most bytes the nodes of a proof may have together: a block holds no much larger message.
pub const MAX_PROOF_SIZE: u32 = 1024 * 1024;

/// The most nodes that may lead to a key, its own included: what reading it costs at most.
///
/// An entry among a billion is some fifteen nodes deep. Each further one takes whoever wants a key
/// to be deeper sixteen times the work to find another key that begins as it does.
pub const MAX_PROOF_DEPTH: u32 = 32;

type Layout = LayoutV1<BlakeTwo256>;
type TrieError = sp_trie::TrieError<Layout>;

/// Why a storage proof does not show what is asked of it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum ProofError {
	/// There are no nodes.
	Empty,
	/// There are more than [`MAX_PROOF_NODES`] nodes.
	TooManyNodes {
		/// How many there are.
		nodes: u32,
		/// How many there may be.
		limit: u32,
	},
	/// The nodes are larger than [`MAX_PROOF_SIZE`] together.
	TooLarge {
		/// How many bytes there are.
		bytes: u32,
		/// How many there may be.
		limit: u32,
	},
	/// More than [`MAX_PROOF_DEPTH`] nodes lead to the key.
	TooDeep {
		/// How many do.
		nodes: u32,
		/// How many may.
		limit: u32,
	},
	/// A node is there twice.
	DuplicateNode,
	/// The state root's own node is not there: the proof is for another state.
	RootMissing,
	/// The proof does not reach far enough to tell whether the key is there. Never an absence.
	Incomplete,
	/// A node is none, although it has the hash that its parent asks for.
	InvalidNode,
	/// The value is there, but is not of the type that is asked for.
	Undecodable,
	/// The value is there and of that type, but goes on after it.
	TrailingBytes,
	/// A node was needed for nothing that was read.
	UnusedNodes,
}

/// The root of a state without keys: blake2-256 of the empty node, a zero byte.
const EMPTY_ROOT: H256 = H256([
	0x03, 0x17, 0x0a, 0x2e, 0x75, 0x97, 0xb7, 0xb7, 0xe3, 0xd8, 0x4c, 0x05, 0x39, 0x1d, 0x13, 0x9a,
	0x62, 0xb1, 0x57, 0xe7, 0x87, 0x86, 0xd8, 0xc0, 0x82, 0xf2, 0x9d, 0xcf, 0x4c, 0x11, 0x13, 0x14,
]);

/// A part of the state under a state root, as far as a storage proof shows it.
///
/// Read everything that the proof is for, then call [`ProvenState::finish`]. Handles states of
/// version 0 and 1, thus also values that lie in a node of their own.
pub struct ProvenState {
	root: H256,
	nodes: MemoryDB<BlakeTwo256>,
	trail: Trail,
}

/// The nodes that were needed.
struct Trail {
	/// By all that was read.
	accessed: AccessedNodesTracker<H256>,
	/// By the key that is read.
	depth: u32,
}

impl TrieRecorder<H256> for Trail {
	fn record(&mut self, access: TrieAccess<'_, H256>) {
		if matches!(access, TrieAccess::NodeOwned { .. } | TrieAccess::EncodedNode { .. }) {
			self.depth = self.depth.saturating_add(1);
		}
		self.accessed.record(access);
	}

	fn trie_nodes_recorded_for_key(&self, key: &[u8]) -> RecordedForKey {
		self.accessed.trie_nodes_recorded_for_key(key)
	}
}

impl ProvenState {
	/// The state under `root` as far as these nodes show it, in whatever order they come.
	///
	/// The caller must believe in `root`: it is the state root of a finalized header.
	pub fn new(root: H256, nodes: Vec<Vec<u8>>) -> Result<Self, ProofError> {
		check_size(&nodes)?;
		let count = nodes.len();
		let proof = StorageProof::new_with_duplicate_nodes_check(nodes)
			.map_err(|_| ProofError::DuplicateNode)?;
		let nodes = proof.into_memory_db::<BlakeTwo256>();
		// The database holds the empty trie's root without being given it: that is no proof.
		if root == EMPTY_ROOT || !nodes.contains(&root, EMPTY_PREFIX) {
			return Err(ProofError::RootMissing);
		}
		Ok(Self {
			root,
			nodes,
			trail: Trail { accessed: AccessedNodesTracker::new(count), depth: 0 },
		})
	}

	/// The nodes that a proof of this key alone has. Counts as no reading of it.
	pub fn nodes_of(&self, key: &[u8]) -> Result<Vec<Vec<u8>>, ProofError> {
		let mut recorder = Recorder::<Layout>::new();
		read_trie_value::<Layout, _>(&self.nodes, &self.root, key, Some(&mut recorder), None)
			.map_err(|error| refusal(*error))?;
		Ok(recorder.drain().into_iter().map(|node| node.data).collect())
	}

	/// The bytes under a full storage key; `None` only if the proof shows that nothing is there.
	pub fn read(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, ProofError> {
		self.trail.depth = 0;
		let value =
			read_trie_value::<Layout, _>(&self.nodes, &self.root, key, Some(&mut self.trail), None)
				.map_err(|error| refusal(*error))?;
		let nodes = self.trail.depth;
		if nodes > MAX_PROOF_DEPTH {
			return Err(ProofError::TooDeep { nodes, limit: MAX_PROOF_DEPTH });
		}
		Ok(value)
	}

	/// As [`ProvenState::read`], for a SCALE-encoded value that fills its place exactly.
	pub fn read_as<V: Decode>(&mut self, key: &[u8]) -> Result<Option<V>, ProofError> {
		let Some(bytes) = self.read(key)? else {
			return Ok(None);
		};
		let mut rest = &bytes[..];
		let value = V::decode(&mut rest).map_err(|_| ProofError::Undecodable)?;
		if !rest.is_empty() {
			return Err(ProofError::TrailingBytes);
		}
		Ok(Some(value))
	}

	/// As [`ProvenState::read`], for a value that begins with a SCALE-encoded one.
	pub fn read_prefix<V: Decode>(&mut self, key: &[u8]) -> Result<Option<V>, ProofError> {
		let Some(bytes) = self.read(key)? else {
			return Ok(None);
		};
		V::decode(&mut &bytes[..]).map(Some).map_err(|_| ProofError::Undecodable)
	}

	/// Refuses the proof if it holds more than what was read from it.
	pub fn finish(self) -> Result<(), ProofError> {
		self.trail.accessed.ensure_no_unused_nodes().map_err(|_| ProofError::UnusedNodes)
	}
}

impl fmt::Debug for ProvenState {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("ProvenState").field("root", &self.root).finish_non_exhaustive()
	}
}

fn refusal(error: TrieError) -> ProofError {
	match error {
		TrieError::InvalidStateRoot(_) | TrieError::IncompleteDatabase(_) => ProofError::Incomplete,
		TrieError::ValueAtIncompleteKey(..)
		| TrieError::DecoderError(..)
		| TrieError::InvalidHash(..) => ProofError::InvalidNode,
	}
}

fn check_size(nodes: &[Vec<u8>]) -> Result<(), ProofError> {
	if nodes.is_empty() {
		return Err(ProofError::Empty);
	}
	let count = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
	if count > MAX_PROOF_NODES {
		return Err(ProofError::TooManyNodes { nodes: count, limit: MAX_PROOF_NODES });
	}
	let bytes = nodes
		.iter()
		.fold(0u32, |sum, node| sum.saturating_add(u32::try_from(node.len()).unwrap_or(u32::MAX)));
	if bytes > MAX_PROOF_SIZE {
		return Err(ProofError::TooLarge { bytes, limit: MAX_PROOF_SIZE });
	}
	Ok(())
}
