//! What one chain is shown of another.

use crate::ledger::{Block, Ledger};
use codec::{Decode, Encode};
use ribp_light_client::{Evidence, Justification, Link};
use ribp_protocol::{
	ContractId, Corridor, Epoch, Height, Peer, Seen, Shown, Stage, SystemId, Terms, View,
};
use sp_core::H256;
use sp_io::hashing::twox_128;
use std::collections::BTreeSet;

/// Where every chain has its leg of a contract with `peer`.
pub fn leg_key(peer: SystemId, epoch: Epoch, contract: H256) -> Vec<u8> {
	item("Legs", &[peer.0.as_bytes(), &epoch.encode(), contract.as_bytes()])
}

/// Where every chain says what it has of the contracts with `peer`.
pub fn corridor_key(peer: SystemId) -> Vec<u8> {
	item("Corridors", &[peer.0.as_bytes()])
}

/// All runtimes that tests have call the pallet by the same name.
fn item(name: &str, keys: &[&[u8]]) -> Vec<u8> {
	let (pallet, item) = (twox_128(b"Ribp"), twox_128(name.as_bytes()));
	[&pallet[..], &item, &keys.concat()].concat()
}

/// What evidence of `peer` about these contracts shows to `reader`.
pub fn wanted(reader: SystemId, peer: SystemId, contracts: &[ContractId]) -> BTreeSet<Vec<u8>> {
	let leg = |id: &ContractId| leg_key(reader, id.epoch(peer, reader), id.hash);
	let corridor = Some(corridor_key(reader)).filter(|_| !contracts.is_empty());
	contracts.iter().map(leg).chain(corridor).collect()
}

/// What a block of the peer, whose state `read` reads, shows of a contract to one of its chains, which knows the
/// peer up to `head`.
pub fn shown(
	terms: &Terms,
	contract: ContractId,
	(at, head): (Height, Height),
	complete_from: Height,
	read: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Shown {
	let (reader, peer) = (terms.own.system, terms.peer.system);
	let epoch = contract.epoch(peer, reader);
	let leg = match read(&leg_key(reader, epoch, contract.hash)) {
		Some(bytes) => Seen::Leg(Stage::decode(&mut &bytes[..]).expect("it is a leg; qed")),
		None => {
			let corridor = read(&corridor_key(reader)).map(|bytes| {
				Corridor::decode(&mut &bytes[..]).expect("it is what is said of a corridor; qed")
			});
			let may_be_swept = corridor.unwrap_or_default().swept.contains(epoch);
			let is_complete = complete_from <= terms.peer.expiry && !may_be_swept;
			Seen::Nothing { is_complete }
		},
	};
	Shown { at: Peer(at), head: Peer(head.max(at)), leg }
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
