//! Two chains under the same keys, and a second branch of the first.

use codec::Encode;
use ribp_kit::voters::Voters;
use ribp_light_client::{
	testing::{header, scheduled_change, Ed25519Keyring, State},
	AuthoritySet, Header, Justification,
};
use ribp_protocol::{
	leaf, path_of, Corridor, Epoch, EpochSet, Extension, Frontier, Height, History, Outcome,
	Outline, Stage, Statement, Subtree, SystemId, View,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::StateVersion;
use std::{collections::BTreeMap, sync::LazyLock};
use Ed25519Keyring::{Alice, Bob, Charlie, Dave, Eve};

/// The last block of each chain: so far from the first ones that a tail does not reach them.
pub const LENGTH: Height = 40;
/// The block that announces the second set.
pub const CHANGE: Height = 8;
/// The first block that differs between the two branches.
pub const FORK: Height = 5;
/// Legs that some block has.
pub const LEGS: u8 = 6;
/// Where every chain has the pallet's items.
pub const PREFIX: [u8; 16] = [0x11; 16];

const FIRST: [Ed25519Keyring; 4] = [Alice, Bob, Charlie, Dave];
const SECOND: [Ed25519Keyring; 4] = [Bob, Charlie, Dave, Eve];

/// A final block and all that is true of it.
pub struct Block {
	pub header: Header,
	pub justification: Justification,
	/// The blocks before it.
	pub history: History,
	pub pairs: BTreeMap<Vec<u8>, Vec<u8>>,
	pub state: State,
	/// The set that takes over after it, if it announces one.
	pub next_set: Option<AuthoritySet>,
}

pub struct Chain {
	pub system: SystemId,
	pub blocks: Vec<Block>,
}

/// The chain that is known, another one, and another branch of the known one.
pub static CHAINS: LazyLock<[Chain; 3]> = LazyLock::new(|| {
	let (ours, other) = (SystemId(H256::repeat_byte(0xa)), SystemId(H256::repeat_byte(0xb)));
	[Chain::new(ours, Height::MAX), Chain::new(other, Height::MAX), Chain::new(ours, FORK)]
});

/// Where a chain has a leg: a stage, and behind that what is the chain's own.
pub fn leg_key(leg: u8) -> Vec<u8> {
	[&PREFIX[..], &[0x22; 16], &blake2_256(&[leg])].concat()
}

/// Where it says what it has of all of them, in the same way.
pub fn corridor_key() -> Vec<u8> {
	[&PREFIX[..], &[0x33; 16]].concat()
}

/// What has become of a leg `age` blocks after it was registered in block `since`.
fn stage_of(leg: u8, since: Height, age: Height) -> Stage {
	match age {
		0..4 => Stage::Registered,
		4..12 if leg.is_multiple_of(2) => Stage::Committed { at: since + 4 },
		4..12 => Stage::Cancelling { since: since + 4 },
		_ if leg.is_multiple_of(2) => Stage::Ended(Outcome::Settled),
		_ => Stage::Ended(Outcome::Cancelled),
	}
}

/// When the parent of a block was made.
pub fn time_of(number: Height) -> u64 {
	6_000 * u64::from(number.saturating_sub(1))
}

/// Who is in charge of block `number`.
fn voters_of(number: Height) -> Voters {
	match number <= CHANGE {
		true => Voters::new(1, &FIRST),
		false => Voters::new(2, &SECOND),
	}
}

/// The same as a light client knows them.
pub fn set_of(number: Height) -> AuthoritySet {
	voters_of(number).authority_set()
}

impl Chain {
	fn new(system: SystemId, fork: Height) -> Self {
		let mut blocks: Vec<Block> = Vec::new();
		for number in 0..=LENGTH {
			let block = Block::new(system, number, blocks.last(), u8::from(number >= fork));
			blocks.push(block);
		}
		Self { system, blocks }
	}

	pub fn block(&self, number: Height) -> &Block {
		&self.blocks[number as usize]
	}

	pub fn hash_at(&self, number: Height) -> H256 {
		self.block(number).header.hash()
	}

	/// Whether the header is that of one of its blocks.
	pub fn has(&self, header: &Header) -> bool {
		self.blocks.get(header.number as usize).is_some_and(|block| block.header == *header)
	}

	/// The view from one block on, up to another.
	pub fn view(&self, from: Height, to: Height) -> View {
		let block = self.block(from);
		let view = View::of(self.hash_at(from), time_of(from), block.history.clone());
		if from >= to {
			return view;
		}
		let block = self.block(to);
		let header = ribp_protocol::Stated {
			number: to,
			parent: block.header.parent_hash,
			root: block.history.root(),
		};
		view.extended((self.hash_at(to), time_of(to)), header, &self.extension(from, to))
			.expect("it is the chain's own; qed")
	}

	/// What leads from one block to another; nothing if that is not newer.
	pub fn extension(&self, known: Height, number: Height) -> Extension {
		let Some(Outline { nodes, tail }) = Outline::of(0, known, number) else {
			return Extension::default();
		};
		let nodes = nodes.into_iter().map(|subtree| self.subtree(subtree)).collect();
		Extension { nodes, tail: tail.map(|height| self.hash_at(height)).collect() }
	}

	/// The path to a block under the root that a higher one states; nothing if it is not higher.
	pub fn path(&self, height: Height, number: Height) -> Vec<H256> {
		path_of(height, number, |subtree| Some(self.subtree(subtree))).unwrap_or_default()
	}

	fn subtree(&self, subtree: Subtree) -> H256 {
		let mut tree = Frontier::default();
		for height in subtree.leaves() {
			tree.push(0, leaf(self.hash_at(height as Height))).expect("they are few; qed");
		}
		tree.root()
	}
}

impl Block {
	fn new(system: SystemId, number: Height, parent: Option<&Block>, branch: u8) -> Self {
		let leg = |leg: u8| {
			let since = 2 * u32::from(leg) + u32::from(branch) + 1;
			let stage = stage_of(leg, since, number.checked_sub(since)?);
			// Some lie in their nodes, and some do not.
			let own = vec![leg; 12 * usize::from(leg)];
			Some((leg_key(leg), (stage, own).encode()))
		};
		let mut pairs: BTreeMap<_, _> = (0..LEGS).filter_map(leg).collect();
		if number > 2 {
			let gaps = (number > 24).then_some(Epoch(1));
			let through = EpochSet::new(Epoch(number / 8), gaps.into_iter().collect());
			let through = through.expect("it is below; qed");
			let swept = EpochSet::before(Epoch(u32::from(branch)));
			pairs.insert(corridor_key(), (Corridor { through, swept }, number, [7; 20]).encode());
		}
		pairs.extend((0..9u8).map(|name| (vec![name << 4; 32], vec![name; 40])));
		pairs.insert(vec![0x99; 32], (system, branch).encode());
		let state = State::new(pairs.clone().into_iter().collect(), StateVersion::V1);
		let parent_hash = parent.map_or(H256::zero(), |parent| parent.header.hash());
		let mut history = parent.map_or(History::starting_at(0), |parent| parent.history.clone());
		if number > 0 {
			history.push(parent_hash, |_, _| {}).expect("they are few; qed");
		}
		let statement = Statement {
			system,
			storage_prefix: PREFIX,
			first: 0,
			complete_from: 0,
			time: time_of(number),
			history_root: history.root(),
		};
		let change = (number == CHANGE).then(|| scheduled_change(&SECOND, 0));
		let logs = [statement.item()].into_iter().chain(change).collect();
		let header = header(number, parent_hash, state.root(), logs);
		let justification = voters_of(number).justify(&header);
		let next_set = (number == CHANGE).then(|| set_of(number + 1));
		Self { header, justification, history, pairs, state, next_set }
	}
}
