//! Which chains are known, and what is believed of them from one header to the next.

use super::{forks, known, own::own_time, statement::statement_about, witnesses};
use crate::{
	contracts::corridor,
	types::Announced,
	worker::keep::{keep_piece, Piece},
	Config, Corridors, Error, Event, Forks, Height, KeptPieces, Pallet, SafetyOf, Status, System,
	SystemId, Systems, TrustAnchor,
};
use frame_support::{ensure, traits::Get};
use ribp_light_client::AuthoritySet;
use ribp_protocol::{Notice, Policy, Time, View};
use sp_runtime::DispatchResult;

/// What a newer header that is final adds to what is known of a system.
pub(crate) struct News {
	/// The history up to it.
	pub view: View,
	/// Who finalizes the blocks after it, if others than before.
	pub next_set: Option<AuthoritySet>,
	/// What it says of where contracts are.
	pub complete_from: Height,
	/// By how much it is ahead of its pace.
	pub ahead: Time,
	/// What nodes keep of it.
	pub piece: Piece,
}

pub(crate) fn register_system<T: Config>(system: SystemId, anchor: TrustAnchor) -> DispatchResult {
	ensure!(system != Pallet::<T>::own_system(), Error::<T>::OwnSystem);
	ensure!(!Systems::<T>::contains_key(system), Error::<T>::SystemAlreadyRegistered);
	let policy = T::DefaultPolicy::get();
	corridor::begin::<T>(system, anchor.header.number);
	store_anchored::<T>(system, anchored::<T>(system, anchor, policy, None)?);
	Pallet::<T>::deposit_event(Event::SystemRegistered { system });
	Ok(())
}

pub(crate) fn renew_system<T: Config>(system: SystemId, anchor: TrustAnchor) -> DispatchResult {
	let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
	let number = anchor.header.number;
	let renewed = anchored::<T>(system, anchor, record.policy, record.announced.clone())?;
	let (status, quiet_until) = match Forks::<T>::get(system) {
		// As with a choice: people have time to look, and to report once more.
		Some(open) => (open.before, forks::quiet_until::<T>()),
		None => (record.status, record.quiet_until),
	};
	// Nobody has shown that the anchor is on the branch that was followed, unless it is known.
	let hash = renewed.view.head();
	let marks = known::marks::<T>(system, &record);
	let is_known = record.view.hash_at(number) == Some(hash)
		|| marks.iter().any(|mark| (mark.number, mark.hash) == (number, hash));
	let branch_from = record.branch_from.min(if is_known { number } else { 0 });
	forks::forget_forks::<T>(system);
	known::forget_all::<T>(system);
	KeptPieces::<T>::remove(system);
	let System { is_closing, known_since, clock, .. } = record;
	store_anchored::<T>(
		system,
		System { status, is_closing, quiet_until, known_since, clock, branch_from, ..renewed },
	);
	Pallet::<T>::deposit_event(Event::SystemRenewed { system, number });
	Ok(())
}

fn store_anchored<T: Config>(system: SystemId, record: System) {
	known::mark_anchor::<T>(system, &record);
	Systems::<T>::insert(system, record);
}

/// A system as its anchor says.
fn anchored<T: Config>(
	system: SystemId,
	anchor: TrustAnchor,
	policy: Policy,
	announced: Option<Announced>,
) -> Result<System, Error<T>> {
	let TrustAnchor { header, history, set_id, authorities } = anchor;
	let set = AuthoritySet::new(set_id, authorities).map_err(|_| Error::<T>::InvalidAuthorities)?;
	let statement = statement_about(system, &header)?;
	let is_stated = history.first == statement.first
		&& history.next() == header.number
		&& history.root() == statement.history_root;
	ensure!(is_stated, Error::<T>::HistoryNotStated);
	let now = Pallet::<T>::now().0;
	let record = System {
		status: Status::Active,
		is_closing: false,
		set,
		set_since: header.number,
		storage_prefix: statement.storage_prefix,
		complete_from: statement.complete_from,
		view: View::of(header.hash(), statement.time, history),
		marks: 0,
		advanced_at: now,
		clock: 0,
		counted_to: now,
		counted_at: own_time::<T>(),
		branch_since: now,
		// There was none before.
		branch_from: Height::MAX,
		ahead: 0,
		known_since: own_time::<T>(),
		quiet_until: 0,
		policy,
		announced,
	};
	let is_trusted = record.policy_at(Pallet::<T>::now()).trusts(statement.time, own_time::<T>());
	ensure!(is_trusted, Error::<T>::TrustExpired);
	Ok(record)
}

pub(crate) fn remove_system<T: Config>(system: SystemId) -> DispatchResult {
	ensure!(Systems::<T>::contains_key(system), Error::<T>::UnknownSystem);
	ensure!(Corridors::<T>::get(system).entries == 0, Error::<T>::SystemInUse);
	witnesses::forget_witness::<T>(system);
	forks::forget_forks::<T>(system);
	known::forget_all::<T>(system);
	SafetyOf::<T>::remove(system);
	KeptPieces::<T>::remove(system);
	Systems::<T>::remove(system);
	Pallet::<T>::deposit_event(Event::SystemRemoved { system });
	Ok(())
}

pub(crate) fn pause<T: Config>(system: SystemId) -> DispatchResult {
	change_status::<T>(system, Status::Active, Status::Paused, Error::<T>::SystemPaused)?;
	Pallet::<T>::deposit_event(Event::SystemPaused { system });
	Ok(())
}

pub(crate) fn resume<T: Config>(system: SystemId) -> DispatchResult {
	change_status::<T>(system, Status::Paused, Status::Active, Error::<T>::SystemNotPaused)?;
	Pallet::<T>::deposit_event(Event::SystemResumed { system });
	Ok(())
}

pub(crate) fn close<T: Config>(system: SystemId) -> DispatchResult {
	let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
	ensure!(!record.is_closing, Error::<T>::SystemClosing);
	Systems::<T>::insert(system, System { is_closing: true, ..record });
	Pallet::<T>::deposit_event(Event::SystemClosing { system });
	Ok(())
}

pub(crate) fn reopen<T: Config>(system: SystemId) -> DispatchResult {
	let record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
	ensure!(record.is_closing, Error::<T>::SystemNotClosing);
	Systems::<T>::insert(system, System { is_closing: false, ..record });
	Pallet::<T>::deposit_event(Event::SystemReopened { system });
	Ok(())
}

fn change_status<T: Config>(
	system: SystemId,
	from: Status,
	to: Status,
	otherwise: Error<T>,
) -> Result<(), Error<T>> {
	let mut record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
	// A forked system has no business anyway: it is said what it has when one branch is chosen.
	let mut open = Forks::<T>::get(system);
	count_from_now::<T>(&mut record);
	let status = open.as_mut().map_or(&mut record.status, |open| &mut open.before);
	ensure!(*status == from, otherwise);
	*status = to;
	match open {
		Some(open) => Forks::<T>::insert(system, open),
		None => Systems::<T>::insert(system, record),
	}
	Ok(())
}

/// Whether there is business with a system.
pub(crate) fn ensure_active<T: Config>(record: &System) -> Result<(), Error<T>> {
	match record.status {
		Status::Active => {},
		Status::Paused => return Err(Error::<T>::SystemPaused),
		Status::Forked => return Err(Error::<T>::SystemForked),
	}
	ensure!(Pallet::<T>::now().0 >= record.quiet_until, Error::<T>::CoolingDown);
	Ok(())
}

/// What the clock of notices shows if it runs on in this block.
pub(crate) fn next_notice<T: Config>(record: &System) -> Notice {
	let since = record.counted_to.max(record.quiet_until);
	let blocks = Pallet::<T>::now().0.saturating_sub(since).min(T::MinNotice::get() / 2);
	Notice(record.clock.saturating_add(blocks))
}

/// Lets notices run on when the head has advanced: by the blocks since they last did, if it is a younger one
/// than that was. What is older says nothing of what has been answered since.
fn run_notices<T: Config>(record: &mut System) {
	let is_active = ensure_active::<T>(record).is_ok();
	if is_active && record.view.moment().time < record.counted_at {
		return;
	}
	if is_active {
		record.clock = next_notice::<T>(record).0;
	}
	count_from_now::<T>(record);
}

fn count_from_now<T: Config>(record: &mut System) {
	(record.counted_to, record.counted_at) = (Pallet::<T>::now().0, own_time::<T>());
}

/// Records what a final header adds to what is known of a system.
pub(crate) fn learn<T: Config>(system: SystemId, record: &mut System, news: News) {
	let News { view, next_set, complete_from, ahead, piece } = news;
	keep_piece::<T>(system, &piece);
	let number = view.number();
	record.view = view;
	(record.complete_from, record.ahead) = (complete_from, ahead);
	known::mark::<T>(system, record);
	run_notices::<T>(record);
	record.advanced_at = Pallet::<T>::now().0;
	if let Some(next) = next_set {
		known::hand_over::<T>(system, record, next);
		let set_id = record.set.set_id;
		Pallet::<T>::deposit_event(Event::AuthoritiesChanged { system, set_id, number });
	}
	Systems::<T>::insert(system, record);
	Pallet::<T>::deposit_event(Event::ViewAdvanced { system, number });
}
