//! Evidence -> light client -> protocol -> storage: the only door from bytes to belief.

use crate::{
	chains::{
		claim::{may_be_step, Claim},
		systems::{ensure_active, learn, News},
	},
	contracts::{
		entry::{Move, Pair},
		value,
	},
	pool::{by_step, by_work},
	Config, ContractId, Corridors, EntryOf, Error, Evidence, Heard, Pallet, Reliance, System,
	SystemId,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{ensure, traits::Get};
use frame_system::{ensure_authorized, ensure_signed, pallet_prelude::OriginFor};
use ribp_light_client::{Header, Justification, Link};
use ribp_protocol::{Epoch, Own, MAX_PEAKS, MAX_TAIL};
use sp_core::H256;
use sp_io::hashing::twox_128;
use sp_runtime::{
	traits::BadOrigin,
	transaction_validity::{TransactionSource, TransactionValidityWithRefund},
	DispatchResult,
};

/// The most items that a header's digest may have. A chain makes a handful; each costs far more than
/// the single byte that it may take.
pub(crate) const MAX_DIGEST_ITEMS: usize = 64;

/// The most hashes that link a header with the known history: the subtrees of any gap, and a tail.
pub(crate) const MAX_HASHES: u32 = 2 * MAX_PEAKS + MAX_TAIL;

/// The key under which a chain with this storage prefix has its leg of a contract with `peer`.
pub(crate) fn leg_key(
	storage_prefix: &[u8; 16],
	peer: SystemId,
	epoch: Epoch,
	contract: H256,
) -> Vec<u8> {
	let name = twox_128(b"Legs");
	[&storage_prefix[..], &name, peer.0.as_bytes(), &epoch.encode(), contract.as_bytes()].concat()
}

/// The key under which a chain with this storage prefix says what it has of all contracts with `peer`.
pub(crate) fn corridor_key(storage_prefix: &[u8; 16], peer: SystemId) -> Vec<u8> {
	[&storage_prefix[..], &twox_128(b"Corridors")[..], peer.0.as_bytes()].concat()
}

/// The key under which a chain with this storage prefix has what it has counted of a fork.
pub(crate) fn tally_key(storage_prefix: &[u8; 16], forked: SystemId) -> Vec<u8> {
	[&storage_prefix[..], &twox_128(b"Tallies")[..], forked.0.as_bytes()].concat()
}

/// The keys on a peer that evidence about these contracts shows: the legs there, and what is said of all.
pub(crate) fn wanted_keys<T: Config>(
	storage_prefix: &[u8; 16],
	peer: SystemId,
	contracts: impl Iterator<Item = ContractId>,
) -> Vec<Vec<u8>> {
	let own = Pallet::<T>::own_system();
	let leg = |id: ContractId| leg_key(storage_prefix, own, id.epoch(peer, own), id.hash);
	contracts.map(leg).chain([corridor_key(storage_prefix, own)]).collect()
}

/// Who asks whether evidence is to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asker {
	/// The pool.
	Pool,
	/// An account's call.
	Account,
	/// The call of a message that the pool has taken. What came before it in the block, for a tip that
	/// outbids it, may have moved some of its contracts or told its header: these are passed over.
	Message,
}

impl Asker {
	/// Whether nothing may be superfluous. Who pays nothing must not fill blocks.
	pub(crate) fn is_exacting(self) -> bool {
		self != Self::Message
	}
}

/// A message all of which is believed: what is new, and what it moves.
struct Verdict<T: Config> {
	pair: Pair,
	record: System,
	news: Option<News>,
	moves: Vec<Move<T>>,
	/// What the peer says of all contracts, if that is new.
	heard: Option<Heard>,
}

/// Whether a header and its votes are small enough for every message that they may have to be in: what
/// one chain believes must never be too large for a report to another.
pub(crate) fn check_final<T: Config>(
	header: &Header,
	votes: &Justification,
) -> Result<(), Error<T>> {
	let size = header.encoded_size() + votes.encoded_size();
	ensure!(size <= (T::MaxEvidenceSize::get() / 2) as usize, Error::<T>::EvidenceTooLarge);
	Ok(())
}

impl<T: Config> Pallet<T> {
	/// Whether the pool may take this evidence: of newer headers, one of each system; of known ones, one
	/// about each contract.
	pub(crate) fn authorize_evidence(
		source: TransactionSource,
		system: SystemId,
		evidence: &Evidence,
		contracts: &[ContractId],
		work: u32,
	) -> TransactionValidityWithRefund {
		let judge = || Self::judge(system, evidence, contracts, work, Asker::Pool);
		let number = evidence.header.number;
		match evidence.link {
			Link::Above { .. } => Self::authorize(source, ("ribp-step", [system]), || {
				let Verdict { record, moves, .. } = judge()?;
				let ahead = number.saturating_sub(record.known());
				Ok(by_step::<T>(ahead, work_of_moves(&moves)))
			}),
			_ if contracts.is_empty() => Self::authorize(source, ("ribp-heard", [system]), || {
				judge().map(|_| by_step::<T>(number, 0))
			}),
			_ => {
				let tags = contracts.iter().map(|id| (system, id));
				Self::authorize(source, ("ribp", tags), || {
					judge().map(|verdict| by_work::<T>(work_of_moves(&verdict.moves)))
				})
			},
		}
	}

	/// Who makes a call that brings proofs: anybody who signs it, or the pool that took it.
	pub(crate) fn asker(origin: OriginFor<T>) -> Result<Asker, BadOrigin> {
		if ensure_authorized(origin.clone()).is_ok() {
			return Ok(Asker::Message);
		}
		ensure_signed(origin).map(|_| Asker::Account)
	}

	/// What it takes to move the value of these contracts: what goes with evidence about them.
	pub fn work_of(system: SystemId, contracts: &[ContractId]) -> u32 {
		let pair = Pair::with::<T>(system);
		let entries = contracts.iter().filter_map(|id| pair.find::<T>(id));
		entries.map(|entry| value::work::<T, _>(&entry.action)).sum()
	}

	pub(crate) fn do_submit_evidence(
		system: SystemId,
		evidence: Evidence,
		contracts: Vec<ContractId>,
		work: u32,
		asker: Asker,
	) -> DispatchResult {
		let verdict = Self::judge(system, &evidence, &contracts, work, asker)?;
		let Verdict { pair, mut record, news, moves, heard } = verdict;
		if let Some(heard) = heard {
			Corridors::<T>::mutate(system, |lane| lane.hear(heard, &record));
		}
		if let Some(news) = news {
			learn::<T>(system, &mut record, news);
		}
		Self::apply_all(pair, &record, moves)
	}

	/// Everything that is asked of evidence, cheap questions first: one signature before anything large
	/// is hashed, the others last. Changes nothing.
	fn judge(
		system: SystemId,
		evidence: &Evidence,
		contracts: &[ContractId],
		work: u32,
		asker: Asker,
	) -> Result<Verdict<T>, Error<T>> {
		Self::check_size(evidence)?;
		let (pair, record) = Self::known_pair(system)?;
		Self::check_named(contracts, work)?;
		let named = Self::named_contracts(pair, contracts, asker)?;
		let is_above = matches!(evidence.link, Link::Above { .. });
		let is_useless = named.is_empty() && !contracts.is_empty() && !is_above;
		ensure!(!is_useless, Error::<T>::UnknownContract);
		let counted =
			named.iter().map(|(_, entry)| value::work::<T, _>(&entry.action)).sum::<u32>();
		Self::check_work(counted, work, asker)?;
		if contracts.is_empty() && evidence.proof.is_empty() {
			ensure!(may_be_step::<T>(&record, &evidence.header), Error::<T>::NothingToGain);
		} else {
			ensure_active::<T>(&record)?;
		}

		let mut claim = Claim::new(pair, &record, evidence, asker)?;
		let moves = Self::decide_all(&mut claim, &record, named, asker)?;
		let heard = match evidence.proof.is_empty() {
			true => None,
			false => Self::hear(system, &record, &mut claim, &moves)?,
		};
		// What its contracts were left behind by must not keep the chain from the header.
		let is_step = claim.is_step() || (claim.is_newer() && !asker.is_exacting());
		let is_of_use = !moves.is_empty() || heard.is_some() || is_step;
		ensure!(is_of_use, Error::<T>::NothingToGain);
		let news = claim.believe()?;
		Ok(Verdict { pair, record, news, moves, heard })
	}

	/// What a proof says of all contracts with this chain, if that is new. It always does, about whichever
	/// contracts it is: these move, even if it is less than was said before.
	fn hear(
		system: SystemId,
		record: &System,
		claim: &mut Claim<T>,
		moves: &[Move<T>],
	) -> Result<Option<Heard>, Error<T>> {
		let relied = Reliance { height: claim.at(), since: Self::now().0 };
		let heard = Heard { through: claim.corridor()?.through, relied };
		let lane = Corridors::<T>::get(system);
		let keeps_word = !moves.is_empty() || lane.keeps_word(&heard, record);
		ensure!(keeps_word, Error::<T>::WordTakenBack);
		// Who brings what was said long ago must not keep the chain from hearing more.
		let is_young = record.known().saturating_sub(claim.at()) <= T::ViewStep::get();
		let is_news = is_young && lane.is_news(&heard, record, T::Retention::get());
		Ok(is_news.then_some(heard))
	}

	pub(crate) fn check_size(evidence: &Evidence) -> Result<(), Error<T>> {
		let size = evidence.encoded_size();
		ensure!(size <= T::MaxEvidenceSize::get() as usize, Error::<T>::EvidenceTooLarge);
		ensure!(evidence.link.hashes() <= MAX_HASHES as usize, Error::<T>::ExtensionMiscounted);
		let Evidence { header, link, .. } = evidence;
		link.justification().map_or(Ok(()), |votes| check_final::<T>(header, votes))?;
		let ancestries = link.justification().into_iter().flat_map(|p| &p.ancestries);
		check_digest(ancestries.chain([&evidence.header]))
	}

	/// What becomes of the named contracts. Fails unless all move, but for those whose time is over
	/// and those that may be passed over; of these all, if there is a newer header to be learnt.
	fn decide_all(
		claim: &mut Claim<T>,
		record: &System,
		named: Vec<(ContractId, EntryOf<T>)>,
		asker: Asker,
	) -> Result<Vec<Move<T>>, Error<T>> {
		let mut moves = Vec::with_capacity(named.len());
		let mut left_behind = None;
		for (id, entry) in named {
			match Self::decide(claim, record, id, entry) {
				Ok(step) => moves.push(step),
				// Its backlog is to blame: no reason to hold up the others.
				Err(error @ Error::ContractExpired) => left_behind = Some(error),
				Err(error) if asker.is_exacting() => return Err(error),
				Err(error) => left_behind = Some(error),
			}
		}
		match left_behind {
			Some(error) if moves.is_empty() && (asker.is_exacting() || !claim.is_newer()) => {
				Err(error)
			},
			_ => Ok(moves),
		}
	}

	/// What becomes of a contract, whether or not its value can move.
	pub(crate) fn decide(
		claim: &mut Claim<T>,
		record: &System,
		id: ContractId,
		entry: EntryOf<T>,
	) -> Result<Move<T>, Error<T>> {
		Self::decide_at(claim, record, id, entry, Self::now())
	}

	/// The same, for the block `now`.
	pub(crate) fn decide_at(
		claim: &mut Claim<T>,
		record: &System,
		id: ContractId,
		entry: EntryOf<T>,
		now: Own,
	) -> Result<Move<T>, Error<T>> {
		let pair = claim.pair();
		let terms = pair.terms(&entry.contract).ok_or(Error::<T>::UnknownContract)?;
		let shown = claim.shows(id, &terms)?;
		let next = Self::outlook(pair, record).by_evidence::<T>(&terms, &entry, now, &shown)?;
		let relied = Some(Reliance { height: claim.at(), since: now.0 });
		Ok(Move { id, entry, next, relied })
	}

	/// The named contracts that have not ended: all, if nothing may be superfluous.
	fn named_contracts(
		pair: Pair,
		contracts: &[ContractId],
		asker: Asker,
	) -> Result<Vec<(ContractId, EntryOf<T>)>, Error<T>> {
		let mut named = Vec::with_capacity(contracts.len());
		for id in contracts {
			match pair.find::<T>(id).filter(|entry| !entry.stage.has_ended()) {
				Some(entry) => named.push((*id, entry)),
				None if asker.is_exacting() => return Err(Error::<T>::UnknownContract),
				None => {},
			}
		}
		Ok(named)
	}
}

/// What it takes to make these moves; each counts, at least.
fn work_of_moves<T: Config>(moves: &[Move<T>]) -> u32 {
	moves.iter().map(|step| value::work::<T, _>(&step.entry.action).max(1)).sum()
}

pub(crate) fn check_digest<'a, T>(
	mut headers: impl Iterator<Item = &'a Header>,
) -> Result<(), Error<T>> {
	let short = headers.all(|header| header.digest.logs().len() <= MAX_DIGEST_ITEMS);
	ensure!(short, Error::<T>::DigestTooLong);
	Ok(())
}
