//! What was found becomes messages to the own transaction pool.

use super::{
	memory::{Memory, RoundEnd, Submitted},
	newest::Found,
	report::name_of,
	Round, LOG_TARGET,
};
use crate::{Call, Config, Error, Height, Link};
use alloc::{format, string::String, vec, vec::Vec};
use codec::{Decode, Encode};
use frame_support::{
	pallet_prelude::TransactionSource,
	storage::{with_transaction_unchecked, TransactionOutcome},
	traits::{Authorize, Get},
};
use frame_system::offchain::SubmitTransaction;
use ribp_peer::status::{self, Fate, MessageKind};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{One, Saturating},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	Digest,
};

/// The refusal of a pool that finds nothing wrong with a message: it has this one, or a better one.
const HAS_BETTER: &str = "PoolHasBetter";

/// What the pool does with a message.
pub(super) enum Sent {
	Taken,
	/// It does not take it, and the name of why.
	NotTaken(String),
	/// It is larger than any message may be.
	TooLarge,
}

/// What messages are about.
struct About {
	kind: MessageKind,
	/// The peer's height.
	number: Height,
	contracts: u32,
	/// In words.
	what: String,
}

impl<T: Config> Round<T> {
	/// Hands what was found to the transaction pool, unless the last is still on its way.
	///
	/// A pool that does not take it is no fault of the peer: it may hold another node's.
	pub(super) fn submit(&self, found: Found, now: Height, remembered: &Memory) -> RoundEnd {
		let about = self.about(&found);
		let ids = found.contracts().to_vec();
		let calls = self.calls(found);
		let Some(first) = calls.first() else { return RoundEnd::Nothing };
		let number = about.number;
		let submitted = Submitted { key: blake2_256(&first.encode()).into(), number, at: now };
		if remembered.is_underway(&submitted, self.record.known()) {
			let bytes = calls.iter().map(Encode::encoded_size).sum::<usize>();
			self.note(&about, bytes, (Fate::Underway, None));
			return RoundEnd::Underway;
		}
		let fate = self.submit_all(about, calls);
		self.report.moves(&ids, fate);
		match fate {
			Fate::Taken => RoundEnd::Submitted(submitted),
			_ => RoundEnd::NotTaken(submitted),
		}
	}

	/// The same, whatever is on its way.
	pub(super) fn submit_now(&self, found: Found) {
		let about = self.about(&found);
		let ids = found.contracts().to_vec();
		let fate = self.submit_all(about, self.calls(found));
		self.report.moves(&ids, fate);
	}

	/// Submits messages about one thing. Returns what becomes of them: taken, if the pool takes any.
	fn submit_all(&self, about: About, calls: Vec<Call<T>>) -> Fate {
		let bytes = calls.iter().map(Encode::encoded_size).sum::<usize>();
		let (mut is_taken, mut refusal) = (false, None);
		for call in calls {
			match submit_call(call) {
				Sent::Taken => is_taken = true,
				Sent::NotTaken(why) => refusal = refusal.or(Some(why)),
				Sent::TooLarge => {},
			}
		}
		let fate = match (is_taken, &refusal) {
			(true, _) => Fate::Taken,
			(false, Some(_)) => Fate::NotTaken,
			(false, None) => Fate::TooLarge,
		};
		let (system, number, what) = (self.system.0, about.number, &about.what);
		let came_to = match fate {
			Fate::Taken => "submitted",
			_ => "not taken by the pool",
		};
		log::info!(target: LOG_TARGET, "{system} at #{number}: {bytes} bytes, {what}, {came_to}");
		if let Some(why) = &refusal {
			log::info!(target: LOG_TARGET, "{system}: the pool has refused a message: {why}");
		}
		self.note(&about, bytes, (fate, refusal.filter(|_| !is_taken)));
		fate
	}

	fn note(&self, about: &About, bytes: usize, (fate, refusal): (Fate, Option<String>)) {
		let About { kind, number, contracts, .. } = *about;
		let (at, bytes) = (self.report.began(), bytes as u32);
		let submitted = status::Submitted { at, kind, number, contracts, bytes, fate, refusal };
		self.report.submitted(submitted);
	}

	/// What it is about.
	fn about(&self, found: &Found) -> About {
		let known = self.record.known();
		let (kind, number, what) = match found {
			Found::Evidence { evidence, contracts, .. } => (
				match evidence.link {
					Link::Known => MessageKind::KnownEvidence,
					_ => MessageKind::Evidence,
				},
				evidence.header.number,
				format!("evidence for {} contract(s)", contracts.len()),
			),
			Found::Tally { evidence, forked, .. } => (
				MessageKind::Tally,
				evidence.header.number,
				format!("what it has counted of the fork of {}", forked.0),
			),
			Found::Refutation { witness, .. } => (
				MessageKind::Refutation,
				known,
				format!("that {} stands on two branches", witness.0),
			),
			Found::Fork(report) => (
				MessageKind::Fork,
				report.header.number,
				String::from("another history than the known one"),
			),
		};
		About { kind, number, contracts: found.contracts().len() as u32, what }
	}

	/// The messages that bring it to the chain.
	fn calls(&self, found: Found) -> Vec<Call<T>> {
		let system = self.system;
		let call = match found {
			Found::Evidence { evidence, contracts, work, .. } => {
				let shares = self.shared_out(&evidence, &contracts, work);
				if !shares.is_empty() {
					return shares;
				}
				Call::submit_evidence { system, evidence, contracts, work }
			},
			Found::Tally { evidence, forked, backs, path } => {
				Call::report_tally { witness: system, evidence, forked, backs, path }
			},
			Found::Refutation { witness, is_on, path } => {
				Call::refute_tally { witness, forked: system, is_on, path }
			},
			Found::Fork(report) => Call::report_fork { system, report },
		};
		vec![call]
	}
}

/// Hands a call to the transaction pool.
pub(super) fn submit_call<T: Config>(call: Call<T>) -> Sent {
	if call.encoded_size() > T::MaxEvidenceSize::get() as usize {
		return Sent::TooLarge;
	}
	let transaction = T::create_authorized_transaction(call.clone().into());
	match SubmitTransaction::<T, Call<T>>::submit_transaction(transaction) {
		Ok(()) => Sent::Taken,
		Err(()) => Sent::NotTaken(refusal_of(&call)),
	}
}

/// Why the pool does not take a call: it says only that it does not. It judges for the next block.
fn refusal_of<T: Config>(call: &Call<T>) -> String {
	let judged = with_transaction_unchecked(|| {
		let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
		frame_system::Pallet::<T>::initialize(&next, &H256::zero(), &Digest::default());
		TransactionOutcome::Rollback(call.authorize(TransactionSource::Local))
	});
	match judged {
		Some(Err(TransactionValidityError::Invalid(InvalidTransaction::Custom(index)))) => {
			Error::<T>::decode(&mut &[index][..])
				.map_or_else(|_| format!("Custom({index})"), |error| name_of(&error))
		},
		Some(Err(error)) => <&str>::from(error).into(),
		Some(Ok(_)) | None => HAS_BETTER.into(),
	}
}
