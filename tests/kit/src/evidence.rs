//! What one chain is shown of another.

use crate::ledger::{Block, Ledger};
use codec::Decode;
use ribp_light_client::{Evidence, Justification, Link};
use ribp_protocol::{
	next_step, Contract, ContractId, Freshness, Height, LogHash, NotYet, Own, Peer, PeerBlock,
	Settlement, Stage, Step, SystemId, View,
};
use sp_io::hashing::twox_128;
use std::collections::BTreeSet;

/// Where every chain has the position of a log.
pub fn position_key(log: LogHash) -> Vec<u8> {
	item("Positions", &[log.0.as_bytes()])
}

/// Where every chain has a contract with `peer` that waits.
pub fn waiting_key(peer: SystemId, contract: ContractId) -> Vec<u8> {
	item("Waiting", &[peer.0.as_bytes(), contract.0.as_bytes()])
}

/// All runtimes that tests have call the pallet by the same name.
fn item(name: &str, keys: &[&[u8]]) -> Vec<u8> {
	let (pallet, item) = (twox_128(b"Ribp"), twox_128(name.as_bytes()));
	[&pallet[..], &item, &keys.concat()].concat()
}

/// A contract that evidence may still move.
#[derive(Clone, Debug)]
pub struct Open {
	/// Its id on the chain that has it.
	pub id: ContractId,
	/// As that chain has it.
	pub contract: Contract,
	/// When it unlocks.
	pub settlement: Settlement,
	/// Where it stands.
	pub stage: Stage,
}

/// A block of the peer, as the protocol asks about it. Remembers which keys that takes.
pub struct Asked<Read> {
	/// Keys of the block's state that were asked for.
	pub keys: BTreeSet<Vec<u8>>,
	reader: SystemId,
	at: Peer,
	freshness: Freshness,
	read: Read,
}

impl<Read: Fn(&[u8]) -> Option<Vec<u8>>> Asked<Read> {
	/// The block at this height, whose state `read` reads, asked about by `reader`.
	pub fn new(reader: SystemId, at: Height, freshness: Freshness, read: Read) -> Self {
		Self { keys: BTreeSet::new(), reader, at: Peer(at), freshness, read }
	}

	/// What becomes of a contract of the reader's in its block `now`.
	pub fn about(&mut self, open: &Open, now: Height) -> Result<Step, NotYet> {
		let Open { contract, settlement, stage, .. } = open;
		next_step(self.reader, contract, *settlement, *stage, Own(now), self)
	}

	fn value(&mut self, key: Vec<u8>) -> Option<Vec<u8>> {
		let value = (self.read)(&key);
		self.keys.insert(key);
		value
	}
}

impl<Read: Fn(&[u8]) -> Option<Vec<u8>>> PeerBlock for Asked<Read> {
	type Error = NotYet;

	fn at(&self) -> Peer {
		self.at
	}

	fn freshness(&self) -> Freshness {
		self.freshness
	}

	fn position(&mut self, log: LogHash) -> Result<Option<Peer>, NotYet> {
		let height = |bytes: Vec<u8>| Height::decode(&mut &bytes[..]).expect("it is a height; qed");
		Ok(self.value(position_key(log)).map(height).map(Peer))
	}

	fn has_waiting(&mut self, contract: ContractId) -> Result<bool, NotYet> {
		Ok(self.value(waiting_key(self.reader, contract)).is_some())
	}
}

impl Ledger {
	/// Whether a chain that has this view knows the hash of a block of this one.
	pub fn is_known(&self, number: Height, known: &View) -> bool {
		known.hash_at(number) == Some(self.hash_at(number))
	}

	/// Evidence of a block that shows `keys`, for a chain that has the view `known` of this one.
	///
	/// `justify` is asked if the block is newer than what that chain knows.
	pub fn evidence(
		&self,
		number: Height,
		known: &View,
		keys: BTreeSet<Vec<u8>>,
		justify: impl FnOnce(&Block) -> Justification,
	) -> Evidence {
		let block = self.block(number);
		let head = known.number();
		let link = match number {
			_ if self.is_known(number, known) => Link::Known,
			number if number < head => Link::Below { under: head, path: self.path(number, head) },
			number => Link::Above {
				justification: justify(block),
				extension: self.extension(head, number),
			},
		};
		let proof = match keys.is_empty() {
			true => Vec::new(),
			false => block.prove(&Vec::from_iter(keys)),
		};
		Evidence { header: block.header.clone(), link, proof }
	}
}
