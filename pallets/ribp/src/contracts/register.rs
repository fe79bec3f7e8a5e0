//! What is agreed becomes a leg: its place is paid for, and its value taken.

use super::{
	corridor::{charge, enlist, rent},
	entry::{stored, Pair},
	Admit,
};
use crate::{
	chains::systems::ensure_active, Action, ActionOf, BalanceOf, Config, Contract, ContractId,
	Corridors, Entry, Error, Event, ItemOf, Lane, Legs, Log, Pallet, Registration, Safety,
	SafetyOf, System, SystemId, Systems,
};
use alloc::{
	collections::btree_map::{BTreeMap, Entry as Place},
	vec::Vec,
};
use frame_support::ensure;
use ribp_protocol::{Commit, Own, Peer, Stage, Standing, Terms};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

/// What one account registers with one message.
struct Register<'a, T: Config> {
	who: &'a T::AccountId,
	own: SystemId,
	now: Own,
	/// The chains that it is with; each is read once.
	peers: BTreeMap<SystemId, Known>,
}

/// What is known of a chain that matters here.
struct Known {
	system: System,
	safety: Option<Safety>,
}

/// A contract that may be registered, if there is room and its value is there.
struct Agreed<T: Config> {
	id: ContractId,
	terms: Terms,
	contract: Contract,
	action: ActionOf<T>,
	commit: Commit,
}

impl<T: Config> Pallet<T> {
	/// Registers all of these, or none.
	pub(crate) fn do_register(
		who: &T::AccountId,
		registrations: Vec<Registration<ActionOf<T>>>,
	) -> DispatchResult {
		let (own, now, peers) = (Self::own_system(), Self::now(), BTreeMap::new());
		let mut register = Register::<T> { who, own, now, peers };
		let agreed = registrations.into_iter().map(|registration| register.admit(registration));
		let agreed = agreed.collect::<Result<Vec<_>, _>>()?;
		let (due, spent) = register.enter_all(agreed)?;
		charge::<T>(who, due)?;
		Self::take_all(who, spent)
	}

	/// What it would cost to register a contract here now, besides the transaction's fee.
	pub fn rent_of(contract: &Contract, items: u32) -> Option<BalanceOf<T>> {
		let terms = contract.terms(Self::own_system())?;
		let peer = terms.peer.system;
		let (system, safety) = (Systems::<T>::get(peer)?, SafetyOf::<T>::get(peer));
		let (lane, times) = (Corridors::<T>::get(peer), Self::block_times(safety.as_ref()));
		Some(rent::<T>(&lane, &terms, items, Self::now(), (system.known(), times)))
	}
}

impl<T: Config> Register<'_, T> {
	/// Everything that is asked but whether there is room. The chain's own questions come last.
	fn admit(
		&mut self,
		Registration { contract, log, commit }: Registration<ActionOf<T>>,
	) -> Result<Agreed<T>, DispatchError> {
		let terms = self.check_legs(&contract, &log)?;
		let Known { system, safety } = self.known(terms.peer.system)?;
		ensure_active::<T>(system)?;
		ensure!(!system.is_closing, Error::<T>::SystemClosing);
		let limits = Pallet::<T>::term_limits(safety.as_ref(), commit);
		let known = Peer(system.known());
		terms.check(self.now, known, limits).map_err(Error::<T>::from)?;
		let action = log.action;
		Pallet::<T>::verify(self.who, &action)?;
		let Action::Transfer { to, items, .. } = &action;
		T::Admit::admit(self.who, to, &contract, items)?;
		Ok(Agreed { id: contract.id(), terms, contract, action, commit })
	}

	fn check_legs(&self, contract: &Contract, log: &Log<ActionOf<T>>) -> Result<Terms, Error<T>> {
		ensure!(contract.is_ordered(), Error::<T>::LegsNotOrdered);
		let terms = contract.terms(self.own).ok_or(Error::<T>::ContractOfOthers)?;
		ensure!(log.system == self.own, Error::<T>::LogOfOtherSystem);
		ensure!(log.hash() == terms.own.log, Error::<T>::LogHashMismatch);
		Ok(terms)
	}

	fn known(&mut self, peer: SystemId) -> Result<&Known, Error<T>> {
		match self.peers.entry(peer) {
			Place::Occupied(known) => Ok(known.into_mut()),
			Place::Vacant(place) => {
				let system = Systems::<T>::get(peer).ok_or(Error::<T>::UnknownSystem)?;
				Ok(place.insert(Known { system, safety: SafetyOf::<T>::get(peer) }))
			},
		}
	}

	/// Stores the legs. Returns what their places cost, and what they spend.
	fn enter_all(
		&self,
		agreed: Vec<Agreed<T>>,
	) -> Result<(BalanceOf<T>, Vec<(ContractId, ItemOf<T>)>), Error<T>> {
		let (mut due, mut spent) = (BalanceOf::<T>::zero(), Vec::new());
		let mut lanes = BTreeMap::new();
		for one in agreed {
			let peer = one.terms.peer.system;
			let lane = lanes.entry(peer).or_insert_with(|| Corridors::<T>::get(peer));
			due = due.saturating_add(self.rent(lane, &one)?);
			let Action::Transfer { items, .. } = &one.action;
			spent.extend(items.iter().map(|item| (one.id, item.clone())));
			self.enter(lane, one)?;
		}
		lanes.into_iter().for_each(|(peer, lane)| Corridors::<T>::insert(peer, lane));
		Ok((due, spent))
	}

	fn rent(&self, lane: &Lane, one: &Agreed<T>) -> Result<BalanceOf<T>, Error<T>> {
		let peer = one.terms.peer.system;
		let Known { system, safety } = self.peers.get(&peer).ok_or(Error::<T>::UnknownSystem)?;
		let Action::Transfer { items, .. } = &one.action;
		let known = (system.known(), Pallet::<T>::block_times(safety.as_ref()));
		Ok(rent::<T>(lane, &one.terms, items.len() as u32, self.now, known))
	}

	fn enter(&self, lane: &mut Lane, one: Agreed<T>) -> Result<(), Error<T>> {
		let Agreed { id, terms, contract, action, commit } = one;
		let peer = terms.peer.system;
		let place = Pair { own: self.own, peer }.place(&id);
		ensure!(!Legs::<T>::contains_key(place), Error::<T>::AlreadyRegistered);
		enlist::<T>(lane, &terms)?;
		let Standing { stage, fact } = Standing::new(commit, self.now);
		let leg = Entry { stage, fact, relied: None, contract, action: stored::<T>(action) };
		Legs::<T>::insert(place, &leg);
		let Entry { contract, action, .. } = leg;
		Pallet::<T>::deposit_event(Event::Registered { id, contract, action });
		if let Stage::Committed { at } = stage {
			Pallet::<T>::deposit_event(Event::Committed { id, at, relied: None });
		}
		Ok(())
	}
}
