//! Evidence -> light client -> protocol -> storage: the only door from bytes to belief.

use crate::{
	contracts::{Move, Record},
	Config, ContractId, Error, Event, Evidence, Height, Pallet, Phase, Status, System, SystemId,
	Systems, View, WeightInfo,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{ensure, storage::with_storage_layer, traits::Get, weights::Weight};
use ribp_light_client::{
	next_set, verify_finality, AuthoritySet, Finalized, Header, Justification, ProvenState,
};
use ribp_protocol::{
	next_step, Flow, Freshness, LogHash, Own, Peer, PeerBlock, Stage, Standing, Step,
};
use sp_core::H256;
use sp_io::hashing::twox_128;
use sp_runtime::{
	transaction_validity::{
		InvalidTransaction, TransactionPriority, TransactionValidityError,
		TransactionValidityWithRefund, ValidTransaction,
	},
	DispatchResult,
};

/// Blocks for which a piece of evidence stays in the pool.
const LONGEVITY: u64 = 16;

/// Before transactions that pay: evidence is free, useful by its authorization, and what others
/// wait for.
const PRIORITY: TransactionPriority = TransactionPriority::MAX / 2;

/// Weight of verifying `evidence` and moving `contracts`.
pub(crate) fn weight<T: Config>(evidence: &Evidence, contracts: &[ContractId]) -> Weight {
	let justification = evidence.justification.as_ref();
	let votes = justification.map_or(0, |justification| justification.votes.len());
	let ancestries = justification.map_or(0, |justification| justification.ancestries.len());
	T::WeightInfo::submit_evidence(
		evidence.encoded_size() as u32,
		votes as u32,
		ancestries as u32,
		evidence.proof.len() as u32,
		evidence.missed.len() as u32,
		contracts.len() as u32,
	)
}

/// The key under which a chain with this storage prefix has its own view.
pub(crate) fn view_key(storage_prefix: &[u8; 16]) -> Vec<u8> {
	[&storage_prefix[..], &twox_128(b"OwnView")[..]].concat()
}

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

/// State of a peer that is proven to be final.
pub(crate) struct Believed<T: Config> {
	record: System,
	at: Peer,
	freshness: Freshness,
	/// What the header adds to what was known of the system.
	news: Option<News>,
	pub(crate) state: ProvenState,
	_config: core::marker::PhantomData<T>,
}

struct News {
	view: View,
	next_set: Option<AuthoritySet>,
}

impl<T: Config> Believed<T> {
	/// Whether this is worth a message that moves no contract.
	pub(crate) fn is_step(&self) -> bool {
		self.news.as_ref().is_some_and(|News { view, next_set }| {
			next_set.is_some() || is_far::<T>(&self.record, view.number)
		})
	}

	/// What becomes of a contract in the block `now`.
	pub(crate) fn decide(&mut self, record: &Record<T>, now: Own) -> Result<Step, Error<T>> {
		let own = Pallet::<T>::own_system();
		let (contract, settlement) = (record.contract(), record.settlement());
		let step = next_step(own, contract, settlement, record.stage(), now, self)?;
		if let (Some(Flow::Commit), Record::Waiting(waiting)) = (step.flow(), record) {
			let verified = Pallet::<T>::can_commit(&waiting.log.action);
			ensure!(verified, Error::<T>::LogCannotCommit);
		}
		Ok(step)
	}
}

impl<T: Config> PeerBlock for Believed<T> {
	type Error = Error<T>;

	fn at(&self) -> Peer {
		self.at
	}

	fn freshness(&self) -> Freshness {
		self.freshness
	}

	fn position(&mut self, log: LogHash) -> Result<Option<Peer>, Error<T>> {
		let key = position_key(&self.record.storage_prefix, log);
		Ok(self.state.read_as::<Height>(&key)?.map(Peer))
	}

	fn has_waiting(&mut self, contract: ContractId) -> Result<bool, Error<T>> {
		let own = Pallet::<T>::own_system();
		let key = waiting_key(&self.record.storage_prefix, own, contract);
		Ok(self.state.read(&key)?.is_some())
	}
}

/// A message all of which is believed: what is new, and what it moves.
struct Verdict<T: Config> {
	record: System,
	news: Option<News>,
	moves: Vec<Move<T>>,
}

impl<T: Config> Pallet<T> {
	/// Whether the pool and the block author may take this evidence, free of charge.
	pub(crate) fn authorize_evidence(
		system: &SystemId,
		evidence: &Evidence,
		contracts: &[ContractId],
	) -> TransactionValidityWithRefund {
		let moves = Self::judge(*system, evidence, contracts).map_err(refuse)?.moves.len();
		// One message a system in the pool: the one that moves most.
		let valid = ValidTransaction::with_tag_prefix("ribp")
			.priority(PRIORITY.saturating_add(moves as TransactionPriority))
			.longevity(LONGEVITY)
			.and_provides(system)
			.propagate(true)
			.build()?;
		Ok((valid, Weight::zero()))
	}

	pub(crate) fn do_submit_evidence(
		system: SystemId,
		evidence: Evidence,
		contracts: Vec<ContractId>,
	) -> DispatchResult {
		let Verdict { record, news, moves } = Self::judge(system, &evidence, &contracts)?;
		if let Some(News { view, next_set }) = news {
			let number = view.number;
			let record = System {
				set: next_set.unwrap_or(record.set),
				proven: number.max(record.proven),
				view: Some(view),
				advanced_at: Self::now().0,
				..record
			};
			Systems::<T>::insert(system, record);
			Self::deposit_event(Event::ViewAdvanced { system, number });
		}
		for contract in moves {
			let id = contract.id;
			if let Err(error) = with_storage_layer(|| Self::apply(contract)) {
				Self::deposit_event(Event::NotMoved { id, error });
			}
		}
		Ok(())
	}

	/// Everything that is asked of evidence, cheap questions first. Changes nothing.
	fn judge(
		system: SystemId,
		evidence: &Evidence,
		contracts: &[ContractId],
	) -> Result<Verdict<T>, Error<T>> {
		let size = evidence.encoded_size();
		ensure!(size <= T::MaxEvidenceSize::get() as usize, Error::<T>::EvidenceTooLarge);
		let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
		let named = Self::named_contracts(system, contracts)?;
		if named.is_empty() {
			ensure!(may_be_step::<T>(&record, &evidence.header), Error::<T>::NothingToGain);
		} else {
			ensure!(record.status == Status::Active, Error::<T>::SystemPaused);
		}

		let mut believed = Self::believe(system, record, evidence)?;
		let now = Self::now();
		let mut moves = Vec::with_capacity(named.len());
		let mut left_behind = None;
		for (id, record) in named {
			match believed.decide(&record, now) {
				Ok(step) => moves.push(Move { id, record, step }),
				// Its account or its backlog is to blame: no reason to hold up the others.
				Err(error @ (Error::LogCannotCommit | Error::ContractExpired)) => {
					left_behind = Some(error);
				},
				Err(error) => return Err(error),
			}
		}
		if moves.is_empty() {
			left_behind.map_or(Ok(()), Err)?;
			ensure!(believed.is_step(), Error::<T>::NothingToGain);
		}
		let Believed { record, news, state, .. } = believed;
		state.finish()?;
		Ok(Verdict { record, news, moves })
	}

	fn named_contracts(
		system: SystemId,
		contracts: &[ContractId],
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
		contracts.iter().map(|id| known(id).ok_or(Error::<T>::NotWaiting)).collect()
	}

	/// Bytes to belief. Whether every proof node was needed is left to the caller, who reads on.
	pub(crate) fn believe(
		system: SystemId,
		record: System,
		evidence: &Evidence,
	) -> Result<Believed<T>, Error<T>> {
		let header = &evidence.header;
		let state = |header: &Header| ProvenState::new(header.state_root, evidence.proof.clone());
		if let Some(freshness) = known_as(&record, header) {
			ensure!(evidence.justification.is_none(), Error::<T>::JustificationNotNeeded);
			ensure!(evidence.missed.is_empty(), Error::<T>::MissedHashesMiscounted);
			return Ok(Believed {
				at: Peer(header.number),
				freshness,
				news: None,
				state: state(header)?,
				record,
				_config: Default::default(),
			});
		}
		// The anchor's own header may be the one that announced the set: it does not count again.
		let first = record.view.as_ref().map_or(record.anchor.saturating_add(1), View::first);
		ensure!(header.number >= first, Error::<T>::StaleView);
		let missed = evidence.missed.len();
		ensure!(missed <= T::MaxMissed::get() as usize, Error::<T>::GapTooLong);
		let finalized = finalize::<T>(header, evidence.justification.as_ref(), &record.set)?;
		let mut state = state(header)?;
		let view = Self::proven_view(system, &record, &finalized, &mut state)?;
		Self::check_view_follows(&record, &view, &evidence.missed)?;
		Ok(Believed {
			at: Peer(header.number),
			freshness: Freshness::Newest,
			news: Some(News { view, next_set: finalized.next_set().cloned() }),
			state,
			record,
			_config: Default::default(),
		})
	}

	/// The view in the state of a final header, completed by that header.
	fn proven_view(
		system: SystemId,
		record: &System,
		finalized: &Finalized,
		state: &mut ProvenState,
	) -> Result<View, Error<T>> {
		let view = state
			.read_as::<View>(&view_key(&record.storage_prefix))?
			.ok_or(Error::<T>::ViewMissing)?;
		let header = finalized.header();
		ensure!(view.system == system, Error::<T>::ViewOfOtherSystem);
		ensure!(view.is_well_formed(), Error::<T>::ViewMalformed);
		let of_parent = view.number.checked_add(1) == Some(header.number)
			&& view.head() == Some(header.parent_hash);
		ensure!(of_parent, Error::<T>::ViewNotOfParent);
		Ok(view.with_head(finalized.hash()))
	}

	fn check_view_follows(record: &System, view: &View, missed: &[H256]) -> Result<(), Error<T>> {
		let Some(known) = &record.view else {
			ensure!(missed.is_empty(), Error::<T>::MissedHashesMiscounted);
			return Ok(());
		};
		match known.compare(view, missed)? {
			Standing::Newer => Ok(()),
			// A known header of that height is one the view holds: `known_as` has found it.
			Standing::Same | Standing::Older => Err(Error::<T>::StaleView),
		}
	}
}

fn refuse<T: Config>(error: Error<T>) -> TransactionValidityError {
	let index = error.encode().first().copied().unwrap_or(u8::MAX);
	InvalidTransaction::Custom(index).into()
}

/// How fresh a header is that the system's view holds. Such a header is final: its hash is enough.
fn known_as(record: &System, header: &Header) -> Option<Freshness> {
	let view = record.view.as_ref()?;
	let known = view.hash_at(header.number)? == header.hash();
	known.then_some(if header.number == view.number { Freshness::Newest } else { Freshness::Older })
}

/// Whether a header, if it is final, is worth a message that moves no contract.
fn may_be_step<T: Config>(record: &System, header: &Header) -> bool {
	let set_changes = || !matches!(next_set(header, &record.set), Ok(None));
	is_far::<T>(record, header.number) || set_changes()
}

/// Whether a block is `ViewStep` ahead of what is known of the system, if anything is.
fn is_far<T: Config>(record: &System, number: Height) -> bool {
	record.view.as_ref().is_none_or(|view| number.saturating_sub(view.number) >= T::ViewStep::get())
}

fn finalize<T: Config>(
	header: &Header,
	justification: Option<&Justification>,
	set: &AuthoritySet,
) -> Result<Finalized, Error<T>> {
	let justification = justification.ok_or(Error::<T>::JustificationMissing)?;
	Ok(verify_finality(header, justification, set)?)
}
