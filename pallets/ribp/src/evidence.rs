//! Evidence -> light client -> protocol -> storage: the only door from bytes to belief.

use crate::{
	chains::{
		claim::{may_be_step, Claim},
		systems::{ensure_active, learn, News},
	},
	contracts::{Move, Record},
	pool::PRIORITY,
	Config, ContractId, Error, Event, Evidence, Pallet, Phase, Reliance, Relied, System, SystemId,
	Systems,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{ensure, storage::with_storage_layer, traits::Get};
use frame_system::{ensure_authorized, ensure_signed, pallet_prelude::OriginFor};
use ribp_light_client::{Header, Justification};
use ribp_protocol::{LogHash, Stage, Step, MAX_PEAKS, MAX_TAIL};
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

/// The key under which a chain with this storage prefix has the position of `log`.
pub(crate) fn position_key(storage_prefix: &[u8; 16], log: LogHash) -> Vec<u8> {
	[&storage_prefix[..], &twox_128(b"Positions")[..], log.0.as_bytes()].concat()
}

/// The key under which a chain with this storage prefix has a contract that waits for `peer`.
pub(crate) fn waiting_key(
	storage_prefix: &[u8; 16],
	peer: SystemId,
	contract: ContractId,
) -> Vec<u8> {
	let keys = [peer.0.as_bytes(), contract.0.as_bytes()].concat();
	[&storage_prefix[..], &twox_128(b"Waiting")[..], &keys].concat()
}

/// The key under which a chain with this storage prefix has what it has counted of a fork.
pub(crate) fn tally_key(storage_prefix: &[u8; 16], forked: SystemId) -> Vec<u8> {
	[&storage_prefix[..], &twox_128(b"Tallies")[..], forked.0.as_bytes()].concat()
}

/// The keys on the peer that the next step of a contract depends on.
pub(crate) fn wanted_keys<T: Config>(
	storage_prefix: &[u8; 16],
	record: &Record<T>,
) -> Vec<Vec<u8>> {
	let own = Pallet::<T>::own_system();
	let contract = record.contract();
	let logs = match record.stage() {
		Stage::Waiting(Phase::Registered) => alloc::vec![contract.mirror_id(own).into()],
		Stage::Waiting(Phase::Committed { .. }) => {
			alloc::vec![contract.peer_log, contract.peer_reversal]
		},
		Stage::Ended(_) => {
			return alloc::vec![waiting_key(storage_prefix, own, contract.mirror_id(own))];
		},
	};
	logs.into_iter().map(|log| position_key(storage_prefix, log)).collect()
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
	record: System,
	news: Option<News>,
	moves: Vec<Move<T>>,
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
		Self::authorize(source, ("ribp", system), || {
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
		let records = contracts.iter().filter_map(|id| Record::<T>::find(system, *id));
		records.map(|record| record.work()).sum()
	}

	pub(crate) fn do_submit_evidence(
		system: SystemId,
		evidence: Evidence,
		contracts: Vec<ContractId>,
		work: u32,
		asker: Asker,
	) -> DispatchResult {
		let verdict = Self::judge(system, &evidence, &contracts, work, asker)?;
		let Verdict { record, news, moves } = verdict;
		let at = evidence.header.number;
		if let Some(news) = news {
			learn::<T>(system, record, news);
		}
		let (mut has_moved, mut left_behind) = (false, None);
		for contract in moves {
			let (id, step) = (contract.id, contract.step);
			if let Err(error) = with_storage_layer(|| Self::apply(contract)) {
				left_behind = Some(error);
				Self::deposit_event(Event::NotMoved { id, error });
				continue;
			}
			has_moved = true;
			if step != Step::Forget {
				Relied::<T>::insert(system, id, Reliance { height: at, since: Self::now().0 });
			}
		}
		left_behind.filter(|_| !has_moved).map_or(Ok(()), Err)
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
		let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
		ensure!(work <= T::MaxContracts::get(), Error::<T>::TooManyContracts);
		let named = Self::named_contracts(system, contracts, asker)?;
		let counted = named.iter().map(|(_, record)| record.work()).sum::<u32>();
		ensure!(counted <= work, Error::<T>::WorkUnderstated);
		if named.is_empty() {
			ensure!(may_be_step::<T>(&record, &evidence.header), Error::<T>::NothingToGain);
		} else {
			ensure_active::<T>(&record)?;
		}

		let mut claim = Claim::new(system, &record, evidence, asker)?;
		let moves = Self::decide_all(&mut claim, named, asker)?;
		ensure!(!moves.is_empty() || claim.is_step(), Error::<T>::NothingToGain);
		let news = claim.believe()?;
		Ok(Verdict { record, news, moves })
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
		named: Vec<(ContractId, Record<T>)>,
		asker: Asker,
	) -> Result<Vec<Move<T>>, Error<T>> {
		let now = Self::now();
		let mut moves = Vec::with_capacity(named.len());
		let mut left_behind = None;
		for (id, record) in named {
			match claim.decide(id, &record, now) {
				Ok(step) => moves.push(Move { id, record, step }),
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

	fn named_contracts(
		system: SystemId,
		contracts: &[ContractId],
		asker: Asker,
	) -> Result<Vec<(ContractId, Record<T>)>, Error<T>> {
		let count = contracts.len();
		ensure!(count <= T::MaxContracts::get() as usize, Error::<T>::TooManyContracts);
		let ascending = contracts.windows(2).all(|pair| pair[0] < pair[1]);
		ensure!(ascending, Error::<T>::ContractsNotSorted);
		let now = Self::now();
		let known = |id: &ContractId| {
			let record = Record::find(system, *id).filter(|record| record.is_open(now))?;
			Some((*id, record))
		};
		let named: Vec<_> = contracts.iter().filter_map(known).collect();
		let enough = if asker.is_exacting() { count } else { count.min(1) };
		ensure!(named.len() >= enough, Error::<T>::NotWaiting);
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
