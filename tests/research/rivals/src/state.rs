//! The state of a chain, and what executes on it.
//!
//! As in a node there is a cache of trie nodes, so that what is read twice is fetched once.

use codec::Encode;
use sp_core::{storage::StateVersion, Blake2Hasher};
use sp_externalities::set_and_run_with_externalities;
use sp_runtime::Storage;
use sp_state_machine::{
	prove_read_on_trie_backend, Backend, Ext, InMemoryBackend, OverlayedChanges, TrieBackendBuilder,
};
use sp_trie::{
	cache::{CacheSize, SharedTrieCache},
	recorder::Recorder,
};

/// As nodes have it by default.
const CACHE_SIZE: CacheSize = CacheSize::new(64 * 1024 * 1024);

type Changes = OverlayedChanges<Blake2Hasher>;

/// A state in memory.
pub struct State {
	backend: InMemoryBackend<Blake2Hasher>,
	cache: SharedTrieCache<Blake2Hasher>,
}

/// With an empty cache: nothing of it has been read yet.
impl Clone for State {
	fn clone(&self) -> Self {
		Self::new(self.backend.clone())
	}
}

impl From<Storage> for State {
	fn from(storage: Storage) -> Self {
		Self::new((storage, StateVersion::V1).into())
	}
}

impl State {
	fn new(backend: InMemoryBackend<Blake2Hasher>) -> Self {
		Self { backend, cache: SharedTrieCache::new(CACHE_SIZE, None) }
	}

	pub fn root(&self) -> sp_core::H256 {
		*self.backend.root()
	}

	/// Executes as a node does that imports a block, and changes nothing.
	pub fn try_out<R>(&self, act: impl FnOnce() -> R) -> R {
		let cache = self.cache.local_cache_trusted();
		let backend = TrieBackendBuilder::wrap(&self.backend).with_cache(cache).build();
		within(&backend, act).0
	}

	/// Executes without the cache, and changes nothing.
	pub fn query<R>(&self, ask: impl FnOnce() -> R) -> R {
		within(&self.backend, ask).0
	}

	/// Executes, and says how large the trie nodes are that this takes. Changes nothing.
	pub fn weigh<R>(&self, act: impl FnOnce() -> R) -> usize {
		let recorder = Recorder::default();
		let backend = TrieBackendBuilder::wrap(&self.backend).with_recorder(recorder).build();
		within(&backend, act);
		let proof = backend.extract_proof().expect("there is a recorder; qed");
		proof.encoded_size()
	}

	/// Executes, and says how many entries that changes, too. Changes nothing.
	pub fn count<R>(&self, act: impl FnOnce() -> R) -> (R, usize) {
		let (result, mut changes) = within(&self.backend, act);
		let changes = changes.changes_mut();
		let changed = changes.filter_map(|(key, entry)| {
			let is_other = self.read(key).as_ref() != entry.value();
			is_other.then_some(())
		});
		(result, changed.count())
	}

	/// Executes, and keeps what has changed.
	pub fn change<R>(&mut self, act: impl FnOnce() -> R) -> R {
		let (result, mut changes) = within(&self.backend, act);
		let changes = changes.drain_storage_changes(&self.backend, StateVersion::V1);
		let changes = changes.expect("no transaction is open; qed");
		self.backend.apply_transaction(changes.transaction_storage_root, changes.transaction);
		result
	}

	pub fn read(&self, key: &[u8]) -> Option<Vec<u8>> {
		self.backend.storage(key).expect("the state is complete; qed")
	}

	/// Trie nodes that show these keys.
	pub fn prove(&self, keys: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
		let proof = prove_read_on_trie_backend(&self.backend, keys);
		proof.expect("the state is complete; qed").into_iter_nodes().collect()
	}
}

fn within<B: Backend<Blake2Hasher>, R>(backend: &B, act: impl FnOnce() -> R) -> (R, Changes) {
	let mut changes = Changes::default();
	let mut ext = Ext::new(&mut changes, backend, None);
	let result = set_and_run_with_externalities(&mut ext, act);
	(result, changes)
}
