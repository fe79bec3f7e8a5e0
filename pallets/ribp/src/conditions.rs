//! Under which conditions another chain is believed, and how far away the expiries of contracts with
//! it must lie, so that a fork of it is exposed before anybody relies on it (section 5.2).

use crate::{Announced, Config, Error, Event, Pallet, Safety, SafetyOf, SystemId, Systems};
use frame_support::{ensure, traits::Get};
use ribp_protocol::{BlockTimes, Commit, Conditions, LeastExpiry, Own, Policy, TermLimits};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_conditions(
		system: SystemId,
		conditions: Option<Conditions>,
	) -> DispatchResult {
		ensure!(Systems::<T>::contains_key(system), Error::<T>::UnknownSystem);
		let safety = conditions.map(Self::safety).transpose()?;
		SafetyOf::<T>::set(system, safety);
		let least = Self::least_expiry(system);
		Self::deposit_event(Event::ConditionsSet { system, least });
		Ok(())
	}

	pub(crate) fn do_set_policy(system: SystemId, policy: Policy) -> DispatchResult {
		let mut record = Systems::<T>::get(system).ok_or(Error::<T>::UnknownSystem)?;
		let Own(now) = Self::now();
		record.policy = *record.policy_at(Own(now));
		let is_stricter = policy.is_at_least_as_strict_as(&record.policy);
		let since = if is_stricter { now } else { now.saturating_add(T::PolicyDelay::get()) };
		Self::deposit_event(Event::PolicySet { system, policy, since });
		if is_stricter {
			(record.policy, record.announced) = (policy, None);
		} else {
			record.announced = Some(Announced { policy, since });
		}
		Systems::<T>::insert(system, record);
		Ok(())
	}

	fn safety(conditions: Conditions) -> Result<Safety, Error<T>> {
		let least = conditions.least_expiry().map_err(|_| Error::<T>::NoSafeExpiry)?;
		let farthest = least.own.max(least.peer);
		ensure!(farthest <= T::MaxExpiry::get(), Error::<T>::ExpiryTooFar);
		let exposure = conditions.exposure().map_err(|_| Error::<T>::NoSafeExpiry)?;
		ensure!(exposure <= T::Exposure::get(), Error::<T>::ExposureTooShort);
		Ok(Safety { conditions, least })
	}

	/// The nearest expiries of contracts with another chain that are accepted; `MinExpiry` alone
	/// counts where no conditions are set.
	///
	/// `peer` is counted from the best height of the peer that is known here, which lags behind its
	/// true one: who agrees on a contract adds `peer` to the latter.
	pub fn least_expiry(system: SystemId) -> LeastExpiry {
		Self::least_expiry_of(SafetyOf::<T>::get(system).as_ref())
	}

	fn least_expiry_of(safety: Option<&Safety>) -> LeastExpiry {
		let firm = T::MinExpiry::get();
		let nearest = LeastExpiry { own: 0, peer: 0, notice: 0, firm };
		let least = safety.map_or(nearest, |safety| safety.least);
		let (own, notice) =
			(least.own.max(T::MinExpiry::get()), least.notice.max(T::MinNotice::get()));
		LeastExpiry { own, notice, ..least }
	}

	/// Between which distances expiries are accepted, and which notices. Who answers firmly comes later, and
	/// has less to wait for.
	pub(crate) fn term_limits(safety: Option<&Safety>, commit: Commit) -> TermLimits {
		let LeastExpiry { own, peer, notice, firm, .. } = Self::least_expiry_of(safety);
		let (min, peer_min) = match commit {
			Commit::OnMatch => (own, peer),
			Commit::Now => (T::MinExpiry::get(), firm),
		};
		let (max, skew) = (T::MaxExpiry::get(), T::MaxSkew::get());
		TermLimits { min, peer_min, max, skew, times: Self::block_times(safety), notice }
	}

	/// How long blocks take here and there.
	pub(crate) fn block_times(safety: Option<&Safety>) -> BlockTimes {
		safety.map_or(BlockTimes::ALIKE, |safety| safety.conditions.block_times())
	}
}
