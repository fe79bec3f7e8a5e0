//! Another chain, the worst of its kind: as many authorities as there may be, the longest view, and
//! a header that changes the authorities.

use super::proof::{Entry, Proof, Shape};
use crate::{
	evidence::{position_key, view_key},
	CatchUps, Config, Evidence, Height, LogHash, PastSet, PastSets, Statement, Status, System,
	SystemId, Systems, TrustAnchor, View,
};
use alloc::{format, vec::Vec};
use codec::Encode;
use frame_support::traits::Get;
use ribp_light_client::{AuthorityId, AuthoritySet, Header, Justification, Vote, MAX_AUTHORITIES};
use ribp_protocol::{CatchUp, Policy, Time, MAX_WINDOW};
use sp_consensus_grandpa::{
	localized_payload, ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID, KEY_TYPE,
};
use sp_core::{crypto::KeyTypeId, ed25519, H256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash, Header as _},
	Digest, DigestItem,
};

/// Its name.
pub const PEER: SystemId = SystemId(H256::repeat_byte(0xb2));
/// Where it has the pallet's items.
pub const PREFIX: [u8; 16] = *b"a peer's pallet.";
/// Height up to which it is known.
pub const KNOWN: Height = 300;

/// Believes whatever is signed.
pub const LAX: Policy =
	Policy { trust_period: Time::MAX, max_drift: Time::MAX, least_block_time: 0, slack: 0 };

const ROUND: u64 = 1;
const GRANDPA: KeyTypeId = KEY_TYPE;
/// The weight of the one authority without which nothing is final.
const HEAVY: u64 = 1 << 40;

/// What evidence is made of, besides what it says of contracts.
#[derive(Clone, Copy)]
pub struct Recipe {
	pub votes: u32,
	pub ancestries: u32,
	pub missed: u32,
	/// By how many sets the header's own precedes the present one.
	pub past_sets: u32,
	/// Authorities that the header announces.
	pub announced: u32,
	/// Authorities that it announces once more, to no effect.
	pub repeated: u32,
	pub proof: Shape,
}

impl Default for Recipe {
	fn default() -> Self {
		Self {
			votes: 1,
			ancestries: 0,
			missed: 0,
			past_sets: 0,
			announced: MAX_AUTHORITIES,
			repeated: 0,
			proof: Shape::default(),
		}
	}
}

/// The hash of one of its blocks.
fn hash_at(number: Height) -> H256 {
	BlakeTwo256::hash(&number.encode())
}

/// The longest view that ends with this block.
fn view_at(number: Height) -> View {
	let mut view = View::starting_at(PEER, 0, hash_at(0));
	(1..=number).for_each(|number| view.extend(hash_at(number), MAX_WINDOW));
	view
}

/// Authorities without keys.
fn silent(count: u32) -> Vec<(AuthorityId, u64)> {
	let public = |index: u32| ed25519::Public::from_raw(hash_at(!index).0);
	(0..count).map(|index| (public(index).into(), 1)).collect()
}

fn silent_set(set_id: u64) -> AuthoritySet {
	AuthoritySet::new(set_id, silent(MAX_AUTHORITIES)).expect("they are different; qed")
}

/// The keys of the voters.
fn voters(count: u32) -> Vec<ed25519::Public> {
	let seed = |index| format!("0x{:064x}", index + 1).into_bytes();
	(0..count).map(|index| sp_io::crypto::ed25519_generate(GRANDPA, Some(seed(index)))).collect()
}

pub fn anchor(authorities: u32, number: Height) -> TrustAnchor {
	let (set_id, authorities, storage_prefix) = (0, silent(authorities), PREFIX);
	TrustAnchor { number, set_id, authorities, storage_prefix, time: Time::MAX }
}

impl Recipe {
	/// Makes the peer known, such as it has to be for evidence of this kind.
	pub fn prepare<T: Config>(&self) {
		let (set, number) = (self.set::<T>(), self.number());
		let past = |set, since| PastSet { set, since, until: Some(0) };
		let (set_id, past_sets) = (set.set_id, u64::from(self.past_sets));
		let mut record = System {
			status: Status::Active,
			set,
			storage_prefix: PREFIX,
			set_since: KNOWN,
			anchor: 0,
			view: Some(view_at(KNOWN)),
			advanced_at: 0,
			branch_since: 0,
			time: 0,
			policy: LAX,
			announced: None,
		};
		if past_sets > 0 {
			let present = core::mem::replace(&mut record.set, silent_set(set_id + past_sets));
			PastSets::<T>::insert(PEER, set_id, past(present, KNOWN));
			for newer in 1..past_sets {
				let since = number + newer as u32;
				PastSets::<T>::insert(
					PEER,
					set_id + newer,
					past(silent_set(set_id + newer), since),
				);
			}
			record.set_since = number + past_sets as u32;
		}
		let oldest = set_id - u64::from(T::MaxPastSets::get());
		PastSets::<T>::insert(PEER, oldest, past(silent_set(oldest), 0));
		Systems::<T>::insert(PEER, record);
		// What was to be caught up with is within reach now.
		CatchUps::<T>::insert(PEER, self.catch_up());
	}

	/// What is left to catch up with before the evidence's view follows what is known.
	pub fn catch_up(&self) -> CatchUp {
		let target = view_at(self.number() - 1).with_head(H256::zero());
		let accumulator = target.accumulator.expect("the view is longer than its window; qed");
		CatchUp { from: target.first(), accumulator, time: 0, target }
	}

	/// The block whose view begins where the missed hashes end.
	fn number(&self) -> Height {
		KNOWN + MAX_WINDOW + self.missed
	}

	/// The missed hashes, oldest first.
	pub fn missed(&self) -> Vec<H256> {
		(1..=self.missed).map(|ahead| hash_at(KNOWN + ahead)).collect()
	}

	/// All vote that are asked to, and the last vote is the one that matters.
	fn set<T: Config>(&self) -> AuthoritySet {
		let mut authorities = silent(MAX_AUTHORITIES - self.votes);
		authorities.extend(voters(self.votes).into_iter().map(|voter| (voter.into(), 1)));
		if let Some((_, weight)) = authorities.last_mut() {
			*weight = HEAVY;
		}
		let set_id = u64::from(T::MaxPastSets::get());
		AuthoritySet::new(set_id, authorities).expect("they are different; qed")
	}

	/// Evidence that shows the peer's view, and these entries.
	pub fn evidence<T: Config>(&self, entries: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> Evidence {
		let number = self.number();
		let view = (view_key(&PREFIX), Some(view_at(number - 1).encode()));
		let entries = entries.into_iter().chain([view]);
		let entries = entries.map(|(key, value)| Entry::new(key, value)).collect();
		let Proof { root, nodes } = Proof::of(entries, self.proof);
		let parent = hash_at(number - 1);
		let header = Header::new(number, H256::zero(), root, parent, self.digest());
		let justification = Some(self.justify::<T>(&header));
		Evidence { header, justification, proof: nodes, missed: self.missed() }
	}

	/// As large as evidence may be, by a root node that is larger than it must be.
	pub fn largest_evidence<T: Config>(
		mut self,
		entries: Vec<(Vec<u8>, Option<Vec<u8>>)>,
	) -> Evidence {
		let size = self.evidence::<T>(entries.clone()).encoded_size() as u32;
		// What the lengths of the node and of its value take.
		let lengths = 16;
		self.proof.padding = T::MaxEvidenceSize::get() - size - lengths;
		self.evidence::<T>(entries)
	}

	fn digest(&self) -> Digest {
		let name = statement().item();
		let changes = [self.announced, self.repeated].into_iter().filter(|count| *count > 0);
		let item = |count| {
			let change = ScheduledChange { next_authorities: silent(count), delay: 0u32 };
			let change = ConsensusLog::ScheduledChange(change).encode();
			DigestItem::Consensus(GRANDPA_ENGINE_ID, change)
		};
		Digest { logs: core::iter::once(name).chain(changes.map(item)).collect() }
	}

	/// All vote for the last of the descendants.
	fn justify<T: Config>(&self, header: &Header) -> Justification {
		let mut tip = header.clone();
		let mut ancestries = Vec::new();
		for _ in 0..self.ancestries {
			let zero = H256::zero();
			tip = Header::new(tip.number + 1, zero, zero, tip.hash(), Digest::default());
			ancestries.push(tip.clone());
		}
		let (target_hash, target_number) = (tip.hash(), tip.number);
		let set_id = u64::from(T::MaxPastSets::get());
		// A precommit is the second kind of GRANDPA message.
		let payload = localized_payload(ROUND, set_id, &(1u8, target_hash, target_number));
		let vote = |voter| {
			let signature = sp_io::crypto::ed25519_sign(GRANDPA, &voter, &payload);
			let signature = signature.expect("the key is in the store; qed").into();
			Vote { target_hash, target_number, signature, voter: voter.into() }
		};
		Justification {
			round: ROUND,
			target_hash: header.hash(),
			target_number: header.number,
			votes: voters(self.votes).into_iter().map(vote).collect(),
			ancestries,
		}
	}
}

/// What each of its headers says of it.
fn statement() -> Statement {
	Statement {
		system: PEER,
		storage_prefix: PREFIX,
		first: 0,
		complete_from: 1,
		time: 0,
		history_root: H256::zero(),
	}
}

/// The key under which the peer has the position of a log.
pub fn position(log: LogHash) -> Vec<u8> {
	position_key(&PREFIX, log)
}
