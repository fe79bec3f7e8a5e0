//! Who finalizes blocks.

use ribp_light_client::{
	testing::{justify_by, pair, Ed25519Keyring},
	AuthorityId, AuthoritySet, Header, Justification,
};
use sp_core::{ed25519, Pair};
use sp_io::hashing::blake2_256;

/// The round of every vote.
pub const ROUND: u64 = 7;

/// Who finalizes a block: a GRANDPA set in which everybody has one vote.
#[derive(Clone)]
pub struct Voters {
	/// The number of the set on its chain.
	pub set_id: u64,
	pairs: Vec<ed25519::Pair>,
}

impl Voters {
	/// Voters with these development keys.
	pub fn new(set_id: u64, keys: &[Ed25519Keyring]) -> Self {
		Self { set_id, pairs: keys.iter().map(|key| pair(*key)).collect() }
	}

	/// So many voters with keys of their own, the same every time.
	pub fn numbered(set_id: u64, count: u32) -> Self {
		let seed = |number: u32| blake2_256(format!("validator {number}").as_bytes());
		let pairs = (0..count).map(|number| ed25519::Pair::from_seed(&seed(number))).collect();
		Self { set_id, pairs }
	}

	/// The voters of a set, all of whom have one of these development keys.
	pub fn of(set: &AuthoritySet, keys: &[Ed25519Keyring]) -> Self {
		let mut voters = Self::new(set.set_id, keys);
		let is_in = |id: AuthorityId| set.authorities.iter().any(|(other, _)| *other == id);
		voters.pairs.retain(|pair| is_in(pair.public().into()));
		assert_eq!(voters.pairs.len(), set.authorities.len(), "only test keys vote");
		voters
	}

	/// The voters, each with its weight.
	pub fn authorities(&self) -> Vec<(AuthorityId, u64)> {
		self.pairs.iter().map(|pair| (pair.public().into(), 1)).collect()
	}

	/// The same as a light client knows them.
	pub fn authority_set(&self) -> AuthoritySet {
		let set = AuthoritySet::new(self.set_id, self.authorities());
		set.expect("the test names a valid authority set")
	}

	/// As many votes for a block as it takes: what nodes submit.
	pub fn justify(&self, header: &Header) -> Justification {
		let faulty = (self.pairs.len() - 1) / 3;
		justify_by(header, ROUND, self.set_id, &self.pairs[..self.pairs.len() - faulty])
	}

	/// Every vote for a block: what nodes have.
	pub fn justify_by_all(&self, header: &Header) -> Justification {
		justify_by(header, ROUND, self.set_id, &self.pairs)
	}
}
