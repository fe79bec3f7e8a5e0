//! The view list as others see it, and what in it calls for telling them (sections 4.1 to 4.3).

use crate::{
	Config, ForkProofs, Forks, Height, Pallet, RefusedBranches, System, SystemId, Systems,
};
use alloc::collections::{BTreeMap, BTreeSet};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::traits::Get;
use ribp_protocol::{Digest, ViewList};
use scale_info::TypeInfo;

/// A chain's view list in short: enough for others to see what it lacks.
///
/// Proves nothing: a hint whom to send what.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ListDigest {
	/// The newest believed block of each known chain.
	pub heads: Digest,
	/// How many forks of a chain are known, open and decided; none of those that are not named.
	pub forks: BTreeMap<SystemId, u32>,
	/// The chains with an open fork of which others have nothing more to show.
	pub open: BTreeSet<SystemId>,
	/// By how many blocks a view has to advance to be taken for its own sake.
	pub step: Height,
}

impl<T: Config> Pallet<T> {
	/// What this chain believes of others, as it compares with their lists.
	pub(crate) fn view_list() -> ViewList {
		let mut list = ViewList::default();
		for (system, System { view, .. }) in Systems::<T>::iter() {
			list.follow(system);
			if let Some(view) = view {
				list.merge(view, &[]);
			}
		}
		list
	}

	/// What others compare with their own lists. Looks through all systems: not for use on chain.
	pub fn list_digest() -> ListDigest {
		let forks = Systems::<T>::iter_keys().map(|system| (system, Self::forks_known(system)));
		ListDigest {
			heads: Self::view_list().digest(),
			forks: forks.filter(|(_, count)| *count > 0).collect(),
			open: Forks::<T>::iter()
				.filter(|(_, open)| open.is_deep)
				.map(|(system, _)| system)
				.collect(),
			step: T::ViewStep::get(),
		}
	}

	/// How many forks of a system are known, open and decided.
	pub(crate) fn forks_known(system: SystemId) -> u32 {
		let decided = RefusedBranches::<T>::decode_len(system).unwrap_or(0);
		decided as u32 + u32::from(Forks::<T>::contains_key(system))
	}

	/// Whether a fork of a system can be proven to others by what is stored.
	pub(crate) fn has_fork_proof(system: SystemId) -> bool {
		ForkProofs::<T>::contains_key(system)
	}
}
