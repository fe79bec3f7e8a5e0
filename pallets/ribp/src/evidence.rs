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
	pool::PRIORITY,
	Config, ContractId, Corridors, EntryOf, Error, Evidence, Heard, Pallet, Reliance, System,
	SystemId,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{ensure, traits::Get};
use frame_system::{ensure_authorized, ensure_signed, pallet_prelude::OriginFor};
use ribp_light_client::{Header, Justification};
use ribp_protocol::{Epoch, Own, MAX_PEAKS, MAX_TAIL};
use sp_core::H256;
use sp_io::hashing::twox_128;
use sp_runtime::{
	traits::BadOrigin,
	transaction_validity::{TransactionPriority, TransactionSource, TransactionValidityWithRefund},
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
	/// Whether the pool may take this evidence: of a system's, the one that moves most, and of those
	/// that move nothing one with which the authorities change.
	pub(crate) fn authorize_evidence(
		source: TransactionSource,
		system: SystemId,
		evidence: &Evidence,
		contracts: &[ContractId],
		work: u32,
	) -> TransactionValidityWithRefund {
		Self::authorize(source, ("ribp", [system]), || {
			let Verdict { news, moves, .. } =
				Self::judge(system, evidence, contracts, work, Asker::Pool)?;
			let hands_over = news.is_some_and(|news| news.next_set.is_some());
			let worth = moves.len().max(usize::from(hands_over));
			Ok(PRIORITY.saturating_add(worth as TransactionPriority))
		})
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

	/// Everything that is asked of evidence, cheap questions first, signatures last. Changes nothing.
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
		let counted =
			named.iter().map(|(_, entry)| value::work::<T, _>(&entry.action)).sum::<u32>();
		Self::check_work(counted, work, asker)?;
		if named.is_empty() && evidence.proof.is_empty() {
			ensure!(may_be_step::<T>(&record, &evidence.header), Error::<T>::NothingToGain);
		} else {
			ensure_active::<T>(&record)?;
		}

		let mut claim = Claim::new(pair, &record, evidence, asker)?;
		let moves = Self::decide_all(&mut claim, &record, named, asker)?;
		let heard = match evidence.proof.is_empty() {
			true => None,
			false => Self::hear(system, &record, &mut claim)?,
		};
		let is_of_use = !moves.is_empty() || heard.is_some() || claim.is_step();
		ensure!(is_of_use, Error::<T>::NothingToGain);
		let news = claim.believe()?;
		Ok(Verdict { pair, record, news, moves, heard })
	}

	/// What a proof says of all contracts with this chain, if that is new. It always does, about whichever
	/// contracts it is.
	fn hear(
		system: SystemId,
		record: &System,
		claim: &mut Claim<T>,
	) -> Result<Option<Heard>, Error<T>> {
		let (through, now) = (claim.corridor()?.through, Self::now());
		let relied = Reliance { height: claim.at(), since: now.0 };
		let lane = Corridors::<T>::get(system);
		// Who brings what was said long ago must not keep the chain from hearing more.
		let is_young = record.known().saturating_sub(claim.at()) <= T::ViewStep::get();
		let is_news = is_young && lane.is_news(through, record, now, T::Retention::get());
		Ok(is_news.then_some(Heard { through, relied }))
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
	/// and those that may be passed over, or none is named.
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
			Some(error) if moves.is_empty() => Err(error),
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

	fn named_contracts(
		pair: Pair,
		contracts: &[ContractId],
		asker: Asker,
	) -> Result<Vec<(ContractId, EntryOf<T>)>, Error<T>> {
		let open = |id: &ContractId| {
			let entry = pair.find::<T>(id).filter(|entry| !entry.stage.has_ended())?;
			Some((*id, entry))
		};
		let named: Vec<_> = contracts.iter().filter_map(open).collect();
		let count = contracts.len();
		let enough = if asker.is_exacting() { count } else { count.min(1) };
		ensure!(named.len() >= enough, Error::<T>::UnknownContract);
		Ok(named)
	}
}

pub(crate) fn check_digest<'a, T>(
	mut headers: impl Iterator<Item = &'a Header>,
) -> Result<(), Error<T>> {
	let short = headers.all(|header| header.digest.logs().len() <= MAX_DIGEST_ITEMS);
	ensure!(short, Error::<T>::DigestTooLong);
	Ok(())
}
