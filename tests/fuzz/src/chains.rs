//! Two chains under the same keys, and a second branch of the first.

use codec::Encode;
use ribp_kit::voters::Voters;
use ribp_light_client::{
	testing::{header, scheduled_change, Ed25519Keyring, State},
	AuthoritySet, Header, Justification,
};
use ribp_protocol::{Height, SystemId, View};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::StateVersion;
use std::{collections::BTreeMap, sync::LazyLock};
use Ed25519Keyring::{Alice, Bob, Charlie, Dave, Eve};

/// Header hashes in a view.
pub const WINDOW: u32 = 4;
/// The last block of each chain.
pub const LENGTH: Height = 14;
/// The block that announces the second set.
pub const CHANGE: Height = 8;
/// The first block that differs between the two branches.
pub const FORK: Height = 5;
/// Logs of which some block has the position.
pub const LOGS: u8 = 6;

const FIRST: [Ed25519Keyring; 4] = [Alice, Bob, Charlie, Dave];
const SECOND: [Ed25519Keyring; 4] = [Bob, Charlie, Dave, Eve];

/// A final block and all that is true of it.
pub struct Block {
	pub header: Header,
	pub justification: Justification,
	/// The view that the next block has in its state.
	pub view: View,
	/// The view that the block proves: its parent's, and itself.
	pub proven: View,
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

pub fn view_key() -> Vec<u8> {
	vec![0x11; 32]
}

pub fn position_key(log: u8) -> Vec<u8> {
	[&[0x11; 16][..], &[0x22; 16], &blake2_256(&[log])].concat()
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
}

impl Block {
	fn new(system: SystemId, number: Height, parent: Option<&Block>, branch: u8) -> Self {
		let mut pairs: BTreeMap<_, _> = (0..LOGS)
			.filter(|log| number > 2 * u32::from(*log) + u32::from(branch))
			.map(|log| (position_key(log), u32::from(2 * log).encode()))
			.collect();
		pairs.extend((0..9u8).map(|name| (vec![name << 4; 32], vec![name; 40])));
		pairs.insert(vec![0x99; 32], (system, branch).encode());
		if let Some(parent) = parent {
			pairs.insert(view_key(), parent.view.encode());
		}
		let state = State::new(pairs.clone().into_iter().collect(), StateVersion::V1);
		let parent_hash = parent.map_or(H256::zero(), |parent| parent.header.hash());
		let logs = Vec::from_iter((number == CHANGE).then(|| scheduled_change(&SECOND, 0)));
		let header = header(number, parent_hash, state.root(), logs);
		let first = View::starting_at(system, 0, header.hash());
		let (view, proven) = parent.map_or((first.clone(), first), |parent| {
			let mut view = parent.view.clone();
			view.extend(header.hash(), WINDOW);
			(view, parent.view.clone().with_head(header.hash()))
		});
		let justification = voters_of(number).justify(&header);
		let next_set = (number == CHANGE).then(|| set_of(number + 1));
		Self { header, justification, view, proven, pairs, state, next_set }
	}
}
