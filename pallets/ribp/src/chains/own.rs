//! What this chain says of itself: a statement in every header, and the history behind it.

use crate::{CompleteFrom, Config, HistoryNodes, OwnHistory, Pallet, SystemId, TrustAnchor};
use alloc::vec::Vec;
use frame_support::{
	defensive,
	traits::{Get, PalletInfoAccess, Time as _},
	weights::Weight,
};
use ribp_light_client::{AuthorityId, Header};
use ribp_protocol::{History, Own, Statement, Subtree, Time};
use sp_core::H256;
use sp_runtime::traits::UniqueSaturatedInto;

/// Subtrees of this level and above stay in the state, so that a node which has pruned all else can
/// make any proof: of ten million blocks, some twenty thousand. What lies below is made of at most
/// two times 1,023 block hashes.
pub const STORED_LEVEL: u8 = 10;

/// The most nodes that one query returns.
pub const MAX_NODES: usize = 128;

/// The statement in a header's digest, if it is one that is understood.
pub fn statement_of(header: &Header) -> Option<Statement> {
	Statement::of(&header.digest).ok()
}

/// Whose a header is, as it says itself.
pub fn system_of(header: &Header) -> Option<SystemId> {
	statement_of(header).map(|statement| statement.system)
}

/// The chain's clock, in milliseconds: of the present block, or of its parent before it is told.
pub(crate) fn own_time<T: Config>() -> Time {
	T::Time::now().unique_saturated_into()
}

/// Adds the parent to the history, and states it in the header. Returns the weight of what is
/// written besides the history itself.
pub(crate) fn begin_block<T: Config>() -> Weight {
	let (history, stored) = extended::<T>();
	let statement = Statement {
		system: Pallet::<T>::own_system(),
		storage_prefix: Pallet::<T>::name_hash(),
		first: history.first,
		complete_from: CompleteFrom::<T>::get(),
		time: own_time::<T>(),
		history_root: history.root(),
	};
	OwnHistory::<T>::put(history);
	frame_system::Pallet::<T>::deposit_log(statement.item());
	T::DbWeight::get().writes(stored)
}

/// The history up to the parent, and how many of its nodes have come to stay in the state.
fn extended<T: Config>() -> (History, u64) {
	let Own(now) = Pallet::<T>::now();
	let parent = now.saturating_sub(1);
	let mut history = match OwnHistory::<T>::get() {
		Some(history) if history.next() == parent => history,
		// The pallet is new. Or it was away: what happened meanwhile, nobody has recorded.
		_ => {
			CompleteFrom::<T>::put(now);
			History::starting_at(parent)
		},
	};
	let first = history.first;
	let mut stored = 0;
	let added = history.push(frame_system::Pallet::<T>::parent_hash(), |subtree, hash| {
		if subtree.level >= STORED_LEVEL {
			HistoryNodes::<T>::insert(first, subtree, hash);
			stored += 1;
		}
	});
	if added.is_err() {
		defensive!("the chain has no more blocks than there are heights");
	}
	(history, stored)
}

impl<T: Config> Pallet<T> {
	/// What another chain's root makes known of this one, from the header of the present block on; none
	/// for any other header, and none for the chain's first block, which has no time. `set_id` and `authorities` are of those who finalize the blocks after it.
	pub fn trust_anchor(
		header: Header,
		set_id: u64,
		authorities: Vec<(AuthorityId, u64)>,
	) -> Option<TrustAnchor> {
		let history = OwnHistory::<T>::get()?;
		let is_present = Self::now().0 == header.number
			&& frame_system::Pallet::<T>::parent_hash() == header.parent_hash;
		let has_time = statement_of(&header).is_some_and(|statement| statement.time > 0);
		(is_present && has_time).then_some(TrustAnchor { header, history, set_id, authorities })
	}

	/// The roots of perfect subtrees of this chain's history, of at least `2^STORED_LEVEL` leaves each,
	/// as far as they are complete. Of more than `MAX_NODES`, only the first are looked for.
	pub fn history_nodes(subtrees: Vec<Subtree>) -> Vec<Option<H256>> {
		let Some(History { first, .. }) = OwnHistory::<T>::get() else {
			return Vec::new();
		};
		let known = |subtree| HistoryNodes::<T>::get(first, subtree);
		subtrees.into_iter().take(MAX_NODES).map(known).collect()
	}
}
