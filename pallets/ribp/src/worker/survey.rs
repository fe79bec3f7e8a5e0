//! Which of many contracts a block of the peer moves.
//!
//! Far more contracts are looked at than one message takes: those that nobody answers on the other
//! chain must not keep the others from their turn.

use super::{memory::Memory, report::name_of, Failure, Fetched, Round};
use crate::{
	chains::claim::Claim,
	contracts::value,
	evidence::{wanted_keys, Asker},
	Config, ContractId, Corridors, EntryOf, Error, Evidence, Heard, Pallet, Reliance,
};
use alloc::vec::Vec;
use core::cell::Cell;
use frame_support::traits::Get;
use ribp_light_client::{MAX_PROOF_NODES, MAX_PROOF_SIZE};
use ribp_peer::{status::Standing, Client, PeerError};
use ribp_protocol::Own;
use sp_core::{offchain::Timestamp, H256};
use sp_io::offchain::timestamp;

/// Most contracts whose keys are asked for in one request. In a state of millions of entries their
/// proof still has fewer nodes than are accepted.
const AT_ONCE: usize = 128;

/// A contract, and where it stands.
pub(crate) type Wanted<T> = (ContractId, EntryOf<T>);

/// How much a round takes.
#[derive(Default)]
pub(super) struct Limits {
	/// Most contracts in a message, and most work that they may take.
	pub most: usize,
	/// How many of the waiting ones every endpoint has looked at that moves none.
	in_vain: Cell<Option<u32>>,
}

impl Limits {
	/// Of messages with `most` contracts.
	pub(super) fn new(most: u32, remembered: &Memory) -> Self {
		Self { most: remembered.most(most) as usize, in_vain: Cell::new(None) }
	}

	/// Whether a message with these contracts takes another one: their work counts, too. It always
	/// takes one contract.
	fn have_room<T: Config>(&self, moved: &[Wanted<T>], entry: &EntryOf<T>) -> bool {
		let size = |entry: &EntryOf<T>| value::work::<T, _>(&entry.action).max(1) as usize;
		let taken = moved.iter().map(|(_, entry)| size(entry)).sum::<usize>();
		moved.is_empty() || taken + size(entry) <= self.most
	}

	/// An endpoint has nothing new of as many contracts.
	pub(super) fn note_in_vain(&self, looked_at: u32) {
		let fewest = self.in_vain.get().map_or(looked_at, |fewest| fewest.min(looked_at));
		self.in_vain.set(Some(fewest));
	}

	/// How many contracts have had their turn, after a message for which as many were looked at, if there is
	/// one. What other endpoints have looked at says nothing about it.
	pub(super) fn looked_at(&self, for_message: Option<u32>) -> usize {
		let in_vain = || self.in_vain.get().map_or(0, |fewest| fewest.max(AT_ONCE as u32));
		for_message.unwrap_or_else(in_vain) as usize
	}
}

/// What a survey has found.
pub(super) struct Survey<T: Config> {
	/// What the block moves; no more than a message takes.
	pub moved: Vec<Wanted<T>>,
	/// How many contracts were looked at.
	pub looked_at: u32,
	/// Whether it is proven by what was fetched first, which proves nothing else.
	pub is_proven: bool,
	/// Whether the block is worth a message that moves nothing.
	pub is_step: bool,
	/// Whether what the block says of all contracts is.
	pub is_heard: bool,
}

/// Whether a proof is larger than any that is taken.
fn is_too_much<T: Config>(nodes: &[Vec<u8>]) -> bool {
	let size = nodes.iter().map(Vec::len).sum::<usize>();
	nodes.len() > MAX_PROOF_NODES as usize
		|| size > MAX_PROOF_SIZE.min(T::MaxEvidenceSize::get()) as usize
}

impl<T: Config> Round<T> {
	/// The storage keys that evidence about `contracts` proves.
	fn keys(&self, contracts: &[Wanted<T>]) -> Vec<Vec<u8>> {
		let ids = contracts.iter().map(|(id, _)| *id);
		wanted_keys::<T>(&self.record.storage_prefix, self.system, ids)
	}

	/// Proof of what a block's state says of the first of these contracts, as many as fit into an answer
	/// and a message, and which those are. Of none, what it says of all contracts if it is
	/// `heard`, and else nothing.
	pub(super) fn read_fitting<'a>(
		&self,
		client: &Client,
		contracts: &'a [Wanted<T>],
		block: H256,
		heard: bool,
	) -> Result<(Vec<Vec<u8>>, &'a [Wanted<T>]), PeerError> {
		let mut about = &contracts[..contracts.len().min(AT_ONCE)];
		if about.is_empty() && !heard {
			return Ok((Vec::new(), about));
		}
		loop {
			match client.read_proof(&self.keys(about), block) {
				Err(error) if error.is_too_large() && about.len() > 1 => {
					about = &about[..about.len() / 2];
				},
				Ok(nodes) if is_too_much::<T>(&nodes) && about.len() > 1 => {
					about = &about[..about.len() / 2];
				},
				answer => return answer.map(|nodes| (nodes, about)),
			}
		}
	}

	/// What evidence of a block moves, of what it was fetched about and, until a message is full or
	/// half of the time is gone, of the other contracts.
	pub(super) fn survey(
		&self,
		fetched: &Fetched<T>,
		client: &Client,
		half_time: Timestamp,
	) -> Result<Survey<T>, Failure<T>> {
		let Fetched { evidence, about, others } = fetched;
		self.report.judges_by(evidence.header.number);
		let mut claim = Claim::<T>::new(self.pair, &self.record, evidence, Asker::Pool)?;
		let mut moved = Vec::new();
		let mut looked_at = self.look_at(about, &mut claim, &mut moved)?;
		let is_step = claim.is_step();
		let is_heard = self.hears && !evidence.proof.is_empty() && self.is_news(&mut claim)?;
		claim.verify()?;
		let of_first = moved.len();
		let mut is_full = about.is_empty() || looked_at < about.len();
		// What was too many at first is too many again.
		let mut others = others.chunks(about.len().max(1));
		while let Some(some) = others.next().filter(|_| !is_full && timestamp() <= half_time) {
			// What was found before is worth a message without these.
			let Ok(count) = self.look_further(some, evidence, client, &mut moved) else {
				break;
			};
			looked_at += count;
			is_full = count < some.len();
		}
		let is_proven = of_first == about.len() && moved.len() == of_first;
		moved.sort_by_key(|(id, _)| *id);
		Ok(Survey { moved, looked_at: looked_at as u32, is_proven, is_step, is_heard })
	}

	/// Whether the pool would take this evidence about contracts that it moves.
	pub(super) fn check_whole(
		&self,
		evidence: &Evidence,
		moved: &[Wanted<T>],
	) -> Result<(), Error<T>> {
		Pallet::<T>::check_size(evidence)?;
		let mut claim = Claim::<T>::new(self.pair, &self.record, evidence, Asker::Pool)?;
		for (id, entry) in moved {
			Pallet::<T>::decide_at(&mut claim, &self.record, *id, entry.clone(), self.next)?;
		}
		if !evidence.proof.is_empty() {
			claim.corridor()?;
		}
		claim.believe().map(drop)
	}

	/// Tells why a contract does not move.
	fn waits(
		&self,
		(id, entry): (ContractId, &EntryOf<T>),
		standing: Standing,
		error: Option<&Error<T>>,
	) {
		self.report.waits(id, self.expiry(entry), standing, error.map(name_of));
	}

	/// Own height at which a leg expires.
	pub(super) fn expiry(&self, entry: &EntryOf<T>) -> Own {
		Own(self.pair.terms(&entry.contract).map_or(0, |terms| terms.own.expiry))
	}

	/// Whether what the block says of all contracts is worth a message.
	fn is_news(&self, claim: &mut Claim<T>) -> Result<bool, Error<T>> {
		let relied = Reliance { height: claim.at(), since: self.next.0 };
		let heard = Heard { through: claim.corridor()?.through, relied };
		let lane = Corridors::<T>::get(self.system);
		Ok(lane.is_news(&heard, &self.record, T::Retention::get()))
	}

	/// Adds those of `contracts` that the same block moves. Returns how many were looked at.
	fn look_further(
		&self,
		contracts: &[Wanted<T>],
		evidence: &Evidence,
		client: &Client,
		moved: &mut Vec<Wanted<T>>,
	) -> Result<usize, Failure<T>> {
		let proof = client.read_proof(&self.keys(contracts), evidence.header.hash())?;
		let evidence = Evidence { proof, ..evidence.clone() };
		let mut claim = Claim::<T>::new(self.pair, &self.record, &evidence, Asker::Pool)?;
		self.look_at(contracts, &mut claim, moved)
	}

	fn look_at(
		&self,
		contracts: &[Wanted<T>],
		claim: &mut Claim<T>,
		moved: &mut Vec<Wanted<T>>,
	) -> Result<usize, Failure<T>> {
		for (place, (id, entry)) in contracts.iter().enumerate() {
			if !self.limits.have_room::<T>(moved, entry) {
				return Ok(place);
			}
			match Pallet::<T>::decide_at(claim, &self.record, *id, entry.clone(), self.next) {
				Ok(_) => {
					self.waits((*id, entry), Standing::Underway, None);
					moved.push((*id, entry.clone()));
				},
				Err(error) if error.is_not_yet() => {
					self.waits((*id, entry), Standing::NotYet, Some(&error));
				},
				Err(error) => {
					self.waits((*id, entry), Standing::Refused, Some(&error));
					return Err(error.into());
				},
			}
		}
		Ok(contracts.len())
	}
}
