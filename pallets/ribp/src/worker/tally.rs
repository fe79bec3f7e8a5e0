//! What other chains have counted of an open fork: each tells by its state (section 5.2).

use super::{contradiction::stored, Failure, Found, Round, LOG_TARGET};
use crate::{
	evidence::{tally_key, view_key, Asker},
	Call, Claims, Config, Error, Evidence, Forks, Height, Pallet, Status, System, SystemId,
	Systems,
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use frame_system::offchain::SubmitTransaction;
use ribp_peer::{Client, PeerError};

/// A system with an open fork of which this one, the witness, has not been heard: of several another
/// one after each block, for there may be some of which it knows nothing.
pub(super) fn wanted<T: Config>(
	witness: SystemId,
	record: &System,
	now: Height,
) -> Option<SystemId> {
	if record.status != Status::Active {
		return None;
	}
	let unheard =
		|forked: &SystemId| *forked != witness && !Claims::<T>::contains_key(forked, witness);
	let unheard: Vec<_> = Forks::<T>::iter_keys().filter(unheard).collect();
	unheard.get(now as usize % unheard.len().max(1)).copied()
}

impl<T: Config> Round<T> {
	/// Evidence of what the system has counted of the fork, if it has and its newest block can tell: a
	/// long silence has to be caught up with first, and a pruned state shows nothing.
	pub(super) fn find_tally(&self, client: &Client) -> Result<Option<Found>, Failure<T>> {
		let Some(forked) = self.forked else { return Ok(None) };
		match self.ask_tally(client, forked) {
			Err(Failure::Peer(PeerError::StateDiscarded { .. })) => Ok(None),
			Err(Failure::Refused(Error::GapTooLong)) => Ok(None),
			other => other,
		}
	}

	fn ask_tally(&self, client: &Client, forked: SystemId) -> Result<Option<Found>, Failure<T>> {
		let newer = match self.fetch(client) {
			Ok(newer) => newer.map(|fetched| fetched.evidence),
			Err(Failure::HeadUnknown) => return Ok(None),
			Err(failure) => return Err(failure),
		};
		let Some(mut evidence) = newer.map_or_else(|| self.known_head(client), |e| Ok(Some(e)))?
		else {
			return Ok(None);
		};
		let prefix = &self.record.storage_prefix;
		let view = evidence.justification.as_ref().map(|_| view_key(prefix));
		let keys: Vec<_> = view.into_iter().chain([tally_key(prefix, forked)]).collect();
		evidence.proof = client.read_proof(&keys, evidence.header.hash())?;
		// Or the highest number would win, whoever signed for it.
		match Pallet::<T>::judge_tally(self.system, &evidence, forked, Asker::Pool) {
			Ok(_) => Ok(Some(Found::Tally { evidence, forked })),
			// It has not counted, or what it counts is another fork: its other evidence goes on.
			Err(
				Error::TallyMissing
				| Error::TallyOfOtherFork
				| Error::NothingToGain
				| Error::ProofUndecodable,
			) => Ok(None),
			Err(error) => Err(error.into()),
		}
	}

	/// The newest known header, without proof.
	fn known_head(&self, client: &Client) -> Result<Option<Evidence>, PeerError> {
		let Some(head) = self.record.view.as_ref().and_then(|view| view.head()) else {
			return Ok(None);
		};
		let bare = |header| Evidence {
			header,
			justification: None,
			proof: Vec::new(),
			missed: Vec::new(),
		};
		Ok(client.header(head)?.map(bare))
	}
}

impl<T: Config> Pallet<T> {
	/// Shows the chain that an open fork parts lower than it knows, if this node has kept the hashes
	/// that show it: more contracts then count.
	pub(super) fn lower_forks() {
		for (system, open) in Forks::<T>::iter() {
			let Some(record) = Systems::<T>::get(system) else { continue };
			let Some(view) = &record.view else { continue };
			let deep_down = open.fork.at.saturating_sub(T::MaxMissed::get() / 2);
			let kept = Self::kept(system, view, deep_down);
			let lower = stored::<T>(system, &record, &kept.run, view)
				.filter(|(_, parting)| parting.at < open.fork.at);
			let Some((fork, parting)) = lower else { continue };
			let call = Call::<T>::report_fork { system, proof: fork.proof, known: fork.known };
			let transaction = T::create_authorized_transaction(call.into());
			let taken = SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_ok();
			log::info!(
				target: LOG_TARGET,
				"{}: its histories part at #{} already, {}",
				system.0,
				parting.at,
				if taken { "submitted" } else { "not taken by the pool" },
			);
		}
	}
}
