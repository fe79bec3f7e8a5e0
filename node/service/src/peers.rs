//! The nodes of other chains that this node may ask, from the command line to the offchain worker.

use codec::Encode;
use ribp_peer::{
	check_url, encode_endpoints, Role, UrlError, ENDPOINTS_KEY, GOSSIP_LOCK, ROLE_KEY, ROUNDS_LOCK,
};
use sp_core::{
	offchain::{OffchainStorage, STORAGE_PREFIX},
	H256,
};
use std::{
	collections::BTreeMap,
	error::Error,
	fmt::{self, Display, Formatter},
	net::{Ipv4Addr, Ipv6Addr, SocketAddr},
	str::FromStr,
};

/// The address of one node, `0xGENESIS=URL` on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
	/// Genesis hash of the node's chain.
	pub system: H256,
	/// Address of the node's RPC server.
	pub url: String,
}

impl Peer {
	/// The node itself, of the chain `system`, for its own offchain worker; none if its RPC server
	/// listens nowhere. Of several addresses, the first of IPv4.
	pub fn local(system: H256, listening: impl Iterator<Item = SocketAddr>) -> Option<Self> {
		let mut address = listening.min_by_key(SocketAddr::is_ipv6)?;
		if address.ip().is_unspecified() {
			address.set_ip(match address {
				SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
				SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
			});
		}
		Some(Self { system, url: format!("http://{address}") })
	}
}

/// Why a text names no peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerFlagError {
	/// There is no `=` between genesis hash and address.
	Separator,
	/// The genesis hash is not `0x` and 32 bytes in hexadecimal.
	GenesisHash(String),
	/// The address cannot be a node's.
	Url(UrlError),
}

impl Display for PeerFlagError {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		match self {
			Self::Separator => {
				f.write_str("expected 0xGENESIS=URL, as in 0x12…ef=http://127.0.0.1:9955")
			},
			Self::GenesisHash(found) => {
				write!(f, "`{found}` is no genesis hash: expected 0x and 32 bytes in hexadecimal")
			},
			Self::Url(error) => write!(f, "{error}"),
		}
	}
}

impl Error for PeerFlagError {}

impl FromStr for Peer {
	type Err = PeerFlagError;

	fn from_str(text: &str) -> Result<Self, PeerFlagError> {
		let (hash, url) = text.split_once('=').ok_or(PeerFlagError::Separator)?;
		let system = genesis_hash(hash).ok_or_else(|| PeerFlagError::GenesisHash(hash.into()))?;
		check_url(url).map_err(PeerFlagError::Url)?;
		Ok(Self { system, url: url.into() })
	}
}

fn genesis_hash(text: &str) -> Option<H256> {
	let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 2 * H256::len_bytes())?;
	digits.parse().ok()
}

/// Addresses of nodes by the genesis hash of their chain, in the order in which they are given.
pub fn by_system(peers: &[Peer]) -> BTreeMap<H256, Vec<String>> {
	let mut by_system = BTreeMap::<H256, Vec<String>>::new();
	for peer in peers {
		by_system.entry(peer.system).or_default().push(peer.url.clone());
	}
	by_system
}

/// Makes `peers` the setting that the offchain worker reads; earlier settings are gone.
///
/// By `own` the worker learns what its own chain has finalized, to tell others; unless `peers` name
/// another node of that chain for it.
pub fn store(peers: &[Peer], own: Option<Peer>, storage: &mut impl OffchainStorage) {
	let mut by_system = by_system(peers);
	if let Some(own) = own {
		by_system.entry(own.system).or_insert_with(|| vec![own.url]);
	}
	let endpoints = Vec::from_iter(by_system);
	storage.set(STORAGE_PREFIX, ENDPOINTS_KEY, &encode_endpoints(&endpoints));
}

/// Tells the offchain worker what this node does.
pub fn store_role(role: Role, storage: &mut impl OffchainStorage) {
	storage.set(STORAGE_PREFIX, ROLE_KEY, &role.encode());
}

/// Removes the worker's locks, before any worker runs: a node that was killed leaves them behind.
pub fn unlock(storage: &mut impl OffchainStorage) {
	for lock in [ROUNDS_LOCK, GOSSIP_LOCK] {
		storage.remove(STORAGE_PREFIX, lock);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Decode;
	use sp_core::offchain::storage::InMemOffchainStorage;

	const BETA: H256 = H256::repeat_byte(0xb);
	const EVE: H256 = H256::repeat_byte(0xe);
	const OWN: H256 = H256::repeat_byte(0xf);

	fn peer(system: H256, url: &str) -> Peer {
		Peer { system, url: url.into() }
	}

	fn local() -> Option<Peer> {
		local_at(&["127.0.0.1:9944"])
	}

	fn local_at(listening: &[&str]) -> Option<Peer> {
		Peer::local(OWN, listening.iter().map(|address| address.parse().unwrap()))
	}

	fn own() -> (H256, Vec<Vec<u8>>) {
		(OWN, vec![b"http://127.0.0.1:9944".to_vec()])
	}

	fn stored(storage: &InMemOffchainStorage) -> Vec<(H256, Vec<Vec<u8>>)> {
		let bytes = storage.get(STORAGE_PREFIX, ENDPOINTS_KEY).unwrap();
		Decode::decode(&mut &bytes[..]).unwrap()
	}

	#[test]
	fn a_peer_is_a_genesis_hash_and_an_address() {
		let text = format!("{BETA:?}=http://127.0.0.1:9955/?key=1");
		assert_eq!(text.parse(), Ok(peer(BETA, "http://127.0.0.1:9955/?key=1")));
	}

	#[test]
	fn a_peer_without_genesis_hash_is_refused() {
		assert_eq!("http://host".parse::<Peer>(), Err(PeerFlagError::Separator));
	}

	#[test]
	fn a_genesis_hash_of_another_form_is_refused() {
		let hash = format!("{BETA:?}");
		for wrong in ["", "0x", "0x12", &hash[2..], &hash[..65], &format!("{hash}00")] {
			let parsed = format!("{wrong}=http://host").parse::<Peer>();
			assert_eq!(parsed, Err(PeerFlagError::GenesisHash(wrong.into())));
		}
	}

	#[test]
	fn an_unusable_address_is_refused() {
		let parsed = format!("{BETA:?}=ws://host").parse::<Peer>();
		assert_eq!(parsed, Err(PeerFlagError::Url(UrlError::Scheme)));
	}

	#[test]
	fn addresses_are_stored_by_chain_in_their_order() {
		let mut storage = InMemOffchainStorage::default();
		store(
			&[peer(BETA, "http://two"), peer(EVE, "http://e"), peer(BETA, "http://one")],
			local(),
			&mut storage,
		);
		assert_eq!(
			stored(&storage),
			[
				(BETA, vec![b"http://two".to_vec(), b"http://one".to_vec()]),
				(EVE, vec![b"http://e".to_vec()]),
				own(),
			]
		);
	}

	#[test]
	fn a_start_without_peers_forgets_earlier_ones() {
		let mut storage = InMemOffchainStorage::default();
		store(&[peer(BETA, "http://one")], local(), &mut storage);
		store(&[], local(), &mut storage);
		assert_eq!(stored(&storage), [own()]);
	}

	#[test]
	fn the_node_reaches_itself_where_its_rpc_server_listens() {
		let url = |listening: &[&str]| local_at(listening).map(|own| own.url);
		assert_eq!(url(&["[::1]:9955", "127.0.0.1:9955"]).unwrap(), "http://127.0.0.1:9955");
		assert_eq!(url(&["0.0.0.0:9955"]).unwrap(), "http://127.0.0.1:9955");
		assert_eq!(url(&["[::]:9955"]).unwrap(), "http://[::1]:9955");
		assert_eq!(url(&[]), None);
	}

	#[test]
	fn a_start_leaves_no_lock_of_the_worker_and_nothing_else_behind() {
		let mut storage = InMemOffchainStorage::default();
		store(&[], local(), &mut storage);
		let before = storage.clone();
		for lock in [ROUNDS_LOCK, GOSSIP_LOCK] {
			storage.set(STORAGE_PREFIX, lock, &u64::MAX.to_le_bytes());
		}
		unlock(&mut storage);
		for lock in [ROUNDS_LOCK, GOSSIP_LOCK] {
			assert_eq!(storage.get(STORAGE_PREFIX, lock), None);
		}
		assert_eq!(stored(&storage), stored(&before));
	}

	#[test]
	fn a_role_is_stored_as_the_worker_reads_it() {
		let mut storage = InMemOffchainStorage::default();
		store_role(Role::Relay, &mut storage);
		let bytes = storage.get(STORAGE_PREFIX, ROLE_KEY).unwrap();
		assert_eq!(Role::decode(&mut &bytes[..]), Ok(Role::Relay));
	}

	#[test]
	fn another_node_of_the_own_chain_can_be_named() {
		let mut storage = InMemOffchainStorage::default();
		store(&[peer(OWN, "http://other")], local(), &mut storage);
		assert_eq!(stored(&storage), [(OWN, vec![b"http://other".to_vec()])]);
	}
}
