//! Where the nodes of other chains are reached: each node's own setting, not the chain's.

use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};
use sp_core::H256;
use sp_runtime::offchain::storage::StorageValueRef;

/// Key of the setting in the node's persistent offchain storage.
///
/// The value is SCALE `Vec<(H256, Vec<Vec<u8>>)>`: genesis hash of a chain, addresses of its nodes.
/// The node writes it at startup, from its command line, with [`encode_endpoints`].
pub const ENDPOINTS_KEY: &[u8] = b"ribp/endpoints";

/// The known nodes of one chain.
#[derive(Encode, Decode)]
struct Endpoints {
	/// The chain's genesis hash.
	system: H256,
	urls: Vec<Vec<u8>>,
}

/// The addresses of nodes of the chain with the genesis hash `of`, in the order of the setting.
///
/// None are known when the setting is missing. They are not checked here: a
/// [`Client`](crate::Client) refuses what it cannot use.
pub fn endpoints(of: H256) -> Vec<String> {
	let setting = StorageValueRef::persistent(ENDPOINTS_KEY).get::<Vec<Endpoints>>();
	let Ok(known) = setting else {
		log::warn!(target: "ribp::peer", "the setting of peers' addresses cannot be decoded");
		return Vec::new();
	};
	known
		.unwrap_or_default()
		.into_iter()
		.filter(|known| known.system == of)
		.flat_map(|known| known.urls)
		.filter_map(|url| String::from_utf8(url).ok())
		.collect()
}

/// The value that [`endpoints`] reads: addresses of nodes by the genesis hash of their chain.
pub fn encode_endpoints(known: &[(H256, Vec<String>)]) -> Vec<u8> {
	let as_bytes = |urls: &[String]| urls.iter().map(|url| url.as_bytes().to_vec()).collect();
	known
		.iter()
		.map(|(system, urls)| Endpoints { system: *system, urls: as_bytes(urls) })
		.collect::<Vec<_>>()
		.encode()
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::offchain::{testing::TestOffchainExt, OffchainDbExt, OffchainStorage};
	use sp_io::TestExternalities;

	const BETA: H256 = H256::repeat_byte(0xb);
	const GAMMA: H256 = H256::repeat_byte(0xc);

	fn endpoints_with(setting: Option<Vec<u8>>, of: H256) -> Vec<String> {
		let (host, state) = TestOffchainExt::new();
		if let Some(value) = setting {
			state.write().persistent_storage.set(b"", ENDPOINTS_KEY, &value);
		}
		let mut world = TestExternalities::default();
		world.register_extension(OffchainDbExt::new(host));
		world.execute_with(|| endpoints(of))
	}

	fn texts(texts: &[&str]) -> Vec<String> {
		texts.iter().map(|text| text.to_string()).collect()
	}

	#[test]
	fn the_worker_reads_what_the_node_wrote() {
		let setting = encode_endpoints(&[
			(BETA, texts(&["http://one:9944", "http://two:9944"])),
			(GAMMA, texts(&["http://three:9944"])),
			(BETA, texts(&["http://four:9944"])),
		]);
		assert_eq!(
			endpoints_with(Some(setting.clone()), BETA),
			texts(&["http://one:9944", "http://two:9944", "http://four:9944"])
		);
		assert_eq!(endpoints_with(Some(setting), GAMMA), texts(&["http://three:9944"]));
	}

	#[test]
	fn the_stored_form_is_a_list_of_pairs() {
		let pairs: Vec<(H256, Vec<Vec<u8>>)> = vec![(BETA, vec![b"http://one".to_vec()])];
		let written = encode_endpoints(&[(BETA, texts(&["http://one"]))]);
		assert_eq!(written, pairs.encode());
		let mut golden = vec![4];
		golden.extend([0xb; 32]);
		golden.extend([4, 40]);
		golden.extend(b"http://one");
		assert_eq!(written, golden);
	}

	#[test]
	fn a_node_without_the_setting_knows_no_endpoints() {
		assert!(endpoints_with(None, BETA).is_empty());
	}

	#[test]
	fn a_chain_that_is_not_in_the_setting_has_no_endpoints() {
		let setting = encode_endpoints(&[(BETA, texts(&["http://one"]))]);
		assert!(endpoints_with(Some(setting), GAMMA).is_empty());
	}

	#[test]
	fn a_setting_that_cannot_be_decoded_counts_as_none() {
		assert!(endpoints_with(Some(vec![0xff; 5]), BETA).is_empty());
	}

	#[test]
	fn an_endpoint_that_is_not_text_is_left_out() {
		let setting = vec![(BETA, vec![vec![0xff, 0xfe], b"http://one".to_vec()])].encode();
		assert_eq!(endpoints_with(Some(setting), BETA), texts(&["http://one"]));
	}
}
