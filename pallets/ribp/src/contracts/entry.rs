//! A leg as the chain stores it.

use super::corridor;
use crate::{
	ActionOf, Config, Contract, ContractId, Entry, EntryOf, Epoch, Legs, Pallet, Reliance, SystemId,
};
use codec::MaxEncodedLen;
use frame_support::{CloneNoBound, WeakBoundedVec};
use ribp_protocol::{
	by_evidence, by_time, Exposed, Fact, Height, NotYet, Notice, Outcome, Own, Shown, Stage,
	Standing, Terms,
};
use sp_core::H256;

/// A leg, and what becomes of it.
#[derive(CloneNoBound)]
pub(crate) struct Move<T: Config> {
	pub id: ContractId,
	pub entry: EntryOf<T>,
	pub next: Standing,
	/// By which block of the peer, if by one.
	pub relied: Option<Reliance>,
}

/// This chain, and the other one of some contracts.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
	pub own: SystemId,
	pub peer: SystemId,
}

impl Pair {
	/// Reads the own name: once for a message, as each time costs as much as any other read.
	pub fn with<T: Config>(peer: SystemId) -> Self {
		Self { own: Pallet::<T>::own_system(), peer }
	}

	/// Where the own leg of a contract is stored.
	pub fn place(&self, id: &ContractId) -> (SystemId, Epoch, H256) {
		(self.peer, id.epoch(self.own, self.peer), id.hash)
	}

	/// The own leg of a contract, if there is one.
	pub fn find<T: Config>(&self, id: &ContractId) -> Option<EntryOf<T>> {
		// Whoever names a contract may have the other chain's epoch wrong.
		Legs::<T>::get(self.place(id)).filter(|entry| entry.contract.epochs() == id.epochs)
	}

	/// What a contract of the two says to this chain.
	pub fn terms(&self, contract: &Contract) -> Option<Terms> {
		contract.terms(self.own)
	}
}

/// What is known of a system that matters to legs.
pub(crate) struct Outlook {
	pub pair: Pair,
	/// The clock of notices.
	pub notice: Notice,
	/// Whether there is business with it.
	pub is_active: bool,
	/// From where on another branch is followed than before, on both chains.
	pub branch: (Height, Height),
	/// The time that forks have to be exposed.
	pub exposure: Height,
}

impl Outlook {
	/// The fact on which a leg waits, unless the branch that is followed does not show it.
	fn standing<Action>(&self, entry: &Entry<Action>) -> Standing {
		let relied = entry.relied.filter(|relied| relied.is_on(self.branch));
		Standing { stage: entry.stage, fact: entry.fact.filter(|_| relied.is_some()) }
	}

	/// The fact on which a leg waits.
	pub(crate) fn fact<Action>(&self, entry: &Entry<Action>) -> Option<Fact> {
		self.standing(entry).fact
	}

	/// Since which own height it is known, by the branch that is followed, that the peer has forgotten its
	/// leg.
	pub(crate) fn forgotten_since<Action>(&self, entry: &Entry<Action>) -> Option<Height> {
		let is_forgotten = self.standing(entry).fact == Some(Fact::Forgotten);
		entry.relied.filter(|_| is_forgotten).map(|relied| relied.since)
	}

	/// What becomes of a leg by what a block of the peer shows.
	pub(crate) fn by_evidence<T: Config>(
		&self,
		terms: &Terms,
		entry: &EntryOf<T>,
		now: Own,
		shown: &Shown,
	) -> Result<Standing, NotYet> {
		by_evidence(terms, self.standing(entry), now, self.notice, shown)
	}

	/// Whether evidence of any kind could move a leg in the block `next`.
	pub(crate) fn could_move<T: Config>(&self, entry: &EntryOf<T>, next: Own) -> bool {
		let Standing { stage, fact } = self.standing(entry);
		match stage {
			Stage::Registered | Stage::Cancelling { .. } => {
				self.by_time::<T>(entry, next).is_none()
			},
			// What is forgotten may come back after all, with an upgrade.
			Stage::Committed { .. } => matches!(fact, None | Some(Fact::Forgotten)),
			Stage::Ended(_) => false,
		}
	}

	/// What time alone makes of a leg.
	pub(crate) fn by_time<T: Config>(&self, entry: &EntryOf<T>, now: Own) -> Option<Outcome> {
		let terms = self.pair.terms(&entry.contract)?;
		let relied = entry.relied.filter(|_| self.is_active);
		let until = relied.map(|relied| Own(relied.since.saturating_add(self.exposure)));
		by_time(&terms, self.standing(entry), now, self.notice, Exposed { until })
	}
}

/// What is stored of a log: it can be read, however many items may be in one by then.
pub(crate) fn stored<T: Config>(action: ActionOf<T>) -> crate::StoredActionOf<T> {
	let crate::Action::Transfer { from, to, items } = action;
	let items = WeakBoundedVec::force_from(items.into_inner(), None);
	crate::Action::Transfer { from, to, items }
}

/// What one leg occupies at most: itself, and what is owed of it.
pub(crate) fn size<T: Config>(items: u32) -> u32 {
	let entry = EntryOf::<T>::max_encoded_len() + corridor::KEY;
	let debt = crate::DebtOf::<T>::max_encoded_len() + corridor::KEY;
	let (entry, debt) = (entry as u32, debt as u32);
	entry.saturating_add(items.saturating_mul(debt))
}
