//! Another chain, the worst of its kind: as many authorities as there may be, a history of many
//! subtrees, and a header that changes the authorities.

use super::proof::{Entry, Proof, Shape};
use crate::{
	chains::own::own_time, Config, Evidence, Height, History, Link, Mark, Marks, PastSet, PastSets,
	Statement, Status, System, SystemId, Systems, TrustAnchor, View,
};
use alloc::{format, vec::Vec};
use codec::Encode;
use core::ops::Range;
use frame_support::traits::Get;
use ribp_light_client::{AuthorityId, AuthoritySet, Header, Justification, Vote, MAX_AUTHORITIES};
use ribp_protocol::{
	leaf, Extension, Frontier, MarkSlot, Outline, Policy, Stated, Time, MARKS_PER_LEVEL, MAX_PEAKS,
	MAX_TAIL,
};
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
/// Height up to which it is known. The tree over the blocks before it has a subtree of nearly every
/// size.
pub const KNOWN: Height = (1 << 31) - 2;
/// The first block of its history.
pub const FIRST: Height = 0;

/// The most hashes that lead from one header to another, see [`Recipe::number`].
pub const MOST_HASHES: u32 = 2 * MAX_PEAKS - 7 + MAX_TAIL;

/// Believes whatever is signed.
const LAX: Policy =
	Policy { trust_period: Time::MAX, max_drift: Time::MAX, least_block_time: 0, slack: 0 };

const ROUND: u64 = 1;
const GRANDPA: KeyTypeId = KEY_TYPE;
/// The weight of the one authority without which nothing is final.
const HEAVY: u64 = 1 << 40;

/// A key in its state, and what is there.
pub type Shown = (Vec<u8>, Vec<u8>);

/// What evidence is made of, besides what it says of contracts.
#[derive(Clone, Copy)]
pub struct Recipe {
	/// Height up to which the peer is known.
	pub known: Height,
	pub votes: u32,
	pub ancestries: u32,
	/// Hashes that lead from what is known to the header.
	pub hashes: u32,
	/// Sets before the present one that have a say.
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
			known: KNOWN,
			votes: 1,
			ancestries: 0,
			hashes: MAX_TAIL,
			past_sets: 0,
			announced: MAX_AUTHORITIES,
			repeated: 0,
			proof: Shape::default(),
		}
	}
}

/// The hash of one of its blocks, or of anything else that is numbered.
pub fn hash_at(number: Height) -> H256 {
	BlakeTwo256::hash(&number.encode())
}

/// The roots of this many subtrees.
pub fn roots(count: u32) -> impl Iterator<Item = H256> {
	(0..count).map(|place| hash_at(!place))
}

/// A history up to this block.
fn history_before(number: Height) -> History {
	let size = number - FIRST;
	let frontier = Frontier::new(size, roots(size.count_ones()).collect());
	History { first: FIRST, frontier: frontier.expect("one subtree a bit; qed") }
}

/// The view whose head is this block, with as many of the newest hashes as it can have.
fn view_at(number: Height) -> View {
	let start = number.saturating_sub(MAX_TAIL + 2);
	let view = View::of(hash_at(start), 0, history_before(start));
	match number > start {
		true => {
			let (extension, root) = extension(&view, number);
			let stated = Stated { number, parent: hash_at(number - 1), root };
			view.extended((hash_at(number), 0), stated, &extension).expect("it leads there; qed")
		},
		false => view,
	}
}

/// What leads from a known head to this block, and the root that the block states then.
fn extension(view: &View, number: Height) -> (Extension, H256) {
	let outline = Outline::of(FIRST, view.number(), number).expect("it is newer; qed");
	let extension = Extension {
		nodes: roots(outline.nodes.len() as u32).collect(),
		tail: outline.tail.map(hash_at).collect(),
	};
	let mut frontier = view.history().frontier.clone();
	let subtrees = outline.nodes.iter().map(|subtree| subtree.level).zip(extension.nodes.clone());
	let newer = extension.tail.iter().copied().chain([hash_at(number - 1)]);
	let leaves = newer.map(|hash| (0, leaf(hash)));
	for (level, root) in [(0, leaf(view.head()))].into_iter().chain(subtrees).chain(leaves) {
		frontier.push(level, root).expect("it begins where the others end; qed");
	}
	(extension, frontier.root())
}

/// Authorities without keys.
fn silent(count: u32) -> Vec<(AuthorityId, u64)> {
	let public = |index: u32| ed25519::Public::from_raw(hash_at(!index).0);
	(0..count).map(|index| (public(index).into(), 1)).collect()
}

/// The keys of the voters.
fn voters(count: u32) -> Vec<ed25519::Public> {
	let seed = |index| format!("0x{:064x}", index + 1).into_bytes();
	(0..count).map(|index| sp_io::crypto::ed25519_generate(GRANDPA, Some(seed(index)))).collect()
}

pub fn anchor<T: Config>(authorities: u32, number: Height) -> TrustAnchor {
	let (history, zero) = (history_before(number), H256::zero());
	let statement = Statement { time: own_time::<T>(), ..statement(history.root()) };
	let digest = Digest { logs: alloc::vec![statement.item()] };
	let header = Header::new(number, zero, zero, hash_at(number - 1), digest);
	TrustAnchor { header, history, set_id: 0, authorities: silent(authorities) }
}

/// Marks blocks, each of which states this root.
pub fn remember<T: Config>(heights: Range<Height>, root: H256) {
	for (place, number) in heights.enumerate() {
		let (level, place) = (place as u32 / MARKS_PER_LEVEL, place as u32 % MARKS_PER_LEVEL);
		let slot = MarkSlot { level: level as u8, place: place as u8 };
		Marks::<T>::insert(PEER, slot, Mark { number, hash: hash_at(number), root, time: 0 });
	}
}

/// Remembers the authorities before the present ones; the block in which each has handed over
/// states this root.
pub fn remember_sets<T: Config>(count: u32, root: H256) {
	for back in 1..=count {
		let number = KNOWN - back;
		let end = Mark { number, hash: hash_at(number), root, time: 0 };
		let past = PastSet { authorities: hash_at(back), since: number - 1, end };
		PastSets::<T>::insert(PEER, set_id::<T>() - u64::from(back), past);
	}
}

/// Lets the peer be known up to this block.
pub fn know<T: Config>(number: Height) {
	Systems::<T>::mutate(PEER, |record| {
		record.iter_mut().for_each(|record| record.view = view_at(number));
	});
}

/// Id of the set that is in charge.
pub fn set_id<T: Config>() -> u64 {
	T::MaxChanges::get().into()
}

impl Recipe {
	/// Makes the peer known, such as it has to be for evidence of this kind.
	pub fn prepare<T: Config>(&self) {
		let record = System {
			status: Status::Active,
			is_closing: false,
			set: self.set::<T>(),
			set_since: 0,
			storage_prefix: PREFIX,
			complete_from: 1,
			view: view_at(self.known),
			marks: 0,
			advanced_at: 0,
			clock: 0,
			counted_to: 0,
			counted_at: 0,
			branch_since: 0,
			branch_from: Height::MAX,
			known_since: 0,
			quiet_until: 0,
			ahead: 0,
			policy: LAX,
			announced: None,
		};
		Systems::<T>::insert(PEER, record);
		remember_sets::<T>(self.past_sets, H256::zero());
	}

	/// The block to which so many hashes lead: the newest ones, then one for each subtree. From the
	/// beginning of a history on, these grow up to the half of all there can be, and then shrink.
	fn number(&self) -> Height {
		let tail = self.hashes.min(MAX_TAIL);
		let start = match self.hashes - tail {
			0 => self.known + 1,
			growing @ 1..MAX_PEAKS => 1 << growing,
			all => Height::MAX - ((1 << (2 * MAX_PEAKS - 2 - all)) - 1),
		};
		start + tail + 1
	}

	/// All vote that are asked to, and the last vote is the one that matters.
	fn set<T: Config>(&self) -> AuthoritySet {
		let mut authorities = silent(MAX_AUTHORITIES - self.votes);
		authorities.extend(voters(self.votes).into_iter().map(|voter| (voter.into(), 1)));
		if let Some((_, weight)) = authorities.last_mut() {
			*weight = HEAVY;
		}
		AuthoritySet::new(set_id::<T>(), authorities).expect("they are different; qed")
	}

	/// Evidence of a block that is newer than what is known, which shows these entries.
	pub fn evidence<T: Config>(&self, entries: Vec<Shown>) -> Evidence {
		let number = self.number();
		let (extension, root) = extension(&view_at(self.known), number);
		let (header, proof) = self.block(number, root, entries);
		let link = Link::Above { justification: self.justify::<T>(&header), extension };
		Evidence { header, link, proof }
	}

	/// A block that states this history, and what proves these entries of its state.
	pub fn block(
		&self,
		number: Height,
		history_root: H256,
		entries: Vec<Shown>,
	) -> (Header, Vec<Vec<u8>>) {
		let entries: Vec<_> =
			entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect();
		let Proof { root, nodes } = match entries.is_empty() {
			true => Proof { root: H256::zero(), nodes: Vec::new() },
			false => Proof::of(entries, self.proof),
		};
		let (parent, digest) = (hash_at(number - 1), self.digest(history_root));
		(Header::new(number, H256::zero(), root, parent, digest), nodes)
	}

	/// As large as evidence may be, by a root node that is larger than it must be.
	pub fn largest_evidence<T: Config>(mut self, entries: Vec<Shown>) -> Evidence {
		let size = self.evidence::<T>(entries.clone()).encoded_size() as u32;
		// What the lengths of the node and of its value take.
		let lengths = 16;
		self.proof.padding = T::MaxEvidenceSize::get() - size - lengths;
		self.evidence::<T>(entries)
	}

	fn digest(&self, history_root: H256) -> Digest {
		let statement = statement(history_root).item();
		let changes = [self.announced, self.repeated].into_iter().filter(|count| *count > 0);
		let item = |count| {
			let change = ScheduledChange { next_authorities: silent(count), delay: 0u32 };
			let change = ConsensusLog::ScheduledChange(change).encode();
			DigestItem::Consensus(GRANDPA_ENGINE_ID, change)
		};
		Digest { logs: core::iter::once(statement).chain(changes.map(item)).collect() }
	}

	/// All vote for the last of the descendants.
	pub fn justify<T: Config>(&self, header: &Header) -> Justification {
		let mut tip = header.clone();
		let mut ancestries = Vec::new();
		for _ in 0..self.ancestries {
			let zero = H256::zero();
			tip = Header::new(tip.number + 1, zero, zero, tip.hash(), Digest::default());
			ancestries.push(tip.clone());
		}
		let (target_hash, target_number) = (tip.hash(), tip.number);
		// A precommit is the second kind of GRANDPA message.
		let payload = localized_payload(ROUND, set_id::<T>(), &(1u8, target_hash, target_number));
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

/// What its headers say of it.
fn statement(history_root: H256) -> Statement {
	Statement {
		system: PEER,
		storage_prefix: PREFIX,
		first: FIRST,
		complete_from: 1,
		time: 0,
		history_root,
	}
}
