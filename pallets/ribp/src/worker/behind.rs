//! What others have left behind: contracts that the known head moves, and that are not moved yet.
//!
//! Whoever brings a newer header can crowd out another node's message about it, and leave its contracts
//! where they are. By then their evidence is of a known header, and nobody crowds that out ([`crate::pool`]).

use super::{first_of, half_of, Failure, Found, Limits, Memory, Round, Wanted, MAX_BODY};
use crate::{
	evidence::wanted_keys, Call, Config, ContractId, Event, Evidence, Height, Link, Pallet,
};
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use frame_support::traits::Get;
use ribp_light_client::ProvenState;
use ribp_peer::{Client, PeerError};
use sp_core::offchain::Duration;

/// How long an endpoint may take to tell of the known head.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// Most messages about contracts that are left behind, after one block.
const SHARES: usize = 64;

/// Contracts, shared out evenly among as many messages as there are contracts, up to the most: what
/// crowds out one of these moves one of its contracts at least.
pub(super) fn shares<I>(contracts: &[I]) -> impl Iterator<Item = &[I]> {
	contracts.chunks(contracts.len().div_ceil(SHARES).max(1))
}

impl<T: Config> Round<T> {
	/// Submits what the known head moves. What is registered in this block has its turn with newer ones.
	pub(super) fn bring_up(&mut self, urls: &[String], now: Height, remembered: &mut Memory) {
		let head = self.record.view.head();
		if remembered.exhausted == head {
			return;
		}
		let behind = self.left_behind();
		let Some(url) = urls.get(first_of(urls, now)).filter(|_| !behind.is_empty()) else {
			return;
		};
		match self.find_behind(url, &behind) {
			Ok(found) => {
				let moved = match &found {
					Found::Evidence { contracts, .. } => contracts.iter().copied().collect(),
					_ => BTreeSet::new(),
				};
				self.submit_now(found);
				self.wanted.retain(|(id, _)| !moved.contains(id));
			},
			// Where more wait than a round looks at, others have their turn with the next head.
			Err(Failure::Nothing(_)) => remembered.exhausted = head,
			// It will not come back.
			Err(Failure::Peer(PeerError::StateDiscarded { .. })) => remembered.exhausted = head,
			// Newer headers are asked for all the same, and of all endpoints.
			Err(_) => {},
		}
	}

	/// Contracts about which the known head has not been asked, as far as the chain tells.
	fn left_behind(&self) -> Vec<Wanted<T>> {
		let events = frame_system::Pallet::<T>::read_events_no_consensus();
		let new = events.filter_map(|record| match record.event.try_into() {
			Ok(Event::<T>::Registered { id, .. }) => Some(id),
			_ => None,
		});
		let new: BTreeSet<_> = new.collect();
		let known = self.record.known();
		let is_behind = |(id, entry): &&Wanted<T>| {
			!new.contains(id) && entry.relied.is_none_or(|relied| relied.height != known)
		};
		self.wanted.iter().filter(is_behind).cloned().collect()
	}

	fn find_behind(&self, url: &str, behind: &[Wanted<T>]) -> Result<Found, Failure<T>> {
		let limits = Limits::within(PATIENCE, MAX_BODY);
		let half_time = half_of(&limits);
		let client = Client::new(url, limits)?;
		let found = self
			.fetch_of_head(&client, behind, false)
			.and_then(|fetched| self.propose(fetched, &client, half_time));
		self.report.also_asked(&client);
		found
	}

	/// Evidence of a known block in shares; none if it is of another one, or full: nobody crowds that out.
	pub(super) fn shared_out(
		&self,
		evidence: &Evidence,
		contracts: &[ContractId],
		work: u32,
	) -> Vec<Call<T>> {
		let Evidence { header, link, proof } = evidence;
		let is_full = work >= T::MaxContracts::get();
		let is_of_known = matches!(link, Link::Known);
		let state = ProvenState::new(header.state_root, proof.clone()).ok();
		let Some(state) = state.filter(|_| is_of_known && !is_full) else { return Vec::new() };
		let share = |some: &[ContractId]| {
			let keys =
				wanted_keys::<T>(&self.record.storage_prefix, self.system, some.iter().copied());
			let mut nodes = BTreeSet::new();
			for key in keys {
				nodes.extend(state.nodes_of(&key).ok()?);
			}
			let (header, proof) = (header.clone(), nodes.into_iter().collect());
			Some(Call::submit_evidence {
				system: self.system,
				evidence: Evidence { header, link: Link::Known, proof },
				contracts: some.to_vec(),
				work: Pallet::<T>::work_of(self.system, some),
			})
		};
		shares(contracts).filter_map(share).collect()
	}
}
