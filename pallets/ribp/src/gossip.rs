//! The view list as others see it (sections 4.1 to 4.3).

use crate::{Config, Forks, Height, ListedView, OwnHistory, Pallet, SystemId, Systems};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::traits::Get;
use ribp_protocol::{Digest, Head, Own, MAX_RECENT};
use scale_info::TypeInfo;

/// A chain's view list in short: enough for others to see what it lacks.
///
/// Proves nothing: a hint whom to send what.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ListDigest {
	/// The newest believed block of each known chain.
	pub heads: Digest,
	/// The chains with an open fork.
	pub open: BTreeSet<SystemId>,
	/// By how many blocks a view has to advance to be taken for its own sake.
	pub step: Height,
}

impl<T: Config> Pallet<T> {
	/// What others compare with their own lists. Looks through all systems: not for use on chain.
	pub fn list_digest() -> ListDigest {
		let head = |(system, record): (SystemId, crate::System)| {
			(system, Head { number: record.known(), hash: record.view.head() })
		};
		ListDigest {
			heads: Systems::<T>::iter().map(head).collect(),
			open: Forks::<T>::iter_keys().collect(),
			step: T::ViewStep::get(),
		}
	}

	/// This chain's own view, up to the parent of the present block; none before block 1.
	pub fn own_view() -> Option<ListedView> {
		let history = OwnHistory::<T>::get()?;
		let Own(now) = Self::now();
		let number = now.checked_sub(1)?;
		let first = history.first.max(now.saturating_sub(MAX_RECENT));
		let hash = |height: Height| {
			frame_system::Pallet::<T>::block_hash(
				frame_system::pallet_prelude::BlockNumberFor::<T>::from(height),
			)
		};
		// What the runtime has forgotten of them is zero.
		let known = (first..=number).rev().map(hash).take_while(|hash| !hash.is_zero());
		let mut recent: Vec<_> = known.collect();
		recent.reverse();
		Some(ListedView { number, root: history.root(), recent })
	}

	/// What this chain believes of another one's history.
	pub fn peer_view(system: SystemId) -> Option<ListedView> {
		let view = Systems::<T>::get(system)?.view;
		let mut history = view.history().clone();
		history.push(view.head(), |_, _| {}).ok()?;
		let recent = view.recent().to_vec();
		Some(ListedView { number: view.number(), root: history.root(), recent })
	}
}
