//! Contracts that time alone ends: no peer is asked about them.

use super::{
	behind,
	due::Due,
	keep_trail,
	report::concluded,
	submit::{submit_call, Sent},
	trail_of,
	walk::{latest, Walk, SHARE},
	LOG_TARGET,
};
use crate::{
	contracts::{entry::Pair, value},
	Call, Config, ContractId, Corridors, Height, Pallet, System, SystemId,
};
use alloc::{string::String, vec::Vec};
use frame_support::traits::Get;
use ribp_peer::status::ConcludingResult;
use ribp_protocol::Own;

/// Where a node keeps how far it has looked for them.
const TRAIL: &[u8] = b"ribp/ends";

/// What looking for them comes to.
#[derive(Default)]
struct Concluded {
	contracts: u32,
	is_taken: bool,
	refusals: Vec<String>,
}

impl<T: Config> Pallet<T> {
	/// Ends contracts that time alone ends in the next block, as many as a round looks at.
	pub(super) fn conclude_due(system: SystemId, record: &System, now: Height) {
		if Corridors::<T>::get(system).open == 0 {
			return concluded(system, now, ConcludingResult::NoneOpen, 0, &[]);
		}
		let done = Self::conclude_some(system, record, now);
		let result = match done.contracts {
			0 => ConcludingResult::NoneDue,
			_ if done.is_taken => ConcludingResult::Submitted,
			_ => ConcludingResult::NotTaken,
		};
		concluded(system, now, result, done.contracts, &done.refusals);
	}

	fn conclude_some(system: SystemId, record: &System, now: Height) -> Concluded {
		let pair = Pair::with::<T>(system);
		let outlook = Self::outlook(pair, record);
		let next = Own(now.saturating_add(1));
		let most = T::MaxContracts::get();
		let expired =
			Due::next::<T>(pair, next, SHARE, |(_, leg)| outlook.by_time::<T>(leg, next).is_some());
		let trail = trail_of(TRAIL, system);
		let walk = Walk::<T>::new(system, &trail, latest(now), 0);
		let has_expired = |id: &ContractId| expired.iter().any(|(expired, _)| expired == id);
		let others = walk.legs().filter(|(id, _)| !has_expired(id));
		let (mut due, mut behind, mut work) = (Vec::new(), Vec::new(), 0_u32);
		let mut left_out = Vec::new();
		for (id, entry) in expired.iter().chain(others) {
			if outlook.by_time::<T>(entry, next).is_none() {
				continue;
			}
			let all = work.saturating_add(value::work::<T, _>(&entry.action));
			if due.len() + behind.len() >= most as usize || all > most {
				left_out.push(*id);
				continue;
			}
			work = all;
			match outlook.by_time::<T>(entry, Own(now)) {
				Some(_) => behind.push(*id),
				None => due.push(*id),
			}
		}
		let (count, is_full) = ((due.len() + behind.len()) as u32, work >= most);
		let mut trail = walk.trail_without(&left_out);
		trail.learn(count);
		keep_trail(TRAIL, system, &trail);
		if is_full {
			due.append(&mut behind);
		}
		let messages = behind::shares(&behind).map(<[_]>::to_vec).chain(Some(due));
		let mut done = Concluded { contracts: count, ..Concluded::default() };
		// All of them, whatever becomes of the others.
		for mut contracts in messages.filter(|contracts| !contracts.is_empty()) {
			contracts.sort();
			let work = Self::work_of(system, &contracts);
			match submit_call(Call::<T>::conclude { peer: system, contracts, work }) {
				Sent::Taken => done.is_taken = true,
				Sent::NotTaken(refusal) => done.refusals.push(refusal),
				Sent::TooLarge => {},
			}
		}
		if done.is_taken {
			log::info!(target: LOG_TARGET, "{}: {count} contract(s) end by time", system.0);
		}
		done
	}
}
