//! Who signs on the two chains: well-known development keys, derived once.

use ribp_runtime::{AccountId, Signature};
use sp_core::{sr25519, Pair};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use std::{collections::BTreeMap, sync::OnceLock};

/// Who owns an account on both chains.
pub type User = Sr25519Keyring;

/// Governance, and whoever submits evidence as a signed transaction. Trades nothing.
pub const ROOT: User = Sr25519Keyring::Alice;

/// Users who trade. The last one is poor.
pub const TRADERS: [User; 4] =
	[Sr25519Keyring::Bob, Sr25519Keyring::Charlie, Sr25519Keyring::Dave, Sr25519Keyring::Eve];

/// Who finalizes both chains. The keys are the same, so that a vote does not tell the chains apart.
pub const VOTERS: [Ed25519Keyring; 4] =
	[Ed25519Keyring::Alice, Ed25519Keyring::Bob, Ed25519Keyring::Charlie, Ed25519Keyring::Dave];

/// Who authors on both chains, in turn: the accounts of the voters.
pub const AUTHORS: [Sr25519Keyring; 4] = [
	Sr25519Keyring::AliceStash,
	Sr25519Keyring::BobStash,
	Sr25519Keyring::CharlieStash,
	Sr25519Keyring::DaveStash,
];

/// The account of a user, the same on both chains.
pub fn account(user: User) -> AccountId {
	pair(user).public().into()
}

/// A user's signature of a transaction.
pub fn sign(user: User, payload: &[u8]) -> Signature {
	pair(user).sign(payload).into()
}

/// The key pair: deriving it from its phrase takes far longer than a signature.
pub fn pair(user: User) -> &'static sr25519::Pair {
	static PAIRS: OnceLock<BTreeMap<User, sr25519::Pair>> = OnceLock::new();
	let pairs = PAIRS.get_or_init(|| {
		let users = TRADERS.into_iter().chain(AUTHORS).chain([ROOT]);
		users.map(|user| (user, user.pair())).collect()
	});
	pairs.get(&user).expect("every signer is a trader, an author or root; qed")
}
