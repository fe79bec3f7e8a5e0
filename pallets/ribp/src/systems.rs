//! What this chain knows of itself and of others: views, authorities, and what is missed.

use crate::{
	chains::own::own_time,
	types::{Announced, BranchTip},
	worker::keep::{Piece, Run},
	CatchUps, Config, Error, Event, Forks, Height, OwnView, Pallet, PastSet, PastSets, Status,
	System, SystemId, Systems, TrustAnchor, View,
};
use alloc::borrow::Cow;
use frame_support::{ensure, traits::Get};
use ribp_light_client::AuthoritySet;
use ribp_protocol::{CatchUp, CatchUpError, Own, Policy, Progress, Time};
use sp_core::H256;
use sp_runtime::{traits::One, DispatchResult};

/// What a header that is final adds to what is known of a system.
pub(crate) struct News {
	/// The header's height.
	pub number: Height,
	/// What becomes of the history.
	pub history: History,
	/// Who finalizes the blocks after this one, if others than before.
	pub next_set: Option<AuthoritySet>,
	/// The time that the header states.
	pub time: Time,
	/// What nodes keep of it.
	pub piece: Piece,
}

/// What becomes of the history that is known of a system.
pub(crate) enum History {
	/// It is known up to here.
	Extended(View),
	/// It is proven up to a view that is too far ahead to be linked at once.
	Outrun(CatchUp),
	/// Nothing: the evidence shows no state.
	Unseen,
	/// It contradicts itself.
	Forked,
}

/// Missed hashes that are proven to be the ones, and what they come to.
pub(crate) struct Missed {
	record: System,
	pub catch_up: CatchUp,
	progress: Option<Progress>,
}

impl<T: Config> Pallet<T> {
	/// Adds the parent's hash to the own view (Algorithm 1).
	pub(crate) fn extend_own_view() {
		let hash = frame_system::Pallet::<T>::parent_hash();
		let number = frame_system::Pallet::<T>::block_number() - One::one();
		OwnView::<T>::mutate(|view| match view {
			Some(view) => view.extend(hash, T::Window::get()),
			None => {
				let number = Self::height(number);
				*view = Some(View::starting_at(Self::own_system(), number, hash));
			},
		});
	}

	pub(crate) fn do_register_system(system: SystemId, anchor: TrustAnchor) -> DispatchResult {
		ensure!(system != Self::own_system(), Error::<T>::OwnSystem);
		ensure!(!Systems::<T>::contains_key(system), Error::<T>::SystemAlreadyRegistered);
		let policy = T::DefaultPolicy::get();
		Systems::<T>::insert(system, Self::system_from(anchor, policy, None)?);
		Self::deposit_event(Event::SystemRegistered { system });
		Ok(())
	}

	pub(crate) fn do_renew_system(system: SystemId, anchor: TrustAnchor) -> DispatchResult {
		let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
		let number = anchor.number;
		let renewed = Self::system_from(anchor, record.policy, record.announced)?;
		let status = Forks::<T>::get(system).map_or(record.status, |open| open.before);
		Systems::<T>::insert(system, System { status, ..renewed });
		Self::forget_forks(system);
		CatchUps::<T>::remove(system);
		Self::forget_sets(system, record.set.set_id);
		Self::deposit_event(Event::SystemRenewed { system, number });
		Ok(())
	}

	fn system_from(
		anchor: TrustAnchor,
		policy: Policy,
		announced: Option<Announced>,
	) -> Result<System, Error<T>> {
		let TrustAnchor { number, set_id, authorities, storage_prefix, time } = anchor;
		let set =
			AuthoritySet::new(set_id, authorities).map_err(|_| Error::<T>::InvalidAuthorities)?;
		let system = System {
			status: Status::Active,
			set,
			storage_prefix,
			set_since: number,
			anchor: number,
			view: None,
			advanced_at: Self::now().0,
			branch_since: Self::now().0,
			time,
			policy,
			announced,
		};
		let is_trusted = system.policy_at(Self::now()).trusts(time, own_time::<T>());
		ensure!(is_trusted, Error::<T>::TrustExpired);
		Ok(system)
	}

	pub(crate) fn do_pause(system: SystemId) -> DispatchResult {
		Self::change_status(system, Status::Active, Status::Paused, Error::<T>::SystemPaused)?;
		Self::deposit_event(Event::SystemPaused { system });
		Ok(())
	}

	pub(crate) fn do_resume(system: SystemId) -> DispatchResult {
		Self::change_status(system, Status::Paused, Status::Active, Error::<T>::SystemNotPaused)?;
		Self::deposit_event(Event::SystemResumed { system });
		Ok(())
	}

	fn change_status(
		system: SystemId,
		from: Status,
		to: Status,
		otherwise: Error<T>,
	) -> Result<(), Error<T>> {
		let mut record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
		// A forked system has no business anyway: it is said what it has when one branch is chosen.
		let mut open = Forks::<T>::get(system);
		let status = open.as_mut().map_or(&mut record.status, |open| &mut open.before);
		ensure!(*status == from, otherwise);
		*status = to;
		match open {
			Some(open) => Forks::<T>::insert(system, open),
			None => Systems::<T>::insert(system, record),
		}
		Ok(())
	}

	/// The set that finalizes block `number`, as far as that is known.
	pub(crate) fn set_in_charge(
		system: SystemId,
		record: &System,
		number: Height,
	) -> Result<Cow<'_, AuthoritySet>, Error<T>> {
		if number > record.set_since {
			return Ok(Cow::Borrowed(&record.set));
		}
		Self::set_at(system, record, number).map(|past| Cow::Owned(past.set))
	}

	/// The set that finalizes block `number`, as far as that is known, and since when it does.
	pub(crate) fn set_at(
		system: SystemId,
		record: &System,
		number: Height,
	) -> Result<PastSet, Error<T>> {
		let present = PastSet { set: record.set.clone(), since: record.set_since, until: None };
		let older = (1..=u64::from(T::MaxPastSets::get()))
			.filter_map(|back| record.set.set_id.checked_sub(back))
			.map_while(|set_id| PastSets::<T>::get(system, set_id));
		let newest_first = core::iter::once(present).chain(older);
		let mut in_charge = newest_first.skip_while(|past| number <= past.since);
		let in_charge = in_charge.next().ok_or(Error::<T>::StaleView)?;
		let policy = record.policy_at(Self::now());
		let has_a_say = |until| policy.trusts(until, own_time::<T>());
		ensure!(in_charge.until.is_none_or(has_a_say), Error::<T>::AuthoritiesRetired);
		Ok(in_charge)
	}

	/// Records what a final header adds to what is known of a system.
	pub(crate) fn learn(system: SystemId, record: System, news: News) {
		let News { number, history, next_set, time, piece } = news;
		Self::keep_piece(system, &piece);
		let mut record = record;
		if let Some(next) = next_set {
			Self::hand_over(system, &mut record, (number, time), next);
		}
		match history {
			History::Extended(view) => Self::advance(system, &mut record, view, time),
			History::Outrun(catch_up) => {
				let (from, to) = (record.known(), number);
				CatchUps::<T>::insert(system, catch_up);
				Self::deposit_event(Event::CatchingUp { system, from, to });
			},
			History::Unseen | History::Forked => {},
		}
		Systems::<T>::insert(system, record);
	}

	fn hand_over(
		system: SystemId,
		record: &mut System,
		(number, time): (Height, Time),
		next: AuthoritySet,
	) {
		let set = core::mem::replace(&mut record.set, next);
		let past = PastSet { set, since: record.set_since, until: Some(time) };
		record.set_since = number;
		Self::remember_set(system, past);
		let set_id = record.set.set_id;
		Self::deposit_event(Event::AuthoritiesChanged { system, set_id, number });
	}

	/// Follows another branch of a system's history from now on.
	pub(crate) fn follow_branch(system: SystemId, mut record: System, tip: BranchTip) {
		let BranchTip { view, in_charge, next_set, time } = tip;
		let number = view.number;
		Self::put_in_charge(system, &mut record, in_charge);
		if let Some(next) = next_set {
			Self::hand_over(system, &mut record, (number, time), next);
		}
		let Own(now) = Self::now();
		record.time = time;
		record.view = Some(view);
		(record.advanced_at, record.branch_since) = (now, now);
		CatchUps::<T>::remove(system);
		Systems::<T>::insert(system, record);
		Self::deposit_event(Event::BranchAdopted { system, number });
	}

	/// Forgets what was proven ahead of the known view, and puts back in charge who finalizes the blocks
	/// after it: all of that may be of a branch that is refused, and can be proven again.
	pub(crate) fn fall_back(system: SystemId, record: &mut System) {
		CatchUps::<T>::remove(system);
		let next = record.known().saturating_add(1);
		if let Ok(in_charge) = Self::set_at(system, record, next) {
			Self::put_in_charge(system, record, in_charge);
		}
	}

	/// Forgets all sets that came after this one.
	fn put_in_charge(system: SystemId, record: &mut System, in_charge: PastSet) {
		let abandoned = in_charge.set.set_id..record.set.set_id;
		abandoned.for_each(|set_id| PastSets::<T>::remove(system, set_id));
		record.set = in_charge.set;
		record.set_since = in_charge.since;
	}

	fn advance(system: SystemId, record: &mut System, view: View, time: Time) {
		let number = view.number;
		let is_met = CatchUps::<T>::get(system).is_some_and(|behind| behind.is_met_by(&view));
		record.view = Some(view);
		record.time = time;
		if is_met {
			// Nothing will show any more whether it was of this branch.
			Self::fall_back(system, record);
		}
		record.advanced_at = Self::now().0;
		Self::deposit_event(Event::ViewAdvanced { system, number });
	}

	fn remember_set(system: SystemId, past: PastSet) {
		let set_id = past.set.set_id;
		PastSets::<T>::insert(system, set_id, past);
		if let Some(oldest) = set_id.checked_sub(u64::from(T::MaxPastSets::get())) {
			PastSets::<T>::remove(system, oldest);
		}
	}

	/// Of a system whose set in charge was `set_id`.
	fn forget_sets(system: SystemId, set_id: u64) {
		let past =
			(0..=u64::from(T::MaxPastSets::get())).filter_map(|back| set_id.checked_sub(back));
		past.for_each(|set_id| PastSets::<T>::remove(system, set_id));
	}

	pub(crate) fn do_submit_missed(
		system: SystemId,
		below: H256,
		hashes: &[H256],
	) -> DispatchResult {
		let Missed { mut record, catch_up, progress } = Self::judge_missed(system, below, hashes)?;
		let run = Run { first: catch_up.from, below: Some(below), hashes: hashes.to_vec() };
		Self::keep_piece(system, &Piece::Missed(run));
		match progress {
			Some(Progress::Further) => {
				let from = catch_up.from;
				CatchUps::<T>::insert(system, catch_up);
				Self::deposit_event(Event::MissedHashesTaken { system, from });
			},
			Some(Progress::Linked) => {
				CatchUps::<T>::remove(system);
				Self::advance(system, &mut record, catch_up.target, catch_up.time);
				Systems::<T>::insert(system, record);
			},
			None => {
				Self::fall_back(system, &mut record);
				Systems::<T>::insert(system, record);
				let number = catch_up.target.number;
				Self::deposit_event(Event::ForkRefused { system, number });
			},
		}
		Ok(())
	}

	/// Whether these are the missed hashes that a system's next step needs. Changes nothing.
	pub(crate) fn judge_missed(
		system: SystemId,
		below: H256,
		hashes: &[H256],
	) -> Result<Missed, Error<T>> {
		let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
		let mut catch_up = CatchUps::<T>::get(system).ok_or(Error::<T>::NothingMissed)?;
		let known = record.view.as_ref().ok_or(Error::<T>::NothingMissed)?;
		let progress = match catch_up.take(known, below, hashes, T::MaxMissed::get()) {
			Ok(progress) => Some(progress),
			Err(CatchUpError::Fork) => None,
			Err(CatchUpError::Count { .. }) => return Err(Error::<T>::MissedHashesMiscounted),
			Err(CatchUpError::DoNotFold) => return Err(Error::<T>::MissedHashesDoNotFold),
		};
		Ok(Missed { record, catch_up, progress })
	}
}
