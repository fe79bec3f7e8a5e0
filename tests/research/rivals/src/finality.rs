//! Who finalizes the two chains.

use super::runtime::Header;
use finality_grandpa::{Message, Precommit};
use ribp_light_client::{AuthorityId, AuthoritySet, Justification, Vote};
use sp_consensus_grandpa::localized_payload;
use sp_core::{ed25519, Pair};
use sp_io::hashing::blake2_256;

pub const SET_ID: u64 = 7;
const ROUND: u64 = 3;

/// Validators of equal weight, the same on both chains.
#[derive(Clone)]
pub struct Validators {
	pairs: Vec<ed25519::Pair>,
	pub set: AuthoritySet,
}

impl Validators {
	pub fn new(count: u32) -> Self {
		let pair = |number: u32| {
			ed25519::Pair::from_seed(&blake2_256(format!("validator {number}").as_bytes()))
		};
		let pairs: Vec<_> = (0..count).map(pair).collect();
		let ids = pairs.iter().map(|pair| (AuthorityId::from(pair.public()), 1)).collect();
		let set = AuthoritySet::new(SET_ID, ids).expect("the keys differ; qed");
		Self { pairs, set }
	}

	/// Just as many votes for a block as it takes: what nodes and relayers submit.
	pub fn justify(&self, header: &Header) -> Justification {
		let (target_hash, target_number) = (header.hash(), header.number);
		let message = Message::Precommit(Precommit::new(target_hash, target_number));
		let payload = localized_payload(ROUND, SET_ID, &message);
		let vote = |pair: &ed25519::Pair| Vote {
			target_hash,
			target_number,
			signature: pair.sign(&payload).into(),
			voter: pair.public().into(),
		};
		let votes = self.pairs.iter().take(self.set.threshold() as usize).map(vote).collect();
		Justification { round: ROUND, target_hash, target_number, votes, ancestries: Vec::new() }
	}
}
